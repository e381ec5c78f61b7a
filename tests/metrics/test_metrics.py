"""Metrics of sequences against numbers worked by hand, in every form of targets, and as scorers of a fake estimator."""

import copy
import functools
import pickle
import runpy
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sacrebleu
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq.metrics import (
    SCORERS,
    _scorers,
    bleu_score,
    bleu_scorer,
    edit_distance,
    neg_normalized_edit_distance_scorer,
    neg_perplexity_scorer,
    normalized_edit_distance,
    perplexity,
    sequence_accuracy_score,
    sequence_accuracy_scorer,
    token_accuracy_score,
    token_accuracy_scorer,
)

METRICS = [sequence_accuracy_score, token_accuracy_score, edit_distance, normalized_edit_distance, bleu_score]
EVERY = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.__name__)


LIKELIHOODS = ("neg_perplexity", "neg_bits_per_token")  # scorers that need `score_samples`


def objects(samples):
    array = np.empty(len(samples), object)
    array[:] = samples
    return array


# --- numbers by hand --------------------------------------------------------------------------------------------------

TRUE = [["a", "b", "c"], ["d"], ["e", "f"]]
PREDICTED = [["a", "c"], ["d"], ["e", "g", "h"]]  # b missing; right; g for f and h too many


def test_ragged_targets_by_hand():
    assert sequence_accuracy_score(TRUE, PREDICTED) == pytest.approx(1 / 3)
    assert token_accuracy_score(TRUE, PREDICTED) == pytest.approx((1 + 1 + 1) / (3 + 1 + 3))
    assert edit_distance(TRUE, PREDICTED) == pytest.approx((1 + 0 + 2) / 3)
    assert normalized_edit_distance(TRUE, PREDICTED) == pytest.approx(3 / (3 + 1 + 2))
    assert normalized_edit_distance(TRUE, PREDICTED, average="samples") == pytest.approx((1 / 3 + 0 + 2 / 3) / 3)


@EVERY
def test_masked_tokens_are_none(metric):
    true, predicted = [[1, 2, 3], [4]], [[1, 3], [4, 5, 5]]
    padded = (
        np.ma.array([[1, 2, 3], [4, 5, 5]], mask=[[0, 0, 0], [0, 1, 1]]),
        np.ma.array([[1, 3, 3], [4, 5, 5]], mask=[[0, 0, 1], [0, 0, 0]]),
    )
    options = {"smooth_method": "add-k"} if metric is bleu_score else {}
    assert metric(*padded, **options) == metric(true, predicted, **options)
    masked = [np.ma.array([1, 3]), np.ma.array([], int)]  # nothing was predicted for the second
    assert metric(true, masked, **options) == metric(true, [[1, 3], []], **options)


def test_weights_by_hand():
    weights = [2, 1, 0.5]
    assert sequence_accuracy_score(TRUE, PREDICTED, sample_weight=weights) == pytest.approx(1 / 3.5)
    assert token_accuracy_score(TRUE, PREDICTED, sample_weight=weights) == pytest.approx((2 + 1 + 0.5) / (6 + 1 + 1.5))
    assert edit_distance(TRUE, PREDICTED, sample_weight=weights) == pytest.approx((2 + 0 + 1) / 3.5)
    assert normalized_edit_distance(TRUE, PREDICTED, sample_weight=weights) == pytest.approx((2 + 1) / (6 + 1 + 1))
    samples = normalized_edit_distance(TRUE, PREDICTED, sample_weight=weights, average="samples")
    assert samples == pytest.approx((2 / 3 + 0 + 1 / 3) / 3.5)


@EVERY
def test_a_weight_of_two_is_the_sample_twice_and_of_zero_none(metric):
    true, predicted = ["abcdefg", "hijklm", "nopqr"], ["abcdeg", "hijklm", "xopqr"]
    options = {"tokenize": "char"} if metric is bleu_score else {}
    weighted = metric(true, predicted, sample_weight=[2, 0, 1], **options)
    repeated = metric([true[0], true[0], true[2]], [predicted[0], predicted[0], predicted[2]], **options)
    assert weighted == pytest.approx(repeated, rel=1e-12)
    assert weighted != pytest.approx(metric(true, predicted, **options), rel=1e-3)


