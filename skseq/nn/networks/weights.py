"""The table of weights of a network, and their initial values."""

import threading
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from skseq.nn.kernels.cells import CELLS


class Weight(NamedTuple):
    """Name, shape and initial distribution of one weight; ``penalized`` weights enter the L1 and L2 penalties.

    A vector that begins somewhere in particular has these numbers as its ``start``.
    """

    name: str
    shape: tuple
    initializer: str
    penalized: bool = True
    start: tuple[float, ...] = ()


def gates_size(spec):
    """Width of a layer's projected input: the gates of all units."""
    return CELLS[spec.cell].n_gates * spec.units


def kernel(name, *shape):
    """A matrix with Glorot initial values."""
    return Weight(name, shape, "glorot_uniform")


def bias(name, size):
    """A vector that starts at zero and is never penalized."""
    return Weight(name, (size,), "zeros", penalized=False)


def recurrent_weights(spec, name, input_size):
    """Weights of one recurrent layer as stock Keras has them; ``input_size=None``: it has no input."""
    gates = gates_size(spec)
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


_changing = threading.Lock()


@contextmanager
def float_type(dtype):
    """Have optimizers keep their learning rate in this type: they take Keras' global one, which the user may set."""
    with _changing:
        before = keras.config.floatx()
        keras.config.set_floatx(dtype)
        try:
            yield
        finally:
            keras.config.set_floatx(before)


TOKENS_APART = 0.5  # deviation of what a generator reads of a token at first (docs/figures/generation.md)


def _drawn(initializer, shape, seed):
    """A float32 array of this initial distribution; the same seed gives the same array."""
    if initializer == "embedding":
        draw = keras.initializers.RandomUniform(-0.05, 0.05, seed=seed)
    elif initializer == "tokens_apart":
        draw = keras.initializers.RandomNormal(stddev=TOKENS_APART, seed=seed)
    else:
        draw = keras.initializers.get({"class_name": initializer, "config": {"seed": seed}})
    return as_array(draw(shape, dtype="float32"))


MAX_KEPT_NUMBERS = 2**14  # larger arrays are drawn again
kept_draws = lru_cache(maxsize=64)(_drawn)  # a search fits the same network from the same seed again and again


def initial_weights(network, random_state):
    """Name -> array, each drawn from its own seed (Keras initialisers; forget-gate biases start at one)."""
    values = {}
    for weight in network.weights():
        # Drawn for zeros, too: which seed a weight gets depends on its place alone.
        seed, dtype = int(random_state.randint(np.iinfo(np.int32).max)), network.spec.dtype
        if weight.start:
            value = np.array(weight.start, dtype)
        elif weight.initializer in ("zeros", "unit_forget_bias"):
            value = np.zeros(weight.shape, dtype)
            if weight.initializer == "unit_forget_bias":
                # Gates i, f, g, o: an LSTM starts by remembering.
                value[network.spec.units : 2 * network.spec.units] = 1
        else:
            draw = kept_draws if np.prod(weight.shape) <= MAX_KEPT_NUMBERS else _drawn
            # Drawn in float32 whatever the type: fits in both begin at the same weights.
            value = draw(weight.initializer, weight.shape, seed).astype(dtype)  # a copy
        values[weight.name] = value
    return values


def blind_to(channels, weights):
    """The weights, but the layers that read numbers read nothing of these channels of them.

    What is always 0 has no gradient: such weights would stay as they were drawn.
    """
    if not len(channels):
        return weights
    convolution = "encoder/convolution/0/kernel"
    first = [convolution] if convolution in weights else ["encoder/0/kernel", "encoder/0/backward/kernel"]
    for name in set(first) & set(weights):  # (n_channels, gates), or of a convolution (width, n_channels, filters)
        weights[name][..., channels, :] = 0
    return weights


def silent_in(numbers, weights):
    """The weights, but the output layer writes 0 for these of its numbers.

    Where the target is always 0, too, errors have no gradient: such weights stay 0, and what is written is exact.
    """
    for name in weights:
        if name.startswith("output/"):  # biases (n_numbers,), kernels (n_inputs, n_numbers)
            weights[name][..., numbers] = 0
    return weights
