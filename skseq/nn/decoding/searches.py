"""Searches for outputs, as loops over a step function. Nothing here knows a model: it is seen through its step.

States may be any nest of tensors; they are values, passed in and returned.

`greedy`, `sample` and `beam` search for outputs through one contract,

    step(t, tokens, states) -> (log_probs, attention, states)

t is an int32 scalar; tokens (n,) are input ids, 0 = start, class k enters as k + 1; states have leading dimension n;
log_probs (n, n_classes) are natural logarithms of a softmax; attention is (n, n_source) or None. n is n_samples times
the number of hypotheses per sample. Those of one sample are neighbours, so a step that folds (n, .) to
(n_samples, -1, .) need not copy the source for them.

Each returns a dict, hypotheses in the second dimension:

* ``tokens`` (n_samples, n_best, n_steps) int32 class ids; from the end on filled with the end (0 without an end);
* ``lengths`` (n_samples, n_best) int32 without the end; n_steps where the end was not reached;
* ``log_probs`` (n_samples, n_best) float64 log P(Y|X), the end included. Nothing is renormalised: the probability of
  what a constraint excludes is lost. Sums are float64, whatever the type of the step;
* ``scores`` (n_samples, n_best) float64: the same, or in a beam search ``log_probs`` with penalties.

A hypothesis for which nothing is allowed dies: its log-probability and score are -inf, its length 0.
"""

import numpy as np
import tensorflow as tf

from skseq.nn.decoding import choices
from skseq.nn.decoding.constraints import Every
from skseq.nn.kernels.loops import unfold
from skseq.nn.kernels.shapes import size_of


def greedy_search(step, start, states, n_timesteps, like):
    """The best token of every step, fed to the next: ``step(t, tokens, states) -> (outputs, tokens, states)``."""

    def feed(t, carried):
        outputs, *carried = step(t, *carried)
        return outputs, tuple(carried)

    return unfold(feed, (start, states), n_timesteps, like)


def greedy(step, states, n_samples, n_steps, *, end=None, constraints=()):
    """The best allowed class of every step: one hypothesis per sample.

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

    search = _Search(step, choose, n_samples, 1, n_steps, end, constraints)
    return search.result(search.run(states))


def sample(
    step,
    states,
    n_samples,
    n_steps,
    *,
    uniform,
    temperature=1.0,
    top_k=None,
    top_p=None,
    min_p=None,
    end=None,
    constraints=(),
):
    """Outputs drawn class by class, in the order of drawing; the other parameters are those of `greedy`.

    The log-probabilities of allowed classes are divided by the temperature. Then the top_k most probable classes stay,
    then the nucleus of those, then what reaches min_p. A class is drawn from what is left, renormalised. Classes that
    tie with the last one that stays are kept, too. ``log_probs`` are the network's: without temperature and cuts.

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
    min_p : float scalar, default=None
        In (0, 1]: classes stay that are at least this many times as probable as the most probable. None keeps all.

    References
    ----------
    Holtzman et al. 2020, The curious case of neural text degeneration, section 3.1 (nucleus).
    Nguyen et al. 2024, Turning up the heat: min-p sampling for creative and coherent LLM outputs, section 3.
    """
    n_draws = size_of(uniform, 1)
    uniform = tf.reshape(uniform, [n_samples * n_draws, n_steps])

    def choose(t, log_probs, hypotheses):
        classes = choices.draw(log_probs, uniform[:, t], temperature, top_k, top_p, min_p)
        return None, classes, tf.gather(log_probs, classes, batch_dims=1)

    search = _Search(step, choose, n_samples, n_draws, n_steps, end, constraints)
    return search.result(search.run(states))


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

    Every step keeps the beam_width continuations of a sample's hypotheses that have the highest log-probabilities.
    Beside them it keeps, in places of their own, the beam_width finished hypotheses that have the highest

        log P(Y|X) / lp(Y) + cp(X; Y),  lp = ((5 + |Y|) / 6) ** alpha,  cp = beta sum_i log(min(sum_j a_ij, 1))

    where |Y| counts the tokens and the end, j runs over their steps and i over the real source steps. Every hypothesis
    that goes on could also end, however improbable its end is; so a beam of width 1 may find more than `greedy`.
    Hypotheses that cannot beat a finished one any more are given up, and the search stops when none is left. Behind the
    finished ones come hypotheses that did not end within n_steps, then those that died. If there are fewer outputs than
    beam_width, the rest has log-probability -inf.

    Parameters
    ----------
    beam_width : int or int32 scalar
        Hypotheses per sample that go on, and as many finished ones.
    length_penalty : float scalar, default=0.0
        alpha, 0 or more: higher values favour longer outputs.
    coverage_penalty : float scalar, default=0.0
        beta, 0 or more: higher values favour outputs that attend to the whole source. Without attention it changes
        nothing.
    source_mask : tensor of shape (n_samples, n_source) of bool, default=None
        True where a source step is real; None: all are.

    References
    ----------
    Wu et al. 2016, Google's neural machine translation system, equation 14.
    """
    penalties = length_penalty, coverage_penalty, source_mask
    search = _Beam(step, n_samples, beam_width, n_steps, end, constraints, penalties)
    return search.result(search.run(states, search.beginnings()))


