"""Random forests tell labels of timesteps by values, steps, and movements without gains or sizes."""

import numpy as np
import pytest

from skseq import SequenceTagger
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences
from skseq._data.simple_models.forests import told_by_gains, told_by_values_and_steps, told_without_sizes

pytestmark = pytest.mark.usefixtures("eager", "untrained")


@pytest.mark.parametrize("lengths", [None, np.full(40, 20)])
def test_what_values_and_steps_tell(lengths):
    """A walk goes up or down for good: by the way it goes, or by where it is."""
    rng = np.random.RandomState(0)
    up = rng.randint(0, 2, 40)
    tags = np.repeat(up[:, None], 25, axis=1)
    walks = (2 * tags - 1).cumsum(axis=1)[:, :, None] + 100.0 * rng.randn(40, 1, 1)
    if lengths is not None:
        walks[:, 20:], tags[:, 20:] = 0, 1 - tags[:, 20:]  # padding does not count
    by_values, by_steps = told_by_values_and_steps(Sequences(values=walks, lengths=lengths), tags)
    assert by_values < 0.75 < by_steps
    assert by_steps >= 0.95
    by_values, by_steps = told_by_values_and_steps(Sequences(values=walks, lengths=lengths), 1 * (walks[:, :, 0] > 0))
    assert by_values > 0.9 > by_steps


def test_a_part_of_many_timesteps_and_numbers_of_any_size():
    rng = np.random.RandomState(0)
    tags = rng.randint(0, 2, (3, 12_000))
    values = 1e200 * (tags[:, :, None] + 0.1 * rng.rand(3, 12_000, 1)) - 1e200 * (1 - tags[:, :, None])
    assert told_by_values_and_steps(Sequences(values=values), tags)[0] == 1
    tags[:, 5_000:] = 0  # what is not looked at
    assert told_by_values_and_steps(Sequences(values=values), tags)[0] == 1


def test_labels_that_weigh_nothing_are_not_told():
    """The tagger is not to learn them, so that it is no wonder what others tell of them."""
    tagger, rows = SequenceTagger(class_weight={0: 1, 1: 0}), {"source": np.zeros((4, 3, 1)), "target": np.eye(4, 3)}
    tokens = rows | {"source": np.zeros((4, 3), int)}
    assert tagger._told_by(told_by_values_and_steps, rows) is None
    assert tagger.set_params(class_weight={0: 1, 1: 2})._told_by(told_by_values_and_steps, rows) is not None
    assert tagger._told_by(told_by_values_and_steps, tokens) is None


@pytest.mark.parametrize("lengths", [None, np.full(120, 15)])
def test_what_sequences_tell_without_gains(lengths):
    """Swings are small or large for their sequence, all of whose values its gain decides; padding does not count."""
    rng = np.random.RandomState(0)
    tags = np.repeat([rng.permutation([0, 0, 1, 1]) for _ in range(120)], 5, axis=1)  # (120, 20)
    shape = np.tile([-1.0, 1.0], 10) * (1 + 4 * tags)
    gains = rng.permutation(np.geomspace(1, 1e4, 120))[:, None]
    values = np.stack([rng.randn(120, 20), gains * (20 + shape)], axis=2)
    if lengths is not None:
        values[:, 15:], tags[:, 15:] = 1e9, 1 - tags[:, 15:]
    feature, ratio, by_values, by_own = told_by_gains(Sequences(values=values, lengths=lengths), tags)
    assert feature == 1
    assert 2_000 < ratio < 9_000  # the quantiles of gains are 1e4 ** 0.9 apart
    assert by_values < 0.75 < 0.9 < by_own


def test_gains_that_lie_near_are_none():
    values = np.geomspace(1, 90, 40)[:, None, None] * np.random.RandomState(0).randn(1, 25, 1)
    assert told_by_gains(Sequences(values=values), np.zeros((40, 25), int)) is None
    assert told_by_gains(Sequences(values=0 * values), np.zeros((40, 25), int)) is None
    assert told_by_gains(Sequences(values=values[:19] ** 9), np.zeros((19, 25), int)) is None  # of few sequences


@pytest.mark.parametrize("scale", [Scale.none(2), Scale(mean=np.array([50.0, 9.0]), deviation=np.array([80.0, 3.0]))])
def test_what_sequences_tell_without_sizes(scale):
    """Steps are small or large for their sequence, or small or large; padding does not count."""
    rng = np.random.RandomState(0)
    tags = rng.randint(0, 2, (40, 30))
    gains = rng.permutation(np.geomspace(1, 30, 40))[:, None]
    large = gains * (1 + tags)
    values, lengths = np.stack([rng.rand(40, 30), large], axis=2), np.full(40, 28)
    values[:, 28:] = 1e6
    sequences = Sequences(values=(values - scale.mean) / scale.deviation, lengths=lengths)
    feature, ratio, by_values, by_own, error = told_without_sizes(sequences, tags, scale)
    assert feature == 1
    assert 15 < ratio < 30  # the quantiles of gains are 30 ** 0.9 = 21 apart
    assert by_values < 0.8 < 0.99 < by_own
    assert 0 < error < 0.1
    assert told_without_sizes(sequences, 1 * (values[:, :, 1] > 6), scale)[2] > 0.95
    alike = Sequences(values=sequences.values[:, :, :1], lengths=lengths)
    assert told_without_sizes(alike, tags, Scale(mean=scale.mean[:1], deviation=scale.deviation[:1])) is None
    few = Sequences(values=sequences.values[:19], lengths=lengths[:19])
    assert told_without_sizes(few, tags[:19], scale) is None


@pytest.mark.parametrize("lengths", [None, np.full(60, 28)])
def test_one_size_of_all_features(lengths):
    """Steps have the shape of a label and a gain of their sequence; a size of each feature takes the shapes, too."""
    rng = np.random.RandomState(0)
    tags = rng.randint(0, 2, (60, 30)) * np.repeat([0, 1], 30)[:, None]  # of half of them, none
    shapes = np.array([[1.0, 2.0], [2.0, 1.0]])
    gains = rng.permutation(np.geomspace(1, 30, 60))[:, None, None]
    values = gains * shapes[tags] * rng.lognormal(0, 0.1, (60, 30, 2))
    order = rng.permutation(60)
    values, tags = values[order], tags[order]
    if lengths is not None:
        values[:, 28:] = 1e6
    feature, ratio, by_values, by_own, error = told_without_sizes(
        Sequences(values=values, lengths=lengths), tags, Scale.none(2)
    )
    assert feature is None
    assert 15 < ratio < 30
    assert by_values + 0.05 < by_own
    assert by_own > 0.97
    assert 0 < error < 0.1
    one_size = values / values.mean(axis=2, keepdims=True)
    assert told_without_sizes(Sequences(values=one_size, lengths=lengths), tags, Scale.none(2)) is None


def test_indicators_have_no_sizes():
    """A column of 0 and 1, read as float32 on a scale."""
    rng = np.random.RandomState(0)
    shares = rng.permutation(np.linspace(0.02, 0.9, 40))[:, None, None]
    values = 1.0 * (rng.rand(40, 30, 2) < shares)
    values[:, :, 1] = rng.rand(40, 30)
    values[:20, :, 1] = 0  # sequences in which it is 0 throughout have no size, either
    scale = Scale.learn(values)
    sequences = scale.apply(Sequences(values=values), "float32")
    assert told_without_sizes(sequences, rng.randint(0, 2, (40, 30)), scale) is None
