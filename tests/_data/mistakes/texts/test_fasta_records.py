"""Records of FASTA files that are passed as texts: what cuts off their names, and silence for other texts."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier
from skseq._data.mistakes.texts.fasta_records import warn_if_records

SMALL = {"units": 2, "epochs": 1, "analyzer": "char", "random_state": 0}
BARE = ["MKVLA", "ACDE", "GGKL"] * 4
FILE = "".join(f">sp|P{i}|SECR_ECOLI\n{x[:3]}\n{x[3:]}\n" for i, x in enumerate(BARE))
RECORDS = FILE.split(">")[1:]
SAYS = re.compile(r"^12 of 12 texts in X look like records of a FASTA file, with .* Pass (.*), and alike later\.$")
pytestmark = pytest.mark.usefixtures("eager", "untrained")


@pytest.mark.parametrize("form", [list, np.array, pd.DataFrame], ids=lambda form: form.__name__)
def test_advice_works(form):
    X, y = form(RECORDS), [0, 1, 1, 0] * 3
    [message] = told(SequenceClassifier(**SMALL).fit, X, y)
    assert "names such as 'sp|P0|SECR_ECOLI' in their first lines" in message
    assert eval(SAYS.match(message)[1], {"X": X}) == BARE
    assert_no_warning(SequenceClassifier(**SMALL), BARE, y)


@pytest.mark.parametrize(
    "X",
    [
        [f">{record}" for record in RECORDS],
        [">one\nACGT-N*"] * 12,
        [record.replace("\n", "\r\n") for record in RECORDS],
        [f"{i}\nACGT" for i in range(12)],
    ],
    ids=["whole", "same name", "Windows", "numbers"],
)
def test_other_records(X):
    assert SAYS.match(told(warn_if_records, X, "X")[0])


@pytest.mark.parametrize(
    "X",
    [
        RECORDS[:2],
        BARE,
        [f"{text}\n" for text in BARE],
        ["ACGT\nACG\nTTA\n"] * 12,  # lines of one sequence
        ["5 5\nABCDE\nBCDEA"] * 12,  # a puzzle below its size
        [f"{i}. Roses are red,\nviolets are blue" for i in range(12)],
        ["> Shall we meet?\nYES, AT NOON."] * 12,
        [f"def f{i}():\n    return" for i in range(12)],
        RECORDS[:8] + BARE[:4],
        ["", "\n", " "] * 4,
        [],
    ],
    ids=["few", "bare", "lines", "cut", "puzzle", "poems", "replies", "code", "some", "empty", "none"],
)
def test_other_texts(X):
    assert told(warn_if_records, X, "X") == []
