"""Forecasts of long series by exponential smoothing of their whole past: the Theta method, with a season.

A window holds the last steps of a series alone. What the series did before tells more of its level, of its slope and of
its season (a network that reads such forecasts beside windows: Smyl, "A hybrid method of exponential smoothing and
recurrent neural networks for time series forecasting", International Journal of Forecasting 2020).

The Theta method (Assimakopoulos and Nikolopoulos, International Journal of Forecasting 2000) is simple exponential
smoothing with half of the slope of a straight line through the past as drift (Hyndman and Billah, "Unmasking the Theta
method", the same, 2003). The season is additive and smoothed as well (Winters, "Forecasting sales by exponentially
weighted moving averages", Management Science 1960). Each series has the rates that forecast one step ahead best so far.
"""

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

LEVEL_RATES, SEASON_RATES = (0.1, 0.3, 0.5, 0.8), (0.0, 0.2)  # more of them forecast no better
SHARE_OF_SLOPE = 0.5
MOST_NUMBERS = 2**22  # that are held at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Smoothed:
    """Where n series stand: ``level`` and ``drift`` (n, k), and what ``seasons`` (n, m, k) add to the next steps."""

    level: np.ndarray
    drift: np.ndarray
    seasons: np.ndarray

    def forecasts(self, n_steps):
        """(n, n_steps, k)"""
        steps = np.arange(n_steps)
        lines = self.level[:, None] + (steps + 1)[:, None] * self.drift[:, None]
        return lines + self.seasons[:, steps % self.seasons.shape[1]]


def smoothed_before(values, series, origins, season, n_steps=None):
    """`Smoothed` at origins (n,) of the ``series`` (n,) with these values (t_i, k): each from earlier values alone.

    It forecasts ``n_steps``; None: as many as one likes.
    """
    n, k = len(series), values[0].shape[1]
    n_seasons = season if n_steps is None else min(season, n_steps)
    found = Smoothed(level=np.zeros((n, k)), drift=np.zeros((n, k)), seasons=np.zeros((n, n_seasons, k)))
    order = np.argsort(series, kind="stable")
    bounds = np.searchsorted(series[order], np.arange(len(values) + 1))
    own = [order[first:last] for first, last in pairwise(bounds)]  # origins of each series
    asked = [number for number, index in enumerate(own) if len(index)]
    pasts = {number: values[number][: origins[own[number]].max()] for number in asked}
    for block in _blocks(asked, [len(pasts[number]) + season for number in asked], k):
        track = _Track.of([pasts[number] for number in block], season)
        rows = np.repeat(np.arange(len(block)), [len(own[number]) for number in block])
        index = np.concatenate([own[number] for number in block])
        part = track.at(rows, origins[index], n_seasons)
        for name in ("level", "drift", "seasons"):
            getattr(found, name)[index] = getattr(part, name)
    return found


def _blocks(asked, lengths, k):
    """The series asked for in parts that hold no more than `MOST_NUMBERS`, each of similar lengths."""
    per_step = k * len(LEVEL_RATES) * len(SEASON_RATES)
    blocks, longest = [[]], 0
    for place in np.argsort(lengths, kind="stable"):
        longest = max(longest, lengths[place])
        if blocks[-1] and (len(blocks[-1]) + 1) * longest * per_step > MOST_NUMBERS:
            blocks.append([])
        blocks[-1].append(asked[place])
    return blocks


@dataclass(frozen=True, kw_only=True, eq=False)
class _Track:
    """What smoothing says at every step of r series of numbers, of the best of all rates so far.

    ``level`` and ``drift`` (r, t), ``seasons`` (r, g, t + m) of all rates, and the ``best`` (r, t) of these; all in
    units ``unit`` (r, 1) from ``start`` (r, 1) on. Series have k numbers per step, one row for each.
    """

    level: np.ndarray
    drift: np.ndarray
    seasons: np.ndarray
    best: np.ndarray
    start: np.ndarray
    unit: np.ndarray
    season: int
    n_targets: int

    @classmethod
    def of(cls, pasts, season):
        """Of pasts (t_i, k), each of its own length."""
        n_steps, k = max(map(len, pasts)), pasts[0].shape[1]
        values = np.concatenate([np.pad(own, ((0, n_steps - len(own)), (0, 0)), mode="edge").T for own in pasts])
        start = values[:, :1]
        with np.errstate(over="ignore", invalid="ignore"):
            values = values - start
            unit = np.exp2(np.frexp(np.abs(values).max(axis=1, keepdims=True))[1])  # exact, and squares stay finite
            values = values / unit
            drift = SHARE_OF_SLOPE * _slopes(values, season)
            level, seasons, best = _smooth(values, drift, season)
        return cls(
            level=level, drift=drift, seasons=seasons, best=best, start=start, unit=unit, season=season, n_targets=k
        )

    def at(self, series, ends, n_seasons):
        """`Smoothed` behind so many steps (n,) of the series (n,), with so many seasons."""
        rows = series[:, None] * self.n_targets + np.arange(self.n_targets)  # (n, k)
        last = ends[:, None] - 1
        unit, best = self.unit[rows, 0], self.best[rows, last]
        steps = ends[:, None, None] + np.arange(n_seasons)[:, None]  # (n, m, 1)
        seasons = self.seasons[rows[:, None], best[:, None], steps] * (steps[:, :1] >= self.season)
        return Smoothed(
            level=self.start[rows, 0] + unit * self.level[rows, last],
            drift=unit * self.drift[rows, last],
            seasons=unit[:, None] * seasons,
        )


def _slopes(values, season):
    """Slopes (r, t) of the straight lines through the values up to every step; 0 within two seasons."""
    steps = np.arange(values.shape[1])
    counts = steps + 1.0
    sums, products = np.cumsum(values, axis=1), np.cumsum(values * steps, axis=1)
    spread = counts * (np.square(counts) - 1) / 12
    slopes = (products - steps / 2 * sums) / np.maximum(spread, 1)
    return np.where(steps >= max(2, 2 * season), slopes, 0.0)


def _smooth(values, drift, season):
    """(level (r, t), seasons (r, g, t + m) of all rates, the best (r, t) of these at each step)."""
    (r, n_steps), m = values.shape, season
    rates = np.array(list(product(LEVEL_RATES, SEASON_RATES if m > 1 else SEASON_RATES[:1])))
    seasons, levels = np.zeros((r, len(rates), n_steps + m)), np.empty((r, n_steps))
    best, errors = np.zeros((r, n_steps), int), np.zeros((r, len(rates)))
    means = np.cumsum(values[:, :m], axis=1) / np.arange(1, min(m, n_steps) + 1)
    levels[:, :m] = means  # before a season is over nothing else is known
    if m > 1 and n_steps >= m:
        seasons[:, :, m : 2 * m] = (values[:, :m] - means[:, -1:])[:, None]
    level = np.repeat(means[:, -1:], len(rates), axis=1)
    for t in range(m, n_steps):
        ahead = level + drift[:, t - 1 : t]
        error = values[:, t : t + 1] - ahead - seasons[:, :, t]
        errors += np.square(error)
        rate = np.maximum(rates[:, 0], 1 / (t + 1.5))  # as a mean, while there are few
        level = ahead + rate * error
        if m > 1:
            seasons[:, :, t + m] = seasons[:, :, t] + np.maximum(rates[:, 1], 1 / (t // m + 1.5)) * (1 - rate) * error
        best[:, t] = errors.argmin(axis=1)
        levels[:, t] = level[np.arange(r), best[:, t]]
    return levels, seasons, best
