"""Errors of forecasts: points, quantiles, samples and intervals.

``multioutput="raw_values"`` gives one number per step of the horizon. The word is scikit-learn's, where the columns of
y (n_samples, horizon) are the outputs of a regressor.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np

from skseq._arguments import brief
from skseq._data.checks import check_numbers, check_weights
from skseq._data.forecasts.conformal import interval_scores
from skseq._data.plain import plain
from skseq._data.values import read_values
from skseq._files import public
from skseq._sklearn import Interval, StrOptions, validate_params
from skseq._typing import ArrayLike, SequencesLike
from skseq.metrics._values import (
    average,
    check_levels_of_columns,
    check_same_samples,
    matched,
    ratio,
    refusing_overflow,
    shaped,
    step_sums,
    times_weights,
)

_MULTIOUTPUT = [StrOptions({"uniform_average", "raw_values"})]
CLEARLY = 0.9  # times the loss: forecasts of two models may cross a little
_COVERAGE = [Interval(Real, 0, 1, closed="neither")]

# --- points -----------------------------------------------------------------------------------------------------------


@validate_params(
    {
        "m": [Interval(Integral, 1, None, closed="left")],
        "multioutput": _MULTIOUTPUT,
        "handle_constant": [StrOptions({"error", "skip"})],
    },
    prefer_skip_nested_validation=True,
)
@public
@refusing_overflow()
def mean_absolute_scaled_error(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    y_train: SequencesLike,
    m: int = 1,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
    handle_constant: Literal["error", "skip"] = "error",
) -> Any:
    """Mean absolute scaled error (MASE): the absolute error over that of the naive forecast in the past.

    The naive forecast of a step is the value `m` steps before it. Below 1, the forecast errs less than the naive one
    did on average in `y_train`. Each sample is divided by its own scale, the mean of
    abs(y[t] - y[t - m]) over its past, so that samples of any size can be averaged [1]_. A forecast that only repeats
    the last value has an error around 1, however good its R2 looks.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
        True values; a list, Series or object array holds arrays (horizon,) or (horizon, n_targets) of any lengths. A
        single series is ``[series]``.

    y_pred : array-like or list of the same form
        Forecasts. For a list `y_true` they may go on for longer: steps that `y_true` lacks do not count. Where both
        are lists of frames of pandas or polars, as forecasters return them, columns and times must be the same.

    y_train : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_targets), or list
        The past of every sample, one series each, of any lengths above `m`: training series, or windows that forecasts
        start from.

    m : int, default=1
        Steps of a season, for example 12 for months. 1 compares with the last value. Competitions and archives differ
        for weekly and daily data; only errors of one `m` can be compared.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": the mean over samples of each sample's error, the figure that forecasting tables print, also
        for samples of different lengths. "raw_values": an error for every step, or step and target, over the samples
        that have it.

    handle_constant : {"error", "skip"}, default="error"
        What to do with a sample whose past equals itself `m` steps earlier throughout, so that its scale is 0 for one
        of its targets: raise an error, or leave the sample out.

    Returns
    -------
    error : float or ndarray of shape (horizon,) or (horizon, n_targets)
        At least 0. Lower is better. With "raw_values", NaN for a step that no sample of positive weight has.

    Raises
    ------
    ValueError
        If shapes, or columns or times of frames, differ, if a value is NaN or infinite, if a series of `y_train` is not
        longer than `m`, or if a scale is 0 (with ``handle_constant="skip"``: all of them).

    See Also
    --------
    symmetric_mean_absolute_percentage_error : Needs no past, but misleads near 0.
    make_forecast_scorer : This error as a scorer, whose past are the windows X.

    References
    ----------
    .. [1] R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", International Journal of
       Forecasting 22 (2006) 679-688, equation of q_t.

    Examples
    --------
    The past moves by 1, 3 and 2, which is 2 on average; the forecast is wrong by 1 and 3:

    >>> from skseq.metrics import mean_absolute_scaled_error
    >>> mean_absolute_scaled_error([[7, 8]], [[6, 5]], y_train=[[1, 2, 5, 7]])
    1.0
    >>> mean_absolute_scaled_error([[7, 8]], [[6, 5]], y_train=[[1, 2, 5, 7]], multioutput="raw_values")
    array([0.5, 1.5])
    """
    true, predicted, weights = _read_pair(y_true, y_pred, "y_pred", sample_weight)
    scales, is_constant = _scales(_read_past(y_train, true), m)
    weights = _without_constant(weights, is_constant, handle_constant, m)
    scales = np.where(is_constant[:, None], 1, scales)  # of weight 0
    errors = np.abs(true.values - predicted.values) / true.per_step(scales)
    return average(errors, true, weights, multioutput)


@public
@validate_params({"multioutput": _MULTIOUTPUT}, prefer_skip_nested_validation=True)
@refusing_overflow()
def symmetric_mean_absolute_percentage_error(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Any:
    """Symmetric mean absolute percentage error (sMAPE): the mean of 2 abs(y - f) / (abs(y) + abs(f)).

    This is the definition of the M3 and M4 competitions [1]_ [2]_. They print percent, which is 100 times as much: as
    scikit-learn's `mean_absolute_percentage_error` does, this function returns a fraction. Where forecast and true
    value are both 0, the error is 0; where only one of them is 0, it is 2. Other sources leave out the 2
    or the absolute values below the line.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
        True values, in the forms of `mean_absolute_scaled_error`.

    y_pred : array-like or list of the same form
        Forecasts. For a list `y_true` they may go on for longer: steps that `y_true` lacks do not count.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": the mean over samples of each sample's mean. "raw_values": an error for every step, or step
        and target, over the samples that have it. If lengths differ and every value shall count the same, pass the
        lengths as `sample_weight`: the averages over all series of the M3 competition weigh like this.

    Returns
    -------
    error : float or ndarray of shape (horizon,) or (horizon, n_targets)
        Between 0 and 2. Lower is better. With "raw_values", NaN for a step that no sample of positive weight has.

    Raises
    ------
    ValueError
        If shapes, or columns or times of frames, differ, or if a value is NaN or infinite.

    See Also
    --------
    mean_absolute_scaled_error : For series that come near 0, too.

    References
    ----------
    .. [1] S. Makridakis and M. Hibon, "The M3-Competition: results, conclusions and implications", International
       Journal of Forecasting 16 (2000) 451-476, appendix A.
    .. [2] S. Makridakis, E. Spiliotis and V. Assimakopoulos, "The M4 Competition: 100,000 time series and 61
       forecasting methods", International Journal of Forecasting 36 (2020) 54-74.

    Examples
    --------
    2 * 2 / 4 and 2 * 0 / 6:

    >>> from skseq.metrics import symmetric_mean_absolute_percentage_error
    >>> symmetric_mean_absolute_percentage_error([[1, 3]], [[3, 3]])
    0.5
    """
    true, predicted, weights = _read_pair(y_true, y_pred, "y_pred", sample_weight)
    sizes = np.abs(true.values) + np.abs(predicted.values)
    errors = np.abs(true.values - predicted.values)
    return average(2 * errors / np.where(sizes > 0, sizes, 1), true, weights, multioutput)


# --- distributions ----------------------------------------------------------------------------------------------------


@public
@validate_params({"quantiles": ["array-like"], "multioutput": _MULTIOUTPUT}, prefer_skip_nested_validation=True)
@refusing_overflow()
def weighted_quantile_loss(
    y_true: SequencesLike,
    y_quantiles: SequencesLike,
    quantiles: ArrayLike | None,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Any:
    """Weighted quantile loss (WQL): twice the sum of pinball losses over the sum of abs(y), as a mean over levels.

    The pinball loss of a forecast f of the quantile q is q (y - f) if y is above it, else (1 - q) (f - y). The ratio
    of sums of one level is the rho-risk of DeepAR's paper [1]_, and with the nine deciles 0.1, ..., 0.9 the mean is
    the WQL of most tables. It also is the normalised deviation (ND) of point forecasts: forecasts of the median alone,
    or the same value at all symmetric levels, give sum(abs(y - f)) / sum(abs(y)). Large series count more than small
    ones.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
        True values, in the forms of `mean_absolute_scaled_error`.

    y_quantiles : array-like or list of the same form, with a last axis of n_quantiles
        Forecast quantiles, as ``predict_quantiles(X, quantiles)`` returns them: (n_samples, horizon, n_quantiles), for
        example. For a list `y_true` they may go on for longer: steps that `y_true` lacks do not count.

    quantiles : array-like of shape (n_quantiles,)
        The levels of the last axis of `y_quantiles`, each between 0 and 1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples, in both sums.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": one ratio of sums over all samples and steps, for several targets the mean of their ratios.
        "raw_values": the same for every step, or step and target, alone.

    Returns
    -------
    loss : float or ndarray of shape (horizon,) or (horizon, n_targets)
        At least 0. Lower is better. With "raw_values", NaN for a step at which all true values are 0 or have no weight.

    Raises
    ------
    ValueError
        If shapes, or columns or times of frames, differ, if the last axis has another length than `quantiles`, if
        columns of frames name other levels, if quantiles stand in the reverse order, if a level is not between 0 and 1,
        if a value is NaN or infinite, or if `y_true` is 0 throughout.

    See Also
    --------
    continuous_ranked_probability_score : The same for samples, without the division.
    sklearn.metrics.mean_pinball_loss : The loss of one level, not divided by the size of y.

    References
    ----------
    .. [1] D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski, "DeepAR: Probabilistic forecasting with
       autoregressive recurrent networks", International Journal of Forecasting 36 (2020) 1181-1191, section 4.

    Examples
    --------
    The value 10 lies 4 above the forecast for 0.25 and 2 below that for 0.75, so each loses 2 * 0.25 times that:

    >>> from skseq.metrics import weighted_quantile_loss
    >>> weighted_quantile_loss([[10]], [[[6, 12]]], [0.25, 0.75])  # the mean of 2 / 10 and 1 / 10
    0.15
    """
    levels = _check_levels(quantiles)
    true, predicted, weights = _read_pair(y_true, y_quantiles, "y_quantiles", sample_weight, n_last=1)
    if predicted.values.shape[-1] != len(levels):
        raise ValueError(
            f"y_quantiles must have one entry per level on its last axis. Got {predicted.values.shape[-1]} entries for "
            f"{len(levels)} levels in quantiles."
        )
    check_levels_of_columns(predicted, levels, "y_quantiles")
    above = true.values[..., None] - predicted.values  # (n_steps, n_targets, n_quantiles)
    losses = _pinball(above, levels)
    _check_order(predicted.values, above, levels, losses.mean())
    sizes = np.abs(true.values)
    if multioutput == "raw_values":
        return shaped(ratio(step_sums(losses, true, weights), step_sums(sizes, true, weights)), true)
    wholes = times_weights(sizes, true, weights).sum(axis=0)  # (n_targets,)
    if not wholes.all():
        raise ValueError(
            "y_true is 0 throughout, for at least one target and in samples of positive weight, and the loss is "
            "relative to its size: use sklearn.metrics.mean_pinball_loss."
        )
    return float((times_weights(losses, true, weights).sum(axis=0) / wholes).mean())


@public
@validate_params({"multioutput": _MULTIOUTPUT}, prefer_skip_nested_validation=True)
@refusing_overflow()
def continuous_ranked_probability_score(
    y_true: SequencesLike,
    samples: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Any:
    """Continuous ranked probability score (CRPS) of samples: mean abs(x - y) less half the mean abs(x - x').

    x and x' are different samples of one forecast, y the true value. In the units of y, it is the absolute error of a
    forecast that has no spread, and it is smallest for samples of the true distribution. The estimate is that by
    probability weighted moments, mean abs(x - y) + b_0 - 2 b_1, which sorts the samples instead of comparing all pairs,
    and is unbiased: on average, more samples do not change it [1]_. So it may be a little below 0 for few samples.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
        True values, in the forms of `mean_absolute_scaled_error`.

    samples : array-like or list of the same form, with a last axis of at least 2 samples
        Samples of each forecast, as ``sample_y(X, n_samples=100)`` returns them. For a list `y_true` they may go on for
        longer: steps that `y_true` lacks do not count.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples of `y_true`.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": the mean over samples of each sample's mean. "raw_values": a score for every step, or step
        and target, over the samples that have it.

    Returns
    -------
    score : float or ndarray of shape (horizon,) or (horizon, n_targets)
        In the units of y. Lower is better. With "raw_values", NaN for a step that no sample of positive weight has.

    Raises
    ------
    ValueError
        If shapes, or columns or times of frames, differ, if there is only one sample per value, or if a value is NaN or
        infinite.

    See Also
    --------
    weighted_quantile_loss : From quantiles, and relative to the size of y.

    References
    ----------
    .. [1] M. Zamo and P. Naveau, "Estimation of the continuous ranked probability score with limited information and
       applications to ensemble weather forecasts", Mathematical Geosciences 50 (2018) 209-234, section 2.

    Examples
    --------
    The samples are 1 and 3 away from the true value, and 4 from each other: (1 + 3) / 2 - 4 / 2.

    >>> from skseq.metrics import continuous_ranked_probability_score
    >>> continuous_ranked_probability_score([[5]], [[[4, 8]]])
    0.0
    >>> continuous_ranked_probability_score([[5]], [[[8, 8]]])
    3.0
    """
    true, predicted, weights = _read_pair(y_true, samples, "samples", sample_weight, n_last=1)
    n_samples = predicted.values.shape[-1]
    if n_samples < 2:
        raise ValueError(
            "samples must have at least 2 samples per value on its last axis, for their spread. Got 1: for point "
            "forecasts use sklearn.metrics.mean_absolute_error."
        )
    apart = np.sort(predicted.values - true.values[..., None], axis=-1)  # x - y: (n_steps, n_targets, n_samples)
    ranks = np.arange(n_samples) / (n_samples - 1)
    b_0, b_1 = apart.mean(axis=-1), (ranks * apart).mean(axis=-1)
    return average(np.abs(apart).mean(axis=-1) + b_0 - 2 * b_1, true, weights, multioutput)


# --- intervals --------------------------------------------------------------------------------------------------------


@public
@validate_params({"multioutput": _MULTIOUTPUT}, prefer_skip_nested_validation=True)
@refusing_overflow()
def interval_coverage(
    y_true: SequencesLike,
    y_interval: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Any:
    """Share of true values that lie inside their prediction intervals, bounds included.

    It should be near the coverage that the intervals were made for, at every step: intervals whose coverage is right
    on average are often too wide at the first steps and too narrow at the last.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
        True values, in the forms of `mean_absolute_scaled_error`.

    y_interval : array-like or list of the same form, with a last axis of 2
        Lower and upper bounds, as ``predict_interval(X, coverage)`` returns them: (n_samples, horizon, 2), for example.
        Bounds may be infinite. For a list `y_true` they may go on for longer: steps that `y_true` lacks do not count.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": the mean over samples of each sample's share. "raw_values": a share for every step, or step
        and target, of the samples that have it. If lengths differ and every value shall count the same, pass the
        lengths as `sample_weight`.

    Returns
    -------
    coverage : float or ndarray of shape (horizon,) or (horizon, n_targets)
        Between 0 and 1. Neither higher nor lower is better. With "raw_values", NaN for a step that no sample of
        positive weight has.

    Raises
    ------
    ValueError
        If shapes, or columns or times of frames, differ, if a lower bound exceeds its upper bound, or if a value is
        NaN.

    See Also
    --------
    winkler_score : Judges coverage and width together.

    Examples
    --------
    >>> from skseq.metrics import interval_coverage
    >>> y_true = [[1, 2], [3, 4]]
    >>> y_interval = [[[0, 2], [0, 1]], [[3, 4], [0, 9]]]
    >>> interval_coverage(y_true, y_interval)
    0.75
    >>> interval_coverage(y_true, y_interval, multioutput="raw_values")
    array([1. , 0.5])
    """
    true, (lower, upper), weights = _read_interval(y_true, y_interval, sample_weight)
    is_inside = (lower <= true.values) & (true.values <= upper)
    return average(is_inside.astype(np.float64), true, weights, multioutput)


@public
@validate_params({"multioutput": _MULTIOUTPUT}, prefer_skip_nested_validation=True)
@refusing_overflow()
def mean_interval_width(
    y_interval: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Any:
    """Mean width of prediction intervals, upper less lower bound.

    Of two forecasts with the same coverage the one with narrower intervals says more.

    Parameters
    ----------
    y_interval : array-like of shape (n_samples, 2), (n_samples, horizon, 2) or (n_samples, horizon, n_targets, 2), or \
            list
        Lower and upper bounds, as ``predict_interval(X, coverage)`` returns them. A list, Series or object array holds
        arrays (horizon, 2) or (horizon, n_targets, 2) of any lengths. Bounds may be infinite.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": the mean over samples of each sample's mean. "raw_values": a width for every step, or step
        and target, over the samples that have it.

    Returns
    -------
    width : float or ndarray of shape (horizon,) or (horizon, n_targets)
        In the units of y. Infinite if a bound is. With "raw_values", NaN for a step that no sample of positive weight
        has.

    Raises
    ------
    ValueError
        If the last axis has not two bounds, if a lower bound exceeds its upper bound, or if a value is NaN.

    See Also
    --------
    interval_coverage : Share of true values inside.
    winkler_score : Judges coverage and width together.

    Examples
    --------
    >>> from skseq.metrics import mean_interval_width
    >>> mean_interval_width([[[0, 2], [0, 4]], [[1, 3], [0, 8]]], multioutput="raw_values")
    array([2., 6.])
    """
    intervals = _read_bounds(y_interval)
    weights = check_weights(sample_weight, len(intervals.lengths))
    return average(intervals.values[..., 1] - intervals.values[..., 0], intervals, weights, multioutput)


@public
@validate_params({"coverage": _COVERAGE, "multioutput": _MULTIOUTPUT}, prefer_skip_nested_validation=True)
@refusing_overflow()
def winkler_score(
    y_true: SequencesLike,
    y_interval: SequencesLike,
    coverage: float = 0.9,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Any:
    """Winkler score, or interval score: the width, plus a penalty for true values outside.

    A value outside costs its distance to the nearer bound, times 2 / (1 - coverage): 20 times at 90 %. The intervals
    with the least score on average are those between the quantiles (1 - coverage) / 2 and (1 + coverage) / 2 of the
    true distribution [1]_ [2]_.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
        True values, in the forms of `mean_absolute_scaled_error`.

    y_interval : array-like or list of the same form, with a last axis of 2
        Lower and upper bounds, as ``predict_interval(X, coverage)`` returns them: (n_samples, horizon, 2), for example.
        Bounds may be infinite. For a list `y_true` they may go on for longer: steps that `y_true` lacks do not count.

    coverage : float, default=0.9
        Coverage that the intervals were made for, between 0 and 1. The closer to 1, the more a value outside costs.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    multioutput : {"uniform_average", "raw_values"}, default="uniform_average"
        "uniform_average": the mean over samples of each sample's mean. "raw_values": a score for every step, or step
        and target, over the samples that have it.

    Returns
    -------
    score : float or ndarray of shape (horizon,) or (horizon, n_targets)
        In the units of y, at least 0. Lower is better. With "raw_values", NaN for a step that no sample of positive
        weight has.

    Raises
    ------
    ValueError
        If shapes, or columns or times of frames, differ, if `coverage` is not between 0 and 1, if a lower bound exceeds
        its upper bound, or if a value is NaN.

    See Also
    --------
    interval_coverage : Share of true values inside.
    mean_interval_width : The width alone.

    References
    ----------
    .. [1] R. L. Winkler, "A decision-theoretic approach to interval estimation", Journal of the American Statistical
       Association 67 (1972) 187-191.
    .. [2] T. Gneiting and A. E. Raftery, "Strictly proper scoring rules, prediction, and estimation", Journal of the
       American Statistical Association 102 (2007) 359-378, equation 43.

    Examples
    --------
    Both intervals are 4 wide; the second true value is 1 above its interval, which costs 4 more at 50 %:

    >>> from skseq.metrics import winkler_score
    >>> winkler_score([[3, 5]], [[[0, 4], [0, 4]]], coverage=0.5)
    6.0
    """
    true, (lower, upper), weights = _read_interval(y_true, y_interval, sample_weight)
    return average(interval_scores(true.values, lower, upper, coverage), true, weights, multioutput)


# --- reading and checks -----------------------------------------------------------------------------------------------


def _read_pair(y_true, forecast, argument, sample_weight, *, n_last=0):
    """`Values` of both, of the same steps, and weights (n,)."""
    true = read_values(y_true, "y_true")
    predicted = matched(true, read_values(forecast, argument, n_last=n_last), argument)
    return true, predicted, check_weights(sample_weight, len(true.lengths))


def _read_interval(y_true, y_interval, sample_weight):
    """`Values` of y_true, lower and upper bounds (n_steps, n_targets), and weights (n,)."""
    true = read_values(y_true, "y_true")
    intervals = matched(true, _read_bounds(y_interval), "y_interval")
    return true, np.moveaxis(intervals.values, -1, 0), check_weights(sample_weight, len(true.lengths))


def _read_bounds(y_interval):
    """`Values` (n_steps, n_targets, 2), lower and upper bounds in this order."""
    intervals = read_values(y_interval, "y_interval", n_last=1, may_be_infinite=True)
    if intervals.values.shape[-1] != 2:
        raise ValueError(
            "y_interval must have 2 entries on its last axis, lower and upper bound. Got "
            f"{intervals.values.shape[-1]}: intervals of several coverages are judged one by one, and those of several "
            "targets are arrays (horizon, n_targets, 2), or frames of pandas whose columns have the levels target and "
            "bound."
        )
    lower, upper = np.moveaxis(intervals.values, -1, 0)
    is_interval = ((lower <= upper) & (lower < np.inf) & (upper > -np.inf)).all(axis=1)
    if not is_interval.all():
        step = int(np.argmin(is_interval))
        index = int(np.searchsorted(intervals.starts, step, side="right")) - 1
        raise ValueError(
            "y_interval must hold lower bounds up to the upper bounds, in this order. Got another pair in "
            f"{np.count_nonzero(~is_interval)} step(s), the first in y_interval[{index}], at step "
            f"{step - intervals.starts[index]}: {intervals.values[step].tolist()}."
        )
    return intervals


def _read_past(y_train, true):
    """`Values` of y_train, one series for every sample of y_true."""
    past = read_values(y_train, "y_train")
    check_same_samples(true, past, "y_train")
    return past


def _scales(past, m):
    """mean abs(y[t] - y[t - m]) of every sample and target, (n, k), and whether one of a sample's is 0, (n,)."""
    is_short = past.lengths <= m
    if is_short.any():
        index = int(np.argmax(is_short))
        raise ValueError(
            f"y_train must hold series of more than m={m} steps. Got {past.lengths[index]} step(s) in "
            f"y_train[{index}], and {np.count_nonzero(is_short)} such series in all: leave these samples out, pass a "
            "longer past (a scorer takes the windows X for it), or choose a smaller m."
        )
    is_later = past.positions >= m
    moves = np.abs(past.values[is_later] - past.values[np.flatnonzero(is_later) - m])
    n_moves = past.lengths - m
    scales = np.add.reduceat(moves, np.cumsum(n_moves) - n_moves) / n_moves[:, None]
    sizes = np.maximum.reduceat(np.abs(past.values), past.starts)
    return scales, (scales <= 8 * np.finfo(np.float64).eps * sizes).any(axis=1)  # 0 up to rounding


def _without_constant(weights, is_constant, handle_constant, m):
    """Weights that are 0 for samples whose scale is 0."""
    counts = weights > 0
    wrong = is_constant & counts
    all_are, remedy = np.array_equal(wrong, counts), "Pass handle_constant='skip' to leave such samples out."
    if all_are:
        remedy = (
            "Use a metric without a scale: backtest of a SeriesForecaster takes scoring='neg_mean_absolute_error', and "
            "of several targets scoring=skseq.metrics.FORECAST_SCORERS['neg_symmetric_mean_absolute_percentage_error']."
        )
    if wrong.any() and (handle_constant == "error" or all_are):
        raise ValueError(
            f"y_train[{int(np.argmax(wrong))}] equals itself m={m} step(s) earlier throughout, so its scale is 0 and "
            f"its scaled error undefined; so it is in {np.count_nonzero(wrong)} of {np.count_nonzero(counts)} "
            f"sample(s). {remedy}"
        )
    return np.where(is_constant, 0, weights)


def _pinball(above, levels):
    """Twice the mean pinball loss over levels (q,) of true values that lie (..., q) above the quantiles."""
    return 2 * np.maximum(levels * above, (levels - 1) * above).mean(axis=-1)


def _check_order(quantiles, above, levels, loss):
    """Raise ValueError where quantiles (..., q) fall as levels rise, and lose clearly less if these are reversed."""
    low, high = int(levels.argmin()), int(levels.argmax())
    means, order, reverse = quantiles.mean(axis=(0, 1)), levels.argsort(), np.empty_like(levels)
    reverse[order] = levels[order[::-1]]
    if means[high] < means[low] and _pinball(above, reverse).mean() < CLEARLY * loss:
        raise ValueError(
            "quantiles must be the levels of the last axis of y_quantiles, in the same order. Got quantiles of "
            f"{means[high]:.4g} for the level {levels[high]:g} and of {means[low]:.4g} for {levels[low]:g}, on average."
        )


def _check_levels(quantiles):
    """Levels (q,), float64, each between 0 and 1."""
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "ensure_min_samples": 0}
    levels = check_numbers(plain(quantiles, "quantiles"), "quantiles", expected="a list of levels", **options)
    if levels.ndim != 1 or not levels.size or not ((levels > 0) & (levels < 1)).all():
        raise ValueError(f"quantiles must be a list of levels above 0 and below 1. Got {brief(quantiles, 80)}.")
    return levels
