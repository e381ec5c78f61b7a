"""Groups: what is held out, and what reaches into it."""

import numpy as np
import pytest

from skseq._data.groups import check_spans, last_groups


def test_one_number_per_sample_is_first_and_last():
    assert check_spans([3, 1], 2).tolist() == [[3, 3], [1, 1]]
    assert check_spans([[3, 4], [1, 1]], 2).tolist() == [[3, 4], [1, 1]]


def test_the_last_groups_and_what_reaches_into_them_by_hand():
    """Of the starts 0 to 3 the last one is held out: targets of two steps from 2 on end in it."""
    earlier, held_out = last_groups(np.array([[2, 3], [0, 1], [3, 4], [1, 2], [3, 4]]), 0.25)
    assert earlier.tolist() == [False, True, False, True, False]
    assert held_out.tolist() == [False, False, True, False, True]
    assert last_groups(np.array([[0, 1], [1, 2]]), 0.5) is None
    assert last_groups(np.array([[5, 5], [5, 5]]), 0.1) is None


@pytest.mark.parametrize("horizon", [1, 2, 7])
@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.6])
def test_no_step_is_on_both_sides(horizon, fraction):
    """By brute force, of origins with holes; and no sample is left out without need."""
    first = np.random.RandomState(0).choice(60, 40)
    spans = np.stack([first, first + horizon - 1], axis=1)
    earlier, held_out = last_groups(spans, fraction)
    steps = [set(range(start, end + 1)) for start, end in spans]
    told = set.union(*(steps[index] for index in np.flatnonzero(held_out)))
    for index in np.flatnonzero(~held_out):
        assert earlier[index] == (max(steps[index]) < min(told))
        assert not (earlier[index] and steps[index] & told)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (np.zeros((2, 3)), r"groups must hold one number .* or the first and the last step .*Got shape \(2, 3"),
        ([[0, 1], [4, 3]], r"groups\[1\] is \[4, 3\], whose last step comes before the first"),
        ([[0, np.nan], [4, 5]], r"groups contains NaN for 1 sample"),
        ([["a", "b"], ["c", "d"]], r"groups must be numbers or dates"),
    ],
)
def test_groups_that_are_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        check_spans(groups, 2)
