"""What noise costs by default, beside a fit of all epochs, one that stops early, and a simple model."""

from functools import partial

import numpy as np
from sklearn.metrics import accuracy_score, r2_score

from benchmarks.harness.report import SECONDS, timed
from benchmarks.parts import chosen_defaults
from benchmarks.tasks import noisy
from skseq import SequenceClassifier, SequenceRegressor, SequenceTagger, clear_pool
from skseq.metrics import token_accuracy_score

DEFAULTS, SIMPLE, ALL_EPOCHS, EARLY = "defaults", "simple", "all epochs", "early stopping"
SCORE, FIT = "score", "fit and predict"
CANDIDATES = {ALL_EPOCHS: {"early_stopping": False}, EARLY: {"early_stopping": True}, DEFAULTS: {}}
SIZES, SIZES_OF_TAGS = (100, 400), (100, 300, 1_000)
GAIN = 0.03  # of the mean score, over that of all epochs


def compare(report, scale):
    """Score of every candidate by task and number of samples; their labels are wrong, or X tells little of them."""
    gains = [gain for name in scale.noisy for gain in _by_size(report, scale, name)]
    text = f"{SCORE} minus that of {ALL_EPOCHS}, mean of {len(gains)} sets, {scale.seeds} seed(s) each"
    report.claim("noise", text, float(np.mean(gains)), low=GAIN)


def _by_size(report, scale, name):
    """Yield what the defaults gain over all epochs, for every number of samples."""
    tagged = name in chosen_defaults.TAGGED
    for n in (SIZES_OF_TAGS if tagged else SIZES)[: scale.noisy_sizes]:
        case = f"noise: {name}, {n:,} samples"
        task, kind, score = _tags(name, n) if tagged else _labels(name, n)
        if not tagged:
            report.add(case, SCORE, "", SIMPLE, score(task.y_test, _fit_and_predict(task.simple(), task)))
        for by, candidate in CANDIDATES.items():
            clear_pool()  # every candidate compiles its own network
            settings = candidate | (scale.most or {})
            for seed in range(scale.seeds):
                seconds, outputs = timed(_fit_and_predict, kind(**settings, random_state=seed), task)
                report.add(case, FIT, SECONDS, by, seconds)
                report.add(case, SCORE, "", by, score(task.y_test, outputs))
            print(case, by, report.values(case, SCORE, by).round(4), flush=True)
        yield report.values(case, SCORE, DEFAULTS).mean() - report.values(case, SCORE, ALL_EPOCHS).mean()


def _labels(name, n):
    """(task, kind of estimator, score) of sequences with one label or number each."""
    task = noisy.TASKS[name](n, np.random.RandomState(7))
    return task, *((SequenceRegressor, r2_score) if task.regression else (SequenceClassifier, accuracy_score))


def _tags(name, n):
    """The same of sequences with a label for every step."""
    _, draw, settings = chosen_defaults.TAGGED[name]
    return draw(n), partial(SequenceTagger, **settings), lambda y, outputs: token_accuracy_score(y, list(outputs))


def _fit_and_predict(model, task):
    return model.fit(task.X_train, task.y_train).predict(task.X_test)


NAMES = (*noisy.TASKS, *chosen_defaults.TAGGED)
