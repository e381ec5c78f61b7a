"""What is said of times without a regular step, and that it helps."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.times.calendars import form_of


def test_the_first_of_several_gaps_is_named():
    days = pd.date_range("2024-01-01", periods=60).delete([10, 30, 31, 32])
    with pytest.raises(ValueError, match="at step 10, 2024-01-10 .* followed by 2024-01-12"):
        form_of(pd.Series(1.0, days), "X")


@pytest.mark.parametrize(
    ("freq", "late", "how"),
    [
        ("s", "20ms", "round('1s')"),
        ("30s", "1s", "round('30s')"),
        ("5min", "20s", "round('5min')"),
        ("30min", "2min", "round('30min')"),
        ("h", "3min", "round('1h')"),
        ("6h", "40min", "round('6h')"),
        ("D", "3h", "round('D')"),
        ("W", "20h", "to_period('W')"),
        ("MS", "4D", "to_period('M')"),
        ("QS", "4D", "to_period('Q')"),
        ("YS", "20D", "to_period('Y')"),
    ],
)
def test_times_that_are_a_little_late_are_to_be_rounded(freq, late, how):
    times = pd.date_range("2024-01-01", periods=12, freq=freq)
    by = pd.Timedelta(late) * np.random.RandomState(0).rand(12)
    with pytest.raises(ValueError, match=f"If none is missing, .* round them first, as index.{re.escape(how)} does"):
        form_of(pd.Series(1.0, times + by), "X")
    rounded = eval(f"index.{how}", {"index": times + by})
    assert form_of(pd.Series(1.0, rounded), "X").after(1)[0] > rounded[-1]


@pytest.mark.parametrize(
    ("freq", "late"), [("36h", "1h"), ("2W", "1D"), ("2MS", "4D"), ("35min", "1min"), ("100ms", "4ms")]
)
def test_where_rounding_does_not_help_it_is_not_advised(freq, late):
    times = pd.date_range("2024-01-01", periods=12, freq=freq)
    by = pd.Timedelta(late) * np.random.RandomState(0).rand(12)
    with pytest.raises(ValueError, match="without a regular step") as caught:
        form_of(pd.Series(1.0, times + by), "X")
    assert "round" not in str(caught.value)


def test_a_wide_gap_may_be_of_a_splitter():
    days = pd.date_range("2024-01-01", periods=60)
    with pytest.raises(ValueError, match=r"a splitter .* as the KFold of a search does, set cv=TimeSeriesSplit\(\)"):
        form_of(pd.Series(1.0, days.delete(np.arange(20, 40))), "X")
    for missing in ([20], [20, 40]):
        with pytest.raises(ValueError, match=r"interpolate\(\) say, .* next one\. If there are none"):
            form_of(pd.Series(1.0, days.delete(missing)), "X")


SECONDS = pd.date_range("2026-03-01 09:00", periods=50, freq="s")
RUNS = SECONDS.append(SECONDS + pd.Timedelta("1D"))


@pytest.mark.parametrize("index", [RUNS, RUNS.tz_localize("UTC"), pd.Index([*range(50), *range(1000, 1050)])])
@pytest.mark.parametrize("listed", [False, True])
def test_a_leap_is_between_recordings(index, listed):
    series = pd.Series(np.arange(100.0), index)
    X = [series, series[:50]] if listed else series
    with pytest.raises(ValueError, match=r"at step 50, .* (86351|951) steps later\. .* sessions") as refusal:
        form_of(series, "X[0]" if listed else "X")
    assert "interpolate" not in str(refusal.value)
    (code,) = re.findall(r", by (\[.*?\]), or name the column", str(refusal.value))
    parts = eval(code, {"X": X, "pandas": pd})
    assert list(map(len, parts)) == [50] * (3 if listed else 2)
    for part in parts:
        assert form_of(part, "X").after(1)[0] > part.index[-1]


def test_a_leap_in_polars_and_in_periods():
    for series in (pl.DataFrame({"t": RUNS, "x": np.arange(100.0)}), pd.Series(1.0, RUNS.to_period("s"))):
        with pytest.raises(ValueError, match=r"86351 steps later\. .* pass a list of them, or name the column"):
            form_of(series, "X")


def test_a_missing_month_is_found_among_months_of_different_lengths():
    months = pd.date_range("2024-01-01", periods=8, freq="MS").delete(4)
    with pytest.raises(ValueError, match="at step 4, 2024-04-01.* followed by 2024-06-01"):
        form_of(pd.Series(1.0, months), "X")


@pytest.mark.parametrize("is_weekday", [False, True])
def test_what_it_says_of_missing_days_in_polars_helps(is_weekday):
    days = pd.date_range("2024-01-01", periods=30, freq="B" if is_weekday else "D")
    frame = pl.DataFrame({"day": days.delete(10).to_numpy(), "sold": np.arange(29.0)})
    with pytest.raises(ValueError, match="without a regular step") as refusal:
        form_of(frame, "X")
    zeros, lines = (
        eval(f"frame.{remedy}", {"frame": frame, "pl": pl}) for remedy in fillings_of(refusal.value, "polars")
    )
    assert zeros["sold"].to_list()[9:12] == [9, 0, 10]
    assert lines["sold"].to_list()[9:12] == [9, 9.5, 10]
    assert len(zeros) == len(lines) == 30
    assert form_of(zeros, "X").instants_after(1)[0] > days[-1].to_datetime64()


def fillings_of(error, library):
    """What it says to fill in zeros, and lines."""
    said = re.search(f"by {library}' (.*), else by (.*) say", str(error))
    return said[1], said[2]


@pytest.mark.parametrize(
    ("index", "remedy"),
    [
        (pd.date_range("2024-01-01", periods=40), "asfreq('D')"),
        (pd.date_range("2024-03-10", periods=40, tz="Europe/Berlin"), "asfreq('D')"),  # 31 March has 23 hours
        (pd.date_range("2024-10-26", periods=40, freq="h", tz="Europe/Berlin"), "asfreq('h')"),
        (pd.date_range("2024-01-01", periods=40, freq="15min"), "asfreq('15min')"),
        (pd.date_range("2024-01-01", periods=40, freq="90s"), "asfreq('90s')"),
        (pd.date_range("2024-01-07", periods=40, freq="W"), "asfreq('7D')"),
        (pd.date_range("2024-01-01", periods=40, freq="MS"), "asfreq('MS')"),
        (pd.bdate_range("2024-01-01", periods=40), "asfreq('B')"),
        (pd.period_range("2024-01", periods=40, freq="M"), "reindex(pandas.period_range(index[0], index[-1]))"),
        (pd.RangeIndex(5, 45), "reindex(range(index[0], index[-1] + 1))"),
    ],
    ids=str,
)
def test_steps_in_which_nothing_was_sold_are_filled_with_zeros(index, remedy):
    """A till writes rows of sales alone. What is said of them comes first, and works as it stands."""
    sold = pd.Series(np.arange(1, 41), index)
    missing = [3, 10, 11, 30]
    till = sold.drop(index[missing])
    with pytest.raises(ValueError, match="zeros where nothing was sold or counted") as refusal:
        form_of(till, "X")
    zeros, lines = fillings_of(refusal.value, "pandas")
    assert lines == f"{remedy}.interpolate()"
    filled = eval(f"till.{zeros}", {"till": till, "pandas": pd, "index": till.index})
    np.testing.assert_array_equal(filled, np.where(np.isin(np.arange(40), missing), 0, sold))
    assert form_of(filled, "X").after(1)[0] > index[-1]
    assert eval(f"till.{lines}", {"till": till, "pandas": pd, "index": till.index}).iloc[3] == 4


@pytest.mark.parametrize(
    ("freq", "every"),
    [("h", "1h"), ("15min", "15m"), ("90s", "90s"), ("D", "1d"), ("W", "7d"), ("MS", "1mo"), ("3D", "3d")],
)
def test_zeros_in_polars(freq, every):
    times = pd.date_range("2024-01-01", periods=20, freq=freq).delete([3, 10, 11])
    frame = pl.DataFrame({"time": times.to_numpy(), "sold": np.arange(1, 18)})
    with pytest.raises(ValueError, match=f"by polars' upsample.'time', every='{every}'.") as refusal:
        form_of(frame, "X")
    filled = eval(f"frame.{fillings_of(refusal.value, 'polars')[0]}")
    assert filled["sold"].sum() == frame["sold"].sum()
    assert form_of(filled, "X").instants_after(1)[0] > times[-1].to_datetime64()


@pytest.mark.parametrize(("freq", "step"), [("QS", "3MS"), ("ME", "ME"), ("2MS", "2MS"), ("QE", "3ME")])
def test_steps_of_months(freq, step):
    times = pd.date_range("2024-01-01", periods=20, freq=freq).delete([3, 10])
    series = pd.Series(1.0, times)
    with pytest.raises(ValueError, match=rf"of prices by asfreq\('{step}'\)\.ffill\(\)"):
        form_of(series, "X")
    assert len(series.asfreq(step)) == 20
    assert form_of(series.asfreq(step).ffill(), "X").after(1)[0] > times[-1]


TICKS = pd.to_datetime("2025-03-03 09:00") + pd.to_timedelta(
    np.cumsum(np.random.RandomState(0).exponential(3, 300)), unit="s"
)
LATE = pd.date_range("2024-01-01", periods=300, freq="10min").delete([20, 21, 22]) + pd.to_timedelta(
    np.arange(297) % 7, unit="s"
)


@pytest.mark.parametrize(("times", "step"), [(TICKS, "2s"), (LATE, "10min"), (TICKS.tz_localize("UTC"), "2s")])
def test_times_that_share_no_step_get_one(times, step):
    """As asfreq would not do: it keeps what stands at the new steps alone, of ticks the first."""
    prices = pd.Series(np.arange(len(times), dtype=float), times)
    with pytest.raises(ValueError, match="They share no step: give them one") as refusal:
        form_of(prices, "X")
    assert "asfreq" not in str(refusal.value)
    last, mean = re.search(r"states by (.*), of measurements by (.*), or with", str(refusal.value)).groups()
    assert last == f"resample('{step}').last().ffill()"
    assert mean == f"resample('{step}').mean().interpolate()"
    for remedy in (last, mean):
        regular = eval(f"prices.{remedy}", {"prices": prices})
        assert regular.nunique() > 200
        assert form_of(regular, "X").after(1)[0] > times[-1].floor(step)
    assert eval(f"prices.{last}", {"prices": prices}).iloc[-1] == len(times) - 1


def test_middles_of_months_are_told_in_whole_sentences():
    times = pd.date_range("2020-01-01", periods=30, freq="MS").delete(4) + pd.Timedelta(days=14)
    with pytest.raises(ValueError, match=r"\. If each is .*index\.to_period\('M'\)\. Else, they share no step: give"):
        form_of(pd.Series(1.0, times), "X")


def test_ticks_in_polars():
    frame = pl.DataFrame({"time": TICKS.to_numpy(), "price": np.arange(300.0)})
    with pytest.raises(ValueError, match="They share no step") as refusal:
        form_of(frame, "X")
    for remedy in re.search(r"states by (.*), of measurements by (.*), or with", str(refusal.value)).groups():
        regular = eval(f"frame.{remedy}", {"frame": frame, "pl": pl})
        assert regular["price"].null_count() == 0
        assert regular["price"].n_unique() > 100
        form_of(regular, "X")


@pytest.mark.parametrize("last", ["2024-10-01", "2024-10-15"])
def test_a_month_that_is_not_over_is_left_out(last):
    days = pd.Series(pd.bdate_range("2019-01-02", last))
    ends = pd.DatetimeIndex(days.groupby(days.dt.to_period("M")).last())
    prices = pd.Series(np.arange(70.0), ends)
    with pytest.raises(ValueError, match=rf"at step 69, 2024-09-30 .* followed by {last} .*not over: leave") as refusal:
        form_of(prices, "X")
    assert "Fill in" not in str(refusal.value)
    leave, period = re.search(r"as by (X.iloc\[:-1\]), or .*, as (.*) does\.$", str(refusal.value)).groups()
    assert str(form_of(eval(leave, {"X": prices}), "X").after(1)[0].date()) == "2024-10-31"
    prices.index = eval(period, {"index": prices.index})
    assert str(form_of(prices, "X").after(1)[0]) == "2024-11"
    frame = pl.DataFrame({"time": ends.to_numpy(), "price": np.arange(70.0)})
    with pytest.raises(ValueError, match=r"leave it out, as by X\.head\(-1\)\.$"):
        form_of(frame, "X")


def test_a_date_within_a_month_makes_no_days_of_months():
    ends = pd.date_range("2019-01-31", periods=60, freq="BME")
    for odd in (ends.insert(20, pd.Timestamp("2020-09-08")), ends.delete(20)):
        prices = pd.Series(np.arange(len(odd), dtype=float), odd)
        with pytest.raises(ValueError, match="resample\\('MS'\\)") as refusal:
            form_of(prices, "X")
        assert "asfreq" not in str(refusal.value)
        assert len(form_of(prices.resample("MS").last().ffill(), "X").after(1)) == 1
    prices.index = prices.index.to_period("M")  # as it says first where each month has one
    assert "fill in those of index.to_period('M')" in str(refusal.value)
    with pytest.raises(ValueError, match="reindex"):
        form_of(prices, "X")


def local_waves(first, last, freq):
    """A series by the clock of Berlin, and the same without the zone."""
    index = pd.date_range(first, last, freq=freq, tz="Europe/Berlin")
    waves = pd.Series(np.sin(np.arange(len(index)) / 4), index)
    return waves, waves.tz_localize(None)


@pytest.mark.parametrize("freq", ["h", "15min"])
@pytest.mark.parametrize(
    ("first", "last"), [("2024-03-25", "2024-04-05"), ("2024-10-20", "2024-11-05"), ("2024-01-01", "2024-12-31")]
)
def test_an_hour_that_a_local_clock_skips_or_shows_twice(first, last, freq):
    zoned, naive = local_waves(first, last, freq)
    forecaster = SeriesForecaster(Ridge(), window=24, horizon=2)
    with pytest.raises(
        ValueError,
        match=r"local clock .* of prices, too, .* as by tz_localize\('Europe/Berlin', ambiguous='infer'\), before",
    ) as caught:
        forecaster.fit(naive)
    clock = eval(re.search(r"twice, by (.*)\. If the sun", str(caught.value))[1], {"X": naive})
    assert len(clock) == (naive.index[-1] - naive.index[0]) / (naive.index[1] - naive.index[0]) + 1
    forecaster.fit(clock)
    named = naive.tz_localize("Europe/Berlin", ambiguous="infer")
    pd.testing.assert_series_equal(forecaster.fit(named).predict(), forecaster.fit(zoned).predict())


def test_an_hour_that_a_local_clock_skips_in_polars():
    _, naive = local_waves("2024-03-25", "2024-04-05", "h")
    frame = pl.DataFrame({"time": naive.index.to_numpy(), "x": naive.to_numpy()})
    forecaster = SeriesForecaster(Ridge(), window=24, horizon=2)
    with pytest.raises(
        ValueError, match=r"pl.col\('time'\).dt.replace_time_zone\('Europe/Berlin', ambiguous=...\)"
    ) as caught:
        forecaster.fit(frame)
    clock = eval(re.search(r"twice, by (.*)\. If the sun", str(caught.value))[1], {"X": frame})
    assert len(forecaster.fit(clock).predict()) == 2
    assert len(clock) == len(frame) + 1
    found = forecaster.fit(frame.with_columns(pl.col("time").dt.replace_time_zone("Europe/Berlin"))).predict()
    assert found["time"][0].isoformat() == "2024-04-05T01:00:00+02:00"


def test_times_of_a_market_become_positions():
    """From 9:30 to 16:00 on five days: the night has no steps that could be filled in."""
    times = pd.date_range("2024-01-01", periods=5 * 48, freq="30min")
    open_hours = times[(times.hour * 60 + times.minute >= 570) & (times.hour < 16)]
    prices = pd.Series(100 + np.sin(np.arange(len(open_hours))), pd.DatetimeIndex(open_hours.to_numpy()), name="price")
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    with pytest.raises(ValueError, match=r"pass a list of series without times: \[X\.reset_index\(drop=True\)\]\.$"):
        forecaster.fit(prices)
    (found,) = forecaster.fit([prices.reset_index(drop=True)]).predict()
    assert found.index.tolist() == [65, 66]
    frame = pl.DataFrame({"time": prices.index.to_numpy(), "price": prices.to_numpy()})
    with pytest.raises(ValueError, match=r"without times: \[X\.drop\('time'\)\.to_numpy\(\)\]\.$"):
        forecaster.fit(frame)
    np.testing.assert_array_equal(forecaster.fit([frame.drop("time").to_numpy()]).predict()[0, :, 0], found)


def test_business_days_with_holidays():
    days = pd.bdate_range("2024-01-01", periods=60)
    holidays = [days[20], days[41], pd.Timestamp("2024-03-25")]  # the first to come
    sold = pd.Series(np.sin(np.arange(58.0)), pd.DatetimeIndex(days.difference(holidays).to_numpy()))
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    with pytest.raises(ValueError, match=r"DatetimeIndex\(index, freq=pandas\.offsets\.CustomBusinessDay\(holidays="):
        forecaster.fit(sold)
    sold.index = pd.DatetimeIndex(sold.index, freq=pd.offsets.CustomBusinessDay(holidays=holidays))
    assert forecaster.fit(sold).predict().index.strftime("%m-%d").tolist() == ["03-26", "03-27"]
    stored = pickle.loads(pickle.dumps(forecaster))
    assert stored.predict().index.strftime("%m-%d").tolist() == ["03-26", "03-27"]


@pytest.mark.parametrize("hour", [0, 17])
@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "America/New_York"])
def test_a_missing_business_day_is_named(zone, hour):
    """Not the first weekend. Midnight in Berlin is the evening before in UTC."""
    days = pd.bdate_range("2024-01-01", periods=200) + pd.Timedelta(hours=hour)
    (place,) = np.flatnonzero(days.normalize() == "2024-05-01")
    index = pd.DatetimeIndex(days.delete(place).to_numpy()).tz_localize(zone)
    sold = pd.Series(np.sin(np.arange(199.0)), index)
    says = (
        rf"at step {place}, 2024-04-30 \S+ is followed by 2024-05-02 \S+: the business day 2024-05-01 is missing\. "
        r"Fill in the steps that are missing, .* else by asfreq\('B'\)\.interpolate\(\) say, or of prices by "
        r"asfreq\('B'\)\.ffill\(\), .*CustomBusinessDay"
    )
    with pytest.raises(ValueError, match=says):
        form_of(sold, "X")
    assert form_of(sold.asfreq("B").interpolate(), "X").after(1)[0].date() == pd.Timestamp("2024-10-07").date()


def test_of_several_business_days_the_first_is_named():
    days = pd.bdate_range("2024-01-01", periods=60)
    index = pd.DatetimeIndex(days.delete([9, 10, 30]).to_numpy())  # a Friday and the Monday after it
    says = "2024-01-11 .* followed by 2024-01-16 00:00:00: the business day 2024-01-12 is missing, the first of 3. Fill"
    with pytest.raises(ValueError, match=says) as caught:
        form_of(pd.Series(1.0, index), "X")
    assert "splitter" not in str(caught.value)
    frame = pl.DataFrame({"time": index.to_numpy(), "x": np.ones(57)})
    for own in (frame, frame.with_columns(pl.col("time").dt.replace_time_zone("Europe/Berlin"))):
        with pytest.raises(ValueError, match=r"2024-01-12 is missing, the first of 3\. .*weekday\(\) < 6\)") as caught:
            form_of(own, "X")
        assert "CustomBusinessDay" not in str(caught.value)
    with pytest.raises(ValueError, match=r"2024-01-15 is missing, the first of 30\. .*a splitter has cut them out"):
        form_of(pd.Series(1.0, pd.DatetimeIndex(days.delete(np.arange(10, 40)).to_numpy())), "X")


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2024-01-01", periods=60).delete(10),
        pd.bdate_range("2024-01-01", periods=60).append(pd.date_range("2024-03-23", periods=9).delete(4)),
        pd.bdate_range("2024-01-01", periods=60) + pd.to_timedelta(np.arange(60) % 3, unit="h"),
        pd.bdate_range("2024-01-01", periods=60).delete(10).to_period("D"),
    ],
    ids=["all days", "a weekend", "other hours", "periods"],
)
def test_other_days_name_no_business_day(index):
    with pytest.raises(ValueError, match=r"followed by 2024-\S+( \S+)?\. (Fill in|They share no step)") as caught:
        form_of(pd.Series(np.arange(len(index)), index), "X")
    assert "usiness" not in str(caught.value)


@pytest.mark.parametrize("freq", ["W-FRI", "BMS"])
def test_weeks_and_months_have_no_holidays(freq):
    """A step is missing, and all are weekdays: CustomBusinessDay would refuse them."""
    times = pd.date_range("2024-01-05", periods=40, freq=freq).delete(20)
    with pytest.raises(ValueError, match=r"\[X\.reset_index\(drop=True\)\]\.$"):
        form_of(pd.Series(np.arange(39), pd.DatetimeIndex(times.to_numpy())), "X")


def test_positions_of_a_list_of_series():
    index = pd.DatetimeIndex(pd.date_range("2024-01-01", periods=60).delete([20, 40]).to_numpy())
    X = [pd.Series(np.sin(np.arange(58.0)), index), pd.Series(np.cos(np.arange(58.0)), index)]
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    with pytest.raises(ValueError, match=r"times: \[own\.reset_index\(drop=True\) for own in X\]\."):
        forecaster.fit(X)
    assert len(forecaster.fit([own.reset_index(drop=True) for own in X]).predict()) == 2
    X = [pl.DataFrame({"time": index.to_numpy(), "x": own.to_numpy()}) for own in X]
    with pytest.raises(ValueError, match=r"times: \[own\.drop\('time'\)\.to_numpy\(\) for own in X\]\."):
        forecaster.fit(X)
    assert len(forecaster.fit([own.drop("time").to_numpy() for own in X]).predict()) == 2


def test_periods_have_no_zone():
    index = pd.period_range("2024-03-30", periods=60, freq="h").delete(26)  # 02:00 of the night
    with pytest.raises(ValueError, match=r"\[X\.reset_index\(drop=True\)\]\.$"):
        form_of(pd.Series(np.arange(59), index), "X")


@pytest.mark.parametrize("missing", [[50, 51], [20], [100, 130]], ids=["two hours", "in the evening", "too often"])
def test_gaps_of_no_clock(missing):
    index = pd.date_range("2024-01-01", periods=300, freq="h").delete(missing)
    with pytest.raises(ValueError, match=r"\[X\.reset_index\(drop=True\)\]\.$"):
        form_of(pd.Series(np.arange(len(index)), index), "X")
