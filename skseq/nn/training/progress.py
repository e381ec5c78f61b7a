"""What a fit prints: one short line per epoch, or none, and how long it will take if that is long."""

import logging
import time

LONG_SECONDS = 10  # a fit that takes longer says so
LOGGER = logging.getLogger("skseq")
FIGURES = 4  # digits
_OF_EXPERTS = ("gradient_norm", "largest_gradient_norm", "largest_weight", "learning_rate")


class Progress:
    """Prints the figures of every epoch in a line of its own, the same on a terminal, in a notebook and in a file.

    ``verbose`` of 0 prints nothing, 1 losses and metrics, more than that all of the history. ``may_end`` says whether
    there may be fewer epochs than ``n_epochs``.
    """

    def __init__(self, n_epochs, verbose, *, may_end=False):
        self.n_epochs, self.verbose, self.may_end = n_epochs, verbose, may_end
        self.started = time.perf_counter() if verbose else None
        self.told, self.first, self.began = verbose > 0, None, None  # for `tell_if_long`

    def show(self, epoch, logs):
        """Print the line of an epoch, the first of which is 0."""
        if not self.verbose:
            return
        shown = {name: value for name, value in logs.items() if self.verbose > 1 or name not in _OF_EXPERTS}
        figures = "  ".join(f"{name} {value:.{FIGURES}g}" for name, value in shown.items())
        number = f"{epoch + 1:{len(str(self.n_epochs))}d}/{self.n_epochs}"
        print(f"epoch {number}  {figures}  ({time.perf_counter() - self.started:.1f} s)", flush=True)

    def tell_if_long(self, epoch):
        """After an epoch, log once how long a silent fit will take; the first may have compiled, and is not timed."""
        if self.began is None:
            self.first, self.began = epoch, time.perf_counter()
        if not self.told:
            n_done, n_epochs = epoch - self.first, self.n_epochs - 1 - self.first
            self.told = _tell_of_long_fit(n_done, n_epochs, time.perf_counter() - self.began, self.may_end)


def _tell_of_long_fit(n_done, n_epochs, seconds, may_end=False):
    """Log how long a fit will take that has been silent for `LONG_SECONDS`; returns whether it was told."""
    if not n_done or seconds < LONG_SECONDS or seconds * (n_epochs - n_done) < LONG_SECONDS * n_done:
        return False
    left = seconds / n_done * (n_epochs - n_done)
    message = (
        "This fit takes about %.0f more seconds%s (epoch %d of %d). verbose=1 shows its progress in place of this "
        "line; logging.getLogger('skseq').setLevel('ERROR') hides it."
    )
    early = ", or fewer if it ends early" * may_end
    LOGGER.warning(message, left, early, n_done + 1, n_epochs + 1)  # to stderr, unless logging is set up
    return True
