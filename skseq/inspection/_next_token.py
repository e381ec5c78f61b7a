"""NextTokenDisplay: what a generator expects at every step of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np

from skseq._arguments import check_count, check_switch
from skseq._typing import ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    MAX_POINTS,
    MIN_POINTS,
    check_matplotlib,
    from_zero,
    name_ticks,
    panels,
    written,
)
from skseq.inspection._series import check_has, choose

ROW_INCHES = 0.28  # of a rank
STEP_INCHES = 0.34  # of a step, if its tokens are short
MOST_INCHES = 13  # width of a figure
SURPRISE_INCHES = 0.9  # height of the bars above the map
LETTER = 0.62  # width of a letter, as a share of its size
DARK = 0.55  # shares of the colour scale above it take white letters
END = "<end>"


class NextTokenDisplay:
    """What is expected along a sequence: a heat map of the most probable tokens at every step.

    One column per step of the sequence, whose own tokens stand below. The rows of a column are the tokens that were
    most probable before that step was read, best first. The true one has a frame, if it is among them. The bars above
    say how surprising it was, -log p in nats: a long bar is a token that was not expected.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    tokens : list of str of length n_steps
        The tokens of the sequence; the last one may be its end.

    candidates : list of list of str, (n_steps, k)
        The most probable tokens of every step, best first.

    probs : ndarray of shape (n_steps, k)
        Their probabilities.

    log_probs : ndarray of shape (n_steps,)
        Natural logarithm of the probability of every true token.

    ranks : ndarray of shape (n_steps,)
        The row of every true token, counted from 0; k or more if it is not among the candidates.

    start : int, default=0
        Number of the first step.

    Attributes
    ----------
    image_ : matplotlib AxesImage
        The heat map, (k, n_steps).

    texts_ : list of list of matplotlib Text
        The tokens in it, (n_steps, k).

    marks_ : list of matplotlib Rectangle or None
        The frame around every true token; None where it is not among the candidates.

    bars_ : matplotlib BarContainer
        -log p of the true tokens.

    colorbar_ : matplotlib Colorbar or None
        Scale of the probabilities. None if it was not drawn.

    ax_ : matplotlib Axes
        Axes of the map.

    bar_ax_ : matplotlib Axes
        Axes of the bars.

    figure_ : matplotlib Figure
        Figure that holds both.

    See Also
    --------
    NextTokenDisplay.from_estimator : Compute and draw from a fitted estimator.
    SampleDisplay : What a generator writes.

    Examples
    --------
    >>> from skseq import SequenceGenerator
    >>> from skseq.inspection import NextTokenDisplay
    >>> words = ["banana", "bandana", "canal", "cabana", "panama", "manana"]
    >>> model = SequenceGenerator(units=8, analyzer="char", epochs=50, random_state=0).fit(words)
    >>> display = NextTokenDisplay.from_estimator(model, ["canal"], k=3)
    >>> display.tokens
    ['c', 'a', 'n', 'a', 'l', '<end>']
    >>> display.probs.shape
    (6, 3)
    """

    image_: Any
    texts_: Any
    marks_: Any
    bars_: Any
    colorbar_: Any
    ax_: Any
    bar_ax_: Any
    figure_: Figure

    def __init__(
        self,
        tokens: Sequence[str],
        candidates: Any,
        probs: ArrayLike,
        log_probs: ArrayLike,
        ranks: ArrayLike,
        *,
        start: int = 0,
    ):
        self.tokens = tokens
        self.candidates = candidates
        self.probs = probs
        self.log_probs = log_probs
        self.ranks = ranks
        self.start = start

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike | None = None,
        *,
        sample: int = 0,
        k: int = 5,
        start: int = 0,
        n_shown: int = 40,
        ax: Axes | None = None,
        im_kw: dict[str, Any] | None = None,
        colorbar: bool = True,
    ) -> Self:
        """Ask a fitted generator what it expects at every step of one sequence, and draw it.

        Parameters
        ----------
        estimator : fitted :class:`~skseq.SequenceGenerator` of tokens
            The estimator.

        X : array-like of shape (n_samples, n_timesteps), or list
            Sequences of the kind in fit.

        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in fit.

        sample : int, default=0
            Index of the sequence to show.

        k : int, default=5
            How many tokens are shown for every step, at most as many as there are.

        start : int, default=0
            The first step to show. The steps before it are read all the same.

        n_shown : int, default=40
            Most steps to show.

        ax : matplotlib Axes, default=None
            Where to draw: both axes share its place. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`, such as ``{"cmap": "magma"}``.

        colorbar : bool, default=True
            Whether to draw the scale of the probabilities.

        Returns
        -------
        display : :class:`~skseq.inspection.NextTokenDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator is no generator of tokens.
        IndexError
            If there is no such sample.
        ValueError
            If k or n_shown is no whole number above 0, or if the sequence ends before `start`.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        check_has(estimator, cls.__name__, ["sample"])  # fitted, too: before fit some do not know what they read
        check_has(estimator, cls.__name__, ["predict_proba", "predict_topk"])
        if not isinstance(sample, Integral):
            raise ValueError(f"sample must be a single index, that of the sequence to show. Got {sample!r}.")
        (place,), chosen = choose(X, sample, "sample")
        own = None if y is None else choose(y, int(place), of="y")[1]
        tokens, log_probs = estimator._next_along(chosen, own)
        names = [END if token is None else str(token) for token in estimator.classes_]
        steps = cls._steps(start, check_count("n_shown", n_shown), len(tokens) + (END in names))
        shown = [*map(str, tokens), END][steps]
        log_probs = log_probs[steps]  # (n_steps, n_classes)
        order = np.argsort(-log_probs, axis=1, kind="stable")
        true = np.array([_class_of(token, names) for token in shown])
        ranks = np.array([_rank(row, index) for row, index in zip(order, true)])
        best = order[:, : check_count("k", k)]
        own_log_probs = np.where(true >= 0, log_probs[np.arange(len(true)), true], np.nan)  # NaN of unknown tokens
        display = cls(
            shown,
            [[names[index] for index in row] for row in best],
            np.exp(np.take_along_axis(log_probs, best, axis=1)),
            own_log_probs,
            ranks,
            start=steps.start,
        )
        return display.plot(ax=ax, im_kw=im_kw, colorbar=colorbar)

    @staticmethod
    def _steps(start, n_shown, n_steps):
        if not 0 <= start < n_steps:
            raise ValueError(f"start must be a step of the sequence, from 0 to {n_steps - 1}. Got {start!r}.")
        return slice(int(start), min(int(start) + n_shown, n_steps))

    def plot(self, *, ax: Axes | None = None, im_kw: dict[str, Any] | None = None, colorbar: bool = True) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw: both axes share its place. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`.

        colorbar : bool, default=True
            Whether to draw the scale of the probabilities.

        Returns
        -------
        display : :class:`~skseq.inspection.NextTokenDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        check_switch("colorbar", colorbar)
        probs = np.asarray(self.probs)
        n_steps, k = probs.shape
        labels = [[written(token) for token in column] for column in self.candidates]
        letters = max(len(label) for column in labels for label in column)
        width = max(STEP_INCHES, (LETTER * (letters + 0.8) * MAX_POINTS) / 72)  # of a step
        figsize = (min(n_steps * width, MOST_INCHES) + 1.2 + 0.8 * colorbar, k * ROW_INCHES + SURPRISE_INCHES + 0.7)
        heights = [SURPRISE_INCHES, k * ROW_INCHES]
        self.bar_ax_, self.ax_ = panels(ax, 2, figsize=figsize, height_ratios=heights, sharex="col")[:, 0]
        self.figure_ = self.ax_.figure
        style = {"cmap": "Blues", "vmin": 0, "vmax": 1, "aspect": "auto"} | (im_kw or {})
        self.image_ = self.ax_.imshow(probs.T, **style)
        self.bars_ = self.bar_ax_.bar(range(n_steps), -np.asarray(self.log_probs), color=INK, width=0.6)
        self.marks_ = [self._frame(step, rank) if rank < k else None for step, rank in enumerate(self.ranks)]
        self.texts_ = [self._write(step, column) for step, column in enumerate(labels)]
        both = [self.bar_ax_, self.ax_]
        self.colorbar_ = self.figure_.colorbar(self.image_, ax=both, label="probability") if colorbar else None
        self._name_axes(n_steps, k)
        self.figure_.canvas.figure.draw_without_rendering()  # lets matplotlib lay the figure out
        self._fit_letters(labels, n_steps, k)
        return self

    def _frame(self, step, rank):
        from matplotlib.patches import Rectangle

        return self.ax_.add_patch(
            Rectangle((step - 0.46, rank - 0.44), 0.92, 0.88, fill=False, edgecolor=COLOURS[1], lw=1.8)
        )

    def _write(self, step, labels):
        shades = self.image_.norm(np.asarray(self.probs)[step])
        style = {"ha": "center", "va": "center", "parse_math": False}
        return [
            self.ax_.text(step, rank, label, color="white" if shade > DARK else INK, **style)
            for rank, (label, shade) in enumerate(zip(labels, shades))
        ]

    def _name_axes(self, n_steps, k):
        self.bar_ax_.set_ylabel("-log p")
        self.bar_ax_.tick_params(axis="x", labelbottom=False, length=0)
        from_zero(self.bar_ax_)
        for side in ("top", "right"):
            self.bar_ax_.spines[side].set_visible(False)
        self.ax_.set_yticks(range(k), range(1, k + 1))
        self.ax_.set_ylabel("rank")
        first = f", from step {self.start}" if self.start else ""
        self.ax_.set_xlabel(f"what came{first}")
        self.ax_.set_xlim(-0.5, n_steps - 0.5)

    def _fit_letters(self, labels, n_steps, k):
        """Letters of a size that fits into the cells; cells that are too narrow for their tokens show none."""
        name_ticks(self.ax_, "x", [written(token) for token in self.tokens])
        extent = self.ax_.get_window_extent()
        points_per_pixel = 72 / self.figure_.dpi
        room, height = extent.width * points_per_pixel / n_steps, extent.height * points_per_pixel / k
        for texts, column in zip(self.texts_, labels):
            for text, label in zip(texts, column):
                size = min(0.95 * room / (LETTER * max(len(label), 1)), 0.7 * height, MAX_POINTS)
                text.set_fontsize(max(size, MIN_POINTS))
                text.set_visible(size >= MIN_POINTS - 1)


def _class_of(token, names):
    """Index of a token, or -1 of one that is unknown."""
    return names.index(token) if token in names else -1


def _rank(order, index):
    """The place of a class in an order of all; behind the last if it is in none."""
    found = np.flatnonzero(order == index)
    return int(found[0]) if found.size else len(order)
