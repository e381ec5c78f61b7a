"""Tasks that no model can solve, made by rule: labels that are partly wrong, numbers that X tells only a part of.

A network that trains long enough learns all of their training samples by heart. Nothing is scaled, and lengths differ.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.tasks.everyday import Task

N_NEW = 600  # samples that judge; their labels are right
WRONG = 0.2  # share of the training labels
N_ITEMS = 40


@dataclass(frozen=True)
class Items(Task):
    """Sequences of items with one label each."""

    def simple(self):
        """What one would try first."""
        return make_pipeline(CountVectorizer(analyzer=list), LogisticRegression(max_iter=1_000))


def _parts(n, X, y, *, kind=Task, **more):
    """The first n samples to learn from, and all others."""
    return kind(X[:n], y[:n], X[n:], y[n:], **more)


def two_waves(n, rng):
    """Two frequencies, and a second channel that says nothing; a fifth of the training labels are wrong."""
    y, lengths = rng.randint(0, 2, n + N_NEW), rng.randint(20, 50, n + N_NEW)
    X = []
    for label, length in zip(y, lengths):
        wave = np.sin((0.3 + 0.25 * label) * np.arange(length) + 6 * rng.rand()) + 0.5 * rng.randn(length)
        X.append(np.column_stack([wave, 5 * rng.randn() + rng.randn(length)]))
    y[:n] = np.where(rng.rand(n) < WRONG, 1 - y[:n], y[:n])
    return _parts(n, X, y)


def events(n, rng):
    """Items by Zipf's law, each with a weight: whether their mean weight and some noise are above the median."""
    shares = 1 / np.arange(1, N_ITEMS + 1)
    weights = rng.randn(N_ITEMS)
    drawn = [rng.choice(N_ITEMS, size, p=shares / shares.sum()) for size in rng.randint(3, 30, n + N_NEW)]
    means = np.array([weights[items].mean() for items in drawn])
    y = (means + 0.3 * rng.randn(n + N_NEW) > np.median(means)).astype(int)
    return _parts(n, [[f"e{item}" for item in items] for items in drawn], y, kind=Items)


def next_step(n, rng):
    """The next value of an autoregression of order 1, of which X has 40; nobody can explain more than 0.49 of it."""
    noise = rng.randn(n + N_NEW, 41)
    values = np.zeros_like(noise)
    for step in range(1, 41):
        values[:, step] = 0.7 * values[:, step - 1] + noise[:, step]
    return _parts(n, list(100 + 7 * values[:, :40, None]), 100 + 7 * values[:, 40], regression=True)


def faint_mean(n, rng):
    """Five times the mean of one of two channels, and noise that is larger: nobody can explain more than 0.27 of it."""
    X = rng.randn(n + N_NEW, 30, 2)
    return _parts(n, list(X), 5 * X[..., 0].mean(axis=1) + 1.5 * rng.randn(n + N_NEW), regression=True)


def remaining_life(n, rng):
    """Two noisy readings of wear and one of nothing, up to some day; y are the days left, 125 at most."""
    X, y = [], []
    for life in rng.randint(60, 200, n + N_NEW):
        days = rng.randint(20, life - 5)
        worn = np.arange(days) / life
        readings = [10 * worn**2 + 2 * rng.randn(days), 500 + 30 * worn + 15 * rng.randn(days), rng.randn(days)]
        X.append(np.column_stack(readings))
        y.append(min(life - days, 125))
    return _parts(n, X, np.array(y, float), regression=True)


def costs(n, rng):
    """Skewed costs, the exponential of a sum of two means and noise."""
    lengths = rng.randint(5, 40, n + N_NEW)
    X = [np.column_stack([50 + 10 * rng.randn() + 5 * rng.randn(k), rng.poisson(2, k)]) for k in lengths]
    means = np.array([x.mean(axis=0) for x in X])
    return _parts(n, X, 100 * np.exp(means @ [0.05, 0.15] + 0.5 * rng.randn(n + N_NEW)), regression=True)


TASKS = {
    "two waves": two_waves,
    "events": events,
    "next step": next_step,
    "faint mean": faint_mean,
    "remaining life": remaining_life,
    "costs": costs,
}
