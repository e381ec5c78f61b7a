"""Numbers per step, of one length or ragged, read into one flat array, and the errors about all others.

y has one of these forms, forecasts the same with one more axis, for quantiles, bounds or samples:

* an array (n,), one step per sample; (n, h), or (n, h, k) for k targets
* a list, Series or object array of arrays (h_i,) or (h_i, k), whose numbers of steps may differ

Frames in a list are as forecasters return them: the column of times of a polars frame is left out, and columns of two
levels are those of k targets and of one more axis.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from sklearn.utils import assert_all_finite

from skseq._arguments import is_frame, library_of
from skseq._data.checks import check_numbers, check_sample
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, check_lengths, is_sequence
from skseq._data.times.polars_times import time_columns
from skseq._data.times.time_order import index_of, times_of


@dataclass(frozen=True)
class Values:
    """The steps of all samples one after another: values (n_steps, n_targets, ...), lengths (n,)."""

    values: np.ndarray
    lengths: np.ndarray
    has_targets: bool  # whether there was an axis of targets
    is_listed: bool  # whether each sample was an array of its own
    given: list  # the samples as they came, if they were listed

    @property
    def n_targets(self):
        return self.values.shape[1]

    @property
    def starts(self):
        """Where each sample begins, (n,)."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def positions(self):
        """The step within its sample, (n_steps,)."""
        return np.arange(len(self.values)) - self.per_step(self.starts)

    def per_step(self, per_sample):
        """(n, ...) to (n_steps, ...)"""
        return np.repeat(per_sample, self.lengths, axis=0)

    def cut(self, lengths):
        """The first steps of every sample."""
        return replace(self, values=self.values[self.positions < self.per_step(lengths)], lengths=lengths)

    def samples(self):
        """A list of (t_i, n_targets, ...)."""
        return np.split(self.values, self.starts[1:])


# --- read -------------------------------------------------------------------------------------------------------------


def read_values(y, argument, *, n_last=0, may_be_infinite=False):
    """`Values` of y, which has ``n_last`` more axes, 0 or 1, behind those of targets."""
    y = plain(y, argument)
    samples = as_samples(y)
    is_listed = bool(samples) and any(map(is_sequence, samples))
    steps, lengths = _read_list(samples, argument, n_last) if is_listed else _read_array(y, argument, n_last)
    finite = np.nan_to_num(steps, nan=np.nan) if may_be_infinite else steps  # infinities become large numbers
    assert_all_finite(finite, input_name=argument)
    has_targets = steps.ndim == 2 + n_last
    given = samples if is_listed else []
    return Values(steps if has_targets else steps[:, None], lengths, has_targets, is_listed, given)


def _read_array(y, argument, n_last):
    """(n[, h[, k]][, last]) to (n * h[, k][, last]), and the lengths."""
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "ensure_min_samples": 0}
    expected = "an array, or a list of arrays, of numbers with one row per step"
    array = check_numbers(y, argument, expected=expected, ensure_min_features=0, input_name=argument, **options)
    if not 1 <= array.ndim - n_last <= 3 or 0 in array.shape:
        raise ValueError(_expected(argument, n_last, f"shape {array.shape}"))
    array = array[:, None] if array.ndim - n_last == 1 else array
    n_samples, horizon = array.shape[:2]
    return array.reshape(n_samples * horizon, *array.shape[2:]), np.full(n_samples, horizon)


def _read_list(samples, argument, n_last):
    """A list of (h_i[, k][, last]) to (n_steps[, k][, last]), and the lengths."""
    arrays = [_as_numbers(sample, f"{argument}[{index}]", n_last) for index, sample in enumerate(samples)]
    arrays = [array[None] if array.ndim == n_last else array for array in arrays]  # one step: [[lower, upper], ...]
    shapes = {array.shape[1:] for array in arrays}
    if len(shapes) > 1 or not 0 <= len(next(iter(shapes))) - n_last <= 1:
        got = " and ".join(map(str, sorted({array.shape for array in arrays})[:3]))
        raise ValueError(_expected(argument, n_last, f"samples of shape {got}"))
    return np.concatenate(arrays), check_lengths(arrays, argument=argument)


def _as_numbers(sample, where, n_last):
    time = _time_column(sample)
    sample = sample if time is None else sample.drop(time)
    array = check_sample(sample, where, expected="an array of numbers with one row per step")
    if n_last and _has_two_levels(sample):
        return _by_target(array, sample.columns, where)
    return array[None] if array.ndim == 0 else array  # among others that are sequences


def _by_target(array, columns, where):
    """(h, k * last) to (h, k, last), by columns of two levels."""
    targets, entries = (list(dict.fromkeys(columns.get_level_values(level))) for level in (0, 1))
    if list(columns) != list(product(targets, entries)):
        raise ValueError(
            f"{where} has the columns {list(columns)}. Expected those of each target side by side, the same for all "
            f"and in one order: {list(product(targets, entries))}. Select them by name."
        )
    return array.reshape(len(array), len(targets), len(entries))


def _expected(argument, n_last, got):
    last = ", last axis" if n_last else ""
    return (
        f"{argument} must be an array of shape (n_samples{last or ','}), (n_samples, horizon{last}) or (n_samples, "
        f"horizon, n_targets{last}), or a list of arrays (horizon{last or ','}) or (horizon, n_targets{last}) whose "
        f"horizons may differ. Got {got}."
    )


# --- frames -----------------------------------------------------------------------------------------------------------


def names_of_targets(sample, *, has_last):
    """Names of the targets of a frame; None of what has none.

    With a last axis, those of forecasters in pandas alone have them, as the first of two levels.
    """
    if not is_frame(sample) or (has_last and not _has_two_levels(sample)):
        return None
    columns, time = sample.columns, _time_column(sample)
    if has_last:
        columns = dict.fromkeys(columns.get_level_values(0))
    return [name for name in columns if time is None or name != time]


def levels_of_columns(sample):
    """The numbers that the columns of a frame name on its last level, or that their names end with; None without."""
    if not is_frame(sample):
        return None
    time = _time_column(sample)
    names = [name for name in sample.columns if time is None or name != time]
    last = dict.fromkeys(name[-1] if isinstance(name, tuple) else str(name).rpartition("_")[-1] for name in names)
    try:
        return [float(name) for name in last]
    except (TypeError, ValueError):
        return None


def times_of_steps(sample):
    """Times of the steps of a Series or frame: the index of pandas, or the one column of polars; None without."""
    time = _time_column(sample)
    if time is not None:
        return sample[time]
    index = index_of(sample)
    return None if index is None else times_of(index)


def _has_two_levels(sample):
    """Whether columns have levels of targets and of one more axis; bounds of several coverages are of one target."""
    if not is_frame(sample) or getattr(sample.columns, "nlevels", 1) != 2:
        return False
    return list(dict.fromkeys(sample.columns.get_level_values(0))) != ["lower", "upper"]


def _time_column(sample):
    """The one column of times of a polars frame that has others, or None."""
    if not (is_frame(sample) and library_of(sample) == "polars"):
        return None
    names = time_columns(sample)
    return names[0] if len(names) == 1 < len(sample.columns) else None


# --- words ------------------------------------------------------------------------------------------------------------


def four_digits(numbers):
    """Numbers as displays write them, in one string: "31230, 0.4571"; a blank that does not break is no token."""
    return ",\N{NO-BREAK SPACE}".join(f"{float(f'{number:.4g}'):g}" for number in numbers)  # "31230", not "3.123e+04"
