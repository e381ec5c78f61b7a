"""Texts that end in white space: what cuts it off, and silence for others."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import (
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._data.mistakes.texts.text_ends import warn_if_ends_in_space, warn_if_sources_end_in_space

SMALL = {"units": 2, "epochs": 1, "analyzer": "char", "random_state": 0}
BARE, LINES = ["ab", "ba b", "bab"] * 4, ["ab\n", "ba b", "bab\r\n"] * 4
SAYS = re.compile(r"^8 of 12 texts in X end in white space, such as '.n', .* Pass (.*), and alike later\.$")
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def test_targets():
    y = ["a b\r\n", "b"] * 3
    [message] = told(warn_if_ends_in_space, y, "y")
    assert message.startswith(r"3 of 6 texts in y end in white space, such as '\r\n'. ")
    assert eval(re.search(r"pass (.*)\.$", message)[1], {"y": y}) == ["a b", "b"] * 3
    assert told(warn_if_ends_in_space, ["a b", " b"] * 6, "y") == []
    assert told(warn_if_ends_in_space, ["a "] * 2 + ["b"] * 4, "y") == []  # two are odd
    assert told(warn_if_ends_in_space, ["a "] * 3 + ["b"] * 27, "y") == []


@pytest.mark.parametrize("form", [list, np.array, pd.Series, pd.DataFrame], ids=lambda form: form.__name__)
@pytest.mark.parametrize(
    ("model", "y"),
    [
        (SequenceClassifier(**SMALL), [0, 1, 1, 0] * 3),
        (SequenceRegressor(**SMALL), np.arange(12.0)),
        (SequenceTagger(**SMALL), [0, 1, 1, 0] * 3),
        (Seq2SeqClassifier(**SMALL), np.resize([0, 1, 1], (12, 2))),
        (Seq2SeqTransducer(**SMALL, target_analyzer="char"), BARE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_sources_of_lines(model, y, form):
    X = form(LINES)
    [message] = told(model.fit, X, y)
    assert_no_warning(model, mended := eval(SAYS.match(message)[1], {"X": X}), y)
    assert mended == BARE


def test_what_is_written():
    [message] = told(SequenceGenerator(**SMALL).fit, LINES)
    assert_no_warning(SequenceGenerator(**SMALL), eval(SAYS.match(message)[1], {"X": LINES}))
    assert_no_warning(SequenceGenerator(**SMALL), "".join(LINES))  # one long text
    assert_no_warning(SequenceGenerator(**SMALL, vocabulary=list("ab \r\n")), LINES)


@pytest.mark.parametrize("form", [list, pd.Series])
def test_labels_are_cut_alike(form):
    y = form([[int(letter == "a") for letter in text] for text in LINES])
    [message] = told(SequenceTagger(**SMALL).fit, LINES, y)
    X, labels = re.search(r" Pass (.*) and (.*), in the place of y, and alike later\.$", message).groups()
    X, labels = eval(X, {"X": LINES}), eval(labels, {"X": LINES, "y": y})
    assert labels == [[int(letter == "a") for letter in text] for text in BARE]
    assert_no_warning(SequenceTagger(**SMALL), X, labels)


def test_labels_told_by_ends():
    X, y = ["to be\r", "or not"] * 6, ["Marlowe", "Kyd"] * 6
    [message] = told(SequenceClassifier(**SMALL).fit, X, y)
    assert "such as '\\r'" in message
    assert " All of these have 'Marlowe' as y, which may be learnt by their ends alone." in message
    assert " as y," not in told(warn_if_sources_end_in_space, X, ["Kyd"] * 12, "X", "y")[0]  # so have the others


def test_most_end_in_blanks():
    X = ["ab ", "b\t", "a"] * 4
    [message] = told(warn_if_sources_end_in_space, X, None, "X", "y")
    assert eval(re.search(r" Pass (.*), and", message)[1], {"X": X}) == ["ab", "b", "a"] * 4


@pytest.mark.parametrize(
    "X", [["a", "a b"] * 9, ["a ", "b", "c"] * 9, ["a\n"] * 2 + ["b"] * 10, ["a\n"] + ["b"] * 19, ["\na", "a\nb"] * 9]
)
def test_ordinary_texts(X):
    assert told(warn_if_sources_end_in_space, X, None, "X", "y") == []
