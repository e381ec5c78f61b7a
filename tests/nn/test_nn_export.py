"""Stock Keras models built from fitted numbers: the same outputs, here and where there is no skseq."""

import json
import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from nn_tools import (
    SPECS,
    autoencoder_spec,
    compiled,
    lengths,
    make_rows,
    of_dtype,
    predict,
    random_weights,
    recurrent_spec,
    seq2seq_spec,
)

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier
from skseq.nn.export import build_models, get_weights, set_weights

N_TIMESTEPS, N_TIMESTEPS_OUT, START = 4, 3, 0
BIDIRECTIONAL = [True, False, False, True, True, False]
AUTOENCODERS = {
    f"{code}-{cell}": autoencoder_spec(code=code, cell=cell, bidirectional=both, reverse_target=both != (cell == "gru"))
    for (code, cell), both in zip(product(("repeated", "state", "both"), ("lstm", "gru")), BIDIRECTIONAL)
}
AUTOENCODERS["2-layers"] = SPECS["both-gru-2-layers-bidirectional-reversed"]
SEQ2SEQ = {name: spec for name, spec in SPECS.items() if hasattr(spec, "attention")} | {
    "direct-gru-bidirectional": seq2seq_spec(decoder="direct", cell="gru", bidirectional=True),
    "bahdanau-direct-gru-bidirectional": seq2seq_spec(
        attention="bahdanau", decoder="direct", cell="gru", bidirectional=True
    ),
}


RECURRENT = {name: spec for name, spec in SPECS.items() if hasattr(spec, "pooling")} | {
    "attention-2-labels-frozen": recurrent_spec(pooling="attention", sizes=(3, 2), frozen=True),
}
EVERY = AUTOENCODERS | SEQ2SEQ | RECURRENT


