"""Whether TensorFlow can run here: not in a forked process, a graph of one's own or the scope of a strategy."""

import threading
from contextlib import nullcontext

import tensorflow as tf

from skseq.nn._tensorflow import CAN_RECORD, has_run, stop_recording
from skseq.nn.chatter import without_chatter
from skseq.nn.compile_cache import kept_code

_forked, _started = False, False
_lock = threading.Lock()


def note_fork():
    """Remember in a forked process whether TensorFlow had run before, or had begun to."""
    global _forked
    _forked = _forked or _started or has_run()


def check_process():
    """Raise RuntimeError with the remedy where no network can be trained or asked; elsewhere start TensorFlow."""
    if _forked:
        raise RuntimeError(
            "This process was forked from one in which TensorFlow had run, whose threads do not survive a fork: it "
            "would wait for them for ever. Start processes anew: n_jobs with joblib's default backend 'loky', or "
            "multiprocessing.get_context('spawn'). Or fork earlier: an estimator may be loaded before, but not fit or "
            "predict."
        )
    if not tf.executing_eagerly():
        raise RuntimeError(
            "skseq needs TensorFlow's eager execution, which is off here: call fit and predict outside of tf.function "
            "and of tf.Graph().as_default(), and leave out tf.compat.v1.disable_eager_execution()."
        )
    if tf.distribute.has_strategy():
        raise RuntimeError(
            "skseq trains on one device, but this is the scope of a tf.distribute strategy: call fit and predict "
            "outside of strategy.scope()."
        )
    start()


def start():
    """Run a first operation, once: with it TensorFlow asks for the driver, reports on the processor, reads its flags.

    It starts threads, too, which no fork survives, so that importing and loading do without.
    """
    global _started
    with _lock:
        if _started:
            return
        _started = True
        with without_chatter(), kept_code():
            tf.transpose(tf.zeros((2, 2), tf.int32))


def untaped(graph):
    """A function that runs a traced graph hidden from a gradient tape of the caller, which could not follow it."""

    def run(*given):
        with stop_recording() if CAN_RECORD else nullcontext():
            return graph(*given)

    return run
