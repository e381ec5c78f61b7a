"""Ctrl-C in the middle of an epoch: answered at once, with what was learnt."""

import os
import signal
import threading
import time

import keras
import numpy as np
import pytest
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import GridSearchCV

from skseq import LSTMAutoencoderTransformer, Seq2SeqRegressor, SequenceClassifier, SeriesForecaster
from skseq._whole import undivided
from skseq.nn.training import fitting, interrupts
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.plan import Pace

RNG = np.random.RandomState(0)
X, Y = RNG.rand(48, 5), np.arange(48) % 2
METRICS = ["loss", "accuracy"]


@pytest.fixture(autouse=True)
def default_handler():
    """That of a process in the foreground: in the background there may be none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def interrupted(monkeypatch):
    """``interrupted(k)``: calls have one update each, and SIGINT comes while the k-th one runs."""
    ready, n_calls = CompiledNetwork._ready, 0
    monkeypatch.setattr(Pace, "n_updates", lambda self, work: 1)
    monkeypatch.setattr(fitting, "CALL_SECONDS", 0)  # epochs share no call

    def arm(k):
        def made(self, body, *given, **more):
            run = ready(self, body, *given, **more)

            def call():
                nonlocal n_calls
                n_calls += body == self._train
                if n_calls == k and body == self._train:
                    os.kill(os.getpid(), signal.SIGINT)
                return run()

            return call

        monkeypatch.setattr(CompiledNetwork, "_ready", made)

    return arm


def classifier(**parameters):
    """Three updates per epoch."""
    training = {"epochs": 3, "batch_size": 16, "learning_rate_schedule": "constant", "random_state": 0}
    network = {"units": 4, "cell": "gru", "bidirectional": False, "n_conv_layers": 0, "jit_compile": False}
    return SequenceClassifier(**{**network, **training, **parameters})


def steps(model):
    """Updates that a model has learnt."""
    return int(model.optimizer_state_[0])


def fit(model, *data, **more):
    with pytest.warns(UserWarning, match="interrupted by user"):
        return model.fit(*data, **more)


# --- signals ----------------------------------------------------------------------------------------------------------


def test_a_long_epoch_is_left_within_two_seconds(monkeypatch):
    """It would take half a minute or so."""
    train, sent = CompiledNetwork.train, []

    def send():
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    def started(self, *given, so_far, **more):
        if so_far is not None and not timer.is_alive() and not sent:  # the first call may have compiled
            timer.start()
        return train(self, *given, so_far=so_far, **more)

    monkeypatch.setattr(CompiledNetwork, "train", started)
    timer = threading.Timer(0.5, send)
    many = np.random.RandomState(0).rand(40_000, 30)
    model = fit(classifier(units=32), many, np.arange(40_000) % 2)
    assert time.perf_counter() - sent[0] < 2
    assert 0 < steps(model) < 2500
    assert model.n_iter_ == len(model.history_["loss"]) == 1
    assert np.isfinite(model.predict_proba(many[:2])).all()


def test_one_that_comes_while_the_graph_is_traced_waits_for_the_first_call(monkeypatch):
    train, sent = CompiledNetwork._train, []

    def traced(self, *given):
        numbers = train(self, *given)
        sent.append(os.kill(os.getpid(), signal.SIGINT))
        time.sleep(0)  # handlers run between two lines of Python
        return numbers

    monkeypatch.setattr(CompiledNetwork, "_train", traced)
    model = fit(classifier(), X, Y)
    assert len(sent) == 1
    assert (steps(model), model.n_iter_) == (3, 1)


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_the_unfinished_epoch_is_in_the_history(interrupted):
    """Two updates: weights and figures of a fit on the first two batches."""
    raw = {"shuffle": False, "scale_inputs": False}
    interrupted(2)
    model = fit(classifier(**raw), X, Y)
    assert (steps(model), model.n_iter_) == (2, 1)
    two = classifier(**raw, epochs=1).fit(X[:32], Y[:32])
    assert model.history_ == two.history_
    np.testing.assert_equal(model.weights_, two.weights_)


def test_epochs_before_are_as_without_an_interrupt(interrupted):
    interrupted(5)  # the second of the second epoch
    model = fit(classifier(), X, Y)
    whole = classifier().fit(X, Y)
    assert (steps(model), model.n_iter_) == (5, 2)
    assert {name: values[:1] for name, values in model.history_.items()} == {
        name: values[:1] for name, values in whole.history_.items()
    }
    assert model.history_["loss"][1] != whole.history_["loss"][1]


def test_validation_that_was_not_done_is_nan(interrupted):
    interrupted(6)  # the last one of the second epoch
    model = fit(classifier(early_stopping=False), X, Y, X_val=X, y_val=Y)
    assert steps(model) == 6
    for name in METRICS:
        np.testing.assert_array_equal(np.isnan(model.history_[f"val_{name}"]), [False, True])
    assert np.isfinite(model.history_["loss"]).all()
    model.set_params(epochs=1, warm_start=True).fit(X, Y, X_val=X, y_val=Y)
    assert {len(values) for values in model.history_.values()} == {3}


def test_an_interrupt_of_the_validation(monkeypatch):
    def evaluate(self, *given):
        raise KeyboardInterrupt

    monkeypatch.setattr(CompiledNetwork, "evaluate", evaluate)
    model = fit(classifier(), X, Y, X_val=X, y_val=Y)
    assert (steps(model), model.n_iter_) == (3, 1)
    assert np.isnan(model.history_["val_loss"]).tolist() == [True]


def test_early_stopping_keeps_the_best_weights(interrupted):
    best = classifier(epochs=1, early_stopping=True).fit(X, Y, X_val=X, y_val=Y)
    interrupted(5)
    model = fit(classifier(early_stopping=True), X, Y, X_val=X, y_val=Y)
    assert model.n_iter_ == 2
    np.testing.assert_equal(model.weights_, best.weights_)


def test_a_run_that_was_cut_short_before_any_validation_loses(interrupted):
    interrupted(10)  # the first of the second run
    model = fit(classifier(n_init=2, early_stopping=False), X, Y, X_val=X, y_val=Y)
    assert steps(model) == 9
    np.testing.assert_array_equal(np.isinf(model.init_losses_), [False, True])


def test_a_checkpoint_holds_whole_epochs(interrupted, tmp_path):
    whole = classifier().fit(X, Y)
    interrupted(5)
    model = fit(classifier(checkpoint=tmp_path), X, Y)
    assert model.n_iter_ == 2
    model = classifier(checkpoint=tmp_path).fit(X, Y)
    assert model.history_ == whole.history_
    np.testing.assert_equal(model.weights_, whole.weights_)


def test_autoencoders(interrupted):
    interrupted(2)
    model = LSTMAutoencoderTransformer(units=3, epochs=5, batch_size=16, early_stopping=False, random_state=0)
    fit(model, X)
    assert (steps(model), model.n_iter_) == (2, 1)


# --- callbacks and own networks ---------------------------------------------------------------------------------------


class Interrupt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            raise KeyboardInterrupt


def test_a_callback_that_interrupts_at_a_batch():
    raw = {"shuffle": False, "scale_inputs": False}
    model = fit(classifier(**raw, callbacks=[Interrupt()]), X, Y)
    two = classifier(**raw, epochs=1).fit(X[:32], Y[:32])
    assert model.history_ == two.history_
    np.testing.assert_equal(model.weights_, two.weights_)


def network(meta):
    inputs = keras.Input((5, 1))
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(inputs)))


@pytest.mark.parametrize("validates", [False, True])
def test_own_networks(validates):
    class Late(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 2:
                raise KeyboardInterrupt

    raw = {"shuffle": False, "scale_inputs": False, "early_stopping": False}
    raw |= {"units": 64, "cell": "auto"}  # which it does not read
    raw |= {"network": KerasClassifier(model=network, run_eagerly=True)}
    validation = {"X_val": X, "y_val": Y} if validates else {}
    model = fit(classifier(**raw, callbacks=[Late()]), X, Y, **validation)
    two = classifier(**raw, epochs=1).fit(X[:32], Y[:32])
    assert model.n_iter_ == 1
    assert {name: model.history_[name] for name in two.history_} == two.history_
    np.testing.assert_equal(model.weights_, two.weights_)
    assert {name for name in model.history_ if np.isnan(model.history_[name]).all()} == {
        f"val_{name}" for name in two.history_ if validates and name != "learning_rate"
    }


@pytest.mark.filterwarnings("error")
def test_where_warnings_are_errors_an_interrupted_fit_is_fitted(interrupted):
    model = classifier()
    interrupted(2)
    with pytest.raises(UserWarning, match="the weights learnt so far are kept"):
        model.fit(X, Y)
    assert steps(model) == 2
    assert np.isfinite(model.predict_proba(X)).all()


# --- searches ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_updates(monkeypatch):
    """``at_updates(1, 1, 4)``: calls have one update each, and SIGINT comes twice in the first, once in the fourth."""
    ready, n_calls = CompiledNetwork._ready, 0
    monkeypatch.setattr(Pace, "n_updates", lambda self, work: 1)
    monkeypatch.setattr(fitting, "CALL_SECONDS", 0)  # epochs share no call

    def arm(*calls):

        def made(self, body, *given, **more):
            run = ready(self, body, *given, **more)

            def call():
                nonlocal n_calls
                n_calls += body == self._train
                for _ in range(calls.count(n_calls) if body == self._train else 0):
                    os.kill(os.getpid(), signal.SIGINT)
                    time.sleep(0)  # handlers run between two lines of Python
                return run()

            return call

        monkeypatch.setattr(CompiledNetwork, "_ready", made)

    return arm


@pytest.mark.filterwarnings("ignore:Training interrupted by user")
@pytest.mark.parametrize("calls", [(1, 1), (2, 3)], ids=["in one fit", "in the next fit"])
def test_two_interrupts_stop_a_search(at_updates, calls):
    at_updates(*calls)
    search = GridSearchCV(classifier(), {"learning_rate": [0.01, 0.02]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        search.fit(X, Y)


def test_one_interrupt_ends_one_fit_of_a_search(at_updates, monkeypatch):
    """And another one later ends another."""
    monkeypatch.setattr(interrupts, "SOON", 0.0)
    at_updates(2, 3)
    search = GridSearchCV(classifier(), {"learning_rate": [0.01, 0.02]}, cv=2)
    with pytest.warns(UserWarning, match="again within 0 s to stop all"):
        search.fit(X, Y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_an_interrupt_that_stops_all_leaves_the_estimator_as_it_was(at_updates):
    model = classifier().fit(X, Y)
    before = model.weights_
    at_updates(2, 2)
    with pytest.raises(KeyboardInterrupt):
        model.set_params(learning_rate=0.1).fit(X, Y)
    assert model.weights_ is before


# --- fits that nobody sees --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_init", "k"), [(1, 2), (2, 9 + 2)])
def test_a_part_of_an_undivided_fit_is_not_kept(interrupted, n_init, k):
    model = classifier().fit(X, Y)
    before = dict(vars(model))
    interrupted(k)
    with undivided(), pytest.raises(KeyboardInterrupt):
        model.set_params(n_init=n_init).fit(X, Y)
    assert model.weights_ is before["weights_"]
    assert model.history_ is before["history_"]


def forecaster():
    """Two fits of three updates each: that of a twin, whose errors calibrate, and the own one."""
    training = {"epochs": 3, "batch_size": 64, "jit_compile": False, "learning_rate_schedule": "constant"}
    network = Seq2SeqRegressor(units=2, attention=False, bidirectional=False, early_stopping=False, **training)
    return SeriesForecaster(network, window=4, horizon=1, calibration_windows=9, random_state=0)


SERIES = [RNG.randn(40).cumsum()]


def test_an_interrupt_while_a_forecaster_calibrates_leaves_it_as_it_was(interrupted):
    model = forecaster().fit(SERIES)
    expected = model.predict_interval()
    interrupted(2)
    with pytest.raises(KeyboardInterrupt):
        model.set_params(window=5).fit(SERIES)
    np.testing.assert_array_equal(model.predict_interval(), expected)


def test_an_interrupt_of_the_own_fit_of_a_forecaster_keeps_what_it_has_learnt(interrupted):
    interrupted(3 + 2)
    model = fit(forecaster(), SERIES)
    assert model.estimator_.n_iter_ == 2


@pytest.mark.parametrize("k", [2, 6 + 2])
def test_an_interrupt_while_a_backtest_calibrates_ends_it(interrupted, k):
    interrupted(k)
    with pytest.raises(KeyboardInterrupt):
        forecaster().backtest(SERIES, n_windows=2, refit=True)
