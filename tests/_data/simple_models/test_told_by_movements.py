"""What movements tell where levels lie far apart."""

import numpy as np
import pytest

from skseq._data.sequences import Sequences
from skseq._data.simple_models.told_by_movements import left_by_movements, movements, swapped_levels


def sequences(samples):
    """`Sequences` of arrays (t, f), with rubbish behind their ends."""
    longest = max(map(len, samples))
    values = np.full((len(samples), longest, samples[0].shape[1]), 99.0)
    for row, own in enumerate(samples):
        values[row, : len(own)] = own
    return Sequences(values=values, lengths=np.array([*map(len, samples)]))


RAGGED = sequences([np.array([[1.0, 5], [3, 5], [8, 5]]), np.array([[2.0, 6], [1, 9]]), np.array([[7.0, 7]])])


def test_movements_of_a_sequence():
    """Of 1, 3, 8: deviation sqrt(26 / 3), slope 7 / 2, mean change 7 / 2; one step does not move."""
    expected = [
        [np.sqrt(26 / 3), 0, 3.5, 0, 3.5, 0, np.log(3)],
        [0.5, 1.5, -1, 3, 1, 3, np.log(2)],
        [0, 0, 0, 0, 0, 0, 0],
    ]
    np.testing.assert_allclose(movements(RAGGED), expected, atol=1e-12)


def test_levels_are_swapped_in_one_feature_alone():
    swapped = swapped_levels(RAGGED, 0)
    np.testing.assert_array_equal(swapped[..., 1], RAGGED.values[..., 1])
    np.testing.assert_array_equal(swapped[~RAGGED.mask], 99)
    means = [swapped[row, :n, 0].mean() for row, n in enumerate(RAGGED.lengths)]
    assert sorted(means) == pytest.approx([1.5, 4, 7])
    assert means != pytest.approx([4, 1.5, 7])
    np.testing.assert_allclose(np.diff(swapped[0, :, 0]), [2, 5])


@pytest.mark.parametrize("labels", [True, False])
def test_what_movements_leave(labels):
    draws = np.random.RandomState(0)
    slopes, levels = draws.choice([-1.0, 1.0], 60), 1e4 * draws.randn(60)
    samples = [level + np.outer(np.arange(n), [slope]) for level, slope, n in zip(levels, slopes, range(5, 65))]
    assert left_by_movements(sequences(samples), slopes, labels=labels) < 1e-3
    assert left_by_movements(sequences(samples), np.sign(levels), labels=labels) > 0.5
    assert left_by_movements(sequences(samples), np.ones(60), labels=labels) is None
    assert left_by_movements(sequences(samples[:30]), slopes[:30], labels=labels) is None
