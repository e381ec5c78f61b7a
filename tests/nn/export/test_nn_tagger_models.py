"""Taggers as stock Keras models: what the network gives, from layers that need no skseq."""

import keras
import numpy as np
import pytest
from nn_tools import SPECS, eager, emissions_of, make_rows, predict, random_weights

from skseq.nn.export.models import build_models
from skseq.nn.export.stock_layers import get_weights, set_weights

TAGGERS = {name: spec for name, spec in SPECS.items() if hasattr(spec, "transitions")}


@pytest.mark.parametrize("spec", TAGGERS.values(), ids=TAGGERS)
def test_models_equal_the_network(spec, tmp_path):
    """Probabilities of every step, or with transitions the emission scores; at any length, and read from a file."""
    weights, runner = random_weights(spec), eager(spec)
    models, bindings = build_models(spec, 4, 0)
    set_weights(bindings, weights)
    models["model"].save(tmp_path / "tagger.keras")
    models["saved"] = keras.models.load_model(tmp_path / "tagger.keras")
    for n_timesteps in (4, 6):
        rows = make_rows(spec, n_timesteps=n_timesteps)
        expected = emissions_of(spec, weights, rows) if spec.transitions else predict(runner, weights, "probs", rows)
        encoded = models["encoder_model"](rows["source"])
        assert encoded.shape == (3, n_timesteps, spec.encoding_size)
        for outputs in (
            models["model"](rows["source"]),
            models["decoder_model"](encoded),
            models["saved"](rows["source"]),
        ):
            np.testing.assert_allclose(np.array(outputs), expected, atol=1e-12)


@pytest.mark.parametrize("spec", TAGGERS.values(), ids=TAGGERS)
def test_weights_come_back_and_those_of_the_chain_stay(spec):
    weights, (models, bindings) = random_weights(spec), build_models(spec, 4, 0)
    set_weights(bindings, weights)
    held = {name for _, names in bindings for name in names}
    assert set(weights) - held == {name for name in weights if name.startswith("transitions/")}
    like = {name: np.full_like(x, np.nan) if name in held else x for name, x in weights.items()}
    for name, value in get_weights(bindings, like).items():
        np.testing.assert_array_equal(value, weights[name], err_msg=name)
    for model in models.values():
        assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)
