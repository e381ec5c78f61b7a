"""Searches of fitted estimators: what is read at predict, n-best lists, scores, draws, constraints, attention.

The networks are tiny and half trained, so that all outputs are probable. A beam of `EVERY` holds all words over two
letters up to three long.
"""

import copy
import pickle
import re
from inspect import signature
from itertools import pairwise, product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold

from skseq import Seq2SeqClassifier, Seq2SeqTransducer
from skseq._base.decoders.decoding import CUTS, SEARCH_PARAMETERS, FindMixin, Search
from skseq._sklearn import InvalidParameterError
from skseq.datasets import make_reversed
from skseq.nn.networks.seq2seq_search import SEARCHES

pytestmark = pytest.mark.usefixtures("eager")

WORDS = ["".join(word) for length in range(4) for word in product("ab", repeat=length)]
EVERY = len(WORDS)
rng = np.random.RandomState(0)
TEXTS = ["".join(rng.choice(list("ab"), rng.randint(1, 4))) for _ in range(60)]
REVERSED = [text[::-1] for text in TEXTS]
SOME = ["abb", "a", "bab", "bb"]
SMALL = {"units": 8, "bidirectional": False, "epochs": 15, "batch_size": 20, "dtype": "float64", "random_state": 0}
X, Y = make_reversed(60, n_timesteps=3, cardinality=3, random_state=0)


def reverser(**parameters):
    """A model from words over a, b to the same backwards."""
    return Seq2SeqTransducer(**{**SMALL, "analyzer": "char", "target_analyzer": "char", **parameters})


def tagger(**parameters):
    """The same from three of three tokens to three tokens."""
    return Seq2SeqClassifier(**{**SMALL, "classes_per_position": False, **parameters})


@pytest.fixture(scope="module")
def words():
    return reverser().fit(TEXTS, REVERSED)


@pytest.fixture(scope="module")
def tokens():
    return tagger(attention="dot").fit(X, Y)


@pytest.fixture(scope="module")
def labels():
    return tagger().fit(X, Y[:, 0])


def searching(model, **parameters):
    """A copy that shares the fitted weights."""
    return copy.copy(model).set_params(**parameters)


# --- read at predict --------------------------------------------------------------------------------------------------


def test_parameters_are_read_at_predict(words):
    model = searching(words)
    weights = {name: value.copy() for name, value in model.weights_.items()}
    greedy = model.predict(SOME).tolist()
    assert [len(output) for output in model.set_params(max_length=1).predict(SOME)] == [1] * 4
    outputs = model.set_params(search="beam", max_length=None, forced_prefix="bb").predict(SOME)
    assert all(output.startswith("bb") for output in outputs)
    assert model.set_params(search="greedy", forced_prefix=None).predict(SOME).tolist() == greedy
    assert model.weights_ is words.weights_
    for name, value in weights.items():
        np.testing.assert_array_equal(model.weights_[name], value)


@pytest.mark.parametrize("search", ["greedy", "beam", "sampling"])
def test_predict_writes_nothing_to_the_estimator(words, search):
    model = searching(words, search=search, allowed_outputs=lambda prefix: ["a", "b", None])
    before = dict(vars(model))
    model.predict(SOME)
    model.predict_nbest(SOME, 2)
    model.score_samples(SOME, SOME)
    model.attention_weights(SOME)
    after = vars(model)
    assert after.keys() == before.keys()
    assert all(after[name] is value for name, value in before.items())


def test_copies_keep_the_search(words):
    model = searching(words, search="beam", beam_width=3, length_penalty=1.5, max_length=(1, 2), forced_prefix=["b"])
    assert clone(model).get_params() == model.get_params()
    copied = pickle.loads(pickle.dumps(model))
    assert copied.get_params() == model.get_params()
    for one, other in zip(copied.predict_nbest(SOME, 3), model.predict_nbest(SOME, 3)):
        np.testing.assert_array_equal(one, other)


def test_grid_search_over_the_width_of_a_beam():
    model, grid = reverser(epochs=1, batch_size=60, search="beam"), {"beam_width": [1, 5]}
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(TEXTS, REVERSED)
    for train, test in KFold(2).split(TEXTS):
        fold = clone(model).fit([TEXTS[i] for i in train], [REVERSED[i] for i in train])
        X_test, y_test = [TEXTS[i] for i in test], [REVERSED[i] for i in test]
        scores = [fold.set_params(beam_width=width).score(X_test, y_test) for width in (1, 5)]
        split = 0 if test[0] == 0 else 1
        np.testing.assert_array_equal(search.cv_results_[f"split{split}_test_score"], scores)


def test_every_parameter_of_a_search_is_in_one_group():
    """Only what is in a group is read at predict, and refused where it cannot be kept."""
    of_fit_or_call = {"targets", "dtype", "n_draws"}
    assert sorted(SEARCH_PARAMETERS) == sorted(Search.__dataclass_fields__.keys() - of_fit_or_call)


