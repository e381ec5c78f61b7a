"""Frames that each lack some of the dates of all, whose rows are read one after another as if none were missing."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.times.pandas_times import has_times
from skseq._data.times.time_order import index_of

LOOKED_AT = 200  # frames
MOST_DATES = 2  # times those of a frame: dates of visits, each patient's own, are many more
LONG = 0.8  # share of the dates of all that a frame spans: others would get long ends of one value
FEWEST_ROWS = 5
MISSING, OF_FRAMES = 0.05, 0.5  # share of the dates between the first and last of frames, and of frames that lack some


def warn_if_dates_are_missing(X, argument):
    """Warn where Series or frames of pandas in a list share dates, of which each lacks others; returns whether."""
    samples = X[:LOOKED_AT] if isinstance(X, (list, tuple)) else ()
    found = _missing_dates(list(map(index_of, samples)))
    if found is None:
        return False
    share, n_dates = found
    warn_caller(
        f"The frames in {argument} have {n_dates} dates, of which each lacks some, {share:.0%} on average. Rows are "
        "read one after another, so that a timestep is not the same date in all. Put them on common dates, in fit and "
        f"later: with dates = pandas.concat({argument}).index.unique().sort_values() of fit, pass "
        f'[x.reindex(dates).interpolate(limit_direction="both") for x in {argument}], or x.reindex(dates, '
        f"fill_value=0) where nothing was sold or counted. [x.reset_index(drop=True) for x in {argument}] reads rows "
        "as they are without this warning."
    )
    return True


def _missing_dates(indices):
    """(share of dates that are missing, number of dates) of indices of pandas, or None where they share no dates."""
    if len(indices) < 2 or any(index is None or not has_times(index) or index.hasnans for index in indices):
        return None
    if len({index.dtype for index in indices}) > 1 or any(len(index) < FEWEST_ROWS for index in indices):
        return None
    times = [index.asi8 for index in indices]
    if any((np.diff(own) <= 0).any() for own in times):
        return None
    dates, lengths = np.unique(np.concatenate(times)), np.array(list(map(len, times)))
    first, last = np.searchsorted(dates, [(own[0], own[-1]) for own in times]).T
    spans = last - first + 1  # dates of all between the ends of each, (n,)
    if len(dates) > MOST_DATES * np.median(lengths) or np.median(spans) < LONG * len(dates):
        return None
    share = 1 - lengths.sum() / spans.sum()
    return (share, len(dates)) if share >= MISSING and np.mean(spans > lengths) >= OF_FRAMES else None
