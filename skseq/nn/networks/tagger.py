"""Networks with one tag per timestep: encoder, one dense layer, and a softmax per step or a linear-chain CRF."""

import tensorflow as tf

from skseq.nn.kernels import crf
from skseq.nn.kernels.native import softmax, swapped
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder
from skseq.nn.networks.layer import project
from skseq.nn.networks.network import Network
from skseq.nn.networks.noise import SILENCE
from skseq.nn.networks.weights import Weight, bias, kernel


class Tagger(Network):
    """Flow of tensors of a `TaggerSpec`.

    References
    ----------
    Lafferty, McCallum and Pereira, "Conditional Random Fields: Probabilistic Models for Segmenting and Labeling
    Sequence Data", ICML 2001. Huang, Xu and Yu, "Bidirectional LSTM-CRF Models for Sequence Tagging", arXiv:1508.01991,
    2015.
    """

    metrics = ("token_accuracy",)
    timed = {"probs": ("source",), "tags": ("source",)}

    def __init__(self, spec):
        self.spec = spec

    def weights(self):
        """The table of weights, in a fixed order. A CRF starts with zeros: as the softmax that it extends."""
        spec = self.spec
        yield from encoder.source_weights(spec)
        yield kernel("output/kernel", spec.encoding_size, spec.n_tags)
        yield bias("output/bias", spec.n_tags)
        if spec.transitions:
            yield Weight("transitions/kernel", (spec.n_tags, spec.n_tags), "zeros")
            yield bias("transitions/start", spec.n_tags)
            yield bias("transitions/end", spec.n_tags)

    def emit(self, weights, batch, noise):
        """Emission scores (t, b, n_tags), the logits of a softmax, and the mask (t, b, 1) or None."""
        outputs, _ = encoder.encode_source(self.spec, weights, batch, noise)  # (t, b, d)
        scores = project(outputs, weights["output/kernel"], noise) + weights["output/bias"]
        return scores, encoder.time_mask(batch.get("source_lengths"), size_of(scores, 0))

    @staticmethod
    def _chain(weights):
        return crf.Chain(*(weights[f"transitions/{name}"] for name in ("kernel", "start", "end")))

    def _log_partition(self, weights, emissions, mask):
        return crf.log_partition(emissions, self._chain(weights), mask, unroll=self.spec.unroll)

    @staticmethod
    def _tags(batch, emissions):
        """Given tags (t, b): a batch's sources are cut to the longest of them, its targets are not."""
        return tf.transpose(batch["target"][:, : size_of(emissions, 0)])

    def losses(self, weights, batch, noise):
        """What is lost, its weights, and which tags are right.

        With a softmax the cross entropy of every step (t, b), weighted by sample and by the class of its tag. With a
        CRF the negative log-likelihood of a sequence over its length (b,); its weight is the sum of the weights of its
        steps: length times sample weight times the mean class weight of its tags. So a long sequence counts by all of
        its steps in both, and padding and batches change nothing.

        A tag is right if it is the most probable one of its step. With a CRF that is by the marginals, which training
        has anyway; the best path would take another search.
        """
        emissions, mask = self.emit(weights, batch, noise)  # (t, b, k), (t, b, 1)
        tags = self._tags(batch, emissions)
        real = tf.ones_like(emissions[..., 0]) if mask is None else tf.cast(mask[..., 0], emissions.dtype)
        step_weights = tf.gather(batch["class_weight"], tags) * batch["weight"] * real  # (t, b)
        if self.spec.transitions:
            log_z, scores = self._log_partition(weights, emissions, mask)
            negative = log_z - crf.path_scores(emissions, self._chain(weights), tags, mask)  # -log P(y | x), (b,)
            losses, step_weights = negative / tf.reduce_sum(real, 0), tf.reduce_sum(step_weights, 0)
        else:
            losses, scores = -_log_probs_of(tags, emissions), emissions
        right = tf.cast(tf.equal(tf.argmax(scores, -1, output_type=tags.dtype), tags), real.dtype)
        counted = real * batch["weight"]  # (t, b): class weights weigh the loss alone
        return losses, step_weights, {"token_accuracy": (right * counted, counted)}

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_probs(self, weights, batch, noise=SILENCE):
        """P(y_t | x) of every tag at every step (b, t, n_tags): a softmax, or the marginals of the CRF."""
        emissions, mask = self.emit(weights, batch, noise)
        if self.spec.transitions:
            return swapped(self._log_partition(weights, emissions, mask)[1])
        return swapped(softmax(emissions))

    def predict_tags(self, weights, batch):
        """The most probable tag of every step, or the most probable path: (b, t), as numbers of the spec's dtype."""
        emissions, mask = self.emit(weights, batch, SILENCE)
        if self.spec.transitions:
            tags = crf.viterbi(emissions, self._chain(weights), mask, unroll=self.spec.unroll)
        else:
            tags = tf.argmax(emissions, -1)
        return swapped(tf.cast(tags, emissions.dtype))  # every prediction has this type

    def predict_log_probs(self, weights, batch):
        """log P(y_1 ... y_n | x) of given tags: (b,)."""
        emissions, mask = self.emit(weights, batch, SILENCE)
        tags = self._tags(batch, emissions)
        if self.spec.transitions:
            log_z, _ = self._log_partition(weights, emissions, mask)
            return crf.path_scores(emissions, self._chain(weights), tags, mask) - log_z
        log_probs = _log_probs_of(tags, emissions)
        log_probs = log_probs if mask is None else tf.where(mask[..., 0], log_probs, 0)  # (t, b)
        return tf.cumsum(log_probs)[-1]  # in the order of steps: a sum in parts would depend on the padding


def _log_probs_of(tags, logits):
    """log softmax(logits) at the tags (t, b)."""
    return -tf.nn.sparse_softmax_cross_entropy_with_logits(tags, logits)
