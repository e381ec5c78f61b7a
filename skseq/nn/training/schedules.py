"""Learning-rate paths: factors that multiply the optimizer's rate, one per update.

A path is a function of ``done``, the share of its updates already done: 0 at the first one, just below 1 at the last.
The factors are fed to the graph together with the batches. So no schedule and no number of epochs causes a new trace.
"""

import math

import numpy as np

EXPONENTIAL_END = 0.01  # the factor after the last update
CYCLE_BASE, CYCLE_RISE, CYCLE_END = 0.1, 0.45, 0.9  # factor before the rise; shares where rise and cycle end
PLATEAU_FACTOR, PLATEAU_GAIN = 0.5, 1e-4  # gain: the share of the best loss by which a better one is below it


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


class Plateau:
    """A factor that is halved whenever a loss has not fallen for ``patience`` epochs."""

    def __init__(self, patience):
        self.patience, self.factor, self.best, self.waited = patience, 1.0, math.inf, 0

    def update(self, loss):
        """Take the loss of an epoch."""
        if loss < self.best * (1 - PLATEAU_GAIN):
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited >= self.patience:
            self.factor, self.waited = self.factor * PLATEAU_FACTOR, 0


class Path:
    """The factors of one fit, epoch by epoch: ``of(updates)`` of some of its updates, times those of a `Plateau`."""

    def __init__(self, of, n_batches, plateau=None):
        self.of, self.n_batches, self.plateau = of, n_batches, plateau

    def __call__(self, some):
        """Factors (n_epochs, n_batches) of a range of epochs."""
        updates = np.arange(some.start * self.n_batches, some.stop * self.n_batches)
        return self.of(updates).reshape(len(some), self.n_batches) * (self.plateau.factor if self.plateau else 1.0)

    @property
    def known(self):
        """Whether the factors of all epochs are known beforehand."""
        return self.plateau is None

    def update(self, logs):
        """Take the losses of an epoch: the validation loss counts if there is one."""
        if self.plateau:
            self.plateau.update(logs.get("val_loss", logs["loss"]))
