"""Long frames whose ids lack a column: what an error about their times advises."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

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
