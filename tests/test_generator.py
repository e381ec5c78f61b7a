"""SequenceGenerator: probabilities against sums over whole languages, draws, prefixes, conditions, forms, errors."""

import copy
import pickle
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import partial
from itertools import product
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy.special import logsumexp
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from told_fits import value_of
from warned import told

from skseq import TRUSTED_TYPES, SequenceGenerator, load
from skseq._base.decoders.generator import _batch_size_of_tokens
from skseq._data.sequences import Sequences
from skseq.model_selection import learning_rate_range

pytestmark = pytest.mark.usefixtures("eager")

WORDS = ["banana", "bandana", "canal", "cabana", "panama"] * 4
LABELS = ["fruit", "cloth", "water", "house", "hat"] * 4
TEXT = "the cat sat on the mat. " * 3
rng = np.random.RandomState(0)


def with_nan(path):
    path = path.copy()
    path[3, 1] = np.nan
    return path


SERIES = [rng.randn(length).cumsum() for length in (3, 5, 4, 6)]
STROKES = np.concatenate([rng.randn(8, 5, 2), rng.randint(2, size=(8, 5, 1))], axis=2)


def generator(**parameters):
    return SequenceGenerator(**{"units": 4, "epochs": 1, "random_state": 0, **parameters})


@pytest.fixture(scope="module")
def of_words():
    return generator(analyzer="char", epochs=3, dtype="float64").fit(WORDS)


@pytest.fixture(scope="module")
def of_labels():
    """Words that depend on one of two labels, of which the second is twice as frequent."""
    X, y = ["ab", "abab", "cd", "cdcd", "cd", "dc"], [False, False, True, True, True, True]
    return generator(analyzer="char", epochs=20, learning_rate=0.1, dtype="float64").fit(X, y)


@pytest.fixture(scope="module")
def of_text():
    return generator(analyzer="char", window=10, epochs=2, dtype="float64").fit(TEXT)


# --- how likely sequences are -----------------------------------------------------------------------------------------


def test_all_sequences_of_one_length_have_the_probability_one():
    X = np.random.RandomState(1).randint(3, size=(20, 4))
    model = generator(dtype="float64", epochs=3).fit(X)
    every = np.array(list(product(range(3), repeat=4)))
    np.testing.assert_allclose(np.exp(model.score_samples(every)).sum(), 1, rtol=1e-12)


def test_sequences_up_to_a_length_and_all_longer_beginnings_have_the_probability_one():
    """P(length <= 3) + P(length > 3): the second is that of all beginnings of 4 tokens, whatever follows."""
    model = generator(dtype="float64", epochs=3).fit([["a", "b"], ["b"], ["a", "a", "b"]] * 4)
    short = [list(x) for n in (1, 2, 3) for x in product("ab", repeat=n)]
    four = [list(x) for x in product("ab", repeat=4)]
    begun = [steps[:4].sum() for steps in model.score_timesteps(four)]
    first_end = model.score_timesteps([["a"]])[0]  # what is never written: nothing at all
    nothing = 1 - np.exp([model.score_timesteps([[token]])[0][0] for token in "ab"]).sum()
    total = np.exp(model.score_samples(short)).sum() + np.exp(begun).sum() + nothing
    np.testing.assert_allclose(total, 1, rtol=1e-12)
    assert len(first_end) == 2


def test_score_is_the_mean_over_timesteps_with_the_end(of_words):
    X, weight = ["banana", "canal"], [1.0, 3.0]
    steps = of_words.score_timesteps(X)
    assert [len(x) for x in steps] == [7, 6]
    totals = np.array([x.sum() for x in steps])
    np.testing.assert_allclose(of_words.score_samples(X), totals, rtol=1e-12)
    np.testing.assert_allclose(of_words.score(X), totals.sum() / 13, rtol=1e-12)
    np.testing.assert_allclose(of_words.score(X, sample_weight=weight), weight @ totals / (7 + 3 * 6), rtol=1e-12)
    np.testing.assert_allclose(of_words.perplexity(X), np.exp(-totals.sum() / 13), rtol=1e-12)


def test_neighbours_change_no_bit_of_a_score(of_words, of_labels):
    """A text of 100 letters beside a short one pads it."""
    words = ["banana", "panamacanalbandana"]
    for model, X in ((of_words, words), (of_labels, ["abab", "cdcdabcdcdabcdcdab"])):
        beside = model.score_samples([*X, X[0][:1] * 100])[:-1]
        np.testing.assert_array_equal(beside, model.score_samples(X))
        np.testing.assert_array_equal(beside, [model.score_samples([text])[0] for text in X])


def test_what_comes_next_is_what_is_scored(of_words):
    """p("banan") p(a | "banan") p(end | "banana") = p("banana")."""
    columns = of_words.classes_.tolist()
    assert columns == ["a", "b", "c", "d", "l", "m", "n", "p", None]
    steps = of_words.score_timesteps(["banana"])[0]
    p = of_words.predict_proba(["banan", "banana"])
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(np.log([p[0, 0], p[1, -1]]), steps[-2:], rtol=1e-10)
    np.testing.assert_array_equal(of_words.predict(["banan", "banana"]), of_words.classes_[p.argmax(axis=1)])


def test_a_density_is_in_the_units_of_the_data():
    """Of a X it is smaller by log a for every continuous feature of a step; what is 0 or 1 stays."""
    wider = STROKES * [10.0, 10.0, 1.0]
    one, other = (generator(dtype="float64", n_components=2, epochs=3).fit(X) for X in (STROKES, wider))
    np.testing.assert_allclose(other.score(wider), one.score(STROKES) - 2 * np.log(10), rtol=1e-6)


def test_the_mean_is_that_of_many_draws():
    model = generator(n_components=2, epochs=5).fit(STROKES)
    begun = STROKES[0, :2]
    drawn = np.stack(model.sample(4000, prefix=begun, max_length=3))[:, 2]
    mean = model.predict([begun])[0]
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=5 * drawn.std() / np.sqrt(4000))
    assert set(drawn[:, 2]) == {0.0, 1.0}


# --- what sequences depend on -----------------------------------------------------------------------------------------


def test_labels_that_are_not_given_are_averaged_over(of_labels):
    X, shares = ["ab", "cd", "dc"], np.array([1 / 3, 2 / 3])
    assert (of_labels.condition_type_, of_labels.condition_classes_.tolist()) == ("labels", [False, True])
    each = np.stack([of_labels.score_samples(X, [label] * 3) for label in (False, True)], axis=1)
    np.testing.assert_allclose(of_labels.score_samples(X), logsumexp(np.log(shares) + each, axis=1), rtol=1e-12)
    begun = np.stack([[x[:1].sum() for x in of_labels.score_timesteps(X, [c] * 3)] for c in (False, True)], axis=1)
    weights = shares * np.exp(begun)
    weights /= weights.sum(axis=1, keepdims=True)  # p(label | first token)
    nexts = np.stack([of_labels.predict_proba([x[0] for x in X], [c] * 3) for c in (False, True)], axis=1)
    expected = (weights[..., None] * nexts).sum(axis=1)
    np.testing.assert_allclose(of_labels.predict_proba([x[0] for x in X]), expected, rtol=1e-10)


def test_samples_depend_on_their_label(of_labels):
    drawn = of_labels.sample(y=[False] * 200 + [True] * 200, random_state=0)
    assert np.mean([set(word) <= set("ab") for word in drawn[:200]]) > 0.7
    assert np.mean([set(word) <= set("cd") for word in drawn[200:]]) > 0.7
    without = of_labels.sample(300, random_state=0)
    assert 0.5 < np.mean([word[0] in "cd" for word in without]) < 0.8  # two of three


def test_labels_are_drawn_by_what_a_sample_begins_with(of_labels):
    """Of one beginning or several, as `predict_proba` averages over them: P(label | beginning), not P(label)."""
    drawn = of_labels.sample(4_000, prefix="a", random_state=0)
    second = [of_labels.classes_.tolist().index(word[1]) if len(word) > 1 else -1 for word in drawn]
    share = np.mean(np.array(second)[:, None] == np.arange(4), axis=0)
    np.testing.assert_allclose(share, of_labels.predict_proba(["a"])[0][:4], atol=0.02)
    assert of_labels.sample(prefix=["a"] * 9, random_state=0) == drawn[:9]
    mixed = of_labels.sample(prefix=["a", "", "a"], random_state=0)
    assert mixed == [drawn[0], of_labels.sample(2, random_state=0)[1], drawn[2]]


