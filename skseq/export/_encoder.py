"""Encoders as nodes of an ONNX graph: what `skseq.nn.networks.encoder` and `pooled` compute, without noise.

Shapes: b samples, t timesteps, f features, u units, g the gates of all units, d the width of an encoder output (both
directions together), n_ids ids of tokens. Recurrent nodes take time first, and so does all between them.
"""

from dataclasses import dataclass

import numpy as np

_KINDS = {"lstm": "LSTM", "gru": "GRU", "cho-gru": "GRU"}
_GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "cho-gru": (0, 1, 2)}  # i f g o to i o f g; z r h as they are
_ACTIVATIONS = {"tanh": "Tanh", "relu": "Relu"}


@dataclass(frozen=True)
class Encoded:
    """Outputs (t, b, d) at every step, final states (b, d) of every layer, and the lengths (b,) of the outputs."""

    outputs: str
    states: list
    lengths: str


class Encoder:
    """The encoder of a spec, from float32 numbers (b, t, f) or int64 ids (b, t)."""

    def __init__(self, graph, spec, weights):
        self.graph, self.spec = graph, spec
        self.weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}

    def encode(self, source, lengths):
        """`Encoded` for int32 lengths (b,)."""
        spec, add = self.spec, self.graph.add
        names = [f"encoder/{layer}" for layer in range(spec.n_layers)]
        tokens = getattr(spec, "tokens", False)
        kernels = [self.kernels(name) for name in names]
        if tokens:
            table, kernels[0] = self._looked_up(kernels[0])
            source = add("Gather", table, source)  # (b, t, f)
        source, lengths = self._convolved(source, lengths)
        outputs, states = self._turned(add("Transpose", source, perm=[1, 0, 2]), lengths), []  # (t, b, f)
        for name, own in zip(names, kernels):
            outputs, final = self.recurrent(self._directions(name), own, outputs, lengths)
            states.append(final)
        return Encoded(self._turned(outputs, lengths), states, lengths)

    def _turned(self, values, lengths):
        """Real steps of (t, b, f) the other way round, for an encoder that reads backwards; padding stays."""
        if not getattr(self.spec, "reverse_source", False):
            return values
        lengths = self.graph.cast(lengths, np.int64)
        return self.graph.add("ReverseSequence", values, lengths, time_axis=0, batch_axis=1)

    def _directions(self, name):
        return [name, f"{name}/backward"] if self.spec.bidirectional else [name]

    def kernels(self, name):
        """Input kernels (f, g) of a layer, one per direction."""
        return [self.weights[f"{own}/kernel"] for own in self._directions(name)]

    def _looked_up(self, kernels):
        """(table (n_ids, f), kernels for its rows): embedded, one-hot, or for many ids the rows of all kernels."""
        if self.spec.embedding_dim is not None:
            return self.weights["embedding"], kernels
        n_ids, width = kernels[0].shape[0], sum(kernel.shape[1] for kernel in kernels)
        if n_ids <= width:
            return np.eye(n_ids, dtype=np.float32), kernels
        # A recurrent node wants a product with its input. Where one-hot vectors are wide, it picks its own columns.
        columns = np.split(np.eye(width, dtype=np.float32), len(kernels), axis=1)
        return np.concatenate(kernels, axis=1), columns

    def _convolved(self, source, lengths):
        """Source (b, t, f) and lengths after all convolutions, each of which halves t."""
        from skseq.nn.kernels.convolution import STRIDE, padding  # with TensorFlow

        graph, add = self.graph, self.graph.add
        for layer in range(self.spec.n_conv_layers):
            kernel, bias = (self.weights[f"encoder/convolution/{layer}/{part}"] for part in ("kernel", "bias"))
            # A window may reach over the end of a sample, where it has to read zeros.
            real = self.real(source, lengths)
            if self.spec.marks_steps and layer == 0:
                mask = graph.cast(add("Unsqueeze", self.mask(source, lengths), [-1]), np.float32)  # (b, t, 1)
                real = add("Concat", real, mask, axis=-1)
            channels = add("Transpose", real, perm=[0, 2, 1])  # (b, f, t)
            pads, size = padding(self.spec.kernel_size), [self.spec.kernel_size]
            kernel = kernel.transpose(2, 1, 0)  # (k, f, u) to (u, f, k)
            found = add("Conv", channels, kernel, bias, kernel_shape=size, pads=pads, strides=[STRIDE])
            source = add("Transpose", add("Relu", found), perm=[0, 2, 1])  # (b, halved t, u)
            lengths = add("Div", add("Add", lengths, np.array(1, np.int32)), np.array(STRIDE, np.int32))
        return source, lengths

    def mask(self, values, lengths):
        """(b, t), True on real steps of values (b, t, ...)."""
        add = self.graph.add
        n_timesteps = self.graph.cast(add("Shape", values, start=1, end=2), np.int32)  # (1,)
        steps = add("Range", np.array(0, np.int32), add("Squeeze", n_timesteps), np.array(1, np.int32))  # (t,)
        return add("Less", steps, add("Unsqueeze", lengths, [1]))

    def real(self, values, lengths, padding=0):
        """Float32 values (b, t, f) with this number in the padding, whatever is there: a product would keep NaN."""
        mask = self.graph.add("Unsqueeze", self.mask(values, lengths), [-1])  # (b, t, 1)
        return self.graph.add("Where", mask, values, np.array(padding, np.float32))

    def recurrent(self, names, kernels, inputs, lengths=None, states=None):
        """Outputs (t, b, d) and final states (b, d) of a layer with one or two directions, from inputs (t, b, f).

        ``states`` are those before the first step, (b, u) each; zeros without them.
        """
        spec, add = self.spec, self.graph.add
        kind, activation = _KINDS[spec.cell], _ACTIVATIONS[spec.activation]
        options = {"hidden_size": spec.units, "direction": "bidirectional" if len(names) > 1 else "forward"}
        options["activations"] = ["Sigmoid", *[activation] * spec.n_states] * len(names)
        if kind == "GRU":
            options["linear_before_reset"] = int(spec.cell == "gru")
        parts = (kernels, [self.weights[f"{name}/recurrent_kernel"] for name in names], [self._bias(n) for n in names])
        first = [add("Unsqueeze", state, [0]) for state in states or []]  # (1, b, u)
        read = [np.stack([self._gates(own).T for own in part]) for part in parts]  # (directions, g, ...)
        read[2] = read[2].transpose(0, 2, 1).reshape(len(names), -1)  # (directions, 2 g): of the input, of the state
        found = add(kind, inputs, *read, lengths, *first, n_outputs=1 + spec.n_states, **options)
        joined = add("Transpose", found[0], perm=[0, 2, 1, 3])  # (t, directions, b, u) to (t, b, directions, u)
        return add("Reshape", joined, [0, 0, -1]), [self._joined(state) for state in found[1:]]

    def _bias(self, name):
        """(2, g): the bias of the input and that of the state, which only the GRU of Keras has."""
        bias = self.weights[f"{name}/bias"]
        return bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])

    def _gates(self, values):
        """(..., g) in the order of ONNX."""
        order = _GATES[self.spec.cell]
        return np.concatenate([np.split(values, len(order), axis=-1)[k] for k in order], axis=-1)

    def _joined(self, state):
        """(directions, b, u) to (b, d)."""
        return self.graph.add("Reshape", self.graph.add("Transpose", state, perm=[1, 0, 2]), [0, -1])

    def dense(self, values, kernel, bias=None):
        """Values (..., n) times a kernel of this name, and a bias."""
        product = self.graph.add("MatMul", values, self.weights[kernel])
        return product if bias is None else self.graph.add("Add", product, self.weights[bias])

    # --- one vector per sequence --------------------------------------------------------------------------------------

    def pooled(self, encoded):
        """The vector (b, d) that stands for a sequence."""
        from skseq.nn.spec import POOLED_PARTS  # with TensorFlow

        parts = [self._pooled_part(name, encoded) for name in POOLED_PARTS[self.spec.pooling]]
        return parts[0] if len(parts) == 1 else self.graph.add("Concat", *parts, axis=-1)

    def _pooled_part(self, name, encoded):
        if name == "last":
            return encoded.states[-1][0]
        values = self.graph.add("Transpose", encoded.outputs, perm=[1, 0, 2])  # (b, t, d)
        if name == "attention":
            return self._attended(values, self.mask(values, encoded.lengths))
        return {"mean": self.mean, "max": self._max}[name](values, encoded.lengths)

    def ends(self, values, lengths):
        """The first and the last number of every feature of (b, t, f), as `Pooled` has them: (b, 2 f)."""
        most, add = self.spec.most_of_ends, self.graph.add
        last = self.graph.cast(add("Unsqueeze", add("Sub", lengths, np.array(1, np.int32)), [1]), np.int64)
        ends = add("Gather", values, np.array(0), axis=1), add("GatherND", values, last, batch_dims=1)
        return add("Clip", add("Concat", *ends, axis=-1), *np.array([-most, most], np.float32))

    def mean(self, values, lengths):
        """Mean over real steps of (b, t, d)."""
        graph, add = self.graph, self.graph.add
        counts = graph.cast(add("Unsqueeze", self.mask(values, lengths), [-1]), np.float32)  # (b, t, 1)
        n_real = graph.cast(add("Unsqueeze", lengths, [1]), np.float32)  # (b, 1)
        return add("Div", add("ReduceSum", add("Mul", values, counts), [1], keepdims=0), n_real)

    def _max(self, values, lengths):
        """Largest over real steps of (b, t, d)."""
        real = self.real(values, lengths, padding=np.finfo(np.float32).min)
        return self.graph.add("ReduceMax", real, axes=[1], keepdims=0)

    def _attended(self, values, mask):
        """s = sum_t a_t h_t with a = softmax_t(v' tanh(W h_t + b)), over real steps (Yang et al. 2016)."""
        add, scale = self.graph.add, self.weights["attention/scale"]
        keys = self.dense(values, "attention/key", "attention/bias")  # (b, t, u)
        return self.attended(add("MatMul", add("Tanh", keys), scale[:, None]), values, mask)

    def attended(self, scores, values, mask):
        """sum_t a_t h_t (b, d) of values (b, t, d), with a the softmax of scores (b, t, 1) over real steps."""
        add = self.graph.add
        scores = add("Where", add("Unsqueeze", mask, [-1]), scores, np.finfo(np.float32).min)
        attention = add("Softmax", scores, axis=1)
        return add("ReduceSum", add("Mul", attention, values), [1], keepdims=0)
