"""What to do where texts are wanted and something else came, or lists and numbers in the form of texts."""

from numbers import Number

import numpy as np

from skseq._arguments import brief, is_frame, library_of
from skseq._callers import warn_caller
from skseq._data.checks import columns_of, with_all_columns
from skseq._data.mistakes.texts.joined_numbers import reader_of_joined
from skseq._data.mistakes.texts.likely_texts import are_written_lists, as_vectors, reader_of, sentences
from skseq._data.mistakes.texts.spelling import rows_of
from skseq._data.plain import flat_tokens
from skseq._data.sequences import as_samples, column_cells, is_sequence
from skseq._data.tokens.analyzers import COMPARED, splitter
from skseq._data.tokens.vocabulary import is_missing


def read_from_bytes(samples, argument, *, may_be_sound=True):
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
        f"'{argument} holds strings that {parameter}')."
    )
    return True


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
    if not is_frame(X) or len(set(X.columns)) < len(X.columns):
        return None
    texts = columns_of(X, str)
    return texts[0] if len(texts) == 1 < len(X.columns) else None


def got_no_texts(X, wrong, argument, parameter, analyzer, is_first):
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
        return f"{type(X).__name__} of shape {X.shape}. Pass {argument}[{name!r}], or {with_all_columns([name])}"
    if wrong is None:
        return f"{type(X).__name__} of shape {np.shape(X)}. {remedy}"
    index, element = wrong
    if is_missing(element):
        remedy = "It is missing: leave it out, or put a text in its place"
    elif isinstance(element, bytes):
        advice = read_from_bytes([element], argument, may_be_sound=False)
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
