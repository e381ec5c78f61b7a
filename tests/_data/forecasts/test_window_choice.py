import warnings
from dataclasses import replace

import numpy as np
import pytest

from skseq._data.forecasts.window_choice import WindowChoice


@pytest.mark.parametrize(
    ("asked", "lengths", "expected"),
    [
        ({"horizon": 1}, [60, 50], 14),
        ({"horizon": 8}, [60, 50], 16),
        ({"horizon": 4, "held_season": 12}, [60, 50], 24),
        ({"horizon": 4, "held_season": 12}, [60, 20], 16),
        ({"horizon": 4, "held_season": 12, "n_seasons": 4}, [60, 64], 48),
        ({"horizon": 4, "window": 5}, [60, 9], 5),
        ({"horizon": 4, "min_window": 5}, [60, 9], 14),
        ({"horizon": 4, "min_window": 20}, [60, 24], 20),
        ({"horizon": 12, "held_season": 12}, [144], 24),
        ({"horizon": 18, "held_season": 12}, [69], 26),  # 26 windows of 26 steps, with 18 targets each
        ({"horizon": 18, "held_season": 12}, [38], 12),  # a season, of which there are 9
        ({"horizon": 18, "held_season": 12}, [69, 69], 34),  # 18 of each series
        ({"horizon": 6, "held_season": 12}, [36] * 9, 19),  # 12 of each series, one at every phase of the season
        ({"horizon": 6, "held_season": 12}, [28] * 9, 12),  # a season, at 11 phases
        ({"horizon": 6, "held_season": 12}, [41] + [36] * 9, 24),  # the longest has all phases
        ({"horizon": 6, "stride": 3}, [30], 6),  # every third: 7 windows of 6 steps
        ({"horizon": 6, "window": 14}, [22], 14),
    ],
)
def test_steps_of_a_window(asked, lengths, expected):
    assert WindowChoice(**asked).n_steps(np.array(lengths)) == expected


def test_windows_that_calibrate():
    """6 + 3 steps are left to learn from. 3 held-out targets are one window, every 2 steps more another, 4 at most."""
    choice = WindowChoice(horizon=3, window=6, stride=2, calibration_windows=4)
    n_calibrating = choice.n_calibrating(np.array([21, 17, 11, 12]), 6)
    assert n_calibrating.tolist() == [4, 3, 0, 1]
    assert choice.n_held_out(n_calibrating).tolist() == [9, 7, 0, 3]


@pytest.mark.parametrize(
    ("asked", "lengths", "stride"),
    [
        ({"season": 7}, [108], 4),  # a fifth of 100 windows has 20 steps: 3 targets, and 4 from each of 5 to the next
        ({"season": 4}, [108], 3),  # 4 would begin at one phase of four
        ({"held_season": 4}, [108], 3),
        ({}, [108], 3),  # 4 would begin at 6 hours of 24
        ({}, [173], 5),  # 6 at 4 hours, and 7 at one day of a week
        ({"season": 4, "stride": 4}, [468], 20),  # one phase in any case
        ({"season": 7}, [103], 4),
        ({"season": 7}, [102], 3),
        ({"season": 7}, [1008, 30], 1),  # the short one holds out all 5
        ({"season": 7}, [108, 12], 4),  # and here one in any case
        ({"season": 7}, [20], 1),
    ],
)
def test_windows_that_calibrate_are_spread_over_a_fifth(asked, lengths, stride):
    choice = WindowChoice(horizon=3, window=6, calibration_windows=5, **asked)
    assert choice.spread(np.array(lengths), 6, 6) == replace(choice, stride=stride)


def test_short_series_name_what_they_are_too_short_for():
    lengths = np.array([30, 8, 7])
    with pytest.raises(
        ValueError,
        match=r"^window=6, horizon=3 need 9 timesteps, but X\[1\] has 8, and 1 other series too few\. Set",
    ):
        WindowChoice(horizon=3, window=6).n_steps(lengths)
    with pytest.raises(ValueError, match=r"found array with 8 feature\(s\).*a minimum of 9 is required by window=6"):
        WindowChoice(horizon=3, window=6).n_steps(lengths[1:2], as_columns=True)
    with pytest.raises(ValueError, match=r"m=12, horizon=3 need 15 timesteps"):
        WindowChoice(horizon=3, held_season=12, held_season_name="m").n_steps(lengths)
    with pytest.raises(ValueError, match=r"min_window=4 is more than window=3"):
        WindowChoice(horizon=3, window=3, min_window=4)


@pytest.mark.parametrize(("flat", "refused"), [(True, True), (False, False)])
def test_rows_of_a_table_hold_a_season_even_where_shorter_ones_are_allowed(flat, refused):
    choice, lengths = WindowChoice(horizon=2, window=24, min_window=6, held_season=12, flat=flat), np.array([60])
    if refused:
        with pytest.raises(ValueError, match=r"season=12 needs as many steps .* the shortest may have 6"):
            choice.n_steps(lengths)
    else:
        assert choice.n_steps(lengths) == 24


def test_one_short_series_that_decides_is_told():
    choice = WindowChoice(horizon=4)
    with pytest.warns(UserWarning, match=r"X\[1\] has 7 timesteps, so windows of all 3 series have 3, not 14"):
        assert choice.n_steps(np.array([60, 7, 60])) == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choice.n_steps(np.array([60, 11])) == 7  # half of it, or most are short
