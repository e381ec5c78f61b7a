"""Swapped axes, turned time, products of batches and softmax: what TensorFlow computes, whichever operation does it."""

import numpy as np
import pytest
import tensorflow as tf

from skseq.nn.kernels.native import batch_product, native_operations, softmax, swapped, turning


def lengths_in(x):
    return tf.minimum([1, 2, 1], tf.shape(x)[1])


OPERATIONS = {
    "swapped": (lambda x, y: swapped(x), lambda x, y: tf.transpose(x, [1, 0, 2])),
    "swapped matrix": (lambda x, y: swapped(x[0]), lambda x, y: tf.transpose(x[0])),
    "turned": (lambda x, y: turning(tf.shape(x)[0])(x), lambda x, y: tf.reverse(x, [0])),
    "turned real steps": (
        lambda x, y: turning(tf.shape(x)[1], lengths_in(x))(tf.transpose(x, [1, 0, 2])),
        lambda x, y: tf.reverse_sequence(tf.transpose(x, [1, 0, 2]), lengths_in(x), seq_axis=0, batch_axis=1),
    ),
    "product": (lambda x, y: batch_product(x, y), tf.matmul),
    "product with the transposed": (
        lambda x, y: batch_product(x, tf.transpose(y, [0, 2, 1]), transpose_b=True),
        tf.matmul,
    ),
    "softmax": (lambda x, y: softmax(x), lambda x, y: tf.nn.softmax(x)),
}
NATIVE = {  # operations that oneDNN takes over, and what stands in their place
    "swapped": ("Transpose", "Bitcast"),
    "product": ("BatchMatMulV2", "BatchMatMulV3"),
    "softmax": ("Softmax", "LogSoftmax"),
}


def arrays(n_queries, dtype="float32"):
    rng = np.random.RandomState(0)
    return tf.constant(rng.randn(3, n_queries, 5), dtype), tf.constant(rng.randn(3, 5, 4), dtype)


def kinds(function, native, dtype="float32"):
    """Which operations a graph has, each with the type of its first input."""

    @tf.function
    def traced(x, y):
        with native_operations(native):
            return function(x, y)

    graph = traced.get_concrete_function(*arrays(2, dtype)).graph
    return {operation.type for operation in graph.get_operations() if operation.inputs}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize(("n_queries", "dtype"), [(1, "float32"), (2, "float32"), (2, "float64")])
def test_outputs_and_gradients_are_those_of_tensorflow(name, native, n_queries, dtype):
    ours, theirs = OPERATIONS[name]
    inputs = arrays(n_queries, dtype)

    @tf.function
    def found(function, *inputs):
        with native_operations(native), tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = function(*inputs)
            loss = tf.reduce_sum(outputs * tf.reshape(tf.range(tf.size(outputs), dtype=dtype), tf.shape(outputs)))
        return outputs, tape.gradient(loss, inputs, unconnected_gradients="zero")

    own, stock = (tf.nest.flatten(found(function, *inputs)) for function in (ours, theirs))
    assert len(own) == 3
    for a, b in zip(own, stock):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_swapping_keeps_every_bit():
    x = np.array([[np.nan, -0.0, np.inf], [1e-42, -1.0, 3.4e38]], "float32")
    with native_operations(True):
        y = swapped(tf.constant(x)).numpy()
    np.testing.assert_array_equal(y.view("int32"), x.T.view("int32"))


@pytest.mark.parametrize("name", NATIVE)
def test_short_operations_do_without_those_of_onednn(name):
    (ours, _), (theirs, own) = OPERATIONS[name], NATIVE[name]
    assert own in kinds(ours, True)
    assert own not in kinds(ours, False)
    assert theirs in kinds(ours, False)
    assert own not in kinds(ours, True, dtype="float64")  # which oneDNN does not take


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize("native", [False, True])
def test_time_is_turned_by_hand(native, dtype):
    x = tf.constant([[1, 4], [2, 5], [3, 6]], dtype)  # (t, b)
    with native_operations(native):
        np.testing.assert_array_equal(turning(3)(x), [[3, 6], [2, 5], [1, 4]])
        np.testing.assert_array_equal(turning(3, np.array([2, 3]))(x), [[2, 6], [1, 5], [3, 4]])


def test_time_is_turned_by_rows():
    assert "ReverseV2" not in kinds(OPERATIONS["turned"][0], True, "float64")
    assert "ReverseV2" in kinds(OPERATIONS["turned"][0], False, "float64")
    assert "ReverseSequence" not in kinds(OPERATIONS["turned real steps"][0], False)


def test_nothing_is_native_on_a_gpu(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    assert "Bitcast" not in kinds(OPERATIONS["swapped"][0], True)
