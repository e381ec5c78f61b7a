"""Long frames of pandas with a column of times that nobody named."""

import io
import re
from datetime import UTC, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from warned import told

from skseq.preprocessing import from_long

DAYS = pd.to_datetime(["2024-03-03", "2024-01-01", "2024-02-02"] * 2)
NEWEST_FIRST = pd.DataFrame({"id": list("aaabbb"), "day": DAYS, "v": [3.0, 1.0, 2.0] * 2})
NAMES = {"id": "id", "value": "v"}
IN_ORDER = NEWEST_FIRST.sort_values("day")
NEARLY = DAYS[[1, 2, 0, 1, 0, 2]]  # in order
EAST = timezone(timedelta(hours=2))


def zoned(*zones):
    return pd.Series([day.replace(tzinfo=zone) for day, zone in zip(DAYS, zones)] * 2, dtype=object)


@pytest.mark.parametrize(
    "day",
    [DAYS, DAYS.date, DAYS.tz_localize("UTC"), DAYS.to_period("D"), DAYS.where(DAYS.day > 1), zoned(UTC, EAST, UTC)],
    ids=["datetimes", "dates", "zone", "periods", "missing", "zones"],
)
@pytest.mark.parametrize("ids", ["object", "category"])
def test_rows_in_another_order_than_their_times(day, ids):
    frame = NEWEST_FIRST.assign(day=day, born=pd.Timestamp("1980-05-01")).astype({"id": ids})  # which never changes
    (message,) = told(from_long, frame, **NAMES)
    assert re.match(r"Series 'a' has the day 2024-0.* after a later one, in its row [12]", message)
    in_order, kept = re.search(r"pass (.*), with time='day' .*, pass (.*)\.$", message).groups()
    if frame["day"].notna().all() and frame["day"].dtype != object:
        assert from_long(eval(in_order), time="day", **NAMES).X[1].tolist() == [1, 2, 3]
        assert from_long(eval(in_order), **NAMES).X[1].tolist() == [1, 2, 3]
    assert from_long(eval(kept), **NAMES).X[1].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (IN_ORDER, {}),
        (NEWEST_FIRST.assign(day=DAYS[0]), {}),  # several events of one day
        (IN_ORDER.assign(week=DAYS), {}),  # another column says the order
        (NEWEST_FIRST.assign(visit=[1, 2, 3] * 2), {}),
        (NEWEST_FIRST.drop(columns="day"), {}),
        (NEWEST_FIRST.assign(shipped=NEARLY, day=0), {}),
        (NEWEST_FIRST.rename(columns={"day": "start"}).iloc[[0, 2, 3, 5]], {}),  # two falls may be chance
        (NEWEST_FIRST, {"X_past": "day"}),
        (NEWEST_FIRST.assign(day=["later", *DAYS.date[1:]]), {}),
        (NEWEST_FIRST.assign(day=[*DAYS.date[:-1], "later"]), {}),
        (NEWEST_FIRST.assign(day=zoned(UTC, None, UTC)), {}),
        (pd.concat([NEWEST_FIRST, NEWEST_FIRST[["day"]]], axis=1), {}),
    ],
    ids=[
        "in order", "one day", "other times", "numbers", "none", "nearly", "few falls", "named",
        "strings", "a string", "no zone", "two of a name",
    ],
)  # fmt: skip
def test_rows_that_may_be_in_order(frame, names):
    assert len(from_long(frame, **NAMES, **names).X) == 2


def test_other_columns_of_one_name():
    frame = pd.concat([NEWEST_FIRST, pd.DataFrame(1, index=range(6), columns=["w", "w"])], axis=1)
    (message,) = told(from_long, frame, **NAMES)
    assert "'a' has the day 2024-01-01" in message


def test_a_column_of_any_name_has_the_newest_first():
    frame = NEWEST_FIRST.rename(columns={"day": "when"}).sort_values("when", ascending=False)
    (message,) = told(from_long, frame, **NAMES)
    assert "If 'when' is the time of a row" in message


LONG = pd.DataFrame(
    {"id": np.repeat([1, 2, 3], 20), "date": np.tile(pd.date_range("2024", periods=20), 3), "v": np.arange(60.0)}
)
REVERSED = LONG.iloc[::-1].reset_index(drop=True)
CSV = pd.read_csv(io.StringIO(REVERSED.to_csv()), parse_dates=["date"])


@pytest.mark.parametrize(
    "frame",
    [
        CSV,
        CSV.rename(columns={"Unnamed: 0": "nr"}),
        CSV.assign(**{"Unnamed: 0": pd.array([None, *range(59)], dtype="UInt8")}),
        CSV[CSV["v"] % 3 > 0],
        CSV[CSV["id"] == 1],
        REVERSED.reset_index(),
        REVERSED.reset_index(names=""),
    ],
    ids=["saved", "renamed", "a gap", "some rows", "one series", "index", "no name"],
)
def test_the_number_of_the_row_in_the_file_says_no_order(frame):
    (message,) = told(from_long, frame, **NAMES)
    assert "has the date 2024-01" in message


def test_integers_that_count_the_rows_of_each_series():
    for nr in (np.tile(range(20), 3), np.tile(np.arange(20, dtype="uint8"), 3), np.arange(60) * 3):
        assert len(from_long(REVERSED.assign(nr=nr), **NAMES).X) == 3
    assert len(from_long(REVERSED[:20].assign(visit=range(20)), **NAMES).X) == 1


OF_ROWS = ["order_date", "createdAt", "timestamp_utc", "Bestelldatum", "when", "start"]


def orders(name):
    """Rows in four wrong orders: by chance, and the newest first in all series but two rows, or in one series."""
    frame = LONG.rename(columns={"date": name})
    swapped = frame[::-1].iloc[[1, 0, *range(2, 60)]]
    return frame.sample(frac=1, random_state=0), swapped, pd.concat([frame[:40], frame[:39:-1]])


@pytest.mark.parametrize("name", OF_ROWS)
def test_many_times_of_any_name_fall(name):
    for frame in orders(name):
        (message,) = told(from_long, frame, **NAMES)
        code = re.search(r"pass (frame\.sort_values.*), with time", message)[1]
        assert len(from_long(eval(code), **NAMES).X) == 3
    late = LONG.rename(columns={"date": name}).iloc[[0, 2, 1, *range(3, 60)]]
    for frame in (
        LONG.rename(columns={"date": name}),
        late,
        orders(name)[0].assign(week=pd.date_range("2024", periods=60)),
    ):
        assert len(from_long(frame, **NAMES).X) == 3
