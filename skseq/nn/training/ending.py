"""When a fit ends whose loss is next to nothing, long before its last epoch."""

import logging
import math

import numpy as np

LOGGER = logging.getLogger("skseq")
NEAR = 30.0  # times the loss that is next to nothing: from there on it is looked at more often
NEAR_WITH_DROPOUT = 300.0  # the same of a loss to which dropout adds: below it the loss without is measured
WITHOUT_DROPOUT = 0.3  # times that loss: with dropout, networks still get better for new data after 1 (docs/figures.md)
FALL_SHARE = 0.1  # of all epochs, in which the rate falls to 0


class Ending:
    """Ends a fit once its loss has been below ``least`` for ``patience`` epochs; the rate then falls for a while.

    Several epochs may share a graph call, and how many depends on time. So that this has no say in what is learnt, the
    losses are looked at after epochs that follow from the losses alone: `next_look`.
    """

    def __init__(self, least, patience, n_epochs):
        self.least, self.patience, self.n_epochs = least, patience, n_epochs
        self.losses, self.next_look, self.began = [], patience, None

    def add(self, loss):
        """Take the loss of an epoch."""
        self.losses.append(loss)
        if len(self.losses) == self.next_look:
            self._look()

    def _look(self):
        done, last = len(self.losses), self.losses[-self.patience :]
        if max(last) < self.least:
            self._begin(done)
        elif last[-1] < self.least:  # as soon as it can be over
            self.next_look = done + 1 + max(k for k in range(self.patience) if last[k] >= self.least)
        else:
            self.next_look = done + self.patience * (1 if last[-1] < NEAR * self.least else 4)

    def _begin(self, done):
        self.began, self.next_look, most = done, math.inf, self.n_epochs
        self.n_epochs = min(most, done + math.ceil(FALL_SHARE * most))
        LOGGER.info("The loss is next to nothing: the fit ends after epoch %d of %d.", self.n_epochs, most)

    def factors(self, updates, n_batches):
        """What factors of the rate of these updates are multiplied by: 1, and from the beginning of the end on a line.

        It falls to 0 just after the last update.
        """
        if self.began is None:
            return 1.0
        first, last = self.began * n_batches, self.n_epochs * n_batches
        return (last - updates) / (last - first)

    def frozen(self, updates, n_batches):
        """The updates whose factors on the path of the fit count: in the end the one at its beginning."""
        return updates if self.began is None else updates.clip(max=self.began * n_batches)


class EndingWithDropout(Ending):
    """An `Ending` of a fit whose loss in training stays high because of dropout: the loss without it counts as well.

    ``measure()`` gives it, for the weights of now, every ``patience`` epochs from when the loss in training is low, or
    half as often while it is far from its limit. It has to be below `WITHOUT_DROPOUT` times ``least`` twice, so many
    epochs apart. ``measured``, number of epochs -> loss, are all that were measured: a fit that goes on from a
    checkpoint has those of before.
    """

    def __init__(self, least, patience, n_epochs, measure):
        super().__init__(least, patience, n_epochs)
        self.measure, self.measured = measure, {}

    def _look(self):
        done, last, least = len(self.losses), self.losses[-self.patience :], WITHOUT_DROPOUT * self.least
        self.next_look = done + self.patience
        if max(last) < self.least:
            self._begin(done)
        elif np.mean(last) < NEAR_WITH_DROPOUT * self.least:
            loss = self._measured(done)
            if loss < least and self.measured.get(done - self.patience, math.inf) < least:
                self._begin(done)
            elif loss > NEAR * least:
                self.next_look = done + 2 * self.patience

    def _measured(self, done):
        """The loss without dropout after so many epochs, which are those of now if it is not known."""
        if done not in self.measured:
            self.measured[done] = self.measure()
        return self.measured[done]
