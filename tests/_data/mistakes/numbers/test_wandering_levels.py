"""What wanders, and the density of steps, by hand."""

import warnings

import numpy as np
import pytest

from skseq._data.mistakes.numbers.wandering_levels import mostly_wander, wanders, warn_if_walks_alarm
from skseq._data.sequences import Sequences

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


@pytest.mark.parametrize(("n_walks", "expected"), [(4, True), (2, False), (0, False)])
def test_whether_most_series_wander(n_walks, expected):
    draws = np.random.RandomState(1).randn(4, 300, 1)
    draws[:n_walks] = draws[:n_walks].cumsum(axis=1)
    padded = np.concatenate([draws, np.zeros((4, 700, 1))], axis=1)
    assert mostly_wander(Sequences(values=padded, lengths=np.full(4, 300))) == expected


def test_walks_of_which_too_many_steps_are_outliers():
    with pytest.warns(UserWarning, match=r"8\.5% of .* promises 1\.0%: .* np\.diff\(np\.log\(x\), axis=0\) of each"):
        warn_if_walks_alarm(0.085, 0.01, is_positive=True)
    with pytest.warns(UserWarning, match=r"their steps, np\.diff\(x, axis=0\) of each"):
        warn_if_walks_alarm(0.085, 0.01, is_positive=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_walks_alarm(0.02, 0.01, is_positive=True)
