"""A recurrent layer as stock Keras runs it, from tensors: on a GPU by the kernels of cuDNN.

On any device it gives the numbers of `skseq.nn.kernels.recurrence`, to rounding.

The inputs may be projected already: rows that ids looked up, a code, no input at all. Then the input kernel is the
identity. So no one-hot vectors are made, and one more large product costs little beside many small steps.

Behind the end of a sequence cuDNN writes zeros; other loops repeat the last output. Nothing reads either.
"""

from concurrent.futures import ThreadPoolExecutor

import keras
import tensorflow as tf

KINDS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def has_kernel(spec):
    """Whether there is a GPU, and cuDNN has kernels for layers of this spec."""
    exists = spec.cell in KINDS and spec.activation == "tanh"
    more = spec.recurrent_dropout or spec.truncated or spec.mixed
    return exists and not more and bool(tf.config.list_physical_devices("GPU"))


def stock_layer(cell, inputs, states, weights, mask):
    """Hidden states (t, b, u) and final states from inputs (t, b, d), which lack a kernel if they are projected."""
    kernel, recurrent, bias = (weights.get(name) for name in ("kernel", "recurrent_kernel", "bias"))
    if kernel is None:
        kernel = tf.eye(recurrent.shape[1], dtype=recurrent.dtype)
    layer = _layer(cell, recurrent.shape[0], kernel.shape[0], recurrent.dtype.name)
    inputs = tf.transpose(inputs, [1, 0, 2])  # (b, t, d), as stock layers read
    if mask is not None:
        mask = tf.transpose(mask[..., 0])  # (t, b, 1) to (b, t)
        empty = ~tf.reduce_any(mask, 1, keepdims=True)  # (b, 1), such as a beginning of nothing: cuDNN takes none
        mask |= empty
    (hidden, *final), _ = layer.stateless_call(
        [kernel, recurrent, bias], layer.non_trainable_variables, inputs, initial_state=list(states), mask=mask
    )
    if mask is not None:
        final = [tf.where(empty, before, after) for before, after in zip(states, final)]
    return tf.transpose(hidden, [1, 0, 2]), final


def _layer(cell, units, input_size, dtype):
    """A layer whose variables are never read; made by another thread, as a traced function may make none."""

    def make():
        layer = KINDS[cell](units, return_sequences=True, return_state=True, dtype=dtype)
        layer.build((None, None, input_size))
        return layer

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make).result()
