"""What stands in a stored estimator: plain values under stable names. So files need no pickle and outlive releases.

`plain` writes a value with what every file knows: numbers, strings, lists, dicts with string keys, and arrays that hold
no objects. Anything else becomes a dict whose only key is `MARK`, with its kind and its parts. `restored` reads it
again. Kinds are the names in `VALUES` and `TYPES`, never modules: classes may move without breaking a file. What has no
kind stays as it is, for example an estimator inside another one.
"""

import copyreg
import inspect
import json
import math
import re
import warnings
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from skseq._arguments import library_of
from skseq._sklearn import pop_callbacks
from skseq._version import __version__

FORMAT = 1  # of the state of an estimator; a change that this release could not read raises it
MARK = "__skseq__"
VALUES = {  # our own values in fitted estimators: class -> the module that it is in today
    "Builder": "skseq._base.own_network",
    "ClassTargets": "skseq._data.class_targets",
    "Conditions": "skseq._data.conditions",
    "ConstantAnswer": "skseq._data.constant_answer",
    "Continuations": "skseq._data.continuations",
    "Covariate": "skseq._data.covariates",
    "Facts": "skseq._base.diagnosis",
    "FlatRegressor": "skseq._base.window_regressors",
    "ForecastLearnt": "skseq._base.forecasting",
    "HorizonTargets": "skseq._data.horizon_targets",
    "KnownSeries": "skseq._data.known_series",
    "LabelTargets": "skseq._data.class_targets",
    "Learnt": "skseq._base.job",
    "LinearPart": "skseq._data.linear_part",
    "LongSeries": "skseq._data.series",
    "NumberTargets": "skseq._data.number_targets",
    "PandasForm": "skseq._data.calendars",
    "PolarsForm": "skseq._data.calendars",
    "Scale": "skseq._data.scaling",
    "Smoothed": "skseq._data.exponential_smoothing",
    "SourceForm": "skseq._data.source_form",
    "Step": "skseq._data.calendars",
    "TagTargets": "skseq._data.tag_targets",
    "TokenTargets": "skseq._data.token_targets",
    "WindowRegressor": "skseq._base.window_regressors",
    "WindowScaling": "skseq._data.window_units",
    "AutoencoderSpec": "skseq.nn.spec",
    "ForecastSpec": "skseq.nn.spec",
    "GeneratorSpec": "skseq.nn.spec",
    "OwnNetworkSpec": "skseq.nn.spec",
    "PooledSpec": "skseq.nn.spec",
    "Seq2SeqSpec": "skseq.nn.spec",
    "TaggerSpec": "skseq.nn.spec",
}

Public = TypeVar("Public")


def public(value: Public) -> Public:
    """Give a class or function the name that users import it by: that is what a file mentions."""
    value.__module__ = value.__module__.partition("._")[0]
    if "__firstlineno__" in vars(value):  # of Python 3.13, which `inspect` would look up in another file
        del value.__firstlineno__
    return value


