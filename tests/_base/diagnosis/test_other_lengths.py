"""Sequences to predict from that are far shorter or far longer than those of the fit."""

import pickle
import re
from dataclasses import replace

import numpy as np
import pytest
import scipy.signal
from warned import told

from skseq import SequenceClassifier, SequenceRegressor
from skseq._base.diagnosis.other_lengths import grows_with

pytestmark = pytest.mark.usefixtures("eager")

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


# --- longer -----------------------------------------------------------------------------------------------------------

LENGTHS = np.tile([4, 5, 6, 8], 10)
RAGGED = [RNG.rand(n, 2) for n in LENGTHS]
SUMS = np.array([x.sum() for x in RAGGED])
LONG = [RNG.rand(30, 2) for _ in range(4)]


def fitted(X, y):
    model = SequenceRegressor(**SMALL)
    told(model.fit, X, y)
    return model


def test_sums_of_long_sequences():
    model = fitted(RAGGED, SUMS)
    (message,) = told(model.predict, LONG)
    assert message.startswith(
        "X has sequences of 30 timesteps, 3.75 times as many as the longest in fit, 8. In fit y grew with the length, "
        "but predictions hardly grow"
    )
    code = message.partition("parts: ")[2].removesuffix(".")
    summed = eval(code, {"estimator": model, "X": LONG, "numpy": np})
    parts = [x[start:stop] for x in LONG[:1] for start, stop in ((0, 8), (8, 16), (16, 23), (23, 30))]
    assert np.shape(summed) == (4,)
    assert np.isclose(summed[0], model.predict(parts).sum())
    with pytest.warns(UserWarning, match="^X has sequences of 30"):  # at another line
        model.score(LONG, np.arange(4.0))


@pytest.mark.usefixtures("untrained")
def test_sums_of_several_outputs():
    assert told(fitted(RAGGED, np.c_[RNG.rand(40), SUMS]).predict, LONG)


@pytest.mark.usefixtures("untrained")
def test_after_a_fit_on_one_length_it_is_asked():
    X = RNG.rand(40, 6, 2)
    (message,) = told(fitted(X, X[:, 0, 0]).predict, np.array(LONG))
    assert "If y grows with the length, as sums and counts do: predictions hardly" in message
    assert message.endswith("pass them at that of fit: [scipy.signal.resample(x, 6) for x in X].")


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("X", "y", "later"),
    [
        (RAGGED, np.array([x.mean() for x in RAGGED]), LONG),  # a mean
        (RAGGED, SUMS, [x[:20] for x in LONG]),  # not that long
        (RAGGED, SUMS, [*RAGGED, LONG[0]]),  # one of many
        (RAGGED, -SUMS, LONG),
        (RAGGED, np.full(40, 2.0), LONG),
        (RAGGED[:10], SUMS[:10], LONG),  # few
        (["abc"[:n] for n in LENGTHS % 4 + 1], LENGTHS % 4 + RNG.rand(40), ["abc" * 8] * 4),
    ],
    ids=["means", "not that long", "one of many", "falling", "constant", "few", "tokens"],
)
def test_longer_ones_that_say_nothing(X, y, later):
    model = SequenceRegressor(**SMALL, analyzer="char" if isinstance(X[0], str) else None)
    told(model.fit, X, y)
    assert not told(model.predict, later)


@pytest.mark.usefixtures("untrained")
def test_classifiers_of_several_lengths_say_nothing():
    model = SequenceClassifier(**SMALL)
    told(model.fit, RAGGED, SUMS.mean() < SUMS)
    assert not told(model.predict, LONG)


@pytest.mark.usefixtures("untrained")
def test_classifiers_of_one_length_tell_of_a_higher_rate():
    model, later = SequenceClassifier(**SMALL), RNG.rand(10, 20, 2)
    told(model.fit, RNG.rand(40, 10, 2), np.arange(40) % 2)
    (message,) = told(model.predict, later)
    assert message.startswith("X has sequences of 20 timesteps, and all in fit had 10: predictions may be far off")
    for code in re.findall(r"\[.*?\bin X\]", message):  # resampled, and cut
        assert not told(model.predict, eval(code, {"X": later, "scipy": scipy}))
    for silent in (later[:, :17], [*later[:8], *later[:2, :12]]):  # somewhat longer, and two in ten of them
        assert not told(model.predict, silent)


