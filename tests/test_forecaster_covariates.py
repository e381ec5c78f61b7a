"""What SeriesForecaster is told beside the series: covariates, and forecasts of exponential smoothing."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorded_windows import (
    Recorder,
    WindowRecorder,
    forecaster,
    forget,  # noqa: F401 - each test begins with nothing recorded
    known_ahead,
    walks,
)
from sklearn import config_context
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold

from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq._data.forecasts.exponential_smoothing import smoothed_before
from skseq._data.forecasts.known_series import KnownSeries
from skseq._forecaster import N_SEASONS
from skseq.preprocessing import from_long

# --- covariates -------------------------------------------------------------------------------------------------------


def test_known_future_is_read_at_its_step():
    series, ahead, truth = known_ahead()
    model = forecaster(LinearRegression(), scaling=None).fit(series, X_future=ahead)
    assert_allclose(model.predict(), truth, atol=1e-10)  # the rows behind the series are those of fit
    assert_allclose(model.predict(X_future=truth), truth, atol=1e-10)
    assert_allclose(model.predict(series, X_future=ahead), truth, atol=1e-10)


def test_lags_are_read_with_the_known_future_of_their_steps():
    """y(t) = known(t) + y(t - 1) - known(t - 1): exact if the row of the last step is read, too."""
    rng = np.random.RandomState(0)
    ahead = [rng.randn(n + 1) for n in (60, 80)]
    levels = [5.0, -3.0]
    series = [level + own[:-1] for level, own in zip(levels, ahead)]
    truth = np.array([[level + own[-1]] for level, own in zip(levels, ahead)])
    model = SeriesForecaster(LinearRegression(), window=1, horizon=1, scaling=None)
    assert_allclose(model.fit(series, X_future=ahead).predict(), truth)
    assert_allclose(model.predict(series, X_future=ahead), truth)
    changed = [np.r_[own[:-2], 9, own[-1]] for own in ahead]  # beside the last step of the series
    assert not np.allclose(model.predict(series, X_future=changed), truth)
    assert_allclose(model.predict(X_future=changed), truth)  # fit has kept its own rows
    found = model.backtest(series, X_future=ahead, n_windows=3)
    assert_allclose(found["y_pred"], found["y_true"])


def test_columns_of_x_past_are_not_read_twice():
    """Whatever they are called, and wherever they stand."""
    series, ahead, _ = known_ahead()
    both = [np.stack([own, np.arange(len(own))], axis=1) for own in ahead]
    model = forecaster(Recorder(), scaling=None)
    for past, n_columns in ((None, 3), ([own[:, :1] for own in both], 3), ([own[:, ::-1] for own in both], 3)):
        model.fit(series, X_past=past, X_future=both)
        assert Recorder.seen[-1][1].shape[1] == 6 * n_columns + 3 * 2
    model.fit(series, X_past=[-own for own in ahead], X_future=both)
    assert Recorder.seen[-1][1].shape[1] == 6 * 4 + 3 * 2
    ridge = forecaster().fit(series, X_past=both, X_future=both)
    assert_allclose(ridge.predict(), forecaster().fit(series, X_future=both).predict())


def test_other_series_need_the_known_future_from_their_start():
    series, ahead, truth = known_ahead()
    model = forecaster().fit(series, X_future=ahead)
    expected = model.predict()
    message = r"X_future\[0\] has 3 row\(s\), but X\[0\] 60 steps\. Expected .*from the start of every series on"
    with pytest.raises(ValueError, match=message):
        model.predict(series, X_future=list(truth))
    assert_allclose(model.predict(series, X_future=ahead), expected)  # what it says
    assert_allclose(model.predict(X_future=truth), expected)  # and else
    short = [own[-8:] for own in series]
    with pytest.raises(
        ValueError, match=r"of the 3 steps after the 8 of X\[0\], .* missing. Expected 11, from the start"
    ):
        model.predict(short, X_future=[np.r_[own, np.zeros(5)] for own in truth])
    assert_allclose(model.predict(short, X_future=[own[-11:] for own in ahead]), expected)


def test_the_known_future_goes_on_beside_forecasts_beyond_the_horizon():
    """Forecasts in blocks are those of a series that has gone on as it was forecast."""
    rng = np.random.RandomState(0)
    ahead = [rng.randn(n + 6) for n in (60, 80)]
    series = [own[:-6] + np.arange(len(own) - 6) / 9 for own in ahead]
    model = forecaster(window=4).fit(series, X_future=ahead)
    continued = [np.r_[own, first] for own, first in zip(series, model.predict())]
    assert_allclose(model.predict(n_steps=6)[:, 3:], model.predict(continued, X_future=ahead))


def test_a_forecaster_that_was_fitted_before_windows_held_the_known_future_predicts_as_it_did(monkeypatch):
    """Its file says nothing of columns, and its windows have none of the known future's past."""
    series, ahead, truth = known_ahead()
    monkeypatch.setattr(KnownSeries, "_recalling_new", lambda known: known)
    model = forecaster(LinearRegression(), scaling=None).fit(series, X_future=ahead)
    assert model.estimator_.n_features_in_ == 6 + 3
    monkeypatch.undo()
    state = model.__getstate__()
    for name in ("recalled", "before"):
        del state["_known"]["fields"][name]
    model = SeriesForecaster.__new__(SeriesForecaster)
    model.__setstate__(state)
    assert_allclose(model.predict(), truth)
    assert_allclose(model.predict(series, X_future=ahead), truth)
    assert_allclose(model.predict(series, X_future=list(truth)), truth)


