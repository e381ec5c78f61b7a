"""One tag per timestep: softmax against stock Keras layers under masks, CRF against brute force, weights of classes."""

from dataclasses import replace
from itertools import pairwise, product

import keras
import numpy as np
import pytest
from nn_tools import (
    assert_gradient_is_slope,
    data_of,
    eager,
    emissions_of,
    evaluate,
    gradients,
    lengths,
    make_rows,
    predict,
    random_weights,
    tagger_spec,
    train,
)

from skseq._data.training_data import TrainingData

LENGTHS = lengths([4, 1, 3, 2])
REAL = np.arange(4) < LENGTHS[:, None]
CLASS_WEIGHT = np.array([1.0, 0.5, 2.0, 1.5])
SPECS = {
    "softmax": tagger_spec(bidirectional=True),
    "crf": tagger_spec(bidirectional=True, transitions=True),
}
both = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def problem(spec):
    """Weights and rows with lengths and sample weights."""
    rows = make_rows(spec, n_samples=4) | {"source_lengths": LENGTHS, "weight": np.array([1.0, 0.5, 2.0, 3.0])}
    return random_weights(spec), rows


def log_probs_of_target(runner, weights, rows):
    runner.store.load(weights)
    given = {name: rows[name] for name in ("source", "source_lengths", "target")}
    return runner.predict("log_probs", TrainingData(given))


# --- softmax ----------------------------------------------------------------------------------------------------------


def test_softmax_equals_stock_layers_under_masks():
    spec = SPECS["softmax"]
    (weights, rows), runner = problem(spec), eager(spec)
    one_way = keras.layers.LSTM(spec.units, return_sequences=True, dtype="float64")
    layer = keras.layers.Bidirectional(one_way, dtype="float64")
    layer.build(rows["source"].shape)
    names = ("kernel", "recurrent_kernel", "bias")
    layer.set_weights([weights[f"encoder/0/{way}{name}"] for way in ("", "backward/") for name in names])
    outputs = np.array(layer(rows["source"], mask=REAL))
    probs = np.array(keras.ops.softmax(outputs @ weights["output/kernel"] + weights["output/bias"]))
    np.testing.assert_allclose(predict(runner, weights, "probs", rows)[REAL], probs[REAL], atol=1e-12)
    tags = predict(runner, weights, "tags", rows)
    np.testing.assert_array_equal(tags[REAL], probs.argmax(-1)[REAL])

    losses = -np.log(np.take_along_axis(probs, rows["target"][..., None], 2)[..., 0])
    step_weights = CLASS_WEIGHT[rows["target"]] * rows["weight"][:, None] * REAL
    totals = evaluate(runner, weights, data_of(spec, rows, CLASS_WEIGHT))
    np.testing.assert_allclose(totals["loss"], [(losses * step_weights).sum(), step_weights.sum()], rtol=1e-12)
    right, counted = probs.argmax(-1) == rows["target"], rows["weight"][:, None] * REAL
    np.testing.assert_allclose(totals["token_accuracy"], [(right * counted).sum(), counted.sum()], rtol=1e-12)
    log_probs = log_probs_of_target(runner, weights, rows)
    np.testing.assert_allclose(log_probs, -(losses * REAL).sum(1), rtol=1e-12)


# --- CRF --------------------------------------------------------------------------------------------------------------


def paths_of(weights, emissions):
    """All paths of tags through emissions (n, k), and the probability of each."""
    paths = list(product(range(emissions.shape[1]), repeat=len(emissions)))
    moves, start, end = (weights[f"transitions/{name}"] for name in ("kernel", "start", "end"))
    scores = [
        start[path[0]] + end[path[-1]] + emissions[range(len(path)), path].sum() + sum(moves[p] for p in pairwise(path))
        for path in paths
    ]
    weighed = np.exp(scores)
    return paths, weighed / weighed.sum()


