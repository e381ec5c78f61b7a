"""Metrics of predicted sequences, of one length or ragged, and the same as scorers.

Metrics are functions ``f(y_true, y_pred, *, sample_weight=None)`` of labels, 2-D tokens, one-hot vectors, token lists
or strings. Scorers are ready objects for ``scoring=``; `SCORERS` holds those for any targets by name, for a multimetric
search:

>>> from sklearn.model_selection import GridSearchCV
>>> from skseq import Seq2SeqClassifier
>>> from skseq.metrics import SCORERS, sequence_accuracy_scorer
>>> search = GridSearchCV(Seq2SeqClassifier(), {"units": [32, 64]}, scoring=sequence_accuracy_scorer)
>>> names = ("sequence_accuracy", "token_accuracy", "neg_normalized_edit_distance")
>>> search = GridSearchCV(
...     Seq2SeqClassifier(),
...     {"units": [32, 64]},
...     scoring={name: SCORERS[name] for name in names},
...     refit="sequence_accuracy",
... )

"neg_perplexity" needs an estimator with ``score_samples(X, y)``. "bleu" is among them if sacreBLEU is installed (``pip
install 'skseq[text]'``). `span_f1_scorer` stands apart: it is for labels that mark spans, one per timestep, such as
named entities ("B-PER", "I-PER", "O"). A scorer with other settings is made as any other:

>>> from sklearn.metrics import make_scorer
>>> from skseq.metrics import normalized_edit_distance
>>> neg_word_error_rate = make_scorer(normalized_edit_distance, greater_is_better=False, analyzer=str.split)
"""

from skseq.metrics._bleu import bleu_score
from skseq.metrics._scorers import (
    SCORERS,
    bleu_scorer,
    neg_normalized_edit_distance_scorer,
    neg_perplexity_scorer,
    sequence_accuracy_scorer,
    span_f1_scorer,
    token_accuracy_scorer,
)
from skseq.metrics._scores import (
    edit_distance,
    normalized_edit_distance,
    perplexity,
    sequence_accuracy_score,
    token_accuracy_score,
)
from skseq.metrics._spans import span_f1_score, span_report

__all__ = [
    "SCORERS",
    "bleu_score",
    "bleu_scorer",
    "edit_distance",
    "neg_normalized_edit_distance_scorer",
    "neg_perplexity_scorer",
    "normalized_edit_distance",
    "perplexity",
    "sequence_accuracy_score",
    "sequence_accuracy_scorer",
    "span_f1_score",
    "span_f1_scorer",
    "span_report",
    "token_accuracy_score",
    "token_accuracy_scorer",
]
