"""scikit-learn's own checks, on defaults and variants, with nothing excused."""

import os
import subprocess
import sys
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from unittest import SkipTest

import keras
import pytest
from eager_network import EagerNetwork, telling_epochs
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import Ridge
from sklearn.utils import estimator_checks as checks
from sklearn.utils.estimator_checks import parametrize_with_checks

import skseq
from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq.nn import pool
from skseq.nn.training import fitting

DEFAULTS = [
    LSTMAutoencoderTransformer(),
    Seq2SeqClassifier(),
    Seq2SeqRegressor(),
    Seq2SeqTransducer(),
    SequenceClassifier(),
    SequenceGenerator(),
    SequenceRegressor(),
    SequenceTagger(),
    LSTMAutoencoderDetector(),
]
LIGHT = [  # no networks
    SeasonalNaive(),
    SeriesForecaster(Ridge()),
    SeriesForecaster(Ridge(), exponential_smoothing=True),
    SeriesForecaster(Ridge(), n_seasons=3),
    SeriesForecaster(SeasonalNaive()),
]
SMALL = {"units": 3, "epochs": 2}  # most checks look at forms, types and repetitions, not at what is learnt
LEARNING = {"units": 8, "epochs": 10, "learning_rate": 0.05}  # some ask a classifier or regressor to have learnt
ENCODERS = [
    SequenceEncoder(kind(**SMALL))
    for kind in (LSTMAutoencoderTransformer, SequenceClassifier, SequenceGenerator, SequenceRegressor)
]
AUTOENCODERS = [
    LSTMAutoencoderTransformer(**SMALL, cell="gru", code="both", output="state", reverse_target=True, dtype="float64"),
    LSTMAutoencoderTransformer(**SMALL, n_layers=2, bidirectional=True, output="sequence", decoder="predict"),
    LSTMAutoencoderTransformer(**SMALL, decoder="composite", conditional=True, input_noise=0.1),
]
CLASSIFIERS = [
    Seq2SeqClassifier(**LEARNING, attention=False),
    Seq2SeqClassifier(**LEARNING, decoder="direct", attention="dot", dtype="float64"),
    Seq2SeqClassifier(**LEARNING, cell="cho-gru", decoder="merge", attention="concat", label_smoothing=0.1),
]
TRANSDUCERS = [
    Seq2SeqTransducer(**SMALL, attention="general", code="both", search="beam", dtype="float64"),
    Seq2SeqTransducer(**SMALL, attention=False, cell="gru", bidirectional=True, decoder="direct", max_length=(0.5, 2)),
]
RECURRENT = [
    SequenceClassifier(**LEARNING, batch_size=32, pooling="attention", cell="gru", dtype="float64"),
    SequenceRegressor(**{**LEARNING, "epochs": 25}, batch_size=32, pooling="attention", dropout=0.0),  # few units
]
FORECASTERS = [
    Seq2SeqRegressor(**{**LEARNING, "epochs": 60}, batch_size=32, decoder="direct", loss="quantile", dtype="float64"),
    # losses of counts are none of these: y of the checks is no whole number
    Seq2SeqRegressor(
        **{**LEARNING, "epochs": 60},
        batch_size=32,
        decoder="recursive",
        scheduled_sampling="linear",
        loss="student_t",
        attention="dot",
        scaling=None,
    ),
    SeriesForecaster(Seq2SeqRegressor(**SMALL), exponential_smoothing=True),
]
TAGGERS = [
    SequenceTagger(**SMALL, cell="gru", n_layers=2, bidirectional=False, transitions=True, dtype="float64"),
]
DETECTORS = [LSTMAutoencoderDetector(**SMALL, window=2, scoring="squared_error", aggregation="max")]
IDS = {"source_type": "tokens", "vocabulary": [0.0, 1.0], "handle_unknown": "use_unknown"}  # most are unknown
GENERATORS = [
    SequenceGenerator(**SMALL, end=True, cell="gru", n_layers=2, n_components=2, dtype="float64"),
    SequenceGenerator(**SMALL, **IDS, n_sampled_tokens=2),
]
VARIANTS = [*AUTOENCODERS, *CLASSIFIERS, *TRANSDUCERS, *RECURRENT, *FORECASTERS, *TAGGERS, *GENERATORS, *DETECTORS]
VECTOR_AUTOENCODERS = [model for model in [DEFAULTS[0], *AUTOENCODERS] if model.output != "sequence"]
EXPECTED_FAILURES = {}
pytestmark = pytest.mark.filterwarnings("ignore:y does not go on from column")  # of forecasts; it does not
ASK_FOR_LEARNING = (
    checks.check_classifiers_train,
    checks.check_regressors_train,
    checks.check_class_weight_classifiers,
)
QUICK = {"units": 8, "batch_size": 32, "epochs": 25, "learning_rate": 0.05}  # learns what checks ask for in few updates
OF_DATA = (  # what becomes of X, y and weights: no parameter of a variant changes it, but each is one more network
    checks.check_classifier_data_not_an_array,
    checks.check_dtype_object,
    checks.check_estimators_dtypes,
    checks.check_estimators_nan_inf,
    checks.check_fit2d_1sample,
    checks.check_pipeline_consistency,
    checks.check_positive_only_tag_during_fit,
    checks.check_regressor_data_not_an_array,
    checks.check_sample_weights_list,
    checks.check_sample_weights_not_an_array,
    checks.check_sample_weights_not_overwritten,
    checks.check_sample_weights_pandas_series,
    checks.check_sample_weights_shape,
    checks.check_transformer_data_not_an_array,
)


