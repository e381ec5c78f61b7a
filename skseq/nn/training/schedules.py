"""What is fed for every update alone: a factor of the learning rate, and its share in the mean of the weights.

A learning-rate path is a function of ``done``, the share of its updates already done: 0 at the first one, just below 1
at the last. All numbers are fed to the graph together with the batches. So no schedule, no kind of mean and no number
of epochs causes a new trace.
"""

import math

import numpy as np

EMA_DECAY, SWA_SHARE = 0.999, 0.25
EXPONENTIAL_END = 0.01  # the factor after the last update
CYCLE_BASE, CYCLE_RISE, CYCLE_END = 0.1, 0.45, 0.9  # factor before the rise; shares where rise and cycle end
PLATEAU_FACTOR, PLATEAU_GAIN = 0.5, 1e-4  # a better loss is lower by more than this share of the best one


def cosine(done):
    """(1 + cos(pi done)) / 2: Loshchilov & Hutter 2017, equation 5, without restarts."""
    return (1 + np.cos(np.pi * done)) / 2


def linear(done):
    """1 - done."""
    return 1 - done


def exponential(done):
    """0.01^done."""
    return EXPONENTIAL_END**done


def one_cycle(done, rise=CYCLE_RISE):
    """Straight lines from 0.1 to 1, back to 0.1, and in the last tenth to 0: Smith & Topin 2018."""
    return np.interp(done, [0, rise, CYCLE_END, 1], [CYCLE_BASE, 1, CYCLE_BASE, 0])


_PATHS = {
    "constant": np.ones_like,
    "cosine": cosine,
    "linear": linear,
    "exponential": exponential,
    "reduce_on_plateau": np.ones_like,  # `Plateau` says the rest
}


def factors(schedule, warmup, n_updates, updates=None):
    """Factors of the learning rate for ``updates``, an array of indices, out of ``n_updates``; None are all.

    Over the share ``warmup`` of all updates the factor rises linearly, and only then the path begins. The line starts
    at 0 before the first update, so that no update is wasted. In a cycle ``warmup`` is the share of its rise.
    """
    updates = np.arange(n_updates) if updates is None else updates
    if schedule == "one_cycle":
        return one_cycle(updates / n_updates, warmup or CYCLE_RISE)
    n_warm = min(round(warmup * n_updates), n_updates - 1)
    done = np.maximum(updates - n_warm, 0.0) / (n_updates - n_warm)
    return np.where(updates < n_warm, (updates + 1) / (n_warm + 1), _PATHS[schedule](done))


def shares(weight_average, n_updates, updates):
    """Shares a of these updates in the mean of the weights, mean += a (w - mean); with all 1 it is the last weights.

    "ema" has 1 - a = min(0.999, (1 + t) / (10 + t)) at update t: the mean spans about the last tenth of the updates.
    "swa" is the plain mean over the last quarter of them (Izmailov et al. 2018).
    """
    if weight_average == "ema":
        return 1 - np.minimum(EMA_DECAY, (1 + updates) / (10 + updates))
    if weight_average == "swa":
        first = n_updates - max(1, round(SWA_SHARE * n_updates))
        return 1 / np.maximum(1, updates - first + 1)
    return np.ones(len(updates))


class Plateau:
    """A factor that is halved whenever a loss has not fallen for ``patience`` epochs."""

    def __init__(self, patience):
        self.patience, self.factor, self.best, self.waited = patience, 1.0, math.inf, 0

    def update(self, loss):
        """Take the loss of an epoch."""
        gain = PLATEAU_GAIN * abs(self.best) if math.isfinite(self.best) else 0.0  # log densities may be below 0
        if loss < self.best - gain:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited >= self.patience:
            self.factor, self.waited = self.factor * PLATEAU_FACTOR, 0


class Paths:
    """What is fed for the updates of one fit, epoch by epoch.

    ``factors_of(updates)`` and ``shares_of(updates)`` give the factors, which a `Plateau` or an `Ending` may lower, and
    the shares.
    """

    def __init__(self, factors_of, shares_of, n_batches, plateau=None, ending=None):
        self.factors_of, self.shares_of, self.n_batches = factors_of, shares_of, n_batches
        self.plateau, self.ending = plateau, ending

    def __call__(self, some):
        """Name -> (n_epochs, n_batches), for a range of epochs."""
        updates = np.arange(some.start * self.n_batches, some.stop * self.n_batches)
        factor = self._factors(updates) * (self.plateau.factor if self.plateau else 1.0)
        fed = {"rate_factor": factor, "average_share": self.shares_of(updates)}
        return {name: x.reshape(len(some), self.n_batches) for name, x in fed.items()}

    def _factors(self, updates):
        if self.ending is None:
            return self.factors_of(updates)
        path = self.factors_of(self.ending.frozen(updates, self.n_batches))
        return path * self.ending.factors(updates, self.n_batches)

    @property
    def known(self):
        """Whether the numbers of all epochs are known beforehand."""
        return self.plateau is None

    def update(self, logs):
        """Take the losses of an epoch: the validation loss counts if there is one."""
        if self.plateau:
            self.plateau.update(logs.get("val_loss", logs["loss"]))
