"""Parameters and arguments as all rooms have them: integers within bounds, switches, seeds, scores and paths."""

import os
from contextlib import suppress
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from skseq._sklearn import Interval

MOST = 2**31 - 1  # beyond any use; arrays and loops of more would fail without saying why


class Number(Interval):
    """The constraint of a parameter: a number of an interval, and no boolean."""

    def is_satisfied_by(self, val):
        return not isinstance(val, bool) and super().is_satisfied_by(val)


class Count(Number):
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


def brief(value, length=40):
    """How a value prints, in so many letters; what is cut ends with dots, and a string with its quote."""
    text = repr(value.item() if isinstance(value, (np.str_, np.bytes_)) else value)  # not as np.str_('...')
    if len(text) <= length:
        return text
    end = f"...{text[-1]}" if isinstance(value, (str, bytes)) else "..."
    return text[: length - len(end)] + end


def of_python(value):
    """A scalar of NumPy as one of Python, which is printed without its type; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def is_count(number):
    """Whether this is an integer from 1 to `MOST`, and no boolean."""
    return Count().is_satisfied_by(number)


def check_count(argument, number):
    """An integer from 1 to `MOST`; else ValueError."""
    if not is_count(number):
        raise ValueError(f"{argument} must be an integer from 1 to {MOST}. Got {brief(number, 80)}.")
    return number


def check_counts(numbers, n_samples):
    """Integers (n_samples,) from 1 to `MOST`, one for each sample; else ValueError."""
    numbers, is_allowed = list(numbers), Count().is_satisfied_by
    wrong = [f"{brief(number, 80)} at index {index}" for index, number in enumerate(numbers) if not is_allowed(number)]
    if wrong or len(numbers) != n_samples:
        raise ValueError(
            f"n_steps must be an integer from 1 to {MOST}, or one for each of the {n_samples} sample(s) of X. Got "
            f"{wrong[0] if wrong else f'{len(numbers)} numbers'}."
        )
    return np.array(numbers, np.int64)


def refuse_tables(**arguments):
    """Raise ValueError, by the name of its argument, for a table where a number or a list of some belongs."""
    for argument, value in arguments.items():
        if getattr(value, "ndim", 0) > 1 or is_frame(value):
            raise ValueError(
                f"{argument} must be no table. Got {type(value).__name__} of shape {value.shape}: if it holds "
                f"covariates, pass it by name, such as X_future=..., and leave {argument} out."
            )


def check_switch(argument, value):
    """Raise ValueError unless an argument is True or False: a text such as "no" would count as True."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{argument} must be True or False. Got {brief(value, 80)}.")


def as_random_state(random_state):
    """scikit-learn's `check_random_state`, whose errors name the argument; a boolean is no seed."""
    if not isinstance(random_state, bool):
        with suppress(ValueError):
            return check_random_state(random_state)
    raise ValueError(
        f"random_state must be None, an integer from 0 to {2**32 - 1} or a RandomState. Got {brief(random_state, 80)}."
    )


def as_score(score, scoring):
    """What a scorer gave, as a float, which may be NaN; what is no number raises ValueError."""
    if not isinstance(score, (str, bytes)):
        with suppress(TypeError, ValueError):
            return float(score)
    raise ValueError(f"scoring={brief(scoring, 80)} must give a number. Got {brief(score, 80)}.")


def library_of(value):
    """The name of the library that a class comes from, such as "pandas": nothing has to be imported to tell it."""
    return type(value).__module__.partition(".")[0]


def is_frame(X):
    """Whether this is a frame of pandas or polars."""
    return library_of(X) in ("pandas", "polars") and hasattr(X, "columns")


def refuse_lazy(kind, where):
    """Raise TypeError for the type of a LazyFrame of polars, which has no columns before it has been computed."""
    if kind.__module__.partition(".")[0] == "polars" and hasattr(kind, "collect"):
        raise TypeError(f"{where} is a {kind.__name__} of polars, which is not computed yet: pass {where}.collect().")


def check_path(argument, path, expected="a path"):
    """Raise ValueError unless this can be a path; an integer is none, which Python would take for an open file."""
    if not isinstance(path, (str, bytes, os.PathLike)) or "\0" in os.fsdecode(path):
        raise ValueError(f"{argument} must be {expected}, without null characters. Got {brief(path, 80)}.")
