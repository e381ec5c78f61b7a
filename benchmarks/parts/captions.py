"""Names of digits, spelled in English and in German from their pictures: how many are right, what the picture is worth.

The caption is X, the picture and the language are y, as in image captioning (Vinyals, Toshev, Bengio and Erhan, "Show
and tell", 2015), here without a convolutional network: the 64 pixels of scikit-learn's digits are the vector.
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from benchmarks.harness.report import OURS, SECONDS
from benchmarks.harness.timing import in_cpu
from skseq import SequenceGenerator, clear_pool

__all__ = ["CAPTIONED", "LANGUAGE_ALONE", "NO_VECTOR", "READ", "caption_digits"]

NAMES = {
    "English": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "German": ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
}
LANGUAGE_ALONE, NO_VECTOR, READ = "language alone", "no condition", "LogisticRegression"
CAPTIONED = (OURS, LANGUAGE_ALONE, NO_VECTOR, READ)
BITS, RIGHT, CPU = "bits per character", "names whole and correct", "fit, CPU"
SETTINGS = {"units": 64, "epochs": 20}
LEAST_RIGHT, LEAST_GAIN = 0.94, 0.5  # the gain in bits per character over the language alone


def caption_digits(report, scale):
    """`SequenceGenerator` with pixels and language, with the language alone, and without; a split for every seed.

    The share of logistic regression is that of digits which it reads. It does not spell.
    """
    for seed in range(scale.seeds):
        train, test = split(*scale.digits, seed)
        for by, condition in CONDITIONS.items():
            model, cpu = fitted(train, condition, scale, seed)
            report.add("captions", CPU, SECONDS, by, cpu)
            for quantity, unit, value in judged(model, test, condition):
                report.add("captions", quantity, unit, by, value)
        report.add("captions", RIGHT, "%", READ, 100 * share_read(train, test))
        print(f"captions, seed {seed}: {report.values('captions', RIGHT, OURS)[-1]:.1f} % right", flush=True)
    claim(report, scale)


def split(n_train, n_test, seed):
    """(pixels, digits) to learn from, and of other pictures."""
    pixels, digits = load_digits(return_X_y=True)
    parts = train_test_split(
        pixels / 16, digits, train_size=n_train, test_size=n_test, stratify=digits, random_state=seed
    )
    return parts[::2], parts[1::2]


def captions_of(pixels, digits):
    """Names of all pictures in one language after the other, and (n_names, 65): the pixels, and 1 for German."""
    names = [own[digit] for own in NAMES.values() for digit in digits]
    conditions = [np.c_[pixels, np.full(len(pixels), number)] for number in range(len(NAMES))]
    return names, np.concatenate(conditions)


CONDITIONS = {  # what a model is told of (pixels, language)
    OURS: lambda vectors: vectors,
    LANGUAGE_ALONE: lambda vectors: vectors[:, -1:],
    NO_VECTOR: lambda _: None,
}


def fitted(part, condition, scale, seed):
    """A generator that has learnt the names of a part, and its CPU seconds."""
    names, vectors = captions_of(*part)
    clear_pool()
    model = SequenceGenerator(**{"analyzer": "char", "random_state": seed} | SETTINGS | scale.network)
    cpu, _ = in_cpu(model.fit, names, condition(vectors))
    return model, cpu


def judged(model, part, condition):
    """Yield (quantity, unit, value): bits per character, the end counted as one, and what greedy search writes."""
    names, vectors = captions_of(*part)
    told = condition(vectors)
    yield BITS, "", -model.score(names, told) / np.log(2)
    for text, allowed in ((RIGHT, None), (f"{RIGHT}, of the known names", sorted(set(names)))):
        model.set_params(search="greedy", allowed_outputs=allowed)
        written = model.sample(len(names), y=told)
        yield text, "%", 100 * np.mean([own == name for own, name in zip(written, names)])


def share_read(train, test):
    """Of held-out digits, by the pixels."""
    return LogisticRegression(max_iter=1_000).fit(*train).score(*test)


def claim(report, scale):
    """Names are right, and a picture is worth bits."""
    right, text = report.values("captions", RIGHT, OURS) / 100, f"mean of {scale.seeds}"
    report.claim("captions", f"{RIGHT}, {text}", right.mean(), low=LEAST_RIGHT)
    gains = report.values("captions", BITS, LANGUAGE_ALONE) - report.values("captions", BITS, OURS)
    report.claim("captions", f"{BITS} that the picture is worth, {text}", gains.mean(), low=LEAST_GAIN)
    report.note("captions", f"settings besides the defaults: {SETTINGS}")