@pytest.mark.parametrize("shift", [0, 1])
def test_known_future_that_is_one_step_late_is_useless_at_the_edge(shift):
    """Of noise, late rows tell all steps but the last: there the error is that of its deviation, 1."""
    rng = np.random.RandomState(0)
    ahead = [rng.randn(43) for _ in range(200)]
    truth, moved = np.array([own[-3:] for own in ahead]), [np.roll(own, shift) for own in ahead]
    model = forecaster(Ridge(), scaling=None).fit([own[:-3] for own in ahead], X_future=moved)
    errors = np.sqrt(np.square(model.predict() - truth).mean(axis=0))
    assert_allclose(errors, [0, 0, shift], atol=0.15)


def test_a_flag_that_is_known_ahead():
    """On the scale of each window, too: a flag adds 4 to noise of 0.1, and as many times more to larger series."""
    rng = np.random.RandomState(0)
    sizes, flags = np.tile([1, 1000], 10), [(rng.rand(103) < 0.2).astype(float) for _ in range(20)]
    series = [size * (rng.randn(103) * 0.1 + 4 * flag) for size, flag in zip(sizes, flags)]
    known, truth = [own[:-3] for own in series], np.array([own[-3:] for own in series])
    with_flag = forecaster(window=20).fit(known, X_future=flags).predict()
    without = forecaster(window=20).fit(known).predict()
    with_flag, without = (np.square((own - truth) / sizes[:, None]).mean() for own in (with_flag, without))
    assert with_flag < 0.2 * without


NAMES = ["north", "west", "east", "south"]
SITES = pd.DataFrame({"area": [1.0, 20.0, 300.0, 4_000.0]}, index=NAMES)


def named(names=NAMES):
    days = pd.date_range("2024-01-01", periods=40)
    return [pd.Series(values, days, name=name) for name, values in zip(names, np.random.RandomState(0).randn(4, 40))]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_rows_of_static_frames_are_looked_up_by_the_names_of_series(order):
    table = SITES.iloc[order]
    model = forecaster(Ridge(), scaling=None).fit(named(), X_static=table)
    assert_array_equal(model._known.static, SITES)
    expected = model.predict()
    for own, other in zip(model.predict(named()[::-1], X_static=table), expected[::-1]):
        assert_array_equal(own, other)


@pytest.mark.parametrize(
    ("series", "table"),
    [
        (named(), SITES.iloc[::-1].reset_index(drop=True)),
        (named(), SITES.iloc[::-1].set_axis(list("abcd"))),
        (named(), SITES.iloc[::-1].to_numpy()),
        (named(), pl.DataFrame({"area": SITES["area"].to_numpy()[::-1]})),
        (named([3, 2, 1, 0]), SITES.iloc[::-1].reset_index(drop=True)),
        (named([1, 2, 3, 4]), SITES.iloc[::-1].set_axis([2, 4, 5, 1])),
        (named(["flow"] * 4), SITES.iloc[::-1]),
        ([x.to_numpy() for x in named()], SITES.iloc[::-1]),
    ],
    ids=["counted", "other names", "array", "polars", "names count, too", "numbers", "one name", "no names"],
)
def test_rows_of_static_frames_without_names_of_series_are_in_their_order(series, table):
    model = forecaster(Ridge(), scaling=None).fit(series, X_static=table)
    assert_array_equal(model._known.static, SITES.iloc[::-1])


