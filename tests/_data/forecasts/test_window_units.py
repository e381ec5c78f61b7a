"""Scales of windows by hand: centre and size, seasons, padding, constant windows, what stands before the first step."""

import numpy as np
import pytest

from skseq._data.forecasts.window_units import WindowScaling, sizes_of_series, weights_of_seasons
from skseq._data.sequences import Sequences

ONE = Sequences(values=np.array([[[1.0], [2], [3], [6]], [[10], [10], [10], [10]]]))
CENTRES = {"standard": [3, 10], "mean": [0, 0], "count": [0, 0], "robust": [2.5, 10], "difference": [3, 10]}
SIZES = {"standard": [np.sqrt(3.5), 0], "mean": [3, 10], "count": [4, 11]}
SIZES["robust"] = [2 / 1.3489795, 0]  # quartiles 1.75 and 3.75
SIZES["difference"] = [(5 + np.sqrt(3.5)) / 4 + np.sqrt(3.5) / 10, 0]


def scaling(kind="standard", season=None, columns=(0,), sequences=ONE, **more):
    made = WindowScaling(kind=kind, season=season, columns=list(columns), n_targets=len(columns), **more)
    return made.learnt(made.known(made.units(sequences)))


@pytest.mark.parametrize("kind", CENTRES)
def test_centre_and_size_by_hand(kind):
    """A constant window has the least size: a thousandth of the median of those that vary."""
    units = scaling(kind).units(ONE)
    np.testing.assert_allclose(units.centre[:, 0], CENTRES[kind])
    varying = [size for size in SIZES[kind] if size]
    expected = [size or np.median(varying) / 1000 for size in SIZES[kind]]
    np.testing.assert_allclose(units.size[:, 0], expected)


def test_windows_that_never_move_have_no_size_before_one_is_learnt():
    """What is divided by it is 0, and it is told as -inf."""
    made = WindowScaling(kind="standard", season=None, columns=[0], n_targets=1)
    units = made.units(ONE)
    np.testing.assert_array_equal(units.size[1], 0)
    assert units.moves.tolist() == [[True], [False]]
    np.testing.assert_array_equal(units.apply(np.array([[[3.0]], [[12.0]]])).ravel(), 0)
    np.testing.assert_array_equal(units.undo(np.ones((2, 1, 1)))[1], 10)
    assert made.known(units)[1].tolist() == [-np.inf, 10]
    np.testing.assert_array_equal(made.scaled(ONE, units).values[1], 0)
    np.testing.assert_array_equal(made.before(ONE, units)[1], 0)


@pytest.mark.parametrize(("season", "total"), [(1, 1 + 1 + 3), (2, 2 + 4), (3, 5), (4, 0)])
def test_differences_from_the_season_before(season, total):
    """Of 1, 2, 3, 6, with the deviation as one more. Padding is none of it. No second season leaves that."""
    expected = (total + np.sqrt(3.5)) / (4 - season + 1)
    padded = np.concatenate([ONE.values[:1], np.full((1, 3, 1), 99.0)], axis=1)
    for sequences in (Sequences(values=ONE.values[:1]), Sequences(values=padded, lengths=np.array([4]))):
        units = scaling("difference", season, sequences=sequences).units(sequences)
        np.testing.assert_allclose(units.size, expected + np.sqrt(3.5) / 10)
        np.testing.assert_allclose(units.centre, 3)


def test_a_season_that_repeats_exactly_has_a_size():
    """Differences of 1, 3, 1, 3 are 0 and 0; its deviation, 1, is the third, and a tenth of it is added."""
    units = scaling("difference", 2).units(Sequences(values=np.array([[[1.0], [3], [1], [3]]])))
    np.testing.assert_allclose(units.size, 1 / 3 + 0.1)


@pytest.mark.parametrize("kind", ["standard", "mean", "robust", "difference"])
def test_small_windows_among_large_ones_keep_their_size(kind):
    """The size of a window that moves is its own, whatever those of others are."""
    values = ONE.values[:1] * np.array([1, 1e6, 1e6, 1e9])[:, None, None]
    units = scaling(kind, sequences=Sequences(values=values)).units(Sequences(values=values))
    np.testing.assert_allclose(units.size[:, 0], SIZES[kind][0] * np.array([1, 1e6, 1e6, 1e9]))


def test_windows_of_mostly_one_value_have_a_size():
    """Of 0, 0, 0, 0, 8 the quartiles are equal; the deviation is sqrt(4 * 1.6^2 + 6.4^2) / sqrt(5) = 3.2."""
    units = scaling("robust").units(Sequences(values=np.array([[[0.0], [0], [0], [0], [8]]])))
    np.testing.assert_allclose(units.size, 3.2)
    np.testing.assert_array_equal(units.centre, 0)


@pytest.mark.parametrize("kind", [*CENTRES, None])
@pytest.mark.parametrize("season", [None, 1, 2, 3])
def test_there_and_back(kind, season):
    targets = np.random.RandomState(0).randn(2, 5, 1)
    units = scaling(kind, season).units(ONE)
    np.testing.assert_allclose(units.undo(units.apply(targets)), targets)
    several = np.random.RandomState(0).randn(2, 5, 1, 3)
    moved = units.undo(several + 1) - units.undo(several)
    np.testing.assert_allclose(moved, np.broadcast_to(units.undo_deviations(np.ones((2, 5, 1, 1))), several.shape))


