"""Decoders that write numbers: heads against scipy and by hand; teaching, writing, sampling; exposure; padding."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import (
    assert_gradient_is_slope,
    compiled,
    eager,
    evaluate,
    forecast_rows,
    forecast_spec,
    gradients,
    lengths,
    random_weights,
    train,
)
from scipy import stats

from skseq import Seq2SeqRegressor
from skseq._data.training_data import TrainingData
from skseq.nn.networks import heads
from skseq.nn.networks.forecast import Forecaster
from skseq.nn.networks.noise import Silence
from skseq.nn.networks.weights import initial_weights

LOSSES = ("squared_error", "absolute_error", "huber", "quantile", "normal", "student_t")
LEVELS = (0.1, 0.5, 0.8)
SPECS = {
    "recursive-lstm": forecast_spec(),
    "recursive-gru-2-layers-future": forecast_spec(cell="gru", n_layers=2, n_future=1, loss="normal"),
    "direct-lstm-bidirectional": forecast_spec(decoder="direct", bidirectional=True, loss="quantile", levels=LEVELS),
    "direct-gru-future": forecast_spec(decoder="direct", cell="gru", n_future=2),
    "bahdanau-recursive-lstm-future": forecast_spec(attention="bahdanau", n_future=1, loss="student_t"),
    "direct-lstm-counts": forecast_spec(decoder="direct", loss="poisson"),
    "recursive-gru-counts": forecast_spec(cell="gru", loss="negative_binomial"),
    "bahdanau-direct-gru": forecast_spec(attention="bahdanau", decoder="direct", cell="gru"),
    "dot-recursive-lstm-both": forecast_spec(attention="dot", code="both", loss="absolute_error"),
    "general-direct-lstm-fed-future": forecast_spec(
        attention="general", decoder="direct", input_feeding=True, n_future=1, loss="huber"
    ),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
recursive = pytest.mark.parametrize("spec", [s for s in SPECS.values() if s.recursive], ids=lambda s: s.loss)


def asked(runner, weights, what, rows, **shared):
    runner.store.load(weights)
    read = {name: x for name, x in rows.items() if name not in ("target", "target_lengths", "weight")}
    return runner.predict(what, TrainingData(read, {name: np.int32(value) for name, value in shared.items()}))


# --- heads ------------------------------------------------------------------------------------------------------------


def head_and_numbers(loss, seed=0, scale=1.0):
    head = heads.head_of(loss, LEVELS)
    return head, np.random.RandomState(seed).normal(scale=scale, size=(50, 2, head.n_numbers))


def test_densities_are_those_of_scipy():
    targets = np.random.RandomState(1).normal(size=(50, 2))
    head, numbers = head_and_numbers("normal")
    mean, deviation = np.moveaxis(head.read(numbers).numpy(), -1, 0)
    np.testing.assert_allclose(head.losses(numbers, targets), -stats.norm.logpdf(targets, mean, deviation))
    head, numbers = head_and_numbers("student_t")
    location, scale, df = np.moveaxis(head.read(numbers).numpy(), -1, 0)
    np.testing.assert_allclose(head.losses(numbers, targets), -stats.t.logpdf(targets, df, location, scale))
    assert (df > 2).all()


def test_probabilities_of_counts_are_those_of_scipy():
    """Units of 0.5 to 300, means of unit * softplus, dispersions of softplus / sqrt(unit) (Salinas et al. 2020)."""
    rng = np.random.RandomState(1)
    unit, counts = np.array([[0.5, 1.0]] * 25 + [[20.0, 300.0]] * 25), rng.poisson(20, size=(50, 2))
    head, numbers = head_and_numbers("poisson")
    mean = heads.LEAST_MEAN + np.log1p(np.exp(numbers[..., 0] + heads.OF_ONE))
    np.testing.assert_allclose(head.point(numbers), mean)
    losses = head.losses(tf.constant(numbers), tf.constant(counts / unit), tf.constant(unit))
    np.testing.assert_allclose(losses, -stats.poisson.logpmf(counts, unit * mean), rtol=1e-9)
    head, numbers = head_and_numbers("negative_binomial", scale=3.0)
    mean, dispersion = (
        least + np.log1p(np.exp(numbers[..., k] + heads.OF_ONE))
        for k, least in enumerate((heads.LEAST_MEAN, heads.LEAST_DISPERSION))
    )
    mean, dispersion = unit * mean, dispersion / np.sqrt(unit)
    exact = stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))
    np.testing.assert_allclose(exact.var(), mean + dispersion * mean**2)
    losses = head.losses(tf.constant(numbers), tf.constant(counts / unit), tf.constant(unit))
    np.testing.assert_allclose(losses, -exact.logpmf(counts), rtol=1e-7)


@pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])
def test_gradients_of_counts_hold_in_float32(loss):
    """Also of a dispersion near its least, where terms of 10^5 cancel: as finite differences in float64 say."""
    head = heads.head_of(loss)
    numbers = tf.constant([[-12.0] * head.n_numbers, [0.5] * head.n_numbers, [4.0] * head.n_numbers], tf.float32)
    unit, targets = tf.constant([900.0, 5, 1]), tf.constant([1.0, 2, 3])
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        loss = tf.reduce_sum(head.losses(numbers, targets, unit))
    found = tape.gradient(loss, numbers).numpy()
    exact, wide = np.zeros(numbers.shape), tf.cast(numbers, tf.float64).numpy()
    for index in np.ndindex(*numbers.shape):
        step = np.zeros(numbers.shape)
        step[index] = 1e-5
        sides = [head.losses(tf.constant(wide + sign * step), tf.cast(targets, tf.float64), unit) for sign in (1, -1)]
        exact[index] = float(tf.reduce_sum(sides[0] - sides[1])) / 2e-5
    np.testing.assert_allclose(found, exact, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("unit", [0.01, 1.0, 5e4])
@pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])
def test_draws_of_counts_are_the_quantiles_of_scipy(loss, unit):
    head, numbers = head_and_numbers(loss, scale=2.0)
    uniform = np.random.RandomState(2).uniform(1e-7, 1 - 1e-7, size=(50, 2, 2))
    uniform[:2, 0, 0] = 1e-7, 1 - 1e-7
    drawn = head.draw(tf.constant(numbers), tf.constant(uniform), tf.constant(np.full((50, 2), unit))).numpy() * unit
    read = head.read(numbers).numpy()
    if loss == "poisson":
        exact = stats.poisson(unit * read[..., 0])
    else:
        dispersion = read[..., 1] / np.sqrt(unit)
        exact = stats.nbinom(1 / dispersion, 1 / (1 + dispersion * unit * read[..., 0]))
    np.testing.assert_allclose(drawn, exact.ppf(uniform[..., 0]), atol=1e-6, rtol=1e-12)


def test_points_by_hand():
    numbers, targets = np.zeros((4, 1, 1)), np.array([[0.5], [-0.5], [2.0], [-3.0]])
    expected = {"squared_error": [0.25, 0.25, 4, 9], "absolute_error": [0.5, 0.5, 2, 3]}
    expected["huber"] = [0.125, 0.125, 1.5, 2.5]
    for loss, values in expected.items():
        np.testing.assert_allclose(heads.head_of(loss).losses(numbers, targets)[:, 0], values)


def test_pinball_loss_by_hand():
    """Quantiles 0, 1, 3 at 0.1, 0.5, 0.8 and y = 2: errors 2, 1, -1 cost 0.2, 0.5, 0.2; twice their mean is 0.6."""
    head = heads.head_of("quantile", LEVELS)
    numbers = np.array([[[0.0, np.log(np.e - 1), np.log(np.exp(2) - 1)]]])  # softplus gives the gaps 1 and 2
    np.testing.assert_allclose(head.read(numbers), [[[0, 1, 3]]])
    np.testing.assert_allclose(head.losses(numbers, np.array([[2.0]])), [[0.6]])
    np.testing.assert_allclose(head.point(numbers), [[1]])
    even = heads.head_of("quantile", (0.2, 0.4, 0.8))  # 0.5 is a quarter of the way from 0.4 to 0.8: 1 + 2 / 4
    np.testing.assert_allclose(even.point(numbers), [[1.5]])


def test_quantiles_start_as_those_of_a_standard_normal_distribution():
    """So the median starts at the middle of the targets: what few updates leave of another start is an error."""
    spec = forecast_spec(loss="quantile", levels=LEVELS, n_targets=2)
    network = Forecaster(spec)
    start = initial_weights(network, np.random.RandomState(0))["output/bias"].reshape(2, len(LEVELS))
    found = network.head.read(tf.constant(start)).numpy()
    np.testing.assert_allclose(found, [stats.norm.ppf(LEVELS)] * 2, rtol=1e-5, atol=1e-6)


def test_quantiles_never_cross():
    head = heads.head_of("quantile", tuple(np.linspace(0.01, 0.99, 25)))
    numbers = np.random.RandomState(0).normal(scale=100, size=(10_000, 1, 25)).astype(np.float32)
    assert (np.diff(head.read(numbers), axis=-1) >= 0).all()


@pytest.mark.parametrize("decoder", ["direct", "recursive"])
def test_quantiles_of_random_networks_never_cross(decoder):
    """Of 100 networks and 50 inputs each, 10,000 pairs with both decoders, some of them of a wild size."""
    spec = forecast_spec(decoder=decoder, loss="quantile", levels=LEVELS, attention="dot")
    runner, rows, rng = compiled(spec), forecast_rows(spec, n_samples=50), np.random.RandomState(0)
    for seed in range(100):
        scale = 10 ** rng.uniform(-2, 2)
        inputs = rows | {"source": rng.normal(scale=scale, size=rows["source"].shape)}
        numbers = asked(runner, random_weights(spec, seed, scale), "numbers", inputs, n_steps=3)
        quantiles = runner.network.head.read(numbers).numpy()
        assert quantiles.shape == (50, 3, spec.n_targets, len(LEVELS))
        assert np.isfinite(quantiles).all()
        assert (np.diff(quantiles, axis=-1) >= 0).all(), seed


@pytest.mark.parametrize("loss", ["normal", "student_t", "quantile"])
def test_draws_have_the_distribution(loss):
    """Kolmogorov and Smirnov; quantiles are compared at their levels, tails below."""
    head, numbers = head_and_numbers(loss)
    numbers = np.broadcast_to(numbers[:1, :1], (20_000, 1, head.n_numbers))
    uniform = np.random.RandomState(2).uniform(size=(20_000, 1, 2))
    drawn = head.draw(tf.constant(numbers), tf.constant(uniform)).numpy()[:, 0]
    read = head.read(numbers[:1]).numpy()[0, 0]
    if loss == "quantile":
        shares = [np.mean(drawn <= q + 1e-9) for q in read]
        np.testing.assert_allclose(shares, LEVELS, atol=0.02)
        return
    exact = stats.norm(*read) if loss == "normal" else stats.t(read[2], read[0], read[1])
    assert stats.kstest(drawn, exact.cdf).pvalue > 0.01


def drawn_at(levels, numbers, uniform, dtype="float64"):
    """What is drawn from learnt quantiles by some uniform numbers."""
    numbers = tf.constant(np.broadcast_to(numbers, (len(uniform), 1, len(levels))), dtype)
    both = tf.constant(np.stack([uniform, uniform], axis=-1)[:, None], dtype)
    return heads.head_of("quantile", levels).draw(numbers, both).numpy()[:, 0]


def test_tails_of_learnt_quantiles_by_hand():
    """Quantiles 0, 1, 3 at 0.1, 0.5, 0.8: a fifth of the share below is 1 lower, and 2 / 5 of that above 2 higher."""
    numbers = np.array([0.0, np.log(np.e - 1), np.log(np.exp(2) - 1)])
    assert_allclose = np.testing.assert_allclose
    assert_allclose(drawn_at(LEVELS, numbers, [0.02, 0.004, 0.92, 0.968]), [-1, -2, 5, 7])
    assert_allclose(drawn_at(LEVELS, numbers, [0.1, 0.3, 0.5, 0.65, 0.8]), [0, 0.5, 1, 2, 3], atol=1e-12)
    ends = [-np.log(1e6) / np.log(5), 3 + 2 * np.log(2e6) / np.log(2.5)]
    for dtype in ("float32", "float64"):
        assert_allclose(drawn_at(LEVELS, numbers, [0.0, 1.0], dtype), ends, rtol=1e-6)


def test_a_tail_needs_two_levels_and_one_on_its_side_of_the_median():
    assert drawn_at((0.9,), np.array([7.0]), [0.0, 0.5, 1.0]).tolist() == [7, 7, 7]
    numbers = np.array([0.0, np.log(np.e - 1)])  # quantiles 0 and 1
    np.testing.assert_allclose(drawn_at((0.5, 0.9), numbers, [0.0, 0.5, 0.9, 0.98]), [0, 0, 1, 2], atol=1e-12)
    np.testing.assert_allclose(drawn_at((0.1, 0.5), numbers, [0.02, 0.1, 0.5, 1.0]), [-1, 0, 1, 1], atol=1e-12)


def test_tails_leave_out_what_lies_across_the_median():
    """Quantiles 0 and 2 at 0.25 and 0.75: the median is 1, and each half of a tail's share lies 1 further out."""
    numbers = np.array([0.0, np.log(np.exp(2) - 1)])
    drawn = drawn_at((0.25, 0.75), numbers, [0.0625, 0.125, 0.5, 0.875, 0.9375])
    np.testing.assert_allclose(drawn, [-2, -1, 1, 3, 4], atol=1e-12)


