"""Where a network's weights live while it is compiled, and the optimizer that moves them."""

import json

import keras
import numpy as np
import tensorflow as tf

from skseq.nn.networks import as_array

__all__ = ["WeightStore"]

# Optimizers that treat every element alike: for them all weights are one vector, and an update is a dozen operations
# rather than a dozen for every weight. Others look at the shape of a weight, and get one variable for each.
_ELEMENTWISE = {"SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Ftrl", "Lion", "Nadam"}


class WeightStore:
    """Variables for a table of weights and a Keras optimizer built on them."""

    def __init__(self, table, optimizer, dtype):
        config = json.loads(optimizer)
        self.table = table
        self.sizes = [int(np.prod(weight.shape)) for weight in table]
        self.flat = config["class_name"] in _ELEMENTWISE and config["config"].get("clipnorm") is None
        shapes = [(sum(self.sizes),)] if self.flat else [weight.shape for weight in table]
        self.variables = [keras.Variable(np.zeros(shape), dtype=dtype) for shape in shapes]
        self.optimizer = keras.optimizers.deserialize(config)
        # There is one replica and nothing to reduce; what Keras does there is kept by TensorFlow for ever (`gradients`).
        self.optimizer._all_reduce_sum_gradients = list
        self.optimizer.build(self.variables)
        self._fresh_slots = self.slots()

    # --- numbers in and out -------------------------------------------------------------------------------------------

    def load(self, weights):
        """Take weights, name -> array; a shape that is not the table's raises ValueError."""
        values = [weights[entry.name] for entry in self.table]
        for entry, value in zip(self.table, values):
            if value.shape != tuple(entry.shape):
                raise ValueError(f"Weight {entry.name!r} must have shape {tuple(entry.shape)}. Got {value.shape}.")
        if self.flat:
            values = [np.concatenate([value.ravel() for value in values])]
        for variable, value in zip(self.variables, values):
            variable.assign(value)

    def weights(self):
        """Name -> array."""
        values = [as_array(variable) for variable in self.variables]
        if self.flat:
            values = np.split(values[0], np.cumsum(self.sizes)[:-1])
        return {entry.name: value.reshape(entry.shape).copy() for entry, value in zip(self.table, values)}

    def load_slots(self, slots=None):
        """Take the optimizer's state, a list of arrays; None: as a new optimizer has it."""
        for variable, value in zip(self.optimizer.variables, self._fresh_slots if slots is None else slots):
            variable.assign(value)

    def slots(self):
        """State of the optimizer, a list of arrays."""
        return [as_array(variable) for variable in self.optimizer.variables]

    @property
    def learning_rate(self):
        """Learning rate of the next update, a float."""
        return float(as_array(self.optimizer.learning_rate))

    @learning_rate.setter
    def learning_rate(self, value):
        self.optimizer.learning_rate = value

    # --- in the graph -------------------------------------------------------------------------------------------------

    def tensors(self):
        """Name -> tensor."""
        values = [tf.convert_to_tensor(variable.value) for variable in self.variables]
        if self.flat:
            values = tf.split(values[0], self.sizes)
        return {entry.name: tf.reshape(value, entry.shape) for entry, value in zip(self.table, values)}

    def gradients(self, by_name):
        """Gradients by name, one for each variable."""
        dense = [tf.convert_to_tensor(by_name[entry.name]) for entry in self.table]
        return [tf.concat([tf.reshape(g, [-1]) for g in dense], 0)] if self.flat else dense

    def apply(self, gradients):
        """One step of the optimizer."""
        self.optimizer.apply(gradients, self.variables)

    def finalize(self):
        """At the end of training: moving averages become the weights, if the optimizer keeps them."""
        self.optimizer.finalize_variable_values(self.variables)
