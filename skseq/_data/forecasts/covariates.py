"""What is known beside long series, read and put to the steps of each: past, known future, and what never changes.

Frames with times are looked up by time. Arrays have no times, so their length says where they stand: a covariate that
is known for the future either begins with the series, or has the steps of the horizon alone.
"""

from dataclasses import dataclass, replace

import numpy as np

from skseq._arguments import brief
from skseq._data.checks import check_numbers, check_rows
from skseq._data.column_names import check_column_names, check_names_of
from skseq._data.finite import check_finite, check_static
from skseq._data.forecasts.known_numbers import check_table
from skseq._data.mistakes.times.other_steps import warn_of_rows_between
from skseq._data.number_sequences import refuse_strings
from skseq._data.plain import plain
from skseq._data.sequences import as_samples
from skseq._data.times.calendars import (
    check_clock,
    find,
    is_a_series,
    is_one_series,
    is_timed,
    read_timed,
    refuse_times_in_columns,
    shown,
)
from skseq._data.times.pandas_times import PandasForm
from skseq._data.times.time_steps import regular_step

FEWEST_GAPS = 4  # of rows of a longer step: two of three are alike by chance
FEW = 0.5  # of the steps of a series have rows: with more, some were most likely lost


@dataclass(frozen=True, kw_only=True, eq=False)
class Covariate:
    """The rows (t, c) of one series' covariate, with times (t,) or the step of the series that they begin at."""

    values: np.ndarray
    times: np.ndarray | None = None
    first: int | None = None  # None: not known, so that the number of rows decides
    is_shared: bool = False  # whether all series have as many rows because they came as one array

    def behind(self, length):
        """The rows behind the steps of the series; those with times are all kept, because they are found by time."""
        return self if self.times is not None else replace(self, values=self.values[length:].copy(), first=length)

    def first_of(self, n_steps, length):
        """The row of the step that follows the series, if the rows reach that far."""
        if self.first is None:  # of the steps to come alone, or from the start on
            return 0 if len(self.values) <= n_steps else length
        return length - self.first


def read_covariate(X, argument, series, *, n_columns=None):
    """A list of a `Covariate` per series; None if there is none. ``n_columns`` are those of fit."""
    if X is None:
        return None
    refuse_times_in_columns(X, argument)
    samples, is_array = _samples(X, series, argument)
    rows = [_read_rows(sample, f"{argument}[{index}]") for index, sample in enumerate(samples)]
    if len(rows) != len(series):
        raise ValueError(f"{argument} is for {len(rows)} series, but X holds {len(series)}: give one entry per series.")
    for index, (sample, form) in enumerate(zip(samples, series.forms)):
        if is_timed(sample):
            of_one = "" if series.is_one else f"[{index}]"
            check_clock(sample, f"{argument}{of_one}", form, f"X{of_one}")
    is_alone = not isinstance(X, (list, tuple))
    warn_of_rows_between(samples, [own.times for own in rows], series, argument, is_alone=is_alone)
    widths = {own.values.shape[1] for own in rows}
    if len(widths) > 1 or widths == {0} or (n_columns is not None and widths != {n_columns}):
        expected = "of one number above 0" if n_columns is None else f"{n_columns}, as in fit"
        raise ValueError(f"{argument} has {_joined(widths)} column(s). Expected {expected}.")
    return [replace(own, is_shared=True) for own in rows] if is_array and np.ptp(series.lengths) else rows


def _samples(X, series, argument):
    """(one entry per series, whether they are from one array); for a single series without a container the whole."""
    if isinstance(X, (list, tuple)) and X and all(map(is_a_series, X)):
        return list(X), False
    if series.is_one or is_one_series(X):
        return [X], False
    X = plain(X, argument)
    samples = as_samples(X)
    if samples is not None:
        return samples, False
    expected = "an array of numbers for every series of X"
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "ensure_min_samples": 0}
    rows = check_numbers(X, argument, expected=expected, input_name=argument, **options)
    if rows.ndim < 2:
        raise ValueError(
            f"{argument} must hold {expected}. Got {brief(X, 60)}: put the rows of a single series into a list."
        )
    return list(rows), True


def _read_rows(sample, where):
    refuse_strings(sample, where, "make numbers of it, such as by sklearn.preprocessing.OrdinalEncoder, or drop it")
    values, times = read_timed(sample, where) if is_timed(sample) else (sample, None)
    return Covariate(values=check_rows(values, where), times=times)


