"""Data that are read as one thing and look like another: warnings that say how to tell."""

import re
import warnings

import numpy as np
from sklearn.exceptions import DataConversionWarning

from skseq._data.calendars import is_one_series

LOOKED_AT = 200  # sequences
SMOOTH = 0.25  # mean squared difference of neighbours over twice the variance: 1 for noise, near 0 for a slow curve
ROUGH = 0.7
VERY_SMOOTH = 0.05  # samples that are sorted by their class are alike, too: 0.15 for iris
APART = 100  # variance of the means of columns over the variance within: heights at three ages 24, sensors 10,000
UNLIKE = 4  # squared difference of neighbouring columns over that of neighbouring rows: 1 for lags of one series
MANY = 50  # distinct integers: fewer may well be a vocabulary
MANY_SIGNED = 30  # with negative ones: intervals of melodies, up to an octave, are 25
BESIDE_ZERO = 8  # times 1 or -1 among integers without a 0: readings would leave it out by chance once in e ** 4
A_FEW = 0.1  # of the distinct integers: -1 or -100 alone stands for padding, or for what is unknown
SOME = 20  # fewer may be one, whatever their order
DENSE = 10  # integers of a range for each that occurs: ids of a large catalogue leave wider gaps
EVEN = 1.5  # variance of counts over what chance gives: 1 where all are as likely, far more for names
BELL = 0.1  # squared difference of neighbouring counts over twice their variance: 1 for names, near 0 for readings
PEAKED = 2  # variance of counts over their mean: where it is less, they may be alike but for chance
NEARLY_ALL = 0.95  # of strings: among codes of diseases, such as 250.1, some have letters or leading zeros
NUMBER = re.compile(r"\s*[+-]?(?!0\d)(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
FEW_WINDOWS, ENOUGH_WINDOWS = 5, 10  # side by side: of fewer, a quarter to all of normal timesteps are called outliers
FEW_WHOLE, LONG_WHOLE = 30, 200  # sequences, and timesteps of one: six of 800 gave 58 % false alarms, windows of 40 1 %
LONGER = 4  # times the timesteps that a threshold was learnt from: at 16 times, one in 15 normal ones is below it
FAR_LEVELS = 3  # distance of the levels of series over what one moves: 1.4 for random walks
FARTHER_LEVELS = 10  # costs what is learnt of movements nothing yet; 30 cost nearly all of it
STEADY = 0.1  # deviation over mean: totals of steps to come are far from each of them, and a multiple of their level
FEW_STEPS = 4  # fewer do not tell how far a series moves
FAR = 10  # times the width of a window, and the deviation of y: no series moves on so far in all samples
ENOUGH_TEXTS = 10  # fewer strings may well be distinct
MOSTLY_NEW = 0.9  # of strings of several words: names of places occur again, whole texts do not
RARE = 5  # samples for each label: of fewer, a generator learns little of one
OF_A_CURVE = 8  # timesteps: as many outputs as fewer may well be by chance
NEARLY_ALL_GO = 0.9  # of the outputs: a delay leaves the first few to chance
FAR_FROM_CHANCE = 3  # times the deviation of a correlation of noise
AS_OUTPUTS = "y has as many columns as X has timesteps"  # begins a warning that forecasters leave out
OFTEN = 20  # occurrences of each integer from which a network learns something of it
SEASONS = (1, 4, 5, 7, 12, 24, 48, 52)  # steps after which a series may be much as it was
MORE_ALIKE = 0.6  # roughness of rows over that of columns: 0.1 to 0.55 for seasons side by side, 0.75 for noise
UNLIKE_ANY = 0.5  # roughness of columns: 0.65 or more for series side by side, 0.3 or less for seasons of months
FEW_CHANNELS = 24  # from so many columns on a row with a date is likely a window that ends there, or a day of hours
OF_UNITS = 10  # times the deviation of another column: those of steps of one quantity are within a factor of 4 or so
OF_A_TIME = re.compile(  # column names, most of which number or name a time
    r"[\W_]*(t|v|x|y|f|p|period|lag|step|time|s|sec|min|h|hr|hour|d|day|w|wk|week|m|month|q|quarter|year)?[\W_]*\d"
    r"|.*(19|20)\d\d|(.*[\W_])?(mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|dawn|morning|forenoon|noon|midday|afternoon|evening|night|midnight|breakfast|brunch|lunch|dinner|supper"
    r"|(first|second|third|fourth|fifth|last|early|late|start|begin|mid|middle|end|before|during|after)(?![a-z]))",
    re.IGNORECASE,
)


def warn_if_channels_first(values, argument):
    """Warn where timesteps are few and unlike, and features many and alike, as steps of a series are; (n, t, f)."""
    _, n_timesteps, n_features = values.shape
    if n_timesteps >= n_features or n_features < 8:
        return
    some = np.asarray(values[:LOOKED_AT], np.float64)
    along_features, along_time = _roughness(some, 2), _roughness(some, 1) if n_timesteps > 1 else 1.0
    if along_features < SMOOTH and along_time > ROUGH:
        warnings.warn(
            f"{argument} of shape {values.shape} is read as {n_timesteps} timestep(s) of {n_features} features, but "
            f"neighbouring features are as alike as steps of a series. If these are {n_timesteps} channel(s) over "
            f"{n_features} timesteps, pass {argument}.transpose(0, 2, 1), or what "
            f"skseq.preprocessing.as_sequences({argument}, layout='channels_first') gives.",
            UserWarning,
            stacklevel=2,
        )


def warn_if_one_series(X, values, argument, window=None, *, side_by_side=False):
    """Warn where the rows of a table are most likely the steps of one long series; values (n, t, 1) as they are read.

    They are if they have times, if neighbouring rows are alike, but neighbouring columns are not, if columns are of
    different units, and if there are more rows than columns, none of which is as long as the ``window`` that sequences
    are to be cut into. So are those of a frame of series ``side_by_side``: rows a season apart are alike, and columns
    not so, and their names are of no times.
    """
    n_samples, n_timesteps, _ = values.shape
    otherwise = ""
    if is_one_series(X):
        why = "its index holds times"
    elif n_samples >= MANY and _rows_are_steps(values[:LOOKED_AT]):
        why = "neighbouring rows are as alike as steps of a series"
    elif window is not None and n_timesteps < window and n_timesteps < n_samples:
        why, otherwise = f"none is as long as window={window!r}", "; if it holds sequences, leave window out"
    elif side_by_side and n_samples >= MANY and n_timesteps < n_samples and _are_side_by_side(X, values[:LOOKED_AT]):
        why = "rows a season apart are as alike as steps of a series, and its columns have names of no times"
        otherwise = f"; if each row is a series, {argument}.to_numpy()"
    else:
        return
    warnings.warn(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s), but {why}. If it is one long series with a timestep in every row, pass a list of it, "
        f"[{argument}]{otherwise}.",
        UserWarning,
        stacklevel=2,
    )


