"""Forecasts of held-out windows that are worse than the last value, or the last season, once more."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.forecasts.error_sizes import times_as_large
from skseq._data.forecasts.forecast_windows import horizons_held
from skseq._data.forecasts.window_units import last_season

WORSE = 1.25  # times the errors: of walks, months, quarters and hours 1.11 at most, of waves 1.2 to 1.8
FEWEST_LEARNT = 1_000  # windows: of fewer, a linear model is often worse by chance
FEWEST_HORIZONS = 8  # held out of a series, one after another


@np.errstate(over="ignore", invalid="ignore")  # of the largest floats
def warn_if_worse_than_naive(windows, errors, n_windows, *, stride, season, n_learnt, of):
    """Warn where errors (n, h, k) of the estimator ``of`` in held-out `Windows` are larger than of the last value.

    They must be so in all, and as a rule of series, of each of which ``n_windows`` are held out. With a ``season``
    above 1, its last values count. ``n_learnt``: how many windows the estimator has learnt from.
    """
    horizon = errors.shape[1]
    if n_learnt < FEWEST_LEARNT or horizons_held(max(n_windows), horizon, stride) < FEWEST_HORIZONS:
        return
    past = windows.past[:, :, : windows.n_targets]
    naive = windows.targets - last_season(past, season, horizon)
    own, other = np.abs(errors).mean(), np.abs(naive).mean()
    if own > WORSE * other and times_as_large(errors, naive, n_windows) > WORSE:
        repeated = "the last value" if season == 1 else f"the value one season of {season} steps before"
        warn_caller(
            f"In the windows that fit held out, {type(of).__name__} has a mean absolute error of {own:.3g}, and "
            f"{repeated} of {other:.3g}. {_advice(past)} another scaling or estimator, and compare by backtest."
        )


def _advice(past):
    """What to try of values (n, window, k), up to where others follow; log1p hardly changes small numbers."""
    least = np.nanmin(past)
    if least < 0:
        return "Try"
    log, exp = ("np.log", "np.exp") if 0 < least < 1 else ("np.log1p", "np.expm1")
    return (
        f"Where values rise and fall by shares, as counts do in waves, fit on their logarithms, {log}, with "
        f"scaling=None, and take {exp} of forecasts and bounds. Else try"
    )