def during(covariates, series, argument, hint=""):
    """The rows (t_i, c) beside the steps of every series; rows that follow them are left out.

    ``hint`` ends the error about rows that are missing.
    """
    found = []
    _check_not_shared(covariates, series, argument, "")
    for index, (own, times, length, zone) in enumerate(zip(covariates, series.times, series.lengths, series.zones)):
        places = _places(own, times, np.arange(length))
        if (places < 0).any():
            names = _missing(own, times, places, zone)
            lacking = f": {_few(names)} missing" if times is not None or not hint else ""
            remedy = _if_they_hold(own, times, series, index, argument)
            remedy = remedy or _if_events(own, times, places, series, index, argument)
            raise ValueError(
                f"{argument}[{index}] has {len(own.values)} row(s), but X[{index}] {length} steps{lacking}. Expected a "
                f"row for every step of X.{remedy}{hint}"
            )
        found.append(own.values[places])
    check_finite(found, argument=argument, times=series.times, zones=series.zones)
    return found


def _if_they_hold(own, times, series, index, argument):
    """What to do with rows of a longer step, such as days, or days of business, beside hours."""
    form = series.forms[index]
    if not (isinstance(form, PandasForm) and form.has_instants) or own.times is None or own.times.dtype.kind != "M":
        return ""
    gaps, counts = np.unique(np.diff(own.times), return_counts=True)
    if (
        min(counts.sum(), len(times)) < FEWEST_GAPS
        or gaps[0] <= np.median(np.diff(times))
        or counts.max() <= FEW * counts.sum()
    ):
        return ""
    name, rows = _names_in_code(series, argument)
    wanted = form.times_on(name) if argument == "X_future" else f"{name}.index"
    if not wanted:
        return ""
    from_the_start = ".bfill()" if own.times[0] > times[0] else ""
    code = _of_all(f"{rows}.reindex({wanted}, method='ffill'){from_the_start}", series, argument)
    return f" If each row holds until the next one, as a price of a day, pass {code}."


def _if_events(own, times, places, series, index, argument):
    """What to do with rows that are at a few of the times of a series alone, and maybe behind them, as events are."""
    form, found = series.forms[index], places >= 0
    if argument != "X_future" or not isinstance(form, PandasForm) or own.times is None:
        return ""
    if own.times.dtype.kind != "M" or times.dtype.kind != "M" or regular_step(own.times) is not None:
        return ""  # days beside hours are no events
    name, events = _names_in_code(series, argument)
    wanted = form.times_on(name)
    are_all_found = np.count_nonzero(found) == np.count_nonzero(own.times <= times[-1])
    if not (0 < np.mean(found) < FEW and are_all_found and wanted):
        return ""
    code = _of_all(f"{events}.astype(float).reindex({wanted}, fill_value=0)", series, argument)
    return f" If its rows are events, and all other steps have none, pass {code}."


def _names_in_code(series, argument):
    """What a series and its covariates are called in code: the arguments, or each of their entries."""
    return ("X", argument) if series.is_one else ("x", "own")


def _of_all(code, series, argument):
    """Code for the covariates of all series, from that of one in the names of `_names_in_code`."""
    return code if series.is_one else f"[{code} for own, x in zip({argument}, X)]"


def following(covariates, series, n_steps, hint=""):
    """The rows (n, n_steps, c) of the steps that follow every series; ``hint`` ends the error about missing ones."""
    if len(covariates[0].values) > n_steps:
        _check_not_shared(covariates, series, "X_future", f", or an array of the {n_steps} steps to come alone")
    found, times = np.empty((len(series), n_steps, covariates[0].values.shape[1])), []
    for index, (own, form, length) in enumerate(zip(covariates, series.forms, series.lengths)):
        rows = own.first_of(n_steps, length) + np.arange(n_steps)
        times.append(form and form.instants_after(n_steps))
        places = _places(own, times[-1], rows)
        if (places < 0).any():
            raise ValueError(
                f"X_future[{index}] has {len(own.values)} row(s): of the {n_steps} steps after the {length} of "
                f"X[{index}], {_few(_missing(own, times[-1], places, form and form.zone))} missing. Expected "
                f"{'' if own.first == 0 else f'{n_steps} rows, those of the steps to come, or '}"
                f"{length + n_steps}, from the start of the series on.{hint}"
            )
        found[index] = own.values[places]
    check_finite(found, argument="X_future", of="the horizon of series", times=times, zones=series.zones)
    return found


