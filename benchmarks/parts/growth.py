"""How time and memory grow: with timesteps, with samples, over many fits.

Memory, and the time of many fits, are those of fresh processes.
"""

import warnings
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn import config_context

from benchmarks.harness.memory import (
    in_fresh_process,
    peak_anonymous_memory,
    peak_memory,
    reset_peak_memory,
    resident_memory,
)
from benchmarks.harness.report import OURS, SECONDS, timed
from benchmarks.harness.timing import alternating, calibrated, slope
from benchmarks.parts import plain
from benchmarks.parts.far import stepwise_slopes
from benchmarks.parts.updates import Task, forget, ours
from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceClassifier, SequenceRegressor
from skseq.exceptions import TrainingWarning

__all__ = ["STREAMED", "fit_long_sequences", "grow", "keep_fitting", "stream_files"]

BOUNDS = {"low": 0.9, "high": 1.1}
MEGABYTE = 2**20


# --- time over timesteps, samples and fits, memory over samples -------------------------------------------------------


def grow(report, scale):
    """Slopes of time and memory."""
    _time_over_timesteps(report, scale)
    _time_over_samples(report, scale)
    _memory_over_samples(report, scale)
    _time_over_fits(report, scale)


def _time_over_timesteps(report, scale):
    """Seconds per update of an encoder-decoder that writes as many steps as it reads."""
    contenders = {n: ours(Task(batch_size=32, n_timesteps=n, units=scale.growth_units)) for n in scale.growth_timesteps}
    for contender in contenders.values():
        contender.spent(1)
    sizes = {n: calibrated(contender, scale.seconds)[0] for n, contender in contenders.items()}
    found = alternating({n: lambda n=n: contenders[n].speed(sizes[n]) for n in contenders}, scale.repeats)
    _report_growth(report, "timesteps", "an update", found)
    report.note("growth", f"over timesteps: n in, n out, {scale.growth_units} units, batch 32, partial_fit")
    forget()


