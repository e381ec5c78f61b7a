"""Real `keras.Model`s of stock Keras layers that carry the weights of a network.

They are built on demand for export, plotting and callbacks; training and prediction never use them. A binding pairs a
Keras variable with the names of the weights stacked in it (along the first axis), so numbers move both ways.
"""

import json

import keras
import numpy as np
from keras import layers, ops

from skseq.nn.autoencoder import Autoencoder
from skseq.nn.networks import as_array
from skseq.nn.spec import AutoencoderSpec, RecurrentSpec, Seq2SeqSpec

__all__ = ["CallbackModel", "build_models", "get_weights", "set_weights"]


class _Builder:
    """Stock layers by weight name: every layer is made once, shared by all models, and bound to its weights.

    Layers whose weights the spec freezes are not trainable.
    """

    def __init__(self, spec):
        self.spec, self.layers, self.bindings = spec, {}, []

    def _make(self, name, make):
        if name not in self.layers:
            self.layers[name] = make(name.replace("/", "_"))
            self.layers[name].trainable = self.spec.trains(name)
        return self.layers[name]

    def bind(self, variables, *groups):
        """Pair each Keras variable with the weights it holds, once."""
        for variable, names in zip(variables, groups):
            if all(variable is not known for known, _ in self.bindings):
                self.bindings.append((variable, names))

    def recurrent(self, name, inputs, states=None, *, kernels=("kernel",), backward=False):
        """(outputs at every step, final states) of one recurrent layer."""
        spec = self.spec
        kind = layers.LSTM if spec.cell == "lstm" else layers.GRU
        layer = self._make(
            name,
            lambda label: kind(
                spec.units,
                activation=spec.activation,
                return_sequences=True,
                return_state=True,
                go_backwards=backward,
                dtype=spec.dtype,
                name=label,
            ),
        )
        outputs, *final = layer(inputs, initial_state=states)
        names = [[f"{name}/{kernel}" for kernel in kernels], [f"{name}/recurrent_kernel"], [f"{name}/bias"]]
        self.bind(layer.weights, *names)
        return outputs, final

    def dense(self, name, inputs, size, kernels, bias=None, activation=None):
        """A Dense layer over the last axis."""
        layer = self._make(
            name,
            lambda label: layers.Dense(
                size, activation=activation, use_bias=bias is not None, dtype=self.spec.dtype, name=label
            ),
        )
        outputs = layer(inputs)
        self.bind(layer.weights, kernels, [bias])
        return outputs

    def column(self, name, inputs):
        """A Dense layer with one output, whose kernel is a vector among the weights: (..., d) to (..., 1)."""
        layer = self._make(name, lambda label: layers.Dense(1, use_bias=False, dtype=self.spec.dtype, name=label))
        outputs = layer(inputs)
        self.bind(layer.weights, [name])
        return outputs

    def source(self, n_source):
        """Input of a network that may read tokens: ids or numbers."""
        if self.spec.tokens:
            return keras.Input((n_source,), dtype="int32", name="source")
        return keras.Input((n_source, self.spec.source_size), dtype=self.spec.dtype, name="source")

    def vectors(self, source):
        """What the encoder reads of a source: its numbers, or its ids embedded or one-hot."""
        spec = self.spec
        if spec.embedding_dim is not None:
            embedding = self._make(
                "embedding",
                lambda label: layers.Embedding(spec.source_size, spec.embedding_dim, dtype=spec.dtype, name=label),
            )
            source = embedding(source)
            self.bind(embedding.weights, ["embedding"])
        elif spec.tokens:
            source = ops.one_hot(source, spec.source_size, dtype=spec.dtype)
        return source

    def encoder(self, source):
        """Outputs at every step and the final states of every layer, both directions joined."""
        outputs, states = source, []
        for layer in range(self.spec.n_layers):
            inputs = outputs
            outputs, final = self.recurrent(f"encoder/{layer}", inputs)
            if self.spec.bidirectional:
                turned, final_turned = self.recurrent(f"encoder/{layer}/backward", inputs, backward=True)
                outputs = ops.concatenate([outputs, ops.flip(turned, axis=1)], axis=-1)
                final = [ops.concatenate(pair, axis=-1) for pair in zip(final, final_turned)]
            states.append(final)
        return outputs, states

    def bridge(self, name, states):
        """Decoder states from the states of a bidirectional encoder."""
        if not self.spec.bidirectional:
            return states
        return [
            self.dense(f"{name}/{kind}", state, self.spec.units, [f"{name}/{kind}/kernel"], f"{name}/{kind}/bias", how)
            for kind, how, state in zip(("hidden", "cell"), ("tanh", None), states)
        ]

    def additive_attention(self, query, values, keys):
        """The context of every query: sum_j a_j h_j with a = softmax(v' tanh(query + keys))."""
        layer = self._make("attention", lambda label: layers.AdditiveAttention(dtype=self.spec.dtype, name=label))
        context = layer([query, values, keys])
        self.bind(layer.weights, ["attention/scale"])
        return context

    def no_input(self, like):
        """Zeros of the shape of ``like``: a stock recurrent layer always wants an input."""
        return layers.Rescaling(0.0, dtype=self.spec.dtype)(like)


