"""Loops over a step function. Nothing here knows a model: a step is all that is seen of it.

States may be any nest of tensors; they are values, passed in and returned.
"""

import tensorflow as tf

__all__ = ["greedy_search", "unfold"]


def unfold(step, states, n_timesteps, like, *, unroll=False):
    """Stack over time what ``step(t, states) -> (outputs, states)`` gives; ``like`` holds TensorSpecs of them."""
    if unroll:
        rows = []
        for t in range(n_timesteps):
            outputs, states = step(t, states)
            rows.append(outputs)
        return {name: tf.stack([row[name] for row in rows]) for name in like}

    def body(t, arrays, states):
        outputs, states = step(t, states)
        return t + 1, {name: array.write(t, outputs[name]) for name, array in arrays.items()}, states

    arrays = {
        name: tf.TensorArray(spec.dtype, size=n_timesteps, element_shape=spec.shape) for name, spec in like.items()
    }
    more = (0, arrays, states)
    _, arrays, _ = tf.while_loop(lambda t, *_: t < n_timesteps, body, more, maximum_iterations=n_timesteps)
    return {name: array.stack() for name, array in arrays.items()}


def greedy_search(step, start, states, n_timesteps, like):
    """The best token of every step, fed to the next: ``step(t, tokens, states) -> (outputs, tokens, states)``."""

    def feed(t, carried):
        outputs, *carried = step(t, *carried)
        return outputs, tuple(carried)

    return unfold(feed, (start, states), n_timesteps, like)
