"""Labels that go with the case of letters: what makes texts alike, and silence where case has a meaning."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier

SMALL = {"units": 2, "epochs": 1, "random_state": 0}
LETTERS = {**SMALL, "analyzer": "char"}
RNG = np.random.RandomState(0)
UPPER = ["".join(RNG.choice(list("ACGT"), n)) for n in RNG.randint(6, 9, 40)]
Y = np.arange(40) % 3
MIXED = [text.lower() if label == 1 else text for text, label in zip(UPPER, Y)]
SAYS = re.compile(r"^Of 40 samples in X, 13 are all in small .* all in capitals, .* pass (.*), and alike later\.")
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def says(X, y, **parameters):
    """What a fit says of case."""
    model = SequenceClassifier(**{**LETTERS, **parameters})
    return [message for message in told(model.fit, X, y) if "small letters" in message]


@pytest.mark.parametrize("form", [list, np.array, pd.DataFrame], ids=lambda form: form.__name__)
def test_texts(form):
    X = form(MIXED)
    [message] = says(X, Y)
    assert eval(SAYS.match(message)[1], {"X": X}) == UPPER
    assert_no_warning(SequenceClassifier(**LETTERS), UPPER, Y)


@pytest.mark.parametrize(
    "X",
    [[list(text) for text in MIXED], pd.DataFrame([list(text[:5]) for text in MIXED])],
    ids=["lists", "table"],
)
def test_tokens(X):
    [message] = says(X, Y, analyzer=None)
    assert {token for tokens in eval(SAYS.match(message)[1], {"X": X}) for token in tokens} == set("ACGT")


def test_words_and_a_stray():
    X = [f"{'the cat sat' if label else 'THE CAT SAT'} {i % 4}" for i, label in enumerate(Y > 0)]
    assert len(says(X, Y > 0, analyzer="word")) == 1
    X[0] = X[0].lower()
    assert len(says(X, Y > 0, analyzer="word")) == 1


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([text.lower() if i % 2 else text for i, text in enumerate(UPPER)], Y),
        ([text.lower() if i < 9 else text for i, text in enumerate(UPPER)], np.arange(40) < 9),
        (MIXED, np.arange(40)),
        ([text if label else text.lower() + text for text, label in zip(UPPER, Y)], Y > 0),
        (["KNQ" if label else "view" for label in Y], Y > 0),
        (["12-5" if label else "5-12" for label in Y], Y > 0),
    ],
    ids=["either case", "few", "a label each", "mixed", "other letters", "no letters"],
)
def test_ordinary_data(X, y):
    assert says(X, y) == []


def test_who_gives_a_vocabulary_knows_of_both_cases():
    assert says(MIXED, Y, vocabulary=list("ACGTacgt")) == []
