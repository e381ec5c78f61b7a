"""DecodingSearch: parameters that are read at predict, tried on a fitted model."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, ParameterGrid, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from warned import told

from skseq import DecodingSearch, Seq2SeqClassifier, Seq2SeqTransducer, SequenceClassifier
from skseq._sklearn import InvalidParameterError
from skseq.metrics import SCORERS

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
TEXTS = ["".join(rng.choice(list("ab"), rng.randint(1, 4))) for _ in range(60)]
DOUBLED = [text.replace("b", "bb") for text in TEXTS]
X, Y, X_VAL, Y_VAL = TEXTS[:40], DOUBLED[:40], TEXTS[40:], DOUBLED[40:]
GRID = [
    {"search": ["greedy"], "max_length": [1, None]},
    {"search": ["beam"], "beam_width": [2, 4], "length_penalty": [0.0, 2.0]},
]


def doubler(**parameters):
    """A model from words over a, b to the same with every b twice."""
    text = {"analyzer": "char", "target_analyzer": "char"}
    training = {"epochs": 40, "learning_rate_schedule": "constant", "random_state": 0}
    return Seq2SeqTransducer(**{"units": 8, **text, **training, **parameters})


@pytest.fixture(scope="module")
def fitted():
    return doubler().fit(X, Y)


@pytest.fixture(scope="module")
def found(fitted):
    return DecodingSearch(fitted, GRID).fit(X_VAL, Y_VAL)


def test_results_are_those_of_every_combination(fitted, found):
    candidates = list(ParameterGrid(GRID))
    scores = [copy.copy(fitted).set_params(**params).score(X_VAL, Y_VAL) for params in candidates]
    assert len(set(scores)) > 1  # there is something to choose
    results = found.results_
    assert results["params"] == candidates
    np.testing.assert_array_equal(results["score"], scores)
    np.testing.assert_array_equal(results["rank"], [1 + sum(other > score for other in scores) for score in scores])
    assert found.best_index_ == int(np.argmax(scores))
    assert found.best_params_ == candidates[found.best_index_]
    assert found.best_score_ == max(scores) == found.score(X_VAL, Y_VAL)
    assert (results["seconds"] > 0).all()


def test_columns_are_masked_where_a_combination_does_not_name_them(found):
    names = ["beam_width", "length_penalty", "max_length", "search"]
    assert list(found.results_) == ["params", *(f"param_{name}" for name in names), "score", "rank", "seconds"]
    assert found.results_["param_max_length"].tolist()[:2] == [1, None]
    np.testing.assert_array_equal(found.results_["param_max_length"].mask, [False, False, True, True, True, True])
    assert found.results_["param_beam_width"].tolist() == [None, None, 2, 2, 4, 4]
    assert len(pd.DataFrame(found.results_)) == 6


def test_pairs_are_values():
    fitted = doubler(epochs=1).fit(X, Y)
    search = DecodingSearch(fitted, {"max_length": [(2, 0), [1, 1]]}).fit(X_VAL, Y_VAL)
    assert search.results_["param_max_length"].tolist() == [(2, 0), [1, 1]]


def test_the_given_estimator_stays_as_it_is(fitted):
    before = dict(vars(fitted))
    search = DecodingSearch(fitted, {"search": ["beam"], "beam_width": [4]}).fit(X_VAL, Y_VAL)
    assert vars(fitted) == before
    assert search.estimator is fitted
    assert search.best_estimator_ is not fitted
    assert search.best_estimator_.get_params() == {**fitted.get_params(), "search": "beam", "beam_width": 4}
    assert search.best_estimator_.weights_ is fitted.weights_  # nothing was fitted


def test_the_best_combination_predicts(fitted):
    search = DecodingSearch(fitted, {"forced_prefix": ["bb"], "beam_width": [4]})
    with pytest.raises(NotFittedError):
        search.predict(X)
    search.fit(X_VAL, Y_VAL)
    best = copy.copy(fitted).set_params(forced_prefix="bb", beam_width=4)
    assert search.predict(X).tolist() == best.predict(X).tolist()
    assert all(output.startswith("bb") for output in search.predict(X))
    for one, other in zip(search.predict_nbest(X, 3), best.predict_nbest(X, 3)):
        np.testing.assert_array_equal(one, other)
    assert search.score(X, Y) == best.score(X, Y)
    copied = pickle.loads(pickle.dumps(search))
    assert copied.predict(X).tolist() == search.predict(X).tolist()


def test_ties_go_to_the_first_of_the_grid(fitted):
    search = DecodingSearch(fitted, {"max_length": [30, 20, 40]}).fit(X_VAL, Y_VAL)  # no output is as long
    assert search.best_params_ == {"max_length": 30}
    assert search.results_["rank"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("scoring", [SCORERS["neg_normalized_edit_distance"], None])
def test_one_metric(fitted, scoring):
    search = DecodingSearch(fitted, GRID[0], scoring=scoring).fit(X_VAL, Y_VAL)
    scorer = scoring or (lambda model, X, y: model.score(X, y))
    expected = [scorer(copy.copy(fitted).set_params(**params), X_VAL, Y_VAL) for params in ParameterGrid(GRID[0])]
    np.testing.assert_array_equal(search.results_["score"], expected)
    assert search.score(X, Y) == scorer(search.best_estimator_, X, Y)


def test_of_several_metrics_the_first_decides(fitted):
    metrics = {"shortest": lambda model, X, y: -np.mean(list(map(len, model.predict(X))))}
    metrics["sequence_accuracy"] = SCORERS["sequence_accuracy"]
    search = DecodingSearch(fitted, GRID[0], scoring=metrics).fit(X_VAL, Y_VAL)
    assert search.best_params_ == {"max_length": 1, "search": "greedy"}
    assert search.best_score_ == -1
    assert search.score(X, Y) == -1
    assert search.results_["rank_shortest"].tolist() == [1, 2]
    assert search.results_["rank_sequence_accuracy"].tolist() == [2, 1]
    turned = DecodingSearch(fitted, GRID[0], scoring=dict(reversed(metrics.items()))).fit(X_VAL, Y_VAL)
    assert turned.best_params_ == {"max_length": None, "search": "greedy"}
    np.testing.assert_array_equal(turned.results_["score_shortest"], search.results_["score_shortest"])


def test_a_score_that_is_no_number_is_the_worst(fitted):
    scoring = {"width": lambda model, X, y: {2: np.nan, 3: -np.inf, 4: -5.0}[model.beam_width]}
    search = DecodingSearch(fitted, {"beam_width": [2, 3, 4]}, scoring=scoring["width"])
    with pytest.warns(UserWarning, match=r"score is NaN for 1 of 3 combination\(s\)"):
        search.fit(X_VAL, Y_VAL)
    assert search.results_["rank"].tolist() == [3, 2, 1]
    assert search.best_params_ == {"beam_width": 4}


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (np.nan, r"No combination of param_grid has a finite score, so none is the best. Got \[nan, nan\]"),
        ({"mine": -np.inf}, "No combination of param_grid has a finite score_mine"),
        ("a", "scoring=.* must give a number. Got 'a'"),
    ],
)
def test_scores_that_say_of_none_that_it_is_the_best(fitted, score, message):
    with pytest.raises(ValueError, match=message):
        DecodingSearch(fitted, {"beam_width": [1, 2]}, scoring=lambda model, X, y: score).fit(X_VAL, Y_VAL)


def test_a_pipeline(fitted):
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    upper, upper_val = ([text.upper() for text in texts] for texts in (X, X_VAL))
    pipeline = make_pipeline(lower, doubler()).fit(upper, Y)
    search = DecodingSearch(pipeline, {"seq2seqtransducer__max_length": [1, 5]}).fit(upper_val, Y_VAL)
    direct = DecodingSearch(fitted, {"max_length": [1, 5]}).fit(X_VAL, Y_VAL)
    np.testing.assert_array_equal(search.results_["score"], direct.results_["score"])
    assert search.best_params_ == {"seq2seqtransducer__max_length": 5}
    assert search.predict(upper).tolist() == direct.predict(X).tolist()
    assert pipeline[-1].max_length is None
    assert search.best_estimator_[-1].max_length == 5
    with pytest.raises(
        AttributeError, match="Pipeline, has no predict_nbest. Search over its last step, and pass X as"
    ):
        search.predict_nbest(upper, 2)
    last = DecodingSearch(pipeline[-1], {"max_length": [1, 5]}).fit(pipeline[:-1].transform(upper_val), Y_VAL)
    assert last.predict_nbest(pipeline[:-1].transform(upper), 2)[0].shape == (len(upper), 2)
    with pytest.raises(ValueError, match="names 'max_length', but Pipeline reads only.*seq2seqtransducer__search"):
        DecodingSearch(pipeline, {"max_length": [1]}).fit(upper_val, Y_VAL)


def test_a_classifier():
    X, y = rng.randint(3, size=(30, 3)), rng.randint(3, size=(30, 2))
    model = Seq2SeqClassifier(units=4, epochs=2, random_state=0).fit(X, y)
    search = DecodingSearch(model, {"allowed_outputs": [[[0, 0]], None], "no_repeat_ngram": [None, 1]})
    with pytest.raises(ValueError, match="No output of 30 sample") as raised:
        search.fit(X, y)
    assert raised.value.__notes__ == [
        "DecodingSearch was at the candidate {'allowed_outputs': [[0, 0]], 'no_repeat_ngram': 1}."
    ]
    search.set_params(param_grid={"allowed_outputs": [[[0, 0]], None]}).fit(X, y)
    assert search.results_["score"][0] == (y == 0).all(axis=1).mean()
    with pytest.raises(ValueError, match="param_grid names 'min_length', but Seq2SeqClassifier reads only these"):
        DecodingSearch(model, {"min_length": [1]}).fit(X, y)


def test_a_frozen_estimator_is_searched_in_folds(fitted):
    search = DecodingSearch(FrozenEstimator(fitted), {"max_length": [1, 5]})
    assert search.fit(X_VAL, Y_VAL).best_params_ == {"max_length": 5}
    scores = cross_val_score(search, X_VAL, Y_VAL, cv=2, error_score="raise")
    best = copy.copy(fitted).set_params(max_length=5)
    np.testing.assert_array_equal(scores, [best.score(X_VAL[:10], Y_VAL[:10]), best.score(X_VAL[10:], Y_VAL[10:])])
    with pytest.raises(NotFittedError, match="fit it first.*sklearn.frozen.FrozenEstimator"):
        clone(DecodingSearch(fitted, GRID)).fit(X_VAL, Y_VAL)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, r"param_grid=\{\} is empty: name at least one parameter"),
        ([], r"param_grid=\[\] is empty"),
        ([{}, {}], "is empty: name at least one parameter"),
        ({"beam_width": []}, "non-empty sequence"),
        ({"units": [4, 8], "beam_width": [2]}, "param_grid names 'units', but.*read in fit: search.* GridSearchCV"),
        (
            {"beam_widht": [2]},
            "param_grid names 'beam_widht', but Seq2SeqTransducer reads only these at",
        ),
    ],
)
def test_bad_grids(fitted, grid, message):
    with pytest.raises(ValueError, match=message):
        DecodingSearch(fitted, grid).fit(X_VAL, Y_VAL)


def test_bad_estimators_and_values(fitted):
    with pytest.raises(NotFittedError, match="DecodingSearch fits nothing, and this Seq2SeqTransducer is not fitted"):
        DecodingSearch(doubler(), GRID).fit(X_VAL, Y_VAL)
    with pytest.raises(NotFittedError, match="this Seq2SeqTransducer is not fitted"):
        DecodingSearch(make_pipeline(doubler()), {"seq2seqtransducer__top_k": [1]}).fit(X_VAL, Y_VAL)
    with pytest.raises(TypeError, match=r"of a search, pass best_estimator_\. Got GridSearchCV"):
        DecodingSearch(GridSearchCV(fitted, {"beam_width": [1]}), GRID).fit(X_VAL, Y_VAL)
    with pytest.raises(TypeError, match="must be a Seq2SeqTransducer or Seq2SeqClassifier.*Got SequenceClassifier"):
        DecodingSearch(SequenceClassifier(), GRID).fit(X_VAL, Y_VAL)
    with pytest.raises(InvalidParameterError, match="The 'param_grid' parameter of DecodingSearch must be"):
        DecodingSearch(fitted, 3).fit(X_VAL, Y_VAL)
    with pytest.raises(InvalidParameterError, match="The 'scoring' parameter of check_scoring must be"):
        DecodingSearch(fitted, GRID, scoring="beauty").fit(X_VAL, Y_VAL)
    for scoring in ("sequence_accuracy", ["accuracy", "sequence_accuracy"], {"share": "sequence_accuracy"}):
        with pytest.raises(ValueError, match=r"pass the scorer itself, skseq\.metrics\.SCORERS\['sequence_accuracy'\]"):
            DecodingSearch(fitted, GRID, scoring=scoring).fit(X_VAL, Y_VAL)
    with pytest.raises(InvalidParameterError, match="The 'top_p' parameter of Seq2SeqTransducer must be"):
        DecodingSearch(fitted, {"top_p": [2]}).fit(X_VAL, Y_VAL)


@pytest.mark.parametrize(
    ("grid", "says"),
    [
        ({"beam_width": [1, 3], "length_penalty": [0.0, 1.0]}, "beam_width, length_penalty, .*'search': \\['beam'\\]"),
        ({"temperature": [0.5, 1.0]}, "temperature, which search='greedy' .*'search': \\['sampling'\\]"),
    ],
    ids=["beam", "sampling"],
)
def test_parameters_that_the_search_does_not_read(fitted, grid, says):
    with pytest.warns(UserWarning, match=f"param_grid has several values of {says}"):
        DecodingSearch(fitted, grid).fit(X_VAL, Y_VAL)


def test_parameters_that_a_scorer_reads(fitted):
    """The n best outputs are those of a beam search, whatever the search is."""

    def second_best(model, X, y):
        return -len("".join(map(str, model.predict_nbest(X, model.beam_width)[0][:, -1])))

    assert not told(DecodingSearch(fitted, {"beam_width": [1, 3]}, scoring=second_best).fit, X_VAL, Y_VAL)


def test_one_value_is_no_search(fitted):
    assert not told(DecodingSearch(fitted, {"beam_width": [3], "max_length": [2, 4]}).fit, X_VAL, Y_VAL)
