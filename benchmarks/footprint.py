"""What skseq costs: a grid search beside scikeras, memory over many fits, start-up, scikit-learn's checks."""

import subprocess
import sys
from dataclasses import dataclass
from statistics import median

import keras
import numpy as np
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.utils.estimator_checks import check_estimator

from benchmarks.harness.memory import in_fresh_process, resident_memory
from benchmarks.harness.report import OURS, SCIKERAS, SECONDS, Report, command_line, run_experiments, timed
from benchmarks.peers import stock_keras
from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
    clear_pool,
)
from skseq.datasets import make_addition, make_copy, make_echo, make_reversed, make_sorted

N_TIMESTEPS = 10
GRID = {"units": [16, 32], "learning_rate": [0.001, 0.01, 0.03], "batch_size": [16, 32]}
QUICK_GRID = {"units": [16, 32], "learning_rate": [0.01], "batch_size": [32]}
SCIKERAS_NAMES = {
    "units": "model__units",
    "learning_rate": "optimizer__learning_rate",
    "batch_size": "batch_size",
}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    n_samples: int = 100
    epochs: int = 10
    repeats: int = 3
    few_fits: int = 10
    many_fits: int = 100
    scikeras_fits: int = 30
    starts: int = 5
    n_pairs: int = 100_000

    @property
    def grid(self):
        return GRID


@dataclass(frozen=True, kw_only=True)
class Quick(Scale):
    """A smoke run."""

    n_samples: int = 30
    epochs: int = 2
    repeats: int = 1
    few_fits: int = 2
    many_fits: int = 4
    scikeras_fits: int = 3
    starts: int = 1
    n_pairs: int = 1_000

    @property
    def grid(self):
        return QUICK_GRID


def waves(n_samples):
    """Noisy sines (n_samples, n_timesteps, 1), labelled by whether they start upwards."""
    draws = np.random.RandomState(0)
    phase, noise = draws.uniform(0, 2 * np.pi, n_samples), draws.normal(0, 0.3, (n_samples, N_TIMESTEPS))
    X = np.sin(np.linspace(0, 3, N_TIMESTEPS) + phase[:, None]) + noise
    return X[:, :, None], (np.cos(phase) > 0).astype(int)


def our_classifier(scale, **parameters):
    """Encoder, code repeated once, decoder, softmax."""
    return Seq2SeqClassifier(decoder="direct", epochs=scale.epochs, random_state=0, **parameters)


def scikeras_classifier(scale, **parameters):
    """The same network, the same clipping."""
    return KerasClassifier(
        model=_scikeras_network,
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam,
        optimizer__global_clipnorm=1.0,
        epochs=scale.epochs,
        random_state=0,
        verbose=0,
        **{SCIKERAS_NAMES[name]: value for name, value in ({"units": 16} | parameters).items()},
    )


def _scikeras_network(meta, units):
    _, n_timesteps, n_features = meta["X_shape_"]
    return stock_keras.label_network(n_timesteps, n_features, meta["n_classes_"], units)


CLASSIFIERS = {OURS: our_classifier, SCIKERAS: scikeras_classifier}
NAMES = {OURS: {name: name for name in GRID}, SCIKERAS: SCIKERAS_NAMES}  # of the parameters in the grid


# --- grid search --------------------------------------------------------------------------------------------


def search_grid(report, scale):
    """The same candidates and folds for both, each from cold, one after the other."""
    for _ in range(scale.repeats):
        for by, make in CLASSIFIERS.items():
            search_once(report, scale, by, make, NAMES[by])
    note_grid(report, scale)
    report.note("grid", f"skseq compiles {len(scale.grid['units'])} networks, scikeras one a fit")
    claim_grid(report, low=20)


def note_grid(report, scale):
    """What is searched."""
    n_candidates = int(np.prod([len(values) for values in scale.grid.values()]))
    report.note(
        "grid",
        f"{n_candidates} candidates x 3 folds = {3 * n_candidates} fits of {scale.epochs} epochs on "
        f"{scale.n_samples} sequences of {N_TIMESTEPS} timesteps, {scale.grid}, no refit; only `units` makes another "
        "network",
    )


def claim_grid(report, **bounds):
    """How many times faster the whole search is than with scikeras."""
    ours, others = (report.values("grid", SEARCH, by) for by in (OURS, SCIKERAS))
    report.claim("grid", f"{SEARCH}, scikeras / skseq, mean of repeats", np.mean(others / ours), **bounds)


SEARCH, FIRST_FIT, SECOND_FIT = "whole search, cold", "one fit, the first", "one fit, the second"


