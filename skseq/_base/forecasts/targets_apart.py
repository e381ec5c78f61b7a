"""Whether several targets are forecast better as one series each, which all teach one regressor of one target.

Columns of a frame, such as the sales of shops, are read as targets of one series, each forecast from the past of all.
That pays where some lead others. Else there are many times more numbers to learn from, and fewer windows.
"""

from dataclasses import replace
from warnings import catch_warnings

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import RidgeCV

from skseq._base.forecasts.window_regressors import FlatRegressor
from skseq._base.forecasts.window_trials import FEWEST, HELD_OUT
from skseq._callers import warn_caller
from skseq._data.forecasts.forecast_windows import PER_WINDOW
from skseq._data.forecasts.window_units import usual_scaling
from skseq._data.groups import last_groups
from skseq._data.times.pandas_times import PandasForm
from skseq._data.times.polars_times import PolarsForm
from skseq._data.working_memory import evenly, some_of
from skseq._whole import undivided

MANY = 4  # targets
BETTER = 0.9  # of the errors of all together: what those of each by itself must be at most
NEARLY = 1.1  # the same by a linear model: beyond it the estimator is not asked, which may take long
FAR_BETTER = 0.75  # of those of an estimator: with any penalty, chance leaves 0.79 of four indicators of one country
MOST_INPUTS, MOST_WINDOWS = 1_000, (1_000, 300)  # numbers in a window of the targets that are compared, and windows
MOST_APART = 4_000  # windows of one target, of all together: kernels take the square of them
PENALTIES = 0.1, 1.0, 10.0, 100.0, 1000.0


def warn_if_better_apart(windows, series, horizon, season, estimator=None):
    """Warn of many targets of one of `LongSeries`, cut into these windows, where each is better forecast by itself.

    A linear model with a penalty that suits either judges, and then the ``estimator`` itself, unless it is None: one
    whose penalty is small learns the noise of the others.
    """
    if len(series) > 1 or windows.n_targets < MANY:
        return
    judge, left = "a linear model", left_apart(windows, horizon, season)
    if left is not None and BETTER < left < NEARLY and estimator is not None:
        judge, left = "this estimator", left_apart(windows, horizon, season, estimator)
    if left is None or left > (BETTER if judge == "a linear model" else FAR_BETTER):
        return
    columns = "list(X[0].T) where X[0] is an array"
    if isinstance(series.forms[0], PolarsForm):
        columns = "frames of times and one column"
    elif series.is_one:
        columns = "[X[name] for name in X]"
    elif isinstance(series.forms[0], PandasForm):
        columns = "[X[0][name] for name in X[0]]"
    warn_caller(
        f"X is read as one series of {windows.n_targets} targets, each of which is forecast from the past of all. "
        f"Where each is a series of its own, {judge} has {left:.2g} times the error in the last windows: pass "
        f"the columns as a list, such as {columns}, with covariates for each, and all teach one regressor. What is not "
        "to be forecast belongs in X_past or X_future."
    )


def left_apart(windows, horizon, season, estimator=None):
    """Mean absolute errors of targets apart over those of all together, mean of targets; None if nothing can be told.

    A clone of the estimator, or a linear model, forecasts the last windows from those before.
    """
    masks = last_groups(windows.groups, HELD_OUT)
    if masks is None or any(mask.sum() < fewest for mask, fewest in zip(masks, FEWEST)):
        return None
    few = some_of(np.arange(windows.n_targets), max(2, MOST_INPUTS // windows.past.shape[1]))
    parts = [windows.take(some_of(np.flatnonzero(mask), most)) for mask, most in zip(masks, MOST_WINDOWS)]
    earlier, later = (part.of_targets(few) for part in parts)
    judge = RidgeCV(PENALTIES) if estimator is None else estimator
    regressor = FlatRegressor(estimator=judge, horizon=horizon, scaling=usual_scaling(season), season=season)
    try:  # warnings of a trial, as of few columns, would be read as those of the fit
        with catch_warnings(action="ignore"):
            together = regressor.mean_errors(earlier, later)  # (k,)
            apart = _errors_apart(regressor, earlier, later)
    except Exception:  # whatever a given estimator raises in a trial, as of fewer columns than it selects
        return None
    known = together > 0
    return float(np.mean(apart[known] / together[known])) if known.any() else None


def _errors_apart(regressor, earlier, later):
    """Mean absolute errors (k,) of a clone that learns from the windows of each target, one after another."""
    some, targets = evenly(len(earlier), MOST_APART // later.n_targets), range(later.n_targets)
    trial = replace(regressor, estimator=clone(regressor.estimator))
    with undivided():
        trial.fit(_joined([earlier.of_targets([k]).take(some) for k in targets]))
    alone = [later.of_targets([k]) for k in targets]
    return np.array([np.abs(own.targets - trial.predict(own, regressor.horizon)).mean() for own in alone])


def _joined(parts):
    """The windows of all parts."""
    values = {name: [getattr(part, name) for part in parts] for name in PER_WINDOW}
    return replace(parts[0], **{name: None if own[0] is None else np.concatenate(own) for name, own in values.items()})
