"""Loops over a step function. Nothing here knows a model: a step is all that is seen of it.

States may be any nest of tensors; they are values, passed in and returned.

`greedy`, `sample` and `beam` search for outputs through one contract,

    step(t, tokens, states) -> (log_probs, attention, states)

t is an int32 scalar; tokens (n,) are input ids, 0 = start, class k enters as k + 1; states have leading dimension n;
log_probs (n, n_classes) are natural logarithms of a softmax; attention is (n, n_source) or None. n is n_samples times
the number of hypotheses of a sample, which are neighbours: what a step reads of the source need not be copied for
them, if the step folds (n, .) to (n_samples, -1, .).

Each returns a dict, hypotheses in the second dimension:

* ``tokens`` (n_samples, n_best, n_steps) int32 class ids; from the end on filled with the end (0 without an end);
* ``lengths`` (n_samples, n_best) int32 without the end; n_steps where the end was not reached;
* ``log_probs`` (n_samples, n_best) float64 log P(Y|X), the end included: what a constraint excludes takes its
  probability with it, nothing is renormalised. Sums of float64 whatever the step computes in;
* ``scores`` (n_samples, n_best) float64: the same, but in a beam search with penalties.

A hypothesis for which nothing is allowed dies: its log-probability and score are -inf, its length 0.
"""

import numpy as np
import tensorflow as tf

from skseq.nn.decoding.constraints import Every

__all__ = ["beam", "greedy", "greedy_search", "sample", "unfold"]

LEAST_COVERAGE = 1e-6  # a source step never looked at costs beta * 13.8, not infinity


def unfold(step, states, n_timesteps, like, *, unroll=False, parallel_iterations=None):
    """Stack over time what ``step(t, states) -> (outputs, states)`` gives; ``like`` holds TensorSpecs of them.

    Steps that change what others read need ``parallel_iterations=1``.
    """
    if unroll:
        rows = []
        for t in range(n_timesteps):
            outputs, states = step(t, states)
            rows.append(outputs)
        return {name: tf.stack([row[name] for row in rows]) for name in like}

    def body(t, arrays, states):
        outputs, states = step(t, states)
        return t + 1, {name: array.write(t, outputs[name]) for name, array in arrays.items()}, states

    arrays = {
        name: tf.TensorArray(spec.dtype, size=n_timesteps, element_shape=spec.shape) for name, spec in like.items()
    }
    _, arrays, _ = tf.while_loop(
        lambda t, *_: t < n_timesteps,
        body,
        (0, arrays, states),
        maximum_iterations=n_timesteps,
        parallel_iterations=parallel_iterations or 10,  # 10: as TensorFlow has it
    )
    return {name: array.stack() for name, array in arrays.items()}


def greedy_search(step, start, states, n_timesteps, like):
    """The best token of every step, fed to the next: ``step(t, tokens, states) -> (outputs, tokens, states)``."""

    def feed(t, carried):
        outputs, *carried = step(t, *carried)
        return outputs, tuple(carried)

    return unfold(feed, (start, states), n_timesteps, like)


# --- searches ---------------------------------------------------------------------------------------------------------


def greedy(step, states, n_samples, n_steps, *, end=None, constraints=()):
    """The best allowed class of every step: one hypothesis a sample.

    Parameters
    ----------
    step : callable
        See the top of this module.
    states : nest of tensors
        The first states, leading dimension n_samples.
    n_samples, n_steps : int or int32 scalar
        Numbers of samples, and of steps to write at most: the search stops when all have ended.
    end : int, default=None
        Class id that ends an output. None: all n_steps are written.
    constraints : iterable of `skseq.nn.decoding.constraints.Constraint`
        What all of them allow may be written.
    """

    def choose(t, log_probs, hypotheses):
        return None, tf.argmax(log_probs, -1, output_type=tf.int32), tf.reduce_max(log_probs, -1)

    return _result(_search(choose, step, states, n_samples, 1, n_steps, end, constraints), n_samples, 1, end)


