"""Sources of tokens and text: what is a token, which ids they get, what becomes of unknown ones."""

import re
from functools import partial
from io import StringIO

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._data.tokens.tokens import source_kind
from skseq._data.tokens.vocabulary import encode, learn_vocabulary

pytestmark = pytest.mark.usefixtures("eager")
Y = np.arange(12) % 2
WORDS = ["abc", "ba", "c", "cab"] * 3
SMALL = {"units": 4, "epochs": 1, "random_state": 0}
READERS = pytest.mark.parametrize(
    "Estimator",
    [SequenceClassifier, SequenceRegressor, Seq2SeqClassifier, Seq2SeqTransducer],
    ids=lambda cls: cls.__name__,
)

EVERY = (*READERS.args[1], SequenceTagger, SequenceGenerator)  # of tokens, too
OF_NUMBERS = LSTMAutoencoderTransformer, LSTMAutoencoderDetector, SequenceEncoder, Seq2SeqRegressor, SeriesForecaster
UNSUPERVISED = (
    LSTMAutoencoderTransformer,
    LSTMAutoencoderDetector,
    SequenceEncoder,
    SequenceGenerator,
    SeriesForecaster,
)


def classifier(**parameters):
    return SequenceClassifier(**SMALL, **parameters)


def objects(samples):
    array = np.empty(len(samples), object)
    array[:] = samples
    return array


@pytest.mark.parametrize(
    "estimator",
    [
        *(Estimator(**own) for Estimator in EVERY for own in ({}, {"source_type": "tokens"}, {"analyzer": "char"})),
        *(Estimator() for Estimator in OF_NUMBERS),
    ],
    ids=str,
)
@pytest.mark.parametrize("X", [5, np.int64(5), np.array(5), None], ids=["int", "NumPy", "array", "None"])
def test_a_number_is_no_sample(estimator, X):
    targets = ([0],) * (not isinstance(estimator, UNSUPERVISED))
    with pytest.raises(ValueError, match="X is (a single number|None).* expects an array, or a list of arrays"):
        estimator.fit(X, *targets)


INTS, STRS = [[1, 2], [3]], [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("X", "kind"),
    [
        (INTS, "token lists"),
        ([np.array([1, 2]), np.array([3])], "token lists"),
        (STRS, "token lists"),
        (objects(STRS), "token lists"),
        (pd.Series(STRS), "token lists"),
        ([np.array(["a", "b"]), np.array(["c"])], "token lists"),
        ([[1, 2], [3, 4]], "tokens"),
        (np.array([["a", "b"]]), "tokens"),
        (np.array([["a", "b"]], object), "tokens"),
        (pd.DataFrame([["a", "b"]]), "tokens"),
        ([[1.0, 2.0], [3.0]], "numbers"),
        ([[1, 2.5], [3]], "numbers"),
        ([[True, False], [True]], "numbers"),
        ([[("a", "b")], [("c", "d")] * 2], "numbers"),  # tuples are tokens only where they are said to be
        ([np.ones((2, 2), int), np.ones((3, 2), int)], "numbers"),
        ([pd.DataFrame({"p": [1]}), pd.DataFrame({"p": [1, 2]})], "numbers"),  # iterates over names of columns
        (np.ones((2, 3)), "numbers"),
        (np.ones((2, 3, 2), int), "numbers"),
    ],
    ids=str,
)
def test_kinds_of_sources(X, kind):
    assert source_kind(X, source_type="auto", analyzer=None, integers=True) == kind


def test_integers_are_measurements_where_they_are_no_tokens():
    for X in (INTS, [[1, 2], [3, 4]]):
        assert source_kind(X, source_type="auto", analyzer=None, integers=False) == "numbers"
        assert source_kind(X, source_type="numeric", analyzer=None, integers=True) == "numbers"
    assert source_kind(STRS, source_type="auto", analyzer=None, integers=False) == "token lists"
    assert source_kind(INTS, source_type="tokens", analyzer=None, integers=False) == "token lists"
    assert source_kind([[(1, 2)], [(3, 4)]], source_type="tokens", analyzer=None, integers=True) == "token lists"
    assert source_kind(WORDS, source_type="auto", analyzer="char", integers=True) == "text"


