"""Networks with labels or numbers for a whole sequence as `keras.Model`s of stock layers."""

import keras
import numpy as np
from keras import ops

from skseq.nn.spec import POOLED_PARTS


def pooled_models(builder, *_):
    """Models for sources of any length; the decoder model is the head, which reads the pooled vector and the ends."""
    spec = builder.spec
    source = builder.source(None)
    vectors = builder.vectors(source)
    pooled = _pooled(builder, *builder.encoder(vectors))
    if spec.reads_ends:
        pooled = ops.concatenate([pooled, _ends(vectors, spec.most_of_ends)], axis=-1)
    encoding = builder.input("encoding", spec.pooled_size + spec.ends_size)
    return {
        "model": keras.Model(source, _outputs(builder, pooled), name="recurrent"),
        "encoder_model": keras.Model(source, pooled, name="encoder"),
        "decoder_model": keras.Model(encoding, _outputs(builder, encoding), name="head"),
    }


def _pooled(builder, outputs, states):
    """One vector per sequence, (n_samples, d)."""
    spec = builder.spec
    parts = {  # exported models read no padding: all steps count
        "last": lambda: states[-1][0],
        "mean": lambda: ops.mean(outputs, axis=1),
        "max": lambda: ops.max(outputs, axis=1),
        "attention": lambda: _attended(builder, outputs),
    }
    parts = [parts[name]() for name in POOLED_PARTS[spec.pooling]]
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def _attended(builder, outputs):
    keys = builder.dense("attention/key", outputs, builder.spec.units, ["attention/key"], "attention/bias")
    return builder.additive_attention(builder.no_input(keys[:, :1]), outputs, keys)[:, 0]  # no query but zeros


def _ends(vectors, most):
    """The first and the last number of every feature, as `Pooled` has them."""
    return ops.clip(ops.concatenate([vectors[:, 0], vectors[:, -1]], axis=-1), -most, most)


def _outputs(builder, pooled):
    """Numbers side by side, in the units of y, or the probabilities of the labels: a list if there are several."""
    sizes, classifies = builder.spec.sizes, builder.spec.task == "classify"
    several = classifies and len(sizes) > 1  # then each has a softmax of its own
    activation = "softmax" if classifies and not several else None
    kernels = ["output/kernel", "output/ends"] if builder.spec.reads_ends else ["output/kernel"]
    outputs = builder.dense("output", pooled, sum(sizes), kernels, "output/bias", activation)
    if not several:
        return outputs if classifies else builder.unscaled(outputs, "target")
    return [ops.softmax(logits) for logits in ops.split(outputs, np.cumsum(sizes)[:-1].tolist(), axis=-1)]
