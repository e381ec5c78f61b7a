"""Sequences of any lengths in one padded array, and the samples of containers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from numbers import Real

import numpy as np

from skseq._arguments import brief
from skseq._data.plain import from_arrow
from skseq._data.tokens.vocabulary import is_missing
from skseq._data.working_memory import Derived, derived, slices


@dataclass(frozen=True, kw_only=True)
class Sequences:
    """Sequences padded on the right: values (n, t, f) or ids (n, t); lengths (n,), or None if every step is real.

    ``univariate`` says that samples came as (t,) rather than (t, f).
    """

    values: np.ndarray | Derived
    lengths: np.ndarray | None = None
    univariate: bool = False

    @classmethod
    def of_rows(cls, rows):
        """The sequences among what the network reads of every sample."""
        return cls(values=rows["source"], lengths=rows.get("source_lengths"))

    def __len__(self):
        return len(self.values)

    @property
    def rows(self):
        """What the network reads of every sample."""
        return {"source": self.values} | ({} if self.lengths is None else {"source_lengths": self.lengths})  # no mask

    @property
    def mask(self):
        """True on real steps: (n, t)."""
        n_timesteps = self.values.shape[1]
        if self.lengths is None:
            return np.ones((len(self), n_timesteps), bool)
        return np.arange(n_timesteps) < self.lengths[:, None]

    @property
    def real_lengths(self):
        """Number of real steps of every sample, (n,)."""
        return np.full(len(self), self.values.shape[1]) if self.lengths is None else self.lengths

    def take(self, index):
        """Some of the samples."""
        return replace(self, values=self.values[index], lengths=None if self.lengths is None else self.lengths[index])

    def astype(self, dtype, argument="X"):
        """These sequences in the network's dtype; a value that overflows there raises ValueError."""
        return replace(self, values=check_fits_dtype(self.values, dtype, argument=argument))

    def between(self, start, stop):
        """The steps from ``start`` to before ``stop`` of every sample, each a number or (n,)."""
        start, stop = np.broadcast_arrays(start, stop)
        lengths = np.broadcast_to(stop - start, len(self)).astype(np.int32)
        parts = [sample[a : a + length] for sample, a, length in zip(self.values, np.resize(start, len(self)), lengths)]
        equal = (lengths == lengths[0]).all()
        return replace(self, values=pad(np.concatenate(parts), lengths), lengths=None if equal else lengths)

    def unpadded(self, outputs):
        """Outputs (n, t, ...) as they are, or a 1-D object array of (t_i, ...) if the sequences came ragged."""
        return outputs if self.lengths is None else split(outputs, self.lengths)

    def like(self, outputs):
        """Outputs (n, t, f) in the form in which the sequences came."""
        return self.unpadded(outputs[:, :, 0] if self.univariate else outputs)


def split(outputs, lengths, *, axis=0):
    """A 1-D object array of the first ``lengths[i]`` steps of every sample, along an axis of the sample."""
    samples, before = np.empty(len(outputs), object), (slice(None),) * axis
    for index, (sample, length) in enumerate(zip(outputs, lengths)):
        samples[index] = sample[(*before, slice(length))]  # one by one: NumPy would stack samples of one length
    return samples


def pad(flat, lengths):
    """All steps one after another (n_steps, ...) to samples (n, t, ...), zeros on the right."""
    check_n_steps(len(flat), lengths)
    mask = np.arange(lengths.max()) < lengths[:, None]  # (n, t)
    padded = np.zeros((*mask.shape, *flat.shape[1:]), flat.dtype)
    padded[mask] = flat  # the mask is read row by row, as the steps are
    return padded


def check_n_steps(n_steps, lengths):
    """Any other number of steps than the lengths say raises ValueError: NumPy would repeat a single one."""
    if n_steps != lengths.sum():
        raise ValueError(
            f"The sequences have {lengths.sum()} timesteps by their lengths, but hold {n_steps}: pass a list or an "
            "array with one entry per timestep for each."
        )


def sum_over_time(values):
    """Sums (n, ...) over the timesteps of (n, t, ...), one step after the other.

    ``values.sum(axis=1)`` adds in parts that depend on t, so that padding with zeros would change the last bit.
    """
    return np.cumsum(values, axis=1)[:, -1]


def as_samples(X):
    """The samples of a list, a Series, a 1-D object array or a column of sequences as a list; None if X is no such."""
    X = from_arrow(X)
    if isinstance(X, (list, tuple)):
        return list(X)
    if hasattr(X, "to_numpy") and len(getattr(X, "shape", ())) == 1:
        return list(X.to_numpy() if hasattr(X, "ndim") else X)  # a Series of pandas, or of polars
    if isinstance(X, np.ndarray) and X.ndim == 1 and X.dtype.kind in "OUST":  # objects, and all kinds of strings
        return X.tolist()
    cells = column_cells(X)
    return cells if cells and any(map(is_sequence, cells)) else None  # the first may be missing


def column_cells(X):
    """The cells of a column (n, 1), a data frame or an array of objects or strings, as a list; None of other X."""
    if getattr(X, "shape", ())[1:] != (1,) or hasattr(X, "toarray"):  # sparse containers have no cells
        return None
    cells = X.iloc[:, 0] if hasattr(X, "iloc") else X[:, 0]
    cells = cells.to_numpy() if hasattr(cells, "to_numpy") else cells
    if cells.ndim > 1:  # arrays of one shape, of polars
        return list(cells)
    return cells.tolist() if getattr(cells.dtype, "kind", None) in ("O", "U", "S", "T") else None


