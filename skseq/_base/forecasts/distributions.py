"""Numbers of distributions outside of the network: their quantiles, and uniform numbers to draw from."""

import numpy as np
from scipy import stats

_OF_SCIPY = {"normal": stats.norm, "student_t": stats.t, "poisson": stats.poisson, "negative_binomial": stats.nbinom}
N_PATHS = 500  # drawn for the quantiles of a recursive forecast


def quantiles(name, parameters, levels):
    """Quantiles (..., n_levels) of distributions with parameters (...)."""
    parameters = {key: x[..., None] for key, x in parameters.items()}
    return _OF_SCIPY[name].ppf(levels, **parameters)


def of_counts(numbers, unit):
    """Parameters (...) as in scipy, by name, of what a head of counts says (..., p), in their unit (...)."""
    mean = numbers[..., 0] * unit
    if numbers.shape[-1] == 1:
        return {"mu": mean}
    dispersion = numbers[..., 1] / np.sqrt(unit)
    return {"n": 1 / dispersion, "p": 1 / (1 + dispersion * mean)}


def beyond(known, levels):
    """Those of some levels that are outside of known ones."""
    return [level for level in levels if not known[0] - 1e-9 <= level <= known[-1] + 1e-9]


def check_learnt(known, levels):
    """Raise ValueError where a level is outside of the known ones, which were learnt."""
    if outside := beyond(known, levels):
        raise ValueError(
            f"Quantiles from {known[0]:g} to {known[-1]:g} were learnt, but {outside[0]:g} is asked for: fit "
            f"Seq2SeqRegressor with quantiles=(..., {outside[0]:g}, ...), or calibrate, by conformalize or by "
            "calibration_windows of SeriesForecaster."
        )


def between(numbers, known, levels):
    """Quantiles (..., n_levels) at some levels, from those (..., n_known) at known ones, by straight lines."""
    if len(known) == 1:
        return numbers
    known = np.asarray(known)
    above = np.clip(np.searchsorted(known, levels), 1, len(known) - 1)
    share = (levels - known[above - 1]) / (known[above] - known[above - 1])
    return numbers[..., above - 1] * (1 - share) + numbers[..., above] * share


def uniform(seed, places, shape):
    """Numbers in (0, 1), (n_places, *shape): those of a place depend on seed and place alone.

    A generator for each place suits few windows with many numbers each; `uniforms` suits many rows with few.
    """
    drawn = np.stack([np.random.default_rng([seed, place]).random(shape) for place in places])
    return np.clip(drawn, 1e-7, 1 - 1e-7)  # in float32, too, neither 0 nor 1
