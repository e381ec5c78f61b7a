"""Warnings about levels and lengths of sequences, and none about those that do no harm."""

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import (
    LSTMAutoencoderTransformer,
    SequenceGenerator,
)
from skseq._data.mistakes.thresholds import (
    end_differs,
    have_tails,
    levels_apart,
    levels_are_scales,
    line_of_lengths,
    warn_if_ends_differ,
    warn_if_few_are_coded,
    warn_if_few_are_whole,
    warn_if_levels_differ,
    warn_if_one_feature_decides,
    warn_if_outputs_are_longer,
)
from skseq._data.sequences import Sequences

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def test_levels_apart():
    """Sequences that move by 1 about -30 and 30; a flag that rarely moves, and a counter beside them."""
    move, counter = np.tile([-1.0, 1.0], 4), np.arange(8.0)
    values = np.zeros((4, 8, 3))
    values[:, :, 0] = [move - 30, move + 30, move - 30, move + 30]
    values[0, 7, 1] = 1
    assert levels_apart(Sequences(values=values)) == (0, 30)
    values[:, :, 2] = [k * 1e6 + counter for k in range(4)]
    feature, ratio = levels_apart(Sequences(values=values))
    assert feature == 2
    assert np.isclose(ratio, 1e6 * np.std(range(4)) / counter.std())
    assert levels_apart(Sequences(values=values), counters=False) == (0, 30)
    assert levels_apart(Sequences(values=values[:, :, 1:2])) is None
    lengths = np.array([8, 2, 4, 8])  # what stands behind them does not count
    values[1, 2:], values[2, 4:] = 1e9, -1e9
    assert levels_apart(Sequences(values=values, lengths=lengths), counters=False) == (0, 30)


def test_a_few_that_move_far_hide_no_usual_levels():
    """Eight sequences about -30 and 30, six that move by 1 and two by 40; then sizes of which a few are large."""
    size = np.repeat([1.0, 40], [6, 2])
    values = (np.tile([-30.0, 30], 4)[:, None] + size[:, None] * np.tile([-1.0, 1], 4))[:, :, None]
    few_decide = 30 / np.sqrt((6 + 2 * 1600) / 8)
    assert np.allclose(levels_apart(Sequences(values=values)), (0, few_decide))
    assert np.allclose(levels_apart(Sequences(values=values), usual=True), (0, 60 / 1.3489795))
    sizes = np.exp(np.linspace(-2, 2, 41))[:, None, None]  # each moves in proportion to its level
    assert levels_apart(Sequences(values=sizes * (1 + np.tile([-0.2, 0.2], 4))[:, None]), usual=True)[1] < 10


def test_of_numbers_whose_squares_no_float_holds_nothing_is_told():
    assert not told(warn_if_levels_differ, Sequences(values=1e200 * RNG.randn(4, 9, 1)), "all stands still")


def test_the_effect_of_levels_is_told():
    far = Sequences(values=np.stack([RNG.randn(30, 1) + 100 * k for k in range(9)]))
    with pytest.warns(UserWarning, match=r"moves, so that samples stand still\. .* an array x np\.mean\(x\) from x\.$"):
        warn_if_levels_differ(far, "samples stand still")
    assert not told(warn_if_levels_differ, far, "samples stand still", least=1000)


def test_encodings_and_samples_do_not_show_movements_beside_levels():
    tracks = np.stack([RNG.randn(12, 2) + [0, 100 * k] for k in range(9)])
    with pytest.warns(UserWarning, match=r"moves in feature 1, so that movements hardly count in codes and reconstruc"):
        LSTMAutoencoderTransformer(**SMALL).fit(tracks)
    with pytest.warns(UserWarning, match="moves in feature 1, so that samples do not move as they do"):
        SequenceGenerator(**SMALL).fit(tracks)
    without = np.stack([x - np.column_stack([0 * x[:, 0], np.full(12, np.mean(x[:, 1]))]) for x in tracks])
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), without)
    ages = 20 + 7 * np.arange(9)[:, None, None] + np.arange(12)[:, None]  # they only rise
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), ages)
    assert_no_warning(SequenceGenerator(**SMALL), without)
    assert_no_warning(SequenceGenerator(**SMALL), [RNG.randn(400).cumsum()])  # whose windows go on from each other


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


