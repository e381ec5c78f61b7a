"""Sequences of any lengths to arrays."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count
from skseq._data.checks import given_lengths
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, SequencesLike
from skseq._whole import fits_whole
from skseq.preprocessing._steps import (
    SequenceInputMixin,
    SequencesOutMixin,
    array_of,
    read_steps,
    samples_of,
    warn_if_steps_in_rows,
)


@public
class SequencePadder(
    SequenceInputMixin,
    SequencesOutMixin,
    TransformerMixin,
    DocLinkMixin,
    StoredMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
):
    """Pad and cut sequences to one length.

    Use it for code that reads only arrays: scikit-learn's classifiers, NumPy, plots. The estimators of skseq never need
    it. They read ragged sequences as they are, and then know which steps are real. In a padded array they cannot tell
    padding from data.

    Parameters
    ----------
    length : int or None, default=None
        Number of timesteps of the output. None takes that of the longest sequence in `fit`.
    side : {"right", "left"}, default="right"
        Where a shorter sequence is padded: after its end, or before its start.
    truncate : {"right", "left"}, default="right"
        Where a longer sequence is cut: "right" keeps its first steps, "left" its last.
    value : object, default=None
        Value of the padding: a number or a token. None means 0 for numbers, the empty string for strings, and None for
        tokens of other kinds.

    Attributes
    ----------
    length_ : int
        Number of timesteps of the output.
    n_features_in_ : int
        Number of columns of 2-D X, or of features. Not set for token lists.
    n_timesteps_in_ : int
        Length of the longest sequence in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    SequenceScaler : Scales channels. Do it before padding, so that padding does not count.
    SequenceTokenizer : Turns text into ids, of which 0 is reserved for padding.

    Notes
    -----
    The output columns do not correspond to input columns, so there are no feature names and ``set_output`` changes
    nothing.

    `length` is read in `fit` alone, `side`, `truncate` and `value` at every call. Do not change `side` between
    `transform` and `inverse_transform`.

    Examples
    --------
    >>> from skseq.preprocessing import SequencePadder
    >>> X = [[0.1, 0.2, 0.3], [0.4]]
    >>> padder = SequencePadder(side="left").fit(X)
    >>> padder.transform(X)
    array([[0.1, 0.2, 0.3],
           [0. , 0. , 0.4]])
    >>> padder.mask(X)
    array([[ True,  True,  True],
           [False, False,  True]])

    Tokens, and back:

    >>> padder = SequencePadder(length=2, value="-").fit([["t", "o", "o"], ["a"]])
    >>> padded = padder.transform([["t", "o", "o"], ["a"]])
    >>> padded
    array([['t', 'o'],
           ['a', '-']], dtype='<U1')
    >>> [tokens.tolist() for tokens in padder.inverse_transform(padded, lengths=[3, 1])]
    [['t', 'o'], ['a']]
    """

    length_: int
    n_features_in_: int
    n_timesteps_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "length": [Count(), None],
        "side": [StrOptions({"right", "left"})],
        "truncate": [StrOptions({"right", "left"})],
        "value": "no_validation",  # whatever may stand among the steps
    }

    def __init__(
        self,
        length: int | None = None,
        *,
        side: Literal["right", "left"] = "right",
        truncate: Literal["right", "left"] = "right",
        value: Any = None,
    ):
        self.length = length
        self.side = side
        self.truncate = truncate
        self.value = value

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Learn the length, unless it is given.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of numbers or of tokens. A list or an object array holds sequences of any lengths.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequencePadder
            The fitted padder.

        Raises
        ------
        ValueError
            If X is not as described, or `value` cannot stand among its steps.
        """
        steps = read_steps(self, X, reset=True)
        warn_if_steps_in_rows(X, self._source_kind, steps.like(steps.flat), y)
        _value_and_dtype(self.value, steps.flat)  # for its error
        self.length_ = self.n_timesteps_in_ if self.length is None else int(self.length)
        return self

    def transform(self, X: SequencesLike) -> Array:
        """Pad and cut sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in `fit`; lists and 3-D X may have other lengths.

        Returns
        -------
        padded : ndarray of shape (n_samples, `length_`) or (n_samples, `length_`, n_features)
            Padded sequences, in the type of X or, if that cannot hold `value`, in one that can.
        """
        check_is_fitted(self)
        steps = read_steps(self, X, reset=False)
        value, dtype = _value_and_dtype(self.value, steps.flat)
        # a value that is a tuple would be spread over the axes: an array of one holds it together
        padded = np.full((len(steps.lengths), self.length_, *steps.flat.shape[1:]), array_of([value]), dtype)
        padded[self._mask(steps.lengths)] = steps.flat[self._kept(steps)]  # both sides sample after sample
        return padded

    def mask(self, X: SequencesLike) -> Array:
        """Tell which steps of ``transform(X)`` are real.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences, not yet padded.

        Returns
        -------
        mask : ndarray of bool of shape (n_samples, `length_`)
            True on steps of the sequences, False on padding.
        """
        check_is_fitted(self)
        return self._mask(read_steps(self, X, reset=False).lengths)

    def inverse_transform(self, X: SequencesLike, lengths: ArrayLike | None = None) -> Array:
        """Remove the padding. Steps that were cut stay lost.

        Parameters
        ----------
        X : array-like of shape (n_samples, `length_`) or (n_samples, `length_`, n_features)
            Padded sequences.
        lengths : array-like of int of shape (n_samples,), default=None
            Lengths of the sequences before they were padded. None takes every step for real, because a step that equals
            `value` need not be padding.

        Returns
        -------
        sequences : 1-D object array of arrays, or ndarray
            The real steps of each sequence. A copy of X if `lengths` is None.

        Raises
        ------
        ValueError
            If X does not have `length_` timesteps, or if `lengths` is not one positive integer per sample.
        """
        check_is_fitted(self)
        X = check_array(
            X, dtype=None, ensure_2d=False, allow_nd=True, ensure_all_finite=False, copy=True, input_name="X"
        )
        if X.ndim < 2 or X.shape[1] != self.length_:
            raise ValueError(
                f"X has shape {X.shape}, but {type(self).__name__} pads to {self.length_} timesteps: pass what "
                f"transform gives, (n_samples, {self.length_}) or (n_samples, {self.length_}, n_features)."
            )
        if lengths is None:
            return X
        real = np.minimum(given_lengths(lengths, len(X)), self.length_)
        return samples_of(X[self._mask(real)], real)

    def _mask(self, lengths):
        """True on real steps of the output, (n, length_)."""
        steps, lengths = np.arange(self.length_), lengths[:, None]  # (length_,) and (n, 1)
        return steps < lengths if self.side == "right" else steps >= self.length_ - lengths

    def _kept(self, steps):
        """True on the steps that are not cut, (n_steps,)."""
        if self.truncate == "right":
            return steps.positions < self.length_
        surplus = steps.lengths - self.length_  # (n,), negative where nothing is cut
        return steps.positions >= np.repeat(surplus, steps.lengths)


