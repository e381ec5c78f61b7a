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


# --- one label per sequence ---------------------------------------------------------------------------------


def label_network(n_timesteps, n_features, n_classes, units):
    """The network of ``Seq2SeqClassifier(decoder="direct")`` for one label; scikeras compiles it."""
    return keras.Sequential(
        [
            keras.Input((n_timesteps, n_features)),
            layers.LSTM(units),
            layers.RepeatVector(1),
            layers.LSTM(units),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )
