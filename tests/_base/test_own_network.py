"""Networks of the user's own: scikeras wrappers around build functions, under every form of X and y."""

import copy
import functools
import gc
import pickle
import random
import re
import sys
import weakref

import joblib
import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scikeras.wrappers import BaseWrapper, KerasClassifier, KerasRegressor
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from warned import told

import skseq
from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    SequenceClassifier,
    SequenceEncoder,
    SequenceRegressor,
)
from skseq.nn.training.compiled import PREDICT_ROWS

rng = np.random.RandomState(0)
X = rng.randn(24, 5, 2)
RAGGED = [rng.randn(length, 2) for length in rng.randint(2, 7, size=24)]
Y = np.tile(["no", "yes", "maybe"], 8)
BINARY = np.tile(["no", "yes"], 12)
NUMBERS = rng.randn(24)
WORDS = ["ab", "abc", "b", "ba", "cab", "acca"] * 4

Dense, Input = keras.layers.Dense, keras.Input
EAGER = {"run_eagerly": True}  # Keras traces and compiles every fit anew: a hundred times the time of running it
GRAPH = {"run_eagerly": False}  # what users have


# --- build functions --------------------------------------------------------------------------------------------------


def inputs(meta):
    """The source and its mask."""
    return Input((None, meta["n_features"]), name="source"), Input((None,), dtype="bool", name="mask")


def pooled(source, mask, units=3):
    """The mean over real steps of one layer: quicker to compile than recurrent ones."""
    steps = Dense(units, activation="tanh", name="steps")(source)
    return keras.layers.GlobalAveragePooling1D()(steps, mask=mask)


def build_classifier(meta, units=3, dropout=0.0):
    source, mask = inputs(meta)
    state = pooled(source, mask, units)
    state = keras.layers.Dropout(dropout)(state)
    return keras.Model([source, mask], Dense(meta["n_classes_"], activation="softmax")(state))


def build_sigmoid(meta):
    source, mask = inputs(meta)
    return keras.Model([source, mask], Dense(1, activation="sigmoid")(pooled(source, mask)))


def build_regressor(meta, units=3):
    source, mask = inputs(meta)
    return keras.Model([source, mask], Dense(meta["n_outputs_"])(pooled(source, mask, units)))


def build_heads(meta):
    source, mask = inputs(meta)
    state = pooled(source, mask)
    heads = [
        Dense(size, activation="softmax", name=f"head{index}")(state) for index, size in enumerate(meta["n_classes_"])
    ]
    return keras.Model([source, mask], heads)


def build_embedding(meta, width=2):
    return keras.Sequential(
        [
            keras.layers.Embedding(meta["vocabulary_size"], width, mask_zero=True),
            keras.layers.LSTM(3),
            Dense(meta["n_classes_"], activation="softmax"),
        ]
    )


def build_autoencoder(meta, units=3, name="encoding"):
    source, mask = inputs(meta)
    steps = Dense(units, activation="tanh", name="steps")(source)
    code = keras.layers.GlobalAveragePooling1D(name=name)(steps, mask=mask)
    steps = code[:, None] + 0 * source[:, :, :1]  # the code at every step
    return keras.Model([source, mask], Dense(meta["n_features"])(steps))


def build_fixed(meta):
    """Reads and writes one number of timesteps only."""
    t, f = meta["n_timesteps_in_"], meta["n_features"]
    layers = [Input((t, f)), keras.layers.Flatten(), Dense(2, name="encoding"), Dense(t * f)]
    return keras.Sequential([*layers, keras.layers.Reshape((t, f))])


def classifier(model=build_classifier, *, wrapped=(), **parameters):
    rates = {"optimizer__learning_rate": 0.05, "optimizer__momentum": 0.9, **EAGER}
    network = KerasClassifier(model=model, optimizer="sgd", **rates | dict(wrapped))
    return SequenceClassifier(**{"network": network, "epochs": 1, "random_state": 0, **parameters})


def regressor(model=build_regressor, *, wrapped=(), **parameters):
    network = KerasRegressor(model=model, optimizer="adam", **EAGER | dict(wrapped))
    return SequenceRegressor(**{"network": network, "epochs": 1, "random_state": 0, **parameters})


def autoencoder(model=build_autoencoder, *, wrapped=(), **parameters):
    network = BaseWrapper(model=model, optimizer="adam", **EAGER | dict(wrapped))
    return LSTMAutoencoderTransformer(**{"network": network, "epochs": 1, "random_state": 0, **parameters})


@functools.cache
def fitted_classifier():
    """`classifier()` of X and Y, which tests share: they change copies of it."""
    return classifier().fit(X, Y)


