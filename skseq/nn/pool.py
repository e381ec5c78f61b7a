"""One process-wide, bounded, thread-safe pool of runners: compiled networks with their numbers.

A lease takes a runner out of the pool, so no two threads ever share one; giving it back makes it the most recently
used. Beyond `MAX_IDLE_RUNNERS` the least recently used one is dropped, so memory does not grow with the number of fits.

Predictions by one network wait where as many run as there are cores: more would be no faster, and a server of forty
threads would trace forty runners at once, and most of them again with the next requests.
"""

import threading
from collections import OrderedDict
from contextlib import contextmanager, nullcontext

from skseq.nn.networks.weights import kept_draws
from skseq.nn.process import check_process
from skseq.nn.spec import OwnNetworkSpec
from skseq.nn.threads import n_cores
from skseq.nn.training.compiled import CompiledNetwork, check_network_weights
from skseq.nn.training.keras_network import OwnNetwork

MAX_IDLE_RUNNERS = 16
LONGEST_WAIT = 10.0  # seconds, after which a prediction makes a runner of its own

_lock = threading.Lock()
_idle = OrderedDict()  # id -> runner, least recently used first
_ended = threading.Condition()  # notified when a prediction ends
_predicting = []  # [spec] of every prediction that runs now: one list each, to tell equal specs apart
_thread = threading.local()


def _take(spec):
    with _lock:
        for key in reversed(_idle):
            if _idle[key].spec == spec:
                return _idle.pop(key)
    return None


def _give_back(runner):
    with _lock:
        _idle[id(runner)] = runner
        while len(_idle) > MAX_IDLE_RUNNERS:
            _idle.popitem(last=False)


@contextmanager
def _in_turn(spec):
    """Wait until fewer predictions by this network run than there are cores, but two at least, and not for ever."""
    if getattr(_thread, "predicts", False):  # inside another one it would wait for itself
        yield
        return
    most, own = max(2, n_cores()), [spec]
    try:
        with _ended:  # others may wait for this one, if they predict in threads
            _ended.wait_for(lambda: sum(others == own for others in _predicting) < most, LONGEST_WAIT)
            _predicting.append(own)
        _thread.predicts = True
        yield
    finally:
        _thread.predicts = False
        with _ended:
            _predicting[:] = [others for others in _predicting if others is not own]
            _ended.notify_all()


@contextmanager
def lease(spec, weights=None):
    """Have a runner of this spec for oneself; its weights are whatever the last lease left in it.

    ``weights`` are those that it will be loaded with to predict. They may come from a file: a runner that is too large
    for them is not made.
    """
    check_process()
    with nullcontext() if weights is None else _in_turn(spec):
        runner = _take(spec) or _made(spec, weights)
        yield runner
        _give_back(runner)  # not after an error: a runner that failed is not used again


def _made(spec, weights):
    own = isinstance(spec, OwnNetworkSpec)
    if weights is not None and not own:
        check_network_weights(spec, weights)
    return (OwnNetwork if own else CompiledNetwork)(spec)


def clear_pool():
    """Forget all runners that nobody leases."""
    with _lock:
        _idle.clear()
    kept_draws.cache_clear()
