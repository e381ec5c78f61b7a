"""Long frames of pandas with a column of times that nobody named."""

import re

import pandas as pd
import pytest

from skseq.preprocessing import from_long

DAYS = pd.to_datetime(["2024-03-03", "2024-01-01", "2024-02-02"] * 2)
NEWEST_FIRST = pd.DataFrame({"id": list("aaabbb"), "day": DAYS, "v": [3.0, 1.0, 2.0] * 2})
NAMES = {"id": "id", "value": "v"}


@pytest.mark.parametrize(
    "day",
    [DAYS, DAYS.date, DAYS.tz_localize("UTC"), DAYS.to_period("D"), DAYS.where(DAYS.day > 1)],
    ids=["datetimes", "dates", "zone", "periods", "missing"],
)
def test_rows_in_another_order_than_their_times(day):
    frame = NEWEST_FIRST.assign(day=day, born=pd.Timestamp("1980-05-01"))  # which never changes
    with pytest.raises(ValueError, match=r"'a' has the day 2024-0.* after a later one, in its row [12]") as error:
        from_long(frame, **NAMES)
    in_order, kept = re.search(r"Pass (.*), with time='day' .*, or (.*) to keep this order", str(error.value)).groups()
    if frame["day"].notna().all():
        assert from_long(eval(in_order), **NAMES).X[1].tolist() == [1, 2, 3]
        assert from_long(eval(in_order), time="day", **NAMES).X[1].tolist() == [1, 2, 3]
    assert from_long(eval(kept), **NAMES).X[1].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    "frame",
    [
        NEWEST_FIRST.sort_values("day"),
        NEWEST_FIRST.assign(day=DAYS[0]),  # several events of one day
        NEWEST_FIRST.sort_values("day").assign(due=DAYS),  # another column says the order
        NEWEST_FIRST.drop(columns="day"),
    ],
    ids=["in order", "one day", "other times", "none"],
)
def test_rows_in_order(frame):
    assert len(from_long(frame, **NAMES).X) == 2
