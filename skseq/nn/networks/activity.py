"""Which units of an encoder do anything: with relu, some may have died."""

from dataclasses import replace

import tensorflow as tf

from skseq.nn.kernels.precision import mixed_products
from skseq.nn.networks import encoder
from skseq.nn.networks.noise import Silence

MAX_TIMESTEPS = 50  # each runs as Python, in some milliseconds: a trace would take longer than all


def silent_share(spec, weights, rows):
    """Share of the units of the top encoder layer that are zero at every real step of these rows."""
    spec = replace(spec, jit_compile=False, unroll=False, recompute=False, cudnn=False, block=False)
    batch = {"source": tf.constant(rows["source"][:, :MAX_TIMESTEPS])}
    mask = None
    if "source_lengths" in rows:
        batch["source_lengths"] = tf.minimum(rows["source_lengths"], MAX_TIMESTEPS)
        mask = encoder.time_mask(batch["source_lengths"], batch["source"].shape[1])  # (t, b, 1)
    with mixed_products(spec.mixed):
        outputs, _ = _encode(spec, {name: tf.constant(x) for name, x in weights.items()}, batch)  # (t, b, d)
    silent = outputs == 0 if mask is None else (outputs == 0) | ~mask
    return float(tf.reduce_mean(tf.cast(tf.reduce_all(silent, [0, 1]), tf.float64)))


def _encode(spec, weights, batch):
    if hasattr(spec, "tokens"):
        return encoder.encode_source(spec, weights, batch, Silence(), backwards=getattr(spec, "reverse_source", False))
    source = tf.transpose(batch["source"], [1, 0, 2])  # (t, b, f)
    return encoder.encode(spec, weights, source, batch.get("source_lengths"), Silence())
