"""Generators as `keras.Model`s of stock layers, which put the start before a sequence by themselves.

Shapes: b samples, t timesteps, f features, u units, e width of the embedding, k components, d continuous features.
"""

from itertools import chain, pairwise
from types import SimpleNamespace

import keras
import numpy as np
from keras import layers, ops

from skseq.nn.export.stock_layers import alone, flat, joined
from skseq.nn.networks.heads import OF_ONE
from skseq.nn.networks.mixtures import MOST_CORRELATION


def generator_models(builder, *_):
    """Models for sequences of any length, also of none.

    "model" reads "source", ids (b, t) or numbers (b, t, f), and where there is one the "condition", indices of labels
    (b,) or vectors. It writes what follows the start and every step: the probabilities of all classes
    (b, t + 1, n_classes). Of numbers it writes a list: weights (b, t + 1, k), means and deviations (b, t + 1, k, d) of
    the components, in the units of the data; where there are any, correlations (b, t + 1, k), probabilities of features
    being 1 (b, t + 1, n_binary), and that of the end (b, t + 1).

    "encoder_model" reads the same and writes what follows the whole source, then the states of every layer.
    "decoder_model" reads one more "step", the condition, and states, and writes the same: one step after another.
    """
    parts, spec = _Parts(builder), builder.spec
    source, condition = builder.source(None), parts.condition_inputs()
    ids, values = parts.begun(source)
    said, states = parts.write(ids, values, *condition)
    read = [source, *condition]
    model = keras.Model(read if condition else source, alone(said), name="generator")
    encoder = keras.Model(read if condition else source, [*(x[:, -1] for x in said), *flat(states)], name="encoder")

    step = keras.Input((), dtype="int32", name="step") if spec.tokens else builder.input("step", spec.source_size)
    before = builder.state_inputs("")
    ids = ops.expand_dims(step, 1)
    said, states = parts.write(ids, builder.vectors(ids), *condition, states=before)
    after = [*(x[:, 0] for x in said), *flat(states)]
    decoder = keras.Model([step, *condition, *flat(before)], after, name="decoder_step")
    return {"model": model, "encoder_model": encoder, "decoder_model": decoder}


def _softmax(logits, n):
    """Over n logits (..., n); Keras warns of a single one."""
    return ops.softmax(logits) if n > 1 else ops.ones_like(logits)


