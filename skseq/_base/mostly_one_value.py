"""Targets that are mostly one value, as sales of slow movers are mostly 0: it is their median, whatever their mean."""

import warnings

import numpy as np

from skseq.exceptions import TrainingWarning

OF_MEDIANS = ("absolute_error", "quantile")  # losses by which points are medians


def warn_if_mostly_one_value(targets, loss):
    """Warn of targets (n, n_targets) of which more than half are one value and not all, if medians are forecast."""
    if loss not in OF_MEDIANS or not len(targets):
        return
    median = np.median(targets, axis=0)
    shares = np.mean(targets == median, axis=0)
    for target in np.flatnonzero((shares > 0.5) & (shares < 1)):
        own, name = targets[:, target], "y" if targets.shape[1] == 1 else f"target {target} of y"
        are_counts = own.min() >= 0 and (own % 1 == 0).all()
        means = "'squared_error', or 'negative_binomial' for counts" if are_counts else "'squared_error'"
        warnings.warn(
            f"{shares[target]:.0%} of {name} is {median[target]:g}, and loss={loss!r} forecasts medians: near "
            f"{median[target]:g}, although the mean is {own.mean():.3g}. Sums of medians are no forecasts of sums, "
            f"such as those of sales. To forecast means, set loss={means}; in SeriesForecaster, "
            "estimator=Seq2SeqRegressor(loss=...).",
            TrainingWarning,
            stacklevel=2,
        )
