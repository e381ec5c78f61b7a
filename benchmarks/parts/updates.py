"""Training updates of one encoder-decoder in skseq, stock Keras and PyTorch, each at several settings.

Sources and targets are ids, the loss is cross entropy under teacher forcing, Adam runs at 0.001 and the gradient of
all weights together is clipped to norm 1. Weights have the same shapes everywhere (PyTorch keeps a second bias).
"""

import gc
from dataclasses import dataclass
from functools import cached_property

import keras
import numpy as np
import tensorflow as tf

from benchmarks.harness.report import OURS, STOCK
from benchmarks.harness.speed_report import TORCH
from benchmarks.harness.timing import Contender
from benchmarks.parts import plain
from benchmarks.peers import stock_keras
from skseq import Seq2SeqClassifier, clear_pool

__all__ = [
    "CLIPNORM",
    "KERAS_SETTINGS",
    "LONG_FIT",
    "N_CLASSES",
    "THREADS",
    "Task",
    "behind",
    "contenders",
    "forget",
    "in_threads",
    "note_behind",
    "ours",
    "peers_torch",
    "setting_name",
    "thread_name",
]

N_CLASSES = 50
CLIPNORM = 1.0
LONG_FIT = {"jit_compile": True, "unroll": False}  # as "auto" sets them where many updates lie ahead
MIN_UPDATES = 4  # in one timed call, on every side
KERAS_SETTINGS = ((False, 1), (True, 1), (False, 20), (True, 20))  # jit_compile, steps_per_execution
THREADS = (1, 2)
NAMES = {None: "no attention", "dot": "dot", "bahdanau": "Bahdanau"}


def peers_torch():
    """The module on PyTorch, imported only where it is needed."""
    try:
        from benchmarks.peers import torch_loops
    except ImportError as error:
        raise ImportError(
            f"The comparison with PyTorch and skorch cannot be run ({error}). Install them: "
            "pip install -e '.[benchmarks]'"
        ) from error
    return torch_loops


def forget():
    """Drop compiled networks of either side, so that no comparison bears the memory of the one before."""
    clear_pool()
    keras.backend.clear_session()
    gc.collect()


@dataclass(frozen=True, kw_only=True)
class Task:
    """An encoder-decoder and the shape of a batch; sources and targets have the same length unless said otherwise."""

    batch_size: int
    n_timesteps: int
    units: int
    attention: str | None = None
    n_target: int | None = None

    @property
    def n_written(self):
        return self.n_target or self.n_timesteps

    def __str__(self):
        attention = "" if self.attention is None else f"{NAMES[self.attention]}, "
        return f"{attention}batch {self.batch_size}, {self.n_timesteps} steps, {self.units} units"

    @cached_property
    def _pool(self):
        """Pairs of sources and targets that batches are taken from, again and again."""
        n_samples = max(self.batch_size, 512)
        draws = np.random.RandomState(0)
        return [draws.randint(N_CLASSES, size=(n_samples, n)) for n in (self.n_timesteps, self.n_written)]

    def pairs(self, n_samples):
        """Tokens (n_samples, n_timesteps) and (n_samples, n_written)."""
        rows = np.arange(n_samples) % len(self._pool[0])
        return [tokens[rows] for tokens in self._pool]

    def batches(self, n):
        """Source ids, previous ids (n, batch_size, t), and target classes, as the peers read them."""
        X, y = self.pairs(n * self.batch_size)
        previous = np.concatenate([np.zeros_like(y[:, :1]), y[:, :-1] + 1], axis=1)
        arrays = X + 1, previous, y
        return [array.reshape(n, self.batch_size, -1).astype(np.int32) for array in arrays]

    def estimator(self, **parameters):
        return Seq2SeqClassifier(
            self.units,
            **plain.ENCODER_DECODER | {"attention": self.attention or False},
            learning_rate=0.001,
            learning_rate_schedule="constant",
            clipnorm=CLIPNORM,
            batch_size=self.batch_size,
            classes_per_position=False,
            vocabulary=np.arange(N_CLASSES),
            random_state=0,
            **parameters,
        )


def behind(medians):
    """Of quantity -> ratio over skseq, the quantities with a ratio below 1, the lowest first, as text."""
    lowest_first = sorted(medians, key=medians.get)
    return [f"{quantity} ({medians[quantity]:.3g})" for quantity in lowest_first if medians[quantity] < 1]


def note_behind(report, experiment):
    """Note everything in which another one is faster, for each of those that an experiment compares with skseq."""
    for by in (STOCK, TORCH):
        if medians := report.medians(experiment, by):
            slower = behind(medians)
            named = f": {'; '.join(slower)}" if slower else ""
            report.note(experiment, f"{by} is faster in {len(slower)} of {len(medians)}{named}")


def contenders(task, keras_settings=KERAS_SETTINGS, n_threads=THREADS):
    """skseq, then every setting of stock Keras and of PyTorch, built one by one."""
    yield ours(task)
    for jit_compile, n_steps in keras_settings:
        yield in_keras(task, jit_compile, n_steps)
    for count in n_threads:
        yield in_torch(task, count)


def ours(task):
    """Epochs of `partial_fit`, on the graph that a long `fit` would choose."""
    how = LONG_FIT
    estimator = task.estimator(**how)

    def ready(n):
        X, y = task.pairs(n * task.batch_size)
        return lambda: estimator.partial_fit(X, y, classes=np.arange(N_CLASSES))

    return Contender(by=OURS, setting=setting_name(**how), ready=ready, granule=MIN_UPDATES)


def setting_name(jit_compile, **how):
    names = ["XLA" if jit_compile else "no XLA", *(name for name, on in how.items() if on is True)]
    return ", ".join(names)


def in_keras(task, jit_compile, n_steps):
    """`Model.fit` on a `tf.data` pipeline of whole batches."""
    how = {"jit_compile": jit_compile, "steps_per_execution": n_steps}
    model = stock_keras.id_encoder_decoder(
        task.n_timesteps, N_CLASSES, units=task.units, attention=task.attention, clipnorm=CLIPNORM, **how
    )

    def ready(n):
        source, previous, target = task.batches(n)
        data = tf.data.Dataset.from_tensor_slices(((source, previous), target)).prefetch(n_steps)
        return lambda: model.fit(data, epochs=1, shuffle=False, verbose=0)

    return Contender(
        by=STOCK,
        setting=f"{setting_name(jit_compile)}, {n_steps} an execution",
        ready=ready,
        granule=max(n_steps, MIN_UPDATES),
    )


def in_torch(task, count):
    """A hand-written loop on a number of threads."""
    peers = peers_torch()
    update = peers.trainer(peers.EncoderDecoder(N_CLASSES, task.units, task.attention), CLIPNORM)

    def ready(n):
        batches = list(zip(*peers.as_tensors(*task.batches(n))))
        return in_threads(count, lambda: peers.train(update, batches))

    return Contender(by=TORCH, setting=thread_name(count), ready=ready, granule=MIN_UPDATES)


def thread_name(count):
    return f"{count} thread{'s' if count > 1 else ''}"


def in_threads(count, function):
    """The function, run on ``count`` threads of PyTorch."""
    import torch

    def run():
        torch.set_num_threads(count)
        return function()

    return run
