"""Strings that are most likely whole texts, numbers or lists, and those that are tokens or classes."""

import ast
import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from sklearn.feature_extraction.text import TfidfVectorizer
from warned import told

from skseq import (
    Seq2SeqClassifier,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._data.mistakes.texts.likely_texts import are_written_lists, reader_of, sentences

RNG = np.random.RandomState(0)
WALKS = RNG.randn(20, 3, 100).cumsum(axis=2)  # channels first
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
LABELS = [0, 1, 0, 1]
WRITTEN = [[f"{reading:.2f}" for reading in own[:n]] for own, n in zip(WALKS[:, 0], (40, 55, 60, 70))]
SENTENCES = ["the film is good", "bad", "not my taste", "what a waste of time"]
LISTS = ["[1.0, 2.0]", "[3.0]", "[4.0, 5.0, 6.0]", "[7.0]"]


@pytest.mark.parametrize("Estimator", [SequenceClassifier, SequenceRegressor])
@pytest.mark.parametrize(
    ("X", "says"),
    [
        (WRITTEN, r"strings that are numbers, such as '-?\d\.\d\d', .* without an order. Set source_type='numeric'"),
        (np.array([own[:40] for own in WRITTEN]), "strings that are numbers"),
        (pd.DataFrame([own[:40] for own in WRITTEN]), "strings that are numbers"),
        ([["20.31", "20.44", "20"], ["19.8", "20.1"], ["2e1", "-1.5"], ["0.5"]], "strings that are numbers"),
        (pd.DataFrame({"x": SENTENCES}), "one string per sample, such as 'the film is good', .* Set analyzer='word'"),
        ([[text] for text in SENTENCES], "one string per sample"),
        (
            pd.DataFrame({"x": LISTS}),
            r"lists in the form of strings, such as '\[1.0, 2.0\]'.* ast.literal_eval\(text\)",
        ),
        (pd.DataFrame({"x": [str(np.ones(n)) for n in (1, 2, 3, 4)]}), r".*numpy\.fromstring\(text\[1:-1\], sep=' '\)"),
    ],
    ids=["ragged", "array", "frame", "few", "sentences", "lists of sentences", "lists", "arrays"],
)
def test_strings_that_are_no_tokens(Estimator, X, says):
    with pytest.warns(UserWarning, match=rf"^X holds {says}.* or set source_type='tokens' to read them as tokens"):
        Estimator(**SMALL).fit(X, LABELS)
    assert_no_warning(Estimator(**SMALL, source_type="tokens"), X, LABELS)


TITLES = [f"number {n}" for n in range(12)]
BODIES = [f"all that is told of {n}" for n in range(12)]


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame({"title": TITLES, "body": BODIES}),
        pd.DataFrame({"title": ["Good", "Bad"] * 6, "body": BODIES}).to_numpy(),
        pd.DataFrame({"title": ["Very good", "Quite bad"] * 6, "body": BODIES}),
        [[*pair, "end"][: 2 + n % 2] for n, pair in enumerate(zip(TITLES, BODIES))],
    ],
    ids=["frame", "array", "titles that occur again", "lists"],
)
def test_several_texts_per_sample(X):
    with pytest.warns(UserWarning, match="^X holds texts, nearly all distinct, .* Join those of each sample") as told:
        SequenceClassifier(**SMALL).fit(X, LABELS * 3)
    assert len(told) == 1
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), X, LABELS * 3)


STREETS = [f"{side} {2 * name}" for side in ["north", "south"] for name in "abcdefghij"]
TALKS = [
    [f"where is {street} street", "i do not know", f"it is behind {street} bridge"][: 2 + k % 2]
    for k, street in enumerate([*STREETS, *map(str.title, STREETS)])
]
OF_VECTORS = r"(\[vectorizer\.transform.* for x in X\]), with vectorizer = (Tfidf.*\]\)) of scikit-learn"


