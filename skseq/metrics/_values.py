"""Read numbers per step, of one length or ragged, into one flat array; the errors for all others; means over them.

y has one of these forms, forecasts the same with one more axis, for quantiles, bounds or samples:

* an array (n,), one step per sample; (n, h), or (n, h, k) for k targets
* a list, Series or object array of arrays (h_i,) or (h_i, k), whose numbers of steps may differ
"""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.utils import assert_all_finite, check_array

from skseq._data.sequences import as_samples, check_lengths, is_sequence


@dataclass(frozen=True)
class Values:
    """The steps of all samples one after another: values (n_steps, n_targets, ...), lengths (n,)."""

    values: np.ndarray
    lengths: np.ndarray
    has_targets: bool  # whether there was an axis of targets
    is_listed: bool  # whether each sample was an array of its own

    @property
    def n_targets(self):
        return self.values.shape[1]

    @property
    def starts(self):
        """Where each sample begins, (n,)."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def positions(self):
        """The step within its sample, (n_steps,)."""
        return np.arange(len(self.values)) - self.per_step(self.starts)

    def per_step(self, per_sample):
        """(n, ...) to (n_steps, ...)"""
        return np.repeat(per_sample, self.lengths, axis=0)

    def cut(self, lengths):
        """The first steps of every sample."""
        return replace(self, values=self.values[self.positions < self.per_step(lengths)], lengths=lengths)

    def samples(self):
        """A list of (t_i, n_targets, ...)."""
        return np.split(self.values, self.starts[1:])


# --- read -------------------------------------------------------------------------------------------------------------


def read_values(y, argument, *, n_last=0, may_be_infinite=False):
    """`Values` of y, which has ``n_last`` more axes, 0 or 1, behind those of targets."""
    samples = as_samples(y)
    is_listed = bool(samples) and any(map(is_sequence, samples))
    steps, lengths = _read_list(samples, argument, n_last) if is_listed else _read_array(y, argument, n_last)
    finite = np.nan_to_num(steps, nan=np.nan) if may_be_infinite else steps  # infinities become large numbers
    assert_all_finite(finite, input_name=argument)
    has_targets = steps.ndim == 2 + n_last
    return Values(steps if has_targets else steps[:, None], lengths, has_targets, is_listed)


def _read_array(y, argument, n_last):
    """(n[, h[, k]][, last]) to (n * h[, k][, last]), and the lengths."""
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "ensure_min_samples": 0}
    array = check_array(y, dtype=np.float64, ensure_min_features=0, input_name=argument, **options)
    if not 1 <= array.ndim - n_last <= 3 or 0 in array.shape:
        raise ValueError(_expected(argument, n_last, f"shape {array.shape}"))
    array = array[:, None] if array.ndim - n_last == 1 else array
    n_samples, horizon = array.shape[:2]
    return array.reshape(n_samples * horizon, *array.shape[2:]), np.full(n_samples, horizon)


def _read_list(samples, argument, n_last):
    """A list of (h_i[, k][, last]) to (n_steps[, k][, last]), and the lengths."""
    arrays = [_as_numbers(sample, index, argument) for index, sample in enumerate(samples)]
    arrays = [array[None] if array.ndim == n_last else array for array in arrays]  # one step: [[lower, upper], ...]
    shapes = {array.shape[1:] for array in arrays}
    if len(shapes) > 1 or not 0 <= len(next(iter(shapes))) - n_last <= 1:
        got = " and ".join(map(str, sorted({array.shape for array in arrays})[:3]))
        raise ValueError(_expected(argument, n_last, f"samples of shape {got}"))
    return np.concatenate(arrays), check_lengths(arrays, argument=argument)


def _as_numbers(sample, index, argument):
    try:
        array = np.asarray(sample, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{argument}[{index}] is no array of numbers: {error}. Expected an array with one row per step."
        ) from error
    return array[None] if array.ndim == 0 else array  # among others that are sequences


def _expected(argument, n_last, got):
    last = ", last axis" if n_last else ""
    return (
        f"{argument} must be an array of shape (n_samples{last or ','}), (n_samples, horizon{last}) or (n_samples, "
        f"horizon, n_targets{last}), or a list of arrays (horizon{last or ','}) or (horizon, n_targets{last}) whose "
        f"horizons may differ. Got {got}."
    )


def matched(true, other, argument):
    """``other`` cut to the steps of ``true``, if each is of the same samples and targets and has these steps.

    An array must have just these steps. For a list, an estimator forecasts as many as the longest sample has.
    """
    check_same_samples(true, other, argument)
    if np.array_equal(true.lengths, other.lengths):
        return other
    wrong = other.lengths < true.lengths if true.is_listed else other.lengths != true.lengths
    if wrong.any():
        index = int(np.argmax(wrong))
        raise ValueError(
            f"y_true and {argument} must have the same steps. Got {true.lengths[index]} in y_true[{index}] and "
            f"{other.lengths[index]} in {argument}[{index}]."
        )
    return other.cut(true.lengths)


def check_same_samples(true, other, argument):
    if len(true.lengths) != len(other.lengths):
        raise ValueError(
            f"y_true and {argument} must hold the same samples. Got {len(true.lengths)} in y_true and "
            f"{len(other.lengths)} in {argument}. A single series is a sample, too: pass [series]."
        )
    if true.n_targets != other.n_targets:
        raise ValueError(
            f"y_true and {argument} must have the same targets. Got {true.n_targets} target(s) in y_true and "
            f"{other.n_targets} in {argument}."
        )


# --- means ------------------------------------------------------------------------------------------------------------


def average(values, of, weights, multioutput):
    """The mean of values (n_steps, n_targets), or with "raw_values" that of every step, (horizon[, n_targets]).

    The former is the mean over samples of each sample's mean over its own steps and targets.
    """
    if multioutput == "raw_values":
        return shaped(ratio(step_sums(values, of, weights), step_sums(np.ones_like(values), of, weights)), of)
    weights = weights / of.lengths
    return float(times_weights(values, of, weights).mean(axis=1).sum() / of.per_step(weights).sum())


def step_sums(values, of, weights):
    """Sums over samples at each step: (n_steps, ...) to (horizon, ...)."""
    sums = np.zeros((of.lengths.max(), *values.shape[1:]))
    np.add.at(sums, of.positions, times_weights(values, of, weights))
    return sums


def times_weights(values, of, weights):
    """w * value; 0 where w is 0, even if the value is infinite."""
    weights = of.per_step(weights).reshape(-1, *[1] * (values.ndim - 1))
    return np.multiply(weights, values, where=weights > 0, out=np.zeros_like(values))


def ratio(parts, wholes):
    """part / whole; NaN where the whole is 0."""
    return np.divide(parts, wholes, where=wholes > 0, out=np.full_like(parts, np.nan))


def shaped(per_step, of):
    """(horizon, n_targets) in the form of y: without an axis of targets if y has none."""
    return per_step if of.has_targets else per_step[:, 0]
