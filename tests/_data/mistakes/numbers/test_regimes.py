"""Timesteps that jump among regimes, in which something goes on; and what is no such thing."""

import numpy as np
import pytest
from warned import told

from skseq import SequenceClassifier, SequenceRegressor
from skseq._data.mistakes.numbers.regimes import regimes_among, warn_if_regimes
from skseq._data.sequences import Sequences, pad
from skseq.preprocessing import SequenceScaler

LEVELS = 100 * np.array([[5, 3, 1, 2], [0, 4, 3, 1], [7, 0, 6, 5]])
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


def read(X):
    lengths = np.array(list(map(len, X)))
    return Sequences(values=pad(np.concatenate(X), lengths), lengths=lengths)


def machines(n=30, wear=1.0, noise=1.0, holds=1, levels=LEVELS):
    """(t, 4) each: levels of random settings, which last so long, and wear that grows from 0 to 10 or so."""
    rng = np.random.RandomState(0)
    X, ends = [], rng.randint(20, 60, size=n)
    for end in ends:
        settings = np.repeat(rng.randint(len(levels), size=end), holds)[:end]
        worn = wear * np.linspace(0, end / 5, end)[:, None]
        X.append(levels[settings] + worn * [1, -1, 0.5, 0] + noise * rng.randn(end, 4))
    return X, ends


def test_regimes_are_told_with_the_scaler_that_mends_them():
    X, y = machines()
    assert regimes_among(read(X)) == 3
    [message] = told(warn_if_regimes, read(X), "Model")
    assert "Timesteps of X jump among 3 regimes" in message
    assert "make_pipeline(skseq.preprocessing.SequenceScaler(n_regimes=3), Model())." in message
    scaled = SequenceScaler(n_regimes=3).fit_transform(X)
    assert regimes_among(read([*scaled])) is None
    for model in (SequenceRegressor(**SMALL), SequenceClassifier(**SMALL)):
        assert any("among 3 regimes" in message for message in told(model.fit, X, y > 40))
        assert not any("regimes" in message for message in told(model.fit, [*scaled], y > 40))


@pytest.mark.parametrize(
    "X",
    [
        machines(wear=0)[0],  # levels alone, which are seen
        machines(holds=10)[0],  # rarely other ones
        machines(levels=LEVELS / 100)[0],  # not hidden by them
        machines(n=8)[0],
        [x[:, :2] for x in machines()[0]],
        [x.round(-2) for x in machines()[0]],  # codes
    ],
    ids=["levels", "lasting", "near", "few", "two channels", "codes"],
)
def test_others_are_not_told(X):
    assert regimes_among(read(X)) is None


def test_courses_without_regimes_are_not_told():
    rng = np.random.RandomState(0)
    waves = [np.sin(0.3 * np.arange(50)[:, None] + rng.rand(4)) for _ in range(20)]
    walks = [rng.randn(50, 4).cumsum(axis=0) for _ in range(20)]
    factor = [rng.randn(50, 1) * np.ones(4) + 0.05 * rng.randn(50, 4) for _ in range(20)]
    largest = [np.finfo(np.float64).max * rng.uniform(-1, 1, size=(50, 4)) for _ in range(20)]
    for X in (waves, walks, factor, largest, [rng.standard_t(2, size=(50, 4)) for _ in range(20)]):
        assert regimes_among(read(X)) is None


def test_one_sequence_does_not_go_on_in_the_next():
    """Neighbours are of the same sequence: sequences of two steps with opposite ends go back, not on."""
    rng = np.random.RandomState(0)
    X = []
    for _ in range(400):
        end = rng.randn(4)
        X.append(LEVELS[rng.randint(3, size=2)] + np.array([end, -end]))
    assert regimes_among(read(X)) is None
    assert regimes_among(read([LEVELS[rng.randint(3, size=2)] + rng.randn(4) for _ in range(400)])) == 3
