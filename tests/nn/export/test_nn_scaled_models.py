"""Exported models of networks that read and write standardised numbers: they read and write the units of the data."""

import re
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from nn_tools import SPECS, random_weights

from skseq import LSTMAutoencoderTransformer, SequenceRegressor
from skseq.nn.export.forecast import _Windows
from skseq.nn.export.models import build_models
from skseq.nn.export.stock_layers import get_weights, set_weights

pytestmark = pytest.mark.usefixtures("eager")

N_TIMESTEPS, N_TIMESTEPS_OUT = 4, 3
KINDS = [  # between them every input and output that is scaled
    "repeated-lstm",
    "composite-held-back-gru-2-layers-reversed",
    "composite-conditional-lstm-bidirectional-reversed",
    "recursive-gru-bidirectional-numeric",
    "attention-gru-bidirectional-regress-2-numbers",
    "mean-lstm-2-layers-regress",
    "tagger-lstm-bidirectional-transitions",
]


def some_scales(spec):
    n_targets = sum(getattr(spec, "sizes", ())) or 1
    sizes = {"source": spec.source_size, "target": n_targets}
    return {
        name: SimpleNamespace(mean=1e6 + np.arange(n), deviation=10.0 ** np.arange(-3, n - 3))
        for name, n in sizes.items()
    }


def in_units(scale, numbers):
    return numbers * scale.deviation + scale.mean


def is_read_in_units(name):
    return (
        name == "source" or name.endswith("_frame") or name.removesuffix("_inputs") in ("reconstruction", "prediction")
    )


def as_list(outputs):
    return [np.array(x) for x in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def written(spec, part, outputs, scales):
    """The outputs that a scaled model gives, of those that the other gives."""
    if part == "encoder_model" or getattr(spec, "task", "regress") != "regress":
        return outputs
    if hasattr(spec, "sizes"):
        return [in_units(scales["target"], x) for x in outputs]
    if not hasattr(spec, "conditional"):
        return outputs  # probabilities, or scores of tags
    n_frames = sum(x.shape[-1] == spec.source_size for x in outputs)  # states are wider
    return [in_units(scales["source"], x) for x in outputs[:n_frames]] + outputs[n_frames:]


@pytest.mark.parametrize("name", KINDS)
def test_the_same_network_in_the_units_of_the_data(name, tmp_path):
    spec, rng = SPECS[name], np.random.RandomState(0)
    weights, scales = random_weights(spec), some_scales(spec)
    plain, bindings = build_models(spec, N_TIMESTEPS, N_TIMESTEPS_OUT)
    scaled, scaled_bindings = build_models(spec, N_TIMESTEPS, N_TIMESTEPS_OUT, scales)
    for of_model in (bindings, scaled_bindings):
        set_weights(of_model, weights)
    assert get_weights(scaled_bindings, weights).keys() == weights.keys()
    for part, model in plain.items():
        read = [
            rng.randint(1, 4, size=(5, *tensor.shape[1:])).astype(np.int32)
            if tensor.dtype == "int32"
            else rng.randn(5, *(n or N_TIMESTEPS for n in tensor.shape[1:]))
            for tensor in model.inputs
        ]
        raw = [in_units(scales["source"], x) if is_read_in_units(t.name) else x for x, t in zip(read, model.inputs)]
        expected = written(spec, part, as_list(model(read if len(read) > 1 else read[0])), scales)
        scaled[part].save(tmp_path / "model.keras")
        for same in (scaled[part], keras.models.load_model(tmp_path / "model.keras")):
            assert all(type(layer).__module__.startswith("keras.") for layer in same.layers)
            for actual, right in zip(as_list(same(raw if len(raw) > 1 else raw[0])), expected, strict=True):
                np.testing.assert_allclose(actual, right, rtol=1e-10, atol=1e-7)  # 1e6 has ten digits to spare


# --- estimators -------------------------------------------------------------------------------------------------------


def test_models_of_fitted_estimators_read_raw_data():
    X = 50 + 3 * np.random.RandomState(0).randn(20, 4, 2)
    y = 1000 + X.sum(axis=1)
    regressor = SequenceRegressor(units=3, epochs=2, random_state=0).fit(X, y)
    np.testing.assert_allclose(regressor.model_(X), regressor.predict(X), rtol=1e-5)
    autoencoder = LSTMAutoencoderTransformer(units=3, epochs=2, random_state=0).fit(X)
    np.testing.assert_allclose(autoencoder.model_(X), autoencoder.reconstruct(X), rtol=1e-5)
    code = autoencoder.encoder_model_(X)
    np.testing.assert_allclose(autoencoder.decoder_model_(code), autoencoder.reconstruct(X), rtol=1e-5)


@pytest.mark.parametrize("of", ["source", "target"])
def test_channels_too_small_for_a_normalization_of_keras(of):
    """Its smallest divisor is 1e-7; the unit that the warning names gives a model like the estimator again."""
    X = np.random.RandomState(0).randn(20, 4)
    y = X.sum(axis=1)
    small = X * 1e-14 if of == "source" else X, y * 1e-14 if of == "target" else y
    fitted = SequenceRegressor(units=3, epochs=2, random_state=0).fit(*small)
    with pytest.warns(UserWarning, match=f"Channel 0 of the {of} has a deviation of .*1e-07 for less") as caught:
        assert fitted.model_
    factor = float(re.search(r"multiplied by (1e\d+)", str(caught[0].message))[1])
    larger = small[0] * (factor if of == "source" else 1), small[1] * (factor if of == "target" else 1)
    regressor = SequenceRegressor(units=3, epochs=2, random_state=0).fit(*larger)
    predicted = np.ravel(regressor.model_(larger[0][:, :, None]))
    np.testing.assert_allclose(predicted, regressor.predict(larger[0]), rtol=1e-5)


def test_windows_on_scales_that_no_model_has():
    """A new kind is not exported as another one."""
    scaling = SimpleNamespace(kind="range", season=None, columns=[0])
    windows = _Windows(SimpleNamespace(spec=None, scales={"windows": scaling}), N_TIMESTEPS)
    with pytest.raises(NotImplementedError, match=r"of the kind 'range' cannot be exported yet"):
        windows._units(np.zeros((2, N_TIMESTEPS, 1)))


def test_callbacks_see_a_model_that_reads_raw_data():
    X = 50 + 3 * np.random.RandomState(0).randn(20, 4)
    y, seen = X.sum(axis=1), []

    class Watch(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            seen.append(np.array(self.model(X[:, :, None]))[:, 0])

    regressor = SequenceRegressor(units=3, epochs=2, callbacks=[Watch()], random_state=0).fit(X, y)
    np.testing.assert_allclose(seen[0], regressor.predict(X), rtol=1e-5)