def test_ids_are_in_sorted_order_after_padding_and_unknown():
    assert learn_vocabulary(["b", "a", "b"]) == {"a": 1, "b": 2}
    assert learn_vocabulary(["b", "a", "b"], unknown=True) == {"a": 2, "b": 3}
    assert learn_vocabulary(np.array([7, -1, 7])) == {-1: 1, 7: 2}
    assert learn_vocabulary([np.int64(7), "a", 3]) == {3: 1, 7: 2, "a": 3}  # no common order: by type, then as printed
    assert learn_vocabulary([("b", 1), ("a", 2)]) == {("a", 2): 1, ("b", 1): 2}


def test_rare_tokens_are_left_out():
    tokens = list("aaabbcdd")
    assert learn_vocabulary(tokens, unknown=True, min_frequency=2) == {"a": 2, "b": 3, "d": 4}
    assert learn_vocabulary(tokens, unknown=True, max_vocabulary=2) == {
        "a": 2,
        "b": 3,
    }  # b and d tie: the first in order
    assert learn_vocabulary(np.array(tokens), unknown=True, min_frequency=3, max_vocabulary=5) == {"a": 2}


def test_encode():
    vocabulary = {"a": 2, "b": 3}
    for tokens in (["b", "z", "a"], np.array(["b", "z", "a"])):
        ids = encode(tokens, vocabulary, unknown=True)
        assert ids.dtype == np.int32
        np.testing.assert_array_equal(ids, [3, 1, 2])
        with pytest.raises(ValueError, match=r"X_val contains 1 token\(s\) that were not seen in fit: 'z'"):
            encode(tokens, vocabulary, argument="X_val")


@pytest.mark.parametrize("X", [[[1, "1"], ["1", 1]], [[1, "1"], ["1"]], [["1", 1], [1, "b"]]])
def test_a_number_and_a_string_are_two_tokens(X):
    """Whether lists have one length, which would make an array of strings, or not."""
    fitted = classifier().fit(X * 6, [0, 1] * 6)
    assert fitted.vocabulary_ == {1: 1, "1": 2} | ({"b": 3} if "b" in X[1] else {})
    fitted.predict([["1", 1], [1, 1]])
    with pytest.raises(ValueError, match="not seen in fit: 2"):
        fitted.predict([[2, "1"]])


def test_unknown_integers_may_be_measurements():
    fitted = classifier().fit([[10, 20], [20, 30, 10]] * 6, [0, 1] * 6)
    with pytest.raises(ValueError, match="not seen in fit: 40.*measurements, set source_type='numeric'"):
        fitted.predict([[10, 40]])


def test_strings_do_not_swallow_numbers_at_predict():
    fitted = classifier().fit([["1", "2"], ["2", "1"]] * 6, [0, 1] * 6)
    with pytest.raises(ValueError, match="not seen in fit: 1"):
        fitted.predict([[1, "2"]])


CHARACTERS = [list(word) for word in WORDS]


@READERS
def test_forms_of_text_and_token_lists_are_read_alike(Estimator):
    """Characters as lists, object array, Series, text, an own function: one vocabulary, the same numbers."""
    fitted = Estimator(**SMALL).fit(CHARACTERS, Y)
    assert fitted.vocabulary_ == {"a": 1, "b": 2, "c": 3}
    assert fitted.n_timesteps_in_ == 3
    assert not hasattr(fitted, "n_features_in_")
    expected = fitted.predict(CHARACTERS)
    for analyzer, X in (
        (None, objects(CHARACTERS)),
        (None, pd.Series(CHARACTERS)),
        (None, [np.array(word) for word in CHARACTERS]),
        (None, tuple(map(tuple, CHARACTERS))),
        ("char", WORDS),
        ("char", np.array(WORDS)),
        ("char", pd.Series(WORDS)),
        (list, tuple(WORDS)),
        ("word", [" ".join(word) for word in CHARACTERS]),
    ):
        model = Estimator(**SMALL, analyzer=analyzer).fit(X, Y, X_val=X[:3], y_val=Y[:3])
        assert model.vocabulary_ == fitted.vocabulary_
        np.testing.assert_array_equal(model.predict(X), expected)
        assert model.score(X, Y) == fitted.score(CHARACTERS, Y)


