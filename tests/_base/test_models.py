"""When the Keras models of an estimator are built."""

import keras
import numpy as np
import pytest
from scikeras.wrappers import KerasClassifier
from sklearn.utils import estimator_html_repr

from skseq import SequenceClassifier

pytestmark = pytest.mark.usefixtures("eager")


def own_network():
    return keras.Sequential([keras.Input((None, 1)), keras.layers.GRU(2), keras.layers.Dense(1, "sigmoid")])


@pytest.mark.parametrize("network", [None, KerasClassifier(own_network, loss="binary_crossentropy")])
def test_models_are_not_built_to_list_or_to_show_attributes(network, monkeypatch):
    X = np.random.RandomState(0).randn(20, 4, 1)
    model = SequenceClassifier(epochs=1, network=network, **({"units": 2} if network is None else {}))
    every = {"model_", "encoder_model_", "decoder_model_"}
    assert not every & set(dir(model))
    model.fit(X, [0, 1] * 10)
    there = {name for name in every if hasattr(model, name)}
    assert there == (every if network is None else {"model_"})
    monkeypatch.setattr(type(model), "_export", lambda self, name: pytest.fail(f"{name} was built"))
    assert {name for name in dir(model) if name in every} == there
    assert {"fit", "predict_proba", "history_", "loss_"} <= set(dir(model))
    html = estimator_html_repr(model)
    if "Fitted attributes" in html:  # scikit-learn 1.9
        assert "loss_" in html
    assert not model._hides_models
