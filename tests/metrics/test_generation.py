"""Metrics of generated sequences and of recommendations against numbers worked by hand, and as scorers."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq import SequenceGenerator
from skseq.metrics import (
    NEXT_ITEM_SCORERS,
    bits_per_token,
    copied_fraction,
    distinct_n,
    hit_rate_at_k,
    hit_rate_scorer,
    longest_copied_substring,
    make_next_item_scorer,
    mean_reciprocal_rank,
    ndcg_at_k,
    neg_bits_per_token_scorer,
    neg_perplexity_scorer,
    perplexity,
    sequence_accuracy_score,
)

pytestmark = pytest.mark.usefixtures("eager")


# --- bits -------------------------------------------------------------------------------------------------------------


def test_bits_are_means_over_tokens():
    log_probs = np.log([1 / 2, 1 / 8**3])  # 1 and 9 bits of 1 and 3 tokens
    assert bits_per_token(log_probs, [1, 3]) == pytest.approx(10 / 4)
    assert bits_per_token(log_probs, [1, 3], sample_weight=[3, 1]) == pytest.approx((3 * 1 + 9) / (3 * 1 + 3))
    assert bits_per_token([0.0, -np.inf], [2, 2]) == np.inf
    assert bits_per_token([0.0, -np.inf], [2, 2], sample_weight=[1, 0]) == 0
    assert 2 ** bits_per_token(log_probs, [1, 3]) == pytest.approx(perplexity(log_probs, [1, 3]))


@pytest.mark.parametrize(
    ("log_probs", "n_tokens", "message"),
    [
        ([-1.0], [1, 2], "the same samples. Got 1 in log_probs and 2 in n_tokens"),
        ([0.5], [1], r"at most 0. Got 0.5: pass log\(p\)"),
        ([-1.0], [0], "n_tokens counts no token"),
        ([-1.0], [-1], "counts of at least 0"),
    ],
)
def test_bits_of_bad_input(log_probs, n_tokens, message):
    with pytest.raises(ValueError, match=message):
        bits_per_token(log_probs, n_tokens)


@pytest.fixture(scope="module")
def generator():
    X, y = ["ab", "abab", "cd", "cdcd"] * 3, ["ab", "ab", "cd", "cd"] * 3
    return SequenceGenerator(units=4, analyzer="char", epochs=2, random_state=0).fit(X, y)


@pytest.mark.parametrize("y", [None, ["ab", "cd"]], ids=["unconditional", "conditional"])
def test_likelihoods_of_a_generator_are_those_of_x(generator, y):
    X, n_tokens = ["abab", "c"], [5, 2]  # with the end
    expected = -generator.score_samples(X, y).sum() / 7 / np.log(2)
    assert neg_bits_per_token_scorer(generator, X, y) == pytest.approx(-expected)
    assert neg_perplexity_scorer(generator, X, y) == pytest.approx(-generator.perplexity(X, y))
    weighted = bits_per_token(generator.score_samples(X, y), n_tokens, sample_weight=[1, 3])
    assert neg_bits_per_token_scorer(generator, X, y, sample_weight=[1, 3]) == pytest.approx(-weighted)


def test_bits_choose_a_generator_without_y():
    words = ["ab", "abab", "ababab", "ba"] * 5
    model = SequenceGenerator(units=4, analyzer="char", epochs=1, random_state=0)
    scoring = {"bits": neg_bits_per_token_scorer, "perplexity": neg_perplexity_scorer}
    search = GridSearchCV(model, {"units": [2, 4]}, scoring=scoring, refit="bits", cv=2).fit(words)
    np.testing.assert_allclose(
        search.cv_results_["split0_test_bits"], -np.log2(-search.cv_results_["split0_test_perplexity"]), rtol=1e-6
    )
    assert np.isfinite(cross_val_score(model, words, scoring=neg_bits_per_token_scorer, cv=2)).all()


# --- copies -----------------------------------------------------------------------------------------------------------

FORMS = {
    "text": lambda words: words,
    "token lists": lambda words: [list(word) for word in words],
    "integers": lambda words: [[ord(letter) for letter in word] for word in words],
    "arrays": lambda words: [np.array(list(word)) for word in words],
    "series": lambda words: pd.Series([list(word) for word in words]),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_copies_by_hand(form):
    samples, train = form(["anna", "han", "xy"]), form(["anna", "nana", "joanna"])
    assert copied_fraction(samples, train) == pytest.approx(1 / 3)
    assert copied_fraction(samples, train, parts=True) == pytest.approx(1 / 3)  # "han" is in none
    assert copied_fraction(form(["ann", "anna"]), train) == pytest.approx(1 / 2)
    assert copied_fraction(form(["ann", "anna"]), train, parts=True) == 1
    assert copied_fraction(samples, train, n=2) == pytest.approx(4 / 6)  # an nn na, an; not ha, xy
    assert copied_fraction(samples, train, n=3) == pytest.approx(2 / 3)  # ann nna; not han
    assert copied_fraction(samples, train, n=1) == pytest.approx(6 / 9)  # not h, x, y
    np.testing.assert_array_equal(longest_copied_substring(samples, train), [4, 2, 0])


def test_no_copy_goes_over_the_end_of_a_sequence():
    assert copied_fraction(["bc"], ["ab", "cd"], parts=True) == 0
    assert copied_fraction(["bc"], ["ab", "cd"], n=2) == 0
    np.testing.assert_array_equal(longest_copied_substring(["abcd"], ["ab", "cd"]), [2])


def test_one_long_text():
    text = "the rose is a rose"
    assert copied_fraction(["a rose", "a nose"], text) == 0.5
    assert copied_fraction(["a rose", "a nose"], [text]) == 0.5
    assert copied_fraction(["a rose", text], text, parts=False) == 0.5
    np.testing.assert_array_equal(longest_copied_substring(["a nose is"], text), [6])  # "ose is"


def test_a_line_repeated_a_thousand_times_is_found():
    train = [f"line {index}" for index in range(100)] + ["the same"] * 1_000
    assert copied_fraction(["the same", "the same", "other"], train) == pytest.approx(2 / 3)
    np.testing.assert_array_equal(longest_copied_substring(["not the same", "line 7"], train), [8, 6])


def test_words_as_tokens():
    assert copied_fraction(["a rose is"], ["is a rose"], n=2, analyzer="word") == 0.5
    np.testing.assert_array_equal(longest_copied_substring(["a rose is"], ["is a rose"], analyzer="word"), [2])
    assert copied_fraction(["a  rose"], ["a rose"], analyzer="word") == 1  # the same tokens


def test_the_longest_copy_is_that_of_brute_force():
    rng = np.random.RandomState(0)
    samples, train = rng.randint(3, size=(20, 12)), rng.randint(3, size=(15, 10))
    runs = {tuple(row[i:j]) for row in train.tolist() for i in range(10) for j in range(i + 1, 11)}
    expected = [
        max((j - i for i in range(12) for j in range(i + 1, 13) if tuple(row[i:j]) in runs), default=0)
        for row in samples.tolist()
    ]
    assert len(set(expected)) > 2
    np.testing.assert_array_equal(longest_copied_substring(samples, train), expected)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_distinct_by_hand(form):
    samples = form(["abab", "ba"])
    assert distinct_n(samples, 1) == pytest.approx(2 / 6)
    assert distinct_n(samples, 2) == pytest.approx(2 / 4)  # ab ba ab, ba
    assert distinct_n(samples, 3) == 1  # aba bab


def test_tokens_of_several_parts():
    samples = [[("a", 1), ("b", 2)], [("a", 1), ("a", 1)]]
    assert distinct_n(samples, 1) == 0.5
    assert copied_fraction(samples, samples[:1]) == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: copied_fraction("anna", ["anna"]), "samples must hold one target per sample. Got the string 'anna'"),
        (lambda: copied_fraction([1, 2], [[1, 2]]), "samples must hold sequences of tokens.* Got single values"),
        (lambda: distinct_n([np.ones((3, 2))], 1), "samples must hold sequences of tokens.* Got sequences of vectors"),
        (lambda: distinct_n(np.ones((2, 3, 2)), 1), "Got sequences of vectors"),
        (lambda: copied_fraction(["anna"], [["a"]]), "must have one form. Got text in samples and sequences in X_tr"),
        (lambda: longest_copied_substring(["anna"], []), "X_train must hold one target per sample.*no sample"),
        (lambda: distinct_n(["ab", "abc"], 4), r"n=4, but the longest of samples has 3 token\(s\)"),
        (lambda: distinct_n(["ab"], 0), "'n' parameter of .*distinct_n"),
        (lambda: copied_fraction(["ab"], ["ab"], n=2.5), "'n' parameter of .*copied_fraction"),
        (lambda: copied_fraction(["ab"], ["ab"], parts="some"), "'parts' parameter"),
        (lambda: distinct_n([[{}]], 1), "samples holds tokens that cannot be looked up"),
    ],
)
def test_bad_samples(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- recommendations --------------------------------------------------------------------------------------------------

TRUE = [3, 1, 4]
SHOWN = [[3, 1, 2], [2, 3, 1], [1, 2, 3]]  # at the first place, at the third, not at all


def test_ranks_by_hand():
    assert hit_rate_at_k(TRUE, SHOWN) == pytest.approx(2 / 3)
    assert hit_rate_at_k(TRUE, SHOWN, k=2) == pytest.approx(1 / 3)
    assert mean_reciprocal_rank(TRUE, SHOWN) == pytest.approx((1 + 1 / 3) / 3)
    assert mean_reciprocal_rank(TRUE, SHOWN, k=2) == pytest.approx(1 / 3)
    assert ndcg_at_k(TRUE, SHOWN) == pytest.approx((1 + 1 / 2) / 3)  # log2(3 + 1) = 2
    assert ndcg_at_k(TRUE, SHOWN, k=2) == pytest.approx(1 / 3)


@pytest.mark.parametrize("metric", [hit_rate_at_k, mean_reciprocal_rank, ndcg_at_k])
def test_forms_and_weights_of_recommendations(metric):
    expected = metric(TRUE, SHOWN)
    assert metric(np.array(TRUE), np.array(SHOWN)) == expected
    assert metric(pd.Series(TRUE), [np.array(one) for one in SHOWN]) == expected
    words = {1: "a", 2: "b", 3: "c", 4: "d"}
    named = [[words[item] for item in one] for one in SHOWN]
    assert metric([words[item] for item in TRUE], np.array(named, object)) == expected
    assert metric([(item, "x") for item in TRUE], [[(item, "x") for item in one] for one in SHOWN]) == expected
    assert metric(TRUE, SHOWN, sample_weight=[1, 0, 0]) == 1
    assert metric(TRUE, SHOWN, sample_weight=[2, 0, 1]) == pytest.approx(metric([3, 3, 4], [SHOWN[0], *SHOWN[::2]]))
    assert metric([1], [[]]) == 0
    assert metric([2, 2], np.ma.array([[1, 2], [1, 2]], mask=[[0, 0], [0, 1]])) == metric([2, 2], [[1, 2], [1]])


def test_gains_are_those_of_scikit_learn():
    scores = np.random.RandomState(0).rand(20, 6)
    true = np.random.RandomState(1).randint(6, size=20)
    shown = np.argsort(-scores, axis=1)
    expected = sklearn.metrics.ndcg_score(np.eye(6)[true], scores, k=3)
    assert ndcg_at_k(true, shown, k=3) == pytest.approx(expected)
    assert hit_rate_at_k(true, shown, k=3) == pytest.approx(sklearn.metrics.top_k_accuracy_score(true, scores, k=3))
    assert mean_reciprocal_rank(true, shown) == pytest.approx(
        sklearn.metrics.label_ranking_average_precision_score(np.eye(6)[true], scores)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hit_rate_at_k([1, 2], [[1]]), "one list of items for each sample.* Got 1 for 2 items in y_true"),
        (lambda: hit_rate_at_k(["a"], ["a"]), "Got 'a' among them"),
        (lambda: hit_rate_at_k([[1, 2]], [[1]]), "one item for each sample, the next one. Got a list of several"),
        (lambda: hit_rate_at_k(np.ones((2, 2)), [[1], [1]]), r"\(n_samples,\). Got shape \(2, 2\)"),
        (lambda: hit_rate_at_k([], []), "holds no sample"),
        (lambda: hit_rate_at_k(np.ma.array([1, 2], mask=[0, 1]), [[1], [2]]), "y_true is masked at index 1"),
        (lambda: hit_rate_at_k(["1"], [[1]]), "y_true holds strings and recommended numbers"),
        (lambda: hit_rate_at_k([1], [[1]], k=0), "'k' parameter of .*hit_rate_at_k"),
        (lambda: ndcg_at_k([1], [[1]], k=None), "'k' parameter of .*ndcg_at_k"),
        (lambda: mean_reciprocal_rank([1], [[1]], sample_weight=[0]), "[Ss]ample.weight"),
        (lambda: make_next_item_scorer(sequence_accuracy_score), "metric must be one of the functions hit_rate_at_k"),
        (lambda: make_next_item_scorer(hit_rate_at_k, k=0), "k must be an integer from 1 to .* Got 0"),
        (lambda: make_next_item_scorer(hit_rate_at_k, exclude_seen="no"), "exclude_seen must be True or False"),
    ],
)
def test_bad_recommendations(call, message):
    with pytest.raises(ValueError, match=message):
        call()


class Following(BaseEstimator):
    """Recommends the items after the last one of a beginning: 4 after 3, then 5, ... ."""

    def __init__(self, ahead=1):
        self.ahead = ahead

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def predict(self, X):
        return self.predict_topk(X, 1)[0][:, 0]

    def predict_topk(self, X, k, y=None, exclude_seen=False):
        self.seen_ = X, y, exclude_seen
        first = np.array([x[-1] for x in X]) + self.ahead
        tokens = first[:, None] + np.arange(k)
        return tokens, np.full(tokens.shape, 1 / k)


SESSIONS = [[1, 2, 3], [5, 7], [9], [2, 5]]  # after 2 comes 3, after 5 comes 7, after 2 comes 5


def test_scorers_recommend_the_last_item():
    recommender = Following().fit(SESSIONS)
    assert hit_rate_scorer(recommender, SESSIONS) == 1
    assert recommender.seen_ == ([[1, 2], [5], [2]], None, False)
    assert make_next_item_scorer(hit_rate_at_k, k=2)(recommender, SESSIONS) == pytest.approx(2 / 3)
    mean = NEXT_ITEM_SCORERS["mean_reciprocal_rank"](recommender, SESSIONS)
    assert mean == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert NEXT_ITEM_SCORERS["ndcg"](recommender, SESSIONS, sample_weight=[1, 0, 5, 1]) == pytest.approx((1 + 0.5) / 2)
    make_next_item_scorer(hit_rate_at_k, exclude_seen=True)(recommender, SESSIONS, ["a", "b", "c", "d"])
    assert recommender.seen_[1:] == (["a", "b", "d"], True)
    assert hit_rate_scorer(recommender, np.array([[1, 2], [4, 5]])) == 1
    assert hit_rate_scorer(recommender, np.ma.array([[1, 2, 9], [4, 5, 6]], mask=[[0, 0, 1], [0, 0, 0]])) == 1


def test_items_that_are_excluded_are_no_hits():
    """Where fewer than k others are left, they fill the places of `predict_topk`, with a chance of 0."""

    class Excluding(Following):
        def predict_topk(self, X, k, y=None, exclude_seen=False):
            tokens, p = super().predict_topk(X, k, y, exclude_seen)
            return tokens, p * [1] * (np.arange(k) < 1)

    recommender = Excluding().fit(SESSIONS)  # 3, 6, 3 in the first place
    assert make_next_item_scorer(hit_rate_at_k, k=2)(recommender, SESSIONS) == pytest.approx(2 / 3)
    assert make_next_item_scorer(hit_rate_at_k, k=2, exclude_seen=True)(recommender, SESSIONS) == pytest.approx(1 / 3)


def test_scorers_in_searches_and_pipelines():
    grid = {"ahead": [1, -20]}
    search = GridSearchCV(Following(), grid, scoring=NEXT_ITEM_SCORERS, refit="hit_rate", cv=KFold(2)).fit(SESSIONS * 2)
    assert search.best_params_ == {"ahead": 1}
    assert hit_rate_scorer(search, SESSIONS) == 1
    shifted = make_pipeline(FunctionTransformer(lambda X: [[item + 1 for item in x] for x in X]), Following())
    assert hit_rate_scorer(shifted.fit(SESSIONS), SESSIONS) == 1
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = copy.deepcopy(hit_rate_scorer).set_score_request(sample_weight=True)
        cross_validate(Following(), SESSIONS, scoring=scorer, cv=2, params={"sample_weight": [1, 1, 1, 1]})
    again = pickle.loads(pickle.dumps(make_next_item_scorer(ndcg_at_k, k=3, exclude_seen=True)))
    assert repr(again) == "make_next_item_scorer(ndcg_at_k, k=3, exclude_seen=True)"


def test_a_generator_is_scored_on_sessions():
    rows = np.array([[1, 2, 3, 4], [2, 3, 4, 1], [3, 4, 1, 2], [4, 1, 2, 3]] * 5)
    model = SequenceGenerator(units=4, epochs=1, random_state=0)
    scorer = make_next_item_scorer(hit_rate_at_k, k=4)
    assert (cross_val_score(model, rows, scoring=scorer, cv=2) == 1).all()
    assert (cross_val_score(model, rows.tolist(), rows[:, 0], scoring=scorer, cv=2) == 1).all()


@pytest.mark.parametrize(
    ("estimator", "X", "error", "message"),
    [
        (LinearRegression(), [[1, 2]], AttributeError, r"needs an estimator with the method predict_topk\(X, k\).*Lin"),
        (Following(), [[1], [2]], ValueError, "No sequence of X has two items"),
        (Following(), ["ab", "cd"], ValueError, "X must hold sequences of items.* Got str among them"),
        (Following(), np.ones((2, 3, 2)), ValueError, "X must hold sequences of items"),
    ],
)
def test_scorers_of_bad_input(estimator, X, error, message):
    with pytest.raises(error, match=message):
        hit_rate_scorer(estimator, X)
