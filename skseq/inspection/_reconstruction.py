"""ReconstructionDisplay: series, and what the decoders write for them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Any, Self

import numpy as np

from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    LEGEND_POINTS,
    check_matplotlib,
    draw_line,
    legend_above,
    name_panels,
    panels,
    whole_numbers,
)
from skseq.inspection._series import FEW_SAMPLES, as_series, check_has, choose, columns_of, each, feature_names_of


class ReconstructionDisplay:
    """Series and what an autoencoder writes for them, one panel per sample and feature.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    series : list of ndarray of shape (n_timesteps, n_features)
        True series, one per sample. The numbers of timesteps may differ.

    reconstructed : list of ndarray of shape (n_timesteps, n_features), default=None
        What the reconstruction decoder writes.

    predicted : list of ndarray of shape (n_predicted, n_features), default=None
        What the prediction decoder writes, which is drawn over the last steps of every series.

    samples : array-like of int of shape (n_samples,), default=None
        Names of the samples. None numbers them.

    feature_names : list of str, default=None
        Names of the features. None numbers them.

    left_out : list of str, default=None
        Names of features that are not drawn. The legend names them.

    Attributes
    ----------
    lines_ : ndarray of matplotlib Line2D of shape (n_samples, n_features, n_lines)
        The series, then the reconstruction and the prediction, if there are any.

    errors_ : ndarray of matplotlib PolyCollection of shape (n_samples, n_features, n_lines - 1)
        Areas between the series and what the decoders write.

    legend_ : matplotlib Legend
        Legend, on top of the panels. Errors are shaded in the colour of the line.

    axes_ : ndarray of matplotlib Axes of shape (n_samples, n_features)
        Panels.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    ReconstructionDisplay.from_estimator : Compute and draw from a fitted estimator.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderTransformer
    >>> from skseq.inspection import ReconstructionDisplay
    >>> X = np.sin(np.linspace(0, 6, 12) + np.arange(20)[:, None])  # 20 waves of 12 timesteps
    >>> autoencoder = LSTMAutoencoderTransformer(units=8, epochs=5, random_state=0).fit(X)
    >>> display = ReconstructionDisplay.from_estimator(autoencoder, X, samples=[0, 7])
    >>> display.axes_.shape
    (2, 1)
    """

    lines_: Array
    errors_: Array
    legend_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        series: SequencesLike,
        *,
        reconstructed: SequencesLike | None = None,
        predicted: SequencesLike | None = None,
        samples: ArrayLike | None = None,
        feature_names: Sequence[str] | None = None,
        left_out: Sequence[str] | None = None,
    ):
        self.series = series
        self.reconstructed = reconstructed
        self.predicted = predicted
        self.samples = samples
        self.feature_names = feature_names
        self.left_out = left_out

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        *,
        samples: int | ArrayLike | None = None,
        features: int | str | Sequence[int | str] | None = None,
        feature_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Let a fitted autoencoder reconstruct or predict some samples, and draw them.

        Parameters
        ----------
        estimator : fitted estimator with `reconstruct`, `predict_next`, or both
            The estimator, such as :class:`~skseq.LSTMAutoencoderTransformer`. The output of `predict_next` is drawn
            over the last steps of the series.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        samples : int or array-like of int, default=None
            Indices of the samples to show. None shows the first three.

        features : int, str or list of them, default=None
            Features to show, by index or name. None shows the first four, and the legend says which it leaves out.

        feature_names : list of str, default=None
            Names of all features of X. None takes the columns of data frames, and numbers the features otherwise.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.ReconstructionDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has none of the methods.
        IndexError
            If there is no such sample or feature.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        check_has(estimator, cls.__name__, ["reconstruct", "predict_next"], enough=any)
        places, chosen = choose(X, samples, default=FEW_SAMPLES)
        methods = [method for method in ("reconstruct", "predict_next") if hasattr(estimator, method)]
        written = {method: getattr(estimator, method)(chosen) for method in methods}  # which checks X
        first = each(chosen)[0]  # all have the same features
        names = feature_names_of(first, as_series(first).shape[1], feature_names)
        columns = columns_of(features, names, "features")
        shown = {method: [as_series(sample)[:, columns] for sample in samples] for method, samples in written.items()}
        display = cls(
            [as_series(sample)[:, columns] for sample in each(chosen)],
            reconstructed=shown.get("reconstruct"),
            predicted=shown.get("predict_next"),
            samples=places,
            feature_names=[names[column] for column in columns],
            left_out=names[len(columns) :] if features is None else None,
        )
        return display.plot(ax=ax)

    def plot(self, *, ax: Axes | None = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.ReconstructionDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        n_samples, n_features = len(self.series), self.series[0].shape[1]
        size = (max(6.4, 1 + 2.6 * n_features), 1 + 1.6 * n_samples)
        self.axes_ = panels(ax, n_samples, n_features, figsize=size, sharex="all", sharey="col")
        self.figure_ = self.axes_[0, 0].figure
        n_lines = 1 + len(self._written())
        self.lines_ = np.empty((n_samples, n_features, n_lines), object)
        self.errors_ = np.empty((n_samples, n_features, n_lines - 1), object)
        for row, column in np.ndindex(n_samples, n_features):
            self._draw_panel(row, column)
        self._label(own_figure=ax is None)
        return self

    def _written(self):
        """(name, steps of every sample, style) of every decoder that wrote something."""
        styles = {"color": COLOURS[0]}, {"color": COLOURS[1], "marker": "o", "markersize": 3}
        written = zip(("reconstruction", "prediction"), (self.reconstructed, self.predicted), styles)
        return [(name, steps, style) for name, steps, style in written if steps is not None]

    def _draw_panel(self, row, column):
        """One feature of one sample: the series, and every decoder's steps, which end where the series ends."""
        axes, series = self.axes_[row, column], self.series[row][:, column]
        self.lines_[row, column, 0] = draw_line(axes, series, color=INK, lw=1)
        for index, (_, steps, style) in enumerate(self._written()):
            written = steps[row][:, column]
            start = len(series) - len(written)
            self.lines_[row, column, index + 1] = draw_line(axes, written, start=start, **style)
            self.errors_[row, column, index] = axes.fill_between(
                range(start, len(series)), series[start:], written, color=style["color"], alpha=0.25, lw=0
            )

    def _label(self, *, own_figure):
        n_samples, n_features = self.axes_.shape
        samples = range(n_samples) if self.samples is None else self.samples
        for axes, sample in zip(self.axes_[:, 0], samples):
            axes.set_ylabel(f"sample {sample}")
        for axes in self.axes_[-1]:
            axes.set_xlabel("timestep")
        whole_numbers(self.axes_[0, 0].xaxis)
        names = feature_names_of(None, n_features, self.feature_names)
        lines = 0 if names == ["series"] else name_panels(self.axes_[0], names, 24)  # the legend says as much
        # a pair of handles is drawn as one: the line upon the shade of its error
        handles = [self.lines_[0, 0, 0], *zip(self.errors_[0, 0], self.lines_[0, 0, 1:])]
        labels = ["series", *(name for name, _, _ in self._written())]
        self.legend_ = legend_above(
            self.axes_[0, 0], handles, labels, of_figure=own_figure, width=n_features, lines=lines
        )
        if self.left_out:
            hidden = shorten(", ".join(self.left_out), 24 * n_features, placeholder=" ...")
            self.legend_.set_title(f"{len(self.left_out)} not drawn: {hidden}", {"size": LEGEND_POINTS})
