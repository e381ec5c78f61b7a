"""The same language model in skseq, stock Keras and PyTorch: an epoch of training, and sequences drawn in one batch.

One recurrent layer reads the tokens before, and a softmax says the next one. Each side gets the same sequences, batches
of the same size, Adam at 0.001 and a gradient clipped to a norm of 1. Weights are each side's own.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.peers import stock_keras
from skseq import SequenceGenerator


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How large everything is."""

    batch_size: int = 32
    n_timesteps: int = 100
    units: int = 128
    n_tokens: int = 60
    n_batches: int = 20
    n_samples: int = 1_000
    many: int = 10_000

    @property
    def sequences(self):
        """(n, n_timesteps) of tokens from 0 on."""
        rng = np.random.RandomState(0)
        return rng.randint(self.n_tokens, size=(self.batch_size * self.n_batches, self.n_timesteps))


def names(shape):
    """What is timed, for the table."""
    return {
        "fit": f"{shape.n_batches} updates of {shape.batch_size} x {shape.n_timesteps}, {shape.units} units",
        "sample": f"{shape.n_samples:,} x {shape.n_timesteps} tokens drawn",
    }


class Ours:
    """`SequenceGenerator` through its public methods; compiled by XLA, as a long fit is."""

    def __init__(self, shape):
        self.shape, self.X = shape, shape.sequences
        self.model = SequenceGenerator(
            cell="lstm",
            units=shape.units,
            batch_size=shape.batch_size,
            learning_rate=0.001,
            recurrent_dropout=0.0,
            clipnorm=1.0,
            vocabulary=np.arange(shape.n_tokens),
            jit_compile=True,
            random_state=0,
        )

    def fit(self):
        self.model.partial_fit(self.X)

    def sample(self, n_samples=None):
        return self.model.sample(n_samples or self.shape.n_samples, random_state=0)


class StockKeras:
    """`Model.fit` on whole batches, and a loop of `predict_on_batch` over timesteps."""

    def __init__(self, shape):
        import tensorflow as tf

        self.shape, X = shape, shape.sequences
        before = np.pad(X + 1, ((0, 0), (1, 0)))[:, :-1]  # 0 is the start
        self.model, self.step = stock_keras.language_model(shape.n_tokens, units=shape.units, clipnorm=1.0)
        data = tf.data.Dataset.from_tensor_slices((before.astype("int32"), X.astype("int32")))
        self.data = data.shuffle(len(X), seed=0).batch(shape.batch_size, drop_remainder=True).prefetch(2)

    def fit(self):
        self.model.fit(self.data, epochs=1, shuffle=False, verbose=0)  # the data are shuffled by themselves

    def sample(self):
        shape, rng = self.shape, np.random.RandomState(0)
        return stock_keras.sample(self.step, shape.n_samples, shape.n_timesteps, shape.units, rng)
