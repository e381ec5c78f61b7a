import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq import LSTMAutoencoderDetector, SequenceClassifier, SequenceRegressor
from skseq.preprocessing import SequenceImputer, SequencePadder, SlidingWindows, as_sequences

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.usefixtures("untrained")]

Y = [0, 1, 0]
DAYS = pd.date_range("2024-01-01", periods=4)
SERIES = [pd.Series(np.arange(4.0) + shift, DAYS) for shift in range(3)]
LATEST_FIRST = [series[::-1] for series in SERIES]
SAYS = r"\[0\] has the time 2024-01-03( 00:00:00)? after a later one, at step 1\. .* sort them with sort"
READERS = {
    "classifier": lambda X: SequenceClassifier().fit(X, Y),
    "regressor": lambda X: SequenceRegressor().fit(X, Y),
    "predict": lambda X: SequenceClassifier().fit([series.iloc[:3] for series in SERIES], Y).predict(X),
    "X_val": lambda X: SequenceClassifier(epochs=1).fit(SERIES, Y, X_val=X, y_val=Y),
    "detector": lambda X: LSTMAutoencoderDetector().fit(X),
    "imputer": lambda X: SequenceImputer().fit(X),
    "windows": lambda X: SlidingWindows(horizon=1).split_series(X),
    "as_sequences": lambda X: as_sequences(X),
}


@pytest.mark.parametrize("reader", READERS)
def test_times_that_descend_are_refused(reader):
    for X in (LATEST_FIRST, [series.to_frame() for series in LATEST_FIRST]):
        with pytest.raises(ValueError, match=SAYS):
            READERS[reader](X)


@pytest.mark.parametrize(
    "index",
    [DAYS, DAYS.tz_localize("UTC"), DAYS.to_period("D"), DAYS - DAYS[0]],
    ids=lambda index: type(index).__name__,
)
def test_all_kinds_of_times_must_ascend(index):
    shuffled = pd.Series([1.0, 2.0, 3.0, 4.0], index).iloc[[0, 2, 1, 3]]
    for X in ([shuffled] * 3, pd.Series([SERIES[0], shuffled, SERIES[1]])):
        with pytest.raises(ValueError, match="after a later one, at step 2"):
            SequenceClassifier().fit(X, Y)


def test_tokens_with_times_ascend_too():
    events = [pd.Series(list("abcd"), DAYS[::-1])] * 3
    for read in (SequencePadder().fit, lambda X: SequenceClassifier().fit(X, Y)):
        with pytest.raises(ValueError, match=r"X\[0\] has the time"):
            read(events)


def test_a_column_of_times_of_polars_ascends_too():
    frame = pl.DataFrame({"day": DAYS.to_numpy()[::-1], "level": [1.0, 2.0, 3.0, 4.0]})
    with pytest.raises(ValueError, match=rf"X{SAYS}\('day'\)"):
        SequenceImputer().fit([frame])
    SequenceImputer().fit([frame.sort("day"), frame.with_columns(born=pl.col("day"))])  # which of the two?


@pytest.mark.parametrize(
    "index",
    [[3, 2, 1, 0], DAYS[[0, 1, 1, 2]], pd.DatetimeIndex([*DAYS[:2], pd.NaT, DAYS[2]])],
    ids=["integers", "equal times", "a missing time"],
)
def test_other_indices_pass(index):
    X = [pd.Series([1.0, 2.0, 3.0, 4.0], index)] * 3
    assert len(SequenceClassifier().fit(X, Y).predict(X)) == 3
    assert as_sequences(X, verbose=0).shape == (3, 4, 1)


def test_series_in_the_cells_of_a_frame_ascend_too():
    frame = pd.DataFrame({"a": SERIES, "b": [*SERIES[:2], LATEST_FIRST[2]]})
    with pytest.raises(ValueError, match="channel 1 of sample 2 has the time"):
        as_sequences(frame)
