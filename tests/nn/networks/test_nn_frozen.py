"""A frozen encoder: a fixed feature map that no optimizer, penalty or clipping knows of."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from eager_network import EagerNetwork
from nn_tools import (
    RATES,
    SPECS,
    autoencoder_spec,
    data_of,
    eager,
    evaluate,
    gradients,
    make_rows,
    optimizer,
    pooled_spec,
    random_weights,
    seq2seq_spec,
    train,
)

from skseq.nn.networks.weights import as_array
from skseq.nn.training.fitting import FitOptions, fit_network

FROZEN = {
    "autoencoder": autoencoder_spec(code="both", bidirectional=True, frozen=True),
    "seq2seq": seq2seq_spec(attention="bahdanau", embedding_dim=2, n_layers=2, frozen=True),
    "recurrent": SPECS["mean-gru-bidirectional-embedding-frozen"],
}
every_kind = pytest.mark.parametrize("spec", FROZEN.values(), ids=FROZEN)
ADAMW = optimizer("AdamW", learning_rate=0.1, weight_decay=0.1)


def is_frozen(name):
    return name.startswith(("encoder/", "embedding"))


def test_what_is_frozen():
    spec = FROZEN["seq2seq"]
    moving = [name for name in random_weights(spec) if spec.trains(name)]
    assert moving == [name for name in random_weights(spec) if not is_frozen(name)]
    assert all(replace(spec, frozen=False).trains(name) for name in random_weights(spec))


@every_kind
def test_the_encoder_stays_bit_for_bit(spec):
    """Under weight decay, penalties and moving averages, with dropout; all else moves."""
    config = {"learning_rate": 0.1, "weight_decay": 0.1, "use_ema": True, "ema_overwrite_frequency": 2}
    spec = replace(spec, optimizer=optimizer("AdamW", **config), penalty=True, dropout=True, recurrent_dropout=True)
    runner, weights, data = EagerNetwork(spec), random_weights(spec), data_of(spec, make_rows(spec))
    rates = {"l1": 0.1, "l2": 0.1, "dropout": 0.2, "recurrent_dropout": 0.2}
    _, done, _ = train(runner, weights, data, [[0, 1], [2, -1], [1, 0]], **rates)
    runner.store.finalize()
    assert done == 3
    for name, value in runner.store.weights().items():
        assert np.array_equal(value, weights[name]) == is_frozen(name), name


@every_kind
def test_the_optimizer_is_of_trained_weights_only(spec):
    runner = EagerNetwork(replace(spec, optimizer=ADAMW))
    moving = [value.shape for name, value in random_weights(spec).items() if not is_frozen(name)]
    slots = [slot.shape for slot in runner.store.slots() if slot.ndim]  # but iterations and the learning rate
    assert sorted(slots) == sorted(2 * moving)  # Adam's two moments


@every_kind
def test_the_gradient_of_the_rest_is_that_of_the_whole(spec):
    """Also with penalties, which leave out frozen weights; so does the norm."""
    weights, data = random_weights(spec), data_of(spec, make_rows(spec))
    spec = replace(spec, penalty=True)
    whole = gradients(eager(replace(spec, frozen=False)), weights, data, l1=0.25, l2=0.5)
    totals, *_ = train(eager(spec), weights, data, l1=0.25, l2=0.5)
    rest = gradients(eager(spec), weights, data, l1=0.25, l2=0.5)
    for name, gradient in rest.items():
        expected = np.zeros_like(gradient) if is_frozen(name) else whole[name]
        np.testing.assert_allclose(gradient, expected, atol=1e-14, err_msg=name)
    norm = np.sqrt(sum((g**2).sum() for name, g in whole.items() if not is_frozen(name)))
    np.testing.assert_allclose(totals["gradient_norm"], [norm, 1], rtol=1e-12)


def test_a_frozen_encoder_has_no_dropout():
    """Recurrent dropout changes nothing in a network whose only recurrent layers are frozen."""
    spec = pooled_spec(bidirectional=True, recurrent_dropout=True, frozen=True)
    weights, data = random_weights(spec), data_of(spec, make_rows(spec))
    loss = train(eager(spec), weights, data, recurrent_dropout=0.5)[0]["loss"]
    np.testing.assert_array_equal(loss, evaluate(eager(spec), weights, data)["loss"])
    thawed = eager(replace(spec, frozen=False))
    assert train(thawed, weights, data, recurrent_dropout=0.5)[0]["loss"][0] != pytest.approx(loss[0], rel=1e-3)


class Watch(keras.callbacks.Callback):
    """What a callback sees of the model."""

    seen = {}

    def on_epoch_end(self, epoch, logs=None):
        self.seen["trained"] = sorted(v.path for v in self.model.trainable_weights)
        self.seen["fixed"] = sorted(v.path for v in self.model.non_trainable_weights)
        self.seen["weights"] = {v.path: as_array(v) for v in self.model.weights}


@every_kind
def test_callbacks_see_a_model_whose_encoder_is_not_trainable(spec):
    spec = replace(spec, optimizer=ADAMW)
    runner, weights, data = EagerNetwork(spec), random_weights(spec), data_of(spec, make_rows(spec))
    options = FitOptions(epochs=2, batch_size=2, rates=RATES, callbacks=[Watch()])
    result = fit_network(runner, data, options, weights=weights, rng=np.random.RandomState(0), n_timesteps=(4, 3))
    assert all(path.startswith(("encoder_", "embedding/")) for path in Watch.seen["fixed"])
    assert not any(path.startswith(("encoder_", "embedding/")) for path in Watch.seen["trained"])
    assert len(Watch.seen["fixed"]) == sum(is_frozen(name) for name in weights)
    for name, value in result.weights.items():
        assert np.array_equal(value, weights[name]) == is_frozen(name), name
    np.testing.assert_array_equal(Watch.seen["weights"]["output/bias"], result.weights["output/bias"])
