"""Times: which steps are found, how they go on, and which are refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.times.calendars import (
    find,
    form_of,
    is_one_series,
    is_timed,
    read_timed,
    refuse_times_in_columns,
)
from skseq._data.times.time_steps import regular_step
from skseq.preprocessing import SequenceImputer, from_long

FREQS = ["15min", "h", "D", "B", "W", "MS", "ME", "QS", "QE", "YS", "YE", "2D", "3MS"]


def index(freq, n=30, **options):
    """Times that do not know their step, from the end of a month in a leap year on."""
    return pd.DatetimeIndex(np.array(pd.date_range("2024-01-31", periods=n, freq=freq, **options)), freq=None)


@pytest.mark.parametrize("freq", FREQS)
def test_pandas_and_polars_continue_alike(freq):
    times, expected = index(freq), pd.date_range("2024-01-31", periods=35, freq=freq)[30:]
    form = form_of(pd.Series(np.arange(30.0), times), "X")
    assert form.after(5).equals(expected)
    form = form_of(pl.DataFrame({"time": times.to_numpy(), "value": np.arange(30.0)}), "X")
    np.testing.assert_array_equal(form.after(5).to_numpy(), expected.to_numpy())
    np.testing.assert_array_equal(form.instants_after(5), expected.to_numpy().astype("datetime64[ns]"))


@pytest.mark.parametrize(
    ("times", "following"),
    [
        (["2021-12-31", "2022-12-31", "2023-12-31"], "2024-12-31"),
        (["2024-07-01", "2024-08-01", "2024-09-01"], "2024-10-01"),
        (["2023-03-31", "2023-05-31", "2023-07-31"], "2023-09-30"),
    ],
)
def test_months_that_are_equally_long_by_chance(times, following):
    times = np.array(times, "datetime64[us]")
    assert regular_step(times).after(times[-1], 1) == np.datetime64(following)


def test_the_step_of_an_index_that_knows_it_needs_no_three_times():
    times = pd.date_range("2024-01-31", periods=1, freq="ME")
    assert form_of(pd.Series([1.0], times), "X").after(1)[0] == pd.Timestamp("2024-02-29")


def test_periods_and_integers_go_on():
    months = pd.period_range("2024-11", periods=2, freq="M")
    assert form_of(pd.Series([1.0, 2.0], months), "X").after(2).astype(str).tolist() == ["2025-01", "2025-02"]
    assert form_of(pd.Series([1.0, 2.0], [10, 15]), "X").after(2).tolist() == [20, 25]


@pytest.mark.parametrize(("freq", "hours"), [("h", 1), ("D", 24)])
def test_time_zones_over_the_change_to_summer_time(freq, hours):
    """Hours go on by 3,600 seconds, days to the same time of the clock: 31 March 2024 had 23 hours in Berlin."""
    times = pd.date_range("2024-03-28", periods=72 if freq == "h" else 3, freq=freq, tz="Europe/Berlin")
    expected = pd.date_range(times[-1], periods=27, freq=freq)[1:]
    plain = pd.DatetimeIndex(times, freq=None)
    assert form_of(pd.Series(1.0, plain), "X").after(26).equals(expected)
    frame = pl.DataFrame({"time": pl.from_pandas(plain.to_series(index=range(len(plain)))), "value": 1.0})
    after = form_of(frame, "X").after(26)
    assert after.dtype == frame["time"].dtype
    np.testing.assert_array_equal(after.to_numpy(), expected.tz_convert("UTC").tz_localize(None).to_numpy())


def zoned(times, zone):
    """Times of the clock, at skipped ones the next that exists, and of two the first: what resample of pandas has."""
    times = pd.DatetimeIndex(times, freq=None)
    return times.tz_localize(zone, ambiguous=np.ones(len(times), bool), nonexistent="shift_forward")


CHANGES = [  # of the clock: a skipped midnight, a skipped 02:30, and one that comes twice
    ("2024-04-20", "D", "Africa/Cairo", 6, "2024-04-26 01:00:00+03:00"),
    ("2024-03-25", "D", "Asia/Beirut", 6, "2024-03-31 01:00:00+03:00"),
    ("2024-08-18", "W", "America/Santiago", 3, "2024-09-08 01:00:00-03:00"),
    ("2024-03-25 02:30", "D", "Europe/Zurich", 6, "2024-03-31 03:00:00+02:00"),
    ("2024-10-21 02:30", "D", "Europe/Zurich", 6, "2024-10-27 02:30:00+02:00"),
]


@pytest.mark.parametrize(("start", "freq", "zone", "n", "changed"), CHANGES)
def test_days_over_a_change_of_the_clock(start, freq, zone, n, changed):
    """The time is the same on all days but one, be it in the forecast, the last of the series, or inside it."""
    times = zoned(pd.date_range(start, periods=n + 5, freq=freq), zone)
    assert times[n] == pd.Timestamp(changed)
    utc = times.tz_convert("UTC").tz_localize(None).to_numpy()
    for n_known in (n, n + 1, n + 3):
        assert form_of(pd.Series(1.0, times[:n_known]), "X").after(2).equals(times[n_known : n_known + 2])
        known = pl.Series("time", utc[:n_known]).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        after = form_of(pl.DataFrame({"time": known, "value": 1.0}), "X").after(2)
        assert after.dtype == known.dtype
        np.testing.assert_array_equal(after.to_numpy(), utc[n_known : n_known + 2])


def test_an_index_that_knows_its_step_keeps_it_over_a_change_of_the_clock():
    hours = pd.date_range("2024-04-23", periods=24 * 6, freq="h", tz="Africa/Cairo")
    days = pd.Series(1.0, hours).resample("D").mean()
    after = form_of(days[:4], "X").after(2)  # up to the day without midnight
    assert after.astype(str).tolist() == ["2024-04-27 00:00:00+03:00", "2024-04-28 00:00:00+03:00"]
    assert after.freq == days.index.freq
    assert form_of(days[:3], "X").after(2).equals(pd.DatetimeIndex(days.index[3:5], freq=None))


def test_half_days_over_changes_of_the_clock():
    """Twice a day by the clock, over one change that is known and one that is forecast."""
    times = pd.date_range("2024-03-25", "2024-11-03", freq="12h").tz_localize("Europe/Zurich")
    assert form_of(pd.Series(1.0, times[:-20]), "X").after(20).equals(pd.DatetimeIndex(times[-20:], freq=None))


def test_hours_of_an_offset_have_a_fixed_length():
    hours = pd.date_range("2024-03-30 23:00", periods=3, freq=pd.DateOffset(hours=1), tz="Europe/Zurich")
    after = form_of(pd.Series(1.0, hours), "X").after(2)
    assert after.astype(str).tolist() == ["2024-03-31 03:00:00+02:00", "2024-03-31 04:00:00+02:00"]


def test_polars_dates_stay_dates():
    frame = pl.DataFrame({"day": pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 5), eager=True), "value": 1.0})
    form = form_of(frame, "X")
    wrapped = form.wrap(np.array([[2.0], [3.0]]))
    assert wrapped.schema == frame.schema
    assert wrapped["day"].to_list()[-1].isoformat() == "2024-01-07"
    assert form.wrap(np.zeros((1, 1, 2)), [["lower", "upper"]]).columns == ["day", "lower", "upper"]


def test_which_containers_are_one_series():
    times = index("D", 3)
    assert is_one_series(pd.Series([1.0, 2.0]))
    assert is_one_series(pd.DataFrame({"a": [1.0, 2.0, 3.0]}, times))
    assert is_one_series(pl.Series([1.0]))
    assert is_one_series(pl.DataFrame({"t": times.to_numpy(), "v": 1.0}))
    tables = [pd.DataFrame({"a": [1.0]}), pl.DataFrame({"a": [1.0]}), np.ones(3), [1.0], pd.Series([[1], [2]])]
    assert not any(map(is_one_series, tables))
    assert is_timed(pd.DataFrame({"a": [1.0]}))
    assert not is_timed(pl.DataFrame({"a": [1.0]}))


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([1, 2, 2, 3], r"X\[1\] has the time 2024-01-02.* twice, at step 2\. .*from_long"),
        ([1, 3, 2, 4], r"X\[1\] has the time 2024-01-02.* after a later one, at step 2"),
        ([1, 2, 3, 5, 6], r"X\[1\] has times without a regular step: at step 3, 2024-01-03.* followed by 2024-01-05"),
        ([1, 2], r"X\[1\] has 2 time\(s\), .*at least 3"),
    ],
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_times_that_are_refused(days, message, library):
    times = pd.to_datetime([f"2024-01-{day:02}" for day in days])
    sample = pd.Series(1.0, times)
    if library == "polars":
        sample = pl.DataFrame({"time": times.to_numpy(), "value": 1.0})
    with pytest.raises(ValueError, match=message):
        read_timed(sample, "X[1]"), form_of(sample, "X[1]")


@pytest.mark.parametrize(("day", "hour", "months"), [(15, 0, 1), (28, 9, 1), (10, 0, 3), (2, 0, 12)])
def test_one_day_of_every_month_goes_on_although_pandas_infers_none(day, hour, months):
    times = [pd.Timestamp(2020 + i // 12, i % 12 + 1, day, hour) for i in range(0, 120, months)]
    form = form_of(pd.Series(1.0, pd.DatetimeIndex(times[:-3])), "X")
    assert form.after(3).tolist() == times[-3:]
    with pytest.raises(ValueError, match="without a regular step"):
        form_of(pd.Series(1.0, pd.DatetimeIndex([*times[:2], *times[3:]])), "X")


def test_months_on_days_that_not_all_have_are_refused():
    times = [pd.Timestamp(2023, month, 30) for month in range(4, 12)]
    with pytest.raises(ValueError, match="without a regular step"):
        form_of(pd.Series(1.0, pd.DatetimeIndex(times)), "X")


@pytest.mark.parametrize(
    ("times", "following"),
    [
        (["2023-07-15", "2023-08-15", "2023-09-15"], ["2023-10-15", "2023-11-15"]),
        (["2021-02-02", "2022-02-02", "2023-02-02"], ["2024-02-02", "2025-02-02"]),
        (["2021-03-10", "2021-03-17", "2021-03-24"], ["2021-03-31", "2021-04-07"]),
    ],
    ids=["months", "years", "weeks"],
)
def test_months_that_are_equally_long_by_chance_go_on_as_months(times, following):
    form = form_of(pd.Series(1.0, pd.to_datetime(times)), "X")
    assert form.after(2).tolist() == pd.to_datetime(following).tolist()


def test_months_of_local_times_go_on_as_months():
    times = pd.to_datetime(["2023-07-15", "2023-08-15", "2023-09-15"]).tz_localize("Europe/Berlin")
    following = pd.to_datetime(["2023-10-15", "2023-11-15"]).tz_localize("Europe/Berlin")
    assert form_of(pd.Series(1.0, times), "X").after(2).tolist() == following.tolist()


def test_other_indices_are_refused():
    with pytest.raises(ValueError, match=r"index of X holds .*pandas.to_datetime"):
        read_timed(pd.Series([1.0], ["2024-01-01"]), "X")
    days = pd.Index(pd.date_range("2024-01-01", periods=3).to_series().astype("timestamp[ns][pyarrow]"))
    with pytest.raises(ValueError, match=r"index of X holds timestamp.*convert it with pandas.DatetimeIndex, or"):
        read_timed(pd.Series(1.0, days), "X")
    with pytest.raises(ValueError, match="index of X lacks a time at step 1"):
        read_timed(pd.Series([1.0, 2.0], pd.to_datetime(["2024-01-01", None])), "X")
    with pytest.raises(ValueError, match="times without a regular step: at step 2, 1 is followed by 3"):
        form_of(pd.Series([1.0, 2.0, 3.0], [0, 1, 3]), "X")
    two = pl.DataFrame({"a": index("D", 3).to_numpy(), "b": index("D", 3).to_numpy(), "v": 1.0})
    with pytest.raises(ValueError, match=r"columns of times \['a', 'b'\]"):
        read_timed(two, "X")
    with pytest.raises(ValueError, match="Column 'a' of X lacks a time at step 0"):
        read_timed(pl.DataFrame({"a": [None, index("D", 1)[0].to_pydatetime()], "v": [1.0, 2.0]}), "X")


@pytest.mark.parametrize("own", [pd.timedelta_range("0s", periods=4, freq="5s"), np.arange(4) * 5.0])
def test_what_an_error_says_of_durations_helps(own):
    """pandas.to_datetime refuses them, and takes seconds in plain numbers for nanoseconds."""
    series = pd.Series(1.0, own)
    with pytest.raises(ValueError, match=r"index of X holds .*to the time of the start, .*reset_index") as refusal:
        read_timed(series, "X")
    remedy = str(refusal.value).split("such as ")[1].split(", or drop")[0]
    times = eval(remedy, {"pandas": pd, "index": series.index})
    assert form_of(series.set_axis(times), "X").after(1)[0] == pd.Timestamp("2024-01-01 00:00:20")


def test_no_step_between_times_of_different_hours():
    assert regular_step(np.array(["2024-01-01T00", "2024-01-02T01", "2024-01-03T00"], "datetime64[us]")) is None
    assert regular_step(np.array(["2024-01-30", "2024-02-28", "2024-03-30"], "datetime64[us]")) is None


def test_find():
    assert find(np.array([1, 3, 5]), np.array([0, 1, 5, 6, 4])).tolist() == [-1, 0, 2, -1, -1]


def frames_of_dates():
    """A pandas frame with dates, and with the same as periods, text and Python's dates."""
    frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=9), "sold": np.arange(9.0)})
    other = [frame["day"].dt.to_period("D"), frame["day"].astype(str), frame["day"].dt.strftime("%d/%m/%Y")]
    return [frame, *(frame.assign(day=times) for times in [*other, frame["day"].dt.date])]


