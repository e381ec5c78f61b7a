"""The padding contract: padding, batch neighbours and order change neither losses nor predictions."""

from dataclasses import replace

import numpy as np
import pytest
from nn_tools import (
    SPECS,
    data_of,
    eager,
    evaluate,
    lengths,
    make_rows,
    of_dtype,
    predict,
    predicts,
    random_weights,
    reconstructs,
)

from skseq.nn.training.compiled import FEW_ROWS, PREDICT_ROWS

LENGTHS, LENGTHS_OUT = lengths([3, 1, 2]), lengths([2, 3, 1])
PREDICTED_LENGTHS = lengths([3, 2, 2])  # one step alone has no next one
TOLERANCE = {"float64": 1e-12, "float32": 1e-6}
AUTOENCODER = {name for name, spec in SPECS.items() if hasattr(spec, "reverse_target")}
ATTENDING = [spec for spec in SPECS.values() if getattr(spec, "attention", None)]
POOLED = {name for name, spec in SPECS.items() if hasattr(spec, "pooling")}
TAGGER = {name for name, spec in SPECS.items() if hasattr(spec, "transitions")}
# float32 where the numbers differ most in kind: a reversed autoencoder, and attention with a softmax over padding
CASES = [(name, "float64") for name in SPECS] + [
    ("both-gru-2-layers-bidirectional-reversed", "float32"),
    ("composite-held-back-gru-2-layers-reversed", "float32"),
    ("bahdanau-recursive-lstm-bidirectional", "float32"),
    ("attention-gru-bidirectional-regress-2-numbers", "float32"),
    ("tagger-lstm-bidirectional-transitions", "float32"),
]
all_cases = pytest.mark.parametrize(("name", "dtype"), CASES, ids=["-".join(case) for case in CASES])


def asked(name):
    """What can be predicted: name -> how many steps its second axis, source time, is shorter; else None."""
    if name in POOLED:
        what = "values" if SPECS[name].task == "regress" else "probs"
        return {what: None, "encoding": None} | ({"attention": None} if name.startswith("attention") else {})
    if name in TAGGER:
        return {"probs": 0, "tags": 0}
    if name not in AUTOENCODER:
        return {"probs": None} | ({"attention": None} if name.startswith(("bahdanau", "dot")) else {})
    spec, what = SPECS[name], {"states": None, "sequence": 0}
    if reconstructs(spec):
        what["reconstruction"] = 0
    if predicts(spec):
        what |= {"next": None, "forecast": None} if spec.held_back else {"next": 1}
    return what


def target_steps(rows):
    """Real steps of every target: its own, or those of the source if it has a tag per timestep; None if it has none."""
    if "target_lengths" in rows:
        return LENGTHS_OUT
    return rows["source_lengths"] if "target" in rows and rows["target"].shape == rows["source"].shape[:2] else None


def padded(rows, n_more, garbage):
    """More timesteps on the right, and other numbers in all padding."""
    out = dict(rows)
    for part, n_steps in (("source", rows["source_lengths"]), ("target", target_steps(rows))):
        if n_steps is not None:
            filler = np.full_like(rows[part][:, :1], garbage)
            out[part] = np.concatenate([rows[part]] + [filler] * n_more, axis=1)
            out[part][np.arange(out[part].shape[1]) >= n_steps[:, None]] = garbage
    return out


def alone(rows, row):
    """One sample, cut to its lengths, with no lengths given."""
    cut = {name: x[row : row + 1] for name, x in rows.items() if not name.endswith("lengths")}
    cut["source"] = cut["source"][:, : rows["source_lengths"][row]]
    if (n_steps := target_steps(rows)) is not None:
        cut["target"] = cut["target"][:, : n_steps[row]]
    return cut


def problem(name, dtype):
    spec = of_dtype(SPECS[name], dtype)
    n_steps = PREDICTED_LENGTHS if predicts(spec) else LENGTHS
    rows = make_rows(spec, n_samples=3, n_timesteps=3) | {"source_lengths": n_steps}
    rows["weight"] = np.array([1, 0.5, 2], dtype)
    if name not in AUTOENCODER | POOLED | TAGGER:
        rows["target_lengths"] = LENGTHS_OUT
    return spec, eager(spec), random_weights(spec), rows


@all_cases
def test_losses(name, dtype):
    """Totals of a padded batch are the sums over samples that are alone and unpadded.

    Only a sum of two means is not: it is that of the batch with other padding.
    """
    spec, runner, weights, rows = problem(name, dtype)
    singles = [evaluate(runner, weights, data_of(spec, alone(rows, row))) for row in range(3)]
    expected = {key: np.sum([single[key] for single in singles], 0) for key in singles[0]}
    close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    batches = [[2, 0], [1, -1]]
    totals = evaluate(runner, weights, data_of(spec, padded(rows, 3, 3)), batches)
    if getattr(spec, "decoder", None) == "composite":
        expected["loss"] = evaluate(runner, weights, data_of(spec, rows), batches)["loss"]
    for key, total in totals.items():
        np.testing.assert_allclose(total, expected[key], **close, err_msg=key)