def as_advised(X, message):
    code, vectorizer = re.search(OF_VECTORS, str(message)).groups()
    given = {"X": X, "TfidfVectorizer": TfidfVectorizer}
    return eval(code, {**given, "vectorizer": eval(vectorizer, given)})


@pytest.mark.parametrize("X", [TALKS, pd.Series(TALKS), [x[:2] for x in TALKS]], ids=["lists", "series", "pairs"])
def test_texts_per_timestep_become_vectors_as_the_warning_says(X):
    labels = [["ask", "yes", "no"][: len(x)] for x in X]
    with pytest.warns(UserWarning, match="^X holds (whole )?texts, .* set source_type='tokens'") as told:
        SequenceTagger(**SMALL).fit(X, labels)
    tagger = SequenceTagger(**SMALL).fit(as_advised(X, told[0].message), labels)  # warnings are errors
    assert tagger.n_features_in_ > 10
    with pytest.raises(ValueError, match="to read one text per timestep, set analyzer=None and pass vectors") as told:
        SequenceTagger(**SMALL, analyzer="word").fit(X, labels)
    tagger.fit(as_advised(X, told.value), labels)


@pytest.mark.parametrize(
    "names",
    [
        [f"2024-01-{1 + k % 28:02} {k % 24:02}:00" for k in range(60)],
        [f"Mon, {1 + k % 28:02} Jan 2024 {k % 24:02}:00:00 GMT" for k in range(60)],
        ["New York", "San Francisco", "Los Angeles", "Rome"] * 15,
        ["New York City", "Rio de Janeiro", "Salt Lake City"] * 20,
        [f"word{k}" for k in range(60)],
        [f"{k}.5 {k}.25 {k}.125" for k in range(60)],
    ],
    ids=["dates", "long dates", "cities", "long names", "words", "numbers"],
)
def test_names_of_several_words_are_no_sentences(names):
    assert sentences(names) == []


def test_names_of_several_words_are_tokens():
    trips = [["New York", "San Jose"], ["San Jose", "Lyon"], ["Los Angeles"], ["New York"]] * 6
    assert_no_warning(SequenceClassifier(**SMALL), trips, LABELS * 6)


def test_many_strings_are_warned_of_once():
    """Not of single timesteps, too: they are no rows of longer sequences."""
    with pytest.warns(UserWarning, match="one string per sample") as told:
        SequenceClassifier(**SMALL).fit(pd.DataFrame({"x": SENTENCES * 15}), LABELS * 15)
    assert len(told) == 1


@pytest.mark.parametrize(
    "X",
    [
        [["12", "7", "100"], ["3"], ["12", "12"], ["7", "3"]],  # ids
        [["12.0", "7.0"], ["3.0"], ["12.0"], ["7.0"]],  # ids of a column that had gaps
        [["250.1", "038.9"], ["V45.8", "401.9"], ["038.9"], ["250.1"]],  # codes of diseases
        [["1.2.3", "1.10"], ["2.0.1"], ["1.2.3"], ["1.3.0"]],  # versions
        pd.DataFrame({"word": ["good", "bad", "fine", "awful"]}),
        pd.DataFrame({"city": ["York", "New York", "Paris", "Lyon"]}),
        pd.DataFrame({"token": ["[MASK]", "[CLS]", "[SEP]", "[PAD]"]}),
        [["New York", "San Jose"], ["San Jose"], ["Los Angeles"], ["New York"]],
    ],
    ids=["ids", "ids as floats", "codes", "versions", "words", "cities", "special tokens", "trips"],
)
def test_strings_that_are_tokens(X):
    assert_no_warning(SequenceClassifier(**SMALL), X, LABELS)


def test_a_series_of_written_lists_says_what_reads_them():
    with pytest.raises(
        ValueError, match=r"nothing says how to split .* '\[1.0, 2.0\]' looks like a list: .*literal_eval"
    ):
        SequenceClassifier(**SMALL).fit(pd.Series(LISTS), LABELS)