def build_models(spec, n_source, n_target):
    """(models, bindings) for a spec: models is a dict with "model", "encoder_model" and "decoder_model".

    n_source and n_target are numbers of timesteps that the encoder reads and the decoder writes; all but autoencoders
    take sources of any length.
    """
    builder, build = _Builder(spec), _MODELS[type(spec)]
    return build(builder, n_source, n_target), builder.bindings


# --- autoencoder ------------------------------------------------------------------------------------------------------


def _autoencoder_models(builder, n_source, n_target):
    """Models for sources of n_source steps; a decoder writes n_source, n_source - 1, or of what is held back n_target.

    With two decoders every output is a list, the reconstruction first. Unconditional decoders write all steps at once,
    from the code. Conditional ones also read the frame before every step, in the order in which they write: "model" is
    told all of them, the decoder model makes one step, from the code and the states of all layers to the next states.
    """
    spec, decoders = builder.spec, Autoencoder(builder.spec).decoders
    parts = [_DecoderParts(builder, name, decoder) for name, decoder in decoders.items()]
    n_next = n_target if spec.held_back else n_source - 1
    n_steps = [n_source if name == "reconstruction" else n_next for name in decoders]
    source = keras.Input((n_source, spec.source_size), dtype=spec.dtype, name="source")
    code = builder.encoder(source)[1][-1]
    build = _conditional_models if spec.conditional else _unconditional_models
    return build(builder, parts, n_steps, source, code)


def _unconditional_models(builder, parts, n_steps, source, code):
    spec = builder.spec
    inputs = [keras.Input((spec.encoding_size,), dtype=spec.dtype, name=f"code_{k}") for k in range(spec.n_states)]
    if not spec.takes_states:  # only the hidden state is read
        inputs, code = inputs[:1], code[:1]

    def decode(code):
        return _alone([part.write(code, n)[0] for part, n in zip(parts, n_steps)])

    return {
        "model": keras.Model(source, decode(code), name="autoencoder"),
        "encoder_model": keras.Model(source, _alone(code), name="encoder"),
        "decoder_model": keras.Model(_alone(inputs), decode(inputs), name="decoder"),
    }


def _conditional_models(builder, parts, n_steps, source, code):
    spec = builder.spec
    first = [state for part in parts for state in part.first_states(code)]
    told = [part.input("inputs", n, spec.source_size) for part, n in zip(parts, n_steps)]
    written = [part.write(code, n, before)[0] for part, n, before in zip(parts, n_steps, told)]
    memory = keras.Input((spec.encoding_size,), dtype=spec.dtype, name="code")
    frames = [part.input("frame", spec.source_size) for part in parts]
    states = [part.state_inputs() for part in parts]
    steps = [part.write([memory], 1, ops.expand_dims(x, 1), state) for part, x, state in zip(parts, frames, states)]
    inputs = [*frames, memory, *(x for layers in states for x in _flat(layers))]
    outputs = [*(frame[:, 0] for frame, _ in steps), *(x for _, layers in steps for x in _flat(layers))]
    return {
        "model": keras.Model([source, *told], _alone(written), name="autoencoder"),
        "encoder_model": keras.Model(source, [code[0], *_flat(first)], name="encoder"),
        "decoder_model": keras.Model(inputs, outputs, name="decoder_step"),
    }


