"""The one door to what TensorFlow keeps private or undocumented: if a release moves it, only this file changes."""

from contextlib import contextmanager
from functools import cache

import tensorflow as tf

try:
    from tensorflow.python.eager import record
except ImportError:  # a release that moved it
    record = None
try:
    from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
    from tensorflow.python.eager.context import FunctionCallOptions, context
except ImportError:
    FunctionCallOptions = None

__all__ = [
    "CAN_RECORD",
    "apply_adam",
    "block_lstm",
    "block_lstm_gradient",
    "has_read_flags",
    "has_run",
    "one_round_of_rewriting",
    "random_bits",
    "record_operation",
    "stop_recording",
    "take_gradients_as_they_are",
    "tanh_gradient",
    "threads_told",
]

CAN_RECORD = record is not None


def stop_recording():
    """Pause every gradient tape; private, since the public way needs the tape, which only the caller has."""
    return record.stop_recording()


def record_operation(name, outputs, inputs, gradient):
    """Put outputs and their gradient on every tape; private, since `tf.custom_gradient` keeps graphs for ever."""
    record.record_operation(name, outputs, inputs, gradient)


def apply_adam(**arguments):
    """One step of Adam on one variable as a single operation; raw, since Keras makes 20 operations of it."""
    return tf.raw_ops.ResourceApplyAdam(**arguments)


def random_bits(**arguments):
    """Philox at a key and a counter, 32 bits a number; raw, since all else first makes both from a seed."""
    return tf.raw_ops.StatelessRandomUniformFullIntV2(alg=1, dtype=tf.uint32, **arguments)


def tanh_gradient(y, dy):
    """``dy * (1 - y^2)`` as a single operation; raw, since nothing else has the gradient of tanh."""
    return tf.raw_ops.TanhGrad(y=y, dy=dy)


def block_lstm(**arguments):
    """An LSTM layer over all timesteps as a single operation; raw, since Keras has only loops and cuDNN."""
    return tf.raw_ops.BlockLSTMV2(cell_clip=0, **arguments)


def block_lstm_gradient(**arguments):
    """The gradient of `block_lstm`; raw, since the gradient that TensorFlow registers for it is wrong."""
    return tf.raw_ops.BlockLSTMGradV2(**arguments)


def has_run():
    """Whether TensorFlow has started its threads; private, since nothing public tells without starting them."""
    return FunctionCallOptions is None or getattr(context(), "_initialized", True)


def has_read_flags():
    """Whether TensorFlow has looked for devices, and read its flags with that; private, since the public way looks."""
    return FunctionCallOptions is None or getattr(context(), "_physical_devices", True) is not None


def threads_told():
    """The number of threads that TensorFlow was told, or 0; private, since the public way has it read its flags."""
    return 0 if FunctionCallOptions is None else getattr(context(), "_intra_op_parallelism_threads", None) or 0


def take_gradients_as_they_are(optimizer):
    """Spare a Keras optimizer the sum of gradients over devices; private, since that sum keeps graphs for ever."""
    # On one device that is the identity, but through `tf.custom_gradient`. If a release renames it, graphs stay again.
    for one in (optimizer, getattr(optimizer, "inner_optimizer", None)):
        if hasattr(one, "_all_reduce_sum_gradients"):
            one._all_reduce_sum_gradients = list


@contextmanager
def one_round_of_rewriting():
    """Rewrite graphs that run for the first time once, not twice; private, since public options are of the process."""
    # The second round finds next to nothing in our graphs; without it a first fit waits an eighth less.
    if FunctionCallOptions is None:  # a release that moved it: graphs are rewritten twice
        yield
        return
    before = context().function_call_options  # of this thread
    config = _with_one_round(before.config_proto_serialized)
    context().function_call_options = FunctionCallOptions(before.executor_type, config)
    try:
        yield
    finally:
        context().function_call_options = before


@cache
def _with_one_round(config):
    """The serialised options of a call with only the number of rounds changed."""
    options = config_pb2.ConfigProto.FromString(config)
    options.graph_options.rewrite_options.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.ONE
    return options
