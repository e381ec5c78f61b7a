"""Functions that split texts and lose letters of them, such as patterns that forget some signs, or have groups."""

import unicodedata
from collections import Counter

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, column_cells
from skseq._data.tokens.analyzers import COMPARED

MOSTLY = 0.5  # of the tokens
SEVERAL = 2  # kinds of letters and digits: to split at signs loses these, and gives "" for empty fields
FEW, MANY = 3, 0.1  # texts that are changed, and their share: one or two may be odd


def are_of_groups(texts, samples):
    """Whether token lists of texts are what `re.findall` gives of a pattern with groups.

    Tokens are tuples then, most with "" in them, or are "" in the place of several letters.
    """
    tokens = [token for own in samples for token in own]
    if sum(isinstance(token, tuple) and "" in token for token in tokens) > MOSTLY * len(tokens):
        return True
    if "" not in tokens:
        return False
    lost = Counter(_bare("".join(texts))) - Counter(_bare("".join(map(str, tokens))))
    return sum(map(str.isalnum, lost)) >= SEVERAL


def warn_if_of_groups(texts, samples, argument, parameter):
    """Warn where token lists of texts look so; returns whether they do."""
    if not are_of_groups(texts, samples):
        return False
    index = next(k for k, own in enumerate(samples) if any(token == "" or isinstance(token, tuple) for token in own))
    warn_caller(
        f"{parameter} makes {brief(samples[index], 80)} of {argument}[{index}] = {brief(texts[index], 80)}, with "
        "nothing, '', in the place of letters. Of a pattern with groups re.findall gives what is in the groups: write "
        "(?:...) for each (...). Of other functions leave '' out, or put a token of your own in its place."
    )
    return True


def warn_if_letters_are_lost(texts, samples, argument, *, parameter, join_parameter, between, then, alone=False):
    """Warn where many texts differ from their token lists joined, but for spaces, case and forms of Unicode.

    ``between`` stands between tokens, ``then`` says what comes of it, and ``alone`` whether texts are lines of one.
    """
    pairs = [(text, list(map(str, own))) for text, own in zip(texts, samples)]
    changed = [pair for pair in pairs if not _comes_back(*pair, between)]
    if len(changed) < max(FEW, MANY * len(texts)):
        return
    text, other = changed[0][0], between.join(changed[0][1])
    code = "{!r}.join({}({}))".format(between, parameter, argument if alone else "text")
    warn_caller(
        f"{len(changed)} of {len(texts)} texts in {argument} do not come back from the tokens of {parameter}: "
        f"{brief(text, 80)} is written as {brief(other, 80)}. {then} A pattern keeps all signs with '|\\S' at its end. "
        f"If tokens hold marks of their own, set {join_parameter} to a function from a list of tokens to a text. If "
        f"such texts are meant, pass {code if alone else f'[{code} for text in {argument}]'}."
    )


def warn_if_samples_lose_letters(X, analyzer, between):
    """Warn where many texts of a generator differ from their tokens joined; one long text is taken line by line."""
    X = plain(X, "X")
    if isinstance(X, str):
        texts = [line for line in X.splitlines() if line.strip()]
    else:
        texts = as_samples(X) or column_cells(X)
    texts = texts[:COMPARED]
    try:
        samples = [list(analyzer(text)) for text in texts]
    except Exception:  # a function may read whole texts alone
        return
    if not are_of_groups(texts, samples):  # of which reading has told
        warn_if_letters_are_lost(
            texts,
            samples,
            "X",
            parameter="analyzer",
            join_parameter="join",
            between=between,
            then="Samples will be so, too.",
            alone=isinstance(X, str),
        )


def _comes_back(text, tokens, between):
    """Whether tokens make a text again, with ``between`` between them or with nothing: marks there are on purpose."""
    return _bare(text) in (_bare("".join(tokens)), _bare(between.join(tokens)))


def _bare(text):
    """A text without what analyzers change on purpose."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
