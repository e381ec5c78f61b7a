"""What the engine's tests share; the one place that knows how the engine's functions are called."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import tensorflow as tf
from eager_network import EagerNetwork

from skseq._data.training_data import TrainingData
from skseq.nn.kernels import cells, recurrence
from skseq.nn.kernels.products import dense
from skseq.nn.networks.autoencoder import Autoencoder
from skseq.nn.networks.forecast import Forecaster
from skseq.nn.networks.generator import Generator
from skseq.nn.networks.layer import ACTIVATIONS
from skseq.nn.networks.noise import Silence
from skseq.nn.networks.pooled import Pooled
from skseq.nn.networks.seq2seq import Seq2Seq
from skseq.nn.networks.seq2seq_decoder import decoder_inputs
from skseq.nn.networks.seq2seq_search import SearchOptions
from skseq.nn.networks.tagger import Tagger
from skseq.nn.spec import AutoencoderSpec, ForecastSpec, GeneratorSpec, PooledSpec, Seq2SeqSpec, TaggerSpec
from skseq.nn.training.compiled import CompiledNetwork

RATES = {
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
    "l1": 0.0,
    "l2": 0.0,
    "clipnorm": np.finfo(np.float32).max,
    "clipvalue": np.finfo(np.float32).max,
    "input_noise": 0.0,
    "step_dropout": 0.0,
    "bptt_steps": np.iinfo(np.int32).max,
    "label_smoothing": 0.0,
    "schedule_k": 1.0,
    "schedule_c": 0.0,
    "schedule_floor": 0.0,
}
KINDS = [(attention, decoder) for attention in (None, "bahdanau", "dot") for decoder in ("recursive", "direct")]


def optimizer(name, **config):
    """A serialised Keras optimizer, as specs hold it."""
    return json.dumps({"class_name": name, "config": config}, sort_keys=True)


UNIT_SGD = optimizer("SGD", learning_rate=1.0)  # one update is w - gradient: it shows the gradient


def autoencoder_spec(**fields):
    return AutoencoderSpec(**{"source_size": 2, "units": 3, "dtype": "float64", "optimizer": UNIT_SGD} | fields)


def seq2seq_spec(**fields):
    defaults = {"source_size": 5, "target_size": 4, "units": 3, "tokens": True, "dtype": "float64"}
    return Seq2SeqSpec(**defaults | {"optimizer": UNIT_SGD} | fields)


def pooled_spec(**fields):
    """One label of three classes; ``task="regress"``: one number."""
    sizes = (1,) if fields.get("task") == "regress" else (3,)
    defaults = {"source_size": 2, "units": 3, "sizes": sizes, "dtype": "float64", "optimizer": UNIT_SGD}
    return PooledSpec(**defaults | fields)


def tagger_spec(**fields):
    defaults = {"source_size": 2, "units": 3, "n_tags": 4, "dtype": "float64", "optimizer": UNIT_SGD}
    return TaggerSpec(**defaults | fields)


def forecast_spec(**fields):
    """Forecasts of two targets from two features."""
    defaults = {"source_size": 2, "units": 3, "n_targets": 2, "dtype": "float64", "optimizer": UNIT_SGD}
    return ForecastSpec(**defaults | fields)


def generator_spec(**fields):
    """Of sequences of three tokens; ``tokens=False``: of three numbers, by a mixture of two components."""
    numbers = {"n_components": 2, "source_size": 3} if fields.get("tokens") is False else {}
    defaults = {"source_size": 4, "units": 3, "tokens": True, "dtype": "float64", "optimizer": UNIT_SGD}
    return GeneratorSpec(**defaults | numbers | fields)


# Every kind of network once, with the options that change its flow spread over them.
SPECS = {
    "repeated-lstm": autoencoder_spec(),
    "state-lstm-bidirectional-reversed": autoencoder_spec(code="state", bidirectional=True, reverse_target=True),
    "both-gru-2-layers-bidirectional-reversed": autoencoder_spec(
        code="both", cell="gru", n_layers=2, bidirectional=True, reverse_target=True
    ),
    "conditional-cho-gru-2-layers-reversed": autoencoder_spec(
        conditional=True, cell="cho-gru", n_layers=2, reverse_target=True
    ),
    "predict-lstm-state": autoencoder_spec(decoder="predict", code="state"),
    "predict-held-back-conditional-lstm-2-layers-bidirectional": autoencoder_spec(
        decoder="predict", held_back=True, conditional=True, n_layers=2, bidirectional=True, code="state"
    ),
    "composite-conditional-lstm-bidirectional-reversed": autoencoder_spec(
        decoder="composite", conditional=True, code="both", bidirectional=True, reverse_target=True
    ),
    "composite-held-back-gru-2-layers-reversed": autoencoder_spec(
        decoder="composite", held_back=True, cell="gru", n_layers=2, reverse_target=True
    ),
    "recursive-lstm-2-layers": seq2seq_spec(n_layers=2),
    "recursive-gru-bidirectional-numeric": seq2seq_spec(cell="gru", bidirectional=True, tokens=False),
    "direct-lstm-embedding": seq2seq_spec(decoder="direct", embedding_dim=2),
    "bahdanau-recursive-lstm-bidirectional": seq2seq_spec(attention="bahdanau", bidirectional=True),
    "bahdanau-recursive-gru-2-layers": seq2seq_spec(attention="bahdanau", cell="gru", n_layers=2),
    "bahdanau-direct-lstm": seq2seq_spec(attention="bahdanau", decoder="direct"),
    "dot-recursive-lstm-bidirectional": seq2seq_spec(attention="dot", bidirectional=True),
    "dot-direct-gru": seq2seq_spec(attention="dot", decoder="direct", cell="gru"),
    "general-recursive-cho-gru-both": seq2seq_spec(attention="general", cell="cho-gru", code="both"),
    "general-merge-lstm-2-layers": seq2seq_spec(attention="general", decoder="merge", n_layers=2),
    "concat-recursive-lstm-fed-bidirectional": seq2seq_spec(attention="concat", input_feeding=True, bidirectional=True),
    "location-recursive-gru-repeated": seq2seq_spec(attention="location", source_steps=5, cell="gru", code="repeated"),
    "local-m-recursive-lstm-reversed": seq2seq_spec(attention="local-m", attention_window=1, reverse_source=True),
    "local-p-direct-gru-fed-2-layers": seq2seq_spec(
        attention="local-p", attention_window=2, decoder="direct", input_feeding=True, cell="gru", n_layers=2
    ),
    "bahdanau-recursive-lstm-both": seq2seq_spec(attention="bahdanau", code="both"),
    "merge-gru-bidirectional": seq2seq_spec(decoder="merge", cell="gru", bidirectional=True),
    "direct-lstm-state-reversed": seq2seq_spec(decoder="direct", code="state", reverse_source=True),
    "last-lstm-bidirectional-2-labels": pooled_spec(bidirectional=True, sizes=(3, 2)),
    "last-gru-2-layers-tokens-regress": pooled_spec(cell="gru", n_layers=2, source_size=5, tokens=True, task="regress"),
    "attention-lstm-embedding": pooled_spec(pooling="attention", source_size=5, tokens=True, embedding_dim=2),
    "attention-gru-bidirectional-regress-2-numbers": pooled_spec(
        pooling="attention", cell="gru", bidirectional=True, task="regress", sizes=(1, 1)
    ),
    "mean-gru-bidirectional-embedding-frozen": pooled_spec(
        pooling="mean", cell="gru", bidirectional=True, source_size=5, tokens=True, embedding_dim=2, frozen=True
    ),
    "concat-gru-bidirectional-convolution-marks-ends": pooled_spec(
        pooling="concat",
        cell="gru",
        bidirectional=True,
        n_conv_layers=1,
        kernel_size=3,
        marks_steps=True,
        reads_ends=True,
    ),
    "mean-lstm-2-layers-regress": pooled_spec(pooling="mean", n_layers=2, task="regress"),
    "attention-lstm-bidirectional-2-convolutions": pooled_spec(
        pooling="attention", bidirectional=True, n_conv_layers=2, kernel_size=3
    ),
    "last-gru-embedding-convolution-regress": pooled_spec(
        cell="gru", source_size=5, tokens=True, embedding_dim=2, n_conv_layers=1, kernel_size=4, task="regress"
    ),
    "tagger-gru-2-layers-embedding": tagger_spec(cell="gru", n_layers=2, source_size=5, tokens=True, embedding_dim=2),
    "tagger-lstm-bidirectional-transitions": tagger_spec(bidirectional=True, transitions=True),
}


def of_dtype(spec, dtype):
    return replace(spec, dtype=dtype)


@cache
def eager(spec):
    """The `EagerNetwork` of a spec."""
    return EagerNetwork(spec)


@cache
def compiled(spec):
    """One compiled network per spec for all tests of a file, so that it is traced once."""
    return CompiledNetwork(spec)


def network_of(spec):
    kinds = {AutoencoderSpec: Autoencoder, PooledSpec: Pooled, Seq2SeqSpec: Seq2Seq, TaggerSpec: Tagger}
    return (kinds | {ForecastSpec: Forecaster, GeneratorSpec: Generator})[type(spec)](spec)


def random_weights(spec, seed=0, scale=0.6):
    """Weights that are nowhere zero, biases included."""
    rng = np.random.RandomState(seed)
    return {w.name: rng.normal(scale=scale, size=w.shape).astype(spec.dtype) for w in network_of(spec).weights()}


def make_rows(spec, n_samples=3, n_timesteps=4, n_timesteps_out=3, seed=1):
    """Rows to train on: {"source", "weight"} and, if the network has any, "target" or "condition"."""
    rng = np.random.RandomState(seed)
    rows = {"weight": np.ones(n_samples, spec.dtype)}
    if getattr(spec, "tokens", False):
        rows["source"] = rng.randint(1, spec.source_size, (n_samples, n_timesteps)).astype(np.int32)
    else:
        rows["source"] = rng.normal(size=(n_samples, n_timesteps, spec.source_size)).astype(spec.dtype)
    if isinstance(spec, Seq2SeqSpec):
        rows["target"] = rng.randint(spec.target_size, size=(n_samples, n_timesteps_out)).astype(np.int32)
    if isinstance(spec, PooledSpec):
        size = (n_samples, len(spec.sizes))
        classifies = spec.task == "classify"
        target = rng.randint(spec.sizes, size=size) if classifies else rng.normal(size=size)
        rows["target"] = target.astype(np.int32 if classifies else spec.dtype)
    if isinstance(spec, TaggerSpec):
        rows["target"] = rng.randint(spec.n_tags, size=(n_samples, n_timesteps)).astype(np.int32)
    if isinstance(spec, GeneratorSpec):
        groups = {group: rows["source"][..., list(group)].argmax(-1) for group in spec.one_hot}
        rows["source"][..., list(spec.binary)] = rows["source"][..., list(spec.binary)] > 0
        for group, chosen in groups.items():
            rows["source"][..., list(group)] = np.eye(len(group))[chosen]
        if spec.condition == "labels":
            rows["condition"] = rng.randint(spec.condition_size, size=n_samples).astype(np.int32)
        elif spec.condition == "vectors":
            rows["condition"] = rng.normal(size=(n_samples, spec.condition_size)).astype(spec.dtype)
    return rows


def forecast_rows(spec, n_samples=3, n_timesteps=4, n_steps=3, seed=1):
    """`make_rows` of a `ForecastSpec`: counts where its loss reads them."""
    rng = np.random.RandomState(seed)
    rows = {
        "source": rng.normal(size=(n_samples, n_timesteps, spec.source_size)),
        "before": rng.normal(size=(n_samples, spec.n_targets)),
        "target": rng.normal(size=(n_samples, n_steps, spec.n_targets)),
        "weight": np.ones(n_samples),
    }
    if spec.n_future:
        rows["future"] = rng.normal(size=(n_samples, n_steps, spec.n_future))
    if spec.loss in ("poisson", "negative_binomial"):
        rows["unit"] = rng.uniform(1, 4, size=(n_samples, spec.n_targets))
        rows["target"] = rng.poisson(3, size=rows["target"].shape) / rows["unit"][:, None]
    return rows


def lengths(values):
    return np.asarray(values, np.int32)


def reconstructs(spec):
    return getattr(spec, "decoder", None) in ("reconstruct", "composite")


def predicts(spec):
    return getattr(spec, "decoder", None) in ("predict", "composite")


def data_of(spec, rows, class_weight=None, horizon=1):
    """Rows with what every batch shares in training."""
    if isinstance(spec, AutoencoderSpec):
        return TrainingData(rows, {"horizon": np.int32(horizon)} if spec.held_back else {})
    if not isinstance(spec, (Seq2SeqSpec, TaggerSpec)):
        return TrainingData(rows)
    n_classes = spec.n_tags if isinstance(spec, TaggerSpec) else spec.target_size
    class_weight = np.ones(n_classes) if class_weight is None else class_weight
    return TrainingData(rows, {"class_weight": np.asarray(class_weight, spec.dtype)})


def in_one_batch(data):
    return np.arange(data.n_rows, dtype=np.int32)[None]


def train(runner, weights, data, batches=None, *, seed=0, slots=None, **rates):
    """Totals, how many updates were done and whether all were finite, of one epoch that starts from ``weights``."""
    runner.store.load(weights)
    runner.store.load_slots(slots)
    batches = in_one_batch(data) if batches is None else np.asarray(batches, np.int32)
    found = {name: x[0] for name, x in runner.train(data, batches[None], RATES | rates, [seed]).items()}
    totals = {name: found[name] for name in ("loss", *runner.network.metrics, "gradient_norm")}
    return totals, int(found["n_updates"]), bool(found["finite"])


def gradients(runner, weights, data, **options):
    """The gradient that reaches the optimizer; the spec's optimizer must be `UNIT_SGD`."""
    train(runner, weights, data, **options)
    return {name: weights[name] - after for name, after in runner.store.weights().items()}