def _time_over_samples(report, scale):
    """Seconds of a warm epoch of a classifier: updates, and all that is done once for the data."""
    contender = ours(Task(batch_size=32, n_timesteps=10, units=scale.growth_units))
    contender.spent(1)
    found = alternating({n: lambda n=n: contender.spent(n // 32) for n in scale.growth_samples}, scale.repeats)
    _report_growth(report, "samples", "an epoch", found)
    report.note("growth", f"over samples: 10 steps in, 10 out, {scale.growth_units} units, batch 32, partial_fit")
    forget()


def _report_growth(report, axis, what, found):
    for n, seconds in found.items():
        report.add("growth", f"{what}, {n:,} {axis}", SECONDS, OURS, seconds)
    sizes, medians = list(found), [float(np.median(seconds)) for seconds in found.values()]
    report.curves[f"time over {axis}"] = sizes, medians
    text = f"log-log slope of seconds over {axis}, {sizes[0]:,} to {sizes[-1]:,}"
    report.claim("growth", text, slope(sizes, medians, log=True), **BOUNDS)


def _memory_over_samples(report, scale):
    """What fit needs on top of the data, which lie there already."""
    extra, sizes = [], scale.growth_samples
    for n in sizes:
        extra.append(in_fresh_process(memory_of_fit, n))
        report.add("growth", f"peak of fit on top of the data, {n:,} samples", "MB", OURS, extra[-1])
    data = np.prod(SHAPE) * 4 / MEGABYTE
    report.curves["memory over samples"] = sizes, extra
    report.note(
        "growth",
        f"memory over samples: a regressor on float32 sequences of {SHAPE[0]} x {SHAPE[1]}, {data * 1000:.3g} MB a "
        "thousand; the data are in memory before, and the network is compiled",
    )
    text = "slope of peak memory on top of the data over samples, in sizes of the data"
    report.claim("growth", text, slope(sizes, extra) / data, high=1)


SHAPE = 100, 10  # timesteps and features of the data whose memory is measured


def memory_of_fit(n_samples):
    """MB that a warm fit needs at most on top of its data."""
    draws = np.random.default_rng(0)
    X, y = draws.standard_normal((n_samples, *SHAPE), dtype=np.float32), draws.standard_normal(n_samples)
    graph = {"jit_compile": False}  # else the long fit would be another network, whose compilation would count
    regressor = SequenceRegressor(
        16, **plain.NETWORK, epochs=1, batch_size=256, early_stopping=False, random_state=0, **graph
    )
    regressor.fit(X[:512], y[:512])
    before = resident_memory()
    reset_peak_memory()
    regressor.fit(X, y)
    return peak_memory() - before


def _time_over_fits(report, scale):
    """Seconds of many fits in one process, from cold: of one network again and again, and of ones that all differ."""
    counts = scale.growth_fits
    for what, all_differ in (("one network", False), ("different networks", True)):
        each = in_fresh_process(seconds_of_fits, counts[-1], all_differ)
        report_fits(report, what, counts, each)
    report.note(
        "growth",
        f"over fits: a classifier of 100 sequences of 10 numbers, 10 epochs, 16 units, or 8 to {counts[-1] + 7} units "
        "in random order; the first fit of a network traces its graph",
    )


def report_fits(report, what, counts, each):
    """What fits up to each count take together, slopes, and whether late fits take longer than early ones."""
    together = np.cumsum(each)
    seconds = [float(together[n - 1]) for n in counts]
    for n, value in zip(counts, seconds):
        report.add("growth", f"{n} fit(s) of {what}", SECONDS, OURS, value)
    report.curves[f"time of {what} over fits"] = list(counts), seconds
    report.add("growth", f"one more fit of {what}", SECONDS, OURS, slope(counts[1:], seconds[1:]))
    slopes = stepwise_slopes(counts, seconds)
    report.note("growth", f"log-log slopes of seconds over fits of {what}, from each number to the next: {slopes}")
    text = f"fits of {what}: second half / first half of {counts[-1]}, medians, without the first fit"
    report.claim("growth", text, late_over_early(each), high=BOUNDS["high"])


def late_over_early(each):
    """Median seconds of the second half of the fits over that of the first half, without the very first."""
    half = len(each) // 2
    return np.median(each[half:]) / np.median(each[1:half])


def seconds_of_fits(n_fits, all_differ):
    """Seconds of each of many small fits, one after the other."""
    draws = np.random.default_rng(0)
    X, y = draws.standard_normal((100, 10, 1)), draws.integers(2, size=100)
    warnings.simplefilter("ignore", TrainingWarning)  # noise teaches nothing
    units = 8 + draws.permutation(n_fits) if all_differ else np.full(n_fits, 16)
    how = plain.NETWORK | {"epochs": 10, "early_stopping": False, "random_state": 0}
    return [timed(SequenceClassifier(int(n), **how).fit, X, y)[0] for n in units]


# --- files that are larger than the working memory --------------------------------------------------------------------


def stream_files(report, scale):
    """Anonymous memory of fits and predictions on memory-mapped files, of which a part may be held."""
    budget = scale.working_memory
    for kind in scale.streamed:
        _, shape, dtype, *_ = STREAMED[kind]
        megabytes = scale.streamed_megabytes if dtype == np.float32 else scale.streamed_megabytes // 4
        name = f"{kind}, {megabytes} MB of {np.dtype(dtype)} sequences of {' x '.join(map(str, shape))}"
        in_fit, in_predict, n_samples = in_fresh_process(memory_of_streaming, kind, megabytes, budget)
        report.add("memmap", f"peak of fit, {name}", "MB", OURS, in_fit)
        report.add("memmap", f"peak of a prediction, {name}", "MB", OURS, in_predict)
        text = f"MB on top in fit, less {BYTES_PER_SAMPLE} bytes per sample, {name}"
        report.claim("memmap", text, in_fit - BYTES_PER_SAMPLE * n_samples / MEGABYTE, high=2 * budget)
    report.note(
        "memmap",
        f"sklearn.config_context(working_memory={budget}); RssAnon, which leaves out the pages of the file, on top of "
        "what is there before the fit, with the network compiled",
    )


BYTES_PER_SAMPLE = 100  # for weights, permutations, indices and targets: as many as there are samples
STREAMED = {  # estimator, timesteps (and features), type, how many tokens there are, what is asked after fit
    "SequenceRegressor": (partial(SequenceRegressor, **plain.NETWORK), (20, 500), np.float32, None, "predict"),
    "SequenceClassifier": (partial(SequenceClassifier, **plain.NETWORK), (20, 500), np.float32, None, "predict"),
    "LSTMAutoencoderTransformer": (LSTMAutoencoderTransformer, (20, 500), np.float32, None, "transform"),
    "Seq2SeqClassifier": (partial(Seq2SeqClassifier, **plain.ENCODER_DECODER), (100,), np.int32, 20, "predict"),
}


def memory_of_streaming(kind, megabytes, budget):
    """MB that a warm fit on a memory-mapped file and a prediction need at most on top, and how many samples it has."""
    make, shape, dtype, n_tokens, asked = STREAMED[kind]
    with TemporaryDirectory() as folder, config_context(working_memory=budget):
        X = _written(Path(folder) / "X.npy", megabytes, shape, dtype, n_tokens)
        y = X[:, :2] if n_tokens else np.arange(len(X)) % 2
        graph = {"jit_compile": False}  # else the long fit would be another network, whose compilation would count
        estimator = make(4, epochs=1, batch_size=64, early_stopping=True, random_state=0, **graph)
        predict = getattr(estimator.fit(X[:256], y[:256]), asked)
        predict(X[:256])
        return peak_anonymous_memory(estimator.fit, X, y), peak_anonymous_memory(predict, X), len(X)


def _written(path, megabytes, shape, dtype, n_tokens):
    """A memory-mapped file of noise, or of tokens, of about the given size."""
    draws, n_bytes = np.random.default_rng(0), int(np.prod(shape)) * np.dtype(dtype).itemsize
    X = np.lib.format.open_memmap(path, "w+", dtype=dtype, shape=(megabytes * MEGABYTE // n_bytes, *shape))
    for part in np.array_split(X, megabytes):
        part[...] = draws.integers(n_tokens, size=part.shape) if n_tokens else draws.standard_normal(part.shape)
    X.flush()
    return np.load(path, mmap_mode="r")


# --- thousands of timesteps -------------------------------------------------------------------------------------------


def fit_long_sequences(report, scale):
    """Peak memory of a whole process that trains on long sequences."""
    for what, function in (("one label", fit_labels), ("as many steps out", fit_targets)):
        seconds, peak = in_fresh_process(function, scale.long_timesteps, scale.long_units)
        name = f"{scale.long_timesteps:,} timesteps, {scale.long_units} units, batch 32, {what}"
        report.add("long", name, "MB", OURS, peak)
        report.add("long", f"{name}: two updates", SECONDS, OURS, seconds)
        report.claim("long", f"GB at the peak of the process, {name}", peak / 1024, high=2)
    report.note("long", "VmHWM of a process of its own, TensorFlow included (about half a GB before the fit)")


def fit_labels(n_timesteps, units):
    """Seconds of two updates of a classifier of sequences, and the peak in MB."""
    draws = np.random.default_rng(0)
    X, y = draws.standard_normal((64, n_timesteps, 1), dtype=np.float32), draws.integers(2, size=64)
    return _fitted(SequenceClassifier(units, **plain.NETWORK, epochs=1, batch_size=32, random_state=0), X, y)


def fit_targets(n_timesteps, units):
    """Seconds of two updates of an encoder-decoder, and the peak in MB."""
    X = np.random.default_rng(0).integers(50, size=(64, n_timesteps))
    return _fitted(Seq2SeqClassifier(units, **plain.ENCODER_DECODER, epochs=1, batch_size=32, random_state=0), X, X)


def _fitted(estimator, X, y):
    return timed(estimator.fit, X, y)[0], peak_memory()


# --- many fits --------------------------------------------------------------------------------------------------------


def keep_fitting(report, scale):
    """Resident memory after every one of many fits, architecture after architecture."""
    sizes = np.array(in_fresh_process(memory_over_fits, scale.memory_fits, scale.memory_architectures))
    settled = 2 * scale.memory_architectures
    report.curves["memory over fits"] = list(range(1, len(sizes) + 1)), sizes.tolist()
    start, end = np.median(sizes[settled - 1 :][:10]), np.median(sizes[-10:])
    report.add("memory", f"resident from fit {settled} on, median of 10", "MB", OURS, start)
    report.add("memory", f"resident after {len(sizes)} fits, median of the last 10", "MB", OURS, end)
    report.add("memory", "most after a fit", "MB", OURS, sizes.max())
    report.note(
        "memory",
        f"{len(sizes)} fits of {scale.memory_architectures} architectures in turn: more than the pool keeps, so every "
        "fit compiles",
    )
    text = f"MB more at fit {len(sizes)} than at fit {settled}, medians of 10"
    report.claim("memory", text, end - start, high=20)


def memory_over_fits(n_fits, n_architectures):
    """Resident MB after every fit."""
    draws = np.random.default_rng(0)
    X, y = draws.standard_normal((64, 10, 1)), draws.integers(2, size=64)
    sizes = []
    for fit in range(n_fits):
        SequenceClassifier(8 + fit % n_architectures, **plain.NETWORK, epochs=1, random_state=0).fit(X, y)
        sizes.append(resident_memory())
    return sizes
