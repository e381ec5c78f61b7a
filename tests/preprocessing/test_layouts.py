"""Sequences of other libraries' containers, and which axis is time."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skseq import SequenceClassifier
from skseq.preprocessing import as_sequences

RAGGED = [np.arange(6.0).reshape(3, 2), np.arange(10.0).reshape(5, 2)]  # (t, c)
CUBE = np.arange(24.0).reshape(2, 4, 3)  # (n, t, c)


def without_address(value):
    """How a value prints, without where it is: all processes of a run must name a test alike."""
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))


def same(found, expected):
    assert type(found) is type(expected)
    assert len(found) == len(expected)
    for own, other in zip(found, expected):
        np.testing.assert_array_equal(own, other)


@pytest.mark.parametrize("layout", ["aeon", "sktime", "channels_first"])
def test_channels_first(layout, capsys):
    same(as_sequences(CUBE.transpose(0, 2, 1), layout), CUBE)
    assert capsys.readouterr().out == "2 sequences of 4 timesteps (axis 2) and 3 channels (axis 1)\n"
    same(as_sequences([own.T for own in RAGGED], layout), RAGGED)
    assert capsys.readouterr().out == (
        "2 sequences of 3 to 5 timesteps (axis 1 of each array) and 2 channels (axis 0 of each array)\n"
    )


def test_channels_last(capsys):
    same(as_sequences(CUBE, "channels_last"), CUBE)
    assert capsys.readouterr().out == "2 sequences of 4 timesteps (axis 1) and 3 channels (axis 2)\n"
    same(as_sequences(RAGGED, "channels_last", verbose=0), RAGGED)
    assert capsys.readouterr().out == ""


def test_masked_timesteps_are_left_out():
    padded = np.full((2, 6, 2), 9.0)
    mask = np.ones(padded.shape, bool)
    for own, of_own, sample in zip(padded, mask, RAGGED):
        own[: len(sample)], of_own[: len(sample)] = sample, False
    cube = np.ma.array(padded, mask=mask)
    univariate = [own[:, :1] for own in RAGGED]
    of_channels = pd.DataFrame({"a": list(cube[:, :, 0]), "b": list(cube[:, :, 1])})
    for layout in ("channels_last", "tslearn"):
        same(as_sequences(cube, layout, verbose=0), RAGGED)
        same(as_sequences(list(cube), layout, verbose=0), RAGGED)
    same(as_sequences(cube.transpose(0, 2, 1), "channels_first", verbose=0), RAGGED)
    same(as_sequences(list(cube.transpose(0, 2, 1)), "channels_first", verbose=0), RAGGED)
    same(as_sequences(cube[:, :, 0], verbose=0), univariate)
    same(as_sequences(of_channels, verbose=0), RAGGED)
    same(as_sequences(cube[:, :5], "channels_last", verbose=0), RAGGED)
    same(as_sequences(cube[:, :3], "channels_last", verbose=0), padded[:, :3])  # of one length: nothing is masked
    with pytest.raises(ValueError, match="Nothing says which axis"):
        as_sequences(cube)
    cube[0, 1, 0] = np.ma.masked
    with pytest.raises(ValueError, match=r"data\[0\] is masked at step 1"):
        as_sequences(cube, "channels_last")


def test_nan_behind_the_end_is_padding_and_nan_within_a_gap(capsys):
    cube = np.full((2, 6, 2), np.nan)
    for own, sample in zip(cube, RAGGED):
        own[: len(sample)] = sample
    cube[1, 1, :] = np.nan  # a gap of one step
    cube[0, 2, 0] = np.nan  # one channel ends earlier
    found = as_sequences(cube, "tslearn")
    assert [len(own) for own in found] == [3, 5]
    np.testing.assert_array_equal(found[1], cube[1, :5])
    assert "(axis 1, without NaN at the end)" in capsys.readouterr().out
    same(as_sequences(cube[:, :, 0], "tslearn", verbose=0), [cube[0, :2, :1], cube[1, :5, :1]])
    cube[0] = np.nan
    with pytest.raises(ValueError, match="Sequence 0 holds nothing but NaN"):
        as_sequences(cube, "tslearn")


@pytest.mark.parametrize("library", [pd, pl])
def test_a_table_that_is_filled_up_with_nan_is_cut_as_the_error_about_it_says(library, capsys):
    wide = library.DataFrame({"t0": [1.0, 3.0], "t1": [2.0, 4.0], "t2": [None, 5.0]})
    with pytest.raises(ValueError, match=r"(?s)contains NaN.*as_sequences\(X, layout='tslearn'\) cuts"):
        SequenceClassifier().fit(wide, [0, 1])
    X = as_sequences(wide, layout="tslearn")
    assert [own.tolist() for own in X] == [[[1.0], [2.0]], [[3.0], [4.0], [5.0]]]
    said = "2 sequences of 2 to 3 timesteps (columns, without NaN at the end) and 1 channel (none)\n"
    assert capsys.readouterr().out == said
    for layout in ("auto", "channels_last"):
        with pytest.raises(ValueError, match=r"pass frame\.to_numpy\(\), or set layout='tslearn'"):
            as_sequences(wide, layout=layout)


def test_missing_values_of_pandas_own_types_are_cut():
    wide = pd.DataFrame({"a": pd.array([1, 2], dtype="Int64"), "b": pd.array([None, 3], dtype="Int64")})
    assert [len(own) for own in as_sequences(wide, "tslearn", verbose=0)] == [1, 2]


def test_univariate_arrays_need_no_layout(capsys):
    same(as_sequences(CUBE[0]), CUBE[0][:, :, None])
    assert "4 sequences of 3 timesteps (the only axis of each) and 1 channel" in capsys.readouterr().out
    same(as_sequences([[1, 2, 3], [1]], verbose=0), [np.array([[1], [2], [3]]), np.array([[1]])])


@pytest.mark.parametrize("layout", ["auto", "channels_last"])
def test_nan_at_the_end_of_rows_are_told(layout, capsys):
    ends, gap = np.array([[1, 2, np.nan], [1, 2, 3]]), np.array([[1, np.nan, np.nan], [1, np.nan, 3]])
    for data, told in ((ends, layout == "auto"), (list(ends), layout == "auto"), (gap, False), (ends[1:], False)):
        np.testing.assert_array_equal(as_sequences(data, layout), np.asarray(data)[:, :, None])
        said = "(the only axis of each; NaN at their ends are kept, layout='tslearn' cuts them off)"
        assert (said in capsys.readouterr().out) == told


FRAMES = [pd.DataFrame(own, columns=["a", "b"]) for own in RAGGED]
LEVELS = pd.concat(FRAMES, keys=["x", "y"], names=["id", "day"])
CELLS = {name: [own[name].to_list() for own in FRAMES] for name in "ab"}
NESTED = pd.DataFrame({name: [pd.Series(cell) for cell in cells] for name, cells in CELLS.items()})


@pytest.mark.parametrize(
    ("data", "time"),
    [
        (FRAMES, "rows of each frame"),
        ([pl.from_pandas(own) for own in FRAMES], "rows of each frame"),
        (LEVELS, "index level 'day'"),
        (NESTED, "items of each cell"),
        (pl.DataFrame(CELLS), "items of each list"),
        (pa.table(CELLS), "items of each list"),
    ],
    ids=["list of pandas", "list of polars", "multi-index", "nested", "polars", "pyarrow"],
)
@pytest.mark.parametrize("layout", ["auto", "sktime"])
def test_containers_that_say_what_is_time(data, time, layout, capsys):
    same(as_sequences(data, layout), RAGGED)
    assert capsys.readouterr().out == f"2 sequences of 3 to 5 timesteps ({time}) and 2 channels (columns)\n"


@pytest.mark.parametrize("single", [pl.Series("a", CELLS["a"]), pa.array(CELLS["a"]), pa.chunked_array([CELLS["a"]])])
def test_single_columns_of_lists(single):
    same(as_sequences(single, verbose=0), [own[:, :1] for own in RAGGED])


def test_missing_numbers_of_objects_are_gaps():
    frame = pd.DataFrame({"a": pd.Series([1, None], dtype=object), "b": [True, False]})
    np.testing.assert_array_equal(as_sequences([frame], verbose=0)[0], [[1, 1], [np.nan, 0]])


def test_missing_items_of_lists_are_gaps():
    np.testing.assert_array_equal(as_sequences(pl.Series([[1, None], [2, 3]]), verbose=0)[0], [[1], [np.nan]])
    np.testing.assert_array_equal(as_sequences(pa.array([[1, None], [2, 3]]), verbose=0)[0], [[1], [np.nan]])


DAYS = pd.DataFrame({"v": [1.0, 2.0], "ds": pd.date_range("2020-01-01", periods=2)})
IN_UTC = DAYS.assign(ds=DAYS.ds.dt.tz_localize("UTC"))
DATES = np.array([["2020-01-01", "2020-01-02"]], "M8[D]")


@pytest.mark.parametrize(
    ("data", "layout", "says"),
    [
        (CUBE, "auto", r"Nothing says which axis of data \(shape \(2, 4, 3\)\) is time. Set layout='channels_first'"),
        (RAGGED, "auto", r"a list of arrays, the first of shape \(3, 2\)"),
        (CUBE, "time first", "layout must be one of 'auto', 'aeon', .* Got 'time first'"),
        (np.ones(3), "auto", r"Got 1 dimensions. A single series is \[data\]"),
        ([["ab", "c"]], "auto", r"data\[0\] holds strings. Expected numbers"),
        (pl.Series([[1.0], None]), "auto", "Sample 1 has no sequence, but a missing value: leave it out"),
        (pd.Series([[1.0], np.nan]), "auto", "Sample 1 has no sequence, but a missing value: leave it out"),
        (pa.array([[1.0], None]), "auto", "Sample 1 has no sequence, but a missing value: leave it out"),
        (CUBE[None], "aeon", "must be an array of 2 or 3 dimensions.* Got 4 dimensions"),
        ([np.ones(2), np.ones((2, 2))], "aeon", "Got arrays of 1 to 2 dimensions"),
        ([np.ones((2, 3)), np.ones((4, 3))], "aeon", "The sequences have 2 to 4 channels"),
        ([np.ones((0, 2))], "channels_last", "Sequence 0 has no timestep"),
        ([], "aeon", "data hold no sequence"),
        (np.ones((0, 3)), "aeon", "data hold no sequence"),
        (DATES, "auto", "data holds datetime64.* dates belong into the index"),
        ([DAYS], "auto", r"column 'ds' of data\[0\] holds datetime64.* dates belong into the index"),
        ([IN_UTC], "auto", r"column 'ds' of data\[0\] .* dates belong into the index"),
        ([pl.from_pandas(DAYS)], "auto", r"column 'ds' of data\[0\] holds datetime64.* dates belong into the index"),
        ([DAYS.assign(ds=["a", "b"])], "auto", r"column 'ds' of data\[0\] "),
        ([["a", "b"]], "auto", r"data\[0\] holds str.* tokens and text go into estimators as they are"),
        ([[10**400, 1]], "auto", r"data\[0\] holds an integer beyond the largest float64"),
        ([[1, "x", None]], "auto", "holds str|no sequence of numbers"),
        (LEVELS[::-1], "auto", "The times of sample 'y' do not ascend"),
        (pd.DataFrame(CUBE[0]), "auto", "does not say what is time. For one series per row pass frame.to_numpy"),
        (pl.DataFrame({"a": [1.0, 2.0]}), "auto", "Column 'a' of polars is Float64. Expected lists of numbers"),
        (pl.DataFrame({"a": [["x"]]}), "auto", r"Column 'a' of polars is List\(String\)"),
        (pa.table({"a": [1.0, 2.0]}), "auto", "'a' of pyarrow is double. Expected lists of numbers"),
        (pa.table({"a": [[1.0], [2.0]], "b": [[1.0], [2.0, 3.0]]}), "auto", r"sample 1 have shapes \(1,\), \(2,\)"),
    ],
    ids=without_address,
)
def test_errors_say_what_to_do(data, layout, says):
    with pytest.raises(ValueError, match=says):
        as_sequences(data, layout, verbose=0)


TIMES = pd.date_range("2025-01-01", periods=4)
NAMES = ["AAPL", "MSFT", "SAP"]


def panel(*levels, names=("date", "ticker")):
    index = pd.MultiIndex.from_product(levels, names=names)
    return pd.DataFrame({"ret": np.arange(float(len(index)))}, index)


@pytest.mark.parametrize(
    "times",
    [TIMES, TIMES.tz_localize("UTC"), TIMES.to_period("D"), TIMES.date, TIMES.astype("timestamp[us][pyarrow]")],
    ids=lambda times: type(times).__name__ + str(times.dtype),
)
@pytest.mark.parametrize(("ids", "kind"), [(NAMES, "strings"), ([10107, 14593, 93436], "integers")])
def test_times_in_another_level_than_the_last_are_refused(times, ids, kind):
    data = panel(times, ids)
    says = (
        rf"^The last level 'ticker' of data holds {kind}, and level 'date' holds times\. Expected times in the last "
        r"level, as in data\.swaplevel\('date', 'ticker'\)\.sort_index\(\)\. If 'ticker' counts the steps of each "
        r"sequence, pass a list: \[own for _, own in data\.groupby\(level='date', sort=False\)\]\.$"
    )
    for refused in (data, data["ret"]):
        with pytest.raises(ValueError, match=says):
            as_sequences(refused)
        swapped = as_sequences(refused.swaplevel("date", "ticker").sort_index(), verbose=0)
        np.testing.assert_array_equal(swapped, np.arange(12.0).reshape(4, 3).T[:, :, None])
        by_date = as_sequences([own for _, own in refused.groupby(level="date", sort=False)], verbose=0)
        np.testing.assert_array_equal(by_date, np.arange(12.0).reshape(4, 3, 1))


def test_levels_without_names_are_numbered():
    data = panel(["DE", "US"], TIMES, NAMES, names=None)
    says = r"last level 2 of data holds strings, .* data\.swaplevel\(1, 2\).*groupby\(level=\[0, 1\], sort=False\)"
    with pytest.raises(ValueError, match=says):
        as_sequences(data)
    assert as_sequences([own for _, own in data.groupby(level=[0, 1], sort=False)], verbose=0).shape == (8, 3, 1)
    assert as_sequences(data.swaplevel(1, 2).sort_index(), verbose=0).shape == (6, 4, 1)


@pytest.mark.parametrize(
    ("levels", "shape"),
    [
        ((NAMES, TIMES), (3, 4, 1)),
        ((NAMES, [3, 5]), (3, 2, 1)),
        (([7, 9], NAMES), (2, 3, 1)),
        ((TIMES, TIMES), (4, 4, 1)),
        ((TIMES, TIMES - TIMES[0]), (4, 4, 1)),
        ((TIMES, [0.0, 0.5]), (4, 2, 1)),
        ((TIMES, pd.date_range("2025-01-01", periods=24, freq="h").time), (4, 24, 1)),
    ],
    ids=["times last", "integers last", "no times", "times twice", "durations last", "seconds last", "clock last"],
)
def test_levels_that_may_be_time_pass(levels, shape):
    assert as_sequences(panel(*levels), verbose=0).shape == shape
