"""Forecasts by exponential smoothing beside the recursions of the papers, written out for one series of numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skseq._data.forecasts import exponential_smoothing
from skseq._data.forecasts.exponential_smoothing import LEVEL_RATES, SEASON_RATES, smoothed_before


def walks(lengths, n_targets=1, seed=0):
    dice = np.random.RandomState(seed)
    return [np.cumsum(dice.randn(length, n_targets), axis=0) + 50 for length in lengths]


def forecast(values, season=1, n_steps=5):
    """Behind all values (t, k) of one series: (n_steps, k)."""
    return smoothed_before([values], np.array([0]), np.array([len(values)]), season).forecasts(n_steps)[0]


def written_out(numbers, season, n_steps):
    """Simple exponential smoothing with half the slope of the least-squares line as drift, and an additive season."""
    m = season
    first = np.mean(numbers[:m])
    candidates = []
    for level_rate in LEVEL_RATES:
        for season_rate in SEASON_RATES if m > 1 else (0,):
            level, seasons, drift, error = first, [x - first if m > 1 else 0 for x in numbers[:m]], 0, 0
            for t in range(m, len(numbers)):
                missed = numbers[t] - (level + drift + seasons[t - m])
                error += missed**2
                rate = max(level_rate, 1 / (t + 1.5))
                level += drift + rate * missed
                beyond = max(season_rate, 1 / (t // m + 1.5)) * (1 - rate) * missed if m > 1 else 0
                seasons.append(seasons[t - m] + beyond)
                enough = t >= max(2, 2 * m)
                drift = np.polyfit(np.arange(t + 1), numbers[: t + 1], 1)[0] / 2 if enough else 0
            ahead = [level + (h + 1) * drift + seasons[len(numbers) - m + h % m] for h in range(n_steps)]
            candidates.append((error, ahead))
    return min(candidates, key=lambda found: found[0])[1]


@pytest.mark.parametrize("season", [1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_the_recursions_written_out(season, seed):
    (values,) = walks([30], seed=seed)
    assert_allclose(forecast(values, season)[:, 0], written_out(values[:, 0], season, 5), rtol=1e-9)


def test_a_line_goes_on_with_half_its_slope():
    """And begins just below its end: the drift of early steps was less."""
    found = forecast(3.0 * np.arange(400)[:, None])[:, 0]
    assert_allclose(np.diff(found), 1.5)
    assert 3 * 399 - 3 < found[0] < 3 * 400


def test_what_repeats_itself_is_forecast():
    """But for the slope of the line, which ends within a season."""
    season = np.array([1.0, 5, 2, 8])
    assert_allclose(forecast(np.tile(season, 6)[:-1, None], 4, 6)[:, 0], [8, 1, 5, 2, 8, 1], atol=0.03)


def test_before_a_season_is_over_the_mean_goes_on():
    (values,) = walks([20])
    assert_allclose(forecast(values[:3], season=7), np.full((5, 1), values[:3].mean()))


@pytest.mark.parametrize("season", [1, 6])
def test_later_values_and_other_series_change_nothing(season):
    series = walks([60, 25, 40], n_targets=2)
    places = np.array([0, 2, 0, 1]), np.array([30, 33, 20, 25])
    found = smoothed_before(series, *places, season).forecasts(8)
    changed = [series[0].copy(), series[1], series[2].copy()]
    changed[0][30:] *= 1000
    changed[2][33:] -= 7
    assert_array_equal(smoothed_before(changed, *places, season).forecasts(8), found)
    for number, (own, origin) in enumerate(zip(*places)):
        alone = smoothed_before([series[own]], np.array([0]), np.array([origin]), season)
        assert_array_equal(alone.forecasts(8)[0], found[number])
    for target in range(2):
        one = smoothed_before([own[:, [target]] for own in series], *places, season)
        assert_array_equal(one.forecasts(8)[..., 0], found[..., target])


def test_parts_of_the_series_give_the_same(monkeypatch):
    series = walks([60, 25, 40, 60])
    places = np.repeat(np.arange(4), 5), np.tile(np.arange(20, 25), 4)
    together = smoothed_before(series, *places, 4, n_steps=3).forecasts(3)
    monkeypatch.setattr(exponential_smoothing, "MOST_NUMBERS", 1000)
    assert_array_equal(smoothed_before(series, *places, 4, n_steps=3).forecasts(3), together)
    assert_array_equal(smoothed_before(series, *places, 4).forecasts(3), together)  # more seasons than are asked for


def test_units_carry_over():
    (values,) = walks([40])
    assert_array_equal(forecast(values * 2.0**900, 4), forecast(values, 4) * 2.0**900)
    assert_allclose(forecast(values * 3 + 1000, 4), forecast(values, 4) * 3 + 1000, rtol=1e-9)


def test_a_constant_stays():
    assert_array_equal(forecast(np.full((20, 1), 7.25), 3), np.full((5, 1), 7.25))
