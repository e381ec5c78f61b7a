"""Long frames of pandas with a column of times that nobody named, and rows in another order than these."""

import re
from contextlib import suppress
from datetime import date
from typing import NamedTuple

import numpy as np

from skseq._callers import warn_caller
from skseq._data.pandas_times import holds_times

OF_ROWS = re.compile(r"(date|day|time|date_?time|time_?stamp|ts|ds|hour|week|month)s?", re.IGNORECASE)
OF_ELSE = re.compile(r"birth|born|dob|due|expir|deadline|until", re.IGNORECASE)
FEWEST = 4  # falls without a rise, by which rows have the newest first and no order by chance


class _Steps(NamedTuple):
    """The steps of all series to rows that hold something: each row (n,), and whether its value is higher or lower."""

    rows: np.ndarray
    rises: np.ndarray
    falls: np.ndarray


def warn_of_unnamed_times(frame, groups, ids, named):
    """Warn where times in a column that is not ``named`` fall within one of the (id, rows), and nothing else ascends.

    A column whose name does not say that it is the time of its row, such as the start of a contract, must have the
    newest first in all series: orders are shipped in nearly the order in which they came. Times that never change
    within an id say no order.
    """
    columns = [(name, frame.iloc[:, place]) for place, name in enumerate(frame.columns)]  # names may come twice
    times = [(name, column) for name, column in columns if name not in ids and _are_times(column)]
    if all(name in named for name, _ in times):
        return
    own = frame.groupby(ids, sort=False, observed=True).ngroup().to_numpy()  # (n,) the number of the id of each row
    order = np.argsort(own, kind="stable")
    steps = [(name, column, _steps(column, own, order)) for name, column in times]
    numbers = (column for name, column in columns if name not in ids and column.dtype.kind in "iu")
    if any(_ascend(found) for *_, found in steps) or any(_count_up(_steps(column, own, order)) for column in numbers):
        return
    for name, column, found in steps:
        if name in named or list(frame.columns).count(name) > 1 or not _are_out_of_order(found, str(name)):
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


def _are_out_of_order(steps, name):
    """Whether times of a column of this name look like those of rows that are in another order."""
    if not steps.falls.any() or OF_ROWS.fullmatch(name):
        return steps.falls.any()
    return not OF_ELSE.search(name) and not steps.rises.any() and steps.falls.sum() >= FEWEST
