"""Attention and the steps around it, against numbers worked by hand.

tanh(ln 2) = (2^2 - 1) / (2^2 + 1) = 3/5 and tanh(ln 3) = (3^2 - 1) / (3^2 + 1) = 4/5 keep the arithmetic in fractions.
"""

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import data_of, eager, evaluate, gradients, lengths, network_of, predict, random_weights, seq2seq_spec

from skseq._base.decoders import decoder
from skseq.nn.kernels import alignment
from skseq.nn.networks import attention
from skseq.nn.networks.source import Source
from skseq.nn.training.compiled import CompiledNetwork

LN2, LN3 = np.log(2), np.log(3)
FLOW = np.array([50.0, -50, 0, 50])  # LSTM gates i, f, g, o: in open, forget, out open; sigmoid(-50) = 2e-22


def doubles(values):
    return tf.constant(values, tf.float64)


def test_additive_scores_one_unit():
    """e_j = v tanh(W s + U h_j): W s = ln 2, U h = (0, ln 3/2), v = 5: 5 tanh(ln 2) = 3 and 5 tanh(ln 3) = 4."""
    scores = alignment.additive_scores(doubles([[[LN2]]]), doubles([[[0.0], [LN3 - LN2]]]), doubles([5.0]))
    np.testing.assert_allclose(scores, [[[3, 4]]], atol=1e-14)


def test_additive_scores_two_units():
    """W s = (ln 2, 0); U h_1 = (0, 0), U h_2 = (0, ln 3); v = (1, 2): 3/5 + 0 and 3/5 + 2 * 4/5 = 11/5."""
    scores = alignment.additive_scores(doubles([[[LN2, 0]]]), doubles([[[0.0, 0], [0, LN3]]]), doubles([1.0, 2]))
    np.testing.assert_allclose(scores, [[[3 / 5, 11 / 5]]], atol=1e-14)


