"""Targets that are mostly one value, as sales of slow movers are mostly 0: it is their median, whatever their mean."""

import warnings
from math import ceil

import numpy as np

from skseq.exceptions import TrainingWarning

OF_MEDIANS = ("absolute_error", "quantile")  # losses by which points are medians
TOLD = 0.7  # agreement beyond chance from which on a step before tells the value: 1 is always, 0 as if drawn at random
LOOKED_AT = 1_000  # windows


def warn_if_mostly_one_value(windows, columns, targets, counted, loss):
    """Warn of targets (n, h, n_targets) of which more than half are one value, unless earlier steps tell which.

    ``columns`` of the `Sequences` are the targets' own past, or None; ``counted`` (n, h) says which steps count. Nights
    of solar power are told by the day before, and medians are right to be 0 there.
    """
    if loss not in OF_MEDIANS or not counted.any():
        return
    values = targets[counted]
    median = np.median(values, axis=0)
    shares = np.mean(values == median, axis=0)
    for target in np.flatnonzero((shares > 0.5) & (shares < 1)):
        column = None if columns is None else columns[target]
        if _is_told(windows, column, targets[:, :, target], counted, median[target]):
            continue
        own, name = values[:, target], "y" if values.shape[1] == 1 else f"target {target} of y"
        are_counts = own.min() >= 0 and own.max() > 1 and (own % 1 == 0).all()  # 0 and 1 may be yes and no
        means = "'squared_error', or 'negative_binomial' for counts" if are_counts else "'squared_error'"
        warnings.warn(
            f"{shares[target]:.0%} of {name} is {median[target]:g}, and loss={loss!r} forecasts medians: near "
            f"{median[target]:g}, although the mean is {own.mean():.3g}. Sums of medians are no forecasts of sums, "
            f"such as those of sales. To forecast means, set loss={means}; in SeriesForecaster, "
            "estimator=Seq2SeqRegressor(loss=...).",
            TrainingWarning,
            stacklevel=2,
        )


def _is_told(windows, column, targets, counted, value):
    """Whether steps at some distance before the targets (n, h) mostly have the value where these have it."""
    some = np.arange(0, len(targets), ceil(len(targets) / LOOKED_AT))
    past = _flags_before(windows.take(some), column, targets.dtype.type(value))
    flags = np.concatenate([past, targets[some] == value], axis=1)  # (n, t + h)
    return any(_agreement(flags, counted[some], lag) > TOLD for lag in range(1, flags.shape[1]))


def _flags_before(windows, column, value):
    """Where a column of windows has the value (n, t), nowhere before their beginnings: all end with the last step."""
    if column is None:
        return np.zeros((len(windows), 0), bool)
    found = windows.values[:, :, column].astype(value.dtype) == value
    shifts = found.shape[1] - windows.real_lengths
    steps = np.arange(found.shape[1]) - shifts[:, None]  # below 0 in front
    return np.take_along_axis(found, np.maximum(steps, 0), axis=1) & (steps >= 0)


def _agreement(flags, counted, lag):
    """Cohen's kappa of the last flags and those ``lag`` steps before: 1 if equal, 0 as by chance."""
    n_past = flags.shape[1] - counted.shape[1]
    first = max(n_past, lag)
    later, which = flags[:, first:], counted[:, first - n_past :]
    later, before = later[which], flags[:, first - lag : flags.shape[1] - lag][which]
    if not len(later):
        return 0.0
    share, share_before = later.mean(), before.mean()
    chance = share * share_before + (1 - share) * (1 - share_before)
    return 0.0 if chance == 1 else (np.mean(later == before) - chance) / (1 - chance)