def assert_same_weights(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    for name, value in one.weights_.items():
        assert_array_equal(value, other.weights_[name])


# --- every task -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "runs"), [(X, EAGER), (RAGGED, GRAPH)], ids=["array", "ragged"])
def test_classifier(data, runs):
    model = classifier(epochs=2, wrapped={"metrics": ["accuracy"], **runs}).fit(data, Y)
    probs = model.predict_proba(data)
    assert probs.shape == (24, 3)
    assert_allclose(probs.sum(axis=1), 1)
    assert_array_equal(model.predict(data), model.classes_[probs.argmax(axis=1)])
    assert model.score(data, Y) == np.mean(model.predict(data) == Y)
    assert set(model.history_) == {"loss", "accuracy", "learning_rate"}
    assert {len(values) for values in model.history_.values()} == {2}
    assert model.n_iter_ == 2
    assert all(isinstance(value, np.ndarray) for value in model.weights_.values())


def test_it_learns():
    y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    model = classifier(epochs=10, wrapped={"optimizer__learning_rate": 0.5})
    assert told_of(model, X, y) == []
    assert model.score(X, y) > 0.9


def test_one_sigmoid_unit_is_the_second_class():
    model = classifier(build_sigmoid).fit(RAGGED, BINARY)
    assert model.model_.loss == "binary_crossentropy"
    probs = model.predict_proba(RAGGED)
    second = float(model.model_.predict([RAGGED[0][None], np.ones((1, len(RAGGED[0])), bool)], verbose=0)[0, 0])
    assert_allclose(probs[0], [1 - second, second], rtol=1e-5)


def test_one_hot_targets_for_categorical_losses():
    """The loss of one-hot vectors is that of class ids: the same fit."""
    plain = fitted_classifier()
    assert_same_weights(plain, classifier(wrapped={"loss": "sparse_categorical_crossentropy"}).fit(X, Y))
    one_hot = classifier(wrapped={"loss": "categorical_crossentropy"}).fit(X, Y)
    for name, value in plain.weights_.items():
        assert_allclose(one_hot.weights_[name], value, rtol=1e-4, atol=1e-5)


def test_classifier_of_several_outputs():
    y = np.column_stack([Y, BINARY])
    model = classifier(build_heads).fit(RAGGED, y)
    assert [probs.shape for probs in model.predict_proba(RAGGED)] == [(24, 3), (24, 2)]
    assert model.predict(RAGGED).shape == (24, 2)
    assert {"loss", "head0_loss", "head1_loss"} <= set(model.history_)


@pytest.mark.filterwarnings("ignore:A column-vector y")
@pytest.mark.parametrize("n_outputs", [None, 1, 2])
def test_regressor(n_outputs):
    y = NUMBERS if n_outputs is None else rng.randn(24, n_outputs)
    model = regressor().fit(RAGGED, y)
    assert model.predict(RAGGED).shape == y.shape
    assert model.predict(RAGGED).dtype == np.float64


def test_tokens_and_text():
    model = classifier(build_embedding, wrapped={"model__width": 4}, analyzer="char").fit(WORDS, BINARY)
    assert model.weights_["0/sequential/embedding/embeddings"].shape == (4, 4)  # padding, a, b, c
    assert_array_equal(model.predict(WORDS[:6]), model.predict(WORDS)[:6])
    tokens = [list(word) for word in WORDS]
    assert_same_weights(model, classifier(build_embedding, wrapped={"model__width": 4}).fit(tokens, BINARY))


@pytest.mark.parametrize(("data", "runs"), [(X, EAGER), (RAGGED, GRAPH)], ids=["array", "ragged"])
def test_autoencoder(data, runs):
    model = autoencoder(wrapped=runs).fit(data)
    assert model.transform(data).shape == (24, 3)
    assert len(model.get_feature_names_out()) == 3
    written = model.reconstruct(data)
    assert [sample.shape for sample in written] == [sample.shape for sample in data]
    errors = [np.square(sample - own).mean() for sample, own in zip(data, written)]
    assert_allclose(model.score_samples(data), -np.array(errors), rtol=1e-5)
    for name in ("inverse_transform", "forecast", "predict_next"):
        assert not hasattr(model, name)
        assert not hasattr(clone(model), name)
    assert_allclose(model.encoder_model_.predict([X, np.ones((24, 5), bool)], verbose=0), model.transform(X), rtol=1e-5)


def test_a_model_of_fixed_length():
    """Shorter sequences are padded to the number of timesteps that it reads; longer ones are an error."""
    model = autoencoder(build_fixed).fit(X)
    assert model.reconstruct(X[:, :3]).shape == (24, 3, 2)
    padded = np.pad(X[:, :3], [(0, 0), (0, 2), (0, 0)])
    assert_allclose(model.reconstruct(X[:, :3]), model.reconstruct(padded)[:, :3], rtol=1e-6)
    with pytest.raises(ValueError, match="reads 5 timesteps, but X has 7: build it with None"):
        model.transform(rng.randn(3, 7, 2))


def test_several_dtypes():
    seen = []

    def build(meta):
        seen.append(build_classifier(meta))
        return seen[-1]

    model = classifier(build, dtype="float64").fit(X, Y)
    assert {value.dtype for value in model.weights_.values()} == {np.dtype("float64")}
    assert keras.config.dtype_policy().name == "float32"


# --- against Keras itself ---------------------------------------------------------------------------------------------


def test_training_is_that_of_keras():
    """Bit by bit what ``keras.Model.fit`` makes of the same initial weights, batches and sample weights."""
    weight = rng.rand(24)
    model = regressor(shuffle=False, batch_size=6, epochs=3, wrapped=GRAPH).fit(X, NUMBERS, sample_weight=weight)
    start = regressor(epochs=1, wrapped={"optimizer__learning_rate": 0.0}).fit(X, NUMBERS)
    plain = start.model_
    plain.compile(optimizer="adam", loss="mean_squared_error", **EAGER)
    weight = weight / weight.mean()  # so that of all samples the mean is sum(w l) / sum(w)
    data = [X.astype("float32"), np.ones((24, 5), bool)], NUMBERS.astype("float32")
    history = plain.fit(*data, sample_weight=weight, shuffle=False, batch_size=6, epochs=3, verbose=0).history
    for value, own in zip(plain.get_weights(), model.weights_.values()):
        assert_allclose(value, own, rtol=1e-5, atol=1e-7)
    assert_allclose(history["loss"], model.history_["loss"], rtol=1e-5)


def test_in_a_stream_a_repeated_sample_is_no_heavier_one():
    """Equal samples are merged, with the sum of their weights, and are as many samples all the same."""
    network = KerasRegressor(model=build_regressor, optimizer="sgd", **EAGER)
    y = np.array([3.0, 4.0] * 4)  # one target alone has no scale
    fits = [
        regressor(network=network).partial_fit(
            X[:2].repeat(n, axis=0), y[:2].repeat(n), sample_weight=np.full(2 * n, 2.0)
        )
        for n in (1, 4)
    ]
    assert_same_weights(*fits)


def test_own_train_step():
    """A model that trains itself is left to do so."""

    class Model(keras.Model):
        def train_step(self, data):
            self.optimizer.iterations.assign_add(7)
            return {"loss": 0.5, "own": 1.0}

    def build(meta):
        source, mask = inputs(meta)
        outputs = Dense(meta["n_classes_"], activation="softmax")(pooled(source, mask))
        model = Model([source, mask], outputs)
        model.compile(optimizer="sgd")
        return model

    model = classifier(build, epochs=2).fit(X, Y)
    assert model.history_["loss"] == [0.5, 0.5]
    assert model.optimizer_state_[0] == 14


def test_a_model_compiled_by_its_builder():
    def build(meta, compile_kwargs):
        model = build_classifier(meta)
        model.compile(optimizer=compile_kwargs["optimizer"], loss="categorical_crossentropy")
        return model

    model = classifier(build).fit(X, Y)
    assert model.model_.loss == "categorical_crossentropy"
    assert_allclose(model.model_.optimizer.learning_rate.numpy(), 0.05)

    def without_loss(meta, compile_kwargs):
        model = build_classifier(meta)
        model.compile(**compile_kwargs)
        return model

    assert_same_weights(classifier(without_loss).fit(X, Y), fitted_classifier())


@pytest.mark.parametrize("masked", [False, True])
def test_losses_on_padding_do_not_count(masked):
    """The reconstruction of a ragged batch has the loss that its real steps have, masked output or not."""

    def build(meta, masked):
        source = Input((None, meta["n_features"]))
        if masked:
            steps = keras.layers.Masking(0.0)(source)
            code = keras.layers.LSTM(2, name="encoding")(steps)
            steps = keras.layers.LSTM(2, return_sequences=True)(steps, initial_state=[code, code])
        else:  # zeros stay zeros, which are no maximum: padding is written on, but not read
            steps = Dense(2, activation="relu", use_bias=False)(source)
            code = keras.layers.GlobalMaxPooling1D(name="encoding")(steps)
            steps = keras.layers.Add()([steps, keras.layers.Reshape((1, 2))(code)])
        return keras.Model(source, Dense(meta["n_features"])(steps))

    wrapped = {"optimizer__learning_rate": 0.0, "model__masked": masked}
    model = autoencoder(build, epochs=1, wrapped=wrapped).fit(RAGGED)
    errors = np.concatenate([np.square(a - b) for a, b in zip(RAGGED, model.reconstruct(RAGGED))])
    assert_allclose(model.history_["loss"][0], errors.mean(), rtol=1e-5)


# --- padding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [classifier(), regressor(), autoencoder()], ids=lambda model: type(model).__name__)
def test_padding_and_neighbours_change_nothing(model):
    target = Y if isinstance(model, SequenceClassifier) else NUMBERS
    model = clone(model).fit(RAGGED, target)
    ask = {SequenceClassifier: "predict_proba", SequenceRegressor: "predict"}.get(type(model), "transform")
    together = getattr(model, ask)(RAGGED)
    longer = getattr(model, ask)([*RAGGED, rng.randn(30, 2)])[:-1]
    assert_allclose(longer, together, rtol=1e-5, atol=1e-6)
    assert_array_equal(getattr(model, ask)(RAGGED[:5] + [max(RAGGED, key=len)])[:5], together[:5])


def build_padding_reader(meta):
    """A model in which padding counts as steps."""
    if meta["task"] == "reconstruct":
        encoding = keras.layers.GlobalAveragePooling1D(name="encoding")(source := Input((None, 2)))
        return keras.Model(source, Dense(2)(source) + keras.ops.expand_dims(encoding, 1))
    n_outputs, activation = (meta["n_classes_"], "softmax") if meta["task"] == "classify" else (1, None)
    layers = [keras.layers.GlobalAveragePooling1D(), Dense(n_outputs, activation=activation)]
    return keras.Sequential([Input((None, 2)), *layers])


@pytest.mark.parametrize(
    ("make", "asks"),
    [
        (classifier, ["predict_proba", "score"]),
        (regressor, ["predict"]),
        (autoencoder, ["transform", "reconstruct", "score_samples"]),
    ],
)
def test_a_model_that_reads_padding_is_refused_where_lengths_first_differ(make, asks):
    y = {classifier: Y, regressor: NUMBERS}.get(make)
    model = make(build_padding_reader, epochs=1).fit(X, y)
    for ask in asks:
        given = [Y[:2]] if ask == "score" else []
        getattr(model, ask)([X[0, :2], X[1, :2]], *given)
        with pytest.raises(ValueError, match=r"reads padding.*sequences of one length at a time"):
            getattr(model, ask)([X[0, :2], X[1]], *given)
    held = {"X_val": [X[0, :2], X[1]]} | ({} if y is None else {"y_val": y[:2]})
    with pytest.raises(ValueError, match="reads padding"):
        clone(model).fit(X, y, **held)


def test_lengths_are_an_input():
    def build(meta):
        source, lengths = Input((None, 2), name="source"), Input((), dtype="int32", name="lengths")
        mean = keras.ops.sum(source, axis=1) / keras.ops.cast(lengths, "float32")[:, None]
        return keras.Model({"source": source, "lengths": lengths}, Dense(1, use_bias=False)(mean))

    model = regressor(build).fit(RAGGED, NUMBERS)
    (kernel,) = model.weights_.values()
    means = np.stack([sample.mean(axis=0) for sample in RAGGED])
    assert_allclose(model.predict(RAGGED), means @ kernel[:, 0], rtol=1e-4, atol=1e-6)


# --- what the builder is told -----------------------------------------------------------------------------------------


def seen_by(fit):
    """The meta that a build function gets in a fit, which ends there."""
    seen = []

    def spy(meta):
        seen.append(meta)
        raise RuntimeError("enough is seen")

    with pytest.raises(ValueError, match="enough is seen"):
        fit(spy)
    return seen[0]


def test_meta_of_a_classifier():
    meta = seen_by(lambda build: classifier(build).fit(RAGGED, Y))
    assert_array_equal(meta.pop("classes_"), ["maybe", "no", "yes"])
    longest = max(map(len, RAGGED))
    assert meta == {
        "task": "classify",
        "dtype": "float32",
        "tokens": False,
        "n_features": 2,
        "n_features_in_": 2,
        "vocabulary_size": None,
        "n_timesteps_in_": longest,
        "lengths": (2, longest),
        "ragged": True,
        "n_classes_": 3,
        "n_outputs_": 1,
    }


def test_meta_of_others():
    meta = seen_by(lambda build: classifier(build).fit(X, np.column_stack([Y, BINARY])))
    assert meta["n_classes_"] == [3, 2]
    assert meta["n_outputs_"] == 2
    assert [len(classes) for classes in meta["classes_"]] == [3, 2]
    meta = seen_by(lambda build: classifier(build, analyzer="char").fit(WORDS, BINARY))
    assert (meta["tokens"], meta["vocabulary_size"], meta["n_features"]) == (True, 4, None)
    assert "n_features_in_" not in meta
    meta = seen_by(lambda build: regressor(build).fit(X, NUMBERS))
    assert (meta["task"], meta["n_outputs_"], meta["lengths"], meta["ragged"]) == ("regress", 1, (5, 5), False)
    meta = seen_by(lambda build: autoencoder(build).fit(X[:, :, 0]))
    assert (meta["task"], meta["n_features"], meta["n_features_in_"]) == ("reconstruct", 1, 5)


def test_params_and_wrapper_classes():
    """`params` as in scikeras, and a wrapper that builds by a method and reads what was learnt from itself."""

    class Wrapper(KerasClassifier):
        def _keras_build_fn(self, width, params):
            assert params["width"] == width == 2
            source = Input((None, 2), name="source")
            return keras.Model(source, Dense(self.n_classes_, activation="softmax")(pooled(source, None, width)))

    network = Wrapper(optimizer="sgd", width=2)
    assert SequenceClassifier(network=network, epochs=1).fit(X, Y).predict(X).shape == (24,)


# --- parameters by name -----------------------------------------------------------------------------------------------


def test_routing():
    model = classifier().set_params(network__model__units=5, network__optimizer__learning_rate=0.125)
    model.fit(X, Y)
    assert model.weights_["0/steps/kernel"].shape == (2, 5)
    assert model.history_["learning_rate"] == [0.125]
    assert model.model_.optimizer.learning_rate == 0.125


def test_routing_in_a_grid_search():
    """The best candidate's parameters are found in its model."""
    y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    units, rate = "network__model__units", "network__optimizer__learning_rate"
    grid = [{units: [1], rate: [1e-9]}, {units: [4], rate: [0.5]}]
    search = GridSearchCV(classifier(epochs=4), grid, cv=ONE_SPLIT, error_score="raise").fit(X, y)
    assert search.best_params_ == {units: 4, rate: 0.5}
    assert search.best_estimator_.model_.get_layer("steps").units == 4
    assert search.best_estimator_.history_["learning_rate"][0] == pytest.approx(0.5)
    assert len(set(search.cv_results_["mean_test_score"])) > 1


def test_cross_validation():
    assert cross_val_score(classifier(), RAGGED, Y, cv=2, error_score="raise").shape == (2,)


def test_pipeline():
    pipeline = make_pipeline(StandardScaler(), classifier())
    pipeline.set_params(sequenceclassifier__network__model__units=2).fit(X[:, :, 0], Y)
    assert pipeline[-1].weights_["2/dense/kernel"].shape == (2, 3)


ONE_SPLIT = [(np.arange(16), np.arange(16, 24))]


def epochs_until_stopped(**wrapped):
    """Training with a learning rate of zero, where the loss never becomes better."""
    model = regressor(epochs=6, shuffle=False, wrapped={"optimizer__learning_rate": 0.0, **wrapped})
    return model


def test_callbacks_of_the_wrapper():
    patience = {"callbacks__0__patience": 1, "callbacks__0__monitor": "loss"}
    stopping = epochs_until_stopped(callbacks=[keras.callbacks.EarlyStopping], **patience)
    assert stopping.fit(X, NUMBERS).n_iter_ == 2
    assert clone(stopping.set_params(network__callbacks__0__patience=2)).fit(X, NUMBERS).n_iter_ == 3
    assert stopping.set_params(network__callbacks=None).get_params()["network__callbacks"] is None
    search = GridSearchCV(
        epochs_until_stopped(callbacks=[keras.callbacks.EarlyStopping], callbacks__0__monitor="loss"),
        {"network__callbacks__0__patience": [1]},
        cv=ONE_SPLIT,
        error_score="raise",
    )
    assert search.fit(X, NUMBERS).best_estimator_.n_iter_ == 2


def test_callbacks_of_both_are_called():
    class Count(keras.callbacks.Callback):
        def __init__(self, seen):
            super().__init__()
            self.seen = seen

        def __deepcopy__(self, memo):
            return Count(self.seen)

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(batch)

    one, other = Count([]), Count([])
    regressor(wrapped={"callbacks": [one]}, callbacks=[other], epochs=2, batch_size=12).fit(X, NUMBERS)
    assert one.seen == other.seen == [0, 1, 0, 1]


def test_a_learning_rate_schedule_is_in_the_history():
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5**epoch)
    model = regressor(epochs=2, wrapped={"fit__callbacks": [halve]}).fit(X, NUMBERS)
    assert model.history_["learning_rate"] == [1.0, 0.5]