def test_labels_of_numbers_and_of_long_beginnings():
    """One of two levels; read in pieces, too."""
    level = np.repeat([-5.0, 5.0], 10)
    X, y = level[:, None] + np.random.RandomState(0).randn(20, 6), level > 0
    model = generator(epochs=60, learning_rate=0.05, n_components=1).fit(X, y)
    for prefix in (np.full(3, 5.0), np.full(1_100, 5.0)):
        drawn = model.sample(200, prefix=prefix, max_length=len(prefix) + 1, random_state=0)[:, -1]
        assert (drawn > 2.5).mean() > 0.8
        assert (drawn > -2.5).all()


def test_vectors_of_any_scale_are_the_same_condition():
    vectors = np.random.RandomState(0).randn(20, 3)
    one, other = (generator(analyzer="char", dtype="float64").fit(WORDS, y) for y in (vectors, 5 + 100 * vectors))
    np.testing.assert_allclose(one.score(WORDS, vectors), other.score(WORDS, 5 + 100 * vectors), rtol=1e-9)
    assert one.condition_type_ == "vectors"
    assert one.sample(y=vectors[0], random_state=0) == one.sample(y=vectors[:1], random_state=0)


@pytest.mark.parametrize("y", [[0.5, 1.5] * 10, np.zeros((20, 1))])
def test_numbers_with_fractions_or_of_two_dimensions_are_vectors(y):
    assert generator(analyzer="char").fit(WORDS, y).condition_type_ == "vectors"


# --- draws ------------------------------------------------------------------------------------------------------------


def test_a_draw_depends_on_the_seed_and_its_row_alone(of_words):
    five = of_words.sample(5, random_state=3)
    assert of_words.sample(3, random_state=3) == five[:3]
    assert of_words.sample(5, random_state=4) != five
    longer = of_words.sample(5, random_state=3, max_length=50)
    assert [word[:7] for word in longer] == five
    alone = of_words.sample(2, prefix=["ban", ""], random_state=3)
    assert alone[1] == five[1]


def test_drawn_labels_depend_on_the_seed_and_the_row_alone(of_labels):
    six = of_labels.sample(6, random_state=0)
    assert of_labels.sample(2, random_state=0) == six[:2]


def test_draws_of_numbers_depend_on_the_seed_and_their_row_alone():
    model = generator(n_components=2).fit(SERIES)
    four = model.sample(4, random_state=0)
    for one, other in zip(model.sample(2, random_state=0), four):
        np.testing.assert_array_equal(one, other)
    longer = model.sample(4, random_state=0, max_length=30)
    for one, other in zip(longer, four):
        np.testing.assert_array_equal(one[:6], other)


def test_frequencies_of_draws_are_the_probabilities(of_words):
    drawn = [word[0] for word in of_words.sample(5000, random_state=0, max_length=1)]
    first = [of_words.score_timesteps([token])[0][0] for token in "abcdlmnp"]
    expected = np.exp(first) / np.exp(first).sum()  # an end at once is not written
    shares = np.array([drawn.count(token) for token in "abcdlmnp"]) / 5000
    np.testing.assert_allclose(shares, expected, atol=4 * np.sqrt(0.25 / 5000))


def test_cold_draws_are_greedy_ones(of_words):
    greedy = clone(of_words).set_params(search="greedy").fit(WORDS).sample(2)
    assert of_words.sample(2, temperature=1e-6, random_state=0) == greedy
    assert of_words.sample(2, top_k=1, random_state=0) == greedy
    assert of_words.sample(2, top_p=1e-9, random_state=0) == greedy
    assert of_words.sample(2, min_p=1, random_state=0) == greedy


def test_a_beam_finds_what_is_most_probable(of_words):
    model = pickle.loads(pickle.dumps(of_words)).set_params(search="beam", beam_width=200, max_length=3)
    (best,) = model.sample(1)
    every = ["".join(x) for n in (1, 2, 3) for x in product("abcdlmnp", repeat=n)]
    assert best == every[model.score_samples(every).argmax()]


def test_the_best_completions_are_those_of_brute_force(of_words):
    """log P of what follows is that of the whole word less that of its beginning, which is the same for all."""
    model = pickle.loads(pickle.dumps(of_words)).set_params(beam_width=200)
    found, log_probs = model.predict_nbest(["b", ""], 5, max_length=3)
    for begun, own, given in zip(["b", ""], found, log_probs):
        every = [begun + "".join(x) for n in range(4 - len(begun)) for x in product("abcdlmnp", repeat=n)][not begun :]
        scores = model.score_samples(every)
        best = np.argsort(-scores)[:5]
        assert own.tolist() == [every[k] for k in best]
        before = np.log(model.predict_proba([""])[0, 1]) if begun else 0  # "b" is the second of the letters
        np.testing.assert_allclose(given, scores[best] - before, atol=1e-5)


def test_short_completions_are_not_lost_to_beginnings_of_longer_ones(of_words):
    """64 beginnings of two letters fit into the beam, so the best 64 of the 72 words are found."""
    model = pickle.loads(pickle.dumps(of_words)).set_params(beam_width=64)
    every = ["".join(x) for n in (1, 2) for x in product("abcdlmnp", repeat=n)]
    best = np.argsort(-model.score_samples(every))[:64]
    assert model.predict_nbest([""], 64, max_length=2)[0][0].tolist() == [every[k] for k in best]


def test_where_nothing_can_follow_beginnings_are_whole():
    X = np.array([[1, 2, 3], [2, 3, 1]] * 8)
    model = generator(source_type="tokens", epochs=1).fit(pd.DataFrame(X))
    assert model.sample(prefix=X[:2]).tolist() == X[:2].tolist()
    found, log_probs = model.predict_nbest(pd.DataFrame(X[:1]), 2)
    assert (found[0, 0].tolist(), found[0, 1], log_probs.tolist()) == ([1, 2, 3], None, [[0, -np.inf]])
    found, log_probs = model.predict_nbest([[1, 2, 3], [1, 2]], 3)
    assert (found[0, 0].tolist(), found[0, 1:].tolist()) == ([1, 2, 3], [None, None])
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1, rtol=1e-5)


def test_completions_have_the_form_of_samples(of_words):
    X = np.array([list("abca"), list("bcab")] * 9)
    found, log_probs = generator(epochs=1).fit(X).predict_nbest([["a", "b", "c"]], 5)
    assert [sample.tolist()[:3] for sample in found[0, :3]] == [["a", "b", "c"]] * 3
    assert found[0, 3:].tolist() == [None, None]  # there are three tokens, of which one follows
    np.testing.assert_allclose(np.exp(log_probs).sum(), 1, rtol=1e-5)
    assert of_words.predict_nbest("ba", 1)[0].shape == (1, 1)  # one beginning
    frame = pd.DataFrame({"word": ["ba", "c"]})
    expected = of_words.predict_nbest(["ba", "c"], 2)[0].tolist()
    assert of_words.predict_nbest(frame, 2)[0].tolist() == of_words.predict_nbest(frame.to_numpy(), 2)[0].tolist()
    assert of_words.predict_nbest(frame, 2)[0].tolist() == expected
    assert of_words.sample(prefix=frame, random_state=0) == of_words.sample(prefix=["ba", "c"], random_state=0)
    told = generator(epochs=1, analyzer="char").fit(["ab", "ba"] * 9, ["x", "y"] * 9)
    assert told.predict_nbest(["a", "b"], 2, ["x", "y"])[1].shape == (2, 2)
    with pytest.raises(ValueError, match="Sequences depend on y in fit: pass y"):
        told.predict_nbest(["a"], 2)
    with pytest.raises(ValueError, match="n must be an integer of at least 1. Got 0"):
        of_words.predict_nbest(["a"], 0)
    with pytest.raises(ValueError, match=r"X\[0\] has 9 timesteps, above max_length=7: shorten it"):
        of_words.predict_nbest(["banananan"], 2)


@pytest.mark.parametrize("X", [np.array(WORDS)[:, None], pd.DataFrame({"word": WORDS})], ids=["array", "frame"])
def test_samples_of_a_column_of_text_are_strings(X):
    model = generator(epochs=1, analyzer="char").fit(X)
    drawn = model.sample(2, random_state=0)
    assert [type(word) for word in drawn] == [str, str]
    assert np.isfinite(model.score_samples(drawn)).all()


def test_prefixes_are_kept(of_words):
    words = of_words.sample(prefix=["ban", "", "c", "banana"], random_state=0)
    assert [word[:n] for word, n in zip(words, (3, 0, 1, 6))] == ["ban", "", "c", "banana"]
    alone = of_words.sample(4, prefix="ban", random_state=0)
    assert alone[0] == words[0]
    assert all(word.startswith("ban") for word in alone)
    words = generator(analyzer="word").fit(["the cat, a dog", "a cat"] * 4)
    (text,) = words.sample(prefix="The  cat,".lower(), max_length=5)
    assert text.startswith("the  cat,")


