"""Greedy decoders as a loop in an ONNX graph: what `skseq.nn.networks.seq2seq_decoder` computes, without noise.

Shapes: b samples, s source steps, u units, d the width of an encoder output, c classes.
"""

from dataclasses import dataclass

import numpy as np

from skseq.export._encoder import Encoder
from skseq.export._graph import Graph

_PLACELESS = (None, "bahdanau", "dot", "general", "concat")  # the others score by position


def check_attention(attention):
    """Raise ValueError for scores that are not written."""
    if attention not in _PLACELESS:
        names = ", ".join(map(repr, _PLACELESS[1:]))
        raise ValueError(f"to_onnx does not write attention={attention!r}: fit with {names} or attention=False.")


@dataclass(frozen=True)
class Source:
    """What all steps read: values (b, s, d), keys (b, s, u or d), mask (b, s), the code (b, d), states by layer."""

    values: str
    keys: str
    mask: str
    code: str
    states: list


class Decoder:
    """The decoder of a `Seq2SeqSpec`, on `Encoded` sources."""

    def __init__(self, graph, spec, weights):
        self.graph, self.spec, self.layers = graph, spec, Encoder(graph, spec, weights)
        self.weights = self.layers.weights

    def read(self, encoded):
        """The `Source` in what the encoder gave."""
        values = self.graph.add("Transpose", encoded.outputs, perm=[1, 0, 2])
        keys = self.layers.dense(values, "attention/key") if "attention/key" in self.weights else values
        mask = self.layers.mask(values, encoded.lengths)
        return Source(values, keys, mask, encoded.states[-1][0], self._first_states(encoded))

    def _first_states(self, encoded):
        """States before the first step: of the encoder, tanh(W h_1 + b) with Bahdanau's attention, or zeros."""
        spec, names = self.spec, [f"bridge/{layer}" for layer in range(self.spec.n_layers)]
        zeros = [self._zeros(encoded)] * spec.n_states
        if spec.takes_states:
            first = [self._bridge(name, states) for name, states in zip(names, encoded.states)]
        elif spec.additive:
            start = self.graph.add("Gather", encoded.outputs, np.array(0), axis=0)  # (b, d)
            first = [[self._mapped(f"{name}/hidden", start, "Tanh"), *zeros[1:]] for name in names]
        else:
            first = [zeros] * spec.n_layers
        return [*first, zeros[:1]] if spec.input_feeding else first

    def _zeros(self, encoded):
        n_samples = self.graph.add("Shape", encoded.lengths)  # (1,)
        return self.graph.add("ConstantOfShape", self.graph.add("Concat", n_samples, [self.spec.units], axis=0))

    def _bridge(self, name, states):
        if not self.spec.bidirectional:
            return states
        kinds = zip(("hidden", "cell"), states, ("Tanh", None))
        return [self._mapped(f"{name}/{kind}", state, function) for kind, state, function in kinds]

    def _mapped(self, name, values, function):
        mapped = self.layers.dense(values, f"{name}/kernel", f"{name}/bias")
        return mapped if function is None else self.graph.add(function, mapped)

    def step(self, source, tokens, states):
        """Logits (b, c) and states after one step that is told the tokens (b,) before it, 0 at the start."""
        spec, dense, told = self.spec, self.layers.dense, None
        if spec.reads_inputs:
            told = self.graph.add("Gather", np.eye(spec.input_size, dtype=np.float32), tokens)
        if spec.additive:
            before = states[-1][0]  # (b, u): what attends, and is read out
            context = self._context(source, before)
            states = self._advance(source, told, states, context_kernel=context)
            parts = [dense(before, "output/kernel", "output/bias"), dense(context, "output/context_kernel")]
            return self._sum(parts + ([dense(told, "output/input_kernel")] if told is not None else [])), states
        fed = {"feed_kernel": states[-1][0]} if spec.input_feeding else {}
        states = self._advance(source, told, states[: spec.n_layers], **fed)
        hidden = self._combined(source, states[-1][0]) if spec.combines else states[-1][0]
        logits = dense(hidden, "output/kernel", "output/bias")
        return logits, [*states, [hidden]] if spec.input_feeding else states

    def _advance(self, source, told, states, **joined):
        """States of all layers after one step; ``joined`` are inputs of the lowest one by kernel."""
        add, inputs = self.graph.add, {"kernel": told} if told is not None else {}
        inputs |= joined | ({"code_kernel": source.code} if "decoder/0/code_kernel" in self.weights else {})
        kernel = [self.weights[f"decoder/0/{name}"] for name in inputs]
        if inputs:
            values = add("Concat", *inputs.values(), axis=1)  # (b, f)
        else:  # a recurrent node wants an input
            values, kernel = states[0][0], [np.zeros_like(self.weights["decoder/0/recurrent_kernel"])]
        kernel, new_states = np.concatenate(kernel), []
        for layer, state in enumerate(states):
            name = f"decoder/{layer}"
            kernel = self.weights[f"{name}/kernel"] if layer else kernel
            _, after = self.layers.recurrent([name], [kernel], add("Unsqueeze", values, [0]), states=state)
            new_states.append(after)
            values = after[0]
        return new_states

    def _context(self, source, query):
        """sum_j a_j h_j (b, d) for a query (b, u)."""
        add = self.graph.add
        if "attention/query" in self.weights:  # additive
            aligned = add("Add", source.keys, add("Unsqueeze", self.layers.dense(query, "attention/query"), [1]))
            scores = add("MatMul", add("Tanh", aligned), self.weights["attention/scale"][:, None])
        else:
            scores = add("MatMul", source.keys, add("Unsqueeze", query, [-1]))
        return self.layers.attended(scores, source.values, source.mask)

    def _combined(self, source, hidden):
        """h~ = tanh(W_c [c; h]) (Luong et al. 2015, equation 5); merge decoders join the code without attention."""
        parts = [self.layers.dense(hidden, "combine/hidden")]
        if self.spec.attention is not None:
            parts.append(self.layers.dense(self._context(source, hidden), "combine/context"))
        if "combine/code" in self.weights:
            parts.append(self.layers.dense(source.code, "combine/code"))
        return self.graph.add("Tanh", self._sum(parts))

    def _sum(self, parts):
        return self.graph.add("Sum", *parts) if len(parts) > 1 else parts[0]


def greedy(graph, spec, weights, encoded, *, allowed=None, limits=None, n_steps=None):
    """Classes (b, t), int64, and probabilities (b, t, c) of the most probable class at every step, which is fed back.

    ``allowed`` (t, c) bool says which classes a step may write, and ``n_steps`` how many there are. Outputs that end by
    themselves have ``limits`` (b,), int32, instead: class 0 ends one, and is all that a step from the limit on writes.
    """
    add = graph.add
    source = Decoder(graph, spec, weights).read(encoded)
    flat = [state for layer in source.states for state in layer]
    start = graph.cast(add("Mul", encoded.lengths, np.array(0, np.int32)), np.int64)  # (b,): 0 is the start
    going = add("Equal", start, np.array(0))  # (b,), all True
    body = _body(spec, weights, source, allowed, limits)
    if limits:  # one more for the end
        n_steps = add("Add", graph.cast(add("ReduceMax", limits, keepdims=0), np.int64), np.array(1))
    else:
        n_steps = np.array(n_steps)
    found = add("Loop", n_steps, np.array(True), start, going, *flat, n_outputs=len(flat) + 4, body=body)
    classes, probabilities = found[-2:]  # (t, b) and (t, b, c)
    return add("Transpose", classes, perm=[1, 0]), add("Transpose", probabilities, perm=[1, 0, 2])


def _body(spec, weights, source, allowed, limits):
    """One step: tokens, who goes on and states, to those after it, and what is written."""
    body, names = Graph("step_"), [[f"state_{i}_{k}" for k, _ in enumerate(own)] for i, own in enumerate(source.states)]
    step, _ = body.input("step", np.int64, []), body.input("more", np.bool_, [])
    tokens, going = body.input("tokens", np.int64, ["n_samples"]), body.input("going", np.bool_, ["n_samples"])
    states = [[body.input(name, np.float32, ["n_samples", spec.units]) for name in own] for own in names]
    add = body.add
    logits, states = Decoder(body, spec, weights).step(source, tokens, states)
    possible = _possible(body, spec.target_size, step, allowed, limits)
    if possible is not None:
        logits = add("Where", possible, logits, np.finfo(np.float32).min)
    classes = add("ArgMax", logits, axis=1, keepdims=0)
    if limits:
        classes = add("Where", going, classes, np.array(0))
        going = add("And", going, add("Greater", classes, np.array(0)))
    more = body.cast(add("ReduceMax", body.cast(going, np.int32), keepdims=0), np.bool_)
    body.output("more_after", more, np.bool_, [])
    body.output("tokens_after", add("Add", classes, np.array(1)), np.int64, ["n_samples"])
    body.output("going_after", going, np.bool_, ["n_samples"])
    for own in states:
        for state in own:
            body.output(f"{state}_after", state, np.float32, ["n_samples", spec.units])
    body.output("classes", classes, np.int64, ["n_samples"])
    body.output("probabilities", add("Softmax", logits, axis=1), np.float32, ["n_samples", spec.target_size])
    return body.graph("step")


def _possible(body, n_classes, step, allowed, limits):
    """Which classes a step may write, (1 or b, c); None for all."""
    add = body.add
    if limits:
        before = add("Less", body.cast(step, np.int32), limits)  # (b,)
        return add("Or", add("Unsqueeze", before, [1]), (np.arange(n_classes) == 0)[None])
    if allowed is None or allowed.all():
        return None
    return add("Unsqueeze", add("Gather", allowed, step), [0])
