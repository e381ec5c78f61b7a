"""Keras' own ways off the machine, for the models that estimators give."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scikeras.wrappers import KerasClassifier

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)

pytestmark = pytest.mark.usefixtures("untrained", "eager")
X = np.random.RandomState(0).randn(8, 4, 2) * [1, 30] + [0, 500]
SMALL = {"units": 2, "epochs": 1, "random_state": 0}
LIGHT = SMALL | {"bidirectional": False}  # one has both directions: Keras traces every layer


@pytest.fixture(scope="module")
def classifier():
    return SequenceClassifier(**LIGHT).fit(X, [0, 1] * 4)


RAGGED = [*map(np.array, X[:, :2].tolist()), X[0], *X[:, :3][:3]]
CLASSES = ["a", "b", "c"] * 4
TAGS = [list("xyxy")[: len(own)] for own in RAGGED]
TOKENS = [["a", ("b", 1), 7][: 1 + k % 3] for k in range(12)]
LETTERS = [list("xyx")[: len(own)] for own in TOKENS]
STEPS = X[:, :2, 0]
SERVED = {  # estimator, X and y of its fit, and the method that says what the model writes
    "classifier": (SequenceClassifier(**SMALL), RAGGED, CLASSES, "predict_proba"),
    "classifier of tokens": (
        SequenceClassifier(**LIGHT, n_conv_layers=0, source_type="tokens"),
        TOKENS,
        CLASSES,
        "predict_proba",
    ),
    "regressor": (SequenceRegressor(**LIGHT, n_conv_layers=0), RAGGED, 1e4 + np.arange(12.0), "predict"),
    "regressor of two numbers": (SequenceRegressor(**LIGHT, n_conv_layers=0), X, STEPS, "predict"),
    "tagger": (SequenceTagger(**LIGHT), RAGGED, TAGS, "predict_proba"),
    "tagger of tokens": (SequenceTagger(**LIGHT, source_type="tokens"), TOKENS, LETTERS, "predict_proba"),
    "autoencoder": (LSTMAutoencoderTransformer(**LIGHT), X, None, "reconstruct"),
    "decoder of numbers": (Seq2SeqRegressor(**LIGHT), X, STEPS, "predict"),
    "direct decoder": (
        Seq2SeqClassifier(**LIGHT, decoder="direct", attention=False),
        RAGGED,
        np.c_[CLASSES, CLASSES],
        "predict_proba",
    ),
    "greedy decoder": (Seq2SeqClassifier(**LIGHT), RAGGED, np.c_[CLASSES, CLASSES], "predict_proba"),
    "generator": (SequenceGenerator(**SMALL, source_type="tokens"), TOKENS, None, "predict_proba"),
}


def batches(X):
    """Sequences of one length each, shortest first: the model knows no lengths."""
    for n_timesteps in sorted({len(own) for own in X}):
        yield [own for own in X if len(own) == n_timesteps]


def read(estimator, batch):
    """What the model reads: numbers or ids; and the greedy tokens before every step, for a decoder that is fed."""
    if hasattr(estimator, "vocabulary_"):
        source = np.array([[estimator.vocabulary_[token] for token in own] for own in batch], np.int32)
    else:
        source = np.array(batch, np.float32)
    if len(estimator.model_.inputs) == 1:
        return source
    written = np.searchsorted(estimator.target_tokens_, estimator.predict(batch)) + 1
    return [source, np.c_[np.zeros(len(batch)), written[:, :-1]].astype(np.int32)]


def served_from(folder, estimator):
    estimator.model_.export(folder / "served", verbose=False)
    return keras.layers.TFSMLayer(folder / "served", call_endpoint="serve")


@pytest.mark.parametrize(("estimator", "X", "y", "method"), SERVED.values(), ids=SERVED)
def test_saved_model(estimator, X, y, method, tmp_path):
    """Scaling included, read without skseq, at every length of the fit."""
    estimator.fit(X, y)
    served = served_from(tmp_path, estimator)
    for batch in batches(X):
        expected = list(getattr(estimator, method)(batch))
        expected = np.stack(expected, axis=1 if isinstance(estimator, Seq2SeqClassifier) else 0)  # one per position
        found = np.array(served(read(estimator, batch)))
        found = found[:, -1] if isinstance(estimator, SequenceGenerator) else found  # what follows every timestep
        assert_allclose(found.reshape(expected.shape), expected, rtol=1e-5, atol=1e-5)


def test_saved_model_of_a_detector(tmp_path):
    """It writes reconstructions; scores are their squared errors, but for the deviation of the one channel."""
    own = X[:, :, :1]
    detector = LSTMAutoencoderDetector(**LIGHT, scoring="squared_error").fit(own)
    errors = np.square(np.array(served_from(tmp_path, detector)(own.astype("f"))) - own)[:, :, 0]
    scores = np.array(list(detector.score_timesteps(own)))
    assert_allclose(-scores / scores.sum(), -errors / errors.sum(), rtol=1e-4)


def test_saved_model_of_a_transducer(tmp_path):
    """The likeliest token after those written is what `predict` writes next, and then the end, which is class 0."""
    transducer = Seq2SeqTransducer(**LIGHT, cell="gru").fit(TOKENS, LETTERS)
    rng = np.random.RandomState(2)
    transducer.weights_ = {name: rng.uniform(-3, 3, x.shape).astype("f") for name, x in transducer.weights_.items()}
    served = served_from(tmp_path, transducer)
    predicted = list(transducer.predict(TOKENS[:3]))
    assert any(predicted)
    for source, written in zip(TOKENS, predicted):
        classes = [transducer.target_vocabulary_[token] for token in written]
        previous = np.zeros((1, transducer.n_timesteps_out_), np.int32)
        previous[0, 1 : len(classes) + 1] = np.add(classes, 1)[: previous.shape[1] - 1]
        ids = np.array([[transducer.vocabulary_[token] for token in source]], np.int32)
        found = np.argmax(np.array(served([ids, previous]))[0], axis=1)
        expected = [*classes, 0][: len(found) - 1]  # outputs end by themselves, or are as long as the longest of fit
        assert found[: len(expected)].tolist() == expected


@pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")  # Keras asks NumPy for it
def test_onnx_files_ask_for_inputs_of_the_model_alone(classifier, tmp_path):
    """Keras refuses models that were never called, and makes inputs of tensors such as scales."""
    pytest.importorskip("tf2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")

    def session(model):
        model.export(tmp_path / "model.onnx", format="onnx", verbose=False)
        found = onnxruntime.InferenceSession(tmp_path / "model.onnx")
        assert len(found.get_inputs()) == len(model.inputs)
        return found

    (found,) = session(classifier.model_).run(None, {"source": X.astype("f")})
    assert_allclose(found, classifier.predict_proba(X), atol=1e-5)
    session(Seq2SeqRegressor(**LIGHT).fit(X, X[:, :2]).model_)
    session(LSTMAutoencoderTransformer(**LIGHT).fit(X).decoder_model_)
    generator = SequenceGenerator(**SMALL, source_type="tokens").fit(TOKENS)
    whole = [sample for sample in TOKENS if len(sample) == 3]
    ids = np.array([[generator.vocabulary_[token] for token in sample] for sample in whole], np.int32)
    (found,) = session(generator.model_).run(None, {"source": ids})
    assert_allclose(found[:, -1], generator.predict_proba(whole), atol=1e-5)


def sequential(meta):
    layers = [keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")]
    return keras.Sequential([keras.Input((4, meta["n_features"])), *layers])


def functional(meta):
    sequence = sequential(meta)
    return keras.Model(sequence.inputs, sequence.outputs)


@pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")  # Keras asks NumPy for it
@pytest.mark.parametrize("build", [sequential, functional])
def test_onnx_files_of_own_networks(build, tmp_path):
    """`to_onnx` advises them. A Sequential model was never called, and knows no input before it is."""
    pytest.importorskip("tf2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    model = SequenceClassifier(network=KerasClassifier(build, optimizer="adam"), epochs=1, random_state=0)
    model.fit(X, [0, 1] * 4).model_.export(tmp_path / "own.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "own.onnx")
    (found,) = session.run(None, {session.get_inputs()[0].name: X.astype("f")})
    assert_allclose(found, model.predict_proba(X), atol=1e-5)
