"""BacktestDisplay: forecasts from several places of a series, and the error of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any, Self

import numpy as np

from skseq._arguments import check_count
from skseq._data.values import read_values
from skseq._sklearn import _num_samples
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    beside_each_other,
    check_matplotlib,
    draw_line,
    from_zero,
    legend_above,
    name_panels,
    panels,
    wrapped,
)
from skseq.inspection._coverage import MAX_MARKERS
from skseq.inspection._forecast_values import as_steps, check_targets
from skseq.inspection._index import label_time, places_in_time, split_index
from skseq.inspection._series import choose, columns_of, each, feature_names_of, names_of_series, places_of

FORECASTS = COLOURS[:2]  # in turn, so that neighbours differ
MAX_FORECASTS, MAX_ON_TOP = 20, 2  # drawn if nothing is chosen, in all and over one step
MIN_HISTORY, HISTORY_PER_STEP = 12, 2  # steps before the first forecast, or more before long ones


class BacktestDisplay:
    """Forecasts that begin at several places of a series, drawn over it, and the error of each forecast below.

    Make it by :meth:`from_estimator`, :meth:`from_backtest` or :meth:`from_predictions`. All parameters are stored as
    attributes. Values are in the units of the data.

    Parameters
    ----------
    series : ndarray of shape (n_timesteps, n_targets)
        The true series.

    y_pred : list of ndarray of shape (horizon, n_targets)
        Forecasts, by their origins. The numbers of steps may differ.

    origins : ndarray of int of shape (n_origins,)
        Step of the series that is the first one of each forecast, in increasing order.

    index : ndarray of shape (n_steps,), default=None
        Numbers or dates of the steps of the series, and of those behind it that are forecast. None counts from 0.

    target_names : list of str, default=None
        Names of the targets. None numbers them.

    Attributes
    ----------
    errors_ : ndarray of shape (n_origins, n_targets)
        Mean absolute error of every forecast, over the steps whose true value is known. NaN if none is.

    shown_ : ndarray of int of shape (n_shown,)
        Which of the forecasts are drawn as lines. The errors are those of all forecasts.

    series_lines_, error_lines_ : list of matplotlib Line2D
        One line per target.

    forecast_lines_ : list of list of matplotlib Line2D
        For every target one line per forecast that is shown.

    legend_ : matplotlib Legend
        Legend, on top of the panels.

    axes_ : ndarray of matplotlib Axes of shape (2, n_targets)
        Panels of the series, and those of the errors below.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    BacktestDisplay.from_backtest : Draw what the method `backtest` of a forecaster returns.
    BacktestDisplay.from_predictions : Draw forecasts that were made before.
    ForecastErrorDisplay : Errors by step of the horizon.

    Examples
    --------
    The last four steps of a wave over and over, from three places:

    >>> import numpy as np
    >>> from skseq.inspection import BacktestDisplay
    >>> series = np.tile([0.0, 1, 0, -1], 10)
    >>> origins = [20, 24, 31]
    >>> y_pred = [series[16:20], series[20:24], [0, 0, 0, 0]]
    >>> display = BacktestDisplay.from_predictions(series, y_pred, origins)
    >>> display.errors_[:, 0]
    array([0. , 0. , 0.5])
    """

    errors_: Array
    shown_: Array
    series_lines_: Any
    error_lines_: Any
    forecast_lines_: Any
    legend_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        series: SequencesLike,
        y_pred: SequencesLike,
        origins: ArrayLike,
        *,
        index: ArrayLike | None = None,
        target_names: Sequence[str] | None = None,
    ):
        self.series = series
        self.y_pred = y_pred
        self.origins = origins
        self.index = index
        self.target_names = target_names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        *,
        n_windows: int = 5,
        step: int | None = None,
        refit: bool = False,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        sample: int = 0,
        index: ArrayLike | None = None,
        max_forecasts: int | None = None,
        n_history: int | None = None,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Test a forecaster on the last steps of its series, and draw one of them.

        Parameters
        ----------
        estimator : estimator
            A forecaster with the method `backtest`, such as `SeriesForecaster`. It needs no fit and is not changed.

        X : array-like of shape (n_timesteps,) or (n_timesteps, n_targets), or a container of n_series of them
            The series to forecast, as for `backtest`.

        n_windows : int, default=5
            Number of origins to forecast from, as for `backtest`.

        step : int, default=None
            Steps from one origin to the next. None: the horizon, so that no step is forecast twice.

        refit : bool, default=False
            Whether to fit anew before every origin, and not before the first one alone.

        X_past : array-like or list, default=None
            Covariates that are known up to now only, as for `backtest`.

        X_future : array-like or list, default=None
            Covariates that are known ahead, as for `backtest`.

        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to whole series, as for `backtest`.

        sample : int, default=0
            Index of the series to show.

        index : array-like of shape (n_timesteps,), default=None
            Numbers or dates of the steps. None takes the index of a pandas object or a frame's column of dates, and
            counts from 0 otherwise.

        max_forecasts : int, default=None
            Largest number of forecasts to draw, at regular distances. None draws up to 20, fewer if more than two would
            lie on top of each other. The errors are those of all forecasts.

        n_history : int, default=None
            Number of steps to show before the first forecast. None shows twice as many as a forecast has, and at least
            12.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of data frames and the name of a Series, and numbers the
            targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.BacktestDisplay`
            The display, drawn.

        Raises
        ------
        AttributeError
            If the estimator has no method `backtest`.
        ValueError
            If `backtest` refuses what it is given.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        if not hasattr(estimator, "backtest"):
            raise AttributeError(
                f"estimator must have the method backtest, as SeriesForecaster has it. Got {type(estimator).__name__}: "
                "wrap it, SeriesForecaster(estimator), or draw its forecasts by from_predictions."
            )
        beside = {"X_past": X_past, "X_future": X_future, "X_static": X_static}
        found = estimator.backtest(X, n_windows=n_windows, step=step, refit=refit, scoring=_not_scored, **beside)
        drawn = {"max_forecasts": max_forecasts, "n_history": n_history, "ax": ax}
        named = {"index": index, "targets": targets, "target_names": target_names}
        return cls.from_backtest(X, found, sample=sample, **named, **drawn)

    @classmethod
    def from_backtest(
        cls,
        X: SequencesLike,
        backtest: dict[str, Any],
        *,
        sample: int = 0,
        index: ArrayLike | None = None,
        max_forecasts: int | None = None,
        n_history: int | None = None,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the backtest of one series.

        Parameters
        ----------
        X : array-like of shape (n_timesteps,) or (n_timesteps, n_targets), or a container of n_series of them
            The series that were tested on.

        backtest : dict of str to array
            What the method `backtest` of a forecaster returns for X: "origin", (n_origins, n_series); "y_pred",
            (n_origins, n_series, horizon) or (n_origins, n_series, horizon, n_targets); "y_true", of the same shape, is
            compared with the series, if it is there. Arrays without the axis n_series are of a single series.

        sample : int, default=0
            Index of the series to show.

        index : array-like of shape (n_timesteps,), default=None
            Numbers or dates of the steps. None takes the index of a pandas object or a frame's column of dates, and
            counts from 0 otherwise.

        max_forecasts : int, default=None
            Largest number of forecasts to draw, at regular distances. None draws up to 20, fewer if more than two would
            lie on top of each other. The errors are those of all forecasts.

        n_history : int, default=None
            Number of steps to show before the first forecast. None shows twice as many as a forecast has, and at least
            12.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of data frames and the name of a Series, and numbers the
            targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.BacktestDisplay`
            The display, drawn.

        Raises
        ------
        ValueError
            If the backtest lacks a key, or if it is not of these series.
        IndexError
            If there is no such series.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        missing = [key for key in ("origin", "y_pred") if key not in backtest]
        if missing:
            raise ValueError(f"backtest must have the keys 'origin' and 'y_pred'. Got {list(backtest)}.")
        origins, found = (
            np.asarray(backtest["origin"]),
            {"y_pred": backtest["y_pred"], "y_true": backtest.get("y_true")},
        )
        if origins.ndim == 2:  # (n_origins, n_series)
            n_series = origins.shape[1]
            (place,) = places_of(sample, n_series, "sample")
            X = each(choose(X, [place], "sample")[1])[0] if _num_samples(X) == n_series else X
            origins = origins[:, place]
            found = {name: None if values is None else np.asarray(values)[:, place] for name, values in found.items()}
        drawn = {"max_forecasts": max_forecasts, "n_history": n_history, "ax": ax}
        named = {"index": index, "targets": targets, "target_names": target_names}
        return cls.from_predictions(X, origins=origins, **found, **named, **drawn)

    @classmethod
    def from_predictions(
        cls,
        series: SequencesLike,
        y_pred: SequencesLike,
        origins: ArrayLike,
        *,
        y_true: SequencesLike | None = None,
        index: ArrayLike | None = None,
        max_forecasts: int | None = None,
        n_history: int | None = None,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw forecasts of one series from several places.

        Parameters
        ----------
        series : array-like of shape (n_timesteps,) or (n_timesteps, n_targets)
            The true series. Of a data frame, the one column of dates is taken for its index. NaN is a gap.

        y_pred : array-like of shape (n_origins, horizon) or (n_origins, horizon, n_targets), or list
            Forecasts. In a list the numbers of steps may differ.

        origins : array-like of int of shape (n_origins,)
            Step of the series, counted from 0, that is the first one of each forecast.

        y_true : array-like of the form of `y_pred`, default=None
            True values that the forecasts were compared with. They must be those of the series: this finds origins that
            are counted otherwise.

        index : array-like of shape (n_timesteps,), default=None
            Numbers or dates of the steps. None takes the index of a pandas object or a frame's column of dates, and
            counts from 0 otherwise.

        max_forecasts : int, default=None
            Largest number of forecasts to draw, at regular distances. None draws up to 20, fewer if more than two would
            lie on top of each other. The errors are those of all forecasts.

        n_history : int, default=None
            Number of steps to show before the first forecast. None shows twice as many as a forecast has, and at least
            12.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of data frames and the name of a Series, and numbers the
            targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.BacktestDisplay`
            The display, drawn.

        Raises
        ------
        ValueError
            If shapes do not fit, if an origin lies outside the series, or if `y_true` are not the values of the series.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        series, own_index = split_index(series)
        true, forecasts = as_steps(series, "series"), read_values(y_pred, "y_pred").samples()
        check_targets(forecasts[0], true.shape[1], "y_pred[0]")
        origins = _check_origins(origins, len(forecasts), len(true))
        if y_true is not None:
            _check_same_series(true, origins, read_values(y_true, "y_true").samples())
        order = np.argsort(origins, kind="stable")
        ends = origins + list(map(len, forecasts))
        places = places_in_time(len(true), max(0, ends.max() - len(true)), given=index, own=own_index)
        names = names_of_series(series, true.shape[1], target_names, word="target")
        columns = columns_of(targets, names, "targets")
        display = cls(
            true[:, columns],
            [forecasts[place][:, columns] for place in order],
            origins[order],
            index=places,
            target_names=[names[column] for column in columns],
        )
        return display.plot(ax=ax, max_forecasts=max_forecasts, n_history=n_history)

    def plot(self, *, ax: Axes | None = None, max_forecasts: int | None = None, n_history: int | None = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        max_forecasts : int, default=None
            Largest number of forecasts to draw, at regular distances. None draws up to 20, fewer if more than two would
            lie on top of each other. The errors are those of all forecasts.

        n_history : int, default=None
            Number of steps to show before the first forecast. None shows twice as many as a forecast has, and at least
            12.

        Returns
        -------
        display : :class:`~skseq.inspection.BacktestDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        horizon, n_targets = max(map(len, self.y_pred)), self.series.shape[1]
        if n_history is None:
            n_history = max(MIN_HISTORY, HISTORY_PER_STEP * horizon)
        start = max(0, self.origins[0] - check_count("n_history", n_history))
        self.errors_ = np.stack([self._error(*pair) for pair in zip(self.origins, self.y_pred)])
        self.shown_ = _spread(self.origins, horizon, max_forecasts)
        size = (max(8, 1 + 4 * n_targets), 4.8)
        self.axes_ = panels(ax, 2, n_targets, figsize=size, sharex="all", height_ratios=(3, 2))
        self.figure_ = self.axes_[0, 0].figure
        self.series_lines_, self.forecast_lines_, self.error_lines_ = [], [], []
        for target, (upper, lower) in enumerate(self.axes_.T):
            self._draw_series(upper, target, start)
            self._draw_errors(lower, target)
        self._label(own_figure=ax is None)
        return self

    def _places(self, start, stop):
        return np.arange(start, stop) if self.index is None else self.index[start:stop]

    def _error(self, origin, forecast):
        """Mean absolute error (n_targets,) over the steps that the series has."""
        errors = np.abs(self.series[origin : origin + len(forecast)] - forecast[: len(self.series) - origin])
        counts = np.sum(~np.isnan(errors), axis=0)
        return np.divide(np.nansum(errors, axis=0), counts, where=counts > 0, out=np.full(len(counts), np.nan))

    def _draw_series(self, axes, target, start):
        series = self.series[start:, target]
        places = self._places(start, len(self.series))
        self.series_lines_.append(draw_line(axes, series, places=places, color=INK, lw=1))
        lines = []
        for number, color in zip(self.shown_, cycle(FORECASTS)):
            origin, forecast = self.origins[number], self.y_pred[number][:, target]
            places = self._places(origin, origin + len(forecast))
            style = {"color": color, "lw": 1.5, "marker": "o", "markersize": 3, "markevery": [0]}  # where it begins
            lines.append(draw_line(axes, forecast, places=places, **style))
        self.forecast_lines_.append(lines)

    def _draw_errors(self, axes, target):
        places = self._places(0, None if self.index is not None else 1 + self.origins[-1])[self.origins]
        style = {"color": COLOURS[0], "lw": 1.5, "marker": "o" if len(places) <= MAX_MARKERS else None, "markersize": 4}
        self.error_lines_.append(draw_line(axes, self.errors_[:, target], places=places, **style))
        from_zero(axes)

    def _label(self, *, own_figure):
        n_targets = self.axes_.shape[1]
        for axes in self.axes_[1]:
            label_time(axes, self.index)
        self.axes_[1, 0].set_ylabel("mean absolute error")
        names = feature_names_of(None, n_targets, self.target_names, word="target")
        titled = n_targets > 1
        self.axes_[0, 0].set_ylabel("series" if titled else wrapped(names[0], 24))
        lines = name_panels(self.axes_[0], names, 36) if titled else 0
        count = "" if len(self.shown_) == len(self.origins) else f" ({len(self.shown_)} of {len(self.origins):,})"
        handles = [self.series_lines_[0], tuple(self.forecast_lines_[0][: len(FORECASTS)])]
        labels = ["series", f"forecasts{count}"]
        options = {"width": n_targets, "lines": lines, "handler_map": {tuple: beside_each_other()}}
        self.legend_ = legend_above(self.axes_[0, 0], handles, labels, of_figure=own_figure, **options)


def _not_scored(forecaster, X, y):
    """A score for series of any kind: the scaled error, which is not shown, is not defined for all of them."""
    return 0.0


def _spread(origins, horizon, max_forecasts):
    """Indices of the forecasts to draw, among them the first and the last."""
    if max_forecasts is None:
        n_horizons = (origins[-1] - origins[0]) / horizon + 1
        max_forecasts = min(MAX_FORECASTS, max(2, round(MAX_ON_TOP * n_horizons)))
    n_shown = min(check_count("max_forecasts", max_forecasts), len(origins))
    return np.unique(np.linspace(0, len(origins) - 1, n_shown).round().astype(int))


def _check_origins(origins, n_forecasts, n_timesteps):
    """(n_origins,) int, of as many places as there are forecasts."""
    origins = np.asarray(origins)
    if origins.shape != (n_forecasts,) or origins.dtype.kind not in "iu":
        raise ValueError(
            f"origins must be {n_forecasts} whole numbers, one per forecast in y_pred. Got {origins.dtype} of shape "
            f"{origins.shape}."
        )
    if origins.min() < 0 or origins.max() > n_timesteps:
        raise ValueError(
            f"origins must be steps of the series, 0 to {n_timesteps}. Got {origins.min()} to {origins.max()}."
        )
    return origins


def _check_same_series(series, origins, y_true):
    """Raise an error unless the values from each origin on are those of the series."""
    for place, (origin, own) in enumerate(zip(origins, y_true)):
        expected = series[origin : origin + len(own)]
        if not np.allclose(own[: len(expected)], expected, rtol=1e-4, atol=1e-4 * np.nanstd(series), equal_nan=True):
            raise ValueError(
                f"y_true[{place}] must be the values of the series from step {origin} on, where the forecast begins: "
                f"{expected[:3].ravel()} ... Got {own[:3].ravel()} ... Pass the series that was tested on, and origins "
                "that are the first steps of the forecasts."
            )
