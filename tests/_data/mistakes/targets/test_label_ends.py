"""Labels and tokens that differ only by white space at their ends, and what makes them one."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning

from skseq import Seq2SeqClassifier, SequenceClassifier, SequenceGenerator, SequenceTagger

pytestmark = pytest.mark.usefixtures("eager", "untrained")

SMALL = {"units": 2, "epochs": 1, "random_state": 0}
WORDS = [["In", "Ulm", "is"], ["Uwe", "is", "in"]] * 5
TAGS = [["O", "B-LOC", "O"], ["B-PER\r", "O", "O"], ["O", "B-LOC", "O"], ["B-PER", "O", "O"]] * 2
TAGS += [["O", "B-LOC", "O"], ["B-PER", "O", "O"]]
LABELS = ["no", "yes ", "no", "yes", "no"] * 2


@pytest.mark.parametrize(
    ("model", "y", "classes"),
    [
        (SequenceTagger, TAGS, ["B-LOC", "B-PER", "O"]),
        (SequenceTagger, np.array(TAGS), ["B-LOC", "B-PER", "O"]),
        (SequenceTagger, pd.DataFrame(TAGS), ["B-LOC", "B-PER", "O"]),
        (SequenceTagger, pd.Series(TAGS), ["B-LOC", "B-PER", "O"]),
        (SequenceTagger, LABELS, ["no", "yes"]),
        (SequenceClassifier, LABELS, ["no", "yes"]),
        (SequenceClassifier, pd.Series(LABELS), ["no", "yes"]),
        (SequenceClassifier, pd.DataFrame({"a": LABELS, "b": LABELS[::-1]}), [["no", "yes"]] * 2),
        (Seq2SeqClassifier, LABELS, ["no", "yes"]),
        (Seq2SeqClassifier, TAGS, [["B-PER", "O"], ["B-LOC", "O"], ["O"]]),
        (Seq2SeqClassifier, pd.DataFrame(TAGS), [["B-PER", "O"], ["B-LOC", "O"], ["O"]]),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_labels_become_one_as_the_warning_says(model, y, classes):
    told = r"^y holds labels that differ only by white space at their ends, such as .* pass (.*), and alike later\.$"
    with pytest.warns(UserWarning, match=told) as caught:
        model(**SMALL).fit(WORDS, y)
    mended = eval(re.search(told, str(caught[0].message))[1], {"y": y, "numpy": np})
    fitted = model(**SMALL)
    assert_no_warning(fitted, WORDS, mended)
    found = fitted.classes_
    assert [list(own) for own in found] == classes if isinstance(classes[0], list) else list(found) == classes


@pytest.mark.parametrize("form", [list, np.array, pd.Series], ids=lambda form: form.__name__)
def test_labels_that_generated_sequences_depend_on(form):
    told = r"^y holds labels that differ only by white space .* such as 'yes' and 'yes ', .* pass (.*), and alike"
    y = form(LABELS)
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceGenerator(**SMALL).fit(WORDS, y)
    fitted = SequenceGenerator(**SMALL)
    assert_no_warning(fitted, WORDS, eval(re.search(told, str(caught[0].message))[1], {"y": y}))
    assert list(fitted.condition_classes_) == ["no", "yes"]
    assert_no_warning(fitted, WORDS, form(["no", "yes "] * 5))  # all alike


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (SequenceTagger, [["O ", "B-LOC ", "O "]] * 10),  # all alike
        (SequenceClassifier, ["yes", "no", "y es", " ", "\t"] * 2),
        (Seq2SeqClassifier, [["the", " the", "a"]] * 10),  # pieces of texts
        (SequenceClassifier, [0, 1] * 5),
    ],
    ids=["alike", "within", "pieces", "numbers"],
)
def test_labels_that_are_meant(model, y):
    assert_no_warning(model(**SMALL), WORDS, y)


@pytest.mark.parametrize("form", [list, pd.Series, np.array, pd.DataFrame], ids=lambda form: form.__name__)
def test_tokens_with_ends_of_lines(form):
    X = form([["In", "Ulm\r"], ["Ulm", "is"]] * 5)
    told = r"^X holds tokens that end in the end of a line, such as 'Ulm\\r', .* Pass (.*), later, too\.$"
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceClassifier(**SMALL).fit(X, [0, 1] * 5)
    fitted = SequenceClassifier(**SMALL)
    assert_no_warning(fitted, eval(re.search(told, str(caught[0].message))[1], {"X": X}), [0, 1] * 5)
    assert list(fitted.vocabulary_) == ["In", "Ulm", "is"]


def at_spaces(text):
    return text.split(" ")


def test_texts_with_ends_of_lines():
    X = ["In Ulm\r", "Ulm is"] * 5
    with pytest.warns(UserWarning, match=r"'Ulm\\r', .* Pass (.*), later, too\.$") as caught:
        SequenceClassifier(**SMALL, analyzer=at_spaces).fit(X, [0, 1] * 5)
    code = re.search(r"Pass (.*), later", str(caught[0].message))[1]
    assert_no_warning(SequenceClassifier(**SMALL, analyzer=at_spaces), eval(code, {"X": X}), [0, 1] * 5)


@pytest.mark.parametrize("analyzer", ["word", str.split])
def test_texts_whose_ends_are_no_part_of_tokens(analyzer):
    assert_no_warning(SequenceClassifier(**SMALL, analyzer=analyzer), ["In Ulm\r\n", "Ulm is"] * 5, [0, 1] * 5)
