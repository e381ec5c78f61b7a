"""Texts whose words `analyzer="word"` cuts inside, such as names of notes: samples have spaces there."""

import re
from itertools import islice

from skseq._callers import warn_caller
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, column_cells
from skseq._data.tokens import joined, splitter

MANY = 0.1  # of the words: prose has fewer, such as addresses
LOOKED_AT = 100_000  # words
_CUT = re.compile(r"\w(?:[#\u266d\u266f+=/&|^~<>@\\]|-(?=\d))")  # marks behind a letter that prose hardly has there


def warn_if_words_are_cut(X, argument):
    """Warn where many words of texts come back with spaces inside."""
    X = plain(X, argument)
    texts = [X] if isinstance(X, str) else as_samples(X) or column_cells(X)
    words = list(islice((word for text in texts for word in text.split()), LOOKED_AT))
    cut = [word for word in words if _CUT.search(word)]
    if len(cut) <= MANY * len(words):
        return
    tokens = splitter("word")(cut[0])
    share, written = len(cut) / len(words), joined(tokens, analyzer="word", join=None)
    warn_caller(
        f"analyzer='word' cuts {share:.0%} of the words in {argument} inside, such as {cut[0]!r:.40} into "
        f"{', '.join(map(repr, tokens)):.80}, so that samples hold {written!r:.80}. If all between spaces is one "
        "token, such as the name of a note, set analyzer=str.split. Where this is meant, leave this warning out by "
        "warnings.filterwarnings('ignore', message=\"analyzer='word' cuts\").",
        UserWarning,
    )
