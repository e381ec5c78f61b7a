"""SeriesForecaster: no leaks, every step in its place, times, covariates, intervals, searches, and errors."""

import copy
import pickle
import re
import sys
from dataclasses import replace
from decimal import Decimal
from types import ModuleType

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, TimeSeriesSplit, cross_val_score
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skseq import LSTMAutoencoderTransformer, SeasonalNaive, Seq2SeqRegressor, SeriesForecaster
from skseq._base.random_states import with_random_states
from skseq._data.conformal import half_widths, quantiles_of
from skseq._data.exponential_smoothing import smoothed_before
from skseq._data.known_series import KnownSeries
from skseq._data.window_units import sizes_of_series, units_of
from skseq._sklearn import InvalidParameterError
from skseq.exceptions import PathWarning
from skseq.metrics import FORECAST_SCORERS, interval_coverage, mean_absolute_scaled_error


def walks(lengths=(60, 50, 70), seed=0):
    rng = np.random.RandomState(seed)
    return [10 * (1 + i) + np.cumsum(rng.randn(n)) for i, n in enumerate(lengths)]


def forecaster(estimator=None, **parameters):
    return SeriesForecaster(Ridge() if estimator is None else estimator, **{"window": 6, "horizon": 3, **parameters})


class Recorder(RegressorMixin, BaseEstimator):
    """Keeps what it was fitted on and asked, and forecasts zeros."""

    seen = []

    def fit(self, X, y):
        self.seen.append(("fit", X.copy(), y.copy()))
        self.n_ = 1 if y.ndim == 1 else y.shape[1]
        return self

    def predict(self, X):
        self.seen.append(("predict", X.copy()))
        return np.zeros((len(X), self.n_))


class WindowRecorder(RegressorMixin, BaseEstimator):
    """An estimator that reads windows, and keeps what it was given. It repeats the last value."""

    seen = []

    def __init__(self, target_features="auto"):
        self.target_features = target_features

    def fit(self, X, y, *, X_future=None, X_static=None, groups=None):
        self.seen.append(("fit", X, y, X_future, X_static, groups))
        self.horizon_, self.n_targets_ = y.shape[1], y.shape[2] if y.ndim == 3 else None
        return self

    def predict(self, X, *, X_future=None, X_static=None, n_steps=None):
        self.seen.append(("predict", X, X_future, X_static, n_steps))
        last = np.stack([own[-1:] for own in X])  # (n, 1) or (n, 1, f)
        last = last if self.n_targets_ is None else last[:, :, : self.n_targets_]
        found = np.repeat(last, n_steps or self.horizon_, axis=1)
        return (
            found if X_future is None else found + X_future[:, :, 0].reshape(found.shape[:2] + (1,) * (found.ndim - 2))
        )

    def predict_interval(self, X, coverage=0.9, **beside):
        found = self.predict(X, **beside)
        return np.stack([found - coverage, found + coverage], axis=-1)


@pytest.fixture(autouse=True)
def forget():
    Recorder.seen, WindowRecorder.seen = [], []


# --- windows and leaks ------------------------------------------------------------------------------------------------


def test_rows_of_a_plain_regressor_by_hand():
    """Two windows of 3 of the series 0, ..., 6 with X_past and X_future, then X_future of 2 steps and X_static."""
    series, ahead = np.arange(7.0), 100 + np.arange(7.0)
    options = {"window": 3, "horizon": 2, "scaling": None, "max_windows": 2}
    model = SeriesForecaster(Recorder(), **options)
    model.fit([series], X_past=[-series], X_future=[ahead], X_static=[[9]])
    _, X, y = Recorder.seen[-1]
    rows = [[1, -1, 101, 2, -2, 102, 3, -3, 103, 104, 105, 9], [2, -2, 102, 3, -3, 103, 4, -4, 104, 105, 106, 9]]
    assert X.tolist() == rows
    assert y.tolist() == [[4, 5], [5, 6]]
    model.predict(X_future=[[107, 108]])
    assert Recorder.seen[-1][1].tolist() == [[4, -4, 104, 5, -5, 105, 6, -6, 106, 107, 108, 9]]


@pytest.mark.parametrize("scaling", ["standard", "difference", "mean", None])
def test_what_comes_later_changes_no_window(scaling):
    """Change everything from a step on: windows that end before it, and targets before it, stay bit-equal."""
    series = walks([60])[0]
    later = np.r_[series[:40], 1000 * series[40:]]
    model = forecaster(Recorder(), scaling=scaling, season=2)
    model.fit([series]), model.fit([later])
    (_, X, y), (_, X_later, y_later) = Recorder.seen
    n_before = 40 - 6 - 3 + 1  # windows whose targets end before step 40
    assert_array_equal(X[: 40 - 6 + 1], X_later[: 40 - 6 + 1])
    before, before_later = (np.clip(targets[:n_before], -4, 4) for targets in (y, y_later))  # far ones are cut
    assert_array_equal(before, before_later)
    assert not np.array_equal(y[n_before], y_later[n_before])


def test_without_scaling_a_season_is_subtracted_in_the_units_of_the_series():
    forecaster(Recorder(), scaling=None, season=2, window=3, max_windows=1).fit([[0.0, 7, 1, 5, 20, 30, 40]])
    _, X, y = Recorder.seen[-1]
    assert X.tolist() == [[7, 1, 5]]
    assert y.tolist() == [[20 - 1, 30 - 5, 40 - 1]]


def test_the_regressor_of_errors_has_not_seen_windows_that_calibrate():
    series = walks([60, 55])
    model = forecaster(Recorder(), scaling=None, calibration_windows=4, stride=2).fit(series)
    (_, X, y), (_, calibrating), (_, X_of_all, y_of_all) = Recorder.seen
    for own in series:
        held_out = own[-(3 + 3 * 2) :]  # the targets of the last 4 windows
        assert not np.isin(held_out, X).any()
        assert not np.isin(held_out, y).any()
    assert_array_equal(calibrating[[0, 3, 4]], [series[0][45:51], series[0][51:57], series[1][40:46]])
    assert model.residuals_.shape == (8, 3, 1)
    assert_array_equal(model.residuals_[3, :, 0], series[0][57:])  # the forecasts are zeros
    for own in series:
        assert_array_equal(y_of_all[np.isin(y_of_all, own[-3:]).all(axis=1)], own[None, -3:])
    assert len(X_of_all) == model.n_windows_ == 26 + 24


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("random_state", [0, None], ids=["seed", "generator"])
@pytest.mark.parametrize("estimator", [Ridge(), None], ids=["ridge", "network"])
def test_calibration_leaves_forecasts_as_they_are(estimator, random_state):
    """A trend, of which a regressor without the last steps knows less."""
    series = [np.arange(50) ** 1.5 + own for own in walks([50, 50])]
    found = []
    for n_windows in (0, 10):
        state = np.random.RandomState(0) if random_state is None else random_state
        model = SeriesForecaster(estimator, window=6, horizon=3, calibration_windows=n_windows, random_state=state)
        found.append(model.fit(series).predict())
    assert_array_equal(*found)


def test_errors_keep_the_scaling_they_were_measured_in():
    """The second fit may find one size for all windows where the first found none, and the other way round."""
    model = forecaster(calibration_windows=9).fit(walks())
    expected = np.ptp(model.predict_interval(), axis=-1)
    model._regressor_in_fit = replace(model._regressor_in_fit, common=np.array([100.0]))
    assert_allclose(np.ptp(model.predict_interval(), axis=-1), expected)