def test_tails_are_near_those_of_a_normal_distribution():
    """0.05 exp(-(2.326 - 1.645) / s) is 1.36 % beyond its 99 %, with s = (1.645 - 1.282) / log(2)."""
    levels = Seq2SeqRegressor().quantiles
    drawn = drawn_at(levels, heads.head_of("quantile", levels).start, (np.arange(100_000) + 0.5) / 100_000)
    beyond = [np.mean(drawn < stats.norm.ppf(0.01)), np.mean(drawn > stats.norm.ppf(0.99))]
    np.testing.assert_allclose(beyond, 0.0136, atol=1e-4)


# --- the network ------------------------------------------------------------------------------------------------------


@every_spec
def test_taught_steps_are_those_of_the_loop(spec):
    """Teacher forcing in one call gives what step after step gives."""
    runner, weights, rows = eager(spec), random_weights(spec), forecast_rows(spec)
    network = runner.network
    tensors = {name: tf.constant(x) for name, x in weights.items()}
    batch = {name: tf.constant(x) for name, x in rows.items()}
    targets = tf.transpose(batch["target"], [1, 0, 2])
    taught = network._taught(tensors, batch, targets, Silence())
    source, decoder = network.encode(tensors, batch, Silence()), network.decoder
    states, told = source.states, batch["before"]
    for t in range(len(targets)):
        known = batch["future"][:, t] if spec.n_future else None
        inputs = network._inputs(told, known)
        numbers, _, states = decoder.step_outputs(tensors, source, tf.constant(t), inputs, states, Silence())
        np.testing.assert_allclose(taught[t], numbers, atol=1e-12)
        told = targets[t]


