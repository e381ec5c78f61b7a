"""Times of pandas: their steps, how they go on, and what is refused."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from skseq._data.mistakes.times.calendar_codes import times_of_codes
from skseq._data.mistakes.times.float_times import remedy_of_floats
from skseq._data.mistakes.times.irregular_times import irregular
from skseq._data.mistakes.times.utc_offsets import ZONE, have_several_offsets
from skseq._data.times.time_steps import MONDAY, at_the_usual_time, code_of_step, regular_step, usual_gap

LAST = 20  # times, of which the offset that pandas keeps is compared


@dataclass(frozen=True, kw_only=True)
class PandasForm:
    """How a pandas Series or DataFrame goes on: its last time, the step to the next, and the names of its columns."""

    last: object  # Timestamp, Period or integer
    step: object  # an offset of pandas, or an integer
    names: tuple
    is_frame: bool
    clock: object = None  # the last time as the clock of its zone shows it, a Timestamp, if the steps are on that clock
    time: object = None  # the name of the index
    id: str | None = None  # that `from_long` gave

    @property
    def zone(self):
        """The time zone, a ``tzinfo``, or None."""
        return getattr(self.last, "tz", None)

    @property
    def step_length(self):
        """How long most steps are, a timedelta64; the step must be an offset."""
        import pandas as pd

        return usual_gap(pd.date_range(MONDAY, periods=4, freq=self.step).to_numpy())

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
        return f"{name}.resample({code_of_step(form, self)}).mean()"

    def means_of(self, frame, name):
        """Code for the means of a finer frame of that name over these steps; "" where `resample` has other ones."""
        import pandas as pd

        if isinstance(self.last, pd.Period):
            has_periods = isinstance(frame.index, pd.PeriodIndex)
            return f"{name}.groupby({name}.index.{'asfreq' if has_periods else 'to_period'}({self.step_code})).mean()"
        is_length = isinstance(self.step, (pd.offsets.Tick, pd.offsets.Day))
        if (self.step.n > 1 and not is_length) or (self.zone is not None and not self._divide_days):
            return ""  # the first one of several weeks or months, and where days of a zone begin, is not told
        start = ".to_timestamp()" if isinstance(frame.index, pd.PeriodIndex) else ""
        return f"{name}{start}.resample({self.step_code}{self._grid}).mean()"

    @property
    def _grid(self):
        """Where `resample` begins its steps, in code, if not at midnight: days at six o'clock go on from there."""
        import pandas as pd

        if not isinstance(self.step, (pd.offsets.Tick, pd.offsets.Day)) or self._divide_days:
            return ""
        return f", origin={str(self.last)!r}"

    @property
    def _divide_days(self):
        """Whether days are whole steps, from midnight on."""
        import pandas as pd

        step = pd.Timedelta(self.step_length)
        since_midnight = (self.last - self.last.normalize()) % step
        return pd.Timedelta(days=1) % step == since_midnight == pd.Timedelta(0)

    @property
    def has_instants(self):
        """Whether times are timestamps, neither periods nor numbers."""
        import pandas as pd

        return isinstance(self.last, pd.Timestamp)

    def times_on(self, name):
        """Code for the times of a series of that name and `horizon` more; "" where it has numbers, or no code."""
        import pandas as pd

        if not isinstance(self.last, (pd.Period, pd.Timestamp)) or type(self.step) is pd.DateOffset:
            return ""
        kind = "period" if isinstance(self.last, pd.Period) else "date"
        return f"pandas.{kind}_range({name}.index[0], periods=len({name}) + horizon, freq={self.step_code})"

    def by_clock(self, name):
        """Code for a series of that name at the times of its clock, without the zone: each hour of all days once."""
        return f"{name}.tz_localize(None).groupby(level=0).mean().asfreq({self.step_code}).interpolate()"

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
            return times if self.clock is None else _zoned(times, self.last.tz)
        first = self.last + self.step
        return pd.RangeIndex(first, first + n_steps * self.step, self.step)

    def instants_after(self, n_steps):
        """The times that follow as NumPy compares them, (n_steps,)."""
        return instants_of(self.after(n_steps))

    def wrap(self, values, labels=()):
        """Values (n_steps, n_targets, ...) with their times; each further axis has a list of labels."""
        import pandas as pd

        index = self.after(len(values))
        if not labels and not self.is_frame:
            return pd.Series(values[:, 0], index, name=self.names[0])
        levels = [list(self.names), *labels] if self.is_frame else list(labels)
        columns = pd.Index(levels[0]) if len(levels) == 1 else pd.MultiIndex.from_product(levels)
        return pd.DataFrame(values.reshape(len(values), -1), index=index, columns=columns)


