"""Compiled epochs: traces, weights of rows, penalties, clipping, divergence and numbers in and out."""

import weakref
from collections import OrderedDict
from dataclasses import replace

import keras
import numpy as np
import pytest
from eager_network import EagerNetwork
from nn_tools import (
    RATES,
    SPECS,
    autoencoder_spec,
    compiled,
    data_of,
    eager,
    evaluate,
    gradients,
    lengths,
    make_rows,
    optimizer,
    pooled_spec,
    predict,
    random_weights,
    seq2seq_spec,
    tagger_spec,
    train,
)

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier
from skseq._data.training_data import TrainingData
from skseq.nn import pool
from skseq.nn.networks.seq2seq_search import SearchOptions
from skseq.nn.training.batching import make_batches
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.plan import Pieces


def norm_of(gradient):
    return np.sqrt(sum((g**2).sum() for g in gradient.values()))


# --- traces -----------------------------------------------------------------------------------------------------------


FORECASTING = autoencoder_spec(decoder="composite", held_back=True, conditional=True, input_noise=True)


def test_one_graph_of_a_beam_search_serves_every_width():
    spec, found = seq2seq_spec(), {}
    runner, rows = CompiledNetwork(spec), {"source": make_rows(spec)["source"]}
    runner.store.load(random_weights(spec))
    shared = {"n_steps": np.int32(3), "length_penalty": 0.0, "coverage_penalty": 0.0}
    for width in (1, 4, 64):  # 64: all there are
        data = TrainingData(rows, shared | {"beam_width": np.int32(width)})
        found[width] = runner.search(data, SearchOptions(method="beam"))
        assert found[width]["tokens"].shape[1:] == (width, 3)
        assert (np.diff(found[width]["scores"]) <= 0).all()
    greedy = runner.search(TrainingData(rows, {"n_steps": np.int32(3)}), SearchOptions())
    np.testing.assert_array_equal(found[1]["tokens"], greedy["tokens"])
    np.testing.assert_allclose(np.exp(found[64]["log_probs"]).sum(1), 1)
    assert (found[64]["scores"][:, :4] >= found[4]["scores"] - 1e-12).all()
    assert runner.n_traces == 2


def test_one_graph_of_sampling_serves_every_number_of_draws():
    spec = seq2seq_spec()
    runner, rows = CompiledNetwork(spec), {"source": make_rows(spec)["source"]}
    runner.store.load(random_weights(spec))
    shared = {"n_steps": np.int32(3), "temperature": 1.0, "top_k": np.int32(4), "top_p": 1.0, "min_p": 0.1}
    for n in (1, 2, 5):
        uniform = np.random.RandomState(0).rand(len(rows["source"]), n, 3).astype("float32")
        data = TrainingData(rows | {"uniform": uniform}, shared)
        assert runner.search(data, SearchOptions(method="sampling"))["tokens"].shape[1:] == (n, 3)
    assert runner.n_traces == 1


