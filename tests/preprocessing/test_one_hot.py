"""The shared-vocabulary one-hot encoder: expected encodings are written out by hand."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from skseq.preprocessing import SequenceOneHotEncoder

VARIANTS = [
    SequenceOneHotEncoder(),
    SequenceOneHotEncoder(handle_unknown="ignore"),
    SequenceOneHotEncoder(dtype=np.float32),
]


@parametrize_with_checks(VARIANTS, xfail_strict=True)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", ["check_param_validation", "check_dataframe_column_names_consistency"])
def test_more_scikit_learn_checks(check):
    getattr(estimator_checks, check)("SequenceOneHotEncoder", SequenceOneHotEncoder())


# ---------------------------------------------------------------- encoding


def test_encoding_by_hand():
    encoder = SequenceOneHotEncoder().fit([[3, 1], [1, 2]])
    np.testing.assert_array_equal(encoder.tokens_, [1, 2, 3])
    np.testing.assert_array_equal(encoder.transform([[3, 1], [2, 2]]), [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]]])
    assert encoder.n_timesteps_in_ == encoder.n_features_in_ == 2


def test_a_token_may_stand_where_it_never_stood():
    encoder = SequenceOneHotEncoder().fit([["a", "b"]])
    np.testing.assert_array_equal(encoder.transform([["b", "a"]]), [[[0, 1], [1, 0]]])


def test_given_tokens_keep_their_order():
    encoder = SequenceOneHotEncoder(tokens=["pad", "b", "a"]).fit([["a", "b"]])
    np.testing.assert_array_equal(encoder.transform([["a", "b"]]), [[[0, 0, 1], [0, 1, 0]]])
    assert list(encoder.tokens_) == ["pad", "b", "a"]


@pytest.mark.parametrize(
    "X",
    [
        np.array([[5, 3, 3], [9, 5, 3]], dtype=np.int16),
        np.array([[0.5, -1.0, 2.0]], dtype=np.float32),
        np.array([["to", "be"], ["or", "not"]]),
        np.array([["to", "be"], ["or", "not"]], dtype=object),
        np.array([[True, False]]),
    ],
    ids=lambda X: X.dtype.name,
)
def test_round_trip_keeps_tokens_and_dtype(X):
    encoder = SequenceOneHotEncoder().fit(X)
    decoded = encoder.inverse_transform(encoder.transform(X))
    np.testing.assert_array_equal(decoded, X)
    assert decoded.dtype == X.dtype


def test_data_frames():
    frame = pd.DataFrame({"first": ["a", "b"], "second": ["b", "b"]})
    encoder = SequenceOneHotEncoder().fit(frame)
    np.testing.assert_array_equal(encoder.transform(frame), [[[1, 0], [0, 1]], [[0, 1], [0, 1]]])
    assert list(encoder.feature_names_in_) == ["first", "second"]


@pytest.mark.parametrize("dtype", [np.float32, "int8", bool])
def test_dtype_of_the_encoding(dtype):
    encoding = SequenceOneHotEncoder(dtype=dtype).fit_transform([[0, 1]])
    assert encoding.dtype == dtype
    np.testing.assert_array_equal(encoding, [[[1, 0], [0, 1]]])


def test_global_pandas_output_leaves_the_array():
    with sklearn.config_context(transform_output="pandas"):
        encoding = SequenceOneHotEncoder().fit_transform([[0, 1]])
    assert isinstance(encoding, np.ndarray)
    assert encoding.shape == (1, 2, 2)
    assert not hasattr(SequenceOneHotEncoder(), "set_output")


def test_in_a_grid_search():
    X, y = np.array([["a", "b"], ["b", "b"]] * 6), np.array([0, 1] * 6)
    flatten = FunctionTransformer(lambda encoding: encoding.reshape(len(encoding), -1))
    pipeline = make_pipeline(SequenceOneHotEncoder(), flatten, DecisionTreeClassifier())
    search = GridSearchCV(pipeline, {"sequenceonehotencoder__tokens": ["auto", ["b", "a", "c"]]}, cv=3)
    assert search.fit(X, y).best_score_ == 1


def test_clone_and_pickle():
    encoder = SequenceOneHotEncoder(tokens=np.array([2, 1])).fit([[1, 2]])
    for twin in (clone(encoder).fit([[1, 2]]), pickle.loads(pickle.dumps(encoder))):
        np.testing.assert_array_equal(twin.transform([[1, 2]]), [[[0, 1], [1, 0]]])


# ---------------------------------------------------------------- decoding


def test_probabilities_decode_to_the_likeliest_token():
    encoder = SequenceOneHotEncoder().fit([["a", "b", "c"]])
    decoded = encoder.inverse_transform([[[0.2, 0.5, 0.3]], [[0.4, 0.4, 0.2]]])
    np.testing.assert_array_equal(decoded, [["b"], ["a"]])


def test_any_number_of_timesteps_decodes():
    encoder = SequenceOneHotEncoder().fit([[4, 7]])
    np.testing.assert_array_equal(encoder.inverse_transform(np.eye(2)[None, [0, 1, 1]]), [[4, 7, 7]])


def test_unknown_tokens_ignored_are_zeros_and_decode_to_none():
    encoder = SequenceOneHotEncoder(handle_unknown="ignore").fit([["a", "b"]])
    encoding = encoder.transform([["b", "?"]])
    np.testing.assert_array_equal(encoding, [[[0, 1], [0, 0]]])
    assert encoder.inverse_transform(encoding).tolist() == [["b", None]]


# ---------------------------------------------------------------- errors


def test_unknown_tokens_are_named():
    encoder = SequenceOneHotEncoder().fit([["a", "b"]])
    with pytest.raises(ValueError, match=r"2 unknown .* the 2 of .*: '!', '\?'\. .* handle_unknown='ignore'"):
        encoder.transform([["?", "!"], ["a", "?"]])
    with pytest.raises(ValueError, match=r"11 unknown .*: 10, 11, .*, 19, \.\.\.\. Fit"):
        SequenceOneHotEncoder().fit(np.zeros((1, 11), int)).transform([np.arange(10, 21)])


def test_unknown_tokens_in_fit():
    with pytest.raises(ValueError, match=r"1 unknown .* 'b'"):
        SequenceOneHotEncoder(tokens=["a"]).fit([["a", "b"]])
    SequenceOneHotEncoder(tokens=["a"], handle_unknown="ignore").fit([["a", "b"]])


@pytest.mark.parametrize("other", [1, None, {"a": 1}, ("a",)], ids=repr)
def test_mixed_tokens_are_refused(other):
    X = np.array([["a", "b"]], dtype=object)
    X[0, 1] = other
    with pytest.raises(TypeError, match=rf"strings or all numbers, got \[.*'{type(other).__name__}'"):
        SequenceOneHotEncoder().fit(X)


@pytest.mark.parametrize(
    ("tokens", "error", "message"),
    [
        (["a", "b", "a"], ValueError, r"distinct, got \['a'\] more than once"),
        ([], ValueError, r"not empty, got shape \(0,\)"),
        ([["a"]], ValueError, r"one-dimensional .* got shape \(1, 1\)"),
        (["a", 1], TypeError, r"tokens argument must be all strings or all numbers, got \['int', 'str'\]"),
        ("abc", ValueError, "'tokens' parameter of SequenceOneHotEncoder"),
    ],
)
def test_bad_vocabularies(tokens, error, message):
    with pytest.raises(error, match=message):
        SequenceOneHotEncoder(tokens=tokens).fit([["a"]])


@pytest.mark.parametrize("shape", [(1, 2, 3), (2, 2), (1, 1, 2, 2)])
def test_decoding_wants_one_column_a_token(shape):
    encoder = SequenceOneHotEncoder().fit([["a", "b"]])
    with pytest.raises(ValueError, match=r"shape \(n_samples, n_timesteps, 2\)"):
        encoder.inverse_transform(np.ones(shape))


def test_zeros_do_not_decode_without_ignore():
    encoder = SequenceOneHotEncoder().fit([["a", "b"]])
    with pytest.raises(ValueError, match=r"X\[0, 1\] is all zeros .*\(1 such .* handle_unknown='ignore'"):
        encoder.inverse_transform([[[1, 0], [0, 0]]])


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_not_fitted(method):
    with pytest.raises(NotFittedError):
        getattr(SequenceOneHotEncoder(), method)([[1]])
