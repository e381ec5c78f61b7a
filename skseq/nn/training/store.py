"""Where a network's weights live while it is compiled, and the optimizer that moves them."""

import json

import keras
import numpy as np
import tensorflow as tf

from skseq.nn.networks.weights import as_array

__all__ = ["WeightStore"]


class WeightStore:
    """Variables for a table of weights and a Keras optimizer built on those that are trained."""

    def __init__(self, table, trained, optimizer, dtype):
        self.table, self.trained = table, trained
        # TensorFlow keeps what it needs to make a variable for every name that it has seen: one name serves all.
        self.variables = [keras.Variable(np.zeros(weight.shape), dtype=dtype, name="weight") for weight in table]
        self._moved = [variable for entry, variable in zip(table, self.variables) if entry in trained]
        config = json.loads(optimizer)
        config["config"]["name"] = "optimizer"
        self.optimizer = keras.optimizers.deserialize(config)
        # One replica has nothing to reduce, and what Keras does there TensorFlow keeps for ever (see `gradients`).
        self.optimizer._all_reduce_sum_gradients = list
        self.optimizer.build(self._moved)
        self._apply = self._apply_adam if _is_plain_adam(self.optimizer) else self._apply_keras
        self._fresh_slots = self.slots()

    # --- numbers in and out -------------------------------------------------------------------------------------------

    def load(self, weights):
        """Take weights, name -> array."""
        for entry, variable in zip(self.table, self.variables):
            _set(variable, weights[entry.name])

    def weights(self):
        """Name -> array."""
        return {entry.name: as_array(variable) for entry, variable in zip(self.table, self.variables)}

    def load_slots(self, slots=None):
        """Take the optimizer's state, a list of arrays; None: as a new optimizer has it."""
        for variable, value in zip(self.optimizer.variables, self._fresh_slots if slots is None else slots):
            _set(variable, value)

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

    def current_rate(self):
        """Learning rate of the next update, a float32 scalar."""
        return tf.cast(self.optimizer.learning_rate, tf.float32)

    def tensors(self):
        """Name -> tensor."""
        return {entry.name: tf.convert_to_tensor(v.value) for entry, v in zip(self.table, self.variables)}

    def largest(self):
        """Largest absolute value of all weights."""
        return tf.reduce_max(tf.stack([tf.reduce_max(tf.abs(weight)) for weight in self.tensors().values()]))

    def apply(self, gradients, wanted):
        """One step of the optimizer if it is ``wanted``, with gradients in the order of the trained weights.

        Those of a step that is not wanted must be zero.
        """
        self._apply(gradients, wanted)

    def _apply_keras(self, gradients, wanted):
        def step():
            self.optimizer.apply(gradients, self._moved)
            return True

        tf.cond(wanted, step, lambda: False)

    def _apply_adam(self, gradients, wanted):
        """As `keras.optimizers.Adam` does it, in one operation a weight where that has 20: traced and run faster.

        One that is not wanted is a step of nothing, 0 / (sqrt(v) + 1), on moments that stay as they are: for a
        branch XLA would copy all weights and slots.
        """
        adam, dtype = self.optimizer, gradients[0].dtype
        step = tf.cast(adam.iterations.value + 1, dtype)
        beta_1, beta_2 = tf.constant(adam.beta_1, dtype), tf.constant(adam.beta_2, dtype)
        one, none = tf.ones([], dtype), tf.zeros([], dtype)
        numbers = {
            "beta1_power": tf.pow(beta_1, step),
            "beta2_power": tf.pow(beta_2, step),
            "lr": tf.where(wanted, tf.cast(adam.learning_rate, dtype), none),
            "beta1": tf.where(wanted, beta_1, one),
            "beta2": tf.where(wanted, beta_2, one),
            "epsilon": tf.where(wanted, tf.constant(adam.epsilon, dtype), one),
        }
        for variable, m, v, gradient in zip(self._moved, adam._momentums, adam._velocities, gradients):
            slots = {"m": m.value.handle, "v": v.value.handle}
            tf.raw_ops.ResourceApplyAdam(var=variable.value.handle, **slots, **numbers, grad=gradient)
        adam.iterations.assign_add(tf.cast(wanted, adam.iterations.dtype))

    def finalize(self):
        """At the end of training: moving averages become the weights, if the optimizer keeps them."""
        self.optimizer.finalize_variable_values(self._moved)


def _set(variable, value):
    """Give a Keras variable a value: its own ``assign`` takes 2.5 times as long, and a small fit 50 ms."""
    variable.value.assign(value, read_value=False)


def _is_plain_adam(optimizer):
    """Whether an optimizer is Adam with no more than its own four numbers."""
    more = ("amsgrad", "weight_decay", "use_ema", "gradient_accumulation_steps", "loss_scale_factor")
    clips = ("clipnorm", "clipvalue", "global_clipnorm")
    return type(optimizer) is keras.optimizers.Adam and not any(getattr(optimizer, name) for name in (*more, *clips))