@pytest.mark.parametrize(
    ("spec", "whats"),
    [
        (seq2seq_spec(attention="dot"), ("probs", "tokens")),
        (autoencoder_spec(units=2), ("states", "reconstruction")),
        (FORECASTING, ("forecast", "next")),
        (pooled_spec(pooling="attention", sizes=(3, 2)), ("probs", "attention")),
    ],
    ids=["seq2seq", "autoencoder", "forecasting", "classify"],
)
def test_one_trace_a_function(spec, whats):
    """Numbers of samples, timesteps (source, target, horizon) and updates, batch sizes and all rates are fed."""
    runner, weights = CompiledNetwork(spec), random_weights(spec)
    for n_samples, n_timesteps, n_timesteps_out, batch_size, rate in ((4, 3, 2, 4, 0.5), (7, 5, 6, 2, 0.01)):
        rows = make_rows(spec, n_samples, n_timesteps, n_timesteps_out)
        runner.store.optimizer.learning_rate = rate
        batches = make_batches(np.arange(n_samples), batch_size)
        data, rates = data_of(spec, rows, horizon=n_timesteps // 2), {"clipnorm": rate, "clipvalue": rate, "l2": rate}
        train(runner, weights, data, batches, seed=n_samples, input_noise=rate, **rates)
        assert runner.n_traces in (1, 4)
        evaluate(runner, weights, data, batches)
        for what in whats:
            shared = {"n_steps": np.int32(n_timesteps_out)} if what == "forecast" else {}
            predict(runner, weights, what, rows, n_timesteps_out=n_timesteps_out, horizon=n_timesteps // 2, **shared)
        assert runner.n_traces == 4


def has_native(runner, body):
    """Whether the graph of a body has operations of `skseq.nn.kernels.native`: a swap is one of bits."""
    [graph] = [traced.graph.as_graph_def() for key, traced in runner._functions.items() if key[0] == body]
    return any(node.op == "Bitcast" for function in graph.library.function for node in function.node_def)


@pytest.mark.parametrize(
    ("spec", "in_training", "in_predictions"),
    [
        (pooled_spec(short=True), True, True),
        (pooled_spec(short=False), False, False),
        (pooled_spec(short=True, jit_compile=True), False, True),
        (seq2seq_spec(attention="dot", short=False), False, True),
    ],
    ids=["short", "long", "XLA", "attention"],
)
def test_which_graphs_have_native_operations(spec, in_training, in_predictions):
    spec = replace(spec, dtype="float32")
    runner, weights, rows = CompiledNetwork(spec), random_weights(spec), make_rows(spec)
    train(runner, weights, data_of(spec, rows))
    predict(runner, weights, "probs", rows)
    assert has_native(runner, "_train") is in_training
    assert has_native(runner, "probs") is in_predictions


NATIVE_SPECS = {
    "mean": pooled_spec(bidirectional=True, pooling="concat"),
    "chain": tagger_spec(bidirectional=True, transitions=True),
    "attention": seq2seq_spec(bidirectional=True, attention="dot"),
}


@pytest.mark.parametrize("name", NATIVE_SPECS)
def test_native_operations_give_what_those_of_tensorflow_give(name, monkeypatch):
    spec = replace(NATIVE_SPECS[name], dtype="float32", short=True)
    rows, weights = make_rows(spec) | {"source_lengths": lengths([2, 3, 1])}, random_weights(spec)
    found = []
    for native in (True, False):
        monkeypatch.setattr(CompiledNetwork, "_is_native", lambda self, body, native=native: native)
        runner = CompiledNetwork(spec)
        found.append((predict(runner, weights, "probs", rows), gradients(runner, weights, data_of(spec, rows))))
    (probs, gradient), (stock_probs, stock_gradient) = found
    np.testing.assert_allclose(probs, stock_probs, atol=1e-5)
    for key in weights:
        np.testing.assert_allclose(gradient[key], stock_gradient[key], atol=1e-5)


def test_a_mean_over_many_timesteps_does_not_see_padding():
    """The products of batches that TensorFlow does without oneDNN add otherwise from 128 timesteps on."""
    spec = replace(NATIVE_SPECS["mean"], dtype="float32", short=True)
    runner, weights = CompiledNetwork(spec), random_weights(spec)
    source, n_real = np.random.RandomState(0).randn(3, 200, 2).astype("float32"), lengths([100, 127, 100])
    short, long = (
        predict(runner, weights, "values", {"source": source[:, :n], "source_lengths": n_real, "weight": np.ones(3)})
        for n in (127, 200)
    )
    np.testing.assert_array_equal(short, long)


@pytest.fixture
def runners(monkeypatch):
    """Every runner made in this test, in a pool of its own."""
    made = []

    class Recorded(CompiledNetwork):
        def __init__(self, spec):
            super().__init__(spec)
            made.append(self)

    monkeypatch.setattr(pool, "CompiledNetwork", Recorded)
    monkeypatch.setattr(pool, "_idle", OrderedDict())
    return made


OTHER = {
    "learning_rate": 0.1,
    "epochs": 3,
    "batch_size": 2,
    "clipnorm": None,
    "clipvalue": 0.1,
    "random_state": 1,
    "shuffle": False,
}


def test_estimators_share_a_traced_runner(runners):
    """A fit with other rates, epochs, batches, samples and timesteps compiles and traces nothing."""
    rng = np.random.RandomState(0)
    estimator = LSTMAutoencoderTransformer(units=2, epochs=1, dropout=0.1, l2=0.1, bptt_steps=1)
    estimator.fit(rng.rand(6, 4)).reconstruct(rng.rand(3, 4))
    before = [runner.n_traces for runner in runners]
    assert before == [2]
    estimator.set_params(**OTHER, dropout=0.3, l2=0.01, l1=0.1, bptt_steps=3)
    estimator.fit(rng.rand(9, 6)).reconstruct(rng.rand(5, 6))
    assert [runner.n_traces for runner in runners] == before


def test_classifiers_share_a_traced_runner(runners):
    rng = np.random.RandomState(0)
    estimator = Seq2SeqClassifier(units=2, epochs=1, vocabulary=[0, 1, 2])
    y = np.tile([[0, 1], [1, 0]], (4, 2))
    estimator.fit(rng.randint(3, size=(6, 4)), y[:6, :3]).predict(rng.randint(3, size=(2, 4)))
    before = [runner.n_traces for runner in runners]
    assert before == [2]
    estimator.set_params(**OTHER, class_weight="balanced")
    estimator.fit(rng.randint(3, size=(8, 7)), y).predict(rng.randint(3, size=(5, 7)))
    assert [runner.n_traces for runner in runners] == before


def test_another_architecture_is_another_runner(runners):
    X = np.random.RandomState(0).rand(4, 3)
    for units in (2, 3):
        LSTMAutoencoderTransformer(units=units, epochs=1).fit(X)
    assert [runner.spec.units for runner in runners] == [2, 3]


# --- rows and their weights -------------------------------------------------------------------------------------------


def test_batches_are_filled_up():
    np.testing.assert_array_equal(make_batches(np.array([5, 3, 1, 0, 2]), 2), [[5, 3], [1, 0], [2, -1]])
    np.testing.assert_array_equal(make_batches(np.arange(4), 4), [[0, 1, 2, 3]])


@pytest.mark.parametrize(
    "spec",
    [
        seq2seq_spec(attention="bahdanau"),
        autoencoder_spec(),
        FORECASTING,
        *(pooled_spec(task=t) for t in ("classify", "regress")),
    ],
    ids=["seq2seq", "auto", "forecasting", "classify", "regress"],
)
def test_rows_of_weight_zero_and_filling_change_nothing(spec):
    runner, weights = eager(spec), random_weights(spec)
    rows, more = make_rows(spec, n_samples=3), make_rows(spec, n_samples=6, seed=9)
    expected_totals, *_ = train(runner, weights, data_of(spec, rows))
    expected = runner.store.weights()
    with_zeros = {name: np.concatenate([x, more[name]]) for name, x in rows.items()}
    with_zeros["weight"][3:] = 0
    for data, batches in ((with_zeros, [[4, 0, 3, 1, 2, 5]]), (rows, [[0, 1, 2, -1, -1]])):
        totals, done, finite = train(runner, weights, data_of(spec, data), batches)
        assert (done, finite) == (1, True)
        for name, total in totals.items():
            np.testing.assert_allclose(total, expected_totals[name], rtol=1e-12)
        for name, value in runner.store.weights().items():
            np.testing.assert_allclose(value, expected[name], atol=1e-14)


def test_totals_are_weighted_over_all_batches():
    """sum(w l) and sum(w) over batches of unequal weight, from the losses of single samples."""
    spec = autoencoder_spec()
    runner, weights, rows = eager(spec), random_weights(spec), make_rows(spec, n_samples=5)
    rows |= {"weight": np.array([1.0, 2, 0.5, 3, 4]), "source_lengths": lengths([4, 1, 2, 3, 4])}
    alone = data_of(spec, rows | {"weight": np.ones(5)})
    amounts, counts = zip(*(evaluate(runner, weights, alone, [[row]])["loss"] for row in range(5)))
    np.testing.assert_array_equal(counts, rows["source_lengths"])
    total = evaluate(runner, weights, data_of(spec, rows), make_batches(np.arange(5), 2))["loss"]
    np.testing.assert_allclose(total, [rows["weight"] @ amounts, rows["weight"] @ counts], rtol=1e-12)


def test_losses_of_an_autoencoder_are_squared_errors():
    """Mean over features, a sum over timesteps, weighted by samples."""
    spec = SPECS["both-gru-2-layers-bidirectional-reversed"]
    runner, weights, rows = eager(spec), random_weights(spec), make_rows(spec)
    rows |= {"weight": np.array([1.0, 2, 0.5])}
    errors = np.square(rows["source"] - predict(runner, weights, "reconstruction", rows)).mean(-1).sum(-1)
    loss = evaluate(runner, weights, data_of(spec, rows))["loss"]
    np.testing.assert_allclose(loss, [rows["weight"] @ errors, 4 * rows["weight"].sum()], rtol=1e-12)


# --- one update by hand -----------------------------------------------------------------------------------------------

SGD = optimizer("SGD", learning_rate=0.25)
UPDATED = autoencoder_spec(penalty=True)  # a unit SGD shows the gradient
STEPPED = replace(UPDATED, optimizer=SGD)


@pytest.fixture(scope="module")
def update():
    """Weights, data and the plain gradient of one batch."""
    weights, data = random_weights(UPDATED), data_of(UPDATED, make_rows(UPDATED))
    return weights, data, gradients(eager(UPDATED), weights, data)


def stepped(weights, data, **rates):
    totals, *_ = train(eager(STEPPED), weights, data, **rates)
    return totals, eager(STEPPED).store.weights()


def assert_update(after, weights, gradient):
    for name, value in after.items():
        np.testing.assert_allclose(value, weights[name] - 0.25 * gradient[name], atol=1e-14, err_msg=name)


def test_clipping_by_the_norm_of_all_weights_together(update):
    weights, data, gradient = update
    norm = norm_of(gradient)
    for clipnorm, scale in ((norm / 8, 1 / 8), (norm * 2, 1)):
        totals, after = stepped(weights, data, clipnorm=clipnorm)
        assert_update(after, weights, {name: g * scale for name, g in gradient.items()})
        np.testing.assert_allclose(totals["gradient_norm"], [norm, 1], rtol=1e-12)  # as it was before clipping


def test_clipping_by_value_comes_after_clipping_by_norm(update):
    weights, data, gradient = update
    limit = np.median(np.concatenate([np.abs(g).ravel() for g in gradient.values()])) / 2
    _, after = stepped(weights, data, clipvalue=limit)
    assert_update(after, weights, {name: np.clip(g, -limit, limit) for name, g in gradient.items()})
    _, after = stepped(weights, data, clipnorm=norm_of(gradient) / 2, clipvalue=limit)
    assert_update(after, weights, {name: np.clip(g / 2, -limit, limit) for name, g in gradient.items()})


def test_gradient_norm_is_summed_over_updates(update):
    weights, data, gradient = update
    totals, done, _ = train(eager(UPDATED), weights, data, [[0, 1, 2]] * 2)
    again = gradients(eager(UPDATED), {name: weights[name] - gradient[name] for name in weights}, data)
    assert done == 2
    np.testing.assert_allclose(totals["gradient_norm"], [norm_of(gradient) + norm_of(again), 2], rtol=1e-12)


def test_peaks_are_the_largest_norm_and_the_largest_weight_at_the_end(update):
    weights, data, gradient = update
    runner = eager(UPDATED)
    again = gradients(eager(UPDATED), {name: weights[name] - gradient[name] for name in weights}, data)
    runner.store.load(weights)
    found = runner.train(data, np.array([[[0, 1, 2]] * 2], np.int32), RATES, [0])
    np.testing.assert_allclose(found["largest_gradient_norm"], max(norm_of(gradient), norm_of(again)), rtol=1e-12)
    end = {name: weights[name] - gradient[name] - again[name] for name in weights}
    np.testing.assert_allclose(found["largest_weight"], max(np.abs(w).max() for w in end.values()), rtol=1e-12)


def test_penalties_are_of_all_kernels_and_of_no_bias(update):
    """The gradient grows by l1 sign(w) + 2 l2 w; the loss that is told stays that of the data."""
    weights, data, gradient = update
    expected = {
        name: g if name.endswith("bias") else g + 0.5 * np.sign(weights[name]) + 2 * 0.25 * weights[name]
        for name, g in gradient.items()
    }
    totals, after = stepped(weights, data, l1=0.5, l2=0.25)
    assert_update(after, weights, expected)
    assert sum(name.endswith("recurrent_kernel") for name in expected) == 2
    np.testing.assert_allclose(totals["gradient_norm"][0], norm_of(expected), rtol=1e-12)
    plain, _ = stepped(weights, data)
    np.testing.assert_allclose(totals["loss"], plain["loss"], rtol=1e-14)


def test_the_mean_over_weights_is_what_is_descended(update):
    """Twice the weight of every sample is the same update."""
    weights, data, gradient = update
    heavier = TrainingData({**data.rows, "weight": 2 * data.rows["weight"]})
    for name, g in gradients(eager(UPDATED), weights, heavier).items():
        np.testing.assert_allclose(g, gradient[name], atol=1e-14)


def test_an_update_counts_for_as_much_as_the_samples_of_its_batch_weigh(update):
    """Beside a usual weight of 4, after clipping: a batch of a rare class is not clipped to what others have."""
    weights, data, gradient = update
    mean = data.rows["weight"][data.rows["weight"] > 0].mean()
    for clipnorm in (np.finfo(np.float32).max, norm_of(gradient) / 2):
        _, after = stepped(weights, data, mean_weight=4.0, clipnorm=clipnorm)
        shrunk = min(1.0, clipnorm / norm_of(gradient)) * mean / 4
        assert_update(after, weights, {name: shrunk * g for name, g in gradient.items()})


# --- divergence -------------------------------------------------------------------------------------------------------

ADAM = autoencoder_spec(dtype="float32", optimizer=optimizer("Adam"))


@pytest.mark.parametrize("jit_compile", [False, True], ids=["plain", "xla"])
def test_training_stops_before_an_update_that_is_not_finite(jit_compile):
    """The second of three batches overflows: one update was done, and its numbers are kept."""
    spec = replace(ADAM, jit_compile=jit_compile)
    runner, weights, rows = compiled(spec), random_weights(spec), make_rows(spec, n_samples=6)
    train(runner, weights, data_of(spec, rows), [[0, 1]])
    expected, slots = runner.store.weights(), runner.store.slots()
    rows["source"][3] = 1e30
    _, done, finite = train(runner, weights, data_of(spec, rows), [[0, 1], [2, 3], [4, 5]])
    assert (done, finite) == (1, False)
    for name, value in runner.store.weights().items():
        np.testing.assert_array_equal(value, expected[name])
    for actual, slot in zip(runner.store.slots(), slots):
        np.testing.assert_array_equal(actual, slot)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["plain", "xla"])
def test_epochs_that_follow_it_in_the_call_change_nothing(jit_compile):
    spec = replace(ADAM, jit_compile=jit_compile)
    runner, weights, rows = compiled(spec), random_weights(spec), make_rows(spec, n_samples=6)
    rows["source"][3] = 1e30
    runner.store.load(weights)
    runner.store.load_slots()
    batches = np.array([[[0, 1], [4, 5]], [[0, 1], [2, 3]], [[4, 5], [0, 1]]], np.int32)
    found = runner.train(data_of(spec, rows), batches, RATES, [0, 1, 2])
    assert found["n_updates"].tolist() == [2, 1, 0]
    assert found["finite"].tolist() == [1, 0, 0]
    after = runner.store.weights()
    train(runner, weights, data_of(spec, rows), [[0, 1], [4, 5], [0, 1]])
    for name, value in runner.store.weights().items():
        np.testing.assert_allclose(after[name], value, rtol=1e-6, atol=1e-7)


# --- several updates and epochs at once -------------------------------------------------------------------------------


IN_ONE_CALL = {
    "held-back-plain": autoencoder_spec(decoder="composite", held_back=True, input_noise=True, truncated=True),
    "sampled-unrolled-plain": seq2seq_spec(cell="gru", scheduled_sampling="linear", unroll=True),
    "recomputed-xla": pooled_spec(
        cell="cho-gru", recompute=True, dropout=True, recurrent_dropout=True, jit_compile=True
    ),
}


@pytest.mark.parametrize("spec", IN_ONE_CALL.values(), ids=IN_ONE_CALL)
def test_epochs_in_one_call_are_those_of_a_call_each(spec):
    """Ragged rows, three batches in pieces of two, of which the last is filled up; a learning rate that falls.

    Attention with XLA is in `test_nn_gradients.py`; XLA beside Python in `test_nn_schedules.py`.
    """
    schedule = keras.optimizers.schedules.ExponentialDecay(0.03125, decay_steps=3, decay_rate=0.5)
    schedule = keras.saving.serialize_keras_object(schedule)
    spec = replace(spec, optimizer=optimizer("Adam", learning_rate=schedule))
    runner, weights = CompiledNetwork(spec), random_weights(spec)
    rates = RATES | {"dropout": 0.25, "recurrent_dropout": 0.25, "input_noise": 0.5}
    data = data_of(spec, make_rows(spec, n_samples=5) | {"source_lengths": lengths([4, 2, 3, 2, 3])})
    batches = np.stack([make_batches(np.random.RandomState(epoch).permutation(5), 2) for epoch in range(3)])
    numbers = []
    for parts in ([batches], batches[:, None]):
        runner.store.load(weights)
        runner.store.load_slots()
        seeds = iter([[7, 8, 9]] if len(parts) == 1 else [[7], [8], [9]])
        calls = [runner.train(data, part, rates, next(seeds), Pieces(n_at_once=2)) for part in parts]
        found = {name: np.concatenate([call[name] for call in calls]) for name in calls[0]}
        numbers.append((found, runner.store.weights()))
    (together, after), (apart, expected) = numbers
    assert together["n_updates"].tolist() == [3, 3, 3]
    np.testing.assert_allclose(together["learning_rate"], 0.03125 * 0.5 ** np.array([1, 2, 3]), rtol=1e-6)
    for name, value in apart.items():
        np.testing.assert_allclose(together[name], value, rtol=1e-12, err_msg=name)
    for name, value in expected.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-12, err_msg=name)


