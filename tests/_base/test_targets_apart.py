"""Targets that are better forecast as series of their own, and those that tell of each other."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._base.targets_apart import left_apart
from skseq._data.forecast_windows import Windows

DAYS = pd.date_range("2024-01-01", periods=400)
WEEK = np.array([1, 0.9, 0.9, 1, 1.3, 1.8, 0.6])[DAYS.dayofweek]


def shops(n):
    """Sales that have nothing in common but the week."""
    dice = np.random.RandomState(0)
    sold = np.exp(dice.uniform(2, 9, n)) * WEEK[:, None] * (1 + 0.12 * dice.randn(400, n))
    return pd.DataFrame(sold, DAYS, [f"shop{number}" for number in range(n)])


def chain(n):
    """Each follows the one before it by a day, the first one nothing."""
    noise = np.random.RandomState(0).randn(400 + n)
    return pd.DataFrame({f"place{k}": noise[n - k : n - k + 400] for k in range(n)}, DAYS)


def forecaster():
    return SeriesForecaster(Ridge(), window=28, horizon=14, season=7)


@pytest.mark.parametrize(("X", "how"), [(shops(8), r"\[X\[name\] for name in X\]"), ([shops(8).to_numpy()], "list")])
def test_columns_that_are_series_of_their_own(X, how):
    with pytest.warns(UserWarning, match=rf"one series of 8 targets, .* has 0\.8\d times .* such as {how}"):
        forecaster().fit(X)
    with pytest.warns(UserWarning, match="one series of 8 targets"):
        together = forecaster().backtest(X)["score"]
    assert forecaster().backtest([shops(8)[name] for name in shops(8)])["score"] > together


@pytest.mark.parametrize("X", [chain(6), shops(3), shops(8)[:60]], ids=["chain", "three", "few windows"])
def test_of_columns_that_tell_of_each_other_or_are_few_nothing_is_told(X):
    forecaster().set_params(season=None, horizon=1).fit(X)


def test_of_a_list_of_several_nothing_is_told():
    forecaster().fit([shops(8), shops(8)])


def test_what_a_chain_loses_apart():
    """A step ahead all but the first are known from the others, and not at all from themselves."""
    values = chain(4).to_numpy()
    starts = np.arange(300)
    windows = Windows(
        past=values[starts[:, None] + np.arange(5)],
        lengths=np.full(300, 5),
        n_targets=4,
        targets=values[starts + 5][:, None],
        groups=np.stack([starts, starts], axis=1),
    )
    assert left_apart(windows, 1, None) > 2
    assert left_apart(windows.take(np.arange(50)), 1, None) is None
