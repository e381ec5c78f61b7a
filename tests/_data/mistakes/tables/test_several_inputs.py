"""Lists of inputs of a Keras model as X, and lists of samples that look similar."""

import re

import numpy as np
import pytest

from skseq import Seq2SeqTransducer, SequenceClassifier
from skseq._data.mistakes.tables.several_inputs import refuse_several_inputs

SOURCE, WRITTEN = np.arange(42).reshape(6, 7) % 5, np.arange(54).reshape(6, 9) % 5
Y = [0, 1] * 3


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist, lambda x: np.eye(5)[x]], ids=["array", "list", "3-D"])
def test_inputs_of_encoder_and_decoder(make):
    X = [make(SOURCE), make(WRITTEN)]
    with pytest.raises(ValueError, match=re.escape("pass X[0], the input of the encoder. No input of the decoder")):
        Seq2SeqTransducer(epochs=1).fit(X, WRITTEN)


@pytest.mark.parametrize("X", [[SOURCE] * 3, [["a b"] * 6, ["c d"] * 6]], ids=["ids", "texts"])
def test_inputs_of_others(X):
    with pytest.raises(ValueError, match=rf"X is a list of {len(X)} inputs of 6 rows each.*such as X\[0\]"):
        SequenceClassifier(analyzer="word" if X[0] is not SOURCE else None, epochs=1).fit(X, Y)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([SOURCE, SOURCE], [0, 1]),
        ([SOURCE[:2], SOURCE[:2]], [0, 1]),
        (list(SOURCE), Y),
        ([SOURCE[:, 0], SOURCE[:, 1]], Y),
        (["abcdef", "ghijkl"], Y),
        ([SOURCE, WRITTEN[:5]], Y),
        ([SOURCE, SOURCE], None),
        (np.stack([SOURCE, SOURCE]), Y),
    ],
    ids=["two long samples", "two short samples", "samples", "channels", "texts", "other lengths", "no y", "array"],
)
def test_what_is_no_list_of_inputs(X, y):
    assert refuse_several_inputs(X, y, "X", "y", has_decoder=True) is None
