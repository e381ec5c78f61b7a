"""Autoencoders as `keras.Model`s of stock layers: the steps of `skseq.nn.networks.autoencoder`, samples first."""

import keras
from keras import layers, ops

from skseq.nn.export.stock_layers import alone, flat, joined
from skseq.nn.networks.autoencoder import Autoencoder


def autoencoder_models(builder, n_source, n_target):
    """Models for sources of n_source steps; a decoder writes n_source, n_source - 1 or n_target steps.

    With two decoders every output is a list, the reconstruction first. Unconditional decoders write all steps at once,
    from the code. Conditional ones also read the frame before every step, in the order in which they write: "model" is
    told all of them, the decoder model makes one step, from the code and the states of all layers to the next states.
    """
    spec, decoders = builder.spec, Autoencoder(builder.spec).decoders
    parts = [_DecoderParts(builder, name, decoder) for name, decoder in decoders.items()]
    n_next = n_target if spec.held_back else n_source - 1
    n_steps = [n_source if name == "reconstruction" else n_next for name in decoders]
    source = builder.input("source", n_source, spec.source_size)
    code = builder.encoder(builder.scaled(source))[1][-1]
    build = _conditional_models if spec.conditional else _unconditional_models
    return build(builder, parts, n_steps, source, code)


def _unconditional_models(builder, parts, n_steps, source, code):
    spec = builder.spec
    inputs = [builder.input(f"code_{k}", spec.encoding_size) for k in range(spec.n_states)]
    if not spec.takes_states:  # only the hidden state is read
        inputs, code = inputs[:1], code[:1]

    def decode(code):
        return alone([part.write(code, n)[0] for part, n in zip(parts, n_steps)])

    return {
        "model": keras.Model(source, decode(code), name="autoencoder"),
        "encoder_model": keras.Model(source, alone(code), name="encoder"),
        "decoder_model": keras.Model(alone(inputs), decode(inputs), name="decoder"),
    }


def _conditional_models(builder, parts, n_steps, source, code):
    spec = builder.spec
    first = [state for part in parts for state in part.first_states(code)]
    told = [part.input("inputs", n, spec.source_size) for part, n in zip(parts, n_steps)]
    written = [part.write(code, n, before)[0] for part, n, before in zip(parts, n_steps, told)]
    given = builder.input("code", spec.encoding_size)  # the hidden state; all others come as states
    frames = [part.input("frame", spec.source_size) for part in parts]
    states = [builder.state_inputs(f"{part.label}_") for part in parts]
    steps = [part.write([given], 1, ops.expand_dims(x, 1), state) for part, x, state in zip(parts, frames, states)]
    inputs = [*frames, given, *(x for layers in states for x in flat(layers))]
    outputs = [*(frame[:, 0] for frame, _ in steps), *(x for _, layers in steps for x in flat(layers))]
    return {
        "model": keras.Model([source, *told], alone(written), name="autoencoder"),
        "encoder_model": keras.Model(source, [code[0], *flat(first)], name="encoder"),
        "decoder_model": keras.Model(inputs, outputs, name="decoder_step"),
    }


class _DecoderParts:
    """The steps of a `Decoder`, in stock layers and samples first."""

    def __init__(self, builder, label, decoder):
        self.builder, self.spec, self.label = builder, builder.spec, label
        self.prefix = decoder.name and f"{decoder.name}/"

    def input(self, name, *shape):
        """An input of this decoder."""
        return self.builder.input(f"{self.label}_{name}", *shape)

    def first_states(self, code):
        """States of every layer before the first step."""
        spec, builder = self.spec, self.builder
        zeros = [builder.no_input(code[0][:, : spec.units])] * spec.n_states
        first = builder.bridge(f"{self.prefix}bridge", code) if spec.takes_states else zeros
        return [first] + [zeros] * (spec.n_layers - 1)  # the code is of one layer: it starts the lowest one

    def write(self, code, n_steps, before=None, states=None):
        """Frames (n_samples, n_steps, f), first timestep first, and final states of every layer.

        What it reads ``before`` each step is in the units of the data, and so are the frames.
        """
        spec, builder = self.spec, self.builder
        states, final = states or self.first_states(code), []
        repeated = layers.RepeatVector(n_steps, dtype=spec.dtype)(code[0])  # (b, n_steps, d)
        read = {"kernel": repeated} if spec.reads_code else {}
        if spec.conditional:
            read["frame_kernel"] = builder.scaled(before)
        outputs, names = joined([*read.values()] or [builder.no_input(repeated)]), [*read]
        for layer, state in enumerate(states):
            outputs, after = builder.recurrent(f"{self.prefix}decoder/{layer}", outputs, state, kernels=names)
            final.append(after)
            names = ["kernel"]  # upper layers read only the layer below
        name = f"{self.prefix}output"
        outputs = builder.dense(name, outputs, spec.source_size, [f"{name}/kernel"], f"{name}/bias")
        outputs = builder.unscaled(outputs, "source")
        # One step alone stands in the order of writing; all of them are turned back to that of the source.
        turned = spec.reverse_target and self.label == "reconstruction" and n_steps > 1
        return ops.flip(outputs, axis=1) if turned else outputs, final
