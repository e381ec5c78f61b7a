"""Long frames of pandas with a column of times that nobody named, and rows in another order than these."""

import re
from contextlib import suppress
from datetime import date
from typing import NamedTuple

import numpy as np

from skseq._callers import warn_caller
from skseq._data.times.pandas_times import holds_times

OF_ROWS = re.compile(r"(date|day|time|date_?time|time_?stamp|ts|ds|hour|week|month)s?", re.IGNORECASE)
OF_FILE = re.compile(r"index|level_0|unnamed.*|", re.IGNORECASE)  # names of row numbers that pandas gives
FEWEST, OFTEN = 4, 0.2  # falls, and their share of the changes, that are no order by chance, or of a few late rows


class _Steps(NamedTuple):
    """The steps of all series to rows that hold something: each row (n,), and whether its value is higher or lower."""

    rows: np.ndarray
    rises: np.ndarray
    falls: np.ndarray


def warn_of_unnamed_times(frame, groups, ids, named):
    """Warn where times in a column that is not ``named`` fall within one of the (id, rows), and nothing else ascends.

    How many of them must fall depends on the name, as `_are_out_of_order` says: orders are shipped in nearly the order
    in which they came. Times that never change within an id say no order, nor does the number of the row in the file.
    """
    columns = [(name, frame.iloc[:, place]) for place, name in enumerate(frame.columns)]  # names may come twice
    times = [(name, column) for name, column in columns if name not in ids and _are_times(column)]
    if all(name in named for name, _ in times):
        return
    own = frame.groupby(ids, sort=False, observed=True).ngroup().to_numpy()  # (n,) the number of the id of each row
    order = np.argsort(own, kind="stable")
    steps = [(name, column, _steps(column, own, order)) for name, column in times]
    numbers = (column for name, column in columns if name not in ids and _may_count(name, column, len(groups)))
    if any(_ascend(found) for *_, found in steps) or any(_count_up(_steps(column, own, order)) for column in numbers):
        return
    for name, column, found in steps:
        if name in named or list(frame.columns).count(name) > 1 or not _are_out_of_order(found, str(name), own):
            continue
        row, by = found.rows[found.falls][0], [*ids, name]
        warn_caller(
            f"Series {groups[own[row]][0]!r} has the {name} {column.iloc[row]} after a later one, in its row "
            f"{np.count_nonzero(own[:row] == own[row])}, but time is None: rows are read in the order in which they "
            f"stand. If {name!r} is the time of a row, pass frame.sort_values({by!r}, kind='stable'), with "
            f"time={name!r} if each time is there once. If it is not, or this order is meant, pass "
            f"frame.drop(columns={name!r})."
        )
        return


def _are_times(column):
    if holds_times(column):
        return True
    return column.dtype.kind == "O" and isinstance(next(iter(column.dropna()), None), date)


def _steps(column, own, order):
    """The `_Steps` of a column whose rows of one id follow one another in this order; none of what has no order."""
    rows = order[column.notna().to_numpy()[order]]
    values = _comparable(column.iloc[rows])
    same = own[rows[1:]] == own[rows[:-1]]
    with suppress(TypeError):  # some strings, or some times with a time zone and some without
        rises, falls = values[1:] > values[:-1], values[1:] < values[:-1]
        return _Steps(rows[1:][same], rises[same].astype(bool), falls[same].astype(bool))
    return _Steps(rows[:0], same[:0], same[:0])


def _comparable(values):
    """A column without gaps as NumPy compares it: datetimes and periods as integers, others as they are."""
    return values.array.asi8 if holds_times(values) and hasattr(values.array, "asi8") else values.to_numpy()


def _ascend(steps):
    return steps.rises.any() and not steps.falls.any()


def _count_up(steps):
    return steps.rises.size > 0 and steps.rises.all()


def _may_count(name, column, n_series):
    """Whether a column holds integers that may count the rows of each series, and not those of the file.

    One of a single series may count both, unless pandas gave it its name.
    """
    if column.dtype.kind not in "iu":
        return False
    numbers = column.dropna().to_numpy()
    before, after = numbers[:-1], numbers[1:]
    is_of_pandas = name is None or OF_FILE.fullmatch(str(name)) is not None
    return not (after > before).all() if is_of_pandas else n_series == 1 or not (after == before + 1).all()


def _are_out_of_order(steps, name, own):
    """Whether times of a column of this name look like those of rows that are in another order.

    Of a name such as "time" one of them falls; of any other, many do in all series or in one.
    """
    if not steps.falls.any() or OF_ROWS.fullmatch(name):
        return steps.falls.any()
    falls, rises = (np.bincount(own[steps.rows], which) for which in (steps.falls, steps.rises))
    falls, rises = np.append(falls, falls.sum()), np.append(rises, rises.sum())
    return bool(((falls >= FEWEST) & (falls >= OFTEN * (falls + rises))).any())
