"""A y that is ignored, because the targets are in X: its next steps to a forecaster, itself to an autoencoder."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.sequences import as_samples, is_sequence
from skseq._data.times.calendars import is_one_series

MANY = 20  # distinct numbers: fewer may be labels of timesteps
WINDOW = 24  # timesteps, or half of the shortest sequence
LOOKED_AT, LEAST_STEPS = 200, 5  # samples, and their timesteps: shorter ones go alike by chance
ALIKE = 0.5  # correlation of a sample with its y: 0.7 if X has as much noise as signal


def warn_if_pairs(X, y, name):
    """Warn where y of an autoencoder has the shapes of X, and goes as X does: most likely X is y with noise."""
    if y is None or y is X:
        return
    sources, targets = _arrays(X), _arrays(y)
    shapes = [source.shape for source in sources]
    if not shapes or shapes != [target.shape for target in targets] or all(map(np.array_equal, sources, targets)):
        return
    shortest = min(map(len, sources))
    if shortest < LEAST_STEPS or len(np.unique(np.concatenate(targets))) <= MANY or not _go_alike(sources, targets):
        return
    warn_caller(
        f"y is ignored: {name} learns to write X again. But y has the shape of X, and goes much as X does. If X is a "
        "noisy y, fit a SequenceRegressor on windows and targets[:, -1], from windows, targets, _ = "
        f"skseq.preprocessing.SlidingWindows(window={min(WINDOW, shortest // 2)}).split_series(X, y), or {name} on y "
        "alone, where input_noise adds noise to what it reads. Else leave y out."
    )


def _go_alike(sources, targets):
    """Whether most y go as their X does, and more so at the same timesteps than y one step before, as next steps do."""
    pairs = list(zip(sources, targets))[:LOOKED_AT]
    at_once = np.median([_correlation(x, y) for x, y in pairs])
    return at_once > ALIKE and at_once > np.median([_correlation(x[1:], y[:-1]) for x, y in pairs])


def _correlation(x, y):
    """Correlation of two arrays of one shape over time, each without its mean; 0 of a constant."""
    with np.errstate(invalid="ignore"):  # of infinite numbers, which reading refuses
        x, y = (np.asarray(own, np.float64) - np.mean(own, axis=0, dtype=np.float64) for own in (x, y))
        spread = np.sqrt((x**2).sum() * (y**2).sum())
        return (x * y).sum() / spread if spread else 0.0


def warn_if_beside_series(series, X, y):
    """Warn where y has an entry for every step of the `LongSeries` in X: most likely one is a covariate of the other.

    The steps that follow X, which a cross-validation passes to be scored, are fewer. An y that is X, or begins with it,
    is no mistake.
    """
    if y is None or y is X or not hasattr(y, "__len__") or isinstance(y, str):
        return
    is_alone = len(series) == 1 and len(y) >= series.lengths[0]
    samples = [y] if is_alone else _sequences(y)
    lengths = np.array([len(sample) for sample in samples])
    if len(lengths) != len(series) or (lengths < series.lengths).any():
        return
    beside = [sample[:length] for sample, length in zip(samples, series.lengths)]
    if _are_equal(beside[0] if is_alone else beside, X):
        return
    listed = "[y]" if is_alone and not is_one_series(y) else "y"
    covariate = "y" if series.is_one else listed
    warn_caller(
        "y is ignored: a forecaster learns the next steps of X. But y has an entry for every step of X. "
        f"{_roles(listed, covariate, goes_on=(lengths > series.lengths).any())}. To forecast X alone, leave y out."
    )


def _roles(target, covariate, *, goes_on):
    """What to do with y, in code for it as the series and as a covariate, if it does or does not go on behind X."""
    if goes_on:  # X, which is shorter, is no covariate
        return f"If y is a covariate that is known ahead, pass it as one: fit(X, X_future={covariate})"
    return (
        f"If y is to be forecast, it is the series, and X are covariates: fit({target}, X_past=X), or X_future=X if X "
        f"is known ahead. If y is a covariate, pass it as one: fit(X, X_past={covariate}), or X_future={covariate}"
    )


def _sequences(y):
    """The samples of y; none if they are no sequences."""
    samples = as_samples(y)
    if samples is None:
        samples = list(np.asarray(y))
    return samples if all(map(is_sequence, samples)) else []


def _arrays(X):
    """The samples of X, which may be anything, as arrays; none if they are no sequences of numbers."""
    try:
        arrays = list(map(np.asarray, _sequences(X)))
    except (TypeError, ValueError):  # sparse, ragged, or no container
        return []
    return arrays if all(array.dtype.kind in "iuf" for array in arrays) else []


def _are_equal(y, X):
    samples, others = as_samples(y), as_samples(X)
    if samples is None or others is None:
        return np.array_equal(np.squeeze(np.asarray(y)), np.squeeze(np.asarray(X)))
    return len(samples) == len(others) and all(map(_are_alike, samples, others))


def _are_alike(sample, other):
    return np.array_equal(np.squeeze(np.asarray(sample)), np.squeeze(np.asarray(other)))
