"""What the numbers mean that a decoder writes at a step: a point, quantiles, or a distribution, and what they lose.

A head reads raw numbers (..., K, P) for K targets with P numbers each. All is on the scale on which the network learns.
"""

import math

import tensorflow as tf

LEAST_SCALE = 1e-4  # of a distribution, in deviations of the targets: no density grows without bound
LEAST_DF = 2.0  # of Student's t: from there on it has a variance
START = math.log(math.e - 1)  # softplus(START) = 1: a distribution begins as wide as the targets


class Point:
    """One number for each target; ``loss`` compares it with the truth."""

    n_numbers = 1

    def __init__(self, loss):
        self._loss = loss

    def losses(self, numbers, targets):
        """(..., K) of numbers (..., K, 1)."""
        return self._loss(targets - numbers[..., 0])

    def point(self, numbers):
        """The number itself (..., K)."""
        return numbers[..., 0]

    def read(self, numbers):
        """What is said of a fitted network's numbers, (..., K, 1)."""
        return numbers


def squared_error(error):
    """e^2: least for the mean."""
    return tf.square(error)


def absolute_error(error):
    """|e|: least for the median."""
    return tf.abs(error)


def huber(error):
    """e^2 / 2 up to a deviation of the targets, from there on |e| - 1/2 (Huber 1964)."""
    size = tf.abs(error)
    return tf.where(size <= 1, tf.square(error) / 2, size - 0.5)


class Quantiles:
    """Quantiles at increasing levels, each the one below plus softplus of a number: they never cross."""

    def __init__(self, levels):
        self.levels, self.n_numbers = levels, len(levels)

    def read(self, numbers):
        """Quantiles (..., K, n_levels) in increasing order."""
        steps = tf.concat([numbers[..., :1], tf.nn.softplus(numbers[..., 1:])], -1)
        return tf.cumsum(steps, -1)

    def losses(self, numbers, targets):
        """Mean pinball loss max(q e, (q - 1) e) over levels q, twice: at 0.5 it is the absolute error."""
        errors = targets[..., None] - self.read(numbers)
        levels = tf.constant(self.levels, errors.dtype)
        return 2 * tf.reduce_mean(tf.maximum(levels * errors, (levels - 1) * errors), -1)

    def point(self, numbers):
        """The median (..., K), between levels by a straight line; beyond them the nearest."""
        return self._at(self.read(numbers), 0.5)

    def _at(self, quantiles, level):
        """Quantiles at a level, a number or a tensor (..., K): straight lines between those (..., K, n_levels)."""
        levels = tf.constant(self.levels, quantiles.dtype)
        level = tf.convert_to_tensor(level, quantiles.dtype)[..., None]
        gaps = levels[1:] - levels[:-1]
        share = tf.clip_by_value((level - levels[:-1]) / gaps, 0, 1)  # (..., n_levels - 1), of each gap
        return quantiles[..., 0] + tf.reduce_sum(share * (quantiles[..., 1:] - quantiles[..., :-1]), -1)

    def draw(self, numbers, uniform):
        """A value (..., K) for uniform numbers (..., K, 2): the quantile at the first of them."""
        return self._at(self.read(numbers), uniform[..., 0])


class Normal:
    """Mean and deviation of a normal distribution."""

    n_numbers = 2

    def read(self, numbers):
        """Mean and deviation (..., K, 2)."""
        return tf.stack([numbers[..., 0], LEAST_SCALE + tf.nn.softplus(numbers[..., 1] + START)], -1)

    def losses(self, numbers, targets):
        """-log N(y; m, s) = ((y - m) / s)^2 / 2 + log s + log(2 pi) / 2."""
        mean, deviation = tf.unstack(self.read(numbers), axis=-1)
        return tf.square((targets - mean) / deviation) / 2 + tf.math.log(deviation) + math.log(2 * math.pi) / 2

    def point(self, numbers):
        """The mean (..., K)."""
        return numbers[..., 0]

    def draw(self, numbers, uniform):
        """m + s sqrt(-2 log u) cos(2 pi v) (Box and Muller 1958)."""
        mean, deviation = tf.unstack(self.read(numbers), axis=-1)
        u, v = tf.unstack(uniform, axis=-1)
        return mean + deviation * tf.sqrt(-2 * tf.math.log(u)) * tf.cos(2 * math.pi * v)


class StudentT:
    """Location, scale and degrees of freedom of Student's t distribution: tails that shrug off outliers."""

    n_numbers = 3

    def read(self, numbers):
        """Location, scale and degrees of freedom (..., K, 3)."""
        scale = LEAST_SCALE + tf.nn.softplus(numbers[..., 1] + START)
        return tf.stack([numbers[..., 0], scale, LEAST_DF + tf.nn.softplus(numbers[..., 2] + START)], -1)

    def losses(self, numbers, targets):
        """-log t(y; m, s, d)."""
        location, scale, df = tf.unstack(self.read(numbers), axis=-1)
        z = (targets - location) / scale
        whole = tf.math.lgamma(df / 2) - tf.math.lgamma((df + 1) / 2) + tf.math.log(df * math.pi) / 2
        return whole + tf.math.log(scale) + (df + 1) / 2 * tf.math.log1p(z * z / df)

    def point(self, numbers):
        """The location (..., K), mean and median."""
        return numbers[..., 0]

    def draw(self, numbers, uniform):
        """m + s sqrt(d (u^(-2/d) - 1)) cos(2 pi v) (Bailey 1994)."""
        location, scale, df = tf.unstack(self.read(numbers), axis=-1)
        u, v = tf.unstack(uniform, axis=-1)
        return location + scale * tf.sqrt(df * tf.math.expm1(-2 / df * tf.math.log(u))) * tf.cos(2 * math.pi * v)


_HEADS = {
    "squared_error": Point(squared_error),
    "absolute_error": Point(absolute_error),
    "huber": Point(huber),
    "normal": Normal(),
    "student_t": StudentT(),
}


def head_of(loss, levels=()):
    """The head for a loss; ``levels`` are those of quantiles."""
    return Quantiles(levels) if loss == "quantile" else _HEADS[loss]