@pytest.mark.parametrize(
    ("true", "predicted", "edits"),
    [
        ("sitting", "kitten", 3),
        ("sunday", "saturday", 3),
        ("execution", "intention", 5),  # Jurafsky and Martin, Speech and Language Processing
        ("abc", "", 3),
        ("", "abc", 3),
        ("", "", 0),
    ],
)
def test_known_edit_distances(true, predicted, edits):
    assert edit_distance([true], [predicted]) == edits
    assert edit_distance([list(true)], [list(predicted)]) == edits


def recursive_distance(true, predicted):
    """The definition, with no table."""
    if not true or not predicted:
        return len(true) + len(predicted)
    return min(
        recursive_distance(true[1:], predicted) + 1,
        recursive_distance(true, predicted[1:]) + 1,
        recursive_distance(true[1:], predicted[1:]) + (true[0] != predicted[0]),
    )


def test_edit_distance_is_that_of_the_definition_for_tokens_of_any_kind():
    rng = np.random.RandomState(0)
    tokens = ["a", "ab", 97, ("a", 1), None, -1]  # 97 is the number of the letter a
    draw = [[tokens[i] for i in rng.randint(len(tokens), size=rng.randint(6))] for _ in range(60)]
    true, predicted = draw[:30], draw[30:]
    expected = [recursive_distance(*pair) for pair in zip(true, predicted)]
    assert [edit_distance([t], [p]) for t, p in zip(true, predicted)] == expected
    assert edit_distance(true, predicted) == pytest.approx(sum(expected) / 30)


def test_rates_above_one():
    assert normalized_edit_distance([["a"]], [["a", "b", "c"]]) == 2
    assert normalized_edit_distance([["a"]], [["a", "b", "c"]], average="samples") == pytest.approx(2 / 3)


def test_empty_targets():
    assert sequence_accuracy_score([[], [1]], [[], []]) == 0.5
    assert token_accuracy_score([[], [1]], [[2], [1]]) == 0.5
    assert normalized_edit_distance([[], [1]], [[2], [1]]) == 1
    assert normalized_edit_distance([[], [1]], [[], [2]], average="samples") == 0.5
    assert bleu_score([[1, 2, 3, 4]], [[]]) == 0


def test_strings_are_split_as_the_analyzer_says():
    true, predicted = ["the cat sat", "on it"], ["the rat sat", "on it"]
    assert normalized_edit_distance(true, predicted) == pytest.approx(1 / 16)
    assert normalized_edit_distance(true, predicted, analyzer="word") == pytest.approx(1 / 5)
    assert normalized_edit_distance(true, predicted, analyzer=None) == pytest.approx(1 / 2)
    assert normalized_edit_distance(true, predicted, analyzer=lambda text: text.split("t")) == pytest.approx(1 / 6)
    assert token_accuracy_score(true, predicted, analyzer="word") == pytest.approx(4 / 5)
    assert edit_distance(["yes, it is"], ["yes it is"], analyzer="word") == 1  # the comma
    assert sequence_accuracy_score(true, predicted) == 0.5


def test_fixed_length_is_the_mean_of_the_comparison():
    rng = np.random.RandomState(0)
    true, predicted = rng.randint(3, size=(2, 20, 4))
    assert token_accuracy_score(true, predicted) == pytest.approx((true == predicted).mean())
    assert sequence_accuracy_score(true, predicted) == pytest.approx((true == predicted).all(axis=1).mean())
    assert token_accuracy_score(true[:, 0], predicted[:, 0]) == accuracy_score(true[:, 0], predicted[:, 0])


# --- BLEU -------------------------------------------------------------------------------------------------------------


def test_clipped_precision_of_the_paper():
    """Papineni et al. (2002), example 2: 2 of the 7 count, as the reference has "the" twice."""
    score = bleu_score(["the cat is on the mat"], ["the the the the the the the"], max_ngram_order=1)
    assert score == pytest.approx(100 * 2 / 7)


