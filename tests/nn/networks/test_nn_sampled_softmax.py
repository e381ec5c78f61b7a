"""The sampled softmax: its loss by NumPy on the same draws, its gradient beside the full one, and what never draws."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import (
    RATES,
    assert_gradient_is_slope,
    compiled,
    eager,
    evaluate,
    generator_spec,
    gradients,
    lengths,
    make_rows,
    random_weights,
    train,
)
from scipy.special import logsumexp

from skseq._data.tokens.token_draws import draw_tables
from skseq._data.training_data import TrainingData
from skseq.nn.networks import sampled_softmax
from skseq.nn.networks.noise import Noise

N_DRAWS = 3
SIZES = {"source_size": 7, "n_sampled_tokens": N_DRAWS}
SPECS = {
    "plain": generator_spec(**SIZES),
    "end-embedding": generator_spec(**SIZES, ends=True, embedding_dim=2),
    "tied": generator_spec(**SIZES, tied=True, embedding_dim=3),
    "end-tied-projection-dropout": generator_spec(**SIZES, ends=True, tied=True, embedding_dim=2, dropout=True),
    "end-label-dropout": generator_spec(**SIZES, ends=True, condition="labels", condition_size=2, dropout=True),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def shares_of(spec):
    return np.arange(1, spec.target_size + 1) / (spec.target_size * (spec.target_size + 1) / 2)


def problem(spec, n_draws=N_DRAWS):
    """Weights, and data of sequences with lengths and sample weights."""
    rows = make_rows(spec, n_samples=4) | {"source_lengths": lengths([4, 1, 3, 2])}
    rows["weight"] = np.array([1.0, 0.5, 2.0, 3.0])
    return random_weights(spec), TrainingData(rows, draw_tables(shares_of(spec), n_draws, "float64"))


def draws(spec, data, seed, n_before=0):
    """What the first update of an epoch with this seed draws, after so many masks."""
    noise = Noise(spec, RATES, tf.constant([seed, 0]))
    noise.count = n_before
    return sampled_softmax.draw(spec.n_sampled_tokens, data.shared, noise).numpy()


def all_logits(spec, weights, data):
    """Logits (b, t', n_classes) of all classes, their targets and whether these are real."""
    full = replace(spec, n_sampled_tokens=None, dropout=False)
    network, rows = eager(full).network, dict(data.rows)
    hidden, _, _ = network._hidden(weights, rows, Noise(full, RATES, tf.constant([0, 0])))
    logits = np.transpose(network._outputs(weights, hidden, Noise(full, RATES, tf.constant([0, 0]))), [1, 0, 2])
    targets = np.zeros(logits.shape[:2], int)
    targets[:, :4] = rows["source"] - 1
    if spec.ends:
        targets[range(4), rows["source_lengths"]] = spec.target_size - 1
    return logits, targets, np.arange(logits.shape[1]) < rows["source_lengths"][:, None] + spec.ends


def sampled_loss(logits, target, drawn, log_chance):
    """-log p of the target among itself and all other drawn classes, each once, by logits less log chances."""
    others = sorted(set(drawn.tolist()) - {target})
    corrected = (logits - log_chance)[[target, *others]]
    return logsumexp(corrected) - corrected[0]


# --- the loss ---------------------------------------------------------------------------------------------------------


@every_spec
@pytest.mark.parametrize("seed", [0, 1])
def test_the_loss_by_numpy_on_the_same_draws(spec, seed):
    weights, data = problem(spec)
    drawn = draws(spec, data, seed, n_before=2 * spec.dropout)  # the masks of both layers
    logits, targets, real = all_logits(spec, weights, data)
    log_chance, step_weights = data.shared["drawn_log_chance"], real * data.rows["weight"][:, None]
    losses = [
        [sampled_loss(logits[i, t], targets[i, t], drawn, log_chance) for t in range(logits.shape[1])] for i in range(4)
    ]
    totals, _, _ = train(eager(spec), weights, data, seed=seed)
    np.testing.assert_allclose(totals["loss"], [(losses * step_weights).sum(), step_weights.sum()], rtol=1e-12)


def test_one_that_is_drawn_twice_counts_once_and_a_target_not_at_all():
    """By hand: logits 0, 2, 1 and chances 1/4, 1/2, 1; the target is 1, and drawn are 0 twice, 1 and 2."""
    log_chance = tf.math.log(tf.constant([0.25, 0.5, 1.0], tf.float64))
    drawn_logits = tf.constant([[0.0, 0, 2, 1]], tf.float64)
    found = sampled_softmax.losses(
        tf.constant([1]), tf.constant([0, 0, 1, 2]), tf.constant([2.0], tf.float64), drawn_logits, log_chance
    )
    own = 2 * np.exp(2)
    np.testing.assert_allclose(found, [-np.log(own / (4 + own + np.exp(1)))], rtol=1e-12)


def test_a_target_that_is_drawn_alone_loses_nothing():
    logits, log_chance = tf.constant([[0.3, 0.3]]), tf.constant([0.0, -1.0])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = sampled_softmax.losses(tf.constant([1]), tf.constant([1, 1]), logits[:, 0], logits, log_chance)
    np.testing.assert_array_equal(loss, [0])
    np.testing.assert_array_equal(tape.gradient(loss, logits), [[0, 0]])


@every_spec
def test_its_gradient_is_its_slope(spec):
    weights, data = problem(replace(spec, dropout=False))
    runner = eager(replace(spec, dropout=False))

    def loss_at(weights):
        totals, _, _ = train(runner, weights, data)
        return totals["loss"][0] / totals["loss"][1]

    found = gradients(runner, weights, data)
    weights = {name: value for name, value in weights.items() if np.abs(found[name]).max() > 1e-6}
    everything = random_weights(spec)
    assert_gradient_is_slope(found, weights, lambda some: loss_at(everything | some))


# --- beside the softmax over all --------------------------------------------------------------------------------------


def test_the_mean_gradient_over_draws_comes_close_to_that_of_all_tokens():
    """By logits (v,) of a target: softmax less one at the target."""
    rng, target, off = np.random.RandomState(0), 2, {}
    logits, q = rng.normal(size=6), 0.9 * shares_of(SPECS["plain"]) + 0.1 / 6
    full = np.exp(logits - logsumexp(logits)) - np.eye(6)[target]
    for n, n_times in ((3, 30), (30, 30), (300, 1)):
        log_chance = draw_tables(shares_of(SPECS["plain"]), n, "float64")["drawn_log_chance"]
        drawn = np.sort(rng.choice(6, p=q, size=(n_times, n)).astype(np.int32))
        mean = np.mean([gradient_of(logits, target, own, log_chance) for own in drawn], axis=0)
        off[n] = np.linalg.norm(mean - full) / np.linalg.norm(full)
    assert off[3] < 0.5
    assert off[30] < 0.05
    assert off[300] < 1e-4  # all are drawn


def gradient_of(logits, target, drawn, log_chance):
    """Of `sampled_softmax.losses` by the logits of all classes (v,)."""
    logits = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        own, others = tf.gather(logits, [target]), tf.gather(logits, drawn)
        loss = sampled_softmax.losses(tf.constant([target]), tf.constant(drawn), own, others[None], log_chance)
    return tf.convert_to_tensor(tape.gradient(loss, logits)).numpy()


@every_spec
def test_with_all_tokens_drawn_it_is_the_softmax_over_all(spec):
    spec = replace(spec, dropout=False, n_sampled_tokens=2_000)
    weights, data = problem(spec, 2_000)
    full = gradients(eager(replace(spec, n_sampled_tokens=None)), weights, TrainingData(data.rows))
    for name, gradient in gradients(eager(spec), weights, data).items():
        np.testing.assert_allclose(gradient, full[name], atol=1e-12, err_msg=name)


@every_spec
def test_what_is_not_training_has_all_tokens(spec):
    weights, data = problem(spec)
    full = replace(spec, n_sampled_tokens=None)
    found = evaluate(eager(spec), weights, TrainingData(data.rows))
    assert list(found) == ["loss"]  # whether the likeliest token is right, no update knows
    np.testing.assert_array_equal(found["loss"], evaluate(eager(full), weights, TrainingData(data.rows))["loss"])


# --- draws ------------------------------------------------------------------------------------------------------------


def test_draws_depend_on_seed_and_update_alone():
    spec = SPECS["plain"]
    _, data = problem(spec)
    one, two = (draws(spec, data, seed) for seed in (0, 1))
    np.testing.assert_array_equal(one, draws(spec, data, 0))
    assert (one != two).any()
    assert (np.diff(one) >= 0).all()


def test_tokens_are_drawn_as_often_as_the_tables_say():
    spec = generator_spec(source_size=7, n_sampled_tokens=20_000)
    tables = draw_tables(shares_of(spec), 20_000, "float64")
    drawn = sampled_softmax.draw(20_000, tables, Noise(spec, RATES, tf.constant([0, 0]))).numpy()
    expected = 0.9 * shares_of(spec) + 0.1 / 6
    np.testing.assert_allclose(np.bincount(drawn, minlength=6) / 20_000, expected, atol=0.01)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_graphs_give_the_same_numbers(jit_compile):
    spec = SPECS["end-embedding"]
    weights, data = problem(spec)
    expected, _, _ = train(eager(spec), weights, data, seed=3)
    found, _, _ = train(compiled(replace(spec, jit_compile=jit_compile)), weights, data, seed=3)
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-9)
