"""Times of a series: checked, continued behind its end, and the container that its forecast goes back into.

pandas and polars are never imported here before a container of theirs has come in.
"""

import re
from datetime import date, datetime
from numbers import Number
from zoneinfo import ZoneInfo

import numpy as np

from skseq._arguments import brief, library_of
from skseq._data.mistakes.texts.written_numbers import remedy_of_numbers
from skseq._data.mistakes.times.irregular_times import check_ascending
from skseq._data.number_sequences import nan_for_missing
from skseq._data.sequences import is_sequence
from skseq._data.times import pandas_times, polars_times

WRITTEN = re.compile(r"\d{4}-\d\d|\d{4}-?[WM]\d\d|\d{4}-?Q\d|\d{1,4}([-/.])\d{1,2}\1\d{1,4}")  # how dates begin as text

DATE = re.compile(r"\d{4}(-?Q[1-4]|-?M\d\d|-?W\d\d|-(0\d|1[0-2])(-[0-3]\d([ T]\d\d.*)?)?)")  # a whole text, in order


def is_one_series(X):
    """Whether X is a single series by its container: a Series of numbers, or a frame with times."""
    library = _library(X)
    if library == "pandas" and hasattr(X, "ndim"):  # its NaT has none
        return _holds_numbers(X) if X.ndim == 1 else pandas_times.has_times(X.index)
    if library == "polars":
        return X.dtype.is_numeric() if not hasattr(X, "columns") else bool(polars_times.time_columns(X))
    return False


def has_written_times(X):
    """Whether X is a frame of pandas whose index holds ascending times as text, such as "1990Q1" or "2019-03"."""
    if _library(X) != "pandas" or X.ndim == 1 or len(X) < 2 or X.index.nlevels > 1:
        return False
    labels = X.index.tolist()
    are_dates = all(isinstance(label, str) and DATE.fullmatch(label) for label in labels)
    return are_dates and X.index.is_monotonic_increasing and X.index.is_unique


def _holds_numbers(series):
    """Whether a Series of pandas does, be it as objects such as Decimal."""
    return series.dtype.kind in "biuf" or (len(series) > 0 and all(isinstance(x, Number) for x in series.array))


def refuse_text(X):
    """Raise ValueError for a Series of strings, which may be numbers that were never converted."""
    if _library(X) and not hasattr(X, "columns") and len(X) and isinstance(next(iter(X)), str):
        remedy = remedy_of_numbers(X, "X", of_polars=_library(X) == "polars")
        raise ValueError(
            f"X is a Series of text, such as {brief(next(iter(X)))}. Expected numbers: "
            f"{remedy or 'convert it, with pandas.to_numeric or cast of polars'}."
        )


def are_times_alone(X):
    """Whether X is an index of times, a time or a period of pandas, which has no values."""
    if library_of(X) != "pandas":
        return False
    import pandas as pd

    return isinstance(X, (pd.DatetimeIndex, pd.PeriodIndex, pd.Timestamp, pd.Period))


def refuse_times_alone(X):
    """Raise TypeError for an index, time or period of pandas in place of series."""
    if are_times_alone(X):
        raise TypeError(
            f"X must hold series. Got {type(X).__name__}, which has times but no values: pass pandas.Series(values, "
            "index), or a list of such series."
        )
    if library_of(X) == "pandas" and hasattr(X, "get_indexer"):  # any other index
        raise TypeError(f"X must hold series. Got {type(X).__name__} of pandas: pass its values, X.to_numpy().")


def refuse_times_of_several(X):
    """Raise ValueError for a frame of pandas with times on one of several levels of its index."""
    if _library(X) == "pandas" and any(map(pandas_times.has_times, getattr(X.index, "levels", ()))):
        pandas_times.check_index(X.index, "X")


def refuse_times_in_columns(X, argument):
    """Raise TypeError for frames with times in a column: forecasters read those of pandas from the index."""
    _refuse_times_of_frame(X, argument)
    for index, sample in enumerate(X if isinstance(X, (list, tuple)) else ()):
        _refuse_times_of_frame(sample, f"{argument}[{index}]")


