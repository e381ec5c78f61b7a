"""Intervals by errors of held-out windows, as `SeriesForecaster` has them, beside two simpler ways.

One counts errors in sizes of windows alone. The other forecasts by the regressor of these errors, which has not learnt
from the last steps.
"""

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import Ridge

from benchmarks.tasks.series import load
from skseq import SeriesForecaster
from skseq.metrics import winkler_score

__all__ = ["compare_intervals"]

COVERAGE, N_WINDOWS = 0.8, 10  # of each series, for calibration
HORIZONS = {"monthly": 6, "quarterly": 3, "yearly": 2}
SCORE, ERROR, COVERED = "interval score / that", "absolute error / that", "covered by 80 %"
OURS, BOTH = "Ridge on windows", ("each alone", "together")
ALONE, UNSEEN = "in sizes of windows alone", "without the held-out steps"


def compare_intervals(report, scale):
    """Ridge on windows of series, each alone and all together, with and without a season."""
    for name in scale.interval_sets:
        competition, frequency = name.split()
        data, horizon = load(competition, frequency), HORIZONS[frequency]
        for season in dict.fromkeys((None, None if data.season == 1 else data.season)):
            series = long_ones(data, horizon, season or 0, scale.interval_series)
            kind = f"intervals: {name}, {'no season' if season is None else f'season of {season}'}"
            for how, groups in zip(BOTH, ([[own] for own in series], [series])):
                add_scores(report, f"{kind}, {how}", groups, horizon, season)


def long_ones(data, horizon, season, most):
    """So many whole series of a set, evenly, of those that are long enough to learn from, to calibrate and to test."""
    whole = [np.concatenate([known, truth]) for known, truth in zip(data.train, data.test)]
    long = [own for own in whole if len(own) >= 30 + N_WINDOWS + 2 * (horizon + season)]
    return [long[i] for i in np.unique(np.linspace(0, len(long) - 1, most).astype(int))] if long else []


def add_scores(report, kind, groups, horizon, season):
    """Means over series of the score (Winkler 1972) in units of the mean seasonal difference, and what is covered."""
    if not groups or not groups[0]:
        return
    found = [scores(group, horizon, season) for group in groups]
    means = {way: np.mean([row for own in found for row in own[way]], axis=0) for way in found[0]}
    (own, error, covered), (alone, _, alone_covered), (before, error_before, _) = means.values()
    report.add(kind, f"{SCORE} {ALONE}", "", OURS, own / alone)
    report.add(kind, f"{SCORE} {UNSEEN}", "", OURS, own / before)
    report.add(kind, f"{ERROR} {UNSEEN}", "", OURS, error / error_before)
    report.add(kind, COVERED, "", OURS, covered)
    report.add(kind, f"{COVERED}, {ALONE}", "", OURS, alone_covered)


def scores(series, horizon, season):
    """(score, absolute error, covered) of each series (n_series, 3), by way of forecasting."""
    known, truth = [own[:-horizon] for own in series], np.stack([own[-horizon:] for own in series])
    ridge = SeriesForecaster(Ridge(), horizon=horizon, season=season)
    forecaster = clone(ridge).set_params(calibration_windows=N_WINDOWS).fit(known)
    ridge.set_params(window=forecaster.window_)
    bounds = forecaster.predict_interval(coverage=COVERAGE)
    points = forecaster.predict()
    before = ridge.fit([own[: 1 - horizon - N_WINDOWS] for own in known]).predict(known)
    reach = reach_by_windows(ridge, known)
    by_way = {
        OURS: bounds,
        ALONE: np.stack([points - reach, points + reach], axis=-1),
        UNSEEN: bounds + (before - points)[..., None],
    }
    unit = np.array([np.abs(own[season or 1 :] - own[: -(season or 1)]).mean() for own in known])
    return {way: judged(truth, bounds, unit) for way, bounds in by_way.items()}


def reach_by_windows(ridge, series):
    """Half the widths (n_series, horizon) by errors in sizes of windows alone."""
    back = ridge.backtest(series, n_windows=N_WINDOWS, step=1)
    errors = np.abs(back["y_true"] - back["y_pred"])  # (n_windows, n_series, horizon)
    sizes = [[size(own[:end], ridge.window, ridge.season) for own, end in zip(series, row)] for row in back["origin"]]
    scaled = np.sort((errors / np.array(sizes)[:, :, None]).reshape(-1, ridge.horizon), axis=0)
    half = scaled[int(np.ceil((len(scaled) + 1) * COVERAGE)) - 1]
    return half * np.array([size(own, ridge.window, ridge.season) for own in series])[:, None]


def size(series, window, season):
    """That of the last window: its deviation, or with a season its mean difference, as in the notes of `scaling`."""
    last = series[-window:]
    if season is None:
        return last.std()
    moved = np.abs(last[season:] - last[:-season])
    return (moved.sum() + last.std()) / (len(moved) + 1) + last.std() / 10


def judged(truth, bounds, unit):
    """(score, absolute error of the middle, covered) of each series, the first two in units (n_series,)."""
    each = [winkler_score(y[None], own[None], coverage=COVERAGE) for y, own in zip(truth, bounds)]
    errors = np.abs(truth - bounds.mean(axis=-1)).mean(axis=1)
    inside = ((bounds[..., 0] <= truth) & (truth <= bounds[..., 1])).mean(axis=1)
    return np.stack([each / unit, errors / unit, inside], axis=1)