class _DecoderParts:
    """The steps of a `Decoder`, in stock layers and samples first."""

    def __init__(self, builder, label, decoder):
        self.builder, self.spec, self.label = builder, builder.spec, label
        self.prefix = decoder.name and f"{decoder.name}/"

    def input(self, name, *shape):
        return keras.Input(shape, dtype=self.spec.dtype, name=f"{self.label}_{name}")

    def state_inputs(self):
        """Inputs for the states of every layer."""
        spec = self.spec
        return [
            [self.input(f"state_{layer}_{k}", spec.units) for k in range(spec.n_states)]
            for layer in range(spec.n_layers)
        ]

    def first_states(self, code):
        """States of every layer before the first step."""
        spec, builder = self.spec, self.builder
        zeros = [builder.no_input(code[0][:, : spec.units])] * spec.n_states
        first = builder.bridge(f"{self.prefix}bridge", code) if spec.takes_states else zeros
        return [first] + [zeros] * (spec.n_layers - 1)

    def write(self, code, n_steps, before=None, states=None):
        """Frames (n_samples, n_steps, f), first timestep first, and final states of every layer."""
        spec, builder = self.spec, self.builder
        states, final = states or self.first_states(code), []
        repeated = layers.RepeatVector(n_steps, dtype=spec.dtype)(code[0])
        read = {"kernel": repeated} if spec.reads_code else {}
        if spec.conditional:
            read["frame_kernel"] = before
        outputs, names = _joined([*read.values()] or [builder.no_input(repeated)]), [*read]
        for layer, state in enumerate(states):
            outputs, after = builder.recurrent(f"{self.prefix}decoder/{layer}", outputs, state, kernels=names)
            final.append(after)
            names = ["kernel"]
        name = f"{self.prefix}output"
        outputs = builder.dense(name, outputs, spec.source_size, [f"{name}/kernel"], f"{name}/bias")
        turned = spec.reverse_target and self.label == "reconstruction" and n_steps > 1
        return ops.flip(outputs, axis=1) if turned else outputs, final


def _alone(parts):
    """The only part, or a list of several."""
    return parts[0] if len(parts) == 1 else parts


# --- encoder-decoder --------------------------------------------------------------------------------------------------


def _seq2seq_models(builder, _, n_target):
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
    encoder = keras.Model(source, [*memory, *_flat(first)], name="encoder")
    if not spec.recursive:
        model = keras.Model(source, parts.write(memory, first, [None] * n_target)[0], name="encoder_decoder")
        probs, _ = parts.write(memory_inputs, state_inputs, [None] * n_target)
        decoder = keras.Model([*memory_inputs, *_flat(state_inputs)], probs, name="decoder")
    else:
        tokens = keras.Input((n_target,), dtype="int32", name="decoder_inputs")
        written, _ = parts.write(memory, first, [tokens[:, t] for t in range(n_target)])
        model = keras.Model([source, tokens], written, name="encoder_decoder")
        token = keras.Input((), dtype="int32", name="token")
        place = [keras.Input((), dtype="int32", name="position")] if spec.attention == "local-m" else []
        probs, after = parts.write(memory_inputs, state_inputs, [token], *place)
        inputs = [token, *memory_inputs, *_flat(state_inputs), *place]
        decoder = keras.Model(inputs, [probs[:, 0], *_flat(after)], name="decoder_step")
    return {"model": model, "encoder_model": encoder, "decoder_model": decoder}


def _flat(states):
    return [state for layer in states for state in layer]


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
            inputs = _joined([*parts.values()]) if parts else builder.no_input(memory[1])
            inputs, names = ops.expand_dims(inputs, 1), [*parts]
            new_states.append(builder.recurrent(f"decoder/{layer}", inputs, state, kernels=names)[1])
        if spec.additive:
            return _joined([before, context, *([token] if spec.recursive else [])]), new_states
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
        return self.builder.dense("combine", _joined([*parts.values()]), self.spec.units, [*parts], None, "tanh")

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


