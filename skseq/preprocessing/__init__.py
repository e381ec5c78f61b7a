"""Transformers that prepare sequences."""

from skseq.preprocessing._one_hot import SequenceOneHotEncoder
from skseq.preprocessing._padder import SequencePadder
from skseq.preprocessing._scaler import SequenceScaler

__all__ = ["SequenceOneHotEncoder", "SequencePadder", "SequenceScaler"]
