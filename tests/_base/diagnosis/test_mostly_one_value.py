"""A warning of medians of targets that are mostly one value, whose advice gives sums that are right."""

import warnings

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge

from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq._base.diagnosis.mostly_one_value import warn_if_mostly_one_value
from skseq._data.sequences import Sequences
from skseq.exceptions import TrainingWarning

SMALL = {"units": 2, "epochs": 2, "batch_size": 250, "random_state": 0}
SALES = np.random.RandomState(3).poisson(0.4, (50, 40)).astype(float)


def check(targets, loss, windows=None):
    """One step (n, n_targets) after windows (n, t), of a column that has nothing to do with them if there are none."""
    counted, columns = np.ones((len(targets), 1), bool), None if windows is None else [0]
    values = np.zeros((len(targets), 3)) if windows is None else windows
    warn_if_mostly_one_value(Sequences(values=values[:, :, None]), columns, targets[:, None], counted, loss)


def test_what_is_said_by_hand():
    """Three of five are 2, with a mean of 3; the second target has no half, the third one value alone."""
    targets = np.array([[2.0, 0, 1], [2, 0, 1], [2, 1, 1], [0, 1, 1], [9, 2, 1]])
    with pytest.warns(TrainingWarning, match=r"60% of target 0 of y is 2, .* the mean is 3\..*'negative_binomial'"):
        check(targets, "quantile")
    with pytest.warns(TrainingWarning, match=r"60% of y is -2, .* the mean is -3\..* set loss='squared_error'; in"):
        check(-targets[:, :1], "absolute_error")
    with pytest.warns(TrainingWarning, match=r"60% of y is 0, .* set loss='squared_error'; in"):  # yes or no
        check(np.array([[0.0], [0], [0], [1], [1]]), "quantile")


def test_ratings_are_no_counts_and_several_targets_are_told_once():
    ratings = np.array([5.0, 5, 5, 4, 3])[:, None]
    with pytest.warns(
        TrainingWarning, match=r"60% of target 0 of y \(and much of 2 other target\(s\)\) is 5"
    ) as caught:
        check(np.repeat(ratings, 3, axis=1), "quantile")
    (told,) = caught
    assert "negative_binomial" not in str(told.message)


def test_no_warning_where_nothing_is_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for loss in ("squared_error", "negative_binomial", "normal"):
            check(SALES[:1].T, loss)
        check(np.ones((9, 1)), "quantile")
        check(np.arange(9.0)[:, None], "quantile")
        check(np.zeros((0, 1)), "quantile")


def test_few_windows_that_are_mostly_0_among_others():
    """Of 40 windows 10 are of a slow mover, after which 7 of 10 are 0; 9 are too few, and nights are told by a step."""
    rng = np.random.RandomState(0)
    windows = np.concatenate([rng.poisson(50, (30, 8)), np.eye(10, 8)]).astype(float)
    targets = np.concatenate([rng.poisson(50, 30), [0, 0, 0, 1, 0, 0, 4, 0, 2, 0]]).astype(float)[:, None]
    says = r"25% of the windows are mostly 0, .* After these 70% of y is 0, .* its mean is 0\.7\. .*'negative_binomial'"
    with pytest.warns(TrainingWarning, match=says):
        check(targets, "quantile", windows)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(targets[:-1], "quantile", windows[:-1])
        check(targets, "squared_error", windows)
        nights = windows.copy()
        nights[30:, -1] = targets[30:, 0] > 0
        check(targets, "quantile", nights)


def test_values_that_the_window_tells():
    """Of 10 targets 6 are 0, and so are the steps 2 before, but for one: 0.9 are alike, and 0.54 would be by chance."""
    targets = np.array([[0.0], [0], [0], [0], [0], [0], [3], [4], [5], [6]])
    windows = np.tile([0.0, 1, 0], (10, 1))
    with pytest.warns(TrainingWarning, match="60% of y is 0"):
        check(targets, "quantile", windows)
    windows[6:9, 1] = 2
    windows[:6, 1] = 0
    windows[9, 1] = 0
    check(targets, "quantile", windows)
    windows[5:7, 1] = [2, 0]
    with pytest.warns(TrainingWarning, match="60% of y is 0"):  # 7 of 10 alike
        check(targets, "quantile", windows)


def days(n_hours, is_on):
    """A series of hours, 0 but where something is on, by the hour of the day and the day."""
    hours = np.arange(n_hours)
    noise = np.random.RandomState(0).rand(n_hours)
    return np.where(is_on(hours % 24, hours // 24), 50 + noise, 0.0)


@pytest.mark.usefixtures("eager", "untrained")
@pytest.mark.parametrize(
    "is_on",
    [lambda hour, day: (hour >= 7) & (hour < 18), lambda hour, day: (hour >= 9) & (hour < 19) & (day % 7 < 5)],
    ids=["sun", "opening hours"],
)
def test_nights_are_told(is_on):
    model = SeriesForecaster(Seq2SeqRegressor(**SMALL | {"epochs": 1}), horizon=12, window=48)
    assert_no_warning(model, [days(600, is_on)])


@pytest.mark.usefixtures("eager")
def test_samples_without_weight_do_not_count():
    rng = np.random.RandomState(0)
    X, y = rng.randn(20, 4), np.r_[np.zeros(12), rng.randn(8)]
    model = Seq2SeqRegressor(loss="quantile", units=2, epochs=1)
    with pytest.warns(TrainingWarning, match="60% of y is 0"):
        model.fit(X, y)
    assert_no_warning(model, X, y, sample_weight=np.r_[np.zeros(6), np.ones(14)])


@pytest.mark.usefixtures("eager")
def test_windows_that_never_move_do_not_count():
    """Eleven of twelve windows are of articles that are no longer sold."""
    X, y = np.zeros((12, 4)), np.zeros((12, 2))
    X[0], y[0] = [1, 2, 3, 4], [5, 6]
    assert_no_warning(Seq2SeqRegressor(units=2, epochs=1), X, y)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("loss", ["squared_error", "negative_binomial"])
def test_slow_movers(loss):
    """About 40 articles are sold in 50 shops on 2 days; both losses that are named come near that sum."""
    model = SeriesForecaster(Seq2SeqRegressor(**SMALL), horizon=2, window=14, max_windows=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        with pytest.raises(TrainingWarning, match=rf"6\d% of y is 0, .* forecasts medians: near 0, .*'{loss}'"):
            model.fit(SALES)
        assert 30 < model.set_params(estimator__loss=loss).fit(SALES).predict().sum() < 55


@pytest.mark.usefixtures("untrained")
def test_a_slow_mover_among_other_series():
    shops = [np.random.RandomState(0).poisson(mean, 150).astype(float) for mean in (0.3, 50, 500)]
    network = Seq2SeqRegressor(loss="quantile", **SMALL)
    with pytest.warns(
        TrainingWarning, match=r"33% of the windows are mostly 0, as in series of few sales\. After these"
    ):
        SeriesForecaster(network, horizon=7, season=7).fit(shops)
    assert_no_warning(SeriesForecaster(network, horizon=7, season=7), shops[1:])


def test_other_regressors_forecast_means():
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        assert 30 < SeriesForecaster(Ridge(10), horizon=2).fit(SALES).predict().sum() < 55