# --- searches ---------------------------------------------------------------------------------------------------------


def test_a_search_asks_its_own_function_and_forgets_it():
    """The graph of the first search outlives its function; the second one has the same graph and another function."""
    spec = seq2seq_spec()
    runner, rows = CompiledNetwork(spec), {"source": make_rows(spec)["source"]}
    runner.store.load(random_weights(spec))
    for only in (1, 2):

        def ask(samples, prefixes, only=only):
            return np.tile(np.arange(4) == only, (len(prefixes), 1))

        found = runner.search(TrainingData(rows, {"n_steps": np.int32(2)}), SearchOptions(asks=True), ask)
        assert np.unique(found["tokens"]).tolist() == [only]
        kept = weakref.ref(ask)
        del ask
        assert kept() is None
    assert runner.n_traces == 1


# --- numbers in and out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop"])
def test_one_and_one_epoch_are_two(name):
    """Weights and slots say all that training goes on from, in another runner too."""
    config = {"momentum": 0.5} if name == "SGD" else {}
    spec = autoencoder_spec(optimizer=optimizer(name, learning_rate=0.03125, **config))
    weights, data = random_weights(spec), data_of(spec, make_rows(spec, n_timesteps=2))
    epochs = [make_batches(np.random.RandomState(epoch).permutation(3), 2) for epoch in range(2)]
    runner, other = EagerNetwork(spec), EagerNetwork(spec)
    train(runner, weights, data, np.concatenate(epochs))
    at_once = runner.store.weights(), runner.store.slots()
    train(runner, weights, data, epochs[0])
    train(other, runner.store.weights(), data, epochs[1], slots=runner.store.slots())
    for key, value in other.store.weights().items():
        np.testing.assert_array_equal(value, at_once[0][key])
    for actual, expected in zip(other.store.slots(), at_once[1]):
        np.testing.assert_array_equal(actual, expected)
    train(other, runner.store.weights(), data, epochs[1])  # new slots: another way
    assert any(not np.array_equal(value, at_once[0][key]) for key, value in other.store.weights().items())


