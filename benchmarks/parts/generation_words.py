"""Models of words side by side: bits per character of held-out words, and what the words that they draw are like."""

from functools import partial
from importlib.util import find_spec

import numpy as np

from benchmarks.harness.report import OURS, SECONDS, STOCK, timed
from benchmarks.harness.timing import in_cpu
from benchmarks.peers.keras_generation import KerasWords
from benchmarks.tasks import corpora
from skseq.metrics import distinct_n, longest_copied_substring

__all__ = ["Judge", "add_fit", "in_bits", "lengths_of", "networks", "shares_of"]

TORCH = "PyTorch"
BITS, FIT, CPU_SECONDS = "bits per character", "fit", "fit, CPU"
SAMPLE, SAMPLE_AGAIN = "sample", "sample again"
SAME = ("units", "epochs", "batch_size", "learning_rate", "clipnorm", "random_state")  # of all networks


def networks(report, ours):
    """Column -> a network of words: ours, and those of the same settings in stock Keras and PyTorch."""
    same = {name: getattr(ours, name) for name in SAME} | {"dropout": ours.recurrent_dropout}
    models = {OURS: ours, STOCK: KerasWords(**same)}
    if find_spec("torch"):
        from benchmarks.peers.torch_generation import TorchWords

        return models | {TORCH: TorchWords(**same)}
    if ours.random_state == 0:
        report.note("words", f"left out, for it is not installed: {TORCH}")
    return models


def in_bits(model, X, y=None):
    """Mean of -log2 p of a step, the end counted as one where there is one."""
    return -model.score(X, y) / np.log(2)


def add_fit(report, name, by, model, *data):
    """Seconds of a fit, and of the processor, which others on the same machine do not stretch."""
    cpu, (seconds, _) = in_cpu(timed, model.fit, *data)
    report.add(name, FIT, SECONDS, by, seconds)
    report.add(name, CPU_SECONDS, SECONDS, by, cpu)


class Judge:
    """Puts into a report what models of words are worth."""

    def __init__(self, report, n_drawn):
        self.report, self.n_drawn, self.real = report, n_drawn, set(corpora.dictionary())

    def fit(self, by, model, data):
        """Seconds of a fit, and bits per character of held-out words."""
        add_fit(self.report, "words", by, model, data.X_train)
        bits = model.bits(data.X_test) if hasattr(model, "bits") else in_bits(model, data.X_test)
        self.report.add("words", BITS, "", by, bits)
        print(f"words, {by}: {BITS} {bits:.4f}", flush=True)

    def draw(self, by, sample, data, seed):
        """Seconds to draw words, compiling included, and once more; and what they are like."""
        draw = partial(sample, self.n_drawn, random_state=seed)
        self.report.add("words", SAMPLE, SECONDS, by, timed(draw)[0])
        cpu, (seconds, drawn) = in_cpu(timed, draw)
        self.report.add("words", SAMPLE_AGAIN, SECONDS, by, seconds)
        self.report.add("words", f"{SAMPLE_AGAIN}, CPU", SECONDS, by, cpu)
        self.add_drawn(by, ["".join(word) for word in drawn], data)

    def add_drawn(self, by, drawn, data):
        """How many are real, how they differ, and what they have from the training data."""
        for quantity, share in shares_of(drawn, data, self.real).items():
            self.report.add("words", quantity, "%", by, 100 * share)
        for quantity, length in lengths_of(drawn, data).items():
            self.report.add("words", quantity, "letters", by, length)


def shares_of(drawn, data, real):
    """Shares of words drawn that are real, held out though real, in fit, different; and of different runs of 3."""
    train, test = set(data.X_train), set(data.X_test)
    return {
        "drawn: words of the dictionary": np.mean([word in real for word in drawn]),
        "drawn: held-out words": np.mean([word in test for word in drawn]),
        "drawn: in the training data": np.mean([word in train for word in drawn]),
        "drawn: different ones": len(set(drawn)) / len(drawn),
        "drawn: different runs of 3 letters": distinct_n(drawn, 3),
    }


def lengths_of(drawn, data):
    """Mean letters of a word, and of the longest run in it that a training word has, too."""
    return {
        "drawn: letters of a word": np.mean([len(word) for word in drawn]),
        "drawn: longest run copied": longest_copied_substring(drawn, data.X_train).mean(),
    }
