"""Python's garbage collection, held back while TensorFlow is imported. Imports no TensorFlow."""

import gc
import os
from contextlib import contextmanager

__all__ = ["collection_held_back"]

_thresholds = None  # of the user, while it is held back


@contextmanager
def collection_held_back():
    """Collect no garbage while much is made that stays: to look through the 400,000 objects of TensorFlow takes 0.2 s.

    In the end all there is counts as old, so that the next collection does not look through it. Graphs are no such
    case: they are dropped again, and only full collections free them.
    """
    global _thresholds
    _thresholds = gc.get_threshold()
    gc.set_threshold(0)  # not `gc.disable`, a switch that the user may turn meanwhile
    try:
        yield
    finally:
        if gc.get_freeze_count() == 0:  # else what the user froze would be thawed
            gc.freeze()
            gc.unfreeze()
        _collect_again()


def _collect_again():
    """Collect garbage as before; also in a process that is forked meanwhile, where the import never ends."""
    global _thresholds
    if _thresholds is not None:
        gc.set_threshold(*_thresholds)
        _thresholds = None


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_collect_again)
