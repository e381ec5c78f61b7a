"""Interrupts while a graph runs, and long epochs that are cut into several calls so that an interrupt is answered."""

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest
from nn_tools import RATES, data_of, generator_spec, lengths, make_rows, optimizer, pooled_spec, random_weights

from skseq.nn.training import fitting
from skseq.nn.training.compiled import CompiledNetwork
from skseq.nn.training.fitting import FitOptions, fit_network
from skseq.nn.training.interrupts import held_interrupts
from skseq.nn.training.plan import Pace, Pieces

ADAM = optimizer("Adam", learning_rate=0.05)
SPEC = pooled_spec(dropout=True, cell="gru", dtype="float32", optimizer=ADAM, averaged=True)


@pytest.fixture
def default_handler():
    """That of a process in the foreground: in the background there may be none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


# --- signals ----------------------------------------------------------------------------------------------------------


def test_an_interrupt_is_noted(default_handler):
    with held_interrupts() as came:
        assert came == []
        os.kill(os.getpid(), signal.SIGINT)
        assert came == [signal.SIGINT]
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_handlers_come_back_after_an_error(default_handler):
    with pytest.raises(ZeroDivisionError), held_interrupts():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_users_own_is_called(default_handler):
    seen = []
    signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    with held_interrupts() as came:
        os.kill(os.getpid(), signal.SIGINT)
    assert (seen, came) == ([signal.SIGINT], [])


def test_other_threads_set_no_handlers(default_handler):
    found = []

    def run():
        with held_interrupts() as came:
            found.append((came, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [([], signal.default_int_handler)]


def test_a_call_that_was_interrupted_tells_what_it_has_learnt(default_handler, monkeypatch):
    ready = CompiledNetwork._ready

    def interrupting(self, *given, **more):
        run = ready(self, *given, **more)

        def interrupted():
            os.kill(os.getpid(), signal.SIGINT)
            return run()

        return interrupted

    runner = CompiledNetwork(replace(SPEC, dropout=False))
    runner.store.load(random_weights(runner.spec))
    data = data_of(runner.spec, make_rows(runner.spec, 2))
    plain = runner.train(data, np.array([[[0, 1]]]), RATES, [0])
    runner.store.load(random_weights(runner.spec))
    runner.store.load_slots()
    monkeypatch.setattr(CompiledNetwork, "_ready", interrupting)
    found = runner.train(data, np.array([[[0, 1]]]), RATES, [0])
    assert (plain.pop("interrupted"), found.pop("interrupted")) == ([False], [True])
    np.testing.assert_equal(found, plain)


# --- long epochs ------------------------------------------------------------------------------------------------------


def some_rows(spec):
    """Eleven rows of different lengths."""
    rows = make_rows(spec, 11, n_timesteps=9, seed=1)
    return rows | {"source_lengths": lengths([2, 9, 1, 8, 3, 3, 9, 5, 1, 2, 4])}


class Recorded(CompiledNetwork):
    """Keeps how many updates every call had, and what its batches were cut to."""

    def __init__(self, spec):
        super().__init__(spec)
        self.sizes, self.timesteps_seen = [], []

    def train(self, data, batches, *rest, timesteps, **more):
        self.sizes.append(batches.shape[1])
        self.timesteps_seen += timesteps.reshape(-1, 2).tolist()
        return super().train(data, batches, *rest, timesteps=timesteps, **more)


def fitted(runner, n_updates, monkeypatch):
    """(result, sizes of the calls, timesteps of all updates) of two epochs that are cut after so many updates."""
    monkeypatch.setattr(Pace, "n_updates", lambda self, work: n_updates)
    monkeypatch.setattr(fitting, "CALL_SECONDS", 0)  # epochs share no call
    monkeypatch.setattr(fitting, "plan_pieces", lambda *_: Pieces(n_sizes=2, n_at_once=4))
    runner.sizes, runner.timesteps_seen = [], []
    data = data_of(runner.spec, some_rows(runner.spec))
    options = FitOptions(epochs=2, batch_size=2, rates=RATES | {"dropout": 0.25}, learning_rate_schedule="cosine")
    start = {"weights": random_weights(runner.spec), "rng": np.random.RandomState(0)}
    result = fit_network(runner, data, options, **start, n_timesteps=9, validation=data)
    return result, runner.sizes, runner.timesteps_seen


@pytest.mark.parametrize("jit_compile", [False, True], ids=["plain", "xla"])
def test_a_cut_epoch_learns_the_same_to_the_last_bit(jit_compile, monkeypatch):
    """Six updates, with dropout, of batches of different lengths, in pieces of four under XLA; losses, too."""
    runner = Recorded(replace(SPEC, jit_compile=jit_compile))
    whole, sizes, timesteps = fitted(runner, 6, monkeypatch)
    n_traces = runner.n_traces
    assert sizes == ([4, 2] if jit_compile else [6]) * 2
    for n_updates, expected in (
        (1, [1] * 6),
        (3, [3, 1, 2] if jit_compile else [3, 3]),
        (5, [4, 2] if jit_compile else [5, 1]),
    ):
        cut, *found = fitted(runner, n_updates, monkeypatch)
        assert found == [expected * 2, timesteps]  # no other shapes, which XLA would compile
        assert runner.n_traces == n_traces
        assert cut.history == whole.history
        np.testing.assert_equal(cut.weights, whole.weights)
        np.testing.assert_equal(cut.slots, whole.slots)


def test_states_are_carried_from_call_to_call(monkeypatch):
    runner = Recorded(generator_spec(carried=True, dtype="float32", optimizer=ADAM))
    whole, cut = (fitted(runner, n, monkeypatch)[0] for n in (6, 2))
    assert cut.history == whole.history
    np.testing.assert_equal(cut.weights, whole.weights)
