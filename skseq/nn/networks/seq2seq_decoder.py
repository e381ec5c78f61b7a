"""The decoder of an encoder-decoder: recursive, direct or merge, with or without attention.

What it is told at every step, its inputs, are ids of tokens or vectors of numbers. It is written once, in
`Seq2SeqDecoder.step`. Teacher forcing, scheduled sampling and every search are loops over it. Where no step needs the
output of an earlier one, teacher forcing runs a whole layer in one call instead, with the same numbers.

Shapes, time first: t target steps, b samples, n hypotheses (several per sample in a search), u units, d the width of an
encoder output, g the gates of all units.
"""

import tensorflow as tf

from skseq.nn.kernels.bahdanau_loop import bahdanau_layer
from skseq.nn.kernels.cells import input_bias
from skseq.nn.kernels.loops import unfold
from skseq.nn.kernels.native import swapped
from skseq.nn.kernels.products import dense
from skseq.nn.kernels.recurrence import truncated
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import attention, encoder
from skseq.nn.networks.layer import (
    LayerInputs,
    loop_options,
    no_inputs,
    product,
    project,
    run_layer,
    step_layers,
    zero_states,
)
from skseq.nn.networks.source import Source
from skseq.nn.networks.weights import bias, gates_size, kernel, recurrent_weights, subset

START = 0  # the id that stands before the first target token; class k enters the decoder as id k + 1


def decoder_inputs(targets):
    """The teacher-forcing shift: class indices (t, b) to the ids (t, b) of the tokens before them."""
    return tf.concat([tf.fill([1, size_of(targets, 1)], START), targets[:-1] + 1], 0)


def target_counts(batch, like):
    """1 for real target steps (b, t), 0 for padding."""
    if "target_lengths" not in batch:
        return tf.ones_like(like)
    return tf.cast(tf.sequence_mask(batch["target_lengths"], size_of(like, 1)), like.dtype)


