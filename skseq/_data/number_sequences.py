"""Measurements as `Sequences`: which form X has, and the errors about it.

A source has one of these forms, decided in fit:

* "columns": 2-D numbers, one univariate sequence per row, one column per timestep. (n, t) is read as (n, t, 1). After
  fit, 2-D arrays have as many columns; lists and (n, t, 1) may have any lengths.
* "features": 3-D numbers (n_samples, n_timesteps, n_features), or a list of (t_i, f) arrays. Any lengths after fit.
* "series": a list of (t_i,) arrays, or of lists of different lengths. Any lengths after fit.
* "tokens", "token lists", "text": see `skseq._data.tokens.tokens`.

Numbers in nested lists that make a 2-D array are "columns", as in scikit-learn.

A column (n, 1) of sequences, in a data frame or an object array, means the same as the list of them: scikit-learn's
ensembles that check X let no other ragged data pass.
"""

from contextlib import contextmanager
from functools import partial
from itertools import chain
from numbers import Real

import numpy as np
from sklearn import config_context
from sklearn.utils import assert_all_finite

from skseq._arguments import brief, library_of, of_python
from skseq._data.checks import check_numbers, refuse_times, too_large, without_data
from skseq._data.column_names import check_column_names
from skseq._data.first_wrong import first_wrong
from skseq._data.mistakes.tables.events import advice_on_chords, advice_on_events
from skseq._data.mistakes.tables.likely_clocks import warn_of_clocks
from skseq._data.mistakes.texts.joined_numbers import advice_on_commas
from skseq._data.mistakes.texts.written_numbers import is_written_number, remedy_of_numbers
from skseq._data.mistakes.times.written_dates import remedy_of_dates
from skseq._data.plain import plain, stacked_vectors
from skseq._data.sequences import (
    Sequences,
    as_samples,
    check_lengths,
    check_n_steps,
    is_ragged,
    is_sequence,
    refuse_lone_samples,
    refuse_nothing,
)
from skseq._data.times.time_order import check_times_ascend
from skseq._data.tokens.vocabulary import is_missing
from skseq._sklearn import validate_data

_NO_STRINGS = ("Int", "UInt", "Float", "Bool", "Date", "Time", "Duration")  # types of polars
_FLOATS = (np.float64, np.float32)  # types that numbers may keep; of others the first is made


def read_numbers(estimator, X, *, kind=None, argument="X", gaps=False):
    """(`Sequences` of (n, t, f), kind): validated measurements of the kind in fit, which is found out if it is None.

    Sets ``n_features_in_`` of the estimator in fit, and the names of columns of a list of frames, and checks both
    afterwards. NaN is no error where there may be ``gaps``. Raises ValueError in scikit-learn's own words where it has
    some.
    """
    X, reset = plain(X, argument), kind is None
    refuse_nothing(X, argument, type(estimator).__name__)
    samples = as_samples(X) or ()
    refuse_lone_samples(samples, argument)
    if isinstance(X, (list, tuple)) and all(map(is_sequence, samples)):  # of arrays scikit-learn says it
        check_lengths(samples, argument=argument)
    check_times_ascend(samples, argument)
    X = _with_stacked(X, samples)
    samples = as_samples(X) or ()
    _refuse_channels_first(samples, argument)
    _refuse_times_in_frames(samples, argument)
    _refuse_strings_in_frames(samples, argument)
    fitted_names = None if reset else getattr(estimator, "_column_names", None)  # files of older releases have none
    names = check_column_names(samples, argument, expected=fitted_names)
    if reset:
        warn_of_clocks(samples, names, argument)
    X = list(map(nan_for_missing, X)) if isinstance(X, (list, tuple)) else X
    kind = _numbers_kind(X) if reset else kind
    with _placing_what_is_not_finite(X, argument), _naming_mixed_tokens(estimator, X, argument):
        with config_context(assume_finite=True if gaps else None):  # None: as it is
            sequences = _read(estimator, X, argument, reset=reset, kind=kind)
        if gaps:
            name = type(estimator).__name__
            assert_all_finite(sequences.values, allow_nan=True, estimator_name=name, input_name=argument)
    if kind != "columns":
        _check_n_features(estimator, sequences.values.shape[2], reset=reset, argument=argument)
    elif sequences.values.shape[2] != 1:
        raise ValueError(
            f"{argument} holds sequences of {sequences.values.shape[2]} features, but {type(estimator).__name__} was "
            "fitted on univariate sequences, one per row."
        )
    if reset:
        estimator._column_names = names
    return sequences, kind


