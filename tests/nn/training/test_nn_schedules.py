"""Learning-rate paths by hand and beside Keras; factors in compiled epochs; what a fit makes of a path."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
from nn_tools import (
    RATES,
    autoencoder_spec,
    compiled,
    data_of,
    eager,
    evaluate,
    gradients,
    make_rows,
    optimizer,
    random_weights,
)

from skseq.nn.training.batching import make_batches
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.fitting import FitOptions, fit_network
from skseq.nn.training.plan import Pieces
from skseq.nn.training.schedules import Paths, Plateau, factors, shares

SPEC = autoencoder_spec(units=2)  # a unit SGD

# --- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [1, 1, 1, 1]),
        ("reduce_on_plateau", [1, 1, 1, 1]),
        ("cosine", [1, 0.5 + 0.5**1.5, 0.5, 0.5 - 0.5**1.5]),  # cos(pi / 4) is the root of a half
        ("linear", [1, 0.75, 0.5, 0.25]),
        ("exponential", [1, 0.1**0.5, 0.1, 0.1**1.5]),
    ],
)
def test_factors_of_four_updates(schedule, expected):
    np.testing.assert_allclose(factors(schedule, 0.0, 4), expected, rtol=1e-15)


def test_constant_is_exactly_one():
    assert set(factors("constant", 0.0, 999)) == {1.0}


def test_the_cosine_is_that_of_keras():
    path = keras.optimizers.schedules.CosineDecay(1.0, decay_steps=17)
    np.testing.assert_allclose(factors("cosine", 0.0, 17), [float(path(step)) for step in range(17)], atol=1e-6)


def test_one_cycle():
    """Of 20 updates 9 rise, 9 fall, and 2 go on to 0."""
    found = factors("one_cycle", 0.0, 20)
    np.testing.assert_allclose(found[[0, 3, 9, 12, 18, 19]], [0.1, 0.4, 1, 0.7, 0.1, 0.05])


def test_warm_up_is_a_line_that_ends_where_the_path_begins():
    np.testing.assert_allclose(factors("linear", 0.4, 5), [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3])
    np.testing.assert_allclose(factors("constant", 0.5, 4), [1 / 3, 2 / 3, 1, 1])
    np.testing.assert_allclose(factors("cosine", 0.5, 4)[2:], [1, 0.5])
    np.testing.assert_allclose(factors("one_cycle", 0.2, 10)[:3], [0.1, 0.55, 1])  # the share of its own rise


@pytest.mark.parametrize("n_updates", [1, 2])
def test_warm_up_leaves_an_update(n_updates):
    assert factors("cosine", 0.999, n_updates)[-1] == 1


def test_a_path_is_the_same_in_parts():
    paths = Paths(partial(factors, "cosine", 0.25, 15), partial(shares, "swa", 15), 3)
    parts = [paths(range(2)), paths(range(2, 3)), paths(range(3, 5))]
    for name, expected in (
        ("rate_factor", factors("cosine", 0.25, 15)),
        ("average_share", shares("swa", 15, np.arange(15))),
    ):
        np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]).ravel(), expected)


def test_plateau_by_hand():
    plateau, found = Plateau(patience=2), []
    for loss in (3.0, 2.0, 1.9999, 2.5, 1.0, 1.0, 0.99995, 1.0, 1.0):  # 1.9999 and 0.99995 are no gain
        plateau.update(loss)
        found.append(plateau.factor)
    assert found == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_plateau_of_losses_below_zero():
    """Those of densities: an equal loss, and one that is worse by a part in ten thousand, are no gain."""
    plateau, found = Plateau(patience=2), []
    for loss in (1.0, -2.0, -2.0, -1.9999, -3.0, -3.0001, -3.001, -3.0, -3.0):
        plateau.update(loss)
        found.append(plateau.factor)
    assert found == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]


# --- shares in the mean of the weights --------------------------------------------------------------------------------


def means(weight_average, values):
    """What the mean is after each of these weights."""
    mean, found = 0.0, []
    for share, value in zip(shares(weight_average, len(values), np.arange(len(values))), values):
        mean += share * (value - mean)
        found.append(mean)
    return found


def test_the_mean_of_the_last_quarter():
    np.testing.assert_allclose(means("swa", [9.0, 8, 7, 6, 5, 4, 3, 1]), [9, 8, 7, 6, 5, 4, 3, 2])
    assert means("swa", [9.0, 8]) == [9, 8]  # at least one


def test_the_moving_average_begins_fast():
    np.testing.assert_allclose(means("ema", [10.0, 0, 0]), [9, 9 * 2 / 11, 9 * 2 / 11 * 3 / 12])
    np.testing.assert_allclose(shares("ema", 10**5, np.array([10**5 - 1])), 0.001)


def test_no_mean_is_the_last_weights():
    assert means(None, [3.0, 2, 1]) == [3, 2, 1]


# --- in the graph -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def problem():
    return random_weights(SPEC), data_of(SPEC, make_rows(SPEC, n_samples=5))


def test_a_factor_multiplies_the_step(problem):
    weights, data = problem
    gradient = gradients(eager(SPEC), weights, data)
    runner = eager(SPEC)
    runner.store.load(weights)
    found = runner.train(
        data, np.arange(5, dtype=np.int32)[None, None], RATES, [0], paths={"rate_factor": np.array([[0.25]])}
    )
    for name, value in runner.store.weights().items():
        np.testing.assert_allclose(value, weights[name] - 0.25 * gradient[name], atol=1e-14)
    assert found["learning_rate"] == [0.25]


# --- in a fit ---------------------------------------------------------------------------------------------------------


def fit(runner, problem, **options):
    weights, data = problem
    options = FitOptions(**{"batch_size": 2, "rates": RATES, "shuffle": False, "epochs": 4} | options)
    validation = options.patience and data
    start = {"weights": weights, "rng": np.random.RandomState(0), "validation": validation}
    return fit_network(runner, data, options, **start, n_timesteps=(4, 4))


def test_all_schedules_and_numbers_of_epochs_share_one_graph(problem):
    runner = CompiledNetwork(SPEC)
    schedules = ("constant", "cosine", "linear", "exponential", "one_cycle", "reduce_on_plateau")
    for epochs, schedule in enumerate(schedules, 1):
        fit(runner, problem, learning_rate_schedule=schedule, warmup=0.1 * epochs, epochs=epochs)
    assert runner.n_traces == 1


def test_an_epoch_of_several_calls_has_one_path(problem):
    """Rows of one batch fit into the memory, so that every update is a call of its own."""
    one_batch = 2 * 2 * problem[1].bytes_per_row
    whole, parts = (
        fit(compiled(SPEC), problem, learning_rate_schedule="linear", max_bytes=max_bytes)
        for max_bytes in (None, one_batch)
    )
    assert whole.history["learning_rate"] == parts.history["learning_rate"]
    np.testing.assert_allclose(whole.history["learning_rate"], np.array([10, 7, 4, 1]) / 12)
    for name, value in whole.weights.items():
        np.testing.assert_allclose(parts.weights[name], value, rtol=1e-12)


def test_the_rate_falls_on_a_plateau_of_the_validation_loss_or_else_of_the_training_loss(problem):
    """Updates of nearly nothing are a plateau: the first epoch is the best."""
    runner = compiled(SPEC)
    still = {"learning_rate": 1e-9, "learning_rate_schedule": "reduce_on_plateau", "plateau_patience": 2, "epochs": 6}
    expected = 1e-9 * np.array([1, 1, 1, 0.5, 0.5, 0.25])
    for more in ({}, {"patience": 9}):
        np.testing.assert_allclose(fit(runner, problem, **still, **more).history["learning_rate"], expected, rtol=1e-6)


# --- means of weights -------------------------------------------------------------------------------------------------

AVERAGED = replace(SPEC, averaged=True)
SHARES = [1.0, 0.5, 0.25, 1.0, 0.5]


def test_means_follow_the_weights(problem):
    """After each of five updates; the weights that are trained are those of a fit without means."""
    runner = eager(AVERAGED)
    weights, data = problem
    batches = make_batches(np.arange(5), 1)
    plain, expected = eager(SPEC), dict(weights)
    plain.store.load(weights)
    for batch, share in zip(batches, SHARES):
        plain.train(data, batch[None, None], RATES, [0])
        now = plain.store.weights()
        expected = {name: mean + share * (now[name] - mean) for name, mean in expected.items()}
    runner.store.load(weights)
    runner.store.begin_means()
    runner.train(data, batches[None], RATES, [0], paths={"average_share": np.array([SHARES])})
    for name, mean in runner.store.result().items():
        np.testing.assert_allclose(mean, expected[name], rtol=1e-10, err_msg=name)
        np.testing.assert_allclose(runner.store.weights()[name], now[name], rtol=1e-10, err_msg=name)


def test_updates_in_pieces_of_xla_are_those_without(problem):
    """Each with its own factor and share in the mean; the last of three pieces is filled up."""
    weights, data = problem
    spec = replace(AVERAGED, penalty=True, optimizer=optimizer("Adam", learning_rate=0.125))
    paths = {"rate_factor": np.array([[1.0, 0.5, 0.0, 0.25, 0.75]]), "average_share": np.array([SHARES])}
    found, after, means = [], [], []
    for runner in (eager(spec), CompiledNetwork(replace(spec, jit_compile=True))):
        runner.store.load(weights)
        runner.store.begin_means()
        found.append(
            runner.train(data, make_batches(np.arange(5), 1)[None], RATES, [0], Pieces(n_at_once=2), paths=paths)
        )
        after.append(runner.store.weights())
        means.append(runner.store.result())
    assert found[1]["learning_rate"] == [0.125 * 0.75]
    for name, value in found[0].items():
        np.testing.assert_allclose(found[1][name], value, rtol=1e-9, err_msg=name)
    for expected, own in (after, means):
        for name, value in expected.items():
            np.testing.assert_allclose(own[name], value, rtol=1e-8, atol=1e-10, err_msg=name)


def test_a_fit_keeps_and_validates_the_mean(problem):
    """Of 16 updates the mean is over the last four, those of two epochs. The last epoch is the best."""
    runner, weights, data = compiled(AVERAGED), *problem
    result = fit(runner, problem, weight_average="swa", epochs=8, batch_size=3, patience=99)
    ends = [fit(runner, problem, epochs=epochs, batch_size=3).weights for epochs in (6, 8)]
    after_six, after_eight = ends
    assert any(not np.allclose(result.weights[name], after_eight[name]) for name in weights)
    amount, weight = evaluate(runner, result.weights, data)["loss"]
    np.testing.assert_allclose(result.history["val_loss"][-1], amount / weight, rtol=1e-12)
    amount, weight = evaluate(runner, after_six, data)["loss"]
    np.testing.assert_allclose(result.history["val_loss"][5], amount / weight, rtol=1e-12)
    assert result.history["val_loss"][-1] == min(result.history["val_loss"])


def test_an_update_that_is_not_finite_leaves_the_means_alone(problem):
    runner, (weights, data) = eager(AVERAGED), problem
    rows = {name: x.copy() for name, x in data.rows.items()}
    rows["source"][1] = 1e300
    runner.store.load(weights)
    runner.store.begin_means()
    fed = {"rate_factor": np.ones((1, 2)), "average_share": np.full((1, 2), 0.5)}
    found = runner.train(data_of(SPEC, rows), make_batches(np.arange(2), 1)[None], RATES, [0], paths=fed)
    assert found["n_updates"] == [1]
    for name, value in runner.store.weights().items():  # halfway there after the first update, and not moved again
        np.testing.assert_allclose(runner.store.result()[name], (weights[name] + value) / 2, rtol=1e-12)
