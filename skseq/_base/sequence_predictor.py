"""What estimators share that give one output per sequence: an encoder, pooling over timesteps, one dense layer."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log2
from numbers import Integral
from typing import ClassVar

import numpy as np

from skseq._base import estimator
from skseq._base.diagnosis.cut_sizes import warn_if_cut_sizes_tell
from skseq._base.diagnosis.diagnosed import facts_of_levels
from skseq._base.dropout_samples import DropoutSamplesMixin
from skseq._base.fits.job import NO_DROPOUT
from skseq._base.own_network import NETWORK_CONSTRAINTS, OwnNetworkMixin
from skseq._base.pretrained import AUTO_LAYERS, BEST_LAYERS, check_encoder
from skseq._base.source import SourceEstimator
from skseq._data import constant_answer
from skseq._data.mistakes.numbers.levels import FARTHER_LEVELS
from skseq._data.mistakes.numbers.regimes import warn_if_regimes
from skseq._data.mistakes.times.own_dates import warn_if_dates_are_missing
from skseq._data.mistakes.times.unread_times import warn_if_times_are_unread
from skseq._data.sequences import Sequences
from skseq._data.simple_models.columns import (
    MOST_BY_COLUMNS,
    MOST_LOOKED_AT,
    error_of_labels,
    left_by_columns,
    left_in_others,
    left_of,
    usual,
)
from skseq._data.simple_models.equal_sequences import least_loss
from skseq._data.simple_models.summaries import left_by_summaries
from skseq._data.simple_models.told_by_movements import left_by_movements, swapped_levels
from skseq._data.working_memory import some_of
from skseq._sklearn import Interval, StrOptions, available_if, wants
from skseq._typing import Array, SequencesLike

MOST_STEPS = 32  # of the recurrent layers, with n_conv_layers="auto"
MOST_LAYERS = 4  # of convolutions then: with six, four of five fits on ACSF1 did not begin to learn
LEAST_STEPS = 16  # of measurements that are convolved then
LAYERS_BELOW_CONCAT = 1  # at most, of convolutions; after more of them the mean alone was better


def _pools_by_attention(estimator):
    """Attention weights exist only where attention pools."""
    if estimator.__sklearn_is_fitted__():
        return estimator._spec.pooling == "attention"  # a network of one's own has None
    return estimator.network is None and estimator.pooling == "attention"


def _n_conv_layers(form):
    """Number of convolutional layers for sources of this form with "auto"; few that are longer have no say."""
    n_timesteps = form.usual_timesteps or form.n_timesteps
    if form.reads_tokens or n_timesteps < LEAST_STEPS:
        return 0
    return min(max(1, ceil(log2(n_timesteps / MOST_STEPS))), MOST_LAYERS)


def _pooling(n_conv_layers):
    """What pooling="auto" is, by measurement (docs/figures/labels.md)."""
    return "concat" if n_conv_layers <= LAYERS_BELOW_CONCAT else "mean"


class _PooledEstimator(DropoutSamplesMixin, SourceEstimator):
    """An estimator on a `PooledSpec`."""

    n_outputs_: int

    _best_layers: ClassVar = BEST_LAYERS

    def _learn(self, learnt, examples, validation, job):
        if getattr(self, "network", None) is None and self._dropout_misleads(learnt.source):
            job = replace(job, auto_dropout=NO_DROPOUT)
        return super()._learn(learnt, examples, validation, job)

    def _dropout_misleads(self, form):
        """Whether dropout makes of measurements others than those that are predicted from.

        Where recurrent layers read measurements themselves, dropout takes whole channels, and makes the others larger
        to keep their sum. Numbers that depend on their size are then predicted too small or too large, and labels of a
        single channel, too (docs/figures/labels.md).
        """
        reads_them = not form.reads_tokens and not self.freeze and not self._convolutions(form)[0]
        return reads_them and (self._task != "classify" or form.n_features == 1)

    def _make_spec(self, learnt, rows):
        from skseq.nn.spec import PooledSpec

        n_conv_layers, kernel_size = self._convolutions(learnt.source)
        return PooledSpec(
            sizes=learnt.targets.sizes,
            task=self._task,
            pooling=_pooling(n_conv_layers) if self.pooling == "auto" else self.pooling,
            reads_ends=n_conv_layers > 0 and self._reads_ends(learnt.source),
            n_conv_layers=n_conv_layers,
            kernel_size=kernel_size if n_conv_layers else 0,
            marks_steps=n_conv_layers > 0 and learnt.source.ragged,
            **self._source_fields(learnt.source),
            **self._spec_fields(),
        )

    def _reads_ends(self, form):
        """Whether the output layer also reads the ends of sources that are convolved: those of numbers on a scale."""
        scaled = self.scale_inputs if form.scale is None else not form.scale.changes_nothing
        return self.pooling == "auto" and scaled and not form.reads_tokens

    def _convolutions(self, form):
        """(number of convolutional layers, timesteps that each reads at once) for sources of this form."""
        if self.n_conv_layers == "auto":
            if self.encoder is not None:
                theirs = check_encoder(self.encoder)._spec
                return theirs.n_conv_layers, theirs.kernel_size
            return _n_conv_layers(form), int(self.kernel_size)
        if self.n_conv_layers > 0 and form.reads_tokens and self.embedding_dim is None:
            raise ValueError(
                f"n_conv_layers={self.n_conv_layers!r} needs numbers at every timestep, but X is read as tokens: set "
                "embedding_dim, or n_conv_layers=0."
            )
        return int(self.n_conv_layers), int(self.kernel_size)

    def _warn_of_scales(self, learnt, data):
        scale, of = learnt.source.scale, type(self).__name__
        if scale is None:
            return False
        warn_if_regimes(Sequences.of_rows(data.rows), of)
        if data.rows["target"].shape[1] == 1:
            warn_if_cut_sizes_tell(data.rows, data.samples, scale, of=of)
        return False

    def _constant_answer(self, learnt, spec, data):
        classifies = self._task == "classify"
        return constant_answer.of_labels(data, spec.sizes) if classifies else constant_answer.of_numbers(data)

    def _least_of_equal(self, learnt, spec, data):
        return least_loss(data, lambda part: self._constant_answer(learnt, spec, part).loss)

    def _left_by_columns(self, data):
        """Of one label, or of numbers, if all samples and classes count alike."""
        labels = self._task == "classify"
        rows, target = self._some_that_count_alike(data, labels)
        by_columns = None if rows is None else left_by_columns(Sequences.of_rows(rows), target, labels=labels)
        if by_columns is None or by_columns > MOST_BY_COLUMNS:
            return None
        left = self._left(rows, target, labels)
        return None if left is None else (by_columns, left, error_of_labels(by_columns, target) if labels else np.inf)

    def _left_in_trial(self, data, held_out):
        """Of one label, or of numbers, if all samples and classes count alike."""
        labels = self._task == "classify"
        (rows, target), (told, true) = (self._some_that_count_alike(part, labels) for part in (data, held_out))
        if rows is None or told is None:
            return {}
        parts = Sequences.of_rows(rows), target, Sequences.of_rows(told), true
        models = {"summaries": left_by_summaries, "columns": left_in_others}
        return {name: left_by(*parts, labels=labels) for name, left_by in models.items()}

    def _left_with_other_levels(self, data):
        """Of one label, or of numbers, if all samples and classes count alike."""
        labels = self._task == "classify"
        rows, target = (None, None) if self._learnt.source.reads_tokens else self._some_that_count_alike(data, labels)
        if rows is None:
            return None
        sequences = Sequences.of_rows(rows)
        facts = facts_of_levels(sequences, self._learnt.source)
        levels = facts["levels"]
        if levels is None or levels[1] <= FARTHER_LEVELS:
            return None
        by_movements = left_by_movements(sequences, target, labels=labels)
        left = self._left(rows, target, labels)
        if None in (by_movements, left):
            return None
        others = swapped_levels(sequences, levels[0]).astype(rows["source"].dtype)
        return facts | {"other_levels": (by_movements, left, self._left(rows | {"source": others}, target, labels))}

    def _some_that_count_alike(self, data, labels):
        """(rows, target) of some samples; Nones if they have several labels, or if not all count alike."""
        target, weight = data.rows["target"], data.rows["weight"][data.samples]
        if (labels and target.shape[1] > 1) or "class_weight" in data.shared or np.ptp(weight) > 0:
            return None, None
        some = some_of(data.samples, MOST_LOOKED_AT)
        rows, target = {name: x[some] for name, x in data.rows.items()}, target[some]
        return rows, target[:, 0] if labels else target

    def _left(self, rows, target, labels):
        """The errors that the fit leaves of those of a constant, without dropout; None where a constant is right."""
        values = self._predict("values", rows)
        predicted = values.argmax(axis=1) if labels else values
        return left_of(target, predicted, usual(target, labels=labels), labels=labels)

    @property
    def _n_encodings(self):
        """The length of what the output layer reads of a sequence."""
        return self._spec.pooled_size

    def _check_encodes(self):
        """Raise ValueError if there are no encodings: a network of one's own has no such layer here."""
        if self._has_own_network:
            raise ValueError(
                f"Codes are those of the recurrent layers, but {type(self).__name__} was fitted with a network of its "
                "own: fit it with network=None. With LSTMAutoencoderTransformer, codes are those of the layer named "
                "'encoding'."
            )

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.n_outputs_ = len(learnt.targets.sizes)


