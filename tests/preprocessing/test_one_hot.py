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

from skseq.preprocessing import SequenceOneHotEncoder

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
    encoder = SequenceOneHotEncoder().set_output(transform="pandas")
    assert isinstance(encoder.fit_transform([[0, 1]]), np.ndarray)


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


# ---------------------------------------------------------------- ragged data and any tokens


def objects(samples):
    array = np.empty(len(samples), object)
    for index, sample in enumerate(samples):
        array[index] = sample
    return array


LISTS = [["b"], ["a", "c"], ["c", "a", "b"]]
ENCODED = [[[0, 1, 0]], [[1, 0, 0], [0, 0, 1]], [[0, 0, 1], [1, 0, 0], [0, 1, 0]]]


@pytest.mark.parametrize(
    "X",
    [LISTS, tuple(map(tuple, LISTS)), objects(LISTS), pd.Series(LISTS), [np.array(tokens) for tokens in LISTS]],
    ids=["lists", "tuples", "objects", "series", "arrays"],
)
def test_ragged_encoding_by_hand(X):
    encoder = SequenceOneHotEncoder().fit(X)
    assert encoder.tokens_.tolist() == ["a", "b", "c"]
    assert encoder.n_timesteps_in_ == 3
    assert not hasattr(encoder, "n_features_in_")
    encoding = encoder.transform(X)
    assert encoding.shape == (3,)
    assert encoding.dtype == object
    for vectors, expected in zip(encoding, ENCODED):
        assert vectors.dtype == np.float64
        np.testing.assert_array_equal(vectors, expected)
    for form in (encoding, list(encoding)):
        decoded = encoder.inverse_transform(form)
        assert decoded.shape == (3,)
        assert decoded.tolist() == LISTS


def test_masked_vectors_are_none():
    encoding = np.ma.array([[[0, 1], [1, 0]], [[1, 0], [1, 0]]], mask=[[[0, 0], [0, 0]], [[0, 0], [1, 1]]])
    encoder = SequenceOneHotEncoder().fit([["b", "a"], ["a"]])
    assert encoder.inverse_transform(encoding).tolist() == [["b", "a"], ["a"]]


def test_lists_of_other_lengths_after_an_array():
    encoder = SequenceOneHotEncoder().fit([["a", "b"], ["b", "b"]])
    encoding = encoder.transform([["b"], ["a", "a", "b"]])
    np.testing.assert_array_equal(encoding[0], [[0, 1]])
    np.testing.assert_array_equal(encoding[1], [[1, 0], [1, 0], [0, 1]])
    with pytest.raises(ValueError, match="X has 3 features, but SequenceOneHotEncoder is expecting 2"):
        encoder.transform(np.array([["a", "a", "b"]]))


@pytest.mark.parametrize(
    ("X", "tokens"),
    [
        ([[("a", 1), ("b", 2)], [("b", 2), ("a", 1)]], [("a", 1), ("b", 2)]),  # tuples of one length
        ([[("b",)], [(1, 2, 3), ("b",)]], [("b",), (1, 2, 3)]),  # no common order: as they print
        ([["a", 1], [2.5]], [2.5, 1, "a"]),  # float, int, str
        ([[b"x"], [b"y", b"x"]], [b"x", b"y"]),
        ([[frozenset({1})], [frozenset({1}), frozenset({1})]], [frozenset({1})]),
    ],
    ids=["pairs", "tuples", "mixed", "bytes", "sets"],
)
def test_any_hashable_tokens(X, tokens):
    encoder = SequenceOneHotEncoder().fit(X)
    assert encoder.tokens_.tolist() == tokens
    encoding = encoder.transform(X)
    assert encoding[0].shape == (len(X[0]), len(tokens))
    assert [list(sample) for sample in encoder.inverse_transform(encoding)] == X
    given = SequenceOneHotEncoder(tokens=tokens[::-1]).fit(X)
    assert given.tokens_.tolist() == tokens[::-1]
    np.testing.assert_array_equal(given.transform(X)[0], encoding[0][:, ::-1])


def test_mixed_tokens_of_an_array():
    X = np.array([["a", 1], [1, 0.5]], object)
    encoder = SequenceOneHotEncoder().fit(X)
    np.testing.assert_array_equal(encoder.transform(X), [[[0, 0, 1], [0, 1, 0]], [[0, 1, 0], [1, 0, 0]]])
    assert encoder.inverse_transform(encoder.transform(X)).tolist() == X.tolist()


def test_unknown_tokens_of_ragged_data():
    encoder = SequenceOneHotEncoder().fit(LISTS)
    with pytest.raises(ValueError, match=r"1 unknown .* 'z'"):
        encoder.transform([["z"], ["a", "z"]])
    with pytest.raises(ValueError, match=r"X\[1, 1\] is all zeros .*\(2 such"):
        encoder.inverse_transform([np.ones((2, 3)), np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]])])
    encoder.set_params(handle_unknown="ignore")
    encoding = encoder.transform([["z"], ["a", "z"]])
    np.testing.assert_array_equal(encoding[1], [[1, 0, 0], [0, 0, 0]])
    assert encoder.inverse_transform(encoding).tolist() == [[None], ["a", None]]


def test_bad_ragged_data():
    with pytest.raises(ValueError, match=r"X holds 1 empty sequence\(s\), the first at index 1"):
        SequenceOneHotEncoder().fit([["a"], []])
    encoder = SequenceOneHotEncoder().fit(LISTS)
    with pytest.raises(ValueError, match=r"samples of shape \(n_timesteps, 3\), got a sample of shape \(1, 2\)"):
        encoder.inverse_transform([np.ones((2, 3)), np.ones((1, 2))])
    with pytest.raises(ValueError, match="holds 1 empty"):
        encoder.inverse_transform([np.ones((2, 3)), np.ones((0, 3))])


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


@pytest.mark.parametrize("X", [[[1.0, np.nan]], np.array([[1.0, np.nan]]), [[1.0, np.nan], [2.0]]])
def test_gaps_are_no_tokens(X):
    with pytest.raises(ValueError, match="NaN among its tokens.*: remove it, .*or put a token of your own in") as error:
        SequenceOneHotEncoder().fit(X)
    assert "sklearn" not in str(error.value)


def test_what_no_vocabulary_can_find_is_refused():
    X = np.array([["a", "b"]], dtype=object)
    X[0, 1] = {"a": 1}
    with pytest.raises(TypeError, match=r"X argument must be hashable, .* got \['dict'\]"):
        SequenceOneHotEncoder().fit(X)
    with pytest.raises(ValueError, match=r"X holds tokens that cannot be looked up"):
        SequenceOneHotEncoder().fit([["a", {"a": 1}], ["a"]])


@pytest.mark.parametrize(
    ("tokens", "error", "message"),
    [
        (["a", "b", "a"], ValueError, r"distinct, got \['a'\] more than once"),
        ([], ValueError, r"not empty, got \[\]"),
        ([["a"], ["b", "c"]], ValueError, r"one-dimensional .* got \[\['a'\], \['b', 'c'\]\]"),
        (np.array([["a"]]), ValueError, r"one-dimensional .* got array\(\[\['a'\]\]"),
        (["a", {"b"}], TypeError, r"tokens argument must be hashable, .* got \['set'\]"),
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
