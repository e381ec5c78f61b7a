"""One process-wide, bounded, thread-safe pool of runners: compiled networks with their numbers.

A lease takes a runner out of the pool, so no two threads ever share one; giving it back makes it the most recently
used. Beyond `MAX_IDLE_RUNNERS` the least recently used one is dropped, so memory does not grow with the number of fits.
"""

import threading
from collections import OrderedDict
from contextlib import contextmanager

from skseq.nn.networks.weights import kept_draws
from skseq.nn.process import check_process
from skseq.nn.spec import OwnNetworkSpec
from skseq.nn.training.compiled import CompiledNetwork, check_network_weights
from skseq.nn.training.keras_network import OwnNetwork

MAX_IDLE_RUNNERS = 16

_lock = threading.Lock()
_idle = OrderedDict()  # id -> runner, least recently used first


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
def lease(spec, weights=None):
    """Have a runner of this spec for oneself; its weights are whatever the last lease left in it.

    ``weights`` are those that it will be loaded with, if they may come from a file: a runner that is too large for them
    is not made.
    """
    check_process()
    runner = _take(spec)
    if runner is None:
        own = isinstance(spec, OwnNetworkSpec)
        if weights is not None and not own:
            check_network_weights(spec, weights)
        runner = (OwnNetwork if own else CompiledNetwork)(spec)
    yield runner
    _give_back(runner)  # not after an error: a runner that failed is not used again


def clear_pool():
    """Forget all runners that nobody leases."""
    with _lock:
        _idle.clear()
    kept_draws.cache_clear()
