"""Gradients of drawn networks, as training uses them, against central differences of the loss in float64.

By default so few networks are drawn that every value of every option is there; hundreds with ``-m properties``.
"""

import numpy as np
import pytest
import tensorflow as tf
from drawn_networks import FEW, LAYERS, OPTIONS, RATES, drawn_networks
from eager_network import EagerNetwork
from nn_tools import assert_slopes, gradients, network_of, train

from skseq._data.training_data import TrainingData

pytestmark = pytest.mark.properties
MANY = 50  # networks of a kind with `-m properties`


def pytest_generate_tests(metafunc):
    if "drawn" in metafunc.fixturenames:
        many = metafunc.config.getoption("-m") == "properties"
        table = {name: drawn_networks(name, MANY if many else FEW[name]) for name in OPTIONS}
        found = {f"{name}-{own.seed}": own for name, networks in table.items() for own in networks}
        if "one_operation" in metafunc.function.__name__:
            found = {name: own for name, own in found.items() if own.block}
        metafunc.parametrize("drawn", found.values(), ids=found)


class LossAlone(EagerNetwork):
    """Its updates tell the loss of training, and change nothing."""

    def _gradients(self, batch, rates, noise):
        totals = self._totals(batch, self.store.tensors(), noise)
        zero = tf.zeros([], self.spec.dtype)
        nothing = {entry.name: tf.zeros(entry.shape, self.spec.dtype) for entry in self.store.trained}
        return totals, zero, self.store.joined(nothing)


def objective(runner, weights, data):
    """Mean loss of training, and the penalty by hand: l1 sum |w| + l2 sum w^2 over kernels that are trained."""
    amount, weight = train(runner, weights, data, **RATES)[0]["loss"]
    kernels = [weights[entry.name] for entry in runner.store.trained if runner.spec.penalty and entry.penalized]
    return amount / weight + sum(RATES["l1"] * np.abs(w).sum() + RATES["l2"] * (w * w).sum() for w in kernels)


def in_float32(arrays):
    return {name: x.astype(np.float32) if x.dtype.kind == "f" else x for name, x in arrays.items()}


def test_gradients_are_slopes(drawn):
    spec, (weights, data) = drawn.spec, drawn.problem()
    gradient, lossy = gradients(EagerNetwork(spec), weights, data, **RATES), LossAlone(spec)
    trained = {name: g for name, g in gradient.items() if spec.trains(name)}
    assert all((gradient[name] == 0).all() for name in gradient.keys() - trained.keys())
    assert_slopes(trained, weights, lambda w: objective(lossy, w, data))


def test_one_operation_for_a_layer_has_the_same_gradient(drawn):
    """Which is in float32, so no difference is small enough to compare it with."""
    weights, data = drawn.problem()
    expected = gradients(EagerNetwork(drawn.spec), weights, data, **RATES)
    rows = TrainingData(in_float32(data.rows), in_float32(data.shared))
    found = gradients(EagerNetwork(drawn.block_spec), in_float32(weights), rows, **RATES)
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("network", OPTIONS)
def test_few_networks_have_every_value_of_every_option(network):
    few = drawn_networks(network, FEW[network])
    for name, values in (LAYERS | OPTIONS[network]).items():
        assert set(values) <= {drawn.options[name] for drawn in few}, name


@pytest.mark.parametrize("network", OPTIONS)
def test_few_networks_have_every_gradient_that_is_written_out(network):
    """Of every cell in the engine's own loop, and of the layer that attends by its previous state."""
    few = drawn_networks(network, FEW[network])
    own_loops = {drawn.options["cell"] for drawn in few if drawn.options["kernel"] not in ("cudnn", "block")}
    assert own_loops == set(LAYERS["cell"])
    if "attention" in OPTIONS[network]:
        assert any(network_of(drawn.spec).decoder.has_loop for drawn in few)
