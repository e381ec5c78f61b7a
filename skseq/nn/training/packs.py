"""Weights that share a variable: one operation of the optimizer then serves them all.

The gradient of every weight is clipped and applied by five operations. A network has 8 to 30 weights, most of them
small: to trace these operations, and to compile them, took a third of a first fit.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
import tensorflow as tf

SHARED_SIZE = 2**14  # numbers of a weight that still shares its variable: each update copies it, which counts for more


@dataclass(frozen=True)
class Pack:
    """Some weights of a table, in one variable: a single one in its own shape, several one behind another, (n,).

    Values of the weights are lists in the order of ``entries``.
    """

    entries: tuple

    @property
    def shape(self):
        """Shape of the variable."""
        return self.entries[0].shape if self._single else (sum(self._sizes),)

    @property
    def _single(self):
        return len(self.entries) == 1

    @property
    def _sizes(self):
        return [prod(entry.shape) for entry in self.entries]

    def pack(self, values):
        """The variable's array, from those of the weights."""
        return values[0] if self._single else np.concatenate([np.ravel(value) for value in values])

    def unpack(self, array):
        """Arrays of the weights, from the variable's."""
        if self._single:
            return [array]
        parts = np.split(array, np.cumsum(self._sizes)[:-1])
        return [part.reshape(entry.shape) for part, entry in zip(parts, self.entries)]

    def join(self, tensors):
        """As `pack`, of tensors."""
        if self._single:
            return tf.convert_to_tensor(tensors[0])
        flat = tf.constant([-1])  # shared, since every constant would be traced, too
        return tf.concat([tf.reshape(tensor, flat) for tensor in tensors], 0)

    def split(self, tensor):
        """As `unpack`, of tensors."""
        if self._single:
            return [tensor]
        return [tf.reshape(part, entry.shape) for part, entry in zip(tf.split(tensor, self._sizes), self.entries)]


def packs_of(entries, together):
    """The packs of a table's entries: small ones ``together``, or each one alone."""
    small = tuple(entry for entry in entries if together and prod(entry.shape) <= SHARED_SIZE)
    alone = [Pack((entry,)) for entry in entries if entry not in small]
    return [Pack(small), *alone] if small else alone