class _Parts:
    """The steps of a `Generator`, in stock layers and samples first."""

    def __init__(self, builder):
        self.builder, self.spec = builder, builder.spec
        scale = builder.scales.get("source")
        if scale is not None:
            own = list(self.spec.feature_parts[0])
            mean, deviation = np.asarray(scale.mean)[own], np.asarray(scale.deviation)[own]
            builder.scales = builder.scales | {
                "means": SimpleNamespace(mean=mean, deviation=deviation),
                "deviations": SimpleNamespace(mean=np.zeros_like(mean), deviation=deviation),
            }

    def condition_inputs(self):
        """The input of what a sequence depends on, in a list, or an empty list."""
        if self.spec.condition is None:
            return []
        if self.spec.condition == "labels":
            return [keras.Input((), dtype="int32", name="condition")]
        return [self.builder.input("condition", self.spec.condition_size)]

    def begun(self, source):
        """(what is read with the start before it, its vectors (b, t + 1, .)); the start is the id 0, or zeros."""
        if self.spec.tokens:
            ids = ops.pad(source, [[0, 0], [1, 0]])
            return ids, self.builder.vectors(ids)
        return source, ops.pad(self.builder.vectors(source), [[0, 0], [1, 0], [0, 0]])

    def _code(self, condition):
        """The condition as the layers read it (b, u)."""
        builder, spec = self.builder, self.spec
        if spec.condition == "labels":
            return builder.embedding("condition/embedding", condition, spec.condition_size, spec.units)
        condition, kernel = builder.scaled(condition, "condition"), ["condition/kernel"]
        return builder.dense("condition/code", condition, spec.units, kernel, "condition/bias", "tanh")

    def _first_states(self, code):
        """States of every layer before the start."""
        kinds = {"hidden": "tanh", "cell": None}
        names = [*kinds][: self.spec.n_states]
        return [
            [
                self.builder.dense(f"condition/{k}/{name}", code, self.spec.units, [f"condition/{k}/{name}"], None, how)
                for name, how in kinds.items()
                if name in names
            ]
            for k in range(self.spec.n_layers)
        ]

    def write(self, ids, values, condition=None, states=None):
        """(what follows every step, a list of (b, t, ...), final states) of vectors (b, t, .)."""
        kernels = []
        if condition is not None:
            code = self._code(condition)
            states = self._first_states(code) if states is None else states
            # (b, t, u), not by a sum: Keras takes (1, 3, 1) + (1, 1, 3) for the sum of channels and their bias.
            repeated = ops.ones_like(values[:, :, :1]) * ops.expand_dims(code, 1)
            values, kernels = joined([values, repeated]), ["condition/input_kernel"]
        final = []
        for k in range(self.spec.n_layers):
            before = None if states is None else states[k]
            more = kernels if k == 0 else ()
            values, after = self.builder.recurrent(f"encoder/{k}", values, before, more=more)
            final.append(after)
        if self.spec.tokens:
            return [self._probs(ids, values)], final
        return self._mixture(self._dense_outputs(values)), final

    def _dense_outputs(self, hidden):
        return self.builder.dense("output", hidden, self.spec.output_size, ["output/kernel"], "output/bias")

    def _probs(self, ids, hidden):
        """Probabilities of classes (b, t, n_classes)."""
        builder, spec = self.builder, self.spec
        if not spec.tied:
            return _softmax(self._dense_outputs(hidden), spec.target_size)
        if spec.embedding_dim != spec.units:
            hidden = builder.dense("output/projection", hidden, spec.embedding_dim, ["output/projection"])
        # The embedding of all tokens 1, 2, ... is its own table: so layers share it, and a file holds it once.
        every = ops.cumsum(ops.repeat(ops.ones_like(ids[:1, :1]), spec.source_size - 1, axis=1), axis=1)
        table = builder.embedding("embedding", every, spec.source_size, spec.embedding_dim)  # (1, n_tokens, e)
        logits = ops.matmul(hidden, ops.transpose(table, (0, 2, 1)))
        if spec.ends:
            logits = ops.concatenate([logits, builder.dense("output/end", hidden, 1, ["output/end"])], axis=-1)
        bias = builder.dense("output", builder.no_input(hidden), spec.output_size, [], "output/bias")
        return _softmax(logits + bias, spec.target_size)

    def _mixture(self, outputs):
        """What `mixtures.read_mixture` makes of outputs (b, t, output_size), in the units of the data: a list."""
        builder, spec = self.builder, self.spec
        k, d = spec.n_components, spec.n_continuous
        places = np.cumsum([0, *spec.mixture_sizes]).tolist()
        parts = [outputs[:, :, start:stop] for start, stop in pairwise(places)]
        weights, means, deviations, correlation, logits, *groups, end = parts
        said = []
        if d:
            means, deviations = (layers.Reshape((-1, k, d), dtype=spec.dtype)(x) for x in (means, deviations))
            deviations = ops.sqrt(ops.square(ops.softplus(deviations + OF_ONE)) + spec.reg_covar)
            said += [_softmax(weights, k), builder.unscaled(means, "means"), builder.unscaled(deviations, "deviations")]
        said += [MOST_CORRELATION * ops.tanh(correlation)] * spec.correlated
        said += [self._ones(logits, groups)] if spec.binary else []
        return said + ([ops.sigmoid(end[:, :, 0])] if spec.ends else [])

    def _ones(self, logits, groups):
        """Probabilities of features being 1 (b, t, n_binary), in the order of features."""
        if not groups:
            return ops.sigmoid(logits)
        order = list(chain(*self.spec.feature_parts[1:]))
        ones = ops.concatenate([ops.sigmoid(logits), *map(ops.softmax, groups)], axis=-1)
        return ops.take(ones, [order.index(k) for k in self.spec.binary], axis=-1)
