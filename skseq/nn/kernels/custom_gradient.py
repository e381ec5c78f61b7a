"""Functions with a gradient of their own, in graphs that can be forgotten.

`tf.custom_gradient` enters every gradient of a graph into a global registry, under a new name, for ever. The graphs of
networks that the pool has dropped would stay in memory. The tape itself needs no registry.
"""

import functools

import tensorflow as tf

from skseq.nn._tensorflow import CAN_RECORD, record_operation, stop_recording


def with_gradient(function):
    """Decorate ``function(*tensors) -> (outputs, gradient)``, where gradient maps output gradients to input gradients.

    Calls give the outputs alone (a tuple of tensors). For a `tf.GradientTape`; not for the body of a `tf.while_loop`.
    """
    if not CAN_RECORD:  # same numbers, but graphs are not freed
        return tf.custom_gradient(function)

    @functools.wraps(function)
    def call(*tensors):
        with stop_recording():
            outputs, gradient = function(*tensors)
            outputs = tuple(tf.identity(output) for output in outputs)
        record_operation(function.__name__, list(outputs), list(tensors), gradient)
        return outputs

    return call


def recorded(function, inputs, gradient):
    """The one output of a function, a new tensor, for whose gradient the tape asks ``gradient``; needs `CAN_RECORD`.

    It costs no operation, where `with_gradient` copies outputs, which may be inputs.
    """
    with stop_recording():
        output = function(*inputs)
    record_operation("recorded", [output], inputs, gradient)
    return output
