"""AttentionDisplay: which parts of a source an estimator attended to for every part of a target."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from itertools import cycle
from typing import Any, Self

import numpy as np

from skseq._arguments import check_switch
from skseq._data.checks import check_same_samples
from skseq._sklearn import _safe_indexing
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import COLOURS, INK, check_matplotlib, draw_line, name_ticks, panels, points, written
from skseq.inspection._forecast_values import choose_covariates
from skseq.inspection._series import FEW_SAMPLES, as_series, check_has, choose, count_samples, each

STEP_INCHES = 0.3  # of a step, where there is room
SERIES_INCHES = 0.8  # height of a series beside its steps
FIGURE_INCHES = 12  # width of a figure
BAR_INCHES = 0.15  # the thickness of a colour bar


class AttentionDisplay:
    """Attention weights as heat maps: one panel per sample, one row per target step, one column per source timestep.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    weights : list of ndarray of shape (n_target_steps, n_source_steps)
        Attention weights, one array per sample. The numbers of steps may differ.

    source_labels : list of list of str, default=None
        Names of the source timesteps of every sample. None numbers them.

    target_labels : list of list of str, default=None
        Names of the target steps of every sample. None numbers them. If there is one row more than names, the last row
        is that of the end token.

    series : list of ndarray of shape (n_source_steps, n_features), default=None
        Measured sources, drawn above their maps.

    samples : array-like of int of shape (n_samples,), default=None
        Names of the samples. None numbers them.

    Attributes
    ----------
    images_ : list of matplotlib AxesImage
        Heat maps, one per sample, all on one scale from 0 to the largest weight.

    series_lines_ : list of list of matplotlib Line2D or None
        For every sample one line per feature. None without series.

    colorbar_ : matplotlib Colorbar or None
        Scale of the weights. None if it was not drawn.

    axes_ : ndarray of matplotlib Axes of shape (n_samples,)
        Axes of the maps.

    series_axes_ : ndarray of matplotlib Axes of shape (n_samples,) or None
        Axes of the series above the maps. None without series.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    AttentionDisplay.from_estimator : Compute and draw from a fitted estimator.

    References
    ----------
    .. [1] Bahdanau, Cho and Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015,
       figure 3.

    Examples
    --------
    >>> from skseq import Seq2SeqClassifier
    >>> from skseq.inspection import AttentionDisplay
    >>> dates = ["3 May 1999", "May 3, 1999", "12 June 1987", "June 12, 1987"]
    >>> months = ["05", "05", "06", "06"]
    >>> y = [list(month) for month in months]
    >>> model = Seq2SeqClassifier(units=4, analyzer="char", epochs=2, random_state=0).fit(dates, y)
    >>> display = AttentionDisplay.from_estimator(model, dates, samples=[0, 2])
    >>> [weights.shape for weights in display.weights]
    [(2, 10), (2, 12)]
    >>> "".join(display.source_labels[0])
    '3 May 1999'
    """

    images_: Any
    series_lines_: Any
    colorbar_: Any
    axes_: Array
    series_axes_: Array | None
    figure_: Figure

    def __init__(
        self,
        weights: SequencesLike,
        *,
        source_labels: Sequence[Sequence[str]] | None = None,
        target_labels: Sequence[Sequence[str]] | None = None,
        series: SequencesLike | None = None,
        samples: ArrayLike | None = None,
    ):
        self.weights = weights
        self.source_labels = source_labels
        self.target_labels = target_labels
        self.series = series
        self.samples = samples

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike | None = None,
        *,
        samples: int | ArrayLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        ax: Axes | None = None,
        im_kw: dict[str, Any] | None = None,
        colorbar: bool = True,
    ) -> Self:
        """Compute the attention weights of a fitted estimator for some samples, and draw them.

        The weights belong to the outputs of `predict`, whatever search the estimator uses. Tokens and text are written
        along the map, as the estimator splits them. Measurements are drawn as series above the map. The steps of a
        forecast are named by their values. Weights that pool a sequence make a map of one row, which is named by the
        predicted label.

        Parameters
        ----------
        estimator : fitted estimator with `attention_weights` and `predict`
            The estimator, such as :class:`~skseq.Seq2SeqClassifier` with `attention`, or
            :class:`~skseq.SequenceClassifier` with ``pooling="attention"``.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        y : array-like of the kind in fit, default=None
            Targets, one per sample of X. The weights are shown as if the estimator had written them. None shows the
            weights of its own predictions.

        samples : int or array-like of int, default=None
            Indices of the samples to show. None shows the first three.

        X_future, X_static : array-like with one entry per sample, default=None
            Covariates of a forecaster, passed on to the estimator.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per sample, or a single Axes whose place all panels share. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`, such as ``{"cmap": "magma"}`` or
            ``{"vmax": 1}``.

        colorbar : bool, default=True
            Whether to draw the scale of the weights.

        Returns
        -------
        display : :class:`~skseq.inspection.AttentionDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has no attention weights.
        IndexError
            If there is no such sample.
        ValueError
            If y is given and the weights of the estimator depend on no target, or y and X differ in length.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        _check_attends(estimator, cls.__name__)
        places, chosen = choose(X, samples, default=FEW_SAMPLES)
        if y is None:
            known = choose_covariates(X, places, X_future=X_future, X_static=X_static)
            targets = estimator.predict(chosen, **known)
            given = [targets] if getattr(estimator, "search", None) == "sampling" else []  # a new draw would differ
            weights = estimator.attention_weights(chosen, *given, **known)
        else:
            _check_reads_targets(estimator, X, y)
            targets = _safe_indexing(y, places)
            weights = estimator.attention_weights(chosen, targets)
        reads = hasattr(estimator, "_source_labels")
        source_labels = estimator._source_labels(chosen) if reads else None  # None, too, for measurements
        measured = reads and source_labels is None
        own = getattr(estimator, "_targets", None)  # estimators of others name no tokens
        display = cls(
            [np.atleast_2d(np.asarray(own, dtype=float)) for own in weights],  # of pooled sequences (n_source_steps,)
            source_labels=source_labels,
            target_labels=own.labels(targets) if hasattr(own, "labels") else None,
            series=[as_series(sample) for sample in each(chosen)] if measured else None,
            samples=places,
        )
        return display.plot(ax=ax, im_kw=im_kw, colorbar=colorbar)

    def plot(self, *, ax: Axes | None = None, im_kw: dict[str, Any] | None = None, colorbar: bool = True) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per sample, or a single Axes whose place all panels share. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`.

        colorbar : bool, default=True
            Whether to draw the scale of the weights.

        Returns
        -------
        display : :class:`~skseq.inspection.AttentionDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        check_switch("colorbar", colorbar)
        sources = _names(self.source_labels, self.weights, 1, "source_labels")
        targets = _names(self.target_labels, self.weights, 0, "target_labels")
        sizes = _sizes(self.weights, measured=self.series is not None)
        flat = all(len(own) <= 1 for own in self.weights)  # one row per map
        places, n_columns = _places(ax, sizes, flat, sources, targets)
        self.figure_ = places[0].figure
        self.axes_, self.series_axes_ = places, None
        if self.series is not None:
            self.axes_, self.series_axes_ = _divided(places, sizes[:, 1])
        largest = max((own.max() for own in self.weights if own.size), default=1)
        style = {"cmap": "Blues", "vmin": 0, "vmax": largest, "aspect": "auto"} | (im_kw or {})
        self.images_ = [axes.imshow(_as_map(own), **style) for axes, own in zip(self.axes_, self.weights)]
        self.series_lines_ = None if self.series is None else list(map(_draw_series, self.series_axes_, self.series))
        self.colorbar_ = _draw_colorbar(self.images_[0], places, below=flat and len(places) == 1) if colorbar else None
        self._name_axes(flat, sources, targets, n_columns)
        self._name_steps(sources, targets)
        self.figure_.canvas.figure.draw_without_rendering()  # lets matplotlib lay the figure out
        self._name_steps(sources, targets)  # now that it is known how much room the layout leaves
        return self

    def _name_steps(self, sources, targets):
        for index, axes in enumerate(self.axes_):
            name_ticks(axes, "x", None if sources is None else sources[index])
            name_ticks(axes, "y", None if targets is None else targets[index])

    def _name_axes(self, flat, sources, targets, n_columns):
        n_samples = len(self.weights)
        samples = range(n_samples) if self.samples is None else self.samples
        tops = self.axes_ if self.series is None else self.series_axes_
        for index, (axes, top, sample) in enumerate(zip(self.axes_, tops, samples)):
            top.set_title(f"sample {sample}", fontsize="medium")
            if index + n_columns >= n_samples:  # the lowest of its column
                axes.set_xlabel("source timestep" if sources is None else "source")
            if index % n_columns == 0 and not flat:
                axes.set_ylabel("target step" if targets is None else "target")


