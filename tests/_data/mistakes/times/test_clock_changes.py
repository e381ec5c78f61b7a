"""A clock that is put forward or back near the end of series is told where a season is one of whole days."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeriesForecaster
from skseq._data.forecasts.series import read_series
from skseq._data.mistakes.times.clock_changes import warn_if_clock_changes


def load(last, *, freq="h", zone="Europe/Berlin", first="2024-10-14"):
    """Another one at each hour of the clock; in Berlin it is put back at 3 o'clock of 27 October 2024."""
    index = pd.date_range(first, last, freq=freq, tz=zone)
    return pd.Series(np.cos(index.hour + index.minute / 60), index, name="load")


def is_told(X, *, horizon=24, season=24):
    series, _ = read_series(SeriesForecaster(), X)
    return told(warn_if_clock_changes, series, horizon, season)


@pytest.mark.parametrize("last", ["2024-10-26 12:00", "2024-10-27 12:00", "2024-10-28 00:00"])
@pytest.mark.parametrize("freq", ["h", "15min"])
def test_a_change_in_the_last_season_or_the_horizon(last, freq):
    day = 24 if freq == "h" else 96
    assert is_told([load(last, freq=freq)], horizon=day, season=day)
    assert is_told([load("2024-03-31 12:00", freq=freq, first="2024-03-18")], horizon=day, season=day)


@pytest.mark.parametrize(
    ("X", "season"),
    [
        (load("2024-10-25"), 24),
        (load("2024-10-28 01:00"), 24),  # the season before the first step to forecast lies behind the change
        (load("2024-10-29 12:00"), 24),
        (load("2024-10-27 12:00", zone=None), 24),
        (load("2024-10-27 12:00", zone="UTC"), 24),
        (load("2024-10-27 12:00"), 1),
        (load("2024-10-27 12:00"), 12),
        (load("2024-11-01", freq="D", first="2024-09-01"), 7),
        (load("2024-10-27 12:00").to_numpy(), 24),
    ],
)
def test_others(X, season):
    assert not is_told([X], season=season)


def test_what_follows_the_sun_is_not_told():
    """Which shows a day after the change."""
    follows = load("2024-10-30")
    sun = pd.Series(np.cos(np.arange(len(follows)) * np.pi / 12), follows.index)
    assert is_told([follows], season=168)
    assert not is_told([sun], season=168)
    assert not is_told([sun, sun, follows], season=168)


@pytest.mark.parametrize("of", [lambda own: own, pd.Series.to_frame])
def test_the_advice_in_fit_and_predict(of):
    """Loads of the clock are repeated exactly where they are given at its times."""
    forecaster = SeriesForecaster(Ridge(), window=24, horizon=24, season=24)
    X, early = [of(load("2024-10-27 12:00"))] * 2, [of(load("2024-10-24"))] * 2
    for fit_or_predict in (forecaster.fit, forecaster.fit(early).predict):
        with pytest.warns(
            UserWarning, match=r"X\[0\] ends at 2024-10-27 12:00:00\+01:00\. .* later, (.*), and"
        ) as caught:
            fit_or_predict(X)
        code = re.search(r"later, (.*), and so", str(caught[0].message))[1]
        clock = eval(code, {"X": X})
        assert not is_told(clock)
        expected = np.cos(np.arange(len(clock[0])) % 24)
        np.testing.assert_allclose(np.ravel(clock[0]), expected)
        forecaster.fit(clock).predict(clock)  # warnings are errors
    forecaster.fit(early).predict(X[0].iloc[:240])


def test_the_advice_for_polars():
    own = load("2024-10-27 12:00")
    frame = pl.DataFrame({"at": own.index.tz_convert("UTC").tz_localize(None).to_numpy(), "load": own.to_numpy()})
    X = frame.with_columns(pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin"))
    with pytest.warns(UserWarning, match="clock of Europe/Berlin, the zone of X, is") as caught:
        SeriesForecaster(Ridge(), window=24, horizon=24, season=24).fit(X)
    code = re.search(r"later, (.*), and so", str(caught[0].message))[1]
    clock = eval(code, {"X": X, "polars": pl})
    np.testing.assert_allclose(clock["load"].to_numpy(), np.cos(np.arange(len(clock)) % 24))
    assert not is_told(clock)
