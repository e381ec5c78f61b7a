"""Garbage collection is held back, and is then as it was; a real import of TensorFlow is in `test_nn_process.py`."""

import gc
import os

import pytest
from prepared import printed

from skseq.nn.garbage_collection import collection_held_back


@pytest.fixture(autouse=True)
def usual():
    """The thresholds before a test, which hold after it whatever happens."""
    thresholds = gc.get_threshold()
    assert thresholds[0] > 0
    yield thresholds
    gc.set_threshold(*thresholds)


def test_nothing_is_collected_within(usual):
    with collection_held_back():
        assert gc.get_threshold()[0] == 0
        assert gc.isenabled()  # that switch is the user's
    assert gc.get_threshold() == usual


def test_an_error_ends_it(usual):
    with pytest.raises(ZeroDivisionError), collection_held_back():
        1 / 0  # noqa: B018
    assert gc.get_threshold() == usual


def test_what_the_user_froze_stays_frozen():
    was_frozen = gc.get_freeze_count()
    gc.freeze()
    n_frozen = gc.get_freeze_count()
    with collection_held_back():
        pass
    assert gc.get_freeze_count() == n_frozen > 0
    if not was_frozen:
        gc.unfreeze()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_is_forked_meanwhile_collects(usual):
    script = (
        "import gc, os\n"
        "from skseq.nn.garbage_collection import collection_held_back\n"
        "usual = gc.get_threshold()\n"
        "with collection_held_back():\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        os._exit(0 if gc.get_threshold() == usual else 1)\n"
        "    status = os.waitpid(child, 0)[1]\n"
        "gc.set_threshold(500)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if gc.get_threshold()[0] == 500 else 1)\n"
        "print(status, os.waitpid(child, 0)[1])\n"
    )
    assert printed(script).split() == ["0", "0"]
