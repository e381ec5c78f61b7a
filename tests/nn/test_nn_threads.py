"""How many threads TensorFlow starts with: what we are asked for, else what it was told, else the limit of a pool."""

import os
from types import SimpleNamespace

import pytest
from prepared import printed

import skseq
from skseq.nn import threads


class Threading:
    """`tf.config.threading` of a process in which TensorFlow has run, or has not."""

    def __init__(self, intra=0, *, has_run=False):
        self.intra, self.inter, self.has_run = intra, 0, has_run

    def set_intra_op_parallelism_threads(self, number):
        if self.has_run and number != self.intra:
            raise RuntimeError("Intra op parallelism cannot be modified after initialization.")
        self.intra = number

    def set_inter_op_parallelism_threads(self, number):
        self.inter = number


@pytest.fixture
def process(monkeypatch):
    """Make a process of eight cores with these variables in its environment."""

    def make(intra=0, has_run=False, **environment):
        threading = Threading(intra, has_run=has_run)
        monkeypatch.setattr(threads, "tf", SimpleNamespace(config=SimpleNamespace(threading=threading)))
        monkeypatch.setattr(threads, "threads_told", lambda: threading.intra)
        monkeypatch.setattr(threads, "n_cores", lambda: 8)
        for name in (threads.OURS, threads.TENSORFLOW, threads.WORKER):
            monkeypatch.setenv(name, "")  # so that it is taken back, also what a test leaves
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return threading

    return make


@pytest.mark.parametrize(
    ("given", "started"),
    [
        ({}, 0),
        ({"OMP_NUM_THREADS": "2"}, 2),
        ({"OMP_NUM_THREADS": "4,2"}, 4),  # threads of nested regions
        ({"OMP_NUM_THREADS": "8"}, 0),  # limits nothing
        ({"OMP_NUM_THREADS": "all"}, 0),
        ({"OMP_NUM_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "3"}, 0),  # TensorFlow reads its own itself
        ({"OMP_NUM_THREADS": "2", "intra": 3}, 3),
        ({"OMP_NUM_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "3", "SKSEQ_N_THREADS": "5", "intra": 4}, 5),
        ({"SKSEQ_N_THREADS": "16"}, 16),
        ({"OMP_NUM_THREADS": "2", "has_run": True}, 0),  # too late, and nobody asked by name
    ],
    ids=str,
)
def test_what_decides_how_many_threads_there_are(process, given, started):
    threading = process(**given)
    threads.limit_threads()
    assert threading.intra == started
    assert threading.inter in (started, 0)
    assert threads.n_threads() == (started or int(given.get("TF_NUM_INTRAOP_THREADS", 8)))


def test_it_is_said_once_if_it_is_too_late(process):
    process(has_run=True, SKSEQ_N_THREADS="2")
    with pytest.warns(UserWarning, match="has started with 8 threads in this process, and cannot change that to 2"):
        threads.limit_threads()
    process(has_run=True, SKSEQ_N_THREADS="8")
    threads.limit_threads()  # no warning: it is so


@pytest.mark.parametrize("value", ["0", "two", "-1"])
def test_a_variable_that_is_no_number(process, value):
    process(SKSEQ_N_THREADS=value)
    with pytest.raises(ValueError, match=f"SKSEQ_N_THREADS must be an integer from 1 on, got '{value}'"):
        threads.limit_threads()


def test_set_n_threads_holds_for_workers_too(process, monkeypatch):
    threading = process()
    skseq.set_n_threads(3)
    assert (threading.intra, threading.inter) == (3, 3)
    assert threads.os.environ["SKSEQ_N_THREADS"] == "3"  # which workers inherit
    skseq.set_n_threads(None)
    assert threading.intra == 0
    assert "SKSEQ_N_THREADS" not in threads.os.environ


def test_set_n_threads_too_late(process):
    process(has_run=True)
    with pytest.raises(RuntimeError, match=r"Call skseq\.set_n_threads, or set SKSEQ_N_THREADS, before"):
        skseq.set_n_threads(2)
    assert "SKSEQ_N_THREADS" not in threads.os.environ
    skseq.set_n_threads(8)


FITS = """
import os, sys
os.sched_setaffinity(0, {int(core) for core in sys.argv[1].split(",")})
import hashlib
import numpy as np
import skseq
skseq.set_n_threads(1)
X = np.random.RandomState(0).randn(96, 20, 3)
y = X[:, :, 0].sum(axis=1) > 0
how = {"units": 96, "bidirectional": False, "batch_size": 48, "epochs": 2, "random_state": 0}
for compiled in (False, True):
    model = skseq.SequenceClassifier(**how, jit_compile=compiled).fit(X, y)
    print(hashlib.sha256(b"".join(value.tobytes() for value in model.weights_.values())).hexdigest())
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity") or os.cpu_count() < 2, reason="needs a choice of cores")
def test_one_thread_gives_the_same_weights_on_any_number_of_cores():
    cores = sorted(os.sched_getaffinity(0))
    found = [printed(FITS, ",".join(map(str, chosen))) for chosen in (cores[:1], cores)]
    assert len(set(found[0].split())) == 2, "XLA rounds differently"
    assert found[0] == found[1]


@pytest.mark.parametrize("number", [0, -1, 1.5, "2"])
def test_numbers_of_threads_that_mean_nothing(number):
    with pytest.raises(ValueError, match="'n_threads' parameter of set_n_threads must be an int in the range"):
        skseq.set_n_threads(number)
