"""A keras.Model of the user's own: numbers in and out, training as Keras trains, predictions in batches of one shape.

The model, its optimizer, loss and metrics come from ``spec.builder``; everything here is about what goes in and out.
"""

import copy
import re
import warnings

import keras
import numpy as np
import tensorflow as tf

from skseq.nn.networks.weights import as_array
from skseq.nn.training.compiled import PREDICT_ROWS
from skseq.nn.training.fitting import Best, fit_result

__all__ = ["INPUTS", "OwnNetwork"]

INPUTS = {  # name of an input -> what a model with several inputs gets there
    "source": "the padded sequences",
    "mask": "(n_samples, n_timesteps) bool, True on real steps",
    "lengths": "(n_samples,) int32, real steps",
}
_DEFAULT_LOSSES = {
    "classify": "sparse_categorical_crossentropy",
    "regress": "mean_squared_error",
    "reconstruct": "mean_squared_error",
}
_COUNTER = re.compile(r"_\d+(?=/|$)")  # by which Keras tells layers of one name apart, counting through the process
ENCODING = "encoding"
PADDING = 3  # steps of padding that must not change what a model writes


class OwnNetwork:
    """The model of an `OwnNetworkSpec`, built when it is needed. Not thread-safe: lease it from the pool."""

    def __init__(self, spec):
        self.spec, self._model, self._store, self._functions = spec, None, None, {}
        self.masks_output = False  # whether the model's output carries a Keras mask; known after a prediction

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
            self._store = _ModelStore(self.model)
        return self._store

    def build(self, seed):
        """Build and compile the model, with initial weights from a seed."""
        self._model = self.spec.builder.build(seed)
        self.input_names = _input_names(self._model)
        outputs = self._symbolic_outputs()
        self._sigmoid = self.spec.task == "classify" and self.spec.sizes == (2,) and outputs[0].shape[-1] == 1
        loss = "binary_crossentropy" if self._sigmoid else _DEFAULT_LOSSES[self.spec.task]
        self.spec.builder.compile(self._model, loss if len(outputs) == 1 else [loss] * len(outputs))
        self._one_hot = [name.startswith("categorical") for name in _loss_names(self._model.loss, len(outputs))]

    def _symbolic_outputs(self):
        """Symbolic outputs, in a list; a model without a graph of its own is built by them."""
        if self._model.built and getattr(self._model, "outputs", None):
            return self._model.outputs
        spec = self.spec
        shape = (PREDICT_ROWS, spec.n_timesteps) if spec.tokens else (PREDICT_ROWS, spec.n_timesteps, spec.source_size)
        try:
            return keras.tree.flatten(self._model(keras.KerasTensor(shape, "int32" if spec.tokens else spec.dtype)))
        except Exception as error:
            raise _cannot_read(shape, error) from error

    @property
    def _n_timesteps(self):
        """How many timesteps the model reads; None is any number."""
        for tensor in getattr(self.model, "inputs", None) or []:
            if self.input_names is None or tensor.name != "lengths":
                return tensor.shape[1] if len(tensor.shape) > 1 else None
        return None

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
        return np.pad(source, [(0, 0), (0, missing)] + [(0, 0)] * (source.ndim - 2)) if missing else source

    def inputs(self, rows):
        """What the model reads of some rows: the source, or what its inputs are named after."""
        source = self._padded(rows["source"])
        if self.input_names is None:
            return source
        lengths = _lengths(rows)
        named = {"source": source, "mask": _mask(lengths, source.shape[1]), "lengths": lengths}
        return {name: named[name] for name in self.input_names}

    def targets(self, rows):
        """What the model is to write, in the structure of its outputs."""
        if self.spec.task == "reconstruct":
            return self._padded(rows["source"])
        if self.spec.task == "regress":
            return rows["target"]
        if self._sigmoid:
            return rows["target"].astype(self.spec.dtype)
        columns = [
            np.eye(size, dtype=self.spec.dtype)[ids] if one_hot else ids
            for ids, size, one_hot in zip(rows["target"].T, self.spec.sizes, self._one_hot)
        ]
        return columns[0] if len(columns) == 1 else tuple(columns)

    def weights(self, rows):
        """Sample weights (n,), for reconstructions times the mask (n, t): padding never counts."""
        weight = rows["weight"]
        if self.spec.task != "reconstruct":
            return weight
        n_timesteps = self._padded(rows["source"]).shape[1]
        return weight[:, None] * _mask(_lengths(rows), n_timesteps)

    def batch(self, rows, mean_weight=None):
        """(inputs, targets, weights of mean 1): the mean over a batch that Keras takes is sum(w l) / sum(w).

        Where the output carries a mask Keras means over real steps alone, and so do we.
        """
        if mean_weight is None:
            mean_weight = self.mean_weight(rows)
        weights = (self.weights(rows) / mean_weight).astype(self.spec.dtype)
        n_outputs = len(self._one_hot)
        return self.inputs(rows), self.targets(rows), weights if n_outputs == 1 else (weights,) * n_outputs

    def mean_weight(self, rows, samples=slice(None)):
        """Of some samples, for reconstructions of all their steps, or of the real ones if the output carries a mask."""
        weight = rows["weight"][samples].astype(np.float64)
        if self.spec.task != "reconstruct":
            return weight.mean()
        lengths, n_timesteps = _lengths(rows)[samples], self._n_timesteps or rows["source"].shape[1]
        return weight @ lengths / (lengths.sum() if self.masks_output else len(lengths) * n_timesteps)

    # --- what the model writes ----------------------------------------------------------------------------------------

    def check(self, rows):
        """Raise ValueError if what the model makes of some rows is not what the task needs; width of the encoding."""
        rows = {name: x[:PREDICT_ROWS] for name, x in rows.items()}
        n_samples = len(rows["source"])
        written = self._outputs("model", rows)
        task, sizes = self.spec.task, self.spec.sizes
        needed = {
            "classify": [(n_samples, size) for size in sizes],
            "regress": [(n_samples, len(sizes))],
            "reconstruct": [self._padded(rows["source"]).shape],
        }[task]
        shapes = [output.shape for output in written]
        if shapes != needed and not (self._sigmoid and shapes == [(n_samples, 1)]):
            what = {
                "classify": f"the classes of y need {_shown(needed)} (probabilities, one output a column of y)"
                + (", or (n_samples, 1) (the probability of the second class)" if sizes == (2,) else ""),
                "regress": f"y needs {_shown(needed)}",
                "reconstruct": f"the reconstruction of X needs {_shown(needed)}",
            }[task]
            raise ValueError(f"The model of network writes outputs of shape {_shown(shapes)}, but {what}.")
        if task == "classify":
            self._check_probabilities(written)
        self._check_padding(rows, "model", written)
        if task != "reconstruct":
            return None
        self.encoder()
        (encoding,) = self._outputs("encoder", rows)
        if encoding.ndim != 2:
            raise ValueError(
                f"The layer 'encoding' of the model of network writes shape {_shown([encoding.shape])}, but transform "
                "needs one vector a sample: (n_samples, n_encodings)."
            )
        self._check_padding(rows, "encoder", [encoding])
        return encoding.shape[1]

    def _check_padding(self, rows, which, written):
        """Raise ValueError if more padding on the right of ragged sequences changes what the model writes."""
        if "source_lengths" not in rows or self._n_timesteps is not None:
            return  # nothing is padded, or everything to one length
        source, n_timesteps = rows["source"], rows["source"].shape[1]
        longer = np.pad(source, [(0, 0), (0, PADDING)] + [(0, 0)] * (source.ndim - 2))
        for before, after in zip(written, self._outputs(which, rows | {"source": longer})):
            if before.ndim == 3:  # a reconstruction: what stands on padding means nothing
                mask = _mask(_lengths(rows), n_timesteps)
                before, after = before[mask], after[:, :n_timesteps][mask]
            if not np.allclose(before, after, rtol=1e-3, atol=1e-4):
                raise ValueError(
                    "The model of network reads padding: with more zeros on the right of sequences of different "
                    "lengths it writes something else, so that a prediction would depend on the longest sequence "
                    "beside it. Leave padding out: name inputs 'source' and 'mask' (or 'lengths') and use them, or "
                    "begin with keras.layers.Embedding(mask_zero=True) or keras.layers.Masking and layers that pass "
                    "masks on; or build the model for one number of timesteps, keras.Input((n_timesteps, n_features))."
                )

    def _check_probabilities(self, written):
        for probs in written:
            totals = probs.sum(axis=1) if probs.shape[1] > 1 else np.ones(len(probs))
            if (probs < 0).any() or (probs > 1 + 1e-3).any() or (np.abs(totals - 1) > 1e-3).any():
                raise ValueError(
                    "The model of network writes numbers that are no probabilities (they are not between 0 and 1, or "
                    f"do not sum to 1, for example {probs[0].tolist()}): end it with activation='softmax', or "
                    "'sigmoid' for one output of two classes."
                )

    def predict(self, what, data, *, max_bytes=None):
        """The "probs", "values", "reconstruction" or "states" of all rows of `TrainingData`: an array, rows first.

        Rows are read batch by batch, whatever ``max_bytes`` is.
        """
        rows = data.rows
        outputs = self._outputs("encoder" if what == "states" else "model", rows)
        if what == "reconstruction":
            return outputs[0][:, : rows["source"].shape[1]]
        if what == "probs" and self._sigmoid:
            return np.concatenate([1 - outputs[0], outputs[0]], axis=1)
        return np.concatenate(outputs, axis=1)

    def _outputs(self, which, rows):
        """Every output as an array, in batches of one size: a row's result does not depend on the others."""
        n_samples, pieces = len(rows["source"]), []
        for start in range(0, n_samples, PREDICT_ROWS):
            index = np.minimum(np.arange(start, start + PREDICT_ROWS), n_samples - 1)
            inputs = self.inputs({name: x[index] for name, x in rows.items()})
            outputs = self._function(which, inputs)(keras.tree.map_structure(tf.constant, inputs))
            pieces.append([output.numpy()[: n_samples - start] for output in outputs])
        return [np.concatenate(parts) for parts in zip(*pieces)]

    def _function(self, which, inputs):
        """The traced model, for any number of samples and (if the model allows it) of timesteps."""
        if which not in self._functions:
            model = self.model if which == "model" else self.encoder()

            def function(inputs):
                outputs = keras.tree.flatten(model(inputs, training=False))
                if which == "model":
                    self.masks_output = any(getattr(x, "_keras_mask", None) is not None for x in outputs)
                return outputs

            traced = tf.function(function, input_signature=[keras.tree.map_structure(self._relaxed, inputs)])
            try:
                self._functions[which] = traced.get_concrete_function()
            except Exception as error:
                raise _cannot_read(keras.tree.map_structure(np.shape, inputs), error) from error
        return self._functions[which]

    def _relaxed(self, array):
        steps = [self._n_timesteps] if array.ndim > 1 else []
        return tf.TensorSpec([None, *steps, *array.shape[2:]], tf.as_dtype(array.dtype))

    # --- training -----------------------------------------------------------------------------------------------------

    def fit(self, data, validation, options, rng):
        """Train by ``keras.Model.fit``; returns a `FitResult`. A KeyboardInterrupt keeps what was learnt.

        Data and validation data as in `skseq.nn.training.fitting.fit_network`. Rows are read batch by batch.
        """
        watch = _Watch(self.store, options.patience)
        callbacks = [*self.spec.builder.callbacks(), *(copy.copy(callback) for callback in options.callbacks), watch]
        try:
            self.model.fit(
                _Batches(self, data, options.batch_size, rng if options.shuffle else None),
                validation_data=None if validation is None else _Held(self, validation, options.batch_size),
                epochs=options.epochs,
                verbose=min(options.verbose, 2),
                callbacks=callbacks,
                shuffle=False,
                **self.spec.builder.fit_arguments(),
            )
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user: the weights learnt so far are kept.", stacklevel=2)
        return fit_result(self.store, watch.best, watch.history, watch.diverged, lambda: watch.last)

    def adds_up(self, rows):
        """Whether a batch counts by its weighted sum over rows alone: no noise, no statistics, no metrics."""
        if self._trains_itself or self.model.non_trainable_weights or any(m.name != "loss" for m in self.model.metrics):
            return False
        inputs = self.inputs(rows)
        function = tf.function(lambda inputs: self.model(inputs, training=True), autograph=False)
        graph = function.get_concrete_function(keras.tree.map_structure(self._relaxed, inputs)).graph.as_graph_def()
        nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
        return not any("Random" in node.op for node in nodes)

    @property
    def _trains_itself(self):
        return type(self.model).train_step is not keras.Model.train_step


