"""What anomaly scores are measured against: scikit-learn's IsolationForest and PCA on the windows of a detector."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest


class OnWindows:
    """Scores of windows by a subclass; a timestep has the mean score of its windows.

    X is an array (n, t, f) or a list of (t_i, f) arrays, each at least one window long.
    """

    def __init__(self, window, stride=1):
        self.window, self.stride = window, stride

    def fit(self, X):
        self._learn(np.concatenate([self._windows(series)[0] for series in X]))
        return self

    def _windows(self, series):
        """(n_windows, f * window) and where they start: every ``stride`` timesteps, the last one at the end."""
        last = len(series) - self.window
        starts = np.unique([*range(0, last, self.stride), last])
        windows = np.lib.stride_tricks.sliding_window_view(series, self.window, axis=0)[
            starts
        ]  # (n_windows, f, window)
        return windows.reshape(len(starts), -1), starts

    def score_timesteps(self, X):
        """Higher is more normal: an array (n, t), or a list of (t_i,) arrays."""
        scores = [self._score_timesteps(series) for series in X]
        return scores if isinstance(X, list) else np.stack(scores)

    def _score_timesteps(self, series):
        windows, starts = self._windows(series)
        return mean_over_windows(self._score(windows), starts, self.window)


class ForestOnWindows(OnWindows):
    """IsolationForest, as it is by default."""

    def __init__(self, window, random_state, stride=1):
        super().__init__(window, stride)
        self.forest = IsolationForest(random_state=random_state)

    def _learn(self, windows):
        self.forest.fit(windows)

    def _score(self, windows):
        return self.forest.score_samples(windows)


class PCAOnWindows(OnWindows):
    """Squared error of what the principal components of 95 % of the variance write again."""

    def __init__(self, window, stride=1):
        super().__init__(window, stride)
        self.pca = PCA(0.95)

    def _learn(self, windows):
        self.pca.fit(windows)

    def _score(self, windows):
        written = self.pca.inverse_transform(self.pca.transform(windows))
        return -np.mean(np.square(windows - written), axis=1)


def mean_over_windows(scores, starts, window):
    """A score for every window, (n_windows,) -> a score for every timestep, (t,)."""
    totals, counts = np.zeros((2, starts[-1] + window))
    for offset in range(window):
        totals[starts + offset] += scores
        counts[starts + offset] += 1
    return totals / counts
