"""Metrics of recommendations: where the true next item stands in a list of the most probable ones."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skseq._arguments import of_python
from skseq._data.plain import plain
from skseq._data.sequences import as_samples
from skseq._data.tokens.token_columns import with_columns
from skseq._files import public
from skseq._sklearn import Interval, validate_params
from skseq._typing import ArrayLike, SequencesLike
from skseq.metrics._targets import check_weights

_K = [Interval(Integral, 1, None, closed="left")]


@validate_params({"k": _K}, prefer_skip_nested_validation=True)
@public
def hit_rate_at_k(
    y_true: SequencesLike, recommended: SequencesLike, k: int = 10, *, sample_weight: ArrayLike | None = None
) -> float:
    """Share of samples whose true next item is among the first k that are recommended.

    With one true item for each sample this is the recall at k, too.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True items: integers, strings or other hashable values.

    recommended : array-like of shape (n_samples, n_recommended), or list of lists
        Items, best first, as ``predict_topk(X, k)[0]`` of a `SequenceGenerator` gives them.

    k : int, default=10
        How many of them count. Shorter lists are taken as they are: what they lack is not recommended.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    rate : float
        Between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        If there is no sample, if `recommended` does not hold one list for each, or if one side holds strings and the
        other numbers.

    See Also
    --------
    mean_reciprocal_rank : Counts early places more than late ones.
    hit_rate_scorer : The same as a scorer of sequences.

    Examples
    --------
    Of three items, one is at the first place, one at the second, and one is not recommended:

    >>> from skseq.metrics import hit_rate_at_k
    >>> shown = [["tea", "milk"], ["milk", "tea"], ["milk", "tea"]]
    >>> round(hit_rate_at_k(["tea", "tea", "bread"], shown, k=2), 4)
    0.6667
    >>> round(hit_rate_at_k(["tea", "tea", "bread"], shown, k=1), 4)
    0.3333
    """
    ranks, weights = _ranks(y_true, recommended, sample_weight)
    return float(np.average(ranks <= k, weights=weights))


@validate_params({"k": [*_K, None]}, prefer_skip_nested_validation=True)
@public
def mean_reciprocal_rank(
    y_true: SequencesLike, recommended: SequencesLike, k: int | None = None, *, sample_weight: ArrayLike | None = None
) -> float:
    """Mean of 1 / rank of the true next item, where the first place has rank 1; 0 for items that are not recommended.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True items: integers, strings or other hashable values.

    recommended : array-like of shape (n_samples, n_recommended), or list of lists
        Items, best first, as ``predict_topk(X, k)[0]`` of a `SequenceGenerator` gives them.

    k : int, default=None
        How many of them count. None counts all.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    mean : float
        Between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        As `hit_rate_at_k` does.

    See Also
    --------
    ndcg_at_k : Falls off more slowly with the rank.
    mean_reciprocal_rank_scorer : The same as a scorer of sequences.

    References
    ----------
    E. M. Voorhees, "The TREC-8 question answering track report", TREC 1999.

    Examples
    --------
    (1 + 1/2 + 0) / 3:

    >>> from skseq.metrics import mean_reciprocal_rank
    >>> mean_reciprocal_rank(["tea", "tea", "bread"], [["tea", "milk"], ["milk", "tea"], ["milk", "tea"]])
    0.5
    """
    ranks, weights = _ranks(y_true, recommended, sample_weight)
    return float(np.average(_within(1 / ranks, ranks, k), weights=weights))


@validate_params({"k": _K}, prefer_skip_nested_validation=True)
@public
def ndcg_at_k(
    y_true: SequencesLike, recommended: SequencesLike, k: int = 10, *, sample_weight: ArrayLike | None = None
) -> float:
    """Normalised discounted cumulative gain: the mean of 1 / log2(rank + 1) of the true next item, 0 below place k.

    With one true item for each sample the ideal gain, by which it is normalised, is 1.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True items: integers, strings or other hashable values.

    recommended : array-like of shape (n_samples, n_recommended), or list of lists
        Items, best first, as ``predict_topk(X, k)[0]`` of a `SequenceGenerator` gives them.

    k : int, default=10
        How many of them count. Shorter lists are taken as they are: what they lack is not recommended.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    mean : float
        Between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        As `hit_rate_at_k` does.

    See Also
    --------
    mean_reciprocal_rank : Falls off faster with the rank.
    ndcg_scorer : The same as a scorer of sequences.
    sklearn.metrics.ndcg_score : Of scores of all items, of which several may be true.

    References
    ----------
    K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM Transactions on Information
    Systems 20 (2002) 422-446.

    Examples
    --------
    The third place counts 1 / log2(4), the first one 1:

    >>> from skseq.metrics import ndcg_at_k
    >>> ndcg_at_k([7, 7], [[1, 2, 7], [7, 2, 1]], k=3)
    0.75
    """
    ranks, weights = _ranks(y_true, recommended, sample_weight)
    return float(np.average(_within(1 / np.log2(ranks + 1), ranks, k), weights=weights))


def _within(gains, ranks, k):
    """Gains at the first k places, 0 elsewhere."""
    return gains if k is None else np.where(ranks <= k, gains, 0)


def _ranks(y_true, recommended, sample_weight):
    """(place of every true item in its list, counted from 1 and infinite if it is not there (n,), weights (n,))."""
    items, recommended = _items(y_true), plain(recommended, "recommended")
    lists = as_samples(with_columns(recommended, "recommended"))
    lists = list(np.asarray(recommended)) if lists is None else lists
    wrong = [one for one in lists if isinstance(one, str) or not hasattr(one, "__len__")]
    if len(lists) != len(items) or wrong:
        got = f"{wrong[0]!r} among them" if wrong else f"{len(lists)} for {len(items)} items in y_true"
        raise ValueError(
            f"recommended must hold one list of items for each sample, as the tokens of predict_topk do. Got {got}."
        )
    lists = [one.tolist() if hasattr(one, "tolist") else list(one) for one in lists]
    _check_same_kind(items, [item for one in lists for item in one])
    ranks = [one.index(item) + 1 if item in one else np.inf for item, one in zip(items, lists)]
    return np.array(ranks, float), check_weights(sample_weight, len(items))


def _items(y_true):
    """(n,) items as a list of plain Python values."""
    y_true = plain(y_true, "y_true")
    items = as_samples(y_true)
    if items is None:
        array = np.asarray(y_true)
        if array.ndim != 1:
            raise ValueError(f"y_true must hold one item for each sample, (n_samples,). Got shape {array.shape}.")
        items = list(array)
    if not items:
        raise ValueError("y_true holds no sample, and a mean of none is undefined.")
    if any(isinstance(item, (list, np.ndarray)) for item in items):
        raise ValueError("y_true must hold one item for each sample, the next one. Got a list of several.")
    return list(map(of_python, items))


def _check_same_kind(items, others):
    """Strings never equal numbers: a score of 0 would hide it."""
    kinds = [{isinstance(item, str) for item in some if item is not None} for some in (items, others)]
    if {frozenset(kind) for kind in kinds} == {frozenset({True}), frozenset({False})}:
        named = ["strings" if kind == {True} else "numbers or others" for kind in kinds]
        raise ValueError(
            f"y_true holds {named[0]} and recommended {named[1]}, which are never equal: pass both as they are before "
            "encoding, or both after it."
        )