def test_rows_of_static_frames_are_looked_up_by_the_ids_of_from_long():
    """They stand in another order, and all series have one name; steps may be cut off, and names given."""
    frame = pd.concat([own.rename("y").rename_axis("ds").reset_index().assign(shop=own.name) for own in named()])
    series = from_long(frame, id="shop", time="ds", value="y").X
    for X in (series, [own[:-5] for own in series], [own.rename(k) for k, own in enumerate(series)]):
        assert_array_equal(forecaster(Ridge(), scaling=None).fit(X, X_static=SITES.iloc[::-1])._known.static, SITES)
    model = forecaster(Ridge(), scaling=None, calibration_windows=9).fit(series, X_static=SITES.iloc[::-1])
    own, static = model.predict_interval([series[2]], X_static=SITES.loc[["east"]])[0], model.predict_interval()[2]
    assert_allclose(own, static)


def test_static_frames_that_lack_the_name_of_a_series():
    table = SITES.rename({"east": "East"})
    message = r"X_static has no row 'east', which is the name or id of X\[2\], .* pass X_static.to_numpy\(\)"
    with pytest.raises(ValueError, match=message):
        forecaster(Ridge()).fit(named(), X_static=table)
    forecaster(Ridge()).fit(named(), X_static=table.to_numpy())


def test_past_and_static_covariates_are_read():
    """y(t) = past(t - 1), and y = static: both exact, and impossible without."""
    rng = np.random.RandomState(0)
    past = [rng.randn(50) for _ in range(3)]
    series = [np.r_[0, own[:-1]] for own in past]
    model = SeriesForecaster(LinearRegression(), window=2, horizon=1, scaling=None).fit(series, X_past=past)
    assert_allclose(model.predict()[:, 0], [own[-1] for own in past], atol=1e-10)
    new = rng.randn(10)
    assert_allclose(model.predict([np.r_[0, new[:-1]]], X_past=[new]), [[new[-1]]], atol=1e-10)
    levels = np.array([[1.0], [2], [3]])
    noise = [level + np.zeros(30) + rng.randn(30) for level in levels]
    model = SeriesForecaster(Ridge(1e-9), window=1, horizon=1, scaling=None).fit(noise, X_static=levels)
    assert model.predict(noise, X_static=levels + 100).mean() > model.predict(noise, X_static=levels).mean() + 50


@pytest.mark.parametrize("unit", [1e-6, 1e3])
def test_the_units_of_covariates_change_no_forecast(unit):
    """A ridge regression would hardly read those in a small unit."""
    series, draws = walks(), np.random.RandomState(1)
    given = {
        "X_past": [draws.randn(len(own), 1) for own in series],
        "X_future": [draws.randn(len(own) + 3, 2) for own in series],
        "X_static": draws.randn(len(series), 1),
    }
    in_units = {
        name: unit * own + 5 if name == "X_static" else [unit * x + 5 for x in own] for name, own in given.items()
    }
    model = forecaster(Ridge())
    expected = model.fit(series, **given).predict(n_steps=3)
    assert_allclose(model.fit(series, **in_units).predict(n_steps=3), expected, rtol=1e-6)
    stored = pickle.loads(pickle.dumps(model))
    assert_array_equal(stored.predict(n_steps=3), model.predict(n_steps=3))
    model.set_params(scaling=None)
    expected = model.fit(series, **given).predict(n_steps=3)
    assert not np.allclose(model.fit(series, **in_units).predict(n_steps=3), expected, rtol=1e-6)  # read as they are


def test_covariates_of_a_single_series_need_no_list():
    times = pd.date_range("2024-01-01", periods=63)
    noise = np.random.RandomState(0).randn(63)
    series, ahead = pd.Series(noise[:60], times[:60]), pd.DataFrame({"noise": noise}, times)
    model = forecaster(LinearRegression(), scaling=None).fit(series, X_future=ahead, X_static=[1.0])
    assert_allclose(model.predict(), noise[60:], atol=1e-10)
    assert_allclose(model.predict(X_future=noise[60:]), noise[60:], atol=1e-10)
    assert_allclose(model.predict(X_future=ahead[50:]), noise[60:], atol=1e-10)  # found by time


