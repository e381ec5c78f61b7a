"""Tokens to ids and back. Id 0 is reserved: it pads a source on the right and starts a target."""

import numpy as np

__all__ = ["N_RESERVED", "distinct", "encode", "learn_vocabulary"]

N_RESERVED = 1


def learn_vocabulary(tokens):
    """{token: id} in sorted order, ids from 1 on; tokens is an array of any shape or an iterable of tokens."""
    tokens = tokens.ravel() if isinstance(tokens, np.ndarray) else np.asarray(list(tokens))
    return {token: index + N_RESERVED for index, token in enumerate(distinct(tokens).tolist())}


def distinct(tokens, *, argument="X", **options):
    """`numpy.unique`; tokens that cannot be sorted, such as numbers among strings, raise ValueError."""
    try:
        return np.unique(tokens, **options)
    except TypeError as error:
        kinds = sorted({type(token).__name__ for token in np.ravel(tokens).tolist()})
        raise ValueError(
            f"{argument} mixes tokens that have no common order (types {', '.join(kinds)}): pass all of them as "
            "strings, or all as integers."
        ) from error


def encode(tokens, vocabulary, *, argument="X"):
    """Ids, int32, of an array of tokens of any shape; a token that is not in the vocabulary raises ValueError."""
    kinds, inverse = distinct(tokens, argument=argument, return_inverse=True)
    known = [vocabulary.get(token, -1) for token in kinds.tolist()]
    unknown = [token for token, index in zip(kinds.tolist(), known) if index < 0]
    if unknown:
        shown = ", ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        raise ValueError(
            f"{argument} contains {len(unknown)} token(s) that were not seen in fit: {shown}. Fit on data that holds "
            f"them, pass them all as the parameter `vocabulary`, or remove them from {argument}."
        )
    return np.asarray(known, np.int32)[inverse].reshape(np.shape(tokens))
