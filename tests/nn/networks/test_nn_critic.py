"""The critic of professor forcing: who learns what, within which thresholds, and that no prediction reads it."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import (
    SPECS,
    assert_gradient_is_slope,
    compiled,
    data_of,
    eager,
    evaluate,
    generator_spec,
    gradients,
    lengths,
    make_rows,
    network_of,
    predict,
    random_weights,
    seq2seq_spec,
    train,
)

from skseq import SequenceGenerator
from skseq.nn.networks import critic as critics
from skseq.nn.networks.critic import Critic
from skseq.nn.networks.noise import Noise, Silence
from skseq.nn.networks.seq2seq_decoder import decoder_inputs
from skseq.nn.networks.weights import initial_weights

TOKENS = generator_spec(ends=True, training="professor_forcing")
BOTH = generator_spec(tokens=False, n_components=2, training="professor_forcing_both")
DECODER = seq2seq_spec(attention="bahdanau", bidirectional=True, training="professor_forcing", end=0)
BOTH_DECODERS = seq2seq_spec(cell="gru", training="professor_forcing_both")
RECURSIVE = {name: spec for name, spec in SPECS.items() if hasattr(spec, "attention") and spec.recursive}
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


def taught_alone(spec):
    """The same network without a critic."""
    return replace(spec, training="teacher_forcing", **({"end": None} if hasattr(spec, "end") else {}))


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


@pytest.mark.parametrize(
    "spec", [TOKENS, BOTH, DECODER, BOTH_DECODERS], ids=["free", "both", "decoder", "both-decoder"]
)
def test_a_critic_that_knows_teaches_and_does_not_learn(spec):
    """Logits 2 tanh(z): what is taught has 1, what is free -1; every answer is right."""
    critic, weights = reader(spec, 2.0, 0.0)
    means, (own, taught, free) = asked(critic, weights, behaviour(critic, [0.5, 0.5]), behaviour(critic, [-0.5, -0.5]))
    assert (means["critic_accuracy"], means["critic_loss"]) == (1.0, 0.0)
    fooled = np.log1p(np.exp(1.0))  # -log sigmoid(-1): how unlikely it is that what is free looks taught
    np.testing.assert_allclose(means["fooling_loss"], 2 * fooled if critic.both else fooled)
    assert not own
    assert free > 0.1
    assert bool(taught) == critic.both


def test_between_the_thresholds_both_learn():
    """Three of four answers by weight and one more by half: of weights 1 and 2, 5 of 6 are right."""
    critic, weights = reader(TOKENS, 2.0, 0.0)
    means, (own, _, free) = asked(critic, weights, behaviour(critic, [-0.5, 0.5]), behaviour(critic, [-0.5, -0.5]))
    np.testing.assert_allclose(means["critic_accuracy"], 5 / 6)
    assert min(own, free) > 0.1


ASKED = {
    TOKENS: ("step_log_probs", "next"),
    BOTH: ("step_log_probs", "mean"),
    DECODER: ("probs", "tokens", "attention"),
}


@pytest.mark.parametrize("spec", ASKED, ids=["tokens", "numbers", "decoder"])
def test_no_prediction_and_no_validation_reads_it(spec):
    plain, rows = taught_alone(spec), make_rows(spec) | {"source_lengths": lengths([4, 2, 3])}
    weights = random_weights(spec)
    named = [name for name in weights if name.startswith("critic/")]
    assert named == list(weights)[-len(named) :]
    own = {name: value for name, value in weights.items() if name not in named}
    for what in ASKED[spec]:
        one, other = (predict(eager(some), of, what, rows) for some, of in ((spec, weights), (plain, own)))
        np.testing.assert_array_equal(one, other)
    one, other = evaluate(eager(spec), weights, data_of(spec, rows)), evaluate(eager(plain), own, data_of(plain, rows))
    np.testing.assert_array_equal(one["loss"], other["loss"])
    assert not one["critic_accuracy"].any()


@pytest.mark.parametrize("spec", [TOKENS, DECODER, BOTH_DECODERS], ids=["generator", "decoder", "both-decoder"])
def test_only_the_critic_moves_where_it_cannot_tell(spec):
    """It is right in half of all cases: then the network learns what it is taught alone."""
    plain, rows = taught_alone(spec), make_rows(spec)
    weights = random_weights(spec)
    weights["critic/output/bias"][:] = 9  # all is taken for taught
    moved = gradients(eager(spec), weights, data_of(spec, rows))
    own = {name: value for name, value in weights.items() if not name.startswith("critic/")}
    for name, gradient in gradients(eager(plain), own, data_of(plain, rows)).items():
        np.testing.assert_allclose(moved[name], gradient, atol=1e-14)
    assert np.abs(moved["critic/output/bias"]).max() > 0.1


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("both", [False, True])
def test_a_fit_tells_of_the_critic(both):
    training = "professor_forcing_both" if both else "professor_forcing"
    X = np.random.RandomState(0).randint(3, size=(20, 5))
    model = SequenceGenerator(units=3, epochs=2, training=training, random_state=0).fit(X)
    assert {"critic_loss", "fooling_loss", "critic_accuracy"} <= model.history_.keys()
    assert np.isfinite(model.score(X))
    assert model.sample(2).shape == (2, 5)


# --- decoders ---------------------------------------------------------------------------------------------------------


def ragged(spec):
    """Rows whose sources, targets and weights differ."""
    rows = make_rows(spec, n_samples=4, n_timesteps=5, n_timesteps_out=4)
    more = {"source_lengths": lengths([5, 3, 4, 2]), "target_lengths": lengths([2, 4, 1, 3])}
    return rows | more | {"weight": np.array([1.0, 0.5, 2.0, 1.0], spec.dtype)}


def means(runner, weights, data, **options):
    return {name: total[0] / total[1] for name, total in train(runner, weights, data, **options)[0].items()}


def test_a_decoder_starts_as_without_a_critic():
    one, other = (
        initial_weights(network_of(own), np.random.RandomState(0)) for own in (DECODER, taught_alone(DECODER))
    )
    for name, value in other.items():
        np.testing.assert_array_equal(one[name], value)


@pytest.mark.parametrize("spec", [DECODER, BOTH_DECODERS], ids=["bahdanau", "both"])
def test_either_side_descends_its_own_loss(spec, monkeypatch):
    """Whether the critic is sure or not: the decoder what it loses and what gives it away, the critic its own loss."""
    monkeypatch.setattr(critics, "SURE", 2)
    monkeypatch.setattr(critics, "UNSURE", -1)
    weights, data, runner = random_weights(spec), data_of(spec, ragged(spec)), eager(spec)
    found = gradients(runner, weights, data)
    for is_critic, descended in ((False, ("loss", "fooling_loss")), (True, ("critic_loss",))):
        own = {name: value for name, value in weights.items() if name.startswith("critic/") == is_critic}

        def loss_at(changed, descended=descended):
            lost = means(runner, weights | changed, data)
            return sum(lost[name] for name in descended)

        assert_gradient_is_slope(found, own, loss_at)


@pytest.mark.parametrize("name", RECURSIVE)
def test_a_free_run_is_what_it_would_be_taught(name):
    """The end is the likeliest class by far, but never drawn, and the one after it nearly certain: it is class 1."""
    spec = replace(RECURSIVE[name], training="professor_forcing", end=0)
    weights = {name: tf.constant(value) for name, value in random_weights(spec).items()}
    weights["output/bias"] = tf.constant([200.0, 100.0, 0.0, 0.0], tf.float64)
    network, noise = network_of(spec), Noise(spec, {}, tf.constant([0, 0]))
    source = network.encode(weights, {"source": tf.constant(make_rows(spec)["source"])}, noise)
    hidden, logits = network._run_freely(weights, source, decoder_inputs(tf.zeros([5, 3], tf.int32)), noise)
    told = decoder_inputs(tf.ones([5, 3], tf.int32))
    taught = network.decoder.teach(weights, source, told, Silence())
    np.testing.assert_allclose(hidden, taught["hidden"], rtol=1e-12)
    np.testing.assert_allclose(logits, network.decoder.readout(weights, taught, told), rtol=1e-12)


def test_a_free_run_draws_from_its_own_probabilities():
    """Of 30,000 first tokens as many are of a class as its probability says, to four standard deviations."""
    spec = seq2seq_spec(training="professor_forcing")
    weights = {name: tf.constant(value) for name, value in random_weights(spec).items()}
    weights["output/kernel"] = tf.zeros_like(weights["output/kernel"])
    weights["output/bias"] = tf.math.log(tf.constant([0.1, 0.2, 0.3, 0.4], tf.float64))
    network, noise, told = network_of(spec), Noise(spec, {}, tf.constant([0, 0])), []
    source = network.encode(weights, {"source": tf.ones([30_000, 1], tf.int32)}, noise)
    step = network.decoder.step
    network.decoder.step = lambda w, s, t, inputs, *rest: told.append(inputs) or step(w, s, t, inputs, *rest)
    network._run_freely(weights, source, tf.zeros([2, 30_000], tf.int32), noise)
    counts = np.bincount(told[1], minlength=5)
    np.testing.assert_allclose(counts / 30_000, [0, 0.1, 0.2, 0.3, 0.4], atol=4 * np.sqrt(0.25 / 30_000))


@pytest.mark.parametrize("spec", [DECODER, BOTH_DECODERS], ids=["bahdanau", "both"])
def test_padding_of_targets_changes_nothing(spec, monkeypatch):
    """Neither losses nor gradients."""
    monkeypatch.setattr(critics, "UNSURE", -1)
    rows, weights, runner = ragged(spec), random_weights(spec), eager(spec)
    more = dict(rows, target=np.concatenate([rows["target"], np.full((4, 3), 2, np.int32)], 1))
    more["target"][np.arange(7) >= rows["target_lengths"][:, None]] = 1
    one, other = (means(runner, weights, data_of(spec, own)) for own in (rows, more))
    for name, value in one.items():
        np.testing.assert_allclose(other[name], value, rtol=1e-12, err_msg=name)
    one, other = (gradients(runner, weights, data_of(spec, own)) for own in (rows, more))
    for name, value in one.items():
        np.testing.assert_allclose(other[name], value, atol=1e-12, err_msg=name)


def test_a_graph_trains_a_decoder_as_python_does():
    """In float32, where the numbers drawn in a graph are those drawn in Python."""
    spec = replace(DECODER, bidirectional=False, dtype="float32")
    weights, data = random_weights(spec), data_of(spec, ragged(spec))
    one, other = (gradients(of(spec), weights, data) for of in (eager, compiled))
    for name, value in one.items():
        np.testing.assert_allclose(other[name], value, rtol=1e-4, atol=1e-5, err_msg=name)
