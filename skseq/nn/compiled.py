"""A network with a memory of its own and traced functions, ready to be loaded with numbers.

Every function is traced for tensors of unknown length, so numbers of samples, timesteps and batches never cause a new
trace. With ``unroll`` timesteps are part of the trace.
"""

from functools import partial

import numpy as np
import tensorflow as tf

from skseq.nn import networks
from skseq.nn.autoencoder import Autoencoder, hold_back
from skseq.nn.batching import batches, by_length, crop, gathered, pieces, timesteps
from skseq.nn.decoding import unfold
from skseq.nn.precision import mixed_products
from skseq.nn.recurrent import Recurrent
from skseq.nn.seq2seq import Seq2Seq
from skseq.nn.spec import AutoencoderSpec, RecurrentSpec, Seq2SeqSpec
from skseq.nn.store import WeightStore

__all__ = ["PREDICT_ROWS", "CompiledNetwork"]

FOUND = {"tokens": tf.int32, "lengths": tf.int32, "log_probs": tf.float64, "scores": tf.float64}  # by a search
PREDICT_ROWS = 64  # every batch at predict has this many rows, so that a row's result never depends on the others
_NETWORKS = {AutoencoderSpec: Autoencoder, RecurrentSpec: Recurrent, Seq2SeqSpec: Seq2Seq}
_WIDE = {"source", "target", "code", "allowed"}  # unless they are ids, their last axis is features or classes, not time


