"""EncodingDisplay: the map of encodings."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.decomposition import PCA

from skseq._data.tokens.vocabulary import check_objects
from skseq._typing import ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import LEGEND_POINTS, MORE_COLOURS, check_matplotlib, panels, shortened
from skseq.inspection._series import check_has

MARKERS = "os^vDPX<>"
_OF_PREDICTORS = (
    " Of a fitted SequenceClassifier or SequenceRegressor, pass skseq.SequenceEncoder(sklearn.frozen.FrozenEstimator("
    "model)).fit(X)."
)
MAX_NAMED_LABELS = 20  # more numbers than this are read off a colour bar
MAX_COLUMNS = 3  # of a legend
ROOM_INCHES = 1.5  # beside the map for a legend, in a figure of the usual width


class EncodingDisplay:
    """Encodings in two dimensions, coloured by label.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    points : ndarray of shape (n_samples, 2)
        Positions of the samples on the map.

    y : ndarray of shape (n_samples,), default=None
        Labels or numbers. Labels are shown by one colour and marker each, with a legend that names as many as have
        room. Numbers are shown by a colour bar if some are not whole, or if more than 20 of them differ; otherwise they
        count as labels.

    explained_variance_ratio : ndarray of shape (2,), default=None
        Share of the variance of the encodings along each axis. None if the points are the encodings themselves.

    Attributes
    ----------
    points_ : list of matplotlib PathCollection
        Points on the map: one collection per label, or one for all.

    legend_ : matplotlib Legend or None
        Legend, right of the axes. None without labels.

    colorbar_ : matplotlib Colorbar or None
        Colour bar. None without numbers.

    ax_ : matplotlib Axes
        Axes with the map.

    figure_ : matplotlib Figure
        Figure that holds the map.

    See Also
    --------
    EncodingDisplay.from_estimator : Compute and draw from a fitted estimator.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderTransformer
    >>> from skseq.inspection import EncodingDisplay
    >>> y = np.arange(40) % 2
    >>> X = np.sin(np.linspace(0, 6, 12) * (1 + y[:, None]) + np.arange(40)[:, None] / 40)  # slow waves and fast ones
    >>> autoencoder = LSTMAutoencoderTransformer(units=8, epochs=5, random_state=0).fit(X)
    >>> display = EncodingDisplay.from_estimator(autoencoder, X, y)
    >>> display.points.shape
    (40, 2)
    >>> len(display.points_)
    2
    """

    points_: Any
    legend_: Any
    colorbar_: Any
    ax_: Any
    figure_: Figure

    def __init__(
        self, points: ArrayLike, *, y: SequencesLike | None = None, explained_variance_ratio: ArrayLike | None = None
    ):
        self.points = points
        self.y = y
        self.explained_variance_ratio = explained_variance_ratio

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike | None = None,
        *,
        ax: Axes | None = None,
        scatter_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Encode sequences, reduce the encodings to two principal components, and draw them.

        Parameters
        ----------
        estimator : fitted estimator with `transform`
            The estimator, such as :class:`~skseq.LSTMAutoencoderTransformer`, or a Pipeline that ends in one. It must
            return one vector per sample. Vectors of two numbers are shown as they are.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        y : array-like of shape (n_samples,), default=None
            Labels or numbers. Labels are shown by one colour and marker each, with a legend that names as many as have
            room. Numbers are shown by a colour bar if some are not whole, or if more than 20 of them differ; otherwise
            they count as labels.

        ax : matplotlib Axes, default=None
            Where to draw. None makes a new figure.

        scatter_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.scatter`, such as ``{"s": 5}`` for smaller points.

        Returns
        -------
        display : :class:`~skseq.inspection.EncodingDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has no `transform`.
        ValueError
            If it does not give one vector of at least two numbers per sample, if there are not two samples, or if y is
            not one label per sample.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        check_has(estimator, cls.__name__, ["transform"], more=_OF_PREDICTORS)
        encodings = _as_vectors(estimator.transform(X), estimator)
        if y is not None and np.shape(y) != (len(encodings),):
            raise ValueError(f"y must have shape ({len(encodings)},), one label per sample. Got shape {np.shape(y)}.")
        points, ratio = encodings, None
        if encodings.shape[1] > 2:
            pca = PCA(n_components=2, svd_solver="full")  # "auto" may be randomized: another map every time
            points, ratio = pca.fit_transform(encodings), pca.explained_variance_ratio_
        display = cls(points, y=None if y is None else np.asarray(y), explained_variance_ratio=ratio)
        return display.plot(ax=ax, scatter_kw=scatter_kw)

    def plot(self, *, ax: Axes | None = None, scatter_kw: dict[str, Any] | None = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. None makes a new figure.

        scatter_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.scatter`.

        Returns
        -------
        display : :class:`~skseq.inspection.EncodingDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        if self.y is not None:
            check_objects(self.y, "y", "label")
        self.ax_ = panels(ax, 1, figsize=None)[0, 0]
        self.figure_ = self.ax_.figure
        style = {"s": 18, "alpha": 0.8, "linewidths": 0} | (scatter_kw or {})  # what the user sets wins, below as well
        self.legend_ = self.colorbar_ = None
        if self.y is None:
            self.points_ = [self.ax_.scatter(*self.points.T, **{"color": MORE_COLOURS[0]} | style)]
        elif _is_measured(self.y):
            self.points_ = [self.ax_.scatter(*self.points.T, **{"c": self.y, "cmap": "viridis"} | style)]
            self.colorbar_ = self.figure_.colorbar(self.points_[0], ax=self.ax_, label="y")
        else:
            self.points_ = self._draw_labels(style)
            self.legend_ = self._draw_legend(own_figure=ax is None)
        self._label()
        return self

    def _draw_labels(self, style):
        """One cloud of points per label; colour and marker together tell up to 90 labels apart."""
        return [
            self.ax_.scatter(
                *self.points[self.y == label].T,
                label=str(label),
                **{"color": MORE_COLOURS[index % len(MORE_COLOURS)], "marker": MARKERS[index % len(MARKERS)]} | style,
            )
            for index, label in enumerate(np.unique(self.y))
        ]

    def _draw_legend(self, *, own_figure):
        """Names beside the map, in columns of its height; a figure of its own gets wider for them."""
        from matplotlib.lines import Line2D

        handles = list(self.points_)
        labels = [shortened(points.get_label()) for points in handles]
        room = self.ax_.get_window_extent().size / self.figure_.dpi * 72  # points
        n_rows = max(1, int(room[1] / (1.65 * LEGEND_POINTS)))
        width = LEGEND_POINTS * (0.6 * max(map(len, labels)) + 4.6)  # of a column, 4.6: handle and gaps
        most = MAX_COLUMNS if own_figure else max(1, int(room[0] / 2 / width))  # half of given axes is for the map
        n_columns = min(-(-len(labels) // n_rows), most)
        if len(labels) > (most_shown := n_rows * n_columns):
            handles[most_shown - 1 :] = [Line2D([], [], ls="")]
            labels[most_shown - 1 :] = [f"and {len(labels) - most_shown + 1} more"]
        if own_figure:
            self.figure_.set_figwidth(self.figure_.get_figwidth() + max(0, n_columns * width / 72 - ROOM_INCHES))
        style = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False, "fontsize": LEGEND_POINTS}
        return self.ax_.legend(handles, labels, ncols=n_columns, **style)

    def _label(self):
        names = ["encoding 0", "encoding 1"]
        if self.explained_variance_ratio is not None:
            names = [
                f"principal component {index} ({share:.0%} of the variance)"
                for index, share in enumerate(self.explained_variance_ratio, start=1)
            ]
        self.ax_.set(xlabel=names[0], ylabel=names[1])


def _is_measured(y):
    """Whether labels are numbers too many to name, or not whole."""
    if y.dtype.kind not in "iuf":  # strings and truth values are labels
        return False
    return len(np.unique(y)) > MAX_NAMED_LABELS or not np.array_equal(y, np.round(y))


def _as_vectors(encodings, estimator):
    """(n, width) with a width of two or more; other encodings raise ValueError."""
    encodings = np.asarray(encodings)
    if encodings.ndim != 2 or encodings.dtype.kind not in "iuf":
        raise ValueError(
            f"EncodingDisplay needs one vector per sample, but transform of {type(estimator).__name__} gives an array "
            f"of shape {encodings.shape} and type {encodings.dtype}. Of an autoencoder with output='sequence', set "
            "output='last' or 'state': they need no new fit."
        )
    if encodings.shape[1] < 2:
        raise ValueError(
            f"EncodingDisplay needs encodings of at least 2 numbers, but transform of {type(estimator).__name__} gives "
            f"shape {encodings.shape}: fit with more units."
        )
    if encodings.shape[1] > 2 and len(encodings) < 2:
        raise ValueError(
            f"EncodingDisplay needs at least 2 samples for the principal components of encodings of "
            f"{encodings.shape[1]} numbers. Got {len(encodings)} in X: pass more, such as those of fit."
        )
    return encodings