@pytest.mark.parametrize(
    ("parameters", "instead"),
    [
        ({"learning_rate_schedule": "linear"}, "optimizer__learning_rate=.*CosineDecay"),
        ({"warmup": 0.1}, "optimizer__learning_rate=.*warmup_steps"),
        ({"weight_decay": 0.1}, "optimizer__weight_decay=0.01"),
        ({"weight_average": "ema"}, "optimizer__use_ema=True"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_what_the_optimizer_of_the_wrapper_decides(parameters, instead):
    with pytest.raises(ValueError, match=f"does not reach a network of your own, .*e.g. {instead}"):
        regressor(**parameters).fit(X, NUMBERS)


def test_parameters_that_a_network_does_not_read():
    """A search over them found eight equal scores, in silence."""
    model = regressor(learning_rate=1e-6, units=2, clipnorm=0.5)
    with pytest.warns(UserWarning, match="does not read clipnorm=0.5, learning_rate=1e-06, units=2") as caught:
        model.fit(X, NUMBERS)
    back, instead = re.search("leave (.*), and set (.*), in a search", str(caught[0].message)).groups()
    model.set_params(**eval(f"dict({back})")).set_params(**eval(f"dict({instead})"))
    model.fit(X, NUMBERS)  # warnings are errors
    assert model.history_["learning_rate"] == [pytest.approx(1e-6)]
    assert model.model_.optimizer.global_clipnorm == 0.5
    assert model.model_.get_layer("steps").units == 2
    regressor(dropout=0.0, clipnorm=None, bidirectional=False, scale_inputs=False).fit(X, NUMBERS)


def test_the_optimizer_of_the_wrapper_has_a_schedule_and_a_weight_decay():
    """As the errors say; the history has the rate of the next update."""
    cosine = keras.optimizers.schedules.CosineDecay(0.5, decay_steps=4)
    wrapped = {"optimizer__learning_rate": cosine, "optimizer__weight_decay": 0.01}
    model = regressor(epochs=2, batch_size=12, wrapped=wrapped).fit(X, NUMBERS)
    assert_allclose(model.history_["learning_rate"], [0.25, 0.0], atol=1e-6)


def test_arguments_of_fit():
    model = regressor(epochs=2, wrapped={"fit__validation_freq": 2}).fit(X, NUMBERS, X_val=X, y_val=NUMBERS)
    assert len(model.history_["loss"]) == 2
    assert len(model.history_["val_loss"]) == 1


# --- the ladder of fit ------------------------------------------------------------------------------------------------


def test_early_stopping_restores_the_best_weights():
    """A learning rate that grows makes the validation loss worse after a while."""
    grow = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.01 if epoch < 2 else 0.5)
    parameters = {"early_stopping": True, "validation_fraction": 0.25, "n_iter_no_change": 2}
    model = regressor(epochs=60, wrapped={"callbacks": [grow]}, **parameters).fit(X, NUMBERS)
    assert model.n_iter_ < 60
    best = int(np.argmin(model.history_["val_loss"]))
    assert best == model.n_iter_ - 3
    shorter = regressor(epochs=best + 1, wrapped={"callbacks": [grow]}, **parameters).fit(X, NUMBERS)
    assert_same_weights(shorter, model)


def test_validation_loss_is_weighted():
    weight = rng.rand(24)
    model = regressor(epochs=1, batch_size=7).fit(X, NUMBERS, X_val=X, y_val=NUMBERS, sample_weight_val=weight)
    errors = np.square(model.predict(X) - NUMBERS)
    assert_allclose(model.history_["val_loss"][0], np.average(errors, weights=weight), rtol=1e-4)


def test_weights_of_samples_and_classes():
    """A sample of weight two counts as two samples, of weight zero as none; class weights multiply."""
    counts = np.repeat([2, 0, 1], [8, 4, 12])
    weighted = classifier(batch_size=40).fit(X, Y, sample_weight=counts)
    assert_same_weights(weighted, classifier(batch_size=40).fit(X.repeat(counts, axis=0), Y.repeat(counts)))
    by_class = classifier(batch_size=40, class_weight={"yes": 3.0}).fit(X, Y)
    assert_same_weights(by_class, classifier(batch_size=40).fit(X, Y, sample_weight=np.where(Y == "yes", 3.0, 1.0)))


def test_going_on():
    """Two fits of one epoch are one of two, batches in order: weights and optimizer go on."""
    one = regressor(shuffle=False, epochs=2, batch_size=12).fit(X, NUMBERS)
    two = regressor(shuffle=False, epochs=1, batch_size=12, warm_start=True).fit(X, NUMBERS).fit(X, NUMBERS)
    for name, value in one.weights_.items():
        assert_allclose(two.weights_[name], value, rtol=1e-5, atol=1e-7)
    assert len(two.history_["loss"]) == 2
    parts = regressor(shuffle=False, batch_size=12)
    for _ in range(2):
        parts.partial_fit(X, NUMBERS)
    assert_same_weights(parts, two)


def test_going_on_with_another_network_is_an_error():
    model = regressor(warm_start=True).fit(X, NUMBERS)
    before = copy.deepcopy(model.weights_)
    with pytest.raises(ValueError, match=r"cannot go on from its last fit.*\(2, 5\).*\(2, 3\)"):
        model.set_params(network__model__units=5).fit(X, NUMBERS)
    with pytest.raises(ValueError, match="The optimizer of network is another one"):
        model.set_params(network__model__units=3, network__optimizer="sgd").fit(X, NUMBERS)
    with pytest.raises(ValueError, match="cannot go on from its last fit with another network: "):
        model.set_params(network=None).fit(X, NUMBERS)
    for name, value in before.items():
        assert_array_equal(model.weights_[name], value)


def test_divergence_keeps_the_last_finite_weights():
    explode = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 1e-3 if epoch < 1 else np.inf)
    model = regressor(epochs=5, wrapped={"callbacks": [explode]})
    with pytest.raises(FloatingPointError, match=r"diverged.*network__optimizer__learning_rate"):
        model.fit(X, NUMBERS)
    assert_same_weights(model, regressor(epochs=1).fit(X, NUMBERS))
    assert np.isfinite(model.predict(X)).all()


def test_interruption_keeps_what_was_learnt():
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model = regressor(epochs=2, callbacks=[Interrupt()]).fit(X, NUMBERS)
    assert_same_weights(model, regressor(epochs=1).fit(X, NUMBERS))


def test_an_interruption_before_the_first_update_leaves_the_estimator_as_it_was():
    class Interrupt(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            raise KeyboardInterrupt

    model = regressor(epochs=1).fit(X, NUMBERS)
    before = model.weights_
    with pytest.raises(KeyboardInterrupt):
        model.set_params(callbacks=[Interrupt()]).fit(X, NUMBERS)
    assert model.weights_ is before


def told_of(model, *data):
    """What a fit says of the loss of a constant answer."""
    return [message for message in told(model.fit, *data) if "learnt nothing" in message]


def constant_of(message):
    return float(re.search(r"that of the best constant is (\S+)\.", message)[1])


@pytest.fixture
def one_epoch_shows(monkeypatch):
    """Let a fit of one epoch be judged as one of five: Keras takes long for each."""
    for module in ("fits.facts", "own_network"):
        monkeypatch.setattr(f"skseq._base.{module}.LEAST_EPOCHS", 1)


LEFT_ALONE = {"optimizer__learning_rate": 0.0}
WEIGHTS = np.arange(1.0, 25.0)
LOSSES_OF_NUMBERS = {
    "mse": lambda y, w: np.average((y - np.average(y, weights=w)) ** 2, weights=w),
    "mae": lambda y, w: np.average(abs(y - np.median(y)), weights=w),
}


@pytest.mark.usefixtures("one_epoch_shows")
@pytest.mark.parametrize("loss", LOSSES_OF_NUMBERS)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["equal", "weighted"])
def test_numbers_of_which_nothing_was_learnt(loss, weights):
    y = 1000 + NUMBERS
    model = regressor(batch_size=10, wrapped={"loss": loss, **LEFT_ALONE})
    (message,) = told_of(model, RAGGED, y, weights)
    assert constant_of(message) == pytest.approx(LOSSES_OF_NUMBERS[loss](y, weights), rel=0.005)
    assert message.startswith("SequenceRegressor learnt nothing: its loss ended at 1e+0")
    assert (
        "Its network is your own, for which nothing is scaled. Try numbers of about 1 in X, as from SequenceSc"
        in message
    )
    assert "and in y, as with TransformedTargetRegressor" in message
    assert "more epochs (now 1), another network__optimizer__learning_rate." in message


@pytest.mark.usefixtures("one_epoch_shows")
@pytest.mark.parametrize(
    ("build", "loss", "y"),
    [
        (build_classifier, None, Y),
        (build_classifier, "categorical_crossentropy", Y),
        (build_sigmoid, None, BINARY),
        (build_embedding, None, Y),
    ],
    ids=["classes", "one-hot", "sigmoid", "tokens"],
)
def test_classes_of_which_nothing_was_learnt(build, loss, y):
    tokens = build is build_embedding
    data = [list(word) for word in WORDS] if tokens else RAGGED
    model = classifier(build, wrapped={"loss": loss, **LEFT_ALONE})
    weight = np.where(y == "no", 3.0, 1.0)
    shares = np.array([weight[y == label].sum() for label in np.unique(y)]) / weight.sum()
    found = told_of(model, data, y, weight)
    for message in found:
        assert constant_of(message) == pytest.approx(-shares @ np.log(shares), rel=0.005)
        assert "Try more epochs" in message if tokens else "Try numbers of about 1 in X" in message
        assert " in y" not in message
    assert len(found) == (model.loss_ > -0.99 * shares @ np.log(shares))
    assert model._facts.constant.loss == pytest.approx(-shares @ np.log(shares), rel=1e-5)


def test_steps_of_which_nothing_was_learnt():
    """Padding does not count, and the mean over features does."""
    far = [100 + 3 * sample for sample in RAGGED]
    (message,) = told_of(autoencoder(epochs=5, wrapped=LEFT_ALONE), far)
    assert constant_of(message) == pytest.approx(np.concatenate(far).var(axis=0).mean(), rel=0.005)


def test_too_few_epochs_show_nothing():
    assert told_of(classifier(epochs=4, wrapped=LEFT_ALONE), 100 * X, Y) == []


@pytest.mark.usefixtures("one_epoch_shows")
def test_losses_whose_constant_answer_is_not_known():
    def own(y_true, y_pred):
        return keras.losses.mean_squared_error(y_true, y_pred)

    def penalised(meta):
        source, mask = inputs(meta)
        return keras.Model([source, mask], Dense(1, kernel_regularizer="l2")(pooled(source, mask)))

    total = keras.losses.MeanSquaredError(reduction="sum")
    for build, loss in ((build_regressor, own), (build_regressor, total), (penalised, "mse")):
        model = regressor(build, wrapped={"loss": loss, **LEFT_ALONE})
        assert told_of(model, X, 1000 + NUMBERS) == []
        assert model._facts.constant.loss is None
    model = classifier(build_heads, wrapped=LEFT_ALONE).fit(X, np.c_[Y, BINARY])
    assert model._facts.constant.loss is None


def test_verbose(capsys):
    regressor(verbose=1, epochs=2).fit(X, NUMBERS)
    assert [line.partition("  ")[0] for line in capsys.readouterr().out.splitlines()] == ["epoch 1/2", "epoch 2/2"]


# --- numbers only -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [classifier, regressor, autoencoder])
def test_copies_predict_the_same(make, tmp_path):
    model = make().fit(RAGGED, Y if make is classifier else NUMBERS)
    ask = "transform" if make is autoencoder else "predict"
    expected = getattr(model, ask)(RAGGED)
    skseq.clear_pool()  # the copies build their models anew
    joblib.dump(model, tmp_path / "model.joblib")
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), joblib.load(tmp_path / "model.joblib")):
        assert_array_equal(getattr(other, ask)(RAGGED), expected)
    assert not hasattr(clone(model), "weights_")


