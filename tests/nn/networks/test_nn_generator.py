"""What comes next: against stock Keras layers, over whole languages, by hand; states carried on; padding; searches."""

from dataclasses import replace
from itertools import product

import keras
import numpy as np
import pytest
from eager_network import EagerNetwork
from nn_tools import (
    RATES,
    assert_gradient_is_slope,
    eager,
    evaluate,
    generator_spec,
    gradients,
    lengths,
    make_rows,
    network_of,
    of_dtype,
    optimizer,
    random_weights,
    train,
)
from scipy.special import ndtri

from skseq import SequenceGenerator
from skseq._data.training_data import TrainingData
from skseq.nn.networks.seq2seq_search import SearchOptions
from skseq.nn.networks.weights import initial_weights
from skseq.nn.training.compiled import CompiledNetwork

LENGTHS = lengths([4, 0, 3, 2])
PLAIN = generator_spec()
WORDS = generator_spec(ends=True, embedding_dim=2)
PEN = generator_spec(tokens=False, binary=(1,), correlated=True, ends=True)
SPECS = {
    "ids": PLAIN,
    "ids-end-embedding": WORDS,
    "ids-end-tied-labels-gru-2-layers": generator_spec(
        ends=True, tied=True, embedding_dim=2, condition="labels", condition_size=2, cell="gru", n_layers=2
    ),
    "ids-tied-vectors-relu": generator_spec(
        tied=True, embedding_dim=3, condition="vectors", condition_size=2, activation="relu"
    ),
    "numbers-cho-gru": generator_spec(tokens=False, cell="cho-gru"),
    "numbers-end-vectors-2-layers": generator_spec(
        tokens=False, ends=True, condition="vectors", condition_size=1, n_layers=2
    ),
    "numbers-full-binary-end": PEN,
    "numbers-one-hot-end": generator_spec(
        tokens=False, source_size=5, binary=(0, 1, 3, 4), one_hot=((0, 3, 4),), ends=True
    ),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def problem(spec):
    """Weights and rows with lengths, one of them 0, and sample weights."""
    rows = make_rows(spec, n_samples=4) | {"source_lengths": LENGTHS, "weight": np.array([1.0, 0.5, 2.0, 3.0])}
    return random_weights(spec), rows


def asked(runner, weights, what, rows, **shared):
    runner.store.load(weights)
    return runner.predict(what, TrainingData({name: x for name, x in rows.items() if name != "weight"}, shared))


def step_log_probs(spec, weights, rows):
    return asked(eager(spec), weights, "step_log_probs", rows)


def cut(rows, row, n_steps):
    """One row alone, so many steps of it, without lengths; without steps it is all padding."""
    rows = {name: x[row : row + 1] for name, x in rows.items() if name != "source_lengths"}
    rows["source"] = rows["source"][:, : max(n_steps, 1)]
    return rows if n_steps else rows | {"source_lengths": lengths([0])}


def following(spec):
    """What is said of the step after the source."""
    return "next" if spec.tokens else "mean"


def probs_of_next(spec, weights, ids):
    """Probabilities after a list of ids (n_classes,)."""
    rows = {"source": np.array([ids], np.int32).reshape(1, -1)}
    return np.exp(asked(eager(spec), weights, "next", rows)[0])


@pytest.mark.parametrize(
    ("own", "table"),
    [({}, "encoder/0/kernel"), ({"embedding_dim": 32, "units": 24}, "embedding")],
    ids=["one-hot", "embedding"],
)
def test_tokens_are_apart_from_the_start(own, table):
    """What is read of them has a deviation of 0.5; all else begins as in stock Keras."""
    weights = initial_weights(network_of(generator_spec(source_size=200, **own)), np.random.RandomState(0))
    assert weights[table].std() == pytest.approx(0.5, rel=0.05)
    assert abs(weights[table].mean()) < 0.02
    n_read, gates = weights["encoder/0/kernel"].shape
    if table == "embedding":
        assert abs(weights["encoder/0/kernel"]).max() <= np.sqrt(6 / (n_read + gates))  # Glorot


@pytest.mark.parametrize(
    "own", [{"tokens": False, "source_size": 3}, {"tokens": False, "source_size": 3, "ends": True}]
)
def test_numbers_are_read_by_glorot_weights(own):
    weights = initial_weights(network_of(generator_spec(**own)), np.random.RandomState(0))
    kernel = weights["encoder/0/kernel"]
    assert abs(kernel).max() <= np.sqrt(6 / sum(kernel.shape))


# --- against stock layers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec", [replace(WORDS, cell="gru"), generator_spec(n_layers=2)], ids=["gru-embedding-end", "lstm-2-layers"]
)
def test_tokens_equal_stock_layers(spec):
    """A start and the tokens go in, a softmax over what follows comes out, for which cross entropy is lost."""
    weights, rows = problem(spec)
    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[spec.cell]
    source, table = rows["source"], weights.get("embedding", np.eye(spec.source_size))
    hidden = table[np.concatenate([np.zeros((4, 1), int), source[:, : 4 if spec.ends else 3]], 1)]
    for k in range(spec.n_layers):
        layer = kind(spec.units, return_sequences=True, dtype="float64")
        layer.build(hidden.shape)
        layer.set_weights([weights[f"encoder/{k}/{name}"] for name in ("kernel", "recurrent_kernel", "bias")])
        hidden = np.array(layer(hidden))
    read = asked(eager(spec), weights, "encoding", rows)
    for row, n in enumerate(LENGTHS):  # what follows the start, after each token
        if n and n < hidden.shape[1]:
            expected = np.concatenate([hidden[row, 1 : n + 1].mean(0), hidden[row, n]])
            np.testing.assert_allclose(read[row], expected, atol=1e-12)
    probs = np.array(keras.ops.softmax(hidden @ weights["output/kernel"] + weights["output/bias"]))

    targets = np.concatenate([source - 1, np.zeros((4, 1), int)], 1)[:, : probs.shape[1]]
    if spec.ends:
        targets[range(4), LENGTHS] = 3
    real = np.arange(probs.shape[1]) < LENGTHS[:, None] + spec.ends
    log_probs = np.log(np.take_along_axis(probs, targets[..., None], 2)[..., 0]) * real
    np.testing.assert_allclose(step_log_probs(spec, weights, rows), log_probs, atol=1e-12)
    counted, right = real * rows["weight"][:, None], probs.argmax(-1) == targets
    totals = evaluate(eager(spec), weights, TrainingData(rows))
    np.testing.assert_allclose(totals["loss"], [-(log_probs * counted).sum(), counted.sum()], rtol=1e-12)
    np.testing.assert_allclose(totals["token_accuracy"], [(right * counted).sum(), counted.sum()], rtol=1e-12)


