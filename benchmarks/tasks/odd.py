"""Anomaly tasks: what is normal to learn from, what to score, and where or which the odd ones are."""

from dataclasses import dataclass

import numpy as np

from benchmarks.tasks import archives
from skseq.datasets import make_anomalies

NORMAL_CLASS_AT_MOST = 150  # sequences to learn from, where one class is normal


@dataclass(frozen=True)
class OddTask:
    """Sequences of (t, f) or (t_i, f) to fit on and to score, as an array or a list.

    ``odd`` is 1 where something is odd: one (t_i,) array per sequence, or with ``window=None`` one number for each.
    """

    train: np.ndarray | list
    test: np.ndarray | list
    odd: np.ndarray | list
    window: int | None


# --- long series, scored by timestep --------------------------------------------------------------------------------


def bleeding(random_state, scale):
    """UCR 135: a beat that breaks, in 7,501 points."""
    series = archives.load_internal_bleeding()
    steps = np.arange(len(series.test))
    odd = ((series.start <= steps) & (steps < series.stop)).astype(int)
    return OddTask([series.train], [series.test], [odd], window=64)


def made(random_state, scale):
    """Multivariate series with anomalies of six kinds, half of them in the test part."""
    X_train, _ = make_anomalies(scale.made_series, anomaly_rate=0, random_state=random_state)
    X, odd = make_anomalies(scale.made_series, anomaly_rate=0.5, random_state=1_000 + random_state)
    return OddTask(X_train, X, odd, window=25)


def beats(random_state, scale):
    """An electrocardiogram by rule, with three changed beats; it ships with aeon, from TimeEval."""
    train, test = archives.read_marked("UnitTest", "ecg-diff-count-3_TRAIN_NA.csv", "ecg-diff-count-3_TEST.csv")
    (train, _), (test, odd) = train, test
    return OddTask([train[: scale.long_steps]], [test], [odd], window=100)


def offset_series(random_state, scale):
    """One noisy seasonal series of mean 50, learnt from and scored: a spike, a shift of the level, another shape."""
    rng = np.random.RandomState(random_state)
    steps, period, n = np.arange(scale.long_steps), rng.choice([24, 50, 100]), scale.long_steps
    series = 50 + 5 * _wave(steps, period) + 2 * _wave(steps, 3.7 * period, 1) + rng.randn(n)
    spike, level, shape = rng.permutation(3) * n // 3 + rng.randint(n // 20, n // 4, size=3)  # one in each third
    odd = np.zeros(n, int)
    series[spike : spike + 3] += 8 * rng.choice([-1, 1])
    series[level : level + 60] += 6 * rng.choice([-1, 1])
    series[shape : shape + 80] = 50 + 5 * _wave(steps[shape : shape + 80], 0.4 * period) + rng.randn(80)
    for start, length in ((spike, 3), (level, 60), (shape, 80)):
        odd[start : start + length] = 1
    return OddTask([series[:, None]], [series[:, None]], [odd], window=50)


def _wave(steps, period, phase=0.0):
    return np.sin(2 * np.pi * steps / period + phase)


# --- whole sequences: one class is normal ---------------------------------------------------------------------------


def one_class(name, random_state, scale):
    """The class whose turn it is from the training part of a labelled set, against all others in its test part."""
    split = archives.load(name)
    classes = np.unique(split.y_train)
    normal = classes[random_state % len(classes)]
    rows = np.flatnonzero(split.y_train == normal)[:NORMAL_CLASS_AT_MOST]
    return OddTask(archives.taken(split.X_train, rows), split.X_test, (split.y_test != normal).astype(int), window=None)
