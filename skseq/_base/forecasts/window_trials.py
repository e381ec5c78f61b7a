"""What a linear model of earlier windows, judged on later ones, tells of how windows are to be read.

A window that is divided by its own size suits series of many levels, and covariates that raise them by a share. But if
a covariate has its effect in the units of the target, as rain has on a river, the effect would be another one in every
window, thousands of sizes after a calm one, and no regressor can learn that. If it raises the target by a share, as a
promotion raises sales, its effect is the same in all windows that are divided by their means alone. Where a series
always comes back to one level, how far away it is tells what comes next, and short windows that are centred do not show
it. All three: `units_that_suit` (docs/figures/forecast_covariates.md, from "Covariates in the units of the target" on).
And if windows hold another quantity than what is to be forecast, nothing can be learnt in their units: `goes_on`.
"""

import logging
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from skseq._base.fits.longer_fits import scaled_by_earlier
from skseq._data.forecasts.linear_part import MOST_INPUTS
from skseq._data.forecasts.window_units import Units, within_reach
from skseq._data.working_memory import some_of

LOGGER = logging.getLogger("skseq")
HELD_OUT = 0.2  # of the windows, the last ones: effects such as rain are rare
FEWEST = 50, 10  # earlier and later windows: fewer tell nothing
MOST = 1_000, 500
BETTER = 0.8  # of the errors with own units, and of the last value: common units must leave less
CLEARLY = 0.9  # the same, of those with one size: what one level may leave, as it misleads where levels change
EXACT = 0.01  # sizes: where errors are smaller, there is nothing to mend
FEWEST_TO_GO_ON = 20, 5  # earlier and later windows: with fewer, chance looks the same
WORSE, FAR_WORSE = 1.25, 2.0  # times the errors of the mean, and of the better of this and of windows as they are


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """Some windows: their `Units`, their targets (n, h, k), and what is read, flat: of targets, and covariates."""

    units: Units
    past: np.ndarray  # (n, t, k)
    beside: np.ndarray  # (n, d)
    targets: np.ndarray

    @property
    def inputs(self):
        """(n, t k + d), the past of the targets in units of the windows."""
        past = self.units.standardised(self.past)
        return np.concatenate([past.reshape(len(past), -1), self.beside], axis=1)

    @property
    def moving(self):
        """Those windows in which a target moves."""
        index = self.units.moves.any(axis=1)
        past, beside, targets = (values[index] for values in (self.past, self.beside, self.targets))
        return _Part(units=self.units.take(index), past=past, beside=beside, targets=targets)

    @property
    def as_it_is(self):
        """In the units of the data."""
        centre, size = np.zeros_like(self.units.centre), np.ones_like(self.units.size)
        return replace(self, units=Units(centre=centre, size=size))

    def with_common(self, size, levels):
        """In units of one size (k,), and one level within ``levels`` (3, k)."""
        return replace(self, units=self.units.with_common(size, levels))

    def by_mean(self, means):
        """In units of mean absolute values (n, k), without a centre."""
        return replace(self, units=replace(self.units, centre=np.zeros_like(means), size=means))


@threadpool_limits.wrap(limits=1, user_api="blas")  # as in `LinearPart.learn`
def units_that_suit(scaling, sequences, units, targets, future, static, *, parts):
    """What to change of a `WindowScaling` so that all windows are better read: its size, level or kind; {} of nothing.

    One size alone, and the mean absolute value of each window, are tried where covariates change with time, a size and
    a level where windows have no season. Each target has the level only where it is clearly better than the size alone.
    ``sequences`` are the windows (n, t, f), ``units`` those of each, ``targets`` (n, h, k) what follows, and ``future``
    (n, h, c) and ``static`` (n, s) what else is known, or None. ``parts`` are indices of earlier and of later windows,
    or None where there are too few.
    """
    if parts is None or any(len(part) < fewest for part, fewest in zip(parts, FEWEST)):
        return {}
    known, parts = [own for own in (future, static) if own is not None], _some(parts)
    earlier, later = _parts(sequences, units, targets, known, scaling.columns, parts)
    moves = earlier.units.moves
    covariates = sequences.values.shape[2] > len(scaling.columns) or (future is not None and future.shape[2] > 0)
    if not moves.any(axis=0).all() or not (covariates or units.base is None):
        return {}
    size, levels = earlier.units.size.mean(axis=0, where=moves), _levels(earlier.units)
    with np.errstate(over="ignore", invalid="ignore"):
        simple = [_errors(earlier.moving, later, cut=True), _apart(later, later.past[:, -1:])]
        if not np.all(_least(simple, later.units.divide) > EXACT):
            return {}
        left, both = partial(_left, simple, later.units), (earlier, later)
        own = left(*(part.with_common(size, None) for part in both))
        on_level = left(*(part.with_common(size, levels) for part in both))
        means = _means(scaling, sequences, parts) if covariates else ()
        by_mean = left(*map(_Part.by_mean, both, means), cut=True) if covariates else np.inf
    takes = (on_level < CLEARLY * own) & (units.base is None)
    in_common = np.mean(np.where(takes, on_level, own)) if covariates or takes.any() else np.inf
    if min(in_common, np.mean(by_mean)) >= BETTER:
        return {}
    if np.mean(by_mean) < in_common:
        LOGGER.info("Windows are divided by their means: see scaling.")
        return {"kind": "mean"}
    LOGGER.info("Windows are read in units of all%s: see scaling.", " and on one level" if takes.any() else "")
    return {"common": size, "levels": np.where(takes, _levels(units), 0.0) if takes.any() else None}


