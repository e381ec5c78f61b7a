"""What counted pairs of neighbours tell, beside counts in a loop."""

from collections import Counter

import numpy as np
import pytest

from skseq._data.simple_models import pairs as module
from skseq._data.simple_models.pairs import nats_by_pairs
from skseq._data.training_data import TrainingData

SIZE = 5  # tokens 0 to 3, and the end
RNG = np.random.RandomState(0)
LENGTHS = RNG.randint(0, 7, 40)
TOKENS = [RNG.randint(0, 4, n).tolist() for n in LENGTHS]
TOKENS[30:] = [[3, *own] for own in TOKENS[30:]]
TOKENS[:30] = [[token % 3 for token in own] for own in TOKENS[:30]]  # nothing that is counted has a 3


def data_of(sequences, weight):
    ids = np.zeros((len(sequences), 8), np.int32)
    for row, own in zip(ids, sequences):
        row[: len(own)] = np.array(own, int) + 1
    return TrainingData({"source": ids, "weight": np.array(weight, "float32")})


def steps(sequences, weight, ends):
    """(Before, after, weight) of all pairs."""
    for own, w in zip(sequences, weight):
        own = [*own, SIZE - 1] if ends else own
        yield from ((a, b, w) for a, b in zip(["start", *own], own))


def losses_by_hand(counted, told, ends):
    (sequences, weight), (others, _) = counted, told
    counts, n_before, n_after = Counter(), Counter(), Counter(range(SIZE))
    for a, b, w in steps(sequences, np.divide(weight, np.mean(weight)), ends):
        counts[a, b] += w
        n_before[a] += w
        n_after[b] += w
    n_types = Counter(a for a, _ in counts)
    shares = {b: n / n_after.total() for b, n in n_after.items()}

    def loss(a, b):
        known = (counts[a, b] + n_types[a] * shares[b]) / (n_before[a] + n_types[a]) if n_types[a] else shares[b]
        return -np.log(known)

    return [[loss(a, b) for a, b, _ in steps([own], [1], ends)] for own in others]


@pytest.mark.parametrize("ends", [True, False])
def test_pairs_are_smoothed_as_by_witten_and_bell(ends):
    weight = RNG.rand(40) + 0.5
    counted, told = (TOKENS[:30], weight[:30]), (TOKENS[30:], weight[30:])
    loss, error = nats_by_pairs(data_of(*counted), data_of(*told), SIZE, ends)
    by_hand = losses_by_hand(counted, told, ends)
    n = np.array([len(own) for own in by_hand])
    assert loss == pytest.approx(weight[30:] @ list(map(sum, by_hand)) / (weight[30:] @ n))
    assert 0 < error < loss


def test_the_error_is_that_of_the_difference_from_half_of_the_counts():
    counted, told = (TOKENS[:30], np.ones(30)), (TOKENS[30:], np.ones(10))
    _, error = nats_by_pairs(data_of(*counted), data_of(*told), SIZE, True)
    every, half = (losses_by_hand((own, np.ones(len(own))), told, True) for own in (TOKENS[:30], TOKENS[:30:2]))
    n = np.array([len(own) for own in every])
    away = np.array([sum(a) - sum(b) for a, b in zip(every, half)])
    away -= n * away.sum() / n.sum()
    assert error == pytest.approx(np.sqrt((away**2).sum()) / n.sum())


def test_parts_change_nothing(monkeypatch):
    parts = data_of(TOKENS[:30], np.ones(30)), data_of(TOKENS[30:], np.ones(10))
    at_once = nats_by_pairs(*parts, SIZE, True)
    monkeypatch.setattr("skseq._data.training_data.working_memory", lambda: 1)
    assert nats_by_pairs(*parts, SIZE, True) == pytest.approx(at_once)


def test_what_always_follows_is_known_and_large_data_are_not_looked_at(monkeypatch):
    cycles = data_of([[0, 1, 2, 3, 0, 1]] * 50, np.ones(50))
    assert nats_by_pairs(cycles, cycles, SIZE, False)[0] < 0.05
    monkeypatch.setattr(module, "MOST_TOKENS", 50 * 8 - 1)
    assert nats_by_pairs(cycles, cycles, SIZE, False) is None
