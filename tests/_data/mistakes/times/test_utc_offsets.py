"""Times of a local clock that came with its offsets from UTC: what is said of them makes times of them."""

import re
from io import StringIO

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq._data.mistakes.times.utc_offsets import have_several_offsets
from skseq.preprocessing import from_long

HOURS = pd.date_range("2024-03-29", periods=96, freq="h", tz="Europe/Berlin")  # the clock is put forward on the 31st
LOAD = pd.Series(np.sin(np.arange(96) * np.pi / 12), HOURS.rename("time"), name="load")
FORECASTER = SeriesForecaster(Ridge(), window=24, horizon=2)


@pytest.fixture
def text():
    return StringIO(LOAD.reset_index().to_csv(index=False))


def check(found):
    pd.testing.assert_series_equal(
        FORECASTER.fit(found).predict().squeeze(), FORECASTER.fit(LOAD).predict(), check_freq=False
    )


@pytest.mark.parametrize("as_objects", [False, True])
def test_an_index(text, as_objects):
    X = pd.read_csv(text, index_col="time")["load"]
    if as_objects:  # as parse_dates=True makes of it
        X.index = pd.Index([pd.Timestamp(time) for time in X.index], dtype=object, name="time")
    with pytest.raises(ValueError, match=r"convert it with .*, or what its zone is") as refusal:
        FORECASTER.fit(X)
    code = re.search("convert it with (.*), or what", str(refusal.value))[1]
    check(X.set_axis(eval(code, {"index": X.index, "pandas": pd})))


@pytest.mark.parametrize("as_objects", [False, True])
def test_a_column(text, as_objects):
    X = pd.read_csv(text)
    if as_objects:
        X["time"] = pd.Series([pd.Timestamp(time) for time in X["time"]], dtype=object)
    with pytest.raises(TypeError, match="holds dates in column 'time'.* pass ") as refusal:
        FORECASTER.fit(X)
    check(eval(str(refusal.value).split("pass ")[1].rstrip("."), {"X": X, "pandas": pd}))


def test_a_column_of_polars(text):
    X = pl.DataFrame(pd.read_csv(text))
    with pytest.raises(TypeError, match="holds dates as text in column 'time'.* pass ") as refusal:
        FORECASTER.fit(X)
    found = FORECASTER.fit(eval(str(refusal.value).split("pass ")[1].rstrip("."), {"X": X})).predict()
    assert found["time"][0].isoformat() == "2024-04-02T01:00:00+02:00"


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_a_long_frame(text, library):
    frame = library.DataFrame(pd.read_csv(text).assign(id=0))
    with pytest.raises(ValueError, match="Column 'time' holds strings.* Convert the column, with ") as refusal:
        from_long(frame, id="id", time="time", value="load")
    times = eval(re.search("column, with (.*) say", str(refusal.value))[1], {"frame": frame, "pandas": pd})
    frame = frame.assign(time=times) if library is pd else frame.with_columns(times)
    (found,) = FORECASTER.fit(from_long(frame, id="id", time="time", value="load").X).predict()
    assert (found.index[0] if library is pd else found["time"][0]).isoformat() == "2024-04-02T01:00:00+02:00"


@pytest.mark.parametrize(
    "labels",
    [
        ["2024-03-01 00:00:00+01:00", "2024-03-02 00:00:00+01:00"],
        ["2024-03-01 00:00:00+01:00", "2024-04-01 00:00:00"],
        ["2024-03-01", "2024-04-02"],
        ["2024-03-01 00:00", None],
        [1, 2],
    ],
    ids=str,
)
def test_others_have_not_several(labels):
    assert not have_several_offsets(labels)
