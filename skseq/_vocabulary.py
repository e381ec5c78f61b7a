"""Tokens to ids and back. Id 0 is reserved: it pads a source on the right and starts a target."""

import numpy as np

__all__ = ["decode", "encode", "learn_vocabulary"]

N_RESERVED = 1


def learn_vocabulary(tokens):
    """{token: id} in sorted order, ids from 1 on; tokens is an array of any shape or an iterable of tokens."""
    tokens = tokens.ravel() if isinstance(tokens, np.ndarray) else np.asarray(list(tokens))
    return {token: index + N_RESERVED for index, token in enumerate(np.unique(tokens).tolist())}


def encode(tokens, vocabulary, *, argument="X"):
    """Ids, int32, of an array of tokens of any shape; a token that is not in the vocabulary raises ValueError."""
    distinct, inverse = np.unique(tokens, return_inverse=True)
    known = [vocabulary.get(token, -1) for token in distinct.tolist()]
    unknown = [token for token, index in zip(distinct.tolist(), known) if index < 0]
    if unknown:
        shown = ", ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        raise ValueError(
            f"{argument} contains {len(unknown)} token(s) that were not seen in fit: {shown}. Fit on data that holds "
            f"them, pass them all as the parameter `vocabulary`, or remove them from {argument}."
        )
    return np.asarray(known, np.int32)[inverse].reshape(np.shape(tokens))


def decode(ids, tokens):
    """Tokens from class indices (ids without the reserved ones)."""
    return tokens[ids]
