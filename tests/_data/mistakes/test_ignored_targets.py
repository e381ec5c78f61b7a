"""A y that `SeriesForecaster` ignores: whether that is told."""

import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_validate

from skseq import SeasonalNaive, SeriesForecaster

STEPS = np.arange(60)
DATES = pd.date_range("2024", periods=60)
WEATHER = pd.DataFrame({"temperature": 10 + np.sin(STEPS / 6), "wind": 5 + np.cos(STEPS / 9)}, DATES)
SALES = pd.Series(1000 + 50 * np.sin(STEPS / 6), DATES, name="sales")
LISTED = [WEATHER.to_numpy(), WEATHER.to_numpy()[:50]]


def forecaster(regressor=None):
    return SeriesForecaster(regressor or Ridge(), window=6, horizon=2)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (WEATHER, SALES),
        (WEATHER, SALES.to_numpy()),
        (WEATHER, SALES.to_frame()),
        (WEATHER, SALES.to_list()),
        ([WEATHER], SALES),
        ([WEATHER], [SALES]),
        (LISTED, [SALES.to_numpy(), SALES.to_numpy()[:50]]),
        (pl.from_pandas(WEATHER.reset_index()), pl.from_pandas(SALES.reset_index())),
        (WEATHER.to_numpy().T, np.stack([SALES, SALES])),
    ],
    ids=["frame", "array", "column", "numbers", "listed", "lists", "several", "polars", "table"],
)
def test_a_series_in_y(X, y):
    for model in (forecaster(), forecaster(SeasonalNaive())):
        with pytest.warns(UserWarning, match="y is ignored: .* an entry for every step of X") as caught:
            model.fit(X, y)
    (code,) = re.findall(r"fit\(.*?\)", str(caught[0].message))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        eval(f"forecaster().{code}", {"forecaster": forecaster, "X": X, "y": y})


def test_what_is_told_forecasts_y():
    assert (forecaster().fit(SALES, X_past=WEATHER).predict() > 900).all()


@pytest.mark.parametrize("X", [WEATHER, WEATHER["wind"], [WEATHER], LISTED, WEATHER.to_numpy().T])
def test_what_scikit_learn_may_pass(X):
    n_series = len(X) if isinstance(X, (list, np.ndarray)) else 1
    following = [[1.0, 2.0]] * n_series
    copied = [own.copy() for own in X] if isinstance(X, list) else X.copy()
    for y in (None, X, copied, np.zeros(n_series), following, np.array(following), ["a"] * n_series):
        assert_no_warning(forecaster(), X, y)


def test_steps_that_follow_in_a_cross_validation():
    X = np.random.RandomState(0).randn(6, 40)
    assert np.isfinite(
        cross_validate(forecaster(), X[:, :-2], X[:, -2:], cv=3, error_score="raise")["test_score"]
    ).all()