def test_load_slots_without_numbers_makes_the_optimizer_new():
    spec = autoencoder_spec(optimizer=optimizer("Adam"))
    runner, weights, data = EagerNetwork(spec), random_weights(spec), data_of(spec, make_rows(spec))
    fresh = runner.store.slots()
    train(runner, weights, data)
    assert any(not np.array_equal(a, b) for a, b in zip(runner.store.slots(), fresh))
    runner.store.load_slots()
    for actual, expected in zip(runner.store.slots(), fresh):
        np.testing.assert_array_equal(actual, expected)


def test_numbers_taken_out_are_copies():
    spec = autoencoder_spec()
    runner, weights = eager(spec), random_weights(spec)
    runner.store.load(weights)
    taken = runner.store.weights()
    gradients(runner, weights, data_of(spec, make_rows(spec)))
    for name, value in taken.items():
        np.testing.assert_array_equal(value, weights[name])


# --- dropout ----------------------------------------------------------------------------------------------------------

DROPPED = seq2seq_spec(attention="bahdanau", dropout=True, recurrent_dropout=True)


def test_dropout_is_reproducible_and_new_at_every_update():
    weights, data = random_weights(DROPPED), data_of(DROPPED, make_rows(DROPPED))
    runner = eager(DROPPED)

    def loss(batches, **options):
        return train(runner, weights, data, batches, dropout=0.5, recurrent_dropout=0.5, **options)[0]["loss"][0]

    once = loss([[0, 1, 2]], seed=1)
    assert loss([[0, 1, 2]], seed=1) == once
    assert loss([[0, 1, 2]], seed=2) != once
    still = replace(DROPPED, optimizer=optimizer("SGD", learning_rate=0.0))
    runner = eager(still)  # weights stay as they are: the second update differs by its masks alone
    assert loss([[0, 1, 2]] * 2, seed=1) != pytest.approx(2 * once, rel=1e-6)


