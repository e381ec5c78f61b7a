"""Windows of long series with what follows them: where they are, and what a regressor reads of them.

A window ends before its origin; its targets are the steps from the origin on. Shorter ones stand at the right, behind
NaN, so that the last column is always the step before the origin.
"""

from dataclasses import dataclass, replace

import numpy as np

from skseq._data.sequences import Sequences

PER_WINDOW = ("past", "lengths", "future", "static", "smoothed", "targets", "groups")  # what has a row for each


@dataclass(frozen=True, kw_only=True, eq=False)
class Windows:
    """The past of forecasts, the targets first among its columns, and what else is known of them."""

    past: np.ndarray  # (n, window, n_targets + c), NaN before the first step of short ones
    lengths: np.ndarray  # (n,)
    n_targets: int
    future: np.ndarray | None = None  # (n, n_steps, c)
    recalled: tuple = ()  # columns of the future whose past rows stand last in the past
    static: np.ndarray | None = None  # (n, c)
    smoothed: np.ndarray | None = None  # (n, n_steps, n_targets), what the whole past forecasts
    targets: np.ndarray | None = None  # (n, horizon, n_targets)
    groups: np.ndarray | None = None  # (n, 2): the first and the last step of the targets

    def __len__(self):
        return len(self.past)

    def take(self, index):
        """Some of the windows."""
        values = {name: getattr(self, name) for name in PER_WINDOW}
        return replace(self, **{name: None if value is None else value[index] for name, value in values.items()})

    def of_targets(self, which):
        """With these targets alone, and all covariates."""
        others = np.arange(self.n_targets, self.past.shape[2])
        return replace(
            self,
            past=self.past[:, :, np.r_[which, others].astype(int)],
            n_targets=len(which),
            smoothed=None if self.smoothed is None else self.smoothed[:, :, which],
            targets=None if self.targets is None else self.targets[:, :, which],
        )

    @property
    def filled(self):
        """The past (n, window, c) with its own mean before the first step of short ones."""
        if (self.lengths == self.past.shape[1]).all():
            return self.past
        return np.where(np.isnan(self.past), np.nanmean(self.past, axis=1, keepdims=True), self.past)

    def inputs(self):
        """The past as estimators of windows read it: (n, window), (n, window, c), or a list of arrays if ragged."""
        past = self.past[:, :, 0] if self.past.shape[2] == 1 else self.past
        if (self.lengths == past.shape[1]).all():
            return past
        return [own[-length:] for own, length in zip(past, self.lengths)]

    @property
    def sequences(self):
        """The past as `Sequences`, which are filled up behind."""
        if (self.lengths == self.past.shape[1]).all():
            return Sequences(values=self.past)
        steps = np.arange(self.past.shape[1]) - self.lengths[:, None]  # from the end
        values = np.take_along_axis(self.past, np.minimum(steps, -1)[:, :, None], axis=1)
        return Sequences(values=values, lengths=self.lengths)

    def followed_by(self, forecasts):
        """The windows that end after forecasts (n, n_steps, n_targets) of the steps that follow; X_past is unknown."""
        n_steps = forecasts.shape[1]
        recalled = [self.future[:, :n_steps, list(self.recalled)]] if self.recalled else []
        rows = np.concatenate([forecasts, *recalled], axis=2)
        return replace(
            self,
            past=np.concatenate([self.past, rows], axis=1)[:, -self.past.shape[1] :],
            lengths=np.minimum(self.lengths + n_steps, self.past.shape[1]),
            future=None if self.future is None else self.future[:, n_steps:],
            smoothed=None if self.smoothed is None else self.smoothed[:, n_steps:],
        )

    def until(self, n_steps):
        """With what is known of so many steps alone."""
        ahead = {name: getattr(self, name) for name in ("future", "smoothed")}
        return replace(self, **{name: None if own is None else own[:, :n_steps] for name, own in ahead.items()})


def training_origins(end, window, horizon, *, stride, max_windows, min_window):
    """Origins of the windows of one series whose targets end by ``end``, ascending, the latest at ``end - horizon``.

    A series that is too short for a whole window has one shorter window, of ``min_window`` steps at least.
    """
    last = end - horizon
    if last < window:
        return np.array([last]) if last >= min_window else np.array([], int)
    return np.arange(last, window - 1, -stride)[:max_windows][::-1]


def last_origins(length, horizon, n_windows, step):
    """The origins of the last windows of a series, ascending, the latest ``horizon`` steps before its end."""
    return length - horizon - step * np.arange(n_windows)[::-1]


def horizons_held(n_windows, horizon, step):
    """How many horizons of steps so many windows forecast, steps of two windows counted once."""
    return 1 + (n_windows - 1) * min(1, step / horizon)


def cut(pasts, series, origins, *, window, n_targets, horizon=0, futures=None, static=None):
    """`Windows` that end before these origins, each (n_windows,), of pasts (t_i, c).

    ``horizon=0`` leaves targets and known future out.
    """
    starts = np.cumsum([0, *map(len, pasts)])[:-1]  # of each series in the steps of all one after another
    first = starts[series] + origins  # (n_windows,)
    flat = np.concatenate(pasts)
    steps = first[:, None] + np.arange(-window, 0)  # (n_windows, window)
    before = origins[:, None] < np.arange(window, 0, -1)  # before the series begins
    past = flat[np.where(before, 0, steps)]
    past[before] = np.nan
    ahead = first[:, None] + np.arange(horizon)
    return Windows(
        past=past,
        lengths=np.minimum(origins, window),
        n_targets=n_targets,
        targets=flat[ahead][:, :, :n_targets] if horizon else None,
        future=np.concatenate(futures)[ahead] if horizon and futures is not None else None,
        static=None if static is None else static[series],
    )
