"""Skewed features of detectors: who is warned, and that the logarithm, as the warning says, mends it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from warned import told

from skseq import LSTMAutoencoderDetector
from skseq._data.mistakes.numbers.skewed_features import are_skewed, warn_if_skewed

NORMAL = np.random.RandomState(0).randn(3000)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.exp(0.5 * NORMAL), True),  # (exp(1.16) - 1) / (1 - exp(-1.16)) = 3.2
        (np.exp(0.3 * NORMAL), False),  # 2.0
        (np.exp(0.5 * NORMAL) - 0.05, True),
        (np.exp(0.5 * NORMAL) - 1, False),  # below 0
        (np.exp(0.5 * NORMAL).round(), False),  # 0 at some steps, and few values
        (np.exp(-np.exp(-NORMAL)), False),  # to the left
        (5 + NORMAL, False),
        (np.abs(NORMAL), False),  # its logarithm is skewed to the left
        (np.exp(0.5 * NORMAL[:199]), False),
        (np.exp(3 + np.sin(np.arange(3000) / 5)), True),
        (np.exp(3 + np.sin(np.arange(3000) / 5)) + 2 * NORMAL, False),  # noise as large at low values
        (np.full(3000, 2.0), False),
    ],
    ids=[
        "log-normal", "hardly", "shifted", "negative", "counts", "left", "normal", "half normal", "few", "waves",
        "noisy waves", "constant",
    ],
)  # fmt: skip
def test_features(x, expected):
    assert are_skewed(x[:, None]).tolist() == [expected]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (None, r"Feature 1 of X is skewed, and 1 more: its largest values lie 3\.1 times .* np\.log of features 1, 2,"),
        (["a", "b", "c"], r"Feature 1 \('b'\) of X is skewed, and 1 more"),
    ],
)
def test_message(names, said):
    numbers = np.column_stack([NORMAL, np.exp(0.5 * NORMAL), np.exp(NORMAL)])
    with pytest.warns(UserWarning, match=said):
        warn_if_skewed(numbers, names)


def test_many_steps_are_looked_at_evenly():
    numbers = np.r_[np.exp(0.5 * np.random.RandomState(0).randn(30_001)), np.full(20_000, 1.0)]
    assert are_skewed(numbers[:, None]).tolist() == [True]


def test_what_is_too_small_is_found_by_the_logarithm(eager):
    rng = np.random.RandomState(0)
    X = [np.exp(np.c_[0.8 * rng.randn(30), 0.1 * rng.randn(30)]) for _ in range(100)]
    small = [x * np.where(np.arange(30)[:, None] < 15, 1, [0.2, 1]) for x in X[:20]]
    detector = LSTMAutoencoderDetector(units=4, epochs=6, random_state=0)
    [message] = [one for one in told(detector.fit, X) if "skewed" in one]
    assert message.startswith("Feature 0 of X is skewed: ")
    assert message.endswith("Pass np.log of it, in fit and later.")
    is_small = np.repeat([False, True], [80, 20])
    before = roc_auc_score(is_small, -detector.score_samples(X[20:] + small))
    X, small = ([np.log(x) for x in part] for part in (X, small))
    assert not any("skewed" in one for one in told(detector.fit, X))
    assert before + 0.1 < roc_auc_score(is_small, -detector.score_samples(X[20:] + small))


def test_columns_are_named(eager, untrained):
    rng = np.random.RandomState(0)
    X = [pd.DataFrame({"level": rng.randn(20), "amount": rng.lognormal(3, 1, 20)}) for _ in range(20)]
    messages = told(LSTMAutoencoderDetector(units=2, epochs=1).fit, X)
    assert any(message.startswith("Feature 1 ('amount') of X is skewed:") for message in messages)


def test_prices_that_wander_are_told_of_as_such(eager, untrained):
    prices = np.exp(np.random.RandomState(1).randn(400, 1).cumsum(axis=0) / 20)
    messages = told(LSTMAutoencoderDetector(units=2, epochs=1, window=20).fit, [prices])
    assert not any("skewed" in message for message in messages)


def test_levels_that_lie_apart_come_first(eager, untrained):
    rng = np.random.RandomState(0)
    X = [level * (1 + 0.01 * rng.randn(30, 1)) for level in rng.lognormal(3, 0.8, 40)]
    messages = told(LSTMAutoencoderDetector(units=2, epochs=1).fit, X)
    assert any("levels of the series" in message for message in messages)
    assert not any("skewed" in message for message in messages)