class _ModelStore:
    """Numbers in and out of a compiled model."""

    def __init__(self, model):
        self.model = model
        self.names = [f"{index}/{_layer_path(weight.path)}" for index, weight in enumerate(model.weights)]
        model.optimizer.build(model.trainable_variables)

    def load(self, weights):
        """Take weights, name -> array; others than the model's raise ValueError."""
        shapes = dict(zip(self.names, (tuple(weight.shape) for weight in self.model.weights)))
        if shapes != {name: value.shape for name, value in weights.items()}:
            raise ValueError(
                f"The model of network has weights {shapes}, but the fitted ones are "
                f"{ {name: value.shape for name, value in weights.items()} }: the build function must give the same "
                "model for the same meta and parameters."
            )
        for name, variable in zip(self.names, self.model.weights):
            variable.assign(weights[name])

    def weights(self):
        """Name -> array."""
        return {name: as_array(variable) for name, variable in zip(self.names, self.model.weights)}

    def load_slots(self, slots):
        """Take the optimizer's state but for its learning rate; that of another optimizer raises ValueError."""
        variables, optimizer = self.model.optimizer.variables, self.model.optimizer
        if [tuple(variable.shape) for variable in variables] != [value.shape for value in slots]:
            raise ValueError("The optimizer of network is another one than in the last fit.")
        for variable, value in zip(variables, slots):
            if variable is not getattr(optimizer, "_learning_rate", None):
                variable.assign(value)

    def slots(self):
        """State of the optimizer, a list of arrays."""
        return [as_array(variable) for variable in self.model.optimizer.variables]

    def finalize(self):
        """Keras has done it at the end of its fit."""


