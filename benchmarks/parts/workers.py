"""A search in one process and on two workers, from cold, and what the workers cost: their start and their memory."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

import joblib
import numpy as np
from sklearn.model_selection import GridSearchCV

from benchmarks.harness.memory import peak_memory
from benchmarks.harness.report import OURS, SECONDS
from skseq import SequenceClassifier

__all__ = ["WorkerScale", "search", "search_on_workers"]


@dataclass(frozen=True, kw_only=True)
class WorkerScale:
    """How much is run."""

    n_samples: int = 1_000
    n_timesteps: int = 50
    epochs: tuple = (1, 30)  # of a short fit, and of one of 5 s or more
    repeats: int = 3


LONG = 5  # seconds of a fit from which two workers must pay
START = 3  # seconds that a worker may take to start
GRID = {"learning_rate": [0.001, 0.003, 0.01, 0.03]}


def search_on_workers(report, scale):
    """Four candidates, three folds, n_jobs=1 and n_jobs=2 in alternation, each in a fresh process."""
    for epochs in scale.epochs:
        found = {1: [], 2: []}
        for repeat in range(scale.repeats):
            for n_jobs in (1, 2)[:: -1 if repeat % 2 else 1]:
                found[n_jobs].append(in_fresh_interpreter(scale, epochs, n_jobs))
        _tell(report, epochs, found)
    _claim_start(report, scale)
    report.note(
        "workers",
        f"{len(GRID['learning_rate'])} candidates x 3 folds, {scale.n_samples:,} sequences of {scale.n_timesteps} "
        "numbers, 64 units; loky; the start of the workers and their import of TensorFlow are part of the search",
    )


def _tell(report, epochs, found):
    what = f"{epochs} epoch(s)"
    for n_jobs, runs in found.items():
        report.add("workers", f"search, {what}, n_jobs={n_jobs}", SECONDS, OURS, [run["seconds"] for run in runs])
        report.add("workers", f"one fit of it, {what}, n_jobs={n_jobs}", SECONDS, OURS, [run["fit"] for run in runs])
    report.add("workers", _start(epochs), SECONDS, OURS, [run["start"] for run in found[2]])
    report.add("workers", f"peak memory of a worker, {what}", "MB", OURS, [run["memory"] for run in found[2]])
    report.add("workers", f"threads of a worker, {what}", "", OURS, [run["threads"] for run in found[2]])
    ratio = np.median([one["seconds"] / two["seconds"] for one, two in zip(found[1], found[2])])
    low = 1.3 if np.median([run["fit"] for run in found[1]]) >= LONG else 1.0
    report.claim("workers", f"search, {what}, n_jobs=1 / n_jobs=2, median", ratio, low=low)


def _start(epochs):
    return f"start of both workers, {epochs} epoch(s)"


def _claim_start(report, scale):
    starts = np.concatenate([report.values("workers", _start(epochs), OURS) for epochs in scale.epochs])
    report.claim("workers", f"seconds to start both workers, median of {len(starts)}", np.median(starts), high=START)


def in_fresh_interpreter(scale, epochs, n_jobs):
    """What `search` gives where nothing is loaded; not in a pool, whose processes wait for loky's at their end."""
    code = f"from benchmarks.parts.workers import *; print(json.dumps(search({scale}, {epochs}, {n_jobs})))"
    done = subprocess.run([sys.executable, "-c", f"import json; {code}"], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def search(scale, epochs, n_jobs):
    """Seconds of a search from cold, and of one fit of it; start, threads and peak memory of its workers."""
    draws = np.random.RandomState(0)
    X, y = draws.randn(scale.n_samples, scale.n_timesteps, 1), np.arange(scale.n_samples) % 2
    model = SequenceClassifier(64, epochs=epochs, early_stopping=False, random_state=0)
    begin = time.monotonic()
    loaded = _in_workers(n_jobs, _loaded).values() if n_jobs > 1 else [begin]
    found = GridSearchCV(model, GRID, cv=3, n_jobs=n_jobs, refit=False, error_score="raise").fit(X, y)
    seconds = time.monotonic() - begin
    facts = list(_in_workers(n_jobs, _facts).values())
    return {
        "seconds": seconds,
        "start": max(loaded) - begin,
        "fit": float(np.mean(found.cv_results_["mean_fit_time"])),
        "memory": max(memory for memory, _ in facts),
        "threads": max(threads for _, threads in facts),
    }


def _in_workers(n_jobs, function):
    """What a function gives first, by process: asked until all workers have answered."""
    found = {}
    while len(found) < n_jobs:
        answers = joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(function)() for _ in range(2 * n_jobs))
        found = dict(reversed(answers)) | found
    return found


def _loaded():
    """Load what a first fit loads, and say when it was there; the clock is one for all processes of a machine."""
    from skseq.nn import pool  # noqa: F401

    there = time.monotonic()
    time.sleep(0.2)  # else one worker answers for both
    return os.getpid(), there


def _facts():
    from skseq.nn.threads import n_threads

    time.sleep(0.2)
    return os.getpid(), (peak_memory(), n_threads())
