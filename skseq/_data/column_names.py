"""Names of the columns of frames in a list: features are read by position, so all frames must have them alike."""

from collections import Counter

import numpy as np

from skseq._arguments import library_of, refuse_lazy

_ALL_NAMES = "list(dict.fromkeys(n for x in {} for n in x.columns))"  # whatever types their columns have


def check_column_names(samples, argument, *, expected=None):
    """The names that all frames in a list have, as strings, or None; others, in number or order, raise ValueError.

    ``expected`` are those of fit; without them the first frame says which. What is no frame has no names, and so have
    frames that were made from arrays, with the columns 0, 1, ...
    """
    of_fit = expected is not None
    for index, sample in enumerate(samples):
        where = f"{argument}[{index}]"
        expected = check_names_of(sample, where, expected=expected, among=", in all frames", of_fit=of_fit)
    return expected


def check_names_of(table, where, *, expected=None, among=", as in fit", of_fit=True):
    """The expected names, or else those of a single table, or None; others raise ValueError.

    ``of_fit`` is whether those of fit are expected, not those of the first frame.
    """
    refuse_lazy(type(table), where)
    names = _names(table)
    if names is None or names == expected:
        return expected
    if expected is None:
        return names
    raise ValueError(
        f"{where} has the columns {list(names)}. Expected {list(expected)} in this order{among}"
        f"{_remedy(table, where, names, expected, of_fit=of_fit)}."
    )


def _remedy(table, where, names, expected, *, of_fit):
    """What to do with other names than expected; arrays would be read with features in places of others."""
    if twice := _repeated(names, expected):
        return f": it has {names.count(twice)} columns named {twice!r}, so rename or drop them"
    lacking, new = _not_in(expected, names), _not_in(names, expected)
    if not lacking and not new and _repeated(names):  # which no name selects
        return f": {_moved(table, where, names, expected)}pass arrays, which are read by position"
    if not lacking and (of_fit or not new):
        return f": select them by name{'' if new else ', or pass arrays, which are read by position'}"
    told = " and ".join(f"{what} {those}" for what, those in (("lacks", lacking), ("adds", new)) if those)
    told = f": it {told}. If only names differ, rename them"
    argument, is_listed, _ = where.partition("[")
    code = _filled_up(table, "x" if is_listed else argument)
    if not code or _repeated(expected):  # columns of one name cannot be told apart
        return told
    code = f"[{code} for x in {argument}]" if is_listed else code
    if not of_fit:
        return f"{told}. If these are one-hot columns, set names = {_ALL_NAMES.format(argument)}, and pass {code}"
    unknown = ", which leaves out categories that fit did not know" if new else ""
    return f"{told}. If these are one-hot columns, set names to the list expected, and pass {code}{unknown}"


def _repeated(names, expected=()):
    """The first name that stands for several columns, and for more than are expected, or None."""
    return next((name for name in names if names.count(name) > max(1, expected.count(name))), None)


def _not_in(names, others):
    """The names that others lack, or have less often."""
    return list((Counter(names) - Counter(others)).elements())


def _moved(frame, where, names, expected):
    """What puts columns where they are expected, where several have one name, and then "or"; "" of other libraries."""
    if library_of(frame) != "pandas":
        return ""
    places = {name: iter([place for place, own in enumerate(names) if own == name]) for name in names}
    code = f"{where}.iloc[:, {[next(places[name]) for name in expected]}]"
    return f"pass {code} in its place, if columns of one name stand in the same order, or "


def _filled_up(frame, name):
    """Code for a frame of that name with the columns ``names``, of 0 where it has none; "" if nothing makes it."""
    if not all(isinstance(column, str) for column in getattr(frame, "columns", (0,))):  # those shown are strings
        return ""
    if library_of(frame) == "pandas":
        return f"{name}.reindex(columns=names, fill_value=0)"
    if library_of(frame) == "polars":
        return f"{name}.with_columns(polars.lit(0).alias(n) for n in names if n not in {name}.columns).select(names)"
    return ""


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
