"""Spans of labels against counts by hand, against a reading of every run on its own, and against conlleval's rules."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import cross_val_score

from skseq.metrics import span_f1_score, span_f1_scorer, span_report
from skseq.metrics._spans import _spans

TRUE = [
    ["B-PER", "I-PER", "O", "B-LOC"],
    ["O", "B-ORG", "I-ORG", "I-ORG", "O"],
    ["B-LOC", "B-LOC"],
]
PREDICTED = [
    ["B-PER", "I-PER", "O", "B-PER"],  # PER right; a LOC taken for a PER
    ["O", "B-ORG", "I-ORG", "O", "O"],  # ends too early
    ["B-LOC", "I-LOC"],  # two taken for one
]


def objects(samples):
    array = np.empty(len(samples), object)
    array[:] = samples
    return array


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_report_by_hand():
    """There are PER 1, LOC 3, ORG 1; predicted are PER 2, LOC 1, ORG 1; right is one PER."""
    report = span_report(TRUE, PREDICTED)
    assert list(report) == ["LOC", "ORG", "PER", "micro avg", "macro avg"]
    assert report["PER"] == {"precision": 1 / 2, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1.0}
    assert report["LOC"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 3.0}
    assert report["ORG"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1.0}
    assert report["micro avg"] == pytest.approx({"precision": 1 / 4, "recall": 1 / 5, "f1": 2 / 9, "support": 5})
    assert report["macro avg"] == pytest.approx({"precision": 1 / 6, "recall": 1 / 3, "f1": 2 / 9, "support": 5})
    assert span_f1_score(TRUE, PREDICTED) == pytest.approx(2 / 9)
    assert span_f1_score(TRUE, PREDICTED, average="macro") == pytest.approx((2 / 3 + 0 + 0) / 3)
    assert span_f1_score(TRUE, TRUE) == span_f1_score(TRUE, TRUE, average="macro") == 1


def test_weights_are_counts():
    weighted = span_report(TRUE, PREDICTED, sample_weight=[2, 0, 1])
    assert weighted == span_report([TRUE[0], TRUE[0], TRUE[2]], [PREDICTED[0], PREDICTED[0], PREDICTED[2]])
    assert "ORG" not in weighted
    assert span_f1_score(TRUE, PREDICTED, sample_weight=[2, 0, 1]) == pytest.approx(2 * 2 / (6 + 5))


def test_types_may_be_missing_and_hold_dashes():
    assert span_report([["B", "I", "O"]], [["B", "I", "O"]])[""]["f1"] == 1
    assert span_report([["B-a-b", "I-a-b"]], [["B-a-b", "I-a-b"]])["a-b"]["support"] == 1


@pytest.mark.parametrize(
    "form",
    [objects, pd.Series, tuple, lambda y: [np.array(tags) for tags in y], lambda y: objects([np.array(t) for t in y])],
)
def test_forms(form):
    assert span_f1_score(form(TRUE), form(PREDICTED)) == pytest.approx(2 / 9)


def test_arrays():
    assert span_f1_score(np.array([["B", "I"], ["O", "B"]]), np.array([["B", "I"], ["B", "O"]])) == 0.5


# --- which labels make a span -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        ("O O", []),
        ("B-X I-X I-X", [(0, 3, "X")]),
        ("B-X B-X", [(0, 1, "X"), (1, 2, "X")]),  # B- always begins one
        ("O I-X I-X O", [(1, 3, "X")]),  # so does I- behind O
        ("I-X", [(0, 1, "X")]),
        ("B-X I-Y", [(0, 1, "X"), (1, 2, "Y")]),  # and behind another type
        ("I-X I-Y I-X", [(0, 1, "X"), (1, 2, "Y"), (2, 3, "X")]),
        ("B-X I-X E-X S-X O S-Y", [(0, 3, "X"), (3, 4, "X"), (5, 6, "Y")]),
        ("S-X I-X E-X E-X", [(0, 1, "X"), (1, 3, "X"), (3, 4, "X")]),
    ],
)
def test_spans_as_conlleval_reads_them(labels, spans):
    assert _spans(labels.split(), "y_true") == set(spans)


def conlleval_spans(labels):
    """The two rules of conlleval, for B, I and O: where a chunk ends before a label, and where one begins with it."""
    spans, start, before, kind_before = set(), None, "O", ""
    for step, label in enumerate([*labels, "O"]):
        place, _, kind = label.partition("-")
        ends = (before, place) in {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O")}
        ends = ends or (before != "O" and kind_before != kind)
        begins = (before, place) in {("B", "B"), ("I", "B"), ("O", "B"), ("O", "I")}
        begins = begins or (place != "O" and kind_before != kind)
        if start is not None and ends:
            spans.add((start, step, kind_before))
        start = step if begins else None if place == "O" else start
        before, kind_before = place, kind
    return spans


def test_every_sequence_of_four_labels():
    for labels in product(["O", "B-X", "I-X", "B-Y", "I-Y"], repeat=4):
        assert _spans(labels, "y_true") == conlleval_spans(labels), labels


# --- errors, scorer ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([["O", "B-X"]], [["O"]], r"y_true\[0\] has 2 label\(s\) and y_pred\[0\] has 1"),
        ([["O", "PER"]], [["O", "O"]], "y_true holds the label 'PER'. Spans are read from labels of the IOB2 scheme"),
        ([["O"]], [["X-PER"]], "y_pred holds the label 'X-PER'"),
        ([["O-X"]], [["O"]], "y_true holds the label 'O-X'"),
        ([[0, 1]], [[0, 1]], "y_true holds the label 0"),
        ([["O", "O"]], [["O", "O"]], "hold no span in samples of positive weight"),
        ([["O"]], [["O"], ["O"]], "same samples"),
        (
            ["B-X", "O"],
            ["B-X", "I-X"],
            r"y_true must hold one sequence of labels per sample.*'B-X'.*pass \[y_true\] and",
        ),
        ([["B-X", "O"]], ["B-X", "O"], "y_pred must hold one sequence of labels per sample"),
        (np.array(["B-X", "O"]), pd.Series(["B-X", "O"]), "y_true must hold one sequence of labels per sample"),
        ([0, 1], [0, 1], "y_true must hold one sequence of labels per sample. Got a flat list of 2, such as 0"),
    ],
)
def test_bad_labels(true, predicted, message):
    with pytest.raises(ValueError, match=message):
        span_f1_score(true, predicted)


def test_bad_parameters():
    with pytest.raises(ValueError, match=r"average.* must be .*Got"):
        span_f1_score(TRUE, PREDICTED, average="weighted")


class Fixed(BaseEstimator):
    """Says the labels of a fixed sequence, cut to the length of the source."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return objects([["B", "I", "O", "B"][: len(source)] for source in X])


