"""Recurrent cells: one step, its gradient, and the gradients of the weights from what all steps gave.

Gate order and biases are those of the stock Keras layers. Shapes: b samples, u units, g the gates of all units; with
the time axis in front where all steps come together.
"""

import tensorflow as tf

from skseq.nn.kernels.loops import at, parts_at
from skseq.nn.kernels.precision import operand, product
from skseq.nn.kernels.products import weight_gradient


class Cell:
    """What all cells share; a cell adds ``step``, ``gradient`` and ``weight_gradients``.

    ``drop`` (b, u) is multiplied into the hidden state wherever a product reads it. With ``apart`` gates are read and
    kept one by one, from which XLA makes fewer loops; without it side by side, which is fewer operations.

    ``n_kept`` tensors (b, u) of a step are kept for its gradient. ``n_inner`` tensors (b, g) are what its gradient
    hands on to ``weight_gradients`` besides dx.
    """

    n_states, n_inner = 1, 0

    def __init__(self, weights, drop=None, activation=tf.tanh, apart=False):
        self.weights, self.apart = (weights["recurrent_kernel"],), apart
        self.U = operand(*self.weights)  # cast here, once, and not at every step
        self.drop, self.activation = drop, activation

    @staticmethod
    def input_bias(weights):
        """The bias added to the input projection."""
        return weights["bias"]

    @property
    def n_arrays(self):
        """How many tensors `keep` makes of what is kept."""
        return self.n_kept if self.apart else 1

    def read(self, t, x):
        """The projected input of step t, for `add` and `step`."""
        return parts_at(t, x, self.n_gates) if self.apart else at(t)(x)

    def add(self, x, more):
        """More input (b, g), added to what `read` gave."""
        return [a + b for a, b in zip(x, tf.split(more, self.n_gates, axis=-1))] if self.apart else x + more

    def keep(self, kept):
        """What is kept of a step, in the form in which it is written."""
        return kept if self.apart else (tf.concat(kept, -1),)

    def recall(self, kept):
        """The inverse of `keep`, for one step or for all."""
        return kept if self.apart else tf.split(*kept, self.n_kept, axis=-1)

    def _gates(self, x):
        return x if self.apart else tf.split(x, self.n_gates, axis=-1)

    def _thinned(self, hidden):
        return hidden if self.drop is None else hidden * self.drop

    def _derivative(self, y):
        """Derivative of the activation, from its value: tanh' = 1 - y^2, relu' = [y > 0]."""
        return 1 - y * y if self.activation is tf.tanh else tf.cast(y > 0, y.dtype)


class LSTM(Cell):
    """Hochreiter & Schmidhuber 1997, Gers et al. 2000: gates i, f, g, o; c' = f c + i g, h' = o act(c')."""

    n_states, n_gates, n_kept = 2, 4, 4

    def step(self, x, states):
        """New states, and what `gradient` needs, from what `read` gave and the states."""
        i, f, g, o = self._gates(self.add(x, product(self._thinned(states[0]), self.U)))
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), self.activation(g), tf.sigmoid(o)
        c = f * states[1] + i * g
        return (o * self.activation(c), c), (i, f, g, o)

    def gradient(self, d_states, kept, before, after, U_T):
        """Gradients of x (b, g), of the states before the step, and what else `weight_gradients` needs."""
        (dh, dc), (i, f, g, o) = d_states, kept
        act_c = self.activation(after[1])
        dc = dc + dh * o * self._derivative(act_c)  # c' reaches the loss by the next step and by h'
        di = dc * g * i * (1 - i)
        df = dc * before[1] * f * (1 - f)
        dg = dc * i * self._derivative(g)
        do = dh * act_c * o * (1 - o)  # sigmoid' = y (1 - y)
        dx = tf.concat([di, df, dg, do], -1)  # (b, g), in the order of the gates
        return dx, (self._thinned(product(dx, U_T)), dc * f), ()  # through h by U, through c by the forget gate

    def weight_gradients(self, before, kept, dx):
        """That of U, from the hidden state before each step, what was kept and dx of all steps."""
        return [weight_gradient(self._thinned(before), dx)]


