"""A warning where sizes of rare bursts tell of y, and none where they are errors of measuring."""

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from sklearn.pipeline import make_pipeline
from warned import told

import skseq.preprocessing
from skseq import SequenceClassifier, SequenceRegressor
from skseq.exceptions import TrainingWarning

pytestmark = pytest.mark.usefixtures("eager", "untrained")

N = 200
SMALL = {"units": 2, "epochs": 1, "bidirectional": False, "random_state": 0}
DRAWN = np.random.RandomState(0)
CALM = 2000 + 20 * DRAWN.randn(N, 40, 2)
HIT = np.flatnonzero(np.arange(N) % 8 == 0)  # 25 samples
HEIGHTS = np.zeros(N)
HEIGHTS[HIT] = np.where(HIT % 16, 700, 3000) * DRAWN.uniform(0.9, 1.1, len(HIT))
KINDS = np.digitize(HEIGHTS, [100, 1500])


def bursts(heights):
    """The samples with one burst each, in the second feature."""
    X = CALM.copy()
    X[np.arange(N), 20, 1] += heights
    return X


def test_sizes_that_tell_of_labels_and_of_numbers():
    X = bursts(HEIGHTS)
    with pytest.warns(TrainingWarning) as told:
        SequenceClassifier(**SMALL).fit(X, KINDS)
    [message] = [str(one.message) for one in told if "outliers" in str(one.message)]
    begins, ends = message.split(" lies beyond ")
    assert begins == "In 25 of 200 samples feature 1 of X"
    assert f"as far as {X[:, :, 1].max():.4g}. SequenceClassifier takes such numbers for outliers" in ends
    names = {"make_pipeline": make_pipeline, "skseq": skseq, "SequenceClassifier": SequenceClassifier}
    advised = eval(message.split("without a cut: ")[1].rstrip("."), names)
    assert_no_warning(advised.set_params(sequenceclassifier__units=2, sequenceclassifier__epochs=1), X, KINDS)
    with pytest.warns(TrainingWarning, match="SequenceRegressor takes such numbers for outliers"):
        SequenceRegressor(**SMALL).fit(X, HEIGHTS)
    with pytest.warns(TrainingWarning, match="samples X lies beyond"):
        SequenceRegressor(**SMALL).fit(-X[:, :, 1], HEIGHTS)


@pytest.mark.parametrize(
    "heights",
    [
        np.where(HEIGHTS > 0, 9999, 0),
        np.where(HEIGHTS > 0, DRAWN.lognormal(9, 1, N), 0),
        np.where(np.arange(N) < 72, HEIGHTS, 0),  # nine samples
        HEIGHTS / 100,
    ],
    ids=["one number", "errors", "few", "small"],
)
def test_sizes_that_do_not(heights):
    assert_no_warning(SequenceClassifier(**SMALL), bursts(heights), (HEIGHTS > 0).astype(int) + (np.arange(N) % 2))
    assert_no_warning(SequenceRegressor(**SMALL), bursts(heights), CALM[:, :, 0].mean(axis=1))


def test_nothing_is_cut_on_a_scale_of_ones_own():
    assert_no_warning(SequenceClassifier(**SMALL, scale_inputs=False), bursts(HEIGHTS) / 1000, KINDS)


@pytest.mark.parametrize("n_bursts", [9, 12])
def test_a_burst_counts_once_in_windows_that_overlap(n_bursts):
    """Windows of 40 steps, 20 apart, of one series: every burst is in two, and y is its size."""
    series = 2000 + 20 * np.random.RandomState(1).randn(20 * N + 40)
    at = np.linspace(60, len(series) - 60, n_bursts).astype(int)
    size = np.zeros(len(series))
    size[at] = np.linspace(700, 3000, n_bursts)
    X, y = (np.lib.stride_tricks.sliding_window_view(own, 40)[::20][:N] for own in (series + size, size))
    messages = told(SequenceRegressor(**SMALL).fit, X, y.max(axis=1))
    assert any("samples X lies beyond" in message for message in messages) == (n_bursts > 9)