def test_scorer():
    X, y = [[0] * 2, [0] * 4, [0] * 3], [["B", "I"], ["B", "O", "O", "B"], ["O", "O", "B"]]
    assert span_f1_scorer(Fixed(), X, y) == pytest.approx(2 * 2 / (4 + 4))
    np.testing.assert_allclose(cross_val_score(Fixed(), X, y, scoring=span_f1_scorer, cv=3), [1, 0.5, 0])


# --- labels that are written otherwise --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "mended"),
    [
        (["B-PER", "L-PER", "O", "U-LOC"], ["B-PER", "E-PER", "O", "S-LOC"]),  # BILOU
        (["B-PER", "M-PER", "E-PER", "S-LOC"], ["B-PER", "I-PER", "E-PER", "S-LOC"]),  # BMES
        (["M", "O"], ["I", "O"]),
        (["PER", "PER", "O", "LOC"], ["I-PER", "I-PER", "O", "I-LOC"]),  # IO
        (["B-PER\r", "O "], ["B-PER", "O"]),
    ],
    ids=["BILOU", "BMES", "without types", "IO", "white space"],
)
def test_labels_of_other_schemes_are_read_as_the_error_says(labels, mended):
    for pair, name in (([labels], [mended]), "y_true"), (([mended], [labels]), "y_pred"):
        with pytest.raises(ValueError, match=rf"^{name} holds the label ") as told:
            span_f1_score(*pair)
        code = re.search(rf"pass (\[\[.*\] for labels in {name}\])", str(told.value))[1]
        assert eval(code, {name: [labels]}) == [mended]
    assert span_f1_score([mended], [mended]) == 1


def test_labels_of_no_scheme_have_no_remedy():
    with pytest.raises(ValueError, match=r"such as 'B-PER'\.$"):
        span_f1_score([["X-PER"]], [["O"]])
