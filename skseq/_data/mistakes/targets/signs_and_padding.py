"""Targets with padding or with signs of their own for start and end, which a transducer writes, too: how to do without.

A transducer learns by itself where outputs begin and end.
"""

import re
from contextlib import suppress
from itertools import chain, islice

import numpy as np

from skseq._arguments import brief, of_python
from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT, SOME
from skseq._data.mistakes.numbers.likely_padding import runs_of_padding, sides_of_some
from skseq._data.sequences import Sequences

RESERVED = 3  # the highest id that tokenizers keep for signs
FEW_TOKENS = 8  # distinct ones: among fewer, an id may well be a token
_NAMES = "s|/s|sos|eos|bos|cls|sep|go|start|begin|stop|end|startoftext|endoftext"
_SIGN = re.compile(rf"[<\[{{(_|]+({_NAMES})[>\]}})_|]+|sos|eos|bos|startseq|endseq|[\t\n]", re.IGNORECASE)
_PADDING = {"pad", "padding", "none", "nan", "null", "x"}  # words for it
_RUNS = {"begin": r"^(\s+|\S+)", "end": r"\S+$"}
_CUTS = {"begin": "removeprefix", "end": "removesuffix"}


def warn_if_padded_targets(lists, argument, rows):
    """Warn where `TokenLists` of one length end or begin in runs of one token that is nowhere else.

    ``rows`` is code of what gives them one by one. Returns whether it did.
    """
    some = lists.lengths[:LOOKED_AT]
    if some[0] == 0 or (lists.lengths != some[0]).any():
        return False
    looked_at = list(islice(lists, len(some)))
    if _are_sorted(looked_at):  # to sort tokens is a task for a transducer
        return False
    ids = {token: k for k, token in enumerate(dict.fromkeys(chain.from_iterable(looked_at)))}
    table = np.array([[ids[token] for token in row] for row in looked_at])
    for where, values in sides_of_some(Sequences(values=table)):
        runs = runs_of_padding(values)
        if runs is None:
            continue
        token = list(ids)[values[runs.argmax(), -1, 0]]
        if isinstance(token, str) and token.isalpha() and token.lower() not in _PADDING:  # a state that lasts, say
            continue
        token = _shown(token)
        warn_caller(
            f"{argument} looks padded: {np.mean(runs > 0):.0%} of the targets {where} in a run of {token}, which is "
            f"nowhere else in {argument}. It is learnt, written and scored as any other token. If it is padding, pass "
            f"lists without it, now and later: [[token for token in row if token != {token}] for row in {rows}]."
        )
        return True
    return False


def _are_sorted(rows):
    with suppress(TypeError):
        return any(all(row == sorted(row, reverse=down) for row in rows) for down in (False, True))
    return False


def warn_if_signs(lists, argument, rows):
    """Warn where all `TokenLists` begin or end with a token that is nowhere else, and looks like a sign for that.

    An id may be where all tours begin, and is a sign where there is one at either end. ``rows`` is code of what gives
    the lists one by one.
    """
    if len(lists) < SOME or lists.lengths.min() < 2:
        return
    ends = np.cumsum(lists.lengths)
    found = {"begin": _sign_at(ends - lists.lengths, lists.tokens), "end": _sign_at(ends - 1, lists.tokens)}
    signs = {where: token for where, token in found.items() if token is not None}
    if len(signs) == 1 and not isinstance(next(iter(signs.values())), str):
        return
    kept = f"{'1' if 'begin' in signs else ''}:{'-1' if 'end' in signs else ''}"
    _tell(signs, f"[list(row)[{kept}] for row in {rows}]", argument)


def _sign_at(places, tokens):
    """The token at these places of all, if it is nowhere else, and looks like a sign; else None."""
    token = tokens[places[0]]
    looks = _SIGN.fullmatch(token) if isinstance(token, str) else _is_reserved(token, tokens)
    in_all = all(tokens[place] == token for place in places)
    return token if looks and in_all and tokens.count(token) == len(places) else None


def _is_reserved(token, tokens):
    """Whether an id is one of those that tokenizers keep for signs."""
    distinct = set(tokens)
    are_ids = all(isinstance(own, (int, np.integer)) and not isinstance(own, bool) and own >= 0 for own in distinct)
    return are_ids and token <= RESERVED and len(distinct) >= FEW_TOKENS


def warn_if_texts_have_signs(texts, argument):
    """Warn where all texts begin with the same sign, such as "<start>" or a tab, or end with one that is a word.

    `warn_if_ends_in_space` tells of white space at the end.
    """
    if len(texts) < SOME:
        return
    found = {where: {_run(pattern, text) for text in texts} for where, pattern in _RUNS.items()}
    signs = {where: runs.pop() for where, runs in found.items() if len(runs) == 1}
    signs = {where: sign for where, sign in signs.items() if _SIGN.fullmatch(sign)}
    cuts = "".join(f".{_CUTS[where]}({sign!r})" for where, sign in signs.items())
    strip = ".strip()" if any(map(str.strip, signs.values())) else ""  # what stood between the sign and the text
    _tell(signs, f"[text{cuts}{strip} for text in {argument}]", argument)


def _run(pattern, text):
    found = re.search(pattern, text)
    return "" if found is None else found[0]


def _tell(signs, code, argument):
    if not signs:
        return
    where = " and ".join(f"{where} with {_shown(sign)}" for where, sign in signs.items())
    warn_caller(
        f"All targets in {argument} {where}. Such signs are learnt, written and scored as any other token. Where "
        f"outputs begin and end is learnt without: if they are signs of your own, pass {code}, now and later."
    )


def _shown(token):
    return brief(of_python(token))
