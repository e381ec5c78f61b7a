"""What wanders, and the density of steps, by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from skseq._data.mistakes.wandering_levels import log_density_of_steps, wanders

NOISE = np.random.RandomState(0).randn(1000, 1)
WALK = NOISE.cumsum(axis=0)
TIME = np.arange(1000.0)[:, None]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (WALK, True),
        (np.hstack([NOISE, 1e-3 * WALK + 46]), True),
        (WALK[:99], False),
        (NOISE, False),
        (np.sin(TIME), False),
        (np.sin(TIME / 20), False),
        (np.sin(TIME / 300), False),
        (TIME, False),
        (np.ones((200, 1)), False),
    ],
    ids=["walk", "one of two", "short", "noise", "waves", "slow waves", "half a wave", "ramp", "constant"],
)
def test_what_wanders(numbers, expected):
    assert wanders(numbers) is expected


def test_density_of_steps():
    """That of the normal distribution with the deviation of the steps, whose mean is that of the steps."""
    numbers = np.hstack([WALK, 2 * NOISE])
    steps = np.diff(numbers, axis=0)
    expected = norm(steps.mean(axis=0), steps.std(axis=0)).logpdf(steps).sum(axis=1).mean()
    np.testing.assert_allclose(log_density_of_steps(numbers), expected)
