"""What the anomaly scores are measured against: scikit-learn's IsolationForest on windows."""

import numpy as np
from sklearn.ensemble import IsolationForest


class ForestOnWindows:
    """IsolationForest on all windows of a detector's length; a timestep has the mean score of its windows."""

    def __init__(self, window, random_state):
        self.window = window
        self.forest = IsolationForest(random_state=random_state)

    def fit(self, X):
        self.forest.fit(self._windows(X).reshape(-1, self.window * X.shape[2]))
        return self

    def _windows(self, X):
        """(n, t, f) -> (n, t - window + 1, f, window)"""
        return np.lib.stride_tricks.sliding_window_view(X, self.window, axis=1)

    def score_timesteps(self, X):
        windows = self._windows(X)
        scores = self.forest.score_samples(windows.reshape(-1, self.window * X.shape[2]))
        return mean_over_windows(scores.reshape(windows.shape[:2]), self.window)


def mean_over_windows(scores, window):
    """A score for every window, (n, t - window + 1) -> a score for every timestep, (n, t)."""
    n_samples, n_windows = scores.shape
    totals, counts = np.zeros((2, n_samples, n_windows + window - 1))
    for offset in range(window):
        totals[:, offset : offset + n_windows] += scores
        counts[:, offset : offset + n_windows] += 1
    return totals / counts
