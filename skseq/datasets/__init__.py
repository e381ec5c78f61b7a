"""Synthetic data whose right answers are known: sequence-to-sequence tasks, and series with anomalies."""

from skseq.datasets._anomalies import make_anomalies
from skseq.datasets._functions import make_addition, make_copy, make_echo, make_reversed, make_sorted
from skseq.datasets._generator import SequencePairGenerator

__all__ = [
    "SequencePairGenerator",
    "make_addition",
    "make_anomalies",
    "make_copy",
    "make_echo",
    "make_reversed",
    "make_sorted",
]
