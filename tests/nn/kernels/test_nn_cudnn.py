"""The stock layers that run on cuDNN where there is a GPU, here by loops of their own, against the engine's layers."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import SPECS, data_of, eager, gradients, lengths, make_rows, random_weights

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceRegressor
from skseq.nn.kernels import cudnn
from skseq.nn.kernels.cudnn import has_kernel
from skseq.nn.spec import PooledSpec

pytestmark = pytest.mark.usefixtures("eager")

SPEC = PooledSpec(source_size=3, units=4, sizes=(1,))


@pytest.fixture
def gpu(monkeypatch):
    """A GPU as far as the choice of a graph goes."""
    listed = tf.config.list_physical_devices
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind=None: ["GPU:0"] if kind == "GPU" else listed(kind)
    )


@pytest.mark.parametrize(
    "name",
    [
        "both-gru-2-layers-bidirectional-reversed",  # a code read at every step; GRU
        "state-lstm-bidirectional-reversed",  # a decoder without input
        "predict-held-back-conditional-lstm-2-layers-bidirectional",
        "recursive-lstm-2-layers",  # ids, initial states
        "recursive-gru-bidirectional-numeric",
        "direct-lstm-embedding",
        "bahdanau-recursive-gru-2-layers",
        "mean-gru-bidirectional-embedding-frozen",
        "mean-lstm-2-layers-regress",
    ],
)
def test_gradients_are_those_of_the_engines_layers(name):
    """On sequences of different lengths, with the same dropout masks."""
    own = replace(SPECS[name], dropout=True)
    rows = make_rows(own, n_timesteps=4, n_timesteps_out=3)
    rows["source_lengths"] = lengths([4, 3, 2])
    weights, data, options = random_weights(own), data_of(own, rows), {"dropout": 0.3}
    expected = gradients(eager(own), weights, data, **options)
    actual = gradients(eager(replace(own, cudnn=True)), weights, data, **options)
    for weight, gradient in actual.items():
        np.testing.assert_allclose(gradient, expected[weight], rtol=1e-9, atol=1e-12, err_msg=weight)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_sequence_without_steps_keeps_its_states(monkeypatch, cell):
    """cuDNN reads no row of a mask that is False all along: the kernel is given none."""
    layer, masks, rng = cudnn._layer(cell, 3, 2, "float64"), [], np.random.RandomState(0)
    call = layer.stateless_call

    def watched(*given, mask, **more):
        masks.append(mask)
        return call(*given, mask=mask, **more)

    monkeypatch.setattr(layer, "stateless_call", watched)
    monkeypatch.setattr(cudnn, "_layer", lambda *fields: layer)
    weights = {w.name: tf.constant(rng.normal(size=w.shape)) for w in layer.weights}
    states = [tf.constant(rng.normal(size=(2, 3))) for _ in range(2 if cell == "lstm" else 1)]
    mask = tf.constant([[True, False], [True, False]])[..., None]  # (t, b, 1)
    _, final = cudnn.stock_layer(cell, tf.constant(rng.normal(size=(2, 2, 2))), states, weights, mask)
    assert tf.reduce_all(masks[0])
    for before, after in zip(states, final):
        np.testing.assert_array_equal(after[1], before[1])
        assert (after[0] != before[0]).numpy().all()


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({}, True),
        ({"cell": "gru"}, True),
        ({"cell": "cho-gru"}, False),
        ({"activation": "relu"}, False),
        ({"recurrent_dropout": True}, False),
        ({"truncated": True}, False),
        ({"mixed": True}, False),
    ],
)
def test_which_layers_have_a_kernel(gpu, differs, expected):
    assert has_kernel(replace(SPEC, **differs)) == expected


def test_without_a_gpu_no_layer_has_one():
    assert has_kernel(SPEC) == bool(tf.config.list_physical_devices("GPU"))


@pytest.mark.parametrize(
    "estimator",
    [
        LSTMAutoencoderTransformer(units=3, epochs=2, random_state=0),
        SequenceRegressor(units=3, n_layers=2, epochs=2, random_state=0),
        Seq2SeqClassifier(units=3, attention=True, epochs=2, random_state=0),
    ],
)
def test_estimators_take_them_on_a_gpu_and_learn_the_same(request, estimator):
    rng = np.random.RandomState(0)
    X = [rng.randint(4, size=n).astype(float) for n in (3, 5, 4, 2)]
    y = None if isinstance(estimator, LSTMAutoencoderTransformer) else [0, 1, 1, 0]
    own = estimator.fit(X, y).weights_
    assert not estimator._spec.cudnn
    request.getfixturevalue("gpu")
    on_gpu = estimator.fit(X, y).weights_
    assert estimator._spec.cudnn
    for name, value in own.items():
        np.testing.assert_allclose(on_gpu[name], value, rtol=1e-4, atol=1e-5, err_msg=name)
