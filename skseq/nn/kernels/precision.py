"""The products of matrices that a mixed network computes in bfloat16: 8 bits of precision, the range of float32.

As in the mixed precision of Keras (Micikevicius et al. 2018), all else is float32: weights and what the optimizer keeps
of them, states, softmax, losses, and sums over timesteps. The short products inside attention (scores and contexts) are
float32 too, since they would gain nothing. The rows that ids look up are not rounded: they are no product.

Whether a network is mixed is known while its graph is traced. `mixed_products` tells all that is traced inside it,
gradients included, so no function has to pass it on.
"""

from contextlib import contextmanager
from contextvars import ContextVar

import tensorflow as tf

_mixed = ContextVar("mixed", default=False)  # of this thread alone


@contextmanager
def mixed_products(mixed):
    """Trace products with operands of bfloat16, or as they are."""
    before = _mixed.set(mixed)
    try:
        yield
    finally:
        _mixed.reset(before)


def operand(x):
    """x as `product` multiplies it; to be called before a loop on what does not change inside."""
    return tf.cast(x, tf.bfloat16) if _mixed.get() else x


def product(a, b, **how):
    """`tf.matmul` with a result in the type of a, which is no `operand`; it sums in float32 at least."""
    return tf.cast(tf.matmul(operand(a), operand(b), **how), a.dtype)
