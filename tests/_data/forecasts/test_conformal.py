"""Ranks of conformal forecasts against hand calculation and simulation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skseq._data.forecasts.conformal import (
    calibrated,
    half_widths,
    intervals,
    paths,
    quantiles,
    quantiles_of,
    rows_drawn,
    rows_needed,
    sizes_with,
    times_as_wide,
)

NINE = np.arange(1.0, 10.0)[:, None, None] * [[[1], [-10]]]  # 1 to 9, and -10 to -90: (9, 2, 1)


def test_half_widths_by_hand():
    """ceil(10 * 0.9) = 9, ceil(10 * 0.5) = 5, ceil(10 * 0.51) = 6."""
    assert half_widths(NINE, 0.9).tolist() == [[9], [90]]
    assert half_widths(NINE, 0.5).tolist() == [[5], [50]]
    assert half_widths(NINE, 0.51).tolist() == [[6], [60]]


def test_quantiles_by_hand():
    """Of the second step's -90 to -10, the ceil(10 * 0.9) = 9th is -10 and the floor(10 * 0.15) = 1st -90."""
    found = quantiles_of(NINE, [0.15, 0.5, 0.9])  # (2, 1, 3)
    assert found[:, 0].tolist() == [[1, 5, 9], [-90, -50, -10]]


@pytest.mark.parametrize(("coverage", "needed"), [(0.5, 1), (0.8, 4), (0.9, 9), (0.95, 19), (0.99, 99), (0.91, 11)])
def test_rows_needed(coverage, needed):
    rows = np.ones((needed, 1, 1))
    assert rows_needed(coverage) == needed
    assert half_widths(rows, coverage) == 1
    if needed > 1:
        with pytest.raises(ValueError, match=rf"coverage={coverage} needs at least {needed} windows.*Got {needed - 1}"):
            half_widths(rows[1:], coverage)
        with pytest.raises(ValueError, match=rf"quantile {1 - coverage:g} needs at least {needed} windows"):
            quantiles_of(rows[1:], [1 - coverage])


def test_forecasts_of_windows_of_two_sizes():
    predicted, sizes = np.zeros((2, 2, 1)) + [[[100]], [[200]]], np.array([[[1]], [[2]]])
    assert intervals(predicted, sizes, NINE, 0.9)[:, :, 0].tolist() == [
        [[91, 109], [10, 190]],
        [[182, 218], [20, 380]],
    ]
    assert intervals(predicted, sizes, NINE, [0.5, 0.9]).shape == (2, 2, 1, 2, 2)
    assert quantiles(predicted[:, :1], sizes, NINE, [0.1, 0.9])[:, 0, 0].tolist() == [[101, 109], [202, 218]]


def test_paths_are_whole_rows_drawn_for_each_by_its_place():
    found = paths(np.zeros((3, 2, 1)), np.ones((3, 1, 1)), NINE, 50, 0)[:, :, 0]  # (3, 2, 50)
    assert_array_equal(found[:, 1], -10 * found[:, 0])
    assert set(found[0, 0]) == set(range(1, 10))
    assert abs(np.corrcoef(found[0, 0], found[2, 0])[0, 1]) < 0.4
    fewer = paths(np.zeros((2, 2, 1)), np.ones((2, 1, 1)), NINE, 20, 0)[:, :, 0]
    assert_array_equal(fewer, found[:2, :, :20])


def test_rows_of_the_same_origins():
    """Three of each of two, a third one with the last alone; the row 4 lacks a step."""
    residuals = np.where(np.arange(9)[:, None, None] == 4, np.nan, NINE)
    drawn = rows_drawn(residuals, 3, 200, 0, np.array([[0, 1, 2], [3, 4, 5], [-1, -1, 8]]))
    pairs = set(map(tuple, drawn[:2].T))
    assert {(0, 3), (2, 5)} < pairs
    assert {other for own, other in pairs if own == 1} == {0, 1, 2, 3, 5, 6, 7, 8}  # any in place of 4
    assert (drawn[2][drawn[0] == 2] == 8).all()
    assert len(set(drawn[2][drawn[0] == 0])) == 8


