"""Tokens to one-hot vectors and back."""

from collections import Counter
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skseq._sklearn import StrOptions, _fit_context, validate_data

__all__ = ["SequenceOneHotEncoder"]


class SequenceOneHotEncoder(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
    """Encode token sequences as one-hot vectors, with one vocabulary for all timesteps.

    :class:`~sklearn.preprocessing.OneHotEncoder` learns a vocabulary per column and lays the columns side by
    side. Here a column is a timestep: a token means the same wherever it stands, and time keeps an axis of
    its own.

    Parameters
    ----------
    tokens : "auto" or array-like of shape (n_tokens,), default="auto"
        The vocabulary, in the order of the one-hot columns: strings or numbers, not both. "auto" takes the
        distinct tokens of the training data in ascending order.
    handle_unknown : {"error", "ignore"}, default="error"
        What to do with a token that is not in the vocabulary. "error" raises. "ignore" encodes it as all
        zeros, which `inverse_transform` turns into None.
    dtype : dtype, default=np.float64
        Type of the encoding.

    Attributes
    ----------
    tokens_ : ndarray of shape (n_tokens,)
        The vocabulary: column ``k`` of the encoding stands for ``tokens_[k]``.
    n_timesteps_in_ : int
        Length of the sequences in `fit`.
    n_features_in_ : int
        The same as `n_timesteps_in_`: one column a timestep.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    Notes
    -----
    The encoding is three-dimensional, so it has no feature names and ``set_output`` does not apply to it.

    Examples
    --------
    >>> from skseq.preprocessing import SequenceOneHotEncoder
    >>> encoder = SequenceOneHotEncoder().fit([["t", "o"], ["o", "n"]])
    >>> encoder.tokens_
    array(['n', 'o', 't'], dtype='<U1')
    >>> encoding = encoder.transform([["n", "o"]])
    >>> encoding
    array([[[1., 0., 0.],
            [0., 1., 0.]]])
    >>> encoder.inverse_transform(encoding)
    array([['n', 'o']], dtype='<U1')
    """

    _parameter_constraints = {
        "tokens": [StrOptions({"auto"}), "array-like"],
        "handle_unknown": [StrOptions({"error", "ignore"})],
        "dtype": "no_validation",  # NumPy does
    }

    def __init__(self, *, tokens="auto", handle_unknown="error", dtype=np.float64):
        self.tokens = tokens
        self.handle_unknown = handle_unknown
        self.dtype = dtype

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the vocabulary.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Tokens: strings or numbers, not both.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequenceOneHotEncoder
            The fitted encoder.

        Raises
        ------
        TypeError
            If the tokens of `X`, or those in `tokens`, are not all strings or all numbers.
        ValueError
            If `tokens` is not a one-dimensional array of distinct tokens, or if `X` holds others and
            `handle_unknown` is "error".
        """
        X = validate_data(self, X, dtype=None)
        seen = _listed(X, "X")
        if isinstance(self.tokens, str):
            self.tokens_ = np.array(sorted(set(seen)), dtype=X.dtype)
        else:
            self.tokens_ = _check_vocabulary(self.tokens)
            self._ids(seen)  # for its error
        self.n_timesteps_in_ = self.n_features_in_
        return self

    def transform(self, X):
        """Encode tokens.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps_in_)
            Tokens.

        Returns
        -------
        encoding : ndarray of shape (n_samples, n_timesteps_in_, n_tokens)
            1 where the token stands, 0 elsewhere.

        Raises
        ------
        ValueError
            If a token is not in the vocabulary and `handle_unknown` is "error".
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=None)
        ids = self._ids(_listed(X, "X"))
        known = np.flatnonzero(ids >= 0)
        encoding = np.zeros((ids.size, self.tokens_.size), dtype=self.dtype)
        encoding[known, ids[known]] = 1
        return encoding.reshape(*X.shape, self.tokens_.size)

    def inverse_transform(self, X):
        """Decode one-hot vectors, or probabilities: the token of the largest value.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_tokens)
            One-hot vectors, probabilities or logits, of any number of timesteps. The first of equal values
            wins.

        Returns
        -------
        tokens : ndarray of shape (n_samples, n_timesteps)
            Tokens, of the dtype of `tokens_`. With ``handle_unknown="ignore"`` an all-zero vector gives None,
            and the dtype is then object.

        Raises
        ------
        ValueError
            If `X` is not three-dimensional with one column a token, or if a vector is all zeros and
            `handle_unknown` is "error".
        """
        check_is_fitted(self)
        X = self._check_encoding(X)
        tokens = self.tokens_[X.argmax(axis=-1)]  # (n_samples, n_timesteps)
        empty = ~X.any(axis=-1)
        if empty.any():
            self._check_may_be_empty(empty)
            tokens = tokens.astype(object)
            tokens[empty] = None
        return tokens

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = []  # the parameter `dtype` decides
        return tags

    def _ids(self, tokens):
        """Index of every token in the vocabulary, -1 for an unknown one."""
        index = {token: i for i, token in enumerate(self.tokens_.tolist())}
        ids = np.fromiter((index.get(token, -1) for token in tokens), dtype=np.int64, count=len(tokens))
        if self.handle_unknown == "error" and (ids < 0).any():
            _raise_unknown(set(tokens) - index.keys(), self.tokens_)
        return ids

    def _check_encoding(self, X):
        X = check_array(X, ensure_2d=False, allow_nd=True, input_name="X")
        if X.ndim != 3 or X.shape[2] != self.tokens_.size:
            raise ValueError(
                f"X must have shape (n_samples, n_timesteps, {self.tokens_.size}), the last axis "
                f"one column a token of tokens_, got shape {X.shape}: pass what transform gives, or "
                "probabilities in that shape."
            )
        return X

    def _check_may_be_empty(self, empty):
        if self.handle_unknown == "error":
            sample, timestep = np.argwhere(empty)[0]
            raise ValueError(
                f"X[{sample}, {timestep}] is all zeros and stands for no token ({empty.sum()} such vectors "
                "in X): set handle_unknown='ignore' to decode them as None."
            )


def _listed(tokens, name):
    """The tokens as one flat list of Python strings or of Python numbers."""
    listed = tokens.ravel().tolist()
    kinds = set(map(type, listed))
    if not any(all(issubclass(kind, base) for kind in kinds) for base in (str, Real)):
        raise TypeError(
            f"The tokens in the {name} argument must be all strings or all numbers, got "
            f"{sorted(kind.__name__ for kind in kinds)}: convert them to one type, with astype(str) say."
        )
    return listed


def _check_vocabulary(tokens):
    """The parameter `tokens` as a 1-D array."""
    entries = np.asarray(tokens, dtype=object)  # not yet str or float, which would hide a mixture
    if entries.ndim != 1 or entries.size == 0:
        raise ValueError(f"tokens must be 'auto' or one-dimensional and not empty, got shape {entries.shape}.")
    listed = _listed(entries, "tokens")
    repeated = [token for token, count in Counter(listed).items() if count > 1]
    if repeated:
        raise ValueError(f"tokens must be distinct, got {repeated} more than once: list each token once.")
    return np.array(tokens)


def _raise_unknown(unknown, tokens, n_shown=10):
    shown = ", ".join(map(repr, sorted(unknown, key=str)[:n_shown])) + (", ..." if len(unknown) > n_shown else "")
    raise ValueError(
        f"X holds {len(unknown)} unknown token(s), not among the {tokens.size} of the vocabulary: {shown}. "
        "Fit on data that holds them, list them in the parameter tokens, or set handle_unknown='ignore' to "
        "encode them as all zeros."
    )
