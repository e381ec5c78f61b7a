"""Gaps in sequences of numbers, filled from the readings around them."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skseq._callers import warn_caller
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._of_fit import ParametersOfFitMixin
from skseq._sklearn import Interval, StrOptions, _fit_context, available_if
from skseq._typing import Array, ArrayLike, SequencesLike
from skseq._whole import fits_whole
from skseq.preprocessing._steps import ChannelNamesMixin, SequenceInputMixin, in_containers, read_channels

MOST_NAMED = 10  # channels in a warning
LONG, LONG_SHARE = 10, 0.1  # steps, and of a sequence: so many at one end are hardly a gap


def _has_names(self):
    """Whether there is a name for what comes out: columns beside their indicators are no columns."""
    if self._of_fit("add_indicator") and getattr(self, "_source_kind", "columns") == "columns":
        raise AttributeError("Columns beside their indicators have no names. Set add_indicator=False, and fit.")
    return True


@public
class SequenceImputer(
    ParametersOfFitMixin,
    SequenceInputMixin,
    ChannelNamesMixin,
    TransformerMixin,
    DocLinkMixin,
    StoredMixin,
    BaseEstimator,
):
    """Fill gaps of sequences, channel by channel.

    A gap is a run of NaN within a sequence. scikit-learn's imputers fill columns, which are timesteps where each row is
    a sequence. Here a gap is filled from the readings of the same channel of the same sequence.

    Parameters
    ----------
    strategy : {"forward", "interpolate", "mean", "median", "constant"}, default="forward"
        What stands in a gap:

        - "forward": the last reading before it. It looks at the past only, so it suits forecasts.
        - "interpolate": a straight line from the reading before to the one after; after the last reading, that one.
          It goes by timesteps, as if all were equally far apart, also where dates say otherwise.
        - "mean": the mean of the channel in `fit`.
        - "median": its median, which a few outliers do not move.
        - "constant": `fill_value`, also where a channel has no reading, such as 0 for what did not happen.

        A gap before the first reading of a channel takes the first reading with "interpolate", and the mean of the
        channel in `fit` with "forward". A channel without any reading in a sequence takes that mean, too (with "median"
        the median), or 0 if there was none in `fit` either, of which `fit` warns.
    fill_value : float, default=0.0
        What stands in gaps with ``strategy="constant"``; the others do not read it.
    add_indicator : bool, default=False
        Whether each channel gets another one behind all channels, which is 1 in gaps and 0 elsewhere. A network then
        can tell a reading from what was filled in.

    Attributes
    ----------
    mean_ : ndarray of shape (n_channels,)
        Mean of all readings of each channel in `fit`.
    median_ : ndarray of shape (n_channels,)
        Their median. Exists only with ``strategy="median"``.
    n_features_in_ : int
        Number of columns of 2-D X, or of channels.
    n_timesteps_in_ : int
        Number of timesteps of the longest sequence in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    SequenceScaler : Puts channels on one scale.
    as_sequences : Cuts off NaN that is padding.

    Notes
    -----
    The last steps of a series that has not been published yet are no gap: filled in, it stands still there, and
    forecasts go on from a value that never was. `fit` warns of such ends only from 10 steps on. Leave shorter ones out
    as well, as by ``x.loc[: x.last_valid_index()]`` of pandas.

    NaN at the end of rows of different lengths is padding, not a gap: `as_sequences` with ``layout="tslearn"`` makes
    ragged sequences of such rows. ``set_output`` gives data frames for 2-D X without indicators.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq.preprocessing import SequenceImputer
    >>> X = [[1.0, np.nan, np.nan, 4.0], [np.nan, 5.0, 6.0, np.nan]]
    >>> SequenceImputer().fit_transform(X)  # the mean of all readings is 4
    array([[1., 1., 1., 4.],
           [4., 5., 6., 6.]])
    >>> SequenceImputer("interpolate").fit_transform(X)
    array([[1., 2., 3., 4.],
           [5., 5., 6., 6.]])
    >>> SequenceImputer(add_indicator=True).fit_transform(X).shape  # readings, and where they are missing
    (2, 4, 2)

    Dates stay where they are:

    >>> import pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=3)
    >>> SequenceImputer("interpolate").fit_transform([pd.Series([1.0, np.nan, 3.0], days, name="level")])[0]
    2024-01-01    1.0
    2024-01-02    2.0
    2024-01-03    3.0
    Freq: D, Name: level, dtype: float64
    """

    mean_: Array
    median_: Array
    n_features_in_: int
    n_timesteps_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "strategy": [StrOptions({"forward", "interpolate", "mean", "median", "constant"})],
        "fill_value": [Interval(Real, None, None, closed="neither")],
        "add_indicator": ["boolean"],
    }

    def __init__(
        self,
        strategy: Literal["forward", "interpolate", "mean", "median", "constant"] = "forward",
        *,
        fill_value: float = 0.0,
        add_indicator: bool = False,
    ):
        self.strategy = strategy
        self.fill_value = fill_value
        self.add_indicator = add_indicator

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Learn the mean, or the median, of every channel.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of numbers with NaN where readings are missing. 2-D X holds one univariate sequence per row, and
            all rows are one channel. A list or an object array holds (t,) or (t, n_features) arrays of any lengths, or
            Series and frames, in which dates may be the index (pandas) or a column (polars).
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequenceImputer
            The fitted imputer.

        Raises
        ------
        ValueError
            If X is not as described, or holds infinity.

        Warns
        -----
        UserWarning
            Of a channel without any reading, which is filled with 0, and, with ``strategy="forward"`` or
            ``"interpolate"`` and without `add_indicator`, of a sequence that has no reading in any channel for more
            than a tenth of its steps, at least 10, and for longer than elsewhere, at its beginning or its end.
        """
        sequences = read_channels(self, X, y, reset=True, gaps=True)
        steps = sequences.values[sequences.mask]  # (n_steps, f)
        n_read = np.count_nonzero(~np.isnan(steps), axis=0)
        if self.strategy != "constant":
            _warn_of_no_reading(n_read, self._column_names)
        if self.strategy in ("forward", "interpolate") and not self.add_indicator:
            _warn_of_long_ends(sequences, self.strategy)
        power = 2.0 ** len(steps).bit_length()  # changes no digit, and the sum of so many parts is finite
        sums = np.nansum(steps / np.float64(power), axis=0)
        self.mean_ = sums / np.maximum(n_read, 1) * power  # 0 without any reading
        vars(self).pop("median_", None)  # of an earlier fit
        if self.strategy == "median":
            self.median_ = _medians(steps, n_read)
        self._keep_parameters("strategy", "fill_value", "add_indicator")
        return self

    def transform(self, X: SequencesLike) -> Array | list[Any]:
        """Fill the gaps.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in `fit`; lists and 3-D X may have other lengths.

        Returns
        -------
        filled : ndarray of the shape of X, 1-D object array of arrays, or list
            Sequences in the form of X without NaN. With `add_indicator` twice as many channels, always (n_samples,
            n_timesteps, 2 * n_channels) or (t, 2 * n_channels) arrays. Series and frames of pandas or polars in a list
            come back in a list, floats in place of their numbers, with index, names and columns of times as they were;
            not so after a fit on a table, and where a list has other things than these beside them and all are equally
            long. Indicators are columns named ``missingindicator_...``, and Series become frames of the columns "x0"
            and "missingindicator_x0".

        Warns
        -----
        UserWarning
            Of sequences without any reading, unless ``strategy="constant"`` or `add_indicator` is set.
        """
        check_is_fitted(self)
        sequences = read_channels(self, X, gaps=True)
        missing = np.isnan(sequences.values)  # (n, t, f)
        strategy = self._of_fit("strategy")
        if strategy != "constant" and not self._of_fit("add_indicator"):  # these may tell that something did not happen
            _warn_of_empty(missing, sequences.mask)
        filled = _FILL[strategy](sequences.values, missing, sequences.mask)
        filled = np.where(np.isnan(filled), self._typical(strategy).astype(filled.dtype), filled)
        if self._of_fit("add_indicator"):
            filled = sequences.unpadded(np.concatenate([filled, missing.astype(filled.dtype)], axis=2))
        else:
            filled = sequences.like(filled)
        return in_containers(X, filled, self._source_kind)

    def _typical(self, strategy):
        """What stands where no reading of a sequence can, (n_channels,)."""
        if strategy == "constant":
            return np.full(self.mean_.shape, float(self._of_fit("fill_value")))
        return self.median_ if strategy == "median" else self.mean_

    @available_if(_has_names)
    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Array:
        """Names of what comes out, which are those of what goes in. 2-D X with indicators has none.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the input columns. None takes `feature_names_in_`, or ``x0``, ``x1``, ... without these. A column
            of sequences has one name, ``x0`` if none is given.

        Returns
        -------
        names : ndarray of str of shape (`n_features_in_`,), or of the shape of `input_features`
            Names.
        """
        return super().get_feature_names_out(input_features)

    def _gives_columns(self):
        return super()._gives_columns() and not self._of_fit("add_indicator")


