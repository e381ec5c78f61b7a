"""Series that do not move, or no longer do: nothing tells how far they will."""

import numpy as np

from skseq._callers import warn_caller

FEWEST = 5  # steps
LONGER = 3  # times as long as it ever stood still before: administered prices and full tanks often do


def warn_if_still(series, window):
    """Warn where all `LongSeries` are one number each, or some no longer move in their last window.

    Zeros are usual: nothing is sold.
    """
    if all(len(own) >= FEWEST and own.any() and (own == own[0]).all() for own in series.values):
        warn_caller(
            f"{'X is one number' if series.is_one else 'Each series in X is one number'} at all steps, the first "
            f"{series.values[0][0, 0]:.6g}, so nothing is learnt: forecasts repeat it, and intervals have no width. If "
            "the series moved before X was made of it, look at what made it, such as asfreq or a merge of times that "
            "differ."
        )
        return
    least = max(window, FEWEST)
    ended = [(number, *still) for number, own in enumerate(series.values) if (still := _longest_still(own))[0] >= least]
    if not ended:
        return
    number, n, target = ended[0]
    name = series.name_of(number)
    steps = f"these steps, from {len(series.values[number]) - n + 1} on, or the series"
    if series.n_targets > 1:  # the others may move
        name, steps = f"Target {target} of {name}, counted from 0,", "this target"
    others = f" So have {len(ended) - 1} other series." if len(ended) > 1 else ""
    warn_caller(
        f"{name} has stood still in its last {n} steps, though it moved before.{others} Its last window does not tell "
        "how far it will move: forecasts most likely repeat its value, and intervals have no width. If a stock was "
        "suspended, a sensor is stuck or values were filled in, leave out "
        f"{steps}. If it does stand still, nothing is wrong."
    )


def _longest_still(values):
    """(n, target) of the target of (t, k) that has stood still longest."""
    return max((_n_still(own), target) for target, own in enumerate(values.T))


def _n_still(values):
    """The last steps of (t,) that have stood still at no 0, far longer than ever before; or 0."""
    ends = np.flatnonzero(np.diff(values))  # of all runs but the last
    if not ends.size or values[-1] == 0:
        return 0
    n = len(values) - 1 - ends[-1]
    before = np.diff(ends, prepend=-1).max()
    return int(n) if n > LONGER * before else 0
