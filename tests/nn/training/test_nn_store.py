"""The optimizer's step, against the paper and against Keras on the same gradients."""

import json
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from skseq.nn.networks.weights import Weight, as_array
from skseq.nn.training.store import WeightStore

TABLE = [Weight("kernel", (3, 2), "zeros"), Weight("bias", (2,), "zeros"), Weight("fixed", (2,), "zeros")]
PLAIN = {
    "default": {},
    "own numbers": {"learning_rate": 0.03, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-4},
    "schedule": {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)},
    "weight decay": {"learning_rate": 0.03, "weight_decay": 0.1},
}
ONE = tf.constant(1.0)
OF_KERAS = 1e-4  # which rounds both betas to float32, also in float64: 1 - 0.999 has four digits then
MORE = [
    keras.optimizers.Adam(amsgrad=True),
    keras.optimizers.Adam(clipnorm=0.1),
    keras.optimizers.Adam(clipvalue=0.1),
    keras.optimizers.Adam(global_clipnorm=0.1),
    keras.optimizers.Adam(use_ema=True, ema_overwrite_frequency=2),
    keras.optimizers.Adam(gradient_accumulation_steps=2),
    keras.optimizers.Adamax(weight_decay=0.1),
    keras.optimizers.SGD(momentum=0.9),
]


def store_of(optimizer, dtype="float64"):
    return WeightStore(TABLE, TABLE[:2], json.dumps(keras.optimizers.serialize(optimizer)), dtype)


def step_of(store, gradients, *how):
    """A step from the gradients of the trained weights."""
    named = {entry.name: gradient for entry, gradient in zip(store.trained, gradients)}
    store.apply(store.joined(named), *how)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_rate_is_kept_in_the_type_of_the_weights(dtype, monkeypatch):
    keras.config.set_floatx("float16")  # in which 1e-8 is 0
    try:
        store = store_of(keras.optimizers.Adam(), dtype)
        assert keras.config.floatx() == "float16"
    finally:
        keras.config.set_floatx("float32")
    store.learning_rate = 1e-8
    assert store.learning_rate == np.dtype(dtype).type(1e-8)


def draw(dtype):
    """Starting weights, and gradients of the trained weights for every step; some are zero at first."""
    rng = np.random.RandomState(0)
    weights = {entry.name: rng.randn(*entry.shape).astype(dtype) for entry in TABLE}
    steps = [[rng.randn(*entry.shape).astype(dtype) * (step > 0) for entry in TABLE[:2]] for step in range(5)]
    return weights, steps


def in_keras(optimizer, weights, steps, dtype):
    """Weights after the steps, and the state of the optimizer."""
    variables = [keras.Variable(weights[entry.name], dtype=dtype) for entry in TABLE[:2]]
    for gradients in steps:
        optimizer.apply([tf.constant(gradient) for gradient in gradients], variables)
    return [as_array(v) for v in variables], [as_array(v) for v in optimizer.variables]


def in_the_paper(config, weights, steps):
    """Kingma & Ba 2015, the order of computation of section 2: epsilon beside the uncorrected root.

    The decay is that of Loshchilov & Hutter 2019, algorithm 2, times the learning rate.
    """
    numbers = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "weight_decay": 0.0} | config
    rate, b1, b2, epsilon, decay = numbers.values()
    theta = [weights[entry.name].astype("float64") for entry in TABLE[:2]]
    m, v = ([np.zeros_like(value) for value in theta] for _ in range(2))
    for t, gradients in enumerate(steps, 1):
        alpha = rate if isinstance(rate, float) else 0.1 * 0.5 ** ((t - 1) / 2)
        alpha = alpha * np.sqrt(1 - b2**t) / (1 - b1**t)
        for k, g in enumerate(gradients):
            m[k] = b1 * m[k] + (1 - b1) * g
            v[k] = b2 * v[k] + (1 - b2) * g * g
            theta[k] = theta[k] - (decay and rate * decay * theta[k]) - alpha * m[k] / (np.sqrt(v[k]) + epsilon)
    return theta