def _read(estimator, X, argument, *, reset, kind):
    """`Sequences` of X, by its form."""
    n_columns = estimator.n_features_in_ if not reset and kind == "columns" else None
    if is_ragged(X, n_columns):  # after fit, a list of another length than that of the columns is no error
        return _read_ragged(estimator, X, argument)
    if not _has_steps(X) and (kind != "features" or _lists_arrays(X)):
        return _read_columns(estimator, X, argument, reset=reset, kind=kind)
    return _read_features(estimator, X, argument)


def _with_stacked(X, samples):
    """X with `stacked_vectors` in its samples, in a list or else an object array; X itself if nothing changes."""
    found = [stacked_vectors(sample) for sample in samples]
    if all(own is sample for own, sample in zip(found, samples)):
        return X
    if isinstance(X, (list, tuple)):
        return found
    array = np.empty(len(found), object)
    for index, sample in enumerate(found):  # one by one: NumPy would stack samples of one length
        array[index] = sample
    return array


def _numbers_kind(X):
    """Which of the forms of numbers X has."""
    if is_ragged(X):
        return "series" if _ndim(as_samples(X)[0]) == 1 else "features"
    return "features" if _has_steps(X) else "series" if _lists_arrays(X) else "columns"


def _refuse_channels_first(samples, argument):
    """Raise ValueError for arrays (c, t_i): lengths differ from sample to sample, numbers of features never do."""
    if any(getattr(sample, "ndim", 0) != 2 for sample in samples):
        return
    if len({len(sample) for sample in samples}) == 1 and len({sample.shape[1] for sample in samples}) > 1:
        other = next(index for index, sample in enumerate(samples) if sample.shape != samples[0].shape)
        raise ValueError(
            f"{argument} looks channels first: {argument}[0] has the shape {samples[0].shape} and {argument}[{other}] "
            f"{samples[other].shape}. Expected (n_timesteps, n_features) with one n_features. If axis 0 is channels, "
            f"pass skseq.preprocessing.as_sequences({argument}, layout='channels_first')."
        )


def _refuse_times_in_frames(samples, argument):
    """Raise TypeError for columns of dates, which polars makes numbers of without a word."""
    for index, sample in enumerate(samples):
        if hasattr(sample, "columns") and hasattr(sample, "dtypes"):
            refuse_times(sample, f"{argument}[{index}]")


def _refuse_strings_in_frames(samples, argument):
    """Raise ValueError for a column of strings, or of categories with names, by its name."""
    joined = f"pandas.concat({argument}, keys=range(len({argument})))"
    of_pandas = (
        f"[x for _, x in pandas.get_dummies({joined}, dtype=float).groupby(level=0)], after fit followed by "
        "x.reindex(columns=names, fill_value=0) with the names of columns in fit"
    )
    encoder = "one sklearn.preprocessing.OneHotEncoder(handle_unknown='ignore') that is fitted once"
    for index, sample in enumerate(samples):
        one_hot = of_pandas if all(hasattr(other, "iloc") for other in samples) else encoder
        refuse_strings(
            sample,
            f"{argument}[{index}]",
            f"make one-hot columns of it, the same in all frames, by {one_hot}, or codes by one "
            "sklearn.preprocessing.OrdinalEncoder, which SequenceGenerator draws as measurements, or drop it",
            dates_in=argument,
            among=samples,
        )


def refuse_strings(frame, where, remedy, *, dates_in="", among=()):
    """Raise ValueError for a column of strings in a sample, if it is a frame, with what to do.

    Dates become numbers in all frames of the argument ``dates_in``, if given, which are those it is ``among``, if all
    are of one library.
    """
    if not hasattr(frame, "columns") or not hasattr(frame, "dtypes"):
        return
    for column, dtype in enumerate(frame.dtypes):
        if getattr(dtype, "kind", "O") != "O" or str(dtype).startswith(_NO_STRINGS):
            continue
        cells = frame.iloc[:, column] if hasattr(frame, "iloc") else frame[:, column]
        name = next(filter(_is_a_name, cells), None)
        if name is not None:
            label = of_python(frame.columns[column])  # as code writes it
            of_polars = not hasattr(frame, "iloc")
            if dates_in and {library_of(other) for other in among} == {library_of(frame)}:
                written, names = _cells_of_all(among, label), {own for other in among for own in _names_of(other)}
                remedy = remedy_of_dates(written, label, dates_in, names, of_polars=of_polars) or remedy
            if is_written_number(name):
                remedy = remedy_of_numbers(cells, f"{where}[{label!r}]", of_polars=of_polars) or remedy
            raise ValueError(f"{where} has the column {label!r} of strings, such as {brief(str(name))}: {remedy}.")


