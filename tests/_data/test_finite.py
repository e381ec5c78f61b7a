"""What cannot be computed with is told by its place."""

import numpy as np
import pytest

from skseq._data.finite import check_finite, check_static


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array([1, np.nan]), r"Input y contains NaN: sample 1\. Fill in such values, or leave out such samples"),
        (np.array([[1, 2], [3, -np.inf]]), r"Input y contains infinity: sample 1, step 1\. Fill in"),
        ([np.zeros(3), np.array([1, 2e200])], r"contains 2e\+200, which is too large to square: sample 1, step 1\."),
        ([[0.0, 1.0], [-1e151]], r"contains -1e\+151, .*: sample 1, step 0\."),
        (np.array([[0, 1], [np.nan, 0]], np.float32), r"contains NaN: sample 1, step 0\."),  # which has no 1e150
        (np.full((1, 2, 3), np.nan), r"contains NaN: sample 0, step 0, column 0\."),
    ],
)
def test_places(X, message):
    with pytest.raises(ValueError, match=message):
        check_finite(X, "y", of="sample")


def test_numbers_that_are_fine():
    for X in (
        np.zeros((0, 3)),
        np.ones((2, 3), np.float32),
        np.array([1, 2]),
        [[1.0], [2.0, 1e150]],
        [["a"], ["b", "c"]],
        np.array([True]),
    ):
        check_finite(X)


def test_places_without_steps():
    with pytest.raises(ValueError, match=r"Input X_static contains NaN: series 2, column 1\."):
        check_static(np.array([[0, 0], [0, 1], [0, np.nan]]), "X_static", of="series")