class GRU(Cell):
    """Gates z, r and candidate g; h' = z h + (1 - z) g, g = act(x_g + r (h U_g + b)): reset after the product."""

    n_gates, n_kept, n_inner = 3, 4, 1

    def __init__(self, weights, *how):
        super().__init__(weights, *how)
        self.bias = weights["bias"][1]
        self.weights += (self.bias,)

    @staticmethod
    def input_bias(weights):
        """The first of two biases; the second belongs to the recurrent product."""
        return weights["bias"][0]

    def step(self, x, states):
        """As in `LSTM`."""
        xz, xr, xg = self._gates(x)
        iz, ir, ig = tf.split(product(self._thinned(states[0]), self.U) + self.bias, 3, axis=-1)
        z, r = tf.sigmoid(xz + iz), tf.sigmoid(xr + ir)
        g = self.activation(xg + r * ig)
        # ig is kept as well: the gradient of r needs it, and it cannot be had back from g.
        return (z * states[0] + (1 - z) * g,), (z, r, g, ig)

    def gradient(self, d_states, kept, before, after, U_T):
        """As in `LSTM`, and the gradient of the recurrent product (b, g)."""
        (dh,), (z, r, g, ig) = d_states, kept
        dg = dh * (1 - z) * self._derivative(g)
        dz = dh * (before[0] - g) * z * (1 - z)
        dr = dg * ig * r * (1 - r)
        d_inner = tf.concat([dz, dr, dg * r], -1)  # r is applied after the product, so only g differs from dx
        return tf.concat([dz, dr, dg], -1), (dh * z + self._thinned(product(d_inner, U_T)),), (d_inner,)

    def weight_gradients(self, before, kept, dx, d_inner):
        """Those of U and of the recurrent bias."""
        return [weight_gradient(self._thinned(before), d_inner), tf.reduce_sum(d_inner, [0, 1])]


class ChoGRU(Cell):
    """Cho et al. 2014: as the GRU, but g = act(x_g + (r h) U_g): reset before the product, hence two products."""

    n_gates, n_kept = 3, 3

    def __init__(self, weights, *how):
        super().__init__(weights, *how)
        self.U_gates, self.U_candidate = tf.split(self.U, [2 * self.U.shape[0], self.U.shape[0]], axis=1)

    def step(self, x, states):
        """As in `LSTM`."""
        (xz, xr, xg), hidden = self._gates(x), self._thinned(states[0])
        iz, ir = tf.split(product(hidden, self.U_gates), 2, axis=-1)
        z, r = tf.sigmoid(xz + iz), tf.sigmoid(xr + ir)
        g = self.activation(xg + product(r * hidden, self.U_candidate))
        return (z * states[0] + (1 - z) * g,), (z, r, g)

    def gradient(self, d_states, kept, before, after, U_T):
        """As in `LSTM`."""
        (dh,), (z, r, g), units = d_states, kept, self.U.shape[0]
        dg = dh * (1 - z) * self._derivative(g)
        dz = dh * (before[0] - g) * z * (1 - z)
        d_reset = product(dg, U_T[2 * units :])  # gradient of r h, (b, u)
        dr = d_reset * self._thinned(before[0]) * r * (1 - r)
        d_gates = tf.concat([dz, dr], -1)
        d_hidden = product(d_gates, U_T[: 2 * units]) + d_reset * r  # h enters by the gates and by r h
        return tf.concat([d_gates, dg], -1), (dh * z + self._thinned(d_hidden),), ()

    def weight_gradients(self, before, kept, dx):
        """Those of both parts of U, side by side."""
        hidden, units = self._thinned(before), self.U.shape[0]
        reset = kept[1] * hidden
        parts = (hidden, dx[..., : 2 * units]), (reset, dx[..., 2 * units :])  # the gates read h, the candidate r h
        return [tf.concat([weight_gradient(*part) for part in parts], -1)]


CELLS = {"lstm": LSTM, "gru": GRU, "cho-gru": ChoGRU}


def input_bias(cell, weights):
    """The bias added to the input projection."""
    return CELLS[cell].input_bias(weights)


def recurrent_step(cell, x, states, weights, *, drop=None, activation=tf.tanh):
    """States (b, u) of a layer after one step, from its projected input (b, g) and the states before."""
    return [*CELLS[cell](weights, drop, activation).step(x, states)[0]]
