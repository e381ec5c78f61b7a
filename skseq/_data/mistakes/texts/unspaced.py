"""Texts without spaces, as of Chinese, Japanese or Thai, of which analyzer="word" makes one long word each."""

import re
from collections import Counter

from skseq._arguments import brief
from skseq._callers import warn_caller

FEW = 20  # texts: fewer may well be distinct words
NEARLY_ALL = 0.95  # of the texts
MOSTLY = 0.5  # of the words
_LONG = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{5,}")  # most words are shorter


def warn_if_unspaced(texts, words, argument):
    """Warn where texts have no spaces, and most of the ``words`` that "word" makes of them occur once.

    Names and categories that recur are left alone. Returns whether it did.
    """
    if len(texts) < FEW or not _have_no_spaces(texts):
        return False
    counts = Counter(word for word in words if word[0].isalnum())
    once = [word for word, n in counts.items() if n == 1]
    if len(once) <= MOSTLY * counts.total():
        return False
    warn_caller(
        f"{len(once)} of the {counts.total()} words that analyzer='word' makes of {argument} occur once, such as "
        f"{brief(once[0])}, as texts have no spaces: new texts will hold others, of which nothing is learnt. Set "
        "analyzer='char' to read texts letter by letter."
    )
    return True


def advice_on_unspaced(unknown, texts, analyzer):
    """The end of an error about unknown words, most of which are whole sentences of such a script; else nothing."""
    n_long = sum(_LONG.search(word) is not None for word in unknown) if analyzer == "word" else 0
    if n_long <= MOSTLY * len(unknown) or not _have_no_spaces(texts):
        return ""
    return " Texts have no spaces, so that analyzer='word' hardly splits them: fit with analyzer='char'."


def _have_no_spaces(texts):
    return sum(len(text.split()) == 1 for text in texts) >= NEARLY_ALL * len(texts)
