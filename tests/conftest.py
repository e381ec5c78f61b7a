"""What holds for all tests: which worker runs what, and how long networks live."""

import gc
import sys

import pytest


def unit_of(nodeid):
    """What one worker runs in one go: a file, and of the compliance checks those of one estimator.

    Tests of one unit share networks and fitted estimators; on two workers each would be made twice.
    """
    path, _, name = nodeid.partition("::")
    return (
        nodeid.rpartition("-check")[0]
        if name.startswith(("test_check_estimator[", "test_check_estimator_of_variants["))
        else path
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``-n``, and unless ``--dist`` says otherwise, hand out whole units."""
    from xdist.scheduler import LoadScopeScheduling

    class UnitScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return unit_of(nodeid)

    return UnitScheduling(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(autouse=True, scope="module")
def forget_networks():
    """Networks live as long as one module's tests: a process that keeps all of them grows.

    What is left then stays for good (modules, caches): frozen, it is not walked through at every collection.
    """
    yield
    if "skseq.nn.pool" in sys.modules:  # without it no network has been made
        sys.modules["skseq.nn.pool"].clear_pool()
    gc.collect()
    gc.freeze()
