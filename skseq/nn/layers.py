"""Recurrent layers and attention as functions of tensors, time first: (n_timesteps, n_samples, width).

Same gate order and numbers as the stock Keras layers, so weights move freely between the two. The gradient of a
recurrence is written out: the backward loop forms only what the recurrence needs (the gradient of the
pre-activations and of the previous state), and the weight gradients follow as one matrix product over all timesteps.

A mask is (n_timesteps, n_samples, 1), True where a step counts; a step that does not count passes its states on.
None means that every step counts.

Truncated backpropagation through time (Williams & Peng 1990) cuts a sequence into chunks of ``bptt_steps`` timesteps:
states go on from chunk to chunk, gradients do not. Chunks are counted from step 0, or backwards from ``ends``, the
numbers of real steps (n_samples, 1), so that what is read off the last step reaches back exactly ``bptt_steps`` steps.
Step 0 is no cut, so an initial state has its gradient; nor is a step that does not count, so padding changes nothing.
None means no cuts.
"""

import tensorflow as tf

from skseq.nn.gradients import with_gradient
from skseq.nn.precision import operand, product

__all__ = [
    "additive_scores",
    "attend",
    "cut",
    "dense",
    "dropout_mask",
    "gru_gradient",
    "gru_step",
    "length",
    "loop",
    "lstm_gradient",
    "lstm_step",
    "recurrent",
    "recurrent_step",
    "tensor_arrays",
    "truncated",
    "weight_gradient",
]


def dense(inputs, kernel, bias=None):
    """inputs @ kernel + bias over the last axis."""
    outputs = product(rows(inputs), kernel)  # XLA has no tensordot inside a loop
    if inputs.shape.rank != 2:
        outputs = tf.reshape(outputs, [*tf.unstack(tf.shape(inputs)[:-1]), kernel.shape[1]])
    return outputs if bias is None else outputs + bias


def rows(x):
    """(..., d) to (n, d)."""
    return x if x.shape.rank == 2 else tf.reshape(x, [-1, x.shape[-1]])


def dropout_mask(shape, rate, seed, dtype):
    """Zeros with probability ``rate``, else 1 / (1 - rate): variational, one mask for all timesteps."""
    keep = tf.random.stateless_uniform(shape, seed, dtype=dtype, alg="philox") >= rate
    return tf.cast(keep, dtype) / (1 - rate)


def loop(step, n_timesteps, states, *, unroll=False, reverse=False):
    """states = step(t, *states) for every t, forwards or backwards in time; an unrolled loop needs a static length."""
    if unroll:
        for t in range(n_timesteps - 1, -1, -1) if reverse else range(n_timesteps):
            states = step(t, *states)
        return states
    if reverse:
        start, more, move = n_timesteps - 1, lambda t, *_: t >= 0, -1
    else:
        start, more, move = tf.constant(0), lambda t, *_: t < n_timesteps, 1
    return tf.while_loop(more, lambda t, *s: (t + move, *step(t, *s)), (start, *states))[1:]


def tensor_arrays(dtype, size, n):
    return tuple(tf.TensorArray(dtype, size=size, element_shape=None, clear_after_read=False) for _ in range(n))


def length(x, unroll):
    """Number of timesteps, and whether to unroll: only if the graph knows the number."""
    if unroll and x.shape[0] is not None:
        return x.shape[0], True
    return tf.shape(x)[0], False


def _derivative(activation, y):
    """Derivative of an activation, from its value: tanh' = 1 - y^2, relu' = [y > 0]."""
    return 1 - y * y if activation is tf.tanh else tf.cast(y > 0, y.dtype)


def _split(mask_t, gradient):
    """Gradient that enters a step's equations, gradient that passes a masked step by."""
    if mask_t is None:
        return gradient, 0
    zero = tf.zeros_like(gradient)
    return tf.where(mask_t, gradient, zero), tf.where(mask_t, zero, gradient)


def _carry(mask_t, new, old):
    return new if mask_t is None else tf.where(mask_t, new, old)


def _flows(t, bptt_steps, ends=0):
    """Whether gradients flow from step t to the step before: not where t begins a chunk, step 0 apart."""
    return tf.equal(t, 0) | tf.not_equal((t - ends) % bptt_steps, 0)


def cut(t, bptt_steps, ends, gradient):
    """The gradient that step t hands to the step before."""
    if bptt_steps is None:
        return gradient
    return tf.where(_flows(t, bptt_steps, ends), gradient, tf.zeros_like(gradient))