def _cells_of_all(frames, label):
    """The cells of a column of all frames that have one such, None where they are missing."""
    columns = [frame[label] for frame in frames if _names_of(frame).count(label) == 1]
    return [None if is_missing(cell) else cell for column in columns for cell in column]


def _names_of(frame):
    return list(getattr(frame, "columns", ()))


def refuse_written_numbers(series, where):
    """Raise ValueError for a Series of pandas with numbers as strings, such as '0,5', with what keeps its times."""
    if hasattr(series, "columns") or not hasattr(series, "iloc"):
        return
    cells = series.tolist() if series.dtype.kind == "O" else []
    written = next((cell for cell in cells if _is_a_name(cell) and is_written_number(cell)), None)
    remedy = "" if written is None else remedy_of_numbers(cells, "x")
    if remedy:
        raise ValueError(f"{where} holds strings, such as {brief(written)}. Of each x in X, {remedy}.")


def _is_a_name(cell):
    """Whether a cell is a string that is no number."""
    if not isinstance(cell, str):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def nan_for_missing(sample):
    """A Series or frame of pandas' nullable types that lacks numbers as floats, not as NumPy's objects; else itself."""
    return sample.to_numpy(np.float64, na_value=np.nan) if _lacks_values(sample) else sample


def _lacks_values(sample):
    if not hasattr(sample, "iloc"):
        return False
    dtypes = list(sample.dtypes) if hasattr(sample, "columns") else [sample.dtype]
    nullable = any(hasattr(dtype, "na_value") for dtype in dtypes)
    return nullable and all(dtype.kind in "iubf" for dtype in dtypes) and np.any(sample.isna())


def _has_steps(X):
    """Whether X is (n, t, f) as it stands."""
    return not hasattr(X, "toarray") and _ndim(X) == 3


def _lists_arrays(X):
    """Whether X is a list of (t_i,) arrays: nested lists may be a table, as everywhere in scikit-learn."""
    return isinstance(X, (list, tuple)) and len(X) > 0 and all(len(getattr(sample, "shape", ())) == 1 for sample in X)


def _ndim(X):
    """Number of dimensions; what makes no array has one, and scikit-learn says what is wrong with it."""
    try:
        return np.asarray(X).ndim
    except ValueError:
        return 1


def _read_columns(estimator, X, argument, *, reset, kind):
    _check_dimensions(X, argument, type(estimator).__name__)
    if kind == "columns" and not reset and isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "biuf":
        hint = _hint_on_lengths(X.shape[1], estimator.n_features_in_, argument)
        _check_n_features(estimator, X.shape[1], reset=False, argument=argument, hint=hint)
    if kind != "columns" or argument != "X":  # validate_data names X in its errors, whatever it is given
        checked = check_numbers(X, argument, dtype=_FLOATS, estimator=estimator, input_name=argument)
        if kind == "columns" and not reset:
            _check_n_features(estimator, checked.shape[1], reset=False, argument=argument)
    if kind == "columns":  # the names of columns, too
        checked = check_numbers(X, argument, dtype=_FLOATS, check=partial(validate_data, estimator), reset=reset)
    return Sequences(values=checked[:, :, None], univariate=True)  # (n, t) to (n, t, 1)


def _hint_on_lengths(n_timesteps, known, argument):
    """What to do with other columns than in fit; what beginnings tell, a fit on whole sequences has not learnt."""
    hint = f" They are timesteps here: pass sequences of other lengths as a list of arrays, list({argument})"
    if n_timesteps >= known:
        return f"{hint}."
    return f"{hint}. If they are only begun, first fit on such, X[:, :{n_timesteps}], or on several lengths."


def _check_dimensions(X, argument, name):
    """One number per sample is no sequence, and most likely one sequence without a container.

    Of more than 3 dimensions scikit-learn says that at most 2 are allowed.
    """
    if _lists_numbers(X) or (getattr(X, "ndim", None) == 1 and getattr(X.dtype, "kind", "") in "iuf"):
        raise ValueError(
            f"Expected 2D array, got 1D array instead: one number per sample is no sequence. Reshape your data to "
            f"(n_samples, n_timesteps): a single sequence is [{argument}]."
        )
    n_dimensions = 1 + _ndim(X[0]) if isinstance(X, (list, tuple)) else getattr(X, "ndim", 0)
    if n_dimensions > 3:
        raise ValueError(
            f"{argument}: Found array with dim {n_dimensions}, while dim <= 3 is required by {name}: "
            f"(n_samples, n_timesteps, n_features).{_flattened(X, argument)}"
        )


