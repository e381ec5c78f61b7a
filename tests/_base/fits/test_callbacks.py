"""Callbacks of scikit-learn: which tasks they see of a fit, what they are given, and what they may do."""

import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scikeras.wrappers import KerasClassifier
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceRegressor,
)
from skseq._base.fits.noise import Verdict
from skseq._sklearn import watches
from skseq.preprocessing import SequenceScaler

callback = pytest.importorskip("sklearn.callback")  # scikit-learn 1.9
pytestmark = pytest.mark.usefixtures("eager")

X, Y = np.random.RandomState(0).randn(20, 4), np.array([0, 1] * 10)


class Recorder:
    """What its hooks are called with; asks to stop at the end of the given tasks."""

    def __init__(self, *stops):
        self.stops, self.seen, self.given = stops, [], []

    def setup(self, estimator, context):
        self.seen.append("setup")

    def teardown(self, estimator, context):
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None, metadata=None):
        self.seen.append(f"{context.task_name} {context.task_id} of {context.max_subtasks}")
        self.given.append((X, y, metadata))

    def on_fit_task_end(self, estimator, context):
        self.seen.append(f"end {context.task_name} {context.task_id}")
        return (context.task_name, context.task_id) in self.stops


class Propagated(Recorder):
    """One that comes down from what holds the estimator."""

    max_propagation_depth = None


class Keeper(Recorder):
    """Asks for an estimator that can predict, at the end of every task."""

    def __init__(self):
        super().__init__()
        self.fitted = {}

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        self.fitted[context.task_name, context.task_id] = fitted_estimator


def small(kind=SequenceClassifier, **parameters):
    training = {"units": 3, "epochs": 3, "learning_rate_schedule": "constant", "random_state": 0}
    return kind(**{**training, **parameters})


EPOCHS = ["epoch 0 of 0", "end epoch 0", "epoch 1 of 0", "end epoch 1", "epoch 2 of 0", "end epoch 2"]
FIT = ["setup", "fit 0 of 3", *EPOCHS, "end fit 0", "teardown"]


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_a_fit_is_a_task_with_one_part_per_epoch():
    recorder = Recorder()
    weight = np.ones(20)
    model = small().set_callbacks(recorder).fit(X, Y, sample_weight=weight)
    assert recorder.seen == FIT
    assert all(given[0] is X and given[1] is Y for given in recorder.given)
    assert all(given[2]["sample_weight"] is weight for given in recorder.given)
    model.partial_fit(X, Y)
    assert recorder.seen == FIT
    model.fit(X, Y)
    assert recorder.seen == [*FIT, *FIT]


def test_callbacks_change_nothing():
    plain, watched = small().fit(X, Y), small().set_callbacks(Recorder(), Keeper()).fit(X, Y)
    assert watched.history_ == plain.history_
    assert vars(watched).keys() - vars(plain).keys() == {"_skl_callbacks"}
    for name, value in plain.weights_.items():
        assert_array_equal(watched.weights_[name], value)


def test_runs_are_tasks_between_the_fit_and_its_epochs():
    recorder = Recorder()
    small(n_init=2).set_callbacks(recorder).fit(X, Y)
    runs = ["run 0 of 3", *EPOCHS, "end run 0", "run 1 of 3", *EPOCHS, "end run 1"]
    assert recorder.seen == ["setup", "fit 0 of 2", *runs, "end fit 0", "teardown"]


@pytest.mark.parametrize(
    ("stops", "n_runs", "n_epochs"),
    [([("epoch", 1)], 2, 2), ([("run", 0)], 1, 3), ([("epoch", 0), ("run", 0)], 1, 1)],
    ids=["epochs", "runs", "both"],
)
def test_a_callback_stops_the_epochs_or_the_runs(stops, n_runs, n_epochs):
    model = small(n_init=2).set_callbacks(Recorder(*stops)).fit(X, Y)
    assert len(model.init_losses_) == n_runs
    assert model.n_iter_ == n_epochs


