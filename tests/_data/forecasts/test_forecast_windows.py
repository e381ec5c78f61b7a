"""Places and scales of windows by hand."""

import numpy as np
import pytest

from skseq._data.forecasts.forecast_windows import cut, horizons_held, last_origins, training_origins
from skseq._data.forecasts.window_units import last_season, units_of

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


@pytest.mark.parametrize(("step", "held"), [(1, 2.5), (2, 4), (3, 4)])
def test_horizons_of_4_windows_of_2_steps(step, held):
    """One step apart they are 5 steps; what lies between them, farther apart, counts for none."""
    assert horizons_held(4, 2, step) == held


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
    units = units_of(windows, "standard")
    assert units.centre[:, 0].tolist() == [3, 4, 0]
    np.testing.assert_allclose(units.size[:, 0], [np.sqrt(8 / 3), 0, 0])
    assert units.moves[:, 0].tolist() == [True, False, False]
    np.testing.assert_allclose(
        units.standardised(windows.past)[:, :, 0], [np.array([-2, 0, 2]) / np.sqrt(8 / 3), [0] * 3, [0] * 3]
    )


def test_other_scales(windows):
    units = units_of(windows, "mean")
    assert (units.centre[:, 0].tolist(), units.size[:, 0].tolist()) == ([0, 0, 0], [3, 4, 0])
    units = units_of(windows, None)
    assert (units.centre[:, 0].tolist(), units.size[:, 0].tolist()) == ([0, 0, 0], [1, 1, 1])


@pytest.mark.parametrize("scaling", ["standard", "mean"])
def test_a_shorter_window_has_the_scale_of_its_steps(scaling):
    """Its other columns, and the columns of others, have no part in it."""
    series = [np.array([[1.0, 9], [2, -9], [6, 5], [3, 7]]), np.array([[4.0, 1], [8, 2]])]
    mixed = cut(series, np.array([0, 1]), np.array([4, 2]), window=4, n_targets=1)
    alone = cut(series[1:], np.array([0]), np.array([2]), window=2, n_targets=1)
    assert mixed.sequences.lengths.tolist() == [4, 2]
    assert mixed.sequences.values[1, :2].tolist() == [[4, 1], [8, 2]]
    for name in ("centre", "size"):
        own = getattr(units_of(alone, scaling), name)
        np.testing.assert_array_equal(getattr(units_of(mixed, scaling), name)[1:], own)


def test_rounding_is_no_variation():
    past = np.full((1, 7, 1), 0.1) * 3e7
    windows = cut(past, np.array([0]), np.array([7]), window=7, n_targets=1)
    assert not units_of(windows, "standard").moves.any()


def test_references(windows):
    """What is subtracted, and so what zeros stand for: the level, or the last season."""
    assert units_of(windows, "standard").undo(np.zeros((3, 2, 1)))[0, :, 0].tolist() == [3, 3]
    assert units_of(windows, "standard", 1).undo(np.zeros((3, 2, 1)))[0, :, 0].tolist() == [5, 5]
    assert units_of(windows, "standard", 2).undo(np.zeros((3, 5, 1)))[0, :, 0].tolist() == [3, 5, 3, 5, 3]
    assert last_season(windows.past, 3, 4)[0, :, 0].tolist() == [1, 3, 5, 1]