def test_every_search_that_is_allowed_can_be_run_with_what_it_reads():
    (allowed,) = FindMixin._search_constraints["search"]
    assert set(SEARCHES) == allowed.options
    search = Search(targets=SimpleNamespace(size=3), dtype="float32", top_k=1, top_p=0.5, min_p=0.5)
    for loop, reads in SEARCHES.values():
        assert set(reads) <= {"uniform", "source_mask", *search._numbers()}
        assert set(reads) <= set(signature(loop).parameters)
    read = {name for _, reads in SEARCHES.values() for name in reads}
    assert {*CUTS, *search._numbers()} <= read


# --- beams ------------------------------------------------------------------------------------------------------------


def test_a_beam_of_width_one_is_greedy(words, tokens):
    for model, sources in ((words, TEXTS), (tokens, X)):
        narrow = searching(model, search="beam", beam_width=1)
        np.testing.assert_array_equal(narrow.predict(sources), model.predict(sources))
        np.testing.assert_array_equal(narrow.predict_nbest(sources, 1)[0][:, 0], model.predict(sources))
    penalties = {"length_penalty": 3.0, "coverage_penalty": 2.0}
    narrow = searching(words, search="beam", beam_width=1, **penalties)
    np.testing.assert_array_equal(narrow.predict(TEXTS), words.predict(TEXTS))
    np.testing.assert_array_equal(narrow.score_samples(TEXTS), words.score_samples(TEXTS))


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_finished_outputs_have_places_of_their_own(words, alpha):
    """Eight of the words have three letters: a beam that holds these beginnings finds the best eight of all fifteen."""
    n_written = 1 + np.array(list(map(len, WORDS)))
    scores = np.array([words.score_samples([source] * EVERY, WORDS) for source in SOME])
    scores /= ((5 + n_written) / 6) ** alpha
    outputs, _ = searching(words, beam_width=8, max_length=3, length_penalty=alpha).predict_nbest(SOME, 8)
    assert outputs.tolist() == [[WORDS[k] for k in np.argsort(-row)[:8]] for row in scores]


def test_a_beam_as_wide_as_the_space_is_brute_force(words):
    probs = np.array([np.exp(words.score_samples([source] * EVERY, WORDS)) for source in SOME])
    assert (probs.sum(axis=1) < 1).all()  # longer words have the rest
    assert (probs.sum(axis=1) > 0.3).all()
    outputs, log_probs = searching(words, beam_width=EVERY, max_length=3).predict_nbest(SOME, EVERY)
    for row in range(len(SOME)):
        order = np.argsort(-probs[row])
        assert outputs[row].tolist() == [WORDS[k] for k in order]
        np.testing.assert_allclose(log_probs[row], np.log(probs[row, order]), rtol=0, atol=1e-10)


def test_a_beam_as_wide_as_the_space_of_fixed_length(tokens):
    every = list(product(range(3), repeat=3))
    probs = np.exp(tokens.score_samples(X[:1].repeat(27, axis=0), every))
    assert probs.sum() == pytest.approx(1, abs=1e-12)
    outputs, log_probs = searching(tokens, beam_width=27).predict_nbest(X[:1], 27)
    order = np.argsort(-probs)
    np.testing.assert_array_equal(outputs[0], np.array(every)[order])
    np.testing.assert_allclose(log_probs[0], np.log(probs[order]), rtol=0, atol=1e-10)


def test_n_best_labels_are_the_ordered_probabilities(labels):
    outputs, log_probs = labels.predict_nbest(X[:5], 5)
    probs = labels.predict_proba(X[:5])
    order = np.argsort(-probs, axis=1)
    np.testing.assert_array_equal(outputs[:, :3], labels.classes_[order])
    np.testing.assert_allclose(log_probs[:, :3], np.log(np.take_along_axis(probs, order, 1)), atol=1e-10)
    assert np.isneginf(log_probs[:, 3:]).all()  # there are three
    np.testing.assert_array_equal(outputs[:, 3:], 0)


def test_labels_of_a_transducer_are_searched_too():
    model = Seq2SeqTransducer(units=8, epochs=2, random_state=0, dtype="float64").fit(X, Y[:, 0] + 5)
    outputs, log_probs = model.predict_nbest(X[:4], 5)
    scores = np.array([model.score_samples(X[:4], [label] * 4) for label in (5, 6, 7)]).T
    order = np.argsort(-scores, axis=1)
    np.testing.assert_array_equal(outputs[:, :3], order + 5)
    np.testing.assert_allclose(log_probs[:, :3], np.take_along_axis(scores, order, 1), atol=1e-10)
    assert np.isneginf(log_probs[:, 3:]).all()
    np.testing.assert_array_equal(outputs[:, 3:], 5)  # the first
    assert searching(model, forced_prefix=[6], allowed_outputs=[6, 7]).predict(X[:2]).tolist() == [6, 6]
    assert searching(model, forced_prefix=[7], allowed_outputs=[7]).predict(X[:2]).tolist() == [7, 7]
    assert searching(model, allowed_outputs=lambda prefix: [7]).predict(X[:2]).tolist() == [7, 7]
    with pytest.raises(ValueError, match=r"allowed None after \[\], which is no target token of fit\.$"):
        searching(model, allowed_outputs=lambda prefix: [None]).predict(X[:2])


