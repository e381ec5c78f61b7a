"""Frames with one series per row, of which a column counts the rows: it is read as a step, and most likely is none."""

import numpy as np

from skseq._arguments import library_of
from skseq._callers import warn_caller
from skseq._data.mistakes.times.calendar_codes import codes_of
from skseq._data.times.calendars import is_one_series

FEWEST = 12  # rows
MOST_COLUMNS = 1_000  # steps of a series: more take long to look at, and are hardly counted by a column of a file


def warn_if_rows_are_counted(X):
    """Warn of a column that rises evenly, or holds ascending dates, beside others that do not. Returns whether it did.

    So do a number, or a time, that rows have in a file.
    """
    name = _counting_column(X)
    if name is None:
        return False
    n_rows, n_columns = X.shape
    others = f"X.drop(columns={name!r})" if hasattr(X, "iloc") else f"X.drop({name!r})"
    if_rows_are_series = (
        f" If every row is a series, pass {others}. If rows follow each other in one series, as years of months do, "
        f"pass [{others}.to_numpy().ravel()]."
    )
    warn_caller(
        f"X of shape {X.shape} is read as {n_rows} series of {n_columns} steps, one per row, and column {name!r} as "
        f"step {list(X.columns).index(name)} of each. But it rises from row to row, as ids or times of rows do. If "
        f"every row is a step of one series, pass {_as_one_series(X, name)}.{if_rows_are_series * (n_columns > 2)} "
        "Pass X.to_numpy() to read the column as a step without this warning."
    )
    return True


def _counting_column(X):
    """The name of the only column that counts the rows of a frame without times, or None."""
    if library_of(X) not in ("pandas", "polars") or len(getattr(X, "shape", ())) < 2 or is_one_series(X):
        return None
    names = list(X.columns)
    if len(X) < FEWEST or len(set(names)) < len(names) or not 1 < len(names) <= MOST_COLUMNS:
        return None
    columns = {name: X[name].to_numpy() for name in names}
    if any(values.dtype.kind not in "iufb" for values in columns.values()):  # which are refused
        return None
    counting = [name for name, values in columns.items() if isinstance(name, str) and _counts(values)]
    return counting[0] if len(counting) == 1 else None


def _counts(values):
    """Whether whole numbers (n,) rise by the same step, or are ascending codes of dates."""
    if values.dtype.kind == "b" or not (np.isfinite(values).all() and (values % 1 == 0).all()):
        return False
    steps = np.diff(values.astype(float))
    return bool((steps > 0).all() and ((steps == steps[0]).all() or codes_of(values)))


def _as_one_series(X, name):
    """Code for the rows of X as steps."""
    if not hasattr(X, "iloc"):
        return f"[X.drop({name!r}).to_numpy()]"
    codes = codes_of(X[name])
    if codes and codes.format:
        times = codes.times(f"X[{name!r}]")
        return f"X.set_index({times}).drop(columns={name!r})"
    whole = "" if X[name].dtype.kind in "iu" else f".astype({{{name!r}: int}})"
    return f"[X{whole}.set_index({name!r})]"
