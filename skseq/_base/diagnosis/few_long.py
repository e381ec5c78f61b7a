"""A few samples that are far longer than all others, and decide how long an epoch takes."""

import numpy as np

from skseq._callers import warn_caller
from skseq.exceptions import TrainingWarning

ENOUGH_SAMPLES = 100
FEW = 0.01  # of the samples
FAR = 4  # times as long as all but the few
MOST = 2 / 3  # of the timesteps of all batches: without them an epoch is three times as fast
MUCH = 20_000  # timesteps of batches, in all epochs: some ten seconds


def warn_if_few_are_long(data, job):
    """Warn where few samples take most of the timesteps of batches, each of which is as long as its longest sample."""
    lengths = sum(data.rows[f"{part}_lengths"][data.samples] for part in ("source", "target") if _has(part, data))
    if np.ndim(lengths) == 0 or len(lengths) < ENOUGH_SAMPLES:
        return
    usual = int(np.quantile(lengths, 1 - FEW, method="inverted_cdf"))
    far = lengths > FAR * usual
    if not far.any():
        return
    lengths = lengths[np.random.RandomState(0).permutation(len(lengths))]  # as batches are drawn, but always the same
    taken, least = (_batch_timesteps(own, job.batch_size) for own in (lengths, np.minimum(lengths, usual)))
    if taken - least < MOST * taken or (taken - least) * job.epochs < MUCH:
        return
    of = "X and y together" if _has("target", data) else "X"
    warn_caller(
        f"{np.count_nonzero(far)} of {len(lengths)} samples have up to {lengths.max()} timesteps in {of}, and 99% have "
        f"{usual} or fewer. A batch has as many timesteps as its longest sample, so these few take "
        f"{1 - least / taken:.0%} of the timesteps of an epoch. Cut them to about {usual}, split them into several "
        f"samples, or leave them out: an epoch then is about {taken / least:.0f} times as fast.",
        TrainingWarning,
    )


def _has(part, data):
    return f"{part}_lengths" in data.rows


def _batch_timesteps(lengths, batch_size):
    """Timesteps of all batches of samples of these lengths (n,), in this order."""
    filled = np.pad(lengths, (0, -len(lengths) % batch_size))
    return int(filled.reshape(-1, batch_size).max(axis=1).sum())
