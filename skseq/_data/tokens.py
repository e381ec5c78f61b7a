"""Token sources: rows of tokens, ragged lists of tokens, and text that is split into tokens."""

import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import chain, groupby, islice, pairwise
from numbers import Integral, Number

import numpy as np
from sklearn.utils import check_array

from skseq._arguments import brief, library_of
from skseq._callers import warn_caller
from skseq._data.checks import columns_of, naming_tokens, with_all_columns
from skseq._data.mistakes.joined_numbers import reader_of_joined
from skseq._data.mistakes.likely_series import FEW_NAMES, MANY
from skseq._data.mistakes.likely_texts import are_written_lists, as_vectors, reader_of, sentences
from skseq._data.mistakes.spelling import rows_of
from skseq._data.plain import plain
from skseq._data.sequences import (
    as_samples,
    check_lengths,
    column_cells,
    is_ragged,
    is_sequence,
    keep_types,
    refuse_lone_samples,
)
from skseq._data.time_order import check_times_ascend
from skseq._data.token_columns import with_columns, with_lone_columns
from skseq._data.vocabulary import as_tuples, check_hashable, check_objects, check_tokens, is_missing
from skseq._sklearn import validate_data

TOKEN_KINDS = ("tokens", "token lists", "text")
COMPARED = 500  # texts, to see what stands between tokens
_ASCII_WORD = re.compile(r"\w+|[^\w\s]")
_JOINERS = "\u200c\u200d\U0001f3fb-\U0001f3ff"  # zero-width ones; the skin tones of emoji
_CLOSING, _OPENING = frozenset(",.;:!?)]}%"), frozenset("([{")  # marks without a space before them, or behind them


def source_kind(X, *, source_type, analyzer, integers):
    """What X holds: "numbers", "tokens" (2-D), "token lists" (ragged) or "text"; ``integers`` may be tokens, or not."""
    if analyzer is not None:
        return "text"
    samples = as_samples(X) or []
    if any(isinstance(sample, str) for sample in samples) and all(map(is_text_or_missing, samples)):
        raise ValueError(
            "X holds strings, and nothing says how to split them into tokens. Expected a 2D array of tokens, token "
            "lists, or strings with the parameter analyzer: 'char', 'word', or a function from a string to a list of "
            f"tokens.{if_written(samples) or _if_recurring(samples)}"
        )
    if samples and isinstance(samples[0], bytes):
        raise ValueError(
            f"X holds bytes, such as {brief(samples[0])}, which are no text: {_read_from_bytes(samples, 'X')}."
        )
    refuse_lone_samples(samples, "X")
    if source_type == "numeric":
        return "numbers"
    X = with_columns(X, "X") if source_type == "tokens" else _with_columns_of_strings(X)
    samples, ragged = as_samples(X) or [], is_ragged(X)
    if source_type == "tokens":  # whatever the tokens are: numbers with fractions, too
        return "token lists" if ragged or holds_tuples(X) else "tokens"
    if ragged:
        return "token lists" if _hold_tokens(samples, integers) else "numbers"
    return "tokens" if _looks_like_tokens(X, integers) else "numbers"


def _read_from_bytes(samples, argument, *, may_be_sound=True):
    """What makes text of bytes, or numbers of those that are no text in UTF-8."""
    some = [sample for sample in samples[:COMPARED] if isinstance(sample, bytes)]
    if all(map(_is_encoded, some)):
        return f"decode them, [x.decode() for x in {argument}]"
    sound = f"if they are sound of 16 bits, pass [np.frombuffer(x, '<i2') / 32768 for x in {argument}]; "
    sound = sound if may_be_sound and not any(len(sample) % 2 for sample in some) else ""
    return f"{sound}if they are text, name its encoding, as in [x.decode('latin-1') for x in {argument}]"


def _is_encoded(sample):
    try:
        return "\0" not in sample.decode()  # small numbers of 16 bits have a byte of 0
    except UnicodeDecodeError:
        return False


