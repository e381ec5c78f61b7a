"""What a fitted estimator relies on: permutation and occlusion importance of timesteps, features and tokens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from inspect import Parameter, signature
from itertools import product
from typing import Any, Literal

import numpy as np
from sklearn.base import is_regressor
from sklearn.utils import Bunch
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import as_random_state, as_score, check_count
from skseq._data.checks import check_same_samples
from skseq._data.parts import slices
from skseq._sklearn import _safe_indexing
from skseq._typing import RandomState, SequencesLike
from skseq.inspection._cells import read_cells
from skseq.inspection._series import count_samples
from skseq.metrics._by_name import scorer_of
from skseq.metrics._scorers import final_step, innermost

# --- permutation ------------------------------------------------------------------------------------------------------


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
    _check_pairs(X, y)
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
            f"scoring must be one name, a callable or None. Got {scoring!r:.80}: call once for each score."
        )


def _check_pairs(X, y):
    """Raise ValueError if X or y holds no samples, or y is given and has not as many as X."""
    n_samples = count_samples(X)
    if y is not None:
        check_same_samples(n_samples, count_samples(y, "y"), "X", "y")


def _score(scorer, scoring, estimator, X, y):
    """The score of an estimator; what is no number raises ValueError."""
    try:
        with _naming(scoring, "scoring"):
            score = scorer(estimator, X) if y is None else scorer(estimator, X, y)
    except TypeError as error:
        if y is not None:
            raise
        raise ValueError(f"y is None, and the score failed without true targets: {error}. Pass y.") from error
    number = as_score(score, scoring)
    if np.isnan(number):
        raise ValueError(f"scoring={scoring!r:.80} must give a number. Got nan.")
    return number


@contextmanager
def _naming(function, argument):
    """Let errors of a user's function name the argument that it is."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if not callable(function):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{argument}={function!r} failed: {error}") from error


def _permuted_by(by, cells, window):
    """What a part is; one that X has none of raises ValueError."""
    is_tokens, n_features = cells.vocabulary is not None, cells.values.shape[2]
    if by == "auto":
        by = "timesteps" if window > 1 else "tokens" if is_tokens else "features" if n_features > 1 else "timesteps"
    allowed = ("timesteps", "tokens") if is_tokens else ("features", "timesteps", "cells")
    _check_by(by, allowed, is_tokens)
    _check_spans(by, window=window)
    if by == "tokens" and len(cells.vocabulary) < 3:
        raise ValueError("by='tokens' needs at least two different tokens in X. Got one.")
    if by != "tokens" and len(cells.values) < 2:
        raise ValueError(f"by={by!r} exchanges values between samples, so X must have at least two of them. Got one.")
    return by


def _check_by(by, allowed, is_tokens):
    if by not in allowed:
        what = "tokens" if is_tokens else "numbers"
        raise ValueError(f"by must be 'auto' or one of {', '.join(map(repr, allowed))} if X holds {what}. Got {by!r}.")


def _check_spans(by, **spans):
    """Raise ValueError for numbers of timesteps, by name, if a part spans all timesteps."""
    given = [f"{name}={span}" for name, span in spans.items() if span not in (None, 1)]
    if by in ("features", "tokens") and given:
        others = "by='timesteps'" if by == "tokens" else "by='timesteps' or 'cells'"
        raise ValueError(
            f"by={by!r} changes all timesteps at once, so {' and '.join(given)} would count for nothing: set {others} "
            f"for importance over time, or leave {' and '.join(spans)} out."
        )


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


# --- occlusion --------------------------------------------------------------------------------------------------------


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
    _check_pairs(X, y)
    cells = read_cells(X, estimator, source_type)
    _check_by(by, ("cells", "timesteps") if cells.vocabulary else ("cells", "timesteps", "features"), cells.vocabulary)
    _check_spans(by, window=window, stride=stride)
    outputs = _outputs(estimator, X, y, response)
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
            f"baseline must be a number, or one for each of the {n_features} feature(s) of X. Got {baseline!r:.80}."
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


# --- the output that is looked at -------------------------------------------------------------------------------------


def _outputs(estimator, X, y, response):
    """A function of changed sequences, and of the rows of X that they were, that gives outputs (m, n_numbers)."""
    if callable(response):

        def responses(X, rows):
            with _naming(response, "response"):
                found = response(estimator, X)
            return _as_numbers(found, len(rows), "response")

        return responses
    final = innermost(estimator)

    def before(X):
        return final_step(estimator, X)[1]

    if response != "auto":
        if not isinstance(response, str) or not hasattr(final, response):
            raise ValueError(
                f"response must be 'auto', a method of {type(final).__name__} or a function. Got {response!r}."
            )
        return lambda X, rows: _as_numbers(getattr(final, response)(before(X)), len(rows), response)
    if hasattr(final, "score_samples") and not is_regressor(final):
        return _log_probabilities(before, final, X, y)
    if hasattr(final, "predict_proba"):
        return _probabilities(before, final, X, y)
    if hasattr(final, "predict"):
        return lambda X, rows: _as_numbers(final.predict(before(X)), len(rows), "predict")
    raise TypeError(
        f"{type(final).__name__} has none of score_samples, predict_proba and predict: pass response, a function of "
        "the estimator and X."
    )


def _log_probabilities(before, final, X, y):
    """Scores of samples, of those that take outputs: of the given or predicted ones."""
    reads_outputs = "y" in signature(final.score_samples).parameters
    needed = reads_outputs and signature(final.fit).parameters["y"].default is Parameter.empty
    y = final.predict(before(X)) if needed and y is None else y

    def scores(X, rows):
        given = {"y": _safe_indexing(y, rows)} if reads_outputs and y is not None else {}
        return _as_numbers(final.score_samples(before(X), **given), len(rows), "score_samples")

    return scores


def _probabilities(before, final, X, y):
    """Probability of the given or the most probable class, the mean over outputs."""

    def per_output(X):  # a list of (n, n_classes)
        probabilities = final.predict_proba(before(X))
        return probabilities if isinstance(probabilities, list) else [probabilities]

    columns = (
        [own.argmax(axis=1) for own in per_output(X)] if y is None else _columns_of(y, getattr(final, "classes_", None))
    )

    def probabilities(X, rows):
        chosen = [own[np.arange(len(rows)), column[rows]] for own, column in zip(per_output(X), columns)]
        return np.mean(chosen, axis=0)[:, None]

    return probabilities


def _columns_of(y, classes):
    """Columns of the classes in y, one array (n,) per output."""
    y = np.asarray(y)
    y, classes = ([y], [classes]) if y.ndim == 1 else (y.T, classes)
    places = [{label: place for place, label in enumerate(np.asarray(own).tolist())} for own in classes]
    unknown = [label for own, known in zip(y, places) for label in own.tolist() if label not in known]
    if unknown:
        raise ValueError(f"y has {unknown[0]!r}, which is none of the classes in fit.")
    return [np.array([known[label] for label in own.tolist()]) for own, known in zip(y, places)]


def _as_numbers(outputs, n_samples, what):
    """(n, n_numbers) of outputs with samples first."""
    try:
        numbers = np.asarray(outputs, float).reshape(n_samples, -1)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{what} must give as many numbers for every sequence. Pass as response a function of the estimator and X "
            "that does."
        ) from error
    if np.isnan(numbers).any():
        raise ValueError(f"{what} gave NaN for the sequence at index {int(np.isnan(numbers).any(axis=1).argmax())}.")
    return numbers
