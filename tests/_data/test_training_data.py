"""Data of a fit: which rows are meant, equal rows as one, and what one graph call gets."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from skseq import SequenceClassifier
from skseq._data.training_data import TrainingData
from skseq.nn.training.batching import make_batches

WEIGHT = np.array([1.0, 0, 2, 0.5, 0], np.float32)


def test_rows_of_weight_zero_are_not_meant():
    data = TrainingData({"source": np.zeros((5, 2)), "weight": WEIGHT})
    assert data.samples.tolist() == [0, 2, 3]
    assert (data.n_rows, data.n_samples) == (5, 3)


def test_all_rows_are_meant_where_none_has_a_weight():
    assert TrainingData({"source": np.zeros((3, 2))}).samples.tolist() == [0, 1, 2]


def test_taken_samples_share_the_rows():
    data = TrainingData({"source": np.zeros((5, 2)), "weight": WEIGHT}, {"k": 1})
    taken = data.take(np.array([3, 0]))
    assert taken.samples.tolist() == [3, 0]
    assert taken.rows is data.rows
    assert taken.shared is data.shared
    assert data.samples.tolist() == [0, 2, 3]
    with pytest.raises(FrozenInstanceError):
        data.samples = None


# --- equal rows -------------------------------------------------------------------------------------------------------


def test_equal_samples_become_one_row_with_the_sum_of_their_weights():
    """Rows 0 and 3 are equal in all but weight, row 1 has another target; row 4 equals row 0 and is not meant."""
    source = np.array([[3, 1], [3, 1], [2, 9], [3, 1], [3, 1]], np.int32)
    rows = {"source": source, "target": np.array([5, 6, 5, 5, 5], np.int32), "weight": np.array([1, 2, 3, 0.5, 0])}
    merged = TrainingData(rows, {"k": 1}).merged()
    sources, targets, weights = (merged.rows[name].tolist() for name in ("source", "target", "weight"))
    found = {(*x, y): weight for x, y, weight in zip(sources, targets, weights)}
    assert found == {(3, 1, 5): 1.5, (3, 1, 6): 2, (2, 9, 5): 3}
    assert merged.samples.tolist() == [0, 1, 2]
    assert merged.shared == {"k": 1}


def test_merging_keeps_types_and_does_not_depend_on_the_order_of_rows():
    rng = np.random.RandomState(0)
    rows = {"source": rng.randint(2, size=(20, 2, 1)).astype(np.float32), "weight": np.ones(20, np.float32)}
    order = rng.permutation(20)
    merged, shuffled = (TrainingData(x).merged().rows for x in (rows, {name: x[order] for name, x in rows.items()}))
    assert len(merged["weight"]) < 20
    for name, x in merged.items():
        assert x.dtype == rows[name].dtype
        np.testing.assert_array_equal(shuffled[name], x)


def test_merging_in_order_keeps_the_first_of_equal_samples_where_they_were():
    rows = {"source": np.array([7, 2, 7, 9, 2, 1]), "weight": np.array([1.0, 2, 4, 8, 16, 32])}
    merged = TrainingData(rows).merged(in_order=True).rows
    assert merged["source"].tolist() == [7, 2, 9, 1]
    assert merged["weight"].tolist() == [5, 18, 8, 32]


def test_a_fit_on_repeated_samples_is_that_on_weighted_ones():
    """In a batch of all samples: the same loss and gradient, so the same weights."""
    X, y = np.random.RandomState(0).rand(4, 3), np.array([0, 1, 1, 0])
    classifier = SequenceClassifier(units=2, epochs=2, batch_size=8, dtype="float64", random_state=0)
    repeated = classifier.fit(np.repeat(X, 2, axis=0), np.repeat(y, 2)).weights_
    for name, value in classifier.fit(X, y, sample_weight=np.full(4, 2.0)).weights_.items():
        np.testing.assert_array_equal(repeated[name], value)


# --- one graph call ---------------------------------------------------------------------------------------------------


def test_a_call_has_as_many_batches_as_fit_into_half_the_bytes():
    """12 bytes per row, 24 per batch: four fit into half of 192 bytes, three into half of 191. None is divided."""
    data = TrainingData({"source": np.zeros((8, 2), np.float32), "weight": np.ones(8, np.float32)})
    batches = make_batches(np.arange(8), 2)
    assert data.bytes_per_row == 12
    for max_bytes, most, sizes in (
        (None, 4, [4]),
        (1000, 4, [4]),
        (192, 4, [4]),
        (191, 3, [2, 2]),
        (95, 1, [1] * 4),
        (1, 1, [1] * 4),
    ):
        assert data.n_that_fit(batches, max_bytes) == most
        assert [len(call) for call in data.split(batches, max_bytes)] == sizes
    assert [data.fits(max_bytes) for max_bytes in (None, 192, 191)] == [True, True, False]


def test_a_call_gets_its_rows_alone():
    data = TrainingData({"source": np.arange(10) * 10, "weight": np.arange(10)}, {"k": 1})
    part, batches = data.gather(np.array([[7, 2], [9, -1]]))
    assert part.rows["source"].tolist() == [20, 70, 90]
    assert part.rows["weight"].tolist() == [2, 7, 9]
    assert part.shared == {"k": 1}
    assert batches.tolist() == [[1, 0], [2, -1]]
    assert batches.dtype == np.int32


def test_a_call_that_needs_all_rows_copies_none():
    data, every = TrainingData({"source": np.arange(10)}), np.arange(10).reshape(5, 2)[::-1]
    part, batches = data.gather(every)
    assert part is data
    assert batches is every
