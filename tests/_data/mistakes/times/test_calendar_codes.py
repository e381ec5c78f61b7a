"""Times written as codes of a calendar: what is said of them, and that it helps."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.mistakes.times.calendar_codes import codes_of
from skseq.preprocessing import from_long

WEEKS = pd.date_range("2018-03-05", periods=160, freq="7D")  # Mondays, over week 53 of 2020
MONTHS = pd.date_range("2021-06-01", periods=30, freq="MS")
DAYS = pd.date_range("2024-01-20", periods=40)


def written(times, form):
    return pd.Index(times.strftime(form))


CODES = [  # codes, the times they stand for
    (written(WEEKS, "%G%V").astype(int), WEEKS),
    (pd.Index((WEEKS.isocalendar().year * 100 + WEEKS.isocalendar().week).array), WEEKS),
    (written(MONTHS, "%Y%m").astype(int), MONTHS),
    (written(DAYS, "%Y%m%d").astype(int), DAYS),
    (written(DAYS + 7 * (DAYS - DAYS[0]), "%Y%m%d").astype(int), DAYS + 7 * (DAYS - DAYS[0])),  # every eighth day
]
IDS = ["weeks", "of isocalendar", "months", "days", "eighth days"]


def waves(index):
    return pd.Series(np.sin(np.arange(len(index)) / 4), index)


def forecaster():
    return SeriesForecaster(Ridge(), window=5, horizon=3)


def making_times(message):
    return re.search(r"Make times of them: (.*?)\. If they are numbers, pass series without times: (.*?)\.$", message)


@pytest.mark.parametrize(("codes", "times"), CODES, ids=IDS)
def test_integers_of_several_years(codes, times):
    X = waves(codes)
    with pytest.raises(ValueError, match="most likely codes of year") as refusal:
        forecaster().fit(X)
    assert "interpolate" not in str(refusal.value)
    told = making_times(str(refusal.value))
    timed, plain = (eval(code, {"X": X, "pandas": pd}) for code in told.groups())
    assert timed.index.equals(pd.DatetimeIndex(times, freq=None))
    found = forecaster().fit(timed).predict()
    assert found.index[0] == times[-1] + (times[-1] - times[-2] if times is not MONTHS else pd.offsets.MonthBegin())
    assert len(forecaster().fit(plain).predict()[0]) == 3


@pytest.mark.parametrize("n_series", [1, 2])
def test_series_of_codes_in_a_list(n_series):
    X = [waves(CODES[0][0]), waves(CODES[0][0][20:])][:n_series]
    with pytest.raises(ValueError, match="X.0. has times without a regular step") as refusal:
        forecaster().fit(X)
    for code in making_times(str(refusal.value)).groups():
        assert_no_warning(forecaster(), eval(code, {"X": X, "pandas": pd}))


@pytest.mark.parametrize(("codes", "times"), CODES, ids=IDS)
def test_whole_floats(codes, times):
    index = pd.Index(codes.astype(float))
    with pytest.raises(ValueError, match="The index of X holds float64") as refusal:
        forecaster().fit(waves(index))
    code = re.search(r"convert it with (.*), or drop it", str(refusal.value))[1]
    assert eval(code, {"index": index, "pandas": pd}).equals(pd.DatetimeIndex(times, freq=None))


@pytest.mark.parametrize(
    ("codes", "parts", "behind"),
    [
        (range(202201, 202253), "year and ISO week", 202255),
        (range(202230, 202252), "year and ISO week", 202254),
        (range(202001, 202054), "year and ISO week", 202056),
        (range(202201, 202213), "year and month", 202215),
        (range(20240101, 20240132), "year, month and day", 20240134),
    ],
    ids=str,
)
def test_forecasts_beyond_the_codes_of_one_year(codes, parts, behind):
    """They have no gap, so that forecasts would have times such as week 53 of 2022."""
    X = waves(pd.Index(codes))
    with pytest.warns(UserWarning, match=rf"codes of {parts}, .* count on to {behind}, which is none") as caught:
        forecaster().fit(X)
    for code in making_times(str(caught[0].message)).groups():
        assert_no_warning(forecaster(), eval(code, {"X": X, "pandas": pd}))
    assert_no_warning(forecaster(), waves(pd.Index(codes[:15][:-4])))  # too few, or within the year


def test_weeks_of_another_calendar():
    """ISO weeks of 2019 are 52."""
    X = waves(pd.Index([*range(201901, 201954), *range(202001, 202010)]))
    with pytest.raises(ValueError, match="codes of year and week. If they are of another calendar") as refusal:
        forecaster().fit(X)
    code = re.search(r"without times: (.*)\.$", str(refusal.value))[1]
    assert_no_warning(forecaster(), eval(code, {"X": X}))


@pytest.mark.parametrize(
    "numbers",
    [
        range(202201, 202255),  # record numbers
        range(202201, 202501),
        range(202200, 202240),
        range(20240220, 20240240),  # 30 February
        range(1900, 2020),
        range(202201, 202212),  # few
        range(90001, 90050),
        range(0, 60),
    ],
    ids=str,
)
def test_other_numbers_are_no_codes(numbers):
    assert codes_of(np.array(numbers)) is None
    assert codes_of(np.array(numbers) + 0.5) is None
    assert_no_warning(forecaster(), waves(pd.Index(numbers)))


@pytest.mark.parametrize("codes", [range(202201, 202241), range(202210, 202250), range(199001, 202001, 100)], ids=str)
def test_codes_whose_forecasts_are_codes_too(codes):
    assert_no_warning(forecaster(), waves(pd.Index(codes)))


def test_a_gap_within_a_year_is_one():
    with pytest.raises(ValueError, match="Fill in the steps that are missing"):
        forecaster().fit(waves(pd.Index(range(202201, 202250)).delete(20)))


def test_what_is_not_whole_or_finite_is_no_code():
    for wrong in (np.nan, np.inf, 1e300, 0.5):
        assert codes_of(np.r_[np.arange(202201.0, 202230), wrong]) is None


TEXTS = [
    (written(WEEKS, "%G-W%V"), WEEKS),
    (written(WEEKS, "%GW%V"), WEEKS),
    (written(WEEKS, "%G-%V"), WEEKS),
    (written(WEEKS, "%G%V"), WEEKS),
    (written(WEEKS[:4], "%G-W%V"), WEEKS[:4]),
    (written(MONTHS, "%Y%m"), MONTHS),
    (written(MONTHS, "%YM%m"), MONTHS),
    (written(MONTHS, "%Y-M%m"), MONTHS),
    (written(DAYS, "%Y%m%d"), DAYS),
]


@pytest.mark.parametrize(("codes", "times"), TEXTS, ids=lambda own: own[0])
def test_texts(codes, times):
    """pandas.to_datetime alone, which was advised, reads none of them but the days."""
    with pytest.raises(ValueError, match="The index of X holds str") as refusal:
        forecaster().fit(waves(codes))
    code = re.search(r"convert it with (.*), or drop it", str(refusal.value))[1]
    assert eval(code, {"index": codes, "pandas": pd}).tolist() == times.tolist()


@pytest.mark.parametrize(("codes", "times"), TEXTS, ids=lambda own: own[0])
def test_columns_of_texts_in_from_long(codes, times):
    shop = pd.DataFrame({"shop": "north", "when": codes, "sold": np.arange(float(len(codes)))})
    for frame in (shop, pl.from_pandas(shop)):
        with pytest.raises(ValueError, match="Column 'when' holds strings") as refusal:
            from_long(frame, id="shop", time="when", value="sold")
        code = re.search(r"Convert the column, with (.*) say", str(refusal.value))[1]
        converted = eval(code, {"frame": frame, "pandas": pd, "polars": pl})
        assert pd.DatetimeIndex(converted.to_numpy()).tolist() == times.tolist()


@pytest.mark.parametrize(("codes", "times"), TEXTS[:3], ids=lambda own: own[0])
def test_columns_of_texts_in_frames(codes, times):
    frame = pd.DataFrame({"when": codes, "sold": np.arange(float(len(codes)))})
    for X in (frame, pl.from_pandas(frame)):
        with pytest.raises(TypeError, match="X holds dates .*in column 'when'") as refusal:
            forecaster().fit(X)
        code = re.search(r": pass (X\..*)\.$", str(refusal.value))[1]
        assert_no_warning(forecaster(), eval(code, {"X": X, "pandas": pd, "polars": pl}))


@pytest.mark.parametrize(
    "texts",
    [
        ["2018-10", "2018-11", "2018-12"],
        ["2018-10", "2018-W14"],
        ["2018Q5"],
        ["2018M13"],
        ["2018-01", "2018-02", "2018-03", "2018-04"] * 2,
        ["20181001", "20181032"],
        ["20181001", "2018100"],
        ["week 9"],
        ["2018-W54"],
        [],
    ],
    ids=str,
)
def test_other_texts_are_no_codes(texts):
    """pandas.to_datetime reads the months."""
    assert codes_of(pd.Index(texts, dtype=object)) is None


QUARTERS = pd.period_range("1990Q3", periods=30, freq="Q")
OF_QUARTERS = ["%Y0%q", "%Y%q", "%YQ%q", "%Y-Q%q", "%Y-%q"]


@pytest.mark.parametrize("form", OF_QUARTERS[:2])
@pytest.mark.parametrize("n_series", [None, 1, 2])
def test_integers_of_quarters(form, n_series):
    """Year and month, which they look like, or missing steps were told."""
    one = waves(written(QUARTERS, form).astype(int))
    X = one if n_series is None else [one] * n_series
    with pytest.raises(ValueError, match="most likely codes of year and quarter") as refusal:
        forecaster().fit(X)
    timed, plain = (eval(code, {"X": X, "pandas": pd}) for code in making_times(str(refusal.value)).groups())
    for own in (timed, plain):
        assert_no_warning(forecaster(), own)
    assert (timed if n_series is None else timed[0]).index.equals(QUARTERS)


@pytest.mark.parametrize("form", OF_QUARTERS)
def test_texts_of_quarters(form):
    codes = written(QUARTERS, form)
    with pytest.raises(ValueError, match="The index of X holds") as refusal:
        forecaster().fit(waves(codes))
    code = re.search(r"convert it with (.*), or drop it", str(refusal.value))[1]
    assert eval(code, {"index": codes, "pandas": pd}).equals(QUARTERS)
    shop = pd.DataFrame({"shop": "north", "when": codes, "sold": np.arange(float(len(codes)))})
    for frame in (shop, pl.from_pandas(shop)):
        with pytest.raises(ValueError, match="Column 'when' holds strings") as refusal:
            from_long(frame, id="shop", time="when", value="sold")
        code = re.search(r"Convert the column, with (.*) say", str(refusal.value))[1]
        times = eval(code, {"frame": frame, "pandas": pd, "polars": pl})
        kwargs = {"when": times}
        again = frame.assign(**kwargs) if frame is shop else frame.with_columns(**kwargs)
        assert_no_warning(forecaster(), from_long(again, id="shop", time="when", value="sold").X)


@pytest.mark.parametrize("floats", [199001.0, 19901.0])
def test_whole_floats_of_quarters(floats):
    size = 100 if floats > 1e5 else 10
    index = pd.Index(QUARTERS.year * float(size) + QUARTERS.quarter)
    with pytest.raises(ValueError, match="The index of X holds float64") as refusal:
        forecaster().fit(waves(index))
    code = re.search(r"convert it with (.*), or drop it", str(refusal.value))[1]
    assert eval(code, {"index": index, "pandas": pd}).equals(QUARTERS)


@pytest.mark.parametrize("form", ["%YQ%q", "%Y-Q%q"])
def test_columns_of_quarters_in_frames(form):
    frame = pd.DataFrame({"when": written(QUARTERS, form), "sold": np.arange(30.0)})
    for X in (frame, pl.from_pandas(frame)):
        with pytest.raises(TypeError, match="X holds dates .*in column 'when'") as refusal:
            forecaster().fit(X)
        code = re.search(r": pass (X\..*)\.$", str(refusal.value))[1]
        assert_no_warning(forecaster(), eval(code, {"X": X, "pandas": pd, "polars": pl}))


def test_codes_of_years_and_few_months_are_no_quarters():
    assert codes_of(np.arange(199001, 202001, 100)).parts == "year and month"
    assert codes_of(np.tile([202201, 202202, 202203, 202204], 5)).parts == "year and month"  # of five shops
    assert codes_of(np.arange(19901, 19925)) is None
