"""Tables with a column of counts for each kind of event, which are read as one sequence of tokens per row."""

import re

import numpy as np

from skseq._arguments import is_frame, library_of
from skseq._callers import warn_caller
from skseq._data.mistakes.limits import MANY, SOME
from skseq._data.mistakes.times.time_names import have_names_of_no_times

NUMBERED = re.compile(r".*\d", re.DOTALL)
LARGEST = 5  # count, at least: smaller ones may be kinds of a few names, or flags
APART = 5  # standard errors between the means of two columns
MOSTLY, N_BINS = 0.95, 10  # what of the counts is looked at, and in how many parts
BY_CHANCE = 3  # deviations between two frequencies
AT_END = 0.5  # the frequency of the largest counts over the highest: 1 for codes that are used evenly


def warn_if_counts(X, argument):
    """Warn where X is a frame of counts, a column for each kind of event, most likely. Returns whether it did."""
    if not _are_counts(X):
        return False
    first, second, *others = X.columns
    warn_caller(
        f"{argument} of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} tokens, one per row, but its "
        f"columns {first!r}, {second!r}{', ...' * bool(others)} hold what look like counts. Those have no order in "
        "time, and tokens are names without sizes. If they count events, pass the events of each row in the order of "
        f"their times, such as {_lists_of(X)} of their log, and y to match. If they count words, pass the texts with "
        "analyzer='word'. Or give the table to an estimator of scikit-learn, such as HistGradientBoostingClassifier. "
        "Set source_type='tokens' to read counts as tokens without this warning."
    )
    return True


def _lists_of(X):
    """Code for lists of events of a log, of which pandas.crosstab(log.customer, log.event) has kept the names."""
    if library_of(X) == "polars":
        return "log.sort('time').group_by('customer', maintain_order=True).agg('event')['event'].to_list()"
    whose, what = X.index.name or "customer", X.columns.name or "event"
    return f"log.sort_values('time').groupby({whose!r})[{what!r}].agg(list)"


def _are_counts(X):
    """Whether columns with names of no times hold whole numbers that are spread as counts are.

    Some are 0. The frequencies of a column rise to one count, and fall from there on. Columns have means of their own,
    as kinds of events have. Arrays are left alone: counts of words look like tokens of steps that are mostly empty.
    """
    if not is_frame(X) or len(X) < MANY or not have_names_of_no_times(X) or not _are_words(X.columns):
        return False
    values = np.asarray(X)
    if values.dtype.kind not in "iu" or values.min() != 0 or values.max() < LARGEST:
        return False
    return _have_means_apart(values) and all(map(_have_one_peak, values.T))


def _are_words(names):
    """Whether names are strings, most of them without a number."""
    return all(isinstance(name, str) for name in names) and np.mean(list(map(_is_numbered, names))) < 0.5


def _is_numbered(name):
    return NUMBERED.match(name) is not None


def _have_means_apart(values):
    """Whether the largest mean of columns (n, k) is clearly above the least."""
    means, errors = values.mean(axis=0), values.std(axis=0) / np.sqrt(len(values))
    least, most = means.argmin(), means.argmax()
    return bool(means[most] - means[least] > APART * np.hypot(errors[most], errors[least]))


def _have_one_peak(counts):
    """Whether frequencies of counts (n,) rise to one of them and fall to few from there on, but for chance.

    Neighbours are taken together where there are many. Events that some rows never have are left out: 0 may be
    frequent beside any other count. So are columns of a few events, which say nothing.
    """
    counts = counts[counts > 0]
    if len(counts) < SOME:
        return True
    width = int(np.quantile(counts, MOSTLY)) // N_BINS + 1
    frequencies = np.bincount((counts - 1) // width)[:N_BINS]
    if counts.max() >= LARGEST and frequencies[-1] > AT_END * frequencies.max():
        return False
    steps = np.diff(frequencies)
    steps[: frequencies.argmax()] *= -1
    return bool((steps <= BY_CHANCE * np.sqrt(frequencies[1:] + frequencies[:-1])).all())
