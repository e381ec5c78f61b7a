"""The output of a fitted estimator that is looked at while sequences are changed."""

from contextlib import contextmanager
from inspect import Parameter, signature

import numpy as np
from sklearn.base import is_regressor

from skseq._sklearn import _safe_indexing
from skseq.metrics._scorers import final_step, innermost


def outputs_of(estimator, X, y, response):
    """A function of changed sequences, and of the rows of X that they were, that gives outputs (m, n_numbers)."""
    if callable(response):

        def responses(X, rows):
            with naming(response, "response"):
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


@contextmanager
def naming(function, argument):
    """Let errors of a user's function name the argument that it is."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if not callable(function):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{argument}={function!r} failed: {error}") from error
