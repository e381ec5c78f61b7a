"""SeriesForecaster in searches and backtests, and series with times."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn.metrics
from numpy.testing import assert_allclose, assert_array_equal
from recorded_windows import WindowRecorder, forecaster, known_ahead, months, walks
from sklearn import config_context
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, TimeSeriesSplit, cross_val_score

from skseq import SeriesForecaster
from skseq._data.forecasts.series import read_series
from skseq.metrics import FORECAST_SCORERS, mean_absolute_scaled_error

# --- containers with times --------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_pandas_in_pandas_out():
    series = months()
    model = forecaster(calibration_windows=9).fit(series)
    plain = forecaster(calibration_windows=9).fit([series.to_numpy()])
    expected = pd.Series(plain.predict()[0], pd.date_range("2023-05-31", periods=3, freq="ME"), name="sold")
    pd.testing.assert_series_equal(model.predict(), expected)
    pd.testing.assert_series_equal(model.predict([series, series])[1], expected)
    bounds = model.predict_interval()
    assert bounds.columns.tolist() == ["lower", "upper"]
    assert_allclose(bounds.to_numpy(), plain.predict_interval()[0])
    assert model.predict_interval(coverage=[0.5, 0.8]).columns.tolist()[:2] == [("lower", 0.5), ("lower", 0.8)]
    assert model.predict_quantiles(quantiles=[0.1, 0.9]).columns.tolist() == [0.1, 0.9]
    assert model.sample_y(n_samples=2).shape == (3, 2)
    assert model.predict(n_steps=5).index[-1] == pd.Timestamp("2023-09-30")
    assert_allclose(model.predict([series.to_numpy()]), plain.predict())


def test_forecasts_keep_the_name_of_the_index():
    series = months().rename_axis("month")
    model = forecaster(calibration_windows=9).fit(series)
    assert model.predict().reset_index().columns.tolist() == ["month", "sold"]
    assert model.predict_interval().index.name == "month"
    assert forecaster().fit(months()).predict().index.name is None


def test_frames_of_several_targets():
    frame = pd.DataFrame({"a": months(), "b": 2 * months()})
    model = forecaster(calibration_windows=9).fit(frame)
    assert model.predict().columns.tolist() == ["a", "b"]
    assert_allclose(model.predict()["b"], 2 * model.predict()["a"])
    assert model.predict_interval().columns.tolist()[:2] == [("a", "lower"), ("a", "upper")]
    assert_allclose(model.predict(frame.to_numpy()[None]), model.predict().to_numpy()[None])
    with pytest.raises(ValueError, match=re.escape("X has the columns ['b', 'a']. Expected ['a', 'b'] in this order")):
        model.predict(frame[["b", "a"]])


def test_series_of_polars_may_have_names_of_their_own():
    times = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 2, 9), eager=True)
    meters = [pl.DataFrame({"time": times, f"meter {n}": np.arange(40.0) + n}) for n in range(3)]
    found = SeriesForecaster(Ridge(), window=4, horizon=2).fit(meters).predict(meters)
    assert [own.columns for own in found] == [["time", f"meter {n}"] for n in range(3)]
    two = [own.with_columns(rain=1.0) for own in meters]
    with pytest.raises(ValueError, match=r"X\[1\] has the columns \['meter 1', 'rain'\]. Expected .* or rename them"):
        SeriesForecaster(Ridge(), window=4, horizon=2).fit(two)
    renamed = [own.rename({f"meter {n}": "level"}) for n, own in enumerate(two)]
    SeriesForecaster(Ridge(), window=4, horizon=2).fit(renamed)


def test_polars_in_polars_out():
    series = months()
    frame = pl.DataFrame({"month": series.index.to_numpy(), "sold": series.to_numpy()})
    model = forecaster(calibration_windows=9).fit(frame)
    predicted = model.predict()
    assert predicted.columns == ["month", "sold"]
    expected = forecaster(calibration_windows=9).fit(series).predict()
    assert_array_equal(predicted["month"].to_numpy(), expected.index.to_numpy())
    assert_allclose(predicted["sold"].to_numpy(), expected)
    assert model.predict_interval([frame])[0].columns == ["month", "lower", "upper"]
    assert_allclose(model.predict(pl.Series(series.to_numpy())), expected)


# --- scores and searches ----------------------------------------------------------------------------------------------


def test_score_is_minus_the_mase_of_the_last_steps():
    series = walks()
    model = forecaster(season=2).fit(series)
    before = [own[:-3] for own in series]
    truth = [own[-3:] for own in series]
    expected = -mean_absolute_scaled_error(truth, model.predict(before), y_train=before, m=2)
    assert model.score(series) == expected
    assert model.score(before, truth) == expected  # the same steps, told apart
    assert model.score(np.stack([own[-20:] for own in before]), np.stack(truth)) < 0
    wrong = [own + 100 for own in truth]
    assert model.score(before, wrong) == -mean_absolute_scaled_error(wrong, model.predict(before), y_train=before, m=2)
    fewer = [own[:2] for own in truth]
    found = -mean_absolute_scaled_error(fewer, model.predict(before, n_steps=2), y_train=before, m=2)
    assert model.score(before, fewer) == found


def test_score_of_a_single_series_with_what_follows():
    series = months()
    model = forecaster().fit(series[:-3])
    expected = model.score([series[:-3]], [series[-3:]])
    assert model.score(series[:-3], series[-3:]) == expected
    assert model.score(series[:-3], series[-3:].to_numpy()) == expected
    assert model.score(series.to_frame()[:-3], series.to_frame()[-3:]) == expected
    counted = series.reset_index(drop=True)  # its index says nothing
    assert forecaster().fit(counted[:-3]).score(counted[:-3], counted[-3:].reset_index(drop=True)) == expected
    with pytest.raises(ValueError, match=r"of \(1, 3\): pass those of a single series without a list around them"):
        model.score(series[:-3], [series[-3:].to_numpy()])
    with pytest.raises(ValueError, match=r"The times of y\[0\] are not those that follow X"):
        model.score(series[:-4], series[-3:])
    with pytest.raises(ValueError, match="y is for 2 series, but X holds 1: give one entry per series"):
        model.score([series[:-3]], [series[-3:]] * 2)
    with pytest.raises(ValueError, match=r"y must have as many steps of every series, .* of \(2, 1\), \(3, 1\)"):
        model.score([series[:-3]] * 2, [series[-3:], series[-3:-1]])
    with pytest.raises(ValueError, match=r"and 1 column\(s\), as X has. Got .* \(3, 2\)"):
        model.score([series[:-3]], [np.zeros((3, 2))])
    with pytest.raises(ValueError, match=r"y\[0\] cannot be read as numbers"):
        model.score(series[:-3], ["a", "b"])
    for own in (series, counted):
        with pytest.raises(ValueError, match=r"y must have .* at least one, .* Got \(n_steps, n_columns\) of \(0, 1\)"):
            forecaster().fit(own).score(own, own[:0])


@pytest.mark.parametrize("name", FORECAST_SCORERS)
def test_scorers_without_y_ask_for_the_last_steps(name):
    scorer, series = FORECAST_SCORERS[name], walks()
    model = forecaster(calibration_windows=9).fit(series)
    before, truth = [own[:-3] for own in series], [own[-3:] for own in series]
    assert scorer(model, series) == scorer(model, before, truth)
    one = pd.Series(series[0])
    single = forecaster(calibration_windows=9).fit(one)
    assert scorer(single, one) == scorer(single, one[:-3], one[-3:])
    with pytest.raises(ValueError, match=r"takes \['sample_weight'\] only with y"):
        scorer(model, series, sample_weight=[1, 1, 1])


def test_backtests_of_a_single_series_have_its_scores():
    series = months(60)
    model = forecaster(calibration_windows=9)
    for scoring in ("neg_mean_absolute_error", FORECAST_SCORERS):
        one, listed = (model.backtest(X, n_windows=2, scoring=scoring) for X in (series, [series]))
        assert [*one] == [*listed]
        for name in one:
            assert_array_equal(one[name], listed[name])
    scores = cross_val_score(model, walks(), cv=3, scoring=FORECAST_SCORERS["neg_mean_absolute_scaled_error"])
    assert np.isfinite(scores).all()


def test_a_grid_search_over_series():
    series = walks([30, 35, 40, 45, 50, 55])
    search = GridSearchCV(forecaster(), {"estimator__alpha": [1e-3, 1, 1e6], "season": [None, 4]}, cv=KFold(3))
    search.fit(series)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(set(search.cv_results_["mean_test_score"])) == 6
    assert search.predict(series).shape == (6, 3)
    first, second = list(KFold(2).split(series))[:2]
    scores = cross_val_score(forecaster(), series, cv=KFold(2))
    for score, (train, test) in zip(scores, (first, second)):
        assert forecaster().fit([series[i] for i in train]).score([series[i] for i in test]) == score


@pytest.mark.parametrize("season", [None, 6])
def test_test_parts_of_one_series_must_hold_a_window_and_a_horizon(season):
    """The habit of other libraries is a horizon alone; what is advised is just enough."""
    series, model = pd.Series(walks([60])[0]), forecaster(season=season)
    for test_size in (3, 8 + (season is not None)):
        splits = TimeSeriesSplit(3, test_size=test_size)
        with pytest.raises(ValueError, match=r"or more before them.*backtest\(refit=True\)") as refusal:
            cross_val_score(model, series, cv=splits, error_score="raise")
    advised = eval(re.search(r"set (.*) or more", str(refusal.value))[1], {"TimeSeriesSplit": TimeSeriesSplit})
    assert np.isfinite(cross_val_score(model, series, cv=advised)).all()


def test_time_series_split_of_a_series_with_times():
    series = months(80)
    scores = cross_val_score(forecaster(), series, cv=TimeSeriesSplit(3, test_size=12))
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()


def test_a_single_series_in_an_array_is_told_to_become_a_series():
    array = months(80).to_numpy()
    splits = {"cv": TimeSeriesSplit(3, test_size=12), "error_score": "raise"}
    with pytest.raises(ValueError, match=r"is \[X\], or pandas\.Series\(X\), which cross_val_score can cut in time"):
        cross_val_score(forecaster(), array, **splits)
    assert np.isfinite(cross_val_score(forecaster(), pd.Series(array), **splits)).all()


def test_covariates_are_routed_in_searches():
    series, ahead, _ = known_ahead()
    series, ahead = series * 3, ahead * 3
    model = forecaster(LinearRegression(), scaling=None)
    with config_context(enable_metadata_routing=True):
        model.set_fit_request(X_future=True).set_score_request(X_future=True)
        scores = cross_val_score(model, series, params={"X_future": ahead}, cv=3)
    assert_allclose(scores, 0, atol=1e-8)


def test_copies_forecast_alike():
    series = walks()
    model = forecaster(calibration_windows=9).fit(series)
    again = pickle.loads(pickle.dumps(model))
    assert_array_equal(again.predict_interval(), model.predict_interval())
    assert clone(model).get_params()["estimator__alpha"] == 1
    assert_array_equal(clone(model).fit(series).predict(), model.predict())


def test_fit_keeps_the_tails_and_changes_no_input():
    series = walks([5000])
    before = [own.copy() for own in series]
    model = forecaster().fit(series)
    assert len(pickle.dumps(model)) < 5000
    assert_array_equal(series, before)
    predicted = model.predict()
    series[0][:] = 0  # the tail is no view
    assert_array_equal(model.predict(), predicted)


def test_parameters_that_were_set_after_fit_wait_for_the_next_one():
    model = forecaster(season=2).fit(walks())
    found = model.predict()
    assert_allclose(model.set_params(season=None, scaling=None, horizon=5).predict(), found)


# --- backtest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refit", [False, True])
def test_backtest_by_hand(refit):
    series = walks()
    found = forecaster(season=2).backtest(series, n_windows=3, step=2, refit=refit)
    assert_array_equal(found["origin"], [[53, 43, 63], [55, 45, 65], [57, 47, 67]])
    for number, origins in enumerate(found["origin"]):
        before = [own[:end] for own, end in zip(series, origins)]
        first = [own[:end] for own, end in zip(series, found["origin"][0])]
        model = forecaster(season=2).fit(before if refit else first)
        truth = [own[end : end + 3] for own, end in zip(series, origins)]
        assert_array_equal(found["y_pred"][number], model.predict(before))
        assert_array_equal(found["y_true"][number], truth)
        assert found["score"][number] == -mean_absolute_scaled_error(truth, model.predict(before), y_train=before, m=2)


@pytest.mark.parametrize("refit", [False, True])
def test_backtest_never_trains_on_later_steps(refit):
    """Whatever comes after an origin, forecasts from it are bit-equal."""
    series, changed = walks(), walks()
    for own in changed:
        own[-3:] += 100  # from the last origin on
    model = forecaster()
    found, other = (model.backtest(own, n_windows=4, refit=refit, step=1) for own in (series, changed))
    assert_array_equal(found["y_pred"], other["y_pred"])
    assert not np.array_equal(found["y_true"], other["y_true"])
    with pytest.raises(AttributeError):
        _ = model.window_  # it is not fitted


def test_backtest_with_scorers_covariates_and_bounds():
    series, ahead, _ = known_ahead()
    model = forecaster(LinearRegression(), scaling=None, calibration_windows=10)
    names = ["neg_mean_absolute_scaled_error", "interval_coverage", "neg_weighted_quantile_loss"]
    scoring = {name: FORECAST_SCORERS[name] for name in names}
    found = model.backtest(series, n_windows=2, X_future=ahead, scoring=scoring, coverage=0.5)
    assert_allclose(found["y_pred"], found["y_true"], atol=1e-10)
    assert_allclose(found["score_neg_mean_absolute_scaled_error"], 0, atol=1e-10)
    assert found["y_interval"].shape == (2, 2, 3, 2)
    assert found["score_interval_coverage"].shape == (2,)
    with pytest.warns(UserWarning, match="scoring='r2' has the variance across"):
        assert_allclose(model.backtest(series, X_future=ahead, scoring="r2")["score"], 1)


@pytest.mark.parametrize("name", ["r2", "explained_variance"])
@pytest.mark.parametrize(
    "given", [lambda name: name, lambda name: ["neg_median_absolute_error", name], lambda name: {"own": name}]
)
def test_scores_beside_the_variance_across_series(name, given):
    """By the code of the warning each series, all of which are noise beside a level, scores 0 or less."""
    rng = np.random.RandomState(0)
    series = [level + rng.randn(60) for level in (0, 100, 200)]
    model = SeriesForecaster(Ridge(), window=6, horizon=4)
    with pytest.warns(UserWarning, match=f"scoring='{name}' has the variance across the 3 series") as found:
        results = model.backtest(series, n_windows=5, scoring=given(name))
    assert max(own.min() for key, own in results.items() if key.startswith("score") and "median" not in key) > 0.99
    code = str(found[0].message).rpartition(" take ")[2].removesuffix(".")
    each = eval(code, {"results": results, **{own: getattr(sklearn.metrics, own) for own in sklearn.metrics.__all__}})
    assert len(each) == 3
    assert max(each) < 0.1


def test_scores_that_no_distance_between_series_raises():
    model = SeriesForecaster(Ridge(), window=6, horizon=4)
    series = [level + np.random.RandomState(0).randn(60) for level in (0, 100)]
    model.backtest(series, scoring=["neg_mean_absolute_error", "neg_median_absolute_error"])
    model.backtest(series, scoring=FORECAST_SCORERS["neg_mean_absolute_scaled_error"])


def test_backtest_tells_the_times_of_origins():
    found = forecaster().backtest(months(), n_windows=2)
    assert found["origin_time"].astype("datetime64[D]").astype(str).tolist() == [["2022-11-30"], ["2023-02-28"]]


def test_a_backtest_tells_of_series_that_end_early():
    """Fits on the last steps of others have seen what follows the origins of these."""
    days = pd.date_range("2024-01-01", periods=70)
    early, late = (pd.Series(own, days[: len(own)]) for own in walks([50, 70]))
    with pytest.warns(UserWarning, match=r"X\[1\] ends 20 step\(s\) before X\[0\]\. The fits .* cut all at one time"):
        forecaster().backtest([late, early])
    with pytest.warns(UserWarning, match=r"X\[0\] ends 20 .* before X\[1\], and 1 other series end\(s\) early"):
        forecaster().backtest([early, late, late[:69]])
    forecaster().backtest([early, late[:50]])  # warnings are errors
    forecaster().backtest([late[30:], late])
    forecaster().backtest(walks([50, 70]))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_blocks_of_windows_follow_the_times_of_series(library):
    """What is held out to end training, say, lies behind all that is learnt from."""
    days = pd.date_range("2024-01-01", periods=70)
    frames = [pd.DataFrame({"day": days[: len(own)], "sold": own}) for own in walks([50, 70, 60])]
    X = [own.set_index("day") for own in frames] if library == "pandas" else [pl.from_pandas(own) for own in frames]
    series, _ = read_series(forecaster(), X)
    assert_array_equal(series.lags, [20, 0, 10])
    assert_array_equal(series.until([40, 50, 60]).lags, [20, 10, 0])
    WindowRecorder.seen.clear()
    SeriesForecaster(WindowRecorder(), window=5, horizon=3).fit(X)
    first, last = WindowRecorder.seen[0][-1].T  # of the steps of the targets of each window
    assert_array_equal(last - first, 2)
    ends = [own.max() for own in np.split(last, np.flatnonzero(np.diff(last) < 0) + 1)]
    assert ends == [-21, -1, -11]


@pytest.mark.parametrize("freq", ["D", "B", "h", "MS", "ME", "QE", "W"])
def test_lags_are_whole_steps_also_of_series_that_do_not_overlap(freq):
    times = pd.date_range("2015-01-01", periods=90, freq=freq)
    X = [pd.Series(1.0, times[:20]), pd.Series(1.0, times[30:90]), pd.Series(1.0, times[:88])]
    assert_array_equal(read_series(forecaster(), X)[0].lags, [70, 0, 2])


@pytest.mark.parametrize(
    "indices",
    [
        [pd.RangeIndex(40), pd.RangeIndex(60)],  # which may have been reset
        [pd.date_range("2024-01-01", periods=40, tz=zone) for zone in ("Europe/Berlin", "America/New_York")],
        [pd.date_range("2024-01-01", periods=9, freq=freq) for freq in ("MS", "ME")],
        [pd.date_range(start, periods=9) for start in ("2024-01-01", "2024-01-01 06:00")],
    ],
    ids=["numbers", "zones", "months", "hours"],
)
def test_series_that_end_in_the_same_step_have_no_lags(indices):
    X = [pd.Series(1.0, index) for index in indices]
    assert_array_equal(read_series(forecaster(), X)[0].lags, [0, 0])


def test_what_others_call_m_is_theirs():
    class WithM(Ridge):
        def __init__(self, m=None):
            super().__init__()
            self.m = m

    assert SeriesForecaster(WithM(), season=4).fit(walks()).estimator_.m is None


WEEK = np.tile([5.0, 3, 3, 4, 6, 9, 8], 6)


@pytest.mark.parametrize(
    ("X", "scoring"),
    [
        ([WEEK], "neg_mean_absolute_error"),
        (
            [np.stack([WEEK, WEEK], axis=1)],
            FORECAST_SCORERS["neg_symmetric_mean_absolute_percentage_error"],
        ),
    ],
    ids=["one target", "two"],
)
def test_series_that_repeat_exactly_have_scores_without_a_scale(X, scoring):
    forecaster = SeriesForecaster(Ridge(), window=7, horizon=7, season=7)
    told = r"m=7 step\(s\) earlier .* backtest .* takes scoring='neg_mean_absolute_error', and .*FORECAST"
    with pytest.raises(ValueError, match=told):
        forecaster.fit(X).score(X)
    with pytest.raises(ValueError, match=told):
        forecaster.backtest(X)
    assert forecaster.backtest(X, scoring=scoring)["score"][0] == pytest.approx(0, abs=0.1)
