"""What the defaults give on data as they come, how they were chosen, and what one would try first instead.

"choice" ranks candidates on folds of the training data alone. "test" then shows the defaults on the test data, which
no choice has seen, beside a simple model: mean, deviation and slope of every channel, or TF-IDF of characters, with a
linear model. "noise" has tasks that nobody can solve, which a network learns by heart. "search" says what 20 draws of
`search_space` gain, for every kind of estimator on a small set.
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold

from benchmarks.harness.report import SECONDS, Report, add_seeds, chosen_scale, command_line, run_experiments, timed
from benchmarks.parts import noisy, plain, searched
from benchmarks.tasks import archives
from benchmarks.tasks.archives import taken
from benchmarks.tasks.everyday import TASKS
from skseq import SequenceClassifier, SequenceRegressor, clear_pool

DEFAULTS, SIMPLE, DTW, INCEPTION = "defaults", "simple", "1-NN DTW", "InceptionTime"
SCORE, FIT = "score", "fit and predict"
BEFORE = plain.NETWORK | plain.TRAINING  # what classifier and regressor had before
CANDIDATES = {
    "former": BEFORE,
    "former, cosine": BEFORE | {"learning_rate_schedule": "cosine"},
    "no convolution": {"n_conv_layers": 0},
    "pooling attention": {"pooling": "attention"},
    "pooling concat": {"pooling": "concat"},
    "pooling last": {"pooling": "last"},
    "pooling mean": {"pooling": "mean"},
    "LSTM": {"cell": "lstm"},
    "one direction": {"bidirectional": False},
    "LSTM, one direction": {"cell": "lstm", "bidirectional": False},
    "LSTM, one direction, attention": {"cell": "lstm", "bidirectional": False, "pooling": "attention"},
    "no convolution, attention": {"n_conv_layers": 0, "pooling": "attention"},
    "rate 0.005": {"learning_rate": 0.005},
    "rate 0.01": {"learning_rate": 0.01},
    "no dropout": {"dropout": 0.0},
    "dropout 0.1": {"dropout": 0.1},
    "dropout 0.2": {"dropout": 0.2},
    "constant rate": {"learning_rate_schedule": "constant"},
    "one cycle": {"learning_rate_schedule": "one_cycle", "learning_rate": 0.01},
    "50 epochs": {"epochs": 50},
    "200 epochs": {"epochs": 200},
    "all epochs": {"early_stopping": False},
    "early stopping": {"early_stopping": True},
    "batches of 8": {"batch_size": 8},
    "batches of 32": {"batch_size": 32},
    "clipnorm 0.1": {"clipnorm": 0.1},
    "no clipping": {"clipnorm": None},
    DEFAULTS: {},
}
WANTED = {  # mean over seeds, and the largest spread
    "GunPoint": (0.96, 0.03),
    "JapaneseVowels": (0.983, 1.0),
    "ItalyPowerDemand": (0.964, 1.0),
    "BasicMotions": (1.0, 1.0),
    "digits": (0.96, 1.0),
    "walks": (0.99, 1.0),
    "activities": (0.97, 1.0),
}
MOST_BELOW = 0.05  # mean accuracy below that of InceptionTime


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 5
    folds: int = 3
    tasks: tuple = tuple(TASKS)
    candidates: tuple = tuple(CANDIDATES)
    noisy_sizes: int = len(noisy.SIZES_OF_TAGS)
    noisy: tuple = noisy.NAMES
    searched: tuple = tuple(searched.PROBLEMS)
    draws: int = 20
    search_seeds: int = 1
    most: dict | None = None  # settings of all fits


QUICK = Scale(
    seeds=1,
    folds=2,
    tasks=("ItalyPowerDemand", "walks"),
    candidates=("former", DEFAULTS),
    noisy=("events", "faint mean", "channels"),
    noisy_sizes=1,
    searched=("walks", "sorted tokens", "waves"),
    draws=2,
    most={"epochs": 1, "units": 4},
)


def network_for(task, seed, settings):
    """The estimator for a task; what it cannot know is that strings are words."""
    kind = SequenceRegressor if task.regression else SequenceClassifier
    text = {"analyzer": "char"} if task.text else {}
    return kind(**text, **settings, random_state=seed)


def _score(task, y, predicted):
    return r2_score(y, predicted) if task.regression else accuracy_score(y, predicted)


def choose(report, scale):
    """Score on folds of the training data, of every candidate on every task; ranks over the tasks."""
    for name in scale.tasks:
        task = TASKS[name]()
        for by in scale.candidates:
            clear_pool()  # every candidate compiles its own network
            for seed in range(scale.seeds):
                settings = CANDIDATES[by] | (scale.most or {})
                seconds, score = timed(score_on_folds, task, scale.folds, seed, settings)
                report.add(f"choice: {name}", SCORE, "", by, score)
                report.add(f"choice: {name}", FIT, SECONDS, by, seconds / scale.folds)
            print(name, by, report.values(f"choice: {name}", SCORE, by).mean().round(4), flush=True)
    for kind, ranks in ranks_of(report, scale).items():
        report.note("choice", f"mean rank over {kind} (1 is best): {ranks}")


def score_on_folds(task, n_folds, seed, settings):
    """Score of what was predicted for all training samples, each by a network that has not seen it."""
    splitter = (KFold if task.regression else StratifiedKFold)(n_folds, shuffle=True, random_state=seed)
    predicted = np.empty_like(task.y_train)
    for train, held_out in splitter.split(np.zeros(len(task.y_train)), task.y_train):
        model = network_for(task, seed, settings).fit(taken(task.X_train, train), task.y_train[train])
        predicted[held_out] = model.predict(taken(task.X_train, held_out))
    return _score(task, task.y_train, predicted)


def ranks_of(report, scale):
    """{tasks: candidates and their mean ranks, best first} of numbers and of text."""
    means = pd.DataFrame(
        {
            name: {by: report.values(f"choice: {name}", SCORE, by).mean() for by in scale.candidates}
            for name in scale.tasks
        }
    )
    text = [name for name in scale.tasks if name in ("syllables", "phonemes")]
    groups = {"tasks of numbers": means.drop(columns=text), "tasks of text": means[text]}
    return {
        kind: ", ".join(
            f"{by} {rank:.2f}" for by, rank in scores.rank(ascending=False).mean(axis=1).sort_values().items()
        )
        for kind, scores in groups.items()
        if scores.shape[1]
    }


def show(report, scale):
    """Score of the defaults on the test data, beside the simple model and published figures."""
    for name in scale.tasks:
        task, experiment = TASKS[name](), f"test: {name}"
        for seed in range(scale.seeds):
            seconds, predicted = timed(_fit_and_predict, task, network_for(task, seed, scale.most or {}))
            report.add(experiment, FIT, SECONDS, DEFAULTS, seconds)
            report.add(experiment, SCORE, "", DEFAULTS, _score(task, task.y_test, predicted))
        seconds, predicted = timed(_fit_and_predict, task, task.simple())
        report.add(experiment, FIT, SECONDS, SIMPLE, seconds)
        report.add(experiment, SCORE, "", SIMPLE, _score(task, task.y_test, predicted))
        add_published(report, name)
        print(name, report.values(experiment, SCORE, DEFAULTS).round(4), flush=True)
    claim(report, scale)


def _fit_and_predict(task, model):
    return model.fit(task.X_train, task.y_train).predict(task.X_test)


def add_published(report, name):
    if warped := [x for method, x in archives.PUBLISHED.get(name, {}).items() if method.startswith("DTW")]:
        report.add(f"test: {name}", SCORE, "", DTW, max(warped))
    if name in archives.INCEPTION_TIME:
        report.add(f"test: {name}", SCORE, "", INCEPTION, archives.INCEPTION_TIME[name])


def claim(report, scale):
    """Not below the simple model or DTW on any set, and on average not far below InceptionTime."""

    def mean(name, by):
        return report.values(f"test: {name}", SCORE, by).mean()

    of = f"mean of {scale.seeds} seeds"
    for name in scale.tasks:
        least, spread = WANTED.get(name, (None, 1.0))
        if least is not None:
            report.claim(f"test: {name}", f"{SCORE}, {of}", mean(name, DEFAULTS), low=least)
        if spread < 1:
            found = np.std(report.values(f"test: {name}", SCORE, DEFAULTS))
            report.claim(f"test: {name}", f"standard deviation of the {SCORE}", found, high=spread)
        for other in (SIMPLE, DTW):
            if len(report.values(f"test: {name}", SCORE, other)):
                gain = mean(name, DEFAULTS) - mean(name, other)
                report.claim(f"test: {name}", f"{SCORE} minus that of {other}, {of}", gain, low=0)
    if sets := [name for name in scale.tasks if name in archives.INCEPTION_TIME]:
        below = np.mean([mean(name, INCEPTION) - mean(name, DEFAULTS) for name in sets])
        text = f"accuracy below {INCEPTION}, an ensemble of five, mean over {len(sets)} sets"
        report.claim("test", text, below, high=MOST_BELOW)


def search(report, scale):
    """Score of every kind of estimator after a search of some draws on folds of its training data."""
    for name in scale.searched:
        searched.compare(report, name, scale)


# --- command line -------------------------------------------------------------------------------------------

EXPERIMENTS = {"choice": choose, "test": show, "noise": noisy.compare, "search": search}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    add_seeds(parser, Scale)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, help="tasks (all by default)")
    parser.add_argument("--noisy", nargs="+", choices=noisy.NAMES, help="tasks with noise (all by default)")
    parser.add_argument("--searched", nargs="+", choices=searched.PROBLEMS, help="sets of the search (all by default)")
    parser.add_argument("--candidates", nargs="+", choices=CANDIDATES, help="candidates (all by default)")
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "seeds", "tasks", "noisy", "searched", "candidates")
    sides = DEFAULTS, SIMPLE, DTW, INCEPTION, searched.SEARCHED, noisy.ALL_EPOCHS, noisy.EARLY
    report = Report("defaults", columns=(tuple(CANDIDATES), sides))
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