@READERS
def test_columns_of_tokens(Estimator):
    integers = np.random.RandomState(0).randint(3, size=(12, 4))
    letters = np.array(list("abc"))[integers]
    expected = Estimator(**SMALL, source_type="tokens").fit(integers, Y).predict(integers)
    for X in (letters, letters.astype(object), pd.DataFrame(letters), letters.tolist(), integers.tolist()):
        model = Estimator(**SMALL, source_type="tokens").fit(X, Y)
        assert (model.n_features_in_, model.n_timesteps_in_) == (4, 4)
        assert len(model.vocabulary_) == 3
        np.testing.assert_array_equal(model.predict(X), expected)
    shorter = model.predict([[0, 1], [2]])  # lists may have any lengths after fit
    assert len(shorter) == 2
    with pytest.raises(ValueError, match="X has 3 features, but"):
        model.predict(integers[:, :3])


def test_token_lists_then_arrays():
    model = classifier().fit(CHARACTERS, Y)
    square = [["a", "b", "c", "a"], ["c", "c", "b", "a"]]
    np.testing.assert_array_equal(model.predict_proba(np.array(square)), model.predict_proba(square))


def test_tuples_as_tokens():
    """Tokens of several parts, such as a word and its tag."""
    X = [[("a", 1), ("b", 2)], [("b", 2)]] * 6
    model = classifier(source_type="tokens").fit(X, Y)
    assert model.vocabulary_ == {("a", 1): 1, ("b", 2): 2}
    assert model.predict([[("a", 1)] * 2] * 2).shape == (2,)  # of one length, too
    square = classifier(source_type="tokens").fit([[("a", 1), ("b", 2)]] * 12, Y)
    assert square.vocabulary_ == model.vocabulary_


def test_unknown_tokens_are_an_error_or_one_id():
    with pytest.raises(
        ValueError,
        match=r"X contains 2 token\(s\) .*: 'x', 'y'.*'use_unknown' .* min_frequency=2 if rare tokens do not decide",
    ):
        classifier(analyzer="char").fit(WORDS, Y).predict(["xay"])
    model = classifier(analyzer="char", handle_unknown="use_unknown").fit(WORDS, Y)
    assert model.vocabulary_ == {"a": 2, "b": 3, "c": 4}
    known, *unknown = model.predict_proba(["ab", "ax", "ay", "az"])
    np.testing.assert_array_equal(unknown[0], unknown[1])
    np.testing.assert_array_equal(unknown[0], unknown[2])
    assert np.abs(known - unknown[0]).max() > 1e-6


def test_the_unknown_id_is_trained_on_rare_tokens():
    X = ["aab", "aabz", "baq", "ab"] * 3
    rare = classifier(analyzer="char", handle_unknown="use_unknown", min_frequency=6).fit(X, Y)
    few = classifier(analyzer="char", handle_unknown="use_unknown", max_vocabulary=2).fit(X, Y)
    assert rare.vocabulary_ == few.vocabulary_ == {"a": 2, "b": 3}
    fresh = classifier(analyzer="char", handle_unknown="use_unknown", vocabulary=["a", "b"])
    unseen = fresh.fit(["aab", "ba"] * 6, Y)
    kernels = {name: model.weights_["encoder/0/kernel"] for name, model in (("rare", rare), ("unseen", unseen))}
    np.testing.assert_allclose(
        kernels["unseen"][1], kernels["unseen"][2:].mean(axis=0), rtol=1e-6
    )  # for want of others
    assert np.abs(kernels["rare"][1] - kernels["rare"][2:].mean(axis=0)).min() > 1e-4


def test_a_given_vocabulary_holds_tokens_to_come():
    model = classifier(vocabulary=list("abcdef")).partial_fit([["a", "b"], ["c"]], [0, 1], classes=[0, 1])
    model.partial_fit([["d"], ["e", "f"]], [0, 1])
    assert len(model.vocabulary_) == 6
    assert len(model.history_["loss"]) == 2
    anew = r"each takes a new fit, or partial_fit of a sklearn\.base\.clone"
    with pytest.raises(ValueError, match=f"not seen in fit: 'g'.*the parameter `vocabulary` .*{anew}"):
        model.partial_fit([["g"]], [0])
    with pytest.raises(ValueError, match="vocabulary that differs in 1 token.*, such as 'g'"):
        model.set_params(vocabulary=list("abcdefg")).partial_fit([["g"]], [0])
    assert "g" in clone(model).partial_fit([["g"]], [0], classes=[0, 1]).vocabulary_


