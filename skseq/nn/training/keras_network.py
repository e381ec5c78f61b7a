"""A keras.Model of the user's own: NumPy arrays in and out, training by Keras, predictions in batches of one size.

The model, its optimizer, loss and metrics come from ``spec.builder``. Here stands what the model reads, what it is to
write, and how a fit and a prediction run. `skseq.nn.training.keras_checks` checks what it writes.
"""

import copy
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from skseq.nn._keras import carries_mask, embeddings, reduce_nothing
from skseq.nn._tensorflow import one_round_of_rewriting
from skseq.nn.process import untaped
from skseq.nn.training.compiled import PREDICT_ROWS
from skseq.nn.training.interrupts import accept_interrupt
from skseq.nn.training.keras_checks import (
    cannot_read,
    check_encoding,
    check_losses,
    check_outputs,
    check_padding,
    input_names,
    is_of_keras,
    loss_name,
    more_steps,
    naming_ids,
    step_mask,
)
from skseq.nn.training.keras_fit import Batches, Held, Watch
from skseq.nn.training.store import ModelStore
from skseq.nn.training.written import check_written

_DEFAULT_LOSSES = {
    "classify": "sparse_categorical_crossentropy",
    "regress": "mean_squared_error",
    "reconstruct": "mean_squared_error",
}
ENCODING = "encoding"  # name of the layer whose output `transform` gives
EXTRA_STEPS = 3  # of padding, which must not change what a model writes


