"""A linear-chain conditional random field over tags, as functions of tensors.

A path of tags y_1 ... y_n scores

    s(y) = start[y_1] + sum_t emissions[t, y_t] + sum_{t > 1} transitions[y_{t-1}, y_t] + end[y_n]

and has the probability P(y | x) = exp(s(y)) / Z, where Z sums exp(s) over all paths (Lafferty, McCallum and Pereira
2001). All sums over paths stay in log space, so no score is too large or too small for them.

Tensors are time first: emissions (t, b, k) for t timesteps, b samples and k tags. A mask is (t, b, 1), True on real
steps; None means that every step is real. Padding stands on the right and step 0 is always real: every sequence has a
length of at least 1. A step that is not real passes on what was worked out before it.
"""

from typing import NamedTuple

import tensorflow as tf

from skseq.nn.kernels.custom_gradient import with_gradient
from skseq.nn.kernels.loops import at, length, loop, tensor_arrays
from skseq.nn.kernels.native import softmax
from skseq.nn.kernels.shapes import size_of


class Chain(NamedTuple):
    """Scores of neighbouring tags: transitions (k, k) from row to column, start (k,) and end (k,)."""

    transitions: tf.Tensor
    start: tf.Tensor
    end: tf.Tensor


def path_scores(emissions, chain, tags, mask=None):
    """s(y) of given tags (t, b): (b,). What tags stand on padding changes nothing."""
    real = tf.ones_like(emissions[..., 0]) if mask is None else tf.cast(mask[..., 0], emissions.dtype)  # (t, b)
    hot = tf.one_hot(tags, emissions.shape[-1], dtype=emissions.dtype) * real[..., None]
    moves = tf.gather(chain.transitions, tags[:-1]) * hot[1:]  # (t - 1, b, k)
    last = hot - hot * tf.concat([real[1:], tf.zeros_like(real[:1])], 0)[..., None]  # zero but on the last real step
    ends = tf.reduce_sum(hot[0] * chain.start, -1) + tf.reduce_sum(last * chain.end, [0, 2])
    return ends + tf.reduce_sum(emissions * hot, [0, 2]) + tf.reduce_sum(moves, [0, 2])


def log_partition(emissions, chain, mask=None, *, unroll=False):
    """log Z (b,), and the marginals P(y_t = k | x) (t, b, k), zero on padding.

    Forward-backward gives the gradient along with the value: the derivative of log Z by a score is how often a path
    uses that score, in expectation. For emissions these are the marginals. The marginals are for reading: no gradient
    goes through them.
    """

    @with_gradient
    def run(emissions, *chain):
        return _forward_backward(emissions, Chain(*chain), mask, unroll)

    return run(emissions, *chain)


def _forward_backward(emissions, chain, mask, unroll):
    """What `log_partition` returns, and its gradient: see `with_gradient`."""
    alphas = _forward(emissions, chain, mask, unroll)
    marginals, moves = _backward(alphas, emissions, chain, mask, unroll)
    real = marginals if mask is None else tf.where(mask, marginals, tf.zeros_like(marginals))

    def gradient(d_log_z, _):
        # The last step holds the marginals of the last real one, so that end scores need no lengths.
        d_start, d_end = (tf.linalg.matvec(p, d_log_z, transpose_a=True) for p in (marginals[0], marginals[-1]))
        return d_log_z[:, None] * real, tf.einsum("b,bij->ij", d_log_z, moves), d_start, d_end

    return (tf.reduce_logsumexp(alphas[-1] + chain.end, -1), real), gradient


def _forward(emissions, chain, mask, unroll):
    """alpha (t, b, k): log of the sum of exp(s) over all paths up to a step that end in a tag; no end scores yet."""
    n, unroll = length(emissions, unroll)
    first = emissions[0] + chain.start

    def step(t, alpha, alphas):
        now = at(t + 1)
        total, _ = _log_sum(alpha[:, :, None] + chain.transitions, 1)
        alpha = _carried(mask, now, total + now(emissions), alpha)
        return alpha, alphas.write(t + 1, alpha)

    alphas = tensor_arrays(emissions.dtype, n, 1)[0].write(0, first)  # (b, k) each
    return _stacked(loop(step, n - 1, (first, alphas), unroll=unroll)[1], emissions)