def test_a_condition_by_hand():
    """A code tanh(y W + b) gives the first states, tanh(code A) and code C, and code U is added to every input."""
    spec = generator_spec(condition="vectors", condition_size=2)
    weights, rows = problem(spec)
    code = np.tanh(rows["condition"] @ weights["condition/kernel"] + weights["condition/bias"])
    states = np.concatenate([np.tanh(code @ weights["condition/0/hidden"]), code @ weights["condition/0/cell"]], 1)
    read = code @ weights["condition/input_kernel"]
    found = step_log_probs(spec, weights, rows)
    for row in np.flatnonzero(LENGTHS):
        own = weights | {"encoder/0/bias": weights["encoder/0/bias"] + read[row]}
        alone = cut(rows, row, LENGTHS[row]) | {"states": states[row : row + 1]}
        expected = step_log_probs(PLAIN, {name: own[name] for name in random_weights(PLAIN)}, alone)
        np.testing.assert_allclose(found[row, : LENGTHS[row]], expected[0], atol=1e-12)


# --- over whole languages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ids", "ids-end-embedding", "ids-end-tied-labels-gru-2-layers"])
def test_probabilities_of_a_language_sum_to_one(name):
    """All sequences that end in fewer than three tokens, and all beginnings of three, whatever comes then."""
    spec = SPECS[name]
    weights = random_weights(spec)
    rows = {"source": np.array([*product((1, 2, 3), repeat=3)], np.int32)}
    if spec.condition is not None:
        rows["condition"] = np.ones(27, np.int32)
    whole = np.exp(step_log_probs(spec, weights, rows)[:, :3].sum(1)).sum()
    if spec.ends:
        short = [words for n in range(3) for words in product((1, 2, 3), repeat=n)]
        padded = np.array([(*words, 0, 0, 0)[:3] for words in short], np.int32)
        shorter = {"source": padded, "source_lengths": lengths([len(words) for words in short])}
        if spec.condition is not None:
            shorter["condition"] = np.ones(len(short), np.int32)
        whole += np.exp(step_log_probs(spec, weights, shorter).sum(1)).sum()
    assert abs(whole - 1) < 1e-10


