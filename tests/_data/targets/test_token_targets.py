"""Targets of a transducer: from y to rows of the network and back, by hand."""

import re

import numpy as np
import pytest
from warned import told

from skseq._data.targets.token_targets import (
    END,
    TokenTargets,
    read_token_lists,
    warn_if_nearly_all_distinct,
    warn_if_spaces_are_new,
)


def learnt(y, vocabulary=None, *, analyzer=None, join=None):
    lists = read_token_lists(y, analyzer=analyzer, argument="y")
    return TokenTargets.learn(lists, vocabulary, analyzer=analyzer, join=join, of="Writer")


def encoded(targets, y):
    return targets.encode(targets.check(y, "y"), "y")


def test_token_lists_keep_their_samples():
    lists = read_token_lists([["b"], [], ["a", "b"]], analyzer=None, argument="y")
    assert list(lists) == [["b"], [], ["a", "b"]]
    assert len(lists) == 3


def test_targets_as_rows_of_the_network():
    y = [["b"], [], ["a", "b"]]
    targets = learnt(y)
    assert (targets.vocabulary, targets.size, targets.end, targets.n_timesteps) == ({"a": 1, "b": 2}, 3, END, 3)
    rows = encoded(targets, y)
    np.testing.assert_array_equal(rows["target"], [[2, 0, 0], [0, 0, 0], [1, 2, 0]])
    np.testing.assert_array_equal(rows["target_lengths"], [2, 1, 3])
    assert rows["target"].dtype == rows["target_lengths"].dtype == np.int32
    assert targets.n_scored(y).tolist() == [2, 1, 3]
    np.testing.assert_array_equal(targets.scored(y)["target"], rows["target"])


@pytest.mark.parametrize(
    ("analyzer", "join", "expected"),
    [
        ("char", None, ["b", "", "ab"]),
        ("word", None, ["b", "", "a b"]),
        ("word", "-", ["b", "", "a-b"]),
        (str.split, list, [["b"], [], ["a", "b"]]),
    ],
)
def test_classes_as_text(analyzer, join, expected):
    targets = learnt(["a b"], ["a", "b"], analyzer=analyzer, join=join)
    outputs = targets.decode(np.array([[2, 0, 1], [0, 0, 0], [1, 2, 2]]), np.array([1, 0, 2]))
    assert outputs.dtype == object
    assert outputs.tolist() == expected


def test_token_lists_of_one_length_stay_lists():
    outputs = learnt([["a"], ["b"]]).decode(np.array([[2, 1], [1, 1]]), np.array([2, 2]))
    assert outputs.shape == (2,)
    assert outputs.tolist() == [["b", "a"], ["a", "a"]]


def test_tokens_of_any_hashable_kind():
    tokens = [("a", 1), "a", 7, b"a", frozenset("x"), 2.5]
    y = [tokens[:4], tokens[3:], []]
    targets = learnt(y)
    assert set(targets.vocabulary) == set(targets.token_classes) == set(tokens)
    assert sorted(targets.vocabulary.values()) == [1, 2, 3, 4, 5, 6]
    rows = encoded(targets, y)
    assert targets.decode(rows["target"], rows["target_lengths"] - 1).tolist() == y


def test_labels_are_outputs_of_one_token():
    targets = learnt(np.array([7, 5, 7]))
    assert targets.end is None
    assert targets.allowed.tolist() == [[False, True, True]]
    assert targets.limits(np.array([4, 9]), max_length=3).tolist() == [1, 1]
    np.testing.assert_array_equal(targets.scored(np.array([5]))["target"], [[1]])
    assert targets.n_scored([5, 7]).tolist() == [1, 1]
    labels = targets.decode(np.array([[2], [0]]), np.array([1, 0]))  # an output that no search found is the first label
    assert labels.dtype == np.array([7]).dtype
    assert labels.tolist() == [7, 5]


@pytest.mark.parametrize(
    ("max_length", "limits"), [(None, [2, 2]), (5, [5, 5]), ((0.5, 1), [2, 5]), ((0, 0), [1, 1]), ([2, -3.5], [2, 14])]
)
def test_limits_of_lengths(max_length, limits):
    """None is the longest target, a pair (a, b) is a * source length + b, rounded down and at least 1."""
    assert learnt([["a", "b"], ["a"]]).limits(np.array([3, 9]), max_length).tolist() == limits