def warn_if_labelled_steps(X, values, argument, target_argument):
    """Warn where the rows of a table, with one label each, are most likely the steps of one series to be labelled.

    Values are (n, t, 1), or ids (n, t). Sequences of a single step are told by `warn_if_single_steps`.
    """
    n_samples, n_timesteps = values.shape[:2]
    if n_timesteps == 1:
        return
    if is_one_series(X):
        why = "its index holds times"
    elif values.ndim == 3 and n_samples >= MANY and _rows_are_steps(values[:LOOKED_AT]):
        why = "neighbouring rows are as alike as steps of a series"
    else:
        return
    warnings.warn(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s) with one label each, but {why}. If it is one long series with a timestep and a label in every "
        f"row, pass lists of it and of its labels, [{argument}] and [{target_argument}].",
        UserWarning,
        stacklevel=2,
    )


def warn_if_timed_steps(X, values, argument, name):
    """Warn where the rows of a table with times, each with a target of its own, are most likely steps; (n, t, 1).

    Samples may have dates, too, such as the load curve of every day. Rows are steps if neighbouring ones are alike, and
    columns are not: they differ by far more than neighbouring rows do. In a table of lags both differ as much. Rows are
    steps, too, if columns are of different units and have names of no times, as the indicators of every day do.
    """
    n_samples, n_timesteps = values.shape[:2]
    if values.ndim < 3 or n_samples < MANY or n_timesteps == 1 or not is_one_series(X):
        return
    some = np.asarray(values[:LOOKED_AT], np.float64)
    if _go_on_by_rows(some):
        why = "neighbouring rows are as alike as steps of a series"
    elif n_timesteps < FEW_CHANNELS and _have_names_of_no_times(X) and _ascends(X) and _differ_in_units(some[:, :, 0]):
        why = "its columns differ in scale as channels of different units do"
    else:
        return
    warnings.warn(
        f"{argument} of shape ({n_samples}, {n_timesteps}) is read as {n_samples} sequences of {n_timesteps} "
        f"timestep(s), but its index holds times, and {why}. If it is one long series of {n_timesteps} channels, "
        f"{name} needs windows of it: windows, y, _ = skseq.preprocessing.SlidingWindows(window=10).split_series("
        f"[{argument}], [y]), where y[:, -1] are the targets of their last steps. A SequenceTagger learns a label for "
        f"every step. Samples with dates are read without this warning after {argument}.reset_index(drop=True).",
        UserWarning,
        stacklevel=2,
    )


