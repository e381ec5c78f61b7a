"""Stock Keras models built from fitted numbers: the same outputs, here and where there is no skseq."""

import json
import subprocess
import sys
from functools import cache
from itertools import product

import numpy as np
import pytest
from nn_tools import (
    SPECS,
    autoencoder_spec,
    eager,
    lengths,
    make_rows,
    of_dtype,
    pooled_spec,
    predict,
    predicts,
    random_weights,
    reconstructs,
    seq2seq_spec,
)

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceRegressor
from skseq.nn.export.models import build_models
from skseq.nn.export.stock_layers import get_weights, set_weights

pytestmark = pytest.mark.usefixtures("eager")

N_TIMESTEPS, N_TIMESTEPS_OUT, START = 4, 3, 0
BIDIRECTIONAL = [True, False, False, True, True, False]
AUTOENCODERS = {
    f"{code}-{cell}": autoencoder_spec(code=code, cell=cell, bidirectional=both, reverse_target=both != (cell == "gru"))
    for (code, cell), both in zip(product(("repeated", "state", "both"), ("lstm", "gru")), BIDIRECTIONAL)
}
AUTOENCODERS["2-layers"] = SPECS["both-gru-2-layers-bidirectional-reversed"]
AUTOENCODERS |= {name: spec for name, spec in SPECS.items() if getattr(spec, "conditional", False) or predicts(spec)}
SEQ2SEQ = {name: spec for name, spec in SPECS.items() if hasattr(spec, "attention")} | {
    "direct-gru-bidirectional": seq2seq_spec(decoder="direct", cell="gru", bidirectional=True),
    "bahdanau-direct-gru-bidirectional": seq2seq_spec(
        attention="bahdanau", decoder="direct", cell="gru", bidirectional=True
    ),
}


RECURRENT = {name: spec for name, spec in SPECS.items() if hasattr(spec, "pooling")} | {
    "attention-2-labels-frozen": pooled_spec(pooling="attention", sizes=(3, 2), frozen=True),
}
EVERY = AUTOENCODERS | SEQ2SEQ | RECURRENT
SAVED = [  # between them every layer and operation that there is: `test_saved_models_have_every_layer`
    "concat-gru-bidirectional-convolution-marks-ends",
    "repeated-lstm",
    "composite-conditional-lstm-bidirectional-reversed",
    "direct-lstm-embedding",
    "dot-recursive-lstm-bidirectional",
    "local-m-recursive-lstm-reversed",
    "local-p-direct-gru-fed-2-layers",
    "attention-2-labels-frozen",
]


