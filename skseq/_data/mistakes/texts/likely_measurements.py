"""Numbers that are read as tokens, and are most likely measurements."""

import re
from collections import Counter

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import A_FEW, LOOKED_AT, MANY, OFTEN, SOME
from skseq._data.mistakes.tables.likely_series import SMOOTH

MANY_SIGNED = 30  # with negative ones: intervals of melodies, up to an octave, are 25
BESIDE_ZERO = 8  # times that 1 or -1 occur without any 0: readings do so once in e ** 4 by chance
DENSE = 10  # integers of a range for each that occurs: ids of a large catalogue leave wider gaps
EVEN = 1.5  # variance of counts over what chance gives: 1 where all are as likely, far more for names
BELL = 0.1  # squared difference of neighbouring counts over twice their variance: 1 for names, near 0 for readings
PEAKED = 2  # variance of counts over their mean: where it is less, they may be alike but for chance
PEAKED_NEAR_0 = 5  # the same where ids are likelier: heart rates of 50 stays have 9, or more
AT_SIDES = 0.75  # the largest count of the outer tenths over that of all: 1 at one end for ids by popularity
ENOUGH_OF_TAIL, MAGNITUDES, RARE = 1000, 30, 0.01  # integers; quantiles of 0.95 over 0.05; of all, the most frequent
N_SIZES, AT_ENDS = 10, 0.4  # classes of logarithms; the outer over the fullest: 0.27 for waiting times of one rate
BY_CHANCE = 3  # deviations between two counts
GREY = 128  # distinct values of a byte, of 256: letters are fewer
OF_LEVELS = 0.5  # as BELL, of bytes: 1 for names and compressed data, 0.5 for machine code, 0.1 to 0.4 for pixels
WHOLE = re.compile(r"0|-?[1-9]\d{0,8}")  # as str writes a reading; longer ones are ids
OF_ONE_LENGTH = 0.9
_SOURCE_TYPE = (
    "Set source_type='numeric' for measurements, or source_type='tokens' to read them as tokens without this warning."
)


def warn_if_measured(tokens, lengths, argument, *, remedy=_SOURCE_TYPE, may_be_sorted=False):
    """Warn where integers that are read as tokens are most likely readings: many, and one of these.

    * Neighbours in time are alike.
    * Some are negative, see `_have_signs`.
    * They scatter around a level, see `_scatter` and `_are_a_bell`.
    * They are bytes of which neighbours occur about equally often, see `_are_grey`.
    * They span orders of magnitude around a usual one, and hardly any recurs, see `_have_tail`.

    ``tokens`` (n_tokens,) and ``lengths`` are as `read_tokens` gives them. Neighbours are alike, too, where tokens were
    sorted, which is no sign of readings where they ``may_be_sorted``. Returns whether it did.
    """
    some = (min(lengths[0], LOOKED_AT), lengths[1]) if isinstance(lengths, tuple) else lengths[:LOOKED_AT]
    tokens = tokens[: np.prod(some) if isinstance(some, tuple) else some.sum()]
    if isinstance(tokens, list) and any(type(token) is not int for token in tokens):
        return False
    tokens = np.asarray(tokens)
    if tokens.dtype.kind not in "iu" or not look_measured(tokens, some, may_be_sorted=may_be_sorted):
        return False
    if _have_tail(tokens) and argument.startswith("X"):
        remedy += " They span orders of magnitude: of measurements, np.log1p(x) of each sequence x shows more."
    warn_caller(
        f"{argument} holds {len(np.unique(tokens))} distinct integers from {tokens.min()} to {tokens.max()}, which "
        f"look like measurements, but are read as tokens: as names without an order. {remedy}"
    )
    return True


def look_measured(integers, lengths, *, may_be_sorted=False):
    """Whether integers are most likely readings, see `warn_if_measured`: the first of sequences of these lengths."""
    n_distinct = len(np.unique(integers))
    if n_distinct < SOME:
        return False
    ragged = not isinstance(lengths, tuple)
    readings = integers.astype(np.float64)
    if len(np.unique(integers[integers < 0])) == 1:  # a name for padding, or for what is unknown
        readings[integers < 0] = np.nan
    begins = np.cumsum(lengths) if ragged else lengths[1] * np.arange(lengths[0])
    within = begins[(begins > 0) & (begins < len(readings))]
    steps = np.delete(np.diff(readings), within - 1)  # not from one sequence to the next
    steps = steps[np.isfinite(steps)]
    if may_be_sorted and ((steps >= 0).all() or (steps <= 0).all()):
        return False
    smooth = steps.size > 0 and np.mean(steps**2) < SMOOTH * 2 * np.nanvar(readings)
    scatter = n_distinct >= MANY and (_scatter(integers, ragged) or _are_a_bell(integers, steps))
    return bool(smooth or scatter or _have_tail(integers) or _have_signs(integers) or _are_grey(integers))