def slope_along(direction, weights, loss_at, epsilon=1e-5):
    """The central difference of ``loss_at(weights)`` along a direction, a dict of some of the weights."""
    there, back = (
        loss_at({**weights, **{name: weights[name] + sign * epsilon * x for name, x in direction.items()}})
        for sign in (1, -1)
    )
    return (there - back) / (2 * epsilon)


def assert_gradient_is_slope(gradient, weights, loss_at):
    """Against central differences, along one random direction in which every weight adds to the slope.

    Two losses show that all are right; where they are not, two a weight say which one is wrong.
    """
    rng, direction, expected = np.random.RandomState(5), {}, {}
    for name, value in weights.items():
        assert np.abs(gradient[name]).max() > 1e-6, name
        drawn = rng.normal(size=value.shape)
        share = (gradient[name] * drawn).sum()
        direction[name], expected[name] = drawn * np.sign(share), abs(share)
    if not np.isclose(slope_along(direction, weights, loss_at), sum(expected.values()), rtol=1e-7, atol=0):
        for name, share in expected.items():
            slope = slope_along({name: direction[name]}, weights, loss_at)
            np.testing.assert_allclose(share, slope, rtol=1e-6, atol=1e-9, err_msg=name)
        raise AssertionError("The gradients of single weights are right, their sum is not.")


