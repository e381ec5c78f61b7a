"""Intervals that an estimator learnt, where they are far better in held-out windows than those of its errors there."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.forecasts.conformal import interval_scores, intervals

COVERAGE = 0.9
BETTER = 0.8  # times the interval score: of rivers after rain 0.58 and 0.70, of six other sets 0.96 to 1.51
FEWEST = 50  # windows: of fewer, one that is far outside decides


def warn_if_learnt_are_better(regressor, windows, units, residuals):
    """Warn where a `WindowRegressor` learnt quantiles that have a far lower interval score than these residuals.

    ``windows`` are those held out, whose errors in their ``units`` are the ``residuals``.
    """
    outside = (1 - COVERAGE) / 2
    if len(residuals) < FEWEST or not (regressor.ends_at_horizon and regressor.has_learnt([outside, 1 - outside])):
        return
    moves, targets = units.moves.all(axis=1), windows.targets
    n_steps = targets.shape[1]
    sizes = units.with_least(1.0).size[:, None]
    learnt = regressor.ask("predict_interval", windows, n_steps, coverage=COVERAGE)
    of_errors = intervals(regressor.predict(windows, n_steps), sizes, residuals, COVERAGE)
    low_and_high = (np.moveaxis(bounds, -1, 0) for bounds in (learnt, of_errors))
    own, other = (np.mean((interval_scores(targets, *pair, COVERAGE) / sizes)[moves]) for pair in low_and_high)
    if own < BETTER * other:
        warn_caller(
            f"In the windows that fit held out, intervals of {COVERAGE:.0%} that {type(regressor.estimator).__name__} "
            f"learnt have {own / other:.2g} times the score (winkler_score, less is better) of those that its errors "
            "there give, which are as wide after calm windows as after others, such as those with rain. "
            "predict_interval gives the latter. Set calibration_windows=0 for the learnt ones, or take "
            "predict_quantiles, which gives them in any case."
        )
