"""Numbers that most likely stand for what was not measured, such as 999: what to do with them."""

import re

import numpy as np
from scipy.stats import rankdata

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.likely_padding import STEPS_LOOKED_AT

OFTEN, AT_LEAST = 0.01, 10  # share of the readings, and how many: fewer may be outliers
MOSTLY = 0.5  # share from which such a number is what is usual
MEASURED = 20  # distinct other numbers: fewer may be counts or codes
NEARLY_ALL = (0.05, 0.95)  # quantiles of the others: a few of them may lie far out
LONG_RUNS = 1.5  # readings in a row, on average: one in three is missing at random then, or a machine is off
REGULAR = 0.5  # of the distances between them: days on which a shop is closed, say
TOGETHER, SHORT_RUNS = 0.05, 10  # of the span of nearly all, that zeros of several features lie away; readings in a row
BY_CHANCE = 0.3  # of the distances between such runs: by chance, a quarter at most are equal, with windows in any order
GROW_TOGETHER, SPANS_ALIKE = 0.6, 4  # rank correlation, as of kilometres with minutes; times, as of a picture's sides
SMOOTH, FAR = 0.05, 5  # of that span, a step on a path; times it, 0 from where someone walks along a line
COMPARED = 50  # features of a group: all pairs of thousands take long
# Of the only negative number: its share, its distance in spans, how often beside any other
OF_NEGATIVE, SHARE_OF_SPAN, TIMES_AS_OFTEN = 0.05, 0.25, 10
SPANS_OF_CODE, SPANS = 5, 100  # of all others, that a rare number lies away: a large order recurs, too
NAMED = 5  # features in a message
WRITTEN_OUT = 8  # columns in code


