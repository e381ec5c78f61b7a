"""Targets that are better forecast as series of their own, and those that tell of each other."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from warned import told

from skseq import SeasonalNaive, SeriesForecaster
from skseq._base.forecasts.targets_apart import left_apart
from skseq._data.forecasts.forecast_windows import Windows

DAYS = pd.date_range("2024-01-01", periods=400)
WEEK = np.array([1, 0.9, 0.9, 1, 1.3, 1.8, 0.6])[DAYS.day_of_week]


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


@pytest.mark.parametrize("form", ["frame", "list of a frame", "list of an array"])
def test_columns_that_are_series_of_their_own(form):
    X = {"frame": shops(8), "list of a frame": [shops(8)], "list of an array": [shops(8).to_numpy()]}[form]
    with pytest.warns(UserWarning, match=r"one series of 8 targets, .* has 0\.8\d times .* in the last") as caught:
        forecaster().fit(X)
    columns = eval(re.search(r"such as (\S.*?)(?: where X.*)?, with", str(caught[0].message))[1], {"X": X})
    for own, expected in zip(columns, shops(8).to_numpy().T, strict=True):
        np.testing.assert_array_equal(own, expected)
    forecaster().fit(columns)
    with pytest.warns(UserWarning, match="one series of 8 targets"):
        together = forecaster().backtest(X)["score"]
    assert forecaster().backtest([shops(8)[name] for name in shops(8)])["score"] > together


@pytest.mark.parametrize("X", [chain(6), shops(3), shops(8)[:60]], ids=["chain", "three", "few windows"])
def test_of_columns_that_tell_of_each_other_or_are_few_nothing_is_told(X):
    assert not told(forecaster().set_params(season=None, horizon=1).fit, X)


def test_a_frame_of_polars():
    frame = pl.DataFrame({"day": DAYS.to_numpy()} | {name: own.to_numpy() for name, own in shops(8).items()})
    with pytest.warns(UserWarning, match="such as frames of times and one column, with"):
        forecaster().fit(frame)
    forecaster().fit([frame[["day", name]] for name in frame.columns[1:]])


def test_of_a_list_of_several_nothing_is_told():
    assert not told(forecaster().fit, [shops(8), shops(8)])


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


def rates(n):
    """Growth rates of countries that have nothing in common, a hundred quarters."""
    return pd.DataFrame(np.random.RandomState(0).randn(100, n), pd.period_range("2000Q1", periods=100, freq="Q"))


def test_an_estimator_that_learns_the_noise_of_others():
    """With a large penalty a linear model is as good together as apart."""
    X = rates(12)
    with pytest.warns(UserWarning, match=r"of 12 targets, .* this estimator has 0\.\d+ times the error") as caught:
        SeriesForecaster(Ridge(), window=8).fit(X)
    columns = eval(re.search(r"such as (.*), with", str(caught[0].message))[1], {"X": X})
    apart, together = SeriesForecaster(Ridge(), window=8).fit(columns), SeriesForecaster(Ridge(1e4), window=8)
    assert np.shape(apart.predict()) == (12, 1)
    assert not told(together.fit, X)
    assert not told(SeriesForecaster(SeasonalNaive(), window=8).fit, X)


@pytest.mark.parametrize("first", [PCA(20), SelectKBest(lambda X, y: X.var(axis=0), k=20)], ids=["refuses", "warns"])
def test_an_estimator_for_more_columns_than_one_target_has(first):
    assert not told(SeriesForecaster(make_pipeline(first, Ridge(1e3)), window=8).fit, rates(4))


def test_what_an_estimator_raises_in_the_trial_ends_no_fit():
    class Picky(Ridge):
        def predict(self, X):
            if len(X) > 5:
                raise RuntimeError("too many at once")
            return super().predict(X)

    SeriesForecaster(Picky(), window=8).fit(rates(12)).predict()
