"""Long series cut into overlapping windows that can be cross-validated."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count
from skseq._data.containers import without_times
from skseq._data.mistakes.targets.likely_targets import warn_if_numbers_of_series
from skseq._data.mistakes.times.gaps_in_windows import warn_of_gaps
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, is_sequence
from skseq._data.times.calendars import is_one_series
from skseq._data.times.shared_times import steps_in_spans, times_of_all
from skseq._data.times.time_order import check_same_times_of_all
from skseq._data.windows import window_places
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import Interval, StrOptions, _fit_context
from skseq._typing import Array, SequencesLike
from skseq._whole import fits_whole
from skseq.preprocessing._steps import (
    SequenceInputMixin,
    SequencesOutMixin,
    read_steps,
    samples_of,
    warn_if_steps_in_rows,
)


@public
class SlidingWindows(
    SequenceInputMixin,
    SequencesOutMixin,
    TransformerMixin,
    DocLinkMixin,
    StoredMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
):
    """Cut long series into overlapping windows, and say which of them must stay together.

    Windows that overlap share timesteps. If one is in the training set and another in the test set, the score rewards a
    model for remembering. `split_series` returns windows as samples, the steps that follow them as targets, and
    `groups`: no timestep of a window or of its target is in two groups. GroupKFold, LeaveOneGroupOut and similar
    splitters then keep training and test apart.

    `transform` is for pipelines, which must keep the number of samples: it puts the windows of a series on an axis of
    their own.

    Parameters
    ----------
    window : int, default=2
        Number of timesteps of a window.
    stride : int, default=1
        Number of timesteps from the start of a window to the start of the next. Steps at the end that do not fill a
        whole window are left out, or those at the beginning with `from_end`.
    horizon : int, default=0
        Number of timesteps after a window that are its target in `split_series`. `transform` has no targets and ignores
        it.
    n_blocks : int, default=1
        Number of blocks that `split_series` cuts every series into. Blocks have equal lengths, up to one timestep, and
        each is a group. Windows that reach over the end of a block with their targets are left out: at most
        ``window + horizon - 1`` of them at each of the ``n_blocks - 1`` seams. 1 makes every series one group. A single
        series needs at least as many blocks as folds.
    align : {"start", "end"} or None, default=None
        How the blocks of several series lie beside each other. None: every series has blocks of its own, and their
        numbers count on from series to series. "start" or "end": all series are cut at the same times, so that a group
        is one span of time in all of them. Series of pandas and polars with dates are cut at the same dates, whatever
        `align` says. Others start, or end, at the same time, and the longest one is cut into `n_blocks` blocks. Parts
        of series that have no room for a window give none. `BlockTimeSeriesSplit` needs this for several series.
    from_end : bool, default=False
        Whether windows are counted back from the end of each series or block, so that the last one, with its targets,
        ends there. Set it with a `stride` above 1 if the newest steps matter. With ``stride=1`` it changes nothing.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of 2-D X, or of features. Not set for token lists.
    n_timesteps_in_ : int
        Length of the longest series in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    skseq.model_selection.BlockTimeSeriesSplit : Trains on earlier blocks, tests on later ones.
    skseq.LSTMAutoencoderDetector : Cuts its own windows, and returns scores of timesteps.

    Notes
    -----
    Windows add an axis, so there are no feature names and ``set_output`` changes nothing.

    Blocks follow each other in time, and so do the numbers of their groups: within a series, or in all of them with
    `align`. GroupKFold and LeaveOneGroupOut also train on blocks that come after the test fold. `BlockTimeSeriesSplit`
    trains on earlier ones only.

    Examples
    --------
    Forecasts from one long series, in blocks:

    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn.model_selection import LeaveOneGroupOut, cross_val_score
    >>> from skseq.preprocessing import SlidingWindows
    >>> series = np.sin(np.arange(200) / 5)
    >>> cutter = SlidingWindows(window=10, horizon=1, n_blocks=4)
    >>> windows, y, groups = cutter.split_series([series])
    >>> windows.shape, y.shape, np.bincount(groups)
    ((160, 10), (160, 1), array([40, 40, 40, 40]))
    >>> scores = cross_val_score(LinearRegression(), windows, y, groups=groups, cv=LeaveOneGroupOut())
    >>> bool(scores.min() > 0.99)
    True

    Labels of several series, where each series is a group:

    >>> windows, y, groups = SlidingWindows(window=2).split_series([[1, 2, 3], [7, 8]], y=["low", "high"])
    >>> windows.tolist(), y.tolist(), groups.tolist()
    ([[1, 2], [2, 3], [7, 8]], ['low', 'low', 'high'], [0, 0, 1])

    Blocks of several series that end at the same time. The shorter one has nothing in block 0:

    >>> cutter = SlidingWindows(window=2, n_blocks=3, align="end")
    >>> windows, _, groups = cutter.split_series([[1, 2, 3, 4, 5, 6], [7, 8, 9]])
    >>> windows.tolist(), groups.tolist()
    ([[1, 2], [3, 4], [5, 6], [8, 9]], [0, 1, 2, 2])

    Windows by series:

    >>> SlidingWindows(window=3, stride=2).fit_transform([[0.0, 1.0, 2.0, 3.0, 4.0]])
    array([[[0., 1., 2.],
            [2., 3., 4.]]])
    """

    n_features_in_: int
    n_timesteps_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "window": [Interval(Integral, 1, None, closed="left")],
        "stride": [Count()],
        "horizon": [Interval(Integral, 0, None, closed="left")],
        "n_blocks": [Count()],
        "align": [StrOptions({"start", "end"}), None],
        "from_end": ["boolean"],
    }

    def __init__(
        self,
        window: int = 2,
        *,
        stride: int = 1,
        horizon: int = 0,
        n_blocks: int = 1,
        align: Literal["start", "end"] | None = None,
        from_end: bool = False,
    ):
        self.window = window
        self.stride = stride
        self.horizon = horizon
        self.n_blocks = n_blocks
        self.align = align
        self.from_end = from_end

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Check the series and remember their form. There is nothing else to learn.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Series of numbers or of tokens. A list or an object array holds series of any lengths.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SlidingWindows
            The transformer.

        Raises
        ------
        ValueError
            If X is not as described, or a series is shorter than a window.
        """
        steps = read_steps(self, _undated(X), reset=True)
        self._check_long_enough(steps.lengths, columns=not steps.ragged and steps.flat.ndim == 1)
        warn_if_steps_in_rows(X, self._source_kind, steps.like(steps.flat), y)
        return self

    def transform(self, X: SequencesLike) -> Array:
        """Cut every series into windows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Series of the kind in `fit`; lists and 3-D X may have other lengths.

        Returns
        -------
        windows : ndarray of shape (n_samples, n_windows, window) or (n_samples, n_windows, window, n_features)
            Windows in the type of X. Ragged X gives a 1-D object array of one array per series, (n_windows of the
            series, window) or (n_windows of the series, window, n_features).

        Raises
        ------
        ValueError
            If a series is shorter than a window.

        Warns
        -----
        UserWarning
            Of windows that read across a gap in times, as `split_series` does.
        """
        check_is_fitted(self)
        steps = read_steps(self, _undated(X), reset=False)
        self._check_long_enough(steps.lengths)
        samples, first = self._places(steps.lengths, self.window)
        warn_of_gaps(as_samples(X), first, self.window)
        windows = _runs(steps.flat, first, self.window)
        if steps.ragged:  # as many windows as the series has room for
            return samples_of(windows, np.bincount(samples, minlength=len(steps.lengths)))
        return windows.reshape(len(steps.lengths), -1, *windows.shape[1:])  # (n, n_windows, window, ...)

    def split_series(self, X: SequencesLike, y: SequencesLike | None = None) -> tuple[Array, Array | None, Array]:
        """Return windows as samples, their targets, and groups that share no timestep.

        This needs no `fit` and changes nothing.

        Parameters
        ----------
        X : array-like of shape (n_series, n_timesteps) or (n_series, n_timesteps, n_features), or list
            Series of numbers or of tokens. A single series is a list of one, or a Series of numbers of pandas or
            polars; then y may be such a Series, too. In a list, dates may be the index (pandas) or a column (polars).
        y : array-like of shape (n_series,) or (n_series, n_timesteps[, n_outputs]), or list, default=None
            What to predict: one label per series, which all of its windows get, or values for every timestep of X, as
            of how much is left. NaN is what was not measured, and stays NaN in the targets. None takes the timesteps of
            X that follow a window.

        Returns
        -------
        windows : ndarray of shape (n_windows, window) or (n_windows, window, n_features)
            Windows of all series, one series after another, in the type of X.
        targets : ndarray, or None
            The `horizon` steps of `y`, or of X, that follow each window: (n_windows, horizon) or (n_windows, horizon,
            n_outputs). With ``horizon=0`` the steps of `y` at the timesteps of the window itself, (n_windows, window),
            or None without y. For labels the label of the series, (n_windows,). Where y has gaps, leave out windows
            without a target: ``known = np.isfinite(targets).all(axis=1)``, or ``np.isfinite(targets[:, -1])`` where
            only the last one is learnt; then ``windows[known]``, ``targets[known]`` and ``groups[known]``.
        groups : ndarray of int of shape (n_windows,)
            Number of the block that the window is from. It counts from 0 through all series; with `align`, from 0 to
            ``n_blocks - 1`` in each. No timestep of a series is in two blocks. With ``n_blocks=1`` it is the number of
            the series: of several per athlete, ``athlete_of_series[groups]``, of an array, keeps these together.

        Raises
        ------
        ValueError
            If a block is shorter than a window with its horizon (with `align`: a block in all series, or all parts of
            one), if y does not fit X or has other times, if y holds labels of series and `horizon` is not 0, or, with
            `align`, if only some series have dates, or only some of the dates a time zone.

        Warns
        -----
        UserWarning
            Of windows that read across a gap, where a few steps are missing among times that otherwise have one step.
        """
        self._validate_params()
        if _is_series(X):
            X, y = [X], [y] if _is_series(y) else y
        reader = clone(self)
        steps = read_steps(reader, _undated(X), reset=True)  # reading sets attributes, of the clone only
        span = self.window + self.horizon
        times = None if self.align is None else times_of_all(as_samples(X))
        blocks = self._blocks(steps.lengths, times)
        self._check_room(blocks, span, by_times=times is not None)
        warn_if_steps_in_rows(X, reader._source_kind, steps.like(steps.flat), None)
        pieces, first = self._places(blocks.ravel(), span)
        warn_of_gaps(as_samples(X), first, span)
        series, numbers = np.divmod(pieces, self.n_blocks)
        groups = pieces if self.align is None else numbers
        windows = _runs(steps.flat, first, self.window)
        if y is not None and _is_labels(y):
            return windows, self._labels(y, len(steps.lengths))[series], groups
        source = steps.flat if y is None else self._beside(y, steps)
        check_same_times_of_all(as_samples(X), as_samples(y), "X", "y")
        if self.horizon:
            return windows, _runs(source, first + self.window, self.horizon), groups
        return windows, None if y is None else _runs(source, first, self.window), groups

    def _blocks(self, lengths, times):
        """Lengths (n_series, n_blocks) of the blocks of every series; ``times`` (t_i,) of each come before `align`."""
        if self.align is None:
            return _blocks(lengths, self.n_blocks)
        if times is None:
            starts = lengths.max() - lengths if self.align == "end" else np.zeros_like(lengths)  # (n_series,)
            times = [start + np.arange(length) for start, length in zip(starts, lengths)]
        return steps_in_spans(times, self.n_blocks)

    def _places(self, lengths, span):
        """(pieces, first steps in flat) of all windows, each (n_windows,)."""
        long = np.flatnonzero(lengths >= span)
        among_long, starts = window_places(lengths[long], span, self.stride, to_end=False)
        pieces = long[among_long]
        if self.from_end:
            starts = starts + (lengths[pieces] - span) % self.stride
        return pieces, (np.cumsum(lengths) - lengths)[pieces] + starts  # where the piece begins, and from there

    def _check_room(self, blocks, span, *, by_times):
        """Every block must hold a window; with `align` every series one in any block, every block one of any series."""
        short = blocks < span  # (n_series, n_blocks)
        if self.align is not None:
            short &= short.all(axis=1, keepdims=True) | short.all(axis=0)
        if not short.any():
            return
        index = (short.any(axis=1) * blocks.sum(axis=1)).argmax()  # the longest one
        remedy = _if_one_series(blocks[index].sum(), len(blocks)) if short.all() else ""
        what = "which has" if self.n_blocks == 1 else "a block of which has"
        if self.align is not None and short[index].all():
            what = "whose longest block has"
        dates = ", which cuts dated series at the same dates" if by_times else ""
        raise ValueError(
            f"window={self.window} and horizon={self.horizon} need {span} timesteps, more than X[{index}], {what} "
            f"{blocks[index, short[index]].max()} with n_blocks={self.n_blocks} and align={self.align!r}{dates}: "
            f"remove such series, or set smaller numbers.{remedy}"
        )

    def _check_long_enough(self, lengths, *, columns=False):
        short = np.flatnonzero(lengths < self.window)
        if not short.size:
            return
        length, needs = lengths[short[0]], f"window={self.window}"
        if columns:  # in scikit-learn's words, which its checks of estimators look for
            raise ValueError(
                f"X: found array with {length} feature(s), one per timestep, while a minimum of {self.window} is "
                f"required by {needs}.{_if_one_series(length, len(lengths))}"
            )
        raise ValueError(
            f"X holds {short.size} series shorter than {needs}, the first at index {short[0]} with {length} "
            "timestep(s): remove them, or set a smaller window."
        )

    def _labels(self, y, n_series):
        """One label per series, (n_series,)."""
        labels = check_array(plain(y, "y"), ensure_2d=False, dtype=None, input_name="y")
        if len(labels) != n_series:
            raise ValueError(
                f"y holds {len(labels)} labels, but X {n_series} series. Expected a label for every series, or for "
                "every timestep in the form of X: those of a single series are [y]."
            )
        if self.horizon:
            raise ValueError(
                f"horizon={self.horizon} asks for the timesteps after a window, but y holds one label per series: set "
                "horizon=0, or pass y with values for every timestep."
            )
        warn_if_numbers_of_series(labels)
        return labels

    def _beside(self, y, steps):
        """Values of y for every timestep, (n_steps, ...)."""
        values = read_steps(clone(self), y, reset=True, argument="y", gaps=True)
        if not np.array_equal(values.lengths, steps.lengths):
            raise ValueError(
                f"y has {len(values.lengths)} sequences of {_few(values.lengths)} timesteps, but X "
                f"{len(steps.lengths)} of {_few(steps.lengths)}: y must have a value for every timestep of X, or a "
                "label for every series."
            )
        return values.flat


