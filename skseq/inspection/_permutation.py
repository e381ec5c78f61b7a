"""Permutation importance of timesteps, features and tokens: what a fitted estimator relies on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import as_random_state, as_score, brief, check_count
from skseq._typing import RandomState, SequencesLike
from skseq.inspection._cells import check_by, check_pairs, check_spans, read_cells
from skseq.inspection._responses import naming
from skseq.metrics._by_name import scorer_of


def permutation_importance(
    estimator: Any,
    X: SequencesLike,
    y: SequencesLike | None = None,
    *,
    by: Literal["auto", "features", "timesteps", "cells", "tokens"] = "auto",
    window: int = 1,
    scoring: str | Callable[..., Any] | None = None,
    n_repeats: int = 5,
    random_state: RandomState = None,
    source_type: Literal["auto", "numeric", "tokens"] = "auto",
) -> Bunch:
    """How much worse a fitted estimator scores if parts of X are exchanged between samples [1]_.

    A part is a feature, some timesteps, or a feature at some timesteps. In every repetition the samples are put into a
    random circle, and each takes the part from the next one. At each timestep it passes over samples that are too short
    to have it. So of samples of one length a part moves as a whole, every value stays at its timestep, and padding
    never comes in.

    Parameters
    ----------
    estimator : fitted estimator
        The estimator: one of skseq or any other, also a pipeline or a search.

    X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
        Sequences of the kind in fit, best ones that it was not trained on. Only a sample with other ones of its length
        can change as a whole.

    y : array-like, default=None
        True targets, as `score` takes them. None for estimators that score without.

    by : {"auto", "features", "timesteps", "cells", "tokens"}, default="auto"
        What a part is.

        - "features": a feature, at all timesteps
        - "timesteps": `window` timesteps with all their features, or as many places of tokens
        - "cells": a feature at `window` timesteps
        - "tokens": an entry of the vocabulary. Every occurrence of it is replaced by a token drawn from all others in
          X, each as likely as it is frequent.
        - "auto": "timesteps" with a `window` above 1; without, "tokens" of tokens, "features" of several features, and
          "timesteps" of a single one

    window : int, default=1
        How many timesteps a part spans, counted from the first one. Their importance is that of the part. With
        "features" and "tokens", which are exchanged at all timesteps, a window above 1 raises an error.

    scoring : str, callable or None, default=None
        The score, as in :func:`sklearn.model_selection.cross_val_score`. None takes the estimator's `score`.

    n_repeats : int, default=5
        How often every part is exchanged.

    random_state : int, RandomState instance or None, default=None
        Decides who takes from whom.

    source_type : {"auto", "numeric", "tokens"}, default="auto"
        How X is read. "auto": strings are tokens, and integers are if the estimator reads them so.

    Returns
    -------
    result : :class:`~sklearn.utils.Bunch`
        - importances : ndarray of shape (n_features, n_repeats), (n_timesteps, n_repeats), (n_timesteps, n_features,
          n_repeats) or (n_tokens, n_repeats). Score of X as it is minus the score after the exchange.
        - importances_mean, importances_std : ndarray. Mean and standard deviation over the repetitions.
        - by : str. What a part is.
        - names : list. Names of the features, or the tokens; None for timesteps.

    Raises
    ------
    ValueError
        If X has none of the parts, or if a parameter is none of these.

    See Also
    --------
    occlusion_importance : What single predictions rely on.
    ImportanceDisplay : Draw importances.

    References
    ----------
    .. [1] Breiman, "Random Forests", Machine Learning 2001, section 10.

    Examples
    --------
    The label is the sign of the second feature at the third timestep.

    >>> import numpy as np
    >>> from skseq import SequenceClassifier
    >>> from skseq.inspection import permutation_importance
    >>> X = np.random.RandomState(0).randn(200, 4, 2)
    >>> y = X[:, 2, 1] > 0
    >>> model = SequenceClassifier(units=8, pooling="last", epochs=20, random_state=0).fit(X[:150], y[:150])
    >>> result = permutation_importance(model, X[150:], y[150:], by="cells", random_state=0)
    >>> result.importances_mean.shape
    (4, 2)
    >>> int(result.importances_mean.argmax())  # row 2, column 1
    5
    """
    check_is_fitted(estimator)
    check_count("n_repeats", n_repeats)
    check_count("window", window)
    _check_one_score(scoring)
    check_pairs(X, y)
    cells = read_cells(X, estimator, source_type)
    by = _permuted_by(by, cells, window)
    scorer, rng = scorer_of(estimator, scoring), as_random_state(random_state)
    everyone = np.arange(len(cells.values))

    def score(values):
        return _score(scorer, scoring, estimator, cells.container(values, everyone), y)

    original, change = score(cells.values), _redrawn if by == "tokens" else _exchanged
    changed = [[score(change(cells, part, rng)) for _ in range(n_repeats)] for part in _parts(cells, by, window)]
    importances = _by_timestep(original - np.array(changed), cells, by, window)
    return Bunch(
        importances=importances,
        importances_mean=importances.mean(axis=-1),
        importances_std=importances.std(axis=-1),
        by=by,
        names=cells.vocabulary[1:] if by == "tokens" else None if by == "timesteps" else cells.feature_names,
    )


def _check_one_score(scoring):
    if not (scoring is None or isinstance(scoring, str) or callable(scoring)):
        raise ValueError(
            f"scoring must be one name, a callable or None. Got {brief(scoring, 80)}: call once for each score."
        )


def _score(scorer, scoring, estimator, X, y):
    """The score of an estimator; what is no number raises ValueError."""
    try:
        with naming(scoring, "scoring"):
            score = scorer(estimator, X) if y is None else scorer(estimator, X, y)
    except TypeError as error:
        if y is not None:
            raise
        raise ValueError(f"y is None, and the score failed without true targets: {error}. Pass y.") from error
    number = as_score(score, scoring)
    if np.isnan(number):
        raise ValueError(f"scoring={brief(scoring, 80)} must give a number. Got nan.")
    return number


def _permuted_by(by, cells, window):
    """What a part is; one that X has none of raises ValueError."""
    is_tokens, n_features = cells.vocabulary is not None, cells.values.shape[2]
    if by == "auto":
        by = "timesteps" if window > 1 else "tokens" if is_tokens else "features" if n_features > 1 else "timesteps"
    allowed = ("timesteps", "tokens") if is_tokens else ("features", "timesteps", "cells")
    check_by(by, allowed, is_tokens)
    check_spans(by, window=window)
    if by == "tokens" and len(cells.vocabulary) < 3:
        raise ValueError("by='tokens' needs at least two different tokens in X. Got one.")
    if by != "tokens" and len(cells.values) < 2:
        raise ValueError(f"by={by!r} exchanges values between samples, so X must have at least two of them. Got one.")
    return by


def _parts(cells, by, window):
    """Places in the vocabulary, or (timesteps, features) of every part."""
    _, n_timesteps, n_features = cells.values.shape
    if by == "tokens":
        return range(1, len(cells.vocabulary))
    all_steps, each_feature = [range(n_timesteps)], range(n_features)
    steps = (
        all_steps
        if by == "features"
        else [range(start, min(start + window, n_timesteps)) for start in range(0, n_timesteps, window)]
    )
    return list(product(steps, [slice(None)] if by == "timesteps" else each_feature))


def _exchanged(cells, part, rng):
    """Values (n, t, f) in which every sample has the part of the next one in a random circle."""
    steps, features = part
    order = rng.permutation(len(cells.values))
    following = np.empty_like(order)
    following[order] = np.roll(order, -1)
    values = cells.values.copy()
    for step in steps:
        has = cells.lengths > step
        values[has, step, features] = cells.values[_next_with(has, following)[has], step, features]
    return values


def _next_with(has, following):
    """The sample (n,) that follows every sample in the circle, without those that lack the timestep."""
    found = following
    while (passed := has & ~has[found]).any():
        found = np.where(passed, following[found], found)
    return found


def _redrawn(cells, place, rng):
    """Values (n, t, 1) in which other tokens of X stand for this one."""
    values, others = cells.values.copy(), cells.values[cells.real]
    others = others[others != place]
    here = (values == place) & cells.real[:, :, None]
    values[here] = rng.choice(others, here.sum())
    return values


def _by_timestep(importances, cells, by, window):
    """(n_parts, n_repeats) to features, timesteps, or both, first."""
    _, n_timesteps, n_features = cells.values.shape
    if by in ("features", "tokens"):
        return importances
    if by == "cells":
        importances = importances.reshape(-1, n_features, importances.shape[-1])
    return np.repeat(importances, window, axis=0)[:n_timesteps]
