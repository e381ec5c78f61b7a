"""Encoder-decoder networks over target tokens: recursive, direct or merge decoders, with or without attention.

Tensors are time first: (t, b, .). A decoder is written once, in `Seq2Seq.step`; teacher forcing, scheduled sampling and
every search are loops over it. Where no step needs an earlier output, teacher forcing runs a whole layer in one call
instead, with the same numbers.
"""

import tensorflow as tf

from skseq.nn.decoding import searches
from skseq.nn.kernels import bahdanau_loop, recurrence
from skseq.nn.networks import attention, encoder, seq2seq_search
from skseq.nn.networks.noise import Silence
from skseq.nn.networks.weights import N_GATES, bias, kernel, recurrent_weights, subset

__all__ = ["START", "Seq2Seq", "decoder_inputs"]

START = 0  # the id that stands before the first target token; class k enters the decoder as id k + 1


def decoder_inputs(targets):
    """The teacher-forcing shift: class indices (t, b) to the ids (t, b) of the tokens before them."""
    return tf.concat([tf.fill([1, tf.shape(targets)[1]], START), targets[:-1] + 1], 0)


class Seq2Seq:
    """Flow of tensors of a `Seq2SeqSpec`.

    References
    ----------
    Sutskever et al. 2014 (final states passed on, teacher forcing); Bahdanau et al. 2015, appendix A.2 (additive
    attention by the previous state, s_0 = tanh(W_s h_1), readout from s_{i-1}, y_{i-1} and c_i); Luong et al. 2015,
    sections 3.1 to 3.3 (attention by the current state, input feeding); Tanti et al. 2018 (merge); Bengio et al. 2015
    (scheduled sampling).
    """

    metrics = ("token_accuracy", "sequence_accuracy")
    least = 1
    timed = {"log_probs": ("target",), "attention": ("target", "source")}

    def __init__(self, spec):
        self.spec = spec
        self.stepwise = spec.additive or spec.input_feeding  # a step needs what an earlier one gave
        self.attended = spec.additive and spec.n_layers == 1 and not spec.input_feeding

    # --- weights ------------------------------------------------------------------------------------------------------

    def weights(self):
        """The table of weights, in a fixed order."""
        yield from encoder.source_weights(self.spec)
        yield from self._bridge_weights()
        yield from self._decoder_weights()
        if self.spec.attention is not None:
            yield from attention.attention_weights(self.spec)
        yield from self._combine_weights()
        yield from self._output_weights()

    def _bridge_weights(self):
        spec = self.spec
        for layer in range(spec.n_layers):
            if spec.takes_states:
                yield from encoder.bridge_weights(spec, f"bridge/{layer}")
            elif spec.additive:
                yield kernel(f"bridge/{layer}/hidden/kernel", spec.encoding_size, spec.units)
                yield bias(f"bridge/{layer}/hidden/bias", spec.units)

    def _decoder_weights(self):
        spec = self.spec
        gates = N_GATES[spec.cell] * spec.units
        input_size = spec.target_size + 1 if spec.recursive else None
        for layer in range(spec.n_layers):
            yield from recurrent_weights(spec, f"decoder/{layer}", input_size)
            input_size = spec.units
        if spec.reads_code and spec.decoder != "merge":
            yield kernel("decoder/0/code_kernel", spec.encoding_size, gates)
        if spec.additive:
            yield kernel("decoder/0/context_kernel", spec.encoding_size, gates)
        if spec.input_feeding:
            yield kernel("decoder/0/feed_kernel", spec.units, gates)

    def _combine_weights(self):
        spec = self.spec
        if spec.combines:
            yield kernel("combine/hidden", spec.units, spec.units)
            if spec.attention is not None:
                yield kernel("combine/context", spec.encoding_size, spec.units)
            if spec.decoder == "merge" and spec.reads_code:
                yield kernel("combine/code", spec.encoding_size, spec.units)

    def _output_weights(self):
        spec = self.spec
        yield kernel("output/kernel", spec.units, spec.target_size)
        if spec.additive:
            yield kernel("output/context_kernel", spec.encoding_size, spec.target_size)
            if spec.recursive:
                yield kernel("output/token_kernel", spec.target_size + 1, spec.target_size)
        yield bias("output/bias", spec.target_size)

    # --- encoder ------------------------------------------------------------------------------------------------------

    def encode(self, weights, batch, noise):
        """Memory (all that the decoder reads of the source, at every step) and the decoder's first states."""
        spec = self.spec
        outputs, states = encoder.encode_source(spec, weights, batch, noise, backwards=spec.reverse_source)
        code = states[-1][0]
        memory = {"n_samples": tf.shape(code)[0]}
        if "decoder/0/code_kernel" in weights:
            memory["code"] = code
            memory["code_input"] = encoder.project(code[None], weights["decoder/0/code_kernel"], noise, spec)[0]
        if "combine/code" in weights:
            memory["code_combined"] = recurrence.dense(code, weights["combine/code"])
        if spec.attention is not None:
            memory |= attention.memory(weights, outputs, batch.get("source_lengths"))
        return memory, self._first_states(weights, outputs, states)

    def _first_states(self, weights, outputs, states):
        """States of every layer: final encoder states, s_0 = tanh(W_s h_1 + b) with Bahdanau attention, or zeros.

        With input feeding one more entry holds h~_0 = 0.
        """
        spec = self.spec
        bridges = [subset(weights, f"bridge/{layer}") for layer in range(spec.n_layers)]
        zeros = encoder.zero_states(spec, tf.shape(outputs)[1])
        if spec.takes_states:
            first = [encoder.bridge(spec, own, state) for own, state in zip(bridges, states)]
        elif spec.additive:
            hidden = [recurrence.dense(outputs[0], own["hidden/kernel"], own["hidden/bias"]) for own in bridges]
            first = [[tf.tanh(h), *zeros[1:]] for h in hidden]
        else:
            first = [zeros] * spec.n_layers
        return [*first, zeros[:1]] if spec.input_feeding else first

    # --- one step of the decoder: the only place where it is written --------------------------------------------------

    def step(self, weights, memory, t, tokens, states, noise):
        """(features, states) after one more token; `readout` turns features into logits.

        tokens (n,) are the ids of the previous tokens, which the direct decoder ignores; states hold a list of (n,
        units) for every layer. There may be several rows a sample, one after another. Features are what the output
        layer reads, and the attention weights (n, n_source): with Bahdanau attention the state before the step and the
        context, otherwise the state after it, joined with the context where there is one.
        """
        spec = self.spec
        if spec.additive:
            before = states[-1][0]
            weighed, context = self._align(weights, memory, before, t)
            features = {"hidden": before, "context": context, "attention": weighed}
            return features, self._advance(weights, memory, tokens, states, noise, context_kernel=context)
        fed = {"feed_kernel": states[-1][0]} if spec.input_feeding else {}
        states = self._advance(weights, memory, tokens, states[: spec.n_layers], noise, **fed)
        features = {"hidden": states[-1][0]}
        if spec.combines:
            queries = self._by_sample(memory, features["hidden"])
            features = {name: _by_row(x) for name, x in self._combine(weights, memory, queries, t[None]).items()}
        return features, [*states, [features["hidden"]]] if spec.input_feeding else states

    def _by_sample(self, memory, x):
        """(n, d) to (b, n / b, d)."""
        return tf.reshape(x, [memory["n_samples"], -1, x.shape[-1]])

    def _align(self, weights, memory, hidden, t):
        """a_i = softmax_j(v' tanh(W s_{i-1} + U h_j)) and c_i = sum_j a_ij h_j: (n, n_source), (n, d)."""
        found = attention.align(self.spec, weights, memory, self._by_sample(memory, hidden), t[None])
        return [_by_row(x) for x in found]

    def _advance(self, weights, memory, tokens, states, noise, **joined):
        """States of all layers after one step: s_i = f(s_{i-1}, y_{i-1}, ...); ``joined`` are inputs by kernel."""
        spec, new_states = self.spec, []
        inputs = tokens if spec.recursive else None
        for layer, state in enumerate(states):
            own = subset(weights, f"decoder/{layer}")
            x = recurrence.input_bias(spec.cell, own)
            if inputs is not None:
                x += encoder.project_step(inputs, own["kernel"], noise, spec)
            if layer == 0:
                for name, value in joined.items():
                    x += recurrence.dense(value, own[name])
                if "code_input" in memory:
                    x += self._code_input(memory, tf.shape(state[0])[0])
            drop = noise.states(tf.shape(state[0])[0], spec.units)
            activation = encoder.ACTIVATIONS[spec.activation]
            new_states.append(recurrence.recurrent_step(spec.cell, x, state, own, drop=drop, activation=activation))
            inputs = new_states[-1][0]
        return new_states

    def _code_input(self, memory, n_rows):
        """What the code adds to the input of every row (n, gates)."""
        sample = tf.range(n_rows) // (n_rows // memory["n_samples"])  # XLA cannot differentiate tf.repeat in a loop
        return tf.gather(memory["code_input"], sample)

    def _combine(self, weights, memory, hidden, positions):
        """h~ = tanh(W_c [c; h]) of (b, q, units) (Luong et al. 2015, equation 5), and the attention weights.

        A merge decoder without attention joins the code instead of the context.
        """
        combined, features = recurrence.dense(hidden, weights["combine/hidden"]), {}
        if self.spec.attention is not None:
            features["attention"], context = attention.align(self.spec, weights, memory, hidden, positions)
            combined += recurrence.dense(context, weights["combine/context"])
        if "code_combined" in memory:
            combined += memory["code_combined"][:, None]
        return {"hidden": tf.tanh(combined), **features}

    def readout(self, weights, features, tokens):
        """Logits of a step, from features (n, .) and input tokens (n,), or of many, (t, n, .) and (t, n)."""
        logits = recurrence.dense(features["hidden"], weights["output/kernel"], weights["output/bias"])
        if self.spec.additive:
            logits += recurrence.dense(features["context"], weights["output/context_kernel"])
            if self.spec.recursive:
                logits += tf.gather(weights["output/token_kernel"], tokens)
        return logits

    def written(self, weights, memory, t, tokens, states, noise):
        """(logits (n, n_classes), attention weights or None, states) of one step."""
        features, states = self.step(weights, memory, t, tokens, states, noise)
        return self.readout(weights, features, tokens), features.get("attention"), states

    # --- training -----------------------------------------------------------------------------------------------------

    def teach(self, weights, memory, states, tokens, noise):
        """Features (t, b, .) of every step under teacher forcing, from all previous tokens (t, b)."""
        if self.attended:
            teach = self._teach_attended
        else:
            teach = self._teach_stepwise if self.stepwise else self._teach_at_once
        return teach(weights, memory, states, tokens, noise)

    def _teach_at_once(self, weights, memory, states, tokens, noise):
        """No step needs an earlier step's output: every layer runs over all timesteps in one call."""
        spec = self.spec
        outputs, how = self._inputs(memory, tokens)
        for layer in range(spec.n_layers):
            own = subset(weights, f"decoder/{layer}")
            if layer == 0 and not spec.recursive:
                own["kernel"] = own.get("code_kernel")
            outputs, _ = encoder.run_layer(spec, own, outputs, noise, states=states[layer], **how)
            how = {}
        if not spec.combines:
            return {"hidden": outputs}
        positions = tf.range(tf.shape(tokens)[0])
        combined = self._combine(weights, memory, tf.transpose(outputs, [1, 0, 2]), positions)
        return {name: tf.transpose(x, [1, 0, 2]) for name, x in combined.items()}

    def _inputs(self, memory, tokens):
        """What the first layer reads, and what `run_layer` has to know about it."""
        if self.spec.recursive:
            return tokens, {"code_input": memory.get("code_input")}
        n_timesteps = self._n_timesteps(tokens)
        if "code" in memory:
            return memory["code"][None], {"n_timesteps": n_timesteps}
        gates = N_GATES[self.spec.cell] * self.spec.units
        return None, {"projected": tf.zeros([n_timesteps, tf.shape(tokens)[1], gates], self.spec.dtype)}

    def _projected(self, weights, memory, tokens, noise):
        """What tokens and code add to the input of the first layer, at every step (t, b, gates)."""
        if self.spec.recursive:
            projected = encoder.project(tokens, weights["kernel"], noise, self.spec)
        else:  # the same at every step: one product serves all
            gates = weights["recurrent_kernel"].shape[1]
            projected = tf.zeros([self._n_timesteps(tokens), tf.shape(tokens)[1], gates], self.spec.dtype)
        return projected + memory.get("code_input", 0)

    def _teach_attended(self, weights, memory, states, tokens, noise):
        """One layer that attends by its previous state: its loop has a gradient of its own."""
        spec, own, noise = self.spec, subset(weights, "decoder/0"), noise.restarted()
        x = self._projected(own, memory, tokens, noise) + recurrence.input_bias(spec.cell, own)
        found = bahdanau_loop.attended(
            spec.cell,
            x,
            states[0],
            memory,
            weights,
            drop=noise.states(tf.shape(x)[1], spec.units),
            bptt_steps=noise.bptt_steps,
            activation=encoder.ACTIVATIONS[spec.activation],
            unroll=spec.unroll,
            compiled=noise.compiled,
        )
        return dict(zip(("hidden", "context", "attention"), found))

    def _teach_stepwise(self, weights, memory, states, tokens, noise):
        floats, spec = self.spec.dtype, self.spec
        like = {"hidden": tf.TensorSpec([None, spec.units], floats)}
        if spec.additive:
            like["context"] = tf.TensorSpec([None, spec.encoding_size], floats)
        if spec.attention is not None:
            like["attention"] = tf.TensorSpec([None, None], floats)

        def step(t, states):
            states = recurrence.truncated(t, states, noise.bptt_steps)
            features, states = self.step(weights, memory, tf.convert_to_tensor(t), tokens[t], states, noise.restarted())
            return {name: features[name] for name in like}, states

        return searches.unfold(step, states, self._n_timesteps(tokens), like, unroll=spec.unroll)

    def _n_timesteps(self, tokens):
        return tokens.shape[0] if self.spec.unroll else tf.shape(tokens)[0]

    def _taught_logits(self, weights, memory, states, tokens, noise):
        """Logits (t, b, n_classes) under teacher forcing, or with some tokens of the decoder's own."""
        own = noise.own_tokens(tf.shape(tokens)) if self.spec.recursive else None
        if own is None:
            return self.readout(weights, self.teach(weights, memory, states, tokens, noise), tokens)

        def step(t, carried):
            states, written = carried
            states = recurrence.truncated(t, states, noise.bptt_steps)
            fed = tf.where(own[t] & (t > 0), written, tokens[t])
            logits, _, states = self.written(weights, memory, tf.convert_to_tensor(t), fed, states, noise.restarted())
            return {"logits": logits}, (states, tf.argmax(logits, -1, output_type=tf.int32) + 1)

        like = {"logits": tf.TensorSpec([None, self.spec.target_size], self.spec.dtype)}
        n_timesteps = self._n_timesteps(tokens)
        return searches.unfold(step, (states, tokens[0]), n_timesteps, like, unroll=self.spec.unroll)["logits"]

    def losses(self, weights, batch, noise):
        """Cross entropy of every target token (b, t), the weights of the tokens, and what is right.

        Every metric is a pair (per-sample amount, per-sample weight).
        """
        targets, weight = tf.transpose(batch["target"]), batch["weight"]
        memory, states = self.encode(weights, batch, noise)
        logits = self._taught_logits(weights, memory, states, decoder_inputs(targets), noise)
        losses = tf.transpose(_cross_entropy(targets, logits, noise.label_smoothing))
        counts = self._counts(batch, losses)
        step_weights = weight[:, None] * tf.gather(batch["class_weight"], batch["target"]) * counts
        right = tf.transpose(tf.equal(tf.argmax(logits, -1, output_type=targets.dtype), targets))
        right = tf.cast(right, losses.dtype) * counts
        metrics = {
            "token_accuracy": (tf.reduce_sum(right, 1) * weight, tf.reduce_sum(counts, 1) * weight),
            "sequence_accuracy": (tf.cast(tf.reduce_all(right >= counts, 1), losses.dtype) * weight, weight),
        }
        return losses, step_weights, metrics

    @staticmethod
    def _counts(batch, like):
        """1 for real target tokens (b, t), 0 for padding."""
        if "target_lengths" not in batch:
            return tf.ones_like(like)
        return tf.cast(tf.sequence_mask(batch["target_lengths"], tf.shape(like)[1]), like.dtype)

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_log_probs(self, weights, batch):
        """log P(y_t | y_1 ... y_{t-1}, x) of given targets (b, t), 0 on padding."""
        targets, silence = tf.transpose(batch["target"]), Silence()
        memory, states = self.encode(weights, batch, silence)
        logits = self._taught_logits(weights, memory, states, decoder_inputs(targets), silence)
        log_probs = -tf.transpose(_cross_entropy(targets, logits))
        return log_probs * self._counts(batch, log_probs)

    def predict_attention(self, weights, batch):
        """Attention weights (b, t, n_source) while given targets (b, t) are written."""
        silence = Silence()
        memory, states = self.encode(weights, batch, silence)
        tokens = decoder_inputs(tf.transpose(batch["target"]))
        return tf.transpose(self.teach(weights, memory, states, tokens, silence)["attention"], [1, 0, 2])

    def predict_probs(self, weights, batch):
        """Class probabilities (b, t, n_classes) along the greedy path, under ``batch["allowed"]`` (t, n_classes)."""
        allowed, silence = batch["allowed"], Silence()
        memory, states = self.encode(weights, batch, silence)

        def step(t, tokens, states):
            logits, _, states = self.written(weights, memory, t, tokens, states, silence)
            logits = tf.where(allowed[t], logits, tf.constant(logits.dtype.min, logits.dtype))
            return {"probs": tf.nn.softmax(logits)}, tf.argmax(logits, -1, output_type=tf.int32) + 1, states

        like = {"probs": tf.TensorSpec([None, self.spec.target_size], self.spec.dtype)}
        start = tf.fill([memory["n_samples"]], START)
        probs = searches.greedy_search(step, start, states, tf.shape(allowed)[0], like)["probs"]
        return tf.transpose(probs, [1, 0, 2])

    def predict_found(self, weights, batch, options, ask):
        """The best outputs and their log-probabilities: see `skseq.nn.networks.seq2seq_search`."""
        return seq2seq_search.find(self, weights, batch, options, ask)


def _by_row(x):
    """(b, q, d) to (b q, d)."""
    return tf.reshape(x, [-1, tf.shape(x)[2] if x.shape[2] is None else x.shape[2]])


def _cross_entropy(targets, logits, smoothing=None):
    """-log p of the targets (t, b); smoothed: 1 - e of it and e of the mean over classes (Szegedy et al. 2016)."""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.reshape(targets, [-1]), recurrence.rows(logits))
    losses = tf.reshape(losses, tf.shape(targets))
    if smoothing is None:
        return losses
    spread = tf.reduce_logsumexp(logits, -1) - tf.reduce_mean(logits, -1)
    return (1 - smoothing) * losses + smoothing * spread
