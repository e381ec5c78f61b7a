"""Tables that are read as one sequence per row, and are most likely one series: warnings that say how to tell."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import FEW_NAMES, LOOKED_AT, MANY, NEARLY_ALL
from skseq._data.mistakes.times.calendar_codes import times_of_codes
from skseq._data.mistakes.times.time_names import have_names_of_no_times
from skseq._data.overlapping import next_windows_in_order
from skseq._data.times.calendars import has_written_times, is_one_series

SMOOTH = 0.25  # mean squared difference of neighbours over twice the variance: 1 for noise, near 0 for a slow curve
ROUGH = 0.7
VERY_SMOOTH = 0.05  # samples that are sorted by their class are alike, too: 0.15 for iris
APART = 100  # variance of the means of columns over the variance within: heights at three ages 24, sensors 10,000
UNLIKE = 4  # squared difference of neighbouring columns over that of neighbouring rows: 1 for lags of one series
OF_ONE_WORD = 0.9  # of the texts
FEWEST_ROWS = 5  # of a column that may be a series: fewer may well be first steps of sequences that go on
LONG = 10  # timesteps of sequences in fit: shorter ones may have one later
SEASONS = (1, 4, 5, 7, 12, 24, 48, 52)  # steps after which a series may be much as it was
MORE_ALIKE = 0.6  # roughness of rows over that of columns: 0.1 to 0.55 for seasons side by side, 0.75 for noise
UNLIKE_ANY = 0.5  # roughness of columns: 0.65 or more for series side by side, 0.3 or less for seasons of months
FEW_CHANNELS = 24  # from so many columns on a row with a date is likely a window that ends there, or a day of hours
OF_UNITS = 10  # times the deviation of another column: those of steps of one quantity are within a factor of 4 or so
ENOUGH_ROWS, FARTHER = 200, 1.5  # usual squared change over two steps: 1 for noise, 1.8 where SMOOTH, 2 of a walk
LASTING, ENOUGH_CHANGES = 0.2, 20  # of the changes of labels in a random order, and so many of these
LASTING_OF_NAMED = 0.5  # the same beside columns with names of no times: 0.25 for the stages of a night


def warn_if_one_series(X, values, argument, window=None, *, side_by_side=False):
    """Warn where the rows of a table are most likely the steps of one long series; values (n, t, 1) as they are read.

    They are if they have times, if neighbouring rows are alike, but neighbouring columns are not, if columns are of
    different units, and if there are more rows than columns, none of which is as long as the ``window`` that sequences
    are to be cut into. So are those of a frame of series ``side_by_side``: rows a season apart are alike, and columns
    not so, and their names are of no times.
    """
    n_samples, n_timesteps, _ = values.shape
    otherwise, listed = "", f"a list of it, [{argument}]"
    if _has_times(X):
        listed = _with_times(X, argument) if side_by_side and has_written_times(X) else listed
        why, otherwise = "its index holds times", f". If rows are samples, pass {argument}.reset_index(drop=True)"
    elif n_samples >= MANY and _rows_are_steps(values[:LOOKED_AT]):
        why = "neighbouring rows are as alike as steps of a series"
    elif n_samples >= MANY and n_timesteps < n_samples and _are_quantities(X, values[:LOOKED_AT]):
        why = "neighbouring rows are alike, and its columns have names of no times and are of different units"
    elif window is not None and n_timesteps < window and n_timesteps < n_samples:
        why, otherwise = f"none is as long as window={window!r}", "; if it holds sequences, leave window out"
    elif side_by_side and n_samples >= MANY and n_timesteps < n_samples and _are_side_by_side(X, values[:LOOKED_AT]):
        why = "rows a season apart are as alike as steps of a series, and its columns have names of no times"
        otherwise = f"; if each row is a series, {argument}.to_numpy()"
    else:
        return
    warn_caller(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s), but {why}. If it is one long series with a timestep in every row, pass "
        f"{listed}{otherwise}."
    )


def _has_times(X):
    return is_one_series(X) or has_written_times(X)


def _with_times(X, argument):
    """Code for a frame with times in place of those that are written in its index, which a forecaster refuses."""
    index = f"{argument}.index"
    return f"{argument}.set_axis({times_of_codes(X.index, index) or f'pandas.to_datetime({index})'})"


def warn_if_labelled_steps(X, values, labels, argument, target_argument):
    """Warn where the rows of a table, with one label each, are most likely the steps of one series to be labelled.

    Values are (n, t, 1), or ids (n, t), labels (n,) indices of classes. Sequences of a single step are told by
    `warn_if_single_steps`.
    """
    n_samples, n_timesteps = values.shape[:2]
    if n_timesteps == 1:
        return
    otherwise = ""
    if _has_times(X):
        why = "its index holds times"
    elif values.ndim < 3 or n_samples < MANY:
        return
    elif _rows_are_steps(values[:LOOKED_AT]):
        why = "neighbouring rows are as alike as steps of a series"
    elif _last_and_return(labels, named=have_names_of_no_times(X)) and _may_be_channels(values[:LOOKED_AT]):
        why = "labels last for many rows and return, as those of steps do"
        array = argument if isinstance(X, np.ndarray) else f"np.asarray({argument})"
        otherwise = f" Pass {array}[:, :, None] to read every row as a sequence without this warning."
    else:
        return
    warn_caller(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s) with one label each, but {why}. If it is one long series with a timestep and a label in every "
        f"row, pass lists of it and of its labels, [{argument}] and [{target_argument}].{otherwise}"
    )


def warn_if_labels_last(X, values, labels, argument, target_argument):
    """Warn where rows of a frame, each with a label, are most likely steps of sequences that have one label each.

    Columns are of different units and have names of no times, and labels (n,) last for many rows and return. Values are
    (n, t, 1).
    """
    if not hasattr(X, "groupby") or len(values) < MANY or not have_names_of_no_times(X):
        return
    some = _without_gaps(values[:LOOKED_AT])
    if len(some) < MANY or not _differ_in_units(some[:, :, 0]) or not _last_and_return(labels, named=False):
        return
    n_samples, n_timesteps = values.shape[:2]
    warn_caller(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s) with one label each, but its columns have names of no times and are of different units, and "
        f"labels last for many rows and return, as those of steps do. If rows are steps of longer sequences with one "
        f"label each, pass [own for _, own in {argument}.groupby(ids, sort=False)], with the sequence of every row in "
        f"ids, and one label for each. A SequenceTagger labels every step of one long series, by [{argument}] and "
        f"[{target_argument}]. Pass {argument}.to_numpy() to read every row as a sequence without this warning."
    )


def _last_and_return(labels, *, named):
    """Whether labels (n,) change far less often than in a random order, but more often than if they were sorted.

    ``named`` is whether they stand beside columns with names of no times.
    """
    most = LASTING_OF_NAMED if named else LASTING
    counts = np.bincount(labels)
    usual = (len(labels) - 1) * (1 - np.sum((counts / len(labels)) ** 2))
    return usual >= ENOUGH_CHANGES and np.count_nonzero(counts) <= np.count_nonzero(np.diff(labels)) <= most * usual


def _may_be_channels(values):
    """Whether columns (n, t, 1) are not as alike as steps of a curve, and few or of different units."""
    values = _without_gaps(values)
    if len(values) < MANY or next_windows_in_order(values) is not None or roughness(values, 1) <= ROUGH:
        return False
    return values.shape[1] < FEW_CHANNELS or _differ_in_units(values[:, :, 0])


def warn_if_timed_steps(X, values, argument, name):
    """Warn where the rows of a table with times, each with a target of its own, are most likely steps; (n, t, 1).

    Samples may have dates, too, such as the load curve of every day. Rows are steps if neighbouring ones are alike, and
    columns are not: they differ by far more than neighbouring rows do. In a table of lags both differ as much. Rows are
    steps, too, if columns are of different units and have names of no times, as the indicators of every day do.
    """
    n_samples, n_timesteps = values.shape[:2]
    if values.ndim < 3 or n_samples < MANY or n_timesteps == 1 or not _has_times(X):
        return
    some = _without_gaps(values[:LOOKED_AT])
    if len(some) < MANY:
        return
    if _go_on_by_rows(some):
        why = "neighbouring rows are as alike as steps of a series"
    elif n_timesteps < FEW_CHANNELS and have_names_of_no_times(X) and _ascends(X) and _differ_in_units(some[:, :, 0]):
        why = "its columns differ in scale as channels of different units do"
    else:
        return
    warn_caller(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s), but its index holds times, and {why}. If it is one long series of {n_timesteps} channels, "
        f"{name} needs windows of it: windows, y, _ = skseq.preprocessing.SlidingWindows(window=10).split_series("
        f"[{argument}], [y]), where y[:, -1] are the targets of their last steps. A SequenceTagger learns a label for "
        f"every step. Pass {argument}.to_numpy() to read every row as a sequence without this warning."
    )


def warn_if_one_column(values, targets, argument, name):
    """Warn where a column (n, 1, 1), with targets (n, ...) of its own in every row, is most likely one series."""
    if values.shape[1:] != (1, 1) or _is_sorted(targets) or not _goes_on(_without_gaps(values)[:, 0, 0]):
        return
    warn_caller(
        f"{argument} of shape ({len(values)}, 1) is read as {len(values)} sequences of a single timestep, but "
        f"neighbouring rows are as alike as steps of a series. If it is one long series, {name} needs windows of it: "
        f"windows, y, _ = skseq.preprocessing.SlidingWindows(window=10).split_series([{argument}], [y]), where "
        "y[:, -1] are the targets of their last steps. A SequenceTagger learns a label for every step. Pass "
        f"list(np.asarray({argument})) to read every row as a sequence without this warning."
    )


def _is_sorted(targets):
    """Whether targets (n, ...) are in the order of one of their outputs, as rows of a table may be."""
    steps = np.diff(np.reshape(targets, (len(targets), -1)), axis=0)
    return bool(((steps >= 0).all(axis=0) | (steps <= 0).all(axis=0)).any())


@np.errstate(over="ignore", invalid="ignore")
def _goes_on(series):
    """Whether values (n,) go up and down as a series does: neighbours are alike, and more so than the next but one.

    Those of a group are alike in any order, and those of a sorted table rise, or fall, along all rows or each group.
    """
    if len(series) < ENOUGH_ROWS or len(np.unique(series)) < MANY or not roughness(series, 0) < SMOOTH:
        return False
    rising = np.mean(np.diff(series) >= 0), np.mean(np.diff(series) <= 0)
    return bool(max(rising) < NEARLY_ALL and _usual_change(series, 2) > FARTHER * _usual_change(series, 1))


def _usual_change(series, lag):
    """The median of squared changes: from one group of rows to the next they are larger."""
    return np.median((series[lag:] - series[:-lag]) ** 2)


def warn_if_single_steps(sequences, source_type, argument):
    """Warn where many `Sequences` have a single timestep each: most likely every row of a table is one of its steps.

    Returns whether it did.
    """
    if len(sequences) < MANY or sequences.values.shape[1] > 1:
        return False
    warn_caller(
        f"{argument} is read as {len(sequences)} sequences of a single timestep. If its rows are steps of longer "
        "sequences, pass a list of steps for each sequence, such as df.groupby('sentence')['word'].agg(list), and y to "
        f"match. Set source_type={source_type!r} to read every row as a sequence without this warning."
    )
    return True


def warn_if_stream(tokens, lengths, argument):
    """Warn where nearly all texts, with tokens (n_tokens,) of words and lengths (n,), are one of a few words.

    Returns whether it did.
    """
    n, n_distinct = len(lengths), len(set(tokens))
    if n < MANY or np.mean(lengths == 1) < OF_ONE_WORD or n_distinct > FEW_NAMES * n:
        return False
    warn_caller(
        f"{argument} is read as {n} texts, nearly all of a single word, but has {n_distinct} distinct words only. If "
        f"they are the events of one stream, it is one sequence: pass [{argument}], without an analyzer. If they are "
        "those of several, pass a list of events for each, such as df.groupby('user')['event'].agg(list), and y to "
        "match. Set source_type='tokens' to read every text as a sequence without this warning."
    )
    return True


def warn_if_series_in_a_column(X, n_timesteps, usual, argument):
    """Warn where X (n, 1), read as sequences of ``n_timesteps``, is most likely one series; ``usual`` are those of fit.

    A list of arrays of one step is what a user means who passes it.
    """
    shape = getattr(X, "shape", ())
    if n_timesteps > 1 or shape[1:] != (1,) or shape[0] < FEWEST_ROWS or usual <= LONG:
        return
    warn_caller(
        f"{argument} of shape {tuple(shape)} is read as {shape[0]} sequences of one timestep, but those in fit were "
        f"longer, of up to {usual} timesteps. If it is one series, pass a list of it, [np.ravel({argument})]; if it "
        f"is not, pass list({'np.asarray(' + argument + ')' if hasattr(X, 'columns') else argument}) to read it "
        "without this warning."
    )


def _without_gaps(values):
    """Rows of (n, t, 1) as floats, without those that lack values, which estimators refuse and an imputer fills."""
    values = np.asarray(values, np.float64)
    return values[np.isfinite(values).all(axis=(1, 2))]


def _rows_are_steps(values):
    values = _without_gaps(values)
    if len(values) < MANY:
        return False
    if next_windows_in_order(values) is not None:  # two or three steps of a smooth series are rough, and so it is right
        return False
    along = roughness(values, 1) if values.shape[1] > 1 else 1.0
    return along > ROUGH and (roughness(values, 0) < VERY_SMOOTH or _have_units(values[:, :, 0]))


def _go_on_by_rows(values):
    """Whether neighbouring rows (n, t, 1) are alike, and neighbouring columns differ by far more than these."""
    if roughness(values, 0) > SMOOTH or roughness(values, 1) < ROUGH:
        return False
    return np.mean(np.diff(values, axis=1) ** 2) >= UNLIKE * np.mean(np.diff(values, axis=0) ** 2)


def _ascends(X):
    index = getattr(X, "index", None)  # polars has none, and its times are no numbers
    return index is not None and index.is_monotonic_increasing and index.is_unique


@np.errstate(over="ignore", invalid="ignore")
def _differ_in_units(columns):
    """Whether columns (n, t) have deviations, or lie, too far apart for steps of one quantity.

    Counts of one kind are many at noon and few at night, and deviate by the roots of their means.
    """
    are_counts = (columns >= 0).all() and (columns % 1 == 0).all()
    deviations = columns.std(axis=0)
    moving = deviations > 0
    if moving.sum() < 2 or not np.isfinite(deviations).all():
        return False
    units = deviations[moving] / (np.sqrt(columns.mean(axis=0)[moving]) if are_counts else 1)
    return bool(units.max() >= OF_UNITS * units.min()) or (not are_counts and _lie_apart(columns))


def _are_quantities(X, values):
    """Whether neighbouring rows (n, t, 1) are alike, and columns have names of no times, and differ in units."""
    if not have_names_of_no_times(X):
        return False
    columns = _without_gaps(values)[:, :, 0]
    if len(columns) < MANY or not _differ_in_units(columns):
        return False
    is_sorted = [(steps >= 0).all() or (steps <= 0).all() for steps in np.diff(columns, axis=0).T]
    return not any(is_sorted) and np.median([roughness(column, 0) for column in columns.T]) < SMOOTH


def _are_side_by_side(X, values):
    """Whether rows (n, t, 1) some steps apart are much more alike than columns, which alone have names, of no times."""
    index = getattr(X, "index", None)
    if index is not None and index.dtype.kind not in "iu":  # rows have names, too
        return False
    if not have_names_of_no_times(X):
        return False
    rows, columns = (_least_roughness(np.asarray(values, np.float64), axis) for axis in (0, 1))
    return columns > UNLIKE_ANY and rows < MORE_ALIKE * columns


def _least_roughness(values, axis):
    return min(roughness(values, axis, lag) for lag in SEASONS if 2 * lag <= values.shape[axis])


@np.errstate(over="ignore", invalid="ignore")
def _lie_apart(columns):
    between, within = columns.mean(axis=0).var(), columns.var(axis=0).mean()
    return np.isfinite(between) and between > APART * within


def _have_units(columns):
    """Whether columns (n, t) lie too far apart for steps of one series, and most go on from row to row."""
    if not _lie_apart(columns):
        return False
    return np.median([roughness(column, 0) for column in columns.T]) < ROUGH


@np.errstate(over="ignore", invalid="ignore")
def roughness(values, axis, lag=1):
    """Mean squared difference along an axis, of neighbours or a lag apart, over twice the variance along it.

    It is 1, as of noise, where nothing varies, or by more than a float can hold.
    """
    variance = values.var(axis=axis).mean()
    later, earlier = np.split(values, [lag], axis=axis)[1], np.split(values, [-lag], axis=axis)[0]
    found = np.mean((later - earlier) ** 2) / (2 * variance) if variance > 0 else 1.0
    return found if np.isfinite(found) else 1.0