def test_short_series_are_held_out_as_far_as_something_is_left_to_learn_from():
    """Of 16 steps a window of 4 and 3 targets teach, and 7 windows of the other 9 calibrate; of 9 steps none do."""
    series = [np.arange(60.0), 100 + np.arange(16.0), 200 + np.arange(9.0)]
    options = {"window": 6, "min_window": 4, "scaling": None, "calibration_windows": 10}
    model = forecaster(Recorder(), **options).fit(series)
    (_, X, y), (_, calibrating), *_ = Recorder.seen
    assert y[y > 99].tolist() == [104, 105, 106, 206, 207, 208]
    assert X.max() < 206
    assert model.residuals_[:, 0, 0].tolist() == [*range(48, 58), *range(107, 114)]  # the forecasts are zeros
    assert_array_equal(calibrating[-1], 107 + np.arange(6))
    assert model.predict().shape == (3, 3)
    paths = model.sample_y(n_samples=200)
    assert set(paths[0, 0]) == set(range(48, 58))
    assert set(paths[2, 0]) == set(model.residuals_[:, 0, 0])  # it has no errors of its own
    assert (paths[1, 0] - paths[0, 0] == 56)[paths[0, 0] > 50].all()  # both end at the same time
    with pytest.raises(ValueError, match=r"min_window=4, horizon=3 need 7 timesteps, but .* has 6\."):
        model.fit([*series, np.arange(6.0)])
    with pytest.raises(ValueError, match=r"calibration_windows=10 need 19 timesteps, .* and 1 other series too few"):
        model.fit(series[1:])


def test_a_short_series_takes_no_window_from_those_that_calibrate():
    model = SeriesForecaster(Ridge(), horizon=7, calibration_windows=20).fit(walks([400, 400, 30]))
    assert model.window_ == 14
    assert model.residuals_.shape == (43, 7, 1)
    assert model.predict_interval().shape == (3, 7, 2)


def test_backtest_takes_the_short_series_that_fit_takes():
    """Before the last 3 steps 9 are left, a window of 6 and 3 targets, beside which nothing calibrates."""
    model, series = forecaster(calibration_windows=10), walks([60, 12])
    found = model.backtest(series, coverage=0.8)
    expected = model.fit([own[:-3] for own in series])
    assert_array_equal(found["y_pred"][0], expected.predict())
    assert_array_equal(found["y_interval"][0], expected.predict_interval(coverage=0.8))
    with pytest.raises(ValueError, match=r"needs 12 timesteps, 9 to learn from .* more than X\[1\] with 11"):
        model.backtest([series[0], series[1][:11]])
    with pytest.raises(ValueError, match=r"needs 24 timesteps, 21 to learn from .* more than X\[0\] with 12"):
        model.backtest(series[1:])


@pytest.mark.parametrize(("length", "window", "n_calibrating"), [(18, 14, 1), (17, 14, 0), (16, 14, 0), (15, 13, 0)])
def test_a_short_series_gives_none_to_calibrate_before_all_windows_are_shorter(length, window, n_calibrating):
    model = SeriesForecaster(Ridge(), horizon=2, calibration_windows=12).fit(walks([60, 60, length]))
    assert model.window_ == window
    assert model.residuals_.shape == (24 + n_calibrating, 2, 1)


def test_windows_are_as_long_as_the_longest_series_lets_them_be_beside_all_that_calibrate():
    """Of 38 steps 2 targets and 30 windows to calibrate leave 5; of 37 they would leave 4."""
    model = SeriesForecaster(Ridge(), horizon=2, calibration_windows=30).fit(walks([38, 37, 37]))
    assert model.window_ == 5
    assert len(model.residuals_) == 30 + 2 * 29
    assert SeriesForecaster(Ridge(), horizon=2, calibration_windows=30).fit(walks([38])).window_ == 3  # and 3 windows


@pytest.mark.usefixtures("eager")
def test_a_network_calibrates_beside_short_series():
    network = Seq2SeqRegressor(units=2, epochs=1, early_stopping=True)
    model = forecaster(network, calibration_windows=10, max_windows=9).fit(walks([60, 17, 9]))
    assert model.residuals_.shape == (16, 3, 1)
    assert model.sample_y(n_samples=2).shape == (3, 3, 2)


def test_predict_reads_the_last_window():
    series = walks()
    model = forecaster(Recorder(), scaling=None).fit(series)
    model.predict()
    assert_array_equal(Recorder.seen[-1][1], [own[-6:] for own in series])
    new = walks([8, 30], seed=1)
    model.predict(new)
    assert_array_equal(Recorder.seen[-1][1], [own[-6:] for own in new])
    assert [len(own) for own in model.series_] == [6, 6, 6]


def test_default_window():
    assert SeriesForecaster(Ridge()).fit(walks()).window_ == 14  # two steps would show a sign alone
    assert SeriesForecaster(Ridge(), horizon=8).fit(walks()).window_ == 16
    assert SeriesForecaster(Ridge(), horizon=4, season=7).fit(walks()).window_ == 14
    assert SeriesForecaster(Ridge(), horizon=4, season=7).fit(walks([60, 13])).window_ == 9
    assert SeriesForecaster(Ridge(), horizon=4, season=7, min_window=7).fit(walks([60, 13])).window_ == 14
    assert SeriesForecaster(Ridge(), horizon=4, min_window=20).fit(walks()).window_ == 20
    inside = Seq2SeqRegressor(season=7, epochs=1, units=2)
    assert SeriesForecaster(inside, horizon=2).fit(walks()).window_ == 14
    assert SeriesForecaster(inside, horizon=2, season=14).fit(walks()).window_ == 28
    assert SeriesForecaster(SeasonalNaive(m=7), horizon=2).fit(walks()).window_ == 14


def test_one_short_series_takes_the_window_from_all():
    series, model = walks([60, 7, 60, 60]), SeriesForecaster(Ridge(), horizon=4)
    message = r"X\[1\] has 7 timesteps, so windows of all 4 series have 3, not 14\. Leave .* set min_window=3 to"
    with pytest.warns(UserWarning, match=message):
        assert model.fit(series).window_ == 3
    assert model.set_params(min_window=3).fit(series).window_ == 14
    assert (
        model.set_params(min_window=None).fit([series[0], *walks([11])]).window_ == 7
    )  # half of it, or most are short


def test_a_jump_after_still_windows_decides_nothing():
    """A pump that idles at 0.01 or runs at 50: a jump is thousands of the sizes of the window before it."""
    rng = np.random.RandomState(0)
    runs = np.repeat(rng.rand(100) < 0.3, 12)
    series = np.where(runs, 50 + 3 * rng.randn(1_200), 0.01 * rng.rand(1_200))
    model = SeriesForecaster(Ridge(), horizon=6).fit([series[:900]])
    ends = range(900, 1_194, 6)
    predicted = np.concatenate([model.predict([series[:end]])[0] for end in ends])
    last = np.repeat([series[end - 1] for end in ends], 6)
    true = series[900:1_194]
    assert np.abs(predicted).max() < 150  # it was up to 50,000
    assert np.abs(predicted - true).mean() < 1.2 * np.abs(last - true).mean()


