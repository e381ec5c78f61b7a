"""Encoder-decoders as `keras.Model`s of stock layers: the steps of `skseq.nn.networks.seq2seq`, samples first.

`DecoderParts` serve decoders of numbers, too (`skseq.nn.export.forecast`).

Shapes: b samples, q target steps at once, s source steps.
"""

import keras
from keras import layers, ops

from skseq.nn.export.stock_layers import flat, joined
from skseq.nn.networks.attention import ADDITIVE, has_key_kernel
from skseq.nn.networks.source import Source


def seq2seq_models(builder, _, n_target):
    """Models for sources of any length; with location attention, of the longest length it scores.

    A decoder that attends by position ("local-m") is also told the target step, from 0 on, by "position".
    """
    parts, spec = DecoderParts(builder, activation="softmax"), builder.spec
    read = builder.source(parts.n_source)
    source = parts.encode(read)
    build = _recursive_models if spec.recursive else _direct_models
    model, decoder = build(parts, read, source, n_target)
    encoder = keras.Model(read, [source.values, source.code, *flat(source.states)], name="encoder")
    return {"model": model, "encoder_model": encoder, "decoder_model": decoder}


def _direct_models(parts, read, source, n_target):
    """Both models write all steps at once."""
    given, told = parts.source_inputs(), [None] * n_target  # no token is told, at any step
    model = keras.Model(read, parts.write(source, told)[0], name="encoder_decoder")
    inputs = [given.values, given.code, *flat(given.states)]
    return model, keras.Model(inputs, parts.write(given, told)[0], name="decoder")


def _recursive_models(parts, read, source, n_target):
    """The model is told all previous tokens; the decoder makes one step, from a token and states to the next states."""
    tokens = keras.Input((n_target,), dtype="int32", name="decoder_inputs")
    told = [_one_hot(parts.spec, tokens[:, t]) for t in range(n_target)]
    probs, _ = parts.write(source, told)  # all steps are written out in the graph
    model = keras.Model([read, tokens], probs, name="encoder_decoder")
    given, token = parts.source_inputs(), keras.Input((), dtype="int32", name="token")
    place = [keras.Input((), dtype="int32", name="position")] if parts.spec.attention == "local-m" else []
    probs, after = parts.write(given, [_one_hot(parts.spec, token)], *place)
    inputs = [token, given.values, given.code, *flat(given.states), *place]
    return model, keras.Model(inputs, [probs[:, 0], *flat(after)], name="decoder_step")


def _one_hot(spec, token):
    return ops.one_hot(token, spec.input_size, dtype=spec.dtype)


