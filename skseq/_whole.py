"""A fit that fails leaves its estimator as it was, and one whose part is of no use is not ended half-way."""

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])
_undivided = ContextVar("undivided", default=False)


@contextmanager
def all_or_nothing(estimator):
    """Undo every attribute a failing fit has set: an estimator is fitted as a whole or stays as it was."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:  # an interrupt, too
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def fits_whole(fit: Method) -> Method:
    """A method `fit` that is undone where it fails, see `all_or_nothing`."""

    @wraps(fit)
    def whole(self, *args, **kwargs):
        with all_or_nothing(self):
            return fit(self, *args, **kwargs)

    return whole


@contextmanager
def undivided():
    """For fits that nobody sees, on which others build: an interrupt is raised, and does not keep what was learnt."""
    token = _undivided.set(True)
    try:
        yield
    finally:
        _undivided.reset(token)


def is_undivided():
    """Whether this is within `undivided`."""
    return _undivided.get()
