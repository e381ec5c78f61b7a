"""Stock Keras layers by the names of a network's weights, and numbers in and out of them.

A binding pairs a Keras variable with the names of the weights stacked in it (along the first axis), so numbers move
both ways.
"""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from skseq._callers import warn_caller
from skseq.nn.kernels.convolution import STRIDE, padding
from skseq.nn.networks.weights import as_array

LEAST_DEVIATION = keras.config.epsilon()  # that `keras.layers.Normalization` divides by
_KINDS = {"lstm": layers.LSTM, "gru": layers.GRU, "cho-gru": partial(layers.GRU, reset_after=False)}


class Builder:
    """Stock layers by weight name: every layer is made once, shared by all models, and bound to its weights.

    Layers whose weights the spec freezes are not trainable. For ``scales`` see `build_models`.
    """

    def __init__(self, spec, scales=None):
        self.spec, self.scales, self.layers, self.bindings = spec, scales or {}, {}, []

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

    def recurrent(self, name, inputs, states=None, *, kernels=("kernel",), more=(), backward=False):
        """(outputs at every step, final states) of one recurrent layer.

        Its input kernel is stacked from ``kernels`` of its own and ``more`` that have names elsewhere.
        """
        spec = self.spec
        kind = _KINDS[spec.cell]
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
        outputs, *final = layer(inputs, initial_state=states)  # (b, t, u), then (b, u) each
        stacked = [*(f"{name}/{kernel}" for kernel in kernels), *more]
        self.bind(layer.weights, stacked, [f"{name}/recurrent_kernel"], [f"{name}/bias"])
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
        self.bind(layer.weights, kernels, [bias])  # without a bias only the kernel is there to bind
        return outputs

    def fixed(self, name, inputs, kernel, bias):
        """A Dense layer whose numbers are not the network's: nothing trains them."""

        def make(label):
            layer = layers.Dense(len(bias), dtype=self.spec.dtype, name=label, trainable=False)
            layer.build(inputs.shape)
            layer.set_weights([np.asarray(kernel), np.asarray(bias)])
            return layer

        layer = self._make(name, make)
        layer.trainable = False
        return layer(inputs)

    def input(self, name, *shape):
        """An input of numbers; the shape is that of one sample."""
        return keras.Input(shape, dtype=self.spec.dtype, name=name)

    def source(self, n_source):
        """Input of a network that may read tokens: ids or numbers."""
        if self.spec.tokens:
            return keras.Input((n_source,), dtype="int32", name="source")
        return self.input("source", n_source, self.spec.source_size)

    def state_inputs(self, prefix):
        """Inputs for the states of every decoder layer."""
        spec = self.spec
        names = [[f"{prefix}state_{layer}_{k}" for k in range(spec.n_states)] for layer in range(spec.n_layers)]
        return [[self.input(name, spec.units) for name in of_layer] for of_layer in names]

    def scaled(self, numbers, name="source"):
        """Numbers (b, ..., f) as the network reads them."""
        return self._normalization(name, numbers) if name in self.scales else numbers

    def unscaled(self, numbers, name):
        """What the network writes (b, ..., f) in the units of the data."""
        return self._normalization(name, numbers, invert=True) if name in self.scales else numbers

    def _normalization(self, name, numbers, *, invert=False):
        scale = self.scales[name]

        def make(label):
            _warn_of_small_deviations(scale.deviation, name)
            layer = layers.Normalization(dtype=self.spec.dtype, name=label, invert=invert)
            layer.build(numbers.shape)
            # As weights they are saved in their own type: what a configuration holds is read as float32.
            layer.set_weights([scale.mean, np.square(scale.deviation), np.zeros(())])
            layer.finalize_state()
            # As NumPy arrays they are constants of a traced graph; Keras' ONNX files would ask their users for tensors.
            layer.mean, layer.variance = as_array(layer.mean), as_array(layer.variance)
            return layer

        return self._make(f"{name}_{'unscaled' if invert else 'scaled'}", make)(numbers)

    def vectors(self, source):
        """What the encoder reads of a source: its numbers scaled, or its ids embedded or one-hot."""
        spec = self.spec
        if spec.embedding_dim is not None:
            return self.embedding("embedding", source, spec.source_size, spec.embedding_dim)
        if spec.tokens:
            return ops.one_hot(source, spec.source_size, dtype=spec.dtype)  # (b, t) to (b, t, n_ids)
        return self.scaled(source)

    def embedding(self, name, ids, size, width):
        """Rows (..., width) of a table with as many as ``size``."""
        layer = self._make(name, lambda label: layers.Embedding(size, width, dtype=self.spec.dtype, name=label))
        rows = layer(ids)
        self.bind(layer.weights, [name])
        return rows

    def _convolution(self, name, inputs):
        """(b, t, f) to (b, halved t, u)."""
        spec, options = self.spec, {"strides": STRIDE, "activation": "relu", "dtype": self.spec.dtype}
        padded = layers.ZeroPadding1D(padding(spec.kernel_size), dtype=spec.dtype)(inputs)
        layer = self._make(name, lambda label: layers.Conv1D(spec.units, spec.kernel_size, name=label, **options))
        outputs = layer(padded)
        self.bind(layer.weights, [f"{name}/kernel"], [f"{name}/bias"])
        return outputs

    def encoder(self, source):
        """Outputs at every step and the final states of every layer, both directions joined."""
        outputs, states = source, []
        for layer in range(self.spec.n_conv_layers):
            if self.spec.marks_steps and layer == 0:
                outputs = ops.concatenate([outputs, ops.ones_like(outputs[..., :1])], axis=-1)
            outputs = self._convolution(f"encoder/convolution/{layer}", outputs)
        for layer in range(self.spec.n_layers):
            inputs = outputs
            outputs, final = self.recurrent(f"encoder/{layer}", inputs)
            if self.spec.bidirectional:
                turned, final_turned = self.recurrent(f"encoder/{layer}/backward", inputs, backward=True)
                # A layer that goes backwards gives its outputs in the order in which it read.
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


