"""SeasonalNaive: by hand, and the contract of estimators that read windows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import cross_val_score

from skseq import SeasonalNaive, SeriesForecaster
from skseq._base.forecasts.window_regressors import reads_windows
from skseq._sklearn import InvalidParameterError
from skseq.metrics import FORECAST_SCORERS, mean_absolute_scaled_error

X = np.array([[1.0, 2, 3, 4], [5, 6, 7, 9]])


@pytest.mark.parametrize(
    ("m", "expected"), [(1, [[4] * 5, [9] * 5]), (2, [[3, 4] * 3, [7, 9] * 3]), (3, [[2, 3, 4] * 2, [6, 7, 9] * 2])]
)
def test_forecasts_by_hand(m, expected):
    model = SeasonalNaive(m=m).fit(X, X[:, :3])
    assert_array_equal(model.predict(X), np.array(expected)[:, :3])
    assert_array_equal(model.predict(X, n_steps=5), np.array(expected)[:, :5])
    assert_array_equal(model.predict(X, n_steps=1), np.array(expected)[:, :1])


@pytest.mark.parametrize(
    ("m", "n_seasons", "expected"), [(1, 2, [[3.5] * 3, [8] * 3]), (2, 2, [[2, 3, 2], [6, 7.5, 6]])]
)
def test_means_of_seasons_by_hand(m, n_seasons, expected):
    model = SeasonalNaive(m=m, n_seasons=n_seasons).fit(X, X[:, :3])
    assert_array_equal(model.predict(X), expected)
    longer = list(np.hstack([[[100.0] * 2] * 2, X]))  # what is earlier does not count
    assert_array_equal(model.predict(longer), expected)


def test_windows_hold_as_many_seasons():
    series = [np.arange(60.0) % 5 + 10 * (np.arange(60) // 5 % 2)]  # two levels, which alternate
    model = SeriesForecaster(SeasonalNaive(n_seasons=4), horizon=5, season=5).fit(series)
    assert model.window_ == 20
    assert_array_equal(model.predict(), [np.arange(5) + 5.0])
    with pytest.raises(ValueError, match=r"n_seasons=3 of m=2 need 6 timesteps, but X\[0\] has 4: set a smaller n_"):
        SeasonalNaive(m=2, n_seasons=3).fit(X, X)
    with pytest.raises(ValueError, match=r"season=5 and n_seasons=4 need 20 steps .* or set a smaller n_seasons"):
        SeriesForecaster(SeasonalNaive(n_seasons=4), window=10, horizon=5, season=5).fit(series)
    with pytest.raises(ValueError, match=r"m=5, n_seasons=40, horizon=5 need 205 timesteps, but X\[0\] has 60"):
        SeriesForecaster(SeasonalNaive(m=5, n_seasons=40), horizon=5).fit(series)
    with pytest.raises(InvalidParameterError, match="n_seasons"):
        SeriesForecaster(SeasonalNaive(m=5, n_seasons=0), horizon=5).fit(series)


def test_forms_of_y():
    assert SeasonalNaive().fit(X, [0, 1]).predict(X).tolist() == [4, 9]
    assert SeasonalNaive().fit(X, [0, 1]).predict(X, n_steps=2).tolist() == [[4, 4], [9, 9]]
    several = np.stack([X, -X, 0 * X], axis=2)  # targets first, then what is no target
    model = SeasonalNaive(m=2).fit(several, np.zeros((2, 3, 2)))
    assert_array_equal(model.predict(several)[0], [[3, -3], [4, -4], [3, -3]])
    assert model.predict_interval(several, coverage=0.5).shape == (2, 3, 2, 2)


def test_ragged_windows():
    windows = [X[0], X[1][:2]]
    model = SeasonalNaive(m=2).fit(windows, np.zeros((2, 3)))
    assert model.predict(windows).tolist() == [[3, 4, 3], [5, 6, 5]]


def test_intervals_by_hand():
    """Errors 1 to 9 of the first step, and 10 times as many of the second, in the units of y."""
    windows = np.zeros((9, 3)) + [[0], [1], [2]] * 3
    errors = np.arange(1, 10)[:, None] * [1, -10]
    model = SeasonalNaive(scaling=None).fit(windows, windows[:, -1:] + errors)
    assert model.predict_interval(windows[:2])[:, 0].tolist() == [[-9, 9], [-8, 10]]
    assert model.predict_interval(windows[:2], coverage=0.5, n_steps=1).tolist() == [[[-5, 5]], [[-4, 6]]]
    assert model.predict_quantiles(windows[:1], quantiles=[0.1, 0.9])[0].tolist() == [[1, 9], [-90, -10]]
    paths = model.sample_y(windows[:2], n_samples=20)
    assert_array_equal(paths[:, 1] - windows[:2, -1:], -10 * (paths[:, 0] - windows[:2, -1:]))
    model.conformalize(windows, windows[:, -1:] + 2 * errors)
    assert model.predict_interval(windows[:1])[0, 0].tolist() == [-18, 18]


def test_errors_are_measured_in_the_deviation_of_a_window():
    """Bounds of windows 1,000 times as large are 1,000 times as wide; a constant one has the width of its errors."""
    windows = np.array([[-1.0, 1], [-1000, 1000], [5, 5]])
    model = SeasonalNaive().fit(windows, windows[:, -1] + [2, 2000, 7])  # errors of 2 deviations, and of 7
    assert_allclose(model.predict_interval(windows, coverage=0.5), [[-1, 3], [-1000, 3000], [-2, 12]])


def test_it_reads_windows_and_stands_in_for_other_estimators():
    assert reads_windows(SeasonalNaive())
    series = [np.r_[np.arange(40.0) % 5, 0], 3 + np.arange(33.0) % 5]
    model = SeriesForecaster(SeasonalNaive(m=5), window=10, horizon=3, season=5)
    assert_array_equal(model.fit(series).predict(), [[1, 2, 3], [6, 7, 3]])
    assert model.predict_interval().shape == (2, 3, 2)
    with_covariates = model.fit(series, X_past=series, X_static=[[0], [1]])
    assert_array_equal(with_covariates.predict()[1], [6, 7, 3])


def test_its_mase_in_the_past_is_1():
    """By definition: one step ahead, all windows of a series, its own past as the scale."""
    series = np.cumsum(np.random.RandomState(0).randn(200))
    windows = np.lib.stride_tricks.sliding_window_view(series, 5)
    forecast = SeasonalNaive(m=4).fit(windows[:, :4], windows[:, 4:]).predict(windows[:, :4])
    assert mean_absolute_scaled_error([series[4:]], [forecast[:, 0]], y_train=[series], m=4) == pytest.approx(1)


def test_scorers():
    windows = np.lib.stride_tricks.sliding_window_view(np.sin(np.arange(80)), 9)
    for name in ("neg_mean_absolute_scaled_error", "neg_winkler", "neg_weighted_quantile_loss"):
        scores = cross_val_score(SeasonalNaive(m=6), windows[:, :6], windows[:, 6:], scoring=FORECAST_SCORERS[name])
        assert np.isfinite(scores).all()


def test_bad_input():
    with pytest.raises(ValueError, match=r"m=3 needs windows of as many timesteps, but X\[1\] has 2"):
        SeasonalNaive(m=3).fit([X[0], X[1][:2]], np.zeros((2, 1)))
    with pytest.raises(ValueError, match=r"y has 2 targets, but X 1 feature"):
        SeasonalNaive().fit(X, np.zeros((2, 3, 2)))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        SeasonalNaive().fit(X, np.zeros((3, 1)))
    with pytest.raises(InvalidParameterError, match="'m' parameter"):
        SeasonalNaive(m=0).fit(X, X)
    model = SeasonalNaive().fit(X, X)
    with pytest.raises(ValueError, match="coverage=0.9 needs at least 9 windows"):
        model.predict_interval(X)
    with pytest.raises(ValueError, match="n_steps=5 is more than the horizon of 4"):
        model.predict_interval(X, coverage=0.5, n_steps=5)
    with pytest.raises(ValueError, match=r"y must have 2 dimension\(s\), as in fit. Got 1"):
        model.conformalize(X, [1, 2])
    with pytest.raises(ValueError, match=r"y must have 1 step\(s\) of 1 target\(s\), as in fit. Got \(2, 3\)"):
        SeasonalNaive().fit(X, [[1], [2]]).conformalize(X, np.ones((2, 3)))
    with pytest.raises(ValueError, match="n_steps must be an integer from 1 to"):
        model.predict(X, n_steps=0)


def test_parameters_set_after_a_fit_change_no_forecast():
    windows, targets = np.arange(48.0).reshape(6, 8) ** 1.5, np.arange(12.0).reshape(6, 2)
    model = SeasonalNaive(m=1).fit(windows, targets)
    asked = {"predict": {}, "predict_interval": {"coverage": 0.5}, "sample_y": {"n_samples": 3}}
    before = {name: getattr(model, name)(windows, **arguments) for name, arguments in asked.items()}
    model.set_params(m=4, scaling="mean")
    for name, arguments in asked.items():
        np.testing.assert_array_equal(getattr(model, name)(windows, **arguments), before[name], err_msg=name)


def test_inside_a_forecaster_its_season_counts_unless_m_is_set():
    series = [np.arange(20.0)]
    for m, season, expected in (
        (None, 7, [13, 14, 15]),
        (2, 7, [18, 19, 18]),
        (None, None, [19] * 3),
        (1, 7, [19] * 3),
    ):
        model = SeriesForecaster(SeasonalNaive(m=m), season=season, horizon=3).fit(series)
        assert model.predict().tolist() == [expected]
        assert model.estimator.m is m  # fit changes no parameter
    with pytest.raises(ValueError, match="season=7"):
        SeriesForecaster(SeasonalNaive(), season=7, window=5).fit(series)
