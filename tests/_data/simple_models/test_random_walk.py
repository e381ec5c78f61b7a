"""The density of a random walk, by hand."""

import numpy as np
from scipy.stats import norm

from skseq._data.simple_models.random_walk import log_density_of_steps

NOISE = np.random.RandomState(0).randn(500, 1)


def test_density_of_steps():
    """That of the normal distribution with the deviation of the steps, whose mean is that of the steps."""
    numbers = np.hstack([NOISE.cumsum(axis=0), 2 * NOISE])
    steps = np.diff(numbers, axis=0)
    expected = norm(steps.mean(axis=0), steps.std(axis=0)).logpdf(steps).sum(axis=1).mean()
    np.testing.assert_allclose(log_density_of_steps(numbers), expected)