def test_longer_targets_raise_the_limit():
    targets = learnt([["a"]])
    longer = targets.seen(read_token_lists([["a", "a", "a"], []], analyzer=None, argument="y"))
    assert (targets.n_timesteps, longer.n_timesteps) == (2, 4)
    assert longer.seen(read_token_lists([["a"]], analyzer=None, argument="y")).n_timesteps == 4


def test_right_outputs():
    targets = learnt(["ab", "b", ""], analyzer="char")
    lists = targets.check(["ab", "b", ""], "y")
    right = targets.right(lists, np.array([[1, 2], [1, 0], [2, 2]]), np.array([2, 1, 0]))
    assert right.tolist() == [True, False, True]


def test_labels_for_displays():
    assert learnt(["ab"], analyzer="char").labels(["ba", "b"]) == [["b", "a"], ["b"]]
    assert learnt([[1, 2]]).labels([[2, 1], [1]]) == [["2", "1"], ["1"]]


def test_tokens_of_one_output():
    text = learnt(["ab"], analyzer="char")
    assert text.tokens_of("ba", "forced_prefix") == text.tokens_of(["b", "a"], "forced_prefix") == ["b", "a"]
    assert learnt([5, 7]).tokens_of(5, "allowed_outputs") == [5]


@pytest.mark.parametrize(
    ("y", "analyzer"),
    [
        (list(range(20)), None),
        ([[k] for k in range(20)], None),
        ([f"word{k}" for k in range(20)], "word"),
        ([*range(19), 0], None),
    ],
)
def test_targets_of_one_token_each_that_are_distinct(y, analyzer):
    lists = read_token_lists(y, analyzer=analyzer, argument="y")
    with pytest.warns(UserWarning, match=r"^20 of 20 targets in y are one token, such as .*, and (20|19) of") as told:
        warn_if_nearly_all_distinct(lists, "y", analyzer)
    texts = eval(re.search(r"'char' and pass (.*)\.$", str(told[0].message))[1], {"y": y})
    warn_if_nearly_all_distinct(read_token_lists(texts, analyzer="char", argument="y"), "y", "char")


@pytest.mark.parametrize(
    ("y", "analyzer"),
    [
        (list(range(19)), None),  # too few to tell
        (list(range(10)) * 2, None),
        ([["a", k] for k in range(20)], None),
        ([chr(0x4E00 + k) for k in range(20)], "char"),
    ],
    ids=str,
)
def test_targets_of_which_something_can_be_learnt(y, analyzer):
    assert not told(warn_if_nearly_all_distinct, read_token_lists(y, analyzer=analyzer, argument="y"), "y", analyzer)


@pytest.mark.parametrize(("n_new", "n"), [(1, 10), (3, 100), (3, 600), (4, 800)])
def test_some_texts_that_are_written_with_other_spaces(n_new, n):
    y = ["Hallo, Welt!"] * (n - n_new) + ["l'ami"] * n_new
    lists = read_token_lists(y, analyzer="word", argument="y")
    told = rf"^Outputs will have other spaces than {n_new} of the {n} texts in y, .l . ami. for y.{n - n_new}. = "
    with pytest.warns(UserWarning, match=told):
        warn_if_spaces_are_new(y, lists, "y", "word", " ")


@pytest.mark.parametrize(("n_new", "n"), [(0, 10), (1, 11), (2, 100), (3, 601)])
def test_one_or_two_odd_texts(n_new, n):
    y = ["Hallo, Welt!"] * (n - n_new) + ["l'ami"] * n_new
    assert not told(warn_if_spaces_are_new, y, read_token_lists(y, analyzer="word", argument="y"), "y", "word", " ")


def test_errors():
    targets = learnt([["a"]])
    with pytest.raises(ValueError, match="y_val holds labels, but Writer was fitted on token lists"):
        targets.check([1, 2], "y_val")
    with pytest.raises(ValueError, match="'c'.*target_vocabulary"):
        encoded(targets, [["c"]])
    with pytest.raises(ValueError, match="y holds no token: nothing but the end"):
        learnt([[], []])
    with pytest.raises(ValueError, match="target_vocabulary holds no token"):
        learnt([["a"]], [])
    with pytest.raises(ValueError, match=r"max_length must be.*Got \(1,\)"):
        targets.limits(np.array([1]), (1,))