def _value_and_dtype(value, flat):
    """The value of the padding, and a type that holds both it and the steps."""
    numbers = flat.dtype.kind in "biuf"
    if value is None:
        value = 0 if numbers else "" if all(isinstance(token, str) for token in flat) else None
    if flat.dtype == object:
        return value, object
    # beside a string NumPy makes strings of numbers, and it has no room for a tuple
    if not (_is_number(value) if numbers else isinstance(value, str)):
        raise ValueError(
            f"value={value!r} cannot pad the {'numbers' if numbers else 'strings'} of X: set value to "
            f"{'a number, such as 0' if numbers else 'a string, such as <pad>'}, or to None."
        )
    if not numbers:
        return value, array_of([value, "x" * (flat.dtype.itemsize // 4)]).dtype  # NumPy takes 4 bytes per character
    narrow = np.result_type(flat.dtype, np.min_scalar_type(value))  # only as wide as the value needs
    is_exact = flat.dtype.kind == "f" or np.isnan(value) or float(narrow.type(value)) == value
    return value, narrow if is_exact else np.float64


def _is_number(value):
    """Whether an array of numbers can hold it: no complex number, no date and no span of time."""
    return isinstance(value, (bool, int, float, np.generic)) and np.asarray(value).dtype.kind in "biuf"
