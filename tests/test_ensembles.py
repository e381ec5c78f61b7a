"""scikit-learn's ensembles around our estimators: every form of X that they let pass."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import RFE, SelectFromModel, SequentialFeatureSelector
from sklearn.inspection import permutation_importance
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
    cross_val_predict,
    learning_curve,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.pipeline import make_pipeline
from sklearn.semi_supervised import SelfTrainingClassifier

from skseq import SequenceClassifier, SequenceRegressor
from skseq.nn import pool

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
Y = np.arange(16) % 2
LABELS = np.array(["a", "b"])[Y]
LENGTHS = [2, 3, 4, 3] * 4
SERIES = [rng.randn(length) + 2 * label for length, label in zip(LENGTHS, Y)]
LISTS = {
    "series": (SERIES, {}),
    "vectors": ([np.c_[x, -x] for x in SERIES], {}),
    "series of one length": ([x[:2] for x in SERIES], {}),
    "token lists": ([["b" if label else "a"] * length for length, label in zip(LENGTHS, Y)], {}),
    "text": (["ba"[label] * length for length, label in zip(LENGTHS, Y)], {"analyzer": "char"}),
}
ARRAYS = {
    "2-D numbers": rng.randn(16, 3) + 2 * Y[:, None],
    "2-D tokens": np.where(Y[:, None], ["a", "b"], ["b", "a"]),
}
EACH_LIST = pytest.mark.parametrize(("X", "options"), LISTS.values(), ids=LISTS)


def column(samples):
    """(n, 1) objects, one sequence or string each."""
    cells = np.empty((len(samples), 1), object)
    for index, sample in enumerate(samples):
        cells[index, 0] = sample
    return cells


def classifier(**options):
    return SequenceClassifier(**{"units": 2, "epochs": 1, "random_state": 0, **options})


def regressor(**options):
    return SequenceRegressor(**{"units": 2, "epochs": 1, "random_state": 0, **options})


# --- a column of sequences --------------------------------------------------------------------------------------------


@EACH_LIST
def test_a_column_means_the_same_as_the_list_of_its_cells(X, options):
    expected = classifier(**options).fit(X, LABELS).predict_proba(X)
    for form in (column(X), pd.DataFrame({"sequence": X})):
        np.testing.assert_allclose(classifier(**options).fit(form, LABELS).predict_proba(form), expected, rtol=1e-6)


@EACH_LIST
def test_bagging_of_columns(X, options):
    """Members predict as they do alone, and share one network."""
    form = column(X)
    pool.clear_pool()
    bagging = BaggingClassifier(classifier(**options), n_estimators=2, random_state=0).fit(form, LABELS)
    assert len(pool._idle) == 1
    expected = np.mean([member.predict_proba(X) for member in bagging.estimators_], axis=0)
    np.testing.assert_allclose(bagging.predict_proba(form), expected, rtol=1e-6)
    one, other = (member.weights_["output/kernel"] for member in bagging.estimators_)
    assert (one != other).all()


def test_bagging_of_regressors():
    bagging = BaggingRegressor(regressor(), n_estimators=2, random_state=0).fit(column(SERIES), Y)
    expected = np.mean([member.predict(SERIES) for member in bagging.estimators_], axis=0)
    np.testing.assert_allclose(bagging.predict(column(SERIES)), expected, rtol=1e-6)


@pytest.mark.parametrize("X", ARRAYS.values(), ids=ARRAYS)
def test_bagging_of_arrays(X):
    bagging = BaggingClassifier(classifier(), n_estimators=2, max_samples=8, random_state=0).fit(X, LABELS)
    expected = np.mean([member.predict_proba(X) for member in bagging.estimators_], axis=0)
    np.testing.assert_allclose(bagging.predict_proba(X), expected, rtol=1e-6)


# --- ensembles that hand X on as it is --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["vectors", "text"])
def test_voting_of_lists(kind):
    X, options = LISTS[kind]
    voting = VotingClassifier(
        [("lstm", classifier(**options)), ("gru", classifier(cell="gru", **options))], voting="soft"
    )
    expected = np.mean([member.predict_proba(X) for member in voting.fit(X, LABELS).estimators_], axis=0)
    np.testing.assert_allclose(voting.predict_proba(X), expected, rtol=1e-6)


def test_stacking_of_lists():
    X, options = LISTS["text"]
    stacking = StackingClassifier([("lstm", classifier(**options))], cv=2).fit(X, LABELS)
    of_member = stacking.estimators_[0].predict_proba(X)[:, 1:]  # what the last estimator reads
    np.testing.assert_array_equal(stacking.predict(X), stacking.classes_[stacking.final_estimator_.predict(of_member)])


def test_voting_of_regressors():
    members = [("lstm", regressor()), ("gru", regressor(cell="gru"))]
    voting = VotingRegressor(members).fit(SERIES, Y)
    np.testing.assert_allclose(voting.predict(SERIES), voting.transform(SERIES).mean(axis=1), rtol=1e-12)


@pytest.mark.usefixtures("untrained")
def test_stacking_that_passes_its_data_through_takes_tables_alone():
    def stacking():
        return StackingClassifier([("lstm", classifier())], cv=2, passthrough=True)

    table = ARRAYS["2-D numbers"]
    assert stacking().fit(table, LABELS).transform(table).shape == (16, 1 + 3)
    for X in (SERIES, table[:, :, None]):
        with pytest.raises(ValueError, match="setting an array element|same number of dimensions"):
            stacking().fit(X, LABELS)


def test_boosting_of_arrays():
    table = ARRAYS["2-D numbers"]
    of_rows, of_steps = (
        AdaBoostRegressor(regressor(), n_estimators=2, random_state=0).fit(X, Y).predict(X)
        for X in (table, table[:, :, None])
    )
    np.testing.assert_array_equal(of_rows, of_steps)
    with pytest.raises(ValueError, match="setting an array element with a sequence"):
        AdaBoostRegressor(regressor(), n_estimators=2).fit(SERIES, Y)


# --- estimators of scikit-learn around one of ours (the table of the guide) -------------------------------------------

OF_LABELS = {
    "calibrated": partial(CalibratedClassifierCV, cv=2),
    "tuned threshold": partial(TunedThresholdClassifierCV, cv=2),
    "fixed threshold": FixedThresholdClassifier,
    "one against the rest": OneVsRestClassifier,
}


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("kind", ["vectors", "text"])
@pytest.mark.parametrize("wrap", OF_LABELS.values(), ids=OF_LABELS)
def test_what_hands_lists_on(wrap, kind):
    X, options = LISTS[kind]
    assert set(wrap(classifier(**options)).fit(X, LABELS).predict(X)) <= {"a", "b"}


def test_outputs_one_by_one_of_lists():
    both = np.c_[LABELS, LABELS[::-1]]
    wrapped = MultiOutputClassifier(classifier()).fit(SERIES, both)
    alone = [member.predict(SERIES) for member in wrapped.estimators_]
    np.testing.assert_array_equal(wrapped.predict(SERIES), np.transpose(alone))
    wrapped = MultiOutputRegressor(regressor()).fit(SERIES, np.c_[Y, -Y].astype(float))
    alone = [member.predict(SERIES) for member in wrapped.estimators_]
    np.testing.assert_array_equal(wrapped.predict(SERIES), np.transpose(alone))


def test_transformed_targets_of_lists():
    wrapped = TransformedTargetRegressor(regressor(), func=np.log1p, inverse_func=np.expm1).fit(SERIES, Y)
    np.testing.assert_allclose(wrapped.predict(SERIES), np.expm1(wrapped.regressor_.predict(SERIES)), rtol=1e-12)


@pytest.mark.parametrize("wrap", [OneVsOneClassifier, SelfTrainingClassifier])
def test_what_takes_arrays_alone(wrap):
    y = np.append(Y[:-1], -1) if wrap is SelfTrainingClassifier else Y  # -1: without a label
    X = ARRAYS["2-D numbers"]
    assert set(wrap(classifier()).fit(X, y).predict(X)) <= {0, 1}
    with pytest.raises(ValueError, match="setting an array element with a sequence"):
        wrap(classifier()).fit(SERIES, y)


@pytest.mark.parametrize(("chain", "member"), [(ClassifierChain, classifier), (RegressorChain, regressor)])
def test_chains_take_arrays_alone(chain, member):
    X, both = ARRAYS["2-D numbers"], np.c_[Y, 1 - Y]
    assert chain(member()).fit(X, both).predict(X).shape == both.shape
    for other in (SERIES, column(SERIES)):
        with pytest.raises(ValueError, match="setting an array element with a sequence"):
            chain(member()).fit(other, both)


@pytest.mark.parametrize("form", [list, column], ids=["list", "column"])
def test_searches_and_validation_of_lists(form):
    X = form(SERIES)
    model = make_pipeline("passthrough", classifier())
    search = GridSearchCV(model, {"sequenceclassifier__units": [2, 3]}, cv=2, error_score="raise").fit(X, LABELS)
    assert search.predict_proba(X).shape == (16, 2)
    assert cross_val_predict(model, X, LABELS, cv=2, method="predict_proba").shape == (16, 2)
    assert learning_curve(model, X, LABELS, cv=2, train_sizes=[1.0], error_score="raise")[2].shape == (1, 2)


def test_importance_by_permutations_takes_arrays_and_columns():
    for X, n_features in ((ARRAYS["2-D numbers"], 3), (column(SERIES), 1)):
        result = permutation_importance(classifier().fit(X, LABELS), X, LABELS, n_repeats=2)
        assert result.importances.shape == (n_features, 2)
    with pytest.raises(ValueError, match="setting an array element with a sequence"):
        permutation_importance(classifier().fit(SERIES, LABELS), SERIES, LABELS)


def test_what_selects_features():
    X = ARRAYS["2-D numbers"]
    with pytest.raises(ValueError, match="should have `coef_` or `feature_importances_`"):
        RFE(classifier()).fit(X, LABELS)
    with pytest.raises(ValueError, match="should have `coef_` or `feature_importances_`"):
        SelectFromModel(classifier()).fit(X, LABELS).transform(X)
    selector = SequentialFeatureSelector(classifier(), n_features_to_select=1, cv=2).fit(X, LABELS)
    assert selector.transform(X).shape == (16, 1)