def assert_steps_equal(store, optimizer, jit_compile, dtype, rtol):
    """Weights and state, so that a fit can go on from either."""
    weights, steps = draw(dtype)
    store.load(weights)
    apply = tf.function(partial(step_of, store), jit_compile=jit_compile, autograph=False)
    for gradients in steps:
        apply([tf.constant(gradient) for gradient in gradients], tf.constant(True), tf.cast(ONE, dtype))
    expected, state = in_keras(optimizer, weights, steps, dtype)
    for entry, value in zip(TABLE, [*expected, weights["fixed"]]):
        np.testing.assert_allclose(store.weights()[entry.name], value, rtol=rtol, atol=rtol / 10, err_msg=entry.name)
    for own, value in zip(store.slots(), state, strict=True):
        np.testing.assert_allclose(own, value, rtol=rtol, atol=1e-12)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(("dtype", "atol"), [("float32", 1e-6), ("float64", 1e-8)])
@pytest.mark.parametrize("config", PLAIN.values(), ids=PLAIN)
def test_adam_takes_the_steps_of_the_paper_and_of_keras(config, dtype, atol, jit_compile):
    store = store_of(keras.optimizers.Adam(**config), dtype)
    assert_steps_equal(store, keras.optimizers.Adam(**config), jit_compile, dtype, OF_KERAS)
    for entry, expected in zip(TABLE, in_the_paper(config, *draw(dtype))):
        np.testing.assert_allclose(store.weights()[entry.name], expected, rtol=1e-6, atol=atol)


def test_small_weights_share_one_operation_of_adam_and_large_ones_have_their_own():
    table = [*TABLE, Weight("large", (2**15, 3), "zeros"), Weight("last", (1,), "zeros")]
    trained = [entry for entry in table if entry.name != "fixed"]
    store = WeightStore(table, trained, json.dumps(keras.optimizers.serialize(keras.optimizers.Adam())), "float32")
    assert [variable.shape for variable in store.variables] == [(3 * 2 + 2 + 1,), (2**15, 3), (2,)]
    gradients = [tf.TensorSpec(entry.shape, "float32") for entry in trained]
    apply = tf.function(partial(step_of, store))
    graph = apply.get_concrete_function(gradients, tf.TensorSpec([], "bool"), tf.TensorSpec([], "float32")).graph
    assert sum(operation.type == "ResourceApplyAdam" for operation in graph.get_operations()) == 2


@pytest.mark.parametrize("averaged", [False, True])
def test_numbers_come_out_as_they_went_in(averaged):
    """Weights, means and the optimizer's state, whatever shares a variable, and in the order of Keras."""
    adam, rng = keras.optimizers.Adam(), np.random.RandomState(0)
    table = [TABLE[0], Weight("large", (2**17,), "zeros"), *TABLE[1:]]
    trained = [table[1], table[2], table[0]]  # not in the order of the table
    store = WeightStore(table, trained, json.dumps(keras.optimizers.serialize(adam)), "float64", averaged=averaged)
    weights, means = ({entry.name: rng.randn(*entry.shape) for entry in table} for _ in range(2))
    store.load(weights)
    store.load_means(means)
    assert list(store.weights()) == list(weights)
    for name, value in store.weights().items():
        np.testing.assert_array_equal(value, weights[name])
    assert list(store.means()) == [entry.name for entry in trained if averaged]
    for name, value in store.means().items():
        np.testing.assert_array_equal(value, means[name])
    for name, value in store.tensors().items():
        np.testing.assert_array_equal(value, weights[name])
    own = [keras.Variable(weights[entry.name], dtype="float64") for entry in trained]
    adam.build(own)
    slots = [np.asarray(rng.randint(9, size=variable.shape), variable.dtype) for variable in adam.variables]
    assert [slot.shape for slot in store.slots()] == [slot.shape for slot in slots]
    store.load_slots(slots)
    for value, slot in zip(store.slots(), slots, strict=True):
        np.testing.assert_array_equal(value, slot)
    store.load_slots()
    assert store.n_steps == 0


