"""Targets that are told by where samples end or by what comes next: of a record that goes on nobody knows either."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import A_FEW, LOOKED_AT, MANY, NEARLY_ALL
from skseq._data.working_memory import evenly, some_of

ENOUGH_SAMPLES, ENOUGH_LENGTHS = 10, 5  # of fewer, targets may go with ends by chance
STRAIGHT = 0.9999  # R2 of a line, but for rounding
DECILES = 10
CHANNELS_LOOKED_AT = 50  # for deciles
ENOUGH_LABELS, MOSTLY_ONE = 400, 0.75  # labels, and how many may be one: ends of phases are rare
TOLD, UNTOLD = 0.8, 0.3  # of what the most frequent label leaves open, by the next step and by the past


def warn_if_labels_told_by_ends(sequences, tags, cure):
    """Warn where labels (n, t), as ids, depend on how many timesteps follow, and neither on those before nor on X.

    The last timestep alone may have a label of its own, as the end of a sentence has.
    """
    rows = evenly(len(sequences), LOOKED_AT)
    some, tags = sequences.take(rows), np.asarray(tags)[rows]
    lengths, mask = some.real_lengths, some.mask
    if not _differ(lengths):
        return
    backwards = _backwards(tags, lengths)
    if not _same_in_all(backwards, mask) or _same_in_all(tags, mask):
        return
    often = mask[:, 1:].sum(axis=0) >= ENOUGH_SAMPLES
    if len(np.unique(backwards[lengths.argmax(), 1:][often])) < 2 or _are_told(some.values[mask], tags[mask]):
        return
    warn_caller(
        "The labels in y are told by how many timesteps of a sample follow, whatever is in X. Reading both ways, a "
        "network sees where a sample ends, and labels the end of a record that is cut early as that of a whole one. "
        f"If X may hold records that are still going on, set {cure}: then a label is read from the past alone. And "
        "score records that are cut, x[:n] and y[:n] of each, because whole ones end where the labels are. If all are "
        "whole, set bidirectional=True, which reads both ways without this warning."
    )


def _differ(lengths):
    return len(lengths) >= ENOUGH_SAMPLES and len(np.unique(lengths)) >= ENOUGH_LENGTHS


def _backwards(tags, lengths):
    """Tags (n, t) with the last real one of each sample first; the mask stays the same."""
    return np.take_along_axis(tags, np.maximum(lengths[:, None] - 1 - np.arange(tags.shape[1]), 0), axis=1)


def _same_in_all(tags, mask):
    """Whether all samples have the same tags (n, t) as far as they go: those of the longest one."""
    return (tags == tags[mask.sum(axis=1).argmax()])[mask].all()


def _are_told(values, tags):
    """Whether each token of (n,) has one tag (n,), or a feature of (n, f) a range of its own for each tag."""
    if values.ndim == 1:
        return len(np.unique(np.stack([values, tags]), axis=1).T) == len(np.unique(values))
    each = [values[tags == tag] for tag in np.unique(tags)]
    lows, highs = (np.array([end(own, axis=0) for own in each]) for end in (np.min, np.max))  # (n_tags, f)
    order = lows.argsort(axis=0)
    lows, highs = (np.take_along_axis(ends, order, axis=0) for ends in (lows, highs))
    return (highs[:-1] < lows[1:]).all(axis=0).any()


def warn_if_numbers_told_by_lengths(sequences, y):
    """Warn where an output of y (n,) or (n, n_outputs) is a straight line of the lengths of sequences of numbers."""
    lengths = sequences.real_lengths
    if sequences.values.ndim != 3 or not _differ(lengths):
        return
    told = _explained(lengths, np.reshape(y, (len(y), -1))) > STRAIGHT
    if not told.any():
        return
    name = "y" if len(told) == 1 else f"y[:, {told.argmax()}]"
    window = max(1, min(24, lengths.min() // 2))
    warn_caller(
        f"{name} is the number of timesteps of each sample in X, or a straight line of it. Then X is hardly looked at, "
        "and a record that is cut early gets the number that goes with what is there of it. If y is how long each "
        "lasted, learn from all parts of it how many timesteps are left: windows, left, series = "
        f"skseq.preprocessing.SlidingWindows(window={window}).split_series(X, "
        "[numpy.arange(len(x))[::-1] for x in X]), and fit(windows, left[:, -1], groups=series)."
    )


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _explained(x, y):
    """R2 of straight lines of x (n,), for each column of y (n, k); NaN of constant ones."""
    x, y = (np.asarray(own, np.float64) - np.mean(own, axis=0, dtype=np.float64) for own in (x, y))
    return (x @ y) ** 2 / (np.sum(x**2) * np.sum(y**2, axis=0))


def warn_if_told_by_the_next(sequences, tags, cure):
    """Warn where labels (n, t), as ids, are told by the next timestep of X, and not by their own.

    A table from the values of one channel to labels tells them, or, of numbers that hardly recur, one from deciles.
    """
    some = sequences.take(slice(LOOKED_AT))
    values, tags = np.asarray(some.values), np.asarray(tags[:LOOKED_AT])
    index, step = (of_all[: 50 * LOOKED_AT] for of_all in np.nonzero(some.mask[:, 1:]))  # steps that have a next
    if len(step) < MANY:
        return
    labels = tags[index, step]
    channels = np.moveaxis(values.reshape(*values.shape[:2], -1), 2, 0)  # (f, n, t)
    own, following = (max(_told(channel[index, at], labels) for channel in channels) for at in (step, step + 1))
    if not (following >= NEARLY_ALL and own < 1 - A_FEW):
        past, following = _told_by_numbers(channels, index, step, labels)
        own = max(own, past)
        usual = np.bincount(labels).max() / len(labels)
        if following - usual < TOLD * (1 - usual) or own - usual > UNTOLD * (1 - usual):
            return
    warn_caller(
        f"The next timestep of X tells {following:.0%} of the labels in y by a table, and their own {own:.0%}. If "
        f"y is about what comes next, set {cure}: then a label is read from the past alone. If it is about X "
        "itself, such as where words end, set bidirectional=True, which reads both ways without this warning."
    )


def _told_by_numbers(channels, index, step, labels):
    """Shares of labels that the past and the next steps of numbers (f, n, t), or the changes to them, tell.

    Numbers are taken by their deciles. (1, 0) where there is too little to tell. Of labels that hold on, as those of a
    state, the past tells nearly as much.
    """
    index, step, labels = (of_all[step > 1] for of_all in (index, step, labels))
    too_few = len(labels) < ENOUGH_LABELS or channels.dtype.kind not in "iuf"
    if too_few or np.bincount(labels).max() > MOSTLY_ONE * len(labels):
        return 1.0, 0.0
    past, told = [0.0], [0.0]
    for channel in some_of(channels, CHANNELS_LOOKED_AT):
        for numbers in (channel, np.diff(channel, axis=1, prepend=channel[:, :1])):
            before, own, following = (_deciles(numbers[index, at]) for at in (step - 1, step, step + 1))
            past += [_told_of_others(own, labels), _told_of_others(DECILES * before + own, labels)]
            if len(np.unique(channel)) >= MANY:  # else values recur
                told.append(_told_of_others(following, labels))
    return max(past), max(told)


def _deciles(numbers):
    """The number of the decile of each of (n,), 0 to 9."""
    return np.searchsorted(np.quantile(numbers, np.arange(1, DECILES) / DECILES), numbers)


def _told_of_others(values, labels):
    """The share of labels in the second half of (n,) that a table of the first half from values tells."""
    half = len(labels) // 2
    counts = np.zeros((values.max() + 1, labels.max() + 1))
    np.add.at(counts, (values[:half], labels[:half]), 1)
    return float(np.mean(counts.argmax(axis=1)[values[half:]] == labels[half:]))


def _told(values, labels):
    """The share of labels (n,), as ids, that a table from values (n,) tells: the most frequent for each, less one."""
    distinct, values = np.unique(values, return_inverse=True)
    pairs, counts = np.unique(values * (labels.max() + 1) + labels, return_counts=True)
    most = np.zeros(len(distinct), int)
    np.maximum.at(most, pairs // (labels.max() + 1), counts)
    return (most.sum() - len(distinct)) / len(labels)
