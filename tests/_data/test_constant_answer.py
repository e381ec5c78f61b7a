"""The loss of a constant answer: that of a network whose weights are all zero but for the bias of its output."""

import numpy as np
import pytest
from scipy.optimize import minimize

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
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
LEVELS = (0.1, 0.5, 0.8)
OF_ONE = {"absolute_error": (), "huber": (), "quantile": LEVELS, "normal": (), "student_t": ()}


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


# --- targets of several steps, and what follows in sequences of numbers -----------------------------------------------


def horizons(target, **rows):
    """`TrainingData` of targets (n, h, k)."""
    return TrainingData({"target": np.asarray(target, np.float64), "weight": np.ones(len(target)), **rows})


@pytest.mark.parametrize(
    ("loss", "levels", "expected"),
    [
        ("squared_error", (), 62.75 / 4),  # from 3.25
        ("absolute_error", (), (1 + 0 + 1 + 9) / 4),  # from 1
        ("huber", (), (1 + 1 / 8 + 1 / 8 + 8) / 4),  # from 1.5, where 1 + 0.5 = 0.5 + 1
        ("quantile", (0.1, 0.5), (0 + 0.1 + 0.2 + 1) / 4 + 11 / 8),  # from 0, and from 1
        ("normal", (), 0.5 + np.log(2 * np.pi * 62.75 / 4) / 2),
    ],
)
def test_horizons_by_hand(loss, levels, expected):
    data = horizons([[[0.0], [1.0]], [[2.0], [10.0]]])
    assert constant_answer.of_horizons(data, loss, levels).loss == pytest.approx(expected)


def test_each_loss_of_regressors_is_known_wherever_losses_are():
    from skseq.nn.networks.heads import _HEADS, head_of
    from skseq.nn.spec import ForecastSpec

    (losses,) = (option.options for option in Seq2SeqRegressor._parameter_constraints["loss"])
    assert losses == {*_HEADS, "quantile"}
    for loss in losses:
        levels = LEVELS if loss == "quantile" else ()
        spec = ForecastSpec(source_size=1, units=1, n_targets=1, loss=loss, levels=levels)
        assert spec.numbers_per_target == head_of(loss, levels).n_numbers
        constant_answer.of_horizons(horizons([[[0.0], [1.0]], [[2.0], [10.0]]]), loss, levels)


@pytest.mark.parametrize("loss", OF_ONE)
def test_horizons_as_heads_have_them(loss):
    """No numbers of a head lose less, and the best of them as much, for targets of other lengths and weights."""
    from skseq.nn.networks.heads import head_of

    draws, head = np.random.RandomState(1), head_of(loss, LEVELS)
    lengths, weight = np.arange(12) % 3 + 1, draws.rand(12)
    real = np.arange(3) < lengths[:, None]
    target, rows = draws.standard_t(3, size=(12, 3, 2)), {"weight": weight, "target_lengths": lengths}

    def least(k):
        def lost(numbers):
            losses = head.losses(np.tile(numbers, (real.sum(), 1, 1)), target[..., k][real][:, None])
            return np.average(np.asarray(losses)[:, 0], weights=np.repeat(weight, lengths))

        return minimize(lost, np.full(head.n_numbers, -1.0), method="Nelder-Mead", options={"maxiter": 150}).fun

    found = constant_answer.of_horizons(horizons(target, **rows), loss, LEVELS).loss
    assert found == pytest.approx((least(0) + least(1)) / 2, abs=1e-3)
    assert found < (least(0) + least(1)) / 2 + 1e-5


def test_limits_are_those_of_heads():
    from skseq.nn.networks import heads

    for name in ("LEAST_SCALE", "LEAST_DF"):
        assert getattr(constant_answer, name) == getattr(heads, name)


@pytest.mark.parametrize("loss", OF_ONE)
def test_many_numbers_are_found_as_few_are(loss, monkeypatch):
    target = np.random.RandomState(0).randn(1000, 3, 2)
    whole = constant_answer.of_horizons(horizons(target), loss, LEVELS).loss
    from skseq._data import scaling, training_data

    monkeypatch.setattr(scaling, "SORTED_VALUES", 2000)
    monkeypatch.setattr(training_data, "working_memory", lambda: 10_000)
    monkeypatch.setattr(constant_answer, "LOOKED_AT", 500)
    found = constant_answer.of_horizons(horizons(target), loss, LEVELS).loss
    assert found == pytest.approx(whole, rel=5e-3)
    assert found != whole


@pytest.mark.parametrize(("loss", "expected"), [("normal", 0.9189), ("student_t", 1.0008), ("quantile", None)])
def test_targets_that_never_vary(loss, expected):
    """Of a density they count as if their deviation were 1: log(2 pi) / 2, and -log of pi sqrt(3) / 2, by hand."""
    found = constant_answer.of_horizons(horizons(np.full((5, 2, 1), 3.0)), loss, LEVELS).loss
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-4))


@pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])
def test_counts_are_not_compared(loss):
    """Of counts of some thousands a hundredth of the loss is a tenth of a nat, which is much to learn."""
    assert constant_answer.of_horizons(horizons(np.ones((5, 2, 1))), loss).loss is None


def test_a_density_above_1_has_no_loss_to_compare_with():
    data = horizons(np.array([-0.01, 0.01]).reshape(2, 1, 1))
    assert constant_answer.of_horizons(data, "normal").loss is None
    assert constant_answer.of_horizons(data, "absolute_error").loss == pytest.approx(0.01)


def softplus_of(x):
    """The number whose softplus, from log(e - 1) on, is x."""
    return np.log(np.expm1(x)) - np.log(np.e - 1)


STEPS = [x[1:, None] * [1.0, 2.0] + [3.0, 0.0] for x in RAGGED]  # targets (h, 2) of the sequences
FLAT, EACH = np.concatenate(STEPS), np.repeat(WEIGHTS, [len(own) for own in STEPS])
MEAN = np.average(FLAT, axis=0, weights=EACH)
DEVIATION = np.sqrt(np.average((FLAT - MEAN) ** 2, axis=0, weights=EACH))
MEDIAN = [own[np.argsort(own)][np.searchsorted(np.cumsum(EACH[np.argsort(own)]), EACH.sum() / 2)] for own in FLAT.T]


@pytest.mark.parametrize(
    ("loss", "bias"),
    [
        ("squared_error", MEAN),
        ("absolute_error", MEDIAN),
        ("normal", np.stack([MEAN, softplus_of(DEVIATION - 1e-4)], axis=1).ravel()),
    ],
)
def test_forecasts(loss, bias):
    model = Seq2SeqRegressor(loss=loss, scale_targets=False, target_features=None)
    assert_same_loss(loss_of(model, {"output/bias": bias}, RAGGED, STEPS, WEIGHTS))


def test_what_a_linear_model_leaves_is_not_compared_with_a_constant():
    model = Seq2SeqRegressor(loss="absolute_error", linear=True, target_features=None)
    assert loss_of(model, {}, X, X[:, 0])[1].loss is None


@pytest.mark.parametrize("end", [False, True])
def test_densities(end):
    """Two normal distributions and a share of ones, and of all steps and ends the share of the ends."""
    paths = [np.stack([x, 2 * x[::-1], x > 0.3], axis=1) for x in RAGGED]
    flat, each = np.concatenate(paths), np.repeat(WEIGHTS, [len(own) for own in paths])
    mean = np.average(flat, axis=0, weights=each)
    deviation = np.sqrt(np.average((flat - mean) ** 2, axis=0, weights=each))[:2]
    share = WEIGHTS.sum() / each.sum()  # ends for each step
    bias = [0.0, *mean[:2], *softplus_of(np.sqrt(deviation**2 - 1e-6)), np.log(mean[2] / (1 - mean[2]))]
    model = SequenceGenerator(n_components=1, scale_inputs=False, end=end)
    assert_same_loss(loss_of(model, {"output/bias": bias + [np.log(share)] * end}, paths, None, WEIGHTS))


def test_a_density_of_what_never_varies():
    """log(2 pi) / 2 for it, as for a deviation of 1, and as much and 1 / 2 for one of deviation 1."""
    source = np.stack([np.full((2, 2), 7.0), [[1.0, -1.0], [-1.0, 1.0]]], axis=2)
    data = TrainingData({"source": source, "weight": np.ones(2)})
    assert constant_answer.of_densities(data, ((0, 1), ()), 1e-6, False).loss == pytest.approx(np.log(2 * np.pi) + 0.5)


def test_a_density_of_one_hot_columns():
    """Shares 1/2, 1/4 and 1/4 have log(2) / 2 + log(4) / 2, and a feature that is 1 half the time log(2)."""
    source = np.stack([np.insert(np.eye(3)[k], 1, flag) for k, flag in ((0, 0), (1, 1), (0, 1), (2, 0))])[None]
    data = TrainingData({"source": source, "weight": np.ones(1)})
    loss = constant_answer.of_densities(data, ((), (1,), (0, 2, 3)), 1e-6, False).loss
    assert loss == pytest.approx(2.5 * np.log(2))


def test_what_does_not_fit_into_memory_is_read_in_parts(monkeypatch):
    from skseq._data import training_data

    rows = {"target": np.arange(30).reshape(10, 3) % 4, "target_lengths": np.arange(10) % 3 + 1, "weight": np.ones(10)}
    data = TrainingData(rows, {"class_weight": np.ones(4)})
    whole = constant_answer.of_tokens(data, 4, "target_lengths")
    monkeypatch.setattr(training_data, "working_memory", lambda: 3 * 4 * 8 * 3)  # of three rows
    assert [len(part["target"]) for part in data.parts("target")] == [3, 3, 3, 1]
    assert constant_answer.of_tokens(data, 4, "target_lengths").loss == pytest.approx(whole.loss)