def look_measured_as_written(strings, lengths):
    """Whether strings are most likely readings: many whole numbers, not nearly all of one length, as zip codes are."""
    if not all(map(WHOLE.fullmatch, strings)) or len(set(strings)) < MANY:
        return False
    if max(Counter(map(len, strings)).values()) > OF_ONE_LENGTH * len(strings):
        return False
    return look_measured(np.array([int(string) for string in strings]), lengths)


def warn_if_real(tokens, argument):
    """Warn where numbers that are read as tokens have fractions, most of them one that occurs once; returns whether."""
    some = tokens[: 10 * LOOKED_AT]
    if isinstance(some, list) and not all(isinstance(token, (float, np.floating)) for token in some):
        return False
    some = np.asarray(some)
    if some.dtype.kind != "f" or len(some) < SOME or np.mean(some % 1 != 0) <= 0.5:
        return False
    distinct, counts = np.unique(some, return_counts=True)
    if np.mean(counts == 1) <= 0.5 or len(distinct) <= len(some) / 2:
        return False
    warn_caller(
        f"{argument} holds {len(distinct)} distinct numbers in {len(some)} timesteps, most with a fraction, "
        f"such as {some[0]:.6g}, which are read as tokens: as names without an order, of which new data will hold "
        f"others. Set source_type='numeric' for measurements, or round {argument} to the tokens that are meant."
    )
    return True


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


def _are_a_bell(integers, steps):
    """Whether integers and their steps have counts that fall smoothly to both sides, wherever they start.

    Counts of ids from 0 on are as even or uneven as their popularity, or highest at one end. Pitches in all keys fall
    to both sides, too, but some of their steps are far more frequent than others. The lowest and the highest integer
    stand for all that was clipped. Bytes may be of text, of which a few runs are frequent, see `_are_grey`.
    """
    if integers.dtype == np.uint8:
        return False
    counts, of_steps = _counts_in_order(integers), _counts_in_order(steps)
    if counts is None or of_steps is None or counts.var() < PEAKED_NEAR_0 * counts.mean():
        return False
    counts = counts[1:-1]
    n_outer = int(A_FEW * len(counts))
    outer = max(counts[:n_outer].max(), counts[-n_outer:].max())
    return outer < AT_SIDES * counts.max() and _are_alike(counts) and _are_alike(of_steps)


def _have_tail(integers):
    """Whether many positive integers span orders of magnitude, most are distinct, and none is frequent, as of readings.

    Ids that are used evenly span 19 times, as those of a new catalogue do, and some of the others are frequent. Those
    of several catalogues, or by popularity, have no usual size.
    """
    if len(integers) < ENOUGH_OF_TAIL or integers.min() < 0:
        return False
    low, high = np.quantile(integers, (0.05, 0.95)) + 1
    counts = np.unique(integers, return_counts=True)[1]
    rare = len(counts) > len(integers) / 2 and counts.max() <= RARE * len(integers)
    return bool(high > MAGNITUDES * low and rare) and _have_usual_size(integers)


def _have_usual_size(integers):
    """Whether logarithms of integers have one most frequent class, from which counts fall to few on both sides.

    Ids by popularity end at once, where counts are highest or all alike, and ids of two catalogues have a gap between.
    """
    logs = np.log1p(integers.astype(np.float64))
    counts = np.histogram(logs, N_SIZES, np.quantile(logs, (0.005, 0.995)))[0]
    steps = np.diff(counts)
    steps[: counts.argmax()] *= -1  # away from the most frequent class
    falls = (steps <= BY_CHANCE * np.sqrt(counts[1:] + counts[:-1])).all()
    return bool(falls and max(counts[0], counts[-1]) < AT_ENDS * counts.max())


def _are_grey(integers):
    """Whether bytes are levels, as of pixels: most occur, and neighbours about equally often, but not all alike.

    The lowest and the highest level stand for all that is darker or brighter.
    """
    if integers.dtype != np.uint8 or len(np.unique(integers)) < GREY:
        return False
    counts = np.bincount(integers, minlength=256)[1:-1]
    return _are_alike(counts) and np.mean(np.diff(counts) ** 2) < OF_LEVELS * 2 * counts.var()


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
