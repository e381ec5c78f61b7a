"""The encoder-decoder against its equations in plain NumPy, and teacher forcing against search."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import (
    SPECS,
    data_of,
    eager,
    evaluate,
    make_rows,
    predict,
    random_weights,
    seq2seq_spec,
    taught_and_stepped,
    train,
)

from skseq._data.training_data import TrainingData
from skseq.nn.networks.attention import KINDS
from skseq.nn.networks.noise import Noise
from skseq.nn.networks.seq2seq_decoder import START, decoder_inputs

SEQ2SEQ = {name: spec for name, spec in SPECS.items() if hasattr(spec, "attention")}
all_seq2seq = pytest.mark.parametrize("spec", SEQ2SEQ.values(), ids=SEQ2SEQ)

# --- the paper in NumPy: one sample, loops over time ------------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


def cell_step(cell, x, states, w, name):
    """One step from the projected input x, without its bias."""
    h, U, b = states[0], w[f"{name}/recurrent_kernel"], w[f"{name}/bias"]
    if cell == "lstm":
        i, f, g, o = np.split(x + h @ U + b, 4)
        c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
        return [sigmoid(o) * np.tanh(c), c]
    if cell == "cho-gru":
        (xz, xr, xh), (Uz, Ur, Uh) = np.split(x + b, 3), np.split(U, 3, axis=1)
        z, r = sigmoid(xz + h @ Uz), sigmoid(xr + h @ Ur)
        return [z * h + (1 - z) * np.tanh(xh + (r * h) @ Uh)]
    (xz, xr, xh), (iz, ir, ih) = np.split(x + b[0], 3), np.split(h @ U + b[1], 3)
    z = sigmoid(xz + iz)
    return [z * h + (1 - z) * np.tanh(xh + sigmoid(xr + ir) * ih)]


def numpy_encoder(spec, w, x):
    """Outputs (t, d) and final states of every layer."""
    finals = []
    for layer in range(spec.n_layers):
        runs = []
        for name, order in ((f"encoder/{layer}", 1), (f"encoder/{layer}/backward", -1)):
            if order == 1 or spec.bidirectional:
                states, outputs = [np.zeros(spec.units)] * spec.n_states, []
                for step in x[::order]:
                    states = cell_step(spec.cell, step @ w[f"{name}/kernel"], states, w, name)
                    outputs.append(states[0])
                runs.append((np.array(outputs)[::order], states))
        x = np.concatenate([outputs for outputs, _ in runs], -1)
        finals.append([np.concatenate(parts) for parts in zip(*(states for _, states in runs))])
    return x, finals


def first_states(spec, w, outputs, finals):
    zeros = [np.zeros(spec.units)] * spec.n_states
    code = {"bahdanau-recursive": None, "bahdanau-direct": None, "None-direct": "repeated", "None-merge": "repeated"}
    code |= {f"{kind}-recursive": "state" for kind in (None, *KINDS) if kind != "bahdanau"}
    code |= {f"{kind}-direct": "both" for kind in KINDS if kind != "bahdanau"}
    code = code.get(f"{spec.attention}-{spec.decoder}") if spec.code == "auto" else spec.code
    if code in ("state", "both") and not spec.bidirectional:
        return code, finals
    if code in ("state", "both"):
        names = [(f"bridge/{layer}/hidden", f"bridge/{layer}/cell") for layer in range(spec.n_layers)]
        mapped = [[s @ w[f"{n}/kernel"] + w[f"{n}/bias"] for n, s in zip(*pair)] for pair in zip(names, finals)]
        return code, [[np.tanh(states[0]), *states[1:]] for states in mapped]
    if spec.attention == "bahdanau":  # s_0 = tanh(W_s h_1), appendix A.2.2
        bridge = [f"bridge/{layer}/hidden" for layer in range(spec.n_layers)]
        return code, [[np.tanh(outputs[0] @ w[f"{b}/kernel"] + w[f"{b}/bias"]), *zeros[1:]] for b in bridge]
    return code, [zeros] * spec.n_layers


def numpy_attention(spec, w, query, outputs, t):
    """Attention weights (n_source,) of one query: the formulas of the papers, source step by source step."""
    kind, n = spec.attention, len(outputs)
    if kind == "location":
        return softmax((query @ w["attention/location"])[:n])
    if kind in ("bahdanau", "concat"):
        W, U, v = w["attention/query"], w["attention/key"], w["attention/scale"]
        return softmax(np.array([v @ np.tanh(query @ W + h @ U) for h in outputs]))
    keys = outputs @ w["attention/key"] if "attention/key" in w else outputs
    scores = keys @ query
    if not kind.startswith("local"):
        return softmax(scores)
    D, centre = spec.attention_window, min(t, n - 1)
    if kind == "local-p":
        centre = n * sigmoid(w["attention/position_scale"] @ np.tanh(query @ w["attention/position"]))
    inside = [s for s in range(n) if abs(s - centre) <= D]
    a = np.zeros(n)
    a[inside] = softmax(scores[inside])
    return a if kind == "local-m" else a * np.exp(-((np.arange(n) - centre) ** 2) / (2 * (D / 2) ** 2))


def numpy_probs(spec, w, source, target):
    """Probabilities (t, n_classes) and attention weights (t, n_source) of one sample under teacher forcing."""
    x = np.eye(spec.source_size)[source] if spec.tokens else source
    if spec.embedding_dim is not None:
        x = x @ w["embedding"]
    outputs, finals = numpy_encoder(spec, w, x[::-1] if spec.reverse_source else x)
    outputs = outputs[::-1] if spec.reverse_source else outputs
    code, states = first_states(spec, w, outputs, finals)
    recursive, additive = spec.decoder != "direct", spec.attention == "bahdanau"
    fed, probs, attended = np.zeros(spec.units), [], []
    for t, previous in enumerate([START, *(target[:-1] + 1)]):
        token, before, x, a = np.eye(spec.target_size + 1)[previous], states[-1][0], np.zeros(1), None
        if additive:
            a = numpy_attention(spec, w, before, outputs, t)
            context = a @ outputs
            x = x + context @ w["decoder/0/context_kernel"]
        if recursive:
            x = x + token @ w["decoder/0/kernel"]
        if code in ("repeated", "both") and spec.decoder != "merge":
            x = x + finals[-1][0] @ w["decoder/0/code_kernel"]
        if spec.input_feeding:
            x = x + fed @ w["decoder/0/feed_kernel"]
        for layer in range(spec.n_layers):
            if layer:
                x = states[layer - 1][0] @ w[f"decoder/{layer}/kernel"]
            states = [*states]
            states[layer] = cell_step(spec.cell, x, states[layer], w, f"decoder/{layer}")
        hidden = before if additive else states[-1][0]
        if spec.attention is not None and not additive:
            a = numpy_attention(spec, w, hidden, outputs, t)
            hidden = np.tanh(a @ outputs @ w["combine/context"] + hidden @ w["combine/hidden"])
        elif spec.decoder == "merge":
            hidden = np.tanh(finals[-1][0] @ w["combine/code"] + hidden @ w["combine/hidden"])
        fed = hidden
        logits = hidden @ w["output/kernel"] + w["output/bias"]
        if additive:
            logits = logits + context @ w["output/context_kernel"]
            logits = logits + (token @ w["output/input_kernel"] if recursive else 0)
        probs.append(softmax(logits))
        attended.append(a)
    return np.array(probs), attended


@all_seq2seq
def test_losses_equal_the_equations_in_numpy(spec):
    weights, rows = random_weights(spec), make_rows(spec, n_samples=3)
    expected = [numpy_probs(spec, weights, x, y)[0] for x, y in zip(rows["source"], rows["target"])]
    true = np.take_along_axis(np.array(expected), rows["target"][..., None], -1)[..., 0]
    right = np.argmax(expected, -1) == rows["target"]
    totals = evaluate(eager(spec), weights, data_of(spec, rows))
    np.testing.assert_allclose(totals["loss"], [-np.log(true).sum(), true.size], rtol=1e-12)
    np.testing.assert_allclose(totals["token_accuracy"], [right.sum(), right.size])
    np.testing.assert_allclose(totals["sequence_accuracy"], [right.all(1).sum(), len(right)])


@all_seq2seq
def test_greedy_path_equals_the_equations_in_numpy(spec):
    """Tokens, probabilities and attention along the greedy path are those of the path under teacher forcing."""
    weights, rows, runner = random_weights(spec), make_rows(spec, n_samples=3), eager(spec)
    tokens = predict(runner, weights, "tokens", rows)
    expected = [numpy_probs(spec, weights, x, y) for x, y in zip(rows["source"], tokens)]
    probs = predict(runner, weights, "probs", rows)
    np.testing.assert_allclose(probs, [p for p, _ in expected], rtol=1e-10)
    np.testing.assert_array_equal(tokens, probs.argmax(-1))
    if spec.attention is not None:
        attention = predict(runner, weights, "attention", rows)
        np.testing.assert_allclose(attention, [a for _, a in expected], rtol=1e-10)


@all_seq2seq
def test_greedy_probabilities_equal_teacher_forced_rescoring(spec):
    weights, rows, runner = random_weights(spec, seed=3), make_rows(spec, n_samples=5), eager(spec)
    rows["target"] = predict(runner, weights, "tokens", rows)
    best = predict(runner, weights, "probs", rows).max(-1)
    rescored = [evaluate(runner, weights, data_of(spec, rows), [[row]])["loss"][0] for row in range(5)]
    np.testing.assert_allclose(rescored, -np.log(best).sum(1), rtol=1e-12)


# --- the shift, and teacher forcing as a loop over the step -----------------------------------------------------------


def test_decoder_inputs_shift_behind_the_start_token():
    """Time first: the start token stands before the first class, class k enters as id k + 1, the last is not read."""
    targets = np.array([[3, 0], [1, 2], [0, 1]], np.int32)
    np.testing.assert_array_equal(decoder_inputs(tf.constant(targets)), [[START, START], [4, 1], [2, 3]])


@pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])
@all_seq2seq
def test_teacher_forcing_equals_stepping(spec, unroll):
    spec = replace(spec, unroll=unroll)
    rows = make_rows(spec)
    rows["source_lengths"] = np.array([4, 2, 3], np.int32)
    (taught, logits), (stepped, stepped_logits) = taught_and_stepped(spec, random_weights(spec), rows)
    assert set(taught) == set(stepped)
    for name, features in taught.items():
        np.testing.assert_allclose(features, stepped[name], atol=1e-13)
    np.testing.assert_allclose(logits, stepped_logits, atol=1e-13)


@pytest.mark.parametrize("attention", [None, "bahdanau"])
def test_a_target_token_changes_later_steps_only(attention):
    """The recursive decoder reads the token before; what it writes at a step cannot depend on that step's target."""
    spec = seq2seq_spec(attention=attention)
    weights, rows = random_weights(spec), make_rows(spec, n_samples=1, n_timesteps_out=4)
    other = {**rows, "target": rows["target"].copy()}
    other["target"][0, 1] = (other["target"][0, 1] + 1) % spec.target_size
    (_, logits), _ = taught_and_stepped(spec, weights, rows)
    (_, changed), _ = taught_and_stepped(spec, weights, other)
    differs = np.abs(np.array(logits) - np.array(changed)).max((1, 2)) > 1e-6
    np.testing.assert_array_equal(differs, [False, False, True, True])


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bahdanau-recursive-gru-2-layers", "direct-lstm-embedding"])
def test_allowed_restricts_the_search(name):
    """Forbidden tokens get probability exactly 0, and the others are those of the softmax over what is allowed."""
    spec = SPECS[name]
    weights, rows, runner = random_weights(spec), make_rows(spec, n_samples=8), eager(spec)
    allowed = np.array([[False, True, True, False], [True, True, True, True], [False, False, False, True]])
    tokens = predict(runner, weights, "tokens", rows, allowed=allowed)
    probs = predict(runner, weights, "probs", rows, allowed=allowed)
    assert allowed[np.arange(3), tokens].all()
    np.testing.assert_array_equal(probs[:, ~allowed], 0)
    np.testing.assert_array_equal(probs[:, 2, 3], 1)
    assert not np.array_equal(tokens, predict(runner, weights, "tokens", rows))
    for x, y, p in zip(rows["source"], tokens, probs):
        free = numpy_probs(spec, weights, x, y)[0] * allowed
        np.testing.assert_allclose(p, free / free.sum(-1, keepdims=True), rtol=1e-10)


