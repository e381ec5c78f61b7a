"""Every public estimator and transformer has an entry, and each entry works as it stands."""

import pytest
from registry import CASES
from sklearn.base import BaseEstimator

import skseq
from skseq import datasets, model_selection, preprocessing

pytestmark = pytest.mark.usefixtures("eager")


def test_the_registry_is_complete():
    public = {
        name
        for module in (skseq, preprocessing, datasets, model_selection)
        for name in module.__all__
        if isinstance(kind := getattr(module, name), type) and issubclass(kind, BaseEstimator) and hasattr(kind, "fit")
    }
    assert {case.kind.__name__ for case in CASES if case.is_public} == public


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_entry_fits_and_gives_one_result_per_sample(case):
    X, _ = case.training()
    for method in case.methods:
        assert len(getattr(case.fitted(), method)(X)) in (len(X), len(X[0]))  # or one per position
