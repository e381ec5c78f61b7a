"""Series whose values end before those of others, though their rows go on: they have ended, or are late."""

from collections import Counter
from contextlib import suppress

from skseq._arguments import of_python
from skseq._callers import warn_caller
from skseq._data.times.time_order import without_midnight

MOST_NAMED = 5


def early_ends(ends):
    """(places of such series, the usual end) of ``ends``, (last time with a value, last time) of each series.

    Series of a calendar of their own pass: their rows do not reach as far as those of the others.
    """
    known = Counter(of_values for of_values, _ in ends)
    usual = max(known, key=lambda time: (known[time], time))
    as_far = min(of_rows for of_values, of_rows in ends if of_values == usual)
    return [i for i, (of_values, of_rows) in enumerate(ends) if of_values < usual and of_rows >= as_far], usual


def warn_of_early_ends(ends, ids, id, *, of_polars):
    """Warn of series whose rows without values would become a known future before that of the others."""
    places, usual = [], None
    with suppress(TypeError):  # of times that cannot be compared, such as some with a zone and some without
        places, usual = early_ends(ends)
    if not places:
        return
    keys = [_plain(ids[place]) for place in places]
    usually = [place for place, (of_values, _) in enumerate(ends) if of_values == usual]
    most = len(usually) > len(ends) / 2
    others = "those of most others" if most else f"but those of {_written(_plain(ids[usually[0]]))}"
    warn_caller(
        f"The values of {len(keys)} of {len(ends)} series end early: those of {_written(keys[0])} at "
        f"{without_midnight(ends[places[0]][0])}, {others} at {without_midnight(usual)}. Rows behind are read as a "
        "known future, so that forecasts begin earlier. If values are late, fill these in, or add up forecasts by date "
        f"rather than by position. If such series have ended, leave them out, by {_without(keys, id, of_polars)}, or "
        "cut their rows behind the last value, if a fit is to learn from their past."
    )


def _plain(key):
    """An id, or a tuple of its parts, whose numbers are written without the name of their type."""
    if isinstance(key, tuple):
        return tuple(map(_plain, key))
    return of_python(key)


def _written(key):
    """An id as code, with the module of types, such as `pandas.Timestamp`, whose repr lacks it."""
    if isinstance(key, tuple):
        return f"({', '.join(map(_written, key))}{',' if len(key) == 1 else ''})"
    lacks = repr(key).startswith(f"{type(key).__name__}(")
    return f"{type(key).__module__.partition('.')[0]}.{key!r}" if lacks else repr(key)


def _without(keys, id, of_polars):
    """What gives the rows of all other ids."""
    shown = f"[{', '.join([*map(_written, keys[:MOST_NAMED]), *(['...'] if len(keys) > MOST_NAMED else [])])}]"
    if of_polars and isinstance(id, list):
        keys = f"polars.DataFrame({shown}, schema=frame.select({id!r}).schema, orient='row')"
        return f"frame.join({keys}, on={id!r}, how='anti')"
    if of_polars:
        return f"frame.filter(~polars.col({id!r}).is_in({shown}))"
    if isinstance(id, list):
        return f"frame[~frame.set_index({id!r}).index.isin({shown})]"
    return f"frame[~frame[{id!r}].isin({shown})]"
