"""Times, their steps and their zones in a stored estimator, of pandas and polars, without importing either.

`parts_of` says what a file holds of a time, and `MAKE` how it is made of these parts again. A file may come from
anyone: nothing is made that its parts do not allow, and no other file is read.
"""

import re
from datetime import time, timedelta, timezone
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from zoneinfo import ZoneInfo

import numpy as np

from skseq._arguments import brief, library_of
from skseq._version import __version__


def unknown(what):
    """What to raise where a file holds what this release does not know."""
    return ValueError(f"The stored estimator holds {what}, which skseq {__version__} does not know: update skseq.")


OFFSETS = (  # classes of pandas.offsets that a file may name; strings say all of the others
    *("BusinessDay", "BusinessHour", "BusinessMonthBegin", "BusinessMonthEnd"),
    *("CustomBusinessDay", "CustomBusinessHour", "CustomBusinessMonthBegin", "CustomBusinessMonthEnd"),
    *("BQuarterBegin", "BQuarterEnd", "BHalfYearBegin", "BHalfYearEnd", "BYearBegin", "BYearEnd"),
    *("Day", "Week", "WeekOfMonth", "LastWeekOfMonth", "SemiMonthBegin", "SemiMonthEnd", "MonthBegin", "MonthEnd"),
    *("QuarterBegin", "QuarterEnd", "HalfYearBegin", "HalfYearEnd", "YearBegin", "YearEnd"),
    *("FY5253", "FY5253Quarter", "Easter"),
)
MAX_HOLIDAYS = 215_000  # the days of all times that pandas has
_ZONE = re.compile(r"[\w+-]+(/[\w+-]+)*|UTC[+-]\d\d:\d\d|tzlocal\(\)", re.ASCII)


def _are_times(value):
    return isinstance(value, tuple) and len(value) <= 24 * 60 and all(isinstance(own, time) for own in value)


def _are_days(value):
    is_list = isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype == "M8[D]"
    return is_list and len(value) <= MAX_HOLIDAYS


_STEPS = {  # what offsets are made of -> whether a value can be that
    "weekday": range(7).__contains__,
    "week": range(4).__contains__,
    "month": range(1, 13).__contains__,
    "startingMonth": range(1, 13).__contains__,
    "day_of_month": range(1, 32).__contains__,
    "qtr_with_extra_week": range(1, 5).__contains__,
    "method": range(1, 4).__contains__,  # of Easter
    "variation": ("nearest", "last").__contains__,
    "offset": lambda value: isinstance(value, timedelta),
    "start": _are_times,
    "end": _are_times,
    "weekmask": lambda value: isinstance(value, str) and len(value) <= 100,
    "holidays": _are_days,
}


# --- write ------------------------------------------------------------------------------------------------------------


def parts_of(value):
    """(its kind, its parts by name) of a time, a step of times, or a type of times; None of other values."""
    library, name = library_of(value), type(value).__name__
    if library == "pandas" and name == "Timestamp":
        return "Timestamp", {"utc": np.asarray(value.asm8), "zone": _written_zone(value.tz)}
    if library == "pandas" and name == "Period":
        return "Period", {"ordinal": value.ordinal, "freq": value.freqstr}
    if library == "pandas" and name == "DateOffset":
        return "DateOffset", {"n": value.n, "normalize": value.normalize, "steps": value.kwds}
    if library == "pandas" and hasattr(value, "is_on_offset"):
        return _parts_of_offset(value)
    if library == "dateutil" and name == "weekday":
        return "weekday", {"day": value.weekday, "nth": value.n}
    if library == "polars" and name == "Datetime":
        return "polars_datetime", {"unit": value.time_unit, "zone": value.time_zone}
    if library == "polars" and str(value) == "Date":
        return "polars_date", {}
    return None


def _parts_of_offset(offset):
    """The string of an offset of pandas, or its class and what that makes it of if the string does not say all."""
    if _is_said_by_string(offset):
        return "offset", {"freq": offset.freqstr}
    own = {"n": offset.n, "normalize": offset.normalize, "steps": _steps_of(offset)}
    parts = {"name": type(offset).__name__, **own}
    try:
        is_same = _what_decides(_offset_of(**parts)) == _what_decides(offset)
    except (TypeError, ValueError):
        is_same = False
    if not is_same:
        raise ValueError(
            f"{offset!r} is an offset of pandas that cannot be stored: a {type(offset).__name__} that is made again "
            "would not lead to the same times. Give the index another freq before fit, or None."
        )
    return "offset_of", parts


def _is_said_by_string(offset):
    """Whether the string of an offset is read as an equal one; those with calendars are equal whatever these hold."""
    import pandas as pd

    try:
        return "calendar" not in offset.kwds and pd.tseries.frequencies.to_offset(offset.freqstr) == offset
    except (TypeError, ValueError):
        return False


def _steps_of(offset):
    """What the class of an offset makes it of, besides n and normalize."""
    steps = {name: value for name, value in offset.kwds.items() if name != "calendar"}
    if "offset" in steps:  # which may be a Timedelta of pandas
        steps["offset"] = timedelta(steps["offset"].days, steps["offset"].seconds, steps["offset"].microseconds)
    if "calendar" in offset.kwds:
        steps["weekmask"], steps["holidays"] = _calendar_of(offset)
    return steps


def _calendar_of(offset):
    """(weekmask, holidays) of an offset as they were given; as its calendar has them if that was given instead."""
    calendar, weekmask, holidays = offset.calendar, offset.weekmask, _days(tuple(offset.holidays))
    if isinstance(weekmask, str) and _days_off(np.busdaycalendar(weekmask, holidays)) == _days_off(calendar):
        return weekmask, holidays
    return "".join("01"[int(is_open)] for is_open in calendar.weekmask), _days(tuple(calendar.holidays))