# --- gradients --------------------------------------------------------------------------------------------------------


def loss(runner, weights, data, **rates):
    amount, weight = train(runner, weights, data, **rates)[0]["loss"]
    return amount / weight


@every_spec
def test_gradient_against_central_differences(spec):
    spec = replace(spec, dropout=True, recurrent_dropout=True)
    (weights, rows), runner = problem(spec), EagerNetwork(spec)
    data, rates = TrainingData(rows), {"dropout": 0.3, "recurrent_dropout": 0.3, "seed": 4}
    gradient = gradients(runner, weights, data, **rates)
    assert_gradient_is_slope(gradient, weights, lambda weights: loss(runner, weights, data, **rates))


@pytest.mark.parametrize("how", ["unroll", "recompute", "cudnn", "block"])
def test_every_kernel_trains_alike(how):
    """Two layers that a condition gives their states and the first its input."""
    spec = generator_spec(condition="labels", condition_size=2, n_layers=2, embedding_dim=2)
    if how == "block":  # knows float32 alone
        spec = of_dtype(spec, "float32")
    weights, rows = problem(spec)
    data = TrainingData(rows | {"weight": rows["weight"].astype(spec.dtype)})
    expected = gradients(eager(spec), weights, data)
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if how == "block" else {"rtol": 1e-9, "atol": 1e-12}
    for name, gradient in gradients(eager(replace(spec, **{how: True})), weights, data).items():
        np.testing.assert_allclose(gradient, expected[name], **tolerance, err_msg=name)


def test_truncated_gradients_are_cut_where_they_are_asked_to_be():
    """Two chunks of two steps: the gradient of the second one with its first states as constants."""
    spec = replace(PLAIN, truncated=True)
    weights, rows = random_weights(spec), make_rows(spec)
    first = {"source": rows["source"][:, :2], "weight": rows["weight"]}
    states = asked(eager(PLAIN), weights, "continued", first)[:, 1:]
    second = first | {"source": rows["source"][:, 2:], "before": rows["source"][:, 1], "states": states}
    parts = [gradients(eager(PLAIN), weights, TrainingData(part)) for part in (first, second)]
    found = gradients(eager(spec), weights, TrainingData(rows), bptt_steps=2)
    for name, gradient in found.items():
        np.testing.assert_allclose(gradient, (parts[0][name] + parts[1][name]) / 2, atol=1e-12, err_msg=name)
    full = gradients(eager(PLAIN), weights, TrainingData(rows))
    assert np.abs(full["encoder/0/kernel"] - found["encoder/0/kernel"]).max() > 1e-5


def test_a_frozen_encoder_has_no_dropout_and_passes_gradients_on():
    """To the condition, which gives it its states and its input."""
    spec = generator_spec(condition="labels", condition_size=2, embedding_dim=2, frozen=True, recurrent_dropout=True)
    (weights, rows), runner = problem(spec), EagerNetwork(spec)
    data = TrainingData(rows)
    gradient = gradients(runner, weights, data, recurrent_dropout=0.5)
    trained = {name: x for name, x in gradient.items() if spec.trains(name)}
    assert len(trained) == len(gradient) - 4
    expected = gradients(eager(replace(spec, frozen=False)), weights, data)
    for name, value in trained.items():
        np.testing.assert_allclose(value, expected[name], atol=1e-12, err_msg=name)


# --- one window after another -----------------------------------------------------------------------------------------


CARRIED = replace(PLAIN, carried=True)
COMPILED = replace(CARRIED, jit_compile=True)
STILL = optimizer("SGD", learning_rate=0.0)


