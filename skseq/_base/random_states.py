"""Random states of an estimator that another one holds."""

import numpy as np
from sklearn.frozen import FrozenEstimator

from skseq._arguments import as_random_state


def with_random_states(estimator, random_state):
    """The estimator with drawn random states, its own and those of estimators within.

    None changes none, and a frozen estimator is never changed.
    """
    if random_state is None or isinstance(estimator, FrozenEstimator):
        return estimator
    rng = as_random_state(random_state)
    names = [name.split("__") for name in sorted(estimator.get_params())]
    drawn = [name for name in names if name[-1] == "random_state" and "encoder" not in name]  # an encoder is fitted
    return estimator.set_params(**{"__".join(name): rng.randint(np.iinfo(np.int32).max) for name in drawn})
