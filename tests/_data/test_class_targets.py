"""Targets that are classes: from y to rows of the network and back, by hand."""

import re
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing
from sklearn.preprocessing import MultiLabelBinarizer

from skseq._data.class_targets import ClassTargets, LabelTargets, exact_match, warn_if_weights_of_one_hot
from skseq._data.token_targets import read_token_lists

LABELS = np.array(["no", "yes", "no"])
TOKENS = np.array([[5, 3], [5, 4], [7, 3]])
ONE_HOT = np.eye(3, dtype=int)[[[2, 0], [1, 1]]]


def learnt(y, classes=None, **options):
    return ClassTargets.learn(ClassTargets.check(y, "y"), classes, of="Tested", **options)


@pytest.mark.parametrize(
    ("y", "ids", "size"),
    [(LABELS, [[0], [1], [0]], 2), (TOKENS, [[2, 0], [2, 1], [3, 0]], 4), (ONE_HOT, [[2, 0], [1, 1]], 3)],
    ids=["labels", "tokens", "one-hot"],
)
def test_every_form_and_back(y, ids, size):
    targets = learnt(y)
    assert (targets.size, targets.n_timesteps, targets.end) == (size, len(ids[0]), None)
    target = np.asarray(targets.encode(ClassTargets.check(y, "y"), "y")["target"])
    np.testing.assert_array_equal(target, ids)
    assert target.dtype == np.int32
    np.testing.assert_array_equal(targets.decode(target), y)
    assert targets.n_scored(y).tolist() == [len(ids[0])] * len(y)
    assert targets.limits(np.zeros(len(y))).tolist() == [len(ids[0])] * len(y)


def test_tokens_of_every_position():
    targets = learnt(TOKENS)
    assert [classes.tolist() for classes in targets.classes] == [[5, 7], [3, 4]]
    assert targets.allowed.tolist() == [[False, False, True, True], [True, True, False, False]]
    free = learnt(TOKENS, per_position=False)
    assert free.allowed.all()
    assert [classes.tolist() for classes in free.classes] == [[3, 4, 5, 7]] * 2


def test_probabilities_in_the_form_of_y():
    probs = np.arange(16.0).reshape(2, 2, 4)
    first, second = learnt(TOKENS).split_probabilities(probs)
    np.testing.assert_array_equal(first, probs[:, 0, 2:])
    np.testing.assert_array_equal(second, probs[:, 1, :2])
    np.testing.assert_array_equal(learnt(LABELS).split_probabilities(probs[:, :1, :2]), probs[:, 0, :2])
    np.testing.assert_array_equal(learnt(ONE_HOT).split_probabilities(probs), probs)


def test_classes_that_are_given():
    targets = learnt(LABELS, classes=["yes", "maybe", "no"])
    assert targets.classes.tolist() == ["maybe", "no", "yes"]
    targets.check_same_classes(LABELS, ["no", "maybe", "yes"])
    with pytest.raises(ValueError, match="not the same as on last call to partial_fit"):
        targets.check_same_classes(LABELS, ["no", "yes"])
    with pytest.raises(ValueError, match=r"tokens of 3 position\(s\), but y has 2"):
        learnt(TOKENS, classes=[[5], [3], [4]])


def test_class_weights():
    """Balanced: n / (k n_c) over all tokens by the weight of their samples; given ones by name, others 1."""
    targets = learnt(TOKENS)
    rows = targets.encode(TOKENS, "y") | {"weight": np.array([1.0, 1.0, 2.0])}
    counts = np.array([3, 1, 2, 2])  # of 3, 4, 5, 7
    np.testing.assert_allclose(targets.class_weights("balanced", rows), 8 / (4 * counts))
    np.testing.assert_array_equal(targets.class_weights({5: 3}, rows), [1, 1, 3, 1])
    np.testing.assert_array_equal(targets.class_weights(None, rows), np.ones(4))
    all_and_more = {3: 1, 4: 2, 5: 3, 7: 4, 9: 5}  # as where a fold lacks a rare one
    np.testing.assert_array_equal(targets.class_weights(all_and_more, rows), [1, 2, 3, 4])
    says = r"class_weight has a weight for 9, which is no target token of y: the target tokens are \[3, 4, 5, 7\]"
    with pytest.raises(ValueError, match=says):
        targets.class_weights({9: 1}, rows)


