"""Intervals by errors that are as wide after all windows, where what was learnt knows better."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from warned import told

from skseq import SeriesForecaster


class Storms(RegressorMixin, BaseEstimator):
    """Forecasts 0, with intervals that are ten times as wide in ``X_future``, or of one width."""

    def __init__(self, knows=True, loss="quantile", decoder="direct", quantiles=(0.05, 0.5, 0.95)):
        self.knows, self.loss, self.decoder, self.quantiles = knows, loss, decoder, quantiles

    def fit(self, X, y, X_future=None):
        self.fitted_ = True
        return self

    def predict(self, X, X_future=None):
        return np.zeros((len(X), X_future.shape[1]))

    def predict_interval(self, X, X_future=None, *, coverage):
        half = 1.6 * np.where(X_future[..., 0] > 0, 10, 1) if self.knows else np.full(X_future.shape[:2], 12.0)
        return np.stack([-half, half], axis=-1)


def series(n=300):
    rng = np.random.RandomState(0)
    storm = rng.rand(n) < 0.1
    return rng.randn(n) * np.where(storm, 10, 1), storm * 1.0


@pytest.mark.filterwarnings("ignore:In the windows that fit held out, Storms")
def fit(n_windows=100, **parameters):
    own, storm = series()
    forecaster = SeriesForecaster(Storms(**parameters), window=5, horizon=2, calibration_windows=n_windows)
    return told(forecaster.fit, [own], X_future=[storm])


def test_learnt_intervals_that_are_far_better_are_told_of():
    (message,) = fit()
    assert message.startswith("In the windows that fit held out, intervals of 90% that Storms learnt have 0.")
    assert "Set calibration_windows=0 for the learnt ones, or take predict_quantiles" in message


@pytest.mark.parametrize(
    "parameters",
    [
        {"knows": False},
        {"n_windows": 40},
        {"decoder": "recursive"},
        {"loss": "normal"},
        {"quantiles": [0.2, 0.8]},
    ],
    ids=["alike", "few", "recursive", "no quantiles", "others"],
)
def test_nothing_is_said_of_others(parameters):
    assert fit(**parameters) == []