def test_a_fit_that_is_stopped_keeps_what_it_has_learnt():
    stopped, short = small().set_callbacks(Recorder(("epoch", 1))).fit(X, Y), small(epochs=2).fit(X, Y)
    for name, value in short.weights_.items():
        assert_array_equal(stopped.weights_[name], value)


def test_a_fit_that_stops_early_tells_of_its_last_epoch():
    recorder = Recorder()
    stopping = small(epochs=50, learning_rate=1e-6, early_stopping=True, n_iter_no_change=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it learns nothing
        model = stopping.set_callbacks(recorder).fit(X, Y, X_val=X, y_val=1 - Y)
    assert recorder.seen[-3:] == [f"end epoch {model.n_iter_ - 1}", "end fit 0", "teardown"]


def test_a_failing_fit_tears_down_and_leaves_the_estimator_as_it_was():
    class Failing(Recorder):
        def on_fit_task_end(self, estimator, context):
            raise RuntimeError("no more")

    model = small().fit(X, Y)
    before, recorder = dict(vars(model)), Failing()
    model.set_callbacks(recorder)
    with pytest.raises(RuntimeError, match="no more"):
        model.fit(X, Y)
    assert recorder.seen == ["setup", "fit 0 of 3", "epoch 0 of 0", "teardown"]
    assert vars(model.set_callbacks()) == before


def test_a_fit_that_diverges_does_not_end_its_task():
    recorder = Recorder()
    with pytest.raises(FloatingPointError):
        small(learning_rate=1e38, clipnorm=None, optimizer="sgd").set_callbacks(recorder).fit(X, Y)
    assert "end fit 0" not in recorder.seen
    assert recorder.seen[-1] == "teardown"


# --- estimators in the middle of a fit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"weight_average": "ema"},
        {"optimizer": {"class_name": "Adam", "config": {"use_ema": True, "ema_overwrite_frequency": None}}},
    ],
    ids=["plain", "means", "Keras' means"],
)
def test_what_is_given_is_as_if_the_fit_had_ended(more):
    keeper = Keeper()
    model = small(**more).set_callbacks(keeper).fit(X, Y)
    if not more:
        short = small(epochs=2).fit(X, Y)
        assert_array_equal(keeper.fitted["epoch", 1].predict_proba(X), short.predict_proba(X))
        assert keeper.fitted["epoch", 1].history_ == short.history_
    assert_array_equal(keeper.fitted["epoch", 2].predict_proba(X), model.predict_proba(X))
    assert_array_equal(keeper.fitted["fit", 0].predict_proba(X), model.predict_proba(X))
    assert [keeper.fitted["epoch", number].n_iter_ for number in range(3)] == [1, 2, 3]


def test_of_a_fit_that_may_stop_early_the_best_epoch_is_given():
    keeper = Keeper()
    model = small(epochs=4, learning_rate=0.1, early_stopping=True).set_callbacks(keeper)
    model.fit(X, Y, X_val=X, y_val=1 - Y)
    best = int(np.argmin(model.history_["val_loss"]))
    assert best < 3
    given = keeper.fitted["epoch", 3].weights_
    for name, value in keeper.fitted["epoch", best].weights_.items():
        assert_array_equal(given[name], value)


def test_a_detector_has_its_thresholds():
    keeper = Keeper()
    model = small(LSTMAutoencoderDetector).set_callbacks(keeper).fit(X, Y)
    assert keeper.fitted["epoch", 2].offset_ == model.offset_
    assert_array_equal(keeper.fitted["epoch", 2].predict(X), model.predict(X))
    assert keeper.fitted["epoch", 0].offset_ != model.offset_


def test_a_forecaster_has_its_intervals_and_what_it_knows_beforehand():
    keeper = Keeper()
    future = np.random.RandomState(0).randn(20, 2, 1)
    model = small(Seq2SeqRegressor, calibration_fraction=0.5).set_callbacks(keeper)
    model.fit(X, X[:, :2], X_future=future)
    last = keeper.fitted["epoch", 2]
    assert_array_equal(last.predict_interval(X, X_future=future), model.predict_interval(X, X_future=future))
    assert all(given[0] is X and given[2] == {"X_future": future} for given in keeper.given)


