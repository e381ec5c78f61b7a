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

from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.precision import operand, product

__all__ = [
    "CELLS",
    "additive_scores",
    "at",
    "attend",
    "cut",
    "dense",
    "dropout_mask",
    "length",
    "loop",
    "recurrent",
    "recurrent_step",
    "tensor_arrays",
    "truncated",
    "weight_gradient",
    "written",
]


def dense(inputs, kernel, bias=None):
    """inputs @ kernel + bias over the last axis."""
    outputs = product(rows(inputs), kernel)  # XLA has no tensordot inside a loop
    if inputs.shape.rank != 2:
        outputs = tf.reshape(outputs, tf.concat([tf.shape(inputs)[:-1], [kernel.shape[1]]], 0))
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


def at(t):
    """x -> x[t], for all that is read at step t: with an index of its own each of them would be seven operations."""
    begin, one = tf.stack([t]), tf.constant([1])
    end = begin + one
    return lambda x: tf.strided_slice(x, begin, end, one, shrink_axis_mask=1)


def parts_at(t, x, n):
    """x[t] (b, n u) in n parts (b, u). XLA makes one loop of a slice and what follows, but none of one that is split.

    No strided slice: in a loop XLA takes wrong columns with one whose start moves in one axis and is fixed in another.
    """
    n_samples, units = tf.shape(x)[1], x.shape[-1] // n
    size = tf.stack([1, n_samples, units])
    return [tf.reshape(tf.slice(x, tf.stack([t, 0, k * units]), size), size[1:]) for k in range(n)]


def tensor_arrays(dtype, size, n):
    return tuple(tf.TensorArray(dtype, size=size, element_shape=None, clear_after_read=False) for _ in range(n))


def written(arrays, t, *values):
    """The arrays, each with its value at step t."""
    return [array.write(t, value) for array, value in zip(arrays, values)]


def length(x, unroll):
    """Number of timesteps, and whether to unroll: only if the graph knows the number."""
    if unroll and x.shape[0] is not None:
        return x.shape[0], True
    return tf.shape(x)[0], False


def _split(mask_t, gradient):
    """Gradient that enters a step's equations, gradient that passes a masked step by (None: none does)."""
    if mask_t is None:
        return gradient, None
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


# --- cells: one step of a layer, its gradient, and those of its weights from what that gives at all steps -------------


class LSTM:
    """Hochreiter & Schmidhuber 1997, Gers et al. 2000: gates i, f, g, o; c' = f c + i g, h' = o act(c').

    With ``apart`` all gates are read and kept one by one, which XLA makes fewer loops of; without, side by side, which
    is fewer operations.
    """

    n_gates, n_kept, n_inner = 4, 4, 0

    def __init__(self, weights, drop=None, activation=tf.tanh, apart=False):
        self.weights, self.apart = (weights["recurrent_kernel"],), apart
        self.U, self.drop, self.activation = operand(*self.weights), drop, activation

    @staticmethod
    def input_bias(weights):
        """The bias added to the input projection."""
        return weights["bias"]

    @property
    def n_arrays(self):
        """In how many tensors `keep` has what is kept."""
        return self.n_kept if self.apart else 1

    def read(self, t, x):
        """The projected input of step t, for `add` and `step`."""
        return parts_at(t, x, self.n_gates) if self.apart else at(t)(x)

    def add(self, x, more):
        """What was read, and more of it, side by side."""
        return [a + b for a, b in zip(x, tf.split(more, self.n_gates, axis=-1))] if self.apart else x + more

    def keep(self, kept):
        """What is kept of a step, as it is written."""
        return kept if self.apart else (tf.concat(kept, -1),)

    def recall(self, kept):
        """What `keep` made, of one step or of all, as it was."""
        return kept if self.apart else tf.split(*kept, self.n_kept, axis=-1)

    def _gates(self, x):
        return x if self.apart else tf.split(x, self.n_gates, axis=-1)

    def step(self, x, states):
        """New states, and what `gradient` needs, from what was read of the projected input, and states."""
        i, f, g, o = self._gates(self.add(x, product(self._thinned(states[0]), self.U)))
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), self.activation(g), tf.sigmoid(o)
        c = f * states[1] + i * g
        return (o * self.activation(c), c), (i, f, g, o)

    def gradient(self, d_states, kept, before, after, U_T):
        """Gradients of x, of the states before the step, and what `weight_gradients` needs besides."""
        (dh, dc), (i, f, g, o) = d_states, kept
        act_c = self.activation(after[1])
        dc = dc + dh * o * self._derivative(act_c)
        dx = [
            dc * g * i * (1 - i),
            dc * before[1] * f * (1 - f),
            dc * i * self._derivative(g),
            dh * act_c * o * (1 - o),
        ]
        dx = tf.concat(dx, -1)
        return dx, (self._thinned(product(dx, U_T)), dc * f), ()

    def weight_gradients(self, before, kept, dx):
        """That of U, from hidden states before each step, what was kept and gradients of all steps."""
        return [weight_gradient(self._thinned(before), dx)]

    def _thinned(self, hidden):
        return hidden if self.drop is None else hidden * self.drop

    def _derivative(self, y):
        """Derivative of the activation, from its value: tanh' = 1 - y^2, relu' = [y > 0]."""
        return 1 - y * y if self.activation is tf.tanh else tf.cast(y > 0, y.dtype)