def sample(
    step, states, n_samples, n_steps, *, uniform, temperature=1.0, top_k=None, top_p=None, end=None, constraints=()
):
    """Outputs drawn class by class, in the order of drawing; the other parameters are those of `greedy`.

    Of what the constraints allow, log-probabilities are divided by the temperature, then the top_k most probable
    classes stay, then the nucleus of what is left; a class is drawn from that, renormalised. Classes exactly as
    probable as the last that stays stay too. ``log_probs`` are the network's: without temperature, top_k and top_p.

    Parameters
    ----------
    uniform : tensor of shape (n_samples, n_draws, n_steps)
        Numbers in [0, 1), one for each draw of a class.
    temperature : float scalar, default=1.0
        Positive: below 1 sharpens, above 1 flattens.
    top_k : int32 scalar, default=None
        At least 1; None keeps all classes.
    top_p : float scalar, default=None
        In (0, 1]: the smallest set of most probable classes whose probability reaches it stays. None keeps all classes.

    References
    ----------
    Holtzman et al. 2020, The curious case of neural text degeneration, section 3.1 (nucleus).
    """
    n_draws = tf.shape(uniform)[1]
    uniform = tf.reshape(uniform, [n_samples * n_draws, n_steps])

    def choose(t, log_probs, hypotheses):
        classes = _draw(log_probs, uniform[:, t], temperature, top_k, top_p)
        return None, classes, tf.gather(log_probs, classes, batch_dims=1)

    found = _search(choose, step, states, n_samples, n_draws, n_steps, end, constraints)
    return _result(found, n_samples, n_draws, end)


def beam(
    step,
    states,
    n_samples,
    n_steps,
    *,
    beam_width,
    length_penalty=0.0,
    coverage_penalty=0.0,
    source_mask=None,
    end=None,
    constraints=(),
):
    """The beam_width best outputs found, best first; the other parameters are those of `greedy`.

    At every step the continuations of a sample's hypotheses with the highest log-probabilities are kept. A finished
    hypothesis is kept as it is, as one continuation of itself. At the end finished ones are ordered by

        log P(Y|X) / lp(Y) + cp(X; Y),  lp = ((5 + |Y|) / 6) ** alpha,  cp = beta sum_i log(min(sum_j a_ij, 1))

    where |Y| counts the tokens and the end, j runs over their steps and i over the real source steps. Behind them
    come those that did not reach their end in n_steps, then those that died or never were: with fewer outputs than
    beam_width, the rest has log-probability -inf.

    Parameters
    ----------
    beam_width : int
        Hypotheses of a sample: a Python int.
    length_penalty : float scalar, default=0.0
        alpha: higher values favour longer outputs.
    coverage_penalty : float scalar, default=0.0
        beta: higher values favour outputs that attend to the whole source. Without attention it changes nothing.
    source_mask : tensor of shape (n_samples, n_source) of bool, default=None
        True where a source step is real; None: all are.

    References
    ----------
    Wu et al. 2016, Google's neural machine translation system, equation 14.
    """

    def choose(t, log_probs, hypotheses):
        return _best_continuations(log_probs, hypotheses, beam_width)

    more = {
        # All copies are the same: one lives, or the beam would hold nothing but copies of one output.
        "log_probs": tf.tile(tf.one_hot(0, beam_width, 0.0, -np.inf, dtype=tf.float64), [n_samples]),
        # One until a step gives attention, and where none does: nothing to cover, as log 1 = 0.
        "coverage": tf.ones([n_samples * beam_width, 1], tf.float64),
    }
    found = _search(choose, step, states, n_samples, beam_width, n_steps, end, constraints, more)
    result, ended = _result(found, n_samples, beam_width, end), tf.reshape(found["ended"], [n_samples, beam_width])
    lp = _length_penalty(result["lengths"] + tf.cast(ended, tf.int32), length_penalty)
    covered = tf.reshape(found["coverage"], [n_samples, beam_width, tf.shape(found["coverage"])[1]])
    result["scores"] = result["log_probs"] / lp + _coverage_penalty(covered, coverage_penalty, source_mask)
    order = _best_first(result["scores"], ended)
    return {name: tf.gather(x, order, batch_dims=1) for name, x in result.items()}


# --- one loop for all searches ----------------------------------------------------------------------------------------


