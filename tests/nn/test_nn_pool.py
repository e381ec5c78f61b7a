"""The pool of runners: bounded, never shared, never handed out after a failure. And the specs that key it."""

import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from nn_tools import SPECS, autoencoder_spec, network_of, seq2seq_spec

import skseq
from skseq import LSTMAutoencoderTransformer
from skseq.nn import pool
from skseq.nn.networks.weights import initial_weights, kept_draws
from skseq.nn.pool import lease


class Runner:
    """What the pool sees of a compiled network."""

    def __init__(self, spec):
        self.spec = spec


@pytest.fixture(autouse=True)
def own_pool(monkeypatch):
    """An empty pool of two for each test."""
    monkeypatch.setattr(pool, "_idle", OrderedDict())
    monkeypatch.setattr(pool, "MAX_IDLE_RUNNERS", 2)


@pytest.fixture
def made(monkeypatch):
    """Specs of the runners that were made, with runners that cost nothing."""
    specs = []

    def make(spec):
        specs.append(spec)
        return Runner(spec)

    monkeypatch.setattr(pool, "CompiledNetwork", make)
    return specs


def use(spec):
    with lease(spec) as runner:
        return runner


def test_a_runner_that_was_given_back_is_leased_again(made):
    first = use("a")
    assert use("a") is first
    assert use("b") is not first
    assert made == ["a", "b"]


def test_an_equal_spec_finds_the_runner(made):
    """Specs are compared by value."""
    first = use(autoencoder_spec(units=3))
    assert use(autoencoder_spec(units=3)) is first
    assert use(autoencoder_spec(units=4)) is not first


def test_beyond_its_size_the_pool_drops_the_least_recently_used(made):
    a, b = use("a"), use("b")
    assert use("a") is a  # now b is the least recently used
    use("c")
    assert use("a") is a
    assert use("b") is not b
    assert made == ["a", "b", "c", "b"]


def test_the_number_of_idle_runners_is_bounded(made):
    for spec in range(10):
        use(spec)
    assert len(pool._idle) == 2


def test_leases_at_one_time_are_of_different_runners(made):
    """Four threads meet at a barrier while each holds its lease."""
    barrier = threading.Barrier(4, timeout=30)

    def hold(_):
        with lease("a") as runner:
            barrier.wait()
            return runner

    with ThreadPoolExecutor(4) as threads:
        runners = list(threads.map(hold, range(4)))
    assert len({id(runner) for runner in runners}) == 4
    assert len(pool._idle) == 2  # the bound holds for runners of one spec, too


def test_nested_leases_are_of_different_runners(made):
    with lease("a") as outer, lease("a") as inner:
        assert outer is not inner


def test_a_runner_that_failed_is_not_used_again(made):
    with pytest.raises(RuntimeError, match="in the lease"), lease("a") as failed:
        raise RuntimeError("in the lease")
    assert use("a") is not failed
    assert made == ["a", "a"]


def test_an_interrupted_lease_is_a_failed_one(made):
    with pytest.raises(KeyboardInterrupt), lease("a") as runner:
        raise KeyboardInterrupt
    assert use("a") is not runner


def test_clear_pool_forgets_all_runners(made):
    before = use("a"), use("b")
    skseq.clear_pool()
    assert use("a") is not before[0]
    assert use("b") is not before[1]


def test_clear_pool_during_a_lease_leaves_the_lease_alone(made):
    with lease("a") as runner:
        skseq.clear_pool()
    assert use("a") is runner


def test_fits_in_threads_give_the_numbers_of_fits_in_a_row():
    """The same seed, the same weights, bit for bit, although runners change hands."""
    X = np.random.RandomState(0).rand(12, 3)

    def fit(seed):
        return LSTMAutoencoderTransformer(units=2, epochs=3, batch_size=5, random_state=seed).fit(X).weights_

    expected = [fit(seed) for seed in range(4)]
    with ThreadPoolExecutor(2) as threads:
        actual = list(threads.map(fit, range(4)))
    for ours, theirs in zip(actual, expected):
        for name, value in theirs.items():
            np.testing.assert_array_equal(ours[name], value)
    assert not np.array_equal(expected[0]["output/kernel"], expected[1]["output/kernel"])


# --- specs ------------------------------------------------------------------------------------------------------------


