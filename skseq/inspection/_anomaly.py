"""AnomalyDisplay: a series, and the anomaly score that a detector gives to each of its timesteps."""

from itertools import cycle

import numpy as np

from skseq.inspection._axes import COLOURS, INK, check_matplotlib, legend_above, panels, whole_numbers
from skseq.inspection._series import as_series, check_has, choose, each, feature_names_of, spans

FLAGGED, TRUE = COLOURS[1], COLOURS[2]
CHANNELS = (COLOURS[0], COLOURS[3], COLOURS[4], COLOURS[5], "0.5")  # none that means something else
LOG_RANGE = 1e3  # a logarithmic axis begins this factor below the threshold
STYLES = [{"color": color, "ls": dash} for dash in ("-", "--", ":", "-.") for color in CHANNELS]


class AnomalyDisplay:
    """A series drawn above its anomaly score, with the threshold and the timesteps whose score exceeds it.

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

    flagged_ : list of matplotlib PolyCollection
        Flagged spans in the upper and in the lower panel.

    true_ : list of matplotlib PolyCollection or None
        True anomalies, at the top of the upper and of the lower panel.

    axes_ : ndarray of matplotlib Axes of shape (2,)
        The upper panel and the lower one.

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

    def __init__(self, series, scores, *, threshold, flagged=None, y_true=None, feature_names=None):
        self.series = series
        self.scores = scores
        self.threshold = threshold
        self.flagged = flagged
        self.y_true = y_true
        self.feature_names = feature_names

    @classmethod
    def from_estimator(cls, detector, X, *, sample=0, y_true=None, feature_names=None, ax=None, log_scale=False):
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

        feature_names : list of str, default=None
            Names of the features. None takes the columns of a data frame, and numbers the features otherwise.

        ax : matplotlib Axes or array of two, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        log_scale : bool, default=False
            Whether the axis of the score is logarithmic.

        Returns
        -------
        display : :class:`~skseq.inspection.AnomalyDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the detector lacks one of the methods.
        IndexError
            If there is no such sample.
        ValueError
            If y_true does not hold one 0 or 1 per timestep.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        check_has(detector, cls.__name__, ["score_timesteps", "predict_timesteps"])
        _, chosen = choose(X, [sample], "sample")
        (shown,) = each(chosen)
        series = as_series(shown)
        display = cls(
            series,
            -np.asarray(detector.score_timesteps(chosen)[0]),  # in scikit-learn higher is more normal, here less
            threshold=-detector.timestep_offset_,
            flagged=np.asarray(detector.predict_timesteps(chosen)[0]) == -1,  # scikit-learn's mark of an outlier
            y_true=None if y_true is None else _as_mask(y_true, len(series)),
            feature_names=feature_names_of(shown, series.shape[1], feature_names),
        )
        return display.plot(ax=ax, log_scale=log_scale)

    def plot(self, *, ax=None, log_scale=False):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of two, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        log_scale : bool, default=False
            Whether the axis of the score is logarithmic.

        Returns
        -------
        display : :class:`~skseq.inspection.AnomalyDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        self.axes_ = panels(ax, 2, figsize=(8, 4.8), sharex="col", height_ratios=(3, 2))[:, 0]
        self.figure_ = self.axes_[0].figure
        self._draw_series(self.axes_[0])
        self._draw_scores(self.axes_[1], log_scale)
        flagged = self.scores > self.threshold if self.flagged is None else self.flagged
        self.flagged_spans_ = spans(flagged)
        self.flagged_ = [_shade(axes, self.flagged_spans_, (0, 1), FLAGGED, 0.25) for axes in self.axes_]
        self.true_spans_ = self.true_ = None
        if self.y_true is not None:
            self.true_spans_ = spans(self.y_true)
            self.true_ = [_shade(axes, self.true_spans_, (0.94, 0.06), TRUE, 1) for axes in self.axes_]
        self._label(own_figure=ax is None)
        return self

    def _draw_series(self, axes):
        styles = [{"color": INK}] if self.series.shape[1] == 1 else STYLES
        self.lines_ = [axes.plot(channel, lw=1, **style)[0] for channel, style in zip(self.series.T, cycle(styles))]
        axes.margins(y=0.12)  # keeps the data clear of the anomalies marked at the top

    def _draw_scores(self, axes, log_scale):
        (self.score_line_,) = axes.plot(self.scores, color=COLOURS[0], lw=1)
        self.threshold_line_ = axes.axhline(self.threshold, color=INK, ls="--", lw=1)
        axes.set_yscale("log" if log_scale else "linear")
        axes.margins(y=0.12)
        if log_scale and self.threshold > 0:  # differences far below the threshold are of no interest
            axes.set_ylim(bottom=self.threshold / LOG_RANGE)

    def _label(self, *, own_figure):
        upper, lower = self.axes_
        for axes in self.axes_:
            axes.set_xlim(-0.5, len(self.series) - 0.5)  # the whole of the first timestep and of the last
        whole_numbers(upper.xaxis)
        lower.set(xlabel="timestep", ylabel="anomaly score")
        names = feature_names_of(None, len(self.lines_), self.feature_names)
        upper.set_ylabel(names[0] if len(names) == 1 else "series")
        if len(names) > 1:
            legend_above(upper, self.lines_, names, of_figure=own_figure)
        handles, labels = [self.score_line_, self.threshold_line_, self.flagged_[1]], ["score", "threshold", "flagged"]
        if self.true_ is not None:
            handles, labels = [*handles, self.true_[1]], [*labels, "true anomaly"]
        legend_above(lower, handles, labels)


def _shade(axes, places, height, color, alpha):
    """Every span of timesteps over a part (bottom, height) of the axes; timestep t reaches from t - 0.5 to t + 0.5."""
    ranges = [(start - 0.5, stop - start) for start, stop in places]
    return axes.broken_barh(
        ranges, height, transform=axes.get_xaxis_transform(), color=color, alpha=alpha, lw=0, zorder=0.5
    )


def _as_mask(y_true, n_timesteps):
    y_true = np.asarray(y_true)
    if y_true.shape != (n_timesteps,):
        raise ValueError(
            f"y_true must have shape ({n_timesteps},), one 0 or 1 for every timestep of the sample. Got shape "
            f"{y_true.shape}."
        )
    if not np.isin(y_true, (0, 1)).all():
        raise ValueError(f"y_true must hold 0 and 1 only. Got {np.unique(y_true)[:5]}.")
    return y_true.astype(bool)
