"""A y that a forecaster ignores, because its targets are the next steps of X."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.calendars import is_one_series
from skseq._data.sequences import as_samples, is_sequence


def warn_if_beside_series(series, X, y):
    """Warn where y has an entry for every step of the `LongSeries` in X: most likely y is what is to be forecast.

    The steps that follow X, which a cross-validation passes to be scored, are fewer. An y that is X is no mistake.
    """
    if y is None or y is X or not hasattr(y, "__len__") or isinstance(y, str):
        return
    is_alone = len(series) == 1 and len(y) == series.lengths[0]
    if not is_alone and _lengths(y) != series.lengths.tolist():
        return
    if _are_equal(y, X):
        return
    targets = "[y]" if is_alone and not is_one_series(y) else "y"
    warn_caller(
        "y is ignored: a forecaster learns the next steps of X. But y has an entry for every step of X. If y is to be "
        f"forecast, it is the series, and X are covariates: fit({targets}, X_past=X), or X_future=X if X is known "
        "ahead. To forecast X, leave y out.",
        UserWarning,
    )


def _lengths(y):
    """The number of entries of every sample of y; None if samples are no sequences."""
    samples = as_samples(y)
    if samples is None:
        samples = list(np.asarray(y))
    return [len(sample) for sample in samples] if all(map(is_sequence, samples)) else None


def _are_equal(y, X):
    samples, others = as_samples(y), as_samples(X)
    if samples is None or others is None:
        return np.array_equal(np.squeeze(np.asarray(y)), np.squeeze(np.asarray(X)))
    return len(samples) == len(others) and all(map(_are_alike, samples, others))


def _are_alike(sample, other):
    return np.array_equal(np.squeeze(np.asarray(sample)), np.squeeze(np.asarray(other)))
