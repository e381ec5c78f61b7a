"""How long one answer takes: `predict` of a single row, warm, and in a new process that loads a fitted estimator."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import numpy as np

from benchmarks.harness.memory import in_fresh_process
from benchmarks.harness.report import OURS, SECONDS, timed
from benchmarks.harness.timing import seconds_of
from skseq import (
    LSTMAutoencoderDetector,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)

__all__ = ["ANSWERED", "answer"]

WARM_MS, FIRST_SECONDS = 2, 1  # wanted of a warm answer, and of loading and the first answer
WARM_UP = 5  # calls that do not count
N_SAMPLES, N_TIMESTEPS, N_FEATURES, N_TOKENS, N_READ, N_WRITTEN = 64, 20, 3, 20, 12, 6


def answer(report, scale):
    """Seconds of one row, estimator by estimator, each measurement in a process of its own."""
    for name in scale.answered:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "fitted.joblib"
            warm = 1000 * np.array(in_fresh_process(warm_answers, name, path, scale.answer_calls))
            first = [in_fresh_process(first_answer, path) for _ in range(scale.repeats)]
        _report_warm(report, name, warm)
        _report_first(report, name, *np.transpose(first))
    report.note(
        "answers",
        f"defaults, but for one epoch; {N_TIMESTEPS} timesteps of {N_FEATURES} numbers; Seq2SeqClassifier and "
        f"SequenceGenerator: {N_READ} tokens of {N_TOKENS}; {N_WRITTEN} steps out of Seq2SeqClassifier and "
        "Seq2SeqRegressor; the file is one of joblib, read after `import tensorflow`",
    )


def _report_warm(report, name, milliseconds):
    what = f"predict of one row, {name}"
    median = np.median(milliseconds)
    report.add("answers", f"{what}, median of {len(milliseconds)}", "ms", OURS, median)
    report.add("answers", f"{what}, least", "ms", OURS, milliseconds.min())
    report.claim("answers", f"ms of {what}, median of {len(milliseconds)}", median, high=WARM_MS)


def _report_first(report, name, loading, first):
    report.add("answers", f"load, {name}", SECONDS, OURS, loading)
    report.add("answers", f"first predict once loaded, {name}", SECONDS, OURS, first)
    text = f"seconds of load and first predict, {name}, median of {len(first)}"
    report.claim("answers", text, np.median(loading + first), high=FIRST_SECONDS)


def warm_answers(name, path, n_calls):
    """Seconds of each of many predictions of one row; the fitted estimator and a row lie in the file ``path`` then."""
    make, read = KINDS[name]
    X, *y = read(np.random.default_rng(0))
    estimator = make(epochs=1, random_state=0).fit(X, *y)
    joblib.dump((estimator, X[:1]), path)
    rows = [X[k % N_SAMPLES][None] for k in range(WARM_UP + n_calls)]
    return [seconds_of(partial(estimator.predict, row)) for row in rows][WARM_UP:]


def first_answer(path):
    """Seconds of loading, and of the first prediction, in this process, in which only TensorFlow has been imported."""
    import tensorflow  # noqa: F401

    loading, (estimator, row) = timed(joblib.load, path)
    return loading, timed(estimator.predict, row)[0]


# --- what is asked ----------------------------------------------------------------------------------------------------


def _series(draws):
    return draws.standard_normal((N_SAMPLES, N_TIMESTEPS, N_FEATURES))


def _tokens(draws, n_timesteps=N_READ):
    return draws.integers(N_TOKENS, size=(N_SAMPLES, n_timesteps))


KINDS = {  # estimator, and its training data
    "SequenceClassifier": (SequenceClassifier, lambda draws: (_series(draws), draws.integers(2, size=N_SAMPLES))),
    "SequenceRegressor": (SequenceRegressor, lambda draws: (_series(draws), draws.standard_normal(N_SAMPLES))),
    "Seq2SeqClassifier": (Seq2SeqClassifier, lambda draws: (_tokens(draws), _tokens(draws, N_WRITTEN))),
    "Seq2SeqRegressor": (
        Seq2SeqRegressor,
        lambda draws: (_series(draws), draws.standard_normal((N_SAMPLES, N_WRITTEN))),
    ),
    "SequenceTagger": (SequenceTagger, lambda draws: (_series(draws), _tokens(draws, N_TIMESTEPS))),
    "SequenceGenerator": (SequenceGenerator, lambda draws: (_tokens(draws),)),
    "LSTMAutoencoderDetector": (LSTMAutoencoderDetector, lambda draws: (_series(draws),)),
}
ANSWERED = tuple(KINDS)
