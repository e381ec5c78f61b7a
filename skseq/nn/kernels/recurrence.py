"""A recurrent layer over all timesteps, time first: (n_timesteps, n_samples, width).

Same gate order and numbers as the stock Keras layers, so weights move freely between the two. The gradient of a
recurrence is written out. The backward loop computes only what the recurrence needs: the gradients of the
pre-activations and of the previous states. The gradients of the weights follow as one product over all timesteps.

A mask is (n_timesteps, n_samples, 1), True where a step counts. A step that does not count passes its states on. None
means that every step counts.

Truncated backpropagation through time (Williams & Peng 1990) cuts a sequence into chunks of ``bptt_steps`` timesteps:
states go on from chunk to chunk, gradients do not. Chunks are counted from step 0, or backwards from ``ends``, the
numbers of real steps (n_samples, 1): then whatever reads the last step learns from exactly ``bptt_steps`` steps. Step 0
is no cut, so initial states have a gradient. A step that does not count is no cut either, so padding changes nothing.
None means no cuts.

Shapes: t timesteps, b samples, u units, g the gates of all units.
"""

import tensorflow as tf

from skseq.nn.kernels.cells import CELLS
from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.loops import at, length, loop, stacked, tensor_arrays, write_at
from skseq.nn.kernels.native import swapped


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
    """Hidden states (t, b, u) and final states of one layer, from projected inputs x (t, b, g) with their bias.

    ``start`` is the timestep at which x begins, if x is a part of a sequence. Only a layer that ``learns`` keeps what
    its gradient needs. ``compiled`` says that XLA will read the graph.
    """
    cell = CELLS[cell](weights, drop, activation, compiled)
    layer = _Recurrence(cell, mask, (start, bptt_steps, ends), *length(x, unroll))
    if not learns:
        return layer.read(x, tuple(states))
    hidden, *final = with_gradient(layer.run)(x, *states, *cell.weights)
    return hidden, final


class _Recurrence:
    """One cell at all timesteps: a loop forwards and, for the gradient, one backwards."""

    def __init__(self, cell, mask, cuts, n_timesteps, unroll):
        self.cell, self.mask, self.cuts = cell, mask, cuts  # cuts: start, bptt_steps, ends
        self.n_timesteps, self.unroll = n_timesteps, unroll

    def step(self, t, x, old):
        """States after step t, and what the cell's gradient needs."""
        new, kept = self.cell.step(self.cell.read(t, x), old)  # (b, u) each
        if self.mask is not None:
            counts = at(t)(self.mask)
            new = tuple(tf.where(counts, after, before) for after, before in zip(new, old))
        return new, kept

    def read(self, x, first):
        """Hidden and final states where nothing learns, so nothing is kept for a gradient."""

        def step(t, old, hidden):
            new, _ = self.step(t, x, old)
            return new, write_at(hidden, t, new[:1])

        final, [hidden] = self._loop(step, (first, tensor_arrays(x.dtype, self.n_timesteps, 1)))
        return self._shaped(hidden.stack(), x), [*final]

    def run(self, x, *others):
        """Hidden and final states from initial states and the cell's weights, and the gradient: see `with_gradient`."""
        first, cell = others[: self.cell.n_states], self.cell
        final, history, kept = self._forward(x, first)
        before, after = history[0][:-1], self._shaped(history[0][1:], x)  # hidden states: (t, b, u) each

        def gradient(d_hidden, *d_final):
            d_first, found = self._backward(d_hidden, d_final, history, kept)
            for array in found:
                array.set_shape(x.shape)
            return found[0], *d_first, *cell.weight_gradients(before, cell.recall(kept), *found)

        return (after, *final), gradient

    def _forward(self, x, first):
        """Final states, states before and after all steps (t + 1, b, u), and what the cell keeps of every step."""

        def step(t, old, history, kept):
            new, now = self.step(t, x, old)
            return new, write_at(history, t + 1, new), write_at(kept, t, self.cell.keep(now))

        history = write_at(tensor_arrays(x.dtype, self.n_timesteps + 1, len(first)), 0, first)  # entry t: before step t
        kept = tensor_arrays(x.dtype, self.n_timesteps, self.cell.n_arrays)
        final, history, kept = self._loop(step, (first, history, kept))
        return final, stacked(history), stacked(kept)

    def _backward(self, d_hidden, d_final, history, kept):
        """Gradients of the initial states, and of every step those of x and of what else the cell multiplies."""
        cell, U_T = self.cell, swapped(self.cell.U)

        def step(t, d_new, found):
            now, later = at(t), at(t + 1)
            # Step t gave its hidden state both to step t + 1 and to whoever reads the outputs.
            d_new, passed = self._split(now, (d_new[0] + now(d_hidden), *d_new[1:]))
            before, after = ([time(states) for states in history] for time in (now, later))
            dx, d_old, d_inner = cell.gradient(d_new, cell.recall([now(part) for part in kept]), before, after, U_T)
            return self._joined(t, d_old, passed), write_at(found, t, (dx, *d_inner))

        found = tensor_arrays(d_hidden.dtype, self.n_timesteps, 1 + cell.n_inner)
        d_first, found = self._loop(step, (d_final, found), reverse=True)
        return d_first, stacked(found)

    def _split(self, now, gradients):
        """Gradients that enter the equations of a step, and those that pass it by where it does not count."""
        if self.mask is None:
            return gradients, None
        counts, zero = now(self.mask), tf.zeros_like(gradients[0])  # (b, 1), (b, u)
        return [tf.where(counts, d, zero) for d in gradients], [tf.where(counts, zero, d) for d in gradients]

    def _joined(self, t, gradients, passed):
        """Gradients for the step before: of the equations, unless step t begins a chunk, and of what passed by."""
        start, bptt_steps, ends = self.cuts
        if bptt_steps is not None:
            gradients = cut(start + t, bptt_steps, ends, gradients)
        return gradients if passed is None else tuple(d + more for d, more in zip(gradients, passed))

    def _loop(self, step, states, reverse=False):
        return loop(step, self.n_timesteps, states, unroll=self.unroll, reverse=reverse)

    def _shaped(self, hidden, x):
        hidden.set_shape([*x.shape[:2], self.cell.U.shape[0]])  # arrays know no shape: (t, b, u)
        return hidden


# --- truncated backpropagation through time ---------------------------------------------------------------------------


def _flows(t, bptt_steps, ends=0):
    """Whether gradients flow from step t to the step before: not where t begins a chunk, step 0 apart."""
    return tf.equal(t, 0) | tf.not_equal((t - ends) % bptt_steps, 0)


def cut(t, bptt_steps, ends, gradients):
    """The gradients that step t hands to the step before."""
    if bptt_steps is None:
        return tuple(gradients)
    flows = _flows(t, bptt_steps, ends)
    return tuple(tf.where(flows, d, tf.zeros_like(d)) for d in gradients)


def truncated(t, states, bptt_steps):
    """The states that step t starts from, for automatic differentiation: constants where t begins a chunk."""
    if bptt_steps is None:
        return states
    flows = _flows(t, bptt_steps)
    return tf.nest.map_structure(lambda state: tf.where(flows, state, tf.stop_gradient(state)), states)
