"""Data that are large: what is computed from them is computed part by part, within the working memory."""

import numpy as np
from sklearn import get_config

MAX_PART_MIB = 32  # no second copy of X even where memory is plenty; longer parts would save no time


def working_memory():
    """Bytes that may be held besides the data: scikit-learn's setting of that name, but at most `MAX_PART_MIB`."""
    return int(2**20 * min(get_config()["working_memory"], MAX_PART_MIB))


def evenly(n, most):
    """Indices of at most so many of n, evenly spaced, the first and the last among them."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)


def some_of(items, most):
    """At most so many items of an array, evenly spaced."""
    return items[evenly(len(items), most)]


class Derived:
    """An array that is computed where it is indexed: ``function(index)``, for a slice or an array of row indices."""

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

    def __array__(self, dtype=None, copy=None):  # for functions that take arrays only
        return np.asarray(self[:], dtype)


def derived(function, shape, dtype):
    """What ``function(index)`` gives for all samples: an array, or `Derived` if that exceeds the working memory."""
    fits = int(np.prod(shape)) * np.dtype(dtype).itemsize <= working_memory()
    return function(slice(None)) if fits else Derived(function, shape, dtype)


def slices(values, n_arrays=1, multiple=1):
    """Slices along samples, such that ``n_arrays`` arrays of the size of values[slice] fit into the working memory.

    The length of every slice but the last is a multiple of ``multiple``.
    """
    bytes_per_row = n_arrays * values.dtype.itemsize * int(np.prod(values.shape[1:]))
    step = max(1, working_memory() // max(1, bytes_per_row * multiple)) * multiple  # rows; at least one `multiple`
    return [slice(start, start + step) for start in range(0, len(values), step)]