def may_be_tokens(X):
    """Whether X, which cannot be read as numbers, holds strings: texts or tokens."""
    X = _with_columns_of_strings(X)
    samples = as_samples(X) or ()
    if any(isinstance(sample, str) for sample in samples):
        return True
    return _hold_tokens(samples, integers=False) if is_ragged(X) else _looks_like_tokens(X, integers=False)


def _with_columns_of_strings(X):
    """X, with lists in the place of its frames if all have one column and hold strings; else as it is."""
    columns = with_lone_columns(X, "X")
    return columns if columns is not X and _are_tokens(flat_tokens(columns), integers=False) else X


def if_written(texts, rows="X", *, measured=True):
    """What to do with texts that are lists, or several numbers each; ``rows`` is code that gives them one by one.

    Targets of tokens are not ``measured``: no numbers are advised of these.
    """
    texts = [text for text in texts if isinstance(text, str)]
    if are_written_lists(texts):
        return f" {brief(texts[0])} looks like a list: pass a list of what {reader_of(texts)} gives for each."
    if measured and texts and (code := reader_of_joined(texts)):
        return f" {brief(texts[0])} looks like numbers: pass [{code} for x in {rows}]."
    return ""


def _if_recurring(texts):
    """What to do with strings of which few are distinct, as the names of events are."""
    if len(texts) < MANY or len(set(map(str, texts))) > FEW_NAMES * len(texts):
        return ""
    return " If they are the events of one stream, it is one sequence: pass [X]."


def warn_if_lists_are_split(X, analyzer, argument, parameter="analyzer"):
    """Warn where the texts that an analyzer of skseq splits are lists or numbers; a function may well read them.

    No function is advised to split as "word" does: patterns of Python have no class of combining marks.

    Returns whether it did.
    """
    texts = as_samples(X) or column_cells(X)
    rows, measured = rows_of(X, "text", argument), parameter == "analyzer"
    if not isinstance(analyzer, str) or not (looks := if_written(texts, rows, measured=measured)):
        return False
    warn_caller(
        f"{argument} holds strings that {parameter}={analyzer!r} splits, marks and all.{looks} Set {parameter}=None "
        "for these. Where texts are meant, leave this warning out by warnings.filterwarnings('ignore', message="
        f"'{argument} holds strings that {parameter}').",
        UserWarning,
    )
    return True


def is_text_or_missing(sample):
    """Whether a sample is a string, or no value at all."""
    return isinstance(sample, str) or (not is_sequence(sample) and is_missing(sample))


def holds_tuples(X):
    """Whether tokens of a list of lists are themselves sequences, which an array would take apart."""
    listed = isinstance(X, (list, tuple)) and all(map(is_sequence, X))
    return listed and any(isinstance(token, tuple) for token in flat_tokens(X))


def flat_tokens(samples):
    """All tokens of all samples, as plain Python values."""
    plain = (sample.tolist() if hasattr(sample, "tolist") else sample for sample in samples)  # NumPy's to Python's
    return list(chain.from_iterable(plain))


def _hold_tokens(samples, integers):
    """Whether the samples hold strings, or integers only; arrays say so by their type."""
    if any(getattr(sample, "ndim", 1) > 1 for sample in samples):  # (n_timesteps, n_features), data frames included
        return False
    if any(getattr(getattr(sample, "dtype", None), "kind", "") in ("f", "c", "b") for sample in samples):
        return False
    return _are_tokens(flat_tokens(samples), integers)


def _are_tokens(tokens, integers):
    """Whether there are strings among them and no floats, or all are integers; truth values are measurements."""
    kinds = {type(token) for token in tokens}
    if any(issubclass(kind, str) for kind in kinds):  # NaN is a token that is missing
        return not any(isinstance(token, (float, np.floating)) and token == token for token in tokens)
    return bool(kinds) and integers and all(issubclass(kind, Integral) and kind is not bool for kind in kinds)


