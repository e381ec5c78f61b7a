"""Warnings at the line of whoever called us: Python prints that line below the message."""

import warnings
from inspect import currentframe

WITHIN = {"skseq", "sklearn", "joblib", "scikeras", "threadpoolctl", "contextlib"}  # no lines that a user wrote


def warn_caller(message, category=UserWarning):
    """Warn at the line that called us, directly or through scikit-learn."""
    level, frame = 1, currentframe()  # that of this function
    while frame is not None and _is_within(frame):
        level += not _is_of_import(frame)  # which Python does not count
        frame = frame.f_back
    warnings.warn(message, category, stacklevel=level)


def _is_within(frame):
    name = frame.f_globals.get("__name__") or ""
    return name.partition(".")[0] in WITHIN or _is_of_import(frame)


def _is_of_import(frame):
    return "importlib" in frame.f_code.co_filename and "_bootstrap" in frame.f_code.co_filename
