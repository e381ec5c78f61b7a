"""Fits whose loss is next to nothing: when they end, by hand, and that time has no say in it."""

import numpy as np
import pytest
from nn_tools import RATES, data_of, make_rows, optimizer, pooled_spec, random_weights, seq2seq_spec

from skseq.nn.training import fitting
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.ending import Ending, EndingWithDropout
from skseq.nn.training.fitting import FitOptions, fit_network


def looks(losses, **options):
    """(epochs after which it was looked, when the rate begins to fall, epochs in all)."""
    ending, seen = Ending(**{"least": 1.0, "patience": 3, "n_epochs": 100} | options), []
    for done, loss in enumerate(losses, 1):
        if done == ending.next_look:
            seen.append(done)
        ending.add(loss)
    return seen, ending.began, ending.n_epochs


def test_it_looks_often_only_where_the_end_is_near():
    """Every 12 epochs; every 3 below 30 times the least loss; then as soon as three losses can be below it."""
    losses = [100] * 15 + [20] * 4 + [0.5] * 20
    assert looks(losses) == ([3, 15, 27], 27, 37)
    losses = [100] * 10 + [20] * 7 + [0.5] * 20  # the losses of epochs 16 and 17 are too high at 18
    assert looks(losses) == ([3, 15, 18, 20], 20, 30)


def test_one_higher_loss_begins_the_wait_again():
    losses = [0.5, 0.5, 2, 0.5, 0.5, 0.5, 0.5]
    assert looks(losses) == ([3, 6], 6, 16)
    assert looks([2.0] * 50)[1] is None
    assert looks([0.5] * 12, n_epochs=12) == ([3], 3, 5)
    assert looks([np.nan] * 12)[1] is None


def test_the_rate_falls_on_a_line_from_where_it_is():
    ending = Ending(1.0, 3, 40)
    for _ in range(3):
        ending.add(0.0)
    assert ending.n_epochs == 7
    updates = np.array([6, 8, 10, 12])  # two of each epoch from the fourth on
    np.testing.assert_array_equal(ending.frozen(updates, 2), 6)
    np.testing.assert_allclose(ending.factors(updates, 2), [1, 3 / 4, 1 / 2, 1 / 4])


def measured(losses, without, measured=()):
    """(epochs after which the loss without dropout was asked for, when the rate begins to fall)."""
    asked = []

    def measure():
        asked.append(len(ending.losses))
        return without[len(ending.losses)]

    ending = EndingWithDropout(1.0, 3, 100, measure)
    ending.measured.update(measured)
    for loss in losses:
        ending.add(loss)
    return asked, ending.began


def test_the_loss_without_dropout_has_to_be_low_twice():
    low = [500] * 6 + [100] * 20  # in training: asked for are those below 300 times the least loss
    assert measured(low, {9: 0.5, 12: 0.2, 15: 0.5, 18: 0.2, 21: 0.2}) == ([9, 12, 15, 18, 21], 21)
    assert measured(low, {9: 0.2, 12: 0.2}) == ([9, 12], 12)
    assert measured(low, {9: np.nan, 12: 0.2, 15: 0.2}) == ([9, 12, 15], 15)
    assert measured([500.0] * 30, {}) == ([], None)
    assert measured([np.nan] * 30, {}) == ([], None)
    far = {9: 20.0, 15: 0.2, 18: 0.2}  # above 30 times its limit: half as often
    assert measured(low, far) == ([9, 15, 18], 18)
    high_between = [100] * 3 + [500] * 3 + [100] * 6
    assert measured(high_between, {3: 0.2, 9: 0.2, 12: 0.2}) == ([3, 9, 12], 12)


def test_a_loss_in_training_that_is_next_to_nothing_is_enough():
    assert measured([500.0] * 3 + [0.5] * 3, {}) == ([], 6)


def test_what_was_measured_before_is_not_asked_for_again():
    low = [100] * 12
    assert measured(low, {9: 0.2, 12: 0.2}, {3: 0.5, 6: 0.2}) == ([9], 9)
    assert measured(low, {6: 0.2}, {3: 0.2}) == ([6], 6)


