"""What stands out of a series, and what is usual: trends, seasons, steps, promotions and sales of slow movers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from warned import told

from skseq import SeriesForecaster
from skseq._data.mistakes.numbers.outliers import outliers
from skseq.preprocessing import SequenceImputer

STEPS = np.arange(60)
NOISE = np.random.RandomState(0).randn(60)
LEVEL = 100 + 3 * NOISE


def with_values(series, **values):
    """A copy with other values at some steps, ``at_7=5`` for instance."""
    series = series.copy()
    for name, value in values.items():
        series[int(name.removeprefix("at_"))] = value
    return series


def places(values, beside=None):
    values = np.asarray(values, float).reshape(len(values), -1)
    beside = np.empty((len(values), 0)) if beside is None else beside
    return [(step, target) for step, target, _ in outliers(values, beside)]


def test_how_far_by_hand():
    """Others move by 1, and by 2 beside the hole; 9 stands 7 above one neighbour and 8 above the other."""
    values = np.array([0, 1, 2, 1, 2, 9, 1, 2, 1, 2, 1, 0, 2])
    assert outliers(values[:, None] * 1.0, np.empty((13, 0))) == [(5, 0, 7 / 2)]


@pytest.mark.parametrize("step", [0, 1, 30, 58, 59])
@pytest.mark.parametrize("value", [1000, -1000, 10])
def test_one_value_stands_out(step, value):
    assert places(with_values(LEVEL, **{f"at_{step}": value})) == [(step, 0)]


def test_of_two_the_far_one_stands_out():
    assert places(with_values(LEVEL, at_10=300, at_30=2000)) == [(30, 0)]
    assert places(with_values(LEVEL, at_10=900, at_30=2000)) == []


def test_the_largest_floats_stand_out():
    assert places(with_values(LEVEL, at_30=1.5e308)) == [(30, 0)]
    assert places(with_values(LEVEL, at_30=1.5e308, at_31=-1.5e308)) == []


def test_values_that_stay_for_a_while_are_usual():
    """Whole degrees, of which more than half are the last one again, and one that a sensor has lost."""
    degrees = np.repeat([3, 4, 5, 4, 5, 6, 7, 6, 5, 4], 6)
    assert places(with_values(degrees, at_20=-999)) == [(20, 0)]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (STEPS == 40, True),
        (STEPS % 7 == 5, False),  # a weekday, 40 among others
        (np.where(STEPS % 25 == 15, STEPS, 0), True),  # twice another amount
        (np.where(STEPS == 40, -8, STEPS % 5), False),  # numbers of which most differ
        (STEPS % 12, False),
        (STEPS, False),
    ],
    ids=["flag", "weekday", "amount", "number", "month", "trend"],
)
def test_what_is_rare_beside_it_may_be_the_cause(column, told):
    hit = with_values(LEVEL, at_40=900)
    assert places(hit, np.stack([STEPS % 3, column], axis=1)) == ([] if told else [(40, 0)])


def test_of_several_targets_each_is_looked_at():
    assert places(np.stack([LEVEL, with_values(LEVEL, at_20=-500)], axis=1)) == [(20, 1)]


@pytest.mark.parametrize(
    "values",
    [
        LEVEL,
        100 + STEPS**2.0,
        100 + 50 * np.sin(STEPS * np.pi / 6),
        np.where(STEPS < 40, LEVEL, 10 * LEVEL),  # a new level
        np.where(STEPS % 12 == 3, 5, 1) * LEVEL,  # five promotions
        with_values(np.zeros(60), at_20=4, at_33=1, at_50=90),  # rare sales
        np.full(60, 7.0),
        with_values(np.full(60, 7.0), at_30=8),
        np.where(STEPS[:36] % 12 == 11, 2.5, 1) * LEVEL[:36],  # three years
        np.where(np.isin(STEPS, [20, 45]), 0, 1) * LEVEL,
    ],
    ids=["noise", "trend", "season", "level", "promotions", "sales", "constant", "one step", "years", "holidays"],
)
def test_nothing_stands_out(values):
    assert places(values) == []


def fit(X, **covariates):
    return SeriesForecaster(Ridge(), window=6, horizon=2).fit(X, **covariates)


@pytest.mark.parametrize(
    ("X", "where"),
    [
        (
            [LEVEL, with_values(LEVEL, at_40=900)],
            r"900 of X\[1\] at step 40 is \d\d times as far from the steps beside it as any other of its series\. Fore",
        ),
        (
            pd.Series(with_values(LEVEL, at_40=900), pd.date_range("2024-01-01", periods=60)),
            r"900 of X at 2024-02-10 \(step 40\) is",
        ),
        (
            pd.DataFrame(
                {"a": LEVEL, "b": with_values(LEVEL, at_40=900)}, pd.date_range("2024-01-01", periods=60, freq="h")
            ),
            r"900 of X, target 1, at 2024-01-02T16:00:00 \(step 40\) is",
        ),
        (
            [with_values(LEVEL, at_40=900 + 1e6 * (number == 2)) for number in range(6)],
            r"value 1000900 of X\[2\] at step 40 .* series\. So is a value of X\[0\], X\[1\], X\[3\] and 2 more\. ",
        ),
        ([with_values(LEVEL, at_59=900)], r"SequenceImputer, or leave it out if its time is not over yet\. If"),
    ],
    ids=["list", "times", "targets", "several", "last"],
)
def test_fit_names_the_value(X, where):
    with pytest.warns(UserWarning, match=where):
        fit(X)


def test_what_is_filled_or_has_a_cause_is_not_told():
    hit = with_values(LEVEL, at_40=900)
    cause = (STEPS == 40) * 1.0
    fit([hit], X_future=[np.r_[cause, 0, 0][:, None]])
    with pytest.warns(UserWarning, match="900 of X"):
        fit([hit], X_future=[(np.arange(62) % 7 == 0)[:, None]])
    filled = make_pipeline(SequenceImputer("interpolate"), SeriesForecaster(Ridge(), window=6, horizon=2))
    gap = [with_values(hit, at_40=np.nan)]
    assert abs(filled.fit(gap).predict(gap)[0, 0] - 100) < 20


def test_few_steps_do_not_say_what_is_usual():
    assert not told(fit, [with_values(LEVEL[:11], at_5=900)])


def test_one_flag_among_few_steps_is_rare():
    hit, flag = with_values(LEVEL[:13], at_6=900), (np.arange(13) == 6)[:, None] * 1.0
    assert places(hit) == [(6, 0)]
    assert places(hit, flag) == []


def test_predict_looks_at_the_steps_that_it_reads():
    model = fit([LEVEL])
    model.predict([with_values(LEVEL, at_40=900)])
    with pytest.warns(UserWarning, match=r"900 of X\[0\] at step 55"):
        model.predict([with_values(LEVEL, at_55=900)])
    model.score([with_values(LEVEL, at_55=900)])
