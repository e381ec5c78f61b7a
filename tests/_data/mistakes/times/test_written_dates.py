"""Frames with a column of dates as text: what makes numbers of them."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq.preprocessing import SequenceScaler

LIBRARIES = pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])


def advice_of(library, *days):
    return advice_on([library.DataFrame({"day": list(days), "eur": [1.0] * len(days)})])


def advice_on(X, name="day"):
    with pytest.raises(ValueError, match=rf"X\[0\] has the column {name!r} of strings") as error:
        SequenceScaler().fit(X)
    codes = re.findall(r"\[x\.\w.*? for x in X\]", str(error.value))
    return str(error.value), [eval(code, {"X": X, "pandas": pd, "polars": pl}) for code in codes if "gap" in code]


@LIBRARIES
@pytest.mark.parametrize(
    ("days", "gaps"),
    [
        (("2024-02-28", "2024-03-01"), [2]),
        (("9.3.2024", "10.3.2024"), [1]),
        (("23/03/2024", "25/03/2024"), [2]),
        (("03/23/2024", "03/25/2024"), [2]),
        (("03/04/2024", "04/04/2024"), [1, 31]),  # with months first, one month
        (("01.03.2024 10:00", "01.03.2024 11:00"), [3600]),
        (("2024-03-31T01:00+01:00", "2024-03-31T03:00+02:00"), [3600]),
        (("2024-03-31 01:00:00+01", "2024-03-31 00:00:00Z"), [0]),
        (("03/23/2024 10:00", "03/23/2024 10:01"), [60]),
        (("03/04/2024 10:00", "04/04/2024 10:00"), [86_400, 31 * 86_400]),
        (("03/23/2024 10:00 AM", "03/23/2024 1:00 PM"), [10_800]),
        (("03/23/2024 10:00 AM", "03/23/2024 13:00"), [10_800]),
        (("23.03.2024 10:00", "23.03.2024 10:00:30"), [30]),
        (("2024-03-23 10:00:00.5", "2024-03-23 10:00:01"), [0.5]),
        (("2024-03-23", "2024-03-23T10:00"), [36_000]),
    ],
)
def test_dates_become_gaps(library, days, gaps):
    advice, followed = advice_of(library, *days)
    unit = "seconds" if ":" in days[1] else "days"
    assert f"they are dates. Pass the {unit} since the last row" in advice
    assert [own["gap"].to_list() for (own,) in followed] == [[0, gap] for gap in gaps]
    SequenceScaler().fit(followed[0])


@LIBRARIES
def test_missing_dates_have_no_gap_and_lose_none(library):
    _, (followed,) = advice_of(library, None, "2024-03-01", None, "2024-03-05")
    assert followed[0]["gap"].to_list() == [0, 0, 0, 4]


@LIBRARIES
def test_a_frame_without_dates(library):
    """Its column has another type in polars."""
    days = ["2024-03-01", "2024-03-05"], [None, None]
    _, (followed,) = advice_on([library.DataFrame({"day": own, "eur": [1.0, 2.0]}) for own in days])
    assert [own["gap"].to_list() for own in followed] == [[0, 4], [0, 0]]


def test_categories_of_polars():
    days = pl.Series(["2024-03-01", "2024-03-05"], dtype=pl.Categorical)
    _, (followed,) = advice_on([pl.DataFrame({"day": days, "eur": [1.0, 2.0]})])
    assert followed[0]["gap"].to_list() == [0, 4]


def test_samples_of_several_libraries_have_no_common_code():
    days = {"day": ["2024-03-01", "2024-03-05"], "eur": [1.0, 2.0]}
    for frame in (pd.DataFrame(days), pl.DataFrame(days)):
        for other in (np.ones((2, 2)), pd.DataFrame(days), pl.DataFrame(days)):
            if type(other) is not type(frame):
                assert "for x in X]" not in advice_on([frame, other])[0]


@LIBRARIES
def test_dates_of_all_frames_tell_their_format(library):
    days = [("03/04/2024", "04/04/2024"), ("23/04/2024", "24/04/2024 10:00")]
    advice, (followed,) = advice_on([library.DataFrame({"day": own, "eur": [1.0, 2.0]}) for own in days])
    assert "months" not in advice
    assert [own["gap"].to_list() for own in followed] == [[0, 86_400], [0, 122_400]]
    days[1] = ("later", "24/04/2024")
    assert "they are dates" not in advice_on([library.DataFrame({"day": own, "eur": [1.0, 2.0]}) for own in days])[0]


@LIBRARIES
def test_several_columns_of_dates(library):
    X = [library.DataFrame({"day": ["2024-03-01", "2024-03-03"], "end": ["2024-03-01", "2024-03-04"]})]
    X = advice_on(X)[1][0]
    (followed,) = advice_on(X, "end")[1][0]
    assert {name: followed[name].to_list() for name in followed.columns} == {"gap": [0, 2], "gap_2": [0, 3]}


def test_columns_that_are_numbered():
    X = [pd.DataFrame([["2024-03-01", 1.0], ["2024-03-03", 2.0]], columns=[3, 4])]
    _, (followed,) = advice_on(X, 3)
    assert followed[0]["gap"].tolist() == [0, 2]


@LIBRARIES
@pytest.mark.parametrize(
    "days",
    [
        ("2024-03-01", "later"),
        ("31.02.2024", "01.03.2024"),
        ("shop", "mail"),
        ("2024-03-01 10:00", "2024-03-01 24:00"),
        ("2024-03-01T10:00Z", "2024-03-01T10:00"),
    ],
)
def test_other_strings_are_no_dates(library, days):
    assert "make one-hot columns of it" in advice_of(library, *days)[0]