def _warn_of_no_reading(n_read, names):
    """Warn of channels without a reading; ``names`` are those of all channels, or None."""
    empty = np.flatnonzero(n_read == 0)
    if not empty.size:
        return
    which = ", ".join(str(channel if names is None else names[channel]) for channel in empty[:MOST_NAMED])
    which += ", ..." if len(empty) > MOST_NAMED else ""
    what = "X" if len(n_read) == 1 and names is None else f"channel(s) {which} of X"
    warn_caller(
        f"No reading is in {what}, whose gaps are filled with 0: leave such channels out, or fit on sequences with "
        "readings of them."
    )


def _warn_of_empty(missing, mask):
    """Warn where a sequence has no reading at all, where values are ``missing`` (n, t, f) and steps are real (n, t)."""
    empty = np.flatnonzero((missing.all(axis=2) | ~mask).all(axis=1))
    if not len(empty):
        return
    others = f", as {len(empty) - 1} other(s)" if len(empty) > 1 else ""
    warn_caller(
        f"Sequence {empty[0]} of X has no reading{others}: it is filled with what is usual in fit, and what is "
        f"predicted of it says nothing. Leave such sequences out: those are X[{empty[:MOST_NAMED].tolist()}]"
        f"{' and more' if len(empty) > MOST_NAMED else ''}."
    )