def truncated(t, states, bptt_steps):
    """The states that step t starts from, for automatic differentiation: constants where t begins a chunk."""
    if bptt_steps is None:
        return states
    flows = _flows(t, bptt_steps)
    return tf.nest.map_structure(lambda state: tf.where(flows, state, tf.stop_gradient(state)), states)


def weight_gradient(previous, gradient):
    """sum_t previous_t' gradient_t as one product over all timesteps and samples."""
    return product(
        tf.reshape(previous, [-1, previous.shape[-1]]), tf.reshape(gradient, [-1, gradient.shape[-1]]), transpose_a=True
    )


def _previous(first, hidden, drop):
    """The state each step started from: the first state, then all but the last; thinned by recurrent dropout."""
    before = tf.concat([first[None], hidden[:-1]], 0)
    return before if drop is None else before * drop


# --- LSTM (Hochreiter & Schmidhuber 1997; Gers et al. 2000), gates in the order i, f, g, o ----------------------------


def lstm_step(z, cell, activation):
    """(h, c, gates) from pre-activations z = x K + h U + b: c' = f c + i g, h' = o act(c')."""
    i, f, g, o = tf.split(z, 4, axis=-1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), activation(g), tf.sigmoid(o)
    cell = f * cell + i * g
    return o * activation(cell), cell, tf.concat([i, f, g, o], -1)


def lstm_gradient(dh, dc, gates, before, cell, activation):
    """(dz, dc) of the pre-activations and of the cell before, from those of h' and c'."""
    i, f, g, o = tf.split(gates, 4, axis=-1)
    act_c = activation(cell)
    dc = dc + dh * o * _derivative(activation, act_c)
    dz = [
        dc * g * i * (1 - i),
        dc * before * f * (1 - f),
        dc * i * _derivative(activation, g),
        dh * act_c * o * (1 - o),
    ]
    return tf.concat(dz, -1), dc * f


def lstm(x, states, weights, *, mask=None, drop=None, bptt_steps=None, ends=0, activation=tf.tanh, unroll=False):
    """Hidden states at every step and the final [h, c], from projected inputs x (n_timesteps, n_samples, 4 units)."""
    n, unroll = length(x, unroll)

    def mask_at(t):
        return None if mask is None else mask[t]

    @with_gradient
    def run(x, h0, c0, U):
        U = operand(U)

        def forward(t, h, c, hs, cs, gs):
            z = x[t] + product(h if drop is None else h * drop, U)
            new_h, new_c, gates = lstm_step(z, c, activation)
            h, c = _carry(mask_at(t), new_h, h), _carry(mask_at(t), new_c, c)
            return h, c, hs.write(t, h), cs.write(t, c), gs.write(t, gates)

        h, c, *arrays = loop(forward, n, (h0, c0, *tensor_arrays(x.dtype, n, 3)), unroll=unroll)
        hs, cs, gs = (array.stack() for array in arrays)
        before_c = tf.concat([c0[None], cs[:-1]], 0)

        def gradient(d_hs, d_h, d_c):
            def backward(t, dh, dc, dzs):
                dh, dh_past = _split(mask_at(t), dh + d_hs[t])
                dc, dc_past = _split(mask_at(t), dc)
                dz, dc = lstm_gradient(dh, dc, gs[t], before_c[t], cs[t], activation)
                dh = product(dz, U, transpose_b=True)
                dh = dh if drop is None else dh * drop
                dh, dc = cut(t, bptt_steps, ends, dh), cut(t, bptt_steps, ends, dc)
                return dh + dh_past, dc + dc_past, dzs.write(t, dz)

            dh0, dc0, dzs = loop(backward, n, (d_h, d_c, *tensor_arrays(x.dtype, n, 1)), unroll=unroll, reverse=True)
            dx = dzs.stack()
            dx.set_shape(x.shape)
            return dx, dh0, dc0, weight_gradient(_previous(h0, hs, drop), dx)

        hs.set_shape([*x.shape[:2], U.shape[0]])
        return (hs, h, c), gradient

    hidden, h, c = run(x, *states, weights["recurrent_kernel"])
    return hidden, [h, c]


# --- GRU in the form with the reset gate after the product (Keras reset_after=True), gates in the order z, r, h -------


def gru_step(x, inner, hidden, activation):
    """h' = z h + (1 - z) act(x_h + r inner_h), where inner = h U + b."""
    xz, xr, xh = tf.split(x, 3, axis=-1)
    iz, ir, ih = tf.split(inner, 3, axis=-1)
    z, r = tf.sigmoid(xz + iz), tf.sigmoid(xr + ir)
    candidate = activation(xh + r * ih)
    return z * hidden + (1 - z) * candidate, tf.concat([z, r, candidate, ih], -1)