def test_sums_of_shared_errors_are_wider_than_draws_apart():
    """Of n equal series sqrt(n) times, of opposite ones 0 times; too few times, or errors of 0, say nothing."""
    rows = np.tile(np.arange(9), (4, 1))
    assert_allclose(times_as_wide(NINE, rows), 2)
    assert_allclose(times_as_wide(np.concatenate([NINE, -NINE]), np.stack([rows[0], rows[0] + 9])), 0)
    assert times_as_wide(NINE, np.c_[rows[:, 1:], np.full((4, 1), -1)]) == times_as_wide(0 * NINE, rows) == 1


def test_coverage_is_what_the_theory_says():
    """P(new error within) = ceil((n + 1) c) / (n + 1) for errors that are exchangeable: here 18 / 20."""
    rng = np.random.RandomState(0)
    errors = rng.randn(4000, 20)
    inside = [abs(own[-1]) <= half_widths(own[:-1, None, None], 0.9)[0, 0] for own in errors]
    assert abs(np.mean(inside) - 0.9) < 3 * np.sqrt(0.09 / 4000)


def test_steps_that_a_target_lacks_do_not_count():
    """Of the second step 4 residuals are left: ceil(5 * 0.8) = 4, the largest; and paths are of whole rows."""
    some = np.where(np.arange(9)[:, None, None] * [[[1], [2]]] >= 8, np.nan, NINE)  # 8 and 4 rows are left
    assert half_widths(some, 0.8).tolist() == [[8], [40]]
    with pytest.raises(ValueError, match=r"coverage=0.85 needs at least 6 windows.*Got 4"):
        half_widths(some, 0.85)
    assert set(paths(np.zeros((1, 2, 1)), np.ones((1, 1, 1)), some, 50, 0)[0, 1, 0]) == {-10, -20, -30, -40}


# --- windows that never move ------------------------------------------------------------------------------------------


def test_errors_after_still_windows_have_a_size_of_their_own():
    """Scores of 1 and 7 have a mean square of 25, errors of 30 and 40 after still windows one of 1,250: 7.07 sizes."""
    scores = np.array([1.0, 7, 3, 4])[:, None, None]
    sizes, moves = np.array([2.0, 5, 10, 10])[:, None], np.array([True, True, False, False])[:, None]
    residuals, still = calibrated(scores, sizes, moves)
    assert_array_equal(residuals[:, 0, 0], [1, 7, np.nan, np.nan])
    assert_allclose(sizes_with(sizes, moves, still)[:, 0], [2, 5, np.sqrt(1_250 / 25), np.sqrt(1_250 / 25)])


def test_without_errors_to_compare_still_windows_have_a_usual_size():
    moves = np.array([True, True, True, False])[:, None]
    for scores in ([0.0, 0, 0, 3], [1.0, 2, 3, np.nan]):  # nothing is wrong elsewhere; no truth after the still one
        sizes = np.array([2.0, 5, 3, 1])[:, None]
        _, still = calibrated(np.array(scores)[:, None, None], sizes, moves)
        assert sizes_with(sizes, moves, still).ravel().tolist() == [2, 5, 3, 3]


def test_a_target_that_never_moves_keeps_its_errors():
    scores, sizes = np.array([[[1.0, 0.5]], [[2.0, 0.1]]]), np.array([[4.0, 1.0], [6.0, 1.0]])
    moves = np.array([[True, False], [True, False]])
    residuals, still = calibrated(scores, sizes, moves)
    assert_array_equal(residuals, scores)
    assert sizes_with(sizes, moves, still).tolist() == [[4, 1], [6, 1]]
    with pytest.raises(ValueError, match="but X holds one that does move: calibrate with windows that move, too"):
        sizes_with(sizes, ~moves, still)
