"""Series of a long frame whose values end before those of the others."""

import datetime
import re

import numpy as np
import pandas as pd
import polars
import pytest
from warned import told

from skseq._data.mistakes.numbers.early_ends import early_ends, warn_of_early_ends
from skseq.preprocessing import from_long

DAYS = pd.date_range("2024-01-01", periods=10)
NAMES = {"time": "day", "value": "sold", "X_future": "open"}


def frame_of(n_known, *, n_days=(10, 10, 10), library="pandas"):
    """Three shops, the last of whose rows have no values."""
    shops = [
        pd.DataFrame({"shop": shop, "part": 7, "day": DAYS[:n], "sold": np.where(np.arange(n) < known, 1.0, np.nan)})
        for shop, known, n in zip(["north", "south", "harbour"], n_known, n_days)
    ]
    frame = pd.concat(shops, ignore_index=True).assign(open=1.0)
    return polars.DataFrame(frame.to_dict("series"), nan_to_null=True) if library == "polars" else frame


@pytest.mark.parametrize("id", ["shop", ["shop", "part"]], ids=str)
@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("n_known", [(8, 2, 8), (8, 7, 8), (10, 2, 10)], ids=["ended", "late", "no future of others"])
def test_a_series_that_ends_early_is_named(n_known, library, id):
    frame = frame_of(n_known, library=library)
    key = "'south'" if id == "shop" else "('south', 7)"
    ends = rf"of {re.escape(key)} at 2024-01-0{n_known[1]}, those of most others at 2024-01-{n_known[0]:02}\."
    with pytest.warns(UserWarning, match=ends) as told:
        from_long(frame, id=id, **NAMES)
    (advice,) = re.findall(r"leave them out, by (.*), or cut", str(told[0].message))
    others = from_long(eval(advice, {"frame": frame, "polars": polars}), id=id, **NAMES)  # without a warning
    assert [np.ravel(key)[0] for key in others.ids] == ["north", "harbour"]
    cut = from_long(frame_of(n_known, n_days=(10, n_known[1], 10), library=library), id=id, **NAMES)
    assert [len(own) for own in cut.X] == list(n_known)


def test_several_series_that_end_early():
    told = (
        r"values of 2 of 3 .* 'north' at 2024-01-03, but those of 'harbour' at 2024-01-08.*isin\(\['north', 'south'\]"
    )
    with pytest.warns(UserWarning, match=told):
        from_long(frame_of((3, 2, 8)), id="shop", **NAMES)
    shops = pd.concat([frame_of((2, 2, 2)).assign(shop=lambda x, k=k: x["shop"] + str(k)) for k in range(3)])
    with pytest.warns(UserWarning, match=r"values of 9 of 19 .* most others .*'south1', \.\.\.\]\)"):
        from_long(pd.concat([shops, *(frame_of((8,)).assign(shop=str(k)) for k in range(10))]), id="shop", **NAMES)


@pytest.mark.parametrize("id", ["opened", ["opened", "shop"]], ids=str)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_ids_that_are_dates(library, id):
    """Without a majority none is "most others", and late values come first."""
    frame = frame_of((8, 2)).assign(opened=lambda rows: rows["shop"].map({"north": DAYS[0], "south": DAYS[5]}))
    frame = polars.DataFrame(frame.to_dict("series"), nan_to_null=True) if library == "polars" else frame
    with pytest.warns(UserWarning, match=r", but those of .* at 2024-01-08\. .* If values are late") as told:
        from_long(frame, id=id, **NAMES)
    (advice,) = re.findall(r"leave them out, by (.*), or cut", str(told[0].message))
    scope = {"frame": frame, "polars": polars, "pandas": pd, "datetime": datetime}
    assert set(eval(advice, scope)["shop"]) == {"north"}


@pytest.mark.parametrize(
    ("n_known", "n_days"),
    [
        ((8, 8, 8), (10, 10, 10)),
        ((8, 8, 8), (10, 9, 8)),  # known ahead for more or fewer days
        ((8, 3, 8), (10, 5, 10)),  # a time of its own
        ((8, 9, 8), (10, 10, 10)),  # one is ahead
        ((10, 4, 7), (10, 4, 7)),  # none has a future
    ],
    ids=str,
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_ordinary_frames_are_silent(n_known, n_days, library):
    found = from_long(frame_of(n_known, n_days=n_days, library=library), id="shop", **NAMES)
    assert [len(own) for own in found.X] == list(n_known)


def test_without_a_known_future_or_without_times_nothing_is_said():
    frame = frame_of((8, 2, 8))
    assert not told(from_long, frame, id="shop", time="day", value="sold")
    assert not told(from_long, frame.drop(columns="day"), id="shop", value="sold", X_future="open")


def test_the_usual_end():
    """The most frequent one, of several the latest."""
    assert early_ends([(8, 10), (2, 10), (8, 11)]) == ([1], 8)
    assert early_ends([(2, 10), (8, 10)]) == ([0], 8)
    assert early_ends([(2, 9), (8, 10)]) == ([], 8)
    assert early_ends([(8, 10), (8, 10), (9, 10)]) == ([], 8)


def test_times_that_cannot_be_compared():
    days = [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01", tz="UTC")]
    assert not told(warn_of_early_ends, [(day, day) for day in days], ["a", "b"], "shop", of_polars=False)
