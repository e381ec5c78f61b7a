"""Frames of (id, time, name, value), with a row per quantity and time, as hospitals export them."""

from contextlib import suppress

from skseq._data.times.calendars import is_one_series

MOST_NAMED = 8


def column_of_names(frame, key, value, others):
    """The column that tells rows of one key apart, such as those of an id and a time, by a few names; or None."""
    n_keys = n_different(frame, key)
    if n_different(frame, [*key, value]) == n_keys:  # rows that are repeated
        return None
    told = {name: n_different(frame, [*key, name]) - n_keys for name in others if holds_names(frame[name])}
    best = max(told, key=told.get, default=None)
    return best if 2 * told.get(best, 0) >= len(frame) - n_keys else None


def advice_on_names(frame, ids, time, values, beside):
    """What to do with a frame whose times occur twice within an id, or "" where nobody can tell.

    ``beside`` are columns of covariates.
    """
    index, value = [*ids, time], values[0]
    name = None
    with suppress(TypeError):  # of values that are lists, which cannot be told apart
        name = column_of_names(frame, index, value, [name for name in frame.columns if name not in (*index, *values)])
    if len(values) > 1 or name is None:
        return ""
    covariates = [own for own in dict.fromkeys(beside) if own not in index]
    n_keys = n_different(frame, index)
    differ = [own for own in covariates if own == name or n_different(frame, [*index, own]) > n_keys]
    index += [own for own in covariates if own not in differ]
    left_out = f" wide lacks {differ}, which differ among rows of one time." if differ else ""
    names = _names_with_values(frame, name, value)
    listed = repr(names) if len(names) <= MOST_NAMED else f"list(wide.columns[{len(index)}:])"
    return (
        f". Column {name!r} tells rows of one time apart. If its names are quantities of one series, make a column of "
        f"each, by wide = {_widened(frame, index, name, value)}, and pass wide with value={listed}. If each is a "
        f"series of its own, pass id={[*ids, name]!r}.{left_out}"
    )


def _widened(frame, index, name, value):
    """The call that makes a column of every name, and keeps rows in which nothing has a value."""
    several = "mean" if is_one_series(frame[value]) else "first"  # of values that are strings
    if not hasattr(frame, "iloc"):
        pivot = f"frame.pivot({name!r}, index={index!r}, values={value!r}, aggregate_function={several!r})"
        return f"{pivot}.sort({index!r})"
    by = [*index, name]
    observed = ", observed=True" if any(frame[own].dtype == "category" for own in by) else ""
    missing = ", dropna=False" if len(known(frame[by])) < len(frame) else ""  # of covariates, or names
    empty = n_different(frame, [name]) > len(_names_with_values(frame, name, value))
    filled = ".dropna(axis=1, how='all')" if empty else ""
    return f"frame.groupby({by!r}{observed}{missing})[{value!r}].{several}().unstack(){filled}.reset_index()"


def holds_names(column):
    """Whether a column holds strings, most of which occur several times."""
    first = next(iter(known(column)), None)
    return isinstance(first, str) and 2 * n_different(column.to_frame(), [column.name]) <= len(column)


def is_name_of(frame, name, value):
    """Whether a column has a name for each integer of another one, as templates of a log have for their ids."""
    kind = frame[value].dtype
    are_integers = kind.kind in "iu" if hasattr(frame, "iloc") else kind.is_integer()
    n_pairs = n_different(frame, [name, value])
    return are_integers and 1 < n_pairs == n_different(frame, [name]) == n_different(frame, [value])


def _names_with_values(frame, name, value):
    """The names that have a value anywhere, as they are sorted."""
    return sorted(set(known(frame[[name, value]])[name]))


def known(column):
    """The items of a column, or rows of a frame, in which nothing is missing."""
    return column.dropna() if hasattr(column, "iloc") else column.drop_nulls()


def n_different(frame, names):
    """How many different rows these columns have."""
    return len(frame.drop_duplicates(names)) if hasattr(frame, "iloc") else frame.n_unique(subset=names)
