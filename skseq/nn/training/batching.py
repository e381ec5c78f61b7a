"""Which samples share a batch, and how many timesteps it has: no more than the longest of its rows.

In prediction and validation, samples of similar length share a batch. In training, batches are drawn whatever the
lengths: length-sorted batches have fewer timesteps, but lose more accuracy than they save time
(docs/performance.md, "Batches of mixed lengths").
"""

import numpy as np
import tensorflow as tf

PARTS = ("source", "target")


def make_batches(samples, batch_size):
    """Row indices in batches of one size (n_batches, batch_size), in order; -1 fills the last batch up."""
    n_batches = -(-len(samples) // batch_size)
    padded = np.full(n_batches * batch_size, -1, np.int32)
    padded[: len(samples)] = samples
    return padded.reshape(n_batches, batch_size)


def by_length(data):
    """Positions in ``data.samples``, fewest source and target timesteps together first; ties keep their order."""
    lengths = [data.rows[f"{part}_lengths"][data.samples] for part in PARTS if f"{part}_lengths" in data.rows]
    return np.argsort(np.sum(lengths, axis=0), kind="stable") if lengths else np.arange(data.n_samples)


def batch_timesteps(rows, batches, *, n_sizes=None, n_at_once=1, least=1):
    """Source and target timesteps (..., n_batches, 2) that batches (..., n_batches, batch_size) are cut to.

    They are those of the longest row, and at least ``least``; 0 where rows have no lengths. Each group of ``n_at_once``
    neighbouring batches has the same. With ``n_sizes`` = n they are rounded up to 1/n, 2/n, ... of all timesteps, by
    the same share in source and target, so that no more than n sizes occur.
    """
    batches = np.where(batches < 0, batches[..., :1], batches)
    longest, full = np.zeros((2, *batches.shape[:-1], 2), np.int32)  # (..., n_batches, 2) each
    for k, part in enumerate(PARTS):
        if f"{part}_lengths" in rows:
            full[..., k] = rows[part].shape[1]
            lengths = rows[f"{part}_lengths"][batches].max(axis=-1)
            longest[..., k] = np.maximum(lengths, np.minimum(full[..., k], least))
    if n_at_once > 1:
        n_batches = longest.shape[-2]
        of_groups = np.maximum.reduceat(longest, np.arange(0, n_batches, n_at_once), axis=-2)
        longest = of_groups.repeat(n_at_once, axis=-2)[..., :n_batches, :]
    if n_sizes is None:
        return longest
    size = (-(-n_sizes * longest // np.maximum(full, 1))).max(axis=-1, keepdims=True)  # of 1, 2, ... n_sizes
    return -(-size * full // n_sizes)


def crop(batch, n_timesteps):
    """The batch with only its first ``n_timesteps`` (2,) of source and target, where they have lengths."""
    widths = dict(zip(PARTS, tf.unstack(n_timesteps)))
    return batch | {part: batch[part][:, :n] for part, n in widths.items() if f"{part}_lengths" in batch}