def _looks_like_tokens(X, integers):
    """Whether a 2-D X holds strings, or integers only."""
    if hasattr(X, "toarray"):  # sparse containers
        return False
    try:
        array = np.asarray(keep_types(X))
    except ValueError:  # scikit-learn says what is wrong with it
        return False
    kinds = "iuUST" if integers else "UST"
    if array.ndim != 2:  # of 1-D tokens, reading says what is wrong
        return array.ndim < 2 and array.dtype.kind in kinds
    return _are_tokens(array.ravel().tolist(), integers) if array.dtype == object else array.dtype.kind in kinds


def read_tokens(estimator, X, kind, *, reset, analyzer=None, argument="X"):
    """(flat tokens, lengths): tokens of all samples one after another, and (n,) lengths or the (n, t) of equal ones.

    Sets or checks ``n_features_in_`` where X has columns.
    """
    X = plain(X, argument)
    samples = as_samples(X) or ()
    refuse_lone_samples(samples, argument)
    check_times_ascend(samples, argument)
    with naming_tokens(X, argument):
        return _read_tokens(estimator, with_columns(X, argument), kind, reset, analyzer, argument)


def _read_tokens(estimator, X, kind, reset, analyzer, argument):
    if kind == "text":
        samples = analyzed(X, analyzer, argument, is_first=reset)
    elif not reset and (text := _first_text(X, known := getattr(estimator, "vocabulary_", ()))) is not None:
        index, found = text
        raise ValueError(
            f"{argument}[{index}] is a text, {brief(found, 80)}, but {type(estimator).__name__} was fitted on lists of "
            f"tokens: pass lists of them here, {_as_lists(found, known, argument)}."
        )
    elif kind == "token lists" or is_ragged(X, None if reset else estimator.n_features_in_):
        samples = as_samples(X)
    else:
        if isinstance(X, (list, tuple)):
            _check_one_dimensional(X, argument)
        X = check_objects(keep_types(X), argument)
        if getattr(X, "ndim", 2) > 2:
            raise ValueError(
                f"{argument} has the shape {X.shape}, but tokens are one per timestep: pass an array (n_samples, "
                f"n_timesteps), or a list of token lists.{as_tuples(argument)}"
            )
        tokens = validate_data(estimator, X, dtype=None, reset=reset)
        if tokens.dtype == object:
            check_hashable(tokens.ravel().tolist(), argument)
        return tokens.ravel(), tokens.shape
    if reset:
        for name in ("n_features_in_", "feature_names_in_"):  # of an earlier fit on columns
            vars(estimator).pop(name, None)
    if samples is None or any(isinstance(sample, (str, bytes)) or not hasattr(sample, "__len__") for sample in samples):
        X = keep_types(X)  # token lists may come as an array, too
        samples = list(check_array(X, dtype=None, input_name=argument))
    if not samples:
        raise ValueError(f"{argument} holds no sample: found array with 0 sample(s), while a minimum of 1 is required.")
    lengths = check_lengths(samples, argument=argument)
    tokens = flat_tokens(samples)
    check_tokens(tokens, argument, lengths=lengths)
    return tokens, lengths


def how_split(X, analyzer, argument, index, n_labels):
    """What an analyzer made of one text of X, and what else may be meant, for an error about its number of labels."""
    text = (as_samples(X) or column_cells(X))[index]
    (tokens,) = analyzed([text], analyzer, argument)
    remedy = "Set another analyzer"
    if len(text.split()) == n_labels:
        remedy = "Set analyzer=str.split to split at spaces alone"
    elif len(text) == n_labels:
        remedy = "Set analyzer='char' to split into characters"
    return f" analyzer={analyzer!r} makes {brief(tokens, 200)} of {argument}[{index}]. {remedy}, or pass token lists."


def _first_text(X, vocabulary):
    """(index, string) of the first text, if X holds nothing but strings; else None.

    Texts are no tokens of the vocabulary, and have several words, or are more of the strings than those that are.
    """
    samples = as_samples(X) or ()
    if not all(isinstance(sample, str) for sample in samples):
        return None
    others = [(index, text) for index, text in enumerate(samples) if text not in vocabulary]
    texts = [other for other in others if len(other[1].split()) > 1]
    mostly = vocabulary and len(others) > len(samples) / 2
    return next(iter(texts or (others if mostly else ())), None)


