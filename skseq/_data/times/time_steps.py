"""Steps from one time to the next, of datetime64 in arrays."""

from dataclasses import dataclass

import numpy as np

MONDAY = "1900-01-01"  # from which three steps are measured


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


def middle_step(steps):
    """The lower one of two middle steps (n,), or the middle one."""
    return np.sort(steps)[(len(steps) - 1) // 2]


def usual_gap(times):
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


def at_the_usual_time(clock):
    """The days of datetime64 (t,), each at the time of the day that is the usual one."""
    days = clock.astype("datetime64[D]")
    return days + np.sort(clock - days)[(len(clock) - 1) // 2]


def code_of_step(form, other):
    """The step of a form in code for series of another one; periods, other times and polars have words of their own."""
    return form.step_code if type(form.last) is type(other.last) else "..."