def _search(choose, step, states, n_samples, width, n_steps, end, constraints, more=None):
    """Hypotheses, ``width`` a sample, after n_steps or when all have ended; ``more`` of what they carry at the start.

    ``choose(t, log_probs, hypotheses) -> (rows, classes, gains)`` reads log-probabilities of continuations and says
    which hypotheses go on (None: each), with which class, at which log-probability.
    """
    constraint, n = Every(constraints), n_samples * width
    free = end is None and more is None and not constraint.constraints  # then nothing ends, and nothing dies
    places = tf.range(n_steps)
    per_sample = {"states": states, "constraint": constraint.initial(n_samples)}
    if not isinstance(width, int) or width > 1:
        per_sample = tf.nest.map_structure(lambda x: tf.repeat(x, width, axis=0), per_sample)
    hypotheses = per_sample | {
        "inputs": tf.zeros([n], tf.int32),  # 0 = start
        "tokens": tf.fill([n, n_steps], -1),  # as constraints read it: nothing written
        "log_probs": tf.zeros([n], tf.float64),
        "ended": tf.zeros([n], tf.bool),  # finished, or dead
        **(more or {}),
    }
    loose = tf.nest.map_structure(lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), hypotheses)
    if "coverage" in loose:
        loose["coverage"] = tf.TensorSpec([None, None], tf.float64)

    def goes_on(t, hypotheses):
        return (t < n_steps) if free else (t < n_steps) & ~tf.reduce_all(hypotheses["ended"])

    def body(t, hypotheses):
        log_probs, attention, states = step(t, hypotheses["inputs"], hypotheses["states"])
        if not free:
            allowed = constraint.allowed(t, hypotheses["tokens"], hypotheses["constraint"])
            log_probs = _continuations(log_probs, allowed, hypotheses["ended"])
        hypotheses = _cover(t, hypotheses | {"states": states}, attention)
        rows, classes, gains = choose(t, log_probs, hypotheses)
        if rows is not None:
            hypotheses = tf.nest.map_structure(lambda x: tf.gather(x, rows), hypotheses)
        hypotheses = _added(hypotheses, gains)
        if not free:
            hypotheses, classes = _ended(t, hypotheses, classes, end, constraint)
        hypotheses["inputs"] = classes + 1 if free else tf.maximum(classes, 0) + 1
        hypotheses["tokens"] = tf.where(places == t, classes[:, None], hypotheses["tokens"])
        tf.nest.map_structure(lambda x, like: x.set_shape(like.shape), hypotheses, loose)
        return t + 1, hypotheses

    invariants = (tf.TensorSpec([], tf.int32), loose)
    return tf.while_loop(goes_on, body, (tf.constant(0), hypotheses), shape_invariants=invariants)[1]


def _continuations(log_probs, allowed, ended):
    """log P (n, n_classes) of what may follow, else -inf; what has ended goes on as itself, in column 0, for sure."""
    n_classes, never = tf.shape(log_probs)[1], tf.constant(-np.inf, log_probs.dtype)
    itself = tf.where(tf.range(n_classes) == 0, tf.zeros_like(never), never)
    return tf.where(ended[:, None], itself, tf.where(allowed, log_probs, never))


def _cover(t, hypotheses, attention):
    """sum_j a_ij (n, n_source) with the attention of step t, in hypotheses that carry it and have not ended."""
    if attention is None or "coverage" not in hypotheses:
        return hypotheses
    before, attention = hypotheses["coverage"], tf.cast(attention, tf.float64)
    after = attention + before * tf.cast(t > 0, tf.float64)
    return hypotheses | {"coverage": tf.where(hypotheses["ended"][:, None], before, after)}


def _added(hypotheses, gains):
    """Hypotheses with what their next class adds to their log-probabilities."""
    return hypotheses | {"log_probs": hypotheses["log_probs"] + tf.cast(gains, tf.float64)}


def _ended(t, hypotheses, classes, end, constraint):
    """Hypotheses that know which of them have ended, and the classes to be written: -1 for those that have."""
    ended = hypotheses["ended"] | (hypotheses["log_probs"] == -np.inf)
    if end is not None:
        ended |= classes == end
    classes = tf.where(ended, -1, classes)
    advanced = constraint.advance(t, hypotheses["constraint"], classes)
    return hypotheses | {"ended": ended, "constraint": advanced}, classes


def _result(hypotheses, n_samples, width, end):
    """What a search returns, in the order of the hypotheses."""
    tokens, shape = hypotheses["tokens"], [n_samples, width]
    tokens = tf.where((hypotheses["log_probs"] > -np.inf)[:, None], tokens, -1)
    log_probs = tf.reshape(hypotheses["log_probs"], shape)
    return {
        "tokens": tf.reshape(tf.where(tokens < 0, 0 if end is None else end, tokens), [*shape, tf.shape(tokens)[1]]),
        "lengths": tf.reshape(tf.math.count_nonzero(tokens >= 0, 1, dtype=tf.int32), shape),
        "log_probs": log_probs,
        "scores": log_probs,
    }