def _as_lists(text, vocabulary, argument):
    """How texts become lists of the tokens of a vocabulary."""
    if len(text.split()) > 1:
        return f"such as [text.split() for text in {argument}]"
    if all(isinstance(token, str) and len(token) == 1 for token in vocabulary):
        return f"such as [list(text) for text in {argument}]"
    by_function = f"[split(text) for text in {argument}] with the function that split those of fit"
    return f"{by_function}, or [{argument}] if it is one list of tokens"


def _check_one_dimensional(samples, argument):
    """Raise ValueError if a sample has features: NumPy would make a token of a single one, a list of several."""
    for index, sample in enumerate(samples):
        if getattr(sample, "ndim", 1) > 1:
            raise ValueError(
                f"{argument}[{index}] has the shape {np.shape(sample)}, but tokens are one per timestep: pass a list "
                f"or 1-D array of them for each sample.{as_tuples(argument)}"
            )


def token_labels(estimator, X, kind, *, analyzer=None):
    """The tokens of X as a fitted estimator reads them, as strings: one list per sample."""
    tokens, lengths = read_tokens(estimator, X, kind, reset=False, analyzer=analyzer)
    if isinstance(lengths, tuple):
        n_samples, n_timesteps = lengths
        lengths = [n_timesteps] * n_samples
    labels = map(str, tokens)  # an iterator: every sample takes its own from it
    return [list(islice(labels, length)) for length in lengths]


def _split(text, analyzer, parameter, place):
    """Tokens of a text, which stands at this place."""
    try:
        tokens = splitter(analyzer)(text)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{parameter}={analyzer!r} cannot split {place} = {text!r}: {error}") from error
    if not isinstance(tokens, Iterable):
        raise ValueError(f"{parameter}={analyzer!r} must give a list of tokens for every string. It gave {tokens!r}.")
    if isinstance(tokens, (set, frozenset)):  # views and keys of a dict have the order of the text
        raise ValueError(
            f"{parameter}={analyzer!r} gave a {type(tokens).__name__} for {place} = {brief(text)}, which has no order: "
            "that of its strings differs from process to process. Return a list, such as list(dict.fromkeys(tokens)) "
            "for each token once."
        )
    return list(tokens)


def splitter(analyzer):
    """The function from a string to its tokens: characters, words and punctuation marks, or a function of one's own."""
    return {"char": list, "word": _words}.get(analyzer, analyzer)  # any other is the function itself


def _words(text):
    """Words and punctuation marks, each with the combining marks after it."""
    return (_ASCII_WORD if text.isascii() else _any_word()).findall(text)


@cache
def _any_word():
    r"""The pattern of `_ASCII_WORD` for all texts: \w has no combining marks, which stand within words."""
    joined = f"[{_marks()}{_JOINERS}]"  # to what stands before them
    return re.compile(rf"\w(?:\w|{joined})*|[^\w\s](?:{joined}|(?<=\u200d)[^\w\s])*")  # U+200D joins what follows, too


def _marks():
    """Ranges of all combining marks, for a class of characters."""
    marks = (code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith("M"))
    runs = groupby(enumerate(marks), lambda pair: pair[1] - pair[0])  # in a run both grow by 1
    codes = ([code for _, code in run] for _, run in runs)
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in codes)


def between_tokens(X, tokens, lengths, analyzer):
    """What stands between the tokens of a function: nothing, if that restores more texts of X than a space does.

    ``tokens`` (n_tokens,) and ``lengths`` (n,) are what it made of them.
    """
    if not callable(analyzer):
        return " "  # `joined` knows better
    pairs = [(text, list(map(str, own))) for text, own in zip(*some_texts(X, tokens, lengths))]
    restored = {join: sum(join.join(own) == text for text, own in pairs) for join in (" ", "")}
    return max(restored, key=restored.get)  # of equal ones the space


