"""Models to search in, and what a search should find there, by writing down all outputs."""

import itertools

import numpy as np
import tensorflow as tf

END = 0


class Letters:
    """Letters that depend on the letter before: ``chances["^"]["a"]`` is the probability that an output begins with a.

    "$" is the end and class 0, a is class 1 and so on. What is not said has probability 0. ``attention["a"]`` is where
    the step looks that reads an a. The state counts the steps, so that a step knows if it was given another's state.
    """

    alphabet = "$abcdefghijklmnopqrstuvwxyz"

    def __init__(self, chances, attention=None, dtype=np.float64, n_samples=1):
        probs = np.zeros((len(self.alphabet) + 1, len(self.alphabet)), dtype)
        for before, row in chances.items():
            probs[("^" + self.alphabet).index(before), [self.alphabet.index(letter) for letter in row]] = [
                *row.values()
            ]
        with np.errstate(divide="ignore"):
            self.log_probs = np.log(probs)
        self.attention = None
        if attention is not None:
            n_source = len(next(iter(attention.values())))
            self.attention = np.array([attention.get(k, np.ones(n_source)) for k in "^" + self.alphabet], dtype)
        self.states, self.n_samples, self.n_classes = tf.zeros(n_samples, tf.int32), n_samples, len(self.alphabet)

    def step(self, t, tokens, states):
        tf.debugging.assert_equal(states, t)
        attention = None if self.attention is None else tf.gather(self.attention, tokens)
        return tf.gather(self.log_probs, tokens), attention, states + 1

    def words(self, found):
        """One list of words per sample."""
        rows = zip(np.array(found["tokens"]), np.array(found["lengths"]))
        return [["".join(self.alphabet[k] for k in y[:n]) for y, n in zip(*row)] for row in rows]

    def search(self, function, n_steps, **options):
        return function(self.step, self.states, self.n_samples, n_steps, end=END, **options)


class Recurrent:
    """A random recurrent network with attention: what comes next depends on all that came before and on the source."""

    def __init__(self, n_samples=2, n_classes=4, n_source=3, seed=0, dtype=np.float64, rows=None, units=3):
        draw = np.random.default_rng(seed).normal
        shapes = [(n_classes + 1, units), (units, units), (units, n_classes), (n_samples, n_source, units)]
        self.embedding, self.recurrent, self.kernel, self.keys = (tf.constant(2 * draw(size=s), dtype) for s in shapes)
        self.states = {"h": tf.constant(draw(size=(n_samples, units)), dtype)}
        if rows is not None:
            self.keys, self.states = tf.gather(self.keys, rows), {"h": tf.gather(self.states["h"], rows)}
        self.n_samples, self.n_classes, self.dtype = self.keys.shape[0], n_classes, dtype

    def step(self, t, tokens, states):
        h = tf.tanh(tf.gather(self.embedding, tokens) + tf.matmul(states["h"], self.recurrent))
        queries = tf.reshape(h, [tf.shape(self.keys)[0], -1, h.shape[1]])
        attention = tf.nn.softmax(tf.matmul(queries, self.keys, transpose_b=True))
        context = tf.reshape(tf.matmul(attention, self.keys), tf.shape(h))
        log_probs = tf.nn.log_softmax(tf.matmul(h + context, self.kernel))
        return log_probs, tf.reshape(attention, [tf.shape(h)[0], -1]), {"h": h}

    def search(self, function, n_steps, **options):
        return function(self.step, self.states, self.n_samples, n_steps, **options)

    def rescore(self, tokens, n_written):
        """(log P(Y|X) (n_samples, k), sum_j a_ij (n_samples, k, n_source)) of n_written of the tokens (., k, t)."""
        n_samples, k, n_steps = tokens.shape
        states = tf.nest.map_structure(lambda x: tf.repeat(x, k, axis=0), self.states)
        tokens, n_written, inputs = tokens.reshape(-1, n_steps), np.reshape(n_written, -1), np.zeros(n_samples * k, int)
        log_probs, covered = 0.0, 0.0
        for t in range(n_steps):
            step_log_probs, attention, states = self.step(t, tf.constant(inputs, tf.int32), states)
            counts = t < n_written
            log_probs += np.where(counts, np.array(step_log_probs)[np.arange(len(tokens)), tokens[:, t]], 0)
            covered += np.where(counts[:, None], attention, 0)
            inputs = tokens[:, t] + 1
        return log_probs.reshape(n_samples, k), covered.reshape(n_samples, k, -1)


def all_outputs(n_classes, max_length, end=END):
    """Every output up to max_length, or with end=None every one of max_length."""
    classes = [k for k in range(n_classes) if k != end]
    lengths = range(max_length + 1) if end is not None else [max_length]
    return [y for length in lengths for y in itertools.product(classes, repeat=length)]


def best_of(model, outputs, n_steps, *, alpha=0.0, beta=0.0, mask=None, end=END):
    """What a complete search must find: (outputs, log_probs, scores), one list per sample, best first."""
    tokens = np.array([[*y, *[end or 0] * (n_steps - len(y))] for y in outputs]).reshape(len(outputs), n_steps)
    n_written = np.array([len(y) + (end is not None) for y in outputs])
    tokens, n_written = (np.repeat(x[None], model.n_samples, 0) for x in (tokens, n_written))
    log_probs, covered = model.rescore(tokens, n_written)
    mask = np.ones((model.n_samples, covered.shape[2])) if mask is None else mask
    cp = beta * np.sum(np.log(np.minimum(covered, 1)) * mask[:, None], -1)
    scores = log_probs / ((5 + n_written) / 6) ** alpha + cp
    orders = np.argsort(-scores)
    return [([outputs[i] for i in order], lp[order], s[order]) for order, lp, s in zip(orders, log_probs, scores)]


def found_outputs(found):
    """The outputs found as tuples, one list per sample, without those that died."""
    rows = zip(np.array(found["tokens"]), np.array(found["lengths"]), np.array(found["log_probs"]) > -np.inf)
    return [[tuple(y[:n].tolist()) for y, n, is_alive in zip(*row) if is_alive] for row in rows]


def assert_finds(found, expected):
    """The outputs of `best_of`, in order, then nothing but log-probability -inf."""
    for row, (outputs, log_probs, scores) in enumerate(expected):
        assert found_outputs(found)[row] == outputs
        np.testing.assert_allclose(found["log_probs"][row][: len(outputs)], log_probs, rtol=1e-10)
        np.testing.assert_allclose(found["scores"][row][: len(outputs)], scores, rtol=1e-10)
        for name in ("log_probs", "scores"):
            np.testing.assert_array_equal(found[name][row][len(outputs) :], -np.inf)
