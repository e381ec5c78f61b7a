"""What one answer for all samples would lose: what a network has learnt from X is how far its loss is below that.

The answer is one probability for every class, or one number per output or feature; of densities and quantiles it is all
numbers that the network writes for a target. The weights are those of the loss, and padding does not count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import gammaln

from skseq._data.scaling import some_steps
from skseq._losses import LOSSES

# Limits of heads, as in `skseq.nn.networks.heads`, which imports TensorFlow.
LEAST_SCALE, LEAST_DF = 1e-4, 2.0
LOOKED_AT = 2**11  # numbers of a target that a search uses at most: that costs 0.001 of the loss or less


@dataclass(frozen=True, kw_only=True, eq=False)
class ConstantAnswer:
    """``loss`` of the best one; ``shares`` (n_classes,) of the classes in what the accuracy of a fit counts.

    Each is None where it is unknown.
    """

    loss: float | None = None
    shares: np.ndarray | None = None

    @property
    def of_one_class(self):
        """Whether there is but one class, so that the answer is right, and the loss of a softmax 0."""
        return self.shares is not None and len(self.shares) == 1


def of_labels(data, sizes):
    """Of labels (n, n_outputs), which have ``sizes`` classes: the mean cross entropy of the outputs."""
    counts = [np.zeros(size) for size in sizes]
    for rows in data.parts("target"):
        for own, ids in zip(counts, rows["target"].T):
            own += np.bincount(ids, rows["weight"], minlength=len(own))
    tells = len(sizes) == 1 or max(sizes) == 1  # several outputs are right or wrong as a whole
    shares = counts[0] / counts[0].sum() if tells else None
    return ConstantAnswer(loss=float(np.mean([_entropy(own) for own in counts])), shares=shares)


def of_tokens(data, size, lengths, *, smoothing=0.0):
    """Of tokens (n, t) among ``size`` classes; ``lengths`` names the row of their numbers, where they differ."""
    counts = np.zeros(size)
    for rows in data.parts("target"):
        target = rows["target"]
        real = np.arange(target.shape[1]) < rows.get(lengths, np.full(len(target), target.shape[1]))[:, None]  # (n, t)
        counts += np.bincount(target.ravel(), (rows["weight"][:, None] * real).ravel(), minlength=size)
    in_loss = counts * data.shared["class_weight"]
    in_loss = (1 - smoothing) * in_loss + smoothing * in_loss.sum() / size
    return ConstantAnswer(loss=_entropy(in_loss), shares=counts / counts.sum())


def of_classes(data, size, ends):
    """Of what follows in token sequences, ids (n, t) whose class is the id below; if they end, the last class."""
    counts = np.zeros(size)
    for rows in data.parts("source"):
        ids, weight = rows["source"], rows["weight"].astype(np.float64)
        weights = np.broadcast_to(weight[:, None], ids.shape) * (ids > 0)
        counts += np.bincount(np.maximum(ids - 1, 0).ravel(), weights.ravel(), minlength=size)
        counts[-1] += weight.sum() if ends else 0
    return ConstantAnswer(loss=_entropy(counts), shares=counts / counts.sum())


def of_numbers(data):
    """Of numbers (n, n_outputs): their mean squared distance from their mean."""
    pairs = ((rows["target"][:, None], rows["weight"][:, None]) for rows in data.parts("target"))  # (n, 1, n_outputs)
    return ConstantAnswer(loss=_variance(pairs))


def of_horizons(data, loss="squared_error", levels=()):
    """Of numbers of several steps (n, h, k), which may be ragged: the mean loss of the best answer for each target.

    ``levels`` are those of quantiles. Losses of counts have none: they hold the logarithm of how large counts are,
    beside which a share says nothing of what was learnt.
    """
    if loss == "squared_error":
        return ConstantAnswer(loss=_variance(_horizons(data)))
    if LOSSES[loss].of_counts:
        return ConstantAnswer()
    head = _quantiles(levels) if loss == "quantile" else _HEADS[loss]
    answer = np.transpose([head.best(*own) for own in _each_target(data)])  # (p, k)
    lost = total = 0.0
    for target, weights in _horizons(data):
        losses = head.losses(answer, target.astype(np.float64)).mean(axis=-1)
        lost += np.einsum("nt,nt->", weights, losses, dtype=np.float64)
        total += weights.sum(dtype=np.float64)
    return ConstantAnswer(loss=_if_positive(float(lost / total)))


def of_steps(data, decoders):
    """Of the steps (n, t, f) that decoders write: for each, from which step on, and how many before the end.

    A negative first step is counted from the end.
    """
    return ConstantAnswer(loss=sum(_variance(_steps(data, *decoder)) for decoder in decoders))


def of_densities(data, feature_parts, reg_covar, ends):
    """Of what follows in sequences of numbers (n, t, f): a normal distribution for each feature, or a share of ones.

    ``feature_parts`` are indices of continuous features, of binary ones, and of those of every one-hot group.
    The mean is over timesteps; if sequences end, the last one is the end, whose share is part of the answer. A feature
    that never varies counts as if its deviation were 1, as networks begin: they take long to be as sure as they may be.
    """
    n_steps, mean, variance = _moments(_steps(data, 0, 0))
    continuous, alone, *groups = map(list, feature_parts)
    variance = variance[continuous]
    width = np.where(variance > 0, np.maximum(variance, reg_covar), 1.0)
    lost = np.sum(np.log(2 * np.pi * width) + variance / width) / 2
    lost += sum(_entropy(np.array([p, 1 - p])) for p in mean[alone]) + sum(_entropy(mean[own]) for own in groups)
    if ends:
        n_ends = data.rows["weight"][data.samples].sum(dtype=np.float64)
        lost = lost * n_steps / (n_steps + n_ends) + _entropy(np.array([n_steps, n_ends]))
    return ConstantAnswer(loss=_if_positive(float(lost)))


def _if_positive(loss):
    """A loss, or None if it is not above 0, as those of densities may be: a share of it would say nothing."""
    return loss if loss > 0 else None


def _steps(data, first, before_end):
    """Numbers (n, t, f) and weights (n, t), part by part."""
    for rows in data.parts("source"):
        n, t, _ = rows["source"].shape
        lengths, step = rows.get("source_lengths", np.full(n, t))[:, None], np.arange(t)
        written = (step >= (first if first >= 0 else lengths + first)) & (step < lengths - before_end)  # (n, t)
        yield rows["source"], rows["weight"][:, None] * written


def _entropy(counts):
    """-sum p log p of classes that are counted so often: the cross entropy of always answering with p."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p @ np.log(p)))


