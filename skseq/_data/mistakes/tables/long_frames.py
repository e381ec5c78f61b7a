"""Frames with one row per sequence and timestep, as databases have them, which are read as one sequence per row."""

from typing import NamedTuple

import numpy as np

from skseq._arguments import is_frame, library_of
from skseq._callers import warn_caller
from skseq._data.mistakes.tables.id_names import OF_AN_ID, says_whose
from skseq._data.mistakes.times.time_names import have_names_of_no_times
from skseq._data.mistakes.times.written_dates import unused_name

MOST_COLUMNS = 20  # more are hardly an id, a time and what is measured then
FEWEST_STEPS = 2  # rows of a sequence, on average
FEWEST_RISING = 4  # the same, of times that begin anywhere: those of noise rise for 2 on average
SURE = 7  # bits: of frames of noise that are sorted by a column, one in 128 looks so by chance at most


class Long(NamedTuple):
    """What the columns of a frame most likely are, and of how many sequences its rows are timesteps."""

    id: str
    time: str
    values: list
    n_sequences: int
    frame: str  # code
    of_polars: bool

    @property
    def advice(self):
        """How to make a list of sequences of the frame."""
        return f"pass {self._sequences(self.frame, self.values)}, and one y for each if there is any"

    @property
    def advice_with_gaps(self):
        """The same where times are dates, and how to read the seconds since the row before in the same sequence."""
        gap = unused_name([self.id, self.time, *self.values])
        if self.of_polars:
            gaps = f"polars.col({self.time!r}).diff().dt.total_seconds().over({self.id!r}).fill_null(0)"
            timed = f"{self.frame}.with_columns({gap}={gaps})"
        else:
            gaps = f"{self.frame}.groupby({self.id!r})[{self.time!r}].diff().dt.total_seconds().fillna(0)"
            timed = f"{self.frame}.assign({gap}={gaps})"
        code = self._sequences(timed, [*self.values, gap])
        return f"{self.advice}. With the seconds since the row before as one more feature of each, pass {code}"

    def _sequences(self, frame, values):
        """Code for them; from_long leaves times in frames of polars, where they are one more feature."""
        if self.of_polars:
            return f"[own.select({values!r}) for own in {frame}.partition_by({self.id!r}, maintain_order=True)]"
        return _code_from_long(frame, self.id, self.time, values[0] if len(values) == 1 else values)


def long_frame(X):
    """`Long` of a frame, or None if it does not look so.

    One column, or level of the index, has the same value in rows beside each other, another one grows along these and
    begins anew, and all others are numbers.
    """
    X, frame = _with_index(X)
    columns = _columns(X)
    numbers = [name for name, values in columns.items() if values is not None and values.dtype.kind in "biuf"]
    for of_id, ids in columns.items():
        begins = None if ids is None else runs_of(ids)
        if begins is None or np.count_nonzero(~begins) < SURE + 2 * np.log2(len(columns)):
            continue
        for time, times in columns.items():
            values = [name for name in columns if name not in (of_id, time)]
            if time != of_id and set(values) <= set(numbers) and times is not None and _begins_anew(times, begins):
                return Long(of_id, time, values, int(begins.sum()), frame, library_of(X) == "polars")
    return None


def log_of_several(X):
    """`Long` of a frame of numbers beside dates, in any order, and an id by its name that comes again; else None."""
    X, frame = _with_index(X)
    columns = _columns(X)
    if any(values is None for values in columns.values()):
        return None
    times = [name for name, values in columns.items() if values.dtype.kind == "M"]
    distinct = {name: len(set(columns[name].tolist())) for name in columns if name not in times and _names_an_id(name)}
    of_id = next((name for name, n in distinct.items() if 1 < n <= len(X) / FEWEST_STEPS), None)
    values = [name for name in columns if name not in (of_id, *times)]
    if of_id is None or len(times) != 1 or not all(columns[name].dtype.kind in "biuf" for name in values):
        return None
    frame += f".{'sort' if library_of(X) == 'polars' else 'sort_values'}({[of_id, times[0]]!r})"
    return Long(of_id, times[0], values, distinct[of_id], frame, library_of(X) == "polars")


