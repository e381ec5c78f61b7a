"""The metrics of recommendations as scorers of sequences, called with (estimator, X)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skseq._arguments import check_count, check_switch
from skseq._data.plain import plain
from skseq._data.sequences import as_samples
from skseq._files import public
from skseq._sklearn import _BaseScorer, _safe_indexing
from skseq._typing import Scorer
from skseq.metrics._next_items import hit_rate_at_k, mean_reciprocal_rank, ndcg_at_k
from skseq.metrics._scorers import final_step

_METRICS = (hit_rate_at_k, mean_reciprocal_rank, ndcg_at_k)


@public
class _NextItemScorer(_BaseScorer):
    """Calls a metric with the last items of sequences, and with what is recommended after their beginnings."""

    def __init__(self, metric, k, exclude_seen):
        super().__init__(metric, 1, {"k": k})
        self._exclude_seen = exclude_seen

    def __call__(self, estimator, X, y_true=None, **kwargs):
        return super().__call__(estimator, X, y_true, **kwargs)  # scikit-learn's own needs a y

    def _score(self, method_caller, estimator, X, y_true=None, *, sample_weight=None):
        estimator, X = final_step(estimator, X)
        if not hasattr(estimator, "predict_topk"):
            raise AttributeError(
                f"{self!r} needs an estimator with the method predict_topk(X, k), such as SequenceGenerator. "
                f"{type(estimator).__name__} has none."
            )
        rows, beginnings, last = split_last(X)
        given = {} if y_true is None else {"y": _safe_indexing(y_true, rows)}
        given |= {"exclude_seen": True} if self._exclude_seen else {}
        recommended, chances = estimator.predict_topk(beginnings, k=self._kwargs["k"], **given)
        if self._exclude_seen:  # where fewer than k others are left, seen ones fill the places, with a chance of 0
            recommended = [list(items[own > 0]) for items, own in zip(np.asarray(recommended, object), chances)]
        weight = None if sample_weight is None else np.asarray(sample_weight)[rows]
        return self._score_func(last, recommended, **self._kwargs, sample_weight=weight)

    def __repr__(self):
        seen = ", exclude_seen=True" if self._exclude_seen else ""
        return f"make_next_item_scorer({self._score_func.__name__}, k={self._kwargs['k']}{seen})"


def split_last(X):
    """(indices of the sequences of two items or more, their beginnings, their last items)."""
    X = plain(X, "X")
    samples = as_samples(X)
    samples = list(np.asarray(X)) if samples is None else samples
    if any(np.ndim(sample) != 1 and not isinstance(sample, (list, tuple)) for sample in samples):
        raise ValueError(
            "X must hold sequences of items, whose last one is to be recommended: token lists or an array (n_samples, "
            f"n_timesteps). Got {type(samples[0]).__name__} among them."
        )
    samples = [sample.tolist() if hasattr(sample, "tolist") else list(sample) for sample in samples]
    rows = [row for row, sample in enumerate(samples) if len(sample) > 1]
    if not rows:
        raise ValueError("No sequence of X has two items, a beginning and a last one: there is nothing to recommend.")
    return rows, [samples[row][:-1] for row in rows], [samples[row][-1] for row in rows]


def make_next_item_scorer(metric: Callable[..., Any], *, k: int = 10, exclude_seen: bool = False) -> Scorer:
    """Make a scorer for ``scoring=`` from a metric of recommendations.

    The scorer takes the last item off every sequence of X, asks the estimator which k items are likeliest after what is
    left, and calls the metric. Sequences of a single item have no beginning and are left out. y, if there is one, is
    what sequences depend on.

    Parameters
    ----------
    metric : callable
        `hit_rate_at_k`, `mean_reciprocal_rank` or `ndcg_at_k`.

    k : int, default=10
        How many items are recommended, at most as many as there are.

    exclude_seen : bool, default=False
        Whether items of the beginning are never recommended.

    Returns
    -------
    scorer : callable
        Called with (estimator, X) or (estimator, X, y). Higher is better.

    Raises
    ------
    ValueError
        If `metric` is none of these, or if `k` is no integer from 1 up. The scorer raises it if X holds no sequences of
        items or none of two, and an AttributeError if the estimator has no ``predict_topk(X, k)``.

    See Also
    --------
    NEXT_ITEM_SCORERS : Ready scorers by name.

    Examples
    --------
    >>> from skseq import SequenceGenerator
    >>> from skseq.metrics import hit_rate_at_k, make_next_item_scorer
    >>> sessions = [["bread", "butter", "jam"], ["tea", "milk"], ["bread", "butter", "ham"], ["tea", "lemon"]] * 5
    >>> model = SequenceGenerator(units=8, learning_rate=0.03, epochs=200, random_state=0).fit(sessions)
    >>> make_next_item_scorer(hit_rate_at_k, k=2)(model, sessions)  # jam and ham, milk and lemon
    1.0
    """
    if metric not in _METRICS:
        names = ", ".join(known.__name__ for known in _METRICS)
        raise ValueError(f"metric must be one of the functions {names}. Got {metric!r}.")
    check_count("k", k)
    check_switch("exclude_seen", exclude_seen)
    return _NextItemScorer(metric, k, bool(exclude_seen))


hit_rate_scorer: Scorer = make_next_item_scorer(hit_rate_at_k)
mean_reciprocal_rank_scorer: Scorer = make_next_item_scorer(mean_reciprocal_rank)
ndcg_scorer: Scorer = make_next_item_scorer(ndcg_at_k)

NEXT_ITEM_SCORERS: dict[str, Scorer] = {
    "hit_rate": hit_rate_scorer,
    "mean_reciprocal_rank": mean_reciprocal_rank_scorer,
    "ndcg": ndcg_scorer,
}
