"""The encoder, which all networks share, and the bridge from its states to those of a decoder.

A network is a pure object around a frozen spec. It says which weights it has and how tensors flow. The weights are
passed in, as a flat dict of tensors named "encoder/0/kernel" and so on. Nothing is stored between calls.

Shapes: t timesteps, b samples, f features, d the width of an encoder output (both directions together).
"""

import tensorflow as tf

from skseq.nn.kernels.convolution import convolve, halved
from skseq.nn.kernels.native import swapped, turning
from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks.layer import LayerInputs, run_layer
from skseq.nn.networks.noise import Silence
from skseq.nn.networks.weights import Weight, bias, kernel, recurrent_weights, subset


def time_mask(lengths, n_timesteps):
    """(n_timesteps, n_samples, 1), True on real steps; None without lengths."""
    return None if lengths is None else tf.transpose(tf.sequence_mask(lengths, n_timesteps))[..., None]


def last_step(x, lengths):
    """The last real step of (b, t, f), (b, f); ``lengths`` are None if all steps are real."""
    return x[:, -1] if lengths is None else tf.gather(x, lengths - 1, batch_dims=1)


def encoder_weights(spec, input_size):
    """Weights of the encoder's recurrent layers."""
    for layer in range(spec.n_layers):
        yield from recurrent_weights(spec, f"encoder/{layer}", input_size)
        if spec.bidirectional:
            yield from recurrent_weights(spec, f"encoder/{layer}/backward", input_size)
        input_size = spec.encoding_size


def encode(spec, weights, source, lengths, noise):
    """Outputs of the top encoder layer (t, b, d) and the final states of every layer, both directions joined.

    source is (t, b, f) numbers or (t, b) ids; lengths (b,) or None if every step of every sample is real. A frozen
    encoder is a fixed feature map: no noise.
    """
    noise = Silence(noise.compiled) if spec.frozen else noise
    n_timesteps = size_of(source, 0)
    mask = time_mask(lengths, n_timesteps)
    # Both directions end at the last real step, turned round or not: cuts are counted backwards from it.
    ends = n_timesteps if lengths is None else lengths[:, None]
    turned = turning(n_timesteps, lengths) if spec.bidirectional else None
    outputs, states = source, []  # each layer reads the one below

    def run(own, inputs):
        return run_layer(spec, own, LayerInputs(inputs), noise, mask=mask, ends=ends)

    for layer in range(spec.n_layers):
        own, inputs = subset(weights, f"encoder/{layer}"), outputs
        outputs, final = run(own, inputs)  # (t, b, u)
        if spec.bidirectional:
            backward, final_backward = run(subset(own, "backward"), turned(inputs))
            outputs = tf.concat([outputs, turned(backward)], -1)  # (t, b, 2 u)
            final = [tf.concat(pair, -1) for pair in zip(final, final_backward)]
        states.append(final)
    return outputs, states


def source_weights(spec):
    """Weights of the encoder of a spec that may read tokens, of its convolutions, and of their embedding."""
    size = spec.source_size
    if spec.embedding_dim is not None:
        yield Weight("embedding", (size, spec.embedding_dim), "embedding")
        size = spec.embedding_dim
    for layer in range(spec.n_conv_layers):
        size += spec.marks_steps and layer == 0
        yield Weight(f"encoder/convolution/{layer}/kernel", (spec.kernel_size, size, spec.units), "he_uniform")
        yield bias(f"encoder/convolution/{layer}/bias", spec.units)
        size = spec.units
    yield from encoder_weights(spec, size)


def read_source(spec, weights, batch):
    """What the recurrent layers read of a batch's source, (b, t, f) numbers or (b, t) ids, and its lengths or None.

    Ids are embedded if the spec says so: (t, b) to (t, b, embedding_dim). Every convolution halves t and the lengths;
    the first may also read a channel of ones.
    """
    source, lengths = swapped(batch["source"]), batch.get("source_lengths")
    if spec.embedding_dim is not None:
        source = tf.gather(weights["embedding"], source)
    for layer in range(spec.n_conv_layers):
        own = subset(weights, f"encoder/convolution/{layer}")
        if spec.marks_steps and layer == 0:
            source = tf.concat([source, tf.ones_like(source[..., :1])], -1)
        if lengths is not None:  # a window may reach over the end of a sample
            source *= tf.cast(time_mask(lengths, size_of(source, 0)), source.dtype)
            lengths = halved(lengths)
        source = convolve(source, own["kernel"], own["bias"])
    return source, lengths


def encode_source(spec, weights, batch, noise, *, backwards=False):
    """`encode` what `read_source` gives.

    Read ``backwards``, outputs still stand in the order of the source.
    """
    source, lengths = read_source(spec, weights, batch)
    if not backwards:
        return encode(spec, weights, source, lengths, noise)
    turned = turning(size_of(source, 0), lengths)
    outputs, states = encode(spec, weights, turned(source), lengths, noise)
    return turned(outputs), states  # states are those after the first step of the source


def bridge_weights(spec, name):
    """Weights that map the joined states of two directions to the decoder's width; none with one direction."""
    if spec.bidirectional:
        for state in ("hidden", "cell")[: spec.n_states]:
            yield kernel(f"{name}/{state}/kernel", spec.encoding_size, spec.units)
            yield bias(f"{name}/{state}/bias", spec.units)


def bridge(spec, weights, states):
    """Decoder states from encoder states: themselves, or tanh(W h + b) and W c + b after a bidirectional encoder."""
    if not spec.bidirectional:  # the widths agree
        return states
    mapped = [
        dense(state, weights[f"{name}/kernel"], weights[f"{name}/bias"])
        for name, state in zip(("hidden", "cell"), states)
    ]
    return [tf.tanh(mapped[0]), *mapped[1:]]  # a cell state is not bounded, so it has no tanh
