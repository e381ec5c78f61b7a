"""Samples with an index of times: their rows are the steps as they stand, so that times must ascend.

Neither pandas nor polars is imported here before a container of it has come in.
"""

import numpy as np

from skseq._arguments import library_of


def check_times_ascend(samples, argument):
    """Raise ValueError for a Series or frame of pandas in a list whose times descend or are shuffled."""
    for index, sample in enumerate(samples):
        check_index_ascends(sample, f"{argument}[{index}]")


def check_index_ascends(sample, where):
    """The same for one sample; integers may be ids, and equal times pass: several events may share one."""
    if library_of(sample) != "pandas" or not hasattr(sample, "index"):  # its NaT has none
        return
    import pandas as pd

    index = sample.index
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex, pd.TimedeltaIndex)) and not index.is_monotonic_increasing:
        _refuse_earlier(index, index, where, "sort_index()", "reset_index(drop=True)")


def check_column_ascends(frame, name, where):
    """The same for a frame of polars and its column of times."""
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
