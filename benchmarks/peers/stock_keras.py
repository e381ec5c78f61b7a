"""The reference experiments as one writes them by hand on stock Keras."""

import keras
import numpy as np
from keras import layers, ops


def one_hot(tokens, cardinality):
    """Tokens (...) -> vectors (..., cardinality), float32."""
    return np.eye(cardinality, dtype=np.float32)[tokens]


def adam(clipnorm):
    """Adam at its default rate of 0.001; the gradient of all weights together is clipped, unless None."""
    return keras.optimizers.Adam(global_clipnorm=clipnorm)


# --- autoencoder --------------------------------------------------------------------------------------------


def reconstruction_autoencoder(n_timesteps, *, clipnorm, units=100):
    """The code is repeated at every decoder step."""
    model = keras.Sequential(
        [
            keras.Input((n_timesteps, 1)),
            layers.LSTM(units, activation="relu"),
            layers.RepeatVector(n_timesteps),
            layers.LSTM(units, activation="relu", return_sequences=True),
            layers.TimeDistributed(layers.Dense(1)),
        ]
    )
    model.compile(optimizer=adam(clipnorm), loss="mse")
    return model


def states_model(n_timesteps, weights, *, units=100):
    """Hidden state at every step, last hidden state, last cell state, of an LSTM with given weights."""
    source = keras.Input((n_timesteps, 1))
    lstm = layers.LSTM(units, activation="relu", return_sequences=True, return_state=True)
    model = keras.Model(source, lstm(source))
    lstm.set_weights(weights)
    return model


# --- encoder-decoder, one step at a time --------------------------------------------------------------------


def encoder_decoder(cardinality, *, clipnorm, units=128, **how):
    """Training model with teacher forcing, inference encoder, inference decoder; they share their layers.

    ``how`` are further arguments of `keras.Model.compile`.
    """
    source = keras.Input((None, cardinality))
    _, *states = layers.LSTM(units, return_state=True)(source)
    lstm = layers.LSTM(units, return_sequences=True, return_state=True)
    softmax = layers.Dense(cardinality, activation="softmax")

    shifted = keras.Input((None, cardinality))
    outputs, *_ = lstm(shifted, initial_state=states)
    training = keras.Model([source, shifted], softmax(outputs))
    training.compile(optimizer=adam(clipnorm), loss="categorical_crossentropy", **how)

    before = [keras.Input((units,)) for _ in states]
    outputs, *after = lstm(shifted, initial_state=before)
    decoder = keras.Model([shifted, *before], [softmax(outputs), *after])
    return training, keras.Model(source, states), decoder


def teacher_forcing(target, cardinality):
    """Decoder inputs: the target behind the start token 0."""
    shifted = np.concatenate([np.zeros_like(target[:, :1]), target[:, :-1]], axis=1)
    return one_hot(shifted, cardinality)


def predict_sequence(encoder, decoder, source, n_timesteps):
    """Tokens (n_timesteps,) for one source (source_timesteps, cardinality), each fed to the next step."""
    states = encoder.predict(source[None], verbose=0)
    token, tokens = 0, []
    for _ in range(n_timesteps):
        probs, *states = decoder.predict([one_hot([[token]], source.shape[-1]), *states], verbose=0)
        token = int(probs[0, 0].argmax())
        tokens.append(token)
    return tokens


# --- all steps at once --------------------------------------------------------------------------------------


def direct_network(n_timesteps, cardinality, *, attention, clipnorm, units=150, **how):
    """As many outputs as inputs, from the repeated code or by Bahdanau attention; targets are one-hot.

    ``how`` are further arguments of `keras.Model.compile`.
    """
    source = keras.Input((n_timesteps, cardinality))
    decode = _attend if attention else _repeat
    model = keras.Model(source, decode(source, units))
    model.compile(optimizer=adam(clipnorm), loss="categorical_crossentropy", **how)
    return model


def _repeat(source, units):
    code = layers.LSTM(units)(source)
    outputs = layers.LSTM(units, return_sequences=True)(layers.RepeatVector(source.shape[1])(code))
    return layers.Dense(source.shape[2], activation="softmax")(outputs)


def _attend(source, units):
    """Unrolled: c_i attends by s_{i-1}, s_i = f(s_{i-1}, c_i); the output is read off s_{i-1} and c_i."""
    outputs = layers.LSTM(units, return_sequences=True)(source)
    keys = layers.Dense(units, use_bias=False)(outputs)
    project = layers.Dense(units, use_bias=False)
    attend = layers.AdditiveAttention()
    lstm = layers.LSTM(units, return_state=True)

    hidden = layers.Dense(units, activation="tanh")(outputs[:, 0])
    cell = ops.zeros_like(hidden)
    features = []
    for _ in range(source.shape[1]):
        query = layers.Reshape((1, units))(project(hidden))
        context = attend([query, outputs, keys])
        features.append(ops.concatenate([hidden, context[:, 0]], axis=-1))
        _, hidden, cell = lstm(context, initial_state=[hidden, cell])
    return layers.Dense(source.shape[2], activation="softmax")(ops.stack(features, axis=1))


def fit_each(model, source, target):
    """One `Model.fit` for every pair."""
    for x, y in zip(source, target):
        model.fit(x[None], y[None], epochs=1, verbose=0)


