"""Series with another step of time: refused where a fit has not seen it, warned of within one fit."""

import re
from contextlib import suppress

import numpy as np
import pandas as pd
import polars as pl
import pytest
from recorded_windows import forecaster
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeriesForecaster

ASKED = ["predict", "predict_interval", "predict_quantiles", "sample_y", "score"]


def series(freq, n=60):
    return pd.Series(np.sin(np.arange(n)), pd.date_range("2024-01-01", periods=n, freq=freq))


def periods(freq, n=60):
    return pd.Series(np.sin(np.arange(n)), pd.period_range("2024-01-01", periods=n, freq=freq))


def in_polars(freq, n=60):
    times = pd.date_range("2024-01-01", periods=n, freq=freq).to_numpy()
    return pl.DataFrame({"time": times, "value": np.sin(np.arange(n))})


CENTURIES = pd.Series([1.0, 2.0, 1.5, 2.5], pd.date_range("1750", periods=4, freq="100YS"))


def advised(error, begin, end, X):
    """What code between two pieces of a message gives."""
    code = re.search(f"{re.escape(begin)}(.+?){re.escape(end)}", f"{error}\n").group(1).rstrip(".")
    return eval(code, {"X": X, "pandas": pd, "polars": pl})


@pytest.mark.parametrize("method", ASKED)
def test_another_step_than_that_of_fit_is_refused(method):
    model = forecaster(calibration_windows=9).fit([series("10min"), series("10min")])
    expected = r"X\[1\] has times with a step of 'h'. Expected '10min', as in fit"
    with pytest.raises(ValueError, match=expected):
        getattr(model, method)([series("10min"), series("h")])


FINER = [
    (series("h"), series("10min", 300)),
    (series("ME"), series("D", 600)),
    (series(pd.DateOffset(months=1)), series("W", 200)),
    (series(pd.DateOffset(weeks=1)), series("D", 400)),
    (periods("M"), periods("D", 600)),
    (in_polars("h"), in_polars("10min", 300)),
    (in_polars("MS"), in_polars("B", 600)),
    (in_polars("B"), in_polars("h", 600)),
]


@pytest.mark.parametrize(("coarse", "fine"), FINER)
def test_the_advice_works(coarse, fine):
    model = forecaster().fit(coarse)
    with pytest.raises(ValueError, match="with a step of") as told:
        model.predict(fine)
    model.predict(advised(told.value, "Pass ", ", with sum", fine))
    model.predict(advised(told.value, "leave the times out: pass ", "\n", fine))
    with pytest.raises(ValueError, match="with a step of") as told:
        forecaster().fit([fine, fine]).predict(coarse)
    forecaster().fit(advised(told.value, "of that step: ", " of X in fit", [fine, fine])).predict(coarse)


def test_times_of_two_libraries():
    model = forecaster().fit(in_polars("h"))
    model.predict(series("h"))
    with pytest.raises(ValueError, match=r"a step of '10min'. Expected '1h', as in fit.* X.resample\(\.\.\.\)"):
        model.predict(series("10min"))