def test_the_tokens_of_a_fit_are_in_a_given_vocabulary():
    """Or each way that the error names mends it."""
    X, y = [["a", "b"], ["a"]] * 6, [0, 1] * 6
    error = r"X contains 1 token\(s\) that are not in the parameter `vocabulary`: 'b'\. Add them to it, set vocabulary="
    for kind in (list, np.array):
        with pytest.raises(ValueError, match=error):
            classifier(vocabulary=["a"]).fit(kind([["a", "b"], ["a", "a"]] * 6), y)
    assert classifier(vocabulary=["a", "b"]).fit(X, y).vocabulary_ == {"a": 1, "b": 2}
    assert classifier(vocabulary=None).fit(X, y).vocabulary_ == {"a": 1, "b": 2}
    assert classifier(vocabulary=["a"], handle_unknown="use_unknown").fit(X, y).vocabulary_ == {"a": 2}


def test_embeddings_of_tokens():
    model = classifier(analyzer="char", embedding_dim=3).fit(WORDS, Y)
    assert model.weights_["embedding"].shape == (4, 3)  # padding, a, b, c
    assert model.predict(WORDS).shape == (12,)


JOURNEYS = [["home", "cart", None], ["home", None, None], ["search", "cart", "pay"]] * 4
OF_NAN = [[float("nan") if page is None else page for page in row] for row in JOURNEYS]


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame(JOURNEYS),
        pd.DataFrame(JOURNEYS, dtype=object),
        pd.DataFrame(JOURNEYS, dtype="string"),
        pl.DataFrame(JOURNEYS, orient="row"),
        np.array(JOURNEYS, object),
        np.array(OF_NAN, object),
        JOURNEYS,
        OF_NAN,
        np.array([[pd.NA if page is None else page for page in row] for row in JOURNEYS], object),
        np.array([OF_NAN[0], *JOURNEYS[1:]], object),
    ],
    ids=["frame", "objects", "strings", "polars", "array", "array of NaN", "lists", "lists of NaN", "NA", "both"],
)
def test_rows_that_are_filled_up_become_lists_as_the_error_says(X):
    with pytest.raises(ValueError, match="X has rows that are filled up at their ends") as told:
        classifier().fit(X, Y)
    code = re.search(r"without these, (\[.*\])\.$", str(told.value))[1]
    lists = eval(code, {"X": X, "pandas": pd})
    assert lists[:3] == [["home", "cart"], ["home"], ["search", "cart", "pay"]]
    assert list(classifier().fit(lists, Y).vocabulary_) == ["cart", "home", "pay", "search"]


def test_gaps_within_rows_are_no_filled_ends():
    for rows in ([["a", None, "b"], ["a", "b", "c"]], [[None, None], ["a", "b"]]):
        with pytest.raises(
            ValueError, match=r"X holds None among its tokens, first in X\[0\] at timestep [01]: remove"
        ):
            classifier().fit(np.array(rows, object), [0, 1])
    with pytest.raises(ValueError, match="X holds None among its tokens, first in"):  # and not the NaN after it
        classifier().fit(np.array([["a", None, float("nan")], ["a", float("nan"), "b"]], object), [0, 1])


