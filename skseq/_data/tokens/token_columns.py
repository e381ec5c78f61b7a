"""Frames and tables in the place of lists of tokens or labels: each is read as its one column.

Iterated over, a frame gives the names of its columns, which would pass for tokens. No library of frames is imported.
"""

from skseq._arguments import brief, library_of
from skseq._data.sequences import as_samples, is_sequence


def n_columns(sample):
    """The number of columns of a frame of pandas or polars, or of a table of pyarrow; None of other samples."""
    has_columns = hasattr(sample, "shape") and hasattr(sample, "columns")  # a LazyFrame warns of the second alone
    return sample.shape[1] if has_columns else None


def with_lone_columns(X, argument):
    """`with_columns`, but X as it is where a frame has several columns, which may be channels or one-hot vectors."""
    alone = all(n_columns(sample) in (None, 1) for sample in as_samples(X) or ())
    return with_columns(X, argument) if alone else X


def with_columns(X, argument):
    """X as it is, or a list of its samples in which every frame, or sequence of pyarrow, has become a list.

    A frame of several columns, or of none, raises ValueError.
    """
    samples = as_samples(X) or ()
    if not any(map(_is_converted, samples)):
        return X
    return [_column(own, f"{argument}[{index}]") if _is_converted(own) else own for index, own in enumerate(samples)]


def _is_converted(sample):
    return n_columns(sample) is not None or (library_of(sample) == "pyarrow" and is_sequence(sample))


def _column(sample, where):
    """The one column of a frame, or a sequence of pyarrow, as a list of Python values."""
    if n_columns(sample) is None:
        return sample.to_pylist() if hasattr(sample, "to_pylist") else sample.as_py()  # a cell has the second
    of_arrow = library_of(sample) == "pyarrow"
    names = list(sample.column_names if of_arrow else sample.columns)
    if len(names) != 1:
        select = ".select([{!r}])" if of_arrow else "[[{!r}]]"
        remedy = f": select one, such as {where}{select.format(names[0])}" if names else ""
        raise ValueError(
            f"{where} is a {type(sample).__name__} with the columns {brief(names, 80)}. Expected one "
            "column, with a token "
            f"or label for every timestep{remedy}."
        )
    if hasattr(sample, "iloc"):
        return sample.iloc[:, 0].tolist()
    return sample.column(0).to_pylist() if of_arrow else sample.to_series().to_list()