def test_a_known_future_with_times_is_looked_up():
    """Of pandas, polars or both; rows before and behind what is needed do no harm."""
    times = pd.date_range("2024-01-01", periods=70)
    noise = np.random.RandomState(0).randn(70)
    series = pl.DataFrame({"day": times[5:60].to_numpy(), "y": noise[5:60]})
    ahead = pd.DataFrame({"noise": noise}, times)
    for own in (ahead, pl.DataFrame({"day": times.to_numpy(), "noise": noise})):
        model = forecaster(LinearRegression(), scaling=None).fit(series, X_future=own)
        assert_allclose(model.predict()["y"].to_numpy(), noise[60:63], atol=1e-10)


HOURS = pd.date_range("2025-05-01", periods=300, freq="h")


def events_and_load(zone=None, zone_of_events=None):
    """A flag that lifts the load of the same hour by 100; the load has the hours from 50 to 250."""
    events = pd.DataFrame({"event": (np.random.RandomState(0).rand(300) < 0.1) * 1.0}, HOURS)
    return events.tz_localize(zone_of_events), (10 + 100 * events["event"]).iloc[50:250].tz_localize(zone)


@pytest.mark.parametrize(
    ("zone", "zone_of_events", "told"),
    [
        ("Europe/Berlin", None, "have no time zone, those of X are in Europe/Berlin"),
        (None, "America/New_York", "are in America/New_York, those of X have no time zone"),
    ],
)
def test_times_with_a_zone_are_not_compared_with_times_without(zone, zone_of_events, told):
    events, load = events_and_load(zone, zone_of_events)
    model = forecaster(LinearRegression(), window=3, horizon=2, scaling=None)
    remedy = "Give both a time zone, or neither, by tz_localize of pandas or dt.replace_time_zone of polars."
    for call in (model.fit, model.backtest):
        with pytest.raises(ValueError, match=re.escape(f"Times of X_future {told}: ") + ".*" + re.escape(remedy)):
            call(load, X_future=events)


def test_what_follows_in_a_zone_is_not_compared_with_times_without():
    _, load = events_and_load()
    model = forecaster().fit(load)
    with pytest.raises(ValueError, match=r"Times of y\[0\] are in UTC, those of X have no time zone"):
        model.score(load[:100], load[100:103].tz_localize("UTC"))
    assert np.isfinite(model.score(load[:100], load[100:103]))


def test_polars_times_with_a_zone_are_not_compared_with_times_without():
    events, load = (pl.from_pandas(own.rename_axis("time").reset_index()) for own in events_and_load())
    berlin = load.with_columns(pl.col("time").dt.replace_time_zone("Europe/Berlin"))
    told = r"Times of X_future\[1\] have no time zone, those of X\[1\] are in Europe/Berlin"
    with pytest.raises(ValueError, match=told):
        forecaster().fit([load, berlin], X_future=[events, events])
    local = berlin.with_columns(pl.col("time").dt.replace_time_zone(None))
    forecaster().fit([load, local], X_future=[events, events])


def test_periods_and_numbers_have_no_zone():
    days = pd.date_range("2025-01-01", periods=33, tz="UTC")
    ahead = pd.DataFrame({"holiday": np.arange(33.0)}, days)
    with pytest.raises(ValueError, match="Times of X_future are in UTC, those of X have no time zone"):
        forecaster().fit(pd.Series(np.arange(30.0), days[:30].tz_localize(None).to_period("D")), X_future=ahead)
    with pytest.raises(ValueError, match="time 0, time 1, time 2, ... are missing"):
        forecaster().fit(pd.Series(np.arange(30.0)), X_future=ahead)


OF_HOURS = pd.date_range("2025-05-01", periods=84, freq="h", tz="Europe/Berlin")
OF_MONTHS = pd.date_range("2018-01-31", periods=84, freq="ME")


@pytest.mark.parametrize("index", [OF_HOURS, OF_MONTHS, OF_MONTHS.to_period("M"), OF_HOURS.tz_convert("UTC")])
@pytest.mark.parametrize("dtype", [bool, int])
@pytest.mark.parametrize("in_list", [False, True])
def test_events_alone_are_put_to_all_times_by_what_is_advised(index, dtype, in_list):
    X, events = (
        pd.Series(np.arange(80.0), index[:80]),
        pd.DataFrame({"deploy": np.ones(5, dtype)}, index[[3, 20, 22, 60, 82]]),
    )
    X, X_future = ([X, X], [events, events]) if in_list else (X, events)
    with pytest.raises(ValueError, match="Expected a row for every step of X. If its rows are events") as error:
        forecaster().fit(X, X_future=X_future)
    names = {"X": X, "X_future": X_future, "horizon": forecaster().horizon, "pandas": pd}
    filled = eval(re.search(r"have none, pass (.*)\.$", str(error.value))[1], names)
    forecaster().fit(X, X_future=filled).predict()
    of_one = filled[0] if in_list else filled
    assert of_one.index.equals(index[: 80 + names["horizon"]])
    assert of_one["deploy"].sum() == np.sum(events.index <= of_one.index[-1])


