"""Timesteps that jump among a few regimes, whose levels hide what changes within each: a warning."""

import numpy as np
from threadpoolctl import threadpool_limits

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT

FEWEST_STEPS, FEWEST_CHANNELS = 400, 3  # of fewer, clusters leave little by chance
DISTINCT = 30  # values of a channel: fewer are codes or flags
MOST_STEPS = 4_000  # that are looked at; half of them find the regimes
MOST_REGIMES = 8
LEFT = 0.03  # of the variance: of white noise with one factor, 8 clusters leave 0.04
SHARPLY = 4  # times as much is left with one regime less; of that noise twice at most
JUMPS = 0.3  # of the steps: states of hours hardly change
GOES_ON = 0.1  # correlation of neighbours within regimes: of noise around levels it is 0
CERTAIN = 4.0  # standard errors of it, for several channels


def warn_if_regimes(sequences, of):
    """Warn where `Sequences` of numbers jump among regimes, and what is left of their levels goes on in time."""
    n_regimes = regimes_among(sequences)
    if n_regimes is None:
        return
    warn_caller(
        f"Timesteps of X jump among {n_regimes} regimes, such as settings of a machine, with levels so far apart that "
        f"{of} hardly sees what changes within each, such as wear. Scale every regime by itself: "
        f"make_pipeline(skseq.preprocessing.SequenceScaler(n_regimes={n_regimes}), {of}())."
    )


@np.errstate(over="ignore", invalid="ignore")  # of numbers whose squares no float holds nothing is known
def regimes_among(sequences):
    """The number of regimes, up to `MOST_REGIMES`, or None."""
    enough = 1 + np.searchsorted(np.cumsum(sequences.real_lengths[:LOOKED_AT]), MOST_STEPS)
    some = sequences.take(slice(min(enough, LOOKED_AT)))
    steps = np.asarray(some.values)[some.mask][:MOST_STEPS].astype(np.float64)
    if len(steps) < FEWEST_STEPS or steps.shape[1] < FEWEST_CHANNELS:
        return None
    steps = steps[:, [len(np.unique(own)) > DISTINCT for own in steps.T]]
    deviations = steps.std(axis=0)
    if steps.shape[1] < FEWEST_CHANNELS or not np.isfinite(deviations).all():
        return None
    sequence = np.repeat(np.arange(len(some)), some.real_lengths)[: len(steps)]
    goes_on = np.diff(sequence) == 0  # whether a step is of the same sequence as the one before
    steps = (steps - steps.mean(axis=0)) / deviations
    labels = _labels(steps)
    if labels is None or np.mean(np.diff(labels)[goes_on] != 0) < JUMPS:
        return None
    return int(labels.max()) + 1 if _continues(_within(steps, labels), goes_on) else None


@threadpool_limits.wrap(limits=1)  # on busy cores, threads that wait for each other took 20 times as long
def _labels(steps):
    """The regime of each of (n_steps, f), if a few leave next to nothing, and one less far more; else None."""
    from sklearn.cluster import KMeans

    some = steps[:: 2 if len(steps) > MOST_STEPS // 2 else 1]
    before = np.sum((some - some.mean(axis=0)) ** 2)
    limit = LEFT * before
    for n_regimes in range(2, MOST_REGIMES + 1):
        found = KMeans(n_regimes, n_init=3, random_state=0).fit(some)
        if found.inertia_ < limit:
            return found.predict(steps) if SHARPLY * found.inertia_ < before else None
        before = found.inertia_
    return None


def _within(steps, labels):
    """Steps (n_steps, f) less the mean of their regime, over its deviation."""
    within = np.zeros_like(steps)
    for regime in np.unique(labels):
        own = steps[labels == regime]
        deviations = own.std(axis=0)
        moves = deviations > np.finfo(np.float32).eps  # else it is rounding
        within[labels == regime] = np.divide(own - own.mean(axis=0), deviations, out=np.zeros_like(own), where=moves)
    return within


def _continues(within, goes_on):
    """Whether numbers (n_steps, f) of deviation 1 are correlated with those of the timestep before in some channel."""
    products = (within[1:] * within[:-1])[goes_on]
    limit = max(GOES_ON, CERTAIN / np.sqrt(len(products)))
    return bool(products.mean(axis=0).max() > limit)
