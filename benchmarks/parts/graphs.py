"""After how many timesteps XLA has paid for its compilation, over 31 networks: what the choice of a graph rests on.

A first fit of one epoch shows what starts cost, tracing and compiling included; two warm ones of which one is twice as
long show what a timestep costs. XLA has paid where both graphs take as long: at (what its start costs more) / (what a
timestep saves). Timesteps are counted as `skseq.nn.training.plan` counts them: of all updates, those of the source
after convolutions, and those of the target.
"""

from dataclasses import replace
from itertools import product
from time import process_time
from typing import NamedTuple

import numpy as np
from sklearn.base import clone

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    clear_pool,
)
from skseq.nn.kernels.convolution import STRIDE
from skseq.nn.training import plan

__all__ = ["Job", "compare_graphs", "extra_time", "jobs"]

PAYS, START, SAVED = "XLA has paid after", "a start with XLA takes longer by", "XLA saves per 1,000 timesteps"
OURS, WARM = "skseq", 6_000  # timesteps of the shorter warm fit, about
LENGTHS = np.geomspace(2_000, 200_000, 40)  # timesteps of fits for which a choice is judged
TWICE, MOST_EXTRA = 2, 0.05  # of the better graph's time, mean over networks and lengths


class Job(NamedTuple):
    """An estimator and its data."""

    name: str
    estimator: object
    X: np.ndarray
    y: np.ndarray | None
    n_target: int = 0  # timesteps of outputs that are written


class Measured(NamedTuple):
    """CPU seconds without and with XLA, of a start and of a timestep; a network and its work in one epoch."""

    start: tuple
    step: tuple
    spec: object
    work: object
    per_update: int  # timesteps

    @property
    def pays_after(self):
        """Timesteps; infinite where XLA saves nothing."""
        saved = self.step[0] - self.step[1]
        return (self.start[1] - self.start[0]) / saved if saved > 0 else np.inf


def jobs():
    """Yield the estimators: those of defaults and others in width, cells, layers, batches, attention and decoder."""
    rng = np.random.RandomState(0)
    wave = rng.randn(2_000, 30)

    def numbers(n, t, f=1):
        return rng.randn(n, t, f).astype(np.float32)

    def tokens(n, t, k=30):
        return rng.randint(0, k, (n, t))

    def named(kind, n, t, **settings):
        name = f"{kind.__name__}, {n} x {t}, " + ", ".join(f"{key} {value}" for key, value in settings.items())
        own = {} if kind in (SequenceGenerator, LSTMAutoencoderTransformer) else {"early_stopping": False}
        return name, kind(**settings, **own, random_state=0)

    for units, t in product((16, 64, 128), (30, 120)):
        job = named(SequenceClassifier, 320, t, units=units, batch_size=16)
        yield Job(*job, numbers(320, t), rng.randint(0, 2, 320))
    yield Job(*named(SequenceClassifier, 640, 20, units=64, batch_size=32), tokens(640, 20), rng.randint(0, 3, 640))
    for more in ({"cell": "lstm"}, {"n_layers": 2}):
        job = named(SequenceClassifier, 640, 60, units=64, batch_size=32, **more)
        yield Job(*job, numbers(640, 60), rng.randint(0, 2, 640))
    yield Job(*named(SequenceRegressor, 320, 60, units=64, batch_size=16), numbers(320, 60), rng.randn(320))
    for units, t in product((32, 128), (10, 20)):
        job = named(Seq2SeqClassifier, 640, t, units=units, batch_size=32)
        yield Job(*job, tokens(640, t), tokens(640, t, 12), t)
    for more in ({"batch_size": 16}, {"attention": "bahdanau"}, {"n_layers": 2}):
        job = named(Seq2SeqClassifier, 640, 10, units=64, **{"batch_size": 32} | more)
        yield Job(*job, tokens(640, 10), tokens(640, 10, 12), 10)
    job = named(Seq2SeqTransducer, 640, 10, units=128, batch_size=32)
    yield Job(*job, tokens(640, 10), tokens(640, 10, 12), 10)
    for units in (32, 64):
        job = named(SequenceTagger, 640, 30, units=units, batch_size=32)
        yield Job(*job, tokens(640, 30), tokens(640, 30, 4))
    yield Job(*named(SequenceTagger, 320, 60, units=64, batch_size=16), numbers(320, 60), tokens(320, 60, 3))
    for more in ({"units": 32}, {"units": 64}, {"units": 64, "decoder": "recursive"}):
        job = named(Seq2SeqRegressor, 2_000, 24, batch_size=32, **more)
        yield Job(*job, wave[:, :24], wave[:, 24:], 6)
    for units in (64, 128):
        yield Job(*named(SequenceGenerator, 640, 20, units=units, batch_size=32), tokens(640, 20), None)
    yield Job(*named(SequenceGenerator, 640, 20, units=64, batch_size=16), numbers(640, 20, 2), None)
    for more in ({"units": 16}, {"units": 64}, {"units": 128}, {"units": 64, "cell": "gru"}):
        yield Job(*named(LSTMAutoencoderTransformer, 640, 30, batch_size=32, **more), numbers(640, 30), None, 30)


