"""How much a linear model of few samples is held back, from where it starts, and how far it is followed.

Samples that follow on each other, such as overlapping windows of one series, tell less than their number says, and
leave-one-out errors are too good to be true. So whole blocks of samples are held out, and the samples next to a block
are left out of training, too (Burman, Chow and Nolan, "A cross-validatory method for dependent data", Biometrika 1994).

What is learnt of changes is followed for a share of the way, as held-out blocks ask for (Breiman, "Stacked
Regressions", Machine Learning 1996). None of the way is the last value or season, which few samples hardly improve on.
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
DOUBT = 2.0  # times the horizon over the number of samples: how much errors lower the share


class Caution(NamedTuple):
    """The ``penalty`` of a ridge regression, and whether it learns changes from the ``last`` value of a window.

    Of changes, the forecast follows a ``share``. ``errors`` (k,) are the root mean squares of its errors in the samples
    that were held out; 0 if none could be.
    """

    penalty: float = 1.0
    last: bool = False
    share: float = 1.0
    errors: np.ndarray | None = None


class _HeldOut(NamedTuple):
    """Weighted means over samples that were held out: of squared ``errors``, their product with forecasts, and these.

    Each is (n_penalties, k), or (k,) for one penalty.
    """

    errors: np.ndarray
    products: np.ndarray
    squares: np.ndarray

    def of(self, index):
        """The means of one penalty."""
        return _HeldOut(*(means[index] for means in self))

    def share(self, doubt):
        """What share of these forecasts errs least, or less by what errors in ``doubt`` ask for."""
        errors, products, squares = (means.sum() for means in self)
        whole = squares + doubt * errors
        return float(np.clip((squares + products) / whole, 0, 1)) if whole > 0 else 1.0

    def errors_of(self, share):
        """Mean squared errors of this share of the forecasts."""
        rest = 1 - share
        return np.maximum(self.errors + 2 * rest * self.products + rest**2 * self.squares, 0)


def chosen(inputs, targets, weight, *, n_apart=1, last=None, changes=False):
    """The `Caution` that forecasts blocks of samples best which are held out.

    From inputs (n, d), targets (n, k), and weights (n,). Blocks are ``n_apart`` samples apart from what is trained on,
    where there are as many. ``last`` (n, k) are the last values of windows; None: targets are no steps after a window,
    or ``changes`` from its last season.
    """
    parts = list(_parts(len(inputs), n_apart))
    held_out = _held_out(inputs, targets, weight, parts)
    if last is not None:
        of_changes = _held_out(inputs, targets - last, weight, parts)
        changes = bool(_least(of_changes) <= CLEARLY_WORSE * _least(held_out))
        held_out = of_changes if changes else held_out
    of_all = held_out.errors.sum(axis=1)
    choice = np.flatnonzero(of_all <= AS_GOOD * of_all.min()).max()
    own = held_out.of(choice)
    share = own.share(DOUBT * n_apart / len(inputs)) if changes else 1.0
    errors = np.sqrt(own.errors_of(share))
    return Caution(penalty=PENALTIES[choice], last=changes and last is not None, share=share, errors=errors)


def _least(held_out):
    return held_out.errors.sum(axis=1).min()


def _parts(n, n_apart):
    """Pairs of arrays: samples to train on, and a block of others."""
    apart = min(n_apart, 1 + int(MOST_LEFT_OUT * n))
    for train, test in KFold(min(N_BLOCKS, n)).split(np.arange(n)) if n > 1 else ():
        yield train[(train <= test[0] - apart) | (train >= test[-1] + apart)], test


def _held_out(inputs, targets, weight, parts):
    """The `_HeldOut` of all blocks; zeros where nothing can be trained on."""
    found, counted = np.zeros((3, len(PENALTIES), targets.shape[1])), 0.0
    for train, test in parts:
        if not (weight[train] > 0).any():
            continue
        counted += weight[test].sum()
        for index, penalty in enumerate(PENALTIES):
            ridge = Ridge(alpha=penalty).fit(inputs[train], targets[train], sample_weight=weight[train])
            forecast = ridge.predict(inputs[test]).reshape(targets[test].shape)
            wrong = targets[test] - forecast
            found[:, index] += weight[test] @ np.stack([wrong**2, wrong * forecast, forecast**2])
    return _HeldOut(*(found / counted if counted else found))
