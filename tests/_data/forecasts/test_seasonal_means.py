"""Means of the last seasons, by hand."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skseq._data.forecasts.seasonal_means import means_before

VALUES = np.array([[1.0], [10], [3], [30], [5], [50], [7]])


def forecasts(origins, n_ahead=2, **options):
    origins = np.array(origins)
    told = means_before([VALUES], np.zeros(len(origins), int), origins, 2, **options)
    return told.forecasts(n_ahead)[:, :, 0]


def test_as_many_seasons_as_there_are_up_to_some():
    assert_array_equal(forecasts([2, 4, 6, 7], n_seasons=2), [[1, 10], [2, 20], [4, 40], [40, 6]])
    assert_allclose(forecasts([6, 7], n_seasons=10**30), [[3, 30], [30, 4]])
    assert_array_equal(forecasts([6], 5, n_seasons=1), [[5, 50, 5, 50, 5]])  # over and over
    assert_array_equal(forecasts([6], 1, n_seasons=1, n_steps=1), [[5]])


def test_phases_that_have_not_been_are_the_mean_of_all():
    assert_array_equal(forecasts([1], n_seasons=3), [[1, 1]])  # the second step is the first of the next season


def test_each_series_and_each_target_has_its_own_and_later_steps_change_nothing():
    other = np.c_[VALUES, -VALUES][:5]
    places = np.array([1, 0, 1]), np.array([4, 6, 2])
    told = means_before([np.c_[VALUES, VALUES], other], *places, 2, 2).forecasts(2)
    assert_array_equal(told[0], [[2, -2], [20, -20]])
    assert_array_equal(told[1], [[4, 4], [40, 40]])
    assert_array_equal(told[2], [[1, -1], [10, -10]])
    other[4:] = 1e9
    assert_array_equal(means_before([np.c_[VALUES, VALUES], other], *places, 2, 2).forecasts(2), told)
    assert np.isfinite(means_before([np.full((9, 1), 1e308)], np.zeros(1, int), np.array([9]), 2, 4).seasons).all()