@pytest.mark.parametrize("argument", ["X", "X_future"])
@pytest.mark.parametrize("frame", frames_of_dates())
def test_what_a_forecaster_says_of_times_in_a_column_helps(frame, argument):
    """Other estimators advise the time since the last row, of which a forecaster would make one more target."""
    for given, listed in ((frame, False), ([frame], True)):
        with pytest.raises(TypeError, match=rf"{argument}.* holds dates in column 'day'") as refusal:
            refuse_times_in_columns(given, argument)
        advice = str(refusal.value).split("pass ")[1].removesuffix(".")
        assert "diff" not in str(refusal.value)
        own = eval(advice, {argument: given, "pandas": pd})
        refuse_times_in_columns([own] if listed else own, argument)
        assert is_one_series(own)
        assert own.columns.tolist() == ["sold"]


def test_what_it_says_of_a_second_column_of_times_helps():
    frame = frames_of_dates()[0]
    timed = frame.set_index("day").assign(day=frame["day"].to_numpy())
    with pytest.raises(TypeError, match=r"'day'. Those of its index count: pass X.drop\(columns='day'\)") as refusal:
        refuse_times_in_columns(timed, "X")
    refuse_times_in_columns(eval(str(refusal.value).split("pass ")[1][:-1], {"X": timed}), "X")


