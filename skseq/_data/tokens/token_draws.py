"""From which distribution a sampled softmax draws tokens, as tables that a graph draws from in two look-ups.

Ids are in the order of the tokens, not of their frequency, so their counts decide.
"""

import numpy as np

UNIFORM = 0.1  # share of the draws that take all classes alike, those without a training sample among them


def draw_tables(shares, n_draws, dtype):
    """Tables of classes (v,) for ``n_draws`` draws, from the ``shares`` (v,) of classes in the training data.

    "drawn_share" and "drawn_alias" are those of Walker's alias method: a class c is taken at random, and with the
    probability 1 - share[c] alias[c] in its place (Vose 1991). "drawn_log_chance" is the log of the probability that
    a class is among the drawn ones, 1 - (1 - q)^k.
    """
    q = (1 - UNIFORM) * shares + UNIFORM / len(shares)
    share, alias = _alias(q)
    log_chance = np.log(-np.expm1(n_draws * np.log1p(-q)))
    return {
        "drawn_share": share.astype(dtype),
        "drawn_alias": alias,
        "drawn_log_chance": log_chance.astype(dtype),
    }


def _alias(q):
    """(shares, aliases) of the alias method for probabilities q (v,)."""
    share, alias = q * (len(q) / q.sum()), np.arange(len(q), dtype=np.int32)
    small, large = ([*np.flatnonzero(which)] for which in (share < 1, share >= 1))
    while small and large:
        little, much = small.pop(), large[-1]
        alias[little] = much  # fills up what is left of this class
        share[much] -= 1 - share[little]
        if share[much] < 1:
            small.append(large.pop())
    share[[*small, *large]] = 1  # but for rounding
    return share, alias
