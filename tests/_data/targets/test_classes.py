"""Labels, tokens and one-hot vectors: what is refused, and what is right."""

import re

import numpy as np
import pandas as pd
import pytest

from skseq._data.targets.class_targets import ClassTargets, LabelTargets
from skseq._data.targets.classes import exact_match
from skseq._data.targets.token_targets import read_token_lists

LABELS = np.array(["no", "yes", "no"])
TOKENS = np.array([[5, 3], [5, 4], [7, 3]])
ONE_HOT = np.eye(3, dtype=int)[[[2, 0], [1, 1]]]


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


def test_columns_of_different_kinds():
    frame = pd.DataFrame({"size": [1, 2], "colour": ["red", "blue"]})
    told = r"y mixes labels that .* \(types int, str\): pass y\.astype\(str\), .* columns \['size', 'colour'\]"
    with pytest.raises(ValueError, match=told):
        LabelTargets.check(frame, "y")
    assert LabelTargets.check(frame.astype(str), "y").tolist() == [["1", "red"], ["2", "blue"]]
    with pytest.raises(ValueError, match=r"y mixes labels .* pass all of them as strings"):
        LabelTargets.check([1, "red"], "y")