@all_cases
def test_predictions(name, dtype):
    """A sample alone and unpadded, and the same one in a padded batch, in another order."""
    _, runner, weights, rows = problem(name, dtype)
    order = np.array([2, 0, 1])
    for what, n_fewer in asked(name).items():
        singles = [predict(runner, weights, what, alone(rows, row)) for row in range(3)]
        together = predict(runner, weights, what, {key: x[order] for key, x in padded(rows, 3, 4).items()})
        for actual, row in zip(together, order):
            expected, n_steps = singles[row][0], rows["source_lengths"][row]
            if what == "attention":
                np.testing.assert_array_equal(actual[..., n_steps:], 0)
                actual = actual[..., :n_steps]
            elif n_fewer is not None:
                actual = actual[: n_steps - n_fewer]
            np.testing.assert_allclose(actual, expected, atol=TOLERANCE[dtype], rtol=0)


@pytest.mark.parametrize("name", SPECS)
def test_full_lengths_are_no_lengths(name):
    spec, runner, weights, rows = problem(name, "float64")
    without = {key: x for key, x in rows.items() if not key.endswith("lengths")}
    full = without | {"source_lengths": lengths([3] * 3)}
    if "target_lengths" in rows:
        full["target_lengths"] = lengths([3] * 3)
    close = {"rtol": TOLERANCE["float64"], "atol": TOLERANCE["float64"]}
    expected = evaluate(runner, weights, data_of(spec, without))
    for key, total in evaluate(runner, weights, data_of(spec, full)).items():
        np.testing.assert_allclose(total, expected[key], **close)
    for what in asked(name):
        np.testing.assert_allclose(
            predict(runner, weights, what, full), predict(runner, weights, what, without), **close
        )


@pytest.mark.parametrize("ragged", [False, True], ids=["one-length", "ragged"])
@pytest.mark.parametrize("name", ["state-lstm-bidirectional-reversed", "bahdanau-recursive-gru-2-layers"])
def test_neighbours_beyond_one_batch(name, ragged):
    """Two predict batches and a part of a third: a row is what it is alone.

    Bit for bit, but for attention over sequences of different lengths: it sums over as many timesteps as the longest
    row of a batch has, and rounds as that sum does.
    """
    spec = SPECS[name]
    runner, weights = eager(spec), random_weights(spec)
    n_samples = 2 * PREDICT_ROWS + 2
    rows = {"source": make_rows(spec, n_samples=n_samples)["source"]}
    n_steps = np.random.RandomState(0).randint(1, 5, n_samples) if ragged else np.full(n_samples, 4)
    if ragged:
        rows["source_lengths"] = lengths(n_steps)
    what = "reconstruction" if name in AUTOENCODER else "probs"
    everything = predict(runner, weights, what, rows)
    assert len(everything) == n_samples
    for row in (0, PREDICT_ROWS - 1, PREDICT_ROWS, n_samples - 1):
        single = predict(runner, weights, what, {key: x[row : row + 1] for key, x in rows.items()})[0]
        real = slice(n_steps[row] if name in AUTOENCODER else None)
        tolerance = 1e-15 if ragged and spec in ATTENDING else 0
        np.testing.assert_allclose(everything[row][real], single[real], atol=tolerance, rtol=0)


@pytest.mark.parametrize("units", [3, 33])
@pytest.mark.parametrize(
    "name", ["state-lstm-bidirectional-reversed", "bahdanau-recursive-gru-2-layers", "attention-lstm-embedding"]
)
def test_a_row_alone_is_what_it_is_among_many(name, units):
    """Bit for bit, though batches of few samples are small."""
    spec = of_dtype(replace(SPECS[name], units=units), "float32")
    runner, weights = eager(spec), random_weights(spec)
    rows = {"source": make_rows(spec, n_samples=PREDICT_ROWS)["source"]}
    what = next(iter(asked(name)))
    everything = predict(runner, weights, what, rows)
    for n in (1, FEW_ROWS):
        few = predict(runner, weights, what, {key: x[:n] for key, x in rows.items()})
        np.testing.assert_array_equal(few, everything[:n])


def test_reversed_reconstruction_comes_back_in_the_order_of_the_source():
    """An autoencoder that writes backwards is one that writes forwards, turned around within each length."""
    spec = SPECS["state-lstm-bidirectional-reversed"]
    forwards = type(spec)(**{**vars(spec), "reverse_target": False})
    weights, rows = random_weights(spec), make_rows(spec, n_timesteps=3) | {"source_lengths": LENGTHS}
    backwards = predict(eager(spec), weights, "reconstruction", rows)
    straight = predict(eager(forwards), weights, "reconstruction", rows)
    for row, n_steps in enumerate(LENGTHS):
        np.testing.assert_allclose(backwards[row, :n_steps], straight[row, :n_steps][::-1], atol=1e-14)
