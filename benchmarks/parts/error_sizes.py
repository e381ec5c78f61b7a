"""Intervals by errors in sizes of window and series, as `SeriesForecaster` has them, and in sizes of windows alone."""

import numpy as np
from sklearn.linear_model import Ridge

from benchmarks.tasks.series import load
from skseq import SeriesForecaster
from skseq.metrics import winkler_score

__all__ = ["compare_error_sizes"]

COVERAGE, N_WINDOWS = 0.8, 10  # of each series, for calibration
HORIZONS = {"monthly": 6, "quarterly": 3, "yearly": 2}
SCORE, COVERED = "interval score / that in sizes of windows alone", "covered by 80 %"
OURS, ALONE, BOTH = "Ridge on windows", "sizes of windows alone", ("each alone", "together")


def compare_error_sizes(report, scale):
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
    (own, own_covered), (alone, alone_covered) = np.concatenate(found, axis=-1).mean(axis=-1)
    report.add(kind, SCORE, "", OURS, own / alone)
    report.add(kind, COVERED, "", OURS, own_covered)
    report.add(kind, f"{COVERED}, {ALONE}", "", OURS, alone_covered)
    print(f"{kind}: {own / alone:.3f}, covered {own_covered:.0%} ({alone_covered:.0%})", flush=True)


def scores(series, horizon, season):
    """(score, covered) of each series, with `predict_interval` and by sizes of windows alone: (2, 2, n_series)."""
    known, truth = [own[:-horizon] for own in series], np.stack([own[-horizon:] for own in series])
    forecaster = SeriesForecaster(Ridge(), horizon=horizon, season=season, calibration_windows=N_WINDOWS).fit(known)
    points = np.asarray(forecaster.predict())
    back = SeriesForecaster(Ridge(), horizon=horizon, season=season).backtest(known, n_windows=N_WINDOWS, step=1)
    errors = np.abs(back["y_true"] - back["y_pred"])  # (n_windows, n_series, horizon)
    sizes = [[size(own[:end], forecaster.window_, season) for own, end in zip(known, row)] for row in back["origin"]]
    scaled = np.sort((errors / np.array(sizes)[:, :, None]).reshape(-1, horizon), axis=0)
    half = scaled[int(np.ceil((len(scaled) + 1) * COVERAGE)) - 1]
    reach = half * np.array([size(own, forecaster.window_, season) for own in known])[:, None]
    by_windows = np.stack([points - reach, points + reach], axis=-1)
    unit = [np.abs(own[season or 1 :] - own[: -(season or 1)]).mean() for own in known]
    by_both = forecaster.predict_interval(coverage=COVERAGE)
    return np.stack([_judged(truth, bounds, unit) for bounds in (by_both, by_windows)])


def size(series, window, season):
    """That of the last window: its deviation, or with a season its mean difference, as in the notes of `scaling`."""
    last = series[-window:]
    if season is None:
        return last.std()
    moved = np.abs(last[season:] - last[:-season])
    return (moved.sum() + last.std()) / (len(moved) + 1) + last.std() / 10


def _judged(truth, bounds, unit):
    each = [winkler_score(y[None], own[None], coverage=COVERAGE) for y, own in zip(truth, bounds)]
    inside = (bounds[..., 0] <= truth) & (truth <= bounds[..., 1])
    return np.array([np.array(each) / unit, inside.mean(axis=1)])
