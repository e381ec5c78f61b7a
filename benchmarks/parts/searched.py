"""What a search of some draws of `search_space` gains over the defaults, for every kind of estimator.

Every estimator is judged by its own `score`, on data that neither fit nor search has seen. Sets are small: a search of
20 draws on three folds is 61 fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, RandomizedSearchCV, StratifiedKFold

from benchmarks.harness.report import SECONDS, timed
from benchmarks.parts import chosen_defaults
from benchmarks.tasks import corpora, series
from benchmarks.tasks.everyday import TASKS
from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
    clear_pool,
)
from skseq.model_selection import search_space

DEFAULTS, SEARCHED = "defaults", "searched"
SCORE, FIT = "score", "fit and score"
N_PAIRS, N_SERIES, N_WORDS, N_WAVES = 300, 60, 1_000, 300


@dataclass(frozen=True)
class Problem:
    """An estimator, what it learns from, and what judges it; without y where there is none."""

    estimator: Any
    X: Sequence
    X_new: Sequence
    y: Any = None
    y_new: Any = None


def _of_task(name):
    task = TASKS[name]()
    kind = SequenceRegressor if task.regression else SequenceClassifier
    estimator = kind(**({"analyzer": "char"} if task.text else {}))
    return Problem(estimator, task.X_train, task.X_test, task.y_train, task.y_test)


def _of_pairs(kind, sets, name):
    _, draw, settings = sets[name]
    pairs = draw(N_PAIRS)
    return Problem(kind(**settings), pairs.X_train, pairs.X_test, pairs.y_train, pairs.y_test)


def _tourism():
    """Monthly series: half of them to learn from, the others to forecast the last 24 months of."""
    found = series.load("Tourism", "monthly")
    whole = [np.concatenate(pair) for pair in zip(found.train, found.test)]
    order = np.random.RandomState(0).permutation(len(whole))
    X, X_new = ([whole[i] for i in part] for part in (order[:N_SERIES], order[-N_SERIES:]))
    inside = Seq2SeqRegressor(loss="quantile", season=found.season)
    return Problem(SeriesForecaster(inside, horizon=found.horizon, season=found.season), X, X_new)


def _words():
    words = corpora.spellings(N_WORDS, N_WORDS)
    return Problem(SequenceGenerator(analyzer="char", handle_unknown="use_unknown"), words.X_train, words.X_test)


def _waves():
    return Problem(LSTMAutoencoderTransformer(), corpora.waves(N_WAVES, 0), corpora.waves(N_WAVES, 1))


PROBLEMS = {  # how to get each
    **{name: partial(_of_task, name) for name in ("ItalyPowerDemand", "GunPoint", "walks", "phonemes")},
    "sorted tokens": partial(_of_pairs, Seq2SeqClassifier, chosen_defaults.OF_ONE_LENGTH, "sorted"),
    "dates": partial(_of_pairs, Seq2SeqTransducer, chosen_defaults.WRITTEN, "dates"),
    "channels": partial(_of_pairs, SequenceTagger, chosen_defaults.TAGGED, "channels"),
    "tourism": _tourism,
    "words": _words,
    "waves": _waves,
}


def compare(report, name, scale):
    """Score and time of the defaults, and of a search that fits its best candidate at the end."""
    problem = PROBLEMS[name]()
    for seed in range(scale.search_seeds):
        model = problem.estimator.set_params(**within(problem.estimator, {"random_state": seed} | (scale.most or {})))
        kind = StratifiedKFold if isinstance(model, SequenceClassifier) else KFold
        splitter = kind(scale.folds, shuffle=True, random_state=seed)
        candidates = RandomizedSearchCV(
            model, search_space(model), n_iter=scale.draws, cv=splitter, random_state=seed, error_score=-np.inf
        )
        for by, estimator in ((DEFAULTS, model), (SEARCHED, candidates)):
            clear_pool()
            seconds, score = timed(_fit_and_score, estimator, problem)
            report.add(f"search: {name}", FIT, SECONDS, by, seconds)
            report.add(f"search: {name}", SCORE, "", by, score)
        report.note(f"search: {name}", f"best on folds, seed {seed}: {candidates.best_params_}")
        print(name, report.values(f"search: {name}", SCORE, SEARCHED).round(4), flush=True)


def within(estimator, settings):
    """Settings of the network, under the names that they have in a forecaster."""
    inside = "estimator__" if isinstance(estimator, SeriesForecaster) else ""
    return {f"{inside}{name}": value for name, value in settings.items()}


def _fit_and_score(estimator, problem):
    targets, new = ((), ()) if problem.y is None else ((problem.y,), (problem.y_new,))
    return estimator.fit(problem.X, *targets).score(problem.X_new, *new)
