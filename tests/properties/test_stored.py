"""Files without pickle of every estimator and transformer where users have them: in a pipeline and in a search."""

import pytest
import skops.io
from registry import CASES, fit
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.pipeline import Pipeline
from stored_estimators import called

import skseq

pytestmark = pytest.mark.usefixtures("untrained", "eager")
STORED = [case for case in CASES if case.is_public]
SEARCHED = [case for case in STORED if hasattr(case.kind, "score") or hasattr(case.kind, "transform")]


def through_a_file(model):
    return skops.io.loads(skops.io.dumps(model), trusted=skseq.TRUSTED_TYPES)


def answers(pipeline, case, X):
    """What the step of a case gives, and what the pipeline itself gives by the same methods."""
    own = {method: called(pipeline["own"], method, X) for method in case.methods}
    return own, {method: called(pipeline, method, X) for method in case.methods if hasattr(pipeline, method)}


def searched(case, X, y):
    """A fitted search over a pipeline. A transformer without a score stands before a classifier that reads nothing."""
    steps = [("before", "passthrough"), ("own", case.make())]
    if not hasattr(case.kind, "score"):
        steps, y = [*steps, ("last", DummyClassifier())], y or [0, 1] * (len(X) // 2)
    return GridSearchCV(Pipeline(steps), {}, cv=PredefinedSplit([-1] * 4 + [0] * 2)).fit(X, y)


@pytest.mark.parametrize("case", STORED, ids=repr)
def test_in_a_pipeline(case):
    X, y = case.training()
    pipeline = fit(Pipeline([("before", "passthrough"), ("own", case.make())]), case, X, y)
    twin = through_a_file(pipeline)
    assert repr(twin) == repr(pipeline)
    assert answers(twin, case, X) == answers(pipeline, case, X)


@pytest.mark.parametrize("case", SEARCHED, ids=repr)
def test_in_a_search(case):
    X, y = case.training()
    search = searched(case, X, y)
    twin = through_a_file(search)
    assert repr(twin) == repr(search)
    for name, results in search.cv_results_.items():
        assert list(twin.cv_results_[name]) == list(results), name
    assert answers(twin.best_estimator_, case, X) == answers(search.best_estimator_, case, X)