def test_attend():
    """softmax(0, ln 3) = (1/4, 3/4); context of the values (4, 0) and (8, 4): (7, 3)."""
    weights, context = alignment.attend(doubles([[[0.0, LN3]]]), doubles([[[4.0, 0], [8, 4]]]), None)
    np.testing.assert_allclose(weights, [[[1 / 4, 3 / 4]]], atol=1e-15)
    np.testing.assert_allclose(context, [[[7, 3]]], atol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_masked_source_steps_get_no_weight(dtype):
    """The third step would win the softmax, and its value is huge, but it is padding."""
    scores, values = tf.constant([[[0.0, LN3, 1e4]]], dtype), tf.constant([[[4.0], [8], [1e30]]], dtype)
    weights, context = alignment.attend(scores, values, tf.constant([[True, True, False]]))
    np.testing.assert_allclose(weights, [[[1 / 4, 3 / 4, 0]]], atol=1e-7)
    assert weights[0, 0, 2] == 0.0
    np.testing.assert_allclose(context, [[[7]]], rtol=1e-6)


# --- alignment models: one unit, so encoder outputs and queries are numbers -------------------------------------------


def aligned(kind, query, outputs, position=0, *, n_real=None, **fields_and_weights):
    """Attention weights (n_source,) and context of one query; weights go by their last name."""
    weights = {f"attention/{name}": doubles(value) for name, value in fields_and_weights.pop("weights", {}).items()}
    spec = seq2seq_spec(attention=kind, units=1, **fields_and_weights)
    values = doubles(outputs)[:, None, None]
    lengths = None if n_real is None else tf.constant([n_real])
    source = Source(**attention.keys_and_values(weights, values, lengths))
    found, context = attention.align(spec, weights, source, doubles([[[query]]]), tf.constant([position]))
    np.testing.assert_allclose(context[0, 0, 0], np.sum(found[0, 0] * outputs), atol=1e-14)
    return found[0, 0]


def test_general_by_hand():
    """h_t W h_s with h_t = ln 3 / 2 and W = 2: scores (ln 3, 2 ln 3), weights (3, 9)/12."""
    np.testing.assert_allclose(aligned("general", LN3 / 2, [1, 2], weights={"key": [[2]]}), [1 / 4, 3 / 4], atol=1e-14)


def test_concat_by_hand():
    """v tanh(W h_t + U h_s): tanh(ln 4/3 + ln 3/2 h_s) = (3/5, 4/5) for h_s = (1, 2), and v = 5 ln 3: (1, 3)/4."""
    weights = {"query": [[np.log(4 / 3)]], "key": [[np.log(3 / 2)]], "scale": [5 * LN3]}
    np.testing.assert_allclose(aligned("concat", 1, [1, 2], weights=weights), [1 / 4, 3 / 4], atol=1e-14)


def test_location_by_hand():
    """softmax(W h_t) over real positions, whatever stands there: of (0, ln 2, ln 5) the first two, (1, 2)/3."""
    weights = {"location": [[0, LN2, np.log(5)]]}
    found = aligned("location", 1, [7, -9, 3], n_real=2, source_steps=3, weights=weights)
    np.testing.assert_allclose(found, [1 / 3, 2 / 3, 0], atol=1e-14)
    shorter = aligned("location", 1, [7, -9], source_steps=3, weights=weights)
    longer = aligned("location", 1, [7, -9, 0, 0], n_real=2, source_steps=3, weights=weights)
    np.testing.assert_allclose(shorter, [1 / 3, 2 / 3], atol=1e-14)
    np.testing.assert_allclose(longer, [1 / 3, 2 / 3, 0, 0], atol=1e-14)


LOGS = np.log([1, 2, 3, 5])  # scores of four source steps for the query 1 and the matrix 1


@pytest.mark.parametrize(
    ("position", "n_real", "expected"),
    [
        (0, None, [1 / 3, 2 / 3, 0, 0]),  # cut at the beginning
        (2, None, [0, 2 / 10, 3 / 10, 5 / 10]),
        (9, None, [0, 0, 3 / 8, 5 / 8]),  # past the end of the source: stays there
        (9, 3, [0, 2 / 5, 3 / 5, 0]),  # the end is that of real steps
    ],
)
def test_monotonic_local_attention_by_hand(position, n_real, expected):
    """The window [t - 1, t + 1], and the softmax inside it."""
    found = aligned("local-m", 1, LOGS, position, n_real=n_real, attention_window=1, weights={"key": [[1]]})
    np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (1, np.exp(-1 / 2) * np.array([0, 0, 3 / 8, 5 / 8])),
        (2, [0, 2 / 10 * np.exp(-9 / 8), 3 / 10 * np.exp(-1 / 8), 5 / 10 * np.exp(-1 / 8)]),
    ],
)
def test_predictive_local_attention_by_hand(window, expected):
    """p_t = 4 sigmoid(5/3 ln 5/3 tanh(ln 2)) = 4 sigmoid(ln 5/3) = 4 * 5/8 = 5/2.

    Steps 2 and 3 are 1/2 away, step 1 is 3/2 away: exp(-(s - p_t)^2 / (2 (D/2)^2)), not renormalised.
    """
    weights = {"key": [[1]], "position": [[LN2]], "position_scale": [5 / 3 * np.log(5 / 3)]}
    np.testing.assert_allclose(
        aligned("local-p", 1, LOGS, attention_window=window, weights=weights), expected, atol=1e-14
    )


def test_predictive_local_attention_counts_real_steps():
    """S = 2: p_t = 2 * 3/4 = 3/2, in the middle of steps 1 and 2, of which only step 1 is there."""
    weights = {"key": [[1]], "position": [[LN2]], "position_scale": [5 / 3 * LN3]}
    found = aligned("local-p", 1, LOGS, n_real=2, attention_window=1, weights=weights)
    np.testing.assert_allclose(found, [0, np.exp(-2 / 4), 0, 0], atol=1e-14)


def test_estimators_offer_the_kinds_that_networks_have():
    """Two lists, as an estimator is made without TensorFlow."""
    assert decoder.KINDS == attention.KINDS


@pytest.mark.parametrize("kind", [*attention.KINDS])
def test_predicted_attention_is_a_distribution_over_real_steps(kind):
    spec = seq2seq_spec(attention=kind, source_steps=4)
    rows = {"source": np.array([[1, 2, 3, 4], [4, 3, 1, 1], [2, 4, 1, 1]], np.int32)}
    rows["source_lengths"] = lengths([4, 2, 1])
    weights = predict(eager(spec), random_weights(spec), "attention", rows)
    assert weights.shape == (3, 3, 4)
    np.testing.assert_array_equal(weights[1, :, 2:], 0)
    np.testing.assert_array_equal(weights[2, :, 1:], 0)
    if kind != "local-p":
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-14)
    assert np.ptp(weights[0], axis=-1).min() > 1e-3