def assert_slopes(gradient, weights, loss_at):
    """As `assert_gradient_is_slope`, of losses that may have kinks and weights that may have no gradient.

    Directions are scaled such that all weights have like shares of the slope: none hides behind the others.
    """
    rng, direction, shares = np.random.RandomState(5), {}, {}
    for name, own in gradient.items():
        drawn = rng.normal(size=own.shape)
        drawn = np.where(own == 0, drawn, np.copysign(drawn, own))  # what adds to the slope hides nothing
        share = (own * drawn).sum()
        scale = 1 / np.clip(share, 0.03, 10)
        direction[name], shares[name] = scale * drawn, scale * share
    if _is_slope(sum(shares.values()), direction, weights, loss_at, rtol=1e-6):
        return
    for name, share in shares.items():
        assert _is_slope(share, {name: direction[name]}, weights, loss_at), f"the gradient of {name} is not its slope"
    raise AssertionError("The gradients of single weights are right, their sum is not.")


def _is_slope(expected, direction, weights, loss_at, rtol=1e-5):
    """Whether a slope is right; where a kink is nearer than one step, the next one is shorter."""
    slopes = (slope_along(direction, weights, loss_at, epsilon) for epsilon in (1e-6, 1e-8))
    return any(np.isclose(slope, expected, rtol=rtol, atol=1e-7) for slope in slopes)


