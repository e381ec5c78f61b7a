"""How far it goes: one axis at a time to the largest size that someone may have, each size in a process of its own."""

import numpy as np

from benchmarks.harness.memory import in_fresh_process, peak_memory
from benchmarks.harness.report import OURS, SECONDS, timed
from benchmarks.harness.timing import in_cpu, slope
from benchmarks.parts import plain
from skseq import Seq2SeqClassifier, SequenceClassifier, SequenceGenerator

__all__ = ["AXES", "QUICK_AXES", "go_far", "stepwise_slopes"]

BATCH = 32
SHORT = {"epochs": 1, "early_stopping": False, "random_state": 0}


def go_far(report, scale):
    """Seconds of a first and a second fit, and the peak of the process, over every axis."""
    for axis, sizes in scale.far.items():
        _, what = MAKE[axis]
        seconds = []
        for size in sizes:
            first, second, in_cpu_time, peak = in_fresh_process(fitted_twice, axis, size)
            seconds.append(second)
            name = f"{size:,} {axis}"
            report.add("far", f"{name}: first fit", SECONDS, OURS, first)
            report.add("far", f"{name}: second fit", SECONDS, OURS, second)
            report.add("far", f"{name}: second fit, CPU", SECONDS, OURS, in_cpu_time)
            report.add("far", f"{name}: peak of the process", "MB", OURS, peak)
            print(f"{name}: {first:.2f} s, {second:.2f} s ({in_cpu_time:.2f} s CPU), {peak:.0f} MB", flush=True)
        report.note("far", f"{axis}: {what}")
        slopes = stepwise_slopes(sizes, seconds)
        report.note("far", f"log-log slopes of the second fit over {axis}, from each size to the next: {slopes}")


def stepwise_slopes(sizes, seconds):
    """Log-log slopes from each size to the next, as text."""
    pairs = zip(zip(sizes, seconds), zip(sizes[1:], seconds[1:]))
    return ", ".join(f"{slope(*zip(*pair), log=True):.2f}" for pair in pairs)


def fitted_twice(axis, size):
    """Seconds of two fits of the same estimator in this process, CPU seconds of the second one, and the peak in MB.

    The peak is that of the process, data and TensorFlow included.
    """
    make, _ = MAKE[axis]
    estimator, *data = make(size, np.random.default_rng(0))
    first, _ = timed(estimator.fit, *data)
    second, (in_cpu_time, _) = timed(in_cpu, estimator.fit, *data)
    return first, second, in_cpu_time, peak_memory()


def _samples(n, draws):
    estimator = SequenceClassifier(16, **plain.NETWORK, batch_size=256, **SHORT)
    return estimator, draws.standard_normal((n, 10), dtype=np.float32), draws.integers(2, size=n)


def _timesteps(n, draws):
    estimator = SequenceClassifier(32, **plain.NETWORK, batch_size=BATCH, **SHORT)
    return estimator, draws.standard_normal((4 * BATCH, n), dtype=np.float32), draws.integers(2, size=4 * BATCH)


def _units(n, draws):
    X = draws.integers(50, size=(10 * BATCH, 20))
    return Seq2SeqClassifier(n, **plain.ENCODER_DECODER, batch_size=BATCH, classes_per_position=False, **SHORT), X, X


def _tokens(n, draws, n_sampled_tokens=None):
    X = draws.integers(n, size=(20 * BATCH, 20))
    generator = SequenceGenerator(
        64,
        cell="lstm",
        embedding_dim=64,
        vocabulary=np.arange(n),
        source_type="tokens",
        n_sampled_tokens=n_sampled_tokens,
        batch_size=BATCH,
        **SHORT,
    )
    return generator, X


def _sampled_tokens(n, draws):
    return _tokens(n, draws, n_sampled_tokens=500)


def _classes(n, draws):
    size = max(20 * BATCH, 2 * n)
    estimator = SequenceClassifier(64, **plain.NETWORK, batch_size=BATCH, **SHORT)
    return estimator, draws.standard_normal((size, 20), dtype=np.float32), np.arange(size) % n


MAKE = {
    "samples": (_samples, "a classifier of 10 timesteps, 16 units, batches of 256, one epoch"),
    "timesteps": (_timesteps, f"a classifier of one channel, 32 units, 4 batches of {BATCH}"),
    "units": (_units, f"an encoder-decoder, 20 tokens in and out, 10 batches of {BATCH}"),
    "tokens in the vocabulary": (
        _tokens,
        f"a generator with 64 units and embeddings of 64, 20 batches of {BATCH} sequences of 20",
    ),
    "tokens of which 500 are drawn": (_sampled_tokens, "the same with n_sampled_tokens=500"),
    "classes": (_classes, f"a classifier of 20 timesteps, 64 units, 20 batches of {BATCH}, or two samples per class"),
}
AXES = {
    "samples": (10_000, 100_000, 1_000_000),
    "timesteps": (1_000, 3_000, 10_000),
    "units": (128, 256, 512, 1_024),
    "tokens in the vocabulary": (1_000, 5_000, 20_000, 50_000),
    "tokens of which 500 are drawn": (1_000, 5_000, 20_000, 50_000),
    "classes": (10, 100, 1_000, 10_000),
}
QUICK_AXES = dict.fromkeys(AXES, (4, 8))
