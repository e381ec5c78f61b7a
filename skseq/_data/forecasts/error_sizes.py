"""Sizes in which errors of forecasts are counted, so that those of some windows tell of others.

That of a window says how large its own steps are, that of its series how large its steps are for long, and the errors
in held-out windows of a series how hard it is to forecast. Each has its say (docs/figures/forecast_defaults.md).
"""

import numpy as np

ENOUGH = 10  # windows, besides one, by which the errors of a series count half as much as they may
FARTHEST = 100  # times the usual: more is the error of a series that is forecast exactly, or not at all


def error_units(scaling, windows, of_series):
    """`Units` of windows whose sizes are drawn to those of their series (n_windows, k), if these are given.

    Whether one window is calm is mostly chance; how much its series moves is not. Where all windows have one size, or
    none, errors have it, too.
    """
    units = scaling.units(windows.sequences)
    return units if of_series is None or not _have_sizes(scaling) else units.towards(of_series)


def sizes_by_errors(sizes, units, errors, series):
    """Sizes of series (n_series, k), drawn to how large the errors (n, h, k) in their windows are, in these ``units``.

    ``series`` (n,) says whose each window is. Without it, a series that is hard to forecast widens what is said of all
    others. Few windows tell little: the mean error of 1 + n counts by n / (n + `ENOUGH`), as powers go.
    """
    scaled = np.where(units.moves[:, None], np.abs(units.with_least(1.0).divide(errors)), np.nan).mean(axis=1)  # (n, k)
    factors = [_factors(of_target, series, len(sizes)) for of_target in scaled.T]
    return sizes * np.stack(factors, axis=1)


@np.errstate(divide="ignore", over="ignore", invalid="ignore")  # 0 where errors of a series are 0
def times_as_large(errors, others, n_windows):
    """How many times as large errors (n, h, k) are as others: geometric mean of series, so many windows of each.

    Series and targets whose others are 0 say nothing; 0 if all are such.
    """
    counts = np.asarray(n_windows)
    counts = counts[counts > 0]
    starts = np.cumsum(counts) - counts
    own, other = (np.add.reduceat(np.abs(x).mean(axis=1), starts) / counts[:, None] for x in (errors, others))
    return float(np.exp(np.log(own[other > 0] / other[other > 0]).mean())) if (other > 0).any() else 0.0


def _factors(scaled, series, n_series):
    """Of series (n_series,), by mean errors of windows (n,); 1 where none is known."""
    known = np.isfinite(scaled)
    counts = np.bincount(series[known], minlength=n_series)
    sums = np.bincount(series[known], weights=scaled[known], minlength=n_series)
    some = (counts > 0) & (sums > 0)
    if not some.any():
        return np.ones(n_series)
    logs = np.log(sums[some] / counts[some])
    far = np.log(FARTHEST)
    factors = np.ones(n_series)
    more = counts[some] - 1  # a single window says nothing of its series
    factors[some] = np.exp(more / (more + ENOUGH) * np.clip(logs - np.median(logs), -far, far))
    return factors


def _have_sizes(scaling):
    """Whether windows have sizes of their own."""
    return scaling.n_known > 0 and scaling.common is None
