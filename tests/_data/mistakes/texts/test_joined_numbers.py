"""Numbers in texts: which are numbers, and that the code that is advised reads them."""

import re

import numpy as np
import pandas as pd
import pytest
from warned import told

from skseq import Seq2SeqTransducer, SequenceClassifier, SequenceRegressor
from skseq._data.mistakes.texts.joined_numbers import reader_of_joined, reader_of_numbers

ROWS = [[22.6, 22.4, 22.05, 21.5], [-1.5, 0.25, 13.0], [0.5, 1e-05, 7.25, 8.5, 9.0], [3.5, 2.5, 1.5]]
LABELS = [0, 1, 0, 1]
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
TEXTS = {
    "spaces": [" ".join(map(str, row)) for row in ROWS],
    "commas": [",".join(map(str, row)) for row in ROWS],
    "comma and space": [", ".join(map(str, row)) for row in ROWS],
    "semicolons": [";".join(map(str, row)) for row in ROWS],
    "tabs": ["\t".join(map(str, row)) for row in ROWS],
    "decimal commas": [" ".join(f"{own:.5f}".replace(".", ",") for own in row) for row in ROWS],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_the_code_reads_the_numbers(texts):
    code = reader_of_joined(texts)
    assert [eval(code, {"x": x}) for x in texts] == ROWS


@pytest.mark.parametrize(
    "texts",
    [
        ["12 34 56", "1 2 3"],
        ["555 1234 99", "0171 23 45"],
        ["01.02.2024 02.02.2024 03.02.2024"],
        ["12.5 14.5"],
        ["3.5 kg 2.5", "1.5 2.5 3.5"],
        ["A1.5 B2.5 C3.5"],
        ["1.2.3 1.10.2 2.0.1"],
        ["192.168.0.1,10.0.0.1,10.0.0.2"],
        ["1,200 2,153 1,050"],
        ["48.1,11.5 48.2,11.6 48.3,11.7"],
        ["1.0 2.0 3.0"],
        ["a b c", ""],
    ],
    ids=[
        "ids",
        "phones",
        "dates",
        "two",
        "units",
        "codes",
        "versions",
        "addresses",
        "thousands",
        "places",
        "whole",
        "words",
    ],
)
def test_texts_that_are_no_measurements(texts):
    assert reader_of_joined(texts) == ""


@pytest.mark.parametrize("analyzer", ["word", "char"])
@pytest.mark.parametrize("X", [TEXTS["commas"], pd.DataFrame({"x": TEXTS["commas"]})], ids=["list", "frame"])
def test_numbers_that_an_analyzer_splits(X, analyzer):
    with pytest.warns(UserWarning, match=f"analyzer='{analyzer}' splits, marks and all.*looks like numbers") as told:
        SequenceClassifier(**SMALL, analyzer=analyzer).fit(X, LABELS)
    assert _advised(told[0].message, X) == ROWS


def test_numbers_without_an_analyzer():
    X = TEXTS["spaces"]
    with pytest.raises(ValueError, match="nothing says how to split.*looks like numbers") as told:
        SequenceClassifier(**SMALL).fit(X, LABELS)
    assert _advised(told.value, X) == ROWS


@pytest.mark.parametrize(
    "X",
    [pd.DataFrame({"x": TEXTS["spaces"]}), [[text] for text in TEXTS["spaces"]], np.array(TEXTS["spaces"])[:, None]],
    ids=["frame", "lists", "array"],
)
def test_numbers_that_are_one_token(X):
    with pytest.warns(UserWarning, match="holds numbers in the form of strings, such as '22.6") as told:
        SequenceClassifier(**SMALL).fit(X, LABELS)
    assert _advised(told[0].message, X) == ROWS


def test_numbers_among_texts_are_texts():
    """A transducer may well rewrite them."""
    X = ["1.5 kg of 2.5", "12 34 56", "3.5 4.5 5.5", "7.5"]
    messages = told(Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char").fit, X, X)
    assert not any(message.startswith("X holds strings that analyzer") for message in messages)


COMMAS = [[f"{own:.2f}".replace(".", ",") for own in row] for row in ROWS]
NUMBERS = [[float(f"{own:.2f}") for own in row] for row in ROWS]
FRAME = pd.DataFrame([row[:3] for row in COMMAS], columns=list("abc"))
FORMS = {"ragged": COMMAS, "lists": [row[:3] for row in COMMAS], "array": FRAME.to_numpy(), "frame": FRAME}


@pytest.mark.parametrize("X", FORMS.values(), ids=FORMS)
def test_decimal_commas_that_are_tokens(X):
    with pytest.warns(UserWarning, match="strings that are numbers, such as '22,60'.* without an order. Pass") as told:
        SequenceClassifier(**SMALL).fit(X, LABELS)
    assert _advised(told[0].message, X) == (NUMBERS if X is COMMAS else [row[:3] for row in NUMBERS])


@pytest.mark.parametrize("X", [*FORMS.values(), FRAME.assign(d=0.5)], ids=[*FORMS, "mixed frame"])
def test_decimal_commas_that_are_to_be_numbers(X):
    with pytest.raises(ValueError, match="could not convert string to float.* decimal commas") as told:
        SequenceClassifier(**SMALL, source_type="numeric").fit(X, LABELS)
    assert [row[:3] for row in _advised(told.value, X)] == [row[:3] for row in NUMBERS]


@pytest.mark.parametrize("form", [np.array, list, lambda X: [np.array(x) for x in X]], ids=["3-D", "lists", "arrays"])
def test_decimal_commas_of_several_features(form):
    X = form([[["1,5", "2,5"], ["3,5", "4,5"]], [["0,5", "2,5"], ["1,5", "1,5"]]])
    with pytest.raises(ValueError, match="(?s)could not convert string to float.* decimal commas") as told:
        SequenceRegressor(**SMALL).fit(X, [0.0, 1.0])
    numbers = [[[1.5, 2.5], [3.5, 4.5]], [[0.5, 2.5], [1.5, 1.5]]]
    assert np.array_equal(_advised(told.value, X), numbers)


def test_targets_of_tokens_are_not_to_be_numbers():
    """Taggers and transducers refuse those."""
    y = TEXTS["spaces"]
    with pytest.raises(ValueError, match="nothing says how to split") as refused:
        Seq2SeqTransducer(**SMALL).fit(ROWS, y)
    assert "looks like numbers" not in str(refused.value)
    messages = told(Seq2SeqTransducer(**SMALL, target_analyzer="char").fit, ROWS, y)
    assert not any(message.startswith("y holds strings that target_analyzer") for message in messages)


def test_targets_with_decimal_commas():
    with pytest.raises(ValueError, match=r"pass \[float\(str\(v\)\.replace\(',', '\.'\)\) for v in y\]"):
        SequenceRegressor(**SMALL).fit(np.eye(4), ["1,5", "2,5", "3,5", "4,5"])


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        (["23.9", "23.8", "0.5"], "set source_type='numeric'"),
        (["23,9", "23,8", "0,5"], r"pass float\(v\.replace\(',', '\.'\)\) of each string v"),
    ],
    ids=["dots", "commas"],
)
def test_unknown_tokens_that_are_written_numbers(tokens, says):
    model = SequenceClassifier(**SMALL, source_type="tokens").fit([["a", "b"], ["b"]], [0, 1])
    with pytest.raises(ValueError, match=f"look like measurements: {says} before fit"):
        model.predict([tokens])


@pytest.mark.parametrize(
    "tokens",
    [
        ["3,4", "3,5", "2,5", "0,0"],
        ["11,3", "11,12", "4,10", "4,9"],
        ["1,200", "2,153", "1,050", "3,000"],
        ["A,1", "B,2", "C,3", "D,4"],
    ],
    ids=["board", "grid", "thousands", "names"],
)
def test_commas_in_tokens(tokens):
    assert reader_of_numbers(tokens) == ""


def _advised(message, X):
    (code,) = re.findall(r"[Pp]ass (\[(?:\[|np).* for x in [\w.()]*?\])[., ]", f"{message} ")
    return eval(code, {"X": X, "np": np})