def _refuse_times_of_frame(frame, where):
    library = _library(frame)
    if library is None or not hasattr(frame, "columns"):
        return
    if library == "pandas":
        for name, column in frame.items():
            written = _is_written(column)
            if written or pandas_times.holds_times(column):
                remedy = pandas_times.remedy_of_column(frame.index, column, written, where)
                raise TypeError(f"{where} holds dates in column {name!r}. {remedy}")
    if library == "polars" and not polars_times.time_columns(frame):
        for name in filter(lambda name: _is_written(frame[name]), frame.columns):
            times = polars_times.times_of_text(frame[name], f"{where}[{name!r}]")
            raise TypeError(
                f"{where} holds dates as text in column {name!r}. Forecasters read the times of polars from a column "
                f"of dates or datetimes: pass {where}.with_columns({times})."
            )


def _is_written(column):
    """Whether a column begins with the text of a date, or with an object of Python that is one."""
    if len(column) == 0 or not str(column.dtype).startswith(("object", "str", "Str")):  # of polars "String"
        return False
    first = next(iter(column))
    return isinstance(first, date) or (isinstance(first, str) and WRITTEN.match(first) is not None)


def is_timed(sample):
    """Whether a sample is a Series or frame of pandas, or a polars frame with times."""
    library = _library(sample)
    return (library == "pandas" and hasattr(sample, "index")) or (
        library == "polars" and hasattr(sample, "columns") and bool(polars_times.time_columns(sample))
    )


def is_a_series(sample):
    """Whether a sample has steps; frames of polars have no ``ndim``."""
    return is_sequence(sample) or _library(sample) == "polars"


def read_timed(sample, where):
    """(values (t,) or (t, k), times (t,) for NumPy to compare) of a sample that `is_timed`, in ascending order."""
    if _library(sample) == "pandas":
        pandas_times.check_index(sample.index, where)
        times, labels = pandas_times.instants_of(sample.index), sample.index
        values = np.asarray(nan_for_missing(sample))
    else:
        time = polars_times.time_column(sample, where)
        times, labels = polars_times.instants_of(sample[time]), sample[time]
        values = sample.drop(time).to_numpy()
        values = values[:, 0] if values.shape[1] == 1 else values  # what a Series with an index is to pandas
    check_ascending(times, labels, where)
    return values, times


def form_of(sample, where):
    """How a sample that `is_timed` goes on; times without a regular step raise ValueError."""
    return (pandas_times if _library(sample) == "pandas" else polars_times).form_of(sample, where)


def check_clock(sample, where, form, beside):
    """Times of a sample that `is_timed` must have a zone if those of the series ``beside``, of that form, have one.

    Of which clock times without a zone are is not known: nothing says how far they are from those of a zone.
    """
    if form is None or isinstance(form.last, Number) or not _holds_times(sample):
        return
    zone = _zone_of(sample)
    if (zone is None) != (form.zone is None):
        own, other = (f"are in {name}" if name else "have no time zone" for name in (zone, form.zone))
        raise ValueError(
            f"Times of {where} {own}, those of {beside} {other}: which of them are the same is not known. Give both a "
            "time zone, or neither, by tz_localize of pandas or dt.replace_time_zone of polars."
        )


def _holds_times(sample):
    return _library(sample) == "polars" or pandas_times.has_times(sample.index)


def _zone_of(sample):
    """The time zone of a sample that `is_timed`, a ``tzinfo`` or a name, or None."""
    if _library(sample) == "pandas":
        return getattr(sample.index, "tz", None)
    return getattr(sample[polars_times.time_columns(sample)[0]].dtype, "time_zone", None)


def find(times, wanted):
    """Where the wanted times are in ascending ones, (n,); -1 for those that are not there."""
    places = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    return np.where(times[places] == wanted, places, -1)


def shown(time, zone=None):
    """A time as short as it is said, on the clock of its zone, a ``tzinfo`` or a name."""
    if zone is not None:
        return at_clock(time, zone).isoformat(" ")
    return str(time).removesuffix(".000000000").removesuffix("T00:00:00")


def at_clock(time, zone):
    """A datetime64 in UTC as the ``datetime`` of a zone, a ``tzinfo`` or a name."""
    seconds = time.astype("datetime64[us]").astype(int) / 1e6
    return datetime.fromtimestamp(seconds, ZoneInfo(zone) if isinstance(zone, str) else zone)


def _library(X):
    name = library_of(X)
    return name if name in ("pandas", "polars") and hasattr(X, "to_numpy") else None
