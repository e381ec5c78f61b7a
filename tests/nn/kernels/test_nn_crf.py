"""The linear-chain CRF against brute force over all paths of tags, in float64."""

from itertools import pairwise, product
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from skseq.nn.kernels.crf import Chain, log_partition, path_scores, viterbi

N_TIMESTEPS, N_SAMPLES, N_TAGS = 4, 5, 3
LENGTHS = [4, 1, 3, 2, 4]


def problem(lengths=LENGTHS, n_timesteps=N_TIMESTEPS, scale=1.5, dtype="float64"):
    """Random emissions (t, b, k), a chain, and the mask (t, b, 1) of these lengths."""
    rng = np.random.RandomState(0)
    shapes = (n_timesteps, len(lengths), N_TAGS), (N_TAGS, N_TAGS), (N_TAGS,), (N_TAGS,)
    emissions, *chain = (tf.constant(scale * rng.normal(size=shape), dtype) for shape in shapes)
    mask = tf.transpose(tf.sequence_mask(lengths, n_timesteps))[..., None]
    return emissions, Chain(*chain), mask


def score(emissions, chain, path):
    """s(y) of one sample, written as a sum."""
    total = chain.start[path[0]] + chain.end[path[-1]] + sum(emissions[t][tag] for t, tag in enumerate(path))
    return total + sum(chain.transitions[one][other] for one, other in pairwise(path))


def by_brute_force(emissions, chain):
    """What the paths of one sample say: emissions (n, k)."""
    paths = list(product(range(N_TAGS), repeat=len(emissions)))
    scores = np.array([score(emissions, chain, path) for path in paths])
    probs = np.exp(scores - scores.max())
    probs /= probs.sum()
    marginals = np.zeros(emissions.shape)
    for path, prob in zip(paths, probs):
        marginals[np.arange(len(path)), list(path)] += prob
    log_z = scores.max() + np.log(np.exp(scores - scores.max()).sum())
    return SimpleNamespace(log_z=log_z, marginals=marginals, best=paths[scores.argmax()])


def expected(emissions, chain, lengths=LENGTHS):
    chain = Chain(*(part.numpy() for part in chain))
    return [by_brute_force(emissions[:n, row].numpy(), chain) for row, n in enumerate(lengths)]


# --- values -----------------------------------------------------------------------------------------------------------


def test_log_partition_and_marginals():
    emissions, chain, mask = problem()
    log_z, marginals = log_partition(emissions, chain, mask)
    for row, (length, right) in enumerate(zip(LENGTHS, expected(emissions, chain))):
        np.testing.assert_allclose(log_z[row], right.log_z, rtol=1e-13)
        np.testing.assert_allclose(marginals[:length, row], right.marginals, atol=1e-14)
        np.testing.assert_array_equal(marginals[length:, row], 0)


def test_best_path():
    emissions, chain, mask = problem()
    tags = viterbi(emissions, chain, mask).numpy()
    for row, (length, right) in enumerate(zip(LENGTHS, expected(emissions, chain))):
        assert tuple(tags[:length, row]) == right.best
        assert not tags[length:, row].any()
    greedy = tf.argmax(emissions, -1, output_type=tf.int32).numpy()
    assert (tags != greedy)[mask[..., 0]].any(), "neighbours count"


def test_scores_of_paths():
    emissions, chain, mask = problem()
    tags = np.random.RandomState(1).randint(N_TAGS, size=(N_TIMESTEPS, N_SAMPLES)).astype(np.int32)
    scores = path_scores(emissions, chain, tags, mask)
    for row, length in enumerate(LENGTHS):
        right = score(emissions[:length, row].numpy(), chain, tags[:length, row])
        np.testing.assert_allclose(scores[row], right, rtol=1e-13)


def test_by_hand():
    """Two tags, two steps, all scores 0 but for a move from 0 to 1 of ln 5: the paths weigh 1, 5, 1 and 1, Z = 8.

    Step 1 is 0 in two of them, of weight 6; step 2 is 1 in two of them, of weight 6.
    """
    chain = Chain(tf.constant([[0, np.log(5)], [0, 0]], tf.float64), *[tf.zeros(2, tf.float64)] * 2)
    log_z, marginals = log_partition(tf.zeros((2, 1, 2), tf.float64), chain)
    np.testing.assert_allclose(log_z, [np.log(8)])
    np.testing.assert_allclose(marginals[:, 0], [[6 / 8, 2 / 8], [2 / 8, 6 / 8]])
    np.testing.assert_array_equal(viterbi(tf.zeros((2, 1, 2), tf.float64), chain)[:, 0], [0, 1])


def test_without_moves_it_is_a_softmax_of_every_step():
    emissions, chain, mask = problem()
    chain = Chain(*map(tf.zeros_like, chain))
    log_z, marginals = log_partition(emissions, chain, mask)
    real = tf.cast(mask[..., 0], emissions.dtype)
    np.testing.assert_allclose(log_z, tf.reduce_sum(tf.reduce_logsumexp(emissions, -1) * real, 0), rtol=1e-13)
    np.testing.assert_allclose(marginals, tf.nn.softmax(emissions) * real[..., None], atol=1e-14)
    np.testing.assert_array_equal(viterbi(emissions, chain, mask), np.argmax(emissions, -1) * mask[..., 0].numpy())