@every_spec
def test_evaluation_knows_no_more_than_a_forecast(spec):
    """Its loss is that of what is forecast, whatever the targets are in training."""
    runner, weights, rows = eager(spec), random_weights(spec), forecast_rows(spec)
    amount, weight = evaluate(runner, weights, TrainingData(rows))["loss"]
    network, batch = runner.network, {name: tf.constant(x) for name, x in rows.items()}
    tensors = {name: tf.constant(x) for name, x in weights.items()}
    numbers = network._by_target(network._write(tensors, batch, 3))
    unit = (batch["unit"],) if network.head.counts else ()
    losses = network.head.losses(numbers, tf.transpose(batch["target"], [1, 0, 2]), *unit)
    np.testing.assert_allclose(amount, np.mean(losses, axis=-1).sum())
    assert weight == 9
    taught = train(runner, weights, TrainingData(rows))[0]["loss"][0]
    assert spec.recursive == (abs(taught - amount) > 1e-6)


@recursive
def test_a_forecast_begins_as_a_shorter_one(spec):
    runner, weights, rows = compiled(spec), random_weights(spec), forecast_rows(spec)
    long = asked(runner, weights, "numbers", rows, n_steps=3)
    np.testing.assert_array_equal(asked(runner, weights, "numbers", rows, n_steps=2), long[:, :2])
    assert long.shape == (3, 3, 2, spec.numbers_per_target)


