"""Pairs of sources and targets in two orders are told of; pairs with any rule are not."""

import numpy as np
import pytest
from warned import told

from skseq import Seq2SeqClassifier, Seq2SeqTransducer
from skseq.datasets import SequencePairGenerator

pytestmark = pytest.mark.usefixtures("untrained")
N = 500  # the fewest that say something


def says(model, X, y):
    """Whether a fit says that X and y are in two orders."""
    return any("may be in two orders" in message for message in told(model.set_params(units=2, epochs=1).fit, X, y))


def digits(rng, n=N):
    """Whole numbers up to 99,999 and their digits as words."""
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    texts = [str(number) for number in rng.randint(0, 100_000, n)]
    return texts, [" ".join(names[int(digit)] for digit in text) for text in texts]


def test_texts_in_two_orders():
    X, y = digits(np.random.RandomState(0))
    spell = Seq2SeqTransducer(analyzer="char", target_analyzer="word")
    assert not says(spell, X, y)
    assert says(spell, X, sorted(y))
    assert says(spell, X, [y[-1], *y[:-1]])  # off by one
    assert not says(spell, X[1:], sorted(y[1:]))  # of so few it may be chance


def test_what_is_said_of_more_pairs_than_are_looked_at():
    X, y = digits(np.random.RandomState(0), 1_500)
    spell = Seq2SeqTransducer(units=2, epochs=1, analyzer="char", target_analyzer="word")
    (message,) = told(spell.fit, X, sorted(y))
    assert "in 1000 of the 1500 pairs" in message


@pytest.mark.parametrize("task", ["echo", "reverse", "sort", "copy", "addition"])
def test_pairs_of_the_generator(task):
    X, y = SequencePairGenerator(task, random_state=0).fit().sample(N)
    reads = Seq2SeqClassifier if isinstance(y, np.ndarray) and y.dtype != object else Seq2SeqTransducer
    assert not says(reads(), X, y)
    assert says(reads(), X, np.roll(y, 1, axis=0))


def rules():
    """Rules that no linear model of counts knows whole."""
    rng = np.random.RandomState(0)
    tokens, bits, two = rng.randint(0, 26, (N, 8)), rng.randint(0, 2, (N, 8)), rng.randint(10, 99, (N, 2))
    return {
        "sums of neighbours": (tokens, (tokens + np.roll(tokens, 1, axis=1)) % 26),
        "sums so far": (tokens, np.cumsum(tokens, axis=1) % 26),
        "exclusive or": (bits[:, :-1], bits[:, :-1] ^ bits[:, 1:]),
        "products": ([f"{a}*{b}" for a, b in two], [str(a * b) for a, b in two]),
    }


@pytest.mark.parametrize("rule", rules())
def test_rules_that_are_not_linear(rule):
    X, y = rules()[rule]
    texts = {"analyzer": "char", "target_analyzer": "char"} if isinstance(X, list) else {}
    assert not says(Seq2SeqTransducer(**texts), X, y)


def test_classes_side_by_side():
    """Of a part of the samples in a row nothing tells the others."""
    rng, classes = np.random.RandomState(0), np.repeat(np.arange(10), N // 10)
    X = np.column_stack([100 + classes, rng.randint(1, 20, (N, 5))])
    assert not says(Seq2SeqClassifier(), X, np.column_stack([classes, classes + 20]))


@pytest.mark.parametrize("copied", [slice(3), slice(-3, None)], ids=["first", "last"])
def test_long_sources_are_read_at_both_ends(copied):
    X = np.random.RandomState(0).randint(1, 20, (N, 300))
    assert not says(Seq2SeqClassifier(), X, X[:, copied])


def test_rare_tokens_tell_too_little():
    X = np.random.RandomState(0).randint(0, 5_000, (N, 6))
    assert not says(Seq2SeqTransducer(), X, X[::-1])


def test_measurements_are_not_counted():
    X = np.random.RandomState(0).normal(size=(N, 4))
    assert not says(Seq2SeqClassifier(), X, np.random.RandomState(1).randint(0, 3, (N, 2)))
