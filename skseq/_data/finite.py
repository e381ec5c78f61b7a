"""Numbers that nothing can be computed with, told by their place: NaN, infinities, and those that cannot be squared."""

import numpy as np

from skseq._data.first_wrong import first_wrong
from skseq._data.sequences import as_samples
from skseq._data.times.calendars import shown

_LEFT_OUT = {"series": "the steps before them", "row": "such rows", "the horizon of series": None}
_SERIES = ("X", "X_val", "X_past")  # arguments with gaps to fill
LATE = 5  # steps: fewer without a value before the first one may be a gap
LONG_GAP = 5  # steps: of fewer in hourly loads, a straight line is about as near as the values one season before
LARGEST = 1e150  # deviations need squares, and sums of them


def check_finite(X, argument="X", *, of="series", times=None, zones=None, hint="", season=1):
    """Such a value in an array, or in a list of one array per series or sample, raises ValueError with its place.

    ``times`` and the ``zones`` on whose clocks they are told are of each series. The words are scikit-learn's. What
    holds no numbers passes: later checks say more of it. ``hint`` ends the error. ``season`` is that of series.
    """
    if hasattr(X, "toarray"):
        return  # scikit-learn says that it is sparse
    samples = X if isinstance(X, (list, tuple)) else as_samples(X)
    samples = np.asarray(X) if samples is None else samples
    if isinstance(samples, np.ndarray) and is_fine(samples):
        return
    found = first_wrong(samples, _wrong)
    if found is None:
        return
    index, numbers, place = found
    own_times, zone = times and times[index], zones and zones[index]
    if argument == "X" and of == "series":
        _refuse_open_end(numbers, f"series {index}", own_times, zone, hint)
        _refuse_late_start(numbers, f"series {index}", own_times, zone, hint)
    if argument == "X_past" and of == "series":
        _refuse_open_end_of_past(numbers, f"series {index}", own_times, zone)
    fill = _filling(argument, of, numbers, place, season)
    raise ValueError(_told(argument, numbers, place, f"{of} {index}", of, own_times, zone, fill) + hint)


def check_if_not_finite(error, X, argument):
    """Raise ValueError with the place if scikit-learn's error is about samples of X that are not finite."""
    if f"Input {argument} contains" in str(error):
        check_finite(X, argument, of="sample")


def check_static(X, argument, *, of):
    """As `check_finite`, for an array (n, c) without steps."""
    if is_fine(X):
        return
    index, row, (column,) = first_wrong(X, _wrong)
    told = _told(argument, row[None], (0, column), f"{of} {index}", "row", None)
    raise ValueError(told.replace(", step 0", ""))


def is_fine(array):
    """Whether all numbers of an array can be computed with."""
    if array.dtype.kind != "f":
        return array.dtype.kind in "biu"
    return array.size == 0 or -LARGEST <= float(array.min()) <= float(array.max()) <= LARGEST  # NaN is not


def _wrong(array):
    return ~(np.abs(array, dtype=np.float64) <= LARGEST)


def _refuse_open_end(series, where, times, zone, hint):
    """Raise ValueError for NaN alone behind the last value: filled in, they would move the forecasts behind them."""
    known = np.flatnonzero(~np.isnan(series.reshape(len(series), -1)).all(axis=1))
    n_known = known[-1] + 1 if len(known) else len(series)
    if n_known < len(series):
        when = "" if times is None else f" (time {shown(times[n_known], zone)})"
        raise ValueError(
            f"Input X contains NaN: {where}, step {n_known}{when} and all behind it. Forecasts begin behind the last "
            f"step of a series, so leave out steps that are still to come, as by series[:{n_known}], and fill in those "
            f"in which nothing was sold or counted, as by fillna(0) of pandas.{hint}"
        )


def _refuse_open_end_of_past(rows, where, times, zone):
    """Raise ValueError for a column of X_past that ends before its series, as one that is published late."""
    known = ~np.isnan(rows.reshape(len(rows), -1))
    ends = np.where(known.any(axis=0), len(rows) - known[::-1].argmax(axis=0), len(rows))  # of each column
    column, end = int(ends.argmin()), int(ends.min())
    n_missing = len(rows) - end
    if n_missing:
        when = "" if times is None else f" (time {shown(times[end], zone)})"
        raise ValueError(
            f"Input X_past contains NaN: {where}, step {end}, column {column}{when} and all behind it. If it is known "
            f"{n_missing} step(s) late, shift it, so that each step has the latest value known then, as by x.shift("
            f"{n_missing}).bfill() of a column x of pandas, and likewise in all series. Else leave out these steps of "
            f"X and X_past, as by series[:{end}]. Filled in, they would be a past that never was."
        )


def _refuse_late_start(series, where, times, zone, hint):
    """Raise ValueError for NaN alone before the first value: filled in, they would be a past that never was."""
    first = int((~np.isnan(series.reshape(len(series), -1)).all(axis=1)).argmax())  # 0 if there is no value
    if first >= LATE:
        when = "" if times is None else f" (time {shown(times[0], zone)})"
        raise ValueError(
            f"Input X contains NaN: {where}, step 0{when} and all up to step {first - 1}. Leave out the steps before "
            f"its first value, as by series[{first}:], or fill in those in which nothing was sold or counted, with "
            f"zeros, as by pandas' fillna(0).{hint}"
        )


def _filling(argument, of, numbers, place, season):
    """How to fill gaps of series (t,) or (t, f)."""
    if argument not in _SERIES:
        return ","
    fill = "by skseq.preprocessing.SequenceImputer or pandas' interpolate(),"
    if argument != "X" or of != "series" or np.isinf(numbers[place]):
        return f", {fill}"
    gap = _longest_filled(np.isnan(numbers), season)
    if gap >= LONG_GAP:
        table = "Series" if numbers.ndim == 1 else "DataFrame"
        fill = (
            f"with the values one season before, as by series.fillna(series.shift({season})) of pandas: forecasts "
            f"would repeat a straight line over {gap} steps. First make a series of an array by "
            f"pandas.{table}(series). Fill in what is left {fill}"
        )
    return (  # as tables and missing rows have it
        ", with zeros where nothing was sold or counted, as by pandas' fillna(0), of prices by ffill(), as "
        f"interpolate() would tell them of the next one, else {fill}"
    )


def _longest_filled(missing, season):
    """How many steps in a row are missing at most in one column, (t,) or (t, f), and known one season before."""
    if season < 2 or len(missing) <= season:
        return 0
    missing = missing.reshape(len(missing), -1)
    filled = missing[season:] & ~missing[:-season]
    longest = 0
    for column in filled.T:
        others = np.flatnonzero(np.concatenate([[True], ~column, [True]]))
        longest = max(longest, np.diff(others).max() - 1)
    return int(longest)


def _told(argument, numbers, place, where, of, times, zone=None, fill=","):
    value = float(numbers[place])
    what = "NaN" if np.isnan(value) else "infinity" if np.isinf(value) else f"{value:.3g}, which is too large to square"
    where += "".join(f", {name} {number}" for name, number in zip(("step", "column"), place))
    when = "" if times is None else f" (time {shown(times[place[0]], zone)})"
    if np.isfinite(value):
        remedy = "Divide all values by a power of ten, or replace this one"
    else:
        left_out = _LEFT_OUT.get(of, "such samples")
        remedy = f"Fill in such values{fill} or leave out {left_out}" if left_out else "Fill in such values"
    return f"Input {argument} contains {what}: {where}{when}. {remedy}."