def evaluate(runner, weights, data, batches=None):
    """Totals name -> (amount, weight), without training."""
    runner.store.load(weights)
    batches = in_one_batch(data) if batches is None else np.asarray(batches, np.int32)
    return {name: np.array(total) for name, total in runner.evaluate(data, batches).items()}


def predict(runner, weights, what, rows, *, n_timesteps_out=3, allowed=None, horizon=1, **shared):
    """A prediction for all rows; an encoder-decoder writes ``n_timesteps_out`` tokens."""
    runner.store.load(weights)
    if isinstance(runner.spec, Seq2SeqSpec):
        everything = np.ones((n_timesteps_out, runner.spec.target_size), bool)
        shared["allowed"] = everything if allowed is None else np.asarray(allowed)
        if what == "tokens":
            return _greedy(runner, rows, shared)
        if what == "attention":
            rows = {**rows, "target": _greedy(runner, rows, shared)}
    if what == "next" and getattr(runner.spec, "held_back", False):
        shared["horizon"] = np.int32(horizon)
    if what == "forecast":
        shared.setdefault("n_steps", np.int32(3))
    rows = {name: x for name, x in rows.items() if name in READ or (name == "target" and what == "attention")}
    return runner.predict(what, TrainingData(rows, shared))


READ = ("source", "source_lengths", "condition", "code", "lengths")


