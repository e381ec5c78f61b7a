"""The names in files of skops that hold estimators of this package: pass them to ``skops.io.load``."""

_OURS = (  # public classes, and the scorers that searches keep
    "skseq.DecodingSearch",
    "skseq.LSTMAutoencoderDetector",
    "skseq.LSTMAutoencoderTransformer",
    "skseq.SeasonalNaive",
    "skseq.Seq2SeqClassifier",
    "skseq.Seq2SeqRegressor",
    "skseq.Seq2SeqTransducer",
    "skseq.SequenceClassifier",
    "skseq.SequenceRegressor",
    "skseq.SequenceTagger",
    "skseq.SeriesForecaster",
    "skseq.datasets.SequencePairGenerator",
    "skseq.metrics._ForecastScorer",
    "skseq.metrics._LikelihoodScorer",
    "skseq.model_selection.BlockTimeSeriesSplit",
    "skseq.preprocessing.SequenceOneHotEncoder",
    "skseq.preprocessing.SequencePadder",
    "skseq.preprocessing.SequenceScaler",
    "skseq.preprocessing.SequenceTokenizer",
    "skseq.preprocessing.SlidingWindows",
)
_OUR_METRICS = tuple(  # functions that scorers call
    f"skseq.metrics.{name}"
    for name in (
        "bleu_score",
        "continuous_ranked_probability_score",
        "interval_coverage",
        "mean_absolute_scaled_error",
        "mean_interval_width",
        "normalized_edit_distance",
        "perplexity",
        "sequence_accuracy_score",
        "span_f1_score",
        "symmetric_mean_absolute_percentage_error",
        "token_accuracy_score",
        "weighted_quantile_loss",
        "winkler_score",
    )
)
_OF_SEARCHES = (  # what scikit-learn's searches keep, which skops does not trust by itself: values without side effects
    "sklearn.metrics._scorer._MultimetricScorer",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.model_selection._split.GroupKFold",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.ShuffleSplit",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.model_selection._split.StratifiedShuffleSplit",
    "sklearn.model_selection._split.TimeSeriesSplit",
    "sklearn.metrics._classification.accuracy_score",
    "sklearn.metrics._classification.balanced_accuracy_score",
    "sklearn.metrics._classification.f1_score",
    "sklearn.metrics._classification.log_loss",
    "sklearn.metrics._ranking.average_precision_score",
    "sklearn.metrics._ranking.roc_auc_score",
    "sklearn.metrics._regression.mean_absolute_error",
    "sklearn.metrics._regression.mean_squared_error",
    "sklearn.metrics._regression.r2_score",
    "sklearn.metrics._regression.root_mean_squared_error",
)
TRUSTED_TYPES = (*_OURS, *_OUR_METRICS, *_OF_SEARCHES)
