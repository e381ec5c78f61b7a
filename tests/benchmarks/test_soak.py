"""The soak benchmark with tiny numbers: what it looks at, and that it would find a wrong result."""

import numpy as np
import pytest

from benchmarks import soak

pytestmark = pytest.mark.usefixtures("eager")


def test_growth_is_from_the_first_tenth_on():
    watch = soak.Watch()
    watch.sizes = [0.0, 50.0, *[100.0] * 18, 130.0, 130.0]  # what the first tenth needs is no growth
    watch.files, watch.threads = [5] * 21 + [6], [1] * 22
    found = watch.found(wrong=3)
    assert (found["growth"], found["files"], found["threads"], found["wrong"]) == (30.0, 1, 0, 3)


def test_results_differ_by_any_number():
    results = [np.array([1.0, 2.0]), np.array(["a"])]
    assert not soak.differ(results, [own.copy() for own in results])
    assert soak.differ(results, results[:1])
    assert soak.differ(results, [np.array([1.0, np.nextafter(2.0, 3.0)]), results[1]])


def test_architectures_are_all_different():
    specs = [soak.architecture(number)[0] for number in range(100)]
    assert len({repr(estimator) for estimator in specs}) == 100


@pytest.mark.parametrize(
    "run", [lambda: soak.after_fits(5, 2), lambda: soak.after_predicts(4)], ids=["fits", "predicts"]
)
def test_a_small_run_finds_nothing_wrong(run):
    assert run()["wrong"] == 0
