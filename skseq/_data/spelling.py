"""Tokens that differ only by case or by their form in Unicode: what makes them one."""

import unicodedata
from collections import Counter
from itertools import accumulate, pairwise

from skseq._callers import warn_caller

LOOKED_AT = 50_000  # words of texts
ENOUGH_WORDS = 100
LETTERS = 3  # of a word: shorter ones may be symbols, such as C and c in SMILES
OTHER_CASE = 0.1  # of the words within sentences: 0.05 in headings, less in prose

_FORM = "unicodedata.normalize('NFC', {})"


def advice_on_spelling(tokens, vocabulary, *, kind, analyzer, argument):
    """The end of an error about unknown tokens, if one differs from a known one only by its spelling; else nothing.

    ``kind`` is "text", "tokens" or "token lists", ``analyzer`` what splits text.
    """
    unknown = [token for token in tokens if isinstance(token, str)]
    strings = [token for token in vocabulary if isinstance(token, str)] if unknown else []
    known = {_folded(token): token for token in strings}
    for token in unknown:
        if (same := known.get(_folded(token))) is not None:
            what, code = _difference(token, same)
            what = f"{token!r:.80} differs from {same!r:.80} of fit only by {what}"
        elif (joined := _holder(strings, token)) is not None:
            what, code = f"{token!a} is a combining mark, which {joined!r:.80} of fit holds in one character", _FORM
        else:
            continue
        return f" {what}: {_made_one(code, kind, analyzer, argument)}."
    return ""


def warn_if_case_splits(words, lengths, argument):
    """Warn where many words of texts are written now with capitals and now without, but not to begin a sentence.

    ``words`` (n_words,) and ``lengths`` of texts are those that analyzer="word" makes.
    """
    words = words[:LOOKED_AT]
    starts = {0, *accumulate(lengths.tolist())}
    inside = [w for index, (before, w) in enumerate(pairwise(words), 1) if before.isalnum() and index not in starts]
    usual = {}
    for word, _ in Counter(inside).most_common():
        usual.setdefault(word.lower(), word)
    others = Counter(w for w in inside if w.isalpha() and len(w) >= LETTERS and usual[w.lower()] != w)
    if len(inside) < ENOUGH_WORDS or others.total() <= OTHER_CASE * len(inside):
        return
    word = others.most_common(1)[0][0]
    warn_caller(
        f"{others.total() / len(inside):.0%} of the words in {argument} differ only by case from a word that is more "
        f"frequent, such as {word!r:.40} from {usual[word.lower()]!r:.40}, and each spelling is a token of its own, of "
        f"which less is learnt. If case tells nothing, {_made_one('{}.lower()', 'text', 'word', argument)}. A function "
        "as analyzer that keeps the case is not warned of.",
        UserWarning,
    )


def _folded(token):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", token).lower())


def _holder(tokens, mark):
    """The first token whose decomposed form holds a combining mark that the token itself does not, or None."""
    if not unicodedata.combining(mark[:1] or " "):
        return None
    return next((own for own in tokens if mark in unicodedata.normalize("NFD", own) and mark not in own), None)


def _difference(token, same):
    """What two strings differ by, and the code that makes them one."""
    forms = f"({token!a:.80} for {same!a:.80})"
    if unicodedata.normalize("NFC", token) == unicodedata.normalize("NFC", same):
        return f"its form in Unicode {forms}", _FORM
    if token.lower() == same.lower():
        return "case", "{}.lower()"
    return f"case and its form in Unicode {forms}", _FORM + ".lower()"


def _made_one(code, kind, analyzer, argument):
    """What makes tokens one, with the code for a single string."""
    if kind != "text":
        return f"pass [[{code.format('token')} for token in x] for x in {argument}], in fit, too"
    text = code.format("text")
    if callable(analyzer):
        return f"let the analyzer split {text}, in fit, too"
    name, split = {"char": ("letters", f"list({text})"), "word": ("words", rf"re.findall(r'\w+|[^\w\s]', {text})")}[
        analyzer
    ]
    return f"fit with analyzer={name}, where def {name}(text): return {split}"