@pytest.mark.parametrize(
    "times",
    [
        OF_HOURS.delete([7, 8]),
        OF_HOURS[[3, 20]] + pd.Timedelta("7min"),
        OF_HOURS[[82]],
        OF_HOURS[[3]].union(OF_HOURS[[4]] + pd.Timedelta("7min")),
    ],
)
def test_rows_that_were_lost_or_are_at_other_times_are_no_events(times):
    X, ahead = pd.Series(np.arange(80.0), OF_HOURS[:80]), pd.DataFrame({"deploy": np.ones(len(times))}, times)
    with pytest.raises(ValueError, match=r"Expected a row for every step of X\.$"):
        forecaster().fit(X, X_future=ahead)


OF_YEAR = pd.date_range("2025-03-01", periods=24 * 60, freq="h", tz="Europe/Berlin")  # with a day of 23 hours
OF_DAYS = pd.date_range("2025-03-01", periods=61, freq="D", tz="Europe/Berlin")


@pytest.mark.parametrize("argument", ["X_past", "X_future"])
@pytest.mark.parametrize("days", [OF_DAYS, OF_DAYS[OF_DAYS.day_of_week < 5]])  # 1 March is a Saturday
@pytest.mark.parametrize("in_list", [False, True])
def test_rows_of_days_are_put_to_all_hours_by_what_is_advised(argument, days, in_list):
    X, gas = pd.Series(np.arange(1400.0), OF_YEAR[:1400]), pd.DataFrame({"gas": np.arange(len(days)) + 30.0}, days)
    X, rows = ([X, X], [gas, gas]) if in_list else (X, gas)
    with pytest.raises(ValueError, match="If each row holds until the next one, as a price of a day, pass ") as error:
        forecaster().fit(X, **{argument: rows})
    names = {"X": X, argument: rows, "horizon": forecaster().horizon, "pandas": pd}
    filled = eval(re.search(r"as a price of a day, pass (.*)\.$", str(error.value))[1], names)
    forecaster().fit(X, **{argument: filled})
    of_one = filled[0] if in_list else filled
    at = pd.Timestamp("2025-04-02 17:00", tz="Europe/Berlin")
    assert of_one["gas"][at] == gas["gas"][at.normalize()]
    assert not of_one.isna().any(axis=None)


def test_times_in_two_zones_are_compared_as_they_are():
    events, load = events_and_load("Europe/Berlin", "Europe/Berlin")
    model = forecaster(LinearRegression(), window=3, horizon=2, scaling=None)
    found = model.fit(load, X_future=events.tz_convert("America/New_York")).predict()
    assert_allclose(found, 10 + 100 * events["event"].iloc[250:252], atol=1e-8)
    assert found.index.equals(events.index[250:252])


def test_missing_times_are_told_on_the_clock_of_their_zone():
    days = pd.date_range("2025-01-01", periods=33, tz="Europe/Berlin")
    sold, known = pd.Series(np.arange(30.0), days[:30]), pd.DataFrame({"holiday": 1.0}, days)
    with pytest.raises(ValueError, match=r"time 2025-01-06 00:00:00\+01:00 is missing"):
        forecaster().fit(sold, X_future=known.drop(days[5]))
    in_polars = [pl.from_pandas(own.rename_axis("time").reset_index()) for own in (sold, known.drop(days[5]))]
    with pytest.raises(ValueError, match=r"time 2025-01-06 00:00:00\+01:00 is missing"):
        forecaster().fit(in_polars[0], X_future=in_polars[1])
    with pytest.raises(ValueError, match=r"time 2025-02-02 00:00:00\+01:00 is missing"):
        forecaster().fit(sold, X_future=known.drop(days[32])).predict()


