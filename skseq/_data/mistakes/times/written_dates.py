"""Columns of frames with dates as text: what makes numbers of them, which one-hot columns of dates are not."""

import re
from datetime import datetime
from functools import partial
from itertools import count

_TEXT = re.compile(  # a day, and a time of day
    r"(?P<day>\S+?)((?P<between>[ T])([01]?\d|2[0-3]):[0-5]\d(?P<seconds>:[0-5]\d)?(?P<fraction>\.\d+)?"
    r"(?P<half> ?[AaPp][Mm])?(?P<offset>Z|[+-]\d\d(:?\d\d)?)?)?"
)
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%m-%d-%Y")
_OFFSET = "%#z"  # as polars writes it, also of hours alone


def remedy_of_dates(cells, name, argument, columns, *, of_polars=False):
    """What makes time differences of the dates in a column of all frames, in code; "" if it holds something else.

    ``cells`` are those of all frames, None where one is missing; ``columns`` are the names of all their columns.
    """
    texts = [cell for cell in cells if cell is not None]
    found = [_TEXT.fullmatch(text) if isinstance(text, str) else None for text in texts]
    days = _formats({match["day"] for match in found}) if all(found) else []
    clocks = sorted(set(map(_clock, found))) if days else []
    if len({_OFFSET in clock for clock in clocks}) != 1:  # no dates, or some with an offset from UTC and some without
        return ""
    gaps = _gaps_of_polars if of_polars else _gaps_of_pandas
    code = partial(gaps, name, unused_name(columns), clocks=clocks, filled=len(texts) < len(cells))
    codes = ", or, where months stand first, ".join(f"[{code(day)} for x in {argument}]" for day in days)
    unit = "days" if clocks == [""] else "seconds"
    return f"they are dates. Pass the {unit} since the last row in {codes}, or drop it"


def unused_name(columns):
    """A name for a new column of gaps between times that no column has."""
    return next(name for n in count(1) if (name := f"gap_{n}" if n > 1 else "gap") not in columns)


def _formats(days):
    """The formats that read all days: two if nothing tells whether months stand first."""
    return [form for form in _FORMATS if all(_is_read(day, form) for day in days)]


def _is_read(day, form):
    try:
        return bool(datetime.strptime(day, form))
    except ValueError:
        return False


def _clock(match):
    """The format of the time of day in a text, as polars writes it, with what stands before; "" of a day alone."""
    if not match["between"]:
        return ""
    hour, half = ("%I", match["half"][:-2] + "%p") if match["half"] else ("%H", "")
    parts = match["between"], hour, ":%M", ":%S" * bool(match["seconds"]), "%.f" * bool(match["fraction"]), half
    return "".join(parts) + _OFFSET * bool(match["offset"])


def _gaps_of_pandas(name, gap, day, *, clocks, filled):
    """Code for a frame x with the time since the last row in place of its column of times."""
    form = f"format={day + clocks[0].replace('%.f', '.%f')!r}"
    if len(clocks) > 1 or _OFFSET in clocks[0]:
        form = "format='mixed'" + ", dayfirst=True" * day.startswith("%d") + ", utc=True" * (_OFFSET in clocks[0])
    times = f"pandas.to_datetime(x[{name!r}], {form}){'.ffill()' * filled}"
    length = "days" if clocks == [""] else "total_seconds()"
    return f"x.assign({gap}={times}.diff().dt.{length}.fillna(0)).drop(columns={name!r})"


def _gaps_of_polars(name, gap, day, *, clocks, filled):
    """Code for a frame x of polars with the time since the last row in place of its column of times.

    Polars reads one format at a time, and a column without texts has another type.
    """
    column, has_fraction = f"polars.col({name!r}).cast(polars.String).str", any("%.f" in clock for clock in clocks)
    if clocks == [""]:
        times, length = f"{column}.to_date({day!r})", "total_days()"
    else:
        forms = [day + clock for clock in clocks]
        times = f"{column}.to_datetime({forms[0]!r})"
        length = "total_microseconds()" if has_fraction else "total_seconds()"
        if len(forms) > 1:
            times = f"polars.coalesce([{column}.to_datetime(f, strict=False) for f in {forms!r}])"
    times += ".fill_null(strategy='forward')" * filled
    gaps = f"{times}.diff().dt.{length}.fill_null(0){' / 1e6' * has_fraction}"
    return f"x.with_columns({gap}={gaps}).drop({name!r})"