def some_texts(X, tokens, lengths):
    """The first `COMPARED` texts of X, and the token lists that were made of them."""
    ends = np.cumsum(lengths[:COMPARED])
    samples = [tokens[end - length : end] for end, length in zip(ends, lengths)]
    return (as_samples(X) or column_cells(X))[:COMPARED], samples


def joined(tokens, *, analyzer, join, between=" "):
    """A text of the tokens of an analyzer: ``join`` makes it of their list, or stands between them.

    If it is None, nothing stands between characters, one space between words, but not beside all punctuation, and
    ``between`` stands between the tokens of a function.
    """
    if callable(join):
        return join(tokens)
    if join is None and analyzer == "word":
        return _spaced(tokens)
    if join is None:
        join = "" if analyzer == "char" else between
    return join.join(map(str, tokens))


def _spaced(words):
    words = list(map(str, words))
    spaces = ("" if word in _CLOSING or last[-1:] in _OPENING else " " for last, word in pairwise(words))
    return "".join(space + word for space, word in zip(chain([""], spaces), words))


def _strings_within(X):
    """The strings of a table, or of lists, that hold nothing else; else an empty list."""
    samples = as_samples(X)
    if samples is None:
        cells = np.asarray(X).ravel().tolist()
    elif all(is_sequence(sample) and not hasattr(sample, "columns") for sample in samples):
        cells = flat_tokens(samples)
    else:
        cells = []
    return cells if all(isinstance(cell, str) for cell in cells) else []


def _of_strings(X, strings, argument, parameter, analyzer, without):
    """What to do with a table or lists of strings in the place of texts; ``without`` begins what sets no analyzer."""
    samples = as_samples(X)
    rows = f"{argument}.to_numpy()" if hasattr(X, "to_numpy") and samples is None else argument
    join = _joining(np.asarray(X).tolist() if samples is None else samples, strings, analyzer)
    joined = f"Join the strings of each sample to one text, [{join!r}.join(x) for x in {rows}]"
    in_columns = samples is None and any(len(string.split()) > 1 for string in strings)
    if parameter == "analyzer" and (two := _text_and_label(X, argument)):
        joined += f", or pass {two}"
    if parameter == "target_analyzer" and samples is not None:
        joined += (
            f". If they are several right answers, choose one, [x[0] for x in {argument}], or repeat the sample for "
            f"each: [x for x, own in zip(X, {argument}) for _ in own] and [text for own in {argument} for text in own]"
        )
    if parameter == "analyzer" and in_columns:
        joined += ", or read each column by a SequenceEncoder of its own, in a ColumnTransformer"
    elif parameter == "analyzer" and sentences(strings):
        return f"{joined}. Or, to read one text per timestep, {without} and {as_vectors(argument)}"
    return f"{joined}. Or {without} where each string is one token"


def _text_and_label(X, argument):
    """The column of texts of a frame with two, and what generated texts depend on; "" of other X."""
    if library_of(X) not in ("pandas", "polars") or len(set(getattr(X, "columns", ()))) != 2:
        return ""
    label, text = sorted(X.columns, key=lambda name: len(set(X[name])))
    if len(set(X[label])) == len(set(X[text])):
        return ""
    of_y = argument.replace("X", "y", 1)
    return f"the texts alone, {argument}[{text!r}], and to a SequenceGenerator also {of_y}={argument}[{label!r}]"


def _joining(rows, strings, analyzer):
    """What to put between the strings of each row: nothing, if the analyzer makes more rows again so."""
    if analyzer == "char":
        return "" if sum(len(string) == 1 for string in strings) > len(strings) / 2 else " "
    made = {join: sum(_makes(analyzer, join.join(row), row) for row in rows[:COMPARED]) for join in (" ", "")}
    return max(made, key=made.get)  # of equal ones the space


def _makes(analyzer, text, tokens):
    """Whether an analyzer makes these tokens of a text, on which a function may fail."""
    try:
        return list(splitter(analyzer)(text)) == list(tokens)
    except Exception:
        return False


