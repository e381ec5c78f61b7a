"""Several runs of a fit, of which the best is kept."""

import math
from dataclasses import replace

import keras
import numpy as np
import pytest
from scikeras.wrappers import KerasClassifier

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
    clear_pool,
)
from skseq._base.fits.noise import Verdict
from skseq.model_selection import learning_rate_range
from skseq.nn import pool
from skseq.nn.training import fitting
from skseq.nn.training.fitting import FitOptions
from skseq.nn.training.record import FitResult
from skseq.nn.training.runs import best_fit

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
X = rng.randn(24, 3)
Y = (X.sum(axis=1) > 0).astype(int)


NETWORK = {"units": 2, "cell": "gru", "bidirectional": False, "n_conv_layers": 0}


def classifier(**parameters):
    """Two updates per epoch."""
    training = {"epochs": 2, "batch_size": 12, "learning_rate": 0.01, "learning_rate_schedule": "constant"}
    return SequenceClassifier(**{**NETWORK, **training, "random_state": 0, **parameters})


def assert_kept(model, result):
    """A model has what a run found, to the last bit."""
    assert model.history_ == result.history
    assert model.n_iter_ == len(result.history["loss"])
    for name, value in result.weights.items():
        np.testing.assert_array_equal(model.weights_[name], value, err_msg=name)
    for value, expected in zip(model.optimizer_state_, result.slots, strict=True):
        np.testing.assert_array_equal(value, expected)


class Hobble(keras.callbacks.Callback):
    """Lets one run learn; the rate of all others is next to nothing."""

    def __init__(self, learns):
        super().__init__()
        self.learns, self.begun = learns, []  # copies of a callback share the list

    def on_train_begin(self, logs=None):
        self.begun.append(len(self.begun))
        if self.begun[-1] != self.learns:
            self.model.optimizer.learning_rate = 1e-12


class InRun(keras.callbacks.Callback):
    """Does something at the end of the first epoch of some runs."""

    def __init__(self, runs, do):
        super().__init__()
        self.runs, self.do, self.begun = runs, do, []

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.begun.append(len(self.begun))
            if self.begun[-1] in self.runs:
                self.do(self.model)


def diverge(model):
    model.trainable_variables[0].assign(model.trainable_variables[0] * np.nan)


def interrupt(model):
    raise KeyboardInterrupt


@pytest.fixture
def runs(monkeypatch):
    """The arguments of every call of `fit_network`, by name, and its "result"."""
    calls, fit_network = [], fitting.fit_network

    def fit(runner, data, options, **more):
        found = fit_network(runner, data, options, **more)
        calls.append({"runner": runner, **more, "result": found})
        return found

    monkeypatch.setattr(fitting, "fit_network", fit)
    return calls


# --- the choice, on results that are made up --------------------------------------------------------------------------


def result(loss, **more):
    return FitResult(weights={}, slots=[], history={"loss": [loss]}, loss=loss, **more)


def chosen(*results, verbose=0):
    """(index, losses) of the best of some results."""
    left = list(results)
    options = FitOptions(epochs=1, batch_size=1, rates={}, n_runs=len(results), verbose=verbose)
    best = best_fit(lambda rng, task: left.pop(0), options, np.random.RandomState(0))
    return [one.history for one in results].index(best.history), best.losses


def test_the_run_of_the_lowest_loss_is_kept():
    assert chosen(result(3.0), result(1.0), result(2.0)) == (1, [3.0, 1.0, 2.0])
    assert chosen(result(1.0), result(1.0)) == (0, [1.0, 1.0])


def test_a_run_that_diverged_loses_and_the_first_is_kept_if_all_did():
    lost = result(math.inf, diverged="the loss")
    assert chosen(lost, result(1e9)) == (1, [math.inf, 1e9])
    assert chosen(lost, result(math.inf, diverged="the gradient")) == (0, [math.inf, math.inf])


def test_an_interrupt_ends_all_runs():
    assert chosen(result(3.0), result(1.0, interrupted=True), result(0.0)) == (1, [3.0, 1.0])


def test_an_interrupt_between_runs_keeps_what_there_is():
    def fit(rng, task):
        if done:
            raise KeyboardInterrupt
        done.append(rng)
        return result(1.0)

    done, options = [], FitOptions(epochs=1, batch_size=1, rates={}, n_runs=3)
    best = best_fit(fit, options, np.random.RandomState(0))
    assert (best.losses, best.interrupted) == ([1.0], True)
    with pytest.raises(KeyboardInterrupt):  # nothing is there to be kept
        best_fit(fit, options, np.random.RandomState(0))


def test_one_random_state_per_run_and_the_first_is_left_alone():
    def draw(rng, task):
        drawn.append(rng.rand())
        return result(1.0)

    drawn, options = [], FitOptions(epochs=1, batch_size=1, rates={}, n_runs=3)
    best_fit(draw, options, np.random.RandomState(0))
    assert drawn[0] == np.random.RandomState(0).rand()
    assert len(set(drawn)) == 3