class DecoderParts:
    """The steps of a network with a `Seq2SeqDecoder`, in stock layers and samples first."""

    def __init__(self, builder, activation=None):
        self.builder, self.spec, self.activation = builder, builder.spec, activation
        self.n_source = self.spec.source_steps if self.spec.attention == "location" else None

    def encode(self, read):
        """The `Source` of what the models read."""
        vectors, turned = self.builder.vectors(read), self.spec.reverse_source
        outputs, states = self.builder.encoder(ops.flip(vectors, axis=1) if turned else vectors)
        outputs = ops.flip(outputs, axis=1) if turned else outputs
        return self.source(outputs, states[-1][0], self.first_states(outputs, states))

    def source_inputs(self):
        """Inputs of a decoder that is given a `Source`; with input feeding h~ of the step before is a state too."""
        spec, builder = self.spec, self.builder
        outputs = builder.input("encoder_outputs", self.n_source, spec.encoding_size)
        code = builder.input("code", spec.encoding_size)
        fed = [[builder.input("fed", spec.units)]] if spec.input_feeding else []
        return self.source(outputs, code, builder.state_inputs("") + fed)

    def source(self, values, code, states):
        """A `Source` with the keys that belong to the values."""
        spec, keys = self.spec, values
        if spec.attention is not None and has_key_kernel(spec):
            keys = self.builder.dense("attention/key", values, spec.units, ["attention/key"])
        return Source(values=values, keys=keys, code=code, states=states)

    def first_states(self, outputs, states):
        """States of every layer before the first step, as in `Seq2SeqDecoder`."""
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

    def write(self, source, told, position=0):
        """Outputs (b, q, output_size) and final states after one step for every entry (b, f) of ``told``.

        ``position``, a number or (b,), is the target step of the first.
        """
        spec, features, states = self.spec, [], source.states
        # Zeros (b,), made from a tensor: a model that is saved and loaded knows no batch size.
        position = position + ops.cast(ops.sum(ops.zeros_like(source.code), axis=1), "int32")
        for t, inputs in enumerate(told):
            step, states = self.step(source, inputs, states, position + t)
            features.append(step)
        hidden = ops.stack(features, axis=1)  # (b, q, .)
        if spec.combines and not spec.input_feeding:  # otherwise every step has combined already
            places = ops.stack([position + t for t in range(len(told))], axis=1)
            hidden = self.combine(source, hidden, places)
        names = ["output/kernel"]
        if spec.additive:
            # Stacked as `step` joins them.
            names += ["output/context_kernel"] + ["output/input_kernel"] * spec.reads_inputs
        return self.builder.dense("output", hidden, spec.output_size, names, "output/bias", self.activation), states

    def step(self, source, inputs, states, position):
        """(what the output layer or `combine` reads, states) of one step."""
        spec, builder = self.spec, self.builder
        parts = {} if inputs is None else {"kernel": inputs}  # by kernel, in the order in which they are joined
        if spec.reads_code and spec.decoder != "merge":
            parts["code_kernel"] = source.code
        if spec.additive:
            before = states[-1][0]  # the state before the step attends and is read out
            parts["context_kernel"] = context = self.align(source, before[:, None], None)[:, 0]
        if spec.input_feeding:
            parts["feed_kernel"] = states[-1][0]
        new_states = []
        for layer, state in enumerate(states[: spec.n_layers]):
            parts = parts if layer == 0 else {"kernel": new_states[-1][0]}
            below = joined([*parts.values()]) if parts else builder.no_input(source.code)
            below, names = ops.expand_dims(below, 1), [*parts]  # (b, 1, .): a sequence of one step
            new_states.append(builder.recurrent(f"decoder/{layer}", below, state, kernels=names)[1])
        if spec.additive:
            return joined([before, context, *([inputs] if spec.reads_inputs else [])]), new_states
        hidden = new_states[-1][0]
        if spec.input_feeding:
            hidden = self.combine(source, hidden[:, None], position[:, None])[:, 0]
            new_states.append([hidden])
        return hidden, new_states

    def combine(self, source, hidden, places):
        """tanh(W [c; h]) of (b, q, units)."""
        parts = {}
        if self.spec.attention is not None:
            parts["combine/context"] = self.align(source, hidden, places)
        parts["combine/hidden"] = hidden
        if self.spec.decoder == "merge" and self.spec.reads_code:
            parts["combine/code"] = layers.RepeatVector(hidden.shape[1], dtype=self.spec.dtype)(source.code)
        return self.builder.dense("combine", joined([*parts.values()]), self.spec.units, [*parts], None, "tanh")

    def align(self, source, queries, places):
        """Contexts of queries (b, q, units) at these target steps (b, q)."""
        builder, spec = self.builder, self.spec
        if spec.attention in ADDITIVE:
            queries = builder.dense("attention/query", queries, spec.units, ["attention/query"])
            return builder.additive_attention(queries, source.values, source.keys)
        if spec.attention in ("dot", "general"):
            return layers.Attention(dtype=spec.dtype)([queries, source.values, source.keys])
        if spec.attention == "location":
            scores = builder.dense("attention/location", queries, spec.source_steps, ["attention/location"])
            return ops.matmul(ops.softmax(scores), source.values)
        return ops.matmul(self.local_attention(source.keys, queries, places), source.values)

    def local_attention(self, keys, queries, places):
        """Attention weights inside a window around the target step, or around a place that is predicted."""
        spec = self.spec
        ones = ops.ones_like(keys[:, :, 0])  # (b, s): exported models read no padding, so all steps are real
        steps, length = ops.cumsum(ones, axis=1)[:, None] - 1, ops.sum(ones, axis=1, keepdims=True)
        if spec.attention == "local-m":
            centre = ops.minimum(ops.cast(places, spec.dtype), length - 1)[..., None]
        else:
            hidden = self.builder.dense("attention/position", queries, spec.units, ["attention/position"], None, "tanh")
            place = self.builder.dense("attention/position_scale", hidden, 1, ["attention/position_scale"])  # (b, q, 1)
            centre = length[..., None] * ops.sigmoid(place)
        distance = steps - centre  # (b, q, s)
        scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
        weights = ops.softmax(ops.where(ops.abs(distance) <= spec.attention_window, scores, -1e30))
        if spec.attention == "local-p":
            weights *= ops.exp(-2 * ops.square(distance / spec.attention_window))
        return weights
