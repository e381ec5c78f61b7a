"""What estimators share that write target tokens with a decoder: its parameters, fit, attention weights."""

from __future__ import annotations

from numbers import Real

from skseq._base.decoders.decoder import DecoderMixin, attends
from skseq._base.decoders.decoding import SearchMixin
from skseq._base.estimator import RATE_OR_AUTO
from skseq._base.fits.job import AUTO_DROPOUT, NO_DROPOUT
from skseq._base.pretrained import AUTO_LAYERS, BEST_LAYERS
from skseq._base.source import SourceEstimator
from skseq._data import constant_answer
from skseq._data.mistakes.targets.unrelated_pairs import warn_if_unrelated
from skseq._data.sequences import split
from skseq._sklearn import Interval, StrOptions, available_if, wants
from skseq._typing import Array, SequencesLike


class EncoderDecoderEstimator(SearchMixin, DecoderMixin, SourceEstimator):
    """An estimator whose decoder writes target tokens through a softmax, one per step."""

    _ends_when_perfect = True
    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        **SearchMixin._search_constraints,
        **DecoderMixin._decoder_constraints,
        **AUTO_LAYERS,
        "dropout": RATE_OR_AUTO,
        "training": [StrOptions({"teacher_forcing", "professor_forcing", "professor_forcing_both"})],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    @property
    def _best_layers(self):
        """Without attention, all that is known of the source stands in the code: an LSTM keeps more of it there."""
        return BEST_LAYERS if self.attention else BEST_LAYERS | {"cell": "lstm"}

    @property
    def _auto_dropout(self):
        """Without attention, what is dropped is lost: what the decoder learns of the source stands in the code."""
        return AUTO_DROPOUT if self.attention else NO_DROPOUT

    def _check_parameters(self):
        """Raise ValueError for ways to train that do not go together."""
        super()._check_parameters()
        if self.training == "teacher_forcing":
            return
        if self.decoder == "direct":
            raise ValueError(
                f"training={self.training!r} compares a decoder that is fed the true tokens with the same decoder on "
                "its own, but decoder='direct' reads no token: set training='teacher_forcing', or decoder='recursive'."
            )
        if self.scheduled_sampling is not None:
            raise ValueError(
                f"training={self.training!r} compares a decoder that is fed the true tokens with the same decoder on "
                f"its own, but scheduled_sampling={self.scheduled_sampling!r} mixes the two: set "
                "scheduled_sampling=None, or training='teacher_forcing'."
            )

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        if known.source is None and learnt.source.reads_tokens:
            warn_if_unrelated(examples.sequences, examples.targets["target"], examples.targets.get("target_lengths"))
        return learnt, examples

    def _make_spec(self, learnt, rows):
        from skseq.nn.spec import Seq2SeqSpec

        return Seq2SeqSpec(
            target_size=learnt.targets.size,
            training=self.training,
            end=None if self.training == "teacher_forcing" else learnt.targets.end,  # else no part of the graph
            **self._source_fields(learnt.source),
            **self._decoder_fields(learnt.source),
            label_smoothing=self.label_smoothing > 0,
            **self._spec_fields(),
        )

    def _constant_answer(self, learnt, spec, data):
        smoothing = float(self.label_smoothing)
        return constant_answer.of_tokens(data, spec.target_size, "target_lengths", smoothing=smoothing)

    def _model_timesteps(self, learnt):
        return learnt.source.n_timesteps, learnt.targets.n_timesteps

    def _rates(self, n_updates):
        return {**super()._rates(n_updates), "label_smoothing": self.label_smoothing}

    @available_if(wants(attends, "attention=True, or the name of a kind of attention"))
    def attention_weights(self, X: SequencesLike, y: SequencesLike | None = None) -> Array:
        """Weights with which every step of the output attends to every source timestep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : array-like in the form of y in fit, default=None
            Outputs whose weights are computed. None takes what `predict` writes.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_timesteps_out, n_timesteps)
            Attention weights. They sum to 1 over source timesteps (to less with "local-p"). If sources or targets are
            ragged, a 1-D object array of one array (n_timesteps_out, n_timesteps) per sample. The end token of a target
            has no row in it.
        """
        source = self._as_network_reads(X)
        if y is None:
            target, lengths, _ = self._best(source)
        else:
            given = self._given_targets(y, source)
            target, lengths = given["target"], given.get("target_lengths", 1) - 1  # without the end
        weights = self._predict("attention", {**source.rows, "target": target})  # (n, target timesteps, timesteps)
        if self._targets.end is not None:
            return split(split(weights, lengths), source.real_lengths, axis=1)  # first by targets, then by sources
        return weights if source.lengths is None else split(weights, source.lengths, axis=1)