def test_nan_in_the_known_future_is_told_by_its_time():
    days = pd.date_range("2025-01-01", periods=64)
    sold = pd.Series(np.random.RandomState(0).randn(60), days[:60])
    known = pd.DataFrame({"school": 1.0, "holiday": 0.0}, days)
    ahead, past = known.copy(), known.copy()
    ahead.loc["2025-03-03", "holiday"] = past.loc["2025-02-03", "holiday"] = np.nan
    model = forecaster(horizon=4).fit(sold, X_future=ahead)
    place = re.escape("the horizon of series 0, step 1, column 1 (time 2025-03-03). Fill in such values.")
    with pytest.raises(ValueError, match=f"X_future contains NaN: {place}$"):
        model.predict()
    with pytest.raises(ValueError, match=re.escape("series 0, step 33, column 1 (time 2025-02-03)")):
        forecaster(horizon=4).fit(sold, X_future=past)
    berlin = [own.tz_localize("Europe/Berlin") for own in (sold, past)]
    with pytest.raises(ValueError, match=re.escape("column 1 (time 2025-02-03 00:00:00+01:00)")):
        forecaster(horizon=4).fit(berlin[0], X_future=berlin[1])
    with pytest.raises(ValueError, match=re.escape("series 0, step 5 (time 2025-01-06 00:00:00+01:00)")):
        forecaster().fit(berlin[0].where(np.arange(60) != 5))


def test_searches_with_covariates_are_told_to_route_them():
    series, ahead, _ = known_ahead()
    model = forecaster().fit(series, X_future=ahead)
    with pytest.raises(ValueError, match=r"set_fit_request\(\.\.\.=True\) and set_score_request\(\.\.\.=True\)"):
        model.score(series)
    with pytest.raises(ValueError, match="in both.$"):
        model.predict(series)
    with config_context(enable_metadata_routing=True):
        routed = forecaster().set_fit_request(X_future=True).set_score_request(X_future=True)
        search = GridSearchCV(routed, {"estimator__alpha": [0.1, 10]}, cv=KFold(2), error_score="raise")
        search.fit(series, X_future=ahead)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


# --- exponential smoothing, means of seasons --------------------------------------------------------------------------


def seasons(n_series=10, length=90, seed=0):
    """Series of a season of 4, each with its own, and noise."""
    dice = np.random.RandomState(seed)
    return [
        20 + np.tile(dice.randn(4), length)[:length] + 0.1 * np.arange(length) + dice.randn(length)
        for _ in range(n_series)
    ]


def test_a_plain_regressor_reads_smoothed_forecasts_behind_the_known_future():
    series, ahead = walks([9])[0], 100 + np.arange(9.0)
    model = forecaster(Recorder(), window=4, horizon=2, season=4, scaling=None, exponential_smoothing=True)
    model.fit([series], X_future=[ahead], X_static=[[9]])
    _, X, _ = Recorder.seen[-1]
    places = np.zeros(4, int), np.arange(4, 8)
    smoothed = smoothed_before([series[:, None]], *places, 4).forecasts(2)[:, :, 0]
    last_season = np.stack([series[[start, start + 1]] for start in range(4)])
    assert X.shape == (4, 2 * 4 + 2 + 2 + 1)
    assert_allclose(X[:, -3:-1], smoothed - last_season)
    assert_array_equal(X[:, -5:-3], [[104, 105], [105, 106], [106, 107], [107, 108]])


def test_an_estimator_of_windows_is_told_of_smoothed_forecasts_in_their_sizes():
    (series,) = walks([30])
    forecaster(WindowRecorder(), exponential_smoothing=True).fit([series], X_future=[np.arange(30.0)])
    _, X, _, X_future, _, _ = WindowRecorder.seen[-1]
    origins = np.arange(6, 28)
    smoothed = smoothed_before([series[:, None]], np.zeros(22, int), origins, 1).forecasts(3)[:, :, 0]
    past = X[:, :, 0]
    assert X_future.shape == (22, 3, 2)
    assert_allclose(X_future[..., 1], (smoothed - past.mean(axis=1)[:, None]) / past.std(axis=1)[:, None])


def test_smoothed_forecasts_far_from_a_window_are_told_as_far_and_no_more():
    series = np.r_[walks([30])[0], np.full(5, 10.0), 10.001]
    forecaster(WindowRecorder(), exponential_smoothing=True).fit([series]).predict()
    told = WindowRecorder.seen[-1][2]
    assert_array_equal(np.abs(told), np.full((1, 3, 1), 10))


