"""What is said of numbers that came as text makes numbers of them."""

import re
from io import StringIO

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.mistakes.texts.written_numbers import remedy_of_numbers
from skseq.preprocessing import from_long


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        (["2.5", "-1", "1e3"], [2.5, -1, 1000]),
        (["2,153.5", "999", "-1,200"], [2153.5, 999, -1200]),
        (["1,200,300", "2,153"], [1200300, 2153]),
        (["8,8", "0,125", "-3"], [8.8, 0.125, -3]),
        (["1.200,50", "8,5", "2.000"], [1200.5, 8.5, 2000]),
        (["8,5", "8.5"], [8.5, 8.5]),
        (["1.200.300,5", "1.200.300"], [1200300.5, 1200300]),
        (["12 %", "3.5%"], [12, 3.5]),
        (["$3.50", "$1,200.00"], [3.5, 1200]),
        (["3,50 €", "8,25 €"], [3.5, 8.25]),
        (["2,5", "n/a", "1,5"], [2.5, None, 1.5]),
        (["2.5", None], [2.5, None]),
    ],
    ids=str,
)
def test_what_it_says_makes_numbers(library, written, numbers):
    column = library.Series("sold", written) if library is pl else library.Series(written)
    remedy = remedy_of_numbers(column, "column", of_polars=library is pl)
    code = re.search(r"by (.*?\))(, or read|\. That|$)", remedy)[1]
    assert remedy.count("convert it") == 1
    np.testing.assert_array_equal(eval(code, {"column": column, "pandas": pd}), np.array(numbers, float))


def test_commas_of_which_nothing_tells_what_they_are():
    column = pd.Series(["2,153", "500", "1,250"])
    thousands, decimal = remedy_of_numbers(column, "column").split("; ")
    assert thousands.startswith("if commas separate thousands, ")
    assert decimal.startswith("if they are decimal commas, ")
    for remedy, expected in ((thousands, [2153, 500, 1250]), (decimal, [2.153, 500, 1.25])):
        code, options = re.search(r"by (.*), or read it by pandas.read_csv\(..., (.*)\)", remedy).groups()
        assert eval(code, {"column": column, "pandas": pd}).tolist() == expected
        text = StringIO("sold\n" + "\n".join(f'"{cell}"' for cell in column))
        assert eval(f"pd.read_csv(text, {options})", {"pd": pd, "text": text})["sold"].tolist() == expected


def test_numbers_among_strings_stay():
    column = pd.Series([5, "2,5", 1.5], dtype=object)
    code = re.search("by (.*), or read", remedy_of_numbers(column, "column"))[1]
    assert eval(code, {"column": column, "pandas": pd}).tolist() == [5, 2.5, 1.5]


@pytest.mark.parametrize("cells", [["a", "b"], ["x", "y", "2"], ["2024-01-01"], ["1,2,3"], ["", " "], [], ["C4", "G#"]])
def test_names_are_none(cells):
    assert remedy_of_numbers(cells, "column") == ""


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_where_it_is_said(library):
    written = ["8,8", "7,5", "1,25"] * 10
    days = pd.date_range("2024-01-01", periods=30).to_numpy()
    frame = library.DataFrame({"shop": ["n"] * 30, "day": days, "sold": written})
    names = {"pandas": pd, "frame": frame, "X": frame["sold"]}
    with pytest.raises(ValueError, match="strings, such as '8,8'.* convert it by") as refusal:
        from_long(frame, id="shop", time="day", value="sold")
    by_frame = eval(re.search(r"by (.*?\))(, or read|\.$)", str(refusal.value))[1], names)
    with pytest.raises(ValueError, match="X is a Series of text, such as '8,8'.* convert it by") as refusal:
        SeriesForecaster(Ridge()).fit(frame["sold"])
    by_series = eval(re.search(r"by (.*?\))(, or read|\.$)", str(refusal.value))[1], names)
    assert list(by_frame) == list(by_series) == [8.8, 7.5, 1.25] * 10
