"""Uniform numbers: each depends on the seed and its own place alone."""

import numpy as np
import pytest
from scipy import stats

from skseq._data import uniforms as module
from skseq._data.uniforms import uniforms


@pytest.mark.parametrize("more", [(9, 4, 3), (5, 7, 3), (5, 4, 6)], ids=["rows", "steps", "places"])
def test_more_of_them_change_none(more):
    numbers = uniforms(3, 5, 4, 3, "float64")
    assert numbers.shape == (5, 4, 3)
    np.testing.assert_array_equal(uniforms(3, *more, "float64")[:5, :4, :3], numbers)


def test_all_differ_and_are_uniform():
    """Also between seeds, and rounded to float32."""
    numbers = np.stack([uniforms(seed, 50, 10, 4, "float64") for seed in (0, 1, 2**31 - 2)])
    assert len(np.unique(numbers)) == numbers.size
    assert stats.kstest(numbers.ravel(), "uniform").pvalue > 0.01
    np.testing.assert_array_equal(uniforms(1, 50, 10, 4, "float32"), numbers[1].astype(np.float32))


def test_each_stream_begins_where_its_counter_says():
    numbers = uniforms(3, 5, 4, 3, "float64")
    for step, place in np.ndindex(4, 3):
        stream = np.random.Philox(3, counter=[0, 0, place, step])
        np.testing.assert_array_equal(numbers[:, step, place], np.random.Generator(stream).random(5))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_neither_zero_nor_one(monkeypatch, dtype):
    """Quantiles there are infinite, and float32 rounds what lies within 3e-8 of 1 up to it."""

    class Ends:
        def __init__(self, stream):
            pass

        def random(self, n):
            return np.resize([0.0, 1 - 2**-53], n)

    monkeypatch.setattr(module.np.random, "Generator", Ends)
    numbers = uniforms(0, 2, 1, 1, dtype)
    assert numbers.dtype == dtype
    assert 0 < numbers.min() < 1e-30
    assert 1 - 1e-7 < numbers.max() < 1
    assert np.isfinite(stats.norm.ppf(numbers)).all()
