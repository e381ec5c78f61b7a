"""How texts are split into tokens, and made of them again."""

import re
import sys
import unicodedata
from functools import cache
from itertools import chain, groupby, pairwise

import numpy as np

from skseq._data.sequences import as_samples, column_cells

COMPARED = 500  # texts, to see what stands between tokens
_ASCII_WORD = re.compile(r"\w+|[^\w\s]")
_JOINERS = "\u200c\u200d\U0001f3fb-\U0001f3ff"  # zero-width ones; the skin tones of emoji
_CLOSING, _OPENING = frozenset(",.;:!?)]}%"), frozenset("([{")  # marks without a space before them, or behind them


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
