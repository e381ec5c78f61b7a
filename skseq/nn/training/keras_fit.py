"""What ``keras.Model.fit`` reads of our data, and what is kept of its epochs."""

import math
from functools import partial

import keras
import numpy as np

from skseq.nn.networks.weights import as_array
from skseq.nn.training.progress import Progress
from skseq.nn.training.record import Record


class Batches(keras.utils.PyDataset):
    """Training batches, in a new order every epoch.

    A batch counts for the mean weight of its samples over ``usual_weight``; None: all batches count alike.
    """

    def __init__(self, runner, data, batch_size, rng, usual_weight=None):
        super().__init__()
        self.usual_weight = usual_weight
        self.runner, self.rows, self.rng = runner, data.rows, rng
        self.batch_size = batch_size
        self.samples = self.order = data.samples
        self.on_epoch_end()

    def release(self):
        """Let go of network and data: TensorFlow keeps what has read from a `PyDataset` for ever."""
        self.runner = self.rows = self.samples = self.order = None

    def __len__(self):
        return -(-len(self.order) // self.batch_size)

    def _rows_of(self, index):
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return {name: x[chosen] for name, x in self.rows.items()}

    def __getitem__(self, index):
        rows = self._rows_of(index)
        share = 1.0 if self.usual_weight is None else self.usual_weight / rows["weight"].mean(dtype=np.float64)
        return self.runner.batch(rows, self.runner.mean_weight(rows) * share)

    def on_epoch_end(self):
        """Draw another order."""
        if self.rng is not None:
            self.order = self.samples[self.rng.permutation(len(self.samples))]


class Held(Batches):
    """Validation batches. Their weights have mean 1 over all batches, so that Keras' mean is sum(w l) / sum(w)."""

    def __init__(self, runner, data, batch_size):
        super().__init__(runner, data, batch_size, None)
        self.mean_weight = runner.mean_weight(data.rows, self.samples)

    def __getitem__(self, index):
        return self.runner.batch(self._rows_of(index), self.mean_weight)


class Watch(keras.callbacks.Callback):
    """History, early stopping and divergence: what `fit_network` does around the epochs of our own networks."""

    def __init__(self, runner, options):
        super().__init__()
        self.runner, self.store, self.record = runner, runner.store, Record(options.patience)
        self.progress = Progress(options.epochs, options.verbose, may_end=options.may_end)
        self.last = self.store.weights(), self.store.slots()
        self.task, self.epoch_task = options.task, None
        self.unfinished = {}  # means over the batches of an epoch that the history lacks

    def on_epoch_begin(self, epoch, logs=None):
        """Tell that an epoch begins."""
        self.epoch_task = self.task.begin("epoch")

    def on_train_batch_end(self, batch, logs=None):
        """Stop at a loss that is not finite."""
        self.unfinished = dict(logs or {})
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        """Keep the epoch's numbers; stop if they are no longer better, or not finite."""
        logs = self._keep(logs or {})
        self.progress.show(epoch, logs)
        self.record.note_diverged(logs, np.isfinite(logs.get("loss", 0.0)), epoch, of="the loss")
        weights = self.store.weights()
        if all(np.isfinite(value).all() for value in weights.values()):
            self.last = weights, self.store.slots()  # where a fit that diverges returns to
        gives_up, diverged = self.record.keep_best(logs, self.store), self.record.diverged
        asked = not diverged and self.epoch_task.end(partial(self.record.so_far, self.runner))
        if diverged or gives_up or asked:
            self.model.stop_training = True
        else:
            self.progress.tell_if_long(epoch)

    def cut_short(self, validates):
        """Keep the means of an epoch that an interrupt has cut short; figures of validation data are NaN."""
        if self.unfinished:
            missing = {f"val_{name}": math.nan for name in self.unfinished} if validates else {}
            self._keep(self.unfinished | missing)

    def _keep(self, logs):
        """Take the numbers of an epoch into the history; returns them with the learning rate."""
        logs = {**logs, "learning_rate": float(as_array(self.model.optimizer.learning_rate))}
        self.record.add({name: float(value) for name, value in logs.items()})
        self.unfinished = {}
        return logs
