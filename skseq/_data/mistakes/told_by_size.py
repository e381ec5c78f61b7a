"""Integers that are read as tokens, though their sizes tell the labels: counts and readings are no names."""

import numpy as np
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skseq._callers import warn_caller
from skseq._data.columns import FEWEST, LARGEST, MOST_COLUMNS, MOST_LOOKED_AT, PENALTIES, every_second_block
from skseq._data.parts import evenly

MOST_TOKENS = 2_000  # distinct ones: of more, and as many samples, a model takes a second
FAR_FEWER = 0.5  # of the errors
SURE = 3  # deviations: samples that one model has right and the other wrong are as many on either side by chance


def warn_if_told_by_size(form, sequences, labels, argument):
    """Warn where a linear model reads labels (n,) far better from sizes of integers than from which of them occur.

    ``form`` and `Sequences` are as `SequenceClassifier` reads them. The labels are of samples that the models have not
    seen.
    """
    numbers = _numbers(form)
    if numbers is None or len(sequences) < FEWEST or sequences.values.shape[1] > MOST_COLUMNS:
        return
    rows = evenly(len(sequences), MOST_LOOKED_AT)
    some, labels = sequences.take(rows), labels[rows]
    told = every_second_block(len(rows))
    if len(np.unique(labels[~told])) < 2:
        return
    ids, mask = np.asarray(some.values), some.mask
    by_size, by_name = (_right(x, labels, told) for x in (_sizes(numbers[ids], mask), _names(ids, mask, len(numbers))))
    gained, lost = np.sum(by_size & ~by_name), np.sum(by_name & ~by_size)
    if np.sum(~by_size) < FAR_FEWER * np.sum(~by_name) and gained - lost > SURE * np.sqrt(gained + lost):
        warn_caller(
            f"{argument} holds integers, which are read as tokens: as names without an order. But a linear model of "
            f"their sizes (mean, least, largest, first, last) is right for {np.mean(by_size):.0%} of samples that it "
            f"has not seen, and one of which integers occur for {np.mean(by_name):.0%}. Set source_type='numeric' if "
            "they are counts or measurements, or source_type='tokens' to read them as tokens without this warning.",
            UserWarning,
        )


def _numbers(form):
    """The integer that stands behind every id, 0 for those that are none; None if tokens are not all such."""
    if not form.reads_tokens or len(form.vocabulary) > MOST_TOKENS:
        return None
    if any(type(token) is not int or abs(token) > LARGEST for token in form.vocabulary):
        return None
    numbers = np.zeros(form.size)
    numbers[list(form.vocabulary.values())] = list(form.vocabulary)
    return numbers


def _sizes(x, mask):
    """What sizes (n, t) say of each sequence, and its length does not: (n, 5)."""
    real = np.where(mask, x, np.nan)
    parts = [np.nanmean(real, axis=1), np.nanmin(real, axis=1), np.nanmax(real, axis=1), x[:, 0]]
    return np.column_stack([*parts, x[np.arange(len(x)), mask.sum(axis=1) - 1]])


def _names(ids, mask, n_ids):
    """How often each id occurs in a sequence, and which is first and last: (n, 3 n_ids)."""
    n, rows = len(ids), np.arange(len(ids))
    counts = np.zeros((n, n_ids))
    np.add.at(counts, (np.broadcast_to(rows[:, None], ids.shape)[mask], ids[mask]), 1)
    ends = np.zeros((2, n, n_ids))
    ends[0, rows, ids[:, 0]] = ends[1, rows, ids[rows, mask.sum(axis=1) - 1]] = 1
    return np.hstack([counts, *ends])


@threadpool_limits.wrap(limits=1, user_api="blas")
def _right(x, labels, told):
    """Which of the ``told`` samples a linear model of the others has right."""
    model = make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES)).fit(x[~told], labels[~told])
    return model.predict(x[told]) == labels[told]
