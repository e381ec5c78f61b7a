"""Where the first number of samples is that nothing can be computed with."""

import numpy as np


def first_wrong(samples, is_wrong):
    """(index, numbers, place) of the first sample with such a number: which, as an array, and where in it; or None.

    ``is_wrong`` says of an array of floats which of its numbers are such. Samples that hold no numbers are passed over.
    """
    for index, sample in enumerate(samples):
        numbers = _floats(sample)
        if numbers is not None and (wrong := is_wrong(numbers)).any():
            return index, numbers, tuple(np.argwhere(wrong)[0])
    return None


def _floats(sample):
    """The sample as an array of floats; None if it holds others."""
    try:
        array = np.asarray(sample)
        return array.astype(np.float64) if array.dtype.kind in "OUS" else array if array.dtype.kind == "f" else None
    except (OverflowError, TypeError, ValueError):
        return None
