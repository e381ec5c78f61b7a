"""Tokens to one-hot vectors and back."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skseq._data.plain import plain
from skseq._data.sequences import as_samples, check_lengths, is_ragged
from skseq._data.tokens.tokens import source_kind
from skseq._data.tokens.vocabulary import check_hashable, encode, learn_vocabulary
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, DTypeLike, SequencesLike
from skseq._whole import fits_whole
from skseq.preprocessing._steps import SequencesOutMixin, Steps, array_of, check_no_text, lists_of, read_token_steps

_FIRST = 2  # id of the first column's token: 0 is padding, 1 an unknown token


@public
class SequenceOneHotEncoder(
    SequencesOutMixin, TransformerMixin, DocLinkMixin, StoredMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Encode token sequences as one-hot vectors, with one vocabulary for all timesteps, and decode them.

    :class:`~sklearn.preprocessing.OneHotEncoder` learns one vocabulary per column and puts the encoded columns side by
    side. Here a column is a timestep: a token means the same at every timestep, and time keeps its own axis.

    Parameters
    ----------
    tokens : "auto" or array-like of shape (n_tokens,), default="auto"
        The vocabulary, in the order of the one-hot columns. "auto" takes the distinct tokens of the training data in
        ascending order. Tokens without a common order, such as numbers and strings, are ordered by type first.
    handle_unknown : {"error", "ignore"}, default="error"
        What to do with a token that is not in the vocabulary. "error" raises an error. "ignore" encodes it as all
        zeros, which `inverse_transform` turns into None.
    dtype : dtype, default=np.float64
        Type of the encoding.

    Attributes
    ----------
    tokens_ : ndarray of shape (n_tokens,)
        The vocabulary: column ``k`` of the encoding stands for ``tokens_[k]``.
    n_timesteps_in_ : int
        Length of the longest sequence in `fit`.
    n_features_in_ : int
        Number of columns of 2-D X, one per timestep. Not set for token lists.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    SequenceTokenizer : Turns text and tokens into ids, which most estimators of skseq read as if they were one-hot.

    Notes
    -----
    The encoding is three-dimensional or ragged, so it has no feature names and ``set_output`` changes nothing.

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

    Sequences of different lengths give one array per sequence, and come back as lists:

    >>> ragged = encoder.transform([["t", "o", "o"], ["n"]])
    >>> [vectors.shape for vectors in ragged]
    [(3, 3), (1, 3)]
    >>> encoder.inverse_transform(ragged)
    array([list(['t', 'o', 'o']), list(['n'])], dtype=object)
    """

    tokens_: Array
    n_timesteps_in_: int
    n_features_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "tokens": [StrOptions({"auto"}), "array-like"],
        "handle_unknown": [StrOptions({"error", "ignore"})],
        "dtype": "no_validation",  # NumPy does
    }

    def __init__(
        self,
        *,
        tokens: Literal["auto"] | ArrayLike = "auto",
        handle_unknown: Literal["error", "ignore"] = "error",
        dtype: DTypeLike = np.float64,
    ):
        self.tokens = tokens
        self.handle_unknown = handle_unknown
        self.dtype = dtype

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list
            Tokens: strings, numbers, or other hashable values. A list or an object array holds token lists of
            any lengths.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequenceOneHotEncoder
            The fitted encoder.

        Raises
        ------
        TypeError
            If tokens are not hashable.
        ValueError
            If `tokens` is not a one-dimensional array of distinct tokens, if `X` holds others and
            `handle_unknown` is "error", or if `X` holds text that is not split into tokens.
        """
        check_no_text(X)
        X = plain(X, "X")
        self._source_kind = source_kind(X, source_type="tokens", analyzer=None, integers=True)
        steps = read_token_steps(self, X, reset=True)
        if isinstance(self.tokens, str):
            self.tokens_ = array_of(learn_vocabulary(steps.flat), steps.flat.dtype)
        else:
            self.tokens_ = _check_vocabulary(self.tokens)
            self._ids(steps.flat)  # for its error
        return self

    def transform(self, X: SequencesLike) -> Array:
        """Encode tokens.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list
            Tokens. Arrays must have as many columns as in `fit`, token lists may have any lengths.

        Returns
        -------
        encoding : ndarray of shape (n_samples, n_timesteps, n_tokens), or 1-D object array
            1 in the column of the token, 0 elsewhere. Ragged X gives an object array of one array (n_timesteps of the
            sample, n_tokens) per sample.

        Raises
        ------
        ValueError
            If a token is not in the vocabulary and `handle_unknown` is "error".
        """
        check_is_fitted(self)
        check_no_text(X)
        steps = read_token_steps(self, X, reset=False)
        ids = self._ids(steps.flat)
        known = np.flatnonzero(ids >= 0)
        encoding = np.zeros((ids.size, self.tokens_.size), dtype=self.dtype)
        encoding[known, ids[known]] = 1  # (n_steps, n_tokens); an unknown token stays all zeros
        return steps.like(encoding)

    def inverse_transform(self, X: SequencesLike) -> Array:
        """Decode one-hot vectors or probabilities into the token with the largest value.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_tokens), or list
            One-hot vectors, probabilities or logits, with any number of timesteps. The first of equal values wins. A
            list or an object array holds (n_timesteps, n_tokens) arrays of any lengths.

        Returns
        -------
        tokens : ndarray of shape (n_samples, n_timesteps), or 1-D object array of lists
            Tokens in the dtype of `tokens_`. Ragged X gives one list of tokens per sample. With
            ``handle_unknown="ignore"`` a vector of zeros gives None, and the dtype is then object.

        Raises
        ------
        ValueError
            If `X` does not have one column per token, or if a vector is all zeros and `handle_unknown` is "error".
        """
        check_is_fitted(self)
        steps = self._read_encoding(X)
        tokens = self.tokens_[steps.flat.argmax(axis=-1)]  # (n_steps,)
        empty = ~steps.flat.any(axis=-1)
        if empty.any():
            self._check_may_be_empty(empty, steps)
            tokens = tokens.astype(object)  # the only type that holds None beside tokens
            tokens[empty] = None
        return lists_of(tokens, steps.lengths) if steps.ragged else steps.like(tokens)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = []  # the parameter `dtype` decides
        return tags

    def _ids(self, tokens):
        """Index of every token in the vocabulary, -1 for an unknown one."""
        vocabulary = {token: column for column, token in enumerate(self.tokens_.tolist(), _FIRST)}
        ids = encode(tokens, vocabulary, unknown=True) - _FIRST
        if self.handle_unknown == "error" and (ids < 0).any():
            unknown = sorted(set(tokens[ids < 0].tolist()), key=str)
            shown = ", ".join(map(repr, unknown[:10])) + (", ..." if len(unknown) > 10 else "")
            raise ValueError(
                f"X holds {len(unknown)} unknown token(s), not among the {self.tokens_.size} of the vocabulary: "
                f"{shown}. Fit on data that holds them, list them in the parameter tokens, or set "
                "handle_unknown='ignore' to encode them as all zeros."
            )
        return ids

    def _read_encoding(self, X):
        """`Steps` of vectors (n_steps, n_tokens)."""
        X = plain(X, "X")
        ragged = is_ragged(X)
        samples = as_samples(X) if ragged else check_array(X, ensure_2d=False, allow_nd=True, input_name="X")
        wrong = next((np.shape(sample) for sample in samples if np.shape(sample)[1:] != self.tokens_.shape), None)
        if wrong is not None:
            got = f"a sample of shape {wrong}" if ragged else f"shape {samples.shape}"
            raise ValueError(
                f"X must have shape (n_samples, n_timesteps, {self.tokens_.size}), the last axis one column per token "
                f"of tokens_, or be a list of samples of shape (n_timesteps, {self.tokens_.size}), got {got}: pass "
                "what transform gives, or probabilities in that shape."
            )
        lengths = check_lengths(samples)
        return Steps(flat=check_array(np.concatenate(samples), input_name="X"), lengths=lengths, ragged=ragged)

    def _check_may_be_empty(self, empty, steps):
        if self.handle_unknown == "error":
            first = int(empty.argmax())
            sample = int(np.searchsorted(steps.offsets, first, side="right")) - 1  # the last to begin by then
            raise ValueError(
                f"X[{sample}, {steps.positions[first]}] is all zeros and stands for no token ({empty.sum()} such "
                "vectors in X): set handle_unknown='ignore' to decode them as None."
            )


def _check_vocabulary(tokens):
    """The parameter `tokens` as a 1-D array."""
    if len(tokens) == 0 or any(getattr(entry, "ndim", 0) or isinstance(entry, list) for entry in tokens):
        raise ValueError(f"tokens must be 'auto' or one-dimensional and not empty, got {tokens!r}.")
    listed = tokens.tolist() if hasattr(tokens, "tolist") else list(tokens)  # Python values, as those of X
    check_hashable(listed, "tokens")
    repeated = [token for token, count in Counter(listed).items() if count > 1]
    if repeated:
        raise ValueError(f"tokens must be distinct, got {repeated} more than once: list each token once.")
    return array_of(listed, tokens.dtype if isinstance(tokens, np.ndarray) else None)
