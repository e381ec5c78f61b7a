"""Sizes in which errors are counted, by hand: of windows, of their series, and of how large errors are."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skseq._data.forecasts.error_sizes import error_units, sizes_by_errors, times_as_large
from skseq._data.forecasts.forecast_windows import Windows
from skseq._data.forecasts.window_units import Units, WindowScaling


def scaling(kind, **more):
    return WindowScaling(kind=kind, season=None, columns=[0], n_targets=1, **more)


def units(size):
    size = np.asarray(size, float)
    return Units(centre=np.zeros(size.shape), size=size)


def test_windows_are_drawn_half_way_to_their_series():
    windows = Windows(past=np.array([[[1.0], [3]], [[5], [5]]]), lengths=np.array([2, 2]), n_targets=1)
    assert error_units(scaling("standard"), windows, None).size.tolist() == [[1], [0]]
    found = error_units(scaling("standard"), windows, np.array([[9.0], [4]]))
    assert_allclose(found.size, [[3], [0]])
    assert found.moves.tolist() == [[True], [False]]
    for other in (scaling("standard", common=np.array([7.0])), scaling(None)):
        own = other.units(windows.sequences).size
        assert_array_equal(error_units(other, windows, np.array([[9.0], [4]])).size, own)


def test_series_are_drawn_to_their_errors():
    """Mean errors in sizes are 1, 4, 4, 16 and 64, of 3, 2, 2, 11 and 1 windows: half of the way with eleven."""
    counts = [3, 2, 2, 11, 1]
    series = np.repeat(np.arange(5), counts)
    errors = np.repeat([2.0, 8, 8, 32, 128], counts)[:, None, None] * [[[0.5], [-1.5]]]  # two steps each
    found = sizes_by_errors(np.array([[10.0], [1], [1], [3], [7]]), units(np.full((19, 1), 2.0)), errors, series)
    assert_allclose(found, [[10 * 4 ** (-2 / 12)], [1], [1], [3 * 4**0.5], [7]])


def test_what_is_not_known_draws_nothing():
    """No window, one that never moves, and errors of zero."""
    series, sizes = np.array([0, 1, 2]), np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]])
    given = units([[1, 1], [0, 1], [1, 1]])
    errors = np.array([[[0.0, 1]], [[9, 1]], [[0, 1]]])
    assert_array_equal(sizes_by_errors(sizes, given, errors, series), sizes)


def test_a_series_that_is_forecast_exactly_moves_others_little():
    errors = np.repeat([1e-300, 1, 1, 1], 2)[:, None, None]
    found = sizes_by_errors(np.ones((4, 1)), units(np.ones((8, 1))), errors, np.repeat(np.arange(4), 2))
    assert_allclose(found[:, 0], [100 ** (-1 / 11), 1, 1, 1])


def test_how_many_times_as_large_errors_of_series_are():
    """Means are 2, 1 and 3 of errors, 1, 8 and 0 of others: 2 times and 1/8, whose geometric mean is 1/2."""
    errors, others = (np.array(own, float)[:, None, None] for own in ([1, -3, 1, 3], [-1, 1, 8, 0]))
    assert_allclose(times_as_large(errors, others, [2, 1, 0, 1]), 0.5)
    assert times_as_large(errors, 0 * others, [2, 1, 0, 1]) == 0
    assert times_as_large(0 * errors, others, [2, 1, 0, 1]) == 0
    assert times_as_large(errors[:0], others[:0], [0, 0]) == 0
