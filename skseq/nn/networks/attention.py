"""Alignment models: how a decoder state weighs the encoder outputs.

Shapes: b samples, q queries a sample (target steps, or hypotheses of a beam), s source steps, u units, d the width of
an encoder output. All that depends on the source alone is computed once, in `memory`.

References
----------
Bahdanau et al. 2015, appendix A.1.2 (additive scores); Luong et al. 2015, sections 3.1 and 3.2 (dot, general, concat,
location, local-m, local-p). Local attention scores as "general" does, the best of theirs.
"""

import tensorflow as tf

from skseq.nn.kernels import recurrence
from skseq.nn.networks.weights import kernel

__all__ = ["KINDS", "align", "attention_weights", "memory"]

KINDS = ("bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")
ADDITIVE = ("bahdanau", "concat")
LOCAL = ("local-m", "local-p")


def attention_weights(spec):
    """The table of weights of the scores."""
    units, kind = spec.units, spec.attention
    if kind in ADDITIVE:
        yield kernel("attention/query", units, units)
    if kind not in ("dot", "location") or (kind == "dot" and spec.bidirectional):
        yield kernel("attention/key", spec.encoding_size, units)  # a dot product needs keys as wide as queries
    if kind in ADDITIVE:
        yield kernel("attention/scale", units)
    if kind == "location":
        yield kernel("attention/location", units, spec.source_steps)
    if kind == "local-p":
        yield kernel("attention/position", units, units)
        yield kernel("attention/position_scale", units)


def memory(weights, outputs, lengths):
    """What `align` reads of a source, from encoder outputs (s, b, d) and lengths (b,) or None."""
    values = tf.transpose(outputs, [1, 0, 2])  # (b, s, d)
    key = weights.get("attention/key")
    n_samples, n_source = tf.unstack(tf.shape(values)[:2])
    return {
        "values": values,
        "keys": values if key is None else recurrence.dense(values, key),
        "mask": None if lengths is None else tf.sequence_mask(lengths, n_source),
        "lengths": tf.fill([n_samples], n_source) if lengths is None else lengths,
    }


def align(spec, weights, memory, queries, positions):
    """Attention weights (b, q, s) and contexts (b, q, d) of queries (b, q, u).

    positions (q,), or one for all, are the target steps of the queries.
    """
    scores = _scores(spec, weights, memory, queries)
    if spec.attention not in LOCAL:
        return recurrence.attend(scores, memory["values"], memory["mask"])
    centre = _centre(spec, weights, memory, queries, positions)
    distance = tf.range(tf.shape(scores)[2], dtype=tf.int32)
    distance = tf.cast(distance, scores.dtype) - centre[..., None]  # s - p_t: (b, q, s)
    real = tf.sequence_mask(memory["lengths"], tf.shape(scores)[2])[:, None]
    inside = real & (tf.abs(distance) <= spec.attention_window)
    attention = tf.nn.softmax(tf.where(inside, scores, tf.constant(scores.dtype.min, scores.dtype)))
    if spec.attention == "local-p":
        attention *= tf.exp(-2 * tf.square(distance / spec.attention_window))  # sigma = D / 2
    return attention, tf.matmul(attention, memory["values"])


def _scores(spec, weights, memory, queries):
    """Alignment scores (b, q, s): additive, location, or a product with the keys."""
    if spec.attention in ADDITIVE:
        return recurrence.additive_scores(
            recurrence.dense(queries, weights["attention/query"]), memory["keys"], weights["attention/scale"]
        )
    if spec.attention == "location":
        scores, n_source = recurrence.dense(queries, weights["attention/location"]), tf.shape(memory["values"])[1]
        padding = tf.maximum(n_source - spec.source_steps, 0)  # steps that are not there for any sample
        return tf.pad(scores, [[0, 0], [0, 0], [0, padding]])[..., :n_source]
    return tf.matmul(queries, memory["keys"], transpose_b=True)


def _centre(spec, weights, memory, queries, positions):
    """Where the window stands, in source steps from 0 on, (b, q): p_t = t, or S sigmoid(v' tanh(W h_t)).

    With local-m the window stays at the last source step when the target is longer than the source.
    """
    if spec.attention == "local-m":
        return tf.cast(tf.minimum(positions[None], memory["lengths"][:, None] - 1), queries.dtype)
    place = tf.tanh(recurrence.dense(queries, weights["attention/position"]))
    place = tf.reduce_sum(place * weights["attention/position_scale"], -1)
    return tf.cast(memory["lengths"][:, None], queries.dtype) * tf.sigmoid(place)
