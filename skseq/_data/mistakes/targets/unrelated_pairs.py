"""Sources and targets that have nothing to do with each other, such as lists that are in two orders.

A network learns such pairs by heart: its loss falls as it does with pairs that belong together.
"""

from itertools import pairwise

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skseq._callers import warn_caller
from skseq._data.working_memory import evenly

FEWEST, MOST_LOOKED_AT = 500, 1_000  # pairs
MOST_TOKENS = 200  # of a sequence, half of them from its end: more would cost more than they tell
MOST_COUNTED, FEWEST_SOURCES = 1_000, 2  # tokens and pairs of neighbours that are counted in sources, each in so many
MOST_TOLD, FEWEST_TARGETS = 100, 10  # the same of targets, whose numbers are to be told
RELATED = 5.0  # deviations of a correlation that is chance


def warn_if_unrelated(sequences, target, lengths):
    """Warn where a linear model of a source tells neither how long its target is nor how often any token occurs.

    Of the ids of `Sequences`, and of a target (n, t) with lengths (n,), or None where all have t. Of few pairs nothing
    is said, nor where each token of y is rare: then a linear model would have too little to learn from.
    """
    if len(sequences) < FEWEST:
        return
    rows = evenly(len(sequences), MOST_LOOKED_AT)
    sources = _written(sequences.values[rows], sequences.real_lengths[rows])
    target = target[rows]
    targets = _written(target, np.full(len(rows), target.shape[1]) if lengths is None else lengths[rows])
    told = _counts(targets, MOST_TOLD, FEWEST_TARGETS)
    told = told[:, told.std(axis=0) > 0]
    if told.shape[1] and _relation(_counts(sources, MOST_COUNTED, FEWEST_SOURCES), told) < RELATED:
        of = "" if len(rows) == len(sequences) else f" {len(rows)} of the"
        warn_caller(
            f"X and y may be in two orders: in{of} {len(sequences)} pairs a linear model that counts the tokens of X "
            "tells neither how often any token occurs in y nor how long y is. A network learns by heart what does not "
            "belong together. Compare some, list(zip(X, y))[:5], and take both from the same rows of one table. If "
            "they do belong together, as where y looks tokens up by their place or checks a sum, hold pairs out and "
            "judge the fit by score on these."
        )


def _written(ids, lengths):
    """Ids (n, t) of tokens as lists of words, between a word for the start and one for the end."""
    each = (own[:length] for own, length in zip(ids, lengths))
    half = MOST_TOKENS // 2
    cut = (own if len(own) <= MOST_TOKENS else np.concatenate([own[:half], own[-half:]]) for own in each)
    return [["^", *map(str, own.tolist()), "$"] for own in cut]


def _with_pairs(words):
    return words + [f"{one} {other}" for one, other in pairwise(words)]


def _counts(lists, most, fewest):
    """How often words and two side by side occur in each list, and how long it is: (n, k)."""
    counter = CountVectorizer(analyzer=_with_pairs, max_features=most, min_df=fewest)
    return np.column_stack([counter.fit_transform(lists).toarray(), [*map(len, lists)]]).astype(np.float64)


@threadpool_limits.wrap(limits=1, user_api="blas")
def _relation(sources, targets):
    """The largest correlation of a column of ``targets`` (n, k) with what is told of it from other samples.

    In deviations of the correlation of two columns that have nothing to do with each other, sqrt(1 / n). Samples are
    shuffled: those of one topic may stand side by side.
    """
    n = len(sources)
    sources, targets = (StandardScaler().fit_transform(counts) for counts in (sources, targets))
    parts = KFold(5, shuffle=True, random_state=0)
    told = cross_val_predict(Ridge(alpha=n), sources, targets, cv=parts).reshape(targets.shape)
    told = StandardScaler().fit_transform(told)
    return np.sqrt(n) * (told * targets).mean(axis=0).max()
