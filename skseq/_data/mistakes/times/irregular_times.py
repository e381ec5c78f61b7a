"""What is said of times that no calendar has: the errors, and what to do."""

import numpy as np

from skseq._data.mistakes.times.calendar_codes import QUARTERS, codes_of, what_of_codes
from skseq._data.mistakes.times.unnamed_calendars import OF_MONTHS, days_of_months, zone_left_behind
from skseq._data.times.time_steps import middle_step

DAY = np.timedelta64(1, "D")
PARTS_OF_DAYS = {"h": 24, "min": 24 * 60, "s": 24 * 60 * 60}  # and how many a day has
PERIODS = {"W": (6, 8), "M": (27, 32), "Q": (87, 94), "Y": (360, 370)}  # and days in one, least and most
OF_POLARS = {"MS": "mo", "D": "d", "h": "h", "min": "m", "s": "s"}  # units of steps as pandas and polars write them
PARTS_OF_A_DAY = {"D": 1, **PARTS_OF_DAYS, "ms": 24 * 60 * 60 * 1000, "us": 24 * 60 * 60 * 10**6}
OF_CLOCKS = {  # steps that add up to the next unit
    "D": (1,),
    "h": (1, 2, 3, 6, 12),
    "min": (1, 2, 5, 10, 15, 30),
    "s": (1, 2, 5, 10, 15, 30),
    "ms": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "us": (1, 2, 5, 10, 20, 50, 100, 200, 500),
}
FAR = 1.5  # times a gap
MOSTLY = 0.8  # of the gaps
LEAP = 100  # steps: as many were not left out by chance
NIGHT = 5  # o'clock: clocks are put forward and back before


def check_ascending(times, labels, where):
    gaps = np.diff(times)
    zero = np.zeros((), gaps.dtype)  # of the same unit
    for wrong, what in ((gaps == zero, "twice"), (gaps < zero, "after a later one")):
        if wrong.any():
            step = int(wrong.argmax()) + 1
            raise ValueError(
                f"{where} has the time {labels[step]} {what}, at step {step}. Expected each time once, in ascending "
                "order: sort the steps and leave out repeated ones. Series below each other in one frame are "
                f"taken apart by skseq.preprocessing.from_long.{_if_local(times, labels, where)}"
            )


