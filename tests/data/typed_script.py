"""A user's script as type checkers read it. Where it says "ignore", they must find an error."""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import skseq
from skseq import (
    LSTMAutoencoderDetector,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
)
from skseq.datasets import make_reversed
from skseq.inspection import ImportanceDisplay, occlusion_importance
from skseq.metrics import sequence_accuracy_score
from skseq.model_selection import DecodingSearch
from skseq.preprocessing import SequenceScaler

words, labels = ["haus", "mouse"], np.array([0, 1])
waves = [np.sin(np.arange(length)) for length in (20, 30)]
classifier = SequenceClassifier(cell="gru", dropout="auto", analyzer="char", class_weight="balanced", random_state=0)
assert_type(classifier.fit(words, labels), SequenceClassifier)
assert_type(classifier.predict(words), NDArray[Any])
assert_type(classifier.score(words, labels), float)
assert_type(classifier.history_, dict[str, list[float]])
regressor = SequenceRegressor(dropout=0.2, epochs="auto", learning_rate_schedule="cosine").fit(waves, [20, 30.0])
assert_type(regressor.predict(waves), NDArray[Any])
mean, deviation = regressor.predict(waves, return_std=True, n_dropout_samples=10)
assert_type(deviation, NDArray[Any])
detector = LSTMAutoencoderDetector(window=25).fit(SequenceScaler().fit(waves).transform(waves))
assert_type(detector.score_samples(waves), NDArray[Any])
forecasts = Seq2SeqRegressor(quantiles=[0.1, 0.9]).fit(np.zeros((9, 5)), np.zeros((9, 2))).predict(np.zeros((9, 5)))
X, y = make_reversed(9, n_timesteps=6, random_state=0)
assert_type(sequence_accuracy_score(y, y), float)
SequenceTagger(transitions=True).fit([["a", "b"], ["c"]], [["O", "O"], ["B"]], X_val=[["a"]], y_val=[["O"]])
searched = DecodingSearch(Seq2SeqClassifier().fit(X, y), {"beam_width": [2, 5]})
assert_type(searched.fit(X, y).predict(X), NDArray[Any])
importances = occlusion_importance(classifier, words, window=2)["importances"]
ImportanceDisplay.from_estimator(classifier, words, samples=[0, 1]).figure_.savefig("importance.png")
SequenceClassifier(cell="gruu")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
SequenceClassifier(units="8")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
SequenceClassifier(unit=8)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
skseq.SequenceClasifier  # type: ignore[attr-defined]  # pyright: ignore  # noqa: B018
