"""What a fit says of the Keras callbacks that it is given."""

import re

import keras
import numpy as np
import pytest
from scikeras.wrappers import KerasClassifier
from short_fits import X, Y, classifier
from warned import told

from skseq import SequenceClassifier
from skseq._base.fits.keras_callbacks import warn_of_callbacks

pytestmark = pytest.mark.usefixtures("eager")
SCHEDULER = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.25)
PLATEAU = keras.callbacks.ReduceLROnPlateau("loss")


def told_of(callback, schedule="constant", has_validation=False):
    return told(warn_of_callbacks, [callback], schedule, has_validation)


@pytest.mark.parametrize("callback", [SCHEDULER, PLATEAU], ids=lambda own: type(own).__name__)
def test_rates_that_a_schedule_multiplies(callback):
    (message,) = told_of(callback, "cosine")
    assert message.startswith(f"{type(callback).__name__} in callbacks sets the learning rate, and ")
    assert message.endswith("Set learning_rate_schedule='constant' for the rates of the callback alone.")
    assert told_of(callback) == []


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras, see pyproject.toml
def test_the_rates_of_a_callback_alone():
    """As the warning advises; with a cosine over 12 updates it is multiplied by (1 + cos(pi p)) / 2."""
    with pytest.warns(UserWarning, match="learning_rate_schedule='cosine' multiplies what it sets"):
        scaled = classifier(learning_rate_schedule="cosine", callbacks=[SCHEDULER]).fit(X, Y)
    expected = 0.25 * (1 + np.cos(np.pi * np.array([2, 5, 8, 11]) / 12)) / 2
    np.testing.assert_allclose(scaled.history_["learning_rate"], expected, rtol=1e-5)
    assert classifier(callbacks=[SCHEDULER]).fit(X, Y).history_["learning_rate"] == [0.25] * 4


def test_no_warning_where_no_schedule_is_at_work():
    """In partial_fit the factor is 1, and a network of the user's own knows none."""
    model = classifier(learning_rate_schedule="cosine", callbacks=[SCHEDULER]).partial_fit(X, Y, classes=[0, 1])
    assert model.history_["learning_rate"] == [0.25]

    def build(meta):
        return keras.Sequential([keras.Input((4, 1)), keras.layers.GRU(2), keras.layers.Dense(2, "softmax")])

    network = KerasClassifier(build, optimizer="adam")
    SequenceClassifier(network=network, callbacks=[SCHEDULER], epochs=1, random_state=0).fit(X, Y)


@pytest.mark.parametrize(
    "callback",
    [
        keras.callbacks.EarlyStopping(monitor="val_loss"),
        keras.callbacks.ReduceLROnPlateau(monitor="val_accuracy"),
        keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True),
    ],
    ids=lambda own: type(own).__name__,
)
def test_a_validation_loss_that_is_not_there(callback):
    (message,) = told_of(callback)
    assert f"waits for {callback.monitor!r}, but this fit has no validation data. Pass X_val" in message
    assert told_of(callback, has_validation=True) == []


def test_callbacks_that_wait_for_nothing():
    assert told_of(keras.callbacks.EarlyStopping(monitor="loss"), "cosine") == []
    assert told_of(keras.callbacks.ModelCheckpoint("each.keras"), "cosine") == []  # saves every epoch
    assert told_of(keras.callbacks.LambdaCallback(), "cosine") == []


@pytest.mark.filterwarnings("ignore:Early stopping conditioned on metric")
def test_the_remedies_give_a_validation_loss():
    model = classifier(callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss")])
    with pytest.warns(UserWarning, match="set early_stopping=True"):
        model.fit(X, Y)
    model.fit(X, Y, X_val=X, y_val=Y)
    model.set_params(early_stopping=True).fit(X, Y)


@pytest.mark.parametrize("monitor", ["accuracy", "val_accuracy"])
def test_accuracies_are_best_where_they_are_highest(monitor):
    asked = []

    class Stop(keras.callbacks.EarlyStopping):
        def on_train_end(self, logs=None):
            asked.append(self.monitor_op)

    stop = Stop(monitor=monitor)
    classifier(callbacks=[stop]).fit(X, Y, X_val=X, y_val=Y)
    assert asked == [keras.ops.greater]
    assert stop.mode == "auto"  # the user's stays as it is


def test_one_callback_in_no_list():
    with pytest.raises(TypeError, match=re.escape("instead: set callbacks=[EarlyStopping(...)].")):
        classifier(callbacks=keras.callbacks.EarlyStopping()).fit(X, Y)
    with pytest.raises(ValueError, match="must be a list of keras.callbacks.Callback instances, or None. Got 3 inst"):
        classifier(callbacks=3).fit(X, Y)