def irregular(times, labels, where):
    """The error about times from which no next one follows."""
    if len(times) < 3:
        return ValueError(
            f"{where} has {len(times)} time(s), from which no next one can be told. Expected at least 3, or an index "
            "of pandas with a freq."
        )
    days = _business_days(times, labels)
    gaps = np.diff(times).astype(np.int64) if days is None else np.busday_count(days[:-1], days[1:])
    usual = middle_step(gaps)
    odd = int(_first_odd(gaps, usual))
    codes = codes_of(times) if times.dtype.kind in "iu" else None
    of_several = codes is not None and (codes.parts == QUARTERS or times[0] // 100 != times[-1] // 100)
    if of_several:  # between the codes of two years, or months, no step is missing
        return ValueError(
            f"{where} has times without a regular step: at step {odd + 1}, {labels[odd]} is followed by "
            f"{labels[odd + 1]}. They are most likely codes of {codes.parts}. {what_of_codes(codes, where)}."
        )
    missing = "" if days is None else _missing_days(days[odd], gaps)
    told = (
        f"{where} has times without a regular step: at step {odd + 1}, {labels[odd]} is followed by {labels[odd + 1]}"
    )
    if _is_of_times(times, labels) and (remedy := _if_unnamed(times, labels, where)):
        return ValueError(f"{told}. {remedy}.")
    if _is_unfinished(times, gaps, usual):
        return ValueError(
            f"{told}. The last step is shorter than all others, as of a month that is not over: "
            f"{_without_last(times, labels, where)}."
        )
    of_ticks = days is None and _is_of_times(times, labels) and not _shares_a_step(times, labels)
    if days is None and not of_ticks and gaps.max() > LEAP * usual:
        return ValueError(f"{where} has times without a regular step: {_if_runs(times, labels, gaps, usual, where)}.")
    if of_ticks:
        remedy = f"{_if_of_periods(times, labels)}{_resampled(labels, np.sort(np.diff(times))[len(gaps) // 2])}"
        remedy = remedy[0].upper() + remedy[1:]
    else:
        remedy = f"Fill in the steps that are missing, {_filling(times, labels, days)}{_if_cut(gaps, usual)}"
    return ValueError(
        f"{told}{missing}. {_if_jittered(times, gaps, usual)}{remedy}. If there are none, as while a market is closed, "
        f"pass a list of series without times: {_without_times(labels, where)}."
        f"{'' if days is None else _if_holidays(labels)}{_if_local(times, labels, where)}"
    )


def _if_unnamed(times, labels, where):
    """What to do with times that are regular to the clock of a zone, or to parts of months; else ""."""
    zone = zone_left_behind(times) if _zone_of(labels) in (None, "UTC") else None
    if zone is not None:
        return (
            f"They are most likely times of a local clock, stored in UTC: all are at one time of the day in {zone}, "
            f"say. Give them their zone first, by {_in_zone(labels, zone, where)}, or what their zone is"
        )
    days = days_of_months(_shown(times, labels))
    if days is None:
        return ""
    named = [("last" if day == 31 else str(day)) for day in days]
    told = f"They are days {', '.join(named[:-1])} and {named[-1]} of their months"
    if OF_MONTHS[days] and not hasattr(labels, "dt"):
        filled = f"{where}.asfreq({OF_MONTHS[days]!r})"
        return f"{told}: pass {filled}, and fill in steps that are missing, as by {filled}.interpolate()"
    return (
        f"{told}, which no step leads to: insert those that are missing, and pass a list of series without times, "
        f"{_without_times(labels, where)}, with {12 * len(days)} steps a year"
    )


def _zone_of(labels):
    """The name of the zone of an index or column, or None."""
    zone = getattr(labels, "tz", getattr(labels.dtype, "time_zone", None))
    return zone and str(zone)


def _in_zone(labels, zone, where):
    """The code of times of UTC in a zone."""
    if hasattr(labels, "dt"):
        in_utc = "" if _zone_of(labels) else ".dt.replace_time_zone('UTC')"
        return f"{where}.with_columns(pl.col({labels.name!r}){in_utc}.dt.convert_time_zone({zone!r}))"
    in_utc = "" if _zone_of(labels) else ".tz_localize('UTC')"
    return f"{where}{in_utc}.tz_convert({zone!r})"


def _first_odd(gaps, usual):
    """The first of those that are far longer than usual, or else far shorter, or else other: months differ by days."""
    odd = (gaps > FAR * usual, gaps < usual / FAR, gaps != usual)
    return next(is_odd for is_odd in odd if is_odd.any()).argmax()


def _is_of_times(times, labels):
    return times.dtype.kind == "M" and not hasattr(labels, "to_timestamp")  # no periods


def _is_unfinished(times, gaps, usual):
    """Whether the last gap alone is far from usual, and shorter, as that before a month that is not over."""
    others = gaps[:-1]
    is_short = times.dtype.kind == "M" and gaps[-1] < usual / FAR
    return is_short and others.min() >= usual / FAR and others.max() <= FAR * usual


def _without_last(times, labels, where):
    if hasattr(labels, "dt"):
        return f"leave it out, as by {where}.head(-1)"
    period = _period_of_each(times, labels)
    return f"leave it out, as by {where}.iloc[:-1]" + (
        f", or count it as a whole one, as index.to_period({period!r}) does" if period else ""
    )


def _period_of_each(times, labels):
    """The name of the period, such as a month, that each of times in pandas has to itself, or ""."""
    period = _period(np.median(np.diff(times)) / DAY)
    if not period or not _is_of_times(times, labels) or hasattr(labels, "dt"):
        return ""
    own = labels.tz_localize(None) if labels.tz is not None else labels
    return period if own.to_period(period).is_unique else ""


def _if_of_periods(times, labels):
    period = _period_of_each(times, labels)
    return f"If each is of one period, fill in those of index.to_period({period!r}). Else, " if period else ""


def _shares_a_step(times, labels):
    """Whether all gaps are multiples of one that is known, and not of one far shorter than nearly all gaps.

    Of a till that sells something now and then, gaps differ, and its steps may be days all the same.
    """
    number, unit = _step(times, labels)
    if unit not in PARTS_OF_A_DAY:
        return unit != ""
    days = np.diff(times) / DAY
    usual = np.median(days)
    is_short = FAR * number / PARTS_OF_A_DAY[unit] < usual
    return not is_short or np.mean(np.abs(days - usual) <= usual / 4) < MOSTLY


def _resampled(labels, gap):
    """What gives times that share no step one that is about as long as their usual gap.

    asfreq would keep only values whose times lie on the new steps: of ticks, the first.
    """
    number, unit = _near(gap)
    if hasattr(labels, "dt"):
        every = f"{number}{OF_POLARS.get(unit, unit)}"
        means = (
            f"group_by_dynamic({labels.name!r}, every='{every}').agg(pl.all().{{}}())"
            f".upsample({labels.name!r}, every='{every}')"
        )
        last, mean = means.format("last") + ".fill_null(strategy='forward')", means.format("mean") + ".interpolate()"
    else:
        steps = f"resample('{number if number > 1 else ''}{unit}')"
        last, mean = f"{steps}.last().ffill()", f"{steps}.mean().interpolate()"
    return (
        f"they share no step: give them one, of prices or states by {last}, of measurements by {mean}, or with another "
        "step of your choice"
    )


def _near(gap):
    """(number, unit of pandas) of a step that suits a clock or calendar, and is about as long as a gap."""
    days = gap / DAY
    if period := _period(days):
        return {"W": (7, "D"), "M": (1, "MS"), "Q": (3, "MS"), "Y": (12, "MS")}[period]
    steps = [(number, unit) for unit, numbers in OF_CLOCKS.items() for number in numbers]
    if days > 1:
        return round(days), "D"
    return min(steps, key=lambda step: abs(np.log(days * PARTS_OF_A_DAY[step[1]] / step[0])))


def _filling(times, labels, days):
    """What fills in missing steps, of business days (t,) or of others, which are None: zeros come first.

    A till writes no row for a day on which nothing was sold. Sales between those of the days beside it are too high.
    """
    if hasattr(labels, "dt"):
        weekdays = "" if days is None else f".filter(pl.col({labels.name!r}).dt.weekday() < 6)"
        steps = f"upsample({labels.name!r}, every='{_step_of_polars(times, labels, days)}'){weekdays}"
        zeros, last = f"polars' {steps}.fill_null(0)", ".fill_null(strategy='forward')"
    else:
        steps = _all_steps(times, labels, days)
        zeros, last = f"pandas' {steps[:-1]}, fill_value=0)", ".ffill()"
    return (
        f"with zeros where nothing was sold or counted in them, by {zeros}, else by {steps}.interpolate() say, or of "
        f"prices by {steps}{last}, as interpolate() would tell them of the next one"
    )


def _all_steps(times, labels, days):
    """What inserts the steps that are missing in pandas, whose asfreq is for times alone."""
    if hasattr(labels, "to_timestamp"):
        return "reindex(pandas.period_range(index[0], index[-1]))"
    if times.dtype.kind != "M":
        gaps = np.diff(times)
        step = f", {gaps.min()}" if gaps.min() > 1 and not (gaps % gaps.min()).any() else ""
        return f"reindex(range(index[0], index[-1] + 1{step}))"
    if days is not None:
        return "asfreq('B')"
    number, unit = _step(times, labels)
    return f"asfreq('{number if number > 1 else ''}{unit}')" if unit else "asfreq(...)"


def _step_of_polars(times, labels, days):
    number, unit = (1, "D") if days is not None else _step(times, labels)
    return f"{number}{OF_POLARS[unit]}" if unit in OF_POLARS else "..."


def _step(times, labels):
    """(number, unit of pandas) of the step of which all gaps are multiples: the least gap, or a day; else (1, "")."""
    clock = _shown(times, labels)
    for first, unit in ((clock, "MS"), (clock + DAY, "ME")):
        if (first == first.astype("datetime64[M]")).all():
            steps = np.diff(first.astype("datetime64[M]")).astype(int)
            return (int(steps.min()), unit) if not (steps % steps.min()).any() else (1, "")
    for own in (clock, times):  # all days are equally long on the clock, and all hours in UTC
        gaps = np.diff(own).astype("timedelta64[ns]").astype(np.int64)
        if gaps.min() > 0 and not (gaps % gaps.min()).any():
            return _in_units(int(gaps.min()), is_usual=np.median(gaps) == gaps.min())
    return 1, ""


def _in_units(length, *, is_usual):
    """(number, unit) of nanoseconds; 2 to 6 days, if not usual, are single ones of which none follow each other."""
    for unit, in_a_day in {"D": 1, **PARTS_OF_DAYS}.items():
        number, rest = divmod(length * in_a_day, 24 * 60 * 60 * 10**9)
        if rest == 0:
            return 1 if unit == "D" and number % 7 and not is_usual else number, unit
    return 1, ""


def _business_days(times, labels):
    """The days (t,) of times that are one on every weekday but some, or None; periods cannot be filled in alike."""
    if times.dtype.kind != "M" or hasattr(labels, "to_timestamp"):
        return None
    clock = _shown(times, labels)
    days = clock.astype("datetime64[D]")
    is_daily = (clock - days == clock[0] - days[0]).all() and (np.diff(days).astype(int) > 0).all()
    if not (is_daily and np.is_busday(days).all()):
        return None
    steps = np.busday_count(days[:-1], days[1:])
    return days if np.median(steps) == 1 < steps.max() else None  # not weeks or months


def _shown(times, labels):
    """What the clock of the zone of some times shows, datetime64 (t,)."""
    if getattr(labels, "tz", None) is not None:
        return labels.tz_localize(None).to_numpy()
    if getattr(labels.dtype, "time_zone", None) is not None:
        return labels.dt.replace_time_zone(None).to_numpy()
    return times


def _missing_days(last, steps):
    """Which business day is missing after the last one before the first gap, and how many are."""
    n_missing = int((steps - 1).sum())
    others = f", the first of {n_missing}" if n_missing > 1 else ""
    return f": the business day {np.busday_offset(last, 1)} is missing{others}"


def _if_jittered(times, gaps, usual):
    """What to do with times that are a little early or late."""
    if times.dtype.kind != "M" or gaps.max() > 1.5 * usual or gaps.min() < usual / 2:
        return ""
    how = _rounded(middle_step(np.diff(times)))
    return how and f"If none is missing, and they are a little early or late, round them first, as index.{how} does. "


def _rounded(step):
    """What gives an index of pandas with a step of about this length a regular one; "" if nothing does."""
    days = step / DAY
    if unit := _period(days):
        return f"to_period({unit!r})"
    if abs(days - 1) < 0.1:
        return "round('D')"
    for unit, in_a_day in PARTS_OF_DAYS.items():
        n = round(days * in_a_day)
        if n and abs(days * in_a_day - n) < 0.05 * n and in_a_day % n == 0:
            return f"round('{n}{unit}')"
    return ""


def _period(days):
    """The name of the period of pandas of about so many days, or ""."""
    return next((unit for unit, (least, most) in PERIODS.items() if least <= days <= most), "")


def _if_cut(gaps, usual):
    """What to do where one gap is much wider than all others, as that of the steps a splitter has left out."""
    if np.count_nonzero(gaps != usual) != 1 or gaps.max() < 5 * usual:
        return ""
    return "; if a splitter has cut them out, as the KFold of a search does, set cv=TimeSeriesSplit() there"


def _if_runs(times, labels, gaps, usual, where):
    """What to do with several recordings in one series: filled in, most of it would be invented."""
    at, limit = int(gaps.argmax()), LEAP * middle_step(np.diff(times))
    return (
        f"at step {at + 1}, {labels[at]} is followed by {labels[at + 1]}, {round(gaps[at] / usual)} steps later. If it "
        f"holds several recordings, such as sessions, pass a list of them{_cut_apart(times, labels, limit, where)}, or "
        f"name the column that tells them apart in id of from_long, too{_if_cut(gaps, usual)}. If it is one, fill in "
        "what is missing, or cut it there"
    )


def _cut_apart(times, labels, limit, where):
    """The code that cuts series of pandas where a gap is above a limit."""
    if hasattr(labels, "dt") or hasattr(labels, "to_timestamp") or where.partition("[")[0] != "X":
        return ""
    shown = limit if times.dtype.kind in "iu" else f"pandas.{_timedelta(limit)}"
    series, of_all = ("X", "") if where == "X" else ("own", "for own in X ")
    runs = f"{series}.index.to_series().diff().gt({shown}).cumsum().to_numpy()"
    return f", by [part {of_all}for _, part in {series}.groupby({runs})]"


def _timedelta(step):
    """The code of a step of pandas."""
    import pandas as pd

    return f"Timedelta({str(pd.Timedelta(step))!r})"


def _without_times(labels, where):
    """What makes a series of positions of one with times."""
    if hasattr(labels, "dt"):
        if where != "X":  # one of a list
            return f"[own.drop({labels.name!r}).to_numpy() for own in X]"
        return f"[{where}.drop({labels.name!r}).to_numpy()]"
    if where != "X":  # one of a list
        return "[own.reset_index(drop=True) for own in X]"
    return f"[{where}.reset_index(drop=True)]"


def _if_holidays(labels):
    """What to do with an index of pandas of business days."""
    if not hasattr(labels, "freq"):
        return ""
    return (
        " Business days with holidays are regular to pandas.DatetimeIndex(index, "
        "freq=pandas.offsets.CustomBusinessDay(holidays=...))."
    )


def _if_local(times, labels, where):
    """What to do with times that lack a zone and may be of one: up to twice a year an hour of the night is odd."""
    if times.dtype.kind != "M" or _zone_of(labels) or hasattr(labels, "to_timestamp"):  # periods have no zone
        return ""
    gaps, hour = np.diff(times), np.timedelta64(1, "h")
    usual = middle_step(gaps)
    odd = gaps != usual
    at_night = times[1:][odd] - times[1:][odd].astype("datetime64[D]") < NIGHT * hour
    is_rare = np.count_nonzero(odd) <= 2 * (times[-1] - times[0]) / (365 * DAY) + 1
    if usual >= DAY or not is_rare or not at_night.all() or (abs(gaps[odd] - usual) != hour).any():
        return ""
    if hasattr(labels, "dt"):
        how = f"pl.col({labels.name!r}).dt.replace_time_zone('Europe/Berlin', ambiguous=...)"
        once = once_each(labels.name, repr(_step_of_polars(np.unique(times), labels, None)))
    else:
        how = "tz_localize('Europe/Berlin', ambiguous='infer')"
        once = f".groupby(level=0).mean().{_all_steps(np.unique(times), labels, None)}.interpolate()"
    return (
        " If these are times of a local clock that was put forward or back, and people's clock decides, as of loads, "
        "fill in the hour that it skips, of prices, too, and take the mean of the one that comes twice, by "
        f"{where}{once}. If the sun decides, name the zone of the clock, as by {how}, before anything is filled in."
    )


def once_each(time, every):
    """What makes a polars frame have one row at every time, in code."""
    return f".group_by({time!r}).mean().sort({time!r}).upsample({time!r}, every={every}).interpolate()"
