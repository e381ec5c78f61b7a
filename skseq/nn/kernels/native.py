"""Swapped axes, and the products and softmax of attention, by operations that take next to nothing to start.

On a processor TensorFlow hands these to oneDNN, whose kernels wake up all threads for tensors of any size: 50 to 150 us
each, where short tensors take 10. What is large stays there, and so do products of matrices, which oneDNN is made for.

Which it is, is known while a graph is traced. XLA fuses all of them, and on a GPU none of this holds.
"""

from contextlib import contextmanager
from contextvars import ContextVar

import tensorflow as tf

from skseq.nn._tensorflow import native_batch_product
from skseq.nn.kernels.custom_gradient import with_gradient

NOWHERE, ONE_QUERY, SHORT = range(3)  # what is native: nothing; swaps, and attention of one query each; all attention

_native = ContextVar("native", default=NOWHERE)  # of this thread alone


@contextmanager
def native_operations(native):
    """Trace the operations of this module natively, so far as ``native`` says and there is no GPU."""
    before = _native.set(NOWHERE if tf.config.list_physical_devices("GPU") else native)
    try:
        yield
    finally:
        _native.reset(before)


def _is_native(x):
    return _native.get() > NOWHERE and x.dtype == tf.float32


def _is_short(x):
    """Whether x (b, q, ...) of q queries a sample is native."""
    return _is_native(x) and (_native.get() == SHORT or x.shape[1] == 1)


def swapped(x):
    """x (a, b, ...) as (b, a, ...): samples first to timesteps first, and back."""
    x = tf.convert_to_tensor(x)
    return _swapped_bits(x)[0] if _is_native(x) else tf.transpose(x, _order(x))


def _order(x):
    return [1, 0, *range(2, x.shape.rank)]


@with_gradient
def _swapped_bits(x):
    """oneDNN takes floats alone, so their bits are swapped as integers."""

    def swap(x):
        return tf.bitcast(tf.transpose(tf.bitcast(x, tf.int32), _order(x)), x.dtype)

    return (swap(x),), lambda d: [swap(d)]


def batch_product(a, b, transpose_b=False):
    """a (b, q, n) times b (b, n, s), or times b (b, s, n) transposed: (b, q, s)."""
    if not _is_short(a):
        return tf.matmul(a, b, transpose_b=transpose_b)
    return _product_transposed(a, b)[0] if transpose_b else _product(a, b)[0]


@with_gradient
def _product(a, b):
    def gradient(d):
        return [native_batch_product(d, b, transpose_b=True), native_batch_product(a, d, transpose_a=True)]

    return (native_batch_product(a, b),), gradient


@with_gradient
def _product_transposed(a, b):
    def gradient(d):
        return [native_batch_product(d, b), native_batch_product(d, a, transpose_a=True)]

    return (native_batch_product(a, b, transpose_b=True),), gradient


def softmax(x):
    """exp(x) / sum exp(x) over the last axis of x (b, q, s)."""
    return tf.exp(tf.nn.log_softmax(x)) if _is_short(x) else tf.nn.softmax(x)
