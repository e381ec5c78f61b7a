"""Texts whose words `analyzer="word"` cuts inside, such as names of notes: samples have spaces there."""

import re
from itertools import islice

from skseq._callers import warn_caller
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, column_cells
from skseq._data.tokens.analyzers import joined, splitter

MANY = 0.1  # of the words: prose has fewer, such as addresses
LOOKED_AT = 100_000  # words
MOSTLY, FEW_WORDS, FEW = 0.5, 4, 3  # of words or texts, words of a name, and texts: sentences have hyphens, too
_CUT = re.compile(r"\w(?:[#\u266d\u266f+=/&|^~<>@\\]|-(?=\d))")  # marks behind a letter that prose hardly has there
_WITHIN = re.compile(r"\w[:;,.](?=\w)")  # and marks that numbers and times of prose have
_JOINED = re.compile(r"\w['\u2019\u2010-]\w")  # parts of a name
_WHOLE_WORDS = "If all between spaces is one token, such as the name of a note, set analyzer=str.split."
_AS_THEY_ARE = (
    "To write names as they are, set analyzer='char', or analyzer=functools.partial(re.findall, r'\\w+|\\W') with "
    "join=''."
)


def warn_if_words_are_cut(X):
    """Warn where many words of texts come back with spaces inside."""
    X = plain(X, "X")
    texts = [X] if isinstance(X, str) else as_samples(X) or column_cells(X)
    words = list(islice((word for text in texts for word in text.split()), LOOKED_AT))
    for least, pattern in ((MANY, _CUT), (MOSTLY, _WITHIN)):
        cut = [word for word in words if pattern.search(word)]
        if len(cut) > least * len(words):
            _warn(cut, len(words), "words in X", _WHOLE_WORDS)
            return
    names = [text for text in texts if len(text.split()) <= FEW_WORDS and _JOINED.search(text)]
    if len(names) > MOSTLY * len(texts) and len(names) >= FEW:
        _warn(names, len(texts), "texts in X", _AS_THEY_ARE)


def _warn(cut, n_all, what, remedy):
    """Warn of so many that are cut, of all."""
    tokens = splitter("word")(cut[0])
    share, written = len(cut) / n_all, joined(tokens, analyzer="word", join=None)
    warn_caller(
        f"analyzer='word' cuts {share:.0%} of the {what} inside, such as {cut[0]!r:.40} into "
        f"{', '.join(map(repr, tokens)):.80}, so that samples hold {written!r:.80}. {remedy} Where this is meant, "
        "leave this warning out by warnings.filterwarnings('ignore', message=\"analyzer='word' cuts\")."
    )
