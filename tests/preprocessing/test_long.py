"""Long frames to series and back: round trips, order, the future, and rows that are refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal as assert_polars_equal
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster
from skseq.preprocessing import from_long, to_long


def long_frame():
    """Two series of 20 and 12 days, of which the last 3 have no values."""
    rng, days = np.random.RandomState(0), pd.date_range("2024-01-01", periods=20)
    parts = [
        pd.DataFrame({"shop": shop, "day": days[:n], "sold": rng.rand(n), "price": rng.rand(n), "open": rng.rand(n)})
        for shop, n in (("south", 20), ("north", 12))
    ]
    for part in parts:
        part.loc[part.index[-3:], ["sold", "price"]] = np.nan
    return pd.concat(parts, ignore_index=True)


NAMES = {"id": "shop", "time": "day"}
COLUMNS = {"value": "sold", "X_past": "price", "X_future": ["open"]}


@pytest.mark.parametrize("value", ["sold", ["sold"]])
def test_round_trip_of_pandas(value):
    frame = long_frame()
    found = from_long(frame, **NAMES, **{**COLUMNS, "value": value})
    assert found.ids == ["south", "north"]
    assert [len(own) for own in found.X] == [len(own) for own in found.X_past] == [17, 9]
    assert [len(own) for own in found.X_future] == [20, 12]
    assert isinstance(found.X[0], pd.Series if value == "sold" else pd.DataFrame)
    back = to_long(found.X, ids=found.ids, **NAMES, X_past=found.X_past, X_future=found.X_future)
    pd.testing.assert_frame_equal(back, frame)


def test_round_trip_of_polars():
    frame = pl.from_pandas(long_frame())
    found = from_long(frame, **NAMES, **COLUMNS)
    assert found.X[0].columns == ["day", "sold"]
    assert [len(own) for own in found.X_future] == [20, 12]
    back = to_long(found.X, ids=found.ids, **NAMES, X_past=found.X_past, X_future=found.X_future)
    assert_polars_equal(back, frame)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_of_whole_series(library):
    """One row per series, in the order of the ids; and back, also into the rows of the future."""
    frame = long_frame().assign(area=[3.5] * 20 + [7.0] * 12, city=["Rome"] * 20 + ["Oslo"] * 12)
    own = pl.from_pandas(frame) if library == "polars" else frame
    found = from_long(own, **NAMES, **COLUMNS, X_static=["area", "city"])
    assert list(found.X_static.columns) == ["area", "city"]
    assert found.X_static["city"].to_list() == ["Rome", "Oslo"]
    beside = {"X_past": found.X_past, "X_future": found.X_future, "X_static": found.X_static}
    back = to_long(found.X, ids=found.ids, **NAMES, **beside)
    equal = assert_polars_equal if library == "polars" else pd.testing.assert_frame_equal
    equal(back, own)
    area = from_long(own, **NAMES, value="sold", X_static="area").X_static
    model = SeriesForecaster(Ridge(), window=2, horizon=3).fit(found.X, X_static=area)
    assert model.predict(found.X, X_static=area)[0].shape[0] == 3
    with pytest.raises(
        ValueError, match=r"Series 'south' has 20 values of 'open', but X_static is for columns with one"
    ):
        from_long(own, **NAMES, value="sold", X_static="open")
    with pytest.raises(ValueError, match="X_static has 2 rows for 1 series"):
        to_long(found.X[:1], X_static=area)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rows_of_series_may_take_turns(library):
    frame = long_frame().sort_values("day", kind="stable")
    found = from_long(pl.from_pandas(frame) if library == "polars" else frame, **NAMES, value="sold")
    expected = from_long(long_frame(), **NAMES, value="sold")
    assert found.ids == expected.ids
    assert (found.X_past, found.X_future) == (None, None)
    for own, other in zip(found.X, expected.X):
        values = own["sold"] if library == "polars" else own
        np.testing.assert_array_equal(values.to_numpy(), other.to_numpy())


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_from_a_long_frame_to_a_long_forecast(library):
    frame = long_frame()
    found = from_long(pl.from_pandas(frame) if library == "polars" else frame, **NAMES, **COLUMNS)
    model = SeriesForecaster(Ridge(), window=2, horizon=3, calibration_windows=2)
    model.fit(found.X, X_past=found.X_past, X_future=found.X_future)
    forecast = to_long(model.predict(), ids=found.ids, **NAMES)
    assert list(forecast.columns) == ["shop", "day", "sold"]
    assert list(forecast["shop"]) == ["south"] * 3 + ["north"] * 3
    expected = pd.date_range("2024-01-18", "2024-01-20").append(pd.date_range("2024-01-10", "2024-01-12"))
    assert pd.DatetimeIndex(forecast["day"].to_numpy()).equals(
        expected.as_unit(pd.DatetimeIndex(forecast["day"].to_numpy()).unit)
    )
    bounds = to_long(model.predict_interval(coverage=0.5))
    assert list(bounds.columns) == ["id", "time", "lower", "upper"]
    several = to_long(model.predict_interval(coverage=[0.5, 0.6]))
    assert list(several.columns)[2:] == ["lower_0.5", "lower_0.6", "upper_0.5", "upper_0.6"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize(
    ("rows", "column", "value", "message"),
    [
        (4, "day", "2024-01-04", "'south' has the day 2024-01-04.* twice, in its row 4"),
        (25, "day", "2024-01-01", "'north' has the day 2024-01-01.* after a later one, in its row 5"),
        (4, "sold", np.nan, r"'south' has no value of \['sold'\] in its row 4, day 2024-01-05"),
        (slice(20, 31), "sold", np.nan, "'north' has no value in any row"),
        (21, "day", pd.NaT, "'north' has no time in its row 1"),
        (21, "shop", None, "Column 'shop' has no id in row 21"),
    ],
)
def test_rows_that_are_refused(rows, column, value, message, library):
    frame = long_frame()
    frame.loc[rows, column] = pd.Timestamp(value) if isinstance(value, str) else value
    before = frame.copy()
    with pytest.raises(ValueError, match=message):
        from_long(pl.from_pandas(frame) if library == "polars" else frame, **NAMES, **COLUMNS)
    pd.testing.assert_frame_equal(frame, before)


def test_arguments_that_are_refused():
    with pytest.raises(ValueError, match=r"lacks the columns \['cost'\]"):
        from_long(long_frame(), **NAMES, value="cost")
    with pytest.raises(TypeError, match="frame must be a DataFrame of pandas or polars. Got list"):
        from_long([1], **NAMES, value="sold")
    table = pytest.importorskip("pyarrow").table({"shop": ["south"], "day": [1], "sold": [7.5]})
    with pytest.raises(TypeError, match=r"Got Table of pyarrow: pass frame\.to_pandas\(\)") as error:
        from_long(table, **NAMES, value="sold")
    assert "7.5" not in str(error.value)
    found = from_long(long_frame(), **NAMES, **COLUMNS)
    with pytest.raises(ValueError, match="one id per series.* Got 1 and 2"):
        to_long(found.X, ids=["south"])
    with pytest.raises(ValueError, match="X_future has 1 frames for 2 series"):
        to_long(found.X, X_future=found.X_future[:1])
    with pytest.raises(ValueError, match=r"series\[0\] is no Series or DataFrame of pandas, but ndarray"):
        to_long([np.ones(3)])