def test_series_below_each_other_in_a_frame_of_dates():
    frame = frames_of_dates()[0]
    with pytest.raises(TypeError, match=r"taken apart by skseq.*from_long\(X, id=..., time='day', value=...\)"):
        refuse_times_in_columns(pd.concat([frame.assign(shop=1), frame.assign(shop=2)]), "X")


def test_what_it_says_of_dates_as_text_in_polars_helps():
    frame = pl.from_pandas(frames_of_dates()[2])
    with pytest.raises(TypeError, match="X holds dates as text in column 'day'") as refusal:
        refuse_times_in_columns(frame, "X")
    own = eval(str(refusal.value).split("pass ")[1][:-1], {"X": frame})
    refuse_times_in_columns(own, "X")
    assert is_one_series(own)
    refuse_times_in_columns(pl.from_pandas(frames_of_dates()[0]), "X")


def test_numbers_and_ids_are_no_times_in_columns():
    for frame in (
        pd.DataFrame({"a": [1.5, 2.5], "b": ["12.5", "3.25"], "c": ["shop-1", "2024"]}),
        pd.DataFrame({"a": []}),
    ):
        refuse_times_in_columns(frame, "X")
        refuse_times_in_columns([pl.from_pandas(frame), [1.0, 2.0], 3], "X")


