"""Labels that are most likely sets or one-hot vectors, and those that are not."""

import re
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing
from sklearn.preprocessing import MultiLabelBinarizer

from skseq._data.mistakes.targets.likely_classes import warn_if_weights_of_one_hot
from skseq._data.targets.class_targets import ClassTargets, LabelTargets

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
