"""The scale of a channel: what is learnt from which values, by hand; what is read on it and written back."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import config_context

from skseq._data import scaling
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences
from skseq._data.working_memory import Derived

CLOSE = {"rtol": 1e-12, "atol": 1e-12}


def draws(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def assert_same(one, other, **tolerance):
    np.testing.assert_allclose(one.mean, other.mean, **tolerance)
    np.testing.assert_allclose(one.deviation, other.deviation, **tolerance)


def test_mean_and_deviation_of_every_channel():
    values = np.array([[[1.0, -3], [3, -3]], [[5, 3], [7, 3]]])  # (n, t, f)
    scale = Scale.learn(values)
    np.testing.assert_allclose(scale.mean, [4, 0], **CLOSE)
    np.testing.assert_allclose(scale.deviation, [np.sqrt(5), 3], **CLOSE)


def test_padding_never_counts():
    values = draws(5, 4, 2)
    lengths = np.array([1, 4, 2, 3, 4])
    real = np.concatenate([sample[:length] for sample, length in zip(values, lengths)])
    padded = np.where(np.arange(4)[:, None] < lengths[:, None, None], values, 1e9)
    assert_same(Scale.learn(padded, lengths), Scale.learn(real[None]), **CLOSE)


def test_only_these_samples_count_and_as_much_as_they_weigh():
    values, weight = draws(6, 3, 1), np.array([1, 2, 9, 0.5, 3, 9], np.float32)
    repeated = np.repeat(values, [2, 4, 0, 1, 6, 0], axis=0)
    some = Scale.learn(values, samples=np.array([4, 0, 3, 1]), weight=weight)
    assert_same(some, Scale.learn(repeated), **CLOSE)


@pytest.mark.parametrize("outlier", [1e6, -1e6])
@pytest.mark.parametrize("n_samples", [20, 50, 3000])
def test_an_outlier_hardly_counts(n_samples, outlier):
    """However far away the one value is, the deviation stays below twice what it was."""
    values = draws(n_samples, 1, 1)
    usual = Scale.learn(values)
    values[n_samples // 3] = outlier
    scale = Scale.learn(values)
    assert abs(scale.mean - usual.mean) < usual.deviation
    assert 0.8 < scale.deviation / usual.deviation < 2


def test_values_that_are_no_outliers_count_as_they_are():
    """A fifth of all values far away is part of what there is."""
    values = np.concatenate([draws(80, 1), 100 + draws(20, 1)])[:, None]
    scale = Scale.learn(values)
    np.testing.assert_allclose([scale.mean[0], scale.deviation[0]], [values.mean(), values.std()], rtol=1e-12)


@pytest.mark.parametrize("n_events", [1, 4])
def test_a_channel_that_is_mostly_constant_has_its_plain_deviation(n_events):
    """Nothing tells rare events from outliers where all else is equal."""
    values = np.zeros((100, 1, 1))
    values[:n_events] = 7
    scale = Scale.learn(values)
    np.testing.assert_allclose([scale.mean[0], scale.deviation[0]], [values.mean(), values.std()], rtol=1e-12)


def one_hot(n_categories, n_samples=300, seed=0):
    """Samples (n, 10, c) of categories, of which the last come once or so."""
    rng, shares = np.random.RandomState(seed), 1 / np.arange(1, n_categories + 1)
    return np.eye(n_categories)[rng.choice(n_categories, (n_samples, 10), p=shares / shares.sum())]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ends", [(0, 1), (-3, 4), (99, 100)], ids=str)
def test_one_hot_columns_are_read_as_if_all_were_as_frequent(ends, dtype):
    """Half the distance of their values from the mean, which says how frequent each is; numbers beside them as ever."""
    values = np.where(np.concatenate([one_hot(25), one_hot(9, seed=1)], axis=2) == 1, *ends[::-1])
    values = np.concatenate([values, draws(300, 10, 1)], axis=2).astype(dtype)
    plain, scale = Scale.learn(values), Scale.learn(values, bursts=True)
    assert plain.deviation.min() < 0.12 * (ends[1] - ends[0])
    np.testing.assert_allclose(scale.deviation[:-1], [(ends[1] - ends[0]) / 2] * 34)
    np.testing.assert_allclose(scale.deviation[-1], plain.deviation[-1])
    np.testing.assert_allclose(scale.mean, values.mean(axis=(0, 1), dtype=float), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        one_hot(19),
        (np.random.RandomState(0).rand(300, 10, 40) < 0.01).astype(float),
        np.where(one_hot(25) == 1, draws(300, 10, 1), 0),
    ],
    ids=["a few categories", "flags", "numbers of categories"],
)
def test_others_have_their_plain_deviation(values):
    """A rare flag may decide: that of an alarm, which is 1 in one of 1,500 timesteps, is read as 39."""
    np.testing.assert_allclose(Scale.learn(values, bursts=True).deviation, Scale.learn(values).deviation)


def test_a_rare_flag_beside_one_hot_columns_has_its_plain_deviation():
    flag = (np.random.RandomState(2).rand(300, 10, 1) < 0.01).astype(float)
    values = np.concatenate([one_hot(25), flag], axis=2)
    np.testing.assert_allclose(Scale.learn(values, bursts=True).deviation, [0.5] * 25 + [flag.std()])


def test_one_hot_columns_in_a_stream():
    """Half the distance while each call has many; what never moved is constant."""
    calls = [np.concatenate([one_hot(25, 9, seed), np.zeros((9, 10, 1))], axis=2) for seed in (0, 1)]
    joined = in_stream(calls[0], bursts=True).joined(in_stream(calls[1], bursts=True))
    np.testing.assert_allclose(joined.mean, np.concatenate(calls).mean(axis=(0, 1)), **CLOSE)
    moved = np.concatenate(calls).any(axis=(0, 1))
    assert joined.deviation.tolist() == np.where(moved, 0.5, 1).tolist()
    assert joined.constant.tolist() == (~moved).tolist()
    flags = in_stream(np.tile(np.arange(9)[:, None, None] == 8, (1, 10, 26)).astype(float), bursts=True)
    both = np.concatenate([*calls, np.tile(np.arange(9)[:, None, None] == 8, (1, 10, 26))])
    np.testing.assert_allclose(joined.joined(flags).deviation, both.std(axis=(0, 1)), **CLOSE)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e9, 1e300])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_constant_channel_has_deviation_one(constant, dtype):
    constant = min(constant, float(np.finfo(dtype).max))
    scale = Scale.learn(np.full((7, 3, 1), constant, dtype))
    assert scale.mean == np.asarray(constant, dtype)
    assert scale.deviation == 1


def test_rounding_is_no_variation():
    values = 0.1 + np.arange(40).reshape(20, 2, 1) % 2 * 1e-17 + 1e6
    values += np.spacing(1e6) * (np.arange(2)[:, None] - 0.5) * 0.9
    assert Scale.learn(values).deviation == 1


def test_large_numbers_of_small_variation_keep_their_digits():
    values = draws(50, 4, 1)
    scale = Scale.learn(1e9 + values)
    np.testing.assert_allclose(scale.deviation, Scale.learn(values).deviation, rtol=1e-6)
    read = scale.apply(Sequences(values=1e9 + values), "float32").values
    np.testing.assert_allclose(read, Scale.learn(values).apply(Sequences(values=values), "float32").values, atol=1e-6)


@pytest.mark.parametrize(("factor", "offset"), [(3e-4, -7), (-250, 1e5), (1e12, 0)])
def test_a_scale_follows_its_data(factor, offset):
    """So that what a network reads does not change with the unit of X; with a negative factor, its sign does."""
    values, lengths = draws(30, 5, 2) ** 3, np.arange(30) % 5 + 1
    scale, other = Scale.learn(values, lengths), Scale.learn(factor * values + offset, lengths)
    np.testing.assert_allclose(other.mean, factor * scale.mean + offset, rtol=1e-9)
    np.testing.assert_allclose(other.deviation, abs(factor) * scale.deviation, rtol=1e-9)


def test_what_is_read_and_written_back():
    scale = Scale(mean=np.array([10.0, 0]), deviation=np.array([2.0, 0.5]))
    values = np.array([[[12.0, 1], [8, -1]], [[10, 0.25], [99, 99]]])
    read = scale.apply(Sequences(values=values, lengths=np.array([2, 1])), "float32")
    np.testing.assert_array_equal(read.values, np.array([[[1, 2], [-1, -2]], [[0, 0.5], [0, 0]]], np.float32))
    assert read.values.dtype == np.float32
    np.testing.assert_array_equal(scale.undo(read.values)[0], values[0])


def test_training_reads_outliers_as_nearer_than_they_are():
    """Five spans from the 5th to the 95th percentile beyond these, both of which belong to the values."""
    values = draws(100, 1, 1)
    low, high = np.sort(values.ravel())[[5, 94]]
    values[3], values[4] = 1e6, -1e6
    scale, sequences = Scale.learn(values), Sequences(values=values)
    training = scale.undo(scale.apply(sequences, "float64", training=True).values)
    np.testing.assert_allclose(training.max(), high + 5 * (high - low), rtol=0.2)  # the outliers move the percentiles
    np.testing.assert_allclose(training.min(), low - 5 * (high - low), rtol=0.2)
    np.testing.assert_allclose(training[5:], values[5:], **CLOSE)
    np.testing.assert_allclose(scale.undo(scale.apply(sequences, "float64").values), values, **CLOSE)


def test_a_scale_that_changes_nothing_copies_nothing():
    scale, sequences = Scale.none(2), Sequences(values=draws(3, 4, 2).astype(np.float32))
    assert scale.changes_nothing
    assert scale.apply(sequences, "float32").values is sequences.values
    assert not Scale.learn(draws(3, 4, 2)).changes_nothing


@pytest.mark.parametrize("memory", [100, 2**20])
def test_what_overflows_is_refused(memory):
    values = draws(30, 4, 1)
    values[17, 2] = 1e300
    scale = Scale.learn(values)
    with config_context(working_memory=memory / 2**20), pytest.raises(ValueError, match="X_val .* too large for dtype"):
        scale.apply(Sequences(values=values), "float32", "X_val")
    values[:, :, 0] = 0.0
    values[17, 2] = 1e300  # its square is infinite
    with pytest.raises(ValueError, match="too large for dtype"):
        Scale.learn(values).apply(Sequences(values=values), "float32")


def test_parts_and_working_memory_change_no_digit(monkeypatch, tmp_path):
    values, lengths = draws(300, 5, 2), np.arange(300) % 5 + 1
    np.save(tmp_path / "X.npy", values)
    expected = Scale.learn(values, lengths)
    read = expected.apply(Sequences(values=values, lengths=lengths), "float32").values
    with config_context(working_memory=1000 / 2**20):
        on_disk = np.load(tmp_path / "X.npy", mmap_mode="r")
        scale = Scale.learn(on_disk, lengths)
        assert_same(scale, expected, rtol=0)
        streamed = scale.apply(Sequences(values=on_disk, lengths=lengths), "float32").values
        assert isinstance(streamed, Derived)
        np.testing.assert_array_equal(streamed[:], read)
        np.testing.assert_array_equal(streamed[np.array([7, 2])], read[[7, 2]])
    monkeypatch.setattr(scaling, "PART_VALUES", 70)  # seven samples of ten values
    assert_same(Scale.learn(values, lengths), expected, **CLOSE)
    monkeypatch.setattr(scaling, "SORTED_VALUES", 200)  # percentiles of one in fifteen: only outliers depend on them
    assert_same(Scale.learn(values, lengths), expected, **CLOSE)


def test_percentiles_of_a_part_see_sensors_that_take_turns(monkeypatch):
    """Every second sample, or every second timestep, stands on another level."""
    monkeypatch.setattr(scaling, "SORTED_VALUES", 200)
    levels = np.where(np.arange(2000) % 2, 100.0, 0.0)
    for values in (np.tile(levels[:, None, None], (1, 4, 1)), levels[None, :, None]):
        scale = Scale.learn(values)
        np.testing.assert_allclose([scale.mean[0], scale.deviation[0]], [50, 50])
        np.testing.assert_allclose(scale.most, 11)  # (100 + 5 * 100 - 50) / 50


def test_channels_that_are_constant_so_far():
    constant = Scale.learn(np.array([[[1.0, 7], [3, 7]]]))
    np.testing.assert_array_equal(constant.constant, [False, True])
    later = constant.completed(Scale.learn(np.array([[[9.0, 2], [9, 6]]])))
    np.testing.assert_allclose(later.mean, [2, 4], **CLOSE)
    np.testing.assert_allclose(later.deviation, [1, 2], **CLOSE)
    np.testing.assert_array_equal(later.constant, [False, False])
    assert later.most[0] == constant.most[0]


def test_channels_that_are_constant_at_another_value():
    there = Scale.learn(np.array([[[7.0, 7], [7, 7]]])).completed(Scale.learn(np.array([[[9.0, 7], [9, 7]]])))
    np.testing.assert_allclose(there.mean, [8, 7], **CLOSE)
    np.testing.assert_allclose(there.deviation, [1, 1], **CLOSE)
    np.testing.assert_array_equal(there.constant, [False, True])


def in_stream(values, **how):
    """`Scale` of the values (n, t, f) of one call of a stream."""
    return replace(Scale.learn(values, **how), n_samples=len(values))


def test_few_samples_of_a_stream_are_joined():
    numbers = np.random.RandomState(0).randn(18, 30, 2)
    joined = in_stream(numbers[:1])
    for begin, end in ((1, 2), (2, 5), (5, 18)):
        joined = joined.joined(in_stream(numbers[begin:end]))
    np.testing.assert_allclose(joined.mean, numbers.mean(axis=(0, 1)), **CLOSE)
    np.testing.assert_allclose(joined.deviation, numbers.std(axis=(0, 1)), **CLOSE)
    assert not joined.is_settled
    assert (joined.most < 25).all()
    assert (joined.least > -25).all()
    done = joined.joined(in_stream(numbers[:2]))
    assert done.is_settled
    of_all = joined.joined(Scale.learn(1000 * numbers))  # a fit goes on with it, and then it stays
    assert of_all.is_settled
    for one in (done, of_all):
        np.testing.assert_array_equal(one.joined(in_stream(1000 * numbers)).deviation, one.deviation)


def flickering(n_samples):
    """Samples of two channels, of which the first moves once and little; and as many in which both move far."""
    flicker, moving = (np.tile(np.linspace(0, 20, 100)[:, None], (n_samples, 1, 2)) for _ in range(2))
    flicker[:, :, 0] = 0
    flicker[3, 7, 0] = 0.01
    return flicker, moving


def test_a_channel_that_rarely_moved_takes_the_scale_of_later_calls_that_move_far():
    flicker, moving = flickering(20)
    begun, later = in_stream(flicker), in_stream(moving)
    assert begun.deviation[0] < 0.01
    np.testing.assert_array_equal(begun.joined(later).deviation, later.deviation)
    for same in (in_stream(flicker), in_stream(flicker * 100), Scale.learn(moving)):  # which rarely moves; of no stream
        np.testing.assert_array_equal(begun.joined(same).deviation, begun.deviation)


def test_a_rare_channel_keeps_its_scale_once_it_is_learnt():
    """Of a fit, of an encoder, and of 200 samples of a stream."""
    flicker, moving = flickering(20)
    for known in (Scale.learn(flicker), in_stream(flicker).kept(), replace(in_stream(flicker), n_samples=200)):
        assert known.is_settled
        assert known.joined(in_stream(moving)) is known


def test_rare_values_of_a_stream_are_not_cut():
    joined, events = None, (np.arange(10 * 300).reshape(10, 300, 1) % 97 == 0).astype(float)
    for one in events:
        joined = in_stream(one[None]) if joined is None else joined.joined(in_stream(one[None]))
    assert np.isinf([joined.least, joined.most]).all()


def test_around_0_with_deviations_of_at_least_so_much():
    """What is cut is cut at the same numbers; constant channels stay as they are if they have no errors."""
    scale = Scale(
        mean=np.array([0.0, 8, 3, 3]),
        deviation=np.array([2.0, 2, 1, 1]),
        least=np.array([-5.0, -5, -np.inf, -np.inf]),
        most=np.array([5.0, 5, np.inf, np.inf]),
        constant=np.array([False, False, True, True]),
    )
    errors = scale.of_errors(np.array([1.0, 4, 0.5, 0]))
    assert errors.mean.tolist() == [0, 0, 0, 3]
    assert errors.deviation.tolist() == [2, 4, 0.5, 1]
    assert errors.constant.tolist() == [False, False, False, True]
    assert (errors.most * errors.deviation).tolist() == [10, 18, np.inf, np.inf]
    assert (errors.least * errors.deviation).tolist() == [-10, -2, -np.inf, -np.inf]


def bursts(n_samples, n_with, size=20.0):
    """Noise of 50 steps around 0, with one far value in some samples."""
    values = np.random.RandomState(0).randn(n_samples, 50, 1)
    values[:n_with, 7] = size
    return values


@pytest.mark.parametrize(
    ("n_samples", "n_with", "cut"), [(40, 40, False), (40, 10, False), (40, 9, True), (99, 15, True)]
)
def test_what_many_samples_hold_is_no_outlier(n_samples, n_with, cut):
    """Ten of them, and a fifth of all."""
    values = bursts(n_samples, n_with)
    scale = Scale.learn(values, bursts=True)
    read = scale.apply(Sequences(values=values), "float64", training=True).values
    assert (scale.undo(read).max() < 19) == cut
    assert (Scale.learn(values).most < scale.most) == (not cut)


def test_percentiles_of_bursts_are_those_of_extremes_by_hand():
    values = bursts(40, 40)
    least, largest = values.min(axis=(1, 2)), values.max(axis=(1, 2))
    low, high = np.quantile(least, 0.05), np.quantile(largest, 0.95)
    scale = Scale.learn(values, bursts=True)
    np.testing.assert_allclose([scale.mean[0], scale.deviation[0]], [values.mean(), values.std()])
    np.testing.assert_allclose(scale.most * scale.deviation + scale.mean, [high + 5 * (high - low)])


def test_an_outlier_among_bursts_hardly_counts():
    values = bursts(40, 40)
    spoilt = values.copy()
    spoilt[3, 9] = 1e6
    plain, other = (Scale.learn(own, bursts=True) for own in (values, spoilt))
    assert other.deviation < 1.3 * plain.deviation
    assert other.most * other.deviation < 200


def test_bursts_are_those_of_real_timesteps_of_samples_that_count():
    values, lengths = bursts(40, 40), np.full(40, 7)  # the bursts are padding
    np.testing.assert_array_equal(Scale.learn(values, lengths, bursts=True).most, Scale.learn(values, lengths).most)
    weight = np.r_[np.ones(20), np.zeros(20)]
    values = np.concatenate([bursts(20, 0), bursts(20, 20)])
    np.testing.assert_array_equal(
        Scale.learn(values, weight=weight, bursts=True).most, Scale.learn(values, weight=weight).most
    )


@pytest.mark.parametrize(
    ("few", "cut"),
    [
        ([1.0, 2, 3, 4, 5, 1e6], True),  # 2 to 5 are 3 wide, and 1e6 is further than 20 times that
        ([-1e6, 1.0, 2, 3, 4, 5], True),
        ([1.0, 2, 3, 4, 5, 65], False),  # just 20 times as far as 2 is from 5
        ([1.0, 2, 3, 4, 1e6], False),  # too few to tell
        ([1.0, 2, 3, 4, 1e6, 1e6], False),  # not alone
        ([0.0, 0, 0, 0, 0, 7], False),  # an event: all others are equal
        ([0.0, 0, 0, 0, 0.1 * 3 - 0.3, 1], False),  # but for rounding
    ],
)
def test_one_of_few_values_is_an_outlier_if_it_stands_alone(few, cut):
    scale = Scale.learn(np.array(few)[:, None, None], alone=True)
    read = (np.array(few) - scale.mean) / scale.deviation
    assert (np.clip(read, scale.least, scale.most) != read).any() == cut


def most(values, weight=None, **asked):
    """The largest value that training reads, in the units of the values."""
    scale = Scale.learn(np.array(values)[:, None, None], weight=None if weight is None else np.array(weight), **asked)
    return (scale.most * scale.deviation + scale.mean)[0]


def test_what_has_the_weight_of_several_samples_does_not_stand_alone():
    """Equal samples come as one; nor is a sample without weight one of few, or what nobody asked for an outlier."""
    values = [1.0, 2, 3, 4, 5, 1e6]
    assert most(values, alone=True) < 100
    assert most(values) > 1e6
    assert most(values, [1.0, 1, 1, 1, 1, 5], alone=True) > 1e6
    assert most(values, [5.0, 5, 5, 5, 5, 5], alone=True) > 1e6
    assert most([*values, 6.0], [1.0, 1, 1, 1, 0, 1, 0], alone=True) > 1e6


def test_few_normal_values_have_no_outlier():
    rng = np.random.RandomState(0)
    for _ in range(300):
        few = rng.randn(rng.randint(6, 20))
        scale = Scale.learn(few[:, None, None], alone=True)
        np.testing.assert_allclose([scale.mean[0], scale.deviation[0]], [few.mean(), few.std()], rtol=0.3, atol=0.1)
        assert ((few - scale.mean) / scale.deviation < scale.most).all()
