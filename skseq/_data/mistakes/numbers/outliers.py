"""Single values that stand out of their series, as errors of measuring and typing do."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.times.calendars import shown

FAR = 3  # times as far from the steps beside it as any other value: of 5,315 series of competitions 22 have one
FEWEST = 12  # steps that say what is usual
FLAG, RARE = 0.8, 0.05  # of the steps have one value of a covariate that tells causes, and that of such a cause
NAMED = 3  # other series


def warn_of_outliers(known, n_last=None, but=None):
    """Warn of values far from the steps beside them in `KnownSeries`, or in the last ``n_last`` steps of each.

    The target with the number ``but`` is left out.
    """
    k = known.series.n_targets
    found = [outliers(own[:, :k], own[:, k:]) for own in known.columns]
    found = [[one for one in own if one[1] != but] for own in found]
    if n_last is not None:
        found = [[one for one in own if one[0] >= length - n_last] for own, length in zip(found, known.series.lengths)]
    hit = sorted((number for number, own in enumerate(found) if own), key=lambda number: -_farthest(found[number])[2])
    if not hit:
        return
    series, others = known.series, [f"X[{number}]" for number in sorted(hit[1:])]
    step, target, factor = _farthest(found[hit[0]])
    value = _written(series.values[hit[0]][step, target])
    not_over = ", or leave it out if its time is not over yet" if step == series.lengths[hit[0]] - 1 else ""
    warn_caller(
        f"The value {value} of {place_of(series, hit[0], step, target)} is {factor:,.0f} times as far from the steps "
        f"beside it as any other of its series. {_and(others)}Forecasts and intervals take it for something that "
        "happens again. If it is an error, fill it like a gap: set it to NaN, and use interpolate() of pandas or "
        f"skseq.preprocessing.SequenceImputer{not_over}. If its cause is known ahead, as that of a promotion or a "
        "holiday is, pass a column of 0 and 1 as X_future."
    )


def outliers(values, beside):
    """(step, target, factor) of values of (t, k) that stand out: how far, over how far others are; one per target.

    How far a value is from both steps beside it is the smaller of the two distances, if it is above or below both. At
    an end two steps on one side count. So other levels are usual, and so is what happens twice, as seasons do. Where
    half of the values are one, as 0 of slow movers is, nothing is usual. Covariates ``beside`` (t, c) may tell why.
    """
    found = [(k, _outlier(own)) for k, own in enumerate(values.T)] if len(values) >= FEWEST else []
    return [(one[0], k, one[1]) for k, one in found if one is not None and not _has_cause(beside, one[0])]


@np.errstate(over="ignore")  # of the largest floats
def _outlier(values):
    """(step, factor) of the value (t,) that stands out, or None."""
    moves = np.diff(values)
    sizes = np.abs(moves)
    is_peak = np.sign(moves[:-1]) == -np.sign(moves[1:])
    first, last = (min(abs(a - b), abs(a - c)) for a, b, c in (values[:3], values[:-4:-1]))
    heights = np.r_[first, np.where(is_peak, np.minimum(sizes[:-1], sizes[1:]), 0), last]
    step = int(heights.argmax())
    usual = max(sizes[: max(step - 1, 0)].max(initial=0), sizes[step + 1 :].max(initial=0))
    if not 0 < FAR * usual < heights[step] < np.inf or np.unique(values, return_counts=True)[1].max() > len(values) / 2:
        return None
    return step, heights[step] / usual


def _has_cause(beside, step):
    """Whether some covariate (t, c) is mostly one value, as a flag is, and has another at this step and few others."""
    mostly = [np.unique(column, return_counts=True)[1].max() >= FLAG * len(column) for column in beside.T]
    few = (beside == beside[step]).sum(axis=0) <= max(1, RARE * len(beside))
    return bool((few & np.array(mostly, bool)).any())


def _farthest(found):
    return max(found, key=lambda one: one[2])


def place_of(series, number, step, target):
    """Where a value of `LongSeries` is, in words."""
    times, zone = series.times[number], series.zones[number]
    name = series.name_of(number)
    of = "" if series.n_targets == 1 else f", target {target},"
    return f"{name}{of} at {f'step {step}' if times is None else f'{shown(times[step], zone)} (step {step})'}"


def _written(value):
    """A number as short as it is said, up to the largest as it is written."""
    return f"{value:g}" if not 1e6 <= abs(value) < 1e15 else f"{value:.0f}"


def _and(others):
    """A sentence about other series by their names."""
    if not others:
        return ""
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return f"So is a value of {', '.join(others[:NAMED])}{more}. "
