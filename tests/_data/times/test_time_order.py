from datetime import date, datetime

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
    [
        *(DAYS, DAYS.tz_localize("UTC"), DAYS.to_period("D"), DAYS - DAYS[0]),
        *(pd.Index(DAYS.date), pd.Index(DAYS.to_pydatetime(), dtype=object)),
        *(DAYS.astype(dtype) for dtype in ("timestamp[us][pyarrow]", "timestamp[ns, tz=UTC][pyarrow]")),
        pd.Index(DAYS.date, dtype="date32[day][pyarrow]"),
    ],
    ids=lambda index: f"{type(index).__name__} {index.inferred_type} {index.dtype}",
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
    [
        *([3, 2, 1, 0], DAYS[[0, 1, 1, 2]], pd.DatetimeIndex([*DAYS[:2], pd.NaT, DAYS[2]])),
        *(list("dcba"), DAYS.strftime("%Y-%m-%d")[::-1]),
        *([date(2024, 1, 2), 3, "a", None], [date(2024, 1, 2), datetime(2024, 1, 1), "a", 3]),
        [datetime(2024, 1, 2).astimezone(), *DAYS[:3].to_pydatetime()],
        pd.MultiIndex.from_arrays([DAYS[::-1], list("abcd")]),
    ],
    ids=[
        *("integers", "equal times", "a missing time", "text", "dates as text", "a date among others"),
        *("dates among others", "zones and none", "two levels"),
    ],
)
def test_other_indices_pass(index):
    X = [pd.Series([1.0, 2.0, 3.0, 4.0], index)] * 3
    assert len(SequenceClassifier().fit(X, Y).predict(X)) == 3
    assert as_sequences(X, verbose=0).shape == (3, 4, 1)


def test_series_in_the_cells_of_a_frame_ascend_too():
    frame = pd.DataFrame({"a": SERIES, "b": [*SERIES[:2], LATEST_FIRST[2]]})
    with pytest.raises(ValueError, match="channel 1 of sample 2 has the time"):
        as_sequences(frame)


@pytest.mark.parametrize(
    "times",
    [
        *(DAYS, DAYS.tz_localize("UTC"), DAYS.to_period("D"), pd.Index(DAYS.date)),
        DAYS.astype("timestamp[us][pyarrow]"),
    ],
    ids=lambda index: f"{type(index).__name__} {index.dtype}",
)
def test_channels_have_the_same_times(times):
    first, later = pd.Series([1.0, 2.0], times[[0, 1]]), pd.Series([3.0, 4.0], times[[0, 2]])
    says = (
        r"^channels 0 and 2 of sample 1 have the times 2024-01-02.* and 2024-01-03.* at step 1\. Expected the same "
        r"times, .* with reindex\(\), or call reset_index\(drop=True\) to keep these pairs\.$"
    )
    with pytest.raises(ValueError, match=says):
        as_sequences(pd.DataFrame({"a": [first, first], "b": [first, first], "c": [first, later]}))
    for other in (first, later.reindex(first.index), later.reset_index(drop=True), later.to_numpy(), [3.0, 4.0]):
        assert as_sequences(pd.DataFrame({"a": [first], "b": [other]}), verbose=0).shape == (1, 2, 2)


@pytest.mark.parametrize("labels", [[0, 1, 2], ["a", "b", "c"], [0.5, 1.5, 2.5], DAYS[:3] - DAYS[0]], ids=str)
def test_channels_with_the_same_labels_have_them_in_one_order(labels):
    index = pd.Index(labels)
    first, reversed_ = pd.Series([1.0, 2.0, 3.0], index), pd.Series([6.0, 5.0, 4.0], index[[0, 2, 1]])
    says = "have the index labels .* at step 1. Expected the same index labels, because"
    with pytest.raises(ValueError, match=says if isinstance(labels, list) else "at step"):
        as_sequences(pd.DataFrame({"a": [first], "b": [reversed_]}))
    for other in (first, reversed_.reindex(first.index), reversed_.reset_index(drop=True)):
        assert as_sequences(pd.DataFrame({"a": [first], "b": [other]}), verbose=0).shape == (1, 3, 2)


@pytest.mark.parametrize(
    ("index", "other"),
    [
        ([0, 1], [1, 2]),
        ([0, 0], [0, 1]),
        (pd.RangeIndex(2), [1, 0]),
        (list("ab"), list("bc")),
        (DAYS[:2] - DAYS[0], DAYS[1:3] - DAYS[0]),
        (DAYS[:2], DAYS[1:3].tz_localize("UTC")),
        (DAYS[:2], DAYS[1:3].to_period("D")),
        (DAYS[:2].to_period("D"), pd.period_range("2024-01", periods=2, freq="M")),
        (DAYS[:2].tz_localize("UTC"), DAYS[:2].tz_localize("UTC").tz_convert("Asia/Tokyo")),
        (DAYS[:2], pd.DatetimeIndex([DAYS[0], pd.NaT])),
        (DAYS[:2], DAYS[:2].as_unit("s")),
    ],
    ids=[
        *("integers", "integers twice", "nobody's", "text", "durations", "zone and none", "days and times"),
        "days and months",
        *("two zones", "a missing time", "units"),
    ],
)
def test_channels_whose_times_cannot_be_compared_or_are_the_same_pass(index, other):
    frame = pd.DataFrame({"a": [pd.Series([1.0, 2.0], index)], "b": [pd.Series([3.0, 4.0], other)]})
    np.testing.assert_array_equal(as_sequences(frame, verbose=0), [[[1.0, 3.0], [2.0, 4.0]]])