def live_objects(value, found):
    """Keras models, variables and callbacks below the fitted attributes of an estimator."""
    if isinstance(value, (keras.Model, keras.Variable, keras.callbacks.Callback)):
        found.append(value)
    elif isinstance(value, dict):
        for entry in value.values():
            live_objects(entry, found)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            live_objects(entry, found)
    elif hasattr(value, "__dict__") and not callable(value):
        live_objects(vars(value), found)
    return found


def test_no_live_object_hangs_on_an_estimator():
    model = copy.deepcopy(fitted_classifier())
    model.predict(X)
    assert live_objects(vars(model), []) == []


def test_predict_changes_nothing():
    model = fitted_classifier()
    before = pickle.dumps(model)
    model.predict_proba(RAGGED)
    assert pickle.dumps(model) == before


def test_the_wrapper_is_never_touched():
    callback = keras.callbacks.EarlyStopping(monitor="loss")
    optimizer = keras.optimizers.Adam(0.01)
    network = KerasClassifier(model=build_classifier, callbacks=[callback], model__units=2, **EAGER)
    network.set_params(optimizer=optimizer)
    before = dict(vars(network))
    model = SequenceClassifier(network=network, epochs=1).fit(X, Y)
    model.fit(X, Y).predict(X)
    assert model.network is network
    assert {name: id(value) for name, value in vars(network).items()} == {n: id(v) for n, v in before.items()}
    assert not optimizer.built
    assert callback.model is None


