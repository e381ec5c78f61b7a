"""Targets that are told by where samples end: of a record that is still going on nobody knows its end."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.likely_series import LOOKED_AT
from skseq._data.parts import evenly

ENOUGH_SAMPLES, ENOUGH_LENGTHS = 10, 5  # of fewer, targets may go with ends by chance


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
        "whole, set bidirectional=True, which reads both ways without this warning.",
        UserWarning,
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
