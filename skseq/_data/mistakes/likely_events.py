"""Frames whose rows are read as sequences of tokens, and are most likely events of longer ones."""

import re
from datetime import date, datetime, time
from numbers import Integral

from skseq._arguments import library_of
from skseq._callers import warn_caller

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
OF_WHOM = re.compile(
    r"(user|session|customer|client|visitor|patient|account|case|host|machine|device)s?([_ ]?(id|name|no))?",
    re.IGNORECASE,
)
OF_AN_ID = re.compile(r"(.*[^a-z])?id", re.IGNORECASE)
OF_BIRTH = re.compile(r".*(born|birth).*|dob", re.IGNORECASE)
FIRST = 200  # rows that rule most frames out
RECURS = 0.5  # distinct values of a column over rows, at most: else hardly any comes again


def warn_if_events(X, argument):
    """Warn where X is a frame with columns of strings and of integers or times, whose rows are most likely events.

    Returns whether it did.
    """
    names = list(X.columns) if library_of(X) in ("pandas", "polars") and hasattr(X, "columns") else []
    if not (names and len(X)) or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        return False
    for rows in (X.head(FIRST), X):
        try:
            distinct = {name: set(rows[name].to_list()) for name in names}
        except TypeError:  # lists in cells
            return False
        kinds = _is_time, _is_integer, _is_name
        times, numbers, strings = ([name for name in names if all(map(of, distinct[name]))] for of in kinds)
        if not (times or numbers) or not strings:
            return False
    ordering = [name for name in times if not _are_dates_of_rows(name, distinct, strings, len(X))]
    if not (ordering or numbers):
        return False
    again = [name for name in names if name not in times and len(distinct[name]) <= RECURS * len(X)]
    of_sequence = _id_among(again, distinct, strings) or next(iter(() if ordering else numbers), None)
    others, when = [name for name in strings if name != of_sequence], next(iter(ordering), None)
    value = ([name for name in others if name in again] or others)[-1]
    lists = (_lists_of_polars if library_of(X) == "polars" else _lists_of_pandas)(argument, of_sequence, when, value)
    kind, first = ("times", when) if ordering else ("integers", numbers[0])
    warn_caller(
        f"{argument} holds columns of {kind}, such as {first!r}, and of strings, such as {value!r}, and is read as "
        f"{len(X)} sequences of {len(names)} tokens, one per row. If its rows are events of longer sequences, pass a "
        f"list of tokens for each of these, such as {lists}, and y to match. Set source_type='tokens' to read every "
        "row as a sequence without this warning.",
        UserWarning,
    )
    return True


def _are_dates_of_rows(name, distinct, strings, n_rows):
    """Whether dates without a time of day say something of each row, as of birth, and not when events happened."""
    if not all(map(_is_day, distinct[name])):
        return False
    mostly = RECURS * n_rows
    of_people = len(distinct[name]) > mostly and any(len(distinct[own]) > mostly for own in strings)
    return of_people or OF_BIRTH.fullmatch(name) is not None


def _id_among(again, distinct, strings):
    """The column that most likely says which sequence a row is of, among those whose values come again, or None.

    It has the name of an id. Else it is one of strings, or the first, with the most values: integers that follow may be
    amounts. One column of strings is no id.
    """

    def likely(name):
        named = bool(OF_WHOM.fullmatch(name)), bool(OF_AN_ID.fullmatch(name))
        return *named, name in strings or name == again[0], len(distinct[name])

    return max((name for name in again if [name] != strings), key=likely, default=None)


def _lists_of_pandas(argument, of_sequence, when, value):
    """Code that gives lists of values in the order of times, by sequence, of a frame of pandas; None: there is none."""
    rows = argument if when is None else f"{argument}.sort_values({when!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].tolist()]"
    return f"{rows}.groupby({of_sequence!r})[{value!r}].agg(list)"


def _lists_of_polars(argument, of_sequence, when, value):
    """The same of a frame of polars."""
    rows = argument if when is None else f"{argument}.sort({when!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].to_list()]"
    return f"{rows}.group_by({of_sequence!r}, maintain_order=True).agg({value!r})[{value!r}].to_list()"


def _is_time(value):
    return isinstance(value, date) or (isinstance(value, str) and ISO_TIME.match(value) is not None)


def _is_day(value):
    return isinstance(value, date) and (not isinstance(value, datetime) or value.time() == time.min)


def _is_integer(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_name(value):
    return isinstance(value, str) and not _is_time(value)
