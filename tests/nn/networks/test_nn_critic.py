"""The critic of professor forcing: who learns what, within which thresholds, and that no prediction reads it."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import data_of, eager, evaluate, generator_spec, gradients, lengths, make_rows, predict, random_weights

from skseq import SequenceGenerator
from skseq.nn.networks.critic import Critic

TOKENS = generator_spec(ends=True, training="professor_forcing")
BOTH = generator_spec(tokens=False, n_components=2, training="professor_forcing_both")
WEIGHT = tf.constant([1.0, 2.0], tf.float64)


def logit(p):
    return np.log(p / (1 - p))


def reader(spec, slope, level):
    """A critic and weights by which its logit is slope * tanh(z) + level, z the sum of all behaviour at the last step.

    Its GRU forgets all but the present step: with an update gate of 0 the state is tanh(W x).
    """
    critic = Critic(spec)
    weights = {entry.name: np.zeros(entry.shape) for entry in critic.weights()}
    units = spec.units
    weights["critic/encoder/0/bias"][0, :units] = -50  # the update gate, first of three
    weights["critic/encoder/0/kernel"][:, 2 * units] = 1
    weights["critic/hidden/kernel"][0, :2] = [1, -1]  # relu(h) - relu(-h) = h
    weights["critic/output/kernel"][:2, 0] = [slope, -slope]
    weights["critic/output/bias"][:] = level
    return critic, {name: tf.constant(value) for name, value in weights.items()}


def behaviour(critic, values):
    """(1, 2, d) of one step, whose sum is atanh(value) for each of two samples."""
    full = np.zeros((1, 2, critic.size))
    full[0, :, 0] = np.arctanh(values)
    return tf.constant(full)


def asked(critic, weights, taught, free):
    """Losses by name, and gradients of the sum of both by the critic, by what is taught and by what is free."""
    with tf.GradientTape() as tape:
        tape.watch([weights, taught, free])
        found = critic.losses(weights, taught, free, None, WEIGHT)
        means = {name: tf.reduce_sum(a) / tf.reduce_sum(w) for name, (a, w) in found.items()}
        total = means["critic_loss"] + means["fooling_loss"]
    gradient = tape.gradient(total, [weights["critic/output/bias"], taught, free])
    return {name: float(x) for name, x in means.items()}, [None if g is None else np.abs(g).max() for g in gradient]


def test_a_critic_that_does_not_know_learns_and_teaches_nothing():
    critic, weights = reader(TOKENS, 0.0, logit(0.8))
    means, (own, taught, free) = asked(critic, weights, behaviour(critic, [0.5, 0.5]), behaviour(critic, [-0.5, 0.5]))
    assert means["critic_accuracy"] == 0.5  # all is taken for taught
    np.testing.assert_allclose(means["critic_loss"], -np.log(0.8) - np.log(0.2))
    assert means["fooling_loss"] == 0
    assert own > 0.1
    assert not taught
    assert not free


@pytest.mark.parametrize("spec", [TOKENS, BOTH], ids=["free", "both"])
def test_a_critic_that_knows_teaches_and_does_not_learn(spec):
    """Logits 2 tanh(z): what is taught has 1, what is free -1; every answer is right."""
    critic, weights = reader(spec, 2.0, 0.0)
    means, (own, taught, free) = asked(critic, weights, behaviour(critic, [0.5, 0.5]), behaviour(critic, [-0.5, -0.5]))
    assert (means["critic_accuracy"], means["critic_loss"]) == (1.0, 0.0)
    fooled = np.log1p(np.exp(1.0))  # -log sigmoid(-1): how unlikely it is that what is free looks taught
    np.testing.assert_allclose(means["fooling_loss"], 2 * fooled if spec is BOTH else fooled)
    assert not own
    assert free > 0.1
    assert bool(taught) == (spec is BOTH)


def test_between_the_thresholds_both_learn():
    """Three of four answers by weight and one more by half: of weights 1 and 2, 5 of 6 are right."""
    critic, weights = reader(TOKENS, 2.0, 0.0)
    means, (own, _, free) = asked(critic, weights, behaviour(critic, [-0.5, 0.5]), behaviour(critic, [-0.5, -0.5]))
    np.testing.assert_allclose(means["critic_accuracy"], 5 / 6)
    assert min(own, free) > 0.1


@pytest.mark.parametrize("spec", [TOKENS, BOTH], ids=["tokens", "numbers"])
def test_no_prediction_and_no_validation_reads_it(spec):
    plain, rows = replace(spec, training="teacher_forcing"), make_rows(spec) | {"source_lengths": lengths([4, 2, 3])}
    weights = random_weights(spec)
    named = [name for name in weights if name.startswith("critic/")]
    assert named == list(weights)[-len(named) :]
    own = {name: value for name, value in weights.items() if name not in named}
    for what in ("step_log_probs", "next" if spec.tokens else "mean"):
        one, other = (predict(eager(some), of, what, rows) for some, of in ((spec, weights), (plain, own)))
        np.testing.assert_array_equal(one, other)
    one, other = evaluate(eager(spec), weights, data_of(spec, rows)), evaluate(eager(plain), own, data_of(plain, rows))
    np.testing.assert_array_equal(one["loss"], other["loss"])
    assert not one["critic_accuracy"].any()


def test_only_the_critic_moves_where_it_cannot_tell():
    """It is right in half of all cases: then the network learns what it is taught alone."""
    plain, rows = replace(TOKENS, training="teacher_forcing"), make_rows(TOKENS)
    weights = random_weights(TOKENS)
    weights["critic/output/bias"][:] = 9  # all is taken for taught
    moved = gradients(eager(TOKENS), weights, data_of(TOKENS, rows))
    own = {name: value for name, value in weights.items() if not name.startswith("critic/")}
    for name, gradient in gradients(eager(plain), own, data_of(plain, rows)).items():
        np.testing.assert_allclose(moved[name], gradient, atol=1e-14)
    assert np.abs(moved["critic/output/bias"]).max() > 0.1


@pytest.mark.parametrize("both", [False, True])
def test_a_fit_tells_of_the_critic(both):
    training = "professor_forcing_both" if both else "professor_forcing"
    X = np.random.RandomState(0).randint(3, size=(20, 5))
    model = SequenceGenerator(units=3, epochs=2, training=training, random_state=0).fit(X)
    assert {"critic_loss", "fooling_loss", "critic_accuracy"} <= model.history_.keys()
    assert np.isfinite(model.score(X))
    assert model.sample(2).shape == (2, 5)
