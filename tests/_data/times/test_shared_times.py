"""Times of several series on one calendar."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq._data.times.shared_times import steps_in_spans, times_of_all

DAYS = pd.date_range("2024-03-30", periods=3)
SAME = {
    "days": pd.Series(0, DAYS),
    "a frame": pd.DataFrame({"sold": 0}, DAYS),
    "periods": pd.Series(0, DAYS.to_period("D")),
    "dates of Python": pd.Series(0, pd.Index(DAYS.date)),
    "polars": pl.DataFrame({"sold": [0] * 3, "day": DAYS}),
    "dates of polars": pl.DataFrame({"day": pl.Series(DAYS).cast(pl.Date), "sold": [0] * 3}),
}


@pytest.mark.parametrize("sample", SAME.values(), ids=SAME)
def test_times_of_all_containers(sample):
    (times,) = times_of_all([sample])
    assert times.tolist() == DAYS.to_numpy().astype("datetime64[ns]").tolist()


def test_zones_have_one_clock():
    """Midnight of Berlin is 23 o'clock of the day before in UTC, and 22 where clocks have been put forward."""
    zoned = DAYS.tz_localize("Europe/Berlin")
    hours = np.array(["2024-03-29T23", "2024-03-30T23", "2024-03-31T22"], "datetime64[ns]")
    for sample in (
        pd.Series(0, zoned),
        pl.DataFrame({"day": zoned, "sold": [0] * 3}),
        pd.Series(0, zoned.tz_convert("UTC")),
    ):
        np.testing.assert_array_equal(times_of_all([sample])[0], hours)


@pytest.mark.parametrize(
    "sample", [[1.0], np.ones(2), pd.Series([1.0]), pl.Series([1.0]), pl.DataFrame({"sold": [1.0]})]
)
def test_samples_without_times(sample):
    assert times_of_all([sample]) is None
    assert times_of_all(None) is None


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_time_that_is_missing(library):
    days = pd.DatetimeIndex([DAYS[0], pd.NaT, DAYS[2]])
    sample = pd.Series(0, days) if library == "pandas" else pl.DataFrame({"day": days, "sold": [0] * 3})
    with pytest.raises(ValueError, match=r"X\[0\] lacks a time at step 1"):
        times_of_all([sample])


def test_several_columns_of_times():
    with pytest.raises(ValueError, match=r"X\[0\] has the columns of times \['begin', 'end'\]. Expected one"):
        times_of_all([pl.DataFrame({"begin": DAYS, "end": DAYS, "sold": [0] * 3})])


def test_spans_by_hand():
    """0 to 7 in three spans: 0 1 2 | 3 4 5 | 6 7; a time that is twice is in one span."""
    times = [np.array([0, 2, 3, 7]), np.array([1, 4, 4, 5, 6])]
    assert steps_in_spans(times, 3).tolist() == [[2, 1, 1], [1, 3, 1]]
    assert steps_in_spans([np.array([0, 5])], 3).tolist() == [[1, 1, 0]]