def _joined(parts):
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


# --- one output a sequence --------------------------------------------------------------------------------------------


def _recurrent_models(builder, *_):
    """Models for sources of any length; the decoder model is what stands on the pooled vector: the head."""
    spec = builder.spec
    source = builder.source(None)
    pooled = _pooled(builder, *builder.encoder(builder.vectors(source)))
    encoding = keras.Input((spec.encoding_size,), dtype=spec.dtype, name="encoding")
    return {
        "model": keras.Model(source, _outputs(builder, pooled), name="recurrent"),
        "encoder_model": keras.Model(source, pooled, name="encoder"),
        "decoder_model": keras.Model(encoding, _outputs(builder, encoding), name="head"),
    }


def _pooled(builder, outputs, states):
    """One vector a sequence, (n_samples, d)."""
    spec = builder.spec
    if spec.pooling == "last":
        return states[-1][0]
    if spec.pooling == "mean":
        return ops.mean(outputs, axis=1)
    keys = builder.dense("attention/key", outputs, spec.units, ["attention/key"], "attention/bias")
    return builder.additive_attention(builder.no_input(keys[:, :1]), outputs, keys)[:, 0]


def _outputs(builder, pooled):
    """Numbers side by side, or the probabilities of the labels: a list if there are several labels."""
    sizes, classifies = builder.spec.sizes, builder.spec.task == "classify"
    several = classifies and len(sizes) > 1
    activation = "softmax" if classifies and not several else None
    outputs = builder.dense("output", pooled, sum(sizes), ["output/kernel"], "output/bias", activation)
    if not several:
        return outputs
    return [ops.softmax(logits) for logits in ops.split(outputs, np.cumsum(sizes)[:-1].tolist(), axis=-1)]


_MODELS = {AutoencoderSpec: _autoencoder_models, RecurrentSpec: _recurrent_models, Seq2SeqSpec: _seq2seq_models}

# --- numbers in and out -----------------------------------------------------------------------------------------------


def set_weights(bindings, weights):
    """Write the named weights into the Keras variables."""
    for variable, names in bindings:
        if names:
            value = np.concatenate([weights[name] for name in names]) if len(names) > 1 else weights[names[0]]
            variable.assign(value.reshape(variable.shape))  # a column may be kept as a vector
        else:
            variable.assign(np.zeros(variable.shape))


def get_weights(bindings, like):
    """The named weights out of the Keras variables; ``like`` gives their shapes."""
    weights = dict(like)
    for variable, names in bindings:
        rows = np.split(as_array(variable), np.cumsum([len(like[name]) for name in names])[:-1]) if names else []
        weights.update((name, value.reshape(like[name].shape)) for name, value in zip(names, rows))
    return weights


class CallbackModel:
    """The stock Keras model that callbacks see, kept equal to the network in training."""

    def __init__(self, network, n_timesteps):
        self.store = network.store
        models, self.bindings = build_models(network.spec, *n_timesteps)
        self.keras_model = models["model"]
        config = json.loads(network.spec.optimizer)
        self.scheduled = isinstance(config["config"].get("learning_rate"), dict)  # then no callback can set the rate
        optimizer = keras.optimizers.deserialize(config)
        optimizer.build(self.keras_model.trainable_variables)  # a saved model must have all of its optimizer
        self.keras_model.compile(optimizer=optimizer)
        self.keras_model.stop_training = False

    def push(self):
        """Network to model."""
        self.pushed = self.store.weights()
        set_weights(self.bindings, self.pushed)
        if not self.scheduled:
            self.rate = self.store.learning_rate
            self.keras_model.optimizer.learning_rate = self.rate

    def pull(self):
        """What a callback changed, from model to network."""
        weights = get_weights(self.bindings, self.pushed)
        if any(not np.array_equal(value, self.pushed[name]) for name, value in weights.items()):
            self.store.load(weights)
        if not self.scheduled:
            rate = float(as_array(self.keras_model.optimizer.learning_rate))
            if rate != self.rate:
                self.store.learning_rate = rate
