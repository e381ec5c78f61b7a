"""The metrics of forecasts as scorers, called with (estimator, X, y)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any, NamedTuple

from skseq._data.by_step import judged_step_by_step
from skseq._data.forecasts.conformal import DECILES
from skseq._data.values import read_values
from skseq._files import public
from skseq._sklearn import _BaseScorer
from skseq._typing import Scorer
from skseq.metrics._forecasts import (
    continuous_ranked_probability_score,
    interval_coverage,
    mean_absolute_scaled_error,
    mean_interval_width,
    symmetric_mean_absolute_percentage_error,
    weighted_quantile_loss,
    winkler_score,
)
from skseq.metrics._scorers import final_step, is_one_sample


class _Judged(NamedTuple):
    """What a scorer must know of a metric."""

    method: str = "predict"  # that it judges
    arguments: dict[str, Any] = {}  # what the method is asked unless told otherwise
    sign: int = -1  # 1: higher is better
    reads_truth: bool = True
    reads_past: bool = False  # as y_train, which is X unless it is passed


_FORECASTS = {
    mean_absolute_scaled_error: _Judged(reads_past=True),
    symmetric_mean_absolute_percentage_error: _Judged(),
    weighted_quantile_loss: _Judged("predict_quantiles", {"quantiles": DECILES}),
    continuous_ranked_probability_score: _Judged("sample_y", {"n_samples": 100, "random_state": 0}),
    interval_coverage: _Judged("predict_interval", {"coverage": 0.9}, sign=1),
    mean_interval_width: _Judged("predict_interval", {"coverage": 0.9}, reads_truth=False),
    winkler_score: _Judged("predict_interval", {"coverage": 0.9}),
}


@public
class _ForecastScorer(_BaseScorer):
    """Calls a metric with a forecast. Metadata that are not for the metric, such as X_future, are for the forecast."""

    def __init__(self, metric, sign, options, *, method, arguments, target_features):
        super().__init__(metric, sign, options)  # scikit-learn asks for `predict` alone: a pipeline lacks the others
        self._method = method
        self._arguments = arguments
        self._target_features = target_features

    def __call__(self, estimator, X, y_true=None, **kwargs):
        return super().__call__(estimator, X, y_true, **kwargs)  # scikit-learn's own needs a y

    def _score(self, method_caller, estimator, X, y_true=None, **kwargs):
        if y_true is None:
            return self._score_last(estimator, X, **kwargs)
        if is_one_sample(estimator, X):
            X, y_true = [X], [y_true]
        given = {name: kwargs.pop(name) for name in ("sample_weight", "y_train") if name in kwargs}
        forecast = self._forecast(method_caller, estimator, X, kwargs)
        judged = _FORECASTS[self._score_func]
        if judged.reads_past and "y_train" not in given:
            given["y_train"] = _own_past(X, read_values(y_true, "y").n_targets, self._target_features)
        truth = (y_true,) if judged.reads_truth else ()
        return self._sign * self._score_func(*truth, forecast, **self._kwargs, **given)

    def _score_last(self, estimator, X, **metadata):
        """The score of the last steps of X, which only a forecaster of long series forecasts from those before."""
        final, X = final_step(estimator, X)
        if not hasattr(final, "_score_last"):
            raise ValueError(f"{self!r} needs y, the steps that follow every window of X. Got None.")
        if others := sorted({*metadata} - {"X_past", "X_future", "X_static"}):
            raise ValueError(f"{self!r} takes {others} only with y, the steps that follow each series.")
        return final._score_last(X, self, **metadata)

    def _forecast(self, method_caller, estimator, X, metadata):
        if self._method == "predict":
            return estimator.predict(X, **metadata) if metadata else method_caller(estimator, "predict", X)
        estimator, X = final_step(estimator, X)
        if not hasattr(estimator, self._method):
            raise AttributeError(
                f"{self!r} needs an estimator with the method {self._method}(X, {', '.join(self._arguments)}). "
                f"{type(estimator).__name__} has none: use a scorer of points."
            )
        with judged_step_by_step():
            return getattr(estimator, self._method)(X, **self._arguments, **metadata)

    def __repr__(self):
        options = {**self._arguments, **self._kwargs}
        if self._target_features is not None:
            options["target_features"] = self._target_features
        text = "".join(f", {name}={value!r}" for name, value in options.items())
        return f"make_forecast_scorer({self._score_func.__name__}{text})"


def _own_past(X, n_targets, target_features):
    """The columns of X that are the past of y: a list of (t_i, n_targets)."""
    windows = read_values(X, "X")
    columns = list(range(n_targets)) if target_features is None else list(target_features)
    n_features = windows.n_targets
    if len(columns) != n_targets or not all(0 <= column < n_features for column in columns):
        raise ValueError(
            f"The scaled error of y with {n_targets} target(s) needs as many columns of X, their own past, and X has "
            f"{n_features} feature(s). Got target_features={target_features!r}: name these columns by number in "
            "make_forecast_scorer."
        )
    return [sample[:, columns] for sample in windows.samples()]


def make_forecast_scorer(
    metric: Callable[..., Any], *, target_features: Sequence[int] | None = None, **options: Any
) -> Scorer:
    """Make a scorer for ``scoring=`` from a metric of forecasts and its options.

    Parameters
    ----------
    metric : callable
        `mean_absolute_scaled_error` or `symmetric_mean_absolute_percentage_error`, of ``predict(X)``;
        `weighted_quantile_loss`, of ``predict_quantiles(X, quantiles)``; `continuous_ranked_probability_score`, of
        ``sample_y(X, n_samples, random_state)``; `interval_coverage`, `mean_interval_width` or `winkler_score`, of
        ``predict_interval(X, coverage)``. In a pipeline or search, these three methods are those of the final
        estimator.

    target_features : list of int, default=None
        For `mean_absolute_scaled_error`: which columns of X are the past of the targets of y, one each, in their order.
        None takes the first ones. X of shape (n_samples, n_timesteps) is one column, and so is the past of y itself.

    **options
        Options of the metric, such as ``m=12``, and of the method: ``coverage``, 0.9 by default; ``quantiles``, the
        nine deciles by default; ``n_samples``, 100 by default; ``random_state``, 0 by default.

    Returns
    -------
    scorer : callable
        Called with (estimator, X, y). Without y a `SeriesForecaster` is asked for the last `horizon` steps of every
        series, from those before. Higher is better, so it is minus the metric, except for `interval_coverage`,
        which is returned as it is. Use that one, and `mean_interval_width`, for reports: a search for the best would
        choose the widest, or the narrowest, intervals.

    Raises
    ------
    ValueError
        If `metric` is none of these. The scorer raises what the metric does, and an AttributeError if the estimator has
        not the method.

    TypeError
        If neither metric nor method has an option.

    See Also
    --------
    FORECAST_SCORERS : Ready scorers by name.

    Notes
    -----
    **Scale.** `mean_absolute_scaled_error` divides by the moves of the past, and a scorer knows no other past than the
    windows X, which must be in the units of y and longer than `m`. The score therefore differs from the MASE of
    published tables, which scale by whole series. Windows that never move are left out (``handle_constant="skip"``).
    With scikit-learn's metadata routing, ``scorer.set_score_request(y_train=True)`` passes a longer past.

    **Metadata.** Anything else that is requested, for example by ``scorer.set_score_request(X_future=True)``, is passed
    to the method.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import cross_val_score
    >>> from skseq.metrics import make_forecast_scorer, mean_absolute_scaled_error
    >>> waves = np.lib.stride_tricks.sliding_window_view(np.sin(np.arange(200) / 5), 30)
    >>> X, y = waves[:, :20], waves[:, 20:]  # 20 steps of the past, 10 to come
    >>> scorer = make_forecast_scorer(mean_absolute_scaled_error, m=1)
    >>> scores = cross_val_score(Ridge(1e-6), X, y, scoring=scorer)
    >>> bool((scores > -0.01).all())  # errors of less than a hundredth of a step of the wave
    True
    """
    if metric not in _FORECASTS:
        names = ", ".join(known.__name__ for known in _FORECASTS)
        raise ValueError(f"metric must be one of the functions {names}. Got {metric!r}.")
    judged = _FORECASTS[metric]
    known = (_options(metric) | set(judged.arguments)) - {"sample_weight", "multioutput"}
    unknown = sorted(set(options) - known)
    if unknown:
        raise TypeError(f"A scorer of {metric.__name__} has no option {unknown[0]!r}, but {sorted(known)}.")
    if target_features is not None and not judged.reads_past:
        raise TypeError(f"target_features is for mean_absolute_scaled_error alone. Got it for {metric.__name__}.")
    arguments = {name: options.get(name, default) for name, default in judged.arguments.items()}
    if judged.reads_past:
        options = {"handle_constant": "skip", **options}
    of_metric = {**arguments, **options}
    of_metric = {name: value for name, value in of_metric.items() if name in signature(metric).parameters}
    given = {"method": judged.method, "arguments": arguments, "target_features": target_features}
    return _ForecastScorer(metric, judged.sign, of_metric, **given)


def _options(function):
    return {name for name, parameter in signature(function).parameters.items() if parameter.default != Parameter.empty}


neg_mean_absolute_scaled_error_scorer: Scorer = make_forecast_scorer(mean_absolute_scaled_error)
neg_symmetric_mean_absolute_percentage_error_scorer: Scorer = make_forecast_scorer(
    symmetric_mean_absolute_percentage_error
)
neg_weighted_quantile_loss_scorer: Scorer = make_forecast_scorer(weighted_quantile_loss)
neg_continuous_ranked_probability_score_scorer: Scorer = make_forecast_scorer(continuous_ranked_probability_score)
interval_coverage_scorer: Scorer = make_forecast_scorer(interval_coverage)
neg_winkler_scorer: Scorer = make_forecast_scorer(winkler_score)

FORECAST_SCORERS: dict[str, Scorer] = {
    "neg_mean_absolute_scaled_error": neg_mean_absolute_scaled_error_scorer,
    "neg_symmetric_mean_absolute_percentage_error": neg_symmetric_mean_absolute_percentage_error_scorer,
    "neg_weighted_quantile_loss": neg_weighted_quantile_loss_scorer,
    "interval_coverage": interval_coverage_scorer,
    "neg_winkler": neg_winkler_scorer,
    "neg_continuous_ranked_probability_score": neg_continuous_ranked_probability_score_scorer,
}
