"""Windows cut from series with an index of times in which a few steps are missing: they read across the gap."""

import numpy as np

from skseq._arguments import library_of
from skseq._callers import warn_caller
from skseq._data.times.polars_times import time_columns
from skseq._data.times.time_order import index_of, times_of
from skseq._data.times.time_steps import middle_step

LONGER = 1.5  # times the usual step: months differ less
EQUAL, FEW = 0.8, 0.1  # of the steps are equal, and longer at most: events have no step, and markets rest every week
RECURRING, ENOUGH = 0.5, 5  # of the gaps, and as many: as a market closes every day, nothing is missing
DAY, HOUR = np.timedelta64(1, "D"), np.timedelta64(1, "h")
NIGHT = 5  # o'clock: clocks are put forward before


def warn_of_gaps(samples, first, span):
    """Warn of windows of so many steps from each of the ``first`` (n_windows,) that read across a gap in times.

    Steps count through all samples. None holds no samples.
    """
    labels = [_labels(sample) for sample in samples or ()]
    if all(own is None for own in labels):
        return
    gaps = [np.zeros(len(sample), bool) if own is None else _gaps(own) for sample, own in zip(samples, labels)]
    n_before = np.cumsum(np.concatenate(gaps))  # gaps up to each step
    n_found = np.count_nonzero(n_before[first + span - 1] > n_before[first])
    if n_found == 0:
        return
    index = next(index for index, own in enumerate(gaps) if own.any())
    step, times = int(gaps[index].argmax()), labels[index]
    usual = middle_step(np.diff(_instants(times))).astype("timedelta64[us]").item()
    warn_caller(
        f"{n_found} of {len(first)} windows read across a gap as if no step were missing: in X[{index}], "
        f"{times[step - 1]} is followed by {times[step]}, but most steps have a length of {usual}. "
        f"{_remedy(samples[index], _instants(times), span)}. Do the same to a y beside X."
    )


def _labels(sample):
    """The index of pandas, or the one column of polars, that holds the times of a sample, or None."""
    index = index_of(sample)
    if index is not None:
        return times_of(index)
    names = time_columns(sample) if library_of(sample) == "polars" and hasattr(sample, "columns") else []
    return sample[names[0]] if len(names) == 1 else None


def _instants(labels):
    labels = labels.to_timestamp() if hasattr(labels, "to_timestamp") else labels  # periods
    return np.asarray(labels, "datetime64[ns]")  # of UTC if they have a zone


def _gaps(labels):
    """Before which steps (t,) of one series others are missing: none where times have no step, or rest regularly."""
    times, gaps = _instants(labels), np.zeros(len(labels), bool)
    if len(times) < 3 or np.isnat(times).any():
        return gaps
    steps = np.diff(times)
    usual = middle_step(steps)
    long = steps > LONGER * usual
    if getattr(labels, "tz", None) is None:  # a local clock that is put forward skips an hour
        long &= (steps != usual + HOUR) | (times[1:] - times[1:].astype("datetime64[D]") >= NIGHT * HOUR)
    are_few = np.mean(steps == usual) >= EQUAL and np.mean(long) <= FEW
    if are_few and not (usual < DAY and _recur(times[:-1][long])):
        gaps[1:] = long
    return gaps


def _recur(times):
    """Whether most of several times are at one time of the day."""
    if len(times) < ENOUGH:
        return False
    _, counts = np.unique(times - times.astype("datetime64[D]"), return_counts=True)
    return counts.max() > RECURRING * len(times)


def _remedy(sample, times, span):
    if index_of(sample) is None:
        return "Insert what is missing, by upsample of polars, and fill it in, or cut each series at its gaps"
    if times_of(sample.index) is not sample.index or hasattr(sample.index, "to_timestamp"):
        return "Insert what is missing, by reindex of pandas, and fill it in, or cut each series at its gaps"
    import pandas as pd

    steps = np.diff(times)
    usual = pd.Timedelta(middle_step(steps))
    runs = f"own.index.to_series().diff().gt(pandas.Timedelta({str(usual)!r})).cumsum().to_numpy()"
    cut = f"[part for own in X for _, part in own.groupby({runs}) if len(part) >= {span}]"
    if (steps % middle_step(steps)).any():  # asfreq would lose what is behind the gap
        return f"Cut each series at its gaps, by {cut}"
    filled = f"[own.asfreq({pd.tseries.frequencies.to_offset(usual).freqstr!r}) for own in X]"
    return f"Insert what is missing, by {filled}, and fill it in, or cut at gaps, by {cut}"
