"""Targets that are numbers: from y to rows of the network and back, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from skseq._data.scaling import Scale
from skseq._data.targets.number_targets import NumberTargets


def learnt(y, dtype="float32", scale=None):
    targets = NumberTargets.learn(NumberTargets.check(y, "y"), dtype=dtype, of="Tested")
    return replace(targets, scale=Scale.none(targets.n_outputs) if scale is None else scale)


def test_one_number_and_several():
    one, several = learnt([1.5, 2]), learnt([[1, 2], [3, 4], [5, 6]])
    assert (one.sizes, several.sizes) == ((1,), (1, 1))
    target = one.scaled(one.encode(np.array([1.5, 2]), "y")["target"], "y")
    assert target.dtype == np.float32
    np.testing.assert_array_equal(target, [[1.5], [2]])
    assert one.decode(target).shape == (2,)
    assert several.decode(np.ones((4, 2))).shape == (4, 2)
    assert learnt([1], "float64").scaled(np.ones((1, 1)), "y").dtype == np.float64


def test_numbers_are_written_on_their_scale_and_read_back():
    scale = Scale(mean=np.array([1e6, 0.0]), deviation=np.array([2.0, 0.5]))
    targets = learnt([[1, 2], [3, 4]], scale=scale)
    written = targets.scaled(targets.encode(np.array([[1e6 + 1, 1.0], [1e6 - 3, -1.0]]), "y")["target"], "y")
    np.testing.assert_array_equal(written, np.array([[0.5, 2], [-1.5, -2]], np.float32))
    np.testing.assert_array_equal(targets.decode(written), [[1e6 + 1, 1], [1e6 - 3, -1]])


def test_unlike_numbers_are_refused():
    with pytest.raises(ValueError, match=r"y_val has shape \(2, 2\), but Tested was fitted .*\(n_samples,\)"):
        learnt([1, 2]).encode(np.ones((2, 2)), "y_val")
    with pytest.raises(ValueError, match=r"y has shape \(2,\), but Tested was fitted .*\(n_samples, 2\)"):
        learnt([[1, 2]]).encode(np.ones(2), "y")
    with pytest.raises(
        ValueError, match=r"y has shape \(1, 1, 1\). Expected \(n_samples,\).*Seq2SeqRegressor, or pass y\[:, :, 0\]"
    ):
        NumberTargets.check([[[1]]], "y")
    with pytest.raises(ValueError, match="holds no target"):
        NumberTargets.check(np.ones((2, 0)), "y")
    with pytest.raises(ValueError, match="too large for dtype"):
        learnt([1.0]).scaled(np.array([[1e300]]), "y")


@pytest.mark.parametrize(
    "y", [[[1.5, 2], [3.0]], [np.ones(2), np.ones(1)], np.array([np.ones(2), np.ones(1)], object)], ids=type
)
def test_a_number_at_every_timestep_needs_windows(y):
    expected = (
        r"y holds 2 number\(s\) at index 0 and 1 at index 1\. .* as many for every sample\. For a number at every"
    )
    with pytest.raises(ValueError, match=expected + r" timestep pass windows and targets\[:, -1\] to a SequenceRegr"):
        NumberTargets.check(y, "y")


def test_labels_for_displays():
    targets = learnt([1.0])
    assert targets.labels(np.array([0.123456, 12])) == [["0.1235"], ["12"]]
    several = np.array([[0.5, -2], [31234.5, 1e7]])
    assert targets.labels(several) == [["0.5,\N{NO-BREAK SPACE}-2"], ["31230,\N{NO-BREAK SPACE}1e+07"]]
