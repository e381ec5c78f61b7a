"""What one answer for all samples would lose: what a network has learnt from X is how far its loss is below that.

The answer is one probability for every class, or one number per output or feature. The weights are those of the loss,
and padding does not count.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class ConstantAnswer:
    """``loss`` of the best one; ``shares`` (n_classes,) of the classes in what the accuracy of a fit counts.

    Either is None where it says nothing.
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


def of_horizons(data):
    """Of numbers of several steps (n, h, k), which may be ragged: their mean squared distance from their mean."""

    def pairs():
        for rows in data.parts("target"):
            n, h, _ = rows["target"].shape
            real = np.arange(h) < rows.get("target_lengths", np.full(n, h))[:, None]  # (n, h)
            yield rows["target"], rows["weight"][:, None] * real

    return ConstantAnswer(loss=_variance(pairs()))


def of_steps(data, decoders):
    """Of the steps (n, t, f) that decoders write: for each, from which step on, and how many before the end.

    A negative first step is counted from the end.
    """
    return ConstantAnswer(loss=sum(_variance(_steps(data, *decoder)) for decoder in decoders))


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
    total, first, second, origin = 0, 0, 0, None
    for x, weights in pairs:
        origin = x[0, 0].astype(np.float64) if origin is None else origin  # large numbers keep their small differences
        moved, weights = x - origin, weights.astype(np.float64)
        total += weights.sum()
        first += np.einsum("nt,ntf->f", weights, moved)
        second += np.einsum("nt,ntf->f", weights, np.square(moved, out=moved))
    return float(np.mean(second / total - np.square(first / total)))