def test_allowed_says_how_many_steps_are_written():
    spec = SPECS["recursive-lstm-2-layers"]
    weights, rows, runner = random_weights(spec), make_rows(spec), eager(spec)
    long = predict(runner, weights, "probs", rows, n_timesteps_out=5)
    assert long.shape == (3, 5, spec.target_size)
    np.testing.assert_array_equal(long[:, :2], predict(runner, weights, "probs", rows, n_timesteps_out=2))


def test_class_weight_and_sample_weight_weigh_the_loss():
    """sum(w l) / sum(w) with w = sample weight times the weight of the target's class; metrics weigh samples only."""
    spec = SPECS["bahdanau-direct-lstm"]
    weights, rows, runner = random_weights(spec), make_rows(spec, n_samples=3), eager(spec)
    class_weight, sample_weight = np.array([1.0, 0.0, 3.0, 0.5]), np.array([2.0, 1.0, 0.25])
    probs = np.array([numpy_probs(spec, weights, x, y)[0] for x, y in zip(rows["source"], rows["target"])])
    losses = -np.log(np.take_along_axis(probs, rows["target"][..., None], -1)[..., 0])
    w = sample_weight[:, None] * class_weight[rows["target"]]
    totals = evaluate(runner, weights, data_of(spec, {**rows, "weight": sample_weight}, class_weight))
    np.testing.assert_allclose(totals["loss"], [(w * losses).sum(), w.sum()], rtol=1e-12)
    right = (probs.argmax(-1) == rows["target"]).sum(1)
    np.testing.assert_allclose(totals["token_accuracy"], [sample_weight @ right, 3 * sample_weight.sum()])