def search_once(report, scale, by, make, names):
    """One search from cold and two single fits; ``names`` are those of the parameters in ``make(scale, ...)``."""
    X, y = waves(scale.n_samples)
    clear_pool()
    search = GridSearchCV(
        make(scale),
        {names[name]: values for name, values in scale.grid.items()},
        cv=StratifiedKFold(3),
        scoring="accuracy",
        refit=False,
        error_score="raise",
    )
    seconds, _ = timed(search.fit, X, y)
    report.add("grid", SEARCH, SECONDS, by, seconds)
    report.add("grid", "best mean accuracy", "", by, search.cv_results_["mean_test_score"].max())
    clear_pool()
    for quantity in (FIRST_FIT, SECOND_FIT):
        report.add("grid", quantity, SECONDS, by, timed(make(scale, units=16).fit, X, y)[0])


# --- memory -------------------------------------------------------------------------------------------------


def measure_memory(report, scale):
    """Resident memory after few and after many fits, each implementation in a process of its own."""
    counts = {OURS: (scale.few_fits, scale.many_fits), SCIKERAS: (scale.few_fits, scale.scikeras_fits)}
    growth = {}
    for by, (few, many) in counts.items():
        sizes = in_fresh_process(memory_after, by, scale, (few, many))
        growth[by] = sizes[1] - sizes[0]
        for count, size in zip((few, many), sizes):
            report.add("memory", f"resident after {count} fits", "MB", by, size)
        report.add("memory", "growth per fit", "MB", by, growth[by] / (many - few))
    report.note("memory", "VmRSS of /proc/self/status, after a garbage collection; units and learning rates alternate")
    report.claim("memory", f"MB more after {scale.many_fits} than after {scale.few_fits} fits", growth[OURS], high=20)


def memory_after(by, scale, counts):
    """Resident MB after each of the counts of fits."""
    X, y = waves(scale.n_samples)
    sizes = []
    for fit in range(max(counts)):
        parameters = {"units": GRID["units"][fit % 2], "learning_rate": GRID["learning_rate"][fit % 3]}
        CLASSIFIERS[by](scale, **parameters).fit(X, y)
        if fit + 1 in counts:
            sizes.append(resident_memory())
    return sizes


# --- start-up -----------------------------------------------------------------------------------------------

_START = """
import sys, time
start = time.perf_counter()
{statement}
print(time.perf_counter() - start)
assert "tensorflow" not in sys.modules
"""


def start_up(report, scale):
    """Imports in fresh interpreters, none of which may load TensorFlow."""
    statements = (
        "import skseq",
        "from skseq import Seq2SeqClassifier",
        "from sklearn.linear_model import LogisticRegression",
    )
    for statement in statements:
        report.add("start-up", statement, SECONDS, OURS, [_start_once(statement) for _ in range(scale.starts)])
    report.note(
        "start-up", "skseq loads its names on first use; an estimator brings scikit-learn, as in the third line"
    )
    seconds = median(report.values("start-up", "import skseq", OURS))
    report.claim("start-up", f"seconds to import skseq, median of {scale.starts}", seconds, high=0.5)


def _start_once(statement):
    code = _START.format(statement=statement)
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(finished.stdout)


# --- scikit-learn's checks ----------------------------------------------------------------------------------


def check(report, scale):
    """scikit-learn's default suite, nothing excused."""
    for estimator in (
        Seq2SeqClassifier(),
        Seq2SeqTransducer(),
        SequenceClassifier(),
        SequenceRegressor(),
        LSTMAutoencoderTransformer(),
        LSTMAutoencoderDetector(),
    ):
        clear_pool()
        name = type(estimator).__name__
        seconds, results = timed(check_estimator, estimator, on_skip=None, on_fail=None)
        statuses = [result["status"] for result in results]
        report.add("checks", f"check_estimator, {name}", SECONDS, OURS, seconds)
        report.add("checks", f"passed, {name}", "checks", OURS, statuses.count("passed"))
        report.add("checks", f"skipped, {name}", "checks", OURS, statuses.count("skipped"))
        report.claim("checks", f"failed, {name}", statuses.count("failed") + statuses.count("xfail"), high=0)


# --- datasets -----------------------------------------------------------------------------------------------


def draw_pairs(report, scale):
    """100,000 source and target sequences of every task."""
    for make in (make_echo, make_reversed, make_copy, make_sorted, make_addition):
        seconds = [timed(make, scale.n_pairs, random_state=seed)[0] for seed in range(scale.repeats)]
        report.add("pairs", f"{make.__name__}({scale.n_pairs:,})", SECONDS, OURS, seconds)
        report.claim("pairs", f"seconds, {make.__name__}, slowest of {scale.repeats}", max(seconds), high=0.5)


# --- the command --------------------------------------------------------------------------------------------

EXPERIMENTS = {
    "grid": search_grid,
    "memory": measure_memory,
    "start-up": start_up,
    "checks": check,
    "pairs": draw_pairs,
}


def main():
    arguments = command_line("Measure what skseq costs.", EXPERIMENTS).parse_args()
    report = Report("footprint")
    run_experiments(report, EXPERIMENTS, arguments.only, Quick() if arguments.quick else Scale())
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