def test_crf_equals_brute_force():
    spec = SPECS["crf"]
    (weights, rows), runner = problem(spec), eager(spec)
    probs, tags = (predict(runner, weights, what, rows) for what in ("probs", "tags"))
    emissions = emissions_of(spec, weights, rows)
    log_probs, expected, right = log_probs_of_target(runner, weights, rows), [], []
    for row, length in enumerate(LENGTHS):
        paths, shares = paths_of(weights, emissions[row, :length])
        assert tuple(tags[row, :length]) == paths[shares.argmax()]
        marginals = np.zeros((length, spec.n_tags))
        for path, share in zip(paths, shares):
            marginals[range(length), path] += share
        np.testing.assert_allclose(probs[row, :length], marginals, atol=1e-13)
        expected.append(np.log(shares[paths.index(tuple(rows["target"][row, :length]))]))
        right.append((marginals.argmax(1) == rows["target"][row, :length]).sum())
    np.testing.assert_allclose(log_probs, expected, rtol=1e-11)

    totals = evaluate(runner, weights, data_of(spec, rows))
    np.testing.assert_allclose(totals["loss"], [-(rows["weight"] @ expected), rows["weight"] @ LENGTHS], rtol=1e-11)
    np.testing.assert_allclose(totals["token_accuracy"], [rows["weight"] @ right, rows["weight"] @ LENGTHS])


def test_a_sequence_of_a_crf_has_the_mean_weight_of_its_tags():
    spec = SPECS["crf"]
    (weights, rows), runner = problem(spec), eager(spec)
    means = [CLASS_WEIGHT[target[:length]].mean() for target, length in zip(rows["target"], LENGTHS)]
    expected = evaluate(runner, weights, data_of(spec, rows | {"weight": rows["weight"] * means}))
    totals = evaluate(runner, weights, data_of(spec, rows, CLASS_WEIGHT))
    np.testing.assert_allclose(totals["loss"], expected["loss"], rtol=1e-12)
    unweighted = evaluate(runner, weights, data_of(spec, rows))
    np.testing.assert_allclose(totals["token_accuracy"], unweighted["token_accuracy"], rtol=1e-12)


def test_without_transitions_a_crf_is_the_softmax():
    """As it starts: same loss, same probabilities, same gradient of all that both have."""
    softmax, crf = SPECS["softmax"], SPECS["crf"]
    weights, rows = problem(softmax)
    added = {name: np.zeros_like(x) for name, x in random_weights(crf).items() if name not in weights}
    assert sorted(added) == ["transitions/end", "transitions/kernel", "transitions/start"]
    for what in ("probs", "tags"):
        one, other = (predict(eager(spec), weights | added, what, rows) for spec in (crf, softmax))
        np.testing.assert_allclose(one[REAL], other[REAL], atol=1e-13)
    expected = gradients(eager(softmax), weights, data_of(softmax, rows))
    found = gradients(eager(crf), weights | added, data_of(crf, rows))
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, atol=1e-13, err_msg=name)
    assert all(np.abs(found[name]).max() > 1e-3 for name in added)


# --- both -------------------------------------------------------------------------------------------------------------


def loss(runner, weights, data, **rates):
    amount, weight = train(runner, weights, data, **rates)[0]["loss"]
    return amount / weight


@both
def test_gradient_against_central_differences(spec):
    """With dropout, lengths, and weights of samples and classes."""
    spec = replace(spec, dropout=True)
    (weights, rows), runner = problem(spec), eager(spec)
    data, rates = data_of(spec, rows, CLASS_WEIGHT), {"dropout": 0.3, "seed": 4}
    gradient = gradients(runner, weights, data, **rates)
    assert_gradient_is_slope(gradient, weights, lambda weights: loss(runner, weights, data, **rates))


GRAPHED = {  # XLA compiles one direction
    "softmax-unroll": replace(SPECS["softmax"], unroll=True),
    "crf-unroll": replace(SPECS["crf"], unroll=True),
    "crf-jit_compile": replace(SPECS["crf"], bidirectional=False, jit_compile=True),
}


@pytest.mark.parametrize("spec", GRAPHED.values(), ids=GRAPHED)
def test_every_graph_trains_alike(spec):
    weights, rows = problem(spec)
    data = data_of(spec, rows, CLASS_WEIGHT)
    expected = gradients(eager(replace(spec, unroll=False, jit_compile=False)), weights, data)
    found = gradients(eager(spec), weights, data)
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-7, atol=1e-9, err_msg=name)


def test_a_frozen_encoder_stays():
    spec = replace(SPECS["crf"], frozen=True)
    weights, rows = problem(spec)
    moved = {name for name, x in gradients(eager(spec), weights, data_of(spec, rows)).items() if np.abs(x).max() > 0}
    assert moved == {name for name in weights if not name.startswith("encoder")}
