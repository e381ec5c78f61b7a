"""Which samples are held out: classes in proportion, whole groups, and what groups may be."""

import numpy as np
import pandas as pd
import pytest

from skseq._data.hold_out import HoldOut, group_numbers

SAMPLES = np.arange(5, 105)
GROUPS = np.arange(110) // 5  # of five samples each
CLASSES = (np.arange(110) // 10) % 2


def split(parting, n_held_out=10, samples=SAMPLES, seed=0):
    train, held_out = parting.split(samples, n_held_out, np.random.RandomState(seed))
    assert sorted([*train, *held_out]) == sorted(samples)
    return train, held_out


def test_classes_are_in_proportion():
    train, held_out = split(HoldOut(classes=CLASSES))
    np.testing.assert_array_equal(np.bincount(CLASSES[held_out]), [5, 5])
    assert len(train) == 90


def test_the_last_samples_of_one_sequence():
    np.testing.assert_array_equal(split(HoldOut(in_order=True))[1], SAMPLES[-10:])


@pytest.mark.parametrize("classes", [None, CLASSES])
@pytest.mark.parametrize(("n_held_out", "n_groups"), [(10, 2), (25, 5), (1, 1)])
def test_groups_stay_whole(classes, n_held_out, n_groups):
    train, held_out = split(HoldOut(classes=classes, groups=GROUPS), n_held_out)
    assert not set(GROUPS[train]) & set(GROUPS[held_out])
    assert len(np.unique(GROUPS[held_out])) == n_groups
    if classes is not None and n_groups > 1:
        assert np.ptp(np.bincount(classes[held_out])) <= 5  # one group


@pytest.mark.parametrize("rare", [(7,), (7, 61), (7, 8, 61)])
def test_rare_classes_change_nothing_of_how_many_are_held_out(rare):
    classes = np.isin(np.arange(110), rare).astype(int)
    train, held_out = split(HoldOut(classes=classes, groups=GROUPS))
    assert len(held_out) == 10
    assert not set(GROUPS[train]) & set(GROUPS[held_out])


@pytest.mark.parametrize("seed", range(5))
def test_a_group_with_most_of_the_samples_is_trained_on(seed):
    groups = np.where(np.arange(110) < 90, 0, np.arange(110))
    held_out = split(HoldOut(classes=CLASSES, groups=groups), 10, np.arange(110), seed)[1]
    assert (groups[held_out] > 0).all()
    assert len(held_out) >= 8


@pytest.mark.parametrize("seed", range(5))
def test_a_group_that_alone_has_a_class_is_trained_on(seed):
    groups = np.arange(110) // 10
    classes = np.where(groups == 3, 2, CLASSES)
    for n_held_out in (10, 2):
        train, held_out = split(HoldOut(classes=classes, groups=groups), n_held_out, SAMPLES, seed)
        assert set(classes[train]) == {0, 1, 2}
        assert len(held_out) <= 10
    assert not HoldOut(classes=groups, groups=groups).has_groups(SAMPLES)  # each class is in one group


def test_two_groups_are_parted_and_one_is_as_good_as_none():
    train, held_out = split(HoldOut(groups=np.arange(110) // 55), 1)
    assert (train < 55).all() != (held_out < 55).all()
    alone = HoldOut(groups=np.zeros(110, int))
    assert not alone.has_groups(SAMPLES)
    np.testing.assert_array_equal(split(alone)[1], split(HoldOut())[1])


@pytest.mark.parametrize(
    "groups",
    [["a", "b", "a"], np.array([7, 2, 7]), pd.Series(["x", "y", "x"], index=[4, 5, 6]), [(1, 2)[0], "b", 1]],
    ids=["strings", "numbers", "series", "mixed"],
)
def test_groups_of_any_values(groups):
    np.testing.assert_array_equal(group_numbers(groups, 3), [0, 1, 0])


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["a", "b"], r"groups must hold the group of each sample, shape \(3,\) for this X\. Got shape \(2,\)"),
        (["a", None, "b"], "groups holds no group for 1 sample.*at index 1"),
        ([1.0, np.nan, np.nan], "groups holds no group for 2 sample.*at index 1"),
        (pd.Series(["a", "b", None], dtype="string"), "at index 2"),
        ([[1], [2], [3]], r"Got shape \(3, 1\)"),
    ],
)
def test_what_says_no_group(groups, message):
    with pytest.raises(ValueError, match=message):
        group_numbers(groups, 3)
