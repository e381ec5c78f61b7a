"""Seasons that series most likely do not have: their last value tells more of what follows than a season before."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.forecasts.error_sizes import times_as_large
from skseq._data.forecasts.window_units import last_season

FARTHER = 1.25  # times: 0.2 to 1.2 where there is a season, of months, quarters and hours; 1.4 of walks without one
FEWEST = 1_000  # windows: of fewer it is mostly chance, and a season that is none makes their forecasts no worse


def warn_if_no_season(windows, n_windows, season):
    """Warn where a season tells less of `Windows`, so many of each series, than the last value does."""
    if season < 2 or len(windows) < FEWEST or windows.lengths.min() <= season:
        return
    repeated, moved = times_as_far(windows, n_windows, season)
    if min(repeated, moved) > FARTHER:
        warn_caller(
            f"In the windows of fit, y is {repeated:.3g} times as far from the values one season of {season} steps "
            f"before as from the last value, and {moved:.3g} times as far from these on the level of the last value. "
            "The series hardly repeat this season, or move it: try season=None, or the season that they have, and "
            "compare both by backtest."
        )


@np.errstate(over="ignore", invalid="ignore")  # of the largest floats
def times_as_far(windows, n_windows, season):
    """How many times as far y is from the values one season before, and from these on the level of the last value."""
    past = windows.past[:, :, : windows.n_targets]
    last, before = past[:, -1:], past[:, [-season - 1]]
    repeated = last_season(past, season, windows.targets.shape[1])
    return [
        times_as_large(windows.targets - forecast, windows.targets - last, n_windows)
        for forecast in (repeated, repeated + last - before)
    ]
