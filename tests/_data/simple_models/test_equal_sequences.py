"""The least loss of samples of which many have equal sequences."""

import numpy as np
import pytest

from skseq._data import constant_answer
from skseq._data.simple_models.equal_sequences import MOST_DISTINCT, least_loss
from skseq._data.training_data import TrainingData


def data_of(source, target, weight=None, **more):
    weight = np.ones(len(source), np.float32) if weight is None else np.array(weight, np.float32)
    return TrainingData({"source": np.array(source), "target": np.array(target)[:, None], "weight": weight, **more})


def of_labels(data):
    return constant_answer.of_labels(data, (2,)).loss


def of_numbers(data):
    return constant_answer.of_numbers(data).loss


def test_the_least_loss_of_labels():
    """Of [1, 2] one label in two is 1, entropy log 2; of [2, 1] all are; so are two and three of five samples."""
    data = data_of([[1, 2], [2, 1], [1, 2], [2, 1], [2, 1]], [0, 1, 1, 1, 1])
    assert least_loss(data, of_labels) == (2, pytest.approx(0.4 * np.log(2)))


def test_the_least_loss_of_numbers_with_weights():
    """[1] has 0 and 4, of which 4 counts threefold: mean 3, variance 3. [2] has one number."""
    data = data_of([[1], [1], [2]], [0.0, 4.0, 7.0], weight=[1, 3, 2])
    assert least_loss(data, of_numbers) == (2, pytest.approx(4 / 6 * 3))


def test_samples_without_weight_do_not_count():
    assert least_loss(data_of([[1], [1], [2]], [0.0, 4.0, 7.0], weight=[1, 3, 0]), of_numbers) == (1, pytest.approx(3))


def test_padding_is_no_number():
    data = data_of([[1.0, 0.0], [1.0, 0.0]], [0, 1], source_lengths=np.array([1, 2]))
    assert least_loss(data, of_labels) == (2, 0)


def test_many_distinct_sequences_are_not_looked_at():
    source = np.arange(MOST_DISTINCT + 1)[:, None]
    assert least_loss(data_of(source, source[:, 0] % 2), of_labels) is None
    assert least_loss(data_of(source[1:], source[1:, 0] % 2), of_labels) == (MOST_DISTINCT, 0)
