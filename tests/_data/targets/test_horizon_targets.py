"""Forms of the targets of a forecaster: there and back, what is refused, and what they are padded with."""

import numpy as np
import pytest

from skseq._data.scaling import Scale
from skseq._data.targets.horizon_targets import HorizonTargets

NUMBERS = np.arange(12.0)
RAGGED = [np.array([1.0, 2]), np.array([3.0])]
FORMS = {
    "number": (NUMBERS, (12, 1, 1)),
    "steps": (NUMBERS.reshape(4, 3), (4, 3, 1)),
    "targets": (NUMBERS.reshape(2, 3, 2), (2, 3, 2)),
    "one target": (NUMBERS.reshape(4, 3, 1), (4, 3, 1)),
}


def learnt(y):
    return HorizonTargets.learn(y, "y", dtype="float64", of="Model")


@pytest.mark.parametrize("form", FORMS)
def test_there_and_back(form):
    y, shape = FORMS[form]
    targets = learnt(y)
    rows = targets.encode(targets.check(y, "y"))
    assert rows.keys() == {"target"}
    assert rows["target"].shape == shape
    np.testing.assert_array_equal(targets.in_form(rows["target"]), y)
    assert (targets.horizon, targets.n_targets) == shape[1:]


def test_ragged_targets_are_padded():
    targets = learnt(RAGGED)
    rows = targets.encode(targets.check(RAGGED, "y"))
    np.testing.assert_array_equal(rows["target"][..., 0], [[1, 2], [3, 0]])
    np.testing.assert_array_equal(rows["target_lengths"], [2, 1])
    back = targets.in_form(rows["target"], rows["target_lengths"])
    assert [own.tolist() for own in back] == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        ([0.123456, 12], [["0.1235"], ["12"]]),
        ([[480.26, 31234.5], [-1e-5, 1e7]], [["480.3", "31230"], ["-1e-05", "1e+07"]]),
        ([[[1.0, 2.5], [3, 4]]], [["1,\N{NO-BREAK SPACE}2.5", "3,\N{NO-BREAK SPACE}4"]]),
    ],
    ids=["number", "steps", "targets"],
)
def test_labels_for_displays(y, labels):
    y = np.array(y)
    assert learnt(y).labels(y) == labels
    assert learnt(list(y)).labels(list(y)) == labels


def test_scales_are_of_targets():
    targets = learnt(FORMS["targets"][0])
    scale = Scale(mean=np.array([1.0, 10]), deviation=np.array([2.0, 4]))
    targets = HorizonTargets(**vars(targets) | {"scale": scale})
    numbers = np.ones((2, 3, 2, 5))
    np.testing.assert_array_equal(targets.undo(numbers)[0, 0, :, 0], [3, 14])
    np.testing.assert_array_equal(targets.undo_deviations(numbers)[0, 0, :, 0], [2, 4])
    np.testing.assert_array_equal(targets.as_read(np.array([[[3.0, 14]]])), [[[1, 1]]])


@pytest.mark.parametrize(
    ("fitted", "given", "message"),
    [
        (NUMBERS, NUMBERS.reshape(4, 3), "several steps of 1 target"),
        (NUMBERS.reshape(4, 3), NUMBERS, "one step of 1 target"),
        (NUMBERS.reshape(2, 3, 2), NUMBERS.reshape(2, 6, 1), r"of 1 target\(s\) in an axis of their own, .* of 2"),
        (NUMBERS.reshape(4, 3), NUMBERS.reshape(6, 2), r"up to 2 step\(s\) per sample, but Model was fitted on 3"),
        (RAGGED, [np.ones(3), np.ones(1)], r"up to 3 step\(s\) per sample, but Model was fitted on 2"),
    ],
)
def test_other_forms_are_refused(fitted, given, message):
    with pytest.raises(ValueError, match=message):
        learnt(fitted).check(given, "y")


def test_any_number_of_steps_may_be_scored():
    assert learnt(NUMBERS.reshape(4, 3)).check(NUMBERS.reshape(6, 2), "y", any_steps=True).lengths.tolist() == [2] * 6


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [(2.5, r"if interpolate\(\) .* fill in 0 instead, .*fill_value=0\) of pandas, else set"), (-1, "set another loss")],
)
def test_fractions_among_counts_may_have_been_filled_in(wrong, remedy):
    y = np.array([1.0, wrong])
    with pytest.raises(ValueError, match=rf"Got {wrong} \(sample 1\): {remedy}"):
        HorizonTargets.learn(y, "y", dtype="float64", of="Model", counts=True).check(y, "y")