def form_of(sample, where):
    """The `PandasForm` of a Series or frame; times without a regular step raise ValueError."""
    is_frame = sample.ndim == 2
    step, clock = _step_of(sample.index, where)
    return PandasForm(
        last=sample.index[-1],
        step=step,
        names=tuple(sample.columns) if is_frame else (sample.name,),
        is_frame=is_frame,
        clock=clock,
        time=sample.index.name,
        id=sample.attrs.get("id"),
    )


def holds_times(column):
    import pandas as pd

    return column.dtype.kind == "M" or isinstance(column.dtype, pd.PeriodDtype)


def remedy_of_column(index, column, written, where):
    """What to do with a column of times."""
    name = column.name
    if has_times(index):
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


def has_times(index):
    import pandas as pd

    return isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex))


def check_index(index, where):
    if index.nlevels > 1:
        raise ValueError(
            f"The index of {where} has {index.nlevels} levels, {list(index.names)}. Expected times, periods or "
            "integers of one series: for several in one frame use skseq.preprocessing.from_long(X.reset_index(), ...)."
        )
    if not has_times(index) and getattr(index.dtype, "kind", "O") not in "iu":
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
        return remedy_of_floats(index)
    if "pyarrow" in str(index.dtype):
        return "convert it with pandas.DatetimeIndex"  # to_datetime leaves those in nanoseconds as they are
    if have_several_offsets(index):
        return f"convert it with pandas.to_datetime(index, utc=True).tz_convert({ZONE!r}), or what its zone is"
    return "convert it with pandas.to_datetime"


def instants_of(index):
    """Times as datetime64 in UTC, or integers."""
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    if getattr(index, "tz", None) is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    times = index.to_numpy()
    return times.astype("datetime64[ns]") if times.dtype.kind == "M" else times


def _step_of(index, where):
    """(what leads from each time to the next, the last one on the clock of its zone): None for hours and no zone."""
    if not has_times(index):
        return _integer_step(index.to_numpy(), where), None
    step = _known_step(index)
    if getattr(index, "tz", None) is not None and not _has_fixed_length(step):
        clock = _clock_of(index)
        step = _known_step(clock) if step is None else step
        if step is not None:
            return step, clock[-1]
    if step is None:
        raise irregular(instants_of(index), index, where)
    return step, None


def _known_step(index):
    """The offset of pandas from each time to the next, or None if there is none."""
    import pandas as pd

    if isinstance(index, pd.PeriodIndex):
        return index.freq if (np.diff(index.asi8) == 1).all() else None
    if not _is_of_freq(index) and len(index) >= 3:
        index = pd.DatetimeIndex(index, freq=None)
        step = pd.DatetimeIndex(index, freq="infer").freq  # an offset in all versions of pandas
        if step is None or isinstance(step, (pd.offsets.Day, pd.offsets.Week)):  # as three months of 31 days have
            return _months_of(index) or step
        return step
    return _as_tick(index.freq) if type(index.freq) is pd.DateOffset else index.freq


def _is_of_freq(index):
    """Whether the freq of an index leads from each time to the next: `tz_convert` of pandas keeps that of before.

    Its last time tells this of a clock that changes, where some times may not exist, and of times without a zone. Times
    in UTC are looked at more closely: of offsets without a fixed length the last ones, as pandas makes them slowly.
    """
    import pandas as pd

    if index.freq is None or len(index) == 0:
        return False
    clock = index.tz_localize(None)
    if index.tz is None or len(np.unique(clock.to_numpy() - index.tz_convert(None).to_numpy())) > 1:
        return index.freq.is_on_offset(index[-1])
    if isinstance(index.freq, (pd.offsets.Tick, pd.offsets.Day, pd.offsets.Week)):
        return len(np.unique(np.diff(clock.asi8))) < 2
    last = clock[-LAST:]
    return bool((pd.date_range(last[0], periods=len(last), freq=index.freq, unit=last.unit) == last).all())


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


def _clock_of(index):
    """What the clock of the zone shows, (t,), without one; at skipped times what it would have shown."""
    import pandas as pd

    local = index.tz_localize(None)
    due = pd.DatetimeIndex(at_the_usual_time(local.to_numpy()))
    return local.where(_zoned(due, index.tz) != index, due)


def _zoned(clock, zone):
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