@pytest.mark.parametrize("estimator", [Ridge(), WindowRecorder()], ids=["flat", "windows"])
@pytest.mark.parametrize("n_steps", [3, 7])
def test_series_of_fit_go_on_as_they_do_when_passed_whole(estimator, n_steps):
    series = walks()
    model = forecaster(estimator, season=4, exponential_smoothing=True).fit(series)
    assert_array_equal(model.predict(n_steps=n_steps), model.predict(series, n_steps=n_steps))
    with pytest.warns(UserWarning, match=r"X holds series of 6 timesteps, and those of fit had 60 \(medians\)"):
        of_ends = model.predict([own[-6:] for own in series])
    assert not np.array_equal(of_ends, model.predict())
    model.predict([own[-10:] for own in series])  # which may be all that there is: no warning


def test_smoothing_in_backtest_and_score_knows_nothing_of_what_follows():
    series = walks()
    later = [np.r_[own[:-3], own[-3:] + 100] for own in series]
    model = forecaster(season=4, exponential_smoothing=True, calibration_windows=9)
    found, changed = (model.backtest(own, n_windows=1, coverage=0.8) for own in (series, later))
    assert_array_equal(found["y_pred"], changed["y_pred"])
    assert_array_equal(found["y_interval"], changed["y_interval"])
    fitted = model.fit(series)
    assert_allclose(fitted.predict([own[:-3] for own in series]), fitted.predict([own[:-3] for own in later]), rtol=0)


def test_smoothed_forecasts_of_several_targets_stand_in_their_order():
    dice = np.random.RandomState(0)
    both = np.cumsum(dice.randn(40, 2), axis=0) * [1, 100]
    model = forecaster(WindowRecorder(), exponential_smoothing=True).fit([both])
    X_future = WindowRecorder.seen[-1][3]
    for target in range(2):
        forecaster(WindowRecorder(), exponential_smoothing=True).fit([both[:, target]])
        assert_array_equal(X_future[..., target], WindowRecorder.seen[-1][3][..., 0])
    assert model.predict().shape == (1, 3, 2)


def test_what_the_past_tells_of_a_season_makes_forecasts_nearer():
    """A window of one season knows no more of it than its last noise."""
    series = seasons()
    errors = []
    for smooths in (False, True):
        model = SeriesForecaster(Ridge(), window=4, horizon=4, season=4, exponential_smoothing=smooths)
        errors.append(-model.backtest(series, n_windows=4)["score"].mean())
    assert errors[1] < 0.9 * errors[0]


@pytest.mark.parametrize(
    ("estimator", "n_series", "length", "season", "told"),
    [
        (None, 10, 90, 4, "smoothing"),
        (None, 9, 90, 4, "means"),  # few series
        (None, 10, 24, 4, None),  # few windows
        (None, 10, 90, 13, "means"),  # a long season
        (None, 10, 90, None, None),
        (Seq2SeqRegressor(linear=False), 10, 90, 4, None),
        (Seq2SeqRegressor(loss="poisson"), 10, 90, None, None),
        (Seq2SeqRegressor(decoder="recursive"), 10, 90, None, None),
        (Seq2SeqRegressor(loss="normal", season=4), 10, 90, None, "smoothing"),
        (Ridge(), 10, 90, 4, None),
    ],
)
def test_where_the_past_is_told_by_default(untrained, estimator, n_series, length, season, told):
    series = [np.abs(own) for own in seasons(n_series, length)]
    if isinstance(estimator, Seq2SeqRegressor) and estimator.loss == "poisson":
        series = [own.round() for own in series]
    model = SeriesForecaster(estimator, horizon=2, season=season, random_state=0).fit(series)
    assert getattr(model.estimator_, "n_future_features_in_", 0) == (told is not None)
    assert model._known.n_seasons == (N_SEASONS if told == "means" else None)
    assert model.get_params()["exponential_smoothing"] == model.get_params()["n_seasons"] == "auto"
    assert np.isfinite(model.predict()).all()


def test_means_of_seasons_are_told_of_the_steps_to_come():
    """Behind the known future, less the last season."""
    series = walks([19])[0]
    model = forecaster(Recorder(), window=4, horizon=2, season=4, scaling=None, n_seasons=2).fit([series])
    _, X, _ = Recorder.seen[-1]
    means = [(series[end - 4 : end - 2] + series[end - 8 : end - 6]) / 2 for end in range(8, 18)]
    assert X.shape == (14, 2 * 4 + 2 - 4)
    assert_allclose(X[4:, -2:], means - np.stack([series[end - 4 : end - 2] for end in range(8, 18)]))
    assert_array_equal(model.predict(), model.predict([series]))
    assert_array_equal(model.predict(n_steps=7), model.predict([series], n_steps=7))
    with pytest.raises(ValueError, match="exponential_smoothing=True and n_seasons=2 exclude each other"):
        model.set_params(exponential_smoothing=True).fit([series])


