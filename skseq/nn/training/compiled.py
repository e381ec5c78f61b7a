"""A runner: a network with numbers of its own and traced functions, to be loaded with weights and run.

Every function is traced for tensors of unknown length, so numbers of samples, timesteps and batches never cause a new
trace. With ``unroll`` the number of timesteps is part of the trace.
"""

from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from skseq.nn._tensorflow import one_round_of_rewriting, shared_constants
from skseq.nn.kernels.loops import at, unfold
from skseq.nn.kernels.native import native_operations
from skseq.nn.kernels.precision import mixed_products
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks.autoencoder import Autoencoder, hold_back
from skseq.nn.networks.forecast import Forecaster
from skseq.nn.networks.generator import Generator
from skseq.nn.networks.noise import SILENCE, Carried, DrawnNetwork, Noise
from skseq.nn.networks.pooled import Pooled
from skseq.nn.networks.seq2seq import Seq2Seq
from skseq.nn.networks.tagger import Tagger
from skseq.nn.process import untaped
from skseq.nn.spec import AutoencoderSpec, ForecastSpec, GeneratorSpec, PooledSpec, Seq2SeqSpec, TaggerSpec
from skseq.nn.training.batching import PARTS, batch_timesteps, by_length, crop, make_batches
from skseq.nn.training.interrupts import held_interrupts
from skseq.nn.training.plan import ONE_BY_ONE
from skseq.nn.training.store import WeightStore
from skseq.nn.training.written import check_written

FOUND = {"tokens": tf.int32, "lengths": tf.int32, "log_probs": tf.float64, "scores": tf.float64}  # by a search
OF_EPOCH = ("largest_gradient_norm", "largest_weight", "learning_rate", "n_updates", "finite")
PREDICT_ROWS, FEW_ROWS = 128, 16  # of every batch at predict; of the only one if samples are few: see `_n_rows`
_NETWORKS = {
    AutoencoderSpec: Autoencoder,
    ForecastSpec: Forecaster,
    GeneratorSpec: Generator,
    PooledSpec: Pooled,
    Seq2SeqSpec: Seq2Seq,
    TaggerSpec: Tagger,
}
# Unless they are ids, their last axis is features or classes, not time.
_WIDE = {"source", "target", "future", "before", "unit", "code", "allowed", "condition", "states"}


def check_network_weights(spec, weights):
    """Raise ValueError unless weights, name -> array, are those of a spec; nothing is allocated to find that out."""
    found = 0
    for entry in _NETWORKS[type(spec)](spec).weights():
        shape = np.shape(weights.get(entry.name))
        if shape != tuple(entry.shape):
            raise ValueError(
                f"The fitted weights are not those of their network, whose {entry.name} has the shape {entry.shape}: "
                "the file that the estimator was loaded from is damaged, or made up."
            )
        found += 1
    if found != len(weights):
        raise ValueError("The fitted weights are more than those of their network.")


class Feed(NamedTuple):
    """Tensors of the data of one graph call.

    rows name -> (n_rows, ...); shared name -> tensor, which every batch reads whole; batches (..., batch_size) of row
    indices, filled up with -1; timesteps (..., 2) of source and target that each batch is cut to.
    """

    rows: dict
    shared: dict
    batches: tf.Tensor
    timesteps: tf.Tensor


