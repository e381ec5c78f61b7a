"""What skseq costs: a grid search beside scikeras, memory over many fits, start-up, scikit-learn's checks."""

import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from sklearn.linear_model import Ridge
from sklearn.utils.estimator_checks import check_estimator

from benchmarks.harness.memory import in_fresh_process, resident_memory
from benchmarks.harness.report import (
    OURS,
    SCIKERAS,
    SECONDS,
    Report,
    chosen_scale,
    command_line,
    run_experiments,
    timed,
)
from benchmarks.parts.grid import (
    CLASSIFIERS,
    GRID,
    NAMES,
    QUICK_SEARCH,
    GridScale,
    claim_grid,
    note_grid,
    search_once,
    waves,
)
from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
    clear_pool,
)
from skseq.datasets import make_addition, make_copy, make_echo, make_reversed, make_sorted


@dataclass(frozen=True, kw_only=True)
class Scale(GridScale):
    """How much is run."""

    few_fits: int = 10
    many_fits: int = 100
    scikeras_fits: int = 30
    starts: int = 5
    n_pairs: int = 100_000


QUICK = Scale(**QUICK_SEARCH, few_fits=2, many_fits=4, scikeras_fits=3, starts=1, n_pairs=1_000)


# --- grid search --------------------------------------------------------------------------------------------


def search_grid(report, scale):
    """The same candidates and folds for both, each from cold, one after the other."""
    for _ in range(scale.repeats):
        for by, make in CLASSIFIERS.items():
            search_once(report, scale, by, make, NAMES[by])
    note_grid(report, scale)
    report.note("grid", f"skseq compiles {len(scale.grid['units'])} networks, scikeras one per fit")
    claim_grid(report, low=40)


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
    """scikit-learn's default suite on every estimator that learns from data, nothing excused."""
    for estimator in (
        Seq2SeqClassifier(),
        Seq2SeqTransducer(),
        SequenceClassifier(),
        SequenceRegressor(),
        SequenceTagger(),
        Seq2SeqRegressor(),
        SequenceGenerator(),
        LSTMAutoencoderTransformer(),
        LSTMAutoencoderDetector(),
        SeriesForecaster(Ridge()),
        SeasonalNaive(),
        SequenceEncoder(LSTMAutoencoderTransformer()),
    ):
        clear_pool()
        name = type(estimator).__name__
        seconds, results = timed(check_estimator, estimator, on_skip=None, on_fail=None)
        statuses = [result["status"] for result in results]
        report.add("checks", f"check_estimator, {name}", SECONDS, OURS, seconds)
        report.add("checks", f"passed, {name}", "checks", OURS, statuses.count("passed"))
        report.add("checks", f"skipped, {name}", "checks", OURS, statuses.count("skipped"))
        if name == "Seq2SeqClassifier":
            report.claim("checks", f"check_estimator, {name}, {SECONDS}", seconds, high=12)
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
    run_experiments(report, EXPERIMENTS, arguments.only, chosen_scale(arguments, Scale(), QUICK))
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
