"""Single values that stand out of their series, as errors of measuring and typing do."""

import warnings

import numpy as np

from skseq._data.calendars import shown

FAR = 3  # times as far from the steps beside it as any other value: of 5,315 series of competitions 22 have one
MOST = 3  # in one series: more are how it is
FEWEST = 12  # steps that say what is usual


def warn_of_outliers(series):
    """Warn of single values far from those before and after them, in `LongSeries`.

    Series that mostly stay where they are, as those of slow movers do, have no usual step to compare with.
    """
    found = [outliers(own) if len(own) >= FEWEST else () for own in series.values]
    hit = [number for number, own in enumerate(found) if len(own)]
    if not hit:
        return
    first, own = hit[0], found[hit[0]]
    step, target, factor = own[0]
    beside = [f"{len(own) - 1} more of this series"] if len(own) > 1 else []
    beside += [f"some of {len(hit) - 1} other series"] if len(hit) > 1 else []
    warnings.warn(
        f"The value {series.values[first][step, target]:g} of {_place(series, first, step, target)} is {factor:.2g} "
        f"times as far from the steps beside it as any usual value{', and so are ' if beside else ''}"
        f"{' and '.join(beside)}. Forecasts and intervals take it for something that happens again. If it is an error, "
        "set it to NaN and let skseq.preprocessing.SequenceImputer('interpolate') fill it, before the forecaster in a "
        "pipeline. If its cause is known ahead, as that of a promotion is, pass a column of 0 and 1 as X_future.",
        UserWarning,
        stacklevel=3,
    )


def _place(series, number, step, target):
    """Where a value of `LongSeries` is, in words."""
    times = series.times[number]
    name = "X" if series.is_one else f"X[{number}]"
    of = "" if series.n_targets == 1 else f", target {target},"
    return f"{name}{of} at {f'step {step}' if times is None else f'{shown(times[step])} (step {step})'}"


def outliers(values):
    """(step, target, factor) of values that stand out of (t, k), steps ascending; how far, over the farthest other.

    How far a value is from both steps beside it is the smaller of the two distances, if it is above or below both. The
    last value has two steps before it. So steps to another level, and seasons, are usual.
    """
    found = [(step, k, factor) for k, own in enumerate(values.T) for step, factor in _outliers_of_one(own)]
    return sorted(found)


@np.errstate(over="ignore")  # of the largest floats
def _outliers_of_one(values):
    moves = np.diff(values)
    sizes = np.abs(moves)
    if np.median(sizes) == 0:
        return []
    is_peak = np.sign(moves[:-1]) == -np.sign(moves[1:])
    last = min(sizes[-1], abs(values[-1] - values[-3]))  # after a peak it is back where it was
    heights = np.r_[0, np.where(is_peak, np.minimum(sizes[:-1], sizes[1:]), 0), last]
    highest = np.argsort(-heights)[:MOST]
    for n in range(MOST, 0, -1):
        chosen = highest[:n]
        others = np.delete(sizes, [i for i in np.r_[chosen - 1, chosen] if 0 <= i < len(sizes)])
        usual, least = others.max(initial=0), heights[chosen].min()
        if 0 < FAR * usual < least < np.inf:
            return [(int(step), heights[step] / usual) for step in np.sort(chosen)]
    return []
