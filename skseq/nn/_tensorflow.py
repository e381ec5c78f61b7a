"""The one door to what TensorFlow keeps private or undocumented: if a release moves it, only this file changes."""

import threading
from contextlib import contextmanager
from functools import cache

import numpy as np
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
try:
    from tensorflow.python.framework import ops

    make_constant = ops._create_graph_constant
except (ImportError, AttributeError):
    make_constant = None

__all__ = [
    "CAN_RECORD",
    "apply_adam",
    "assign",
    "block_lstm",
    "block_lstm_gradient",
    "has_read_flags",
    "has_run",
    "native_batch_product",
    "one_round_of_rewriting",
    "random_bits",
    "record_operation",
    "shared_constants",
    "stop_recording",
    "tanh_gradient",
    "threads_told",
]

CAN_RECORD = record is not None
FEW = 8  # numbers of a constant that may be traced again, such as a shape


def stop_recording():
    """Pause every gradient tape; private, since the public way needs the tape, which only the caller has."""
    return record.stop_recording()


def record_operation(name, outputs, inputs, gradient):
    """Put outputs and their gradient on every tape; private, since `tf.custom_gradient` keeps graphs for ever."""
    record.record_operation(name, outputs, inputs, gradient)


def apply_adam(**arguments):
    """One step of Adam on one variable as a single operation; raw, since Keras makes 20 operations of it."""
    return tf.raw_ops.ResourceApplyAdam(**arguments)


def assign(variable, tensor):
    """Give a `tf.Variable` the value of a tensor; raw, since its own way takes twice as long outside of graphs."""
    tf.raw_ops.AssignVariableOp(resource=variable.handle, value=tensor)


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


def native_batch_product(a, b, transpose_a=False, transpose_b=False):
    """Products of matrices, sample by sample; raw, since `tf.matmul` takes the version that oneDNN takes over."""
    return tf.raw_ops.BatchMatMulV3(x=a, y=b, Tout=a.dtype, adj_x=transpose_a, adj_y=transpose_b)


def has_run():
    """Whether TensorFlow has started its threads; private, since nothing public tells without starting them."""
    return FunctionCallOptions is None or getattr(context(), "_initialized", True)


def has_read_flags():
    """Whether TensorFlow has looked for devices, and read its flags with that; private, since the public way looks."""
    return FunctionCallOptions is None or getattr(context(), "_physical_devices", True) is not None


def threads_told():
    """The number of threads that TensorFlow was told, or 0; private, since the public way has it read its flags."""
    return 0 if FunctionCallOptions is None else getattr(context(), "_intra_op_parallelism_threads", None) or 0


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


class _Constants(threading.local):
    """Those of the graphs that a thread traces, each with what it is, while it shares them; else None."""

    made = None


_CONSTANTS = _Constants()


@contextmanager
def shared_constants():
    """Trace equal constants of a graph once; private, since TensorFlow makes an operation of every number in Python."""
    # That is a fifth of the operations of our graphs; with this a first fit takes a tenth less CPU time.
    if make_constant is None:  # a release that moved it: each has an operation of its own
        yield
        return
    ops._create_graph_constant = _constant  # for good, since other threads may trace, too; they have their own
    _CONSTANTS.made, before = {}, _CONSTANTS.made
    try:
        yield
    finally:
        _CONSTANTS.made = before


def _constant(*given, **named):
    """As TensorFlow's own, but while `shared_constants` holds, one that the graph has already."""
    if _CONSTANTS.made is None or named or len(given) != 6:  # another number in a release that changed it
        return make_constant(*given, **named)
    value, dtype, shape, _, *checks = given  # one name is as good as another
    key = (id(ops.get_default_graph()), _identity(value), dtype, str(shape), *checks)
    if key not in _CONSTANTS.made:
        _CONSTANTS.made[key] = make_constant(*given)
    return _CONSTANTS.made[key]


def _identity(value):
    """What equal numbers of one type have in common; arrays of more than a few have nothing in common."""
    if isinstance(value, bool | int | float):
        return type(value), repr(value)  # 0.0 is no -0.0
    if isinstance(value, list | tuple):
        return tuple(map(_identity, value))
    if isinstance(value, np.ndarray | np.generic) and value.size <= FEW and not value.dtype.hasobject:
        return type(value), value.dtype.str, value.shape, value.tobytes()
    return object()
