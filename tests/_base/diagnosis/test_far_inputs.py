"""Numbers to predict from that lie far from those of the fit."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from warned import told

from skseq import SequenceClassifier, SequenceGenerator, SequenceRegressor, SequenceTagger
from skseq._base.diagnosis.far_inputs import warn_if_far
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences

pytestmark = pytest.mark.usefixtures("eager")

RNG = np.random.RandomState(0)
CELSIUS = 15 + 8 * RNG.randn(40, 6, 2)
KELVIN = CELSIUS + [0, 273.15]
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


def scale(**fields):
    numbers = {"mean": np.array([15.0, 15.0]), "deviation": np.array([8.0, 8.0]), "least": -20, "most": 20}
    return replace(Scale(**numbers, lowest=np.array([-10.0, -10.0]), highest=np.array([40.0, 40.0])), **fields)


def told_of(values, scale):
    return told(warn_if_far, Sequences(values=values), scale)


def test_in_other_units():
    (message,) = told_of(KELVIN, scale())
    median = np.median(KELVIN[..., 1])
    assert message.startswith(
        f"Most numbers of feature 1 of X, whose median is {median:.4g}, lie more than 5 deviations from the mean of "
        "those in fit, 15 with a deviation of 8:"
    )
    one = Scale(mean=np.array([15.0]), deviation=np.array([8.0]), least=-20.0, lowest=-10.0, highest=40.0)
    assert told_of(KELVIN[..., 1:], one)[0].startswith("Most numbers of X, whose")


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (CELSIUS, scale()),
        (np.where(RNG.rand(40, 6, 1) < 0.45, KELVIN, CELSIUS), scale()),  # fewer than most
        (CELSIUS[:2] + 8 * 15, scale()),  # two samples may be odd ones
        (KELVIN, Scale.none(2)),
        (KELVIN, scale(least=np.array([-20, -np.inf]))),  # mostly one value
        (KELVIN, scale(n_samples=3)),  # a stream begins
        (KELVIN, scale(highest=np.array([40.0, 300.0]))),  # fit held some
        (KELVIN, scale(lowest=-np.inf, highest=np.inf)),  # of a file that knew no ends
    ],
)
def test_what_says_nothing(values, scale):
    assert told_of(values, scale) == []


def test_few_samples():
    assert told_of(CELSIUS[:2] + 8 * 25, scale())[0].startswith("Most numbers of feature 0 of X")


def test_some_in_other_units():
    some = np.arange(40) % 10 == 0
    (message,) = told_of(np.where(some[:, None, None], KELVIN, CELSIUS), scale())
    assert message.startswith(
        "4 of 40 sequences looked at, such as X[0], X[10], X[20], lie wholly beyond the numbers of fit in feature 1, "
        "from -10 to 40: "
    )
    assert told_of(np.where(some[:, None, None], -KELVIN, CELSIUS), scale())


@pytest.mark.parametrize(
    "values",
    [
        np.where(np.arange(40)[:, None, None] < 2, KELVIN, CELSIUS),  # two
        np.where(np.arange(6)[:, None] < 3, KELVIN, CELSIUS),  # some timesteps of each
        np.where(np.arange(40)[:, None, None] < 6, 100, CELSIUS),  # not by as much as fit ranges over
        np.where(np.arange(19)[:, None, None] < 4, KELVIN[:19], CELSIUS[:19]),  # few samples
    ],
)
def test_some_that_say_nothing(values):
    assert told_of(values, scale(lowest=np.array([-30.0, -30.0]), highest=np.array([60.0, 60.0]))) == []


@pytest.mark.parametrize(
    "draw", [lambda n: RNG.standard_cauchy((n, 1, 1)).repeat(5, axis=1), lambda n: RNG.randn(n, 20, 1).cumsum(axis=1)]
)
def test_heavy_tails_and_walks_say_nothing(draw):
    known = Scale.learn(draw(60), None, samples=np.arange(60))
    assert told_of(draw(200), known) == []


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("estimator", [SequenceRegressor, SequenceClassifier, SequenceTagger, SequenceGenerator])
def test_estimators(estimator):
    label = (CELSIUS[:, :, 0] > 15).astype(int)
    y = None if estimator is SequenceGenerator else label if estimator is SequenceTagger else label[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = estimator(**SMALL).fit(CELSIUS, y)
    model.predict(CELSIUS)
    with pytest.warns(UserWarning, match=r"^Most numbers of feature 1 of X"):
        model.predict(KELVIN)


@pytest.mark.usefixtures("untrained")
def test_a_rare_class_at_a_level_of_its_own():
    rare = np.arange(100) >= 97
    values = RNG.randn(100, 5) + 50 * rare[:, None]
    assert not told(SequenceClassifier(**SMALL).fit(values, rare).predict, values[rare])


def test_a_stream_has_seen_more_than_gave_its_scale():
    model, last = SequenceRegressor(**SMALL), CELSIUS[:, -1, 0]
    for shift in (0, 100):
        with warnings.catch_warnings(action="ignore"):
            model.partial_fit(CELSIUS + shift, last)
    assert not told(model.predict, KELVIN)


@pytest.mark.usefixtures("untrained")
def test_an_encoder_has_another_scale():
    encoder = SequenceRegressor(**SMALL).fit(CELSIUS, CELSIUS[:, -1, 0])
    assert not told(SequenceRegressor(**SMALL, encoder=encoder).fit(KELVIN, CELSIUS[:, -1, 0]).predict, KELVIN)


@pytest.mark.usefixtures("untrained")
def test_once_in_a_loop_and_again_elsewhere():
    model = SequenceRegressor(**SMALL).fit(CELSIUS, CELSIUS[:, -1, 0])
    with warnings.catch_warnings(record=True, action="always") as caught:
        for _ in range(3):
            model.predict(KELVIN)
        model.predict(KELVIN)
    assert len(caught) == 2
    assert {warning.filename for warning in caught} == {__file__}
    for _ in range(2):  # where warnings are errors, each call raises
        with pytest.raises(UserWarning, match="^Most numbers"):
            model.predict(KELVIN)


# --- channels that hardly move ----------------------------------------------------------------------------------------

T = np.arange(40)
WALKING = RNG.uniform(0.5, 2, (60, 1, 1)) * np.sin(T[:, None] / [3, 5]) + 0.02 * RNG.randn(60, 40, 2)
RESTING = 0.02 * RNG.randn(20, 40, 2)
RADIANS = WALKING * [1, np.pi / 180]


def of_movements(X, later):
    model = SequenceRegressor(**SMALL)
    told(model.fit, X, X[:, 0, 0] + RNG.rand(len(X)))
    return told(model.predict, later)


@pytest.mark.usefixtures("untrained")
def test_radians_for_degrees():
    for own, later in ((WALKING, RADIANS), (np.r_[WALKING, RESTING], np.r_[WALKING, RESTING] * [1, np.pi / 180])):
        (message,) = of_movements(own, later)
        assert message.startswith("The numbers of feature 1 of X hardly move: 19 in 20 sequences range over 0.")
    (message,) = of_movements(WALKING[..., :1], WALKING[..., :1] / 1000)
    assert message.startswith("The numbers of X hardly move: ")


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("value", [0, 0.3])
def test_a_dead_or_stuck_sensor(value):
    (message,) = of_movements(WALKING, np.where([True, False], WALKING, value))
    assert message.startswith("The numbers of feature 1 of X stand still: 19 in 20 sequences range over 0, in fit over")
    assert "repair it" in message


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("X", "later"),
    [
        (WALKING, RADIANS[:19]),  # few
        (np.r_[WALKING, RESTING], RESTING),
        (WALKING, WALKING / [1, 10]),
        (np.r_[WALKING, WALKING[:2] * [1, 0]], WALKING * [1, 0]),  # off in some of the fit
        (WALKING, WALKING[:, :10] / [1, 50]),  # beginnings
        (WALKING * [1, 0], WALKING * [1, 0]),
        (WALKING, np.r_[RADIANS[:50], WALKING[50:]]),  # some as in fit
        (WALKING.cumsum(axis=1) + 10 * RNG.randn(60, 1, 2), WALKING.cumsum(axis=1)),  # levels
    ],
    ids=["few", "resting", "tenth", "off", "beginnings", "constant", "some", "levels"],
)
def test_movements_that_say_nothing(X, later):
    assert [message for message in of_movements(X, later) if "timesteps, and all in fit had" not in message] == []


def test_movements_of_streams_and_of_files_of_before():
    model = SequenceRegressor(**SMALL)
    for _ in range(2):
        told(model.partial_fit, WALKING, WALKING[:, 0, 0])
    assert not told(model.predict, RADIANS)
    told(model.fit, WALKING, WALKING[:, 0, 0])
    before = replace(model._learnt.source, scale=replace(model._learnt.source.scale, ranges=None))
    model._learnt = replace(model._learnt, source=before)
    assert not told(model.predict, RADIANS)