@pytest.mark.parametrize(
    ("losses", "kept"),
    [([2.0, 0.5], 0.5), ([2.0, 3.0], 2.0), ([0.9, 0.5], 0.9), ([math.inf, 0.5], math.inf)],
    ids=["better", "worse", "learnt", "diverged"],
)
def test_a_single_run_that_got_stuck_is_followed_by_another(losses, kept):
    def fit(rng, task):
        drawn.append(rng.rand())
        return result(losses[len(drawn) - 1])

    drawn, options = [], FitOptions(epochs=1, batch_size=1, rates={}, stuck_above=1.0)
    best = best_fit(fit, options, np.random.RandomState(0))
    assert best.loss == kept
    assert best.losses == (losses if losses[0] == 2.0 else losses[:1])
    two = []
    best_fit(lambda rng, _: two.append(rng.rand()) or result(0.0), replace(options, n_runs=2), np.random.RandomState(0))
    assert drawn == two[: len(drawn)]


# --- fits -------------------------------------------------------------------------------------------------------------


def test_the_best_run_is_kept_whole(runs):
    learning = {"units": 4, "epochs": 4, "learning_rate": 0.1}
    model = classifier(n_init=3, callbacks=[Hobble(learns=1)], **learning).fit(X, Y)
    assert model.init_losses_.argmin() == 1
    assert list(model.init_losses_) == [run["result"].history["loss"][-1] for run in runs]
    assert model.history_["learning_rate"] == pytest.approx([0.1] * 4)
    assert_kept(model, runs[1]["result"])


def test_runs_differ_and_the_first_is_that_of_a_single_fit(runs):
    model = classifier(n_init=3, epochs=1).fit(X, Y)
    assert len({run["weights"]["output/kernel"].tobytes() for run in runs}) == 3
    assert len(set(model.init_losses_)) == 3
    first = runs[0]["result"]
    assert_kept(classifier(epochs=1).fit(X, Y), first)
    again = classifier(n_init=3, epochs=1).fit(X, Y)
    np.testing.assert_array_equal(again.init_losses_, model.init_losses_)


def test_a_random_state_goes_on_as_after_one_run():
    states = [np.random.RandomState(0), np.random.RandomState(0)]
    for n_init, state in zip((1, 3), states):
        classifier(n_init=n_init, random_state=state, epochs=1).fit(X, Y)
    assert states[0].rand() == states[1].rand()


def test_all_runs_share_one_network(monkeypatch, runs):
    made, network = [], pool.CompiledNetwork
    monkeypatch.setattr(pool, "CompiledNetwork", lambda spec: made.append(spec) or network(spec))
    classifier(units=3, n_init=3, epochs=1).fit(X, Y)
    assert len(made) == 1
    assert len({id(run["runner"]) for run in runs}) == 1


def test_early_stopping_judges_all_runs_on_the_same_samples_by_their_best_epoch(runs):
    model = classifier(n_init=3, early_stopping=True, validation_fraction=0.5, learning_rate=0.3, epochs=3)
    model.set_params(n_iter_no_change=1).fit(X, Y)
    assert len({run["validation"].samples.tobytes() for run in runs}) == 1
    assert model.init_losses_.min() == min(model.history_["val_loss"])
    assert classifier(**{**model.get_params(), "n_init": 1}).fit(X, Y).init_losses_ == model.init_losses_[:1]


def test_validation_data_judge_the_last_epoch_without_early_stopping():
    model = classifier(n_init=2, early_stopping=False, learning_rate=0.3).fit(X, Y, X_val=X, y_val=1 - Y)
    losses = model.history_["val_loss"]
    assert model.init_losses_.min() == losses[-1] > min(losses)


def test_a_detector_compares_runs_on_what_it_holds_out(runs):
    model = LSTMAutoencoderDetector(units=2, epochs=2, batch_size=12, n_init=2, random_state=0).fit(X)
    assert [run["validation"].n_samples for run in runs] == [3, 3]
    assert len(model.history_["loss"]) == 2  # nothing stopped early
    assert model.init_losses_.min() == model.history_["val_loss"][-1]
    first = runs[0]["result"]
    single = model.set_params(n_init=1).fit(X)
    assert "val_loss" not in single.history_
    for name, value in single.weights_.items():
        np.testing.assert_array_equal(first.weights[name], value, err_msg=name)


def test_runs_begin_with_the_encoder_that_was_given(runs):
    encoder = LSTMAutoencoderTransformer(
        units=2, cell="gru", bidirectional=False, epochs=1, batch_size=24, random_state=0
    ).fit(X)
    runs.clear()
    classifier(n_init=2, encoder=encoder, epochs=1).fit(X, Y)
    for name, value in runs[0]["weights"].items():
        same = np.array_equal(runs[1]["weights"][name], value)
        assert same == (name.startswith("encoder/") or not value.any()), name  # biases begin with zeros