@lru_cache(maxsize=16)
def _days(holidays):
    """Holidays as an array: the same one for many series with these holidays, which a file then holds once."""
    return np.array(holidays, "M8[D]")


def _days_off(calendar):
    return calendar.weekmask.tobytes(), calendar.holidays.tobytes()


def _what_decides(offset):
    """What decides to which times an offset leads, however its calendar was given."""
    own = {name: value for name, value in offset.kwds.items() if name not in ("weekmask", "holidays")}
    if "calendar" in own:
        own["calendar"] = _days_off(own["calendar"])
    return own


def _written_zone(zone):
    """A time zone as its name, or as a fixed (time ahead of UTC, library that it is of)."""
    if zone is None:
        return None
    for name in _names_of(zone):
        if _is_name_of(name, zone):
            return name
    ahead = zone.utcoffset(None)
    if ahead is None:
        raise ValueError(
            f"The time zone {zone!r} cannot be stored: no equal one is found by its name. Use one with a name of "
            "the IANA database before fit, as by index.tz_convert('Europe/Berlin')."
        )
    return ahead, library_of(zone)


def _names_of(zone):
    """Names that a time zone may have here: dateutil knows the path of its file, whose end is the name."""
    if library_of(zone) != "dateutil":
        return [str(zone), f"{library_of(zone)}/{zone}"]
    if type(zone).__name__ in ("tzutc", "tzlocal"):
        return ["UTC" if type(zone).__name__ == "tzutc" else "tzlocal()"]
    parts = re.findall(r"[\w+-]+", str(zone).partition("'")[2])
    return ["dateutil/" + "/".join(parts[start:]) for start in range(len(parts))]


def _is_name_of(name, zone):
    """Whether a name is read as an equal time zone."""
    import pandas as pd

    try:
        found = _zone_of(name)
    except ValueError:
        return False
    return found == zone or pd.DatetimeTZDtype("ns", found) == pd.DatetimeTZDtype("ns", zone)


# --- read -------------------------------------------------------------------------------------------------------------


def _timestamp(utc, zone):
    import pandas as pd

    found = pd.Timestamp(utc[()])
    if zone is None:
        return found
    known = _fixed_zone(*zone) if isinstance(zone, tuple) else _zone_of(zone)
    found = found.tz_localize("UTC").tz_convert(known)
    if found.tz is None:  # a pandas that cannot read the zones of this dateutil does not say so
        raise _unknown_zone(zone)
    return found


def _zone_of(name):
    """The time zone of a name; that of no path, by which dateutil would read any file."""
    import pandas as pd

    try:
        if _ZONE.fullmatch(name):
            library, _, own = name.partition("/")
            return pd.DatetimeTZDtype("ns", ZoneInfo(own) if library == "zoneinfo" else name).tz
    except (KeyError, OSError, TypeError, ValueError):
        pass
    raise _unknown_zone(name)


def _unknown_zone(zone):
    return ValueError(f"The stored estimator has times of {brief(zone, 80)}, which is no time zone that is known here.")


def _fixed_zone(ahead, library):
    zone = timezone(ahead)
    if library == "dateutil":
        return import_module("dateutil.tz").tzoffset(None, zone.utcoffset(None))
    if library == "pytz" and find_spec("pytz"):  # which pandas 3 does not need
        return import_module("pytz").FixedOffset(zone.utcoffset(None) // timedelta(minutes=1))
    return zone


def _period(ordinal, freq):
    import pandas as pd

    return pd.Period(ordinal=ordinal, freq=freq)


def _offset(freq):
    import pandas as pd

    return pd.tseries.frequencies.to_offset(freq)


def _offset_of(name, n, normalize, steps):
    import pandas as pd

    cls = getattr(pd.offsets, name, None) if name in OFFSETS else None
    if cls is None or type(n) is not int or type(normalize) is not bool:
        raise unknown(f"the offset {brief(name)}")
    for step, value in steps.items():
        if step not in _STEPS or not _STEPS[step](value):
            raise unknown(f"a {name} whose {step:.40} is {brief(value)}")
    if "holidays" in steps:
        steps = steps | _calendar(steps["weekmask"], steps["holidays"].tobytes())
    return cls(n, normalize, **steps)


@lru_cache(maxsize=16)
def _calendar(weekmask, holidays):
    """What an offset reads a calendar from; the same values for many series with these holidays."""
    days = np.frombuffer(holidays, "M8[D]")
    return {"holidays": tuple(days), "calendar": np.busdaycalendar(weekmask, days)}


def _weekday(day, nth):
    if day not in range(7) or not (nth is None or type(nth) is int):
        raise unknown(f"a weekday {brief(day)}, {brief(nth)}")
    return import_module("dateutil.relativedelta").weekday(day, nth)


def _date_offset(n, normalize, steps):
    import pandas as pd

    return pd.DateOffset(n, normalize, **steps)


def _polars_datetime(unit, zone):
    import polars as pl

    return pl.Datetime(unit, zone)


def _polars_date():
    import polars as pl

    return pl.Date()


MAKE = {  # kind -> how it is made of its parts
    "Timestamp": _timestamp,
    "Period": _period,
    "offset": _offset,
    "offset_of": _offset_of,
    "weekday": _weekday,
    "DateOffset": _date_offset,
    "polars_datetime": _polars_datetime,
    "polars_date": _polars_date,
}
