"""Labels or numbers for a whole sequence: pooling, by hand and against stock Keras layers; losses; accuracy."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from nn_tools import (
    data_of,
    eager,
    evaluate,
    gradients,
    lengths,
    make_rows,
    network_of,
    pooled_spec,
    predict,
    random_weights,
    train,
)

LN2, LN3 = np.log(2), np.log(3)
SOURCE = {"source": np.array([[[1.0], [2.0], [6.0]]] * 2), "source_lengths": lengths([2, 3])}


def copying(**fields):
    """A spec of one unit, and weights that are zero but for gates that copy: the encoder outputs are the source."""
    spec = pooled_spec(source_size=1, units=1, activation="relu", **fields)
    weights = {w.name: np.zeros(w.shape) for w in network_of(spec).weights()}
    flow = np.array([50.0, -50, 0, 50])  # gates i, f, g, o: in open, forget, out open; sigmoid(-50) = 2e-22
    return spec, weights | {"encoder/0/kernel": np.array([[0.0, 0, 1, 0]]), "encoder/0/bias": flow}


# --- pooling by hand --------------------------------------------------------------------------------------------------


def test_attention_pooling_by_hand():
    """Yang et al. 2016, equations 5 to 7: u_t = tanh(W h_t + b), a = softmax(v' u_t), s = sum_t a_t h_t.

    W h + b = ln 3/2 * (1, 2) + ln 4/3 = (ln 2, ln 3): u = (3/5, 4/5). v = 5 ln 3: the scores differ by ln 3, so the
    weights are (1/4, 3/4) and s = 1/4 * 1 + 3/4 * 2 = 7/4, whatever stands behind the two steps. Logits
    (0, 4/7 ln 4 * 7/4) = (0, ln 4): probabilities (1, 4)/5.
    """
    spec, weights = copying(pooling="attention", sizes=(2,))
    weights |= {
        "attention/key": np.array([[np.log(3 / 2)]]),
        "attention/bias": np.array([np.log(4 / 3)]),
        "attention/scale": np.array([5 * LN3]),
        "output/kernel": np.array([[0, 4 / 7 * np.log(4)]]),
    }
    runner = eager(spec)
    attention = predict(runner, weights, "attention", SOURCE)
    np.testing.assert_allclose(attention[0], [1 / 4, 3 / 4, 0], atol=1e-12)
    assert attention[0, 2] == 0.0
    np.testing.assert_allclose(attention[1].sum(), 1, atol=1e-12)
    np.testing.assert_allclose(predict(runner, weights, "encoding", SOURCE)[0], [7 / 4], atol=1e-12)
    np.testing.assert_allclose(predict(runner, weights, "probs", SOURCE)[0], [1 / 5, 4 / 5], atol=1e-12)


def test_timesteps_below_convolutions_share_attention_evenly():
    """Two convolutions: 6 timesteps become 2 outputs, for steps 0 to 3 and 4 to 5, a sample of 3 becomes one."""
    spec = pooled_spec(pooling="attention", n_conv_layers=2, kernel_size=3)
    source = {"source": make_rows(spec, n_samples=2, n_timesteps=6)["source"], "source_lengths": lengths([6, 3])}
    attention = predict(eager(spec), random_weights(spec), "attention", source)
    assert attention.shape == (2, 6)
    np.testing.assert_allclose(attention[0], [attention[0, 0]] * 4 + [attention[0, 5]] * 2, atol=1e-12)
    assert attention[0, 0] != attention[0, 5]
    np.testing.assert_allclose(attention.sum(1), 1, atol=1e-12)
    np.testing.assert_allclose(attention[1], [1 / 3] * 3 + [0] * 3, atol=1e-12)
    even = {"source": source["source"]}
    np.testing.assert_allclose(predict(eager(spec), random_weights(spec), "attention", even)[0], attention[0])


@pytest.mark.parametrize(("pooling", "pooled"), [("mean", [3 / 2, 3]), ("last", [2, 6])])
def test_mean_and_last_by_hand(pooling, pooled):
    """h = (1, 2) and (1, 2, 6): means 3/2 and 3, last 2 and 6. Outputs 2 s + 1 and -s; squared errors of (4, 0)."""
    spec, weights = copying(pooling=pooling, task="regress", sizes=(1, 1))
    weights |= {"output/kernel": np.array([[2.0, -1]]), "output/bias": np.array([1.0, 0])}
    runner, expected = eager(spec), np.array([[2 * s + 1, -s] for s in pooled])
    np.testing.assert_allclose(predict(runner, weights, "encoding", SOURCE), np.array(pooled)[:, None], atol=1e-12)
    np.testing.assert_allclose(predict(runner, weights, "values", SOURCE), expected, atol=1e-12)
    rows = {**SOURCE, "target": np.array([[4.0, 0], [4, 0]]), "weight": np.array([1.0, 3])}
    errors = ((expected - [4, 0]) ** 2).sum(1)
    totals = evaluate(runner, weights, data_of(spec, rows))
    assert set(totals) == {"loss"}
    np.testing.assert_allclose(totals["loss"], [errors @ [1, 3], 2 * (1 + 3)], rtol=1e-12)


def test_concat_by_hand():
    """h = (5, 2), with a 9 behind its end, and (1, 2, 6): means, largest values and last ones side by side."""
    spec, weights = copying(pooling="concat", sizes=(2,))
    source = {"source": np.array([[[5.0], [2.0], [9.0]], [[1], [2], [6]]]), "source_lengths": lengths([2, 3])}
    expected = [[7 / 2, 5, 2], [3, 6, 6]]
    np.testing.assert_allclose(predict(eager(spec), weights, "encoding", source), expected, atol=1e-12)
    assert weights["output/kernel"].shape == (3, 2)


def test_ends_by_hand():
    """Of (5, 2), with a 9 behind its end, and of (1, 2, 60), which counts as 10: 3 times the first, half the last."""
    spec, weights = copying(pooling="last", task="regress", sizes=(1,), reads_ends=True)
    source = {"source": np.array([[[5.0], [2.0], [9.0]], [[1], [2], [60]]]), "source_lengths": lengths([2, 3])}
    np.testing.assert_allclose(predict(eager(spec), weights, "encoding", source), [[2], [60]], atol=1e-12)
    assert weights["output/ends"].shape == (2, 1)
    weights["output/ends"][:] = [[3], [0.5]]  # the state has a weight of zero
    np.testing.assert_allclose(predict(eager(spec), weights, "values", source), [[16], [8]], atol=1e-12)


def test_losses_and_accuracy_of_two_labels_by_hand():
    """Logits (0, ln 3) and (ln 2, 0, 0), whatever the source: probabilities (1, 3)/4 and (2, 1, 1)/4.

    Losses of the labels (1, 0): ln 4/3 and ln 2; of (1, 2): ln 4/3 and ln 4; of (0, 0): ln 4 and ln 2. Only the first
    sample has both labels right.
    """
    spec, weights = copying(sizes=(2, 3))
    weights["output/bias"] = np.array([0, LN3, LN2, 0, 0])
    rows = {"source": np.ones((3, 2, 1)), "target": np.array([[1, 0], [1, 2], [0, 0]], np.int32)}
    runner = eager(spec)
    probs = predict(runner, weights, "probs", rows)
    np.testing.assert_allclose(probs, [[1 / 4, 3 / 4, 1 / 2, 1 / 4, 1 / 4]] * 3, atol=1e-14)
    totals = evaluate(runner, weights, data_of(spec, {**rows, "weight": np.array([1.0, 2, 4])}))
    loss = np.log(4 / 3) + LN2 + 2 * (np.log(4 / 3) + 2 * LN2) + 4 * 3 * LN2
    np.testing.assert_allclose(totals["loss"], [loss, 2 * 7], rtol=1e-12)
    np.testing.assert_allclose(totals["accuracy"], [1, 7])


# --- where samples end ------------------------------------------------------------------------------------------------


def test_a_convolution_reads_where_samples_end():
    """Windows of steps (0, 1) and (2, 3), that is 2 and 1 steps, or 2 and 2: with a kernel of ones they count them.

    The source is zero, so that nothing else can tell a sample of 3 from one of 4.
    """
    spec, weights = copying(n_conv_layers=1, kernel_size=2, marks_steps=True)
    assert weights["encoder/convolution/0/kernel"].shape == (2, 2, 1)  # one channel more than the source
    weights["encoder/convolution/0/kernel"][:, 1] = 1
    source = {"source": np.zeros((2, 4, 1)), "source_lengths": lengths([3, 4])}
    outputs = predict(eager(replace(spec, pooling="mean")), weights, "encoding", source)
    np.testing.assert_allclose(outputs, [[3 / 2], [2]], atol=1e-12)
    blind = replace(spec, marks_steps=False)
    weights["encoder/convolution/0/kernel"] = np.ones((2, 1, 1))
    np.testing.assert_array_equal(predict(eager(blind), weights, "encoding", source), [[0], [0]])


# --- stock Keras layers, which see ragged lengths as masks ------------------------------------------------------------


def stock_encoder(spec, weights, source, mask):
    """Outputs at every step and the final hidden state of one bidirectional layer."""
    kind = keras.layers.LSTM if spec.cell == "lstm" else keras.layers.GRU
    recurrent = kind(spec.units, return_sequences=True, return_state=True, dtype="float64")
    layer = keras.layers.Bidirectional(recurrent, dtype="float64")
    layer.build(source.shape)
    names = ("kernel", "recurrent_kernel", "bias")
    layer.set_weights([weights[f"encoder/0/{way}{name}"] for way in ("", "backward/") for name in names])
    outputs, *states = layer(source, mask=mask)
    return outputs, np.concatenate([states[0], states[len(states) // 2]], -1)


def stock_pooling(spec, weights, outputs, last, mask):
    if spec.pooling == "last":
        return last
    mean = keras.layers.GlobalAveragePooling1D(dtype="float64")(outputs, mask=mask)
    if spec.pooling == "mean":
        return mean
    if spec.pooling == "concat":  # Keras' GlobalMaxPooling1D reads no mask
        largest = keras.layers.GlobalMaxPooling1D(dtype="float64")(np.where(mask[..., None], outputs, -1))
        return np.concatenate([mean, largest, last], -1)
    keys = np.array(outputs) @ weights["attention/key"] + weights["attention/bias"]
    attention = keras.layers.AdditiveAttention(dtype="float64")
    query = np.zeros_like(keys[:, :1])
    attention.build([query.shape, outputs.shape, keys.shape])
    attention.set_weights([weights["attention/scale"]])
    return attention([query, outputs, keys], mask=[None, mask])[:, 0]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("pooling", ["last", "attention", "mean", "concat"])
def test_equals_stock_layers_under_masks(pooling, cell):
    spec = pooled_spec(pooling=pooling, cell=cell, bidirectional=True)
    weights, rows = random_weights(spec), make_rows(spec, n_samples=4) | {"source_lengths": lengths([4, 1, 3, 2])}
    mask = np.arange(4) < rows["source_lengths"][:, None]
    pooled = stock_pooling(spec, weights, *stock_encoder(spec, weights, rows["source"], mask), mask)
    runner = eager(spec)
    np.testing.assert_allclose(predict(runner, weights, "encoding", rows), pooled, atol=1e-12)
    logits = np.array(pooled) @ weights["output/kernel"] + weights["output/bias"]
    probs = keras.ops.softmax(logits)
    np.testing.assert_allclose(predict(runner, weights, "probs", rows), probs, atol=1e-12)
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="sum", dtype="float64")(rows["target"], probs)
    np.testing.assert_allclose(evaluate(runner, weights, data_of(spec, rows))["loss"], [loss, 4], rtol=1e-12)


def test_ids_without_an_embedding_are_one_hot():
    spec = pooled_spec(source_size=4, tokens=True, pooling="attention")
    weights, rows = random_weights(spec), make_rows(spec)
    hot = pooled_spec(source_size=4, pooling="attention")
    expected = predict(eager(hot), weights, "probs", {"source": np.eye(4)[rows["source"]]})
    np.testing.assert_allclose(predict(eager(spec), weights, "probs", rows), expected, atol=1e-14)


# --- the padding contract in training ---------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["classify", "regress"])
@pytest.mark.parametrize("pooling", ["last", "attention", "mean", "concat"])
def test_padding_and_order_change_no_update(pooling, task):
    """Totals and gradients of ragged samples, with more padding of other numbers and in another order."""
    convolutions = {"n_conv_layers": 2, "kernel_size": 3, "marks_steps": True, "reads_ends": True}
    convolutions = convolutions if pooling == "concat" else {}
    spec = pooled_spec(pooling=pooling, task=task, bidirectional=True, **convolutions)
    runner, weights, rows = eager(spec), random_weights(spec), make_rows(spec, n_samples=4)
    rows |= {"source_lengths": lengths([4, 1, 3, 2]), "weight": np.array([1.0, 2, 0.5, 1])}
    expected_totals, *_ = train(runner, weights, data_of(spec, rows))
    expected = gradients(runner, weights, data_of(spec, rows))
    source = np.concatenate([rows["source"], np.zeros((4, 3, 2))], 1)
    source[np.arange(7) >= rows["source_lengths"][:, None]] = 9
    data, order = data_of(spec, {**rows, "source": source}), [[2, 0, 3, 1]]
    totals, *_ = train(runner, weights, data, order)
    for name, total in totals.items():
        np.testing.assert_allclose(total, expected_totals[name], rtol=1e-12, err_msg=name)
    for name, gradient in gradients(runner, weights, data, rows=order).items():
        np.testing.assert_allclose(gradient, expected[name], atol=1e-12, err_msg=name)


# --- dropout ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("frozen", "mean"), [(True, 2), (False, 4)])
def test_dropout_thins_the_pooled_vector(frozen, mean):
    """The network copies ones; the squared error of a target of zero is the square of what dropout leaves.

    At rate 1/2 a mask is 0 or 2. A frozen encoder has none: 4 with probability 1/2, mean 2 and variance 4. Otherwise
    there is one on its input, too: 16 with probability 1/4, mean 4 and variance 48.
    """
    spec, weights = copying(task="regress", dropout=True, frozen=frozen)
    weights["output/kernel"] = np.ones((1, 1))
    n_samples = 4000
    rows = {"source": np.ones((n_samples, 2, 1)), "target": np.zeros((n_samples, 1)), "weight": np.ones(n_samples)}
    amount, weight = train(eager(spec), weights, data_of(spec, rows), dropout=0.5)[0]["loss"]
    assert abs(amount / weight - mean) < 5 * np.sqrt((4 if frozen else 48) / n_samples)
    np.testing.assert_allclose(evaluate(eager(spec), weights, data_of(spec, rows))["loss"], [n_samples] * 2)