def _flattened(X, argument):
    """How timesteps that are arrays, such as the images of a video, become features, and windows samples."""
    is_array = isinstance(X, np.ndarray) and X.ndim > 1  # ragged samples lie in an array of objects
    if all(len(sample) == 1 for sample in (X if is_array else as_samples(X))):  # as batches of one have
        code = f"{argument}[:, 0]" if is_array else f"[x[0] for x in {argument}]"
        return f" Every sample holds one array: pass {code}, without the axis of length 1."
    code = f"[numpy.reshape(x, (len(x), -1)) for x in {argument}]"
    if is_array:
        code = f"{argument}.reshape({len(X)}, {X.shape[1]}, -1)"
    return (
        f" If a timestep is an array, such as an image, pass {code}, which makes features of its numbers. If a sample "
        "holds windows, as SlidingWindows in a Pipeline makes them, cut the series before the Pipeline, by "
        "SlidingWindows.split_series(X, y): then each window is a sample."
    )


def _lists_numbers(X):
    return isinstance(X, (list, tuple)) and len(X) > 0 and all(isinstance(number, Real) for number in X)


def _read_features(estimator, X, argument):
    name = type(estimator).__name__
    options = {"ensure_2d": False, "allow_nd": True, "estimator": estimator, "input_name": argument}
    X = check_numbers(X, argument, dtype=_FLOATS, **options)
    if X.ndim != 3:
        alone = X.ndim == 2 and X.shape[1] == estimator.n_features_in_
        remedy = f" A single sequence is a list of it, [{argument}]." if alone else ""
        raise ValueError(
            f"Expected 3D array, got {X.ndim}D array instead: {name} was fitted on X of shape (n_samples, "
            f"n_timesteps, {estimator.n_features_in_}), but {argument} has shape {X.shape}.{remedy}"
        )
    _, n_timesteps, n_features = X.shape
    if n_timesteps == 0 or n_features == 0:
        raise ValueError(
            f"{argument} has {n_timesteps} timestep(s) and {n_features} feature(s) (shape={X.shape}), while a minimum "
            f"of 1 of each is required by {name}: a sequence of zero length cannot be read."
        )
    return Sequences(values=X)


def _read_ragged(estimator, X, argument):
    """Padded values and lengths of a container of (t_i,) or (t_i, f) arrays."""
    lengths = check_lengths(as_samples(X), argument=argument)
    tokens = ", or with source_type='tokens' tokens" if hasattr(estimator, "source_type") else ""
    samples = [_as_numbers(sample, f"{argument}[{index}]", tokens) for index, sample in enumerate(as_samples(X))]
    shapes = {sample.shape[1:] for sample in samples}
    if len(shapes) > 1 or len(next(iter(shapes))) > 1:
        other = next((i for i, sample in enumerate(samples) if sample.shape[1:] != samples[0].shape[1:]), 0)
        differs = f" Got {samples[0].shape} in {argument}[0], {samples[other].shape} in {argument}[{other}]."
        batches = min(map(len, shapes)) > 1 and lengths.max() == 1  # of one sequence each, of any lengths
        raise ValueError(
            f"{argument} holds sequences whose timesteps have the shape {' or '.join(map(str, sorted(shapes)))}. "
            "Expected all sequences of shape (n_timesteps,), or all of shape (n_timesteps, n_features) with one "
            f"n_features; lengths may differ.{differs if other and not batches else _flattened(X, argument)}"
        )
    options = {"ensure_2d": False, "estimator": estimator, "input_name": argument}
    if not samples[0].size:  # no features
        check_numbers(np.concatenate(samples), argument, dtype=_FLOATS, **options)
    values = check_numbers(_padded(samples, lengths), argument, dtype=_FLOATS, allow_nd=True, **options)
    return Sequences(values=values, lengths=lengths, univariate=samples[0].ndim == 1)


def _padded(samples, lengths):
    """Samples of shape (t_i,) or (t_i, f) as (n, t, f), one after the other: with no other copy than this one."""
    check_n_steps(sum(map(len, samples)), lengths)
    width = 1 if samples[0].ndim == 1 else samples[0].shape[1]
    padded = np.zeros((len(samples), lengths.max(), width), np.result_type(*{sample.dtype for sample in samples}))
    for row, sample in zip(padded, samples):
        row[: len(sample)] = sample.reshape(len(sample), width)
    return padded