def test_a_frame_of_nullable_types_that_lacks_values_says_where():
    values = pd.array(range(40), dtype="Int64")
    values[5] = pd.NA
    frame = pd.DataFrame({"a": values, "b": np.arange(40.0)}, pd.date_range("2024-01-01", periods=40))
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    with pytest.raises(ValueError, match=r"NaN: series 0, step 5, column 0 .*SequenceImputer"):
        forecaster.fit([frame])
    filled = SequenceImputer("interpolate").fit_transform([frame])
    assert filled[0]["a"].tolist() == list(range(40))
    forecaster.fit(filled)


def test_what_it_says_of_a_frame_of_several_series_helps():
    days = pd.date_range("2024-01-01", periods=9)
    X = pd.concat({shop: pd.DataFrame({"sold": np.arange(9.0)}, days) for shop in "ab"}, names=["shop", "day"])
    for frame in (X, X.assign(price=1.0), X["sold"]):
        with pytest.raises(ValueError, match=r"The index of X has 2 levels, .*from_long\(X.reset_index\(\), \.\.\.\)"):
            SeriesForecaster(Ridge(), window=3).fit(frame)
    shops = from_long(X.reset_index(), id="shop", time="day", value="sold")
    assert len(SeriesForecaster(Ridge(), window=3).fit(shops.X).predict()) == 2
    X.index = X.index.set_levels(np.arange(9), level=1)  # a table whose rows have two names
    SeriesForecaster(Ridge(), window=2, horizon=1).fit(X.assign(a=1.0, b=2.0))


def test_a_label_among_times_is_named():
    days = [*pd.date_range("2024-01-01", periods=5), 100]
    with pytest.raises(ValueError, match=r"index of X holds times, but 100 at step 5\. .* write X\.iloc\["):
        read_timed(pd.Series(np.arange(6.0), pd.Index(days, dtype=object)), "X")
