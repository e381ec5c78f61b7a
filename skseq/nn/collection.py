"""Python's garbage collection, held back while much is made that stays: modules and graphs. Imports no TensorFlow."""

import gc
import threading
from contextlib import contextmanager

__all__ = ["collection_held_back"]

_LOCK = threading.Lock()


class _Holders:
    """How many hold it back now, in all threads, and whether it was on before the first of them."""

    n, was_on = 0, True


@contextmanager
def collection_held_back(*, lasting=False):
    """Collect no garbage for a while: TensorFlow is 400,000 objects, and to look through all of them takes 0.2 s.

    With ``lasting``, what is there in the end counts as old, so that the next collection does not look through it.
    """
    with _LOCK:
        if _Holders.n == 0:
            _Holders.was_on = gc.isenabled()
            gc.disable()
        _Holders.n += 1
    try:
        yield
    finally:
        if lasting:
            _make_old()
        with _LOCK:
            _Holders.n -= 1
            if _Holders.n == 0 and _Holders.was_on:
                gc.enable()


def _make_old():
    """Put all objects into the oldest generation, unless the user has frozen some, who would then be thawed."""
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()
