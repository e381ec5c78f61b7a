"""A convolution over time that halves the number of timesteps.

Shapes: t timesteps, b samples, f features, k timesteps that are read at once, u units.
"""

import tensorflow as tf

from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of

STRIDE = 2


def padding(kernel_size):
    """Zeros (before, after) the timesteps: the same for every length, so that padding changes no result."""
    before = (kernel_size - 1) // 2
    return before, kernel_size - 1 - before


def halved(n_timesteps):
    """Number of timesteps that are left; also of tensors."""
    return (n_timesteps + 1) // STRIDE


def convolve(x, kernel, bias):
    """relu(sum_j x[2 i + j - before] kernel[j] + bias): (t, b, f) and (k, f, u) to (halved(t), b, u).

    It is one product with all windows side by side. TensorFlow's own convolution is as fast, but XLA's is several times
    slower on a processor.
    """
    kernel_size, n_features, units = kernel.shape
    last = STRIDE * halved(size_of(x, 0)) - 1  # behind the first row of the last window
    x = tf.pad(x, [padding(kernel_size), (0, 0), (0, 0)])
    windows = tf.concat([x[j : j + last : STRIDE] for j in range(kernel_size)], -1)  # (halved(t), b, k f)
    return tf.nn.relu(dense(windows, tf.reshape(kernel, [kernel_size * n_features, units]), bias))
