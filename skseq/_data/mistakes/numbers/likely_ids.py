"""Whole numbers that are read as measurements, and are most likely ids."""

import numpy as np
from scipy.stats import rankdata

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT
from skseq._data.mistakes.tables.likely_series import ROUGH
from skseq._data.mistakes.texts.likely_measurements import DENSE

SOME_IDS, TIMES = 8, 10  # distinct numbers, and occurrences of each on average: fewer tell too little of their order
FAR = 10  # times their range above 0: where most numbers of a range occur, those nearer to 0 may well be readings
SEVERAL_TIMES = 3  # the same with wide gaps, which readings leave only where they hardly occur again
GAPS, LOWEST, HIGHEST = 100, 100_000, 10  # times the distinct numbers; of ids of 6 digits or more; times the lowest
MANY_DIGITS, UNEVEN = 10_000_000, 1.5  # from which gaps tell enough; of lower ids counts vary more than by chance
OVERLAP = 0.1  # of two occurrences of a number, both between the same neighbours: of ids without order far fewer
TIMESTEPS = 100_000  # looked at: of a large catalogue, few sequences hold no item several times
MOST_TIMESTEPS = 2**17  # looked at, of long sequences the first ones: to sort a million takes seconds
LAGS = 3  # steps after which fast oscillations are much as they were
YEARS = 1800, 2100
LARGEST_WHOLE = 2**53  # of floats
FEW_PEAKS = 0.2  # of the counts
OF_SHAPE = 0.5  # rank correlation of counts with numbers, or with distances from their mean: names have none


def warn_of_ids(feature, distinct, argument, *, remedy):
    """Warn of what `ids_among` found; ``feature`` is None of sequences of one feature."""
    where = "" if feature is None else f"in feature {feature} "
    warn_caller(
        f"{argument} holds {len(distinct)} distinct whole numbers from {distinct[0]:.0f} to {distinct[-1]:.0f} {where}"
        f"that occur again and again in no order, which look like ids, but are read as measurements. {remedy}."
    )


def ids_among(sequences):
    """(feature, its distinct numbers) where whole numbers of `Sequences` are most likely ids; else None.

    Of several features one looks like ids, all are whole, and timesteps occur again and again, as tokens do.
    """
    some = sequences.take(slice(max(LOOKED_AT, TIMESTEPS // sequences.values.shape[1])))
    first = slice(max(LAGS + 1, MOST_TIMESTEPS // len(some)))
    values, mask = np.asarray(some.values[:, first], np.float64), some.mask[:, first]  # (n, t, f) and (n, t)
    steps = values[mask]
    least, most = steps.min(axis=0), steps.max(axis=0)
    with np.errstate(over="ignore"):
        far = np.flatnonzero((least >= most - least) | ((least >= LOWEST) & (most < HIGHEST * least)))
    if not far.size or (steps % 1 != 0).any() or abs(steps).max() > LARGEST_WHOLE:
        return None
    for feature in far:
        distinct = _as_ids(own := values[:, :, feature], mask)
        often = distinct is not None and len(steps) >= _fewest_times(distinct) * len(np.unique(steps, axis=0))
        if often and _recur(distinct, own, mask):
            return feature, distinct
    return None


def _as_ids(values, mask):
    """The distinct ones of whole numbers (n, t) that are most likely ids: few, far from 0, and in no order; else None.

    Readings that are all of this have steps of 2 or more, as prices do, or are alike some steps apart, or their counts
    have a shape, unless there are gaps between them, with which they need not be as far from 0. Nearer ones leave wide
    gaps. Years may be either.
    """
    numbers = values[mask]
    distinct, counts = np.unique(numbers, return_counts=True)
    lowest, highest = distinct[[0, -1]]
    if len(distinct) < SOME_IDS or counts.mean() < _fewest_times(distinct):
        return None
    if (lowest >= YEARS[0] and highest <= YEARS[1]) or (lowest < highest - lowest and not _have_wide_gaps(distinct)):
        return None
    dense = highest - lowest < DENSE * len(distinct)
    if (dense and lowest < FAR * (highest - lowest)) or np.gcd.reduce(np.diff(distinct).astype(np.int64)) > 1:
        return None
    lags = range(1, min(LAGS, values.shape[1] - 1) + 1)
    steps = [(values[:, lag:] - values[:, :-lag])[mask[:, lag:]] for lag in lags]
    steps = [own for own in steps if own.size]
    if not steps or min(np.mean(own**2) for own in steps) < ROUGH * 2 * numbers.var():
        return None
    if dense and (_have_shape(distinct, counts, numbers.mean()) or _n_peaks(counts) <= FEW_PEAKS * len(counts)):
        return None
    return distinct


def _recur(distinct, values, mask):
    """Whether distinct ones of numbers (n, t) occur as often as ids, without the overlap of windows of one series.

    A number that windows share stands between the same neighbours in all of them: each such pair counts once. Whole
    samples that are equal, as of visitors on one path, are no such windows, and count once, too. Numbers with wide gaps
    and few digits, as of revenue, must be of uneven popularity.
    """
    values, mask = _differing(values, mask)
    numbers = values[mask]
    inner = np.stack([values[:, :-2], values[:, 1:-1], values[:, 2:]], axis=2)[mask[:, 2:]]  # (m, 3)
    if len(inner):
        between, times = np.unique(inner, axis=0, return_counts=True)
        in_all = np.unique(inner[:, 1], return_counts=True)[1]
        if (times * (times - 1)).sum() >= OVERLAP * (in_all * (in_all - 1)).sum():
            numbers = between[:, 1]
    counts = np.unique(numbers, return_counts=True)[1]
    uneven = not _have_wide_gaps(distinct) or distinct[0] >= MANY_DIGITS or counts.var() >= UNEVEN * counts.mean()
    return uneven and counts.mean() >= _fewest_times(distinct)


def _differing(values, mask):
    """Numbers (n, t) and their mask without samples of three timesteps or more that are equal to an earlier one."""
    firsts = {}  # np.unique takes long for long samples
    are_first = [firsts.setdefault(own.tobytes(), k) == k for k, own in enumerate(np.where(mask, values, 0))]
    kept = are_first | (mask.sum(axis=1) < 3)
    return values[kept], mask[kept]


def _fewest_times(distinct):
    """How often each of the distinct numbers occurs on average if they are ids."""
    return SEVERAL_TIMES if _have_wide_gaps(distinct) else TIMES


def _have_wide_gaps(distinct):
    """Whether numbers are as far apart as a catalogue's ids of 6 digits or more."""
    lowest, highest = distinct[[0, -1]]
    return lowest >= LOWEST and highest - lowest >= GAPS * len(distinct)


def _have_shape(distinct, counts, level):
    """Whether numbers are the rarer the farther from their level, or the higher, or the lower they are.

    The lowest and the highest number may stand for all that is beyond.
    """
    distances = abs(distinct - level)
    correlations = [rank_correlation(counts[part], distances[part]) for part in (slice(None), slice(1, -1))]
    return min(correlations) < -OF_SHAPE or abs(rank_correlation(counts, distinct)) > OF_SHAPE


def rank_correlation(one, other):
    """Spearman's correlation of numbers (n,) with others, which are not all one number; 0 if the former are."""
    if not np.ptp(one) > 0:
        return 0.0
    return np.corrcoef(rankdata(one), rankdata(other))[0, 1]


def _n_peaks(counts):
    """How many counts are higher than their neighbours: a third, where these have no order."""
    beside = np.pad(counts, 1)
    return np.count_nonzero((counts > beside[:-2]) & (counts >= beside[2:]))
