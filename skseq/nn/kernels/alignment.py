"""Attention: alignment scores, the weights they give to source steps, and the context.

Shapes: b samples, q queries per sample, s source steps, u units, d the width of a value.
"""

import tensorflow as tf

from skseq.nn._tensorflow import tanh_gradient
from skseq.nn.kernels.native import batch_product, softmax
from skseq.nn.kernels.products import as_matrix


def additive_scores(query, keys, v):
    """e_j = v' tanh(W s + U h_j) (Bahdanau et al. 2015): (b, q, s) from W s (b, q, u) and U h (b, s, u)."""
    aligned = tf.tanh(query[:, :, None] + keys[:, None])  # (b, q, s, u)
    return tf.reshape(tf.matmul(as_matrix(aligned), v[:, None]), tf.unstack(tf.shape(aligned))[:-1])


def additive_scores_gradient(d_scores, query, keys):
    """For one query W s (b, u): the gradient of W s + U h (b, s, u), yet to be multiplied by v, and that of v (u,).

    tanh(W s + U h) is computed again: over all queries it would be the largest tensor to keep.
    """
    aligned = tf.tanh(query[:, None] + keys)  # (b, s, u)
    d_v = tf.matmul(tf.reshape(d_scores, [1, -1]), as_matrix(aligned))[0]
    d_scores = tf.broadcast_to(d_scores[..., None], tf.shape(aligned))
    return tanh_gradient(y=aligned, dy=d_scores), d_v


def masked_softmax(scores, mask):
    """Softmax over the source steps where the mask is True; the others get no weight."""
    return softmax(tf.where(mask, scores, tf.constant(scores.dtype.min, scores.dtype)))


def softmax_gradient(weights, d_weights):
    """a (da - sum_j a_j da_j)."""
    return weights * (d_weights - tf.reduce_sum(weights * d_weights, -1, keepdims=True))


def attend(scores, values, mask):
    """Attention weights (b, q, s) = softmax of the scores over real source steps, and contexts sum_j a_j h_j (b, q, d).

    values (b, s, d); mask (b, s), or None if all steps are real.
    """
    weights = softmax(scores) if mask is None else masked_softmax(scores, mask[:, None])
    return weights, batch_product(weights, values)
