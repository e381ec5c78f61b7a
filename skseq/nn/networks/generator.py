"""Networks that say what follows: recurrent layers over a sequence, and after every step the next one.

A sequence is read from its start, which is the id of padding, or zeros. So the weights of the layers are those of an
encoder, and can be exchanged with one.

Shapes: t timesteps, b samples, n hypotheses, f features, u units, g the gates of all units.
"""

from itertools import chain

import tensorflow as tf

from skseq.nn.decoding import choices
from skseq.nn.kernels.loops import unfold
from skseq.nn.kernels.native import swapped
from skseq.nn.kernels.products import as_matrix, dense
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder, mixtures, sampled_softmax, seq2seq_search
from skseq.nn.networks.critic import behaviour, critic_of
from skseq.nn.networks.layer import LayerInputs, project, run_layer, step_layers, zero_states
from skseq.nn.networks.network import Network
from skseq.nn.networks.noise import SILENCE, Silence
from skseq.nn.networks.source import Source
from skseq.nn.networks.weights import Weight, bias, gates_size, kernel, subset


def _table_of_tokens(spec):
    """Name of the weights of which every token has a row, or None where numbers are read."""
    if not spec.tokens:
        return None
    return "encoder/0/kernel" if spec.embedding_dim is None else "embedding"


