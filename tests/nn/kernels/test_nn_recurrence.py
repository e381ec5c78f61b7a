"""Recurrent layers against the stock Keras layers on the same weights, and against recurrences written out."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from nn_tools import autoencoder_spec, eager, lengths, predict, random_weights, recurrent, recurrent_step

from skseq._base import estimator
from skseq.export import _encoder
from skseq.nn.export import stock_layers
from skseq.nn.kernels.cells import CELLS
from skseq.nn.kernels.draws import Draws
from skseq.nn.networks import encoder
from skseq.nn.networks.layer import project
from skseq.nn.networks.noise import Noise, dropout_mask

N_SAMPLES, N_TIMESTEPS, N_FEATURES, UNITS = 3, 4, 2, 3
MASK = np.arange(N_TIMESTEPS) < np.array([[4], [1], [2]])
STOCK = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "cho-gru": partial(keras.layers.GRU, reset_after=False),
}
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}


def numbers(cell, dtype, n_timesteps=N_TIMESTEPS, seed=0):
    """Inputs, initial states and weights as tensors."""
    rng = np.random.RandomState(seed)
    gates = CELLS[cell].n_gates * UNITS
    shapes = [(N_FEATURES, gates), (UNITS, gates), (2, gates) if cell == "gru" else (gates,)]
    x = tf.constant(rng.normal(size=(N_SAMPLES, n_timesteps, N_FEATURES)), dtype)
    states = [tf.constant(rng.normal(size=(N_SAMPLES, UNITS)), dtype) for _ in range(2 if cell == "lstm" else 1)]
    return x, states, [tf.constant(rng.normal(scale=0.7, size=shape), dtype) for shape in shapes]


def test_every_cell_is_known_by_its_name():
    """To parameters, specs, exported models and ONNX files."""
    assert set(CELLS) == estimator.CELLS == set(STOCK) == set(stock_layers._KINDS)
    assert set(CELLS) == set(_encoder._KINDS) == set(_encoder._GATES)
    assert [autoencoder_spec(cell=cell).n_states for cell in CELLS] == [cell.n_states for cell in CELLS.values()]


def stock_layer(cell, weights, **options):
    layer = STOCK[cell](UNITS, return_sequences=True, return_state=True, dtype=weights[0].dtype.name, **options)
    layer.build((None, None, weights[0].shape[0]))
    layer.set_weights(weights)
    return layer


def results_and_gradients(run, watched):
    """What ``run()`` gives, flat, and the gradients of a sum in which every element has its own coefficient."""
    with tf.GradientTape() as tape:
        tape.watch(watched)
        results = tf.nest.flatten(run())
        total = 0
        for k, result in enumerate(results):
            coefficients = np.random.RandomState(k).normal(size=result.shape)
            total += tf.reduce_sum(result * tf.constant(coefficients, result.dtype))
    return results, tape.gradient(total, watched)


def assert_all_close(actual, expected, tolerance):
    assert len(actual) == len(expected)
    for a, b in zip(actual, expected):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    ("activation", "unroll", "dtype"),
    [("tanh", False, "float32"), ("tanh", True, "float64"), ("relu", False, "float64")],
    ids=["float32", "unrolled", "relu"],
)
@pytest.mark.parametrize("masked", [False, True], ids=["full", "masked"])
@pytest.mark.parametrize("cell", CELLS)
def test_layer_equals_stock_keras(cell, masked, activation, unroll, dtype):
    """Outputs, final states, the gradients by inputs, initial states and all weights; outputs where none is wanted."""
    x, states, weights = numbers(cell, dtype)
    layer = stock_layer(cell, weights, activation=activation)
    mask = MASK if masked else None
    options = {"activation": activation, "mask": mask, "unroll": unroll}
    actual = results_and_gradients(lambda: recurrent(cell, x, states, weights, **options), [x, *states, *weights])
    variables = [v.value for v in layer.trainable_variables]
    expected = results_and_gradients(lambda: layer(x, initial_state=states, mask=mask), [x, *states, *variables])
    assert_all_close(actual[0], expected[0], TOLERANCE[dtype])
    assert_all_close(actual[1], expected[1], TOLERANCE[dtype])
    assert all(np.abs(gradient).max() > 1e-3 for gradient in actual[1])
    read = tf.nest.flatten(recurrent(cell, x, states, weights, **options, learns=False))
    assert_all_close(read, expected[0], TOLERANCE[dtype])


def written_out(cell, x, states, weights, drop, mask, bptt_steps=None, ends=(0,)):
    """The textbook recurrence, one line per equation, differentiated by TensorFlow.

    Where a chunk of ``bptt_steps``, counted from ``ends`` in both directions, begins, the samples for which the step
    counts start from constants.
    """
    K, U, b = weights
    outputs = []
    for t in range(x.shape[1]):
        if bptt_steps is not None and t > 0:
            begins = mask[:, t, None] & ((t - np.asarray(ends)) % bptt_steps == 0)[:, None]
            states = [tf.where(begins, tf.stop_gradient(state), state) for state in states]
        h = states[0]
        if cell == "lstm":
            i, f, g, o = tf.split(x[:, t] @ K + (h * drop) @ U + b, 4, axis=-1)
            c = tf.sigmoid(f) * states[1] + tf.sigmoid(i) * tf.tanh(g)
            new = [tf.sigmoid(o) * tf.tanh(c), c]
        elif cell == "cho-gru":
            xz, xr, xh = tf.split(x[:, t] @ K + b, 3, axis=-1)
            Uz, Ur, Uh = tf.split(U, 3, axis=-1)
            z, r = tf.sigmoid(xz + (h * drop) @ Uz), tf.sigmoid(xr + (h * drop) @ Ur)
            new = [z * h + (1 - z) * tf.tanh(xh + (r * h * drop) @ Uh)]
        else:
            xz, xr, xh = tf.split(x[:, t] @ K + b[0], 3, axis=-1)
            iz, ir, ih = tf.split((h * drop) @ U + b[1], 3, axis=-1)
            z = tf.sigmoid(xz + iz)
            new = [z * h + (1 - z) * tf.tanh(xh + tf.sigmoid(xr + ir) * ih)]
        states = [tf.where(mask[:, t, None], after, before) for after, before in zip(new, states)]
        outputs.append(states[0])
    return tf.stack(outputs, 1), states


@pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])
@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_dropout_equals_the_recurrence_written_out(cell, unroll):
    x, states, weights = numbers(cell, "float64")
    drop = tf.constant([[0.0, 2.0, 2.0], [2.0, 0.0, 0.0], [2.0, 2.0, 0.0]], "float64")
    watched = [x, *states, *weights]
    actual = results_and_gradients(
        lambda: recurrent(cell, x, states, weights, drop=drop, mask=MASK, unroll=unroll), watched
    )
    expected = results_and_gradients(lambda: written_out(cell, x, states, weights, drop, MASK), watched)
    assert_all_close(actual[0], expected[0], 1e-10)
    assert_all_close(actual[1], expected[1], 1e-10)


@pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])
@pytest.mark.parametrize("mask", [MASK, np.ones_like(MASK)], ids=["masked", "full"])
@pytest.mark.parametrize("bptt_steps", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_truncated_gradients_equal_the_recurrence_with_constants_at_the_cuts(cell, bptt_steps, mask, unroll):
    x, states, weights = numbers(cell, "float64", n_timesteps=4)
    drop = tf.constant([[0.0, 2.0, 2.0], [2.0, 0.0, 2.0], [2.0, 2.0, 0.0]], "float64")
    watched, options = [x, *states, *weights], {"drop": drop, "mask": mask, "bptt_steps": bptt_steps}
    actual = results_and_gradients(lambda: recurrent(cell, x, states, weights, unroll=unroll, **options), watched)
    expected = results_and_gradients(lambda: written_out(cell, x, states, weights, **options), watched)
    assert_all_close(actual[0], expected[0], 1e-10)
    assert_all_close(actual[1], expected[1], 1e-10)
    full = results_and_gradients(lambda: recurrent(cell, x, states, weights, drop=drop, mask=mask), watched)
    assert all(np.abs(a - b).max() > 1e-3 for a, b in zip(actual[1], full[1]))


@pytest.mark.parametrize("cell", CELLS)
def test_chunks_as_long_as_the_sequence_cut_nothing(cell):
    x, states, weights = numbers(cell, "float64")
    watched = [x, *states, *weights]
    _, full = results_and_gradients(lambda: recurrent(cell, x, states, weights), watched)
    for bptt_steps in (N_TIMESTEPS, N_TIMESTEPS + 1):
        _, cut = results_and_gradients(lambda k=bptt_steps: recurrent(cell, x, states, weights, bptt_steps=k), watched)
        assert_all_close(cut, full, 1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_chunks_are_counted_in_the_order_in_which_a_direction_reads(cell):
    """Both directions of an encoder count chunks backwards from the step they read last."""
    spec = autoencoder_spec(cell=cell, bidirectional=True, truncated=True)
    names = [f"encoder/0/{way}{w}" for way in ("", "backward/") for w in ("kernel", "recurrent_kernel", "bias")]
    weights = {name: tf.constant(value) for name, value in random_weights(spec).items() if name in names}
    x, n_steps, mask = numbers(cell, "float64")[0], np.array([4, 1, 3]), np.arange(N_TIMESTEPS) < [[4], [1], [3]]
    first = [tf.zeros([N_SAMPLES, UNITS], tf.float64)] * spec.n_states

    def encode():
        noise = Noise(spec, {"bptt_steps": tf.constant(2)}, tf.constant([0, 0]))
        outputs, [states] = encoder.encode(spec, weights, tf.transpose(x, [1, 0, 2]), n_steps, noise)
        return tf.transpose(outputs, [1, 0, 2]), states

    def read_both_ways():
        forward, backward = ([weights[name] for name in some] for some in (names[:3], names[3:]))
        turned = tf.reverse_sequence(x, n_steps, seq_axis=1)
        outputs, states = written_out(cell, x, first, forward, 1, mask, 2, n_steps)
        turned, turned_states = written_out(cell, turned, first, backward, 1, mask, 2, n_steps)
        turned = tf.reverse_sequence(turned, n_steps, seq_axis=1)
        return tf.concat([outputs, turned], -1), [tf.concat(pair, -1) for pair in zip(states, turned_states)]

    watched = [x, *weights.values()]
    actual, expected = (results_and_gradients(run, watched) for run in (encode, read_both_ways))
    assert_all_close(actual[0], expected[0], 1e-10)
    assert_all_close(actual[1], expected[1], 1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_chunks_of_one_step_by_hand(cell):
    """The last output depends on the last input and on no earlier one, the first one on the initial states too."""
    x, states, weights = numbers(cell, "float64")

    def gradient(t):
        with tf.GradientTape() as tape:
            tape.watch([x, *states])
            total = tf.reduce_sum(recurrent(cell, x, states, weights, bptt_steps=1)[0][:, t])
        return [np.array(g) for g in tape.gradient(total, [x, *states])]

    by_input, *by_states = gradient(N_TIMESTEPS - 1)
    assert np.abs(by_input[:, -1]).min() > 0
    assert not by_input[:, :-1].any()
    assert not any(g.any() for g in by_states)
    assert all(np.abs(g).min() > 0 for g in gradient(0)[1:])


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("cell", CELLS)
def test_steps_equal_the_layer(cell, activation):
    x, states, weights = numbers(cell, "float64")
    drop = tf.constant([[0.0, 2.0, 2.0]], "float64")
    outputs, final = recurrent(cell, x, states, weights, activation=activation, drop=drop)
    for t in range(N_TIMESTEPS):
        states = recurrent_step(cell, x[:, t], states, weights, activation=activation, drop=drop)
        np.testing.assert_allclose(states[0], outputs[:, t], atol=1e-12)
    assert_all_close(states, final, 1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_a_masked_step_passes_its_states_on(cell):
    x, states, weights = numbers(cell, "float64")
    outputs, final = recurrent(cell, x, states, weights, mask=MASK)
    np.testing.assert_array_equal(outputs[1, 1:], np.tile(outputs[1, 0], (3, 1)))
    np.testing.assert_array_equal(final[0], outputs[:, -1])
    after_one = recurrent(cell, x[:, :1], states, weights)[1]
    np.testing.assert_allclose([state[1] for state in final], [state[1] for state in after_one], atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_stacked_bidirectional_encoder_equals_stock_keras(cell):
    """Outputs at real steps and final states, by lengths here and by mask there."""
    spec = autoencoder_spec(cell=cell, n_layers=2, bidirectional=True)
    weights, n_steps = random_weights(spec), lengths([4, 1, 2])
    x = np.random.RandomState(0).normal(size=(N_SAMPLES, N_TIMESTEPS, N_FEATURES))
    outputs, mask = tf.constant(x), tf.constant(MASK)
    for layer in range(2):
        stock = STOCK[cell](UNITS, return_sequences=True, return_state=True, dtype="float64")
        both = keras.layers.Bidirectional(stock, dtype="float64")
        both.build(outputs.shape)
        for own, name in ((both.forward_layer, ""), (both.backward_layer, "/backward")):
            own.set_weights([weights[f"encoder/{layer}{name}/{w}"] for w in ("kernel", "recurrent_kernel", "bias")])
        outputs, *states = both(outputs, mask=mask)
    n_states = len(states) // 2
    expected = [np.concatenate(pair, -1) for pair in zip(states[:n_states], states[n_states:])]
    rows = {"source": x, "source_lengths": n_steps}
    sequence = predict(eager(spec), weights, "sequence", rows)
    np.testing.assert_allclose(sequence[MASK], np.array(outputs)[MASK], atol=1e-12)
    np.testing.assert_allclose(predict(eager(spec), weights, "states", rows), np.concatenate(expected, -1), atol=1e-12)


def test_dropout_mask_keeps_the_expectation():
    """Zeros at the given rate, 1 / (1 - rate) elsewhere; 5 standard deviations of 40,000 coins are allowed."""
    mask = np.array(dropout_mask(Draws([1, 2]).uniform(1, [200, 200], tf.float64), 0.3))
    np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.7])
    assert abs(np.mean(mask == 0) - 0.3) < 5 * np.sqrt(0.3 * 0.7 / mask.size)


def noise_of(seed=(3, 0)):
    spec = autoencoder_spec(dropout=True, recurrent_dropout=True)
    rates = {name: tf.constant(0.5, tf.float64) for name in ("dropout", "recurrent_dropout")}
    return Noise(spec, rates, tf.constant(seed, tf.int32))


def test_input_dropout_is_the_same_at_all_timesteps():
    """With the identity as kernel the product shows which inputs were dropped."""
    noise = noise_of()
    kept = np.array(project(tf.ones([4, 5, 6], tf.float64), tf.eye(6, dtype=tf.float64), noise))
    np.testing.assert_array_equal(kept, np.tile(kept[:1], (4, 1, 1)))
    assert set(np.unique(kept)) == {0.0, 2.0}
    assert len(np.unique(kept[0], axis=0)) > 1  # samples have masks of their own


def test_token_dropout_drops_a_token_wherever_it_stands():
    """Row lookup with dropout is the one-hot product with dropped inputs."""
    ids = np.array([[0, 1], [2, 1], [0, 2]], np.int32)  # (t, b)
    kernel = tf.constant(np.random.RandomState(0).normal(size=(3, 4)))
    noise = noise_of()
    looked_up = project(tf.constant(ids), kernel, noise)
    noise = noise_of()
    product = project(tf.one_hot(ids, 3, dtype=tf.float64), kernel, noise)
    np.testing.assert_allclose(looked_up, product, atol=1e-15)
    assert 0 < np.mean(np.array(looked_up) == 0) < 1


def test_every_mask_of_a_step_is_drawn_anew():
    noise = noise_of()
    first, second, third = noise.inputs(8, 8), noise.inputs(8, 8), noise.states(8, 8)
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)
    noise = noise_of()
    np.testing.assert_array_equal(first, noise.inputs(8, 8))
