"""Sequences to predict from that end far before all of the fit."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.signal
from warned import told

from skseq import SequenceClassifier, SequenceRegressor

pytestmark = pytest.mark.usefixtures("eager", "untrained")

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1, "random_state": 0}
WHOLE, Y = RNG.rand(20, 10, 2), np.arange(20) % 2


@pytest.mark.parametrize("model", [SequenceClassifier, SequenceRegressor])
def test_beginnings_after_a_fit_on_whole_sequences(model):
    fitted = model(**SMALL).fit(WHOLE, Y)
    (message,) = told(fitted.predict, WHOLE[:, :5])
    assert message.startswith("X has sequences of 5 timesteps, and all in fit had 10: ")
    cut = eval(message.partition("as these are, ")[2].partition(", or")[0], {"X": WHOLE})
    resampled = eval(message.partition("instead: ")[2].removesuffix("."), {"X": WHOLE, "scipy": scipy})
    for same in (cut, resampled):
        assert told(model(**SMALL).fit(same, Y).predict, WHOLE[:, :5]) == []


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
def test_what_says_nothing(X, later):
    model = SequenceClassifier(**SMALL, analyzer="char" if isinstance(X[0], str) else None)
    told(model.fit, X, Y)
    assert told(model.predict, later) == []


STAYS = [x[: 8 + k % 3] for k, x in enumerate(WHOLE)]


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
