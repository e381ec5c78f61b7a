"""Long frames, one row per series and time, to a list of series and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skseq._arguments import brief, library_of
from skseq._data.checks import check_numbers
from skseq._data.mistakes.numbers.early_ends import warn_of_early_ends
from skseq._data.mistakes.tables.lost_runs import advice_on_labels, advice_on_rows_of_one_time, advice_on_runs
from skseq._data.mistakes.tables.names_beside_values import advice_on_names
from skseq._data.mistakes.texts.written_numbers import is_written_number, remedy_of_numbers
from skseq._data.mistakes.times.calendar_codes import times_of_codes
from skseq._data.mistakes.times.unnamed_times import warn_of_unnamed_times
from skseq._data.mistakes.times.utc_offsets import ZONE, have_several_offsets
from skseq._data.times.calendars import is_one_series
from skseq._data.times.time_order import times_of
from skseq._typing import SequencesLike


def from_long(
    frame: Any,
    *,
    id: str | list[str],
    time: str | None = None,
    value: str | Sequence[str],
    X_past: str | Sequence[str] | None = None,
    X_future: str | Sequence[str] | None = None,
    X_static: str | Sequence[str] | None = None,
) -> Bunch:
    """Split a frame with one row per series and time into a list of series, as `SeriesForecaster` reads them.

    With `X_future`, rows at the end of a series whose values are all missing are its future, and only their columns
    `X_future` are read. A warning names a series whose values end before those of others, as of a shop that was closed.
    Every other row without values stays, as a timestep of NaN.

    If `time` is None, and no column of times or integers in pandas ascends in every series, the number of the row in
    the file aside, another warning names a column of times that falls in some. Its name decides how often: once of
    "date" or "time"; four times, and a fifth of its changes, of a name with such a word, as "event_time" or
    "created_at"; of any other, such as "start" or "delivery_date", four times without a rise. Of dates of birth, dates
    due and the like nothing is said.

    Parameters
    ----------
    frame : DataFrame of pandas or polars
        The rows of a series are in ascending order of time; rows of other series may stand between them. Where one
        column holds the names of quantities and another their values, make a column of each first, in pandas by
        ``frame.groupby([id, time, name])[value].mean().unstack().reset_index()``.

    id : str or list of str
        Column that says to which series a row belongs. With a list of columns, such as shop and article, ids are
        tuples.

    time : str, default=None
        Column of times or of numbers, such as seconds or modified Julian days. `SeriesForecaster` takes only integers
        as numbers. None: rows are in the order of time, and series have none.

    value : str or list of str
        Column of values. A list makes series of several targets, also a list of one. Values may be missing, as where
        channels are measured at different times: `SequenceImputer` fills them, no estimator reads them as they are.

    X_past : str or list of str, default=None
        Columns of covariates that are known up to now only.

    X_future : str or list of str, default=None
        Columns of covariates that are known ahead. Without them leave out rows that are still to be forecast, in pandas
        by ``frame.dropna(subset=value)`` for one value.

    X_static : str or list of str, default=None
        Columns that have one value in all rows of a series.

    Returns
    -------
    series : Bunch
        ``X``, a list with one series each, in the order in which the ids first appear: for pandas a Series of one
        value, or a DataFrame, with the times as its index, and an id that is a string in ``attrs["id"]`` (which pandas
        keeps in a sum of series, too: clear its `attrs`); for polars a DataFrame with the column of times. ``ids``, a
        list. ``X_past`` and ``X_future``, lists of frames with the times, or None. ``X_static``, a frame with a row per
        series, or None: what is no number in it must be encoded.

    Raises
    ------
    ValueError
        If the frame lacks a column or has two of one name, a value is no number, times are strings or have no common
        order, a series has a time twice or after a later one, an id or a time is missing, a series has no value in any
        row, or a column of `X_static` has several values in a series. If `id` names a column twice, or that of times,
        or covariates name one of `value`. If `time` is None, and the index, or a column of polars, holds times.

    See Also
    --------
    to_long : The way back, for series and for forecasts.
    skseq.SeriesForecaster : Reads such series.

    Examples
    --------
    >>> import pandas as pd
    >>> from skseq.preprocessing import from_long
    >>> frame = pd.DataFrame({
    ...     "shop": ["north"] * 3 + ["south"] * 3,
    ...     "day": list(pd.date_range("2024-01-01", periods=3)) * 2,
    ...     "sold": [3.0, 5.0, None, 2.0, 2.0, None],
    ...     "open": [1, 1, 0, 1, 0, 1],
    ... })
    >>> series = from_long(frame, id="shop", time="day", value="sold", X_future="open")
    >>> series.ids, [own.tolist() for own in series.X]
    (['north', 'south'], [[3.0, 5.0], [2.0, 2.0]])
    >>> series.X_future[1]["open"].tolist()  # one day further
    [1, 0, 1]
    """
    _check_names(id, time, value=value, X_past=X_past, X_future=X_future, X_static=X_static)
    values, past, future, static = map(_as_list, (value, X_past, X_future, X_static))
    times = [] if time is None else [time]
    _check_columns(frame, [*_columns_of(id), *times, *values, *past, *future, *static])
    _check_ids(frame, _columns_of(id))
    if time is None:
        _check_no_times(frame)
    found = Bunch(X=[], ids=[], X_past=[] if past else None, X_future=[] if future else None, X_static=None)
    of_series, ends = [], []
    advice = partial(_advice_on_times, frame, _columns_of(id), time, values, [*past, *future, *static])
    of_text = partial(_remedy_of_text, frame, id, time)
    groups = _by_id(frame, id)
    if time is None and not _is_polars(frame):
        warn_of_unnamed_times(frame, groups, _columns_of(id), {*values, *past, *future, *static})
    for key, rows in groups:
        if time is not None:
            _check_times(rows, time, key, advice)
        n_known = _n_known(rows, values, key, of_text)
        known = n_known if future else len(rows)
        if future and time is not None:
            ends.append((_item(rows[time], known - 1), _item(rows[time], len(rows) - 1)))
        found.ids.append(key)
        found.X.append(_with_id(_indexed(rows[:known], time, values, as_series=isinstance(value, str)), key))
        if past:
            found.X_past.append(_indexed(rows[:known], time, past))
        if future:
            found.X_future.append(_indexed(rows, time, future))
        if static:
            of_series.append(_constant_row(rows, static, key))
    if ends:
        warn_of_early_ends(ends, found.ids, id, of_polars=_is_polars(frame))
    if static:
        found.X_static = _below_each_other(of_series, found.ids, id)
    return found


def to_long(
    series: SequencesLike,
    *,
    ids: Sequence[Any] | None = None,
    id: str | list[str] = "id",
    time: str = "time",
    value: str = "value",
    X_past: SequencesLike | None = None,
    X_future: SequencesLike | None = None,
    X_static: SequencesLike | None = None,
) -> Any:
    """Put series or forecasts below each other in one frame, one row per series and time.

    Parameters
    ----------
    series : list of Series or DataFrame of pandas, or of DataFrame of polars
        Series or forecasts with their times, all of one kind. A Series or DataFrame without a list around it is a
        single series, as `SeriesForecaster` takes and gives it; its `X_past` and `X_future` may be without one, too.

    ids : list, default=None
        The id of every series. None counts them from 0.

    id : str or list of str, default="id"
        Name of the column of ids. A list names a column for each part of ids that are tuples.

    time : str, default="time"
        Name of the column of times.

    value : str, default="value"
        Name of the column of values for pandas Series without a name, or of different names.

    X_past : list of DataFrame, default=None
        Covariates that are known up to now only, one frame per series with its times.

    X_future : list of DataFrame, default=None
        Covariates that are known ahead. Times that lie behind those of the series become rows without a value.

    X_static : DataFrame, default=None
        A row per series, which becomes columns that have its values in all rows of the series.

    Returns
    -------
    frame : DataFrame of pandas or polars
        The columns of ids and times, then the others as they are named. Bounds of intervals and quantiles are columns
        of their own.

    Raises
    ------
    ValueError
        If a series has no times, if there are not as many ids, frames or rows of `X_static` as series, if ids are
        tuples of another length than `id`, if `id` names a column twice, or that of times, or if a series or its
        covariates have a column of one of these names, or of one that another has.

    See Also
    --------
    from_long : The way there.

    Examples
    --------
    >>> import pandas as pd
    >>> from skseq.preprocessing import to_long
    >>> days = pd.date_range("2024-01-01", periods=2)
    >>> print(to_long([pd.Series([3, 5], days, name="sold"), pd.Series([2, 2], days, name="sold")], ids=["n", "s"]))
      id       time  sold
    0  n 2024-01-01     3
    1  n 2024-01-02     5
    2  s 2024-01-01     2
    3  s 2024-01-02     2
    """
    _check_names_of_ids(id, time)
    series, X_past, X_future = map(_listed, (series, X_past, X_future))
    series = list(series)
    ids = list(range(len(series))) if ids is None else list(ids)
    if len(ids) != len(series) or not series:
        raise ValueError(f"Expected one id per series, and at least one series. Got {len(ids)} and {len(series)}.")
    ids = [_parts(key, id) for key in ids]
    for name, covariates in (("X_past", X_past), ("X_future", X_future)):
        if covariates is not None and len(covariates) != len(series):
            raise ValueError(f"{name} has {len(covariates)} frames for {len(series)} series: give one per series.")
    if X_static is not None and len(X_static) != len(series):
        raise ValueError(f"X_static has {len(X_static)} rows for {len(series)} series: give one per series.")
    join = _join_polars if _is_polars(series[0]) else _join_pandas
    covariates = [own for own in (X_past, X_future) if own is not None]
    return join(series, ids, (_columns_of(id), time, value), covariates, X_static)


# --- one series of a frame --------------------------------------------------------------------------------------------


def _as_list(names):
    return [names] if isinstance(names, str) else list(names or [])


def _columns_of(id):
    """Names of the columns of ids, one of which may be a tuple or a number."""
    return id if isinstance(id, list) else [id]


def _check_names(id, time, **columns):
    """Raise ValueError for names that say of no column, or of one twice, what it is."""
    if isinstance(time, (list, dict, set)):
        raise ValueError(f"time must be the name of one column, or None. Got {time!r}.")
    if id is None or id == [] or isinstance(id, (dict, set)):
        raise ValueError(f"id must be the name of a column, or a list of names. Got {id!r}.")
    _check_names_of_ids(id, time)
    for argument, given in columns.items():
        if not (isinstance(given, (str, list, tuple)) or (given is None and argument != "value")):
            raise ValueError(f"{argument} must be the name of a column, or a list of names. Got {brief(given, 80)}.")
        names = _as_list(given)
        if argument == "value" and not names:
            raise ValueError(f"value must name at least one column. Got {given!r}.")
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"{argument} names the column {twice[0]!r} more than once: name each once.")
        if argument != "X_static" and time is not None and time in names:
            raise ValueError(f"{argument} names {time!r}, which is the column of times: name columns of numbers.")
        if argument == "value" and (of_ids := [name for name in names if name in _columns_of(id)]):
            raise ValueError(f"value names {of_ids[0]!r}, which is a column of ids: name columns of numbers.")
        if argument != "value" and (of_values := [name for name in names if name in _as_list(columns["value"])]):
            raise ValueError(
                f"{argument} names {of_values[0]!r}, which value names, too, and what is to be forecast is not known "
                f"beforehand: leave it out of {argument}. Past values are read without it."
            )


def _check_names_of_ids(id, time):
    names = _columns_of(id)
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"id names the column {twice[0]!r} more than once: name each once.")
    if time is not None and time in names:
        raise ValueError(f"id names {time!r}, which is the column of times: name columns that say which series it is.")


def _is_polars(frame):
    return library_of(frame) == "polars"


def _remedy_of(frame):
    """What to do with something else than a DataFrame."""
    if library_of(frame) == "pyarrow":
        return " of pyarrow: pass frame.to_pandas() or polars.from_arrow(frame)"
    if hasattr(frame, "collect"):
        return ": pass frame.collect()"
    if type(frame).__name__.endswith("GroupBy"):
        return ": pass the frame itself, without groupby, and id='...'"
    if hasattr(frame, "to_frame"):  # a Series
        return ": pass the frame with the columns of ids, times and values, frame.reset_index() if its index holds some"
    return ""


def _check_columns(frame, names):
    lazy = hasattr(frame, "collect")  # polars warns whoever asks such a frame for its columns
    if lazy or not (hasattr(frame, "iloc") or _is_polars(frame)) or not hasattr(frame, "columns"):
        raise TypeError(
            f"frame must be a DataFrame of pandas or polars. Got {type(frame).__name__}{_remedy_of(frame)}."
        )
    if lacking := [name for name in names if name not in frame.columns]:
        levels = getattr(getattr(frame, "index", None), "names", [])  # polars has no index
        remedy = ", and others in its index: pass frame.reset_index()" if {*lacking} & {*levels} else ""
        raise ValueError(f"frame lacks the columns {lacking}. It has {list(frame.columns)}{remedy}.")
    all_names = list(frame.columns)
    if twice := [name for name in names if all_names.count(name) > 1]:
        raise ValueError(f"frame has {all_names.count(twice[0])} columns named {twice[0]!r}: rename or drop them.")


def _check_ids(frame, names):
    for name in names:
        missing = frame[name].is_null() if _is_polars(frame) else frame[name].isna()
        if missing.any():
            raise ValueError(f"Column {name!r} has no id in row {int(missing.to_numpy().argmax())}.")


def _check_no_times(frame):
    """Raise ValueError for times that would be lost."""
    if is_one_series(frame):
        raise ValueError(
            "frame holds times, but time is None: name their column, of frame.reset_index() where they are the index, "
            "or drop them if the order of rows is to count."
        )


def _parts(key, id):
    """The parts of an id of `to_long`, as many as it has columns."""
    n_columns = len(_columns_of(id))
    if not isinstance(id, list) and not isinstance(key, tuple):
        return [key]
    if not isinstance(key, tuple) or len(key) != n_columns:
        n_parts = len(key) if isinstance(key, tuple) else 1
        raise ValueError(
            f"id={id!r} names {n_columns} column(s), but the id {key!r} has {n_parts} part(s): pass a list with a name "
            "for each part, as in from_long."
        )
    return list(key)


def _by_id(frame, id):
    """(id, its rows) in the order in which ids first appear."""
    if _is_polars(frame):
        groups = frame.group_by(_columns_of(id), maintain_order=True)
        return [(key if isinstance(id, list) else key[0], rows) for key, rows in groups]
    try:
        return list(frame.groupby(id, sort=False, observed=True))
    except TypeError as error:
        raise ValueError(
            f"Column {id!r} holds ids that cannot be told apart ({error}). Expected strings, integers or other "
            "hashable values."
        ) from error


def _check_times(rows, time, key, advice):
    """Raise ValueError for times that make no series; ``advice`` () says what to do with an order that is wrong."""
    missing = (rows[time].is_null() if _is_polars(rows) else rows[time].isna()).to_numpy()
    if missing.any():
        raise ValueError(f"Series {key!r} has no time in its row {int(missing.argmax())}.")
    if isinstance(_item(rows[time], 0), str):
        raise ValueError(
            f"Column {time!r} holds strings, such as {_item(rows[time], 0)!r}. Expected times or numbers: strings are "
            f"in the order of their characters, not of time. {_to_times(rows[time], time)}."
        )
    times = rows[time].to_numpy()
    if times.dtype.kind not in "iuM":
        times = np.asarray(rows[time])
    try:
        repeated, earlier = times[1:] == times[:-1], times[1:] < times[:-1]
    except TypeError as error:
        raise ValueError(
            f"Column {time!r} holds times of series {key!r} that have no common order ({error}). Expected times of one "
            "type, all with or all without a time zone, or integers."
        ) from error
    for wrong, what in ((repeated, "twice"), (earlier, "after a later one")):
        if wrong.any():
            row = int(wrong.argmax()) + 1
            raise ValueError(
                f"Series {key!r} has the {time} {_item(rows[time], row)} {what}, in its row {row}. Expected each time "
                f"once, in ascending order{advice()}"
            )


def _to_times(column, name):
    """What makes times, or numbers, of text."""
    of_polars, code = _is_polars(column), f"frame[{name!r}]"
    if made := times_of_codes(column, code, of_polars=of_polars):
        return f"Convert the column, with {made} say"
    if all(map(is_written_number, column)):
        return f"All are numbers: {remedy_of_numbers(column, code, of_polars=of_polars)}"
    if not have_several_offsets(column):
        return "Convert the column, with pandas.to_datetime say, or with str.to_datetime of polars"
    if of_polars:
        return f"Convert the column, with {code}.str.to_datetime().dt.convert_time_zone({ZONE!r}) say"
    return f"Convert the column, with pandas.to_datetime({code}, utc=True).dt.tz_convert({ZONE!r}) say"


def _advice_on_times(frame, ids, time, values, beside):
    """What to do with a frame whose times repeat or fall within an id; ``beside`` are columns of covariates."""
    others = [name for name in frame.columns if name not in (*ids, time, *values, *beside)]
    if of_labels := advice_on_labels(frame, ids, time, values, others):
        return of_labels
    advice = advice_on_names(frame, ids, time, values, beside) or advice_on_runs(frame, ids, time, others)
    return advice + advice_on_rows_of_one_time(frame, ids, time, values, beside)


def _item(column, row):
    return column[row] if _is_polars(column) else column.iloc[row]


def _n_known(rows, values, key, of_text):
    """Number of rows up to the last one that has a value; ``of_text`` (name) says what to do with strings."""
    missing = np.stack([np.isnan(_as_floats(rows[name], name, of_text)) for name in values], axis=1)  # (n, n_values)
    known = np.flatnonzero(~missing.all(axis=1))
    if not known.size:
        raise ValueError(f"Series {key!r} has no value in any row of {values}: leave it out.")
    return int(known[-1]) + 1


def _as_floats(column, name, of_text):
    """The values (n,) of a column of numbers."""
    argument, expected = f"column {name!r} of value", "numbers, or nothing where they are missing"
    items = column.to_numpy()
    text = None if items.dtype.kind in "fiub" else next((item for item in items if isinstance(item, str)), None)
    if text is not None:  # "1.5" would be a number to NumPy, but the series would hold a string
        raise ValueError(f"{argument} holds strings, such as {brief(str(text))}. Expected {expected}: {of_text(name)}.")
    return check_numbers(column, argument, expected=expected, ensure_2d=False, ensure_all_finite=False)


def _remedy_of_text(frame, id, time, name):
    """What to do with a column that holds strings: convert it if most are numbers, or make lists of names."""
    if remedy := remedy_of_numbers(frame[name], f"frame[{name!r}]", of_polars=_is_polars(frame)):
        return remedy
    return (
        "names are tokens, of which SequenceGenerator, say, reads lists, and SequenceTagger as labels of the timesteps "
        f"of series, here in the order of those of from_long: {_lists(frame, id, time, name)}"
    )


def _lists(frame, id, time, name):
    """What makes a list of a column for every series."""
    if _is_polars(frame):
        in_order = "" if time is None else f".sort({time!r})"
        return f"[own{in_order}[{name!r}].to_list() for _, own in frame.group_by({id!r}, maintain_order=True)]"
    in_order = "" if time is None else f".sort_values({time!r})"
    observed = ", observed=True" if any(frame[own].dtype == "category" for own in _columns_of(id)) else ""
    return f"[own{in_order}[{name!r}].tolist() for _, own in frame.groupby({id!r}, sort=False{observed})]"


def _indexed(rows, time, names, *, as_series=False):
    if _is_polars(rows):
        return rows.select(names if time is None else [time, *names])
    indexed = rows.reset_index(drop=True) if time is None else rows.set_index(time)
    times = times_of(indexed.index)
    if times is not None:  # dates of Python and times of arrow as forecasters read them
        indexed = indexed.set_axis(times)
    return indexed[names[0]] if as_series else indexed[names]


def _with_id(series, key):
    """A new series that knows its id where pandas keeps one; parquet writes no others than strings, say."""
    if isinstance(key, str) and not _is_polars(series):
        series.attrs["id"] = key
    return series


def _constant_row(rows, names, key):
    """One row of columns that have one value in all of them."""
    for name in names:
        try:
            n_values = rows[name].n_unique() if _is_polars(rows) else rows[name].nunique(dropna=False)
        except TypeError as error:
            raise ValueError(
                f"X_static names {name!r}, whose values cannot be compared ({error}). Expected numbers, strings or "
                "other hashable values."
            ) from error
        if n_values > 1:
            raise ValueError(
                f"Series {key!r} has {n_values} values of {name!r}, but X_static is for columns with one value in all "
                "rows of a series: name it in X_past or X_future, or fill in what is missing."
            )
    return rows.select(names).head(1) if _is_polars(rows) else rows[names].iloc[:1]


def _below_each_other(rows, ids, id):
    """One frame of rows; its index are the ids if it has one."""
    if _is_polars(rows[0]):
        import polars as pl

        return pl.concat(rows)
    import pandas as pd

    if not isinstance(id, list):
        return pd.concat(rows).set_axis(pd.Index(ids, name=id))
    return pd.concat(rows).set_axis(pd.MultiIndex.from_tuples(ids, names=id))


# --- back -------------------------------------------------------------------------------------------------------------


def _listed(series):
    """A Series or frame without a list around it as a list of it; a Series of series is none."""
    is_one = hasattr(series, "columns") or (hasattr(series, "iloc") and is_one_series(series))
    return [series] if is_one else series


def _check_distinct(names, index):
    """Raise ValueError if two columns of the frame would have one name."""
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(
            f"The frame would have two columns named {twice[0]!r} for series[{index}]: rename that of the series or of "
            "a covariate, or name the columns of ids and times otherwise, by id= and time=."
        )


def _join_pandas(series, ids, names, covariates, static):
    import pandas as pd

    id, time, value = names
    own_names = {own.name for own in series if hasattr(own, "to_frame")}
    value = own_names.pop() if len(own_names) == 1 and own_names != {None} else value
    frames = []
    for index, (key, own) in enumerate(zip(ids, series)):
        if not hasattr(own, "iloc"):
            raise ValueError(f"series[{index}] is no Series or DataFrame of pandas, but {type(own).__name__}.")
        frame = own.to_frame(value) if own.ndim == 1 else own
        frame = pd.concat([frame, *(of_all[index] for of_all in covariates)], axis=1)
        frame.columns = ["_".join(map(str, name)) if isinstance(name, tuple) else name for name in frame.columns]
        _check_distinct([*id, time, *frame.columns, *([] if static is None else static.columns)], index)
        frame = frame.rename_axis(time).reset_index()
        for place, (name, part) in enumerate(zip(id, key)):
            frame.insert(place, name, part)
        for name in () if static is None else static.columns:
            frame[name] = static[name].iloc[index]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _join_polars(series, ids, names, covariates, static):
    import polars as pl

    id, time, _ = names
    frames = []
    for index, (key, own) in enumerate(zip(ids, series)):
        frame, old = own, own.columns[0]
        others = [of_all[index] for of_all in covariates]
        of_covariates = [name for other in others for name in other.columns if name != old]
        of_static = [] if static is None else static.columns
        _check_distinct([*id, time, *own.columns[1:], *of_covariates, *of_static], index)
        for other in others:
            frame = frame.join(other, on=old, how="full", coalesce=True).sort(old)
        parts = [pl.lit(part).alias(name) for name, part in zip(id, key)]
        same = [] if static is None else [pl.lit(static[name][index]).alias(name) for name in static.columns]
        frames.append(frame.rename({old: time}).select(*parts, pl.all(), *same))
    return pl.concat(frames)
