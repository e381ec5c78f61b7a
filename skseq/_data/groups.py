"""Groups of samples that ascend with time, such as the block numbers of `SlidingWindows`."""

import numpy as np


def check_groups(groups, n_samples):
    """Groups as an array (n_samples,) of numbers or dates; anything else raises ValueError."""
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"groups must hold one number per sample, shape ({n_samples},) for this X. Got shape {groups.shape}."
        )
    if groups.dtype.kind not in "biufM":  # strings would sort "10" before "9"
        raise ValueError(
            f"groups must be numbers or dates that ascend with time, and none may be missing. Got {groups.dtype}."
        )
    if np.isnan(groups).any():
        raise ValueError(f"groups contains NaN for {np.isnan(groups).sum()} sample(s): leave these samples out.")
    return groups
