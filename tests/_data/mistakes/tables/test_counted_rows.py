"""Frames with a column that counts rows, and no times: whether that is told, and that what is told helps."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.mistakes.tables.counted_rows import MOST_COLUMNS, warn_if_rows_are_counted

DICE = np.random.RandomState(0)
YEARS = np.arange(1950, 2010)
NAMES = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
SEA = pd.DataFrame(22 + 3 * np.cos(np.arange(12) / 2) + DICE.randn(60, 12), columns=NAMES)
SUN = pd.DataFrame({"YEAR": YEARS, "spots": 50 + 30 * np.sin(YEARS / 1.7) + DICE.randn(60)})
SATURDAYS = pd.date_range("1958-03-29", periods=60, freq="7D")
AIR = pd.DataFrame({"date": SATURDAYS.strftime("%Y%m%d").astype(int), "co2": 316 + np.arange(60) / 50 + DICE.rand(60)})


def forecaster():
    return SeriesForecaster(Ridge(), window=3, horizon=2)


def told_codes(message):
    """What is to be passed, in code."""
    return re.findall(r"[Pp]ass (\[?X\.\S.*?)(?:\. | to read)", message)


@pytest.mark.parametrize(
    ("frame", "column"),
    [
        (SEA.assign(YEAR=YEARS)[["YEAR", *NAMES]], "YEAR"),
        (SEA.assign(YEAR=YEARS.astype(float)), "YEAR"),
        (SEA.assign(number=2 * np.arange(60)), "number"),
    ],
    ids=["years", "floats", "numbers"],
)
@pytest.mark.parametrize("of", [pd.DataFrame, pl.from_pandas], ids=["pandas", "polars"])
def test_years_beside_months(frame, column, of):
    X = of(frame)
    place = list(frame).index(column)
    with pytest.warns(UserWarning, match=f"60 series of 13 steps.* column '{column}' as step {place} of") as caught:
        forecaster().fit(X)
    (warning,) = caught  # and none of a value far from the steps beside it
    codes = told_codes(str(warning.message))
    assert len(codes) == 4
    n_series = [len(forecaster().fit(eval(code, {"X": X})).predict()) for code in codes[:3]]
    assert n_series == [1, 60, 1]


@pytest.mark.parametrize("X", [SUN, SUN.astype(float), pl.from_pandas(SUN)], ids=["integers", "floats", "polars"])
def test_a_series_beside_its_years(X):
    with (
        pytest.warns(UserWarning, match="column 'YEAR' as step 0") as caught,
        pytest.raises(ValueError, match="found array with 2 feature"),
    ):
        forecaster().fit(X)
    (warning,) = caught
    (code, _) = told_codes(str(warning.message))
    (found,) = forecaster().fit(eval(code, {"X": X})).predict()
    if hasattr(X, "iloc"):
        assert found.index.tolist() == [2010, 2011]
    np.testing.assert_allclose(np.ravel(found), [80, 80], atol=40)


def test_dates_as_integers_beside_values():
    with (
        pytest.warns(UserWarning, match="column 'date' as step 0") as caught,
        pytest.raises(ValueError, match="found array with 2 feature"),
    ):
        forecaster().fit(AIR)
    code = told_codes(str(caught[0].message))[0]
    assert_no_warning(forecaster(), eval(code, {"X": AIR, "pandas": pd}))


@pytest.mark.parametrize(
    "X",
    [
        SEA,
        SEA.to_numpy(),
        SEA.assign(YEAR=YEARS).to_numpy()[:, :12],
        pd.DataFrame(np.arange(360).reshape(60, 6), columns=list("abcdef")),  # all columns rise evenly
        SEA.assign(YEAR=YEARS[::-1] // 10),
        SEA.assign(least=np.sort(DICE.rand(60))),
        pd.DataFrame(np.c_[YEARS - 1940, SEA.to_numpy()]),  # without names
        SEA.assign(YEAR=YEARS)[:11],
    ],
    ids=["months", "array", "cut", "ramps", "descending", "sorted", "no names", "few"],
)
def test_other_tables(X, recwarn):
    forecaster().fit(X)
    assert not [one for one in recwarn if "rises from row to row" in str(one.message)]


def test_a_table_of_rows_with_a_gap_says_how_it_was_read():
    values = AIR["co2"].to_numpy(copy=True)
    values[6] = np.nan
    table = np.c_[values, values]
    read = r"60 series of 2 step\(s\), one per row\. If it is one long series .* pass a list of it, \[X\]"
    for X in (table, pd.DataFrame(table, columns=["a", "b"])):
        with pytest.raises(ValueError, match=f"Input X contains NaN: series 6, .*{read}"):
            forecaster().fit(X)
    table[6, 1] = 0  # not behind all values
    with pytest.raises(ValueError, match=f"Input X contains NaN: series 6, step 0.*{read}"):
        forecaster().fit(table)
    for X in (table[:8], [table[:, 0]], pd.Series(values, SATURDAYS)):  # not many more rows than columns, or series
        with pytest.raises(ValueError, match="Input X contains NaN") as refusal:
            forecaster().fit(X)
        assert "one per row" not in str(refusal.value)


def test_very_wide_frames_are_not_looked_at():
    X = pd.DataFrame(DICE.randn(12, MOST_COLUMNS - 1)).add_prefix("c").assign(YEAR=range(12))
    with pytest.warns(UserWarning, match="column 'YEAR' as step 999"):
        assert warn_if_rows_are_counted(X)
    assert not warn_if_rows_are_counted(X.assign(other=DICE.randn(12)))


def test_frames_that_are_refused_are_told_nothing_else(recwarn):
    with pytest.raises(TypeError, match="X holds dates in column 'day'"):
        forecaster().fit(SUN.assign(day=SATURDAYS))
    assert not len(recwarn)


@pytest.mark.parametrize(("step", "is_whole"), [(1.0, True), (0.5, False)])
def test_floats_as_an_index(step, is_whole):
    X = SUN["spots"].set_axis(1950 + step * np.arange(60))
    with pytest.raises(ValueError, match="The index of X holds float64") as refusal:
        forecaster().fit(X)
    assert ("convert it with index.astype(int)" in str(refusal.value)) == is_whole
    if is_whole:
        assert forecaster().fit(X.set_axis(X.index.astype(int))).predict().index.tolist() == [2010, 2011]
