"""Loops over a step function, with an alphabet in place of a model."""

import numpy as np
import pytest
import tensorflow as tf

from skseq.nn.decoding import greedy_search, unfold

ALPHABET = "_abcdefghijklmnopqrstuvwxyz"
WORDS = ["greedy", "search"]


def spell(t, tokens, states):
    """A model whose best letter at step t is the next letter of its word if it was fed the letter before, else "_"."""
    position = states["position"]
    before = tf.constant([[ALPHABET.index(letter) for letter in "_" + word] for word in WORDS])
    right = tf.gather(before, position, batch_dims=1) == tokens
    best = tf.where(right, tf.gather(before, position + 1, batch_dims=1), 0)
    logits = tf.one_hot(best, len(ALPHABET)) + 0.5 * tf.one_hot(tf.fill([2], ALPHABET.index("z")), len(ALPHABET))
    chosen = tf.argmax(logits, -1, output_type=tf.int32)
    return {"letters": chosen, "time": tf.fill([2], t)}, chosen, {"position": position + 1}


def run(n_timesteps):
    like = {"letters": tf.TensorSpec([None], tf.int32), "time": tf.TensorSpec([None], tf.int32)}
    start, states = tf.zeros(2, tf.int32), {"position": tf.zeros(2, tf.int32)}
    found = greedy_search(spell, start, states, n_timesteps, like)
    return np.array(found["letters"]).T, np.array(found["time"])


def test_greedy_search_spells_words():
    letters, time = run(6)
    assert ["".join(ALPHABET[k] for k in row) for row in letters] == WORDS
    np.testing.assert_array_equal(time[:, 0], range(6))


def test_greedy_search_in_a_graph_of_unknown_length():
    traced = tf.function(lambda n: run_in_graph(n), input_signature=[tf.TensorSpec([], tf.int32)], autograph=False)
    for n_timesteps in (1, 4):
        letters = traced(n_timesteps).numpy().T
        assert ["".join(ALPHABET[k] for k in row) for row in letters] == [word[:n_timesteps] for word in WORDS]


def run_in_graph(n_timesteps):
    like = {"letters": tf.TensorSpec([None], tf.int32)}
    start, states = tf.zeros(2, tf.int32), {"position": tf.zeros(2, tf.int32)}
    return greedy_search(spell, start, states, n_timesteps, like)["letters"]


@pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])
def test_unfold_carries_states_and_stacks_outputs(unroll):
    """Fibonacci: the step sees t and the states that the step before returned."""

    def step(t, states):
        a, (b,) = states
        return {"sum": a + b, "t": tf.convert_to_tensor(t)}, (b, (a + b,))

    like = {"sum": tf.TensorSpec([], tf.int32), "t": tf.TensorSpec([], tf.int32)}
    out = unfold(step, (tf.constant(0), (tf.constant(1),)), 6, like, unroll=unroll)
    np.testing.assert_array_equal(out["sum"], [1, 2, 3, 5, 8, 13])
    np.testing.assert_array_equal(out["t"], range(6))


def test_unfold_unrolled_and_looped_have_the_same_gradient():
    """x_{t+1} = x_t^2 stacked: d(x^2 + x^4 + x^8)/dx = 2x + 4x^3 + 8x^7."""
    like = {"x": tf.TensorSpec([], tf.float64)}
    for unroll in (False, True):
        x = tf.constant(0.9, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = unfold(lambda t, x: ({"x": x * x}, x * x), x, 3, like, unroll=unroll)["x"]
            total = tf.reduce_sum(out)
        np.testing.assert_allclose(tape.gradient(total, x), 2 * 0.9 + 4 * 0.9**3 + 8 * 0.9**7, rtol=1e-12)
