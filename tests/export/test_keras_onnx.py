"""Keras' own ways off the machine, for the models that estimators give."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from skseq import LSTMAutoencoderTransformer, Seq2SeqRegressor, SequenceClassifier

pytestmark = pytest.mark.usefixtures("untrained", "eager")
X = np.random.RandomState(0).randn(8, 4, 2) * [1, 30] + [0, 500]
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def classifier():
    return SequenceClassifier(**SMALL).fit(X, [0, 1] * 4)


def test_saved_model(classifier, tmp_path):
    """Scaling included, and read without skseq."""
    classifier.model_.export(tmp_path / "served", verbose=False)
    served = keras.layers.TFSMLayer(tmp_path / "served", call_endpoint="serve")
    assert_allclose(served(X.astype("f")), classifier.predict_proba(X), atol=1e-5)


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
    session(Seq2SeqRegressor(**SMALL).fit(X, X[:, :2]).model_)
    session(LSTMAutoencoderTransformer(**SMALL).fit(X).decoder_model_)