def test_levels_that_are_scales():
    """As fluxes of stars, which vary by 1 % of what they are; what moves as far at all levels has levels alone."""
    levels, moves = np.geomspace(1, 100, 20)[:, None], 0.01 * RNG.randn(20, 30)
    fluxes, added = (x[:, :, None] for x in (levels * (1 + moves), levels + moves))
    lengths = np.full(20, 25)
    padded = np.where(np.arange(30)[:, None] < 25, fluxes, 0)
    assert levels_are_scales(Sequences(values=fluxes))
    assert levels_are_scales(Sequences(values=padded, lengths=lengths))
    own_gains = added + RNG.rand(20, 1, 1) * moves[:, :, None]
    for values in (added, own_gains, -fluxes, fluxes[:7], np.concatenate([fluxes, added], axis=2)):
        assert not levels_are_scales(Sequences(values=values))
    with pytest.warns(UserWarning, match=r"If levels .* divide each .* later: (.*) of an array x\.$") as caught:
        warn_if_levels_differ(Sequences(values=fluxes), "all stands still")
    code = str(caught[0].message).partition("later: ")[2].partition(" of an")[0]
    divided = np.stack([eval(code, {"np": np, "x": x}) for x in fluxes])
    assert not told(warn_if_levels_differ, Sequences(values=divided), "all stands still")
    with pytest.warns(UserWarning, match="subtract from each series its own"):
        warn_if_levels_differ(Sequences(values=added), "all stands still")


def test_rows_that_may_be_sensors_of_one_machine():
    levels = 100.0 * np.arange(21)[:, None] + RNG.randn(21, 30)
    with pytest.warns(UserWarning, match=r" If they are sensors of .*, \[np\.transpose\(X\)\]\.$"):
        warn_if_levels_differ(Sequences(values=levels[:20, :, None], univariate=True), "all stands still")
    with pytest.warns(UserWarning, match=r" x np\.mean\(x\) from x\.$"):
        warn_if_levels_differ(Sequences(values=levels[:, :, None], univariate=True), "all stands still")


NO_TAILS = np.zeros(3, bool)


def test_a_feature_that_alone_sets_thresholds():
    """Of an event count it is 7 variances, 0.98 of all; faults of others, of 1 variance, then pass."""
    squares = np.tile([0.05, 7, 0.09], (5, 1))
    says = r"^Feature 1 of X makes up 98\.0% of .* thresholds, .* own, or set scoring='mahal"
    with pytest.warns(UserWarning, match=says):
        warn_if_one_feature_decides(squares, np.ones(3), None, NO_TAILS)
    with pytest.warns(UserWarning, match=r"^Feature 1 \('count'\) of X makes"):
        warn_if_one_feature_decides(squares, np.ones(3), ("flow", "count", "level"), NO_TAILS)
    with pytest.warns(UserWarning, match=r"^Feature 1 of X makes .* by a rule of its own\.$"):  # held-out data lack it
        warn_if_one_feature_decides(squares, np.array([1, 0.02, 1]), ("a column of sequences",), NO_TAILS)


def test_of_a_feature_with_a_tail_logarithms_are_advised():
    """Bytes have a burst; rare counts, small numbers and those with signs have none."""
    steps = np.column_stack([[900, 1000, 1100, 1e6], [0, 0, 0, 4], [1e-6, 1e-6, 1e-6, 1], [-1, 0, 0, 1e6]])
    tails = have_tails(steps)
    assert tails.tolist() == [True, False, False, False]
    assert not have_tails(np.log1p(steps[:, :1])).any()
    with pytest.warns(UserWarning, match=r"Else pass np\.log1p of this feature, .* in fit and later, or leave the"):
        warn_if_one_feature_decides(np.tile([7, 0.05, 0.05, 0.05], (5, 1)), np.ones(4), None, tails)


@pytest.mark.parametrize(
    ("squares", "n_steps"),
    [([7.0], 9), ([7.0, 1], 9), ([2.4, 0.01, 0.01], 9), ([7.0] * 10, 9), ([0.0, 0], 9), ([7.0, 0.1], 4)],
    ids=["alone", "others too", "small", "alike", "none", "by chance"],
)
def test_features_beside_which_faults_of_others_are_seen(squares, n_steps):
    ones, tails = np.ones(len(squares)), np.ones(len(squares), bool)
    assert not told(warn_if_one_feature_decides, np.tile(squares, (n_steps, 1)), ones, None, tails)


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