def _check_attends(estimator, display):
    """Raise an error unless a fitted estimator has attention weights; it names the parameters that bring them."""
    if not hasattr(estimator, "attention_weights"):
        known = estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
        wanted = {"attention": True} if "attention" in known else {"pooling": "attention"} if "pooling" in known else {}
        if wanted and known.get("network") is not None:
            wanted |= {"network": None}  # a network of the user's own shows no attention
        if wanted:
            settings = " and ".join(f"{name}={value!r}" for name, value in wanted.items())
            raise TypeError(
                f"{display} shows attention weights, of which this {type(estimator).__name__} has none: set {settings} "
                "and fit."
            )
    check_has(estimator, display, ["attention_weights", "predict"])


def _check_reads_targets(estimator, X, y):
    read = [own for own in signature(estimator.attention_weights).parameters.values() if own.kind != own.KEYWORD_ONLY]
    if len(read) < 2:  # weights that pool X, and those of forecasts, depend on X alone
        raise ValueError(
            f"y is given, but attention_weights of {type(estimator).__name__} takes no targets: leave y out to see the "
            "weights of what it predicts."
        )
    check_same_samples(count_samples(X), count_samples(y, "y"), "X", "y")


def _names(labels, weights, axis, argument):
    """Labels as they are written, one per step; a step after the last label is that of the end token."""
    if labels is None:
        return None
    if len(labels) != len(weights):
        raise ValueError(f"{argument} must hold {len(weights)} lists of labels, one per sample. Got {len(labels)}.")
    named = []
    for index, (own, shape) in enumerate(zip(labels, map(np.shape, weights))):
        own = [written(label) for label in own]
        if axis == 0 and len(own) == shape[0] - 1:
            own = [*own, "<end>"]
        if len(own) != shape[axis]:
            raise ValueError(
                f"{argument}[{index}] holds {len(own)} labels, but the weights of that sample have shape {shape}: "
                f"expected {shape[axis]} labels, one per {'target step' if axis == 0 else 'source timestep'}."
            )
        named.append(own or ["(nothing)"])  # the empty row of `_as_map`
    return named


