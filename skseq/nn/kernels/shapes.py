"""Sizes that a graph knows only when it runs, in few operations: a first fit waits for every one that is traced.

Where nothing is traced, all sizes are known.
"""

import tensorflow as tf


def size_of(x, axis):
    """``tf.shape(x)[axis]``, in two operations instead of five where the rank is known."""
    if tf.executing_eagerly():
        return x.shape[axis]
    rank = tf.convert_to_tensor(x).shape.rank
    return tf.shape(x)[axis] if rank is None else tf.unstack(tf.shape(x), num=rank)[axis]


def with_rows_of(inputs, outputs):
    """Outputs (n, d) in the form of inputs (..., f): (..., d)."""
    *rows, _ = inputs.shape if tf.executing_eagerly() else tf.unstack(tf.shape(inputs), num=inputs.shape.rank)
    return tf.reshape(outputs, [*rows, outputs.shape[-1]])
