"""What only the autoencoder does: decoding from codes, prediction, feedback, two losses, noise on the input."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from nn_tools import (
    SPECS,
    autoencoder_spec,
    data_of,
    eager,
    evaluate,
    gradients,
    lengths,
    make_rows,
    predict,
    predicts,
    random_weights,
    reconstructs,
    train,
)

AUTOENCODERS = {name: spec for name, spec in SPECS.items() if hasattr(spec, "reverse_target")}
RECONSTRUCTING = {name: spec for name, spec in AUTOENCODERS.items() if reconstructs(spec)}
PREDICTING = {name: spec for name, spec in AUTOENCODERS.items() if predicts(spec)}
looped_and_unrolled = pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])


# --- from codes -------------------------------------------------------------------------------------------------------


@looped_and_unrolled
@pytest.mark.parametrize("name", RECONSTRUCTING)
def test_decoding_the_code_is_the_reconstruction(name, unroll):
    spec = replace(SPECS[name], unroll=unroll)
    weights, rows, runner = random_weights(spec), make_rows(spec), eager(spec)
    code = {"code": predict(runner, weights, "states", rows)}
    decoded = predict(runner, weights, "decoding", code, n_timesteps=np.int32(4))
    np.testing.assert_allclose(decoded, predict(runner, weights, "reconstruction", rows), atol=1e-13)


@pytest.mark.parametrize("name", RECONSTRUCTING)
def test_both_are_the_reconstruction_and_the_states(name):
    spec = SPECS[name]
    weights, runner = random_weights(spec), eager(spec)
    rows = make_rows(spec) | {"source_lengths": lengths([2, 3, 1])}  # shorter than what holds them
    for what, found in predict(runner, weights, "both", rows).items():
        np.testing.assert_array_equal(found, predict(runner, weights, what, rows))


@pytest.mark.parametrize("name", RECONSTRUCTING)
def test_decoding_to_lengths_is_the_ragged_reconstruction(name):
    spec = SPECS[name]
    weights, runner, n_timesteps = random_weights(spec), eager(spec), lengths([2, 4, 3])
    rows = make_rows(spec) | {"source_lengths": n_timesteps}
    code = {"code": predict(runner, weights, "states", rows), "lengths": n_timesteps}
    decoded = predict(runner, weights, "decoding", code, n_timesteps=np.int32(4))
    reconstruction = predict(runner, weights, "reconstruction", rows)
    for ours, expected, n in zip(decoded, reconstruction, n_timesteps):
        np.testing.assert_allclose(ours[:n], expected[:n], atol=1e-13)


def test_a_shorter_decoding_is_the_beginning_of_a_longer_one():
    spec = SPECS["repeated-lstm"]
    weights, runner = random_weights(spec), eager(spec)
    code = {"code": predict(runner, weights, "states", make_rows(spec))}
    short, long = (predict(runner, weights, "decoding", code, n_timesteps=np.int32(n)) for n in (2, 6))
    assert long.shape == (3, 6, spec.source_size)
    np.testing.assert_array_equal(short, long[:, :2])


# --- prediction -------------------------------------------------------------------------------------------------------


@looped_and_unrolled
@pytest.mark.parametrize("name", [name for name, spec in PREDICTING.items() if spec.held_back])
def test_the_held_back_steps_are_forecast_from_the_others(name, unroll):
    spec = replace(SPECS[name], unroll=unroll)
    weights, runner, rows = random_weights(spec), eager(spec), make_rows(spec, n_timesteps=6)
    seen = {**rows, "source": rows["source"][:, :4]}
    forecast = predict(runner, weights, "forecast", seen, n_steps=np.int32(3))
    np.testing.assert_allclose(predict(runner, weights, "next", rows, horizon=2), forecast[:, :2], atol=1e-13)


@pytest.mark.parametrize("name", [name for name, spec in PREDICTING.items() if spec.held_back])
@pytest.mark.parametrize("ragged", [False, True], ids=["one-length", "ragged"])
def test_the_encoder_does_not_see_what_is_held_back(name, ragged):
    """Other values in held back steps change the targets but nothing that is written; one step earlier they do."""
    spec = SPECS[name]
    weights, runner = random_weights(spec), eager(spec)
    n_timesteps = lengths([6, 4, 3]) if ragged else lengths([6, 6, 6])
    rows = make_rows(spec, n_timesteps=6) | ({"source_lengths": n_timesteps} if ragged else {})

    def changed(n_back):
        source = rows["source"].copy()
        source[np.arange(3), n_timesteps - n_back] += 1
        return {**rows, "source": source}

    before = predict(runner, weights, "next", rows, horizon=2)
    for n_back in (1, 2):
        np.testing.assert_array_equal(predict(runner, weights, "next", changed(n_back), horizon=2), before)
    differs = np.abs(predict(runner, weights, "next", changed(3), horizon=2) - before).max((1, 2))
    assert (differs > 1e-6).all()


@pytest.mark.parametrize("name", PREDICTING)
def test_the_loss_of_an_unconditional_prediction_is_its_squared_error(name):
    """Of steps 2 to n, or of the last two real steps; by samples of other lengths and weights."""
    spec = replace(SPECS[name], conditional=False)
    weights, runner = random_weights(spec), eager(spec)
    rows = make_rows(spec, n_timesteps=6) | {"source_lengths": lengths([6, 4, 3]), "weight": np.array([1.0, 2, 0.5])}
    written = predict(runner, weights, "next", rows, horizon=2)
    amount = count = 0.0
    for x, y, n, w in zip(rows["source"], written, rows["source_lengths"], rows["weight"]):
        true = x[n - 2 : n] if spec.held_back else x[1:n]
        amount += w * np.square(true - y[: len(true)]).mean(-1).sum()
        count += w * len(true)
    key = "prediction_loss" if spec.decoder == "composite" else "loss"
    np.testing.assert_allclose(evaluate(runner, weights, data_of(spec, rows, horizon=2))[key], [amount, count])


# --- feedback: stock Keras cells, stepped by hand ---------------------------------------------------------------------

STEPPED = {
    name: autoencoder_spec(conditional=True, code="both", decoder="composite", reverse_target=True, **fields)
    for name, fields in {"lstm": {}, "gru": {"cell": "gru"}, "held-back": {"held_back": True}}.items()
}
HORIZON = 2


def stepped(spec, weights, prefix, code, before, n_timesteps, truth=None):
    """Frames (b, t, f) of a decoder of one layer; it reads its own frames, or the truth (b, t, f) if that is given."""
    kind = keras.layers.LSTMCell if spec.cell == "lstm" else keras.layers.GRUCell
    cell, w = kind(spec.units, dtype="float64"), {key: weights[prefix + key] for key in NAMES}
    cell.build((None, spec.units + spec.source_size))
    kernel = np.concatenate([w["decoder/0/kernel"], w["decoder/0/frame_kernel"]])
    cell.set_weights([kernel, w["decoder/0/recurrent_kernel"], w["decoder/0/bias"]])
    states, frames = list(code), []
    for t in range(n_timesteps):
        hidden, states = cell(np.concatenate([code[0], before], -1), states)
        frames.append(np.array(hidden) @ w["output/kernel"] + w["output/bias"])
        before = frames[-1] if truth is None else truth[:, t]
    return np.stack(frames, 1)


NAMES = [f"decoder/0/{part}" for part in ("kernel", "frame_kernel", "recurrent_kernel", "bias")]
NAMES += ["output/kernel", "output/bias"]


def known(spec, rows):
    """The source that is read, and first frame and truth of both decoders in the order in which they write."""
    source = rows["source"]
    read = source[:, :-HORIZON] if spec.held_back else source
    first, truth = (read[:, -1], source[:, -HORIZON:]) if spec.held_back else (source[:, 0], source[:, 1:])
    return read, {"": (np.zeros_like(first), read[:, ::-1]), "predictor/": (first, truth)}


@looped_and_unrolled
@pytest.mark.parametrize("name", STEPPED)
def test_a_conditional_decoder_feeds_its_own_frames_back(name, unroll):
    spec = replace(STEPPED[name], unroll=unroll)
    weights, runner, rows = random_weights(spec), eager(spec), make_rows(spec, n_timesteps=5)
    read, decoders = known(spec, rows)
    code = np.split(predict(runner, weights, "states", {"source": read}), spec.n_states, axis=-1)
    written = {
        prefix: stepped(spec, weights, prefix, code, first, truth.shape[1])
        for prefix, (first, truth) in decoders.items()
    }
    reconstruction = predict(runner, weights, "reconstruction", {"source": read})
    np.testing.assert_allclose(reconstruction, written[""][:, ::-1], atol=1e-13)
    following = predict(runner, weights, "next", rows, horizon=HORIZON)
    np.testing.assert_allclose(following, written["predictor/"], atol=1e-13)


@pytest.mark.parametrize("name", STEPPED)
def test_in_training_a_conditional_decoder_reads_the_true_frames(name):
    """Both losses are those of cells that are told the truth; theirs is the sum of the two means."""
    spec = STEPPED[name]
    weights, runner, rows = random_weights(spec), eager(spec), make_rows(spec, n_timesteps=5)
    rows["weight"] = np.array([1.0, 2, 0.5])
    read, decoders = known(spec, rows)
    code = np.split(predict(runner, weights, "states", {"source": read}), spec.n_states, axis=-1)
    totals, means = evaluate(runner, weights, data_of(spec, rows, horizon=HORIZON)), []
    for key, (prefix, (first, truth)) in zip(("reconstruction_loss", "prediction_loss"), decoders.items()):
        written = stepped(spec, weights, prefix, code, first, truth.shape[1], truth)
        errors = np.square(truth - written).mean(-1)
        expected = [rows["weight"] @ errors.sum(1), rows["weight"].sum() * truth.shape[1]]
        np.testing.assert_allclose(totals[key], expected, rtol=1e-12)
        means.append(expected[0] / expected[1])
    np.testing.assert_allclose(totals["loss"][0] / totals["loss"][1], sum(means), rtol=1e-12)


# --- two losses -------------------------------------------------------------------------------------------------------

BLIND = {  # output biases alone: reconstruction 1, prediction 3, whatever the source
    False: autoencoder_spec(source_size=1, decoder="composite"),
    True: autoencoder_spec(source_size=1, decoder="composite", held_back=True),
}


def blind_rows():
    """Sequences 1 2 3 | 2 | 4 0, and their weights."""
    rows = {"source": np.zeros((3, 3, 1)), "weight": np.array([1.0, 2, 4]), "source_lengths": lengths([3, 1, 2])}
    for row, values in enumerate(([1, 2, 3], [2], [4, 0])):
        rows["source"][row, : len(values), 0] = values
    return rows


def blind_weights(spec):
    weights = {name: np.zeros_like(value) for name, value in random_weights(spec).items()}
    return weights | {"output/bias": np.ones(1), "predictor/output/bias": np.full(1, 3.0)}


def test_composite_loss_by_hand():
    """Reconstruction: 1 (0 + 1 + 4) + 2 (1) + 4 (9 + 1) = 47 of 3 + 2 + 8 = 13; prediction of the second steps on:
    1 (1 + 0) + 4 (9) = 37 of 2 + 4 = 6. Their means are added, not their steps."""
    spec = BLIND[False]
    totals = evaluate(eager(spec), blind_weights(spec), data_of(spec, blind_rows()))
    np.testing.assert_allclose(totals["reconstruction_loss"], [47, 13])
    np.testing.assert_allclose(totals["prediction_loss"], [37, 6])
    np.testing.assert_allclose(totals["loss"], [13 * (47 / 13 + 37 / 6), 13])


def test_composite_loss_with_a_step_held_back_by_hand():
    """Of 1 2 | 3 and of 4 | 0: reconstruction 1 (0 + 1) + 4 (9) = 37 of 2 + 4; prediction 1 (0) + 4 (9) = 36 of 5."""
    spec, rows = BLIND[True], {name: x[[0, 2]] for name, x in blind_rows().items()}
    totals = evaluate(eager(spec), blind_weights(spec), data_of(spec, rows))
    np.testing.assert_allclose(totals["reconstruction_loss"], [37, 6])
    np.testing.assert_allclose(totals["prediction_loss"], [36, 5])
    np.testing.assert_allclose(totals["loss"][0] / totals["loss"][1], 37 / 6 + 36 / 5)


def test_composite_loss_of_an_epoch():
    """Batches count by the weight of what is reconstructed; one with nothing to predict adds no prediction loss."""
    spec = BLIND[False]
    totals = evaluate(eager(spec), blind_weights(spec), data_of(spec, blind_rows()), [[0], [1], [2]])
    np.testing.assert_allclose(totals["reconstruction_loss"], [47, 13])
    np.testing.assert_allclose(totals["prediction_loss"], [37, 6])
    by_batch = 3 * (5 / 3 + 1 / 2) + 2 * (2 / 2) + 8 * (40 / 8 + 36 / 4)
    np.testing.assert_allclose(totals["loss"], [by_batch, 13])


@pytest.mark.parametrize("name", [name for name, spec in AUTOENCODERS.items() if spec.decoder == "composite"])
def test_composite_loss_of_an_epoch_is_exact_for_sequences_of_one_length(name):
    spec = SPECS[name]
    weights, runner, rows = random_weights(spec), eager(spec), make_rows(spec, n_samples=5)
    rows["weight"] = np.array([1.0, 2, 0.5, 3, 4])
    at_once = evaluate(runner, weights, data_of(spec, rows))
    in_batches = evaluate(runner, weights, data_of(spec, rows), [[3, 1], [0, 4], [2, -1]])
    for key, total in in_batches.items():
        np.testing.assert_allclose(total, at_once[key], rtol=1e-12)


# --- noise on the input -----------------------------------------------------------------------------------------------

COPY = {  # a relu unit with open gates: the code is the sum of the source, and the reconstruction is the code
    "encoder/0/kernel": np.array([[0.0, 0, 1, 0]]),
    "encoder/0/bias": np.array([50.0, 50, 0, 50]),
    "decoder/0/recurrent_kernel": np.array([[0.0, 0, 1, 0]]),
    "decoder/0/bias": np.array([50.0, -50, 0, 50]),
    "output/kernel": np.ones((1, 1)),
}


def copied(n_timesteps, level, **rates):
    """Loss of 4000 samples with ``level`` at every step, read with noise."""
    fields = dict.fromkeys(rates, True)
    spec = autoencoder_spec(source_size=1, units=1, activation="relu", code="state", **fields)
    weights = {name: np.zeros_like(value) for name, value in random_weights(spec).items()} | COPY
    rows = {"source": np.full((4000, n_timesteps, 1), level), "weight": np.ones(4000)}
    amount, weight = train(eager(spec), weights, data_of(spec, rows), **rates)[0]["loss"]
    return amount / weight


def test_input_noise_has_its_standard_deviation_and_targets_are_clean():
    """E (x + n - x)^2 = sigma^2, with a standard error of sqrt(2 / 4000) of it."""
    loss = copied(1, 50.0, input_noise=0.3)
    assert abs(loss / 0.09 - 1) < 5 * np.sqrt(2 / 4000)


def test_dropped_steps_are_whole_and_as_many_as_the_rate_says():
    """One step of 1: the error is 1 if it was dropped, else 0, since the steps that stay are not scaled up."""
    dropped = copied(1, 1.0, step_dropout=0.3)
    assert abs(dropped - 0.3) < 5 * np.sqrt(0.3 * 0.7 / 4000)


def test_steps_are_dropped_one_by_one():
    """Two steps of 1 are read as k = 0, 1 or 2, and compared with 1: (k - 1)^2 is 1 but for k = 1."""
    loss = copied(2, 1.0, step_dropout=0.3)
    expected = 0.3**2 + 0.7**2
    assert abs(loss - expected) < 5 * np.sqrt(expected * (1 - expected) / 4000)


def test_both_kinds_of_noise_leave_dropped_steps_at_zero():
    assert copied(1, 1.0, input_noise=0.5, step_dropout=1.0) == pytest.approx(1.0, abs=1e-12)


NOISY = autoencoder_spec(input_noise=True, step_dropout=True, decoder="composite", conditional=True)


def test_noise_is_reproducible_and_off_outside_of_training():
    weights, data, runner = random_weights(NOISY), data_of(NOISY, make_rows(NOISY)), eager(NOISY)
    rates = {"input_noise": 0.5, "step_dropout": 0.5}

    def loss(**options):
        return train(runner, weights, data, **options)[0]["loss"][0]

    assert loss(seed=1, **rates) == loss(seed=1, **rates) != loss(seed=2, **rates)
    plain = eager(replace(NOISY, input_noise=False, step_dropout=False))
    expected = evaluate(plain, weights, data)["loss"]
    np.testing.assert_array_equal(evaluate(runner, weights, data)["loss"], expected)
    np.testing.assert_allclose(loss(seed=1), expected[0], rtol=1e-12)


def test_noise_is_not_in_what_a_decoder_is_told():
    """With every step dropped the gradient of what an encoder reads is zero; that of the true frames is not."""
    weights, data = random_weights(NOISY), data_of(NOISY, make_rows(NOISY))
    gradient = gradients(eager(NOISY), weights, data, step_dropout=1.0)
    np.testing.assert_array_equal(gradient["encoder/0/kernel"], 0)
    assert np.abs(gradient["decoder/0/frame_kernel"]).max() > 1e-6