@pytest.mark.parametrize(("dtype", "atol"), [("float64", 1e-10), ("float32", 1e-5)])
def test_n_best_are_sorted_distinct_and_rescored(words, dtype, atol):
    model = words if dtype == "float64" else reverser(dtype=dtype, epochs=1).fit(TEXTS, REVERSED)
    outputs, log_probs = searching(model, beam_width=EVERY).predict_nbest(TEXTS, 6)
    assert outputs.shape == log_probs.shape == (60, 6)
    assert log_probs.dtype == np.float64
    assert (np.diff(log_probs, axis=1) <= 0).all()
    assert all(len(set(row)) == 6 for row in outputs)
    for k in range(6):
        np.testing.assert_allclose(model.score_samples(TEXTS, outputs[:, k]), log_probs[:, k], rtol=0, atol=atol)


def test_the_best_does_not_depend_on_n(words, tokens):
    for model, sources in ((words, TEXTS), (tokens, X)):
        beam = searching(model, search="beam")
        most, log_probs = beam.predict_nbest(sources, 5)
        np.testing.assert_array_equal(beam.predict(sources), most[:, 0])
        for n in (1, 3):
            fewer, fewer_log_probs = beam.predict_nbest(sources, n)
            np.testing.assert_array_equal(fewer, most[:, :n])
            np.testing.assert_array_equal(fewer_log_probs, log_probs[:, :n])


def test_n_is_at_most_the_width(words):
    with pytest.raises(ValueError, match="n must be an integer from 1 to beam_width=5. Got 6.*larger beam_width"):
        words.predict_nbest(SOME, 6)


@pytest.mark.parametrize("n", [0, -1, 1.0, None])
def test_n_is_at_least_one(words, n):
    with pytest.raises(ValueError, match=rf"n must be an integer of at least 1\. Got {n}\.$"):
        words.predict_nbest(SOME, n)


def test_fewer_outputs_than_n(words):
    outputs, log_probs = searching(words, allowed_outputs=["a", "bb"]).predict_nbest(["abb"], 3)
    assert set(outputs[0, :2]) == {"a", "bb"}
    assert outputs[0, 2] is None
    assert np.isneginf(log_probs[0, 2])


# --- penalties --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.5, 2.0])
def test_length_penalty(words, alpha):
    """log P / ((5 + n) / 6)^alpha with n tokens and one end orders all words; it favours long ones."""
    model = searching(words, beam_width=EVERY, max_length=3)
    plain, outputs = model.predict_nbest(["abb"], EVERY)[0][0], model.set_params(length_penalty=alpha)
    outputs, log_probs = outputs.predict_nbest(["abb"], EVERY)
    scores = words.score_samples(["abb"] * EVERY, WORDS) / ((6 + np.array(list(map(len, WORDS)))) / 6) ** alpha
    assert outputs[0].tolist() == [WORDS[k] for k in np.argsort(-scores)]
    np.testing.assert_allclose(log_probs[0], words.score_samples(["abb"] * EVERY, outputs[0]), atol=1e-10)
    ranks = np.arange(EVERY)
    assert ranks @ list(map(len, outputs[0])) < ranks @ list(map(len, plain))  # long ones have moved to the front


@pytest.mark.parametrize("beta", [0.5, 20.0])
def test_coverage_penalty(words, beta):
    """log P + beta sum_i log min(sum_j a_ij, 1): what attends to the whole source is favoured."""
    attended = words.attention_weights(["abb"] * EVERY, [word + "a" for word in WORDS])  # a step more: that of the end
    coverage = np.array([np.log(np.minimum(weights.sum(axis=0), 1)).sum() for weights in attended])
    log_probs = words.score_samples(["abb"] * EVERY, WORDS)
    model = searching(words, beam_width=EVERY, max_length=3, coverage_penalty=beta)
    outputs = model.predict_nbest(["abb"], EVERY)[0][0].tolist()
    assert outputs == [WORDS[k] for k in np.argsort(-(log_probs + beta * coverage))]
    assert (outputs == [WORDS[k] for k in np.argsort(-log_probs)]) is False
    if beta == 20:
        assert outputs[-1] == ""  # one step, that of the end, covers the least


# --- draws ------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:1 of 5 sources in X are longer:UserWarning")
def test_draws_are_decided_by_random_state(words):
    model = searching(words, search="sampling", random_state=3)
    draws, log_probs = model.predict_nbest(TEXTS, 8)
    again, more = model.predict_nbest(TEXTS, 8)[0], model.predict_nbest(TEXTS, 32)[0]
    np.testing.assert_array_equal(draws, again)
    np.testing.assert_array_equal(draws, more[:, :8])
    np.testing.assert_array_equal(draws[:, 0], model.predict(TEXTS))
    assert (draws != searching(model, random_state=4).predict_nbest(TEXTS, 8)[0]).any()
    np.testing.assert_allclose(words.score_samples(TEXTS, draws[:, 5]), log_probs[:, 5], rtol=0, atol=1e-10)
    instance = searching(model, random_state=np.random.RandomState(3))
    np.testing.assert_array_equal(instance.predict_nbest(TEXTS, 8)[0], draws)
    assert (instance.predict_nbest(TEXTS, 8)[0] != draws).any()  # an instance goes on
    model.set_params(max_length=(1, 1))  # a draw does not depend on how many tokens others may draw
    draws = model.predict_nbest(SOME, 8)[0]
    np.testing.assert_array_equal(model.predict_nbest([*SOME, "ab" * 20], 8)[0][:4], draws)


