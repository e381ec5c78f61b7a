"""Targets that are numbers: from y to rows of the network and back, by hand."""

import numpy as np
import pytest

from skseq._data.number_targets import NumberTargets


def learnt(y, dtype="float32"):
    return NumberTargets.learn(NumberTargets.check(y, "y"), dtype=dtype, of="Tested")


def test_one_number_and_several():
    one, several = learnt([1.5, 2]), learnt([[1, 2], [3, 4], [5, 6]])
    assert (one.sizes, several.sizes) == ((1,), (1, 1))
    target = np.asarray(one.encode(np.array([1.5, 2]), "y")["target"])
    assert target.dtype == np.float32
    np.testing.assert_array_equal(target, [[1.5], [2]])
    assert one.decode(target).shape == (2,)
    assert several.decode(np.ones((4, 2))).shape == (4, 2)
    assert np.asarray(learnt([1], "float64").encode(np.ones(1), "y")["target"]).dtype == np.float64


def test_unlike_numbers_are_refused():
    with pytest.raises(ValueError, match=r"y_val has shape \(2, 2\), but Tested was fitted .*\(n_samples,\)"):
        learnt([1, 2]).encode(np.ones((2, 2)), "y_val")
    with pytest.raises(ValueError, match=r"y has shape \(2,\), but Tested was fitted .*\(n_samples, 2\)"):
        learnt([[1, 2]]).encode(np.ones(2), "y")
    with pytest.raises(ValueError, match=r"y has shape \(1, 1, 1\). Expected \(n_samples,\)"):
        NumberTargets.check([[[1]]], "y")
    with pytest.raises(ValueError, match="holds no target"):
        NumberTargets.check(np.ones((2, 0)), "y")
    with pytest.raises(ValueError, match="too large for dtype"):
        learnt([1.0]).encode(np.array([1e300]), "y")


def test_labels_for_displays():
    targets = learnt([1.0])
    assert targets.labels(np.array([0.123456, 12])) == [["0.1235"], ["12"]]
    assert targets.labels(np.array([[0.5, -2]])) == [["0.5, -2"]]
