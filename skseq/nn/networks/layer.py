"""One recurrent layer over all timesteps: what it reads, and which kernel runs it.

Shapes: t timesteps, b samples, f features, u units, g the gates of all units.
"""

from dataclasses import dataclass, replace
from functools import partial

import tensorflow as tf

from skseq.nn.kernels import recurrence
from skseq.nn.kernels.block_lstm import block_layer, has_place
from skseq.nn.kernels.cells import input_bias, recurrent_step
from skseq.nn.kernels.checkpointed import in_chunks
from skseq.nn.kernels.cudnn import stock_layer
from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of

ACTIVATIONS = {"tanh": tf.tanh, "relu": tf.nn.relu}


@dataclass(frozen=True)
class LayerInputs:
    """What a recurrent layer reads.

    Parameters
    ----------
    values : tensor
        Numbers (t, b, f), ids (t, b), or, if they are ``projected`` already, the input of all gates (t, b, g).
    n_timesteps : int or int32 scalar, default=None
        The values (1, b, f) are numbers, the same at so many steps.
    code_input : tensor of shape (b, g), default=None
        Added to the projected input of every step.
    """

    values: tf.Tensor
    projected: bool = False
    n_timesteps: int | tf.Tensor | None = None
    code_input: tf.Tensor | None = None

    @property
    def plain(self):
        """Whether these are mere numbers: the only inputs whose product with the kernel other kernels can do."""
        return self.unread and self.values.dtype.is_floating

    @property
    def unread(self):
        """Whether these are mere ids or numbers, of which nobody took a product yet."""
        return not self.projected and self.code_input is None

    def as_numbers(self, n_features, dtype):
        """Themselves, or ids as one-hot vectors."""
        if self.values.dtype.is_floating:
            return self
        return replace(self, values=tf.one_hot(self.values, n_features, dtype=dtype))


def no_inputs(spec, n_samples, n_timesteps):
    """What a layer reads that is told nothing: one feature, always 0. It needs no kernel."""
    return LayerInputs(tf.zeros([1, n_samples, 1], spec.dtype), n_timesteps=n_timesteps)


def run_layer(spec, weights, inputs, noise, *, mask=None, states=None, ends=0):
    """Hidden states (t, b, u) and final states of one recurrent layer that reads `LayerInputs`.

    Gradients are cut every ``bptt_steps`` steps from the first one on, or backwards from ``ends``.
    """
    if "kernel" not in weights:  # `no_inputs`
        weights = {**weights, "kernel": tf.zeros([1, weights["recurrent_kernel"].shape[1]], spec.dtype)}
    layer = _Layer(spec, weights, inputs, noise, ends)
    if spec.cudnn:
        run = partial(layer.run_whole, partial(stock_layer, spec.cell))
    elif layer.in_block:
        run = partial(layer.run_whole, block_layer)
    elif spec.recompute:
        run = partial(in_chunks, layer.run_loop)
    else:
        run = layer.run_loop
    return run(layer.values, states or zero_states(spec, layer.n_samples), layer.weights, mask)