class Seq2SeqDecoder:
    """From a `Source` and previous outputs to those that the output layer writes: logits, or numbers.

    References
    ----------
    Sutskever et al. 2014 (final states passed on, teacher forcing); Bahdanau et al. 2015, appendix A.2 (additive
    attention by the previous state, s_0 = tanh(W_s h_1), readout from s_{i-1}, y_{i-1} and c_i); Luong et al. 2015,
    sections 3.1 to 3.3 (attention by the current state, input feeding); Tanti et al. 2018 (merge); Bengio et al. 2015
    (scheduled sampling).
    """

    def __init__(self, spec):
        self.spec = spec
        self.stepwise = spec.additive or spec.input_feeding  # a step needs what an earlier one gave
        self.has_loop = spec.additive and spec.n_layers == 1 and not spec.input_feeding  # `bahdanau_layer` can run it

    # --- weights ------------------------------------------------------------------------------------------------------

    def weights(self):
        """The decoder's part of the table of weights."""
        yield from self._bridge_weights()
        yield from self._layer_weights()
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

    def _layer_weights(self):
        spec = self.spec
        input_size = spec.input_size
        for layer in range(spec.n_layers):
            yield from recurrent_weights(spec, f"decoder/{layer}", input_size)
            input_size = spec.units
        if spec.reads_code and spec.decoder != "merge":
            yield kernel("decoder/0/code_kernel", spec.encoding_size, gates_size(spec))
        if spec.additive:
            yield kernel("decoder/0/context_kernel", spec.encoding_size, gates_size(spec))
        if spec.input_feeding:
            yield kernel("decoder/0/feed_kernel", spec.units, gates_size(spec))

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
        yield kernel("output/kernel", spec.units, spec.output_size)
        if spec.additive:
            yield kernel("output/context_kernel", spec.encoding_size, spec.output_size)
            if spec.reads_inputs:
                yield kernel("output/input_kernel", spec.input_size, spec.output_size)
        yield bias("output/bias", spec.output_size)

    # --- before the first step ----------------------------------------------------------------------------------------

    def read(self, weights, outputs, states, lengths, noise):
        """The `Source` in what the encoder gave: outputs (s, b, d), final states by layer, and lengths (b,) or None."""
        code, parts = states[-1][0], {}  # code: (b, d), the hidden state of the top layer
        if "decoder/0/code_kernel" in weights:
            parts["code_input"] = project(code[None], weights["decoder/0/code_kernel"], noise)[0]
        if "combine/code" in weights:
            parts["code_combined"] = dense(code, weights["combine/code"])
        if self.spec.attention is not None:
            parts |= attention.keys_and_values(weights, outputs, lengths)  # once for all steps
        first = self._first_states(weights, outputs, states)
        return Source(n_samples=size_of(code, 0), code=code, states=first, **parts)

    def _first_states(self, weights, outputs, states):
        """States of every layer: final encoder states, s_0 = tanh(W_s h_1 + b) with Bahdanau attention, or zeros.

        With input feeding one more entry holds h~_0 = 0.
        """
        spec = self.spec
        bridges = [subset(weights, f"bridge/{layer}") for layer in range(spec.n_layers)]
        zeros = zero_states(spec, size_of(outputs, 1))
        if spec.takes_states:
            first = [encoder.bridge(spec, own, state) for own, state in zip(bridges, states)]
        elif spec.additive:
            hidden = [dense(outputs[0], own["hidden/kernel"], own["hidden/bias"]) for own in bridges]
            first = [[tf.tanh(h), *zeros[1:]] for h in hidden]  # a cell state starts at zero
        else:
            first = [zeros] * spec.n_layers
        return [*first, zeros[:1]] if spec.input_feeding else first

    # --- one step: the only place where the decoder is written --------------------------------------------------------

    def step(self, weights, source, t, inputs, states, noise):
        """(features, states) after one more step; `readout` turns features into outputs.

        inputs, (n,) ids or (n, f) numbers, are ignored by a decoder that reads none; states hold a list of (n, u) for
        every layer. Features are what the output layer reads, and the attention weights (n, n_source). With
        Bahdanau attention the output layer reads the state before the step and the context; otherwise the state after
        it, joined with the context where there is one.
        """
        spec = self.spec
        if spec.additive:
            before = states[-1][0]  # (n, u): s_{i-1}
            weighed, context = self._align(weights, source, before, t)
            features = {"hidden": before, "context": context, "attention": weighed}
            return features, self._advance(weights, source, inputs, states, noise, context_kernel=context)
        fed = {"feed_kernel": states[-1][0]} if spec.input_feeding else {}  # h~ of the step before
        states = self._advance(weights, source, inputs, states[: spec.n_layers], noise, **fed)
        features = {"hidden": states[-1][0]}
        if spec.combines:
            queries = _by_sample(source, features["hidden"])  # (b, n / b, u): one source serves them all
            features = {
                name: _by_hypothesis(x) for name, x in self._combine(weights, source, queries, tf.stack([t])).items()
            }
        return features, [*states, [features["hidden"]]] if spec.input_feeding else states

    def _align(self, weights, source, hidden, t):
        """a_i = softmax_j(v' tanh(W s_{i-1} + U h_j)) and c_i = sum_j a_ij h_j: (n, n_source), (n, d)."""
        found = attention.align(self.spec, weights, source, _by_sample(source, hidden), tf.stack([t]))
        return [_by_hypothesis(x) for x in found]

    def _advance(self, weights, source, inputs, states, noise, **joined):
        """States of all layers after one step: s_i = f(s_{i-1}, y_{i-1}, ...); ``joined`` are inputs by kernel."""
        layers = [subset(weights, f"decoder/{layer}") for layer in range(len(states))]
        more = [dense(value, layers[0][name]) for name, value in joined.items()]  # the context or h~ of the step before
        inputs = inputs if self.spec.reads_inputs else None
        return step_layers(self.spec, layers, inputs, states, noise, *more, source.code_of(size_of(states[0][0], 0)))

    def _combine(self, weights, source, hidden, positions):
        """h~ = tanh(W_c [c; h]) of (b, q, u) (Luong et al. 2015, equation 5), and the attention weights.

        A merge decoder without attention joins the code instead of the context.
        """
        combined, features = dense(hidden, weights["combine/hidden"]), {}
        if self.spec.attention is not None:
            features["attention"], context = attention.align(self.spec, weights, source, hidden, positions)
            combined += dense(context, weights["combine/context"])
        if source.code_combined is not None:
            combined += source.code_combined[:, None]  # (b, 1, u): the same for all queries
        return {"hidden": tf.tanh(combined), **features}

    def readout(self, weights, features, inputs):
        """Outputs of a step, from features (n, .) and its inputs (n, ...), or of many, (t, n, .) and (t, n, ...)."""
        outputs = dense(features["hidden"], weights["output/kernel"], weights["output/bias"])
        if self.spec.additive:
            outputs += dense(features["context"], weights["output/context_kernel"])
            if self.spec.reads_inputs:
                outputs += product(inputs, weights["output/input_kernel"])
        return outputs

    def step_outputs(self, weights, source, t, inputs, states, noise):
        """(outputs (n, output_size), attention weights or None, states) of one step."""
        features, states = self.step(weights, source, t, inputs, states, noise)
        return self.readout(weights, features, inputs), features.get("attention"), states

    # --- teacher forcing ----------------------------------------------------------------------------------------------

    def outputs(self, weights, source, inputs, noise, feed_back):
        """Outputs (t, b, output_size) under teacher forcing, or with some inputs of the decoder's own.

        ``feed_back(t, outputs)`` are the inputs of the next step if it is told what the decoder wrote at step t.
        """
        own = noise.own_tokens(tf.shape(inputs)[:2])  # (t, b)
        if own is None:
            return self.readout(weights, self.teach(weights, source, inputs, noise), inputs)
        return self._run(weights, source, inputs, noise, feed_back, own, ["outputs"])["outputs"]

    def run_freely(self, weights, source, inputs, noise, feed_back):
        """Hidden states (t, b, u), as the output layer reads them, and outputs (t, b, output_size) of a free run.

        Of the inputs (t, b, ...) it is told the first alone, and then what ``feed_back`` makes of its outputs.
        """
        own = tf.ones(tf.shape(inputs)[:2], tf.bool)
        found = self._run(weights, source, inputs, noise, feed_back, own, ["hidden", "outputs"])
        return found["hidden"], found["outputs"]

    def _run(self, weights, source, inputs, noise, feed_back, own, names):
        """What has these names (t, b, .), step after step, told its own outputs where ``own`` (t, b) says so."""
        spec = self.spec

        def step(t, carried):
            states, chosen = carried
            states = truncated(t, states, noise.bptt_steps)
            fed = _where(own[t] & (t > 0), chosen, inputs[t])  # the start is always the start
            t = tf.convert_to_tensor(t)
            features, states = self.step(weights, source, t, fed, states, noise.restarted())
            found = {"hidden": features["hidden"], "outputs": self.readout(weights, features, fed)}
            return {name: found[name] for name in names}, (states, feed_back(t, found["outputs"]))

        sizes = {"hidden": spec.units, "outputs": spec.output_size}
        like = {name: tf.TensorSpec([None, sizes[name]], spec.dtype) for name in names}
        n_timesteps = self._n_timesteps(inputs)
        return unfold(step, (source.states, inputs[0]), n_timesteps, like, unroll=spec.unroll)

    def teach(self, weights, source, inputs, noise):
        """Features (t, b, .) of every step under teacher forcing, from the inputs (t, b, ...) of all."""
        if self.has_loop:
            return self._teach_in_loop(weights, source, inputs, noise)
        if self.stepwise:
            return self._teach_stepwise(weights, source, inputs, noise)
        return self._teach_at_once(weights, source, inputs, noise)

    def _teach_at_once(self, weights, source, inputs, noise):
        """No step needs an earlier step's output: every layer runs over all timesteps in one call."""
        spec, below = self.spec, self._inputs(source, inputs)
        for layer in range(spec.n_layers):
            own = subset(weights, f"decoder/{layer}")
            if layer == 0 and spec.reads_code and not spec.reads_inputs:
                own["kernel"] = own["code_kernel"]  # its only input is the code
            hidden, _ = run_layer(spec, own, below, noise, states=source.states[layer])
            below = LayerInputs(hidden)
        if not spec.combines:
            return {"hidden": hidden}
        positions = tf.range(size_of(inputs, 0))
        combined = self._combine(weights, source, swapped(hidden), positions)  # (b, t, .)
        return {name: swapped(x) for name, x in combined.items()}

    def _inputs(self, source, inputs):
        """What the first layer reads."""
        if self.spec.reads_inputs:
            return LayerInputs(inputs, code_input=source.code_input)
        if source.code_input is not None:
            return LayerInputs(source.code[None], n_timesteps=self._n_timesteps(inputs))
        return no_inputs(self.spec, size_of(inputs, 1), self._n_timesteps(inputs))

    def _teach_in_loop(self, weights, source, inputs, noise):
        """One layer that attends by its previous state: a kernel of its own has all steps, and their gradient."""
        spec, own, noise = self.spec, subset(weights, "decoder/0"), noise.restarted()
        x = project(inputs, own["kernel"], noise) if spec.reads_inputs else self._no_input(inputs)
        if source.code_input is not None:
            x += source.code_input
        x += input_bias(spec.cell, own)
        options = loop_options(spec, noise, size_of(x, 1))
        found = bahdanau_layer(spec.cell, x, source.states[0], source, weights, **options)
        return dict(zip(("hidden", "context", "attention"), found))

    def _teach_stepwise(self, weights, source, inputs, noise):
        """Every step in a loop, by automatic differentiation."""
        floats, spec = self.spec.dtype, self.spec
        like = {"hidden": tf.TensorSpec([None, spec.units], floats)}
        if spec.additive:
            like["context"] = tf.TensorSpec([None, spec.encoding_size], floats)
        if spec.attention is not None:
            like["attention"] = tf.TensorSpec([None, None], floats)

        def step(t, states):
            states = truncated(t, states, noise.bptt_steps)
            features, states = self.step(weights, source, tf.convert_to_tensor(t), inputs[t], states, noise.restarted())
            return {name: features[name] for name in like}, states

        return unfold(step, source.states, self._n_timesteps(inputs), like, unroll=spec.unroll)

    def _n_timesteps(self, inputs):
        return inputs.shape[0] if self.spec.unroll else size_of(inputs, 0)

    def _no_input(self, inputs):
        """The projected input (t, b, g) of a layer that reads nothing."""
        return tf.zeros([self._n_timesteps(inputs), size_of(inputs, 1), gates_size(self.spec)], self.spec.dtype)


def _where(condition, x, y):
    """x where the condition (b,) holds, else y, both (b, ...)."""
    return tf.where(tf.reshape(condition, [-1] + [1] * (x.shape.rank - 1)), x, y)


def _by_sample(source, x):
    """(n, d) to (b, n / b, d)."""
    return tf.reshape(x, [source.n_samples, -1, x.shape[-1]])


def _by_hypothesis(x):
    """(b, q, d) to (b q, d)."""
    return tf.reshape(x, [-1, size_of(x, 2) if x.shape[2] is None else x.shape[2]])
