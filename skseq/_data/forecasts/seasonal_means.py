"""Means of the last seasons of long series, which a window of two seasons does not show.

Where seasons differ mostly by noise, as those of traffic, rain or sea temperatures, the mean of several forecasts
better than the last one: that of each hour of the week ("historical average"), or of each month ("climatology").
"""

from itertools import pairwise

import numpy as np

from skseq._data.forecasts.exponential_smoothing import Smoothed


def means_before(values, series, origins, season, n_seasons, n_steps=None):
    """`Smoothed` at origins (n,) of the ``series`` (n,) with these values (t_i, k), without level and drift.

    The mean of the last ``n_seasons``, or of as many as there are before an origin; of a phase that has not been yet,
    of all steps. It forecasts ``n_steps``; None: as many as one likes.
    """
    n, k = len(series), values[0].shape[1]
    n_phases = season if n_steps is None else min(season, n_steps)
    means = np.empty((n, n_phases, k))
    order = np.argsort(series, kind="stable")
    bounds = np.searchsorted(series[order], np.arange(len(values) + 1))
    for own, (first, last) in zip(values, pairwise(bounds)):
        index = order[first:last]
        means[index] = _means(own, origins[index], season, n_seasons, n_phases)
    return Smoothed(level=np.zeros((n, k)), drift=np.zeros((n, k)), seasons=means)


@np.errstate(over="ignore")  # of the largest floats
def _means(values, origins, season, n_seasons, n_phases):
    """(n, n_phases, k) of the steps from origins (n,) on, of one series (t, k)."""
    steps = origins[:, None] + np.arange(n_phases)
    found, counts = np.zeros((*steps.shape, values.shape[1])), np.zeros((*steps.shape, 1))
    most = steps.max(initial=0) // season
    for ago in season * np.arange(1, min(n_seasons, most) + 1):
        known = (steps >= ago)[..., None]
        counts += known
        share = known / np.maximum(counts, 1)
        found = (1 - share) * found + share * values[np.maximum(steps - ago, 0)]
    if (counts == 0).any():
        so_far = np.cumsum(values, axis=0) / np.arange(1, len(values) + 1)[:, None]
        found = np.where(counts == 0, so_far[origins - 1][:, None], found)
    return found
