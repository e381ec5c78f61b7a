"""AnomalyDisplay: a series, and the anomaly score that a detector gives to each of its timesteps."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Any, Literal, Self

import numpy as np

from skseq._data.plain import until_mask
from skseq._data.sequences import is_ragged
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import COLOURS, INK, LEGEND_POINTS, check_matplotlib, legend_above, panels, wrapped
from skseq.inspection._index import label_time, places_in_time, split_index, step_between
from skseq.inspection._series import (
    FEW_FEATURES,
    as_series,
    check_has,
    choose,
    columns_of,
    each,
    feature_names_of,
    names_of_series,
    spans,
)

FLAGGED, TRUE = COLOURS[1], COLOURS[2]
LOG_RANGE = 1e3  # a logarithmic axis begins this factor below the threshold
FLAT, CLIPPED = 30, 4  # a score so many times the threshold flattens all others; where an axis is cut off instead
SPAN_POINTS = 2.0  # width of a span at least, however long the series
ALONE, AMONG_OTHERS, OF_SCORES = 2.9, 1.5, 1.9  # heights of panels: of a single feature, of one of several, of scores


class AnomalyDisplay:
    """A series drawn above its anomaly score, with the threshold and the timesteps whose score exceeds it.

    Every feature has a panel of its own, so that none is flattened by the units of others.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    series : ndarray of shape (n_timesteps, n_features)
        The series.

    scores : ndarray of shape (n_timesteps,)
        Anomaly score of every timestep. Higher is less normal.

    threshold : float
        Score above which a timestep is flagged.

    flagged : ndarray of bool of shape (n_timesteps,), default=None
        Which timesteps are flagged. None flags those with a score above the threshold.

    y_true : ndarray of bool of shape (n_timesteps,), default=None
        Which timesteps are true anomalies, if that is known.

    feature_names : list of str, default=None
        Names of the features. None numbers them.

    index : ndarray of shape (n_timesteps,), default=None
        Where the timesteps stand: numbers or dates. None counts them from 0.

    left_out : list of str, default=None
        Names of features that are not drawn. The legend names them.

    Attributes
    ----------
    flagged_spans_ : ndarray of int of shape (n_spans, 2)
        First timestep of every flagged span, and the timestep after its last one.

    true_spans_ : ndarray of int of shape (n_spans, 2) or None
        The same for the true anomalies. None if they are not known.

    lines_ : list of matplotlib Line2D
        Lines of the series, one per feature.

    score_line_, threshold_line_ : matplotlib Line2D
        Anomaly score and threshold.

    clipped_line_ : matplotlib Line2D or None
        Arrows at the top of the panel of scores, where scores lie above it. None if all scores fit.

    flagged_ : list of matplotlib PolyCollection
        Flagged spans, one collection per panel, each span wide enough to be seen.

    true_ : list of matplotlib PolyCollection or None
        True anomalies, at the top of every panel.

    axes_ : ndarray of matplotlib Axes of shape (n_features + 1,)
        A panel per feature, and that of the score below them.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    AnomalyDisplay.from_estimator : Compute and draw from a fitted detector.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderDetector
    >>> from skseq.inspection import AnomalyDisplay
    >>> series = np.sin(np.arange(300) / 4)
    >>> detector = LSTMAutoencoderDetector(units=8, window=20, stride=5, epochs=5, random_state=0).fit([series])
    >>> series[200:205] = 3
    >>> anomalies = series == 3
    >>> display = AnomalyDisplay.from_estimator(detector, [series], y_true=anomalies)
    >>> display.true_spans_
    array([[200, 205]])
    """

    flagged_spans_: Array
    true_spans_: Array | None
    lines_: Any
    score_line_: Any
    threshold_line_: Any
    clipped_line_: Any
    flagged_: Any
    true_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        series: SequencesLike,
        scores: ArrayLike,
        *,
        threshold: float,
        flagged: ArrayLike | None = None,
        y_true: SequencesLike | None = None,
        feature_names: Sequence[str] | None = None,
        index: ArrayLike | None = None,
        left_out: Sequence[str] | None = None,
    ):
        self.series = series
        self.scores = scores
        self.threshold = threshold
        self.flagged = flagged
        self.y_true = y_true
        self.feature_names = feature_names
        self.index = index
        self.left_out = left_out

    @classmethod
    def from_estimator(
        cls,
        detector: Any,
        X: SequencesLike,
        *,
        sample: int = 0,
        y_true: SequencesLike | None = None,
        features: int | str | Sequence[int | str] | None = None,
        feature_names: Sequence[str] | None = None,
        index: ArrayLike | None = None,
        ax: Axes | None = None,
        log_scale: bool | Literal["auto"] = "auto",
    ) -> Self:
        """Score one sample with a fitted detector, and draw it.

        Parameters
        ----------
        detector : fitted estimator with `score_timesteps` and `predict_timesteps`
            The detector, such as :class:`~skseq.LSTMAutoencoderDetector`.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit. One long series is a list of one array.

        sample : int, default=0
            Index of the sample to show.

        y_true : array-like of shape (n_timesteps,), default=None
            1 (or True) at the timesteps of the sample that are anomalies, 0 elsewhere.

        features : int, str or list of them, default=None
            Features to show, by index or name. None shows four, and the legend says which it leaves out. They are those
            whose `reconstruction_errors` count most for the scores of the flagged timesteps, or of all if none is
            flagged; of a detector without these errors, the first four. The score is always of all features.

        feature_names : list of str, default=None
            Names of all features of X. None takes the columns of a data frame or the name of a Series, and numbers the
            features otherwise.

        index : array-like of shape (n_timesteps,), default=None
            Numbers or dates of the timesteps of the sample, such as a pandas DatetimeIndex. None takes the index of a
            pandas object, and counts from 0 otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        log_scale : bool or "auto", default="auto"
            Whether the axis of the score is logarithmic. "auto" makes it so if a score is more than 30 times the
            threshold, which would flatten all others. Where the threshold is not above 0, such scores are cut off
            instead, and arrows mark them.

        Returns
        -------
        display : :class:`~skseq.inspection.AnomalyDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the detector lacks one of the methods.
        IndexError
            If there is no such sample or feature.
        ValueError
            If y_true does not hold one 0 or 1 per timestep, or the index does not hold one ascending entry for each.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        check_has(detector, cls.__name__, ["score_timesteps", "predict_timesteps"])
        _, chosen = choose(X, [sample], "sample")
        scores = detector.score_timesteps(chosen)[0]  # which checks X
        (shown,) = each(chosen)
        shown, own_index = split_index(shown)
        series = as_series(shown)
        names = names_of_series(shown, series.shape[1], feature_names)
        flagged = np.asarray(detector.predict_timesteps(chosen)[0]) == -1  # scikit-learn's mark of an outlier
        if features is None and len(names) > FEW_FEATURES and hasattr(detector, "reconstruction_errors"):
            columns = _columns_of_most(detector, chosen, flagged)
        else:
            columns = columns_of(features, names, "features")
        display = cls(
            series[:, columns],
            -np.asarray(scores),  # in scikit-learn higher is more normal, here less
            threshold=-detector.timestep_offset_,
            flagged=flagged,
            y_true=None if y_true is None else _as_mask(y_true, len(series), sample),
            feature_names=[names[column] for column in columns],
            index=places_in_time(len(series), 0, given=index, own=own_index),
            left_out=[name for column, name in enumerate(names) if column not in columns] if features is None else None,
        )
        return display.plot(ax=ax, log_scale=log_scale)

    def plot(self, *, ax: Axes | None = None, log_scale: bool | Literal["auto"] = "auto") -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        log_scale : bool or "auto", default="auto"
            Whether the axis of the score is logarithmic. "auto" makes it so if a score is more than 30 times the
            threshold, which would flatten all others. Where the threshold is not above 0, such scores are cut off
            instead, and arrows mark them.

        Returns
        -------
        display : :class:`~skseq.inspection.AnomalyDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        n_features = self.series.shape[1]
        heights = [ALONE if n_features == 1 else AMONG_OTHERS] * n_features + [OF_SCORES]
        figsize = (8, sum(heights))
        self.axes_ = panels(ax, n_features + 1, figsize=figsize, sharex="col", height_ratios=heights)[:, 0]
        self.figure_ = self.axes_[0].figure
        places = places_in_time(len(self.series), 0, given=self.index)
        self._draw_series(places)
        self._draw_scores(self.axes_[-1], places, log_scale)
        flagged = self.scores > self.threshold if self.flagged is None else self.flagged
        self.flagged_spans_ = spans(flagged)
        self.flagged_ = self._shade(places, self.flagged_spans_, (0, 1), FLAGGED, 0.25)
        self.true_spans_ = self.true_ = None
        if self.y_true is not None:
            self.true_spans_ = spans(self.y_true)
            self.true_ = self._shade(places, self.true_spans_, (0.94, 0.06), TRUE, 1)
        self._label(places)
        return self

    def _draw_series(self, places):
        self.lines_ = []
        for axes, feature in zip(self.axes_, self.series.T):
            self.lines_ += axes.plot(places, feature, lw=1, color=INK)
            axes.margins(y=0.12)  # keeps the data clear of the anomalies marked at the top
            axes.yaxis.get_offset_text().set_horizontalalignment("right")  # above the numbers, clear of the legend

    def _draw_scores(self, axes, places, log_scale):
        (self.score_line_,) = axes.plot(places, self.scores, color=COLOURS[0], lw=1)
        self.threshold_line_ = axes.axhline(self.threshold, color=INK, ls="--", lw=1)
        self.clipped_line_ = None
        low = min(0.0, np.min(self.scores))
        flattens = log_scale == "auto" and np.max(self.scores) > low + FLAT * (self.threshold - low) > low
        if log_scale == "auto":
            log_scale = flattens and self.threshold > 0
        axes.set_yscale("log" if log_scale else "linear")
        axes.margins(y=0.12)
        if log_scale and self.threshold > 0:  # differences far below the threshold are of no interest
            axes.set_ylim(bottom=self.threshold / LOG_RANGE)
        elif flattens:
            self._clip(axes, places, low, low + CLIPPED * (self.threshold - low))

    def _clip(self, axes, places, low, top):
        """End the axis below the highest scores, and mark them by arrows."""
        axes.set_ylim(low - 0.12 * (top - low), top)
        above = places[self.scores > top]
        style = {"ls": "", "marker": "^", "color": COLOURS[0], "transform": axes.get_xaxis_transform()}
        (self.clipped_line_,) = axes.plot(above, np.full(len(above), 0.9), **style)

    def _shade(self, places, steps, height, color, alpha):
        """Spans of timesteps over a part (bottom, height) of all panels, each from half a step before to one after."""
        starts, stops = _edges(places)
        return [_draw_spans(axes, starts, stops, steps, height, color, alpha) for axes in self.axes_]

    def _label(self, places):
        starts, stops = _edges(places)
        for axes in self.axes_:
            axes.set_xlim(starts[0], stops[-1])  # the whole of the first timestep and of the last
            label_time(axes, places)
        *of_features, of_scores = self.axes_
        for axes, name in zip(of_features, feature_names_of(None, len(of_features), self.feature_names)):
            axes.set_xlabel("")
            axes.set_ylabel(wrapped(name, 24 if len(of_features) == 1 else 16))
        of_scores.set_ylabel("anomaly score")
        self.figure_.align_ylabels(self.axes_)
        handles, labels = [self.score_line_, self.threshold_line_, self.flagged_[-1]], ["score", "threshold", "flagged"]
        if self.true_ is not None:
            handles, labels = [*handles, self.true_[-1]], [*labels, "true anomaly"]
        legend = legend_above(self.axes_[0], handles, labels)
        if self.left_out:
            hidden = shorten(", ".join(self.left_out), 60, placeholder=" ...")
            legend.set_title(f"{len(self.left_out)} not drawn: {hidden}", {"size": LEGEND_POINTS})


