"""Whether movements alone tell a target, where sequences stand at levels of their own that lie far apart.

Such as those of the subjects of a study, or of machines: a network may learn by heart which level has which target, and
is wrong at a new one.
"""

import numpy as np
from sklearn.linear_model import RidgeClassifierCV, RidgeCV
from threadpoolctl import threadpool_limits

from skseq._data.simple_models.columns import FEWEST, LARGEST, PENALTIES, every_second_block, learnt_by, left_of, usual


@threadpool_limits.wrap(limits=1, user_api="blas")
def left_by_movements(sequences, target, *, labels):
    """What a ridge regression of movements leaves of the errors of a constant, in samples that it has not seen.

    From `Sequences` of numbers and their target (n,), or (n, k) numbers: of squared errors, or of wrong ``labels``.
    None if they are too few, or if a constant is right.
    """
    if len(sequences) < FEWEST:
        return None
    told, x = every_second_block(len(sequences)), movements(sequences)
    constant = usual(target[~told], labels=labels)
    if (target[~told] == constant).all():
        return None
    model = learnt_by(RidgeClassifierCV(PENALTIES) if labels else RidgeCV(PENALTIES), x[~told], target[~told])
    return left_of(target[told], model.predict(x[told]), constant, labels=labels)


def movements(sequences):
    """Deviations, slopes and mean changes from step to step of features, and lengths, of `Sequences`: (n, 3 f + 1).

    None of them depends on levels.
    """
    values, mask = _numbers(sequences), sequences.mask[:, :, None]
    n_steps = sequences.real_lengths[:, None]  # (n, 1)
    around = np.where(mask, values - _levels(values, mask), 0)
    times = np.where(mask, np.arange(values.shape[1])[:, None] - (n_steps[:, :, None] - 1) / 2, 0)  # (n, t, 1)
    slopes = np.sum(around * times, axis=1) / np.maximum(np.sum(times**2, axis=1), 0.5)
    changes = np.sum(np.abs(np.diff(values, axis=1)), axis=1, where=mask[:, 1:]) / np.maximum(n_steps - 1, 1)
    return np.hstack([np.sqrt(np.sum(around**2, axis=1) / n_steps), slopes, changes, np.log(n_steps)])


def swapped_levels(sequences, feature):
    """Values (n, t, f) of `Sequences`, each with the level of another one in a feature; zeros stay behind the end."""
    values, mask = _numbers(sequences), sequences.mask
    levels = _levels(values, mask[:, :, None])[:, 0, feature]
    others = np.random.RandomState(0).permutation(levels)
    values[..., feature] += np.where(mask, (others - levels)[:, None], 0)
    return values


def _numbers(sequences):
    return np.clip(np.array(sequences.values, np.float64), -LARGEST, LARGEST)


def _levels(values, mask):
    """Means of sequences (n, 1, f)."""
    return np.mean(values, axis=1, where=mask, keepdims=True)
