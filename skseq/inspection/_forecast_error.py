"""ForecastErrorDisplay: the errors of forecasts by step of the horizon, and true values over forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from skseq._arguments import as_random_state, check_count
from skseq._data.values import read_values
from skseq._typing import Array, ArrayLike, Axes, Figure, RandomState, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    check_matplotlib,
    draw_band,
    few_numbers,
    legend_above,
    panels,
    whole_numbers,
    wrapped,
)
from skseq.inspection._coverage import draw_steps
from skseq.inspection._forecast_values import as_lists, ask, target_names_of
from skseq.inspection._series import columns_of, feature_names_of
from skseq.metrics._values import matched

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
ALPHA = 0.25  # of a band


class ForecastErrorDisplay:
    """Errors of forecasts by step of the horizon, and beside them true values over forecasts: one row per target.

    Make it by :meth:`from_predictions` or :meth:`from_estimator`. All parameters are stored as attributes. Values are
    in the units of y.

    An error is the true value less its forecast, as the residuals of scikit-learn's
    :class:`~sklearn.metrics.PredictionErrorDisplay` are: above 0 the forecast was too low. Residuals, in the
    forecasting literature, are errors on the training data.

    Parameters
    ----------
    y_true : ndarray of shape (n_values, n_targets)
        True values, those of all samples and steps one after another.

    y_pred : ndarray of shape (n_values, n_targets)
        Their forecasts.

    steps : ndarray of int of shape (n_values,)
        Step of the horizon of each, from 1.

    target_names : list of str, default=None
        Names of the targets. None numbers them.

    Attributes
    ----------
    quantiles_ : ndarray of shape (horizon, n_targets, 5)
        Quantiles 0.05, 0.25, 0.5, 0.75 and 0.95 of the errors at every step.

    median_lines_, zero_lines_ : list of matplotlib Line2D
        Median of the errors, and the line of no error, one per target.

    bands_ : list of tuple of matplotlib PolyCollection
        The middle 90 % and the middle 50 % of the errors, for every target.

    points_ : list of matplotlib PathCollection
        True values over forecasts, one collection per target.

    legend_ : matplotlib Legend
        Legend, on top of the panels.

    axes_ : ndarray of matplotlib Axes of shape (n_targets, 2)
        Panels of the errors, and those of the values to their right.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    ForecastErrorDisplay.from_predictions : Draw forecasts that were made before.
    ForecastErrorDisplay.from_estimator : Forecast with a fitted estimator, and draw.
    sklearn.metrics.PredictionErrorDisplay : For one output.
    BacktestDisplay : Forecasts and errors along a series.

    Examples
    --------
    The last value as forecast of a walk: errors grow from step to step.

    >>> import numpy as np
    >>> from skseq.inspection import ForecastErrorDisplay
    >>> walks = np.random.default_rng(0).normal(size=(5000, 13)).cumsum(axis=1)
    >>> y, last = walks[:, 1:], walks[:, :1]
    >>> display = ForecastErrorDisplay.from_predictions(y, np.repeat(last, 12, axis=1))
    >>> display.quantiles_[[0, 11], 0, 4].round(1)  # near 1.645 times the standard deviations, 1 and 3.46
    array([1.7, 5.7])
    """

    quantiles_: Array
    median_lines_: Any
    zero_lines_: Any
    bands_: Any
    points_: Any
    legend_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        y_true: SequencesLike,
        y_pred: SequencesLike,
        steps: ArrayLike,
        *,
        target_names: Sequence[str] | None = None,
    ):
        self.y_true = y_true
        self.y_pred = y_pred
        self.steps = steps
        self.target_names = target_names

    @classmethod
    def from_predictions(
        cls,
        y_true: SequencesLike,
        y_pred: SequencesLike,
        *,
        subsample: int | None = 1000,
        random_state: RandomState = 0,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the errors of forecasts.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
            True values. A list, Series or object array holds arrays (horizon,) or (horizon, n_targets) of any lengths.

        y_pred : array-like or list of the same form
            Forecasts. For a list `y_true` they may go on for longer: steps that `y_true` lacks do not count.

        subsample : int or None, default=1000
            Largest number of points to draw, at random. None draws all. The errors by step are those of all values.

        random_state : int, RandomState instance or None, default=0
            Source of the draw of points.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of frames in a list, and numbers the targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.ForecastErrorDisplay`
            The display, drawn.

        Raises
        ------
        ValueError
            If shapes do not fit, or if a value is NaN or infinite.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        true = read_values(y_true, "y_true")
        predicted = matched(true, read_values(y_pred, "y_pred"), "y_pred")
        names = target_names_of(y_true, true.n_targets, target_names)
        columns = columns_of(targets, names, "targets")
        display = cls(
            true.values[:, columns],
            predicted.values[:, columns],
            1 + true.positions,
            target_names=[names[column] for column in columns],
        )
        return display.plot(ax=ax, subsample=subsample, random_state=random_state)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        subsample: int | None = 1000,
        random_state: RandomState = 0,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Forecast with a fitted estimator, and draw the errors.

        Parameters
        ----------
        estimator : fitted estimator with `predict`
            The estimator: any regressor that forecasts the steps after a window, a Pipeline or a search.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.

        y : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
            True values. In a list the numbers of steps may differ.

        X_future, X_static : array-like with one entry per sample, default=None
            Covariates, passed on to the estimator.

        subsample : int or None, default=1000
            Largest number of points to draw, at random. None draws all. The errors by step are those of all values.

        random_state : int, RandomState instance or None, default=0
            Source of the draw of points.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of frames in a list, and numbers the targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.ForecastErrorDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has no `predict`, or predicts labels or tokens.
        ValueError
            If shapes do not fit.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        X, y, X_future, X_static = as_lists(estimator, X, y, X_future, X_static)
        y_pred = ask(estimator, cls.__name__, "predict", X, X_future=X_future, X_static=X_static)
        drawn = {"subsample": subsample, "random_state": random_state, "ax": ax}
        return cls.from_predictions(y, y_pred, targets=targets, target_names=target_names, **drawn)

    def plot(self, *, ax: Axes | None = None, subsample: int | None = 1000, random_state: RandomState = 0) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        subsample : int or None, default=1000
            Largest number of points to draw, at random. None draws all.

        random_state : int, RandomState instance or None, default=0
            Source of the draw of points.

        Returns
        -------
        display : :class:`~skseq.inspection.ForecastErrorDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        shown = _draw_sample(len(self.y_true), subsample, random_state)
        n_targets = self.y_true.shape[1]
        size = (8, 0.8 + 3 * n_targets)
        self.axes_ = panels(ax, n_targets, 2, figsize=size, width_ratios=(3, 2))
        self.figure_ = self.axes_[0, 0].figure
        self.quantiles_ = _quantiles_by_step(self.y_true - self.y_pred, self.steps)
        self.zero_lines_, self.median_lines_, self.bands_, self.points_ = [], [], [], []
        for target, (left, right) in enumerate(self.axes_):
            self._draw_errors(left, self.quantiles_[:, target])
            self._draw_values(right, self.y_true[shown, target], self.y_pred[shown, target])
        self._label(own_figure=ax is None)
        return self

    def _draw_errors(self, axes, quantiles):
        steps, (least, low, median, high, most) = np.arange(1, len(quantiles) + 1), quantiles.T
        self.zero_lines_.append(axes.axhline(0, color=INK, ls="--", lw=1))
        pairs = (least, most), (low, high)
        self.bands_.append(tuple(draw_band(axes, steps, *pair, color=COLOURS[0], alpha=ALPHA) for pair in pairs))
        self.median_lines_.append(draw_steps(axes, median, COLOURS[0]))

    def _draw_values(self, axes, true, predicted):
        self.points_.append(axes.scatter(predicted, true, s=12, alpha=0.5, linewidths=0, color=COLOURS[0]))
        ends = [min(true.min(), predicted.min()), max(true.max(), predicted.max())]
        axes.plot(ends, ends, color=INK, ls="--", lw=1)
        few_numbers(axes)

    def _label(self, *, own_figure):
        from matplotlib.patches import Patch

        n_targets = len(self.axes_)
        self.axes_[-1, 0].set_xlabel("step of the horizon")
        self.axes_[-1, 1].set_xlabel("forecast")
        named = n_targets > 1 or self.target_names not in (None, ["series"])
        names = feature_names_of(None, n_targets, self.target_names, word="target")
        for (left, right), name in zip(self.axes_, names):
            whole_numbers(left.xaxis)
            left.set_ylabel(wrapped(f"error of {name}", 28) if named else "error")
            right.set_ylabel("true value")
        shades = ALPHA, 1 - (1 - ALPHA) ** 2  # the inner band lies on the outer one
        handles = [
            self.zero_lines_[0],
            self.median_lines_[0],
            *(Patch(color=COLOURS[0], alpha=shade, lw=0) for shade in shades[::-1]),
        ]
        labels = ["no error", "median", "middle 50 %", "middle 90 %"]
        self.legend_ = legend_above(self.axes_[0, 0], handles, labels, of_figure=own_figure, width=2)


def _quantiles_by_step(errors, steps):
    """(horizon, n_targets, 5) of errors (n_values, n_targets) at steps (n_values,)."""
    by_step = np.split(errors[np.argsort(steps, kind="stable")], np.cumsum(np.bincount(steps)[1:])[:-1])
    return np.stack([np.quantile(own, LEVELS, axis=0).T for own in by_step])


def _draw_sample(n_values, subsample, random_state):
    """Indices of the values to draw as points."""
    if subsample is None or n_values <= check_count("subsample", subsample):
        return np.arange(n_values)
    return as_random_state(random_state).choice(n_values, subsample, replace=False)
