"""Swapped axes, time turned round, products of batches and softmax, by operations that take next to nothing to start.

On a processor TensorFlow hands these to kernels that wake up all threads for tensors of nearly any size: 50 to 150 us
each, where short tensors take 10. What is large stays there (`spec.short`, which is known before a graph is traced),
but for predictions with attention, whose queries come one at a time. So do products of matrices, for which oneDNN is
made.

XLA fuses all of these operations, and on a GPU none of this holds.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import tensorflow as tf

from skseq.nn._tensorflow import CAN_RECORD, native_batch_product
from skseq.nn.kernels.custom_gradient import recorded
from skseq.nn.kernels.shapes import size_of

_native = ContextVar("native", default=False)  # of this thread alone


@contextmanager
def native_operations(native):
    """Trace the operations of this module natively, or as TensorFlow does, as always on a GPU."""
    before = _native.set(native and CAN_RECORD and not tf.config.list_physical_devices("GPU"))
    try:
        yield
    finally:
        _native.reset(before)


def _is_native(x):
    return _native.get() and x.dtype == tf.float32


def swapped(x):
    """x (a, b, ...) as (b, a, ...): samples first to timesteps first, and back; a matrix transposed."""
    x = tf.convert_to_tensor(x)
    order = [1, 0, *range(2, x.shape.rank)]
    if not _is_native(x):
        return tf.transpose(x, order)

    def swap(x):  # oneDNN takes floats alone
        return tf.bitcast(tf.transpose(tf.bitcast(x, tf.int32), order), x.dtype)

    return recorded(swap, [x], lambda d: [swap(d)])


def turning(n_timesteps, lengths=None):
    """A function that turns the real steps of each sample in x (t, b, ...) round, padding left where it is.

    ``lengths`` (b,), or None if all steps are real. `tf.reverse_sequence` copies number by number.
    """
    if lengths is None and not _native.get():
        return partial(tf.reverse, axis=[0])
    if lengths is not None and not CAN_RECORD:
        return partial(tf.reverse_sequence, seq_lengths=lengths, seq_axis=0, batch_axis=1)
    if lengths is None:
        turn = partial(tf.gather, indices=tf.range(n_timesteps - 1, -1, -1))
    else:
        turn = partial(tf.gather_nd, indices=_turned_steps(n_timesteps, lengths))
    return lambda x: recorded(turn, [x], lambda d: [turn(d)]) if x.dtype.is_floating else turn(x)


def _turned_steps(n_timesteps, lengths):
    """Where each step of a turned batch comes from: (t, b, 2), of a timestep and a sample."""
    steps = tf.expand_dims(tf.range(n_timesteps), 1)  # (t, 1)
    come_from = tf.where(steps < lengths, lengths - 1 - steps, steps)  # (t, b)
    samples = tf.zeros_like(steps) + tf.range(size_of(lengths, 0))
    return tf.stack([come_from, samples], -1)


def batch_product(a, b, transpose_b=False):
    """a (b, q, n) times b (b, n, s), or times b (b, s, n) transposed: (b, q, s)."""
    if not _is_native(a):
        return tf.matmul(a, b, transpose_b=transpose_b)

    def gradient(d):
        d_a = native_batch_product(d, b, transpose_b=not transpose_b)
        left, right = (d, a) if transpose_b else (a, d)
        return [d_a, native_batch_product(left, right, transpose_a=True)]

    return recorded(lambda a, b: native_batch_product(a, b, transpose_b=transpose_b), [a, b], gradient)


def softmax(x):
    """exp(x) / sum exp(x) over the last axis."""
    return tf.exp(tf.nn.log_softmax(x)) if _is_native(x) else tf.nn.softmax(x)
