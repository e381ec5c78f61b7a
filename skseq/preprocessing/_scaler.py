"""Scaling of sequences, channel by channel."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count
from skseq._data.sequences import pad
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import HasMethods, StrOptions, _fit_context, available_if
from skseq._typing import Array, SequencesLike
from skseq._whole import fits_whole
from skseq.preprocessing._steps import ChannelNamesMixin, SequenceInputMixin, in_containers, read_channels

_METHODS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}
ROUNDING = 1e-9  # of the largest number: what moves less is constant
_LEAST_SPREADS = {  # squares below the smallest number; what scikit-learn takes for rounding, wherever it lies
    "standard": 1e-150,
    "minmax": 10 * np.finfo(np.float64).eps,
    "robust": 10 * np.finfo(np.float64).eps,
}


def _scaler_has(name):
    def check(self):
        unfitted = _METHODS.get(self.method) if isinstance(self.method, str) else self.method
        scaler = getattr(self, "scaler_", unfitted)  # before fit a class answers as well
        if self.n_regimes != 1 or isinstance(scaler, list):
            raise AttributeError(f"A scaler of several regimes has no {name}. Set n_regimes=1, and fit.")
        if not hasattr(scaler, name):
            own = scaler if isinstance(scaler, type) else type(scaler)
            able = " or ".join(repr(method) for method, known in _METHODS.items() if hasattr(known, name))
            raise AttributeError(f"{own.__name__} has no {name}. Set method={able}, and fit.")
        return True

    return check


@public
class SequenceScaler(SequenceInputMixin, ChannelNamesMixin, TransformerMixin, DocLinkMixin, StoredMixin, BaseEstimator):
    """Scale the channels of sequences, with one scale per channel for all timesteps.

    :class:`~sklearn.preprocessing.StandardScaler` and similar scalers scale columns. If each row is a univariate
    sequence, a column is a timestep, and scaling every timestep by itself removes the course of the sequence. Here
    scikit-learn's own scalers take the statistics of a channel over all real timesteps of all samples at once, so every
    sequence keeps its shape.

    Parameters
    ----------
    method : {"standard", "minmax", "robust"} or transformer, default="standard"
        How a channel is scaled: "standard" to mean 0 and standard deviation 1, "minmax" to the range 0 to 1, "robust"
        to median 0 and interquartile range 1, which outliers hardly move. A scikit-learn transformer of columns, such
        as ``MinMaxScaler(feature_range=(-1, 1))``, is cloned and fitted on all timesteps, (n_steps, n_channels). It
        must keep the number of channels. Its parameters can be searched as ``method__...``.
    n_regimes : int, default=1
        Number of regimes among which timesteps jump, such as the operating settings of an engine, whose levels hide
        what changes within each of them. With more than one, clusters of all timesteps in `fit` are the regimes, and
        each is scaled by itself [1]_; then there are neither `partial_fit` nor `inverse_transform`.

    Attributes
    ----------
    scaler_ : transformer or list of transformers
        The fitted scaler, with its statistics, one entry per channel; with several regimes one for each.
    regimes_ : Pipeline or None
        What predicts the regime, 0 to `n_regimes` - 1, of timesteps (n_steps, n_channels); None of one regime.
    n_features_in_ : int
        Number of columns of 2-D X, or of channels.
    n_timesteps_in_ : int
        Number of timesteps of the longest sequence in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    SequencePadder : Puts sequences of any lengths into one array.

    Notes
    -----
    ``set_output`` gives data frames for 2-D X. 3-D and ragged X always give arrays.

    Regimes are found by :class:`~sklearn.cluster.KMeans` on channels of mean 0 and deviation 1, ten times from a fixed
    seed. A timestep of a regime that `fit` has not seen is scaled as those of the nearest one.

    References
    ----------
    .. [1] Peel, "Data driven prognostics using a Kalman filter ensemble of neural network models", PHM 2008.

    Examples
    --------
    Two sensors of very different size, in recordings of different lengths:

    >>> import numpy as np
    >>> from skseq.preprocessing import SequenceScaler
    >>> X = [np.array([[1.0, 100.0], [2.0, 300.0]]), np.array([[3.0, 200.0]])]
    >>> scaler = SequenceScaler(method="minmax").fit(X)
    >>> scaler.transform(X)[0]
    array([[0. , 0. ],
           [0.5, 1. ]])
    >>> scaler.inverse_transform(scaler.transform(X))[1]
    array([[  3., 200.]])

    Univariate sequences, one per row, keep their course:

    >>> SequenceScaler().fit_transform([[0.0, 2.0], [2.0, 4.0]])
    array([[-1.41421356,  0.        ],
           [ 0.        ,  1.41421356]])

    A machine that runs slowly or fast, and is 0.1 warmer in the second half:

    >>> run = np.array([[10.0, 50.0], [20.0, 90.0], [10.0, 50.1], [20.0, 90.1]])  # speed, temperature
    >>> SequenceScaler(n_regimes=2).fit_transform([run])[0].round(6)
    array([[ 0., -1.],
           [ 0., -1.],
           [ 0.,  1.],
           [ 0.,  1.]])

    Dates stay where they are:

    >>> import pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=2)
    >>> SequenceScaler().fit_transform([pd.Series([1.0, 3.0], days, name="level")])[0]
    2024-01-01   -1.0
    2024-01-02    1.0
    Freq: D, Name: level, dtype: float64
    """

    scaler_: Any
    regimes_: Any
    n_features_in_: int
    n_timesteps_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "method": [StrOptions(set(_METHODS)), HasMethods(["fit", "transform"])],
        "n_regimes": [Count(1)],
    }

    def __init__(self, method: Any = "standard", n_regimes: int = 1):
        self.method = method
        self.n_regimes = n_regimes

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Learn the scale of every channel.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of numbers. 2-D X holds one univariate sequence per row, and all rows are one channel. A list or
            an object array holds (t,) or (t, n_features) arrays of any lengths, or Series and frames, in which dates
            may be the index (pandas) or a column (polars).
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequenceScaler
            The fitted scaler.

        Raises
        ------
        ValueError
            If X is not as described, or holds numbers that are too large to square, or that move too little to tell,
            or fewer distinct timesteps than regimes.
        """
        steps = _steps(read_channels(self, X, y, reset=True))
        _check_spread(steps, self.method)
        if self.n_regimes == 1:
            self.regimes_, self.scaler_ = None, _fitted(self._new_scaler().fit, steps)
            return self
        self.regimes_ = _fitted(_new_regimes(steps, self.n_regimes).fit, steps)
        regimes = self.regimes_.predict(steps)
        self.scaler_ = [_fitted(self._new_scaler().fit, steps[regimes == k]) for k in range(self.n_regimes)]
        return self

    @available_if(_scaler_has("partial_fit"))
    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def partial_fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Learn from more sequences, in addition to those seen before. Only if the scaler can: "robust" cannot.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in the first call.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequenceScaler
            The fitted scaler.

        Raises
        ------
        ValueError
            If a feature moves so little in the first call that scikit-learn would take it for a constant.
        """
        first = not hasattr(self, "scaler_")
        steps = _steps(read_channels(self, X, y, reset=first))
        if first:
            _check_spread(steps, self.method)
        self.regimes_ = None
        self.scaler_ = _fitted((self._new_scaler() if first else deepcopy(self.scaler_)).partial_fit, steps)
        return self

    def transform(self, X: SequencesLike) -> Array | list[Any]:
        """Scale sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in `fit`; lists and 3-D X may have other lengths.

        Returns
        -------
        scaled : ndarray of the shape of X, 1-D object array of arrays, or list
            Scaled sequences, in the form and the floating type of `X`. Ragged X gives an object array of the scaled
            sequences. Series and frames of pandas or polars in a list come back in a list, with index, names and
            columns of times as they were, unless the fit was on a table.
        """
        check_is_fitted(self)
        return self._apply(self._by_regime if isinstance(self.scaler_, list) else self.scaler_.transform, X)

    @available_if(_scaler_has("inverse_transform"))
    def inverse_transform(self, X: SequencesLike) -> Array | list[Any]:
        """Undo the scaling.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Scaled sequences.

        Returns
        -------
        original : ndarray of the shape of X, 1-D object array of arrays, or list
            Sequences in the form of X, on the scale of the training data.
        """
        check_is_fitted(self)
        return self._apply(self.scaler_.inverse_transform, X)

    def _new_scaler(self):
        return _METHODS[self.method]() if isinstance(self.method, str) else clone(self.method)

    def _by_regime(self, steps):
        """Timesteps (n_steps, f), each scaled as those of its regime."""
        regimes, scaled = self.regimes_.predict(steps), np.empty_like(steps)
        for regime in np.unique(regimes):
            own = regimes == regime
            scaled[own] = self._scaled(self.scaler_[regime].transform, steps[own])
        return scaled

    def _scaled(self, function, steps):
        scaled = np.asarray(function(steps))  # a data frame, where scikit-learn is set to give them
        if scaled.shape != steps.shape:
            raise ValueError(
                f"method={self.method!r} gave an array of shape {scaled.shape} for timesteps of shape {steps.shape}. "
                "Expected the same shape: use a transformer that keeps the number of columns and gives dense arrays."
            )
        return scaled

    def _apply(self, function, X):
        sequences = read_channels(self, X)
        scaled = self._scaled(function, _steps(sequences))
        scaled = sequences.like(pad(scaled, sequences.real_lengths))  # (n_steps, f) -> (n, t, f) -> the form of X
        return in_containers(X, scaled, self._source_kind)


def _new_regimes(steps, n_regimes):
    """What finds so many regimes of (n_steps, f)."""
    n_distinct = len(np.unique(steps, axis=0))
    if n_distinct < n_regimes:
        raise ValueError(f"n_regimes={n_regimes!r}, but X has {n_distinct} distinct timestep(s): set fewer regimes.")
    return make_pipeline(StandardScaler(), KMeans(n_regimes, n_init=10, random_state=0))


def _fitted(fit, steps):
    """A scaler fitted on (n_steps, f); numbers that it cannot square raise ValueError."""
    try:
        with np.errstate(over="raise"):
            return fit(steps)
    except FloatingPointError as error:
        raise ValueError(
            f"X holds numbers up to {np.abs(steps).max():.3g}, which are too large to square: divide all values by a "
            "power of ten, or use method='minmax'."
        ) from error


def _check_spread(steps, method):
    """Raise ValueError for a feature that moves so little that scikit-learn takes it for constant, and leaves it."""
    if not isinstance(method, str):
        return
    spread = steps.max(axis=0).astype(np.float64) - steps.min(axis=0)
    more_than_rounding = spread > ROUNDING * np.abs(steps).max(axis=0)
    small = np.flatnonzero(more_than_rounding & (spread < _LEAST_SPREADS[method]))
    if small.size:
        raise ValueError(
            f"Feature {small[0]} of X moves by {spread[small[0]]:.3g}, which method={method!r} would take for constant "
            "and leave as it is: multiply all values by a power of ten."
        )


def _steps(sequences):
    """All real timesteps, (n_steps, f)."""
    return sequences.values[sequences.mask]
