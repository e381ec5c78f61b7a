"""All timesteps of all sequences in one flat array, for transformers that only move numbers or tokens."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skseq._data.containers import like_samples, without_times
from skseq._data.mistakes.tables.columns_beside_steps import warn_if_columns_beside_steps
from skseq._data.mistakes.tables.likely_series import warn_if_one_series, warn_if_timed_steps
from skseq._data.mistakes.tables.quantities_in_columns import warn_if_quantities_in_columns
from skseq._data.number_sequences import read_numbers
from skseq._data.plain import plain
from skseq._data.sequences import as_samples
from skseq._data.times.calendars import is_one_series
from skseq._data.tokens.tokens import TOKEN_KINDS, read_tokens, source_kind
from skseq._sklearn import ColumnsOutMixin
from skseq._typing import Array, ArrayLike


class SequenceInputMixin:
    """A transformer that reads 3-D X, too, as it tells scikit-learn."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


class SequencesOutMixin:
    """A transformer whose results have no names: in a pipeline that sets an output, it gives what it always gives."""

    def set_output(self, *, transform: Any = None) -> Self:
        """Change nothing: the results are sequences, which are no data frames.

        Parameters
        ----------
        transform : Ignored
            Present for API consistency.

        Returns
        -------
        self : object
            The transformer.
        """
        return self


class ChannelNamesMixin(ColumnsOutMixin, OneToOneFeatureMixin):
    """Names of what comes out, which are those of what goes in, of columns and of a column of sequences."""

    def _gives_columns(self):
        """Whether every column goes in and comes out; nobody knows before fit."""
        return getattr(self, "_source_kind", "columns") == "columns"

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Array:
        """Names of what comes out, which are those of what goes in.

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
        check_is_fitted(self)
        if self._gives_columns():
            return super().get_feature_names_out(input_features)
        return np.asarray(["x0"] if input_features is None else input_features, object)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """All timesteps of all samples, flat (n_steps,) or (n_steps, f), with lengths (n,) and whether X was ragged."""

    flat: np.ndarray
    lengths: np.ndarray
    ragged: bool

    @property
    def offsets(self):
        """Where the samples begin in `flat`, (n,)."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def positions(self):
        """The index of each step within its sample, (n_steps,)."""
        return np.arange(len(self.flat)) - np.repeat(self.offsets, self.lengths)

    def like(self, flat):
        """Steps (n_steps, ...) in the form of the samples: (n, t, ...), or a 1-D object array of (t_i, ...)."""
        if self.ragged:
            return samples_of(flat, self.lengths)
        return flat.reshape(len(self.lengths), -1, *flat.shape[1:])


def warn_if_steps_in_rows(X, kind, values, y):
    """Warn where the rows of X, read as sequences (n, t, 1) or ids (n, t), are most likely the steps of one series.

    Rows with times may well be samples where there is y, which a pipeline passes on.
    """
    if kind != "columns" and not (kind == "tokens" and is_one_series(X)):
        return
    values = values.reshape(*values.shape[:2], 1)
    if y is None:
        warn_if_one_series(X, values, "X")
    elif values.dtype.kind in "iuf":
        warn_if_timed_steps(X, values, "X", "an estimator with y")


def samples_of(flat, lengths):
    """A 1-D object array of samples (t_i, ...) from all steps one after another."""
    return objects_of(np.split(flat, np.cumsum(lengths)[:-1]))


def lists_of(tokens, lengths):
    """A 1-D object array of token lists from all tokens one after another."""
    return objects_of([sample.tolist() for sample in samples_of(tokens, lengths)])


def objects_of(values):
    """A 1-D object array of values; from sequences of one length NumPy itself would make a 2-D array."""
    array = np.empty(len(values), object)
    for index, value in enumerate(values):
        array[index] = value
    return array


def array_of(tokens, dtype=None):
    """Tokens as a 1-D array, of objects unless all are strings or all are numbers; tuples stay whole."""
    tokens = list(tokens)
    alike = len({_kind(token) for token in tokens}) == 1 and _kind(tokens[0]) is not None
    if alike and np.dtype(dtype).kind != "O":  # np.dtype(None) is float64, which passes
        return np.array(tokens, dtype)
    return objects_of(tokens)