class GRU(LSTM):
    """Gates z, r and candidate g; h' = z h + (1 - z) g, g = act(x_g + r (h U_g + b)): reset after the product."""

    n_gates, n_kept, n_inner = 3, 4, 1

    def __init__(self, weights, *how):
        super().__init__(weights, *how)
        self.bias = weights["bias"][1]
        self.weights += (self.bias,)

    @staticmethod
    def input_bias(weights):
        """The first of two; the second one is that of the recurrent product."""
        return weights["bias"][0]

    def step(self, x, states):
        xz, xr, xg = self._gates(x)
        iz, ir, ig = tf.split(product(self._thinned(states[0]), self.U) + self.bias, 3, axis=-1)
        z, r = tf.sigmoid(xz + iz), tf.sigmoid(xr + ir)
        g = self.activation(xg + r * ig)
        return (z * states[0] + (1 - z) * g,), (z, r, g, ig)

    def gradient(self, d_states, kept, before, after, U_T):
        (dh,), (z, r, g, ig) = d_states, kept
        dg = dh * (1 - z) * self._derivative(g)
        dz = dh * (before[0] - g) * z * (1 - z)
        dr = dg * ig * r * (1 - r)
        d_inner = tf.concat([dz, dr, dg * r], -1)
        return tf.concat([dz, dr, dg], -1), (dh * z + self._thinned(product(d_inner, U_T)),), (d_inner,)

    def weight_gradients(self, before, kept, dx, d_inner):
        """Those of U and of the recurrent bias."""
        return [weight_gradient(self._thinned(before), d_inner), tf.reduce_sum(d_inner, [0, 1])]


class ChoGRU(LSTM):
    """Cho et al. 2014: as the GRU, but g = act(x_g + (r h) U_g), reset before the product, which makes two products."""

    n_gates, n_kept = 3, 3

    def __init__(self, weights, *how):
        super().__init__(weights, *how)
        self.U_gates, self.U_candidate = tf.split(self.U, [2 * self.U.shape[0], self.U.shape[0]], axis=1)

    def step(self, x, states):
        (xz, xr, xg), hidden = self._gates(x), self._thinned(states[0])
        iz, ir = tf.split(product(hidden, self.U_gates), 2, axis=-1)
        z, r = tf.sigmoid(xz + iz), tf.sigmoid(xr + ir)
        g = self.activation(xg + product(r * hidden, self.U_candidate))
        return (z * states[0] + (1 - z) * g,), (z, r, g)

    def gradient(self, d_states, kept, before, after, U_T):
        (dh,), (z, r, g), units = d_states, kept, self.U.shape[0]
        dg = dh * (1 - z) * self._derivative(g)
        dz = dh * (before[0] - g) * z * (1 - z)
        d_reset = product(dg, U_T[2 * units :])
        dr = d_reset * self._thinned(before[0]) * r * (1 - r)
        d_gates = tf.concat([dz, dr], -1)
        d_hidden = product(d_gates, U_T[: 2 * units]) + d_reset * r
        return tf.concat([d_gates, dg], -1), (dh * z + self._thinned(d_hidden),), ()

    def weight_gradients(self, before, kept, dx):
        """Those of both parts of U, side by side."""
        hidden, units = self._thinned(before), self.U.shape[0]
        reset = kept[1] * hidden
        parts = (hidden, dx[..., : 2 * units]), (reset, dx[..., 2 * units :])
        return [tf.concat([weight_gradient(*part) for part in parts], -1)]


