"""What is no number never reaches a user as an answer."""

import keras
import numpy as np
import pytest
from scikeras.wrappers import KerasRegressor

from skseq import Seq2SeqClassifier, SequenceClassifier, SequenceRegressor
from skseq.nn.training.written import check_written

X = np.arange(12.0).reshape(4, 3)
HUGE = np.float32(3e38)


def test_numbers_and_impossible_events_pass():
    check_written(np.array([[1.0], [-np.inf]]), None)  # probability 0
    check_written(np.array([1, 2]), None)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_others_are_refused_with_their_place(bad):
    with pytest.raises(FloatingPointError, match=r"for 1 of 3 samples, the first at index 1.* weight is 2\.0e\+00"):
        check_written(np.array([[0.0, 0], [0, bad], [0, 0]]), lambda: {"a": np.ones(2), "b": np.array([-2.0])})


def build(meta):
    return keras.Sequential([keras.Input((3, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])


@pytest.mark.parametrize(
    "estimator",
    [
        SequenceRegressor(units=1, epochs=1, activation="relu"),
        SequenceClassifier(units=1, epochs=1, dropout=0.5, random_state=0),
        Seq2SeqClassifier(units=1, epochs=1),
        SequenceRegressor(network=KerasRegressor(build), epochs=1),
    ],
    ids=["relu", "classifier", "search", "network"],
)
def test_no_estimator_predicts_nan(estimator, untrained):
    estimator.fit(X, [0, 1, 0, 1])
    estimator.weights_ = {name: np.full_like(value, HUGE) for name, value in estimator.weights_.items()}
    with pytest.raises(FloatingPointError, match=r"writes NaN or infinity for \d of 4 .* its fit diverged"):
        estimator.predict(X)
    if isinstance(estimator, SequenceClassifier):
        with pytest.raises(FloatingPointError, match="writes NaN"):
            estimator.predict_proba(X, n_dropout_samples=20)