def test_specs_are_values():
    """Equal fields make equal specs with equal hashes; any other field makes another spec."""
    for spec in SPECS.values():
        assert replace(spec) == spec
        assert hash(replace(spec)) == hash(spec)
    fields = {"units": 4, "cell": "gru", "dropout": True, "decoder": "predict", "conditional": True, "held_back": True}
    fields |= {"input_noise": True, "step_dropout": True}
    others = [autoencoder_spec(**{name: value}) for name, value in fields.items()]
    assert len({autoencoder_spec(), *others}) == 1 + len(fields)
    assert autoencoder_spec() != seq2seq_spec()


def test_specs_are_frozen():
    with pytest.raises(FrozenInstanceError):
        autoencoder_spec().units = 7
    with pytest.raises(TypeError):
        type(autoencoder_spec())(2, 3)  # by keyword only


def test_encoding_size_and_states_of_a_spec():
    assert [autoencoder_spec(units=3, bidirectional=both).encoding_size for both in (False, True)] == [3, 6]
    assert [autoencoder_spec(cell=cell).n_states for cell in ("lstm", "gru", "cho-gru")] == [2, 1, 1]


def test_initial_weights_do_not_depend_on_the_type():
    single, double = (replace(SPECS["recursive-lstm-2-layers"], dtype=dtype) for dtype in ("float32", "float64"))
    drawn = [initial_weights(network_of(spec), np.random.RandomState(3)) for spec in (single, double)]
    for name, value in drawn[1].items():
        assert value.dtype == np.float64
        np.testing.assert_array_equal(value, drawn[0][name])


def test_initial_weights_that_are_drawn_again_are_the_same_and_nobodys():
    """What is kept of them is neither shared with a caller, nor there after `clear_pool`."""
    network = network_of(SPECS["recursive-lstm-2-layers"])
    skseq.clear_pool()
    first, second = (initial_weights(network, np.random.RandomState(3)) for _ in range(2))
    assert kept_draws.cache_info().hits == kept_draws.cache_info().misses > 0
    expected = {name: value.copy() for name, value in first.items()}
    for name, value in first.items():
        value += 1
        np.testing.assert_array_equal(second[name], expected[name])
    for name, value in initial_weights(network, np.random.RandomState(3)).items():
        np.testing.assert_array_equal(value, expected[name])
    skseq.clear_pool()
    assert kept_draws.cache_info().currsize == 0
    for name, value in initial_weights(network, np.random.RandomState(3)).items():
        np.testing.assert_array_equal(value, expected[name])


# --- predictions in turn ----------------------------------------------------------------------------------------------


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(pool, "n_cores", lambda: 2)
    monkeypatch.setattr(pool, "check_network_weights", lambda spec, weights: None)


def test_predictions_by_one_network_wait_for_a_core(made, two_cores):
    """Forty requests at once to a server make two runners, and another forty no more."""
    together = threading.Barrier(40)

    def predict(_):
        together.wait()
        with lease("a", weights={}):
            time.sleep(1e-3)

    with ThreadPoolExecutor(40) as threads:
        for _ in range(2):
            list(threads.map(predict, range(40)))
    assert made == ["a", "a"]


def test_fits_and_other_networks_wait_for_none(made, two_cores):
    with lease("a", weights={}), ThreadPoolExecutor(1) as thread, lease("a"), lease("a"):
        for spec, weights in (("a", {}), ("a", None), ("b", {})):
            thread.submit(lambda spec=spec, weights=weights: lease(spec, weights).__enter__()).result(timeout=5)
    assert made.count("a") == 5


def test_a_prediction_inside_another_waits_for_none(made, two_cores):
    with lease("a", weights={}), lease("a", weights={}), lease("a", weights={}):
        assert made == ["a", "a", "a"]


def test_predictions_that_wait_for_others_in_threads_end(made, two_cores, monkeypatch):
    monkeypatch.setattr(pool, "LONGEST_WAIT", 0.05)

    def inner():
        with lease("a", weights={}):
            return True

    with lease("a", weights={}), lease("b", weights={}), ThreadPoolExecutor(2) as threads:
        pool._predicting.append(["a"])  # as of another thread
        assert threads.submit(inner).result(timeout=5)
        pool._predicting.pop()
    assert pool._predicting == []


def test_a_prediction_that_fails_lets_others_go_on(made, two_cores):
    for _ in range(3):
        with pytest.raises(RuntimeError, match="mine"), lease("a", weights={}):
            raise RuntimeError("mine")
    assert pool._predicting == []
