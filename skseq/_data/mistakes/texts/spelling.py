"""Tokens that differ only by case, by their form in Unicode or by their type: what makes them one."""

import unicodedata
from collections import Counter
from functools import partial
from itertools import accumulate, pairwise

import numpy as np

from skseq._callers import warn_caller, warn_caller_once
from skseq._data.mistakes.texts.misread_files import advice_on_encoding
from skseq._data.mistakes.texts.token_types import twins

LOOKED_AT = 50_000  # words of texts
ENOUGH_WORDS = 100
LETTERS = 3  # of a word: shorter ones may be symbols, such as C and c in SMILES
SYMBOLS = 3  # letters in both cases, without spaces: then case tells symbols apart
OTHER_CASE = 0.1  # of the words within sentences: 0.05 in headings, less in prose

MIXED, FEW_TEXTS = 0.01, 3  # share of texts, and how many at least: fewer may be odd
SHOWN = 10  # control characters
JOINERS = "\u200c\u200d"  # which belong to the spelling of words, and to emoji
JAMO = frozenset(map(chr, range(0x1100, 0x1200)))  # parts of Korean syllables, which are no marks
FORMS_LOOKED_AT = 10_000  # texts that are read, spread over all: files often come one after another
OTHER_FORM = 0.01  # of the tokens: a stray mark or two are less
ENOUGH_TOKENS, A_FEW = 20, 5  # that are looked at, and that are spelt otherwise: of fewer it may be chance

