"""Detectors whose autoencoder writes hardly any of what sequences do: what moves less then looks the more normal."""

import numpy as np

from skseq._callers import warn_caller

MUCH_LEFT = 0.7  # of the variance: 0.4 of waves in as much noise, where standing still is found, and 0.8 to 0.9 else
MOSTLY = 0.9  # of the sequences look more normal if they stand still
FEWEST = 5


def share_left(squares, numbers):
    """Squared errors (n_steps, f) over the variance of numbers (n_steps, f), of the feature that has the least left."""
    variances = numbers.var(axis=0, dtype=np.float64)
    varies = variances > 0
    return float(np.min(squares.mean(axis=0)[varies] / variances[varies])) if varies.any() else 0.0


def stood_still(sequences):
    """Values (n, t, f) of `Sequences` that stay at the mean of each."""
    mask = sequences.mask[:, :, None]
    means = np.mean(sequences.values, axis=1, where=mask, keepdims=True, dtype=np.float64)
    return np.where(mask, means, 0).astype(sequences.values.dtype)


def warn_if_still_passes(left, scores, still, scoring, window=None):
    """Warn where much is left, and most sequences, or windows, have lower scores (n,) than if they stood ``still``."""
    if len(scores) < FEWEST or left <= MUCH_LEFT or np.mean(still > scores) <= MOSTLY:
        return
    what, one = ("sequences", "a sequence") if window is None else ("windows", "a window")
    warn_caller(
        f"What was learnt leaves {left:.2g} of the variance of held-out {what}, so that errors are little more than "
        f"how far {one} moves: {np.mean(still > scores):.0%} of them would look more normal if they stood still, "
        "and what moves less than usual is not found. If that matters, "
        f"{_by_features(scoring) if window is None else _by_deviations(window)}"
    )


def _by_features(scoring):
    """What finds sequences that move less than usual."""
    other = "" if scoring == "mahalanobis" else "set scoring='mahalanobis', which finds some of these, or "
    return (
        f"{other}judge features of each sequence instead: sklearn.ensemble.IsolationForest().fit([[np.std(x), "
        "np.ptp(x), np.mean(np.abs(np.diff(x, axis=0)))] for x in X])."
    )


def _by_deviations(window):
    """What finds the steps of a series where a feature does: in EEG, "mahalanobis" found none of them."""
    deviations = f"pandas.DataFrame(np.asarray(x)).rolling({window}).std()"
    return (
        "look for these beside it, where a feature deviates by less than ever before. In fit, of series that never "
        f"stand still, least = np.nanmin([{deviations}.min() for x in X], axis=0); later, ({deviations} < least)"
        ".any(axis=1) of each series x."
    )