def test_a_fit_that_continues_is_one_run():
    model = classifier(n_init=3, warm_start=True, epochs=1).fit(X, Y)
    assert model.init_losses_.shape == (3,)
    assert model.fit(X, Y).init_losses_ == [model.history_["loss"][1]]
    assert model.partial_fit(X, Y).init_losses_ == [model.history_["loss"][2]]
    assert classifier(n_init=3).partial_fit(X, Y, classes=[0, 1]).init_losses_.shape == (1,)


def test_trying_learning_rates_is_one_run(runs):
    learning_rate_range(classifier(n_init=3), X, Y, n_updates=3)
    assert len(runs) == 1


def test_a_run_that_diverges_loses():
    model = classifier(n_init=2, callbacks=[InRun({0}, diverge)]).fit(X, Y)
    assert model.init_losses_[0] == math.inf
    assert model.init_losses_[1] == model.history_["loss"][-1]
    with pytest.raises(FloatingPointError, match="diverged: the loss or its gradient was not finite in epoch 2"):
        model.set_params(callbacks=[InRun({0, 1}, diverge)]).fit(X, Y)
    assert all(np.isfinite(value).all() for value in model.weights_.values())


def test_an_interrupt_in_a_run_keeps_the_best_so_far(runs):
    with pytest.warns(UserWarning, match="interrupted by user"):
        model = classifier(n_init=3, learning_rate=0.1, callbacks=[InRun({1}, interrupt)]).fit(X, Y)
    assert model.init_losses_.shape == (2,)
    assert_kept(model, runs[0]["result"])


def test_every_run_has_callbacks_of_its_own():
    class Count(keras.callbacks.Callback):
        n, seen = 0, []

        def on_epoch_end(self, epoch, logs=None):
            self.n += 1
            self.seen.append(self.n)

    callback = Count()
    classifier(n_init=2, callbacks=[callback]).fit(X, Y)
    assert callback.seen == [1, 2, 1, 2]
    assert callback.n == 0


def test_verbose_tells_the_run(capsys):
    classifier(n_init=2, epochs=1, verbose=2).fit(X, Y)
    assert [line for line in capsys.readouterr().out.splitlines() if "Run" in line] == ["Run 1 of 2", "Run 2 of 2"]
    classifier(epochs=1, verbose=2).fit(X, Y)
    assert "Run" not in capsys.readouterr().out


@pytest.mark.parametrize(("stuck_above", "n_runs"), [(0.0, 2), (100.0, 1), (None, 1)])
def test_a_fit_whose_trial_did_well_begins_again_if_it_got_stuck(monkeypatch, stuck_above, n_runs):
    monkeypatch.setattr(Verdict, "stuck_above", lambda self, constant_loss: stuck_above)
    monkeypatch.setattr(SequenceClassifier, "_auto_epochs", (1, 34, 34))  # just enough for a trial
    x = np.random.RandomState(0).randn(120, 3, 1)
    model = SequenceClassifier(**NETWORK, batch_size=120, random_state=0).fit(x, x[:, 0, 0] > 0)
    assert len(model.init_losses_) == n_runs


@pytest.mark.parametrize(
    ("model", "more", "n_runs"),
    [
        (SequenceClassifier, {}, 2),
        (SequenceRegressor, {}, 2),
        (SequenceClassifier, {"epochs": 34}, 1),  # these may be too few on purpose
        (SequenceTagger, {}, 1),  # labels of many timesteps are not learnt by heart
    ],
)
def test_few_samples_are_learnt_again_if_they_are_not_learnt_by_heart(monkeypatch, model, more, n_runs):
    monkeypatch.setattr(Verdict, "stuck_above", lambda self, constant_loss: 0.0 if self.by_heart else None)
    monkeypatch.setattr(model, "_auto_epochs", (1, 34, 34))
    x = np.random.RandomState(0).randn(40, 3, 1)
    y = x[:, :, 0] > 0 if model is SequenceTagger else x[:, 0, 0] > 0
    own = {"units": 2} if model is SequenceTagger else NETWORK
    fitted = model(**own, batch_size=40, random_state=0, **more).fit(x, y.astype(int))
    assert len(fitted.init_losses_) == n_runs


# --- networks of the user's own ---------------------------------------------------------------------------------------


def build(meta):
    state = keras.layers.GlobalAveragePooling1D()(source := keras.Input((None, meta["n_features"])))
    return keras.Model(source, keras.layers.Dense(meta["n_classes_"], activation="softmax")(state))


def test_own_networks_are_built_anew_for_every_run():
    model = SequenceClassifier(
        n_init=2, network=KerasClassifier(model=build, run_eagerly=True), epochs=1, random_state=0
    ).fit(X, Y)
    assert len(set(model.init_losses_)) == 2
    assert model.init_losses_.min() == model.history_["loss"][-1]
    probs = model.predict_proba(X)
    clear_pool()  # the next call builds a model from the numbers alone
    np.testing.assert_array_equal(model.predict_proba(X), probs)
    assert model.set_params(n_init=1).fit(X, Y).init_losses_ == pytest.approx(model.init_losses_[:1])
