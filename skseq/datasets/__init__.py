"""Synthetic sequence-to-sequence tasks: endless pairs, and an oracle that knows the right answers."""

from skseq.datasets._functions import make_addition, make_copy, make_echo, make_reversed, make_sorted
from skseq.datasets._generator import SequencePairGenerator

__all__ = [
    "SequencePairGenerator",
    "make_addition",
    "make_copy",
    "make_echo",
    "make_reversed",
    "make_sorted",
]
