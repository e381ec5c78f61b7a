"""What training shows to a user: history, callbacks, early stopping, penalties, divergence, interruption."""

import csv
import itertools
import re
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.utils import estimator_html_repr

from skseq import LSTMAutoencoderDetector, LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceClassifier
from skseq.datasets import make_echo
from skseq.nn.training import fitting, progress

pytestmark = pytest.mark.usefixtures("eager")

METRICS = ["loss", "token_accuracy", "sequence_accuracy"]
RATES = ["gradient_norm", "largest_gradient_norm", "largest_weight", "learning_rate"]


@pytest.fixture(scope="module")
def echo():
    return make_echo(60, n_timesteps=3, n_kept=2, cardinality=4, random_state=0)


# With it a fit that has a graph here, since it may be long, has the same bits as one that has none.
PLAIN = {"attention": False, "cell": "lstm", "bidirectional": False}


def small(**parameters):
    training = {"epochs": 4, "batch_size": 20, "learning_rate_schedule": "constant"}
    return Seq2SeqClassifier(**{"units": 6, **PLAIN, **training, "random_state": 0, **parameters})


# --- history ----------------------------------------------------------------------------------------------------------


def test_history(echo):
    X, y = echo
    model = small().fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:])
    assert list(model.history_) == [*METRICS, *RATES, *(f"val_{name}" for name in METRICS)]
    assert {len(values) for values in model.history_.values()} == {4}
    assert all(type(value) is float for values in model.history_.values() for value in values)
    assert model.history_["learning_rate"] == pytest.approx([0.01] * 4)
    assert min(model.history_["gradient_norm"]) > 0
    assert model.history_["largest_weight"][-1] == max(np.abs(value).max() for value in model.weights_.values())
    assert all(np.greater(model.history_["largest_gradient_norm"], model.history_["gradient_norm"]))


def test_the_largest_norm_is_that_of_the_only_update(echo):
    history = small(batch_size=60).fit(*echo).history_
    assert history["largest_gradient_norm"] == history["gradient_norm"]


def test_validation_loss_is_that_of_the_final_weights(echo):
    X, y = echo
    model = small(early_stopping=False).fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:])
    assert model.history_["val_sequence_accuracy"][-1] == pytest.approx(model.score(X[40:], y[40:]))
    # the only step sees no earlier token: no difference to teacher forcing
    one_step = small(early_stopping=False).fit(X[:40], y[:40, :1], X_val=X[40:], y_val=y[40:, :1])
    probs = one_step.predict_proba(X[40:])[0]
    expected = -np.log(probs[np.arange(20), np.searchsorted(one_step.classes_[0], y[40:, 0])]).mean()
    assert one_step.history_["val_loss"][-1] == pytest.approx(expected, rel=1e-4)


def test_validation_weights_count(echo):
    X, y = echo
    weight = np.r_[np.ones(10), np.zeros(10)]
    weighted = small().fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:], sample_weight_val=weight)
    half = small().fit(X[:40], y[:40], X_val=X[40:50], y_val=y[40:50])
    assert weighted.history_["val_loss"] == pytest.approx(half.history_["val_loss"])


# --- early stopping ---------------------------------------------------------------------------------------------------


def test_early_stopping_restores_the_best_weights(echo):
    X, y = echo
    rng = np.random.RandomState(0)
    noise = rng.permutation(y)  # nothing to learn: the validation loss soon gets worse
    model = small(epochs=60, n_iter_no_change=3, learning_rate=0.05, early_stopping=True)
    model.fit(X[:40], noise[:40], X_val=X[40:], y_val=noise[40:])
    losses = model.history_["val_loss"]
    best = int(np.argmin(losses))
    assert model.n_iter_ == len(losses) == best + 1 + 3 < 60
    until_best = clone(model).set_params(early_stopping=False, epochs=best + 1).fit(X[:40], noise[:40])
    for name, value in until_best.weights_.items():
        np.testing.assert_array_equal(model.weights_[name], value)


