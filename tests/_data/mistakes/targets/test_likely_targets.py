"""Warnings about targets that are not what an estimator takes them for, and none about those that are."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import DataConversionWarning

from skseq import (
    Seq2SeqClassifier,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._data.mistakes.targets.likely_targets import warn_if_orders_apart
from skseq.preprocessing import SlidingWindows

RNG = np.random.RandomState(0)
WALKS = RNG.randn(60, 100).cumsum(axis=1)
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


# --- numbers of timesteps in place of several outputs -----------------------------------------------------------------

RAIN = RNG.gamma(0.5, size=(60, 12))  # of 60 catchments
LEVELS = 100 + np.stack(
    [RAIN[:, max(0, t - 3) : t + 1].sum(axis=1) for t in range(12)], axis=1
)  # of the last four steps
TELLS_OF_OUTPUTS = (
    r"y has as many columns as X has timesteps, 12, .*SlidingWindows\(window=6\)\.split_series.*last step"
)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (RAIN, LEVELS),
        (np.stack([RNG.randn(60, 12), RAIN], axis=2), 0.1 * LEVELS),
        (RAIN.astype(np.float32), pd.DataFrame(LEVELS)),
    ],
    ids=["levels", "of a channel", "float32"],
)
def test_a_number_at_every_timestep_is_no_list_of_outputs(X, y):
    with pytest.warns(UserWarning, match=TELLS_OF_OUTPUTS):
        SequenceRegressor(**SMALL).fit(X, y)


def test_windows_that_end_at_each_timestep_have_one_number_each():
    """As the warning says: a window has all four steps that its number is the sum of, but the first ones have fewer."""
    windows, targets, _ = SlidingWindows(window=6).split_series(RAIN, LEVELS)
    assert_no_warning(SequenceRegressor(**SMALL), windows, targets[:, -1])
    assert np.allclose(targets[:, -1], 100 + windows[:, -4:].sum(axis=1))


# --- labels of timesteps in place of several --------------------------------------------------------------------------

STATES = np.repeat(RNG.choice(["rest", "run", "walk"], 200), 10)
OF_STEPS = np.lib.stride_tricks.sliding_window_view(STATES, 12)[::15]
READINGS = RNG.randn(*OF_STEPS.shape, 2)


@pytest.mark.parametrize("as_y", [np.array, pd.DataFrame, np.ndarray.tolist], ids=["array", "frame", "lists"])
def test_a_label_at_every_timestep_is_no_list_of_outputs(as_y):
    y = as_y(OF_STEPS)
    with pytest.warns(UserWarning, match=r"y has as many columns as X has timesteps, 12, .* SequenceTagger") as told:
        SequenceClassifier(**SMALL).fit(READINGS, y)
    (code,) = re.findall(r"pass (.*\]), that", str(told[0].message))
    last = eval(code, {"numpy": np, "y": y})
    assert last.tolist() == OF_STEPS[:, -1].tolist()
    assert_no_warning(SequenceClassifier(**SMALL), READINGS, last)
    assert_no_warning(SequenceTagger(**SMALL), READINGS, OF_STEPS.tolist())


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (READINGS, OF_STEPS[:, :11]),
        (READINGS[:, :7], OF_STEPS[:, :7]),
        (READINGS, RNG.choice(["a", "b", "c"], OF_STEPS.shape)),
        (READINGS, (RNG.rand(*OF_STEPS.shape) < 0.1).astype(int)),  # rare labels of several
        (READINGS, np.char.add(OF_STEPS, np.arange(12).astype(str))),  # each column has its own
        ([READINGS[0, :11], *READINGS[1:]], OF_STEPS),
    ],
    ids=["other width", "few", "do not last", "rare", "own labels", "ragged"],
)
def test_several_labels_stay(X, y):
    assert_no_warning(SequenceClassifier(**SMALL), X, y)


SEASONAL = np.tile(RNG.randn(12), 20) + 0.3 * RNG.randn(240)  # with a season of 12 steps
SLICES = np.lib.stride_tricks.sliding_window_view(SEASONAL, 24)
DRAWN = RNG.permutation(SLICES)[:170]


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (SLICES[:, :12], SLICES[:, 12:]),
        (SLICES[::3, :12], SLICES[::3, 12:]),
        (DRAWN[:, :12, None], DRAWN[:, 12:]),
        (WALKS[:, :12], WALKS[:, 12:24]),
        (RAIN + 0.1 * RNG.randn(60, 12), RAIN),
        (RAIN, RAIN @ RNG.randn(12, 12)),
        (RAIN, RNG.randn(60, 12)),
        (RAIN, RAIN[:, :1] * np.arange(1, 13) + 0.1 * RNG.randn(60, 12)),
        (RAIN, LEVELS[:, :11]),
        (RAIN[:, :7], LEVELS[:, :7]),
        (np.ones((60, 12)), LEVELS),
        ([RAIN[0, :11], *RAIN[1:]], LEVELS),
    ],
    ids=[
        "windows",
        "apart",
        "drawn",
        "walks",
        "of the range of X",
        "mixed",
        "noise",
        "of the first",
        "fewer",
        "short",
        "constant",
        "ragged",
    ],
)
def test_outputs_that_are_no_timesteps(X, y):
    assert_no_warning(SequenceRegressor(**SMALL), X, y)


def test_a_horizon_as_long_as_the_window_is_no_list_of_timesteps():
    """Not even a season ahead, in the units of each window, which hide that windows go on."""
    assert_no_warning(SeriesForecaster(SequenceRegressor(**SMALL), window=12, horizon=12), [SEASONAL])


# --- targets in one column --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", [SequenceClassifier, SequenceRegressor])
def test_targets_in_one_column(estimator):
    X, y = RNG.randn(10, 3), np.arange(10) % 2
    for column in (y[:, None], pd.DataFrame({"y": y}), y[:, None].tolist()):
        message = r"one output of several.*by y\.ravel\(\), or y\.iloc\[:, 0\]"
        with pytest.warns(DataConversionWarning, match=message) as told:
            model = estimator(**SMALL).fit(X, column)
        assert ("Wrappers of scikit-learn for one label" in str(told[0].message)) == (estimator is SequenceClassifier)
        assert model.predict(X).shape == (10, 1)
        assert_no_warning(model, X, pd.DataFrame(column).iloc[:, 0])
    assert_no_warning(estimator(**SMALL), X, np.stack([y, 1 - y], axis=1))
    assert_no_warning(Seq2SeqClassifier(**SMALL), X, y[:, None])


# --- numbers as conditions --------------------------------------------------------------------------------------------

SONGS = [["do", "re", "mi"][: 1 + index % 3] for index in range(60)]
TEMPI = np.linspace(60, 180, 60).round()  # 60 distinct whole numbers


@pytest.mark.parametrize("y", [TEMPI, TEMPI.astype(int), TEMPI.tolist()], ids=["floats", "integers", "list"])
def test_a_quantity_that_is_read_as_labels(y):
    with pytest.warns(
        UserWarning, match="y holds 60 distinct whole numbers in 60 samples, from 60 to 180, which are re"
    ):
        SequenceGenerator(**SMALL).fit(SONGS, y)
    model = SequenceGenerator(**SMALL)
    assert_no_warning(model, SONGS, np.reshape(y, (-1, 1)))  # as the warning says
    assert np.isfinite(model.score(SONGS[:1], np.reshape([171.5], (-1, 1))))
    assert len(model.sample(1, y=[171.5], random_state=0)) == 1
    assert_no_warning(SequenceGenerator(**SMALL), SONGS, list(map(str, y)))


@pytest.mark.parametrize(
    "y",
    [
        np.arange(60),  # who wrote each
        1 + np.arange(60.0),
        np.repeat(TEMPI[::5], 5),  # 12 tempi
        np.arange(1990, 2010).repeat(3),  # 20 years
        [f"song {index}" for index in range(60)],
        TEMPI + 0.5,
        np.arange(60) % 2 == 0,
    ],
    ids=["from 0", "from 1", "few", "years", "strings", "fractions", "booleans"],
)
def test_conditions_that_are_as_they_seem(y):
    assert_no_warning(SequenceGenerator(**SMALL), SONGS, y)


def test_many_labels_that_occur_often_are_none_of_a_quantity():
    assert_no_warning(SequenceGenerator(**SMALL), SONGS * 3, np.arange(100, 130).repeat(6))


# --- numbers over orders of magnitude ---------------------------------------------------------------------------------

DRAWN = np.random.RandomState(3)
ORDERS = 10.0 ** DRAWN.uniform(0, 6, size=200)


@pytest.mark.parametrize(
    "y",
    [ORDERS, np.sqrt(ORDERS), np.exp(3 * DRAWN.randn(200)), ORDERS[:20] * 1e-9],
    ids=["uniform", "three orders", "normal", "few"],
)
def test_numbers_over_orders_of_magnitude(y):
    low, high = map("{:.3g}".format, np.quantile(y, [0.05, 0.95]))
    told = rf"Nine in ten numbers of y lie between {re.escape(low)} and {re.escape(high)}, .*TransformedTargetRegressor"
    with pytest.warns(UserWarning, match=told + r"\(Tested\(\.\.\.\), func=np\.log, inverse_func=np\.exp\)"):
        warn_if_orders_apart(y[:, None], "Tested")
    assert_quiet(np.log(y) - np.log(y).min() + 1)  # what it advises
    with pytest.warns(UserWarning, match=r"numbers of y\[:, 1\] lie"):
        warn_if_orders_apart(np.stack([np.ones(len(y)), y], axis=1), "Tested")


@pytest.mark.parametrize(
    "y",
    [
        DRAWN.rand(200),
        DRAWN.exponential(size=200),
        np.exp(DRAWN.randn(200)),
        np.cbrt(ORDERS),
        DRAWN.gamma(0.3, size=200),
        DRAWN.randn(200) ** 2,
        DRAWN.rand(200) ** 3,
        DRAWN.exponential(size=200) ** 2,
        DRAWN.beta(0.2, 0.2, size=200) + 1e-9,
        np.r_[1 + DRAWN.rand(100), 1e4 + DRAWN.rand(100)],
        np.r_[0, ORDERS],
        -ORDERS,
        ORDERS[:19],
        np.ones(50),
    ],
    ids=[
        "uniform", "exponential", "log-normal", "two orders", "gamma", "squares", "cubes", "squared times", "beta",
        "two groups", "zero", "negative", "few", "one number",
    ],
)  # fmt: skip
def test_numbers_within_few_orders_or_apart_near_zero_alone(y):
    assert_quiet(y)


def assert_quiet(y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_orders_apart(y[:, None], "Tested")


def test_a_regressor_learns_factors_as_the_warning_says():
    told = r"SequenceRegressor learns from squared errors"
    X = WALKS[:, :5]
    with pytest.warns(UserWarning, match=told):
        SequenceRegressor(**SMALL).fit(X, ORDERS[:60])
    model = TransformedTargetRegressor(SequenceRegressor(**SMALL), func=np.log, inverse_func=np.exp)
    assert (model.fit(X, ORDERS[:60]).predict(X) > 0).all()
    tail = np.exp(4 * DRAWN.randn(200))  # of which training cuts what varies most: one warning tells of both
    with pytest.warns(UserWarning, match="relative errors") as found:
        SequenceRegressor(**SMALL).fit(WALKS[np.arange(200) % 60, :5], tail)
    assert ["as if they were" in str(one.message) for one in found] == [True]