def train_on_each(model, source, target):
    """One `train_on_batch` for every pair."""
    for x, y in zip(source, target):
        model.train_on_batch(x[None], y[None])


def sequence_accuracy(model, source, target):
    """Share of sequences with every token right; target holds tokens."""
    predicted = model.predict(source, verbose=0).argmax(axis=-1)
    return float((predicted == target).all(axis=1).mean())


# --- ids in, logits out: the fastest form of the encoder-decoders on stock layers -------------------------------


def id_encoder_decoder(n_timesteps, n_classes, *, units, attention, clipnorm, **how):
    """Logits from source ids and previous ids, teacher forced; attention is None, "dot" or "bahdanau".

    Ids, of which 0 is padding or start, become one-hot vectors inside the graph; targets stay classes. ``how`` are
    further arguments of `keras.Model.compile`.
    """
    n_ids = n_classes + 1
    source, previous = (keras.Input((n_timesteps,), dtype="int32") for _ in range(2))
    encoder = layers.LSTM(units, return_sequences=True, return_state=True)
    encoded, *states = encoder(ops.one_hot(source, n_ids))
    tokens = ops.one_hot(previous, n_ids)
    if attention == "bahdanau":
        keys = layers.Dense(units, use_bias=False)(encoded)
        hidden = layers.Dense(units, activation="tanh")(encoded[:, 0])
        first = [hidden, ops.zeros_like(hidden), encoded, keys]
        outputs = layers.RNN(BahdanauCell(units, n_timesteps), return_sequences=True)(tokens, initial_state=first)
        outputs = ops.concatenate([outputs, tokens], axis=-1)
    else:
        outputs = layers.LSTM(units, return_sequences=True)(tokens, initial_state=states)
    if attention == "dot":
        context = layers.Attention()([outputs, encoded])
        joined = ops.concatenate([context, outputs], axis=-1)
        outputs = layers.Dense(units, activation="tanh", use_bias=False)(joined)
    model = keras.Model([source, previous], layers.Dense(n_classes)(outputs))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=adam(clipnorm), loss=loss, **how)
    return model


class BahdanauCell(layers.Layer):
    """One step for `keras.layers.RNN`: [s_{i-1}; c_i] from y_{i-1}; encoder outputs and keys pass through as states."""

    def __init__(self, units, n_timesteps, **kwargs):
        super().__init__(**kwargs)
        self.units, self.output_size = units, 2 * units
        self.state_size = [units, units, (n_timesteps, units), (n_timesteps, units)]
        self.lstm = layers.LSTMCell(units)
        self.query = layers.Dense(units, use_bias=False)
        self.scale = self.add_weight(shape=(units,), name="scale")

    def build(self, input_shape):
        self.lstm.build((input_shape[0], input_shape[-1] + self.units))
        self.query.build((input_shape[0], self.units))

    def call(self, inputs, states, training=False):
        hidden, cell, encoded, keys = states
        scores = ops.sum(self.scale * ops.tanh(ops.expand_dims(self.query(hidden), 1) + keys), axis=-1)
        context = ops.sum(ops.expand_dims(ops.softmax(scores), -1) * encoded, axis=1)
        _, after = self.lstm(ops.concatenate([inputs, context], axis=-1), [hidden, cell], training=training)
        return ops.concatenate([hidden, context], axis=-1), [*after, encoded, keys]


# --- a language model ---------------------------------------------------------------------------------------


def language_model(n_tokens, *, units, clipnorm, **how):
    """(logits of the next token from the ids before, which start with 0; one step of it with states in and out).

    Both share their layers. ``how`` are further arguments of `keras.Model.compile`.
    """
    lstm = layers.LSTM(units, return_sequences=True, return_state=True)
    output = layers.Dense(n_tokens)
    before = keras.Input((None,), dtype="int32")
    model = keras.Model(before, output(lstm(ops.one_hot(before, n_tokens + 1))[0]))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=adam(clipnorm), loss=loss, **how)

    states = [keras.Input((units,)) for _ in range(2)]
    hidden, *after = lstm(ops.one_hot(before, n_tokens + 1), initial_state=states)
    return model, keras.Model([before, *states], [output(hidden[:, 0]), *after])


def sample(step, n_samples, n_timesteps, units, rng):
    """Tokens (n_samples, n_timesteps), all rows in one batch: the largest of logits and Gumbel noise is a draw."""
    token, states = np.zeros((n_samples, 1), np.int32), [np.zeros((n_samples, units), np.float32)] * 2
    written = []
    for _ in range(n_timesteps):
        logits, *states = step.predict_on_batch([token, *states])
        written.append((logits + rng.gumbel(size=logits.shape)).argmax(axis=1))
        token = written[-1][:, None].astype(np.int32) + 1
    return np.stack(written, axis=1)


# --- one label per sequence ---------------------------------------------------------------------------------


def label_network(n_timesteps, n_features, n_classes, units):
    """The network of a direct ``Seq2SeqClassifier(**plain.ENCODER_DECODER)`` for one label; scikeras compiles it."""
    return keras.Sequential(
        [
            keras.Input((n_timesteps, n_features)),
            layers.LSTM(units),
            layers.RepeatVector(1),
            layers.LSTM(units),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )
