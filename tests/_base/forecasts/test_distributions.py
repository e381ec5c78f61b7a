"""Quantiles of distributions against scipy and by hand, and uniform numbers that belong to their place."""

import numpy as np
import pytest
from scipy import stats

from skseq._base.forecasts import distributions


def test_quantiles_are_those_of_scipy():
    rng = np.random.RandomState(0)
    parameters = {"loc": rng.randn(4, 3), "scale": rng.rand(4, 3) + 0.1}
    found = distributions.quantiles("normal", parameters, [0.1, 0.7])
    np.testing.assert_allclose(found[..., 1], stats.norm.ppf(0.7, **parameters))
    parameters["df"] = 2 + rng.rand(4, 3)
    found = distributions.quantiles("student_t", parameters, [0.1, 0.7])
    np.testing.assert_allclose(found[..., 0], stats.t.ppf(0.1, **parameters))


def test_counts_have_the_parameters_of_scipy():
    """Mean 2 * 3 and dispersion 0.5 / sqrt(3), of which the variance is m + a m^2."""
    found = distributions.of_counts(np.array([2.0, 0.5]), 3.0)
    exact, dispersion = stats.nbinom(**found), 0.5 / np.sqrt(3)
    np.testing.assert_allclose([exact.mean(), exact.var()], [6, 6 + dispersion * 36])
    assert distributions.of_counts(np.array([2.0]), 3.0) == {"mu": 6}
    levels = distributions.quantiles("negative_binomial", found, [0.1, 0.9])
    assert levels.tolist() == exact.ppf([0.1, 0.9]).tolist()


def test_between_known_quantiles_by_hand():
    """From 10 at 0.2 and 20 at 0.6: a quarter of the way at 0.3, and 30 at 0.9."""
    found = distributions.between(np.array([[10.0, 20, 30]]), (0.2, 0.6, 0.9), np.array([0.2, 0.3, 0.6, 0.9]))
    np.testing.assert_allclose(found, [[10, 12.5, 20, 30]])
    np.testing.assert_array_equal(distributions.between(np.array([[7.0]]), (0.5,), np.array([0.5])), [[7]])


def test_levels_outside_of_those_learnt_are_refused():
    distributions.check_learnt((0.2, 0.6, 0.9), [0.2, 0.5, 0.9 + 1e-12])
    with pytest.raises(ValueError, match=r"from 0.2 to 0.9 were learnt, but 0.1 is asked .* or by calibration_windows"):
        distributions.check_learnt((0.2, 0.6, 0.9), [0.1, 0.5])


def test_uniform_numbers_belong_to_their_place():
    whole = distributions.uniform(3, range(5), (2, 4))
    assert whole.shape == (5, 2, 4)
    np.testing.assert_array_equal(distributions.uniform(3, range(2, 4), (2, 4)), whole[2:4])
    assert (distributions.uniform(4, range(5), (2, 4)) != whole).all()
    assert whole.min() > 0
    assert whole.max() < 1
