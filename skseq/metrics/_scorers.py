"""The metrics as scorers, called with (estimator, X, y)."""

from __future__ import annotations

from importlib.util import find_spec

from sklearn.metrics import make_scorer

from skseq._data.times.calendars import is_one_series
from skseq._files import public
from skseq._sklearn import _BaseScorer
from skseq._typing import Scorer
from skseq.metrics._bleu import bleu_score
from skseq.metrics._scores import (
    bits_per_token,
    normalized_edit_distance,
    perplexity,
    sequence_accuracy_score,
    token_accuracy_score,
)
from skseq.metrics._spans import span_f1_score
from skseq.metrics._targets import read_targets


@public
class _LikelihoodScorer(_BaseScorer):
    """Calls a metric with the log-probabilities and the numbers of tokens of the true targets.

    Those of a `SequenceGenerator` are the sequences X; y, if there is one, is what they depend on.
    """

    def __call__(self, estimator, X, y_true=None, **kwargs):
        return super().__call__(estimator, X, y_true, **kwargs)  # scikit-learn's own needs a y

    def _score(self, method_caller, estimator, X, y_true=None, **kwargs):
        estimator, X = final_step(estimator, X)
        if not hasattr(estimator, self._response_method):
            raise AttributeError(
                f"{self!r} needs an estimator with the method {self._response_method}(X, y), the log-probability of "
                f"every target. {type(estimator).__name__} has none: use another scorer."
            )
        log_probs = getattr(estimator, self._response_method)(X, y_true)
        return self._sign * self._score_func(log_probs, _n_tokens(estimator, X, y_true), **{**self._kwargs, **kwargs})


@public
class _OutputScorer(_BaseScorer):
    """Calls a metric with y and predictions. Texts of a transducer are split as its targets are, as by its `score`."""

    def _score(self, method_caller, estimator, X, y_true, **kwargs):
        predicted = method_caller(estimator, self._response_method, X, pos_label=None)
        targets = getattr(innermost(estimator), "_targets", None)
        if hasattr(targets, "token_pairs"):
            y_true, predicted = targets.token_pairs(y_true, predicted)
        return self._sign * self._score_func(y_true, predicted, **{**self._kwargs, **kwargs})


def innermost(estimator):
    """The estimator inside pipelines and searches."""
    if hasattr(estimator, "best_estimator_"):
        return innermost(estimator.best_estimator_)
    return innermost(estimator[-1]) if hasattr(estimator, "named_steps") else estimator


def final_step(estimator, X):
    """The estimator inside pipelines and searches, whose score_samples takes no y, and X as it gets there."""
    if hasattr(estimator, "best_estimator_"):
        return final_step(estimator.best_estimator_, X)
    if hasattr(estimator, "named_steps"):
        X = estimator[:-1].transform(X) if len(estimator) > 1 else X  # an empty pipeline has no transform
        return final_step(estimator[-1], X)
    return estimator, X


def is_one_sample(estimator, X):
    """Whether X is one series to a forecaster of long ones, or to a search of them: not a container of samples."""
    return is_one_series(X) and hasattr(getattr(estimator, "best_estimator_", estimator), "backtest")


def _n_tokens(estimator, X, y):
    """Number of tokens that the probability of every target is a product over: the estimator may know it better."""
    if hasattr(estimator, "_n_scored"):  # a generator, whose sequences are X
        return estimator._n_scored(X)
    targets = getattr(estimator, "_targets", None)
    if hasattr(targets, "n_scored"):  # ours: their targets know whether an end token is scored, too
        return targets.n_scored(y)
    return [len(tokens) for tokens in read_targets(y)]


sequence_accuracy_scorer: Scorer = _OutputScorer(sequence_accuracy_score, 1, {})
token_accuracy_scorer: Scorer = _OutputScorer(token_accuracy_score, 1, {})
neg_normalized_edit_distance_scorer: Scorer = _OutputScorer(normalized_edit_distance, -1, {})
span_f1_scorer: Scorer = make_scorer(span_f1_score)
bleu_scorer: Scorer = make_scorer(bleu_score)
neg_perplexity_scorer: Scorer = _LikelihoodScorer(perplexity, -1, {}, "score_samples")
neg_bits_per_token_scorer: Scorer = _LikelihoodScorer(bits_per_token, -1, {}, "score_samples")

SCORERS: dict[str, Scorer] = {  # those for any targets: span_f1_scorer reads labels of one scheme alone
    "sequence_accuracy": sequence_accuracy_scorer,
    "token_accuracy": token_accuracy_scorer,
    "neg_normalized_edit_distance": neg_normalized_edit_distance_scorer,
    "neg_perplexity": neg_perplexity_scorer,
    "neg_bits_per_token": neg_bits_per_token_scorer,
}
if find_spec("sacrebleu"):  # not imported here: the first score does that
    SCORERS["bleu"] = bleu_scorer