def two_windows():
    """Two sequences of six steps, as windows of three: rows of whole ones, and of windows in the order of training."""
    rows = make_rows(PLAIN, n_samples=2, n_timesteps=6)
    source = rows["source"]
    windows = {
        "source": np.concatenate([source[:, :3], source[:, 3:]]),
        "before": np.concatenate([np.zeros(2, np.int32), source[:, 2]]),
        "weight": np.ones(4),
    }
    return rows, windows


def test_pieces_are_the_whole_sequence():
    rows, windows = two_windows()
    weights, runner = random_weights(PLAIN), eager(PLAIN)
    first, second = ({name: x[part] for name, x in windows.items()} for part in (slice(2), slice(2, 4)))
    found = [asked(runner, weights, "continued", first)]
    found.append(asked(runner, weights, "continued", second | {"states": found[0][:, 1:]}))
    whole = asked(runner, weights, "continued", rows)
    np.testing.assert_allclose(found[0][:, 0] + found[1][:, 0], whole[:, 0], rtol=1e-12)
    np.testing.assert_allclose(found[1][:, 1:], whole[:, 1:], atol=1e-12)


def test_carried_states_give_the_loss_of_the_whole_sequence():
    """In every epoch anew, also if it takes several calls; evaluation starts every window by itself."""
    rows, windows = two_windows()
    spec = replace(CARRIED, optimizer=STILL)
    weights, runner, data = random_weights(spec), EagerNetwork(spec), TrainingData(windows)
    expected = evaluate(eager(PLAIN), weights, TrainingData(rows))["loss"]
    for _ in range(2):
        np.testing.assert_allclose(train(runner, weights, data, [[0, 1], [2, 3]])[0]["loss"], expected, rtol=1e-12)
    calls = [np.array([[batch]], np.int32) for batch in ([0, 1], [2, 3])]
    found = None
    for call in calls:
        found = runner.train(data, call, RATES, [0], so_far=found)
    np.testing.assert_allclose(found["loss"][0], expected, rtol=1e-12)
    apart = evaluate(runner, weights, data, [[0, 1], [2, 3]])["loss"]
    np.testing.assert_allclose(apart, evaluate(eager(PLAIN), weights, data)["loss"], rtol=1e-12)
    assert abs(apart[0] - expected[0]) > 1e-3


