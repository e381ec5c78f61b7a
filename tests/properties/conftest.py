"""Profiles of hypothesis: a short one by default, and 10,000 cases and more per entry with ``-m properties``."""

from importlib.util import find_spec

import numpy as np
import pytest

if find_spec("hypothesis"):
    from hypothesis import HealthCheck, settings

    COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
    settings.register_profile("short", derandomize=True, max_examples=2, **COMMON)
    settings.register_profile("long", derandomize=True, max_examples=500, print_blob=True, **COMMON)
else:
    collect_ignore_glob = ["test_*"]


def pytest_configure(config):
    """Before the tests are collected, which read the profile then."""
    if find_spec("hypothesis"):
        settings.load_profile("long" if config.getoption("-m") == "properties" else "short")


def pytest_collection_modifyitems(items):
    """Every test of this folder carries the marker, draws paths from few windows, and predicts from any numbers."""
    for item in items:
        if "/properties/" in item.path.as_posix():
            item.add_marker("properties")
            item.add_marker(pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore:Most numbers of"))
            item.add_marker(pytest.mark.filterwarnings("ignore:Sequence .* of X has no reading"))


@pytest.fixture(scope="module")
def eager(request):
    """Without graphs in the short profile; in the long one every graph serves so often that it pays."""
    if settings.default.max_examples < 100:
        request.getfixturevalue("eager")


class Recorded(list):
    """What fits wrote down; its short name is what hypothesis prints of it where a property fails."""

    def __repr__(self):
        return f"{len(self)} recorded fits"


@pytest.fixture(scope="module")
def recorded():
    """Let fits only write down what they would train on, in a list, and keep their initial weights."""
    from skseq.nn.training import fitting
    from skseq.nn.training.record import FitResult

    written = Recorded()

    def fit_network(runner, data, options, *, weights, slots=None, rng, n_timesteps, scales=None, validation=None):
        runner.store.load(weights)
        rows = {name: np.asarray(own[data.samples]) for name, own in data.rows.items()}
        for part in ("source", "target"):  # a list of equal lengths tells them, though nothing is padded
            lengths = rows.get(f"{part}_lengths")
            if lengths is not None and (lengths == rows[part].shape[1]).all():
                del rows[f"{part}_lengths"]
        written.append(rows)
        return FitResult(weights=weights, slots=runner.store.slots(), history={})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "fit_network", fit_network)
        yield written
