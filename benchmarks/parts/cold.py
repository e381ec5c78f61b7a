"""Whole fits from nothing but loaded libraries, each in a process of its own: building, tracing and compiling count."""

import os
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import tensorflow as tf

from benchmarks.harness.memory import in_fresh_process
from benchmarks.harness.report import OURS, SECONDS, STOCK, timed
from benchmarks.harness.speed_report import TORCH
from benchmarks.harness.timing import alternating, geometric_mean
from benchmarks.parts.updates import CLIPNORM, N_CLASSES, Task, note_behind, peers_torch, setting_name, thread_name
from benchmarks.peers import stock_keras

__all__ = ["JOBS", "QUICK_JOBS", "start_cold", "update_first"]

LONG = 2  # seconds of PyTorch: no fit that takes it longer is to be slower here
FIRST = {"plain": 0.4, "XLA": 1.5, "XLA with a filled cache": 0.7}  # seconds wanted until a first update has ended


@dataclass(frozen=True, kw_only=True)
class Job:
    """A fit: so many pairs, so many times."""

    task: Task
    n_pairs: int
    epochs: int

    def __str__(self):
        return f"{self.n_pairs:,} pairs, {self.epochs} epochs, {self.task}"

    @property
    def n_updates(self):
        return -(-self.n_pairs // self.task.batch_size)


def _job(n_pairs, n_timesteps, units, epochs, attention=None):
    task = Task(batch_size=32, n_timesteps=n_timesteps, units=units, attention=attention)
    return Job(task=task, n_pairs=n_pairs, epochs=epochs)


JOBS = (
    _job(500, 12, 64, 10),
    _job(2_000, 20, 64, 10),
    _job(5_000, 20, 128, 5),
    _job(1_000, 10, 32, 20),
    _job(300, 100, 64, 10),
    _job(10_000, 6, 64, 5),
    _job(1_000, 20, 256, 5),
    _job(20_000, 20, 64, 5),
    _job(500, 12, 64, 10, "dot"),
    _job(2_000, 20, 128, 10, "dot"),
    _job(500, 12, 64, 10, "bahdanau"),
    _job(2_000, 20, 64, 10, "bahdanau"),
)
QUICK_JOBS = (_job(40, 3, 4, 1),)


def start_cold(report, scale):
    """Fits in fresh processes, in alternation, each peer at the best of its settings."""
    for job in scale.cold_jobs:
        best = _best_settings(job, scale)
        fits = {by: partial(in_fresh_process, _seconds, by, job, how) for by, how in best.items()}
        for by, values in alternating(fits, scale.repeats).items():
            report.add("cold", str(job), SECONDS, by, values, setting=_name(by, best[by]))
        report.compared["cold", str(job)] = {by: (_name(by, how), 0.0) for by, how in best.items()}
    report.note("cold", "seconds of a whole fit in a process that has loaded its libraries and trained nothing")
    _claim(report)


def update_first(report, scale):
    """Fits of a single update in fresh processes: what any fit of a new network waits for."""
    with TemporaryDirectory() as folder:
        _seconds_of_first(True, folder)  # which fills the cache
        ways = {"plain": (False, None), "XLA": (True, None), "XLA with a filled cache": (True, folder)}
        fits = {way: partial(_seconds_of_first, *how) for way, how in ways.items()}
        for way, values in alternating(fits, scale.repeats).items():
            report.add("first", f"one update, {way}", SECONDS, OURS, values)
            report.claim("first", f"seconds of one update, {way}, median", np.median(values), high=FIRST[way])
    report.note("first", f"{JOBS[0].task}, in a process that has loaded its libraries and trained nothing")


def _seconds_of_first(jit_compile, folder):
    """In a new process, which has the folder of compiled code from its start, or none."""
    if folder is None:
        return in_fresh_process(first_update, jit_compile)
    with patch.dict(os.environ, SKSEQ_COMPILE_CACHE=folder):
        return in_fresh_process(first_update, jit_compile)


def first_update(jit_compile):
    from skseq.nn.process import start  # which loads what the first fit would load

    task = JOBS[0].task
    X, y = task.pairs(task.batch_size)
    start()  # and not by an operation of TensorFlow, after which no folder of compiled code is looked at
    return timed(lambda: task.estimator(epochs=1, jit_compile=jit_compile).fit(X, y))[0]


def _claim(report):
    over = {by: report.medians("cold", by) for by in (STOCK, TORCH)}
    for by, low in ((STOCK, 2.5), (TORCH, 1.5)):
        report.claim("cold", f"{by} / skseq, geometric mean", geometric_mean(over[by].values()), low=low)
    long = {job: ratio for job, ratio in over[TORCH].items() if np.median(report.values("cold", job, TORCH)) > LONG}
    if long:
        least = min(long, key=long.get)
        report.claim(
            "cold", f"{TORCH} / skseq, least of {len(long)} that take it {LONG} s: {least}", long[least], low=1
        )
    note_behind(report, "cold")


def _best_settings(job, scale):
    """By whom, and the setting whose fit is the fastest of one try each."""
    settings = {STOCK: scale.keras_settings, TORCH: scale.threads}
    best = {OURS: None}
    for by, candidates in settings.items():
        tried = {how: in_fresh_process(_seconds, by, job, how) for how in candidates} if len(candidates) > 1 else {}
        best[by] = min(tried, key=tried.get) if tried else candidates[0]
    return best


def _name(by, how):
    if by == OURS:
        return "auto"
    return thread_name(how) if by == TORCH else f"{setting_name(how[0])}, {how[1]} an execution"


def _seconds(by, job, how):
    """Seconds of a fit in this process, once its libraries are loaded and have their threads."""
    fit = {OURS: _ours, STOCK: _in_keras, TORCH: _in_torch}[by](job, how)
    return timed(fit)[0]


def _ours(job, _):
    import skseq.nn  # noqa: F401, which the first fit would load

    X, y = job.task.pairs(job.n_pairs)
    tf.constant(1.0) + 1
    return lambda: job.task.estimator(epochs=job.epochs).fit(X, y)


def _in_keras(job, how):
    task, (jit_compile, n_steps) = job.task, how
    source, previous, target = _rows(job)
    tf.constant(1.0) + 1

    def fit():
        model = stock_keras.id_encoder_decoder(
            task.n_timesteps,
            N_CLASSES,
            units=task.units,
            attention=task.attention,
            clipnorm=CLIPNORM,
            jit_compile=jit_compile,
            steps_per_execution=n_steps,
        )
        model.fit((source, previous), target, batch_size=task.batch_size, epochs=job.epochs, verbose=0)

    return fit


def _in_torch(job, count):
    import torch

    peers, task = peers_torch(), job.task
    torch.set_num_threads(count)
    rows = peers.as_tensors(*_rows(job))
    torch.ones(1) + 1

    def fit():
        update = peers.trainer(peers.EncoderDecoder(N_CLASSES, task.units, task.attention), CLIPNORM)
        for _ in range(job.epochs):
            for index in torch.randperm(job.n_pairs).split(task.batch_size):
                update(*(x[index] for x in rows))

    return fit


def _rows(job):
    """Source ids, previous ids and targets (n_pairs, t), as the peers read them."""
    return [x.reshape(-1, x.shape[-1])[: job.n_pairs] for x in job.task.batches(job.n_updates)]
