"""What a fit prints: one short line per epoch."""

import time

FIGURES = 4  # digits
_OF_EXPERTS = ("gradient_norm", "largest_gradient_norm", "largest_weight", "learning_rate")


class Progress:
    """Prints the figures of every epoch in a line of its own, the same on a terminal, in a notebook and in a file.

    ``verbose`` of 0 prints nothing, 1 losses and metrics, more than that all of the history.
    """

    def __init__(self, n_epochs, verbose):
        self.n_epochs, self.verbose = n_epochs, verbose
        self.started = time.perf_counter() if verbose else None

    def show(self, epoch, logs):
        """Print the line of an epoch, the first of which is 0."""
        if not self.verbose:
            return
        shown = {name: value for name, value in logs.items() if self.verbose > 1 or name not in _OF_EXPERTS}
        figures = "  ".join(f"{name} {value:.{FIGURES}g}" for name, value in shown.items())
        number = f"{epoch + 1:{len(str(self.n_epochs))}d}/{self.n_epochs}"
        print(f"epoch {number}  {figures}  ({time.perf_counter() - self.started:.1f} s)", flush=True)
