import re
from functools import partial

import numpy as np
import pytest

from skseq._arguments import MOST
from skseq._data.source_form import SourceForm
from skseq._data.targets.beginnings import (
    advice_on_cut_tokens,
    check_beginning,
    check_empty,
    is_empty,
    is_one_beginning,
    n_asked,
)


def form(kind, **fields):
    return SourceForm(kind=kind, n_timesteps=4, dtype="float32", **fields)


TOKENS = form("token lists", vocabulary={"a": 1, "b": 2}, n_features=None)
TEXT = form("text", vocabulary={"a": 1, "b": 2}, n_features=None)
PEN = form("features", n_features=2)


@pytest.mark.parametrize(
    ("prefix", "own", "one"),
    [
        ("ab", TEXT, True),
        (["ab", "b"], TEXT, False),
        (["a", "b"], TOKENS, True),
        ([["a"], ["b"]], TOKENS, False),
        ([("a", "b")], TOKENS, True),  # a token may be a pair
        ([], TOKENS, True),
        (np.zeros((3, 2)), PEN, True),
        (np.zeros((1, 3, 2)), PEN, False),
        ([np.zeros((3, 2))], PEN, False),
    ],
)
def test_one_beginning_or_several(prefix, own, one):
    assert is_one_beginning(prefix, own) is one


@pytest.mark.parametrize(
    ("prefix", "own", "message"),
    [
        (3, TOKENS, r"prefix must be .* Got 3"),
        (b"ab", TEXT, r"Got b'ab'"),
        (np.float64(1), PEN, "Got np.float64"),
        ("ab", TOKENS, r"held no text in fit. Got the string 'ab': pass a list of tokens, such as \['ab'\]"),
        ("ab", PEN, r"held no text in fit. Got the string 'ab'\.$"),
    ],
)
def test_no_beginnings(prefix, own, message):
    with pytest.raises(ValueError, match=message):
        check_beginning(prefix, "prefix", own)
    check_beginning(["a"], "prefix", own)


@pytest.mark.parametrize(
    ("sample", "empty"), [("", True), ("a", False), ([], True), (np.zeros((0, 2)), True), (np.zeros((1, 2)), False)]
)
def test_empty_samples(sample, empty):
    assert is_empty(sample) is empty


def test_empty_samples_of_another_kind():
    check_empty("", "X[0]", TEXT)
    check_empty([], "X[0]", PEN)
    check_empty(np.zeros((0, 2)), "X[0]", PEN)
    with pytest.raises(ValueError, match=r"X\[0\] is '', but X held sequences, not texts, in fit: pass \[\]"):
        check_empty("", "X[0]", TOKENS)
    with pytest.raises(ValueError, match=r'X held texts in fit: pass ""'):
        check_empty([], "X[0]", TEXT)
    with pytest.raises(ValueError, match=r"X\[0\] has the shape \(0, 3\), but X held 2 feature\(s\) per timestep"):
        check_empty(np.zeros((0, 3)), "X[0]", PEN)


def test_how_many_samples_are_asked_for():
    assert n_asked(None, {"prefix": [()]}) == 1
    assert n_asked(3, {"prefix": [()], "y": [0]}) == 3
    assert n_asked(None, {"prefix": [(), ()], "y": [0]}) == 2
    for n, given, message in (
        (3, {"prefix": [(), ()]}, "n_samples=3, but prefix has 2"),
        (None, {"prefix": [(), ()], "y": [0, 1, 2]}, "^prefix has 2, y has 3: pass as many"),
        (None, {"prefix": []}, "prefix has 0"),
        (0, {}, f"n_samples must be None or an integer from 1 to {MOST}. Got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            n_asked(n, given)


SMILES = {"vocabulary": {token: k for k, token in enumerate(["C", "(", "[N+]", "N"], 1)}, "n_features": None}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("C([N", r"^ 'C\(\[N' ends inside a token, such as '\[N\+\]': end it before '\[N', or add the rest\.$"),
        ("C[", r"end it before '\[', or"),
        ("C[O", "^$"),  # no token begins so
        ("[NC", "^$"),
        ("C?", "^$"),
    ],
)
def test_a_text_that_ends_inside_a_token(text, says):
    learnt = form("text", **SMILES, analyzer=partial(re.findall, r"\[[^\]]+\]|."))
    assert re.search(says, advice_on_cut_tokens(["C", text], learnt))
    assert advice_on_cut_tokens([["C", "["]], form("token lists", **SMILES)) == ""
