"""A warning of detectors that are fitted on a few short sequences."""

import numpy as np
import pytest
from warned import told

from skseq import LSTMAutoencoderDetector

pytestmark = pytest.mark.usefixtures("eager", "untrained")


def messages(n_samples, n_timesteps=12, **parameters):
    X = np.random.RandomState(0).randn(n_samples, n_timesteps)
    return told(LSTMAutoencoderDetector(units=2, epochs=1, random_state=0, **parameters).fit, X)


def test_few_short_sequences_are_told():
    (message,) = messages(10)
    assert message.startswith("X holds 10 sequences. So few do not show how far normal ones lie apart")


def test_more_are_not_nor_what_advice_asks_for():
    assert not messages(11)
    assert not messages(10, window=4)
    assert not messages(10, contamination=0.2)  # the user says how many are odd
    X = np.random.RandomState(1).randn(40, 12)
    assert not told(LSTMAutoencoderDetector(units=2, epochs=1, random_state=0).fit, X[:10], X_val=X[10:])


def test_of_long_ones_only_one_warning_is_given():
    (message,) = messages(10, n_timesteps=200)
    assert "set window" in message.lower()
    assert "lie apart" not in message