def _kind(token):  # bool before int, of which it is an instance
    return next((kind for kind in (str, bool, np.bool_, (int, float, np.number)) if isinstance(token, kind)), None)


def read_channels(estimator, X, y=None, *, reset=False, gaps=False):
    """`Sequences` of numbers, dates aside, which may hold NaN if ``gaps``; with ``reset`` all others must be alike."""
    kind = None if reset else estimator._source_kind
    sequences, estimator._source_kind = read_numbers(estimator, without_times(X), kind=kind, gaps=gaps)
    if reset:
        estimator.n_timesteps_in_ = sequences.values.shape[1]  # values: (n, t, f)
        looks = (warn_if_quantities_in_columns, warn_if_columns_beside_steps)
        if estimator._source_kind != "columns" or not any(look(X, "X") for look in looks):
            warn_if_steps_in_rows(X, estimator._source_kind, sequences.values, y)
    return sequences


def in_containers(X, arrays, kind):
    """Arrays, one per sample, in the Series or frames that X lists; a table, which ``kind`` tells, lists none."""
    return arrays if kind == "columns" else like_samples(X, arrays)


def read_steps(estimator, X, *, reset, argument="X", gaps=False):
    """`Steps` of numbers, with NaN if there may be ``gaps``, or of tokens.

    Sets or checks ``n_features_in_``; whether they are tokens is decided in fit.
    """
    X = plain(X, argument)
    check_no_text(X, argument)
    if reset:
        source_type = "tokens" if _hold_other_tokens(X) else "auto"
        estimator._source_kind = source_kind(X, source_type=source_type, analyzer=None, integers=True)
    if estimator._source_kind in TOKEN_KINDS:
        return read_token_steps(estimator, X, reset=reset, argument=argument)
    kind = None if reset else estimator._source_kind
    sequences, estimator._source_kind = read_numbers(estimator, X, kind=kind, argument=argument, gaps=gaps)
    if reset:
        estimator.n_timesteps_in_ = sequences.values.shape[1]
    values = sequences.values[:, :, 0] if sequences.univariate else sequences.values  # (n, t) or (n, t, f)
    return Steps(flat=values[sequences.mask], lengths=sequences.real_lengths, ragged=sequences.lengths is not None)


def _hold_other_tokens(X):
    """Whether some tokens are strings, perhaps mixed with numbers, or tuples that hold strings."""
    samples = list(X) if isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 2 else as_samples(X) or []
    return any(
        isinstance(value, (str, bytes))
        for sample in samples
        if isinstance(sample, (list, tuple)) or getattr(getattr(sample, "dtype", None), "kind", "") == "O"
        for token in sample
        for value in (token if isinstance(token, tuple) else [token])
    )


def read_token_steps(estimator, X, *, reset, analyzer=None, argument="X"):
    """`Steps` of tokens, all of them hashable."""
    kind = estimator._source_kind
    tokens, lengths = read_tokens(estimator, X, kind, reset=reset, analyzer=analyzer, argument=argument)
    ragged = not isinstance(lengths, tuple)
    if not ragged:
        lengths = np.full(lengths[0], lengths[1])  # (n, t) -> n times t
    if reset:
        estimator.n_timesteps_in_ = int(lengths.max())
    if ragged:
        # arrays keep their type: small integers stay small, and objects stay objects
        tokens = array_of(tokens, None if kind == "text" else _common_dtype(as_samples(X)))
    elif tokens.dtype.kind not in "biufU":  # bytes and dates: their type cannot hold other values such as None
        tokens = tokens.astype(object)
    return Steps(flat=tokens, lengths=lengths, ragged=ragged)


def _common_dtype(samples):
    """The type that holds all samples, if they come as arrays."""
    dtypes = {getattr(sample, "dtype", None) for sample in samples or [None]}
    return np.result_type(*dtypes) if all(isinstance(dtype, np.dtype) for dtype in dtypes) else None


def check_no_text(X, argument="X"):
    """Raise ValueError for strings that are not split into tokens."""
    samples = as_samples(X) or []
    if samples and all(isinstance(sample, str) for sample in samples):
        raise ValueError(
            f"{argument} holds strings, and nothing says how to split them into tokens. Expected token lists, such as "
            f"[list(text) for text in {argument}], or what SequenceTokenizer makes of them."
        )
