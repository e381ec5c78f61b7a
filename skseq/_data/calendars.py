"""Times of a series: checked, continued behind its end, and the container that its forecast goes back into.

pandas and polars are never imported here before a container of theirs has come in.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from numbers import Number
from zoneinfo import ZoneInfo

import numpy as np

from skseq._arguments import brief, library_of
from skseq._data.mistakes.calendar_codes import times_of_codes
from skseq._data.mistakes.irregular_times import check_ascending, irregular
from skseq._data.mistakes.utc_offsets import ZONE, have_several_offsets
from skseq._data.mistakes.written_numbers import remedy_of_numbers
from skseq._data.sequences import is_sequence, nan_for_missing

WRITTEN = re.compile(r"\d{4}-\d\d|\d{4}-?W\d\d|\d{1,4}([-/.])\d{1,2}\1\d{1,4}")  # how dates begin as text


MONDAY = "1900-01-01"  # from which three steps are measured
POLARS_UNITS = {"d": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


@dataclass(frozen=True, kw_only=True)
class PandasForm:
    """How a pandas Series or DataFrame goes on: its last time, the step to the next, and the names of its columns."""

    last: object  # Timestamp, Period or integer
    step: object  # an offset of pandas, or an integer
    names: tuple
    is_frame: bool
    clock: object = None  # the last time as the clock of its zone shows it, a Timestamp, if the steps are on that clock
    time: object = None  # the name of the index

    @property
    def zone(self):
        """The time zone, a ``tzinfo``, or None."""
        return getattr(self.last, "tz", None)

    @property
    def step_length(self):
        """How long most steps are, a timedelta64; the step must be an offset."""
        import pandas as pd

        return _usual_gap(pd.date_range(MONDAY, periods=4, freq=self.step).to_numpy())

    @property
    def step_code(self):
        """The step, an offset, as `resample` takes it, in code."""
        import pandas as pd

        if isinstance(self.last, pd.Period):
            return repr(self.last.freqstr)
        if type(self.step) is not pd.DateOffset:
            return repr(self.step.freqstr)
        months = self.step.n * (12 * self.step.kwds.get("years", 0) + self.step.kwds.get("months", 0))
        length = pd.tseries.frequencies.to_offset(pd.Timedelta(self.step_length))
        return repr(f"{months}MS" if months else length.freqstr)  # it has no name itself

    def resampled(self, name, form):
        """Code for the means of a series of that name over the steps of another form."""
        return f"{name}.resample({_code_of_step(form, self)}).mean()"

    def without_times(self, name):
        """Code for a series of that name without its times."""
        return f"{name}.reset_index(drop=True)"

    def after(self, n_steps):
        """The index (n_steps,) that follows."""
        return self._after(n_steps).rename(self.time)

    def _after(self, n_steps):
        import pandas as pd

        if isinstance(self.last, pd.Period):
            return pd.period_range(self.last, periods=n_steps + 1, freq=self.step)[1:]
        if isinstance(self.last, pd.Timestamp):
            first = self.last if self.clock is None else self.clock
            times = pd.date_range(first, periods=n_steps + 1, freq=self.step)[1:]
            return times if self.clock is None else _pandas_zoned(times, self.last.tz)
        first = self.last + self.step
        return pd.RangeIndex(first, first + n_steps * self.step, self.step)

    def instants_after(self, n_steps):
        """The times that follow as NumPy compares them, (n_steps,)."""
        return _pandas_instants(self.after(n_steps))

    def wrap(self, values, labels=()):
        """Values (n_steps, n_targets, ...) with their times; each further axis has a list of labels."""
        import pandas as pd

        index = self.after(len(values))
        if not labels and not self.is_frame:
            return pd.Series(values[:, 0], index, name=self.names[0])
        levels = [list(self.names), *labels] if self.is_frame else list(labels)
        columns = pd.Index(levels[0]) if len(levels) == 1 else pd.MultiIndex.from_product(levels)
        return pd.DataFrame(values.reshape(len(values), -1), index=index, columns=columns)


@dataclass(frozen=True, kw_only=True)
class PolarsForm:
    """How a polars DataFrame with a column of times goes on."""

    time: str
    dtype: object
    last: np.datetime64  # on the clock of `step`
    step: "Step"
    in_utc: bool  # whether that clock is UTC rather than the time zone's own
    names: tuple

    @property
    def zone(self):
        """The name of the time zone, or None."""
        return getattr(self.dtype, "time_zone", None)

    @property
    def step_length(self):
        """How long most steps are, a timedelta64."""
        return _usual_gap(self.step.after(np.datetime64(MONDAY, "ns"), 4))

    @property
    def step_code(self):
        """The step as `group_by_dynamic` takes it, in code."""
        return repr(_duration(self.step))

    def resampled(self, name, form):
        """Code for the means of a series of that name over the steps of another form."""
        every = _code_of_step(form, self)
        return f"{name}.group_by_dynamic({self.time!r}, every={every}).agg(polars.all().mean())"

    def without_times(self, name):
        """Code for a series of that name without its times."""
        return f"{name}.drop({self.time!r}).to_numpy()"

    def after(self, n_steps):
        """The column of times (n_steps,) that follows."""
        import polars as pl

        times = pl.Series(self.time, self.step.after(self.last, n_steps).astype("datetime64[us]"))
        zone = getattr(self.dtype, "time_zone", None)
        if zone is not None:
            times = _polars_zoned(times, "UTC" if self.in_utc else zone)
        return times.cast(self.dtype)

    def instants_after(self, n_steps):
        """The times that follow as NumPy compares them, (n_steps,)."""
        return _polars_instants(self.after(n_steps))

    def wrap(self, values, labels=()):
        """Values (n_steps, n_targets, ...) beside their times; labels are joined to the names of several targets."""
        import polars as pl

        levels = labels if labels and len(self.names) == 1 else [self.names, *labels]
        columns = ["_".join(map(str, parts)) for parts in product(*levels)]
        flat = values.reshape(len(values), -1)
        return pl.DataFrame([self.after(len(values)), *(pl.Series(name, flat[:, i]) for i, name in enumerate(columns))])


def _code_of_step(form, other):
    """The step of a form in code for series of another one; periods, other times and polars have words of their own."""
    return form.step_code if type(form.last) is type(other.last) else "..."


# --- containers -------------------------------------------------------------------------------------------------------


def is_one_series(X):
    """Whether X is a single series by its container: a Series of numbers, or a frame with times."""
    library = _library(X)
    if library == "pandas" and hasattr(X, "ndim"):  # its NaT has none
        return _holds_numbers(X) if X.ndim == 1 else _has_pandas_times(X.index)
    if library == "polars":
        return X.dtype.is_numeric() if not hasattr(X, "columns") else bool(time_columns(X))
    return False


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


def refuse_times_of_several(X, argument):
    """Raise ValueError for a frame of pandas with times on one of several levels of its index."""
    if _library(X) == "pandas" and any(map(_has_pandas_times, getattr(X.index, "levels", ()))):
        _check_pandas_index(X.index, argument)


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
            if written or _holds_pandas_times(column):
                remedy = _remedy_of_column(frame.index, column, written, where)
                raise TypeError(f"{where} holds dates in column {name!r}. {remedy}")
    if library == "polars" and not time_columns(frame):
        for name in filter(lambda name: _is_written(frame[name]), frame.columns):
            raise TypeError(
                f"{where} holds dates as text in column {name!r}. Forecasters read the times of polars from a column "
                f"of dates or datetimes: pass {where}.with_columns({_polars_times(frame[name], f'{where}[{name!r}]')})."
            )


def _polars_times(column, name):
    """What makes times of text in polars, which are in UTC, and need a zone, if they had several offsets."""
    zoned = f".dt.convert_time_zone({ZONE!r})" if have_several_offsets(column) else ""
    return times_of_codes(column, name, of_polars=True) or f"{name}.str.to_datetime(){zoned}"


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
        library == "polars" and hasattr(sample, "columns") and bool(time_columns(sample))
    )


def is_a_series(sample):
    """Whether a sample has steps; frames of polars have no ``ndim``."""
    return is_sequence(sample) or _library(sample) == "polars"


def read_timed(sample, where):
    """(values (t,) or (t, k), times (t,) for NumPy to compare) of a sample that `is_timed`, in ascending order."""
    if _library(sample) == "pandas":
        _check_pandas_index(sample.index, where)
        times, labels = _pandas_instants(sample.index), sample.index
        values = np.asarray(nan_for_missing(sample))
    else:
        time = _time_column(sample, where)
        times, labels = _polars_instants(sample[time]), sample[time]
        values = sample.drop(time).to_numpy()
        values = values[:, 0] if values.shape[1] == 1 else values  # what a Series with an index is to pandas
    check_ascending(times, labels, where)
    return values, times


def form_of(sample, where):
    """How a sample that `is_timed` goes on; times without a regular step raise ValueError."""
    if _library(sample) == "pandas":
        is_frame = sample.ndim == 2
        step, clock = _pandas_step(sample.index, where)
        names = tuple(sample.columns) if is_frame else (sample.name,)
        time = sample.index.name
        return PandasForm(last=sample.index[-1], step=step, names=names, is_frame=is_frame, clock=clock, time=time)
    time = _time_column(sample, where)
    step, last, in_utc = _polars_step(sample[time], where)
    names = tuple(name for name in sample.columns if name != time)
    return PolarsForm(time=time, dtype=sample[time].dtype, last=last, step=step, in_utc=in_utc, names=names)


def check_clock(sample, where, form, beside):
    """Times of a sample that `is_timed` must have a zone if those of the series ``beside``, of that form, have one.

    Of which clock times without a zone are is not known: nothing says how far they are from those of a zone.
    """
    if form is None or isinstance(form.last, Number) or not _has_times(sample):
        return
    zone = _zone_of(sample)
    if (zone is None) != (form.zone is None):
        own, other = (f"are in {name}" if name else "have no time zone" for name in (zone, form.zone))
        raise ValueError(
            f"Times of {where} {own}, those of {beside} {other}: which of them are the same is not known. Give both a "
            "time zone, or neither, by tz_localize of pandas or dt.replace_time_zone of polars."
        )


def _has_times(sample):
    return _library(sample) == "polars" or _has_pandas_times(sample.index)


def _zone_of(sample):
    """The time zone of a sample that `is_timed`, a ``tzinfo`` or a name, or None."""
    if _library(sample) == "pandas":
        return getattr(sample.index, "tz", None)
    return getattr(sample[time_columns(sample)[0]].dtype, "time_zone", None)


def find(times, wanted):
    """Where the wanted times are in ascending ones, (n,); -1 for those that are not there."""
    places = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    return np.where(times[places] == wanted, places, -1)


def shown(time, zone=None):
    """A time as short as it is said, on the clock of its zone, a ``tzinfo`` or a name."""
    if zone is not None:
        seconds = time.astype("datetime64[us]").astype(int) / 1e6
        zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        return datetime.fromtimestamp(seconds, zone).isoformat(" ")
    return str(time).removesuffix(".000000000").removesuffix("T00:00:00")


def _library(X):
    name = library_of(X)
    return name if name in ("pandas", "polars") and hasattr(X, "to_numpy") else None


# --- pandas -----------------------------------------------------------------------------------------------------------


def _holds_pandas_times(column):
    import pandas as pd

    return column.dtype.kind == "M" or isinstance(column.dtype, pd.PeriodDtype)


def _remedy_of_column(index, column, written, where):
    """What to do with a column of times."""
    name = column.name
    if _has_pandas_times(index):
        return f"Those of its index count: pass {where}.drop(columns={name!r})."
    if column.duplicated().any():
        return (
            "Forecasters read the times of one series from the index of its frame. Series below each other in one "
            f"frame are taken apart by skseq.preprocessing.from_long({where}, id=..., time={name!r}, value=...)."
        )
    code = times_of_codes(column, f"{where}[{name!r}]") if written else ""
    if code:
        times = f"{code}).drop(columns={name!r}"
    elif written and have_several_offsets(column):
        times = f"pandas.to_datetime({where}[{name!r}], utc=True).dt.tz_convert({ZONE!r})).drop(columns={name!r}"
    else:
        times = f"pandas.to_datetime({where}[{name!r}])).drop(columns={name!r}" if written else f"{name!r}"
    return f"Forecasters read the times of a series from the index of its frame: pass {where}.set_index({times})."


def _has_pandas_times(index):
    import pandas as pd

    return isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex))


def _check_pandas_index(index, where):
    if index.nlevels > 1:
        raise ValueError(
            f"The index of {where} has {index.nlevels} levels, {list(index.names)}. Expected times, periods or "
            "integers of one series: for several in one frame use skseq.preprocessing.from_long(X.reset_index(), ...)."
        )
    if not _has_pandas_times(index) and getattr(index.dtype, "kind", "O") not in "iu":
        _check_one_kind(index, where)
        kind = type(index[0]).__name__ if index.dtype == object and len(index) else index.dtype
        raise ValueError(
            f"The index of {where} holds {kind}. Expected times, periods or integers: {_remedy_of_index(index)}, or "
            "drop it with reset_index(drop=True)."
        )
    if index.hasnans:
        raise ValueError(f"The index of {where} lacks a time at step {int(index.isna().argmax())}.")


def _check_one_kind(index, where):
    """Raise ValueError for an index of objects that begins with a time, and then has something else."""
    if index.dtype != object or len(index) == 0 or not isinstance(index[0], date):  # a Timestamp is one, too
        return
    step = next((step for step, label in enumerate(index) if not isinstance(label, date)), None)
    if step is not None:
        raise ValueError(
            f"The index of {where} holds times, but {index[step]!r} at step {step}. Expected times alone: drop that "
            f"step, or give it its time. To set a value by its position, write {where}.iloc[...]."
        )


def _remedy_of_index(index):
    """How times become of an index; pandas.to_datetime refuses durations, and takes plain numbers for nanoseconds."""
    kind = getattr(index.dtype, "kind", "O")
    if code := times_of_codes(index, "index"):
        return f"convert it with {code}"
    if kind == "m":
        return "add it to the time of the start, such as pandas.Timestamp('2024-01-01') + index"
    if kind == "f":
        numbered = "convert it with index.astype(int)" if (index % 1 == 0).all() else "number the steps"
        return (
            f"{numbered}, or add the index to the time of the start, such as pandas.Timestamp('2024-01-01') + "
            "pandas.to_timedelta(index, unit='s')"
        )
    if "pyarrow" in str(index.dtype):
        return "convert it with pandas.DatetimeIndex"  # to_datetime leaves those in nanoseconds as they are
    if have_several_offsets(index):
        return f"convert it with pandas.to_datetime(index, utc=True).tz_convert({ZONE!r}), or what its zone is"
    return "convert it with pandas.to_datetime"


def _pandas_instants(index):
    """Times as datetime64 in UTC, or integers."""
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    if getattr(index, "tz", None) is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    times = index.to_numpy()
    return times.astype("datetime64[ns]") if times.dtype.kind == "M" else times


def _pandas_step(index, where):
    """(what leads from each time to the next, the last one on the clock of its zone): None for hours and no zone."""
    if not _has_pandas_times(index):
        return _integer_step(index.to_numpy(), where), None
    step = _known_step(index)
    if getattr(index, "tz", None) is not None and not _has_fixed_length(step):
        clock = _pandas_clock(index)
        step = _known_step(clock) if step is None else step
        if step is not None:
            return step, clock[-1]
    if step is None:
        raise irregular(_pandas_instants(index), index, where)
    return step, None


def _known_step(index):
    """The offset of pandas from each time to the next, or None if there is none."""
    import pandas as pd

    if isinstance(index, pd.PeriodIndex):
        return index.freq if (np.diff(index.asi8) == 1).all() else None
    if index.freq is None and len(index) >= 3:
        step = pd.DatetimeIndex(index, freq="infer").freq  # an offset in all versions of pandas
        if step is None or isinstance(step, (pd.offsets.Day, pd.offsets.Week)):  # as three months of 31 days have
            return _months_of(index) or step
        return step
    return _as_tick(index.freq) if type(index.freq) is pd.DateOffset else index.freq


def _months_of(index):
    """The offset of times on one day of every so many months, one that all months have, or None."""
    import pandas as pd

    step = regular_step(index.tz_localize(None).to_numpy())
    is_one = step is not None and step.kind == "month" and index[0].day <= 28
    return pd.DateOffset(months=step.length) if is_one else None


def _as_tick(offset):
    """A DateOffset of hours or less as the offset of fixed length that it is; others, such as days, as they are."""
    import pandas as pd

    own = offset.kwds.keys()
    if not own or not own <= {"hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"}:
        return offset
    return pd.tseries.frequencies.to_offset(offset.n * pd.Timedelta(**offset.kwds))


def _has_fixed_length(step):
    """Whether an offset is as long on every day, as hours are; days have 23 hours where the clock is put forward."""
    import pandas as pd

    return isinstance(step, pd.offsets.Tick) and not isinstance(step, pd.offsets.Day)


def _pandas_clock(index):
    """What the clock of the zone shows, (t,), without one; at skipped times what it would have shown."""
    import pandas as pd

    local = index.tz_localize(None)
    due = pd.DatetimeIndex(_at_the_usual_time(local.to_numpy()))
    return local.where(_pandas_zoned(due, index.tz) != index, due)


def _pandas_zoned(clock, zone):
    """Times of a clock in its zone: for one that it skips the next there is, of one that it shows twice the first."""
    import pandas as pd

    strict = clock.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    if not strict.hasnans:
        return pd.DatetimeIndex(strict, freq=None if _has_fixed_length(clock.freq) else clock.freq)
    return clock.tz_localize(zone, ambiguous=np.ones(len(clock), bool), nonexistent="shift_forward")


def _integer_step(numbers, where):
    steps = np.diff(numbers)
    if (steps != steps[:1]).any():
        raise irregular(numbers, numbers, where)
    return int(steps[0]) if len(steps) else 1


# --- polars -----------------------------------------------------------------------------------------------------------


def time_columns(frame):
    """Names of the columns of a polars frame that hold dates or times."""
    return [name for name, dtype in frame.schema.items() if str(dtype).startswith(("Date", "Datetime"))]


def _time_column(frame, where):
    names = time_columns(frame)
    if len(names) > 1:
        raise ValueError(f"{where} has the columns of times {names}. Expected one: drop the others.")
    if frame[names[0]].null_count():
        raise ValueError(f"Column {names[0]!r} of {where} lacks a time at step {frame[names[0]].is_null().arg_max()}.")
    return names[0]


def _polars_instants(times):
    return times.to_numpy().astype("datetime64[ns]")  # in UTC, where there is a time zone


def _polars_step(times, where):
    """(step, last time, whether on the clock of UTC): hours have a fixed length there, days on that of the zone."""
    instants = times.to_numpy().astype("datetime64[us]")
    zone = getattr(times.dtype, "time_zone", None)
    step = regular_step(instants)
    if zone is None or (step is not None and step.kind == "fixed" and step.length < np.timedelta64(1, "D")):
        if step is None:
            raise irregular(instants, times, where)
        return step, instants[-1], zone is not None
    local = _polars_clock(times, zone)
    step = regular_step(local)
    if step is None:
        raise irregular(instants, times, where)
    return step, local[-1], False


def _polars_clock(times, zone):
    """What the clock of the zone shows, datetime64 (t,); at skipped times what it would have shown."""
    import polars as pl

    local = times.dt.replace_time_zone(None).to_numpy().astype("datetime64[us]")
    due = _at_the_usual_time(local)
    return np.where((_polars_zoned(pl.Series(due), zone) == times).to_numpy(), due, local)


def _polars_zoned(clock, zone):
    """Times of a clock in its zone: for one that it skips the next there is, of one that it shows twice the first."""
    import polars as pl

    shown = clock.to_numpy().copy()  # datetime64[us]
    for skipped in np.flatnonzero(_in_zone(clock, zone).is_null().to_numpy()):
        minutes = shown[skipped].astype("datetime64[m]") + np.arange(24 * 60 + 2)  # a zone once skipped a whole day
        minutes = minutes.astype("datetime64[us]")
        shown[skipped] = minutes[_in_zone(pl.Series(minutes), zone).is_not_null().to_numpy().argmax()]
    return _in_zone(pl.Series(clock.name, shown), zone)


def _duration(step):
    """A `Step` as polars writes durations, in the largest unit that they are whole in."""
    if step.kind == "business":
        return "1d"
    if step.kind != "fixed":
        return f"{step.length}mo"
    length = int(step.length / np.timedelta64(1, "ns"))
    unit = next(unit for unit, size in POLARS_UNITS.items() if length % size == 0)
    return f"{length // POLARS_UNITS[unit]}{unit}"


def _in_zone(clock, zone):
    """Times of a clock in its zone, null where it skips them."""
    return clock.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def _at_the_usual_time(clock):
    """The days of datetime64 (t,), each at the time of the day that is the usual one."""
    days = clock.astype("datetime64[D]")
    return days + np.sort(clock - days)[(len(clock) - 1) // 2]


# --- steps of plain times ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Step:
    """From each time to the next: a fixed length, months (on one day or the last), or days from Monday to Friday."""

    kind: str  # "fixed", "month", "month_end", "business"
    length: object = None  # timedelta64, or a number of months

    def after(self, last, n_steps):
        """The times (n_steps,) that follow the last one."""
        steps = np.arange(1, n_steps + 1)
        if self.kind == "fixed":
            return last + steps * self.length
        day = last.astype("datetime64[D]")
        within_day = last - day
        if self.kind == "business":
            return np.busday_offset(day, steps) + within_day
        months = day.astype("datetime64[M]") + (steps * self.length).astype("timedelta64[M]")
        if self.kind == "month":
            return months.astype("datetime64[D]") + (day - day.astype("datetime64[M]")) + within_day
        return (months + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D") + within_day

    def between(self, first, last):
        """How many whole steps lead from one time to another; of months and days the parts do not count."""
        if self.kind == "fixed":
            return int((last - first) // self.length)
        if self.kind == "business":
            return int(np.busday_count(first.astype("datetime64[D]"), last.astype("datetime64[D]")))
        return int((last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int) // self.length)


def _usual_gap(times):
    """The median of the gaps between four times."""
    return np.sort(np.diff(times))[1].astype("timedelta64[ns]")


def steps_between(time, times):
    """How many whole steps of datetime64 (t,) lie between a time and the last of them."""
    step = regular_step(times)
    if step is not None:
        return step.between(time, times[-1])
    return int(np.count_nonzero(times >= time + np.median(np.diff(times)))) if len(times) > 1 else 0


def regular_step(times):
    """The `Step` of datetime64 (t,), or None if they have none, or are fewer than 3.

    Months come first: the ends of three years, or 1 July, August and September, are equally far apart by chance.
    """
    if len(times) < 3:
        return None
    gaps, days = np.diff(times), times.astype("datetime64[D]")
    is_daily = ((times - days) == (times - days)[0]).all()  # at one time of the day
    step = _step_in_months(days) if is_daily else None
    if step is None and (gaps == gaps[0]).all():
        return Step(kind="fixed", length=gaps[0])
    if step is None and is_daily and np.is_busday(days).all() and (np.busday_count(days[:-1], days[1:]) == 1).all():
        return Step(kind="business")
    return step


def _step_in_months(days):
    """The `Step` of days on one day, or the last one, of every so many months; None of others."""
    months = np.diff(days.astype("datetime64[M]")).astype(int)
    if not (months == months[0]).all() or months[0] <= 0:
        return None
    day_of_month = days - days.astype("datetime64[M]")
    if ((days + np.timedelta64(1, "D")).astype("datetime64[M]") != days.astype("datetime64[M]")).all():
        return Step(kind="month_end", length=int(months[0]))
    return Step(kind="month", length=int(months[0])) if (day_of_month == day_of_month[0]).all() else None
