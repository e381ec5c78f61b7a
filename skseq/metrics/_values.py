"""What metrics do with numbers per step: match them, and take means over samples and steps."""

from contextlib import contextmanager

import numpy as np

from skseq._arguments import library_of
from skseq._data.times.time_order import first_at_other_times, without_midnight
from skseq._data.values import levels_of_columns, names_of_targets, times_of_steps

ROUNDED = 5e-3  # levels in names of columns may be


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

    An array must have just these steps. For a list, an estimator forecasts as many as the longest sample has. Of frames
    names and times must be the same, too.
    """
    check_same_samples(true, other, argument)
    _check_lengths(true, other, argument)
    _check_same_times(true, other, argument)
    return other if np.array_equal(true.lengths, other.lengths) else other.cut(true.lengths)


def _check_lengths(true, other, argument):
    wrong = other.lengths < true.lengths if true.is_listed else other.lengths != true.lengths
    if wrong.any():
        index = int(np.argmax(wrong))
        has_last = other.values.ndim > 2  # (n_steps, n_targets, last): samples, quantiles or bounds
        last = f" {argument} must have one more axis than y_true, the last, with several numbers for every step."
        raise ValueError(
            f"y_true and {argument} must have the same steps. Got {true.lengths[index]} in y_true[{index}] and "
            f"{other.lengths[index]} in {argument}[{index}].{last if has_last else ''}"
        )


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
    _check_same_names(true, other, argument)


# --- frames -----------------------------------------------------------------------------------------------------------


def _check_same_names(true, other, argument):
    """Raise ValueError for frames whose columns are not the same in the same order."""
    for where, expected, sample in _pairs(true, other):
        wanted = names_of_targets(expected, has_last=False)
        names = names_of_targets(sample, has_last=other.values.ndim > 2)
        if names is None or wanted is None or len(wanted) == 1:  # a single one may have any name
            continue
        own, expected_own = list(map(str, names)), list(map(str, wanted))
        is_order = sorted(own) == sorted(expected_own)
        if own != expected_own and (is_order or not _lacks_names(own, expected_own)):
            remedy = f"pass {argument}{where}[{wanted}]" if is_order else "rename or select the columns"
            raise ValueError(
                f"y_true{where} has the columns {wanted} and {argument}{where} has {names}. Expected the same names in "
                f"the same order, because columns are compared by position: {remedy}, or pass arrays."
            )


def check_levels_of_columns(forecast, levels, argument):
    """Raise ValueError for frames whose columns name other levels (q,), or in another order."""
    for index, sample in enumerate(forecast.given if forecast.is_listed else ()):
        named = levels_of_columns(sample)
        if named is None or len(named) != len(levels) or not all(0 < level < 1 for level in named):
            continue
        if not np.allclose(named, levels, rtol=0, atol=ROUNDED):
            raise ValueError(
                f"quantiles must be the levels of the columns of {argument}[{index}], in the same order: {named}. Got "
                f"{np.asarray(levels).tolist()}."
            )


def _lacks_names(*frames):
    """Whether one of the frames was made from an array, with the columns 0, 1, ..."""
    return any(names == list(map(str, range(len(names)))) for names in frames)


def _check_same_times(true, other, argument):
    """Raise ValueError for Series or frames of other times, where they can be compared."""
    for where, expected, sample in _pairs(true, other):
        wanted, times = times_of_steps(expected), times_of_steps(sample)
        step = None if wanted is None or times is None else _first_at_other_times(wanted, times)
        if step is not None:
            select = f", such as with loc[{argument}{where}.index]" if hasattr(sample, "loc") else ""
            raise ValueError(
                f"y_true{where} and {argument}{where} must be of the same times. At step {step}, y_true{where} has "
                f"{without_midnight(wanted[step])} and {argument}{where} has {without_midnight(times[step])}: pass the "
                f"true values of the times that were forecast{select}, or arrays, whose steps are compared by position."
            )


def _first_at_other_times(wanted, times):
    """Of two indices of pandas, or two columns of polars, with a time zone both or neither."""
    if library_of(wanted) == library_of(times) == "polars":
        zones = [getattr(own.dtype, "time_zone", None) is None for own in (wanted, times)]
        n_steps = min(len(wanted), len(times)) if zones[0] == zones[1] else 0
        differ = np.flatnonzero(wanted[:n_steps].to_numpy() != times[:n_steps].to_numpy())
        return int(differ[0]) if differ.size else None
    return first_at_other_times(wanted, times) if library_of(wanted) == library_of(times) else None


def _pairs(true, other):
    """(where, sample of true, sample of other) of two lists, as they came; columns of other frames are steps."""
    if true.is_listed and other.is_listed:
        for index, pair in enumerate(zip(true.given, other.given)):
            yield f"[{index}]", *pair


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
