"""Series and frames of pandas and polars in a list: their numbers, and other numbers in their place.

Neither library is imported here before a container of it has come in.
"""

from itertools import chain

import numpy as np

from skseq._arguments import library_of, refuse_lazy
from skseq._data.plain import stacked_vectors
from skseq._data.sequences import as_samples
from skseq._data.times.polars_times import time_columns
from skseq._data.times.time_order import check_column_ascends

OF_SERIES = "x0"  # a column that was a Series, whatever its name: frames of one list must have the same columns


def without_times(X):
    """X, but frames of polars in a list lack their columns of times, which are an index to pandas.

    Times that do not ascend raise ValueError; of several columns nothing says which one has the order.
    """
    samples = as_samples(X) or ()
    for index, sample in enumerate(samples):
        refuse_lazy(type(sample), f"X[{index}]")
    names = list(map(_polars_times, samples))
    if not any(names):
        return X
    for index, (sample, own) in enumerate(zip(samples, names)):
        if len(own) == 1:
            check_column_ascends(sample, own[0], f"X[{index}]")
    return [sample.drop(own) if own else sample for sample, own in zip(samples, names)]


def like_samples(X, arrays):
    """Arrays (t,) or (t, f) in the Series and frames of the list X, in a list; as they are if X holds none.

    Twice as many channels as a sample has are its own and their missing-indicators.
    """
    samples = as_samples(X) or ()
    if not any(map(_is_container, samples)):
        return arrays
    return [_like(sample, array) if _is_container(sample) else array for sample, array in zip(samples, arrays)]


def _is_container(sample):
    """Whether this is a frame or a Series of numbers; one of vectors has no names for their channels."""
    of_library = library_of(sample) in ("pandas", "polars") and hasattr(sample, "to_numpy") and hasattr(sample, "shape")
    return of_library and stacked_vectors(sample) is sample


def _polars_times(sample):
    """Names of the columns of times, unless a frame has no others."""
    names = time_columns(sample) if library_of(sample) == "polars" and hasattr(sample, "schema") else []
    return [] if names and len(names) == len(sample.columns) else names


def _like(sample, array):
    return (_like_pandas if library_of(sample) == "pandas" else _like_polars)(sample, array)


def _like_pandas(sample, array):
    import pandas as pd

    if array.ndim == 1:
        return pd.Series(array, sample.index, name=sample.name)
    columns = sample.columns if sample.ndim == 2 else pd.Index([OF_SERIES])
    if array.shape[1] > len(columns):
        columns = columns.append(columns.map(_indicator))
    return pd.DataFrame(array, index=sample.index, columns=columns)


def _like_polars(sample, array):
    import polars as pl

    if array.ndim == 1:
        return pl.Series(sample.name, array)
    frame = sample if hasattr(sample, "schema") else pl.DataFrame({OF_SERIES: sample})
    names = [name for name in frame.columns if name not in time_columns(frame)]
    names = chain(names, map(_indicator, names))  # of which there may be fewer channels
    return frame.with_columns(pl.Series(name, np.ascontiguousarray(own)) for name, own in zip(names, array.T))


def _indicator(label):
    """The label of an indicator, as scikit-learn has it; of a label of several levels the first one says it."""
    if isinstance(label, tuple):
        return (_indicator(label[0]), *label[1:])
    return f"missingindicator_{label}"