def _names_an_id(name):
    return says_whose(name) or OF_AN_ID.fullmatch(name) is not None


class LongByTargets(NamedTuple):
    """What a column shows of the rows of a frame with targets that are equal along each sequence."""

    seen: str
    n_sequences: int
    advice: str


def long_by_targets(X, targets):
    """`LongByTargets` of a frame with an id or a time alone and targets (n, ...) of its rows, or None.

    Ids have runs of equal values, and times begin anew.
    """
    X, frame = _with_index(X)
    columns = _columns(X)
    if any(values is None or len(values) < 2 for values in columns.values()):
        return None
    for look in (_by_id, _by_time):
        for name in columns:
            values = [other for other in columns if other != name]
            if all(columns[other].dtype.kind in "biuf" for other in values):
                found = look(columns, name, values, targets, frame)
                if found is not None:
                    return found
    return None


def _by_id(columns, name, values, targets, frame):
    """`LongByTargets` if a column is an id."""
    begins = runs_of(columns[name])
    if begins is None or not _repeat(targets, begins, len(columns)):
        return None
    time = next((other for other in values if len(values) > 1 and _rises_along(columns[other], begins)), None)
    advice = _code_from_long(frame, name, time, [other for other in values if other != time])
    return LongByTargets(f"{_where(frame)} {name!r} has the same value", int(begins.sum()), advice)


def _by_time(columns, name, values, targets, frame):
    """`LongByTargets` if a column is a time."""
    for begins_of, says, falls in (
        (_begins_of_equal_times, "grows from the same value on", "<="),
        (_begins_of_times, "grows, and then falls back,", "<"),
    ):
        begins = begins_of(columns[name])
        if begins is not None and _repeat(targets, begins, len(columns)):
            ends = f"np.flatnonzero(np.diff({frame}[{name!r}].to_numpy()) {falls} 0) + 1"
            advice = f"np.split({frame}[{values!r}].to_numpy(), {ends})"
            return LongByTargets(f"{_where(frame)} {name!r} {says}", int(begins.sum()), advice)
    return None


def _code_from_long(frame, of_id, time, value):
    """The sequences of a frame, in code."""
    of_time = "" if time is None else f"time={time!r}, "
    return f"skseq.preprocessing.from_long({frame}, id={of_id!r}, {of_time}value={value!r}).X"


def _where(frame):
    return "column" if frame == "X" else "column or level of the index"


def warn_if_long_by_targets(X, targets, argument, target_argument):
    """Warn where the rows of a frame with an id or a time alone are most likely timesteps. Returns whether it did."""
    found = long_by_targets(X, targets)
    if found is None:
        return False
    warn_caller(
        f"{argument} of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} timesteps, one per row, but its "
        f"{found.seen} in rows beside each other, along which {target_argument} stays the same. If these are "
        f"timesteps of {found.n_sequences} sequences, pass {found.advice.replace('X[', f'{argument}[')}, and one "
        f"{target_argument} for each. Pass {argument}.to_numpy() to read every row as a sequence without this warning."
    )
    return True


def warn_if_long(X, argument):
    """Warn where the rows of a frame are most likely timesteps of several sequences. Returns whether it did."""
    found = long_frame(X)
    if found is None:
        return False
    warn_caller(
        f"{argument} of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} timesteps, one per row, but its "
        f"{_where(found.frame)} {found.id!r} has the same value in rows beside each other, along which {found.time!r} "
        f"grows. If these are timesteps of {found.n_sequences} sequences, {found.advice}. Pass {argument}.to_numpy() "
        "to read every row as a sequence without this warning."
    )
    return True