@pytest.mark.parametrize("attention", [None, "bahdanau", "dot"])
def test_unrolled_equals_looped(attention):
    spec = seq2seq_spec(attention=attention, bidirectional=True)
    weights, rows = random_weights(spec), make_rows(spec)
    rows["source_lengths"] = np.array([4, 2, 3], np.int32)
    unrolled = replace(spec, unroll=True)
    for what in ("probs", "tokens"):
        np.testing.assert_allclose(
            predict(eager(unrolled), weights, what, rows),
            predict(eager(spec), weights, what, rows),
            atol=1e-13,
        )


# --- training on own tokens, label smoothing, given outputs -----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "i", "k", "c", "floor", "expected"),
    [
        ("linear", 0, 1.0, 0.01, 0.2, 1.0),
        ("linear", 30, 1.0, 0.01, 0.2, 0.7),
        ("linear", 900, 1.0, 0.01, 0.2, 0.2),
        ("exponential", 3, 0.5, 0, 0, 0.125),
        ("inverse_sigmoid", 0, 9.0, 0, 0, 0.9),  # 9 / (9 + 1)
        ("inverse_sigmoid", 20, 10.0, 0, 0, 10 / (10 + np.exp(2))),
    ],
)
def test_how_often_the_true_token_is_fed(kind, i, k, c, floor, expected):
    """Bengio et al. 2015, section 2.4; 100,000 coins stray by 0.005 at three standard deviations."""
    rates = {name: tf.constant(value, tf.float64) for name, value in zip(("k", "c", "floor"), (k, c, floor))}
    rates = {f"schedule_{name}": value for name, value in rates.items()}
    noise = Noise(seq2seq_spec(scheduled_sampling=kind), rates, tf.constant([7, i]))
    own = noise.own_tokens([100, 1000])
    assert 1 - np.mean(own) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("attention", [None, "bahdanau", "general"])
