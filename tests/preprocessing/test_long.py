"""Long frames to series and back: round trips, order, the future, and rows that are refused."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal as assert_polars_equal
from sklearn.linear_model import Ridge

from skseq import SequenceClassifier, SeriesForecaster
from skseq.preprocessing import SequenceImputer, SequenceTokenizer, from_long, to_long


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


@pytest.mark.parametrize("missing", [np.nan, None])
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rows_without_values_stay_where_no_future_is_known(library, missing):
    """At the start, in the middle and at the end: the last visits of a patient are visits."""
    frame = pd.DataFrame(
        {
            "bed": ["a"] * 5 + ["b"] * 3,
            "hour": [0, 1, 2, 3, 4, 0, 1, 2],
            "hr": [np.nan, 80.0, np.nan, 84.0, np.nan, 70, 71, 72],
            "hb": [np.nan, 9.0, np.nan, np.nan, np.nan, 8, 7, 6],
            "bed_rest": [0, 1, 0, 1, 0, 0, 1, 1],
        }
    )
    if library == "polars":
        frame = pl.from_pandas(frame, nan_to_null=missing is None)
    names = {"id": "bed", "time": "hour", "value": ["hr", "hb"]}
    X = from_long(frame, **names, X_past="bed_rest").X
    assert [len(own) for own in X] == [5, 3]
    with pytest.raises(ValueError, match="(?s)contains NaN.* Fill gaps with skseq.preprocessing.SequenceImputer"):
        SequenceClassifier(epochs=1).fit([own[["hr", "hb"]] for own in X], [0, 1])
    filled = SequenceImputer().fit_transform(X)[0][["hr", "hb"]].to_numpy()
    hr, hb = (80 + 84 + 70 + 71 + 72) / 5, (9 + 8 + 7 + 6) / 4
    np.testing.assert_allclose(filled, [[hr, hb], [80, 9], [80, 9], [84, 9], [84, 9]])
    ahead = from_long(frame, **names, X_future="bed_rest")
    assert [len(own) for own in ahead.X] == [4, 3]
    assert [len(own) for own in ahead.X_future] == [5, 3]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_channels_that_are_not_measured_at_all_times(library):
    frame = pd.DataFrame(
        {
            "bed": ["a"] * 3,
            "hour": [0, 1, 2],
            "hr": [80.0, np.nan, 84.0],
            "lactate": [np.nan, 1.0, np.nan],
        }
    )
    names = {"id": "bed", "time": "hour", "value": ["hr", "lactate"]}
    (own,) = from_long(pl.from_pandas(frame) if library == "polars" else frame, **names).X
    np.testing.assert_array_equal(own[["hr", "lactate"]].to_numpy(), [[80, np.nan], [np.nan, 1], [84, np.nan]])
    (filled,) = SequenceImputer().fit_transform([own])
    np.testing.assert_array_equal(filled[["hr", "lactate"]].to_numpy(), [[80, 1], [80, 1], [84, 1]])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_single_series_to_a_long_frame(library):
    """Without a list around it, as a forecaster takes and gives it."""
    series = from_long(long_frame(), **NAMES, **COLUMNS).X[0]
    if library == "polars":
        series = pl.from_pandas(series.reset_index())
    forecast = SeriesForecaster(Ridge(), window=2, horizon=3).fit(series).predict()
    known = forecast.rename("planned" if library == "pandas" else {"sold": "planned"})
    for frame, of_list in (
        (to_long(forecast), to_long([forecast])),
        (to_long(forecast, ids=["a"]), to_long([forecast], ids=["a"])),
        (to_long(series, X_future=known), to_long([series], X_future=[known])),
    ):
        assert frame.equals(of_list)
    with pytest.raises(ValueError, match=r"Expected one id per series.* Got 2 and 1"):
        to_long(forecast, ids=["a", "b"])


def test_a_series_that_holds_series_is_a_list_of_them():
    series = from_long(long_frame(), **NAMES, **COLUMNS).X
    assert to_long(pd.Series(series, dtype=object)).equals(to_long(series))


def test_dates_of_python_and_times_of_arrow_become_times_of_forecasters():
    days = pd.date_range("2024-01-01", periods=20)
    for kind in ("timestamp[ns][pyarrow]", "timestamp[us][pyarrow]", "date32[pyarrow]", None):
        column = pd.Series([day.date() for day in days]) if kind is None else pd.Series(days).astype(kind)
        table = pd.DataFrame({"id": "a", "day": column, "y": np.arange(20.0)})
        (series,) = from_long(table, id="id", time="day", value="y").X
        assert series.index.tolist() == days.tolist()
        assert series.index.name == "day"
        forecast = SeriesForecaster(Ridge(), window=4, horizon=2).fit([series]).predict()[0]
        assert forecast.index.tolist() == pd.date_range("2024-01-21", periods=2).tolist()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_times_that_are_strings_are_refused(library):
    """They are in the order of their characters: 1/2/2024 before 2/1/2024, and 10 before 9."""
    frame = long_frame()
    frame["day"] = frame["day"].dt.strftime("%d/%m/%Y")
    with pytest.raises(ValueError, match="Column 'day' holds strings, such as '.*/2024'. Expected times .*to_datetime"):
        from_long(pl.from_pandas(frame) if library == "polars" else frame, **NAMES, value="sold")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_times_that_are_numbers_in_strings(library):
    """As modified Julian days that were read as text."""
    frame = pd.DataFrame({"id": ["a", "a", "b"], "mjd": ["9123.5", "59124.5", "59123.5"], "mag": [18.0, 18.1, 17.0]})
    frame = pl.from_pandas(frame) if library == "polars" else frame
    with pytest.raises(ValueError, match="Column 'mjd' holds strings.* All are numbers: ") as refusal:
        from_long(frame, id="id", time="mjd", value="mag")
    numbers = eval(re.search(r"convert it by (.*)\.$", str(refusal.value))[1], {"frame": frame, "pandas": pd})
    frame = frame.with_columns(numbers) if library == "polars" else frame.assign(mjd=numbers)
    series = from_long(frame, id="id", time="mjd", value="mag").X[0]
    times = series["mjd"].to_list() if library == "polars" else series.index.tolist()
    assert times == [9123.5, 59124.5]


def test_arguments_that_are_refused():
    with pytest.raises(ValueError, match=r"lacks the columns \['cost'\]"):
        from_long(long_frame(), **NAMES, value="cost")
    with pytest.raises(ValueError, match=r"lacks the columns \['shop', 'day'\].*: pass frame\.reset_index\(\)"):
        from_long(long_frame().set_index(["shop", "day"]), **NAMES, value="sold")
    with pytest.raises(TypeError, match="frame must be a DataFrame of pandas or polars. Got list"):
        from_long([1], **NAMES, value="sold")
    for column in (long_frame()["sold"], pl.from_pandas(long_frame())["sold"]):
        with pytest.raises(TypeError, match="Got Series: pass the frame with the columns of ids, times and values"):
            from_long(column, **NAMES, value="sold")
    with pytest.raises(TypeError, match=r"Got LazyFrame: pass frame\.collect\(\)\.$"):
        from_long(pl.from_pandas(long_frame()).lazy(), **NAMES, value="sold")
    table = pytest.importorskip("pyarrow").table({"shop": ["south"], "day": [1], "sold": [7.5]})
    with pytest.raises(TypeError, match=r"Got Table of pyarrow: pass frame\.to_pandas\(\)") as error:
        from_long(table, **NAMES, value="sold")
    assert "7.5" not in str(error.value)
    twice = pd.concat([long_frame(), long_frame()["sold"]], axis=1)
    with pytest.raises(ValueError, match="frame has 2 columns named 'sold'"):
        from_long(twice, **NAMES, value="sold")
    for given, message in (
        ({"value": ["sold", "sold"]}, "value names the column 'sold' more than once"),
        ({"value": 3}, "value must be the name of a column, or a list of names. Got 3"),
        ({"value": []}, "value must name at least one column"),
        ({"value": "day"}, "value names 'day', which is the column of times"),
        ({"value": "shop"}, "value names 'shop', which is a column of ids"),
        ({"value": "sold", "X_past": "day"}, "X_past names 'day', which is the column of times"),
        ({"value": "sold", "X_future": 3}, "X_future must be the name of a column"),
        ({"value": "sold", "X_future": ["open", "sold"]}, "X_future names 'sold', .*: leave it out of X_future"),
        ({"value": ["price", "sold"], "X_past": "sold"}, "X_past names 'sold', which value names, too"),
        ({"value": "sold", "X_static": "sold"}, "X_static names 'sold', which value names, too"),
    ):
        with pytest.raises(ValueError, match=message):
            from_long(long_frame(), **NAMES, **given)
    with pytest.raises(ValueError, match=r"time must be the name of one column, or None. Got \['day'\]"):
        from_long(long_frame(), **{**NAMES, "time": ["day"]}, value="sold")
    for wrong in (None, [], {"day"}):
        with pytest.raises(ValueError, match=r"id must be the name of a column, or a list of names. Got"):
            from_long(long_frame(), **{**NAMES, "id": wrong}, value="sold")
    found = from_long(long_frame(), **NAMES, **COLUMNS)
    with pytest.raises(ValueError, match="one id per series.* Got 1 and 2"):
        to_long(found.X, ids=["south"])
    with pytest.raises(ValueError, match="X_future has 1 frames for 2 series"):
        to_long(found.X, X_future=found.X_future[:1])
    with pytest.raises(ValueError, match=r"series\[0\] is no Series or DataFrame of pandas, but ndarray"):
        to_long([np.ones(3)])


def test_times_may_be_numbers_with_fractions():
    frame = pd.DataFrame({"shop": ["a"] * 3, "day": [0.0, 0.5, 1.5], "sold": [1.0, 2.0, 3.0]})
    found = from_long(frame, **NAMES, value="sold")
    assert found.X[0].index.tolist() == [0.0, 0.5, 1.5]
    with pytest.raises(ValueError, match=r"The index of X\[0\] holds float64. Expected times, periods or integers"):
        SeriesForecaster(Ridge(), horizon=1).fit(found.X)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sold": ["a", "b", "c"]}, "column 'sold' of value holds strings, such as 'a'. Expected numbers"),
        ({"sold": ["1", "2", "3"]}, "column 'sold' of value holds strings, such as '1'.* convert it by"),
        ({"sold": [["a"], ["b"], ["c"]]}, "column 'sold' of value cannot be read as numbers"),
        (
            {"sold": pd.Series([10**400, 1, 2], dtype=object)},
            "column 'sold' of value holds an integer beyond the largest",
        ),
        ({"sold": [1j, 1, 2]}, "column 'sold' of value holds complex numbers"),
        ({"shop": [["a"], ["a"], ["a"]]}, "Column 'shop' holds ids that cannot be told apart"),
        ({"day": [1, "b", 2]}, "Column 'day' holds times of series 'a' that have no common order"),
        (
            {"day": [pd.Timestamp("2020"), pd.Timestamp("2021", tz="UTC"), pd.Timestamp("2022")]},
            "Column 'day' holds times of series 'a' that have no common order.* all with or all without a time zone",
        ),
        ({"kind": [["a"], ["a"], ["a"]]}, "X_static names 'kind', whose values cannot be compared"),
    ],
)
def test_columns_that_are_refused(changed, message):
    frame = pd.DataFrame({"shop": "a", "day": [1, 2, 3], "sold": 1.0, "kind": 1}).assign(**changed)
    with pytest.raises(ValueError, match=message):
        from_long(frame, **NAMES, value="sold", X_static="kind")


def test_integers_may_be_missing():
    frame = pd.DataFrame({"shop": "a", "day": [1, 2, 3], "sold": pd.array([1, 2, None], dtype="Int64"), "open": 1})
    assert from_long(frame, **NAMES, value="sold", X_future="open").X[0].tolist() == [1, 2]
    assert SequenceImputer().fit_transform(from_long(frame, **NAMES, value="sold").X)[0].tolist() == [1, 2, 2]


def lists_of_advice(frame, **names):
    """What the code makes of a frame that comes with an error about names."""
    with pytest.raises(ValueError, match=r"SequenceTagger as labels .* of from_long: \[.*\]\.$") as refusal:
        from_long(frame, **names)
    return eval(str(refusal.value).partition("of from_long: ")[2].removesuffix("."), {"frame": frame})


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_names_become_lists_in_the_order_of_the_series(library):
    visits = pd.DataFrame({"user": ["b", "a", "b", "a"], "ts": [1, 1, 3, 2], "page": ["home", "home", "buy", "help"]})
    names = {"id": "user", "time": "ts", "value": "page"}
    frame = pl.from_pandas(visits) if library == "polars" else visits
    tokens = lists_of_advice(frame, **names)
    assert tokens == [["home", "buy"], ["home", "help"]]
    assert len(SequenceTokenizer(analyzer=None).fit_transform(tokens)) == 2
    columns = {"day": 1, "n": 2}
    several = frame.with_columns(**columns) if library == "polars" else frame.assign(**columns)
    names["id"] = ["user", "day"]
    assert from_long(several, **{**names, "value": "n"}).ids == [("b", 1), ("a", 1)]
    assert lists_of_advice(several, **names) == tokens


def test_names_of_ids_that_are_categories():
    visits = pd.DataFrame({"user": pd.Categorical(["b", "a"], ["a", "b", "c"]), "page": ["buy", "help"]})
    assert lists_of_advice(visits, id="user", value="page") == [["buy"], ["help"]]


def test_of_numbers_and_names():
    visits = pd.DataFrame({"user": ["b", "a", "b", "a"], "ts": [3, 2, 1, 1], "page": ["buy", "help", "home", "home"]})
    names = {"id": "user", "time": "ts", "value": "page"}
    some_numbers = visits.assign(page=["n/a", "2.5", "1", "3"]).sort_values("ts")
    with pytest.raises(ValueError, match=r"by (pandas\.to_numeric\(frame\['page'\], errors='coerce'\))\. .* 'n/a'"):
        from_long(some_numbers, **names)


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_ids_of_several_columns(library):
    """Two stores with two items each: every pair is a series, and comes back, as forecasts do."""
    days = pd.date_range("2024-01-01", periods=30)
    table = pd.DataFrame(
        {
            "store": np.repeat(["north", "south"], 60),
            "item": np.tile(np.repeat([7, 8], 30), 2),
            "day": np.tile(days, 4),
            "sold": np.arange(120.0),
            "area": np.repeat([1.0, 2.0], 60),
        }
    )
    frame, names = library.DataFrame(table if library is pd else table.to_dict("series")), ["store", "item"]
    series = from_long(frame, id=names, time="day", value="sold", X_static="area")
    assert series.ids == [("north", 7), ("north", 8), ("south", 7), ("south", 8)]
    back = to_long(series.X, ids=series.ids, id=names, time="day", X_static=series.X_static)
    assert list(back.columns) == list(table.columns)
    assert back["item"].to_list() == table["item"].to_list()
    assert back["sold"].to_list() == table["sold"].to_list()
    model = SeriesForecaster(Ridge(), horizon=2).fit(series.X, X_static=series.X_static)
    ahead = to_long(model.predict(), ids=series.ids, id=names, time="day")
    assert ahead["store"].to_list() == ["north"] * 4 + ["south"] * 4
    with pytest.raises(ValueError, match=r"id='id' names 1 column\(s\), but the id \('north', .*7\)+ has 2 part\(s\)"):
        to_long(series.X, ids=series.ids)
    with pytest.raises(ValueError, match=r"id=\['store', 'item'\] names 2 column\(s\), but the id 0 has 1 part\(s\)"):
        to_long(series.X, id=names)
    with pytest.raises(ValueError, match="value names 'item', which is a column of ids"):
        from_long(frame, id=names, time="day", value="item")


@pytest.mark.parametrize(
    ("id", "words"),
    [
        (["shop", "shop"], "id names the column 'shop' more than once: name each once"),
        (["shop", "day"], "id names 'day', which is the column of times: name columns that say which series it is"),
        ("day", "id names 'day', which is the column of times"),
    ],
)
def test_names_of_ids_that_are_names_of_something_else(id, words):
    with pytest.raises(ValueError, match=words):
        from_long(long_frame(), id=id, time="day", value="sold")
    series = from_long(long_frame(), **NAMES, value="sold")
    with pytest.raises(ValueError, match=words):
        to_long(series.X, ids=[("south", 1), ("north", 2)], id=id, time="day")


def test_an_id_of_which_a_part_is_missing():
    frame = long_frame().assign(part=["a", None, *["a"] * (len(long_frame()) - 2)])
    with pytest.raises(ValueError, match="Column 'part' has no id in row 1"):
        from_long(frame, id=[NAMES["id"], "part"], time=NAMES["time"], value="sold")


def test_series_of_different_names_have_one_column_of_values():
    days = pd.date_range("2024-01-01", periods=2)
    wide = pd.DataFrame({"north": [3, 5], "south": [2, 4]}, days)
    frame = to_long([wide["north"], wide["south"]], ids=["north", "south"], value="sold")
    assert frame.columns.tolist() == ["id", "time", "sold"]
    assert frame["sold"].tolist() == [3, 5, 2, 4]
    assert to_long([wide["north"], wide["north"]]).columns.tolist() == ["id", "time", "north"]


@pytest.mark.parametrize("name", ["id", "time"])
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_series_named_as_a_column_of_its_frame(name, library):
    own = pd.DataFrame({"day": [1, 2], name: [3.0, 5.0]})
    own = own.set_index("day")[name] if library == "pandas" else pl.from_pandas(own)
    with pytest.raises(ValueError, match=rf"two columns named '{name}' for series\[0\].*, by id= and time=\.$"):
        to_long([own])
    frame = to_long([own], id="shop", time="day")
    assert list(frame.columns) == ["shop", "day", name]
    assert frame[name].to_list() == [3.0, 5.0]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_covariate_named_as_its_series(library):
    own = pd.DataFrame({"day": [1, 2], "sold": [3.0, 5.0]})
    static = pd.DataFrame({"sold": [1]})
    own = own.set_index("day") if library == "pandas" else pl.from_pandas(own)
    static = static if library == "pandas" else pl.from_pandas(static)
    for covariates in ({"X_past": [own]}, {"X_future": [own]}, {"X_static": static}):
        with pytest.raises(ValueError, match=r"two columns named 'sold' for series\[0\]"):
            to_long([own], **covariates)


# --- without times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rows_in_the_order_of_time(library):
    """As with times, rows at the end without values are the future."""
    frame = long_frame()
    shuffled = frame.sort_values("day", kind="stable", ignore_index=True)  # rows of other series between
    own = shuffled.drop(columns="day")
    found = from_long(pl.from_pandas(own) if library == "polars" else own, id="shop", **COLUMNS)
    timed = from_long(shuffled, **NAMES, **COLUMNS)
    assert found.ids == timed.ids
    for name in ("X", "X_past", "X_future"):
        for one, other in zip(found[name], timed[name]):
            np.testing.assert_array_equal(np.asarray(one).ravel(), other.to_numpy().ravel())
    model = SeriesForecaster(Ridge(), window=3, horizon=2)
    covariates = {"X_past": found.X_past, "X_future": found.X_future}
    forecasts = model.fit([np.asarray(own).ravel() for own in found.X], **covariates).predict()
    beside = {"X_past": timed.X_past, "X_future": timed.X_future}
    expected = SeriesForecaster(Ridge(), window=3, horizon=2).fit(timed.X, **beside).predict()
    np.testing.assert_allclose(np.ravel(forecasts), np.ravel(expected))


def test_times_are_not_lost():
    frame = long_frame()
    with pytest.raises(
        ValueError, match=r"frame holds times, but time is None: name their column, of frame\.reset_index"
    ):
        from_long(frame.set_index("day"), id="shop", value="sold")
    assert from_long(frame.set_index("day").reset_index(), **NAMES, value="sold").ids == ["south", "north"]
    assert from_long(frame.drop(columns="day"), id="shop", value="sold").X[1].index.tolist() == list(range(12))
    with pytest.raises(ValueError, match="frame holds times"):
        from_long(pl.from_pandas(frame), id="shop", value="sold")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_names_without_times_become_lists(library):
    visits = pd.DataFrame({"user": ["b", "a", "b", "a"], "page": ["buy", "help", "home", "home"]})
    frame = pl.DataFrame(visits) if library == "polars" else visits
    assert lists_of_advice(frame, id="user", value="page") == [["buy", "home"], ["help", "home"]]
