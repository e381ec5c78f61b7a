"""What a linear model of a few numbers of each sequence tells: the simple thing that one would try first."""

from functools import partial

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeCV
from threadpoolctl import threadpool_limits

from skseq._data.simple_models.columns import LARGEST, PENALTIES, learnt_by, left_of, usual

MOST_NUMBERS = 2**22  # of sequences: of more, the network has much to learn from, and a look takes a second
N_SUMMARIES = 6  # of every feature, beside the length
MOST_COLUMNS = 6_000  # of more, and 500 samples, a linear model takes a tenth of a second
MOST_WEIGHTS = 30_000  # columns times classes: of more, too


@threadpool_limits.wrap(limits=1, user_api="blas")
def left_by_summaries(sequences, target, told, true, *, labels):
    """What it leaves of the errors of a constant in the `Sequences` ``told``, whose target is ``true``; or None.

    It learns from sequences of numbers, or of ids, and their target (n,), or (n, k) numbers. Errors are squares, or
    wrong ``labels``.
    """
    n_distinct = len(np.unique(target))
    if max(np.prod(own.values.shape) for own in (sequences, told)) > MOST_NUMBERS or n_distinct == 1:
        return None
    columns_of, n_columns = _few_numbers(sequences, told)
    if n_columns > MOST_COLUMNS or (labels and n_columns * n_distinct > MOST_WEIGHTS):
        return None
    model = LogisticRegression(max_iter=200) if labels else RidgeCV(PENALTIES)
    predicted = learnt_by(model, columns_of(sequences), target).predict(columns_of(told))
    return left_of(true, predicted, usual(target, labels=labels), labels=labels)


def _few_numbers(*parts):
    """(A function from `Sequences` to columns, how many columns it makes), for `Sequences` of numbers or of ids."""
    if parts[0].values.ndim == 3:
        return summaries, N_SUMMARIES * parts[0].values.shape[2] + 1
    n_ids = 1 + max(int(np.max(own.values)) for own in parts)
    return partial(occurrences_of_ids, n_ids=n_ids), 3 * (n_ids - 1)


def occurrences_of_ids(sequences, n_ids):
    """How often every id, but that of padding, occurs in `Sequences` (n, t), its share, and whether it occurs.

    (n, 3 (n_ids - 1)). Sums, such as of groups of a molecule, are linear in counts; contents, such as of a protein, in
    shares; risks, such as of the diagnoses in a history, in what occurs at all.
    """
    ids, n = np.asarray(sequences.values), len(sequences)
    counts = np.bincount((ids + n_ids * np.arange(n)[:, None]).ravel(), minlength=n * n_ids).reshape(n, n_ids)[:, 1:]
    return np.hstack([counts, counts / sequences.real_lengths[:, None], counts > 0])


def summaries(sequences):
    """Mean, deviation, least, largest, first and last value of every feature, and the length: (n, 6 f + 1)."""
    values = np.clip(np.asarray(sequences.values, np.float64), -LARGEST, LARGEST)
    last = sequences.real_lengths - 1
    real = (np.arange(values.shape[1]) <= last[:, None])[..., None]  # (n, t, 1)
    parts = [
        values.mean(axis=1, where=real),
        values.std(axis=1, where=real),
        values.min(axis=1, where=real, initial=np.inf),
        values.max(axis=1, where=real, initial=-np.inf),
        values[:, 0],
        values[np.arange(len(values)), last],
        sequences.real_lengths[:, None],
    ]
    return np.hstack(parts)
