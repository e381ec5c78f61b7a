"""Times written as codes of a calendar, such as 202201 or "2022-W01": what makes times of them."""

import re
from datetime import date
from typing import NamedTuple

import numpy as np

from skseq._callers import warn_caller

FEWEST = 12  # numbers of steps: half of them end in 01 to 53, so that 12 of them look like weeks once in 2,000 times
FIRST_YEAR, LAST_YEAR = 1800, 2200
FEWEST_QUARTERS = 8  # distinct ones: months from January to April alone are of one year or so
TEXT = re.compile(r"(\d{4})(-?[WMQ]|-|)(\d\d?)")
QUARTERS = "year and quarter"
MONTHS = {"1": "01", "2": "04", "3": "07", "4": "10"}  # the first ones of quarters
DAY = re.compile(r"\d{8}")


class Codes(NamedTuple):
    """What codes are made of, how NumPy holds them, and the format that reads them, if one does."""

    parts: str
    kind: str  # of the dtype
    format: str  # of quarters that of Periods of pandas

    def times(self, name, *, of_polars=False):
        """What makes times of codes of that name, in code; "" if nothing does."""
        if not self.format:
            return ""
        text = name if of_polars else f"{name}{'.astype(int)' if self.kind == 'f' else ''}.astype(str)"
        if self.parts == QUARTERS:
            return self._quarters(name, text, of_polars)
        if self.parts != "year, month and day":
            text += " + '-1'"  # the first day of a month or a week
        if of_polars:  # which has texts alone
            return f"({text}).str.to_date({self.format!r})"
        return f"pandas.to_datetime({text}, format={self.format!r})"

    def _quarters(self, name, text, of_polars):
        if of_polars:
            return f"({text}.str.head(4) + '-' + {text}.str.tail(1).replace({MONTHS}) + '-01').str.to_date()"
        quarters = name if "Q" in self.format else f"{text}.str[:4] + 'Q' + {text}.str[-1]"
        return f"pandas.PeriodIndex({quarters}, freq='Q')"

    def timed(self, where):
        """What gives series of pandas, "X" or one of a list such as "X[3]", times for their codes, in code."""
        return code_for_each(where == "X", lambda own: f"{own}.set_axis({self.times(f'{own}.index')})")


def code_for_each(is_one, code):
    """Code for all series of X, or for X itself if it is one series, from that for one."""
    return code("X") if is_one else f"[{code('own')} for own in X]"


def codes_of(labels):
    """`Codes` of integers, whole floats, or texts that are no times as they stand; else None."""
    values = np.asarray(labels)
    if values.dtype.kind in "iuf":
        numbers = _whole(values)
        parts = None if numbers is None or len(numbers) < FEWEST else _parts_of_numbers(numbers)
        return parts and Codes(parts, values.dtype.kind, _format(parts, ""))
    return _codes_of_texts(values.tolist()) if values.dtype.kind in "OUT" else None


def times_of_codes(labels, name, *, of_polars=False):
    """What makes times of labels of that name if they are codes, in code; "" if they are none, or if nothing does."""
    codes = codes_of(labels)
    return codes.times(name, of_polars=of_polars) if codes else ""


def _whole(values):
    """Numbers as integers, or None if some are none."""
    if values.dtype.kind != "f":
        return values.astype(np.int64)
    limit = 1e9  # what is not finite has no integer
    is_whole = (np.abs(values) < limit).all() and (values % 1 == 0).all()
    return values.astype(np.int64) if is_whole else None


def _codes_of_texts(texts):
    if texts and all(isinstance(text, str) and DAY.fullmatch(text) for text in texts):
        parts = _parts(np.array(texts, np.int64))  # pandas reads them, but as text they look like numbers
        return Codes(parts, "O", _format(parts, "")) if parts else None
    found = [isinstance(text, str) and TEXT.fullmatch(text) for text in texts]
    if not found or not all(found) or len({match[2] for match in found}) > 1:
        return None
    numbers, between = np.array([int(match[1]) * 100 + int(match[3]) for match in found]), found[0][2]
    parts = _parts_of_texts(numbers, between, is_short=all(len(match[3]) == 1 for match in found))
    is_read = between == "-" and parts == "year and month"  # by pandas as it is
    return Codes(parts, "O", _format(parts, between)) if parts and not is_read else None


