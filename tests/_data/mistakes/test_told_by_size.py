"""Integers that are read as tokens though their sizes tell the labels."""

import numpy as np
import pandas as pd
import pytest
from warned import told

from skseq import SequenceClassifier

pytestmark = pytest.mark.usefixtures("untrained")


def told_of(X, y, **parameters):
    """What a fit says of sizes, None if nothing."""
    model = SequenceClassifier(units=2, epochs=1, bidirectional=False, **parameters)
    return next((message for message in told(model.fit, X, y) if "of their sizes" in message), None)


def drawn(rng, draw, n=300):
    return [draw(rng, length) for length in rng.randint(4, 14, size=n)]


def dollars(rng, length):
    return rng.lognormal(3.3, 0.8, length).round().astype(int).tolist()


def pulses(rng, length):
    return rng.randint(58, 90, length).tolist()


@pytest.mark.parametrize(
    ("draw", "label"),
    [
        (dollars, lambda x: x[-1] > x[0]),
        (dollars, lambda x: max(x) > 100),
        (pulses, lambda x: x[-1] > x[0]),
    ],
    ids=["last above first", "largest", "pulse rises"],
)
def test_measurements(draw, label):
    X = drawn(np.random.RandomState(0), draw)
    y = [label(x) for x in X]
    message = told_of(X, y)
    assert "X holds integers, which are read as tokens" in message
    assert "Set source_type='numeric'" in message
    assert told_of(X, y, source_type="tokens") is told_of(X, y, source_type="numeric") is None
    assert told_of([[f"{value}" for value in x] for x in X], y) is None  # strings are names


def test_a_frame_of_counts():
    counts = np.random.RandomState(0).randint(0, 25, size=(200, 12))
    assert "read as tokens" in told_of(pd.DataFrame(counts), counts.mean(axis=1) > 12)


def topics(rng, n=200):
    y = rng.randint(0, 3, n)
    shares = rng.dirichlet(np.full(60, 0.2), 3)
    return [rng.choice(60, 10, p=shares[topic]).tolist() for topic in y], y


def test_names():
    """Ids that are named, or whose order decides, or of which nothing is told; too few; several labels each."""
    rng = np.random.RandomState(0)
    X = drawn(rng, lambda rng, length: rng.randint(0, 30, length).tolist())
    assert told_of(X, [bool({3, 17, 21} & set(x)) for x in X]) is None
    assert told_of(X, [x.index(max(x)) > 3 for x in X]) is None
    assert told_of(X, rng.randint(0, 2, 300)) is None
    assert told_of(*topics(rng)) is None
    pulse = drawn(rng, pulses)
    rises = np.array([x[-1] > x[0] for x in pulse])
    assert told_of(pulse[:30], rises[:30]) is None
    assert told_of(pulse, np.column_stack([rises, ~rises])) is None
    assert told_of(pulse, rises, vocabulary=list(range(58, 90))) is None
    assert told_of(pulse, rises, embedding_dim=2) is None
    assert told_of([[2**2000 * token for token in x] for x in pulse], rises) is None  # no numbers that floats hold


def test_names_whose_number_tells():
    """Long sequences of frequent words are of one class: a model of counts sees that less clearly than a length."""
    rng = np.random.RandomState(0)
    y = rng.randint(0, 2, 400)
    X = [(rng.zipf(1.5, 2 + rng.poisson(8 + 12 * label)) % 1500).tolist() for label in y]
    assert told_of(X, y) is None
