"""What estimators share that write target tokens with a decoder: its parameters, fit, attention weights."""

from numbers import Integral, Real

import numpy as np
from scipy.special import lambertw
from sklearn.utils.metaestimators import available_if

from skseq._base.decoding import SearchMixin
from skseq._base.source import SourceEstimator
from skseq._data import constant_answer
from skseq._data.sequences import split
from skseq._sklearn import Interval, StrOptions

LAST_TRUTH = 0.01  # probability of the true token after the last update of an exponential schedule
KINDS = ("bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")


def _attends(estimator):
    """Attention weights exist only with attention."""
    if estimator.__sklearn_is_fitted__():
        return estimator._spec.attention is not None  # whatever the parameter has been set to since
    return bool(estimator.attention)


class EncoderDecoderEstimator(SearchMixin, SourceEstimator):
    """An estimator whose decoder writes target tokens through a softmax, one per step."""

    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        **SearchMixin._search_constraints,
        "attention": ["boolean", StrOptions(set(KINDS))],
        "attention_window": [Interval(Integral, 1, None, closed="left")],
        "input_feeding": ["boolean"],
        "decoder": [StrOptions({"recursive", "direct", "merge"})],
        "code": [StrOptions({"auto", "state", "repeated", "both"})],
        "reverse_source": ["boolean"],
        "scheduled_sampling": [StrOptions({"linear", "exponential", "inverse_sigmoid"}), None],
        "schedule_k": [Interval(Real, 0, None, closed="neither"), None],
        "schedule_c": [Interval(Real, 0, None, closed="left"), None],
        "schedule_floor": [Interval(Real, 0, 1, closed="both")],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    @property
    def _attention_kind(self):
        """The alignment model, or None."""
        return {False: None, True: "bahdanau"}.get(self.attention, self.attention)  # others are named

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        if self._attention_kind == "location":
            _check_positions(examples.sequences, learnt.source.n_timesteps, f"X{suffix}")
        return learnt, examples

    def _make_spec(self, learnt, data, job):
        from skseq.nn.spec import Seq2SeqSpec

        kind = self._attention_kind
        return Seq2SeqSpec(
            target_size=learnt.targets.size,
            **self._source_fields(learnt.source),
            decoder=self.decoder,
            attention=kind,
            attention_window=int(self.attention_window) if kind in ("local-m", "local-p") else 10,  # others ignore it
            source_steps=learnt.source.n_timesteps if kind == "location" else None,  # it has a weight per position
            input_feeding=bool(self.input_feeding),
            code=self.code,
            reverse_source=bool(self.reverse_source),
            scheduled_sampling=self.scheduled_sampling,
            label_smoothing=self.label_smoothing > 0,
            **self._spec_fields(data.n_samples, job, self._model_timesteps(learnt)),
        )

    def _constant_answer(self, learnt, spec, data):
        smoothing = float(self.label_smoothing)
        return constant_answer.of_tokens(data, spec.target_size, "target_lengths", smoothing=smoothing)

    def _model_timesteps(self, learnt):
        return learnt.source.n_timesteps, learnt.targets.n_timesteps

    def _check_parameters(self):
        """Raise ValueError for parts that do not go together."""
        super()._check_parameters()
        kind = self._attention_kind
        if self.input_feeding and kind in (None, "bahdanau"):
            raise ValueError(
                "input_feeding=True feeds what one of Luong's attentions makes of a step to the next step, but "
                f"attention={self.attention!r}. Set input_feeding=False, or attention to 'dot', 'general', 'concat', "
                "'location', 'local-m' or 'local-p'."
            )
        if self.decoder == "merge":
            into_state = {"attention": kind == "bahdanau", "input_feeding": self.input_feeding}
            into_state["code"] = self.code in ("state", "both")
            for name in (name for name, brings in into_state.items() if brings):  # the first of them is enough
                raise ValueError(
                    "decoder='merge' joins the source with an encoding of the outputs alone, but "
                    f"{name}={getattr(self, name)!r} brings the source into that encoding. Set another value, or "
                    "decoder='recursive'."
                )
        if self.scheduled_sampling is not None and self.decoder == "direct":
            raise ValueError(
                f"scheduled_sampling={self.scheduled_sampling!r} feeds the decoder its own tokens, but "
                "decoder='direct' reads no tokens: set scheduled_sampling=None, or decoder='recursive'."
            )

    def _rates(self, n_updates):
        return {
            **super()._rates(n_updates),
            "label_smoothing": self.label_smoothing,
            **self._schedule(n_updates),
        }

    def _schedule(self, n_updates):
        """The constants of scheduled sampling; those that are None make it fall over the whole fit."""
        kind, k, c, floor = self.scheduled_sampling, self.schedule_k, self.schedule_c, self.schedule_floor
        if k is None:
            k = {
                "exponential": LAST_TRUTH ** (1 / n_updates),
                "inverse_sigmoid": np.exp(lambertw(n_updates / 2).real),  # half at i = k ln k: the middle of the fit
            }.get(kind, 1.0)
        if kind == "exponential" and k >= 1:
            raise ValueError(f"scheduled_sampling='exponential' needs schedule_k below 1. Got {k!r}.")
        if kind == "inverse_sigmoid" and k < 1:
            raise ValueError(f"scheduled_sampling='inverse_sigmoid' needs schedule_k of at least 1. Got {k!r}.")
        c = max(k - floor, 0) / n_updates if c is None else c  # a line from k down to the floor
        return {"schedule_k": float(k), "schedule_c": float(c), "schedule_floor": float(floor)}

    def _read_fitted(self, X):
        source = super()._read_fitted(X)
        if self._spec.source_steps is not None:
            _check_positions(source, self._spec.source_steps, "X")
        return source

    @available_if(_attends)
    def attention_weights(self, X, y=None):
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
        source = self._read_fitted(X)
        if y is None:
            target, lengths, _ = self._best(source)
        else:
            given = self._given_targets(y, source)
            target, lengths = given["target"], given.get("target_lengths", 1) - 1  # without the end
        weights = self._predict("attention", {**source.rows, "target": target})  # (n, target timesteps, timesteps)
        if self._targets.end is not None:
            return split(split(weights, lengths), source.real_lengths, axis=1)  # first by targets, then by sources
        return weights if source.lengths is None else split(weights, source.lengths, axis=1)


def _check_positions(source, most, argument):
    """Raise ValueError for sequences that are longer than location attention has positions."""
    longest = source.real_lengths.max()
    if longest > most:
        raise ValueError(
            f"{argument} holds a sequence of {longest} timesteps, but attention='location' scores the {most} positions "
            "of the longest sequence in fit: use another attention, or fit on longer sequences."
        )
