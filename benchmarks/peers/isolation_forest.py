"""What the anomaly scores are measured against: scikit-learn's IsolationForest on windows."""

import numpy as np
from sklearn.ensemble import IsolationForest


class ForestOnWindows:
    """IsolationForest on the windows that a detector reads; a timestep has the mean score of its windows."""

    def __init__(self, window, random_state, stride=1):
        self.window, self.stride = window, stride
        self.forest = IsolationForest(random_state=random_state)

    def fit(self, X):
        windows, _ = self._windows(X)
        self.forest.fit(windows.reshape(-1, self.window * X.shape[2]))
        return self

    def _windows(self, X):
        """(n, n_windows, f, window) and where they start: every ``stride`` timesteps, the last one at the end."""
        last = X.shape[1] - self.window
        starts = np.unique([*range(0, last, self.stride), last])
        return np.lib.stride_tricks.sliding_window_view(X, self.window, axis=1)[:, starts], starts

    def score_timesteps(self, X):
        windows, starts = self._windows(X)
        scores = self.forest.score_samples(windows.reshape(-1, self.window * X.shape[2]))
        return mean_over_windows(scores.reshape(windows.shape[:2]), starts, self.window)


def mean_over_windows(scores, starts, window):
    """A score for every window, (n, n_windows) -> a score for every timestep, (n, t)."""
    totals, counts = np.zeros((2, len(scores), starts[-1] + window))
    for offset in range(window):
        totals[:, starts + offset] += scores
        counts[:, starts + offset] += 1
    return totals / counts