def _runs(flat, first, length):
    """Consecutive steps (n, length, ...) from each of the first ones."""
    return flat[first[:, None] + np.arange(length)]  # (n, 1) + (length,)


def _blocks(lengths, n_blocks):
    """Lengths (n_series, n_blocks) of equal blocks up to one timestep, the longer ones first."""
    return lengths[:, None] // n_blocks + (np.arange(n_blocks) < lengths[:, None] % n_blocks)


def _if_one_series(n_timesteps, n_series):
    """The end of an error about short series that may be the rows of one: they are more than the timesteps of each."""
    if n_series <= n_timesteps:
        return ""
    return " If X is one long series with a timestep in every row, pass a list of it, [X]."


def _is_series(X):
    """Whether X is a Series of numbers; a frame is a table with a series in every row."""
    return is_one_series(X) and not hasattr(X, "columns")


def _undated(X):
    """X without the columns of times of polars; one other column is a series, as beside an index of pandas."""
    undated = without_times(X)
    if undated is X:
        return X
    pairs = zip(undated, as_samples(X))
    return [own if own is sample or own.width > 1 else own.to_series() for own, sample in pairs]


def _is_labels(y):
    samples = as_samples(y)  # None for arrays of numbers
    return not any(map(is_sequence, samples)) if samples is not None else getattr(y, "ndim", 0) == 1


def _few(lengths):
    shown = sorted(set(lengths.tolist()))
    return ", ".join(map(str, shown[:5])) + (", ..." if len(shown) > 5 else "")
