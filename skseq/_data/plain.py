"""What every X and y passes first: masked steps are left out, and containers that hold no sequences are refused."""

import re
from collections import UserList, deque
from collections.abc import Iterator, Mapping, Set, ValuesView
from itertools import chain

import numpy as np

from skseq._arguments import brief, library_of, refuse_lazy

REMEDIES_OF_KINDS = {  # kind of a NumPy type that numbers could be made of, but not these -> (what it is, what to do)
    "M": ("dates", "pass numbers, such as the time since the first step in seconds"),
    "m": ("time differences", "pass numbers, such as X / np.timedelta64(1, 's')"),
    "V": ("structured records", "pass their fields as columns, see numpy.lib.recfunctions.structured_to_unstructured"),
    "c": ("complex numbers", "pass real and imaginary parts as two features"),
}


def plain(X, argument):
    """X without masked steps: with some, a list of its samples, each up to its mask. Of pyarrow, see `from_arrow`.

    A deque is a list here, and what only tells NumPy how to read it is an array. No container raises TypeError, and so
    do records, whose fields may mean anything, and tables of several columns.
    """
    if isinstance(X, np.ma.MaskedArray):
        return _unmasked(X, argument)
    refuse_groups(X, argument)
    X = _with_masked_cells_listed(from_arrow(X))
    _refuse_table(X, argument)
    refuse_lazy(type(X), argument)
    _refuse_tensorflow(X, argument)
    _refuse_unordered(type(X), argument)
    _refuse_sparse_frame(X, argument)
    X = np.asarray(X) if _is_for_numpy(X) else list(X) if isinstance(X, (deque, UserList)) else X
    if getattr(getattr(X, "dtype", None), "kind", "") == "V":
        refuse_kind("V", argument)
    of_objects = np.dtype("O") == getattr(X, "dtype", None) and (X.ndim == 1 or X.shape[1:] == (1,))
    if isinstance(X, (list, tuple)) or of_objects:
        return _with_plain_samples(X, list(map(type, np.ravel(X) if of_objects else X)), argument)
    return X


def _with_plain_samples(X, kinds, argument):
    """The samples of X, whose types are ``kinds``, as arrays and without masked steps, where these types ask for it."""
    distinct = set(kinds)  # they are few, the samples may be many
    for kind in distinct:
        if hasattr(kind, "collect"):
            refuse_lazy(kind, f"{argument}[{kinds.index(kind)}]")
        if hasattr(kind, "toarray") or issubclass(kind, (set, Mapping, ValuesView, Iterator)):
            _refuse_unordered(kind, f"{argument}[{kinds.index(kind)}]")
    if tuple in distinct:
        _refuse_pairs(X, argument)
    if any(map(_is_for_numpy, distinct)):
        return [np.asarray(own) if _is_for_numpy(type(own)) else own for own in X]
    if any(issubclass(kind, np.ma.MaskedArray) for kind in distinct):
        return [until_mask(own, f"{argument}[{i}]") for i, own in enumerate(X)]
    return X


def _with_masked_cells_listed(X):
    """The cells of a column (n, 1) of masked arrays as a list; all else as it is."""
    if getattr(X, "shape", ())[1:] != (1,):
        return X
    cells = X.iloc[:, 0] if hasattr(X, "iloc") else X[:, 0] if isinstance(X, np.ndarray) else None
    if cells is None or cells.dtype.kind != "O":  # no others hold arrays
        return X
    return list(cells) if any(map(np.ma.isMA, cells)) else X


def refuse_groups(X, argument):
    """Raise TypeError for what groupby gives before it is asked for something."""
    library, name = library_of(X), type(X).__name__
    if library not in ("pandas", "polars") or not name.endswith("GroupBy"):
        return
    keeps_order = "maintain_order=True" if library == "polars" else "sort=False"
    remedy = f"{argument}.agg(list)"
    if name != "SeriesGroupBy":  # of all columns
        remedy = f"[rows[['a', 'b']] for _, rows in {argument}], where 'a' and 'b' are the columns to be read"
    raise TypeError(
        f"{argument} is a {name} of {library}, not yet a list of groups: pass {remedy}. With {keeps_order} groups stay "
        "in the order in which they first appear."
    )


def _refuse_pairs(X, argument):
    """Raise TypeError for pairs of a name and a Series or frame, in place of samples."""
    for index, sample in enumerate(X):
        pair = isinstance(sample, tuple) and len(sample) == 2 and not hasattr(sample[0], "to_numpy")
        if pair and hasattr(sample[1], "to_numpy"):
            kind = type(sample[1]).__name__
            raise TypeError(
                f"{argument}[{index}] is a pair of {brief(sample[0])} and a {kind}, as groupby gives it: pass [own for "
                f"_, own in {argument}], without columns of names or times. A frame with one row per series and time "
                "goes through skseq.preprocessing.from_long."
            )


def _refuse_unordered(kind, where):
    sparse = hasattr(kind, "toarray")  # one of whose kinds is a dict
    if issubclass(kind, (Set, Mapping, ValuesView, Iterator)) and not sparse:
        why = "which has no order or can be read only once: pass a list of what it holds"
        if issubclass(kind, Mapping) and where in ("X", "X_val"):
            why = "whose values have names: pass one of them, such as series.X of what from_long gives, or a list"
        raise TypeError(f"{where} must be a string, a real number, a list or an array. Got a {kind.__name__}, {why}.")
    if sparse and "[" in where:  # of the whole X scikit-learn says that it is sparse
        raise TypeError(f"{where} is a sparse {kind.__name__}, but dense data is required: pass {where}.toarray().")