def test_short_targets_that_are_smoothed_are_not_warned_of():
    pair = [["a", "b"], ["a", "b", "c"]]
    assert bleu_score(pair, pair, smooth_method="add-k") == pytest.approx(100)  # warnings are errors


def test_bleu_by_hand():
    true, predicted = [list("abcde"), list("vwxyz")], [list("abcdf"), list("vwxyz")]
    assert bleu_score(true[:1], predicted[:1]) == pytest.approx(100 * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** (1 / 4))
    both = (9 / 10 * 7 / 8 * 5 / 6 * 3 / 4) ** (1 / 4)  # counts are summed, not scores
    assert bleu_score(true, predicted) == pytest.approx(100 * both)
    weighted = (6.5 / 7.5 * 5 / 6 * 3.5 / 4.5 * 2 / 3) ** (1 / 4)
    assert bleu_score(true, predicted, sample_weight=[1, 0.5]) == pytest.approx(100 * weighted)
    shorter = bleu_score([list("abcde")], [list("abcd")])
    assert shorter == pytest.approx(100 * np.exp(1 - 5 / 4))
    assert bleu_score(true, true) == pytest.approx(100)
    assert bleu_score(true, predicted[::-1]) == 0


@pytest.mark.parametrize("smooth_method", ["exp", "floor", "add-k", "none"])
@pytest.mark.parametrize("tokenize", ["13a", "char", "none"])
def test_strings_are_scored_as_sacrebleu_does(tokenize, smooth_method):
    true = ["The dog bit the man.", "It was not unexpected.", "The man bit him first.", "No."]
    predicted = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.", "No, no!"]
    theirs = sacrebleu.corpus_bleu(predicted, [true], tokenize=tokenize, smooth_method=smooth_method)
    ours = bleu_score(true, predicted, tokenize=tokenize, smooth_method=smooth_method)
    assert ours == pytest.approx(theirs.score, rel=1e-12)
    assert 0 < ours < 100