class _Search:
    """One loop for all searches: hypotheses, ``width`` per sample, for n_steps or until all have ended.

    ``choose(t, log_probs, hypotheses) -> (chosen, classes, gains)`` reads the log-probabilities of what may follow. It
    says which hypotheses go on (None: each), with which class, and what that adds to their log-probability.

    Hypotheses are a dict of tensors with leading dimension n = n_samples * width.
    """

    def __init__(self, step, choose, n_samples, width, n_steps, end, constraints):
        self.step, self.choose, self.end, self.constraint = step, choose, end, Every(constraints)
        self.n_samples, self.width, self.n_steps = n_samples, width, n_steps
        self.places = tf.range(n_steps)  # once, not at every step

    def run(self, states, more=None):
        """All hypotheses at the end; ``more`` is what they carry, at the start, besides what all searches need."""
        hypotheses = self._start(states) | (more or {})
        # Nothing can end or die: then the loop need not look.
        free = self.end is None and more is None and not self.constraint.constraints
        loose = tf.nest.map_structure(lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), hypotheses)
        if "coverage" in loose:
            loose["coverage"] = tf.TensorSpec([None, None], tf.float64)

        def goes_on(t, hypotheses):
            return (t < self.n_steps) if free else (t < self.n_steps) & ~tf.reduce_all(hypotheses["ended"])

        def body(t, hypotheses):
            hypotheses = self._advance_freely(t, hypotheses) if free else self._advance(t, hypotheses)
            tf.nest.map_structure(lambda x, like: x.set_shape(like.shape), hypotheses, loose)
            return t + 1, hypotheses

        invariants = (tf.TensorSpec([], tf.int32), loose)
        return tf.while_loop(goes_on, body, (tf.constant(0), hypotheses), shape_invariants=invariants)[1]

    def _start(self, states):
        """Hypotheses before the first step."""
        n = self.n_samples * self.width
        per_sample = {"states": states, "constraint": self.constraint.initial(self.n_samples)}
        if not isinstance(self.width, int) or self.width > 1:
            per_sample = tf.nest.map_structure(lambda x: tf.repeat(x, self.width, axis=0), per_sample)
        return per_sample | {
            "inputs": tf.zeros([n], tf.int32),  # 0 = start
            "tokens": tf.fill([n, self.n_steps], -1),  # as constraints read it: nothing written
            "log_probs": tf.zeros([n], tf.float64),
            "ended": tf.zeros([n], tf.bool),  # finished, or dead
        }

    def _advance_freely(self, t, hypotheses):
        """Hypotheses with one more class, where everything is allowed and nothing ends."""
        log_probs, _, states = self.step(t, hypotheses["inputs"], hypotheses["states"])
        hypotheses, classes = self._chosen(t, log_probs, hypotheses | {"states": states})
        return self._written(t, hypotheses, classes, classes)

    def _advance(self, t, hypotheses):
        """Hypotheses with one more allowed class, but for those that have ended."""
        log_probs, attention, states = self.step(t, hypotheses["inputs"], hypotheses["states"])
        allowed = self.constraint.allowed(t, hypotheses["tokens"], hypotheses["constraint"])
        log_probs = _continuations(log_probs, allowed, hypotheses["ended"])
        hypotheses = _cover(t, hypotheses | {"states": states}, attention)
        hypotheses, classes = self._chosen(t, log_probs, hypotheses)
        hypotheses, classes = self._ended(t, hypotheses, classes)
        return self._written(t, hypotheses, classes, tf.maximum(classes, 0))

    def _chosen(self, t, log_probs, hypotheses):
        """The hypotheses that go on, with their new log-probabilities, and their classes."""
        chosen, classes, gains = self.choose(t, log_probs, hypotheses)
        if chosen is not None:
            hypotheses = tf.nest.map_structure(lambda x: tf.gather(x, chosen), hypotheses)
        return hypotheses | {"log_probs": hypotheses["log_probs"] + tf.cast(gains, tf.float64)}, classes

    def _ended(self, t, hypotheses, classes):
        """Hypotheses that know which of them have ended, and the classes to be written: -1 for those that have."""
        ended = hypotheses["ended"] | (hypotheses["log_probs"] == -np.inf)  # nothing was allowed: it is dead
        if self.end is not None:
            ended |= classes == self.end
        classes = tf.where(ended, -1, classes)
        advanced = self.constraint.advance(t, hypotheses["constraint"], classes)
        return hypotheses | {"ended": ended, "constraint": advanced}, classes

    def _written(self, t, hypotheses, classes, fed):
        """Hypotheses that hold their classes at step t, and what the next step reads."""
        tokens = tf.where(self.places == t, classes[:, None], hypotheses["tokens"])
        return hypotheses | {"inputs": fed + 1, "tokens": tokens}

    def result(self, hypotheses):
        """What a search returns, in the order of the hypotheses."""
        log_probs = self._by_sample(hypotheses["log_probs"])
        return self._outputs(self._by_sample(hypotheses["tokens"], self.n_steps), log_probs, log_probs)

    def _outputs(self, tokens, log_probs, scores):
        """What a search returns, from tokens (n_samples, width, n_steps) that are -1 from the end on."""
        tokens = tf.where((log_probs > -np.inf)[..., None], tokens, -1)  # the dead have length 0
        return {
            "tokens": tf.where(tokens < 0, 0 if self.end is None else self.end, tokens),
            "lengths": tf.math.count_nonzero(tokens >= 0, -1, dtype=tf.int32),
            "log_probs": log_probs,
            "scores": scores,
        }

    def _by_sample(self, x, *shape):
        """From (n, ...) to (n_samples, width, ...)."""
        return tf.reshape(x, [self.n_samples, self.width, *shape])


