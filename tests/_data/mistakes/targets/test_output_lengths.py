"""Warnings about sources that ask for longer outputs than those in fit."""

import numpy as np
import pytest
from warned import told

from skseq._data.mistakes.targets.output_lengths import line_of_lengths, warn_if_outputs_are_longer

LENGTHS = np.tile(np.arange(2, 7), 8)


def test_the_line_of_lengths_is_two_deviations_below_that_of_least_squares():
    assert line_of_lengths(LENGTHS, LENGTHS + 1) == pytest.approx((1, 1, 6))
    assert line_of_lengths(LENGTHS, 2 * LENGTHS + np.repeat([-1, 1], 20)) == pytest.approx((2, -2, 6))
    assert line_of_lengths(LENGTHS[:19], LENGTHS[:19]) is None  # too few
    assert line_of_lengths(np.full(40, 3), LENGTHS) is None
    assert line_of_lengths(LENGTHS, 10 - LENGTHS // 4) is None  # no longer, but shorter targets
    assert line_of_lengths(LENGTHS, 9 - LENGTHS) is None


@pytest.mark.parametrize(
    ("line", "lengths", "farther"),
    [
        (None, [99], False),
        ((1, 1, 6), [6] * 9, False),
        ((1, 1, 6), [7, *[6] * 9], False),  # one in ten, as may be in a fold
        ((1, 1, 6), [7], True),
        ((1, 3, 6), [6], False),  # as long as some in fit
        ((0.1, 5.5, 6), [9], False),  # as digits of numbers in words: 6.4 of 7 tokens
    ],
)
def test_nothing_is_said_of_outputs_as_long_as_in_fit(line, lengths, farther):
    lengths = np.array(lengths)
    assert not told(warn_if_outputs_are_longer, line, lengths, 7, np.full(len(lengths), 20), farther=farther)


@pytest.mark.parametrize(
    ("lengths", "limit", "farther", "told"),
    [
        ([7, 7, *[6] * 9], 20, False, "^2 of 11 sources.*up to 8 tokens.*has 7.*or set attention=.*farther.$"),
        ([7] * 21 + [6] * 400, 20, False, "^21 of 421"),
        ([7], 7, True, "^1 of 1 .*Fit on such lengths, too, and set max_length: as it is, outputs end at 7 tokens.$"),
        ([9], 20, True, "too.$"),
    ],
)
def test_sources_that_ask_for_longer_outputs_than_in_fit_are_told(lengths, limit, farther, told):
    lengths = np.array(lengths)
    with pytest.warns(UserWarning, match=told):
        warn_if_outputs_are_longer((1, 1, 6), lengths, 7, np.full(len(lengths), limit), farther=farther)
