"""What metrics do with numbers per step: match them, and take means over samples and steps."""

from contextlib import contextmanager

import numpy as np


@contextmanager
def refusing_overflow():
    """Raise ValueError where numbers go beyond float64; bounds that are infinite already pass."""
    try:
        with np.errstate(over="raise"):
            yield
    except FloatingPointError as error:
        raise ValueError(
            f"The result is beyond the largest float64, {np.finfo(np.float64).max:.3g}: divide true values, forecasts "
            "and their past, or sample_weight, by a power of ten. A scaled error is as large, too, if y_train hardly "
            "moves: leave such samples out."
        ) from error


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
        has_last = other.values.ndim > 2  # (n_steps, n_targets, last): samples, quantiles or bounds
        last = f" {argument} must have one more axis than y_true, the last, with several numbers for every step."
        raise ValueError(
            f"y_true and {argument} must have the same steps. Got {true.lengths[index]} in y_true[{index}] and "
            f"{other.lengths[index]} in {argument}[{index}].{last if has_last else ''}"
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
