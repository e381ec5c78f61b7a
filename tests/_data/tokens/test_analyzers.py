"""Splitting texts into tokens, and making texts of these again."""

import re
from functools import partial

import numpy as np
import pytest

from skseq import (
    SequenceClassifier,
)
from skseq._data.plain import flat_tokens
from skseq._data.tokens.analyzers import COMPARED, between_tokens, joined, splitter
from skseq._data.tokens.tokens import read_tokens

pytestmark = pytest.mark.usefixtures("eager")
SMALL = {"units": 4, "epochs": 1, "random_state": 0}


def classifier(**parameters):
    return SequenceClassifier(**SMALL, **parameters)


@pytest.mark.parametrize(
    ("analyzer", "text", "tokens"),
    [
        ("char", "Ab c", ["A", "b", " ", "c"]),
        ("word", "It's 3 o'clock, Zoë!", ["It", "'", "s", "3", "o", "'", "clock", ",", "Zoë", "!"]),
        (str.split, " two  words ", ["two", "words"]),
        (lambda text: map(len, text.split()), "two words", [3, 5]),
        (lambda text: list(dict.fromkeys(text)), "banana", ["b", "a", "n"]),
        (lambda text: dict.fromkeys(text).keys(), "banana", ["b", "a", "n"]),
    ],
    ids=["char", "word", "split", "generator", "each once", "view"],
)
def test_analyzers(analyzer, text, tokens):
    flat, lengths = read_tokens(classifier(), [text], "text", reset=True, analyzer=analyzer)
    assert flat == tokens
    np.testing.assert_array_equal(lengths, [len(tokens)])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("नमस्ते दुनिया!", ["नमस्ते", "दुनिया", "!"]),
        ("nai\u0308ve, e\u0301te\u0301", ["nai\u0308ve", ",", "e\u0301te\u0301"]),
        (
            "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd \u0643\u064e\u062a",
            ["\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u0643\u064e\u062a"],
        ),
        ("สวัสดี தமிழ்.", ["สวัสดี", "தமிழ்", "."]),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 3",
            ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "3"],
        ),
        (
            "ok\U0001f469\U0001f3fd\u200d\U0001f680!",
            ["ok", "\U0001f469\U0001f3fd\u200d\U0001f680", "!"],
        ),  # an astronaut
        ("\u2764\ufe0f\u200d\U0001f525\U0001f44d\U0001f3fd", ["\u2764\ufe0f\u200d\U0001f525", "\U0001f44d\U0001f3fd"]),
        ("1\ufe0f\u20e3 \u0301a", ["1\ufe0f\u20e3", "\u0301", "a"]),  # a mark behind a space has nothing to join
        ("Zoë: “3.14”…", ["Zoë", ":", "“", "3", ".", "14", "”", "…"]),
    ],
    ids=[
        "Devanagari",
        "decomposed",
        "vowel signs",
        "Thai and Tamil",
        "Persian",
        "astronaut",
        "hearts",
        "alone",
        "none",
    ],
)
def test_marks_stay_with_the_words_that_they_belong_to(text, tokens):
    assert splitter("word")(text) == tokens


@pytest.mark.parametrize(
    ("analyzer", "join", "text"),
    [
        ("word", None, "it ' s ([{5%}]), a; b: c.! d?"),
        ("word", " ", "it ' s ( [ { 5 % } ] ) , a ; b : c . ! d ?"),
        (str.split, None, "it ' s ( [ { 5 % } ] ) , a ; b : c . ! d ?"),
        ("char", None, "it's([{5%}]),a;b:c.!d?"),
        ("word", len, 21),
    ],
)
def test_texts_of_tokens(analyzer, join, text):
    tokens = ["it", "'", "s", "(", "[", "{", 5, "%", "}", "]", ")", ",", "a", ";", "b", ":", "c", ".", "!", "d", "?"]
    assert joined(tokens, analyzer=analyzer, join=join) == text


def in_lower_case(text):
    return re.findall(r"Cl|.", text.lower())


@pytest.mark.parametrize(
    ("analyzer", "texts", "expected"),
    [
        (partial(re.findall, r"Br|Cl|."), ["CCl", "BrC(=O)O"], ""),
        (partial(re.findall, r"\w+|\W"), ["Hello, you!", "3.14"], ""),
        (str.split, ["e4 c5", "d4"], " "),
        (str.split, ["e4", "d4"], " "),  # both restore them
        (in_lower_case, ["CCl"], " "),  # neither does
        (partial(re.findall, "Br|Cl|[A-Z]"), ["CCl", "CO", "C?O"], ""),  # one is odd
        ("word", ["3.14"], " "),  # `joined` takes no notice
        (None, [["a", "b"]], " "),
        (partial(re.findall, "."), ["ab"] * COMPARED + ["a\nb"] * 2 * COMPARED, ""),  # the first ones count
    ],
)
def test_what_stands_between_tokens_of_a_function(analyzer, texts, expected):
    samples = [text if analyzer is None else splitter(analyzer)(text) for text in texts]
    lengths = np.array([len(sample) for sample in samples])
    for X in (texts, np.array(texts, object)):
        assert between_tokens(X, flat_tokens(samples), lengths, analyzer) == expected


def test_words_are_told_apart():
    """A task that needs order: the label is the first letter."""
    rng = np.random.RandomState(0)
    X = ["".join(rng.choice(list("ab"), size=rng.randint(2, 6))) for _ in range(80)]
    y = [text[0] for text in X]
    model = SequenceClassifier(units=8, analyzer="char", epochs=40, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.95
    assert set(model.predict(X)) == {"a", "b"}
