"""Synthetic sequence-to-sequence tasks: endless pairs, and an oracle that knows the right answers."""

from skseq.datasets._pairs import (
    SequencePairGenerator,
    make_addition,
    make_copy,
    make_echo,
    make_reversed,
    make_sorted,
)

__all__ = [
    "SequencePairGenerator",
    "make_addition",
    "make_copy",
    "make_echo",
    "make_reversed",
    "make_sorted",
]
