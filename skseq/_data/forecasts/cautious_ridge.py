"""How much a linear model of few samples is held back, from where it starts, and how far it is followed.

Samples that follow on each other, such as overlapping windows of one series, tell less than their number says, and
leave-one-out errors are too good to be true. So whole blocks of samples are held out, and the samples next to a block
are left out of training, too (Burman, Chow and Nolan, "A cross-validatory method for dependent data", Biometrika 1994).

What is learnt of changes is followed for a share of the way, as held-out blocks ask for (Breiman, "Stacked
Regressions", Machine Learning 1996). None of the way is the last value, the last season, or the mean of seasons on the
level of the last one, which few samples hardly improve on.
"""

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

PENALTIES = tuple(10.0**power for power in range(-1, 5))
N_BLOCKS = 5
MOST_LEFT_OUT = 0.1  # of the samples, on each side of a block
AS_GOOD = 1.05  # times the least error: blocks are few, so the most cautious choice within it is taken
CLEARLY_WORSE = 1.3  # times that of levels, for changes from the last value; 2 cost series with a trend a quarter
DOUBT = 2.0  # times the horizon over the number of samples: how much errors lower the share


class Caution(NamedTuple):
    """The ``penalty`` of a ridge regression, and whether it learns changes from the ``start`` that a window tells of.

    Of changes, the forecast follows a ``share``. ``errors`` are the root mean squares of its errors in the samples that
    were held out; 0 if none could be. Each is (k,), of every target by itself.
    """

    penalty: np.ndarray | float = 1.0
    start: np.ndarray | bool = False
    share: np.ndarray | float = 1.0
    errors: np.ndarray | None = None


class _HeldOut(NamedTuple):
    """Weighted means over samples that were held out: of squared ``errors``, their product with forecasts, and these.

    Each is (n_penalties, k), or (k,) with one penalty for each target.
    """

    errors: np.ndarray
    products: np.ndarray
    squares: np.ndarray

    @property
    def cautious(self):
        """Numbers (k,) of the largest penalties that are as good as the best."""
        as_good = self.errors <= AS_GOOD * self.errors.min(axis=0)
        return len(as_good) - 1 - as_good[::-1].argmax(axis=0)

    def of(self, index):
        """The means of one penalty for each target."""
        return _HeldOut(*(means[index, np.arange(len(index))] for means in self))

    def share(self, doubt, of_none):
        """What share of these forecasts errs least, or less by what errors in ``doubt`` ask for."""
        whole = self.squares + doubt * self.errors
        followed = np.divide(self.squares + self.products, whole, out=np.full_like(whole, of_none), where=whole > 0)
        return np.clip(followed, 0, 1)

    def errors_of(self, share):
        """Mean squared errors of such shares of the forecasts."""
        rest = 1 - share
        return np.maximum(self.errors + 2 * rest * self.products + rest**2 * self.squares, 0)


def chosen(inputs, targets, weight, *, n_apart=1, start=None, changes=False):
    """The `Caution` that forecasts blocks of samples best which are held out.

    From inputs (n, d), targets (n, h, k) of several steps, and weights (n,). Blocks are ``n_apart`` samples apart from
    what is trained on, where there are as many. ``start`` (n, h, k) is where forecasts may start; None: targets are no
    steps after a window, or it holds no season. They are levels, or ``changes`` from the last season.
    """
    parts = list(_parts(len(inputs), n_apart))
    held_out = _held_out(inputs, targets, weight, parts)
    from_start = np.zeros(targets.shape[2], bool)
    if start is not None:
        of_changes = _held_out(inputs, targets - start, weight, parts)
        most = 1.0 if changes else CLEARLY_WORSE
        from_start = of_changes.errors.min(axis=0) <= most * held_out.errors.min(axis=0)
        held_out = _HeldOut(*(np.where(from_start, *each) for each in zip(of_changes, held_out)))
    choice = held_out.cautious
    own = held_out.of(choice)
    of_none = 0.0 if changes else 1.0  # one window tells a trend, but two seasons none: it would be all that differs
    share = np.where(from_start | changes, own.share(DOUBT * n_apart / len(inputs), of_none), 1.0)
    errors = np.sqrt(own.errors_of(share))
    return Caution(penalty=np.array(PENALTIES)[choice], start=from_start, share=share, errors=errors)


def _parts(n, n_apart):
    """Pairs of arrays: samples to train on, and a block of others."""
    apart = min(n_apart, 1 + int(MOST_LEFT_OUT * n))
    for train, test in KFold(min(N_BLOCKS, n)).split(np.arange(n)) if n > 1 else ():
        yield train[(train <= test[0] - apart) | (train >= test[-1] + apart)], test


def _held_out(inputs, targets, weight, parts):
    """The `_HeldOut` of all blocks and steps; zeros where nothing can be trained on."""
    n, horizon, k = targets.shape
    found, counted, flat = np.zeros((3, len(PENALTIES), k)), 0.0, targets.reshape(n, -1)
    for train, test in parts:
        if not (weight[train] > 0).any():
            continue
        counted += horizon * weight[test].sum()
        forecasts = _forecasts(inputs[train], flat[train], weight[train], inputs[test])
        forecasts = forecasts.reshape(-1, *targets[test].shape)  # (n_penalties, n, h, k)
        wrong = targets[test] - forecasts
        for mean, own in zip(found, (wrong**2, wrong * forecasts, forecasts**2)):
            mean += np.einsum("n,pnhk->pk", weight[test], own)
    return _HeldOut(*(found / counted if counted else found))


def _forecasts(inputs, targets, weight, new):
    """What ridge regressions forecast for new inputs (n, d): (n_penalties, n, k); one decomposition serves all."""
    k = targets.shape[1]
    ridge = Ridge(alpha=np.repeat(PENALTIES, k), solver="svd")  # a penalty for each target
    ridge.fit(inputs, np.tile(targets, len(PENALTIES)), sample_weight=weight)
    return ridge.predict(new).reshape(len(new), len(PENALTIES), k).swapaxes(0, 1)
