"""What a linear model of summaries leaves, beside answers that are known."""

import numpy as np
import pytest

from skseq._data.sequences import Sequences
from skseq._data.simple_models import summaries as module
from skseq._data.simple_models.summaries import left_by_summaries, occurrences_of_ids, summaries

RNG = np.random.RandomState(0)
LENGTHS = RNG.randint(4, 9, 80)
VALUES = RNG.randn(80, 8, 2) * (np.arange(8) < LENGTHS[:, None])[..., None]
X = Sequences(values=VALUES, lengths=LENGTHS)
MEANS = np.array([x[:n].mean(axis=0) for x, n in zip(VALUES, LENGTHS)])


def left(y, *, labels=False):
    return left_by_summaries(X.take(slice(50)), y[:50], X.take(slice(50, None)), y[50:], labels=labels)


def test_summaries_are_those_of_real_timesteps():
    by_hand = [
        np.concatenate([x.mean(0), x.std(0), x.min(0), x.max(0), x[0], x[-1], [len(x)]])
        for x in (own[:n] for own, n in zip(VALUES, LENGTHS))
    ]
    np.testing.assert_allclose(summaries(X), by_hand)
    assert summaries(Sequences(values=VALUES)).shape == (80, 13)


def test_of_what_is_linear_in_summaries_hardly_anything_is_left():
    assert left(MEANS) < 1e-6
    assert left(MEANS[:, 0] > 0, labels=True) < 0.4
    assert left(1.0 * LENGTHS) < 1e-6


def test_occurrences_of_ids_by_hand():
    ids = Sequences(values=np.array([[1, 3, 3, 3], [2, 1, 0, 0]]), lengths=np.array([4, 2]))
    by_hand = [[1, 0, 3, 0.25, 0, 0.75, 1, 0, 1], [1, 1, 0, 0.5, 0.5, 0, 1, 1, 0]]
    np.testing.assert_array_equal(occurrences_of_ids(ids, 4), by_hand)


def test_tokens_are_counted_and_their_order_is_not_seen(monkeypatch):
    ids = RNG.randint(1, 4, (80, 8)) * (np.arange(8) < LENGTHS[:, None])
    parts = [Sequences(values=ids[some], lengths=LENGTHS[some]) for some in (slice(50), slice(50, None))]

    def left_of_ids(y):
        return left_by_summaries(parts[0], y[:50], parts[1], y[50:], labels=False)

    count = (ids == 3).sum(axis=1)
    share = count / LENGTHS
    assert left_of_ids(share) < 1e-6
    assert left_of_ids(1.0 * count) < 1e-6
    assert left_of_ids(1.0 * (count > 0)) < 1e-6
    assert left_of_ids(1.0 * (ids[:, 0] < ids[:, 1])) > 0.7
    monkeypatch.setattr(module, "MOST_COLUMNS", 8)  # there are nine
    assert left_of_ids(share) is None


def test_noise_is_left():
    noise = RNG.randn(80)
    assert left(noise) > 0.9
    assert left(noise > 0, labels=True) > 0.5


def test_a_constant_and_large_data_are_not_looked_at(monkeypatch):
    assert left(np.zeros(80)) is None
    monkeypatch.setattr(module, "MOST_NUMBERS", 50 * 8 * 2)
    assert left(MEANS) is not None
    monkeypatch.setattr(module, "MOST_NUMBERS", 50 * 8 * 2 - 1)
    assert left(MEANS) is None


def test_many_columns_and_classes_are_not_looked_at(monkeypatch):
    """13 columns, and 2 classes."""
    y = MEANS[:, 0] > 0
    monkeypatch.setattr(module, "MOST_WEIGHTS", 25)
    assert left(y, labels=True) is None
    assert left(MEANS) is not None
    monkeypatch.setattr(module, "MOST_WEIGHTS", 26)
    assert left(y, labels=True) is not None
    monkeypatch.setattr(module, "MOST_COLUMNS", 12)
    assert left(MEANS) is left(y, labels=True) is None


@pytest.mark.parametrize("size", [1e200, 1e308])
def test_numbers_whose_squares_no_float_holds(size):
    large = Sequences(values=np.full((60, 3, 1), size))
    assert np.isfinite(summaries(large)).all()
