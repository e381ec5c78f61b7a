"""Arrays of numbers whose features are most likely the timesteps: warnings that say how to turn them."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT, MANY
from skseq._data.mistakes.tables.likely_series import ROUGH, SMOOTH, roughness
from skseq._data.overlapping import warn_if_windows_are_features

OF_CHANNELS = 1.5  # times the mean square of steps: 0.4 for days of 24 hours, 1.7 for leads of an ECG, 15 for others
WIDE = 10  # times the timesteps
WIDER, SMOOTHER = 2, 2  # the same, where features are so much smoother: 32 channels of EEG have 7.5 and 3.5
FEWEST_CHANNELS = 5  # timesteps: few steps of a slow curve are rough, too
LONG_WAVE = 100  # timesteps
LOUD, MOSTLY_ALIKE = 0.5, 0.95  # times the mean square; of such columns
SMOOTH_WAVE, UNLIKE_WAVE = 0.5, 0.9  # 0.3 to 0.4 in the mean of speech at 8 kHz; columns of other groups have about 1
ENOUGH_LEVELS, ROUGH_LEVELS, LEVELS_APART = 20, 0.5, 4  # samples; coefficients of MFCC 0.6, 7; weekdays 0.6, 0.5
UNALIKE, ALIKE = 0.3, 0.3  # correlations: channels -0.7 to 0.2, their steps 0.37 to 0.95; a grid of stations 0.27
STATIONARY = 0.05  # of the variance: spectra and profiles have 0.5 or more, steps that are not aligned 0.01


def warn_if_channels_first(values, argument):
    """Warn where timesteps are few and unlike, and features many and alike, as steps of a series are; (n, t, f)."""
    _, n_timesteps, n_features = values.shape
    if warn_if_windows_are_features(values, argument) or n_timesteps >= n_features or n_features < 8:
        return
    some = np.asarray(values[:LOOKED_AT], np.float64)
    smooth = roughness(some, 2) < SMOOTH
    if n_timesteps == 1:
        are_channels = smooth or _are_waves(some[:, 0])
    else:
        along_time = roughness(some, 1)
        are_channels = smooth and ((along_time > ROUGH and _moves_along_time(some)) or _have_own_levels(some))
        are_channels = are_channels or _only_features_are_in_order(some)
    if are_channels:
        warn_caller(
            f"{argument} of shape {values.shape} is read as {n_timesteps} timestep(s) of {n_features} features, but "
            f"neighbouring features are as alike as steps of a series. If these are {n_timesteps} channel(s) over "
            f"{n_features} timesteps, pass [x.T for x in {argument}], or what "
            f"skseq.preprocessing.as_sequences({argument}, layout='channels_first') gives."
        )


def smooth_and_wide(sequences):
    """(timesteps, features) of `Sequences` with far more features, which are as alike as steps of a series; else None.

    Or with more features, which are also far more alike than timesteps. They may be stereo clips or EEG with channels
    first, but also spectra, so that nothing is said of them before a fit has learnt nothing.
    """
    _, n_timesteps, n_features = sequences.values.shape
    if sequences.lengths is not None or n_features < WIDER * n_timesteps:
        return None
    some = np.asarray(sequences.values[:LOOKED_AT], np.float64)
    along_features = roughness(some, 2)
    smoother = n_timesteps >= FEWEST_CHANNELS and SMOOTHER * along_features < roughness(some, 1)
    found = along_features < SMOOTH and (smoother or n_features >= WIDE * n_timesteps)
    return (n_timesteps, n_features) if found else None


def _moves_along_time(values):
    """Whether neighbouring timesteps (n, t, f) differ by more than features do: days of hours are alike both ways."""
    return np.mean(np.diff(values, axis=1) ** 2) >= OF_CHANNELS * np.mean(np.diff(values, axis=2) ** 2)


@np.errstate(over="ignore", invalid="ignore")
def _are_waves(rows):
    """Whether rows (n, f) swing through 0 and are smooth all along: in a table, groups of columns are alike at most.

    Speech at 8 kHz is rougher than other curves. Columns of silence or padding do not count.
    """
    n_rows, n_columns = rows.shape
    if n_rows < MANY or n_columns < LONG_WAVE or not (np.ptp(np.sign(rows), axis=1) == 2).all():
        return False
    variances = np.mean(rows**2, axis=0)
    sums = variances[1:] + variances[:-1]
    loud = sums > LOUD * sums.mean()
    rough = np.mean(np.diff(rows, axis=1) ** 2, axis=0)[loud] / sums[loud]  # of each pair of neighbours
    return bool(rough.size and rough.mean() < SMOOTH_WAVE and np.quantile(rough, MOSTLY_ALIKE) < UNLIKE_WAVE)


@np.errstate(over="ignore", invalid="ignore")
def _have_own_levels(values):
    """Whether timesteps (n, t, f) have levels far apart, the same in all samples, that follow no course over time.

    Cepstral coefficients have. Weekends differ from weekdays by less than the hours of a day.
    """
    levels, within = values.mean(axis=(0, 2)), values.var(axis=2).mean()  # (t,)
    are_apart = roughness(levels, 0) > ROUGH_LEVELS and levels.var() > LEVELS_APART * within
    return bool(len(values) >= ENOUGH_LEVELS and are_apart)


@np.errstate(over="ignore", invalid="ignore")
def _only_features_are_in_order(values):
    """Whether nearly all neighbours among features (n, t, f), without their mean at each timestep, are correlated.

    And of timesteps some are not, while features have no course of their own, as spectra do, and do not go on from one
    timestep to the next, as hours of days do.
    """
    course = values.mean(axis=(0, 1))  # (f,)
    if len(values) < ENOUGH_LEVELS or not course.var() < STATIONARY * values.var():
        return False
    rest = values - values.mean(axis=0)
    rest -= rest.mean(axis=(1, 2), keepdims=True)
    if _least_correlation(rest, 1) >= UNALIKE or _correlation(rest[:, :-1, -1], rest[:, 1:, 0]) > ALIKE:
        return False
    return bool(_least_correlation(rest - rest.mean(axis=2, keepdims=True), 2) > ALIKE)


def _correlation(one, other):
    """Of two arrays of numbers of mean 0."""
    norms = np.linalg.norm(one) * np.linalg.norm(other)
    return np.sum(one * other) / norms if norms > 0 else 0.0


def _least_correlation(values, axis):
    """Of neighbours along an axis of values of mean 0, over all others: nine of ten pairs have more."""
    rows = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
    norms = np.linalg.norm(rows, axis=1)
    scaled = rows / np.where(norms > 0, norms, 1.0)[:, None]
    return np.quantile(np.sum(scaled[1:] * scaled[:-1], axis=1), 0.1)
