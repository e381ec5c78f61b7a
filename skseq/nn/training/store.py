"""Where a network's weights live while it is compiled, and the optimizer that moves them.

`WeightStore` is for our own networks, `ModelStore` for a `keras.Model` of the user's. Both take and give plain NumPy
arrays: the weights by name, the state of the optimizer (its slots) in a list.
"""

import json
import re
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf

from skseq.nn._keras import adam_moments, reduce_nothing
from skseq.nn._tensorflow import apply_adam, assign
from skseq.nn.networks.weights import as_array, float_type
from skseq.nn.training.packs import packs_of

_COUNTER = re.compile(r"_\d+(?=/|$)")  # Keras tells layers of one name apart by it; another number in every process


class WeightStore:
    """Variables for a table of weights and a Keras optimizer built on those that are trained.

    Arrays in and out are those of single weights; which of them share a variable nobody else knows.
    """

    def __init__(self, table, trained, optimizer, dtype, *, averaged=False):
        self.table, self.trained = table, trained
        config = json.loads(optimizer)
        config["config"]["name"] = "optimizer"
        self._scheduled = isinstance(config["config"].get("learning_rate"), dict)  # Keras refuses to set its rate
        with float_type(dtype):
            self.optimizer = keras.optimizers.deserialize(config)
        plain = _is_plain_adam(self.optimizer)
        self._packs = packs_of(trained, together=plain)  # other optimizers may look at the shape of a weight
        self._fixed_packs = packs_of([entry for entry in table if entry not in trained], together=True)
        # TensorFlow never forgets the name of a variable: one name for all keeps memory from growing with every fit.
        self._moved, self._fixed = (
            [keras.Variable(np.zeros(pack.shape), dtype=dtype, name="weight") for pack in packs]
            for packs in (self._packs, self._fixed_packs)
        )
        self._means = [keras.Variable(v, dtype=dtype, name="mean") for v in self._moved] if averaged else []
        with float_type(dtype):
            reduce_nothing(self.optimizer)  # one device: no gradients to sum up
            self.optimizer.build(self._moved)
        self._moments = list(zip(*adam_moments(self.optimizer))) if plain else []
        self._apply = self._apply_adam if plain else self._apply_keras
        self._fresh_slots = self.slots()  # a pooled runner begins many fits

    @property
    def variables(self):
        """All variables of weights."""
        return [*self._moved, *self._fixed]

    # --- numbers in and out -------------------------------------------------------------------------------------------

    def load(self, weights):
        """Take weights, name -> array."""
        for pack, variable in zip((*self._packs, *self._fixed_packs), self.variables):
            _set(variable, pack.pack([weights[entry.name] for entry in pack.entries]))

    def weights(self):
        """Name -> array."""
        own = _unpacked((*self._packs, *self._fixed_packs), self.variables)
        return {entry.name: own[entry.name] for entry in self.table}

    def result(self):
        """Name -> array, with the means in the place of the weights that have one: what a fit keeps."""
        return self.weights() | self.means()

    def means(self):
        """Name -> array of the means, if there are any."""
        own = _unpacked(self._packs, self._means)
        return {entry.name: own[entry.name] for entry in self.trained if own}

    def load_means(self, means):
        """Take means, name -> array."""
        for pack, mean in zip(self._packs, self._means):
            _set(mean, pack.pack([means[entry.name] for entry in pack.entries]))

    def change(self, weights):
        """Take some weights, name -> array, in the place of these and of their means."""
        if weights:
            self.load(self.weights() | weights)
            self.load_means(self.means() | weights)

    def begin_means(self):
        """Let the means be the weights."""
        for variable, mean in zip(self._moved, self._means):
            _set(mean, variable.value)

    @contextmanager
    def result_loaded(self):
        """Have the means in the place of the weights for a while."""
        if not self._means:
            yield
            return
        own = self.weights()
        self.load(self.result())
        try:
            yield
        finally:
            self.load(own)  # also where an interrupt ends a validation

    def load_slots(self, slots=None):
        """Take the optimizer's state, a list of arrays; None is the state of a new optimizer."""
        slots = self._fresh_slots if slots is None else slots
        if self._moments:
            n = len(slots) - 2 * len(self.trained)
            moments = {entry: slots[n + 2 * k : n + 2 * k + 2] for k, entry in enumerate(self.trained)}
            packed = [[pack.pack(part) for part in zip(*map(moments.get, pack.entries))] for pack in self._packs]
            slots = [*slots[:n], *(array for pair in packed for array in pair)]
        for variable, value in zip(self._slots(), slots):
            _set(variable, value)

    def slots(self):
        """State of the optimizer, a list of arrays, as if every weight had a variable of its own."""
        arrays = [as_array(variable) for variable in self._slots()]
        if not self._moments:
            return arrays
        n = len(arrays) - 2 * len(self._packs)
        moments = {}
        for k, pack in enumerate(self._packs):
            pair = [pack.unpack(array) for array in arrays[n + 2 * k : n + 2 * k + 2]]
            moments |= dict(zip(pack.entries, zip(*pair)))
        return [*arrays[:n], *(array for entry in self.trained for array in moments[entry])]

    def _slots(self):
        """Variables of the optimizer: those of Adam are its own numbers, and then both moments of every pack."""
        moments = [variable for pair in self._moments for variable in pair]
        known = {id(variable) for variable in moments}
        return [*(v for v in self.optimizer.variables if id(v) not in known), *moments]

    @property
    def n_steps(self):
        """Number of updates so far."""
        return int(as_array(self.optimizer.iterations))

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
        own = {}
        for pack, variable in zip((*self._packs, *self._fixed_packs), self.variables):
            parts = pack.split(tf.convert_to_tensor(variable.value))
            own |= {entry.name: part for entry, part in zip(pack.entries, parts)}
        return {entry.name: own[entry.name] for entry in self.table}

    def largest(self):
        """Largest absolute value of all weights."""
        return tf.reduce_max(tf.stack([tf.reduce_max(tf.abs(variable.value)) for variable in self.variables]))

    def joined(self, gradients):
        """Gradients of the trained weights, name -> tensor, as `apply` takes them: a list."""
        return [pack.join([gradients[entry.name] for entry in pack.entries]) for pack in self._packs]

    def apply(self, gradients, wanted, factor, weight_decay=None):
        """One step of the optimizer if it is ``wanted``, with gradients that were `joined`.

        The gradients of a step that is not wanted must be zero. ``factor`` multiplies the learning rate, unless the
        optimizer has a schedule of its own. ``weight_decay`` replaces the number in the optimizer's configuration.
        """
        self._apply(gradients, wanted, factor, weight_decay)

    def _apply_keras(self, gradients, wanted, factor, weight_decay):
        def step():
            with self._changed(factor, weight_decay):
                self.optimizer.apply(gradients, self._moved)
            return True

        tf.cond(wanted, step, lambda: False)

    @contextmanager
    def _changed(self, factor, weight_decay):
        """Let the Keras optimizer have another learning rate and weight decay for one step."""
        optimizer, own_decay = self.optimizer, self.optimizer.weight_decay
        if weight_decay is not None:
            optimizer.weight_decay = weight_decay
        if not self._scheduled:
            rate = tf.convert_to_tensor(optimizer.learning_rate)
            optimizer.learning_rate = rate * tf.cast(factor, rate.dtype)
        yield
        optimizer.weight_decay = own_decay
        if not self._scheduled:
            optimizer.learning_rate = rate

    def _apply_adam(self, gradients, wanted, factor, weight_decay):
        """The step of Keras' Adam or AdamW in one operation per variable instead of 20: faster to trace and to run.

        A step that is not wanted adds zero, 0 / (sqrt(v) + 1), and keeps the moments. A branch would make XLA copy
        every weight and slot.
        """
        adam, dtype = self.optimizer, gradients[0].dtype
        step = tf.cast(adam.iterations.value + 1, dtype)  # Adam counts from 1
        beta_1, beta_2 = tf.constant(adam.beta_1, dtype), tf.constant(adam.beta_2, dtype)
        one, none = tf.ones([], dtype), tf.zeros([], dtype)
        rate = tf.where(wanted, factor * tf.cast(adam.learning_rate, dtype), none)
        decay = adam.weight_decay if weight_decay is None else weight_decay
        numbers = {
            "beta1_power": tf.pow(beta_1, step),
            "beta2_power": tf.pow(beta_2, step),
            "lr": rate,
            "beta1": tf.where(wanted, beta_1, one),
            "beta2": tf.where(wanted, beta_2, one),
            "epsilon": tf.where(wanted, tf.constant(adam.epsilon, dtype), one),
        }
        for variable, (m, v), gradient in zip(self._moved, self._moments, gradients):
            if decay is not None:
                variable.value.assign_sub(variable.value * decay * rate)
            slots = {"m": m.value.handle, "v": v.value.handle}
            apply_adam(var=variable.value.handle, **slots, **numbers, grad=gradient)
        adam.iterations.assign_add(tf.cast(wanted, adam.iterations.dtype))  # a step not wanted does not count

    def average(self, share, wanted):
        """Move the means towards the weights, mean += share (w - mean), after a step that was ``wanted``."""
        share = tf.where(wanted, share, tf.zeros_like(share))
        for variable, mean in zip(self._moved, self._means):
            moved = mean.value + share * (variable.value - mean.value)
            mean.value.assign(tf.where(tf.equal(share, 1), variable.value, moved))  # a share of 1 rounds nothing

    def kept(self):
        """Name -> array: the weights that a training which ended now would keep."""
        own = self.weights()
        self.finalize()
        kept = self.weights()
        self.load(own)
        return kept

    def finalize(self):
        """End the training: if there are means, or moving averages of the optimizer, they become the weights."""
        self.optimizer.finalize_variable_values(self._moved)
        if self._means:
            self.load(self.result())


