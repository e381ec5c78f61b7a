"""Whether what is drawn is judged step by step, so that nobody need be told that sums over steps spread too little."""

from contextlib import contextmanager
from contextvars import ContextVar

_judged = ContextVar("judged", default=False)  # filters of warnings would be those of all threads


def is_judged_step_by_step():
    """Whether this is within `judged_step_by_step`."""
    return _judged.get()


@contextmanager
def judged_step_by_step():
    """For as long as paths are drawn for a score of single steps."""
    token = _judged.set(True)
    try:
        yield
    finally:
        _judged.reset(token)
