"""Warnings about levels of sequences, and none about those that do no harm."""

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import LSTMAutoencoderTransformer, SequenceGenerator
from skseq._data.mistakes.numbers.levels import levels_apart, levels_are_scales, warn_if_levels_differ
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
