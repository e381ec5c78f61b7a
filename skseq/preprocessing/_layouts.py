"""Sequences in the containers of other libraries, with whichever axis is time, to those that estimators read."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from skseq._arguments import library_of, refuse_lazy
from skseq._data.checks import too_large
from skseq._data.column_names import check_column_names
from skseq._data.mistakes.tables.quantities_in_columns import quantities_of
from skseq._data.plain import plain, stacked_vectors, until_mask
from skseq._data.sequences import is_sequence, refuse_lone_samples
from skseq._data.times.time_order import check_index_ascends, check_same_times, check_times_ascend, times_of
from skseq._data.tokens.vocabulary import is_missing
from skseq._typing import Array, SequencesLike

_SAME = {"aeon": "channels_first", "sktime": "channels_first"}
_OF_ARRAYS = ("channels_first", "channels_last", "tslearn")


def as_sequences(
    data: SequencesLike,
    layout: Literal["auto", "aeon", "sktime", "channels_first", "channels_last", "tslearn"] = "auto",
    *,
    verbose: int = 1,
) -> Array | Any:
    """Put sequences of numbers into the form that estimators read, samples first, then time, then channels.

    Parameters
    ----------
    data : ndarray, list, or DataFrame, Series or Array of pandas, polars or pyarrow
        Sequences, see `layout`. Timesteps that are masked at the ends of sequences are left out.

    layout : {"auto", "aeon", "sktime", "channels_first", "channels_last", "tslearn"}, default="auto"
        Which axis of an array is time. Containers that know are read alike whatever it says.

        - "channels_first", "aeon", "sktime": (n_samples, n_channels, n_timesteps), or a list of (n_channels, t) arrays.
        - "channels_last": (n_samples, n_timesteps, n_channels), or a list of (t, n_channels) arrays.
        - "tslearn": as "channels_last", filled up with NaN behind the last step of each sequence, which is cut off. A
          DataFrame of numbers holds one univariate sequence per row, as 2-D arrays do; other layouts refuse it.
        - "auto": for containers that say themselves what is time, below; an array raises an error. 2-D arrays and lists
          of 1-D arrays are univariate sequences in all layouts; the printed line says if NaN at their ends are kept.

    verbose : int, default=1
        1 prints one line that says what was taken for time, 0 does not.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps, n_channels), or list of ndarray of shape (t, n_channels)
        Sequences of numbers; a list if their lengths differ. NaN within a sequence is kept: see `SequenceImputer`.

    Raises
    ------
    ValueError
        If nothing says which axis is time, if data hold no numbers, if channels of one sequence have different lengths,
        if frames of a list have different columns or another order of them, or if times do not ascend, differ between
        channels, or are in another level of an index than the last.

    See Also
    --------
    from_long : Long frames with a row per series and time.
    SequenceImputer : Fills gaps.

    Notes
    -----
    These containers say what is time:

    =======================================================  =====================  ==================================
    container                                                time                   channels
    =======================================================  =====================  ==================================
    list of DataFrames of pandas or polars (sktime df-list)  rows                   columns
    DataFrame of pandas with a MultiIndex (sktime)           last level of it       columns; samples: the other levels
    DataFrame of pandas with two levels of columns           level that names them  the other level; samples: rows
    DataFrame of pandas with Series or arrays in its cells   items of a cell        columns; samples: rows
    Series or DataFrame of polars with lists                 items of a list        columns; samples: rows
    ListArray or Table of pyarrow with lists                 items of a list        columns; samples: rows
    =======================================================  =====================  ==================================

    Examples
    --------
    >>> import numpy as np
    >>> from skseq.preprocessing import as_sequences
    >>> as_sequences(np.zeros((20, 3, 150)), layout="aeon").shape
    20 sequences of 150 timesteps (axis 2) and 3 channels (axis 1)
    (20, 150, 3)
    >>> cube = np.array([[[1.0], [2.0], [np.nan]], [[3.0], [4.0], [5.0]]])
    >>> X = as_sequences(cube, layout="tslearn")
    2 sequences of 2 to 3 timesteps (axis 1, without NaN at the end) and 1 channel (axis 2)
    >>> [len(own) for own in X]
    [2, 3]
    """
    known = ("auto", *_SAME, *_OF_ARRAYS)
    if layout not in known:
        raise ValueError(
            f"layout must be one of {', '.join(map(repr, known))}. Got {layout!r}. Long frames, with a row per series "
            "and time, go through from_long."
        )
    samples, time, channels = _read(data, _SAME.get(layout, layout))
    if not samples:
        raise ValueError("data hold no sequence.")
    widths = {own.shape[1] for own in samples}
    if len(widths) > 1:
        raise ValueError(f"The sequences have {_range(widths)} channels. Expected the same number in all.")
    lengths = [len(own) for own in samples]
    if 0 in lengths:
        raise ValueError(f"Sequence {lengths.index(0)} has no timestep: leave it out.")
    if verbose:
        print(f"{_count(len(samples), 'sequence')} of {_range(lengths)} timesteps ({time}) and ", end="")
        print(f"{_count(widths.pop(), 'channel')} ({channels})")
    return np.stack(samples) if len(set(lengths)) == 1 else samples


def _range(numbers):
    return f"{min(numbers)} to {max(numbers)}" if len(set(numbers)) > 1 else f"{min(numbers)}"


def _count(number, word):
    return f"{number} {word}{'' if number == 1 else 's'}"


# --- containers: (list of (t, c), what is time, what are channels) ----------------------------------------------------


def _read(data, layout):
    refuse_lazy(type(data), "data")
    library = library_of(data)
    if library == "pandas":
        return _read_pandas(data, layout)
    if library == "polars":
        return _read_polars(data, layout)
    if library == "pyarrow":
        return _read_arrow(data)
    if isinstance(data, (list, tuple)) and data and all(hasattr(own, "columns") for own in data):
        check_column_names(data, "data")
        check_times_ascend(data, "data")
        return [_frame(own, f"data[{i}]") for i, own in enumerate(data)], "rows of each frame", "columns"
    return _read_arrays(data, layout)


def _read_arrays(data, layout):
    is_list = isinstance(data, (list, tuple)) or getattr(getattr(data, "dtype", None), "kind", "") == "O"
    samples, axes = (_of_list if is_list else _of_array)(data, layout)
    if all(own.ndim == 1 for own in samples):  # univariate: nothing to choose
        return _cut([own[:, None] for own in samples], layout, "the only axis of each", "none")
    if layout == "channels_first":
        samples, axes = [own.T for own in samples], axes[::-1]
    return _cut(samples, layout, *axes)


_ARRAYS = "data must be an array of 2 or 3 dimensions, or a list of arrays of 1 or 2."
_SINGLE = " A single series is [data]."


def _of_list(data, layout):
    """Arrays of one or two axes, all of the same number, and what their axes are called."""
    refuse_lone_samples(data, "data")
    check_times_ascend(data, "data")
    samples = [_numbers(own, f"data[{index}]") for index, own in enumerate(data)]
    n_axes = {own.ndim for own in samples}
    if len(n_axes) > 1 or not n_axes <= {1, 2}:
        raise ValueError(f"{_ARRAYS} Got arrays of {_range(n_axes)} dimensions.{_SINGLE if n_axes == {0} else ''}")
    if n_axes == {2}:
        _check_layout(layout, f"a list of arrays, the first of shape {samples[0].shape}")
    return samples, ("axis 0 of each array", "axis 1 of each array")


def _of_array(data, layout):
    """Samples along the first axis of an array, and what the other axes are called."""
    array = _numbers(data, "data")
    if array.ndim not in (2, 3):
        raise ValueError(f"{_ARRAYS} Got {array.ndim} dimensions.{_SINGLE if array.ndim == 1 else ''}")
    if array.ndim == 3:
        _check_layout(layout, f"shape {array.shape}")
    return list(array), ("axis 1", "axis 2")


def _check_layout(layout, what):
    if layout == "auto":
        raise ValueError(
            f"Nothing says which axis of data ({what}) is time. Set layout='channels_first' (as aeon and sktime have "
            "it), 'channels_last', or 'tslearn'."
        )


def _cut(samples, layout, time, channels):
    """Samples up to their masks, and without NaN behind their last step, if that is the layout."""
    samples = plain(samples, "data")
    if layout == "auto" and _end_in_nan(samples):
        time += "; NaN at their ends are kept, layout='tslearn' cuts them off"
    if layout != "tslearn":
        return samples, time, channels
    cut = []
    for index, own in enumerate(samples):
        real = np.flatnonzero(~np.isnan(own).all(axis=1))
        if not real.size:
            raise ValueError(f"Sequence {index} holds nothing but NaN: leave it out.")
        cut.append(own[: real[-1] + 1])
    return cut, f"{time}, without NaN at the end", channels


def _end_in_nan(samples):
    """Whether some sequences (t, 1) end in NaN, and none has NaN elsewhere: that is how shorter ones are filled up."""
    missing = [np.isnan(own[:, 0]) for own in samples]
    return any(own.any() for own in missing) and all((own[:-1] <= own[1:]).all() for own in missing)


def _read_pandas(data, layout):
    is_table = data.ndim == 2 and data.index.nlevels == 1 and all(map(_is_numeric, data.dtypes))
    if is_table and layout == "tslearn":
        return _read_rows(data.to_numpy(np.float64, na_value=np.nan))
    if is_table and data.columns.nlevels == 2 and (quantities := quantities_of(data, fewest_times=2)) is not None:
        table = data.to_numpy(np.float64, na_value=np.nan)
        return list(quantities.cube(table)), "one level of columns", "the other level"
    if data.ndim == 1:
        data = data.to_frame()
    if data.index.nlevels > 1:
        return _read_levels(data)
    if all(getattr(dtype, "kind", "") == "O" for dtype in data.dtypes):
        columns = [list(data[name]) for name in data.columns]
        return _joined(columns), "items of each cell", "columns"
    raise ValueError(
        f"A DataFrame of numbers does not say what is time. {_ways_of_rows(data)}; for one row per series and time use "
        "skseq.preprocessing.from_long, or set an index of two levels, sample and time."
    )


def _ways_of_rows(frame):
    """How a frame with one row per sample is passed."""
    quantities = quantities_of(frame)
    if quantities is not None:
        return f"For {len(quantities.names)} features at {quantities.n_times} times pass {quantities.code('frame')}"
    return (
        "For one series per row pass frame.to_numpy(), or set layout='tslearn' if NaN fill up shorter ones; for "
        "several quantities at the same times name both in two levels of columns"
    )


def _read_rows(table):
    """One univariate sequence per row of a table (n, t), filled up with NaN."""
    return _cut(table[:, :, None], "tslearn", "columns", "none")


def _read_levels(data):
    """A row per sample and time: the last level of the index is time."""
    _refuse_times_in_other_levels(data.index)
    samples, levels = [], list(range(data.index.nlevels - 1))
    for key, rows in data.groupby(level=levels if len(levels) > 1 else 0, sort=False):
        times = rows.index.get_level_values(-1)
        if not (times.is_monotonic_increasing and times.is_unique):
            raise ValueError(f"The times of sample {key!r} do not ascend: sort the frame, and leave out repeated rows.")
        samples.append(_frame(rows, f"sample {key!r}"))
    return samples, f"index level {_level_name(data.index, data.index.nlevels - 1)}", "columns"


def _refuse_times_in_other_levels(index):
    """Raise ValueError if the last level holds names or ids, and another one times."""
    *others, last = index.levels
    if times_of(last) is not None or _is_elapsed(last):
        return
    for place, level in enumerate(others):
        if times_of(level) is not None:
            *names, last_name = (_level_name(index, i) for i in range(index.nlevels))
            name, by = names[place], f"[{', '.join(names)}]" if len(names) > 1 else names[0]
            raise ValueError(
                f"The last level {last_name} of data holds {_kind(last)}, and level {name} holds times. Expected times "
                f"in the last level, as in data.swaplevel({name}, {last_name}).sort_index(). If {last_name} counts the "
                f"steps of each sequence, pass a list: [own for _, own in data.groupby(level={by}, sort=False)]."
            )


def _is_elapsed(level):
    """Whether a level may hold the time since some start: seconds, durations or times of day."""
    return level.dtype.kind in "fm" or level.inferred_type == "time"


def _kind(level):
    return {"string": "strings", "integer": "integers"}.get(level.inferred_type, "no times")


def _level_name(index, place):
    name = index.names[place]
    return repr(place if name is None else name)


def _read_polars(data, layout):
    is_table = hasattr(data, "columns") and all(map(_is_numeric, data.dtypes))
    if is_table and layout == "tslearn":
        return _read_rows(data.to_numpy().astype(np.float64))
    if not hasattr(data, "columns"):
        data = data.to_frame()
    for name, dtype in data.schema.items():
        if not (hasattr(dtype, "inner") and dtype.inner.is_numeric()):
            raise ValueError(
                f"Column {name!r} of polars is {dtype}. Expected lists of numbers, one per sample. For one series per "
                "row pass frame.to_numpy(), or set layout='tslearn' if NaN fill up shorter ones; for one row per "
                "series and time use skseq.preprocessing.from_long."
            )
    return _joined([data[name].to_list() for name in data.columns]), "items of each list", "columns"


def _read_arrow(data):
    names = getattr(data, "column_names", None)
    columns = [data] if names is None else [data.column(name) for name in names]
    for name, column in zip(names or ["data"], columns):
        value_type = getattr(column.type, "value_type", None)
        if value_type is None or str(value_type) not in _ARROW_NUMBERS:
            raise ValueError(f"{name!r} of pyarrow is {column.type}. Expected lists of numbers, one per sample.")
    return _joined([column.to_pylist() for column in columns]), "items of each list", "columns"


_ARROW_NUMBERS = {
    *("double", "float", "halffloat"),
    *(f"{kind}int{bits}" for kind in ("", "u") for bits in (8, 16, 32, 64)),
}


def _joined(columns):
    """Channels, each a list with one sequence per sample, to samples (t, c)."""
    samples = []
    for index, cells in enumerate(zip(*columns)):
        if any(is_missing(cell) and not is_sequence(cell) for cell in cells):
            raise ValueError(f"Sample {index} has no sequence, but a missing value: leave it out.")
        for channel, cell in enumerate(cells):
            check_index_ascends(cell, f"channel {channel} of sample {index}")
        named = [(cell, f"channel {channel} of sample {index}") for channel, cell in enumerate(cells)]
        own = [until_mask(_numbers(*cell), cell[1]) for cell in named]
        if any(cell.ndim != 1 for cell in own) or len({len(cell) for cell in own}) > 1:
            shapes = ", ".join(str(cell.shape) for cell in own)
            raise ValueError(f"The channels of sample {index} have shapes {shapes}. Expected one length for all.")
        for channel, cell in enumerate(cells[1:], 1):
            check_same_times(cells[0], cell, f"channels 0 and {channel} of sample {index}")
        samples.append(np.stack(own, axis=1))
    return samples


def _frame(frame, where):
    """The numbers of a frame (t, c); the error names the column that holds none."""
    if all(map(_is_numeric, frame.dtypes)):
        return _numbers(frame.to_numpy(), where)  # at once: polars would make numbers of dates, too
    columns = []
    for index, name in enumerate(frame.columns):
        column = frame.iloc[:, index] if hasattr(frame, "iloc") else frame[:, index]
        columns.append(_numbers(column.to_numpy(), f"column {name!r} of {where}"))
    return np.stack(columns, axis=1)


def _is_numeric(dtype):
    return dtype.is_numeric() if hasattr(dtype, "is_numeric") else dtype.kind in "fiub"  # of polars, of pandas


_EXPECTED = (
    "Expected numbers; dates belong into the index of a frame, and tokens and text go into estimators as they are."
)


def _numbers(values, where):
    """An array of numbers, masked if it came so; None becomes NaN."""
    try:
        array = stacked_vectors(values)
        array = array if np.ma.isMA(array) else np.asarray(array)
        array = array.astype(np.float64) if array.dtype.kind == "O" else array
    except OverflowError as error:
        raise too_large(where) from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where} is no sequence of numbers: {error}. {_EXPECTED}") from error
    if array.dtype.kind not in "iufb":
        what = "strings" if array.dtype.kind in "US" else array.dtype.name
        raise ValueError(f"{where} holds {what}. {_EXPECTED}")
    return array