@pytest.mark.parametrize("estimator", [Ridge(), SeasonalNaive(), Seq2SeqRegressor(loss="quantile", units=2, epochs=1)])
def test_a_constant_series_has_intervals_without_width(estimator):
    model = SeriesForecaster(estimator, horizon=2, calibration_windows=10).fit([np.full(60, 5.0)])
    assert_allclose(model.predict_interval(coverage=0.8)[0], 5, atol=1e-2)
    assert_allclose(model.sample_y(n_samples=3, random_state=0)[0], 5, atol=1e-2)


@pytest.mark.parametrize("estimator", [Ridge(), SeasonalNaive(), Seq2SeqRegressor(units=2, epochs=1)])
def test_errors_after_still_windows_say_nothing_of_others(estimator):
    series = np.r_[walks([60])[0], np.zeros(30), 10.0]
    model = SeriesForecaster(estimator, window=10, calibration_windows=10).fit([series])
    with pytest.raises(ValueError, match="calibrate with windows that move, too"):
        model.predict_interval(walks([20]), coverage=0.8)


@pytest.mark.parametrize("estimator", [Ridge(), SeasonalNaive(), Seq2SeqRegressor(units=2, epochs=1)])
def test_intervals_after_windows_of_zeros_are_no_points(estimator):
    """A shop that sells on one of five days: after a window without a sale nothing is certain."""
    rng = np.random.RandomState(0)
    series = list(np.where(rng.rand(30, 80) < 0.2, rng.randint(1, 9, (30, 80)), 0).astype(float))
    model = SeriesForecaster(estimator, horizon=2, window=6, calibration_windows=10, random_state=0).fit(series)
    low, high = model.predict_interval([np.zeros(6)], coverage=0.9)[0].T
    assert (high - low > 1).all()


def test_targets_in_units_of_the_data_stay_as_they_are():
    SeriesForecaster(Recorder(), horizon=1, window=2, scaling=None).fit([np.r_[np.zeros(20), 1e6, 0.0]])
    assert 1e6 in Recorder.seen[-1][2]


def test_shorter_series_with_min_window():
    """One shorter window in fit, filled with its own mean; ragged for estimators that read windows."""
    series = [np.arange(9.0), np.array([2.0, 4, 6, 7, 8])]
    options = {"window": 4, "horizon": 2, "min_window": 2}
    model = SeriesForecaster(Recorder(), scaling=None, **options).fit(series)
    assert Recorder.seen[-1][1][-1].tolist() == [4, 2, 4, 6]
    model.predict([[3.0, 5.0]])
    assert Recorder.seen[-1][1].tolist() == [[4, 4, 3, 5]]
    SeriesForecaster(WindowRecorder(), **options).fit(series)
    assert [own.tolist() for own in WindowRecorder.seen[-1][1]][-2:] == [[3, 4, 5, 6], [2, 4, 6]]


# --- forecasts --------------------------------------------------------------------------------------------------------


def test_a_wave_is_continued():
    """Exact for a linear regressor: each step is a linear function of two steps before."""
    step = np.arange(60)
    waves = [3 * np.sin(step / 3), 5 + 100 * np.cos(step[:50] / 3)]
    model = forecaster(LinearRegression(), scaling=None, horizon=5).fit(waves[:1])
    assert_allclose(model.predict(n_steps=12)[0], 3 * np.sin((60 + np.arange(12)) / 3), atol=1e-8)


@pytest.mark.parametrize("scaling", ["standard", "difference", "mean"])
def test_forecasts_follow_the_scale_of_a_series(scaling):
    series = walks()
    model = forecaster(scaling=scaling, season=2).fit(series)
    assert_allclose(model.predict([1000 * own for own in series]), 1000 * model.predict(series))
    if scaling != "mean":
        assert_allclose(model.predict([own - 500 for own in series]), model.predict(series) - 500)


def test_a_season_sets_the_scale_of_windows_by_hand():
    """Of 0, 4, 2, 6 a step is 2 from that of a season of 2 before; the mean is 3, the deviation sqrt(5)."""
    series, size = np.array([0.0, 4, 2, 6, 5, 6]), (2 + 2 + np.sqrt(5)) / 3 + np.sqrt(5) / 10
    for settings in ({"season": 2}, {"season": 2, "scaling": "difference"}):
        SeriesForecaster(Recorder(), window=4, horizon=2, **settings).fit([series])
        _, X, y = Recorder.seen[-1]
        assert_allclose(X, [(series[:4] - 3) / size])
        assert_allclose(y, [[3 / size, 0]])  # 5 after 2, 6 after 6
    SeriesForecaster(Recorder(), window=4, horizon=2).fit([series])
    assert_allclose(Recorder.seen[-1][1], [(series[:4] - 3) / np.sqrt(5)])


def test_a_season_goes_on_as_the_mean_of_all_in_a_window():
    """On the level of the last one; in files of older releases, of which the regressor learnt so, as the last one."""
    series = np.r_[np.tile([0.0, 4], 3), 10, 12, 2, 6, 5, 6]
    model = SeriesForecaster(Recorder(), window=5, horizon=2, season=2, min_window=3, scaling=None)
    model.fit([series, series[-5:]])
    _, _, y = Recorder.seen[-1]
    assert y[-1].tolist() == [3, 0]  # of the short series, 12, 2 and 6 before 5 and 6, which hold one season
    assert_allclose(y[-2], [5 - 2.5, 6 - 5.5])  # behind (10, 12) and (2, 6), whose level is 4
    assert_allclose(model.predict()[0], [4.25, 6.75])
    old = copy.deepcopy(model)
    old._regressor_in_fit = replace(model._regressor_in_fit, of_seasons=False)  # as loaded
    assert old.predict()[0].tolist() == [5, 6]


def test_a_season_that_has_changed_goes_on_as_the_last_one():
    """Three weeks ago; and the mean of all where it never did, in noise."""
    noise = 0.5 * np.random.RandomState(0).randn(120)
    same = np.tile([0.0, 5, 9, 2, 7, 1, 3], 18)[:120] + noise
    changed = np.r_[same[:99], same[:98:-1]]
    for series, of_seasons in ((same, True), (changed, False)):
        model = SeriesForecaster(Ridge(), window=28, horizon=7, season=7).fit([series])
        assert model._regressor_in_fit.of_seasons is of_seasons
    assert not SeriesForecaster(Ridge(), window=28, horizon=7).fit([same])._regressor_in_fit.of_seasons


