"""Text to ids and back: vocabularies by hand, every analyzer, unknown tokens, padding."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skseq import SequenceClassifier
from skseq.preprocessing import SequencePadder, SequenceTokenizer

TEXTS = ["It's so.", "So it is."]


def lists(ids):
    return [sample.tolist() for sample in ids]


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_characters():
    tokenizer = SequenceTokenizer().fit(["cab", "abba"])
    assert tokenizer.vocabulary_ == {"a": 1, "b": 2, "c": 3}
    assert tokenizer.n_timesteps_in_ == 4
    assert not hasattr(tokenizer, "n_features_in_")
    ids = tokenizer.transform(["back"[:3], "c"])
    assert ids.shape == (2,)
    assert lists(ids) == [[2, 1, 3], [3]]
    assert {sample.dtype for sample in ids} == {np.dtype(np.int32)}


def test_words():
    tokenizer = SequenceTokenizer("word").fit(TEXTS)
    assert tokenizer.vocabulary_ == {"'": 1, ".": 2, "It": 3, "So": 4, "is": 5, "it": 6, "s": 7, "so": 8}
    ids = tokenizer.transform(TEXTS)
    assert lists(ids) == [[3, 1, 7, 8, 2], [4, 6, 5, 2]]
    assert tokenizer.inverse_transform(ids).tolist() == ["It ' s so.", "So it is."]


def test_functions():
    tokenizer = SequenceTokenizer(str.split, joiner="_").fit(["b a", "a"])
    assert tokenizer.inverse_transform(tokenizer.transform(["a b a"])).tolist() == ["a_b_a"]
    tokenizer = SequenceTokenizer(lambda text: map(ord, text), joiner=lambda codes: "".join(map(chr, codes)))
    tokenizer.fit(["ba", "a"])
    assert tokenizer.vocabulary_ == {97: 1, 98: 2}
    assert tokenizer.inverse_transform([[1, 2, 1]]).tolist() == ["aba"]


def test_masked_ids_are_none():
    tokenizer = SequenceTokenizer().fit(["ab", "a"])
    ids = np.ma.array([[1, 2], [1, 2]], mask=[[0, 0], [0, 1]])
    assert tokenizer.inverse_transform(ids).tolist() == ["ab", "a"]


@pytest.mark.parametrize("container", [list, tuple, np.array, lambda X: np.array(X, object), pd.Series], ids=range(5))
def test_containers(container):
    X = container(["ab ", "ü\n", "  "])
    tokenizer = SequenceTokenizer().fit(X)
    back = tokenizer.inverse_transform(tokenizer.transform(X))
    assert back.dtype == object
    assert back.tolist() == ["ab ", "ü\n", "  "]


# --- the vocabulary ---------------------------------------------------------------------------------------------------


def test_unknown_tokens():
    tokenizer = SequenceTokenizer(handle_unknown="use_unknown").fit(["ab", "ac"])
    assert tokenizer.vocabulary_ == {"a": 2, "b": 3, "c": 4}
    ids = tokenizer.transform(["abz"])
    assert lists(ids) == [[2, 3, 1]]
    assert tokenizer.inverse_transform(ids).tolist() == ["ab\ufffd"]
    with pytest.raises(ValueError, match=r"1 token\(s\) that were not seen in fit: 'z'"):
        SequenceTokenizer().fit(["ab"]).transform(["abz"])


def test_frequencies():
    texts = ["aaab", "bc"]
    frequent = SequenceTokenizer(handle_unknown="use_unknown", min_frequency=2)
    assert lists(frequent.fit_transform(texts)) == [[2, 2, 2, 3], [3, 1]]
    single = SequenceTokenizer(handle_unknown="use_unknown", max_vocabulary=1)
    assert lists(single.fit_transform(texts)) == [[2, 2, 2, 1], [1, 1]]


def test_given_vocabulary():
    tokenizer = SequenceTokenizer(vocabulary=["b", "a", "z"]).fit(["ab"])
    assert tokenizer.vocabulary_ == {"a": 1, "b": 2, "z": 3}
    with pytest.raises(ValueError, match="not seen in fit: 'c'"):
        SequenceTokenizer(vocabulary=["a"]).fit(["ac"])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"min_frequency": 2}, "which handle_unknown='error' forbids"),
        ({"max_vocabulary": 2}, "which handle_unknown='error' forbids"),
        ({"min_frequency": 9, "handle_unknown": "use_unknown"}, "No token of X is left .* min_frequency=9: lower it"),
        ({"vocabulary": []}, "vocabulary holds no token"),
        ({"analyzer": "line"}, "'analyzer' parameter of SequenceTokenizer"),
        ({"joiner": 3}, "'joiner' parameter of SequenceTokenizer"),
        ({"analyzer": lambda text: []}, "X.0. = 'ab' has no tokens"),
        ({"analyzer": None}, "nothing says how to split them"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        SequenceTokenizer(**parameters).fit(["ab", "b"])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (["a", ""], r"X\[1\] = '' has no tokens"),
        (["a", 3], "an element of type int"),
        (np.ones((2, 2)), "must be a list, Series or 1-D array of strings"),
        ("abc", "must be a list, Series or 1-D array of strings"),
        ([], "holds no sample"),
    ],
)
def test_bad_texts(X, message):
    with pytest.raises(ValueError, match=message):
        SequenceTokenizer().fit(X)


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_token_lists():
    X = [["b", ("a", 1)], ["b"]]
    tokenizer = SequenceTokenizer(None).fit(X)
    assert tokenizer.vocabulary_ == {"b": 1, ("a", 1): 2}
    ids = tokenizer.transform(X)
    assert lists(ids) == [[1, 2], [1]]
    assert tokenizer.inverse_transform(ids).tolist() == X
    assert tokenizer.inverse_transform(np.array([[1, 2], [0, 1]])).tolist() == X


def test_arrays_of_tokens():
    X = np.array([["a", "b"], ["b", "b"]])
    tokenizer = SequenceTokenizer(None).fit(X)
    assert tokenizer.n_features_in_ == 2
    ids = tokenizer.transform(X)
    np.testing.assert_array_equal(ids, [[1, 2], [2, 2]])
    np.testing.assert_array_equal(tokenizer.inverse_transform(ids), X)
    assert tokenizer.inverse_transform(ids).dtype == X.dtype
    assert tokenizer.inverse_transform([[2, 0]]).tolist() == [["b", None]]
    assert tokenizer.inverse_transform([[2], [1, 2]]).tolist() == [["b"], ["a", "b"]]


# --- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["right", "left"])
def test_padding_is_left_out(side):
    texts = ["ab", "b", "abba"]
    tokenizer = SequenceTokenizer()
    pipeline = make_pipeline(tokenizer, SequencePadder(side=side, length=6))
    padded = pipeline.fit_transform(texts)
    assert padded.shape == (3, 6)
    assert padded.dtype == np.int32
    assert tokenizer.inverse_transform(padded).tolist() == texts
    assert tokenizer.inverse_transform(list(padded)).tolist() == texts


def test_padding_alone_is_no_text():
    tokenizer = SequenceTokenizer().fit(["ab"])
    assert tokenizer.inverse_transform([[0, 0], [1, 0]]).tolist() == ["", "a"]
    assert tokenizer.inverse_transform([[1], [0, 0], [0, 2]]).tolist() == ["a", "", "b"]


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[3]], "not in the vocabulary, such as 3: they go from 0, padding, to 2"),
        ([[-1]], "such as -1"),
        ([[1.0]], "Got float64"),
        ([["a"]], "X must hold ids"),
        ([[1], []], r"X\[1\] holds no ids"),
    ],
)
def test_bad_ids(X, message):
    with pytest.raises(ValueError, match=message):
        SequenceTokenizer().fit(["ab"]).inverse_transform(X)


def test_tokens_that_are_no_strings_need_a_function_to_join_them():
    tokenizer = SequenceTokenizer(lambda text: map(ord, text)).fit(["ab"])
    with pytest.raises(ValueError, match="set joiner to a function"):
        tokenizer.inverse_transform([[1]])


# --- in scikit-learn --------------------------------------------------------------------------------------------------


def test_in_a_grid_search():
    X, y = ["aab", "bba", "ab", "ba"] * 4, [0, 1, 0, 1] * 4
    pipeline = make_pipeline(SequenceTokenizer(), SequencePadder(length=2), DecisionTreeClassifier())
    search = GridSearchCV(pipeline, {"sequencetokenizer__vocabulary": [None, ["a", "b", "c"]]}, cv=2)
    assert search.fit(X, y).best_score_ == 1


def test_estimators_read_the_ids_as_tokens():
    X, y = ["ab", "b"] * 4, [0, 1] * 4
    small = {"units": 2, "epochs": 1, "random_state": 0}
    ids = SequenceTokenizer().fit_transform(X)
    model = SequenceClassifier(**small).fit(ids, y)
    assert model.vocabulary_ == {1: 1, 2: 2}
    split = SequenceClassifier(**small, analyzer="char").fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(ids), split.predict_proba(X))
