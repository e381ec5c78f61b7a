"""Features of a detector that are skewed, so that squared errors are those of their large values: a warning."""

import numpy as np

from skseq._callers import warn_caller

FEWEST_STEPS, MOST_STEPS, DISTINCT = 200, 20_000, 30  # timesteps; values: fewer are codes
SKEWED = 2.5  # from 2.6 faults were found better by the logarithm in 28 made tasks of 28, at 1.9 in two of four
LEAST, MOST = 0.85, 2.0  # of the logarithm: 0.8 where noise is as large at low values as at high ones


def warn_if_skewed(numbers, names):
    """Warn of skewed features of numbers (n_steps, f), by the ``names`` of their columns, or None."""
    features = np.flatnonzero(are_skewed(numbers))
    if not features.size:
        return
    first, one = features[0], features.size == 1
    more = "" if one else f", and {features.size - 1} more"
    name = f" ({names[first]!r})" if names is not None and len(names) == numbers.shape[1] else ""
    others = ", and faults of other features," if features.size < numbers.shape[1] else ""
    which = "it" if one else f"features {', '.join(map(str, features[:10]))}"
    warn_caller(
        f"Feature {first}{name} of X is skewed{more}: its largest values lie {_skewness(numbers[:, first]):.2g} times "
        "as far above the middle as its smallest lie below. Squared errors are mostly those of large values, so faults "
        f"that lower {which}{others} are found less. Pass np.log of {which}, in fit and later."
    )


def are_skewed(numbers):
    """Whether each feature of numbers (n_steps, f) is positive and skewed, and its logarithm is not; (f,)."""
    numbers = numbers[:: -(-len(numbers) // MOST_STEPS) or 1]
    if len(numbers) < FEWEST_STEPS:
        return np.zeros(numbers.shape[1], bool)
    return np.array([_is_skewed(own) for own in numbers.T.astype(np.float64)])


def _is_skewed(x):
    if not x.min() > 0 or not _skewness(x) >= SKEWED or len(np.unique(x)) <= DISTINCT:
        return False
    return LEAST <= _skewness(np.log(x)) <= MOST


def _skewness(x):
    """How far the 99th percentile of x (n,) lies above the median, over how far the first lies below."""
    low, middle, high = np.quantile(x, [0.01, 0.5, 0.99])
    return (high - middle) / (middle - low) if middle > low else 0.0
