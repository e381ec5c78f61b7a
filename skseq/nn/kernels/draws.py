"""Random numbers inside a graph, of a counter alone: nothing is kept from draw to draw.

Philox (Salmon et al. 2011) turns a key and a counter of 128 bits into bits. The public functions of TensorFlow make
both from a seed first, which is 40 operations for every draw. Here the key is the first half of the seed. The counter's
high half is the other half of the seed, and its low half begins anew for every draw. So no two draws overlap.

All numbers are made of the same bits, because XLA makes other floats of them than TensorFlow does. So a fit has the
same noise with XLA and without, in float32 and in float64.
"""

import tensorflow as tf

from skseq.nn._tensorflow import random_bits

APART = 2**40  # counters between the beginnings of two draws; each of them gives four numbers
N_BITS = 23  # one less than float32 holds: halves between them can be told apart, too


class Draws:
    """The draws of a seed (2,), each known by its number: the same number gives the same draw."""

    def __init__(self, seed):
        self._key, self._place = tf.split(tf.cast(seed, tf.uint64), 2)  # (1,) each

    def uniform(self, number, shape, dtype):
        """In (0, 1), both ends left out: (k + 1/2) / 2^23."""
        whole = tf.cast(tf.bitwise.right_shift(self._bits(number, shape), tf.constant(32 - N_BITS, tf.uint32)), dtype)
        return (whole + 0.5) * 2**-N_BITS

    def normal(self, number, shape, dtype):
        """Of mean 0 and deviation 1."""
        return tf.math.ndtri(self.uniform(number, shape, dtype))

    def integers(self, number, shape, n):
        """Below n, each as likely as any other but for n / 2^32."""
        return tf.cast(self._bits(number, shape) % tf.cast(n, tf.uint32), tf.int32)

    def _bits(self, number, shape):
        """32 of them for every number."""
        counter = tf.concat([tf.constant([number * APART], tf.uint64), self._place], 0)
        return random_bits(shape=shape, key=self._key, counter=counter)
