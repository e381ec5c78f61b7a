"""Long frames with a column of names beside one of values: what an error about their times advises."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq.preprocessing import from_long

HOURS = pd.to_datetime(["2024-01-01 10:00", "2024-01-01 10:00", "2024-01-01 11:00"] * 4)
ROWS = pd.DataFrame(
    {
        "stay": [1] * 6 + [2] * 6,
        "time": HOURS,
        "variable": ["HR", "SpO2", "SpO2", "SpO2", "HR", "HR"] * 2,
        "value": [80.0, 97, 96, 99, 82, 85, 99, 91, 90, 95, 110, 120],
        "age": [50] * 6 + [70] * 6,
    }
)
NAMES = {"id": "stay", "time": "time", "value": "value"}
STAYS = [[[81.0, 98.0], [85.0, 96.0]], [[104.5, 93.0], [120.0, 90.0]]]  # HR and SpO2, means of what is there twice


def advice_of(frame, **names):
    with pytest.raises(ValueError, match="Expected each time once, in ascending order") as error:
        from_long(frame, **names)
    return str(error.value)


def follow(frame, advice, **names):
    """Series of the wide frame that is advised."""
    names = {**NAMES, **names}
    call, value = re.search(r"wide = (.*), and pass wide with value=(.*?)\. If", advice).groups()
    wide = eval(call, {"frame": frame})
    return from_long(wide, **{**names, "value": eval(value, {"wide": wide})})


def values_of(series):
    return [own[["HR", "SpO2"]].to_numpy().tolist() for own in series.X]


KINDS = {
    "pandas": ROWS,
    "categories": ROWS.astype({"variable": "category", "stay": "category"}),
    "sorted": ROWS.sort_values(["stay", "variable", "time"]),
    "strings": ROWS.astype({"variable": "string"}),
    "a unit, too": ROWS.assign(unit="%", note=list("abcdefghijkl")),
    "polars": pl.DataFrame(ROWS.to_dict("series")),
    "categories of polars": pl.DataFrame(ROWS.to_dict("series")).with_columns(pl.col("variable").cast(pl.Categorical)),
}


@pytest.mark.parametrize("frame", KINDS.values(), ids=KINDS)
def test_a_column_of_each_quantity(frame):
    advice = advice_of(frame, **NAMES)
    assert "Column 'variable' tells rows of one time apart" in advice
    assert "pass wide with value=['HR', 'SpO2']. If" in advice
    series = follow(frame, advice)
    assert series.ids == [1, 2]
    assert values_of(series) == STAYS


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_covariates_are_kept(library):
    frame = ROWS if library == "pandas" else pl.DataFrame(ROWS.to_dict("series"))
    series = follow(frame, advice_of(frame, **NAMES, X_static="age"), X_static="age")
    assert values_of(series) == STAYS
    assert series.X_static["age"].to_list() == [50, 70]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_covariates_that_differ_at_one_time_are_left_out(library):
    frame = ROWS.assign(age=[np.nan, *ROWS["age"][1:]])
    frame = frame if library == "pandas" else pl.DataFrame(frame.to_dict("series"))
    advice = advice_of(frame, **NAMES, X_static="age")
    assert advice.endswith("wide lacks ['age'], which differ among rows of one time.")
    assert values_of(follow(frame, advice)) == STAYS


@pytest.mark.parametrize("name", ["variable", None], ids=["named", "without names"])
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_times_without_any_value_are_kept(library, name):
    """A gap, and a known future, whose rows may lack names; the dose of the second time is missing."""
    rows = pd.DataFrame({"stay": 1, "time": np.repeat(np.arange(5), 2), "variable": ["HR", "SpO2"] * 5})
    rows["value"] = [80, 97, np.nan, np.nan, 82, 96, np.nan, np.nan, np.nan, np.nan]
    rows["dose"] = np.repeat([1.0, np.nan, 3, 4, 5], 2)
    rows.loc[6:, "variable"] = rows.loc[6:, "variable"] if name else None
    frame = rows if library == "pandas" else pl.DataFrame(rows.to_dict("series"), nan_to_null=True)
    series = follow(frame, advice_of(frame, **NAMES, X_future="dose"), X_future="dose")
    np.testing.assert_array_equal(series.X[0]["HR"], [80, np.nan, 82])
    np.testing.assert_array_equal(series.X_future[0]["dose"], [1, np.nan, 3, 4, 5])


def test_a_column_whose_label_is_a_number():
    frame = ROWS.rename(columns={"variable": 0})
    assert values_of(follow(frame, advice_of(frame, **NAMES))) == STAYS


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_values_that_are_strings_are_not_averaged(library):
    """The first of several is taken, and the next error says how to make numbers of them."""
    frame = ROWS.astype({"value": str})
    frame = frame if library == "pandas" else pl.DataFrame(frame.to_dict("list"))
    code = "pandas.to_numeric" if library == "pandas" else "cast"
    with pytest.raises(ValueError, match=f"column 'HR' of value holds strings, such as '80.0'.* by .*{code}"):
        follow(frame, advice_of(frame, **NAMES))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_many_names(library):
    """Ten names are not written out; of one that never has a value, pandas makes no column."""
    names, values = list("abcdefghij"), [*range(9), np.nan, *range(9), np.nan]
    rows = pd.DataFrame({"stay": 1, "time": np.repeat([1, 2], 10), "variable": names * 2, "value": values})
    frame = rows if library == "pandas" else pl.DataFrame(rows.to_dict("series"))
    advice = advice_of(frame, **NAMES)
    assert "value=list(wide.columns[2:])" in advice
    (series,) = follow(frame, advice).X
    assert series[names[:9]].to_numpy().tolist() == [list(range(9))] * 2


def test_each_name_is_a_series():
    """Items of stores, whose column was left out of id."""
    days = list(pd.date_range("2024-01-01", periods=4))
    frame = pd.DataFrame(
        {"store": "north", "item": ["milk"] * 4 + ["tea"] * 4, "day": days * 2, "sold": np.arange(8.0)}
    )
    advice = advice_of(frame, id="store", time="day", value="sold")
    (id,) = re.findall(r"series of its own, pass id=(\[.*\])\.$", advice)
    series = from_long(frame, id=eval(id), time="day", value="sold")
    assert series.ids == [("north", "milk"), ("north", "tea")]


OTHERS = {
    "repeated rows": pd.concat([ROWS.drop_duplicates(["stay", "time"])] * 2).sort_values(["stay", "time"]),
    "no names": ROWS.drop(columns="variable"),
    "a note in each row": ROWS.assign(variable=list("abcdefghijkl")),
    "a name for each stay": ROWS.assign(variable=["a"] * 6 + ["b"] * 6),
    "lists": ROWS.assign(value=[[value] for value in ROWS["value"]]),
    "not in order": ROWS.drop_duplicates(["stay", "time"])[::-1],
}


@pytest.mark.parametrize("frame", OTHERS.values(), ids=OTHERS)
def test_other_frames_are_to_be_sorted(frame):
    assert ": sort the frame by id and time, and leave out repeated rows. If id lacks" in advice_of(frame, **NAMES)


def test_several_columns_of_values():
    assert "sort the frame" in advice_of(ROWS, **{**NAMES, "value": ["value", "age"]})
