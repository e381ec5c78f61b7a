"""Flags of which few combinations occur, such as the notes of chords: whole rows are to be learnt in their place."""

import numpy as np

MOST = 300  # distinct rows
OFTEN = 10  # timesteps for each of them


def nats_given_the_row_before(flags, is_first):
    """(mean -log p of a row of flags (t, f) given that before it, each flag on its own, and that of whole rows).

    Probabilities are counted in all other timesteps. None where rows hardly recur; before those that are first is none.
    """
    distinct, ids = np.unique(flags, axis=0, return_inverse=True)
    ids = ids.ravel()
    if len(distinct) > min(MOST, len(flags) / OFTEN):
        return None
    before = np.where(is_first, len(distinct), np.append(0, ids[:-1]))
    alone = _chances(before, flags)
    together = _chances(before, np.eye(len(distinct))[ids])[np.arange(len(ids)), ids]
    each = np.log(np.where(flags == 1, alone, 1 - alone)).sum(axis=1)
    return float(-each.mean()), float(-np.log(together).mean())


def _chances(before, ones):
    """p of each column of ``ones`` (t, k) being 1 given the row before, from other timesteps and the share of ones."""
    counts = np.zeros((before.max() + 1, ones.shape[1]))
    np.add.at(counts, before, ones)
    return (counts[before] - ones + ones.mean(axis=0)) / np.bincount(before)[before, None]
