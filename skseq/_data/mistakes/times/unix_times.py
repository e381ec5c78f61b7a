"""Times as numbers since 1970, such as Unix timestamps of 1.75e9 seconds: what makes times of them, in code."""

import numpy as np

from skseq._callers import warn_caller

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
FIRST, LAST = 1e9, 2e9  # seconds: September 2001 to May 2033
LEAST_STEP = 60  # seconds: ids and counts of rows rise by less


def from_unix_times(numbers, name):
    """What makes times of numbers (n,) of that name since 1970, in code; "" of other numbers."""
    unit = unit_of_times(numbers)
    if not unit:
        return ""
    rounded = ".round('us')" if (numbers % 1 != 0).any() else ""  # a float is a few nanoseconds off
    return f"pandas.to_datetime({name}, unit={unit!r}){rounded}"


def warn_of_unix_times(series):
    """Warn where the index of one of `LongSeries` holds integers since 1970, with a step that no ids have."""
    for index, (times, form) in enumerate(zip(series.times, series.forms)):
        if times is None or times.dtype.kind not in "iu" or not _is_step_of_times(form.step, unit_of_times(times)):
            continue
        own = "X" if series.is_one else "own"
        timed = f"{own}.set_axis({from_unix_times(times, f'{own}.index')})"
        warn_caller(
            f"The index of {'X' if series.is_one else f'X[{index}]'} holds numbers, such as {times[-1]}, that are most "
            "likely times since 1970, and forecasts will have such numbers, too. Make times of them, which are then of "
            f"UTC: {timed if series.is_one else f'[{timed} for own in X]'}, and of X_past and X_future if you pass any."
        )
        return


def unit_of_times(numbers):
    """The unit in which all numbers (n,) are seconds of these years, or ""."""
    if len(numbers) == 0:
        return ""
    first, last = np.min(numbers), np.max(numbers)
    return next((unit for unit, n in PER_SECOND.items() if n * FIRST <= first and last <= n * LAST), "")


def _is_step_of_times(step, unit):
    if not unit:
        return False
    return step > 0 and step % (LEAST_STEP if unit == "s" else PER_SECOND[unit]) == 0