@pytest.mark.parametrize(
    "options", [{"temperature": 1e-4}, {"temperature": 1e-300}, {"top_k": 1}, {"top_p": 1e-9}, {"min_p": 1.0}]
)
def test_the_narrowest_draw_is_greedy(words, tokens, options):
    for model, sources in ((words, TEXTS), (tokens, X)):
        drawing = searching(model, search="sampling", random_state=None, **options)
        np.testing.assert_array_equal(drawing.predict(sources), model.predict(sources))


def test_draws_are_as_frequent_as_they_are_probable(words):
    """Of 2,048 draws each word has its share to four standard deviations."""
    model = searching(words, search="sampling", random_state=0, max_length=20)
    draws = model.predict_nbest(["abb"] * 64, 32)[0].ravel()
    probs = np.exp(words.score_samples(["abb"] * EVERY, WORDS))
    shares = np.array([(draws == word).mean() for word in WORDS])
    assert (np.abs(shares - probs) < 4 * np.sqrt(probs * (1 - probs) / len(draws))).all()


def test_a_temperature_below_those_of_float32_is_greedy():
    model = reverser(dtype="float32", epochs=1).fit(TEXTS[:8], REVERSED[:8])
    greedy = model.predict(SOME).tolist()
    assert model.set_params(search="sampling", temperature=1e-39).predict(SOME).tolist() == greedy


@pytest.mark.parametrize(("options", "power"), [({}, 1), ({"temperature": 0.25}, 4), ({"temperature": 4.0}, 0.25)])
def test_temperature_is_a_power_of_the_probabilities(labels, options, power):
    probs = labels.predict_proba(X[:1])[0] ** power
    probs /= probs.sum()
    model = searching(labels, search="sampling", random_state=0, **options)
    draws = model.predict_nbest(X[:1].repeat(64, axis=0), 32)[0].ravel()
    shares = np.array([(draws == label).mean() for label in labels.classes_])
    assert (np.abs(shares - probs) < 4 * np.sqrt(probs * (1 - probs) / len(draws))).all()
    assert probs.max() - probs.min() > 0.05  # there is something to see


# --- constraints ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("search", ["beam", "sampling"])
def test_forced_prefix(words, search):
    model = searching(words, search=search, random_state=0, forced_prefix="ab")
    outputs = model.predict(TEXTS)
    assert all(output.startswith("ab") for output in outputs)
    np.testing.assert_array_equal(searching(model, forced_prefix=["a", "b"]).predict(TEXTS), outputs)
    free = searching(model, forced_prefix=None).predict(TEXTS)
    np.testing.assert_array_equal(searching(model, forced_prefix="").predict(TEXTS), free)
    assert (free != outputs).any()


def test_forced_prefix_of_fixed_length(tokens):
    outputs = searching(tokens, forced_prefix=np.array([2, 0])).predict(X)
    np.testing.assert_array_equal(outputs[:, :2], [[2, 0]] * 60)
    assert len(np.unique(outputs[:, 2])) > 1


def test_a_forced_prefix_keeps_its_probability(words):
    outputs, log_probs = searching(words, forced_prefix="b").predict_nbest(SOME, 3)
    for k in range(3):
        np.testing.assert_allclose(log_probs[:, k], words.score_samples(SOME, outputs[:, k]), atol=1e-10)


@pytest.mark.parametrize("search", ["greedy", "sampling"])
def test_a_closed_list_of_outputs(words, search):
    closed = ["aba", "b", "ababab"]  # max_length, the longest target in fit, is 3
    model = searching(words, search=search, random_state=0, allowed_outputs=closed)
    with pytest.warns(
        UserWarning, match="^1 of 3 allowed_outputs have more tokens than the longest target in fit, 3"
    ) as told:
        outputs = model.predict(TEXTS)
    assert set(outputs) <= {"aba", "b"}
    allows, leaves = (int(length) for length in re.findall(r"max_length=(\d+)", str(told[0].message)))
    assert set(searching(model, min_length=4, max_length=allows).predict(TEXTS)) == {"ababab"}
    model.set_params(max_length=leaves)  # warnings are errors
    np.testing.assert_array_equal(searching(model, allowed_outputs=list(map(list, closed))).predict(TEXTS), outputs)
    assert set(searching(model, min_length=2).predict(TEXTS)) == {"aba"}
    assert set(searching(model, min_length=4, max_length=6).predict(TEXTS)) == {"ababab"}
    assert searching(model, allowed_outputs=[""]).predict(SOME).tolist() == [""] * 4


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_a_closed_list_by_the_length_of_the_source(words, search):
    """A sample is led to outputs that it can finish, whatever its neighbours can."""
    model = searching(words, search=search, beam_width=1, allowed_outputs=["aaa", "b"], max_length=(1, 0))
    assert model.predict(["aaa"]).tolist() == ["aaa"]
    assert model.predict(["a", "aaa"]).tolist() == ["b", "aaa"]


