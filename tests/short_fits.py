"""Fits of some updates, to see what each of them does."""

import numpy as np

from skseq import SequenceClassifier

rng = np.random.RandomState(0)
X = rng.randn(24, 4)
Y = (X.sum(axis=1) > 0).astype(int)


def classifier(**parameters):
    """Three updates an epoch."""
    training = {"epochs": 4, "batch_size": 8, "learning_rate": 0.01, "learning_rate_schedule": "constant"}
    return SequenceClassifier(**{"units": 2, **training, "random_state": 0, **parameters})
