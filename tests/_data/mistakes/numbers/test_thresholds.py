"""Warnings about sequences for which thresholds and codes do not hold, and none about those that do no harm."""

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import LSTMAutoencoderTransformer
from skseq._data.mistakes.numbers.thresholds import (
    end_differs,
    logarithms_of,
    warn_if_ends_differ,
    warn_if_few_are_coded,
    warn_if_few_are_whole,
    warn_if_one_feature_decides,
)
from skseq._data.sequences import Sequences

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


@pytest.mark.parametrize(
    ("n", "length", "warns"), [(29, 200, True), (30, 200, False), (29, 199, False), (2, 900, True), (1, 900, False)]
)
def test_few_series_that_are_read_whole(n, length, warns):
    lengths = np.full(n, length)
    if warns:
        with pytest.warns(UserWarning, match=rf"X holds {n} sequences of about {length} .* Set window, such as"):
            warn_if_few_are_whole(lengths)
    else:
        warn_if_few_are_whole(lengths)


def test_codes_of_few_long_series():
    """Of five sequences of 500 they kept a tenth of what others vary, and of one nothing."""
    with pytest.warns(UserWarning, match=r"holds one sequence of about 200 .*SlidingWindows\(window=50\)\.split_ser"):
        LSTMAutoencoderTransformer(**SMALL).fit([RNG.randn(200)])
    with pytest.warns(UserWarning, match="holds 9 sequences of about 201 "):
        warn_if_few_are_coded(np.full(9, 201))
    for n, length in ((10, 500), (1, 199)):
        warn_if_few_are_coded(np.full(n, length))  # warnings are errors
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL, decoder="predict"), [RNG.randn(200)])
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), [RNG.randn(200)], fit="partial_fit")


NO_TAILS, NOT_TOLD = [""] * 3, np.zeros(4, bool)


def test_a_feature_that_alone_sets_thresholds():
    """Of an event count it is 7 variances, 0.98 of all; faults of others, of 1 variance, then pass."""
    squares = np.tile([0.05, 7, 0.09], (5, 1))
    says = r"^Feature 1 of X makes up 98\.0% of .* thresholds, .* own, or set scoring='mahal"
    with pytest.warns(UserWarning, match=says):
        warn_if_one_feature_decides(squares, np.ones(3), None, NO_TAILS, NOT_TOLD)
    with pytest.warns(UserWarning, match=r"^Feature 1 \('count'\) of X makes"):
        warn_if_one_feature_decides(squares, np.ones(3), ("flow", "count", "level"), NO_TAILS, NOT_TOLD)
    with pytest.warns(UserWarning, match=r"^Feature 1 of X makes .* by a rule of its own\.$"):  # held-out data lack it
        warn_if_one_feature_decides(squares, np.array([1, 0.02, 1]), ("a column of sequences",), NO_TAILS, NOT_TOLD)
    assert not told(warn_if_one_feature_decides, squares, np.ones(3), None, NO_TAILS, [False, True, False])


def test_of_a_feature_with_a_tail_logarithms_are_advised():
    """Bytes have a burst; rare counts, small numbers and those with signs have none."""
    steps = np.column_stack([[900, 1000, 1100, 1e6], [0, 0, 0, 4], [1e-6, 1e-6, 1e-6, 1], [-1, 0, 0, 1e6]])
    logarithms = logarithms_of(steps)
    assert logarithms == ["np.log1p(x)", "", "", ""]
    assert logarithms_of(np.log1p(steps[:, :1])) == [""]
    says = r"Else pass np\.log1p\(x\) of this feature x, .* later, or leave the .* by a rule of its own\.$"
    with pytest.warns(UserWarning, match=says):
        warn_if_one_feature_decides(np.tile([7, 0.05, 0.05, 0.05], (5, 1)), np.ones(4), None, logarithms, NOT_TOLD)


def keystrokes():
    """Times from release to press, in ms: some overlap, and few are pauses."""
    rng = np.random.RandomState(0)
    overlaps, pauses = rng.rand(2000) < 0.1, 1500 * (rng.rand(2000) < 0.01)
    return np.where(overlaps, -20, rng.lognormal(4.8, 0.4, 2000)) + pauses


@pytest.mark.parametrize(
    ("x", "has_tail"),
    [
        (keystrokes(), True),
        (RNG.standard_cauchy(2000), True),
        (RNG.randn(2000), False),
        (RNG.laplace(size=2000), False),
        ((RNG.rand(2000) < 0.01) * 50 - 0.3 + 0.02 * RNG.randn(2000), False),  # spikes are as far out in logarithms
        (np.where(RNG.rand(2000) < 0.01, -50, 0), False),
    ],
    ids=["keystrokes", "cauchy", "normal", "laplace", "spikes", "rare"],
)
def test_a_tail_of_numbers_that_may_be_negative(x, has_tail):
    """In logarithms of these, impostors and faults were found that "mahalanobis" lost."""
    code = f"np.arcsinh(x / {np.median(np.abs(x)):.3g})"
    assert logarithms_of(x[:, None]) == [code if has_tail else ""]
    if has_tail:
        assert np.isfinite(eval(code, {"np": np, "x": x})).all()


@pytest.mark.parametrize(
    ("squares", "n_steps"),
    [([7.0], 9), ([7.0, 1], 9), ([2.4, 0.01, 0.01], 9), ([7.0] * 10, 9), ([0.0, 0], 9), ([7.0, 0.1], 4)],
    ids=["alone", "others too", "small", "alike", "none", "by chance"],
)
def test_features_beside_which_faults_of_others_are_seen(squares, n_steps):
    ones, logarithms = np.ones(len(squares)), ["np.log1p(x)"] * len(squares)
    assert not told(warn_if_one_feature_decides, np.tile(squares, (n_steps, 1)), ones, None, logarithms, NOT_TOLD)


STEPS = np.arange(300.0)
STILL = np.sin(STEPS / 4) + 0.1 * RNG.randn(300)


@pytest.mark.parametrize(
    ("series", "differs"),
    [
        (STILL, False),
        (STILL + STEPS / 150, True),
        (STILL - STEPS / 15, True),
        (STILL + (STEPS >= 270), True),
        (STILL * np.where(STEPS < 270, 1, 2), True),
        (STILL + 3 * (STEPS >= 150), False),  # the end is as some of the steps before
        (STILL + 1e-3 * STEPS / 300, False),  # a trend far smaller than the movements
        (np.zeros(300), False),
        (np.repeat(np.arange(10.0) % 2, 30), False),
    ],
    ids=["waves", "rises", "falls", "jump", "size", "earlier", "slow", "constant", "steps"],
)
def test_ends_with_other_levels_or_movements(series, differs):
    assert end_differs(np.stack([STILL, series], axis=1), 30) == differs
    assert not end_differs(series[-210:, None], 30)  # of so few blocks little is known


def test_ends_that_score_far_worse_and_differ_are_told():
    def tell(series, ratio):
        parts = (Sequences(values=values[None, :, None]) for values in (series[:270], series[270:]))
        warn_if_ends_differ(*parts, -np.ones(270), np.full(30, -ratio))

    with pytest.warns(UserWarning, match=r"X, 30 timesteps .* have 2\.1 times the usual .* Subtract a rolling mean"):
        tell(STILL + STEPS / 15, 2.1)
    assert not told(tell, STILL + STEPS / 15, 1.9)
    assert not told(tell, STILL, 9.0)  # learnt by heart
