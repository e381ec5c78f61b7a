"""Metrics of predicted and generated sequences, of forecasts and recommendations, and the same as scorers.

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

The first three split the texts of a `Seq2SeqTransducer` by its `target_analyzer`, so that spaces do not count and rates
are those of its tokens: of words with "word". "neg_perplexity" and "neg_bits_per_token" need an estimator with
``score_samples(X, y)``; with a `SequenceGenerator` they judge X. "bleu" is among them if sacreBLEU is installed
(``pip install 'skseq[text]'``). `span_f1_scorer` stands apart: it is for labels that mark spans, one per timestep, such
as named entities ("B-PER", "I-PER", "O"). A scorer with other settings is made as any other:

>>> from sklearn.metrics import make_scorer
>>> from skseq.metrics import normalized_edit_distance
>>> neg_word_error_rate = make_scorer(normalized_edit_distance, greater_is_better=False, analyzer=str.split)

Metrics of forecasts take numbers, (n_samples, horizon) or (n_samples, horizon, n_targets) or a list of arrays, and by
``multioutput="raw_values"`` give one number per step. `FORECAST_SCORERS` holds scorers by name; those of points are for
any regressor whose X are windows, those of quantiles and intervals for one with `predict_quantiles` or
`predict_interval`:

>>> from sklearn.linear_model import Ridge
>>> from skseq.metrics import FORECAST_SCORERS, make_forecast_scorer, mean_absolute_scaled_error
>>> scoring = FORECAST_SCORERS["neg_symmetric_mean_absolute_percentage_error"]
>>> search = GridSearchCV(Ridge(), {"alpha": [0.1, 1]}, scoring=scoring)
>>> neg_mase_of_months = make_forecast_scorer(mean_absolute_scaled_error, m=12)

Of generated sequences, `copied_fraction` and `longest_copied_substring` say what they have from the training data, and
`distinct_n` how they differ. `hit_rate_at_k`, `mean_reciprocal_rank` and `ndcg_at_k` take true next items and lists of
recommended ones. Their scorers, in `NEXT_ITEM_SCORERS` by name, take the last item off every sequence of X and let an
estimator with `predict_topk` recommend ten:

>>> from skseq import SequenceGenerator
>>> from skseq.metrics import NEXT_ITEM_SCORERS, hit_rate_at_k, make_next_item_scorer
>>> search = GridSearchCV(SequenceGenerator(), {"units": [32, 64]}, scoring=NEXT_ITEM_SCORERS, refit="hit_rate")
>>> hit_rate_at_5 = make_next_item_scorer(hit_rate_at_k, k=5)
"""

from skseq.metrics._bleu import bleu_score
from skseq.metrics._forecast_scorers import (
    FORECAST_SCORERS,
    interval_coverage_scorer,
    make_forecast_scorer,
    neg_continuous_ranked_probability_score_scorer,
    neg_mean_absolute_scaled_error_scorer,
    neg_symmetric_mean_absolute_percentage_error_scorer,
    neg_weighted_quantile_loss_scorer,
    neg_winkler_scorer,
)
from skseq.metrics._forecast_scorers import _ForecastScorer as _ForecastScorer  # by the name that files know
from skseq.metrics._forecasts import (
    continuous_ranked_probability_score,
    interval_coverage,
    mean_absolute_scaled_error,
    mean_interval_width,
    symmetric_mean_absolute_percentage_error,
    weighted_quantile_loss,
    winkler_score,
)
from skseq.metrics._next_item_scorers import (
    NEXT_ITEM_SCORERS,
    hit_rate_scorer,
    make_next_item_scorer,
    mean_reciprocal_rank_scorer,
    ndcg_scorer,
)
from skseq.metrics._next_item_scorers import _NextItemScorer as _NextItemScorer
from skseq.metrics._next_items import hit_rate_at_k, mean_reciprocal_rank, ndcg_at_k
from skseq.metrics._samples import copied_fraction, distinct_n, longest_copied_substring
from skseq.metrics._scorers import (
    SCORERS,
    bleu_scorer,
    neg_bits_per_token_scorer,
    neg_normalized_edit_distance_scorer,
    neg_perplexity_scorer,
    sequence_accuracy_scorer,
    span_f1_scorer,
    token_accuracy_scorer,
)
from skseq.metrics._scorers import _LikelihoodScorer as _LikelihoodScorer
from skseq.metrics._scorers import _OutputScorer as _OutputScorer
from skseq.metrics._scores import (
    bits_per_token,
    edit_distance,
    normalized_edit_distance,
    perplexity,
    sequence_accuracy_score,
    token_accuracy_score,
)
from skseq.metrics._spans import span_f1_score, span_report

__all__ = [
    "FORECAST_SCORERS",
    "NEXT_ITEM_SCORERS",
    "SCORERS",
    "bits_per_token",
    "bleu_score",
    "bleu_scorer",
    "continuous_ranked_probability_score",
    "copied_fraction",
    "distinct_n",
    "edit_distance",
    "hit_rate_at_k",
    "hit_rate_scorer",
    "interval_coverage",
    "interval_coverage_scorer",
    "longest_copied_substring",
    "make_forecast_scorer",
    "make_next_item_scorer",
    "mean_absolute_scaled_error",
    "mean_interval_width",
    "mean_reciprocal_rank",
    "mean_reciprocal_rank_scorer",
    "ndcg_at_k",
    "ndcg_scorer",
    "neg_bits_per_token_scorer",
    "neg_continuous_ranked_probability_score_scorer",
    "neg_mean_absolute_scaled_error_scorer",
    "neg_normalized_edit_distance_scorer",
    "neg_perplexity_scorer",
    "neg_symmetric_mean_absolute_percentage_error_scorer",
    "neg_weighted_quantile_loss_scorer",
    "neg_winkler_scorer",
    "normalized_edit_distance",
    "perplexity",
    "sequence_accuracy_score",
    "sequence_accuracy_scorer",
    "span_f1_score",
    "span_f1_scorer",
    "span_report",
    "symmetric_mean_absolute_percentage_error",
    "token_accuracy_score",
    "token_accuracy_scorer",
    "weighted_quantile_loss",
    "winkler_score",
]