@pytest.mark.usefixtures("untrained")
def test_files_of_before_say_nothing():
    model = pickle.loads(pickle.dumps(fitted(RAGGED, SUMS)))
    assert told(model.predict, LONG)
    model._learnt = replace(model._learnt, targets=replace(model._learnt.targets, grows=None))
    assert not told(model.predict, LONG)


def test_streams_say_nothing():
    model = SequenceRegressor(**SMALL)
    for _ in range(2):
        told(model.partial_fit, RAGGED, SUMS)
    assert not told(model.predict, LONG)


def test_growing():
    lengths = np.arange(20)
    assert grows_with(lengths, 2.0 * lengths)
    assert grows_with(lengths, np.c_[np.zeros(20), lengths])
    assert grows_with(lengths, -lengths) is False
    assert grows_with(np.full(20, 4), lengths) is None


# --- shorter ----------------------------------------------------------------------------------------------------------

WHOLE, Y = RNG.rand(20, 10, 2), np.arange(20) % 2


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("model", [SequenceClassifier, SequenceRegressor])
def test_beginnings_after_a_fit_on_whole_sequences(model):
    fitted = model(**SMALL).fit(WHOLE, Y)
    (message,) = told(fitted.predict, WHOLE[:, :5])
    assert message.startswith("X has sequences of 5 timesteps, and all in fit had 10: ")
    cut = eval(message.partition("as these are, ")[2].partition(", or")[0], {"X": WHOLE})
    resampled = eval(message.partition("instead: ")[2].removesuffix("."), {"X": WHOLE, "scipy": scipy})
    for same in (cut, resampled):
        assert told(model(**SMALL).fit(same, Y).predict, WHOLE[:, :5]) == []


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("X", "later"),
    [
        (WHOLE, WHOLE[:, :6]),
        ([x[: 4 + k % 7] for k, x in enumerate(WHOLE)], WHOLE[:, :3]),
        (WHOLE[:, :9], WHOLE[:, :3]),
        (WHOLE, [*WHOLE[:4], WHOLE[4, :2]]),
        (["abcdefghij"] * 20, ["abc"] * 20),
    ],
    ids=["not that short", "several lengths", "few steps", "some", "tokens"],
)
def test_shorter_ones_that_say_nothing(X, later):
    model = SequenceClassifier(**SMALL, analyzer="char" if isinstance(X[0], str) else None)
    told(model.fit, X, Y)
    assert told(model.predict, later) == []


STAYS = [x[: 8 + k % 3] for k, x in enumerate(WHOLE)]


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("model", [SequenceClassifier, SequenceRegressor])
def test_beginnings_after_a_fit_on_several_lengths(model):
    fitted = model(**SMALL).fit(STAYS, Y)
    (message,) = told(fitted.predict, [*STAYS[:15], *WHOLE[:2, :3], *WHOLE[:1, :2]])
    assert message.startswith(
        "X has sequences that are far shorter than the shortest in fit, 8 timesteps: 3 of 18, from 2 on. "
    )
    cut = eval(message.partition("many lengths: ")[2].removesuffix("."), {"X": STAYS, "numpy": np})
    assert told(model(**SMALL).fit(cut, Y).predict, WHOLE[:, :1]) == []
    with pytest.warns(UserWarning, match="1 of 1, from 1 on"):  # at another line
        fitted.predict([WHOLE[0, :1]])


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("X", "later"),
    [
        (STAYS, WHOLE[:, :4]),
        (STAYS, [*STAYS[:4], WHOLE[0, :1]]),
        ([x[:-3] for x in STAYS], WHOLE[:, :1]),
    ],
    ids=["half", "one of five", "few steps"],
)
def test_what_says_nothing_after_several_lengths(X, later):
    assert told(SequenceClassifier(**SMALL).fit(X, Y).predict, later) == []


def test_streams_and_files_of_before_say_nothing():
    stream = SequenceClassifier(**SMALL)
    for X in (STAYS, WHOLE[:, :2]):
        told(stream.partial_fit, X, Y, classes=[0, 1])
    assert told(stream.predict, WHOLE[:, :2]) == []
    model = SequenceClassifier(**SMALL).fit(STAYS, Y)
    model._learnt = replace(model._learnt, source=replace(model._learnt.source, least_timesteps=None))
    assert told(model.predict, WHOLE[:, :2]) == []
