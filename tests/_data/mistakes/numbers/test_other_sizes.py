"""Series that move by far less than others are told, and those that are calm for a while are not."""

import re

import numpy as np
import pytest
from warned import told

from skseq import LSTMAutoencoderDetector
from skseq._data.mistakes.numbers.other_sizes import sizes_apart, warn_if_sizes_differ
from skseq._data.sequences import Sequences

RNG = np.random.RandomState(0)
WAVES = np.sin(np.pi * np.arange(100) / 2) + RNG.normal(0, 0.03, (6, 100))
SIZES = np.geomspace(1, 100, 6)[:, None]


def series(values, **lengths):
    return Sequences(values=np.asarray(values)[:, :, None], **lengths)


def test_sizes_apart():
    """Of sizes 1, 2, 4, 8, 16 and 32, the quantiles of 0.1 and 0.9 are 1.5 and 24; padding does not count."""
    move = np.tile([-1.0, 1.0], 40)
    values = 2.0 ** np.arange(6)[:, None] * move
    feature, ratio = sizes_apart(series(values), 10)
    assert (feature, np.round(ratio, 9)) == (0, 16)
    values[0, 70:] = 1e9
    apart = sizes_apart(series(values, lengths=np.array([70, 80, 80, 80, 80, 80])), 8)
    assert np.isclose(apart[1], 16)
    beside = np.stack([np.tile(move, (6, 1)), 2.0 ** np.arange(6)[:, None] * move], axis=2)
    assert sizes_apart(Sequences(values=beside), 10)[0] == 1


@pytest.mark.parametrize("levels", [0, 3])
def test_small_series_are_told(levels):
    """The code gives them one size, also where deviations of new series are others, as of one that is stuck."""
    meters = SIZES * (WAVES + levels)
    with pytest.warns(UserWarning, match=r"by 39\.1 times what others .* may pass for normal\. If") as caught:
        warn_if_sizes_differ(series(meters), 10)
    code = re.search(r"later: (.*) of an array", str(caught[0].message))[1]
    divided = np.stack([eval(code, {"np": np, "x": x, "past": x}) for x in meters])
    assert not told(warn_if_sizes_differ, series(divided), 10)
    assert np.isfinite(eval(code, {"np": np, "x": np.full(100, meters[0, 0]), "past": meters[0]})).all()


def test_many_in_proportion_to_their_levels_are_divided_by_them():
    meters = np.geomspace(1, 100, 9)[:, None] * (WAVES[0] + 3)
    with pytest.warns(UserWarning, match=r"later: x / np\.mean\(past\) of an array x"):
        warn_if_sizes_differ(series(meters), 10)


def test_features_are_named():
    with pytest.warns(UserWarning, match=r"others move by in feature 1, .*: \(x\[:, 1\] - np\.mean\(past\[:, 1\]\)\)"):
        warn_if_sizes_differ(Sequences(values=np.stack([WAVES, SIZES * WAVES], axis=2)), 10)


@pytest.mark.parametrize(
    "values",
    [
        WAVES,
        np.linspace(1, 4, 6)[:, None] * WAVES,  # machines of one kind
        SIZES[:4] * WAVES[:4],  # few
        WAVES * np.where(RNG.rand(6, 10) < 0.6, 0.01, 1).repeat(10, axis=1),  # calm, and now and then busy
        np.r_[0.01 * WAVES[:1], np.tile(WAVES[1:], (3, 1))],  # one of many
        np.r_[np.zeros((1, 100)), WAVES],  # out of use
        1e200 * WAVES,
    ],
)
def test_others_are_not_told(values):
    assert not told(warn_if_sizes_differ, series(values), 10)


def test_windows_that_may_all_be_calm_are_not_told():
    assert not told(warn_if_sizes_differ, series(SIZES * WAVES), 13)


def test_a_detector_tells(untrained):
    detector = LSTMAutoencoderDetector(units=2, epochs=1, window=5)
    with pytest.warns(UserWarning, match="Some series in X move by"):
        detector.fit(SIZES * WAVES)
    detector.fit(WAVES)  # warnings are errors