def close(actual, expected, tolerance=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def exported(spec, n_source=N_TIMESTEPS):
    """Weights, and the three models that carry them."""
    weights = random_weights(spec)
    models, bindings = build_models(spec, n_source, N_TIMESTEPS_OUT if hasattr(spec, "attention") else n_source)
    set_weights(bindings, weights)
    return weights, models, bindings


def as_list(outputs):
    return [np.array(x) for x in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def shifted(tokens):
    """The teacher-forcing shift, samples first."""
    return np.concatenate([np.full_like(tokens[:, :1], START), tokens[:, :-1] + 1], axis=1).astype(np.int32)


def greedy(models, source):
    """Probabilities on the greedy path from the inference models, step by step as a user would write it."""
    memory_and_states, decoder = as_list(models["encoder_model"](source)), models["decoder_model"]
    if len(decoder.inputs) == len(memory_and_states):  # the direct decoder writes all steps at once
        return np.array(decoder(memory_and_states))
    memory, states = memory_and_states[:2], memory_and_states[2:]
    token, written = np.full(len(source), START, np.int32), []
    for _ in range(N_TIMESTEPS_OUT):
        probs, *states = as_list(decoder([token, *memory, *states]))
        token = probs.argmax(-1).astype(np.int32) + 1
        written.append(probs)
    return np.stack(written, 1)


@pytest.mark.parametrize("spec", AUTOENCODERS.values(), ids=AUTOENCODERS)
def test_autoencoder_models_equal_the_network(spec):
    weights, models, _ = exported(spec)
    network, rows = compiled(spec), make_rows(spec)
    close(models["model"](rows["source"]), predict(network, weights, "reconstruction", rows))
    states = predict(network, weights, "states", rows)
    code = models["encoder_model"](rows["source"])  # what the decoder reads: without a cell state it has no use for
    read = np.concatenate(as_list(code), -1)
    close(read, states[:, : read.shape[1]])
    decoded = predict(network, weights, "decoding", {"code": states}, n_timesteps=np.int32(N_TIMESTEPS))
    close(models["decoder_model"](code), decoded)


@pytest.mark.parametrize("spec", SEQ2SEQ.values(), ids=SEQ2SEQ)
def test_encoder_decoder_models_equal_the_network(spec):
    """The training model on the greedy tokens, and the inference models on their own, give the greedy probabilities."""
    weights, models, _ = exported(spec, None)
    network, rows = compiled(spec), make_rows(spec, n_timesteps=5)
    probs = predict(network, weights, "probs", rows)
    tokens = predict(network, weights, "tokens", rows)
    source = rows["source"]
    close(models["model"]([source, shifted(tokens)] if spec.decoder == "recursive" else source), probs)
    close(greedy(models, source), probs)


@pytest.mark.parametrize("spec", RECURRENT.values(), ids=RECURRENT)
def test_recurrent_models_equal_the_network(spec):
    """Numbers in one output; probabilities in one output a label, a list if there are several."""
    weights, models, _ = exported(spec)
    network, rows = compiled(spec), make_rows(spec, n_timesteps=5)
    what = "values" if spec.task == "regress" else "probs"
    expected = predict(network, weights, what, rows)
    encoding = models["encoder_model"](rows["source"])
    close(encoding, predict(network, weights, "encoding", rows))
    for outputs in (models["model"](rows["source"]), models["decoder_model"](encoding)):
        close(np.concatenate(as_list(outputs), -1), expected)
        assert isinstance(outputs, list) == (what == "probs" and len(spec.sizes) > 1)


@pytest.mark.parametrize("spec", EVERY.values(), ids=EVERY)
def test_weights_come_back_as_they_went_in(spec):
    weights, _, bindings = exported(spec)
    back = get_weights(bindings, {name: np.full_like(value, np.nan) for name, value in weights.items()})
    assert set(back) == set(weights)
    for name, value in weights.items():
        np.testing.assert_array_equal(back[name], value, err_msg=name)


def test_exported_layers_are_stock_keras():
    for name in ("2-layers", "bahdanau-recursive-lstm-bidirectional", "attention-2-labels-frozen"):
        for model in exported(EVERY[name])[1].values():
            assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)
            model.to_json()  # no Lambda layer, no Python function


# --- estimators, and their models in an interpreter that cannot import skseq ------------------------------------------

LOADER = """
import json, sys
from pathlib import Path

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "skseq":
            raise ImportError("skseq is not installed here")

sys.meta_path.insert(0, Blocker())
try:
    import skseq
except ImportError:
    pass
else:
    raise SystemExit("skseq could be imported")
import keras
import numpy as np

folder, results = Path(sys.argv[1]), {}
for path in sorted(folder.glob("*.keras")):
    model = keras.models.load_model(path)
    held = np.load(path.with_suffix(".npz"))
    inputs = [held[f"input_{k}"] for k in range(len(model.inputs))]
    outputs = model(inputs if len(inputs) > 1 else inputs[0])
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    assert len(outputs) == sum(name.startswith("output_") for name in held.files)
    errors = [np.abs(np.array(x) - held[f"output_{k}"]).max() for k, x in enumerate(outputs)]
    results[path.stem] = float(max(errors))
assert not any(name.split(".")[0] == "skseq" for name in sys.modules)
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """What the loader makes of every saved model: name -> largest difference from the output here."""
    folder = tmp_path_factory.mktemp("models")

    def save(name, model, inputs):
        model.save(folder / f"{name}.keras")
        outputs = as_list(model(inputs if len(inputs) > 1 else inputs[0]))
        numbered = {f"input_{k}": x for k, x in enumerate(inputs)} | {f"output_{k}": x for k, x in enumerate(outputs)}
        np.savez(folder / f"{name}.npz", **numbered)
        return outputs

    expected = set()
    for name, spec in EVERY.items():
        _, models, _ = exported(of_dtype(spec, "float32"))
        rows = make_rows(of_dtype(spec, "float32"))
        code = save(f"{name}.encoder", models["encoder_model"], [rows["source"]])
        token = [np.full(3, START, np.int32)] if len(models["decoder_model"].inputs) > len(code) else []
        save(f"{name}.decoder", models["decoder_model"], [*token, *code][: len(models["decoder_model"].inputs)])
        tokens = [shifted(rows["target"])] if token else []
        save(f"{name}.model", models["model"], [rows["source"], *tokens])
        expected |= {f"{name}.{part}" for part in ("encoder", "decoder", "model")}
    program = [sys.executable, "-c", LOADER, str(folder)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=300, cwd=folder)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert set(results) == expected
    return results


@pytest.mark.parametrize("name", EVERY)
def test_saved_models_load_without_skseq(saved, name):
    for part in ("encoder", "decoder", "model"):
        assert saved[f"{name}.{part}"] < 1e-6, part


@pytest.mark.parametrize(
    "params",
    [
        {"code": "both", "output": "state", "bidirectional": True, "reverse_target": True},
        {"code": "repeated", "cell": "gru", "n_layers": 2},
    ],
)
def test_models_of_a_fitted_autoencoder(params):
    X = np.random.RandomState(0).normal(size=(5, 4, 2))
    estimator = LSTMAutoencoderTransformer(units=3, epochs=2, random_state=0, dtype="float64", **params).fit(X)
    Z = estimator.transform(X)
    code = estimator.encoder_model_(X)
    close(np.concatenate(as_list(code), -1), Z)
    close(estimator.model_(X), estimator.reconstruct(X))
    close(estimator.decoder_model_(code), estimator.inverse_transform(Z))
    assert estimator.model_ is not estimator.model_  # built anew: nobody can change the estimator through it


@pytest.mark.parametrize("params", [{"attention": True, "embedding_dim": 2}, {"attention": "dot", "decoder": "direct"}])
def test_models_of_a_fitted_classifier(params):
    rng = np.random.RandomState(0)
    X, y = rng.randint(5, size=(8, 4)), rng.randint(3, size=(8, N_TIMESTEPS_OUT))
    estimator = Seq2SeqClassifier(
        units=3, epochs=2, random_state=0, dtype="float64", classes_per_position=False, **params
    ).fit(X, y)
    source = np.vectorize(estimator.vocabulary_.get)(X).astype(np.int32)
    probs = np.stack(estimator.predict_proba(X), 1)
    ids = np.searchsorted(estimator.target_tokens_, estimator.predict(X))
    inputs = source if params.get("decoder") == "direct" else [source, shifted(ids)]
    close(estimator.model_(inputs), probs)
    models = {"encoder_model": estimator.encoder_model_, "decoder_model": estimator.decoder_model_}
    close(greedy(models, source), probs)


def test_a_model_for_any_length_equals_the_network_at_every_length():
    spec = SPECS["bahdanau-recursive-lstm-bidirectional"]
    weights, models, _ = exported(spec, None)
    for n_timesteps in (2, 6):
        rows = make_rows(spec, n_timesteps=n_timesteps) | {"source_lengths": lengths([n_timesteps] * 3)}
        close(greedy(models, rows["source"]), predict(compiled(spec), weights, "probs", rows))
