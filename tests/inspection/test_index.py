"""Where the steps of a series stand in time, and those of a forecast behind it."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq.inspection._index import next_places, places_in_time, split_index


def days(*dates):
    return np.array(dates, "datetime64[us]")


def between(start, n_days, every=1):
    return np.datetime64(start, "D") + every * np.arange(n_days)


@pytest.mark.parametrize(
    ("index", "following"),
    [
        (days("2024-01-29", "2024-01-30", "2024-01-31"), days("2024-02-01", "2024-02-02")),
        (days("2024-01-01", "2024-01-08"), days("2024-01-15", "2024-01-22")),
        (days("2023-10-01", "2023-11-01", "2023-12-01"), days("2024-01-01", "2024-02-01")),
        (days("2023-10-31", "2023-11-30", "2023-12-31"), days("2024-01-31", "2024-02-29")),
        (days("2023-05-15", "2023-08-15", "2023-11-15"), days("2024-02-15", "2024-05-15")),
        (days("2021-12-31", "2022-12-31", "2023-12-31"), days("2024-12-31", "2025-12-31")),
        (days("2024-02-29T23:00", "2024-03-01T00:00"), days("2024-03-01T01:00", "2024-03-01T02:00")),
        (np.arange("2023-10", "2024-01", dtype="datetime64[M]"), days("2024-01-01", "2024-02-01")),
    ],
    ids=["days", "weeks", "months", "ends of months", "quarters", "years", "hours", "numpy's months"],
)
def test_dates_go_on(index, following):
    np.testing.assert_array_equal(next_places(index.astype("datetime64[us]"), 2), following)


def test_working_days_leave_weekends_out():
    week = between("2024-01-01", 11)  # a Monday, to a Thursday
    working = week[np.is_busday(week)].astype("datetime64[us]")
    np.testing.assert_array_equal(next_places(working, 3), days("2024-01-12", "2024-01-15", "2024-01-16"))
    np.testing.assert_array_equal(next_places(week.astype("datetime64[us]"), 3)[-1], days("2024-01-14")[0])


def test_a_few_gaps_do_not_change_the_step():
    gapped = np.delete(between("2024-01-01", 20), [4, 5, 11]).astype("datetime64[us]")
    np.testing.assert_array_equal(next_places(gapped, 1), days("2024-01-21"))
    np.testing.assert_allclose(next_places(np.array([0, 0.1, 0.2, 0.5]), 2), [0.6, 0.7])


def test_an_index_without_a_step_must_go_on_itself():
    irregular = days("2024-01-01", "2024-01-03", "2024-01-04", "2024-01-08")
    with pytest.raises(ValueError, match="no regular step.*through the 2 steps after"):
        places_in_time(4, 2, given=irregular)
    with pytest.raises(ValueError, match="no regular step"):
        places_in_time(1, 2, given=irregular[:1])
    np.testing.assert_array_equal(places_in_time(2, 2, given=irregular), irregular)
    np.testing.assert_array_equal(places_in_time(1, 2, given=[7]), [7, 8, 9])


def test_without_an_index_steps_are_counted():
    np.testing.assert_array_equal(places_in_time(2, 1), [0, 1, 2])


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2023-12-31", periods=3),
        pd.Series(pd.date_range("2023-12-31", periods=3)),
        pd.period_range("2023-12-31", periods=3, freq="D"),
        pd.date_range("2023-12-31", periods=3, tz="Europe/Berlin"),
        pl.Series(["2023-12-31", "2024-01-01", "2024-01-02"]).str.to_date(),
        [datetime.date(2023, 12, 31), datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)],
        [datetime.datetime(2023, 12, 31 - day, tzinfo=datetime.UTC) for day in (2, 1, 0)],
    ],
    ids=["index", "series", "periods", "zone", "polars", "dates", "datetimes"],
)
def test_kinds_of_dates(index):
    places = places_in_time(3, 1, given=index)
    assert places.dtype == "datetime64[us]"
    np.testing.assert_array_equal(np.diff(places), np.timedelta64(1, "D"))


def test_clocks_that_are_put_back():
    hours = pd.date_range("2024-10-27", periods=5, freq="h", tz="Europe/Berlin")  # three o'clock comes after two, twice
    np.testing.assert_array_equal(np.diff(places_in_time(5, 1, given=hours)), np.timedelta64(1, "h"))
    daily = pd.date_range("2024-10-26", periods=3, tz="Europe/Berlin")  # 24 and 25 hours apart
    np.testing.assert_array_equal(places_in_time(3, 1, given=daily)[2:], days("2024-10-28", "2024-10-29"))


@pytest.mark.parametrize(
    "index",
    [["a", "b"], [True, False], pd.timedelta_range("1h", periods=2), [None, None], ["2024-01-01", "2024-01-02"]],
    ids=["text", "bool", "durations", "none", "dates as text"],
)
def test_other_indices(index):
    with pytest.raises(ValueError, match="index must hold numbers or dates.* Got"):
        places_in_time(2, 1, given=index)
    np.testing.assert_array_equal(places_in_time(2, 1, own=index), [0, 1, 2])


@pytest.mark.parametrize("index", [[3, 2], [1, 1], days("2024-01-02", "2024-01-01"), days("2024-01-02", "NaT")])
def test_time_only_goes_on(index):
    with pytest.raises(ValueError, match=r"index must increase.*sort the series by time, or pass index=range\(2\)"):
        places_in_time(2, 0, given=index)


def test_another_length():
    with pytest.raises(ValueError, match=r"each of the 3 steps of series, or for these and the 2 .* shape \(4,\)"):
        places_in_time(3, 2, given=range(4))


def test_what_follows_brings_its_own_dates():
    irregular, later = days("2024-01-01", "2024-01-03", "2024-01-08"), days("2024-02-01", "2024-02-07")
    np.testing.assert_array_equal(places_in_time(3, 2, own=irregular, own_following=later)[3:], later)
    np.testing.assert_array_equal(places_in_time(3, 2, own=[5, 6, 7], own_following=[0, 1])[3:], [8, 9])
    with pytest.raises(ValueError, match="must increase"):
        places_in_time(3, 2, own=irregular, own_following=irregular[:2])


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_the_dates_of_a_frame(library):
    dates = [datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 2)]
    frame = library.DataFrame({"a": [1, 2], "when": dates, "b": [3, 4]})
    values, index = split_index(frame)
    assert list(values.columns) == ["a", "b"]
    np.testing.assert_array_equal(places_in_time(2, 0, own=index), days("2024-01-01", "2024-01-02"))
    twice = library.DataFrame({"a": dates, "b": dates})
    assert list(split_index(twice)[0].columns) == ["a", "b"]
