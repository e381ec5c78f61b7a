"""Encoder-decoder networks that write numbers: what they learn, and what can be asked of them.

The decoder is that of tokens, `skseq.nn.networks.seq2seq_decoder`. At every step it is told what was written at the
step before, if it is recursive, and what is known of the step itself. A `skseq.nn.networks.heads` head says what its
numbers mean.

Shapes: t target steps, b samples, n paths (several per sample), k targets, p numbers per target, c known numbers.
"""

import tensorflow as tf

from skseq.nn.kernels.loops import unfold
from skseq.nn.kernels.native import swapped
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder
from skseq.nn.networks.encoder_decoder import EncoderDecoder
from skseq.nn.networks.heads import head_of
from skseq.nn.networks.noise import SILENCE
from skseq.nn.networks.seq2seq_decoder import target_counts


class Forecaster(EncoderDecoder):
    """Flow of tensors of a `ForecastSpec`.

    A batch holds "source"; "before" (b, k), the target of the step before the first; "future" (b, t, c), if anything is
    known beforehand; and in training "target" (b, t, k). Heads of counts read their "unit" (b, k). In predictions
    ``batch["n_steps"]`` are to be written.
    """

    timed = {"attention": ("source",)}
    ranks = {"points": 3}

    def __init__(self, spec):
        super().__init__(spec)
        self.head = head_of(spec.loss, spec.levels)

    def weights(self):
        """The table of weights, in a fixed order."""
        yield from encoder.source_weights(self.spec)
        for weight in self.decoder.weights():
            start = self.head.start * self.spec.n_targets if weight.name == "output/bias" else ()
            yield weight._replace(start=start)

    def losses(self, weights, batch, noise):
        """Loss of every target step (b, t), a mean over targets, and the weights of the steps; no metrics.

        Training tells the decoder the true numbers of the steps before, or some of its own by scheduled sampling.
        Evaluation tells it nothing that it would not know in a forecast.
        """
        targets = swapped(batch["target"])  # (t, b, k)
        if self.spec.recursive and not noise.learns:
            numbers = self._write(weights, batch, size_of(targets, 0))
        else:
            numbers = self._taught(weights, batch, targets, noise)
        losses = swapped(tf.reduce_mean(self._step_losses(numbers, targets, batch), -1))  # (b, t)
        return losses, batch["weight"][:, None] * target_counts(batch, losses), {}

    def _step_losses(self, numbers, targets, batch):
        """(t, b, k) of numbers (t, b, k p) and targets (t, b, k)."""
        unit = (batch["unit"],) if self.head.counts else ()
        return self.head.losses(self._by_target(numbers), targets, *unit)

    def _taught(self, weights, batch, targets, noise):
        """Numbers (t, b, k p) from the source and the true targets (t, b, k) of all steps before."""
        future = self._future(batch)
        before = tf.concat([batch["before"][None], targets[:-1]], 0)
        inputs = self._inputs(before, None if future is None else future[: size_of(targets, 0)])

        def feed_back(t, numbers):
            following = tf.minimum(t + 1, size_of(targets, 0) - 1)
            return self._inputs(self._point(numbers), None if future is None else future[following])

        return self.decoder.outputs(weights, self.encode(weights, batch, noise), inputs, noise, feed_back)

    def _inputs(self, before, future):
        """What the decoder is told: the targets of the step before (..., k), and what is known of the step (..., c)."""
        if not self.spec.recursive:
            return before if future is None else future  # without a future the decoder ignores its inputs
        return before if future is None else tf.concat([before, future], -1)

    @staticmethod
    def _future(batch):
        """What is known of every step (t, b, c), or None."""
        return swapped(batch["future"]) if "future" in batch else None

    def _by_target(self, numbers):
        """(..., k p) to (..., k, p)."""
        spec = self.spec
        return tf.reshape(numbers, [*tf.unstack(tf.shape(numbers)[:-1]), spec.n_targets, spec.numbers_per_target])

    def _point(self, numbers):
        return self.head.point(self._by_target(numbers))

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_numbers(self, weights, batch):
        """What the head reads (b, n_steps, k, p); a recursive decoder is told the points that it wrote before."""
        numbers = self._by_target(self._write(weights, batch, batch["n_steps"]))  # (t, b, k, p)
        return swapped(self.head.read(numbers))

    def predict_points(self, weights, batch, noise=SILENCE):
        """The forecast (b, n_steps, k) in what `predict_numbers` gives."""
        points = self._point(self._write(weights, batch, batch["n_steps"], noise))  # (t, b, k)
        return swapped(points)

    def predict_paths(self, weights, batch):
        """Drawn targets (b, n_paths, n_steps, k): every step is told what was drawn at the steps before.

        ``batch["uniform"]`` (b, n_paths, n_steps, k, 2) decides the draws.
        """
        uniform = tf.transpose(batch["uniform"], [2, 0, 1, 3, 4])  # (t, b, n, k, 2)
        n_steps, n_samples, n_paths = tf.unstack(tf.shape(uniform)[:3])
        uniform = tf.reshape(uniform, [n_steps, n_samples * n_paths, self.spec.n_targets, 2])

        if not self.spec.recursive:  # no step needs what was drawn before
            numbers = self._by_target(self._write(weights, batch, n_steps))[:, :, None]  # (t, b, 1, k, p)
            unit = (batch["unit"][:, None],) if self.head.counts else ()
            drawn = self.head.draw(numbers, tf.reshape(uniform, [n_steps, n_samples, n_paths, -1, 2]), *unit)
            return tf.transpose(drawn, [1, 2, 0, 3])

        unit = (tf.repeat(batch["unit"], n_paths, axis=0),) if self.head.counts else ()

        def draw(t, numbers):
            return self.head.draw(self._by_target(numbers), uniform[t], *unit)

        paths = self._written(weights, batch, n_steps, draw, n_paths)["told"]  # (t, b n, k)
        paths = tf.reshape(paths, [n_steps, n_samples, n_paths, self.spec.n_targets])
        return tf.transpose(paths, [1, 2, 0, 3])

    def predict_log_density(self, weights, batch):
        """Log density of given targets (b, t, k), each given all steps before."""
        targets = swapped(batch["target"])
        numbers = self._taught(weights, batch, targets, SILENCE)
        return -swapped(self._step_losses(numbers, targets, batch))

    def predict_attention(self, weights, batch):
        """Attention weights (b, n_source, n_steps) of a forecast."""
        found = self._written(weights, batch, batch["n_steps"], self._point_at, attention=True)["attention"]
        return tf.transpose(found, [1, 2, 0])  # (t, b, n_source)

    def _point_at(self, _, numbers):
        return self._point(numbers)

    def _write(self, weights, batch, n_steps, noise=SILENCE):
        """Numbers (n_steps, b, k p) that are told nothing but what was written before."""
        if self.spec.recursive:
            return self._written(weights, batch, n_steps, self._point_at, noise=noise)["numbers"]
        nothing = tf.zeros([n_steps, size_of(batch["source"], 0), self.spec.n_targets], self.spec.dtype)
        return self._taught(weights, batch, nothing, noise)  # all steps at once: it is told no target

    def _written(self, weights, batch, n_steps, next_told, n_paths=1, *, attention=False, noise=SILENCE):
        """Numbers, and what was told of them, of step after step: "numbers" (t, b n, k p), "told" (t, b n, k).

        ``next_told(t, numbers)`` (b n, k) is what the next step is told.
        """
        spec, future = self.spec, self._future(batch)
        source = self.encode(weights, batch, noise)  # once per sample, whatever the number of paths
        states = [[tf.repeat(x, n_paths, axis=0) for x in state] for state in source.states]

        def step(t, carried):
            told, states = carried
            known = None if future is None else tf.repeat(future[t], n_paths, axis=0)
            inputs = self._inputs(told, known)
            again = noise.restarted()  # all steps have the same masks
            numbers, weighed, states = self.decoder.step_outputs(weights, source, t, inputs, states, again)
            told = next_told(t, numbers)
            found = {"numbers": numbers, "told": told} | ({"attention": weighed} if attention else {})
            return found, (told, states)

        like = {
            "numbers": tf.TensorSpec([None, spec.output_size], spec.dtype),
            "told": tf.TensorSpec([None, spec.n_targets], spec.dtype),
        }
        if attention:
            like["attention"] = tf.TensorSpec([None, None], spec.dtype)
        first = tf.repeat(batch["before"], n_paths, axis=0)
        return unfold(step, (first, states), n_steps, like)
