"""Times that are regular to a zone or to parts of months are told so, and what is advised makes them regular."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq._data.times.calendars import form_of


def advice(series, code):
    with pytest.raises(ValueError, match="without a regular step") as refusal:
        form_of(series, "X")
    return re.search(code, str(refusal.value))[1]


@pytest.mark.parametrize(("freq", "zone"), [("D", "Europe/Berlin"), ("QS", "America/New_York"), ("W", "Europe/London")])
def test_local_midnights_in_utc_are_to_get_their_zone(freq, zone):
    """They are a quarter or day early where they are rounded in UTC."""
    local = pd.date_range("2000-02-01", periods=130, freq=freq, tz=zone)
    utc = pd.Series(1.0, pd.DatetimeIndex(local.tz_convert("UTC"), freq=None))
    of_polars = pl.DataFrame({"t": utc.index.tz_localize(None).to_numpy(), "x": utc.to_numpy()})
    zoned = of_polars.with_columns(pl.col("t").dt.replace_time_zone("UTC"))
    for series in (utc, utc.tz_localize(None), of_polars, zoned) if freq == "D" else (utc, utc.tz_localize(None)):
        code = advice(series, r"zone first, by (.*), or what")
        assert zone in code
        following = form_of(eval(code, {"X": series, "pl": pl}), "X").after(1)[0]
        assert following == local[-1] + local.freq


def test_a_step_that_tz_convert_keeps_is_none():
    months = pd.date_range("2024-01-01", periods=20, freq="MS", tz="Europe/Berlin")
    assert form_of(pd.Series(1.0, months.tz_convert("UTC")), "X").after(1)[0] == months[-1] + months.freq


@pytest.mark.parametrize("freq", ["B", "D", "W", "QS"])
def test_a_step_is_more_than_that_of_the_last_time(freq):
    """The last of them may lie on what `tz_convert` keeps, as any time does on a day."""
    local = pd.date_range("2023-02-01", periods=62, freq=freq, tz="Europe/Berlin")
    kept = pd.Series(1.0, local.tz_convert("UTC"))
    with pytest.raises(ValueError, match="without a regular step"):
        form_of(kept, "X")
    assert form_of(kept.tz_convert("Europe/Berlin"), "X").after(1)[0] == local[-1] + local.freq


@pytest.mark.parametrize("freq", ["SME", "SMS"])
def test_halves_of_months_have_a_step_of_pandas(freq):
    dates = pd.date_range("2023-01-01", periods=50, freq=freq)
    series = pd.Series(np.arange(50.0), pd.DatetimeIndex(dates.to_numpy()))
    whole = eval(advice(series, "pass (.*), and fill"), {"X": series})
    assert whole.equals(series)
    assert form_of(whole, "X").after(1)[0] == dates[-1] + dates.freq
    gap = series.drop(series.index[7])
    assert eval(advice(gap, r"as by (.*)\.$"), {"X": gap}).tolist() == series.tolist()


def test_parts_of_months_without_a_step_are_counted():
    dates = [pd.Timestamp(2023, month, day) for month in range(1, 13) for day in (1, 11, 21)]
    frame = pl.DataFrame({"t": dates, "x": np.arange(36.0)})
    for X in (pd.Series(np.arange(36.0), dates), frame):
        [bare] = eval(advice(X, "without times, (.*), with 36 steps a year"), {"X": X})
        assert len(bare) == 36


def test_other_days_of_months_are_none_of_these():
    dates = [pd.Timestamp(2023, month, day) for month in range(1, 13) for day in (1, 16)]
    assert "of their months" not in advice(pd.Series(1.0, dates), "(.*)")


def test_a_step_of_old_times_is_known():
    """Nanoseconds end in 1677."""
    months = pd.date_range("1659", periods=12 * 40, freq="MS", unit="s")
    assert form_of(pd.Series(1.0, months), "X").after(1)[0] == months[-1] + months.freq