OF_ODD_SHAPES = (  # of data that no other check has: a network each, which would be traced for two or three fits
    checks.check_classifier_data_not_an_array,
    checks.check_classifiers_one_label,
    checks.check_dtype_object,
    checks.check_estimators_dtypes,
    checks.check_fit2d_1sample,
    checks.check_pipeline_consistency,
    checks.check_regressor_multioutput,
    checks.check_sample_weights_list,
    checks.check_sample_weights_not_an_array,
    checks.check_sample_weights_not_overwritten,
    checks.check_sample_weights_pandas_series,
    checks.check_sample_weights_shape,
)


@pytest.fixture(autouse=True)
def no_graphs_of_odd_shapes(request, monkeypatch):
    """How data are read is the same without graphs, which every estimator has in its other checks."""
    check = request.node.callspec.params.get("check") if hasattr(request.node, "callspec") else None
    if getattr(check, "func", check) in OF_ODD_SHAPES:
        monkeypatch.setattr(pool, "CompiledNetwork", EagerNetwork)
        monkeypatch.setattr(pool, "_idle", OrderedDict())  # none is left for checks that have graphs
        monkeypatch.setattr(fitting, "fit_network", telling_epochs())


def build_network(meta, units=16):
    """Numbers or ids of one length to as many outputs as there are columns of y."""
    if meta["tokens"]:
        source = keras.Input((meta["n_timesteps_in_"],), dtype="int32")
        steps = keras.layers.Embedding(meta["vocabulary_size"], 8)(source)
    else:
        source = steps = keras.Input((meta["n_timesteps_in_"], meta["n_features"]))
    hidden = keras.layers.Dense(units, activation="tanh")(keras.layers.Flatten()(steps))
    if meta["task"] == "regress":
        return keras.Model(source, keras.layers.Dense(meta["n_outputs_"])(hidden))
    several = isinstance(meta["n_classes_"], list)
    heads = [
        keras.layers.Dense(size, activation="softmax" if size > 1 else "sigmoid")(hidden)  # Keras warns of one softmax
        for size in (meta["n_classes_"] if several else [meta["n_classes_"]])
    ]
    return keras.Model(source, heads if several else heads[0])


# SGD rather than Adam: Keras traces every fit anew, and 20 operations of Adam for every weight.
OWN = {"model": build_network, "optimizer": "sgd", "optimizer__learning_rate": 0.1, "optimizer__momentum": 0.9}
OWN_NETWORKS = [
    SequenceClassifier(network=KerasClassifier(**OWN), epochs=8, batch_size=32),
    SequenceRegressor(network=KerasRegressor(**OWN), epochs=8, batch_size=32),
]


def of_all_checks(estimators, wanted=lambda check: True):
    every = parametrize_with_checks(estimators, expected_failed_checks=lambda estimator: EXPECTED_FAILURES)
    pairs = [(estimator, check) for estimator, check in every.args[1] if wanted(check)]
    return pytest.mark.parametrize(every.args[0], pairs, **every.kwargs)


def asks_again(check):
    """Whether it asks for something learnt once more, from memory that cannot be written to."""
    return check.func in ASK_FOR_LEARNING and bool(check.keywords)


def trained_as_asked(estimator, check):
    """An estimator with its own epochs if a check asks for something learnt, else with few: most look at forms."""
    few = check.func not in ASK_FOR_LEARNING and "epochs" in estimator.get_params(deep=False)
    return clone(estimator).set_params(epochs=1) if few else estimator


def names_of_checks(estimator):
    return {check.func.__name__ for _, check in of_all_checks([estimator]).args[1]}


@of_all_checks([*DEFAULTS, *LIGHT, ENCODERS[0]], lambda check: check.func not in ASK_FOR_LEARNING)
def test_check_estimator(estimator, check):
    check(trained_as_asked(estimator, check))


