"""Targets that do not go on from the windows they are forecast from: warnings."""

import numpy as np

from skseq._callers import warn_caller


def warn_of_another_quantity(sequences, columns, targets, going_on, season):
    """Warn of targets (n, h, k) not all of which are ``going_on`` (k,) from these columns of X, one for each.

    With a ``season`` they are forecast from there all the same.
    """
    target = int(np.argmin(going_on))
    low, high = _range(sequences.values[:, :, columns[target]][sequences.mask])
    least, most = _range(targets[:, :, target])
    others = ""
    if any(going_on) and season is None:
        others = " The other targets are read without their past, too: if they go on, fit an estimator of their own."
    taken = (
        "target_features='auto' takes none of X for the past of y, as target_features=None does. Set this if that is "
        f"right, or target_features={columns} to forecast y from the level of each window."
        if season is None
        else f"season={season} asks for these. If it is another quantity, set target_features=None and season=None."
    )
    warn_caller(
        f"y does not go on from column {columns[target]} of X, which lies from {low} to {high}, and y from {least} to "
        f"{most}: forecasts from the level of each window are worse than the mean of y. Most likely it is another "
        f"quantity, or on another scale. {taken} If y was transformed, transform X alike.{others}"
    )


def _range(values):
    return f"{np.min(values):.4g}", f"{np.max(values):.4g}"


def warn_if_beside(lengths, target_lengths):
    """Warn where ragged y has as many steps as X in every sample: nothing follows X then, y runs beside it."""
    if len(np.unique(lengths)) > 1 and np.array_equal(lengths, target_lengths):
        warn_caller(
            f"y has as many steps as X in all {len(lengths)} samples. Seq2SeqRegressor forecasts what follows X. If y "
            "has a number for every timestep of X, learn each from the window that ends there: cut X and y with "
            "SlidingWindows().split_series, and fit SequenceRegressor on the last step of every target."
        )