def test_own_tokens_only_is_the_loss_along_the_greedy_path(attention):
    """With k = 0 no true token is fed: the loss of the targets is under the probabilities of the greedy path."""
    spec = seq2seq_spec(attention=attention, scheduled_sampling="linear")
    weights, rows, runner = random_weights(spec), make_rows(spec, n_samples=4), eager(spec)
    probs = predict(runner, weights, "probs", rows)
    expected = -np.log(np.take_along_axis(probs, rows["target"][..., None], -1)).sum()
    free = train(runner, weights, data_of(spec, rows), schedule_k=0.0)[0]["loss"][0]
    forced = train(runner, weights, data_of(spec, rows), schedule_k=1.0)[0]["loss"][0]
    np.testing.assert_allclose(free, expected, rtol=1e-12)
    np.testing.assert_allclose(forced, evaluate(runner, weights, data_of(spec, rows))["loss"][0], rtol=1e-12)
    assert abs(free - forced) > 1e-3


def test_label_smoothing():
    """(1 - e) (-log p of the target) + e mean_c(-log p_c), in training only."""
    spec = seq2seq_spec(label_smoothing=True)
    weights, rows, runner = random_weights(spec), make_rows(spec, n_samples=3), eager(spec)
    probs = np.array([numpy_probs(spec, weights, x, y)[0] for x, y in zip(rows["source"], rows["target"])])
    plain = -np.log(np.take_along_axis(probs, rows["target"][..., None], -1)).sum()
    smooth = 0.9 * plain + 0.1 * -np.log(probs).mean(-1).sum()
    totals = train(runner, weights, data_of(spec, rows), label_smoothing=0.1)[0]
    np.testing.assert_allclose(totals["loss"][0], smooth, rtol=1e-12)
    np.testing.assert_allclose(evaluate(runner, weights, data_of(spec, rows))["loss"][0], plain, rtol=1e-12)


@pytest.mark.parametrize("name", ["bahdanau-recursive-lstm-both", "local-p-direct-gru-fed-2-layers"])
def test_log_probabilities_of_given_outputs(name):
    spec = SPECS[name]
    weights, rows, runner = random_weights(spec), make_rows(spec, n_samples=2), eager(spec)
    asked = {name: rows[name] for name in ("source", "target")} | {"target_lengths": np.array([3, 2], np.int32)}
    runner.store.load(weights)
    found = runner.predict("log_probs", TrainingData(asked))
    probs = [numpy_probs(spec, weights, x, y)[0] for x, y in zip(rows["source"], rows["target"])]
    expected = np.log(np.take_along_axis(np.array(probs), rows["target"][..., None], -1))[..., 0]
    expected[1, 2] = 0
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
