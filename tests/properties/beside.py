"""Forecasters that read X as what is known beside series of their own, so that every way to break X breaks that.

What a fit or a prediction makes of such an X is right or refused like any other, under the name of its argument.
"""

import numpy as np

from skseq import Seq2SeqRegressor, SeriesForecaster

HORIZON = 2


def own_series(X, *, less=0):
    """A series beside each sample of X, of so many steps less, or of six beside what has no length of use."""
    lengths = [_length(own) - less for own in _samples(X)]
    return [np.arange(length if length >= 2 * HORIZON else 6) % 3 + 1.0 for length in lengths]


def own_windows(X):
    """The same window of four steps beside each sample of X."""
    return [[1.0, 3.0, 2.0, 1.0]] * len(_samples(X))


def _samples(X):
    """The samples of X by their number, or one of no length."""
    X = X.to_numpy() if hasattr(X, "to_numpy") else X
    samples = list(X) if _has_length(X) and getattr(X, "ndim", 1) else []
    return [own[0] if getattr(own, "shape", 0) == (1,) else own for own in samples] or [None]


def _length(own):
    """Steps of a sample up to its mask; 0 of what has none."""
    if np.ma.isMA(own) and own.ndim:
        return len(own) - np.ma.getmaskarray(own).reshape(len(own), -1).all(axis=1).sum()
    return len(own) if _has_length(own) else 0


def _has_length(own):
    return hasattr(own, "__len__") and not hasattr(own, "toarray")


class RegressorOnFuture(Seq2SeqRegressor):
    """Reads X as ``X_future``."""

    def fit(self, X, y):
        return super().fit(own_windows(X), y, X_future=X)

    def predict(self, X):
        return super().predict(own_windows(X), X_future=X)


class RegressorOnStatic(Seq2SeqRegressor):
    """Reads X as ``X_static``."""

    def fit(self, X, y):
        return super().fit(own_windows(X), y, X_static=X)

    def predict(self, X):
        return super().predict(own_windows(X), X_static=X)


class ForecasterOnPast(SeriesForecaster):
    """Reads X as ``X_past``."""

    def fit(self, X):
        return super().fit(own_series(X), X_past=X)

    def predict(self, X):
        return super().predict(own_series(X), X_past=X)


class ForecasterOnFuture(ForecasterOnPast):
    """Reads X as ``X_future``."""

    def fit(self, X):
        return SeriesForecaster.fit(self, own_series(X), X_future=X)

    def predict(self, X):
        return SeriesForecaster.predict(self, own_series(X, less=HORIZON), X_future=X)


class ForecasterOnStatic(ForecasterOnPast):
    """Reads X as ``X_static``."""

    def fit(self, X):
        return SeriesForecaster.fit(self, own_series([()] * len(_samples(X))), X_static=X)

    def predict(self, X):
        return SeriesForecaster.predict(self, own_series([()] * len(_samples(X))), X_static=X)
