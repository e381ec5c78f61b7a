"""Occlusion importance of timesteps, features and tokens: what single predictions rely on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import brief, check_count
from skseq._data.plain import plain
from skseq._data.working_memory import slices
from skseq._typing import SequencesLike
from skseq.inspection._cells import check_by, check_pairs, check_spans, read_cells
from skseq.inspection._responses import outputs_of


def occlusion_importance(
    estimator: Any,
    X: SequencesLike,
    y: SequencesLike | None = None,
    *,
    by: Literal["cells", "timesteps", "features"] = "cells",
    window: int = 1,
    stride: int | None = None,
    baseline: Any = None,
    response: str | Callable[..., Any] = "auto",
    source_type: Literal["auto", "numeric", "tokens"] = "auto",
) -> Bunch:
    """How much the output of a fitted estimator falls if a part of a sequence is hidden [1]_.

    A hidden number is replaced by a baseline, a hidden token is removed or replaced. The importance of a part is the
    output for the whole sequence minus the output for the sequence without this part. So parts with a positive
    importance speak for the prediction. If parts overlap, a timestep has the mean over the parts that hide it.
    `LSTMAutoencoderDetector.reconstruction_errors` tells better which feature makes a sequence odd, because a feature
    without its usual movements is odd, too.

    Parameters
    ----------
    estimator : fitted estimator
        The estimator: one of skseq or any other, also a pipeline or a search.

    X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
        Sequences of the kind in fit, to be explained one by one.

    y : array-like of the kind in fit, default=None
        Outputs whose probability is looked at: labels, or outputs of a sequence-to-sequence estimator. None looks at
        those that the estimator predicts for X.

    by : {"cells", "timesteps", "features"}, default="cells"
        What is hidden at once.

        - "cells": a feature at `window` timesteps
        - "timesteps": `window` timesteps with all their features
        - "features": a feature at all timesteps

        Tokens have no features: of them "cells" is as "timesteps".

    window : int, default=1
        How many timesteps are hidden at once. With "features", which are hidden at all timesteps, a window or `stride`
        above 1 raises an error.

    stride : int or None, default=None
        How many timesteps later the next part begins. None means `window`, so that parts do not overlap.

    baseline : float, array-like of shape (n_features,), token or None, default=None
        What stands in place of hidden values. None: of numbers the mean of every feature over all timesteps of X, so
        pass that of the training data if X has few samples; tokens are removed, so that sequences get shorter. An
        estimator with an output for every timestep needs a token: one that it knows, or with
        ``handle_unknown="use_unknown"`` any other.

    response : {"auto"}, name of a method or callable, default="auto"
        The output that is looked at.

        - "auto": the log-probability of `y`, if the estimator has `score_samples(X, y)` (sequence-to-sequence
          estimators, taggers); else `score_samples` (autoencoders, detectors, generators), so what makes a sequence
          odd is negative; else the probability of the class, its mean over several outputs; else what `predict` gives.
        - name of a method: what it gives, such as "predict_log_proba". Where a class has a probability of almost 1,
          that hardly moves, whatever is hidden, but its logarithm does.
        - callable: a function of the estimator and sequences, which gives an array with samples first

        Of several numbers for a sample, the importance is the mean absolute change.

    source_type : {"auto", "numeric", "tokens"}, default="auto"
        How X is read. "auto": strings are tokens, and integers are if the estimator reads them so.

    Returns
    -------
    result : :class:`~sklearn.utils.Bunch`
        - importances : ndarray. By cells in the shape of X: (n_samples, n_timesteps) or (n_samples, n_timesteps,
          n_features); by timesteps (n_samples, n_timesteps), by features (n_samples, n_features). Where lengths differ,
          an object array with one array per sample.
        - response : ndarray of shape (n_samples,) or (n_samples, n_numbers). The output for X as it is.
        - by : str. What was hidden at once.
        - names : list. Names of the features, or of tokens one list per sample; None for timesteps of numbers.

    Raises
    ------
    TypeError
        If the estimator has none of the methods.
    ValueError
        If a parameter is none of these, if no token would be left, or if the estimator cannot read sequences without
        the removed tokens.

    See Also
    --------
    permutation_importance : What an estimator relies on over many samples.
    ImportanceDisplay : Draw importances.

    Notes
    -----
    All sequences with a hidden part are predicted in one call if they fit into the ``working_memory`` of scikit-learn,
    else in several.

    References
    ----------
    .. [1] Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.

    Examples
    --------
    >>> from skseq import SequenceClassifier
    >>> from skseq.inspection import occlusion_importance
    >>> words = ["haus", "maus", "laus", "house", "mouse", "louse"] * 5
    >>> language = (["de"] * 3 + ["en"] * 3) * 5
    >>> model = SequenceClassifier(units=8, analyzer="char", epochs=30, random_state=0).fit(words, language)
    >>> result = occlusion_importance(model, ["haus", "mouse"])
    >>> [own.shape for own in result.importances]
    [(4,), (5,)]
    >>> result.names[0]
    ['h', 'a', 'u', 's']
    """
    check_is_fitted(estimator)
    check_count("window", window)
    check_count("stride", window if stride is None else stride)
    check_pairs(X, y)
    X = plain(X, "X")
    cells = read_cells(X, estimator, source_type)
    check_by(by, ("cells", "timesteps") if cells.vocabulary else ("cells", "timesteps", "features"), cells.vocabulary)
    check_spans(by, window=window, stride=stride)
    outputs = outputs_of(estimator, X, y, response)
    cells, hidden = _baseline(cells, baseline)
    original = outputs(X, np.arange(len(cells.values)))
    parts = _hidden_parts(cells, by, window, window if stride is None else stride)
    changes = np.concatenate([_changes(cells, chunk, hidden, original, outputs) for chunk in _chunks(cells, parts)])
    return Bunch(
        importances=_collected(changes, cells, parts, by),
        response=original[:, 0] if original.shape[1] == 1 else original,
        by=by,
        names=_names(cells, by),
    )


def mean_values(cells):
    """Means (f,) over all real timesteps."""
    return np.nanmean(cells.values[cells.real], axis=0)


def _baseline(cells, baseline):
    """(`Cells` whose vocabulary has the baseline, values (f,) that stand for hidden ones)."""
    if cells.vocabulary is not None:
        known = cells.vocabulary if baseline is None else [*cells.vocabulary, baseline]
        return replace(cells, vocabulary=known), np.array([0 if baseline is None else len(known) - 1])
    if baseline is None:
        return cells, mean_values(cells)
    n_features = cells.values.shape[2]
    try:
        return cells, np.broadcast_to(np.asarray(baseline, float), n_features)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"baseline must be a number, or one for each of the {n_features} feature(s) of X. Got "
            f"{brief(baseline, 80)}."
        ) from error


def _hidden_parts(cells, by, window, stride):
    """(n_parts, 4): row, first timestep, timestep after the last, feature or -1 for all."""
    features = [-1] if by == "timesteps" else range(cells.values.shape[2])
    parts = []
    for row, length in enumerate(cells.lengths.tolist()):
        starts = range(0, length, stride) if by != "features" else [0]
        ends = [min(start + window, length) if by != "features" else length for start in starts]
        parts += [(row, start, end, feature) for start, end in zip(starts, ends) for feature in features]
    return np.array(parts)


def _chunks(cells, parts):
    """Some of the parts at a time, as many as sequences fit into the working memory."""
    shape = np.broadcast_to(cells.values[:1], (len(parts), *cells.values.shape[1:]))
    return [parts[chunk] for chunk in slices(shape, n_arrays=3)]  # values, what is hidden, the container


def _changes(cells, parts, hidden, original, outputs):
    """By how much the output falls without each part, (n_parts,)."""
    rows, starts, ends, features = parts.T
    steps, columns = np.arange(cells.values.shape[1]), np.arange(cells.values.shape[2])
    at_steps = (steps >= starts[:, None]) & (steps < ends[:, None])  # (m, t)
    at_features = (features[:, None] < 0) | (columns == features[:, None])  # (m, f)
    values = np.where(at_steps[:, :, None] & at_features[:, None], hidden, cells.values[rows])
    X = cells.container(values, rows)
    try:
        change = original[rows] - outputs(X, rows)
    except ValueError as error:
        if cells.vocabulary is None or hidden[0]:
            raise
        raise ValueError(
            f"The estimator cannot tell its output for sequences from which tokens were removed ({error}). Pass a "
            "token as baseline that stands in their place."
        ) from error
    return change[:, 0] if change.shape[1] == 1 else np.abs(change).mean(axis=1)


def _collected(changes, cells, parts, by):
    """Changes (n_parts,) as means over what hides a cell, in the shape of X, or as (n, t) or (n, f)."""
    n_samples, n_timesteps, n_features = cells.values.shape
    shape = (n_samples, n_timesteps, 1 if by == "timesteps" else n_features)
    sums, counts = np.zeros(shape), np.zeros(shape)
    for change, (row, start, end, feature) in zip(changes, parts):
        sums[row, start:end, max(feature, 0)] += change
        counts[row, start:end, max(feature, 0)] += 1
    if by == "features":
        return sums[:, 0]
    means = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0)  # NaN where a stride left gaps
    return cells.unpadded(means if by == "cells" and not cells.univariate else means[:, :, 0])


def _names(cells, by):
    if cells.vocabulary is None:
        return None if by == "timesteps" else cells.feature_names
    return cells.tokens_of([own[:length] for own, length in zip(cells.values, cells.lengths)])
