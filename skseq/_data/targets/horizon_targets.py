"""Targets that are numbers of several steps: (n,), (n, h), (n, h, k), or a list of (h_i,) or (h_i, k); k targets."""

from dataclasses import dataclass

import numpy as np

from skseq._arguments import brief
from skseq._data.checks import naming
from skseq._data.column_names import check_column_names
from skseq._data.finite import check_finite, check_if_not_finite, is_fine
from skseq._data.plain import plain
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences, as_samples, is_ragged, pad, split
from skseq._data.values import four_digits, read_values


@dataclass(frozen=True, kw_only=True, eq=False)
class HorizonTargets:
    """What the targets of a forecaster were in fit.

    Parameters
    ----------
    horizon : int
        Steps of the longest target.
    n_targets : int
        Numbers per step.
    has_steps, has_targets : bool
        Whether y had an axis of steps, and one of targets.
    is_listed : bool
        Whether each sample was an array of its own.
    dtype : str
        Type of the numbers in the network.
    of : str
        What errors call the estimator.
    counts : bool
        Whether the numbers are counts, which are not moved, and other numbers are refused.
    scale : Scale or None
        How numbers are scaled before the network learns to write them. None until it is learnt.
    names : tuple of str or None
        What the columns of y were called, if it was a list of frames. None: they are read by position.
    """

    horizon: int
    n_targets: int
    has_steps: bool
    has_targets: bool
    is_listed: bool
    dtype: str
    of: str
    counts: bool = False
    scale: Scale | None = None
    names: tuple | None = None

    @classmethod
    def learn(cls, y, argument, *, dtype, of, counts=False):
        """From targets in any form."""
        values, has_steps, names = _read(y, argument)
        return cls(
            horizon=int(values.lengths.max()),
            n_targets=values.n_targets,
            has_steps=has_steps,
            has_targets=values.has_targets,
            is_listed=values.is_listed,
            dtype=dtype,
            of=of,
            counts=counts,
            names=names,
        )

    def check(self, y, argument, *, any_steps=False):
        """`Values` of the targets and form in fit, with as many steps unless there may be any."""
        values, has_steps, _ = _read(y, argument, names=self.names)
        if (has_steps, values.n_targets, values.has_targets) != (self.has_steps, self.n_targets, self.has_targets):
            raise ValueError(
                f"{argument} has {_described(has_steps, values)}, but {self.of} was fitted on targets with "
                f"{_described(self.has_steps, self)}."
            )
        if self.counts:
            _check_counts(values, argument, self.has_steps)
        steps = values.lengths
        if not any_steps and (steps.max() > self.horizon or not self.is_listed) and not (steps == self.horizon).all():
            raise ValueError(
                f"{argument} has up to {steps.max()} step(s) per sample, but {self.of} was fitted on {self.horizon}: "
                "pass as many, or a list of at most as many."
            )
        return values

    def encode(self, values):
        """Rows "target" (n, h, k), not scaled yet, and "target_lengths", if they differ."""
        lengths = values.lengths.astype(np.int32)
        target = pad(values.values, lengths)
        return {"target": target} | ({} if (lengths == lengths[0]).all() else {"target_lengths": lengths})

    def scaled(self, numbers, argument):
        """Numbers (n, h, k) as training asks the network for them."""
        return self.scale.apply(Sequences(values=numbers), self.dtype, argument, training=True).values

    def as_read(self, numbers):
        """Numbers (n, h, k) on the scale of the network, however far out they are."""
        return self.scale.apply(Sequences(values=numbers), self.dtype, "y").values

    def undo(self, numbers):
        """Numbers (n, h, k, ...) of the network on the scale of `encode`, float64."""
        return np.moveaxis(self.scale.undo(np.moveaxis(numbers, 2, -1)), -1, 2)

    def undo_deviations(self, numbers):
        """Deviations (n, h, k, ...) of the network on the scale of `encode`, float64."""
        return np.moveaxis(self.scale.undo_deviations(np.moveaxis(numbers, 2, -1)), -1, 2)

    def in_form(self, numbers, lengths=None):
        """Numbers (n, h, k, ...) in the form of y in fit; with lengths (n,) a list of as many steps."""
        numbers = numbers if self.has_targets else numbers[:, :, 0]
        if lengths is not None:
            return split(numbers, lengths)
        return numbers if self.has_steps else numbers[:, 0]

    def labels(self, y):
        """The numbers of every step as a string, a list per sample, for displays."""
        samples = map(np.atleast_1d, as_samples(y) or np.asarray(y))  # (h_i,) or (h_i, k)
        return [[four_digits(np.ravel(step)) for step in own] for own in samples]


_ZEROS = (
    "if interpolate() has filled in steps in which nothing was sold or counted, fill in 0 instead, as by asfreq('D', "
    "fill_value=0) of pandas, else "
)


def _check_counts(values, argument, has_steps):
    wrong = (values.values < 0) | (values.values != np.round(values.values))  # (n_steps, k)
    if not wrong.any():
        return
    step, target = np.argwhere(wrong)[0]
    place = f"sample {np.repeat(np.arange(len(values.lengths)), values.lengths)[step]}"
    place += f", step {values.positions[step]}" if has_steps else ""
    place += f", column {target}" if values.has_targets else ""
    value = values.values[step, target]
    remedy = "" if value < 0 else _ZEROS
    raise ValueError(
        f"{argument} must hold counts for this loss, whole numbers of at least 0. Got {value:g} ({place}): {remedy}set "
        "another loss, such as 'normal' or 'quantile'."
    )


def _read(y, argument, *, names=None):
    """(`Values`, whether there is an axis of steps, names of columns); nested lists of one length are an array."""
    y = plain(y, argument)
    names = check_column_names(as_samples(y) or (), argument, expected=names)
    listed = is_ragged(y)
    with naming(y, argument, "(n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets)"):
        y = y if listed else np.asarray(y)
    if not listed and y.ndim == 0:  # sparse containers, too
        raise ValueError(
            f"{argument} must hold targets for every sample, in a list or a dense array. Got {brief(y, 80)}."
        )
    try:
        values = read_values(y, argument)
    except ValueError as error:
        check_if_not_finite(error, y, argument)
        raise
    if not is_fine(values.values):
        check_finite(y, argument, of="sample")
    return values, listed or y.ndim > 1, names


def _described(has_steps, values):
    steps = "several steps" if has_steps else "one step"
    return f"{steps} of {values.n_targets} target(s)" + (" in an axis of their own" if values.has_targets else "")