class _Beam(_Search):
    """The ``width`` best hypotheses that go on, and beside them the ``width`` best finished ones, by their scores.

    ``penalties`` are the length penalty, the coverage penalty and the mask of the source.
    """

    def __init__(self, step, n_samples, width, n_steps, end, constraints, penalties):
        super().__init__(step, self._best, n_samples, width, n_steps, end, constraints)
        self.length_penalty, self.coverage_penalty, self.source_mask = penalties

    def beginnings(self):
        """What hypotheses carry, before the first step, besides what all searches need."""
        shape, never = [self.n_samples, self.width], tf.constant(-np.inf, tf.float64)
        nothing = {
            "tokens": tf.fill([*shape, self.n_steps], -1),
            "log_probs": tf.fill(shape, never),
            "scores": tf.fill(shape, never),
        }
        return {
            # Only one of the equal copies lives, or the beam would hold nothing but copies of one output.
            "log_probs": tf.tile(tf.one_hot(0, self.width, 0.0, never, dtype=tf.float64), [self.n_samples]),
            # Without attention this stays 1: nothing to cover, as log 1 = 0.
            "coverage": tf.ones([self.n_samples * self.width, 1], tf.float64),
            "finished": () if self.end is None else nothing,
        }

    def _best(self, t, log_probs, hypotheses):
        return choices.best_continuations(log_probs, hypotheses["log_probs"], self.width)

    def _chosen(self, t, log_probs, hypotheses):
        """The hypotheses that go on, and their classes. Each could also end here, and may then be kept as finished."""
        if self.end is None:
            return super()._chosen(t, log_probs, hypotheses)
        finished = self._finished(t, log_probs[:, self.end], hypotheses)
        is_end, never = tf.range(size_of(log_probs, 1)) == self.end, tf.constant(-np.inf, log_probs.dtype)
        live = hypotheses | {"finished": ()}
        live, classes = super()._chosen(t, tf.where(is_end, never, log_probs), live)
        return live | {"log_probs": self._hopeful(live["log_probs"], finished), "finished": finished}, classes

    def _finished(self, t, gains, hypotheses):
        """The best of the finished hypotheses and of those that end at step t, which adds the gains (n,)."""
        log_probs = hypotheses["log_probs"] + tf.cast(gains, tf.float64)
        ending = {
            "tokens": self._by_sample(hypotheses["tokens"], self.n_steps),
            "log_probs": self._by_sample(log_probs),
            "scores": self._scores(log_probs, t + 1, hypotheses["coverage"]),
        }
        both = {name: tf.concat([x, ending[name]], 1) for name, x in hypotheses["finished"].items()}
        _, places = tf.math.top_k(both["scores"], self.width)
        return {name: tf.gather(x, places, batch_dims=1) for name, x in both.items()}

    def _hopeful(self, log_probs, finished):
        """log P (n,), but -inf where no end could beat the worst finished hypothesis: scores are largest at n_steps."""
        bounds = self._by_sample(log_probs) / choices.length_penalty(self.n_steps, self.length_penalty)
        worst = tf.reduce_min(finished["scores"], 1, keepdims=True)  # -inf while a place is free
        return tf.where(tf.reshape(bounds > worst, [-1]), log_probs, -np.inf)

    def _scores(self, log_probs, n_written, coverage):
        """log P(Y|X) / lp(Y) + cp(X; Y) (n_samples, width) of hypotheses (n,)."""
        covered = self._by_sample(coverage, size_of(coverage, 1))
        cp = tf.cond(
            tf.convert_to_tensor(self.coverage_penalty) > 0,
            lambda: choices.coverage_penalty(covered, self.coverage_penalty, self.source_mask),
            lambda: tf.zeros_like(covered[..., 0]),  # without the logarithms
        )
        lp = choices.length_penalty(n_written, self.length_penalty)
        return self._by_sample(log_probs) / lp + cp

    def result(self, hypotheses):
        """What a beam search returns, best first."""
        live, ended = super().result(hypotheses), self._by_sample(hypotheses["ended"])
        live["scores"] = self._scores(hypotheses["log_probs"], live["lengths"], hypotheses["coverage"])
        if self.end is not None:
            finished = self._outputs(**hypotheses["finished"])
            live = {name: tf.concat([finished[name], x], 1) for name, x in live.items()}
            ended = tf.concat([tf.ones_like(ended), ended], 1)
        order = choices.best_first(live["scores"], ended)[:, : self.width]
        return {name: tf.gather(x, order, batch_dims=1) for name, x in live.items()}


def _continuations(log_probs, allowed, ended):
    """log P (n, n_classes) of what may follow, else -inf; what has ended goes on as itself, in column 0, for sure."""
    n_classes, never = size_of(log_probs, 1), tf.constant(-np.inf, log_probs.dtype)
    itself = tf.where(tf.range(n_classes) == 0, tf.zeros_like(never), never)
    return tf.where(ended[:, None], itself, tf.where(allowed, log_probs, never))


def _cover(t, hypotheses, attention):
    """sum_j a_ij (n, n_source) with the attention of step t, in hypotheses that carry it and have not ended."""
    if attention is None or "coverage" not in hypotheses:
        return hypotheses
    before, attention = hypotheses["coverage"], tf.cast(attention, tf.float64)
    after = attention + before * tf.cast(t > 0, tf.float64)
    return hypotheses | {"coverage": tf.where(hypotheses["ended"][:, None], before, after)}
