"""Whether a process that works for long stays as it was: its memory, its files, its threads, and every result right.

Each experiment runs in a process of its own. A result is right if it equals, bit for bit, that of the first call with
the same data and the same seed.
"""

import os
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from benchmarks.harness.memory import in_fresh_process, resident_memory
from benchmarks.harness.report import OURS, Report, chosen_scale, command_line, run_experiments
from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceTagger,
    clear_pool,
)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    fits: int = 2_000
    architectures: int = 100
    predicts: int = 50_000
    threads: int = 16
    seconds: float = 600.0


QUICK = Scale(fits=12, architectures=4, predicts=40, threads=3, seconds=4.0)
N_LOOKS = 200  # at the memory, in a run; each collects garbage


class Watch:
    """Looks at the process while it works: resident memory in MB, open files, threads of Python."""

    def __init__(self):
        self.sizes, self.files, self.threads = [], [], []

    def look(self):
        self.sizes.append(resident_memory())
        self.files.append(len(os.listdir("/proc/self/fd")))
        self.threads.append(threading.active_count())

    def found(self, wrong, **more):
        """What the first tenth of the looks and the last say, as plain numbers."""
        tenth = max(1, len(self.sizes) // 10)
        start, end = np.median(self.sizes[tenth : 2 * tenth]), np.median(self.sizes[-tenth:])
        return {
            "wrong": int(wrong),
            "start": float(start),
            "growth": float(end - start),
            "most": float(max(self.sizes)),
            "files": self.files[-1] - self.files[tenth],
            "threads": self.threads[-1] - self.threads[0],
            **more,
        }


def _report(report, experiment, what, found):
    report.add(experiment, "resident after a tenth", "MB", OURS, found["start"])
    report.add(experiment, "most resident", "MB", OURS, found["most"])
    for name in found.keys() - {"start", "most", "growth", "wrong", "files", "threads"}:
        report.add(experiment, name, "calls", OURS, found[name])
    report.claim(experiment, f"MB more at the end of {what} than after a tenth", found["growth"], high=20)
    report.claim(experiment, f"wrong results of {what}", found["wrong"], high=0)
    report.claim(experiment, "files more", found["files"], high=0)
    report.claim(experiment, "threads more", found["threads"], high=0)


# --- estimators and data ----------------------------------------------------------------------------------------------

_draws = np.random.RandomState(0)
NUMBERS = [_draws.randn(length, 2) for length in _draws.randint(3, 9, size=24)]
LABELS = _draws.randint(2, size=24)
TAGS = [_draws.randint(3, size=len(own)) for own in NUMBERS]
TEXTS = ["".join(_draws.choice(list("abcd"), size=length)) for length in _draws.randint(2, 7, size=24)]
KINDS = (
    (SequenceClassifier, {"n_conv_layers": 0}, (NUMBERS, LABELS), "predict_proba"),
    (SequenceTagger, {}, (NUMBERS, TAGS), "predict_proba"),
    (LSTMAutoencoderTransformer, {}, (NUMBERS,), "transform"),
    (Seq2SeqTransducer, {"analyzer": "char", "target_analyzer": "char", "max_length": 6}, (TEXTS, TEXTS), "predict"),
)


def architecture(number):
    """(estimator that is not fitted, training data, method) of one of any number of networks."""
    kind, parameters, data, method = KINDS[number % len(KINDS)]
    units, cell = 3 + number // (2 * len(KINDS)), ("lstm", "gru")[number // len(KINDS) % 2]
    return kind(units, **parameters, cell=cell, epochs=2, random_state=0), data, method


def outputs(fitted, method, X):
    """What a method gives, as a list of arrays or lists: one per sample."""
    return [np.asarray(own) for own in getattr(fitted, method)(X)]


def differ(one, other):
    return len(one) != len(other) or not all(np.array_equal(*pair) for pair in zip(one, other))


# --- the experiments --------------------------------------------------------------------------------------------------


def keep_fitting(report, scale):
    """Fits of many architectures in random order: more than the pool keeps, so most compile."""
    found = in_fresh_process(after_fits, scale.fits, scale.architectures)
    _report(report, "fits", f"{scale.fits:,} fits of {scale.architectures} architectures", found)


def after_fits(n_fits, n_architectures):
    draws, first, watch, wrong = np.random.RandomState(0), {}, Watch(), 0
    for fit in range(n_fits):
        number = draws.randint(n_architectures)
        estimator, data, method = architecture(number)
        found = outputs(estimator.fit(*data), method, data[0])
        wrong += differ(first.setdefault(number, found), found)
        if fit % max(1, n_fits // N_LOOKS) == 0:
            watch.look()
    return watch.found(wrong)


def keep_predicting(report, scale):
    """Predictions of ever other numbers of samples and timesteps; the first sample is always the same."""
    found = in_fresh_process(after_predicts, scale.predicts)
    _report(report, "predicts", f"{scale.predicts:,} predictions", found)


def after_predicts(n_predicts):
    warnings.filterwarnings("ignore", r".* sources in X are longer than those in fit")  # that is what is tried
    draws, watch, wrong = np.random.RandomState(0), Watch(), 0
    fitted = [(estimator.fit(*data), method, data[0][0]) for estimator, data, method in map(architecture, range(4))]
    expected = [outputs(estimator, method, [probe])[0] for estimator, method, probe in fitted]
    for number in range(n_predicts):
        (estimator, method, probe), right = fitted[number % 4], expected[number % 4]
        lengths = draws.randint(1, 60, size=draws.randint(1, 40))
        others = [draws.randn(length, 2) for length in lengths]
        if isinstance(probe, str):
            others = ["".join(draws.choice(list("abcd"), size=length)) for length in lengths[:3]]
        wrong += differ([outputs(estimator, method, [probe, *others])[0]], [right])
        if number % max(1, n_predicts // N_LOOKS) == 0:
            watch.look()
    return watch.found(wrong)


def work_in_threads(report, scale):
    """Threads that fit and predict, networks of one's own among them, while another forgets all compiled networks."""
    found = in_fresh_process(after_threads, scale.threads, scale.seconds)
    _report(report, "threads", f"{scale.threads} threads in {scale.seconds:.0f} s", found)
    report.note("threads", "clear_pool every second; one thread in eight predicts with an own Keras network")


def after_threads(n_threads, seconds):
    known = [_fitted(number) for number in range(8)]
    own = _own_network()
    watch, ended, n_calls, wrong = Watch(), threading.Event(), [0] * n_threads, [0] * n_threads

    def work(worker):
        draws = np.random.RandomState(worker)
        while not ended.is_set():
            if worker % 8 == 7:
                right, found = own[1], own[0].predict_proba(NUMBERS_OF_ONE_LENGTH)
            else:
                number = draws.randint(len(known))
                estimator, data, method, right = known[number]
                if draws.rand() < 0.1:
                    estimator = architecture(number)[0].fit(*data)
                found = outputs(estimator, method, data[0])
            wrong[worker] += differ(found, right)
            n_calls[worker] += 1

    def forget():
        while not ended.wait(1):
            clear_pool()

    watch.look()
    with ThreadPoolExecutor(n_threads + 1) as pool:
        running = [pool.submit(work, worker) for worker in range(n_threads)] + [pool.submit(forget)]
        end = time.monotonic() + seconds
        while time.monotonic() < end and not any(future.done() for future in running):
            time.sleep(max(0.05, seconds / N_LOOKS))
            watch.look()
        ended.set()
        for future in running:
            future.result()
    watch.look()
    return watch.found(sum(wrong), calls=sum(n_calls))


def _fitted(number):
    estimator, data, method = architecture(number)
    estimator.fit(*data)
    return estimator, data, method, outputs(estimator, method, data[0])


NUMBERS_OF_ONE_LENGTH = _draws.randn(12, 5, 2)


def build(meta):
    """A Keras network of one's own."""
    import keras

    source = keras.Input((5, 2))
    hidden = keras.layers.Dense(4, activation="tanh")(keras.layers.Flatten()(source))
    return keras.Model(source, keras.layers.Dense(1, activation="sigmoid")(hidden))


def _own_network():
    """(fitted classifier, what it predicts) around a network of one's own."""
    from scikeras.wrappers import KerasClassifier

    own = SequenceClassifier(network=KerasClassifier(build, optimizer="sgd"), epochs=1, random_state=0)
    own.fit(NUMBERS_OF_ONE_LENGTH, LABELS[:12])
    return own, own.predict_proba(NUMBERS_OF_ONE_LENGTH)


EXPERIMENTS = {"fits": keep_fitting, "predicts": keep_predicting, "threads": work_in_threads}


def main():
    arguments = command_line("Let a process work for long, and look at what it leaves.", EXPERIMENTS).parse_args()
    report = Report("soak", columns=((OURS,),))
    run_experiments(report, EXPERIMENTS, arguments.only, chosen_scale(arguments, Scale(), QUICK))
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
