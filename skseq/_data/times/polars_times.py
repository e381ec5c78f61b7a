"""Times of polars: their steps, and how they go on."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from skseq._data.mistakes.times.calendar_codes import times_of_codes
from skseq._data.mistakes.times.irregular_times import irregular, once_each
from skseq._data.mistakes.times.utc_offsets import ZONE, have_several_offsets
from skseq._data.times.time_steps import MONDAY, Step, at_the_usual_time, code_of_step, regular_step, usual_gap

POLARS_UNITS = {"d": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


@dataclass(frozen=True, kw_only=True)
class PolarsForm:
    """How a polars DataFrame with a column of times goes on."""

    time: str
    dtype: object
    last: np.datetime64  # on the clock of `step`
    step: Step
    in_utc: bool  # whether that clock is UTC rather than the time zone's own
    names: tuple

    id = None  # frames of polars keep none

    @property
    def zone(self):
        """The name of the time zone, or None."""
        return getattr(self.dtype, "time_zone", None)

    @property
    def step_length(self):
        """How long most steps are, a timedelta64."""
        return usual_gap(self.step.after(np.datetime64(MONDAY, "ns"), 4))

    @property
    def step_code(self):
        """The step as `group_by_dynamic` takes it, in code."""
        return repr(_duration(self.step))

    def resampled(self, name, form):
        """Code for the means of a series of that name over the steps of another form."""
        every = code_of_step(form, self)
        return f"{name}.group_by_dynamic({self.time!r}, every={every}).agg(polars.all().mean())"

    def means_of(self, frame, name):
        """Code for the means of a finer frame of that name over these steps; "" where `group_by_dynamic` has others."""
        import polars as pl

        last = pl.Series(np.array([self.last], "datetime64[us]"))
        if (last.dt.truncate(_duration(self.step)) != last).any():
            return ""
        (time, *_) = time_columns(frame)
        return f"{name}.group_by_dynamic({time!r}, every={self.step_code}).agg(polars.all().mean())"

    def by_clock(self, name):
        """Code for a series of that name at the times of its clock, without the zone: each hour of all days once."""
        clock = f"{name}.with_columns(polars.col({self.time!r}).dt.replace_time_zone(None))"
        return f"{clock}{once_each(self.time, self.step_code)}"

    def without_times(self, name):
        """Code for a series of that name without its times."""
        return f"{name}.drop({self.time!r}).to_numpy()"

    def after(self, n_steps):
        """The column of times (n_steps,) that follows."""
        import polars as pl

        times = pl.Series(self.time, self.step.after(self.last, n_steps).astype("datetime64[us]"))
        zone = getattr(self.dtype, "time_zone", None)
        if zone is not None:
            times = _zoned(times, "UTC" if self.in_utc else zone)
        return times.cast(self.dtype)

    def instants_after(self, n_steps):
        """The times that follow as NumPy compares them, (n_steps,)."""
        return instants_of(self.after(n_steps))

    def wrap(self, values, labels=()):
        """Values (n_steps, n_targets, ...) beside their times; labels are joined to the names of several targets."""
        import polars as pl

        levels = labels if labels and len(self.names) == 1 else [self.names, *labels]
        columns = ["_".join(map(str, parts)) for parts in product(*levels)]
        flat = values.reshape(len(values), -1)
        return pl.DataFrame([self.after(len(values)), *(pl.Series(name, flat[:, i]) for i, name in enumerate(columns))])


def form_of(sample, where):
    """The `PolarsForm` of a frame with one column of times; times without a regular step raise ValueError."""
    time = time_column(sample, where)
    step, last, in_utc = _step_of(sample[time], where)
    names = tuple(name for name in sample.columns if name != time)
    return PolarsForm(time=time, dtype=sample[time].dtype, last=last, step=step, in_utc=in_utc, names=names)


def time_columns(frame):
    """Names of the columns of a polars frame that hold dates or times."""
    return [name for name, dtype in frame.schema.items() if str(dtype).startswith(("Date", "Datetime"))]


def time_column(frame, where):
    names = time_columns(frame)
    if len(names) > 1:
        raise ValueError(f"{where} has the columns of times {names}. Expected one: drop the others.")
    if frame[names[0]].null_count():
        raise ValueError(f"Column {names[0]!r} of {where} lacks a time at step {frame[names[0]].is_null().arg_max()}.")
    return names[0]


def instants_of(times):
    return times.to_numpy().astype("datetime64[ns]")  # in UTC, where there is a time zone


def _step_of(times, where):
    """(step, last time, whether on the clock of UTC): hours have a fixed length there, days on that of the zone."""
    instants = times.to_numpy().astype("datetime64[us]")
    zone = getattr(times.dtype, "time_zone", None)
    step = regular_step(instants)
    if zone is None or (step is not None and step.kind == "fixed" and step.length < np.timedelta64(1, "D")):
        if step is None:
            raise irregular(instants, times, where)
        return step, instants[-1], zone is not None
    local = _clock_of(times, zone)
    step = regular_step(local)
    if step is None:
        raise irregular(instants, times, where)
    return step, local[-1], False


def _clock_of(times, zone):
    """What the clock of the zone shows, datetime64 (t,); at skipped times what it would have shown."""
    import polars as pl

    local = times.dt.replace_time_zone(None).to_numpy().astype("datetime64[us]")
    due = at_the_usual_time(local)
    return np.where((_zoned(pl.Series(due), zone) == times).to_numpy(), due, local)


def _zoned(clock, zone):
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


def times_of_text(column, name):
    """What makes times of text in polars, which are in UTC, and need a zone, if they had several offsets."""
    zoned = f".dt.convert_time_zone({ZONE!r})" if have_several_offsets(column) else ""
    return times_of_codes(column, name, of_polars=True) or f"{name}.str.to_datetime(){zoned}"