def _greedy(runner, rows, shared):
    """Class indices (n_samples, n_timesteps_out) on the greedy path."""
    rows = {name: x for name, x in rows.items() if name in READ}
    shared = shared | {"n_steps": np.int32(len(shared["allowed"]))}
    return runner.search(TrainingData(rows, shared), SearchOptions())["tokens"][:, 0]


def recurrent(
    cell, x, states, weights, *, mask=None, drop=None, bptt_steps=None, activation="tanh", unroll=False, learns=True
):
    """One recurrent layer over inputs (n_samples, n_timesteps, n_features): (outputs, final states), samples first.

    ``weights`` are the kernel, recurrent kernel and bias of the stock layer; ``mask`` is (n_samples, n_timesteps).
    """
    weights = dict(zip(("kernel", "recurrent_kernel", "bias"), weights))
    projected = dense(tf.transpose(x, [1, 0, 2]), weights["kernel"]) + cells.input_bias(cell, weights)
    outputs, states = recurrence.recurrent(
        cell,
        projected,
        states,
        weights,
        mask=None if mask is None else tf.transpose(mask)[..., None],
        drop=drop,
        bptt_steps=bptt_steps,
        activation=ACTIVATIONS[activation],
        unroll=unroll,
        learns=learns,
    )
    return tf.transpose(outputs, [1, 0, 2]), states


def recurrent_step(cell, x, states, weights, *, drop=None, activation="tanh"):
    """One step: x (n_samples, n_features) and states to states."""
    weights = dict(zip(("kernel", "recurrent_kernel", "bias"), weights))
    projected = dense(x, weights["kernel"]) + cells.input_bias(cell, weights)
    return cells.recurrent_step(cell, projected, states, weights, drop=drop, activation=ACTIVATIONS[activation])


def emissions_of(spec, weights, rows):
    """Scores of the tags before softmax or CRF, (n_samples, n_timesteps, n_tags)."""
    weights = {name: tf.constant(value) for name, value in weights.items()}
    batch = {name: tf.constant(value) for name, value in rows.items()}
    return np.transpose(network_of(spec).emit(weights, batch, Silence())[0], [1, 0, 2])


def taught_and_stepped(spec, weights, batch):
    """Features and logits of every target step (t, b, .): under teacher forcing in one go, and step by step."""
    network, silence = network_of(spec), Silence()
    weights = {name: tf.constant(value) for name, value in weights.items()}
    batch = {name: tf.constant(value) for name, value in batch.items()}
    source, decoder = network.encode(weights, batch, silence), network.decoder
    tokens = decoder_inputs(tf.transpose(batch["target"]))
    taught = decoder.teach(weights, source, tokens, silence)
    logits = decoder.readout(weights, taught, tokens)
    states, stepped, stepped_logits = source.states, [], []
    for t in range(len(tokens)):
        features, states = decoder.step(weights, source, tf.constant(t), tokens[t], states, silence)
        features = {name: x[None] for name, x in features.items()}
        stepped.append({name: features[name] for name in taught})
        stepped_logits.append(decoder.readout(weights, features, tokens[t][None]))
    stepped = {name: tf.concat([step[name] for step in stepped], 0) for name in taught}
    return (taught, logits), (stepped, tf.concat(stepped_logits, 0))