def test_samples_of_a_function_are_texts_of_its_kind():
    atoms = partial(re.findall, r"\[[^\]]+\]|Br|Cl|.")
    X = ["CCl", "BrC(=O)O", "c1ccccc1[Na+]", "OCC"] * 4
    model = generator(analyzer=atoms, epochs=3).fit(X)
    drawn = model.sample(8, prefix="C", random_state=0)
    assert all(text.startswith("C") and " " not in text for text in drawn)
    assert np.isfinite(model.score_samples(drawn)).all()
    data = skops.io.dumps(model)
    loaded = skops.io.loads(data, trusted=[*TRUSTED_TYPES, *skops.io.get_untrusted_types(data=data)])
    assert loaded.sample(8, prefix="C", random_state=0) == drawn
    spaced = model.set_params(join=" ").sample(8, prefix="C", random_state=0)
    assert [text.replace(" ", "") for text in spaced] == drawn != spaced


@pytest.mark.parametrize("numeric", [True, False], ids=["numbers", "tokens"])
def test_no_sequence_is_longer_than_max_length(numeric):
    X = [rng.randn(n) if numeric else ["a"] * n for n in (1, 2, 3, 4)]
    model = generator(epochs=1, min_length=5).fit(X)
    for longest in (None, 3):
        with pytest.raises(ValueError, match=rf"min_length=5 is above .*, {longest or 4} \(sample 0\)"):
            model.sample(2, max_length=longest)
    assert [len(x) for x in model.sample(2, max_length=5)] == [5, 5]
    with pytest.raises(ValueError, match="min_length=5 is above"):
        model.sample(prefix=X[:3], max_length=4)
    if numeric:
        assert model.fit(np.zeros((4, 3)) + np.arange(3)).sample().shape == (1, 3)  # all have one length: no ends


def test_moves_after_a_prefix_that_ends_in_a_space():
    model = generator(analyzer=str.split, epochs=1, min_length=4, random_state=0).fit(
        ["e4 c5 Nf3", "e4 e5", "d4 d5 c4 e6"] * 4
    )
    (text,) = model.sample(prefix="e4 c5 ", max_length=4)
    assert text.startswith("e4 c5 ")
    assert "  " not in text
    assert text == model.sample(prefix="e4 c5", max_length=4)[0]


@pytest.mark.parametrize("length", [1, 3, 6])
def test_prefixes_of_columns_may_be_shorter(length):
    X = np.sin(np.arange(6) + np.arange(8)[:, None])
    model = SequenceGenerator(units=3, epochs=1, random_state=0).fit(X)
    drawn = model.sample(2, prefix=X[0, :length], random_state=0)
    assert drawn.shape == (2, 6)
    np.testing.assert_allclose(drawn[:, :length], X[[0, 0], :length], rtol=1e-5)


def test_tokens_of_prefixes_are_those_of_fit():
    model = generator(source_type="tokens").fit([[60, 61, 62], [61, 60]] * 6)
    expected = model.sample(2, prefix=[60, 61], random_state=0)
    for prefix in (np.array([60, 61]), [np.int64(60), np.int8(61)], pd.Series([60, 61]), [60.0, 61.0]):
        samples = model.sample(2, prefix=prefix, random_state=0)
        assert samples == expected
        assert {type(token) for sample in samples for token in sample} == {int}


def test_an_empty_prefix_is_none(of_words):
    of_lists, of_numbers = generator().fit([list(word) for word in WORDS]), generator().fit(SERIES)
    assert of_words.sample(2, prefix="", random_state=0) == of_words.sample(2, random_state=0)
    assert of_lists.sample(2, prefix=[], random_state=0) == of_lists.sample(2, random_state=0)
    for empty in ([], np.zeros((0, *np.shape(SERIES[0])[1:]))):
        pairs = zip(of_numbers.sample(2, prefix=empty, random_state=0), of_numbers.sample(2, random_state=0))
        for begun, free in pairs:
            np.testing.assert_array_equal(begun, free)


def test_a_prefix_that_ends_inside_a_token():
    model = generator(analyzer=partial(re.findall, r"\[[^\]]+\]|.")).fit(["C[N+]", "CC"] * 5)
    for ask in (lambda text: model.sample(prefix=text), lambda text: model.predict_nbest([text], 1)):
        with pytest.raises(ValueError, match=r"'N', '\['\..* 'C\[N' ends inside a token, such as '\[N\+\]'"):
            ask("C[N")
        with pytest.raises(ValueError, match=r"'O'\..*or remove them from \w+\.$"):
            ask("CO")
    assert model.sample(prefix="C[N+]")[0].startswith("C[N+]")


def test_strings_are_no_prefixes_of_lists():
    of_lists = generator().fit([["home", "shop"], ["shop"]] * 5)
    with pytest.raises(
        ValueError, match=r"prefix must be .*Got the string 'home': pass a list .*, such as \['home'\]\.$"
    ):
        of_lists.sample(prefix="home")
    with pytest.raises(ValueError, match=r"prefix\[1\] must be .*Got the string 'home'"):
        of_lists.sample(prefix=[["home"], "home"])
    with pytest.raises(ValueError, match=r"prefix must be .*Got the string 'home'\.$"):
        generator().fit(SERIES).sample(prefix="home")
    assert of_lists.sample(prefix=["home"])[0][0] == "home"


def test_prefixes_of_numbers_are_kept():
    model = generator(n_components=2).fit(STROKES)
    begun = [STROKES[0, :2], STROKES[1, :1]]
    for sample, start in zip(model.sample(prefix=begun, random_state=0), begun):
        np.testing.assert_array_equal(sample[: len(start)], start)
        assert sample.shape == (5, 3)


def test_lengths(of_words):
    assert all(len(word) <= 3 for word in of_words.sample(20, max_length=3, random_state=0))
    model = pickle.loads(pickle.dumps(of_words)).set_params(min_length=5)
    assert all(5 <= len(word) <= 7 for word in model.sample(20, random_state=0))
    assert {len(word) for word in of_words.sample(60, random_state=0)} >= {1, 7}  # they end by themselves


def test_constraints(of_words):
    model = pickle.loads(pickle.dumps(of_words))
    assert set(model.set_params(allowed_outputs=["ban", "can"]).sample(9, random_state=0)) == {"ban", "can"}
    model.set_params(allowed_outputs=None, no_repeat_ngram=2)
    free, begun = (model.sample(20, prefix=prefix, max_length=30, random_state=0) for prefix in ("", "ana"))
    for word in free + begun:
        pairs = [word[k : k + 2] for k in range(len(word) - 1)]
        assert len(set(pairs)) == len(pairs)
    model.set_params(no_repeat_ngram=None, forced_prefix="na")
    assert all(word.startswith("na") for word in model.sample(5, random_state=0))


class Speller:
    """Allows the letters of a word one after the other, and remembers what it was asked."""

    def __init__(self, word):
        self.word, self.asked = word, []

    def following(self, written):
        self.asked.append("".join(written))
        return [self.word[len(written)] if len(written) < len(self.word) else None]


