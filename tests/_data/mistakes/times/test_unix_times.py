"""Integers in the index of series that are times since 1970: told with code that makes times of them."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeriesForecaster

HOURS = pd.date_range("2025-04-30 22:00", periods=100, freq="h")
WAVE = np.sin(np.arange(100))


def since_1970(times, unit):
    return ((times - pd.Timestamp(0)) // pd.Timedelta(1, unit)).astype("int64")


def fit(X):
    return SeriesForecaster(Ridge(), window=5, horizon=2).fit(X)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("in_list", [False, True])
def test_forecasts_have_times_after_what_is_advised(unit, in_list):
    X = pd.Series(WAVE, since_1970(HOURS, unit))
    X = [X, X + 1] if in_list else X
    [message] = told(fit, X)
    assert message.startswith(f"The index of X{'[0]' if in_list else ''} holds numbers, such as 17464")
    code = re.search(r"of UTC: (.*), and of X_past and X_future if you pass any\.$", message)[1]
    timed = eval(code, {"X": X, "pandas": pd})
    assert not told(fit, timed)
    forecasts = fit(timed).predict()
    assert (forecasts[1] if in_list else forecasts).index[0] == HOURS[-1] + pd.Timedelta("1h")


@pytest.mark.parametrize(
    "index",
    [
        10**9 + np.arange(100),  # ids
        10**9 + 10 * np.arange(100),
        2 * 10**9 + 3600 * np.arange(100),
        3600 * np.arange(100),
        10**15 + 7 * np.arange(100),
    ],
)
def test_other_integers_are_no_times(index):
    assert not told(fit, pd.Series(WAVE, index))
