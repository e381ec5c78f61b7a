"""The names in files of skops that hold estimators of this package: pass them to ``skops.io.load``.

A hostile file may have any of these classes made, with any state, and any of these functions called, with any values.
So the list takes only names that can do no harm. Classes keep their state as it is and run nothing of it. Functions
compute numbers: none evaluates text, or opens what an argument names. Distributions of ``scipy.stats`` are not among
them: their ``__setstate__`` executes a string that stands in the file.
"""

_OURS = (  # public classes, and the scorers that searches keep
    "skseq.DecodingSearch",
    "skseq.LSTMAutoencoderDetector",
    "skseq.LSTMAutoencoderTransformer",
    "skseq.SeasonalNaive",
    "skseq.Seq2SeqClassifier",
    "skseq.Seq2SeqRegressor",
    "skseq.Seq2SeqTransducer",
    "skseq.SequenceClassifier",
    "skseq.SequenceEncoder",
    "skseq.SequenceGenerator",
    "skseq.SequenceRegressor",
    "skseq.SequenceTagger",
    "skseq.SeriesForecaster",
    "skseq.datasets.SequencePairGenerator",
    "skseq.metrics._ForecastScorer",
    "skseq.metrics._LikelihoodScorer",
    "skseq.metrics._NextItemScorer",
    "skseq.metrics._OutputScorer",
    "skseq.model_selection.BlockTimeSeriesSplit",
    "skseq.model_selection.Range",
    "skseq.preprocessing.SequenceImputer",
    "skseq.preprocessing.SequenceOneHotEncoder",
    "skseq.preprocessing.SequencePadder",
    "skseq.preprocessing.SequenceScaler",
    "skseq.preprocessing.SequenceTokenizer",
    "skseq.preprocessing.SlidingWindows",
)
_OUR_METRICS = tuple(  # functions that scorers call
    f"skseq.metrics.{name}"
    for name in (
        "bits_per_token",
        "bleu_score",
        "continuous_ranked_probability_score",
        "hit_rate_at_k",
        "interval_coverage",
        "mean_absolute_scaled_error",
        "mean_interval_width",
        "mean_reciprocal_rank",
        "ndcg_at_k",
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
_SEARCHES = (  # those that skops does not know: parameters and results, like the searches that it trusts by itself
    "sklearn.model_selection._search_successive_halving.HalvingGridSearchCV",
    "sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV",
)
_SPLITTERS = tuple(  # a few numbers each, a class of splitters, or indices: they choose samples once someone fits
    f"sklearn.model_selection._split.{name}"
    for name in (
        "GroupKFold",
        "GroupShuffleSplit",
        "KFold",
        "LeaveOneGroupOut",
        "LeaveOneOut",
        "LeavePGroupsOut",
        "LeavePOut",
        "PredefinedSplit",
        "RepeatedKFold",
        "RepeatedStratifiedKFold",
        "ShuffleSplit",
        "StratifiedGroupKFold",
        "StratifiedKFold",
        "StratifiedShuffleSplit",
        "TimeSeriesSplit",
        "_CVIterableWrapper",  # splits that were given as lists of indices
    )
)
_SCORERS = (  # a function, its sign and its arguments; they call the function, which has to be trusted, too
    "sklearn.metrics._scorer._CurveScorer",
    "sklearn.metrics._scorer._MultimetricScorer",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
)
_METRICS = tuple(  # the functions of all scorers that scikit-learn knows by name
    f"sklearn.metrics.{module}.{name}"
    for module, names in {
        "_classification": (
            "accuracy_score",
            "balanced_accuracy_score",
            "brier_score_loss",
            "d2_brier_score",
            "d2_log_loss_score",
            "f1_score",
            "jaccard_score",
            "log_loss",
            "matthews_corrcoef",
            "precision_score",
            "recall_score",
        ),
        "_ranking": ("average_precision_score", "roc_auc_score", "top_k_accuracy_score"),
        "_regression": (
            "d2_absolute_error_score",
            "explained_variance_score",
            "max_error",
            "mean_absolute_error",
            "mean_absolute_percentage_error",
            "mean_gamma_deviance",
            "mean_poisson_deviance",
            "mean_squared_error",
            "mean_squared_log_error",
            "median_absolute_error",
            "r2_score",
            "root_mean_squared_error",
            "root_mean_squared_log_error",
        ),
        "_scorer": ("negative_likelihood_ratio", "positive_likelihood_ratio"),
        "cluster._supervised": (
            "adjusted_mutual_info_score",
            "adjusted_rand_score",
            "completeness_score",
            "fowlkes_mallows_score",
            "homogeneity_score",
            "mutual_info_score",
            "normalized_mutual_info_score",
            "rand_score",
            "v_measure_score",
        ),
    }.items()
    for name in names
)
_PARTS = (  # what scikit-learn's ensembles, calibration and routing keep: a dict, estimators, a few numbers and names
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils._metadata_requests.MetadataRequest",  # these two in files of scikit-learn before 1.8
    "sklearn.utils._metadata_requests.MethodMetadataRequest",
)
FUNCTIONS = (*_OUR_METRICS, *_METRICS)
TRUSTED_TYPES: tuple[str, ...] = (*_OURS, *_SEARCHES, *_SPLITTERS, *_SCORERS, *_PARTS, *FUNCTIONS)
