"""What holds for all tests: which are slow, which worker runs what, and how long networks live.

``slow.txt`` lists the slow test functions with the seconds that each takes, all its parameters together; see
docs/testing.md.
"""

import functools
import gc
import math
import os
import re
import sys
import typing
from collections import Counter
from pathlib import Path

import pytest

gc.set_threshold(100_000, 20, 50)  # a traced graph is a hundred thousand objects that all stay: look less often
if sys.version_info < (3, 12):  # later ones are quick; TensorFlow asks at every operation, a hundredth of all time
    typing._get_protocol_attrs = functools.cache(typing._get_protocol_attrs)
TESTS = Path(__file__).parent
collect_ignore = ["data"]  # what tests read, a script for type checkers among it, is not imported for doctests
collect_ignore_glob = ["*conftest.py"]  # nor these, which have one name
if "PYTEST_XDIST_WORKER" in os.environ:  # workers share the cores: several threads in each only wait for each other
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
SECONDS = {name: int(seconds) for seconds, name in map(str.split, (TESTS / "slow.txt").read_text().splitlines())}
PER_ESTIMATOR = re.compile(r"test_check_estimator(_of_variants|_that_has_learnt)?\[(.*)-check")


def listed(nodeid):
    """The name of a test's function as ``slow.txt`` has it."""
    return nodeid.partition("[")[0].removeprefix("tests/")


def unit_of(nodeid):
    """What one worker runs in one go: a file, and of the compliance checks those of one estimator.

    Tests of one unit share networks and fitted estimators; on two workers each would be made twice.
    """
    path, _, name = nodeid.partition("::")
    found = PER_ESTIMATOR.match(name)
    return f"{path}::{found[2]}" if found else path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark what is slow; on several workers, begin with the units that take longest."""
    unit_seconds = Counter()
    for name, nodeid in {listed(item.nodeid): item.nodeid for item in items}.items():
        unit_seconds[unit_of(nodeid)] += SECONDS.get(name, 0)
    for item in items:
        if listed(item.nodeid) in SECONDS:
            item.add_marker("slow")
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(f"{item.nodeid} has an address in its name, another one in every process: give ids")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: -unit_seconds[unit_of(item.nodeid)])


def pytest_collection_finish():
    """Leave out what TensorFlow takes long for, where tests have imported it (see `quick_operations`)."""
    if "tensorflow" in sys.modules:
        from quick_operations import install

        install()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``-n``, and unless ``--dist`` says otherwise, hand out whole units in the order of collection."""
    from xdist.scheduler import LoadScopeScheduling

    class UnitScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return unit_of(nodeid)

    if config.getvalue("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return UnitScheduling(config, log)


@pytest.fixture
def untrained(monkeypatch):
    """Let fits keep the weights that they begin with: what only predicts needs no training to be traced."""
    from skseq.nn.training import fitting
    from skseq.nn.training.record import FitResult

    def fit_network(runner, data, options, *, weights, slots=None, rng, n_timesteps, scales=None, validation=None):
        runner.store.load(weights)
        return FitResult(weights=weights, slots=runner.store.slots(), history={})

    monkeypatch.setattr(fitting, "fit_network", fit_network)


@pytest.fixture(scope="module")
def eager():
    """Run short fits and predictions of a module without graphs (see `EagerNetwork`)."""
    from eager_network import EagerNetwork, telling_epochs

    from skseq.nn import pool
    from skseq.nn.training import fitting

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "CompiledNetwork", EagerNetwork)
        patch.setattr(fitting, "fit_network", telling_epochs())
        yield


@pytest.fixture(autouse=True)
def forget_interrupts():
    """The next test may interrupt a fit, too, which would stop all soon after another interrupt."""
    yield
    if "skseq.nn.training.interrupts" in sys.modules:
        sys.modules["skseq.nn.training.interrupts"]._last = -math.inf


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
