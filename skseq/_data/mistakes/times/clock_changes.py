"""Clocks that are put forward or back where forecasts repeat a season of so many steps: a warning."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.times.calendar_codes import code_for_each
from skseq._data.times.calendars import at_clock, shown

DAY = np.timedelta64(1, "D")


def warn_if_clock_changes(series, horizon, season):
    """Warn where the clock of `LongSeries` changes in their last season or in the horizon, and they follow it.

    Seasons of whole days alone are those of a clock. Of series that show since a day or more that they keep the time
    of the sun, nothing is said.
    """
    n_changing, followed = 0, []
    for index, (values, times, zone) in enumerate(zip(series.values, series.times, series.zones)):
        if zone is None or times is None or not _is_of_days(times, season):
            continue
        if _changes(times, zone, horizon, season):
            n_changing += 1
            followed += [index] if _may_follow(values, times, zone, season) else []
    if not followed or 2 * len(followed) < n_changing:
        return
    first = followed[0]
    times, zone, form = series.times[first], series.zones[first], series.forms[first]
    name = series.name_of(first)
    warn_caller(
        f"The clock of {zone}, the zone of {name}, is put forward or back in the last season of fit or predict, or in "
        f"the horizon: {name} ends at {shown(times[-1], zone)}. A season of {season} steps then leads to another hour. "
        "If people's clock decides, as of loads, errors are several times as large: pass the times of the clock, in "
        f"fit and later, {code_for_each(series.is_one, form.by_clock)}, and so of X_future. If the sun decides, leave "
        "X as it is."
    )


def _is_of_days(times, season):
    """Whether a season of so many steps, shorter than a day, is one of whole days."""
    if len(times) <= season or season < 2 or times.dtype.kind != "M":
        return False
    step = times[-1] - times[-2]
    return step < DAY and (season * step) % DAY == 0 * step


def _changes(times, zone, horizon, season):
    """Whether the offset from UTC changes by whole steps between one season before the end and the horizon."""
    step = times[-1] - times[-2]
    offsets = [_offset(time, zone) for time in (times[-season], times[-1], times[-1] + horizon * step)]
    shifts = np.diff(offsets)
    return bool(shifts.any() and not (shifts % step).astype(int).any())


def _may_follow(values, times, zone, season):
    """Whether values (t, k) since a change are nearer to the same hour of the clock one season before, or too few."""
    step, now = times[-1] - times[-2], _offset(times[-1], zone)
    before, since = len(times) - season, len(times) - 1  # steps before the last change, and after it
    while since - before > 1:
        middle = (before + since) // 2
        before, since = (before, middle) if _offset(times[middle], zone) == now else (middle, since)
    earlier = _offset(times[before], zone)
    n_since = 0 if earlier == now else len(times) - since
    shift = int((now - earlier) / step)
    if n_since < DAY / step or len(values) < n_since + season + abs(shift):
        return True
    own = np.arange(len(values) - n_since, len(values))
    by_steps, by_clock = (np.abs(values[own] - values[own - season + by]).sum() for by in (0, shift))
    return bool(by_clock < by_steps)


def _offset(time, zone):
    return np.timedelta64(at_clock(time, zone).utcoffset(), "ns")
