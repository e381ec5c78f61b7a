"""A recurrent layer over long sequences in bounded memory: chunk by chunk, each worked out again for its gradient.

Of the forward pass only the outputs and the states at the start of every chunk are kept; the input projection, gates
and cell states, 12 and more numbers a unit and timestep, are there for one chunk at a time (Chen et al. 2016, sqrt(n)
chunks of sqrt(n) timesteps). The gradient is the exact one, to rounding, for the price of a second forward pass.
Truncated backpropagation through time (`nn.kernels.recurrence`) is something else: it changes the gradient, which is
then biased against what reaches back further than a chunk (Tallec & Ollivier 2017), and it saves no memory here.

References
----------
Chen, Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", arXiv:1604.06174, 2016.
Tallec and Ollivier, "Unbiasing Truncated Backpropagation Through Time", arXiv:1705.08209, 2017.
"""

import tensorflow as tf

from skseq.nn.kernels import recurrence
from skseq.nn.kernels.custom_gradient import with_gradient

__all__ = ["in_chunks"]


def in_chunks(layer, inputs, states, weights, mask):
    """Outputs (n_timesteps, n_samples, units) and final states of ``layer(inputs, states, weights, mask, start)``.

    Gradients reach the inputs, where they are numbers, the states and the weights, a dict; ``start`` is the timestep at
    which a chunk begins. The last chunk is filled up with steps that do not count.
    """
    n, n_states, names = tf.shape(inputs)[0], len(states), [*weights]
    size = tf.cast(tf.math.ceil(tf.sqrt(tf.cast(n, tf.float32))), tf.int32)
    n_chunks = (n + size - 1) // size

    def split(x):
        chunks = tf.pad(x, [[0, n_chunks * size - n], *[[0, 0]] * (x.shape.rank - 1)])
        chunks = tf.reshape(chunks, [n_chunks, size, *tf.unstack(tf.shape(x)[1:])])
        chunks.set_shape([None, None, *x.shape[1:]])
        return chunks

    masks = split(tf.ones([n, 1, 1], tf.bool) if mask is None else mask)

    @with_gradient
    def run(inputs, *others):
        chunks, first, values = split(inputs), others[:n_states], others[n_states:]

        def forward(k, *carried):
            old, arrays = carried[:n_states], carried[n_states:]
            outputs, new = layer(chunks[k], old, dict(zip(names, values)), masks[k], k * size)
            return *new, *recurrence.written(arrays, k, outputs, *old)

        carried = (*first, *recurrence.tensor_arrays(first[0].dtype, n_chunks, 1 + n_states))
        carried = recurrence.loop(forward, n_chunks, carried)
        final, (outputs, *starts) = carried[:n_states], (array.stack() for array in carried[n_states:])
        outputs = tf.reshape(outputs, [n_chunks * size, *tf.unstack(tf.shape(first[0]))])[:n]
        outputs.set_shape([*inputs.shape[:2], first[0].shape[-1]])

        def gradient(d_outputs, *d_final):
            d_chunks, numeric = split(d_outputs), inputs.dtype.is_floating

            def backward(k, *carried):
                d_states, d_weights = carried[:n_states], carried[n_states : n_states + len(names)]
                x, old = chunks[k], [states[k] for states in starts]
                own = [tf.identity(value) for value in values]  # tensors of this graph: the tape sees all that is done
                watched = [*old, *own, *([x] if numeric else [])]
                with tf.GradientTape() as tape:
                    tape.watch(watched)
                    outputs, new = layer(x, old, dict(zip(names, own)), masks[k], k * size)
                found = tape.gradient([outputs, *new], watched, [d_chunks[k], *d_states])
                found = [tf.convert_to_tensor(d) for d in found]  # rows of a kernel that ids have looked up
                d_weights = [total + d for total, d in zip(d_weights, found[n_states:])]
                arrays = recurrence.written(carried[n_states + len(names) :], k, *found[n_states + len(names) :])
                return *found[:n_states], *d_weights, *arrays

            arrays = recurrence.tensor_arrays(first[0].dtype, n_chunks, int(numeric))
            carried = (*d_final, *(tf.zeros_like(value) for value in values), *arrays)
            carried = recurrence.loop(backward, n_chunks, carried, reverse=True)
            d_inputs = [
                tf.reshape(array.stack(), [n_chunks * size, *tf.unstack(tf.shape(inputs)[1:])])[:n]
                for array in carried[n_states + len(names) :]
            ]
            return *(d_inputs or [None]), *carried[: n_states + len(names)]

        return (outputs, *final), gradient

    outputs, *final = run(inputs, *states, *weights.values())
    return outputs, final
