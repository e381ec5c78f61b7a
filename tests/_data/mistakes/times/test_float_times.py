"""Floats in the index of series: what is told of them, and that it gives the right times."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster

K = np.arange(40)
DAYS_INTO_MONTHS = (pd.date_range("1990-03-01", periods=40, freq="MS") - pd.Timestamp("1990-01-01")).days


def told(index):
    """What the refusal of a series with that index advises."""
    X = pd.Series(np.sin(K[: len(index)]), index)
    with pytest.raises(ValueError, match=r"The index of X holds .*, or drop it with reset_index") as refusal:
        SeriesForecaster(Ridge(), window=5, horizon=2).fit(X)
    return str(refusal.value)


def advised(index):
    code = re.search(r"convert (?:it|them) with (.*?), (?:or if|or drop|which are of UTC)", told(index))[1]
    return eval(code, {"index": index, "pandas": pd})


@pytest.mark.parametrize(
    ("numbers", "first", "freq"),
    [
        (np.round(1871 + (K + 0.5) / 12, 3), "1871-01", "M"),  # as the monthly sunspots of SILSO
        (np.round(1958 + (K + 2) / 12, 2), "1958-03", "M"),
        (1990 + DAYS_INTO_MONTHS / 365.25, "1990-03", "M"),
        (1989 + (K + 11) / 12, "1989-12", "M"),
        (1990 + (K + 1) / 4, "1990Q2", "Q"),
    ],
)
def test_decimal_years(numbers, first, freq):
    due = pd.period_range(first, periods=40, freq=freq)
    times = advised(pd.Index(numbers))
    assert times.equals(due)
    following = SeriesForecaster(Ridge(), window=5, horizon=2).fit(pd.Series(np.sin(K), times)).predict().index
    assert following[0] == due[-1] + 1


def test_decimal_years_with_a_gap():
    numbers = np.delete(1900 + K / 12, [5, 6])
    assert advised(pd.Index(numbers)).equals(pd.period_range("1900-01", periods=40, freq="M").delete([5, 6]))


@pytest.mark.parametrize(
    ("numbers", "kind"), [(51_544.25 + K, "modified Julian days"), (2_451_544.75 + K, "Julian days")]
)
def test_days_of_astronomers(numbers, kind):
    """MJD 51544 is 1 January 2000."""
    assert f"if they are {kind}, " in told(pd.Index(numbers))
    times = advised(pd.Index(numbers))
    assert times.equals(pd.date_range("2000-01-01 06:00", periods=40))
    assert SeriesForecaster(Ridge(), window=5, horizon=2).fit(pd.Series(np.sin(K), times)).predict().index.freq == "D"


@pytest.mark.parametrize("step", ["h", "5min", "s", "100ms"])
@pytest.mark.parametrize("unit", [1e9, 1e6, 1e3, 1])
def test_unix_timestamps(unit, step):
    due = pd.date_range("2025-04-30 22:00", periods=40, freq=step)
    assert advised(pd.Index((due - pd.Timestamp(0)) // pd.Timedelta(1, "ns") / unit)).equals(due)


@pytest.mark.parametrize("numbers", [K / 2, 1950 + K / 2, 1990 + K / 365, 1990.04 + K[:1]])
def test_other_floats(numbers):
    assert ": if they are seconds, add the index" in told(pd.Index(numbers))


@pytest.mark.parametrize("numbers", [pd.Index(K / 2).astype("Float64"), pd.Index([0.5, None, 1.5], dtype="Float64")])
def test_floats_of_pandas(numbers):
    assert "holds Float64" in told(numbers)
