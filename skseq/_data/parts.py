"""Data that are large: what is made of them is made part by part, within the working memory."""

import numpy as np
from sklearn import get_config

__all__ = ["Derived", "derived", "slices", "working_memory"]

MOST = 64  # MiB: so that data in memory, too, are never there twice; parts this long are long beside a call


def working_memory():
    """Bytes that may be held of the data besides themselves: ``working_memory`` of scikit-learn, but `MOST` at most."""
    return int(2**20 * min(get_config()["working_memory"], MOST))


class Derived:
    """Samples that are computed where they are asked for: ``function(index)``, for a slice or an array of indices."""

    def __init__(self, function, shape, dtype):
        self._function, self.shape, self.dtype = function, shape, np.dtype(dtype)

    @property
    def ndim(self):
        """Number of axes."""
        return len(self.shape)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        return self._function(index)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)


def derived(function, shape, dtype):
    """What ``function(index)`` gives for all samples: an array, or `Derived` if that is above the working memory."""
    fits = int(np.prod(shape)) * np.dtype(dtype).itemsize <= working_memory()
    return function(slice(None)) if fits else Derived(function, shape, dtype)


def slices(values, n_arrays=1, multiple=1):
    """Slices along samples: so many arrays like values[slice] together lie within the working memory.

    Every slice has a multiple of so many samples, but for the last one.
    """
    n_bytes = n_arrays * values.dtype.itemsize * int(np.prod(values.shape[1:]))
    step = max(1, working_memory() // max(1, n_bytes * multiple)) * multiple
    return [slice(start, start + step) for start in range(0, len(values), step)]
