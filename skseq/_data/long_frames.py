"""Frames with one row per sequence and timestep, as databases have them, which are read as one sequence per row."""

import warnings
from typing import NamedTuple

import numpy as np

from skseq._arguments import library_of

FEWEST_ROWS = 10
FEWEST_STEPS = 2  # rows of a sequence, on average


class Long(NamedTuple):
    """What the columns of a frame most likely are, and of how many sequences its rows are timesteps."""

    id: str
    time: str
    values: list
    n_sequences: int

    @property
    def advice(self):
        """How to make a list of sequences of the frame X."""
        value = self.values[0] if len(self.values) == 1 else self.values
        called = f"from_long(X, id={self.id!r}, time={self.time!r}, value={value!r})"
        return f"pass skseq.preprocessing.{called}.X, and one y for each if there is any"


def long_frame(X):
    """`Long` of a frame, or None if it does not look so.

    One column has the same value in rows beside each other, and another one grows along these and begins anew.
    """
    if library_of(X) not in ("pandas", "polars") or not hasattr(X, "columns") or len(X) < FEWEST_ROWS:
        return None
    names = list(X.columns)
    if len(names) < 3 or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        return None
    columns = {name: X[name].to_numpy() for name in names}
    for of_id in names:
        begins = _runs(columns[of_id])
        if begins is None:
            continue
        for time in names:
            values = [name for name in names if name not in (of_id, time)]
            are_numbers = all(columns[name].dtype.kind in "biuf" for name in values)
            if time != of_id and are_numbers and _begins_anew(columns[time], begins):
                return Long(of_id, time, values, int(begins.sum()))
    return None


def warn_if_long(X, argument):
    """Warn where the rows of a frame are most likely timesteps of several sequences. Returns whether it did."""
    found = long_frame(X)
    if found is None:
        return False
    warnings.warn(
        f"{argument} of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} timesteps, one per row, but its "
        f"column {found.id!r} has the same value in rows beside each other, along which {found.time!r} grows. If these "
        f"are timesteps of {found.n_sequences} sequences, {found.advice}.",
        UserWarning,
        stacklevel=2,
    )
    return True


def _runs(values):
    """Where runs of equal values begin (n,), if each value has one run, most of them of several rows; else None."""
    if values.dtype.kind not in "iuOUTS":
        return None
    begins = np.r_[True, values[1:] != values[:-1]]
    several = 1 < begins.sum() <= len(values) / FEWEST_STEPS
    return begins if several and len(set(values[begins].tolist())) == begins.sum() else None


def _begins_anew(values, begins):
    """Whether values grow within all runs, and fall, or stay, from one to the next somewhere."""
    if values.dtype.kind not in "iufM":
        return False
    grows = values[1:] > values[:-1]
    return bool(grows[~begins[1:]].all() and not grows[begins[1:]].all())
