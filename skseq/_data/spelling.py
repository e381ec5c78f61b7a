"""Tokens that differ from those of fit only by case or by their form in Unicode: what makes them one."""

import unicodedata

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
        elif (joined := next((own for own in strings if _holds_mark(own, token)), None)) is not None:
            what, code = f"{token!a} is a combining mark, which {joined!r:.80} of fit holds in one character", _FORM
        else:
            continue
        return f" {what}: {_made_one(code, kind, analyzer, argument)}."
    return ""


def _folded(token):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", token).lower())


def _holds_mark(token, mark):
    """Whether the decomposed form of a token holds a mark that the token itself does not."""
    return (
        bool(unicodedata.combining(mark[:1] or " "))
        and mark in unicodedata.normalize("NFD", token)
        and mark not in token
    )


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
