"""Groups of samples that ascend with time, such as the block numbers of `SlidingWindows`, or the steps of targets."""

import numpy as np


def check_groups(groups, n_samples):
    """Groups as an array (n_samples,) of numbers or dates; anything else raises ValueError."""
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"groups must hold one number per sample, shape ({n_samples},) for this X. Got shape {groups.shape}."
        )
    _check_ascending(groups)
    return groups


def check_spans(groups, n_samples):
    """The first and the last group (n_samples, 2) of every sample, from these or from one per sample, (n_samples,)."""
    groups = np.asarray(groups)
    if groups.shape == (n_samples,):
        return np.stack([check_groups(groups, n_samples)] * 2, axis=1)
    if groups.shape != (n_samples, 2):
        raise ValueError(
            f"groups must hold one number per sample, shape ({n_samples},) for this X, or the first and the last step "
            f"of each target, shape ({n_samples}, 2). Got shape {groups.shape}."
        )
    _check_ascending(groups)
    first, last = groups.T
    if (last < first).any():
        index = int((last < first).argmax())
        raise ValueError(
            f"groups[{index}] is {groups[index].tolist()}, whose last step comes before the first: pass the first step "
            "of each target, then the last one."
        )
    return groups


def last_groups(spans, fraction):
    """(earlier samples, those of the last groups), masks (n,), at least one each; None if no earlier one is left.

    A sample that reaches into the last groups is in neither.
    """
    first, last = spans.T
    numbers, order = np.unique(first, return_inverse=True)
    n_earlier = len(numbers) - int(np.ceil(fraction * len(numbers)))
    held_out = order >= n_earlier
    earlier = last < first[held_out].min()
    return (earlier, held_out) if earlier.any() else None


def _check_ascending(groups):
    if groups.dtype.kind not in "biufM":  # strings would sort "10" before "9"
        raise ValueError(
            f"groups must be numbers or dates that ascend with time, and none may be missing. Got {groups.dtype}."
        )
    missing = np.isnan(groups).reshape(len(groups), -1).any(axis=1)
    if missing.any():
        raise ValueError(f"groups contains NaN for {missing.sum()} sample(s): leave these samples out.")
