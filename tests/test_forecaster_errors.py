"""What SeriesForecaster refuses, and how it says so."""

import re
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from numpy.testing import assert_allclose, assert_array_equal
from recorded_windows import forecaster, known_ahead, months, walks
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from warned import told

from skseq import SeasonalNaive, Seq2SeqRegressor, SeriesForecaster
from skseq._sklearn import InvalidParameterError


def test_series_that_are_refused():
    series = walks()
    series[1][7] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN: series 1, step 7"):
        forecaster().fit(series)
    series[1][7] = np.inf
    with pytest.raises(ValueError, match="Input X contains infinity: series 1, step 7"):
        forecaster().fit(series)
    series[1][7] = 1e200
    with pytest.raises(ValueError, match=r"Input X contains 1e\+200, which is too large to square: series 1, step 7\."):
        forecaster().fit(series)
    several = np.zeros((2, 20, 3))
    several[1, 4, 2] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN: series 1, step 4, column 2"):
        forecaster().fit(several)
    holes = months()
    holes.iloc[2] = np.nan
    with pytest.raises(ValueError, match=r"Input X contains NaN: series 0, step 2 \(time 2020-03-31\)"):
        forecaster().fit(holes)
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array instead"):
        forecaster().fit(walks()[0])
    with pytest.raises(ValueError, match=r"X\[0\] has times without a regular step"):
        forecaster().fit([months().drop(pd.Timestamp("2020-05-31")), months()])


def test_columns_are_those_of_the_last_fit():
    frame = pd.DataFrame({"a": months(), "b": months()[::-1].to_numpy()})
    renamed = frame.set_axis(["x", "y"], axis=1)
    model = forecaster().fit(frame)
    with pytest.raises(ValueError, match=r"has the columns \['x', 'y'\]. Expected \['a', 'b'\]"):
        model.predict(renamed)
    assert model.fit([frame.to_numpy()]).predict(renamed).columns.tolist() == ["x", "y"]
    assert model.fit([frame.set_axis(["a", "a"], axis=1)] * 2).predict()[0].columns.tolist() == ["a", "a"]


SEASONAL = Seq2SeqRegressor(season=12, units=2, epochs=1)


@pytest.mark.parametrize(
    "estimator",
    [None, Ridge(), SEASONAL, SeasonalNaive(m=12)],
    ids=["default", "ridge", "season inside", "naive"],
)
@pytest.mark.parametrize(
    ("calibration", "needs", "window"), [({}, 15, 12), ({"calibration_windows": 3, "stride": 2}, 22, 13)]
)
def test_series_that_are_too_short_for_a_season(estimator, calibration, needs, window):
    name = "m" if isinstance(estimator, SeasonalNaive) else "season"
    inside = estimator is SEASONAL or name == "m"
    forecaster = SeriesForecaster(estimator, horizon=3, season=None if inside else 12, **calibration)
    for length in (3, needs - 1):
        message = rf"^{name}=12, horizon=3.* need {needs} timesteps, but X\[0\] has {length}\. "
        with pytest.raises(ValueError, match=message):
            forecaster.fit([np.arange(float(length))])
    with pytest.raises(ValueError, match=rf"^{name}=12, horizon=3 need 15 timesteps, but X\[1\] has 14\."):
        forecaster.fit([np.arange(40.0), np.arange(14.0)])  # it need not calibrate
    if estimator is not None:
        assert forecaster.fit([np.arange(40.0), np.arange(float(needs))]).window_ == window
    more = needs + 3  # two forecasts three steps apart, the first of them behind what is learnt from
    with pytest.raises(ValueError, match=rf"earliest forecast needs {needs + 6} timesteps, {needs} to learn from"):
        forecaster.backtest([np.arange(float(more + 2))], n_windows=2)


