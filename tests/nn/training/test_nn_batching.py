"""Batches of sequences of different lengths: what they are cut to, that it saves work, and that it changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from eager_network import EagerNetwork
from nn_tools import (
    RATES,
    SPECS,
    autoencoder_spec,
    data_of,
    eager,
    evaluate,
    lengths,
    make_rows,
    pooled_spec,
    predict,
    random_weights,
    seq2seq_spec,
    train,
)

from skseq._data.training_data import TrainingData
from skseq.nn.kernels import recurrence
from skseq.nn.networks import attention
from skseq.nn.networks.seq2seq_search import SearchOptions
from skseq.nn.training import compiled as compiled_module
from skseq.nn.training import fitting
from skseq.nn.training.batching import batch_timesteps, by_length, make_batches
from skseq.nn.training.compiled import FEW_ROWS, PREDICT_ROWS, CompiledNetwork, in_whole_batches
from skseq.nn.training.fitting import FitOptions, fit_network
from skseq.nn.training.plan import COMPILATION, SINGLE_UPDATE_COST, UPDATES_IN_PIECE, Pieces, plan_pieces

ATTENDING = seq2seq_spec(attention="bahdanau")


def ragged(source, target=None):
    """Rows of sequences of these lengths; only their widths count."""
    rows = {"source": np.zeros((len(source), max(source))), "source_lengths": lengths(source)}
    if target is not None:
        rows |= {"target": np.zeros((len(target), max(target))), "target_lengths": lengths(target)}
    return rows


# --- which rows, and how many timesteps -------------------------------------------------------------------------------


def test_rows_are_ordered_by_source_and_target_together():
    rows = ragged([5, 1, 3, 3], [1, 4, 1, 1])  # of 6, 5, 4 and 4 timesteps
    assert by_length(TrainingData(rows)).tolist() == [2, 3, 1, 0]
    assert by_length(TrainingData(rows, samples=np.array([0, 3, 1]))).tolist() == [1, 2, 0]  # positions, not rows
    assert by_length(TrainingData(ragged([5, 1, 3]))).tolist() == [1, 2, 0]


def test_rows_of_one_length_keep_their_order():
    assert by_length(TrainingData(ragged([2, 2, 2]))).tolist() == [0, 1, 2]
    assert by_length(TrainingData(ragged([1, 2] * 50))).tolist() == [*range(0, 100, 2), *range(1, 100, 2)]
    assert by_length(TrainingData({"source": np.zeros((3, 2))})).tolist() == [0, 1, 2]


def test_a_batch_has_the_timesteps_of_its_longest_row():
    """What fills a batch up (-1) repeats its first row, not a longer one from elsewhere."""
    batches = np.array([[1, 2], [3, -1], [0, 3]])
    assert batch_timesteps(ragged([9, 2, 4, 3], [1, 3, 2, 5]), batches).tolist() == [[4, 3], [3, 5], [9, 5]]
    assert batch_timesteps(ragged([9, 2, 4, 3]), batches).tolist() == [[4, 0], [3, 0], [9, 0]]


def test_a_batch_is_not_cut_below_what_a_decoder_loops_over():
    """The next steps of sequences of one step are none, and a loop over none has no shape."""
    assert batch_timesteps(ragged([5, 1]), np.array([[0], [1]]), least=2)[:, 0].tolist() == [5, 2]
    assert batch_timesteps(ragged([1, 1]), np.array([[0], [1]]), least=2)[:, 0].tolist() == [1, 1]  # there are no more
    spec = autoencoder_spec(decoder="predict", conditional=True)
    runner, weights = eager(spec), random_weights(spec)
    n_steps = [1] * (PREDICT_ROWS + 1) + [4] * 5
    rows = make_rows(spec, n_samples=len(n_steps)) | {"source_lengths": lengths(n_steps)}
    assert predict(runner, weights, "next", rows).shape == (len(n_steps), 3, 2)


def test_few_sizes_hold_every_row():
    """Of 10 source and 4 target steps in quarters: 3, 5, 8, 10 and 1, 2, 3, 4, both by the larger quarter."""
    rows = ragged([10, 2, 2, 6, 5], [1, 1, 4, 1, 2])
    found = batch_timesteps(rows, np.arange(5)[:, None], n_sizes=4)
    assert found.tolist() == [[10, 4], [3, 1], [10, 4], [8, 3], [5, 2]]
    assert batch_timesteps(rows, np.arange(5)[:, None], n_sizes=1).tolist() == [[10, 4]] * 5


def test_sizes_are_as_many_as_pay_for_their_compilation():
    """Three of four updates have 20 timesteps, one 200: in eighths, 175 timesteps less each for a second size."""
    n = 3 * UPDATES_IN_PIECE
    data = TrainingData(ragged([200] * UPDATES_IN_PIECE + [20] * n))
    batches = np.arange(data.n_rows)[:, None]
    paid = COMPILATION // (n * 175) + 1
    found = [plan_pieces(data, batches, epochs) for epochs in (1, paid - 1, paid, 10 * paid)]
    assert found == [(1, UPDATES_IN_PIECE)] * 2 + [(8, UPDATES_IN_PIECE)] * 2
    of_one_length = TrainingData({"source": np.zeros((10, 1000))})
    assert plan_pieces(of_one_length, batches[:10], 10**6) == (1, UPDATES_IN_PIECE)


def test_updates_are_alone_where_their_lengths_differ_much():
    """One in each piece has 1,000 timesteps, the others 100; or 900, where all of them together are cheaper."""
    batches = np.arange(2 * UPDATES_IN_PIECE)[:, None]
    short, long = (TrainingData(ragged([*[n] * (UPDATES_IN_PIECE - 1), 1000] * 2)) for n in (100, 900))
    assert plan_pieces(short, batches, 10**6) == (8, 1)
    assert 900 * SINGLE_UPDATE_COST > 1000
    assert plan_pieces(long, batches, 10**6) == (1, UPDATES_IN_PIECE)


def test_updates_that_are_one_piece_are_cut_alike():
    """The longest row of each pair of batches; the last pair has one."""
    rows, batches = ragged([9, 2, 4, 3, 1], [1, 3, 2, 5, 2]), np.array([[1, 2], [3, -1], [2, 3], [0, 1], [4, 4]])
    found = batch_timesteps(rows, batches, n_at_once=2)
    assert found.tolist() == [[4, 5], [4, 5], [9, 5], [9, 5], [1, 2]]
    epochs = batch_timesteps(rows, np.stack([batches, batches[::-1]]), n_at_once=2)
    assert epochs[0].tolist() == found.tolist()
    assert epochs[1].tolist() == [[9, 3], [9, 3], [4, 5], [4, 5], [4, 3]]


# --- the same numbers -------------------------------------------------------------------------------------------------


def problem(spec, n_samples=7):
    rows, rng = make_rows(spec, n_samples, n_timesteps=9, n_timesteps_out=6), np.random.RandomState(2)
    rows["source_lengths"] = lengths(rng.randint(2, 9, n_samples))  # one padded timestep at least
    if hasattr(spec, "target_size"):
        rows["target_lengths"] = lengths(rng.randint(1, 6, n_samples))
    return eager(spec), random_weights(spec), rows


@pytest.fixture
def uncropped(monkeypatch):
    """A function that makes runners which cut nothing."""

    def make(spec):
        runner = EagerNetwork(spec)
        monkeypatch.setattr(compiled_module, "crop", lambda batch, n_timesteps: batch)
        return runner

    return make


@pytest.mark.parametrize(
    "name",
    [
        "bahdanau-recursive-gru-2-layers",
        "composite-held-back-gru-2-layers-reversed",
        "last-gru-2-layers-tokens-regress",
    ],
)
def test_training_and_evaluation_without_cuts(uncropped, name):
    spec, batches = SPECS[name], [[0, 1, 2], [3, -1, -1]]
    runner, weights, rows = problem(spec, n_samples=4)
    data = data_of(spec, rows)
    found, *_ = train(runner, weights, data, batches)
    after, losses = runner.store.weights(), evaluate(runner, weights, data, batches)
    plain = uncropped(spec)
    expected, *_ = train(plain, weights, data, batches)
    for key, total in expected.items():
        np.testing.assert_allclose(found[key], total, rtol=1e-12)
    for key, value in plain.store.weights().items():
        np.testing.assert_allclose(after[key], value, atol=1e-12)
    for key, total in evaluate(plain, weights, data, batches).items():
        np.testing.assert_allclose(losses[key], total, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "what", "axes"),
    [
        ("bahdanau-recursive-gru-2-layers", "log_probs", ["target"]),
        ("bahdanau-recursive-gru-2-layers", "attention", ["target", "source"]),
        ("attention-lstm-embedding", "attention", ["source"]),
        ("state-lstm-bidirectional-reversed", "sequence", ["source"]),
        ("predict-lstm-state", "next", ["source"]),
    ],
)
def test_predictions_have_all_timesteps(name, what, axes):
    """Each as if alone, zeros on what is padding in its whole batch."""
    spec = SPECS[name]
    runner, weights, rows = problem(spec)
    del rows["weight"]
    runner.store.load(weights)

    def ask(rows):
        return runner.predict(what, TrainingData(rows))

    everything = ask(rows)
    fewer = 1 if what == "next" else 0
    assert everything.shape[1 : 1 + len(axes)] == tuple(rows[part].shape[1] - fewer for part in axes)
    for row in range(len(everything)):
        single = ask({key: x[row : row + 1] for key, x in rows.items()})[0]
        real = tuple(slice(rows[f"{part}_lengths"][row] - fewer) for part in axes)
        np.testing.assert_allclose(everything[row][real], single[real], atol=1e-12)
        rest = single[real[0].stop :]
        np.testing.assert_array_equal(rest, np.zeros_like(rest))


def test_predictions_come_back_in_the_order_of_the_rows():
    """More rows than a batch holds, in any order."""
    spec = SPECS["last-gru-2-layers-tokens-regress"]
    n_samples = 2 * PREDICT_ROWS + 2
    runner, weights, rows = problem(spec, n_samples=n_samples)
    found, order = predict(runner, weights, "values", rows), np.random.RandomState(0).permutation(n_samples)
    again = predict(runner, weights, "values", {key: x[order] for key, x in rows.items()})
    assert len(np.unique(found)) > 100
    np.testing.assert_allclose(again, found[order], atol=1e-12)


def test_xla_trains_alike_with_several_sizes():
    spec = seq2seq_spec()  # sources and targets have lengths of their own
    runner, weights, rows = problem(spec)
    data, batches = data_of(spec, rows), np.array([[0, 2, -1], [3, 4, 5]], np.int32)
    expected, *_ = train(runner, weights, data, batches)
    xla = CompiledNetwork(replace(spec, jit_compile=True))
    assert xla.timesteps(data, batches, Pieces(n_sizes=3)).tolist() == [[3, 2], [9, 6]]
    xla.store.load(weights)
    xla.store.load_slots()
    found = xla.train(data, batches[None], RATES, [0], Pieces(n_sizes=3))
    for key, total in expected.items():
        np.testing.assert_allclose(found[key][0], total, rtol=1e-10)
    assert xla.n_traces == 1


# --- less work --------------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """Timesteps that recurrent layers have run, one entry per call."""
    counts, run = [], recurrence.recurrent

    def recurrent(cell, x, *arguments, **options):
        with tf.control_dependencies([tf.py_function(lambda n: counts.append(int(n)), [tf.shape(x)[0]], [])]):
            x = tf.identity(x)
        return run(cell, x, *arguments, **options)

    monkeypatch.setattr(recurrence, "recurrent", recurrent)
    return counts


def test_a_batch_costs_no_more_timesteps_than_its_longest_row(counted):
    """A horizon of one is not read; more short rows than a batch has and some long ones, mixed: two batches."""
    spec = autoencoder_spec(units=2, code="state", decoder="predict", held_back=True)
    n_steps = [2 + row % 3 for row in range(PREDICT_ROWS + 20)]
    n_steps[5::13] = [9] * len(n_steps[5::13])
    runner, weights, rows = EagerNetwork(spec), random_weights(spec), make_rows(spec, len(n_steps), n_timesteps=9)
    rows["source_lengths"] = lengths(n_steps)
    predict(runner, weights, "states", rows)
    assert counted == [4, 9]
    counted.clear()
    train(runner, weights, data_of(spec, rows), [[0, 3], [1, -1], [4, 5]])
    assert counted[::2] == [1, 2, 8]  # the encoder; the decoder writes one step


def test_a_search_encodes_once_and_copies_no_encoder_outputs(counted, monkeypatch):
    """Three steps of a beam of three: every one reads the keys of the samples, not of the hypotheses."""
    spec, keys, align = seq2seq_spec(units=2, attention="bahdanau"), [], attention.align

    def spied(spec, weights, source, hidden, positions):
        see = tf.py_function(lambda n: keys.append(int(n)), [tf.shape(source.keys)[0]], [])
        with tf.control_dependencies([see]):
            hidden = tf.identity(hidden)
        return align(spec, weights, source, hidden, positions)

    monkeypatch.setattr(attention, "align", spied)
    runner, rows = EagerNetwork(spec), {"source": make_rows(spec, n_samples=5)["source"]}
    runner.store.load(random_weights(spec))
    shared = {"n_steps": np.int32(3), "beam_width": np.int32(3), "length_penalty": 0.0, "coverage_penalty": 0.0}
    found = runner.search(TrainingData(rows, shared), SearchOptions(method="beam"))
    assert found["tokens"].shape == (5, 3, 3)
    assert counted == [4]
    assert keys == [FEW_ROWS] * 3


@pytest.mark.parametrize(("most", "n"), [(0, 1), (5, 5), (16, 16), (127, 16), (128, 128), (174, 128), (300, 256)])
def test_parts_fill_their_batches(most, n):
    assert in_whole_batches(most) == n


# --- whole fits -------------------------------------------------------------------------------------------------------


class Recorded(EagerNetwork):
    """Keeps the batches of every call."""

    def __init__(self, spec):
        super().__init__(spec)
        self.trained, self.evaluated = [], []

    def train(self, data, batches, *rest, **more):
        self.trained += [*batches]
        return super().train(data, batches, *rest, **more)

    def evaluate(self, data, batches, so_far=None):
        self.evaluated.append(batches)
        return super().evaluate(data, batches, so_far)


@pytest.mark.parametrize("spec", [ATTENDING, pooled_spec(jit_compile=True)], ids=["plain", "xla"])
def test_epochs_that_share_a_call_are_the_same(spec, monkeypatch):
    """All after the first in one call, as far as so many indices may be drawn, or each alone."""
    spec = replace(spec, dropout=True)
    runner, weights, rows = CompiledNetwork(spec), random_weights(spec), problem(spec)[2]
    results, train = [], CompiledNetwork.train
    for seconds, n_indices, expected in ((1e9, 10**6, [1, 4]), (1e9, 17, [1, 2, 2]), (0, 10**6, [1] * 5)):
        calls = []
        monkeypatch.setattr(fitting, "CALL_SECONDS", seconds)
        monkeypatch.setattr(fitting, "MAX_CALL_INDICES", n_indices)
        monkeypatch.setattr(
            CompiledNetwork,
            "train",
            lambda *given, calls=calls, **more: calls.append(len(given[2])) or train(*given, **more),
        )
        rates = RATES | {"dropout": 0.25}
        options = FitOptions(epochs=5, batch_size=2, rates=rates, learning_rate_schedule="cosine")
        start = {"weights": weights, "rng": np.random.RandomState(0)}
        results.append(fit_network(runner, data_of(spec, rows), options, **start, n_timesteps=4))
        assert calls == expected
    for result in results[1:]:
        assert {name: len(values) for name, values in result.history.items()} == dict.fromkeys(result.history, 5)
        assert result.history == results[0].history
        for name, value in result.weights.items():
            np.testing.assert_array_equal(value, results[0].weights[name])


@pytest.mark.parametrize("shuffle", [True, False])
def test_lengths_do_not_change_which_rows_an_epoch_draws(shuffle):
    """The permutations of the random state and nothing else, so that batches stay mixed; or the rows as they are."""
    _, weights, rows = problem(ATTENDING)
    options = FitOptions(epochs=2, batch_size=3, rates=RATES, shuffle=shuffle)
    rng, batches = np.random.RandomState(5), []
    for _ in range(2):
        batches.append(make_batches(rng.permutation(7) if shuffle else np.arange(7), 3))
        rng.randint(np.iinfo(np.int32).max)
    runner, results = Recorded(ATTENDING), []
    for _ in range(2):
        start = {"weights": weights, "rng": np.random.RandomState(5)}
        results.append(fit_network(runner, data_of(ATTENDING, rows), options, **start, n_timesteps=(9, 6)))
    np.testing.assert_array_equal(runner.trained, batches * 2)
    assert results[0].history == results[1].history
    for name, value in results[0].weights.items():
        np.testing.assert_array_equal(results[1].weights[name], value)


def test_validation_reads_rows_by_their_length():
    _, weights, rows = problem(ATTENDING)
    held = make_rows(ATTENDING, 4, n_timesteps=9, n_timesteps_out=6, seed=3)
    held |= {"source_lengths": lengths([2, 9, 1, 8]), "target_lengths": lengths([1, 6, 6, 1])}
    runner, options = Recorded(ATTENDING), FitOptions(epochs=1, batch_size=2, rates=RATES)
    start, validation = {"weights": weights, "rng": np.random.RandomState(0)}, data_of(ATTENDING, held)
    more = {"n_timesteps": (9, 6), "validation": validation}
    result = fit_network(runner, data_of(ATTENDING, rows), options, **start, **more)
    np.testing.assert_array_equal(runner.evaluated, [[[0, 2], [3, 1]]])  # 3, 7, 9 and 15 timesteps
    totals = evaluate(runner, result.weights, validation, [[0, 1], [2, 3]])
    np.testing.assert_allclose(result.history["val_loss"], totals["loss"][0] / totals["loss"][1], rtol=1e-12)