def test_unlike_targets_are_refused():
    with pytest.raises(ValueError, match=r"y has shape \(3,\), but Tested was fitted .*\(n_samples, 2\)"):
        learnt(TOKENS).encode(LABELS, "y")
    with pytest.raises(ValueError, match=r"y has shape \(3, 2\), but Tested was fitted .*\(n_samples,\)"):
        learnt(LABELS).encode(TOKENS, "y")
    with pytest.raises(ValueError, match=r"y contains token\(s\) that were not seen in fit: 'maybe'"):
        learnt(LABELS).encode(np.array(["maybe"]), "y")
    with pytest.raises(ValueError, match=r"must be one-hot.* y\[0, 0\] is \[0, 0, 2\]\. Pass 2-D tokens"):
        ClassTargets.check(2 * ONE_HOT, "y")
    with pytest.raises(ValueError, match=r"must be one-hot.* Pass 2-D tokens"):
        ClassTargets.check(ONE_HOT.astype(str), "y")
    with pytest.raises(ValueError, match="targets of different lengths.*Seq2SeqTransducer"):
        ClassTargets.check([[1], [1, 2]], "y")


def read_tokens(y, argument):
    return read_token_lists(y, analyzer=None, argument=argument)


@pytest.mark.parametrize(
    ("read", "says"), [(ClassTargets.check, r"y\[0, 2\] holds no 1"), (read_tokens, "3 dimensions")]
)
def test_one_hot_vectors_with_padding(read, says):
    y = np.concatenate([ONE_HOT, np.zeros((2, 1, 3), int)], axis=1)
    with pytest.raises(ValueError, match=says) as refused:
        read(y, "y")
    code = re.search(r"\[row\[.*\(y\)\]", str(refused.value))[0]
    assert eval(code, {"numpy": np, "y": y}) == [[2, 0], [1, 1]]


def test_labels_for_displays():
    targets = learnt(LABELS)
    assert targets.labels(np.array(["yes", "no"])) == [["yes"], ["no"]]
    assert targets.labels([[1, 0], [2, 3]]) == [["1", "0"], ["2", "3"]]
    assert targets.labels(np.eye(3)[[[2, 0]]]) == [["2", "0"]]


def test_share_of_wholly_right_samples():
    assert (
        exact_match(TOKENS, TOKENS + [[0, 0], [0, 1], [0, 0]], [1, 2, 1], known=TOKENS.ravel().tolist(), of="Tested")
        == 0.5
    )
    with pytest.raises(ValueError, match=r"y has shape \(3, 2\), but Tested predicts targets of shape \(3,\)"):
        exact_match(TOKENS, LABELS, None, known=[1, 2, "a"], of="Tested")
    with pytest.raises(ValueError, match="y holds strings, such as '.', but labels in fit were numbers, such as ."):
        exact_match(TOKENS.astype(str), TOKENS, None, known=[1, 2, "a"], of="Tested")
    for y, predicted in ((TOKENS.astype(str), TOKENS), (TOKENS, TOKENS.astype(str))):
        with pytest.raises(ValueError, match="but labels in fit were"):  # as pandas holds strings
            exact_match(y.astype(object), predicted.astype(object), None, known=[1, 2, "a"], of="Tested")
    assert (
        exact_match(
            np.array([1, "a"], dtype=object), np.array([1, 2], dtype=object), None, known=[1, 2, "a"], of="Tested"
        )
        == 0.5
    )


# --- one label per sample, or several ---------------------------------------------------------------------------------


def test_one_label_and_several():
    one = LabelTargets.learn(LABELS, of="Tested")
    np.testing.assert_array_equal(one.encode(LABELS, "y")["target"], [[0], [1], [0]])
    assert one.decode([np.array([1, 0])]).tolist() == ["yes", "no"]
    assert one.in_form(one.classes).tolist() == ["no", "yes"]
    several = LabelTargets.learn(TOKENS, of="Tested")
    assert several.sizes == (2, 2)
    np.testing.assert_array_equal(several.encode(TOKENS, "y")["target"], [[0, 0], [0, 1], [1, 0]])
    assert several.decode([np.array([1, 0]), np.array([0, 1])]).tolist() == [[7, 3], [5, 4]]


