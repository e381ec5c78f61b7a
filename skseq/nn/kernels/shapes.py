"""Sizes that a graph knows only when it runs, in few operations: a first fit waits for every one that is traced."""

import tensorflow as tf


def size_of(x, axis):
    """``tf.shape(x)[axis]``, in two operations instead of five where the rank is known."""
    rank = tf.convert_to_tensor(x).shape.rank
    return tf.shape(x)[axis] if rank is None else tf.unstack(tf.shape(x), num=rank)[axis]


def with_rows_of(inputs, outputs):
    """Outputs (n, d) in the form of inputs (..., f): (..., d)."""
    *rows, _ = tf.unstack(tf.shape(inputs), num=inputs.shape.rank)
    return tf.reshape(outputs, [*rows, outputs.shape[-1]])
