"""Interrupts of a fit: one that comes while a graph runs is held back until there is what the graph returns."""

import signal
import threading
import warnings
from contextlib import contextmanager


class EpochInterrupted(KeyboardInterrupt):
    """An interrupt within an epoch: ``logs`` are the figures of the updates done, ``finite`` is whether all were."""

    def __init__(self, logs, finite=True):
        super().__init__()
        self.logs, self.finite = logs, finite


def warn_of_interrupt():
    """Say that a KeyboardInterrupt has ended training."""
    warnings.warn("Training interrupted by user: the weights learnt so far are kept.", stacklevel=3)


@contextmanager
def held_interrupts():
    """Note signals that would raise KeyboardInterrupt; yields the list of their numbers, which may grow.

    Handlers of the user's own stay. Threads beside the main one get no signals.
    """
    came, held = [], []
    if threading.current_thread() is threading.main_thread():
        signals = (signal.SIGINT, signal.SIGTERM)
        held = [number for number in signals if signal.getsignal(number) is signal.default_int_handler]
    for number in held:
        signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield came
    finally:
        for number in held:
            signal.signal(number, signal.default_int_handler)
