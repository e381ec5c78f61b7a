"""SampleDisplay: what a generator writes, by temperature."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten, wrap
from typing import Any, Literal, Self

import numpy as np

from skseq._arguments import brief, check_count, check_switch
from skseq._typing import Array, Axes, Figure, RandomState, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    LEGEND_POINTS,
    check_matplotlib,
    draw_line,
    panels,
    whole_numbers,
    wrapped,
)
from skseq.inspection._series import check_has, columns_of, feature_names_of

KINDS = ("text", "series", "strokes")
LINE_INCHES = 0.19  # of text
LETTER_INCHES = 0.085
TEXT_POINTS = 9.5
PAGE_LETTERS = 110  # side by side, in all columns
MAX_LINES = 12  # of a sample
PANEL_INCHES = {"series": (2.6, 1.1), "strokes": (1.8, 1.4)}
OF_A_FEATURE = 0.8  # height of a panel, among those of other features
CONTROLS = str.maketrans({"\n": "\N{RETURN SYMBOL}", "\t": r"\t", "\r": ""})


class SampleDisplay:
    """What a generator writes at several temperatures: text as lines, numbers as series, strokes of a pen as paths.

    Every feature of a series has panels of its own, so that none is flattened by the units of others.

    One column per temperature: low ones write what is most probable, high ones what is rare. All columns are drawn with
    the same random numbers.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    samples : list of list
        For every temperature its samples: strings, token lists, or arrays (t,) or (t, n_features).

    temperatures : sequence of float
        The temperatures.

    kind : {"auto", "text", "series", "strokes"}, default="auto"
        How samples are drawn. "text": as lines, tokens with a blank between them. "series": one panel per sample and
        feature. "strokes": the first two features are positions of a pen, and where the third is above 0.5, a
        stroke ends. "auto": "text" of tokens, "strokes" of three features of which the last is 0 or 1, else "series".

    cumulate : bool, default=True
        Whether the first two features of strokes are steps from point to point, which are added up, rather than
        positions.

    features : int, str or list of them, default=None
        Features of series to show, by index or name. None shows the first four.

    feature_names : list of str, default=None
        Names of all features. None numbers them.

    Attributes
    ----------
    texts_ : list of list of matplotlib Text or None
        For every temperature its samples as text. None of numbers.

    lines_ : list of list of list of matplotlib Line2D or None
        For every temperature and sample its lines: one per feature, or one per stroke. None of text.

    axes_ : ndarray of matplotlib Axes of shape (1, n_temperatures) or (n_samples * n_features, n_temperatures)
        Axes with the samples; of text there is one per temperature. Of series the features of a sample, of which a
        vertical axis is one in all panels, stand below each other.

    figure_ : matplotlib Figure
        Figure that holds the axes.

    See Also
    --------
    SampleDisplay.from_estimator : Draw samples from a fitted estimator.
    NextTokenDisplay : What a generator expects along a sequence.

    References
    ----------
    .. [1] Graves, "Generating Sequences With Recurrent Neural Networks", arXiv:1308.0850, 2013, section 4.

    Examples
    --------
    >>> from skseq import SequenceGenerator
    >>> from skseq.inspection import SampleDisplay
    >>> words = ["banana", "bandana", "canal", "cabana", "panama", "manana"]
    >>> model = SequenceGenerator(units=8, analyzer="char", epochs=50, random_state=0).fit(words)
    >>> display = SampleDisplay.from_estimator(model, temperatures=(0.5, 1.0), n_samples=4)
    >>> [len(samples) for samples in display.samples]
    [4, 4]
    """

    texts_: Any
    lines_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        samples: Sequence[Sequence[Any]],
        temperatures: Sequence[float],
        *,
        kind: Literal["auto", "text", "series", "strokes"] = "auto",
        cumulate: bool = True,
        features: int | str | Sequence[int | str] | None = None,
        feature_names: Sequence[str] | None = None,
    ):
        self.samples = samples
        self.temperatures = temperatures
        self.kind = kind
        self.cumulate = cumulate
        self.features = features
        self.feature_names = feature_names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        temperatures: float | Sequence[float] = (0.5, 1.0, 1.5),
        n_samples: int = 6,
        y: SequencesLike | None = None,
        prefix: SequencesLike | None = None,
        max_length: int | None = None,
        random_state: RandomState = 0,
        kind: Literal["auto", "text", "series", "strokes"] = "auto",
        cumulate: bool = True,
        features: int | str | Sequence[int | str] | None = None,
        feature_names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Let a fitted generator write at several temperatures, and draw what it wrote.

        Parameters
        ----------
        estimator : fitted estimator with `sample`
            The estimator, such as :class:`~skseq.SequenceGenerator`.

        temperatures : float or sequence of float, default=(0.5, 1.0, 1.5)
            The temperatures, one per column.

        n_samples : int, default=6
            How many samples are drawn at each.

        y : array-like of shape (n_samples,) or (n_samples, n_numbers), or one of them, default=None
            What samples are to depend on, as in `sample`.

        prefix : list of beginnings, or one of them, default=None
            What samples begin with, as in `sample`.

        max_length : int, default=None
            Most timesteps of a sample, as in `sample`.

        random_state : int, default=0
            Decides what is drawn; the same for every temperature.

        kind : {"auto", "text", "series", "strokes"}, default="auto"
            How samples are drawn, as described for the class.

        cumulate : bool, default=True
            Whether the first two features of strokes are steps from point to point rather than positions.

        features : int, str or list of them, default=None
            Features of series to show, by index or name. None shows the first four.

        feature_names : list of str, default=None
            Names of all features. None numbers them.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: as many as `axes_` has, or a single Axes whose place all share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.SampleDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has no `sample`.
        ValueError
            If temperatures are not above 0, if kind is none of these, if there is no such feature, or what `sample`
            raises.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        check_has(estimator, cls.__name__, ["sample"])
        temperatures = _as_temperatures(temperatures)
        given = {"y": y, "prefix": prefix, "max_length": max_length}
        given = {name: value for name, value in given.items() if value is not None}
        if isinstance(random_state, np.random.RandomState):  # which would move on from temperature to temperature
            random_state = random_state.randint(np.iinfo(np.int32).max)
        given |= {"n_samples": check_count("n_samples", n_samples), "random_state": random_state}
        samples = [list(estimator.sample(**given, temperature=temperature)) for temperature in temperatures]
        drawn = {"kind": kind, "cumulate": cumulate, "features": features, "feature_names": feature_names}
        return cls(samples, temperatures, **drawn).plot(ax=ax)

    def plot(self, *, ax: Axes | None = None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: as many as `axes_` has, or a single Axes whose place all share. None makes a new figure.

        Returns
        -------
        display : :class:`~skseq.inspection.SampleDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        check_switch("cumulate", self.cumulate)
        kind = _kind_of(self.samples) if self.kind == "auto" else self.kind
        if kind not in KINDS:
            raise ValueError(f"kind must be 'auto', 'text', 'series' or 'strokes'. Got {self.kind!r}.")
        if kind != "series" and not (self.features is None and self.feature_names is None):
            raise ValueError(
                f"features and feature_names are for kind='series', but the samples are drawn as {kind!r}."
            )
        self.texts_ = self.lines_ = None
        {"text": self._draw_texts, "series": self._draw_series, "strokes": self._draw_pens}[kind](ax)
        self.figure_ = self.axes_[0, 0].figure
        for axes, temperature in zip(self.axes_[0], self.temperatures):
            place = "left" if kind == "text" else "center"
            axes.set_title(f"temperature {temperature:g}", fontsize="medium", loc=place)
        return self

    def _draw_texts(self, ax):
        """One list of lines per temperature, long samples on several of them."""
        texts = [[_as_text(sample) for sample in samples] for samples in self.samples]
        longest = max(len(text) for column in texts for text in column)
        width = int(np.clip(longest, 14, max(20, PAGE_LETTERS // len(texts))))
        texts = [["\n".join(_lines(text, width)) for text in column] for column in texts]
        n_lines = [max(1 + column[row].count("\n") for column in texts) for row in range(len(texts[0]))]
        n_lines = np.array(n_lines) + 0.4 * (max(n_lines) > 1)  # gaps tell samples of several lines apart
        figsize = (len(texts) * (width * LETTER_INCHES + 0.3), n_lines.sum() * LINE_INCHES + 0.5)
        self.axes_ = panels(ax, 1, len(texts), figsize=figsize)
        tops = 1 - (np.cumsum(n_lines) - n_lines) / n_lines.sum()
        style = {"va": "top", "family": "monospace", "fontsize": TEXT_POINTS, "color": INK, "parse_math": False}
        self.texts_ = []
        for axes, column in zip(self.axes_[0], texts):
            axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
            axes.spines[:].set_visible(False)
            self.texts_.append([axes.text(0, top, text, **style) for top, text in zip(tops, column)])

    def _draw_series(self, ax):
        """One panel per sample, feature and temperature."""
        numbers = [[_as_steps(sample) for sample in samples] for samples in self.samples]  # (t, f) each
        names = feature_names_of(None, numbers[0][0].shape[1], self.feature_names)
        columns = columns_of(self.features, names, "features")
        n_temperatures, n_samples, n_shown = len(numbers), len(numbers[0]), len(columns)
        width, height = PANEL_INCHES["series"]
        height = height if n_shown == 1 else OF_A_FEATURE
        figsize = (n_temperatures * width + 0.6, n_samples * n_shown * height + 0.5)
        self.axes_ = panels(ax, n_samples * n_shown, n_temperatures, figsize=figsize, sharex=True)
        grid = self.axes_.reshape(n_samples, n_shown, n_temperatures)
        colours = [INK] if len(names) == 1 else [COLOURS[column % len(COLOURS)] for column in columns]
        for of_feature, name in zip(grid.swapaxes(0, 1), [names[column] for column in columns]):
            _share_heights(of_feature)
            for axes in of_feature[:, 0]:
                axes.set_ylabel("" if names == ["series"] else wrapped(name, 12), fontsize="small")
        self.lines_ = [
            [list(map(_draw_feature, grid[row, :, column], own.T[columns], colours)) for row, own in enumerate(samples)]
            for column, samples in enumerate(numbers)
        ]
        for axes in self.axes_[-1]:
            axes.set_xlabel("timestep")
        whole_numbers(self.axes_[0, 0].xaxis)
        if self.features is None and ax is None and len(names) > n_shown:
            hidden = shorten(", ".join(names[n_shown:]), 60, placeholder=" ...")
            note = f"{len(names) - n_shown} not drawn: {hidden}"
            self.axes_[0, 0].figure.supxlabel(note, fontsize=LEGEND_POINTS)

    def _draw_pens(self, ax):
        """One panel per sample and temperature."""
        numbers = [[_as_numbers(sample, "strokes") for sample in samples] for samples in self.samples]
        width, height = PANEL_INCHES["strokes"]
        shape = len(numbers[0]), len(numbers)
        self.axes_ = panels(ax, *shape, figsize=(shape[1] * width + 0.6, shape[0] * height + 0.5))
        self.lines_ = [list(map(self._draw_strokes, *column)) for column in zip(self.axes_.T, numbers)]

    def _draw_strokes(self, axes, sample):
        """One line per stroke of (t, 3): positions or steps of a pen, and 1 where a stroke ends."""
        if sample.ndim != 2 or sample.shape[1] != 3:
            raise ValueError(
                "kind='strokes' needs samples of three features: two of the pen, and 1 where a stroke ends. Got shape "
                f"{sample.shape}."
            )
        points = sample[:, :2].cumsum(axis=0) if self.cumulate else sample[:, :2]
        ends = np.flatnonzero(sample[:, 2] > 0.5) + 1
        strokes = [stroke for stroke in np.split(points, ends) if len(stroke)]
        lines = [
            axes.plot(*stroke.T, color=INK, lw=1.4, solid_capstyle="round", marker="." if len(stroke) == 1 else None)[0]
            for stroke in strokes
        ]
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.1)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color("0.85")
        return lines


def _draw_feature(axes, values, color):
    return draw_line(axes, values, color=color, lw=1.2)


def _share_heights(panels):
    """One vertical axis of panels (n_samples, n_temperatures), whose numbers stand on the left alone."""
    for axes in panels.flat[1:]:
        axes.sharey(panels[0, 0])
    for axes in panels[:, 1:].flat:
        axes.tick_params(labelleft=False)


def _as_temperatures(temperatures):
    try:
        read = np.atleast_1d(np.asarray(temperatures, float))
    except (TypeError, ValueError):
        read = np.zeros(0)
    if read.ndim != 1 or not read.size or not (np.isfinite(read) & (read > 0)).all():
        raise ValueError(f"temperatures must be numbers above 0, at least one. Got {temperatures!r}.")
    return read.tolist()


def _kind_of(samples):
    """How samples are drawn if nothing says it."""
    arrays = [np.asarray(sample) for own in samples for sample in own if not isinstance(sample, str)]
    if len(arrays) < sum(map(len, samples)) or any(array.dtype.kind != "f" for array in arrays):
        return "text"
    if not all(array.ndim == 2 and array.shape[1] == 3 for array in arrays):
        return "series"
    pen = np.concatenate([array[:, 2] for array in arrays])
    return "strokes" if np.isin(pen, (0, 1)).all() else "series"


def _as_steps(sample):
    """(t, f) of a sample (t,) or (t, f) of numbers."""
    numbers = _as_numbers(sample, "series")
    return numbers[:, None] if numbers.ndim == 1 else numbers


def _as_numbers(sample, kind):
    """A sample (t,) or (t, f) of numbers; text and tokens raise ValueError."""
    try:
        numbers = np.zeros(()) if isinstance(sample, str) else np.asarray(sample, float)
    except (TypeError, ValueError):
        numbers = np.zeros(())
    if numbers.ndim == 0:
        raise ValueError(f"kind={kind!r} draws numbers. Got the sample {brief(sample, 80)}: set kind='text'.")
    return numbers


def _as_text(sample):
    return sample if isinstance(sample, str) else " ".join(map(str, sample))


def _lines(text, width):
    """A sample in lines of at most this many letters; what is too long ends in an ellipsis."""
    lines = wrap(text.translate(CONTROLS), width, drop_whitespace=False, replace_whitespace=False) or [""]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], lines[MAX_LINES - 1][: width - 1] + "…"]
    return lines
