"""What a network reads: rows with one entry per sample, what all batches share, and which rows are meant."""

from dataclasses import dataclass, field, replace

import numpy as np

from skseq._data.working_memory import working_memory

PART_COPIES = 4  # arrays of float64 that are held of a part at once


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class TrainingData:
    """Data of one fit, one validation or one prediction. Rows are never copied unless a method says so.

    Parameters
    ----------
    rows : dict of str to array of shape (n_rows, ...)
        Arrays with one row per sample, such as "source", "source_lengths", "target" and "weight".
    shared : dict of str to array, default={}
        What every batch reads whole, such as "class_weight".
    samples : ndarray of int, default=None
        Indices of the rows that are meant, in order. None: all rows, but those whose "weight" is zero.
    n_in_stream : int, default=None
        How many samples came at once, if they are of a stream, as in calls of `partial_fit`.
    """

    rows: dict
    shared: dict = field(default_factory=dict)
    samples: np.ndarray = None
    n_in_stream: int | None = None

    def __post_init__(self):
        if self.samples is None:
            every = np.flatnonzero(self.rows["weight"]) if "weight" in self.rows else np.arange(self.n_rows)
            object.__setattr__(self, "samples", every)  # the dataclass is frozen

    @property
    def n_rows(self):
        """Number of rows, whether they are meant or not."""
        return len(next(iter(self.rows.values())))

    @property
    def n_samples(self):
        """Number of rows that are meant."""
        return len(self.samples)

    def take(self, samples):
        """All rows, of which these samples are meant."""
        return replace(self, samples=samples)

    def parts(self, name):
        """Rows of the samples that are meant, as many at a time as fit into the working memory by those of ``name``."""
        bytes_per_row = PART_COPIES * 8 * int(np.prod(self.rows[name].shape[1:]))
        step = max(1, working_memory() // bytes_per_row)
        for start in range(0, self.n_samples, step):
            index = self.samples[start : start + step]
            yield {each: x[index] for each, x in self.rows.items() if each in (name, "weight") or "lengths" in each}

    def merged(self, *, in_order=False):
        """Equal samples as one row with the sum of their weights: the same loss and gradient.

        Rows are sorted, so that the order of samples changes nothing, or ``in_order`` of the first of equal samples.
        """
        rows = {name: x[self.samples] for name, x in self.rows.items()}
        values = [np.ascontiguousarray(x.reshape(self.n_samples, -1)) for name, x in rows.items() if name != "weight"]
        keys = np.concatenate([x.view(np.uint8).reshape(self.n_samples, -1) for x in values], axis=1)  # (n, n_bytes)
        _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        kept = np.argsort(first) if in_order else slice(None)
        merged = {name: x[first[kept]] for name, x in rows.items()}
        merged["weight"] = np.bincount(inverse.ravel(), rows["weight"])[kept].astype(rows["weight"].dtype)
        return TrainingData(merged, self.shared, n_in_stream=self.n_in_stream)

    @property
    def bytes_per_row(self):
        """Bytes of one row, all arrays together."""
        return sum(x.dtype.itemsize * int(np.prod(x.shape[1:])) for x in self.rows.values())

    def fits(self, max_bytes=None):
        """Whether one graph call may have all rows, by the rule of `n_that_fit`."""
        return max_bytes is None or self.bytes_per_row * self.n_rows <= max_bytes // 2

    def n_that_fit(self, batches, max_bytes=None):
        """How many of the batches (n_batches, batch_size) one graph call may have, at least 1.

        Their rows take no more than half of ``max_bytes``: for a while they exist twice, as arrays and as tensors. None
        allows any number of bytes.
        """
        if max_bytes is None:
            return max(1, len(batches))
        return max(1, min(len(batches), max_bytes // 2 // (self.bytes_per_row * batches.shape[1])))

    def split(self, batches, max_bytes=None):
        """Batches (n_batches, batch_size) of row indices for each of several graph calls, as many as fit, in a list."""
        return np.array_split(batches, -(-len(batches) // self.n_that_fit(batches, max_bytes)))

    def gather(self, batches):
        """(data, batches) with copies of the rows of these batches alone, each row once and in order.

        The batches count rows anew; -1, which fills a batch up, stays. If the batches need all rows, nothing is copied.
        """
        if batches.size >= self.n_rows:
            return self, batches
        chosen, numbers = np.unique(batches, return_inverse=True)
        n_fillers = int(chosen[0] < 0)  # unique values are sorted: a -1 comes first
        rows = {name: x[chosen[n_fillers:]] for name, x in self.rows.items()}
        return TrainingData(rows, self.shared), (numbers.reshape(batches.shape) - n_fillers).astype(np.int32)