def _variance(pairs):
    """sum w (x - m)^2 / sum w with the mean m, a mean over features, from pairs of x (n, t, f) and w (n, t)."""
    return float(np.mean(_moments(pairs)[2]))


def _moments(pairs):
    """Sum of weights, mean (f,) and variance (f,), from pairs of x (n, t, f) and w (n, t)."""
    total, first, second, origin = 0, 0, 0, None
    for x, weights in pairs:
        origin = x[0, 0].astype(np.float64) if origin is None else origin  # large numbers keep their small differences
        moved, weights = x - origin, weights.astype(np.float64)
        total += weights.sum()
        first += np.einsum("nt,ntf->f", weights, moved)
        second += np.einsum("nt,ntf->f", weights, np.square(moved, out=moved))
    return total, origin + first / total, second / total - np.square(first / total)


# --- targets of several steps -----------------------------------------------------------------------------------------


def _horizons(data):
    """Targets (n, h, k) and weights (n, h), part by part."""
    for rows in data.parts("target"):
        n, h, _ = rows["target"].shape
        real = np.arange(h) < rows.get("target_lengths", np.full(n, h))[:, None]  # (n, h)
        yield rows["target"], rows["weight"][:, None] * real


def _each_target(data):
    """For each target: weights and numbers (n_steps,) of all timesteps, or of as many as can be sorted."""
    rows = data.rows
    numbers, weights = some_steps(
        rows["target"], rows.get("target_lengths"), samples=data.samples, weight=rows["weight"]
    )
    return ((weights, own) for own in numbers.T)