class OwnNetwork:
    """The model of an `OwnNetworkSpec`, built when it is needed. Not thread-safe: lease it from the pool."""

    def __init__(self, spec):
        self.spec, self._model, self._store, self._functions = spec, None, None, {}
        self._leaves_padding_out = set()
        self.masks_output = False  # whether Keras' loss leaves out masked steps of the output; known after a prediction

    # --- the model ----------------------------------------------------------------------------------------------------

    @property
    def model(self):
        """The compiled `keras.Model`."""
        if self._model is None:
            self.build(0)  # weights will be loaded
        return self._model

    @property
    def store(self):
        """Weights and state of the optimizer."""
        if self._store is None:
            self._store = ModelStore(self.model)
        return self._store

    def build(self, seed):
        """Build and compile the model, with initial weights from a seed; it takes the place of an earlier one."""
        self._model, self._store, self._functions = self.spec.builder.build(seed), None, {}
        self._leaves_padding_out = set()  # which of "model" and "encoder" is known to
        self.input_names = input_names(self._model)
        outputs = self._symbolic_outputs()
        self._sigmoid = self.spec.task == "classify" and self.spec.sizes == (2,) and outputs[0].shape[-1] == 1
        loss = "binary_crossentropy" if self._sigmoid else _DEFAULT_LOSSES[self.spec.task]
        self.spec.builder.compile(self._model, loss if len(outputs) == 1 else [loss] * len(outputs))
        reduce_nothing(self._model.optimizer)
        self._losses = _losses(self._model.loss, len(outputs))
        self._one_hot = [loss_name(loss).startswith("categorical") for loss in self._losses]

    def _symbolic_outputs(self):
        """Symbolic outputs, in a list; calling for them builds a model that has no graph yet."""
        if self._model.built and getattr(self._model, "outputs", None):
            return self._model.outputs
        shape, dtype = (PREDICT_ROWS, self.spec.n_timesteps, self.spec.source_size), self.spec.dtype
        if self.spec.tokens:
            shape, dtype = shape[:2], "int32"
        try:
            return keras.tree.flatten(self._model(keras.KerasTensor(shape, dtype)))
        except Exception as error:
            raise cannot_read(shape, error) from error

    @property
    def _n_timesteps(self):
        """How many timesteps the model reads; None is any number."""
        for tensor in getattr(self.model, "inputs", None) or []:
            if self.input_names is None or tensor.name != "lengths":
                return tensor.shape[1] if len(tensor.shape) > 1 else None  # source or mask: (None, n_timesteps, ...)
        return None

    @property
    def embeddings(self):
        """(rows, whether these are drawn and trained) of each embedding of the model."""
        given = keras.initializers.Constant
        return [
            (layer.input_dim, layer.trainable and not isinstance(layer.embeddings_initializer, given))
            for layer in embeddings(self.model)
        ]

    def encoder(self):
        """The model up to its layer named "encoding"."""
        try:
            return keras.Model(self.model.inputs, self.model.get_layer(ENCODING).output)
        except (AttributeError, ValueError) as error:
            raise ValueError(
                "transform needs the model of network to have a layer named 'encoding', in a functional or Sequential "
                f"model, whose output is (n_samples, n_encodings). The layers are named "
                f"{', '.join(layer.name for layer in self.model.layers)}."
            ) from error

    # --- data ---------------------------------------------------------------------------------------------------------

    def _padded(self, source):
        """The source with as many timesteps as the model reads."""
        missing = 0 if self._n_timesteps is None else self._n_timesteps - source.shape[1]
        if missing < 0:
            raise ValueError(
                f"The model of network reads {self._n_timesteps} timesteps, but X has {source.shape[1]}: build it with "
                "None in the place of timesteps, e.g. keras.Input((None, meta['n_features']))."
            )
        return more_steps(source, missing) if missing else source

    def inputs(self, rows):
        """What the model reads of some rows: the source, or one array per named input."""
        source = self._padded(rows["source"])
        if self.input_names is None:
            return source
        lengths = _lengths(rows)
        named = {"source": source, "mask": step_mask(lengths, source.shape[1]), "lengths": lengths}
        return {name: named[name] for name in self.input_names}

    def targets(self, rows):
        """What the model is to write, in the structure of its outputs."""
        if self.spec.task == "reconstruct":
            return self._padded(rows["source"])
        if self.spec.task == "regress":
            return rows["target"]
        if self._sigmoid:
            return rows["target"].astype(self.spec.dtype)  # (n, 1): 1 for the second class
        columns = [
            np.eye(size, dtype=self.spec.dtype)[ids] if one_hot else ids  # as the loss of that output reads classes
            for ids, size, one_hot in zip(rows["target"].T, self.spec.sizes, self._one_hot)
        ]
        return columns[0] if len(columns) == 1 else tuple(columns)

    def weights(self, rows):
        """Sample weights (n,); for reconstructions times the mask, (n, t), so that padding never counts."""
        weight = rows["weight"]
        if self.spec.task != "reconstruct":
            return weight
        n_timesteps = self._padded(rows["source"]).shape[1]
        return weight[:, None] * step_mask(_lengths(rows), n_timesteps)  # (n, t)

    def batch(self, rows, mean_weight=None):
        """(inputs, targets, weights) of a batch, the latter over ``mean_weight``.

        With that of the batch, the mean that Keras takes is sum(w l) / sum(w).
        """
        mean_weight = self.mean_weight(rows) if mean_weight is None else mean_weight
        weights = (self.weights(rows) / mean_weight).astype(self.spec.dtype)
        n_outputs = len(self._one_hot)
        return self.inputs(rows), self.targets(rows), weights if n_outputs == 1 else (weights,) * n_outputs

    def mean_weight(self, rows, samples=slice(None)):
        """The mean weight over everything that Keras' mean counts: samples, or the steps of a reconstruction."""
        weight = rows["weight"][samples].astype(np.float64)
        if self.spec.task != "reconstruct":
            return weight.mean()
        lengths, n_timesteps = _lengths(rows)[samples], self._n_timesteps or rows["source"].shape[1]
        # Keras counts padded steps too, with weight 0, unless the output carries a mask.
        n_counted = lengths.sum() if self.masks_output else len(lengths) * n_timesteps
        return weight @ lengths / n_counted

    # --- what the model writes ----------------------------------------------------------------------------------------

    def check(self, rows):
        """Raise ValueError if what the model writes for some rows does not suit the task; width of the encoding."""
        some = {name: x[:PREDICT_ROWS] for name, x in rows.items()}  # one batch shows what a model does
        outputs = self._outputs("model", some)
        check_outputs(outputs, self._needed_shapes(some), self.spec, sigmoid=self._sigmoid)
        one_class = self.spec.task == "classify" and self.spec.sizes == (1,)  # whose probability is 1, by any loss
        if self._has_loss_of_keras and not one_class:
            check_losses(self._losses, outputs, self.spec.task)
        self._check_padding_once("model", rows, outputs)
        if self.spec.task != "reconstruct":
            return None
        self.encoder()  # raises if no layer is named "encoding"
        (encoding,) = self._outputs("encoder", some)
        check_encoding(encoding)
        self._check_padding_once("encoder", rows, [encoding])
        return encoding.shape[1]

    def _needed_shapes(self, rows):
        """The shape that each output must have for some rows."""
        source, sizes = self._padded(rows["source"]), self.spec.sizes
        if self.spec.task == "reconstruct":
            return [source.shape]
        if self.spec.task == "regress":
            return [(len(source), len(sizes))]
        return [(len(source), size) for size in sizes]

    def _check_padding_once(self, which, rows, outputs):
        """`_check_padding` where lengths differ for the first time, with as many rows as a batch has."""
        if which in self._leaves_padding_out or not self._pads(rows):
            return
        some = {name: x[:PREDICT_ROWS] for name, x in rows.items()}
        self._check_padding(some, which, [output[:PREDICT_ROWS] for output in outputs])
        self._leaves_padding_out.add(which)

    def _pads(self, rows):
        """Whether some of the rows are shorter than others, and the model reads any number of timesteps."""
        padded = "source_lengths" in rows and rows["source_lengths"].min() < rows["source"].shape[1]
        return padded and self._n_timesteps is None  # else everything is padded to the one length that it reads

    def _check_padding(self, rows, which, outputs):
        """Raise ValueError if more padding on the right of ragged sequences changes what the model writes."""
        longer = rows | {"source": more_steps(rows["source"], EXTRA_STEPS)}
        check_padding(outputs, self._outputs(which, longer), step_mask(_lengths(rows), rows["source"].shape[1]))

    def predict(self, what, data, *, max_bytes=None):
        """The "probs", "values", "reconstruction" or "states" of all rows of `TrainingData`: an array, rows first.

        Rows are read batch by batch, whatever ``max_bytes`` is.
        """
        rows, which = data.rows, "encoder" if what == "states" else "model"
        outputs = self._outputs(which, rows)
        self._check_padding_once(which, rows, outputs)
        for output in outputs:
            check_written(output, self.store.weights)
        if what == "reconstruction":
            return outputs[0][:, : rows["source"].shape[1]]
        if what == "probs" and self._sigmoid:
            return np.concatenate([1 - outputs[0], outputs[0]], axis=1)  # (n, 1) to (n, 2)
        return np.concatenate(outputs, axis=1)

    def _outputs(self, which, rows):
        """Every output as an array, in batches of one size, so that a row's result does not depend on the others."""
        n_samples, pieces = len(rows["source"]), []
        for start in range(0, n_samples, PREDICT_ROWS):
            index = np.minimum(np.arange(start, start + PREDICT_ROWS), n_samples - 1)  # the last row fills up
            inputs = self.inputs({name: x[index] for name, x in rows.items()})
            function = self._function(which, inputs)
            with one_round_of_rewriting(), naming_ids(self.spec):
                outputs = function(keras.tree.map_structure(tf.constant, inputs))
            pieces.append([output.numpy()[: n_samples - start] for output in outputs])
        return [np.concatenate(parts) for parts in zip(*pieces)]

    def _function(self, which, inputs):
        """The traced model or encoder, for any number of samples and (if the model allows it) of timesteps."""
        if which not in self._functions:
            model = self.model if which == "model" else self.encoder()
            signature = [keras.tree.map_structure(self._relaxed, inputs)]
            traced = tf.function(partial(self._call, which, model), input_signature=signature)
            try:
                self._functions[which] = traced.get_concrete_function()
            except Exception as error:
                raise cannot_read(keras.tree.map_structure(np.shape, inputs), error) from error
        return untaped(self._functions[which])

    def _call(self, which, model, inputs):
        """All outputs in a list."""
        outputs = keras.tree.flatten(model(inputs, training=False))
        if which == "model":
            self.masks_output = any(carries_mask(output) for output in outputs)
        return outputs

    def _relaxed(self, array):
        """The tensors that a graph reads in the place of an array: (None, n_timesteps or None, ...)."""
        steps = [self._n_timesteps] if array.ndim > 1 else []  # lengths (n,) have no steps
        return tf.TensorSpec([None, *steps, *array.shape[2:]], tf.as_dtype(array.dtype))

    # --- training -----------------------------------------------------------------------------------------------------

    def fit(self, data, validation, options, rng):
        """Train by ``keras.Model.fit``; returns a `FitResult`.

        Data, validation data and what a KeyboardInterrupt keeps are as in `skseq.nn.training.fitting.fit_network`. Data
        are read batch by batch.
        """
        watch = Watch(self, options)
        callbacks = [*self.spec.builder.callbacks(), *(copy.copy(callback) for callback in options.callbacks), watch]
        usual = options.rates.get("mean_weight")
        batches = Batches(self, data, options.batch_size, rng if options.shuffle else None, usual)
        held = None if validation is None else Held(self, validation, options.batch_size)
        interrupted, n_before = False, self.store.n_steps
        try:
            with one_round_of_rewriting(), naming_ids(self.spec):
                self.model.fit(
                    batches,
                    validation_data=held,
                    epochs=options.epochs,
                    verbose=0,  # `Progress` prints
                    callbacks=callbacks,
                    shuffle=False,  # `Batches` shuffles, by the random state of the fit
                    **self.spec.builder.fit_arguments(),
                )
        except KeyboardInterrupt:
            if self.store.n_steps == n_before:  # nothing was learnt that could be kept
                raise
            interrupted = True
            watch.cut_short(validation is not None)
            accept_interrupt()
        finally:
            batches.release()
            if held is not None:
                held.release()
        return watch.record.result(self.store, lambda: watch.last, interrupted)

    def constant_loss(self, data):
        """The loss of the same answer to all `TrainingData`, the best of some; None where it is not known.

        That is of losses that are not Keras's own, of penalties, and of models with several outputs.
        """
        loss, several = self._losses[0], len(self._losses) > 1
        sums = getattr(loss, "reduction", "mean") == "sum"
        if several or sums or not is_of_keras(loss) or not self._has_loss_of_keras or self.model.losses:
            return None
        answers = self._constant_answers(data)
        totals, total_weight = np.zeros(len(answers)), 0.0
        for rows in self._parts(data):
            targets, weights = tf.constant(self.targets(rows)), self.weights(rows).astype(self.spec.dtype)
            total_weight += len(weights) * weights.mean()
            for index, answer in enumerate(answers):
                same = np.broadcast_to(answer, (*weights.shape, len(answer))).astype(self.spec.dtype)
                found = self.model.compute_loss(y=targets, y_pred=tf.constant(same), sample_weight=weights)
                totals[index] += len(weights) * float(found)  # Keras gives the mean over samples, or over steps
        least = float(totals.min() / total_weight)
        return least if np.isfinite(least) and least > 0 else None

    def _constant_answers(self, data):
        """Shares of the classes; of numbers the means and, unless these are the source, the medians: each (k,)."""
        if self.spec.task == "classify":
            ids = data.rows["target"][data.samples, 0]
            shares = np.bincount(ids, data.rows["weight"][data.samples], minlength=self.spec.sizes[0])
            shares = shares / shares.sum()
            return [shares[1:] if self._sigmoid else shares]
        total, total_weight = 0.0, 0.0
        for rows in self._parts(data):
            weights = self.weights(rows).astype(np.float64)
            total = total + np.tensordot(weights, np.asarray(self.targets(rows), np.float64), weights.ndim)  # (k,)
            total_weight += weights.sum()
        medians = [np.median(data.rows["target"][data.samples], axis=0)] if self.spec.task == "regress" else []
        return [total / total_weight, *medians]

    def _parts(self, data):
        """Rows of the samples that are meant, a batch of predictions at a time."""
        for start in range(0, data.n_samples, PREDICT_ROWS):
            index = data.samples[start : start + PREDICT_ROWS]
            yield {name: x[index] for name, x in data.rows.items()}

    def adds_up(self, rows):
        """Whether equal rows can be merged into one of their total weight: no noise, no statistics, no metrics."""
        if self._trains_itself or self.model.non_trainable_weights or any(m.name != "loss" for m in self.model.metrics):
            return False
        signature = keras.tree.map_structure(self._relaxed, self.inputs(rows))
        function = tf.function(lambda inputs: self.model(inputs, training=True), autograph=False)
        return not _draws_noise(function.get_concrete_function(signature).graph.as_graph_def())

    @property
    def _trains_itself(self):
        return type(self.model).train_step is not keras.Model.train_step

    @property
    def _has_loss_of_keras(self):
        """Whether what the model was compiled with is its loss."""
        return not self._trains_itself and type(self.model).compute_loss is keras.Model.compute_loss


# --- names and lengths ------------------------------------------------------------------------------------------------


def _losses(loss, n_outputs):
    """The loss of every output."""
    losses = list(loss.values()) if isinstance(loss, dict) else loss
    return list(losses) if isinstance(losses, (list, tuple)) else [losses] * n_outputs


def _lengths(rows):
    n_samples, n_timesteps = rows["source"].shape[:2]
    return rows.get("source_lengths", np.full(n_samples, n_timesteps, np.int32))


def _draws_noise(graph):
    """Whether a graph has an operation that draws random numbers, functions that it calls included."""
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return any("Random" in node.op for node in nodes)
