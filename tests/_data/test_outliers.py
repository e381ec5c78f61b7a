"""What stands out of a series, and what is usual: trends, seasons, steps, promotions and sales of slow movers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from skseq import SeriesForecaster
from skseq._data.outliers import outliers
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


def places(values):
    return [(step, target) for step, target, _ in outliers(np.asarray(values, float).reshape(len(values), -1))]


def test_how_far_by_hand():
    """Others move by 1, and by 2 beside the hole; 9 stands 7 above one neighbour and 8 above the other."""
    values = np.array([0, 1, 2, 1, 2, 9, 1, 2, 1, 2, 1, 0, 2])
    assert outliers(values[:, None] * 1.0) == [(5, 0, 7 / 2)]


@pytest.mark.parametrize("step", [1, 30, 58, 59])
@pytest.mark.parametrize("value", [1000, -1000, 10])
def test_one_value_stands_out(step, value):
    assert places(with_values(LEVEL, **{f"at_{step}": value})) == [(step, 0)]


def test_up_to_three_stand_out():
    values = with_values(LEVEL, at_10=900, at_30=500, at_50=2000)
    assert places(values) == [(10, 0), (30, 0), (50, 0)]
    assert places(with_values(values, at_40=800)) == []


def test_the_largest_floats_stand_out():
    assert places(with_values(LEVEL, at_30=1.5e308, at_31=-1.5e308)) == [(30, 0), (31, 0)]


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
    ],
    ids=["noise", "trend", "season", "level", "promotions", "sales", "constant", "one step"],
)
def test_nothing_stands_out(values):
    assert places(values) == []


def fit(X, **covariates):
    return SeriesForecaster(Ridge(), window=6, horizon=2).fit(X, **covariates)


@pytest.mark.parametrize(
    ("X", "where"),
    [
        ([LEVEL, with_values(LEVEL, at_40=900)], r"900 of X\[1\] at step 40 is \d+ times"),
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
            [with_values(LEVEL, at_40=900, at_9=800), LEVEL, with_values(LEVEL, at_40=900)],
            r"800 of X\[0\] at step 9 .* and so are 1 more of this series and some of 1 other series\.",
        ),
    ],
    ids=["list", "times", "targets", "several"],
)
def test_fit_names_the_value(X, where):
    with pytest.warns(UserWarning, match=where):
        fit(X)


def test_what_is_filled_or_has_a_cause_is_not_told():
    hit = with_values(LEVEL, at_40=900)
    cause = (STEPS == 40) * 1.0
    fit([hit], X_future=[np.r_[cause, 0, 0][:, None]])
    filled = make_pipeline(SequenceImputer("interpolate"), SeriesForecaster(Ridge(), window=6, horizon=2))
    gap = [with_values(hit, at_40=np.nan)]
    assert abs(filled.fit(gap).predict(gap)[0, 0] - 100) < 20


def test_few_steps_do_not_say_what_is_usual():
    fit([with_values(LEVEL[:11], at_5=900)])
