"""Whole sequences that are listed as what may follow a prefix, which would then be written twice."""

from collections import Counter, defaultdict
from math import prod

from scipy.stats import binom

from skseq._arguments import brief
from skseq._callers import warn_caller

LOOKED_AT = 100  # prefixes
SEVERAL = 2  # tokens of a prefix: many outputs begin with one by chance
HALF = 0.5  # of the prefixes
CHANCE = 0.01  # that as many outputs begin with a prefix if their tokens are drawn by their frequencies

_NAMES = "with names for what they are now"


def warn_if_whole(prefixes, listed, outputs, between):
    """Warn where the outputs in a list, which follow prefixes, begin with these themselves.

    ``prefixes`` and ``listed`` are token lists, and ``outputs`` what was listed. ``between`` stands between tokens
    of text; else it is None.
    """
    distinct = [list(prefix) for prefix in dict.fromkeys(map(tuple, prefixes)) if len(prefix) >= SEVERAL]
    if not distinct:
        return
    distinct, counts = distinct[:LOOKED_AT], Counter(token for own in listed for token in own)
    n_first = min(map(len, distinct))
    places = _places(listed, n_first)
    doubled = [
        (prefix, found)
        for prefix in distinct
        if (found := _begun_with(prefix, listed, places[tuple(prefix[:n_first])], counts))
    ]
    if not doubled or len(doubled) <= HALF * len(distinct):
        return
    prefix, found = doubled[0]
    whole = [outputs[index] for index in found]
    of_text = between is not None and all(isinstance(output, str) for output in whole)
    shown = between.join(map(str, prefix)) if of_text else prefix
    each = " Prefixes that differ need a call each, with ends of their own." if len(distinct) > 1 else ""
    warn_caller(
        f"{len(found)} of {len(listed)} allowed_outputs begin with the prefix {brief(shown, 80)} themselves, such as "
        f"{brief(whole[0], 80)}, but they are what follows it, so that it is written twice. If they are "
        "whole sequences, "
        f"pass their ends alone as allowed_outputs{_code_of_ends(shown, whole, between)}.{each}"
    )


def _places(listed, n_first):
    """{first tokens: places of the token lists that begin with them}."""
    places = defaultdict(list)
    for index, own in enumerate(listed):
        places[tuple(own[:n_first])].append(index)
    return places


def _begun_with(prefix, listed, places, counts):
    """Places of the token lists that begin with a prefix, if some go on, and they are more than by chance.

    ``places`` are those of lists that may, and ``counts`` says how often each token occurs in the lists.
    """
    found = [index for index in places if listed[index][: len(prefix)] == prefix]
    if all(len(listed[index]) == len(prefix) for index in found):
        return []
    likely = prod(counts[token] / counts.total() for token in prefix)
    return found if binom.sf(len(found) - 1, len(listed), likely) < CHANCE else []


def _code_of_ends(shown, whole, between):
    """Code that makes ends of the outputs, names, that begin with a prefix; nothing where no short one does."""
    n = len(shown)
    if not isinstance(shown, str):
        return f": [list(name)[{n}:] for name in names if list(name)[:{n}] == {shown!r}], {_NAMES}"
    if not all(f"{name}{between}".startswith(f"{shown}{between}") for name in whole):
        return ""
    name = f"(name + {between!r})" if between else "name"
    return f": [name[{n}:] for name in names if {name}.startswith({shown + between!r})], {_NAMES}"
