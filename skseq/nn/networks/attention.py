"""Alignment models: how a decoder state weighs the encoder outputs.

Shapes: b samples, q queries per sample (target steps, or hypotheses of a beam), s source steps, u units, d the width of
an encoder output. What depends on the source alone is computed once: it is a `Source`.

References
----------
Bahdanau et al. 2015, appendix A.1.2 (additive scores); Luong et al. 2015, sections 3.1 and 3.2 (dot, general, concat,
location, local-m, local-p). Local attention scores as "general" does, the best of theirs.
"""

import tensorflow as tf

from skseq.nn.kernels.alignment import additive_scores, attend, masked_softmax
from skseq.nn.kernels.native import batch_product, swapped
from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks.weights import kernel

KINDS = ("bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")
ADDITIVE = ("bahdanau", "concat")
LOCAL = ("local-m", "local-p")


def has_key_kernel(spec):
    """Whether encoder outputs are mapped to keys: for a dot product only if they are not as wide as queries."""
    return spec.attention not in ("dot", "location") or (spec.attention == "dot" and spec.bidirectional)


def attention_weights(spec):
    """The table of weights of the scores."""
    units, kind = spec.units, spec.attention
    if kind in ADDITIVE:
        yield kernel("attention/query", units, units)
    if has_key_kernel(spec):
        yield kernel("attention/key", spec.encoding_size, units)
    if kind in ADDITIVE:
        yield kernel("attention/scale", units)
    if kind == "location":
        yield kernel("attention/location", units, spec.source_steps)
    if kind == "local-p":
        yield kernel("attention/position", units, units)
        yield kernel("attention/position_scale", units)


def keys_and_values(weights, outputs, lengths):
    """The fields of a `Source` that `align` reads, from encoder outputs (s, b, d) and lengths (b,) or None."""
    values = swapped(outputs)  # (b, s, d)
    key = weights.get("attention/key")
    n_samples, n_source = tf.unstack(tf.shape(values)[:2])
    return {
        "values": values,
        "keys": values if key is None else dense(values, key),
        "mask": None if lengths is None else tf.sequence_mask(lengths, n_source),
        "lengths": tf.fill([n_samples], n_source) if lengths is None else lengths,
    }


def align(spec, weights, source, queries, positions):
    """Attention weights (b, q, s) and contexts (b, q, d) of queries (b, q, u).

    positions (q,), or one for all, are the target steps of the queries.
    """
    scores = _scores(spec, weights, source, queries)
    if spec.attention not in LOCAL:
        return attend(scores, source.values, source.mask)
    attention = _local_weights(spec, source, scores, _centre(spec, weights, source, queries, positions))
    return attention, batch_product(attention, source.values)


def _local_weights(spec, source, scores, centre):
    """Softmax of the scores (b, q, s) inside the window around the centre (b, q), with local-p under a Gaussian."""
    distance = tf.range(size_of(scores, 2), dtype=tf.int32)
    distance = tf.cast(distance, scores.dtype) - centre[..., None]  # s - p_t: (b, q, s)
    real = tf.sequence_mask(source.lengths, size_of(scores, 2))[:, None]
    inside = real & (tf.abs(distance) <= spec.attention_window)
    attention = masked_softmax(scores, inside)
    if spec.attention == "local-p":
        attention *= tf.exp(-2 * tf.square(distance / spec.attention_window))  # sigma = D / 2
    return attention


def _scores(spec, weights, source, queries):
    """Alignment scores (b, q, s): additive, location, or a product with the keys."""
    if spec.attention in ADDITIVE:
        query = dense(queries, weights["attention/query"])
        return additive_scores(query, source.keys, weights["attention/scale"])
    if spec.attention == "location":
        scores, n_source = dense(queries, weights["attention/location"]), size_of(source.values, 1)
        padding = tf.maximum(n_source - spec.source_steps, 0)  # a batch longer than all of the fit
        return tf.pad(scores, [[0, 0], [0, 0], [0, padding]])[..., :n_source]
    return batch_product(queries, source.keys, transpose_b=True)


def _centre(spec, weights, source, queries, positions):
    """Where the window stands, in source steps from 0 on, (b, q): p_t = t, or S sigmoid(v' tanh(W h_t)).

    With local-m the window stays at the last source step when the target is longer than the source.
    """
    if spec.attention == "local-m":
        return tf.cast(tf.minimum(positions[None], source.lengths[:, None] - 1), queries.dtype)
    place = tf.tanh(dense(queries, weights["attention/position"]))
    place = tf.reduce_sum(place * weights["attention/position_scale"], -1)  # (b, q)
    return tf.cast(source.lengths[:, None], queries.dtype) * tf.sigmoid(place)
