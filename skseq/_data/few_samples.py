"""How much a linear model of few samples is held back, and from where it starts.

Samples that follow on each other, such as overlapping windows of one series, tell less than their number says, and
leave-one-out errors are too good to be true. So whole blocks of samples are held out, and the samples next to a block
are left out of training, too (Burman, Chow and Nolan, "A cross-validatory method for dependent data", Biometrika 1994).
"""

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

PENALTIES = tuple(10.0**power for power in range(-1, 5))
N_BLOCKS = 5
MOST_LEFT_OUT = 0.1  # of the samples, on each side of a block
AS_GOOD = 1.05  # times the least error: blocks are few, and of those that are as good the more cautious is taken
CLEARLY_WORSE = 1.3  # times that of levels, for changes from the last value; 2 cost series with a trend a quarter


class Caution(NamedTuple):
    """The ``penalty`` of a ridge regression, and whether it learns changes from the ``last`` value of a window.

    ``errors`` (k,) are the root mean squares of its errors in the samples that were held out; 0 if none could be.
    """

    penalty: float = 1.0
    last: bool = False
    errors: np.ndarray | None = None


def chosen(inputs, targets, weight, *, n_apart=1, last=None):
    """The `Caution` that forecasts blocks of samples best which are held out.

    From inputs (n, d), targets (n, k), and weights (n,). Blocks are ``n_apart`` samples apart from what is trained on,
    where there are as many. ``last`` (n, k) are the last values of windows; None: targets are no steps after a window.
    """
    parts = list(_parts(len(inputs), n_apart))
    errors, starts_there = _errors(inputs, targets, weight, parts), False
    if last is not None:
        of_changes = _errors(inputs, targets - last, weight, parts)
        starts_there = bool(of_changes.sum(axis=1).min() <= CLEARLY_WORSE * errors.sum(axis=1).min())
        errors = of_changes if starts_there else errors
    of_all = errors.sum(axis=1)
    choice = np.flatnonzero(of_all <= AS_GOOD * of_all.min()).max()
    return Caution(penalty=PENALTIES[choice], last=starts_there, errors=np.sqrt(errors[choice]))


def _parts(n, n_apart):
    """Pairs of arrays: samples to train on, and a block of others."""
    apart = min(n_apart, 1 + int(MOST_LEFT_OUT * n))
    for train, test in KFold(min(N_BLOCKS, n)).split(np.arange(n)) if n > 1 else ():
        yield train[(train <= test[0] - apart) | (train >= test[-1] + apart)], test


def _errors(inputs, targets, weight, parts):
    """Mean squared errors (n_penalties, k) of all blocks, weighted; zeros where nothing can be trained on."""
    found, counted = np.zeros((len(PENALTIES), targets.shape[1])), 0.0
    for train, test in parts:
        if not (weight[train] > 0).any():
            continue
        counted += weight[test].sum()
        for index, penalty in enumerate(PENALTIES):
            ridge = Ridge(alpha=penalty).fit(inputs[train], targets[train], sample_weight=weight[train])
            wrong = targets[test] - ridge.predict(inputs[test]).reshape(targets[test].shape)
            found[index] += np.sum(weight[test, None] * np.square(wrong), axis=0)
    return found / counted if counted else found