def test_early_stopping_auto():
    X, y = make_echo(10_001, n_timesteps=2, n_kept=1, cardinality=3, random_state=0)
    model = small(units=2, epochs=2, batch_size=10_001)
    assert "val_loss" in model.fit(X, y).history_
    assert "val_loss" not in model.fit(X[:-1], y[:-1]).history_
    assert "val_loss" not in model.set_params(early_stopping=False).fit(X, y).history_


@pytest.mark.parametrize(
    ("settings", "least"),
    [
        ({"dropout": 0.0}, 0.001),
        ({"dropout": 0.3}, 0.016),
        ({"dropout": 0.3, "early_stopping": False}, None),
        ({"dropout": 0.3, "early_stopping": True}, None),
        ({"weight_average": "swa"}, None),
        ({"learning_rate_schedule": "reduce_on_plateau"}, None),
    ],
)
def test_the_loss_that_is_next_to_nothing(monkeypatch, settings, least):
    """A part of ln 2, that of a constant answer to as many samples of one class as of the other."""
    asked, fit_network = [], fitting.fit_network

    def fit(runner, data, options, **more):
        asked.append(options.least_loss)
        return fit_network(runner, data, options, **more)

    monkeypatch.setattr(fitting, "fit_network", fit)
    X, y = np.random.RandomState(0).randn(20, 3), np.arange(20) % 2
    small(**{"epochs": 1, **settings}).fit(X, y)
    assert asked == [None if least is None else pytest.approx(least * np.log(2), rel=1e-6)]


def test_a_fit_says_that_it_ends(caplog):
    X, y = np.repeat([np.ones((3, 8)), -np.ones((3, 8))], 20, axis=0), np.repeat([0, 1], 20)
    model = small(epochs=40, n_iter_no_change=3, dropout=0.1, learning_rate=0.05)
    with caplog.at_level("INFO", logger="skseq"):
        model.fit(X, y)
    assert model.n_iter_ < 40
    told = f"The loss is next to nothing: the fit ends after epoch {model.n_iter_} of 40."
    assert caplog.records[-1].getMessage() == told


def test_validation_fraction_keeps_classes_and_needs_samples():
    X, y = np.random.RandomState(0).randn(40, 3), np.repeat([0, 1], [30, 10])
    model = small(early_stopping=True, validation_fraction=0.5, epochs=2).fit(X, y)
    assert len(model.history_["val_loss"]) == 2
    with pytest.raises(ValueError, match=r"validation_fraction=0.9 of X with 1 sample\(s\) leaves none"):
        small(early_stopping=True, validation_fraction=0.9).fit(X[:1], y[:1])


# --- Keras callbacks --------------------------------------------------------------------------------------------------


