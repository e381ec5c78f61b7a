"""One process-wide, bounded, thread-safe pool of compiled networks.

A lease takes a network out of the pool, so no two threads ever share one; giving it back makes it the most recently
used. Beyond `POOL_SIZE` idle networks the least recently used one is dropped, so memory does not grow with the number
of fits.
"""

import threading
from collections import OrderedDict
from contextlib import contextmanager

from skseq.nn.networks.weights import kept_draws
from skseq.nn.spec import OwnNetworkSpec
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.keras_network import OwnNetwork

__all__ = ["POOL_SIZE", "clear_pool", "lease"]

POOL_SIZE = 16

_lock = threading.Lock()
_idle = OrderedDict()  # id -> network, least recently used first


def _take(spec):
    with _lock:
        for key in reversed(_idle):
            if _idle[key].spec == spec:
                return _idle.pop(key)
    return None


def _give_back(network):
    with _lock:
        _idle[id(network)] = network
        while len(_idle) > POOL_SIZE:
            _idle.popitem(last=False)


@contextmanager
def lease(spec):
    """Have a compiled network of this spec for oneself; its weights are whatever the last lease left in it."""
    network = _take(spec) or (OwnNetwork if isinstance(spec, OwnNetworkSpec) else CompiledNetwork)(spec)
    yield network
    _give_back(network)  # not after an error: a network that failed is not used again


def clear_pool():
    """Forget all compiled networks and free their memory. The next fit compiles anew.

    Examples
    --------
    >>> import skseq
    >>> skseq.clear_pool()
    """
    with _lock:
        _idle.clear()
    kept_draws.cache_clear()
