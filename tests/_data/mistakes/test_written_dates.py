"""Frames with a column of dates as text: what makes numbers of them."""

import re

import pandas as pd
import polars as pl
import pytest

from skseq.preprocessing import SequenceScaler

LIBRARIES = pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])


def advice_of(library, *days):
    X = [library.DataFrame({"day": list(days), "eur": [1.0, 2.0]})]
    with pytest.raises(ValueError, match=r"X\[0\] has the column 'day' of strings") as error:
        SequenceScaler().fit(X)
    codes = re.findall(r"\[x\.\w.*? for x in X\]", str(error.value))
    return str(error.value), [eval(code, {"X": X, "pandas": pd})[0] for code in codes]


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
    ],
)
def test_dates_become_gaps(library, days, gaps):
    advice, followed = advice_of(library, *days)
    unit = "seconds" if ":" in days[0] else "days"
    assert f"they are dates. Pass the {unit} since the last row" in advice
    assert [own["gap"].to_list() for own in followed] == [[0, gap] for gap in gaps]
    SequenceScaler().fit([followed[0]])


@LIBRARIES
@pytest.mark.parametrize("days", [("2024-03-01", "later"), ("31.02.2024", "01.03.2024"), ("shop", "mail")])
def test_other_strings_are_no_dates(library, days):
    assert "make one-hot columns of it" in advice_of(library, *days)[0]
