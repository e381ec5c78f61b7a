"""Targets that are told by where samples end: of a record that is still going on nobody knows its end."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT
from skseq._data.parts import evenly

ENOUGH_SAMPLES, ENOUGH_LENGTHS = 10, 5  # of fewer, targets may go with ends by chance
STRAIGHT = 0.9999  # R2 of a line, but for rounding


def warn_if_labels_told_by_ends(sequences, tags, cure):
    """Warn where labels (n, t), as ids, depend on how many timesteps follow, and neither on those before nor on X.

    The last timestep alone may have a label of its own, as the end of a sentence has.
    """
    rows = evenly(len(sequences), LOOKED_AT)
    some, tags = sequences.take(rows), np.asarray(tags)[rows]
    lengths, mask = some.real_lengths, some.mask
    if not _differ(lengths):
        return
    backwards = _backwards(tags, lengths)
    if not _same_in_all(backwards, mask) or _same_in_all(tags, mask):
        return
    often = mask[:, 1:].sum(axis=0) >= ENOUGH_SAMPLES
    if len(np.unique(backwards[lengths.argmax(), 1:][often])) < 2 or _are_told(some.values[mask], tags[mask]):
        return
    warn_caller(
        "The labels in y are told by how many timesteps of a sample follow, whatever is in X. Reading both ways, a "
        "network sees where a sample ends, and labels the end of a record that is cut early as that of a whole one. "
        f"If X may hold records that are still going on, set {cure}: then a label is read from the past alone. And "
        "score records that are cut, x[:n] and y[:n] of each, because whole ones end where the labels are. If all are "
        "whole, set bidirectional=True, which reads both ways without this warning."
    )


def _differ(lengths):
    return len(lengths) >= ENOUGH_SAMPLES and len(np.unique(lengths)) >= ENOUGH_LENGTHS


def _backwards(tags, lengths):
    """Tags (n, t) with the last real one of each sample first; the mask stays the same."""
    return np.take_along_axis(tags, np.maximum(lengths[:, None] - 1 - np.arange(tags.shape[1]), 0), axis=1)


def _same_in_all(tags, mask):
    """Whether all samples have the same tags (n, t) as far as they go: those of the longest one."""
    return (tags == tags[mask.sum(axis=1).argmax()])[mask].all()


def _are_told(values, tags):
    """Whether each token of (n,) has one tag (n,), or a feature of (n, f) a range of its own for each tag."""
    if values.ndim == 1:
        return len(np.unique(np.stack([values, tags]), axis=1).T) == len(np.unique(values))
    each = [values[tags == tag] for tag in np.unique(tags)]
    lows, highs = (np.array([end(own, axis=0) for own in each]) for end in (np.min, np.max))  # (n_tags, f)
    order = lows.argsort(axis=0)
    lows, highs = (np.take_along_axis(ends, order, axis=0) for ends in (lows, highs))
    return (highs[:-1] < lows[1:]).all(axis=0).any()


def warn_if_numbers_told_by_lengths(sequences, y):
    """Warn where an output of y (n,) or (n, n_outputs) is a straight line of the lengths of sequences of numbers."""
    lengths = sequences.real_lengths
    if sequences.values.ndim != 3 or not _differ(lengths):
        return
    told = _explained(lengths, np.reshape(y, (len(y), -1))) > STRAIGHT
    if not told.any():
        return
    name = "y" if len(told) == 1 else f"y[:, {told.argmax()}]"
    window = max(1, min(24, lengths.min() // 2))
    warn_caller(
        f"{name} is the number of timesteps of each sample in X, or a straight line of it. Then X is hardly looked at, "
        "and a record that is cut early gets the number that goes with what is there of it. If y is how long each "
        "lasted, learn from all parts of it how many timesteps are left: windows, left, series = "
        f"skseq.preprocessing.SlidingWindows(window={window}).split_series(X, "
        "[numpy.arange(len(x))[::-1] for x in X]), and fit(windows, left[:, -1], groups=series)."
    )


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _explained(x, y):
    """R2 of straight lines of x (n,), for each column of y (n, k); NaN of constant ones."""
    x, y = (np.asarray(own, np.float64) - np.mean(own, axis=0, dtype=np.float64) for own in (x, y))
    return (x @ y) ** 2 / (np.sum(x**2) * np.sum(y**2, axis=0))
