"""When a fit ends whose loss is next to nothing, long before its last epoch."""

import logging
import math

LOGGER = logging.getLogger("skseq")
NEAR = 30.0  # times the loss that is next to nothing: from there on it is looked at more often
FALL_SHARE = 0.1  # of all epochs, in which the rate falls to 0


class Ending:
    """Ends a fit once its loss has been below ``least`` for ``patience`` epochs; the rate then falls for a while.

    Several epochs may share a graph call, and how many depends on time, which must not change what is learnt. So the
    losses are looked at only at `next_look`, a number of epochs that follows from the losses alone.
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
            self.began, self.next_look, most = done, math.inf, self.n_epochs
            self.n_epochs = min(most, done + math.ceil(FALL_SHARE * most))
            LOGGER.info("The loss is next to nothing: the fit ends after epoch %d of %d.", self.n_epochs, most)
        elif last[-1] < self.least:  # as soon as it can be over
            self.next_look = done + 1 + max(k for k in range(self.patience) if last[k] >= self.least)
        else:
            self.next_look = done + self.patience * (1 if last[-1] < NEAR * self.least else 4)

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
