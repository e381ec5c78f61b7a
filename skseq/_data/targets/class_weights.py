"""Weights of classes, as the parameter `class_weight` gives them."""

import sys
from numbers import Real

import numpy as np

from skseq._data.working_memory import slices


def given_weights(class_weight, classes, *, of="target token"):
    """Weights (n_classes,) from a dict of classes, each a token or label as ``of`` says; of others 1.

    As in scikit-learn, it may have more of them, as where a fold lacks a rare one, if it has all that there are.
    """
    known = classes.tolist()
    shown = f"the {of}s are {known[:10]}{' ...' if len(known) > 10 else ''}"
    for token, weight in class_weight.items():
        if not isinstance(weight, Real) or not 0 <= weight <= sys.float_info.max:
            raise ValueError(
                f"class_weight must map {of}s to weights of at least 0. Got {token!r}: {weight!r}, where {shown}."
            )
    others = [token for token in class_weight if token not in known]
    if others and any(token not in class_weight for token in known):
        raise ValueError(
            f"class_weight has a weight for {others[0]!r}, which is no {of} of y: {shown}. Correct it, or leave it "
            f"out. There may be others only where every {of} of y has a weight."
        )
    weights = np.array([class_weight.get(token, 1) for token in known], np.float64)
    if not weights.any():
        raise ValueError(f"class_weight is zero for every {of}: at least one must be positive.")
    return weights


def check_no_numbers(class_weight, classes):
    """Raise ValueError for a list of numbers, and name the dict that is meant."""
    if not all(isinstance(weight, Real) for weight in class_weight):
        return
    known = classes.tolist()
    weights = class_weight if len(class_weight) == len(known) else [1] * len(known)
    raise ValueError(
        "class_weight must map labels to weights. Got numbers without labels: "
        f"{class_weight}. Pass a dict, such as {dict(zip(known, weights))}."
    )


def balanced_weights(counts):
    """Weights (n_classes,) inversely to how often classes occur; of those that never do nothing is known: 1."""
    weights, seen = np.ones(len(counts)), counts > 0
    weights[seen] = counts.sum() / (np.count_nonzero(seen) * counts[seen])
    return weights


def counts_of(target, weight, n_classes):
    """Weight of all tokens of each class in (n, t), part by part."""
    counts = np.zeros(n_classes)
    for part in slices(target, 4):  # bincount holds ids as int64 and weights as float64
        ids = target[part]
        counts += np.bincount(ids.ravel(), np.repeat(weight[part], ids.shape[1]), minlength=n_classes)
    return counts


def weights_of_output(class_weight, classes, ids, sample_weight):
    """Weights of the classes of one output, (n_classes,), from its part of the parameter `class_weight`."""
    if class_weight is None or isinstance(class_weight, dict):
        return given_weights(class_weight or {}, classes, of="label")
    if class_weight == "balanced":
        return balanced_weights(np.bincount(ids, sample_weight, minlength=len(classes)))
    raise ValueError(f"class_weight must be a dict, 'balanced' or None, or a list of these. Got {class_weight!r}.")
