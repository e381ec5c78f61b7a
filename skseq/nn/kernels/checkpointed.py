"""A recurrent layer over long sequences in bounded memory: chunk by chunk, each computed again for its gradient.

The forward pass keeps only the outputs and the states at the start of every chunk. The input projection, gates and cell
states, 12 and more numbers per unit and timestep, are there for one chunk at a time (Chen et al. 2016, sqrt(n) chunks
of sqrt(n) timesteps). The gradient is the exact one, to rounding; the price is a second forward pass.

Truncated backpropagation through time (`nn.kernels.recurrence`) is something else. It changes the gradient, which then
misses what reaches back further than a chunk (Tallec & Ollivier 2017), and it saves no memory here.

References
----------
Chen, Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", arXiv:1604.06174, 2016.
Tallec and Ollivier, "Unbiasing Truncated Backpropagation Through Time", arXiv:1705.08209, 2017.
"""

from functools import partial

import tensorflow as tf

from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.loops import loop, stacked, tensor_arrays, write_at
from skseq.nn.kernels.shapes import size_of


def in_chunks(layer, inputs, states, weights, mask):
    """Outputs (n_timesteps, n_samples, units) and final states of ``layer(inputs, states, weights, mask, start)``.

    Gradients reach the inputs, unless they are ids, the states and the weights, a dict. ``start`` is the timestep at
    which a chunk begins. The last chunk is filled up with steps that do not count.
    """
    run = with_gradient(_Checkpointed(layer, size_of(inputs, 0), len(states), [*weights], mask).run)
    outputs, *final = run(inputs, *states, *weights.values())
    return outputs, final


class _Chunks:
    """n timesteps as chunks of ceil(sqrt(n))."""

    def __init__(self, n):
        self.n = n
        self.size = tf.cast(tf.math.ceil(tf.sqrt(tf.cast(n, tf.float32))), tf.int32)
        self.n_chunks = (n + self.size - 1) // self.size

    def split(self, x):
        """(n, ...) to (n_chunks, size, ...), filled up with zeros."""
        chunks = tf.pad(x, [[0, self.n_chunks * self.size - self.n], *[[0, 0]] * (x.shape.rank - 1)])
        chunks = tf.reshape(chunks, [self.n_chunks, self.size, *tf.unstack(tf.shape(x)[1:])])
        chunks.set_shape([None, None, *x.shape[1:]])
        return chunks

    def join(self, chunks, like):
        """(n_chunks, size, ...) to (n, ...); ``like`` is one step of the result."""
        return tf.reshape(chunks, [self.n_chunks * self.size, *tf.unstack(tf.shape(like))])[: self.n]


class _Checkpointed:
    """A loop over chunks and, for the gradient, one backwards."""

    def __init__(self, layer, n_timesteps, n_states, names, mask):
        self.layer, self.n_states, self.names = layer, n_states, names
        self.chunks = _Chunks(n_timesteps)
        # A mask even where all steps are real: the steps that fill up the last chunk must not count.
        self.masks = self.chunks.split(tf.ones([n_timesteps, 1, 1], tf.bool) if mask is None else mask)

    def _run_chunk(self, k, x, states, weights):
        return self.layer(x, states, dict(zip(self.names, weights)), self.masks[k], k * self.chunks.size)

    def run(self, inputs, *others):
        """Outputs and final states from first states and weights, and the gradient: see `with_gradient`."""
        first, weights = others[: self.n_states], others[self.n_states :]
        chunks = self.chunks.split(inputs)

        def step(k, old, arrays):
            outputs, new = self._run_chunk(k, chunks[k], old, weights)
            return tuple(new), write_at(arrays, k, (outputs, *old))

        arrays = tensor_arrays(first[0].dtype, self.chunks.n_chunks, 1 + self.n_states)
        final, arrays = loop(step, self.chunks.n_chunks, (first, arrays))
        outputs, *starts = stacked(arrays)
        outputs = self.chunks.join(outputs, first[0])
        outputs.set_shape([*inputs.shape[:2], first[0].shape[-1]])
        return (outputs, *final), partial(self._gradient, inputs, chunks, starts, weights)

    def _gradient(self, inputs, chunks, starts, weights, d_outputs, *d_final):
        """Gradients of all arguments of `run`: None for ids; starts are the states before every chunk."""
        d_outputs, numeric = self.chunks.split(d_outputs), inputs.dtype.is_floating

        def step(k, d_states, d_weights, arrays):
            old = [states[k] for states in starts]
            d_results = d_outputs[k], *d_states
            d_x, d_states, more = self._chunk_gradient(k, chunks[k], old, weights, d_results)
            d_weights = tuple(total + d for total, d in zip(d_weights, more))
            return d_states, d_weights, write_at(arrays, k, d_x)

        d_weights = tuple(tf.zeros_like(value) for value in weights)
        arrays = tensor_arrays(d_final[0].dtype, self.chunks.n_chunks, int(numeric))
        states = d_final, d_weights, arrays
        d_first, d_weights, arrays = loop(step, self.chunks.n_chunks, states, reverse=True)
        d_inputs = [self.chunks.join(chunk, inputs[0]) for chunk in stacked(arrays)] or [None]
        return *d_inputs, *d_first, *d_weights

    def _chunk_gradient(self, k, x, states, weights, d_results):
        """Gradients of the inputs of a chunk (a list, empty for ids), its first states and the weights."""
        weights = [tf.identity(value) for value in weights]  # tensors of this graph: the tape sees all their uses
        watched = [*([x] if x.dtype.is_floating else []), *states, *weights]
        with tf.GradientTape() as tape:  # the second forward pass, this time with all that the gradient needs
            tape.watch(watched)
            outputs, new = self._run_chunk(k, x, states, weights)
        found = tape.gradient([outputs, *new], watched, d_results)
        found = [tf.convert_to_tensor(d) for d in found]  # the gradient of a lookup of rows comes as slices
        n = len(watched) - len(states) - len(weights)
        return found[:n], tuple(found[n : n + len(states)]), found[n + len(states) :]
