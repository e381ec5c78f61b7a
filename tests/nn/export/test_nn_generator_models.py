"""Generators as stock Keras models: what the network says after every step, here and read from a file."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from nn_tools import generator_spec, make_rows, network_of, random_weights

from skseq import SequenceGenerator
from skseq.nn.export.models import build_models
from skseq.nn.export.stock_layers import get_weights, set_weights
from skseq.nn.networks import mixtures
from skseq.nn.networks.noise import SILENCE

pytestmark = pytest.mark.usefixtures("eager")

TIED = {"ends": True, "tied": True, "embedding_dim": 2}
SPECS = {
    "ids-cho-gru": generator_spec(cell="cho-gru"),
    "ids-end-embedding-vectors-2-layers": generator_spec(
        ends=True, embedding_dim=2, condition="vectors", condition_size=2, n_layers=2
    ),
    "ids-end-tied-labels-gru": generator_spec(**TIED, condition="labels", condition_size=2, cell="gru"),
    "ids-tied-relu": generator_spec(tied=True, embedding_dim=3, activation="relu"),
    "one-id-tied": generator_spec(source_size=2, tied=True, embedding_dim=3),
    "numbers": generator_spec(tokens=False),
    "numbers-one-component": generator_spec(tokens=False, n_components=1, n_layers=2, cell="gru"),
    "numbers-full-binary-end-labels": generator_spec(
        tokens=False, correlated=True, reg_covar=0.01, binary=(1,), ends=True, condition="labels", condition_size=2
    ),
    "numbers-one-hot": generator_spec(tokens=False, source_size=5, binary=(0, 1, 2, 4), one_hot=((0, 4),), ends=True),
    "numbers-binary-alone": generator_spec(tokens=False, binary=(0, 1, 2), ends=True),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def said_by_network(spec, weights, rows):
    """What follows the start and every step, a list of (b, t + 1, ...)."""
    network = network_of(spec)
    weights, rows = ({name: tf.constant(x) for name, x in part.items()} for part in (weights, rows))
    hidden, _, _ = network._run(weights, rows, network._inputs(rows), None, SILENCE)
    outputs = network._outputs(weights, hidden, SILENCE)
    if spec.tokens:
        return [np.swapaxes(tf.nn.softmax(outputs), 0, 1)]
    mixture, end = mixtures.read_mixture(spec, outputs)
    said = [tf.exp(mixture.log_weights), mixture.means, mixture.deviations] if spec.n_continuous else []
    ones = network._joined(*mixtures.mean(mixture)).numpy()[..., list(spec.binary)]
    said += [mixture.correlation] * spec.correlated + [ones] * bool(spec.binary)
    return [np.swapaxes(x, 0, 1) for x in said + ([tf.sigmoid(end)] if spec.ends else [])]


def exported(spec):
    weights, (models, bindings) = random_weights(spec), build_models(spec, 4, 0)
    set_weights(bindings, weights)
    return weights, models, bindings


def as_list(outputs):
    return [np.array(x) for x in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def assert_close(found, expected, atol=1e-12):
    for actual, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(actual, right, rtol=1e-12, atol=atol)


@every_spec
def test_models_equal_the_network(spec, tmp_path):
    """At any length, from a file too, and step by step from the states after a beginning."""
    weights, models, _ = exported(spec)
    rows = {name: x for name, x in make_rows(spec, n_timesteps=5).items() if name != "weight"}
    for name, model in models.items():
        model.save(tmp_path / f"{name}.keras")
    expected, condition = said_by_network(spec, weights, rows), [rows["condition"]] if spec.condition else []
    for read in (models, {name: keras.models.load_model(tmp_path / f"{name}.keras") for name in models}):
        for n in (5, 0):
            source = [rows["source"][:, :n], *condition]
            found = read["model"](source if condition else source[0])
            assert isinstance(found, list) == (len(expected) > 1)
            assert_close(as_list(found), [x[:, : n + 1] for x in expected])
        alone = [x[:1] for x in (rows["source"][:, : spec.units - 1], *condition)]  # as many steps as units
        assert_close(as_list(read["model"](alone if condition else alone[0])), [x[:1, : spec.units] for x in expected])
        begun = [rows["source"][:, :2], *condition]
        outputs = as_list(read["encoder_model"](begun if condition else begun[0]))
        for t in (2, 3, 4):
            assert_close(outputs[: len(expected)], [x[:, t] for x in expected])
            states = outputs[len(expected) :]
            outputs = as_list(read["decoder_model"]([rows["source"][:, t], *condition, *states]))


@every_spec
def test_weights_come_back_as_they_went_in(spec):
    weights, models, bindings = exported(spec)
    back = get_weights(bindings, {name: np.full_like(value, np.nan) for name, value in weights.items()})
    assert set(back) == set(weights)
    for name, value in weights.items():
        np.testing.assert_array_equal(back[name], value, err_msg=name)
    for model in models.values():
        assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)


def test_a_tied_table_is_held_once():
    """What a callback writes into the embedding is what the output layer multiplies with."""
    _, models, _ = exported(SPECS["ids-tied-relu"])
    shapes = [tuple(variable.shape) for variable in models["model"].weights]
    assert shapes.count((4, 3)) == 1
    before = np.array(models["model"](np.array([[1]])))
    embedding = models["model"].get_layer("embedding").weights[0]
    embedding.assign_add(np.eye(4, 3))  # of the id 3 nothing changes
    assert np.abs(np.array(models["model"](np.array([[3]])))[:, :, 2] - before[:, :, 2]).max() > 1e-3


# --- estimators -------------------------------------------------------------------------------------------------------

SMALL = {"units": 3, "epochs": 2, "random_state": 0, "dtype": "float64"}


def test_models_of_numbers_are_in_the_units_of_the_data():
    """The mean of the mixture after a beginning is the prediction; the density at one step is what is scored."""
    rng = np.random.RandomState(0)
    X = np.stack([1000 + 30 * rng.randn(12, 5), rng.rand(12, 5) < 0.5, 0.01 * rng.randn(12, 5)], 2)
    y = 50 + rng.randn(12, 2)
    model = SequenceGenerator(**SMALL, n_components=2).fit(X, y)
    weights, means, deviations, ones = as_list(model.model_([X, y]))
    expected = model.predict(X, y)
    np.testing.assert_allclose((weights[:, -1, :, None] * means[:, -1]).sum(1), expected[:, [0, 2]], rtol=1e-9)
    np.testing.assert_allclose(ones[:, -1, 0], expected[:, 1], rtol=1e-9)
    z = (X[:, :1, [0, 2]] - means[:, 0]) / deviations[:, 0]  # (n, k, d)
    densities = np.exp(-np.square(z).sum(-1) / 2) / deviations[:, 0].prod(-1) / (2 * np.pi)
    p = (weights[:, 0] * densities).sum(1) * np.where(X[:, 0, 1], ones[:, 0, 0], 1 - ones[:, 0, 0])
    np.testing.assert_allclose(np.log(p), [steps[0] for steps in model.score_timesteps(X, y)], rtol=1e-9)


def test_models_write_what_the_estimator_does():
    """Greedily, from nothing, which is no sequence yet, and from a beginning."""
    words, labels = ["banana", "canal", "panama", "ban"] * 3, ["b", "c", "p", "b"] * 3
    model = SequenceGenerator(**SMALL, analyzer="char", embedding_dim=3, tie_embeddings=True, search="greedy")
    model.fit(words, labels)
    letters = np.array([*model.vocabulary_])  # of class 0, 1, ...
    for prefix in ("", "ba"):
        ids = np.array([[model.vocabulary_[letter] for letter in prefix]], np.int32)
        condition, written = np.array([1], np.int32), prefix  # "c"
        probs, *states = as_list(model.encoder_model_([ids, condition]))
        while len(written) < model.max_length_:
            best = int(np.argmax(probs[0, : len(letters) + bool(written)]))
            if best == len(letters):
                break
            written += letters[best]
            probs, *states = as_list(model.decoder_model_([np.array([best + 1]), condition, *states]))
        assert model.sample(y="c", prefix=prefix) == [written]


@pytest.mark.parametrize("x", ["to be or not to be, that is", ["to be", "or not", "to be"]], ids=["carried", "several"])
def test_callbacks_see_the_network(x):
    """At the end of training its model says what the estimator does; what a callback changes goes into the fit."""
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(np.array(self.model(np.array([[1, 2]])))[0, -1])
            if epoch == 1:
                self.model.stop_training = True

    settings = SMALL | {"epochs": 5, "window": 8, "analyzer": "char", "callbacks": [Watch()]}
    model = SequenceGenerator(**settings).fit(x)
    assert model.n_iter_ == len(seen) == 2
    ids = {k: token for token, k in model.vocabulary_.items()}
    np.testing.assert_allclose(model.predict_proba([ids[1] + ids[2]])[0], seen[-1], rtol=1e-9)
