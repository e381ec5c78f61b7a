"""How many threads TensorFlow may have in this process: decided before its first operation, when it starts them."""

import os
from contextlib import suppress

import tensorflow as tf

from skseq._callers import warn_caller
from skseq.nn._tensorflow import threads_told

OURS, TENSORFLOW, WORKER = "SKSEQ_N_THREADS", "TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"


def limit_threads():
    """Obey `SKSEQ_N_THREADS`; else what the user has told TensorFlow; else the limit of a pool of workers.

    joblib (loky), dask, ray and spark set `OMP_NUM_THREADS` in every worker process that they start, and TensorFlow
    does not read it. Where TensorFlow has run, its threads are there, and only who asked by name is told.
    """
    asked = _asked()
    if asked:
        try:
            start_with(asked)
        except RuntimeError as error:
            warn_caller(str(error))
    elif not _told():
        with suppress(RuntimeError):
            start_with(None)


def start_with(number):
    """Let TensorFlow start so many threads within operations, and so many operations at a time; None: the default."""
    threads = number or _limit_of_worker()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        if number == n_threads():
            return
        raise RuntimeError(
            f"TensorFlow has started with {n_threads()} threads in this process, and cannot change that to "
            f"{number or 'the default'}. Call skseq.set_n_threads, or set {OURS}, before anything runs in TensorFlow."
        ) from None


def n_threads():
    """How many threads an operation of this process has."""
    return threads_told() or _number(TENSORFLOW) or n_cores()


def _asked():
    """What `SKSEQ_N_THREADS` says, 0 if nothing."""
    number = _number(OURS)
    if not number and os.environ.get(OURS):
        raise ValueError(
            f"The environment variable {OURS} must be an integer from 1 on, got {os.environ[OURS]!r}: unset it or "
            "give it a number of threads."
        )
    return number


def _told():
    """Whether the user has set TensorFlow's own number of threads."""
    return bool(threads_told() or _number(TENSORFLOW))


def _limit_of_worker():
    """What `OMP_NUM_THREADS` says, 0 without a limit: as many threads as there are cores are TensorFlow's default."""
    limit = _number(WORKER)
    return limit if limit < n_cores() else 0


def _number(name):
    """A whole number in the environment, or 0; of a list as OpenMP has it ("4,2") the first."""
    text = os.environ.get(name, "").partition(",")[0].strip()
    return int(text) if text.isdecimal() else 0


def n_cores():
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
