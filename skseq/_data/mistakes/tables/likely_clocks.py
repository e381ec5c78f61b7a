"""Frames of a list with a column that counts timesteps, as `from_long` leaves it in polars: most likely no feature."""

import numpy as np

from skseq._arguments import library_of
from skseq._callers import warn_caller


def warn_of_clocks(samples, names, argument):
    """Warn of a column of integers that rises evenly in all frames, of those with such names (None: there are none).

    It tells when a sequence was recorded. Where all frames count alike it tells nothing, and does no harm.
    """
    frames = [sample for sample in samples if len(getattr(sample, "columns", ())) > 1]
    if names is None or len(frames) < 2 or len(frames) < len(samples) or len({frame.shape[1] for frame in frames}) > 1:
        return
    labels = list(getattr(frames[0], "column_names", frames[0].columns))
    for column, name in enumerate(labels):
        first = [_start_of_clock(_cells(frame, column)) for frame in frames]
        if labels.count(name) == 1 and None not in first and len(set(first)) > 1:
            warn_caller(
                f"Column {name!r} of the frames in {argument} counts timesteps, and is read as a feature: it tells "
                "when each sequence was recorded. If it is only an index, as from_long leaves it in frames of polars, "
                f"drop it: [x.drop({name!r}) for x in {argument}] of polars, x.drop(columns={name!r}) of pandas."
            )


def _cells(frame, column):
    """A column of a frame by its number: names may occur twice."""
    if library_of(frame) == "pyarrow":
        return frame.column(column)
    return frame.iloc[:, column] if hasattr(frame, "iloc") else frame[:, column]


def _start_of_clock(cells):
    """The first number of a column of integers that rises by the same step; None of others."""
    numbers = np.asarray(cells)
    if numbers.dtype.kind not in "iu" or len(numbers) < 3:
        return None
    steps = np.diff(numbers)
    return int(numbers[0]) if steps[0] > 0 and (steps == steps[0]).all() else None
