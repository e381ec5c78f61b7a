"""Encoder-decoders as `keras.Model`s of stock layers: the steps of `skseq.nn.networks.seq2seq`, samples first."""

import keras
from keras import layers, ops

from skseq.nn.export.stock_layers import flat, joined

__all__ = ["seq2seq_models"]


def seq2seq_models(builder, _, n_target):
    """Models for sources of any length; with location attention, of the longest length it scores.

    A decoder that attends by position ("local-m") is also told the target step, from 0 on, by "position".
    """
    spec = builder.spec
    n_source = spec.source_steps if spec.attention == "location" else None
    parts, size = _Seq2SeqParts(builder), spec.encoding_size
    source = builder.source(n_source)
    vectors = builder.vectors(source)
    outputs, states = builder.encoder(ops.flip(vectors, axis=1) if spec.reverse_source else vectors)
    outputs = ops.flip(outputs, axis=1) if spec.reverse_source else outputs
    first, memory = parts.first_states(outputs, states), [outputs, states[-1][0]]
    memory_inputs = [
        keras.Input((n_source, size), dtype=spec.dtype, name="encoder_outputs"),
        keras.Input((size,), dtype=spec.dtype, name="code"),
    ]
    state_inputs = parts.state_inputs()
    encoder = keras.Model(source, [*memory, *flat(first)], name="encoder")
    if not spec.recursive:
        model = keras.Model(source, parts.write(memory, first, [None] * n_target)[0], name="encoder_decoder")
        probs, _ = parts.write(memory_inputs, state_inputs, [None] * n_target)
        decoder = keras.Model([*memory_inputs, *flat(state_inputs)], probs, name="decoder")
    else:
        tokens = keras.Input((n_target,), dtype="int32", name="decoder_inputs")
        written, _ = parts.write(memory, first, [tokens[:, t] for t in range(n_target)])
        model = keras.Model([source, tokens], written, name="encoder_decoder")
        token = keras.Input((), dtype="int32", name="token")
        place = [keras.Input((), dtype="int32", name="position")] if spec.attention == "local-m" else []
        probs, after = parts.write(memory_inputs, state_inputs, [token], *place)
        inputs = [token, *memory_inputs, *flat(state_inputs), *place]
        decoder = keras.Model(inputs, [probs[:, 0], *flat(after)], name="decoder_step")
    return {"model": model, "encoder_model": encoder, "decoder_model": decoder}