def _column_of_text(X):
    """The name of the one column of a frame that holds strings, beside others; else None."""
    if library_of(X) not in ("pandas", "polars") or not hasattr(X, "columns") or len(set(X.columns)) < len(X.columns):
        return None
    texts = columns_of(X, str)
    return texts[0] if len(texts) == 1 < len(X.columns) else None


def _got_no_texts(X, wrong, argument, parameter, analyzer, is_first):
    """What came in place of texts, and what to do; ``wrong`` is the first (index, element) that is none, or None."""
    if isinstance(X, str):
        return f"one string: pass a list of it, [{argument}]"
    without = f"{'set' if is_first else 'fit again with'} {parameter}=None"
    if strings := _strings_within(X):
        remedy = _of_strings(X, strings, argument, parameter, analyzer, without)
    else:
        then = "Set" if is_first else "Pass strings here, or fit again with"
        remedy = f"{then} {parameter}=None for tokens and numbers"
    if not is_first:
        remedy = f"{parameter} is read in fit, and the last fit had {analyzer!r}. {remedy}"
    if wrong is None and (name := _column_of_text(X)) is not None:
        return f"{type(X).__name__} of shape {X.shape}. Pass {argument}[{name!r}], or {with_all_columns(name)}"
    if wrong is None:
        return f"{type(X).__name__} of shape {np.shape(X)}. {remedy}"
    index, element = wrong
    if is_missing(element):
        remedy = "It is missing: leave it out, or put a text in its place"
    elif isinstance(element, bytes):
        advice = _read_from_bytes([element], argument, may_be_sound=False)
        remedy = advice[0].upper() + advice[1:]
    elif hasattr(element, "seq"):  # a record of Biopython
        return f"a {type(element).__name__} as {argument}[{index}]: pass [str(x.seq) for x in {argument}]"
    elif _prints_as_text(element):
        return f"a {type(element).__name__} as {argument}[{index}]: pass [str(x) for x in {argument}]"
    elif _is_one_value(element):
        remedy = f"Pass [{'x.isoformat()' if hasattr(element, 'isoformat') else 'str(x)'} for x in {argument}]"
        if parameter == "target_analyzer" and is_first:
            remedy += f", or set {parameter}=None if each is one of a few classes"
    return f"an element of type {type(element).__name__}, {argument}[{index}] = {brief(element)}. {remedy}"


def _is_one_value(element):
    """Whether an element is a number or a date."""
    return isinstance(element, (Number, np.datetime64)) or hasattr(element, "isoformat")


def _prints_as_text(element):
    """Whether an element prints as the letters that it holds do, as `UserString` and the Seq of Biopython."""
    if not hasattr(element, "__len__") or len(str(element)) != len(element):
        return False
    return str(element) == "".join(map(str, element))


def analyzed(X, analyzer, argument, *, parameter="analyzer", may_be_empty=False, is_first=True):
    """Token lists from strings: characters, words and punctuation marks, or what a function makes of each.

    ``parameter`` is what errors call the analyzer, and ``is_first`` whether it can still be set, as in fit.
    """
    samples = as_samples(X)
    texts = column_cells(X) if samples is None else samples  # None for a string alone
    elements = X if texts is None and np.ndim(X) == 1 else texts or []  # numbers and dates may be in an array
    others = [(index, element) for index, element in enumerate(elements) if not isinstance(element, str)]
    wrong = next((other for other in others if is_missing(other[1])), others[0] if others else None)
    if texts is None or wrong is not None:
        raise ValueError(
            f"{parameter}={analyzer!r} splits text, so {argument} must be a list, Series or 1-D array of strings. Got "
            f"{_got_no_texts(X, wrong, argument, parameter, analyzer, is_first)}."
        )
    samples = [_split(text, analyzer, parameter, f"{argument}[{index}]") for index, text in enumerate(texts)]
    for index, (text, tokens) in enumerate(zip(texts, samples)):
        if not tokens and not may_be_empty:
            raise ValueError(
                f"{argument}[{index}] = {text!r} has no tokens under {parameter}={analyzer!r}: remove such samples, or "
                "use an analyzer that gives each at least one token."
            )
    return samples
