"""Long series as they come in, read into one array per series, and forecasts in the form in which the series came."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skseq._data.checks import check_rows
from skseq._data.finite import check_finite
from skseq._data.forecasts.window_choice import OF_ROWS
from skseq._data.number_sequences import read_numbers, refuse_strings, refuse_written_numbers
from skseq._data.plain import refuse_groups
from skseq._data.sequences import as_samples
from skseq._data.times.calendars import (
    check_clock,
    form_of,
    is_a_series,
    is_one_series,
    is_timed,
    read_timed,
    refuse_text,
    refuse_times_alone,
    refuse_times_in_columns,
    refuse_times_of_several,
)
from skseq._data.times.polars_times import PolarsForm
from skseq._data.times.time_steps import steps_between

MANY_ROWS = 4  # times as many as columns
_NO_NUMBERS = "drop it, or pass numbers made of it in X_past, X_future or X_static"  # here it would be one more target


@dataclass(frozen=True, kw_only=True, eq=False)
class LongSeries:
    """One or more series: values (t_i, n_targets), float64, and where each is from."""

    values: tuple
    times: tuple  # of (t_i,) or None, to look up covariates
    forms: tuple  # how a forecast is given back, or None for arrays
    lengths: np.ndarray  # (n,): steps that each series had, of which `values` may be the last ones only
    univariate: bool
    is_one: bool  # whether X was a series rather than a container of them

    def __len__(self):
        return len(self.values)

    @property
    def n_targets(self):
        return self.values[0].shape[1]

    @property
    def names(self):
        """The names of each series, where they tell all apart; else None."""
        return _if_distinct([() if form is None else tuple(form.names) for form in self.forms])

    @property
    def ids(self):
        """The ids that `from_long` gave each series, as `names`, where they tell all apart; else None."""
        ids = [form and form.id for form in self.forms]
        return _if_distinct([(own,) if isinstance(own, str) else () for own in ids])

    def name_of(self, index):
        """What to call one of these in words: X, or one of a list."""
        return "X" if self.is_one else f"X[{index}]"

    def places_in(self, others):
        """The places (n,) at which these stand among the ends of others (w, k), or None if not all are known to.

        That is by ids or names, or else in the order of all others, if each holds the first half of its end.
        """
        if self._names_beside(others) is not None:
            places = self.places_by_name(others)
            return None if (places < 0).any() else places
        are_same = len(self) == len(others) and all(map(_holds, self.values, others.values))
        return np.arange(len(self)) if are_same else None

    def places_by_name(self, others):
        """The places (n,) at which others have the id or name of each, -1 for none."""
        own, names = self._names_beside(others) or ([None] * len(self), ())
        places = {name: place for place, name in enumerate(names)}
        return np.array([places.get(name, -1) for name in own])

    def _names_beside(self, others):
        """(those of these, those of others), both ids or both names, or None."""
        both = ((self.ids, others.ids), (self.names, others.names))
        return next((names for names in both if None not in names), None)

    @property
    def zones(self):
        """The time zone of each series, or None."""
        return tuple(form and form.zone for form in self.forms)

    @property
    def lags(self):
        """How many steps before the last one each series ends, (n,), by their dates; 0 where some have none."""
        if not all(times is not None and times.dtype.kind == "M" for times in self.times):  # integers may just count
            return np.zeros(len(self), int)
        ends = [times[-1] for times in self.times]
        longest = self.times[int(np.argmax(ends))]  # of the series that ends last
        return np.array([steps_between(end, longest) for end in ends])

    def for_forecasts(self, n_steps):
        """What forecasts of the steps behind every series read, in memory of its own: its last ``n_steps`` values.

        It still stands for the whole series: `lengths` and `forms` stay as they are.
        """
        return replace(
            self, values=tuple(own[-n_steps:].copy() for own in self.values), times=tuple(None for _ in self.values)
        )

    def until(self, ends):
        """The steps before ``ends`` (n,) of every series, without the forms, which continue the whole series."""
        return replace(
            self,
            values=tuple(own[:end] for own, end in zip(self.values, ends)),
            times=tuple(own if own is None else own[:end] for own, end in zip(self.times, ends)),
            forms=tuple(None for _ in self.values),
            lengths=np.asarray(ends),
        )

    def listed(self):
        """These series, as if X had been a list of them."""
        return replace(self, is_one=False)

    def truth_of(self, y):
        """The steps (n, n_steps, n_targets) that follow, as many of each series."""
        samples = [y] if self.is_one else list(np.asarray(y) if hasattr(y, "columns") else y)
        if len(samples) != len(self):
            raise ValueError(f"y is for {len(samples)} series, but X holds {len(self)}: give one entry per series.")
        rows = [self._following(sample, f"y[{i}]", form) for i, (sample, form) in enumerate(zip(samples, self.forms))]
        shapes = sorted({own.shape for own in rows})
        if len(shapes) > 1 or shapes[0][0] == 0 or shapes[0][1] != self.n_targets:
            raise ValueError(
                f"y must have as many steps of every series, at least one, and {self.n_targets} column(s), as X has. "
                f"Got (n_steps, n_columns) of {', '.join(map(str, shapes[:3]))}"
                f"{': pass those of a single series without a list around them' if self.is_one else ''}."
            )
        return np.stack(rows)

    def _following(self, sample, where, form):
        """The numbers (n_steps, n_targets) of one series; times, if both have some, must follow those of X."""
        values, times = read_timed(sample, where) if is_timed(sample) else (sample, None)
        if times is not None:
            check_clock(sample, where, form, "X")
        counted = times is not None and times.dtype.kind != "M" and np.all(times[:1] == 0)  # an index that says nothing
        known = times is not None and form is not None and not counted
        if known and not np.array_equal(times, form.instants_after(len(times))):
            raise ValueError(f"The times of {where} are not those that follow X: pass the steps right behind its end.")
        return check_rows(values if np.ndim(values) else [values], where)  # a number is a single step

    def like(self, forecasts, labels=()):
        """Forecasts (n, n_steps, n_targets, ...) in the form of the series; further axes have lists of labels."""
        arrays = forecasts[:, :, 0] if self.univariate else forecasts
        if all(form is None for form in self.forms):
            return arrays[0] if self.is_one else arrays
        wrapped = [
            array if form is None else form.wrap(forecast, labels)
            for form, forecast, array in zip(self.forms, forecasts, arrays)
        ]
        return wrapped[0] if self.is_one else wrapped


def read_series(estimator, X, *, kind=None, season=1):
    """(`LongSeries`, kind) of X; the kind is that of `read_numbers`. NaN is refused with its place."""
    refuse_groups(X, "X")
    refuse_times_alone(X)
    refuse_text(X)
    refuse_times_in_columns(X, "X")
    refuse_times_of_several(X)
    is_one = is_one_series(X)
    samples = [X] if is_one else _listed(X)
    for index, sample in enumerate(samples or ()):
        refuse_strings(sample, "X" if is_one else f"X[{index}]", _NO_NUMBERS)
        refuse_written_numbers(sample, f"X[{index}]")
    if samples is None or not any(map(is_timed, samples)):
        numbers = [X.to_numpy()] if is_one else X  # a Series of polars, or arrays
        times = forms = zones = None
    else:
        numbers, times, forms = _read_timed(samples, is_one=is_one)
        zones = [form and form.zone for form in forms]
    _check_names(estimator, forms or (), is_one=is_one, reset=kind is None)
    hint = "" if samples is not None else _if_rows_are_steps(numbers)
    whereabouts = {"times": times, "zones": zones, "hint": hint, "season": season}
    sequences, kind = _read_numbers(estimator, numbers, kind, whereabouts)
    lengths = sequences.real_lengths.astype(int)
    values = tuple(np.asarray(own[:length], np.float64) for own, length in zip(sequences.values, lengths))
    check_finite([own[:, 0] for own in values] if sequences.univariate else values, **whereabouts)
    nothing = (None,) * len(values)
    series = LongSeries(
        values=values,
        times=times or nothing,
        forms=forms or nothing,
        lengths=lengths,
        univariate=sequences.univariate,
        is_one=is_one,
    )
    return series, kind


def _read_numbers(estimator, numbers, kind, whereabouts):
    """What `read_numbers` gives; errors say where NaN is, which scikit-learn does not, and what a single series is."""
    try:
        return read_numbers(estimator, numbers, kind=kind)
    except ValueError as error:
        text = str(error)
        if "Input X contains" in text:
            check_finite(numbers, **whereabouts)
        if "got 1D array instead" in text:
            single = f"{text.rstrip('.')}, or pandas.Series(X), which cross_val_score can cut in time."
            raise ValueError(single) from error
        raise


def _if_rows_are_steps(X):
    """How a table was read, where it has far more rows than columns; else ""."""
    shape = getattr(X, "shape", ())
    if len(shape) != 2 or shape[0] <= MANY_ROWS * shape[1]:
        return ""
    return f" X of shape {shape} is read as {shape[0]} series of {shape[1]} step(s), one per row.{OF_ROWS}"


def _listed(X):
    """The series of a list, or of an object array; None if X is a table or an array of numbers."""
    samples = as_samples(X)
    return samples if samples and all(map(is_a_series, samples)) else None


def _read_timed(samples, *, is_one):
    """(values, times, forms) of samples, some or all of which have times."""
    values, times, forms = [], [], []
    for index, sample in enumerate(samples):
        where = "X" if is_one else f"X[{index}]"
        own, instants = read_timed(sample, where) if is_timed(sample) else (sample, None)
        values.append(own)
        times.append(instants)
        forms.append(None if instants is None or len(instants) == 0 else form_of(sample, where))
    return values, tuple(times), tuple(forms)


def _check_names(estimator, forms, *, is_one, reset):
    """Frames must have the columns of fit in the same order: they are read by position.

    A single column beside the times of polars is what a Series is to pandas: it has the name of its series.
    """
    frames = {index: form.names for index, form in enumerate(forms) if _has_columns(form)}
    names = next(iter(frames.values()), None)
    if reset:
        estimator._target_names = names
    expected = getattr(estimator, "_target_names", None)  # files of older releases may have none
    for index, own in frames.items():
        if expected is not None and own != expected:
            where = "X" if is_one else f"X[{index}]"
            raise ValueError(
                f"{where} has the columns {list(own)}. Expected {list(expected)} in this order, in all frames: select "
                "them by name, or rename them."
            )


def _has_columns(form):
    if isinstance(form, PolarsForm):
        return len(form.names) > 1
    return form is not None and form.is_frame


def _if_distinct(names):
    """Names of each series, tuples, if all have some that tell them apart; else None."""
    is_named = all(own and None not in own for own in names)
    return names if is_named and len(set(names)) == len(names) else None


def _holds(values, end):
    """Whether values (t, k) hold the first half of an end (w, k) of a series somewhere."""
    half = end[: (len(end) + 1) // 2]
    if len(values) < len(half):
        return False
    pieces = sliding_window_view(values, len(half), axis=0)  # (n, k, w / 2)
    return bool((pieces == half.T).all(axis=(1, 2)).any())