@pytest.fixture(scope="module")
def numbers():
    """A model from digits to words, with marks that are tokens of their own."""
    y = ["twenty-one", "thirty-two", "Nine.", "(ten)"] * 5
    with pytest.warns(
        UserWarning, match=r"other spaces than 10 of the 20 .* score and scorers compare tokens, not texts\.$"
    ):
        return reverser(target_analyzer="word", epochs=2).fit(["21", "32", "9", "10"] * 5, y)


@pytest.mark.parametrize("search", ["greedy", "beam", "sampling"])
@pytest.mark.parametrize("as_list", [list, np.array, pd.Series])
def test_texts_are_written_as_they_stand_in_the_list(numbers, search, as_list):
    closed = ["twenty-one", "twenty - one", "Nine .", "Nine."]  # two pairs of equal tokens: the first one counts
    model = searching(numbers, search=search, random_state=0, allowed_outputs=as_list(closed))
    sources = ["21", "32", "9"] * 9
    outputs = model.predict(sources)
    assert set(outputs) <= {"twenty-one", "Nine ."}
    assert {type(output) for output in outputs} == {str}
    if search != "sampling":
        assert model.score(sources, outputs) == 1
    n_best, _ = searching(model, search="beam").predict_nbest(["21"], 3)
    assert set(n_best[0, :2]) == {"twenty-one", "Nine ."}
    assert n_best[0, 2] is None


def test_token_lists_among_allowed_texts_are_joined(numbers):
    model = searching(numbers, allowed_outputs=[["twenty", "-", "one"]])
    assert model.predict(["21"]).tolist() == ["twenty - one"]
    model.set_params(allowed_outputs=["twenty-one"], target_join=list)
    assert model.predict(["21"]).tolist() == [["twenty", "-", "one"]]


def test_a_closed_list_of_fixed_length(tokens):
    closed = np.array([[0, 1, 2], [2, 2, 2]])
    outputs = searching(tokens, allowed_outputs=closed).predict(X)
    assert {tuple(output) for output in outputs} <= {(0, 1, 2), (2, 2, 2)}


def test_the_best_of_a_closed_list_is_the_most_probable(words):
    closed = ["ba", "abb", "bb", ""]
    outputs, log_probs = searching(words, allowed_outputs=closed).predict_nbest(SOME, 4)
    scores = np.array([words.score_samples(SOME, [output] * 4) for output in closed]).T
    assert outputs.tolist() == [[closed[k] for k in order] for order in np.argsort(-scores)]
    np.testing.assert_allclose(log_probs, -np.sort(-scores), atol=1e-10)


@pytest.mark.parametrize("search", ["beam", "sampling"])
def test_a_function_of_the_prefix(words, search):
    """Letters take turns, and an output ends with b; the function sees plain tokens, each prefix once per step."""
    asked = []

    def turns(prefix):
        asked.append(tuple(prefix))
        if not prefix:
            return "ab"
        return "b" if prefix[-1] == "a" else ["a", None] if len(prefix) < 3 else [None]

    outputs = searching(words, search=search, allowed_outputs=turns, max_length=4).predict(TEXTS)
    assert set(outputs) <= {"b", "ab", "bab", "abab"}
    assert asked[0] == ()
    assert len(asked) == len(set(asked))


def test_a_function_of_the_prefix_of_fixed_length(tokens):
    outputs = searching(tokens, allowed_outputs=lambda prefix: [len(prefix)]).predict(X)
    np.testing.assert_array_equal(outputs, [[0, 1, 2]] * 60)


class Unlucky(Exception):
    pass


def unlucky(prefix):
    if prefix:
        raise Unlucky("no such word")
    return "ab"


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda prefix: {}[1], KeyError, "^1$"),
        (unlucky, Unlucky, "^no such word$"),
        (lambda: "ab", TypeError, r"The function allowed_outputs failed after \[\]: .*takes 0 positional arguments"),
        (lambda prefix: int("a"), ValueError, r"The function allowed_outputs failed after \[\]: invalid literal"),
        (lambda prefix: None, TypeError, r"must return the tokens that may follow \[\]. Got None"),
        (lambda prefix: [["a"]], TypeError, r"must return the tokens that may follow \[\]. Got \[\['a'\]\]"),
        (lambda prefix: "az", ValueError, r"allowed 'z' after \[\], which is no target token of fit, nor None for"),
        (lambda prefix: [], ValueError, r"No output of 4 sample\(s\), the first at index 0, .*: allowed_outputs\."),
        (lambda prefix: "a" * (prefix < ["a"] * 2), ValueError, "No output of 4 sample"),
        (lambda prefix: ["a"], ValueError, "No output of 4 .* must return None, too, where the output may end"),
    ],
)
@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_errors_of_a_function_arrive_as_they_are(words, capfd, search, function, error, message):
    model = searching(words, search=search, allowed_outputs=function)
    with pytest.raises(error, match=message):
        model.predict(SOME)
    said = "".join(capfd.readouterr())
    assert (
        "Error" not in said
    )  # TensorFlow does not tell of it as well; it may complain of types when it first compiles
    assert "Traceback" not in said