def test_windows_that_were_set_and_hold_no_season():
    short = np.arange(9.0)
    for own in ({"window": 6}, {"min_window": 6}):
        with pytest.raises(ValueError, match=r"season=12 needs .*may have 6\. Set a larger window or min_window"):
            SeriesForecaster(Ridge(), season=12, horizon=3, **own).fit([np.arange(30.0), short])
    long = SeriesForecaster(SEASONAL, window=24, min_window=6, horizon=2).fit(walks())  # no window is as short as that
    assert long.window_ == 24
    with pytest.raises(ValueError, match=r"season=12 needs as many steps in every window, .*may have 7"):
        SeriesForecaster(SEASONAL, window=24, min_window=6, horizon=2).fit([np.arange(60.0), short])
    with pytest.raises(ValueError, match=r"m=12 needs .*may have 6\. .* or set a smaller m\.$"):
        SeriesForecaster(SeasonalNaive(m=12), window=6, horizon=3).fit([np.arange(30.0)])


@pytest.mark.parametrize("season", ["12", "auto", 0, False])
def test_the_estimator_judges_its_own_season(season):
    with pytest.raises(ValueError, match="'season' parameter of Seq2SeqRegressor"):
        SeriesForecaster(Seq2SeqRegressor(season=season), horizon=2).fit(walks())


