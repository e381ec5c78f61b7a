"""Times that have a regular step to a calendar or clock that is not named: parts of months, and zones left behind."""

from datetime import UTC, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

DAY, HOUR = np.timedelta64(1, "D"), np.timedelta64(1, "h")
OF_MONTHS = {(1, 15): "SMS", (15, 31): "SME", (1, 11, 21): "", (10, 20, 31): ""}  # days, 31 the last; steps of pandas
ZONES = (
    *("Europe/London", "Europe/Berlin", "Europe/Helsinki"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Sao_Paulo", "America/Santiago", "Asia/Jerusalem", "Australia/Sydney", "Pacific/Auckland"),
)


def zone_left_behind(times):
    """The zone by whose clock times in UTC (t,), a day or more apart, are all at midnight or another time, or None."""
    of_day = np.unique(times - times.astype("datetime64[D]"))
    if np.diff(times).min() < 20 * HOUR or len(of_day) != 2 or of_day[1] - of_day[0] not in (HOUR, 23 * HOUR):
        return None
    moments = [own.replace(tzinfo=UTC) for own in times.astype("datetime64[s]").tolist()]
    shown = {zone: _times_of_day(moments, zone) for zone in ZONES}
    of_one = [zone for zone, found in shown.items() if len(found) == 1]
    return next((zone for zone in of_one if shown[zone] == {time()}), next(iter(of_one), None))


def _times_of_day(moments, zone):
    """What the clock of a zone shows at some moments, a set."""
    try:
        return {own.astimezone(ZoneInfo(zone)).time() for own in moments}
    except ZoneInfoNotFoundError:  # without the data of zones
        return set()


def days_of_months(times):
    """The days (k,) of `OF_MONTHS` on which times (t,) of the clock are, all of them and no others, or None."""
    days = times.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    numbers = (days - months).astype(int) + 1
    is_last = (days + DAY).astype("datetime64[M]") != months
    found = tuple(np.unique(np.where(is_last, 31, numbers)).tolist())
    return found if found in OF_MONTHS and len(np.unique(times - days)) == 1 else None