def test_lengths(words):
    for search in ("greedy", "beam", "sampling"):
        model = searching(words, search=search, random_state=1)
        lengths = [len(output) for output in searching(model, min_length=2, max_length=4).predict(TEXTS)]
        assert set(lengths) <= {2, 3, 4}
        outputs = searching(model, min_length=3, max_length=(1, 2)).predict(TEXTS)
        assert all(3 <= len(output) <= len(text) + 2 for text, output in zip(TEXTS, outputs))
        assert {len(output) for output in searching(model, min_length=3).predict(TEXTS)} == {3}


def test_no_repeated_ngram(words, tokens):
    model = searching(words, search="sampling", random_state=1, max_length=5, no_repeat_ngram=1)
    assert set(model.predict(TEXTS)) <= {"", "a", "b", "ab", "ba"}
    outputs = searching(words, search="beam", min_length=4, max_length=5, no_repeat_ngram=2).predict(TEXTS)
    assert all(len(set(pairwise(output))) == len(output) - 1 >= 3 for output in outputs)
    np.testing.assert_array_equal(searching(words, no_repeat_ngram=10**30).predict(SOME), words.predict(SOME))
    outputs = searching(tokens, no_repeat_ngram=1).predict(X)
    np.testing.assert_array_equal(np.sort(outputs, axis=1), [[0, 1, 2]] * 60)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"allowed_outputs": []}, "allowed_outputs is empty, so nothing may be written"),
        (
            {"allowed_outputs": ["ab", "axz"]},
            "allowed_outputs holds the token 'x', which is no target token of fit",
        ),
        (
            {"allowed_outputs": ["abab"]},
            "allowed_outputs holds no output of 0 to 3 tokens, which are min_length",
        ),
        ({"allowed_outputs": ["ab"], "min_length": 3}, "allowed_outputs holds no output of 3 to 3 tokens"),
        ({"allowed_outputs": ["ab"], "forced_prefix": "b"}, r"forced_prefix='b', allowed_outputs\. Loosen"),
        ({"forced_prefix": "z"}, "forced_prefix holds the token 'z', which is no target token of fit"),
        ({"forced_prefix": [1]}, "forced_prefix holds the token 1, which is no target token of fit"),
        ({"allowed_outputs": [[None]]}, "allowed_outputs holds None among its tokens"),
        ({"forced_prefix": "abab"}, r"forced_prefix has 4 token\(s\), above the largest length of an output, 3"),
        ({"forced_prefix": "ab", "max_length": (1, 0)}, r"output, 1 \(sample 1\): shorten it, or raise max_length"),
        ({"forced_prefix": "bb", "no_repeat_ngram": 1}, "No output of 4 .*: no_repeat_ngram=1, forced_prefix='bb'"),
        ({"min_length": 4}, r"min_length=4 is above the largest length of an output, 3 \(sample 0\)"),
        ({"min_length": 2, "max_length": (1, 0)}, r"min_length=2 is above .* 1 \(sample 1\).*\(now \(1, 0\)\)"),
        ({"min_length": 3, "no_repeat_ngram": 1}, "No output of 4 sample.*no_repeat_ngram=1, min_length=3"),
    ],
)
def test_constraints_that_leave_nothing(words, parameters, message):
    with pytest.raises(ValueError, match=message):
        searching(words, **parameters).predict(SOME)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"allowed_outputs": [[0, 1]]}, r"allowed_outputs holds an output of 2 token\(s\), but all outputs have 3"),
        ({"allowed_outputs": [[0, 1, 7]]}, "allowed_outputs holds the token 7, which is no target token of fit"),
        ({"allowed_outputs": lambda prefix: [None]}, r"allowed None after \[\], which is no target token of fit\.$"),
        ({"forced_prefix": [0, 1, 2, 0]}, r"forced_prefix has 4 token\(s\), above .* 3 \(sample 0\): shorten it\.$"),
        ({"no_repeat_ngram": 1, "forced_prefix": np.array([0, 0])}, r"no_repeat_ngram=1, forced_prefix=array\("),
    ],
)
def test_constraints_that_leave_nothing_of_fixed_length(tokens, parameters, message):
    with pytest.raises(ValueError, match=message):
        searching(tokens, **parameters).predict(X)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("search", "best"),
        ("beam_width", 0),
        ("beam_width", "wide"),
        ("beam_width", 10**30),
        ("length_penalty", -1),
        ("length_penalty", 1e300),
        ("coverage_penalty", -0.1),
        ("temperature", 0.0),
        ("top_k", 0),
        ("top_p", 2),
        ("top_p", 0.0),
        ("min_p", 1.5),
        ("min_p", 0.0),
        ("min_length", -1),
        ("max_length", 0),
        ("no_repeat_ngram", 0),
        ("allowed_outputs", "ab"),
        ("forced_prefix", 3),
        ("random_state", "chance"),
        ("target_join", 3),
    ],
)
def test_bad_values_at_predict(words, parameter, value):
    model = searching(words, **{parameter: value})
    for ask in (lambda: model.predict(SOME), lambda: model.predict_nbest(SOME, 1)):
        with pytest.raises(InvalidParameterError, match=f"The '{parameter}' parameter of Seq2SeqTransducer must be"):
            ask()


