"""LSTM layers that are one operation, against the engine's loop and the stock layer of Keras."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from nn_tools import SPECS, compiled, data_of, eager, gradients, lengths, make_rows, of_dtype, random_weights

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceClassifier
from skseq.nn.kernels import block_lstm
from skseq.nn.kernels.block_lstm import block_layer, has_kernel
from skseq.nn.spec import PooledSpec
from skseq.nn.training.plan import BLOCK_BATCH_UNITS, BLOCK_UNITS

SPEC = PooledSpec(source_size=3, units=4, sizes=(1,))
N_TIMESTEPS, N_SAMPLES, N_FEATURES, UNITS = 5, 3, 2, 4


def operations(function):
    """Types of all operations of a graph, those of its inner functions included."""
    graph = function.graph.as_graph_def()
    return {node.op for part in (graph.node, *(f.node_def for f in graph.library.function)) for node in part}


@pytest.mark.parametrize("ragged", [False, True])
def test_it_is_the_stock_layer(ragged):
    """Outputs on real steps, final states, and gradients of all that flows in, initial states included."""
    rng = np.random.RandomState(0)
    layer = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True)
    x = tf.constant(rng.normal(size=(N_TIMESTEPS, N_SAMPLES, N_FEATURES)), tf.float32)
    states = [tf.constant(rng.normal(size=(N_SAMPLES, UNITS)), tf.float32) for _ in range(2)]
    layer.build((None, None, N_FEATURES))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    weights = dict(zip(("kernel", "recurrent_kernel", "bias"), (w.value for w in layer.weights)))
    real = tf.transpose(tf.sequence_mask([5, 1, 3] if ragged else [N_TIMESTEPS] * N_SAMPLES, N_TIMESTEPS))[..., None]
    read = rng.normal(size=(N_TIMESTEPS, N_SAMPLES, UNITS)) * real.numpy()  # nothing else reads what is padding
    read_last = rng.normal(size=(2, N_SAMPLES, UNITS))

    def stock():
        mask = tf.transpose(real[..., 0]) if ragged else None
        outputs, *final = layer(tf.transpose(x, [1, 0, 2]), initial_state=states, mask=mask)
        return tf.transpose(outputs, [1, 0, 2]), final

    def found(run):
        with tf.GradientTape() as tape:
            tape.watch([x, *states, *weights.values()])
            outputs, final = run()
            total = tf.reduce_sum(outputs * read) + sum(tf.reduce_sum(s * r) for s, r in zip(final, read_last))
        return [total, *final, *tape.gradient(total, [x, *states, *weights.values()])]

    def ours():
        own = {name: tf.identity(value) for name, value in weights.items()}
        return block_layer(x, states, own, real if ragged else None)

    expected, actual = found(stock), found(ours)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "name",
    [
        "repeated-lstm",  # the code is read at every step
        "state-lstm-bidirectional-reversed",  # a decoder without input
        "predict-held-back-conditional-lstm-2-layers-bidirectional",
        "direct-lstm-embedding",
        "recursive-lstm-2-layers",  # ids
        "last-lstm-bidirectional-2-labels",
        "mean-lstm-2-layers-regress",
        "attention-lstm-embedding",
    ],
)
def test_gradients_are_those_of_the_engines_layers(name, monkeypatch):
    """On sequences of different lengths, with the same dropout masks."""
    loop = of_dtype(replace(SPECS[name], dropout=True), "float32")
    rows = make_rows(loop, n_timesteps=4, n_timesteps_out=3)
    rows["source_lengths"] = lengths([4, 3, 2])
    weights, data, options = random_weights(loop), data_of(loop, rows), {"dropout": 0.3}
    calls, gradient_of_block = [], block_lstm.block_lstm_gradient
    monkeypatch.setattr(
        block_lstm, "block_lstm_gradient", lambda **given: calls.append(name) or gradient_of_block(**given)
    )
    expected = gradients(eager(loop), weights, data, **options)
    assert not calls
    actual = gradients(eager(replace(loop, block=True)), weights, data, **options)
    assert calls
    for weight, gradient in actual.items():
        np.testing.assert_allclose(gradient, expected[weight], rtol=1e-4, atol=2e-6, err_msg=weight)


def test_on_a_gpu_no_layer_has_one(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: ["GPU:0"])
    assert not has_kernel(SPEC)


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({}, True),
        ({"cell": "gru"}, False),
        ({"activation": "relu"}, False),
        ({"dtype": "float64"}, False),
        ({"recurrent_dropout": True}, False),
        ({"truncated": True}, False),
        ({"mixed": True}, False),
    ],
)
def test_which_layers_have_a_kernel(differs, expected):
    assert has_kernel(replace(SPEC, **differs)) == (expected and not tf.config.list_physical_devices("GPU"))


@pytest.mark.parametrize(
    ("source_size", "fields", "in_training", "in_prediction"),
    [
        (3, {}, True, True),
        (4, {}, False, False),  # more features than units
        (3, {"jit_compile": True}, False, True),  # XLA has no such operation
        (3, {"block": False}, False, False),
    ],
)
def test_where_graphs_have_the_operation(source_size, fields, in_training, in_prediction):
    spec = of_dtype(replace(SPECS["mean-lstm-2-layers-regress"], source_size=source_size, n_layers=1), "float32")
    runner = compiled(replace(spec, **{"block": True} | fields))
    rows, weights = make_rows(spec), random_weights(spec)
    gradients(runner, weights, data_of(spec, rows))
    runner.predict("values", data_of(spec, rows))
    found = {key[0]: "BlockLSTMV2" in operations(function) for key, function in runner._functions.items()}
    assert found == {"_train": in_training, "values": in_prediction}


@pytest.mark.parametrize("embedding_dim", [None, 2])
def test_a_frozen_encoder_is_none_where_xla_reads_the_graph(embedding_dim):
    """Its layers never learn, but XLA reads them all the same, as part of the update."""
    tokens = {"tokens": True, "embedding_dim": 2, "source_size": 5} if embedding_dim else {}
    spec = of_dtype(replace(SPECS["mean-lstm-2-layers-regress"], frozen=True, block=True, **tokens), "float32")
    rows, weights = make_rows(spec), random_weights(spec)
    expected = gradients(eager(spec), weights, data_of(spec, rows))
    actual = gradients(compiled(replace(spec, jit_compile=True)), weights, data_of(spec, rows))
    for weight, gradient in actual.items():
        np.testing.assert_allclose(gradient, expected[weight], rtol=1e-4, atol=2e-6, err_msg=weight)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, True),
        ({"units": BLOCK_UNITS, "batch_size": BLOCK_BATCH_UNITS // BLOCK_UNITS}, True),
        ({"units": BLOCK_UNITS + 1, "batch_size": 1}, False),
        ({"units": 4, "batch_size": BLOCK_BATCH_UNITS}, True),  # of six samples
        ({"cell": "gru"}, False),
        ({"unroll": True}, False),
    ],
)
def test_small_networks_take_it(parameters, expected):
    X = np.random.RandomState(0).normal(size=(6, 4, 1))
    transformer = LSTMAutoencoderTransformer(**{"units": 3, "epochs": 1, "random_state": 0} | parameters).fit(X)
    assert transformer._spec.block == expected


@pytest.mark.parametrize(
    "estimator",
    [
        LSTMAutoencoderTransformer(units=3, n_layers=2, dropout=0.2, epochs=2, random_state=0),
        SequenceClassifier(units=3, cell="lstm", bidirectional=True, epochs=2, random_state=0),
        Seq2SeqClassifier(units=3, attention="dot", cell="lstm", bidirectional=False, epochs=2, random_state=0),
    ],
)
def test_estimators_learn_and_say_the_same_with_it(estimator, monkeypatch):
    """Ragged numbers: after two epochs the loop has the same weights; a limit of 0 units turns to it."""
    rng = np.random.RandomState(0)
    X = [rng.normal(size=(n, 1)) for n in (3, 5, 4, 2)]
    y = None if isinstance(estimator, LSTMAutoencoderTransformer) else [0, 1, 1, 0]
    found = []
    for limit in (BLOCK_UNITS, 0):
        monkeypatch.setattr("skseq.nn.training.plan.BLOCK_UNITS", limit)
        fitted = estimator.fit(X, y)
        assert fitted._spec.block == bool(limit)
        said = fitted.transform(X) if y is None else fitted.predict_proba(X)
        found.append((*fitted.weights_.values(), said))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
