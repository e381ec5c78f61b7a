"""ImportanceDisplay: what predictions rely on, as bars over tokens or features, or as a heat map of timesteps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

import numpy as np
from sklearn.utils import Bunch

from skseq._arguments import check_switch
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import (
    COLOURS,
    INK,
    below_each_other,
    check_matplotlib,
    draw_line,
    letter_size,
    name_ticks,
    panels,
    points,
    shortened,
    whole_numbers,
    written,
)
from skseq.inspection._cells import read_cells
from skseq.inspection._occlusion import mean_values, occlusion_importance
from skseq.inspection._series import FEW_SAMPLES, as_series, choose, each, places_of

MOST_TOKENS = 20  # of a vocabulary
BAR_INCHES = 0.22
PANEL_INCHES = 1.6
ROW_INCHES = 0.3  # of a heat map
SCALE_INCHES = 0.9  # beside bars


class ImportanceDisplay:
    """What predictions rely on: bars over tokens or features, or a heat map of timesteps and features.

    Parts that speak for the output are blue, parts that speak against it are orange or red. Univariate series are drawn
    over colours.

    Make it by :meth:`from_estimator` or :meth:`from_importances`. All parameters are stored as attributes.

    Parameters
    ----------
    importances : list of ndarray of shape (n_bars,) or (n_timesteps, n_features)
        Importances, one array per panel. All have one or all have two axes.

    errors : list of ndarray of shape (n_bars,), default=None
        Half the length of the line on every bar, such as a standard deviation.

    labels : list of list of str, default=None
        Names of the bars of every panel, or of the features of every heat map. None numbers them.

    series : list of ndarray of shape (n_timesteps,), default=None
        Univariate series, over the colours of their importances.

    titles : list of str, default=None
        Titles of the panels.

    Attributes
    ----------
    bars_ : list of matplotlib BarContainer or None
        Bars of every panel. None of heat maps and series.

    images_ : list of matplotlib AxesImage or None
        Heat maps, all on one scale, whose middle is 0. None of bars.

    lines_ : list of matplotlib Line2D or None
        Series over their importances.

    colorbar_ : matplotlib Colorbar or None
        Scale of the heat maps. None if it was not drawn.

    axes_ : ndarray of matplotlib Axes of shape (n_panels,)
        Panels.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    occlusion_importance : What single predictions rely on.
    permutation_importance : What an estimator relies on over many samples.

    Examples
    --------
    >>> from skseq import SequenceClassifier
    >>> from skseq.inspection import ImportanceDisplay
    >>> words = ["haus", "maus", "laus", "house", "mouse", "louse"] * 5
    >>> language = (["de"] * 3 + ["en"] * 3) * 5
    >>> model = SequenceClassifier(units=8, analyzer="char", epochs=30, random_state=0).fit(words, language)
    >>> display = ImportanceDisplay.from_estimator(model, words, samples=[0, 3])
    >>> [len(bars) for bars in display.bars_]
    [4, 5]
    """

    bars_: Any
    images_: Any
    lines_: Any
    colorbar_: Any
    axes_: Array
    figure_: Figure

    def __init__(
        self,
        importances: SequencesLike,
        *,
        errors: ArrayLike | None = None,
        labels: Sequence[Sequence[str]] | None = None,
        series: SequencesLike | None = None,
        titles: Sequence[str] | None = None,
    ):
        self.importances = importances
        self.errors = errors
        self.labels = labels
        self.series = series
        self.titles = titles

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: SequencesLike,
        y: SequencesLike | None = None,
        *,
        samples: int | ArrayLike | None = None,
        by: Literal["cells", "timesteps", "features"] = "cells",
        window: int = 1,
        stride: int | None = None,
        baseline: Any = None,
        response: str | Callable[..., Any] = "auto",
        source_type: Literal["auto", "numeric", "tokens"] = "auto",
        ax: Axes | None = None,
        im_kw: dict[str, Any] | None = None,
        colorbar: bool = True,
    ) -> Self:
        """Hide parts of some samples from a fitted estimator, and draw how much its output falls.

        Parameters
        ----------
        estimator : fitted estimator
            The estimator, as in :func:`occlusion_importance`.

        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        y : array-like of the kind in fit, default=None
            Outputs whose probability is looked at, one per sample of X. None looks at predicted ones.

        samples : int or array-like of int, default=None
            Indices of the samples to show. None shows the first three.

        by : {"cells", "timesteps", "features"}, default="cells"
            What is hidden at once, as in :func:`occlusion_importance`.

        window : int, default=1
            How many timesteps are hidden at once; 1 with "features".

        stride : int or None, default=None
            How many timesteps later the next part begins. None means `window`.

        baseline : float, array-like of shape (n_features,), token or None, default=None
            What stands in place of hidden values. None: of numbers the mean over X, of tokens nothing.

        response : {"auto"}, name of a method or callable, default="auto"
            The output that is looked at, as in :func:`occlusion_importance`.

        source_type : {"auto", "numeric", "tokens"}, default="auto"
            How X is read. "auto": strings are tokens, and integers are if the estimator reads them so.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per sample, or a single Axes whose place all panels share. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`, such as ``{"cmap": "PiYG"}``.

        colorbar : bool, default=True
            Whether to draw the scale of heat maps.

        Returns
        -------
        display : :class:`~skseq.inspection.ImportanceDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator has none of the methods.
        IndexError
            If there is no such sample.
        ValueError
            What :func:`occlusion_importance` raises.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        places, chosen = choose(X, samples, default=FEW_SAMPLES)
        cells = read_cells(X, estimator, source_type)
        if baseline is None and cells.vocabulary is None:
            baseline = mean_values(cells)
        options = {"by": by, "window": window, "stride": stride, "baseline": baseline, "response": response}
        y = None if y is None else choose(y, places, "y", of="y")[1]
        result = occlusion_importance(estimator, chosen, y, **options, source_type=source_type)
        single = cells.vocabulary is None and cells.values.shape[2] == 1 and by != "features"
        series = [as_series(sample)[:, 0] for sample in each(chosen)] if single else None
        display = cls(**_panels_of(result), series=series, titles=[f"sample {place}" for place in places])
        return display.plot(ax=ax, im_kw=im_kw, colorbar=colorbar)

    @classmethod
    def from_importances(
        cls,
        result: Bunch,
        *,
        samples: int | ArrayLike | None = None,
        ax: Axes | None = None,
        im_kw: dict[str, Any] | None = None,
        colorbar: bool = True,
    ) -> Self:
        """Draw what :func:`occlusion_importance` or :func:`permutation_importance` gave.

        Parameters
        ----------
        result : :class:`~sklearn.utils.Bunch`
            What one of these functions returned. Of permutations the means are drawn, bars with a line of one standard
            deviation up and down; of more than 20 tokens the 20 with the largest importance.

        samples : int or array-like of int, default=None
            Indices of the samples to show, of occlusions. None shows the first three.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`.

        colorbar : bool, default=True
            Whether to draw the scale of heat maps.

        Returns
        -------
        display : :class:`~skseq.inspection.ImportanceDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If the result is not one of these functions'.
        IndexError
            If there is no such sample.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        if not {"importances", "by", "names"} <= set(getattr(result, "keys", tuple)()):
            raise TypeError(
                "result must be what occlusion_importance or permutation_importance of skseq returned. Got "
                f"{type(result).__name__}; arrays of your own go to ImportanceDisplay(importances).plot()."
            )
        if "importances_mean" in result:
            display = cls(**_panel_of_permutations(result))
        else:
            count = len(result.importances)
            places = places_of(range(min(count, FEW_SAMPLES)) if samples is None else samples, count, "samples")
            display = cls(**_panels_of(result, places), titles=[f"sample {place}" for place in places])
        return display.plot(ax=ax, im_kw=im_kw, colorbar=colorbar)

    def plot(self, *, ax: Axes | None = None, im_kw: dict[str, Any] | None = None, colorbar: bool = True) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        im_kw : dict, default=None
            Keyword arguments for :meth:`matplotlib.axes.Axes.imshow`.

        colorbar : bool, default=True
            Whether to draw the scale of heat maps.

        Returns
        -------
        display : :class:`~skseq.inspection.ImportanceDisplay`
            The display itself.

        Raises
        ------
        ValueError
            If importances have no or other numbers of axes, or if there is not one label or timestep for each.
        """
        check_matplotlib(type(self).__name__)
        check_switch("colorbar", colorbar)
        importances = [np.asarray(own, float) for own in self.importances]
        self._check(importances)
        is_map = importances[0].ndim == 2
        self.axes_ = panels(ax, len(importances), figsize=self._figsize(importances))[:, 0]
        self.figure_ = self.axes_[0].figure
        self.bars_ = self.images_ = self.lines_ = self.colorbar_ = None
        if is_map or self.series is not None:
            self._draw_maps(importances, im_kw or {})
            self.colorbar_ = (
                self.figure_.colorbar(self.images_[0], ax=self.axes_, label="importance") if colorbar else None
            )
        else:
            self.bars_ = [self._draw_bars(index, own) for index, own in enumerate(importances)]
        for axes, title in zip(self.axes_, self.titles or []):
            axes.set_title(title, fontsize="medium")
        self._name_steps(importances, is_map)
        self.figure_.canvas.figure.draw_without_rendering()  # lets matplotlib lay the figure out
        self._name_steps(importances, is_map)  # now that it is known how much room the layout leaves
        return self

    def _check(self, importances):
        axes = {own.ndim for own in importances}
        if axes not in ({1}, {2}):
            raise ValueError(
                "importances must be a list of arrays, all of shape (n_bars,) or all of shape (n_timesteps, "
                f"n_features). Got shapes {[own.shape for own in importances[:3]]}."
            )
        for name in ("errors", "labels", "series"):
            if (given := getattr(self, name)) is None:
                continue
            sizes = [own.shape[0 if name != "labels" else -1] for own in importances]
            if (lengths := [len(own) for own in given]) != sizes:
                raise ValueError(
                    f"{name} must have as many entries as importances, in every panel. Got {lengths} for {sizes}."
                )

    def _figsize(self, importances):
        """Inches of a figure."""
        longest = max(len(own) for own in importances)
        if importances[0].ndim == 2:
            return float(np.clip(0.15 * longest, 6.4, 10)), len(importances) * max(
                PANEL_INCHES, 0.8 + ROW_INCHES * importances[0].shape[1]
            )
        width = float(np.clip(BAR_INCHES * longest, 6.4, 10))
        return width, 0.3 + len(importances) * PANEL_INCHES + self._inches_of_names(width - SCALE_INCHES)

    def _inches_of_names(self, width):
        """Height of the names below bars of this width, in all panels, beyond one line each."""
        if self.labels is None or self.series is not None:
            return 0
        return sum(_inches_below(names, 72 * width / len(names)) for names in map(_as_names, self.labels))

    def _draw_bars(self, index, importances):
        """Bars up and down from 0, with lines of their errors."""
        axes = self.axes_[index]
        colours = [COLOURS[0] if value >= 0 else COLOURS[1] for value in importances]
        errors = None if self.errors is None else self.errors[index]
        axes.axhline(0, color=INK, lw=0.8)
        axes.set_ylabel("importance")
        return axes.bar(range(len(importances)), importances, color=colours, yerr=errors, ecolor=INK)

    def _draw_maps(self, importances, im_kw):
        """Heat maps with a feature in every row, or series over one row that is as high as they are."""
        largest = max(np.nanmax(np.abs(own), initial=0) for own in importances) or 1
        style = {"cmap": "RdBu", "vmin": -largest, "vmax": largest, "aspect": "auto"} | im_kw
        if self.series is None:
            self.images_ = [axes.imshow(own.T, **style) for axes, own in zip(self.axes_, importances)]
            return
        self.lines_ = [draw_line(axes, own, color=INK, lw=1.2) for axes, own in zip(self.axes_, self.series)]
        self.images_ = [
            axes.imshow(own.reshape(1, -1), extent=(-0.5, len(own) - 0.5, *axes.get_ylim()), **style)
            for axes, own in zip(self.axes_, importances)
        ]

    def _name_steps(self, importances, is_map):
        labels = self.labels or [None] * len(importances)
        for axes, own in zip(self.axes_, labels):
            names = None if own is None else _as_names(own)
            if is_map:
                name_ticks(axes, "y", names)
                whole_numbers(axes.xaxis)
            elif self.series is None:
                name_ticks(axes, "x", names)
        if is_map or self.labels is None or self.series is not None:
            self.axes_[-1].set_xlabel("timestep")