class CompiledNetwork:
    """Weights, optimizer (`store`) and graphs of one spec. Not thread-safe: lease it from the pool.

    Data are dicts of two parts: ``{"rows": {name: (n_samples, ...)}, "shared": {name: ...}}``; batches are drawn from
    the rows, shared tensors reach every batch whole. Every call makes tensors of all that it is given.
    """

    def __init__(self, spec):
        self.spec = spec
        self.network = _NETWORKS[type(spec)](spec)
        self.table = list(self.network.weights())
        trained = [entry for entry in self.table if spec.trains(entry.name)]
        self.store = WeightStore(self.table, trained, spec.optimizer, spec.dtype)
        self._functions = {}

    @property
    def n_traces(self):
        """Number of graphs traced so far."""
        return len(self._functions)

    # --- traced functions ---------------------------------------------------------------------------------------------

    def train(self, data, rows, rates, seed, n_sizes=1):
        """One update for every batch of ``rows``; stops before an update that is not finite.

        With XLA, which compiles for every size of a batch, they have ``n_sizes`` sizes at most.

        Returns totals: name -> (amount, weight) for "loss", the metrics and "gradient_norm"; peaks: name -> number for
        "gradient_norm" (the largest of all updates) and "weight" (the largest absolute value at the end); how many
        updates were done; whether all were finite.
        """
        dtypes = {"bptt_steps": tf.int32}
        rates = {name: tf.constant(value, dtypes.get(name, self.spec.dtype)) for name, value in rates.items()}
        n_sizes = n_sizes if self.spec.jit_compile else None
        return self._call(self._train, data, rows, rates, tf.constant(seed, tf.int32), n_sizes=n_sizes)

    def evaluate(self, data, rows):
        """Totals of loss and metrics over all batches of ``rows``, without training."""
        return self._call(self._evaluate, data, rows)

    def predict(self, what, data, n_samples, options=None, ask=None, *, memory=None):
        """One of the network's ``predict_...`` functions for all samples, as a NumPy array with samples first.

        With `SearchOptions`, a dict of arrays; ``ask`` is the Python function that constraints may ask. Of data that do
        not fit ``memory`` bytes, so many rows are held at a time (`skseq.nn.batching.pieces`).
        """
        order = by_length(data["rows"], n_samples)
        function, kinds = getattr(self.network, f"predict_{what}"), {"out": self.spec.dtype}
        if options is not None:
            function, kinds = partial(function, options=options, ask=self._ask), FOUND
        self._asked = ask
        body = partial(self._predict, function, kinds, self.network.timed.get(what, ()))
        found = {name: [] for name in kinds}  # of every call an array (n_batches, n_rows, ...)
        for drawn in pieces(data["rows"], batches(order, PREDICT_ROWS), memory):
            for name, x in self._call(body, *gathered(data, drawn), key=(what, options)).items():
                found[name].append(x.numpy().reshape(x.shape[0] * x.shape[1], *x.shape[2:]))
        self._asked = None  # a pooled network keeps no estimator alive
        found = {name: np.concatenate(parts)[np.argsort(order)] for name, parts in found.items()}
        return found if options is not None else found["out"]

    def _ask(self, *arguments):
        """What the function says that was passed to `predict`: graphs outlive it."""
        return self._asked(*arguments)

    def _call(self, body, data, rows, *rest, key=None, n_sizes=None):
        drawn = {"rows": rows, "timesteps": timesteps(data["rows"], rows, n_sizes, self.network.least)}
        data = tf.nest.map_structure(tf.convert_to_tensor, data)
        arguments = (data, tf.nest.map_structure(tf.constant, drawn), *rest)
        loose = {"rows": tf.TensorSpec([None, None], tf.int32), "timesteps": tf.TensorSpec([None, 2], tf.int32)}
        signature = (self._relaxed(data), loose, *_specs(rest))
        key = (key or body.__name__, str(signature))
        if key not in self._functions:
            traced = tf.function(body, input_signature=signature, autograph=False)
            with mixed_products(self.spec.mixed):
                self._functions[key] = traced.get_concrete_function()
        return self._functions[key](*arguments)

    def _relaxed(self, data):
        """TensorSpecs of the data with all lengths unknown but those of features and classes."""

        def relax(name, tensor):
            shape = [None] * tensor.shape.rank
            if name in _WIDE and not tensor.dtype.is_integer:
                shape[-1] = tensor.shape[-1]
            if self.spec.unroll and name in ("source", "target"):
                shape[1] = tensor.shape[1]
            return tf.TensorSpec(shape, tensor.dtype)

        return {part: {name: relax(name, x) for name, x in tensors.items()} for part, tensors in data.items()}

    def _batch(self, data, drawn, i):
        """The rows of batch i, cut to its timesteps; filling (-1) repeats its first row, at weight zero."""
        rows = drawn["rows"][i]
        filled = tf.where(rows < 0, rows[0], rows)
        batch = {name: tf.gather(x, filled) for name, x in data["rows"].items()}
        if not self.spec.unroll:  # then the graph knows the number of timesteps
            batch = crop(batch, drawn["timesteps"][i])
        if "weight" in batch:
            batch["weight"] *= tf.cast(rows >= 0, batch["weight"].dtype)
        batch |= data["shared"]
        return hold_back(batch) if "horizon" in batch else batch

    def _train(self, data, drawn, rates, seed):
        n_batches = tf.shape(drawn["rows"])[0]
        update = self._update
        if self.spec.jit_compile:
            update = tf.function(update, autograph=False, jit_compile=True)

        def body(i, totals, peak, finite):
            step_seed = tf.stack([seed, tf.cast(self.store.optimizer.iterations.value, tf.int32)])
            more, finite = update(self._batch(data, drawn, i), rates, step_seed)
            totals = {name: totals[name] + more[name] for name in totals}
            return i + tf.cast(finite, tf.int32), totals, tf.maximum(peak, more["gradient_norm"][0]), finite

        done, totals, peak, finite = tf.while_loop(
            lambda i, totals, peak, finite: (i < n_batches) & finite,
            body,
            (0, self._no_totals("gradient_norm"), tf.zeros([], self.spec.dtype), True),
            parallel_iterations=1,
        )
        return totals, {"gradient_norm": peak, "weight": self.store.largest()}, done, finite

    def _update(self, batch, rates, seed):
        """One step of gradient descent: the batch's totals, and whether loss and gradient were finite."""
        weights = self.store.tensors()
        trained = {entry.name: weights[entry.name] for entry in self.store.trained}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(trained)
            totals = self._totals(batch, weights, networks.Noise(self.spec, rates, seed))
            objective = tf.math.divide_no_nan(totals["loss"][0], totals["loss"][1])
            if self.spec.penalty:
                objective += self._penalty(weights, rates)
        gradients = tape.gradient(objective, trained, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradients = [tf.convert_to_tensor(gradients[entry.name]) for entry in self.store.trained]
        norm = tf.linalg.global_norm(gradients)
        finite = tf.math.is_finite(norm) & tf.math.is_finite(objective)
        scale = tf.minimum(rates["clipnorm"] / tf.maximum(norm, 1e-30), 1)
        least, most = -rates["clipvalue"], rates["clipvalue"]
        gradients = [tf.clip_by_value(g * scale, least, most) for g in gradients]

        def apply():
            self.store.apply(gradients)
            return True

        finite = tf.cond(finite, apply, lambda: False)
        totals["gradient_norm"] = tf.stack([norm, tf.ones_like(norm)])
        return totals, finite

    def _penalty(self, weights, rates):
        """l1 sum|w| + l2 sum w^2 over all kernels that are trained, recurrent ones included."""
        kernels = [weights[entry.name] for entry in self.store.trained if entry.penalized]
        absolute = tf.add_n([tf.reduce_sum(tf.abs(w)) for w in kernels])
        return rates["l1"] * absolute + rates["l2"] * tf.add_n([tf.reduce_sum(w * w) for w in kernels])

    def _totals(self, batch, weights, noise):
        losses, step_weights, metrics = self.network.losses(weights, batch, noise)
        pairs = {"loss": (losses * step_weights, step_weights), **metrics}
        return {name: tf.stack([tf.reduce_sum(a), tf.reduce_sum(w)]) for name, (a, w) in pairs.items()}

    def _no_totals(self, *more):
        return {name: tf.zeros(2, self.spec.dtype) for name in ("loss", *self.network.metrics, *more)}

    def _evaluate(self, data, drawn):
        weights = self.store.tensors()

        def body(i, totals):
            more = self._totals(self._batch(data, drawn, i), weights, networks.Silence())
            return i + 1, {name: totals[name] + more[name] for name in totals}

        n_batches = tf.shape(drawn["rows"])[0]
        return tf.while_loop(lambda i, _: i < n_batches, body, (0, self._no_totals()))[1]

    def _predict(self, function, kinds, timed, data, drawn):
        """What a function of a batch gives for every batch; ``kinds`` are the types of its outputs by name.

        The axes that are ``timed``, from the second on, are as long as if the batch had not been cut: zeros follow.
        """
        weights = self.store.tensors()

        def step(i, _):
            batch = self._batch(data, drawn, i)
            outputs = function(weights, batch)
            for axis, part in enumerate(timed, 1):
                outputs = _lengthened(outputs, axis, tf.shape(data["rows"][part])[1] - tf.shape(batch[part])[1])
            return outputs if isinstance(outputs, dict) else {"out": outputs}, ()

        like = {name: tf.TensorSpec(None, kind) for name, kind in kinds.items()}
        return unfold(step, (), tf.shape(drawn["rows"])[0], like)


def _lengthened(x, axis, n_more):
    """x with so many zeros more at the end of an axis."""
    return tf.pad(x, [[0, n_more if k == axis else 0] for k in range(x.shape.rank)])


def _specs(values):
    return tf.nest.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), values)
