"""Searches on many workers: each backend of joblib gives what one process gives, bit for bit, and comes to an end."""

import logging
import sys
from contextlib import contextmanager, suppress

import joblib
import keras
import numpy as np
import pytest
from scikeras.wrappers import KerasClassifier
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - allows the import below
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, cross_validate

from skseq import Seq2SeqClassifier, Seq2SeqRegressor, SequenceClassifier, SeriesForecaster
from skseq.datasets import make_echo
from skseq.nn.threads import n_threads


def classifier(**parameters):
    """All of one network, which every process has to trace."""
    network = {"units": 8, "attention": False, "bidirectional": False, "dropout": 0.2}
    return Seq2SeqClassifier(**{**network, "epochs": 1, "random_state": 0, **parameters})


@pytest.fixture(scope="module")
def echo():
    return make_echo(80, n_timesteps=4, n_kept=2, cardinality=4, random_state=0)


# --- the engines ------------------------------------------------------------------------------------------------------


@contextmanager
def dask_workers():
    """One process of one thread, since each imports TensorFlow: loky shows that several give the same."""
    distributed = pytest.importorskip("distributed")
    one = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": logging.CRITICAL}
    late = suppress(TimeoutError)  # dask gives a worker five seconds to end, which is little beside other tests
    with late, distributed.LocalCluster(**one) as cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        yield


@contextmanager
def ray_workers():
    ray = pytest.importorskip("ray")
    ray_joblib = pytest.importorskip("ray.util.joblib")
    ray.init(num_cpus=2, include_dashboard=False, configure_logging=False)
    ray_joblib.register_ray()
    try:
        with joblib.parallel_config("ray"):
            yield
    finally:
        ray.shutdown()


@contextmanager
def spark_workers():
    joblibspark = pytest.importorskip("joblibspark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # else workers take the first python3 of the path
        joblibspark.register_spark()
        with joblib.parallel_config("spark"):
            yield


STARTED = {"dask": dask_workers, "ray": ray_workers, "spark": spark_workers}
BACKENDS = ["threading", "loky", "dask", *(pytest.param(name, marks=pytest.mark.engine) for name in ("ray", "spark"))]


@pytest.fixture(scope="module", params=BACKENDS)
def workers(request):
    """Workers of a backend, which every test that asks for them shares."""
    if request.param in ("ray", "spark") and "engine" not in request.config.option.markexpr:
        pytest.skip("asked for by -m engine")
    with STARTED.get(request.param, lambda: joblib.parallel_config(request.param))():
        yield request.param


# --- what they give ---------------------------------------------------------------------------------------------------


def searches(echo, n_jobs=None):
    """The scores of three searches, and the best parameters and refitted models of two."""
    grid = {"learning_rate": [0.01, 0.05], "batch_size": [16, 32]}
    halving = {"resource": "epochs", "max_resources": 2, "factor": 2, "random_state": 0}
    found = [
        GridSearchCV(classifier(), grid, cv=2, n_jobs=n_jobs).fit(*echo),
        HalvingGridSearchCV(classifier(), grid, cv=2, n_jobs=n_jobs, **halving).fit(*echo),
    ]
    scores = [search.cv_results_[f"split{split}_test_score"] for search in found for split in range(2)]
    scores.append(cross_validate(classifier(), *echo, cv=3, n_jobs=n_jobs)["test_score"])
    return scores, [search.best_params_ for search in found], [search.best_estimator_.weights_ for search in found]


@pytest.fixture(scope="module")
def in_one_process(echo):
    return searches(echo)


def assert_same(one, other):
    """Nested lists and dicts of arrays, bit for bit."""
    for found, expected in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(found, expected)
    assert one[1] == other[1]
    for found, expected in zip(one[2], other[2], strict=True):
        assert_same_weights(found, expected)


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_array_equal(other[name], value, err_msg=name)


def test_searches_on_workers_give_the_same(echo, in_one_process, workers):
    """Twice on loky, whose workers stay."""
    for _ in range(2 if workers == "loky" else 1):
        assert_same(searches(echo, n_jobs=2), in_one_process)


def test_weights_of_workers_are_the_same(echo, workers):
    models = [classifier(random_state=seed) for seed in range(4)]
    fitted = joblib.Parallel(n_jobs=2)(joblib.delayed(Seq2SeqClassifier.fit)(model, *echo) for model in models)
    for model in fitted:
        assert_same_weights(model.weights_, clone(model).fit(*echo).weights_)


def forecasts(n_jobs=None):
    """Scores of forecasters, and paths that one of them draws."""
    dice = np.random.RandomState(0)
    windows, following, series = dice.randn(40, 4), dice.randn(40, 2), np.cumsum(dice.randn(4, 30), axis=1)
    network = Seq2SeqRegressor(units=3, epochs=1, cell="lstm", bidirectional=False, random_state=0)
    recursive = clone(network).set_params(decoder="recursive", loss="normal")
    found = cross_validate(recursive, windows, following, cv=2, n_jobs=n_jobs, return_estimator=True)
    drawn = found["estimator"][0].sample_y(windows[:3], n_samples=5, random_state=0)
    forecaster = SeriesForecaster(network, horizon=2, window=4, exponential_smoothing=True)
    return found["test_score"], drawn, cross_validate(forecaster, series, cv=2, n_jobs=n_jobs)["test_score"]


@pytest.fixture(scope="module")
def forecasts_of_one_process():
    return forecasts()


def test_forecasters_on_workers_give_the_same(forecasts_of_one_process, workers):
    if workers not in ("threading", "loky"):
        pytest.skip("one kind of processes shows it")
    for found, expected in zip(forecasts(n_jobs=2), forecasts_of_one_process, strict=True):
        np.testing.assert_array_equal(found, expected)


def build(meta, units):
    hidden = [keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(units)]
    outputs = keras.layers.Dense(meta["n_classes_"], activation="softmax")
    return keras.Sequential([keras.Input((None, meta["n_features"])), *hidden, outputs])


def test_a_search_over_a_network_of_ones_own(workers):
    """Its build function is found in the other processes."""
    if workers != "loky":
        pytest.skip("one kind of processes shows it")
    X, y = np.random.RandomState(0).randn(24, 5, 2), np.tile(["no", "yes", "maybe"], 8)
    network = KerasClassifier(build, model__units=1, run_eagerly=True)
    own = SequenceClassifier(network=network, epochs=1, random_state=0)
    search = GridSearchCV(own, {"network__model__units": [1, 2]}, cv=2, n_jobs=2, error_score="raise").fit(X, y)
    assert_same_weights(clone(search.best_estimator_).fit(X, y).weights_, search.best_estimator_.weights_)


def test_workers_share_the_cores(workers):
    """joblib and the engines limit the threads of numerical libraries; TensorFlow alone would take every core."""
    if workers == "threading":
        pytest.skip("one process")
    found = joblib.Parallel(n_jobs=2)(joblib.delayed(n_threads)() for _ in range(4))
    assert max(found) <= max(1, joblib.cpu_count() // 2)