class SequencePredictor(OwnNetworkMixin, _PooledEstimator):
    """An estimator on a `PooledSpec`, or on a network of the user's own."""

    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        "pooling": [StrOptions({"auto", "last", "attention", "mean", "concat"})],
        **AUTO_LAYERS,
        "dropout": estimator.RATE_OR_AUTO,
        "n_conv_layers": [Interval(Integral, 0, estimator.MOST_LAYERS, closed="both"), StrOptions({"auto"})],
        "kernel_size": [Interval(Integral, 1, estimator.MOST_UNITS, closed="both")],
        **NETWORK_CONSTRAINTS,
    }

    def _read_source(self, X, form, argument):
        sequences, read = super()._read_source(X, form, argument)
        if form is None and not warn_if_dates_are_missing(X, argument) and not read.reads_tokens:
            warn_if_times_are_unread(X, argument)
        return sequences, read

    @available_if(wants(_pools_by_attention, "pooling='attention', and network=None"))
    def attention_weights(self, X: SequencesLike) -> Array:
        """Weights of the timesteps in the vector that the output layer reads.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_timesteps), or object array if X is ragged
            Attention weights. They sum to 1 over the timesteps of a sample.
        """
        source = self._as_network_reads(X)
        return source.unpadded(self._predict("attention", source.rows))  # (n, t)
