"""A character model of stock Keras as its guides write it: Embedding, LSTM and Dense, trained by `keras.Model.fit`."""

import keras
import numpy as np
from keras import layers

from benchmarks.peers.characters import Characters, bits, draw

__all__ = ["KerasWords"]


class KerasWords:
    """Learns words, their ends included. Padding is masked; a batch is as long as its longest word."""

    def __init__(self, *, units, epochs, batch_size, learning_rate, clipnorm, dropout, random_state):
        self.units, self.epochs, self.batch_size, self.learning_rate = units, epochs, batch_size, learning_rate
        self.clipnorm, self.dropout, self.random_state = clipnorm, dropout, random_state

    def fit(self, words):
        keras.utils.set_random_seed(self.random_state)
        self.coder_ = Characters(words)
        self._build()
        n_updates = self.epochs * -(-len(words) // self.batch_size)
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, n_updates)
        optimizer = keras.optimizers.Adam(rate, global_clipnorm=self.clipnorm)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model_.compile(optimizer=optimizer, loss=loss)
        self.model_.fit(self._batches(words), epochs=self.epochs, shuffle=False, verbose=0)  # `_batches` shuffles
        return self

    def _build(self):
        """`model_`: logits of every step from the ids before; `step_`: one step of it, with states in and out."""
        embed = layers.Embedding(self.coder_.n_ids, self.coder_.n_ids, mask_zero=True)
        lstm = layers.LSTM(self.units, recurrent_dropout=self.dropout, return_sequences=True, return_state=True)
        output = layers.Dense(self.coder_.n_outputs)
        before = keras.Input((None,), dtype="int32")
        self.model_ = keras.Model(before, output(lstm(embed(before))[0]))
        states = [keras.Input((self.units,)) for _ in range(2)]
        hidden, *after = lstm(embed(before), initial_state=states)
        self.step_ = keras.Model([before, *states], [output(hidden[:, 0]), *after])

    def _batches(self, words):
        """Shuffled batches of (inputs, targets)."""
        import tensorflow as tf

        def cut(inputs, targets):
            n = tf.reduce_max(tf.math.count_nonzero(inputs, axis=1))
            return inputs[:, :n], targets[:, :n]

        inputs, targets = self.coder_.encode(words)
        data = tf.data.Dataset.from_tensor_slices((inputs, np.maximum(targets, 0)))  # the mask leaves padding out
        return data.shuffle(len(words), seed=self.random_state).batch(self.batch_size).map(cut).prefetch(2)

    def bits(self, words):
        """Mean of -log2 p of a character, the end counted as one."""
        inputs, targets = self.coder_.encode(words)
        return bits(self.model_.predict(inputs, batch_size=256, verbose=0), targets)

    def sample(self, n_samples, random_state):
        """Words, drawn in one batch, at most as long as the longest in fit."""

        def step(ids, states):
            states = [np.zeros((n_samples, self.units), np.float32)] * 2 if states is None else states
            logits, *states = self.step_.predict_on_batch([ids, *states])
            return logits, states

        rng = np.random.RandomState(random_state)
        return self.coder_.decode(draw(step, n_samples, self.coder_.longest, rng))