@every_spec
def test_padding_and_neighbours_change_nothing(spec):
    runner, weights, rows = eager(spec), random_weights(spec), forecast_rows(spec)
    ragged = rows | {"source_lengths": lengths([4, 2, 3])}
    whole = asked(runner, weights, "numbers", ragged, n_steps=3)
    alone = {name: x[1:2] for name, x in rows.items()} | {"source": rows["source"][1:2, :2]}
    np.testing.assert_allclose(asked(runner, weights, "numbers", alone, n_steps=3)[0], whole[1], atol=1e-12)


@every_spec
def test_ragged_targets(spec):
    """What stands behind the end of a target has no part in the loss; of a direct decoder nor in the gradient."""
    runner, weights, rows = eager(spec), random_weights(spec), forecast_rows(spec)
    ragged = rows | {"target_lengths": lengths([3, 1, 2])}
    other = dict(ragged) | {"target": ragged["target"].copy()}
    other["target"][1, 1:] = 7
    totals, after = [], []
    for own in map(TrainingData, (ragged, other)):
        taught = train(runner, weights, own)[0]["loss"]
        after.append(runner.store.weights())
        totals.append([taught, evaluate(runner, weights, own)["loss"]])
    np.testing.assert_allclose(*totals)
    np.testing.assert_array_equal(np.array(totals[0])[:, 1], 6)
    for name, value in after[0].items():
        np.testing.assert_allclose(value, after[1][name], atol=1e-12)


