"""The gradient that reaches the optimizer, against central differences of the loss in float64."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from eager_network import EagerNetwork
from nn_tools import (
    KINDS,
    SPECS,
    assert_gradient_is_slope,
    autoencoder_spec,
    data_of,
    eager,
    evaluate,
    gradients,
    lengths,
    make_rows,
    network_of,
    pooled_spec,
    random_weights,
    seq2seq_spec,
)

from skseq.nn.kernels import cells
from skseq.nn.networks import encoder
from skseq.nn.networks.noise import Noise, Silence
from skseq.nn.networks.seq2seq_decoder import decoder_inputs
from skseq.nn.training.compiled import CompiledNetwork

COMPOSITE = autoencoder_spec(decoder="composite", conditional=True, held_back=True, code="both", reverse_target=True)
CELLS = {None: "gru", "bahdanau": "lstm", "dot": "gru"}
OPTIONS = {"recursive": {"bidirectional": True}, "direct": {"n_layers": 2}}
KIND_SPECS = [
    seq2seq_spec(attention=attention, decoder=decoder, cell=CELLS[attention], **OPTIONS[decoder])
    for attention, decoder in KINDS
]
NAMES = [f"{attention}-{decoder}" for attention, decoder in KINDS]
LUONG = {name: spec for name, spec in SPECS.items() if getattr(spec, "combines", False) and "dot" not in name}


def problem(spec):
    """Weights and data with lengths, sample weights and class weights that all matter."""
    rows = make_rows(spec, n_samples=3, n_timesteps=5)
    rows |= {"source_lengths": lengths([5, 3, 4]), "weight": np.array([1.0, 0.5, 2.0])}
    if hasattr(spec, "attention"):
        rows["target_lengths"] = lengths([2, 3, 1])
    return random_weights(spec), data_of(spec, rows, class_weight=[1.0, 0.5, 2.0, 1.5], horizon=2)


@pytest.mark.parametrize("spec", [*KIND_SPECS, *LUONG.values()], ids=[*NAMES, *LUONG])
def test_encoder_decoder(spec):
    """Every attention in every decoder; all other options are drawn in `test_nn_drawn_gradients.py`."""
    runner, (weights, data) = eager(spec), problem(spec)

    def loss_at(weights):
        amount, weight = evaluate(runner, weights, data)["loss"]
        return amount / weight

    assert_gradient_is_slope(gradients(runner, weights, data), weights, loss_at)


@pytest.mark.parametrize(
    "spec",
    [
        seq2seq_spec(attention="bahdanau", dropout=True, recurrent_dropout=True),
        seq2seq_spec(cell="gru", n_layers=2),
        autoencoder_spec(code="both", bidirectional=True, reverse_target=True),
        replace(COMPOSITE, held_back=False, input_noise=True, step_dropout=True),
        replace(COMPOSITE, dropout=True),
        pooled_spec(pooling="attention", dropout=True, recurrent_dropout=True),
    ],
    ids=[
        "bahdanau-dropout",
        "recursive-gru",
        "autoencoder",
        "composite-noise",
        "held-back-dropout",
        "recurrent-dropout",
    ],
)
def test_unrolled_and_looped_train_alike(spec):
    """Also with dropout: an unrolled decoder that drew new masks at every timestep would differ from the loop."""
    weights, data = problem(spec)
    rates = {"dropout": 0.4, "recurrent_dropout": 0.4, "input_noise": 0.5, "step_dropout": 0.3, "seed": 7}
    looped = gradients(eager(spec), weights, data, **rates)
    unrolled = gradients(eager(replace(spec, unroll=True)), weights, data, **rates)
    for name in weights:
        np.testing.assert_allclose(unrolled[name], looped[name], atol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    "spec",
    [
        seq2seq_spec(attention="general", input_feeding=True, decoder="direct", cell="gru"),
        COMPOSITE,  # with code="both"
        pooled_spec(pooling="attention", sizes=(3, 2), frozen=True),
    ],
    ids=["general-fed-direct-gru", "composite-held-back", "recurrent-frozen"],
)
def test_compiled_with_xla_trains_alike(spec):
    """As attention of Bahdanau does below, and several layers and both directions in `test_nn_forecast.py`."""
    spec = replace(spec, dtype="float32")
    weights, data = random_weights(spec), data_of(spec, make_rows(spec), horizon=2)
    plain = gradients(eager(spec), weights, data)
    with_xla = gradients(eager(replace(spec, jit_compile=True)), weights, data)
    for name in weights:
        np.testing.assert_allclose(with_xla[name], plain[name], rtol=1e-4, atol=1e-5, err_msg=name)


ATTENDED = {
    "lstm-bidirectional-code": {"bidirectional": True, "code": "both"},
    "lstm-dropout-truncated-relu": {
        "dropout": True,
        "recurrent_dropout": True,
        "truncated": True,
        "activation": "relu",
    },
    "lstm-direct-truncated": {"decoder": "direct", "truncated": True},
    "gru-dropout-truncated": {"cell": "gru", "dropout": True, "recurrent_dropout": True, "truncated": True},
    "cho-gru-dropout-unrolled": {"cell": "cho-gru", "dropout": True, "recurrent_dropout": True, "unroll": True},
}


@pytest.mark.parametrize("fields", ATTENDED.values(), ids=ATTENDED)
def test_written_gradient_of_attention_equals_the_automatic_one(fields):
    """The same network, its decoder taught by its step function alone; the chunks do not divide the sequences."""
    spec = seq2seq_spec(attention="bahdanau", **fields)
    weights, data = problem(spec)
    data.rows.update({"target": make_rows(spec, n_timesteps_out=5)["target"], "target_lengths": lengths([5, 3, 1])})
    rates = {"dropout": 0.3, "recurrent_dropout": 0.3, "bptt_steps": 2, "seed": 4}
    written, automatic = EagerNetwork(spec), EagerNetwork(spec)
    automatic.network.decoder.has_loop = False
    assert written.network.decoder.has_loop
    expected = gradients(automatic, weights, data, **rates)
    for name, gradient in gradients(written, weights, data, **rates).items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-10, atol=1e-14, err_msg=name)
        assert np.abs(gradient).max() > 1e-6, name


# --- truncated backpropagation through time ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["both-gru-2-layers-bidirectional-reversed", "dot-recursive-lstm-bidirectional"])
def test_chunks_as_long_as_the_sequences_change_no_gradient(name):
    spec, (weights, data) = SPECS[name], problem(SPECS[name])
    cut = gradients(eager(replace(spec, truncated=True)), weights, data, bptt_steps=5)
    for name, gradient in gradients(eager(spec), weights, data).items():
        np.testing.assert_allclose(cut[name], gradient, atol=1e-14, err_msg=name)


@pytest.mark.parametrize(("n_layers", "unroll"), [(1, False), (2, False), (2, True)], ids=["1", "2", "2-unrolled"])
@pytest.mark.parametrize(("cell", "decoder"), [("lstm", "recursive"), ("gru", "direct")])
def test_truncated_attention_decoder_equals_steps_from_constants(cell, decoder, n_layers, unroll):
    """The decoder written as a loop over its step, its states made constants at every second step."""
    fields = {"cell": cell, "decoder": decoder, "n_layers": n_layers, "unroll": unroll}
    spec = seq2seq_spec(attention="bahdanau", truncated=True, **fields)
    rows = make_rows(spec, n_samples=3, n_timesteps=3, n_timesteps_out=5)
    weights, data, network = random_weights(spec), data_of(spec, rows), network_of(spec)
    noise = Noise(spec, {"bptt_steps": tf.constant(2)}, tf.constant([0, 0]))
    with tf.GradientTape() as tape:
        tensors = {name: tf.constant(value) for name, value in weights.items()}
        tape.watch(tensors)
        source, decoder = network.encode(tensors, {"source": tf.constant(rows["source"])}, noise), network.decoder
        targets = tf.transpose(tf.constant(rows["target"]))
        losses, states = [], source.states
        for t, tokens in enumerate(decoder_inputs(targets)):
            if t in (2, 4):
                states = tf.nest.map_structure(tf.stop_gradient, states)
            features, states = decoder.step(tensors, source, tf.constant(t), tokens, states, Silence())
            features = {name: x[None] for name, x in features.items()}
            logits = decoder.readout(tensors, features, tokens[None])
            losses.append(tf.nn.sparse_softmax_cross_entropy_with_logits(targets[t], logits[0]))
        mean = tf.reduce_mean(losses)
    expected = tape.gradient(mean, tensors)
    actual = gradients(eager(spec), weights, data, bptt_steps=2)
    full = gradients(eager(replace(spec, truncated=False)), weights, data)
    for name in weights:
        np.testing.assert_allclose(actual[name], tf.convert_to_tensor(expected[name]), atol=1e-10, err_msg=name)
    assert np.abs(actual["decoder/0/recurrent_kernel"] - full["decoder/0/recurrent_kernel"]).max() > 1e-5


@pytest.mark.parametrize("n_timesteps", [4, 5, 6])
@pytest.mark.parametrize("cell", cells.CELLS)
def test_the_last_state_reaches_back_as_many_steps_as_are_asked_for(cell, n_timesteps):
    """Whatever the length of a sample: chunks of an encoder are counted back from its end."""
    spec = pooled_spec(cell=cell, tokens=False, source_size=1, truncated=True)
    weights = {name: tf.constant(value) for name, value in random_weights(spec).items()}
    noise = Noise(spec, {"bptt_steps": tf.constant(3)}, tf.constant([0, 0]))
    source = tf.constant(make_rows(spec, n_samples=2, n_timesteps=n_timesteps)["source"])
    steps = tf.constant([n_timesteps, n_timesteps - 1])
    with tf.GradientTape() as tape:
        tape.watch(source)
        _, states = encoder.encode(spec, weights, tf.transpose(source, [1, 0, 2]), steps, noise)
        last = tf.reduce_sum(states[-1][0])
    reached = tape.gradient(last, source).numpy()[:, :, 0] != 0
    for row, length in enumerate(steps.numpy()):
        np.testing.assert_array_equal(np.flatnonzero(reached[row]), np.arange(length - 3, length))


@pytest.mark.parametrize("name", ["bahdanau-recursive-gru-2-layers", "state-lstm-bidirectional-reversed"])
def test_truncated_gradients_do_not_depend_on_padding(name):
    """A cut that falls among padded steps is none."""
    spec = replace(SPECS[name], truncated=True)
    rows, longer = make_rows(spec, n_samples=2, n_timesteps=3), make_rows(spec, n_samples=2, n_timesteps=7)
    longer["source"][:, :3] = rows["source"]
    weights, expected = random_weights(spec), None
    for some in (rows, longer):
        data = data_of(spec, {**rows, "source": some["source"], "source_lengths": lengths([3, 2])})
        actual = gradients(eager(spec), weights, data, bptt_steps=2)
        for key, gradient in (expected or actual).items():
            np.testing.assert_allclose(actual[key], gradient, atol=1e-12, err_msg=key)
        expected = actual


def test_truncated_gradients_are_one_trace_and_compile_with_xla():
    spec = seq2seq_spec(attention="bahdanau", truncated=True, dtype="float32")
    plain, with_xla = eager(spec), CompiledNetwork(replace(spec, jit_compile=True))
    weights, data, seen = random_weights(spec), data_of(spec, make_rows(spec)), []
    for bptt_steps in (1, 2, 100):
        seen.append(gradients(plain, weights, data, bptt_steps=bptt_steps))
        compiled_too = gradients(with_xla, weights, data, bptt_steps=bptt_steps)
        for name in weights:
            np.testing.assert_allclose(compiled_too[name], seen[-1][name], rtol=1e-4, atol=1e-5, err_msg=name)
    assert with_xla.n_traces == 1
    one, two, full = (gradient["encoder/0/recurrent_kernel"] for gradient in seen)
    assert min(np.abs(one - two).max(), np.abs(two - full).max()) > 1e-5
