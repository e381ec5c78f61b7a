"""Names of the columns of frames in a list: features are read by position, so all frames must have them alike."""

import numpy as np

from skseq._arguments import library_of, refuse_lazy


def check_column_names(samples, argument, *, expected=None):
    """The names that all frames in a list have, as strings, or None; others, in number or order, raise ValueError.

    ``expected`` are those of fit; without them the first frame says which. What is no frame has no names, and so have
    frames that were made from arrays, with the columns 0, 1, ...
    """
    for index, sample in enumerate(samples):
        expected = check_names_of(sample, f"{argument}[{index}]", expected=expected, among=", in all frames")
    return expected


def check_names_of(table, where, *, expected=None, among=", as in fit"):
    """The expected names, or else those of a single table, or None; others raise ValueError."""
    refuse_lazy(type(table), where)
    names = _names(table)
    if names is None or names == expected:
        return expected
    if expected is None:
        return names
    raise ValueError(
        f"{where} has the columns {list(names)}. Expected {list(expected)} in this order{among}: select them by name, "
        "or pass arrays, which are read by position."
    )


def check_order_of_names(names, expected):
    """Raise ValueError if columns with these names have others than those of the encoder in their places, or None.

    Columns of another machine may have other names, but what has the same name should be the same.
    """
    if names is None or expected is None or names == expected:
        return
    if any(name in names and names.index(name) != place for place, name in enumerate(expected)):
        raise ValueError(
            f"X has the columns {list(names)}, and the encoder was fitted on {list(expected)}, in this order: features "
            "are read by position. Select them by name, such as [x[names] for x in X], or pass arrays."
        )


def names_of_inputs(kind, names):
    """Names of the columns that an estimator is asked about, or None: a column of sequences has one, for all features.

    ``kind`` is the form of X in fit. scikit-learn expects as many names as there are features.
    """
    return None if kind == "features" and np.shape(names) == (1,) else names


def _names(sample):
    attribute = "column_names" if library_of(sample) == "pyarrow" else "columns"
    columns = getattr(sample, attribute, None)
    if columns is None:
        return None
    names = tuple(map(str, columns))
    return None if names == tuple(map(str, range(len(names)))) else names
