"""What is asked of a generator's network: log-probabilities, what follows, and sequences drawn or searched for."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from skseq._arguments import brief
from skseq._base.decoding import CUTS, TOKENS
from skseq._data.parts import Derived, slices
from skseq._data.sequences import pad

PIECE = 512  # timesteps of a sequence without an end that are scored at a time


@dataclass(frozen=True, kw_only=True)
class Beginnings:
    """What sequences begin with: rows of the network, and how many timesteps each has, (n,)."""

    rows: dict
    real_lengths: np.ndarray

    def __len__(self):
        return len(self.real_lengths)

    def resized(self, n_samples):
        """The only one for so many samples; several are as many."""
        if len(self) == n_samples:
            return self
        rows = {name: np.repeat(x, n_samples, axis=0) for name, x in self.rows.items()}
        return Beginnings(rows=rows, real_lengths=np.repeat(self.real_lengths, n_samples))

    def with_rows(self, **rows):
        """The same with more rows."""
        return replace(self, rows=self.rows | rows)


def beginnings(prefixes, n_samples, like):
    """`Beginnings` from one array of ids or of scaled numbers for each sample, or None of nothing.

    ``like`` is a step of zeros.
    """
    start = np.zeros((n_samples, *like.shape), like.dtype)  # before the first step
    lengths = np.zeros(n_samples, np.int32) if prefixes is None else np.array([len(x) for x in prefixes], np.int32)
    rows = {"before": start}
    if lengths.any():
        rows |= {"source": pad(np.concatenate(prefixes), lengths), "source_lengths": lengths}
    return Beginnings(rows=rows, real_lengths=lengths)


def told(begun):
    """`Beginnings` whose rows also hold the classes "begun" with (n, p), which then may count as written.

    The last of them stands before the first that is written; -1 is nothing.
    """
    if "source" not in begun.rows:
        return begun
    classes = begun.rows["source"] - 1  # (n, p)
    n_steps = classes.shape[1]
    places = np.arange(n_steps) - (n_steps - begun.real_lengths)[:, None]
    last = np.where(places >= 0, np.take_along_axis(classes, np.maximum(places, 0), axis=1), -1)
    return begun.with_rows(begun=last.astype(np.int32))


def check_no_choice(search):
    """Raise ValueError if a `Search` for numbers is to choose among tokens."""
    given = {name: getattr(search, name) for name in CUTS + TOKENS if getattr(search, name) is not None}
    for name, value in given.items():
        raise ValueError(f"{name}={brief(value, 60)} chooses among tokens, but X held numbers in fit: set {name}=None.")


def in_pieces(ask, rows, width, state_size):
    """(sums of log p (n,), rows of what is left to read) of sequences without an end, piece after piece.

    ``ask(rows) -> (n, 1 + state_size)`` gives the log p of a piece and the states after it. What is left is the last
    step, before which the states stand. Rows that are computed where they are indexed are read block after block.
    """
    source = rows["source"]
    blocks = slices(source) if isinstance(source, Derived) else [slice(None)]
    found = [_block_in_pieces(ask, {name: x[block] for name, x in rows.items()}, width, state_size) for block in blocks]
    log_probs, left = zip(*found)
    return np.concatenate(log_probs), {name: np.concatenate([part[name] for part in left]) for name in left[0]}


def _block_in_pieces(ask, rows, width, state_size):
    """What `in_pieces` gives of arrays."""
    source = rows["source"]
    n, t = source.shape[:2]
    lengths = rows.get("source_lengths", np.full(n, t, np.int32))
    states = np.zeros((n, state_size), np.float32)
    before, log_probs, first = np.zeros_like(source[:, 0]), np.zeros(n), True
    more = {name: x for name, x in rows.items() if name == "condition"}
    for start in range(0, t, width):
        piece = source[:, start : start + width]
        real = np.clip(lengths - start, 0, piece.shape[1]).astype(np.int32)
        given = {"source": piece, "source_lengths": real, "before": before, **more}
        found = ask(given if first else given | {"states": states})
        going_on = real > 0
        log_probs[going_on] += found[going_on, 0]
        states, first = found[:, 1:], False
        last = piece[np.arange(n), np.maximum(real - 1, 0)]
        before = np.where(going_on.reshape(-1, *[1] * (last.ndim - 1)), last, before)
    return log_probs, {"source": source[:, :0], "before": before, "states": states, **more}


def mixed_over(log_priors, log_probs):
    """log sum_c p(c) p(x | c), of log p(x | c) (n, n_labels)."""
    return logsumexp(log_priors + log_probs, axis=1)


def posteriors(log_priors, log_probs):
    """p(c | x) (n, n_labels)."""
    joint = log_priors + log_probs
    return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
