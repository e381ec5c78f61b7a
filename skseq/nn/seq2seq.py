"""Encoder-decoder networks over target tokens: recursive or direct, with or without attention.

Tensors are time first: (t, b, .). A decoder is written once, in `Seq2Seq.step`; teacher forcing and greedy search are
loops over it. Where no step needs an earlier output, teacher forcing runs a whole layer in one call instead, with the
same numbers.
"""

import tensorflow as tf

from skseq.nn import decoding, layers, networks

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
    section 3.1 (dot attention by the current state).
    """

    metrics = ("token_accuracy", "sequence_accuracy")

    def __init__(self, spec):
        self.spec = spec
        self.recursive = spec.decoder == "recursive"
        self.additive = spec.attention == "bahdanau"

    @property
    def reads_code(self):
        """Whether the code is the decoder's input at every step."""
        return not self.recursive and not self.additive

    @property
    def takes_states(self):
        """Whether the decoder starts from the encoder's final states."""
        return not self.additive and (self.recursive or self.spec.attention == "dot")

    # --- weights ------------------------------------------------------------------------------------------------------

    def weights(self):
        """The table of weights, in a fixed order."""
        yield from networks.source_weights(self.spec)
        yield from self._bridge_weights()
        yield from self._decoder_weights()
        yield from self._attention_weights()
        yield from self._output_weights()

    def _bridge_weights(self):
        spec = self.spec
        for layer in range(spec.n_layers):
            if self.takes_states:
                yield from networks.bridge_weights(spec, f"bridge/{layer}")
            elif self.additive:
                yield networks.kernel(f"bridge/{layer}/hidden/kernel", spec.encoding_size, spec.units)
                yield networks.bias(f"bridge/{layer}/hidden/bias", spec.units)

    def _decoder_weights(self):
        spec = self.spec
        input_size = spec.target_size + 1 if self.recursive else spec.encoding_size if self.reads_code else None
        for layer in range(spec.n_layers):
            yield from networks.recurrent_weights(spec, f"decoder/{layer}", input_size)
            input_size = spec.units
        if self.additive:
            gates = networks.N_GATES[spec.cell] * spec.units
            yield networks.kernel("decoder/0/context_kernel", spec.encoding_size, gates)

    def _attention_weights(self):
        spec = self.spec
        if self.additive:
            yield networks.kernel("attention/query", spec.units, spec.units)
            yield networks.kernel("attention/key", spec.encoding_size, spec.units)
            yield networks.kernel("attention/scale", spec.units)
        elif spec.attention == "dot":
            if spec.bidirectional:  # a dot product needs keys as wide as the decoder
                yield networks.kernel("attention/key", spec.encoding_size, spec.units)
            yield networks.kernel("attention/hidden", spec.units, spec.units)
            yield networks.kernel("attention/context", spec.encoding_size, spec.units)

    def _output_weights(self):
        spec = self.spec
        yield networks.kernel("output/kernel", spec.units, spec.target_size)
        if self.additive:
            yield networks.kernel("output/context_kernel", spec.encoding_size, spec.target_size)
            if self.recursive:
                yield networks.kernel("output/token_kernel", spec.target_size + 1, spec.target_size)
        yield networks.bias("output/bias", spec.target_size)

    # --- encoder ------------------------------------------------------------------------------------------------------

    def encode(self, weights, batch, noise):
        """Memory (all that the decoder reads of the source, at every step) and the decoder's first states."""
        outputs, states = networks.encode_source(self.spec, weights, batch, noise)
        memory = {"code": states[-1][0]}
        if self.spec.attention is not None:
            memory |= self._attention_memory(weights, outputs, batch.get("source_lengths"))
        return memory, self._first_states(weights, outputs, states)

    def _attention_memory(self, weights, outputs, lengths):
        values = tf.transpose(outputs, [1, 0, 2])  # (b, t, d)
        key = weights.get("attention/key")
        return {
            "values": values,
            "keys": values if key is None else layers.dense(values, key),
            "mask": None if lengths is None else tf.sequence_mask(lengths, tf.shape(values)[1]),
        }

    def _first_states(self, weights, outputs, states):
        """Final encoder states, or s_0 = tanh(W_s h_1 + b) with Bahdanau attention, or zeros where the code is read."""
        spec = self.spec
        bridges = [networks.subset(weights, f"bridge/{layer}") for layer in range(spec.n_layers)]
        if self.takes_states:
            return [networks.bridge(spec, own, state) for own, state in zip(bridges, states)]
        zeros = networks.zero_states(spec, tf.shape(outputs)[1])
        if not self.additive:
            return [zeros] * spec.n_layers
        hidden = [layers.dense(outputs[0], own["hidden/kernel"], own["hidden/bias"]) for own in bridges]
        return [[tf.tanh(h), *zeros[1:]] for h in hidden]

    # --- one step of the decoder: the only place where it is written --------------------------------------------------

    def step(self, weights, memory, tokens, states, noise):
        """(features, states) after one more token; `readout` turns features into logits.

        tokens (b,) are the ids of the previous tokens, which the direct decoder ignores; states hold a list of
        (b, units) for every layer. Features are what the output layer reads: with Bahdanau attention the state before
        the step and the context, otherwise the state after it.
        """
        if self.additive:
            attention, context = self._attend_additive(weights, memory, states)
            features = {"hidden": states[-1][0], "context": context, "attention": attention}
            return features, self._advance(weights, memory, tokens, context, states, noise)
        states = self._advance(weights, memory, tokens, None, states, noise)
        return {"hidden": states[-1][0]}, states

    def _attend_additive(self, weights, memory, states):
        """a_i = softmax_j(v' tanh(W s_{i-1} + U h_j)) and c_i = sum_j a_ij h_j: (b, n_source), (b, d)."""
        query = layers.dense(states[-1][0], weights["attention/query"])
        scores = layers.additive_scores(query, memory["keys"], weights["attention/scale"])
        attention, context = layers.attend(scores[:, None], memory["values"], memory["mask"])
        return attention[:, 0], context[:, 0]

    def _advance(self, weights, memory, tokens, context, states, noise):
        """States of all layers after one step: s_i = f(s_{i-1}, y_{i-1}, c_i)."""
        spec, inputs, new_states = self.spec, tokens if self.recursive else memory["code"], []
        for layer, state in enumerate(states):
            own = networks.subset(weights, f"decoder/{layer}")
            x = layers.input_bias(spec.cell, own)
            if "kernel" in own:
                x += networks.project(inputs[None], own["kernel"], noise, spec)[0]
            if layer == 0 and context is not None:
                x += layers.dense(context, own["context_kernel"])
            drop = noise.states(tf.shape(state[0])[0], spec.units)
            activation = networks.ACTIVATIONS[spec.activation]
            new_states.append(layers.recurrent_step(spec.cell, x, state, own, drop=drop, activation=activation))
            inputs = new_states[-1][0]
        return new_states

    def readout(self, weights, memory, features, tokens):
        """(logits, attention weights or None) of many steps, from features (t, b, .) and input tokens (t, b)."""
        hidden, attention = features["hidden"], features.get("attention")
        if self.spec.attention == "dot":
            hidden, attention = self._attend_dot(weights, memory, hidden)
        logits = layers.dense(hidden, weights["output/kernel"], weights["output/bias"])
        if self.additive:
            logits += layers.dense(features["context"], weights["output/context_kernel"])
            if self.recursive:
                logits += tf.gather(weights["output/token_kernel"], tokens)
        return logits, attention

    def _attend_dot(self, weights, memory, hidden):
        """h~_t = tanh(W_c [c_t; h_t]), a_t = softmax_s(h_t . h_s) (Luong et al. 2015, equations 5, 7 and 8)."""
        queries = tf.transpose(hidden, [1, 0, 2])  # (b, t, u)
        scores = tf.matmul(queries, memory["keys"], transpose_b=True)
        attention, context = layers.attend(scores, memory["values"], memory["mask"])
        attended = layers.dense(context, weights["attention/context"])
        attended = tf.tanh(attended + layers.dense(queries, weights["attention/hidden"]))
        return tf.transpose(attended, [1, 0, 2]), tf.transpose(attention, [1, 0, 2])

    # --- training -----------------------------------------------------------------------------------------------------

    def teach(self, weights, memory, states, tokens, noise):
        """Features (t, b, .) of every step under teacher forcing, from all previous tokens (t, b)."""
        if self.additive:
            return self._teach_stepwise(weights, memory, states, tokens, noise)
        return {"hidden": self._teach_at_once(weights, memory, states, tokens, noise)}

    def _teach_at_once(self, weights, memory, states, tokens, noise):
        """No step needs an earlier step's output: every layer runs over all timesteps in one call."""
        spec, outputs, projected = self.spec, tokens, None
        if not self.recursive:  # the code is the same at every step: one product serves all
            projected = networks.project(memory["code"][None], weights["decoder/0/kernel"], noise, spec)
            projected = tf.tile(projected, [self._n_timesteps(tokens), 1, 1])
        for layer in range(spec.n_layers):
            own = networks.subset(weights, f"decoder/{layer}")
            outputs, _ = networks.run_layer(spec, own, outputs, noise, states=states[layer], projected=projected)
            projected = None
        return outputs

    def _teach_stepwise(self, weights, memory, states, tokens, noise):
        floats, spec = self.spec.dtype, self.spec
        like = {
            "hidden": tf.TensorSpec([None, spec.units], floats),
            "context": tf.TensorSpec([None, spec.encoding_size], floats),
        }

        def step(t, states):
            states = layers.truncated(t, states, noise.bptt_steps)
            features, states = self.step(weights, memory, tokens[t], states, noise.restarted())
            return {name: features[name] for name in like}, states

        return decoding.unfold(step, states, self._n_timesteps(tokens), like, unroll=spec.unroll)

    def _n_timesteps(self, tokens):
        return tokens.shape[0] if self.spec.unroll else tf.shape(tokens)[0]

    def losses(self, weights, batch, noise):
        """Cross entropy of every target token (b, t), the weights of the tokens, and what is right.

        Every metric is a pair (per-sample amount, per-sample weight).
        """
        targets, weight = tf.transpose(batch["target"]), batch["weight"]
        memory, states = self.encode(weights, batch, noise)
        tokens = decoder_inputs(targets)
        features = self.teach(weights, memory, states, tokens, noise)
        logits, _ = self.readout(weights, memory, features, tokens)
        losses = tf.transpose(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits))
        counts = tf.ones_like(losses)
        if "target_lengths" in batch:
            counts = tf.cast(tf.sequence_mask(batch["target_lengths"], tf.shape(losses)[1]), losses.dtype)
        step_weights = weight[:, None] * tf.gather(batch["class_weight"], batch["target"]) * counts
        right = tf.transpose(tf.equal(tf.argmax(logits, -1, output_type=targets.dtype), targets))
        right = tf.cast(right, losses.dtype) * counts
        metrics = {
            "token_accuracy": (tf.reduce_sum(right, 1) * weight, tf.reduce_sum(counts, 1) * weight),
            "sequence_accuracy": (tf.cast(tf.reduce_all(right >= counts, 1), losses.dtype) * weight, weight),
        }
        return losses, step_weights, metrics

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_tokens(self, weights, batch):
        """Class indices (b, t) on the greedy path."""
        return tf.transpose(self._search(weights, batch, "tokens"))

    def predict_probs(self, weights, batch):
        """Class probabilities (b, t, n_classes) along the greedy path."""
        return tf.transpose(self._search(weights, batch, "probs"), [1, 0, 2])

    def predict_attention(self, weights, batch):
        """Attention weights (b, t, n_source) along the greedy path."""
        return tf.transpose(self._search(weights, batch, "attention"), [1, 0, 2])

    def _search(self, weights, batch, what):
        """Greedy search under ``batch["allowed"]`` (t, n_classes), which also says how many steps to write."""
        allowed, silence = batch["allowed"], networks.Silence()
        floats = self.spec.dtype
        memory, states = self.encode(weights, batch, silence)

        def step(t, tokens, states):
            features, states = self.step(weights, memory, tokens, states, silence)
            features = tf.nest.map_structure(lambda x: x[None], features)
            logits, attention = self.readout(weights, memory, features, tokens[None])
            logits = tf.where(allowed[t], logits[0], tf.constant(logits.dtype.min, floats))
            outputs = {"probs": tf.nn.softmax(logits), "tokens": tf.argmax(logits, -1, output_type=tf.int32)}
            if attention is not None:
                outputs["attention"] = attention[0]
            return {what: outputs[what]}, outputs["tokens"] + 1, states

        n_source = batch["source"].shape[1]
        like = {
            "probs": tf.TensorSpec([None, self.spec.target_size], floats),
            "tokens": tf.TensorSpec([None], tf.int32),
            "attention": tf.TensorSpec([None, n_source], floats),
        }
        start = tf.fill([tf.shape(batch["source"])[0]], START)
        found = decoding.greedy_search(step, start, states, tf.shape(allowed)[0], {what: like[what]})
        return found[what]
