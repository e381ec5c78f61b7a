"""Frames whose rows are read as sequences of tokens, and are most likely events of longer ones."""

import re
from datetime import date, datetime, time
from numbers import Integral

from skseq._arguments import is_frame, library_of
from skseq._callers import warn_caller
from skseq._data.checks import RECURS
from skseq._data.mistakes.tables.id_names import OF_A_VISIT, OF_AN_ID, OF_WHOM, says_whose
from skseq._data.mistakes.tables.long_frames import runs_of

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
OF_WHAT = re.compile(
    r"(item|product|article|movie|song|track|page|url|event|action|activity)s?([_ ]?(id|name|no|type))?|sku",
    re.IGNORECASE,
)
OF_A_TIME = re.compile(r"(.*[_ ])?(ts|time|timestamp|epoch|date)", re.IGNORECASE)
OF_BIRTH = re.compile(r".*(born|birth).*|dob", re.IGNORECASE)
FIRST = 200  # rows that rule most frames out


def warn_if_events(X, argument):
    """Warn where X is a frame of events of longer sequences, most likely, which are read as a sequence per row.

    It has columns of strings and of integers or times, or of either one of which, by its name and as its values come
    again, says which sequence a row is of; strings do so in rows beside each other. Returns whether it did.
    """
    names = list(X.columns) if is_frame(X) else []
    if len(names) < 2 or not len(X) or len(set(names)) < len(names) or not all(isinstance(own, str) for own in names):
        return False
    for rows in (X.head(FIRST), X):
        try:
            distinct = {name: set(rows[name].to_list()) for name in names}
        except TypeError:  # lists in cells
            return False
        kinds = _is_time, _is_integer, _is_name
        times, numbers, strings = ([name for name in names if all(map(of, distinct[name]))] for of in kinds)
        if not (strings and (times or numbers)) and not any(map(says_whose, [*numbers, *strings])):
            return False
    ordering = [name for name in times if not _are_dates_of_rows(name, distinct, strings, len(X))]
    ordering = ordering or [name for name in numbers if OF_A_TIME.fullmatch(name) and not OF_BIRTH.fullmatch(name)]
    again = [name for name in names if name not in {*times, *ordering} and len(distinct[name]) <= RECURS * len(X)]
    numbers = [name for name in numbers if name not in ordering]
    in_runs = any(says_whose(name) and runs_of(X[name].to_numpy()) is not None for name in strings)
    if not (ordering or numbers or in_runs) or not (strings or any(map(says_whose, again))):
        return False
    of_sequence = _id_among(again, distinct, strings, numbers) or next(iter(() if ordering else numbers), None)
    value = _value_among([name for name in [*numbers, *strings] if name != of_sequence], again)
    if value is None:
        return False
    when = next(iter(ordering), None)
    lists = (_lists_of_polars if library_of(X) == "polars" else _lists_of_pandas)(argument, of_sequence, when, value)
    seen = f"columns of {'times' if ordering else 'integers'}, such as {(ordering or numbers or [None])[0]!r}"
    seen += f", and of strings, such as {strings[-1]!r}" if strings else ""
    if not (ordering or numbers):
        seen = f"a column {of_sequence!r} that has the same value in rows beside each other"
    unsorted = "" if ordering else ", with rows in the order of events"
    whose = "" if of_sequence is None else f", and of {of_sequence!r} that of whose it was"
    warn_caller(
        f"{argument} holds {seen}, and is read as {len(X)} sequences of "
        f"{len(names)} tokens, one per row. If its rows are events of longer sequences, pass a list of tokens for each "
        f"of these, such as {lists}, and y to match{unsorted}. The columns are a guess: in place of {value!r} "
        f"put that of what happened{whose}. Set source_type='tokens' to read every row as a sequence without this "
        "warning."
    )
    return True


def _are_dates_of_rows(name, distinct, strings, n_rows):
    """Whether dates without a time of day say something of each row, as of birth, and not when events happened."""
    if not all(map(_is_day, distinct[name])):
        return False
    mostly = RECURS * n_rows
    of_people = len(distinct[name]) > mostly and any(len(distinct[own]) > mostly for own in strings)
    return of_people or OF_BIRTH.fullmatch(name) is not None


def _id_among(again, distinct, strings, numbers):
    """The column that most likely says which sequence a row is of, among those whose values come again, or None.

    It has the name of an id, first of all of a visit, of which a user has several. Else it is one of strings, or the
    first, with the most values: integers that follow may be amounts. What alone may have happened is no id.
    """

    def likely(name):
        named = (bool(of.fullmatch(name)) for of in (OF_A_VISIT, OF_WHOM, OF_AN_ID))
        return *named, name in strings or name == again[0], len(distinct[name])

    def is_alone(name):
        return [name] == strings and not (numbers and says_whose(name))

    ids = [name for name in again if not (is_alone(name) or OF_WHAT.fullmatch(name))]
    return max(ids or [name for name in again if not is_alone(name)], key=likely, default=None)


def _value_among(others, again):
    """What most likely happened: the column with a name of it, else the last of those whose values come again."""
    named = [name for name in others if OF_WHAT.fullmatch(name)]
    return next(reversed(named or [name for name in others if name in again] or others), None)


def _lists_of_pandas(argument, of_sequence, when, value):
    """Code that gives lists of values in the order of times, by sequence, of a frame of pandas; None: there is none."""
    rows = argument if when is None else f"{argument}.sort_values({when!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].tolist()]"
    return f"{rows}.groupby({of_sequence!r})[{value!r}].agg(list)"


def _lists_of_polars(argument, of_sequence, when, value):
    """Code that gives lists of values in the order of times, by sequence, of a frame of polars."""
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