class Recorder(keras.callbacks.Callback):
    """Which hooks were called; the list is shared with the shallow copy that a fit makes."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("train_begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch_begin {epoch}")

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"epoch_end {epoch} {sorted(logs)}")

    def on_train_end(self, logs=None):
        self.calls.append("train_end")


def test_hooks_are_called_in_order(echo):
    recorder = Recorder()
    small(epochs=2, callbacks=[recorder]).fit(*echo)
    logs = sorted([*METRICS, *RATES])
    expected = ["train_begin"]
    for epoch in range(2):
        expected += [f"epoch_begin {epoch}", f"epoch_end {epoch} {logs}"]
    assert recorder.calls == [*expected, "train_end"]
    assert recorder.model is None  # the parameter itself holds no live model afterwards


class Batches(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append((batch, logs["loss"]))


def test_batch_hooks_are_called_for_every_batch(echo):
    batches = Batches()
    model = small(epochs=2, callbacks=[batches]).fit(*echo)
    assert [batch for batch, _ in batches.losses] == [0, 1, 2] * 2
    assert batches.losses[-1][1] == pytest.approx(model.history_["loss"][-1])
    plain = small(epochs=2).fit(*echo)
    assert plain.history_["loss"] == pytest.approx(model.history_["loss"])
    for name in RATES:
        assert plain.history_[name] == pytest.approx(model.history_[name])


def test_keras_early_stopping(echo):
    X, y = echo
    stop = keras.callbacks.EarlyStopping("loss", min_delta=10.0, patience=2, restore_best_weights=True)
    model = small(epochs=20, callbacks=[stop]).fit(X, y)
    assert model.n_iter_ == 3
    first = small(epochs=1).fit(X, y)
    for name, value in first.weights_.items():
        np.testing.assert_array_equal(model.weights_[name], value)


@pytest.mark.parametrize(
    "average",
    [
        {"weight_average": "ema"},
        {"optimizer": {"class_name": "Adam", "config": {"use_ema": True}}, "learning_rate": None},
    ],
    ids=["weight_average", "use_ema"],
)
def test_callbacks_see_and_restore_what_was_validated(echo, average):
    """EarlyStopping keeps what val_loss was measured with, and the end of the training leaves it as it is."""
    X, y = echo
    stop = keras.callbacks.EarlyStopping("loss", min_delta=10.0, patience=2, restore_best_weights=True)
    model = small(epochs=20, batch_size=60, callbacks=[stop], early_stopping=False, **average).fit(
        X, y, X_val=X, y_val=y
    )
    assert model.n_iter_ == 3
    loss = -np.mean(model.score_samples(X, y)) / y.shape[1]
    assert loss == pytest.approx(model.history_["val_loss"][0], rel=1e-5)


def test_a_callback_that_changes_one_weight_leaves_the_others_and_their_means(echo):
    class Change(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            layer = self.model.layers[-1]
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel, bias + 1])

    parameters = {"epochs": 1, "weight_average": "ema"}
    model, plain = small(callbacks=[Change()], **parameters).fit(*echo), small(**parameters).fit(*echo)
    differ = [name for name, value in plain.weights_.items() if not np.array_equal(value, model.weights_[name])]
    assert len(differ) == 1
    np.testing.assert_allclose(model.weights_[differ[0]], plain.weights_[differ[0]] + 1, rtol=1e-5)


def test_validation_data_without_weight_are_refused(echo):
    X, y = echo
    labels = y[:, 0]
    model = small(class_weight={labels[0]: 0.0})
    one = labels == labels[0]
    with pytest.raises(ValueError, match="The validation data weigh nothing, so they have no loss"):
        model.fit(X, labels, X_val=X[one], y_val=labels[one])


def test_learning_rate_callbacks(echo):
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1))
    model = small(epochs=3, batch_size=60, callbacks=[schedule]).fit(*echo)
    assert model.history_["learning_rate"] == pytest.approx([0.1, 0.05, 0.1 / 3])
    reduce = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=10.0)
    model = small(epochs=4, batch_size=60, callbacks=[reduce]).fit(*echo)
    assert model.history_["learning_rate"] == pytest.approx([0.01, 0.01, 0.005, 0.0025])
    assert small(epochs=1).fit(*echo).history_["learning_rate"] == pytest.approx([0.01])  # nothing stays in the pool


def test_checkpoint_log_and_tensorboard(echo, tmp_path):
    X, y = echo
    callbacks = [
        keras.callbacks.ModelCheckpoint(str(tmp_path / "epoch-{epoch}.keras")),
        keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
        keras.callbacks.TensorBoard(str(tmp_path / "board"), write_graph=False),
    ]
    model = small(decoder="direct", epochs=2, callbacks=callbacks).fit(X, y)
    with open(tmp_path / "log.csv") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == pytest.approx(model.history_["loss"])
    saved = keras.models.load_model(tmp_path / "epoch-2.keras")
    probs = np.array(saved(X + 1))
    np.testing.assert_allclose(probs[:, 0], model.predict_proba(X)[0], atol=1e-6)
    assert list((tmp_path / "board").rglob("events.out.tfevents.*"))


def test_a_callback_can_set_weights(echo):
    class Zero(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            self.model.set_weights([np.zeros_like(w) for w in self.model.get_weights()])

    model = small(callbacks=[Zero()], attention=True, epochs=1, batch_size=60).fit(*echo)
    assert all((value == 0).all() for value in model.weights_.values())


def test_callbacks_must_be_callbacks(echo):
    with pytest.raises(TypeError, match=r"list of keras.callbacks.Callback instances. Got an element of type str"):
        small(callbacks=["EarlyStopping"]).fit(*echo)


def test_verbose_prints_a_short_line_per_epoch(echo, capsys):
    small(verbose=1, epochs=10, batch_size=60, early_stopping=False).fit(*echo)
    printed = capsys.readouterr().out
    first, *_, last = lines = printed.splitlines()
    assert len(lines) == 10
    assert re.fullmatch(
        r"epoch  1/10  loss [\d.]+  token_accuracy [\d.]+  sequence_accuracy [\d.]+  \([\d.]+ s\)", first
    )
    assert last.startswith("epoch 10/10  loss ")
    assert "\r" not in printed
    small(verbose=2, epochs=1).fit(*echo)
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("gradient_norm", "largest_weight", "learning_rate"))
    small(verbose=0, epochs=1).fit(*echo)
    assert capsys.readouterr().out == ""


def test_verbose_changes_no_number_and_shows_validation(echo, capsys):
    X, y = echo
    quiet, loud = (small(verbose=verbose, epochs=2, early_stopping=True).fit(X, y) for verbose in (0, 1))
    assert quiet.history_ == loud.history_
    assert "  val_loss " in capsys.readouterr().out


def test_decisions_are_logged(echo, caplog):
    X, y = echo
    with caplog.at_level("INFO", logger="skseq"):
        model = small(
            epochs=50, early_stopping=True, n_iter_no_change=1, learning_rate=0.5, bptt_steps=3, jit_compile=False
        ).fit(X, y)
    start, *stop = (record.getMessage() for record in caplog.records)
    assert start.startswith(f"{type(model).__name__} trains: 50 epoch(s) of ")
    for part in ("without XLA", "gradients cut every 3 timesteps", "may stop early by the loss of "):
        assert part in start
    losses = model.history_["val_loss"]
    best = int(np.argmin(losses)) + 1
    expected = [f"Weights of epoch {best} are kept: validation loss {min(losses):.4g}."]
    if model.n_iter_ < 50:
        expected.insert(0, f"Stopped early after epoch {model.n_iter_}: no better validation loss in 1.")
    assert stop == expected
    assert all((record.name, record.levelname) == ("skseq", "INFO") for record in caplog.records)


def test_decisions_are_not_shown_unless_asked_for(echo, capsys):
    small(early_stopping=True).fit(*echo)
    assert "trains" not in "".join(capsys.readouterr())


def test_a_long_fit_says_once_how_long_it_takes(echo, caplog, capsys, monkeypatch):
    """Ten seconds seem to pass between two looks at the clock."""
    monkeypatch.setattr(progress.time, "perf_counter", itertools.count(0, 10).__next__)
    caplog.set_level("WARNING", logger="skseq")
    small(epochs=5, batch_size=60).fit(*echo)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("skseq", "WARNING")
    assert re.match(
        r"This fit takes about \d+ more seconds, or fewer if it ends early \(epoch \d of 5\). verb", record.getMessage()
    )
    small(epochs=5, batch_size=60, verbose=2).fit(*echo)  # this one shows its progress itself
    assert len(caplog.records) == 1
    monkeypatch.setattr(progress.time, "perf_counter", itertools.count(0, 0.001).__next__)
    small(epochs=5, batch_size=60).fit(*echo)  # a short fit
    assert len(caplog.records) == 1
    assert capsys.readouterr().out.count("epoch ") == 5


@pytest.mark.parametrize(
    ("n_done", "seconds", "told"),
    [(1, 9.9, False), (1, 10.0, True), (49, 600.0, True), (49, 480.0, False), (50, 600.0, False)],
)
def test_a_fit_is_long_after_ten_seconds_with_ten_to_go(n_done, seconds, told):
    assert progress._tell_of_long_fit(n_done, 50, seconds) == told


def test_a_fit_that_cannot_end_early_is_not_said_to(caplog):
    caplog.set_level("WARNING", logger="skseq")
    progress._tell_of_long_fit(1, 50, 10.0)
    assert caplog.records[0].getMessage().startswith("This fit takes about 490 more seconds (epoch 2 of 51).")


# --- penalties --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_penalties_shrink_recurrent_kernels_too(echo, penalty):
    def size(model):
        return np.abs(model.weights_["encoder/0/recurrent_kernel"]).mean()

    assert size(small(epochs=30, **{penalty: 0.1}).fit(*echo)) < 0.5 * size(small(epochs=30).fit(*echo))


# --- when it goes wrong -----------------------------------------------------------------------------------------------


def test_divergence_names_causes_and_remedies_and_keeps_finite_weights():
    X = np.random.RandomState(0).randn(32, 5).astype(np.float64) * 1e30
    raw = {"scale_inputs": False, "clipnorm": None}
    model = LSTMAutoencoderTransformer(units=4, activation="relu", epochs=5, random_state=0, **raw)
    advice = r"learning_rate \(now 0.01\).*scale_inputs=True \(now False\)"
    with pytest.raises(FloatingPointError, match=f"diverged.*epoch 1.*{advice}"):
        model.fit(X)
    assert all(np.isfinite(value).all() for value in model.weights_.values())
    assert model.transform(np.zeros((2, 5))).shape == (2, 8)
    assert model.history_["largest_weight"] == [max(np.abs(value).max() for value in model.weights_.values())]
    assert not np.isfinite(model.history_["largest_gradient_norm"][0])


def test_interruption_keeps_what_was_learnt(echo):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted by user"):
        model = small(epochs=10, callbacks=[Interrupt()]).fit(*echo)
    assert model.n_iter_ == 2
    assert model.predict(echo[0]).shape == echo[1].shape
    two = small(epochs=2).fit(*echo)
    np.testing.assert_array_equal(model.weights_["output/kernel"], two.weights_["output/kernel"])


def test_an_interruption_before_the_first_update_leaves_the_estimator_as_it_was(echo):
    class Interrupt(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            raise KeyboardInterrupt

    model = small(epochs=1).fit(*echo)
    before = model.weights_
    with pytest.raises(KeyboardInterrupt):
        model.set_params(callbacks=[Interrupt()]).fit(*echo)
    assert model.weights_ is before
    assert model.n_iter_ == 1


def test_a_callback_stops_a_fit_at_a_batch(echo):
    seen = []

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_training = True

    small(epochs=3, batch_size=8, callbacks=[Stop()]).fit(*echo)
    assert seen == [0]


def test_a_failing_fit_leaves_the_estimator_as_it_was(echo):
    class Fail(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("no space left")

    X, y = echo
    fresh = small(callbacks=[Fail()])
    with pytest.raises(RuntimeError, match="no space left"):
        fresh.fit(X, y)
    assert not [name for name in vars(fresh) if name.endswith("_")]
    fitted = small(epochs=1).fit(X, y)
    before = fitted.predict(X)
    with pytest.raises(RuntimeError):
        fitted.set_params(callbacks=[Fail()]).fit(X[:, :2], y)
    np.testing.assert_array_equal(fitted.predict(X), before)


# --- corners ----------------------------------------------------------------------------------------------------------


class Watcher(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(f"train {batch}")

    def on_test_batch_end(self, batch, logs=None):
        self.calls.append(f"test {batch}")

    def on_train_end(self, logs=None):
        self.calls.append(sorted(logs))


def test_hooks_of_single_and_of_validation_batches(echo):
    X, y = echo
    watcher = Watcher()
    model = small(epochs=1, batch_size=40, callbacks=[watcher]).fit(X[:40], y[:40], X_val=X[:50], y_val=y[:50])
    assert watcher.calls == ["train 0", "test 0", "test 1", sorted(model.history_)]
    plain = small(epochs=1, batch_size=40).fit(X[:40], y[:40], X_val=X[:50], y_val=y[:50])
    assert plain.history_["val_loss"] == pytest.approx(model.history_["val_loss"])


def test_a_schedule_and_a_callback(echo):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.5)  # an epoch
    optimizer = keras.optimizers.serialize(keras.optimizers.Adam(schedule))
    stop = keras.callbacks.EarlyStopping("loss", patience=5)
    model = small(optimizer=optimizer, learning_rate=None, epochs=2, callbacks=[stop]).fit(*echo)
    assert model.history_["learning_rate"] == pytest.approx([0.05, 0.025])


def test_history_has_one_entry_an_epoch_whatever_comes_after(echo):
    X, y = echo
    model = small(epochs=2, warm_start=True).fit(X, y, X_val=X, y_val=y).partial_fit(X, y)
    assert {len(values) for values in model.history_.values()} == {3}
    np.testing.assert_array_equal(np.isnan(model.history_["val_loss"]), [False, False, True])


def test_weights_that_overflow_in_the_last_update_are_no_silent_success():
    X = 100 * np.random.RandomState(0).randn(40, 4)
    model = LSTMAutoencoderTransformer(units=3, epochs=1, batch_size=64, optimizer="sgd", clipnorm=None)
    with pytest.raises(FloatingPointError, match="the weights were not finite after epoch 1"):
        model.set_params(learning_rate=3e38, scale_inputs=False).fit(X)


def test_a_validation_loss_that_is_not_finite_names_x_val():
    X = np.random.RandomState(0).randn(20, 4)
    with pytest.raises(FloatingPointError, match=r"the validation loss was not finite in epoch 1 \(look at X_val"):
        LSTMAutoencoderTransformer(units=3, epochs=2, scale_inputs=False).fit(X, X_val=1e25 * X)


def test_training_goes_on_between_graphs(echo):
    """The graph that suits the work may be another one at the next fit: the numbers fit all of them."""
    X, y = echo[0], echo[1][:, 0]
    network = {"units": 2, "cell": "gru", "bidirectional": False, "n_conv_layers": 0, "epochs": 1, "random_state": 0}
    compiled = SequenceClassifier(**network, jit_compile=True).fit(X, y).set_params(jit_compile=False).partial_fit(X, y)
    plain = SequenceClassifier(**network, jit_compile=False).fit(X, y).partial_fit(X, y)
    assert compiled.history_["loss"] == pytest.approx(plain.history_["loss"], rel=1e-5)


def test_autoencoders_read_few_sequences_often(monkeypatch):
    n_epochs, fit_network = [], fitting.fit_network

    def short(runner, data, options, **more):
        n_epochs.append(options.epochs)
        return fit_network(runner, data, replace(options, epochs=1), **more)

    monkeypatch.setattr(fitting, "fit_network", short)
    X = np.random.RandomState(0).randn(20, 4)
    for model in (LSTMAutoencoderTransformer(units=1), LSTMAutoencoderDetector(units=1)):
        model.fit(X)
    assert n_epochs == [300, 300]


# --- what a fitted estimator shows of itself --------------------------------------------------------------------------


def test_the_number_of_weights_and_the_last_loss():
    model = SequenceClassifier(units=3, cell="lstm", bidirectional=False, pooling="last", n_conv_layers=0, epochs=2)
    assert not hasattr(model, "n_weights_")
    assert not hasattr(model, "loss_")
    X = np.random.RandomState(0).randn(20, 4)
    model.fit(X, [0, 1] * 10).partial_fit(X, [0, 1] * 10)
    assert model.n_weights_ == 4 * (1 * 3 + 3 * 3 + 3) + (3 * 2 + 2)  # four gates of kernels and bias; two classes
    assert model.loss_ == model.history_["loss"][2]
    html = re.sub(r"<[^>]*>|\s+", " ", estimator_html_repr(model))
    if "Fitted attributes" in estimator_html_repr(LinearRegression().fit(X, X)):  # scikit-learn 1.9
        assert re.search(r"n_weights_ .* int +68 ", html)
        assert re.search(rf"loss_ .* float +{model.loss_:.4g} ", html)