def test_gradients_are_those_of_finite_differences():
    """The decoder itself is tested with tokens."""
    spec = SPECS["recursive-gru-2-layers-future"]
    runner, weights, rows = eager(spec), random_weights(spec, scale=0.3), forecast_rows(spec)
    data = TrainingData(rows)

    def loss(changed):
        amount, weight = train(runner, changed, data)[0]["loss"]
        return amount / weight

    assert_gradient_is_slope(gradients(runner, weights, data), weights, loss)


def test_a_recursive_decoder_by_hand():
    """A relu unit that adds what it is told: y_t = 2 (y_{t-1} + h) with h the sum so far.

    An encoder whose gates are closed gives the state 0. Told 1, h = 1 and y = 2; told 2, h = 3 and y = 6; told 6, h = 9
    and y = 18.
    """
    spec = forecast_spec(source_size=1, units=1, n_targets=1, activation="relu")
    weights = {w.name: np.zeros(w.shape) for w in eager(spec).network.weights()}
    opened = np.array([50.0, 50, 0, 50])  # gates i, f, g, o: the cell adds up what it is told
    closed = np.array([-50.0, -50, 0, -50])
    weights |= {"encoder/0/bias": closed, "decoder/0/bias": opened, "decoder/0/kernel": np.array([[0.0, 0, 1, 0]])}
    weights |= {"output/kernel": np.array([[2.0]])}
    rows = {"source": np.ones((1, 2, 1)), "before": np.array([[1.0]])}
    np.testing.assert_allclose(asked(eager(spec), weights, "numbers", rows, n_steps=3)[0, :, 0, 0], [2, 6, 18])


