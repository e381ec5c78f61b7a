"""Tokens that are most likely measurements, and numbers that are most likely names: warnings that say how to tell."""

import re
from datetime import date
from itertools import accumulate
from numbers import Integral

import numpy as np
from scipy.stats import rankdata

from skseq._arguments import brief, library_of
from skseq._callers import warn_caller
from skseq._data.mistakes.joined_numbers import reader_of_joined, reader_of_numbers
from skseq._data.mistakes.likely_series import LOOKED_AT, MANY, ROUGH, SMOOTH

MANY_SIGNED = 30  # with negative ones: intervals of melodies, up to an octave, are 25
BESIDE_ZERO = 8  # times 1 or -1 among integers without a 0: readings would leave it out by chance once in e ** 4
A_FEW = 0.1  # of the distinct integers: -1 or -100 alone stands for padding, or for what is unknown
SOME = 20  # fewer may be one, whatever their order
DENSE = 10  # integers of a range for each that occurs: ids of a large catalogue leave wider gaps
EVEN = 1.5  # variance of counts over what chance gives: 1 where all are as likely, far more for names
BELL = 0.1  # squared difference of neighbouring counts over twice their variance: 1 for names, near 0 for readings
PEAKED = 2  # variance of counts over their mean: where it is less, they may be alike but for chance
NEARLY_ALL = 0.95  # of the numbers, or of the labels
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
LIST_BEGINS = re.compile(r"\[\s*(?:\]|[-+.\d'\"\[(]|nan|None|True|False)")  # [MASK] is a token
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
ENOUGH_OF_TAIL, MAGNITUDES, RARE = 1000, 30, 0.01  # integers; quantiles of 0.95 over 0.05; of all, the most frequent
ENOUGH_TEXTS = 10  # fewer strings may well be distinct
MANY_TEXTS = 50  # of which half are distinct: of fewer, by chance
MOSTLY_NEW = 0.9  # of strings of several words: names of places occur again, whole texts do not
GREY = 128  # distinct values of a byte, of 256: letters are fewer
OF_LEVELS = 0.5  # as BELL, of bytes: 1 for names and compressed data, 0.5 for machine code, 0.1 to 0.4 for pixels
SOME_IDS, TIMES = 8, 10  # distinct numbers, and occurrences of each on average: fewer tell too little of their order
FAR = 10  # times their range above 0: where most numbers of a range occur, those nearer to 0 may well be readings
LAGS = 3  # steps after which fast oscillations are much as they were
YEARS = 1800, 2100
LARGEST_WHOLE = 2**53  # of floats
FEW_PEAKS = 0.2  # of the counts
OF_SHAPE = 0.5  # rank correlation of counts with numbers, or with distances from their mean: names have none
FEW_FRACTIONS = 10  # distinct values of symbols, such as durations: more may well be rounded readings
FEW_CODES = 5  # distinct integers beside measurements: more may well be counts
OFTEN = 20  # occurrences of each integer from which a network learns something of it


_SOURCE_TYPE = (
    "Set source_type='numeric' for measurements, or source_type='tokens' to read them as tokens without this warning."
)


