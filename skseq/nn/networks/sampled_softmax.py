"""Sampled softmax: in training, a target is told from a few drawn classes instead of all others.

k classes are drawn for all positions of a batch together; one that is drawn twice counts once, and where it is the
target it does not count. Q(j) is the probability that class j is among the drawn ones, and logits s are corrected to
s - log Q. So the softmax over the target and the drawn classes stands for that over all of them, approximately, since
draws of one batch depend on each other. If all classes are drawn, it is that over all.

Bengio and Senécal, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language Model", IEEE
Transactions on Neural Networks 2008. Jean, Cho, Memisevic and Bengio, "On Using Very Large Target Vocabulary for Neural
Machine Translation", ACL 2015, section 3.

Shapes: n positions, k draws, v classes.
"""

import tensorflow as tf

from skseq.nn.kernels.shapes import size_of


def draw(n_draws, batch, noise):
    """Drawn classes (k,), sorted; the ``batch`` has the tables of `skseq._data.tokens.token_draws`."""
    share, alias = batch["drawn_share"], batch["drawn_alias"]
    place = noise.integers([n_draws], size_of(share, 0))
    own = noise.uniform([n_draws]) < tf.gather(share, place)
    return tf.sort(tf.where(own, place, tf.gather(alias, place)))


def losses(targets, drawn, target_logits, drawn_logits, log_chances):
    """-log p (n,) of targets (n,) among themselves and the drawn classes (k,).

    Logits are (n,) and (n, k), and ``log_chances`` (v,) are log Q.
    """
    target_logits -= tf.gather(log_chances, targets)
    drawn_logits -= tf.gather(log_chances, drawn)
    repeated = tf.concat([[False], drawn[1:] == drawn[:-1]], 0)  # (k,): they are sorted
    out = repeated | (drawn == targets[:, None])  # (n, k)
    drawn_logits = tf.where(out, tf.constant(drawn_logits.dtype.min, drawn_logits.dtype), drawn_logits)
    return tf.nn.softplus(tf.reduce_logsumexp(drawn_logits, -1) - target_logits)
