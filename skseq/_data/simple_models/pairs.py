"""Counted pairs of neighbours: a Markov chain of first order, the simple thing that one would try first on tokens.

The probability of a token b after a is (c(a, b) + t(a) p(b)) / (c(a) + t(a)), where c counts, t(a) is how many
different tokens follow a, and p(b) is the share of b if each token counts once more than it occurs (Witten and Bell,
1991). The first token of a sequence follows the start, and the end, if sequences have one, follows the last.
"""

from typing import NamedTuple

import numpy as np

MOST_TOKENS = 2**22  # of which a network has much to learn from; a look takes a second


class _Pairs(NamedTuple):
    """Pairs of neighbours, (n_pairs,) each: what comes before (0: the start) and after, their sample and its weight."""

    before: np.ndarray
    after: np.ndarray
    sample: np.ndarray
    weight: np.ndarray


def nats_by_pairs(data, held_out, size, ends):
    """Mean loss of a token that is held out by counted pairs of neighbours, and a standard error; None of large data.

    Both `TrainingData` have ids (n, t) as their "source", whose class is the id below; if sequences end, that is the
    last of ``size`` classes. The error is that of the difference from pairs counted in half of the data. A network that
    is about as good differs from them as much (docs/figures/generation.md).
    """
    if max(part.n_samples for part in (data, held_out)) * data.rows["source"].shape[1] > MOST_TOKENS:
        return None
    counted, told = (_pairs(part, size, ends) for part in (data, held_out))
    one = data.rows["weight"][data.samples].mean(dtype=np.float64)  # counts as one sample
    counted = counted._replace(weight=counted.weight / one)
    half = counted.sample % 2 == 0
    losses = _losses(counted, told, size)
    by_half = _losses(_Pairs(*(x[half] for x in counted)), told, size)
    return _mean(losses, told), _error(losses - by_half, told)


def _losses(counted, told, size):
    """-log p of what comes after, in other pairs than those that were counted."""
    shares = np.bincount(counted.after, counted.weight, minlength=size) + 1
    shares = shares[told.after] / shares.sum()
    distinct, place = np.unique(_codes(counted, size), return_inverse=True)
    counts = np.append(np.bincount(place, counted.weight), 0.0)  # the last one is that of pairs that do not occur
    n_before = np.bincount(counted.before, counted.weight, minlength=size + 1)[told.before]
    n_types = np.bincount(distinct // size, minlength=size + 1)[told.before]
    n_types = np.maximum(n_types, 1)  # what nothing has followed leaves shares alone
    codes = _codes(told, size)
    found = np.searchsorted(distinct, codes)
    found[distinct[np.minimum(found, len(distinct) - 1)] != codes] = len(distinct)
    return -np.log((counts[found] + n_types * shares) / (n_before + n_types))


def _pairs(data, size, ends):
    """The `_Pairs` of all sequences."""
    parts = [_neighbours(rows["source"], rows["weight"], size, ends) for rows in data.parts("source")]
    before, after, sample, weight = zip(*parts)
    first = np.cumsum([0, *(own[-1] + 1 for own in sample)])
    sample = np.concatenate([start + own for start, own in zip(first, sample)])
    return _Pairs(np.concatenate(before), np.concatenate(after), sample, np.concatenate(weight))


def _neighbours(ids, weight, size, ends):
    """The `_Pairs` of ids (n, t), which are 0 behind the last token."""
    start = np.zeros((len(ids), 1), np.int64)
    before, after = np.hstack([start, ids]), np.hstack([ids, start])  # (n, t + 1)
    if ends:
        after[np.arange(len(ids)), np.count_nonzero(ids, axis=1)] = size
    real = after > 0
    sample = np.nonzero(real)[0]
    return _Pairs(before[real], after[real] - 1, sample, weight[sample].astype(np.float64))


def _codes(pairs, size):
    """One number for each pair."""
    return pairs.before * size + pairs.after


def _mean(losses, pairs):
    return float(pairs.weight @ losses / pairs.weight.sum())


def _error(losses, pairs):
    """The standard error of their mean, by what sequences differ."""
    away = np.bincount(pairs.sample, pairs.weight * (losses - _mean(losses, pairs)))
    return float(np.sqrt(np.sum(away**2)) / pairs.weight.sum())
