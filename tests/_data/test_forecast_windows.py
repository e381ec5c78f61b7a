"""Places and scales of windows by hand."""

import numpy as np
import pytest

from skseq._data.forecast_windows import cut, last_origins, training_origins
from skseq._data.window_scaling import WindowScale, last_season

OPTIONS = {"stride": 1, "max_windows": None, "min_window": 3}


def test_training_origins():
    """10 steps, windows of 3, horizon 2: targets begin at 3 to 8."""
    assert training_origins(10, 3, 2, **OPTIONS).tolist() == [3, 4, 5, 6, 7, 8]
    assert training_origins(10, 3, 2, **OPTIONS | {"stride": 2}).tolist() == [4, 6, 8]
    assert training_origins(10, 3, 2, **OPTIONS | {"max_windows": 2}).tolist() == [7, 8]
    assert training_origins(4, 3, 2, **OPTIONS).tolist() == []
    assert training_origins(4, 3, 2, **OPTIONS | {"min_window": 2}).tolist() == [2]


def test_last_origins():
    assert last_origins(10, 2, 3, 2).tolist() == [4, 6, 8]


def test_cut_by_hand():
    series = [np.arange(6.0)[:, None], 10 + np.arange(4.0)[:, None]]
    ahead = [-own for own in series]
    windows = cut(
        series,
        np.array([0, 0, 1]),
        np.array([3, 4, 2]),
        window=3,
        n_targets=1,
        horizon=2,
        futures=ahead,
        static=np.array([[7], [8]]),
    )
    assert windows.past[:2, :, 0].tolist() == [[0, 1, 2], [1, 2, 3]]
    np.testing.assert_array_equal(windows.past[2, :, 0], [np.nan, 10, 11])
    assert windows.lengths.tolist() == [3, 3, 2]
    assert windows.targets[:, :, 0].tolist() == [[3, 4], [4, 5], [12, 13]]
    assert windows.future[:, :, 0].tolist() == [[-3, -4], [-4, -5], [-12, -13]]
    assert windows.static.tolist() == [[7], [7], [8]]
    assert windows.filled[2, :, 0].tolist() == [10.5, 10, 11]
    assert [own.tolist() for own in windows.inputs()] == [[0, 1, 2], [1, 2, 3], [10, 11]]
    moved = windows.followed_by(np.array([[[3.0], [4]], [[4], [5]], [[12], [13]]]))
    assert moved.past[:, :, 0].tolist() == [[2, 3, 4], [3, 4, 5], [11, 12, 13]]
    assert moved.lengths.tolist() == [3, 3, 3]
    assert windows.take([2]).targets[:, :, 0].tolist() == [[12, 13]]


@pytest.fixture
def windows():
    past = np.array([[1.0, 3, 5], [4, 4, 4], [0, 0, 0]])[:, :, None]
    return cut(past, np.arange(3), np.full(3, 3), window=3, n_targets=1)


def test_standard_scale(windows):
    """Mean 3, variance (4 + 0 + 4) / 3; constant windows have no size."""
    scale = WindowScale.learn(windows, "standard")
    assert scale.level[:, 0, 0].tolist() == [3, 4, 0]
    np.testing.assert_allclose(scale.size[:, 0, 0], [np.sqrt(8 / 3), 0, 0])
    assert scale.is_constant.tolist() == [False, True, True]
    np.testing.assert_allclose(
        scale.inputs(windows)[:, :, 0], [np.array([-2, 0, 2]) / np.sqrt(8 / 3), [0] * 3, [0] * 3]
    )


def test_other_scales(windows):
    scale = WindowScale.learn(windows, "mean")
    assert (scale.level[:, 0, 0].tolist(), scale.size[:, 0, 0].tolist()) == ([0, 0, 0], [3, 4, 0])
    scale = WindowScale.learn(windows, None)
    assert (scale.level[:, 0, 0].tolist(), scale.size[:, 0, 0].tolist()) == ([0, 0, 0], [1, 1, 1])


def test_rounding_is_no_variation():
    past = np.full((1, 7, 1), 0.1) * 3e7
    windows = cut(past, np.array([0]), np.array([7]), window=7, n_targets=1)
    assert WindowScale.learn(windows, "standard").is_constant.all()


def test_references(windows):
    scale = WindowScale.learn(windows, "standard")
    assert scale.reference(windows, None, 2)[0, :, 0].tolist() == [3, 3]
    assert scale.reference(windows, 1, 2)[0, :, 0].tolist() == [5, 5]
    assert scale.reference(windows, 2, 5)[0, :, 0].tolist() == [3, 5, 3, 5, 3]
    assert last_season(windows.past, 3, 4)[0, :, 0].tolist() == [1, 3, 5, 1]
