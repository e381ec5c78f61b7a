"""Networks with one or several labels or numbers for a whole sequence.

Convolutions if there are any, recurrent layers, pooling over time, one dense layer, which may read some of the source.
"""

import tensorflow as tf

from skseq.nn.kernels.alignment import additive_scores, attend
from skseq.nn.kernels.convolution import STRIDE
from skseq.nn.kernels.native import softmax, swapped
from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder
from skseq.nn.networks.layer import project
from skseq.nn.networks.network import Network
from skseq.nn.networks.noise import SILENCE
from skseq.nn.networks.weights import Weight, bias, kernel
from skseq.nn.spec import POOLED_PARTS


class Pooled(Network):
    """Flow of tensors of a `PooledSpec`.

    The output layer may also read the first and the last number of every feature, since convolutions blur the ends: by
    weights that begin at zero, and without dropout.

    References
    ----------
    Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016 (attention pooling, equations
    5 to 7). Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018 (concat pooling,
    section 3.3).
    """

    timed = {"attention": ("source",)}

    def __init__(self, spec):
        self.spec = spec
        self.classifies = spec.task == "classify"
        self.metrics = ("accuracy",) if self.classifies else ()

    def weights(self):
        """The table of weights, in a fixed order."""
        spec = self.spec
        yield from encoder.source_weights(spec)
        if spec.pooling == "attention":
            yield kernel("attention/key", spec.encoding_size, spec.units)
            yield bias("attention/bias", spec.units)
            yield kernel("attention/scale", spec.units)
        yield kernel("output/kernel", spec.pooled_size, sum(spec.sizes))
        if spec.reads_ends:
            yield Weight("output/ends", (spec.ends_size, sum(spec.sizes)), "zeros")
        yield bias("output/bias", sum(spec.sizes))

    def encode(self, weights, batch, noise):
        """The pooled vector (b, d), and the attention weights (b, t) where there are any."""
        source, lengths = encoder.read_source(self.spec, weights, batch)
        outputs, states = encoder.encode(self.spec, weights, source, lengths, noise)  # (t, b, d)
        values = swapped(outputs)  # (b, t, d)
        mask = None if lengths is None else tf.sequence_mask(lengths, size_of(values, 1))
        if self.spec.pooling == "attention":
            return self._attend(weights, values, mask)
        parts = {
            "last": lambda: states[-1][0],
            "mean": lambda: self._mean(values, mask),
            "max": lambda: self._max(values, mask),
        }
        return tf.concat([parts[name]() for name in POOLED_PARTS[self.spec.pooling]], -1), None

    def _mean(self, values, mask):
        """Mean of (b, t, d) over real steps, as a product: that adds in the order of steps on the CPU.

        A sum may add in parts, as many as fit the longest sample, so that padding would change the last bit. So does
        `batch_product`, from 128 steps on.
        """
        counts = tf.ones_like(values[..., 0]) if mask is None else tf.cast(mask, values.dtype)  # (b, t)
        shares = counts / tf.reduce_sum(counts, 1, keepdims=True)
        return tf.matmul(shares[:, None], values)[:, 0]

    def _max(self, values, mask):
        """Largest of (b, t, d) over real steps."""
        if mask is not None:
            values = tf.where(mask[..., None], values, values.dtype.min)
        return tf.reduce_max(values, 1)

    def _attend(self, weights, values, mask):
        """s = sum_t a_t h_t with a = softmax_t(v' tanh(W h_t + b)), over real steps (Yang et al. 2016)."""
        keys = dense(values, weights["attention/key"])  # (b, t, u)
        scores = additive_scores(weights["attention/bias"][None, None], keys, weights["attention/scale"])
        attention, context = attend(scores, values, mask)
        return context[:, 0], attention[:, 0]  # one query per sample: (b, d) and (b, t)

    def _ends(self, batch):
        """The first and the last number of every feature, (b, 2 f)."""
        values, most = batch["source"], self.spec.most_of_ends  # (b, t, f)
        last = encoder.last_step(values, batch.get("source_lengths"))
        return tf.clip_by_value(tf.concat([values[:, 0], last], -1), -most, most)

    def losses(self, weights, batch, noise):
        """Cross entropy or squared error of every output (b, n_outputs), their weights, and what is right.

        A sample is right if all its labels are; the metric is a pair (per-sample amount, per-sample weight).
        """
        targets, weight = batch["target"], batch["weight"]
        outputs, metrics = self.predict_values(weights, batch, noise), {}
        if self.classifies:
            losses, right = self._compare(outputs, targets)
            metrics["accuracy"] = tf.cast(right, losses.dtype) * weight, weight
        else:
            losses = tf.square(targets - outputs)  # (b, n_outputs)
        return losses, weight[:, None] * tf.ones_like(losses), metrics

    def _compare(self, logits, targets):
        """Cross entropy of every label (b, n_outputs), and whether a sample has all labels right (b,)."""
        losses, right = [], []
        for k, own in enumerate(tf.split(logits, self.spec.sizes, -1)):  # (b, size of the output)
            losses.append(tf.nn.sparse_softmax_cross_entropy_with_logits(targets[:, k], own))
            right.append(tf.equal(tf.argmax(own, -1, output_type=targets.dtype), targets[:, k]))
        return tf.stack(losses, 1), tf.reduce_all(tf.stack(right, 1), 1)

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_probs(self, weights, batch, noise=SILENCE):
        """Class probabilities of every label, side by side: (b, sum(sizes))."""
        logits = tf.split(self.predict_values(weights, batch, noise), self.spec.sizes, -1)
        return tf.concat([softmax(own) for own in logits], -1)

    def predict_values(self, weights, batch, noise=SILENCE):
        """Numbers (b, n_outputs), or the logits of all labels side by side."""
        pooled, _ = self.encode(weights, batch, noise)
        values = project(pooled[None], weights["output/kernel"], noise)[0] + weights["output/bias"]
        return values + dense(self._ends(batch), weights["output/ends"]) if self.spec.reads_ends else values

    def predict_attention(self, weights, batch):
        """Weights of the timesteps in attention pooling, zero on padding: (b, t).

        Below convolutions, the timesteps that one output of the encoder stands for share its weight evenly.
        """
        attention = self.encode(weights, batch, SILENCE)[1]
        if not self.spec.n_conv_layers:
            return attention
        n_timesteps, n_shared = size_of(batch["source"], 1), STRIDE**self.spec.n_conv_layers
        lengths = batch.get("source_lengths", tf.stack([n_timesteps]))[:, None]  # (b or 1, 1)
        first = n_shared * tf.range(size_of(attention, 1))  # (t of the encoder,), in timesteps of the source
        n_real = tf.cast(tf.clip_by_value(lengths - first, 1, n_shared), attention.dtype)
        spread = tf.repeat(attention / n_real, n_shared, axis=1)[:, :n_timesteps]
        return spread * tf.cast(tf.sequence_mask(lengths[:, 0], n_timesteps), spread.dtype)

    def predict_encoding(self, weights, batch):
        """The pooled vector (b, d)."""
        return self.encode(weights, batch, SILENCE)[0]