CELLS = {"lstm": LSTM, "gru": GRU, "cho-gru": ChoGRU}


def input_bias(cell, weights):
    """The bias added to the input projection."""
    return CELLS[cell].input_bias(weights)


def recurrent_step(cell, x, states, weights, *, drop=None, activation=tf.tanh):
    """One step of a recurrent layer: projected input (n_samples, gates) and states to states."""
    return [*CELLS[cell](weights, drop, activation).step(x, states)[0]]


def recurrent(
    cell,
    x,
    states,
    weights,
    *,
    mask=None,
    drop=None,
    bptt_steps=None,
    ends=0,
    activation=tf.tanh,
    unroll=False,
    start=0,
    learns=True,
    compiled=False,
):
    """Hidden states at every step and final states of one layer, from projected inputs, their bias included.

    ``start`` is the timestep of a sequence that x begins with, where x is a part of it; what ``learns`` has the written
    gradient and keeps what that needs. ``compiled`` says that XLA will read the graph.
    """
    n, unroll = length(x, unroll)
    own, n_states = CELLS[cell](weights, drop, activation, compiled), len(states)

    def mask_at(now):
        return None if mask is None else now(mask)

    if not learns:
        return _read(own, x, states, mask_at, n, unroll)

    @with_gradient
    def run(x, *others):
        first = others[:n_states]

        def forward(t, *carried):
            old, arrays, now = carried[:n_states], carried[n_states:], at(t)
            new, kept = own.step(own.read(t, x), old)
            new = [_carry(mask_at(now), after, before) for after, before in zip(new, old)]
            return *new, *written(arrays[:n_states], t + 1, *new), *written(arrays[n_states:], t, *own.keep(kept))

        history = written(tensor_arrays(x.dtype, n + 1, n_states), 0, *first)
        carried = (*first, *history, *tensor_arrays(x.dtype, n, own.n_arrays))
        carried = loop(forward, n, carried, unroll=unroll)
        final, arrays = carried[:n_states], [array.stack() for array in carried[n_states:]]
        history, kept = arrays[:n_states], arrays[n_states:]
        before, after = history[0][:-1], history[0][1:]
        after.set_shape([*x.shape[:2], own.U.shape[0]])

        def gradient(d_hidden, *d_final):
            U_T = tf.transpose(own.U)

            def backward(t, *carried):
                (dh, *d_others), arrays, now = carried[:n_states], carried[n_states:], at(t)
                d_new, past = zip(*(_split(mask_at(now), d) for d in (dh + now(d_hidden), *d_others)))
                old, new = ([time(states) for states in history] for time in (now, at(t + 1)))
                dx, d_old, d_inner = own.gradient(d_new, own.recall([now(part) for part in kept]), old, new, U_T)
                d_old = [cut(start + t, bptt_steps, ends, d) for d in d_old]
                d_old = [d if passed is None else d + passed for d, passed in zip(d_old, past)]
                return *d_old, *written(arrays, t, dx, *d_inner)

            carried = (*d_final, *tensor_arrays(x.dtype, n, 1 + own.n_inner))
            carried = loop(backward, n, carried, unroll=unroll, reverse=True)
            found = [array.stack() for array in carried[n_states:]]
            for array in found:
                array.set_shape(x.shape)
            return found[0], *carried[:n_states], *own.weight_gradients(before, own.recall(kept), *found)

        return (after, *final), gradient

    hidden, *final = run(x, *states, *own.weights)
    return hidden, final


def _read(own, x, states, mask_at, n, unroll):
    """What `recurrent` gives, where nothing has to be kept for a gradient."""

    def forward(t, *carried):
        old, hidden, now = carried[:-1], carried[-1], at(t)
        new, _ = own.step(own.read(t, x), old)
        new = [_carry(mask_at(now), after, before) for after, before in zip(new, old)]
        return *new, hidden.write(t, new[0])

    *final, hidden = loop(forward, n, (*states, *tensor_arrays(x.dtype, n, 1)), unroll=unroll)
    hidden = hidden.stack()
    hidden.set_shape([*x.shape[:2], own.U.shape[0]])
    return hidden, final


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
