"""Fits that are looked at: small data of which a network learns something or nothing, and what is said of it."""

import numpy as np
from warned import recorded

from skseq import SequenceClassifier

rng = np.random.RandomState(0)
X = rng.randn(24, 3)
Y = (X.sum(axis=1) > 0).astype(int)
NOISE = np.arange(24) % 2
RARE = (np.arange(24) % 6 == 0).astype(int)
WORDS = ["a b c", "a d e f"] * 5


def classifier(**parameters):
    network = {"units": 4, "cell": "lstm", "bidirectional": False, "pooling": "last"}
    training = {"epochs": 5, "learning_rate": 0.1, "learning_rate_schedule": "constant", "batch_size": 32}
    return SequenceClassifier(**{**network, **training, "random_state": 0, **parameters})


def told(estimator, *data, fit="fit", **more):
    """[(message, category)] of the warnings of a fit."""
    return [(str(one.message), one.category) for one in recorded(getattr(estimator, fit), *data, **more)]


def value_of(name, diagnosis):
    """The value of a check."""
    return next(check.value for check in diagnosis if check.name == name)