def gru_gradient(dh, gates, before, activation):
    """(dx, d_inner, dh) of the projected input, of h U + b, and of h where it is carried on, from that of h'."""
    z, r, candidate, ih = tf.split(gates, 4, axis=-1)
    d_candidate = dh * (1 - z) * _derivative(activation, candidate)
    dz = dh * (before - candidate) * z * (1 - z)
    dr = d_candidate * ih * r * (1 - r)
    return tf.concat([dz, dr, d_candidate], -1), tf.concat([dz, dr, d_candidate * r], -1), dh * z


def gru(x, states, weights, *, mask=None, drop=None, bptt_steps=None, ends=0, activation=tf.tanh, unroll=False):
    """Hidden states at every step and the final [h], from projected inputs x (n_timesteps, n_samples, 3 units)."""
    n, unroll = length(x, unroll)

    def mask_at(t):
        return None if mask is None else mask[t]

    @with_gradient
    def run(x, h0, U, b):
        U = operand(U)

        def forward(t, h, hs, gs):
            inner = product(h if drop is None else h * drop, U) + b
            new_h, gates = gru_step(x[t], inner, h, activation)
            h = _carry(mask_at(t), new_h, h)
            return h, hs.write(t, h), gs.write(t, gates)

        h, *arrays = loop(forward, n, (h0, *tensor_arrays(x.dtype, n, 2)), unroll=unroll)
        hs, gs = (array.stack() for array in arrays)
        before = tf.concat([h0[None], hs[:-1]], 0)

        def gradient(d_hs, d_h):
            def backward(t, dh, dxs, d_inners):
                dh, dh_past = _split(mask_at(t), dh + d_hs[t])
                dx, d_inner, dh = gru_gradient(dh, gs[t], before[t], activation)
                through = product(d_inner, U, transpose_b=True)
                through = through if drop is None else through * drop
                dh = cut(t, bptt_steps, ends, dh + through)
                return dh + dh_past, dxs.write(t, dx), d_inners.write(t, d_inner)

            dh0, *arrays = loop(backward, n, (d_h, *tensor_arrays(x.dtype, n, 2)), unroll=unroll, reverse=True)
            dx, d_inner = (array.stack() for array in arrays)
            for array in (dx, d_inner):
                array.set_shape(x.shape)
            return dx, dh0, weight_gradient(_previous(h0, hs, drop), d_inner), tf.reduce_sum(d_inner, [0, 1])

        hs.set_shape([*x.shape[:2], U.shape[0]])
        return (hs, h), gradient

    hidden, h = run(x, *states, weights["recurrent_kernel"], weights["bias"][1])
    return hidden, [h]


RECURRENCES = {"lstm": lstm, "gru": gru}


def input_bias(cell, weights):
    """The bias added to the input projection (the GRU keeps a second one for the recurrent product)."""
    return weights["bias"] if cell == "lstm" else weights["bias"][0]


def recurrent(cell, x, states, weights, **options):
    """Run one recurrent layer over projected inputs (input bias included): outputs of every step, final states."""
    return RECURRENCES[cell](x, states, weights, **options)


def recurrent_step(cell, x, states, weights, *, drop=None, activation=tf.tanh):
    """One step of a recurrent layer: projected input (n_samples, gates) and states to states."""
    hidden = states[0] if drop is None else states[0] * drop
    inner = product(hidden, weights["recurrent_kernel"])
    if cell == "lstm":
        h, c, _ = lstm_step(x + inner, states[1], activation)
        return [h, c]
    return [gru_step(x, inner + weights["bias"][1], states[0], activation)[0]]


# --- attention --------------------------------------------------------------------------------------------------------


def additive_scores(query, keys, v):
    """e_j = v' tanh(W s + U h_j) (Bahdanau et al. 2015).

    From W s (n_samples, n_target, d) and U h (n_samples, n_source, d) to (n_samples, n_target, n_source).
    """
    aligned = tf.tanh(query[:, :, None] + keys[:, None])
    return tf.reshape(tf.matmul(rows(aligned), v[:, None]), tf.shape(aligned)[:-1])


def attend(scores, values, mask):
    """Attention weights = softmax of scores over real source steps, and the context sum_j a_j h_j.

    scores (n_samples, n_target, n_source); values (n_samples, n_source, d); mask (n_samples, n_source) or None.
    """
    if mask is not None:
        scores = tf.where(mask[:, None], scores, tf.constant(scores.dtype.min, scores.dtype))
    weights = tf.nn.softmax(scores)
    return weights, tf.matmul(weights, values)
