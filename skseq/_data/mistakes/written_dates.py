"""Columns of frames with dates as text: what makes numbers of them, which one-hot columns of dates are not."""

import re
from datetime import datetime

from skseq._data.mistakes.utc_offsets import have_several_offsets

_TEXT = re.compile(r"(\S+?)([ T]\d+:\d.*)?")  # a day, and a time of day
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%m-%d-%Y")


def remedy_of_dates(cells, name, argument, *, of_polars=False):
    """What makes time differences of the dates in a column of all frames, in code; "" if it holds something else."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    found = [_TEXT.fullmatch(text) for text in texts]
    formats = _formats({match[1] for match in found}) if all(found) else []
    if not formats:
        return ""
    has_clock, several = any(match[2] for match in found), have_several_offsets(texts)
    times = _times_of_polars if of_polars else _times_of_pandas
    ways = [_gaps(times(f"x[{name!r}]", form, has_clock, several), name, of_polars, has_clock) for form in formats]
    codes = ", or, where months stand first, ".join(f"[{way} for x in {argument}]" for way in ways)
    return f"they are dates. Pass the {'seconds' if has_clock else 'days'} since the last row in {codes}, or drop it"


def _formats(days):
    """The formats that read all days: two if nothing tells whether months stand first."""
    return [form for form in _FORMATS if all(_is_read(day, form) for day in days)]


def _is_read(day, form):
    try:
        return bool(datetime.strptime(day, form))
    except ValueError:
        return False


def _times_of_pandas(column, form, has_clock, several):
    if not has_clock:
        return f"pandas.to_datetime({column}, format={form!r})"
    options = ", dayfirst=True" * form.startswith("%d") + ", utc=True" * several
    return f"pandas.to_datetime({column}{options})"


def _times_of_polars(column, form, has_clock, several):
    return f"{column}.str.to_datetime()" if has_clock else f"{column}.str.to_date({form!r})"


def _gaps(times, name, of_polars, has_clock):
    """Code for a frame x with the time since the last row in place of its column of times."""
    if of_polars:
        gaps = f"{times}.diff().dt.total_{'seconds' if has_clock else 'days'}().fill_null(0)"
        return f"x.with_columns(gap={gaps}).drop({name!r})"
    gaps = f"{times}.diff().dt.{'total_seconds()' if has_clock else 'days'}.fillna(0)"
    return f"x.assign(gap={gaps}).drop(columns={name!r})"
