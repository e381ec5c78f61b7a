"""Random numbers of a counter: what they are, and that no two draws share any."""

from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf

from skseq.nn.kernels.draws import Draws

N = 40_000


def uniform(seed, number, n=N, dtype=tf.float64):
    return np.array(Draws(tf.constant(seed, tf.int32)).uniform(number, [n], dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_uniform_numbers_have_the_mean_and_variance_of_their_law(dtype):
    """1/2 and 1/12; five standard errors are allowed."""
    drawn = uniform((-5, 7), 1, dtype=dtype)
    assert drawn.dtype == dtype
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert abs(drawn.mean() - 1 / 2) < 5 * np.sqrt(1 / 12 / N)
    assert abs(drawn.var() - 1 / 12) < 5 * np.sqrt(1 / 180 / N)  # the fourth moment about the mean is 1/80


def test_normal_numbers_have_the_moments_of_their_law():
    drawn = np.array(Draws(tf.constant([3, 4])).normal(2, [N], tf.float64))
    assert abs(drawn.mean()) < 5 / np.sqrt(N)
    assert abs(drawn.var() - 1) < 5 * np.sqrt(2 / N)


def test_integers_are_all_as_likely():
    counts = np.bincount(np.array(Draws(tf.constant([3, 4])).integers(2, [N], 7)), minlength=7)
    assert len(counts) == 7
    assert np.abs(counts / N - 1 / 7).max() < 5 * np.sqrt(1 / 7 * 6 / 7 / N)


def test_a_number_names_its_draw():
    np.testing.assert_array_equal(uniform((3, 4), 5), uniform((3, 4), 5))
    np.testing.assert_array_equal(uniform((3, 4), 5, n=8), uniform((3, 4), 5)[:8])  # however many there are


@pytest.mark.parametrize(("seed", "number"), [((3, 4), 6), ((3, 5), 5), ((4, 4), 5), ((4, 3), 5), ((-3, 4), 5)])
def test_other_draws_share_nothing(seed, number):
    """No two numbers in a row, nor a correlation beyond five standard errors of that of independent numbers."""
    first, other = uniform((3, 4), 5), uniform(seed, number)
    assert not set(pairwise(first)) & set(pairwise(other))  # 46 bits: one chance in 40,000
    assert abs(np.corrcoef(first, other)[0, 1]) < 5 / np.sqrt(N)


def test_all_draws_are_the_same_with_xla_and_in_every_type():
    def draw(seed):
        draws = Draws(seed)
        single, double = (draws.uniform(1, [50], dtype) for dtype in ("float32", "float64"))
        return single, double, draws.normal(2, [50], tf.float64), draws.integers(3, [50], 7)

    expected = draw(tf.constant([-3, 4]))
    np.testing.assert_array_equal(expected[0], expected[1])
    for jit_compile in (False, True):
        found = tf.function(draw, autograph=False, jit_compile=jit_compile)(tf.constant([-3, 4]))
        for one, other in zip(found, expected):
            np.testing.assert_allclose(one, other, rtol=1e-12)