class Locked(keras.callbacks.Callback):
    """No such object can be copied."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


def test_what_a_user_passed_is_used_as_it_is(of_words):
    """Whatever is asked of a generator, it copies no callback, nor the object of a method."""
    speller = Speller("canal")
    model = pickle.loads(pickle.dumps(of_words))
    model.set_params(allowed_outputs=speller.following, callbacks=[Locked()], beam_width=1)
    assert model.sample(2, temperature=0.5, random_state=0) == ["canal", "canal"]
    assert set(speller.asked) == {"", "c", "ca", "can", "cana", "canal"}
    speller.word = "ban"
    assert model.predict_nbest(["ca"], 1)[0].tolist() == [["caban"]]
    assert (model.search, model.temperature, model.beam_width) == ("sampling", 1.0, 1)


class OfLetters(SequenceGenerator):
    """A subclass with fewer parameters."""

    def __init__(self, units=4):
        super().__init__(units, analyzer="char", epochs=1, random_state=0)


@pytest.mark.usefixtures("untrained")
def test_a_subclass_with_fewer_parameters_is_asked():
    model, usual = OfLetters().fit(WORDS), generator(analyzer="char", epochs=1).fit(WORDS)
    assert model.sample(2, temperature=0.5) == usual.sample(2, temperature=0.5)
    assert model.predict_nbest(["a"], 2)[0].tolist() == usual.predict_nbest(["a"], 2)[0].tolist()


# --- one long sequence ------------------------------------------------------------------------------------------------


def test_a_long_sequence_has_no_end_and_is_scored_as_a_whole(of_text):
    """Also where it is longer than what is read at a time, alone or beside a shorter one."""
    assert None not in of_text.classes_.tolist()
    long = TEXT * 8
    assert len(long) > 512
    steps = of_text.score_timesteps([long])[0]
    assert len(steps) == len(long)
    np.testing.assert_allclose(of_text.score_samples([long, TEXT]), [steps.sum(), steps[: len(TEXT)].sum()], rtol=1e-10)
    p = of_text.predict_proba([long, TEXT])
    np.testing.assert_allclose(p[1], of_text.predict_proba([TEXT])[0], rtol=1e-10)
    following = of_text.score_timesteps([long + "t"])[0][-1]
    np.testing.assert_allclose(np.log(p[0, of_text.classes_.tolist().index("t")]), following, rtol=1e-9)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("kind", ["tokens", "series"])
def test_long_sequences_are_read_where_memory_is_short(kind):
    """Of an array of tokens and of ragged numbers, a block of sequences at a time."""
    draws = np.random.RandomState(0)
    X = draws.randint(3, size=(30, 300)) if kind == "tokens" else [draws.randn(300 - k) for k in range(30)]
    model = generator(units=2, n_components=1, end=False).fit(X[:3])
    calls = [model.score_samples, model.predict, model.perplexity]
    calls += [model.predict_proba] if kind == "tokens" else []
    expected = [call(X) for call in calls]
    with config_context(working_memory=0.025):  # of 0.034 MiB
        for call, found in zip(calls, expected):
            np.testing.assert_allclose(call(X), found, rtol=1e-5)


def test_one_long_row_of_tokens_is_cut_where_memory_is_short():
    ids = np.random.RandomState(0).randint(3, size=(1, 95))
    with config_context(working_memory=200 / 2**20):  # of 380 bytes
        found = generator(window=10).fit(ids).history_["loss"]
    np.testing.assert_allclose(found, generator(window=10).fit(ids).history_["loss"], rtol=1e-6)


def test_a_long_sequence_is_continued(of_text):
    (text,) = of_text.sample(prefix="the cat", max_length=40, random_state=0)
    assert text.startswith("the cat")
    assert len(text) == 40
    with pytest.raises(ValueError, match=r"max_length=None.*no end"):
        of_text.sample()


@pytest.mark.parametrize("X", ["the cat", ["the cat"], [np.arange(7.0)], np.arange(7)[None]], ids=repr)
def test_one_short_sequence_has_no_end_either(X):
    """Unless it is asked for."""
    parameters = {"analyzer": "char"} if isinstance(X[0], str) else {"n_components": 1}
    model = generator(**parameters).fit(X)
    with pytest.raises(ValueError, match=r"max_length=None, but fit, or .* had one sequence.*no end"):
        model.sample()
    assert len(model.sample(max_length=20, random_state=0)[0]) == 20
    ending = generator(end=True, **parameters).fit(X)
    assert 1 <= len(ending.sample(random_state=0)[0]) <= 7


def test_a_prefix_may_be_longer_than_a_window(of_text):
    """It is kept, and all of it is read."""
    prefix = TEXT[:37]
    of_text = clone(of_text).set_params(search="greedy").fit(TEXT)
    (text,) = of_text.sample(prefix=prefix, max_length=38)
    assert text == prefix + of_text.predict([prefix])[0]


@pytest.mark.parametrize("X", [TEXT, [np.sin(np.arange(95.0))]], ids=["text", "series"])
def test_states_go_on_from_window_to_window(X):
    """In one stream, and while nothing is learnt, the loss is that of the whole sequence."""
    parameters = {"analyzer": "char"} if X is TEXT else {"n_components": 2}
    alone = {"batch_size": 1, "learning_rate": 1e-12, "recurrent_dropout": 0.0, "dtype": "float64"}
    model = generator(window=10, **parameters, **alone).fit(X)
    np.testing.assert_allclose(model.history_["loss"][0], -model.score(X) - model._log_units, rtol=1e-6)


def test_a_long_series_is_held_out_at_its_end():
    series = np.sin(np.arange(100))
    model = generator(window=10, early_stopping=True, validation_fraction=0.2, n_components=1).fit([series])
    assert len(model.history_["val_loss"]) == 1
    (more,) = model.sample(prefix=series[:10], max_length=15)
    np.testing.assert_array_equal(more[:10], series[:10])
    assert len(more) == 15


def test_a_long_sequence_after_many_is_one_of_them():
    """It has an end as all others have, so it is not cut."""
    model = generator(analyzer="char", window=5, learning_rate=1e-12, recurrent_dropout=0.0, dtype="float64").fit(WORDS)
    long = ["banana" * 4]
    model.partial_fit(long)
    np.testing.assert_allclose(model.history_["loss"][-1], -model.score(long), rtol=1e-6)


def test_several_sequences_do_not_go_on_from_each_other():
    """After one long sequence, each that is learnt begins with nothing, as it is scored."""
    with pytest.raises(ValueError, match="X_val holds 2 sequences, but this generator learns a single .* into one.$"):
        generator(analyzer="char", window=10).fit(TEXT, X_val=["the cat", "the mat"])
    model = generator(analyzer="char", window=10).fit(TEXT, X_val=TEXT[:30])
    before = model.weights_
    for fit in (model.partial_fit, deepcopy(model).set_params(warm_start=True).fit):
        with pytest.raises(ValueError, match="X holds 2 sequences, .* into one, call partial_fit for each"):
            fit(["the cat", "the mat"])
    assert model.weights_ is before
    model.set_params(learning_rate=1e-12, recurrent_dropout=0.0)
    for text in ("the cat", "the mat"):
        model.partial_fit(text)
        np.testing.assert_allclose(model.history_["loss"][-1], -model.score(text), rtol=1e-5)


def test_every_rate_that_is_tried_has_other_windows():
    """While nothing is learnt, losses differ by their batches alone."""
    model = generator(analyzer="char", window=10, recurrent_dropout=0.0)
    losses = learning_rate_range(model, TEXT, low=1e-12, high=2e-12, n_updates=10).losses_
    assert len(set(losses.round(5))) > 5


@pytest.mark.usefixtures("untrained")
def test_few_long_sequences_are_told_to_be_cut():
    with pytest.warns(UserWarning, match="few updates"):
        generator(analyzer="char", window=5).fit([TEXT * 2, TEXT * 2])


# --- forms, workflows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "kind"),
    [
        (WORDS, str),
        (pd.Series(WORDS), str),
        ([["a", "b"], ["b"]] * 3, list),
        ([[("a", 1), "b"], ["b"]] * 3, list),
        (SERIES, np.ndarray),
        ([np.stack([x, x], 1) for x in SERIES], np.ndarray),
    ],
    ids=["text", "series of text", "token lists", "tokens of any kind", "numbers", "features"],
)
def test_samples_have_the_form_of_lists(X, kind):
    model = generator(analyzer="char" if kind is str else None).fit(X)
    samples = model.sample(2)
    assert isinstance(samples, list)
    assert all(isinstance(sample, kind) for sample in samples)
    assert kind is list or np.ndim(samples[0]) == np.ndim(X[0])
    assert np.isfinite(model.score_samples(samples)).all()


@pytest.mark.parametrize(
    "X", [rng.randint(3, size=(9, 4)), np.array([["a", "b"], ["b", "a"]] * 3), rng.randn(9, 4), STROKES]
)
def test_samples_have_the_form_of_arrays(X):
    model = generator().fit(X)
    samples = model.sample(5)
    assert samples.shape == (5, *X.shape[1:])
    assert samples.dtype.kind == X.dtype.kind
    assert np.isfinite(model.score_samples(samples)).all()


# --- what comes first -------------------------------------------------------------------------------------------------


def test_after_an_empty_beginning_comes_the_first_token():
    """Without an end, a sequence of one token has the probability of that token to come first."""
    X = np.random.RandomState(1).randint(3, size=(20, 4))
    model = generator(dtype="float64", epochs=3).fit(X)
    first = np.exp(model.score_samples([[0], [1], [2]]))
    np.testing.assert_allclose(model.predict_proba([[]]), [first], rtol=1e-12)
    np.testing.assert_allclose(model.predict_proba([[], [1, 2], np.array([], int)])[[0, 2]], [first, first], rtol=1e-12)
    np.testing.assert_allclose(model.predict_proba([[], [1, 2]])[1:], model.predict_proba([[1, 2]]), rtol=1e-12)
    best = np.argsort(-first)
    tokens, p = model.predict_topk([[], []], 3, exclude_seen=True)
    np.testing.assert_array_equal(tokens, [best, best])
    np.testing.assert_allclose(p, [first[best]] * 2, rtol=1e-12)
    assert model.predict([[]]).tolist() == [best[0]]


def test_texts_and_labels_begin_with_what_sample_draws(of_words, of_labels):
    drawn = of_words.sample(4000, max_length=1, random_state=0)
    shares = [drawn.count(str(token)) / 4000 for token in of_words.classes_[:-1]]
    p = of_words.predict_proba(["", "ban"])[0, :-1]
    np.testing.assert_allclose(shares, p / p.sum(), atol=4 * 0.5 / 4000**0.5)  # at least one timestep is written
    each = of_labels.predict_proba(["", ""], [False, True])
    np.testing.assert_allclose(of_labels.predict_proba([""]), [each[0] / 3 + each[1] * 2 / 3], rtol=1e-6)


def test_numbers_begin_with_the_mean_of_what_sample_draws():
    model = generator(dtype="float64", epochs=3).fit(SERIES)
    drawn = [x[0] for x in model.sample(2000, max_length=1, random_state=0)]
    mean = model.predict([[], SERIES[0]])
    np.testing.assert_allclose(mean[0], np.mean(drawn), atol=4 * np.std(drawn) / 2000**0.5)
    np.testing.assert_allclose(mean[0], model.predict([np.array([])])[0], rtol=1e-9)
    assert generator().fit(STROKES).predict([STROKES[0, :0]]).shape == (1, 3)


def test_empty_beginnings_are_of_the_kind_in_fit(of_words):
    of_tokens, of_numbers = generator().fit([[0, 1, 2], [1, 2]]), generator().fit(STROKES[:, :, :2])
    for model, X, words in (
        (
            of_tokens,
            [""],
            r"X\[0\] is '', but X held sequences, not texts, in fit: pass \[\] where nothing comes before",
        ),
        (of_tokens, [[1], np.empty((0, 3))], r"X\[1\] has the shape \(0, 3\), but X held tokens, one per timestep, in"),
        (of_words, [[]], r'X\[0\] is \[\], but X held texts in fit: pass "" where nothing comes before'),
        (of_words, [[], "a"], r"X\[0\] is \[\], but X held texts in fit"),
        (
            of_numbers,
            [np.empty((0, 3))],
            r"X\[0\] has the shape \(0, 3\), but X held 2 feature\(s\) per timestep",
        ),
        (of_numbers, [""], r"X\[0\] is '', but X held sequences, not texts, in fit"),
    ):
        with pytest.raises(ValueError, match=words):
            model.predict(X)
    np.testing.assert_array_equal(of_words.predict(np.array(["", ""])), of_words.predict(["", ""]))
    for nothing in (np.empty((2, 0)), np.empty((0, 0))):  # tables without columns hold no beginnings
        with pytest.raises(ValueError, match="0 sample|no sample|0 feature"):
            of_numbers.predict(nothing)


@pytest.mark.parametrize("unknown", [{}, {"handle_unknown": "use_unknown"}])
def test_ids_of_the_vocabulary_number_the_vectors_of_tokens(unknown):
    """With the vector of another token, a token is read as that one."""
    model = generator(analyzer="char", embedding_dim=3, end=False, **unknown).fit(WORDS)
    assert len(model.weights_["embedding"]) == max(model.vocabulary_.values()) + 1
    a, b = (model.vocabulary_[token] for token in "ab")
    of_b = model.predict_proba(["b"])
    assert np.abs(model.predict_proba(["a"]) - of_b).max() > 1e-6
    model.weights_["embedding"][a] = model.weights_["embedding"][b]
    np.testing.assert_array_equal(model.predict_proba(["a"]), of_b)


def test_only_beginnings_may_be_empty(of_words):
    with pytest.raises(ValueError, match="has no tokens under analyzer='char'"):
        of_words.score_samples([""])
    with pytest.raises(ValueError, match="X holds no sample|0 sample"):
        of_words.predict([])


def test_recommendations(of_words):
    _, p = of_words.predict_topk(["ban", "pa"], 3)
    every = of_words.predict_proba(["ban", "pa"])
    np.testing.assert_allclose(p, -np.sort(-every[:, :-1], axis=1)[:, :3], rtol=1e-12)
    unseen, _ = of_words.predict_topk(["ban"], 5, exclude_seen=True)
    assert not set(unseen[0]) & set("ban")


def test_unknown_tokens_are_read_but_never_written():
    model = generator(analyzer="char", handle_unknown="use_unknown", min_frequency=5).fit(WORDS)
    known = set("abcn")
    assert model.classes_.tolist() == ["a", "b", "c", "n", None]
    assert all(set(word) <= known for word in model.sample(20, random_state=0))
    np.testing.assert_allclose(model.predict_proba(["zzb"]).sum(), 1, rtol=1e-6)
    assert model.sample(prefix="zz", random_state=0)[0].startswith("zz")


def test_searches_and_partial_fits():
    search = GridSearchCV(generator(analyzer="char"), {"units": [2, 3]}, cv=2).fit(WORDS, LABELS)
    assert search.best_params_["units"] in (2, 3)
    assert search.best_estimator_.condition_type_ == "labels"
    assert np.isfinite(cross_val_score(generator(), STROKES, cv=2)).all()
    model = generator(analyzer="char", vocabulary=list("abcdlmnp"))
    for _ in range(2):
        model.partial_fit(WORDS[:3])
    assert len(model.history_["loss"]) == 2
    assert model.partial_fit(["banananana", "c"]).max_length_ == 10


def test_a_generator_is_diagnosed_with_what_sequences_depend_on(of_labels, capsys):
    vectors = np.random.RandomState(0).randn(20, 2)
    model = generator(analyzer="char").fit(WORDS, vectors)
    _, counts = np.unique([str(token) for token in model.predict(WORDS, vectors)], return_counts=True)
    assert value_of("one output", model.diagnose(WORDS, vectors)) == counts.max() / 20
    assert capsys.readouterr().out.startswith("check ")
    assert value_of("one output", model.diagnose()) is None
    assert 0 < value_of("one output", of_labels.diagnose(["ab", "cd"])) <= 1  # labels are averaged over
    with pytest.raises(ValueError, match="y is missing: fit had y, vectors of 2"):
        model.diagnose(WORDS)
    with pytest.raises(ValueError, match="y tells of sequences X: pass X, too, or neither"):
        model.diagnose(y=vectors)


def test_tied_embeddings_are_one_table():
    model = generator(analyzer="char", embedding_dim=3, tie_embeddings=True).fit(WORDS)
    assert "output/kernel" not in model.weights_
    assert np.isfinite(model.score(WORDS))


def test_it_learns_words():
    """Five words: an end or a first letter is chosen, all else follows; the entropy is log(5) / 7.4 a letter."""
    model = SequenceGenerator(
        units=32, analyzer="char", epochs=60, batch_size=5, learning_rate=0.02, random_state=0
    ).fit(WORDS)
    lengths = [len(word) + 1 for word in WORDS]
    assert -model.score(WORDS) < 1.1 * np.log(5) / np.mean(lengths)
    assert np.mean([word in WORDS for word in model.sample(100, random_state=0)]) > 0.9


# --- the softmax of an update over a few tokens -----------------------------------------------------------------------

COUNTED = (np.arange(40)[:, None] + np.arange(5)) % 40  # from every number, the next four
SAMPLED = {"embedding_dim": 3, "source_type": "tokens", "batch_size": 20}


def sampled(n=6, **parameters):
    return generator(**{**SAMPLED, "n_sampled_tokens": n, **parameters})


def assert_same_weights(one, other):
    for name, weight in one.weights_.items():
        np.testing.assert_array_equal(weight, other.weights_[name], err_msg=name)


def test_with_few_tokens_drawn_it_learns_the_probabilities_of_all():
    """Only the first of five is open among 40: the entropy is log(40) / 5 a token."""
    settings = {"units": 32, "recurrent_dropout": 0.0, "epochs": 60, "batch_size": 8, "learning_rate": 0.05}
    model = sampled(10, **settings | {"embedding_dim": 16}).fit(COUNTED)
    assert -model.score(COUNTED) < 1.1 * np.log(40) / 5
    np.testing.assert_array_equal(model.predict(COUNTED[:, :4].tolist()), COUNTED[:, 4])


@pytest.mark.parametrize(
    "parameters",
    [{}, {"tie_embeddings": True, "dropout": 0.2}, {"weight_average": "ema", "l2": 1e-4}, {"optimizer": "nesterov"}],
    ids=["plain", "tied", "averaged", "nesterov"],
)
def test_the_same_seed_draws_the_same_tokens(parameters):
    X = [row[: 2 + k % 4].tolist() for k, row in enumerate(COUNTED)]  # with ends
    one = sampled(**parameters).fit(X, sample_weight=np.arange(40))
    with ThreadPoolExecutor(2) as pool:
        for other in pool.map(lambda _: sampled(**parameters).fit(X, sample_weight=np.arange(40)), range(2)):
            assert_same_weights(one, other)
    assert (one.weights_["output/bias"] != sampled(random_state=1).fit(X).weights_["output/bias"]).any()


def test_as_many_tokens_as_there_are_mean_all():
    expected = sampled(None).fit(COUNTED)
    for n in (40, 10**6):
        model = sampled(n).fit(COUNTED)
        assert_same_weights(model, expected)
        assert model.history_ == expected.history_
    assert sampled(39).fit(COUNTED).history_["loss"] != expected.history_["loss"]


def test_only_updates_draw():
    """Validation is over all 40 tokens, of which an update sees at most 7; so are probabilities and exports."""
    model = sampled().fit(COUNTED, X_val=COUNTED)
    assert not [name for name in model.history_ if "accuracy" in name]
    np.testing.assert_allclose(model.history_["val_loss"], -model.score(COUNTED), rtol=1e-5)
    assert model.history_["loss"][0] < model.history_["val_loss"][0]
    p = model.predict_proba(COUNTED[:, :3].tolist())
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(model.model_(COUNTED[:, :3] + 1)[:, -1], p, rtol=1e-4)


def test_a_fit_goes_on_with_other_draws():
    """Of one long text, too, whose states go on; after the tokens of later calls, which the first ones lacked."""
    model = sampled(3, vocabulary=np.arange(40), warm_start=True)
    model.partial_fit(COUNTED[:2]).partial_fit(COUNTED[20:])
    model.set_params(n_sampled_tokens=None).fit(COUNTED).set_params(n_sampled_tokens=5).fit(COUNTED)
    assert len(model.history_["loss"]) == 4
    assert np.isfinite(model.history_["loss"]).all()
    assert np.isnan(model.history_["token_accuracy"]).tolist() == [True, True, False, True]
    text = sampled(3, analyzer="char", window=10).fit(TEXT)
    assert np.isfinite(text.score(TEXT))


def test_files_keep_how_many_tokens_are_drawn(tmp_path):
    model = sampled().fit(COUNTED)
    loaded = pickle.loads(pickle.dumps(model))
    skops.io.dump(model, tmp_path / "model.skops")
    others = [loaded, load(tmp_path / "model.skops")]
    model.partial_fit(COUNTED)
    for other in others:
        assert other.n_sampled_tokens == 6
        assert other.partial_fit(COUNTED).history_["loss"] == model.history_["loss"]


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": "a"}, "last fit had y=None"),
        ({"prefix": "xyz"}, "prefix contains 3 token"),
        ({"prefix": "banana" * 3}, r"prefix\[0\] has 18 timesteps, above max_length=7"),
        ({"prefix": 3}, "prefix must be a beginning"),
        ({"prefix": b"a"}, "prefix must be a beginning"),
        ({"prefix": ["a", None]}, r"prefix\[1\] must be a beginning .* Got None"),
        ({"prefix": []}, "prefix has 0"),
        ({"n_samples": 0}, "n_samples must be None or an integer from 1 to"),
        ({"n_samples": 10**30}, "n_samples must be None or an integer from 1 to"),
        ({"n_samples": 3, "prefix": ["a", "b"]}, "n_samples=3, but prefix has 2"),
        ({"temperature": 0}, "'temperature' parameter"),
        ({"temperature": 1e308}, "'temperature' parameter"),
        ({"top_p": 2.0}, "'top_p' parameter"),
        ({"min_p": 0.0}, "'min_p' parameter"),
        ({"max_length": 0}, "'max_length' parameter"),
        ({"max_length": 10**30}, "'max_length' parameter"),
    ],
)
def test_bad_arguments_of_sample(of_words, arguments, message):
    with pytest.raises(ValueError, match=message):
        of_words.sample(**arguments)


def test_sample_checks_what_it_reads_and_no_more(of_words):
    model = copy.copy(of_words).set_params(units=-1, epochs=0, learning_rate="fast", window=0)
    assert model.sample(3, random_state=0) == of_words.sample(3, random_state=0)
    with pytest.raises(ValueError, match="'join' parameter"):
        model.set_params(join=3).sample(3)


@pytest.mark.parametrize(
    ("parameters", "X", "y", "message"),
    [
        ({}, TEXT, None, "nothing says how to split"),
        ({"analyzer": "char"}, ["a", ""], None, "no tokens"),
        ({"analyzer": "char"}, WORDS, [None] * 20, "no label at index 0"),
        ({"analyzer": "char"}, WORDS, [pd.NA] * 20, "no label at index 0"),
        ({"analyzer": "char"}, WORDS, [1, 2], "inconsistent numbers of samples"),
        ({"analyzer": "char", "window": 5}, TEXT, ["a"], "one long sequence"),
        ({"analyzer": "char", "tie_embeddings": True}, WORDS, None, "needs tokens and an embedding_dim"),
        ({"n_sampled_tokens": 0}, COUNTED, None, "'n_sampled_tokens' parameter"),
        ({"n_sampled_tokens": 2.0}, COUNTED, None, "'n_sampled_tokens' parameter"),
        ({"n_sampled_tokens": True}, COUNTED, None, "'n_sampled_tokens' parameter"),
        ({"n_sampled_tokens": 5}, SERIES, None, "n_sampled_tokens=5 is for tokens, but X is read as measurements"),
        (
            {"n_sampled_tokens": 5, "training": "professor_forcing"},
            COUNTED,
            None,
            "n_sampled_tokens=5 .* critic",
        ),
        ({"analyzer": "char"}, ["a", "b"], [[1], [2, 3]], "y must hold labels.*vectors of different lengths"),
        ({"analyzer": "char"}, ["a", "b"], [[1.0], [1e300]], "Input y contains 1e.300.*sample 1"),
        ({"reg_covar": 1e300}, np.eye(3), None, "'reg_covar' parameter"),
        ({"covariance": "full"}, np.arange(12.0).reshape(3, 4), None, "exactly two features"),
        ({"binary_features": [0]}, STROKES, None, "more than 0 and 1"),
        ({"binary_features": [3]}, STROKES, None, "expected integers from 0 to 2"),
        ({"binary_features": [0.5]}, STROKES, None, "feature 0.5, but X has 3"),
        ({"binary_features": [None]}, STROKES, None, "feature None, but X has 3"),
        ({}, np.full((3, 4), np.nan), None, "NaN"),
        ({}, [*STROKES[:2], with_nan(STROKES[2])], None, "X contains NaN[^$]*timestep 3, feature 1 of X.2."),
        ({"analyzer": "char"}, [], None, "X"),
        ({}, [["a", "b"], []], None, "X.1. .*no timesteps|no tokens|empty"),
        ({}, [np.ones(3), np.ones(0)], None, "no timesteps|empty"),
    ],
)
def test_bad_data(parameters, X, y, message):
    with pytest.raises(ValueError, match=message):
        generator(**parameters).fit(X, y)


def test_bad_conditions(of_labels):
    with pytest.raises(ValueError, match=r"label 'q', which y did not have in fit: False, True"):
        of_labels.sample(y="q")
    with pytest.raises(ValueError, match="y is missing"):
        of_labels.score_timesteps(["ab"])
    model = generator(analyzer="char").fit(WORDS, rng.randn(20, 3))
    for call in (model.sample, lambda: model.score(WORDS), lambda: model.predict(WORDS)):
        with pytest.raises(ValueError, match="y is missing: fit had y, vectors of 3"):
            call()
    with pytest.raises(ValueError, match=r"shape \(n_samples, 3\)"):
        model.sample(y=np.ones((2, 2)))
    for size, message in ((1e300, "Input y contains 1e.300"), (1e100, "y is too far from y in fit at index 1")):
        with pytest.raises(ValueError, match=message):
            model.sample(y=[[0, 0, 0], [0, size, 0]])


@pytest.mark.parametrize("search", ["beam", "greedy", "sampling"])
def test_prefixes_of_other_lengths_change_nothing(search):
    """Without an end, a sample writes as many tokens as fit, and is judged, and constrained, by these alone."""
    ids = np.array([[0, 1, 2, 3, 4] * 2] * 6)
    model = generator(dtype="float64", epochs=3).fit(ids).set_params(search=search, beam_width=2, max_length=5)
    model.set_params(no_repeat_ngram=1)
    prefixes = [[0, 1, 0, 1], [2], [0, 1, 2, 3, 4], [2]]  # after the second, others would have to repeat
    together = model.sample(prefix=prefixes, random_state=0)
    np.testing.assert_array_equal(together[0], model.sample(prefix=prefixes[:1], random_state=0)[0])
    assert [len(set(sample[k:])) == 5 - k for k, sample in zip((3, 0, 0, 0), together)] == [True] * 4
    model.set_params(no_repeat_ngram=None)
    if search != "sampling":  # whose draws are those of the place among others
        every, (sequences, log_probs) = model.sample(prefix=prefixes), model.predict_nbest(prefixes, 2)
        for row, one in enumerate(prefixes):
            np.testing.assert_array_equal(every[row], model.sample(prefix=[one])[0])
            own, own_log_probs = model.predict_nbest([one], 2)
            np.testing.assert_allclose(log_probs[row], own_log_probs[0])
            assert list(map(str, sequences[row])) == list(map(str, own[0]))


def test_numbers_are_not_chosen_among():
    model = generator(n_components=1).fit(STROKES)
    for name, value in {"top_k": 3, "top_p": 0.5, "min_p": 0.5, "no_repeat_ngram": 2, "allowed_outputs": [[1]]}.items():
        with pytest.raises(ValueError, match=rf"{name}=.* chooses among tokens, but X held numbers .*set {name}=None"):
            deepcopy(model).set_params(**{name: value}).sample(2)
    with pytest.raises(ValueError, match="top_k=2 chooses among tokens"):
        model.sample(2, top_k=2)


def test_bad_beginnings_of_strokes():
    model = generator(n_components=1).fit(STROKES)
    with pytest.raises(ValueError, match="Feature 2 of prefix was 0 or 1 .* but is 0.5 now"):
        model.sample(prefix=[STROKES[0, :2], [[0.0, 0.0, 0.5]]])
    with pytest.raises(ValueError, match="prefix .*NaN"):
        model.sample(prefix=with_nan(STROKES[0]))


@pytest.mark.parametrize(("measured", "binary_features"), [(0, "auto"), (2, [2, 3])])
def test_a_drum_that_is_never_hit(measured, binary_features):
    X = np.insert(STROKES, 3, 0, axis=2)[..., 2 - measured :]
    model = generator(n_components=1, binary_features=binary_features).fit(X)
    assert model._spec.binary == (measured, measured + 1)  # warnings are errors
    assert set(np.unique(model.sample(20, random_state=0)[..., -1])) <= {0, 1}


def test_rain_that_has_not_fallen_yet():
    """A measurement that is 0 in fit, beside a flag, may move later."""
    dry, wet = np.insert(STROKES, 3, 0, axis=2), np.insert(STROKES, 3, 0.68, axis=2)
    with pytest.warns(UserWarning, match="Feature 3 of X is 0 at every timestep"):
        model = generator(n_components=1).fit(dry)
    assert np.isfinite(model.score(wet))
    assert np.isfinite(model.partial_fit(wet).loss_)


def test_binary_features_stay_binary():
    model = generator(n_components=1).fit(STROKES)
    with pytest.raises(ValueError, match="Feature 2 of X was 0 or 1"):
        model.score(STROKES + 0.5)


ONE_HOT = np.concatenate([rng.randn(8, 5, 1), np.eye(3)[rng.randint(3, size=(8, 5))]], axis=2)


def test_samples_of_one_hot_columns_are_one_hot():
    model = generator(dtype="float64", n_components=2).fit(ONE_HOT)
    drawn = model.sample(20, random_state=0)
    np.testing.assert_array_equal(drawn[:, :, 1:].sum(axis=2), 1)
    np.testing.assert_array_equal(model.sample(3, random_state=0, max_length=9)[:, :5], drawn[:3])
    begun = np.repeat(ONE_HOT[:1, :2], 3, axis=0)
    begun[:, 1, 1:] = np.eye(3)
    chances = model.predict(ONE_HOT[:1, :1])[0, 1:]
    np.testing.assert_allclose(chances.sum(), 1)
    scores = model.score_samples(begun)  # they differ in which column is 1 at the second step alone
    np.testing.assert_allclose(scores - scores[0], np.log(chances / chances[0]))
    assert (
        np.isin(generator().set_params(binary_features=[1, 2, 3]).fit(ONE_HOT).sample(9)[:, :, 1:].sum(2), 1).mean() < 1
    )


@pytest.mark.parametrize("n_ones", [0, 3])
def test_a_step_that_breaks_a_group_is_one_in_a_million(n_ones):
    model, broken = generator(n_components=1, dtype="float64").fit(ONE_HOT), ONE_HOT[:1, :2].copy()
    broken[0, 1, 1:] = n_ones > 0
    whole = ONE_HOT[:1, :2].copy()
    whole[0, 1, 1:] = [1, 0, 0]
    chances = model.predict(ONE_HOT[:1, :1])[0, 1:]
    alone = np.log(chances).sum() if n_ones else np.log(1 - chances).sum()
    expected = np.log(1e-6) + alone - np.log(chances[0])
    np.testing.assert_allclose(model.score_samples(broken) - model.score_samples(whole), expected, rtol=1e-4)
    for call in (model.partial_fit, deepcopy(model).set_params(warm_start=True).fit):  # a stream may bring new ones
        assert np.isfinite(call(np.r_[ONE_HOT, np.repeat(broken, 5, axis=1)[:, :5]]).loss_)
    assert np.isfinite(generator().fit(ONE_HOT, X_val=broken).history_["val_loss"]).all()
    assert model._spec.one_hot == ((1, 2, 3),)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("first", "later", "told"),
    [
        (["abc"], ["ab"], "one sequence"),
        ([rng.randn(5, 2)] * 3, [rng.randn(4, 2), rng.randn(5, 2)], "sequences of 5 timesteps alone"),
        ([rng.randn(5, 2)], [rng.randn(6, 2)], "one sequence"),
    ],
    ids=["text", "equal lists", "one a call"],
)
def test_ends_that_only_later_calls_have(first, later, told):
    analyzer = "char" if isinstance(first[0], str) else None
    with pytest.warns(UserWarning, match=rf"the first call had {told}, .* Set end=True and begin anew") as caught:
        model = generator(analyzer=analyzer).partial_fit(first).partial_fit(first).partial_fit(later)
    assert len(caught) == 1
    model.partial_fit(later)  # warnings are errors: it is told once
    for end in (True, False):
        silent = clone(model).set_params(end=end).partial_fit(first).partial_fit(later)
        assert silent._targets.ends is end


@pytest.mark.usefixtures("untrained")
def test_pieces_of_one_long_sequence_have_any_lengths():
    model = generator(window=4).partial_fit([np.sin(np.arange(9.0))])
    assert not told(model.partial_fit, [np.sin(np.arange(7.0))])
    assert not told(generator().partial_fit(STROKES).partial_fit, STROKES[:3])
    assert not told(generator().partial_fit(SERIES).partial_fit, SERIES[:2])


def test_a_long_walk_is_to_be_learnt_as_steps():
    walk, given = np.random.RandomState(0).randn(600, 2).cumsum(axis=0), {"n_components": 1, "epochs": 5}
    with pytest.warns(UserWarning, match=r"^X wanders: .*to learn the steps, \[np\.diff") as caught:
        model = generator(**given).fit([walk])
    assert len(caught) == 1
    steps = eval(re.search(r"\[np\.diff.*? in X\]", str(caught[0].message))[0], {"np": np, "X": [walk]})
    assert generator(**given).fit(steps).score(steps) > model.score([walk]) + 1  # warnings are errors
    time = np.arange(600)[:, None] + [0, 5]
    for X in (steps, [np.sin(time / 10)], [np.sin(time / 200)], [np.random.RandomState(0).randn(600, 2)]):
        generator(**given).fit(X)
    generator(**given).partial_fit([walk])
    generator(**given, window=600).fit([walk])


def told_of_flags(X, **parameters):
    """What a fit says of flags that depend on each other."""
    return [one for one in told(generator(epochs=5, **parameters).fit, X) if "depend on each other" in one]


def test_chords_are_to_be_learnt_as_tokens():
    chords = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 1, 0], [1, 0, 1, 0, 1], [1, 0, 0, 1, 1]], float)
    X = [chords[rng.randint(4, size=n)] for n in (6, 8, 9, 10) * 6]
    (message,) = told_of_flags(X)
    code, source_type = re.search(r"one token, (.*) with source_type='(.*)'\.", message).groups()
    model = generator(source_type=source_type).fit(eval(code, {"np": np, "X": X}))
    assert set(model.vocabulary_) == {(0, 1, 4), (1, 2, 3), (0, 2, 4), (0, 3, 4)}
    assert told_of_flags([np.concatenate(X)], window=10)
    in_order = [chords[(k + np.arange(len(x))) % 4] for k, x in enumerate(X)]
    noise = [(rng.rand(len(x), 3) < 0.4).astype(float) for x in X]
    beside = [np.column_stack([x, rng.randn(len(x))]) for x in X]
    walks = [rng.randint(2, size=(2, len(x))).cumsum(axis=1) % 4 for x in X]  # of two one-hot groups, hardly learnt
    one_hot = [np.concatenate(np.eye(4)[walk], axis=1) for walk in walks]
    assert [told_of_flags(own) for own in (in_order, noise, beside, one_hot)] == [[], [], [], []]


def test_few_timesteps_of_many_flags_are_looked_at(monkeypatch):
    """Of 9 sequences of 5 timesteps and 4 flags: 60 numbers are three, and one whole sequence is the least."""
    shapes = []
    monkeypatch.setattr(
        "skseq._base.decoders.generator.nats_given_the_row_before", lambda flags, _: shapes.append(flags.shape)
    )
    for most in ((100, 60), (10, 1_000), (2, 1_000)):
        monkeypatch.setattr("skseq._base.decoders.generator.FLAGS_LOOKED_AT", most)
        generator(epochs=5).fit((rng.rand(9, 5, 4) < 0.4).astype(float))
    assert shapes == [(15, 4), (10, 4), (5, 4)]


def test_a_fit_from_before_there_were_groups():
    """It draws each column on its own, and so does what goes on from it."""
    model = generator(n_components=1, binary_features=[1, 2, 3]).fit(ONE_HOT).set_params(binary_features="auto")
    state = model.__getstate__()
    del state["_spec"]["fields"]["one_hot"]
    del state["_learnt"]["fields"]["targets"]["fields"]["one_hot"]
    old = SequenceGenerator.__new__(SequenceGenerator)
    old.__setstate__(state)
    np.testing.assert_array_equal(old.sample(3, random_state=0), model.sample(3, random_state=0))
    assert old.partial_fit(ONE_HOT)._spec.one_hot == ()
    assert old.fit(ONE_HOT)._spec.one_hot == ((1, 2, 3),)


def test_score_checks_weights_as_fit_does(of_words):
    for weights in ([np.nan] * 20, [0] * 20, [-1.0] * 20, [1]):
        with pytest.raises(ValueError, match="sample_weight"):
            of_words.score(WORDS, sample_weight=weights)


def test_numbers_have_no_probabilities(of_words):
    numbers = generator().fit(SERIES)
    assert not hasattr(numbers, "predict_proba")
    with pytest.raises(AttributeError, match="has no attribute 'predict_topk'") as error:
        numbers.predict_topk(SERIES)
    assert "needs X to be read as tokens, not as numbers: source_type='tokens'" in str(error.value)
    with pytest.raises(ValueError, match="k must be an integer from 1 to 8"):
        of_words.predict_topk(WORDS, 9)


@pytest.mark.parametrize(("tokens", "n"), [("abcd", 4), ("abcdefghijkl", 10)])
def test_next_tokens_are_as_many_as_metrics_count_or_all(tokens, n):
    recommended, p = generator().fit([list(tokens)] * 3).predict_topk([["a"]])
    assert recommended.shape == p.shape == (1, n)


# --- how long fit trains ----------------------------------------------------------------------------------------------


def test_epochs_by_default_depend_on_what_is_learnt(monkeypatch):
    """A fit of one batch has as many epochs as the limit of its kind."""
    names = ("_auto_epochs", "_auto_epochs_of_one", "_auto_epochs_of_numbers")
    for most, name in enumerate(names, start=2):
        monkeypatch.setattr(SequenceGenerator, name, (100, 1, most))
    fits = {"words": WORDS, "one text": TEXT, "numbers": SERIES}
    found = {}
    for name, X in fits.items():
        analyzer = None if name == "numbers" else "char"
        found[name] = generator(analyzer=analyzer, window=10, n_components=2, epochs="auto").fit(X).n_iter_
    assert found == {"words": 2, "one text": 3, "numbers": 4}


def test_a_type_set_after_a_fit_changes_no_samples():
    numbers = [np.random.RandomState(i).randn(6, 2) for i in range(8)]
    model = SequenceGenerator(2, n_components=2, max_length=5, epochs=1, random_state=0).fit(
        numbers, np.arange(8) / 4 + 0.1
    )
    asked = {
        "n_samples": 2,
        "y": [0.5, 0.7],
        "prefix": [numbers[0][:2], numbers[1][:3]],
        "random_state": 0,
        "max_length": 5,
    }
    before = model.sample(**asked)
    after = model.set_params(dtype="float64").sample(**asked)
    for own, other in zip(after, before):
        np.testing.assert_array_equal(own, other)


@pytest.mark.parametrize(
    ("n_sequences", "length", "batch_size"),
    [
        (30, 700, 2),
        (30, 300, 2),
        (60, 300, 4),
        (100, 8, 32),
        (1_000, 700, 32),
        (30, 40, 16),
        (5, 2_000, 1),
        (8, 1_024, 1),
    ],
)
def test_few_long_sequences_have_small_batches(n_sequences, length, batch_size):
    """1,000 updates in 80 epochs are 13 an epoch; an update has 512 tokens."""
    sequences = Sequences(values=np.zeros((n_sequences, length), np.int32))
    learnt = SimpleNamespace(source=SimpleNamespace(reads_tokens=True))
    job = SimpleNamespace(auto=(1_000, 15, 80), incremental=False)
    assert _batch_size_of_tokens(learnt, sequences, job) == batch_size


@pytest.mark.usefixtures("untrained")
def test_batches_of_one_long_text():
    text = "abcd" * 400  # 16 windows: 100 epochs of two updates are not 2,000
    assert generator(analyzer="char", window=100).fit(text)._sizes["batch_size"] == 8


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("training", ["professor_forcing", "professor_forcing_both"])
def test_neither_samples_nor_models_read_the_critic(training):
    """Whatever its weights are, all else is the same."""
    model = generator(analyzer="char", training=training).fit(WORDS)
    blind = deepcopy(model)
    critic = [name for name in blind.weights_ if name.startswith("critic/")]
    assert critic
    for name in critic:
        blind.weights_[name][:] = np.nan
    assert blind.sample(5, prefix="ba", random_state=0) == model.sample(5, prefix="ba", random_state=0)
    np.testing.assert_array_equal(blind.score_samples(WORDS[:3]), model.score_samples(WORDS[:3]))
    np.testing.assert_array_equal(blind.predict_proba(["ban"]), model.predict_proba(["ban"]))
    ours = sum(value.size for name, value in model.weights_.items() if name not in critic)
    assert model.model_.count_params() == ours
    assert not any(np.isnan(value).any() for value in blind.model_.get_weights())


def test_the_critic_is_not_asked_of_validation_data():
    history = generator(analyzer="char", training="professor_forcing", epochs=2).fit(WORDS, X_val=WORDS[:3]).history_
    assert "critic_loss" in history
    assert [name for name in history if name.startswith("val_")] == ["val_loss", "val_token_accuracy"]


def test_repeated_numbers_have_a_bounded_density():
    """No component is narrower than the square root of `reg_covar`: log p of a step is at most -log(2 pi r) / 2."""
    path = [0.13, 2.31, 3.77, 0.13]
    X, deviation = np.tile(path, (40, 1)), np.std(path)
    for reg_covar in (1e-6, 1e-2):
        given = {"n_components": 1, "epochs": 40, "learning_rate": 0.1, "source_type": "numeric"}
        model = generator(**given, reg_covar=reg_covar).fit(X)
        most = -np.log(2 * np.pi * reg_covar * deviation**2) / 2
        assert np.concatenate(model.score_timesteps(X)).max() <= most + 1e-5


def test_draws_of_one_call_differ_and_all_begin_as_those_of_a_shorter_one(of_words):
    many = of_words.sample(1_000, random_state=3)
    assert len(set(many)) > 100
    assert of_words.sample(7, random_state=3) == many[:7]


def test_of_unknown_tokens_rare_ones_are_not_advised_to_be_unknown_too():
    """All of them would share one probability."""
    generator = SequenceGenerator(units=2, epochs=1).fit([["ls", "cd"], ["cd", "ls", "top"]] * 3)
    with pytest.raises(ValueError, match="'nc'.* with min_frequency=1 if scores are to find odd seq") as refused:
        generator.score_samples([["ls", "nc"]])
    assert "min_frequency=2" not in str(refused.value)
    anew = SequenceGenerator(units=2, epochs=1, handle_unknown="use_unknown").fit([["ls", "cd"], ["cd", "ls"]] * 3)
    assert np.isfinite(anew.score_samples([["ls", "nc"]])).all()
