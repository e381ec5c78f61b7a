"""SeriesForecaster: no leaks, every step in its place, and estimators that read windows."""

import copy
import sys
from dataclasses import replace
from types import ModuleType

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
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skseq import LSTMAutoencoderTransformer, SeasonalNaive, Seq2SeqRegressor, SeriesForecaster
from skseq._base.random_states import with_random_states
from skseq._data.forecasts.window_units import sizes_of_series, units_of
from skseq._whole import is_undivided

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


@pytest.mark.parametrize(
    ("lengths", "most"), [([15_000, 15_000], 10_000), ([12_000, 300, 300], 6_667), ([250] * 250, 96)]
)
def test_auto_takes_the_last_windows_of_20_000_or_of_96_each(lengths, most):
    model = forecaster(Recorder(), scaling=None).fit([np.arange(n, dtype=float) for n in lengths])
    n_windows = [min(n - 6 - 3 + 1, most) for n in lengths]
    assert model.n_windows_ == sum(n_windows)
    firsts = [np.arange(n - 3 - own + 1, n - 3 + 1) for n, own in zip(lengths, n_windows)]  # steps to forecast
    assert_array_equal(Recorder.seen[-1][2][:, 0], np.concatenate(firsts))


@pytest.mark.parametrize("scaling", ["standard", "difference", "mean", None])
def test_what_comes_later_changes_no_window(scaling):
    """Change everything from a step on: windows that end before it, and targets before it, stay bit-equal."""
    series = walks([60])[0]
    later = np.r_[series[:40], 50 * series[40:]]
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


def test_windows_that_calibrate_are_spread_and_not_those_to_learn_from():
    """A fifth of 100 windows has 20 steps: 3 targets behind the last of 5 origins, and 4 from each to the next."""
    series = [np.arange(108.0), 1_000 + np.arange(120.0)]
    forecaster(Recorder(), scaling=None, calibration_windows=5, season=5).fit(series)
    (_, X, _), (_, calibrating), (_, X_of_all, _) = Recorder.seen
    firsts = [89, 93, 97, 101, 105]
    assert calibrating[:, -1].tolist() == [*(first - 1 for first in firsts), *(1_011 + first for first in firsts)]
    assert X[:, -1].tolist() == [*range(6 - 1, 89 - 3), *range(1_005, 1_098)]  # targets end before all held-out ones
    assert X_of_all[:, -1].tolist() == [*range(5, 105), *range(1_005, 1_117)]


class Undivided(Recorder):
    """Keeps whether an interrupt would stop all."""

    def fit(self, X, y):
        self.seen.append(is_undivided())
        return super().fit(X, y)


def test_an_interrupt_of_a_fit_that_nobody_sees_stops_all():
    """Of the twin that calibrates, and of both trials of scales, which covariates bring to it."""
    forecaster(Undivided(), calibration_windows=4).fit(walks())
    assert [found for found in Recorder.seen if isinstance(found, bool)] == [True, False]
    Recorder.seen.clear()
    series, ahead, _ = known_ahead()
    forecaster(Undivided(), calibration_windows=4).fit(series, X_future=ahead)
    assert [found for found in Recorder.seen if isinstance(found, bool)] == [True] * 3 + [False]


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("random_state", [0, None], ids=["seed", "generator"])
@pytest.mark.parametrize(
    ("estimator", "length"), [(Ridge(), 50), (Ridge(), 300), (None, 50)], ids=["ridge", "windows spread", "network"]
)
def test_calibration_leaves_forecasts_as_they_are(estimator, length, random_state):
    """A trend, of which a regressor without the last steps knows less."""
    series = [np.arange(length) ** 1.5 + own for own in walks([length, length])]
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


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
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
    """They are 3 steps apart, so that its 30 steps hold out the last one, before which a window of 14 is left."""
    model = SeriesForecaster(Ridge(), horizon=7, calibration_windows=20).fit(walks([400, 400, 30]))
    assert model.window_ == 14
    assert model.residuals_.shape == (41, 7, 1)
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


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
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


@pytest.mark.usefixtures("untrained")
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


@pytest.mark.usefixtures("untrained")
def test_of_two_seasons_the_difference_is_not_repeated():
    """They give one window, whose targets are all that is known of changes from season to season."""
    first, second = np.random.RandomState(0).randn(2, 12)
    forecasts = SeriesForecaster(horizon=12, season=12, random_state=0).fit([np.r_[first, second]]).predict()
    assert np.abs(forecasts[0] - second).mean() < 0.2 * np.abs(second - first).mean()


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


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
@pytest.mark.parametrize("estimator", [Ridge(), SeasonalNaive(), Seq2SeqRegressor(loss="quantile", units=2, epochs=1)])
def test_a_constant_series_has_intervals_without_width(estimator):
    with pytest.warns(UserWarning, match="Each series in X is one number"):
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


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
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
    """Of 4 series one jumps by all its level: in sizes that know nothing of errors, others were 3.8 times too wide.

    They are too short to spread windows, so that all of its errors are of the jump.
    """
    noise = [10 + np.random.RandomState(seed).randn(240) for seed in range(4)]
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
    model = forecaster(calibration_windows=8).fit(series)  # of nine, paths of series of fit have errors of one time
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


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
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