ALIKE = [
    (series("ME"), series("30D")),
    (series("ME"), series("28D")),
    (series("MS"), periods("M")),
    (series("QE"), series(pd.DateOffset(months=3))),
    (series("QE"), series("13W")),
    (series("YE"), series("52W")),
    (series("SME"), series("2W")),
    (series("D"), series("B")),
    (series("D"), series("h").asfreq("24h")),
    (series("h"), series("bh")),
    (series("D"), pd.Series(np.sin(np.arange(60)), pd.date_range("2024-03-01", periods=60, tz="Europe/Berlin"))),
    (in_polars("MS"), in_polars("ME")),
    (in_polars("B"), series("D")),
    (series("50ms"), series("55ms")),  # rates of sensors that are nearly the same
    (series("h"), series("10min").reset_index(drop=True)),  # integers may just count
    (series("h").reset_index(drop=True), series("10min").reset_index(drop=True).iloc[::2]),
    (series("h"), series("10min").to_numpy()),
    (CENTURIES, CENTURIES),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_steps_that_are_alike_are_not_told(one, other):
    model = SeriesForecaster(Ridge(), window=2)
    assert told(model.fit([one]).predict, [other]) == told(model.fit([other]).predict, [one]) == []
    assert not told(model.fit, [one, other])


def test_a_fit_on_several_steps_is_warned_of():
    X = [series("h"), series("10min", 300), series("20min")]
    words = r"X\[1\] has times with a step of '10min', X\[0\] with one of 'h'"
    with pytest.warns(UserWarning, match=words) as told:
        model = forecaster().fit(X)
    forecaster().fit(advised(told[0].message, "the same step: pass ", ", with sum", X[:2]))
    model.predict(X)
    with pytest.raises(ValueError, match=r"Expected 'h', as in fit"):
        model.predict(series("2h"))


@pytest.mark.filterwarnings("ignore:X.1. ends")
def test_a_backtest_of_several_steps_is_warned_of():
    with pytest.warns(UserWarning, match=r"a step of '10min'"):
        forecaster().backtest([series("h"), series("10min", 300)])


def beside(index):
    return pd.DataFrame({"indicator": np.cos(np.arange(len(index)))}, index)


BETWEEN = [
    (periods("Q"), beside(pd.period_range("2024-01", periods=180, freq="M"))),
    (periods("Q"), beside(pd.date_range("2024-01", periods=180, freq="MS"))),
    (series("QS"), beside(pd.date_range("2023-12", periods=182, freq="MS"))),
    (series("QE"), beside(pd.period_range("2024-01", periods=180, freq="M"))),
    (series("W"), beside(pd.date_range("2024-01-01", periods=430))),
    (series("D").shift(6, "h"), beside(pd.date_range("2023-12-31", periods=1500, freq="h"))),
    (series("7D"), beside(pd.date_range("2023-12-30", periods=430))),
    (in_polars("QS"), in_polars("MS", 180)),
    (series("D").tz_localize("UTC"), beside(pd.date_range("2023-12-31", periods=1500, freq="h", tz="UTC"))),
]


@pytest.mark.parametrize("argument", ["X_past", "X_future"])
@pytest.mark.parametrize(("X", "frame"), BETWEEN)
@pytest.mark.parametrize("is_one", [True, False])
def test_covariates_with_rows_between_steps(X, frame, argument, is_one):
    """What is advised in place of them is read without a warning."""
    X, frame = (X, frame) if is_one else ([X, X], [frame, frame])
    first = r"X_\w+" if is_one else r"X_\w+\[0\]"
    expected = rf"{first} has rows between the steps of X.* step is"
    with pytest.warns(UserWarning, match=expected) as caught, suppress(ValueError):  # months may end on no such day
        SeriesForecaster(Ridge(), window=4).fit(X, **{argument: frame})
    code = re.search("such as its mean: (.*), with sum", str(caught[0].message))[1]
    for how in ("mean()", "sum()", "first()", "last()"):
        means = eval(code.replace("mean()", how), {argument: frame, "polars": pl})
        assert not told(SeriesForecaster(Ridge(), window=4).fit, X, **{argument: means})


def test_covariates_of_two_libraries():
    frame = beside(pd.date_range("2024-01-01", periods=180, freq="MS"))
    with pytest.warns(UserWarning, match="such as its mean, with sum"):
        SeriesForecaster(Ridge(), window=4).fit(in_polars("QS"), X_past=frame)


@pytest.mark.parametrize(
    ("X", "frame"),
    [
        (series("D").shift(7, "h").tz_localize("UTC"), beside(pd.date_range("2024", periods=1500, freq="h", tz="UTC"))),
        (series("2W"), beside(pd.date_range("2023-12-20", periods=900))),
        (in_polars("W-SUN"), in_polars("D", 430)),
        (in_polars("ME"), in_polars("D", 1_900)),
    ],
    ids=["zone", "two weeks", "Sundays", "month ends"],
)
def test_no_code_is_given_where_steps_begin_elsewhere(X, frame):
    with pytest.warns(UserWarning, match="such as its mean, with sum"), suppress(ValueError):
        SeriesForecaster(Ridge(), window=4).fit(X, X_past=frame)


@pytest.mark.parametrize(
    ("X", "index"),
    [
        (series("B"), pd.date_range("2024-01-01", periods=100)),
        (series("bh"), pd.date_range("2024-01-01", periods=400, freq="h")),
        (series("D"), pd.date_range("2022-01-01", periods=1000)),  # of years before and behind
        (series("D").reset_index(drop=True), pd.RangeIndex(100)),
    ],
)
def test_covariates_with_few_rows_between_steps_are_not_told(X, index):
    assert not told(SeriesForecaster(Ridge(), window=4).fit, X, X_past=beside(index))
