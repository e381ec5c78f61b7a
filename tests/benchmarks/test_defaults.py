"""benchmarks.defaults: the simple models beside ours, folds, ranks, claims."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin

from benchmarks import defaults
from benchmarks.harness.report import Report
from benchmarks.parts import noisy, searched
from benchmarks.tasks import everyday
from benchmarks.tasks import noisy as noisy_tasks
from benchmarks.tasks.archives import read_ts
from benchmarks.tasks.everyday import Summary, Task
from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq.model_selection import search_space


def test_summary_by_hand():
    """Mean, deviation and slope of (1, 3, 5) are 3, sqrt(8 / 3) and 2; of (4, 4, 4) they are 4, 0 and 0."""
    found = Summary().fit_transform([np.array([[1.0, 4.0], [3.0, 4.0], [5.0, 4.0]]), np.array([[7.0, 0.0]])])
    np.testing.assert_allclose(found[0], [3, 4, np.sqrt(8 / 3), 0, 2, 0])
    np.testing.assert_allclose(found[1], [7, 0, 0, 0, 0, 0])


def test_targets_that_are_numbers():
    _, y = read_ts("@targetlabel true\n@data\n1,2:0.5\n3,4:2\n")
    assert y.astype(float).tolist() == [0.5, 2.0]


def test_walks_are_told_by_their_means():
    task = everyday.TASKS["walks"]()
    assert task.regression
    np.testing.assert_allclose(task.y_train[:3], [1000 + 50 * x.mean() for x in task.X_train[:3]])
    assert task.simple().fit(task.X_train, task.y_train).score(task.X_test, task.y_test) == pytest.approx(1)


def test_activities_are_ragged_and_told_by_mean_and_deviation():
    task = everyday.TASKS["activities"]()
    assert {x.shape[1] for x in task.X_train} == {3}
    assert len({len(x) for x in task.X_train}) > 1
    assert 500 < np.abs(task.X_train[1]).max() < 3_000  # thousandths of gravity
    assert task.simple().fit(task.X_train, task.y_train).score(task.X_test, task.y_test) > 0.9


def test_what_is_wanted_is_claimed(monkeypatch):
    monkeypatch.setattr(defaults, "WANTED", {"GunPoint": (0.96, 0.03)})
    report = Report("defaults")
    report.add("test: GunPoint", "score", "", "defaults", np.array([0.9, 1.0]))
    defaults.add_published(report, "GunPoint")
    defaults.claim(report, defaults.Scale(tasks=("GunPoint",), seeds=2))
    assert [claim.holds for claim in report.claims][:2] == [False, False]  # 0.95 is too little, 0.05 too much


def test_every_sample_is_predicted_by_a_network_that_has_not_seen_it(monkeypatch):
    fitted = []

    class Model:
        def fit(self, X, y):
            fitted.append(set(X))
            return self

        def predict(self, X):
            assert not fitted[-1] & set(X)
            return X > 4

    monkeypatch.setattr(defaults, "network_for", lambda *_: Model())
    X = np.arange(9)
    task = Task(X, X > 3, X, X > 3)
    assert defaults.score_on_folds(task, 3, 0, {}) == pytest.approx(8 / 9)  # wrong at 4 alone
    assert [len(seen) for seen in fitted] == [6] * 3


def test_ranks_and_claims():
    report = Report("defaults")
    scale = SimpleNamespace(seeds=1, tasks=("GunPoint", "walks", "phonemes"), candidates=("former", "defaults"))
    scores = {"GunPoint": (0.6, 0.9), "walks": (0.8, 0.7), "phonemes": (0.5, 0.6)}
    for name, pair in scores.items():
        for by, score in zip(scale.candidates, pair):
            report.add(f"choice: {name}", defaults.SCORE, "", by, score)
        report.add(f"test: {name}", defaults.SCORE, "", defaults.DEFAULTS, pair[1])
        report.add(f"test: {name}", defaults.SCORE, "", defaults.SIMPLE, 0.65)
    assert defaults.ranks_of(report, scale) == {
        "tasks of numbers": "former 1.50, defaults 1.50",
        "tasks of text": "defaults 1.00, former 2.00",
    }
    defaults.add_published(report, "GunPoint")
    defaults.claim(report, scale)
    held = {one.text.split(",")[0]: one.holds for one in report.claims if one.experiment == "test: GunPoint"}
    assert held["score"] is False  # 0.96 is wanted
    assert (held["score minus that of simple"], held["score minus that of 1-NN DTW"]) == (True, False)
    assert report.claims[-1].value == pytest.approx(0.1)  # 1.0 is published
    assert not report.claims[-1].holds


@pytest.mark.parametrize("name", ["sorted tokens", "channels", "waves"])
def test_what_is_searched_is_judged_by_what_was_not_learnt(name):
    problem = searched.PROBLEMS[name]()
    assert search_space(problem.estimator)
    assert len(problem.X) == 300
    learnt = {str(x) for x in problem.X}
    assert sum(str(x) in learnt for x in problem.X_new) < len(problem.X_new) / 100


def test_a_search_is_shown_beside_the_defaults(monkeypatch):
    """The best of two means is searched for: 3 is nearer to the training data, and to what judges."""

    class Constant(RegressorMixin, BaseEstimator):
        def __init__(self, value=0.0, random_state=None):
            self.value, self.random_state = value, random_state

        def fit(self, X, y):
            self.fitted_ = True
            return self

        def predict(self, X):
            return np.full(len(X), self.value)

    X, y = np.zeros((6, 1)), np.array([2.0, 3, 4, 2, 3, 4])
    problem = searched.Problem(Constant(), X, X, y, y)
    monkeypatch.setitem(searched.PROBLEMS, "walks", lambda: problem)
    monkeypatch.setattr(searched, "search_space", lambda _: {"value": [1.0, 3.0]})
    report, scale = Report("defaults"), defaults.Scale(draws=2, search_seeds=2)
    searched.compare(report, "walks", scale)
    assert report.values("search: walks", "score", "defaults").tolist() == pytest.approx([-13.5] * 2)  # 1 - 58 / 4
    assert report.values("search: walks", "score", "searched").tolist() == [0.0, 0.0]


def test_settings_reach_the_network_in_a_forecaster():
    forecaster = SeriesForecaster(Seq2SeqRegressor())
    assert searched.within(forecaster, {"epochs": 1}) == {"estimator__epochs": 1}
    assert searched.within(forecaster.estimator, {"epochs": 1}) == {"epochs": 1}


@pytest.mark.parametrize("name", noisy_tasks.TASKS)
def test_noisy_tasks(name):
    task = noisy_tasks.TASKS[name](50, np.random.RandomState(0))
    assert len(task.X_train) == len(task.y_train) == 50
    assert len(task.X_test) == len(task.y_test) == noisy_tasks.N_NEW
    score = task.simple().fit(task.X_train, task.y_train).score(task.X_test, task.y_test)
    assert score < 0.9  # R2 or accuracy: nobody can solve them


def test_the_share_of_wrong_labels():
    """The first steps of a wave say which of two frequencies it has; a fifth of the training labels say otherwise."""

    def highest(x):
        spectrum = np.abs(np.fft.rfft(x[:, 0], 600))
        return int(np.argmax(spectrum) > 0.425 * 600 / (2 * np.pi))

    task = noisy_tasks.two_waves(500, np.random.RandomState(0))
    right = [
        [highest(x) == y for x, y in zip(*part)] for part in ((task.X_train, task.y_train), (task.X_test, task.y_test))
    ]
    assert np.mean(right[0]) == pytest.approx(0.8, abs=0.05)
    assert np.mean(right[1]) > 0.97


def test_what_defaults_gain_on_noise(monkeypatch, capsys):
    class Model:
        def __init__(self, random_state, early_stopping="auto"):
            self.right = {False: 0.5, True: 0.6, "auto": 0.75}[early_stopping]

        def fit(self, X, y):
            return self

        def predict(self, X):
            return (np.arange(len(X)) < self.right * len(X)).astype(int)

    task = Task([np.zeros((2, 1))] * 4, np.array([0, 1, 0, 1]), [np.zeros((2, 1))] * 8, np.ones(8, int))
    monkeypatch.setattr(noisy, "_labels", lambda *_: (task, Model, lambda y, outputs: np.mean(y == outputs)))
    report = Report("defaults")
    noisy.compare(report, SimpleNamespace(noisy=("events",), noisy_sizes=2, seeds=2, most=None))
    [claim] = report.claims
    assert claim.value == pytest.approx(0.25)
    assert "mean of 2 sets" in claim.text
    assert "noise: events, 400 samples" in capsys.readouterr().out
