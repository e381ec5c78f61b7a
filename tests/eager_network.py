"""Networks that run without graphs, for tests of few operations: to trace a graph takes ten times as long."""

from skseq.nn.kernels.precision import mixed_products
from skseq.nn.training.compiled import CompiledNetwork


class EagerNetwork(CompiledNetwork):
    """Runs its functions as Python, operation by operation; only what XLA compiles is a graph.

    That graphs give the same numbers is tested for every kind of network in nn/training/test_nn_graphs.py.
    """

    def _graph(self, body, key, feed, numbers):
        if self.spec.jit_compile:
            return super()._graph(body, key, feed, numbers)

        def run(*given):
            with mixed_products(self.spec.mixed):
                return body(*given)

        return run
