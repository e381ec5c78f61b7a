"""A recurrent layer that attends by its previous state (Bahdanau et al. 2015), over all timesteps of teacher forcing.

The gradient is written out, as those of `nn.kernels.recurrence` are: the backward loop forms only what the recurrence
needs and the sums over steps of the gradients of U h and v; all others follow as one product over all timesteps. tanh(W
s + U h), as large as all steps of the target times all of the source, is worked out again rather than kept.

Shapes: t target steps, b samples, s source steps, u units, d the width of an encoder output, g the gates.
"""

import tensorflow as tf

from skseq.nn.kernels import recurrence
from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.precision import operand, product

__all__ = ["attended"]


def attended(
    cell, x, states, memory, weights, *, drop=None, bptt_steps=None, activation=tf.tanh, unroll=False, compiled=False
):
    """The states that steps start from (t, b, u), contexts (t, b, d) and attention weights (t, b, s).

    x (t, b, g) is the projected input without the context's part, states are those before the first step, memory is
    that of `skseq.nn.networks.attention`, weights are all of the decoder's.
    The attention weights are for reading: no gradient goes through them.
    """
    n, unroll = recurrence.length(x, unroll)
    own = {name: weights[f"decoder/0/{name}"] for name in ("recurrent_kernel", "bias")}
    own = recurrence.CELLS[cell](own, drop, activation, compiled)
    keys, values, mask = memory["keys"], memory["values"], memory["mask"]
    W, v, K = (weights[name] for name in ("attention/query", "attention/scale", "decoder/0/context_kernel"))
    n_states = len(states)

    @with_gradient
    def run(x, keys, values, W, v, K, *others):
        first, W, K = others[:n_states], operand(W), operand(K)

        def forward(t, *carried):
            old, arrays = carried[:n_states], carried[n_states:]
            scores = recurrence.additive_scores(product(old[0], W)[:, None], keys, v)
            attention, context = (y[:, 0] for y in recurrence.attend(scores, values, mask))
            new, kept = own.step(own.add(own.read(t, x), product(context, K)), old)
            return *new, *recurrence.written(arrays, t, attention, context, *new, *own.keep(kept))

        arrays = recurrence.tensor_arrays(x.dtype, n, 2 + n_states + own.n_arrays)
        arrays = recurrence.loop(forward, n, (*first, *arrays), unroll=unroll)[n_states:]
        attention, contexts, *others = (array.stack() for array in arrays)
        after, kept = others[:n_states], others[n_states:]
        before = [tf.concat([start[None], states[:-1]], 0) for start, states in zip(first, after)]
        before[0].set_shape([*x.shape[:2], W.shape[0]])
        contexts.set_shape([*x.shape[:2], K.shape[0]])

        def gradient(d_before, d_contexts, _):
            queries, columns = recurrence.dense(before[0], W), tf.transpose(values, [0, 2, 1])
            W_T, K_T, U_T = (tf.transpose(kernel) for kernel in (W, K, own.U))

            def backward(t, d_keys, d_v, *carried):
                d_states, arrays, now = carried[:n_states], carried[n_states:], recurrence.at(t)
                old, new = ([now(states) for states in times] for times in (before, after))
                dx, d_states, d_inner = own.gradient(d_states, own.recall([now(part) for part in kept]), old, new, U_T)
                d_context = product(dx, K_T) + now(d_contexts)
                d_scores = _softmax_gradient(now(attention), tf.matmul(d_context[:, None], columns)[:, 0])
                aligned = tf.tanh(now(queries)[:, None] + keys)  # (b, s, u)
                d_v += tf.matmul(tf.reshape(d_scores, [1, -1]), recurrence.rows(aligned))[0]
                spread = tf.broadcast_to(d_scores[..., None], tf.shape(aligned))
                slope = tf.raw_ops.TanhGrad(y=aligned, dy=spread)  # times v: the gradient of W s + U h
                d_query = v * tf.reduce_sum(slope, 1)
                dh = d_states[0] + product(d_query, W_T) + now(d_before)
                d_states = [recurrence.cut(t, bptt_steps, 0, d) for d in (dh, *d_states[1:])]
                arrays = recurrence.written(arrays, t, dx, d_context, d_query, *d_inner)
                return d_keys + slope, d_v, *d_states, *arrays

            start = [tf.zeros_like(y) for y in (keys, v, *first)]
            arrays = recurrence.tensor_arrays(x.dtype, n, 3 + own.n_inner)
            d_keys, d_v, *carried = recurrence.loop(backward, n, (*start, *arrays), unroll=unroll, reverse=True)
            dx, d_contexts, d_queries, *d_inner = (array.stack() for array in carried[n_states:])
            for y, like in ((dx, x), (d_contexts, contexts), (d_queries, before[0]), *((y, x) for y in d_inner)):
                y.set_shape(like.shape)
            d_values = tf.einsum("tbs,tbd->bsd", attention, d_contexts)
            d_W, d_K = recurrence.weight_gradient(before[0], d_queries), recurrence.weight_gradient(contexts, dx)
            d_own = own.weight_gradients(before[0], own.recall(kept), dx, *d_inner)
            return dx, v * d_keys, d_values, d_W, d_v, d_K, *carried[:n_states], *d_own

        return (before[0], contexts, tf.stop_gradient(attention)), gradient

    return run(x, keys, values, W, v, K, *states, *own.weights)


def _softmax_gradient(attention, d_attention):
    """a (da - sum_j a_j da_j)."""
    return attention * (d_attention - tf.reduce_sum(attention * d_attention, -1, keepdims=True))
