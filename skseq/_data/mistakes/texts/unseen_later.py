"""Tokens that new sequences will hold, and fit has not seen."""

import numpy as np
from scipy.stats import binomtest

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.tokens.vocabulary import PAD
from skseq._data.working_memory import slices

FEWEST = 50  # sequences: fewer are a first try, most of whose tokens may well be new in each
OFTEN = 0.05  # of new sequences, at least so many with this confidence
CONFIDENCE = 0.99
COPIES = 6  # of the ids, in indices of 8 bytes


def warn_if_others_come(sequences, known, argument, remedy):
    """Warn where many new sequences will likely hold a token that is not ``known``, {token: id}.

    The share of sequences of ids with a token that no other sequence holds is what each finds new in all the others.
    Returns whether it did.

    References
    ----------
    Good 1953, The population frequencies of species and the estimation of population parameters: as much comes anew as
    was seen once. Here it is seen in one sequence, as the tokens of one are alike.
    """
    if len(sequences) < FEWEST:
        return False
    holders = _only_holders(sequences.values, max(known.values()) + 1)  # (n_ids,)
    own = np.flatnonzero(holders >= 0)
    n, n_new = len(sequences), len(np.unique(holders[own]))
    if binomtest(n_new, n).proportion_ci(CONFIDENCE, "wilson").low < OFTEN:
        return False
    token = next(token for token, index in known.items() if index == own[0])
    warn_caller(
        f"{n_new} of {n} sequences in {argument} hold a token that no other sequence holds, such as {brief(token)}: "
        f"if new sequences are like these, about {n_new / n:.0%} of them will hold a token that was not seen in fit, "
        f"which predict refuses. To read these, {remedy}."
    )
    return True


def _only_holders(ids, n_ids):
    """The only sequence that holds each id, (n_ids,), of ids (n, t); -1 where several do, or none."""
    first, last = np.full(n_ids, len(ids)), np.full(n_ids, -1)
    for part in slices(ids, COPIES):
        own = ids[part]
        rows = np.repeat(np.arange(len(ids))[part], own.shape[1])
        last[own.ravel()] = rows  # the last of several counts
        np.minimum.at(first, own.ravel(), rows)
    last[PAD] = -1
    return np.where(first == last, last, -1)
