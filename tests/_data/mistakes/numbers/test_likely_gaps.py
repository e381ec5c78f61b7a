"""Numbers that stand for what was not measured: which are warned of, that the advice helps, and which are not."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.pipeline import make_pipeline
from warned import told

from skseq import LSTMAutoencoderDetector, SequenceClassifier, SequenceRegressor
from skseq._data.mistakes.numbers.likely_gaps import by_column, gaps_of_features, number_of_gaps, zeros_together
from skseq.preprocessing import SequenceImputer

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
Y = np.arange(60) % 2
RATES = RNG.normal(80, 8, (60, 15))
GAPS = RNG.rand(60, 15) < 0.1
pytestmark = pytest.mark.usefixtures("eager", "untrained")


@pytest.mark.parametrize("number", [999, -1, 0, 1e6])
@pytest.mark.parametrize("form", ["array", "list", "frame"])
def test_a_number_far_from_all_others(number, form):
    filled = np.where(GAPS, number, RATES)
    X = {"array": filled, "list": [x[: 9 + k % 7] for k, x in enumerate(filled)], "frame": pd.DataFrame(filled)}[form]
    with pytest.warns(
        UserWarning, match=rf"% of the numbers in X are {re.escape(f'{number:g}')}, far from all"
    ) as caught:
        SequenceClassifier(**SMALL).fit(X, Y)
    code = re.search(r"such as (\[.*?\]) of an array", str(caught[0].message))[1]
    code = code.replace("np.asarray(X)", "X") if form == "list" else code
    gaps = eval(code, {"X": X, "np": np})
    model = make_pipeline(SequenceImputer("interpolate"), SequenceClassifier(**SMALL))
    assert_no_warning(model, gaps, Y)
    assert model[0].mean_[0] == pytest.approx(RATES[~GAPS].mean(), rel=0.02)


def test_the_feature_is_named():
    X = np.stack([RATES, np.where(GAPS, -999, RATES)], axis=2)
    for model, y in ((SequenceRegressor(**SMALL), Y), (LSTMAutoencoderDetector(**SMALL), None)):
        with pytest.warns(UserWarning, match="of the numbers of feature 1 in X are -999, far"):
            model.fit(X, y)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, np.asarray, np.ndarray.tolist])
def test_other_features_keep_that_number(make):
    flags = RNG.randint(0, 2, (60, 15))
    X = list(map(make, np.stack([flags, np.where(GAPS, 0, RATES)], axis=2)))
    with pytest.warns(UserWarning, match="of feature 1 in X are 0, far from all others") as caught:
        SequenceClassifier(**SMALL).fit(X, Y)
    code = re.search(r"such as (\[.*?\]) of an array", str(caught[0].message))[1].replace("np.asarray(X)", "X")
    gaps = np.array(eval(code, {"X": X, "np": np}))
    np.testing.assert_array_equal(gaps, np.stack([flags, np.where(GAPS, np.nan, RATES)], axis=2))


def mended(message, X):
    """What the code in a message makes of a list X."""
    code = re.search(r"such as (\[.*\]) of an array", message)[1].replace("np.asarray(X)", "X")
    return np.array(eval(code, {"X": X, "np": np}))


def test_all_features_that_hold_such_a_number_are_mended_at_once():
    """The second holds another one, the third nearly as many as the first, the fourth a few; the last one counts."""
    last = np.where(RNG.rand(60, 15) < 0.3, -999, 1000 * RNG.randint(-9, 9, (60, 15)))
    few = np.arange(900).reshape(60, 15) % 300 == 7
    masks, numbers = [GAPS, GAPS[::-1], GAPS[:, ::-1], few], [-999, 99e3, -999, -999]
    X = np.stack([*(np.where(own, number, RATES) for own, number in zip(masks, numbers)), last], axis=2)
    [message] = told(SequenceClassifier(**SMALL).fit, list(X), Y)
    share = f"{100 * GAPS.mean():.3g}%"
    assert message.startswith(f"{share} of the numbers of feature 0 in X are -999, far from all others")
    assert "; likewise 99000 in feature 1, -999 in feature 2, -999 in feature 3. If that stands" in message
    expected = np.stack([*(np.where(own, np.nan, RATES) for own in masks), last], axis=2)
    np.testing.assert_array_equal(mended(message, list(X)), expected)
    assert_no_warning(make_pipeline(SequenceImputer("interpolate"), SequenceClassifier(**SMALL)), expected, Y)


def test_many_features_are_cut_in_the_message():
    X = np.stack([np.where(GAPS, -999, RATES)] * 8, axis=2)
    [message] = told(SequenceClassifier(**SMALL).fit, list(X), Y)
    assert ", -999 in feature 5, those of 2 others. If that" in message
    np.testing.assert_array_equal(mended(message, list(X)), np.where(X == -999, np.nan, X))


def test_code_with_a_number_for_each_column():
    assert by_column({1: -999.0}, 3) == "[np.nan, -999.0, np.nan]"
    code = by_column({1: -999.0, 8: 99.0}, 9)
    np.testing.assert_array_equal(eval(code, {"np": np}), [np.nan, -999, *[np.nan] * 6, 99])


def test_one_number_of_many_columns_is_written_once():
    assert by_column(dict.fromkeys((1, 8), -999.0), 9) == "[-999.0 if k in [1, 8] else np.nan for k in range(9)]"


def points(run):
    """x and y (900, 4) of two points of pictures of two sizes, and steps (900, 2) at which either was not found."""
    rng = np.random.RandomState(1)
    size = np.where(np.arange(900) < 450, 1, 2.5)[:, None]
    lost = np.repeat(rng.rand(900 // run, 2) < 0.1, run, axis=0)
    return size * rng.uniform(60, 400, (900, 4)), lost


def test_zeros_of_several_features_at_the_same_steps():
    """None of them is far away from all others alone."""
    found, lost = points(3)
    pairs = np.repeat(lost, 2, axis=1)
    assert gaps_of_features(np.where(pairs, 0, found)) == {k: (0, lost[:, k // 2].mean()) for k in range(4)}
    [message] = told(SequenceClassifier(**SMALL).fit, list(np.where(pairs, 0, found).reshape(60, 15, 4)), Y)
    assert "likewise 0 in feature 1, 0 in feature 2, 0 in feature 3." in message


def test_zeros_of_several_features_that_may_well_be_measured():
    found, lost = points(3)
    together = np.repeat(lost[:, :1], 4, axis=1)  # a machine that stands still
    turns = np.repeat(points(50)[1], 2, axis=1)  # two machines, for long
    alone = np.stack([lost[:, 0], lost[:, 1], lost[::-1, 0], lost[::-1, 1]], axis=1)
    for zeros, numbers in ((together, found), (turns, found), (alone, found), (np.repeat(lost, 2, axis=1), found - 60)):
        assert gaps_of_features(np.where(zeros, 0, numbers)) == {}


@pytest.mark.parametrize("width", [900, 10, 28])
def test_shops_that_are_closed_on_the_same_days_of_the_week(width):
    """Two of them on Sundays, and two on Mondays and Tuesdays, in windows in any order."""
    rng = np.random.RandomState(0)
    sales, day = rng.lognormal(5, 0.5, (900, 4)) + 20, np.arange(900) % 7
    closed = np.stack([day == 6, day == 6, day < 2, day < 2], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(np.where(closed, 0, sales), width, axis=0)
    assert gaps_of_features(rng.permutation(windows).transpose(0, 2, 1).reshape(-1, 4)) == {}


def test_zeros_of_two_quantities_of_which_there_were_none():
    """Kilometres and minutes by two means of transport, and pieces and prices of two articles."""
    rng = np.random.RandomState(0)
    none = np.repeat(rng.rand(900, 2) < 0.3, 2, axis=1)
    km = rng.lognormal(2, 0.6, (900, 2)) + 1
    trips = np.stack([km, km * rng.uniform(1, 3, (900, 2)) + 3], axis=2).reshape(900, 4)
    sold = np.stack([rng.poisson(30, (900, 2)) + 5, rng.uniform(1, 2, (900, 2))], axis=2).reshape(900, 4)
    for numbers in (trips, sold):
        assert gaps_of_features(np.where(none, 0, numbers)) == {}


def walks(draw):
    """Three persons who walk to and fro, each lost at times of its own; draw (rng, where (900,)) gives x and y."""
    rng, where = np.random.RandomState(0), np.arange(900) / 30
    lost = np.repeat(rng.rand(900, 3) < 0.05, 2, axis=1)
    return np.where(lost, 0, np.column_stack([feature for k in range(3) for feature in draw(rng, np.sin(where + k))]))


def diagonal(rng, place):
    return 300 + 100 * place + rng.normal(0, 3, 900), 200 + 60 * place + rng.normal(0, 3, 900)


def along_a_street(rng, place):
    return 950 + 850 * place + rng.normal(0, 3, 900), 900 + rng.uniform(-40, 40, 900)


@pytest.mark.parametrize("draw", [diagonal, along_a_street])
def test_points_of_someone_who_walks_along_a_line(draw):
    assert list(zeros_together(walks(draw))) == list(range(6))


TRAINING = {
    "sums of sets": lambda rng, place: (rng.poisson(80, 900), rng.normal(4000, 700, 900)),
    "more and more": lambda rng, place: (rng.poisson(80, 900), 40 + 0.2 * np.arange(900) + rng.normal(0, 2, 900)),
    "weights that are set": lambda rng, place: (40 + np.arange(900) // 20 * 2.5, 60 + np.arange(900) // 30 * 2.5),
    "the same way": lambda rng, place: (12 + rng.normal(0, 0.05, 900), rng.uniform(25, 45, 900)),
    "of the season": lambda rng, place: rng.normal([1, 9], [0.15, 1.4], (900, 2)).T * (3 + place),
}


@pytest.mark.parametrize("name", TRAINING)
def test_days_off(name):
    assert zeros_together(walks(TRAINING[name])) == {}


def test_a_number_of_nearly_all_readings_of_a_feature_is_told_last():
    """In more than half of a feature a number is usual, but not where another one holds it as gaps."""
    mostly = np.where(np.arange(900) % 300, -999, RATES.ravel())
    steps = np.stack([mostly, np.where(GAPS, -999, RATES).ravel(), RATES.ravel()], axis=1)
    found = gaps_of_features(steps)
    assert list(found) == [1, 0]
    assert found[0] == (-999, 897 / 900)


def test_flags_are_not_taken_for_gaps_of_another_feature():
    """Such as -1 beside 1, and 1 beside 0."""
    signs = RNG.choice([-1.0, 1.0], 900)
    for number in (-1, 1):
        steps = np.stack([np.where(GAPS, number, RATES).ravel(), signs, signs > 0, np.round(RATES.ravel())], axis=1)
        assert list(gaps_of_features(steps)) == [0]


def test_zeros_among_weights_of_words_are_no_gaps():
    """One word is in nine of ten texts, and each of four others in a tenth."""
    common = np.where(GAPS, 0, RATES / 400)
    others = RNG.uniform(0.3, 0.9, (60, 15, 4)) * (RNG.rand(60, 15, 4) < 0.1)
    X = np.concatenate([common[:, :, None], others], axis=2)
    assert number_of_gaps(common.ravel())[0] == 0
    assert_no_warning(SequenceClassifier(**SMALL), X, Y)
    flags = others > 0
    with pytest.warns(UserWarning, match="of feature 0 in X are 0, far from all others"):
        SequenceClassifier(**SMALL).fit(np.concatenate([common[:, :, None], flags], axis=2), Y)


@pytest.mark.parametrize("number", [0, -1, 100])
def test_far_from_nearly_all_others(number):
    """Farther than from 60 to 80, that is, but not than from 50 to 90."""
    readings = np.r_[np.linspace(60, 80, 900), 90, 50.0] - (0 if number < 50 else 49)
    readings = np.where(RNG.rand(902) < 0.1, number, readings)
    assert number_of_gaps(readings) == (number, np.mean(readings == number))


CURVES = np.random.RandomState(1).beta(2, 2, 900) * 9000 + 500  # vegetation indices


@pytest.mark.parametrize("readings", [CURVES, CURVES.round(-1)])
def test_the_only_one_below_zero(readings):
    """It is half as far from all others as nearly all of these lie apart."""
    found = np.where(GAPS.ravel(), -3000, readings)
    assert number_of_gaps(found) == (-3000, GAPS.mean())
    X = found.reshape(60, 15)
    [message] = told(SequenceClassifier(**SMALL).fit, X, Y)
    np.testing.assert_array_equal(mended(message, X), np.where(GAPS, np.nan, readings.reshape(60, 15)))


MANY = np.random.RandomState(0).normal(80, 8, 4000)
RARELY = np.arange(4000) % 307 == 5  # 14 times


@pytest.mark.parametrize("number", [999, -999, -1000, 9999.99, 1e20])
def test_a_rare_number_many_spans_away(number):
    assert number_of_gaps(np.where(RARELY, number, MANY)) == (number, 14 / 4000)


def test_a_rare_number_in_a_fit():
    X = np.where(RARELY, 999, MANY).reshape(100, 40)
    with pytest.warns(UserWarning, match=r"^0\.35% of the numbers in X are 999, far from all others"):
        SequenceClassifier(**SMALL).fit(X, np.arange(100) % 2)


@pytest.mark.parametrize(
    "readings",
    [
        np.where(RARELY & (np.arange(4000) > 1500), 999, MANY),  # 9 times
        np.where(np.isin(np.arange(4000), range(700, 730)), 999, MANY),  # in one run
        np.lib.stride_tricks.sliding_window_view(np.where(np.arange(999) == 500, -999, MANY[:999]), 24).ravel(),
        np.where(RARELY, 1000, RNG.poisson(30, 4000)),
        np.where(RARELY, 2500, -np.exp(MANY / 30)),
        np.where(RARELY, 0, MANY / 1000 + 1000),
        np.where(RARELY, 99.99, np.exp(MANY / 30)),
        np.where(RARELY, 99, np.round(MANY / 10)),
        np.clip(MANY + RNG.standard_cauchy(4000), 0, 255),
        RARELY.astype(float),
    ],
    ids=[
        "few",
        "run",
        "glitch in windows",
        "large orders",
        "salaries",
        "zeros",
        "price",
        "counts",
        "clipped",
        "events",
    ],
)
def test_rare_numbers_that_may_well_be_measured(readings):
    assert number_of_gaps(np.asarray(readings, float)) is None


DAYS = np.arange(900)
ON = (DAYS // 30) % 3 > 0


@pytest.mark.parametrize(
    "readings",
    [
        RATES.ravel(),
        np.where(DAYS % 7 == 6, 0, RATES.ravel()),  # closed on Sundays
        np.where(DAYS % 7 > 4, 0, RATES.ravel()),  # on both days of weekends
        np.where(ON, RATES.ravel(), 0),  # a machine that is off for long
        np.where(GAPS, 0, RNG.poisson(30, (60, 15))).ravel(),
        np.maximum(RNG.normal(20, 8, 900), 0).round(1),
        np.where(GAPS, 110, RATES).ravel(),  # near others
        np.r_[RATES.ravel(), [999] * 9],  # outliers
        np.r_[RATES.ravel(), 500 + RNG.rand(90)],  # that differ
        np.where(GAPS, 999, np.round(RATES / 10)).ravel(),  # counts
        np.where(~GAPS, 999, RATES).ravel(),  # what is usual
        np.minimum(RATES, 85).ravel(),  # the end of a scale
        RNG.exponential(size=900) * (RNG.rand(900) < 0.3),
        np.where(GAPS.ravel(), 0, CURVES),
        np.where(GAPS.ravel(), -500, CURVES),  # a fee beside sales
        np.where(GAPS.ravel() & (DAYS % 5 == 0), -3000, CURVES),  # rare
        np.where(GAPS.ravel(), -3000, CURVES - 1000),  # others are below 0, too
        np.where(ON, CURVES, -3000),
        np.maximum(RNG.normal(20, 15, 900), -5),
        np.where(GAPS.ravel(), -10, RNG.poisson(9, 900) + RNG.randint(0, 30, 900)),
        np.r_[np.full(20, -1e308), 1e308 * np.linspace(-0.9, 1, 100)],
        [],
    ],
    ids=[
        "none",
        "Sundays",
        "weekends",
        "off",
        "sales",
        "relu",
        "near",
        "few",
        "differ",
        "counts",
        "usual",
        "clipped",
        "mostly zero",
        "zeros",
        "fee",
        "rare fill",
        "negative",
        "runs of fill",
        "clipped below 0",
        "codes beside counts",
        "huge",
        "empty",
    ],
)
def test_numbers_that_may_well_be_measured(readings):
    assert number_of_gaps(np.asarray(readings, float)) is None


def test_what_sequences_only_begin_with_stands_for_no_gap():
    """The first of differences that begin with 0: the others, of gaps between keys, lie far from it as logarithms."""
    logs = RNG.normal(5, 0.3, (60, 15))
    first, somewhere = logs.copy(), logs.copy()
    first[:, 0] = 0
    somewhere[np.arange(60), RNG.randint(0, 15, 60)] = 0
    for X in (first, [x[: 9 + k % 7] for k, x in enumerate(first)], np.stack([first, logs], axis=-1)):
        assert_no_warning(SequenceClassifier(**SMALL), X, Y)
    assert "% of the numbers in X are 0, far" in told(SequenceClassifier(**SMALL).fit, somewhere, Y)[0]