def _backward(alphas, emissions, chain, mask, unroll):
    """Marginals (t, b, k), those of the last real step on padding, and expected counts of moves (b, k, k).

    beta_t[i] = log sum_j exp(transitions[i, j] + emissions[t + 1, j] + beta_{t+1}[j]), from beta = end at the end.
    """
    n, unroll = length(emissions, unroll)
    n_tags = emissions.shape[-1]

    def step(t, beta, counts, marginals):
        now, after = at(t), at(t + 1)
        scores = chain.transitions + (after(emissions) + beta)[:, None]  # (b, from, to)
        total, shares = _log_sum(scores, 2)
        beta = _carried(mask, after, total, beta)
        marginal = softmax(now(alphas) + beta)  # (b, k): paths up to t times paths from t on
        moves = marginal[:, :, None] * shares  # P(y_t = i, y_{t+1} = j | x)
        if mask is not None:
            moves = tf.where(after(mask)[..., None], moves, tf.zeros_like(moves))
        return beta, counts + moves, marginals.write(t, marginal)

    end = tf.broadcast_to(chain.end, tf.shape(emissions)[1:])
    counts = tf.zeros([size_of(emissions, 1), n_tags, n_tags], emissions.dtype)
    marginals = tensor_arrays(emissions.dtype, n, 1)[0].write(n - 1, softmax(alphas[-1] + end))
    _, counts, marginals = loop(step, n - 1, (end, counts, marginals), unroll=unroll, reverse=True)
    return _stacked(marginals, emissions), counts


def viterbi(emissions, chain, mask=None, *, unroll=False):
    """Tags (t, b), int32, of the path with the largest score; 0 on padding. Of equal ones the lower tag wins."""
    n, unroll = length(emissions, unroll)
    first = emissions[0] + chain.start
    themselves = tf.broadcast_to(tf.range(emissions.shape[-1]), tf.shape(first))  # (b, k): padding leads straight back

    def forwards(t, best, pointers):
        now = at(t + 1)
        scores = best[:, :, None] + chain.transitions  # (b, from, to)
        come_from = _carried(mask, now, tf.argmax(scores, 1, output_type=tf.int32), themselves)
        best = _carried(mask, now, tf.reduce_max(scores, 1) + now(emissions), best)  # (b, k)
        return best, pointers.write(t + 1, come_from)

    pointers = tensor_arrays(tf.int32, n, 1)[0].write(0, themselves)
    best, pointers = loop(forwards, n - 1, (first, pointers), unroll=unroll)
    pointers = pointers.stack()

    def backwards(t, tag, tags):
        tag = tf.gather(at(t + 1)(pointers), tag, batch_dims=1)  # (b,): where the best path came from
        return tag, tags.write(t, tag)

    last = tf.argmax(best + chain.end, -1, output_type=tf.int32)
    tags = tensor_arrays(tf.int32, n, 1)[0].write(n - 1, last)
    tags = loop(backwards, n - 1, (last, tags), unroll=unroll, reverse=True)[1].stack()
    return tags if mask is None else tf.where(mask[..., 0], tags, 0)


def _log_sum(scores, axis):
    """log sum exp(scores) over an axis, and the share exp(score) / sum of every one."""
    peak = tf.reduce_max(scores, axis, keepdims=True)
    parts = tf.exp(scores - peak)
    total = tf.reduce_sum(parts, axis, keepdims=True)
    return tf.squeeze(peak + tf.math.log(total), axis), parts / total


def _carried(mask, now, new, old):
    """The new values where the step is real, else the old ones."""
    return new if mask is None else tf.where(now(mask), new, old)


def _stacked(array, like):
    stacked = array.stack()
    stacked.set_shape(like.shape)
    return stacked