def test_targets_without_the_longest_n_grams_are_warned_of():
    true = [["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]
    with pytest.warns(UserWarning, match=r"max_ngram_order=4 tokens, but the longest target in y_true has 3: .*=3"):
        assert bleu_score(true[:2], true[:2]) == 0
    with pytest.warns(UserWarning, match="longest target in y_true has 3"):
        bleu_score(true, true, sample_weight=[1, 1, 0])
    with pytest.warns(UserWarning, match=r"make_scorer\(bleu_score, max_ngram_order=2\)"):
        assert bleu_scorer(Repeater().fit(X, RAGGED), np.array([[2]]), [["a", "a"]]) == 0
    plurals = ["cats", "dishes", "dogs"]
    with pytest.warns(
        UserWarning, match=r"Words are counted: SCORERS\['neg_normalized_edit_distance'\] counts the letters"
    ):
        assert bleu_score(plurals, plurals) == 0
    assert normalized_edit_distance(plurals, ["cats", "dishs", "dogs"]) == pytest.approx(1 / 14)
    assert bleu_score(true[:2], true[:2], max_ngram_order=3) == pytest.approx(100)  # warnings are errors
    assert bleu_score(true, true) == pytest.approx(100)
    assert bleu_score([[]], [[]]) == 0


def test_tokens_of_bleu_may_hold_blanks_or_be_no_strings():
    true = [["New York", "is", "far", ("a", 1), 5]]
    assert bleu_score(true, true) == pytest.approx(100)
    assert bleu_score([["a b"]], [["a", "b"]], max_ngram_order=1) == 0


def test_bleu_without_sacrebleu(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    with pytest.raises(ImportError, match=r"bleu_score needs sacreBLEU. Install it with: pip install 'skseq\[text\]'"):
        bleu_score(TRUE, PREDICTED)


def test_scorers_without_sacrebleu(monkeypatch):
    assert "bleu" in SCORERS
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    names = runpy.run_path(_scorers.__file__)["SCORERS"]
    assert set(SCORERS) - set(names) == {"bleu"}


# --- perplexity -------------------------------------------------------------------------------------------------------


def test_perplexity_counts_tokens_not_samples():
    log_probs, n_tokens = np.log([1 / 2, 1 / 8**3]), [1, 3]  # 2 on one token, 8 on three
    assert perplexity(log_probs, n_tokens) == pytest.approx((2 * 8**3) ** (1 / 4))
    weighted = perplexity(log_probs, n_tokens, sample_weight=[3, 1])
    assert weighted == pytest.approx((2**3 * 8**3) ** (1 / 6))


def test_perplexity_at_its_ends():
    assert perplexity([0.0, 1e-9], [2, 1]) == pytest.approx(1)
    assert perplexity([-np.inf, -1], [1, 1]) == np.inf
    assert perplexity([-np.inf, -1], [1, 1], sample_weight=[0, 2]) == pytest.approx(np.e)
    assert perplexity([-1e6], [1]) == np.inf


@pytest.mark.parametrize(
    ("log_probs", "n_tokens", "options", "message"),
    [
        ([-1, -2], [1], {}, "same samples. Got 2 in log_probs and 1 in n_tokens"),
        ([0.5], [1], {}, r"at most 0. Got 0.5: pass log\(p\), not p"),
        ([np.nan], [1], {}, "at most 0. Got nan"),
        ([-1], [-1], {}, "n_tokens must be counts of at least 0. Got -1"),
        ([-1, -2], [np.inf, 1], {}, "n_tokens must be counts of at least 0. Got inf"),
        (np.ma.array([-1.0, -700], mask=[0, 1]), [2, 2], {}, "log_probs is masked at index 1"),
        ("abc", [1], {}, "log_probs cannot be read as numbers"),
        ([-1], [pd.NA], {}, "n_tokens cannot be read as numbers"),
        ([-1], [1j], {}, "n_tokens holds complex numbers"),
        ([-1], {1: 2}, {}, "n_tokens must be .* Got a dict"),
        (None, [1], {}, r"log_probs must have shape \(n_samples,\)"),
        ([-1], [0], {}, "n_tokens counts no token"),
        ([-1, -1], [0, 1], {"sample_weight": [1, 0]}, "n_tokens counts no token"),
        ([], [], {}, r"log_probs must have shape \(n_samples,\), one number per sample. Got shape \(0,\)"),
        ([[-1]], [1], {}, r"log_probs must have shape \(n_samples,\), one number per sample. Got shape \(1, 1\)"),
        ([-1], [1], {"sample_weight": [0]}, "zero"),
        ([-1], [1], {"sample_weight": [-1]}, "Negative values"),
    ],
)
def test_perplexity_refuses(log_probs, n_tokens, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        perplexity(log_probs, n_tokens, **options)


# --- forms of targets -------------------------------------------------------------------------------------------------

IDS = np.array([[0, 2, 1, 1], [1, 1, 0, 2], [2, 2, 2, 0]])
OTHERS = np.array([[0, 2, 1, 1], [1, 2, 0, 2], [0, 2, 2, 0]])
FORMS = {
    "array": np.asarray,
    "lists": lambda y: y.tolist(),
    "tuples": lambda y: tuple(map(tuple, y.tolist())),
    "list of arrays": list,
    "object array of lists": lambda y: objects(y.tolist()),
    "object array of arrays": lambda y: objects(list(y)),
    "2-D object array": lambda y: y.astype(object),
    "floats": lambda y: y.astype(float),
    "strings": lambda y: y.astype(str),
    "strings of any length": lambda y: y.astype(np.dtypes.StringDType()),
    "one-hot": lambda y: np.eye(3)[y],
    "nested one-hot": lambda y: np.eye(3, dtype=int)[y].tolist(),
    "list of one-hot": lambda y: list(np.eye(3)[y]),
    "probabilities": lambda y: 0.6 * np.eye(3)[y] + 0.1,
    "data frame": pd.DataFrame,
    "polars frame": lambda y: pl.DataFrame(y, schema=list("abcd")),
    "Series of lists": lambda y: pd.Series(y.tolist(), index=[5, 7, 9]),
    "polars Series of lists": lambda y: pl.Series(y.tolist()),
    "text": lambda y: ["".join(map(str, tokens)) for tokens in y],
    "array of text": lambda y: np.array(["".join(map(str, tokens)) for tokens in y]),
    "Series of text": lambda y: pd.Series(["".join(map(str, tokens)) for tokens in y]),
    "polars Series of text": lambda y: pl.Series(["".join(map(str, tokens)) for tokens in y]),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form(form):
    true, predicted = form(IDS), form(OTHERS)
    assert sequence_accuracy_score(true, predicted) == pytest.approx(1 / 3)
    assert token_accuracy_score(true, predicted) == pytest.approx(10 / 12)
    assert edit_distance(true, predicted) == pytest.approx(2 / 3)
    assert normalized_edit_distance(true, predicted) == pytest.approx(2 / 12)


def test_forms_of_sequences_may_be_mixed():
    assert sequence_accuracy_score(IDS, objects(OTHERS.tolist())) == pytest.approx(1 / 3)
    assert sequence_accuracy_score(np.eye(3)[IDS], OTHERS.tolist()) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "form", [list, np.array, objects, pd.Series, pl.Series, lambda y: [np.str_(label) for label in y]]
)
@pytest.mark.parametrize("labels", [(["b", "a", "c"], ["b", "a", "a"]), ([1, 0, 2], [1, 0, 0])], ids=["str", "int"])
def test_labels(form, labels):
    true, predicted = map(form, labels)
    assert sequence_accuracy_score(true, predicted) == pytest.approx(2 / 3)
    assert token_accuracy_score(true, predicted) == pytest.approx(2 / 3)


@EVERY
@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([[1], [2]], [[1]], "same samples. Got 2 in y_true and 1 in y_pred"),
        ([], [], "y_true must hold one target per sample.* Got no sample"),
        (np.empty((0, 3)), np.empty((0, 3)), "y_true must hold one target per sample.* Got no sample"),
        ([[1], 2], [[1], 2], "y_true must hold one .* Got labels among sequences"),
        ([[1], [2]], [[1], "a"], "y_pred must hold one .* Got sequences among text"),
        (["ab"], [["a", "b"]], r"text in y_true and sequences .* \[list\(tags\) for tags in y_true\]"),
        ([1, 2], [[1], [2]], r"Got labels in y_true and sequences in y_pred: .* or both as token lists or arrays\.$"),
        ([["1", "2"]], [[1, 2]], "y_true holds strings and y_pred numbers as tokens"),
        ([1, 2], ["1", "2"], "Got labels in y_true and text in y_pred"),
        ("ab", ["ab"], r"Got the string 'ab': pass a list, \['ab'\]"),
        (3, [3], r"Got int of shape \(\): pass labels"),
        (np.zeros((1, 2, 2, 2)), [[1]], r"Got ndarray of shape \(1, 2, 2, 2\): pass labels"),
        ([[1.0, np.nan]], [[1.0, 2.0]], "y_true holds NaN"),
        (np.full((1, 2, 2), np.nan), [[1, 2]], "y_true holds lists as tokens, which are read as one-hot vectors"),
        ([[["a", 1]]], [[["a", 1]]], "tokens of several parts must be tuples"),
        (np.ones((1, 2, 1)), [[1, 1]], r"y_true holds samples of shape \(2, 1\), .* pass \[np.ravel\(own\) for own in"),
        ([[1, 1]], [[[0.2], [0.9]]], r"y_pred holds samples of shape \(2, 1\)"),
        ([[1]], [[{1}]], "y_pred holds tokens that cannot be looked up"),
    ],
)
def test_bad_targets(metric, true, predicted, message):
    with pytest.raises(ValueError, match=message):
        metric(true, predicted)


@EVERY
def test_bad_weights(metric):
    for weights, message in [
        ([0, 0], "zero"),
        ([1], r"sample_weight.shape == \(1,\)"),
        ([-1, 2], "Negative values"),
    ]:
        with pytest.raises(ValueError, match=message):
            metric([[1], [2]], [[1], [2]], sample_weight=weights)


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        (token_accuracy_score, {"analyzer": "line"}),
        (edit_distance, {"analyzer": 1}),
        (normalized_edit_distance, {"average": "macro"}),
        (bleu_score, {"max_ngram_order": 0}),
        (bleu_score, {"max_ngram_order": 10**30}),
        (bleu_score, {"smooth_method": "chop"}),
        (bleu_score, {"tokenize": "nothing"}),
    ],
)
def test_bad_parameters(metric, options):
    with pytest.raises(ValueError, match=f"{next(iter(options))}.* must be .*Got"):
        metric(["a"], ["a"], **options)


