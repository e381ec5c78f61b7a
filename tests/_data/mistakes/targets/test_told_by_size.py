"""Integers that are read as tokens though their sizes tell the labels, and the other way round."""

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


# --- measurements that are names --------------------------------------------------------------------------------------

RNG = np.random.RandomState(0)
IDS = RNG.randint(3, 40, (400, 8))
NAMED = np.isin(IDS, [5, 12, 23, 31]).any(axis=1)


def told_of_names(X, y, **parameters):
    model = SequenceClassifier(units=2, epochs=1, bidirectional=False, **parameters)
    return next((message for message in told(model.fit, X, y) if "which of them occur" in message), None)


@pytest.mark.parametrize(
    "X",
    [IDS.astype("float32"), IDS[:, :, None], list(IDS.astype(float)), np.pad(IDS, [(0, 0), (0, 3)]).astype(float)],
    ids=["floats", "3-D", "list", "padded"],
)
def test_ids_that_are_read_as_measurements(X):
    message = told_of_names(X, NAMED)
    advised = message.split("Set ")[1].split(" if they are ids")[0]
    setting, *rows = advised.split(", and pass ")
    X_advised = eval(rows[0].rstrip(","), {"numpy": np, "X": X}) if rows else X
    assert bool(rows) == (np.ndim(X) == 3)
    assert told_of_names(X_advised, NAMED, **eval(f"dict({setting})")) is None
    assert told_of_names(X, NAMED, source_type="numeric") is None


def test_counts_and_rounded_measurements():
    counts = RNG.poisson(RNG.gamma(2, 4, (400, 1)), (400, 12)).astype(float)
    level, spread = RNG.normal(100, 10, (400, 1)), RNG.uniform(2, 8, (400, 1))
    rounded = np.round(level + spread * RNG.randn(400, 12))
    rare = counts * (RNG.rand(400, 12) < RNG.rand(400, 1))
    for x in (counts, rounded, rare):
        for label in (x.mean(axis=1), x.std(axis=1), x.max(axis=1), x[:, -1] - x[:, 0], -np.sum(x == 0, axis=1)):
            assert told_of_names(x, label > np.median(label)) is None
        assert told_of_names(x, RNG.randint(0, 2, 400)) is None
    assert told_of_names(rounded, spread[:, 0] > 5) is None
    assert told_of_names(IDS + 0.5, NAMED) is None
    assert told_of_names(IDS[:30].astype(float), NAMED[:30]) is None
    assert told_of_names(np.stack([IDS, IDS], axis=2), NAMED) is None
