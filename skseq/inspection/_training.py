"""TrainingDisplay: how fits went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from skseq._arguments import check_switch
from skseq._typing import Array, Axes, Figure
from skseq.inspection._axes import INK, MORE_COLOURS, check_matplotlib, draw_line, legend_above, panels, whole_numbers


class TrainingDisplay:
    """Loss, or other quantities in `history_`, over the epochs of one or several fits.

    Make it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    histories : dict of str to dict
        Name to history of every fit. A history has one list per key, with one number per epoch.

    keys : sequence of str, default=("loss",)
        What to draw, one panel per key. Training is solid. Validation is dashed, if the history has ``"val_"`` and
        the key.

    named : bool, default=True
        Whether the legend names a single fit, as it does several.

    Attributes
    ----------
    lines_ : list of dict of (str, str) to matplotlib Line2D
        For every panel a dict from (name of the fit, key) to its line, validation keys included.

    legend_ : matplotlib Legend or None
        Legend, on top of the panels. None if there is nothing to tell apart.

    axes_ : ndarray of matplotlib Axes of shape (n_keys,)
        Panels, one above the other.

    figure_ : matplotlib Figure
        Figure that holds the panels.

    See Also
    --------
    TrainingDisplay.from_estimator : Draw the history of fitted estimators.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderTransformer
    >>> from skseq.inspection import TrainingDisplay
    >>> X = np.sin(np.linspace(0, 6, 12) + np.arange(20)[:, None])  # 20 waves of 12 timesteps
    >>> fits = {
    ...     f"{units} units": LSTMAutoencoderTransformer(units=units, epochs=5, random_state=0).fit(X, X_val=X[:4])
    ...     for units in (4, 8)
    ... }
    >>> display = TrainingDisplay.from_estimator(fits, log_scale=True)
    >>> [key for name, key in display.lines_[0] if name == "8 units"]
    ['loss', 'val_loss']
    """

    lines_: Any
    legend_: Any
    axes_: Array
    figure_: Figure

    def __init__(self, histories: dict[str, dict[str, Any]], *, keys: Sequence[str] = ("loss",), named: bool = True):
        self.histories = histories
        self.keys = keys
        self.named = named

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, keys: str | Sequence[str] = ("loss",), ax: Axes | None = None, log_scale: bool = False
    ) -> Self:
        """Draw the history of one or several fitted estimators.

        Parameters
        ----------
        estimator : fitted estimator with `history_`, list of them, or dict of str to them
            The fits. The keys of a dict are their names. A list is numbered. An estimator by itself has no name.

        keys : str or sequence of str, default=("loss",)
            What to draw, one panel per key. Training is solid. Validation is dashed, if the history has ``"val_"``
            and the key.

        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        log_scale : bool, default=False
            Whether the vertical axes are logarithmic.

        Returns
        -------
        display : :class:`~skseq.inspection.TrainingDisplay`
            The display, drawn.

        Raises
        ------
        TypeError
            If an estimator keeps no history.
        ValueError
            If one of the histories lacks a key.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls.__name__)
        keys = _listed(keys)
        histories = {name: _history_of(fit, name, keys) for name, fit in _named(estimator).items()}
        named = isinstance(estimator, (Mapping, list, tuple))
        return cls(histories, keys=keys, named=named).plot(ax=ax, log_scale=log_scale)

    def plot(self, *, ax: Axes | None = None, log_scale: bool = False) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one Axes per panel, or a single Axes whose place all panels share. None makes a new figure.

        log_scale : bool, default=False
            Whether the vertical axes are logarithmic.

        Returns
        -------
        display : :class:`~skseq.inspection.TrainingDisplay`
            The display itself.
        """
        check_matplotlib(type(self).__name__)
        check_switch("named", self.named)
        n_keys = len(keys := _listed(self.keys))
        self.axes_ = panels(ax, n_keys, figsize=(6.4, 1.2 + 2.6 * n_keys), sharex="col")[:, 0]
        self.figure_ = self.axes_[0].figure
        self.lines_ = [self._draw_key(axes, key) for axes, key in zip(self.axes_, keys)]
        for axes in self.axes_:
            axes.set_yscale("log" if log_scale else "linear")
            whole_numbers(axes.xaxis)
        self.axes_[-1].set_xlabel("epoch")
        self.legend_ = self._draw_legend(own_figure=ax is None)
        return self

    def _draw_key(self, axes, key):
        """(name, key) -> line, for one key and its validation in every history that has them."""
        axes.set_ylabel(key.replace("_", " "))
        return {
            (name, drawn): draw_line(
                axes, history[drawn], start=1, color=color, lw=1.5, ls="--" if drawn.startswith("val_") else "-"
            )
            for (name, history), color in zip(self.histories.items(), cycle(MORE_COLOURS))
            for drawn in (key, f"val_{key}")
            if drawn in history  # not every fit has validation data
        }

    def _draw_legend(self, *, own_figure):
        """Names of the fits by colour, and training and validation by dashes if there are both."""
        from matplotlib.lines import Line2D

        named = self.named or len(self.histories) > 1
        entries = {}
        if named:
            colours = zip(self.histories, cycle(MORE_COLOURS))
            entries |= {name: Line2D([], [], color=color) for name, color in colours}
        if any(key.startswith("val_") for lines in self.lines_ for _, key in lines):
            color = INK if named else MORE_COLOURS[0]  # ink is the colour of no fit
            entries |= {"training": Line2D([], [], color=color), "validation": Line2D([], [], color=color, ls="--")}
        if not entries:
            return None
        handles, labels = list(entries.values()), list(map(str, entries))
        return legend_above(self.axes_[0], handles, labels, of_figure=own_figure)


def _listed(keys):
    """The names of what to draw, at least one."""
    listed = (keys,) if isinstance(keys, str) else tuple(keys) if isinstance(keys, Iterable) else ()
    if not listed or not all(isinstance(key, str) for key in listed):
        raise ValueError(f"keys must be a name in history_, or a list of at least one, such as ['loss']. Got {keys!r}.")
    return listed


def _named(estimators):
    """Name -> fitted estimator, of one, a list or a dict."""
    if isinstance(estimators, Mapping):
        return dict(estimators)
    if isinstance(estimators, (list, tuple)):
        return {f"{index}: {type(estimator).__name__}": estimator for index, estimator in enumerate(estimators)}
    return {type(estimators).__name__: estimators}


def _history_of(estimator, name, keys):
    """The history of a fitted estimator, which has all the keys."""
    check_is_fitted(estimator)
    history = getattr(estimator, "history_", None)
    if history is None:
        raise TypeError(
            f"TrainingDisplay needs fitted estimators with history_. Got {type(estimator).__name__}, which has none. "
            "Of a Pipeline, pass the step that has it; of a search, its best_estimator_; of a SeriesForecaster or a "
            "SequenceEncoder, its estimator_."
        )
    missing = [key for key in keys if key not in history]
    if missing:
        raise ValueError(f"history_ of {name!r} has no {missing}, only {list(history)}.")
    return history
