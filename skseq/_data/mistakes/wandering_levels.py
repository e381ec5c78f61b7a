"""Levels of one long sequence that wander as a walk does: steps are to be learnt in their place."""

import numpy as np

PIECES = 8  # of a sequence, whose means have 7/8 of the variance of a walk, and little of that of noise or waves
WANDERS = 0.5
CURVE = 0.03  # variance of changes of steps over that of steps: less in smooth curves, such as slow waves
ENOUGH = 100  # timesteps


def wanders(numbers):
    """Whether a feature of one sequence (t, f) walks: most of its variance is between the means of a few long pieces.

    A smooth curve may look so, too, but its steps hardly change from one to the next.
    """
    if len(numbers) < ENOUGH:
        return False
    means = np.array([piece.mean(axis=0) for piece in np.array_split(numbers, PIECES)])
    steps = np.diff(numbers, axis=0)
    rough = np.diff(steps, axis=0).var(axis=0) > CURVE * steps.var(axis=0)
    return bool(((means.var(axis=0) > WANDERS * numbers.var(axis=0)) & rough).any())


def log_density_of_steps(numbers):
    """Mean log-density of a timestep of (t, f) given that before it, if steps have one normal distribution."""
    deviations = np.diff(numbers, axis=0).std(axis=0)
    with np.errstate(divide="ignore"):
        return float(-np.sum(np.log(deviations) + 0.5 * np.log(2 * np.pi) + 0.5))
