"""Long series as they come in, read into one array per series, and forecasts in the form in which the series came."""

from dataclasses import dataclass, replace

import numpy as np

from skseq._data.calendars import form_of, is_a_series, is_one_series, is_timed, read_timed, shown
from skseq._data.sequences import as_samples, read_numbers


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

    def tails(self, n_steps):
        """The last steps of every series, in memory of their own."""
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


def read_series(estimator, X, *, kind=None):
    """(`LongSeries`, kind) of X; the kind is that of `read_numbers`. NaN is refused with its place."""
    is_one = is_one_series(X)
    samples = [X] if is_one else _listed(X)
    if samples is None or not any(map(is_timed, samples)):
        numbers = [X.to_numpy()] if is_one else X  # a Series of polars, or arrays
        times = forms = None
    else:
        numbers, times, forms = _read_timed(samples)
        _check_names(estimator, forms, reset=kind is None)
    try:
        sequences, kind = read_numbers(estimator, numbers, kind=kind)
    except ValueError as error:
        if "Input X contains" in str(error):  # scikit-learn does not say where
            check_finite(numbers, times)
        raise
    lengths = sequences.real_lengths.astype(int)
    values = tuple(np.asarray(own[:length], np.float64) for own, length in zip(sequences.values, lengths))
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


def _listed(X):
    """The series of a list, or of an object array; None if X is a table or an array of numbers."""
    samples = as_samples(X)
    return samples if samples and all(map(is_a_series, samples)) else None


def _read_timed(samples):
    """(values, times, forms) of samples, some or all of which have times."""
    values, times, forms = [], [], []
    for index, sample in enumerate(samples):
        where = f"X[{index}]" if len(samples) > 1 else "X"
        own, instants = read_timed(sample, where) if is_timed(sample) else (sample, None)
        values.append(own)
        times.append(instants)
        forms.append(None if instants is None or len(instants) == 0 else form_of(sample, where))
    return values, tuple(times), tuple(forms)


def _check_names(estimator, forms, *, reset):
    """Frames must have the columns of fit in the same order: they are read by position."""
    frames = [form.names for form in forms if form is not None and getattr(form, "is_frame", True)]
    names = frames[0] if frames else None
    if reset:
        estimator._target_names = names
    expected = estimator._target_names
    for own in frames:
        if expected is not None and own != expected:
            raise ValueError(f"X has the columns {list(own)}. Expected {list(expected)} in this order, in all frames.")


def check_finite(X, times=None, argument="X"):
    """A value that is NaN or infinite raises ValueError with its place, in scikit-learn's words."""
    if hasattr(X, "toarray"):
        return  # scikit-learn says that it is sparse
    samples = X if isinstance(X, (list, tuple)) else as_samples(X)
    for index, sample in enumerate(np.asarray(X) if samples is None else samples):
        array = _numbers(sample)
        if array is None or np.isfinite(array).all():
            continue
        place = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(_not_finite(argument, array[tuple(place)], index, place, times and times[index]))


def _numbers(sample):
    """The sample as an array of floats; None if it is none, of which later checks say more."""
    try:
        array = np.asarray(sample)
        return array.astype(np.float64) if array.dtype.kind == "O" else array if array.dtype.kind == "f" else None
    except (TypeError, ValueError):
        return None


def _not_finite(argument, value, index, place, times):
    what = "NaN" if np.isnan(value) else "infinity"
    where = "".join(f", {name} {number}" for name, number in zip(("step", "column"), place))
    when = "" if times is None else f" (time {shown(times[place[0]])})"
    return (
        f"Input {argument} contains {what}: series {index}{where}{when}. Fill in such values, or leave out the steps "
        "before them."
    )
