"""Traced graphs give the numbers of the functions that they are made of, for every kind of network.

Most other tests of networks run those functions eagerly, which takes a tenth of the time.
"""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from eager_network import EagerNetwork
from nn_tools import (
    SPECS,
    data_of,
    evaluate,
    generator_spec,
    gradients,
    lengths,
    make_rows,
    predict,
    predicts,
    random_weights,
    reconstructs,
)
from quick_operations import plain_getitem, quick_getitem

from skseq.nn.training.compiled import CompiledNetwork

NOISE = {"dropout": True, "recurrent_dropout": True}
COMPOSITE = {"decoder": "composite", "held_back": True}


def thin(name, **fields):
    """A spec of `SPECS` with one layer and direction: each more is so many operations more to trace."""
    return replace(SPECS[name], n_layers=1, bidirectional=False, **fields)


CHANGED = {  # what else decides how a graph is made
    "truncated": thin("bahdanau-recursive-lstm-bidirectional", **NOISE, truncated=True, penalty=True),
    "unrolled": thin("bahdanau-recursive-lstm-both", **NOISE, unroll=True),
    "sampling": thin("recursive-lstm-2-layers", scheduled_sampling="linear", label_smoothing=True),
    "recomputed": replace(SPECS["last-gru-2-layers-tokens-regress"], **NOISE, truncated=True, recompute=True),
    "noisy": thin("conditional-cho-gru-2-layers-reversed", **NOISE, **COMPOSITE, input_noise=True, step_dropout=True),
    "frozen": thin("mean-gru-bidirectional-embedding-frozen", **NOISE, penalty=True),
    "pooled": thin("attention-lstm-bidirectional-2-convolutions", **NOISE, truncated=True, penalty=True),
}
RATES = {
    **{"dropout": 0.3, "recurrent_dropout": 0.3, "input_noise": 0.5, "step_dropout": 0.3, "bptt_steps": 2},
    **{"l1": 0.1, "l2": 0.1, "clipnorm": 0.5, "schedule_k": 0.5, "label_smoothing": 0.1},
}
GENERATORS = {
    "generator-ids": generator_spec(
        ends=True, tied=True, embedding_dim=2, condition="labels", condition_size=2, cell="gru", dropout=True
    ),
    "generator-numbers": generator_spec(
        tokens=False, ends=True, binary=(1,), correlated=True, condition="vectors", condition_size=2
    ),
}
READ = {  # one of each kind: what reads a network is the same code for all of a kind
    "composite-held-back-gru-reversed": thin("composite-held-back-gru-2-layers-reversed"),
    "bahdanau-recursive-lstm-bidirectional": SPECS["bahdanau-recursive-lstm-bidirectional"],
    "local-p-direct-gru-fed": thin("local-p-direct-gru-fed-2-layers"),
    "attention-gru-regress-2-numbers": thin("attention-gru-bidirectional-regress-2-numbers"),
    "tagger-lstm-transitions": thin("tagger-lstm-bidirectional-transitions"),
} | GENERATORS
TRAINED = {  # with those changed, everything that differs in the loops that training runs
    "local-p-direct-gru-fed": READ["local-p-direct-gru-fed"],
    "tagger-lstm-transitions": READ["tagger-lstm-transitions"],
    "predict-held-back-conditional-lstm-2-layers-bidirectional": SPECS[
        "predict-held-back-conditional-lstm-2-layers-bidirectional"
    ],
    "general-merge-lstm": thin("general-merge-lstm-2-layers"),
    "concat-recursive-lstm-fed": thin("concat-recursive-lstm-fed-bidirectional"),
} | GENERATORS
CASES = TRAINED | CHANGED


def problem(spec):
    """Weights, and data of which every row has another length and weight."""
    rows = make_rows(spec, n_samples=3, n_timesteps=5)
    rows |= {"source_lengths": lengths([5, 3, 4]), "weight": np.array([1.0, 0.5, 2.0], spec.dtype)}
    if hasattr(spec, "attention"):
        rows["target_lengths"] = lengths([2, 3, 1])
    return random_weights(spec), data_of(spec, rows, class_weight=[1.0, 0.5, 2.0, 1.5], horizon=2)


def predicted(spec):
    """Everything that a network of this kind predicts."""
    if hasattr(spec, "pooling"):
        what = ["values" if spec.task == "regress" else "probs", "encoding"]
        return what + (["attention"] if spec.pooling == "attention" else [])
    if hasattr(spec, "transitions"):
        return ["probs", "tags"]
    if hasattr(spec, "tied"):
        return ["step_log_probs", "encoding", "next" if spec.tokens else "mean"]
    if hasattr(spec, "attention"):
        return ["probs", "tokens"] + (["attention"] if spec.attention else [])
    forecasts = ["next", "forecast"] if spec.held_back else ["next"]
    return ["states", "sequence", *(forecasts if predicts(spec) else []), *["reconstruction"] * reconstructs(spec)]


@pytest.mark.parametrize("spec", CASES.values(), ids=CASES)
def test_training(spec):
    (weights, data), graph, eager = problem(spec), CompiledNetwork(spec), EagerNetwork(spec)
    expected = gradients(eager, weights, data, seed=4, **RATES)
    for name, gradient in gradients(graph, weights, data, seed=4, **RATES).items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("spec", READ.values(), ids=READ)
def test_evaluation_and_predictions(spec):
    (weights, data), graph, eager = problem(spec), CompiledNetwork(spec), EagerNetwork(spec)
    expected, actual = (evaluate(runner, weights, data, [[0, 2], [1, -1]]) for runner in (eager, graph))
    for what, total in actual.items():
        np.testing.assert_allclose(total, expected[what], rtol=1e-12, err_msg=what)
    for what in predicted(spec):
        expected, actual = (predict(runner, weights, what, data.rows) for runner in (eager, graph))
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-14, err_msg=what)


@pytest.mark.parametrize(
    "key",
    [
        *(0, -1, slice(1, None), slice(None, -1), slice(None), slice(0, 0), None, ..., (), (0, 1, 2)),
        *((slice(None), 1), (..., 0), (..., None), (slice(None, None, -1), slice(0, 2)), (None, -1), (0, ..., None)),
        *((slice(None), slice(-2, None), slice(None, None, 2)), np.int64(1)),
    ],
    ids=str,
)
def test_quick_slices_are_those_of_tensorflow(key):
    x = tf.reshape(tf.range(24.0), (2, 3, 4))
    found = []
    for getitem in (plain_getitem, quick_getitem):
        with tf.GradientTape() as tape:
            tape.watch(x)
            part = getitem(x, key)
            squares = tf.reduce_sum(part**2)
        found.append((part.numpy(), tape.gradient(squares, x).numpy()))
    for plain, quick in zip(*found):
        np.testing.assert_array_equal(plain, quick, strict=True)


@pytest.mark.parametrize("key", [7, slice(0, 1, 0), "a", 1.5, (0, 0, 0, 0)], ids=str)
def test_quick_slices_refuse_what_tensorflow_refuses(key):
    x, found = tf.zeros((2, 3, 4)), []
    for getitem in (plain_getitem, quick_getitem):
        with pytest.raises((TypeError, tf.errors.InvalidArgumentError)) as error:
            getitem(x, key)
        found.append((error.type, str(error.value)))
    assert found[0] == found[1]