def _some(parts):
    """At most `MOST` indices of each part."""
    return [some_of(index, most) for index, most in zip(parts, MOST)]


def _means(scaling, sequences, parts):
    """Mean absolute values (n, k) of the windows of each part."""
    by_mean = replace(scaling, kind="mean", season=None)
    return [by_mean.units(sequences.take(index)).size for index in parts]


def _levels(units):
    """The lowest, the mean and the highest centre of windows that move (3, k)."""
    centres = np.where(units.moves, units.centre, np.nan)
    return np.stack([of(centres, axis=0) for of in (np.nanmin, np.nanmean, np.nanmax)])


def _left(simple, units, earlier, later, *, cut=False):
    """The share (k,) of the least of ``simple`` errors that a linear model of both parts, in other units, leaves.

    In units of the data or those of the windows, whichever is larger; all are left where errors are beyond floats.
    """
    errors = _errors(earlier, later, cut=cut)
    if errors is None:
        return np.ones(later.targets.shape[2])
    return np.maximum(*(_least([errors], of) / _least(simple, of) for of in (np.asarray, units.divide)))


@threadpool_limits.wrap(limits=1, user_api="blas")
def goes_on(sequences, units, targets, *, columns, parts):
    """Which targets (k,) of (n, h, k) go on from these columns of the windows; all where too few windows tell.

    A target does not if the best of three simple forecasts in the units of each window is worse than one value for all
    windows, and far worse than this or a linear model of all as they are. On single series of M1, M3 and tourism, 1 of
    4,148 did not go on by this; pooled, all do. ``columns`` of the windows are the past of the targets, all other
    arguments those of `units_that_suit`.
    """
    if parts is None or any(len(part) < fewest for part, fewest in zip(parts, FEWEST_TO_GO_ON)):
        return np.ones(targets.shape[2], bool)
    earlier, later = _parts(sequences, units, targets, [], columns, _some(parts))
    with np.errstate(over="ignore", invalid="ignore"):
        usual = within_reach(earlier.units.apply(earlier.targets)).mean(axis=0)
        on_level = later.units.undo(np.broadcast_to(usual, later.targets.shape))
        own = [_errors(earlier, later, cut=True), *(_apart(later, x) for x in (on_level, later.past[:, -1:]))]
        one_value = _apart(later, earlier.targets.mean(axis=0))
        others = [one_value, _errors(earlier.as_it_is, later.as_it_is, cut=False)]
        goes = (_least(own, later.units.divide) <= EXACT) | (np.ptp(earlier.targets, axis=(0, 1)) == 0)
        for of in (np.asarray, later.units.divide):  # in units of the data, and of windows
            left, of_one_value, least = (_least(errors, of) for errors in (own, [one_value], others))
            goes |= (left <= WORSE * of_one_value) | (left <= FAR_WORSE * least)
    return goes


def _apart(part, forecast):
    """Absolute errors (n, h, k) of a forecast of the targets of a part."""
    return np.abs(part.targets - forecast)


def _least(errors, of):
    """The least means (k,) of several errors ``of`` some units; those beyond floats, None, are left out."""
    return np.min([of(own).mean(axis=(0, 1)) for own in errors if own is not None], axis=0)


def _parts(sequences, units, targets, known, columns, parts):
    """Two `_Part`, of earlier and later windows of these."""
    n_steps = min(sequences.real_lengths.min(), max(1, MOST_INPUTS // sequences.values.shape[2]))

    def part(index):
        own = [numbers[index] for numbers in known]
        return _part(sequences.take(index), units.take(index), targets[index], own, columns, n_steps)

    return [part(index) for index in parts]


def _part(sequences, units, targets, known, columns, n_steps):
    """`_Part` of all these windows, which reads their last steps."""
    places = sequences.real_lengths[:, None] - n_steps + np.arange(n_steps)
    values = np.asarray(sequences.values, np.float64)[np.arange(len(places))[:, None], places]
    others = [column for column in range(values.shape[2]) if column not in columns]
    beside = [values[..., others], *known]
    return _Part(
        units=units,
        past=values[..., columns],
        beside=np.concatenate([own.reshape(len(values), -1) for own in beside], axis=1),
        targets=targets,
    )


def _errors(earlier, later, *, cut):
    """Absolute errors (n, h, k) of forecasts of later windows by a linear model of earlier ones; None beyond floats."""
    read, asked = scaled_by_earlier(earlier.inputs, later.inputs)
    target = earlier.units.apply(earlier.targets)
    target = within_reach(target) if cut else target
    if not all(np.isfinite(values).all() for values in (read, asked, target)):
        return None
    forecast = Ridge().fit(read, target.reshape(len(read), -1)).predict(asked)
    errors = np.abs(later.targets - later.units.undo(forecast.reshape(later.targets.shape)))
    return errors if np.isfinite(errors).all() else None