@pytest.mark.parametrize(
    ("texts", "are"),
    [
        (LISTS, True),
        (["[np.float64(1.5), np.float64(nan)]", "[np.int64(2)]", "[]"], True),
        (["[np.nan]", "[np]"], False),
        (["['a]', '[']", '["it\'s]"]', "[]"], True),  # brackets of the items
        ([str(np.ones((2, 3)))], True),
        ([f"[{k}.0000] kernel: usb {k} [1]" for k in range(5)], False),
        ([f"[{k}] Smith, J. Title {k} [online]" for k in range(5)], False),
        (["[60,64]-[62]"] * 5, False),
        (["[13C]C[O]", "[2H][C]"], False),
        (["[[1, 2]"], False),
    ],
    ids=["lists", "scalars", "no scalars", "quoted", "array", "log", "citations", "chords", "molecules", "open"],
)
def test_texts_that_are_written_lists(texts, are):
    assert are_written_lists(texts) is are


@pytest.mark.parametrize(
    "lists",
    [
        [[1.5, -2e-7], [3.0]],
        [[1.5], [3.0]],
        [[1.5, np.nan], [np.nan]],
        [[[1, 2], [3, 4]], [[5, 6]]],
        [["a, b", "it's"], ["c"]],
        [[True, False], [True]],
    ],
    ids=["numbers", "single", "missing", "nested", "strings", "truths"],
)
def test_what_reads_written_lists(lists):
    """Plain ones, and of scalars as pandas.DataFrame.to_csv writes them with NumPy 2, whatever NumPy runs here."""
    _assert_read([str(own) for own in lists], lists)
    _assert_read([_with_scalars(own) for own in lists], lists)


@pytest.mark.parametrize(
    "arrays",
    [
        [np.array([1.5, np.nan, -2e-7]), np.array([3.0])],
        [np.array([[1.25, -2.0], [np.nan, np.nan]]), np.array([[3.5, 4.0]])],
        [np.arange(60.0).reshape(2, 30)],  # rows that go on in the next line
    ],
    ids=["vectors", "matrices", "long rows"],
)
def test_what_reads_written_arrays(arrays):
    _assert_read([str(own) for own in arrays], arrays)


def _assert_read(texts, wanted):
    assert are_written_lists(texts)
    for text, own in zip(texts, wanted):
        known = {"ast": ast, "json": json, "numpy": np, "re": re, "text": text}
        np.testing.assert_array_equal(eval(reader_of(texts), known), own)


def _with_scalars(own):
    if isinstance(own, list):
        return f"[{', '.join(map(_with_scalars, own))}]"
    return f"np.{type(np.array(own)[()]).__name__}({own!r})"


TEXTS = [f"text {index}" for index in range(25)]


@pytest.mark.parametrize("model", [Seq2SeqClassifier, SequenceClassifier])
@pytest.mark.parametrize("y", [TEXTS, np.array(TEXTS, object), pd.Series(TEXTS)], ids=["list", "objects", "Series"])
def test_texts_that_are_read_as_classes(model, y):
    fitted = model(**SMALL, analyzer="char")
    (message,) = set(told(fitted.fit, TEXTS, y))  # none of scikit-learn's about a regression
    assert message.startswith("y holds 25 strings, 25 of them distinct, and each is one class.")
    assert "Seq2SeqTransducer(target_analyzer='char')" in message
    assert "[list(text) for text in y]" in message
    assert not told(fitted.score, TEXTS, y)


def test_strings_that_are_classes():
    for y in (["yes", "no", "perhaps"] * 8, TEXTS[:19]):
        assert_no_warning(SequenceClassifier(**SMALL, analyzer="char"), TEXTS[: len(y)], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        SequenceClassifier(**SMALL, analyzer="char").partial_fit(TEXTS, TEXTS, classes=TEXTS)