def flat(states):
    return [state for layer in states for state in layer]


def _warn_of_small_deviations(deviations, name):
    """Warn of channels that a normalization of Keras scales otherwise than the network."""
    small = np.flatnonzero(np.asarray(deviations) < LEAST_DEVIATION)
    if small.size:
        warn_caller(
            f"Channel {small[0]} of the {name} has a deviation of {deviations[small[0]]:.2g}, but "
            f"keras.layers.Normalization takes {LEAST_DEVIATION:g} for less: what this Keras model gives differs from "
            "what the estimator gives. Fit it on this channel in a smaller unit, such as multiplied by "
            f"1e{-int(np.floor(np.log10(deviations[small[0]])))}; skseq.export.to_onnx has no such limit."
        )


def alone(parts):
    """The only part, or a list of several."""
    return parts[0] if len(parts) == 1 else parts


def joined(parts):
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def set_weights(bindings, weights):
    """Write the named weights into the Keras variables."""
    for variable, names in bindings:
        if names:
            value = np.concatenate([weights[name] for name in names]) if len(names) > 1 else weights[names[0]]
            variable.assign(value.reshape(variable.shape))  # a column may be kept as a vector
        else:  # a layer without input has a kernel all the same
            variable.assign(np.zeros(variable.shape))


def get_weights(bindings, like):
    """The named weights out of the Keras variables; ``like`` gives their shapes."""
    weights = dict(like)  # what no model holds stays as it is
    for variable, names in bindings:
        parts = np.split(as_array(variable), np.cumsum([len(like[name]) for name in names])[:-1]) if names else []
        weights.update((name, value.reshape(like[name].shape)) for name, value in zip(names, parts))
    return weights