def _warn_of_long_ends(sequences, strategy):
    """Warn where a sequence begins long after its first step, or ends long before its last one."""
    read = ~np.isnan(sequences.values).all(axis=2) & sequences.mask  # (n, t)
    lengths = sequences.mask.sum(axis=1)
    firsts, ends = read.argmax(axis=1), read.shape[1] - read[:, ::-1].argmax(axis=1)
    longest = np.maximum(firsts, lengths - ends)  # (n,), at either end
    is_long = read.any(axis=1) & (longest > np.maximum(LONG - 1, LONG_SHARE * lengths))
    for index in np.flatnonzero(is_long):
        if longest[index] < np.diff(np.flatnonzero(read[index])).max(initial=1):  # as long as a gap within
            continue
        length, first, end = lengths[index], firsts[index], ends[index]
        at_start = first >= length - end
        where = f"first {first}" if at_start else f"last {length - end}"
        what = "the mean of all sequences" if at_start and strategy == "forward" else "its nearest reading"
        warn_caller(
            f"Sequence {index} of X has no reading in its {where} of {length} steps, which strategy={strategy!r} fills "
            f"with {what}: what is learnt of them never was. Leave these steps out, as by x[{first}:{end}] in a list "
            "of sequences, or set add_indicator=True, by which a network can tell them."
        )
        return


def _medians(steps, n_read):
    """Median (n_channels,) of readings (n_steps, n_channels), 0 of a channel without any."""
    medians = np.zeros(steps.shape[1])
    read = n_read > 0
    medians[read] = 2 * np.nanmedian(np.asarray(steps[:, read], np.float64) / 2, axis=0)  # two halves have a finite sum
    return medians


# --- strategies: values (n, t, f), where they are missing, and where steps are real (n, t), to values -----------------


def _forward(values, missing, mask):
    """x_t = x_s, where s is the last step up to t with a reading."""
    steps = np.arange(values.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(missing, -1, steps), axis=1)  # (n, t, f), -1 before the first reading
    filled = np.take_along_axis(values, np.maximum(last, 0), axis=1)
    return np.where(last < 0, np.nan, filled)


def _interpolate(values, missing, mask):
    """On the line between the readings at both sides, or the nearest reading where one side has none."""
    filled = values.copy()
    for sample, channel in np.argwhere((missing & mask[:, :, None]).any(axis=1)):
        gaps = missing[sample, :, channel]
        known = np.flatnonzero(~gaps & mask[sample])
        if known.size:
            holes = np.flatnonzero(gaps)
            halves = values[sample, known, channel] / 2  # the difference of two halves is finite
            filled[sample, holes, channel] = 2 * np.interp(holes, known, halves)
    return filled


def _leave(values, missing, mask):
    """As they are: what is typical in `fit` stands in all gaps."""
    return values


_FILL = {"forward": _forward, "interpolate": _interpolate, "mean": _leave, "median": _leave, "constant": _leave}