def test_only_dropout_adds_to_the_loss():
    spec, rates = pooled_spec(), RATES | {"dropout": 0.0, "recurrent_dropout": 0.0}

    def adds(spec, **more):
        return fitting._only_dropout_adds(spec, FitOptions(epochs=1, batch_size=1, rates=rates | more))

    assert not adds(spec)
    assert adds(spec, dropout=0.1)
    assert adds(spec, recurrent_dropout=0.1)
    for other in ({"scheduled_sampling": "linear"}, {"label_smoothing": True}):
        assert not adds(seq2seq_spec(**other), dropout=0.1)


@pytest.mark.parametrize(("most", "samples"), [(512, [1, 2, 3, 4, 5, 6]), (3, [1, 3, 6])])
def test_what_is_measured_is_the_loss_of_a_prediction(monkeypatch, most, samples):
    """Of some of many samples, however they are cut into calls; weights count, and those of weight 0 are left out."""
    monkeypatch.setattr(fitting, "MEASURED", most)
    monkeypatch.setattr(fitting, "MEASURED_ROWS", 4)
    spec = pooled_spec(dtype="float64")
    rows = make_rows(spec, n_samples=7)
    rows["weight"] = np.arange(7.0)
    runner, data = CompiledNetwork(spec), data_of(spec, rows)
    runner.store.load(random_weights(spec))
    options = FitOptions(epochs=1, batch_size=3, rates=RATES | {"dropout": 0.5}, max_bytes=1)
    loss = fitting._loss_without_dropout(runner, data, options)
    probabilities = runner.predict("probs", data)
    own = -np.log(probabilities[np.array(samples) - 1, rows["target"][samples].ravel()])
    assert loss == pytest.approx(np.average(own, weights=rows["weight"][samples]), rel=1e-9)


def test_an_interrupt_while_the_loss_is_measured_keeps_what_was_learnt(monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "_loss_without_dropout", interrupted)
    spec = pooled_spec(dtype="float32")
    rates = RATES | {"dropout": 0.1}
    options = FitOptions(epochs=60, batch_size=4, rates=rates, least_loss=1.0, n_least=4)
    start = {"weights": random_weights(spec), "rng": np.random.RandomState(0), "n_timesteps": (4, 0)}
    data = data_of(spec, make_rows(spec, n_samples=4))
    result = fit_network(CompiledNetwork(spec), data, options, **start)
    assert result.interrupted
    assert len(result.history["loss"]) == 4


@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_time_has_no_say_in_when_a_fit_ends(monkeypatch, schedule, dropout):
    """One epoch a call, or as many as fit."""
    spec = pooled_spec(dtype="float32", optimizer=optimizer("Adam", learning_rate=0.05))
    rows = make_rows(spec, n_samples=4)
    rows["target"][:] = 1  # one class: soon there is nothing to lose
    options = FitOptions(epochs=60, batch_size=4, rates=RATES | {"dropout": dropout}, least_loss=0.05, n_least=4)
    options = options.__class__(**vars(options) | {"learning_rate_schedule": schedule})
    runner, results = CompiledNetwork(spec), []
    for seconds in (0, 1e9):
        monkeypatch.setattr(fitting, "CALL_SECONDS", seconds)
        start = {"weights": random_weights(spec), "rng": np.random.RandomState(0), "n_timesteps": (4, 0)}
        results.append(fit_network(runner, data_of(spec, rows), options, **start))
    one, other = results
    assert one.history == other.history
    for name, value in one.weights.items():
        np.testing.assert_array_equal(value, other.weights[name])
    n_epochs = len(one.history["loss"])
    assert n_epochs < 60
    if not dropout:
        assert max(one.history["loss"][n_epochs - 10 : n_epochs - 6]) < 0.05  # six epochs are a tenth of all
    rates = np.array(one.history["learning_rate"][-6:])
    np.testing.assert_allclose(np.diff(rates), -rates[-1], rtol=1e-4)
    assert rates[0] < one.history["learning_rate"][-7] + 1e-9