def _scalar(x, dtype):
    """A number or tensor as a tensor; tf.cast alone takes a Python float through float32."""
    return tf.cast(tf.convert_to_tensor(x, dtype_hint=dtype), dtype)


# --- what chooses -----------------------------------------------------------------------------------------------------


def _draw(log_probs, uniform, temperature, top_k, top_p):
    """Classes (n,) by the inverse of the distribution function, in the order of class ids."""
    dtype, n_classes = log_probs.dtype, tf.shape(log_probs)[1]
    best = tf.reduce_max(log_probs, -1, keepdims=True)
    best = tf.where(best > -np.inf, best, tf.zeros_like(best))  # where nothing is allowed all weights are zero
    weights = tf.exp((log_probs - best) / _scalar(temperature, dtype))
    if top_k is not None:
        weights = _most_probable(weights, top_k)
    if top_p is not None:
        weights = _nucleus(weights, _scalar(top_p, dtype))
    cumulative = tf.cumsum(weights, -1)
    uniform = tf.minimum(tf.cast(uniform, dtype), 1 - np.finfo(dtype.as_numpy_dtype).eps)  # a cast may round to 1
    below = cumulative <= uniform[:, None] * cumulative[:, -1:]
    return tf.minimum(tf.math.count_nonzero(below, -1, dtype=tf.int32), n_classes - 1)


def _most_probable(weights, top_k):
    """The top_k highest weights (n, n_classes), zero for the rest."""
    ordered = tf.sort(weights, direction="DESCENDING")
    least = tf.gather(ordered, tf.minimum(top_k, tf.shape(weights)[1]) - 1, axis=1)
    return tf.where(weights >= least[:, None], weights, tf.zeros_like(weights))


def _nucleus(weights, top_p):
    """The highest weights that together reach top_p of the sum, zero for the rest."""
    ordered = tf.sort(weights, direction="DESCENDING")
    before = tf.cumsum(ordered, -1, exclusive=True)
    needed = before < top_p * tf.reduce_sum(ordered, -1, keepdims=True)
    least = tf.reduce_min(tf.where(needed, ordered, ordered[:, :1]), -1, keepdims=True)
    return tf.where((weights >= least) | (top_p >= 1), weights, tf.zeros_like(weights))


def _best_continuations(log_probs, hypotheses, beam_width):
    """The beam_width best continuations of every sample's hypotheses, by log-probability from the start."""
    n_classes = tf.shape(log_probs)[1]
    total = tf.reshape(hypotheses["log_probs"], [-1, beam_width])
    best = tf.reduce_max(total, -1, keepdims=True)
    best = tf.where(best > -np.inf, best, tf.zeros_like(best))
    # Relative to the best, so that long outputs do not drown small differences in rounding.
    relative = tf.cast(tf.reshape(total - best, [-1, 1]), log_probs.dtype)
    _, places = tf.math.top_k(tf.reshape(relative + log_probs, [-1, beam_width * n_classes]), beam_width)
    first_rows = tf.range(tf.shape(places)[0])[:, None] * beam_width
    places = tf.reshape(places + first_rows * n_classes, [-1])  # among all candidates of all samples
    return places // n_classes, places % n_classes, tf.gather(tf.reshape(log_probs, [-1]), places)


def _length_penalty(n_written, alpha):
    """lp(Y) = ((5 + n) / 6)^alpha."""
    return tf.pow((5 + tf.cast(n_written, tf.float64)) / 6, _scalar(alpha, tf.float64))


def _coverage_penalty(covered, beta, source_mask):
    """cp(X; Y) = beta sum_i log(min(c_i, 1)) from c (n_samples, width, n_source), over real source steps."""
    logs = tf.math.log(tf.clip_by_value(covered, LEAST_COVERAGE, 1))
    if source_mask is not None:
        logs *= tf.cast(source_mask, tf.float64)[:, None]
    return _scalar(beta, tf.float64) * tf.reduce_sum(logs, -1)


def _best_first(scores, ended):
    """The order (n_samples, width): finished by score, then unfinished by score, then dead."""
    group = tf.where(scores == -np.inf, 2, tf.where(ended, 0, 1))
    by_score = tf.argsort(scores, direction="DESCENDING", stable=True)
    by_group = tf.argsort(tf.gather(group, by_score, batch_dims=1), stable=True)
    return tf.gather(by_score, by_group, batch_dims=1)