@pytest.mark.slow
@of_all_checks([*DEFAULTS, *LIGHT], lambda check: check.func in ASK_FOR_LEARNING)
def test_check_estimator_that_has_learnt(estimator, check):
    """Here defaults train as a user has them; in `benchmarks.footprint` they do in all checks.

    A smaller network is asked again: it reads data alike.
    """
    if asks_again(check) and not isinstance(estimator, tuple(type(light) for light in LIGHT)):
        estimator = clone(estimator).set_params(**QUICK)
    check(estimator)


@pytest.mark.slow
@of_all_checks(VARIANTS, lambda check: check.func not in OF_DATA and not asks_again(check))
def test_check_estimator_of_variants(estimator, check):
    check(trained_as_asked(estimator, check))


@pytest.mark.slow
@of_all_checks(ENCODERS[1:], lambda check: check.func not in OF_DATA)
def test_check_estimator_of_encoders(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", OWN_NETWORKS, ids=["classifier", "regressor"])
def test_check_estimator_with_own_networks(estimator):
    """All in one test: how a function prints, and so an id with it, differs from process to process.

    Both fit and predict by the same functions: of the regressor, only the checks that a classifier has not are run.
    Data are read as for other networks. Only what asks for something learnt has graphs, and several batches: without
    graphs a batch takes as long as another fit.
    """
    known = {check.__name__ for check in OF_DATA}
    known |= names_of_checks(OWN_NETWORKS[0]) if estimator is OWN_NETWORKS[1] else set()
    n_passed = 0
    for own, check in of_all_checks([estimator]).args[1]:
        if check.func.__name__ not in known and not asks_again(check):
            with suppress(SkipTest):
                short = {} if check.func in ASK_FOR_LEARNING else {"network__run_eagerly": True, "batch_size": 500}
                check(clone(trained_as_asked(own, check)).set_params(**short))
                n_passed += 1
    assert n_passed > (3 if estimator is OWN_NETWORKS[1] else 45)


# --- checks that check_estimator does not yield -----------------------------------------------------------------------

NOT_YIELDED = [
    checks.check_param_validation,
    checks.check_dataframe_column_names_consistency,
]
NOT_YIELDED_FOR_TRANSFORMERS = [
    checks.check_set_output_transform,
    checks.check_set_output_transform_pandas,
    checks.check_set_output_transform_polars,
    checks.check_global_output_transform_pandas,
    checks.check_transformer_get_feature_names_out,
    checks.check_transformer_get_feature_names_out_pandas,
    checks.check_get_feature_names_out_error,
]


@pytest.mark.parametrize("check", NOT_YIELDED, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", DEFAULTS, ids=lambda estimator: type(estimator).__name__)
def test_checks_not_yielded(estimator, check):
    check(type(estimator).__name__, clone(estimator).set_params(units=3, epochs=2))


@pytest.mark.parametrize("check", NOT_YIELDED, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", [*LIGHT, *ENCODERS], ids=repr)
def test_checks_not_yielded_of_others(estimator, check):
    check(type(estimator).__name__, clone(estimator))


@pytest.mark.filterwarnings("ignore:X has feature names")  # these checks mix frames and arrays on purpose
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("check", NOT_YIELDED_FOR_TRANSFORMERS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", VECTOR_AUTOENCODERS, ids=repr)
def test_checks_not_yielded_for_transformers(estimator, check):
    check(type(estimator).__name__, clone(estimator).set_params(units=3, epochs=2))


@pytest.mark.filterwarnings("ignore:X has feature names")  # as above
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("check", NOT_YIELDED_FOR_TRANSFORMERS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", ENCODERS, ids=repr)
def test_checks_not_yielded_for_encoders(estimator, check):
    check(type(estimator).__name__, clone(estimator))


def test_array_api_check():
    """It runs only where SCIPY_ARRAY_API is set before SciPy is loaded."""
    script = (
        "from eager_network import EagerNetwork\n"
        "from sklearn.utils.estimator_checks import check_array_api_input\n"
        "import skseq\n"
        "from skseq.nn import pool\n"
        "pool.CompiledNetwork = EagerNetwork\n"
        f"for name in {[type(estimator).__name__ for estimator in DEFAULTS]}:\n"
        "    check_array_api_input(name, getattr(skseq, name)(units=3, epochs=1), array_namespace='numpy')\n"
    )
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=Path(__file__).parent)


def test_every_public_estimator_is_checked():
    """New estimators must join the lists above (datasets and preprocessing have theirs beside their own tests).

    `DecodingSearch` holds an estimator that is fitted already: it cannot be fitted on data that the checks make.
    """
    listed = {type(estimator).__name__ for estimator in [*DEFAULTS, *LIGHT, *ENCODERS]} | {"DecodingSearch"}
    public = {name for name in skseq.__all__ if isinstance(getattr(skseq, name), type)}
    assert listed == {name for name in public if issubclass(getattr(skseq, name), BaseEstimator)}
