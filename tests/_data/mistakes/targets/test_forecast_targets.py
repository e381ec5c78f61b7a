"""Warnings about targets that are not what windows go on to, and none about those that are."""

import numpy as np
import pytest
from quiet_fits import assert_no_warning

from skseq import Seq2SeqRegressor, SequenceRegressor
from skseq.preprocessing import SlidingWindows

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
DAYS = np.arange(300)
PRESSURE = 101_325 + 300 * np.sin(DAYS / 4) + 100 * RNG.randn(300)
FLOW = 2 + 0.004 * (PRESSURE - 101_325) + 0.1 * RNG.randn(300)


def cut(past, following=None, window=12, lead=1):
    """Windows (n, window) of a series, and three steps of the other one, ``lead`` or more steps later."""
    following = past if following is None else following
    windows = np.lib.stride_tricks.sliding_window_view(past[: -lead - 2], window)
    return windows, np.lib.stride_tricks.sliding_window_view(following[window + lead - 1 :], 3)


@pytest.mark.parametrize("past", [PRESSURE, 285 + 12 * np.sin(DAYS / 60) + RNG.randn(300)])
def test_windows_of_another_quantity(past):
    X, y = cut(past, FLOW)
    message = r"not go on from column 0 of X, .* another quantity.* takes none of X for the past of y, .* transform X"
    for own, targets in ((X, y), ([x[i % 5 :] for i, x in enumerate(X)], y), (X[:, :, None], y[:, :1])):
        with pytest.warns(UserWarning, match=message):
            model = Seq2SeqRegressor(**SMALL).fit(own, targets)
        assert model.target_features_ is None
    two, both = np.stack([X, 100 * X], axis=2), np.stack([X[:, :3], y], axis=2)
    with pytest.warns(UserWarning, match="not go on from column 1 of X"):
        Seq2SeqRegressor(**SMALL).fit(two, both)


def test_a_season_is_kept_of_another_quantity():
    X, y = cut(PRESSURE, FLOW)
    with pytest.warns(UserWarning, match=r"season=4 asks for these\. .* set target_features=None and season=None"):
        assert Seq2SeqRegressor(**SMALL, season=4).fit(X, y).target_features_ == [0]


@pytest.mark.parametrize("parameters", [{"target_features": None}, {"target_features": [0]}, {"scaling": None}])
def test_windows_of_another_quantity_that_nothing_follows(parameters):
    assert_no_warning(Seq2SeqRegressor(**SMALL, **parameters), *cut(PRESSURE, FLOW))


def test_a_number_at_every_timestep_is_no_forecast():
    """And windows that end there learn it, as the warning says: half of the values before it and all of itself."""
    X = [RNG.randn(n) for n in (8, 12, 9, 30)]
    y = [x + 0.5 * np.r_[0, x[:-1]] for x in X]
    with pytest.warns(UserWarning, match=r"y has as many steps as X in all 4 samples\..*SlidingWindows.*last step"):
        Seq2SeqRegressor(**SMALL).fit(X, y)
    windows, targets, _ = SlidingWindows(window=4).split_series(X, y)
    assert_no_warning(SequenceRegressor(**SMALL), windows, targets[:, -1])
    assert np.allclose(targets[:, -1], windows[:, -1] + 0.5 * windows[:, -2])
    assert_no_warning(Seq2SeqRegressor(**SMALL), X, [own[1:] for own in y])
    assert_no_warning(Seq2SeqRegressor(**SMALL), np.stack([x[:8] for x in X]), np.stack([own[:8] for own in y]))
