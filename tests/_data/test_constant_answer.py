"""The loss of a constant answer: that of a network whose weights are all zero but for the bias of its output."""

import numpy as np
import pytest

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._data import constant_answer
from skseq._data.training_data import TrainingData

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
N = 9
X = rng.randn(N, 4)
RAGGED = [x[: 3 + k % 2] for k, x in enumerate(X)]
WEIGHTS = np.array([1.0, 2.0, 0.0, 1.0, 0.5, 3.0, 1.0, 1.0, 2.0])
LABELS = np.arange(N) % 3 % 2
TAGS = [(x > 0).astype(int) for x in RAGGED]
TOKENS = ["ab", "b", "", "abc", "a", "aa", "ba", "cc", "b"]


def frequencies(values, weights):
    """Weighted shares of the classes 0, 1, ... in a flat list."""
    return np.bincount(values, weights) / np.sum(weights)


def loss_of(estimator, bias, *data):
    """(loss of a network that gives a constant, what was computed of the data)."""

    def starting_weights(network, rng, learnt):
        weights = {entry.name: np.zeros(entry.shape, np.float32) for entry in network.weights()}
        return weights | {name: np.asarray(value, np.float32) for name, value in bias.items()}

    estimator.set_params(units=2, epochs=1, learning_rate=1e-12, batch_size=100)
    estimator._starting_weights = starting_weights
    estimator.fit(*data)
    return estimator.history_["loss"][0], estimator._facts.constant


def assert_same_loss(found, shares=None):
    loss, constant = found
    assert constant.loss == pytest.approx(loss, rel=1e-5)
    if shares is not None:
        np.testing.assert_allclose(constant.shares, shares)


def test_labels():
    weights = WEIGHTS * np.array([1.0, 5.0])[LABELS]
    shares = frequencies(LABELS, weights)
    model = SequenceClassifier(class_weight={1: 5.0})
    assert_same_loss(loss_of(model, {"output/bias": np.log(shares)}, RAGGED, LABELS, WEIGHTS), shares)


def test_several_labels():
    y = np.stack([LABELS, np.arange(N) % 3], axis=1)
    bias = np.concatenate([np.log(frequencies(column, WEIGHTS)) for column in y.T])
    loss, constant = loss_of(SequenceClassifier(), {"output/bias": bias}, X, y, WEIGHTS)
    assert_same_loss((loss, constant))
    assert constant.shares is None


@pytest.mark.parametrize("scale_targets", [True, False])
def test_numbers(scale_targets):
    y = X[:, :2] * [3.0, 1.0] + [7.0, 0.0]
    mean = np.average(y, axis=0, weights=WEIGHTS)
    bias = np.zeros(2) if scale_targets else mean
    assert_same_loss(loss_of(SequenceRegressor(scale_targets=scale_targets), {"output/bias": bias}, X, y, WEIGHTS))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_tokens_of_one_length(smoothing):
    y = np.stack([LABELS, np.arange(N) % 3], axis=1)
    flat, weights = y.ravel(), np.repeat(WEIGHTS, 2)
    in_loss = frequencies(flat, weights * np.array([1.0, 1.0, 4.0])[flat])
    answer = (1 - smoothing) * in_loss + smoothing / 3
    model = Seq2SeqClassifier(class_weight={2: 4.0}, label_smoothing=smoothing)
    found = loss_of(model, {"output/bias": np.log(answer)}, RAGGED, y, WEIGHTS)
    assert_same_loss(found, frequencies(flat, weights))


def test_tokens_of_many_lengths_and_their_end():
    ids = [["abc".index(token) + 1 for token in text] + [0] for text in TOKENS]
    flat, weights = np.concatenate(ids), np.repeat(WEIGHTS, [len(own) for own in ids])
    shares = frequencies(flat, weights)
    model = Seq2SeqTransducer(target_analyzer="char")
    assert_same_loss(loss_of(model, {"output/bias": np.log(shares)}, RAGGED, TOKENS, WEIGHTS), shares)


@pytest.mark.parametrize("transitions", [False, True])
def test_tags(transitions):
    flat, weights = np.concatenate(TAGS), np.repeat(WEIGHTS, [len(own) for own in TAGS])
    shares = frequencies(flat, weights)
    model = SequenceTagger(transitions=transitions)
    assert_same_loss(loss_of(model, {"output/bias": np.log(shares)}, RAGGED, TAGS, WEIGHTS), shares)


def test_a_path_that_is_weighed_as_a_whole_has_no_such_loss():
    model = SequenceTagger(transitions=True, class_weight={1: 3.0})
    assert loss_of(model, {}, RAGGED, TAGS)[1].loss is None


@pytest.mark.parametrize(
    ("decoder", "horizon", "spans"),
    [
        ("reconstruct", None, {"": (0, 0)}),
        ("predict", None, {"predictor/": (1, 0)}),
        ("predict", 2, {"predictor/": (-2, 0)}),
        ("composite", None, {"": (0, 0), "predictor/": (1, 0)}),
        ("composite", 1, {"": (0, 1), "predictor/": (-1, 0)}),
    ],
)
def test_steps(decoder, horizon, spans):
    """Of 3 or 4 steps, that which a decoder writes; of one length, since the loss of two decoders asks for it."""
    data = RAGGED if decoder != "composite" else [x[:3] for x in RAGGED]
    bias = {}
    for name, (start, before_end) in spans.items():
        steps = [x[start : len(x) - before_end] for x in data]
        weights = np.repeat(WEIGHTS, [len(own) for own in steps])
        bias[f"{name}output/bias"] = [np.average(np.concatenate(steps), weights=weights)]
    model = LSTMAutoencoderTransformer(decoder=decoder, horizon=horizon, scale_inputs=False)
    assert_same_loss(loss_of(model, bias, data, None, WEIGHTS))


def test_large_numbers_of_small_variation():
    y = 1e9 + np.arange(4.0)[:, None]
    data = TrainingData({"target": y, "weight": np.ones(4)})
    assert constant_answer.of_numbers(data).loss == pytest.approx(np.var(np.arange(4)))


def test_what_does_not_fit_into_memory_is_read_in_parts(monkeypatch):
    from skseq._data import training_data

    rows = {"target": np.arange(30).reshape(10, 3) % 4, "target_lengths": np.arange(10) % 3 + 1, "weight": np.ones(10)}
    data = TrainingData(rows, {"class_weight": np.ones(4)})
    whole = constant_answer.of_tokens(data, 4, "target_lengths")
    monkeypatch.setattr(training_data, "working_memory", lambda: 3 * 4 * 8 * 3)  # of three rows
    assert [len(part["target"]) for part in data.parts("target")] == [3, 3, 3, 1]
    assert constant_answer.of_tokens(data, 4, "target_lengths").loss == pytest.approx(whole.loss)
