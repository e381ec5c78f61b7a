"""Vocabularies: which tokens get an id, in which order, and what becomes of the others."""

import warnings

import numpy as np
import pandas as pd
import pytest

from skseq._data.source_form import SourceForm
from skseq._data.tokens import vocabulary

TOKENS = ["b", "a", "b", "c", "b", "a"]


def test_ids_in_sorted_order_after_padding():
    assert vocabulary.learn_vocabulary(TOKENS) == {"a": 1, "b": 2, "c": 3}
    assert vocabulary.learn_vocabulary(TOKENS, unknown=True) == {"a": 2, "b": 3, "c": 4}
    assert vocabulary.learn_vocabulary(np.array([7, 5, 7])) == {5: 1, 7: 2}


def test_rare_tokens_are_left_out():
    assert vocabulary.learn_vocabulary(TOKENS, unknown=True, min_frequency=2) == {"a": 2, "b": 3}
    assert vocabulary.learn_vocabulary(TOKENS, unknown=True, max_vocabulary=1) == {"b": 2}
    assert vocabulary.learn_vocabulary(["b", "a", "c"], max_vocabulary=2) == {"a": 1, "b": 2}  # of equals the first


def test_tokens_without_a_common_order_are_ordered_by_their_type():
    assert list(vocabulary.learn_vocabulary(["a", 1, ("x",)])) == [1, "a", ("x",)]


def test_numbers_of_numpy_among_others_are_ordered_as_those_of_python():
    tokens = np.array([np.int8(2), 3, "", np.float32(0.5), np.bool_(True), 1.5], object)
    assert list(vocabulary.learn_vocabulary(tokens)) == [True, 0.5, 1.5, 2, 3, ""]  # bool, float, int, str


@pytest.mark.parametrize("kind", [list, np.array])
def test_ids_of_tokens(kind):
    ids = vocabulary.encode(kind(["b", "a"]), {"a": 1, "b": 2})
    assert ids.dtype == np.int32
    assert ids.tolist() == [2, 1]
    with pytest.raises(ValueError, match=r"X contains 2 token\(s\) that were not seen in fit: 'x', 'y'"):
        vocabulary.encode(kind(["y", "a", "x", "y"]), {"a": 1})
    assert vocabulary.encode(kind(["y", "a"]), {"a": 2}, unknown=True).tolist() == [1, 2]


def test_an_error_shows_the_beginning_of_a_long_token():
    with pytest.raises(ValueError, match=r"not seen in fit: 'x{79}\. Set handle"):
        vocabulary.encode(["x" * 1000], {"a": 1})


def told(tokens, vocabulary_, alike=lambda tokens, vocabulary: "", in_fit=0.0, **more):
    with warnings.catch_warnings(record=True, action="always") as found:
        unknown = vocabulary.unknown_tokens(tokens, vocabulary_)
        form = SourceForm(kind="tokens", n_features=None, n_timesteps=9, dtype="float32", vocabulary=vocabulary_)
        given = unknown, len(tokens), form, "X", "Tested"
        looks = []
        for _ in range(2):  # the second time it is not said again
            more["alike"] = lambda *own: looks.append(own) or alike(*own)
            is_news = vocabulary.warn_if_unknown(*given, in_fit=in_fit, **more)
            assert (is_news, is_news) == (bool(found), len(found) == 1)
        assert len(looks) == len(found)  # it may take long
    return [str(warning.message) for warning in found]


def test_as_many_unknown_tokens_as_in_fit_are_no_news():
    """Of 100 tokens with 0.4 unknown in fit, 0.4 + 5 sqrt(0.24 / 100) = 0.645 may be by chance."""
    for n_unknown, n_told in ((64, 0), (65, 1)):
        tokens = ["x"] * n_unknown + ["a"] * (100 - n_unknown)
        assert len(told(tokens, {"a": 2}, in_fit=0.4)) == n_told


@pytest.mark.parametrize(
    "kind", [list, np.array, lambda tokens: np.array(tokens, object)], ids=["list", "str", "object"]
)
def test_tokens_most_of_which_are_unknown(kind):
    [message] = told(kind(["x", *"ab" * 6, *"c" * 7]), {"c": 2, "d": 3})
    assert message.startswith("65% of the 20 tokens of X are unknown, such as 'a': they are not in the vocabulary of T")
    assert message.endswith(
        "one and the same token. Pass tokens as in fit, such as 'c', or fit on data that hold these."
    )
    [message] = told(kind(["said"] * 5), {".": 2, "1": 3, "he": 4}, of_words="the ends of words")
    assert message.endswith("such as 'he', or fit on data that hold these, or on the ends of words.")
    [message] = told(kind(["aid"] * 5), {".": 2}, of_words="the ends of words")  # which is an end
    assert message.endswith("such as '.', or fit on data that hold these.")
    [message] = told(kind(list("abbab")), {"c": 2}, alike=lambda tokens, known: f" {tokens} {known}")
    assert message.startswith("100% of the 5 tokens of X")
    assert message.endswith("token. ['b', 'a'] {'c': 2}")  # the most frequent first


@pytest.mark.parametrize("tokens", ["a", "ac", "aaaaaaaaac", "a" * 15 + "c" * 15, "", "c" * 30], ids=str)
def test_tokens_that_are_few_or_known(tokens):
    """Of half of them, of one of ten, and of one new word nothing is said."""
    assert told(list(tokens), {"c": 2}) == []


def test_short_requests_without_any_known_token():
    [message] = told(["aid", "aid"], {"c": 2})
    assert message.startswith("100% of the 2 tokens of X are unknown, such as 'aid'")
    assert told(["aid", "aid"], {"c": 2}, in_fit=0.2) == []  # 0.2 + 5 sqrt(0.16 / 2) is above 1: it may be chance


class Incomparable:
    """As a record of Biopython."""

    __hash__ = None

    def __eq__(self, other):
        raise NotImplementedError

    __ne__ = __eq__


def test_what_is_missing():
    assert all(map(vocabulary.is_missing, [None, float("nan"), np.datetime64("NaT", "s"), pd.NA]))
    assert not any(map(vocabulary.is_missing, ["", 0, np.zeros(2), Incomparable()]))


def test_errors():
    with pytest.raises(ValueError, match="which handle_unknown='error' forbids"):
        vocabulary.check_frequencies("error", 2, None)
    vocabulary.check_frequencies("use_unknown", 2, 5)
    with pytest.raises(ValueError, match="The parameter vocabulary holds no token"):
        vocabulary.given_or_learnt([], TOKENS, unknown=False, min_frequency=1, max_vocabulary=None)
    with pytest.raises(ValueError, match="No token of X is left.*min_frequency=9"):
        vocabulary.given_or_learnt(None, TOKENS, unknown=True, min_frequency=9, max_vocabulary=None)
    with pytest.raises(ValueError, match=r"y mixes tokens that have no common order \(types int, str\)"):
        vocabulary.distinct(np.array(["a", 1], object))


def test_what_a_source_was_in_fit():
    options = {"n_timesteps": 4, "dtype": "float32"}
    numbers = SourceForm(kind="series", n_features=1, **options)
    assert (numbers.size, numbers.reads_tokens, numbers.univariate) == (1, False, True)
    tokens = SourceForm(kind="text", n_features=None, vocabulary={"a": 1, "b": 2}, **options)
    assert (tokens.size, tokens.reads_tokens, tokens.univariate, tokens.has_unknown) == (3, True, False, False)
    assert SourceForm(kind="text", n_features=None, vocabulary={"a": 2}, **options).has_unknown