def test_series_that_are_too_short():
    message = r"^window=6, horizon=3 need 9 timesteps, but X\[1\] has 8\. .*min_window"
    with pytest.raises(ValueError, match=message):
        forecaster().fit([np.arange(30.0), np.arange(8.0)])
    with pytest.raises(ValueError, match=r"horizon=3, calibration_windows=4 need 15 timesteps, .*X\[0\] has 14"):
        forecaster(calibration_windows=4).fit([np.arange(14.0)])
    with pytest.raises(ValueError, match=r"window=1, horizon=50 need 51 timesteps, .*X\[0\] has 40"):
        forecaster(window=None, horizon=50).fit(walks([40]))
    with pytest.raises(ValueError, match=r"season=12 needs as many steps in every window, .*may have 6"):
        forecaster(season=12).fit(walks())
    with pytest.raises(ValueError, match=r"fewer timesteps than a window of 6, the first X\[1\] with 5"):
        forecaster().fit(walks()).predict([np.arange(9.0), np.arange(5.0)])
    with pytest.raises(ValueError, match=r"earliest forecast needs 69 timesteps, 9 to learn .*X\[0\] with 60"):
        forecaster().backtest(walks(), n_windows=20)
    with pytest.raises(ValueError, match=r"from 6 or more before .* needs 9\. X\[0\] has 8: leave .* or horizon\.$"):
        forecaster().fit(walks()).score([np.arange(8.0)])
    with pytest.raises(
        ValueError, match=r"min_window=50, horizon=3 need 53 timesteps, but X\[1\] has 40\. Set smaller .*series\. To"
    ):
        SeriesForecaster(Ridge(), horizon=3, min_window=50).fit([np.arange(200.0), np.arange(40.0)])
    for wrong in ({"n_windows": 0}, {"n_windows": 1.5}, {"step": 0}, {"step": 10**30}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be an integer from 1 to"):
            forecaster().backtest(walks(), **wrong)
    with pytest.raises(ValueError, match="refit must be True or False. Got 'no'"):
        forecaster().backtest(walks(), refit="no")
    for score in ("a", {"mine": "a"}):
        with pytest.raises(ValueError, match="scoring=.* must give a number. Got 'a'"):
            forecaster().backtest(walks(), scoring=lambda *given: score)  # noqa: B023 - called at once


def test_covariates_that_do_not_fit():
    series, ahead, truth = known_ahead()
    model = forecaster().fit(series, X_future=ahead)
    with pytest.raises(
        ValueError, match=r"X_future\[0\] has 2 row\(s\): of the 3 steps after the 60 of X\[0\], step 2 is"
    ):
        model.predict(X_future=truth[:, :2])
    with pytest.raises(ValueError, match=r"X_future\[1\] has 82 row\(s\): .* step 2 is missing. .*3 rows.* or 83"):
        model.predict(X_future=[ahead[0], ahead[1][:-1]])
    with pytest.raises(ValueError, match=r"X_future\[0\] has 40 row\(s\): .* step 0, step 1, step 2 are missing"):
        model.predict(X_future=[ahead[0][:40], ahead[1]])
    with pytest.raises(ValueError, match="X_future is missing, but the forecaster was fitted with it"):
        model.predict(series)
    with pytest.raises(ValueError, match="X_past is given, but the forecaster was fitted without it"):
        model.predict(series, X_past=series, X_future=ahead)
    with pytest.raises(ValueError, match="X_past belongs to series X"):
        model.predict(X_past=series)
    with pytest.raises(ValueError, match=r"X_past\[1\] has 79 row\(s\), but X\[1\] 80 steps: step 79 is missing"):
        forecaster().fit(series, X_past=[series[0], series[1][:-1]])
    with pytest.raises(ValueError, match="X_past is for 1 series, but X holds 2"):
        forecaster().fit(series, X_past=series[:1])
    with pytest.raises(ValueError, match=r"X_future has 2 column\(s\). Expected 1, as in fit"):
        model.predict(X_future=np.zeros((2, 3, 2)))
    with pytest.raises(ValueError, match="X_static has 3 rows, but X holds 2 series"):
        forecaster().fit(series, X_static=np.zeros((3, 1)))
    for static, what in ((np.nan, "NaN"), (1e200, r"1e\+200")):
        with pytest.raises(ValueError, match=rf"Input X_static contains {what}.*: series 1, column 0\."):
            forecaster().fit(series, X_static=[[0], [static]])
    for static in ("a", 3, np.zeros(2), np.zeros((2, 1, 1)), [["a"], ["b"]], [[1], [2, 3]]):
        with pytest.raises(ValueError, match=r"X_static .*numbers \(n_series, n_features\), one row for every series"):
            forecaster().fit(series, X_static=static)
    for static, remedy in ((np.zeros(2), r"numpy\.reshape\(X_static, \(-1, 1\)\)"), (["a", "b"], "OneHotEncoder")):
        with pytest.raises(ValueError, match=rf"X_static .*{remedy}"):
            forecaster().fit(series, X_static=static)
    with pytest.raises(TypeError, match="X_static must be .* Got a dict"):
        forecaster().fit(series, X_static={})
    dates = [pd.date_range("2020", periods=83)] * 2
    for name in ("X_past", "X_future"):
        with pytest.raises(TypeError, match=rf"{name}\[0\] holds dates"):
            forecaster().fit(series, **{name: dates})
    with pytest.raises(TypeError, match=r"X_future\[0\] holds dates"):
        model.predict(X_future=dates)
    frames = [pd.DataFrame({"a": own.ravel(), "b": 0.0}) for own in ahead]
    with pytest.raises(ValueError, match=r"X_future\[1\] has the columns \['b', 'a'\]. Expected \['a', 'b'\]"):
        forecaster().fit(series, X_future=[frames[0], frames[1][["b", "a"]]])
    holes = [own.copy() for own in ahead]
    holes[1][4] = np.nan
    with pytest.raises(ValueError, match="Input X_future contains NaN: series 1, step 4, column 0"):
        forecaster().fit(series, X_future=holes)
    with pytest.raises(ValueError, match="n_steps=4 is more than horizon=3: .*X_past"):
        forecaster().fit(series, X_past=series).predict(n_steps=4)


def test_one_array_for_series_of_several_lengths_is_refused():
    """Its rows may begin or end with a series; those of the steps to come alone have one meaning."""
    series, ahead, truth = known_ahead()
    rows = np.zeros((2, 83))
    message = r"is an array with 83 rows for every series, but series of X have 60 to 80 steps: .*Pass a list"
    for covariates in ({"X_past": rows}, {"X_future": rows}, {"X_future": rows[..., None]}):
        with pytest.raises(ValueError, match=f"{next(iter(covariates))} {message}"):
            forecaster().fit(series, **covariates)
    model = forecaster().fit(series, X_future=ahead)
    with pytest.raises(ValueError, match=f"X_future {message} .*or an array of the 3 steps to come"):
        model.predict(X_future=rows)
    assert_array_equal(model.predict(X_future=truth), model.predict())
    assert forecaster().fit(series, X_future=list(rows)).predict().shape == (2, 3)
    for wrong in (3, truth[0]):
        with pytest.raises(ValueError, match="X_future must hold an array of numbers for every series of X. Got"):
            model.predict(X_future=wrong)


def test_columns_of_covariates_keep_their_places():
    series, ahead, _ = known_ahead()
    frames = [pd.DataFrame({"price": own.ravel(), "open": np.arange(len(own)) % 2}) for own in ahead]
    shops = pd.DataFrame({"area": [1.0, 2.0], "age": [3.0, 5.0]})
    model = forecaster().fit(series, X_past=frames, X_future=frames, X_static=shops)
    known = {"X_past": frames, "X_future": frames, "X_static": shops}
    expected = model.predict(series, **known)
    for name, where in (("X_past", r"X_past\[0\]"), ("X_future", r"X_future\[0\]"), ("X_static", "X_static")):
        turned = shops[["age", "area"]] if name == "X_static" else [own[["open", "price"]] for own in frames]
        with pytest.raises(ValueError, match=rf"{where} has the columns .*, '.*\]. Expected .* in this order"):
            model.predict(series, **known | {name: turned})
        values = shops.to_numpy() if name == "X_static" else [own.to_numpy() for own in frames]
        assert_array_equal(model.predict(series, **known | {name: values}), expected)
    with pytest.raises(ValueError, match=r"X_future\[0\] has the columns"):
        model.predict(X_future=[own[["open", "price"]] for own in frames])


def test_covariates_are_read_like_series():
    series, ahead, truth = known_ahead()
    model = forecaster().fit(series, X_future=ahead)
    padded = np.ma.array(np.pad(truth, [(0, 0), (0, 1)]), mask=[[0, 0, 0, 1]] * 2)
    assert_array_equal(model.predict(X_future=padded), model.predict(X_future=truth))
    for wrong, error, message in (
        ("ab", ValueError, "X_future cannot be read as numbers: .* Expected an array of numbers for every series"),
        (truth + 1j, ValueError, "Complex data not supported: X_future holds complex numbers"),
        (list(truth + 1j), ValueError, r"Complex data not supported: X_future\[0\] holds complex numbers"),
        (scipy.sparse.csr_array(truth), TypeError, "Sparse data was passed for X_future"),
        (np.ma.array(truth, mask=[[0, 1, 0]] * 2), ValueError, r"X_future\[0\] is masked at step 1"),
        ({"a": truth}, TypeError, "X_future must be .* Got a dict"),
    ):
        with pytest.raises(error, match=message):
            model.predict(X_future=wrong)


def test_a_known_future_that_lacks_a_time_says_which():
    series = months()
    ahead = pd.Series(1.0, pd.date_range("2020-01-31", periods=42, freq="ME"))
    model = forecaster().fit(series, X_future=ahead)
    with pytest.raises(ValueError, match=r"time 2023-07-31 is missing.* on\.$"):
        model.predict()
    with pytest.raises(ValueError, match=r"on\. This regressor .* whole horizons of 3, also for n_steps=2\.$"):
        model.predict(n_steps=2)


@pytest.mark.parametrize(
    "options",
    [
        {"season": 7},
        {"season": 7, "min_window": 14},
        {"season": 7, "min_window": 7},
        {"season": 7, "calibration_windows": 20},
        {"window": 21},
        {"min_window": 50},
    ],
    ids=str,
)
def test_new_articles_can_be_forecast_after_a_fit_on_the_others(options):
    """They have a window, but no targets behind it: what it says to do works as it stands."""
    X = [*walks([200, 120, 60]), *walks([20, 15])]
    model = SeriesForecaster(Ridge(), horizon=14, **options)
    with pytest.raises(ValueError, match=r"need \d+ timesteps, but X.* To forecast them") as refusal:
        model.fit(X)
    long, least = re.search(
        r"fit on (\[.*\]) with min_window=(\d+), and then predict\(X\)", str(refusal.value)
    ).groups()
    model.set_params(min_window=int(least)).fit(eval(long, {"X": X}))
    assert model.n_series_in_ == 3
    assert model.predict(X).shape[:2] == (5, 14)


@pytest.mark.parametrize("options", [{"window": 20}, {"window": 20, "min_window": 16}, {"season": 7}], ids=str)
def test_series_to_forecast_that_are_shorter_than_a_window(options):
    """Beside longer ones by a smaller min_window, and alone by windows of their length: otherwise a warning says so."""
    model, short = SeriesForecaster(Ridge(), horizon=2, **options).fit(walks()), walks([8, 9])
    with pytest.raises(ValueError, match=r"X\[0\] with 8: leave") as refusal:
        model.predict(short)
    least, alone = re.search(r"with min_window=(\d+) .* with (window=.*) if most", str(refusal.value)).groups()
    model.set_params(min_window=int(least)).fit(walks())
    assert len(model.predict([*walks(), *short])) == 5
    assert told(model.predict, walks([14, 14])) == []  # hardly shorter
    [message] = told(model.predict, short)
    assert "a window of" in message
    for code in (alone, re.search(r"fit with (window=\d+) to", message)[1]):
        model.set_params(**eval(f"dict({code})")).fit(walks())
        assert told(model.predict, short) == []
    filled = SeriesForecaster(Ridge(), window=20, horizon=2, min_window=8).fit([*walks(), *walks([14])])
    assert told(filled.predict, short) == []  # fit had one, too


def test_no_window_is_advised_that_holds_no_season():
    with pytest.raises(ValueError, match=r"with 5: leave them out: no window may be shorter than a season of 7\.$"):
        SeriesForecaster(Ridge(), horizon=2, season=7).fit(walks()).predict(walks([5]))


@pytest.mark.parametrize(
    ("lengths", "options"),
    [([200, 6], {"season": 7}), ([20, 20], {"season": 7}), ([40, 20], {"calibration_windows": 90})],
)
def test_where_a_fit_on_long_series_does_not_help_it_is_not_advised(lengths, options):
    """A forecast needs a season, and the fit a series that is long."""
    with pytest.raises(ValueError, match="timesteps, but") as refusal:
        SeriesForecaster(Ridge(), horizon=14, **options).fit(walks(lengths))
    assert "To forecast" not in str(refusal.value)


def test_a_series_of_objects_that_are_numbers():
    series = months()
    decimals = series.round(2).map(lambda value: Decimal(str(value)))
    expected = forecaster().fit(series.round(2)).predict()
    pd.testing.assert_series_equal(forecaster().fit(decimals).predict(), expected)
    for text in (series.astype(str), series.astype(str).astype("category"), pl.Series(series.astype(str).to_list())):
        with pytest.raises(
            ValueError, match=r"X is a Series of text, such as '.*'\. Expected numbers: convert"
        ) as refusal:
            forecaster().fit(text)
        converted = eval(str(refusal.value).split("convert it by ")[1].rstrip("."), {"X": text, "pandas": pd})
        np.testing.assert_allclose(converted, series)


def test_indices_that_are_no_times_of_one_series():
    series = months()
    with pytest.raises(ValueError, match=r"X has 2 levels, \['id', 't'\].*from_long\(X.reset_index"):
        forecaster().fit(pd.concat({"a": series, "b": series}, names=["id", "t"]))
    with pytest.raises(ValueError, match=r"The index of X holds date\. .* convert it with pandas.to_datetime"):
        forecaster().fit(series.set_axis(series.index.date))


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        (lambda x: f"{x:.2f}".replace(".", ","), ", or read it by pandas.read_csv(..., decimal=',')"),
        (lambda x: f"{x:.2f} %", ""),
        (lambda x: f"{x:.2f}".replace(".", ",") if x > 1 else x, ", or read it by pandas.read_csv(..., decimal=',')"),
    ],
    ids=["decimal commas", "percent", "some"],
)
def test_series_of_numbers_as_strings_are_told_what_keeps_their_times(written, reading):
    series = months().round(2)
    X = [series, series.map(written).astype(object)]
    with pytest.raises(
        ValueError, match=r"^X\[1\] holds strings, such as '.*'\. Of each x in X, convert it by "
    ) as told:
        forecaster().fit(X)
    code = str(told.value).rpartition("convert it by ")[2].removesuffix(".").removesuffix(reading)
    pd.testing.assert_series_equal(eval(code, {"pandas": pd, "x": X[1]}), series)


