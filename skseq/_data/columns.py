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

FEWEST, MOST_LOOKED_AT = 40, 500  # samples, of which every second one teaches
MOST_COLUMNS = 2_000  # timesteps times features: of more, and as many samples, a model takes a second
LARGEST = 1e30  # whose squares float64 holds
PENALTIES = np.logspace(-3, 4, 8)


@threadpool_limits.wrap(limits=1, user_api="blas")
def left_by_columns(sequences, target, *, labels):
    """What a ridge regression of all timesteps leaves of the errors of a constant, in samples that it has not seen.

    From `Sequences` and their target (n,), or (n, k) numbers: of squared errors, or of wrong ``labels``. None if they
    differ in length, are tokens, too few or too long, or if a constant is right.
    """
    values = sequences.values
    if values.ndim < 3 or len(values) < FEWEST or int(np.prod(values.shape[1:])) > MOST_COLUMNS:
        return None
    if (sequences.real_lengths != values.shape[1]).any():
        return None
    columns = np.clip(np.asarray(values, np.float64).reshape(len(values), -1), -LARGEST, LARGEST)
    wrong, of_constant = (_wrong_labels if labels else _squared_errors)(columns, np.asarray(target))
    return float(wrong / of_constant) if of_constant > 0 else None


def _wrong_labels(columns, target):
    """Numbers of wrong labels of every second sample: of a linear model of the others, and of their usual label."""
    if len(np.unique(target[::2])) < 2:
        return 0, 0
    labels, counts = np.unique(target[::2], return_counts=True)
    predicted = _learnt(RidgeClassifierCV(PENALTIES), columns, target).predict(columns[1::2])
    return np.sum(predicted != target[1::2]), np.sum(labels[counts.argmax()] != target[1::2])


def _squared_errors(columns, target):
    """Squared errors for every second sample: of a linear model of the others, and of their mean."""
    target = np.asarray(target, np.float64).reshape(len(target), -1)
    predicted = _learnt(RidgeCV(PENALTIES), columns, target).predict(columns[1::2]).reshape(target[1::2].shape)
    return np.sum((target[1::2] - predicted) ** 2), np.sum((target[1::2] - target[::2].mean(axis=0)) ** 2)


def _learnt(model, columns, target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns that hardly tell anything apart
        return make_pipeline(StandardScaler(), model).fit(columns[::2], target[::2])
