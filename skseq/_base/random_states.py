"""Random states of an estimator that another one holds."""

import numpy as np
from sklearn.frozen import FrozenEstimator

from skseq._arguments import as_random_state
from skseq._base.pretrained import EncoderEstimator


def with_random_states(estimator, random_state):
    """The estimator with drawn random states, its own and those of estimators within.

    None changes none. A frozen estimator is never changed, nor is the fitted encoder that one of ours starts from.
    """
    if random_state is None or isinstance(estimator, FrozenEstimator):
        return estimator
    rng = as_random_state(random_state)
    return estimator.set_params(**{name: rng.randint(np.iinfo(np.int32).max) for name in _names(estimator)})


def _names(estimator):
    """Names of the random states that may be set, in order."""
    parameters = estimator.get_params()
    holders = {"": estimator} | {f"{name}__": value for name, value in parameters.items()}
    fitted = tuple(f"{prefix}encoder__" for prefix, own in holders.items() if isinstance(own, EncoderEstimator))
    named = [name for name in sorted(parameters) if name.split("__")[-1] == "random_state"]
    return [name for name in named if not name.startswith(fitted)]