def test_series_of_numbers_as_objects_are_read():
    of_objects = forecaster().fit([months().astype(object), months().astype(str).astype(object)])
    of_floats = forecaster().fit([months(), months()])
    for found, wanted in zip(of_objects.predict(), of_floats.predict(), strict=True):
        assert_array_equal(found, wanted)


def test_a_regressor_of_single_numbers_is_told_what_makes_several():
    message = r"forecasts a single number, and horizon=3 of 1 target.* wrap it, MultiOutputRegressor\(estimator\)"
    with pytest.raises(ValueError, match=message):
        forecaster(HistGradientBoostingRegressor()).fit(walks())


@pytest.mark.filterwarnings("ignore:invalid value encountered in log:RuntimeWarning")
@pytest.mark.parametrize("wrap", [lambda regressor: regressor, make_pipeline], ids=["alone", "pipeline"])
@pytest.mark.parametrize("horizon", [1, 3])
def test_logarithms_of_targets_are_told_to_be_of_series(wrap, horizon):
    regressor = wrap(TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp))
    series = [np.exp((own - own.mean()) / 20) for own in walks()]
    message = rf"^{type(regressor).__name__} made no numbers of its targets.* such as \[np.log\(x\) for x in X\]"
    with pytest.raises(ValueError, match=message):
        forecaster(regressor, horizon=horizon).fit(series)
    forecaster(Ridge(), horizon=horizon, scaling=None).fit([np.log(x) for x in series])
    forecaster(regressor, horizon=horizon, scaling=None).fit(series)  # these are the numbers themselves
    with pytest.raises(ValueError, match=r"^Input contains NaN"):
        forecaster(regressor, horizon=horizon, scaling=None).fit([np.log(x) for x in series])


