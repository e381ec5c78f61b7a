"""What transformers warn of when they read a table whose rows are steps."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from warned import told

from skseq.preprocessing import SequenceImputer, SequencePadder, SequenceScaler, SlidingWindows

STEPS = np.arange(300)
DATES = pd.date_range("2024", periods=300)
SENSORS = pd.DataFrame({"dust": 100 + np.sin(STEPS / 9), "temperature": 10 + np.sin(STEPS / 24)}, DATES)
GAPS = SENSORS.mask((STEPS % 50 < 3)[:, None] & [True, False])
HOURS = np.random.RandomState(0).randn(300, 24) + 3 + np.sin(np.arange(24) / 4)
READERS = {
    "imputer": SequenceImputer("interpolate").fit_transform,
    "scaler": SequenceScaler().fit_transform,
    "padder": SequencePadder(5).fit_transform,
    "windows": SlidingWindows(2).fit_transform,
    "split": SlidingWindows(2).split_series,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    ("X", "why"),
    [(SENSORS, "its index holds times"), (SENSORS.to_numpy(), "neighbouring rows are as alike as steps of a series")],
    ids=["times", "alike"],
)
def test_steps_that_are_read_as_sequences(read, X, why):
    (message,) = told(read, X)
    assert message.startswith(f"X of shape (300, 2) is read as 300 sequences of 2 timestep(s), but {why}.")
    rows = " If rows are samples, pass X.reset_index(drop=True)." if isinstance(X, pd.DataFrame) else ""
    assert message.endswith(f"pass a list of it, [X].{rows}")
    assert told(read, [X]) == []


@pytest.mark.parametrize("X", [GAPS, GAPS.to_numpy()], ids=["times", "alike"])
def test_gaps_hide_no_steps(X):
    assert len(told(SequenceImputer("interpolate").fit_transform, X)) == 1
    assert np.isnan(np.asarray(X)[:3, 0]).all()
    filled = SequenceImputer("interpolate").fit_transform([X])[0]
    np.testing.assert_allclose(np.asarray(filled)[50:53, 0], 100 + np.sin(STEPS[50:53] / 9), atol=0.1)


def test_counts_with_times():
    for read in (SequencePadder(5).fit_transform, SlidingWindows(2).fit_transform):
        assert "its index holds times" in told(read, SENSORS.round().astype(int))[0]


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "X",
    [HOURS, pd.DataFrame(HOURS), np.random.RandomState(0).randn(300, 2), SENSORS.to_numpy()[:40], [[1, 2, 3], [4, 5]]],
    ids=["array", "frame", "noise", "few", "lists"],
)
def test_rows_that_are_sequences(read, X):
    assert told(read, X) == []


@pytest.mark.parametrize("transformer", [SequenceImputer(), SequenceScaler(), SequencePadder(24)])
def test_rows_with_dates_may_be_samples_of_y(transformer):
    """A pipeline passes y on; its last step then sees no index."""
    samples = pd.DataFrame(HOURS, DATES).add_prefix("hour ")
    pipeline = make_pipeline(transformer, "passthrough")
    assert told(pipeline.fit_transform, samples, STEPS) == []
    for steps in [SENSORS, GAPS] if isinstance(transformer, SequenceImputer) else [SENSORS]:
        (message,) = told(make_pipeline(transformer, "passthrough").fit_transform, steps, STEPS)
        assert "an estimator with y needs windows of it" in message


def test_a_scaler_that_goes_on_says_it_once():
    scaler = SequenceScaler()
    assert len(told(scaler.partial_fit, SENSORS)) == 1
    assert told(scaler.partial_fit, SENSORS) == told(scaler.transform, SENSORS) == []
