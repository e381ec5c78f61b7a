"""What a linear model of single timesteps leaves, where the place of a timestep says what it means.

Columns of a table have no order, and those of a spectrum stand for one wavelength each. A recurrent network reads them
one after another, and learns slowly what a linear model of all columns sees at once.
"""

import warnings

import numpy as np
from sklearn.linear_model import RidgeClassifierCV, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

FEWEST, MOST_LOOKED_AT = 40, 500  # samples
N_BLOCKS = 20  # of samples side by side, which may belong together: every second block teaches, the others are told
MOST_COLUMNS = 2_000  # timesteps times features: of more, and as many samples, a model takes a second
MOST_BY_COLUMNS = 0.8  # of the errors of a constant: if more are left, a linear model of X hardly tells anything
LARGEST = 1e30  # whose squares float64 holds
PENALTIES = np.logspace(-3, 4, 8)


def left_by_columns(sequences, target, *, labels):
    """What a ridge regression of all timesteps leaves of the errors of a constant, in samples that it has not seen.

    From `Sequences` and their target (n,), or (n, k) numbers: of squared errors, or of wrong ``labels``. Of ids every
    one at every timestep is a column of 0 and 1. None if sequences differ in length, are too few or too long, or if a
    constant is right.
    """
    if len(sequences) < FEWEST or not _have_columns(sequences):
        return None
    told = every_second_block(len(sequences))
    return left_in_others(sequences.take(~told), target[~told], sequences.take(told), target[told], labels=labels)


@threadpool_limits.wrap(limits=1, user_api="blas")
def left_in_others(sequences, target, told, true, *, labels):
    """What `left_by_columns` is in `Sequences` that are ``told``, whose target is ``true``; the others teach."""
    if sequences.values.shape[1:] != told.values.shape[1:] or not (_have_columns(sequences) and _have_columns(told)):
        return None
    constant = usual(target, labels=labels)
    if (target == constant).all():
        return None
    if (x := _columns(np.concatenate([sequences.values, told.values]))) is None:
        return None
    model = RidgeClassifierCV(PENALTIES) if labels else RidgeCV(PENALTIES)
    predicted = learnt_by(model, x[: len(sequences)], target).predict(x[len(sequences) :])
    return left_of(true, predicted, constant, labels=labels)


def _have_columns(sequences):
    """Whether `Sequences` have one length, and few numbers or ids."""
    values = sequences.values
    return np.prod(values.shape[1:]) <= MOST_COLUMNS and bool((sequences.real_lengths == values.shape[1]).all())


def _columns(values):
    """Numbers (n, t, f) as (n, t * f), ids (n, t) as 0 and 1 of those that occur at each timestep; None of too many."""
    if values.ndim == 3:
        return np.clip(np.asarray(values, np.float64).reshape(len(values), -1), -LARGEST, LARGEST)
    ids = np.asarray(values)
    occurring = [np.unique(step) for step in ids.T]
    if sum(map(len, occurring)) > MOST_COLUMNS:
        return None
    return np.hstack([step[:, None] == own for step, own in zip(ids.T, occurring)]).astype(np.float64)


def every_second_block(n):
    """Which of n samples are told of, (n,) bool: every second one of `N_BLOCKS`; the others teach."""
    return np.arange(n) * N_BLOCKS // n % 2 == 1


def usual(target, *, labels):
    """The best constant: the most frequent label, or the mean."""
    if not labels:
        return np.mean(target, axis=0, dtype=np.float64)
    found, counts = np.unique(target, return_counts=True)
    return found[counts.argmax()]


def left_of(target, predicted, constant, *, labels):
    """The errors of what is predicted over those of a constant, None where that is right."""
    errors = np.not_equal if labels else _squares
    of_constant = np.sum(errors(target, constant))
    return float(np.sum(errors(target, predicted.reshape(target.shape))) / of_constant) if of_constant > 0 else None


def error_of_labels(by_columns, target):
    """Standard error of what `left_by_columns` leaves of wrong labels, less what a constant does, which is 1.

    The linear model is told of about half of the labels (n,) that a constant has wrong.
    """
    n_told = np.count_nonzero(target != usual(target, labels=True)) / 2
    return float(np.sqrt((by_columns + 1) / n_told))


def _squares(target, predicted):
    return (np.asarray(target, np.float64) - predicted) ** 2


def learnt_by(model, x, y):
    """A pipeline of columns (n, c) on one scale and a linear model, fitted to y."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns that hardly tell anything apart
        return make_pipeline(StandardScaler(), model).fit(x, y)
