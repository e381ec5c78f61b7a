"""Networks that run short fits without a graph: tracing takes ten times as long as the few operations of a test."""

import numpy as np

from skseq.nn.kernels.precision import mixed_products
from skseq.nn.training import fitting
from skseq.nn.training.batching import PARTS
from skseq.nn.training.compiled import CompiledNetwork

MAX_TIMESTEPS = 150  # above them eager calls take as long as a trace; a timestep of an update counts threefold


class EagerNetwork(CompiledNetwork):
    """Runs its functions as Python, operation by operation, unless a fit or call is long or XLA compiles it.

    That graphs give the same numbers is tested for every kind of network in nn/training/test_nn_graphs.py. What a
    network did before has no say, so that equal fits are equal to the last bit.
    """

    n_epochs = None  # of the whole fit that a call belongs to, if it belongs to one

    def _graph(self, body, key, feed, numbers):
        n_timesteps = _timesteps_of(feed)
        if body == self._train:
            n_epochs = len(feed.timesteps)  # of this call
            n_timesteps *= 3 * max(1, (self.n_epochs or n_epochs) // n_epochs)
        if self.spec.jit_compile or n_timesteps > MAX_TIMESTEPS:
            return super()._graph(body, key, feed, numbers)

        def run(*given):
            with mixed_products(self.spec.mixed):
                return body(*given)

        return run


def _timesteps_of(feed):
    """Timesteps of source and target of all batches: rows without lengths are read whole."""
    whole = sum(x.shape[1] for part, x in feed.rows.items() if part in PARTS and f"{part}_lengths" not in feed.rows)
    return int(feed.timesteps.numpy().sum()) + whole * int(np.prod(feed.timesteps.shape[:-1]))


def telling_epochs(fit_network=fitting.fit_network):
    """A `fit_network` that tells eager networks how many epochs a fit has."""

    def fit(runner, data, options, **more):
        runner.n_epochs = options.epochs
        return fit_network(runner, data, options, **more)

    return fit
