"""Transformers that prepare sequences."""

from skseq.preprocessing._imputer import SequenceImputer
from skseq.preprocessing._layouts import as_sequences
from skseq.preprocessing._long import from_long, to_long
from skseq.preprocessing._one_hot import SequenceOneHotEncoder
from skseq.preprocessing._padder import SequencePadder
from skseq.preprocessing._scaler import SequenceScaler
from skseq.preprocessing._sliding import SlidingWindows
from skseq.preprocessing._tokenizer import SequenceTokenizer

__all__ = [
    "SequenceImputer",
    "SequenceOneHotEncoder",
    "SequencePadder",
    "SequenceScaler",
    "SequenceTokenizer",
    "SlidingWindows",
    "as_sequences",
    "from_long",
    "to_long",
]
