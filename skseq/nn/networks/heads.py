"""What the numbers mean that a decoder writes at a step: a point, quantiles, or a distribution, and what they lose.

A head reads raw numbers (..., K, P) for K targets with P numbers each. All is on the scale on which the network learns.
Counts are whole numbers only as they are, so their heads are told the unit (..., K) of that scale, too.
"""

import math
from itertools import pairwise
from statistics import NormalDist

import tensorflow as tf

LEAST_SCALE = 1e-4  # of a distribution, in deviations of the targets: no density grows without bound
LEAST_DF = 2.0  # of Student's t: from there on it has a variance
OF_ONE = math.log(math.e - 1)  # softplus(OF_ONE) = 1: a distribution begins as wide as the targets
LEAST_MEAN = 1e-4  # of counts, in their unit, which is the mean of the training targets
LEAST_SHARE = 1e-7  # of a distribution beyond a draw from quantiles: no tail is infinite
LEAST_DISPERSION = 1e-4  # of counts of unit 1: below, nothing tells them from Poisson's


class Point:
    """One number for each target; ``loss`` compares it with the truth."""

    n_numbers, counts, start = 1, False, ()

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

    counts = False

    def __init__(self, levels):
        self.levels, self.n_numbers = levels, len(levels)
        self.start = _of_standard_normal(levels)  # as wide as the targets: from zeros the median would start far above

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
        """A value (..., K) for uniform numbers (..., K, 2): the quantile at the first of them, with tails."""
        quantiles, level = self.read(numbers), uniform[..., 0]
        return self._at(quantiles, level) + self._beyond(quantiles, level)

    def _beyond(self, quantiles, level):
        """How far quantiles at a level (..., K) lie outside of those (..., K, n_levels), in exponential tails."""
        if self.n_numbers == 1:
            return 0.0
        outer, inner = self.levels[0], self.levels[1]
        below = _tail(outer, inner, quantiles[..., 1] - quantiles[..., 0], level)
        outer, inner = 1 - self.levels[-1], 1 - self.levels[-2]
        return _tail(outer, inner, quantiles[..., -1] - quantiles[..., -2], 1 - level) - below


def _tail(outer, inner, gap, share):
    """s log(outer / share) beyond the outermost quantile, with s = gap / log(inner / outer) (Park et al. 2022).

    These are the shares of a distribution that lie beyond it, beyond the one next to it, and beyond a draw. What lies
    across the median is left out, by a straight line: its size would be that of the other side. Without a level on its
    own side there is no tail.
    """
    if outer >= 0.5:
        return 0.0
    own = min(1, (0.5 - outer) / (inner - outer))  # of the gap
    size = own * gap / math.log(min(inner, 0.5) / outer)
    return size * tf.math.log(tf.maximum(outer / tf.maximum(share, LEAST_SHARE), 1))


def _of_standard_normal(levels):
    """Numbers that `Quantiles` reads as those of N(0, 1)."""
    quantiles = [NormalDist().inv_cdf(level) for level in levels]
    gaps = (above - below for below, above in pairwise(quantiles))
    return (quantiles[0], *(math.log(math.expm1(gap)) for gap in gaps))


class Normal:
    """Mean and deviation of a normal distribution."""

    n_numbers, counts, start = 2, False, ()

    def read(self, numbers):
        """Mean and deviation (..., K, 2)."""
        return tf.stack([numbers[..., 0], LEAST_SCALE + tf.nn.softplus(numbers[..., 1] + OF_ONE)], -1)

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

    n_numbers, counts, start = 3, False, ()

    def read(self, numbers):
        """Location, scale and degrees of freedom (..., K, 3)."""
        scale = LEAST_SCALE + tf.nn.softplus(numbers[..., 1] + OF_ONE)
        return tf.stack([numbers[..., 0], scale, LEAST_DF + tf.nn.softplus(numbers[..., 2] + OF_ONE)], -1)

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


