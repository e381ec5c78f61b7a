"""Long frames whose ids lack a column, or whose rows are events: what an error about their times advises."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_equal

from skseq.preprocessing import from_long

N = 30
RUNS = pd.DataFrame(
    {
        "athlete": "A",
        "session": np.repeat([2, 1], N),
        "t": [*range(N), *range(N)],
        "hr": np.arange(2 * N) % 7,
        "row": range(2 * N),
    }
)
NAMES = {"id": "athlete", "time": "t", "value": "hr"}


def advice_of(frame, **names):
    with pytest.raises(ValueError, match="Expected each time once, in ascending order") as error:
        from_long(frame, **{**NAMES, **names})
    return str(error.value)


@pytest.mark.parametrize(
    "frame",
    [
        RUNS,
        RUNS.sort_values("t", kind="stable"),
        RUNS.assign(t=pd.Timestamp("2026-01-01") + pd.to_timedelta(RUNS["t"], "s")),
        RUNS.assign(t=RUNS["t"] + 100 * RUNS["session"]),  # falls, but never repeats
        RUNS.astype({"session": "category"}),
        RUNS.assign(lists=[[1]] * 2 * N),
        pl.DataFrame(RUNS.to_dict("list")),
        pl.DataFrame(RUNS.to_dict("list")).with_columns(pl.Series("things", [object()] * 2 * N, pl.Object)),
    ],
    ids=["below each other", "by time", "dates", "falling", "category", "lists", "polars", "objects"],
)
def test_sessions(frame):
    advice = advice_of(frame)
    assert "With column 'session' times ascend." in advice
    (id,) = re.findall(r"pass id=(\[.*?\])\.", advice)
    series = from_long(frame, **{**NAMES, "id": eval(id)})
    assert series.ids == [("A", 2), ("A", 1)]
    assert list(map(len, series.X)) == [N, N]


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (RUNS.drop(columns="session"), {}),
        (RUNS.assign(session=RUNS["session"].replace(1, np.nan)), {}),
        (RUNS.assign(session=RUNS["session"] / 2), {}),  # measured
        (RUNS, {"X_static": "session"}),
        (RUNS, {"value": ["hr", "session"]}),
        (pl.DataFrame(RUNS.drop(columns="session").to_dict("list")), {}),
    ],
    ids=["none", "missing", "measured", "covariate", "value", "polars"],
)
def test_without_such_a_column(frame, names):
    assert advice_of(frame, **names).endswith(
        "leave out repeated rows. If id lacks a column, such as that of the session, pass a list of names with it "
        "instead."
    )


PURCHASES = pd.DataFrame({"athlete": list("aaabb"), "t": [1, 2, 2, 1, 2], "hr": [3.0, 1.0, 2.0, 4.0, 5.0]})


LIBRARIES = pytest.mark.parametrize("library", ["pandas", "polars"])


def in_library(library, frame):
    return frame if library == "pandas" else pl.DataFrame(frame.to_dict("list"))


def codes_for_events(frame, **names):
    """What the two codes for events make of a frame: their sums, and all events in order."""
    advice = advice_of(frame, **names)
    found = re.search(r"add them up, by (.*), or keep each: pass (.*), and leave out time\.$", advice)
    return [eval(code, {"frame": frame, "polars": pl}) for code in found.groups()]


@LIBRARIES
def test_several_events_at_one_time(library):
    frame = in_library(library, PURCHASES)
    sums, in_order = codes_for_events(frame)
    values = [np.ravel(own.drop("t") if library == "polars" else own).tolist() for own in from_long(sums, **NAMES).X]
    assert values == [[3, 3], [4, 5]]
    kept = from_long(in_order, id="athlete", value="hr").X
    assert [np.ravel(own).tolist() for own in kept] == [[3, 1, 2], [4, 5]]


@LIBRARIES
@pytest.mark.parametrize("missing", [None, np.nan])
def test_sums_of_missing_values_are_missing(library, missing):
    lists = {**PURCHASES.to_dict("list"), "hr": [3.0, 1.0, missing, missing, 5.0], "n": [missing, missing, 1, 1, 2]}
    frame = pd.DataFrame(lists) if library == "pandas" else pl.DataFrame(lists, strict=False)
    sums, _ = codes_for_events(frame, value=["hr", "n"])
    assert_equal(sums["hr"].to_numpy(), [3, 1, np.nan, 5])
    assert_equal(sums["n"].to_numpy(), [np.nan, 1, 1, 2])


@LIBRARIES
@pytest.mark.parametrize("texts", ["12345", "abcde"])
def test_events_of_text_have_no_sum(library, texts):
    advice = advice_of(in_library(library, PURCHASES.assign(item=list(texts))), value=["hr", "item"])
    assert "If rows of one time are events, keep each" in advice


def test_events_of_which_there_is_no_sum():
    assert "If rows of one time are events, keep each" in advice_of(PURCHASES.assign(age=1), X_static="age")
    assert "are events" not in advice_of(PURCHASES.assign(hr=1.0))  # repeated rows


LOG = pd.DataFrame({"block": list("aabbbaab"), "t": [1, 2, 1, 1, 2, 4, 4, 3], "event": [5, 22, 5, 11, 9, 11, 9, 5]})
TEMPLATES = LOG["event"].map({5: "Receiving block", 22: "Allocated", 11: "Responding", 9: "Received block"})


def follow_of_labels(frame, value):
    with pytest.raises(ValueError, match="Expected each time once") as error:
        from_long(frame, id="block", time="t", value=value)
    code = re.search(r"[Tt]o keep each, pass (.*?), and leave out time\.", str(error.value))[1]
    return str(error.value), eval(code, {"frame": frame})


@LIBRARIES
def test_numbers_that_another_column_names_are_events(library):
    frame = in_library(library, LOG.assign(template=TEMPLATES))
    advice, in_order = follow_of_labels(frame, "event")
    assert "Column 'template' has a name for each number of 'event', so rows of one time" in advice
    assert "wide" not in advice
    assert "add them up" not in advice
    assert [np.ravel(own).tolist() for own in from_long(in_order, id="block", value="event").X] == [
        [5, 22, 11, 9],
        [5, 11, 9, 5],
    ]


@LIBRARIES
def test_text_is_of_events(library):
    advice, in_order = follow_of_labels(in_library(library, LOG.assign(event=TEMPLATES)), "event")
    assert "ascending order. Column 'event' holds text, as of events. To keep each" in advice
    assert "Else sort the frame by id and time, and leave out repeated rows." in advice
    assert list(in_order["event"][:4]) == TEMPLATES[[0, 1, 5, 6]].tolist()


def test_most_events_may_share_a_time():
    advice, _ = follow_of_labels(LOG.assign(template=TEMPLATES, t=1), "event")
    assert "rows of one time are most likely events" in advice


def test_names_of_several_numbers_are_quantities():
    frame = LOG.assign(template=TEMPLATES, event=[5, 22, 6, 11, 9, 12, 8, 5])
    assert "pass wide with value=" in advice_of(frame, id="block", time="t", value="event")
