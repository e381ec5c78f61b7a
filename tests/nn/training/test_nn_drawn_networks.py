"""Means and deviations over networks drawn by dropout, against all masks that there are, and for any neighbours."""

from itertools import product

import numpy as np
import pytest
from nn_tools import compiled, eager, lengths, make_rows, pooled_spec, predict, random_weights, tagger_spec

from skseq._data.training_data import TrainingData

RATES = {"dropout": 0.25, "recurrent_dropout": 0.5}


def moments(runner, weights, what, rows, n_draws, seed=3, rates=RATES):
    runner.store.load(weights)
    rows = {name: x for name, x in rows.items() if name in ("source", "source_lengths")}
    return runner.predict_moments(what, TrainingData(rows), rates, seed, n_draws)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_by_hand(weights, source, inputs, states, outputs):
    """One number per sample of source (n, t, f) from a layer and a dense one, under masks of what each of them reads.

    Gates in the order i, f, g, o: c = f c + i g, h = o tanh(c).
    """
    W, U, b = (weights[f"encoder/0/{name}"] for name in ("kernel", "recurrent_kernel", "bias"))
    h = c = np.zeros((len(source), len(U)))
    for x in np.moveaxis(source, 1, 0):  # (n, f)
        i, f, g, o = np.split((x * inputs) @ W + (h * states) @ U + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return (h * outputs) @ weights["output/kernel"] + weights["output/bias"]  # (n, 1)


def masks(width, rate):
    """(probability, mask) of every mask of so many numbers."""
    for kept in product([0, 1] if rate else [1], repeat=width):
        kept = np.array(kept)
        yield np.prod(np.where(kept, 1 - rate, rate)), kept / (1 - rate)


def all_networks(weights, source, dropout, recurrent_dropout):
    """Values (n_networks, n, 1) and probabilities of all networks of one feature and two units."""
    values, probabilities = [], []
    for parts in product(masks(1, dropout), masks(2, recurrent_dropout), masks(2, dropout)):
        ps, drawn = zip(*parts)
        values.append(lstm_by_hand(weights, source, *drawn))
        probabilities.append(np.prod(ps))
    return np.array(values), probabilities


def test_moments_are_those_of_all_masks():
    """A thousand draws come within five standard errors of 2 * 4 * 4 networks."""
    spec = pooled_spec(task="regress", source_size=1, units=2, dropout=True, recurrent_dropout=True)
    runner, weights, rows, n_draws = compiled(spec), random_weights(spec), make_rows(spec, n_timesteps=3), 1000
    values, probabilities = all_networks(weights, rows["source"], **RATES)
    exact = np.average(values, axis=0, weights=probabilities)  # (n, 1)
    deviation = np.sqrt(np.average((values - exact) ** 2, axis=0, weights=probabilities))
    mean, found = moments(runner, weights, "values", rows, n_draws)
    assert (abs(mean - exact) < 5 * deviation / np.sqrt(n_draws)).all()
    np.testing.assert_allclose(found, deviation, rtol=0.1)
    n_traces = runner.n_traces
    moments(runner, weights, "values", rows, 1)
    assert runner.n_traces == n_traces  # the number of draws has no part in the graph


OPERATION = {"dtype": "float32", "block": True}  # one for a whole layer; it knows no dropout of states


@pytest.mark.parametrize(
    ("fields", "rates"),
    [({"recurrent_dropout": True}, RATES), (OPERATION, RATES | {"recurrent_dropout": 0.0})],
    ids=["loop", "operation"],
)
def test_one_draw_is_one_network_for_all_samples(fields, rates):
    spec = pooled_spec(task="regress", source_size=1, units=2, dropout=True, **fields)
    weights, rows = random_weights(spec), make_rows(spec, n_timesteps=3)
    one, nothing = moments(eager(spec), weights, "values", rows, 1, rates=rates)
    values, _ = all_networks(weights, rows["source"], **rates)
    assert abs(values - one).max(axis=(1, 2)).min() < 100 * np.finfo(spec.dtype).eps
    assert nothing.max() == 0


SPECS = {
    "lstm": pooled_spec(dropout=True),
    "gru-attention-tokens": pooled_spec(
        cell="gru", pooling="attention", tokens=True, source_size=5, dropout=True, recurrent_dropout=True
    ),
    "mean-2-layers-bidirectional-embedding": pooled_spec(
        pooling="mean", n_layers=2, bidirectional=True, tokens=True, source_size=5, embedding_dim=2, dropout=True
    ),
    "tagger-transitions": tagger_spec(bidirectional=True, transitions=True, recurrent_dropout=True),
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_neighbours_and_padding_change_nothing(spec):
    weights, rows = random_weights(spec), make_rows(spec)
    rows["source_lengths"] = lengths([4, 2, 3])
    together = moments(eager(spec), weights, "probs", rows, 2)
    assert together[1].max() > 1e-3
    alone = {"source": rows["source"][1:2, :2], "source_lengths": lengths([2])}
    for part, whole in zip(moments(eager(spec), weights, "probs", alone, 2), together):
        own = whole[1, :2] if whole.ndim == 3 else whole[1]  # (t, n_tags) or (n_classes,)
        np.testing.assert_allclose(part[0], own, atol=1e-12)


def test_a_rate_of_zero_is_the_ordinary_prediction():
    spec = SPECS["lstm"]
    weights, rows = random_weights(spec), make_rows(spec)
    mean, deviation = moments(eager(spec), weights, "probs", rows, 2, rates=dict.fromkeys(RATES, 0.0))
    np.testing.assert_allclose(mean, predict(eager(spec), weights, "probs", rows), atol=1e-12)
    assert deviation.max() < 1e-12
