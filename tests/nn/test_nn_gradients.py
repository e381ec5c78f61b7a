"""The gradient that reaches the optimizer, against central differences of the loss in float64."""

from dataclasses import replace

import numpy as np
import pytest
from nn_tools import (
    KINDS,
    SPECS,
    autoencoder_spec,
    compiled,
    data_of,
    gradients,
    lengths,
    make_rows,
    random_weights,
    recurrent_spec,
    seq2seq_spec,
    train,
)

EPSILON = 1e-5
CELLS = {None: "gru", "bahdanau": "lstm", "dot": "gru"}
OPTIONS = {"recursive": {"bidirectional": True}, "direct": {"n_layers": 2}}
KIND_SPECS = [
    seq2seq_spec(attention=attention, decoder=decoder, cell=CELLS[attention], **OPTIONS[decoder])
    for attention, decoder in KINDS
]


def problem(spec):
    """Weights and data with lengths, sample weights and class weights that all matter."""
    rows = make_rows(spec, n_samples=3, n_timesteps=3)
    rows |= {"source_lengths": lengths([3, 1, 2]), "weight": np.array([1.0, 0.5, 2.0])}
    if hasattr(spec, "attention"):
        rows["target_lengths"] = lengths([2, 3, 1])
    return random_weights(spec), data_of(spec, rows, class_weight=[1.0, 0.5, 2.0, 1.5])


def loss(network, weights, data, **rates):
    amount, weight = train(network, weights, data, **rates)[0]["loss"]
    return amount / weight


def assert_gradient_is_right(spec, **rates):
    """Along one random direction for every weight."""
    network, (weights, data) = compiled(spec), problem(spec)
    gradient, rng = gradients(network, weights, data, **rates), np.random.RandomState(5)
    for name, value in weights.items():
        direction = rng.normal(size=value.shape)
        there, back = ({**weights, name: value + sign * EPSILON * direction} for sign in (1, -1))
        slope = (loss(network, there, data, **rates) - loss(network, back, data, **rates)) / (2 * EPSILON)
        np.testing.assert_allclose((gradient[name] * direction).sum(), slope, rtol=1e-6, atol=1e-9, err_msg=name)
        assert np.abs(gradient[name]).max() > 1e-6, name


@pytest.mark.parametrize("spec", KIND_SPECS, ids=[f"{attention}-{decoder}" for attention, decoder in KINDS])
def test_encoder_decoder(spec):
    assert_gradient_is_right(spec)


@pytest.mark.parametrize("name", ["recursive-gru-bidirectional-numeric", "direct-lstm-embedding"])
def test_encoder_decoder_of_numbers_and_of_embeddings(name):
    assert_gradient_is_right(SPECS[name])


@pytest.mark.parametrize(
    "spec",
    [
        autoencoder_spec(),
        autoencoder_spec(code="state", bidirectional=True, reverse_target=True),
        autoencoder_spec(code="both", cell="gru", n_layers=2),
    ],
    ids=["repeated", "state-bidirectional-reversed", "both-gru-2-layers"],
)
def test_autoencoder(spec):
    assert_gradient_is_right(spec)


@pytest.mark.parametrize("task", ["classify", "regress"])
@pytest.mark.parametrize("pooling", ["last", "attention", "mean"])
def test_recurrent(pooling, task):
    sizes = (3, 2) if task == "classify" else (1, 1)
    assert_gradient_is_right(recurrent_spec(pooling=pooling, task=task, sizes=sizes, bidirectional=True))


@pytest.mark.parametrize("name", ["attention-lstm-embedding", "last-gru-2-layers-tokens-regress"])
def test_recurrent_of_tokens(name):
    assert_gradient_is_right(SPECS[name])


@pytest.mark.parametrize(
    "spec",
    [
        seq2seq_spec(attention="bahdanau", dropout=True, recurrent_dropout=True),
        autoencoder_spec(code="both", cell="gru", dropout=True, recurrent_dropout=True),
        recurrent_spec(pooling="attention", dropout=True, recurrent_dropout=True),
    ],
    ids=["bahdanau", "autoencoder", "recurrent"],
)
def test_with_dropout(spec):
    """The same seed draws the same masks, so the loss with dropout has a gradient to compare with."""
    network, (weights, data) = compiled(spec), problem(spec)
    rates, rng = {"dropout": 0.3, "recurrent_dropout": 0.3, "seed": 4}, np.random.RandomState(5)
    gradient = gradients(network, weights, data, **rates)
    direction = {name: rng.normal(size=value.shape) for name, value in weights.items()}
    there, back = (
        {name: value + sign * EPSILON * direction[name] for name, value in weights.items()} for sign in (1, -1)
    )
    slope = (loss(network, there, data, **rates) - loss(network, back, data, **rates)) / (2 * EPSILON)
    np.testing.assert_allclose(sum((gradient[n] * direction[n]).sum() for n in weights), slope, rtol=1e-6)
    assert abs(loss(network, weights, data, **rates) - loss(network, weights, data, seed=4)) > 1e-4


@pytest.mark.parametrize(
    "spec",
    [
        seq2seq_spec(attention="bahdanau", dropout=True, recurrent_dropout=True),
        seq2seq_spec(cell="gru", n_layers=2),
        autoencoder_spec(code="both", bidirectional=True, reverse_target=True),
        recurrent_spec(pooling="attention", dropout=True, recurrent_dropout=True),
    ],
    ids=["bahdanau-dropout", "recursive-gru", "autoencoder", "recurrent-dropout"],
)
def test_unrolled_and_looped_train_alike(spec):
    """Also with dropout: an unrolled decoder that drew new masks at every timestep would differ from the loop."""
    weights, data = problem(spec)
    rates = {"dropout": 0.4, "recurrent_dropout": 0.4, "seed": 7}
    looped = gradients(compiled(spec), weights, data, **rates)
    unrolled = gradients(compiled(replace(spec, unroll=True)), weights, data, **rates)
    for name in weights:
        np.testing.assert_allclose(unrolled[name], looped[name], atol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    "spec",
    [
        seq2seq_spec(attention="bahdanau"),
        seq2seq_spec(cell="gru", attention="dot"),
        autoencoder_spec(code="both"),
        recurrent_spec(pooling="attention", sizes=(3, 2)),
        recurrent_spec(pooling="mean", task="regress", bidirectional=True, frozen=True),
    ],
    ids=["bahdanau", "dot-gru", "autoencoder", "recurrent", "recurrent-regress-frozen"],
)
def test_compiled_with_xla_trains_alike(spec):
    spec = replace(spec, dtype="float32")
    weights, data = random_weights(spec), data_of(spec, make_rows(spec))
    plain = gradients(compiled(spec), weights, data)
    with_xla = gradients(compiled(replace(spec, jit_compile=True)), weights, data)
    for name in weights:
        np.testing.assert_allclose(with_xla[name], plain[name], rtol=1e-4, atol=1e-5, err_msg=name)