def test_the_parameters_of_fit_time_count():
    model = copy.deepcopy(fitted_classifier())
    expected = model.predict_proba(X)
    model.set_params(network__model__units=7)
    skseq.clear_pool()
    assert_array_equal(model.predict_proba(X), expected)
    model.set_params(network=None)
    assert_array_equal(model.predict_proba(X), expected)


def test_predictions_use_the_pool(monkeypatch):
    built = []

    def build(meta):
        built.append(meta)
        return build_classifier(meta)

    model = classifier(build).fit(X, Y)
    for _ in range(3):
        model.predict(X)
    assert len(built) == 1
    skseq.clear_pool()
    model.predict(X)
    model.predict(RAGGED)
    assert len(built) == 2


# --- randomness -------------------------------------------------------------------------------------------------------


def test_nothing_is_left_of_a_fit():
    made = []

    def build(meta):
        model = build_classifier(meta)
        made.append(weakref.ref(model))
        return model

    fitted = classifier(build, wrapped=GRAPH, epochs=1, early_stopping=True).fit(RAGGED, Y)
    fitted.predict(RAGGED)
    del fitted
    skseq.clear_pool()
    gc.collect()
    assert made
    assert not [model for model in made if model() is not None]


def test_the_same_random_state_gives_the_same_weights():
    make = functools.partial(classifier, wrapped={"model__dropout": 0.5}, batch_size=12)
    first, second, other = (make(random_state=seed).fit(X, Y) for seed in (0, 0, 1))
    assert_same_weights(first, second)
    assert not np.array_equal(first.weights_["2/dense/kernel"], other.weights_["2/dense/kernel"])


