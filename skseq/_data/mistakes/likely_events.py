"""Frames whose rows are read as sequences of tokens, and are most likely events of longer ones."""

import re
from datetime import date
from numbers import Integral

from skseq._arguments import library_of
from skseq._callers import warn_caller

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
FIRST = 200  # rows that rule most frames out


def warn_if_events(X, argument):
    """Warn where X is a frame with columns of strings and of integers or times, whose rows are most likely events.

    Returns whether it did.
    """
    names = list(X.columns) if library_of(X) in ("pandas", "polars") and hasattr(X, "columns") else []
    if not names or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        return False
    for rows in (X.head(FIRST), X):
        distinct = {name: set(rows[name].to_list()) for name in names}
        kinds = _is_time, _is_integer, _is_name
        times, numbers, strings = ([name for name in names if all(map(of, distinct[name]))] for of in kinds)
        if not (times or numbers) or not strings:
            return False
    value, time = strings[-1], next(iter(times), None)
    again = [name for name in names if name not in (value, *times) and len(distinct[name]) < len(X)]
    of_sequence = next(iter(again or (() if times else numbers)), None)
    lists = (_lists_of_polars if library_of(X) == "polars" else _lists_of_pandas)(argument, of_sequence, time, value)
    kind, first = ("times", time) if times else ("integers", numbers[0])
    warn_caller(
        f"{argument} holds columns of {kind}, such as {first!r}, and of strings, such as {value!r}, and is read as "
        f"{len(X)} sequences of {len(names)} tokens, one per row. If its rows are events of longer sequences, pass a "
        f"list of tokens for each of these, such as {lists}, and y to match. Set source_type='tokens' to read every "
        "row as a sequence without this warning.",
        UserWarning,
    )
    return True


def _lists_of_pandas(argument, of_sequence, time, value):
    """Code that gives lists of values in the order of time, by sequence, of a frame of pandas; None: there is none."""
    rows = argument if time is None else f"{argument}.sort_values({time!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].tolist()]"
    return f"{rows}.groupby({of_sequence!r})[{value!r}].agg(list)"


def _lists_of_polars(argument, of_sequence, time, value):
    """The same of a frame of polars."""
    rows = argument if time is None else f"{argument}.sort({time!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].to_list()]"
    return f"{rows}.group_by({of_sequence!r}, maintain_order=True).agg({value!r})[{value!r}].to_list()"


def _is_time(value):
    return isinstance(value, date) or (isinstance(value, str) and ISO_TIME.match(value) is not None)


def _is_integer(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_name(value):
    return isinstance(value, str) and not _is_time(value)
