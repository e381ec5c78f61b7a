"""ForecastDisplay: the end of a series, a forecast with its intervals, and what came true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from skseq._arguments import check_count
from skseq._data.times.time_order import check_same_times
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    check_matplotlib,
    draw_band,
    draw_line,
    legend_above,
    panels,
    wrapped,
)
from skseq.inspection._forecast_values import (
    as_coverages,
    as_lists,
    as_steps,
    ask,
    check_targets,
    choose_covariates,
    percent,
)
from skseq.inspection._index import label_time, places_in_time, split_index, step_between
from skseq.inspection._series import choose, columns_of, each, feature_names_of, name_of, names_of_series
from skseq.metrics._scorers import final_step

FORECAST = COLOURS[0]
MIN_HISTORY = 30  # steps that are shown of the past if nothing is chosen, or more before a long forecast
HISTORY_PER_STEP = 4  # steps of the past for each that is forecast
BAND_ALPHA, MAX_ALPHA = 0.25, 0.6  # of one band, and of many on top of each other


class ForecastDisplay:
    """The end of a series, what is forecast to follow it, intervals, and the true values: one panel per target.

    Make it by :meth:`from_predictions` or :meth:`from_estimator`. All parameters are stored as attributes. Values are
    in the units of the data.

    The line of the forecast is not joined to the last observation: every point of it is a value that was forecast. The
    line of true values is joined, because both are one series.

    Parameters
    ----------
    series : ndarray of shape (n_timesteps, n_targets)
        The past.

    forecast : ndarray of shape (horizon, n_targets)
        Forecast of the steps that follow.

    interval : ndarray of shape (horizon, n_targets, 2, n_coverages), default=None
        Lower and upper bounds, widest first.

    coverage : tuple of float, default=None
        What share of values each of the intervals is made to cover. None if it is not known.

    truth : ndarray of shape (n_true, n_targets), default=None
        True values of the first n_true steps of the horizon.

    index : ndarray of shape (n_timesteps + horizon,), default=None
        Numbers or dates of all steps. None counts the steps from 0.

    target_names : list of str, default=None
        Names of the targets. None numbers them.

    Attributes
    ----------
    history_lines_, forecast_lines_, truth_lines_ : list of matplotlib Line2D
        One line per target. `truth_lines_` is None without truth.

    bands_ : list of list of matplotlib PolyCollection
        For every target one area per coverage, widest first. Bands lie on top of each other, so the inner ones are
        darker. Where a bound is infinite, its band reaches out of the panel.

    legend_ : matplotlib Legend
        Legend, on top of the panels.

    axes_ : ndarray of matplotlib Axes of shape (n_targets,)
        Panels, one above the other.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    ForecastDisplay.from_predictions : Draw a forecast that was made before.
    ForecastDisplay.from_estimator : Forecast with a fitted estimator, and draw.
    CoverageDisplay : How many true values intervals cover.

    Examples
    --------
    Twelve months that repeat those before, plus or minus 30:

    >>> import numpy as np
    >>> from skseq.inspection import ForecastDisplay
    >>> months = np.arange("2015-01", "2020-01", dtype="datetime64[M]")
    >>> sales = 100 + 2 * np.arange(60) + 20 * np.sin(np.arange(60) * np.pi / 6)
    >>> forecast = sales[-12:]
    >>> interval = np.stack([forecast - 30, forecast + 30], axis=-1)
    >>> display = ForecastDisplay.from_predictions(sales, forecast, interval=interval, coverage=0.9, index=months)
    >>> str(display.index[60].astype("datetime64[M]"))  # the forecast goes on where the months end
    '2020-01'
    """

    history_lines_: Any
    forecast_lines_: Any
    truth_lines_: Any
    bands_: Any
    legend_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        series: SequencesLike,
        forecast: SequencesLike,
        *,
        interval: SequencesLike | None = None,
        coverage: tuple[float, ...] | None = None,
        truth: SequencesLike | None = None,
        index: ArrayLike | None = None,
        target_names: Sequence[str] | None = None,
    ):
        self.series = series
        self.forecast = forecast
        self.interval = interval
        self.coverage = coverage
        self.truth = truth
        self.index = index
        self.target_names = target_names

    @classmethod
    def from_predictions(
        cls,
        series: SequencesLike,
        forecast: SequencesLike,
        *,
        interval: SequencesLike | None = None,
        coverage: float | Sequence[float] | None = None,
        truth: SequencesLike | None = None,
        index: ArrayLike | None = None,
        n_history: int | None = None,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the forecast of one series.

        Parameters
        ----------
        series : array-like of shape (n_timesteps,) or (n_timesteps, n_targets)
            The past, which ends where the forecast begins. NaN is a gap. Of a data frame, the one column of dates is
            taken for its index.

        forecast : array-like of shape (horizon,) or (horizon, n_targets)
            Forecast of the steps that follow, of one sample: ``model.predict(X)[0]``, for example.

        interval : array-like of the shape of `forecast` with a last axis of 2, or with two more of (2, n_coverages), \
                default=None
            Lower and upper bounds: ``model.predict_interval(X, coverage)[0]``, for example. Bounds may be infinite. A
            data frame has the bounds of a step in a row, those of one target and bound beside each other.

        coverage : float or list of float, default=None
            Coverage of each of the intervals, for the legend. None leaves it open for one interval.

        truth : array-like of shape (n_true,) or (n_true, n_targets), default=None
            True values of the steps that follow, as many as are known.

        index : array-like of shape (n_timesteps,) or (n_timesteps + horizon,), default=None
            Numbers or dates of the steps. One for the series alone is continued by its usual step; dates may follow
            months or working days as well. None takes the index of a pandas object or a frame's column of dates, and
            counts from 0 otherwise.

        n_history : int, default=None
            Number of steps of the past to show. None shows four times as many as are forecast, and at least 30.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of data frames and the name of a Series, and numbers the
            targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.ForecastDisplay`
            The display, drawn.

        Raises
        ------
        ValueError
            If shapes do not fit, if a lower bound exceeds its upper bound, or if the index cannot be continued.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        (series, own_index), (forecast, own_following) = split_index(series), split_index(forecast)
        past, future, true = _read(series, forecast, None if truth is None else split_index(truth)[0])
        bands, coverage = _read_interval(interval, np.shape(forecast), coverage)
        places = places_in_time(len(past), len(future), given=index, own=own_index, own_following=own_following)
        names = names_of_series(series, past.shape[1], target_names, word="target")
        columns = columns_of(targets, names, "targets")
        display = cls(
            past[:, columns],
            future[:, columns],
            interval=None if bands is None else bands[:, columns],
            coverage=coverage,
            truth=None if true is None else true[:, columns],
            index=places,
            target_names=[names[column] for column in columns],
        )
        return display.plot(ax=ax, n_history=n_history)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike | None = None,
        *,
        sample: int = 0,
        coverage: float | Sequence[float] | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | None = None,
        target_features: int | Sequence[int] | None = None,
        index: ArrayLike | None = None,
        n_history: int | None = None,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Forecast one sample with a fitted estimator, and draw it.

        Parameters
        ----------
        estimator : fitted estimator with `predict`
            The estimator: any regressor that forecasts the steps after a window, a Pipeline or a search, or one that
            forecasts long series. With `coverage` it needs `predict_interval`, too.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows, or long series, of the kind in fit. A single one is a list of one array; of a forecaster of long
            series a Series or a frame with times is one, too, and `y` then the steps that follow it.

        y : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list, \
                default=None
            True values of the steps that follow the windows. In a list the numbers of steps may differ.

        sample : int, default=0
            Index of the sample to show.

        coverage : float or list of float, default=None
            Coverages of the intervals to draw, such as 0.9 or ``[0.5, 0.9]``. None draws none.

        X_future, X_static : array-like with one entry per sample, default=None
            Covariates, passed on to the estimator.

        n_steps : int, default=None
            Number of steps to forecast, passed on to the estimator. None forecasts as many as it was fitted for.

        target_features : int or list of int, default=None
            Which columns of X are the past of the targets, one each. None takes the estimator's attribute
            `target_features_`, and the first columns if it has none. An empty list shows no past.

        index : array-like of shape (n_timesteps,) or (n_timesteps + horizon,), default=None
            Numbers or dates of the steps of this sample. See :meth:`from_predictions`.

        n_history : int, default=None
            Number of steps of the past to show. None shows four times as many as are forecast, and at least 30.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None numbers them.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.ForecastDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator lacks one of the methods, or predicts labels or tokens.
        IndexError
            If there is no such sample.
        ValueError
            If shapes do not fit, if y is of other times than the forecast, or if the columns of X that are the past of
            the targets are not known.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        X, y, X_future, X_static = as_lists(estimator, X, y, X_future, X_static)
        _, chosen = choose(X, [sample], "sample")
        given = choose_covariates(X, sample, X_future=X_future, X_static=X_static) | {"n_steps": n_steps}
        estimator, read = final_step(estimator, chosen)
        forecast, interval = ask(estimator, cls.__name__, "predict", read, **given)[0], None
        if coverage is not None:
            coverage = list(as_coverages(coverage))  # a list gives an axis of coverages, even of one
            interval = ask(estimator, cls.__name__, "predict_interval", read, coverage=coverage, **given)[0]
        if np.ndim(forecast) == 0:  # of y (n_samples,)
            forecast, interval = [forecast], None if interval is None else [interval]
        truth = None if y is None else each(choose_covariates(X, sample, y=y)["y"], "y")[0]
        check_same_times(truth, forecast, "y and the forecast")
        window, own_index = split_index(each(chosen)[0])
        if target_features is None:
            target_features = getattr(estimator, "target_features_", None)
        n_targets = as_steps(split_index(forecast)[0], "The forecast of the estimator").shape[1]
        past, names = _past_of_targets(window, n_targets, target_features)
        return cls.from_predictions(
            past,
            forecast,
            interval=interval,
            coverage=coverage,
            truth=[truth] if np.ndim(truth) == 0 and truth is not None else truth,
            index=own_index if index is None else index,
            n_history=n_history,
            targets=targets,
            target_names=names if target_names is None else target_names,
            ax=ax,
        )

    def plot(self, *, ax: Axes | None = None, n_history: int | None = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        n_history : int, default=None
            Number of steps of the past to show. None shows four times as many as are forecast, and at least 30.

        Returns
        -------
        display : :class:`~skseq.inspection.ForecastDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        n_timesteps, n_targets = self.series.shape
        start = n_timesteps - _n_shown(n_history, n_timesteps, len(self.forecast))
        self.axes_ = panels(ax, n_targets, figsize=(8, 1.2 + 2.4 * n_targets), sharex="col")[:, 0]
        self.figure_ = self.axes_[0].figure
        self.history_lines_, self.forecast_lines_, self.bands_ = [], [], []
        self.truth_lines_ = None if self.truth is None else []
        for target, axes in enumerate(self.axes_):
            self._draw_panel(axes, target, start)
        self._label(own_figure=ax is None)
        return self

    def _draw_panel(self, axes, target, start):
        n_timesteps, horizon = len(self.series), len(self.forecast)
        places = np.arange(n_timesteps + horizon) if self.index is None else self.index
        past, future = self.series[start:, target], places[n_timesteps:]
        self.history_lines_.append(draw_line(axes, past, places=places[start:n_timesteps], color=INK, lw=1))
        style = {"color": FORECAST, "lw": 1.5, "zorder": 2.2}
        self.forecast_lines_.append(draw_line(axes, self.forecast[:, target], places=future, **style))
        if self.truth is not None:
            true = np.append(past[-1], self.truth[:, target])  # joined to the last observation
            shown = places[n_timesteps - 1 : n_timesteps + len(self.truth)]
            self.truth_lines_.append(draw_line(axes, true, places=shown, color=INK, lw=1, ls="--", zorder=2.1))
        self.bands_.append(self._draw_bands(axes, target, future, step_between(places)))

    def _draw_bands(self, axes, target, places, step):
        if self.interval is None:
            return []
        bounds = self.interval[:, target]  # (horizon, 2, n_coverages)
        if np.isinf(bounds).any():
            axes.update_datalim([(0, bound) for bound in bounds[np.isfinite(bounds)]], updatex=False)
            axes.autoscale_view(scalex=False)
            low, high = axes.get_ylim()
            axes.set_ylim(low, high)
            bounds = np.clip(bounds, low - (high - low), high + (high - low))
        style = {"color": FORECAST, "alpha": _alpha(bounds.shape[-1])}
        return [draw_band(axes, places, *band, width=step, **style) for band in bounds.transpose(2, 1, 0)]

    def _label(self, *, own_figure):
        label_time(self.axes_[-1], self.index)
        for axes, name in zip(self.axes_, feature_names_of(None, len(self.axes_), self.target_names, word="target")):
            axes.set_ylabel(wrapped(name, 24))
        entries = {"history": self.history_lines_[0]} if not np.isnan(self.series).all() else {}
        entries |= {} if self.truth is None else {"true values": self.truth_lines_[0]}
        entries |= {"forecast": self.forecast_lines_[0]} | self._band_entries()
        self.legend_ = legend_above(self.axes_[0], list(entries.values()), list(entries), of_figure=own_figure)

    def _band_entries(self):
        """Label -> patch in the shade that a band has on top of those that are wider."""
        from matplotlib.patches import Patch

        if self.interval is None:
            return {}
        n_bands = self.interval.shape[-1]
        labels = ["interval"] if self.coverage is None else [f"{percent(one)} interval" for one in self.coverage]
        shades = 1 - (1 - _alpha(n_bands)) ** np.arange(1, n_bands + 1)
        return {label: Patch(color=FORECAST, alpha=shade, lw=0) for label, shade in zip(labels, shades)}


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(series, forecast, truth):
    """(t, k), (horizon, k) and (n_true, k) or None, whose numbers of targets are one."""
    past, future = as_steps(series, "series"), as_steps(forecast, "forecast")
    check_targets(future, past.shape[1], "forecast")
    if truth is None:
        return past, future, None
    true = as_steps(truth, "truth")
    check_targets(true, past.shape[1], "truth")
    if len(true) > len(future):
        raise ValueError(
            f"truth must end with the forecast, which has {len(future)} step(s), or before. Got {len(true)} steps: "
            f"pass truth[:{len(future)}]."
        )
    return past, future, true


def _read_interval(interval, shape, coverage):
    """Bounds (horizon, k, 2, n_coverages), widest first, of a forecast of a shape, and their coverages."""
    if interval is None:
        return None, None
    interval = split_index(interval)[0]
    bounds = np.asarray(interval, dtype=float)
    if hasattr(interval, "columns") and bounds.size % (2 * np.prod(shape)) == 0:
        bounds = bounds.reshape(*shape, 2, -1)  # a frame has all in columns, in this order
    if bounds.shape[: len(shape) + 1] != (*shape, 2) or bounds.ndim > len(shape) + 2 or 0 in bounds.shape:
        wanted = str((*shape, 2))
        raise ValueError(
            f"interval must have shape {wanted} for lower and upper bounds, or {wanted[:-1]}, n_coverages). Got shape "
            f"{bounds.shape}."
        )
    bounds = bounds[..., None] if bounds.ndim == len(shape) + 1 else bounds
    bounds = bounds[:, None] if len(shape) == 1 else bounds
    if (bounds[:, :, 0] > bounds[:, :, 1]).any():
        step = int(np.argmax((bounds[:, :, 0] > bounds[:, :, 1]).any(axis=(1, 2))))
        raise ValueError(f"interval must hold a lower bound before its upper bound. Got others at step {step}.")
    n_bands = bounds.shape[-1]
    if coverage is None and n_bands == 1:
        return bounds, None
    coverages = () if coverage is None else as_coverages(coverage)
    if len(coverages) != n_bands:
        raise ValueError(f"coverage must name the coverages of all {n_bands} interval(s). Got {coverage!r}.")
    widest_first = np.argsort(coverages)[::-1]
    return bounds[..., widest_first], tuple(coverages[index] for index in widest_first)


def _past_of_targets(window, n_targets, target_features):
    """The columns of a window (t, f) that are the past of the targets, (t, k), and their names, if it has some.

    NaN if there are no such columns. None takes the first columns.
    """
    steps = as_steps(window, "X[sample]")
    columns = range(n_targets) if target_features is None else target_features
    columns = np.atleast_1d(np.asarray(columns, dtype=int))
    if not columns.size:
        return np.full((len(steps), n_targets), np.nan), None
    if len(columns) != n_targets or not ((columns >= 0) & (columns < steps.shape[1])).all():
        raise ValueError(
            f"target_features must name the columns of X that are the past of the targets, one each. The forecast has "
            f"{n_targets} target(s), X has {steps.shape[1]} feature(s), and these columns are {columns.tolist()}: pass "
            "others, or [] to show no past."
        )
    names = getattr(window, "columns", None)
    return steps[:, columns], name_of(window) if names is None else [names[column] for column in columns]


def _n_shown(n_history, n_timesteps, horizon):
    if n_history is None:
        n_history = max(MIN_HISTORY, HISTORY_PER_STEP * horizon)
    return min(check_count("n_history", n_history), n_timesteps)


def _alpha(n_bands):
    """How opaque every band is, so that the innermost of many hides nothing."""
    return min(BAND_ALPHA, 1 - (1 - MAX_ALPHA) ** (1 / n_bands))