def test_errors_are_kept_in_sizes_of_window_and_series_by_hand():
    """Held out are 5 and 6, forecast as a season before: 3 and 0 too few. A size is as in the test before.

    The last season is (5, 6), and that before (2, 6): on the level of 5.5 their mean is (4.25, 6.75).
    """
    series, own = np.array([9.0, 9, 0, 4, 2, 6, 5, 6]), (2 + 2 + np.sqrt(5)) / 3 + np.sqrt(5) / 10
    model = SeriesForecaster(Recorder(), window=4, horizon=2, season=2, calibration_windows=1).fit([series])
    whole = (9 + 5 + 2 + 2 + 3 + 0 + series.std()) / 7 + series.std() / 10
    assert_allclose(model.residuals_[:, :, 0], [[3 / np.sqrt(own * whole), 0]])
    last = series[-4:]  # whose differences are 3 and 0
    own = (3 + 0 + last.std()) / 3 + last.std() / 10
    reach = np.sqrt(own * whole) * model.residuals_[0, :, 0]
    for X in (None, [series]):
        found = model.predict_interval(X, coverage=0.5)[0]
        assert_allclose(found, np.array([4.25, 6.75])[:, None] + reach[:, None] * [-1, 1])
    assert_allclose(model.set_params(scaling=None).fit([series]).residuals_[:, :, 0], [[3, 0]])


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("estimator", [Ridge(), Seq2SeqRegressor(units=2, epochs=1, random_state=0)], ids=repr)
def test_errors_follow_the_scale_of_a_series(estimator):
    series = walks([40, 50])
    model, other = (forecaster(estimator, calibration_windows=9) for _ in range(2))
    found = model.fit(series).predict_interval()
    assert_allclose(other.fit([9 * own - 4 for own in series]).predict_interval(), 9 * found - 4, rtol=1e-4)
    widths, larger = (np.ptp(model.predict_interval(X), axis=-1) for X in (series, [9 * own for own in series]))
    assert_allclose(larger, 9 * widths, rtol=1e-4)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    ("estimator", "scaling"),
    [
        (Ridge(), "mean"),
        (SeasonalNaive(scaling="mean"), "auto"),
        (Seq2SeqRegressor(units=2, epochs=1, loss="negative_binomial", random_state=0), "auto"),
    ],
    ids=["ridge", "naive", "counts"],
)
def test_series_of_one_value_have_a_size_where_sizes_are_means(estimator, scaling):
    """Those of calibration move; 5 and 200 over and over are as sure as their values are large."""
    counts = [np.random.RandomState(seed).poisson(5.0 * size, 60).astype(float) for seed, size in ((0, 1), (1, 30))]
    model = forecaster(estimator, scaling=scaling, calibration_windows=9).fit(counts)
    low, high = (np.ptp(own) for own in model.predict_interval([np.full(30, 5.0), np.full(30, 200.0)])[:, 0])
    assert_allclose(high / low, 201 / 6 if isinstance(estimator, Seq2SeqRegressor) else 40, rtol=1e-3)
    nearly = model.predict_interval([np.r_[np.full(29, 5.0), 5.001]])[0, 0]
    assert_allclose(np.ptp(nearly), low, rtol=1e-3)


@pytest.mark.parametrize("n_targets", [1, 2])
def test_seasonal_naive_counts_errors_in_its_own_scaling(n_targets):
    series = [10 + np.random.RandomState(seed).rand(40, n_targets) for seed in range(2)]
    by = {
        scaling: forecaster(SeasonalNaive(scaling=scaling), calibration_windows=9).fit(series)
        for scaling in ("standard", "mean", None)
    }
    errors = np.stack([own[t : t + 3] - own[t - 1] for own in series for t in range(29, 38)])
    assert_allclose(by[None].residuals_, errors)
    of_windows = np.stack([np.abs(own[t - 6 : t]).mean(axis=0) for own in series for t in range(29, 38)])
    of_series = np.stack([np.abs(own).mean(axis=0) for own in series])
    scaled = np.abs(errors / np.sqrt(of_windows * np.repeat(of_series, 9, axis=0))[:, None])
    logs = np.log(scaled.reshape(2, 27, n_targets).mean(axis=1))
    of_series = np.repeat(of_series * np.exp(8 / 18 * (logs - logs.mean(axis=0))), 9, axis=0)  # of two, the median
    assert_allclose(by["mean"].residuals_, errors / np.sqrt(of_windows * of_series)[:, None])
    assert not np.allclose(by["standard"].residuals_, by["mean"].residuals_)


class Distribution(WindowRecorder):
    """Says that it has learnt quantiles, but answers for intervals alone."""

    def __init__(self, target_features="auto", loss="quantile", quantiles=(0.1, 0.5, 0.9)):
        super().__init__(target_features)
        self.loss = loss
        self.quantiles = quantiles


def test_what_an_estimator_cannot_answer_errors_do():
    model = forecaster(Distribution(), calibration_windows=9).fit(walks())
    assert model.predict_quantiles().shape == (3, 3, 9)
    assert model.sample_y(n_samples=4).shape == (3, 3, 4)


def test_a_jump_in_windows_that_calibrate_does_not_hide_what_errors_are():
    """In sizes of windows alone, which hold the jump, errors were small, and calm windows had hardly any width."""
    for seed in range(5):
        series = 1500 + 20 * np.random.RandomState(seed).randn(60)
        series[-17:] += 800
        model = SeriesForecaster(Ridge(), window=14, horizon=3, calibration_windows=10).fit([series])
        low, high = model.predict_interval(coverage=0.8)[0].T
        assert (high - low).min() > 40  # of a deviation of 20


def test_a_series_that_is_hard_to_forecast_widens_others_less():
    """Of 4 series one jumps by all its level: in sizes that know nothing of errors, others were 3.8 times too wide."""
    noise = [10 + np.random.RandomState(seed).randn(300) for seed in range(4)]
    noise[-1][-20:] += 10
    model = SeriesForecaster(Ridge(), horizon=7, calibration_windows=20).fit(noise)
    widths = np.ptp(model.predict_interval(coverage=0.9), axis=-1).mean(axis=1)
    assert widths[:3].max() < 2.5 * 2 * 1.645 < widths[3]
    unseen = np.ptp(model.predict_interval(noise, coverage=0.9), axis=-1).mean(axis=1)
    assert (unseen[:3] > 0.7 * widths[:3]).all()


def test_files_of_older_releases_keep_sizes_of_windows_alone():
    model = forecaster(calibration_windows=9).fit(walks())
    old = copy.deepcopy(model)
    del old._season_of_sizes
    old._known = replace(old._known, sizes=None)
    sizes = units_of(old._known.last_windows(6, 3), "standard").size  # (n, 1)
    widths = np.ptp(old.predict_interval(), axis=-1)
    assert_allclose(widths / sizes, np.tile(widths[:1] / sizes[:1], (3, 1)))
    assert not np.allclose(widths, np.ptp(model.predict_interval(), axis=-1))


def test_an_estimator_of_an_older_release_that_was_calibrated_answers_itself():
    old = forecaster(SeasonalNaive(), calibration_windows=9).fit(walks())
    del old._season_of_sizes
    windows = np.stack([own[-6:] for own in walks()])
    for method in ("predict_interval", "predict_quantiles"):
        assert_array_equal(getattr(old, method)(), getattr(old.estimator_, method)(windows))
    flat = forecaster(calibration_windows=9).fit(walks())
    del flat._season_of_sizes
    flat.estimator_.conformalize = None  # a method of its own, of which nothing is known
    assert flat.predict_interval().shape == (3, 3, 2)


def test_a_series_that_hardly_moves_among_ones_that_never_do_stays_near_its_values():
    """Few windows move, and to all others what follows is thousands of their size."""
    series = [np.zeros(60), np.zeros(60), np.r_[np.zeros(50), 5, 0, 0, 2, 0, 0, 1, 0, 0, 0]]
    found = SeriesForecaster(horizon=3, season=7, random_state=0).fit(series).predict()
    assert np.abs(found).max() < 5


