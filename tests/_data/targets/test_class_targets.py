"""Targets that are classes: from y to rows of the network and back, by hand."""

import numpy as np
import pytest

from skseq._data.targets.class_targets import ClassTargets, LabelTargets

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


def test_labels_for_displays():
    targets = learnt(LABELS)
    assert targets.labels(np.array(["yes", "no"])) == [["yes"], ["no"]]
    assert targets.labels([[1, 0], [2, 3]]) == [["1", "0"], ["2", "3"]]
    assert targets.labels(np.eye(3)[[[2, 0]]]) == [["2", "0"]]


def test_one_label_and_several():
    one = LabelTargets.learn(LABELS, of="Tested")
    np.testing.assert_array_equal(one.encode(LABELS, "y")["target"], [[0], [1], [0]])
    assert one.decode([np.array([1, 0])]).tolist() == ["yes", "no"]
    assert one.in_form(one.classes).tolist() == ["no", "yes"]
    several = LabelTargets.learn(TOKENS, of="Tested")
    assert several.sizes == (2, 2)
    np.testing.assert_array_equal(several.encode(TOKENS, "y")["target"], [[0, 0], [0, 1], [1, 0]])
    assert several.decode([np.array([1, 0]), np.array([0, 1])]).tolist() == [[7, 3], [5, 4]]


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


@pytest.mark.parametrize(("given", "meant"), [([1, 5], "{'a': 1, 'b': 5}"), ([1, 5, 2], "{'a': 1, 'b': 1}")])
def test_numbers_without_labels_are_no_weights(given, meant):
    targets = LabelTargets.learn(np.array(list("abb")), of="Tested")
    rows = targets.encode(np.array(list("abb")), "y") | {"weight": np.ones(3)}
    with pytest.raises(ValueError, match=f"Got numbers without labels: .* Pass a dict, such as {meant}\\.$"):
        targets.class_weights(given, rows)
    assert targets.class_weights(eval(meant), rows)[0][0] == 1


def test_unlike_labels_are_refused():
    several = LabelTargets.learn(TOKENS, of="Tested")
    with pytest.raises(ValueError, match=r"y_val has shape \(3, 1\), but Tested was fitted .*\(n_samples, 2\)"):
        several.encode(TOKENS[:, :1], "y_val")
    with pytest.raises(ValueError, match=r"y contains label\(s\) that were not seen in fit: 6"):
        several.encode(np.array([[6, 3]]), "y")
    several.check_same_classes(TOKENS, [[7, 5], [3, 4]])
    with pytest.raises(ValueError, match="not the same as on last call"):
        several.check_same_classes(TOKENS, [[7, 6], [3, 4]])


def test_labels_of_several_outputs_for_displays():
    targets = LabelTargets.learn(LABELS, of="Tested")
    assert targets.labels(np.array(["yes", "no"])) == [["yes"], ["no"]]
    assert targets.labels(np.array([["yes", "red"]])) == [["yes, red"]]
