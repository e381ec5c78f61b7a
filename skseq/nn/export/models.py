"""Real `keras.Model`s of stock Keras layers that carry the weights of a network.

They are built on demand for export, plotting and callbacks; training and prediction never use them.
"""

import json

import keras
import numpy as np
from keras import layers, ops

from skseq.nn.export.seq2seq import seq2seq_models
from skseq.nn.export.stock_layers import Builder, flat, get_weights, joined, set_weights
from skseq.nn.networks.autoencoder import Autoencoder
from skseq.nn.networks.encoder import as_array
from skseq.nn.spec import AutoencoderSpec, RecurrentSpec, Seq2SeqSpec

__all__ = ["CallbackModel", "build_models", "get_weights", "set_weights"]


def build_models(spec, n_source, n_target):
    """(models, bindings) for a spec: models is a dict with "model", "encoder_model" and "decoder_model".

    n_source and n_target are numbers of timesteps that the encoder reads and the decoder writes; all but autoencoders
    take sources of any length.
    """
    builder, build = Builder(spec), _MODELS[type(spec)]
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
    inputs = [*frames, memory, *(x for layers in states for x in flat(layers))]
    outputs = [*(frame[:, 0] for frame, _ in steps), *(x for _, layers in steps for x in flat(layers))]
    return {
        "model": keras.Model([source, *told], _alone(written), name="autoencoder"),
        "encoder_model": keras.Model(source, [code[0], *flat(first)], name="encoder"),
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
        outputs, names = joined([*read.values()] or [builder.no_input(repeated)]), [*read]
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


_MODELS = {AutoencoderSpec: _autoencoder_models, RecurrentSpec: _recurrent_models, Seq2SeqSpec: seq2seq_models}

# --- for callbacks ----------------------------------------------------------------------------------------------------


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