class CompiledNetwork:
    """Weights and optimizer (`store`) and graphs of one spec. Not thread-safe: lease it from the pool.

    ``data`` are `TrainingData` everywhere. Every call makes tensors of all their rows (see `TrainingData.gather`).
    """

    def __init__(self, spec):
        self.spec = spec
        self.network = _NETWORKS[type(spec)](spec)
        self.table = list(self.network.weights())
        trained = [entry for entry in self.table if spec.trains(entry.name)]
        self.store = WeightStore(self.table, trained, spec.optimizer, spec.dtype, averaged=spec.averaged)
        self._carried = Carried(spec) if getattr(spec, "carried", False) else None
        self._totals_of_epoch = ("loss", *self.network.metrics, "gradient_norm")
        self._functions = {}
        self._asked = None

    @property
    def n_traces(self):
        """Number of graphs traced so far."""
        return len(self._functions)

    # --- from arrays to arrays ----------------------------------------------------------------------------------------

    def timesteps(self, data, batches, pieces=ONE_BY_ONE):
        """Source and target timesteps (..., n_batches, 2) that `train` cuts batches (..., n_batches, batch_size) to."""
        sizes = pieces._asdict() if self.spec.jit_compile else {}
        return batch_timesteps(data.rows, batches, least=self.network.least, **sizes)

    def train(self, data, batches, rates, seeds, pieces=ONE_BY_ONE, *, timesteps=None, paths=None, so_far=None):
        """One update for every batch of row indices (n_epochs, n_batches, batch_size), with one seed per epoch.

        ``paths``, name -> (n_epochs, n_batches), are numbers for every update alone, by default 1: "rate_factor", which
        multiplies the learning rate, and "average_share" of `WeightStore.average`. Stops before an update that is not
        finite. With XLA, which compiles anew for every size of a batch, updates run as `Pieces`.

        An epoch may have several calls, and learns the same. ``so_far`` is what the call before returned, and
        ``timesteps`` are those of these batches among all of the epoch (see `timesteps`). A call then has whole pieces,
        or a part of a single one.

        Returns arrays with one entry per epoch, over all its calls: (amount, weight) of "loss", of the metrics and of
        "gradient_norm"; the "largest_gradient_norm" of its updates; at its end the "largest_weight", an absolute value,
        and the "learning_rate" times its factor; the number of updates done, "n_updates"; whether all so far were
        "finite" (1 or 0); whether an interrupt came while the graph ran, "interrupted": the caller has to raise it.
        """
        dtypes = {"bptt_steps": tf.int32}
        rates = {name: tf.constant(value, dtypes.get(name, self.spec.dtype)) for name, value in rates.items()}
        timesteps = self.timesteps(data, batches, pieces) if timesteps is None else timesteps
        paths = dict.fromkeys(("rate_factor", "average_share"), np.ones(batches.shape[:2])) | (paths or {})
        fed = {name: tf.constant(x, self.spec.dtype) for name, x in paths.items()}
        before = np.zeros((len(batches), 2 * len(self._totals_of_epoch) + 1)) if so_far is None else self._sums(so_far)
        numbers = (rates, fed, tf.constant(seeds, tf.int32), tf.constant(pieces.n_at_once), tf.constant(before))
        if self._carried is not None and so_far is None:
            self._carried.begin(batches.shape[-1])
        with held_interrupts() as interrupts:  # else what the graph returns would be lost, or half of it is traced
            run = self._ready(self._train, data, batches, *numbers, timesteps=timesteps)
            found = run().numpy()  # (n_epochs, n_numbers)
        totals = {name: found[:, 2 * k : 2 * k + 2] for k, name in enumerate(self._totals_of_epoch)}
        at_end = dict(zip(OF_EPOCH, found[:, 2 * len(totals) :].T))
        at_end["learning_rate"] *= paths["rate_factor"][:, -1]  # of the last update
        at_end["n_updates"] += 0 if so_far is None else so_far["n_updates"]
        return totals | at_end | {"interrupted": np.full(len(batches), bool(interrupts))}

    def _sums(self, found):
        """Totals and the largest gradient norm of what `train` returned, as the graph goes on with them."""
        parts = [found[name] for name in self._totals_of_epoch]  # (n_epochs, 2) each
        return np.concatenate([*parts, found["largest_gradient_norm"][:, None]], axis=1)

    def evaluate(self, data, batches, so_far=None):
        """Totals of loss and metrics over batches (n_batches, batch_size) of row indices, without training.

        They are added to ``so_far``, what a call before returned.
        """
        totals = self._no_totals() if so_far is None else so_far
        return self._call(self._evaluate, data, batches, totals)

    def predict(self, what, data, *, max_bytes=None):
        """One of the network's ``predict_...`` functions for all samples: a NumPy array, samples first.

        Of one that gives several (`Network.parts`), name -> array. As many samples are read at a time as fit into
        ``max_bytes`` (`TrainingData.split`).
        """
        function, names = getattr(self.network, f"predict_{what}"), self.network.parts.get(what, (what,))
        body = partial(self._predict, function, dict.fromkeys(names, self.spec.dtype), self.network.timed)
        found = self._for_all_samples(body, what, names, data, max_bytes)
        return found if what in self.network.parts else found[what]

    def predict_moments(self, what, data, rates, seed, n_draws, *, max_bytes=None):
        """Mean and deviation of `predict` over networks drawn by dropout at these rates (Gal and Ghahramani 2016).

        Of every draw all samples have the same masks. The number of draws has no part in the graph.
        """
        function, timed = getattr(self.network, f"predict_{what}"), self.network.timed.get(what, ())
        rank = self.network.ranks.get(what, 2 + len(timed))  # of outputs: (b, timed axes, width)
        rates = {name: tf.constant(value, self.spec.dtype) for name, value in rates.items()}
        numbers = rates, tf.constant(seed, tf.int32), tf.constant(n_draws, tf.int32)
        body = partial(self._predict_moments, function, timed, rank)
        moments = self._for_all_samples(body, ("moments", what), ["out"], data, max_bytes, *numbers)["out"]
        return moments[..., 0], moments[..., 1]

    def search(self, data, options, ask=None, *, max_bytes=None):
        """What a search with these `SearchOptions` finds for all samples: name -> NumPy array, samples first.

        ``ask`` is the Python function that constraints may ask.
        """
        function = partial(self.network.predict_found, options=options, ask=self._ask)
        body = partial(self._predict, function, FOUND, {})
        with self._asking(ask):
            return self._for_all_samples(body, options, FOUND, data, max_bytes)

    @contextmanager
    def _asking(self, ask):
        """Have `_ask` call this function: graphs outlive it, and a pooled runner must keep no estimator alive."""
        self._asked = ask
        try:
            yield
        finally:
            self._asked = None

    def _ask(self, *arguments):
        return self._asked(*arguments)

    def _for_all_samples(self, body, key, names, data, max_bytes, *numbers):
        """Outputs of a body by name, in the order of ``data.samples``; samples of similar length share a batch."""
        order = by_length(data)
        batches = make_batches(data.samples[order], _n_rows(len(order)))
        found = {name: [] for name in names}
        for call in data.split(batches, max_bytes):
            for name, x in self._call(body, *data.gather(call), *numbers, key=key).items():
                found[name].append(x.numpy().reshape(-1, *x.shape[2:]))  # of (n_batches, PREDICT_ROWS, ...)
        outputs = {name: np.concatenate(parts)[np.argsort(order)] for name, parts in found.items()}
        for x in outputs.values():
            check_written(x, self.store.weights)
        return outputs

    # --- tracing ------------------------------------------------------------------------------------------------------

    def _call(self, body, data, batches, *numbers, key=None):
        """Run ``body(feed, *numbers)`` as a graph, traced once for each key and types of its tensors."""
        timesteps = batch_timesteps(data.rows, batches, least=self.network.least)
        return self._ready(body, data, batches, *numbers, key=key, timesteps=timesteps)()

    def _ready(self, body, data, batches, *numbers, key=None, timesteps):
        """A function that runs ``body(feed, *numbers)`` as a graph, which is traced already."""
        rows, shared = ({name: tf.convert_to_tensor(x) for name, x in own.items()} for own in (data.rows, data.shared))
        feed = Feed(rows, shared, tf.constant(batches), tf.constant(timesteps))
        graph = self._graph(body, key or body.__name__, feed, numbers)

        def run():
            with one_round_of_rewriting():
                return graph(feed, *numbers)

        return run

    def _graph(self, body, key, feed, numbers):
        """The graph of a body for tensors like these."""
        kinds = [self._kinds(part) for part in (feed.rows, feed.shared)]
        key = (key, *(tuple(own.items()) for own in kinds), *(_kind(x) for x in tf.nest.flatten(numbers)))
        if key not in self._functions:
            rows, shared = ({name: tf.TensorSpec(*kind) for name, kind in own.items()} for own in kinds)
            timesteps = tf.TensorSpec([*[None] * (feed.timesteps.shape.rank - 1), 2], tf.int32)
            signature = Feed(rows, shared, _specs(feed.batches), timesteps), *_specs(numbers)
            traced = tf.function(body, input_signature=signature, autograph=False)
            with mixed_products(self.spec.mixed), native_operations(self._is_native(body)), shared_constants():
                self._functions[key] = traced.get_concrete_function()
        return untaped(self._functions[key])

    def _is_native(self, body):
        """Whether the graph of a body has the operations of `skseq.nn.kernels.native`: XLA fuses the others."""
        if body == self._train:
            return self.spec.short and not self.spec.jit_compile
        return self.spec.short or bool(getattr(self.spec, "attention", None))  # decoders ask step by step

    def _kinds(self, tensors):
        """Name -> (shape, dtype) for a graph that reads these tensors, by name.

        All lengths are unknown but those of features and classes.
        """
        kinds = {}
        for name, tensor in tensors.items():
            shape, dtype = _kind(tensor)
            if name in _WIDE and not dtype.is_integer:
                shape = *shape[:-1], tensor.shape[-1]
            if self.spec.unroll and name in PARTS:
                shape = shape[0], tensor.shape[1], *shape[2:]
            kinds[name] = shape, dtype
        return kinds

    # --- batches in the graph -----------------------------------------------------------------------------------------

    def _batch(self, feed, index, timesteps):
        """Rows of a batch by index (batch_size,), cut to their timesteps (2,), and what all batches share.

        Filling (-1) repeats the first row, at weight zero.
        """
        filled = tf.where(index < 0, index[0], index)
        batch = {name: tf.gather(x, filled) for name, x in feed.rows.items()}  # (batch_size, ...)
        if not self.spec.unroll:  # else the graph knows the number of timesteps
            batch = crop(batch, timesteps)
        if "weight" in batch:
            batch["weight"] *= tf.cast(index >= 0, batch["weight"].dtype)
        batch |= feed.shared
        return hold_back(batch) if "horizon" in batch else batch

    def _stacked_batches(self, feed, batches, timesteps):
        """Batches by index (n, batch_size), all cut to the same timesteps: rows (n, batch_size, ...), shared."""
        batch = self._batch(feed, tf.reshape(batches, [-1]), timesteps)  # (n * batch_size, ...)
        shared = {name: batch.pop(name) for name in feed.shared if name in batch}

        def stacked(x):
            y = tf.reshape(x, tf.concat([tf.shape(batches), tf.shape(x)[1:]], 0))
            y.set_shape([None, *x.shape])
            return y

        return {name: stacked(x) for name, x in batch.items()}, shared

    # --- training in the graph: epochs, updates, one update -----------------------------------------------------------

    def _train(self, feed, rates, paths, seeds, n_at_once, before):
        """Numbers (n_epochs, n_numbers) of epoch after epoch; `train` names them, and those before are from `_sums`."""
        n_epochs, n_batches = tf.unstack(tf.shape(feed.batches)[:2])
        update_each = tf.function(self._update_each, autograph=False, jit_compile=True)

        def epoch(e, finite):
            if self._carried is not None:
                self._carried.begin_again(e > 0)
            now = at(e)
            batches = feed._replace(batches=now(feed.batches), timesteps=now(feed.timesteps))
            fed = {name: now(x) for name, x in paths.items()}
            if self.spec.jit_compile:
                step = partial(self._update_piece, update_each, n_at_once, batches, rates, fed, now(seeds))
            else:
                step = partial(self._update_one, batches, rates, fed, now(seeds))
            numbers, finite = self._train_epoch(step, tf.where(finite, n_batches, 0), finite, now(before))
            return {"numbers": numbers}, finite

        like = {"numbers": tf.TensorSpec([None], tf.float64)}  # one tensor: each would be an array of its own to trace
        return unfold(epoch, True, n_epochs, like, parallel_iterations=1)["numbers"]

    def _train_epoch(self, step, n, finite, before):
        """Numbers (n_numbers,) of n updates by ``step(i, sums)``, and whether all so far were finite."""
        *pairs, peak = tf.split(tf.cast(before, self.spec.dtype), [2] * len(self._totals_of_epoch) + [1])
        before = dict(zip(self._totals_of_epoch, pairs)), tf.reshape(peak, [])
        done, (totals, norm), went_on = self._descend(n, step, before)
        finite &= went_on
        at_end = [norm, self.store.largest(), self.store.current_rate(), done, finite]  # as `OF_EPOCH` names them
        at_end = tf.stack([tf.cast(x, tf.float64) for x in at_end])
        return tf.concat([*(tf.cast(totals[name], tf.float64) for name in self._totals_of_epoch), at_end], 0), finite

    def _descend(self, n, step, sums):
        """``step(i, sums)`` until n updates are done or one is not finite; both return (n_done, sums, finite).

        Sums are (totals, largest gradient norm). Every update adds its own to those of all before, however updates
        are divided into pieces and calls: so the rounding is the same.
        """

        def body(i, sums, _):
            n_done, sums, finite = step(i, sums)
            return i + n_done, sums, finite

        return tf.while_loop(lambda i, _, finite: (i < n) & finite, body, (0, sums, True), parallel_iterations=1)

    def _update_one(self, feed, rates, paths, seed, i, sums):
        """The update of the i-th batch of an epoch."""
        now = at(i)
        rates = rates | {name: now(x) for name, x in paths.items()}
        return self._update(self._batch(feed, now(feed.batches), now(feed.timesteps)), rates, seed, sums)

    def _update_piece(self, update_each, n_at_once, feed, rates, paths, seed, i, sums):
        """The updates of ``n_at_once`` batches of an epoch, or of as many as are left, from the i-th on: one piece."""
        batches = feed.batches[i : i + n_at_once]  # (n, batch_size)
        n = size_of(batches, 0)
        # XLA compiles for every shape: a last, shorter piece is filled up.
        batches = tf.pad(batches, [[0, n_at_once - n], [0, 0]], constant_values=-1)  # (n_at_once, batch_size)
        paths = {name: tf.pad(x[i : i + n_at_once], [[0, n_at_once - n]]) for name, x in paths.items()}  # (n_at_once,)
        return update_each(*self._stacked_batches(feed, batches, feed.timesteps[i]), n, rates, paths, seed, sums)

    def _update_each(self, rows, shared, n, rates, paths, seed, sums):
        """An update for each of the first n batches of rows (n_at_once, batch_size, ...)."""

        def step(k, sums):
            now = at(k)
            batch, fed = ({name: now(x) for name, x in part.items()} for part in (rows, paths))
            return self._update(batch | shared, rates | fed, seed, sums)

        with native_operations(False):
            return self._descend(n, step, sums)

    def _update(self, batch, rates, seed, sums):
        """One optimizer step: forward, gradient, clip, apply. Returns (n_done, sums with its own, finite).

        An update that is not finite is not applied: n_done is 0.
        """
        seed = tf.stack([seed, tf.cast(self.store.optimizer.iterations.value, tf.int32)])
        more, objective, gradients = self._gradients(batch, rates, Noise(self.spec, rates, seed, self._carried))
        norm = tf.linalg.global_norm(gradients)
        finite = tf.math.is_finite(norm) & tf.math.is_finite(objective)
        gradients = _clipped(gradients, norm, finite, rates)
        if "mean_weight" in rates:  # of all samples: a batch counts for as much as its samples weigh
            share = _mean_weight(batch) / rates["mean_weight"]
            gradients = [share * gradient for gradient in gradients]
        self.store.apply(gradients, finite, rates["rate_factor"], rates.get("weight_decay"))
        self.store.average(rates["average_share"], finite)
        more["gradient_norm"] = tf.stack([norm, tf.ones_like(norm)])
        totals, peak = sums
        sums = {name: x + more[name] for name, x in totals.items()}, tf.maximum(peak, norm)
        return tf.cast(finite, tf.int32), sums, finite

    def _gradients(self, batch, rates, noise):
        """(totals, objective, gradients as the store joins them); objective = mean loss + penalty."""
        weights = self.store.tensors()
        trained = {entry.name: weights[entry.name] for entry in self.store.trained}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(trained)
            totals = self._totals(batch, weights, noise)
            descended = ("loss", *self.network.added)
            objective = tf.add_n([tf.math.divide_no_nan(*tf.unstack(totals[name])) for name in descended])
            if self.spec.penalty:
                objective += self._penalty(weights, rates)
        gradients = tape.gradient(objective, trained, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return totals, objective, self.store.joined(gradients)

    def _penalty(self, weights, rates):
        """l1 sum|w| + l2 sum w^2 over all kernels that are trained, recurrent ones included."""
        kernels = [weights[entry.name] for entry in self.store.trained if entry.penalized]
        absolute = tf.add_n([tf.reduce_sum(tf.abs(w)) for w in kernels])
        return rates["l1"] * absolute + rates["l2"] * tf.add_n([tf.reduce_sum(w * w) for w in kernels])

    def _totals(self, batch, weights, noise):
        """Name -> [sum(w x), sum(w)] of a batch, for the loss and the metrics."""
        losses, step_weights, metrics = self.network.losses(weights, batch, noise)
        pairs = {"loss": (losses * step_weights, step_weights), **metrics}
        return {name: tf.stack([tf.reduce_sum(a), tf.reduce_sum(w)]) for name, (a, w) in pairs.items()}

    def _no_totals(self):
        return {name: tf.zeros(2, self.spec.dtype) for name in ("loss", *self.network.metrics)}

    # --- evaluation and prediction in the graph -----------------------------------------------------------------------

    def _evaluate(self, feed, totals):
        """The totals with those of all batches."""
        weights = self.store.tensors()

        def body(i, totals):
            more = self._totals(self._batch(feed, feed.batches[i], feed.timesteps[i]), weights, SILENCE)
            return i + 1, {name: totals[name] + more[name] for name in totals}

        n_batches = size_of(feed.batches, 0)  # counted in the graph: any number has one trace
        return tf.while_loop(lambda i, _: i < n_batches, body, (0, totals))[1]

    def _predict(self, function, kinds, timed, feed):
        """Outputs (n_batches, batch_size, ...) of ``function(weights, batch)``; ``kinds`` are their types by name.

        Axes from the second on that are ``timed``, by name, are as long as if the batch had not been cut: zeros follow.
        """
        weights = self.store.tensors()

        def step(i, _):
            batch = self._batch(feed, feed.batches[i], feed.timesteps[i])
            outputs = function(weights, batch)
            outputs = dict(outputs) if isinstance(outputs, dict) else dict.fromkeys(kinds, outputs)
            for name in outputs:
                for axis, part in enumerate(timed.get(name, ()), 1):
                    n_more = size_of(feed.rows[part], 1) - size_of(batch[part], 1)
                    outputs[name] = _lengthened(outputs[name], axis, n_more)
            return outputs, ()

        like = {name: tf.TensorSpec(None, kind) for name, kind in kinds.items()}
        return unfold(step, (), size_of(feed.batches, 0), like)

    def _predict_moments(self, function, timed, rank, feed, rates, seed, n_draws):
        """`_predict` of mean and deviation over draws, side by side in a last axis (n_batches, batch_size, ..., 2)."""

        def moments(weights, batch):
            def draw(s, mean, squares):  # Welford's update: no large sums that cancel
                noise = DrawnNetwork(self.spec, rates, tf.stack([seed, s]))
                outputs = function(weights, batch, noise)
                moved = mean + (outputs - mean) / tf.cast(s + 1, mean.dtype)
                return s + 1, moved, squares + (outputs - mean) * (outputs - moved)

            zero, shape = tf.zeros([1] * rank, self.spec.dtype), tf.TensorShape([None] * rank)
            start, shapes = (tf.constant(0), zero, zero), (tf.TensorShape([]), shape, shape)
            _, mean, squares = tf.while_loop(lambda s, *_: s < n_draws, draw, start, shapes)
            return tf.stack([mean, tf.sqrt(squares / tf.cast(n_draws, mean.dtype))], -1)

        return self._predict(moments, {"out": self.spec.dtype}, {"out": timed}, feed)


def _n_rows(n_samples):
    """Rows of every batch at predict, whatever there is to fill them.

    A row's result must not depend on the others. Products give every row the same sums if the number of rows is the
    same, or a multiple of what the processor's vectors hold.
    """
    return FEW_ROWS if n_samples <= FEW_ROWS else PREDICT_ROWS


def in_whole_batches(n_samples):
    """The most samples, up to so many and at least one, that fill batches of predict: one half empty takes as long."""
    if n_samples >= PREDICT_ROWS:
        return n_samples // PREDICT_ROWS * PREDICT_ROWS
    return max(1, min(n_samples, FEW_ROWS))


def _mean_weight(batch):
    """The mean weight of the samples of a batch that have any."""
    n = tf.math.count_nonzero(batch["weight"], dtype=batch["weight"].dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(batch["weight"]), n)


def _clipped(gradients, norm, finite, rates):
    """Gradients scaled to a norm of all together of at most clipnorm, then cut to clipvalue; 0 if not finite."""
    clipnorm = rates["clipnorm"]
    scale = tf.where(finite, clipnorm / tf.maximum(tf.maximum(norm, clipnorm), 1e-30), tf.zeros_like(norm))  # at most 1
    least, most = -rates["clipvalue"], rates["clipvalue"]
    return [tf.clip_by_value(tf.math.multiply_no_nan(g, scale), least, most) for g in gradients]


def _lengthened(x, axis, n_more):
    """x with n_more zeros at the end of an axis."""
    return tf.pad(x, [[0, n_more if k == axis else 0] for k in range(x.shape.rank)])


def _kind(tensor):
    """(shape, dtype) of a tensor, all lengths unknown."""
    return (None,) * tensor.shape.rank, tensor.dtype


def _specs(values):
    """TensorSpecs of tensors of any size."""
    return tf.nest.map_structure(lambda x: tf.TensorSpec(*_kind(x)), values)
