"""An LSTM layer as one operation of TensorFlow for all timesteps, and one more for its gradient.

A loop launches some 30 operations a timestep, whatever their size: with few units that is most of the time, and tracing
them is most of a first fit. The numbers are those of `nn.kernels.recurrence`, to rounding. The operations know float32
and tanh alone, no dropout of states, no cuts of the gradient, no inputs that are projected already, and XLA has none of
them. After the last step of a sequence outputs go on where other loops repeat the last one: nothing reads either.

(The gradient is called by name: the one that TensorFlow has registered for the operation is not the right one.)
"""

import tensorflow as tf

from skseq.nn.kernels.custom_gradient import with_gradient

__all__ = ["block_layer", "has_kernel", "has_place"]


def has_kernel(*, cell, activation, dtype, recurrent_dropout, truncated, mixed, **_):
    """Whether the operations can do what a layer with these fields of a spec does; on a GPU they are not measured."""
    does = cell == "lstm" and activation == "tanh" and dtype == "float32"
    return does and not (recurrent_dropout or truncated or mixed or tf.config.list_physical_devices("GPU"))


def has_place(kernel):
    """Whether an input kernel (d, 4 u) is small enough to be multiplied step by step: see `nn.training.plan`."""
    return kernel.shape[0] <= kernel.shape[1] // 4


def block_layer(inputs, states, weights, mask):
    """Hidden states (t, b, u) and final states from inputs (t, b, d), with the weights of a layer."""
    kernel, recurrent = weights["kernel"], weights["recurrent_kernel"]
    units = recurrent.shape[0]
    steps = {"seq_len_max": tf.cast(tf.shape(inputs)[0], tf.int64)}
    peepholes = dict.fromkeys(("wci", "wcf", "wco"), tf.zeros([units])) | {"use_peephole": False}

    @with_gradient
    def run(x, hidden, cell, w, b):
        given = {"x": x, "h_prev": hidden, "cs_prev": cell, "w": w, "b": b, **steps, **peepholes}
        found = tf.raw_ops.BlockLSTMV2(cell_clip=0, **given)  # what it gives besides is for the gradient

        def gradient(d_hidden, d_cell):
            d = tf.raw_ops.BlockLSTMGradV2(h_grad=d_hidden, cs_grad=d_cell, **given, **found._asdict())
            return d.x_grad, d.h_prev_grad, d.cs_prev_grad, d.w_grad, d.b_grad

        return (found.h, found.cs), gradient

    history = run(inputs, *states, tf.concat([kernel, recurrent], 0), weights["bias"])
    for states_of_all_steps in history:
        states_of_all_steps.set_shape([*inputs.shape[:2], units])
    return history[0], [_last(old, new, mask) for old, new in zip(states, history)]


def _last(first, states, mask):
    """The state (b, u) after the last real step of every sample, from the first one and those after every step."""
    if mask is None:
        return states[-1]
    lengths = tf.math.count_nonzero(mask[..., 0], 0, dtype=tf.int32)
    rows = tf.stack([lengths, tf.range(tf.shape(lengths)[0])], 1)
    return tf.gather_nd(tf.concat([first[None], states], 0), rows)
