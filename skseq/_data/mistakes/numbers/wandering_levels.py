"""Levels of long sequences that wander as a walk does: steps are to be learnt in their place."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT
from skseq._data.working_memory import evenly

PIECES = 8  # of a sequence, whose means have 7/8 of the variance of a walk, and little of that of noise or waves
WANDERS = 0.5
CURVE = 0.03  # variance of changes of steps over that of steps: less in smooth curves, such as slow waves
ENOUGH = 100  # timesteps
MOSTLY = 0.5  # of the sequences
TOO_MANY = 3  # times the alarms that are promised


def wanders(numbers):
    """Whether a feature of one sequence (t, f) walks: most of its variance is between the means of a few long pieces.

    A smooth curve may look so, too, but its steps hardly change from one to the next.
    """
    if len(numbers) < ENOUGH:
        return False
    means = np.array([piece.mean(axis=0) for piece in np.array_split(numbers, PIECES)])
    steps = np.diff(numbers, axis=0)
    rough = np.diff(steps, axis=0).var(axis=0) > CURVE * steps.var(axis=0)
    return bool(((means.var(axis=0) > WANDERS * numbers.var(axis=0)) & rough).any())


def mostly_wander(sequences):
    """Whether most of several `Sequences` wander."""
    some = sequences.take(evenly(len(sequences), LOOKED_AT))
    walks = [wanders(values[:length]) for values, length in zip(some.values, some.real_lengths)]
    return np.mean(walks) > MOSTLY


def warn_if_walks_alarm(share, promised, is_positive):
    """Warn where far more of the timesteps in training than promised are outliers, in sequences that wander."""
    if share <= TOO_MANY * promised:
        return
    steps = "np.diff(np.log(x), axis=0)" if is_positive else "np.diff(x, axis=0)"
    warn_caller(
        f"{share:.1%} of the timesteps in training are outliers, where quantile promises {promised:.1%}: most series "
        "in X wander as random walks do, so that each comes to levels of its own, and later steps to new ones. Fit on "
        f"their steps, {steps} of each series x, and pass these later, too. If single steps are to be found, set "
        "smoothing=1."
    )
