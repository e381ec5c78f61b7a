"""Garbage collection is held back while a graph is traced or TensorFlow is imported, and is then as it was."""

import gc
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from skseq import SequenceClassifier
from skseq.nn.collection import collection_held_back
from skseq.nn.training import compiled


@pytest.fixture(autouse=True)
def on():
    """It is on before a test, and whatever happens, after it."""
    assert gc.isenabled()
    yield
    gc.enable()


def test_is_off_within_and_on_after():
    with collection_held_back():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_is_on_after_an_error():
    with pytest.raises(ZeroDivisionError), collection_held_back():
        1 / 0  # noqa: B018
    assert gc.isenabled()


def test_stays_off_where_the_user_has_turned_it_off():
    gc.disable()
    with collection_held_back():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_the_last_holder_of_all_threads_turns_it_on():
    held, leave = threading.Event(), threading.Event()

    def hold():
        with collection_held_back():
            held.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    with collection_held_back():
        other.start()
        assert held.wait(10)
    assert not gc.isenabled()  # the other thread still holds it
    leave.set()
    other.join(10)
    assert gc.isenabled()


def test_what_the_user_froze_stays_frozen():
    gc.freeze()
    try:
        n_frozen = gc.get_freeze_count()
        with collection_held_back(lasting=True):
            pass
        assert gc.get_freeze_count() == n_frozen > 0
    finally:
        gc.unfreeze()


def test_is_held_back_while_a_graph_is_traced(monkeypatch):
    was_on = []

    @contextmanager
    def watched():
        was_on.append(gc.isenabled())
        yield

    monkeypatch.setattr(compiled, "shared_constants", watched)
    X = np.linspace(0, 1, 24).reshape(4, 6)
    SequenceClassifier(units=3, epochs=1).fit(X, [0, 1, 0, 1])
    assert was_on
    assert not any(was_on)
    assert gc.isenabled()


def test_tensorflow_is_old_once_it_is_imported():
    """No full collection runs meanwhile, and the next one of what is young has little to look through."""
    script = (
        "import gc\n"
        "full = []\n"
        "gc.callbacks.append(lambda phase, info: full.append(phase) if info['generation'] == 2 else None)\n"
        "import skseq.nn\n"
        "n_young = len(gc.get_objects(generation=0))\n"
        "print(len(full), gc.isenabled(), gc.get_freeze_count(), n_young < 2_000 < len(gc.get_objects()))\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["0", "True", "0", "True"]
