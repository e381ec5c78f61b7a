"""Which units of an encoder do anything: with relu, some may have died."""

from dataclasses import replace

import tensorflow as tf

from skseq.nn.kernels.native import swapped, turning
from skseq.nn.kernels.precision import mixed_products
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder
from skseq.nn.networks.noise import SILENCE

MAX_TIMESTEPS = 50  # each runs as Python, in some milliseconds: a trace would take longer than all


def silent_share(spec, weights, rows):
    """Share of the units of the top encoder layer that are zero at every real step of these rows."""
    spec = replace(spec, jit_compile=False, unroll=False, recompute=False, cudnn=False, block=False)
    batch = {"source": tf.constant(rows["source"][:, :MAX_TIMESTEPS])}
    if "source_lengths" in rows:
        batch["source_lengths"] = tf.minimum(rows["source_lengths"], MAX_TIMESTEPS)
    with mixed_products(spec.mixed):
        outputs, lengths = _encode(spec, {name: tf.constant(x) for name, x in weights.items()}, batch)  # (t, b, d)
    silent = outputs == 0
    if lengths is not None:
        silent |= ~encoder.time_mask(lengths, outputs.shape[0])  # (t, b, 1)
    return float(tf.reduce_mean(tf.cast(tf.reduce_all(silent, [0, 1]), tf.float64)))


def _encode(spec, weights, batch):
    """Outputs of the top encoder layer, and how many of them are real."""
    if hasattr(spec, "tokens"):
        source, lengths = encoder.read_source(spec, weights, batch)
        if getattr(spec, "reverse_source", False):
            source = turning(size_of(source, 0), lengths)(source)
    else:
        source, lengths = swapped(batch["source"]), batch.get("source_lengths")  # (t, b, f)
    return encoder.encode(spec, weights, source, lengths, SILENCE)[0], lengths
