"""Fits whose loss is next to nothing: when they end, by hand, and that time has no say in it."""

import numpy as np
import pytest
from nn_tools import RATES, data_of, make_rows, optimizer, pooled_spec, random_weights

from skseq.nn.training import fitting
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.ending import Ending
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


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_time_has_no_say_in_when_a_fit_ends(monkeypatch, schedule):
    """One epoch a call, or as many as fit."""
    spec = pooled_spec(dtype="float32", optimizer=optimizer("Adam", learning_rate=0.05))
    rows = make_rows(spec, n_samples=4)
    rows["target"][:] = 1  # one class: soon there is nothing to lose
    options = FitOptions(epochs=60, batch_size=4, rates=RATES, least_loss=0.05, n_least=4)
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
    assert max(one.history["loss"][n_epochs - 10 : n_epochs - 6]) < 0.05  # six epochs are a tenth of all
    rates = np.array(one.history["learning_rate"][-6:])
    np.testing.assert_allclose(np.diff(rates), -rates[-1], rtol=1e-4)
    assert rates[0] < one.history["learning_rate"][-7] + 1e-9