def _refuse_sparse_frame(X, argument):
    if hasattr(X, "iloc") and hasattr(X, "columns") and X.shape[1] and hasattr(X, "sparse"):
        raise TypeError(
            f"{argument} is a sparse DataFrame, but dense data is required: pass {argument}.sparse.to_dense()."
        )


def refuse_sparse(X, argument):
    """Raise TypeError for a sparse matrix where texts and tokens are read: most likely it holds counts of words."""
    if hasattr(X, "toarray"):
        raise TypeError(
            f"Sparse data was passed for {argument}, but dense data is required. Rows of counts, such as those of "
            "TfidfVectorizer, are no sequences: pass the texts themselves with analyzer='word', or lists of tokens. If "
            f"each row is a sequence of numbers, pass {argument}.toarray()."
        )


def _is_for_numpy(X):
    """Whether this, or what has this type, is no array, but tells NumPy how to make one, as images of Pillow do."""
    tells = hasattr(X, "__array__") or hasattr(X, "__array_interface__")
    return tells and not hasattr(X, "shape") and library_of(X) != "pyarrow"


def _refuse_tensorflow(X, where):
    """Raise TypeError for what NumPy makes no array of, or one of bytes; a tensor of numbers is an array."""
    kind = type(X)
    if kind.__module__.partition(".")[0] != "tensorflow":
        return
    if hasattr(kind, "as_numpy_iterator"):
        what = "Dataset"
        remedy = f"list({where}.as_numpy_iterator()), of {where}.map(lambda X, y: X) if it holds pairs"
    elif hasattr(kind, "row_splits"):
        what, remedy = "RaggedTensor", f"[row.numpy() for row in {where}]"
    elif getattr(getattr(X, "dtype", None), "name", "") == "string":
        what, remedy = "Tensor of bytes", f"numpy.char.decode({where}.numpy().astype(bytes))"
    else:
        return
    raise TypeError(f"{where} is a {what} of TensorFlow. Expected an array or a list of arrays: pass {remedy}.")


def from_arrow(X):
    """Lists or strings of pyarrow, an array or the one column of a table, as an object array; all else as it is."""
    if library_of(X) != "pyarrow":
        return X
    column = X.column(0) if getattr(X, "num_columns", 0) == 1 else X
    if not hasattr(column, "to_pylist") or not re.search("list|string", str(getattr(column, "type", ""))):
        return X
    cells = np.empty(len(column), object)
    for index, cell in enumerate(column.to_pylist()):  # one by one: NumPy would stack lists of one length
        cells[index] = cell
    return cells


def stacked_vectors(sample):
    """A sample whose cells are vectors, as Parquet files and polars give them, as (t, f); all else as it is."""
    if isinstance(sample, (list, tuple)) or len(getattr(sample, "shape", (0,))) != 1:
        return sample
    if getattr(getattr(sample, "dtype", None), "kind", "O") != "O":
        return sample
    try:
        cells = np.asarray(sample)
        if cells.ndim == 1 and cells.dtype == object and all(map(_is_vector, cells)):
            cells = np.stack(list(map(np.asarray, cells)))
    except ValueError:  # vectors of different lengths: whoever reads them says so
        return sample
    return cells if cells.ndim > 1 else sample


def _is_vector(cell):
    return isinstance(cell, (list, tuple)) or getattr(cell, "shape", ()) != ()


def _refuse_table(X, argument):
    if library_of(X) == "pyarrow" and hasattr(X, "num_columns"):
        columns = ", ".join(f"{field.name!r} of type {field.type}" for field in X.schema)
        raise TypeError(
            f"{argument} is a {type(X).__name__} of pyarrow with the columns {columns:.200}. Expected one "
            f"column of lists. Pass {argument}.to_pandas() for columns of numbers or tokens, or "
            f"skseq.preprocessing.as_sequences({argument}) if each column holds the lists of one channel."
        )


def _unmasked(X, argument):
    if not np.ma.is_masked(X):
        return X.data
    if X.ndim < 2:
        raise ValueError(
            f"{argument} is masked at index {int(np.argmax(X.mask))}. A mask means padding at the end of sequences, "
            "and this is an array of one value per sample: leave out the samples that are masked."
        )
    return [until_mask(sample, f"{argument}[{index}]") for index, sample in enumerate(X)]


def until_mask(sample, where):
    """The steps of a sample (t,) or (t, f) before its mask, if it has one; a mask elsewhere raises ValueError."""
    if not np.ma.isMA(sample) or not sample.ndim:
        return sample
    if len(sample) == 0:
        return sample.data
    mask = np.ma.getmaskarray(sample).reshape(len(sample), -1)  # (t, f)
    length = len(mask) - np.count_nonzero(mask.all(axis=1))
    if mask[:length].any():
        raise ValueError(
            f"{where} is masked at step {int(np.argmax(mask.any(axis=1)))}, but not from there to its end in all "
            "features. A mask is read as padding, which is at the end of a sequence: fill in what is missing, with "
            f"{where}.filled(...) say, or leave such steps out."
        )
    return sample.data[:length]


def refuse_kind(kind, argument, remedy=None, more=""):
    if kind in ("M", "m", "V"):
        what, usual = REMEDIES_OF_KINDS[kind]
        raise TypeError(
            f"{argument} holds {what}, which are no numbers: {remedy or usual.replace('X', argument)}.{more}"
        )


def tokens_of_vectors(argument):
    """Code that makes token lists of one-hot vectors (n, t, c), and leaves out steps of zeros, which are padding."""
    return f"[row[row.any(axis=1)].argmax(axis=1).tolist() for row in numpy.asarray({argument})]"


def flat_tokens(samples):
    """All tokens of all samples, as plain Python values."""
    listed = (sample.tolist() if hasattr(sample, "tolist") else sample for sample in samples)  # NumPy's to Python's
    return list(chain.from_iterable(listed))