def _columns_of_most(detector, chosen, flagged):
    """Indices, ascending, of the features that count most for the scores of flagged timesteps, or of all without any.

    A score is a mean of w e ** 2 over features, but for factors that all of these share, or (e - mu)' S^-1 (e - mu),
    whose summands have one feature each.
    """
    errors = as_series(detector.reconstruction_errors(chosen)[0])  # (t, f)
    scoring = getattr(detector, "scoring", None)
    if scoring == "mahalanobis":
        centred = errors - detector.location_
        counts = centred * (centred @ detector.precision_)
    else:
        counts = np.square(errors) * (getattr(detector, "feature_weights_", 1) if scoring == "combined" else 1)
    of_features = counts[flagged if flagged.any() else slice(None)].sum(axis=0)
    return np.sort(np.argsort(-of_features, kind="stable")[:FEW_FEATURES])


def _edges(places):
    """Where every timestep begins and ends on the axis, (n,) each, as matplotlib counts."""
    from matplotlib.dates import date2num

    half = step_between(places) / 2
    if places.dtype.kind == "M":
        return date2num(places - half), date2num(places + half)
    return places - half, places + half


def _draw_spans(axes, starts, stops, steps, height, color, alpha):
    """Spans (first timestep, the one after the last), none of which is too narrow to be seen."""
    points = axes.get_position().width * axes.figure.canvas.figure.get_figwidth() * 72
    least = SPAN_POINTS * (stops[-1] - starts[0]) / points
    ranges = []
    for first, after in steps:
        width = stops[after - 1] - starts[first]
        wider = max(0.0, least - width)
        ranges.append((starts[first] - wider / 2, width + wider))
    style = {"transform": axes.get_xaxis_transform(), "color": color, "alpha": alpha, "lw": 0, "zorder": 0.5}
    return axes.broken_barh(ranges, height, **style)


def _as_mask(y_true, n_timesteps, sample):
    """The true anomalies (n_timesteps,) of the sample that is drawn."""
    y_true = until_mask(y_true, "y_true") if getattr(y_true, "ndim", 0) == 1 else y_true
    of_samples = is_ragged(y_true)
    if of_samples or np.shape(y_true) != (n_timesteps,):
        shape = "sequences of labels" if of_samples else f"shape {np.shape(y_true)}"
        raise ValueError(
            f"y_true must have shape ({n_timesteps},), one 0 or 1 for every timestep of the sample that is drawn. Got "
            f"{shape}: of labels of all samples pass y_true[{sample}]."
        )
    y_true = np.asarray(y_true)
    if not np.isin(y_true, (0, 1)).all():
        raise ValueError(f"y_true must hold 0 and 1 only. Got {np.unique(y_true)[:5]}.")
    return y_true.astype(bool)