class Poisson:
    """The mean of Poisson's distribution of counts (Salinas et al. 2020): softplus of a number, in a unit."""

    n_numbers, counts, start = 1, True, ()

    def read(self, numbers):
        """The mean in its unit (..., K, 1)."""
        return LEAST_MEAN + tf.nn.softplus(numbers + OF_ONE)

    def losses(self, numbers, targets, unit):
        """-log Poisson(z; m) = m - z log m + log z!, of counts z = targets * unit."""
        mean, unit = (tf.cast(x, tf.float64) for x in (self.point(numbers), unit))
        count, mean = tf.cast(targets, tf.float64) * unit, mean * unit
        return tf.cast(mean - count * tf.math.log(mean) + tf.math.lgamma(count + 1), numbers.dtype)

    def point(self, numbers):
        """The mean (..., K)."""
        return self.read(numbers)[..., 0]

    def draw(self, numbers, uniform, unit):
        """The smallest count, in its unit, whose distribution function reaches the first uniform number."""
        mean = tf.cast(self.point(numbers), tf.float64) * tf.cast(unit, tf.float64)
        most = tf.floor(mean + 20 * tf.sqrt(mean) + 50)  # beyond it is less than float32 can say of a uniform number
        counts = _smallest(lambda z: tf.math.igammac(z + 1, mean), uniform[..., 0], most)
        return tf.cast(counts, numbers.dtype) / unit


class NegativeBinomial:
    """Mean m and dispersion a of a negative binomial distribution of counts, whose variance is m + a m^2.

    As in Salinas et al. (2020), m = unit * softplus of a number, and a = softplus of another / sqrt(unit).
    """

    n_numbers, counts, start = 2, True, ()

    def read(self, numbers):
        """Mean and dispersion (..., K, 2) of a unit of 1."""
        mean = LEAST_MEAN + tf.nn.softplus(numbers[..., 0] + OF_ONE)
        return tf.stack([mean, LEAST_DISPERSION + tf.nn.softplus(numbers[..., 1] + OF_ONE)], -1)

    def _of_counts(self, numbers, unit):
        """Mean and dispersion of counts, float64: log Gamma(z + 1/a) - log Gamma(1/a) cancels for a small a."""
        mean, dispersion = tf.unstack(tf.cast(self.read(numbers), tf.float64), axis=-1)
        unit = tf.cast(unit, tf.float64)
        return mean * unit, dispersion / tf.sqrt(unit)

    def losses(self, numbers, targets, unit):
        """-log NB(z; m, a) of counts z, with r = 1 / a:

        log G(r) + log z! - log G(z + r) + r log(1 + a m) - z log(a m / (1 + a m))
        """
        mean, dispersion = self._of_counts(numbers, unit)
        count, r = tf.cast(targets, tf.float64) * tf.cast(unit, tf.float64), 1 / dispersion
        ways = tf.math.lgamma(count + r) - tf.math.lgamma(r) - tf.math.lgamma(count + 1)
        odds = dispersion * mean
        log_density = ways - r * tf.math.log1p(odds) + count * (tf.math.log(odds) - tf.math.log1p(odds))
        return tf.cast(-log_density, numbers.dtype)

    def point(self, numbers):
        """The mean (..., K)."""
        return self.read(numbers)[..., 0]

    def draw(self, numbers, uniform, unit):
        """The smallest count, in its unit, whose distribution function reaches the first uniform number."""
        mean, dispersion = self._of_counts(numbers, unit)
        r, p = 1 / dispersion, 1 / (1 + dispersion * mean)
        gamma = mean * (1 + tf.sqrt(32 * dispersion) + 17 * dispersion)  # a Poisson's mean that is hardly exceeded
        most = tf.floor(gamma + 20 * tf.sqrt(gamma) + 50)
        counts = _smallest(lambda z: tf.math.betainc(*_alike(r, z + 1, p)), uniform[..., 0], most)
        return tf.cast(counts, numbers.dtype) / unit


def _alike(*tensors):
    """Tensors of one shape."""
    shape = tf.shape(sum(tensors))
    return [tf.broadcast_to(x, shape) for x in tensors]


def _smallest(distribution, uniform, most):
    """The smallest whole numbers z from 0 to ``most`` with P(Z <= z) >= uniform, by bisection, float64."""
    uniform = tf.cast(uniform, tf.float64)
    high = most + tf.zeros_like(uniform)

    def halved(low, high):
        middle = tf.floor((low + high) / 2)  # once they are neighbours it is the lower one, and nothing changes
        enough = (middle >= 0) & (distribution(tf.maximum(middle, 0)) >= uniform)
        return tf.where(enough, low, middle), tf.where(enough, middle, high)

    return tf.while_loop(lambda low, high: tf.reduce_any(high - low > 1), halved, (-tf.ones_like(high), high))[1]


_HEADS = {
    "squared_error": Point(squared_error),
    "absolute_error": Point(absolute_error),
    "huber": Point(huber),
    "normal": Normal(),
    "student_t": StudentT(),
    "poisson": Poisson(),
    "negative_binomial": NegativeBinomial(),
}


def head_of(loss, levels=()):
    """The head for a loss; ``levels`` are those of quantiles."""
    return Quantiles(levels) if loss == "quantile" else _HEADS[loss]
