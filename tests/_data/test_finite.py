"""What cannot be computed with is told by its place."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.finite import check_finite, check_static


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array([1, np.nan]), r"Input y contains NaN: sample 1\. Fill in such values, or leave out such samples"),
        (np.array([[1, 2], [3, -np.inf]]), r"Input y contains infinity: sample 1, step 1\. Fill in"),
        ([np.zeros(3), np.array([1, 2e200])], r"contains 2e\+200, which is too large to square: sample 1, step 1\."),
        ([[0.0, 1.0], [-1e151]], r"contains -1e\+151, .*: sample 1, step 0\."),
        (np.array([[0, 1], [np.nan, 0]], np.float32), r"contains NaN: sample 1, step 0\."),  # which has no 1e150
        (np.full((1, 2, 3), np.nan), r"contains NaN: sample 0, step 0, column 0\."),
    ],
)
def test_places(X, message):
    with pytest.raises(ValueError, match=message):
        check_finite(X, "y", of="sample")


def test_numbers_that_are_fine():
    for X in (
        np.zeros((0, 3)),
        np.ones((2, 3), np.float32),
        np.array([1, 2]),
        [[1.0], [2.0, 1e150]],
        [["a"], ["b", "c"]],
        np.array([True]),
    ):
        check_finite(X)


@pytest.mark.parametrize("n_targets", [1, 2])
def test_steps_that_are_still_to_come(n_targets):
    """They come first, as filling gaps by interpolate() would fill them, too."""
    series = np.ones((6, n_targets))
    series[2, 0] = series[4:] = np.nan
    with pytest.raises(
        ValueError, match=r"NaN: series 1, step 4 and all behind it\. .* as by series\[:4\], and fill in .*fillna\(0\)"
    ):
        check_finite([np.ones((3, n_targets)), series])
    with pytest.raises(ValueError, match=r"contains NaN: series 0, step 2, column 0\. Fill in"):
        check_finite([series[:4]])
    with pytest.raises(ValueError, match=r"contains NaN: series 0, step 0, column 0\. Fill in"):
        check_finite([np.full((6, n_targets), np.nan)])
    with pytest.raises(ValueError, match=r"X_past contains NaN: series 0, step 2, column 0\. Fill in"):
        check_finite([series[:4]], "X_past")


def test_a_series_that_begins_late():
    """Such as a stock before it was listed: filled in, its past never was."""
    series = np.r_[np.full(5, np.nan), np.arange(9.0)]
    with pytest.raises(ValueError, match=r"NaN: series 1, step 0 and all up to step 4\. Leave out .* series\[5:\], or"):
        check_finite([np.ones(9), series])
    check_finite([np.ones(9), series[5:]])
    with pytest.raises(ValueError, match=r"series 1, step 0\. Fill in"):
        check_finite([np.ones(9), series[4:]])


@pytest.mark.parametrize("of", [np.asarray, pd.Series, lambda values: np.stack([values, 1 - values], axis=1)])
def test_long_gaps_are_filled_by_season(of):
    """A straight line through days would be repeated one season later."""
    values = np.tile(np.arange(7.0), 6)
    gap = values.copy()
    gap[21:26] = np.nan
    forecaster = SeriesForecaster(Ridge(), window=14, horizon=2, season=7)
    with pytest.raises(ValueError, match=r"zeros .* else with .* one season before, .* line over 5 ") as told:
        forecaster.fit([of(gap)])
    codes = (r"pandas\.\w+\(series\)", r"series\.fillna\(.*?\)\)")
    make, fill = (re.search(code, str(told.value))[0] for code in codes)
    filled = eval(fill, {"series": eval(make, {"series": of(gap), "pandas": pd})})
    np.testing.assert_array_equal(np.asarray(filled), of(values))
    with pytest.raises(ValueError, match="one season before"):
        forecaster.fit([of(values)]).predict([of(gap)])


def test_gaps_that_no_season_fills():
    gap = np.tile(np.arange(7.0), 6)
    gap[21:26] = np.nan
    short, first, infinite = gap.copy(), np.roll(gap, -20), np.r_[gap[:21], np.inf]
    short[21] = 0
    for series, season in ((gap, 1), (gap, 50), (short, 7), (first, 7), (infinite, 7)):
        with pytest.raises(ValueError, match="SequenceImputer") as told:
            check_finite([series], season=season)
        assert "one season before" not in str(told.value)


def test_a_series_with_rows_still_to_be_forecast():
    sold = pd.Series(np.r_[np.arange(20.0), np.nan, np.nan], pd.date_range("2024-01-01", periods=22))
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    message = r"step 20 \(time 2024-01-21\) and all behind it.*series\[:20\]"
    for X in (sold, pl.DataFrame({"time": sold.index.to_numpy(), "sold": sold.to_numpy()})):
        with pytest.raises(ValueError, match=message):
            forecaster.fit(X)
        assert len(forecaster.fit(X[:20]).predict()) == 2
    assert forecaster.fit(sold[:20]).predict().index[0] == sold.index[20]


@pytest.mark.parametrize("form", [pd.DataFrame, np.asarray])
def test_a_covariate_that_is_known_late(form):
    """SequenceImputer, which was advised, would repeat its last value."""
    series, values = np.sin(np.arange(40.0)), np.random.RandomState(0).randn(40, 2)
    values[-2:, 1] = np.nan
    X, past = [pd.Series(series)], [form(values)]
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    with pytest.raises(ValueError, match=r"series 0, step 38, column 1.* and all behind") as told:
        forecaster.fit(X, X_past=past)
    assert "SequenceImputer" not in str(told.value)
    end = eval(re.search(r"series(\[:\d+\])", str(told.value))[0], {"series": values})
    assert_no_warning(forecaster, [X[0][: len(end)]], X_past=[end])
    x = pd.Series(values[:, 1])
    shifted = eval(re.search(r"as by (x\S*)", str(told.value))[1], {"x": x})
    np.testing.assert_array_equal(shifted[2:], values[:-2, 1])
    assert_no_warning(forecaster, X, X_past=[np.c_[values[:, 0], shifted]])


def test_places_without_steps():
    with pytest.raises(ValueError, match=r"Input X_static contains NaN: series 2, column 1\."):
        check_static(np.array([[0, 0], [0, 1], [0, np.nan]]), "X_static", of="series")


def test_what_a_table_of_sales_lacks_was_not_sold():
    days = pd.date_range("2024-01-01", periods=40)
    till = pd.DataFrame({"day": days, "item": np.arange(40) % 2, "sold": np.arange(1.0, 41)})
    table = till.pivot(index="day", columns="item", values="sold")
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    said = r"zeros where nothing was sold or counted, as by pandas' fillna\(0\), of prices by ffill\(\), .*, else by"
    with pytest.raises(ValueError, match=said):
        forecaster.fit([table[1]])
    with pytest.raises(ValueError, match=r"those in which nothing was sold or counted, as by fillna\(0\) of pandas"):
        forecaster.fit([table[0]])
    assert [len(found) for found in forecaster.fit([table[item].fillna(0) for item in table]).predict()] == [2, 2]
    with pytest.raises(ValueError, match="contains infinity: .* Fill in such values, by skseq"):
        forecaster.fit([table[0].fillna(np.inf)])