def _sizes(weights, *, measured):
    """Inches of every map, (n_samples, 2): width and height."""
    heights, widths = np.transpose([own.shape for own in weights])  # in steps
    widths = np.clip(0.15 * widths, 3, 6) if measured else np.clip(STEP_INCHES * widths, 2, 8)
    return np.stack([widths, np.clip(STEP_INCHES * heights, STEP_INCHES, 8) + SERIES_INCHES * measured], axis=1)


def _places(ax, sizes, flat, sources, targets):
    """(one Axes a sample, (n_samples,), number of columns): of a new figure, in the place of a given one, or given.

    Single rows stand below each other. Beside one row alone a colour bar would be too short to read, so it lies below.
    """
    n_samples = len(sizes)
    if np.size(ax) > 1:
        return panels(ax, n_samples, figsize=None)[:, 0], np.shape(ax)[1] if np.ndim(ax) == 2 else n_samples
    below, beside = (0.2 if names is None else max(map(points, names)) / 72 for names in (sources, targets))
    below = below if below > STEP_INCHES else 0.2  # labels that fit below their steps lie flat
    width = sizes[:, 0].max() + beside + 0.4
    n_columns = 1 if flat else int(np.clip(FIGURE_INCHES // width, 1, 3))
    n_rows = int(np.ceil(n_samples / n_columns))
    low = flat and n_samples == 1
    n_columns = int(np.ceil(n_samples / n_rows))  # four maps stand in 2 x 2, not in 3 + 1
    heights = [sizes[start : start + n_columns, 1].max() for start in range(0, n_samples, n_columns)]
    figsize = (n_columns * width + 0.8 * (not low), sum(heights) + n_rows * (below + 0.4) + (0.9 if low else 0.3))
    grid = panels(ax, n_rows, n_columns, figsize=figsize, height_ratios=heights).ravel()
    for unused in grid[n_samples:]:
        unused.remove()
    return grid[:n_samples], n_columns


def _divided(places, heights):
    """(axes of the maps, axes of the series above them), in places of these heights, in inches."""
    maps, above = np.empty(len(places), object), np.empty(len(places), object)
    for index, (place, height) in enumerate(zip(places, heights)):
        share = SERIES_INCHES / height  # inset axes are placed in shares of their parent
        place.set_axis_off()
        maps[index] = place.inset_axes((0, 0, 1, 0.97 - share))
        above[index] = place.inset_axes((0, 1 - share, 1, share), sharex=maps[index])
        above[index].tick_params(axis="x", labelbottom=False)
    return maps, above


def _as_map(weights):
    """(n_target_steps, n_source_steps); for an output without steps one empty row."""
    return weights if len(weights) else np.full((1, weights.shape[1]), np.nan)


def _draw_series(axes, series):
    """One line per feature."""
    colours = [INK] if series.shape[1] == 1 else COLOURS
    return [draw_line(axes, feature, color=color, lw=1) for feature, color in zip(series.T, cycle(colours))]


def _draw_colorbar(image, places, *, below):
    """A bar of one thickness, below or beside the maps."""
    from matplotlib.transforms import Bbox

    extent = Bbox.union([place.get_window_extent() for place in places])
    length = (extent.width if below else extent.height) / image.figure.dpi
    aspect = max(10, length / BAR_INCHES)  # length over thickness
    location = "bottom" if below else "right"
    return image.figure.colorbar(image, ax=places, label="attention weight", location=location, aspect=aspect)