@pytest.mark.parametrize("optimizer", MORE, ids=lambda optimizer: type(optimizer).__name__)
def test_all_else_is_left_to_keras(optimizer):
    store = store_of(optimizer)
    assert_steps_equal(store, type(optimizer).from_config(optimizer.get_config()), False, "float64", 1e-12)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("before", [0, 2])
@pytest.mark.parametrize(
    "optimizer",
    [
        keras.optimizers.Adam(),
        keras.optimizers.Adam(epsilon=0.0),  # 0 / 0 while there is no second moment
        keras.optimizers.AdamW(weight_decay=0.5),
        keras.optimizers.SGD(momentum=0.9),
    ],
    ids=["Adam", "Adam, epsilon 0", "AdamW", "SGD"],
)
def test_a_step_that_is_not_wanted_changes_nothing(optimizer, before, jit_compile):
    store = store_of(optimizer)
    weights, steps = draw("float64")
    store.load(weights)
    apply = tf.function(partial(step_of, store), jit_compile=jit_compile, autograph=False)
    for gradients in steps[1 : 1 + before]:
        apply([tf.constant(gradient) for gradient in gradients], tf.constant(True), tf.constant(0.5, "float64"))
    expected = [*store.weights().values(), *store.slots()]
    apply([tf.zeros_like(gradient) for gradient in steps[0]], tf.constant(False), tf.constant(0.5, "float64"))
    for value, kept in zip([*store.weights().values(), *store.slots()], expected, strict=True):
        np.testing.assert_array_equal(value, kept)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", ["AdamW", "SGD", "Lion"])
def test_factors_and_weight_decay_are_fed(name, jit_compile):
    """Every step is that of the Keras optimizer with another learning rate; afterwards the rate is as before."""
    like, (weights, steps) = getattr(keras.optimizers, name), draw("float64")
    store, factors = store_of(like(learning_rate=0.125, weight_decay=0.001)), [1.0, 0.5, 0.25, 0.5, 0.0]
    own = like(learning_rate=0.125, weight_decay=0.25)
    variables = [keras.Variable(weights[entry.name], dtype="float64") for entry in TABLE[:2]]
    store.load(weights)
    apply = tf.function(partial(step_of, store), jit_compile=jit_compile, autograph=False)
    for gradients, factor in zip(steps, factors):
        gradients = [tf.constant(gradient) for gradient in gradients]
        apply(gradients, tf.constant(True), *(tf.constant(number, "float64") for number in (factor, 0.25)))
        own.learning_rate = 0.125 * factor
        own.apply(gradients, variables)
        assert store.learning_rate == 0.125
    for entry, variable in zip(TABLE, variables):
        np.testing.assert_allclose(store.weights()[entry.name], as_array(variable), rtol=OF_KERAS)


def test_a_schedule_of_the_optimizer_stays_its_own():
    """A factor of 1 is all that goes with it, and sets no rate."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    store, (weights, steps) = store_of(keras.optimizers.SGD(schedule)), draw("float64")
    store.load(weights)
    for rate, gradients in zip((0.5, 0.25), steps[1:]):
        before = store.weights()["kernel"]
        step_of(store, [tf.constant(gradient) for gradient in gradients], tf.constant(True), tf.cast(ONE, "float64"))
        np.testing.assert_allclose(store.weights()["kernel"], before - rate * gradients[0], rtol=1e-12)


def test_all_stores_name_their_variables_alike():
    """TensorFlow keeps some 30 kB for every new name, for ever: many architectures would add up."""
    first, second = store_of(keras.optimizers.Adam()), store_of(keras.optimizers.Adam())
    names = [[v.name for v in (*store.variables, *store.optimizer.variables)] for store in (first, second)]
    assert names[0] == names[1]