LISTS_AS_TUPLES = r"one token of several values.* pass \[\[tuple\(step\) for step in x\] for x in X\]"
AS_TUPLES = r"one token of several values, pass \[list\(map\(tuple, np.asarray\(x\).tolist\(\)\)\) for x in X\]"


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({}, WORDS, "X holds strings, and nothing says how to split them"),
        ({}, [*WORDS[:-1], None], "X holds strings, and nothing says how to split them"),
        ({"source_type": "tokens"}, WORDS, "X holds strings, and nothing says how to split them"),
        ({"analyzer": "char"}, "abc", r"1-D array of strings. Got one string: pass .* \[X\]"),
        ({"analyzer": "char"}, CHARACTERS, "type list.*Or set analyzer=None where each string is"),
        ({"analyzer": "char"}, [*WORDS[:-1], None], r"NoneType, X\[11\] = None. It is missing: leave it out"),
        (
            {"analyzer": "char"},
            [text.encode() for text in WORDS],
            r"b'.*'. Decode them, \[x.decode\(\) for x in X\]\.$",
        ),
        ({}, [text.encode() for text in WORDS], r"^X holds bytes, .*: decode them, \[x.decode\(\) for x in X\]\.$"),
        ({}, np.array([b"ab", b"ba"] * 6), "^X holds bytes, such as b'ab', which are no text"),
        ({}, ["é".encode("latin-1") + b"a" * (k % 2) for k in range(12)], r"no text: if they are text, name its enc"),
        ({"analyzer": "char"}, [b"\xe9a"] * 12, r"If they are text, name its encoding, as in \[x.decode\('latin-1'\) "),
        ({"analyzer": "char"}, pd.DataFrame({"text": WORDS, "more": WORDS}), r"Got DataFrame of shape \(12, 2\)"),
        ({"analyzer": "char"}, [], "holds no sample"),
        ({"analyzer": "char"}, [*WORDS[:-1], ""], r"X\[11\] = '' has no tokens under analyzer='char'"),
        ({"analyzer": "word"}, [" ", *WORDS[1:]], r"X\[0\] = ' ' has no tokens under analyzer='word'"),
        ({"analyzer": int}, WORDS, r"analyzer=<class 'int'> cannot split X\[0\] = '\w+': invalid literal for int"),
        ({"analyzer": len}, WORDS, "must give a list of tokens for every string. It gave 3"),
        ({"analyzer": set}, WORDS, r"analyzer=<class 'set'> gave a set for X\[0\] = '\w+', .*list\(dict.fromkeys"),
        ({"analyzer": "char", "source_type": "numeric"}, WORDS, "exclude each other"),
        ({}, [[], *CHARACTERS[1:]], r"X holds 1 empty sequence\(s\), the first at index 0"),
        (
            {"source_type": "tokens"},
            [[[1, 2]], *CHARACTERS[1:]],
            r"looked up.*tuple\(step\) if isinstance\(step, list\) else",
        ),
        ({"source_type": "tokens"}, [[{1, 2}], [{1}, {3}]] * 6, r"looked up.*pass \[\[frozenset\(step\) for step in x"),
        ({"source_type": "tokens"}, np.ones((12, 3, 2), int), rf"X has the shape \(12, 3, 2\), but .*{AS_TUPLES}"),
        ({"source_type": "tokens"}, [np.ones((k % 2 + 1, 2), int) for k in range(12)], AS_TUPLES),
        ({"vocabulary": [["a"], ["b"]]}, CHARACTERS, r"vocabulary holds tokens .*one per timestep\.$"),
        ({}, [["a"], np.array([["b"]], object)] * 6, r"X\[1\] has the shape \(1, 1\), but tokens are one per timestep"),
        ({"source_type": "tokens"}, [["a", float("nan")], *CHARACTERS[1:]], "X holds NaN among its tokens"),
        ({}, [[frozenset("ab")], [1, 2]] * 6, r"X\[0\] is not a sequence of numbers.*source_type='tokens'"),
        ({"vocabulary": []}, CHARACTERS, "The parameter vocabulary holds no token"),
        ({"min_frequency": 2}, CHARACTERS, "which handle_unknown='error' forbids"),
        ({"max_vocabulary": 2}, CHARACTERS, "which handle_unknown='error' forbids"),
        ({"min_frequency": 99, "handle_unknown": "use_unknown"}, CHARACTERS, "No token of X is left.*lower it"),
        ({"min_frequency": 2, "handle_unknown": "use_unknown"}, np.ones((12, 2)), "min_frequency=2 is for tokens"),
        ({"max_vocabulary": 2}, np.ones((12, 2)), "max_vocabulary=2 is for tokens"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_bad_sources(parameters, X, message):
    with pytest.raises(ValueError, match=message):
        classifier(**parameters).fit(X, Y)


MIXED = [[1, "a"], [2.5, "b"]] * 6


@pytest.mark.parametrize(
    "X", [MIXED, [[1, "a", "b"], [2.5, "b"]] * 6, np.array(MIXED, object)], ids=["lists", "ragged", "array"]
)
def test_floats_among_strings_are_tokens_as_the_error_says(X):
    told = "holds floats, such as 2.5, beside strings, such as 'a'. Set source_type='tokens' to read each of them as a"
    for model in (classifier(), SequenceRegressor(**SMALL)):
        with pytest.raises(ValueError, match=told + r" token\.$"):
            model.fit(X, Y)
        assert {1, 2.5, "a", "b"} == set(model.set_params(source_type="tokens").fit(X, Y).vocabulary_)


def test_ids_that_became_floats():
    with pytest.raises(ValueError, match=r"as a token, or write ids that became floats as integers\.$"):
        classifier().fit([[1.0, "a"], [2.0]] * 6, Y)
    with pytest.raises(ValueError, match="could not convert string to float") as told:
        LSTMAutoencoderTransformer(**SMALL).fit(MIXED)  # reads no tokens
    assert "source_type" not in str(told.value)


def test_texts_after_a_fit_on_lists():
    told = r"X\[1\] is a text, 'Bern is', but \w+ was fitted on lists of tokens: .*\[text\.split\(\) for text in X\]"
    for fitted in (classifier().fit([["Bern", "is"], ["Rome"]] * 6, Y), classifier().fit([["Bern", "is"]] * 12, Y)):
        with pytest.raises(ValueError, match=told):
            fitted.predict(["Rome", "Bern is"])
        with pytest.raises(ValueError, match=r"a single sequence is \[X\]"):
            fitted.predict(["Bern", "is"])
    with pytest.raises(ValueError, match=r"a single sequence is \[X\]"):  # a token of two words
        classifier().fit([["New York", "is"]] * 12, Y).predict(["New York", "is"])


SMILES = partial(re.findall, r"\[[^\]]+\]|Br|Cl|.")


@pytest.mark.parametrize("letters", [["CCl", "C[NH3+]"], ["CCO", "CNC"]], ids=["of several signs", "of one sign"])
def test_texts_without_spaces_after_a_fit_on_lists(letters):
    fitted = classifier().fit([SMILES(text) for text in letters] * 6, Y)
    with pytest.raises(ValueError, match=rf"X\[0\] is a text, '{letters[0]}', but .*pass lists of them") as told:
        fitted.predict(letters)
    code = re.search(r"here, (?:such as )?(\[\w+\(text\) for text in X\])", str(told.value))[1]
    assert fitted.predict(eval(code, {"X": letters, "split": SMILES})).shape == (2,)
    with pytest.raises(ValueError, match=r"a single sequence is \[X\]"):
        fitted.predict(["C", "?"])


@pytest.mark.parametrize("form", [list, pd.Series, objects, lambda X: np.array(X, object)], ids=range(4))
def test_words_that_pandas_reads_as_missing(form):
    words = pd.read_csv(StringIO("word\nthe\nnull\nis\na\n"))["word"].tolist()
    says = r"^X holds NaN among its tokens, first in X\[1\] at timestep 1: remove it, with its label .*, or put a token"
    with pytest.raises(ValueError, match=says) as told:
        classifier().fit(form([["the", "is", "a"], [words[0], words[1], "is"]]), [0, 1])
    code = re.search(r"words with (pandas.*)\.$", str(told.value))[1].replace("...", "file")
    assert eval(code, {"pandas": pd, "file": StringIO("word\nnull\n")})["word"].tolist() == ["null"]


def test_arrays_of_objects_hold_what_can_be_looked_up():
    mixed = classifier().fit(objects([False, "b", np.str_("a")] * 4)[:, None], Y)
    assert list(mixed.vocabulary_) == [False, "a", "b"]
    assert [type(token) for token in mixed.vocabulary_] == [bool, str, str]
    with pytest.raises(TypeError, match=r"A token in the X argument must be hashable, .* got \['list'\]"):
        classifier().fit(objects([["a"], "b"] * 6)[:, None], Y)


CHORDS = [[[0, 4, 7], [0, 4, 7, 10]], [[5, 9, 0]]] * 6
CHORDS_OF_ONE_LENGTH = [[[0, 4, 7], [0, 4, 7, 10]], [[5, 9, 0], [5, 9]]] * 6


@pytest.mark.parametrize("X", [CHORDS, CHORDS_OF_ONE_LENGTH], ids=["ragged", "one length"])
def test_chords_of_several_sizes_are_tokens_as_the_error_says(X):
    for model in (classifier(), classifier(source_type="tokens"), LSTMAutoencoderTransformer(), SequenceGenerator()):
        with pytest.raises(ValueError, match=LISTS_AS_TUPLES):
            model.fit(X, None if isinstance(model, SequenceGenerator) else Y)
    told = classifier(source_type="tokens").fit([[tuple(step) for step in x] for x in X], Y)
    assert {(0, 4, 7), (0, 4, 7, 10)} < set(told.vocabulary_)
    told = classifier(source_type="tokens").fit([[frozenset(step) for step in x] for x in X], Y)
    assert frozenset({0, 4, 7}) in told.vocabulary_


NAMES = [[["C", "E"], ["G", "B"]], [["C", "E"], ["F", "A"]]] * 6
NAMES_IN_ARRAYS = [objects([["C", "E", "G"], ["G"]])] * 12
WITH_NAMES = [[["C", "E"], "Gb"], [["C", "E"], "D"]] * 6
RAGGED_WITH_NAMES = [[["C", "E"], "Gb"], ["D"]] * 6
WITH_NUMBERS = [[[0, 4], 7], [[0, 4, 7]]] * 6
IN_SETS = [[{"C", "E"}, {"G"}], [{"C"}, {"E", "G"}]] * 6
OF_ONE_SIZE_IN_ARRAYS = [objects(x) for x in NAMES]
IN_ONE_ARRAY = objects([step for x in NAMES for step in x]).reshape(12, 2)
SETS_IN_ONE_ARRAY = objects([step for x in IN_SETS for step in x]).reshape(12, 2)
LISTS_BESIDE_SETS = [[["C", "E"], {"G"}], [{"C"}, ["E", "G"]]] * 6
WITH_SETS = (IN_SETS, SETS_IN_ONE_ARRAY, LISTS_BESIDE_SETS)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("source_type", ["auto", "tokens"])
@pytest.mark.parametrize(
    "X",
    [
        NAMES, NAMES_IN_ARRAYS, OF_ONE_SIZE_IN_ARRAYS, IN_ONE_ARRAY, WITH_NAMES, RAGGED_WITH_NAMES, WITH_NUMBERS,
        IN_SETS, SETS_IN_ONE_ARRAY, LISTS_BESIDE_SETS,
    ],
    ids=[
        "names", "arrays", "arrays of one size", "one array", "mixed", "mixed, ragged", "mixed numbers",
        "sets", "sets in one array", "lists beside sets",
    ],
)  # fmt: skip
def test_what_an_error_says_of_tokens_that_are_lists_or_sets_helps(X, source_type):
    if X is WITH_NUMBERS and source_type == "auto":
        return
    with pytest.raises((TypeError, ValueError), match="a timestep is one token of several values") as error:
        classifier(source_type=source_type).fit(X, Y)
    code = re.search(r"pass (\[.* for x in X\])( with source_type='tokens'|\.$)", str(error.value))[1]
    told = classifier(source_type="tokens").fit(eval(code, {"X": X, "np": np}), Y)
    assert {frozenset({"C", "E"}) if any(X is own for own in WITH_SETS) else tuple(X[0][0])} <= set(told.vocabulary_)
    assert ("Gb" in told.vocabulary_) == (X is WITH_NAMES or X is RAGGED_WITH_NAMES)


@pytest.mark.parametrize("step", [["1,5", "2,3"], ["a", "1.5"], ["a"]], ids=["numbers", "field", "column"])
def test_lists_of_one_length_that_may_be_no_chords(step):
    with pytest.raises(ValueError, match="could not convert string to float") as told:
        classifier().fit([[step] * 3] * 12, Y)
    assert "chord" not in str(told.value)


@pytest.mark.parametrize(
    "X", [[[[0.5, 4], [0.5]], [[1, 2]]] * 6, [[[1, [2]], [3]], [[4]]] * 6], ids=["fractions", "deep"]
)
def test_lists_that_are_no_chords(X):
    with pytest.raises(ValueError, match=r"X\[0\] is not a sequence of numbers") as told:
        classifier().fit(X, Y)
    assert "tuple" not in str(told.value)
