"""Samples with an index of times: their rows are the steps as they stand, so that times must ascend, and agree.

Neither pandas nor polars is imported here before a container of it has come in.
"""

from contextlib import suppress
from datetime import date

import numpy as np

from skseq._arguments import library_of


def check_times_ascend(samples, argument):
    """Raise ValueError for a Series or frame of pandas in a list whose times descend or are shuffled."""
    for index, sample in enumerate(samples):
        check_index_ascends(sample, f"{argument}[{index}]")


def check_index_ascends(sample, where):
    """Raise ValueError for a sample of pandas whose times descend or are shuffled.

    Integers may be ids, and equal times pass: several events may share one.
    """
    index = index_of(sample)
    if index is None:
        return
    import pandas as pd

    times = index if isinstance(index, pd.TimedeltaIndex) else times_of(index)
    if times is not None and not times.is_monotonic_increasing:
        _refuse_earlier(times, index, where, "sort_index()", "reset_index(drop=True)")


def check_same_times_of_all(samples, targets, argument, target_argument):
    """Raise ValueError if the steps of a sample and of its target are at different times; None holds no samples."""
    for index, (sample, values) in enumerate(zip(samples or (), targets or ())):
        if index == 0 and index_of(sample) is None:
            return
        check_same_times(sample, values, f"{argument}[{index}] and {target_argument}[{index}]")


def check_same_times(first, second, where):
    """Raise ValueError if the steps of two samples of pandas are at different times, as far as both go.

    So it is where the labels of both indices are the same, but in another order.
    """
    index, other = index_of(first), index_of(second)
    if index is None or other is None:
        return
    what, step = "times", first_at_other_times(times_of(index), times_of(other))
    if step is None:
        what, step = "index labels", _first_in_other_order(index, other)
    if step is not None:
        raise ValueError(
            f"{where} have the {what} {index[step]} and {other[step]} at step {step}. Expected the same "
            f"{what}, because steps are paired as they stand: bring both to one index with reindex(), or call "
            "reset_index(drop=True) to keep these pairs."
        )


def first_at_other_times(times, others):
    """The first step at which two indices of times differ, as far as both go; None if none does or nobody can tell."""
    if times is None or others is None:
        return None
    n_steps = min(len(times), len(others))
    times, others = times[:n_steps], others[:n_steps]
    try:
        wrong = np.flatnonzero((times < others) | (times > others))  # not where a time is missing
    except TypeError:  # times with a zone and without one, or days and months
        return None
    return int(wrong[0]) if wrong.size else None


def _first_in_other_order(index, other):
    """The first step at which two indices of the same labels, each once, differ; None if none does.

    A `RangeIndex` may be one that nobody chose.
    """
    import pandas as pd

    if len(index) != len(other) or index.inferred_type != other.inferred_type:
        return None
    if any(isinstance(own, pd.RangeIndex) for own in (index, other)):
        return None
    wrong = np.flatnonzero(index != other)
    same = wrong.size and index.is_unique and other.is_unique and index.isin(other).all()
    return int(wrong[0]) if same else None


def times_of(index):
    """The datetimes or periods of an index of pandas, None if it holds none; those of Python and of arrow count."""
    import pandas as pd

    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return index
    if len(index) and isinstance(index[0], date) and index.inferred_type in ("date", "datetime", "datetime64"):
        with suppress(TypeError, ValueError):  # some with a time zone and some without, or beyond the years of pandas
            return pd.DatetimeIndex(index)
    return None


def without_midnight(time):
    """A time of pandas or polars as it prints, but for the hour of a whole day."""
    return str(time).removesuffix(" 00:00:00")


def index_of(sample):
    """The index of a Series or frame of pandas, None of anything else."""
    return getattr(sample, "index", None) if library_of(sample) == "pandas" else None  # its NaT has none


def check_column_ascends(frame, name, where):
    """Raise ValueError if times in a column of a polars frame do not ascend."""
    if not frame[name].is_sorted():
        _refuse_earlier(frame[name].to_numpy(), frame[name], where, f"sort({name!r})", f"drop({name!r})")


def _refuse_earlier(times, labels, where, sort, keep):
    earlier = np.flatnonzero(times[1:] < times[:-1])
    if earlier.size:  # none if a time is missing
        step = int(earlier[0]) + 1
        raise ValueError(
            f"{where} has the time {labels[step]} after a later one, at step {step}. Expected times in ascending "
            f"order, because rows are read as timesteps as they stand: sort them with {sort}, or call {keep} to keep "
            "this order."
        )
