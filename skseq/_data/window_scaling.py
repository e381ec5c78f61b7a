"""The scale of a window, learnt from its own past alone: so a series that nobody has seen has one, and no future leaks.

A regressor learns (y - reference) / size, where the reference is the level of the window, or its last season.
"""

from dataclasses import dataclass

import numpy as np

SCALINGS = ("standard", "mean")
_ROUNDING = 4 * np.finfo(np.float64).eps  # relative differences below it are none


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowScale:
    """Level and size (n, 1, n_targets) of the targets in each window. The size of a constant window is 0."""

    level: np.ndarray
    size: np.ndarray

    @classmethod
    def learn(cls, windows, scaling):
        """Mean and deviation ("standard"), 0 and the mean absolute value ("mean"), or 0 and 1 (None)."""
        past = windows.past[:, :, : windows.n_targets]
        shape = (len(past), 1, windows.n_targets)
        if scaling is None:
            return cls(level=np.zeros(shape), size=np.ones(shape))
        largest = np.nanmax(np.abs(past), axis=1, keepdims=True)
        if scaling == "mean":
            return cls(level=np.zeros(shape), size=np.nanmean(np.abs(past), axis=1, keepdims=True))
        spread = np.nanmax(past, axis=1, keepdims=True) - np.nanmin(past, axis=1, keepdims=True)
        deviation = np.nanstd(past, axis=1, keepdims=True)
        level = np.nanmean(past, axis=1, keepdims=True)
        varies = spread > _ROUNDING * largest
        return cls(level=np.where(varies, level, past[:, -1:]), size=np.where(varies, deviation, 0.0))

    @property
    def is_constant(self):
        """Whether no target of a window varies, (n,)."""
        return (self.size == 0).all(axis=(1, 2))

    def divide(self, differences):
        """Differences (n, t, n_targets) in sizes of their window; 0 where it is constant."""
        return np.divide(differences, self.size, where=self.size > 0, out=np.zeros_like(differences))

    def inputs(self, windows):
        """The past (n, window, c) with its targets on their scale, other columns as they are."""
        past = windows.filled.copy()
        past[:, :, : windows.n_targets] = self.divide(past[:, :, : windows.n_targets] - self.level)
        return past

    def reference(self, windows, season, n_steps):
        """What is subtracted from the targets, (n, n_steps, n_targets): the level, or the last season repeated."""
        if season is None:
            return np.repeat(self.level, n_steps, axis=1)
        return last_season(windows.past[:, :, : windows.n_targets], season, n_steps)


def last_season(past, season, n_steps):
    """The last season of each window (n, window, n_targets) over and over, (n, n_steps, n_targets)."""
    return past[:, np.arange(n_steps) % season - season]  # -season, ..., -1, -season, ...
