"""What searches choose: classes drawn by chance, the best continuations of a beam, and the order of its hypotheses."""

import numpy as np
import tensorflow as tf

from skseq.nn.kernels.shapes import size_of

LEAST_COVERAGE = 1e-6  # a source step never looked at costs beta * 13.8, not infinity


def _scalar(x, dtype):
    """A number or tensor as a tensor; tf.cast alone takes a Python float through float32."""
    return tf.cast(tf.convert_to_tensor(x, dtype_hint=dtype), dtype)


def _finite(x):
    """x, with zeros for -inf: what is impossible must not turn differences into NaN."""
    return tf.where(x > -np.inf, x, tf.zeros_like(x))


def draw(log_probs, uniform, temperature=1.0, top_k=None, top_p=None, min_p=None):
    """Classes (n,) by the inverse of the distribution function, in the order of class ids."""
    dtype, n_classes = log_probs.dtype, size_of(log_probs, 1)
    best = _finite(tf.reduce_max(log_probs, -1, keepdims=True))  # where nothing is allowed all weights are zero
    weights = tf.exp((log_probs - best) / _scalar(temperature, dtype))
    if top_k is not None:
        weights = _most_probable(weights, top_k)
    if top_p is not None:
        weights = _nucleus(weights, _scalar(top_p, dtype))
    if min_p is not None:  # the best class has the weight 1
        weights = tf.where(weights >= _scalar(min_p, dtype), weights, tf.zeros_like(weights))
    cumulative = tf.cumsum(weights, -1)
    uniform = tf.minimum(tf.cast(uniform, dtype), 1 - np.finfo(dtype.as_numpy_dtype).eps)  # a cast may round to 1
    below = cumulative <= uniform[:, None] * cumulative[:, -1:]
    return tf.minimum(tf.math.count_nonzero(below, -1, dtype=tf.int32), n_classes - 1)


def _most_probable(weights, top_k):
    """The top_k highest weights (n, n_classes), zero for the rest."""
    ordered = tf.sort(weights, direction="DESCENDING")
    least = tf.gather(ordered, tf.minimum(top_k, size_of(weights, 1)) - 1, axis=1)
    return tf.where(weights >= least[:, None], weights, tf.zeros_like(weights))


def _nucleus(weights, top_p):
    """The highest weights that together reach top_p of the sum, zero for the rest."""
    ordered = tf.sort(weights, direction="DESCENDING")
    before = tf.cumsum(ordered, -1, exclusive=True)
    needed = before < top_p * tf.reduce_sum(ordered, -1, keepdims=True)
    least = tf.reduce_min(tf.where(needed, ordered, ordered[:, :1]), -1, keepdims=True)
    return tf.where((weights >= least) | (top_p >= 1), weights, tf.zeros_like(weights))


def best_continuations(log_probs, before, beam_width):
    """The beam_width best continuations of every sample's hypotheses, by log-probability from the start.

    From log-probabilities of the next classes (n, n_classes) and of the hypotheses ``before`` (n,): indices of the
    hypotheses that go on, their classes, and the log-probabilities of those, (n,) each.
    """
    n_classes = size_of(log_probs, 1)
    total = tf.reshape(before, [-1, beam_width])
    best = _finite(tf.reduce_max(total, -1, keepdims=True))
    # Relative to the best, so that rounding does not swallow small differences between long outputs.
    relative = tf.cast(tf.reshape(total - best, [-1, 1]), log_probs.dtype)
    _, places = tf.math.top_k(tf.reshape(relative + log_probs, [-1, beam_width * n_classes]), beam_width)
    first = tf.range(size_of(places, 0))[:, None] * beam_width
    places = tf.reshape(places + first * n_classes, [-1])  # among all candidates of all samples
    return places // n_classes, places % n_classes, tf.gather(tf.reshape(log_probs, [-1]), places)


def length_penalty(n_written, alpha):
    """lp(Y) = ((5 + n) / 6)^alpha."""
    return tf.pow((5 + tf.cast(n_written, tf.float64)) / 6, _scalar(alpha, tf.float64))


def coverage_penalty(covered, beta, source_mask):
    """cp(X; Y) = beta sum_i log(min(c_i, 1)) from c (n_samples, width, n_source), over real source steps."""
    logs = tf.math.log(tf.clip_by_value(covered, LEAST_COVERAGE, 1))
    if source_mask is not None:
        logs *= tf.cast(source_mask, tf.float64)[:, None]
    return _scalar(beta, tf.float64) * tf.reduce_sum(logs, -1)


def best_first(scores, ended):
    """The order (n_samples, width): finished by score, then unfinished by score, then dead."""
    group = tf.where(scores == -np.inf, 2, tf.where(ended, 0, 1))
    by_score = tf.argsort(scores, direction="DESCENDING", stable=True)
    by_group = tf.argsort(tf.gather(group, by_score, batch_dims=1), stable=True)
    return tf.gather(by_score, by_group, batch_dims=1)