REFUSED = {"units": -1, "learning_rate": "fast", "recurrent_dropout": "much", "attention": "all", "epochs": 0}


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_what_a_fit_refuses_but_nobody_reads_later_does_not_end_a_service(words, tokens, search):
    for model, sources in ((words, SOME), (tokens, X[:2])):
        expected = searching(model, search=search).predict(sources).tolist()
        refused = searching(model, search=search, **REFUSED)
        assert refused.predict(sources).tolist() == expected
        assert len(refused.predict_nbest(sources, 1)[0]) == len(sources)


@pytest.mark.parametrize("max_length", [2**31, (1e308, 5)])
def test_lengths_that_cannot_be_counted(words, max_length):
    with pytest.raises(ValueError, match="max_length=.* but 2147483646 is the most that can be counted: lower it"):
        searching(words, max_length=max_length).predict(SOME)


# --- scores and attention ---------------------------------------------------------------------------------------------


def test_scores_of_given_outputs(words, tokens):
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[1, 2\]"):
        words.score_samples(["a"], ["a", "b"])
    with pytest.raises(ValueError, match="y contains 1 token.*not seen in fit: 'z'"):
        words.score_samples(["a"], ["z"])
    with pytest.raises(ValueError, match=r"y contains token\(s\) that were not seen in fit: 7"):
        tokens.score_samples(X[:1], [[7, 0, 1]])
    long = words.score_samples(
        ["a"], ["ab" * 20]
    )  # longer than max_length: search does not write it, but it has a score
    assert np.isfinite(long).all()
    assert long.dtype == np.float64


def test_attention_of_given_and_of_predicted_outputs(words, tokens):
    for search in ("greedy", "beam"):
        for model, sources in ((words, TEXTS), (tokens, X)):
            model = searching(model, search=search)
            outputs = model.predict(sources)
            for one, other in zip(model.attention_weights(sources), model.attention_weights(sources, outputs)):
                np.testing.assert_array_equal(one, other)
    given = words.attention_weights(["abb", "a"], ["b", "aab"])
    assert [weights.shape for weights in given] == [(1, 3), (3, 1)]
    assert tokens.attention_weights(X[:5], Y[:5]).shape == (5, 3, 3)
    assert np.abs(tokens.attention_weights(X, Y) - tokens.attention_weights(X, Y[:, ::-1])).max() > 1e-6
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        words.attention_weights(["a"], ["a", "b"])


# --- every architecture -----------------------------------------------------------------------------------------------

KINDS = (False, "bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")
TINY = {"cell": "gru", "bidirectional": True, "units": 4, "epochs": 1, "optimizer": "sgd", "attention_window": 1}
TINY |= {"search": "beam", "beam_width": 2}
ARCHITECTURES = [
    *((kind, "recursive", "float64") for kind in KINDS),
    *((kind, "direct", "float32") for kind in KINDS),
    *((kind, "merge", "float64") for kind in KINDS if kind != "bahdanau"),
]


