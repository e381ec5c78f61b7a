"""Detectors to which what stands still is the most normal of all: a warning, and none where that is found."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from sklearn.ensemble import IsolationForest

from skseq import LSTMAutoencoderDetector
from skseq._data.mistakes.numbers.still_passes import share_left, stood_still, warn_if_still_passes
from skseq._data.sequences import Sequences

RNG = np.random.RandomState(0)


def test_share_left():
    """Half of the variance of the first feature, which is 1, and all of the second; the third is constant."""
    numbers = np.array([[-1.0, 1, 5], [1, -1, 5]])
    assert share_left(np.array([[0.5, 1, 0], [0.5, 1, 0]]), numbers) == 0.5
    assert share_left(np.zeros((2, 1)), numbers[:, 2:]) == 0


def test_stood_still():
    values = np.array([[1.0, 3, 0], [1, 2, 6]])[:, :, None]
    still = stood_still(Sequences(values=values, lengths=np.array([2, 3])))
    assert np.where([[1, 1, 0], [1, 1, 1]], still[:, :, 0], -1).tolist() == [[2, 2, -1], [3, 3, 3]]


def test_limits():
    """Much must be left, and nearly all of some sequences look better if they stand still."""
    scores, still = -np.ones(20), np.zeros(20)
    with pytest.warns(UserWarning, match=r"leaves 0\.71 of .*: 100% of them .* set scoring='mahalanobis'"):
        warn_if_still_passes(0.71, scores, still, "combined")
    with pytest.warns(UserWarning, match=r"If that matters, judge features"):
        warn_if_still_passes(0.71, scores, still, "mahalanobis")
    for left, n, worse in ((0.7, 20, 0), (0.71, 4, 0), (0.71, 20, 2)):
        warn_if_still_passes(left, scores[:n], np.where(np.arange(n) < worse, -2, still[:n]), "combined")


def test_of_ids_reading_has_told(eager):
    ids = np.random.RandomState(0).choice([4624, 4625, 4634, 4648, 4672, 4688, 4720, 4768, 4776, 5140], (80, 12))
    with pytest.warns(UserWarning, match="look like ids") as caught:
        LSTMAutoencoderDetector(units=2, epochs=6, learning_rate=1e-6, early_stopping=False, random_state=0).fit(ids)
    assert not any("stood still" in str(one.message) for one in caught)


def test_what_moves_by_chance(eager):
    """Nothing can be learnt of pulses at any time; features of each sequence find one without, as the advice says."""
    X = np.where(RNG.rand(80, 12) < 0.3, RNG.rand(80, 12) + 1, 0)
    with pytest.warns(UserWarning, match="would look more normal if they stood still") as caught:
        detector = LSTMAutoencoderDetector(units=4, epochs=6, random_state=0).fit(X)
    flat = np.full((1, 12), X.mean())
    assert detector.score_samples(flat) > np.quantile(detector.score_samples(X), 0.9)
    [message] = [str(one.message) for one in caught if "stood still" in str(one.message)]
    code = re.search(r"fit\((\[.*\])\)\.$", message)[1]
    of_normal, of_flat = (eval(code, {"np": np, "X": own}) for own in (X, flat))
    forest = IsolationForest(random_state=0).fit(of_normal)
    assert forest.score_samples(of_flat) < np.quantile(forest.score_samples(of_normal), 0.05)


def test_windows_of_what_moves_by_chance(eager):
    """What the advice says finds where one of two features stands still."""
    series = [np.random.RandomState(1).randn(400, 2)]
    with pytest.warns(UserWarning, match="held-out windows.* would look more normal if they stood still") as caught:
        LSTMAutoencoderDetector(units=2, window=8, epochs=6, random_state=0).fit(series)
    [message] = [str(one.message) for one in caught if "stood still" in str(one.message)]
    names = {"np": np, "pandas": pd, "X": series, "x": series[0][:60].copy()}
    names["x"][20:30, 1] = 0.5
    names["least"] = eval(re.search(r"least = (.*); later", message)[1], names)
    found = np.flatnonzero(eval(re.search(r"later, (.*) of each", message)[1], names))
    assert {27, 28, 29} <= set(found.tolist()) <= set(range(21, 37))  # rows whose last 8 are still, or some of them


def test_waves_in_noise(eager):
    X = np.sin(np.arange(12) / 2 + RNG.randint(0, 2, (80, 1)) * 3) + 0.3 * RNG.randn(80, 12)
    assert_no_warning(LSTMAutoencoderDetector(units=8, epochs=40, learning_rate=0.02, random_state=0), X)


def test_windows_of_waves_in_noise(eager):
    series = [np.sin(np.arange(600) / 2) + 0.3 * np.random.RandomState(1).randn(600)]
    assert_no_warning(LSTMAutoencoderDetector(units=8, window=8, epochs=20, learning_rate=0.02, random_state=0), series)