def _check_not_shared(covariates, series, argument, else_pass):
    """Rows of one array for series of several lengths may begin or end with them: nothing says which."""
    if covariates[0].is_shared:
        raise ValueError(
            f"{argument} is an array with {len(covariates[0].values)} rows for every series, but series of X have "
            f"{min(series.lengths)} to {max(series.lengths)} steps: where its rows belong is not known. Pass a list of "
            f"one array per series with rows from its start on{else_pass}."
        )


def _places(own, wanted_times, wanted_rows):
    """The places (n,) in a covariate's rows, -1 if missing, by time if both have times."""
    if own.times is not None and wanted_times is not None:
        return find(own.times, wanted_times)
    return np.where(wanted_rows < len(own.values), wanted_rows, -1)


def _missing(own, wanted_times, places, zone):
    """What to call the steps that have no row: by their times on the clock of a zone, or by their numbers."""
    missing = np.flatnonzero(places < 0)
    if own.times is None or wanted_times is None:
        return [f"step {number}" for number in missing]
    return [f"time {shown(time, zone)}" for time in wanted_times[missing]]


def read_static_of_series(X, n_series, *, is_one=False, n_columns=None):
    """X_static as an array (n_series, c); None if there is none."""
    if X is None:
        return None
    expected = "numbers (n_series, n_features), one row for every series of X"
    static = check_table(X, "X_static", expected, is_row=is_one)
    check_static(static, "X_static", of="series")
    if len(static) != n_series:
        raise ValueError(f"X_static has {len(static)} rows, but X holds {n_series} series: give one row per series.")
    if n_columns is not None and static.shape[1] != n_columns:
        raise ValueError(f"X_static has {static.shape[1]} column(s). Expected {n_columns}, as in fit.")
    return static


def in_order_of(names, X):
    """The rows of a frame whose index holds the names of all series, in their order; any other X_static as it is.

    ``names`` are those or the ids of `LongSeries`. Numbers may count rows, so they are no names.
    """
    names = [own[0] for own in names or () if len(own) == 1 and isinstance(own[0], str)]
    labels = X.index.tolist() if hasattr(X, "columns") and hasattr(X, "index") else []
    if len(labels) != len(names):
        return X
    held = set(labels)
    lacking = [place for place, name in enumerate(names) if name not in held]
    if len(lacking) == len(names):
        return X
    if lacking:
        raise ValueError(
            f"X_static has no row {names[lacking[0]]!r}, which is the name or id of X[{lacking[0]}], though its index "
            "holds those of other series, by which rows are looked up. Name its rows as the series, or pass "
            "X_static.to_numpy() with one row for every series in the order of X."
        )
    return X.loc[names]


def known_names(fitted, suffix="", **given):
    """Names of the columns of what is known beside X, by argument; others than those ``fitted`` raise ValueError.

    None stands for what is not given, and for what has no names. Arguments are called by their names with the suffix.
    """
    found = {}
    for name, X in given.items():
        argument, expected, samples = f"{name}{suffix}", (fitted or {}).get(name), as_samples(X)
        if samples is None:
            found[name] = check_names_of(X, argument, expected=expected)
        else:
            found[name] = check_column_names(samples, argument, expected=expected)
    return found


def check_same_kinds(given, fitted, hint=""):
    """Covariates of fit must be there at predict, and no others. Both map an argument to None or something.

    ``hint`` ends the error about one that is missing.
    """
    for argument, value in given.items():
        if (value is None) == (fitted[argument] is None):
            continue
        was, now, end = ("with", "is missing", hint) if value is None else ("without", "is given", "")
        raise ValueError(
            f"{argument} {now}, but the forecaster was fitted {was} it. Use the same covariates in both.{end}"
        )


def _few(names):
    """At most three names, and the verb."""
    shown = ", ".join(names[:3])
    return f"{shown} is" if len(names) == 1 else f"{shown}{', ...' if len(names) > 3 else ''} are"


def _joined(numbers):
    return " and ".join(map(str, sorted(numbers)))
