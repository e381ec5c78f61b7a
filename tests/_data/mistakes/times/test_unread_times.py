"""Frames with irregular times in the index: which are warned of, and that the advice reads the gaps."""

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier, SequenceRegressor, SequenceTagger
from skseq.preprocessing import from_long

pytestmark = pytest.mark.usefixtures("eager", "untrained")

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
Y = np.arange(20) % 2
START = pd.Timestamp("2024-05-01 06:00")
LENGTHS = RNG.randint(6, 12, 20)
GAPS = [RNG.choice([2, 3, 15, 60], n) for n in LENGTHS]  # seconds


def at(gaps, k):
    return START + pd.Timedelta(days=k) + pd.to_timedelta(np.cumsum(gaps), unit="s")


def frames(gaps=GAPS, make=pd.DataFrame, zone=None):
    return [make(RNG.randn(len(own)), at(own, k).tz_localize(zone)) for k, own in enumerate(gaps)]


@pytest.mark.parametrize(
    ("model", "X"), [(SequenceClassifier, frames()), (SequenceRegressor, frames(make=pd.Series, zone="Europe/Berlin"))]
)
def test_irregular_times(model, X):
    [message] = told(model(**SMALL).fit, X, Y)
    assert message.startswith("X has times in the index of its samples, at irregular gaps (the upper quartile is ")
    made = eval(message.partition("in fit and later: ")[2].partition(". Else")[0], {"X": X})
    assert made[3]["gap"].tolist() == [0, *GAPS[3][1:]]
    assert_no_warning(model(**SMALL), made, Y)
    assert_no_warning(model(**SMALL), [x.reset_index(drop=True) for x in X], Y)


def test_irregular_julian_days_of_long_rows():
    """As ``from_long`` puts them into the index of each sequence."""
    days = [2_459_000 + np.cumsum(own) / 10 for own in GAPS]
    rows = pd.DataFrame({"star": np.repeat(Y.cumsum() + np.arange(20), LENGTHS), "jd": np.concatenate(days)})
    X = from_long(rows.assign(mag=RNG.randn(len(rows))), id="star", time="jd", value="mag").X
    [message] = told(SequenceClassifier(**SMALL).fit, X, Y)
    assert message.startswith(
        f"X has numbers that grow, such as {days[0][1]:.10g} after {days[0][0]:.10g}, most likely"
    )
    made = eval(message.partition("in fit and later: ")[2].partition(". Else")[0], {"X": X})
    assert made[3]["gap"].to_numpy() == pytest.approx(np.r_[0, GAPS[3][1:]] / 10, abs=1e-6)
    assert_no_warning(SequenceClassifier(**SMALL), made, Y)


def test_irregular_times_of_a_tagger():
    tags = [np.arange(n) % 2 for n in LENGTHS]
    [message] = told(SequenceTagger(**SMALL).fit, frames(), tags)
    made = eval(message.partition("in fit and later: ")[2].partition(". Else")[0], {"X": frames()})
    assert_no_warning(SequenceTagger(**SMALL), made, tags)


@pytest.mark.parametrize(
    "X",
    [
        frames([np.full(n, 2 + k) for k, n in enumerate(LENGTHS)]),  # each regular
        frames([np.where(np.arange(n) == 3, 20, 2) for n in LENGTHS]),  # a few are missing
        frames([10 + RNG.rand(n) for n in LENGTHS]),  # clocks that waver
        frames([np.r_[1, np.zeros(n - 1)] for n in LENGTHS]),  # events at one time
        frames(GAPS[:8]),  # few
        [x.assign(since=(x.index - START).total_seconds()) for x in frames()],
        [x.assign(left=(x.index[-1] - x.index).total_seconds().to_numpy().round(-1)) for x in frames()],
        [x.assign(until=np.log([*own[1:], 1])) for x, own in zip(frames(), GAPS)],
        [x.set_axis(x.index.to_period("s")) for x in frames()],
        [x.astype(str).set_axis(x.index) for x in frames()],  # tokens
        [x.to_numpy() for x in frames()],
        [x.set_axis(np.cumsum(own)) for x, own in zip(frames(), GAPS)],
        [x.set_axis(np.cumsum(GAPS[0])[:6] / 1) for x in frames([np.ones(6)] * 20)],
        [x.set_axis(np.arange(len(x)) / 4) for x in frames()],
    ],
    ids=[
        "regular",
        "missing",
        "wavering",
        "events",
        "few",
        "since",
        "left",
        "until",
        "periods",
        "tokens",
        "arrays",
        "rows",
        "shared",
        "quarters",
    ],
)
def test_other_times(X):
    messages = told(SequenceClassifier(**SMALL).fit, X, Y[: len(X)])
    assert not [message for message in messages if "irregular" in message]