def test_means_of_seasons_make_forecasts_nearer_and_need_whole_series():
    """Each series has a season of its own, in noise."""
    series, errors = [own - 0.1 * np.arange(300) for own in seasons(9, 300)], []
    for n_seasons in (None, 8):
        model = SeriesForecaster(Ridge(), window=4, horizon=4, season=4, n_seasons=n_seasons)
        errors.append(-model.backtest(series, n_windows=6)["score"].mean())
    assert errors[1] < 0.9 * errors[0]
    model.fit(series).predict([own[-32:] for own in series])
    with pytest.warns(UserWarning, match=r"mean of the last 8 seasons of a series, so .* fit with n_seasons=None"):
        model.predict([own[-5:] for own in series])


def test_many_targets_are_compared_apart_with_smoothing_as_well():
    both = np.cumsum(np.random.RandomState(0).randn(300, 4), axis=0)
    model = SeriesForecaster(Ridge(), horizon=6, season=12, exponential_smoothing=True)
    with pytest.warns(UserWarning, match=r"each is a series of its own, a linear model has 0\.\d+ times the error"):
        model.fit([both])
    assert model.predict().shape == (1, 6, 4)


def test_smoothed_forecasts_are_no_covariates_that_change_the_scale_of_windows(untrained):
    model = SeriesForecaster(Seq2SeqRegressor(season=4), horizon=2, exponential_smoothing=True).fit(seasons(3))
    assert model.estimator_.scaling == "difference"
    counts = [np.abs(own).round() for own in seasons(3)]
    model = SeriesForecaster(Seq2SeqRegressor(loss="poisson"), horizon=2, exponential_smoothing=True).fit(counts)
    assert model.estimator_.scaling == "auto"
    assert model.estimator_.n_future_features_in_ == 1


class Seasonal(WindowRecorder):
    """An estimator of windows that may be shorter than its season."""

    def __init__(self, season=12, target_features="auto"):
        super().__init__(target_features)
        self.season = season


def test_windows_that_may_be_shorter_than_a_season_are_told_in_sizes_without_one():
    (series,) = walks([60])
    model = SeriesForecaster(Seasonal(), window=24, min_window=5, horizon=3, exponential_smoothing=True)
    with pytest.warns(UserWarning, match="X holds series of 5 timesteps"):
        model.fit([series]).predict([series[:5]])
    told, origin = WindowRecorder.seen[-1][2], np.array([5])
    smoothed = smoothed_before([series[:5, None]], np.zeros(1, int), origin, 12).forecasts(3)[:, :, 0]
    assert_allclose(told[..., 0], (smoothed - series[:5].mean()) / series[:5].std(), atol=1e-12)
    model.set_params(min_window=12).fit([series])  # every window holds a season
    of_season = WindowRecorder.seen[-1][3]
    model.set_params(estimator__season=None).fit([series])
    assert not np.allclose(of_season, WindowRecorder.seen[-1][3])


def test_it_shows_what_the_fit_of_its_network_shows(capsys):
    model = forecaster(Seq2SeqRegressor(units=2, epochs=1)).fit(walks())
    diagnosis = model.diagnose()
    assert capsys.readouterr().out.splitlines() == str(diagnosis).splitlines()
    assert [check.name for check in diagnosis] == [check.name for check in model.estimator_.diagnose()]
    assert not hasattr(forecaster(Ridge()), "diagnose")
    with pytest.raises(NotFittedError):
        SeriesForecaster().diagnose()


def test_gaps_in_past_covariates_are_named():
    """In fit, and among those of series that are forecast."""
    series, past = walks(), [np.ones((len(own), 2)) * np.arange(len(own))[:, None] for own in walks()]
    model = forecaster(Ridge()).fit(series, X_past=past)
    past[1][7, 1] = np.nan
    for call in (forecaster(Ridge()).fit, model.predict):
        with pytest.raises(ValueError, match="Input X_past contains NaN: series 1, step 7, column 1"):
            call(X=series, X_past=past)
