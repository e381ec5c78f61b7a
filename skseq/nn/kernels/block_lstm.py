"""An LSTM layer as one operation of TensorFlow for all timesteps, and one more for its gradient.

A loop launches some 30 operations per timestep, whatever their size. With few units that is most of the time, and
tracing them is most of a first fit. The numbers are those of `nn.kernels.recurrence`, to rounding. The operations know
only float32 and tanh: no dropout of states, no cuts of the gradient, no projected inputs. Ids come as one-hot vectors.
XLA has neither of the operations.

Behind the end of a sequence the outputs go on; other loops repeat the last one. Nothing reads either.
"""

import tensorflow as tf

from skseq.nn._tensorflow import block_lstm, block_lstm_gradient
from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.shapes import size_of


def has_kernel(spec):
    """Whether the operations can run layers of this spec; not on a GPU, where nobody measured them."""
    does = spec.cell == "lstm" and spec.activation == "tanh" and spec.dtype == "float32"
    more = spec.recurrent_dropout or spec.truncated or spec.mixed
    return does and not (more or tf.config.list_physical_devices("GPU"))


def has_place(n_features, units):
    """Whether inputs are narrow enough to be multiplied step by step: see `nn.training.plan`."""
    return n_features <= units


def block_layer(inputs, states, weights, mask):
    """Hidden states (t, b, u) and final states from inputs (t, b, d), with the weights of a layer."""
    kernel = tf.concat([weights["kernel"], weights["recurrent_kernel"]], 0)  # (d + u, 4 u)
    history = with_gradient(_run)(inputs, *states, kernel, weights["bias"])
    for states_of_all_steps in history:
        states_of_all_steps.set_shape([*inputs.shape[:2], weights["recurrent_kernel"].shape[0]])
    return history[0], [_last(old, new, mask) for old, new in zip(states, history)]


def _run(x, hidden, cell, w, b):
    """Hidden and cell states of all steps (t, b, u), and their gradient: see `with_gradient`."""
    peephole = tf.zeros([w.shape[1] // 4])  # the operation wants them even where it does not use them
    given = {"x": x, "h_prev": hidden, "cs_prev": cell, "w": w, "b": b, "wci": peephole, "wcf": peephole}
    given |= {"wco": peephole, "use_peephole": False, "seq_len_max": tf.cast(size_of(x, 0), tf.int64)}
    found = block_lstm(**given)  # h and cs; its other outputs are for the gradient

    def gradient(d_hidden, d_cell):
        # By name: the gradient that TensorFlow has registered for the operation is a wrong one.
        d = block_lstm_gradient(h_grad=d_hidden, cs_grad=d_cell, **given, **found._asdict())
        return d.x_grad, d.h_prev_grad, d.cs_prev_grad, d.w_grad, d.b_grad

    return (found.h, found.cs), gradient


def _last(first, states, mask):
    """The state (b, u) after the last real step of every sample, from the first state and those after every step."""
    if mask is None:
        return states[-1]
    lengths = tf.math.count_nonzero(mask[..., 0], 0, dtype=tf.int32)
    places = tf.stack([lengths, tf.range(size_of(lengths, 0))], 1)
    return tf.gather_nd(tf.concat([first[None], states], 0), places)