def _with_index(X):
    """(X with the levels of its index as columns, the code of that), if these may say of which sequence a row is.

    A row may well be a sequence of its own, as of the hours of a day of a shop, if columns have names of times.
    """
    index = getattr(X, "index", None)
    if library_of(X) != "pandas" or not hasattr(X, "columns"):
        return X, "X"
    if len(X.columns) > 1 and not have_names_of_no_times(X):
        return X, "X"
    names = set(index.names)
    if (
        None in names
        or names & set(X.columns)
        or len(names) < index.nlevels
        or (index.nlevels == 1 and index.is_unique)
    ):
        return X, "X"
    return X.reset_index(), "X.reset_index()"


def _columns(X):
    """{name: values (n,)} of a frame, None for those that are no numbers, times or texts; none if it cannot be long."""
    if not is_frame(X):
        return {}
    names = list(X.columns)
    few = 3 <= len(names) <= MOST_COLUMNS and all(isinstance(name, str) for name in names)
    return {name: _values(X[name]) for name in names} if few and len(set(names)) == len(names) else {}


def _values(column):
    """Values (n,) of a column of numbers, times or texts; None of others."""
    is_of_zone = getattr(column.dtype, "tz", None) is not None  # of pandas, which gives objects
    values = column.to_numpy(dtype="datetime64[ns]") if is_of_zone else column.to_numpy()
    if values.ndim == 1 and values.dtype.kind in "biufMU":
        return values
    texts = values.ndim == 1 and all(isinstance(value, str) for value in values.tolist())
    return values if texts else None


def runs_of(values):
    """Where runs of equal values begin (n,), if each value has one run, most of them of several rows; else None."""
    if values.dtype.kind not in "iuUO" or not len(values):
        return None
    begins = np.r_[True, values[1:] != values[:-1]]
    several = 1 < begins.sum() <= len(values) / FEWEST_STEPS
    return begins if several and len(set(values[begins].tolist())) == begins.sum() else None


def _begins_anew(values, begins):
    """Whether values grow within all runs, and fall, or stay, from one to the next somewhere.

    Fractions must be of a grid: those of measurements, by which rows of a group may be sorted, hardly occur twice.
    """
    if values.dtype.kind not in "iufM":
        return False
    if values.dtype.kind == "f" and len(np.unique(values)) > len(values) / 2:
        return False
    return _rises_along(values, begins)


def _rises_along(values, begins):
    """Whether values grow within all runs, and fall, or stay, from one to the next somewhere."""
    grows = values[1:] > values[:-1]
    return bool(grows[~begins[1:]].all() and not grows[begins[1:]].all())


def _begins_of_times(values):
    """Where times begin anew (n,), anywhere, and rise for several rows, most of them at each; else None."""
    if values.dtype.kind not in "iuf" or np.mean(values[1:] > values[:-1]) <= 0.5:
        return None
    begins = np.r_[True, values[1:] < values[:-1]]
    return begins if 1 < begins.sum() <= len(values) / FEWEST_RISING else None


def _begins_of_equal_times(values):
    """Where times begin anew (n,), always with the first one, and run on for some rows; else None."""
    if values.dtype.kind not in "iuf":
        return None
    begins = np.r_[True, ~(values[1:] > values[:-1])]
    same = 1 < begins.sum() <= len(values) / FEWEST_STEPS and (values[begins] == values[0]).all()
    return begins if same else None


def _repeat(targets, begins, n_columns):
    """Whether targets (n, ...) stay the same along all runs, which chance hardly makes, and are not just sorted."""
    targets = np.reshape(targets, (len(targets), -1))
    same = (targets[1:] == targets[:-1]).all(axis=1)
    if not same[~begins[1:]].all():
        return False
    distinct, counts = np.unique(targets, axis=0, return_counts=True)
    bits = -np.log2(np.sum((counts / len(targets)) ** 2))  # that two rows are equal by chance
    is_mixed = not ((targets[1:, 0] >= targets[:-1, 0]).all() or (targets[1:, 0] <= targets[:-1, 0]).all())
    comes_back = is_mixed if targets.dtype.kind == "f" else np.sum(~same) >= len(distinct)
    return bool(comes_back and np.sum(~begins) * bits >= SURE + 2 * np.log2(n_columns))
