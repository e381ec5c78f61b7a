"""Series with all that is known beside them, as `SeriesForecaster` takes them, and the windows cut from them."""

from dataclasses import dataclass, replace

import numpy as np

from skseq._data.forecasts.covariates import (
    Covariate,
    during,
    following,
    in_order_of,
    known_names,
    read_covariate,
    read_static_of_series,
)
from skseq._data.forecasts.exponential_smoothing import Smoothed, smoothed_before
from skseq._data.forecasts.forecast_windows import cut
from skseq._data.forecasts.seasonal_means import means_before
from skseq._data.forecasts.series import LongSeries

ALONE = (
    " Windows hold the past rows of X_future, too: pass those from the start of every series on. Those of the steps to "
    "come alone are enough for the series of fit: leave X out."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownSeries:
    """Long series, the rows of their past and known future, and what never changes."""

    series: LongSeries
    past: tuple | None = None  # of (t_i, c)
    future: tuple | None = None  # of `Covariate`
    static: np.ndarray | None = None  # (n_series, c)
    names: dict | None = None  # see `known_names`
    recalled: tuple = ()  # columns of the known future that windows hold, too; none in files of older releases
    before: tuple | None = None  # of (t_i, len(recalled)): their rows beside the steps of the series
    sizes: np.ndarray | None = None  # (n_series, n_targets), those of series of fit, in which errors are counted
    smoothing: int | None = None  # season of the exponential smoothing that windows are told of; None: of none
    n_seasons: int | None = None  # windows are told the mean of so many of these seasons, in place of smoothing
    smoothed: Smoothed | None = None  # where series stand whose last steps alone are kept

    @classmethod
    def read(cls, series, X_past, X_future, X_static, *, fitted=None):
        """Covariates put to the steps of the series, with the columns of those that a forecaster was ``fitted`` on."""
        widths, names = ({}, None) if fitted is None else (fitted.widths, fitted.names)
        names = known_names(names, X_past=X_past, X_future=X_future, X_static=X_static)
        past = read_covariate(X_past, "X_past", series, n_columns=widths.get("X_past"))
        future = read_covariate(X_future, "X_future", series, n_columns=widths.get("X_future"))
        for names_of_series in (series.ids, series.names):
            X_static = in_order_of(names_of_series, X_static)
        static = read_static_of_series(X_static, len(series), is_one=series.is_one, n_columns=widths.get("X_static"))
        past = None if past is None else during(past, series, "X_past")
        known = cls(series=series, past=past, future=future, static=static, names=names)
        if future is None:
            return known
        if fitted is None:
            return known._recalling_new()
        return known._recalling(fitted.recalled, hint=ALONE) if fitted.recalled else known

    def _recalling_new(self):
        """With the past rows of the known future, but for columns that X_past holds already."""
        rows = during(self.future, self.series, "X_future")
        return self._recalling(tuple(range(rows[0].shape[1])) if self.past is None else _others(rows, self.past))

    def _recalling(self, columns, hint=""):
        """With the past rows of some columns of the known future, which then begins with the series."""
        if not columns:
            return self
        rows = during(self.future, self.series, "X_future", hint)
        return replace(
            self,
            recalled=columns,
            before=tuple(own[:, list(columns)] for own in rows),
            future=[replace(own, first=0) for own in self.future],
        )

    @property
    def widths(self):
        """Number of columns of each kind of covariate, None where there are none."""
        return {
            "X_past": None if self.past is None else self.past[0].shape[1],
            "X_future": None if self.future is None else self.future[0].values.shape[1],
            "X_static": None if self.static is None else self.static.shape[1],
        }

    @property
    def told(self):
        """What a fit has decided of its series, and holds for those that are forecast after it."""
        return {name: getattr(self, name) for name in ("sizes", "smoothing", "n_seasons")}

    @property
    def columns(self):
        """The past of every series (t_i, n_targets + c), its targets first, and the known future last."""
        parts = [part for part in (self.series.values, self.past, self.before) if part is not None]
        return parts[0] if len(parts) == 1 else [np.concatenate(own, axis=1) for own in zip(*parts)]

    def aligned(self):
        """With the known future beside the steps of the series alone."""
        if self.future is None:
            return self
        rows = during(self.future, self.series, "X_future")
        return replace(self, future=tuple(Covariate(values=own, first=0) for own in rows))

    def until(self, ends):
        """What is known before ``ends`` (n,) of series that are `aligned`: of the known future all."""
        past, before = (
            None if part is None else tuple(own[:end] for own, end in zip(part, ends))
            for part in (self.past, self.before)
        )
        return replace(self, series=self.series.until(ends), past=past, before=before, smoothed=None)

    def for_forecasts(self, n_steps):
        """What forecasts of the steps behind the series read, in memory of its own.

        Of what is past these are the last ``n_steps`` rows, of the known future those behind the series. It still
        stands for the whole series, from whose end forecasts go on: the lengths of ``series`` stay as they are.
        """
        past, before = (
            None if part is None else tuple(own[-n_steps:].copy() for own in part) for part in (self.past, self.before)
        )
        future = self.future and tuple(own.behind(length) for own, length in zip(self.future, self.series.lengths))
        kept = {"past": past, "before": before, "future": future, "smoothed": self._smoothed_at_ends()}
        return replace(self, series=self.series.for_forecasts(n_steps), **kept)

    def _smoothed_at_ends(self):
        """`Smoothed` of every series at its end, or None."""
        if self.smoothing is None or self.smoothed is not None:
            return self.smoothed
        values = self.series.values
        return self._told_before(np.arange(len(values)), np.array([*map(len, values)]))

    def _told_before(self, series, origins, n_steps=None):
        """`Smoothed` at origins (n,) of the ``series`` (n,)."""
        values = self.series.values
        if self.n_seasons is None:
            return smoothed_before(values, series, origins, self.smoothing, n_steps)
        return means_before(values, series, origins, self.smoothing, self.n_seasons, n_steps)

    def windows_before(self, series, origins, *, window, horizon):
        """`Windows` with targets that end before origins (n_windows,) of series that are `aligned`."""
        futures = None if self.future is None else [own.values for own in self.future]
        windows = cut(
            self.columns,
            series,
            origins,
            window=window,
            n_targets=self.series.n_targets,
            horizon=horizon,
            futures=futures,
            static=self.static,
        )
        if self.smoothing is None:
            return windows
        return replace(windows, smoothed=self._told_before(series, origins, horizon).forecasts(horizon))

    def last_windows(self, window, future_steps, hint=""):
        """`Windows` that end with the series, and the known future behind them; ``hint`` is that of `following`."""
        values = self.series.values
        windows = cut(
            self.columns,
            np.arange(len(values)),
            np.array([len(own) for own in values]),
            window=window,
            n_targets=self.series.n_targets,
            static=self.static,
        )
        if self.smoothing is not None:
            windows = replace(windows, smoothed=self._smoothed_at_ends().forecasts(future_steps))
        if self.future is None:
            return windows
        future = following(self.future, self.series, future_steps, hint)
        return replace(windows, future=future, recalled=self.recalled)


def _others(rows, past):
    """Columns of rows (t_i, c) of every series that are equal to none of their past (t_i, c_past)."""
    equal = [(own[:, :, None] == other[:, None]).all(axis=0) for own, other in zip(rows, past)]  # of (c, c_past)
    return tuple(np.flatnonzero(~np.all(equal, axis=0).any(axis=1)).tolist())
