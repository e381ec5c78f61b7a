"""What is lost in forecasts, and so what a network writes: one row for every loss, with which a new one begins.

The heads in `skseq.nn.networks.heads`, those of exported networks and the distributions of SciPy go by these names.
"""

from typing import NamedTuple


class Loss(NamedTuple):
    """What is to be known of a loss where it does not matter how it is computed."""

    n_numbers: int | None = 1  # that a network writes of each target; None: one for each level
    has_density: bool = False  # a distribution is written
    of_counts: bool = False  # the distribution is one of whole numbers from 0
    of_medians: bool = False  # points are medians
    is_robust: bool = False  # one large error does not decide


LOSSES = {
    "squared_error": Loss(),
    "absolute_error": Loss(of_medians=True, is_robust=True),
    "huber": Loss(is_robust=True),
    "quantile": Loss(n_numbers=None, of_medians=True, is_robust=True),
    "normal": Loss(n_numbers=2, has_density=True),
    "student_t": Loss(n_numbers=3, has_density=True, is_robust=True),
    "poisson": Loss(has_density=True, of_counts=True),
    "negative_binomial": Loss(n_numbers=2, has_density=True, of_counts=True),
}
DISTRIBUTIONS = tuple(name for name, loss in LOSSES.items() if loss.has_density)
COUNTS = tuple(name for name, loss in LOSSES.items() if loss.of_counts)
