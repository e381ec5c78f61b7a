"""What comes of a call: numbers to compare, or an error to judge."""

import re
import traceback
import warnings
from contextlib import contextmanager

import numpy as np

RAW = ("numpy", "pandas", "polars", "scipy", "keras", "tensorflow", "narwhals", "pyarrow")


def outcome(call):
    """(result, None) or (None, error). Warnings of NumPy and Python are errors: they hide what went wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for category in (RuntimeWarning, DeprecationWarning, np.exceptions.ComplexWarning):
            warnings.simplefilter("error", category)
        try:
            return call(), None
        except Exception as error:  # judged by `unclear`
            return None, error


def unclear(error, *arguments):
    """Why an error does not say enough, or None: it must be of the right type, name an argument and come from us."""
    if not isinstance(error, (ValueError, TypeError)):
        return f"it is a {type(error).__name__}"
    message = str(error)
    if not any(re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", message) for name in arguments):
        return f"it names none of {', '.join(arguments)}"
    last = traceback.extract_tb(error.__traceback__)[-1].filename
    library = next((name for name in RAW if f"/{name}/" in last), None)
    if library is not None:
        return f"it comes from {library}"
    return f"it has {len(message)} letters" if len(message) > 1000 else None


def check_clear(error, *arguments, given=None):
    """Fail with the error itself if it is unclear."""
    why = unclear(error, *arguments)
    assert why is None, f"{why}: {type(error).__name__}: {str(error)[:500]}\nfor {given!r:.300}"


def nested(value):
    """Any result as nested lists, tuples and plain values: containers and types of numbers do not count."""
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        value = sorted(value.items())
    return [nested(own) for own in value] if isinstance(value, (list, tuple)) else value


def differ(one, other, *, tolerance=1e-6):
    """Whether two results are not the same, by more than the tolerance."""
    if isinstance(one, list) or isinstance(other, list):
        same_form = isinstance(one, list) and isinstance(other, list) and len(one) == len(other)
        return not same_form or any(differ(*both, tolerance=tolerance) for both in zip(one, other))
    if isinstance(one, float) and isinstance(other, (float, int)):
        return not np.isclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)
    return one is not other and one != other  # of pandas.NA it is not known whether it equals itself


def check_same(one, other, *, tolerance=1e-6):
    """Fail unless two results are the same."""
    one, other = nested(one), nested(other)
    assert not differ(one, other, tolerance=tolerance), f"{one!r:.400}\nis not\n{other!r:.400}"


@contextmanager
def unchanged(estimator):
    """Fail if a call leaves an attribute of the estimator another object than before, or adds or drops one."""
    before = dict(vars(estimator))
    yield
    after = vars(estimator)
    changed = [name for name in before.keys() | after.keys() if before.get(name, before) is not after.get(name, after)]
    assert not changed, f"the call changed {changed}"
