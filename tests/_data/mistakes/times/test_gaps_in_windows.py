"""Windows that read across a gap in the times of a series: told with code; steps that differ by a calendar are not."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from warned import told

from skseq.preprocessing import SlidingWindows

TIMES = pd.date_range("2025-03-03", periods=500, freq="5min", tz="Europe/Berlin")
WITH_GAPS = TIMES.delete([100, 101, 300])
CUT = SlidingWindows(window=12, horizon=1)


def dated(index):
    return pd.Series(np.arange(float(len(index))), index)


def test_windows_across_gaps_are_counted():
    X = [dated(TIMES), dated(WITH_GAPS)]
    [message] = told(CUT.split_series, X)
    assert message.startswith("24 of 973 windows read across a gap")  # twice, from 12 steps before it on
    assert "in X[1], 2025-03-03 08:15:00+01:00 is followed by 2025-03-03 08:30:00+01:00" in message
    assert "have a length of 0:05:00" in message


def test_what_is_advised_leaves_no_gap():
    X = [dated(WITH_GAPS)]
    [message] = told(CUT.split_series, X)
    codes = re.search(r"missing, by (.*), and fill it in, or cut at gaps, by (.*)\. Do the same", message).groups()
    filled, pieces = (eval(code, {"X": X, "pandas": pd}) for code in codes)
    assert filled[0].index.equals(TIMES)
    assert list(map(len, pieces)) == [100, 198, 199]
    assert not told(CUT.split_series, pieces)


def test_a_gap_that_is_no_whole_steps_is_cut_only():
    X = [dated(TIMES[:200].append(TIMES[300:] + pd.Timedelta("7s")))]
    [message] = told(CUT.split_series, X)
    assert "asfreq" not in message
    assert "Cut each series at its gaps, by [part for own in X" in message


def test_transform_tells_of_its_windows():
    cutter = SlidingWindows(window=12).fit([dated(TIMES)])
    [message] = told(cutter.transform, [dated(WITH_GAPS)])
    assert message.startswith("22 of 486 windows")


def test_windows_that_hold_no_gap_are_not_told_of():
    assert not told(SlidingWindows(window=1).split_series, [dated(WITH_GAPS)])


def test_polars_has_words_of_its_own():
    X = [pl.DataFrame({"time": WITH_GAPS.tz_localize(None).to_numpy(), "load": np.arange(float(len(WITH_GAPS)))})]
    [message] = told(CUT.split_series, X)
    assert "upsample of polars" in message


RNG = np.random.RandomState(0)
DAYS = pd.date_range("2024-01-01", periods=700)
MINUTES = pd.date_range("2025-03-03", periods=3000, freq="15min")
WITHOUT_GAPS = {
    "months": pd.date_range("2000-01-31", periods=200, freq="ME"),
    "months as periods": pd.period_range("2000-01", periods=200, freq="M"),
    "business days": DAYS[np.is_busday(DAYS.to_numpy().astype("datetime64[D]"))],
    "all days but Sundays": DAYS[DAYS.day_of_week < 6],
    "days of a zone": pd.date_range("2024-01-01", periods=700, tz="Europe/Berlin"),
    "hours of a local clock": pd.date_range("2025-03-01", periods=900, freq="h", tz="Europe/Berlin").tz_localize(None),
    "hours of a market": MINUTES[(MINUTES.hour >= 9) & (MINUTES.hour < 17)],
    "events": pd.DatetimeIndex(DAYS[0] + pd.to_timedelta(RNG.exponential(3600, 500).cumsum(), unit="s")),
    "jittered": pd.DatetimeIndex(MINUTES + pd.to_timedelta(RNG.rand(len(MINUTES)), unit="s")),
    "a missing time": pd.DatetimeIndex([*DAYS[:50], pd.NaT, *DAYS[60:]]),
    "positions": pd.Index(np.delete(np.arange(500), [100, 101])),
}


@pytest.mark.parametrize("name", WITHOUT_GAPS)
def test_other_times_have_no_gaps(name):
    assert not told(CUT.split_series, [dated(WITHOUT_GAPS[name])])