def test_global_random_states_stay():
    def states():
        return random.getstate(), str(np.random.get_state())

    before, policy = states(), keras.config.dtype_policy()
    model = classifier(wrapped={"model__dropout": 0.5}, early_stopping=True).fit(X, Y)
    skseq.clear_pool()
    model.predict(X)
    assert states() == before
    assert keras.config.dtype_policy() == policy


def test_global_seeds_do_not_matter():
    random.seed(1)
    first = classifier().fit(X, Y)
    random.seed(2)
    assert_same_weights(first, classifier().fit(X, Y))


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "shown"),
    [
        (build_classifier, "Got function"),
        (KerasClassifier, "Got the class KerasClassifier"),
        (Seq2SeqClassifier(), "Got Seq2SeqClassifier"),
        ("lstm", "Got str"),
    ],
)
def test_not_a_wrapper(network, shown):
    with pytest.raises(TypeError, match=rf"must be a scikeras wrapper.*{shown}.*KerasClassifier\(model=build\)"):
        SequenceClassifier(network=network).fit(X, Y)


def test_without_scikeras_nothing_is_a_wrapper(monkeypatch):
    monkeypatch.delitem(sys.modules, "scikeras.wrappers")
    with pytest.raises(TypeError, match="must be a scikeras wrapper"):
        SequenceClassifier(network=build_classifier).fit(X, Y)
    assert "scikeras.wrappers" not in sys.modules