class ModelStore:
    """The weights and the optimizer's state of a compiled `keras.Model`, as NumPy arrays in and out."""

    def __init__(self, model):
        self.model = model
        self.names = [f"{index}/{_COUNTER.sub('', weight.path)}" for index, weight in enumerate(model.weights)]
        model.optimizer.build(model.trainable_variables)

    def load(self, weights):
        """Take weights, name -> array; names or shapes that are not the model's raise ValueError."""
        shapes = dict(zip(self.names, (tuple(weight.shape) for weight in self.model.weights)))
        given = {name: value.shape for name, value in weights.items()}
        if shapes != given:
            raise ValueError(
                f"The model of network has weights {shapes}, but the fitted ones are {given}: the build function must "
                "give the same model for the same meta and parameters."
            )
        for name, variable in zip(self.names, self.model.weights):
            variable.assign(weights[name])

    def weights(self):
        """Name -> array."""
        return {name: as_array(variable) for name, variable in zip(self.names, self.model.weights)}

    # What a fit keeps, and would keep if it ended now: what Keras makes of them at the end is not known before.
    result = kept = weights

    def load_slots(self, slots):
        """Take the optimizer's state but for its learning rate; the state of another optimizer raises ValueError."""
        optimizer, rate = self.model.optimizer, self.model.optimizer.learning_rate
        if [tuple(variable.shape) for variable in optimizer.variables] != [value.shape for value in slots]:
            raise ValueError("The optimizer of network is another one than in the last fit.")
        for variable, value in zip(optimizer.variables, slots):
            if variable is not rate:  # the wrapper may have been given a new one
                variable.assign(value)

    def slots(self):
        """State of the optimizer, a list of arrays."""
        return [as_array(variable) for variable in self.model.optimizer.variables]

    @property
    def n_steps(self):
        """Number of updates so far."""
        return int(as_array(self.model.optimizer.iterations))

    def finalize(self):
        """Nothing is left to do: Keras finalizes its optimizer at the end of its fit."""


def _set(variable, value):
    """Give a Keras variable a value. Its own ``assign`` takes five times as long, and every predict gives some."""
    assign(variable.value, tf.convert_to_tensor(value, variable.dtype))


def _unpacked(packs, variables):
    """Name -> array of all weights in some packs."""
    found = {}
    for pack, variable in zip(packs, variables):
        found |= {entry.name: part for entry, part in zip(pack.entries, pack.unpack(as_array(variable)))}
    return found


def _is_plain_adam(optimizer):
    """Whether an optimizer is Adam or AdamW with nothing beyond learning rate, two betas, epsilon and weight decay."""
    more = ("amsgrad", "use_ema", "gradient_accumulation_steps", "loss_scale_factor")
    clips = ("clipnorm", "clipvalue", "global_clipnorm")
    plain = type(optimizer) in (keras.optimizers.Adam, keras.optimizers.AdamW)
    return plain and not any(getattr(optimizer, name) for name in (*more, *clips))
