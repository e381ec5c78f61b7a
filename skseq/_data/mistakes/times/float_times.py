"""Times written as floats, such as decimal years, Julian days and Unix timestamps: what makes times of them."""

import numpy as np

from skseq._data.mistakes.times.unix_times import from_unix_times

YEARS = 1700, 2100
PER_YEAR = {"M": 12, "Q": 4}
OFF = 0.25  # of a period: months have 28 to 31 days, and years may have two decimals
ROUNDED = 0.1  # of a month: 1 March is 0.06 before two twelfths of a year
DAYS = {  # 1900 to 2050, and 1970-01-01
    "modified Julian days": (15_000, 70_000, 40_587),
    "Julian days": (2_415_000, 2_470_000, 2_440_587.5),
}
OF_SECONDS = (
    "if they are seconds, add the index to the time of the start, such as pandas.Timestamp('2024-01-01') + "
    "pandas.to_timedelta(index, unit='s')"
)


def remedy_of_floats(index):
    """What to do with an index of floats."""
    values = index.to_numpy(np.float64, na_value=np.nan)
    if code := from_unix_times(values, "index"):
        return f"if they are times since 1970, convert them with {code}, which are of UTC"
    if (values % 1 == 0).all():
        return f"convert it with index.astype(int), or {OF_SECONDS}"
    if code := _of_years(values):
        return f"if they are years, convert them with {code}"
    for kind, (first, last, epoch) in DAYS.items():
        if _are_within(values, first, last):  # a float is a few microseconds off
            code = f"pandas.to_datetime(index - {epoch}, unit='D').round('s')"
            return f"if they are {kind}, convert them with {code}, or {OF_SECONDS}"
    return OF_SECONDS


def _of_years(values):
    """What makes periods of decimal years (n,) of months or quarters; "" of others."""
    if len(values) < 2 or not _are_within(values, *YEARS):
        return ""
    for freq, per_year in PER_YEAR.items():
        periods = per_year * (values - values[0])
        steps = np.diff(np.round(periods))
        if (np.abs(periods - np.round(periods)) < OFF).all() and steps.min() >= 1 and np.median(steps) == 1:
            year, month = divmod(int(12 * values[0] + ROUNDED), 12)
            first = f"pandas.Period('{year}-{month + 1:02}', {freq!r})"
            return f"pandas.PeriodIndex([{first} + round({per_year} * (year - {values[0]:.10g})) for year in index])"
    return ""


def _are_within(values, first, last):
    return bool(((values >= first) & (values <= last)).all())
