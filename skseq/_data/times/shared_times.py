"""Times that several series have on one calendar, and spans of them that are cut in all series alike.

Neither pandas nor polars is imported here.
"""

import numpy as np

from skseq._arguments import library_of
from skseq._data.times.polars_times import time_columns
from skseq._data.times.time_order import index_of, times_of


def times_of_all(samples):
    """The times (t_i,) of each sample as datetime64, or None if no sample has any."""
    labels = [_labels(sample, f"X[{index}]") for index, sample in enumerate(samples or ())]
    with_times = [own is not None for own in labels]
    if not any(with_times):
        return None
    if not all(with_times):
        raise ValueError(
            f"X[{with_times.index(True)}] has times, but X[{with_times.index(False)}] has none: "
            f"which of their steps are at the same time is not known. {_GIVE.format('times')}"
        )
    _check_zones(labels)
    return [_instants(own, f"X[{index}]") for index, own in enumerate(labels)]


def steps_in_spans(times, n_spans):
    """How many steps (n_series, n_spans) of ascending times (t_i,) are in each span.

    All spans have as many different times, up to one, the longer ones first.
    """
    instants = np.unique(np.concatenate(times))
    n_passed = np.arange(1, n_spans + 1)
    ends = len(instants) // n_spans * n_passed + np.minimum(n_passed, len(instants) % n_spans)  # (n_spans,)
    ranks = (np.searchsorted(instants, own) for own in times)
    return np.diff([np.searchsorted(own, ends) for own in ranks], axis=1, prepend=0)


_GIVE = "Give all of them {}, or leave the times out, by reset_index(drop=True) of pandas or drop of polars."


def _labels(sample, where):
    """The index of pandas, or the column of polars, that holds the times of a sample, or None."""
    index = index_of(sample)
    if index is not None:
        return times_of(index)
    names = time_columns(sample) if library_of(sample) == "polars" and hasattr(sample, "columns") else []
    if len(names) > 1:
        raise ValueError(f"{where} has the columns of times {names}. Expected one: drop the others.")
    return sample[names[0]] if names else None


def _check_zones(labels):
    """Raise ValueError if some times have a zone and others have none."""
    zoned = [_zone(own) is not None for own in labels]
    if any(zoned) and not all(zoned):
        raise ValueError(
            f"The times of X[{zoned.index(True)}] have a time zone, those of X[{zoned.index(False)}] "
            f"have none: which of them are the same is not known. {_GIVE.format('a zone, or none')}"
        )


def _zone(labels):
    return getattr(labels, "tz", getattr(labels.dtype, "time_zone", None))


def _instants(labels, where):
    """Times as datetime64 (t,), in UTC if they have a zone."""
    labels = labels.to_timestamp() if hasattr(labels, "to_timestamp") else labels  # periods
    instants = np.asarray(labels, "datetime64[ns]")
    if np.isnat(instants).any():
        raise ValueError(f"{where} lacks a time at step {np.isnat(instants).argmax()}: fill it in, or drop the step.")
    return instants
