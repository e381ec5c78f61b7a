"""What forecasts are measured against: exponential smoothing, ARIMA and Theta of the package statsforecast."""

from importlib.util import find_spec

import numpy as np

INSTALL = "pip install statsforecast"
NAMES = ("AutoETS", "AutoTheta", "AutoARIMA")
COVERAGES = (20, 40, 60, 80)  # in percent: intervals that end in the deciles but the median


def installed():
    """Whether statsforecast is there; it is no dependency."""
    return find_spec("statsforecast") is not None


def forecasts(name, train, horizon, season):
    """Points (n, h), deciles (n, h, 9) and bounds of 90 % (n, h, 2) of every series, each by a model of its own."""
    from statsforecast import models

    model = getattr(models, name)(season_length=season)
    found = [model.forecast(y=series, h=horizon, level=[*COVERAGES, 90]) for series in train]
    return tuple(np.stack([of(one) for one in found]) for of in (_points, _deciles, _bounds))


def _points(found):
    return found["mean"]


def _deciles(found):
    """From the bounds of intervals around the mean, which stands for the median."""
    lower = [found[f"lo-{coverage}"] for coverage in COVERAGES[::-1]]  # 0.1, ..., 0.4
    upper = [found[f"hi-{coverage}"] for coverage in COVERAGES]
    return np.stack([*lower, found["mean"], *upper], axis=-1)


def _bounds(found):
    return np.stack([found["lo-90"], found["hi-90"]], axis=-1)
