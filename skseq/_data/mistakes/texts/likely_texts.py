"""Strings that are read as tokens, and are most likely whole texts, or numbers and lists in the form of strings."""

import re
from itertools import accumulate

import numpy as np

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT
from skseq._data.mistakes.texts.joined_numbers import reader_of_joined, reader_of_numbers
from skseq._data.mistakes.texts.likely_measurements import look_measured_as_written
from skseq._data.mistakes.texts.written_amounts import no_amount_among, parts_of_amounts, readers_of_amounts
from skseq._data.mistakes.texts.written_numbers import SIGNS

QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
SCALAR = r"np\.\w+\(([^()]*)\)"  # as NumPy 2 writes its own within lists: np.float64(23.0)
LIST_BEGINS = re.compile(rf"\[\s*(?:\]|[-+.\d'\"\[(]|nan|None|True|False|{SCALAR})")  # [MASK] is a token
ENOUGH_TEXTS = 10  # fewer strings may well be distinct
WITH_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})*(\.\d+)?|0(\.\d+)?")
MANY_AMOUNTS = 50  # distinct ones
MANY_TEXTS = 50  # of which half are distinct: of fewer, by chance
MOSTLY_NEW = 0.9  # of strings of several words: names of places occur again, whole texts do not


def warn_if_written(tokens, lengths, argument, rows, *, in_columns=False):
    """Warn where strings that are read as tokens are most likely measurements, written lists or whole texts.

    ``rows`` is code that gives the samples one by one, and ``in_columns`` is whether they come from a frame, in which
    every column holds texts of another kind. Returns whether it did.
    """
    some = [str(token) for token in tokens[: 10 * LOOKED_AT] if isinstance(token, str)]  # also of NumPy's
    if not some or len(some) < min(len(tokens), 10 * LOOKED_AT):
        return False
    alone = lengths[1] == 1 if isinstance(lengths, tuple) else lengths.max() == 1
    if (number := reader_of_numbers(some)) or _are_amounts(some, lengths):
        what = f"strings that are numbers, such as {brief(some[0])}, but are read as tokens: as names without an order"
        if number == "float(v)":
            remedy = "Set source_type='numeric'"
        else:
            remedy = f"Pass [[{number} for v in x] for x in {rows}]" if number else _reading_of_amounts(some, rows)
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
        f"{argument} holds {what}. {remedy}, or set source_type='tokens' to read them as tokens without this warning."
    )
    return True


def _are_amounts(strings, lengths):
    """Whether strings are amounts, many of them distinct: the first of sequences of these lengths.

    Whole numbers, bare or before letters, may be codes: they must look measured.
    """
    mark, numbers = parts_of_amounts(strings)
    if len(set(numbers)) < MANY_AMOUNTS:
        return False
    if mark and (mark in SIGNS or sum(not number.isdigit() for number in numbers) > len(numbers) / 2):
        return True
    if not mark and all(map(WITH_THOUSANDS.fullmatch, numbers)) and any("," in number for number in numbers):
        return True
    return len(numbers) == len(strings) and look_measured_as_written(
        [string.replace(mark, "").strip() for string in strings], lengths
    )


def _reading_of_amounts(strings, rows):
    """What makes numbers of the samples that ``rows`` gives."""
    ways = [f"{when}pass [[{code} for v in x] for x in {rows}]" for code, when in readers_of_amounts(strings)]
    if ways == [f"pass [[float(v) for v in x] for x in {rows}]"]:
        return "Set source_type='numeric'"
    advice = ", or ".join(ways)
    return f"{advice[0].upper()}{advice[1:]}{no_amount_among(strings)}"


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
    scalars = any(re.search(SCALAR, string) for string in strings)
    text = f"re.sub(r'{SCALAR}', r'\\1', text)" if scalars else "text"
    if scalars or any("," in string for string in strings):
        missing = any(re.search(r"\bnan\b", QUOTED.sub("", string)) for string in strings)
        return f"json.loads({text}.replace('nan', 'NaN'))" if missing else f"ast.literal_eval({text})"
    if any(re.match(r"\s*\[\s*\[", string) for string in strings):
        return r"[numpy.fromstring(row, sep=' ') for row in re.findall(r'[^\[\]\s][^\[\]]*', text)]"
    return "numpy.fromstring(text[1:-1], sep=' ')"
