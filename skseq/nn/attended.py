"""A recurrent layer that attends by its previous state (Bahdanau et al. 2015), over all timesteps of teacher forcing.

The gradient is written out, as those of `skseq.nn.layers` are: the backward loop forms only what the recurrence needs
and the sums over steps of the gradients of U h and v; all others follow as one product over all timesteps.
tanh(W s + U h), as large as all steps of the target times all of the source, is worked out again rather than kept.

Shapes: t target steps, b samples, s source steps, u units, d the width of an encoder output, g the gates.
"""

import tensorflow as tf

from skseq.nn import layers
from skseq.nn.gradients import with_gradient

__all__ = ["attended"]


def attended(cell, x, states, memory, weights, *, drop=None, bptt_steps=None, activation=tf.tanh, unroll=False):
    """The states that steps start from (t, b, u), contexts (t, b, d) and attention weights (t, b, s).

    x (t, b, g) is the projected input without the context's part, states are those before the first step, memory is
    that of `skseq.nn.attention`, weights are all of the decoder's.
    """
    n, unroll = layers.length(x, unroll)
    own = _CELLS[cell](weights, drop, activation)
    keys, values, mask = memory["keys"], memory["values"], memory["mask"]
    W, v, K = (weights[name] for name in ("attention/query", "attention/scale", "decoder/0/context_kernel"))
    n_states = len(states)

    @with_gradient
    def run(x, keys, values, W, v, K, *others):
        first = others[:n_states]

        def forward(t, *carried):
            old, arrays = carried[:n_states], carried[n_states:]
            scores = layers.additive_scores(tf.matmul(old[0], W)[:, None], keys, v)
            attention, context = (y[:, 0] for y in layers.attend(scores, values, mask))
            new, gates = own.step(x[t] + tf.matmul(context, K), old)
            return *new, *_written(arrays, t, attention, context, gates, *new)

        arrays = layers.tensor_arrays(x.dtype, n, 3 + n_states)
        arrays = layers.loop(forward, n, (*first, *arrays), unroll=unroll)[n_states:]
        attention, contexts, gates, *after = (array.stack() for array in arrays)
        before = [tf.concat([start[None], states[:-1]], 0) for start, states in zip(first, after)]
        before[0].set_shape([*x.shape[:2], W.shape[0]])
        contexts.set_shape([*x.shape[:2], K.shape[0]])

        def gradient(d_before, d_contexts, d_attention):
            queries = layers.dense(before[0], W)

            def backward(t, d_keys, d_v, *carried):
                d_states, arrays = carried[:n_states], carried[n_states:]
                old, new = ([states[t] for states in times] for times in (before, after))
                dx, d_states, d_inner = own.gradient(d_states, gates[t], old, new)
                d_context = tf.matmul(dx, K, transpose_b=True) + d_contexts[t]
                d_weights = tf.linalg.matvec(values, d_context) + d_attention[t]
                d_scores = attention[t] * d_weights
                d_scores -= attention[t] * tf.reduce_sum(d_scores, -1, keepdims=True)
                inner = tf.tanh(queries[t][:, None] + keys)  # (b, s, u)
                d_v += tf.linalg.matvec(_rows(inner), tf.reshape(d_scores, [-1]), transpose_a=True)
                d_inner_ = d_scores[..., None] * v * (1 - inner * inner)
                d_query = tf.reduce_sum(d_inner_, 1)
                dh = d_states[0] + tf.matmul(d_query, W, transpose_b=True) + d_before[t]
                d_states = [layers.cut(t, bptt_steps, 0, d) for d in (dh, *d_states[1:])]
                arrays = _written(arrays, t, dx, d_context, d_query, *d_inner)
                return d_keys + d_inner_, d_v, *d_states, *arrays

            start = [tf.zeros_like(y) for y in (keys, v, *first)]
            arrays = layers.tensor_arrays(x.dtype, n, 3 + own.n_inner)
            d_keys, d_v, *carried = layers.loop(backward, n, (*start, *arrays), unroll=unroll, reverse=True)
            dx, d_contexts, d_queries, *d_inner = (array.stack() for array in carried[n_states:])
            for y, like in ((dx, x), (d_contexts, contexts), (d_queries, before[0]), *((y, x) for y in d_inner)):
                y.set_shape(like.shape)
            d_values = tf.einsum("tbs,tbd->bsd", attention, d_contexts)
            d_W, d_K = layers.weight_gradient(before[0], d_queries), layers.weight_gradient(contexts, dx)
            d_own = own.weight_gradients(before[0], dx, *d_inner)
            return dx, d_keys, d_values, d_W, d_v, d_K, *carried[:n_states], *d_own

        return (before[0], contexts, attention), gradient

    return run(x, keys, values, W, v, K, *states, *own.weights)


def _written(arrays, t, *values):
    return [array.write(t, value) for array, value in zip(arrays, values)]


def _rows(x):
    """(b, s, u) to (b s, u)."""
    return tf.reshape(x, [-1, x.shape[-1]])


class _LSTM:
    """One step of a layer, its gradient, and those of its weights from what that gives at all steps."""

    n_inner = 0

    def __init__(self, weights, drop, activation):
        self.U, self.drop, self.activation = weights["decoder/0/recurrent_kernel"], drop, activation
        self.weights = (self.U,)

    def step(self, x, states):
        """New states and the gates."""
        z = x + tf.matmul(self._thinned(states[0]), self.U)
        h, c, gates = layers.lstm_step(z, states[1], self.activation)
        return (h, c), gates

    def gradient(self, d_states, gates, before, after):
        """Gradients of x, of the states before the step, and what `weight_gradients` needs besides."""
        dz, dc = layers.lstm_gradient(*d_states, gates, before[1], after[1], self.activation)
        return dz, (self._through(dz), dc), ()

    def weight_gradients(self, before, dx):
        """That of U."""
        return [layers.weight_gradient(self._thinned(before), dx)]

    def _thinned(self, hidden):
        return hidden if self.drop is None else hidden * self.drop

    def _through(self, d_inner):
        return self._thinned(tf.matmul(d_inner, self.U, transpose_b=True))


class _GRU(_LSTM):
    n_inner = 1

    def __init__(self, weights, drop, activation):
        super().__init__(weights, drop, activation)
        self.bias = weights["decoder/0/bias"][1]
        self.weights = (self.U, self.bias)

    def step(self, x, states):
        inner = tf.matmul(self._thinned(states[0]), self.U) + self.bias
        h, gates = layers.gru_step(x, inner, states[0], self.activation)
        return (h,), gates

    def gradient(self, d_states, gates, before, _):
        dx, d_inner, dh = layers.gru_gradient(*d_states, gates, before[0], self.activation)
        return dx, (dh + self._through(d_inner),), (d_inner,)

    def weight_gradients(self, before, _, d_inner):
        return [super().weight_gradients(before, d_inner)[0], tf.reduce_sum(d_inner, [0, 1])]


_CELLS = {"lstm": _LSTM, "gru": _GRU}
