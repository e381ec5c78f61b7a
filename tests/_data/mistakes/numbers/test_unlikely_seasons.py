"""Seasons that series have, and such that they have not: waves that move, walks and noise."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeasonalNaive, Seq2SeqRegressor, SeriesForecaster
from skseq._data.forecasts.forecast_windows import cut
from skseq._data.mistakes.numbers.unlikely_seasons import times_as_far, warn_if_no_season

DICE = np.random.RandomState(0)
STEPS = np.arange(700)
WALKS = np.cumsum(DICE.randn(2, 700), axis=1)
DAILY = 10 * np.sin(STEPS * np.pi / 6) + DICE.randn(2, 700)  # every 12 steps
SHORT = {"season": 12, "units": 2, "epochs": 1, "n_layers": 1}
NAMED = "y is .* times as far from the values one season of 12 steps before .*season=None"


def windows_of(series, horizon, season):
    """All windows of two seasons of series (n, t), and how many each has."""
    origins = np.arange(2 * season, series.shape[1] - horizon + 1)
    which = np.repeat(np.arange(len(series)), len(origins))
    pasts = [own[:, None] for own in series]
    windows = cut(pasts, which, np.tile(origins, len(series)), window=2 * season, n_targets=1, horizon=horizon)
    return windows, [len(origins)] * len(series)


def told_of(series, horizon, season=12):
    return told(warn_if_no_season, *windows_of(series, horizon, season), season)


def test_how_far_by_hand():
    """Each series has one window 0 1 0 3, behind which come 1 and 4, and the same ten times as large.

    The last value is 3, and 2 and 1 away. One season of 2 steps before were 0 and 3, which are 1 and 1 away. On the
    level of the last value, 2 above the step one season before it, they are 2 and 5, and 1 and 1 away.
    """
    series = np.outer([1, 10], [0, 1, 0, 3, 1, 4]) * 1.0
    assert times_as_far(*windows_of(series, 2, 2), 2) == pytest.approx([2 / 3, 2 / 3])


@pytest.mark.parametrize("horizon", [1, 6])
def test_walks_have_no_season(horizon):
    assert told_of(WALKS, horizon)


@pytest.mark.parametrize("horizon", [1, 6, 18])
@pytest.mark.parametrize(
    "series",
    [DAILY, DAILY + STEPS, DAILY + WALKS, np.sin(STEPS * np.pi / 6) * [[1], [100]], DICE.randn(2, 700)],
    ids=["noise", "trend", "walk", "exact", "noise alone"],
)
def test_seasons_are_not_told(series, horizon):
    assert not told_of(series, horizon)


def test_slow_waves_have_last_values_that_are_near():
    """One step on, the last value is nearer than that of one season before, but a season tells how it goes on."""
    slow = 10 * np.sin(STEPS * np.pi / 48) + 0.01 * DICE.randn(2, 700) + 0.3 * WALKS
    assert not told_of(slow, 1, season=96)


def test_few_windows_say_nothing():
    assert not told_of(WALKS[:, :200], 6)


@pytest.mark.usefixtures("untrained")
def test_a_network_is_told():
    with pytest.warns(UserWarning, match=NAMED):
        SeriesForecaster(Seq2SeqRegressor(**SHORT), horizon=6).fit(WALKS)
    SeriesForecaster(Seq2SeqRegressor(**SHORT | {"season": None}), horizon=6).fit(WALKS)


@pytest.mark.parametrize("estimator", [Ridge(), SeasonalNaive()])
def test_others_are_not_told(estimator):
    assert not told(SeriesForecaster(estimator, horizon=6, season=12).fit, WALKS)
