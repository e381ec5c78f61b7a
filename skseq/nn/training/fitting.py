"""The training loop around compiled epochs: history, Keras callbacks, early stopping, interruption, divergence."""

import copy
import math
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from skseq.nn.export.callback_model import CallbackModel
from skseq.nn.training.batching import batches, by_length, fit_memory, gathered, pieces
from skseq.nn.training.plan import for_xla

__all__ = ["FitOptions", "FitResult", "fit_network", "samples_of"]

AWHILE = 0.5  # seconds that a call of several epochs takes at most, about: an interruption waits for it
DRAWN = 1_000_000  # rows that such a call draws at most
PIECES = 20  # with a progress bar, an epoch is run in this many graph calls at most
_BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
_TEST_BATCH_HOOKS = ("on_test_batch_begin", "on_test_batch_end")


@dataclass(frozen=True, kw_only=True)
class FitOptions:
    """How to train: nothing here is part of a graph.

    ``rates`` are fed to every update: dropout, recurrent_dropout, l1, l2, clipnorm, clipvalue, input_noise,
    step_dropout, bptt_steps. ``patience`` is the number of epochs without a better validation loss after which training
    stops and the best weights return; None is off. ``memory`` is how many bytes an epoch may hold of the data besides
    the data themselves (`skseq.nn.training.batching.pieces`); None is any number.
    """

    epochs: int
    batch_size: int
    rates: dict
    learning_rate: float | None = None
    patience: int | None = None
    shuffle: bool = True
    verbose: int = 0
    callbacks: list = field(default_factory=list)
    memory: int | None = None


@dataclass(frozen=True, kw_only=True)
class FitResult:
    """What training leaves: numbers only. ``diverged`` says what was not finite, or is None."""

    weights: dict
    slots: list
    history: dict
    diverged: str | None = None


class _Best:
    """The best weights so far by validation loss."""

    def __init__(self, patience):
        self.patience, self.loss, self.weights, self.slots, self.waited = patience, math.inf, None, None, 0

    def update(self, loss, store):
        if loss < self.loss:
            self.loss, self.weights, self.slots, self.waited = loss, store.weights(), store.slots(), 0
        else:
            self.waited += 1
        return self.waited >= self.patience


class _Hooks:
    """Keras callbacks driven around the epochs, with a stock Keras model to look at and to change.

    The model is built only if there are callbacks. Before a hook it gets the network's weights; afterwards what a
    callback changed (weights, learning rate, stop_training) goes back to the network.
    """

    def __init__(self, network, options, n_timesteps, n_batches):
        callbacks = [copy.copy(callback) for callback in options.callbacks]
        self.model = None
        if callbacks:
            self.model = CallbackModel(network, n_timesteps)
        self.each_batch = any(_overrides(callback, _BATCH_HOOKS) for callback in callbacks)
        self.each_test_batch = any(_overrides(callback, _TEST_BATCH_HOOKS) for callback in callbacks)
        self.list = keras.callbacks.CallbackList(
            callbacks,
            add_progbar=options.verbose > 0,
            model=self.model and self.model.keras_model,
            verbose=options.verbose,
            epochs=options.epochs,
            steps=n_batches,
        )

    def __call__(self, hook, *arguments):
        if self.idle:
            return
        if self.model is not None:
            self.model.push()
        getattr(self.list, hook)(*arguments)
        if self.model is not None:
            self.model.pull()

    @property
    def idle(self):
        """Whether no hook does anything."""
        return not self.list.callbacks

    @property
    def stop(self):
        return self.model is not None and bool(self.model.keras_model.stop_training)


