"""`LSTMAutoencoderDetector()` as it is by default, beside IsolationForest and PCA on the same windows.

Long series are scored by timestep, sets of short sequences as wholes: one class is normal, all others are odd. Nothing
but the window is chosen for a task. All tasks were looked at when the defaults were chosen.
"""

import sys
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.metrics import average_precision_score

from benchmarks.harness.report import SECONDS, Report, add_seeds, chosen_scale, command_line, run_experiments, timed
from benchmarks.peers.on_windows import ForestOnWindows, PCAOnWindows
from benchmarks.tasks import archives, odd
from skseq import LSTMAutoencoderDetector
from skseq.datasets import make_anomalies

DETECTOR, FOREST, COMPONENTS = "detector", "IsolationForest", "PCA"
PRECISION, FIT, DISTANCE = "average precision", "fit", "points from the true span"
UCR, MADE, OFFSET, BEATS = "UCR-135", "made-anomalies", "mean-50", "ecg-diff"
KINDS = ("spike", "level shift", "noise", "frequency", "flat", "decoupling")

SERIES = {UCR: odd.bleeding, MADE: odd.made, OFFSET: odd.offset_series, BEATS: odd.beats}
SETS = {
    f"one-{name}": partial(odd.one_class, name) for name in ("digits", "GunPoint", "ItalyPowerDemand", "JapaneseVowels")
}
LEAST_PRECISION = {MADE: 0.75, OFFSET: 0.85}
LONGEST_FIT = {OFFSET: 15}  # seconds
FARTHEST = 1  # points from the true span, for the highest score of every seed


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 5
    made_series: int = 100
    long_steps: int = 6_000
    parameters: tuple = ()  # of the detector, besides its defaults


QUICK = Scale(seeds=1, made_series=12, long_steps=1_000, parameters=(("units", 4), ("epochs", 1)))


def _detector(scale, window, seed):
    return LSTMAutoencoderDetector(window=window, random_state=seed, **dict(scale.parameters))


# --- long series ----------------------------------------------------------------------------------------------------


def score_steps(name, report, scale):
    """Area under the precision-recall curve over all timesteps."""
    for seed in range(scale.seeds):
        task = SERIES[name](seed, scale)
        for by, (seconds, model, prepared) in _fitted_on_windows(task, scale, seed).items():
            report.add(name, FIT, SECONDS, by, seconds)
            scores = model.score_timesteps(prepared(task.test))
            report.add(name, PRECISION, "", by, _precision(task.odd, scores))
            if name == UCR:
                series = archives.load_internal_bleeding()
                report.add(name, DISTANCE, "", by, series.distance(int(np.argmin(scores[0]))))
            if name == MADE:
                _add_kinds(report, scale, seed, by, model, prepared)
    _claim(report, scale, name)


def _fitted_on_windows(task, scale, seed):
    """By -> (seconds of fit, model, what X passes through before it)."""
    detector = _detector(scale, task.window, seed)
    seconds, _ = timed(detector.fit, task.train)
    fitted = {DETECTOR: (seconds, detector, lambda X: X)}
    steps = np.concatenate(list(task.train))
    mean, deviation = steps.mean(axis=0), np.maximum(steps.std(axis=0), 1e-9)

    def standardised(X):
        return [(series - mean) / deviation for series in X]

    for by, peer in _peers(task.window, detector.stride_, seed).items():
        seconds, _ = timed(peer.fit, standardised(task.train))
        fitted[by] = seconds, peer, standardised
    return fitted


def _peers(window, stride, seed):
    return {FOREST: ForestOnWindows(window, seed, stride), COMPONENTS: PCAOnWindows(window, stride)}


def _precision(odd, scores):
    return average_precision_score(np.concatenate(list(odd)), -np.concatenate(list(scores)))


def _add_kinds(report, scale, seed, by, model, prepared):
    """One kind of anomaly at a time."""
    for kind in KINDS:
        X, odd = make_anomalies(scale.made_series, anomaly_rate=0.5, kinds=(kind,), random_state=1_000 + seed)
        report.add(MADE, f"{PRECISION}, {kind}", "", by, _precision(odd, model.score_timesteps(prepared(X))))


# --- whole sequences ------------------------------------------------------------------------------------------------


def score_wholes(name, report, scale):
    """Area under the precision-recall curve over sequences; peers read them whole, resampled to the median length."""
    for seed in range(scale.seeds):
        task = SETS[name](seed, scale)
        detector = _detector(scale, None, seed)
        seconds, _ = timed(detector.fit, task.train)
        report.add(name, FIT, SECONDS, DETECTOR, seconds)
        report.add(name, PRECISION, "", DETECTOR, average_precision_score(task.odd, -detector.score_samples(task.test)))
        n_timesteps = archives.median_length(task.train)
        X_train, X = (archives.resampled(part, n_timesteps) for part in (task.train, task.test))  # (n, n_timesteps, f)
        for by, peer in _peers(n_timesteps, 1, seed).items():
            seconds, _ = timed(peer.fit, X_train)
            report.add(name, FIT, SECONDS, by, seconds)
            scores = peer.score_timesteps(X)[:, 0]  # of the only window
            report.add(name, PRECISION, "", by, average_precision_score(task.odd, -scores))


# --- claims ---------------------------------------------------------------------------------------------------------


def _claim(report, scale, name):
    """What one task must show."""
    if name in LEAST_PRECISION:
        text = f"{PRECISION}, mean of {scale.seeds} seeds"
        report.claim(name, text, report.values(name, PRECISION, DETECTOR).mean(), low=LEAST_PRECISION[name])
    if name in LONGEST_FIT:
        report.claim(name, "seconds of fit, longest", report.values(name, FIT, DETECTOR).max(), high=LONGEST_FIT[name])
    if name == UCR:
        text = f"{DISTANCE}, worst of {scale.seeds} seeds"
        report.claim(name, text, report.values(name, DISTANCE, DETECTOR).max(), high=FARTHEST)


def claim_ahead(report):
    """Over all tasks, once all have been run, the detector's mean precision is above that of either peer."""
    names = [name for name in EXPERIMENTS if len(report.values(name, PRECISION, DETECTOR))]
    if len(names) < len(EXPERIMENTS):
        return
    means = {by: [report.values(name, PRECISION, by).mean() for name in names] for by in (DETECTOR, FOREST, COMPONENTS)}
    for by in (FOREST, COMPONENTS):
        ahead = sum(ours > theirs for ours, theirs in zip(means[DETECTOR], means[by]))
        text = f"{PRECISION} over {len(names)} tasks, minus that of {by} (ahead in {ahead})"
        report.claim("all", text, np.mean(means[DETECTOR]) - np.mean(means[by]), low=0)


# --- command line ---------------------------------------------------------------------------------------------------

EXPERIMENTS = {
    **{name: partial(score_steps, name) for name in SERIES},
    **{name: partial(score_wholes, name) for name in SETS},
}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    add_seeds(parser, Scale)
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "seeds")
    report = Report("anomalies", columns=((DETECTOR, FOREST, COMPONENTS),))
    run_experiments(report, EXPERIMENTS, options.only, scale)
    claim_ahead(report)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