class _Batches(keras.utils.PyDataset):
    """Batches in an order that is drawn anew for every epoch."""

    def __init__(self, network, data, batch_size, rng):
        super().__init__()
        self.network, self.rows, self.rng = network, data.rows, rng
        self.batch_size = batch_size
        self.samples = self.order = data.samples
        self.on_epoch_end()

    def __len__(self):
        return -(-len(self.order) // self.batch_size)

    def _rows(self, index):
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return {name: x[chosen] for name, x in self.rows.items()}

    def __getitem__(self, index):
        return self.network.batch(self._rows(index))

    def on_epoch_end(self):
        """Draw another order."""
        if self.rng is not None:
            self.order = self.samples[self.rng.permutation(len(self.samples))]


class _Held(_Batches):
    """Validation batches, whose weights have mean 1 all together: the mean over batches is sum(w l) / sum(w)."""

    def __init__(self, network, data, batch_size):
        super().__init__(network, data, batch_size, None)
        self.mean_weight = network.mean_weight(data.rows, self.samples)

    def __getitem__(self, index):
        return self.network.batch(self._rows(index), self.mean_weight)


class _Watch(keras.callbacks.Callback):
    """History, early stopping, divergence: what our fits do around epochs."""

    def __init__(self, store, patience):
        super().__init__()
        self.store, self.history, self.diverged = store, {}, None
        self.best = None if patience is None else Best(patience)
        self.last = store.weights(), store.slots()

    def on_train_batch_end(self, batch, logs=None):
        """Stop at a loss that is not finite."""
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        """Keep the epoch's numbers; stop where they are no better, or not finite."""
        logs = {**(logs or {}), "learning_rate": float(as_array(self.model.optimizer.learning_rate))}
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        if not np.isfinite(logs.get("loss", 0.0)):
            self.diverged = f"the loss was not finite in epoch {epoch + 1}"
        elif not np.isfinite(logs.get("val_loss", 0.0)):
            self.diverged = f"the validation loss was not finite in epoch {epoch + 1} (look at X_val, too)"
        weights = self.store.weights()
        if all(np.isfinite(value).all() for value in weights.values()):
            self.last = weights, self.store.slots()
        improves = self.best is None or "val_loss" not in logs or not self.best.update(logs["val_loss"], self.store)
        if self.diverged or not improves:
            self.model.stop_training = True


# --- names and shapes -------------------------------------------------------------------------------------------------


def _layer_path(path):
    """Path of a weight without Keras' counters: the same in every process."""
    return _COUNTER.sub("", path)


def _input_names(model):
    """Names of a model's inputs; None for one input. One that we cannot serve raises ValueError."""
    inputs = getattr(model, "inputs", None) if model.built else None
    if not inputs or len(inputs) == 1:
        return None
    names = [tensor.name for tensor in inputs]
    if unknown := [name for name in names if name not in INPUTS]:
        possible = "; ".join(f"'{name}': {what}" for name, what in INPUTS.items())
        raise ValueError(
            f"The model of network has inputs named {', '.join(map(repr, names))}, and nothing is known of "
            f"{', '.join(map(repr, unknown))}. A model with several inputs names them after what they get: {possible}."
        )
    return names


def _loss_names(loss, n_outputs):
    """Name of the loss of every output, in small letters without underscores."""
    losses = list(loss.values()) if isinstance(loss, dict) else loss
    losses = list(losses) if isinstance(losses, (list, tuple)) else [losses] * n_outputs
    names = [one if isinstance(one, str) else getattr(one, "__name__", type(one).__name__) for one in losses]
    return [name.lower().replace("_", "") for name in names]


def _lengths(rows):
    n_samples, n_timesteps = rows["source"].shape[:2]
    return rows.get("source_lengths", np.full(n_samples, n_timesteps, np.int32))


def _mask(lengths, n_timesteps):
    return np.arange(n_timesteps) < lengths[:, None]


def _shown(shapes):
    """Shapes for an error, the first axis by its name."""
    return " and ".join(f"({', '.join(map(str, ('n_samples', *shape[1:])))})" for shape in shapes)


def _cannot_read(shape, error):
    return ValueError(
        f"The model of network cannot read inputs of shape {shape} ({type(error).__name__}: {error}). Its build "
        "function gets what was learnt in fit as meta: n_features, n_timesteps_in_, vocabulary_size."
    )
