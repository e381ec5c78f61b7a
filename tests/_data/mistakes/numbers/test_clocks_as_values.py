"""Absolute times and counters, told with code that gives their steps; ages, growth and cycles are not."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from warned import told

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._base.diagnosis.diagnosed import facts_of_levels
from skseq._base.fits.facts import LEAST_EPOCHS
from skseq._data.mistakes.numbers.clocks_as_values import warn_if_clocks
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences, pad
from skseq._data.source_form import SourceForm

SMALL = {"units": 2, "epochs": 1}
LENGTHS = np.tile(np.arange(8, 14), 5)


def starting(first, step, seed=0):
    """Sequences that begin at one of ``first(rng)``, and rise by ``step(rng, n)``."""
    rng = np.random.RandomState(seed)
    return [first(rng) + np.r_[0, step(rng, n - 1).cumsum()] for n in LENGTHS]


def read(X, univariate=True):
    lengths = np.array(list(map(len, X)))
    flat = np.concatenate([np.reshape(x, (len(x), -1)) for x in X])
    return Sequences(values=pad(flat, lengths), lengths=lengths, univariate=univariate)


def a_year(rng):
    return 1.7e9 + 3e7 * rng.rand()


LOGINS = starting(a_year, lambda rng, n: rng.exponential(3600, n))
METERS = starting(lambda rng: 1e5 * rng.rand(), lambda rng, n: rng.uniform(5, 15, n))
NOISE = np.random.RandomState(0).randn(13)


@pytest.mark.parametrize(("X", "code"), [(LOGINS, "np.log1p(np.diff(x, prepend=x[0]))"), (METERS, "np.diff(x, prep")])
def test_times_and_meters_are_told_with_their_steps(X, code):
    [message] = told(warn_if_clocks, read(X), "steps are not seen")
    assert code in message
    assert "so that steps are not seen" in message
    code = re.search(r"later: (.*) of each array x\.$", message)[1]
    steps = [eval(code, {"np": np, "x": x}) for x in X]
    assert list(map(len, steps)) == LENGTHS.tolist()
    assert not told(warn_if_clocks, read(steps), "steps are not seen")


def test_of_several_features_the_steps_of_one_take_its_place():
    X = [np.column_stack([NOISE[: len(x)], x]) for x in LOGINS]
    [message] = told(warn_if_clocks, read(X, univariate=False), "steps are not seen")
    assert message.startswith("Feature 1 of X never falls")
    code = re.search(r"later: (.*) of each array x\.$", message)[1]
    steps = eval(code, {"np": np, "x": X[0]})
    assert np.array_equal(steps, np.column_stack([X[0][:, 0], np.log1p(np.diff(X[0][:, 1], prepend=X[0][0, 1]))]))


HOUSES = np.random.RandomState(0).lognormal(12, 0.7, 30)
RISING = {
    "from 0": starting(lambda rng: 0, lambda rng, n: rng.rand(n)),
    "growth": starting(lambda rng: 50 + 2 * rng.randn(), lambda rng, n: rng.rand(n)),
    "heights at all ages": starting(lambda rng: 80 + 70 * rng.rand(), lambda rng, n: np.full(n, 1.0)),
    "heights over some visits": starting(lambda rng: 95 + 70 * rng.rand(), lambda rng, n: np.full(n, 3 / n)),
    "ages": starting(lambda rng: 20 + 60 * rng.rand(), lambda rng, n: np.full(n, 2.5 / n)),
    "values of houses": [
        v * (1 + x) for v, x in zip(HOUSES, starting(lambda rng: 0, lambda rng, n: rng.rand(n) / 200))
    ],
    "their logarithms": starting(lambda rng: 12 + 0.7 * rng.randn(), lambda rng, n: rng.rand(n) / 200),
    "sorted by depth": starting(lambda rng: 30 * rng.rand(), lambda rng, n: rng.exponential(0.2, n)),
    "walks": starting(a_year, lambda rng, n: rng.randn(n)),
    "one per sequence": starting(a_year, lambda rng, n: np.zeros(n)),
    "few": LOGINS[:4],
    "short": [x[:2] for x in LOGINS],
}


@pytest.mark.parametrize("name", RISING)
def test_what_rises_from_alike_levels_or_falls_is_no_clock(name):
    assert not told(warn_if_clocks, read(RISING[name]), "steps are not seen")


def test_logarithms_are_for_steps_above_1():
    X = [x / 1e5 for x in LOGINS]  # whose median step was 2,500
    [message] = told(warn_if_clocks, read(X), "steps are not seen")
    assert "np.diff" in message
    assert "np.log1p" not in message


def test_ages_beside_other_features_are_no_clock():
    ages = starting(lambda rng: 20 + 70 * rng.rand(), lambda rng, n: np.full(n, 0.1))
    X = [np.column_stack([NOISE[: len(x)], x]) for x in ages]
    assert not told(warn_if_clocks, read(X, univariate=False), "steps are not seen")


def restarting(step, first_step=lambda rng: 0, seed=0):
    """Five sequences of 800 timesteps that sum up ``step(rng, n)``, and begin anew at four random ones."""
    rng, sequences = np.random.RandomState(seed), []
    for _ in range(5):
        runs = np.split(step(rng, 800), np.sort(rng.choice(np.arange(1, 800), 4, replace=False)))
        sequences.append(np.concatenate([np.r_[first_step(rng), run[1:]].cumsum() for run in runs]))
    return sequences


REQUESTS = {
    "from 0": restarting(lambda rng, n: rng.poisson(300 * rng.rand(n)).astype(float)),
    "from a first step": restarting(lambda rng, n: rng.gamma(5, 1, n), lambda rng: rng.gamma(5)),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_counters_that_are_reset_are_told_with_steps_that_never_fall(name):
    X = REQUESTS[name]
    [message] = told(warn_if_clocks, read(X), "steps are not seen")
    assert message.startswith("Feature 0 of X rises nearly all along, and falls to about 0 at times")
    code = re.search(r"later: (.*) of each array x\.$", message)[1]
    for x in X:
        steps, falls = eval(code, {"np": np, "x": x}), np.diff(x, prepend=x[0]) < 0
        assert np.array_equal(steps[falls], x[falls])
        assert np.array_equal(steps[~falls], np.diff(x, prepend=x[0])[~falls])


def test_of_several_features_a_counter_that_is_reset_has_code_of_its_own():
    noise = np.random.RandomState(0).randn(800)
    X = [np.column_stack([noise, x, noise]) for x in REQUESTS["from a first step"]]
    [message] = told(warn_if_clocks, read(X, univariate=False), "steps are not seen")
    code = re.search(r"later: (.*) of each array x\.$", message)[1]
    steps = eval(code, {"np": np, "x": X[0]})
    assert steps[:, 1].min() >= 0
    assert np.array_equal(steps[:, [0, 2]], X[0][:, [0, 2]])


@pytest.mark.parametrize("kind", ["arrays", "series", "frames"])
def test_forecasters_of_counters_that_are_reset_are_told(kind):
    X = [x + 0.0 for x in REQUESTS["from 0"]]
    noise = np.random.RandomState(0).randn(800)
    X = {
        "arrays": X,
        "series": [pd.Series(x) for x in X],
        "frames": [pd.DataFrame({"noise": noise, "n": x}) for x in X],
    }[kind]
    forecaster = SeriesForecaster(Ridge(), window=5, horizon=2)
    [message] = [own for own in told(forecaster.fit, X) if "as counters do that are reset" in own]
    assert message.startswith("Column 1 of X" if kind == "frames" else "X rises")
    code = re.search(r"in its place, (.*), and add them up", message)[1]
    for x in X:
        steps = np.asarray(eval(code, {"x": x, "np": np}))
        readings = np.asarray(x["n"] if kind == "frames" else x)
        gaps = np.diff(readings)
        assert np.array_equal(steps, [0, *np.where(gaps < 0, readings[1:], gaps)])
    if kind == "series":
        assert not any("counters" in own for own in told(forecaster.fit, [eval(code, {"x": x}) for x in X]))


def cycles(length, top, seed=0):
    """Five sequences of ramps by uneven steps, each ``length(rng)`` timesteps long and from 0 to ``top(rng)``."""
    rng, sequences = np.random.RandomState(seed), []
    for _ in range(5):
        ramps = [np.r_[0, rng.exponential(1, length(rng))].cumsum() for _ in range(6)]
        sequences.append(np.concatenate([top(rng) * ramp / ramp[-1] for ramp in ramps]))
    return sequences


RNG = np.random.RandomState(0)
SAWTOOTH = {
    "tanks that are emptied when they are full": cycles(
        lambda rng: rng.randint(110, 500), lambda rng: 90 + 5 * rng.rand()
    ),
    "totals of a day": cycles(lambda rng: 288, lambda rng: 100 * rng.rand()),
    "short cycles": cycles(lambda rng: rng.randint(5, 50), lambda rng: 100 * rng.rand()),
    "ramps at speeds of their own": [
        np.concatenate([speed * np.arange(n) for speed, n in zip(RNG.rand(6), RNG.randint(110, 500, 6))])
        for _ in range(5)
    ],
    "times since an event": restarting(lambda rng, n: np.ones(n)),
    "stocks that are sold and filled up": [x.max() - x for x in REQUESTS["from 0"]],
    "noise": [x + 50 * np.random.RandomState(0).randn(800) for x in REQUESTS["from 0"]],
    "rain, most steps without any": restarting(lambda rng, n: rng.exponential(1, n) * (rng.rand(n) < 0.2)),
    "partial falls": [x + 5e3 for x in REQUESTS["from 0"]],
    "falls below 0": [x - 3e3 for x in REQUESTS["from 0"]],
    "few falls": REQUESTS["from 0"][:1],
}


@pytest.mark.parametrize("name", SAWTOOTH)
def test_cycles_are_no_counters(name):
    assert not told(warn_if_clocks, read(SAWTOOTH[name]), "steps are not seen")


@pytest.mark.usefixtures("eager", "untrained")
@pytest.mark.parametrize("model", [LSTMAutoencoderDetector, LSTMAutoencoderTransformer, SequenceGenerator])
def test_fits_tell_of_clocks_once(model):
    messages = told(model(**SMALL).fit, LOGINS)
    assert sum("never falls" in own for own in messages) == 1
    assert not any("np.mean" in own for own in messages)


@pytest.mark.parametrize("model", [LSTMAutoencoderDetector, SequenceGenerator])
def test_fits_that_learn_little_of_clocks_tell_of_them_once(model):
    fitted = model(units=2, epochs=LEAST_EPOCHS, random_state=0)
    messages = told(fitted.fit, LOGINS)
    assert sum("absolute times" in own for own in messages) == 1
    [check] = [check for check in fitted.diagnose().found if check.name == "levels"]
    assert "steps of this feature, " in check.message
    assert "np.diff(x, prepend=x[0])) of each array x" in check.message


@pytest.mark.parametrize(
    ("kind", "code"), [("series", "np.diff(x, prepend=x[0])"), ("features", "np.diff(x, axis=0, prepend=x[:1])")]
)
def test_a_look_at_a_fit_has_the_code_of_steps(kind, code):
    form = SourceForm(kind=kind, n_features=1, n_timesteps=13, dtype="float64", scale=Scale.none(1))
    assert facts_of_levels(read(LOGINS), form)["steps"] == f"np.log1p({code})"
    assert facts_of_levels(read(RISING["walks"]), form)["steps"] == ""


# --- times since 1970 beside other features, of which an estimator with targets is told ------------------------------


def beside(times):
    """Times, and a reading at each."""
    rng = np.random.RandomState(1)
    return [np.column_stack([rng.rand(len(own)), own]) for own in times]


def said_of_times(model, X, y):
    return [own for own in told(model(**SMALL).fit, X, y) if "times since 1970" in own]


@pytest.mark.usefixtures("eager", "untrained")
@pytest.mark.parametrize(("factor", "unit"), [(1, "s"), (1e3, "ms"), (1e9, "ns")])
def test_times_since_1970_are_told_by_estimators_with_targets(factor, unit):
    X = beside([np.round(factor * own) for own in LOGINS])
    labels = np.arange(len(X)) % 2
    of_steps = [np.arange(len(own)) % 2 for own in X]
    for model, y in ((SequenceClassifier, labels), (SequenceRegressor, 1.0 * labels), (SequenceTagger, of_steps)):
        [message] = said_of_times(model, X, y)
        assert message.startswith(f"Feature 1 of X holds times since 1970 in {unit}, most likely")
    code = re.search(r"in fit and later: (.*) of each array x", message)[1]
    steps = [eval(code, {"np": np, "x": x}) for x in X]
    assert all(
        own.shape == x.shape and own[0, 1] == 0 and np.array_equal(own[:, 0], x[:, 0]) for own, x in zip(steps, X)
    )
    assert said_of_times(SequenceClassifier, steps, labels) == []


@pytest.mark.usefixtures("eager", "untrained")
def test_other_numbers_are_not_taken_for_times_since_1970():
    labels = np.arange(len(LOGINS)) % 2
    since_start = [own - own[0] for own in LOGINS]
    at_once = [1.7e9 + own - own[0] for own in LOGINS]  # all begin at one time: that says how they go on
    for X in (METERS, since_start, at_once, [own[::-1] for own in LOGINS]):
        assert said_of_times(SequenceClassifier, beside(X), labels) == []
