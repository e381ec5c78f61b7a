"""Parameters and arguments as all rooms have them: integers within bounds, paths, and whose container something is."""

import os
from numbers import Integral

from skseq._sklearn import Interval

MOST = 2**31 - 1  # beyond any use; arrays and loops of more would fail without saying why


class Count(Interval):
    """The constraint of a parameter: an integer within bounds, and no boolean.

    Parameters
    ----------
    least : int, default=1
        The smallest integer that is allowed.

    most : int, default=MOST
        The largest one.
    """

    def __init__(self, least: int = 1, most: int = MOST):
        super().__init__(Integral, least, most, closed="both")

    def is_satisfied_by(self, val):
        return not isinstance(val, bool) and super().is_satisfied_by(val)


def is_count(number):
    """Whether this is an integer from 1 to `MOST`, and no boolean."""
    return Count().is_satisfied_by(number)


def check_count(argument, number):
    """Raise ValueError unless an argument is an integer from 1 to `MOST`."""
    if not is_count(number):
        raise ValueError(f"{argument} must be an integer from 1 to {MOST}. Got {number!r:.80}.")


def library_of(value):
    """The name of the library that a class comes from, such as "pandas": nothing has to be imported to tell it."""
    return type(value).__module__.partition(".")[0]


def check_path(argument, path, expected="a path"):
    """Raise ValueError unless this can be a path; an integer is none, which Python would take for an open file."""
    if not isinstance(path, (str, bytes, os.PathLike)) or "\0" in os.fsdecode(path):
        raise ValueError(f"{argument} must be {expected}, without null characters. Got {path!r:.80}.")
