"""Optimizers by name and by configuration, their weight decay, and what is refused, as a user sees them."""

import keras
import numpy as np
import pytest
import short_fits
from short_fits import Y
from sklearn.base import clone

from skseq.nn import pool

pytestmark = pytest.mark.usefixtures("eager")
X = short_fits.X[:, :2]


def classifier(**parameters):
    return short_fits.classifier(**{"bidirectional": False, "epochs": 2, **parameters})


def assert_same_weights(one, other, **tolerance):
    for name, value in one.weights_.items():
        np.testing.assert_allclose(other.weights_[name], value, **tolerance or {"rtol": 0}, err_msg=name)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adamw", "lion", "nadam", "adagrad"])
def test_optimizers_by_name(optimizer):
    losses = classifier(optimizer=optimizer).fit(X, Y).history_["loss"]
    assert losses[-1] < losses[0]


def test_optimizer_by_configuration():
    config = {"class_name": "SGD", "config": {"momentum": 0.9}}
    assert classifier(optimizer=config).fit(X, Y).history_["learning_rate"] == pytest.approx([0.01] * 2)
    full = keras.optimizers.serialize(keras.optimizers.SGD(0.3, momentum=0.5))
    with pytest.raises(ValueError, match="learning rate is given twice.*learning_rate=None"):
        classifier(optimizer=full).fit(X, Y)
    model = classifier(optimizer=full, learning_rate=None).fit(X, Y)
    assert model.history_["learning_rate"] == pytest.approx([0.3] * 2)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.5)
    decaying = keras.optimizers.serialize(keras.optimizers.Adam(schedule))
    model = classifier(optimizer=decaying, learning_rate=None).fit(X, Y)
    assert model.history_["learning_rate"] == pytest.approx([0.05, 0.025])


def test_unknown_optimizer():
    with pytest.raises(ValueError, match="'optimizer' parameter of SequenceClassifier must be the name.*Got 'adamm'"):
        classifier(optimizer="adamm").fit(X, Y)


def test_two_paths_are_refused():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=4, decay_rate=0.5)
    config = keras.optimizers.serialize(keras.optimizers.Adam(schedule))
    for parameters, named in (
        ({"learning_rate_schedule": "cosine"}, r"learning_rate_schedule='cosine'\. Set"),
        ({"warmup": 0.1}, r"warmup=0\.1\. Set learning_rate_schedule='constant' and warmup=0.0"),
    ):
        with pytest.raises(
            ValueError, match=f"two paths: the schedule in the configuration of 'optimizer', and {named}"
        ):
            classifier(optimizer=config, learning_rate=None, **parameters).fit(X, Y)


def test_nesterov_by_name():
    config = {"class_name": "SGD", "config": {"momentum": 0.9, "nesterov": True}}
    assert_same_weights(classifier(optimizer="nesterov").fit(X, Y), classifier(optimizer=config).fit(X, Y))


@pytest.mark.parametrize("optimizer", ["AdamW", "Lion", "SGD"])
def test_weight_decay_is_that_of_keras(optimizer):
    config = {"class_name": optimizer, "config": {"weight_decay": 0.5}}
    own = classifier(optimizer=optimizer.lower(), weight_decay=0.5).fit(X, Y)
    assert_same_weights(classifier(optimizer=config).fit(X, Y), own, rtol=1e-5, atol=1e-7)
    without = classifier(optimizer=optimizer.lower(), weight_decay=0.0).fit(X, Y)
    assert np.abs(own.weights_["output/kernel"]).sum() < np.abs(without.weights_["output/kernel"]).sum()


def test_adam_with_weight_decay_is_adamw():
    adam, adamw = (classifier(optimizer=name, weight_decay=0.1).fit(X, Y) for name in ("adam", "adamw"))
    assert_same_weights(adam, adamw)


def test_weight_decays_share_a_compiled_network(monkeypatch):
    monkeypatch.setattr("eager_network.MAX_TIMESTEPS", 0)
    made, network = [], pool.CompiledNetwork
    monkeypatch.setattr(pool, "CompiledNetwork", lambda spec: made.append(network(spec)) or made[-1])
    for decay in (0.0, 0.1, 0.2):
        classifier(units=3, optimizer="adamw", weight_decay=decay).fit(X, Y)
    assert [runner.n_traces for runner in made] == [1]


def test_callbacks_see_the_weight_decay():
    class Look(keras.callbacks.Callback):
        decays = []

        def on_epoch_end(self, epoch, logs=None):
            self.decays.append(self.model.optimizer.weight_decay)

    classifier(weight_decay=0.25, epochs=1, callbacks=[Look()]).fit(X, Y)
    assert Look.decays == [0.25]


def test_one_weight_decay_only():
    config = keras.optimizers.serialize(keras.optimizers.AdamW())
    with pytest.raises(ValueError, match=r"weight decay is given twice.*weight_decay=0.1\. Set weight_decay=None"):
        classifier(optimizer=config, learning_rate=None, weight_decay=0.1).fit(X, Y)


@keras.saving.register_keras_serializable("skseq-tests")
class Bare(keras.optimizers.SGD):
    """An optimizer whose configuration has no weight decay."""

    def get_config(self):
        return {name: value for name, value in super().get_config().items() if name != "weight_decay"}


def test_an_optimizer_without_weight_decay_is_named():
    config = keras.optimizers.serialize(Bare(0.1))
    model = classifier(optimizer=config, learning_rate=None, epochs=1)
    clone(model).fit(X, Y)
    with pytest.raises(ValueError, match="weight_decay=0.1, but the optimizer .*Bare.* has no weight decay"):
        model.set_params(weight_decay=0.1).fit(X, Y)