def test_a_ready_model_is_refused():
    ready = keras.Sequential([Input((None, 2)), keras.layers.LSTM(2)])
    with pytest.raises(TypeError, match="wraps a ready Sequential. Wrap a function"):
        SequenceClassifier(network=KerasClassifier(model=ready)).fit(X, Y)


@pytest.mark.parametrize(
    ("wrapped", "instead"),
    [
        ({"epochs": 3}, "epochs=3.*use epochs of SequenceRegressor"),
        ({"batch_size": 3}, "batch_size=3"),
        ({"validation_split": 0.5}, "use early_stopping and validation_fraction"),
        ({"shuffle": False}, "shuffle=False"),
        ({"verbose": 0}, "verbose=0"),
        ({"random_state": 0}, "random_state=0"),
        ({"warm_start": True}, "warm_start=True"),
        ({"fit__epochs": 1}, "fit__epochs=1"),
        ({"class_weight": "balanced"}, "class_weight"),
        ({"predict__batch_size": 1}, "predictions are up to SequenceRegressor"),
    ],
    ids=str,
)
def test_what_is_not_up_to_the_wrapper(wrapped, instead):
    with pytest.raises(ValueError, match=instead):
        regressor(wrapped=wrapped).fit(X, NUMBERS)


@pytest.mark.parametrize("parameters", [{"freeze": True}, {"encoder": LSTMAutoencoderTransformer()}], ids=str)
def test_parameters_without_meaning(parameters):
    with pytest.raises(ValueError, match="has no meaning for a network of your own"):
        classifier(**parameters).fit(X, Y)


def test_layers_decide_on_mixed_precision_themselves():
    with pytest.raises(ValueError, match="give layers of the network dtype='mixed_bfloat16'"):
        classifier(dtype="mixed_bfloat16").fit(X, Y)


@pytest.mark.parametrize("parameters", [{"decoder": "composite"}, {"output": "sequence"}], ids=str)
def test_parameters_without_meaning_for_autoencoders(parameters):
    with pytest.raises(ValueError, match="has no meaning for a network of your own"):
        autoencoder(**parameters).fit(X)


@pytest.mark.parametrize("name", ["network__callbacks__0__patience", "network__model__units"])
def test_setting_parameters_without_a_network(name):
    with pytest.raises(ValueError, match=f"{name} cannot be set: network is None"):
        SequenceClassifier().set_params(**{name: 1})


def built_of(layers):
    """A build function of a Sequential model."""
    return lambda meta: keras.Sequential([Input((None, meta["n_features"])), *layers])


def vector(width):
    """A build function of a model that writes vectors."""
    return built_of([keras.layers.GlobalAveragePooling1D(), Dense(width)])


def test_a_builder_that_fails():
    def build(meta):
        return meta["n_feature"]

    with pytest.raises(ValueError, match=r"build function of network failed: KeyError: 'n_feature'.*n_features"):
        classifier(build).fit(X, Y)
    with pytest.raises(ValueError, match=r"build function of network failed: TypeError"):
        classifier(wrapped={"model__depth": 2}).fit(X, Y)


def test_a_builder_that_returns_something_else():
    with pytest.raises(TypeError, match="must return a keras.Model. Got NoneType"):
        classifier(lambda meta: None).fit(X, Y)