def test_rates_of_nothing():
    with pytest.raises(ValueError, match="y_true holds no token in samples of positive weight"):
        normalized_edit_distance([[], [1]], [[1], [1]], sample_weight=[1, 0])
    with pytest.raises(ValueError, match="y_true and y_pred hold no token in samples of positive weight"):
        token_accuracy_score([""], [""])


# --- scorers ----------------------------------------------------------------------------------------------------------

COUNTS = np.array([4, 1, 6, 3, 2, 5])  # X: how many letters; y: so many
X = COUNTS[:, None]
RAGGED = [["a"] * n for n in COUNTS]
FOLDS = KFold(2)  # 4 + 1 + 6 letters in the first test fold, 3 + 2 + 5 in the second
LETTERS = np.array([11, 10])


class Repeater(BaseEstimator):
    """Predicts as many letters as X says, less ``missing``; each, and the end, has probability 1/2, after odd X 1/8."""

    n_calls = 0

    def __init__(self, missing=0):
        self.missing = missing

    def fit(self, X, y):
        self.as_text_ = isinstance(y[0], str)
        return self

    def predict(self, X):
        type(self).n_calls += 1
        samples = [["a"] * (n - self.missing) for n in X[:, 0]]
        return objects(["".join(sample) for sample in samples] if self.as_text_ else samples)

    def score_samples(self, X, y):
        return (np.array([len(target) for target in y]) + 1) * -np.log(np.where(X[:, 0] % 2, 8, 2))

    _targets = SimpleNamespace(n_scored=lambda y: [len(target) + 1 for target in y])


