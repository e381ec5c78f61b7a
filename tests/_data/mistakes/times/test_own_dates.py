"""Frames that each lack some of the dates of all: which are warned of, and that the advice fills them in."""

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier, SequenceRegressor

pytestmark = pytest.mark.usefixtures("eager", "untrained")

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
Y = np.arange(20) % 2
DATES = pd.date_range("2024-03-22", periods=15, freq="10D")
SEEN = RNG.rand(20, 15) > 0.2
CURVES = RNG.rand(20, 15).cumsum(axis=1)


def frames(seen=SEEN, dates=DATES, make=pd.Series):
    return [make(curve[own], dates[own]) for curve, own in zip(CURVES, seen)]


@pytest.mark.parametrize("make", [pd.Series, pd.DataFrame])
@pytest.mark.parametrize("dates", [DATES, DATES.tz_localize("Europe/Berlin"), DATES.to_period("D")])
@pytest.mark.parametrize("model", [SequenceClassifier, SequenceRegressor])
def test_frames_without_some_of_the_dates(make, dates, model):
    X = frames(dates=dates, make=make)
    [message] = told(model(**SMALL).fit, X, Y)
    assert message.startswith("The frames in X have 15 dates, of which each lacks some, ")
    common = eval(message.partition("with dates = ")[2].partition(" of fit")[0], {"pandas": pd, "X": X})
    assert list(common) == list(dates)
    filled, zeros = message.partition(", pass ")[2].partition(" where nothing")[0].split(", or ")
    made = eval(filled, {"X": X, "dates": common})
    pd.testing.assert_series_equal(
        pd.DataFrame(made[3])[0].loc[dates[SEEN[3]]], pd.DataFrame(X[3])[0], check_freq=False
    )
    assert all(len(x) == 15 and not np.isnan(np.asarray(x)).any() for x in made)
    assert np.asarray(eval(zeros, {"x": X[0], "dates": common})).ravel()[~SEEN[0]].tolist() == [0.0] * sum(~SEEN[0])
    assert_no_warning(model(**SMALL), made, Y)
    assert_no_warning(model(**SMALL), [x.reset_index(drop=True) for x in X], Y)


@pytest.mark.parametrize(
    "X",
    [
        frames(np.ones((20, 15), bool)),
        frames((np.arange(15) > k % 4) for k in range(20)),  # begin later
        frames(SEEN | (np.arange(20) > 1)[:, None]),  # two of them alone
        frames(np.repeat(SEEN[:1], 20, axis=0)),  # the same in all
        frames(RNG.rand(20, 15) > 0.6),  # more are missing than not
        [x.to_numpy() for x in frames()],
        [x.reset_index(drop=True) for x in frames()],
        [pd.Series(curve[:14], DATES[:14].union(DATES[:1])) for curve in CURVES],
        [pd.Series(curve, np.sort(np.r_[DATES[:13], DATES[:2]])) for curve in CURVES],  # several events at one time
        [pd.Series(CURVES[0, k : k + 6], DATES[SEEN[0]][k : k + 6]) for k in range(6)] * 3 + frames()[:2],  # windows
    ],
)
def test_other_frames(X):
    assert_no_warning(SequenceClassifier(**SMALL), X, Y)
