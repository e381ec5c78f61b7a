"""Every window on a scale of its own: from its past alone, so that no forecast depends on its neighbours or the future.

A series may end far above where all others did. What is learnt of one must serve the other, so a window is centred and
divided by its size, and with a season a regressor learns only the difference to the value one season before, or to the
mean of seasons.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from skseq._data.working_memory import derived, slices

SCALINGS = ("standard", "mean")  # of forecasts that know no windows
CENTRED = ("standard", "robust", "difference")  # kinds that subtract something before they divide
FAR = 4  # times what three of four targets keep to, in sizes of their windows: no target is further away
SMALLEST_TO_SQUARE = 1e-140
FARTHEST = 10  # sizes of its window that a smoothed forecast is told to be away
LEAST_SIZE = 1e-3  # times the median size in fit: what stands for that of constant windows, which have none


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """Of n windows: ``centre`` and ``size`` (n, k) of the past of k targets.

    With a season, ``base`` (n, m, k) has their last m values, or what else a season may go on as; then what is learnt
    is the distance from these, not from the centre. Where a window never moves its size is 0, unless another one stands
    for it.
    """

    centre: np.ndarray
    size: np.ndarray
    base: np.ndarray | None = None

    def _origin(self, n_steps):
        """What is subtracted (n, n_steps or 1, k)."""
        if self.base is None:
            return self.centre[:, None]
        return last_season(self.base, self.base.shape[1], n_steps)

    @property
    def moves(self):
        """Which targets move in which window (n, k)."""
        return self.size > 0

    def with_least(self, least):
        """Units in which a size stands for that of windows that never move."""
        return replace(self, size=np.where(self.moves, self.size, least))

    def with_common(self, size, levels=None):
        """Units of one size (k,) for all windows, and of one level for all that lie within ``levels``, if given.

        These (3, k) are the lowest, the usual and the highest. What lies beyond is read as if it lay at the nearest.
        Where all three are equal, each window has a centre of its own.
        """
        size = np.broadcast_to(size, self.size.shape)
        if levels is None:
            return replace(self, size=size)
        lowest, usual, highest = levels
        return replace(self, centre=usual + (self.centre - np.clip(self.centre, lowest, highest)), size=size)

    def towards(self, sizes):
        """Units whose sizes are the geometric means of their own and of others (n, k)."""
        return replace(self, size=np.sqrt(self.size) * np.sqrt(sizes))

    def take(self, index):
        """Those of some windows."""
        base = None if self.base is None else self.base[index]
        return Units(centre=self.centre[index], size=self.size[index], base=base)

    def divide(self, differences):
        """Differences (n, t, k) in sizes of their window; 0 where it has none."""
        size = np.broadcast_to(self.size[:, None], differences.shape)
        return np.divide(differences, size, where=size > 0, out=np.zeros_like(differences))

    def standardised(self, past):
        """The past of the targets (n, t, k) in sizes of its window, from the centre on."""
        return self.divide(past - self.centre[:, None])

    def apply(self, targets):
        """Targets (n, h, k) in the units of their windows."""
        return self.divide(targets - self._origin(targets.shape[1]))

    def undo(self, numbers):
        """Numbers (n, h, k, ...) in the units of the data."""
        origin = self._origin(numbers.shape[1])
        return self.undo_deviations(numbers) + origin.reshape(*origin.shape, *[1] * (numbers.ndim - 3))

    def undo_deviations(self, numbers):
        """Deviations (n, h, k, ...) in the units of the data."""
        return numbers * self.size[:, None].reshape(len(self.size), 1, -1, *[1] * (numbers.ndim - 3))


def last_season(past, season, n_steps, n_seasons=1):
    """The last season of each window (n, t, k) over and over, or the mean of the last ones: (n, n_steps, k)."""
    if n_seasons > 1:
        n, _, k = past.shape
        past = past[:, -n_seasons * season :].reshape(n, n_seasons, season, k).mean(axis=1)
    return past[:, np.arange(n_steps) % season - season]  # -season, ..., -1, -season, ...


def weights_of_seasons(n_steps, season):
    """Weights (season, n_steps) of a window by which a season may go on: the mean of all, on the level of the last.

    The level is the mean of a season. A single season is the last one itself.
    """
    n_seasons = n_steps // season
    ago, back = np.divmod(np.arange(n_steps)[::-1], season)
    is_phase = season - 1 - back == np.arange(season)[:, None]  # (season, n_steps)
    return (ago < n_seasons) * (is_phase - 1 / season) / n_seasons + (ago == 0) / season


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowScaling:
    """How windows are put on scales of their own.

    Parameters
    ----------
    kind : {"standard", "mean", "count", "robust", "difference"} or None
        "standard": by mean and standard deviation; "mean": by the mean absolute value, without a centre; "count": by 1
        more than that, so that no window is without size; "robust": by median and quartiles, or the deviation if the
        quartiles are equal; "difference": by the mean absolute difference from the value one season before, or one step
        without a season, in which the deviation counts as one more, and a tenth of the deviation. None: all in the
        units of the data.
    season : int or None
        Steps back to the value from which the distance is learnt.
    columns : list of int or None
        Those of X that are the past of the targets, in their order. None: X does not hold it, and nothing is scaled.
    n_targets : int
        Number of targets.
    least : ndarray of shape (n_targets,) or None
        What stands for the size of a window that never moves, so that networks learn something in it. None: nothing,
        or not learnt yet.
    common : ndarray of shape (n_targets,) or None
        The size of all windows, where covariates have an effect in the units of the targets, or levels tell what comes
        next. None: each has its own.
    levels : ndarray of shape (3, n_targets) or None
        In the second case the lowest, the usual and the highest level of windows: see `Units.with_common`. None: each
        window has a centre of its own.
    by_auto : bool
        Whether "auto" took the kind, and not the user.
    """

    kind: str | None
    season: int | None
    columns: list | None
    n_targets: int
    least: np.ndarray | None = None
    common: np.ndarray | None = None
    levels: np.ndarray | None = None
    by_auto: bool = False

    normal_spread: ClassVar = 1.3489795  # between the quartiles, over the deviation of a normal distribution
    share_of_deviation: ClassVar = 0.1  # in a size by differences, for series that repeat themselves exactly

    @property
    def n_known(self):
        """Numbers that tell the size of a window and where it lies: those of `known`."""
        if self.columns is None or self.kind is None:
            return 0
        return self.n_targets * (2 if self.has_centre else 1)

    @property
    def named(self):
        """What a user calls the kind."""
        return "mean" if self.kind == "count" else self.kind

    @property
    def has_centre(self):
        """Whether something is subtracted from windows before they are divided by their size."""
        return self.kind in CENTRED

    @property
    def on_level(self):
        """Which targets (k,) are read on one level."""
        lowest, _, highest = self.levels
        return highest > lowest

    def learnt(self, known):
        """With the size of windows that never move, from what is `known` of training windows (n, n_known)."""
        if not self.n_known:
            return replace(self, least=np.full(self.n_targets, LEAST_SIZE))  # all have the size 1
        logs = known[:, : self.n_targets]
        typical = [np.median(own[np.isfinite(own)]) if np.isfinite(own).any() else 0.0 for own in logs.T]
        return replace(self, least=LEAST_SIZE * np.exp(typical))

    def units(self, sequences, argument="X"):
        """`Units` of `Sequences`."""
        centre, size = self._moments(sequences)
        base = None
        if self.season is not None and self.columns is not None:
            base = self._last(sequences, self.season, argument)
        units = Units(centre=centre, size=size, base=base)
        if self.common is not None:
            return units.with_common(self.common, self.levels)
        return units if self.least is None else units.with_least(self.least)

    def before(self, sequences, units):
        """What stands for the target of the step before the first (n, k), in units of the window; 0 if unknown."""
        if self.columns is None:
            return np.zeros((len(sequences), self.n_targets))
        lengths = sequences.real_lengths
        last = self._at(sequences, lengths[:, None] - 1)[:, 0]
        if units.base is None:
            return units.divide((last - units.centre)[:, None])[:, 0]
        earlier = self._at(sequences, np.maximum(lengths - 1 - self.season, 0)[:, None])[:, 0]
        return np.where(lengths[:, None] > self.season, units.divide((last - earlier)[:, None])[:, 0], 0.0)

    def known(self, units):
        """log size, and the centre where there is one: (n, n_known). Standardised, they do not depend on units.

        A window that has no size yet has -inf. Of one level nothing is told, not even that a window lies beyond.
        """
        if not self.n_known:
            return np.zeros((len(units.size), 0))
        logs = np.log(units.size, where=units.moves, out=np.full(units.size.shape, -np.inf))
        centre = units.centre if self.levels is None else np.where(self.on_level, self.levels[1], units.centre)
        return np.concatenate([logs, *([centre] if self.has_centre else [])], axis=1)

    def moved(self, known):
        """Whether windows have a size of their own (n, k), by numbers (n, c) that end in those of `known`."""
        if not self.n_known:
            return np.ones((len(known), self.n_targets), bool)
        sizes = known[:, known.shape[1] - self.n_known :][:, : self.n_targets]
        return np.abs(sizes - np.log(self.least)) > 1e-9

    def squashed(self, known):
        """Standardised numbers (..., c) that end in those of `known`, with asinh of the centres.

        The few series that lie far from all others do not drown these.
        """
        if not self.n_known or not self.has_centre:
            return known

        def squash(index):
            part = known[index]
            return np.concatenate([part[..., : -self.n_targets], np.arcsinh(part[..., -self.n_targets :])], axis=-1)

        return derived(squash, known.shape, known.dtype)  # numbers beyond the working memory are computed by samples

    def scaled(self, sequences, units):
        """`Sequences` whose columns of targets are in the units of their windows; zeros on padding."""
        if self.columns is None or self.kind is None:
            return sequences

        def in_units(index):
            part = sequences.take(index)
            values = np.array(part.values, np.float64)
            values[..., self.columns] = units.take(index).standardised(values[..., self.columns])
            if part.lengths is not None:
                values[~part.mask] = 0
            return values

        return replace(sequences, values=derived(in_units, sequences.values.shape, np.float64))

    def _moments(self, sequences):
        """(centre, size) of every window, (n, k) each; (0, 1) without scaling."""
        n, k = len(sequences), self.n_targets
        if self.columns is None or self.kind is None:
            return np.zeros((n, k)), np.ones((n, k))
        own = {"season": self.season or 1} if self.kind == "difference" else {}
        parts = [
            OF_PART[self.kind](*self._part(sequences.take(part)), **own)
            for part in slices(sequences.values, n_arrays=4)
        ]
        centre, size = (np.concatenate(moment) for moment in zip(*parts))
        rounding = 4 * np.finfo(sequences.values.dtype).eps * np.abs(centre)  # smaller differences are none
        return centre, np.where(size > rounding, size, 0.0)

    def _part(self, part):
        """Past of the targets (n, t, k), float64, and the mask (n, t, 1)."""
        return np.asarray(part.values, np.float64)[..., self.columns], part.mask[..., None]

    def _last(self, sequences, n_steps, argument):
        """The last steps (n, n_steps, k) of the past of the targets."""
        lengths = sequences.real_lengths
        if lengths.min() < n_steps:
            raise ValueError(
                f"season={n_steps} needs a past of as many timesteps, but {argument} holds a sequence of "
                f"{lengths.min()} (sample {int(lengths.argmin())}): pass longer ones, or set a shorter season."
            )
        return self._at(sequences, lengths[:, None] - n_steps + np.arange(n_steps))

    def _at(self, sequences, places):
        """The past of the targets (n, q, k) at these timesteps (n, q)."""
        found = [
            np.asarray(sequences.values[part], np.float64)[np.arange(len(places[part]))[:, None], places[part]]
            for part in slices(sequences.values, n_arrays=2)
        ]
        return np.concatenate(found)[..., self.columns]


def within_reach(targets):
    """Targets (n, horizon, n_targets) in sizes of their windows, the far ones cut.

    After a window that hardly moved, a jump is thousands of its sizes, and would decide what is learnt of all others.
    """
    usual = np.maximum(1, np.quantile(np.abs(targets), 0.75, axis=(0, 1)))  # (n_targets,)
    return np.clip(targets, -FAR * usual, FAR * usual)


def told_smoothed(units, smoothed, *, cut=True):
    """Smoothed forecasts (n, n_steps, n_targets) in the units of their windows, the far ones ``cut`` or not."""
    told = units.apply(smoothed)
    return np.clip(told, -FARTHEST, FARTHEST) if cut else told


def usual_scaling(season):
    """The kind that forecast best in benchmarks.forecasting."""
    return "standard" if season is None else "difference"


def units_of(windows, kind, season=None):
    """`Units` of `forecast_windows.Windows`."""
    return scaling_of(windows, kind, season).units(windows.sequences)


def scaling_of(windows, kind, season=None, common=None, levels=None):
    """The `WindowScaling` of `forecast_windows.Windows`."""
    k = windows.n_targets
    return WindowScaling(kind=kind, season=season, columns=list(range(k)), n_targets=k, common=common, levels=levels)


def sizes_of_series(series, kind, season=None):
    """Sizes (n_series, k) of whole series (t_i, k): of a kind without a centre as of windows, else by differences."""
    size, own = (_difference, {"season": season or 1}) if kind in (None, *CENTRED) else (OF_PART[kind], {})
    return np.array([size(values[None], np.ones((1, len(values), 1), bool), **own)[1][0] for values in series])


def _standard(values, mask):
    counts = mask.sum(axis=1)
    origin = values[:, :1]  # large numbers keep their small differences
    moved = np.where(mask, values - origin, 0)
    power = _power_of_two(np.abs(moved).max(axis=1))  # (n, k)
    mean = (moved * power[:, None]).sum(axis=1) / counts
    variance = np.where(mask, np.square(moved * power[:, None] - mean[:, None]), 0).sum(axis=1) / counts
    return origin[:, 0] + mean / power, np.sqrt(variance) / power


def _power_of_two(largest):
    """What numbers of up to the largest are multiplied with, so that their squares do not vanish; mostly 1."""
    exponent = np.where((largest > 0) & (largest < SMALLEST_TO_SQUARE), -np.frexp(largest)[1], 0)
    return np.exp2(np.minimum(exponent, 1000))  # exact, so that nothing else changes


def _mean(values, mask):
    size = np.where(mask, np.abs(values), 0).sum(axis=1) / mask.sum(axis=1)
    return np.zeros_like(size), size


def _count(values, mask):
    """nu = 1 + mean (Salinas et al. 2020, section 3.3)."""
    centre, size = _mean(values, mask)
    return centre, 1 + size


def _robust(values, mask):
    low, middle, high = np.nanquantile(np.where(mask, values, np.nan), (0.25, 0.5, 0.75), axis=1)
    spread = (high - low) / WindowScaling.normal_spread
    return middle, np.where(spread > 0, spread, _standard(values, mask)[1])  # mostly one value: the others count


def _difference(values, mask, season):
    """By what MASE divides errors (Hyndman and Koehler 2006), where the deviation counts as one difference more."""
    centre, deviation = _standard(values, mask)
    both = mask[:, season:] & mask[:, :-season]
    moved = np.where(both, np.abs(values[:, season:] - values[:, :-season]), 0).sum(axis=1)
    size = (moved + deviation) / (both.sum(axis=1) + 1)
    return centre, size + WindowScaling.share_of_deviation * deviation


OF_PART = {"standard": _standard, "mean": _mean, "count": _count, "robust": _robust, "difference": _difference}