class Copier(ClassifierMixin, BaseEstimator):
    """Predicts its input; as Seq2SeqClassifier it has one array of classes for every position."""

    def __init__(self, wrong=False):
        self.wrong = wrong

    def fit(self, X, y):
        self.classes_ = [np.unique(column) for column in np.transpose(y)]
        return self

    def predict(self, X):
        outputs = np.asarray(X)[:, :2].copy()
        if self.wrong:
            outputs[:, 0] += 1
        return outputs


RAGGED_FORMS = {"lists": RAGGED, "objects": objects(RAGGED), "text": ["a" * n for n in COUNTS]}


@pytest.mark.filterwarnings("ignore:BLEU counts n-grams")
@pytest.mark.parametrize("y", RAGGED_FORMS.values(), ids=RAGGED_FORMS)
def test_ragged_targets_in_a_search_over_all_scorers(y):
    search = GridSearchCV(Repeater(), {"missing": [1, 0]}, scoring=SCORERS, refit="sequence_accuracy", cv=FOLDS)
    results = search.fit(X, y).cv_results_
    assert search.best_params_ == {"missing": 0}

    def scores(name):  # (candidates, folds)
        return np.transpose([results[f"split{fold}_test_{name}"] for fold in (0, 1)])

    np.testing.assert_allclose(scores("sequence_accuracy"), [[0, 0], [1, 1]])
    np.testing.assert_allclose(scores("token_accuracy"), [(LETTERS - 3) / LETTERS, [1, 1]])
    np.testing.assert_allclose(scores("neg_normalized_edit_distance"), [-3 / LETTERS, [0, 0]])
    # tokens with the end: 5 and 7 of probability 1/2, 2 of 1/8; 3 of 1/2, 4 and 6 of 1/8
    expected = [-(2 ** ((12 + 2 * 3) / 14)), -(2 ** ((3 + 10 * 3) / 13))]
    np.testing.assert_allclose(scores("neg_perplexity"), [expected, expected])
    if not isinstance(y[0], str):  # a string of one letter over and over is one word
        np.testing.assert_allclose(scores("bleu")[0], 100 * np.exp(1 - LETTERS / (LETTERS - 3)))
        np.testing.assert_allclose(scores("bleu")[1], 100)
    assert search.score(X, y) == 1