def test_a_season_repeats():
    """After 1, 2, 3, 6 a season of 3 expects 2, 3, 6, 2, 3: of these the targets are 0, in any unit."""
    units = scaling("mean", 3).units(ONE)
    np.testing.assert_allclose(units.apply(np.array([[[2.0], [3], [6], [2], [3]]] * 2))[0], 0)
    np.testing.assert_allclose(units.undo(np.zeros((2, 4, 1)))[0, :, 0], [2, 3, 6, 2])


def test_what_stands_before_the_first_step():
    """The last value in units of the window; with a season, how far it is from the value one season before."""
    plain = scaling("mean")
    np.testing.assert_allclose(plain.before(ONE, plain.units(ONE))[:, 0], [6 / 3, 1])
    seasonal = scaling("mean", 2)
    np.testing.assert_allclose(seasonal.before(ONE, seasonal.units(ONE))[:, 0], [(6 - 2) / 3, 0])
    whole = scaling("mean", 4)  # there is no value four steps before the last
    np.testing.assert_allclose(whole.before(ONE, whole.units(ONE))[:, 0], 0)
    unknown = WindowScaling(kind="mean", season=None, columns=None, n_targets=2)
    np.testing.assert_array_equal(unknown.before(ONE, unknown.units(ONE)), np.zeros((2, 2)))


@pytest.mark.parametrize("kind", CENTRES)
@pytest.mark.parametrize("season", [None, 1, 2])
def test_padding_has_no_part(kind, season):
    """A padded window has the units and the values of the window alone."""
    values = np.concatenate([ONE.values, np.full((2, 2, 1), 99.0)], axis=1)
    padded = Sequences(values=values, lengths=np.array([4, 3], np.int32))
    alone = [Sequences(values=ONE.values[:1]), Sequences(values=ONE.values[1:, :3])]
    made = scaling(kind, season)
    units = made.units(padded)
    scaled = made.scaled(padded, units)
    assert not scaled.values[1, 3:].any()
    for k, own in enumerate(alone):
        own_units = made.units(own)
        np.testing.assert_allclose(own_units.centre[0], units.centre[k])
        np.testing.assert_allclose(own_units.size[0], units.size[k])
        np.testing.assert_allclose(made.before(own, own_units)[0], made.before(padded, units)[k])
        length = own.values.shape[1]
        np.testing.assert_allclose(made.scaled(own, own_units).values[0], scaled.values[k, :length])


def test_only_the_columns_of_the_targets_are_scaled():
    values = np.random.RandomState(0).randn(3, 5, 3)
    sequences = Sequences(values=values)
    made = scaling("standard", columns=(2, 0), sequences=sequences)
    scaled = made.scaled(sequences, made.units(sequences)).values
    np.testing.assert_array_equal(scaled[..., 1], values[..., 1])
    np.testing.assert_allclose(scaled[..., [0, 2]].mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(scaled[..., [0, 2]].std(axis=1), 1)
    np.testing.assert_allclose(made.units(sequences).centre, values[..., [2, 0]].mean(axis=1))


def test_large_numbers_keep_their_small_differences():
    sequences = Sequences(values=1e9 + np.random.RandomState(0).randn(2, 50, 1))
    made = scaling(sequences=sequences)
    np.testing.assert_allclose(made.units(sequences).size[:, 0], sequences.values.std(axis=1)[:, 0], rtol=1e-6)
    flat = Sequences(values=np.full((1, 5, 1), 0.1))  # whose mean is not 0.1 to the last digit
    assert made.units(flat).size[0, 0] == made.least[0]


def test_a_short_window_has_no_season():
    short = Sequences(values=np.ones((2, 5, 1)), lengths=np.array([5, 2], np.int32))
    with pytest.raises(ValueError, match=r"season=3 needs a past of as many timesteps, .* 2 \(sample 1\)"):
        scaling(season=3).units(short)


@pytest.mark.parametrize("kind", CENTRES)
def test_which_windows_moved(kind):
    """By the sizes that the decoder is told, behind whatever else it is told."""
    own = scaling(kind)
    told = np.concatenate([np.full((2, 3), -99.0), own.known(own.units(ONE))], axis=1)
    np.testing.assert_array_equal(own.moved(told)[:, 0], [True, kind in ("mean", "count")])


WHOLE = [np.array([[1.0], [3], [2], [6]]), np.array([[5.0], [5], [5]])]  # differences of 2, 1 and 4; of none


@pytest.mark.parametrize("kind", ["standard", "robust", "difference"])
def test_sizes_of_series_by_differences(kind):
    deviation = WHOLE[0].std()
    found = sizes_of_series(WHOLE, kind)
    np.testing.assert_allclose(found, [[(2 + 1 + 4 + deviation) / 4 + deviation / 10], [0]])
    found = sizes_of_series(WHOLE[:1], kind, season=2)
    np.testing.assert_allclose(found, [[(1 + 3 + deviation) / 3 + deviation / 10]])


def test_sizes_of_series_by_means_where_windows_are():
    np.testing.assert_allclose(sizes_of_series(WHOLE, "mean"), [[3], [5]])
    np.testing.assert_allclose(sizes_of_series(WHOLE, "count"), [[4], [6]])


def test_a_season_as_the_mean_of_all_on_the_level_of_the_last_one():
    """Of 1, 5, 3 | 2, 6, 4 | 4, 6, 8 the levels are 3, 4 and 6, and the mean distances from them -2, 4/3 and 2/3."""
    weights = weights_of_seasons(10, 3)
    np.testing.assert_allclose(weights @ [99, 1, 5, 3, 2, 6, 4, 4, 6, 8], [6 - 2, 6 + 4 / 3, 6 + 2 / 3])
    np.testing.assert_allclose(weights_of_seasons(5, 3), np.eye(5)[2:], atol=1e-12)  # of one it is the last