@contextmanager
def _placing_what_is_not_finite(X, argument):
    """Let errors about NaN and infinity in samples X say where the first one is."""
    try:
        yield
    except ValueError as error:
        if f"Input {argument} contains" not in str(error):
            raise
        raise ValueError(_placed(str(error), X, argument)) from None  # which says the same, and where


@contextmanager
def _naming_mixed_tokens(estimator, X, argument):
    """Let errors about strings say how strings beside floats are read as tokens, where an estimator reads these."""
    try:
        yield
    except ValueError as error:
        if not hasattr(estimator, "source_type") or "could not convert string" not in str(error):
            raise
        if not (advice := _advice_on_mixed_tokens(X, argument)):
            raise
        raise ValueError(f"{str(error).rstrip('.')}. {advice}") from error


def _advice_on_mixed_tokens(X, argument):
    """What to do with strings beside floats in lists, which ids are where a merge left gaps."""
    samples = X.tolist() if isinstance(X, np.ndarray) else as_samples(X) or ()
    tokens = list(chain.from_iterable(sample for sample in samples if isinstance(sample, (list, tuple))))
    floats = [token for token in tokens if isinstance(token, (float, np.floating)) and not is_missing(token)]
    strings = [token for token in tokens if isinstance(token, str)]
    if not floats or not strings:
        return ""
    ids = ", or write ids that became floats as integers" if all(token % 1 == 0 for token in floats) else ""
    return (
        f"{argument} holds floats, such as {floats[0]}, beside strings, such as {brief(strings[0])}. Set "
        f"source_type='tokens' to read each of them as a token{ids}."
    )


def _placed(message, X, argument):
    """An error about NaN or infinity, with the place of the first one, the type that X came in, and how it comes."""
    samples = as_samples(X)
    is_wrong = np.isinf if "infinity" in message else np.isnan
    found = first_wrong(np.asarray(X) if samples is None else samples, is_wrong)
    if found is None or not found[2]:
        return message  # a single number has no timestep
    index, numbers, place = found
    feature = f", feature {place[1]}" if numbers.ndim == 2 and numbers.shape[1] > 1 else ""
    message = message.replace("dtype('float64')", f"dtype({numbers.dtype.name!r})")  # that of X, not of a copy
    return (
        f"{message} The first is at timestep {place[0]}{feature} of {argument}[{index}].{_of_infinity(numbers[place])}"
    )


def _of_infinity(number):
    """How an infinite number most likely came about, and what to do."""
    if number == -np.inf:
        return " It is -inf, as the logarithm of 0: add a small number to what a logarithm is taken of."
    if number == np.inf and number.dtype == np.float16:
        return f" float16 ends at {np.finfo(np.float16).max:g}: compute these values in float32."
    return ""


def _as_numbers(sample, where, otherwise):
    """The sample as an array of numbers; the error says what else is expected ``otherwise``."""
    try:
        array = np.asarray(sample)
        if array.dtype.kind not in "fiu":
            refuse_times(array, where)
        return array.astype(np.float64) if array.dtype.kind in "OUS" else array  # "1.5" is a number to scikit-learn
    except OverflowError as error:
        raise too_large(where) from error
    except (ValueError, TypeError) as error:
        argument = where.partition("[")[0]
        events = advice_on_events([sample], argument) or advice_on_chords([sample], argument)
        remedy = "" if events or _has_vectors(sample) else otherwise  # vectors are no tokens
        more = events or ("" if _has_vectors(sample) else advice_on_commas(str(error), [sample], argument))
        raise ValueError(
            f"{where} is not a sequence of numbers. Expected an array of shape (n_timesteps,) or (n_timesteps, "
            f"n_features){remedy}: {without_data(str(error)).rstrip('.')}{more and '.'}{more}"
        ) from error


def _has_vectors(sample):
    """Whether the timesteps of a sample are vectors; tuples may be tokens."""
    return getattr(sample, "ndim", 1) > 1 or any(is_sequence(step) and not isinstance(step, tuple) for step in sample)


def _check_n_features(estimator, n_features, *, reset, argument, hint=""):
    if reset:
        vars(estimator).pop("feature_names_in_", None)  # of an earlier fit on columns
        estimator.n_features_in_ = n_features
    elif n_features != estimator.n_features_in_:
        raise ValueError(
            f"{argument} has {n_features} features, but {type(estimator).__name__} is expecting "
            f"{estimator.n_features_in_} features as input.{hint}"
        )