@pytest.mark.filterwarnings("ignore:BLEU counts n-grams")
@pytest.mark.parametrize("labels", [np.int64, str], ids=["int", "str"])
@pytest.mark.parametrize("n_tokens", [2, 3], ids=["equal classes", "other classes a position"])
def test_fixed_length_targets_of_a_classifier(n_tokens, labels):
    """Where metrics of scikit-learn raise."""
    rng = np.random.RandomState(0)
    numbers = np.column_stack([rng.randint(3, size=30), rng.randint(n_tokens, size=30)])
    y = numbers.astype(labels)
    with pytest.raises(ValueError, match="is not supported|support"):
        accuracy_score(numbers, numbers)
    scoring = {name: scorer for name, scorer in SCORERS.items() if name not in LIKELIHOODS}
    if labels is str:
        scores = cross_validate(Copier(), y, y, cv=3, scoring=scoring)
        assert all((scores[f"test_{name}"] == 1).all() for name in ("sequence_accuracy", "token_accuracy"))
        return
    search = GridSearchCV(Copier(), {"wrong": [True, False]}, scoring=scoring, refit="token_accuracy", cv=3)
    results = search.fit(numbers, y).cv_results_
    np.testing.assert_array_equal(results["mean_test_sequence_accuracy"], [0, 1])
    np.testing.assert_array_equal(results["mean_test_token_accuracy"], [0.5, 1])
    assert search.best_params_ == {"wrong": False}


def test_predictions_are_made_once_for_all_scorers(monkeypatch):
    monkeypatch.setattr(Repeater, "n_calls", 0)
    cross_validate(Repeater(), X, RAGGED, scoring=SCORERS, cv=FOLDS)
    assert Repeater.n_calls == 2


def test_single_scorers():
    short = Repeater(missing=1).fit(X, RAGGED)
    assert sequence_accuracy_scorer(short, X, RAGGED) == 0
    assert token_accuracy_scorer(short, X, RAGGED) == pytest.approx(15 / 21)
    assert neg_normalized_edit_distance_scorer(short, X, RAGGED) == pytest.approx(-6 / 21)
    assert neg_perplexity_scorer(short, X, RAGGED) == pytest.approx(-(2 ** ((15 + 12 * 3) / 27)))
    assert bleu_scorer(short, X, RAGGED) == pytest.approx(100 * np.exp(1 - 21 / 15))
    others = make_scorer(normalized_edit_distance, greater_is_better=False, average="samples")
    assert others(short, X, RAGGED) == pytest.approx(-np.mean(1 / COUNTS))


@pytest.mark.parametrize("name", SCORERS)
def test_scorers_take_weights(name):
    estimator, weights = Repeater(missing=1).fit(X, RAGGED), [2, 0, 1, 0, 0, 1]
    twice = [0, 0, 2, 5]
    weighted = SCORERS[name](estimator, X, RAGGED, sample_weight=weights)
    assert weighted == pytest.approx(SCORERS[name](estimator, X[twice], [RAGGED[i] for i in twice]))