# --- what a step multiplies: all else is done once, before the loop ---------------------------------------------------


def products_by_loop(function):
    """How many matrix products stand in the body of every innermost loop of a graph."""
    functions = {f.signature.name: f.node_def for f in function.graph.as_graph_def().library.function}
    loops = {name: [n for n in nodes if n.op in ("While", "StatelessWhile")] for name, nodes in functions.items()}
    outer = [*function.graph.as_graph_def().node, *(node for nodes in loops.values() for node in nodes)]
    bodies = {node.attr["body"].func.name for node in outer if node.op in ("While", "StatelessWhile")}
    return sorted(sum("MatMul" in n.op for n in functions[name]) for name in bodies if not loops[name])


@pytest.mark.parametrize(
    ("kind", "n_products"),
    [
        ("bahdanau", 7),  # query, scores, context, what the context adds to the gates, recurrence; two of the readout
        ("dot", 6),  # recurrence, scores, context, two that combine, readout
        ("general", 6),
        ("concat", 7),  # and the query
        ("location", 6),
        ("local-m", 6),
        ("local-p", 7),  # and the position
    ],
)
def test_a_step_of_a_search_multiplies_no_source(kind, n_products):
    """The encoder has one product per step. Keys, first state and all that only the source decides stand in no loop."""
    spec = seq2seq_spec(attention=kind, source_steps=4)
    runner = CompiledNetwork(spec)
    predict(runner, random_weights(spec), "probs", {"source": np.array([[1, 2, 3, 4]], np.int32)})
    (function,) = runner._functions.values()
    assert products_by_loop(function) == [1, n_products]


def test_a_step_of_training_with_attention_multiplies_no_source():
    """Encoder: one product per step, one for its gradient. Decoder: query, scores, context, what it adds, recurrence.

    Its gradient: those of the recurrence, of context and attention weights, of v and of the query. Weights, keys and
    values get theirs from all steps at once.
    """
    spec = seq2seq_spec(attention="bahdanau")
    rows = {"source": np.ones((2, 4), np.int32), "target": np.ones((2, 3), np.int32), "weight": np.ones(2)}
    runner = CompiledNetwork(spec)
    gradients(runner, random_weights(spec), data_of(spec, rows))
    (function,) = runner._functions.values()
    assert products_by_loop(function) == [1, 1, 5, 5]


# --- whole networks of one unit whose LSTMs copy: gates at 0 and 1 and relu give h = c = (what enters the cell) -------


def copying(spec, **weights):
    """Weights of a network with one unit: gates that copy, the given weights, and zero for all else."""
    zeros = {w.name: np.zeros(w.shape) for w in network_of(spec).weights()}
    copy = {"encoder/0/kernel": [[0, 0, 1, 0]], "encoder/0/bias": FLOW, "decoder/0/bias": FLOW}
    given = {name.replace("__", "/"): value for name, value in weights.items()}
    return {name: np.array((copy | given).get(name, zero), float) for name, zero in zeros.items()}


def into_cell(*values):
    """A kernel whose row k adds values[k] to the candidate, which is the next state."""
    return [[0, 0, value, 0] for value in values]


def tiny_spec(**fields):
    """One unit, two target classes, measurements as source."""
    return seq2seq_spec(source_size=1, target_size=2, units=1, tokens=False, activation="relu", **fields)


SOURCE = {"source": np.array([[[1.0], [2.0]]])}  # encoder outputs h = (1, 2)


