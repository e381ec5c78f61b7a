"""The distribution of a vector of numbers: a mixture of normal distributions, and features that are 0 or 1.

Of some groups of the latter exactly one is 1: each group has a softmax.

Bishop, "Mixture Density Networks", NCRG/94/004, Aston University 1994; Graves, "Generating Sequences With Recurrent
Neural Networks", arXiv:1308.0850, 2013, section 4. Sums of densities are formed from their logarithms.

Shapes: k components, d continuous features, e features that are 0 or 1 on their own, m features of a group.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from skseq.nn.networks.heads import OF_ONE

MOST_CORRELATION = 0.999
LONG_ODDS = math.log(1e-6)  # what is added to log p of a step that breaks a group
BELOW_ONE = 1 - 1e-6  # times a probability p, so that log(1 - p) is finite


class Mixture(NamedTuple):
    """Parameters of a mixture and of the binary features.

    log_weights (..., k), means and deviations (..., k, d), correlation (..., k) or None, logits (..., e) of features
    being 1, and for every group log_chances (..., m) of each of its features being the 1.
    """

    log_weights: tf.Tensor
    means: tf.Tensor
    deviations: tf.Tensor
    correlation: tf.Tensor | None
    logits: tf.Tensor
    log_chances: Sequence[tf.Tensor] = ()


def read_mixture(spec, outputs, temperature=None):
    """(`Mixture`, logits (...) of the end or None) in the outputs of the last layer (..., output_size).

    A temperature T divides all logits and multiplies variances (Ha and Eck, "A Neural Representation of Sketch
    Drawings", ICLR 2018, section 3.3). Graves' bias b does the same to the logits with T = 1 / (1 + b).
    """
    weights, means, deviations, correlation, logits, *groups, end = tf.split(outputs, spec.mixture_sizes, axis=-1)
    shape = tf.concat([tf.shape(means)[:-1], [spec.n_components, spec.n_continuous]], 0)
    deviations = tf.sqrt(tf.square(tf.nn.softplus(deviations + OF_ONE)) + spec.reg_covar)
    end = tf.squeeze(end, -1) if spec.ends else None
    if temperature is not None:
        weights, logits, deviations = weights / temperature, logits / temperature, deviations * tf.sqrt(temperature)
        groups = [group / temperature for group in groups]
        end = None if end is None else end / temperature
    mixture = Mixture(
        log_weights=tf.nn.log_softmax(weights),
        means=tf.reshape(means, shape),
        deviations=tf.reshape(deviations, shape),
        correlation=MOST_CORRELATION * tf.tanh(correlation) if spec.correlated else None,
        logits=logits,
        log_chances=[tf.nn.log_softmax(group) for group in groups],
    )
    return mixture, end


def log_density(mixture, continuous, binary, *groups):
    """log p of continuous features (..., d), of those that are 0 or 1 (..., e) and of groups (..., m): (...)."""
    z = (continuous[..., None, :] - mixture.means) / mixture.deviations  # (..., k, d)
    logs = -tf.reduce_sum(tf.math.log(mixture.deviations), -1) - z.shape[-1] * math.log(2 * math.pi) / 2
    if mixture.correlation is None:
        logs -= tf.reduce_sum(tf.square(z), -1) / 2
    else:  # (z1^2 + z2^2 - 2 r z1 z2) / (2 (1 - r^2)), of two features (Graves, equation 25)
        r, rest = mixture.correlation, 1 - tf.square(mixture.correlation)
        logs -= (tf.reduce_sum(tf.square(z), -1) - 2 * r * z[..., 0] * z[..., 1]) / (2 * rest) + tf.math.log(rest) / 2
    log_p = tf.reduce_logsumexp(mixture.log_weights + logs, -1)
    log_p -= tf.reduce_sum(cross_entropy(mixture.logits, binary), -1)
    for log_chances, group in zip(mixture.log_chances, groups):
        log_p += _log_chance(log_chances, group)
    return log_p


def _log_chance(log_chances, group):
    """log p of the features of a group (..., m). Where not one of them is 1, each counts on its own, at long odds."""
    others = tf.math.log1p(-BELOW_ONE * tf.exp(log_chances))
    alone = LONG_ODDS + tf.reduce_sum(group * log_chances + (1 - group) * others, -1)
    return tf.where(tf.equal(tf.reduce_sum(group, -1), 1), tf.reduce_sum(group * log_chances, -1), alone)


def cross_entropy(logits, truth):
    """-log p of truths that are 0 or 1."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=truth, logits=logits)


def mean(mixture):
    """Means of the continuous features (..., d), probabilities of others being 1 (..., e), and in groups (..., m)."""
    means = tf.reduce_sum(tf.exp(mixture.log_weights)[..., None] * mixture.means, -2)
    return means, tf.sigmoid(mixture.logits), *map(tf.exp, mixture.log_chances)


def draw(mixture, uniform):
    """Continuous features (n, d), others (n, e) and groups (n, m) for uniform numbers (n, 1 + f) in (0, 1).

    The first chooses the component, by the inverse of the distribution function. Every feature has one of the others,
    but a group uses that of its first feature alone.
    """
    d, sizes = mixture.means.shape[-1], [x.shape[-1] for x in (mixture.logits, *mixture.log_chances)]
    choice, normal, flips, *of_groups = tf.split(uniform, [1, d, *sizes], axis=-1)
    k = _chosen(mixture.log_weights, choice)
    z = tf.math.ndtri(normal)
    if mixture.correlation is not None:
        r = tf.gather(mixture.correlation, k, batch_dims=1)
        z = tf.stack([z[..., 0], r * z[..., 0] + tf.sqrt(1 - tf.square(r)) * z[..., 1]], -1)
    means, deviations = (tf.gather(x, k, batch_dims=1) for x in (mixture.means, mixture.deviations))
    ones = tf.cast(flips < tf.sigmoid(mixture.logits), means.dtype)
    groups = [
        tf.one_hot(_chosen(logs, own[:, :1]), logs.shape[-1], dtype=means.dtype)
        for logs, own in zip(mixture.log_chances, of_groups)
    ]
    return means + deviations * z, ones, *groups


def _chosen(log_chances, uniform):
    """Indices (n,) by the inverse of the distribution function, of log_chances (n, k) at uniform numbers (n, 1)."""
    below = tf.cumsum(tf.exp(log_chances), -1) <= uniform
    return tf.minimum(tf.math.count_nonzero(below, -1, dtype=tf.int32), log_chances.shape[-1] - 1)