class StoredMixin:
    """An estimator whose state is plain, see above. Older states, without a format, are taken as they are."""

    def __getstate__(self) -> dict[str, Any]:
        """What skops writes: nothing that a file would have to import."""
        for name, value in vars(self).items():
            _check_importable(value, f"{name} of {type(self).__name__}")
        state = self._plain_state()
        _refuse_enums(state)
        if state.get("callbacks"):
            warnings.warn(
                f"The callbacks of {type(self).__name__} are live objects and are not stored. Set them again before "
                "another fit.",
                UserWarning,
                stacklevel=2,
            )
            state["callbacks"] = None
        if pop_callbacks(state):
            warnings.warn(
                f"The callbacks that set_callbacks gave this {type(self).__name__} are live objects and are not "
                "stored. Call it again before another fit.",
                UserWarning,
                stacklevel=2,
            )
        return state

    def __reduce__(self) -> tuple[Any, ...]:
        """What pickle and copy take: callbacks, too."""
        return copyreg.__newobj__, (type(self),), self._plain_state()

    def __copy__(self) -> Self:
        """Another estimator with the same attributes, as of any object."""
        copied = type(self).__new__(type(self))
        vars(copied).update(vars(self))
        return copied

    def _plain_state(self):
        own = {name: plain(value) for name, value in vars(self).items()}
        return {"skseq_format": FORMAT, "skseq_version": __version__, **own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        if "skseq_format" not in state:
            vars(self).update(state)
            return
        written, by = state.pop("skseq_format"), state.pop("skseq_version")
        if type(written) is not int or written < 1:
            raise ValueError(f"The file says that it has the format {written!r}, which no release of skseq wrote.")
        if written > FORMAT:
            raise ValueError(
                f"This {type(self).__name__} was stored by skseq {by} in format {written}, but skseq {__version__} "
                f"reads formats up to {FORMAT}. Update skseq, or store the estimator with this release."
            )
        for name, parameter in inspect.signature(type(self)).parameters.items():  # newer than the file
            if parameter.default is not parameter.empty:
                state.setdefault(name, plain(parameter.default))
        vars(self).update({name: restored(value) for name, value in state.items()})


def _check_importable(value, name):
    """Raise ValueError for a function that no file can name."""
    if not _is_found_again(value.func if isinstance(value, partial) else value):
        raise ValueError(
            f"{name} is {value!r}, which a file without pickle cannot name. Use a function that stands in a module by "
            "its own name, written with def."
        )


def _is_found_again(value):
    """Whether a file can name a function, or hold the object whose method it is; True for all that is no function."""
    if isinstance(value, FunctionType):
        return value.__qualname__ == value.__name__ != "<lambda>"
    if isinstance(value, BuiltinFunctionType):  # math.sqrt is one of its module, re.compile("a").findall of an object
        return value.__self__ is None or isinstance(value.__self__, ModuleType)
    if isinstance(value, MethodType):
        return not isinstance(value.__self__, type)
    return not isinstance(value, (MethodDescriptorType, MethodWrapperType, WrapperDescriptorType))


def _refuse_enums(value):
    """Raise ValueError for a member of an Enum in plain values: skops writes it, but cannot make it again."""
    if isinstance(value, Enum):
        raise ValueError(
            f"{value!r} is a member of an Enum, which a file without pickle cannot hold. Use names or values instead, "
            f"such as {value.name!r}, as tokens, labels and parameters."
        )
    for own in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_enums(own)


# --- write ------------------------------------------------------------------------------------------------------------

_SCALARS = (str, int, float, bool, type(None))  # what JSON gives back as it was
TYPES = {  # type -> its kind, how it is written and how it is read
    bytes: ("bytes", lambda value: [value.hex()], bytes.fromhex),
    complex: ("complex", lambda value: [value.real, value.imag], complex),
    range: ("range", lambda value: [value.start, value.stop, value.step], range),
    date: ("date", lambda value: [value.isoformat()], date.fromisoformat),
    datetime: ("datetime", lambda value: [value.isoformat()], datetime.fromisoformat),
    time: ("time", lambda value: [value.isoformat()], time.fromisoformat),
    timedelta: ("timedelta", lambda value: [value.days, value.seconds, value.microseconds], timedelta),
    Decimal: ("Decimal", lambda value: [str(value)], Decimal),
    Fraction: ("Fraction", lambda value: [value.numerator, value.denominator], Fraction),
    UUID: ("UUID", lambda value: [value.hex], UUID),
}
_READ = {kind: read for kind, _, read in TYPES.values()}
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


def plain(value):
    """A value as files take it."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is dict:
        return _plain_dict(value)
    if kind in (list, tuple, set, frozenset):
        return _plain_items(kind.__name__, list(value))
    if kind in TYPES:
        name, write, _ = TYPES[kind]
        return {MARK: name, "parts": write(value)}
    if isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray):
        return _plain_array(np.asarray(value))
    if isinstance(value, np.generic):
        return {MARK: "scalar", "value": np.asarray(value)}
    if isinstance(value, np.dtype):
        return {MARK: "dtype", "name": "T" if value.kind == "T" else value.str}
    if is_dataclass(kind) and VALUES.get(kind.__name__) == kind.__module__:
        own = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {MARK: kind.__name__, "fields": own}
    return _plain_time(value)


def _plain_dict(value):
    """Files make strings of keys: other keys stand in a list of their own."""
    if all(type(key) is str for key in value) and MARK not in value:
        return {key: plain(item) for key, item in value.items()}
    return {MARK: "dict", "keys": plain(list(value)), "values": plain(list(value.values()))}


def _plain_items(kind, items):
    """Items as one string of JSON where it can hold them: a file has an entry for every other item."""
    if all(type(item) in _SCALARS for item in items):
        return {MARK: kind, "text": json.dumps(items)}
    return {MARK: kind, "items": [plain(item) for item in items]}


def _plain_array(array):
    if array.dtype.kind not in "OT":
        return array
    return {
        MARK: "array",
        "dtype": array.dtype.kind,
        "shape": list(array.shape),
        "items": plain(array.ravel().tolist()),
    }


def _plain_time(value):
    """Times and steps of pandas, and types of polars, without importing either; other values as they are."""
    library, name = library_of(value), type(value).__name__
    if library == "pandas" and name == "Timestamp":
        return {MARK: "Timestamp", "utc": np.asarray(value.asm8), "zone": _plain_zone(value.tz)}
    if library == "pandas" and name == "Period":
        return {MARK: "Period", "ordinal": value.ordinal, "freq": value.freqstr}
    if library == "pandas" and name == "DateOffset":
        return {MARK: "DateOffset", "n": value.n, "normalize": value.normalize, "steps": plain(value.kwds)}
    if library == "pandas" and hasattr(value, "is_on_offset"):
        return _plain_offset(value)
    if library == "dateutil" and name == "weekday":
        return {MARK: "weekday", "day": value.weekday, "nth": value.n}
    if library == "polars" and name == "Datetime":
        return {MARK: "polars_datetime", "unit": value.time_unit, "zone": value.time_zone}
    if library == "polars" and str(value) == "Date":
        return {MARK: "polars_date"}
    return value


def _plain_offset(offset):
    """An offset of pandas as its string, or as its class and what that makes it of if the string does not say all."""
    if _is_said_by_string(offset):
        return {MARK: "offset", "freq": offset.freqstr}
    own = {"n": offset.n, "normalize": offset.normalize, "steps": plain(_steps_of(offset))}
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
    return {MARK: "offset_of", **parts}


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


def _plain_zone(zone):
    """A time zone as a name, or as a fixed time ahead of UTC and the library that it is of."""
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
    return {MARK: "fixed_zone", "ahead": plain(ahead), "library": library_of(zone)}


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


def restored(value):
    """What `plain` has written."""
    if type(value) is not dict:
        return value
    if MARK not in value:
        return {key: restored(item) for key, item in value.items()}
    parts = dict(value)
    kind = parts.pop(MARK)
    if kind in VALUES:
        return _restored_value(kind, parts["fields"])
    if kind in _READ:
        return _READ[kind](*parts["parts"])
    if kind not in _MAKE:
        raise _unknown(f"a {kind!r}")
    return _MAKE[kind](**parts)


def _restored_value(kind, own):
    cls = getattr(import_module(VALUES[kind]), kind)
    unknown = own.keys() - {field.name for field in fields(cls)}
    if unknown:
        raise _unknown(f"a {kind} with {', '.join(sorted(unknown))}")
    return cls(**{name: restored(value) for name, value in own.items()})


def _unknown(what):
    return ValueError(f"The stored estimator holds {what}, which skseq {__version__} does not know: update skseq.")


def _items(text=None, items=()):
    return [restored(item) for item in items] if text is None else json.loads(text)


def _container(kind):
    return lambda **parts: kind(_items(**parts))


def _array(dtype, shape, items):
    items = restored(items)
    if not isinstance(items, list) or len(items) != math.prod(shape):  # before so much memory is taken
        raise ValueError(f"The stored estimator holds an array of shape {shape} that has other items.")
    array = np.empty(len(items), _dtype("T") if dtype == "T" else object)
    for index, item in enumerate(items):  # one by one: NumPy would make axes of sequences
        array[index] = item
    return array.reshape(shape)


def _dtype(name):
    return np.dtypes.StringDType() if name == "T" else np.dtype(name)


def _timestamp(utc, zone):
    import pandas as pd

    found, zone = pd.Timestamp(utc[()]), restored(zone)
    if zone is not None and not isinstance(zone, tzinfo):
        zone = _zone_of(zone)
    return found if zone is None else found.tz_localize("UTC").tz_convert(zone)


def _zone_of(name):
    """The time zone of a name; that of no path, by which dateutil would read any file."""
    import pandas as pd

    try:
        if _ZONE.fullmatch(name):
            library, _, own = name.partition("/")
            return pd.DatetimeTZDtype("ns", ZoneInfo(own) if library == "zoneinfo" else name).tz
    except (KeyError, OSError, TypeError, ValueError):
        pass
    raise ValueError(f"The stored estimator has times of {name!r:.80}, which is no time zone that is known here.")


def _fixed_zone(ahead, library):
    zone = timezone(restored(ahead))
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

    cls, steps = getattr(pd.offsets, name, None) if name in OFFSETS else None, restored(steps)
    if cls is None or type(n) is not int or type(normalize) is not bool:
        raise _unknown(f"the offset {name!r:.40}")
    for step, value in steps.items():
        if step not in _STEPS or not _STEPS[step](value):
            raise _unknown(f"a {name} whose {step:.40} is {value!r:.40}")
    if "holidays" in steps:
        steps |= _calendar(steps["weekmask"], steps["holidays"].tobytes())
    return cls(n, normalize, **steps)


@lru_cache(maxsize=16)
def _calendar(weekmask, holidays):
    """What an offset reads a calendar from; the same values for many series with these holidays."""
    days = np.frombuffer(holidays, "M8[D]")
    return {"holidays": tuple(days), "calendar": np.busdaycalendar(weekmask, days)}


def _weekday(day, nth):
    if day not in range(7) or not (nth is None or type(nth) is int):
        raise _unknown(f"a weekday {day!r:.40}, {nth!r:.40}")
    return import_module("dateutil.relativedelta").weekday(day, nth)


def _date_offset(n, normalize, steps):
    import pandas as pd

    return pd.DateOffset(n, normalize, **restored(steps))


def _polars_datetime(unit, zone):
    import polars as pl

    return pl.Datetime(unit, zone)


def _polars_date():
    import polars as pl

    return pl.Date()


_MAKE = {
    "list": _container(list),
    "tuple": _container(tuple),
    "set": _container(set),
    "frozenset": _container(frozenset),
    "dict": lambda keys, values: dict(zip(restored(keys), restored(values))),
    "array": _array,
    "scalar": lambda value: value[()],
    "dtype": _dtype,
    "Timestamp": _timestamp,
    "Period": _period,
    "fixed_zone": _fixed_zone,
    "offset": _offset,
    "offset_of": _offset_of,
    "weekday": _weekday,
    "DateOffset": _date_offset,
    "polars_datetime": _polars_datetime,
    "polars_date": _polars_date,
}