def test_dot_attention_by_hand():
    """Luong et al. 2015, equations 5, 7 and 8, with the current decoder state.

    The start token makes h_1 = ln 3: scores (1 ln 3, 2 ln 3), weights (3, 9)/12, context 1/4 * 1 + 3/4 * 2 = 7/4.
    h~_1 = tanh(W_c c) = tanh(4/7 ln 2 * 7/4) = 3/5; logits (0, 5/3 ln 4 * 3/5) = (0, ln 4): probabilities (1, 4)/5.
    Class 1 is fed back and makes h_2 = ln 2: weights (2, 4)/6, context 5/3, h~_2 = tanh(20/21 ln 2).
    """
    spec = tiny_spec(attention="dot")
    weights = copying(
        spec,
        decoder__0__kernel=into_cell(LN3, 7.0, LN2),  # rows: start, class 0, class 1
        combine__context=[[4 / 7 * LN2]],
        output__kernel=[[0, 5 / 3 * np.log(4)]],
    )
    runner = eager(spec)
    second = 4 ** (5 / 3 * np.tanh(20 / 21 * LN2))
    weighed = predict(runner, weights, "attention", SOURCE, n_timesteps_out=2)
    np.testing.assert_allclose(weighed, [[[1 / 4, 3 / 4], [1 / 3, 2 / 3]]], atol=1e-12)
    probs = predict(runner, weights, "probs", SOURCE, n_timesteps_out=2)
    np.testing.assert_allclose(probs, [[[1 / 5, 4 / 5], [1 / (1 + second), second / (1 + second)]]], atol=1e-12)


def test_dot_attention_joins_the_current_state():
    """h~ = tanh(W_c c + W_h h): W_c = 0, W_h = 1 and h_1 = ln 2 give 3/5; logits (0, 3/5 * 5/3 ln 4): (1, 4)/5."""
    spec = tiny_spec(attention="dot")
    weights = copying(
        spec,
        decoder__0__kernel=into_cell(LN2, 0, 0),
        combine__hidden=[[1.0]],
        output__kernel=[[0, 5 / 3 * np.log(4)]],
    )
    probs = predict(eager(spec), weights, "probs", SOURCE, n_timesteps_out=1)
    np.testing.assert_allclose(probs, [[[1 / 5, 4 / 5]]], atol=1e-12)


def test_input_feeding_by_hand():
    """As above, but h_2 = ln 2 comes from h~_1 = 3/5 times 5/3 ln 2, and nothing from the token; h~_0 = 0."""
    spec = tiny_spec(attention="dot", input_feeding=True)
    weights = copying(
        spec,
        decoder__0__kernel=into_cell(LN3, 0, 0),
        decoder__0__feed_kernel=into_cell(5 / 3 * LN2),
        combine__context=[[4 / 7 * LN2]],
        output__kernel=[[0, 5 / 3 * np.log(4)]],
    )
    weighed = predict(eager(spec), weights, "attention", SOURCE, n_timesteps_out=2)
    np.testing.assert_allclose(weighed, [[[1 / 4, 3 / 4], [1 / 3, 2 / 3]]], atol=1e-12)


def test_merge_by_hand():
    """The start token makes h = ln 3 / 2, the code is 2: tanh(h + (ln 4 - ln 3) / 4 * 2) = tanh(ln 2) = 3/5: (1, 4)/5.

    The state starts at zero and never sees the source, which here would make it 2.
    """
    spec = tiny_spec(decoder="merge")
    weights = copying(
        spec,
        decoder__0__kernel=into_cell(LN3 / 2, 0, 0),
        decoder__0__recurrent_kernel=into_cell(100),
        combine__hidden=[[1.0]],
        combine__code=[[(np.log(4) - LN3) / 4]],
        output__kernel=[[0, 5 / 3 * np.log(4)]],
    )
    probs = predict(eager(spec), weights, "probs", SOURCE, n_timesteps_out=1)
    np.testing.assert_allclose(probs, [[[1 / 5, 4 / 5]]], atol=1e-12)