def _overrides(callback, hooks):
    """Whether a callback does anything in one of the hooks for single batches."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_freq == "epoch":
        return False  # it has them for the case that it saves every so many batches
    plain = keras.callbacks.Callback
    return any(getattr(getattr(callback, hook), "__func__", None) is not getattr(plain, hook) for hook in hooks)


def fit_network(network, data, options, *, weights, slots=None, rng, n_timesteps, validation=None):
    """Train a network from these weights and slots of the optimizer on (None: a new one's); returns its numbers.

    A KeyboardInterrupt ends training and keeps what was learnt.

    Short epochs share a graph call where nobody looks in between: a call costs 1.6 ms before any update, and Python as
    much again. So of the epochs of the last half second an interruption may keep the weights, but not the history.

    Data, and validation data, are those of a `CompiledNetwork`; if only some of the rows are meant, "samples" are their
    indices.
    """
    network.store.load(weights)
    _set_out(network.store, slots, options)
    drawn = _drawn(samples_of(data), options, np.random.RandomState(0))
    hooks = _Hooks(network, options, n_timesteps, len(drawn))
    unwatched = hooks.idle and validation is None and fit_memory(data["rows"], options.memory)
    best = _Best(options.patience) if options.patience is not None else None
    history, diverged = {}, None
    shapes = for_xla(data["rows"], drawn, options.epochs, options.memory) if network.spec.jit_compile else ()
    try:
        hooks("on_train_begin")
        for epoch, (logs, finite) in enumerate(_epochs(network, data, options, rng, hooks, unwatched, shapes)):
            if validation is not None:
                logs |= _validate(network, validation, options, hooks)
            for name, value in logs.items():
                history.setdefault(name, []).append(value)
            diverged = _not_finite(logs, finite, epoch)
            if diverged:
                break
            hooks("on_epoch_end", epoch, dict(logs))
            if (best is not None and best.update(logs["val_loss"], network.store)) or hooks.stop:
                break
        hooks("on_train_end", dict(logs))
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user: the weights learnt so far are kept.", stacklevel=2)

    def begin_again():
        _set_out(network.store, slots, options)
        return weights, network.store.slots()

    return _result(network.store, best, history, diverged, begin_again)


def _set_out(store, slots, options):
    """Give the optimizer the state that a fit begins with."""
    store.load_slots(slots)
    if options.learning_rate is not None:
        store.learning_rate = options.learning_rate


def samples_of(data):
    """Indices of the rows that are meant."""
    return data.get("samples", np.arange(len(data["rows"]["weight"])))


def _drawn(samples, options, rng):
    """The batches of one epoch."""
    rows = samples[rng.permutation(len(samples))] if options.shuffle else samples
    return batches(rows, min(options.batch_size, len(samples)))


def _not_finite(logs, finite, epoch):
    """What was not finite in an epoch, or None."""
    if not finite:
        return f"the loss or its gradient was not finite in epoch {epoch + 1}"
    if not math.isfinite(logs.get("val_loss", 0.0)):
        return f"the validation loss was not finite in epoch {epoch + 1} (look at X_val, too)"
    return None


def _result(store, best, history, diverged, begin_again):
    """The best numbers if there are any, else the last ones, else, if those are not finite, (weights, slots) anew."""
    store.finalize()
    weights, slots = store.weights(), store.slots()
    if best is not None and best.weights is not None:
        weights, slots = best.weights, best.slots
    if not all(np.isfinite(value).all() for value in weights.values()):
        weights, slots = begin_again()
        diverged = diverged or f"the weights were not finite after epoch {len(history.get('loss', []))}"
    return FitResult(weights=weights, slots=slots, history=history, diverged=diverged)


def _epochs(network, data, options, rng, hooks, unwatched, shapes):
    """(logs, whether all updates were finite) of one epoch after the other; ``unwatched``, some of them in one call."""
    samples, done, n_at_once = samples_of(data), 0, 1
    while done < options.epochs:
        some = range(done, min(done + n_at_once, options.epochs))
        drawn = [(_drawn(samples, options, rng), int(rng.randint(np.iinfo(np.int32).max))) for _ in some]
        for epoch in some:
            hooks("on_epoch_begin", epoch)
        rows, seeds = (np.stack(part) for part in zip(*drawn))
        started = time.perf_counter()
        yield from _run_epochs(network, data, rows, options, seeds, hooks, shapes)
        if unwatched:
            fitting = AWHILE * len(some) / (time.perf_counter() - started)
            n_at_once = max(1, int(min(fitting, DRAWN // rows[0].size)))
        done += len(some)


def _run_epochs(network, data, rows, options, seeds, hooks, shapes):
    """Batches of epochs (n_epochs, n_batches, batch_size), one epoch in as few calls as callbacks and memory allow."""
    n_batches, in_pieces = rows.shape[1], hooks.each_batch or options.verbose == 1
    n_calls = n_batches if hooks.each_batch else min(PIECES, n_batches) if in_pieces else 1
    parts = [rows]
    if len(rows) == 1:
        parts = [part[None] for part in pieces(data["rows"], rows[0], options.memory, n_calls)]
    totals, norms, done = {}, [], 0
    for drawn in parts:
        if in_pieces:
            hooks("on_train_batch_begin", done)
        found = network.train(*gathered(data, drawn), options.rates, seeds, *shapes)
        totals = _added(totals, {name: found[name] for name in ("loss", *network.network.metrics, "gradient_norm")})
        norms.append(found["largest_gradient_norm"])
        done += int(found["n_updates"][0])
        if in_pieces:
            hooks("on_train_batch_end", done - 1, _means(_entry(totals, 0)))
        if not found["finite"].all():
            break
    peaks = {"largest_gradient_norm": np.max(norms, 0)}
    peaks |= {name: found[name] for name in ("largest_weight", "learning_rate")}
    logs = [_means(_entry(totals, k)) | {name: float(x[k]) for name, x in peaks.items()} for k in range(len(rows))]
    return list(zip(logs, found["finite"].astype(bool)))


def _entry(arrays, k):
    return {name: x[k] for name, x in arrays.items()}


def _validate(network, validation, options, hooks):
    """Loss and metrics on the validation data, under names that begin with "val_"."""
    samples = samples_of(validation)
    lengths = {name: x[samples] for name, x in validation["rows"].items() if name.endswith("_lengths")}
    rows = batches(samples[by_length(lengths, len(samples))], min(options.batch_size, len(samples)))
    hooks("on_test_begin")
    totals = {}
    n_calls = len(rows) if hooks.each_test_batch else 1
    for batch, drawn in enumerate(pieces(validation["rows"], rows, options.memory, n_calls)):
        if hooks.each_test_batch:
            hooks("on_test_batch_begin", batch)
        totals = _added(totals, network.evaluate(*gathered(validation, drawn)))
        if hooks.each_test_batch:
            hooks("on_test_batch_end", batch, _means(totals))
    totals = {name: totals[name] for name in ("loss", *network.network.metrics)}
    hooks("on_test_end", _means(totals))
    return {f"val_{name}": value for name, value in _means(totals).items()}


def _added(totals, more):
    return {name: totals.get(name, 0) + np.array(value) for name, value in more.items()}


def _means(totals: dict[str, Any]):
    """Amount over weight, as Python floats."""
    return {name: float(amount / weight) if weight else 0.0 for name, (amount, weight) in totals.items()}
