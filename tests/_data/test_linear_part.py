"""The linear part against scikit-learn's Ridge on windows laid flat, and on targets that are linear."""

import numpy as np
from sklearn.linear_model import Ridge

from skseq._data.linear_part import LinearPart

rng = np.random.RandomState(0)
SOURCE, FUTURE = rng.randn(60, 4, 2), rng.randn(60, 3, 1)
ROWS = {"source": SOURCE, "future": FUTURE, "weight": rng.rand(60)}
TARGET = rng.randn(60, 3, 2)


def test_every_step_is_a_ridge_regression():
    part = LinearPart.learn(ROWS, TARGET, np.arange(60), n_known=1)
    found = part.predict(ROWS)
    for step in range(3):
        inputs = np.concatenate([SOURCE.reshape(60, 8), FUTURE[:, step]], axis=1)
        ridge = Ridge().fit(inputs, TARGET[:, step], sample_weight=ROWS["weight"])
        np.testing.assert_allclose(found[:, step], ridge.predict(inputs))
    some = {name: x[:5] for name, x in ROWS.items()} | {"future": FUTURE[:5, :2]}
    np.testing.assert_allclose(part.predict(some), found[:5, :2])  # a forecast of fewer steps


def test_windows_and_targets_of_other_lengths():
    """Windows end where they end; a step is learnt from the targets that have it, and from chosen samples alone."""
    lengths = np.where(np.arange(60) % 3, 4, 3).astype(np.int32)
    padded = np.where(np.arange(4)[:, None] < lengths[:, None, None], SOURCE, 99)
    rows = {"source": padded, "source_lengths": lengths, "weight": np.ones(60), "target_lengths": 1 + np.arange(60) % 3}
    samples = np.arange(50)
    part = LinearPart.learn(rows, TARGET, samples)
    last = np.stack([own[n - 3 : n].ravel() for own, n in zip(SOURCE, lengths)])
    for step in range(3):
        has = samples[rows["target_lengths"][samples] > step]
        expected = Ridge().fit(last[has], TARGET[has, step]).predict(last)
        np.testing.assert_allclose(part.predict(rows)[:, step], expected)


def test_too_few_samples_have_no_linear_part():
    assert LinearPart.learn(ROWS, TARGET, np.arange(17), n_known=1) is None  # of 9 inputs
    assert LinearPart.learn(ROWS, TARGET, np.arange(18), n_known=1) is not None