def compare_graphs(report, most_jobs=None, warm=WARM):
    """Report every job, and how much longer than the better graph the chosen one takes."""
    extra = []
    for job in list(jobs())[:most_jobs]:
        found = measure(job, warm)
        kind = f"graphs: {job.name}"
        report.add(kind, PAYS, "timesteps", OURS, found.pays_after)
        report.add(kind, START, "s", OURS, found.start[1] - found.start[0])
        report.add(kind, SAVED, "s", OURS, 1_000 * (found.step[0] - found.step[1]))
        extra.append(extra_time(found))
        print(f"{job.name}: {found.pays_after:,.0f} timesteps, {extra[-1].mean():.1%} longer", flush=True)
    text = f"the chosen graph over the better one, less 1, mean of {len(extra)} networks and {len(LENGTHS)} lengths"
    report.claim("graphs", text, float(np.mean(extra)), high=MOST_EXTRA)


def measure(job, warm):
    """`Measured` of one job, both graphs in a pool that holds no other network."""
    batch_size, starts, steps = job.estimator.batch_size, [], []
    work = plan.Work(
        n_updates=-(-len(job.X) // batch_size), batch_size=batch_size, n_source=job.X.shape[1], n_target=job.n_target
    )
    for compiled in (False, True):
        clear_pool()
        cold, fitted = seconds(job, compiled, 1)
        per_update = -(-work.n_source // STRIDE**fitted._spec.n_conv_layers) + work.n_target
        per_epoch = work.n_updates * per_update
        epochs = max(3, int(warm // per_epoch))
        shorter, longer = (seconds(job, compiled, times * epochs)[0] for times in (1, TWICE))
        steps.append((longer - shorter) / (epochs * per_epoch))
        starts.append(cold - steps[-1] * per_epoch)
    return Measured(tuple(starts), tuple(steps), fitted._spec, work, per_update)


def seconds(job, compiled, epochs):
    """CPU seconds of a fit, all threads together, and what it gave."""
    model = clone(job.estimator).set_params(jit_compile=compiled, epochs=epochs)
    before = process_time()
    model.fit(job.X, job.y)
    return process_time() - before, model


def extra_time(found):
    """How much longer than the better graph the chosen one takes, for fits of so many timesteps as `LENGTHS` has."""
    times = np.array(found.start) + np.outer(LENGTHS, found.step)  # (n_lengths, 2)
    works = [replace(found.work, n_updates=int(n / found.per_update)) for n in LENGTHS]
    chosen = [int(plan.planned(found.spec, work).jit_compile) for work in works]
    return times[np.arange(len(times)), chosen] / times.min(axis=1) - 1