def test_location_attention_has_a_longest_source():
    model = reverser(**TINY, attention="location").fit(TEXTS, REVERSED)
    message = "X holds a sequence of 4 timesteps, but attention='location' scores the 3 positions of the longest"
    for ask in (
        lambda: model.predict(["a", "abba"]),
        lambda: model.score_samples(["abba"], ["a"]),
        lambda: model.partial_fit(["abba"], ["abba"]),
        lambda: model.set_params(warm_start=True).fit(["abba"], ["abba"]),
    ):
        with pytest.raises(ValueError, match=message):
            ask()
    with pytest.raises(ValueError, match="X_val holds a sequence of 4 timesteps"):
        reverser(**TINY, attention="location").fit(TEXTS, REVERSED, X_val=["abba"], y_val=["ab"])


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(("attention", "decoder", "dtype"), ARCHITECTURES)
def test_every_architecture_does_not_see_neighbours(attention, decoder, dtype):
    """Ragged sources in one batch, and one alone that has padding there."""
    model = reverser(**TINY, attention=attention, decoder=decoder, dtype=dtype).fit(TEXTS, REVERSED)
    outputs, log_probs = model.predict_nbest(SOME, 2)
    alone, log_probs_alone = model.predict_nbest(SOME[3:], 2)
    assert alone[0].tolist() == outputs[3].tolist()
    atol = {"float64": 1e-12, "float32": 1e-6}[dtype]
    np.testing.assert_allclose(log_probs_alone[0], log_probs[3], rtol=0, atol=atol)
    assert model.predict(SOME).tolist() == outputs[:, 0].tolist()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"attention": False, "input_feeding": True},
            "input_feeding=True feeds.*but attention=False. Set",
        ),
        ({"attention": True, "input_feeding": True}, "one of Luong's attentions.*but attention=True"),
        (
            {"decoder": "merge"},
            "decoder='merge' joins.*but attention=True brings the source into.*Set attention=False, or one of Luong",
        ),
        ({"attention": "dot", "decoder": "merge", "input_feeding": True}, "decoder='merge'.*but input_feeding=True"),
        ({"attention": "dot", "decoder": "merge", "code": "both"}, "decoder='merge'.*but code='both'"),
        ({"attention": False, "decoder": "merge", "code": "state"}, "decoder='merge'.*but code='state'"),
        (
            {"decoder": "direct", "scheduled_sampling": "linear"},
            "scheduled_sampling='linear'.*reads none",
        ),
        (
            {"decoder": "direct", "training": "professor_forcing"},
            "training='professor_forcing' compares.*decoder='direct' reads no token: set",
        ),
        (
            {"scheduled_sampling": "linear", "training": "professor_forcing_both"},
            "training='professor_forcing_both' compares.*scheduled_sampling='linear' mixes the two: set",
        ),
        ({"training": "teacher"}, "The 'training' parameter of Seq2Seq.* must be a str among .* Got 'teacher'"),
        ({"scheduled_sampling": "exponential", "schedule_k": 1.0}, "'exponential' needs schedule_k below 1. Got 1.0"),
        ({"scheduled_sampling": "inverse_sigmoid", "schedule_k": 0.9}, "needs schedule_k of at least 1. Got 0.9"),
    ],
)
@pytest.mark.parametrize("estimator", [Seq2SeqTransducer, Seq2SeqClassifier])
def test_parts_that_do_not_go_together(estimator, parameters, message):
    with pytest.raises(ValueError, match=message):
        estimator(**{"attention": True, **parameters}).fit(X, Y)


# --- scheduled sampling -----------------------------------------------------------------------------------------------


def truth(kind, i, *, schedule_k, schedule_c, schedule_floor):
    """Probability of the true token at update i (Bengio et al. 2015, section 2.4)."""
    if kind == "linear":
        return max(schedule_floor, schedule_k - schedule_c * i)
    return schedule_k**i if kind == "exponential" else schedule_k / (schedule_k + np.exp(i / schedule_k))


@pytest.mark.parametrize(
    ("kind", "parameters", "at", "expected"),
    [
        ("linear", {}, (0, 50, 100), (1, 0.5, 0)),
        ("linear", {"schedule_floor": 0.2}, (0, 50, 100), (1, 0.6, 0.2)),
        ("linear", {"schedule_k": 0.8, "schedule_floor": 0.2}, (0, 50, 100), (0.8, 0.5, 0.2)),
        ("linear", {"schedule_k": 0.8, "schedule_c": 0.1}, (0, 5, 100), (0.8, 0.3, 0)),
        ("exponential", {}, (0, 50, 100), (1, 0.1, 0.01)),
        ("exponential", {"schedule_k": 0.5}, (0, 1, 3), (1, 0.5, 0.125)),
        ("inverse_sigmoid", {}, (50,), (0.5,)),
        ("inverse_sigmoid", {"schedule_k": 3.0}, (0, 3 * np.log(3)), (0.75, 0.5)),
    ],
)
def test_schedules_fall_over_the_whole_fit(kind, parameters, at, expected):
    constants = reverser(scheduled_sampling=kind, **parameters)._schedule(100)
    np.testing.assert_allclose([truth(kind, i, **constants) for i in at], expected, atol=1e-12)


@pytest.mark.parametrize("n_updates", [1, 7, 10**6])
def test_schedules_of_any_length(n_updates):
    for kind, share, expected in (("linear", 1, 0), ("exponential", 1, 0.01), ("inverse_sigmoid", 0.5, 0.5)):
        constants = reverser(scheduled_sampling=kind)._schedule(n_updates)
        assert truth(kind, share * n_updates, **constants) == pytest.approx(expected, abs=1e-9)


THREE_UPDATES = {"cell": "gru", "epochs": 3, "batch_size": 60}


@pytest.fixture(scope="module")
def forced(eager):
    return tagger(**THREE_UPDATES).fit(X, Y)


@pytest.mark.parametrize("kind", ["linear", "exponential", "inverse_sigmoid"])
def test_every_schedule_fits(forced, kind):
    model = tagger(scheduled_sampling=kind, **THREE_UPDATES).fit(X, Y)
    assert all(np.isfinite(value).all() for value in model.weights_.values())
    assert np.abs(model.weights_["decoder/0/kernel"] - forced.weights_["decoder/0/kernel"]).max() > 1e-4


def test_a_schedule_that_never_falls_is_teacher_forcing(forced):
    model = tagger(scheduled_sampling="linear", schedule_k=1.0, schedule_c=0.0, **THREE_UPDATES).fit(X, Y)
    for name, value in forced.weights_.items():
        np.testing.assert_allclose(model.weights_[name], value, atol=1e-10)
    assert model.history_["loss"] == pytest.approx(forced.history_["loss"], rel=1e-10)
