"""Held-out windows that a regressor forecasts worse than the last value: waves of counts, and what is no such case."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeasonalNaive, SeriesForecaster
from skseq._base.diagnosis.worse_than_naive import warn_if_worse_than_naive
from skseq._data.forecasts.forecast_windows import Windows

DICE = np.random.RandomState(0)
STEPS = np.arange(312)
PEAKS = 52 * np.arange(6) + 26 + DICE.normal(0, 3, (8, 6))  # of each series, one a year
BUMPS = np.exp(-0.5 * np.square((STEPS - PEAKS[..., None]) / 3.2)) * np.exp(DICE.normal(0, 0.6, (8, 6, 1)))
WAVES = DICE.poisson(1 + 300 * BUMPS.sum(axis=1)).astype(float)  # (8, 312)
WALKS = np.cumsum(DICE.randn(8, 312), axis=1)
FORECASTER = SeriesForecaster(Ridge(), horizon=4, calibration_windows=52)


def told_of(error, past=0.0, **how):
    """What is said of errors of one window 1 2 4, behind which come 4 and 6; ``past`` more in all."""
    values = np.array([1.0, 2, 4, 4, 6])[None, :, None] + past
    windows = Windows(past=values[:, :3], lengths=np.array([3]), n_targets=1, targets=values[:, 3:])
    how = {"n_windows": [8], "stride": 2, "season": 1, "n_learnt": 1_000, "of": Ridge()} | how
    return told(warn_if_worse_than_naive, windows, np.full((1, 2, 1), float(error)), **how)


def test_errors_by_hand():
    """The last value is 0 and 2 away, 1 in the mean; a season of two steps, 2 and 4, is 2 and 2 away."""
    assert "Ridge has a mean absolute error of 1.3, and the last value of 1. Where" in told_of(1.3)[0]
    assert not told_of(1.2)
    assert "of 2.6, and the value one season of 2 steps before of 2. Where" in told_of(2.6, season=2)[0]
    assert not told_of(2.4, season=2)


def test_logarithms_are_of_positive_values():
    assert "np.log1p" in told_of(2)[0]
    assert "np.log1p" in told_of(2, past=-1)[0]  # of 0 as well
    assert "logarithms, np.log, with scaling=None, and take np.exp of" in told_of(2, past=-0.5)[0]
    assert "np.log1p" not in told_of(2, past=-3)[0]


def test_few_windows_say_nothing():
    assert not told_of(2, n_learnt=999)
    assert not told_of(2, n_windows=[14], stride=1)  # 1 + 13 / 2 horizons
    assert not told_of(2, n_windows=[7], stride=20)  # of two steps each, however far apart


def test_waves_of_counts_are_told_and_logarithms_mend_it():
    told = r"Ridge has a mean absolute error of .*np\.log1p, with scaling=None"
    with pytest.warns(UserWarning, match=told) as found:
        forecast = FORECASTER.fit(WAVES[:, :-4]).predict()
    assert found[0].filename == __file__  # and not in NumPy, which decorates what warns
    of_logarithms = SeriesForecaster(Ridge(), horizon=4, calibration_windows=52, scaling=None)
    better = np.expm1(of_logarithms.fit(np.log1p(WAVES[:, :-4])).predict())
    assert np.abs(better - WAVES[:, -4:]).mean() < np.abs(forecast - WAVES[:, -4:]).mean()


@pytest.mark.parametrize(
    "series",
    [WALKS, np.exp(WALKS / 20), DICE.randn(8, 312), 10 * np.sin(STEPS / 8) + WALKS, STEPS + DICE.randn(8, 312)],
    ids=["walks", "shares", "noise", "waves", "trends"],
)
@pytest.mark.parametrize("season", [None, 12])
def test_others_are_not_told(series, season):
    assert not told(SeriesForecaster(Ridge(), horizon=4, season=season, calibration_windows=52).fit, series)


def test_the_baseline_is_not_told():
    assert not told(SeriesForecaster(SeasonalNaive(), horizon=4, season=12, calibration_windows=52).fit, WAVES)


class Far(RegressorMixin, BaseEstimator):
    """Forecasts that are far off."""

    def fit(self, X, y):
        self.n_steps_ = y.shape[1]
        return self

    def predict(self, X):
        return np.full((len(X), self.n_steps_), 50.0)


def test_any_estimator_is_told():
    with pytest.warns(UserWarning, match=r"Far has .* one season of 12 steps before .*\. Try another scaling"):
        SeriesForecaster(Far(), horizon=4, season=12, calibration_windows=52).fit(WALKS)
