"""The path of the learning rate, and means of weights, as a user of any estimator sees them."""

import keras
import numpy as np
import pytest
from short_fits import X, Y, classifier
from sklearn.base import clone

from skseq import LSTMAutoencoderDetector, LSTMAutoencoderTransformer, SequenceTagger
from skseq.nn import pool


def rates(estimator, *data, **more):
    return np.array(estimator.fit(*(data or (X, Y)), **more).history_["learning_rate"])


def cosine(updates, n):
    return 0.01 * (1 + np.cos(np.pi * np.asarray(updates) / n)) / 2


def assert_same_weights(one, other, **tolerance):
    for name, value in one.weights_.items():
        np.testing.assert_allclose(other.weights_[name], value, **tolerance or {"rtol": 0}, err_msg=name)


# --- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "estimator",
    [
        classifier(),
        SequenceTagger(units=2, epochs=4, batch_size=8),
        LSTMAutoencoderTransformer(units=2, epochs=4, batch_size=8),
        LSTMAutoencoderDetector(units=2, epochs=4, batch_size=8, validation_fraction=0.01),  # which leaves 23
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_history_has_the_rate_of_the_last_update_of_every_epoch(estimator):
    estimator.set_params(learning_rate=0.01, learning_rate_schedule="cosine")
    np.testing.assert_allclose(rates(estimator), cosine([2, 5, 8, 11], 12), rtol=1e-6)


def test_a_cosine_trains_as_the_schedule_of_keras():
    own = classifier(learning_rate_schedule="cosine").fit(X, Y)
    of_keras = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, decay_steps=12))
    of_keras = classifier(optimizer=keras.optimizers.serialize(of_keras), learning_rate=None)
    assert_same_weights(of_keras.fit(X, Y), own, rtol=1e-4, atol=1e-6)
    assert own.history_["loss"] != classifier().fit(X, Y).history_["loss"]


def test_warm_up():
    found = rates(classifier(warmup=0.5))
    np.testing.assert_allclose(found, [0.01 * 3 / 7, 0.01 * 6 / 7, 0.01, 0.01], rtol=1e-6)


def test_early_stopping_does_not_shorten_the_path():
    model = classifier(learning_rate_schedule="linear", epochs=50, n_iter_no_change=1, early_stopping=True)
    found = rates(model, X, Y, X_val=X, y_val=1 - Y)
    assert len(found) < 50
    np.testing.assert_allclose(found, 0.01 * (1 - np.arange(2, 3 * len(found), 3) / 150), rtol=1e-6)


def test_a_plateau_is_half_the_patience_of_early_stopping():
    still = classifier(learning_rate=1e-12, learning_rate_schedule="reduce_on_plateau", n_iter_no_change=3)
    np.testing.assert_allclose(rates(still), [1e-12, 1e-12, 1e-12, 5e-13], rtol=1e-6)


def test_every_warm_start_has_a_path_of_its_own_and_partial_fit_a_constant_rate():
    model = classifier(learning_rate_schedule="linear", warmup=0.25, warm_start=True, epochs=2).fit(X, Y)
    first = list(model.history_["learning_rate"])
    model.fit(X, Y).partial_fit(X, Y)
    np.testing.assert_allclose(model.history_["learning_rate"], [*first, *first, 0.01], rtol=1e-6)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras, see pyproject.toml
def test_a_callback_sets_what_the_factor_multiplies():
    """What a callback sees and sets is the rate without the factor."""
    seen = []
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: seen.append(rate) or rate / 2)
    with pytest.warns(UserWarning, match="learning_rate_schedule='linear' multiplies"):
        found = rates(classifier(learning_rate_schedule="linear", learning_rate=0.5, callbacks=[halve]))
    np.testing.assert_allclose(seen, [0.5, 0.25, 0.125, 0.0625])
    np.testing.assert_allclose(found, 0.5 ** np.arange(2, 6) * (1 - np.array([2, 5, 8, 11]) / 12), rtol=1e-6)


def test_a_path_multiplies_a_rate_from_the_configuration():
    config = keras.optimizers.serialize(keras.optimizers.RMSprop(0.5))
    found = rates(classifier(optimizer=config, learning_rate=None, learning_rate_schedule="exponential", epochs=1))
    np.testing.assert_allclose(found, 0.5 * 0.01 ** (2 / 3), rtol=1e-6)


def test_schedules_share_a_compiled_network(monkeypatch):
    made, network = [], pool.CompiledNetwork
    monkeypatch.setattr(pool, "CompiledNetwork", lambda spec: made.append(network(spec)) or made[-1])
    for number, schedule in enumerate(("constant", "cosine", "one_cycle", "reduce_on_plateau"), 1):
        classifier(units=3, learning_rate_schedule=schedule, warmup=0.1 * number, epochs=number).fit(X, Y)
    assert [runner.n_traces for runner in made] == [1]


def test_a_cycle_needs_a_fall():
    with pytest.raises(ValueError, match=r"warmup=0.9 leaves learning_rate_schedule='one_cycle' no updates for its"):
        classifier(learning_rate_schedule="one_cycle", warmup=0.9).fit(X, Y)


# --- means of weights -------------------------------------------------------------------------------------------------


def test_a_moving_average_is_that_of_its_updates():
    """All samples in one batch, so that fits of one, two and three epochs show the weights after every update."""
    model = classifier(batch_size=24, epochs=3, optimizer="sgd", learning_rate=0.5)
    after = [clone(model).set_params(epochs=epochs).fit(X, Y).weights_ for epochs in (1, 2, 3)]
    start = classifier(batch_size=24, epochs=1, optimizer="sgd", learning_rate=1e-12).fit(X, Y).weights_
    found = model.set_params(weight_average="ema").fit(X, Y).weights_
    for name, mean in start.items():
        for weights, d in zip(after, (1 / 10, 2 / 11, 3 / 12)):
            mean = d * mean + (1 - d) * weights[name]
        np.testing.assert_allclose(found[name], mean, rtol=1e-4, atol=1e-6, err_msg=name)


def test_warm_start_goes_on_from_the_mean_and_partial_fit_keeps_none():
    model = classifier(weight_average="swa", warm_start=True).fit(X, Y)
    mean = model.weights_["output/kernel"]
    goes_on = clone(model).fit(X, Y).set_params(learning_rate=1e-12, weight_average=None).fit(X, Y)
    np.testing.assert_allclose(goes_on.weights_["output/kernel"], mean, rtol=1e-6)
    once = clone(model).fit(X, Y).partial_fit(X, Y)
    assert_same_weights(clone(model).fit(X, Y).set_params(weight_average=None).partial_fit(X, Y), once, rtol=1e-6)


def test_kinds_of_means_share_a_compiled_network(monkeypatch):
    made, network = [], pool.CompiledNetwork
    monkeypatch.setattr(pool, "CompiledNetwork", lambda spec: made.append(network(spec)) or made[-1])
    for kind in ("ema", "swa"):
        classifier(units=3, weight_average=kind).fit(X, Y)
    assert [runner.n_traces for runner in made] == [1]
