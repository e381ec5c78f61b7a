"""Values of a forecast: windows as given and as read, what was learnt of them, and what is forecast."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skseq._base.fits.job import Examples, Learnt
from skseq._data.forecasts import conformal
from skseq._data.forecasts.linear_part import LinearPart
from skseq._data.forecasts.window_units import Units, WindowScaling
from skseq._data.groups import check_spans, last_groups
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences


@dataclass(frozen=True, kw_only=True, eq=False)
class GivenWindows:
    """What a forecast is made from, as the user gave it; ``groups`` are those of `check_spans`."""

    past: object
    future: object = None
    static: object = None
    groups: object = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ForecastLearnt(Learnt):
    """`Learnt`, and what is special to forecasts.

    ``scaling`` says how windows are scaled. ``n_future`` and ``n_static`` are how much is known beforehand, and
    ``known`` is the `Scale` of these numbers, ``known_names`` what their columns are called. The network learns what
    the `LinearPart` leaves, if there is one: ``wants_linear`` is whether there was to be one, and ``few_are_enough``
    whether a few samples may teach it. The first samples of a stream may not: later targets are scaled by what they
    leave.
    ``linear_pays`` is whether no trial has shown that the network learns more without it.
    """

    scaling: WindowScaling | None = None
    n_future: int | None = None
    n_static: int | None = None
    known: Scale | None = None
    known_names: dict | None = None
    linear: LinearPart | None = None
    wants_linear: bool | None = None
    few_are_enough: bool = True
    linear_pays: bool = True

    @property
    def n_told(self):
        """Numbers that the decoder is told of every step besides the step before."""
        return self.n_future + self.n_static + self.scaling.n_known

    @property
    def scales(self):
        """As in `Learnt`, that of "known", and how "windows" are scaled: a `WindowScaling`."""
        known = {} if self.known is None or self.known.changes_nothing else {"known": self.known}
        linear = {} if self.linear is None else {"linear": self.linear}
        told = {"windows": self.scaling, "n_future": self.n_future, "n_static": self.n_static}
        return super().scales | known | linear | told

    def rows(self, sequences, units, future, static):
        """What the network reads of windows, not scaled yet: the source, "before" (n, k) and "future" (n, h, c)."""
        rows = dict(self.scaling.scaled(sequences, units).rows)
        rows["before"] = self.scaling.before(sequences, units)
        same = np.concatenate([static, self.scaling.known(units)], axis=1)  # at all steps: (n, c)
        if self.n_told:
            rows["future"] = np.concatenate([future, np.repeat(same[:, None], future.shape[1], axis=1)], axis=2)
        return rows

    def told_of_windows(self, rows):
        """Size and place of each window, as `WindowScaling.known` tells them: (n, n_known)."""
        n_given = self.n_future + self.n_static
        return rows["future"][:, 0, n_given:] if self.n_told else np.zeros((len(rows["before"]), 0))

    @property
    def larger(self):
        """How many times as large errors of others are as those of the samples that taught the network."""
        return 1.0 if self.linear is None else self.linear.larger

    def widened(self, numbers, points):
        """Numbers of the network as far from its points as errors of others are."""
        return numbers if self.larger == 1 else points + self.larger * (numbers - points)

    def sizes(self, rows):
        """Sizes of windows (n, k); 1 where nothing is scaled."""
        k = self.scaling.n_targets
        return np.exp(self.told_of_windows(rows)[:, :k]) if self.scaling.n_known else np.ones((len(rows["before"]), k))

    def moved(self, rows):
        """Whether the past of each target ever moves (n, k) in windows of `rows`."""
        return self.scaling.moved(self.told_of_windows(rows))

    def settled(self, rows):
        """Rows in which windows that never move are in units of the least size, if that was not known in `rows`."""
        still = np.isneginf(self.told_of_windows(rows)[:, : self.scaling.n_targets])  # (n, k)
        if not still.any():
            return rows
        sizes = np.where(still, self.scaling.least, 1.0)[:, None]  # (n, 1, k)
        first, future = self.n_future + self.n_static, rows["future"].copy()
        logs = future[:, :, first : first + self.scaling.n_targets]  # a view
        logs[np.isneginf(logs)] = 0
        logs += np.log(sizes)
        return rows | {"future": future, "target": rows["target"] / sizes}

    def unit(self, rows):
        """{"unit": (n, k)}, by which counts were divided in `rows`; nothing for other numbers."""
        if not self.targets.counts:
            return {}
        return {"unit": (self.sizes(rows) * self.targets.scale.deviation).astype(self.targets.dtype)}

    def scaled(self, data, suffix=""):
        """`TrainingData` as the network reads them."""
        rows = self.settled(data.rows)
        read = self.read_source(rows, suffix) | self.read_before(rows, suffix, training=True)
        rows = rows | read | self.unit(rows)
        if self.linear is not None:
            rows["target"] = rows["target"] - self.linear.predict(rows)
        rows["target"] = self.targets.scaled(rows["target"], f"y{suffix}")
        return replace(data, rows=rows)

    def read_source(self, rows, suffix="", *, training=True):
        """The rows of what is known beforehand, as the network reads them."""
        read = {"source": self.source.scaled(Sequences.of_rows(rows), f"X{suffix}", training=training).values}
        if "future" in rows:
            known, dtype = Sequences(values=rows["future"]), self.targets.dtype
            known = self.known.apply(known, dtype, lambda column: self._told_by(column) + suffix, training=training)
            read["future"] = self.scaling.squashed(known.values)
        return read

    def _told_by(self, column):
        """The argument that a number which the decoder is told is from."""
        if column >= self.n_future + self.n_static:
            return "X"  # where its windows lie
        return "X_future" if column < self.n_future else "X_static"

    def read_before(self, rows, suffix="", *, training):
        """What stands for the step before the first, as the network reads it."""
        before = Sequences(values=rows["before"][:, None])
        read = self.targets.scale.apply(before, self.targets.dtype, f"X{suffix}", training=training)
        return {"before": read.values[:, 0]}

    def as_read(self, rows):
        """Rows of `rows` as the network reads them in a forecast."""
        read = self.read_source(rows, training=False) | self.read_before(rows, training=False)
        return rows | read | self.unit(rows)

    def as_written(self, target, rows):
        """Targets (n, h, k) in units of their windows as the network would have to write them for rows that it read."""
        return self.targets.as_read(target if self.linear is None else target - self.linear.predict(rows))

    def undo(self, numbers, rows):
        """Numbers (n, h, k, ...) that the network wrote for rows that it read, in the units of their windows."""
        numbers = self.targets.undo(numbers)
        if self.linear is None:
            return numbers
        linear = self.linear.predict(rows)[:, : numbers.shape[1]]
        return numbers + linear.reshape(*linear.shape, *[1] * (numbers.ndim - 3))


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """What is to be forecast: rows as the network reads them, the `Units` of the windows, and the way back to them.

    ``lengths`` are the steps that were asked for of each sample (n,), or None if all have ``n_steps``.
    """

    rows: dict
    units: Units
    n_steps: int
    learnt: ForecastLearnt
    lengths: np.ndarray | None = None

    def __len__(self):
        return len(self.rows["before"])

    def take(self, index):
        """That of some windows."""
        rows = {name: x[index] for name, x in self.rows.items()}
        lengths = None if self.lengths is None else self.lengths[index]
        return replace(self, rows=rows, units=self.units.take(index), lengths=lengths)

    def in_units(self, numbers):
        """Numbers (n, h, k, ...) of the network in the units of y."""
        return self.units.undo(self.learnt.undo(numbers, self.rows))

    def sizes(self, still):
        """What one unit of a window is in y (n, k); ``still`` says that of windows that never move."""
        if not self.learnt.scaling.n_known:
            return self.units.size
        moves = ~np.isclose(self.units.size, self.learnt.scaling.least, rtol=1e-9, atol=0)
        return conformal.sizes_with(self.units.size, moves, still)

    def deviations_in_units(self, numbers):
        """Deviations (n, h, k, ...) of the network in the units of y."""
        return self.units.undo_deviations(self.learnt.targets.undo_deviations(numbers))


@dataclass(frozen=True, kw_only=True, eq=False)
class ForecastExamples(Examples):
    """`Examples` with checked weights (n,), and what else was read of them.

    ``groups`` (n, 2) or None: the first and the last of each. ``stride``: the steps from window to window, where X
    without groups shows that each goes on in the next one.
    """

    sample_weight: np.ndarray
    groups: np.ndarray | None = None
    stride: int | None = None

    @property
    def counted(self):
        """Indices of the samples with a weight."""
        return np.flatnonzero(self.sample_weight)

    def take(self, index):
        """Some of the samples."""
        return replace(
            self,
            sequences=self.sequences.take(index),
            targets={name: x[index] for name, x in self.targets.items()},
            sample_weight=self.sample_weight[index],
            groups=None if self.groups is None else self.groups[index],
        )

    def last(self, fraction):
        """(earlier samples, the last ones) by position, or by groups where there are some; each at least one.

        None if there are too few.
        """
        positions = check_spans(np.arange(len(self.sequences)), len(self.sequences))
        masks = last_groups(positions if self.groups is None else self.groups, fraction)
        return None if masks is None else tuple(self.take(np.flatnonzero(mask)) for mask in masks)

    def apart(self, fraction, horizon):
        """Indices of (earlier samples, the last ones) among those with a weight, none of which share a step of y.

        Without groups as if they were windows one after another. None if there are too few.
        """
        counted = self.counted
        steps = np.arange(len(counted))
        spans = np.stack([steps, steps + horizon - 1], axis=1) if self.groups is None else self.groups[counted]
        masks = last_groups(spans, fraction)
        return None if masks is None else tuple(counted[mask] for mask in masks)
