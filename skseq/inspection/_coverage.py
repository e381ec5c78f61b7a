"""CoverageDisplay: how many true values intervals cover, and how wide they are, by step of the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy.stats import binom

from skseq._data.sequences import as_samples
from skseq._data.values import read_values
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    check_matplotlib,
    draw_band,
    draw_line,
    from_zero,
    legend_above,
    name_panels,
    panels,
    whole_numbers,
)
from skseq.inspection._forecast_values import as_coverages, as_lists, ask, percent, target_names_of
from skseq.inspection._series import columns_of, feature_names_of
from skseq.metrics import interval_coverage, mean_interval_width
from skseq.metrics._values import matched

CHANCE = 0.95  # of what the band of chance holds
MAX_MARKERS = 30  # more steps than these are a line


class CoverageDisplay:
    """Coverage of prediction intervals, and below it their mean width, at every step of the horizon.

    Make it by :meth:`from_predictions` or :meth:`from_estimator`. All parameters are stored as attributes.

    The share of true values inside is drawn beside the nominal coverage and a band around it: with independent samples,
    intervals that are right stay in the band with a probability of 95 % at each step. Windows that overlap are not
    independent, and leave it more often.

    Parameters
    ----------
    observed : ndarray of shape (horizon, n_targets, n_coverages)
        Share of true values inside their intervals.

    width : ndarray of shape (horizon, n_targets, n_coverages)
        Mean width of the intervals, in the units of y.

    coverage : tuple of float
        Coverage that each of the intervals was made for.

    n_samples : ndarray of int of shape (horizon,)
        Number of samples that have a true value at each step.

    target_names : list of str, default=None
        Names of the targets. None numbers them.

    Attributes
    ----------
    chance_ : ndarray of shape (horizon, 2, n_coverages)
        Bounds of the bands: quantiles 0.025 and 0.975 of the binomial distribution, as shares of the samples.

    observed_lines_, nominal_lines_, width_lines_ : list of list of matplotlib Line2D
        For every target one line per coverage.

    infinite_ : list of matplotlib Line2D or None
        For every target marks at the top of its lower panel, at steps with an infinite width. None if there is none.

    bands_ : list of list of matplotlib PolyCollection
        For every target one area of chance per coverage.

    legend_ : matplotlib Legend
        Legend, on top of the panels.

    axes_ : ndarray of matplotlib Axes of shape (2, n_targets)
        Panels of the coverage, and those of the width below.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    CoverageDisplay.from_predictions : Draw intervals that were made before.
    CoverageDisplay.from_estimator : Make intervals with a fitted estimator, and draw.
    skseq.metrics.interval_coverage : The number alone.
    ForecastDisplay : Forecasts of one sample.

    Examples
    --------
    Intervals of one width, although errors grow from step to step:

    >>> import numpy as np
    >>> from skseq.inspection import CoverageDisplay
    >>> rng = np.random.default_rng(0)
    >>> y = rng.normal(size=(200, 12)).cumsum(axis=1)
    >>> interval = np.broadcast_to([-4.0, 4.0], (200, 12, 2))
    >>> display = CoverageDisplay.from_predictions(y, interval, coverage=0.9)
    >>> display.observed[[0, 11], 0, 0]
    array([1.   , 0.765])
    """

    chance_: Array
    observed_lines_: Any
    nominal_lines_: Any
    width_lines_: Any
    infinite_: Any
    bands_: Any
    legend_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        observed: ArrayLike,
        width: ArrayLike,
        *,
        coverage: tuple[float, ...],
        n_samples: ArrayLike,
        target_names: Sequence[str] | None = None,
    ):
        self.observed = observed
        self.width = width
        self.coverage = coverage
        self.n_samples = n_samples
        self.target_names = target_names

    @classmethod
    def from_predictions(
        cls,
        y_true: SequencesLike,
        y_interval: SequencesLike,
        *,
        coverage: float | Sequence[float] = 0.9,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the coverage and the width of intervals.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
            True values. A list, Series or object array holds arrays (horizon,) or (horizon, n_targets) of any lengths.

        y_interval : array-like or list of the same form, with a last axis of 2, or with last axes of (2, n_coverages)
            Lower and upper bounds, as ``predict_interval(X, coverage)`` returns them. Bounds may be infinite. For a
            list `y_true` they may go on for longer: steps that `y_true` lacks do not count.

        coverage : float or list of float, default=0.9
            Coverage that the intervals were made for. A list has one entry for each on the last axis of `y_interval`.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of frames in a list, and numbers the targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.CoverageDisplay`
            The display, drawn.

        Raises
        ------
        ValueError
            If shapes do not fit, if a lower bound exceeds its upper bound, or if a value is NaN.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        coverages = as_coverages(coverage)
        by_coverage = _by_coverage(y_interval, coverage, len(coverages))
        return cls._drawn(y_true, by_coverage, coverages, targets=targets, target_names=target_names, ax=ax)

    @classmethod
    def _drawn(cls, y_true, by_coverage, coverages, *, targets, target_names, ax):
        """The display of intervals of each coverage."""
        true = read_values(y_true, "y_true")
        observed, width = [], []
        for interval in by_coverage:
            bounds = matched(true, read_values(interval, "y_interval", n_last=1, may_be_infinite=True), "y_interval")
            observed.append(interval_coverage(true.samples(), bounds.samples(), multioutput="raw_values"))
            width.append(mean_interval_width(bounds.samples(), multioutput="raw_values"))
        names = target_names_of(y_true, true.n_targets, target_names)
        columns = columns_of(targets, names, "targets")
        display = cls(
            np.stack(observed, axis=-1)[:, columns],
            np.stack(width, axis=-1)[:, columns],
            coverage=coverages,
            n_samples=np.bincount(true.positions),
            target_names=[names[column] for column in columns],
        )
        return display.plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike,
        *,
        coverage: float | Sequence[float] = 0.9,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        targets: int | str | Sequence[int | str] | None = None,
        target_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Make intervals with a fitted estimator, and draw their coverage and width.

        Parameters
        ----------
        estimator : fitted estimator with `predict_interval`
            The estimator, or a Pipeline or a search that ends in one.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit, which neither training nor calibration has seen.

        y : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
            True values. In a list the numbers of steps may differ.

        coverage : float or list of float, default=0.9
            Coverages of the intervals.

        X_future, X_static : array-like with one entry per sample, default=None
            Covariates, passed on to the estimator.

        targets : int, str or list of them, default=None
            Targets to show, by index or name. None shows the first four.

        target_names : list of str, default=None
            Names of all targets. None takes the columns of frames in a list, and numbers the targets otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.CoverageDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has no `predict_interval`.
        ValueError
            If shapes do not fit.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        coverages = as_coverages(coverage)
        X, y, X_future, X_static = as_lists(estimator, X, y, X_future, X_static)
        given = {"X_future": X_future, "X_static": X_static}
        by_coverage = [  # one by one: frames have columns for bounds, and a list would give them one more level
            ask(estimator, cls.__name__, "predict_interval", X, coverage=one, **given) for one in coverages
        ]
        return cls._drawn(y, by_coverage, coverages, targets=targets, target_names=target_names, ax=ax)

    def plot(self, *, ax: Axes | None = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.CoverageDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        n_targets = self.observed.shape[1]
        size = (max(6.4, 1 + 3.2 * n_targets), 4.8)
        self.axes_ = panels(ax, 2, n_targets, figsize=size, sharex="all", height_ratios=(3, 2))
        self.figure_ = self.axes_[0, 0].figure
        self.chance_ = self._chance()
        self.observed_lines_, self.nominal_lines_, self.width_lines_, self.bands_ = [], [], [], []
        self.infinite_ = []
        for target, (upper, lower) in enumerate(self.axes_.T):
            self._draw_coverage(upper, self.observed[:, target])
            self._draw_width(lower, self.width[:, target])
        self._label(own_figure=ax is None)
        return self

    def _chance(self):
        """Bounds (horizon, 2, n_coverages) of binomial(n, coverage) / n."""
        counts = self.n_samples[:, None]  # (horizon, 1)
        return np.stack(binom.interval(CHANCE, counts, self.coverage), axis=1) / counts[:, None]

    def _draw_coverage(self, axes, observed):
        steps, colours = np.arange(1, len(observed) + 1), self._colours()
        shade = {"alpha": 0.15, "zorder": 0.9}
        chances = self.chance_.transpose(2, 1, 0)  # (n_coverages, 2, horizon)
        self.bands_.append(
            [draw_band(axes, steps, *chance, color=color, **shade) for chance, color in zip(chances, colours)]
        )
        self.nominal_lines_.append([axes.axhline(one, color=INK, ls="--", lw=1) for one in self.coverage])
        self.observed_lines_.append([draw_steps(axes, shares, color) for shares, color in zip(observed.T, colours)])

    def _draw_width(self, axes, width):
        self.width_lines_.append([draw_steps(axes, own, color) for own, color in zip(width.T, self._colours())])
        self.infinite_.append(_mark_infinite(axes, 1 + np.flatnonzero(np.isinf(width).any(axis=1))))
        from_zero(axes)

    def _colours(self):
        return [COLOURS[index % len(COLOURS)] for index in range(len(self.coverage))]

    def _label(self, *, own_figure):
        n_targets = self.axes_.shape[1]
        whole_numbers(self.axes_[0, 0].xaxis)
        self.axes_[0, 0].set_ylabel("coverage")
        self.axes_[1, 0].set_ylabel("mean width")
        for axes in self.axes_[1]:
            axes.set_xlabel("step of the horizon")
        titled = n_targets > 1 or self.target_names not in (None, ["series"])
        names = feature_names_of(None, n_targets, self.target_names, word="target")
        lines = name_panels(self.axes_[0], names, 28) if titled else 0
        labels = [f"{percent(one)} intervals" for one in self.coverage]
        handles = [*self.observed_lines_[0], self.nominal_lines_[0][0], self.bands_[0][0]]
        labels += ["nominal", f"range of chance ({percent(CHANCE)})"]
        infinite = [marks for marks in self.infinite_ if marks is not None]
        if infinite:
            handles, labels = [*handles, infinite[0]], [*labels, "infinite"]
        self.legend_ = legend_above(
            self.axes_[0, 0], handles, labels, of_figure=own_figure, width=n_targets, lines=lines
        )


def draw_steps(axes, values, color):
    """A line over the steps of the horizon, which count from 1, with a marker at each if they are few."""
    marker = "o" if len(values) <= MAX_MARKERS else None
    return draw_line(axes, values, start=1, color=color, lw=1.5, marker=marker, markersize=4)


def _mark_infinite(axes, steps):
    """Marks at the top of the axes, over these steps, or None if there are none."""
    if not steps.size:
        return None
    style = {"color": INK, "marker": "^", "ls": "", "clip_on": False}
    return axes.plot(steps, np.ones(len(steps)), transform=axes.get_xaxis_transform(), **style)[0]


def _by_coverage(y_interval, coverage, n_coverages):
    """The intervals of each coverage, whose axis is there if the coverages came as a list."""
    if np.ndim(coverage) == 0:
        return [y_interval]
    listed = as_samples(y_interval)
    samples = np.asarray(y_interval) if listed is None else [np.asarray(sample, dtype=float) for sample in listed]
    shapes = {np.shape(sample) for sample in samples}
    if any(len(shape) < 2 or shape[-2:] != (2, n_coverages) for shape in shapes):
        raise ValueError(
            f"y_interval must end in axes of (2, {n_coverages}), lower and upper bound for each of the coverages "
            f"{coverage!r}. Got samples of shape {' and '.join(map(str, sorted(shapes)[:3]))}: intervals of a single "
            "coverage take a number, such as coverage=0.9."
        )
    if isinstance(samples, np.ndarray):
        return list(np.moveaxis(samples, -1, 0))
    return [[sample[..., index] for sample in samples] for index in range(n_coverages)]