@pytest.mark.parametrize("horizon", [1, 3])
@pytest.mark.parametrize("classifier", [LogisticRegression(), make_pipeline(DecisionTreeClassifier())])
def test_a_classifier_is_told_that_a_regressor_is_needed(classifier, horizon):
    """No wrapper makes one of it."""
    with pytest.raises(ValueError, match=f"^{type(classifier).__name__} is a classifier, .* pass a regressor"):
        forecaster(classifier, horizon=horizon).fit(walks())


def test_other_arguments_that_are_refused():
    model = forecaster().fit(walks())
    with pytest.raises(ValueError, match=r"X must hold series, or be None .* Got 12: pass n_steps=12 by name"):
        model.predict(12)
    for ask, value, name in (
        (model.predict_interval, 0.8, "coverage"),
        (model.predict_interval, [0.5, 0.9], "coverage"),
        (model.predict_interval, 5, "n_steps"),
        (model.predict_quantiles, [0.1, 0.5, 0.9], "quantiles"),
        (model.sample_y, 5, "n_samples"),
    ):
        with pytest.raises(ValueError, match=re.escape(f"Got {value}: pass {name}={value} by name")):
            ask(value)
    days = pd.date_range("2024-01-01", periods=7)
    for times, steps in ((days, "n_steps=7"), (days.to_period(), "n_steps=7"), (days[0], "n_steps, their number,")):
        with pytest.raises(TypeError, match=f"Got {type(times).__name__}: .* pass {steps} by name"):
            model.predict(times)
    for ask in (model.fit, model.score):
        with pytest.raises(TypeError, match="Got DatetimeIndex, which has times but no values: pass pandas.Series"):
            ask(days)
    with pytest.raises(TypeError, match=r"Got Index of pandas: pass its values, X\.to_numpy\(\)\.$"):
        model.fit(pd.Index([0.1, 0.4]))
    for ask in (model.predict, model.score):  # most likely a series
        with pytest.raises(ValueError, match=r"a single sequence is \[X\]"):
            ask([0.1, 0.4, 0.3])
    with pytest.raises(ValueError, match="^score needs X: fit keeps no more than the last window"):
        model.score(None, [[1.0]] * 3)
    for n_steps in (0, 1.5, 10**30):
        with pytest.raises(ValueError, match=f"n_steps must be an integer from 1 to 2147483647. Got {n_steps}"):
            model.predict(n_steps=n_steps)
    with pytest.raises(InvalidParameterError, match="'horizon' parameter"):
        forecaster(horizon=0).backtest(walks())