def warn_if_measured(tokens, lengths, argument, *, remedy=_SOURCE_TYPE, may_be_sorted=False):
    """Warn where integers that are read as tokens are most likely readings: many, and one of these.

    * Neighbours in time are alike.
    * Some are negative, see `_have_signs`.
    * They scatter around a level, see `_scatter`.
    * They are bytes of which neighbours occur about equally often, see `_are_grey`.
    * They span orders of magnitude, and hardly any recurs, see `_have_tail`.

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
    tailed = _have_tail(tokens)
    scatter = n_distinct >= MANY and _scatter(tokens, ragged)
    if smooth or tailed or scatter or _have_signs(tokens) or _are_grey(tokens):
        if tailed and argument.startswith("X"):
            remedy += " They span orders of magnitude: of measurements, np.log1p(x) of each sequence x shows more."
        warn_caller(
            f"{argument} holds {n_distinct} distinct integers from {tokens.min()} to {tokens.max()}, which "
            f"look like measurements, but are read as tokens: as names without an order. {remedy}",
            UserWarning,
        )


def warn_if_real(tokens, argument):
    """Warn where numbers that are read as tokens have fractions, most of them one that occurs once."""
    some = tokens[: 10 * LOOKED_AT]
    if isinstance(some, list) and not all(isinstance(token, (float, np.floating)) for token in some):
        return
    some = np.asarray(some)
    if some.dtype.kind != "f" or len(some) < SOME or np.mean(some % 1 != 0) <= 0.5:
        return
    distinct, counts = np.unique(some, return_counts=True)
    if np.mean(counts == 1) > 0.5 and len(distinct) > len(some) / 2:
        warn_caller(
            f"{argument} holds {len(distinct)} distinct numbers in {len(some)} timesteps, most with a fraction, "
            f"such as {some[0]:.6g}, which are read as tokens: as names without an order, of which new data will hold "
            f"others. Set source_type='numeric' for measurements, or round {argument} to the tokens that are meant.",
            UserWarning,
        )


def warn_of_ids(feature, distinct, argument, *, remedy):
    """Warn of what `ids_among` found; ``feature`` is None of sequences of one feature."""
    where = "" if feature is None else f"in feature {feature} "
    warn_caller(
        f"{argument} holds {len(distinct)} distinct whole numbers from {distinct[0]:.0f} to {distinct[-1]:.0f} {where}"
        f"that occur again and again in no order, which look like ids, but are read as measurements. {remedy}.",
        UserWarning,
    )


def ids_among(sequences):
    """(feature, its distinct numbers) where whole numbers of `Sequences` are most likely ids; else None.

    Of several features one looks like ids, all are whole, and timesteps occur again and again, as tokens do.
    """
    some = sequences.take(slice(LOOKED_AT))
    values, mask = np.asarray(some.values, np.float64), some.mask  # (n, t, f) and (n, t)
    steps = values[mask]
    least, most = steps.min(axis=0), steps.max(axis=0)
    with np.errstate(over="ignore"):
        far = np.flatnonzero(least >= most - least)
    if not far.size or (steps % 1 != 0).any() or abs(steps).max() > LARGEST_WHOLE:
        return None
    for feature in far:
        distinct = _as_ids(values[:, :, feature], mask)
        if distinct is not None and len(steps) >= TIMES * len(np.unique(steps, axis=0)):
            return feature, distinct
    return None


def _as_ids(values, mask):
    """The distinct ones of whole numbers (n, t) that are most likely ids: few, far from 0, and in no order; else None.

    Readings that are all of this have steps of 2 or more, as prices do, or are alike some steps apart, or their counts
    have a shape, unless there are gaps between them, with which they need not be as far from 0. Years may be either.
    """
    numbers = values[mask]
    distinct, counts = np.unique(numbers, return_counts=True)
    lowest, highest = distinct[[0, -1]]
    if len(distinct) < SOME_IDS or counts.mean() < TIMES or (lowest >= YEARS[0] and highest <= YEARS[1]):
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


def _have_shape(distinct, counts, level):
    """Whether numbers are the rarer the farther from their level, or the higher, or the lower they are.

    The lowest and the highest number may stand for all that is beyond.
    """
    distances = abs(distinct - level)
    correlations = [_rank_correlation(counts[part], distances[part]) for part in (slice(None), slice(1, -1))]
    return min(correlations) < -OF_SHAPE or abs(_rank_correlation(counts, distinct)) > OF_SHAPE


def _rank_correlation(one, other):
    if one.min() == one.max():
        return 0.0
    return np.corrcoef(rankdata(one), rankdata(other))[0, 1]


def _n_peaks(counts):
    """How many counts are higher than their neighbours: a third, where these have no order."""
    beside = np.pad(counts, 1)
    return np.count_nonzero((counts > beside[:-2]) & (counts >= beside[2:]))


def warn_if_written(tokens, lengths, argument, rows, *, in_columns=False):
    """Warn where strings that are read as tokens are most likely measurements, written lists or whole texts.

    ``rows`` is code that gives the samples one by one, and ``in_columns`` is whether they come from a frame, in which
    every column holds texts of another kind. Returns whether it did.
    """
    some = [str(token) for token in tokens[: 10 * LOOKED_AT] if isinstance(token, str)]  # also of NumPy's
    if not some or len(some) < min(len(tokens), 10 * LOOKED_AT):
        return False
    alone = lengths[1] == 1 if isinstance(lengths, tuple) else lengths.max() == 1
    if number := reader_of_numbers(some, "v"):
        what = f"strings that are numbers, such as {brief(some[0])}, but are read as tokens: as names without an order"
        remedy = (
            "Set source_type='numeric'" if number == "float(v)" else f"Pass [[{number} for v in x] for x in {rows}]"
        )
        remedy += " for measurements"
    elif alone and are_written_lists(some):
        what = f"lists in the form of strings, such as {brief(some[0])}, each of which is read as one token"
        remedy = f"Pass a list of what {reader_of(some)} gives for each"
    elif alone and (code := reader_of_joined(some)):
        what = f"numbers in the form of strings, such as {brief(some[0])}, each of which is read as one token"
        remedy = f"Pass [{code} for x in np.ravel({argument})]"
    elif alone and np.mean([len(token.split()) > 1 for token in some]) > 0.5:
        what = f"one string per sample, such as {brief(some[0])}, each of which is read as one token"
        remedy = "Set analyzer='word' or 'char' to split texts"
    elif texts := next(filter(None, map(whole_texts, _columns_of(some, lengths))), None):
        what = f"texts, nearly all distinct, such as {brief(texts[0])}, each of which is read as one token"
        remedy = "Join those of each sample to one text and set analyzer='word' or 'char' to split it"
        remedy += "" if in_columns else f", or {as_vectors(argument)}"
    elif not in_columns and len(some) >= MANY_TEXTS and (texts := sentences(some)):
        what = f"whole texts, most of them distinct, such as {brief(texts[0])}, each of which is read as one token"
        remedy = f"To read one text per timestep, {as_vectors(argument)}"
    else:
        return False
    warn_caller(
        f"{argument} holds {what}. {remedy}, or set source_type='tokens' to read them as tokens without this warning.",
        UserWarning,
    )
    return True


def warn_if_events(X, argument):
    """Warn where X is a frame with columns of strings and of integers or times, whose rows are most likely events.

    Returns whether it did.
    """
    names = list(X.columns) if library_of(X) in ("pandas", "polars") and hasattr(X, "columns") else []
    if len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        return False
    kinds = _is_time, _is_integer, _is_name
    times, numbers, strings = ([name for name in names if all(map(of, X[name].to_list()))] for of in kinds)
    if not (times or numbers) or not strings:
        return False
    value, time = strings[-1], next(iter(times), None)
    again = [name for name in names if name not in (value, *times) and len(set(X[name].to_list())) < len(X)]
    of_sequence = next(iter(again or (() if times else numbers)), None)
    lists = (_lists_of_polars if library_of(X) == "polars" else _lists_of_pandas)(argument, of_sequence, time, value)
    kind, first = ("times", time) if times else ("integers", numbers[0])
    warn_caller(
        f"{argument} holds columns of {kind}, such as {first!r}, and of strings, such as {value!r}, and is read as "
        f"{len(X)} sequences of {len(names)} tokens, one per row. If its rows are events of longer sequences, pass a "
        f"list of tokens for each of these, such as {lists}, and y to match. Set source_type='tokens' to read every "
        "row as a sequence without this warning.",
        UserWarning,
    )
    return True


def _lists_of_pandas(argument, of_sequence, time, value):
    """Code that gives lists of values in the order of time, by sequence, of a frame of pandas; None: there is none."""
    rows = argument if time is None else f"{argument}.sort_values({time!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].tolist()]"
    return f"{rows}.groupby({of_sequence!r})[{value!r}].agg(list)"


def _lists_of_polars(argument, of_sequence, time, value):
    """The same of a frame of polars."""
    rows = argument if time is None else f"{argument}.sort({time!r})"
    if of_sequence is None:
        return f"[{rows}[{value!r}].to_list()]"
    return f"{rows}.group_by({of_sequence!r}, maintain_order=True).agg({value!r})[{value!r}].to_list()"


def _is_time(value):
    return isinstance(value, date) or (isinstance(value, str) and ISO_TIME.match(value) is not None)


def _is_integer(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_name(value):
    return isinstance(value, str) and not _is_time(value)


def _columns_of(strings, lengths):
    """Strings of a table column by column; of lists all together."""
    return [strings[column :: lengths[1]] for column in range(lengths[1])] if isinstance(lengths, tuple) else [strings]


def sentences(strings):
    """The distinct texts of three words or more, if they are most of the strings; else none.

    Names of places have fewer words, or recur, and dates hold more digits than letters.
    """
    texts = [string for string in dict.fromkeys(strings) if string.count(" ") >= 2 and _is_prose(string)]
    return texts if len(strings) >= ENOUGH_TEXTS and len(texts) > len(strings) / 2 else []


def _is_prose(string):
    return sum(map(str.isalpha, string)) > sum(map(str.isdigit, string))


def as_vectors(argument):
    """How texts, several per sample, become a vector per timestep."""
    return (
        f"pass vectors of each, now and later: [vectorizer.transform(x).toarray() for x in {argument}], with "
        f"vectorizer = TfidfVectorizer().fit([text for x in {argument} for text in x]) of scikit-learn"
    )


def whole_texts(strings, n_words=2):
    """Those of so many words, if they are half of the strings, and too many of them distinct for tokens; else none."""
    texts = [string for string in strings if len(string.split()) >= n_words]
    many = len(strings) >= ENOUGH_TEXTS and len(texts) >= len(strings) / 2
    return texts if many and len(set(texts)) >= MOSTLY_NEW * len(texts) else []


def are_written_lists(strings):
    """Whether these are lists or arrays as str writes them, and as a CSV file keeps them."""
    return all(map(_may_be_written_list, strings)) and any(re.search(r"[\d,]", string) for string in strings)


def _may_be_written_list(string):
    """Whether the first bracket closes at the end; those of molecules, such as [13C][C], and of logs close before."""
    string = string.strip()
    if LIST_BEGINS.match(string) is None or not string.endswith("]"):
        return False
    depths = list(accumulate(1 if own == "[" else -1 for own in re.findall(r"[\[\]]", QUOTED.sub("", string))))
    return 0 in depths and depths.index(0) == len(depths) - 1


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


def _have_tail(integers):
    """Whether many positive integers span orders of magnitude, most are distinct, and none is frequent, as of readings.

    Ids that are used evenly span 19 times, as those of a new catalogue do, and some of the others are frequent.
    """
    if len(integers) < ENOUGH_OF_TAIL or integers.min() < 0:
        return False
    low, high = np.quantile(integers, (0.05, 0.95)) + 1
    counts = np.unique(integers, return_counts=True)[1]
    rare = len(counts) > len(integers) / 2 and counts.max() <= RARE * len(integers)
    return bool(high > MAGNITUDES * low and rare)


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


def warn_if_constant(numbers, flags, argument):
    """Warn where features of real steps (n_steps, f) never change, of which, unlike flags, a density is learnt."""
    never = np.flatnonzero(numbers.min(axis=0) == numbers.max(axis=0))
    constant = np.setdiff1d(never, flags).tolist()
    if constant:
        warn_caller(_constant(constant, numbers, argument), UserWarning)


def _constant(constant, numbers, argument):
    first, *others = constant
    more = f", and features {', '.join(map(str, others))} do not change, either" if others else ""
    without = f"leave {'them' if others else 'it'} out, [np.delete(x, {constant}, axis=1) for x in map(np.asarray, "
    remedy = f"{without}{argument})]" if len(constant) < numbers.shape[1] else "nothing else is left to learn"
    return (
        f"Feature {first} of {argument} is {numbers[0, first]:g} at every timestep{more}. The density of a constant "
        f"has no bound, so that likelihoods tell of little else, and samples scatter around it: {remedy}."
    )


def warn_if_symbols(numbers, argument, univariate):
    """Warn where real steps (n_steps, f) are most likely symbols, such as notes, or hold codes, such as those of a pen.

    A feature that holds two values may be drawn by its probability, so one at least has more.
    """
    some = numbers[: 50 * LOOKED_AT]
    distinct = [np.unique(feature) for feature in some.T]
    if all(map(_may_be_symbols, distinct)):
        _warn_of_symbols(some, max(map(len, distinct)), argument, univariate)
    elif any(len(values) > SOME and (values % 1 != 0).any() for values in distinct):
        _warn_of_codes_beside(some, distinct, argument)


def _warn_of_codes_beside(some, distinct, argument):
    codes = [k for k, values in enumerate(distinct) if _may_be_codes(values, len(some))]
    flags = [k for k, values in enumerate(distinct) if _may_be_flag(values, some[:, k])]
    if codes:
        _warn_of_codes(codes[0], distinct[codes[0]], argument)
    if flags:
        _warn_of_flag(flags[0], distinct[flags[0]], argument)


def _may_be_symbols(distinct):
    return len(distinct) <= (FEW_FRACTIONS if (distinct % 1 != 0).any() else SOME)


def _may_be_codes(distinct, n_steps):
    """Whether these are 0, 1, 2, ... or 1, 2, 3, ..., but few."""
    in_order = distinct[0] in (0, 1) and (np.diff(distinct) == 1).all()
    return in_order and 2 < len(distinct) <= FEW_CODES and n_steps >= OFTEN * len(distinct)


def _may_be_flag(distinct, feature):
    """Whether these are two codes of a flag, 1 and 2, -a and a, or 0 and a, that both occur often; 0 and 1 are read."""
    if len(distinct) != 2 or (distinct % 1 != 0).any() or tuple(distinct) == (0, 1):
        return False
    low, high = distinct
    often = min(np.count_nonzero(feature == low), np.count_nonzero(feature == high)) >= OFTEN
    return often and (low in (0, -high) or (low, high) == (1, 2))


def _warn_of_symbols(some, n_distinct, argument, univariate):
    if n_distinct <= 2 or len(some) < OFTEN * n_distinct:
        return
    if not univariate and len(np.unique(some, axis=0)) > len(some) / 2:  # steps that hardly recur are no symbols
        return
    remedy = "" if univariate else f" and [list(map(tuple, np.asarray(x).tolist())) for x in {argument}]"
    warn_caller(
        f"{argument} holds at most {n_distinct} distinct numbers per feature, but is read as measurements: samples "
        f"lie between them. If timesteps are symbols, such as notes, pass source_type='tokens'{remedy}. Set "
        "source_type='numeric' to read them as measurements without this warning.",
        UserWarning,
    )


def _warn_of_codes(feature, distinct, argument):
    values = distinct.astype(int).tolist()
    warn_caller(
        f"Feature {feature} of {argument} holds {', '.join(map(str, values))} alone, but is read as a measurement: "
        "samples lie between them. If these are codes, such as the states of a pen, pass a column of 0 and 1 for each: "
        f"[np.column_stack([np.delete(x, {feature}, axis=1), np.equal.outer(x[:, {feature}], {values})]) for x in "
        f"map(np.asarray, {argument})]. Set source_type='numeric' to read measurements without this warning.",
        UserWarning,
    )


def _warn_of_flag(feature, distinct, argument):
    low, high = distinct.astype(int).tolist()
    warn_caller(
        f"Feature {feature} of {argument} holds {low} and {high} alone, but is read as a measurement: samples lie "
        "between them. If it is a flag, such as whether a pen is lifted, make 0 and 1 of it: "
        f"[np.column_stack([x[:, :{feature}], x[:, {feature}] == {high}, x[:, {feature + 1}:]]) for x in "
        f"map(np.asarray, {argument})]. Set source_type='numeric' to read measurements without this warning.",
        UserWarning,
    )
