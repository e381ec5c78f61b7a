"""Warnings at the line of whoever called us: Python prints that line below the message."""

import warnings
from inspect import currentframe
from weakref import WeakKeyDictionary

WITHIN = {"skseq", "sklearn", "joblib", "scikeras", "threadpoolctl", "contextlib", "numpy"}  # no lines of users
_told = WeakKeyDictionary()  # {what was told of: lines}


def warn_caller(message, category=UserWarning):
    """Warn at the line that called us, directly or through scikit-learn."""
    warnings.warn(message, category, stacklevel=_caller()[1] - 1)


def warn_caller_once(of, what, says):
    """Warn as `warn_caller`, but tell ``what`` it is ``of`` an object once at each line, as long as the object lives.

    Python itself would show it in every round of a loop, as scikit-learn's checks make it forget what it has shown.
    ``says()`` is the message, or "" for none: it may take long, and is not asked for where the line was told. Returns
    whether the line was told, now or before.
    """
    frame, level = _caller()
    line = what, frame and (frame.f_code.co_filename, frame.f_lineno)
    lines = _told.setdefault(of, set())
    if line in lines:
        return True
    if not (message := says()):
        return False
    warnings.warn(message, UserWarning, stacklevel=level - 1)
    lines.add(line)  # after an error it is told again
    return True


def _caller():
    """The frame of the caller, or None, and which it is as Python counts them for this function."""
    level, frame = 1, currentframe()  # that of this function
    while frame is not None and _is_within(frame):
        level += not _is_of_import(frame)  # which Python does not count
        frame = frame.f_back
    return frame, level


def _is_within(frame):
    name = frame.f_globals.get("__name__") or ""
    return name.partition(".")[0] in WITHIN or _is_of_import(frame)


def _is_of_import(frame):
    return "importlib" in frame.f_code.co_filename and "_bootstrap" in frame.f_code.co_filename