def warn_if_one_stands_for_gaps(sequences, argument):
    """Warn where one number of `Sequences` of numbers recurs, far from all others of its feature."""
    if sequences.values.ndim != 3:
        return
    n_samples = max(1, STEPS_LOOKED_AT // int(np.prod(sequences.values.shape[1:])))
    values, mask = np.asarray(sequences.values[:n_samples]), sequences.mask[:n_samples]
    some = values[mask]  # (n_steps, f)
    found = gaps_of_features(some)
    found = {feature: gap for feature, gap in found.items() if not _only_begins(values[..., feature], mask, gap[0])}
    if not found:
        return
    first, (number, share) = next(iter(found.items()))
    of = "" if some.shape[1] == 1 else f" of feature {first}"
    numbers = {feature: gap for feature, (gap, _) in found.items()}
    warn_caller(
        f"{100 * share:.3g}% of the numbers{of} in {argument} are {number:g}, far from all others"
        f"{_others(numbers)}. If that stands for what was not measured, put NaN in its place, such as "
        f"[np.where(np.equal(x, {_code(numbers, some)}), np.nan, x) for x in np.asarray({argument})] of an array, "
        "or of a list without np.asarray. Then fill in by skseq.preprocessing.SequenceImputer('interpolate') in a "
        "pipeline, and see whether add_indicator=True does better, which says where gaps were."
    )


def _only_begins(readings, mask, number):
    """Whether a number is what sequences of readings (n, t) begin with, and is nowhere else: as a first difference."""
    return mask.shape[1] > 1 and not (readings[:, 1:] == number)[mask[:, 1:]].any()


def gaps_of_features(steps):
    """{feature: (number, share)} of steps (n_steps, f): last of features that hold a number of another one as far."""
    found = {feature: number_of_gaps(readings) for feature, readings in enumerate(steps.T)}
    found = {feature: gap for feature, gap in found.items() if gap is not None}
    usual = _usual_number(steps) if found else None
    found = {feature: gap for feature, gap in found.items() if gap[0] != usual}
    least, most = steps.min(axis=0), steps.max(axis=0)
    for number in dict.fromkeys(number for number, _ in found.values() if number != 0):
        for feature in np.flatnonzero((least == number) | (most == number)).tolist():
            is_number = steps[:, feature] == number
            if feature not in found and _lies_apart(steps[~is_number, feature], number):
                found[feature] = number, float(is_number.mean())
    return found | {feature: gap for feature, gap in zeros_together(steps).items() if feature not in found}


def zeros_together(steps):
    """{feature: (0, share)} of features of steps (n_steps, f) that are 0 where others are, too, far from all else.

    As x and y of a point that a camera did not find. Machines that are off are 0 together, too, but for long, and shops
    that are closed at regular times; so there must be several such groups, and zeros in short runs at no regular
    distances.
    """
    groups = {}
    for feature, readings in enumerate(steps.T):
        if _zero_is_apart(readings):
            groups.setdefault((readings == 0).tobytes(), []).append(feature)
    compared = ((features, steps[:, features[:COMPARED]]) for features in groups.values() if len(features) > 1)
    together = [features for features, own in compared if _may_be_places(own) or _may_be_path(own)]
    shares = {feature: (0.0, float((steps[:, feature] == 0).mean())) for features in together for feature in features}
    return shares if len(together) > 1 else {}


def _may_be_places(steps):
    """Whether two features of steps (n, f), where these are not 0, have one unit, and do not grow with each other.

    As x and y. Kilometres and minutes, or pieces and prices, are both 0 where there was no trip, or no sale.
    """
    others = steps[steps[:, 0] != 0]
    spans = np.ptp(np.quantile(others, NEARLY_ALL, axis=0), axis=0)
    alike = spans[:, None] <= SPANS_ALIKE * spans
    apart = np.abs(np.corrcoef(rankdata(others, axis=0), rowvar=False)) < GROW_TOGETHER
    return bool((alike & alike.T & apart).any())


def _may_be_path(steps):
    """Whether features of steps (n, f) move in small steps, and so cannot fall to 0 and come back at once.

    As x and y where someone walks, or x alone along a line that is far from 0. Sums of days move up and down by much of
    their span, and what is set, as a price, mostly stays as it is.
    """
    is_zero = steps[:, 0] == 0
    others = steps[~is_zero]
    spans = np.ptp(np.quantile(others, NEARLY_ALL, axis=0), axis=0)
    moves = np.median(np.abs(np.diff(steps, axis=0)[~is_zero[1:] & ~is_zero[:-1]]), axis=0)
    smooth = (moves > 0) & (moves <= SMOOTH * spans)
    far = np.abs(others).min(axis=0) > FAR * spans
    return bool(smooth.any()) and np.count_nonzero(smooth | far) > 1


def _zero_is_apart(readings):
    """Whether readings (n,) are 0 now and then, for a short time, and all others on one side, clearly away from it."""
    is_zero = readings == 0
    n_zeros, others = np.count_nonzero(is_zero), readings[~is_zero]
    if not max(AT_LEAST, OFTEN * len(readings)) <= n_zeros < MOSTLY * len(readings) or others.min() < 0 < others.max():
        return False
    low, high = np.quantile(others, NEARLY_ALL)
    begins = _begins(is_zero)
    is_apart = np.abs(others).min() > TOGETHER * (high - low) and n_zeros < SHORT_RUNS * len(begins)
    return is_apart and len(np.unique(others)) > MEASURED and not _are_regular(begins, BY_CHANCE)


def _lies_apart(others, number):
    """Whether a number lies farther from all others (n,) than these, two or more, lie apart."""
    low, high = (others.min(), others.max()) if len(others) else (0, 0)
    return low < high and max(low - number, number - high) > high - low


def _others(numbers):
    """The features but the first of {feature: number}, as the end of a sentence."""
    told = [f"{number:g} in feature {feature}" for feature, number in list(numbers.items())[1:]]
    more = [f"those of {len(told) - NAMED} others"] if len(told) > NAMED else []
    return "".join(f", {one}" for one in told[:NAMED] + more).replace(", ", "; likewise ", 1)


def _code(numbers, steps):
    """Code of what to compare steps (n_steps, f) with: {feature: number}, where other features hold one, too."""
    others = np.delete(steps, list(numbers), axis=1)
    one = next(iter(numbers.values()))
    if set(numbers.values()) == {one} and not (others == one).any():
        return repr(one)
    return by_column(numbers, steps.shape[1])


def by_column(numbers, n_columns):
    """Code of a list with a number for each column, NaN for those that {column: number} lacks."""
    if n_columns > WRITTEN_OUT and len(set(numbers.values())) == 1:
        return f"[{next(iter(numbers.values()))!r} if k in {list(numbers)} else np.nan for k in range({n_columns})]"
    if n_columns > WRITTEN_OUT:
        return f"[{numbers!r}.get(k, np.nan) for k in range({n_columns})]"
    return f"[{', '.join(repr(numbers[k]) if k in numbers else 'np.nan' for k in range(n_columns))}]"


def _usual_number(steps):
    """What most numbers of steps (n_steps, f) are, as 0 in weights of words, or None; flags do not count."""
    measured = np.array([feature for feature in steps.T if len(np.unique(feature)) > 2])
    middle = np.quantile(measured, MOSTLY, method="lower")  # that of which there are more than half
    return middle if np.mean(measured == middle) > MOSTLY else None


def number_of_gaps(readings):
    """(number, share of the readings (n,)) of a number that stands for gaps, or None.

    It lies farther from all others than these lie apart. Where it comes one by one, at no regular distances, it is
    enough that nearly all of these lie so near; 0 must come so, because it may well be measured. It may be nearer yet
    if it alone is below 0 and comes far more often than any other. A rare number must lie many times as far.
    """
    distinct, counts = np.unique(readings, return_counts=True)
    if len(distinct) <= MEASURED:
        return None
    for place, beside in ((-1, -2), (0, 1)):
        number, share = distinct[place].item(), float(counts[place] / len(readings))
        if counts[place] < AT_LEAST or share >= MOSTLY:
            continue
        others, is_number = np.delete(distinct, place), readings == number
        with np.errstate(over="ignore"):  # of the largest floats
            spans = 1 if share >= OFTEN else SPANS_OF_CODE if is_code(number, others) else SPANS
            apart = abs(distinct[place] - distinct[beside])
            if number != 0 and apart > spans * np.ptp(others) and (share >= OFTEN or _recurs(readings, is_number)):
                return number, share
            low, high = np.quantile(readings[~is_number], NEARLY_ALL)
            span = high - low
            is_fill = share >= OFTEN and (apart > span or _is_negative_fill(place, distinct, counts, apart, span))
            if is_fill and _come_one_by_one(is_number):
                return number, share
    return None


def _is_negative_fill(place, distinct, counts, apart, span):
    """Whether the first number alone is below 0, and often, as -3000 is in vegetation indices from 0 to 10,000."""
    others = np.delete(counts, place)
    return (
        distinct[place] < 0 <= distinct[1]
        and counts[place] >= max(OF_NEGATIVE * counts.sum(), TIMES_AS_OFTEN * others.max())
        and apart > SHARE_OF_SPAN * span
    )


def is_code(number, others):
    """Whether a number looks as if it were chosen to stand for gaps: of nines, or negative where no other (n,) is."""
    return is_of_nines(number) or number < 0 <= others.min()


def is_of_nines(number):
    """Whether a number is such as 99, -9.99 or -999.25."""
    return re.fullmatch("99+(25)?", f"{abs(number):.7g}".replace(".", "")) is not None


def _recurs(readings, is_number):
    """Whether such readings (n,) come behind many others: one of them is in many of overlapping windows."""
    before = readings[:-1][is_number[1:] & ~is_number[:-1]]
    return len(np.unique(before)) >= AT_LEAST


def _come_one_by_one(is_number):
    """Whether such readings (n,) hardly follow each other, as those of a machine that is off, nor come regularly."""
    begins = _begins(is_number)
    one_by_one = np.count_nonzero(is_number) < LONG_RUNS * len(begins)
    return bool(one_by_one and not _are_regular(begins, REGULAR))


def _begins(is_number):
    """Where runs of such readings (n,) begin."""
    return np.flatnonzero(np.diff(is_number, prepend=False) & is_number)


def _are_regular(begins, share):
    """Whether such a share of the distances between these places, or more, is one number."""
    distances = np.diff(begins)
    return len(distances) == 0 or np.bincount(distances).max() >= share * len(distances)
