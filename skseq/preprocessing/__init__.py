"""Transformers that prepare sequences."""

from skseq.preprocessing._one_hot import SequenceOneHotEncoder

__all__ = ["SequenceOneHotEncoder"]
