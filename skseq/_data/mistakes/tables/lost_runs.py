"""Long frames whose ids lack a column, such as that of the session, or whose rows are events: what is advised."""

from contextlib import suppress

from skseq._data.mistakes.tables.names_beside_values import holds_names, is_name_of, known, n_different
from skseq._data.mistakes.texts.written_numbers import is_written_number

FEWEST = 3  # rows of a run, on the average: of a column that differs in every row, nothing falls
SORT = ": sort the frame by id and time, and leave out repeated rows."
RUNS = " If id lacks a column, such as that of the session, pass a list of names with it instead."


def advice_on_runs(frame, ids, time, others):
    """What to do with a frame whose times repeat or fall within an id: the id with one of ``others``, or sort it."""
    found = {name: n for name in others if (n := _n_runs(frame, [*ids, name], time))}
    if not found:
        return f"{SORT}{RUNS}"
    column = min(found, key=found.get)
    return (
        f". With column {column!r} times ascend. If it tells runs of one {ids[-1]} apart, such as sessions, pass "
        f"id={[*ids, column]!r}. If there is one run, sort the frame by id and time, and leave out repeated rows."
    )


def advice_on_rows_of_one_time(frame, ids, time, values, beside):
    """What else to do where few rows of an id share a time, with other values, as purchases of one day do; or "".

    ``beside`` are columns of covariates, of which there is no sum, as of text.
    """
    by = [*ids, time]
    if not _some_differ(frame[[*by, *values]], by):
        return ""
    if hasattr(frame, "iloc"):
        sums = f"frame.groupby({by!r}, as_index=False, observed=True)[{values!r}].sum(min_count=1)"
    else:
        known = "frame.fill_nan(None)" if _have_nan(frame, values) else "frame"
        own_sums = "polars.when(polars.col(v).count() > 0).then(polars.col(v).sum())"  # that of nothing would be 0
        sums = f"{known}.group_by({by!r}).agg([{own_sums} for v in {values!r}]).sort({by!r})"
    added = "" if beside or not _are_numbers(frame, values) else f"add them up, by {sums}, or "
    return f" If rows of one time are events, {added}keep each: {_kept_in_order(frame, by, time)}."


def advice_on_labels(frame, ids, time, values, others):
    """What to do where values are names of events, as in a log: text, or integers that one of ``others`` names; or "".

    No wide frame, and no sum of them, means anything.
    """
    by, kept = [*ids, time], _kept_in_order(frame, [*ids, time], time)
    with suppress(TypeError):  # of lists, which cannot be told apart
        if len(values) > 1 or n_different(frame, [*by, *values]) == n_different(frame, by):  # rows that are repeated
            return ""
        (value,) = values
        name = next((own for own in others if holds_names(frame[own]) and is_name_of(frame, own, value)), None)
        if name is not None:
            return (
                f". Column {name!r} has a name for each number of {value!r}, so rows of one time are most likely "
                f"events: to keep each, {kept}. If each name is a series of its own, pass id={[*ids, name]!r}."
            )
        if _are_words(frame[value]) and not any(_n_runs(frame, [*ids, own], time) for own in others):
            return f". Column {value!r} holds text, as of events. To keep each, {kept}. Else{SORT[1:]}{RUNS}"
    return ""


def _kept_in_order(frame, by, time):
    if hasattr(frame, "iloc"):
        in_order = f"frame.sort_values({by!r}, kind='stable').drop(columns={time!r})"
    else:
        in_order = f"frame.sort({by!r}, maintain_order=True).drop({time!r})"
    return f"pass {in_order}, and leave out time"


def _are_words(column):
    """Whether a column holds strings alone, none of which is a number."""
    items = set(known(column))
    return bool(items) and all(isinstance(item, str) and not is_written_number(item) for item in items)


def _are_numbers(frame, names):
    """Whether these columns have types of numbers, or in pandas of truth values, which can be added up."""
    if hasattr(frame, "iloc"):
        return all(frame[name].dtype.kind in "iufb" for name in names)
    return all(frame[name].dtype.is_numeric() for name in names)


def _have_nan(frame, names):
    """Whether columns of polars hold NaN beside, or in place of, what is missing."""
    return any(frame[name].dtype.is_float() and frame[name].is_nan().any() for name in names)


def _some_differ(rows, key):
    """Whether rows that share a key have several values, and most rows have a key of their own."""
    with suppress(TypeError):  # of lists
        if hasattr(rows, "iloc"):
            n_different, n_keys = len(rows.drop_duplicates()), len(rows.drop_duplicates(key))
        else:
            n_different, n_keys = rows.n_unique(), rows.n_unique(subset=key)
        return n_keys < n_different and 2 * n_keys > len(rows)
    return False


def _n_runs(frame, by, time):
    """How many runs these columns tell apart, if times ascend in all of them; else 0."""
    with suppress(TypeError):  # of lists, or of times of several types
        n_runs, ascend = (_of_pandas if hasattr(frame, "iloc") else _of_polars)(frame, by, time)
        return n_runs if ascend and FEWEST * n_runs <= len(frame) else 0
    return 0


def _of_pandas(frame, by, time):
    if frame[by[-1]].isna().any() or frame[by[-1]].dtype.kind == "f":  # measured
        return 0, False
    runs = frame.groupby(by, sort=False, observed=True)
    return runs.ngroups, not (frame[time] <= runs[time].shift()).any()


def _of_polars(frame, by, time):
    import polars as pl

    kind = frame[by[-1]].dtype
    if kind.is_nested() or kind.is_float() or kind == pl.Object or frame[by[-1]].has_nulls():
        return 0, False
    falls = pl.col(time) <= pl.col(time).shift().over(by)
    return frame.n_unique(subset=by), not frame.select(falls.any()).item()