# --- heads: the best answer for one target, and what any answer loses -------------------------------------------------


class _Head(NamedTuple):
    """Losses as those of `skseq.nn.networks.heads`, of p numbers for each target as these read them.

    ``best(weights, y)`` gives the p numbers for one target, both (n_steps,). ``losses(answer, y)`` gives the losses
    (..., k) of an answer (p, k).
    """

    best: Callable
    losses: Callable


def _quantile(weights, y, level):
    """The least y up to which lies this share of the weights."""
    order = np.argsort(y)
    below = np.cumsum(weights[order])
    return y[order][np.searchsorted(below, level * below[-1])]


def _quantiles(levels):
    """The `_Head` of quantiles at some levels."""

    def best(weights, y):
        return [_quantile(weights, y, level) for level in levels]

    def losses(answer, y):
        errors = ((q, y - quantile) for q, quantile in zip(levels, answer))
        return 2 / len(levels) * sum(np.maximum(q * error, (q - 1) * error) for q, error in errors)

    return _Head(best, losses)


def _best_of_huber(weights, y):
    """m where sum w clip(y - m, -1, 1) = 0."""
    return [brentq(lambda m: weights @ np.clip(y - m, -1, 1), y.min(), y.max())]


def _huber(answer, y):
    """e^2 / 2 up to 1, from there on |e| - 1/2."""
    size = np.abs(y - answer[0])
    return np.where(size <= 1, np.square(size) / 2, size - 0.5)


def _best_of_normal(weights, y):
    """Mean and deviation; what never varies counts with a deviation of 1, with which networks begin."""
    mean = np.average(y, weights=weights)
    deviation = np.sqrt(np.average(np.square(y - mean), weights=weights))
    return mean, max(deviation, LEAST_SCALE) if np.ptp(y) > 0 else 1.0


def _normal(answer, y):
    """((y - m) / s)^2 / 2 + log s + log(2 pi) / 2."""
    mean, deviation = answer
    return np.square((y - mean) / deviation) / 2 + np.log(deviation) + np.log(2 * np.pi) / 2


def _best_of_student_t(weights, y):
    """Location, scale and degrees of freedom; 3 of these, as networks begin, of what never varies."""
    mean, deviation = _best_of_normal(weights, y)
    if not np.ptp(y) > 0:
        return mean, deviation, LEAST_DF + 1

    def read(x):
        return mean + deviation * x[0], LEAST_SCALE + deviation * _exp(x[1]), LEAST_DF + _exp(x[2])

    return _least(_student_t, read, 3, weights, y)


def _student_t(answer, y):
    """-log t(y; m, s, d)."""
    location, scale, df = answer
    whole = gammaln(df / 2) - gammaln((df + 1) / 2) + np.log(df * np.pi) / 2 + np.log(scale)
    return whole + (df + 1) / 2 * np.log1p(np.square((y - location) / scale) / df)


def _exp(x):
    """e^x, where more than e^15 makes no difference."""
    return np.exp(min(x, 15.0))


def _least(losses, read, n, weights, y):
    """``read(x)`` of the n numbers x that lose least, searched from 0 on; where there is much to read, of a part."""
    if len(weights) > LOOKED_AT:
        some = np.random.RandomState(0).choice(len(weights), LOOKED_AT, replace=False)
        weights, y = weights[some], y[some]
    weights, simplex = weights / weights.sum(), np.vstack([np.zeros(n), np.eye(n) / 2])
    found = minimize(
        lambda x: weights @ losses(read(x), y),
        simplex[0],
        method="Nelder-Mead",
        options={"initial_simplex": simplex},
    )
    return read(found.x)


_HEADS = {
    "absolute_error": _quantiles((0.5,)),  # at 0.5 it is twice the mean of e / 2 and -e / 2
    "huber": _Head(_best_of_huber, _huber),
    "normal": _Head(_best_of_normal, _normal),
    "student_t": _Head(_best_of_student_t, _student_t),
}