def test_carried_gradients_are_cut_at_the_window():
    """Two updates: w1 = w0 - g of the first windows, w2 = w1 - g of the second with their states as constants."""
    _, windows = two_windows()
    weights, plain = random_weights(CARRIED), eager(PLAIN)
    first, second = ({name: x[part] for name, x in windows.items()} for part in (slice(2), slice(2, 4)))
    states = asked(plain, weights, "continued", first)[:, 1:]
    between = {name: weights[name] - g for name, g in gradients(plain, weights, TrainingData(first)).items()}
    last = gradients(plain, between, TrainingData(second | {"states": states}))
    runner = EagerNetwork(CARRIED)
    train(runner, weights, TrainingData(windows), [[0, 1], [2, 3]])
    for name, value in runner.store.weights().items():
        np.testing.assert_allclose(value, between[name] - last[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_carried_states_in_graphs():
    """As they are, and compiled with XLA: two epochs, each of which begins anew."""
    _, windows = two_windows()
    seen = []
    for make, spec in ((EagerNetwork, CARRIED), (CompiledNetwork, CARRIED), (EagerNetwork, COMPILED)):
        runner = make(spec)
        runner.store.load(random_weights(spec))
        batches = np.array([[[0, 1], [2, 3]]] * 2, np.int32)
        seen.append(runner.train(TrainingData(windows), batches, RATES, [0, 0])["loss"])
    np.testing.assert_allclose(seen[1:], [seen[0]] * 2, rtol=1e-9)


@pytest.mark.usefixtures("eager")
def test_a_progress_bar_changes_no_fit_of_one_long_sequence(capsys):
    """It cuts an epoch into several calls."""
    settings = {"units": 3, "window": 4, "batch_size": 2, "epochs": 2, "analyzer": "char", "random_state": 0}
    silent, told = (SequenceGenerator(**settings, verbose=v).fit("to be or not to be, that is") for v in (0, 1))
    for name, value in silent.weights_.items():
        np.testing.assert_array_equal(told.weights_[name], value, err_msg=name)
    assert "epoch 2/2" in capsys.readouterr().out


# --- padding, neighbours, beginnings ----------------------------------------------------------------------------------


@every_spec
def test_a_row_is_what_it_is_alone(spec):
    """Of lengths 0 to 4 in one batch, with anything in the padding: losses, log-probabilities, what follows."""
    weights, rows = problem(spec)
    runner, everything = eager(spec), {}
    rows["source"][np.arange(4) >= LENGTHS[:, None]] = 1
    for what in ("step_log_probs", "encoding", following(spec)):
        everything[what] = asked(runner, weights, what, rows)
    total = np.zeros(2)
    for row, n in enumerate(LENGTHS):
        alone = cut(rows, row, n)
        for what, found in everything.items():
            expected = asked(runner, weights, what, alone)[0]
            assert not found[row, len(expected) :].any()
            np.testing.assert_allclose(found[row, : len(expected)], expected, atol=1e-12, err_msg=what)
        total += evaluate(runner, weights, TrainingData(alone))["loss"] if n or spec.ends else 0
    np.testing.assert_allclose(evaluate(runner, weights, TrainingData(rows))["loss"], total, rtol=1e-12)


def test_what_follows_is_the_mean_of_the_mixture_and_the_chance_of_the_end():
    """Of numbers whose weights are all zero: components of means 1 and 3, of which the second has a weight of 3 / 4."""
    spec = generator_spec(tokens=False, source_size=2, binary=(0,), ends=True)
    weights = {name: np.zeros_like(x) for name, x in random_weights(spec).items()}
    weights["output/bias"] = np.array([0, np.log(3), 1, 3, 0, 0, np.log(4), -np.log(3)])
    rows = {"source": np.ones((1, 2, 2))}
    np.testing.assert_allclose(asked(eager(spec), weights, "mean", rows), [[0.8, 2.5, 0.25]])


def test_features_of_zeros_and_ones_alone():
    spec = generator_spec(tokens=False, source_size=2, binary=(0, 1))
    weights = {name: np.zeros_like(x) for name, x in random_weights(spec).items()}
    weights["output/bias"] = np.array([5.0, 1.0, np.log(4), -np.log(3)])  # no feature tells the components apart
    rows = {"source": np.array([[[1.0, 0.0], [0.0, 0.0]]])}
    np.testing.assert_allclose(np.exp(step_log_probs(spec, weights, rows)), [[0.8 * 0.75, 0.2 * 0.75]])
    np.testing.assert_allclose(asked(eager(spec), weights, "mean", rows)[:, :2], [[0.8, 0.25]])


def test_of_one_hot_columns_one_is_one():
    """Weights 1, 2, 5 of three of them, beside a feature that is 1 with 0.8: all that may be adds up to 1."""
    spec = generator_spec(tokens=False, binary=(0, 1, 2, 3), one_hot=((0, 2, 3),), source_size=4)
    weights = {name: np.zeros_like(x) for name, x in random_weights(spec).items()}
    weights["output/bias"] = np.array([5.0, 1.0, np.log(4), *np.log([1, 2, 5])])  # components, feature 1, the group
    steps = np.array([np.insert(one, 1, flag) for one in np.eye(3) for flag in (1.0, 0.0)])
    p = np.exp(step_log_probs(spec, weights, {"source": steps[:, None]}))[:, 0]
    np.testing.assert_allclose(p, np.outer([1 / 8, 2 / 8, 5 / 8], [0.8, 0.2]).ravel())
    np.testing.assert_allclose(
        asked(eager(spec), weights, "mean", {"source": steps[None]})[:, :4], [[1 / 8, 0.8, 2 / 8, 5 / 8]]
    )
    rng = np.random.RandomState(0)
    other = random_weights(spec)  # after a beginning, too
    begun = np.stack([np.tile(steps[3], (6, 1)), steps], axis=1)
    np.testing.assert_allclose(np.exp(step_log_probs(spec, other, {"source": begun}))[:, 1].sum(), 1)
    rows = {"before": np.zeros((400, 4)), "uniform": rng.uniform(size=(400, 2, 6)), "min_lengths": lengths([2] * 400)}
    drawn = asked(eager(spec), weights, "drawn", rows, temperature=np.float64(0.5))[..., :4].reshape(-1, 4)
    assert (drawn[:, [0, 2, 3]].sum(1) == 1).all()  # weights 1, 4, 25, and 16 of 17
    np.testing.assert_allclose(drawn.mean(0), [1 / 30, 16 / 17, 4 / 30, 25 / 30], atol=4 * np.sqrt(0.25 / 800))


# --- searches ---------------------------------------------------------------------------------------------------------


def found_by(spec, weights, rows, n_steps, options, **shared):
    runner = eager(spec)
    runner.store.load(weights)
    if options.method == "beam":
        shared |= {"beam_width": np.int32(13), "length_penalty": np.float64(0), "coverage_penalty": np.float64(0)}
    return runner.search(TrainingData(rows, {"n_steps": np.int32(n_steps)} | shared), options)


def begun(spec, n_samples=3):
    """Rows that begin with 0, 2 and 1 tokens."""
    rows = make_rows(spec, n_samples, 2) | {
        "source_lengths": lengths([0, 2, 1]),
        "before": np.zeros(n_samples, np.int32),
    }
    return {name: x for name, x in rows.items() if name != "weight"}


def log_probs_of_all(spec, weights, alone, n, n_steps):
    """{tokens: log p} of all that may follow n tokens within so many steps, an end after the last one left out."""
    words = [w for k in range(0 if spec.ends else n_steps, n_steps + 1) for w in product((1, 2, 3), repeat=k)]
    rows = {name: np.repeat(x, len(words), axis=0) for name, x in alone.items() if name == "condition"}
    rows["source"] = np.array([(*alone["source"][0, :n], *w, 0, 0)[: n + n_steps] for w in words], np.int32)
    rows["source_lengths"] = lengths([n + len(w) for w in words])
    return dict(zip(words, step_log_probs(spec, weights, rows)[:, n:][:, :n_steps].sum(1)))


@pytest.mark.parametrize("name", ["ids", "ids-end-tied-labels-gru-2-layers", "ids-tied-vectors-relu"])
def test_searches_find_what_is_likeliest(name):
    """Their log-probabilities are those of teacher forcing; a beam that has room for all finds the best of all."""
    spec, n_steps = SPECS[name], 2
    weights, rows = random_weights(spec), begun(spec)
    end = spec.target_size - 1 if spec.ends else None
    for options in (SearchOptions(end=end), SearchOptions(method="beam", end=end)):
        found = found_by(spec, weights, rows, n_steps, options)
        for row, n in enumerate(rows["source_lengths"]):
            mine = tuple(found["tokens"][row, 0, : found["lengths"][row, 0]] + 1)
            scored = log_probs_of_all(spec, weights, cut(rows, row, n), n, n_steps)
            np.testing.assert_allclose(found["log_probs"][row, 0], scored[mine], rtol=1e-12)
            if options.method == "beam":
                ended = {words: x for words, x in scored.items() if not spec.ends or len(words) < n_steps}
                assert mine == max(ended, key=ended.get)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_samples_are_the_inverse_of_the_distribution_function(temperature):
    spec, rng = WORDS, np.random.RandomState(0)
    weights, rows = random_weights(spec), begun(spec)
    uniform = rng.uniform(size=(3, 1, 5))
    options = SearchOptions(method="sampling", end=3)
    found = found_by(spec, weights, rows | {"uniform": uniform}, 5, options, temperature=np.float64(temperature))
    for row, n in enumerate(rows["source_lengths"]):
        ids, written = [*rows["source"][row, :n]], []
        for u in uniform[row, 0]:
            probs = probs_of_next(spec, weights, ids) ** (1 / temperature)
            drawn = int(np.searchsorted(np.cumsum(probs / probs.sum()), u, side="right"))
            if drawn == 3:
                break
            written.append(drawn)
            ids.append(drawn + 1)
        np.testing.assert_array_equal(found["tokens"][row, 0, : found["lengths"][row, 0]], written)


# --- numbers drawn ----------------------------------------------------------------------------------------------------


def test_numbers_drawn_by_hand():
    """Weights of zero: the same mixture at every step. Component 1 of weights (1/4, 3/4), if u is beyond 1/4."""
    spec = generator_spec(tokens=False, source_size=2, binary=(1,), ends=True)
    weights = {name: np.zeros_like(x) for name, x in random_weights(spec).items()}
    # logits of components, means, deviations (softplus gives 1 and 2), of the binary one, of the end
    wider = np.log(np.expm1(2)) - np.log(np.expm1(1))
    weights["output/bias"] = np.array([0, np.log(3), 10, 20, 0, wider, np.log(4), 0])
    uniform = np.array([[[0.2, 0.3, 0.79, 0.4], [0.3, 0.9, 0.81, 0.6], [0.9, 0.5, 0.1, 0.4], [0.5, 0.5, 0.5, 0.9]]])
    rows = {"before": np.zeros((1, 2)), "uniform": uniform, "min_lengths": lengths([1])}
    written = asked(eager(spec), weights, "drawn", rows, temperature=np.float64(1))
    first, second = 10 + np.sqrt(1 + 1e-6) * ndtri(0.3), 20 + np.sqrt(4 + 1e-6) * ndtri(0.9)
    expected = [[first, 1, 1], [second, 0, 1], [0, 0, 0], [0, 0, 0]]  # it must not end at once, so it ends at the third
    np.testing.assert_allclose(written, [expected], rtol=1e-12)
    colder = asked(eager(spec), weights, "drawn", rows, temperature=np.float64(0.25))
    # weights 1 / 82 and 81 / 82, deviations by half, and 256 / 257 of being 1
    np.testing.assert_allclose(colder[0, 0], [20 + np.sqrt(4 + 1e-6) / 2 * ndtri(0.3), 1, 1], rtol=1e-12)


@pytest.mark.parametrize("name", ["numbers-end-vectors-2-layers", "numbers-full-binary-end"])
def test_what_was_drawn_goes_on_as_it_was_drawn(name):
    """Taken as a beginning, the first steps are followed by the others; rows, neighbours and more steps change none."""
    spec, rng = SPECS[name], np.random.RandomState(0)
    weights, runner = random_weights(spec), eager(spec)
    rows = {"before": np.zeros((3, 3)), "uniform": rng.uniform(size=(3, 4, 5)), "min_lengths": lengths([4] * 3)}
    if spec.condition:
        rows["condition"] = rng.normal(size=(3, 1))
    temperature = {"temperature": np.float64(0.7)}
    whole = asked(runner, weights, "drawn", rows, **temperature)
    assert (whole[..., -1] == 1).all()
    begins = lengths([0, 2, 1])
    later = np.stack([np.roll(row, -n, axis=0) for row, n in zip(rows["uniform"], begins)])
    rest = rows | {"source": whole[..., :-1], "source_lengths": begins, "uniform": later}
    rest = asked(runner, weights, "drawn", rest | {"min_lengths": 4 - begins}, **temperature)
    for row, n in enumerate(begins):
        np.testing.assert_allclose(rest[row, : 4 - n], whole[row, n:], atol=1e-12)
    one = {name: x[1:2] for name, x in rows.items()} | {"uniform": rows["uniform"][1:2, :3]}
    np.testing.assert_allclose(asked(runner, weights, "drawn", one, **temperature)[0], whole[1, :3], atol=1e-12)


# --- odd types --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ids-end-tied-labels-gru-2-layers", "numbers-full-binary-end"])
def test_bfloat16_products_are_close(name):
    spec = of_dtype(SPECS[name], "float32")
    weights, rows = problem(spec)
    rows = {key: x.astype(np.float32) if x.dtype == float else x for key, x in rows.items()}
    mixed = replace(spec, mixed=True)
    expected = evaluate(eager(spec), weights, TrainingData(rows))["loss"]
    np.testing.assert_allclose(evaluate(eager(mixed), weights, TrainingData(rows))["loss"], expected, rtol=0.02)
    assert all(np.isfinite(g).all() for g in gradients(eager(mixed), weights, TrainingData(rows)).values())
