"""Targets that are mostly one value, as sales of slow movers are mostly 0: it is their median, whatever their mean."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.working_memory import evenly
from skseq._losses import LOSSES
from skseq.exceptions import TrainingWarning

TOLD = 0.7  # agreement beyond chance from which on a step before tells the value: 1 is always, 0 as if drawn at random
LOOKED_AT = 1_000  # windows
FEWEST = 10  # windows that are mostly 0, among others
LEAST_VARIANCE = 0.8  # over the mean: it is 1 of a Poisson process, and more of a negative binomial


def warn_if_mostly_one_value(windows, columns, targets, counted, loss):
    """Warn of targets (n, h, n_targets) of which more than half are one value, unless earlier steps tell which.

    ``columns`` of the `Sequences` are the targets' own past, or None; ``counted`` (n, h) says which steps count. Nights
    of solar power are told by the day before, and medians are right to be 0 there.
    """
    if not (LOSSES[loss].of_medians and counted.any()):
        return
    if not _warn_of_all(windows, columns, targets, counted, loss) and columns is not None:
        _warn_of_some(windows, columns, targets, counted, loss)


def _warn_of_all(windows, columns, targets, counted, loss):
    """Whether there was something to warn of among all targets together."""
    values = targets[counted]
    median = np.median(values, axis=0)
    shares = np.mean(values == median, axis=0)
    mostly = np.flatnonzero((shares > 0.5) & (shares < 1))
    pasts = [None if columns is None else columns[target] for target in mostly]
    found = [
        target
        for target, past in zip(mostly, pasts)
        if not _is_told(windows, past, targets[:, :, target], counted, median[target])
    ]
    if not found:
        return False
    target, others = found[0], len(found) - 1
    own, name = values[:, target], "y" if values.shape[1] == 1 else f"target {target} of y"
    name += f" (and much of {others} other target(s))" if others else ""
    _warn(f"{shares[target]:.0%} of {name} is {median[target]:g}", median[target], own, "the mean", loss)
    return True


def _warn_of_some(windows, columns, targets, counted, loss):
    """Warn of windows that are mostly 0 among others, as those of series of few sales, whose targets are, too."""
    some = evenly(len(targets), 10 * LOOKED_AT)
    windows, targets, counted = windows.take(some), targets[some], counted[some]
    for target, column in enumerate(columns):
        past = _flags_before(windows, column, targets.dtype.type(0))
        quiet = np.flatnonzero(past.sum(axis=1) > windows.real_lengths / 2)
        if len(quiet) < FEWEST:
            continue
        after, which = targets[quiet, :, target], counted[quiet]
        share = np.mean(after[which] == 0) if which.any() else 0
        if 0.5 < share < 1 and not _is_told(windows.take(quiet), column, after, which, 0):
            of = "y" if len(columns) == 1 else f"target {target} of y"
            found = f"{len(quiet) / len(past):.0%} of the windows are mostly 0, as in series of few sales. After these "
            _warn(f"{found}{share:.0%} of {of} is 0", 0, after[which], "its mean", loss)
            return


def _warn(found, value, own, mean, loss):
    means = "'squared_error', or 'negative_binomial' for counts" if _are_counts(own) else "'squared_error'"
    warn_caller(
        f"{found}, and loss={loss!r} forecasts medians: near {value:g}, although {mean} is {own.mean():.3g}. Sums of "
        f"medians are no forecasts of sums, such as those of sales. To forecast means, set loss={means}; in "
        "SeriesForecaster, estimator=Seq2SeqRegressor(loss=...).",
        TrainingWarning,
    )


def _are_counts(values):
    """Whether these may be counts of a negative binomial: 0 and 1 may be yes and no, and ratings vary less."""
    whole = values.min() >= 0 and values.max() > 1 and (values % 1 == 0).all()
    return whole and values.var() >= LEAST_VARIANCE * values.mean()


def _is_told(windows, column, targets, counted, value):
    """Whether steps at some distance before the targets (n, h) mostly have the value where these have it."""
    some = evenly(len(targets), LOOKED_AT)
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