class _Seq2SeqParts:
    """The steps of `Seq2Seq`, in stock layers and samples first."""

    def __init__(self, builder):
        self.builder, self.spec = builder, builder.spec

    def state_inputs(self):
        """Inputs for the states of every layer, and for h~ of the step before with input feeding."""
        spec = self.spec
        states = [
            [keras.Input((spec.units,), dtype=spec.dtype, name=f"state_{layer}_{k}") for k in range(spec.n_states)]
            for layer in range(spec.n_layers)
        ]
        fed = [[keras.Input((spec.units,), dtype=spec.dtype, name="fed")]] if spec.input_feeding else []
        return states + fed

    def first_states(self, outputs, states):
        spec, builder = self.spec, self.builder
        zeros = [builder.no_input(states[0][0][:, : spec.units])] * spec.n_states
        if spec.takes_states:
            first = [builder.bridge(f"bridge/{layer}", state) for layer, state in enumerate(states)]
        elif spec.additive:
            names = [f"bridge/{layer}/hidden" for layer in range(spec.n_layers)]
            first = [
                [builder.dense(name, outputs[:, 0], spec.units, [f"{name}/kernel"], f"{name}/bias", "tanh"), *zeros[1:]]
                for name in names
            ]
        else:
            first = [zeros] * spec.n_layers
        return [*first, zeros[:1]] if spec.input_feeding else first

    def write(self, memory, states, tokens, position=None):
        """Probabilities (n_samples, n_steps, n_classes) and final states after one step for every entry of tokens.

        ``position`` (n_samples,) is the target step of the first; None: 0.
        """
        spec, features = self.spec, []
        keys = self.keys(memory[0])
        zero = ops.cast(ops.sum(ops.zeros_like(memory[1]), axis=1), "int32")
        position = zero if position is None else position
        for t, token in enumerate(tokens):
            token = None if token is None else ops.one_hot(token, spec.target_size + 1, dtype=spec.dtype)
            step, states = self.step(memory, keys, token, states, position + t)
            features.append(step)
        hidden = ops.stack(features, axis=1)
        if spec.combines and not spec.input_feeding:
            places = ops.stack([position + t for t in range(len(tokens))], axis=1)
            hidden = self.combine(memory, keys, hidden, places)
        names = ["output/kernel"]
        if spec.additive:
            names += ["output/context_kernel"] + ["output/token_kernel"] * spec.recursive
        probs = self.builder.dense("output", hidden, spec.target_size, names, "output/bias", "softmax")
        return probs, states

    def step(self, memory, keys, token, states, position):
        """(what the output layer or `combine` reads, states) of one step."""
        spec, builder = self.spec, self.builder
        parts = {} if token is None else {"kernel": token}
        if spec.reads_code and spec.decoder != "merge":
            parts["code_kernel"] = memory[1]
        if spec.additive:
            before = states[-1][0]
            parts["context_kernel"] = context = self.align(memory, keys, before[:, None], None)[:, 0]
        if spec.input_feeding:
            parts["feed_kernel"] = states[-1][0]
        new_states = []
        for layer, state in enumerate(states[: spec.n_layers]):
            parts = parts if layer == 0 else {"kernel": new_states[-1][0]}
            inputs = joined([*parts.values()]) if parts else builder.no_input(memory[1])
            inputs, names = ops.expand_dims(inputs, 1), [*parts]
            new_states.append(builder.recurrent(f"decoder/{layer}", inputs, state, kernels=names)[1])
        if spec.additive:
            return joined([before, context, *([token] if spec.recursive else [])]), new_states
        hidden = new_states[-1][0]
        if spec.input_feeding:
            hidden = self.combine(memory, keys, hidden[:, None], position[:, None])[:, 0]
            new_states.append([hidden])
        return hidden, new_states

    def combine(self, memory, keys, hidden, places):
        """tanh(W [c; h]) of (n_samples, n_steps, units)."""
        parts = {}
        if self.spec.attention is not None:
            parts["combine/context"] = self.align(memory, keys, hidden, places)
        parts["combine/hidden"] = hidden
        if self.spec.decoder == "merge" and self.spec.reads_code:
            parts["combine/code"] = layers.RepeatVector(hidden.shape[1], dtype=self.spec.dtype)(memory[1])
        return self.builder.dense("combine", joined([*parts.values()]), self.spec.units, [*parts], None, "tanh")

    def keys(self, values):
        spec, names = self.spec, ["attention/key"]
        if spec.attention in (None, "location") or (spec.attention == "dot" and not spec.bidirectional):
            return values
        return self.builder.dense("attention/key", values, spec.units, names)

    def align(self, memory, keys, queries, places):
        """Contexts of queries (n_samples, n_steps, units) at these target steps."""
        builder, spec = self.builder, self.spec
        if spec.attention in ("bahdanau", "concat"):
            queries = builder.dense("attention/query", queries, spec.units, ["attention/query"])
            return builder.additive_attention(queries, memory[0], keys)
        if spec.attention in ("dot", "general"):
            return layers.Attention(dtype=spec.dtype)([queries, memory[0], keys])
        if spec.attention == "location":
            scores = builder.dense("attention/location", queries, spec.source_steps, ["attention/location"])
            return ops.matmul(ops.softmax(scores), memory[0])
        return ops.matmul(self.local_attention(keys, queries, places), memory[0])

    def local_attention(self, keys, queries, places):
        """Attention weights inside a window around the target step, or around a place that is predicted."""
        spec = self.spec
        ones = ops.ones_like(keys[:, :, 0])
        steps, length = ops.cumsum(ones, axis=1)[:, None] - 1, ops.sum(ones, axis=1, keepdims=True)
        if spec.attention == "local-m":
            centre = ops.minimum(ops.cast(places, spec.dtype), length - 1)[..., None]
        else:
            hidden = self.builder.dense("attention/position", queries, spec.units, ["attention/position"], None, "tanh")
            place = self.builder.column("attention/position_scale", hidden)
            centre = length[..., None] * ops.sigmoid(place)
        distance = steps - centre
        scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
        weights = ops.softmax(ops.where(ops.abs(distance) <= spec.attention_window, scores, -1e30))
        if spec.attention == "local-p":
            weights *= ops.exp(-2 * ops.square(distance / spec.attention_window))
        return weights