def build(meta):
    import keras

    layers = [keras.Input((meta["n_timesteps_in_"], 1)), keras.layers.Flatten()]
    return keras.Sequential([*layers, keras.layers.Dense(meta["n_classes_"], activation="softmax")])


def test_a_network_of_the_users_own():
    recorder, keeper = Recorder(("epoch", 1)), Keeper()
    model = SequenceClassifier(network=KerasClassifier(build), epochs=3, random_state=0)
    model.set_callbacks(recorder, keeper).fit(X, Y)
    assert recorder.seen == ["setup", "fit 0 of 3", *EPOCHS[:4], "end fit 0", "teardown"]
    assert model.n_iter_ == 2
    assert_array_equal(keeper.fitted["epoch", 1].predict_proba(X), model.predict_proba(X))
    assert (keeper.fitted["epoch", 0].predict_proba(X) != model.predict_proba(X)).any()


def test_a_fit_that_got_stuck_does_not_begin_again_where_it_is_watched(monkeypatch):
    """Callbacks are told beforehand how many epochs there are."""
    monkeypatch.setattr(Verdict, "stuck_above", lambda self, constant_loss: 0.0)
    x = np.random.RandomState(0).randn(120, 3, 1)
    model = SequenceClassifier(units=2, n_conv_layers=0, batch_size=120, random_state=0)
    model.set_callbacks(Recorder()).fit(x, x[:, 0, 0] > 0)
    assert len(model.init_losses_) == 1


# --- scikit-learn's own -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SequenceClassifier, SequenceRegressor, LSTMAutoencoderTransformer])
def test_scores_of_every_epoch(kind):
    monitor = callback.ScoringMonitor(scoring={"score": lambda fitted, X, y: fitted.score(X, y)})
    model = small(kind).set_callbacks(monitor).fit(X, Y)
    scores = {entry["task_id_path"]: entry["score"] for entry in monitor.get_logs().data}
    assert list(scores) == [(0,), (0, 0), (0, 1), (0, 2)]
    assert scores[0,] == scores[0, 2] == model.score(X, Y)


def test_the_progress_bar(capsys):
    pytest.importorskip("rich")
    small().set_callbacks(callback.ProgressBar()).fit(X, Y)
    assert "SequenceClassifier - fit" in capsys.readouterr().out


# --- with the rest of scikit-learn ------------------------------------------------------------------------------------


def test_callbacks_come_down_from_searches_and_pipelines():
    recorder = Propagated()
    pipeline = make_pipeline(SequenceScaler(), small(epochs=1))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The estimator SequenceScaler does not support callbacks")
        search = GridSearchCV(pipeline, {"sequenceclassifier__units": [2, 3]}, cv=2).set_callbacks(recorder).fit(X, Y)
    assert recorder.seen.count("epoch 0 of 0") == 5  # two sizes, two folds, and once more
    assert recorder.seen.count("setup") == 1
    assert not watches(search.best_estimator_[-1])


def test_callbacks_of_an_estimator_in_a_search():
    recorder = Recorder()
    GridSearchCV(small(epochs=1).set_callbacks(recorder), {"units": [2, 3]}, cv=2).fit(X, Y)
    assert recorder.seen.count("setup") == recorder.seen.count("epoch 0 of 0") == recorder.seen.count("teardown") == 5


def test_clones_and_pickles_keep_callbacks():
    model = small().set_callbacks(callback.ScoringMonitor(scoring="accuracy"))
    for copied in (clone(model), pickle.loads(pickle.dumps(model))):
        assert watches(copied)
    assert not watches(small())


def test_callbacks_of_keras_are_refused():
    import keras

    with pytest.raises(TypeError, match="Got ModelCheckpoint.*parameter callbacks"):
        small().set_callbacks(keras.callbacks.ModelCheckpoint("x.keras"))
    with pytest.raises(TypeError, match="set_callbacks"):
        small(callbacks=[Recorder()]).fit(X, Y)
