"""Absolute times, and readings of counters, as values: what matters are their steps, which are small beside them."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT
from skseq._data.mistakes.times.unix_times import unit_of_times
from skseq._data.times.pandas_times import PandasForm

ENOUGH, LEAST_STEPS = 5, 3  # sequences, and timesteps that most have: fewer rise by chance
APART = 5  # deviation of first values over what a sequence rises by
LEAST_TIME = 1e4  # days since 1970, or seconds of a log: heights, ages, years and logarithms are less
APART_FROM_0 = 100  # as APART, of what begins near 0, as meters do: ages and values of houses over some years have 8
MAGNITUDES = 30  # a long gap over a short one: 58 for waiting times of one rate, of which logarithms told all
RARELY, RISES = 0.02, 0.5  # of the steps of a counter fall, and rise: tanks and machines have shorter cycles
NEAR_0 = 0.1  # of what it usually falls from
ROUGH = 0.02  # of a step, by which the next one differs: ramps of machines are straight or smooth
UNEVEN = 0.3  # deviation over mean, of heights and lengths: cycles are alike, and times since an event rise evenly


def warn_if_clocks(sequences, effect):
    """Warn of the effect where a feature of `Sequences` holds absolute times or readings of counters.

    Returns whether it does.
    """
    some = sequences.take(slice(LOOKED_AT))
    features = range(some.values.shape[2])
    feature = next((k for k in features if _is_clock(some, k)), None)
    seen = (
        "never falls within a sequence, and sequences begin at levels that differ by far more than it rises, as "
        "absolute times and readings of counters do"
    )
    if feature is None:
        feature = next((k for k in features if _are_restarted(_runs(some, k))), None)
        seen = "rises nearly all along, and falls to about 0 at times, as counters do that are reset"
    if feature is None:
        return False
    warn_caller(
        f"Feature {feature} of X {seen}, so that {effect}. If its steps matter, pass these, in fit and later: "
        f"{code_of_steps(some, feature)} of each array x."
    )
    return True


def warn_if_absolute_times(sequences, argument):
    """Warn where a feature of `Sequences` of numbers holds times since 1970, whatever they have to do with targets."""
    some = sequences.take(slice(LOOKED_AT))
    if some.values.ndim != 3:
        return
    for feature in range(some.values.shape[2]):
        unit = unit_of_times(some.values[..., feature][some.mask])
        if unit and _is_clock(some, feature):
            warn_caller(
                f"Feature {feature} of {argument} holds times since 1970 in {unit}, most likely, which tell sequences "
                "of fit apart by when they began, and no others. Pass the gaps between timesteps in their place, in "
                f"fit and later: {code_of_steps(some, feature)} of each array x. Or leave them out, if gaps are alike."
            )
            return


def warn_if_series_restart(series):
    """Warn where a target of `LongSeries` holds readings of counters that are reset: no forecast knows when."""
    targets = range(series.n_targets)
    target = next((k for k in targets if _are_restarted([own[:, k] for own in series.values])), None)
    if target is None:
        return
    what = f"Column {target} of X" if series.n_targets > 1 else "X"
    warn_caller(
        f"{what} rises nearly all along, and falls to about 0 at times, as counters do that are reset, which no "
        f"forecast can know. Forecast the steps of each series x in its place, {_steps_of_series(series, target)}, and "
        "add them up if readings are wanted."
    )


def _steps_of_series(series, target):
    """Code for the steps of a target of counters that are reset, in a series x of X."""
    form = series.forms[0]
    if isinstance(form, PandasForm):
        own = f"x[{form.names[target]!r}]" if form.is_frame else "x"
        return f"{own}.diff().mask(lambda d: d < 0, {own}).fillna(0)"
    own = f"x[:, {target}]" if series.n_targets > 1 else "x"
    return f"np.where((d := np.diff({own}, prepend={own}[0])) < 0, {own}, d)"


def never_falls(sequences, feature):
    """Whether a feature of `Sequences` rises within most of them, and falls in none."""
    steps, mask = _steps(sequences, feature)
    rises = np.where(mask, steps, 0)
    return not (rises < 0).any() and np.mean(rises.any(axis=1)) > 0.5 and len(rises) >= ENOUGH


def code_of_steps(sequences, feature):
    """Code that puts the steps of a feature in its place, in an array x as samples of X are.

    Where it falls, it was reset: what it reads then is the step.
    """
    steps, mask = _steps(sequences, feature)
    gaps = steps[mask & (steps > 0)]
    spread = np.divide(*np.quantile(gaps, (0.95, 0.05))) if len(gaps) else 1
    bends = spread >= MAGNITUDES and np.median(gaps) > 1  # below 1 np.log1p is a line
    form = "np.where((d := {steps}) < 0, {readings}, d)" if (steps[mask] < 0).any() else "{steps}"
    form = f"np.log1p({form})" if bends else form
    if sequences.univariate:
        return form.format(steps="np.diff(x, prepend=x[0])", readings="x")
    if sequences.values.shape[2] == 1:
        return form.format(steps="np.diff(x, axis=0, prepend=x[:1])", readings="x")
    own = form.format(steps=f"np.diff(x[:, {feature}], prepend=x[0, {feature}])", readings=f"x[:, {feature}]")
    return f"np.column_stack([x[:, :{feature}], {own}, x[:, {feature + 1}:]])"


def _is_clock(some, feature):
    """Whether a feature never falls, and begins at levels far apart, beside others also far above 0."""
    lengths = some.real_lengths
    if np.median(lengths) < LEAST_STEPS or not never_falls(some, feature):
        return False
    values = np.asarray(some.values[:, :, feature], np.float64)
    first, last = values[:, 0], values[np.arange(len(values)), lengths - 1]
    apart = first.std() / np.median(last - first)
    if first.min() > max(np.ptp(first), LEAST_TIME):
        return bool(apart > APART)
    return some.values.shape[2] == 1 and bool(apart > APART_FROM_0)


def _runs(sequences, feature):
    """A feature of each sequence, of (t_i,)."""
    return [values[:length, feature] for values, length in zip(sequences.values, sequences.real_lengths)]


def _are_restarted(runs):
    """Whether numbers of (t_i,) rise by uneven steps, and fall rarely, from uneven heights and times, to about 0."""
    runs = [np.asarray(run, np.float64) for run in runs if len(run) > 1]
    falls = [np.flatnonzero(run[1:] < run[:-1]) for run in runs]
    n_falls, n_steps = sum(map(len, falls)), sum(len(run) - 1 for run in runs)
    if not ENOUGH <= n_falls <= RARELY * n_steps:
        return False
    steps = np.concatenate([np.diff(run) for run in runs])
    before, after = (np.concatenate([run[at + k] for run, at in zip(runs, falls)]) for k in (0, 1))
    if min(run.min() for run in runs) < 0 or after.max() > NEAR_0 * np.median(before):
        return False
    rises, lengths = steps[steps > 0], np.concatenate([np.diff(at) for at in falls])  # between falls of one sequence
    if len(rises) < RISES * n_steps or np.abs(np.diff(rises)).mean() < ROUGH * rises.mean():
        return False
    return all(_are_uneven(numbers) for numbers in (rises, before, lengths) if len(numbers) >= LEAST_STEPS)


def _are_uneven(numbers):
    return bool(np.std(numbers) > UNEVEN * np.mean(numbers))


def _steps(sequences, feature):
    """(n, t - 1) steps of a feature, and which of them are real."""
    values = np.asarray(sequences.values[:, :, feature], np.float64)
    return np.diff(values, axis=1), sequences.mask[:, 1:]
