"""Numbers such as -999 in long series, or beside them, that most likely stand for what was not measured."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.likely_gaps import is_of_nines

LEAST = 99  # of nines: prices are 9.99
FEWEST = 2  # steps: a single one is told as an outlier
FAR = 5  # times as large as all others, unless it is the only one below 0
MEASURED = 4  # distinct numbers besides: a price of 99 or 0, or orders of 99 pieces, are no codes
MOSTLY = 0.5  # share from which it is what is usual


def warn_of_gap_codes(known):
    """Warn where a number of nines recurs in `KnownSeries`, or in their covariates, far from all others of its column.

    It is told once for each argument.
    """
    future = None if known.future is None else [own.values for own in known.future]
    for argument, parts in (("X", known.series.values), ("X_past", known.past), ("X_future", future)):
        found = {index: code for index, part in enumerate(parts or ()) if (code := gap_code(part)) is not None}
        if found:
            _warn(argument, found, parts, is_one=known.series.is_one)


def gap_code(steps):
    """(number, column) of a number that stands for gaps in steps (t, k), or None."""
    for ends in (steps.min(axis=0), steps.max(axis=0)):
        for column in np.flatnonzero(np.abs(ends) >= LEAST).tolist():
            number = ends[column].item()
            if is_of_nines(number) and _recurs_apart(steps[:, column], number):
                return number, column
    return None


def _recurs_apart(readings, number):
    is_number = readings == number
    if not FEWEST <= is_number.sum() < MOSTLY * len(readings):
        return False
    others = readings[~is_number]
    if len(np.unique(others)) < MEASURED:
        return False
    return number < 0 <= others.min() or abs(number) > FAR * np.abs(others).max()


def _warn(argument, found, parts, *, is_one):
    index, (number, column) = next(iter(found.items()))
    name = argument if is_one else f"{argument}[{index}]"
    of = "" if parts[index].shape[1] == 1 else f", column {column},"
    n, others = np.count_nonzero(parts[index][:, column] == number), len(found) - 1
    filled = f".replace({number!r}, np.nan).interpolate(limit_direction='both')"
    and_others = f", and so {'are' if others > 1 else 'is'} {others} other series" if others else ""
    code = f"{argument}{filled}" if is_one else f"[x{filled} for x in {argument}]"
    warn_caller(
        f"{name}{of} is {number:g} at {n} of {len(parts[index])} steps, far from all others"
        f"{and_others}. It is read as something measured. If it stands "
        f"for what was not, put NaN in its place and fill it like a gap: {code} of pandas, or "
        f"skseq.preprocessing.SequenceImputer().fit_transform([np.where(np.equal(x, {number!r}), np.nan, x) for x in "
        f"{f'[{argument}]' if is_one else argument}]) of arrays."
    )
