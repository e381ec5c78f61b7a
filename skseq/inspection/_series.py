"""What displays need from an estimator, and the sequences that they show."""

from collections.abc import Iterable
from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import brief
from skseq._data.plain import plain, stacked_vectors
from skseq._sklearn import _num_samples, _safe_indexing

FEW_SAMPLES, FEW_FEATURES = 3, 4  # shown if nothing is chosen


def check_has(estimator, display, methods, *, enough=all, more=""):
    """A fitted estimator with the methods (all or any of them); anything else raises an error that names them.

    ``more`` ends the error: what else to do.
    """
    if not enough(hasattr(estimator, method) for method in methods):
        names = (" and " if enough is all else " or ").join(methods)
        lacks = ", ".join(method for method in methods if not hasattr(estimator, method))
        raise TypeError(
            f"{display} needs an estimator with {names}. Got {type(estimator).__name__}, which lacks {lacks}. Of a "
            "Pipeline, pass the step (or the slice of steps) that has them, and X as the steps before it give it; of a "
            f"search, its best_estimator_.{more}"
        )
    check_is_fitted(estimator)


def places_of(chosen, count, argument):
    """Indices counted from the start, (n,), of one index or several; one out of range raises IndexError."""
    places = list(chosen) if isinstance(chosen, Iterable) else [chosen]
    if not places or not all(isinstance(place, Integral) and not isinstance(place, bool) for place in places):
        raise ValueError(f"{argument} must be integer indices, at least one. Got {chosen!r}.")
    for place in places:  # like an index of a list, it may count from the end
        if not -count <= place < count:
            raise IndexError(f"{argument} has index {place}, but there are {count}: expected {-count} to {count - 1}.")
    return np.array([place % count for place in places])


def count_samples(X, argument="X"):
    """How many samples there are; what is no container, or holds none, raises ValueError."""
    if isinstance(X, str):
        raise ValueError(
            f"{argument} must be an array or a list of samples. Got one string: pass a list of it, [{argument}]."
        )
    try:
        count = _num_samples(X)
    except TypeError as error:
        raise ValueError(f"{argument} must be an array or a list of samples. Got {brief(X, 80)}.") from error
    if count == 0:
        raise ValueError(f"{argument} holds no sample: pass at least one.")
    return count


def choose(X, samples, argument="samples", *, default=1, of="X"):
    """(indices, these samples in the container that X came in); without indices the first ``default`` ones.

    Errors name ``argument`` for the indices, ``of`` for X.
    """
    count = count_samples(X, of)
    places = places_of(range(min(default, count)) if samples is None else samples, count, argument)
    return places, _safe_indexing(X, places)


def each(samples, argument="X"):
    """A list of the samples of a container up to their masks; it may be a data frame with one sample per row."""
    samples = plain(samples, argument)
    return list(np.asarray(samples) if hasattr(samples, "columns") else samples)  # a frame gives its column names


def as_series(sample):
    """(t, f) of one sample (t,) or (t, f) of X, floating."""
    try:
        values = np.asarray(stacked_vectors(sample), dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X must hold sequences of numbers: {error}. Got the sample {brief(sample, 80)}.") from error
    return values[:, None] if values.ndim == 1 else values  # (t,) -> (t, 1)


def feature_names_of(sample, n_features, given=None, *, word="feature"):
    """One name per feature: given ones, the columns of a frame (t, f), or numbers; a single feature is "series"."""
    names = getattr(sample, "columns", None) if given is None else given
    if names is None:
        return ["series"] if n_features == 1 else [f"{word} {index}" for index in range(n_features)]
    names = [names] if isinstance(names, str) else list(map(str, names))
    if len(names) != n_features:
        raise ValueError(f"{word}_names must hold {n_features} names, one per {word}. Got {len(names)}: {names}.")
    return names


def names_of_series(series, n_features, given=None, *, word="feature"):
    """`feature_names_of` of one series, which may be a Series with a name."""
    return feature_names_of(series, n_features, name_of(series) if given is None else given, word=word)


def name_of(series):
    """The name of a Series, or None: polars calls one "" by default, and pandas a row of a frame by its place."""
    name = getattr(series, "name", None)
    return name if isinstance(name, str) and name else None


def columns_of(chosen, names, argument):
    """Indices of columns chosen by index or name; of None the first few."""
    if chosen is None:
        return np.arange(min(FEW_FEATURES, len(names)))
    chosen = [chosen] if isinstance(chosen, str) or not hasattr(chosen, "__iter__") else list(chosen)
    unknown = [one for one in chosen if isinstance(one, str) and one not in names]
    if unknown:
        raise ValueError(f"{argument} has {unknown}, but the {argument} are {names}.")
    return places_of([names.index(one) if isinstance(one, str) else one for one in chosen], len(names), argument)


def spans(mask):
    """(n_spans, 2): first index of every run of True, and the index after its last."""
    edges = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))  # 1 where a run begins, -1 behind it
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)
