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
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from importlib import import_module
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

import numpy as np

from skseq._callers import warn_caller
from skseq._sklearn import pop_callbacks
from skseq._stored_times import MAKE, parts_of, unknown
from skseq._version import __version__

FORMAT = 1  # of the state of an estimator; a change that this release could not read raises it
MARK = "__skseq__"
VALUES = {  # our own values in fitted estimators: class -> the module that it is in today
    "Builder": "skseq._base.own_network",
    "ClassTargets": "skseq._data.targets.class_targets",
    "Conditions": "skseq._data.targets.conditions",
    "ConstantAnswer": "skseq._data.constant_answer",
    "Continuations": "skseq._data.targets.continuations",
    "Covariate": "skseq._data.forecasts.covariates",
    "Facts": "skseq._base.fits.facts",
    "FlatRegressor": "skseq._base.forecasts.window_regressors",
    "ForecastLearnt": "skseq._base.forecasts.forecast_values",
    "HorizonTargets": "skseq._data.targets.horizon_targets",
    "KnownSeries": "skseq._data.forecasts.known_series",
    "LabelTargets": "skseq._data.targets.class_targets",
    "Learnt": "skseq._base.fits.job",
    "LinearPart": "skseq._data.forecasts.linear_part",
    "LongSeries": "skseq._data.forecasts.series",
    "NumberTargets": "skseq._data.targets.number_targets",
    "PandasForm": "skseq._data.times.pandas_times",
    "PolarsForm": "skseq._data.times.polars_times",
    "Scale": "skseq._data.scaling",
    "Smoothed": "skseq._data.forecasts.exponential_smoothing",
    "SourceForm": "skseq._data.source_form",
    "Step": "skseq._data.times.time_steps",
    "TagTargets": "skseq._data.targets.tag_targets",
    "TokenTargets": "skseq._data.targets.token_targets",
    "WindowRegressor": "skseq._base.forecasts.window_regressors",
    "WindowScaling": "skseq._data.forecasts.window_units",
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
            warn_caller(
                f"The callbacks of {type(self).__name__} are live objects and are not stored. Set them again before "
                "another fit."
            )
            state["callbacks"] = None
        if pop_callbacks(state):
            warn_caller(
                f"The callbacks that set_callbacks gave this {type(self).__name__} are live objects and are not "
                "stored. Call it again before another fit."
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
    found = parts_of(value)
    if found is None:
        return value
    kind, parts = found
    return {MARK: kind} | {name: plain(part) for name, part in parts.items()}


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
    if kind in MAKE:
        return MAKE[kind](**{name: restored(part) for name, part in parts.items()})
    if kind not in _MAKE:
        raise unknown(f"a {kind!r}")
    return _MAKE[kind](**parts)


def _restored_value(kind, own):
    cls = getattr(import_module(VALUES[kind]), kind)
    others = own.keys() - {field.name for field in fields(cls)}
    if others:
        raise unknown(f"a {kind} with {', '.join(sorted(others))}")
    return cls(**{name: restored(value) for name, value in own.items()})


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


_MAKE = {
    "list": _container(list),
    "tuple": _container(tuple),
    "set": _container(set),
    "frozenset": _container(frozenset),
    "dict": lambda keys, values: dict(zip(restored(keys), restored(values))),
    "array": _array,
    "scalar": lambda value: value[()],
    "dtype": _dtype,
}
