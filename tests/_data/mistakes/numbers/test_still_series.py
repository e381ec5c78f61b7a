"""Warnings about series that do not move, and none about those that rest now and then."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeriesForecaster

WALK = 50 + np.random.RandomState(0).randn(60).cumsum()
STOPPED = np.r_[WALK, np.full(20, WALK[-1])]  # as it is at step 59


def fit(series):
    return SeriesForecaster(Ridge(), window=6, horizon=2).fit(series)


def test_a_series_of_one_number():
    with pytest.warns(UserWarning, match="X is one number at all steps, the first 7, .* asfreq"):
        fit(pd.Series(7.0, pd.date_range("2024-01-01", periods=40)))
    with pytest.warns(UserWarning, match="Each series in X is one number"):
        fit([np.full(40, 7.0), np.full(30, 2.0)])


def test_a_series_that_has_stopped():
    with pytest.warns(UserWarning, match=r"X\[1\] has stood still in its last 21 steps, .* from 60 on, or the series"):
        fit([WALK, STOPPED])
    with pytest.warns(UserWarning, match=r"X\[0\] has stood .* So have 1 other series"):
        fit([STOPPED, STOPPED])
    with pytest.warns(UserWarning, match="X has stood still in its last 21 steps"):
        fit(pd.Series(STOPPED, pd.date_range("2024-01-01", periods=80)))
    fit([WALK, STOPPED[:60]])  # as it says


def test_one_of_several_targets_that_has_stopped():
    """The others move: leaving out the steps, or the series, would cost their readings, too."""
    walk = 50 + np.random.RandomState(1).randn(80).cumsum()
    both = np.stack([walk, STOPPED], axis=1)
    says = "Target 1 of {}, counted from 0, has stood still in its last 21 steps, .*leave out this target. If"
    with pytest.warns(UserWarning, match=says.format("X")) as caught:
        fit(pd.DataFrame(both, pd.date_range("2024-01-01", periods=80), ["moves", "stuck"]))
    assert "these steps" not in str(caught[0].message)
    with pytest.warns(UserWarning, match=says.format(r"X\[0\]")):
        fit([both])
    fit([np.delete(both, 1, axis=1)])  # as it says


@pytest.mark.parametrize(
    "series",
    [
        WALK,
        np.r_[WALK, np.full(4, WALK[-1])],
        np.r_[WALK, np.zeros(30)],
        np.r_[np.repeat(WALK[::6], 8), np.full(20, 3.0)],
        np.r_[np.zeros(40), 3, 0, 0, 2, np.zeros(30)],
        np.round(np.sin(np.arange(80) / 20)) + 5,
    ],
    ids=["moves", "shorter than a window", "no longer sold", "administered", "rarely sold", "rounded"],
)
def test_series_that_rest(series):
    assert not told(fit, [series, np.full(80, 4.0)])