def test_weights_are_routed():
    weights = np.array([2.0, 1.0, 0.0, 0.0, 1.0, 3.0])
    with sklearn.config_context(enable_metadata_routing=True):
        scoring = {name: copy.deepcopy(SCORERS[name]).set_score_request(sample_weight=True) for name in SCORERS}
        scores = cross_validate(
            Repeater(missing=1), X, RAGGED, scoring=scoring, cv=FOLDS, params={"sample_weight": weights}
        )
    np.testing.assert_allclose(scores["test_token_accuracy"], [(2 * 3 + 0) / (2 * 4 + 1), (1 + 3 * 4) / (2 + 3 * 5)])
    np.testing.assert_allclose(scores["test_neg_normalized_edit_distance"], [-3 / 9, -4 / 17])
    expected = [-(2 ** ((2 * 5 + 2 * 3) / (10 + 2))), -(2 ** ((3 + 3 * 6 * 3) / (3 + 18)))]
    np.testing.assert_allclose(scores["test_neg_perplexity"], expected)


def test_weights_are_not_routed_unasked():
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_val_score(Repeater(), X, RAGGED, scoring=neg_perplexity_scorer, cv=FOLDS)
    np.testing.assert_allclose(scores, [-(2 ** (18 / 14)), -(2 ** (33 / 13))])


def test_perplexity_reaches_through_pipelines_and_searches():
    expected = neg_perplexity_scorer(Repeater(), X, RAGGED)
    halved = make_pipeline(FunctionTransformer(lambda X: X // 2), Repeater()).fit(2 * X, RAGGED)
    assert neg_perplexity_scorer(halved, 2 * X, RAGGED) == pytest.approx(expected)
    assert neg_perplexity_scorer(make_pipeline(Repeater()).fit(X, RAGGED), X, RAGGED) == pytest.approx(expected)
    search = GridSearchCV(halved, {"repeater__missing": [1, 0]}, scoring=SCORERS, refit="token_accuracy", cv=FOLDS)
    assert search.fit(2 * X, RAGGED).best_params_ == {"repeater__missing": 0}
    assert neg_perplexity_scorer(search, 2 * X, RAGGED) == pytest.approx(expected)


def test_perplexity_counts_the_tokens_of_y_unless_told(monkeypatch):
    monkeypatch.delattr(Repeater, "_targets")
    assert neg_perplexity_scorer(Repeater(), X[:1], RAGGED[:1]) == pytest.approx(-(2 ** (5 / 4)))
    assert neg_perplexity_scorer(Repeater(), X[:1], ["aaaa"]) == pytest.approx(-(2 ** (5 / 4)))
    assert neg_perplexity_scorer(Repeater(), X[:1], np.ones((1, 4, 3))) == pytest.approx(-(2 ** (5 / 4)))


def test_perplexity_of_an_estimator_without_likelihoods():
    with pytest.raises(AttributeError, match=r"needs an estimator with the method score_samples\(X, y\).* Copier has"):
        neg_perplexity_scorer(Copier().fit(IDS, IDS), IDS, IDS)
    with pytest.raises(AttributeError, match="score_samples"):
        cross_validate(Copier(), IDS, IDS, scoring=SCORERS, cv=KFold(2), error_score="raise")


def test_scorers_are_pickled_and_copied():
    estimator = Repeater(missing=1).fit(X, RAGGED)
    search = clone(GridSearchCV(Repeater(), {"missing": [0]}, scoring=SCORERS, refit=False))
    for others in (pickle.loads(pickle.dumps(SCORERS)), copy.deepcopy(SCORERS), search.scoring):
        assert list(others) == list(SCORERS)
        for name, scorer in others.items():
            assert scorer(estimator, X, RAGGED) == SCORERS[name](estimator, X, RAGGED)


def test_representations():
    assert repr(neg_perplexity_scorer) == (
        "make_scorer(perplexity, greater_is_better=False, response_method='score_samples')"
    )
    assert "normalized_edit_distance" in repr(neg_normalized_edit_distance_scorer)


def test_partial_functions_are_metrics_too():
    """An analyzer that lives in a module keeps a scorer picklable."""
    metric = functools.partial(normalized_edit_distance, analyzer=str.split)
    scorer = pickle.loads(pickle.dumps(make_scorer(metric, greater_is_better=False)))
    y = ["a a", "a"]
    assert scorer(Repeater().fit(X[:2], y), np.array([[3], [1]]), y) == pytest.approx(-2 / 3)