def test_dropout_is_off_in_evaluation_and_prediction():
    plain = replace(DROPPED, dropout=False, recurrent_dropout=False)
    weights, rows = random_weights(plain), make_rows(plain)
    expected = evaluate(eager(plain), weights, data_of(plain, rows))["loss"]
    np.testing.assert_array_equal(evaluate(eager(DROPPED), weights, data_of(DROPPED, rows))["loss"], expected)
    np.testing.assert_array_equal(
        predict(eager(DROPPED), weights, "probs", rows), predict(eager(plain), weights, "probs", rows)
    )
    np.testing.assert_allclose(train(eager(DROPPED), weights, data_of(DROPPED, rows))[0]["loss"], expected, rtol=1e-12)


def test_the_rate_is_respected_in_expectation():
    """An autoencoder of one unit with open gates and relu, which copies what dropout leaves of a source of ones.

    The squared error of a sample is 1 if its input was dropped and (1 - 1/0.7)^2 if it was kept.
    """
    spec = autoencoder_spec(source_size=1, units=1, activation="relu", code="state", dropout=True)
    weights = {name: np.zeros_like(value) for name, value in random_weights(spec).items()}
    flow = np.array([50.0, -50, 0, 50])
    weights |= {"encoder/0/kernel": np.array([[0.0, 0, 1, 0]]), "encoder/0/bias": flow}
    weights |= {"decoder/0/recurrent_kernel": np.array([[0.0, 0, 1, 0]]), "decoder/0/bias": flow}
    weights["output/kernel"] = np.ones((1, 1))
    n_samples = 4000
    rows = {"source": np.ones((n_samples, 2, 1)), "weight": np.ones(n_samples)}
    amount, weight = train(eager(spec), weights, data_of(spec, rows), dropout=0.3)[0]["loss"]
    kept = (1 - 1 / 0.7) ** 2
    dropped = (amount / weight - kept) / (1 - kept)
    assert abs(dropped - 0.3) < 5 * np.sqrt(0.3 * 0.7 / n_samples)
