"""Professor forcing: a critic that tells how a network behaves on its own from how it behaves when it is taught.

Lamb, Goyal, Zhang, Zhang, Courville and Bengio, "Professor Forcing: A New Algorithm for Training Recurrent Networks",
NeurIPS 2016, section 2. Behaviour is at every step what the output layer reads of the recurrent layers and, of tokens,
the probabilities of what follows. The critic is a bidirectional GRU and two dense layers, whose outputs are averaged
over the steps. On its own a network is told what is drawn from those probabilities, as in the paper.

Shapes: t timesteps, b samples, d the width of behaviour.
"""

import tensorflow as tf

from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder
from skseq.nn.networks.noise import Noise
from skseq.nn.networks.weights import bias, kernel, subset
from skseq.nn.spec import NetworkSpec

SURE = 0.99  # share of right answers from which on the critic learns nothing more
UNSURE = 0.75  # share of right answers up to which the network learns nothing from the critic


def behaviour(hidden, logits=None):
    """Behaviour (t, b, d): what the output layer reads (t, b, u) and, of tokens, their probabilities."""
    return hidden if logits is None else tf.concat([hidden, tf.nn.softmax(logits)], -1)


def critic_of(spec):
    """The `Critic` that the ``training`` of a spec asks for, or None."""
    return None if spec.training == "teacher_forcing" else Critic(spec)


class Critic:
    """The critic of a `GeneratorSpec` or `Seq2SeqSpec` whose ``training`` asks for one."""

    metrics = ("critic_loss", "fooling_loss", "critic_accuracy")
    added = ("critic_loss", "fooling_loss")  # what the network descends besides its own loss

    def __init__(self, spec):
        self.size = spec.behaviour_size
        self.both = spec.training == "professor_forcing_both"
        self.spec = NetworkSpec(
            source_size=self.size,
            units=spec.units,
            cell="gru",
            bidirectional=True,
            dtype=spec.dtype,
            jit_compile=spec.jit_compile,
        )

    def weights(self):
        """The critic's part of the table of weights: no prediction reads it."""
        for weight in encoder.encoder_weights(self.spec, self.size):
            yield weight._replace(name=f"critic/{weight.name}")
        yield kernel("critic/hidden/kernel", self.spec.encoding_size, self.spec.units)
        yield bias("critic/hidden/bias", self.spec.units)
        yield kernel("critic/output/kernel", self.spec.units, 1)
        yield bias("critic/output/bias", 1)

    def _judged(self, own, behaviour, lengths):
        """Logits (b,) of behaviour (t, b, d) being taught; ``own`` are the critic's weights."""
        outputs, _ = encoder.encode(self.spec, own, behaviour, lengths, Noise(self.spec, {}, None))  # it learns
        hidden = tf.nn.relu(dense(outputs, own["hidden/kernel"], own["hidden/bias"]))
        logits = dense(hidden, own["output/kernel"], own["output/bias"])[..., 0]  # (t, b)
        mask = encoder.time_mask(lengths, size_of(logits, 0))
        real = tf.ones_like(logits) if mask is None else tf.cast(mask[..., 0], logits.dtype)
        return tf.reduce_sum(logits * real, 0) / tf.reduce_sum(real, 0)

    def losses(self, weights, taught, free, lengths, weight):
        """Name -> (amounts, weights), (b,) each, of `metrics`.

        The critic learns to tell the two behaviours (t, b, d) apart, unless it nearly always can. The network learns to
        make its free behaviour look taught, unless the critic cannot tell them apart; with ``both`` its taught
        behaviour to look free, too.
        """
        own = subset(weights, "critic")
        known = self._judged(own, tf.stop_gradient(taught), lengths), self._judged(own, tf.stop_gradient(free), lengths)
        right = (tf.cast(known[0] > 0, weight.dtype) + tf.cast(known[1] < 0, weight.dtype)) / 2
        accuracy = tf.math.divide_no_nan(tf.reduce_sum(right * weight), tf.reduce_sum(weight))
        told_apart = tf.nn.softplus(-known[0]) + tf.nn.softplus(known[1])  # -log of the probability of what is right
        fixed = {name: tf.stop_gradient(x) for name, x in own.items()}
        fooled = tf.nn.softplus(-self._judged(fixed, free, lengths))
        if self.both:
            fooled += tf.nn.softplus(self._judged(fixed, taught, lengths))
        n_steps = size_of(taught, 0) if lengths is None else lengths
        steps = weight * tf.cast(n_steps, weight.dtype)
        learns, teaches = (tf.cast(which, weight.dtype) for which in (accuracy < SURE, accuracy > UNSURE))
        return {
            "critic_loss": (told_apart * learns * weight, weight),
            "fooling_loss": (fooled * teaches * weight, steps),  # as -log p, which is a mean over steps
            "critic_accuracy": (right * weight, weight),
        }

    def nothing(self, weight):
        """What `losses` gives, where nothing is trained: amounts and weights of 0."""
        return {name: (tf.zeros_like(weight), tf.zeros_like(weight)) for name in self.metrics}
