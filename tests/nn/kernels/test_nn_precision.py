"""Mixed networks: products of matrices in bfloat16, all else in float32."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import SPECS, data_of, eager, gradients, make_rows, of_dtype, random_weights, recurrent

from skseq.nn.kernels.loops import loop
from skseq.nn.kernels.precision import mixed_products, product

NAMES = (
    "repeated-lstm",
    "last-gru-2-layers-tokens-regress",
    "bahdanau-recursive-lstm-bidirectional",
    "dot-direct-gru",
)


def multiplied(a, b):
    """a b of operands in bfloat16, as TensorFlow rounds it here: to the nearest number, or towards zero."""
    return tf.cast(tf.matmul(tf.cast(a, tf.bfloat16), tf.cast(b, tf.bfloat16)), tf.float32).numpy()


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step(x, h, c, U, b):
    i, f, g, o = np.split(x + multiplied(h, U) + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, U, b):
    (xz, xr, xh), (iz, ir, ih) = (np.split(y, 3, axis=-1) for y in (x + b[0], multiplied(h, U) + b[1]))
    z = sigmoid(xz + iz)
    return (z * h + (1 - z) * np.tanh(xh + sigmoid(xr + ir) * ih),)


def test_a_product_rounds_what_it_multiplies_and_what_it_gives_but_sums_in_float32():
    fine = 1 + 2**-10  # between two numbers of bfloat16
    with mixed_products(True):
        assert product(tf.constant([[fine]]), tf.constant([[fine]])).numpy() == 1
        assert product(tf.ones([1, 1000]), tf.ones([1000, 1])).numpy() == 1000  # in bfloat16 256 + 1 is 256
        assert product(tf.ones([1, 1001]), tf.ones([1001, 1])).dtype == tf.float32
    assert product(tf.constant([[fine]]), tf.ones([1, 1])).numpy() == np.float32(fine)


def test_gradients_of_a_product_used_at_every_step_add_up_in_float32():
    """1000 steps that each give the kernel the gradient 1: in bfloat16 256 + 1 is 256."""
    x, kernel = tf.ones([1, 1]), tf.ones([1, 1])

    @tf.function
    def gradient():
        with mixed_products(True), tf.GradientTape() as tape:
            tape.watch(kernel)
            total = loop(lambda t, total: (total + product(x, kernel),), 1000, (tf.zeros([1, 1]),))[0]
        return tape.gradient(total, kernel)

    assert gradient().numpy() == 1000


@pytest.mark.parametrize(("cell", "step", "n_gates"), [("lstm", lstm_step, 4), ("gru", gru_step, 3)])
def test_a_recurrence_rounds_the_states_in_its_products_alone(cell, step, n_gates):
    """Against the equations, with rounding written where it must be."""
    rng = np.random.RandomState(0)
    x, K, U = (rng.normal(size=size).astype(np.float32) for size in ((2, 3, 2), (2, n_gates * 3), (3, n_gates * 3)))
    b = rng.normal(size=(2, n_gates * 3) if cell == "gru" else n_gates * 3).astype(np.float32)
    states = expected = [rng.normal(size=(2, 3)).astype(np.float32) for _ in range(2 if cell == "lstm" else 1)]
    for t in range(x.shape[1]):
        expected = step(multiplied(x[:, t], K), *expected, U, b)
    with mixed_products(True):
        _, final = recurrent(cell, x, states, [K, U, b])
    np.testing.assert_allclose(final, expected, rtol=1e-5, atol=1e-6)
    exact = recurrent(cell, x, states, [K, U, b])[1]
    assert np.abs(np.subtract(exact, expected)).max() > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_near_the_exact_ones_and_all_that_is_kept_is_float32(name):
    spec = replace(of_dtype(SPECS[name], "float32"), mixed=True)
    mixed, exact = (gradients_of(own) for own in (spec, SPECS[name]))
    sizes, errors = zip(*((np.linalg.norm(g), np.linalg.norm(mixed[name] - g)) for name, g in exact.items()))
    assert np.linalg.norm(errors) < 2e-2 * np.linalg.norm(sizes)
    assert min(np.divide(errors, sizes)) > 1e-5  # float32 is nearer than that: no weight is left out
    assert {value.dtype for value in mixed.values()} == {np.dtype("float32")}
    store = eager(spec).store
    assert {variable.dtype for variable in store.variables} == {"float32"}


def gradients_of(spec):
    weights = random_weights(spec)
    return gradients(eager(spec), weights, data_of(spec, make_rows(spec)))
