"""Encoder-decoder networks over target tokens: what they learn, and what can be asked of them.

The decoder itself is in `skseq.nn.networks.seq2seq_decoder`.
"""

import tensorflow as tf

from skseq.nn.decoding import choices
from skseq.nn.decoding.searches import greedy_search
from skseq.nn.kernels.native import softmax, swapped
from skseq.nn.kernels.products import as_matrix
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder, seq2seq_search
from skseq.nn.networks.critic import behaviour, critic_of
from skseq.nn.networks.encoder_decoder import EncoderDecoder
from skseq.nn.networks.noise import SILENCE
from skseq.nn.networks.seq2seq_decoder import START, decoder_inputs, target_counts


class Seq2Seq(EncoderDecoder):
    """Flow of tensors of a `Seq2SeqSpec`."""

    metrics = ("token_accuracy", "sequence_accuracy")
    timed = {"log_probs": ("target",), "attention": ("target", "source")}
    ranks = {"probs": 3}

    def __init__(self, spec):
        super().__init__(spec)
        self.critic = critic_of(spec)
        if self.critic is not None:
            self.metrics, self.added = self.metrics + self.critic.metrics, self.critic.added

    def weights(self):
        """The table of weights, in a fixed order."""
        yield from encoder.source_weights(self.spec)
        yield from self.decoder.weights()
        if self.critic is not None:  # last: all others start as without one
            yield from self.critic.weights()

    def losses(self, weights, batch, noise):
        """Cross entropy of every target token (b, t), the weights of the tokens, and what is right.

        Every metric is a pair (per-sample amount, per-sample weight).
        """
        targets, weight = tf.transpose(batch["target"]), batch["weight"]
        logits, criticized = self._written(weights, batch, targets, noise)  # (t, b, n_classes)
        losses = swapped(_cross_entropy(targets, logits, noise.rate("label_smoothing")))  # (b, t)
        counts = target_counts(batch, losses)  # class weights alone would weigh padding, too
        step_weights = weight[:, None] * tf.gather(batch["class_weight"], batch["target"]) * counts
        right = tf.transpose(tf.equal(tf.argmax(logits, -1, output_type=targets.dtype), targets))
        right = tf.cast(right, losses.dtype) * counts
        metrics = {
            "token_accuracy": (tf.reduce_sum(right, 1) * weight, tf.reduce_sum(counts, 1) * weight),
            "sequence_accuracy": (tf.cast(tf.reduce_all(right >= counts, 1), losses.dtype) * weight, weight),
        }
        return losses, step_weights, metrics | criticized

    def _written(self, weights, batch, targets, noise):
        """Logits (t, b, n_classes) of given targets (t, b), and the metrics of the critic, if there is one."""
        if self.critic is None:
            return self._taught_logits(weights, batch, targets, noise), {}
        if not noise.learns:
            return self._taught_logits(weights, batch, targets, noise), self.critic.nothing(batch["weight"])
        source, inputs = self.encode(weights, batch, noise), decoder_inputs(targets)
        features = self.decoder.teach(weights, source, inputs, noise)
        logits = self.decoder.readout(weights, features, inputs)
        taught = behaviour(features["hidden"], logits)
        free = behaviour(*self._run_freely(weights, source, inputs, noise))
        return logits, self.critic.losses(weights, taught, free, batch.get("target_lengths"), batch["weight"])

    def _run_freely(self, weights, source, inputs, noise):
        """Hidden states (t, b, u) and logits (t, b, n_classes) where every token is drawn from the logits before it.

        No gradient goes through what is drawn. An end is never drawn, so that both behaviours have one length.
        """
        uniform = noise.uniform(tf.shape(inputs))

        def draw(t, logits):
            logits = tf.stop_gradient(logits)
            if self.spec.end is not None:
                is_end = tf.range(self.spec.target_size) == self.spec.end
                logits = tf.where(is_end, tf.constant(logits.dtype.min, logits.dtype), logits)
            return choices.draw(logits, uniform[t]) + 1

        return self.decoder.run_freely(weights, source, inputs, noise, draw)

    def _taught_logits(self, weights, batch, targets, noise):
        """Logits (t, b, n_classes) from the source and all previous targets (t, b)."""
        source = self.encode(weights, batch, noise)
        return self.decoder.outputs(weights, source, decoder_inputs(targets), noise, lambda _, logits: _chosen(logits))

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_log_probs(self, weights, batch):
        """log P(y_t | y_1 ... y_{t-1}, x) of given targets (b, t), 0 on padding."""
        targets = tf.transpose(batch["target"])
        logits = self._taught_logits(weights, batch, targets, SILENCE)
        log_probs = -swapped(_cross_entropy(targets, logits))
        return log_probs * target_counts(batch, log_probs)

    def predict_attention(self, weights, batch):
        """Attention weights (b, t, n_source) while given targets (b, t) are written."""
        source, tokens = self.encode(weights, batch, SILENCE), decoder_inputs(tf.transpose(batch["target"]))
        return swapped(self.decoder.teach(weights, source, tokens, SILENCE)["attention"])

    def predict_probs(self, weights, batch, noise=SILENCE):
        """Class probabilities (b, t, n_classes) along the greedy path, under ``batch["allowed"]`` (t, n_classes)."""
        allowed, source = batch["allowed"], self.encode(weights, batch, noise)

        def step(t, tokens, states):
            logits, _, states = self.decoder.step_outputs(weights, source, t, tokens, states, noise.restarted())
            logits = tf.where(allowed[t], logits, tf.constant(logits.dtype.min, logits.dtype))
            return {"probs": softmax(logits)}, _chosen(logits), states

        like = {"probs": tf.TensorSpec([None, self.spec.target_size], self.spec.dtype)}
        start = tf.fill([source.n_samples], START)  # (b,)
        probs = greedy_search(step, start, source.states, size_of(allowed, 0), like)["probs"]
        return swapped(probs)

    def predict_found(self, weights, batch, options, ask):
        """The best outputs and their log-probabilities: see `skseq.nn.networks.seq2seq_search`."""
        return seq2seq_search.find(self, weights, batch, options, ask)


def _chosen(logits):
    """Ids of the most probable tokens, as the decoder reads them."""
    return tf.argmax(logits, -1, output_type=tf.int32) + 1


def _cross_entropy(targets, logits, smoothing=None):
    """-log p of the targets (t, b); smoothed: 1 - e of it and e of the mean over classes (Szegedy et al. 2016)."""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.reshape(targets, [-1]), as_matrix(logits))
    losses = tf.reshape(losses, tf.shape(targets))
    if smoothing is None:
        return losses
    spread = tf.reduce_logsumexp(logits, -1) - tf.reduce_mean(logits, -1)  # mean of -log p over all classes
    return (1 - smoothing) * losses + smoothing * spread