SETS = [["kinase"], ["kinase", "zinc"], ["zinc"]] * 4
PAIRS = [["kinase", "zinc"], ["helix", "zinc"], ["helix", "kinase"]] * 30
MATCHES = [["zinc", "kinase"], ["kinase", "zinc"], ["kinase", "helix"]] * 12  # home and away
TRIPLES = [*permutations("abcd", 3)] * 3


def test_sets_of_labels_of_different_sizes_become_indicators():
    with pytest.raises(ValueError, match="if each holds a set of labels") as refusal:
        LabelTargets.check(SETS, "y")
    code = re.search(r"sklearn\S*\(\)\S*\(y\)", str(refusal.value))[0]
    y = eval(code, {"sklearn": sklearn, "y": SETS})
    targets = LabelTargets.learn(LabelTargets.check(y, "y"), of="Tested")
    np.testing.assert_array_equal(targets.encode(y, "y")["target"], [[1, 0], [1, 1], [0, 1]] * 4)


@pytest.mark.parametrize("dtype", [None, object])
@pytest.mark.parametrize(
    ("y", "why"),
    [
        (PAIRS, r"\(90, 2\) is .* in which labels are sorted\."),
        (TRIPLES, r"\(72, 3\) is .* whose order tells nothing\."),
    ],
    ids=["sorted", "alike"],
)
def test_sets_of_labels_of_one_size_are_warned_of(dtype, y, why):
    y = LabelTargets.check(np.array(y, dtype=dtype), "y")
    with pytest.warns(UserWarning, match=rf"y of shape {why}.*Binarizer\(\)"):
        LabelTargets.learn(y, of="Tested")


@pytest.mark.parametrize(
    "y",
    [
        [["kinase", "left"], ["zinc", "right"]] * 18,  # no label in common
        [*PAIRS, ["zinc", "zinc"]],
        PAIRS[:3],
        MATCHES,
        [*permutations("abcdefghij", 2)] * 4,
        [["yes", "no"], ["no", "yes"]] * 50,
        [*permutations("abc")] * 20,
        [triple for triple in TRIPLES if triple[0] != "d"],
        [[f"a{n}", f"a{n + 1}"] for n in range(60)],  # so many labels rarely repeat
        MultiLabelBinarizer().fit_transform(PAIRS),
    ],
    ids=["apart", "twice", "few", "matches", "all matches", "complements", "all labels", "ranks", "many", "indicators"],
)
def test_outputs_that_may_have_an_order(y):
    LabelTargets.learn(LabelTargets.check(y, "y"), of="Tested")


def test_weights_of_the_classes_of_every_output():
    targets = LabelTargets.learn(TOKENS, of="Tested")
    rows = targets.encode(TOKENS, "y") | {"weight": np.array([1.0, 1.0, 2.0])}
    first, second = targets.class_weights("balanced", rows)
    np.testing.assert_allclose(first, [1, 1])
    np.testing.assert_allclose(second, [4 / (2 * 3), 4 / (2 * 1)])
    first, second = targets.class_weights([{5: 3}, None], rows)
    assert (first.tolist(), second.tolist()) == ([3, 1], [1, 1])
    with pytest.raises(ValueError, match=r"class_weight lists 1 dict\(s\), but y has 2 output"):
        targets.class_weights([{5: 3}], rows)
    with pytest.raises(ValueError, match="must be a dict, 'balanced' or None"):
        targets.class_weights(["heavy", None], rows)


def test_unlike_labels_are_refused():
    several = LabelTargets.learn(TOKENS, of="Tested")
    with pytest.raises(ValueError, match=r"y_val has shape \(3, 1\), but Tested was fitted .*\(n_samples, 2\)"):
        several.encode(TOKENS[:, :1], "y_val")
    with pytest.raises(ValueError, match=r"y contains label\(s\) that were not seen in fit: 6"):
        several.encode(np.array([[6, 3]]), "y")
    several.check_same_classes(TOKENS, [[7, 5], [3, 4]])
    with pytest.raises(ValueError, match="not the same as on last call"):
        several.check_same_classes(TOKENS, [[7, 6], [3, 4]])


