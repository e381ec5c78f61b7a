"""The stock Keras model that callbacks see."""

import json

import keras
import numpy as np

from skseq.nn.export.models import build_models
from skseq.nn.export.stock_layers import get_weights, set_weights
from skseq.nn.networks.weights import as_array, float_type


class CallbackModel:
    """A stock Keras model that is kept equal to the runner in training, for callbacks to look at and to change."""

    def __init__(self, runner, n_timesteps, scales=None, weight_decay=None):
        self.store = runner.store
        models, self.bindings = build_models(runner.spec, *n_timesteps, scales)
        self.keras_model = models["model"]
        config = json.loads(runner.spec.optimizer)
        self.scheduled = isinstance(config["config"].get("learning_rate"), dict)  # then no callback can set the rate
        with float_type(runner.spec.dtype):
            optimizer = keras.optimizers.deserialize(config)
            if weight_decay is not None:
                optimizer.weight_decay = weight_decay  # that of the configuration only marks its place
            optimizer.build(self.keras_model.trainable_variables)  # a saved model must have all of its optimizer
        self.keras_model.compile(optimizer=optimizer)
        self.keras_model.stop_training = False

    def push(self):
        """Runner to model: the weights that a fit keeps, which are their means if there are any."""
        self.pushed = self.store.result()
        set_weights(self.bindings, self.pushed)
        if not self.scheduled:
            self.rate = self.store.learning_rate
            self.keras_model.optimizer.learning_rate = self.rate

    def pull(self):
        """What a callback changed, from model to runner."""
        weights = get_weights(self.bindings, self.pushed)
        self.store.change({name: x for name, x in weights.items() if not np.array_equal(x, self.pushed[name])})
        if not self.scheduled:
            rate = float(as_array(self.keras_model.optimizer.learning_rate))
            if rate != self.rate:
                self.store.learning_rate = rate  # as LearningRateScheduler sets it
