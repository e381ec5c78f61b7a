"""A random walk: what each step tells of the next one, where levels wander."""

import numpy as np


def log_density_of_steps(numbers):
    """Mean log-density of a timestep of (t, f) given that before it, if steps have one normal distribution."""
    deviations = np.diff(numbers, axis=0).std(axis=0)
    with np.errstate(divide="ignore"):
        return float(-np.sum(np.log(deviations) + 0.5 * np.log(2 * np.pi) + 0.5))
