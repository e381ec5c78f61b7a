"""Whole numbers that are read as tokens, though their sizes tell the labels, or as measurements, though names do."""

import numpy as np
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skseq._callers import warn_caller
from skseq._data.simple_models.columns import (
    FEWEST,
    LARGEST,
    MOST_COLUMNS,
    MOST_LOOKED_AT,
    PENALTIES,
    every_second_block,
)
from skseq._data.working_memory import evenly

MOST_TOKENS = 2_000  # distinct ones: of more, and as many samples, a model takes a second
FAR_FEWER = 0.5  # of the errors
DECILES = 10
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
    if _is_far_better(by_size, by_name):
        warn_caller(
            f"{argument} holds integers, which are read as tokens: as names without an order. But a linear model of "
            f"their sizes (mean, least, largest, first, last) is right for {np.mean(by_size):.0%} of samples that it "
            f"has not seen, and one of which integers occur for {np.mean(by_name):.0%}. Set source_type='numeric' if "
            "they are counts or measurements, or source_type='tokens' to read them as tokens without this warning."
        )


def warn_if_told_by_name(form, sequences, labels, argument):
    """Warn where a linear model reads labels (n,) far better from which whole numbers occur than from their sizes.

    That of sizes knows how many lie in each decile, too: then it misses only what sets a number apart from those next
    to it.
    """
    n_timesteps, n_features = sequences.values.shape[1:]
    if n_features > 1 or len(sequences) < FEWEST or n_timesteps > MOST_COLUMNS:
        return
    rows = evenly(len(sequences), MOST_LOOKED_AT)
    some, labels = sequences.take(rows), labels[rows]
    told = every_second_block(len(rows))
    numbers, mask = np.asarray(some.values, np.float64)[:, :, 0], some.mask
    distinct, ids = np.unique(numbers, return_inverse=True)
    are_ids = distinct[0] >= 0 and distinct[-1] < LARGEST and (distinct % 1 == 0).all()
    if not are_ids or not DECILES < len(distinct) <= MOST_TOKENS or len(np.unique(labels[~told])) < 2:
        return
    ids = ids.reshape(numbers.shape)
    by_name = _right(_names(ids, mask, len(distinct)), labels, told)
    by_size = _right(np.hstack([_sizes(numbers, mask), _shares(numbers, mask)]), labels, told)
    if _is_far_better(by_name, by_size):
        rows = f", and pass [numpy.ravel(x) for x in {argument}]," if form.kind == "features" else ""
        warn_caller(
            f"{argument} holds whole numbers, which are read as measurements. But a linear model of which of them "
            f"occur is right for {np.mean(by_name):.0%} of samples that it has not seen, and one of their sizes for "
            f"{np.mean(by_size):.0%}. Set source_type='tokens'{rows} if they are ids, or "
            "source_type='numeric' to read them as measurements without this warning."
        )


def _is_far_better(one, other):
    """Whether one model, right where the first (n,) is true, is far better than the other, and not by chance."""
    gained, lost = np.sum(one & ~other), np.sum(other & ~one)
    return np.sum(~one) < FAR_FEWER * np.sum(~other) and gained - lost > SURE * np.sqrt(gained + lost)


def _shares(x, mask):
    """How numbers (n, t) of each sequence spread, and how many are in each decile of all: (n, 11)."""
    edges = np.quantile(x[mask], np.arange(1, DECILES) / DECILES)
    deciles = np.searchsorted(np.unique(edges), x)
    counts = [np.sum((deciles == k) & mask, axis=1) for k in range(DECILES)]
    return np.column_stack([np.nanstd(np.where(mask, x, np.nan), axis=1), *counts])


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
