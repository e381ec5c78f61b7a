"""scikit-learn's own checks on every transformer of skseq.preprocessing, with nothing excused."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer
from sklearn.utils import estimator_checks as checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from skseq import LSTMAutoencoderTransformer, preprocessing
from skseq.preprocessing import (
    SequenceImputer,
    SequenceOneHotEncoder,
    SequencePadder,
    SequenceScaler,
    SequenceTokenizer,
    SlidingWindows,
)

SCALERS = [
    SequenceScaler(),
    SequenceScaler("minmax"),
    SequenceScaler("robust"),
    SequenceScaler(MinMaxScaler(feature_range=(-1, 1))),
    SequenceScaler(QuantileTransformer(n_quantiles=5)),
    SequenceScaler(n_regimes=2),
]
IMPUTERS = [SequenceImputer(), SequenceImputer("interpolate"), SequenceImputer("mean")]
OTHERS = [
    SequenceImputer(add_indicator=True),
    SequencePadder(),
    SequencePadder(length=2, side="left", truncate="left", value=-1.5),
    SequencePadder(length=12),
    SequenceOneHotEncoder(),
    SequenceOneHotEncoder(handle_unknown="ignore"),
    SequenceOneHotEncoder(dtype=np.float32),
    SequenceTokenizer(analyzer=None),  # scikit-learn has no checks for those that read text
    SequenceTokenizer(analyzer=None, handle_unknown="use_unknown", min_frequency=2, max_vocabulary=20),
    SlidingWindows(),
    SlidingWindows(window=1, stride=2, horizon=1),
]
EXPECTED_FAILURES = {}


@parametrize_with_checks([*SCALERS, *IMPUTERS, *OTHERS], expected_failed_checks=lambda estimator: EXPECTED_FAILURES)
def test_check_estimator(estimator, check):
    check(estimator)


# --- checks that check_estimator does not yield -----------------------------------------------------------------------

NOT_YIELDED = [checks.check_param_validation, checks.check_dataframe_column_names_consistency]
NOT_YIELDED_WITH_NAMES = [
    checks.check_set_output_transform,
    checks.check_set_output_transform_pandas,
    checks.check_set_output_transform_polars,
    checks.check_global_output_transform_pandas,
    checks.check_global_set_output_transform_polars,
    checks.check_transformer_get_feature_names_out,
    checks.check_transformer_get_feature_names_out_pandas,
    checks.check_get_feature_names_out_error,
]
WITH_NAMES = [SequenceScaler(), SequenceImputer()]  # channels that go in come out
WITHOUT_NAMES = [SequencePadder(), SequenceOneHotEncoder(), SequenceTokenizer(None), SlidingWindows()]
ALL = [*WITH_NAMES, *WITHOUT_NAMES]


@pytest.mark.parametrize("check", NOT_YIELDED, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: type(estimator).__name__)
def test_checks_not_yielded(estimator, check):
    check(type(estimator).__name__, clone(estimator))


@pytest.mark.filterwarnings("ignore:X has feature names")  # these checks mix frames and arrays on purpose
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("check", NOT_YIELDED_WITH_NAMES, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", [*SCALERS, *IMPUTERS], ids=repr)
def test_checks_not_yielded_for_those_with_names(estimator, check):
    check(type(estimator).__name__, clone(estimator))


def test_array_api_check():
    """It runs only where SCIPY_ARRAY_API is set before SciPy is loaded."""
    script = (
        "from sklearn.utils.estimator_checks import check_array_api_input\n"
        "from skseq import preprocessing\n"
        f"for name in {[type(estimator).__name__ for estimator in ALL]}:\n"
        "    arguments = {'analyzer': None} if 'Tokenizer' in name else {}\n"
        "    check_array_api_input(name, getattr(preprocessing, name)(**arguments), array_namespace='numpy')\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "SCIPY_ARRAY_API": "1"})


def test_every_transformer_is_checked():
    public = {getattr(preprocessing, name) for name in preprocessing.__all__}
    public = {thing for thing in public if isinstance(thing, type) and issubclass(thing, BaseEstimator)}  # no functions
    assert (
        {type(estimator) for estimator in [*SCALERS, *IMPUTERS, *OTHERS]}
        == public
        == {type(estimator) for estimator in ALL}
    )


# --- every transformer alike ------------------------------------------------------------------------------------------

NUMBERS = [np.array([3.0, 1.0, 2.0]), np.array([2.0, 1.0])]
TEXTS = ["not", "to"]


def data_for(estimator):
    return TEXTS if getattr(estimator, "analyzer", None) is not None else NUMBERS


def equal(one, other):
    return len(one) == len(other) and all(map(np.array_equal, one, other))


@pytest.mark.parametrize("estimator", [*ALL, SequenceTokenizer()], ids=repr)
def test_clone_and_pickle_and_ragged_data_under_pandas_output(estimator):
    X = data_for(estimator)
    before = str(X)
    with sklearn.config_context(transform_output="pandas"):
        expected = clone(estimator).fit_transform(X)
    assert isinstance(expected, np.ndarray)
    fitted = clone(estimator).fit(X)
    for twin in (fitted, clone(fitted).fit(X), pickle.loads(pickle.dumps(fitted))):
        assert equal(twin.transform(X), expected)
    assert str(X) == before


@pytest.mark.parametrize("estimator", [*ALL, SequenceTokenizer()], ids=repr)
def test_not_fitted(estimator):
    methods = [name for name in ("transform", "inverse_transform", "mask") if hasattr(estimator, name)]
    for method in methods:
        with pytest.raises(NotFittedError):
            getattr(clone(estimator), method)(data_for(estimator))


def test_only_channels_have_names():
    for estimator in WITHOUT_NAMES:
        assert not hasattr(estimator, "get_feature_names_out")
    for estimator in WITH_NAMES:
        assert hasattr(clone(estimator).fit([[1.0, 2.0]]), "get_feature_names_out")
    assert not hasattr(SequenceImputer(add_indicator=True).fit([[1.0, 2.0]]), "get_feature_names_out")


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: type(estimator).__name__)
def test_set_output_leaves_sequences(estimator):
    """In a pipeline that sets an output, before its fit and after it."""
    X = data_for(estimator)
    expected = clone(estimator).fit(X).transform(X)
    pipeline = make_pipeline(clone(estimator)).set_output(transform="pandas").fit(X)
    assert equal(pipeline.transform(X), expected)
    assert equal(pipeline.set_output(transform="polars").transform(X), expected)


@pytest.mark.parametrize("first", [SequenceImputer(), SequenceImputer(add_indicator=True), SequenceScaler()], ids=repr)
def test_a_column_of_sequences_keeps_its_name(first, untrained):
    table = pd.DataFrame({"readings": [np.arange(n, dtype=float) for n in (3, 4, 5)], "age": [40.0, 50.0, 60.0]})
    codes = make_pipeline(first, LSTMAutoencoderTransformer(units=2, epochs=1))
    columns = make_column_transformer((codes, "readings"), ("passthrough", ["age"])).fit(table)
    names = [f"pipeline__lstmautoencodertransformer{index}" for index in range(4)] + ["passthrough__age"]
    assert list(columns.get_feature_names_out()) == names
    assert list(columns.set_output(transform="pandas").transform(table).columns) == names
    fitted = columns.named_transformers_["pipeline"][0]
    assert fitted.get_feature_names_out(["readings"]).tolist() == ["readings"]
    assert fitted.get_feature_names_out().tolist() == ["x0"]


@pytest.mark.parametrize("estimator", WITHOUT_NAMES, ids=lambda estimator: type(estimator).__name__)
def test_unsplit_text_is_refused(estimator):
    with pytest.raises(ValueError, match="X holds strings, and nothing says how to split them"):
        clone(estimator).fit(TEXTS)
