"""Sizes of rare bursts in X, which training cuts as outliers although they tell of y."""

import numpy as np
from scipy import stats

from skseq._callers import warn_caller
from skseq._data.scaling import extremes
from skseq.exceptions import TrainingWarning

FEWEST = 10  # samples with values that are cut: of fewer, sizes tell of y by chance
BY_CHANCE = 1e-4  # so rarely, in features where they tell nothing


def warn_if_cut_sizes_tell(rows, samples, scale, *, of):
    """Warn where cut values of X, in samples that have some, are the larger the larger y is, or differ by class.

    ``rows`` have numbers (n, t, f), not scaled yet, and one target each: labels, as whole numbers, or numbers.
    """
    targets = rows["target"][samples, 0]
    least, largest = extremes(rows["source"], rows.get("source_lengths"), samples=samples)  # (n, f) each
    low, high = (np.broadcast_to(scale.undo(limit), least.shape[1:]) for limit in (scale.least, scale.most))
    cut = (least < low) | (largest > high)
    for feature in np.flatnonzero(np.count_nonzero(cut, axis=0) >= FEWEST):
        own = cut[:, feature]
        sizes = np.maximum(largest[:, feature] - high[feature], low[feature] - least[:, feature])[own]
        once = _once(sizes, np.asarray(samples)[own])
        if np.count_nonzero(once) < FEWEST or _chance(sizes[once], targets[own][once]) > BY_CHANCE:
            continue
        ends = least[own, feature].min(), largest[own, feature].max()
        farthest = max(ends, key=lambda end: abs(end - scale.mean[feature]))
        name = "X" if least.shape[1] == 1 else f"feature {feature} of X"
        warn_caller(
            f"In {np.count_nonzero(own)} of {len(own)} samples {name} lies beyond {low[feature]:.4g} to "
            f"{high[feature]:.4g}, as far as {farthest:.4g}. {of} takes such numbers for outliers and cuts them in "
            "training, so that their sizes look alike, but these tell of y. Scale X without a cut: "
            f"make_pipeline(skseq.preprocessing.SequenceScaler(), {of}(scale_inputs=False)).",
            TrainingWarning,
        )
        return


def _once(sizes, samples):
    """Which of sizes (n,), in samples of these numbers, count: of neighbours with the same size, the first.

    Windows of a series that overlap hold the same burst.
    """
    order = np.argsort(samples)
    again = (np.diff(samples[order]) == 1) & (np.diff(sizes[order]) == 0)
    once = np.ones(len(sizes), bool)
    once[order[1:]] = ~again
    return once


def _chance(sizes, targets):
    """How likely sizes (n,) go with labels, as whole numbers, or numbers (n,) as much as they do by chance."""
    if np.ptp(sizes) == 0 or np.ptp(targets) == 0:
        return 1.0
    if targets.dtype.kind in "iu":
        return stats.kruskal(*(sizes[targets == label] for label in np.unique(targets))).pvalue
    return stats.spearmanr(sizes, targets).pvalue