def test_columns_of_different_kinds():
    frame = pd.DataFrame({"size": [1, 2], "colour": ["red", "blue"]})
    told = r"y mixes labels that .* \(types int, str\): pass y\.astype\(str\), .* columns \['size', 'colour'\]"
    with pytest.raises(ValueError, match=told):
        LabelTargets.check(frame, "y")
    assert LabelTargets.check(frame.astype(str), "y").tolist() == [["1", "red"], ["2", "blue"]]
    with pytest.raises(ValueError, match=r"y mixes labels .* pass all of them as strings"):
        LabelTargets.check([1, "red"], "y")


def test_labels_of_several_outputs_for_displays():
    targets = LabelTargets.learn(LABELS, of="Tested")
    assert targets.labels(np.array(["yes", "no"])) == [["yes"], ["no"]]
    assert targets.labels(np.array([["yes", "red"]])) == [["yes, red"]]


# --- one-hot rows of several outputs ----------------------------------------------------------------------------------

ROWS_OF_ONE = np.eye(4, dtype=int)[np.arange(20) % 4]


@pytest.mark.parametrize("kind", [int, float, bool], ids=["integers", "floats", "booleans"])
@pytest.mark.parametrize("container", [np.asarray, np.ndarray.tolist, pd.DataFrame], ids=["array", "list", "frame"])
def test_one_hot_rows_are_told_of(kind, container):
    given = container(ROWS_OF_ONE.astype(kind))
    y = LabelTargets.check(given, "y")
    with pytest.warns(UserWarning, match=r"y of shape \(20, 4\) looks one-hot.* pass numpy\.argmax\(y, axis=1\)"):
        LabelTargets.learn(y, of="Tested")
    labels = np.argmax(given, axis=1)
    assert np.asarray(labels).tolist() == list(range(4)) * 5
    assert LabelTargets.learn(LabelTargets.check(labels, "y"), of="Tested").sizes == (4,)


@pytest.mark.parametrize(
    "y",
    [
        ROWS_OF_ONE[:19],
        ROWS_OF_ONE[:, :2],
        1 - ROWS_OF_ONE,
        np.r_[ROWS_OF_ONE, [[1, 1, 0, 0]]],
        np.r_[ROWS_OF_ONE, [[0, 0, 0, 0]]],
        2 * ROWS_OF_ONE,
        ROWS_OF_ONE.astype(str),
    ],
    ids=["few", "two outputs", "single zeros", "two labels", "no label", "twos", "strings"],
)
def test_other_rows_of_several_outputs(y):
    LabelTargets.learn(LabelTargets.check(y, "y"), of="Tested")


@pytest.mark.parametrize("class_weight", ["balanced", {0: 1, 1: 20}])
@pytest.mark.parametrize("y", [ROWS_OF_ONE, np.eye(2)[np.arange(20) % 2]], ids=["four", "two"])
def test_weights_of_one_hot_rows(y, class_weight):
    with pytest.warns(UserWarning, match=r"weighs no classes.* pass numpy\.argmax\(y, axis=1\)"):
        LabelTargets.learn(y, of="Tested", class_weight=class_weight)  # and no other warning
    assert not warn_if_weights_of_one_hot(y, None)
    assert not warn_if_weights_of_one_hot(y, [class_weight] * y.shape[1])
    assert not warn_if_weights_of_one_hot(np.argmax(y, axis=1), class_weight)


@pytest.mark.parametrize("y", [ROWS_OF_ONE[:19], np.r_[ROWS_OF_ONE, [[1, 1, 0, 0]]], ROWS_OF_ONE.astype(str)])
def test_weights_of_other_rows(y):
    assert not warn_if_weights_of_one_hot(y, "balanced")


def test_rows_of_several_outputs_whose_classes_are_given():
    LabelTargets.learn(LabelTargets.check(ROWS_OF_ONE, "y"), [0, 1], of="Tested")


def test_a_single_mark_in_a_sequence_of_tokens():
    """Tokens that say where something is are no outputs apart: an encoder-decoder writes them one after another."""
    assert ClassTargets.learn(ClassTargets.check(ROWS_OF_ONE, "y"), of="Tested").n_timesteps == 4