class Generator(Network):
    """Flow of tensors of a `GeneratorSpec`.

    A batch holds ``source`` (b, t) or (b, t, f), and where there are any ``source_lengths`` (b,), ``condition`` (b,) or
    (b, d), what stands ``before`` the source (b,) or (b, f), by default the start, and the ``states`` (b, s) after
    that, by default those of the start.

    References
    ----------
    Graves, "Generating Sequences With Recurrent Neural Networks", arXiv:1308.0850, 2013. Press and Wolf, "Using the
    Output Embedding to Improve Language Models", EACL 2017 (``tied``). Vinyals et al., "Show and Tell: A Neural Image
    Caption Generator", CVPR 2015 (``condition``). For ``n_sampled_tokens`` see `sampled_softmax`.
    """

    timed = {"step_log_probs": ("source",)}

    def __init__(self, spec):
        self.spec, self.decoder = spec, self
        self.metrics = ("token_accuracy",) if spec.tokens and not spec.n_sampled_tokens else ()
        self.critic = critic_of(spec)
        if self.critic is not None:
            self.metrics, self.added = self.metrics + self.critic.metrics, self.critic.added

    def weights(self):
        """The table of weights, in a fixed order."""
        spec, table = self.spec, _table_of_tokens(self.spec)
        for weight in encoder.source_weights(spec):
            yield weight._replace(initializer="tokens_apart") if weight.name == table else weight
        if spec.condition == "labels":
            yield Weight("condition/embedding", (spec.condition_size, spec.units), "glorot_uniform")
        elif spec.condition == "vectors":
            yield kernel("condition/kernel", spec.condition_size, spec.units)
            yield bias("condition/bias", spec.units)
        if spec.condition is not None:
            yield kernel("condition/input_kernel", spec.units, gates_size(spec))
            for layer in range(spec.n_layers):
                for state in ("hidden", "cell")[: spec.n_states]:
                    yield kernel(f"condition/{layer}/{state}", spec.units, spec.units)
        if not spec.tied:
            yield kernel("output/kernel", spec.units, spec.output_size)
        else:
            if spec.embedding_dim != spec.units:
                yield kernel("output/projection", spec.units, spec.embedding_dim)
            if spec.ends:
                yield kernel("output/end", spec.embedding_dim, 1)
        yield bias("output/bias", spec.output_size)
        if self.critic is not None:  # last: all others start as without one
            yield from self.critic.weights()

    # --- reading ------------------------------------------------------------------------------------------------------

    def _condition(self, weights, batch):
        """The condition as the layers read it (b, u), or None."""
        if self.spec.condition == "labels":
            return tf.gather(weights["condition/embedding"], batch["condition"])
        if self.spec.condition == "vectors":
            return tf.tanh(dense(batch["condition"], weights["condition/kernel"], weights["condition/bias"]))
        return None

    def _first_states(self, weights, batch, code, n_samples):
        """States of every layer before the first input: given ones, what the condition makes of them, or zeros."""
        spec = self.spec
        if "states" in batch:
            parts = tf.split(batch["states"], spec.n_layers * spec.n_states, axis=-1)
            return [parts[k : k + spec.n_states] for k in range(0, len(parts), spec.n_states)]
        if code is None:
            return [zero_states(spec, n_samples)] * spec.n_layers
        names = ("hidden", "cell")[: spec.n_states]
        kernels = [[weights[f"condition/{layer}/{name}"] for name in names] for layer in range(spec.n_layers)]
        return [[tf.tanh(dense(code, hidden)), *(dense(code, cell) for cell in cells)] for hidden, *cells in kernels]

    def _inputs(self, batch):
        """The sequence with what stands before it: (t + 1, b) ids or (t + 1, b, f) numbers."""
        source = swapped(batch["source"])
        if "before" in batch:
            return tf.concat([batch["before"][None], source], 0)
        return tf.pad(source, [[1, 0], *[[0, 0]] * (source.shape.rank - 1)])  # before the first step: id 0, or zeros

    def _run(self, weights, batch, inputs, lengths, noise):
        """Outputs of the top layer (t, b, u), final states of every layer, and what the condition adds (b, g)."""
        spec = self.spec
        code = self._condition(weights, batch)
        added = None if code is None else dense(code, weights["condition/input_kernel"])
        states, final = self._first_states(weights, batch, code, size_of(inputs, 1)), []
        mask = encoder.time_mask(lengths, size_of(inputs, 0))
        values = self._embedded(weights, inputs)
        if spec.frozen:  # a fixed feature map, but the condition learns through it
            noise = Silence(noise.compiled, learns=noise.learns and code is not None)
        for layer in range(spec.n_layers):
            below = LayerInputs(values, code_input=added if layer == 0 else None)
            own = subset(weights, f"encoder/{layer}")
            values, after = run_layer(spec, own, below, noise, mask=mask, states=states[layer])
            final.append(after)
        return values, final, added

    def _embedded(self, weights, inputs):
        return inputs if self.spec.embedding_dim is None else tf.gather(weights["embedding"], inputs)

    def _outputs(self, weights, hidden, noise):
        """Outputs (..., output_size) of the top layer (t, b, u)."""
        read = self._read_by_outputs(weights, hidden, noise)
        if not self.spec.tied:
            return dense(read, weights["output/kernel"], weights["output/bias"])
        table = weights["embedding"][1:]  # (n_tokens, embedding_dim): padding is never written
        if self.spec.ends:
            table = tf.concat([table, tf.transpose(weights["output/end"])], 0)
        return dense(read, tf.transpose(table), weights["output/bias"])

    def _read_by_outputs(self, weights, hidden, noise):
        """What the output layer multiplies (t, b, d), of the top layer (t, b, u)."""
        if "output/projection" in weights:
            return project(hidden, weights["output/projection"], noise)
        mask = None if self.spec.tied else noise.inputs(size_of(hidden, 1), self.spec.units)
        return hidden if mask is None else hidden * mask

    def _output_rows(self, weights, classes):
        """What the output layer multiplies with for some classes (n,): (n, d)."""
        if not self.spec.tied:
            return tf.transpose(tf.gather(weights["output/kernel"], classes, axis=1))
        if not self.spec.ends:
            return tf.gather(weights["embedding"], classes + 1)
        end = self.spec.target_size - 1
        tokens = tf.gather(weights["embedding"], tf.minimum(classes + 1, end))
        return tf.where((classes == end)[:, None], tf.transpose(weights["output/end"]), tokens)

    def _written(self, weights, batch, noise):
        """Outputs (t', b, output_size) of `_hidden`, the lengths and the final states."""
        hidden, lengths, final = self._hidden(weights, batch, noise)
        return self._outputs(weights, hidden, noise), lengths, final

    def _hidden(self, weights, batch, noise):
        """The top layer (t', b, u) before every step of the source and, where it has an end, before that.

        t' is t, or t + 1 with an end. With it lengths (b,) of what is written, or None, and the final states.
        """
        inputs, lengths = self._inputs(batch), batch.get("source_lengths")
        if self.spec.ends:
            lengths = None if lengths is None else lengths + 1
        else:
            inputs = inputs[:-1]
        hidden, final, _ = self._run(weights, batch, inputs, lengths, noise)
        return hidden, lengths, final

    # --- what is lost -------------------------------------------------------------------------------------------------

    def losses(self, weights, batch, noise):
        """-log p of every step (t', b), its weights, and of tokens which are right."""
        if noise.carried is not None:
            batch = batch | {"states": noise.carried.states.read_value()}
        hidden, lengths, final = self._hidden(weights, batch, noise)
        if noise.carried is not None:
            noise.carried.keep(final)
        if self.spec.n_sampled_tokens and noise.learns:
            outputs, losses = None, self._sampled_losses(weights, batch, hidden, noise)
        else:
            outputs = self._outputs(weights, hidden, noise)
            losses, right = self._compared(batch, outputs)
        counts = self._counts(losses, lengths)
        step_weights = counts * batch["weight"]
        metrics = {"token_accuracy": (right * step_weights, step_weights)} if "token_accuracy" in self.metrics else {}
        if self.critic is not None:
            metrics |= self._criticized(weights, batch, hidden, outputs, lengths, noise)
        return losses, step_weights, metrics

    def _criticized(self, weights, batch, hidden, outputs, lengths, noise):
        """Metrics of the critic: how the network behaved when it was taught, and how it does on its own."""
        if not noise.learns:
            return self.critic.nothing(batch["weight"])
        taught = self._behaviour(hidden, outputs)
        n_steps = size_of(batch["source"], 1) + self.spec.ends  # XLA does not know that of the hidden states
        free = self._behaviour(*self._run_freely(weights, batch, n_steps, noise))
        return self.critic.losses(weights, taught, free, lengths, batch["weight"])

    def _behaviour(self, hidden, outputs):
        return behaviour(hidden, outputs if self.spec.tokens else None)

    def _run_freely(self, weights, batch, n_steps, noise):
        """Top layer (t', b, u) and outputs (t', b, output_size) of as many steps that the network draws itself.

        An end is never drawn, so that both behaviours have one length. No gradient goes through what is drawn.
        """
        spec = self.spec
        first = batch["before"] if "before" in batch else tf.zeros_like(batch["source"][:, 0])
        n_samples, places = size_of(first, 0), 1 if spec.tokens else 1 + spec.source_size
        uniform = noise.uniform([n_steps, n_samples, places])
        source = self.encode(weights, batch | {"before": first, "source": None}, noise)

        def step(t, carried):
            states, inputs = carried
            states, outputs = self._advance(weights, source, inputs, states)
            return {"hidden": states[-1][0], "outputs": outputs}, (states, self._drawn(outputs, uniform[t]))

        *states, (first,) = source.states
        like = {
            "hidden": tf.TensorSpec([None, spec.units], spec.dtype),
            "outputs": tf.TensorSpec([None, spec.output_size], spec.dtype),
        }
        found = unfold(step, (states, first), n_steps, like)
        return found["hidden"], found["outputs"]

    def _drawn(self, outputs, uniform):
        """The next input (b,) or (b, f), drawn from outputs (b, output_size)."""
        outputs = tf.stop_gradient(outputs)
        if self.spec.tokens:
            log_probs = tf.nn.log_softmax(outputs[:, : self.spec.source_size - 1])
            return choices.draw(log_probs, uniform[:, 0]) + 1
        return self._joined(*mixtures.draw(mixtures.read_mixture(self.spec, outputs)[0], uniform))

    @staticmethod
    def _counts(losses, lengths):
        """1 for real steps (t', b), 0 for padding."""
        if lengths is None:
            return tf.ones_like(losses)
        return tf.cast(encoder.time_mask(lengths, size_of(losses, 0))[..., 0], losses.dtype)

    def _at_end(self, batch, n_steps):
        """Where a sequence ends (t', b), as 1, else 0."""
        n_samples = size_of(batch["source"], 0)
        lengths = batch.get("source_lengths", tf.fill([n_samples], n_steps - 1))
        return tf.range(n_steps)[:, None] == lengths

    def _sampled_losses(self, weights, batch, hidden, noise):
        """-log p of every target (t', b) among itself and some drawn classes, from the top layer (t', b, u)."""
        n_draws, targets = self.spec.n_sampled_tokens, self._targets(batch, size_of(hidden, 0))
        read, flat = as_matrix(self._read_by_outputs(weights, hidden, noise)), tf.reshape(targets, [-1])  # (n, d), (n,)
        drawn = sampled_softmax.draw(n_draws, batch, noise)  # (k,)
        classes, sizes = tf.concat([flat, drawn], 0), [size_of(flat, 0), n_draws]
        own, others = tf.split(self._output_rows(weights, classes), sizes)  # looked up once: one gradient for both
        own_bias, biases = tf.split(tf.gather(weights["output/bias"], classes), sizes)
        logits = tf.reduce_sum(read * own, -1) + own_bias, dense(read, tf.transpose(others), biases)
        losses = sampled_softmax.losses(flat, drawn, *logits, batch["drawn_log_chance"])
        return tf.reshape(losses, tf.shape(targets))

    def _source_steps(self, batch):
        """The source (t', b) or (t', b, f); what is written last, an end, has zeros."""
        source = swapped(batch["source"])
        return tf.concat([source, tf.zeros_like(source[:1])], 0) if self.spec.ends else source

    def _targets(self, batch, n_steps):
        """The class that follows (t', b); those of padding do not count."""
        targets = tf.maximum(self._source_steps(batch) - 1, 0)
        return tf.where(self._at_end(batch, n_steps), self.spec.target_size - 1, targets) if self.spec.ends else targets

    def _compared(self, batch, outputs):
        """(-log p (t', b), whether the likeliest token is right (t', b) or None) of what the outputs stand before."""
        if not self.spec.tokens:
            return self._density_lost(batch, outputs, self._source_steps(batch)), None
        targets = self._targets(batch, size_of(outputs, 0))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, outputs)
        return losses, tf.cast(tf.equal(tf.argmax(outputs, -1, output_type=tf.int32), targets), losses.dtype)

    def _parted(self, source):
        """Continuous and binary features of (..., f), then those of every group."""
        parts = (tf.constant(part, tf.int32) for part in self.spec.feature_parts)  # one may be empty
        return [tf.gather(source, part, axis=-1) for part in parts]

    def _joined(self, *parts):
        """The inverse of `_parted`."""
        order = list(chain(*self.spec.feature_parts))
        places = [order.index(k) for k in range(len(order))]
        return tf.gather(tf.concat(parts, -1), places, axis=-1)

    def _density_lost(self, batch, outputs, source):
        """-log p of numbers (t', b, f); where there is an end, of its coming or not coming as well."""
        mixture, end = mixtures.read_mixture(self.spec, outputs)
        losses = -mixtures.log_density(mixture, *self._parted(source))
        if end is None:
            return losses
        ends = self._at_end(batch, size_of(outputs, 0))
        return tf.where(ends, tf.zeros_like(losses), losses) + mixtures.cross_entropy(end, tf.cast(ends, end.dtype))

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_step_log_probs(self, weights, batch):
        """log p of every step given those before it (b, t'), 0 on padding."""
        outputs, lengths, _ = self._written(weights, batch, SILENCE)
        losses, _ = self._compared(batch, outputs)
        return -swapped(losses * self._counts(losses, lengths))

    def predict_continued(self, weights, batch):
        """log p of a piece of a sequence without an end, and the states after it: (b, 1 + s)."""
        outputs, lengths, final = self._written(weights, batch, SILENCE)
        losses, _ = self._compared(batch, outputs)
        log_probs = -tf.reduce_sum(losses * self._counts(losses, lengths), 0)
        return tf.concat([log_probs[:, None], *(x for states in final for x in states)], -1)

    def _read(self, weights, batch):
        """The top layer (t + 1, b, u) after the start and after every step of the source, and the final states."""
        inputs, lengths = self._inputs(batch), batch.get("source_lengths")
        hidden, final, _ = self._run(weights, batch, inputs, None if lengths is None else lengths + 1, SILENCE)
        return hidden, final

    def _after(self, weights, batch):
        """Outputs (b, output_size) after the whole source."""
        _, final = self._read(weights, batch)
        return self._outputs(weights, final[-1][0][None], SILENCE)[0]

    def predict_encoding(self, weights, batch):
        """Mean of the top layer over the timesteps of the source, and the top layer after the last one: (b, 2 u)."""
        hidden, final = self._read(weights, batch)
        read = hidden[1:]  # (t, b, u): the first is that of the start
        counts = self._counts(read[..., 0], batch.get("source_lengths"))[..., None]  # (t, b, 1)
        mean = tf.math.divide_no_nan(tf.reduce_sum(read * counts, 0), tf.reduce_sum(counts, 0))
        return tf.concat([mean, final[-1][0]], -1)

    def predict_next(self, weights, batch):
        """log p of what follows the source: of classes (b, n_classes)."""
        return tf.nn.log_softmax(self._after(weights, batch))

    def predict_mean(self, weights, batch):
        """Mean of the numbers that follow the source, and the probability that none follow: (b, f + 1)."""
        mixture, end = mixtures.read_mixture(self.spec, self._after(weights, batch))
        means = self._joined(*mixtures.mean(mixture))
        ends = tf.zeros_like(means[:, 0]) if end is None else tf.sigmoid(end)
        return tf.concat([means, ends[:, None]], -1)

    def predict_found(self, weights, batch, options, ask):
        """Token sequences and their log-probabilities: see `skseq.nn.networks.seq2seq_search`."""
        return seq2seq_search.find(self, weights, batch, options, ask)

    def predict_drawn(self, weights, batch):
        """Sequences of numbers drawn step by step (b, n_steps, f + 1); the last number is 1 before the end, else 0.

        ``uniform`` (b, n_steps, 1 + f + 1) are numbers in (0, 1), for the component, every feature and the end. At the
        ``temperature`` a step is drawn as `mixtures.read_mixture` says. At least ``min_lengths`` (b,) steps are drawn.
        """
        spec, uniform = self.spec, batch["uniform"]
        source = self.encode(weights, batch, SILENCE)
        n_steps = size_of(uniform, 1)
        first = tf.zeros([source.n_samples, n_steps, spec.source_size + 1], spec.dtype)
        *states, (inputs,) = source.states
        least = batch["min_lengths"]

        def step(t, inputs, states, ended, written):
            states, outputs = self._advance(weights, source, inputs, states)
            mixture, end = mixtures.read_mixture(spec, outputs, batch["temperature"])
            if end is not None:
                ended |= (uniform[:, t, -1] < tf.sigmoid(end)) & (t >= least)
            drawn = self._joined(*mixtures.draw(mixture, uniform[:, t, :-1]))
            now = tf.concat([drawn, tf.ones_like(drawn[:, :1])], -1) * tf.cast(~ended, spec.dtype)[:, None]
            here = (tf.range(n_steps) == t)[:, None]  # (n_steps, 1)
            return t + 1, drawn, states, ended, tf.where(here, now[:, None], written)

        start = (tf.constant(0), inputs, states, tf.zeros([source.n_samples], tf.bool), first)
        return tf.while_loop(lambda t, _, __, ended, ___: (t < n_steps) & ~tf.reduce_all(ended), step, start)[-1]

    # --- as a decoder: what searches ask -----------------------------------------------------------------------------

    def encode(self, weights, batch, noise):
        """A `Source` whose states are those after all but the last input, and that input; without a source the start.

        What it has read is the beginning of what is written.
        """
        first, lengths = batch["before"], batch.get("source_lengths")
        if batch.get("source") is None:
            code = self._condition(weights, batch)
            added = None if code is None else dense(code, weights["condition/input_kernel"])
            states = self._first_states(weights, batch, code, size_of(first, 0))
        else:
            inputs = self._inputs(batch)  # (t + 1, b, ...)
            last = tf.fill(tf.shape(first)[:1], size_of(inputs, 0) - 1) if lengths is None else lengths
            _, states, added = self._run(weights, batch, inputs[:-1], lengths, noise)
            first = tf.gather(swapped(inputs), last, batch_dims=1)
        return Source(n_samples=size_of(first, 0), states=[*states, [first]], code_input=added)

    def step_outputs(self, weights, source, t, tokens, states, noise):
        """(logits (n, n_classes), None, states) after one more token; at the first step that of the source."""
        *states, (first,) = states
        states, outputs = self._advance(weights, source, tf.where(t == 0, first, tokens), states)
        return outputs, None, [*states, [first]]

    def _advance(self, weights, source, inputs, states):
        """States and outputs (n, output_size) after one more input, (n,) ids or (n, f) numbers."""
        layers = [subset(weights, f"encoder/{layer}") for layer in range(self.spec.n_layers)]
        joined = source.code_of(size_of(inputs, 0))
        after = step_layers(self.spec, layers, self._embedded(weights, inputs), states, SILENCE, joined)
        return after, self._outputs(weights, after[-1][0][None], SILENCE)[0]