def test_covariates_in_the_place_of_another_argument():
    """The second argument of most methods is no covariate, so that such a table is told of by its own name."""
    series, beside = np.stack(walks((60, 60, 60))), np.zeros((3, 63, 1))
    model = forecaster(calibration_windows=22).fit(series, X_future=beside)
    for ask, name in (
        (model.predict_interval, "coverage"),
        (model.predict_quantiles, "quantiles"),
        (model.sample_y, "n_samples"),
    ):
        for table in (beside, pd.DataFrame(beside[0])):
            got = re.escape(f"{type(table).__name__} of shape {table.shape}")
            said = f"^{name} must be no table. Got {got}: .* by name, such as X_future"
            with pytest.raises(ValueError, match=said):
                ask(series, table)
            with pytest.raises(ValueError, match="^n_steps must be no table"):
                ask(series, n_steps=table)
        assert len(ask(series, X_future=beside)) == 3  # as it says
    with pytest.raises(ValueError, match="^n_steps must be no table"):
        model.predict(series, n_steps=beside)


def test_a_failed_fit_changes_nothing():
    model = forecaster().fit(walks())
    predicted, before = model.predict(), sorted(vars(model))
    for bad in ([np.arange(3.0)], np.full((3, 20), np.nan), np.zeros((2, 5, 2))):
        with pytest.raises(ValueError, match="timesteps|NaN"):
            model.fit(bad)
        assert sorted(vars(model)) == before
        assert_array_equal(model.predict(), predicted)


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_parameters_set_after_a_fit_change_no_forecast():
    series, _, _ = known_ahead()
    model = SeriesForecaster(Ridge(), horizon=3, window=6, calibration_windows=10).fit(series)
    asked = {
        "predict_interval": {"coverage": 0.8},
        "predict_quantiles": {"quantiles": [0.2, 0.9]},
        "sample_y": {"n_samples": 2, "random_state": 0},
        "predict": {},
        "score": {"X": series},
    }
    before = {name: getattr(model, name)(**arguments) for name, arguments in asked.items()}
    others = {"scaling": "mean", "horizon": 2, "season": 4, "window": 9, "min_window": 2, "stride": 2}
    model.set_params(**others, calibration_windows=0, max_windows=3, estimator=LinearRegression())
    for name, arguments in asked.items():
        assert_array_equal(getattr(model, name)(**arguments), before[name], err_msg=name)