class _Layer:
    """A layer with its inputs; its ways to run have one signature, that of `skseq.nn.kernels.checkpointed`."""

    def __init__(self, spec, weights, inputs, noise, ends):
        n_features = weights["kernel"].shape[0]
        self.in_block = spec.block and inputs.unread and not noise.compiled and has_place(n_features, spec.units)
        if self.in_block:  # the features are few, so one-hot vectors are short
            inputs = inputs.as_numbers(n_features, spec.dtype)
        self.spec, self.inputs, self.n_samples = spec, inputs, size_of(inputs.values, 1)
        self.dropped = None if inputs.projected else noise.inputs(self.n_samples, n_features)
        self.options = loop_options(spec, noise, self.n_samples) | {"ends": ends, "learns": noise.learns}
        self.values, self.projected = self._values(weights)
        self.weights = {name: weights[name] for name in ("recurrent_kernel", "bias")}
        if not self.projected:
            self.weights["kernel"] = weights["kernel"]
        if inputs.code_input is not None:
            self.weights["code_input"] = inputs.code_input  # a weight too: gradients must reach it

    def _values(self, weights):
        """The inputs of all timesteps, and whether they are projected."""
        values, projected, n = self.inputs.values, self.inputs.projected, self.inputs.n_timesteps
        if n is None:
            return values, projected
        if not (self.spec.cudnn or self.in_block):  # the same at all steps: one product serves them all
            values, projected = product(values, weights["kernel"], self.dropped), True  # (1, b, g)
        return tf.tile(values, [n, 1, 1]), projected  # (t, b, f or g)

    def _project(self, values, weights, bias=0):
        x = values if self.projected else product(values, weights["kernel"], self.dropped)
        return x + (bias + weights.get("code_input", 0))

    def run_loop(self, values, states, weights, mask, start=0):
        """By the engine's own loop, which begins at the timestep ``start``."""
        x = self._project(values, weights, input_bias(self.spec.cell, weights))  # (t, b, g)
        return recurrence.recurrent(self.spec.cell, x, states, weights, mask=mask, start=start, **self.options)

    def run_whole(self, kernel, values, states, weights, mask):
        """By another kernel, ``kernel(inputs, states, weights, mask)``."""
        if self.inputs.plain:
            return kernel(values if self.dropped is None else values * self.dropped, states, weights, mask)
        others = {name: weights[name] for name in ("recurrent_kernel", "bias")}
        return kernel(self._project(values, weights), states, others, mask)


def step_layers(spec, layers, inputs, states, noise, *more):
    """States of all layers, a list of (n, u) each, after one step from ids (n,), numbers (n, f) or None.

    ``layers`` are their weights; ``more`` (n, g) is added to the projected input of the first one, None adds nothing.
    """
    after = []
    for own, state in zip(layers, states):
        n_hypotheses = size_of(state[0], 0)
        x = input_bias(spec.cell, own)  # (g,), to which (n, g) are added
        if inputs is not None:
            x += project_step(inputs, own["kernel"], noise)
        if not after:
            for part in more:
                x = x if part is None else x + part
        drop, activation = noise.states(n_hypotheses, spec.units), ACTIVATIONS[spec.activation]
        after.append(recurrent_step(spec.cell, x, state, own, drop=drop, activation=activation))
        inputs = after[-1][0]  # (n, u): each layer reads the one below
    return after


def loop_options(spec, noise, n_samples):
    """What spec and noise say about a kernel's loop over timesteps."""
    return {
        "drop": noise.states(n_samples, spec.units),
        "bptt_steps": noise.bptt_steps,
        "activation": ACTIVATIONS[spec.activation],
        "unroll": spec.unroll,
        "compiled": noise.compiled,
    }


def zero_states(spec, n_samples):
    """Initial states of one recurrent layer."""
    return [tf.zeros([n_samples, spec.units], spec.dtype)] * spec.n_states


def project(inputs, kernel, noise):
    """The input product of all timesteps at once: row lookup for ids (t, b), a matrix product for vectors (t, b, f)."""
    return product(inputs, kernel, noise.inputs(size_of(inputs, 1), kernel.shape[0]))


def project_step(inputs, kernel, noise):
    """`project` of a single step, ids (b,) or vectors (b, f)."""
    mask = noise.inputs(size_of(inputs, 0), kernel.shape[0])
    if mask is not None:
        return product(inputs[None], kernel, mask)[0]
    if inputs.dtype.is_floating:
        return product(inputs, kernel)
    # The same rows as by tf.gather, which hands half of 256 KB to another thread, and waits until that is free.
    return tf.gather_nd(kernel, inputs[:, None])


def product(inputs, kernel, mask=None):
    """`project` with a mask of the inputs (b, f), or None."""
    if inputs.dtype.is_floating:
        return dense(inputs if mask is None else inputs * mask, kernel)
    looked_up = tf.gather(kernel, inputs)  # (t, b, g): as a product with one-hot vectors, without making them
    if mask is None:
        return looked_up
    return looked_up * tf.transpose(tf.gather(mask, tf.transpose(inputs), batch_dims=1))[..., None]