def close(actual, expected, tolerance=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


@cache
def exported(spec, n_source=N_TIMESTEPS):
    """Weights, and the three models that carry them."""
    weights = random_weights(spec)
    models, bindings = build_models(spec, n_source, N_TIMESTEPS_OUT)
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
    told = any(tensor.name == "position" for tensor in decoder.inputs)
    for t in range(N_TIMESTEPS_OUT):
        place = [np.full(len(source), t, np.int32)] if told else []
        probs, *states = as_list(decoder([token, *memory, *states, *place]))
        token = probs.argmax(-1).astype(np.int32) + 1
        written.append(probs)
    return np.stack(written, 1)


def written(spec, runner, weights, rows):
    """What the decoders of the network write from a whole source, in the order of the model's outputs."""
    parts = [predict(runner, weights, "reconstruction", rows)] if reconstructs(spec) else []
    if not predicts(spec):
        return parts
    if spec.held_back:
        return [*parts, predict(runner, weights, "forecast", rows, n_steps=np.int32(N_TIMESTEPS_OUT))]
    return [*parts, predict(runner, weights, "next", rows)]


def in_writing_order(spec, frames):
    """Frames of every decoder, as it writes them: a reversed reconstruction from its end."""
    return [x[:, ::-1] if spec.reverse_target and k == 0 and reconstructs(spec) else x for k, x in enumerate(frames)]


def first_frames(spec, source):
    """What conditional decoders read before anything was written."""
    first = [np.zeros_like(source[:, 0])] if reconstructs(spec) else []
    return [*first, source[:, -1 if spec.held_back else 0]] if predicts(spec) else first


def stepped(spec, models, source):
    """Frames of every decoder from the inference models, step by step as a user would write it."""
    memory, *states = as_list(models["encoder_model"](source))
    frames, rows = first_frames(spec, source), []
    for _ in range(N_TIMESTEPS):
        outputs = as_list(models["decoder_model"]([*frames, memory, *states]))
        frames, states = outputs[: len(frames)], outputs[len(frames) :]
        rows.append(frames)
    return [np.stack(steps, 1) for steps in zip(*rows)]


UNCONDITIONAL = {name: spec for name, spec in AUTOENCODERS.items() if not spec.conditional}
CONDITIONAL = {name: spec for name, spec in AUTOENCODERS.items() if spec.conditional}


@pytest.mark.parametrize("spec", UNCONDITIONAL.values(), ids=UNCONDITIONAL)
def test_autoencoder_models_equal_the_network(spec):
    weights, models, _ = exported(spec)
    runner, rows = eager(spec), make_rows(spec)
    expected = written(spec, runner, weights, rows)
    states = predict(runner, weights, "states", rows)
    code = models["encoder_model"](rows["source"])  # what the decoder reads: without a cell state it has no use for
    read = np.concatenate(as_list(code), -1)
    close(read, states[:, : read.shape[1]])
    for outputs in (models["model"](rows["source"]), models["decoder_model"](code)):
        assert isinstance(outputs, list) == (len(expected) > 1)
        for actual, right in zip(as_list(outputs), expected):
            close(actual, right)
    if reconstructs(spec):
        decoded = predict(runner, weights, "decoding", {"code": states}, n_timesteps=np.int32(N_TIMESTEPS))
        close(as_list(models["decoder_model"](code))[0], decoded)


@pytest.mark.parametrize("spec", CONDITIONAL.values(), ids=CONDITIONAL)
def test_conditional_autoencoder_models_equal_the_network(spec):
    """Both the training model, told what the network writes, and the inference models on their own write the same."""
    weights, models, _ = exported(spec)
    rows = make_rows(spec)
    source, expected = rows["source"], written(spec, eager(spec), weights, rows)
    told = [
        np.concatenate([first[:, None], frames[:, :-1]], 1)
        for first, frames in zip(first_frames(spec, source), in_writing_order(spec, expected))
    ]
    for actual, right in zip(as_list(models["model"]([source, *told])), expected):
        close(actual, right)
    for actual, right in zip(stepped(spec, models, source), in_writing_order(spec, expected)):
        close(actual[:, : right.shape[1]], right)


@pytest.mark.parametrize("spec", SEQ2SEQ.values(), ids=SEQ2SEQ)
def test_encoder_decoder_models_equal_the_network(spec):
    """The training model on the greedy tokens, and the inference models on their own, give the greedy probabilities."""
    weights, models, _ = exported(spec, None)
    runner, rows = eager(spec), make_rows(spec, n_timesteps=5)
    probs = predict(runner, weights, "probs", rows)
    tokens = predict(runner, weights, "tokens", rows)
    source = rows["source"]
    close(models["model"]([source, shifted(tokens)] if spec.recursive else source), probs)
    close(greedy(models, source), probs)


@pytest.mark.parametrize("spec", RECURRENT.values(), ids=RECURRENT)
def test_recurrent_models_equal_the_network(spec):
    """Numbers in one output; probabilities in one output per label, a list if there are several."""
    weights, models, _ = exported(spec)
    runner, rows = eager(spec), make_rows(spec, n_timesteps=5)
    what = "values" if spec.task == "regress" else "probs"
    expected = predict(runner, weights, what, rows)
    encoding = models["encoder_model"](rows["source"])
    close(encoding[:, : spec.pooled_size], predict(runner, weights, "encoding", rows))
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
    for name in (
        "2-layers",
        "composite-conditional-lstm-bidirectional-reversed",
        "bahdanau-recursive-lstm-bidirectional",
        "attention-2-labels-frozen",
    ):
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
    """What the loader finds for every saved model: name -> largest difference from the output here."""
    folder = tmp_path_factory.mktemp("models")

    def save(name, model, inputs):
        model.save(folder / f"{name}.keras")
        outputs = as_list(model(inputs if len(inputs) > 1 else inputs[0]))
        numbered = {f"input_{k}": x for k, x in enumerate(inputs)} | {f"output_{k}": x for k, x in enumerate(outputs)}
        np.savez(folder / f"{name}.npz", **numbered)
        return outputs

    expected = set()
    for name in SAVED:
        spec = EVERY[name]
        _, models, _ = exported(of_dtype(spec, "float32"))
        rows = make_rows(of_dtype(spec, "float32"), n_timesteps=getattr(spec, "source_steps", None) or 4)
        code = save(f"{name}.encoder", models["encoder_model"], [rows["source"]])
        decoder, told = models["decoder_model"], models["model"].inputs[1:]
        if getattr(spec, "conditional", False):
            before, told = (
                first_frames(spec, rows["source"]),
                [np.full((3, *x.shape[1:]), 0.5, "float32") for x in told],
            )
        else:
            before, told = ([np.full(3, START, np.int32)], [shifted(rows["target"])]) if told else ([], [])
        place = [np.zeros(3, np.int32)] * (getattr(spec, "attention", None) == "local-m")
        save(f"{name}.decoder", decoder, [*[*before, *code][: len(decoder.inputs) - len(place)], *place])
        save(f"{name}.model", models["model"], [rows["source"], *told])
        expected |= {f"{name}.{part}" for part in ("encoder", "decoder", "model")}
    X = (50 + 3 * np.random.RandomState(0).randn(20, 4, 2)).astype(np.float32)
    save("scaled", SequenceRegressor(units=3, epochs=2, random_state=0).fit(X, 1000 + X.sum(axis=1)).model_, [X])
    expected.add("scaled")
    program = [sys.executable, "-c", LOADER, str(folder)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=300, cwd=folder)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert set(results) == expected
    return results


def test_saved_models_have_every_layer():
    def layers(names):
        models = [model for name in names for model in exported(EVERY[name])[1].values()]
        return {type(own).__name__ for model in models for own in model.operations}

    assert layers(SAVED) == layers(EVERY)


def test_a_saved_model_of_raw_data_loads_without_skseq(saved):
    assert saved["scaled"] < 1e-2  # of numbers around 1,200


@pytest.mark.parametrize("name", SAVED)
def test_saved_models_load_without_skseq(saved, name):
    for part in ("encoder", "decoder", "model"):
        assert saved[f"{name}.{part}"] < 1e-6, part


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    "params",
    [
        {"code": "both", "output": "state", "bidirectional": True, "reverse_target": True},
        {"code": "repeated", "cell": "gru", "n_layers": 2},
    ],
)
def test_models_of_a_fitted_autoencoder(params):
    X = np.random.RandomState(0).normal(size=(5, 4, 2))
    estimator = LSTMAutoencoderTransformer(units=3, epochs=1, random_state=0, dtype="float64", **params).fit(X)
    Z = estimator.transform(X)
    code = estimator.encoder_model_(X)
    close(np.concatenate(as_list(code), -1), Z)
    close(estimator.model_(X), estimator.reconstruct(X))
    close(estimator.decoder_model_(code), estimator.inverse_transform(Z))
    assert estimator.model_ is not estimator.model_  # built anew: nobody can change the estimator through it


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("params", [{"attention": True, "embedding_dim": 2}, {"attention": "dot", "decoder": "direct"}])
def test_models_of_a_fitted_classifier(params):
    rng = np.random.RandomState(0)
    X, y = rng.randint(5, size=(8, 4)), rng.randint(3, size=(8, N_TIMESTEPS_OUT))
    estimator = Seq2SeqClassifier(
        units=3, epochs=1, random_state=0, dtype="float64", classes_per_position=False, **params
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
        close(greedy(models, rows["source"]), predict(eager(spec), weights, "probs", rows))
