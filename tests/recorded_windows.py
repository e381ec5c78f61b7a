"""Series, forecasters of them, and estimators that keep the windows which they are given."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge

from skseq import SeriesForecaster


def months(n=40, name="sold"):
    return pd.Series(walks([n])[0], pd.date_range("2020-01-31", periods=n, freq="ME"), name=name)


def known_ahead(shift=0):
    """Series that are their covariate, and the latter with 3 further rows, moved by some steps."""
    rng = np.random.RandomState(0)
    ahead = [rng.randn(n + 3) for n in (60, 80)]
    return [own[:-3] for own in ahead], [np.roll(own, shift) for own in ahead], np.array([own[-3:] for own in ahead])


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