@pytest.mark.parametrize(
    ("width", "message"),
    [
        (4, r"shape \(n_samples, 4\), but the classes of y need \(n_samples, 3\)"),
        (1, r"shape \(n_samples, 1\), but the classes of y need \(n_samples, 3\)"),
    ],
)
def test_outputs_that_do_not_fit_the_classes(width, message):
    with pytest.raises(ValueError, match=message):
        classifier(vector(width)).fit(X, Y)


def test_outputs_that_do_not_fit_other_targets():
    with pytest.raises(ValueError, match=r"shape \(n_samples, 2\), but y needs \(n_samples, 1\)"):
        regressor(vector(2)).fit(X, NUMBERS)
    with pytest.raises(ValueError, match=r"shape \(n_samples, 5, 3\), but .* of X needs \(n_samples, 5, 2\)"):
        autoencoder(built_of([Dense(3)])).fit(X)
    with pytest.raises(ValueError, match=r"shape \(n_samples, 2\), but .* \(n_samples, 3\) and \(n_samples, 2\)"):
        classifier(vector(2)).fit(X, np.column_stack([Y, BINARY]))
    with pytest.raises(ValueError, match=r"or \(n_samples, 1\) \(the probability of the second class\)"):
        classifier(vector(3)).fit(X, BINARY)


def test_a_failed_fit_leaves_the_estimator_as_it_was():
    model = classifier(vector(4))
    with pytest.raises(ValueError, match="n_samples, 4"):
        model.fit(X, Y)
    assert not hasattr(model, "weights_")
    assert not hasattr(model, "classes_")


def test_outputs_that_are_no_probabilities():
    with pytest.raises(ValueError, match="no probabilities.*activation='softmax'"):
        classifier(vector(3)).fit(X, Y)


OF_KERAS = ["mse", "kl_divergence", "hinge", "binary_crossentropy", "poisson", "cosine_similarity"]


@pytest.mark.parametrize("loss", [*OF_KERAS, keras.losses.MeanSquaredError()], ids=[*OF_KERAS, "object"])
def test_losses_that_do_not_read_classes(loss):
    """With as many samples in a batch as there are classes, Keras would compare each class with every sample."""
    with pytest.raises(
        ValueError, match=r"loss of network .* from 0 to 2, \(n_samples,\).* loss='sparse_categorical_cross"
    ):
        classifier(wrapped={"loss": loss}, batch_size=3).fit(X, Y)
    with pytest.raises(ValueError, match="loss of network .* from 0 to 1"):
        classifier(build_heads, wrapped={"loss": ["sparse_categorical_crossentropy", loss]}).fit(X, np.c_[Y, BINARY])


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_losses_that_do_not_read_one_column(loss):
    with pytest.raises(ValueError, match=r"0 or 1 for the one probability.*Set loss='binary_crossentropy'"):
        classifier(build_sigmoid, wrapped={"loss": loss}).fit(X, BINARY)
    with pytest.raises(ValueError, match=r"numbers, \(n_samples, 1\)\. Set loss='mean_squared_error'"):
        regressor(wrapped={"loss": loss}).fit(X, NUMBERS)


@pytest.mark.parametrize("loss", ["mse", "hinge", "binary_focal_crossentropy"])
def test_other_losses_of_one_probability(loss):
    assert np.isfinite(classifier(build_sigmoid, wrapped={"loss": loss}).fit(X, BINARY).loss_)


def test_losses_of_ones_own_are_not_judged():
    def own(y_true, y_pred):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)

    assert_same_weights(classifier(wrapped={"loss": own}).fit(X, Y), fitted_classifier())


def test_an_autoencoder_needs_an_encoding():
    with pytest.raises(ValueError, match=r"layer named 'encoding'.*named source, steps, mask, code"):
        autoencoder(wrapped={"model__name": "code"}).fit(X)
    layers = [Dense(2, name="encoding")]
    with pytest.raises(ValueError, match=r"'encoding'.*writes shape \(n_samples, 5, 2\).*one vector per sample"):
        autoencoder(built_of(layers)).fit(X)


def test_inputs_of_unknown_names():
    def build(meta):
        source, other = Input((None, 2), name="source"), Input((None,), name="weights")
        return keras.Model([source, other], Dense(1)(pooled(source, None)))

    with pytest.raises(ValueError, match="nothing is known of 'weights'.*'source'.*'mask'.*'lengths'"):
        regressor(build).fit(X, NUMBERS)


def test_a_model_that_cannot_read_the_source():
    with pytest.raises(ValueError, match=rf"cannot read inputs of shape \({PREDICT_ROWS}, 5, 2\)"):
        regressor(lambda meta: keras.Sequential([Input((5, 3)), keras.layers.LSTM(1)])).fit(X, NUMBERS)


def test_what_an_own_network_has_not():
    model = classifier(pooling="attention")
    assert not hasattr(model, "attention_weights")
    with pytest.warns(UserWarning, match="does not read pooling='attention': leave pooling='auto'"):
        model.fit(X, Y)
    assert not hasattr(model, "attention_weights")
    assert not hasattr(model, "encoder_model_")
    assert not hasattr(model, "decoder_model_")
    assert isinstance(model.model_, keras.Model)


@pytest.mark.usefixtures("eager")
def test_an_estimator_with_an_own_network_is_no_encoder():
    with pytest.raises(ValueError, match="must not have been fitted with a network of its own"):
        SequenceClassifier(encoder=autoencoder().fit(X)).fit(X, Y)
    fitted = copy.deepcopy(fitted_classifier()).set_params(network=None)
    with pytest.raises(ValueError, match="must not have been fitted with a network of its own"):
        SequenceClassifier(encoder=fitted).fit(X, Y)
    with pytest.raises(ValueError, match="was fitted with a network of its own: fit it with network=None"):
        SequenceEncoder(FrozenEstimator(fitted)).fit(X)
    usual = SequenceClassifier(units=3, epochs=1).fit(X, Y).set_params(network=classifier().network)
    assert SequenceEncoder(FrozenEstimator(usual)).fit_transform(X).shape[0] == len(X)