def test_constant_series_stay_and_teach_nothing():
    flat = [np.full(30, 7.0), np.zeros(20)]
    series = walks()
    model = forecaster().fit(series)
    assert model.predict(flat).tolist() == [[7, 7, 7], [0, 0, 0]]
    assert_allclose(forecaster().fit([*series, *flat]).predict(series), model.predict(series))
    assert forecaster().fit(flat).predict().tolist() == [[7, 7, 7], [0, 0, 0]]


@pytest.mark.parametrize("estimator", [Ridge(), SeasonalNaive(m=4)], ids=repr)
def test_any_number_of_steps_begins_alike(estimator):
    model = forecaster(estimator).fit(walks())
    longest = model.predict(n_steps=10)
    for n_steps in range(1, 10):
        assert_array_equal(model.predict(n_steps=n_steps), longest[:, :n_steps])


def test_beyond_the_horizon_forecasts_are_read_as_past():
    series = walks()
    model = forecaster().fit(series)
    first = model.predict()
    continued = [np.r_[own, ahead] for own, ahead in zip(series, first)]
    assert_allclose(model.predict(n_steps=6)[:, 3:], model.predict(continued))


class Sums(WindowRecorder):
    """A direct decoder: the last value and the row beside it, and the rows of the steps to come summed up."""

    def __init__(self, decoder="direct", target_features="auto"):
        super().__init__(target_features)
        self.decoder = decoder

    def predict(self, X, *, X_future, n_steps=None):
        assert X_future.shape[1] == (n_steps or self.horizon_) <= self.horizon_
        return X[:, -1:].sum(axis=2) + X_future[:, :, 0].cumsum(axis=1)


def test_a_direct_decoder_goes_block_by_block_as_well():
    """A horizon of 3, the last value 0, rows of 100, 1, 2, ... from the last step on: blocks begin with their past."""
    series, ahead = np.zeros(20), np.r_[np.zeros(19), 100, 1:8]
    model = forecaster(Sums()).fit([series], X_future=[ahead])
    expected = [101, 103, 106, 106 + 3 + 4, 113 + 5, 118 + 6, 124 + 6 + 7]
    for n_steps in (2, 3, 4, 6, 7):
        assert model.predict(n_steps=n_steps)[0].tolist() == expected[:n_steps]
        assert model.predict(X_future=[ahead[20 : 20 + n_steps]], n_steps=n_steps)[0].tolist() == expected[:n_steps]


@pytest.mark.usefixtures("eager")
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_what_a_direct_decoder_does_not_know_beyond_the_horizon_has_advice():
    small, series = {"units": 2, "epochs": 1}, walks()
    direct, recursive = Seq2SeqRegressor(loss="quantile", **small), Seq2SeqRegressor(loss="normal", **small)
    model = forecaster(direct, max_windows=8).fit(series)
    longer = forecaster(direct, max_windows=8, horizon=4).fit(series)  # what it says
    other = forecaster(recursive.set_params(decoder="recursive"), max_windows=8).fit(series)  # and else
    advice = r"set horizon=4 in SeriesForecaster, or estimator=Seq2SeqRegressor\(loss='normal', decoder='recursive'\)"
    assert_array_equal(model.predict(n_steps=4)[:, :3], model.predict())
    for method in ("predict_interval", "predict_quantiles", "sample_y"):
        with pytest.raises(ValueError, match=f"{method} of n_steps=4 must know .*{advice}"):
            getattr(model, method)(n_steps=4)
        for further in (longer, other):
            assert getattr(further, method)(n_steps=4).shape[:2] == (3, 4)


def test_each_series_is_forecast_alone():
    series = walks()
    model = forecaster(calibration_windows=10).fit(series)
    together = model.predict(), model.predict_interval(series)
    for index, own in enumerate(series):
        alone = model.predict([own]), model.predict_interval([own])
        for one, all_of_them in zip(alone, together):
            assert_allclose(one[0], all_of_them[index])
    paths = model.sample_y(series, n_samples=3)  # by the place in X
    assert_allclose(model.sample_y(series[:2], n_samples=3), paths[:2])
    assert_allclose(model.sample_y([series[0], *walks()[:1]], n_samples=2)[:1], paths[:1, :, :2])


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), Ridge()),
        MultiOutputRegressor(HistGradientBoostingRegressor(max_iter=2)),
        GridSearchCV(Ridge(), {"alpha": [0.1, 1]}, cv=2),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_regressors_of_scikit_learn(estimator):
    assert forecaster(estimator).fit(walks()).predict().shape == (3, 3)


def test_one_step_of_one_target_is_a_vector_to_the_regressor():
    model = SeriesForecaster(HistGradientBoostingRegressor(max_iter=2)).fit(walks())
    assert model.predict().shape == (3, 1)
    assert model.predict(n_steps=4).shape == (3, 4)


def test_several_targets():
    """The second target is what the first one was a step before: a linear regressor sees that across targets."""
    rng = np.random.RandomState(0)
    first = rng.randn(4, 60)
    series = np.stack([first[:, 1:], first[:, :-1]], axis=2)  # (4, 59, 2)
    model = SeriesForecaster(LinearRegression(), window=2, horizon=1, scaling=None).fit(series)
    predicted = model.predict()
    assert predicted.shape == (4, 1, 2)
    assert_allclose(predicted[:, 0, 1], first[:, -1], atol=1e-10)
    model.set_params(calibration_windows=5).fit(series)
    assert model.predict_interval().shape == (4, 1, 2, 2)
    assert model.predict_quantiles(quantiles=[0.2, 0.5, 0.8]).shape == (4, 1, 2, 3)
    assert model.sample_y(n_samples=7).shape == (4, 1, 2, 7)
    assert model.fit(list(series)).predict().shape == (4, 1, 2)


@pytest.mark.parametrize("container", [np.asarray, list, tuple, lambda X: pd.DataFrame(X, columns=list("abcdefghij"))])
def test_tables_and_lists_of_one_length_are_alike(container):
    table = np.random.RandomState(0).randn(8, 10)
    model = forecaster(window=4).fit(container(table))
    assert_allclose(model.predict(), forecaster(window=4).fit(list(table)).predict())
    assert_allclose(model.predict([table[0][:7]]), forecaster(window=4).fit(list(table)).predict([table[0][:7]]))


# --- covariates -------------------------------------------------------------------------------------------------------


def known_ahead(shift=0):
    """Series that are their covariate, and the latter with 3 further rows, moved by some steps."""
    rng = np.random.RandomState(0)
    ahead = [rng.randn(n + 3) for n in (60, 80)]
    return [own[:-3] for own in ahead], [np.roll(own, shift) for own in ahead], np.array([own[-3:] for own in ahead])


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


# --- estimators that read windows -------------------------------------------------------------------------------------


def test_an_estimator_that_reads_windows_gets_them():
    series = walks([12, 14])
    options = {"window": 4, "horizon": 2}
    model = SeriesForecaster(WindowRecorder(), **options)
    model.fit(series, X_past=series, X_future=[np.zeros(14), np.zeros(16)], X_static=[[1], [2]])
    _, X, y, X_future, X_static, groups = WindowRecorder.seen[-1]
    n_windows = (12 - 5) + (14 - 5)
    assert (X.shape, y.shape, X_future.shape) == ((n_windows, 4, 3), (n_windows, 2), (n_windows, 2, 1))
    assert_array_equal(X[-1], np.stack([*[series[1][8:12]] * 2, np.zeros(4)], axis=1))
    assert_array_equal(y[-1], series[1][12:])
    assert X_static[:, 0].tolist() == [1] * 7 + [2] * 9
    assert groups[:7].tolist() == [[-8, -7], [-7, -6], [-6, -5], [-5, -4], [-4, -3], [-3, -2], [-2, -1]]
    assert groups[7:].tolist() == [[-10, -9], [-9, -8], *groups[:7].tolist()]
    assert model.estimator_.target_features == [0]
    model.predict()
    assert WindowRecorder.seen[-1][1].shape == (2, 4, 3)
    model.fit(series, X_future=[np.zeros(14), np.zeros(16)])
    assert model.estimator_.target_features == [0]


def test_an_estimator_that_reads_windows_answers_itself_unless_errors_are_known():
    series = walks()
    model = SeriesForecaster(WindowRecorder(), window=4, horizon=2, calibration_windows=3).fit(series)
    last = np.array([own[-1] for own in series])
    assert_allclose(model.predict(n_steps=5), np.repeat(last[:, None], 5, axis=1))
    assert WindowRecorder.seen[-1][-1] == 5
    reach = np.sort(np.abs(model.residuals_[:, 1, 0]))[4]  # of nine, in sizes
    sizes = np.sqrt([own[-4:].std() * sizes_of_series([own[:, None]], "standard")[0, 0] for own in series])
    assert_allclose(np.ptp(model.predict_interval(series, coverage=0.5)[:, 1], axis=-1), 2 * reach * sizes)
    assert model.sample_y(n_samples=5).shape == (3, 2, 5)
    model.set_params(calibration_windows=0).fit(series)
    assert_allclose(model.predict_interval(coverage=0.5)[:, 1], np.stack([last - 0.5, last + 0.5], axis=1))
    with pytest.raises(ValueError, match="sample_y needs .*calibration_windows"):
        model.sample_y()
    several = np.random.RandomState(0).randn(2, 20, 3)
    model.fit(several)
    assert_allclose(model.predict(), np.repeat(several[:, -1:], 2, axis=1))
    assert model.predict_interval().shape == (2, 2, 3, 2)


def test_a_table_of_steps_is_warned_of():
    """Three shops side by side, a day in every row: read as 200 series of three steps."""
    days = np.arange(200.0)[:, None] / 10
    shops = np.sin(days) * [5, 300, 40] + [10, 900, 70]
    with pytest.warns(UserWarning, match=r"read as 200 sequences of 3 timestep\(s\), but .* pass a list of it, \[X\]"):
        SeriesForecaster(Ridge()).fit(shops)
    assert SeriesForecaster(Ridge()).fit([shops]).predict().shape == (1, 1, 3)


def test_a_frame_of_weeks_side_by_side_is_warned_of():
    """Rows a week apart are alike, neighbouring ones are not: shops were read as the steps of one series per day."""
    days = np.arange(100)[:, None]
    shops = 100 + 10 * np.sin(2 * np.pi * days / 7) + np.random.RandomState(0).randn(100, 20)
    X = pd.DataFrame(shops, columns=[f"shop{i}" for i in range(20)])
    with pytest.warns(
        UserWarning, match=r"rows a season apart .* pass a list of it, \[X\]; if each row is a series, X"
    ):
        assert forecaster().fit(X).predict().shape == (100, 3)
    assert forecaster().fit([X]).predict()[0].shape == (3, 20)
    assert forecaster().fit(X.to_numpy()).predict().shape == (100, 3)


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, pl.DataFrame])
def test_a_column_of_steps_is_told_from_series_that_are_too_short(kind):
    X = kind(np.random.RandomState(0).randn(40, 1))
    with pytest.raises(
        ValueError, match=r"a minimum of 9 is required .* pass a list of it, \[X\], or a frame with times"
    ):
        forecaster().fit(X)
    assert forecaster().fit([X]).predict()[0].shape == (3, 1)
    timed = pd.DataFrame(np.asarray(X), index=pd.date_range("2024-01-01", periods=40))
    assert forecaster().fit(timed).predict().shape == (3, 1)
    with pytest.raises(ValueError, match=r"a minimum of 9 is required by window=6, horizon=3\.$"):
        forecaster().fit(np.zeros((8, 1)))


def test_dates_in_a_column_are_refused_with_what_helps():
    frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=40), "sold": np.arange(40.0)})
    model = forecaster().fit(frame.set_index("day"))
    for X in (frame, [frame], frame.astype({"day": str})):
        for refused in (forecaster().fit, model.predict):
            with pytest.raises(TypeError, match="dates in column 'day'. Forecasters .* the index of its frame: pass X"):
                refused(X)
    with pytest.raises(TypeError, match=r"pass X_future.set_index\('day'\)"):
        forecaster().fit(frame.set_index("day"), X_future=frame)


def test_scaling_is_not_for_estimators_that_read_windows():
    with pytest.raises(ValueError, match="scaling='mean' is for regressors that know no windows. SeasonalNaive reads"):
        forecaster(SeasonalNaive(), scaling="mean").fit(walks())
    for estimator in (SeasonalNaive(), Seq2SeqRegressor()):  # None did nothing to these
        with pytest.raises(ValueError, match="scaling=None .* set its own parameter, and leave this one at 'auto'"):
            forecaster(estimator, scaling=None).fit(walks())
    forecaster(SeasonalNaive(scaling=None)).fit(walks())  # as the message says
    forecaster(WindowRecorder(), scaling=None).fit(walks())  # it has none of its own: that of its errors


def test_default_estimator(monkeypatch):
    """It is imported by the first fit."""

    class Seq2SeqRegressor(WindowRecorder):
        def __init__(
            self, *, loss="absolute_error", scaling="auto", season=None, target_features="auto", random_state=None
        ):
            super().__init__(target_features)
            self.loss = loss
            self.scaling = scaling
            self.season = season
            self.random_state = random_state

    module = ModuleType("skseq._regressor")
    module.Seq2SeqRegressor = Seq2SeqRegressor
    monkeypatch.setitem(sys.modules, "skseq._regressor", module)
    for scaling in ("auto", "standard", None):  # None did nothing, and the others were refused
        network = SeriesForecaster(scaling=scaling, season=4, random_state=7).fit(walks()).estimator_
        assert isinstance(network, Seq2SeqRegressor)
        assert (network.loss, network.scaling, network.season, network.random_state) == ("quantile", scaling, 4, 7)


def test_few_windows_are_forecast_near_their_level():
    """Quantiles that start far from the targets would stay there, with so few updates."""
    draws = np.random.RandomState(3)
    few = [1000 + 50 * draws.randn(n) for n in (8, 5, 11)]
    found = SeriesForecaster(horizon=2, random_state=0).fit(few).predict()
    assert (np.abs(found - 1000) < 150).all()


def test_a_random_state_decides_every_fit():
    """As in scikit-learn: an int draws the same states in every fit, a RandomState goes on, None leaves all alone."""
    forest = RandomForestRegressor(n_estimators=2, random_state=3)
    pipeline = make_pipeline(StandardScaler(), MultiOutputRegressor(forest))
    model = forecaster(pipeline, random_state=0)
    predicted = model.fit(walks()).predict()
    assert_array_equal(model.fit(walks()).predict(), predicted)
    drawn = model.estimator_[-1].estimator.random_state
    assert drawn != 3
    assert forest.random_state == 3
    assert not np.array_equal(model.set_params(random_state=1).fit(walks()).predict(), predicted)
    going_on = forecaster(pipeline, random_state=np.random.RandomState(0))
    assert_array_equal(going_on.fit(walks()).predict(), predicted)
    assert going_on.fit(walks()).estimator_[-1].estimator.random_state != drawn
    assert forecaster(pipeline).fit(walks()).estimator_[-1].estimator.random_state == 3
    assert forecaster(random_state=0).fit(walks()).estimator_.random_state is not None


def test_an_encoder_that_is_given_stays_as_it_is():
    encoder = LSTMAutoencoderTransformer(random_state=5)
    estimator = with_random_states(Seq2SeqRegressor(encoder=encoder), 0)
    assert isinstance(estimator.random_state, int)
    assert estimator.encoder.random_state == 5


# --- intervals --------------------------------------------------------------------------------------------------------


def test_intervals_by_hand():
    """Zeros are forecast, so the half width of a step is the 4th smallest of 4 absolute values, in units of X."""
    series = np.r_[np.zeros(8), [5.0, -6, 7, -8, 9]]
    model = SeriesForecaster(Recorder(), window=2, horizon=2, scaling=None, calibration_windows=4).fit([series])
    assert model.predict_interval(coverage=0.8)[0].tolist() == [[-8, 8], [-9, 9]]
    assert model.predict_interval(coverage=[0.2, 0.8])[0, 0].tolist() == [[-5, -8], [5, 8]]
    assert model.predict_quantiles(quantiles=[0.2, 0.8])[0].tolist() == [[-8, 7], [-8, 9]]
    assert model.predict_interval(n_steps=1, coverage=0.8)[0].tolist() == [[-8, 8]]
    with pytest.warns(PathWarning, match="Paths are"):
        paths = model.sample_y(n_samples=30, random_state=1)
    assert {tuple(path) for path in paths[0].T} == {(5, -6), (-6, 7), (7, -8), (-8, 9)}


def test_paths_of_few_windows_that_overlap_are_told_of():
    """Ten windows of 14 steps hold 23 steps, of which 1.6 fortnights; 29 hold three. A single step is none of a sum."""
    series = [np.random.RandomState(0).randn(150)]
    few, enough = (SeriesForecaster(Ridge(), horizon=14, calibration_windows=n).fit(series) for n in (10, 29))
    with pytest.warns(
        PathWarning, match=r"10 held-out .* no more than 1\.6 horizons of 14 .*calibration_windows=29 or"
    ):
        few.sample_y()
    few.sample_y(n_steps=1)
    assert_array_equal(enough.sample_y(random_state=1), enough.sample_y(random_state=1))


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    "estimator", [Ridge(), SeasonalNaive(), Seq2SeqRegressor(loss="quantile", units=2, epochs=1)], ids=repr
)
def test_sums_over_series_spread_as_their_errors_do(estimator):
    """Of 30 series of deviation d: d sqrt(30) where each has shocks of its own, 30 d where they share them."""
    alone, shared = np.random.RandomState(1).randn(30, 150), np.random.RandomState(2).randn(150)
    model = SeriesForecaster(estimator, window=7, horizon=2, calibration_windows=40, max_windows=20, random_state=0)

    def spread(noise, X=None):
        paths = model.fit(100 + 10 * noise).sample_y(X, n_samples=300)
        return paths.sum(axis=0).std(axis=-1).mean() / paths.std(axis=-1).mean()

    assert_allclose(spread(alone), np.sqrt(30), rtol=0.25)
    assert_allclose(spread(np.tile(shared, (30, 1))), 30, rtol=1e-3)
    assert_allclose(spread(alone, X=100 + 10 * alone), np.sqrt(30), rtol=0.25)  # others have no errors of their own


def test_scorers_of_a_backtest_see_the_errors_that_series_share():
    """Of three equal series each path is the same, as in `sample_y` without X; before, each drew a time of its own."""
    series = np.tile(np.random.RandomState(2).randn(80), (3, 1))

    def apart(model, X, y):
        return np.ptp(model.sample_y(X, n_samples=20, random_state=0), axis=0).max()

    model = forecaster(calibration_windows=20)
    for refit in (True, False):
        assert_array_equal(model.backtest(series, n_windows=2, scoring=apart, refit=refit)["score"], [0, 0])
    assert np.ptp(model.fit(series).sample_y(series, n_samples=20, random_state=0), axis=0).max() > 0


def test_few_held_out_windows_are_drawn_from_those_of_all_series():
    model = forecaster(calibration_windows=8).fit(np.random.RandomState(0).randn(30, 60))
    assert len(np.unique(model.sample_y(n_samples=100)[0, 0])) > 8
    assert len(np.unique(model.set_params(calibration_windows=9).fit(walks()).sample_y(n_samples=100)[0, 0])) == 9


@pytest.mark.usefixtures("eager")
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_what_a_network_has_learnt_of_each_window_comes_before_errors():
    """But where it has learnt no such quantile, or draws each step by itself."""
    series, drawn = walks([60, 60, 60]), {}
    for loss in ("quantile", "normal", "squared_error"):
        network = Seq2SeqRegressor(loss=loss, units=2, epochs=1, random_state=0)
        model = forecaster(network, calibration_windows=20).fit(series)
        bounds = model.predict_interval(coverage=0.9)
        assert_allclose(bounds.mean(axis=-1), model.predict(), rtol=1e-4)  # from errors, of any loss
        found = model.predict_quantiles(quantiles=[0.3])
        if loss != "squared_error":
            assert_allclose(found, model.estimator_.predict_quantiles([own[-6:] for own in series], [0.3]), rtol=1e-5)
        if loss != "normal":  # of which all quantiles are known
            sizes = np.ptp(bounds, axis=-1)[:, :1] / 2 / half_widths(model.residuals_, 0.9)[0]
            errors = sizes[..., None] * quantiles_of(model.residuals_, [0.04, 0.96])[:, 0]
            found = model.predict_quantiles(quantiles=[0.04, 0.96])
            assert_allclose(found, model.predict()[..., None] + errors, rtol=1e-4)
        drawn[loss] = len(np.unique(model.sample_y(n_samples=200)[0, 0]))
    assert drawn == {"quantile": 20, "normal": 200, "squared_error": 20}


def test_coverage_of_noise():
    """Exchangeable windows are covered as promised: mean of 400 series, each step within 3 standard errors."""
    rng = np.random.RandomState(0)
    noise = [size * rng.randn(43) for size in np.exp(rng.randn(400))]
    model = forecaster(window=10, calibration_windows=1).fit([own[:-3] for own in noise])
    truth = [own[-3:] for own in noise]
    by_step = interval_coverage(truth, model.predict_interval(coverage=0.8), multioutput="raw_values")
    assert_allclose(by_step, 0.8, atol=3 * np.sqrt(2 * 0.16 / 400))  # as many windows calibrate as are tested
    low, high = np.moveaxis(model.predict_quantiles(quantiles=[0.1, 0.9]), -1, 0)
    assert abs(np.mean((low <= truth) & (truth <= high)) - 0.8) < 0.05
    levels = model.predict_quantiles()
    assert (np.diff(levels, axis=-1) >= 0).all()


def test_intervals_that_cannot_be():
    model = forecaster(calibration_windows=2).fit(walks())
    with pytest.raises(
        ValueError, match=r"coverage=0.9 needs at least 9 .* Got 6: set calibration_windows.* least 3 and"
    ):
        model.predict_interval()
    with pytest.raises(
        ValueError, match=r"quantile 0.1 needs at least 9 .* Got 6: set calibration_windows.* least 3 and"
    ):
        model.predict_quantiles()
    forecaster(calibration_windows=3).fit(walks()).predict_interval()  # as the error says: 3 of 3 series
    naive = forecaster(SeasonalNaive(), calibration_windows=2).fit(walks())  # which calibrates itself
    with pytest.raises(ValueError, match="Got 6: set calibration_windows"):
        naive.predict_interval()
    with pytest.raises(ValueError, match=r"n_steps=4 is more than the horizon of 3"):
        model.predict_interval(n_steps=4, coverage=0.5)
    for level in (0, 1, 90, "high", []):
        with pytest.raises(ValueError, match=re.escape(f"coverage must be above 0 and below 1. Got {level!r}")):
            model.predict_interval(coverage=level)
    with pytest.raises(ValueError, match="quantiles must be above 0 and below 1"):
        model.predict_quantiles(quantiles=[0.5, 1.0])
    with pytest.raises(ValueError, match=r"quantiles must be a list of levels. Got 0.5"):
        model.predict_quantiles(quantiles=0.5)
    with pytest.raises(ValueError, match="n_samples must be an integer from 1 to 2147483647. Got 0"):
        model.sample_y(n_samples=0)
    for method in ("predict_interval", "predict_quantiles", "sample_y"):
        with pytest.raises(ValueError, match=rf"{method} needs .*set calibration_windows, .* 9 or more"):
            getattr(forecaster().fit(walks()), method)()


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("method", ["predict_interval", "predict_quantiles", "sample_y"])
def test_an_estimator_that_is_not_calibrated_is_told_in_words_of_the_forecaster(method):
    model = forecaster(Seq2SeqRegressor(units=2, epochs=1)).fit(walks())
    message = rf"{method} needs forecasts .* set calibration_windows, .*or use .*Seq2SeqRegressor\(loss='quantile'"
    with pytest.raises(ValueError, match=message):
        getattr(model, method)()


# --- containers with times --------------------------------------------------------------------------------------------


def months(n=40, name="sold"):
    return pd.Series(walks([n])[0], pd.date_range("2020-01-31", periods=n, freq="ME"), name=name)


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
    assert_allclose(model.backtest(series, X_future=ahead, scoring="r2")["score"], 1)


def test_backtest_tells_the_times_of_origins():
    found = forecaster().backtest(months(), n_windows=2)
    assert found["origin_time"].astype("datetime64[D]").astype(str).tolist() == [["2022-11-30"], ["2023-02-28"]]


# --- errors -----------------------------------------------------------------------------------------------------------


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
    with pytest.raises(ValueError, match=r"earliest forecast needs 9 timesteps, a window of 6 before it"):
        forecaster().fit(walks()).score([np.arange(8.0)])
    with pytest.raises(
        ValueError, match=r"min_window=50, horizon=3 need 53 timesteps, but X\[1\] has 40\. Set smaller .*series\.$"
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
    with pytest.raises(ValueError, match="time 2023-07-31 is missing"):
        model.predict()


def test_a_series_of_objects_that_are_numbers():
    series = months()
    decimals = series.round(2).map(lambda value: Decimal(str(value)))
    expected = forecaster().fit(series.round(2)).predict()
    pd.testing.assert_series_equal(forecaster().fit(decimals).predict(), expected)
    for text in (series.astype(str), series.astype(str).astype("category"), pl.Series(series.astype(str).to_list())):
        with pytest.raises(ValueError, match=r"X is a Series of text, such as '.*'\. Expected numbers: .*to_numeric"):
            forecaster().fit(text)


def test_indices_that_are_no_times_of_one_series():
    series = months()
    with pytest.raises(ValueError, match=r"X has 2 levels, \['id', 't'\].*from_long\(X.reset_index"):
        forecaster().fit(pd.concat({"a": series, "b": series}, names=["id", "t"]))
    with pytest.raises(ValueError, match=r"The index of X holds date\. .* convert it with pandas.to_datetime"):
        forecaster().fit(series.set_axis(series.index.date))


def test_a_regressor_of_single_numbers_is_told_what_makes_several():
    message = r"forecasts a single number, and horizon=3 of 1 target.* wrap it, MultiOutputRegressor\(estimator\)"
    with pytest.raises(ValueError, match=message):
        forecaster(HistGradientBoostingRegressor()).fit(walks())


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


def test_a_failed_fit_changes_nothing():
    model = forecaster().fit(walks())
    predicted, before = model.predict(), sorted(vars(model))
    for bad in ([np.arange(3.0)], np.full((3, 20), np.nan), np.zeros((2, 5, 2))):
        with pytest.raises(ValueError, match="timesteps|NaN"):
            model.fit(bad)
        assert sorted(vars(model)) == before
        assert_array_equal(model.predict(), predicted)


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


@pytest.mark.parametrize("model", [Ridge(), SeasonalNaive()], ids=["ridge", "naive"])
@pytest.mark.parametrize("unit", [1e-165, 1e-290, 1e140])
def test_forecasts_of_tiny_and_huge_series(model, unit):
    """Squares of 1e-165 are zero."""
    series, _, _ = known_ahead()
    model = SeriesForecaster(model, horizon=3, window=5, calibration_windows=9).fit(series)
    small = [own * unit for own in series]
    assert_allclose(model.predict_interval(small, 0.5) / unit, model.predict_interval(series, 0.5), rtol=1e-9)


# --- exponential smoothing --------------------------------------------------------------------------------------------


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
    ("estimator", "n_series", "length", "season", "smooths"),
    [
        (None, 10, 90, 4, True),
        (None, 9, 90, 4, False),  # few series
        (None, 10, 24, 4, False),  # few windows
        (None, 10, 90, 13, False),  # a long season
        (None, 10, 90, None, False),
        (Seq2SeqRegressor(linear=False), 10, 90, 4, False),
        (Seq2SeqRegressor(loss="poisson"), 10, 90, None, False),
        (Seq2SeqRegressor(decoder="recursive"), 10, 90, None, False),
        (Seq2SeqRegressor(loss="normal", season=4), 10, 90, None, True),
        (Ridge(), 10, 90, 4, False),
    ],
)
def test_where_smoothing_is_the_default(untrained, estimator, n_series, length, season, smooths):
    series = [np.abs(own) for own in seasons(n_series, length)]
    if isinstance(estimator, Seq2SeqRegressor) and estimator.loss == "poisson":
        series = [own.round() for own in series]
    model = SeriesForecaster(estimator, horizon=2, season=season, random_state=0).fit(series)
    told = getattr(model.estimator_, "n_future_features_in_", 0)
    assert told == smooths
    assert model.get_params()["exponential_smoothing"] == "auto"
    assert np.isfinite(model.predict()).all()


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
