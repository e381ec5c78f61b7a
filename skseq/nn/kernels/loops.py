"""Loops over timesteps, and what a step reads from and writes to tensors that hold all of them.

Where nothing is traced, loops are Python's, and a step is a number: a loop of TensorFlow would gain nothing.
"""

import tensorflow as tf

from skseq.nn.kernels.shapes import size_of


def loop(step, n_timesteps, states, *, unroll=False, reverse=False):
    """states = step(t, *states) for every t, forwards or backwards in time; an unrolled loop needs a static length."""
    if unroll or tf.executing_eagerly():
        for t in reversed(range(int(n_timesteps))) if reverse else range(int(n_timesteps)):
            states = step(t, *states)
        return states
    if reverse:
        start, more, move = n_timesteps - 1, lambda t, *_: t >= 0, -1
    else:
        start, more, move = tf.constant(0), lambda t, *_: t < n_timesteps, 1
    # The index comes first and is left out of what is returned: only the states interest the caller.
    return tf.while_loop(more, lambda t, *s: (t + move, *step(t, *s)), (start, *states))[1:]


def unfold(step, states, n_timesteps, like, *, unroll=False, parallel_iterations=10):
    """Stack over time what ``step(t, states) -> (outputs, states)`` gives; ``like`` holds TensorSpecs of the outputs.

    Steps that change what others read need ``parallel_iterations=1``; 10 is TensorFlow's default.
    """
    if unroll or (tf.executing_eagerly() and n_timesteps > 0):  # no steps have no outputs to stack
        steps = []
        for t in range(int(n_timesteps)):
            outputs, states = step(t, states)
            steps.append(outputs)
        return {name: tf.stack([outputs[name] for outputs in steps]) for name in like}

    def body(t, arrays, states):
        outputs, states = step(t, states)
        return t + 1, {name: array.write(t, outputs[name]) for name, array in arrays.items()}, states

    arrays = {
        name: tf.TensorArray(spec.dtype, size=n_timesteps, element_shape=spec.shape) for name, spec in like.items()
    }
    _, arrays, _ = tf.while_loop(
        lambda t, *_: t < n_timesteps,
        body,
        (tf.constant(0), arrays, states),
        maximum_iterations=n_timesteps,
        parallel_iterations=parallel_iterations,
    )
    return {name: array.stack() for name, array in arrays.items()}


def length(x, unroll):
    """Number of timesteps, and whether to unroll: only if the graph knows the number."""
    if unroll and x.shape[0] is not None:
        return x.shape[0], True
    return size_of(x, 0), False


def at(t):
    """x -> x[t], for everything that step t reads: in a graph x[t] itself would be seven operations for each tensor."""
    if tf.executing_eagerly():
        return lambda x: x[t]
    begin, one = tf.stack([t]), tf.constant([1])
    end = begin + one
    return lambda x: tf.strided_slice(x, begin, end, one, shrink_axis_mask=1)


def parts_at(t, x, n):
    """x[t] (b, n u) in n parts (b, u). XLA fuses a slice with what follows, but not a split.

    No strided slice: in a loop XLA reads wrong columns if its start moves along one axis and is fixed along another.
    """
    n_samples, units = size_of(x, 1), x.shape[-1] // n
    size = tf.stack([1, n_samples, units])
    return [tf.reshape(tf.slice(x, tf.stack([t, 0, k * units]), size), size[1:]) for k in range(n)]


def tensor_arrays(dtype, size, n):
    """n empty arrays for ``size`` timesteps each."""
    # No element shape: the number of samples is not known while a graph is traced.
    return tuple(tf.TensorArray(dtype, size=size, element_shape=None, clear_after_read=False) for _ in range(n))


def write_at(arrays, t, values):
    """The arrays, each with its value at step t."""
    return tuple(array.write(t, value) for array, value in zip(arrays, values))


def stacked(arrays):
    """Every array as one tensor, time first."""
    return [array.stack() for array in arrays]
