"""A network with a memory of its own and traced functions, ready to be loaded with numbers.

Every function is traced for tensors of unknown length, so numbers of samples, timesteps and batches never cause a new
trace. With ``unroll`` timesteps are part of the trace.
"""

from functools import partial

import numpy as np
import tensorflow as tf

from skseq.nn.decoding.searches import unfold
from skseq.nn.kernels import recurrence
from skseq.nn.kernels.precision import mixed_products
from skseq.nn.networks.autoencoder import Autoencoder, hold_back
from skseq.nn.networks.noise import Noise, Silence
from skseq.nn.networks.pooled import Recurrent
from skseq.nn.networks.seq2seq import Seq2Seq
from skseq.nn.networks.tagger import Tagger
from skseq.nn.spec import AutoencoderSpec, RecurrentSpec, Seq2SeqSpec, TaggerSpec
from skseq.nn.training.batching import batches, by_length, crop, gathered, pieces, timesteps
from skseq.nn.training.store import WeightStore

__all__ = ["PREDICT_ROWS", "CompiledNetwork"]

FOUND = {"tokens": tf.int32, "lengths": tf.int32, "log_probs": tf.float64, "scores": tf.float64}  # by a search
OF_EPOCH = ("largest_gradient_norm", "largest_weight", "learning_rate", "n_updates", "finite")
PREDICT_ROWS = 128  # every batch at predict has this many rows, so that a row's result never depends on the others
_NETWORKS = {AutoencoderSpec: Autoencoder, RecurrentSpec: Recurrent, Seq2SeqSpec: Seq2Seq, TaggerSpec: Tagger}
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
        self._totals_of_epoch = ("loss", *self.network.metrics, "gradient_norm")
        self._functions = {}

    @property
    def n_traces(self):
        """Number of graphs traced so far."""
        return len(self._functions)

    # --- traced functions ---------------------------------------------------------------------------------------------

    def train(self, data, rows, rates, seeds, n_sizes=1, n_at_once=1):
        """One update for every batch of ``rows`` (n_epochs, n_batches, batch_size), with a seed an epoch.

        Stops before an update that is not finite. With XLA, which compiles for every size of a batch, they have
        ``n_sizes`` sizes at most, and ``n_at_once`` of one size are one piece.

        Returns arrays with an entry an epoch: (amount, weight) of "loss", the metrics and "gradient_norm"; the
        "largest_gradient_norm" of its updates; at its end the "largest_weight", an absolute value, and the
        "learning_rate"; "n_updates" done; whether all up to here were "finite" (1 or 0).
        """
        dtypes = {"bptt_steps": tf.int32}
        rates = {name: tf.constant(value, dtypes.get(name, self.spec.dtype)) for name, value in rates.items()}
        how = {"n_sizes": n_sizes, "n_at_once": n_at_once} if self.spec.jit_compile else {}
        more = rates, tf.constant(seeds, tf.int32), tf.constant(n_at_once)
        numbers = self._call(self._train, data, rows, *more, **how).numpy()
        totals = {name: numbers[:, 2 * k : 2 * k + 2] for k, name in enumerate(self._totals_of_epoch)}
        return totals | dict(zip(OF_EPOCH, numbers[:, 2 * len(totals) :].T))

    def evaluate(self, data, rows):
        """Totals of loss and metrics over all batches of ``rows``, without training."""
        return self._call(self._evaluate, data, rows)

    def predict(self, what, data, n_samples, options=None, ask=None, *, memory=None):
        """One of the network's ``predict_...`` functions for all samples, as a NumPy array with samples first.

        With `SearchOptions`, a dict of arrays; ``ask`` is the Python function that constraints may ask. Of data that do
        not fit ``memory`` bytes, so many rows are held at a time (`skseq.nn.training.batching.pieces`).
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

    def _call(self, body, data, rows, *rest, key=None, **how):
        drawn = {"rows": rows, "timesteps": timesteps(data["rows"], rows, least=self.network.least, **how)}
        data = tf.nest.map_structure(tf.convert_to_tensor, data)
        arguments = (data, tf.nest.map_structure(tf.constant, drawn), *rest)
        loose = _specs(arguments[1]) | {"timesteps": tf.TensorSpec([*[None] * (rows.ndim - 1), 2], tf.int32)}
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

    def _batch(self, data, rows, timesteps):
        """The rows (batch_size,) cut to their timesteps; filling (-1) repeats the first one, at weight zero."""
        filled = tf.where(rows < 0, rows[0], rows)
        batch = {name: tf.gather(x, filled) for name, x in data["rows"].items()}
        if not self.spec.unroll:  # then the graph knows the number of timesteps
            batch = crop(batch, timesteps)
        if "weight" in batch:
            batch["weight"] *= tf.cast(rows >= 0, batch["weight"].dtype)
        batch |= data["shared"]
        return hold_back(batch) if "horizon" in batch else batch

    def _train(self, data, drawn, rates, seeds, n_at_once):
        """What `train` returns."""
        n_batches = tf.shape(drawn["rows"])[1]
        several = tf.function(self._several, autograph=False, jit_compile=True)

        def epoch(e, finite):
            rows, lengths = drawn["rows"][e], drawn["timesteps"][e]

            def step(i):
                return self._update(self._batch(data, rows[i], lengths[i]), rates, seeds[e])

            def compiled_steps(i):
                chosen = rows[i : i + n_at_once]
                n = tf.shape(chosen)[0]  # the rest is filling: XLA compiles for every shape
                chosen = tf.pad(chosen, [[0, n_at_once - n], [0, 0]], constant_values=-1)
                return several(*self._batches(data, chosen, lengths[i]), n, rates, seeds[e])

            n = tf.where(finite, n_batches, 0)
            done, totals, norm, went_on = self._descend(n, compiled_steps if self.spec.jit_compile else step)
            finite &= went_on
            numbers = [norm, self.store.largest(), self.store.current_rate(), done, finite]  # as `OF_EPOCH` has them
            numbers = [*(totals[name] for name in self._totals_of_epoch), *(x[None] for x in numbers)]
            return {"numbers": tf.concat([tf.cast(x, tf.float64) for x in numbers], 0)}, finite

        like = {"numbers": tf.TensorSpec([None], tf.float64)}  # one tensor: each would be an array of its own to trace
        return unfold(epoch, True, tf.shape(drawn["rows"])[0], like, parallel_iterations=1)["numbers"]

    def _batches(self, data, rows, timesteps):
        """Batches side by side (n_batches, batch_size, ...), cut to the same timesteps, and what they share."""
        batch = self._batch(data, tf.reshape(rows, [-1]), timesteps)
        shared = {name: batch.pop(name) for name in data["shared"] if name in batch}

        def folded(x):
            y = tf.reshape(x, tf.concat([tf.shape(rows), tf.shape(x)[1:]], 0))
            y.set_shape([None, *x.shape])
            return y

        return {name: folded(x) for name, x in batch.items()}, shared

    def _several(self, batches, shared, n, rates, seed):
        """An update for each of the first n batches (n_batches, batch_size, ...), all in one piece."""

        def step(k):
            now = recurrence.at(k)
            return self._update({name: now(x) for name, x in batches.items()} | shared, rates, seed)

        return self._descend(n, step)

    def _descend(self, n, step):
        """``step(i)`` until n updates are done or one is not finite; both give (n_done, totals, peak, finite)."""

        def body(i, totals, peak, _):
            n_done, more, norm, finite = step(i)
            totals = {name: totals[name] + more[name] for name in totals}
            return i + n_done, totals, tf.maximum(peak, norm), finite

        return tf.while_loop(
            lambda i, totals, peak, finite: (i < n) & finite,
            body,
            (0, self._no_totals("gradient_norm"), tf.zeros([], self.spec.dtype), True),
            parallel_iterations=1,
        )

    def _update(self, batch, rates, seed):
        """One step of gradient descent: whether it was done, the batch's totals, the norm, whether all was finite."""
        seed = tf.stack([seed, tf.cast(self.store.optimizer.iterations.value, tf.int32)])
        weights = self.store.tensors()
        trained = {entry.name: weights[entry.name] for entry in self.store.trained}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(trained)
            totals = self._totals(batch, weights, Noise(self.spec, rates, seed))
            objective = tf.math.divide_no_nan(totals["loss"][0], totals["loss"][1])
            if self.spec.penalty:
                objective += self._penalty(weights, rates)
        gradients = tape.gradient(objective, trained, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradients = [tf.convert_to_tensor(gradients[entry.name]) for entry in self.store.trained]
        norm = tf.linalg.global_norm(gradients)
        finite = tf.math.is_finite(norm) & tf.math.is_finite(objective)
        scale = tf.where(finite, tf.minimum(rates["clipnorm"] / tf.maximum(norm, 1e-30), 1), tf.zeros_like(norm))
        least, most = -rates["clipvalue"], rates["clipvalue"]
        gradients = [tf.clip_by_value(tf.math.multiply_no_nan(g, scale), least, most) for g in gradients]
        self.store.apply(gradients, finite)
        totals["gradient_norm"] = tf.stack([norm, tf.ones_like(norm)])
        return tf.cast(finite, tf.int32), totals, norm, finite

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
            batch = self._batch(data, drawn["rows"][i], drawn["timesteps"][i])
            more = self._totals(batch, weights, Silence())
            return i + 1, {name: totals[name] + more[name] for name in totals}

        n_batches = tf.shape(drawn["rows"])[0]
        return tf.while_loop(lambda i, _: i < n_batches, body, (0, self._no_totals()))[1]

    def _predict(self, function, kinds, timed, data, drawn):
        """What a function of a batch gives for every batch; ``kinds`` are the types of its outputs by name.

        The axes that are ``timed``, from the second on, are as long as if the batch had not been cut: zeros follow.
        """
        weights = self.store.tensors()

        def step(i, _):
            batch = self._batch(data, drawn["rows"][i], drawn["timesteps"][i])
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
    """TensorSpecs of tensors of any size."""
    return tf.nest.map_structure(lambda x: tf.TensorSpec([None] * x.shape.rank, x.dtype), values)