def _parts_of_texts(numbers, between, *, is_short):
    """What texts with these numbers are made of; ``is_short`` is whether all have one digit behind the year."""
    letter = between[-1:]
    if letter == "Q":
        return QUARTERS if _in_years(numbers // 100) and _in_range(numbers % 100, 4) else None
    if letter == "M":
        return "year and month" if _in_years(numbers // 100) and _in_range(numbers % 100, 12) else None
    if letter == "W":
        return _weeks(numbers)
    return _parts_of_numbers(numbers) if is_short or not between else _parts(numbers)


def _parts_of_numbers(numbers):
    """As `_parts`, or quarters, with a 0 before them or without."""
    are_quarters = any(_are_quarters(numbers // size, numbers % size) for size in (100, 10))
    return QUARTERS if are_quarters else _parts(numbers)


def _are_quarters(years, quarters):
    """Whether all four quarters, and no other month, recur over several years."""
    n_distinct = len(np.unique(np.stack([years, quarters]), axis=1).T)
    return _in_years(years) and set(quarters.tolist()) == {1, 2, 3, 4} and n_distinct >= FEWEST_QUARTERS


def _parts(numbers):
    """What integers (n,) are made of, as all of them show; None if they are no codes."""
    if _in_years(numbers // 10_000) and _are_days(numbers):
        return "year, month and day"
    if _in_years(numbers // 100) and _in_range(numbers % 100, 12):
        return "year and month"
    return _weeks(numbers)


def _weeks(numbers):
    if not (_in_years(numbers // 100) and _in_range(numbers % 100, 53)):
        return None
    of_53 = set((numbers[numbers % 100 == 53] // 100).tolist())
    are_iso = all(date(year, 12, 28).isocalendar()[1] == 53 for year in of_53)
    return "year and ISO week" if are_iso else "year and week"


def _in_years(years):
    return bool(((years >= FIRST_YEAR) & (years <= LAST_YEAR)).all())


def _in_range(numbers, last):
    return bool(((numbers >= 1) & (numbers <= last)).all())


def _are_days(numbers):
    months = ((numbers // 10_000 - 1970) * 12 + numbers // 100 % 100 - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (numbers % 100 - 1)
    return _in_range(numbers // 100 % 100, 12) and bool((days.astype("datetime64[M]") == months).all())


def _format(parts, between):
    formats = {
        "year, month and day": "%Y%m%d",
        "year and month": f"%Y{between}%m-%d",
        "year and ISO week": f"%G{between}%V-%u",
        QUARTERS: f"%Y{between}%q",
    }
    return formats.get(parts, "")


def warn_of_codes(series, horizon):
    """Warn where the times of `LongSeries` are codes, and those of forecasts would be none, such as 202253."""
    for index, (times, form) in enumerate(zip(series.times, series.forms)):
        codes = None if times is None or times.dtype.kind not in "iu" or form.step != 1 else codes_of(times)
        if codes is None:
            continue
        following = form.instants_after(horizon)
        if codes_of(np.r_[times, following]) == codes:
            continue
        where = series.name_of(index)
        warn_caller(
            f"Times of {where}, such as {times[-1]}, are most likely codes of {codes.parts}, but forecasts will count "
            f"on to {following[-1]}, which is none. {what_of_codes(codes, where)}."
        )
        return


def what_of_codes(codes, where):
    """What to do with codes in the index of series of pandas."""
    without = code_for_each(where == "X", lambda own: f"{own}.reset_index(drop=True)")
    if where == "X":
        without = f"[{without}]"
    if not codes.format:
        return f"If they are of another calendar, pass series without times: {without}"
    return f"Make times of them: {codes.timed(where)}. If they are numbers, pass series without times: {without}"