def test_bahdanau_attention_by_hand():
    """Bahdanau et al. 2015, section 3.1 and appendix A.2: the previous state scores, and is read with the context.

    s_0 = tanh(W_s h_1) = tanh(ln 2 * 1) = 3/5.
    W s_0 = 5/3 ln 4/3 * 3/5 = ln 4/3, U h = ln 3/2 * (1, 2): tanh of (ln 2, ln 3) = (3/5, 4/5); v = 5 ln 3, so the
    scores differ by ln 3: weights (1/4, 3/4), context 7/4.
    Logit of class 1: 5/3 ln 2 * s_0 + 4/7 ln 3 * c_1 + ln 5 (start token) = ln 30: probability 30/31.
    s_1 = f(y_0, c_1) = 1/2 (start token) + 2/5 * 7/4 = 6/5.
    W s_1 = 2 ln 4/3 = ln 16/9: tanh of (ln 8/3, ln 4) = (64 - 9)/(64 + 9), (16 - 1)/(16 + 1) = 55/73, 15/17.
    Logit of class 1 after class 1: 5/3 ln 2 * 6/5 + 4/7 ln 3 * c_2 + ln 7.
    """
    spec = tiny_spec(attention="bahdanau")
    weights = copying(
        spec,
        bridge__0__hidden__kernel=[[LN2]],
        attention__query=[[5 / 3 * np.log(4 / 3)]],
        attention__key=[[np.log(3 / 2)]],
        attention__scale=[5 * LN3],
        decoder__0__kernel=into_cell(1 / 2, 9.0, 9.0),
        decoder__0__context_kernel=into_cell(2 / 5),
        output__kernel=[[0, 5 / 3 * LN2]],
        output__context_kernel=[[0, 4 / 7 * LN3]],
        output__input_kernel=[[0, np.log(5)], [0, 9], [0, np.log(7)]],
    )
    runner = eager(spec)
    ratio = 3 ** (5 * (15 / 17 - 55 / 73))  # weight of the second source step over that of the first
    first, second = 1 / (1 + ratio), ratio / (1 + ratio)
    weighed = predict(runner, weights, "attention", SOURCE, n_timesteps_out=2)
    np.testing.assert_allclose(weighed, [[[1 / 4, 3 / 4], [first, second]]], atol=1e-12)
    odds = 2**2 * 3 ** (4 / 7 * (first + 2 * second)) * 7
    probs = predict(runner, weights, "probs", SOURCE, n_timesteps_out=2)
    np.testing.assert_allclose(probs, [[[1 / 31, 30 / 31], [1 / (1 + odds), odds / (1 + odds)]]], atol=1e-12)


def test_direct_decoder_without_attention_by_hand():
    """The code h = 2 enters at every step and the state starts at zero: h_t = ln 2 / 2 * 2 + 1/2 h_{t-1}.

    h_1 = ln 2 and h_2 = 3/2 ln 2; logits (0, h_t): probabilities of class 1 are 2/3 and 2^1.5 / (1 + 2^1.5). The loss
    of the targets (1, 0) is ln 3/2 + ln(1 + 2^1.5).
    """
    spec = tiny_spec(decoder="direct")
    weights = copying(
        spec,
        decoder__0__code_kernel=into_cell(LN2 / 2),
        decoder__0__recurrent_kernel=into_cell(1 / 2),
        output__kernel=[[0, 1]],
    )
    probs = predict(eager(spec), weights, "probs", SOURCE, n_timesteps_out=2)
    np.testing.assert_allclose(probs[0, :, 1], [2 / 3, 2**1.5 / (1 + 2**1.5)], atol=1e-12)
    rows = {**SOURCE, "target": np.array([[1, 0]], np.int32), "weight": np.ones(1)}
    totals = evaluate(eager(spec), weights, data_of(spec, rows))
    np.testing.assert_allclose(totals["loss"], [np.log(3 / 2) + np.log(1 + 2**1.5), 2], atol=1e-12)
    np.testing.assert_allclose(totals["token_accuracy"], [1, 2])
    np.testing.assert_allclose(totals["sequence_accuracy"], [0, 1])


def test_recursive_decoder_starts_from_the_encoder_by_hand():
    """h_0 = 2 (the last encoder state): h_1 = ln 2 (start) + ln 2 / 2 * 2 = ln 4; logits (0, h_1): (1, 4)/5."""
    spec = tiny_spec()
    weights = copying(
        spec,
        decoder__0__kernel=into_cell(LN2, 0, 0),
        decoder__0__recurrent_kernel=into_cell(LN2 / 2),
        output__kernel=[[0, 1]],
    )
    probs = predict(eager(spec), weights, "probs", SOURCE, n_timesteps_out=1)
    np.testing.assert_allclose(probs, [[[1 / 5, 4 / 5]]], atol=1e-12)
