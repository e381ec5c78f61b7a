"""Texts of a file in UTF-8 that was read in another encoding, so that each letter with an accent became two signs."""

from skseq._arguments import brief

ENCODINGS = "latin1", "cp1252"  # what such files are read in by mistake
SEVERAL = 2  # texts: one may be so meant
HALF = 0.5  # of the texts beyond ASCII
LOOKED_AT = 1_000  # of these, the first ones


def advice_on_encoding(texts, vocabulary, *, kind, rows):
    """What is wrong with texts, or with tokens, that were read in another encoding, and what to do; else nothing.

    They become texts with letters that the vocabulary has. ``rows`` is code that gives samples.
    """
    beyond = [text for text in dict.fromkeys(texts) if not (isinstance(text, str) and text.isascii())]
    some = [text for text in beyond[:LOOKED_AT] if isinstance(text, str)]
    known = set().union(*(token for token in vocabulary if isinstance(token, str)))
    found = {encoding: _mended(some, encoding, known) for encoding in ENCODINGS}
    encoding = max(found, key=lambda name: len(found[name]))
    if len(found[encoding]) < max(SEVERAL, HALF * len(some)):
        return ""
    text = min(found[encoding])
    looks = f"{brief(text)} looks like {brief(found[encoding][text])} in UTF-8 that was read as {encoding}"
    read = "read the file with encoding='utf-8'"
    if any(_written_in(text, encoding) is None for text in beyond):
        return f"{looks}: {read}"
    if kind == "text":
        return f"{looks}: pass [text.encode('{encoding}').decode('utf-8') for text in {rows}], or {read}"
    return f"{looks}: pass [[token.encode('{encoding}').decode('utf-8') for token in x] for x in {rows}], or {read}"


def _mended(texts, encoding, known):
    """{text: what was written} of those that hold letters, and characters that are known, once they are mended."""
    pairs = ((text, _written_in(text, encoding)) for text in texts)
    return {
        text: written
        for text, written in pairs
        if written is not None and known & (set(written) - set(text)) and any(map(str.isalpha, written))
    }


def _written_in(text, encoding):
    """The UTF-8 that was read in an encoding, or None."""
    try:
        return text.encode(encoding).decode("utf-8")
    except (AttributeError, UnicodeError):  # a number is no text
        return None
