"""Samples whose sequences are equal, so that a network cannot tell them apart: what it loses even at its best."""

import numpy as np

MOST_DISTINCT = 100  # sequences: among more, few samples are equal to another, and looking for them takes time


def least_loss(data, constant_loss):
    """(number of distinct sequences, least loss) where `TrainingData` have few of these; else None.

    At its best a network gives each of them the best constant, whose loss ``constant_loss(data)`` tells.
    """
    groups = _equal_samples(data)
    if groups is None:
        return None
    losses = [constant_loss(data.take(samples)) for samples in groups]
    weights = [data.rows["weight"][samples].sum(dtype=np.float64) for samples in groups]
    return len(groups), float(np.average(losses, weights=weights))


def _equal_samples(data):
    """The samples (n_i,) of every distinct sequence, or None if there are more than `MOST_DISTINCT`."""
    groups, samples = {}, iter(data.samples)
    for rows in data.parts("source"):
        lengths = rows.get("source_lengths", np.zeros(len(rows["source"])))
        for sequence, length in zip(rows["source"], lengths):
            groups.setdefault((length, sequence.tobytes()), []).append(next(samples))
            if len(groups) > MOST_DISTINCT:
                return None
    return [np.array(own) for own in groups.values()]