_FORM = "unicodedata.normalize('NFC', {})"
_PLAIN_FORM = "unicodedata.normalize('NFKC', {})"
LOWER, STRIP = "{}.lower()", "{}.strip()"
_STRING = "str({})"
TYPOGRAPHIC = {  # signs that NFKC leaves as they are
    **dict.fromkeys("\u2018\u2019\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
}


def rows_of(X, kind, argument):
    """Code that gives the samples of X one by one: a frame gives names of columns, and a column rows of one text."""
    if not hasattr(X, "columns") and getattr(X, "ndim", 1) < 2:
        return argument
    array = f"{argument}.to_numpy()" if hasattr(X, "columns") else argument
    return array if kind == "tokens" else f"{array}.ravel()"


def advice_on_spelling(tokens, vocabulary, *, kind, analyzer, rows, texts=()):
    """The end of an error about unknown tokens, if one differs from a known one only by its spelling; else nothing.

    ``kind`` is "text", "tokens", "token lists" or "labels", one for each sample, ``analyzer`` what splits text,
    ``rows`` what `rows_of` gives, and ``texts`` are all texts, or all tokens.
    """
    if any(map(_is_beyond_ascii, tokens)) and (misread := advice_on_encoding(texts, vocabulary, kind=kind, rows=rows)):
        return f" {misread}."
    spelt = _spelt_otherwise(tokens, vocabulary, kind)
    for what, code in spelt.values():
        return f" {what}: {_made_one(code, kind, analyzer, rows)}."
    return ""


def warn_if_spelt_otherwise(unknown, n_tokens, form, argument, *, in_fit, kind, analyzer, rows, texts=()):
    """Warn where many of ``n_tokens`` are unknown, and differ from known ones only by their spelling.

    ``unknown`` is a Counter of unknown tokens, and ``in_fit`` their share in the fit of the `SourceForm`. Returns
    whether it warned.
    """
    most = max(OTHER_FORM * n_tokens, in_fit * n_tokens, A_FEW - 1)  # that may be so by chance
    if n_tokens < ENOUGH_TOKENS or unknown.total() <= most:  # first, as the vocabulary may be large
        return False

    def says():
        n_spelt = sum(n for token, n in unknown.items() if _is_beyond_ascii(token))
        said = advice_on_encoding(texts, form.vocabulary, kind=kind, rows=rows) if n_spelt > most else ""
        if not said:
            n_spelt, what, code = _mostly_spelt_otherwise(unknown, n_tokens, form.vocabulary, kind)
            said = f"{what}: {_made_one(code, kind, analyzer, rows)}"
        if n_spelt <= most:
            return ""
        return (
            f"{n_spelt} of the {n_tokens} tokens of {argument} are unknown because {argument} is spelt otherwise than "
            f"in fit, and are read as one and the same token. {said}."
        )

    return warn_caller_once(form, "spelling", says)


def _is_beyond_ascii(token):
    return isinstance(token, str) and not token.isascii()


def _mostly_spelt_otherwise(unknown, n_tokens, vocabulary, kind):
    """How many unknown tokens are only spelt otherwise, and what is unusual about the most frequent one and its code.

    Of prose some words are unknown with a capital alone, so that those count only where there are many.
    """
    spelt = _spelt_otherwise([token for token, _ in unknown.most_common()], vocabulary, kind)
    of_case = sum(unknown[token] for token, (_, code) in spelt.items() if code == LOWER)
    if of_case <= OTHER_CASE * n_tokens:
        spelt = {token: found for token, found in spelt.items() if found[1] != LOWER}
    return sum(unknown[token] for token in spelt), *next(iter(spelt.values()), ("", ""))


def warn_if_case_splits(words, lengths, argument):
    """Warn where many words of texts are written now with capitals and now without, but not to begin a sentence.

    ``words`` (n_words,) and ``lengths`` of texts are those that analyzer="word" makes. Returns whether it did.
    """
    words = words[:LOOKED_AT]
    starts = {0, *accumulate(lengths.tolist())}
    inside = [w for index, (before, w) in enumerate(pairwise(words), 1) if before.isalnum() and index not in starts]
    usual = {}
    for word, _ in Counter(inside).most_common():
        usual.setdefault(word.lower(), word)
    others = Counter(w for w in inside if w.isalpha() and len(w) >= LETTERS and usual[w.lower()] != w)
    if len(inside) < ENOUGH_WORDS or others.total() <= OTHER_CASE * len(inside):
        return False
    word = others.most_common(1)[0][0]
    warn_caller(
        f"{others.total() / len(inside):.0%} of the words in {argument} differ only by case from a word that is more "
        f"frequent, such as {word!r:.40} from {usual[word.lower()]!r:.40}, and each spelling is a token of its own, of "
        f"which less is learnt. If case tells nothing, pass [text.lower() for text in {argument}], later, "
        "too. A function as analyzer that keeps the case is not warned of."
    )
    return True


def warn_if_forms_mix(texts, argument):
    """Warn where some texts to be written hold a letter in one character that others hold in several."""
    _warn_of_forms(
        texts,
        argument,
        "Outputs have either by chance, which counts as wrong where the true one differs. Pass "
        f"[{_FORM.format('text')} for text in {argument}], in score, too",
    )


def warn_if_sources_mix_forms(tokens, lengths, vocabulary, argument, *, kind, analyzer, rows):
    """`warn_if_forms_mix` of tokens (n_tokens,) that are read, of samples of ``lengths``. Returns whether it warned."""
    if not any(_is_beyond_ascii(token) and any(map(_is_part, token)) for token in vocabulary):
        return False
    n_tokens = np.broadcast_to(lengths[1], lengths[0]) if isinstance(lengths, tuple) else lengths  # a table (n, t)
    ends = np.cumsum(n_tokens)
    some = range(0, len(ends), -(-len(ends) // FORMS_LOOKED_AT))
    texts = ["".join(map(str, tokens[ends[k] - n_tokens[k] : ends[k]])) for k in some]
    remedy = _made_one(_FORM, kind, analyzer, rows, when="later, too")
    says = f"Each form is read as tokens of its own, and of each less is learnt. {remedy[0].upper()}{remedy[1:]}"
    return _warn_of_forms(texts, argument, says)


def _warn_of_forms(texts, argument, then):
    """Warn where some texts have a letter in one character, and others in several: combining marks, or jamo."""
    letters = [(_composed(text), _composed(unicodedata.normalize("NFC", text))) for text in texts]
    both = set().union(*(own for own, _ in letters)) & set().union(*(whole - own for own, whole in letters))
    n_joined = sum(bool(own & both) for own, _ in letters)
    n_apart = sum(bool((whole - own) & both) for own, whole in letters)
    if min(n_joined, n_apart) < MIXED * len(texts) or min(n_joined, n_apart) < FEW_TEXTS:
        return False
    letter = min(both)
    apart = unicodedata.normalize("NFD", letter)
    warn_caller(
        f"{argument} holds letters in two forms of Unicode, such as {letter!a} and {apart!a} for {letter}: "
        f"{n_apart} of {len(texts)} texts have them in several characters, and {n_joined} in one. {then}."
    )
    return True


def _composed(text):
    """The letters of a text that have marks, or parts, of their own in a decomposed form."""
    return (
        set() if text.isascii() else {letter for letter in set(text) if unicodedata.normalize("NFD", letter) != letter}
    )


def _spelt_otherwise(tokens, vocabulary, kind):
    """{token: (what is unusual about it, code that changes it)} of those unknown tokens that are only spelt otherwise.

    They are in the order of ``tokens``.
    """
    of_type = {} if kind == "text" else twins(tokens, vocabulary)  # an analyzer decides on types itself
    strings = [token for token in vocabulary if isinstance(token, str)]
    of_spelling = _differences([token for token in tokens if isinstance(token, str)], strings)
    if _have_symbols(vocabulary):
        of_spelling = {token: own for token, own in of_spelling.items() if not _is_case_of_symbol(token, *own)}
    needless = [token for token in tokens if kind == "text" and _is_needless(token)]
    of_needless = _without(needless) if needless else None
    found = {}
    for token in tokens:
        if token in of_type:
            found[token] = f"{token!r:.80} differs from {of_type[token]!r:.80} of fit only by its type", _STRING
        elif not isinstance(token, str):
            continue
        elif token in of_spelling:
            found[token] = of_spelling[token]
        elif (joined := _holder(strings, token)) is not None:
            kind_of = "part of a syllable" if token[0] in JAMO else "a combining mark"
            found[token] = f"{token!a} is {kind_of}, which {joined!r:.80} of fit holds in one character", _FORM
        elif len(apart := unicodedata.normalize("NFD", token)) > len(token) and all(
            part in vocabulary for part in apart
        ):
            found[token] = f"{token!a} is {apart!a} of fit in one character", _FORM
        elif kind == "text" and (apart := _compatible_parts(token)) and all(part in vocabulary for part in apart):
            found[token] = f"{token!a} is {apart!a} of fit in one character", _PLAIN_FORM
        elif token in needless:
            found[token] = of_needless
    return found


def _have_symbols(vocabulary):
    """Whether single letters are tokens in both cases, as atoms are in SMILES, and not as in prose, with its spaces."""
    both = [token for token in vocabulary if isinstance(token, str) and len(token) == 1 and token.upper() != token]
    return " " not in vocabulary and sum(token.upper() in vocabulary for token in both) >= SYMBOLS


def _is_case_of_symbol(token, _, code):
    """Whether a token that ``code`` makes a known one by its case is too short for a word."""
    return code.endswith(LOWER.format("")) and sum(map(str.isalpha, token)) < LETTERS


def _is_needless(token):
    """Whether a token of a text is white space, a byte order mark or another control character."""
    if not isinstance(token, str) or token.isspace():
        return isinstance(token, str)
    return len(token) == 1 and unicodedata.category(token) in ("Cc", "Cf") and token not in JOINERS


def _without(needless):
    """What is unusual about such tokens, and the code that takes all of them out of a text."""
    controls = "".join(token for token in needless if not token.isspace())
    code = f"{{}}.translate(dict.fromkeys(map(ord, {controls!a})))" if controls else "{}"
    if any(map(str.isspace, needless)):
        between = "" if " " in needless else " "  # fit had none
        code = f"{between!r}.join({code}.split())"
    shown = ", ".join(map(ascii, needless[:SHOWN])) + (", ..." if len(needless) > SHOWN else "")
    are = "is no letter or sign, and no text of fit has it"
    if len(needless) > 1:
        are = "are no letters or signs, and no text of fit has them"
    return f"{shown} {are}", code


def _holder(tokens, mark):
    """The first token whose decomposed form holds a combining mark, or jamo, that it does not itself, or None."""
    if not mark or not _is_part(mark[0]):
        return None
    return next((own for own in tokens if mark in unicodedata.normalize("NFD", own) and mark not in own), None)


def _is_part(character):
    """Whether a character is a combining mark, or part of a Korean syllable."""
    return unicodedata.combining(character) or character in JAMO


def _compatible_parts(token):
    """The letters that stand in one character, such as a ligature; none of a raised one, such as a trade mark."""
    if len(token) != 1 or unicodedata.decomposition(token).startswith("<super>"):
        return ""
    apart = unicodedata.normalize("NFKC", token)
    return apart if len(apart) > 1 else ""


def _differences(tokens, strings):
    """{token: (what it differs by from one of the strings, code that makes them one)}: the first change that does."""
    found = {}
    for what, code, changed in _changes([*tokens, *strings]) if tokens else ():
        known = {changed(string): string for string in strings}
        for token in tokens:
            if token not in found and changed(token) and (same := known.get(changed(token))) is not None:
                forms = "" if code in (LOWER, STRIP) else f" ({token!a:.80} for {same!a:.80})"
                if code.endswith(LOWER.format("")):  # C and c of molecules are two atoms
                    forms += ". If case tells nothing"
                found[token] = f"{token!r:.80} differs from {same!r:.80} of fit only by {what}{forms}", code
    return found


def _changes(strings):
    """(what strings differ by, code that makes them one, function that does) of several changes."""
    signs = {sign: plain for sign, plain in TYPOGRAPHIC.items() if any(sign in string for string in strings)}
    form, both = "its form in Unicode", "case and its form in Unicode"
    return (
        (form, _FORM, partial(unicodedata.normalize, "NFC")),
        ("case", LOWER, str.lower),
        ("white space at its ends", STRIP, str.strip),
        (both, f"{_FORM}.lower()", lambda string: unicodedata.normalize("NFC", string).lower()),
        (form, _PLAIN_FORM, partial(unicodedata.normalize, "NFKC")),
        (both, f"{_PLAIN_FORM}.lower()", lambda string: unicodedata.normalize("NFKC", string).lower()),
        ("typography", f"{{}}.translate(str.maketrans({signs!a}))", partial(_translated, str.maketrans(signs))),
    )


def _translated(table, string):
    return string.translate(table)


def _made_one(code, kind, analyzer, rows, when="in fit, too"):
    """What makes tokens one, with the code for a single string; no short function splits texts as "word" does."""
    if kind == "labels":
        return f"pass [{code.replace('{}', 'label')} for label in {rows}], {when}"
    if kind != "text":
        return f"pass [[{code.replace('{}', 'token')} for token in x] for x in {rows}], {when}"
    text = code.replace("{}", "text")
    if callable(analyzer):
        return f"let the analyzer split {text}, {when}"
    if analyzer == "char":
        return f"fit with analyzer=letters, where def letters(text): return list({text})"
    return f"pass [{text} for text in {rows}], {when}"
