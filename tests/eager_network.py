"""Networks that run short calls without a graph: tracing takes ten times as long as the few operations of a test."""

from collections import Counter

from skseq.nn.kernels.precision import mixed_products
from skseq.nn.training.compiled import CompiledNetwork

MAX_TIMESTEPS = 72  # above them an eager call takes as long as a trace; a timestep of an update counts threefold
MAX_CALLS = 4  # of one function: after them a graph pays


class EagerNetwork(CompiledNetwork):
    """Runs its functions as Python, operation by operation, unless they run often or long or XLA compiles them.

    That graphs give the same numbers is tested for every kind of network in nn/training/test_nn_graphs.py.
    """

    def __init__(self, spec):
        super().__init__(spec)
        self.n_calls = Counter()

    def _graph(self, body, key, feed, numbers):
        self.n_calls[key] += 1
        n_timesteps = int(feed.timesteps.numpy().sum()) * (3 if body == self._train else 1)
        if self.spec.jit_compile or n_timesteps > MAX_TIMESTEPS or self.n_calls[key] > MAX_CALLS:
            return super()._graph(body, key, feed, numbers)

        def run(*given):
            with mixed_products(self.spec.mixed):
                return body(*given)

        return run