def test_padding_changes_nothing():
    """Other numbers and more steps on the right; and full lengths are no mask."""
    emissions, chain, mask = problem()
    longer = tf.where(mask, emissions, 7.0)
    longer = tf.pad(longer, [[0, 3], [0, 0], [0, 0]], constant_values=-9.0)
    more = tf.pad(mask, [[0, 3], [0, 0], [0, 0]])
    (log_z, marginals), (right_z, right) = log_partition(longer, chain, more), log_partition(emissions, chain, mask)
    np.testing.assert_array_equal(log_z, right_z)
    np.testing.assert_array_equal(marginals[:N_TIMESTEPS], right)
    assert not marginals[N_TIMESTEPS:].numpy().any()
    np.testing.assert_array_equal(viterbi(longer, chain, more)[:N_TIMESTEPS], viterbi(emissions, chain, mask))
    full = tf.ones_like(mask)
    tags = viterbi(emissions, chain, full)
    np.testing.assert_array_equal(tags, viterbi(emissions, chain))
    np.testing.assert_array_equal(path_scores(emissions, chain, tags, full), path_scores(emissions, chain, tags))
    for actual, right in zip(log_partition(emissions, chain, full), log_partition(emissions, chain)):
        np.testing.assert_array_equal(actual, right)


def test_large_scores_neither_overflow_nor_vanish():
    """Paths that every step rules out alone, by 1,000 in float32, and that nothing else is left to take."""
    emissions = tf.constant([[[0.0, 1000.0]], [[0.0, -1000.0]]])
    chain = Chain(tf.constant([[-500.0, -1000.0], [-3000.0, -1500.0]]), tf.zeros(2), tf.zeros(2))
    log_z, marginals = log_partition(emissions, chain)  # 00: -500, 01: -2000, 10: -2000, 11: -1500
    np.testing.assert_allclose(log_z, [-500])
    np.testing.assert_allclose(marginals[:, 0], [[1, 0], [1, 0]])
    np.testing.assert_array_equal(viterbi(emissions, chain)[:, 0], [0, 0])


# --- gradients --------------------------------------------------------------------------------------------------------


def enumerated(emissions, chain, lengths):
    """log Z of every sample, a sum over all paths that TensorFlow differentiates."""
    found = []
    for row, length in enumerate(lengths):
        paths = list(product(range(N_TAGS), repeat=length))
        found.append(tf.reduce_logsumexp(tf.stack([score(emissions[:, row], chain, path) for path in paths])))
    return tf.stack(found)


def test_gradient_of_log_partition_is_that_of_the_sum_over_paths():
    emissions, chain, mask = problem()
    weights = tf.constant([1.0, 0.5, 2.0, 0.0, -1.0], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([emissions, *chain])
        ours = tf.reduce_sum(log_partition(emissions, chain, mask)[0] * weights)
        right = tf.reduce_sum(enumerated(emissions, chain, LENGTHS) * weights)
    for name, actual, wanted in zip(
        ("emissions", *Chain._fields),
        tape.gradient(ours, [emissions, *chain]),
        tape.gradient(right, [emissions, *chain]),
    ):
        wanted = tf.convert_to_tensor(wanted)
        np.testing.assert_allclose(actual, wanted, atol=1e-13, err_msg=name)
        assert np.abs(wanted).max() > 0.1, name


def test_gradient_of_the_likelihood_against_central_differences():
    emissions, chain, mask = problem()
    tags = tf.constant(np.random.RandomState(1).randint(N_TAGS, size=(N_TIMESTEPS, N_SAMPLES)), tf.int32)

    def loss(emissions, *chain):
        chain = Chain(*chain)
        negative = log_partition(emissions, chain, mask)[0] - path_scores(emissions, chain, tags, mask)
        return tf.reduce_sum(negative * [1.0, 0.5, 2.0, 1.0, 3.0])

    values, rng = [emissions, *chain], np.random.RandomState(2)
    with tf.GradientTape() as tape:
        tape.watch(values)
        total = loss(*values)
    for k, gradient in enumerate(tape.gradient(total, values)):
        direction = rng.normal(size=values[k].shape)
        there, back = ([*values[:k], values[k] + sign * 1e-5 * direction, *values[k + 1 :]] for sign in (1, -1))
        slope = (loss(*there) - loss(*back)) / 2e-5
        np.testing.assert_allclose(tf.reduce_sum(gradient * direction), slope, rtol=1e-7)


# --- graphs -----------------------------------------------------------------------------------------------------------


def everything(unroll, emissions, chain, mask):
    """Values and gradients of all that there is."""
    with tf.GradientTape() as tape:
        tape.watch([emissions, *chain])
        log_z, marginals = log_partition(emissions, Chain(*chain), mask, unroll=unroll)
        total = tf.reduce_sum(log_z)
    gradients = tape.gradient(total, [emissions, *chain])
    return log_z, marginals, viterbi(emissions, Chain(*chain), mask, unroll=unroll), *gradients


@pytest.mark.parametrize("n_timesteps", [1, N_TIMESTEPS])
@pytest.mark.parametrize("how", ["loop", "unrolled", "xla"])
def test_graphs_give_the_same(how, n_timesteps):
    """One graph for every number of samples and timesteps, one step included; XLA and unrolled loops as well."""
    lengths = [min(length, n_timesteps) for length in LENGTHS]
    emissions, chain, mask = problem(lengths, n_timesteps)
    right = everything(False, emissions, chain, mask)
    unroll, size = how == "unrolled", n_timesteps if how == "unrolled" else None
    signature = [
        tf.TensorSpec((size, None, N_TAGS), tf.float64),
        Chain(*(tf.TensorSpec(x.shape, x.dtype) for x in chain)),
    ]
    signature.append(tf.TensorSpec((size, None, 1), tf.bool))
    run = tf.function(
        lambda *inputs: everything(unroll, *inputs),
        input_signature=signature,
        autograph=False,
        jit_compile=how == "xla",
    )
    for actual, wanted in zip(run(emissions, chain, mask), right):
        np.testing.assert_allclose(actual, wanted, rtol=1e-12, atol=1e-14)