def warn_if_told_by_the_next(sequences, tags, cure):
    """Warn where labels (n, t), as ids, are told by the next timestep of X, and not by their own.

    A table from the values of one channel to labels tells them. Values that hardly recur tell nothing.
    """
    some = sequences.take(slice(LOOKED_AT))
    values, tags = np.asarray(some.values), np.asarray(tags[:LOOKED_AT])
    index, step = (of_all[: 50 * LOOKED_AT] for of_all in np.nonzero(some.mask[:, 1:]))  # steps that have a next
    if len(step) < MANY:
        return
    labels = tags[index, step]
    channels = np.moveaxis(values.reshape(*values.shape[:2], -1), 2, 0)  # (f, n, t)
    own, following = (max(_told(channel[index, at], labels) for channel in channels) for at in (step, step + 1))
    if following >= NEARLY_ALL and own < 1 - A_FEW:
        warnings.warn(
            f"The next timestep of X tells {following:.0%} of the labels in y by a table, and their own {own:.0%}. "
            "SequenceTagger reads both ways, so that it finds labels there. If y is about what comes next, set "
            f"{cure}: then a label is read from the past alone. Set bidirectional=True to read both ways without this "
            "warning.",
            UserWarning,
            stacklevel=2,
        )


def _told(values, labels):
    """The share of labels (n,), as ids, that a table from values (n,) tells: the most frequent for each, less one."""
    distinct, values = np.unique(values, return_inverse=True)
    pairs, counts = np.unique(values * (labels.max() + 1) + labels, return_counts=True)
    most = np.zeros(len(distinct), int)
    np.maximum.at(most, pairs // (labels.max() + 1), counts)
    return (most.sum() - len(distinct)) / len(labels)


def warn_if_single_steps(sequences, source_type, argument):
    """Warn where many `Sequences` have a single timestep each: most likely every row of a table is one of its steps."""
    if len(sequences) < MANY or sequences.values.shape[1] > 1:
        return
    warnings.warn(
        f"{argument} is read as {len(sequences)} sequences of a single timestep. If its rows are steps of longer "
        "sequences, pass a list of steps for each sequence, such as df.groupby('sentence')['word'].agg(list), and y to "
        f"match. Set source_type={source_type!r} to read every row as a sequence without this warning.",
        UserWarning,
        stacklevel=2,
    )


def warn_if_not_the_past(sequences, columns, following):
    """Warn where y (n, k), of the first steps, cannot go on from these columns of X, one for each target.

    Then y is far from its window in half of the samples: much further than the values of the window, and those of y,
    lie apart. Where levels differ from sample to sample, so does y. And windows do not lead there, as a trend does: in
    a quarter of the samples or more, the last step is not the one that is nearest to y.
    """
    if len(following) < SOME:
        return
    some = np.linspace(0, len(following) - 1, min(len(following), LOOKED_AT)).astype(int)
    sequences, following = sequences.take(some), following[some]
    past = sequences.values[:, :, columns].astype(np.float64)  # (n, t, k)
    real = sequences.mask[:, :, None]
    low, high = past.min(axis=1, where=real, initial=np.inf), past.max(axis=1, where=real, initial=-np.inf)
    distance = np.maximum(low - following, following - high)
    width, spread = high - low, following.std(axis=0)
    tells = (sequences.real_lengths[:, None] >= FEW_STEPS) & (width > 0)
    tells &= spread > STEADY * np.abs(following.mean(axis=0))  # y that follows a level, as totals do, varies little
    is_far = tells & (distance > FAR * np.maximum(width, spread))
    last = past[np.arange(len(past)), sequences.real_lengths - 1]
    leads_away = np.where(following > high, last < high, last > low)
    wrong = (is_far.mean(axis=0) > 0.5) & ((is_far & leads_away).mean(axis=0) > 0.25)  # (k,)
    if wrong.any():
        target = int(wrong.argmax())
        warnings.warn(
            f"target_features='auto' takes column {columns[target]} of X for the past of y, but y lies from "
            f"{following[:, target].min():.4g} to {following[:, target].max():.4g}, and the column from "
            f"{low[:, target].min():.4g} to {high[:, target].max():.4g}. Forecasts follow the level of that past: set "
            "target_features=None if it is another quantity.",
            UserWarning,
            stacklevel=2,
        )


def warn_if_beside(lengths, target_lengths):
    """Warn where ragged y has as many steps as X in every sample: nothing follows X then, y runs beside it."""
    if len(np.unique(lengths)) > 1 and np.array_equal(lengths, target_lengths):
        warnings.warn(
            f"y has as many steps as X in all {len(lengths)} samples. Seq2SeqRegressor forecasts what follows X. If y "
            "has a number for every timestep of X, learn each from the window that ends there: cut X and y with "
            "SlidingWindows().split_series, and fit SequenceRegressor on the last step of every target.",
            UserWarning,
            stacklevel=2,
        )


def warn_if_timesteps_as_outputs(sequences, y):
    """Warn where outputs y (n, t) of one number for a whole sequence are most likely one for each of its t timesteps.

    Then each goes best with its own timestep or one before, and they do not go on from X, as forecasts do.
    """
    values = sequences.values
    if sequences.lengths is not None or values.ndim != 3 or len(y) != len(values) or len(y) < MANY:
        return
    n_timesteps = values.shape[1]
    if n_timesteps < OF_A_CURVE or y.shape[1:] != (n_timesteps,):
        return
    some = np.linspace(0, len(y) - 1, min(len(y), LOOKED_AT)).astype(int)
    if not _go_with_the_past(values[some], y[some]) or _go_on(values[:], y, some):
        return
    warnings.warn(
        f"{AS_OUTPUTS}, {n_timesteps}, and each goes best with its own timestep or one before. SequenceRegressor "
        f"learns {n_timesteps} outputs of the whole sequence. If y has a number for every timestep of X, learn each "
        f"from the window that ends there: cut X and y with SlidingWindows(window={min(24, n_timesteps // 2)})"
        ".split_series, and fit SequenceRegressor on the last step of every target. If y is what follows X, "
        "Seq2SeqRegressor forecasts it.",
        UserWarning,
        stacklevel=2,
    )


def _go_with_the_past(values, y):
    """Whether each output but the last correlates best with its own timestep of (n, t, f), or one before.

    And later outputs with later timesteps: in a running sum all up to its own count alike.
    """
    n, n_timesteps, _ = values.shape
    inputs, outputs = (_standardised(np.asarray(numbers, np.float64)) for numbers in (values, y))
    alike = np.abs(np.einsum("nsf,nt->tsf", inputs, outputs)).max(axis=2) / n  # (outputs, timesteps)
    best = alike.argmax(axis=1)
    goes = (best <= np.arange(n_timesteps)) & (alike.max(axis=1) > FAR_FROM_CHANCE / np.sqrt(n))
    early, late = np.array_split(best, 2)
    return goes[:-1].mean() >= NEARLY_ALL_GO and late.mean() - early.mean() > n_timesteps / 8


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _standardised(numbers):
    """Numbers (n, ...) less their mean, in units of their deviation; 0 where they have none."""
    return np.nan_to_num((numbers - numbers.mean(axis=0)) / numbers.std(axis=0), nan=0.0, posinf=0.0, neginf=0.0)


def _go_on(values, y, some):
    """Whether a channel of windows (n, t, f) goes on with outputs (n, t): some steps later there is such a window."""
    n_timesteps = values.shape[1]
    following = y[some].astype(values.dtype)
    for channel in np.moveaxis(values, 2, 0):  # (n, t)
        windows = {hash(window.tobytes()) for window in channel}
        for later in range(1, n_timesteps + 1):
            moved = np.concatenate([channel[some, later:], following[:, :later]], axis=1)
            if np.mean([hash(window.tobytes()) in windows for window in moved]) > 0.5:
                return True
    return False


def warn_if_few_windows(lengths, window):
    """Warn where a few sequences (n,), cut into windows, give too few of them to tell what is usual."""
    n_steps = lengths.sum()
    if lengths.max() < window:
        seen = f"cuts nothing: X has {len(lengths)} sequence(s), the longest of {lengths.max()} timesteps"
    elif n_steps < FEW_WINDOWS * window:
        seen = f"is long for X, which has {n_steps} timesteps in {len(lengths)} sequence(s)"
    else:
        return
    least = n_steps // ENOUGH_WINDOWS
    warnings.warn(
        f"window={window!r} {seen}, so there is little to learn from, and normal timesteps may be called outliers. "
        f"Set {f'window={least} or a smaller one' if least > 1 else 'a smaller window'}, or pass more timesteps.",
        UserWarning,
        stacklevel=2,
    )


def warn_if_few_are_whole(lengths):
    """Warn where few sequences (n,) as long as series are to be written again whole."""
    if len(lengths) < FEW_WHOLE and np.median(lengths) >= LONG_WHOLE:
        warnings.warn(
            f"X holds {len(lengths)} sequences of about {np.median(lengths):.0f} timesteps, each to be written again "
            "from one code. So few do not show what is normal, and normal timesteps may pass for odd. Set window, such "
            "as window=50 or about a period, by which they are cut, or pass more and shorter sequences.",
            UserWarning,
            stacklevel=2,
        )


def warn_if_longer(lengths, judged, aggregation):
    """Warn where sequences (n,) are far longer than the longest of those that their threshold was learnt from."""
    if judged is None or lengths.max() <= LONGER * judged:
        return
    effect = "more of the normal ones are outliers" if aggregation == "max" else "the less a short anomaly counts"
    warnings.warn(
        f"X has sequences of up to {lengths.max()} timesteps, but offset_, the threshold of whole sequences, was "
        f"learnt from those of up to {judged}. With aggregation={aggregation!r}, the longer they are, {effect}. Call "
        f"predict_timesteps, whose threshold suits all lengths, or cut X into sequences of about {judged} timesteps, "
        "or fit on 100 sequences or more as long as these.",
        UserWarning,
        stacklevel=2,
    )


def levels_apart(sequences, *, counters=True):
    """(feature, ratio) whose levels lie farthest apart, over what one of some `Sequences` moves, or None.

    Features that rarely move, such as flags, have no level; nor have those that never fall, without ``counters``.
    """
    some = sequences.take(slice(LOOKED_AT))
    steps = {"axis": 1, "where": some.mask[:, :, None]}
    values = np.asarray(some.values, np.float64)  # (n, t, f)
    within = values.var(**steps)  # (n, f)
    levels, moved = values.mean(**steps).var(axis=0), np.median(within, axis=0) > 0  # (f,)
    if not counters:
        moved &= (np.where(some.mask[:, 1:, None], np.diff(values, axis=1), 0) < 0).any(axis=(0, 1))
    if not moved.any():
        return None
    ratios = np.sqrt(np.divide(levels, within.mean(axis=0), out=np.zeros_like(levels), where=moved))
    return int(ratios.argmax()), float(ratios.max())


def warn_if_levels_differ(sequences, effect, *, least=FARTHER_LEVELS, counters=True):
    """Warn of the effect where levels of several `Sequences` differ by far more than any of them moves."""
    feature, ratio = levels_apart(sequences, counters=counters) or (0, 0)
    if ratio > least:
        many = sequences.values.shape[2] > 1
        of_feature, own = (f" in feature {feature}", f"[:, {feature}]") if many else ("", "")
        warnings.warn(
            f"The levels of the series in X differ by {ratio:.3g} times what one of them moves{of_feature}, so that "
            f"{effect}. If levels do not matter, subtract from each series its own, in fit and later: of an array "
            f"x np.mean(x{own}) from x{own}.",
            UserWarning,
            stacklevel=2,
        )


def _rows_are_steps(values):
    values = np.asarray(values, np.float64)
    along = _roughness(values, 1) if values.shape[1] > 1 else 1.0
    return along > ROUGH and (_roughness(values, 0) < VERY_SMOOTH or _have_units(values[:, :, 0]))


def _go_on_by_rows(values):
    """Whether neighbouring rows (n, t, 1) are alike, and neighbouring columns differ by far more than these."""
    if _roughness(values, 0) > SMOOTH or _roughness(values, 1) < ROUGH:
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


def _have_names_of_no_times(X):
    names = [name for name in getattr(X, "columns", ()) if isinstance(name, str)]
    return len(names) > 1 and np.mean([OF_A_TIME.match(name) is not None for name in names]) <= 0.5


def _are_side_by_side(X, values):
    """Whether rows (n, t, 1) some steps apart are much more alike than columns, which alone have names, of no times."""
    index = getattr(X, "index", None)
    if index is not None and index.dtype.kind not in "iu":  # rows have names, too
        return False
    if not _have_names_of_no_times(X):
        return False
    rows, columns = (_least_roughness(np.asarray(values, np.float64), axis) for axis in (0, 1))
    return columns > UNLIKE_ANY and rows < MORE_ALIKE * columns


def _least_roughness(values, axis):
    return min(_roughness(values, axis, lag) for lag in SEASONS if 2 * lag <= values.shape[axis])


@np.errstate(over="ignore", invalid="ignore")
def _lie_apart(columns):
    between, within = columns.mean(axis=0).var(), columns.var(axis=0).mean()
    return np.isfinite(between) and between > APART * within


def _have_units(columns):
    """Whether columns (n, t) lie too far apart for steps of one series, and most go on from row to row."""
    if not _lie_apart(columns):
        return False
    return np.median([_roughness(column, 0) for column in columns.T]) < ROUGH


_SOURCE_TYPE = (
    "Set source_type='numeric' for measurements, or source_type='tokens' to read them as tokens without this warning."
)


def warn_if_measured(tokens, lengths, argument, *, remedy=_SOURCE_TYPE, may_be_sorted=False):
    """Warn where integers that are read as tokens are most likely readings: many, and one of these.

    * Neighbours in time are alike.
    * Some are negative, see `_have_signs`.
    * They scatter around a level, see `_scatter`.

    ``tokens`` (n_tokens,) and ``lengths`` are as `read_tokens` gives them. Neighbours are alike, too, where tokens were
    sorted, which is no sign of readings where they ``may_be_sorted``.
    """
    ragged = not isinstance(lengths, tuple)
    some = lengths[:LOOKED_AT] if ragged else np.full(min(lengths[0], LOOKED_AT), lengths[1])
    tokens = tokens[: some.sum()]
    if isinstance(tokens, list) and any(type(token) is not int for token in tokens):
        return
    tokens = np.asarray(tokens)
    n_distinct = len(np.unique(tokens)) if tokens.dtype.kind in "iu" else 0
    if n_distinct < SOME:
        return
    readings = tokens.astype(np.float64)
    if len(np.unique(tokens[tokens < 0])) == 1:  # a name for padding, or for what is unknown
        readings[tokens < 0] = np.nan
    steps = np.delete(np.diff(readings), np.cumsum(some)[:-1] - 1)  # not from one sequence to the next
    steps = steps[np.isfinite(steps)]
    if may_be_sorted and ((steps >= 0).all() or (steps <= 0).all()):
        return
    smooth = steps.size > 0 and np.mean(steps**2) < SMOOTH * 2 * np.nanvar(readings)
    if smooth or _have_signs(tokens) or (n_distinct >= MANY and _scatter(tokens, ragged)):
        warnings.warn(
            f"{argument} holds {n_distinct} distinct integers from {tokens.min()} to {tokens.max()}, which "
            f"look like measurements, but are read as tokens: as names without an order. {remedy}",
            UserWarning,
            stacklevel=2,
        )


def warn_if_column(y, argument):
    """Warn of checked targets (n, 1): most often one column of a frame, where each sample has one target."""
    if y.shape[1:] == (1,):
        warnings.warn(
            f"A column-vector {argument} was passed, which is read as one output of several: predictions have the "
            f"shape (n_samples, 1). If each sample has one target, pass {argument} in the shape (n_samples,), by "
            f"{argument}.ravel(), or {argument}.iloc[:, 0] of a frame.",
            DataConversionWarning,
            stacklevel=2,
        )


def warn_if_written(tokens, lengths, argument):
    """Warn where strings that are read as tokens are most likely measurements, written lists or whole texts.

    Returns whether it did.
    """
    some = [str(token) for token in tokens[: 10 * LOOKED_AT] if isinstance(token, str)]  # also of NumPy's
    if not some or len(some) < min(len(tokens), 10 * LOOKED_AT):
        return False
    alone = lengths[1] == 1 if isinstance(lengths, tuple) else lengths.max() == 1
    if _are_fractions(some):
        what = f"strings that are numbers, such as {some[0]!r:.40}, but are read as tokens: as names without an order"
        remedy = "Set source_type='numeric' for measurements"
    elif alone and are_written_lists(some):
        what = f"lists in the form of strings, such as {some[0]!r:.40}, each of which is read as one token"
        remedy = f"Pass a list of what {reader_of(some)} gives for each"
    elif alone and np.mean([len(token.split()) > 1 for token in some]) > 0.5:
        what = f"one string per sample, such as {some[0]!r:.40}, each of which is read as one token"
        remedy = "Set analyzer='word' or 'char' to split texts"
    elif texts := next(filter(None, map(whole_texts, _columns_of(some, lengths))), None):
        what = f"texts, nearly all distinct, such as {texts[0]!r:.40}, each of which is read as one token"
        remedy = "Join those of each sample to one text and set analyzer='word' or 'char' to split it"
    else:
        return False
    warnings.warn(
        f"{argument} holds {what}. {remedy}, or set source_type='tokens' to read them as tokens without this warning.",
        UserWarning,
        stacklevel=2,
    )
    return True


def _columns_of(strings, lengths):
    """Strings of a table column by column; of lists all together."""
    return [strings[column :: lengths[1]] for column in range(lengths[1])] if isinstance(lengths, tuple) else [strings]


def whole_texts(strings, n_words=2):
    """Those of so many words, if they are half of the strings, and too many of them distinct for tokens; else none."""
    texts = [string for string in strings if len(string.split()) >= n_words]
    many = len(strings) >= ENOUGH_TEXTS and len(texts) >= len(strings) / 2
    return texts if many and len(set(texts)) >= MOSTLY_NEW * len(texts) else []


def _are_fractions(strings):
    numbers = [float(string) for string in strings if NUMBER.fullmatch(string)]
    return len(numbers) >= NEARLY_ALL * len(strings) and np.mean([number % 1 != 0 for number in numbers]) > 0.5


def are_written_lists(strings):
    """Whether these are lists or arrays as str writes them, and as a CSV file keeps them."""
    bracketed = all(string.startswith("[") and string.endswith("]") for string in map(str.strip, strings))
    return bracketed and any(re.search(r"[\d,]", string) for string in strings)  # [MASK] is a token


def reader_of(strings):
    """What reads written lists, or arrays, whose items have no commas between them."""
    commas = any("," in string for string in strings)
    return "ast.literal_eval(text)" if commas else "numpy.fromstring(text[1:-1], sep=' ')"


def _have_signs(integers):
    """Whether integers have signs as readings have: several are negative, and neighbours occur about equally often.

    Neighbours differ where readings were clipped or are often 0: of many distinct integers a 0 is enough. Names with
    signs, such as relations and their inverses, leave out 0. Hashes leave wide gaps, and occur again.
    """
    distinct = np.unique(integers)
    if len(distinct) < MANY_SIGNED or np.count_nonzero(distinct < 0) < A_FEW * len(distinct):
        return False
    if 0 not in distinct and np.count_nonzero(abs(integers) == 1) >= BESIDE_ZERO:
        return False
    counts = _counts_in_order(integers)
    if counts is None:
        return len(distinct) > len(integers) / 2
    return _are_alike(counts) or (len(distinct) >= MANY and 0 in distinct)


def _scatter(integers, ragged):
    """Whether integers start above their number, and neighbours occur about equally often, as readings of noise do.

    Ids mostly start near 0. Those that do not, as of a shop's items, have each a popularity of their own: few of many
    are used most, and the first ones where they are in that order. Where all are used evenly nothing tells ids from
    readings. Then they are ids if each occurs often, or if sequences are of one length.
    """
    distinct = np.unique(integers)
    if distinct[0] <= len(distinct) or (counts := _counts_in_order(integers)) is None:
        return False
    if counts.var() < (EVEN if ragged else PEAKED) * counts.mean() and (not ragged or counts.mean() > OFTEN):
        return False
    return counts.argmax() >= A_FEW * len(counts) and _are_alike(counts)


def _counts_in_order(integers):
    """How often each integer of the range occurs, or each fifth if all are in steps of 5; None if most do not occur."""
    distinct = np.unique(integers)
    step = np.gcd.reduce(distinct[1:].astype(np.int64) - distinct[:-1].astype(np.int64))
    if float(distinct[-1]) - float(distinct[0]) >= DENSE * len(distinct) * float(step):
        return None
    return np.bincount((integers.astype(np.int64) - distinct[0].astype(np.int64)) // step)


def _are_alike(counts):
    """Whether neighbouring counts differ little more than by chance, whose variance is the mean."""
    return np.mean(np.diff(counts) ** 2) < EVEN * np.mean(counts[1:] + counts[:-1]) + BELL * 2 * counts.var()


def warn_if_constant(numbers, argument):
    """Warn where a feature of real steps (n_steps, f) never changes, of which a density is to be learnt."""
    constant = np.flatnonzero(numbers.min(axis=0) == numbers.max(axis=0))
    if constant.size:
        warnings.warn(
            f"Feature {constant[0]} of {argument} is {numbers[0, constant[0]]:g} at every timestep. Its density has no "
            "bound, so that likelihoods tell of little else, and samples scatter around it: leave it out of "
            f"{argument}.",
            UserWarning,
            stacklevel=2,
        )


def warn_if_symbols(numbers, argument, univariate):
    """Warn where real steps (n_steps, f) are most likely symbols, such as notes: each feature holds a few integers.

    A feature that holds two values may be drawn by its probability, so one at least has more.
    """
    some = numbers[: 50 * LOOKED_AT]
    n_distinct = [len(np.unique(feature)) for feature in some.T]
    if not 2 < max(n_distinct) <= SOME or len(some) < OFTEN * max(n_distinct) or (some % 1 != 0).any():
        return
    remedy = "" if univariate else f" and [list(map(tuple, np.asarray(x).tolist())) for x in {argument}]"
    warnings.warn(
        f"{argument} holds at most {max(n_distinct)} distinct integers per feature, but is read as numbers: samples "
        f"lie between them. If timesteps are symbols, such as notes, pass source_type='tokens'{remedy}. Set "
        "source_type='numeric' to read them as numbers without this warning.",
        UserWarning,
        stacklevel=2,
    )


def warn_if_rare_numbers(labels, n_samples, argument):
    """Warn where labels that sequences depend on are most likely a quantity: many numbers, most of which are rare.

    Those that count from 0 or 1 are the numbers of what they name.
    """
    if labels.dtype.kind not in "iuf" or len(labels) <= SOME or n_samples >= RARE * len(labels):
        return
    if any(np.array_equal(labels, np.arange(first, first + len(labels))) for first in (0, 1)):
        return
    warnings.warn(
        f"{argument} holds {len(labels)} distinct whole numbers in {n_samples} samples, from {labels.min():g} to "
        f"{labels.max():g}, which are read as labels: no other may come later. If they are a quantity, such as a "
        f"tempo, pass one in each row, numpy.reshape({argument}, (-1, 1)), in fit and later. If they are names, pass "
        f"strings, list(map(str, {argument})).",
        UserWarning,
        stacklevel=2,
    )


@np.errstate(over="ignore", invalid="ignore")
def _roughness(values, axis, lag=1):
    """Mean squared difference along an axis, of neighbours or a lag apart, over twice the variance along it.

    It is 1, as of noise, where nothing varies, or by more than a float can hold.
    """
    variance = values.var(axis=axis).mean()
    later, earlier = np.split(values, [lag], axis=axis)[1], np.split(values, [-lag], axis=axis)[0]
    roughness = np.mean((later - earlier) ** 2) / (2 * variance) if variance > 0 else 1.0
    return roughness if np.isfinite(roughness) else 1.0