def is_sequence(sample):
    """Whether a sample has timesteps; a string is not split without being told how."""
    if isinstance(sample, (list, tuple, range)) or getattr(sample, "ndim", 0) > 0:
        return True
    if not hasattr(sample, "__getitem__") or isinstance(sample, (str, bytes, bytearray, Mapping)):
        return False
    return hasattr(sample, "__len__") and not hasattr(sample, "ndim")  # deques, array.array, columns of other libraries


def keep_types(X):
    """Tokens that scikit-learn would change or refuse, in an array that it takes; others as they are.

    A list that mixes strings with other tokens becomes an object array: any other array makes strings of them all.
    """
    if getattr(getattr(X, "dtype", None), "kind", "") == "T":  # NumPy's strings of any length
        return np.array(X.tolist())
    if dtype := _nullable_type(X):
        return X.astype(dtype)
    if not isinstance(X, (list, tuple)) or is_ragged(X):
        return X
    tokens = list(chain.from_iterable(sample if is_sequence(sample) else [sample] for sample in X))
    kinds = set(map(type, tokens))
    with suppress(TypeError):  # of those that cannot be looked up, each is looked at
        tokens = set(tokens)
    strings = {kind for kind in kinds if issubclass(kind, (str, bytes))}
    ends_in_nul = strings and any(token[-1:] in ("\0", b"\0") for token in tokens if isinstance(token, (str, bytes)))
    return np.array(X, object) if ends_in_nul or (strings and len(kinds) > 1) else X  # NumPy cuts a NUL at the end


def _nullable_type(X):
    """NumPy's type for a Series or frame of pandas whose integers or booleans might be missing, though none is."""
    dtypes = list(X.dtypes) if hasattr(X, "columns") else [getattr(X, "dtype", None)]
    nullable = all(hasattr(dtype, "numpy_dtype") and dtype.kind in "iub" for dtype in dtypes)  # not of polars
    if not dtypes or not nullable or np.any(X.isna()):
        return None
    return np.result_type(*(dtype.numpy_dtype for dtype in dtypes))


def is_ragged(X, n_timesteps=None):
    """Whether X is a container of sequences that makes no rectangular array (of ``n_timesteps``, if given)."""
    samples = as_samples(X)
    if not samples or not all(is_sequence(sample) for sample in samples):
        return False
    if not isinstance(X, (list, tuple)):  # a Series or an object array of sequences is no rectangular array as it is
        return True
    lengths = {len(sample) for sample in samples}
    return len(lengths) > 1 or (n_timesteps is not None and lengths != {n_timesteps})


def refuse_nothing(X, argument, name):
    """Raise ValueError for no sample or a single number, which scikit-learn says should be reshaped."""
    if X is None:
        raise ValueError(f"{argument} is None. {name} expects an array, or a list of arrays, with one per sample.")
    if isinstance(X, Real) or getattr(X, "shape", None) == ():
        raise ValueError(
            f"{argument} is a single number, {brief(X)}. {name} expects an array, or a list of arrays, with one per "
            "sample."
        )
    if (isinstance(X, (list, tuple)) and not X) or getattr(X, "shape", None) == (0,):
        raise ValueError(f"{argument} holds no sample: found array with 0 sample(s), while a minimum of 1 is required.")


def refuse_lone_samples(samples, argument):
    """Raise ValueError for a sample that is missing, or a single number, among others that are sequences."""
    index = next((index for index, sample in enumerate(samples) if _is_alone(sample)), None)
    if index is None or not any(map(is_sequence, samples)):
        return
    where, sample = f"{argument}[{index}]", samples[index]
    if is_missing(sample):
        raise ValueError(f"{where} is missing ({sample!r}): leave the sample out, or put a sequence in its place.")
    raise ValueError(
        f"{where} is a single number, {sample}, but other samples are sequences: put it into a list, [{sample}], "
        "if it is the only timestep."
    )


def _is_alone(sample):
    return not is_sequence(sample) and (
        isinstance(sample, Real) or getattr(sample, "ndim", None) == 0 or is_missing(sample)
    )


def check_lengths(samples, *, argument="X"):
    """Lengths (n,), int32, of sequences; an empty one raises ValueError."""
    lengths = np.array([len(sample) for sample in samples], np.int32)
    if (lengths == 0).any():
        raise ValueError(
            f"{argument} holds {np.count_nonzero(lengths == 0)} empty sequence(s), the first at index "
            f"{int(np.argmin(lengths))}: a sequence of zero length cannot be read. Remove such "
            "samples, or put a single timestep in their place that stands for nothing, in fit and later."
        )
    return lengths


def check_fits_dtype(X, dtype, *, argument="X"):
    """X in the network's dtype, see `derived`; a finite value that overflows there raises ValueError."""
    if X.dtype == dtype:
        return X
    for part in slices(X):
        with np.errstate(over="ignore"):  # the error says it
            numbers = X[part].astype(dtype)
        if not np.isfinite(numbers).all():
            raise overflow(argument, numbers)
    return derived(lambda index: X[index].astype(dtype), X.shape, dtype)


def overflow(argument, numbers):
    """The error about numbers (..., n_channels) some of which are infinite in their dtype, or NaN.

    ``argument`` is a name, or a function from the channel to it. NaN comes this far only under ``assume_finite``.
    """
    name = argument(int(np.argwhere(~np.isfinite(numbers))[0, -1])) if callable(argument) else argument
    if np.isnan(numbers).any():
        fill = ", by skseq.preprocessing.SequenceImputer if they are gaps of X" if name.startswith("X") else ""
        return ValueError(
            f"Input {name} contains NaN or infinity, which scikit-learn does not look for under assume_finite=True: "
            f"replace such values{fill}, or leave out such samples."
        )
    return ValueError(
        f"Input {name} contains infinity or a value too large for dtype({numbers.dtype.name!r}), on the scale of all "
        "its values: replace those that are so far from the others, leave out such samples, or set dtype='float64'."
    )
