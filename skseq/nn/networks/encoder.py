"""What all networks share: the table of weights, their initial values, dropout noise, the encoder.

A network is a pure object around a frozen spec. It says which weights it has and how tensors flow; the weights are
passed in as a flat dict of tensors named "encoder/0/kernel" and so on. Nothing is stored between calls.
"""

from functools import lru_cache, partial
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from skseq.nn.kernels import recurrence
from skseq.nn.kernels.block_lstm import block_layer, has_place
from skseq.nn.kernels.checkpointed import in_chunks
from skseq.nn.kernels.cudnn import stock_layer

__all__ = [
    "Noise",
    "Weight",
    "encode",
    "initial_weights",
    "kept_draws",
    "project",
    "project_step",
    "recurrent_weights",
    "run_layer",
    "subset",
]

ACTIVATIONS = {"tanh": tf.tanh, "relu": tf.nn.relu}
N_GATES = {name: cell.n_gates for name, cell in recurrence.CELLS.items()}


class Weight(NamedTuple):
    """Name, shape and initial distribution of one weight; ``penalized`` weights enter the L1 and L2 penalties."""

    name: str
    shape: tuple
    initializer: str
    penalized: bool = True


def kernel(name, *shape):
    """A matrix with Glorot initial values."""
    return Weight(name, shape, "glorot_uniform")


def bias(name, size):
    """A vector that starts at zero and is never penalized."""
    return Weight(name, (size,), "zeros", penalized=False)


def recurrent_weights(spec, name, input_size):
    """Weights of one recurrent layer as stock Keras has them; ``input_size=None`` means that it has no input."""
    gates = N_GATES[spec.cell] * spec.units
    if input_size is not None:
        yield kernel(f"{name}/kernel", input_size, gates)
    yield Weight(f"{name}/recurrent_kernel", (spec.units, gates), "orthogonal")
    if spec.cell == "lstm":
        yield Weight(f"{name}/bias", (gates,), "unit_forget_bias", penalized=False)
    else:
        yield Weight(f"{name}/bias", (2, gates) if spec.cell == "gru" else (gates,), "zeros", penalized=False)


def subset(weights, name):
    """The weights below a name: {"kernel": ...} from {"encoder/0/kernel": ...}."""
    return {key.removeprefix(f"{name}/"): value for key, value in weights.items() if key.startswith(f"{name}/")}


def as_array(value):
    """A NumPy copy of a Keras variable or a tensor."""
    return np.array(tf.convert_to_tensor(value).numpy())


def _initializer(name, seed):
    if name == "embedding":
        return keras.initializers.RandomUniform(-0.05, 0.05, seed=seed)
    return keras.initializers.get({"class_name": name, "config": {"seed": seed}})


def _drawn(initializer, shape, seed, dtype):
    """An array of this initial distribution; always the same one from the same seed."""
    return as_array(_initializer(initializer, seed)(shape, dtype=dtype))


KEPT_SIZE = 2**14  # numbers in the largest array that is kept
kept_draws = lru_cache(maxsize=64)(_drawn)  # a search fits the same network from the same seed again and again


def initial_weights(network, random_state):
    """Name -> array, each drawn from its own seed (Keras initialisers; forget-gate biases start at one)."""
    values = {}
    for weight in network.weights():
        seed, dtype = int(random_state.randint(np.iinfo(np.int32).max)), network.spec.dtype
        if weight.initializer in ("zeros", "unit_forget_bias"):
            value = np.zeros(weight.shape, dtype)
            if weight.initializer == "unit_forget_bias":
                value[network.spec.units : 2 * network.spec.units] = 1
        else:
            draw = kept_draws if np.prod(weight.shape) <= KEPT_SIZE else _drawn
            value = draw(weight.initializer, weight.shape, seed, dtype).copy()
        values[weight.name] = value
    return values


class Noise:
    """What only a training step has: dropout masks and noise, each from its own seed, and where gradients are cut.

    Without noise every mask is None, and so is ``bptt_steps``.
    """

    learns = True

    def __init__(self, spec, rates, seed):
        self.spec, self.rates, self.seed, self.count = spec, rates, seed, 0

    def _next_seed(self):
        self.count += 1
        return tf.random.experimental.stateless_fold_in(self.seed, self.count, alg="philox")

    def _mask(self, rate, shape):
        return recurrence.dropout_mask(shape, self.rates[rate], self._next_seed(), self.spec.dtype)

    @property
    def compiled(self):
        """Whether XLA will read the graph: predict and evaluate are left to TensorFlow."""
        return self.spec.jit_compile

    @property
    def bptt_steps(self):
        """Timesteps between two cuts of the gradient through time, an int32 scalar; None if it is never cut."""
        return self.rates["bptt_steps"] if self.spec.truncated else None

    @property
    def label_smoothing(self):
        """Share of the target that is spread over all classes; None without smoothing."""
        return self.rates["label_smoothing"] if self.spec.label_smoothing else None

    def own_tokens(self, shape):
        """Where a decoder is fed its own token instead of the true one (scheduled sampling), or None.

        epsilon_i is the probability of the true token, i the number of updates so far (Bengio et al. 2015, section
        2.4): max(floor, k - c i), k^i, or k / (k + exp(i / k)) = sigmoid(ln k - i / k).
        """
        kind, dtype = self.spec.scheduled_sampling, self.spec.dtype
        if kind is None:
            return None
        i, k = tf.cast(self.seed[1], dtype), self.rates["schedule_k"]  # the second half of an update's seed counts them
        if kind == "linear":
            true = tf.maximum(self.rates["schedule_floor"], k - self.rates["schedule_c"] * i)
        else:
            true = tf.pow(k, i) if kind == "exponential" else tf.sigmoid(tf.math.log(k) - i / k)
        return tf.random.stateless_uniform(shape, self._next_seed(), dtype=dtype, alg="philox") >= true

    def restarted(self):
        """A copy that draws the same masks again: dropout in a step function is shared by all timesteps."""
        return Noise(self.spec, self.rates, tf.random.experimental.stateless_fold_in(self.seed, -1, alg="philox"))

    def inputs(self, n_samples, width):
        """Mask of a layer's inputs (n_samples, width), shared by all timesteps."""
        return self._mask("dropout", [n_samples, width]) if self.spec.dropout else None

    def states(self, n_samples, width):
        """Mask of a layer's hidden state (n_samples, width), shared by all timesteps."""
        return self._mask("recurrent_dropout", [n_samples, width]) if self.spec.recurrent_dropout else None

    def corrupt(self, source):
        """x + sigma N(0, 1), then whole steps of (t, b, f) at zero: what a denoising encoder reads (Vincent 2008)."""
        shape, dtype = tf.shape(source), self.spec.dtype
        if self.spec.input_noise:
            normal = tf.random.stateless_normal(shape, self._next_seed(), dtype=dtype, alg="philox")
            source += self.rates["input_noise"] * normal
        if self.spec.step_dropout:
            drawn = tf.random.stateless_uniform(
                [*tf.unstack(shape)[:2], 1], self._next_seed(), dtype=dtype, alg="philox"
            )
            source *= tf.cast(drawn >= self.rates["step_dropout"], dtype)
        return source


class Silence:
    """No noise, no gradient: inference, or a part of a network that does not learn; ``compiled`` as in `Noise`."""

    learns = False
    bptt_steps = None
    label_smoothing = None

    def __init__(self, compiled=False):
        self.compiled = compiled

    def inputs(self, *_):
        """No mask."""

    states = inputs
    own_tokens = inputs

    def corrupt(self, source):
        """The source as it is."""
        return source

    def restarted(self):
        """Itself."""
        return self


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
