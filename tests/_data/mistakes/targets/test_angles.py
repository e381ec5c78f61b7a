"""Angles in degrees: which targets and series are told to be some, and that the advice goes round with them."""

from types import SimpleNamespace

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge
from warned import told

from skseq import Seq2SeqRegressor, SequenceRegressor, SeriesForecaster
from skseq._data.mistakes.targets.angles import warn_if_angles, warn_if_series_are_angles
from skseq._data.sequences import Sequences

pytestmark = pytest.mark.usefixtures("eager", "untrained")

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
TURNS = RNG.uniform(0, 360, (100, 1)) + RNG.normal(0, 20, (100, 9)).cumsum(axis=1)
HEADINGS = TURNS % 360


@pytest.mark.parametrize("model", [SequenceRegressor, Seq2SeqRegressor])
@pytest.mark.parametrize("low", [0, -180])
def test_targets_that_are_angles(model, low):
    angles = HEADINGS + low
    X, y = angles[:, :8, None], angles[:, 8] if model is SequenceRegressor else angles[:, 8:]
    [message] = [message for message in told(model(**SMALL).fit, X, y) if "degrees" in message]
    assert message.startswith(f"y and feature 0 of X look like angles in degrees: both lie between {low} and ")
    code = message.partition("sines and cosines, ")[2].partition(" of y,")[0]
    sines = eval(code, {"numpy": np, "y": y})
    back = message.partition("an angle is ")[2].rstrip(".")
    np.testing.assert_allclose(eval(back, {"numpy": np, "p": sines}), y)
    assert_no_warning(model(**SMALL), eval(code, {"numpy": np, "y": angles[:, :8]}), sines)


@pytest.mark.parametrize("low", [0, -180])
def test_series_of_angles(low):
    series = [(180 + RNG.normal(5, 2, 400).cumsum()) % 360 + low for _ in range(2)]
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    [message] = told(forecaster.fit, series)
    code, back = (message.partition(start)[2].partition(end)[0] for start, end in (("on ", " of"), ("take ", " of f")))
    turned = [eval(code, {"numpy": np, "x": x}) for x in series]
    np.testing.assert_allclose(eval(back, {"p": turned[0]}), series[0])
    assert not told(forecaster.fit, turned)


@pytest.mark.parametrize("low", [0, -180])
def test_longitudes_near_an_end(low):
    """Nothing is in the middle, and steps over the end are as small as others; no value is called an outlier."""
    ends = np.linspace(-20, 20, 30)[:, None] + RNG.normal(0, 1, (30, 60)).cumsum(axis=1)
    tracks = [np.round(end % 360 + low, 1) for end in ends]
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    messages = told(forecaster.fit, tracks)
    assert [message[:43] for message in messages] == ["Target 0 of X looks like an angle in degree"]
    loud = [np.column_stack([own, RNG.randn(60)]) for own in tracks]
    loud[3][30, 1] = 1e6
    assert any(message.startswith("The value 1000000 of X[3], target 1") for message in told(forecaster.fit, loud))
    values, y = np.array(tracks)[:, :59, None], np.array(tracks)[:, 59]
    assert told(warn_if_angles, Sequences(values=values), y)
    assert not told(warn_if_angles, Sequences(values=values), HEADINGS[:30, 0] + low)  # all around, which X is not


@pytest.mark.parametrize(
    ("values", "y"),
    [
        (HEADINGS, HEADINGS[:, 0] / 3.6),  # percentages
        (HEADINGS / 3.6, HEADINGS[:, 0] / 3.6),
        (HEADINGS * 365 / 360, HEADINGS[:, 0]),  # days of the year
        (RNG.uniform(0, 360, (100, 9)), HEADINGS[:, 0]),  # noise
        (RNG.choice([0.0, 360.0], (100, 9)), HEADINGS[:, 0]),  # a switch
        (np.abs(TURNS % 720 - 360), HEADINGS[:, 0]),  # up and down
        (HEADINGS[:9, :3], HEADINGS[:9, 0]),  # few
    ],
)
def test_other_numbers(values, y):
    assert not told(warn_if_angles, Sequences(values=values[:, :, None]), y)


def test_targets_of_several_steps_keep_their_last_axis():
    X, y = HEADINGS[:, :7, None], HEADINGS[:, 7:, None]
    [message] = [message for message in told(Seq2SeqRegressor(**SMALL).fit, X, y) if "degrees" in message]
    code = message.partition("sines and cosines, ")[2].partition(" of y,")[0]
    assert eval(code, {"numpy": np, "y": y}).shape == (100, 2, 2)
    assert not any("degrees" in message for message in told(Seq2SeqRegressor(**SMALL).fit, X, [*y[:50, :1], *y[50:]]))


@pytest.mark.parametrize(
    "x",
    [np.linspace(5, 355, 20), 350 * np.exp(-np.arange(40) / 8), np.tile(np.repeat([348.0, 4.0], (3, 7)), 30)],
    ids=["warm up", "decay", "switch"],
)
def test_other_series(x):
    assert not told(warn_if_series_are_angles, SimpleNamespace(values=[x[:, None]] * 30, n_targets=1))