def test_a_least_window_beyond_the_window_is_refused():
    with pytest.raises(ValueError, match="min_window=10 is more than window=3"):
        SeriesForecaster(Ridge(), horizon=2, window=3, min_window=10).fit(known_ahead()[0])


def test_a_warm_start_within_is_told_to_do_nothing():
    earlier, later = ([own[:n] for own in walks()] for n in (40, 45))
    warm = HistGradientBoostingRegressor(warm_start=True, max_iter=3)
    with pytest.warns(UserWarning, match="HistGradientBoostingRegressor has warm_start=True, which does nothing"):
        model = forecaster(warm, horizon=1).fit(earlier)
    model.predict(later)
    forecaster(warm.set_params(warm_start=False), horizon=1).fit(earlier)


@pytest.mark.parametrize("model", [Ridge(), SeasonalNaive()], ids=["ridge", "naive"])
@pytest.mark.parametrize("unit", [1e-165, 1e-290, 1e140])
def test_forecasts_of_tiny_and_huge_series(model, unit):
    """Squares of 1e-165 are zero."""
    series, _, _ = known_ahead()
    model = SeriesForecaster(model, horizon=3, window=5, calibration_windows=9).fit(series)
    small = [own * unit for own in series]
    assert_allclose(model.predict_interval(small, 0.5) / unit, model.predict_interval(series, 0.5), rtol=1e-9)
