"""A fit that fails leaves its estimator as it was."""

from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


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
