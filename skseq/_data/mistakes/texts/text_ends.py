"""Texts that end in white space, such as the ends of the lines of a file: what cuts it off."""

from collections import Counter

import numpy as np

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.mistakes.texts.spelling import rows_of
from skseq._data.sequences import as_samples, column_cells, is_sequence

FEW, MANY = 3, 0.1  # texts, and their share: fewer may be odd
MOSTLY = 0.5  # of the texts, that end in a blank or a tab: people type some
_LINES = "\r\n"


def warn_if_ends_in_space(texts, argument):
    """Warn where many texts end in white space, such as the ends of the lines of a file, which is written, too."""
    ends = _ends(texts, None)
    n_ends = len(ends)
    if n_ends < FEW or n_ends <= MANY * len(texts):
        return
    end = next(iter(ends.values()))
    warn_caller(
        f"{n_ends} of {len(texts)} texts in {argument} end in white space, such as {end!a:.40}. Outputs will end so, "
        "too, and count as wrong where a text does not. No sign is needed for the end: pass "
        f"[text.rstrip() for text in {argument}]."
    )


def warn_if_sources_end_in_space(X, y, argument, target_argument):
    """Warn where many texts that are read letter by letter end in ends of lines, or most in other white space."""
    texts = as_samples(X) or column_cells(X) or []  # one long text may end so
    signs = _LINES if len(_ends(texts, _LINES)) > MANY * len(texts) else None
    ends = _ends(texts, signs)
    if len(ends) < FEW or len(ends) <= (MOSTLY if signs is None else MANY) * len(texts):
        return
    end = Counter(ends.values()).most_common(1)[0][0]
    cut, targets = f"x.rstrip({'' if signs is None else repr(signs)})", _listed(y)
    rows = rows_of(X, "text", argument)
    code = f"[{cut} for x in {rows}]"
    if all(is_sequence(own) and len(own) == len(text) for own, text in zip(targets, texts)) and targets:
        rows_of_y = rows_of(y, "tokens", target_argument)
        code += f" and [own[:len({cut})] for own, x in zip({rows_of_y}, {rows})], in the place of {target_argument}"
    warn_caller(
        f"{len(ends)} of {len(texts)} texts in {argument} end in white space, such as {end!a:.40}, which "
        "analyzer='char' reads as any other character: texts that come without it are read otherwise, and a generator "
        f"writes it, too.{_told_by(ends, targets)} Pass {code}, and alike later."
    )


def _ends(texts, signs):
    """{index: what a text ends in} of those that end in some of these signs, or in any white space."""
    stripped = ((index, text, text.rstrip(signs)) for index, text in enumerate(texts))
    return {index: text[len(bare) :] for index, text, bare in stripped if text != bare}


def _told_by(ends, targets):
    """What to say where texts with such ends have one target, and some others have another one."""
    printed = list(map(repr, targets))
    own = {printed[index] for index in ends} if printed else ()
    if len(own) != 1 or len(set(printed)) == 1:
        return ""
    return f" All of these have {brief(targets[next(iter(ends))])} as y, which may be learnt by their ends alone."


def _listed(y):
    """The targets one by one; none where there is no y."""
    if y is None:
        return []
    samples = as_samples(y)
    return np.asarray(y).tolist() if samples is None or hasattr(y, "dtype") else samples  # plain values