@pytest.mark.parametrize("loss", ["normal", "student_t", "quantile"])
def test_paths_feed_back_what_they_drew(loss):
    """Drawn at the median every time, a path is the forecast, which feeds back the median; else it differs."""
    spec = forecast_spec(loss=loss, levels=LEVELS if loss == "quantile" else ())
    runner, weights, rows = eager(spec), random_weights(spec), forecast_rows(spec)
    numbers = asked(runner, weights, "numbers", rows, n_steps=3)
    points = numbers[..., 1] if loss == "quantile" else numbers[..., 0]
    middle = np.full((3, 2, 3, 2, 2), 0.5 if loss == "quantile" else 0.25)  # cos(2 pi / 4) = 0
    paths = asked(runner, weights, "paths", rows | {"uniform": middle})
    assert paths.shape == (3, 2, 3, 2)
    for k in range(2):
        np.testing.assert_allclose(paths[:, k], points, atol=1e-12)
    uniform = np.random.RandomState(0).uniform(size=middle.shape)
    drawn = asked(runner, weights, "paths", rows | {"uniform": uniform})
    assert np.abs(drawn - paths).min() > 1e-6
    one = {name: x[1:2] for name, x in (rows | {"uniform": uniform}).items()}
    np.testing.assert_allclose(asked(runner, weights, "paths", one)[0], drawn[1], atol=1e-12)


def test_attention_of_a_forecast():
    spec = SPECS["dot-recursive-lstm-both"]
    rows = forecast_rows(spec) | {"source_lengths": lengths([4, 2, 3])}
    weighed = asked(eager(spec), random_weights(spec), "attention", rows, n_steps=5)
    assert weighed.shape == (3, 4, 5)
    np.testing.assert_allclose(weighed.sum(axis=1), 1)
    assert (weighed[1, 2:] == 0).all()


@pytest.mark.parametrize("n_future", [0, 1])
def test_scheduled_sampling_feeds_points(n_future):
    """Never told the truth, training loses what evaluation does: both run free."""
    spec = forecast_spec(scheduled_sampling="linear", n_future=n_future)
    runner, weights, rows = eager(spec), random_weights(spec), forecast_rows(spec)
    free = train(runner, weights, TrainingData(rows), schedule_k=0.0)[0]["loss"]
    np.testing.assert_allclose(free, evaluate(runner, weights, TrainingData(rows))["loss"])
    taught = train(runner, weights, TrainingData(rows), schedule_k=1.0)[0]["loss"]
    assert abs(taught[0] - free[0]) > 1e-6


GRAPHED = {  # every loss and every loop that writes; layers, directions and codes are tested with tokens
    "gru-future": forecast_spec(cell="gru", n_future=1, loss="normal"),
    "direct-lstm": forecast_spec(decoder="direct", loss="quantile", levels=LEVELS),
    "direct-lstm-counts": SPECS["direct-lstm-counts"],
    "gru-counts": SPECS["recursive-gru-counts"],
    "bahdanau-lstm-future": SPECS["bahdanau-recursive-lstm-future"],
    "bahdanau-direct-gru": SPECS["bahdanau-direct-gru"],
    "dot-lstm": forecast_spec(attention="dot", loss="absolute_error"),
    "general-direct-lstm-fed-future": SPECS["general-direct-lstm-fed-future"],
}


@pytest.mark.slow
@pytest.mark.parametrize("spec", GRAPHED.values(), ids=GRAPHED)
def test_graphs_train_and_forecast_as_python_does(spec):
    weights, data = random_weights(spec), TrainingData(forecast_rows(spec))
    found = [gradients(runner, weights, data) for runner in (eager(spec), compiled(spec))]
    for name, value in found[0].items():
        np.testing.assert_allclose(found[1][name], value, atol=1e-12)
    numbers = [
        asked(runner, weights, "numbers", data.rows, n_steps=4 - bool(spec.n_future))
        for runner in (eager(spec), compiled(spec))
    ]
    np.testing.assert_allclose(*numbers, atol=1e-12)


@pytest.mark.slow
def test_xla_trains_alike():
    """Several layers, both directions, and what is known of the future."""
    spec = forecast_spec(cell="gru", n_layers=2, bidirectional=True, n_future=1, loss="quantile", levels=LEVELS)
    weights, data = random_weights(spec), TrainingData(forecast_rows(spec))
    plain = gradients(eager(spec), weights, data)
    fast = gradients(compiled(replace(spec, jit_compile=True)), weights, data)
    for key, value in plain.items():
        np.testing.assert_allclose(fast[key], value, atol=1e-10)
