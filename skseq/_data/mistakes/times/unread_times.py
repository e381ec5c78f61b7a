"""Frames whose rows are at irregular times, which nothing but their index says, and which are not read."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.likely_ids import rank_correlation
from skseq._data.sequences import as_samples
from skseq._data.times.time_order import index_of

LOOKED_AT = 200  # frames
FEWEST_FRAMES, FEWEST_ROWS = 10, 5
MOST_SHARED = 5  # times the rows of a frame: so few times are those of all, of which frames lack some
IRREGULAR, OF_FRAMES = 1.5, 0.5  # upper quartile of gaps over the lower one, and the share of frames with more
FOR_COLUMNS = 10  # frames in which a column may go with the gaps
GOES_WITH = 0.8  # rank correlation: of times since the start in whole days, with gaps of a day on average, 0.9


def warn_if_times_are_unread(X, argument):
    """Warn where Series or frames of pandas in a list have times at irregular gaps in the index alone.

    Times are of a calendar, or floats.
    """
    samples = (as_samples(X) or [])[:LOOKED_AT]
    ratio = _irregularity(list(map(index_of, samples)))
    if ratio is None or any(_goes_with_gaps(column) for column in _columns_beside_gaps(samples[:FOR_COLUMNS])):
        return
    frame = "x" if hasattr(samples[0], "columns") else 'x.to_frame("value")'
    first, kind, gaps = index_of(samples[0]), "times", "x.index.to_series().diff()"
    if _are_floats(first):
        kind = f"numbers that grow, such as {first[1]:.10g} after {first[0]:.10g}, most likely times,"
    else:
        gaps += ".dt.total_seconds()"
    warn_caller(
        f"{argument} has {kind} in the index of its samples, at irregular gaps (the upper quartile is {ratio:.3g} "
        "times the lower one). They are not read: rows are timesteps, one after another. If time matters, pass the "
        f"gaps as a column, in fit and later: [{frame}.assign(gap={gaps}.fillna(0)) for x in {argument}]. Else "
        f"[x.reset_index(drop=True) for x in {argument}] reads rows as they are without this warning."
    )


def _irregularity(indices):
    """Upper quartile of the gaps of all indices over the lower one; None where they are regular, or no times."""
    if len(indices) < FEWEST_FRAMES or any(index is None or len(index) < FEWEST_ROWS for index in indices):
        return None
    if not (all(map(_are_times, indices)) or all(map(_are_floats, indices))):
        return None
    gaps = list(map(_gaps, indices))
    irregular, ratio = np.mean([_ratio(own) > IRREGULAR for own in gaps]), _ratio(np.concatenate(gaps))
    if irregular < OF_FRAMES or ratio <= IRREGULAR:
        return None
    n_times = len(np.unique(np.concatenate(list(map(np.asarray, indices)))))
    return ratio if n_times > MOST_SHARED * np.median(list(map(len, indices))) else None


def _are_times(index):
    import pandas as pd

    return isinstance(index, pd.DatetimeIndex) and not index.hasnans


def _are_floats(index):
    """Whether an index holds times such as Julian days; of integers, also those of rows that are left out have gaps."""
    return index.dtype.kind == "f" and index.is_monotonic_increasing


def _gaps(index):
    """Seconds between times (n,), or what is between floats, (n - 1,)."""
    if _are_floats(index):
        return np.diff(index.to_numpy())
    return np.asarray((index[1:] - index[:-1]).total_seconds())


def _ratio(gaps):
    low, high = np.quantile(gaps, (0.25, 0.75))
    return float(high / low) if low > 0 else 0.0  # several rows at one time are events


def _columns_beside_gaps(samples):
    """For each column, its numbers (n,) beside the gaps (n - 1,), a pair for every sample."""
    values = [np.asarray(x).reshape(len(x), -1) for x in samples]
    if len({own.shape[1] for own in values}) > 1:
        return []
    gaps = [_gaps(x.index) for x in samples]
    return [[(own[:, k], gap) for own, gap in zip(values, gaps)] for k in range(values[0].shape[1])]


def _goes_with_gaps(pairs):
    """Whether numbers rise with the gap before or after, or by it or fall by it, as the time since the start does."""
    gaps = np.concatenate([gap for _, gap in pairs])
    looks = (lambda x: x[1:], lambda x: x[:-1], lambda x: np.abs(np.diff(x)))
    parts = ([look(numbers.astype(np.float64)) for numbers, _ in pairs] for look in looks)
    return any(rank_correlation(np.concatenate(own), gaps) > GOES_WITH for own in parts)