def _as_names(labels):
    return list(map(shortened, labels))


def _inches_below(names, room):
    """Height of names with this many points for each, beyond one line."""
    size, (names, upright) = letter_size(room), below_each_other(names, room)
    line = 1.2 * size
    return (points(names, size) - line if upright else line * max(name.count("\n") for name in names)) / 72


def _panels_of(result, places=None):
    """Importances and labels of some samples of an occlusion, all by default."""
    places = range(len(result.importances)) if places is None else places
    importances, names = [result.importances[place] for place in places], result.names
    if names is not None and isinstance(names[0], list):  # of tokens
        return {"importances": importances, "labels": [list(map(written, names[place])) for place in places]}
    named = (
        names is not None
        and importances[0].shape[-1] == len(names)
        and (importances[0].ndim == 2 or result.by == "features")
    )
    return {"importances": importances, "labels": [names] * len(importances) if named else None}


def _panel_of_permutations(result):
    """Means and deviations over the repetitions, and labels."""
    means, errors, names = result.importances_mean, result.importances_std, result.names
    if means.ndim == 2:
        return {"importances": [means], "labels": [names]}
    if result.by == "tokens":
        kept = np.argsort(-means, kind="stable")[:MOST_TOKENS]
        means, errors, names = means[kept], errors[kept], [written(names[place]) for place in kept]
    return {"importances": [means], "errors": [errors], "labels": None if names is None else [names]}
