"""What all networks share: input products, one recurrent layer, the encoder.

A network is a pure object around a frozen spec. It says which weights it has and how tensors flow; the weights are
passed in as a flat dict of tensors named "encoder/0/kernel" and so on. Nothing is stored between calls.
"""

from functools import partial

import tensorflow as tf

from skseq.nn.kernels import recurrence
from skseq.nn.kernels.block_lstm import block_layer, has_place
from skseq.nn.kernels.checkpointed import in_chunks
from skseq.nn.kernels.cudnn import stock_layer
from skseq.nn.networks.noise import Silence
from skseq.nn.networks.weights import Weight, bias, kernel, recurrent_weights, subset

__all__ = ["encode", "encode_source", "project", "project_step", "run_layer"]

ACTIVATIONS = {"tanh": tf.tanh, "relu": tf.nn.relu}


def project(inputs, kernel, noise, spec):
    """The input product of all timesteps at once: row lookup for ids (t, b), a matrix product for vectors (t, b, f)."""
    return product(inputs, kernel, noise.inputs(tf.shape(inputs)[1], kernel.shape[0]))


def project_step(inputs, kernel, noise, spec):
    """`project` of a single step, ids (b,) or vectors (b, f)."""
    if not (noise.learns and spec.dropout):
        return product(inputs, kernel, None)
    return project(inputs[None], kernel, noise, spec)[0]


def product(inputs, kernel, mask):
    """`project` with a mask of the inputs (b, f), or None."""
    if inputs.dtype.is_floating:
        return recurrence.dense(inputs if mask is None else inputs * mask, kernel)
    rows = tf.gather(kernel, inputs)
    if mask is None:
        return rows
    return rows * tf.transpose(tf.gather(mask, tf.transpose(inputs), batch_dims=1))[..., None]


def zero_states(spec, n_samples):
    """Initial states of one recurrent layer."""
    return [tf.zeros([n_samples, spec.units], spec.dtype)] * spec.n_states


def run_layer(
    spec, weights, inputs, noise, *, mask=None, states=None, projected=None, n_timesteps=None, code_input=None, ends=0
):
    """One recurrent layer over inputs (t, b, f) or ids (t, b), or over inputs that are projected already.

    ``n_timesteps`` says that inputs (1, b, f) are the same at so many steps. ``code_input`` (b, gates) is added to the
    projected input of every step. Gradients are cut every ``bptt_steps`` steps from the first one on, or backwards from
    ``ends``.
    """
    names = ["recurrent_kernel", "bias", *(["kernel"] if projected is None else [])]
    own = {name: weights[name] for name in names} | ({} if code_input is None else {"code_input": code_input})
    n_samples = tf.shape(inputs if projected is None else projected)[1]
    dropped = noise.inputs(n_samples, own["kernel"].shape[0]) if projected is None else None
    options = {
        "drop": noise.states(n_samples, spec.units),
        "bptt_steps": noise.bptt_steps,
        "ends": ends,
        "activation": ACTIVATIONS[spec.activation],
        "unroll": spec.unroll,
        "learns": noise.learns,
        "compiled": noise.compiled,
    }
    plain = projected is None and code_input is None and inputs.dtype.is_floating  # as other kernels than ours want it
    in_block = plain and spec.block and not noise.compiled and has_place(own["kernel"])
    if n_timesteps is not None and not (spec.cudnn or in_block):
        projected = product(inputs, own.pop("kernel"), dropped)  # one serves all steps
    inputs = inputs if projected is None else projected
    if n_timesteps is not None:
        inputs = tf.tile(inputs, [n_timesteps, 1, 1])

    def read(inputs, own, bias=0):
        x = product(inputs, own["kernel"], dropped) if projected is None else inputs
        return x + (bias + own.get("code_input", 0))

    def layer(inputs, states, own, mask, start=0):
        x = read(inputs, own, recurrence.input_bias(spec.cell, own))
        return recurrence.recurrent(spec.cell, x, states, own, mask=mask, start=start, **options)

    def other(run, inputs, states, own, mask):
        if plain:
            return run(inputs if dropped is None else inputs * dropped, states, own, mask)
        others = {name: own[name] for name in ("recurrent_kernel", "bias")}
        return run(read(inputs, own), states, others, mask)

    if spec.cudnn or in_block:
        run = partial(other, partial(stock_layer, spec.cell) if spec.cudnn else block_layer)
    else:
        run = partial(in_chunks, layer) if spec.recompute else layer
    return run(inputs, states or zero_states(spec, n_samples), own, mask)


def reverse(x, lengths):
    """Turn each sample's real steps around, padding left where it is."""
    return tf.reverse(x, [0]) if lengths is None else tf.reverse_sequence(x, lengths, seq_axis=0, batch_axis=1)


def time_mask(lengths, n_timesteps):
    """(n_timesteps, n_samples, 1), True on real steps; None without lengths."""
    return None if lengths is None else tf.transpose(tf.sequence_mask(lengths, n_timesteps))[..., None]


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
    mask = time_mask(lengths, tf.shape(source)[0])
    ends = tf.shape(source)[0] if lengths is None else lengths[:, None]
    outputs, states = source, []
    for layer in range(spec.n_layers):
        own = subset(weights, f"encoder/{layer}")
        inputs = outputs
        outputs, final = run_layer(spec, own, inputs, noise, mask=mask, ends=ends)
        if spec.bidirectional:
            turned, final_turned = run_layer(
                spec, subset(own, "backward"), reverse(inputs, lengths), noise, mask=mask, ends=ends
            )
            outputs = tf.concat([outputs, reverse(turned, lengths)], -1)
            final = [tf.concat(pair, -1) for pair in zip(final, final_turned)]
        states.append(final)
    return outputs, states


def source_weights(spec):
    """Weights of the encoder of a spec that may read tokens, and of their embedding."""
    size = spec.source_size
    if spec.embedding_dim is not None:
        yield Weight("embedding", (size, spec.embedding_dim), "embedding")
        size = spec.embedding_dim
    yield from encoder_weights(spec, size)


def encode_source(spec, weights, batch, noise, *, backwards=False):
    """`encode` a batch's source, (b, t, f) numbers or (b, t) ids, which are embedded if the spec says so.

    Read ``backwards``, outputs still stand in the order of the source.
    """
    source, lengths = tf.transpose(batch["source"], [1, 0] if spec.tokens else [1, 0, 2]), batch.get("source_lengths")
    if spec.embedding_dim is not None:
        source = tf.gather(weights["embedding"], source)
    if not backwards:
        return encode(spec, weights, source, lengths, noise)
    outputs, states = encode(spec, weights, reverse(source, lengths), lengths, noise)
    return reverse(outputs, lengths), states


def bridge_weights(spec, name):
    """Weights that map the joined states of two directions to the decoder's width; none with one direction."""
    if spec.bidirectional:
        for state in ("hidden", "cell")[: spec.n_states]:
            yield kernel(f"{name}/{state}/kernel", spec.encoding_size, spec.units)
            yield bias(f"{name}/{state}/bias", spec.units)


def bridge(spec, weights, states):
    """Decoder states from encoder states: themselves, or tanh(W h + b) and W c + b after a bidirectional encoder."""
    if not spec.bidirectional:
        return states
    mapped = [
        recurrence.dense(state, weights[f"{name}/kernel"], weights[f"{name}/bias"])
        for name, state in zip(("hidden", "cell"), states)
    ]
    return [tf.tanh(mapped[0]), *mapped[1:]]
