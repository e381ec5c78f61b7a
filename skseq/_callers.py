"""Warnings at the line of whoever called us: Python prints that line below the message."""

import warnings
from inspect import currentframe

WITHIN = {"skseq", "sklearn", "joblib", "scikeras", "threadpoolctl", "contextlib"}  # no lines that a user wrote


def warn_caller(message, category=UserWarning):
    """Warn at the line that called us, directly or through scikit-learn."""
    level, frame = 1, currentframe()  # that of this function
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in WITHIN:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
