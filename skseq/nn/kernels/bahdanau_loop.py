"""A recurrent layer that attends by its previous state (Bahdanau et al. 2015), over all timesteps of teacher forcing.

The gradient is written out, as in `nn.kernels.recurrence`. The backward loop computes only what the recurrence needs
and the sums over steps of the gradients of U h and v. All other gradients follow as one product over all timesteps.

Shapes: t target steps, b samples, s source steps, u units, d the width of an encoder output, g the gates of all units.
"""

from functools import partial
from typing import NamedTuple

import tensorflow as tf

from skseq.nn.kernels import alignment
from skseq.nn.kernels.cells import CELLS
from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.loops import at, length, loop, stacked, tensor_arrays, write_at
from skseq.nn.kernels.native import batch_product, swapped
from skseq.nn.kernels.precision import operand, product
from skseq.nn.kernels.products import dense, weight_gradient
from skseq.nn.kernels.recurrence import cut


def bahdanau_layer(
    cell, x, states, source, weights, *, drop=None, bptt_steps=None, activation=tf.tanh, unroll=False, compiled=False
):
    """The states that steps start from (t, b, u), contexts (t, b, d) and attention weights (t, b, s).

    x (t, b, g) is the projected input without the context's part, states are those before the first step, source is a
    `skseq.nn.networks.source.Source`, weights are all of the decoder's. No gradient goes through the attention weights:
    they are there to be looked at.
    """
    own = {name: weights[f"decoder/0/{name}"] for name in ("recurrent_kernel", "bias")}
    layer = _BahdanauLayer(CELLS[cell](own, drop, activation, compiled), source.mask, bptt_steps, *length(x, unroll))
    inputs = x, source.keys, source.values
    W, v, K = (weights[name] for name in ("attention/query", "attention/scale", "decoder/0/context_kernel"))
    return with_gradient(layer.run)(*inputs, W, v, K, *states, *layer.cell.weights)


class _Inputs(NamedTuple):
    """What the loops read besides states: x (t, b, g), keys U h (b, s, u), values h (b, s, d), and weights."""

    x: tf.Tensor
    keys: tf.Tensor
    values: tf.Tensor
    W: tf.Tensor
    v: tf.Tensor
    K: tf.Tensor


class _Steps(NamedTuple):
    """What the forward loop leaves: the first states and, time first, what every step read and made."""

    first: tuple
    attention: tf.Tensor
    contexts: tf.Tensor
    before: list
    after: list
    kept: list


class _BahdanauLayer:
    """A loop forwards and, for the gradient, one backwards."""

    def __init__(self, cell, mask, bptt_steps, n_timesteps, unroll):
        self.cell, self.mask, self.bptt_steps = cell, mask, bptt_steps
        self.n_timesteps, self.unroll = n_timesteps, unroll

    def run(self, x, keys, values, W, v, K, *others):
        """What `bahdanau_layer` returns, and its gradient; others are the first states and the cell's weights."""
        inputs = _Inputs(x, keys, values, operand(W), v, operand(K))
        steps = self._forward(inputs, others[: self.cell.n_states])
        outputs = steps.before[0], steps.contexts, tf.stop_gradient(steps.attention)
        return outputs, partial(self._gradient, inputs, steps)

    def _forward(self, inputs, first):
        cell, (x, keys, values, W, v, K) = self.cell, inputs

        def step(t, old, written):
            query = product(old[0], W)[:, None]  # (b, 1, u): the state before the step asks
            found = alignment.attend(alignment.additive_scores(query, keys, v), values, self.mask)
            attention, context = (y[:, 0] for y in found)  # (b, s), (b, d)
            new, kept = cell.step(cell.add(cell.read(t, x), product(context, K)), old)
            return new, write_at(written, t, (attention, context, *new, *cell.keep(kept)))

        n = len(first)
        arrays = tensor_arrays(x.dtype, self.n_timesteps, 2 + n + cell.n_arrays)
        _, arrays = loop(step, self.n_timesteps, (first, arrays), unroll=self.unroll)
        attention, contexts, *others = stacked(arrays)
        before = [tf.concat([start[None], states[:-1]], 0) for start, states in zip(first, others)]
        before[0].set_shape([*x.shape[:2], W.shape[0]])
        contexts.set_shape([*x.shape[:2], K.shape[0]])
        return _Steps(first, attention, contexts, before, others[:n], others[n:])

    def _gradient(self, inputs, steps, d_before, d_contexts, _):
        """Gradients of all arguments of `run`; none enters by the attention weights."""
        cell, x, v, before = self.cell, inputs.x, inputs.v, steps.before[0]
        d_keys, d_v, d_first, found = self._backward(inputs, steps, d_before, d_contexts)
        dx, d_contexts, d_queries, *d_inner = found
        for y, like in zip(found, (x, steps.contexts, before, *[x] * len(d_inner))):
            y.set_shape(like.shape)
        d_values = tf.einsum("tbs,tbd->bsd", steps.attention, d_contexts)
        d_W, d_K = weight_gradient(before, d_queries), weight_gradient(steps.contexts, dx)
        d_own = cell.weight_gradients(before, cell.recall(steps.kept), dx, *d_inner)
        return dx, v * d_keys, d_values, d_W, d_v, d_K, *d_first, *d_own

    def _backward(self, inputs, steps, d_before, d_contexts):
        """Gradients of U h (yet to be multiplied by v), v and the first states; of every step those of x, c and W s."""
        cell, (x, keys, values, W, v, K) = self.cell, inputs
        queries, columns = dense(steps.before[0], W), tf.transpose(values, [0, 2, 1])
        W_T, K_T, U_T = (swapped(kernel) for kernel in (W, K, cell.U))

        def step(t, d_keys, d_v, d_states, written):
            now = at(t)
            before, after, kept = ([now(y) for y in part] for part in (steps.before, steps.after, steps.kept))
            dx, d_states, d_inner = cell.gradient(d_states, cell.recall(kept), before, after, U_T)
            # From the input back to the context, the weights it came from, and the state that asked for them.
            d_context = product(dx, K_T) + now(d_contexts)  # (b, d)
            d_attention = batch_product(d_context[:, None], columns)[:, 0]  # (b, s)
            d_scores = alignment.softmax_gradient(now(steps.attention), d_attention)
            d_aligned, more = alignment.additive_scores_gradient(d_scores, now(queries), keys)  # (b, s, u), (u,)
            d_query = v * tf.reduce_sum(d_aligned, 1)
            dh = d_states[0] + product(d_query, W_T) + now(d_before)
            d_states = cut(t, self.bptt_steps, 0, (dh, *d_states[1:]))
            return d_keys + d_aligned, d_v + more, d_states, write_at(written, t, (dx, d_context, d_query, *d_inner))

        start = tf.zeros_like(keys), tf.zeros_like(v), tuple(tf.zeros_like(y) for y in steps.first)
        arrays = tensor_arrays(x.dtype, self.n_timesteps, 3 + cell.n_inner)
        *found, arrays = loop(step, self.n_timesteps, (*start, arrays), unroll=self.unroll, reverse=True)
        return *found, stacked(arrays)
