"""Interrupts of a fit: one that comes while a graph is traced or runs is held back until there is what it returns.

The first one ends a fit, which keeps what it has learnt; a search goes on with the next. A second one soon after stops
all, and so does one in a fit that is `skseq._whole.undivided`.
"""

import math
import signal
import threading
import time
from contextlib import contextmanager

from skseq._callers import warn_caller
from skseq._whole import is_undivided

SOON = 3.0  # seconds
_last = -math.inf  # when an interrupt ended training in this process, by `time.monotonic`


class EpochInterrupted(KeyboardInterrupt):
    """An interrupt within an epoch: ``logs`` are the figures of the updates done, ``finite`` is whether all were."""

    def __init__(self, logs, finite=True):
        super().__init__()
        self.logs, self.finite = logs, finite


def accept_interrupt():
    """Note that a KeyboardInterrupt has ended training; raise it instead if it is to stop all."""
    if is_undivided() or time.monotonic() - _last < SOON:
        raise KeyboardInterrupt
    _note_interrupt()


def warn_of_interrupt():
    """Say that a KeyboardInterrupt has ended training; once all is stored, because a warning may be an error."""
    warn_caller(
        "Training interrupted by user: the weights learnt so far are kept. If more fits follow, as in a search, the "
        f"next one begins: interrupt again within {SOON:g} s to stop all."
    )


def _note_interrupt():
    global _last
    _last = time.monotonic()


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
        if len(came) > 1:
            _note_interrupt()
