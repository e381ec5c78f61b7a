"""Timesteps of several fields, such as a page and how long it was read: what to pass instead."""

import re
from collections import Counter
from numbers import Integral, Real

import numpy as np

from skseq._data.mistakes.texts.written_numbers import is_written_number

ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}\b")  # of IPv4
MANY = 50  # distinct tokens: of fewer, most may well be rare
MOSTLY = 0.5  # of the distinct tokens


def advice_on_events(X, argument):
    """The end of an error about sequences of events, as far as X holds such; else nothing."""
    samples = X if isinstance(X, (list, tuple)) or getattr(getattr(X, "dtype", None), "kind", "") == "O" else ()
    first = next(
        (sample for sample in samples if isinstance(sample, (list, tuple, np.ndarray)) and len(sample)), [None]
    )
    return advice_on_event(first[0], argument)


def advice_on_event(event, argument, *, as_token=True):
    """The end of an error about one of the events; ``as_token`` is whether it may be a token as a whole."""
    fields = _fields(event)
    if not fields:
        return ""
    names = [name for name, value in fields if _is_name(value)]
    numbers = [name for name, value in fields if _is_number(value)]
    if numbers and not names:
        own = ", ".join(f"event[{name!r}]" for name in numbers)
        return f" Pass the numbers of each event, [[[{own}] for event in events] for events in {argument}]."
    token = names[0] if names else fields[0][0]
    remedy = " If a timestep is an event of several fields, "
    if as_token and not isinstance(event, dict) and all(isinstance(value, (str, Real)) for _, value in fields):
        tuples = "" if isinstance(event, tuple) else f" and pass [list(map(tuple, events)) for events in {argument}]"
        remedy += (
            f"set source_type='tokens'{tuples} to read each event as one token, where tokens are read and events occur "
            "again and again, as notes do. Or "
        )
    remedy += (
        "pass the tokens of one field, where tokens are read: "
        f"[[event[{token!r}] for event in events] for events in {argument}]."
    )
    if not numbers:
        return remedy
    return (
        f"{remedy} Or pass numbers (n_timesteps, n_features) for each sample: event[{numbers[0]!r}] beside a column of "
        f"0 and 1 for each event[{token!r}], as skseq.preprocessing.SequenceOneHotEncoder makes them."
    )


def advice_on_chords(samples, argument):
    """The end of an error about timesteps that are lists or sets of names, such as chords; else nothing."""
    listed = samples if argument.startswith("X") and (isinstance(samples, (list, tuple)) or _has_cells(samples)) else ()
    chords = list(filter(_are_chords, listed))
    if not chords:
        return ""
    made = "frozenset" if any(isinstance(step, set) for sample in chords for step in sample) else "tuple"
    return (
        f" If a timestep is one token of several values, such as a chord, pass [[{made}(step) for step in x] for x in "
        f"{argument}] with source_type='tokens', where tokens are read."
    )


def mostly_once(tokens):
    """(number of distinct tokens, of those that occur once, a token) where events with numbers are tokens; else None.

    Most of them occur once, and there are many: of new data few are known.
    """
    tokens = tokens.tolist() if isinstance(tokens, np.ndarray) else tokens
    event = tokens[0]
    if not isinstance(event, tuple) or not any(map(_is_number, event)) or all(map(_is_whole, event)):
        return None
    counts = Counter(tokens)
    n_once = sum(count == 1 for count in counts.values())
    return (len(counts), n_once, event) if len(counts) >= MANY and n_once > MOSTLY * len(counts) else None


def _fields(event):
    """(name or index, value) of an event: a dict, a tuple with a string, or a list of that and of other values."""
    if isinstance(event, dict):
        return list(event.items())
    if isinstance(event, np.ndarray) and event.dtype == object and event.ndim == 1:
        event = event.tolist()
    are_strings = {isinstance(value, str) for value in event} if isinstance(event, (list, tuple)) else set()
    holds_events = len(are_strings) == 2 or (isinstance(event, tuple) and True in are_strings)
    return list(enumerate(event)) if holds_events else []


def _are_chords(sample):
    """Whether timesteps are sets, or lists, of integers or names; lists of integers must have several lengths."""
    if not (_has_cells(sample) or isinstance(sample, (list, tuple))) or len(sample) == 0:
        return False
    if not all(isinstance(step, (set, list, np.ndarray)) for step in sample):
        return False
    values = [value for step in sample for value in step]
    lengths = set(map(len, sample))
    if len(lengths) > 1 or any(isinstance(step, set) for step in sample):
        return all(isinstance(value, (Integral, str)) for value in values)
    return lengths != {1} and all(map(_is_name, values)) and not any(map(is_written_number, values))


def _has_cells(array):
    """Whether this is an array that may hold names, lists or sets; lists of one length become its last axis."""
    return isinstance(array, np.ndarray) and array.dtype.kind in "OU" and array.ndim > 0


def _is_name(value):
    """Whether a value is a string that is no time or number."""
    return isinstance(value, str) and (not value[:1].isdigit() or ADDRESS.match(value) is not None)


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def _is_whole(value):
    return _is_number(value) and value % 1 == 0
